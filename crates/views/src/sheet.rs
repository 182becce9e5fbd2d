//! The records beside people and participations, those of the programme and those of coordination: one table for all
//! their kinds, listed and read again whole.

use identity::{Coordinate, Region};
use records::{
    Date, FieldType, Folded, PartialDate, PersonId, ProgrammeRecord, RecordKind, Recorded, Summary,
    coordination::{Coordination, Shelf},
};
use rusqlite::{OptionalExtension, params, types::Value};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Reader, ViewsError,
    apply::{Batch, json},
    list::{Page, told_apart},
    read::{PLACE, PLACED, place},
};

/// A document's name in addresses: the same on every node, and without the name of its scope.
pub fn sheet_id(doc: &Coordinate) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("simpul sheet address v1");
    hasher.update(doc.to_string().as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Which records a list shows. What is not set does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetFilter {
    /// Those of this kind.
    pub kind: Option<RecordKind>,
    /// Those of this place or below it.
    pub place: Option<Region>,
    /// Those about this person.
    pub person: Option<PersonId>,
    /// Those about which somebody still has to do something, or those that are done.
    pub open: Option<bool>,
    /// The day that it is: a notice whose last day is over is done. Without it none is over.
    pub today: Option<Date>,
    /// Those whose line holds each of these words.
    pub text: Option<String>,
    /// Those of whose fields somebody has to choose.
    pub contested: bool,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// The row's number in this file, for [`Page::after`]; another after a rebuild.
    pub row: i64,
    /// Its name in addresses.
    pub id: String,
    /// The document.
    pub doc: Coordinate,
    /// Its kind.
    pub kind: RecordKind,
    /// The place it belongs to.
    pub place: Option<Region>,
    /// What it is called, in Indonesian and English.
    pub title: [String; 2],
    /// How it stands, in Indonesian and English.
    pub state: Option<[String; 2]>,
    /// Whether somebody still has to do something about it.
    pub open: bool,
    /// When it was received or began.
    pub day: Option<Date>,
    /// By when somebody waits for something.
    pub due: Option<Date>,
    /// Whom it is about, as far as names are known here: each with hamlet, neighbourhood, year of birth and group.
    pub names: Vec<String>,
    /// How many fields have several values.
    pub contested: u32,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheets {
    /// How many there are in all.
    pub total: u64,
    /// Those of this page, the newest first; those without a day last.
    pub rows: Vec<SheetRow>,
}

impl Batch<'_> {
    /// The line of a record, and all that it says. One of coordination belongs to the region of its scope, if that is of
    /// one.
    pub(crate) fn sheet<T: Serialize>(
        &self,
        rows: &Folded,
        id: i64,
        place: Option<&Region>,
        summary: &Summary,
        content: &T,
    ) -> Result<(), ViewsError> {
        let of_scope = rows.doc.journal.scope.region();
        let [title_id, title_en] = &summary.title;
        let search = format!("{title_id} {title_en}").to_lowercase();
        let day = summary.day.map(|day| day.to_string()).unwrap_or_default();
        self.db
            .prepare_cached(
                "INSERT INTO sheet (document, id, kind, place, title_id, title_en, search, state_id, state_en, open, day, \
                 due, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                id,
                sheet_id(&rows.doc),
                rows.kind,
                place.or(of_scope.as_ref()).map(Region::as_str),
                title_id,
                title_en,
                search,
                summary.state.map(|words| words.id),
                summary.state.map(|words| words.en),
                summary.open,
                day,
                summary.due.map(|day| day.to_string()),
                json(content, "sheet")?
            ])?;
        let mut insert = self.db.prepare_cached("INSERT INTO sheet_person (person, document) VALUES (?1, ?2)")?;
        for person in &summary.persons {
            insert.execute(params![person.to_string(), id])?;
        }
        Ok(())
    }

    pub(crate) fn clear_sheet(&self, id: i64) -> Result<(), ViewsError> {
        self.db.prepare_cached("DELETE FROM sheet WHERE document = ?1")?.execute([id])?;
        self.db.prepare_cached("DELETE FROM sheet_person WHERE document = ?1")?.execute([id])?;
        Ok(())
    }
}

