//! Everything about one participant, as a page shows it: fields with all their values, journeys, what happened, what the
//! rules say, how it came about, and who holds it.

use std::collections::{BTreeMap, BTreeSet};

use documents::{FieldValue, Snapshot};
use identity::{Coordinate, OfficeId, ScopeName};
use jiff::Zoned;
use records::{FieldSpec, FieldType, PartialDate, RecordKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Service,
    both::Both,
    course::{PartView, RelativeView},
    find::{FoundRow, found_row},
    glance::names,
    inputs::{InputKind, input_kind},
    panel::Panel,
    participants::{listed_row, lost},
    problem::Problem,
    reading::Known,
    sheets::{FactAsked, SheetEvent, event, in_one_line},
    shown::Shown,
};

/// Who said something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Who {
    /// The office, by name.
    pub office: String,
    /// The officer's handle.
    pub officer: String,
    /// When, by the writer's clock, in Unix milliseconds.
    pub time_ms: i64,
    /// It was written at this node.
    pub here: bool,
}

/// One of the values of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordValue {
    /// The stored text; none for a value of another type.
    pub stored: Option<String>,
    /// As a person reads it.
    pub text: Both,
    /// Who wrote it.
    pub who: Who,
}

/// A field and every value that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordField {
    /// Its name in commands.
    pub field: String,
    /// What it is called.
    pub label: Both,
    /// What it takes.
    pub kind: InputKind,
    /// The values: several until somebody chooses; none if nothing is recorded.
    pub values: Vec<RecordValue>,
}

/// One thing that was written, at any time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordPast {
    /// Who wrote it.
    pub who: Who,
    /// What it began or changed: the field and its value, none where it was emptied.
    pub said: Vec<(Both, Option<Both>)>,
    /// It is the beginning of the record.
    pub begins: bool,
}

/// An office that is to hold this record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Holder {
    /// Its name.
    pub office: String,
    /// When it signed that it holds all of this, in Unix milliseconds.
    pub time_ms: i64,
}

/// What stands beside every record: how it came about, who holds it, and whether it may be changed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Beside {
    /// Everything that was written, the newest first.
    pub history: Vec<RecordPast>,
    /// Other offices that signed that they hold all of it.
    pub holders: Vec<Holder>,
    /// Other offices that are to hold it and have not said so.
    pub awaited: Vec<String>,
    /// Whether this office may write it.
    pub may_write: bool,
}

/// Everything about one participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordView {
    /// As in a list.
    pub row: FoundRow,
    /// What is shown here, for the form that changes it.
    pub shown: String,
    /// Who the person is; nothing where this office may not see it.
    pub person: Vec<RecordField>,
    /// How they take part.
    pub participation: Vec<RecordField>,
    /// Journeys abroad.
    pub trips: Vec<PartView>,
    /// The family; nobody where this office may not see who belongs to whom.
    pub family: Vec<RelativeView>,
    /// What was said of them: steps, decisions, leavings, moves.
    pub events: Vec<SheetEvent>,
    /// What this office may say of them.
    pub asks: Vec<FactAsked>,
    /// What other records say: the village that looks after them, what their leaving left open, who may be the same.
    pub panels: Vec<Panel>,
    /// The day for which the following is derived.
    pub on: Both,
    /// The categories that hold on that day.
    pub categories: Vec<Both>,
    /// yes, no or undecided.
    pub eligible: String,
    /// Why.
    pub reasons: Vec<Both>,
    /// What does not count, and why.
    pub notices: Vec<Both>,
    /// How it came about, and who holds it.
    #[serde(flatten)]
    pub beside: Beside,
}

