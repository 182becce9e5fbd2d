//! Writing records beside people and participations: beginning, changing, choosing, saying.

use documents::Edit;
use driver::{Target, What, Write};
use identity::{Class, Coordinate, Officer, Region, ScopeName};
use jiff::Zoned;
use records::{Asks, Child, Date, FieldType, PartialDate, PersonId, ProgrammeRecord, RecordKind, ValueType, holds_nik};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Filter, Page, SheetFilter, SheetRow, sheet_id};

use crate::{
    Service,
    composed::{Composed, OTHER, beyond},
    coordination::Begun,
    panel::Panel,
    participants::{parse_officer, parse_region},
    problem::{Code, Problem},
    quadrant::{instrument, not_scored},
    sheet_kinds::stands_for_another,
    sheets::sheet_kind,
    shown::Shown,
};

/// The longest text of one field of several lines, in characters.
const LINES_CHARS_MAX: usize = 20_000;

/// What a form changed in a text that people write together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TextChange {
    /// The text.
    pub field: String,
    /// What it said when the form was shown.
    pub was: String,
    /// What it is to say.
    pub now: String,
}

/// One of several things that are said in a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// What is said, by its name.
    pub fact: String,
    /// Its inputs, by name.
    pub inputs: Vec<(String, String)>,
}

impl Service {
    /// Begins a record and gives its name in addresses.
    pub(crate) async fn begin_sheet(
        &self,
        officer: &str,
        kind: &str,
        place: Option<&str>,
        fields: &[(String, String)],
        texts: &[(String, String)],
    ) -> Result<String, Problem> {
        let kind = sheet_kind(kind)?;
        if let Some(begun) = Begun::of(kind) {
            return self.begin_coordination(officer, begun, fields, texts).await;
        }
        if kind == RecordKind::Agreement {
            return Err(published_from_its_agenda());
        }
        if kind == RecordKind::Settings {
            self.only_one_sets().await?;
        }
        if kind == RecordKind::Assessment && instrument(&self.rules().await?).is_none() {
            return Err(not_scored());
        }
        let officer = parse_officer(officer)?;
        let mut fields = self.resolved(kind, fields).await?;
        if kind == RecordKind::Child {
            unnamed(&fields, Child::may_begin_with)?;
        }
        let _numbers = self.0.numbering.lock().await;
        self.fill_in(kind, &mut fields).await?;
        let typed = fields.iter().map(|(key, text)| (key.as_str(), text.as_str()));
        let new = records::NewRecord::new(kind, typed)?;
        for (key, text) in texts {
            if !kind.spec().texts.iter().any(|spec| spec.key == key) {
                return Err(Problem::bad_input(format!("there is no text {key:?}"), "take one that the form asks for"));
            }
            check_lines(key, text)?;
        }
        let begun = new.texts().map(|key| {
            let text = texts.iter().find(|(known, _)| known == key).map_or("", |(_, text)| text);
            Edit::Splice { key: key.to_owned(), at: 0, delete: 0, insert: plain_lines(text) }
        });
        let begun: Vec<Edit> = begun.collect();
        let edits: Vec<Edit> = new.fields.into_iter().chain(begun).collect();
        let named = |key: &str| fields.iter().find(|(known, _)| known == key).map(|(_, text)| text.clone());
        let facts = self.first_facts(kind, &officer, &named).await?;
        let scope = if kind.class().has_roster() {
            let village = named("village").map(|village| parse_region(&village)).transpose()?;
            self.open_case(kind, village.as_ref()).await?
        } else {
            self.scope_of(kind.class(), place)?
        };
        let target = Target::New { scope, kind: kind.number(), predecessor: None };
        let what = What::Change { shown: Vec::new(), edits };
        let mut writes = vec![Write { target, officer: officer.clone(), what }];
        writes.extend(facts.into_iter().map(|fact| Write {
            target: Target::Batch(0),
            officer: officer.clone(),
            what: What::Fact { key: fact.key.to_owned(), bytes: fact.bytes },
        }));
        self.name_of_written(writes).await
    }

