//! The tables, made from the fields that `records` declares, and the version that follows from their text.

use std::{collections::BTreeMap, fmt::Write, sync::OnceLock};

use records::{FieldSpec, RecordKind};

/// Raise it when what the rows *mean* changes while the tables stay the same.
const MEANING: u32 = 11;

/// The kinds that have a table of their own, in the order of their numbers, with its name. All others stand in `sheet`.
pub(crate) const TABLED: [(RecordKind, &str); 4] = [
    (RecordKind::Person, "person"),
    (RecordKind::Participation, "participation"),
    (RecordKind::Trip, "trip"),
    (RecordKind::Tie, "tie"),
];

/// The table of a kind of record; `None` for a kind that has none.
pub(crate) fn table_of(kind: RecordKind) -> Option<&'static str> {
    TABLED.into_iter().find(|(tabled, _)| *tabled == kind).map(|(_, table)| table)
}

/// The table of a kind of [`TABLED`]; no other is asked for.
pub(crate) fn table(kind: RecordKind) -> &'static str {
    table_of(kind).unwrap_or_default()
}

/// Whether its records stand in `sheet`.
pub(crate) fn is_sheet(kind: RecordKind) -> bool {
    table_of(kind).is_none()
}

/// The kinds whose table says which person a document is about.
pub(crate) const OF_PERSONS: [RecordKind; 4] =
    [RecordKind::Person, RecordKind::Participation, RecordKind::Trip, RecordKind::Tie];

/// What stands in a kind's table before its fields.
pub(crate) const LEADING: [&str; 2] = ["document", "village"];

/// What stands in a kind's table after its fields.
pub(crate) fn trailing(kind: RecordKind) -> &'static [&'static str] {
    // Derived from the facts, so that lists can filter; the facts themselves are in `events`, as JSON.
    if kind == RecordKind::Participation {
        &["stage", "decided", "decision_number", "decision_date", "events", "shown_name", "not_begun_after"]
    } else {
        &[]
    }
}

/// Every column of a kind's table, in order.
pub(crate) fn columns(kind: RecordKind) -> Vec<&'static str> {
    let fields = kind.fields().iter().map(|spec: &FieldSpec| spec.key);
    LEADING.into_iter().chain(fields).chain(trailing(kind).iter().copied()).collect()
}

/// The statement that fills a row of a kind's table.
pub(crate) fn insert(kind: RecordKind) -> &'static str {
    static TEXTS: OnceLock<BTreeMap<RecordKind, String>> = OnceLock::new();
    let texts = TEXTS.get_or_init(|| TABLED.into_iter().map(|(kind, _)| (kind, insert_text(kind))).collect());
    texts.get(&kind).map_or("", String::as_str)
}

fn insert_text(kind: RecordKind) -> String {
    let columns = columns(kind);
    let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let marks: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", table(kind), names.join(", "), marks.join(", "))
}

/// The fields of a kind, for a SELECT from its table as `r`.
pub(crate) fn select_fields(kind: RecordKind) -> String {
    let names: Vec<String> = kind.fields().iter().map(|spec| format!("r.\"{}\"", spec.key)).collect();
    names.join(", ")
}

