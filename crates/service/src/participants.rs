//! Participants: registering, changing, choosing, deciding, leaving, and looking at them.

use std::ops::RangeInclusive;

use documents::{Edit, Snapshot};
use driver::{Target, What, Write};
use identity::{Coordinate, Officer, Region};
use jiff::Zoned;
use records::{DESMIGRATIF, FieldSpec, FieldType, Lang, PartialDate, PersonId, RecordKind, RegisterNumber, ValueType};
use views::{Filter, Name, Page, Participant, ParticipantRow as ViewRow, Reader, ViewsError};

use crate::{
    Service,
    import::new_document,
    problem::{Code, Problem},
    reading::Known,
    reference,
    reply::{ConflictRow, EventView, FieldView, ParticipantRow, ParticipantView, ValueView},
    sheet_write::today,
    shown::Shown,
};

/// Where numbers go on when a block is used up.
const BEYOND_BLOCKS: RangeInclusive<u32> = 100_000..=999_999_999;

impl Service {
    pub(crate) async fn add(
        &self,
        officer: &str,
        name: &str,
        village: Option<&str>,
        fields: &[(String, String)],
    ) -> Result<ParticipantRow, Problem> {
        let officer = parse_officer(officer)?;
        let village = self.village(village)?;
        let _numbers = self.0.numbering.lock().await;
        let register = match fields.iter().find(|(key, _)| key == "register") {
            Some((_, given)) => given.clone(),
            None => self.next_register().await?.to_string(),
        };
        let person = new_person()?;
        let writes = registration(&officer, person, name, &village, &register, fields)?;
        let documents = self.write(writes).await?;
        let document = documents.last().ok_or_else(lost)?;
        self.row(document).await?.ok_or_else(lost)
    }

    /// `shown` is what the form was shown; else what stands now.
    pub(crate) async fn set(
        &self,
        officer: &str,
        id: &str,
        fields: &[(String, String)],
        shown: Option<&str>,
    ) -> Result<(), Problem> {
        let form = shown.map(str::parse::<Shown>).transpose()?;
        let officer = parse_officer(officer)?;
        let held = self.find(id).await?;
        if fields.is_empty() {
            return Err(Problem::bad_input("no field is named", "for example address=\"Dusun Sigaok\""));
        }
        let mut writes = Vec::new();
        for kind in [RecordKind::Person, RecordKind::Participation] {
            let edits: Vec<Edit> = fields
                .iter()
                .filter(|(key, _)| kind.field(key).is_some())
                .map(|(key, value)| records::edit_from_input(kind, key, value))
                .collect::<Result<_, _>>()?;
            if edits.is_empty() {
                continue;
            }
            let document = document_of(&held, kind)?;
            let shown = self.heads_of_form(form.as_ref(), kind, &document).await?;
            writes.push(Write {
                target: Target::Document(document),
                officer: officer.clone(),
                what: What::Change { shown, edits },
            });
        }
        if let Some((key, _)) = fields.iter().find(|(key, _)| field_kind(key).is_none()) {
            return Err(no_field(key));
        }
        self.write(writes).await.map(drop)
    }

    /// `shown` is what was on the page: a value that came since is not chosen away.
    pub(crate) async fn choose(
        &self,
        officer: &str,
        id: &str,
        field: &str,
        value: &str,
        shown: Option<&str>,
    ) -> Result<(), Problem> {
        let form = shown.map(str::parse::<Shown>).transpose()?;
        let officer = parse_officer(officer)?;
        let held = self.find(id).await?;
        let kind = field_kind(field).ok_or_else(|| no_field(field))?;
        let document = document_of(&held, kind)?;
        let snapshot = self.snapshot(&document).await?;
        let edit = records::choose(kind, &snapshot, field, value)?;
        let shown = self.heads_of_form(form.as_ref(), kind, &document).await?;
        let what = What::Change { shown, edits: vec![edit] };
        self.write(vec![Write { target: Target::Document(document), officer, what }]).await.map(drop)
    }

