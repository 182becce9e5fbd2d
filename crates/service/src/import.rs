//! Bringing in a table: what its columns are, what it would give, and writing it; and a plain table of participants.
//!
//! # Invariants
//! - A preview and an import judge each row by the same code, row after row ([`Judge`]).
//! - One table at a time is brought in: two that ran beside each other would not see each other's people.
//! - Whoever stops an import, or loses the power in it, finds whole rows: 25 of them become durable together.

use std::{
    collections::BTreeSet,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use documents::Edit;
use driver::{Target, What, Write};
use identity::{Class, Coordinate, Incarnation, JournalId, Officer, Region, ScopeName};
use records::{
    Candidate, Content, DESMIGRATIF, Decision, FieldType, Fields, ImportDraft, ImportOptions, ImportRow, ImportTable,
    KnownPeople, Lang, Outcome, Person, PersonFields, PersonId, RecordKind, RegisterNumber, read_import, rejected_csv,
};
use views::{Filter, Imported};

use crate::{
    Progress, Service,
    both::Both,
    participants::{new_person, parse_date, parse_officer},
    problem::{Code, Problem},
    reference,
    reply::ImportDone,
    table::text_cell,
    table_in::{
        Brought, ImportCounts, ImportPreview, RowGives, TableHead, TableIn, chosen, head, line, rejected_line, room,
    },
};

/// The largest table, in bytes.
const TABLE_BYTES_MAX: u64 = records::IMPORT_BYTES_MAX as u64;

/// How many rows become durable together.
const ROWS_AT_ONCE: usize = 25;

/// How many rows are judged together where nothing is written.
const JUDGED_AT_ONCE: usize = 500;

/// The most rows of each list in an answer: the rest are counted.
const LINES_MAX: usize = 100;

/// How many rows of a preview are shown whatever they give.
const FIRST_LINES: usize = 20;

/// Tells what each row gives, one after the other: whoever came before in the table is known.
struct Judge {
    known: KnownPeople,
}

/// A row that is right, judged.
struct Judged<'a> {
    draft: &'a ImportDraft,
    gives: RowGives,
    /// What an earlier import made of it.
    earlier: Option<Imported>,
    person: PersonId,
    said: Vec<Both>,
}

impl Judge {
    async fn of(service: &Service, drafts: &[&ImportDraft]) -> Result<Self, Problem> {
        let mut known = KnownPeople::default();
        for village in drafts.iter().map(|draft| draft.village.clone()).collect::<BTreeSet<Region>>() {
            let people = service.reading().look(move |views| views.candidates(&village)).await?;
            people.iter().for_each(|person| known.insert(person));
        }
        Ok(Self { known })
    }

    async fn judge<'a>(&mut self, service: &Service, drafts: &[&'a ImportDraft]) -> Result<Vec<Judged<'a>>, Problem> {
        let rows: Vec<_> = drafts.iter().map(|draft| (draft.village.clone(), draft.source.clone())).collect();
        let earlier = service.reading().look(move |views| {
            rows.iter().map(|(village, source)| views.imported(village, source, DESMIGRATIF)).collect()
        });
        let earlier: Vec<Option<Imported>> = earlier.await?;
        drafts.iter().zip(earlier).map(|(&draft, earlier)| self.one(service, draft, earlier)).collect()
    }

    fn one<'a>(
        &mut self,
        service: &Service,
        draft: &'a ImportDraft,
        earlier: Option<Imported>,
    ) -> Result<Judged<'a>, Problem> {
        let mut said = Vec::new();
        let (gives, person) = match &earlier {
            // What a power cut left of an earlier import is made whole; what is whole stays.
            Some(earlier) if earlier.participation.is_some() => (RowGives::Present, earlier.person),
            Some(earlier) => (RowGives::New, earlier.person),
            None => {
                let person = new_person()?;
                let new = service.candidate(&draft.village, &draft.person(person))?;
                let evidence = self.known.evidence(&new);
                self.known.insert(&new);
                said.extend(evidence.iter().map(|evidence| Both {
                    id: format!("mungkin sudah terdaftar: {}", evidence.shown(Lang::Id)),
                    en: format!("may be registered already: {}", evidence.shown(Lang::En)),
                }));
                (if evidence.is_empty() { RowGives::New } else { RowGives::MaybeDouble }, person)
            }
        };
        if gives != RowGives::Present {
            let warning = |(column, id, en): &(String, &str, &str)| Both {
                id: format!("{column}: {id}"),
                en: format!("{column}: {en}"),
            };
            said.extend(draft.warnings.iter().map(warning));
        }
        Ok(Judged { draft, gives, earlier, person, said })
    }
}

