//! Taking in what became of documents: one batch, one transaction.

use std::collections::BTreeMap;

use identity::{Coordinate, JournalId, ScopeName};
use records::{
    Around, Conflict, DocumentRows, Events, Fields, Figures, Folded, Known, Notice, PersonId, Record, RecordKind,
    Standing, StateSum,
};
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use crate::{Views, ViewsError, derive::Stale, schema};

/// Up to where a scope's rows are made: opaque to this room, written with the rows that it vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watermark {
    /// The scope. One that holds nothing yet still has its watermark: so this room knows that the office reads it.
    pub scope: ScopeName,
    /// The points whose entries were folded.
    pub points: Vec<u8>,
    /// The hash of the statements by which they were judged.
    pub statements: Vec<u8>,
}

/// Row numbers of scopes and journals that were looked up before. Forgotten when a batch fails.
#[derive(Debug, Default)]
pub(crate) struct Interned {
    scopes: BTreeMap<ScopeName, i64>,
    journals: BTreeMap<JournalId, (i64, i64)>,
}

/// A document has fields with several values.
pub(crate) const HAS_CONFLICTS: i64 = 1;
/// A document holds something that does not count.
pub(crate) const HAS_NOTICES: i64 = 2;

impl Views {
    /// Applies a batch whole, or leaves everything as it was.
    pub fn apply(&mut self, documents: &[DocumentRows], watermarks: &[Watermark]) -> Result<(), ViewsError> {
        let mut interned = std::mem::take(&mut self.interned);
        let transaction = self.db.unchecked_transaction()?;
        let mut batch = Batch {
            db: &transaction,
            interned: &mut interned,
            sums: BTreeMap::new(),
            renamed: Vec::new(),
            stale: Stale::default(),
            erased: false,
        };
        for document in documents {
            batch.document(document)?;
        }
        for mark in watermarks {
            let scope = batch.scope(&mark.scope)?;
            let mut update =
                transaction.prepare_cached("UPDATE scope SET points = ?2, statements = ?3 WHERE id = ?1")?;
            update.execute(params![scope, mark.points, mark.statements])?;
        }
        let erased = batch.finish()?;
        transaction.commit()?;
        if erased {
            // The log beside the file still holds the old pages; a reader that is busy puts this off to the next time.
            self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        self.interned = interned;
        Ok(())
    }
}

pub(crate) struct Batch<'a> {
    pub(crate) db: &'a Connection,
    interned: &'a mut Interned,
    sums: BTreeMap<i64, StateSum>,
    /// Persons whose name has to be looked up again for the participations that show it.
    renamed: Vec<String>,
    /// What hangs on other records that changed.
    pub(crate) stale: Stale,
    /// Something was erased by an order: no trace of it may stay in the file.
    erased: bool,
}