    pub(crate) async fn change_sheet(
        &self,
        officer: &str,
        id: &str,
        fields: &[(String, String)],
        texts: &[TextChange],
        shown: Option<&str>,
    ) -> Result<(), Problem> {
        if let Some(held) = self.held_document(id).await? {
            return self.change_document(officer, &held, fields, texts, shown).await;
        }
        let form = shown.map(str::parse::<Shown>).transpose()?;
        let officer = parse_officer(officer)?;
        let (row, record) = self.held_sheet(id).await?;
        let kind = row.kind;
        let fields = self.resolved(kind, fields).await?;
        if let ProgrammeRecord::Child(child) = &record {
            unnamed(&fields, |key| child.may_write(key))?;
        }
        let edits = fields.iter().map(|(key, text)| records::edit_from_input(kind, key, text));
        let mut edits: Vec<Edit> = edits.collect::<Result<_, _>>()?;
        for change in texts {
            check_lines(&change.field, &change.now)?;
            edits.extend(splice(change));
        }
        if edits.is_empty() {
            return Err(Problem::bad_input("nothing is changed", "name a field, for example phone=0812"));
        }
        let shown = self.heads_of_form(form.as_ref(), kind, &row.doc).await?;
        let what = What::Change { shown, edits };
        self.write(vec![Write { target: Target::Document(row.doc), officer, what }]).await.map(drop)
    }

    /// `shown` is what was on the page: a value that came since is not chosen away.
    pub(crate) async fn choose_sheet(
        &self,
        officer: &str,
        id: &str,
        field: &str,
        value: &str,
        shown: Option<&str>,
    ) -> Result<(), Problem> {
        let form = shown.map(str::parse::<Shown>).transpose()?;
        let officer = parse_officer(officer)?;
        let row = self.sheet_row(id).await?;
        let snapshot = self.snapshot(&row.doc).await?;
        let edit = records::choose(row.kind, &snapshot, field, value)?;
        let shown = self.heads_of_form(form.as_ref(), row.kind, &row.doc).await?;
        let what = What::Change { shown, edits: vec![edit] };
        self.write(vec![Write { target: Target::Document(row.doc), officer, what }]).await.map(drop)
    }

    /// Says something in a record.
    pub(crate) async fn say_in_sheet(
        &self,
        officer: &str,
        id: &str,
        fact: &str,
        inputs: &[(String, String)],
    ) -> Result<(), Problem> {
        let row = self.sheet_row(id).await?;
        let (from, said): (Vec<String>, Vec<Saying>) = one_each(row.kind, fact, inputs).into_iter().unzip();
        self.say_all(officer, id, &said)
            .await
            .map_err(|(index, problem)| beside_its_input(from.get(index).map_or("", String::as_str), problem))
    }

    /// Says several things in a record, as one change.
    ///
    /// # Errors
    /// Which of them was not taken, and why; nothing is written then.
    pub(crate) async fn say_all(&self, officer: &str, id: &str, said: &[Saying]) -> Result<(), (usize, Problem)> {
        let first = |problem| (0, problem);
        if let Some(held) = self.held_document(id).await.map_err(first)? {
            return self.say_in_document(officer, &held, said).await;
        }
        let officer = parse_officer(officer).map_err(first)?;
        let (row, record) = self.held_sheet(id).await.map_err(first)?;
        let mut writes = Vec::new();
        for (index, said) in said.iter().enumerate() {
            let of_this = |problem| (index, problem);
            let draft = self.drafted(&row, &record, said).await.map_err(of_this)?.draft;
            if said.fact == "assigned"
                && let Some((_, office)) = said.inputs.iter().find(|(key, _)| key == "office")
            {
                self.let_into_case(&row.doc.journal.scope, office).await.map_err(of_this)?;
            }
            let what = What::Fact { key: draft.key.to_owned(), bytes: draft.bytes };
            writes.push(Write { target: Target::Document(row.doc.clone()), officer: officer.clone(), what });
        }
        if writes.is_empty() {
            return Err(first(Problem::bad_input("nothing is said", "name something that the record asks for")));
        }
        self.write(writes).await.map(drop).map_err(first)
    }

