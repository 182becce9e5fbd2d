//! What an officer may want to look at again before saving: a warning blocks nothing.

use std::collections::BTreeSet;

use records::{FieldType, PartialDate, RecordKind, Sex};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use views::{Filter, Page};

use crate::{
    Service,
    both::Both,
    find::{FoundRow, found_row},
    problem::Problem,
    reference,
};

/// People of the same name that are named at most.
const SAME_NAME_MAX: usize = 5;

/// Somebody who may be the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MaybeSame {
    /// Who.
    pub row: FoundRow,
    /// Why, without the values themselves; empty where only the name is like.
    pub evidence: Vec<Both>,
}

/// What to look at again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckView {
    /// The field and a question about it.
    pub questions: Vec<(String, Both)>,
    /// Who may be the same person, those with evidence first.
    pub maybe_same: Vec<MaybeSame>,
}

impl Service {
    /// `except` is the person whose form it is.
    pub(crate) async fn check(
        &self,
        village: Option<&str>,
        except: Option<&str>,
        fields: &[(String, String)],
    ) -> Result<CheckView, Problem> {
        let given = |key: &str| {
            let text = fields.iter().find(|(field, _)| field == key).map(|(_, text)| text.trim());
            text.filter(|text| !text.is_empty())
        };
        let (birth, sex) = (given("birth").and_then(PartialDate::from_input), given("sex").and_then(Sex::from_input));
        let mut questions = Vec::new();
        if let Some(nik) = given("nik") {
            let warnings = records::nik_warnings(nik, birth, sex, &reference::is_regency);
            let question = |warning: records::NikWarning| Both::of(|lang| warning.text(lang).to_owned());
            questions.extend(warnings.into_iter().map(|warning| ("nik".to_owned(), question(warning))));
        }
        let Some(name) = given("name") else { return Ok(CheckView { questions, maybe_same: Vec::new() }) };
        let village = self.village(village)?;
        let edits = fields
            .iter()
            .filter(|(key, text)| RecordKind::Person.field(key).is_some() && !text.trim().is_empty())
            .filter_map(|(key, text)| records::edit_from_input(RecordKind::Person, key, text).ok())
            .collect::<Vec<_>>();
        let new = self.candidate(&village, &edits)?;
        let (name, except) = (name.to_owned(), except.map(str::to_owned));
        let maybe_same = self
            .reading()
            .look(move |views| {
                let mut people = views.candidates(&village)?;
                people.push(new.clone());
                let mut found: Vec<MaybeSame> = Vec::new();
                for pair in records::possible_duplicates(&people) {
                    let [a, b] = &pair.pair;
                    let other = if *a == new.doc { b } else { a };
                    if *a != new.doc && *b != new.doc {
                        continue;
                    }
                    let person = people.iter().find(|one| one.doc == *other).and_then(|one| one.person);
                    let filter = Filter { person, ..Filter::default() };
                    let Some(row) = person.map(|_| views.list(&filter, Page::first(1))).transpose()? else { continue };
                    let evidence = pair.evidence.iter().map(|evidence| Both::of(|lang| evidence.shown(lang)));
                    let evidence: Vec<Both> = evidence.collect();
                    found.extend(
                        row.rows.into_iter().map(|row| MaybeSame { row: found_row(row), evidence: evidence.clone() }),
                    );
                }
                let filter = Filter { region: Some(village), text: Some(name), ..Filter::default() };
                let like = views.list(&filter, Page::first(SAME_NAME_MAX))?.rows;
                found.extend(like.into_iter().map(|row| MaybeSame { row: found_row(row), evidence: Vec::new() }));
                let mut seen = BTreeSet::new();
                found.retain(|one| Some(&one.row.person) != except.as_ref() && seen.insert(one.row.person.clone()));
                Ok(found)
            })
            .await?;
        Ok(CheckView { questions, maybe_same })
    }
}
