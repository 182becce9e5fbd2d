//! What happens to a participant: what is said of them by a form, their journeys abroad, and their family.
//!
//! A relative is somebody of the register like everybody else, so that nobody is typed twice; who works abroad and takes no
//! part is in it by name alone.

use std::collections::BTreeSet;

use documents::{Edit, Snapshot};
use driver::{Target, What, Write};
use identity::Coordinate;
use records::{
    Asks, Authors, Content, Decision, FieldType, InputSpec, LEAVING, MoveAccepted, OpenMatter, PersonId, RecordKind,
    Relation, Rules, Tie, Told, Trip, ValueType,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Participant, sheet_id};

use crate::{
    Service,
    both::Both,
    import::new_document,
    inputs::{InputKind, input_kind},
    participants::{lost, new_person, parse_officer},
    problem::{Code, Problem},
    reading::Known,
    record::{Documents, Names, RecordField, without_codes},
    sheet_kinds::{SheetInput, fact_input},
    sheet_write::Saying,
    sheets::{FactAsked, earlier_facts},
    shown::Shown,
};

/// The most people that a form offers to pick from.
const PICKED_MAX: usize = 200;

/// The input that picks a relative who is in the register, and the one that names somebody new.
const RELATIVE: &str = "relative";
const NAME: &str = "name";

/// What a tie cannot do without.
const RELATION: &str = "relation";

/// A record of a person beside their participation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum PersonPart {
    /// A journey to work abroad.
    #[serde(rename = "perjalanan")]
    Trip,
    /// What a relative is to them.
    #[serde(rename = "keluarga")]
    Tie,
}

/// A journey or a tie, with what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartView {
    /// Its name in addresses.
    pub id: String,
    /// What is shown here, for the form that changes it.
    pub shown: String,
    /// Its fields.
    pub fields: Vec<RecordField>,
}

/// Somebody of the family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RelativeView {
    /// Their code.
    pub person: String,
    /// Their name.
    pub name: Both,
    /// Whether they take part too, and so have a page of their own.
    pub takes_part: bool,
    /// The tie.
    pub tie: PartView,
    /// Their journeys.
    pub trips: Vec<PartView>,
}

impl PersonPart {
    /// The one of this name in addresses.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "perjalanan" => Some(Self::Trip),
            "keluarga" => Some(Self::Tie),
            _ => None,
        }
    }

    pub(crate) fn kind(self) -> RecordKind {
        match self {
            Self::Trip => RecordKind::Trip,
            Self::Tie => RecordKind::Tie,
        }
    }

    /// What is wrong with a text for one of its fields, before anything is written.
    pub fn fault(self, field: &str, text: &str) -> Option<crate::Fault> {
        let found = if field == NAME { RecordKind::Person } else { self.kind() };
        found.field(field)?;
        if text.trim().is_empty() {
            return (field == RELATION).then_some(crate::Fault::Empty);
        }
        records::edit_from_input(found, field, text).err().map(|_| crate::Fault::Unreadable)
    }
}

/// What is wrong with a text for an input of something that is said of a participant.
pub fn course_fault(fact: &str, input: &str, text: &str) -> Option<crate::Fault> {
    crate::sheet_kinds::fault_in(RecordKind::Participation, fact, input, text)
}

/// The inputs for the fields of a kind that a person types.
fn typed_fields(kind: RecordKind) -> impl Iterator<Item = SheetInput> {
    let asked = kind.fields().iter().filter(|spec| spec.value != ValueType::Person);
    asked.map(|spec| SheetInput {
        field: spec.key.to_owned(),
        label: spec.label.into(),
        kind: input_kind(spec.value),
        required: spec.key == RELATION,
    })
}