    /// What would be said, looked at before it stands.
    pub(crate) async fn preview(&self, id: &str, said: &Saying) -> Result<Vec<Panel>, Problem> {
        if let Some(held) = self.held_document(id).await? {
            return self.look_in_document(&held, said).await;
        }
        let (row, record) = self.held_sheet(id).await?;
        let mut look = Vec::new();
        for (from, said) in one_each(row.kind, &said.fact, &said.inputs) {
            let drafted = self.drafted(&row, &record, &said).await;
            look.extend(drafted.map_err(|problem| beside_its_input(&from, problem))?.look);
        }
        Ok(look)
    }

    /// The fact that these inputs make in a record, by its rules.
    async fn drafted(&self, row: &SheetRow, record: &ProgrammeRecord, said: &Saying) -> Result<Composed, Problem> {
        let fact = said.fact.as_str();
        let asked = row.kind.fact_forms().find(|(spec, _)| spec.key == fact);
        let (spec, form) = asked.ok_or_else(|| {
            Problem::bad_input(
                format!("{fact:?} is nothing that is said here by a form"),
                "take one that the record asks for",
            )
        })?;
        self.must_say(spec, record.place())?;
        // What a form asks beyond its inputs, such as answers, is for the record that asks it.
        let rules = self.rules().await?;
        let beyond: Vec<_> = beyond(record, fact, &rules).into_iter().chain(self.given_anew(record, fact)).collect();
        let (more, inputs): (Vec<_>, Vec<_>) =
            said.inputs.iter().cloned().partition(|(key, _)| beyond.iter().any(|input| input.field == *key));
        let inputs = self.resolved_inputs(form.inputs, &inputs).await?;
        let typed = inputs.iter().map(|(key, text)| (key.as_str(), text.as_str()));
        if !form.is_flat() {
            return self.composed(record, fact, &form.typed(typed)?, &more, &rules).await;
        }
        let draft = form.draft(typed)?;
        if let ProgrammeRecord::CardApplication(card) = record
            && fact == "printed"
        {
            card.may_print(&rules.figures)?;
        }
        Ok(Composed { draft, look: Vec::new() })
    }

    /// Notes a visit in the guest book of its month, which is begun by the first, and gives the book's name in addresses.
    pub(crate) async fn visit(&self, officer: &str, inputs: &[(String, String)]) -> Result<String, Problem> {
        let officer = parse_officer(officer)?;
        let kind = RecordKind::GuestBook;
        let scope = self.guest_book_scope()?;
        let place = scope.region();
        let asked = kind.fact_forms().find(|(spec, _)| spec.key == "visit");
        let (spec, form) = asked.ok_or_else(crate::participants::lost)?;
        self.must_say(spec, place.as_ref())?;
        let mut inputs = self.resolved_inputs(form.inputs, inputs).await?;
        if let Some(today) = self.believed_today() {
            fill(&mut inputs, "date", || PartialDate::Day(today).to_text());
        }
        let draft = form.draft(inputs.iter().map(|(key, text)| (key.as_str(), text.as_str())))?;
        let date = inputs.iter().find(|(key, _)| key == "date").and_then(|(_, text)| PartialDate::from_input(text));
        let Some(PartialDate::Day(day)) = date else { return Err(crate::participants::lost()) };
        let month = PartialDate::Month(day.year(), day.month());
        let filter = SheetFilter { kind: Some(kind), place, ..SheetFilter::default() };
        let own = scope.clone();
        let books = self.reading().look(move |views| {
            let mut of_month = Vec::new();
            for row in views.sheets(&filter, Page::ALL)?.rows {
                if row.doc.journal.scope == own
                    && let Some((_, records::ProgrammeRecord::GuestBook(book))) = views.sheet(&row.id)?
                    && book.fields.month.one() == Some(&month)
                {
                    of_month.push(row.doc);
                }
            }
            Ok(of_month)
        });
        // Where two began one at the same time, the visit goes into the first of both on every node.
        let book = books.await?.into_iter().min();
        let fact = |target| Write {
            target,
            officer: officer.clone(),
            what: What::Fact { key: draft.key.to_owned(), bytes: draft.bytes.clone() },
        };
        let writes = match book {
            Some(book) => vec![fact(Target::Document(book))],
            None => {
                let edit = records::edit_from_input(kind, "month", &month.to_text())?;
                vec![crate::import::new_in(kind, scope, &officer, vec![edit])?, fact(Target::Batch(0))]
            }
        };
        self.name_of_written(writes).await
    }

