//! Records beside people and participations, as lists and pages show them: one line each, and everything about one.

use std::collections::BTreeSet;

use identity::{Coordinate, OfficeId};
use records::{
    Asks, Authors, Content, DocumentState, Figures, PersonId, ProgrammeRecord, RecordKind, Rules, Submitted, Told,
    ValueType,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Filter, Page, SheetFilter, SheetRow};

use crate::{
    Service,
    attendance::{AttendanceView, RoundToOpen},
    block::writer_name,
    both::Both,
    composed::{beyond, other, people_to_pick},
    coordination::{BeginView, Begun, CoordinationLine, FileView, MeetView},
    find::FOUND_ROWS_MAX,
    indicators::IndicatorLine,
    inputs::InputKind,
    panel::{Panel, both, same},
    participants::parse_region,
    problem::Problem,
    quadrant::{QuadrantView, instrument, quadrant},
    reading::Known,
    record::{Beside, Documents, Names, RecordField, Who, fact_label, who_said},
    reference,
    sheet_kinds::{SheetInput, code_of, fact_input, kind_of},
    sheet_write::{published_from_its_agenda, today},
};

/// The most records that a form offers to pick from.
const PICKED_MAX: usize = 200;

/// What is looked for. What is not set does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FindSheets {
    /// A kind, by its name in commands.
    pub kind: Option<String>,
    /// The code of a village, regency or province.
    #[schema(pattern = "^(id|[0-9]{2}([.][0-9]{2}([.][0-9]{2}([.][0-9]{4})?)?)?)$")]
    pub place: Option<String>,
    /// The code of a person whom they are about.
    pub person: Option<String>,
    /// Those about which somebody still has to do something, or those that are done.
    pub open: Option<bool>,
    /// Words of the line, or of the name of whom it is about.
    pub search: Option<String>,
    /// Only those of whose fields somebody has to choose.
    pub contested: bool,
    /// Behind this row of an earlier answer.
    pub after: Option<i64>,
    /// How many rows; 0 for as many as there may be.
    #[schema(maximum = 200)]
    pub limit: u32,
}

/// One record in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetLine {
    /// Its name in addresses.
    pub id: String,
    /// Its kind, by its name in commands.
    pub kind: String,
    /// What the kind is called.
    pub kind_label: Both,
    /// What it is called; empty where only whom it is about says it.
    pub title: Both,
    /// Whom it is about, at most three: each name with hamlet, neighbourhood, year of birth and group, as far as known.
    pub names: Vec<String>,
    /// How it stands.
    pub state: Option<Both>,
    /// Whether somebody still has to do something about it.
    pub open: bool,
    /// When it was received or began, as 2026-03-12.
    pub day: Option<String>,
    /// By when somebody waits for something, as 2026-03-12.
    pub due: Option<String>,
    /// The code of the place.
    pub place: Option<String>,
    /// Its name, if it is known here.
    pub place_name: Option<String>,
    /// How many fields have several values.
    pub contested: u32,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundSheets {
    /// How many are found in all.
    pub total: u64,
    /// The rows, the newest first.
    pub rows: Vec<SheetLine>,
    /// Give this as `after` for what follows; none at the end.
    pub next: Option<i64>,
    /// Each kind of which there is any: how many, and how many are open.
    pub counts: Vec<(String, u64, u64)>,
    /// Whether this office may begin a record of the kind that was asked for.
    pub may_begin: bool,
}

/// A text that people write together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetText {
    /// Its name in commands.
    pub field: String,
    /// What it is called.
    pub label: Both,
    /// What it says now.
    pub text: String,
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetPart {
    /// The name of its input.
    pub field: String,
    /// What it is called.
    pub label: Both,
    /// As a person reads it.
    pub text: Both,
    /// The hash of a scan, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
}

/// Something that was said in a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetEvent {
    /// Its name in commands.
    pub fact: String,
    /// What it is called.
    pub what: Both,
    /// What it says.
    pub parts: Vec<SheetPart>,
    /// Who said it.
    pub who: Who,
    /// Its office took it back: it counts no more.
    pub taken_back: bool,
}

/// Something that this office may say in a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactAsked {
    /// Its name in commands.
    pub fact: String,
    /// What it is called.
    pub label: Both,
    /// Its inputs.
    pub inputs: Vec<SheetInput>,
}

/// A paper that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperLine {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub label: Both,
    /// `there`, `missing`, or `contested` where two offices say different things.
    pub state: String,
}