    pub(crate) async fn list(
        &self,
        village: Option<String>,
        search: Option<String>,
    ) -> Result<Vec<ParticipantRow>, Problem> {
        let region = village.as_deref().map(parse_region).transpose()?;
        let filter = Filter { region, text: search, ..Filter::default() };
        self.rows(filter).await
    }

    pub(crate) async fn rows(&self, filter: Filter) -> Result<Vec<ParticipantRow>, Problem> {
        let filter = Filter { today: Some(today()), ..filter };
        let listed = move |views: &Reader| {
            let rows = views.list(&filter, Page::ALL)?.rows.into_iter();
            rows.map(|row| participant_row(views, row)).collect()
        };
        self.reading().look(listed).await
    }

    pub(crate) async fn show(&self, id: &str, on: Option<&str>) -> Result<ParticipantView, Problem> {
        let held = self.find(id).await?;
        let on = match on {
            Some(day) => parse_date(day)?,
            None => PartialDate::Day(Zoned::now().date()),
        };
        let known = self.known();
        let participation = held.circumstances.participation.clone();
        let row = self.row(&participation.doc).await?.ok_or_else(lost)?;
        let mut fields = Vec::new();
        if let Some(person) = &held.person {
            fields.extend(self.fields(&person.doc, RecordKind::Person, &known).await?);
        }
        fields.extend(self.fields(&participation.doc, RecordKind::Participation, &known).await?);
        let mut trips = Vec::new();
        for trip in &held.circumstances.trips {
            trips.push(self.fields(&trip.doc, RecordKind::Trip, &known).await?);
        }
        let eligibility = records::eligibility(&held.circumstances, on, &self.rules().await?.into());
        Ok(ParticipantView {
            row,
            fields,
            trips,
            events: events(&held, &known),
            on: eligibility.day.shown(Lang::Id),
            categories: eligibility
                .categories
                .iter()
                .filter(|(_, answer)| *answer == records::Answer::Yes)
                .map(|(category, _)| category.shown(Lang::Id))
                .collect(),
            eligible: eligibility.answer.to_text(),
            reasons: eligibility.reasons.iter().map(|reason| (reason.text(Lang::Id), reason.text(Lang::En))).collect(),
            notices: held.notices.iter().map(|held| held.notice.text(Lang::Id).to_owned()).collect(),
        })
    }

    pub(crate) async fn conflicts(&self) -> Result<Vec<ConflictRow>, Problem> {
        let rows = self.rows(Filter { contested: true, ..Filter::default() }).await?;
        let known = self.known();
        let mut conflicts = Vec::new();
        for row in rows {
            let held = self.find(&row.person).await?;
            for contested in held.conflicts {
                conflicts.push(ConflictRow {
                    person: row.person.clone(),
                    register: row.register.clone(),
                    name: row.name.clone(),
                    field: conflict_view(&contested, &known),
                });
            }
        }
        Ok(conflicts)
    }

    /// Writes a batch and waits until it is shown. Gives back the document of each write.
    pub(crate) async fn write(&self, writes: Vec<Write>) -> Result<Vec<Coordinate>, Problem> {
        let scans: Vec<Vec<String>> = writes.iter().map(|write| self.0.named.in_write(write)).collect();
        let written = self.node().write(writes).await?;
        self.0.clock.wrote();
        if let Some(last) = written.last() {
            self.reading().shows(last.shown).await;
        }
        let documents: Vec<Coordinate> = written.into_iter().map(|written| written.document).collect();
        let named: Vec<_> = scans.into_iter().zip(documents.iter().cloned()).collect();
        // What was written stands whatever becomes of this.
        if let Err(problem) = self.0.named.note(&named) {
            tracing::error!(problem = %problem.message, "a scan will outlive the record that names it");
        }
        Ok(documents)
    }