impl Service {
    pub(crate) async fn record(&self, id: &str) -> Result<RecordView, Problem> {
        let held = self.find(id).await?;
        let known = self.known();
        let participation = held.circumstances.participation.doc.clone();
        let person = held.person.as_ref().map(|person| person.doc.clone());
        let mut documents = Documents::default();
        let of_person = match &person {
            Some(doc) => documents.read(self, doc, RecordKind::Person, &known).await?,
            None => Vec::new(),
        };
        let kind = RecordKind::Participation;
        let snapshot = self.snapshot(&participation).await?;
        let place = Some(&held.circumstances.participation.village);
        let told = records::told(&snapshot, kind, place, &known);
        let names = self.names(&snapshot, kind, &told, &known).await?;
        let of_participation = without_codes(documents.take(snapshot, kind, &known, &names));
        let shown = documents.shown.to_string();
        let (trips, family) = self.course_parts(&held, &mut documents, &known).await?;
        let said: Vec<_> = told.iter().map(|told| (told.by.at.clone(), in_one_line(told, &names))).collect();
        let beside = self.beside(&documents, &said, &known, &names, &participation.journal.scope).await?;
        let rules = self.rules().await?;
        let asks = match beside.may_write {
            true => self.course_asked(&held, &told, &known, &names, &rules).await?,
            false => Vec::new(),
        };
        let may_say = |fact: &str| asks.iter().any(|asked| asked.fact == fact);
        let panels = self.person_panels(&held, &rules.figures, &may_say).await?;
        let today = PartialDate::Day(Zoned::now().date());
        let eligibility = records::eligibility(&held.circumstances, today, &rules.into());
        let yes = eligibility.categories.iter().filter(|(_, answer)| *answer == records::Answer::Yes);
        Ok(RecordView {
            row: self.found_row_of(&participation).await?,
            shown,
            person: of_person,
            participation: of_participation,
            trips,
            family,
            events: told.iter().map(|told| event(told, kind, &known, &names)).collect(),
            asks,
            panels,
            on: Both::of(|lang| eligibility.day.shown(lang)),
            categories: yes.map(|(category, _)| Both::of(|lang| category.shown(lang))).collect(),
            eligible: eligibility.answer.to_text(),
            reasons: eligibility.reasons.iter().map(|reason| Both::of(|lang| reason.text(lang))).collect(),
            notices: held.notices.iter().map(|held| Both::of(|lang| held.notice.text(lang).to_owned())).collect(),
            beside,
        })
    }

    async fn found_row_of(&self, document: &Coordinate) -> Result<FoundRow, Problem> {
        let document = document.clone();
        let row = self.reading().look(move |views| listed_row(views, &document)).await?;
        row.map(found_row).ok_or_else(lost)
    }

    /// Whether this office writes in a scope; before it is admitted, in its own region.
    pub(crate) fn may_write(&self, scope: &ScopeName) -> bool {
        match self.node().charter() {
            Some(charter) if charter.node(&self.node().key()).is_some() => charter.may_write(&self.node().key(), scope),
            _ => match scope.office() {
                Some(office) => office == self.node().office(),
                None => scope.region().is_some_and(|region| {
                    self.office().region.parse::<identity::Region>().is_ok_and(|own| own.contains(&region))
                }),
            },
        }
    }

    /// What stands beside a record that was read; `said` puts its facts in words.
    pub(crate) async fn beside(
        &self,
        documents: &Documents,
        said: &[(Coordinate, Both)],
        known: &Known,
        names: &Names,
        scope: &ScopeName,
    ) -> Result<Beside, Problem> {
        let history = self.record_history(documents, said, known, names).await?;
        let (holders, awaited) = self.holders(&documents.entries).await?;
        Ok(Beside { history, holders, awaited, may_write: self.may_write(scope) })
    }