/// What somebody takes home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SlipView {
    /// Its lines.
    pub lines: Vec<Both>,
    /// It cannot wait.
    pub urgent: bool,
    /// It is no complaint of a participant: people are told where to go.
    pub referral: bool,
}

/// Everything about one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetView {
    /// As in a list.
    pub line: SheetLine,
    /// What is shown here, for the form that changes it.
    pub shown: String,
    /// Its fields.
    pub fields: Vec<RecordField>,
    /// Its texts.
    pub texts: Vec<SheetText>,
    /// What was said, in one order on every node.
    pub events: Vec<SheetEvent>,
    /// The papers that it asks for.
    pub papers: Vec<PaperLine>,
    /// For a complaint or consultation.
    pub slip: Option<SlipView>,
    /// What the rules say of it, as tables.
    pub panels: Vec<Panel>,
    /// What belongs to it in coordination: agendas that came from it, drafts of this office for it.
    pub related: Vec<CoordinationLine>,
    /// What this office may begin from it now.
    pub begins: Vec<BeginView>,
    /// The files that it gives.
    pub files: Vec<FileView>,
    /// Of a calendar: its dates.
    pub meets: Vec<MeetView>,
    /// Of an assessment: where it stands in the model of quadrants; none until one counts.
    pub quadrant: Option<QuadrantView>,
    /// A short text for a message to other offices; none where it says who people are.
    pub message: Option<Both>,
    /// Of a Bimtek: who was there on which day.
    pub attendance: Option<Box<AttendanceView>>,
    /// Of a Bimtek: the round of monitoring that is to be opened next.
    pub round_to_open: Option<RoundToOpen>,
    /// Of the values of a period: every indicator.
    pub indicators: Vec<IndicatorLine>,
    /// What this office may say in it.
    pub asks: Vec<FactAsked>,
    /// What does not count, and why.
    pub notices: Vec<Both>,
    /// How it came about, and who holds it.
    #[serde(flatten)]
    pub beside: Beside,
}

impl FindSheets {
    /// The same, as the tables are asked.
    pub(crate) fn filter(self) -> Result<SheetFilter, Problem> {
        let kind = self.kind.as_deref().map(sheet_kind).transpose()?;
        let person = self.person.as_deref().map(str::parse::<PersonId>).transpose();
        Ok(SheetFilter {
            kind,
            place: self.place.as_deref().map(parse_region).transpose()?,
            person: person.map_err(|error| Problem::bad_input(error, "take the person's code"))?,
            open: self.open,
            today: Some(today()),
            text: self.search,
            contested: self.contested,
        })
    }
}

impl Service {
    pub(crate) async fn sheets(&self, find: FindSheets) -> Result<FoundSheets, Problem> {
        let limit = find.limit.clamp(1, FOUND_ROWS_MAX) as usize;
        let page = Page { after: find.after, ..Page::first(limit + 1) };
        let filter = find.filter()?;
        let kind = filter.kind;
        let (mut found, counts) = self
            .reading()
            .look(move |views| Ok((views.sheets(&filter, page)?, views.sheet_counts(Some(today()))?)))
            .await?;
        let more = found.rows.len() > limit;
        found.rows.truncate(limit);
        Ok(FoundSheets {
            total: found.total,
            next: found.rows.last().filter(|_| more).map(|row| row.row),
            rows: found.rows.into_iter().map(line).collect(),
            counts: counts.into_iter().map(|(kind, all, open)| (code_of(kind).to_owned(), all, open)).collect(),
            may_begin: kind.is_some_and(|kind| self.may_begin(kind)),
        })
    }

