//! Bringing in a table, and writing one.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use documents::Edit;
use driver::{Target, What, Write};
use identity::{Class, Coordinate, Incarnation, JournalId, Officer, Region, ScopeName};
use records::{
    Candidate, Content, DESMIGRATIF, Decision, Fields, ImportDraft, ImportOptions, KnownPeople, Lang, Outcome, Person,
    PersonFields, RecordKind, RegisterNumber, read_import, rejected_csv,
};
use views::Filter;

use crate::{
    Progress, Service,
    participants::{new_person, parse_date, parse_officer},
    problem::{Code, Problem},
    reference,
    reply::ImportDone,
    table::text_cell,
};

/// The largest table, in bytes.
const TABLE_BYTES_MAX: u64 = 32 << 20;

/// How many rows become durable together.
const ROWS_AT_ONCE: usize = 25;

impl Service {
    pub(crate) async fn import(
        &self,
        officer: &str,
        file: &Path,
        decided: Option<(String, String)>,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<ImportDone, Problem> {
        let officer = parse_officer(officer)?;
        let decision = decided.map(|(number, date)| decision(&number, &date)).transpose()?;
        let table = {
            let bytes = read(file).await?;
            let own = self.village(None).ok();
            let writable = |village: &Region| reference::village(village).is_some() && self.writes_for(village);
            let options = ImportOptions {
                village: own,
                programme: DESMIGRATIF,
                decision,
                serves: &writable,
                is_area: &reference::is_regency,
            };
            read_import(&bytes, &options)?
        };
        let drafts: Vec<&ImportDraft> = table.rows.iter().filter_map(|row| row.outcome.as_ref().ok()).collect();
        let mut done = ImportDone {
            added: 0,
            present: 0,
            maybe_double: 0,
            rejected: (table.rows.len() - drafts.len()) as u64,
            rejected_file: None,
        };
        let mut register = self.next_register().await?;
        let mut known = KnownPeople::default();
        for village in drafts.iter().map(|draft| draft.village.clone()).collect::<BTreeSet<Region>>() {
            let people = self.reading().look(move |views| views.candidates(&village)).await?;
            people.iter().for_each(|person| known.insert(person));
        }
        // A row that stands in the table twice is one person.
        let mut seen = BTreeSet::new();
        let total = drafts.len() as u64;
        for (index, rows) in drafts.chunks(ROWS_AT_ONCE).enumerate() {
            progress(Progress { done: (index * ROWS_AT_ONCE) as u64, total });
            let mut writes = Vec::new();
            for draft in rows {
                if seen.insert((draft.village.clone(), draft.source.clone())) {
                    self.import_row(draft, &officer, &mut register, &mut known, &mut writes, &mut done).await?;
                } else {
                    done.present += 1;
                }
            }
            if !writes.is_empty() {
                self.write(writes).await?;
            }
        }
        progress(Progress { done: total, total });
        if let Some(text) = rejected_csv(&table, Lang::Id) {
            let beside = beside(file);
            tokio::fs::write(&beside, text).await.map_err(|error| {
                Problem::new(
                    Code::Storage,
                    format!("the rows that are right were taken, but {} cannot be written: {error}", beside.display()),
                    "make the folder of the table writable and import it again: nobody is entered twice",
                )
            })?;
            done.rejected_file = Some(beside);
        }
        Ok(done)
    }

    /// Adds to `writes` what is still missing of a row.
    async fn import_row(
        &self,
        draft: &ImportDraft,
        officer: &Officer,
        register: &mut RegisterNumber,
        known: &mut KnownPeople,
        writes: &mut Vec<Write>,
        done: &mut ImportDone,
    ) -> Result<(), Problem> {
        let (village, source) = (draft.village.clone(), draft.source.clone());
        let earlier = self.reading().look(move |views| views.imported(&village, &source, DESMIGRATIF)).await?;
        // What a power cut left of an earlier import is made whole; what is whole stays.
        if earlier.as_ref().is_some_and(|earlier| earlier.participation.is_some()) {
            done.present += 1;
            return Ok(());
        }
        done.added += 1;
        let person = match &earlier {
            Some(earlier) => earlier.person,
            None => {
                let person = new_person()?;
                let edits = draft.person(person);
                let new = self.candidate(&draft.village, &edits)?;
                done.maybe_double += u64::from(!known.evidence(&new).is_empty());
                known.insert(&new);
                writes.push(new_document(RecordKind::Person, &draft.village, officer, edits)?);
                person
            }
        };
        let mut edits = draft.participation(person);
        if !draft.has_register() {
            edits.push(records::edit_from_input(RecordKind::Participation, "register", &register.to_string())?);
            register.number += 1;
        }
        let participation = writes.len();
        writes.push(new_document(RecordKind::Participation, &draft.village, officer, edits)?);
        if let Some(decision) = &draft.decision {
            let fact = decision.draft()?;
            writes.push(Write {
                target: Target::Batch(participation),
                officer: officer.clone(),
                what: What::Fact { key: fact.key.to_owned(), bytes: fact.bytes },
            });
        }
        if let Some(edits) = draft.trip(person)
            && earlier.as_ref().is_none_or(|earlier| earlier.trips.is_empty())
        {
            writes.push(new_document(RecordKind::Trip, &draft.village, officer, edits)?);
        }
        Ok(())
    }

    /// A person about to be entered, as the search for possible duplicates takes one.
    pub(crate) fn candidate(&self, village: &Region, edits: &[Edit]) -> Result<Candidate, Problem> {
        let mut fields = PersonFields::default();
        for edit in edits {
            if let Edit::Put { key, value } = edit {
                fields.take(key, &[value]);
            }
        }
        let scope = ScopeName::of_region(Class::Identity, village)
            .map_err(|error| Problem::bad_input(error, "name the village by its code"))?;
        // It has no document yet; no other stands at number 0.
        let journal = JournalId { scope, node: self.node().key(), incarnation: Incarnation([0; 8]) };
        let doc = Coordinate { journal, seq: 0 };
        Ok(Candidate::of(&Person { doc, village: village.clone(), fields }))
    }

    /// Whether this office may enter people of a village.
    fn writes_for(&self, village: &Region) -> bool {
        let Ok(scope) = ScopeName::of_region(Class::Identity, village) else { return false };
        match self.node().charter() {
            Some(charter) if charter.node(&self.node().key()).is_some() => {
                charter.may_write(&self.node().key(), &scope)
            }
            // Before it is admitted, an office enters what lies in its own region.
            Some(_) | None => match self.node().profile().0 {
                charter::Subject::NewOffice { region, .. } => region.contains(village),
                charter::Subject::FurtherNode { .. } => true,
            },
        }
    }

    /// The participants as a table that a village's own program opens.
    pub(crate) async fn export(&self) -> Result<String, Problem> {
        let rows = self.rows(Filter::default()).await?;
        let mut table = csv::Writer::from_writer(Vec::new());
        let failed = |error: csv::Error| Problem::internal(&error);
        table.write_record(["village_code", "register", "name", "group", "number", "stage"]).map_err(failed)?;
        for row in rows {
            let cells = [
                row.village,
                row.register.unwrap_or_default(),
                row.name.unwrap_or_default(),
                row.group.unwrap_or_default(),
                row.number.unwrap_or_default(),
                row.stage,
            ];
            table.write_record(cells.map(text_cell)).map_err(failed)?;
        }
        let bytes = table.into_inner().map_err(|error| Problem::internal(&error))?;
        String::from_utf8(bytes).map_err(|error| Problem::internal(&error))
    }
}

async fn read(file: &Path) -> Result<Vec<u8>, Problem> {
    let cannot = |error: std::io::Error| {
        Problem::bad_input(format!("cannot read {}: {error}", file.display()), "check the path")
    };
    let bytes = tokio::fs::metadata(file).await.map_err(cannot)?.len();
    if bytes > TABLE_BYTES_MAX {
        return Err(Problem::bad_input(
            format!("{} has {bytes} bytes; a table may have {TABLE_BYTES_MAX}", file.display()),
            "split it into several tables",
        ));
    }
    tokio::fs::read(file).await.map_err(cannot)
}

/// Where the rows go that were not taken: beside the table.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_owned();
    name.push(".ditolak.csv");
    file.with_file_name(name)
}

fn decision(number: &str, date: &str) -> Result<Decision, Problem> {
    Ok(Decision {
        outcome: Outcome::Accepted,
        number: Some(number.trim().to_owned()).filter(|number| !number.is_empty()),
        date: parse_date(date)?,
        day: None,
        replaces: Vec::new(),
        basis: None,
        scan: None,
    })
}

pub(crate) fn new_document(
    kind: RecordKind,
    village: &Region,
    officer: &Officer,
    edits: Vec<Edit>,
) -> Result<Write, Problem> {
    records::check_required(kind, &edits)?;
    let scope = ScopeName::of_region(kind.class(), village)
        .map_err(|error| Problem::bad_input(error, "name the village by its code"))?;
    Ok(Write {
        target: Target::New { scope, kind: kind.number(), predecessor: None },
        officer: officer.clone(),
        what: What::Change { shown: Vec::new(), edits },
    })
}