impl Reader {
    /// Lists records of the programme.
    pub fn sheets(&self, filter: &SheetFilter, page: Page) -> Result<Sheets, ViewsError> {
        let (condition, mut values) = condition(filter);
        let total = self
            .db
            .prepare_cached(&format!("SELECT count(*) FROM sheet t WHERE {condition}"))?
            .query_row(rusqlite::params_from_iter(values.clone()), |row| row.get(0))?;
        // A row that is gone begins at the start.
        let behind = page.after.map_or(
            "",
            |_| "AND coalesce((t.day, t.document) < (SELECT k.day, k.document FROM sheet k WHERE k.document = ?), 1) ",
        );
        values.extend(page.after.map(Value::Integer));
        values.extend([Value::Integer(page.sql_limit()), Value::Integer(page.sql_offset())]);
        let sql =
            format!("{} WHERE {condition} {behind}ORDER BY t.day DESC, t.document DESC LIMIT ? OFFSET ?", select());
        Ok(Sheets { total, rows: self.sheet_rows(&sql, values)? })
    }

    /// One record of the programme, by its name in addresses: its line, and all that it says.
    pub fn sheet(&self, id: &str) -> Result<Option<(SheetRow, ProgrammeRecord)>, ViewsError> {
        let Some(row) = self.sheet_row(id)?.filter(|row| !row.kind.is_of_coordination()) else { return Ok(None) };
        let content: Option<String> = self
            .db
            .prepare_cached("SELECT content FROM sheet WHERE document = ?1")?
            .query_row([row.row], |found| found.get(0))
            .optional()?;
        let record = content.map(|content| serde_json::from_str(&content)).transpose();
        let record = record.map_err(|_| ViewsError::Row { table: "sheet" })?;
        Ok(record.map(|record| (row, record)))
    }

    /// The line of a record of any kind, by its name in addresses.
    pub fn sheet_row(&self, id: &str) -> Result<Option<SheetRow>, ViewsError> {
        let sql = format!("{} WHERE t.id = ? LIMIT 1", select());
        Ok(self.sheet_rows(&sql, vec![id.to_owned().into()])?.pop())
    }

    /// Every document of coordination that is read here.
    pub fn shelf(&self) -> Result<Shelf, ViewsError> {
        let mut shelf = Shelf::default();
        for kind in RecordKind::ALL.into_iter().filter(|kind| kind.is_of_coordination()) {
            shelf.extend(self.contents::<Coordination>(kind, None)?);
        }
        Ok(shelf)
    }

    /// Every record of a kind in a place or below it, whole, in the order in which this node heard of them.
    pub fn records(&self, kind: RecordKind, place: Option<Region>) -> Result<Vec<ProgrammeRecord>, ViewsError> {
        self.contents(kind, place)
    }

    /// Every record of one kind in a place or below it, in the order in which this node heard of them.
    pub fn all<T: Recorded>(&self, place: Option<Region>) -> Result<Vec<T>, ViewsError> {
        Ok(self.records(T::KIND, place)?.into_iter().filter_map(T::of).collect())
    }

    /// Every record of one kind about a person.
    pub fn about<T: Recorded>(&self, person: &PersonId) -> Result<Vec<T>, ViewsError> {
        let sql = "SELECT t.content FROM sheet_person p JOIN sheet t ON t.document = p.document \
                   WHERE p.person = ?1 AND t.kind = ?2 ORDER BY t.document";
        self.read_as(sql, params![person.to_string(), T::KIND.number()])
    }

    /// Every record of one kind in which a text stands: an id of 32 letters stands for nothing else.
    pub fn naming<T: Recorded>(&self, id: &str) -> Result<Vec<T>, ViewsError> {
        let sql = "SELECT content FROM sheet WHERE kind = ?2 AND instr(content, ?1) > 0 ORDER BY document";
        self.read_as(sql, params![id, T::KIND.number()])
    }