    pub(crate) async fn sheet(&self, id: &str) -> Result<SheetView, Problem> {
        if let Some(held) = self.held_document(id).await? {
            return self.document(held).await;
        }
        let (row, record) = self.held_sheet(id).await?;
        let (kind, known, rules) = (row.kind, self.known(), self.rules().await?);
        let figures = &rules.figures;
        let snapshot = self.snapshot(&row.doc).await?;
        let told = records::told(&snapshot, kind, record.place(), &known);
        let notices = records::fold(&snapshot, &known).notices;
        let names = self.names(&snapshot, kind, &told, &known).await?;
        let texts = kind.spec().texts.iter().filter_map(|spec| {
            let text = snapshot.texts.get(spec.key)?.clone();
            Some(SheetText { field: spec.key.to_owned(), label: spec.label.into(), text })
        });
        let texts = texts.collect();
        let mut documents = Documents::default();
        let fields = documents.take(snapshot, kind, &known, &names);
        let said: Vec<_> = told.iter().map(|told| (told.by.at.clone(), in_one_line(told, &names))).collect();
        let beside = self.beside(&documents, &said, &known, &names, &row.doc.journal.scope).await?;
        let asks =
            if beside.may_write { self.asks(&record, kind, &told, &known, &names, &rules).await? } else { Vec::new() };
        let may_say = |fact: &str| asks.iter().any(|asked: &FactAsked| asked.fact == fact);
        let (related, begins) = self.escalation(&record).await?;
        let (mut attendance, mut round_to_open) = (None, None);
        if let ProgrammeRecord::Bimtek(bimtek) = &record {
            attendance = Some(Box::new(self.attendance(bimtek, &known, may_say("attendance")).await?));
            let next = if beside.may_write { self.next_round(bimtek).await? } else { None };
            round_to_open = next.map(|next| next.view());
        }
        Ok(SheetView {
            panels: self.panels(&record, &known, &may_say).await?,
            files: Vec::new(),
            meets: Vec::new(),
            message: None,
            related,
            begins,
            attendance,
            round_to_open,
            indicators: self.indicators(&record, &known).await?,
            shown: documents.shown.to_string(),
            fields,
            texts,
            events: told.iter().map(|told| event(told, kind, &known, &names)).collect(),
            papers: papers(&record, figures),
            slip: slip(&record, figures, &known),
            quadrant: quadrant(&record),
            asks,
            notices: notices.iter().map(|notice| Both::of(|lang| notice.text(lang).to_owned())).collect(),
            beside,
            line: line(row),
        })
    }

    /// What a form asks to begin or change a record of a kind, with what there is to pick from.
    pub(crate) async fn sheet_form(&self, kind: &str) -> Result<Vec<SheetInput>, Problem> {
        let known = sheet_kind(kind)?;
        if known == RecordKind::Agreement {
            return Err(published_from_its_agenda());
        }
        if let Some(begun) = Begun::of(known) {
            return self.coordination_form(begun).await;
        }
        let fields = known.fields();
        let mut inputs = crate::sheet_inputs(kind).unwrap_or_default();
        for input in &mut inputs {
            if let Some(spec) = fields.iter().find(|spec| spec.key == input.field) {
                let asked = std::mem::replace(&mut input.kind, InputKind::Text);
                input.kind = self.picks(asked, spec.value, spec.key).await?;
            }
        }
        Ok(inputs)
    }

    /// The line of a record of any kind, by its name in addresses.
    pub(crate) async fn sheet_row(&self, id: &str) -> Result<SheetRow, Problem> {
        let wanted = id.to_owned();
        let found = self.reading().look(move |views| views.sheet_row(&wanted)).await?;
        found.ok_or_else(no_such_record)
    }

    /// The row and the content of a record of the programme, by its name in addresses.
    pub(crate) async fn held_sheet(&self, id: &str) -> Result<(SheetRow, ProgrammeRecord), Problem> {
        let wanted = id.to_owned();
        let found = self.reading().look(move |views| views.sheet(&wanted)).await?;
        found.ok_or_else(no_such_record)
    }

    /// What ids in a record and in what was said there stand for.
    pub(crate) async fn names(
        &self,
        snapshot: &documents::Snapshot,
        kind: RecordKind,
        told: &[Told],
        known: &Known,
    ) -> Result<Names, Problem> {
        let mut stored: BTreeSet<(u8, String)> = BTreeSet::new();
        let mut want = |value: ValueType, text: String| match value {
            ValueType::Person => drop(stored.insert((0, text))),
            ValueType::Office => drop(stored.insert((1, text))),
            ValueType::Document => drop(stored.insert((2, text))),
            ValueType::Place => drop(stored.insert((3, text))),
            ValueType::Text | ValueType::Date | ValueType::YesNo | ValueType::Number | ValueType::Code(_) => {}
        };
        for spec in kind.fields() {
            let values = snapshot.fields.get(spec.key).map(Vec::as_slice).unwrap_or_default();
            values.iter().filter_map(|value| spec.stored(&value.value)).for_each(|text| want(spec.value, text));
        }
        for part in told.iter().flat_map(|told| &told.parts) {
            if let Asks::Value(value) = part.asks {
                want(value, part.stored.clone());
            }
        }
        let mut names = Names::new();
        let writers = told.iter().flat_map(|told| &told.parts).filter(|part| part.asks == Asks::Node);
        names.extend(writers.filter_map(|part| {
            let node = part.stored.parse().ok()?;
            Some((part.stored.clone(), writer_name(&node, known)))
        }));
        for (what, text) in stored {
            let name = match what {
                0 => self.name_of_person(&text).await?,
                1 => {
                    text.parse::<OfficeId>().ok().and_then(|id| self.office_called(&id, known)).map(|name| same(&name))
                }
                2 => self.name_of_document(&text).await?,
                _ => text.parse().ok().and_then(|place| reference::village(&place)).map(same),
            };
            names.extend(name.map(|name| (text, name)));
        }
        for told in told {
            let text = in_one_line(told, &names);
            names.insert(told.hash.to_string(), text);
        }
        Ok(names)
    }