impl Service {
    /// What the columns of a table are; whether it can be brought in is not judged.
    ///
    /// # Errors
    /// What is no table, and a code that no column has.
    pub async fn table_head(&self, table: &TableIn) -> Result<TableHead, Problem> {
        let table = table.clone();
        blocking(move || head(&table)).await
    }

    /// What a table would give; nothing is written.
    ///
    /// # Errors
    /// What is no table of people, with what to do.
    pub async fn preview_import(&self, table: &TableIn) -> Result<ImportPreview, Problem> {
        let head = self.table_head(table).await?;
        let read = self.read_table(table).await?;
        let drafts = drafts(&read);
        let mut judge = Judge::of(self, &drafts).await?;
        let mut judged = Vec::new();
        for rows in drafts.chunks(JUDGED_AT_ONCE) {
            judged.extend(judge.judge(self, rows).await?);
        }
        let mut judged = judged.into_iter();
        let mut preview = ImportPreview {
            stamp: table.stamp(),
            table: head,
            counts: ImportCounts::default(),
            first: Vec::new(),
            rejected: Vec::new(),
            doubtful: Vec::new(),
        };
        for row in &read.rows {
            let line = match &row.outcome {
                Err(_) => rejected_line(&read, row),
                Ok(_) => match judged.next() {
                    Some(judged) => line(&read, row, judged.gives, judged.said),
                    None => continue,
                },
            };
            preview.counts.count(line.gives);
            if line.gives == RowGives::Rejected {
                preview.rejected.extend(room(&preview.rejected, LINES_MAX).then(|| line.clone()));
            } else if !line.said.is_empty() {
                preview.doubtful.extend(room(&preview.doubtful, LINES_MAX).then(|| line.clone()));
            }
            preview.first.extend(room(&preview.first, FIRST_LINES).then_some(line));
        }
        Ok(preview)
    }

    /// Brings a table in. `goes_on` hears how far it is and says whether to go on: what was written until then stays.
    /// Brought in again, a table adds nobody twice. `stamp` is that of the preview, where somebody looked at one.
    ///
    /// # Errors
    /// Another table or other columns than those that were looked at; a table that is brought in meanwhile; what is no
    /// table of people. After any other problem the rows stay that `goes_on` heard of.
    pub async fn bring_in(
        &self,
        officer: &str,
        table: &TableIn,
        stamp: Option<&str>,
        mut goes_on: impl FnMut(Progress) -> ControlFlow<()> + Send,
    ) -> Result<Brought, Problem> {
        let officer = parse_officer(officer)?;
        if stamp.is_some_and(|stamp| stamp != table.stamp()) {
            return Err(not_looked_at());
        }
        let Ok(_alone) = self.0.importing.try_lock() else {
            return Err(Problem::said(
                Code::Conflict,
                None,
                "tabel lain sedang dimasukkan: tunggu sampai selesai, lalu coba lagi",
                "another table is being brought in: wait until it is done, then try again",
            ));
        };
        let read = self.read_table(table).await?;
        let drafts = drafts(&read);
        let mut judge = Judge::of(self, &drafts).await?;
        let rejected: Vec<&ImportRow> = read.rows.iter().filter(|row| row.outcome.is_err()).collect();
        let mut counts = ImportCounts { rejected: rejected.len() as u64, ..ImportCounts::default() };
        let total = drafts.len() as u64;
        for (index, rows) in drafts.chunks(ROWS_AT_ONCE).enumerate() {
            let done = (index * ROWS_AT_ONCE) as u64;
            if goes_on(Progress { done, total }).is_break() {
                counts.left = total - done;
                break;
            }
            let mut writes = Vec::new();
            let _numbers = self.0.numbering.lock().await;
            let mut register = self.next_register().await?;
            for judged in judge.judge(self, rows).await? {
                counts.count(judged.gives);
                if judged.gives != RowGives::Present {
                    import_row(&judged, &officer, &mut register, &mut writes)?;
                }
            }
            if !writes.is_empty() {
                self.write(writes).await?;
            }
        }
        if counts.left == 0 {
            // Nothing is left to be stopped.
            let _ = goes_on(Progress { done: total, total });
        }
        Ok(Brought {
            counts,
            rejected: rejected.iter().take(LINES_MAX).map(|row| rejected_line(&read, row)).collect(),
            rejected_table: (!rejected.is_empty())
                .then(|| Both::of(|lang| rejected_csv(&read, lang).unwrap_or_default())),
        })
    }

