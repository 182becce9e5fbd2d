//! The order of the waiting list: a proposal with reasons, the same on every node; the Kepala Desa decides.

use crate::{
    circumstances::Circumstances,
    content::pick,
    date::PartialDate,
    eligibility::{Answer, eligibility},
    participation::{Category, Step},
    rules::{Figures, Rules},
    value::PersonId,
    words::Lang,
};

/// What the order looks at, in this order; never when something arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rank {
    /// Who.
    pub person: PersonId,
    /// The category that holds; of several the one that comes first in the programme's list. `None`: none is certain.
    pub category: Option<Category>,
    /// How many of the facts that the programme asks for are missing.
    pub missing: usize,
    /// When what they say was verified.
    pub verified: Option<PartialDate>,
}

/// Puts people in the order of the waiting list: category, completeness, date of verification, id. A date of which only
/// the month is known counts as its last day, so that an exact one is never worse.
pub fn waiting_order(mut people: Vec<Rank>, figures: &Figures) -> Vec<Rank> {
    let listed = |category: &Category| figures.waiting_order.value.iter().position(|listed| listed == category);
    people.sort_by_key(|rank| {
        let category = rank.category.as_ref().and_then(listed).unwrap_or(usize::MAX);
        let verified = rank.verified.map(|date| date.span().last);
        (category, rank.missing, verified.is_none(), verified, rank.person)
    });
    people
}

impl Rank {
    /// What the order looks at of somebody on a day. What they say counts as verified on the first day on which they were
    /// interviewed in depth or selected.
    pub fn of(person: PersonId, circumstances: &Circumstances, day: PartialDate, rules: &Rules) -> Self {
        let found = eligibility(circumstances, day, &rules.clone().into());
        let holds = |category: &&Category| found.categories.contains(&(**category, Answer::Yes));
        let steps = circumstances.participation.events.steps.iter();
        let checked = steps.filter(|said| matches!(said.what.step, Step::Interviewed | Step::Selected));
        Self {
            person,
            category: rules.figures.waiting_order.value.iter().find(holds).copied(),
            missing: found.reasons.iter().filter(|reason| reason.answer == Answer::Undecided).count(),
            verified: checked.map(|said| said.what.date).min_by_key(|date| date.span().last),
        }
    }

    /// Why somebody stands where they stand.
    pub fn reason(&self, lang: Lang) -> String {
        let category = self.category.map_or_else(
            || pick(lang, "kategori belum pasti".to_owned(), "category not certain".to_owned()),
            |category| category.words().of(lang).to_owned(),
        );
        let missing = match self.missing {
            0 => pick(lang, "data lengkap".to_owned(), "complete".to_owned()),
            missing => pick(lang, format!("{missing} data belum ada"), format!("{missing} facts missing")),
        };
        let verified = self.verified.map_or_else(
            || pick(lang, "belum diverifikasi".to_owned(), "not verified".to_owned()),
            |date| {
                let date = date.shown(lang);
                pick(lang, format!("diverifikasi {date}"), format!("verified {date}"))
            },
        );
        format!("{category}; {missing}; {verified}")
    }
}