    /// The name of an office; its own it knows before anybody has admitted it.
    fn office_called(&self, id: &OfficeId, known: &Known) -> Option<String> {
        let named = known.office(id).map(|(name, _, _)| name);
        named.or_else(|| (*id == self.node().office()).then(|| self.office_name()))
    }

    async fn name_of_person(&self, code: &str) -> Result<Option<Both>, Problem> {
        let Ok(person) = code.parse::<PersonId>() else { return Ok(None) };
        let found = self.reading().look(move |views| {
            let filter = Filter { person: Some(person), ..Filter::default() };
            Ok((views.person(&person)?, views.list(&filter, Page::first(1))?.rows.pop()))
        });
        let (held, row) = found.await?;
        let name = held.and_then(|held| held.fields.name.first().cloned());
        Ok(name.or_else(|| row.and_then(|row| row.register)).map(|name| same(&name)))
    }

    async fn name_of_document(&self, text: &str) -> Result<Option<Both>, Problem> {
        let Ok(doc) = text.parse::<Coordinate>() else { return Ok(None) };
        let found = self.reading().look(move |views| views.sheet_row(&views::sheet_id(&doc))).await?;
        Ok(found.map(|row| title(&line(row))))
    }

    /// What this office may say in a record, with what there is to pick from.
    async fn asks(
        &self,
        record: &ProgrammeRecord,
        kind: RecordKind,
        told: &[Told],
        known: &Known,
        names: &Names,
        rules: &Rules,
    ) -> Result<Vec<FactAsked>, Problem> {
        let Some(author) = known.author(&self.node().key()) else { return Ok(Vec::new()) };
        let mut asked = Vec::new();
        // What a form asks nothing for is said by something else that is done; nobody is scored unless the programme says so.
        let scored =
            |fact: &str| kind != RecordKind::Assessment || fact != Submitted::KEY || instrument(rules).is_some();
        let forms = kind.fact_forms().filter(|(spec, form)| !form.inputs.is_empty() && scored(spec.key));
        for (spec, form) in forms.filter(|(spec, _)| spec.may_say.allows(&author, record.place())) {
            let (mut inputs, mut others) = (Vec::new(), Vec::new());
            for input in form.inputs {
                let mut shown = fact_input(input);
                match input.asks {
                    Asks::Value(ValueType::Person) => {
                        let people = self.people(people_to_pick(record, spec.key)).await?.picks();
                        if !people.is_empty() {
                            shown.kind = InputKind::Choice(people);
                        } else if form.is_of_one_person() {
                            let people = self.who_may_join(record, told, spec.key).await?;
                            if !people.is_empty() {
                                (shown.kind, shown.required) = (InputKind::Several(people), false);
                                others.push(other());
                            }
                        }
                    }
                    Asks::Value(value) => shown.kind = self.picks(shown.kind, value, input.key).await?,
                    Asks::Several(_) | Asks::Listed | Asks::Lines | Asks::Scan => {}
                    Asks::Node => {
                        let writers = self.writers_of(record).await?.into_iter();
                        let writers =
                            writers.map(|journal| (journal.node.to_string(), writer_name(&journal.node, known)));
                        shown.kind = InputKind::Choice(writers.collect());
                    }
                    Asks::Paper => {
                        let papers = papers(record, &rules.figures);
                        shown.kind =
                            InputKind::Choice(papers.into_iter().map(|paper| (paper.code, paper.label)).collect());
                    }
                    Asks::Fact(keys) => {
                        shown.kind = InputKind::Choice(earlier_facts(kind, told, keys, author.office, names));
                    }
                }
                inputs.push(shown);
            }
            inputs.extend(others);
            inputs.extend(beyond(record, spec.key, rules));
            inputs.extend(self.given_anew(record, spec.key));
            // Where there is nothing to pick from there is nothing to say.
            let nothing = |input: &SheetInput| input.required && input.kind == InputKind::Choice(Vec::new());
            if !inputs.iter().any(nothing) {
                asked.push(FactAsked { fact: spec.key.to_owned(), label: spec.label.into(), inputs });
            }
        }
        Ok(asked)
    }

