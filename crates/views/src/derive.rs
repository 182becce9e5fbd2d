//! What a row says that other records decide: how far somebody is after the decision, whether a loan is paid back, which
//! papers are missing where a ministry asks for others. Looked at anew at the end of each batch that changes one of them.

use std::collections::{BTreeMap, BTreeSet};

use records::{
    Around, CourseRecords, Events, FieldType, Figures, Ledger, Outcome, PersonId, ProgrammeRecord, RecordKind, Rules,
    Settings, reached,
};
use rusqlite::{OptionalExtension, Params, params, types::FromSql};

use crate::{ViewsError, apply::Batch};

/// The kinds whose line hangs on other records.
const LINES: [RecordKind; 3] = [RecordKind::CardApplication, RecordKind::CandidateFile, RecordKind::Loan];

/// The kinds that say how far people are after the decision.
const COURSE: [RecordKind; 3] = [RecordKind::Bimtek, RecordKind::Run, RecordKind::Mentoring];

/// What has to be looked at anew.
#[derive(Debug, Default)]
pub(crate) struct Stale {
    /// How far they are.
    persons: BTreeSet<String>,
    /// The lines of these documents.
    lines: BTreeSet<i64>,
    /// The loans of these places, by whose cash books.
    loans_of: BTreeSet<String>,
    /// Everything that hangs on a figure.
    figures: bool,
}

impl Stale {
    fn is_empty(&self) -> bool {
        self.persons.is_empty() && self.lines.is_empty() && self.loans_of.is_empty() && !self.figures
    }
}