impl Service {
    /// What this office may say of a participant.
    pub(crate) async fn course_asked(
        &self,
        held: &Participant,
        told: &[Told],
        known: &Known,
        names: &Names,
        rules: &Rules,
    ) -> Result<Vec<FactAsked>, Problem> {
        let (kind, place) = (RecordKind::Participation, &held.circumstances.participation.village);
        let Some(author) = known.author(&self.node().key()) else { return Ok(Vec::new()) };
        let events = &held.circumstances.participation.events;
        let open = self.open_now(held, &rules.figures).await?;
        let offered = |fact: &str| match fact {
            "material" | "partner" => rules.figures.quadrants.value,
            "move_accepted" => !events.moving.is_empty(),
            "matter_closed" => !events.leavings.is_empty(),
            _ => true,
        };
        let said = kind.fact_forms().filter(|(spec, _)| offered(spec.key) && spec.may_say.allows(&author, Some(place)));
        let asked = said.map(|(spec, form)| {
            let input = |input: &InputSpec| {
                let mut shown = fact_input(input);
                if let Asks::Fact(keys) = input.asks {
                    shown.kind = InputKind::Choice(earlier_facts(kind, told, keys, author.office, names));
                }
                if let (LEAVING, InputKind::Several(choices)) = (spec.key, &mut shown.kind) {
                    choices.iter_mut().for_each(|choice| mark_open(choice, &open));
                }
                shown
            };
            let inputs = form.inputs.iter().map(input).collect();
            FactAsked { fact: spec.key.to_owned(), label: spec.label.into(), inputs }
        });
        // Where there is nothing to pick from there is nothing to say.
        let asked = asked.filter(|asked| asked.inputs.iter().all(|input| input.kind != InputKind::Choice(Vec::new())));
        Ok(asked.collect())
    }

    /// Says something of a participant.
    pub(crate) async fn tell(&self, officer: &str, id: &str, said: &Saying) -> Result<(), Problem> {
        let officer = parse_officer(officer)?;
        let held = self.find(id).await?;
        let participation = &held.circumstances.participation;
        let asked = RecordKind::Participation.fact_forms().find(|(spec, _)| spec.key == said.fact);
        let (spec, form) = asked.ok_or_else(|| {
            Problem::bad_input(
                format!("{:?} is nothing that is said of a participant", said.fact),
                "take one that the participant's record asks for",
            )
        })?;
        self.must_say(spec, Some(&participation.village))?;
        let inputs = self.resolved_inputs(form.inputs, &said.inputs).await?;
        let typed = inputs.iter().map(|(key, text)| (key.as_str(), text.as_str()));
        let fact = match spec.key {
            records::DECISION => {
                let typed = form.typed(typed)?;
                let decision = Decision {
                    outcome: typed.get("outcome").ok_or_else(lost)?,
                    number: typed.get("number"),
                    date: typed.get("date").ok_or_else(lost)?,
                    day: typed.get("day"),
                    replaces: Vec::new(),
                    basis: Some(held.circumstances.basis()),
                    scan: typed.get("scan"),
                };
                decision.draft()?
            }
            "move_accepted" => {
                let typed = form.typed(typed)?;
                let (by, date) = (typed.get("by").ok_or_else(lost)?, typed.get("date").ok_or_else(lost)?);
                MoveAccepted { from: participation.doc.clone(), by, date }.draft()?
            }
            _ => form.draft(typed)?,
        };
        let target = Target::Document(participation.doc.clone());
        let what = What::Fact { key: fact.key.to_owned(), bytes: fact.bytes };
        self.write(vec![Write { target, officer, what }]).await.map(drop)
    }

    /// What a form asks to begin a journey or a tie, with who there is to pick from.
    pub(crate) async fn part_form(&self, id: &str, part: PersonPart) -> Result<Vec<SheetInput>, Problem> {
        let mut inputs: Vec<SheetInput> = typed_fields(part.kind()).collect();
        if part == PersonPart::Tie {
            let held = self.find(id).await?;
            let own = held.circumstances.participation.fields.person.first().copied();
            let village = held.circumstances.participation.village.clone();
            let all = self.reading().look(move |views| views.candidates(&village)).await?;
            let others: BTreeSet<PersonId> =
                all.into_iter().filter_map(|one| one.person).filter(|person| Some(*person) != own).collect();
            let kind = match others.len() {
                1..=PICKED_MAX => InputKind::Choice(self.people(others).await?.picks()),
                _ => InputKind::Person,
            };
            let input = |field: &str, id: &str, en: &str, kind| SheetInput {
                field: field.to_owned(),
                label: Both { id: id.to_owned(), en: en.to_owned() },
                kind,
                required: false,
            };
            inputs.insert(0, input(RELATIVE, "Keluarga yang sudah terdaftar", "Relative in the register", kind));
            let (id, en) = ("Atau nama keluarga yang belum terdaftar", "Or the name of one who is not in it");
            inputs.insert(1, input(NAME, id, en, InputKind::Text));
        }
        Ok(inputs)
    }