    pub(crate) async fn name_of_written(&self, writes: Vec<Write>) -> Result<String, Problem> {
        let written = self.write(writes).await?;
        written.first().map(sheet_id).ok_or_else(crate::participants::lost)
    }

    /// Whether this office may begin a record of a kind where it works.
    pub(crate) fn may_begin(&self, kind: RecordKind) -> bool {
        if kind == RecordKind::Agreement || (kind == RecordKind::Settings && !self.sets_figures()) {
            return false;
        }
        if kind.class().has_roster() {
            return true;
        }
        let scope = if kind == RecordKind::GuestBook {
            self.guest_book_scope()
        } else if kind.class() == Class::Internal {
            self.internal_scope()
        } else {
            self.scope_of(kind.class(), None).or_else(|_| self.any_scope(kind.class()))
        };
        scope.is_ok_and(|scope| self.may_write(&scope))
    }

    /// Where this office's guest book stands: a village's with the village, any other's with the office alone.
    fn guest_book_scope(&self) -> Result<ScopeName, Problem> {
        let own = self.office();
        if own.kind == "village" {
            return self.scope_of(RecordKind::GuestBook.class(), None);
        }
        self.internal_scope()
    }

    /// What this office keeps to itself.
    pub(crate) fn internal_scope(&self) -> Result<ScopeName, Problem> {
        let scope = format!("{}/{}", Class::Internal.as_str(), self.node().office()).parse();
        scope.map_err(|error: identity::NameError| Problem::internal(&error))
    }

    fn any_scope(&self, class: Class) -> Result<ScopeName, Problem> {
        let own = parse_region(&self.office().region)?;
        let village = crate::reference::any_village(&own).ok_or_else(crate::participants::lost)?;
        scope_in(class, &village)
    }

    /// Where a record of a class lives: in the place that is named, else in this office's own.
    fn scope_of(&self, class: Class, place: Option<&str>) -> Result<ScopeName, Problem> {
        let place = place.filter(|place| !place.trim().is_empty());
        if matches!(class, Class::Coordination | Class::Board) {
            let region = match place {
                Some(place) => parse_region(place)?,
                None => parse_region(&self.office().region)?,
            };
            return scope_in(class, &region);
        }
        let village = self.village(place).map_err(|problem| Problem { field: Some("place".to_owned()), ..problem })?;
        scope_in(class, &village)
    }

    /// What this node knows without being told: the serving village, the day, a number.
    async fn fill_in(&self, kind: RecordKind, fields: &mut Vec<(String, String)>) -> Result<(), Problem> {
        let own = self.office();
        if kind.field("village").is_some() && own.kind == "village" {
            fill(fields, "village", || own.region.clone());
        }
        let today = self.believed_today().filter(|_| kind != RecordKind::Loan && kind != RecordKind::Mentoring);
        for day in ["received", "applied", "begun"] {
            if let Some(today) = today.filter(|_| kind.field(day).is_some()) {
                fill(fields, day, || PartialDate::Day(today).to_text());
            }
        }
        if kind.field("office").is_some() {
            fill(fields, "office", || own.id.clone());
        }
        let missing =
            |fields: &[(String, String)]| !fields.iter().any(|(key, text)| key == "number" && !text.trim().is_empty());
        if let Some(letter) = number_letter(kind)
            && missing(fields)
        {
            let number = self.next_number(kind, letter).await?;
            fill(fields, "number", || number);
        }
        // Who is in the register is called as the register calls them.
        let person = fields.iter().find(|(key, _)| key == "person").and_then(|(_, text)| text.parse::<PersonId>().ok());
        if let Some(person) = person
            && kind.field("name").is_some()
        {
            let held = self.reading().look(move |views| views.person(&person)).await?;
            if let Some(name) = held.and_then(|held| held.fields.name.first().cloned()) {
                fill(fields, "name", || name);
            }
        }
        Ok(())
    }

