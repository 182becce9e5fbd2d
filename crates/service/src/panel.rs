//! What the rules say of a record, as tables with sentences above them: one shape for every kind that has more to show
//! than fields and what happened.

use std::collections::BTreeMap;

use records::{FieldType, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Filter, Page};

use crate::{
    Service,
    both::Both,
    find::{FoundRow, found_row},
    problem::Problem,
};

/// A table about a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Panel {
    /// What it is about.
    pub title: Both,
    /// The answer in words.
    pub lines: Vec<Both>,
    /// What its columns are called; empty for a panel without a table.
    pub columns: Vec<Both>,
    /// Its rows.
    pub rows: Vec<PanelRow>,
}

/// A row of a panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelRow {
    /// What it is about.
    pub head: Both,
    /// What tells people of one name apart; empty for what is no person.
    pub beside: String,
    /// What it says, under the columns from the second on.
    pub cells: Vec<Both>,
    /// What is to be said about it, where something is.
    pub ask: Option<RowAsk>,
    /// The code of the participant whose page it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The kind of the record whose page it leads to, and its name in addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<(String, String)>,
}

/// Something that this office may say about a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowAsk {
    /// Its name in commands; where it `begins`, that of the kind of record that is begun.
    pub fact: String,
    /// What it is called.
    pub label: Both,
    /// The inputs that the row fills in, each with what.
    pub fills: Vec<(String, String)>,
    /// A record is begun, with these fields.
    #[serde(default)]
    pub begins: bool,
}

/// How a person is called in lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Called {
    /// By name, else by register number, else by code.
    pub name: String,
    /// Register number, dusun, RT and year of birth.
    pub beside: String,
}

impl Panel {
    pub(crate) fn new(title: Both, columns: impl IntoIterator<Item = Both>) -> Self {
        Self { title, lines: Vec::new(), columns: columns.into_iter().collect(), rows: Vec::new() }
    }
}

impl PanelRow {
    pub(crate) fn new(head: Both, cells: impl IntoIterator<Item = Both>) -> Self {
        Self { head, beside: String::new(), cells: cells.into_iter().collect(), ask: None, person: None, record: None }
    }

    pub(crate) fn of(called: &Called, cells: impl IntoIterator<Item = Both>) -> Self {
        Self { beside: called.beside.clone(), ..Self::new(same(&called.name), cells) }
    }
}

/// Something in both languages.
pub(crate) fn both(id: impl Into<String>, en: impl Into<String>) -> Both {
    Both { id: id.into(), en: en.into() }
}

/// What is the same in both languages.
pub(crate) fn same(text: &str) -> Both {
    both(text, text)
}

/// A value in both languages.
pub(crate) fn shown(value: &impl FieldType) -> Both {
    Both::of(|lang| value.shown(lang))
}

/// The people of a record, each as they are called.
#[derive(Debug, Default)]
pub(crate) struct People(BTreeMap<PersonId, Called>);

impl People {
    pub(crate) fn called(&self, person: &PersonId) -> Called {
        self.0.get(person).cloned().unwrap_or_else(|| Called { name: person.to_string(), beside: String::new() })
    }

    /// Everybody, by name: the order of a list that is read aloud.
    pub(crate) fn by_name(&self) -> Vec<PersonId> {
        let mut all: Vec<(&PersonId, &Called)> = self.0.iter().collect();
        all.sort_by(|a, b| (&a.1.name, &a.1.beside, a.0).cmp(&(&b.1.name, &b.1.beside, b.0)));
        all.into_iter().map(|(person, _)| *person).collect()
    }

    /// Everybody as answers to pick from.
    pub(crate) fn picks(&self) -> Vec<(String, Both)> {
        let pick = |person: PersonId| {
            let Called { name, beside } = self.called(&person);
            let label = if beside.is_empty() { name } else { format!("{name} ({beside})") };
            (person.to_string(), same(&label))
        };
        self.by_name().into_iter().map(pick).collect()
    }
}

impl Service {
    pub(crate) async fn people(&self, persons: impl IntoIterator<Item = PersonId>) -> Result<People, Problem> {
        let persons: Vec<PersonId> = persons.into_iter().collect();
        let found = self.reading().look(move |views| {
            let mut found = BTreeMap::new();
            for person in persons {
                let filter = Filter { person: Some(person), ..Filter::default() };
                let row = views.list(&filter, Page::first(1))?.rows.pop().map(found_row);
                let name = match row.as_ref().and_then(|row| row.name.clone()) {
                    Some(name) => Some(name),
                    None => views.person(&person)?.and_then(|person| person.fields.name.first().cloned()),
                };
                found.insert(person, called(&person, name, row));
            }
            Ok(People(found))
        });
        found.await
    }
}

fn called(person: &PersonId, name: Option<String>, row: Option<FoundRow>) -> Called {
    let Some(row) = row else {
        return Called { name: name.unwrap_or_else(|| person.to_string()), beside: String::new() };
    };
    let register = row.register.clone();
    let mut beside = Vec::new();
    beside.extend(register.clone().filter(|_| name.is_some()));
    let rt = row.rt.as_ref().map(|rt| format!("RT {rt}"));
    let place: Vec<String> = row.dusun.into_iter().chain(rt).collect();
    beside.extend((!place.is_empty()).then(|| place.join(" ")));
    beside.extend(row.birth_year.map(|year| year.to_string()));
    Called { name: name.or(register).unwrap_or_else(|| person.to_string()), beside: beside.join(" · ") }
}