    /// Begins a journey of a participant, or of the relative with this code; or says who is of their family.
    pub(crate) async fn begin_part(
        &self,
        officer: &str,
        id: &str,
        part: PersonPart,
        of: Option<&str>,
        fields: &[(String, String)],
    ) -> Result<(), Problem> {
        let officer = parse_officer(officer)?;
        let held = self.find(id).await?;
        let village = &held.circumstances.participation.village;
        let own = held.circumstances.participation.fields.person.first().copied().ok_or_else(lost)?;
        let (beyond, typed): (Vec<_>, Vec<_>) = fields
            .iter()
            .cloned()
            .partition(|(key, _)| part == PersonPart::Tie && matches!(key.as_str(), RELATIVE | NAME));
        let kind = part.kind();
        let mut edits = edits(kind, &typed)?;
        let mut writes = Vec::new();
        match part {
            PersonPart::Trip => {
                if edits.is_empty() {
                    return Err(nothing_known());
                }
                let person = match of {
                    None => own,
                    Some(code) => relatives(&held)
                        .map(|(person, _)| person)
                        .find(|person| person.to_string() == code)
                        .ok_or_else(not_of_family)?,
                };
                edits.push(names_person("person", person));
            }
            PersonPart::Tie => {
                let given = |key: &str| {
                    let text = beyond.iter().find(|(known, _)| known == key).map(|(_, text)| text.trim());
                    text.filter(|text| !text.is_empty())
                };
                let relative = match (given(RELATIVE), given(NAME)) {
                    (Some(known), None) => self.person_named(RELATIVE, known).await?,
                    (None, Some(name)) => {
                        let person = new_person()?;
                        let named = records::edit_from_input(RecordKind::Person, NAME, name)?;
                        let edits = vec![names_person("person", person), named];
                        writes.push(new_document(RecordKind::Person, village, &officer, edits)?);
                        person
                    }
                    (None, None) | (Some(_), Some(_)) => return Err(one_of_both()),
                };
                if relative == own {
                    return Err(themselves());
                }
                edits.extend([names_person("person", relative), names_person("other", own)]);
            }
        }
        writes.push(new_document(kind, village, &officer, edits)?);
        self.write(writes).await.map(drop)
    }

    /// Changes fields of a journey or a tie that stands on a participant's page; empty text empties a field.
    pub(crate) async fn change_part(
        &self,
        officer: &str,
        id: &str,
        part: &str,
        fields: &[(String, String)],
        shown: Option<&str>,
    ) -> Result<(), Problem> {
        let form = shown.map(str::parse::<Shown>).transpose()?;
        let officer = parse_officer(officer)?;
        let held = self.find(id).await?;
        let (kind, document) = parts(&held).find(|(_, doc)| sheet_id(doc) == part).ok_or_else(no_part)?;
        let turned = relatives(&held).any(|(person, tie)| tie.doc == *document && is_turned(tie, person));
        let edit = |(key, text): &(String, String)| match Relation::from_input(text) {
            Some(relation) if turned && key == RELATION => {
                records::edit_from_input(kind, key, &relation.inverse().to_text())
            }
            Some(_) | None => records::edit_from_input(kind, key, text),
        };
        let edits: Vec<Edit> = fields.iter().map(edit).collect::<Result<_, _>>()?;
        if edits.is_empty() {
            return Err(Problem::bad_input("nothing is changed", "name a field, for example returned=12-03-2022"));
        }
        let shown = self.heads_of_form(form.as_ref(), kind, document).await?;
        let what = What::Change { shown, edits };
        self.write(vec![Write { target: Target::Document(document.clone()), officer, what }]).await.map(drop)
    }

    /// The journeys of a participant and their family, as their page shows them.
    pub(crate) async fn course_parts(
        &self,
        held: &Participant,
        documents: &mut Documents,
        known: &Known,
    ) -> Result<(Vec<PartView>, Vec<RelativeView>), Problem> {
        let mut trips = Vec::new();
        for trip in &held.circumstances.trips {
            trips.push(self.part_view(documents, RecordKind::Trip, &trip.doc, known).await?);
        }
        let mut family = Vec::new();
        for (person, tie) in relatives(held) {
            let named = self.people([person]).await?;
            let takes_part = !self.reading().look(move |views| views.participations_of(&person)).await?.is_empty();
            // Their history is told where they are the subject: here nothing would say whose it is.
            let (mut journeys, mut elsewhere) = (Vec::new(), Documents::default());
            for trip in family_trips(held).filter(|trip| trip.fields.person.values().contains(&person)) {
                journeys.push(self.part_view(&mut elsewhere, RecordKind::Trip, &trip.doc, known).await?);
            }
            family.push(RelativeView {
                person: person.to_string(),
                name: Both::of(|_| named.called(&person).name),
                takes_part,
                tie: seen_from(tie, person, self.part_view(documents, RecordKind::Tie, &tie.doc, known).await?),
                trips: journeys,
            });
        }
        Ok((trips, family))
    }