/// Everything that is created in a new file. A field holds the first of its values; where there are several, all of
/// them stand in `conflict`.
pub(crate) fn text() -> String {
    let mut sql = String::from(
        r#"
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE scope (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, points BLOB, statements BLOB, state BLOB NOT NULL
);
CREATE TABLE journal (
    id INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope, node BLOB NOT NULL, incarnation BLOB NOT NULL,
    UNIQUE (scope, node, incarnation)
);
-- extra: 1 = some field has several values, 2 = something does not count; the sum of both.
CREATE TABLE document (
    id INTEGER PRIMARY KEY, journal INTEGER NOT NULL REFERENCES journal, seq INTEGER NOT NULL, scope INTEGER NOT NULL,
    kind INTEGER NOT NULL, state BLOB NOT NULL, extra INTEGER NOT NULL, UNIQUE (journal, seq)
);
CREATE INDEX document_by_kind ON document (scope, kind);
CREATE TABLE conflict (
    document INTEGER NOT NULL REFERENCES document, field TEXT NOT NULL, place INTEGER NOT NULL,
    stored TEXT, id TEXT NOT NULL, en TEXT NOT NULL, "by" TEXT NOT NULL,
    PRIMARY KEY (document, field, place)
) WITHOUT ROWID;
CREATE TABLE notice (
    document INTEGER NOT NULL REFERENCES document, place INTEGER NOT NULL,
    state TEXT NOT NULL, what TEXT NOT NULL, code TEXT NOT NULL, id TEXT NOT NULL, en TEXT NOT NULL,
    at TEXT NOT NULL, "by" TEXT,
    PRIMARY KEY (document, place)
) WITHOUT ROWID;
-- The records beside people and participations, each as one line and whole, as JSON. `day` and `due` are ISO
-- days; `search` is what the line is found by, in small letters.
CREATE TABLE sheet (
    document INTEGER PRIMARY KEY REFERENCES document, id TEXT NOT NULL, kind INTEGER NOT NULL, place TEXT,
    title_id TEXT NOT NULL, title_en TEXT NOT NULL, search TEXT NOT NULL, state_id TEXT, state_en TEXT,
    open INTEGER NOT NULL, day TEXT NOT NULL, due TEXT, content TEXT NOT NULL
);
CREATE INDEX sheet_by_id ON sheet (id);
CREATE INDEX sheet_by_day ON sheet (kind, day, document);
CREATE TABLE sheet_person (
    person TEXT NOT NULL, document INTEGER NOT NULL REFERENCES document, PRIMARY KEY (person, document)
) WITHOUT ROWID;
CREATE INDEX sheet_person_by_document ON sheet_person (document);
CREATE VIRTUAL TABLE name_search USING fts5 (
    name, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
"#,
    );
    for (kind, table) in TABLED {
        let columns = columns(kind).into_iter().skip(LEADING.len()).map(|name| format!(", \"{name}\" TEXT"));
        let _ = writeln!(
            sql,
            "CREATE TABLE {table} (document INTEGER PRIMARY KEY REFERENCES document, village TEXT NOT NULL{});",
            columns.collect::<String>()
        );
    }
    sql.push_str(
        r#"
CREATE INDEX person_by_id ON person (person);
CREATE INDEX person_by_source ON person (source) WHERE source IS NOT NULL;
CREATE INDEX participation_by_person ON participation (person);
CREATE INDEX participation_by_register ON participation (register) WHERE register IS NOT NULL;
CREATE INDEX participation_by_name ON participation (shown_name IS NULL, shown_name, register, document);
CREATE INDEX participation_by_village ON participation (village, shown_name IS NULL, shown_name, register, document);
CREATE INDEX trip_by_person ON trip (person);
CREATE INDEX tie_by_person ON tie (person);
CREATE INDEX tie_by_other ON tie (other);
-- For other tools: one line a participation.
CREATE VIEW participants AS
    SELECT village, register, shown_name AS name, programme, "group", group_number, stage, decided, decision_number,
           decision_date, resident, productive, willing
    FROM participation;
"#,
    );
    sql
}

/// The version in the file: a hash of the tables and of what their rows mean, so that nobody can forget to raise it.
pub(crate) fn version() -> i32 {
    let mut hasher = blake3::Hasher::new_derive_key("simpul views schema v1");
    hasher.update(&MEANING.to_le_bytes());
    hasher.update(text().as_bytes());
    let [a, b, c, d] = *hasher.finalize().as_bytes().first_chunk::<4>().unwrap_or(&[0; 4]);
    i32::from_le_bytes([a, b, c, d & 0x7f]).max(1)
}