    /// The next number of this kind at this office, counted in this node's own block.
    async fn next_number(&self, kind: RecordKind, letter: char) -> Result<String, Problem> {
        let prefix: String = format!("{letter}{}", records::register_prefix(&self.office_name()));
        let year = Zoned::now().year();
        let filter =
            SheetFilter { kind: Some(kind), text: Some(format!("{prefix}-{year}-")), ..SheetFilter::default() };
        let listed = self.reading().look(move |views| views.sheets(&filter, Page::ALL)).await?;
        let titles: Vec<String> =
            listed.rows.into_iter().map(|row| row.title.into_iter().next().unwrap_or_default()).collect();
        let taken = || titles.iter().flat_map(|title| title.split([' ', '·', '/'])).filter(|word| !word.is_empty());
        let mut blocks = self.number_blocks().into_iter();
        let next = blocks.find_map(|block| records::next_register(&prefix, year, block, taken()));
        let next =
            next.ok_or_else(|| Problem::new(Code::Conflict, "every number of this year is taken", "give one"))?;
        Ok(next.to_string())
    }

    /// What was typed for fields, with every name that stands for another record or a person looked up.
    async fn resolved(&self, kind: RecordKind, fields: &[(String, String)]) -> Result<Vec<(String, String)>, Problem> {
        let mut resolved = Vec::new();
        for (key, text) in fields {
            let value = kind.field(key).map(|spec| spec.value);
            let text = match value {
                Some(ValueType::Text) if holds_nik(text) => return Err(holds(key)),
                Some(value) if stands_for_another(value) => self.resolve(key, value, text).await?,
                Some(_) | None => text.clone(),
            };
            resolved.push((key.clone(), text));
        }
        Ok(resolved)
    }

    pub(crate) async fn resolved_inputs(
        &self,
        inputs: &[records::InputSpec],
        typed: &[(String, String)],
    ) -> Result<Vec<(String, String)>, Problem> {
        let mut resolved = Vec::new();
        for (key, text) in typed {
            let asks = inputs.iter().find(|input| input.key == key).map(|input| input.asks);
            let text = match asks {
                Some(Asks::Value(value)) if stands_for_another(value) => self.resolve(key, value, text).await?,
                Some(_) | None => text.clone(),
            };
            resolved.push((key.clone(), text));
        }
        Ok(resolved)
    }