    /// Brings in a table of a file; what is not taken goes to a file beside it.
    pub(crate) async fn import(
        &self,
        officer: &str,
        file: &Path,
        decided: Option<(String, String)>,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<ImportDone, Problem> {
        let table = TableIn { decided, ..TableIn::new(read(file).await?) };
        let goes_on = |at| {
            progress(at);
            ControlFlow::Continue(())
        };
        let Brought { counts, rejected_table, .. } = self.bring_in(officer, &table, None, goes_on).await?;
        let rejected_file = match rejected_table {
            None => None,
            Some(text) => {
                let beside = beside(file);
                tokio::fs::write(&beside, text.id).await.map_err(|error| {
                    Problem::new(
                        Code::Storage,
                        format!(
                            "the rows that are right were taken, but {} cannot be written: {error}",
                            beside.display()
                        ),
                        "make the folder of the table writable and import it again: nobody is entered twice",
                    )
                })?;
                Some(beside)
            }
        };
        let ImportCounts { added, present, maybe_double, rejected, .. } = counts;
        Ok(ImportDone { added, present, maybe_double, rejected, rejected_file })
    }

    async fn read_table(&self, table: &TableIn) -> Result<ImportTable, Problem> {
        let (service, table) = (self.clone(), table.clone());
        blocking(move || {
            let columns = chosen(&table)?;
            let writable = |village: &Region| reference::village(village).is_some() && service.writes_for(village);
            let options = ImportOptions {
                header: table.header,
                columns: columns.as_deref(),
                village: service.village(None).ok(),
                programme: DESMIGRATIF,
                decision: table.decided.as_ref().map(|(number, date)| decision(number, date)).transpose()?,
                serves: &writable,
                is_area: &reference::is_regency,
            };
            Ok(read_import(&table.bytes, &options)?)
        })
        .await
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

/// What was looked at is another table than the one that is handed in, or was looked at as something else.
pub(crate) fn not_looked_at() -> Problem {
    Problem::said(
        Code::Conflict,
        Some("stamp"),
        "tabel atau pilihan kolomnya sudah lain dari yang diperiksa: periksa lagi, lalu masukkan",
        "the table or its columns are not those that were looked at: look at them again, then bring them in",
    )
}

/// Runs what takes a while where that may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))?
}

fn drafts(table: &ImportTable) -> Vec<&ImportDraft> {
    table.rows.iter().filter_map(|row| row.outcome.as_ref().ok()).collect()
}

/// Adds to `writes` what is still missing of a row.
fn import_row(
    judged: &Judged<'_>,
    officer: &Officer,
    register: &mut RegisterNumber,
    writes: &mut Vec<Write>,
) -> Result<(), Problem> {
    let Judged { draft, earlier, person, .. } = judged;
    if earlier.is_none() {
        writes.push(new_document(RecordKind::Person, &draft.village, officer, draft.person(*person))?);
    }
    let mut edits = draft.participation(*person);
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
    if let Some(edits) = draft.trip(*person)
        && earlier.as_ref().is_none_or(|earlier| earlier.trips.is_empty())
    {
        writes.push(new_document(RecordKind::Trip, &draft.village, officer, edits)?);
    }
    Ok(())
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
        date: parse_date(date).map_err(|problem| Problem {
            field: Some("decided".to_owned()),
            text: Some(Box::new(Both {
                id: format!("tanggal keputusan {date:?} tidak terbaca: tulis seperti 12-03-2022, 03-2022, atau 2022"),
                en: format!(
                    "the date of the decision, {date:?}, cannot be read: write it like 12-03-2022, 03-2022 or 2022"
                ),
            })),
            ..problem
        })?,
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
    let scope = ScopeName::of_region(kind.class(), village)
        .map_err(|error| Problem::bad_input(error, "name the village by its code"))?;
    new_in(kind, scope, officer, edits)
}

/// Begins a document in a scope.
pub(crate) fn new_in(
    kind: RecordKind,
    scope: ScopeName,
    officer: &Officer,
    edits: Vec<Edit>,
) -> Result<Write, Problem> {
    records::check_required(kind, &edits)?;
    Ok(Write {
        target: Target::New { scope, kind: kind.number(), predecessor: None },
        officer: officer.clone(),
        what: What::Change { shown: Vec::new(), edits },
    })
}