    /// Who takes part where a record belongs and is not named by this fact yet: they are ticked instead of typed. None
    /// where there are too many for a form.
    async fn who_may_join(
        &self,
        record: &ProgrammeRecord,
        told: &[Told],
        fact: &str,
    ) -> Result<Vec<(String, Both)>, Problem> {
        let Some(place) = record.place().cloned() else { return Ok(Vec::new()) };
        let named: BTreeSet<String> = told
            .iter()
            .filter(|told| told.key == fact && !told.taken_back)
            .flat_map(|told| told.parts.iter().map(|part| part.stored.clone()))
            .collect();
        let filter = Filter { region: Some(place), left: Some(false), ..Filter::default() };
        let rows = self.reading().look(move |views| Ok(views.list(&filter, Page::first(PICKED_MAX + 1))?.rows)).await?;
        if rows.len() > PICKED_MAX {
            return Ok(Vec::new());
        }
        let persons = rows.into_iter().filter_map(|row| row.person);
        let mut picks = self.people(persons).await?.picks();
        picks.retain(|(code, _)| !named.contains(code));
        Ok(picks)
    }

    /// What there is to pick from, for an input that stands for an office or another record.
    pub(crate) async fn picks(&self, asked: InputKind, value: ValueType, key: &str) -> Result<InputKind, Problem> {
        Ok(match value {
            ValueType::Office => {
                let charter = self.node().charter();
                let mut offices: Vec<(String, Both)> = charter
                    .iter()
                    .flat_map(|charter| charter.offices())
                    .map(|office| (office.id.to_string(), same(&office.name)))
                    .collect();
                if offices.is_empty() {
                    let own = self.office();
                    offices.push((own.id, same(&own.name)));
                }
                offices.sort_by(|a, b| a.1.cmp(&b.1));
                InputKind::Choice(offices)
            }
            ValueType::Document => {
                let kind = match key {
                    "loan" => RecordKind::Loan,
                    "run" => RecordKind::Run,
                    _ => RecordKind::Group,
                };
                let filter = SheetFilter { kind: Some(kind), ..SheetFilter::default() };
                let found = self.reading().look(move |views| views.sheets(&filter, Page::first(PICKED_MAX))).await?;
                let picks = found.rows.into_iter().map(|row| (row.doc.to_string(), title(&line(row))));
                InputKind::Choice(picks.collect())
            }
            ValueType::Person
            | ValueType::Place
            | ValueType::Text
            | ValueType::Date
            | ValueType::YesNo
            | ValueType::Number
            | ValueType::Code(_) => asked,
        })
    }
}

/// The earlier facts of these keys that a fact may name; of no key: those of the own office, which it may take back.
pub(crate) fn earlier_facts(
    kind: RecordKind,
    told: &[Told],
    keys: &[&str],
    office: OfficeId,
    names: &Names,
) -> Vec<(String, Both)> {
    let of = |told: &&Told| match keys {
        [] => told.by.office == Some(office) && told.key != records::ANNULMENT,
        keys => keys.contains(&told.key.as_str()),
    };
    let earlier = told.iter().filter(|told| !told.taken_back).filter(of);
    let choice = |told: &Told| {
        let what = fact_label(kind, &told.key);
        let text = names.get(&told.hash.to_string()).cloned().unwrap_or_else(|| what.clone());
        let text = Both { id: format!("{}: {}", what.id, text.id), en: format!("{}: {}", what.en, text.en) };
        (told.hash.to_string(), text)
    };
    earlier.map(choice).collect()
}

fn no_such_record() -> Problem {
    Problem::not_found("there is no such record here", "look it up again: it may be erased")
}