    async fn resolve(&self, key: &str, value: ValueType, text: &str) -> Result<String, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(String::new());
        }
        if value == ValueType::Person {
            return Ok(self.person_named(key, text).await?.to_string());
        }
        if text.parse::<Coordinate>().is_ok() {
            return Ok(text.to_owned());
        }
        match self.held_sheet(text).await {
            Ok((row, _)) => Ok(row.doc.to_string()),
            Err(_) => Err(Problem::said(
                Code::BadInput,
                Some(key),
                "catatan itu tidak ada di sini: pilih dari daftar",
                "that record is not here: choose one from the list",
            )),
        }
    }

    /// The person of a code, a register number (`NUMBER@VILLAGE` where two villages gave it) or a name.
    pub(crate) async fn person_named(&self, key: &str, text: &str) -> Result<PersonId, Problem> {
        if let Ok(person) = text.parse::<PersonId>() {
            return Ok(person);
        }
        let (text, region) = match text.split_once('@') {
            Some((number, village)) => (number.trim(), Some(parse_region(village.trim())?)),
            None => (text, None),
        };
        let filter = Filter { text: Some(text.to_owned()), region, ..Filter::default() };
        let rows = self.reading().look(move |views| views.list(&filter, Page::first(20))).await?.rows;
        let exact = rows.iter().filter(|row| {
            row.register.as_deref().is_some_and(|register| register.eq_ignore_ascii_case(text))
                || row.name.known().is_some_and(|name| name.to_lowercase() == text.to_lowercase())
        });
        let mut persons: Vec<PersonId> = exact.filter_map(|row| row.person).collect();
        if persons.is_empty() {
            persons = rows.iter().filter_map(|row| row.person).collect();
        }
        persons.sort_unstable();
        persons.dedup();
        match persons.as_slice() {
            [person] => Ok(*person),
            [] => Err(Problem::said(
                Code::BadInput,
                Some(key),
                "tidak ada orang dengan nama atau nomor register itu di daftar: periksa ejaannya, atau kosongkan",
                "nobody of that name or register number is in the register: check the spelling, or leave it empty",
            )),
            _ => Err(Problem::said(
                Code::BadInput,
                Some(key),
                "beberapa orang cocok: tulis nomor registernya, bila perlu dengan kode desanya, KRP-2026-0001@33.07.10.2004",
                "several people match: write the register number, if need be with the village, KRP-2026-0001@33.07.10.2004",
            )),
        }
    }

    /// Refuses what this office may not say.
    pub(crate) fn must_say(&self, spec: &records::FactSpec, place: Option<&Region>) -> Result<(), Problem> {
        let author = records::Authors::author(&self.known(), &self.node().key());
        if author.is_some_and(|author| spec.may_say.allows(&author, place)) {
            return Ok(());
        }
        Err(Problem::said(
            Code::NoRight,
            None,
            format!("kantor ini tidak dapat mencatat {}: kantor yang berwenang mencatatnya", spec.label.id),
            format!("this office cannot note {:?}: the office whose word it is notes it", spec.label.en),
        ))
    }
}

pub(crate) fn published_from_its_agenda() -> Problem {
    Problem::said(
        Code::BadInput,
        None,
        "kesepakatan terbit dari agendanya: buka agendanya, lalu terbitkan",
        "an agreement is published from its agenda: open the agenda, and publish it there",
    )
}

/// What was wrong stands beside the input that it was typed into, where several inputs give one.
fn beside_its_input(from: &str, problem: Problem) -> Problem {
    let field = problem.field.map(|field| if from.is_empty() { field } else { from.to_owned() });
    Problem { field, ..problem }
}

/// What is said of one person alone may be said of several: then each is a fact of its own, with the input that names
/// them. Otherwise it is one fact of several inputs.
fn one_each(kind: RecordKind, fact: &str, inputs: &[(String, String)]) -> Vec<(String, Saying)> {
    let one = |inputs: Vec<(String, String)>| Saying { fact: fact.to_owned(), inputs };
    if !kind.fact_form(fact).is_some_and(records::FactForm::is_of_one_person) {
        return vec![(String::new(), one(inputs.to_vec()))];
    }
    let mut said = Vec::new();
    for (field, text) in inputs.iter().filter(|(_, text)| !text.trim().is_empty()) {
        let codes: Vec<&str> = text.split(',').map(str::trim).collect();
        let people = match codes.iter().all(|code| code.parse::<PersonId>().is_ok()) {
            true => codes,
            false => vec![text.as_str()],
        };
        let key = if field == OTHER { "person" } else { field.as_str() };
        let each = people.into_iter().map(|text| (field.clone(), one(vec![(key.to_owned(), text.to_owned())])));
        said.extend(each);
    }
    if said.is_empty() {
        said.push((String::new(), one(Vec::new())));
    }
    said
}

/// The first letter of the numbers of a kind that has them on a slip.
fn number_letter(kind: RecordKind) -> Option<char> {
    let letters = [(RecordKind::Complaint, 'P'), (RecordKind::Consultation, 'K'), (RecordKind::CardApplication, 'A')];
    letters.into_iter().find(|(known, _)| *known == kind).map(|(_, letter)| letter)
}