impl Batch<'_> {
    /// Notes what hangs on a document: before its row goes, and after it came.
    pub(crate) fn note_stale(&mut self, kind: RecordKind, id: i64) -> Result<(), ViewsError> {
        if kind == RecordKind::Participation {
            let persons: Vec<Option<String>> =
                self.column("SELECT person FROM participation WHERE document = ?1", [id])?;
            self.stale.persons.extend(persons.into_iter().flatten());
        } else if COURSE.contains(&kind) {
            let persons = self.column("SELECT person FROM sheet_person WHERE document = ?1", [id])?;
            self.stale.persons.extend(persons);
        } else if LINES.contains(&kind) {
            self.stale.lines.insert(id);
        } else if kind == RecordKind::Ledger {
            let places = self.column::<Option<String>>("SELECT place FROM sheet WHERE document = ?1", [id])?;
            self.stale.loans_of.extend(places.into_iter().flatten());
        } else if kind == RecordKind::Settings {
            self.stale.figures = true;
        }
        Ok(())
    }

    /// Looks at everything anew that was noted.
    pub(crate) fn derive(&mut self) -> Result<(), ViewsError> {
        let mut stale = std::mem::take(&mut self.stale);
        if stale.is_empty() {
            return Ok(());
        }
        if stale.figures {
            for kind in LINES {
                stale.lines.extend(self.column::<i64>("SELECT document FROM sheet WHERE kind = ?1", [kind.number()])?);
            }
            let accepted = "SELECT DISTINCT person FROM participation WHERE decided = ?1 AND person IS NOT NULL";
            stale.persons.extend(self.column(accepted, [Outcome::Accepted.code()])?);
        }
        for place in &stale.loans_of {
            let loans = "SELECT document FROM sheet WHERE kind = ?1 AND place = ?2";
            stale.lines.extend(self.column::<i64>(loans, params![RecordKind::Loan.number(), place])?);
        }
        let figures = self.figures()?;
        self.derive_lines(&stale.lines, &figures)?;
        self.derive_stages(&stale.persons, &figures)
    }

    fn derive_lines(&self, lines: &BTreeSet<i64>, figures: &Figures) -> Result<(), ViewsError> {
        let mut ledgers: BTreeMap<String, Vec<Ledger>> = BTreeMap::new();
        for id in lines {
            let sql = "SELECT place, content FROM sheet WHERE document = ?1";
            let row = self.db.prepare_cached(sql)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((place, content)) = row else { continue };
            let record = read(content)?;
            let mut around = Around { figures, ledgers: &[] };
            let place: Option<String> = place;
            let of_place: Vec<&Ledger>;
            if let (ProgrammeRecord::Loan(_), Some(place)) = (&record, place) {
                if !ledgers.contains_key(&place) {
                    let found = self.ledgers_of(&place)?;
                    ledgers.insert(place.clone(), found);
                }
                of_place = ledgers.get(&place).into_iter().flatten().collect();
                around.ledgers = &of_place;
            }
            let summary = record.summary(&around);
            self.db
                .prepare_cached(
                    "UPDATE sheet SET state_id = ?2, state_en = ?3, open = ?4, due = ?5 WHERE document = ?1",
                )?
                .execute(params![
                    id,
                    summary.state.map(|words| words.id),
                    summary.state.map(|words| words.en),
                    summary.open,
                    summary.due.map(|day| day.to_string())
                ])?;
        }
        Ok(())
    }

    fn derive_stages(&self, persons: &BTreeSet<String>, figures: &Figures) -> Result<(), ViewsError> {
        let mut read_before: BTreeMap<i64, ProgrammeRecord> = BTreeMap::new();
        let [bimtek, run, mentoring] = COURSE.map(RecordKind::number);
        for text in persons {
            let Some(person) = PersonId::from_text(text) else { continue };
            let mut taking_part = self.db.prepare_cached(
                "SELECT document, events FROM participation WHERE person = ?1 AND decided = ?2 AND events IS NOT NULL",
            )?;
            let rows = taking_part.query_map(params![text, Outcome::Accepted.code()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })?;
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            if rows.is_empty() {
                continue;
            }
            let about: Vec<i64> = self.column(
                "SELECT t.document FROM sheet_person p JOIN sheet t ON t.document = p.document \
                 WHERE p.person = ?1 AND t.kind IN (?2, ?3, ?4)",
                params![text, bimtek, run, mentoring],
            )?;
            for id in &about {
                if !read_before.contains_key(id) {
                    let content = self.column("SELECT content FROM sheet WHERE document = ?1", [id])?.pop();
                    read_before.extend(content.map(read).transpose()?.map(|record| (*id, record)));
                }
            }
            let (mut bimteks, mut runs, mut mentorings) = (Vec::new(), Vec::new(), Vec::new());
            for record in about.iter().filter_map(|id| read_before.get(id)) {
                if let ProgrammeRecord::Bimtek(one) = record {
                    bimteks.push(one);
                } else if let ProgrammeRecord::Run(one) = record {
                    runs.push(one);
                } else if let ProgrammeRecord::Mentoring(one) = record {
                    mentorings.push(one);
                }
            }
            let around = CourseRecords { bimteks: &bimteks, runs: &runs, mentorings: &mentorings };
            for (document, events) in rows {
                let events: Events =
                    serde_json::from_str(&events).map_err(|_| ViewsError::Row { table: "participation" })?;
                let found = reached(&events, person, &around, figures);
                self.db
                    .prepare_cached("UPDATE participation SET stage = ?2, not_begun_after = ?3 WHERE document = ?1")?
                    .execute(params![document, found.stage.code(), found.not_begun_after.map(|day| day.to_string())])?;
            }
        }
        Ok(())
    }

    /// The figures as they are set in what is held here.
    fn figures(&self) -> Result<Figures, ViewsError> {
        let contents = self.column("SELECT content FROM sheet WHERE kind = ?1", [RecordKind::Settings.number()])?;
        let mut settings: Vec<Settings> = Vec::new();
        for content in contents {
            if let ProgrammeRecord::Settings(one) = read(content)? {
                settings.push(*one);
            }
        }
        Ok(Rules::set_by(&settings).figures)
    }

    fn ledgers_of(&self, place: &str) -> Result<Vec<Ledger>, ViewsError> {
        let sql = "SELECT content FROM sheet WHERE kind = ?1 AND place = ?2 ORDER BY document";
        let mut found = Vec::new();
        for content in self.column(sql, params![RecordKind::Ledger.number(), place])? {
            if let ProgrammeRecord::Ledger(one) = read(content)? {
                found.push(one);
            }
        }
        Ok(found)
    }

    fn column<T: FromSql>(&self, sql: &str, values: impl Params) -> Result<Vec<T>, ViewsError> {
        let mut select = self.db.prepare_cached(sql)?;
        let found = select.query_map(values, |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn read(content: String) -> Result<ProgrammeRecord, ViewsError> {
    serde_json::from_str(&content).map_err(|_| ViewsError::Row { table: "sheet" })
}