    fn read_as<T: Recorded>(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<T>, ViewsError> {
        let mut select = self.db.prepare_cached(sql)?;
        let contents = select.query_map(values, |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        let read = |content: String| serde_json::from_str(&content).map_err(|_| ViewsError::Row { table: "sheet" });
        let records = contents.into_iter().map(read).collect::<Result<Vec<ProgrammeRecord>, _>>()?;
        Ok(records.into_iter().filter_map(T::of).collect())
    }

    fn contents<T: DeserializeOwned>(&self, kind: RecordKind, place: Option<Region>) -> Result<Vec<T>, ViewsError> {
        let (condition, values) = condition(&SheetFilter { kind: Some(kind), place, ..SheetFilter::default() });
        let sql = format!("SELECT t.content FROM sheet t WHERE {condition} ORDER BY t.document");
        let mut select = self.db.prepare_cached(&sql)?;
        let contents = select.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(0))?;
        let read = |content: String| serde_json::from_str(&content).map_err(|_| ViewsError::Row { table: "sheet" });
        contents.collect::<Result<Vec<_>, _>>()?.into_iter().map(read).collect()
    }

    /// How many records of each kind there are, and how many of them are open.
    pub fn sheet_counts(&self, today: Option<Date>) -> Result<Vec<(RecordKind, u64, u64)>, ViewsError> {
        let sql = format!("SELECT t.kind, count(*), sum({OPEN}) FROM sheet t GROUP BY t.kind");
        let mut select = self.db.prepare_cached(&sql)?;
        let counts = select.query_map(rusqlite::params_from_iter(is_open(today)), |row| {
            Ok((row.get::<_, u16>(0)?, row.get(1)?, row.get(2)?))
        })?;
        let counts = counts.collect::<Result<Vec<_>, _>>()?;
        Ok(counts
            .into_iter()
            .filter_map(|(kind, all, open)| Some((RecordKind::from_number(kind)?, all, open)))
            .collect())
    }

    /// The villages of a region of which somebody takes part or something is recorded here.
    pub fn villages(&self, within: &Region) -> Result<Vec<Region>, ViewsError> {
        let mut select = self.db.prepare_cached(
            "SELECT village FROM participation WHERE village >= ?1 AND village < ?2 \
             UNION SELECT place FROM sheet WHERE place >= ?1 AND place < ?2",
        )?;
        // '/' is the character after '.'.
        let found = select.query_map([format!("{within}."), format!("{within}/")], |row| row.get::<_, String>(0))?;
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let villages = found.iter().filter_map(|place| place.parse().ok());
        Ok(villages.filter(Region::is_village).collect())
    }

    /// Whoever is tied to a person, as far as ties are read here.
    pub fn relatives(&self, person: &PersonId) -> Result<Vec<PersonId>, ViewsError> {
        let mut select = self.db.prepare_cached(
            "SELECT other FROM tie WHERE person = ?1 AND other IS NOT NULL \
             UNION SELECT person FROM tie WHERE other = ?1 AND person IS NOT NULL",
        )?;
        let found = select.query_map([person.to_string()], |row| row.get::<_, String>(0))?;
        let found = found.collect::<Result<Vec<_>, _>>()?;
        Ok(found.iter().filter_map(|text| PersonId::from_text(text)).collect())
    }

    fn sheet_rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<SheetRow>, ViewsError> {
        let mut select = self.db.prepare_cached(sql)?;
        let mut rows = select.query(rusqlite::params_from_iter(values))?;
        let mut found = Vec::new();
        let bad = || ViewsError::Row { table: "sheet" };
        while let Some(row) = rows.next()? {
            let Some(kind) = RecordKind::from_number(row.get(6)?) else { continue };
            let place_of: Option<String> = row.get(7)?;
            let state: (Option<String>, Option<String>) = (row.get(10)?, row.get(11)?);
            let document: i64 = row.get(4)?;
            found.push(SheetRow {
                row: document,
                id: row.get(5)?,
                doc: place(row)?,
                kind,
                place: place_of.map(|place| place.parse()).transpose().map_err(|_| bad())?,
                title: [row.get(8)?, row.get(9)?],
                state: state.0.zip(state.1).map(|(id, en)| [id, en]),
                open: row.get(12)?,
                day: row.get::<_, String>(13)?.parse().ok(),
                due: row.get::<_, Option<String>>(14)?.and_then(|day| day.parse().ok()),
                names: self.names_in(document)?,
                contested: row.get(15)?,
            });
        }
        Ok(found)
    }

    /// Whom a record is about, with what tells people of one name apart; at most three, for a line has room for no more.
    fn names_in(&self, document: i64) -> Result<Vec<String>, ViewsError> {
        let mut select = self.db.prepare_cached(
            "SELECT p.name, p.dusun, p.rt, p.birth, \
             (SELECT q.\"group\" FROM participation q WHERE q.person = s.person AND q.\"group\" IS NOT NULL), \
             min(p.document) \
             FROM sheet_person s JOIN person p ON p.person = s.person \
             WHERE s.document = ?1 AND p.name IS NOT NULL GROUP BY s.person ORDER BY 1, 6 LIMIT 3",
        )?;
        let named = select.query_map([document], |row| {
            let text = |index| row.get::<_, Option<String>>(index);
            let birth = text(3)?.as_deref().and_then(PartialDate::from_iso);
            Ok(told_apart(
                &row.get::<_, String>(0)?,
                text(1)?.as_deref(),
                text(2)?.as_deref(),
                birth,
                text(4)?.as_deref(),
            ))
        })?;
        Ok(named.collect::<Result<_, _>>()?)
    }
}

/// What a line is read from, as `sheet t`.
fn select() -> String {
    format!(
        "SELECT {PLACE}, t.document, t.id, t.kind, t.place, t.title_id, t.title_en, t.state_id, t.state_en, t.open, t.day, \
         t.due, (SELECT count(*) FROM conflict c WHERE c.place = 0 AND c.document = t.document) \
         FROM {PLACED} JOIN sheet t ON t.document = d.id"
    )
}

/// Whether a record is open, given [`is_open`].
const OPEN: &str = "(t.open = 1 AND NOT (t.kind = ? AND coalesce(t.due, '9') < ?))";
const NOT_OPEN: &str = "(t.open = 0 OR (t.kind = ? AND coalesce(t.due, '9') < ?))";

fn is_open(today: Option<Date>) -> [Value; 2] {
    let today = today.map(|day| day.to_string()).unwrap_or_default();
    [i64::from(RecordKind::BoardNotice.number()).into(), today.into()]
}

/// The condition on `sheet t` and its values, in order.
fn condition(filter: &SheetFilter) -> (String, Vec<Value>) {
    let mut parts: Vec<&str> = vec!["1"];
    let mut values: Vec<Value> = Vec::new();
    if let Some(kind) = filter.kind {
        parts.push("t.kind = ?");
        values.push(i64::from(kind.number()).into());
    }
    match &filter.place {
        Some(place) if place.level() > 0 => {
            // '/' is the character after '.'.
            parts.push("(t.place = ? OR (t.place >= ? AND t.place < ?))");
            values.extend([place.to_string(), format!("{place}."), format!("{place}/")].map(Value::from));
        }
        Some(_) | None => {}
    }
    if let Some(person) = &filter.person {
        parts.push("t.document IN (SELECT document FROM sheet_person WHERE person = ?)");
        values.push(person.to_string().into());
    }
    if let Some(open) = filter.open {
        parts.push(if open { OPEN } else { NOT_OPEN });
        values.extend(is_open(filter.today));
    }
    if filter.contested {
        parts.push("t.document IN (SELECT document FROM conflict)");
    }
    for word in filter.text.iter().flat_map(|text| text.split_whitespace()).take(8) {
        parts.push(
            "(instr(t.search, ?) > 0 OR t.document IN (SELECT s.document FROM sheet_person s \
             JOIN person p ON p.person = s.person WHERE instr(lower(p.name), ?) > 0))",
        );
        let word: String = word.to_lowercase().chars().take(40).collect();
        values.extend([Value::from(word.clone()), word.into()]);
    }
    (parts.join(" AND "), values)
}