impl Batch<'_> {
    fn scope(&mut self, name: &ScopeName) -> Result<i64, ViewsError> {
        if let Some(id) = self.interned.scopes.get(name) {
            return Ok(*id);
        }
        let found = self
            .db
            .prepare_cached("SELECT id FROM scope WHERE name = ?1")?
            .query_row([name.as_str()], |row| row.get(0))
            .optional()?;
        let id = match found {
            Some(id) => id,
            None => {
                let empty = StateSum::default().0;
                self.db.execute("INSERT INTO scope (name, state) VALUES (?1, ?2)", params![name.as_str(), empty])?;
                self.db.last_insert_rowid()
            }
        };
        self.interned.scopes.insert(name.clone(), id);
        Ok(id)
    }

    /// The rows of a journal and of its scope.
    fn journal(&mut self, journal: &JournalId) -> Result<(i64, i64), ViewsError> {
        if let Some(ids) = self.interned.journals.get(journal) {
            return Ok(*ids);
        }
        let scope = self.scope(&journal.scope)?;
        let key = params![scope, journal.node.0, journal.incarnation.0];
        let found = self
            .db
            .prepare_cached("SELECT id FROM journal WHERE scope = ?1 AND node = ?2 AND incarnation = ?3")?
            .query_row(key, |row| row.get(0))
            .optional()?;
        let id = match found {
            Some(id) => id,
            None => {
                self.db.execute("INSERT INTO journal (scope, node, incarnation) VALUES (?1, ?2, ?3)", key)?;
                self.db.last_insert_rowid()
            }
        };
        self.interned.journals.insert(journal.clone(), (id, scope));
        Ok((id, scope))
    }

    fn sum(&mut self, scope: i64) -> Result<&mut StateSum, ViewsError> {
        use std::collections::btree_map::Entry;
        match self.sums.entry(scope) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let state = self
                    .db
                    .prepare_cached("SELECT state FROM scope WHERE id = ?1")?
                    .query_row([scope], |row| row.get::<_, [u8; 32]>(0))?;
                Ok(entry.insert(StateSum(state)))
            }
        }
    }

    fn document(&mut self, document: &DocumentRows) -> Result<(), ViewsError> {
        let (journal, scope) = self.journal(&document.id.journal)?;
        let old = self
            .db
            .prepare_cached("SELECT id, kind, state, extra FROM document WHERE journal = ?1 AND seq = ?2")?
            .query_row(params![journal, sql_seq(&document.id)], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, u16>(1)?, row.get::<_, [u8; 32]>(2)?, row.get::<_, i64>(3)?))
            })
            .optional()?;
        if let Some((id, kind, state, extra)) = old {
            self.sum(scope)?.remove(&document.id, &state);
            self.clear(id, kind, extra)?;
        }
        let Some(rows) = &document.rows else {
            if let Some((id, ..)) = old {
                self.db.prepare_cached("DELETE FROM document WHERE id = ?1")?.execute([id])?;
            }
            return Ok(());
        };
        self.sum(scope)?.add(&document.id, &document.state_hash);
        let extra = if rows.conflicts.is_empty() { 0 } else { HAS_CONFLICTS }
            + if rows.notices.is_empty() { 0 } else { HAS_NOTICES };
        let id = match old {
            Some((id, ..)) => {
                self.db
                    .prepare_cached("UPDATE document SET kind = ?2, state = ?3, extra = ?4 WHERE id = ?1")?
                    .execute(params![id, rows.kind, document.state_hash, extra])?;
                id
            }
            None => {
                let mut insert = self.db.prepare_cached(
                    "INSERT INTO document (journal, seq, scope, kind, state, extra) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?;
                insert.insert(params![journal, sql_seq(&document.id), scope, rows.kind, document.state_hash, extra])?
            }
        };
        self.fill(id, rows)
    }

    /// Removes everything that hangs on a document but its own row.
    fn clear(&mut self, id: i64, kind: u16, extra: i64) -> Result<(), ViewsError> {
        if let Some(kind) = RecordKind::from_number(kind) {
            self.note_stale(kind, id)?;
            if kind == RecordKind::Person {
                let person = self
                    .db
                    .prepare_cached("SELECT person FROM person WHERE document = ?1")?
                    .query_row([id], |row| row.get::<_, Option<String>>(0))
                    .optional()?;
                self.renamed.extend(person.flatten());
                self.db.prepare_cached("DELETE FROM name_search WHERE rowid = ?1")?.execute([id])?;
            }
            if schema::is_sheet(kind) {
                self.clear_sheet(id)?;
            }
            if let Some(table) = schema::table_of(kind) {
                let delete = format!("DELETE FROM {table} WHERE document = ?1");
                self.db.prepare_cached(&delete)?.execute([id])?;
            }
        }
        if extra & HAS_CONFLICTS != 0 {
            self.db.prepare_cached("DELETE FROM conflict WHERE document = ?1")?.execute([id])?;
        }
        if extra & HAS_NOTICES != 0 {
            self.db.prepare_cached("DELETE FROM notice WHERE document = ?1")?.execute([id])?;
        }
        Ok(())
    }

    fn fill(&mut self, id: i64, rows: &Folded) -> Result<(), ViewsError> {
        match &rows.record {
            Record::Person(person) => {
                self.row(RecordKind::Person, id, person.village.as_str(), &person.fields, &[])?;
                let names = person.fields.name.values().join(" ");
                if !names.is_empty() {
                    let mut insert = self.db.prepare_cached("INSERT INTO name_search (rowid, name) VALUES (?1, ?2)")?;
                    insert.execute(params![id, names])?;
                }
                self.renamed.extend(person.fields.person.first().map(PersonId::to_string));
            }
            Record::Trip(trip) => self.row(RecordKind::Trip, id, trip.village.as_str(), &trip.fields, &[])?,
            Record::Tie(tie) => self.row(RecordKind::Tie, id, tie.village.as_str(), &tie.fields, &[])?,
            Record::Participation(found) => {
                let name = self.name_of(&found.fields.person)?;
                let columns = EventColumns::new(&found.events)?;
                self.row(RecordKind::Participation, id, found.village.as_str(), &found.fields, &columns.values(&name))?;
            }
            Record::Coordination(found) => self.sheet(rows, id, None, &found.summary(), &**found)?,
            Record::Programme(record) => {
                let alone = Around { figures: &Figures::desmigratif(), ledgers: &[] };
                self.sheet(rows, id, record.place(), &record.summary(&alone), &**record)?;
            }
            Record::Erased => self.erased = true,
            Record::Unread => {}
        }
        RecordKind::from_number(rows.kind).map_or(Ok(()), |kind| self.note_stale(kind, id))?;
        rows.conflicts.iter().try_for_each(|conflict| self.conflict(id, conflict))?;
        rows.notices.iter().enumerate().try_for_each(|(place, notice)| self.notice(id, place, notice))
    }

    fn row<F: Fields>(
        &self,
        kind: RecordKind,
        id: i64,
        village: &str,
        fields: &F,
        trailing: &[&dyn ToSql],
    ) -> Result<(), ViewsError> {
        let texts = fields.texts();
        let first = |key| texts.iter().find(|(k, _)| *k == key).and_then(|(_, values)| values.first().cloned());
        let values: Vec<Option<String>> = F::SPECS.iter().map(|spec| first(spec.key)).collect();
        let mut all: Vec<&dyn ToSql> = vec![&id, &village];
        all.extend(values.iter().map(|value| value as &dyn ToSql));
        all.extend(trailing);
        self.db.prepare_cached(schema::insert(kind))?.execute(all.as_slice())?;
        Ok(())
    }

    fn name_of(&self, person: &Known<PersonId>) -> Result<Option<String>, ViewsError> {
        let Some(person) = person.first() else { return Ok(None) };
        let mut select = self
            .db
            .prepare_cached("SELECT name FROM person WHERE person = ?1 ORDER BY name IS NULL, document LIMIT 1")?;
        Ok(select.query_row([person.to_string()], |row| row.get(0)).optional()?.flatten())
    }

    fn conflict(&self, id: i64, conflict: &Conflict) -> Result<(), ViewsError> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO conflict (document, field, place, stored, id, en, \"by\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for (place, value) in conflict.values.iter().enumerate() {
            let by = json(&value.by, "conflict")?;
            insert.execute(params![id, conflict.field, place, value.stored, value.id, value.en, by])?;
        }
        Ok(())
    }

    fn notice(&self, id: i64, place: usize, notice: &Notice) -> Result<(), ViewsError> {
        let by = notice.by.as_ref().map(|by| json(by, "notice")).transpose()?;
        let mut insert = self.db.prepare_cached("INSERT INTO notice VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
        insert.execute(params![
            id,
            place,
            notice.state.code(),
            notice.what,
            notice.code,
            notice.id,
            notice.en,
            notice.at.to_string(),
            by
        ])?;
        Ok(())
    }

    /// Brings names and sums up to date and says whether something was erased.
    fn finish(mut self) -> Result<bool, ViewsError> {
        self.derive()?;
        let mut renamed = self.renamed;
        renamed.sort();
        renamed.dedup();
        let mut update = self.db.prepare_cached(
            "WITH now (name) AS (SELECT name FROM person WHERE person = ?1 ORDER BY name IS NULL, document LIMIT 1) \
             UPDATE participation SET shown_name = (SELECT name FROM now) \
             WHERE person = ?1 AND shown_name IS NOT (SELECT name FROM now)",
        )?;
        for person in renamed {
            update.execute([person])?;
        }
        let mut state = self.db.prepare_cached("UPDATE scope SET state = ?2 WHERE id = ?1")?;
        for (scope, sum) in self.sums {
            state.execute(params![scope, sum.0])?;
        }
        if self.erased {
            // Deleting from the index only marks; merging it drops the words.
            self.db.execute("INSERT INTO name_search (name_search) VALUES ('optimize')", [])?;
        }
        Ok(self.erased)
    }
}