    /// `names` says in words what a stored text stands for.
    async fn record_history(
        &self,
        documents: &Documents,
        events: &[(Coordinate, Both)],
        known: &Known,
        names: &Names,
    ) -> Result<Vec<RecordPast>, Problem> {
        let mut history = Vec::new();
        for (kind, document) in &documents.read {
            for past in self.node().history(document.clone()).await? {
                let who = who(&past.by, known);
                let event = events.iter().find(|(at, _)| *at == past.by.at).map(|(_, event)| event.clone());
                let said = past.said.iter().filter(|(key, _)| key != "person").map(|(key, said)| match said {
                    documents::Said::Fact => (fact_label(*kind, key), event.clone()),
                    documents::Said::Value(value) => match kind.field(key) {
                        Some(spec) => (spec.label.into(), Some(named(spec, value, names))),
                        None => (Both::of(|_| key.clone()), None),
                    },
                    documents::Said::Emptied => (field_label(*kind, key), None),
                    documents::Said::Text => (field_label(*kind, key), Some(WRITTEN_IN.into())),
                });
                let begins = past.by.at == *document;
                history.push(RecordPast { who, said: said.collect(), begins });
            }
        }
        // Each document is in the order in which it was written; that order says more than the clocks, so it stays.
        history.reverse();
        Ok(history)
    }

    /// Which other offices hold these entries, and which are to and have not said so.
    pub(crate) async fn holders(&self, entries: &BTreeSet<Coordinate>) -> Result<(Vec<Holder>, Vec<String>), Problem> {
        let node = self.node();
        let Some(charter) = node.charter() else { return Ok((Vec::new(), Vec::new())) };
        let receipts = node.receipts().await;
        let mut scopes: BTreeMap<&ScopeName, Vec<&Coordinate>> = BTreeMap::new();
        for entry in entries {
            scopes.entry(&entry.journal.scope).or_default().push(entry);
        }
        let (mut holds, mut awaited) = (BTreeMap::<OfficeId, i64>::new(), BTreeSet::new());
        for (scope, entries) in scopes {
            for office in charter.readers(scope).filter(|office| office.id != node.office()) {
                let active = || office.nodes.iter().filter(|key| charter.is_active(key));
                let counts =
                    |key| entries.iter().any(|at| sync::receipt_counts(&charter, key, &at.journal.node, scope));
                if !active().any(counts) {
                    continue;
                }
                let signed = receipts.iter().filter(|(holder, receipt)| {
                    receipt.scope == *scope && office.nodes.contains(holder) && charter.is_active(holder)
                });
                let whole = signed.filter(|(holder, receipt)| {
                    entries.iter().all(|at| at.journal.node == *holder || self.covers(receipt, at))
                });
                match whole.map(|(_, receipt)| receipt.time_ms).max() {
                    Some(time_ms) => {
                        let known = holds.entry(office.id).or_insert(time_ms);
                        *known = time_ms.min(*known);
                    }
                    None => {
                        awaited.insert(office.id);
                    }
                }
            }
        }
        holds.retain(|office, _| !awaited.contains(office));
        let mut holders: Vec<Holder> = holds
            .into_iter()
            .filter_map(|(office, time_ms)| Some(Holder { office: charter.office(&office)?.name.clone(), time_ms }))
            .collect();
        holders.sort_by(|a, b| a.office.cmp(&b.office));
        Ok((holders, names(&charter, &awaited)))
    }

    /// Whether a receipt says that its signer holds an entry, on the history that is held here.
    fn covers(&self, receipt: &sync::Receipt, at: &Coordinate) -> bool {
        let short = (&at.journal).into();
        receipt.points.iter().any(|(journal, point)| {
            *journal == short
                && point.seq >= at.seq
                && matches!(self.node().entry_hash(&at.journal, point.seq), Ok(Some(hash)) if hash == point.hash)
        })
    }
}

/// What stored texts stand for, in words: persons, offices, documents and facts.
pub(crate) type Names = BTreeMap<String, Both>;

/// Said of a text instead of its words.
const WRITTEN_IN: records::Words = records::Words { id: "ditulis", en: "written in" };