    pub(crate) async fn snapshot(&self, document: &Coordinate) -> Result<Snapshot, Problem> {
        self.node().snapshot(document.clone()).await?.ok_or_else(lost)
    }

    async fn row(&self, document: &Coordinate) -> Result<Option<ParticipantRow>, Problem> {
        let document = document.clone();
        let row =
            move |views: &Reader| listed_row(views, &document)?.map(|row| participant_row(views, row)).transpose();
        self.reading().look(row).await
    }

    /// The participation with this register number, or of the person with this code. Two offices may give one number:
    /// this village's own comes first, and `NUMBER@VILLAGE` says which is meant.
    pub(crate) async fn find(&self, id: &str) -> Result<Participant, Problem> {
        let (wanted, village) = match id.trim().split_once('@') {
            Some((number, village)) => (number.to_owned(), Some(parse_region(village)?)),
            None => (id.trim().to_owned(), None),
        };
        let own = self.office().region;
        let found = self
            .reading()
            .look(move |views| {
                let documents: Vec<Coordinate> = match wanted.parse::<PersonId>() {
                    Ok(person) => views.participations_of(&person)?.into_iter().map(|held| held.doc).collect(),
                    Err(_) => {
                        let filter = Filter { text: Some(wanted.clone()), region: village, ..Filter::default() };
                        let mut listed = views.list(&filter, Page::ALL)?.rows;
                        listed.retain(|row| row.register.as_deref() == Some(&wanted));
                        if listed.iter().any(|row| row.village.as_str() == own) {
                            listed.retain(|row| row.village.as_str() == own);
                        }
                        listed.into_iter().map(|row| row.doc).collect()
                    }
                };
                documents.iter().map(|document| views.get(document)).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let mut found: Vec<Participant> = found.into_iter().flatten().collect();
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(_), false) => Err(Problem::new(
                Code::Conflict,
                format!("{id} stands for several participations"),
                "give NUMBER@VILLAGE, or the person's code: `simpul participant list --json` shows both",
            )),
            (None, _) => Err(Problem::not_found(
                format!("no participant {id} is known here"),
                "`simpul participant list` shows those that this office may see",
            )),
        }
    }

    async fn fields(&self, document: &Coordinate, kind: RecordKind, known: &Known) -> Result<Vec<FieldView>, Problem> {
        let snapshot = self.snapshot(document).await?;
        let shown = |spec: &FieldSpec| {
            let values = snapshot.fields.get(spec.key).filter(|values| !values.is_empty())?;
            let values = values.iter().map(|value| ValueView {
                value: spec.shown(&value.value, Lang::Id),
                office: known.name(&value.by.at.journal.node),
                officer: value.by.officer.to_string(),
                time_ms: value.by.time_ms,
            });
            Some(FieldView {
                field: spec.key.to_owned(),
                label: spec.label.of(Lang::Id).to_owned(),
                values: values.collect(),
            })
        };
        Ok(kind.fields().iter().filter(|spec| !matches!(spec.value, ValueType::Person)).filter_map(shown).collect())
    }

    /// The village that a registration is for: the one named, else the office's own.
    pub(crate) fn village(&self, given: Option<&str>) -> Result<Region, Problem> {
        let village = match (given, self.node().profile().0) {
            (Some(given), _) => parse_region(given)?,
            (None, charter::Subject::NewOffice { region, .. }) => region.clone(),
            (None, charter::Subject::FurtherNode { office }) => {
                self.known().office(office).map_or_else(Region::national, |(_, _, region)| region)
            }
        };
        if village.level() != 4 {
            return Err(Problem::bad_input("the village is missing", "name it by its code: --village 33.07.10.2004"));
        }
        if reference::village(&village).is_none() {
            return Err(Problem::bad_input(
                format!("there is no village {village}"),
                "take the Kemendagri code of the village",
            ));
        }
        Ok(village)
    }