/// What lists filter by, derived from the facts of a participation.
struct EventColumns {
    stage: String,
    decided: Option<&'static str>,
    number: Option<String>,
    date: Option<String>,
    events: Option<String>,
}

/// How two decisions that differ stand in the column `decided`.
pub(crate) const DIFFERENT: &str = "different";

impl EventColumns {
    fn new(events: &Events) -> Result<Self, ViewsError> {
        let (decided, said) = match events.standing() {
            Standing::Undecided => (None, None),
            Standing::Decided(said) => (Some(said.what.outcome.code()), Some(&said.what)),
            Standing::Different(_) => (Some(DIFFERENT), None),
        };
        let empty = *events == Events::default();
        Ok(Self {
            stage: events.stage().code(),
            decided,
            number: said.and_then(|decision| decision.number.clone()),
            date: said.map(|decision| decision.date.to_string()),
            events: if empty { None } else { Some(json(events, "participation")?) },
        })
    }

    /// In the order of `schema::trailing`.
    fn values<'a>(&'a self, name: &'a Option<String>) -> [&'a dyn ToSql; 7] {
        [&self.stage, &self.decided, &self.number, &self.date, &self.events, name, &None::<String>]
    }
}

pub(crate) fn json<T: serde::Serialize>(value: &T, table: &'static str) -> Result<String, ViewsError> {
    serde_json::to_string(value).map_err(|_| ViewsError::Row { table })
}

/// SQLite counts in i64; a number beyond it keeps its bits.
pub(crate) fn sql_seq(id: &Coordinate) -> i64 {
    i64::from_le_bytes(id.seq.to_le_bytes())
}