    async fn part_view(
        &self,
        documents: &mut Documents,
        kind: RecordKind,
        document: &Coordinate,
        known: &Known,
    ) -> Result<PartView, Problem> {
        let snapshot: Snapshot = self.snapshot(document).await?;
        let mut shown = Shown::default();
        shown.add(kind, snapshot.heads.clone());
        let fields = without_codes(documents.take(snapshot, kind, known, &Names::new()));
        Ok(PartView { id: sheet_id(document), shown: shown.to_string(), fields })
    }
}

/// Whether a tie says what the participant is to the relative, and not the other way round.
fn is_turned(tie: &Tie, relative: PersonId) -> bool {
    !tie.fields.person.values().contains(&relative)
}

/// A tie with what the relative is to the participant, on whichever side it was written.
fn seen_from(tie: &Tie, relative: PersonId, mut view: PartView) -> PartView {
    let relations = view.fields.iter_mut().filter(|field| field.field == RELATION && is_turned(tie, relative));
    for value in relations.flat_map(|field| &mut field.values) {
        if let Some(relation) = value.stored.as_deref().and_then(Relation::from_text).map(Relation::inverse) {
            (value.stored, value.text) = (Some(relation.to_text()), Both::of(|lang| relation.shown(lang)));
        }
    }
    view
}

/// Whoever stands on the other side of a tie.
fn relatives(held: &Participant) -> impl Iterator<Item = (PersonId, &Tie)> {
    let own = held.circumstances.participation.fields.person.values();
    let ties = held.circumstances.family.iter().flat_map(|family| &family.ties);
    ties.filter_map(|tie| {
        let sides = tie.fields.person.values().iter().chain(tie.fields.other.values());
        Some((*sides.into_iter().find(|person| !own.contains(person))?, tie))
    })
}

fn family_trips(held: &Participant) -> impl Iterator<Item = &Trip> {
    held.circumstances.family.iter().flat_map(|family| &family.trips)
}

/// Every journey and tie of a participant's page.
fn parts(held: &Participant) -> impl Iterator<Item = (RecordKind, &Coordinate)> {
    let trips = held.circumstances.trips.iter().chain(family_trips(held));
    let trips = trips.map(|trip| (RecordKind::Trip, &trip.doc));
    let ties = held.circumstances.family.iter().flat_map(|family| &family.ties);
    trips.chain(ties.map(|tie| (RecordKind::Tie, &tie.doc)))
}

/// What was typed for a new record; what stayed empty says nothing.
fn edits(kind: RecordKind, fields: &[(String, String)]) -> Result<Vec<Edit>, Problem> {
    let typed = fields.iter().filter(|(_, text)| !text.trim().is_empty());
    Ok(typed.map(|(key, text)| records::edit_from_input(kind, key, text)).collect::<Result<_, _>>()?)
}

fn names_person(key: &str, person: PersonId) -> Edit {
    Edit::Put { key: key.to_owned(), value: person.to_scalar() }
}

/// Says beside what a leaving may leave open that the records show it as open.
fn mark_open(choice: &mut (String, Both), open: &[OpenMatter]) {
    if open.iter().any(|matter| matter.to_text() == choice.0) {
        choice.1.id.push_str(": masih terbuka menurut catatan");
        choice.1.en.push_str(": open by the records");
    }
}

fn nothing_known() -> Problem {
    Problem::said(
        Code::BadInput,
        None,
        "belum ada yang diisi tentang perjalanannya: isi negara, tanggal berangkat, atau tanggal pulang",
        "nothing is said of the journey: fill in the country, the departure, or the return",
    )
}

fn one_of_both() -> Problem {
    Problem::said(
        Code::BadInput,
        Some(RELATIVE),
        "pilih satu keluarga yang sudah terdaftar, atau tulis nama yang belum terdaftar: salah satu saja",
        "choose one relative of the register, or write the name of one who is not in it: one of the two",
    )
}

fn themselves() -> Problem {
    Problem::said(
        Code::BadInput,
        Some(RELATIVE),
        "itu orang yang sama: pilih keluarganya",
        "that is the same person: choose the relative",
    )
}

fn not_of_family() -> Problem {
    Problem::said(
        Code::NotFound,
        None,
        "orang itu belum tercatat sebagai keluarganya: catat keluarganya dahulu",
        "that person is not recorded as of the family: say first what they are to each other",
    )
}

fn no_part() -> Problem {
    Problem::not_found("the participant has no such journey or tie here", "open the participant again")
}