    /// The next number of this node's own block, e.g. `KRP-2026-0001`.
    ///
    /// The node with which an office began, or the only one that it has left, counts from 1. Each further node counts in
    /// a block that its key gives it, so that two that do not see each other do not give one number to two people.
    pub(crate) async fn next_register(&self) -> Result<RegisterNumber, Problem> {
        let (prefix, year) = (records::register_prefix(&self.office_name()), Zoned::now().year());
        let begins = format!("{prefix}-{year}-");
        let taken = self.reading().look(move |views| views.registers(&begins)).await?;
        let taken = || taken.iter().map(String::as_str);
        let next =
            self.number_blocks().into_iter().find_map(|block| records::next_register(&prefix, year, block, taken()));
        next.ok_or_else(|| Problem::new(Code::Conflict, "every register number of this year is taken", "give one"))
    }

    /// Where this node counts, and where it goes on.
    pub(crate) fn number_blocks(&self) -> [RangeInclusive<u32>; 2] {
        [self.register_block(), BEYOND_BLOCKS]
    }

    fn register_block(&self) -> RangeInclusive<u32> {
        let node = self.node();
        let further = matches!(node.profile().0, charter::Subject::FurtherNode { .. });
        let alone = node.charter().is_some_and(|charter| {
            let of_office = charter.nodes().filter(|known| known.office == node.office());
            of_office.filter(|known| charter.is_active(&known.key)).all(|known| known.key == node.key())
        });
        if !further || alone {
            return 1..=9_999;
        }
        let begin = 10_000 + u32::from(node.key().as_bytes()[0]) % 90 * 1_000;
        begin + 1..=begin + 999
    }

    pub(crate) fn office_name(&self) -> String {
        match self.node().profile().0 {
            charter::Subject::NewOffice { name, .. } => name.clone(),
            charter::Subject::FurtherNode { office } => {
                self.known().office(office).map_or_else(String::new, |(name, _, _)| name)
            }
        }
    }
}

/// The writes that register a person: who they are, and that they take part.
pub(crate) fn registration(
    officer: &Officer,
    person: PersonId,
    name: &str,
    village: &Region,
    register: &str,
    fields: &[(String, String)],
) -> Result<Vec<Write>, Problem> {
    let own = [("person", person.to_string()), ("name", name.to_owned())];
    let taking_part =
        [("person", person.to_string()), ("programme", DESMIGRATIF.to_owned()), ("register", register.to_owned())];
    if let Some((key, _)) = fields.iter().find(|(key, _)| field_kind(key).is_none()) {
        return Err(no_field(key));
    }
    let mut writes = Vec::new();
    for (kind, fixed) in [(RecordKind::Person, &own[..]), (RecordKind::Participation, &taking_part[..])] {
        let fixed = fixed.iter().map(|(key, value)| (*key, value.as_str()));
        let given = fields
            .iter()
            .filter(|(key, value)| kind.field(key).is_some() && key != "register" && !value.trim().is_empty())
            .map(|(key, value)| (key.as_str(), value.as_str()));
        let edits: Vec<Edit> = fixed
            .chain(given)
            .map(|(key, value)| records::edit_from_input(kind, key, value))
            .collect::<Result<_, _>>()?;
        writes.push(new_document(kind, village, officer, edits)?);
    }
    Ok(writes)
}

pub(crate) fn new_person() -> Result<PersonId, Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
    Ok(PersonId(bytes))
}

pub(crate) fn parse_officer(handle: &str) -> Result<Officer, Problem> {
    Officer::new(handle).map_err(|error| Problem::bad_input(error, "for example --officer petugas-1"))
}

pub(crate) fn parse_region(text: &str) -> Result<Region, Problem> {
    text.parse()
        .map_err(|error: identity::NameError| Problem::bad_input(error, "take the Kemendagri code of the place"))
}

pub(crate) fn parse_date(text: &str) -> Result<PartialDate, Problem> {
    text.parse().map_err(|error: records::DateError| Problem::bad_input(error, "a day, a month or a year is enough"))
}