fn scope_in(class: Class, region: &Region) -> Result<ScopeName, Problem> {
    ScopeName::of_region(class, region).map_err(|error| Problem::bad_input(error, "name the village by its code"))
}

/// Fills a field in that nobody typed.
fn fill(fields: &mut Vec<(String, String)>, key: &str, text: impl FnOnce() -> String) {
    match fields.iter_mut().find(|(known, _)| known == key) {
        Some((_, typed)) if typed.trim().is_empty() => *typed = text(),
        Some(_) => {}
        None => fields.push((key.to_owned(), text())),
    }
}

/// Refuses what names a child before a guardian consents; what takes a name away is taken.
fn unnamed(fields: &[(String, String)], may: impl Fn(&str) -> Result<(), records::RecordError>) -> Result<(), Problem> {
    let written = fields.iter().filter(|(_, text)| !text.trim().is_empty());
    written
        .into_iter()
        .try_for_each(|(key, _)| may(key).map_err(|error| Problem { field: Some(key.clone()), ..error.into() }))
}

pub(crate) fn today() -> Date {
    Zoned::now().date()
}

fn holds(key: &str) -> Problem {
    Problem::said(
        Code::BadInput,
        Some(key),
        "ada 16 angka berurutan, mungkin NIK: hapus angkanya",
        "there are 16 digits in a row, perhaps a NIK: take them out",
    )
}

fn check_lines(key: &str, text: &str) -> Result<(), Problem> {
    if holds_nik(text) {
        return Err(holds(key));
    }
    if text.chars().count() > LINES_CHARS_MAX {
        return Err(Problem::said(
            Code::BadInput,
            Some(key),
            format!("terlalu panjang: paling banyak {LINES_CHARS_MAX} huruf"),
            format!("too long: at most {LINES_CHARS_MAX} characters"),
        ));
    }
    Ok(())
}

/// A browser ends lines in its own way.
fn plain_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// The one piece that differs, so that what others write elsewhere in the text meanwhile stays. Counted in characters.
fn splice(change: &TextChange) -> Option<Edit> {
    let (was, now): (Vec<char>, Vec<char>) =
        (change.was.replace("\r\n", "\n").chars().collect(), plain_lines(&change.now).chars().collect());
    let same = was.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let rest = was.len().min(now.len()) - same;
    let tail = was.iter().rev().zip(now.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (delete, insert) = (was.len() - same - tail, &now[same..now.len() - tail]);
    (delete > 0 || !insert.is_empty()).then(|| Edit::Splice {
        key: change.field.clone(),
        at: same,
        delete,
        insert: insert.iter().collect(),
    })
}

/// Who writes at the desk, by name where this node knows one.
pub(crate) fn called(service: &Service, officer: &Officer) -> String {
    service.officer(officer.as_str()).map_or_else(|| officer.to_string(), |known| known.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_in_a_text_is_written() {
        for (was, now, expected) in [
            ("", "Hilang kontak", Some((0, 0, "Hilang kontak"))),
            ("Hilang kontak", "Hilang kontak sejak Mei", Some((13, 0, " sejak Mei"))),
            ("dua tiga", "dua empat tiga", Some((4, 0, "empat "))),
            ("aaa", "aa", Some((2, 1, ""))),
            ("sama\r\nsaja", "sama\nsaja", None),
        ] {
            let change = TextChange { field: "story".into(), was: was.into(), now: now.into() };
            let found = splice(&change).map(|edit| {
                let Edit::Splice { at, delete, insert, .. } = edit else { panic!("{edit:?}") };
                (at, delete, insert)
            });
            assert_eq!(found, expected.map(|(at, delete, insert)| (at, delete, insert.to_owned())), "{was:?} {now:?}");
        }
    }

    #[test]
    fn a_text_without_a_nik_alone_is_taken() {
        assert!(check_lines("story", "Sejak Mei tidak ada kabar.\nTelepon 0812 3456 7890").is_ok());
        let refused = check_lines("story", "NIK 3307105203850001").unwrap_err();
        assert_eq!((refused.field.as_deref(), refused.code), (Some("story"), Code::BadInput));
    }
}