/// The kind of a name in commands.
pub(crate) fn sheet_kind(code: &str) -> Result<RecordKind, Problem> {
    let known = || crate::sheet_kinds().into_iter().map(|kind| kind.code).collect::<Vec<_>>().join(", ");
    kind_of(code).ok_or_else(|| {
        Problem::not_found(format!("there is no kind of record {code:?}"), format!("take one of {}", known()))
    })
}

/// What a record is called where it stands alone: its title, else whom it is about, else its kind.
pub(crate) fn title(line: &SheetLine) -> Both {
    if !line.title.id.is_empty() {
        line.title.clone()
    } else if line.names.is_empty() {
        line.kind_label.clone()
    } else {
        same(&line.names.join(", "))
    }
}

/// A row of the tables, as a list shows it.
pub(crate) fn line(row: SheetRow) -> SheetLine {
    let [id, en] = row.title;
    let past = row.due.is_some_and(|last| last < today());
    let notice = row.kind == RecordKind::BoardNotice;
    let (over, to_come) = (notice && past, notice && row.day.is_some_and(|since| since > today()));
    let overdue = row.kind == RecordKind::Loan && past;
    let state = match row.state {
        Some(_) if overdue => Some(["menunggak".to_owned(), "in arrears".to_owned()]),
        None if over => Some(["sudah lewat".to_owned(), "over".to_owned()]),
        None if to_come => Some(["belum mulai".to_owned(), "not yet".to_owned()]),
        state => state,
    };
    SheetLine {
        id: row.id,
        kind: code_of(row.kind).to_owned(),
        kind_label: row.kind.label().into(),
        title: Both { id, en },
        names: row.names,
        state: state.map(|[id, en]| Both { id, en }),
        open: row.open && !over,
        day: row.day.map(|day| day.to_string()),
        due: row.due.map(|day| day.to_string()),
        place_name: match &row.place {
            Some(place) if *place == identity::Region::national() => Some("Indonesia".to_owned()),
            place => place.as_ref().and_then(reference::village).map(str::to_owned),
        },
        place: row.place.map(|place| place.to_string()),
        contested: row.contested,
    }
}

fn part(part: &records::ToldPart, names: &Names) -> Both {
    let [id, en] = part.shown.clone();
    names.get(&part.stored).cloned().unwrap_or(Both { id, en })
}

fn pair([id, en]: &[String; 2]) -> Both {
    both(id, en)
}

pub(crate) fn in_one_line(told: &Told, names: &Names) -> Both {
    let parts: Vec<Both> = told.parts.iter().map(|told| part(told, names)).collect();
    let join = |pick: fn(&Both) -> &str| parts.iter().map(pick).collect::<Vec<_>>().join(", ");
    Both { id: join(|both| &both.id), en: join(|both| &both.en) }
}

pub(crate) fn event(told: &Told, kind: RecordKind, known: &Known, names: &Names) -> SheetEvent {
    SheetEvent {
        fact: told.key.clone(),
        what: fact_label(kind, &told.key),
        parts: told
            .parts
            .iter()
            .map(|told| SheetPart {
                field: told.key.clone(),
                label: pair(&told.label),
                text: part(told, names),
                scan: (told.asks == Asks::Scan).then(|| told.stored.clone()),
            })
            .collect(),
        who: who_said(&told.by, known),
        taken_back: told.taken_back,
    }
}

fn papers(record: &ProgrammeRecord, figures: &Figures) -> Vec<PaperLine> {
    let line = |(code, [id, en], state): (String, [String; 2], DocumentState)| PaperLine {
        code,
        label: Both { id, en },
        state: match state {
            DocumentState::There => "there",
            DocumentState::Missing => "missing",
            DocumentState::Contested => "contested",
        }
        .to_owned(),
    };
    record.papers(figures).into_iter().map(line).collect()
}

fn slip(record: &ProgrammeRecord, figures: &Figures, known: &Known) -> Option<SlipView> {
    let (slip, urgent, referral) = if let ProgrammeRecord::Complaint(case) = record {
        (case.slip(), case.is_urgent(figures), case.is_referral())
    } else if let ProgrammeRecord::Consultation(case) = record {
        (case.slip(), false, false)
    } else {
        return None;
    };
    let office = slip.office.and_then(|id| known.office(&id)).map(|(name, _, _)| name).unwrap_or_default();
    let (id, en) = (slip.lines(&office, records::Lang::Id), slip.lines(&office, records::Lang::En));
    let lines = id.into_iter().zip(en).map(|(id, en)| Both { id, en });
    Some(SlipView { lines: lines.collect(), urgent, referral })
}