/// The kind of record that has this field, of those that a participant's record is made of.
fn field_kind(key: &str) -> Option<RecordKind> {
    [RecordKind::Person, RecordKind::Participation]
        .into_iter()
        .find(|kind| kind.field(key).is_some_and(|spec| !matches!(spec.value, ValueType::Person)))
}

fn no_field(key: &str) -> Problem {
    Problem::bad_input(format!("there is no field {key:?}"), "`simpul participant fields` lists them")
}

pub(crate) fn lost() -> Problem {
    Problem::not_found("the record is not here any more", "look it up again: it may have been erased")
}

fn document_of(held: &Participant, kind: RecordKind) -> Result<Coordinate, Problem> {
    if kind == RecordKind::Participation {
        return Ok(held.circumstances.participation.doc.clone());
    }
    held.person.as_ref().map(|person| person.doc.clone()).ok_or_else(|| {
        Problem::new(
            Code::NoRight,
            held.name.text(Lang::En),
            "an office that reads the identities of that village can change it",
        )
    })
}

/// The row of a participation in the list of all.
pub(crate) fn listed_row(views: &Reader, document: &Coordinate) -> Result<Option<ViewRow>, ViewsError> {
    let filter = Filter { person: views.person_of(document)?, today: Some(today()), ..Filter::default() };
    Ok(views.list(&filter, Page::ALL)?.rows.into_iter().find(|row| row.doc == *document))
}

fn participant_row(views: &Reader, row: ViewRow) -> Result<ParticipantRow, ViewsError> {
    let contested = match row.contested {
        0 => None,
        _ => views.get(&row.doc)?.map(|held| held.conflicts.into_iter().map(|held| held.conflict.field).collect()),
    };
    let (name, no_name) = named(&row.name);
    Ok(ParticipantRow {
        person: row.person.map(|person| person.to_string()).unwrap_or_default(),
        register: row.register,
        name,
        no_name,
        village: row.village.to_string(),
        group: row.group,
        number: row.group_number.map(|number| number.to_string()),
        stage: row.stage,
        contested: contested.unwrap_or_default(),
    })
}

/// The name, or why there is none.
fn named(name: &Name) -> (Option<String>, Option<String>) {
    match name.known() {
        Some(known) => (Some(known.to_owned()), None),
        None => (None, Some(name.text(Lang::Id).to_owned())),
    }
}

fn conflict_view(held: &views::HeldConflict, known: &Known) -> FieldView {
    let values = held.conflict.values.iter().map(|value| ValueView {
        value: value.id.clone(),
        office: known.name(&value.by.at.journal.node),
        officer: value.by.officer.to_string(),
        time_ms: value.by.time_ms,
    });
    FieldView {
        field: held.conflict.field.clone(),
        label: held.conflict.label(held.kind, Lang::Id).to_owned(),
        values: values.collect(),
    }
}

fn events(held: &Participant, known: &Known) -> Vec<EventView> {
    let events = &held.circumstances.participation.events;
    let event = |what: &str, text: String, by: &records::By| EventView {
        what: what.to_owned(),
        text,
        office: known.name(&by.at.journal.node),
        officer: by.officer.to_string(),
    };
    let steps = events.steps.iter().map(|said| {
        event(records::STEP, format!("{} {}", said.what.step.shown(Lang::Id), said.what.date.shown(Lang::Id)), &said.by)
    });
    let decisions = events.decisions.iter().map(|said| {
        let number = said.what.number.as_deref().map(|number| format!(" no. {number}")).unwrap_or_default();
        let text = format!("{}{number}, {}", said.what.outcome.shown(Lang::Id), said.what.date.shown(Lang::Id));
        event(records::DECISION, text, &said.by)
    });
    let leavings = events.leavings.iter().map(|said| {
        let text = format!("{} {}", said.what.reason.shown(Lang::Id), said.what.date.shown(Lang::Id));
        event(records::LEAVING, text, &said.by)
    });
    steps.chain(decisions).chain(leavings).collect()
}