/// What was read of the documents that one page shows.
#[derive(Default)]
pub(crate) struct Documents {
    read: Vec<(RecordKind, Coordinate)>,
    pub(crate) shown: Shown,
    /// Every entry that what is shown stands on.
    pub(crate) entries: BTreeSet<Coordinate>,
}

impl Documents {
    async fn read(
        &mut self,
        service: &Service,
        document: &Coordinate,
        kind: RecordKind,
        known: &Known,
    ) -> Result<Vec<RecordField>, Problem> {
        let snapshot: Snapshot = service.snapshot(document).await?;
        Ok(without_codes(self.take(snapshot, kind, known, &Names::new())))
    }

    /// Takes up a document that was read, and gives its fields.
    pub(crate) fn take(
        &mut self,
        snapshot: Snapshot,
        kind: RecordKind,
        known: &Known,
        names: &Names,
    ) -> Vec<RecordField> {
        let document = &snapshot.id;
        self.read.push((kind, document.clone()));
        self.entries.extend(snapshot.heads.iter().chain(&snapshot.tips).chain([document]).cloned());
        self.entries.extend(snapshot.fields.values().flatten().map(|value| value.by.at.clone()));
        self.entries.extend(snapshot.facts.iter().map(|fact| fact.by.at.clone()));
        let fields = kind.fields().iter().map(|spec| {
            let values = snapshot.fields.get(spec.key).map(Vec::as_slice).unwrap_or_default();
            let values = distinct(spec, values, known, names);
            RecordField { field: spec.key.to_owned(), label: spec.label.into(), kind: input_kind(spec.value), values }
        });
        let fields = fields.collect();
        self.shown.add(kind, snapshot.heads);
        fields
    }
}

/// A page calls people by name, in lines of their own.
pub(crate) fn without_codes(fields: Vec<RecordField>) -> Vec<RecordField> {
    fields.into_iter().filter(|field| field.kind != InputKind::Person).collect()
}

/// Equal values written twice are one: nobody has to choose between them.
fn distinct(spec: &FieldSpec, values: &[FieldValue], known: &Known, names: &Names) -> Vec<RecordValue> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.iter().any(|other: &&FieldValue| other.value == value.value) {
            seen.push(value);
        }
    }
    let shown = |value: &&FieldValue| RecordValue {
        stored: spec.stored(&value.value),
        text: named(spec, &value.value, names),
        who: who(&value.by, known),
    };
    seen.iter().map(shown).collect()
}

/// A value in words: by its name where it stands for somebody or something that has one.
fn named(spec: &FieldSpec, value: &documents::Scalar, names: &Names) -> Both {
    let name = spec.stored(value).and_then(|stored| names.get(&stored).cloned());
    name.unwrap_or_else(|| Both::of(|lang| spec.shown(value, lang)))
}

fn field_label(kind: RecordKind, key: &str) -> Both {
    let text = || kind.spec().texts.iter().find(|spec| spec.key == key).map(|spec| spec.label);
    kind.field(key).map(|spec| spec.label).or_else(text).map_or_else(|| Both::of(|_| key.to_owned()), Both::from)
}

pub(crate) fn who(by: &documents::Authorship, known: &Known) -> Who {
    Who {
        office: known.name(&by.at.journal.node),
        officer: by.officer.to_string(),
        time_ms: by.time_ms,
        here: known.is_own(&by.at.journal.node),
    }
}

/// Who said a fact.
pub(crate) fn who_said(by: &records::By, known: &Known) -> Who {
    Who {
        office: known.name(&by.at.journal.node),
        officer: by.officer.to_string(),
        time_ms: by.time_ms,
        here: known.is_own(&by.at.journal.node),
    }
}

pub(crate) fn fact_label(kind: RecordKind, key: &str) -> Both {
    let spec = kind.facts().iter().find(|spec| spec.key == key);
    spec.map_or_else(|| Both::of(|_| key.to_owned()), |spec| spec.label.into())
}
