//! People who may be one (records no. 27): a claim about a pair, decided as a *link* that can be undone. Both documents
//! stay as they are, nothing is merged, and nobody is kept from registering.

use std::collections::{BTreeMap, BTreeSet};

use identity::Class;
use serde::{Deserialize, Serialize};

use crate::{
    author::MaySay,
    date::PartialDate,
    duplicate::Evidence,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{FactSpec, KindSpec},
    participation::Said,
    sheet::{Hear, Sheet},
    value::{Known, PersonId, codes},
    words::Words,
};

codes! {
    /// What a pair is.
    PairDecision {
        /// One person.
        Same = "same", "orang yang sama", "the same person", ["sama"];
        /// Two people.
        Different = "different", "orang yang berbeda", "different people", ["beda"];
        /// Two people of one family.
        Family = "family", "satu keluarga", "of one family", ["keluarga"];
        /// An earlier decision is undone: nobody knows.
        Open = "open", "belum diputuskan", "not decided", ["batal"];
    }
}

record_fields! {
    /// The pair.
    PairFields {
        /// One.
        person: PersonId, "Kode orang", "Person's code";
        /// The other.
        other: PersonId, "Kode orang lain", "Other person's code";
        /// Why they may be one, as a code.
        evidence: Evidence, "Petunjuk", "Evidence";
    }
}

/// A decision about the pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairDecided {
    /// What it is.
    pub decision: PairDecision,
    /// When.
    pub date: PartialDate,
}

impl Content for PairDecided {
    const KEY: &'static str = "decision";
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PairEvents {
    /// Decisions that no later one replaces.
    #[serde(default)]
    pub decisions: Vec<Said<PairDecided>>,
    /// Every decision, in one order on every node.
    #[serde(default)]
    pub all: Vec<Said<PairDecided>>,
}

impl Hear for PairEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { decisions: heard.take_latest::<PairDecided, _>(|_| ()), all: heard.take() }
    }
}

/// A claim that two people may be one.
pub type DuplicateClaim = Sheet<PairFields, PairEvents>;

pub(crate) const DUPLICATE_CLAIM: KindSpec = KindSpec {
    number: 27,
    class: Class::Identity,
    label: Words { id: "Kemungkinan ganda", en: "Possible duplicate" },
    fields: PairFields::SPECS,
    texts: &[],
    facts: &[FactSpec::new("decision", "Keputusan", "Decision", MaySay::CLOSE)],
    required: &["person", "other"],
};

/// How a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairState {
    /// Nobody has decided, or it was undone.
    Open,
    /// Decided.
    Decided(PairDecision),
    /// Offices decided differently: the regency looks.
    Contradictory,
}

impl DuplicateClaim {
    /// How it stands.
    pub fn state(&self) -> PairState {
        let decisions: Known<PairDecision> = self.events.decisions.iter().map(|said| said.what.decision).collect();
        match decisions {
            Known::Unknown | Known::One(PairDecision::Open) => PairState::Open,
            Known::One(decision) => PairState::Decided(decision),
            Known::Several(_) => PairState::Contradictory,
        }
    }

    /// The pair in order, while each side names one person and not the same.
    pub fn pair(&self) -> Option<[PersonId; 2]> {
        let (one, other) = (*self.fields.person.one()?, *self.fields.other.one()?);
        (one != other).then(|| if one < other { [one, other] } else { [other, one] })
    }
}

/// Everybody who is linked with somebody else, in circles that a page shows as one. Where another claim says that a pair
/// is not one person, two documents about the same pair contradict each other and it is not linked; through a third the
/// circle still holds, and the page shows it.
pub fn linked(claims: &[&DuplicateClaim]) -> Vec<BTreeSet<PersonId>> {
    let mut pairs: BTreeMap<[PersonId; 2], BTreeSet<bool>> = BTreeMap::new();
    for claim in claims {
        let same = match claim.state() {
            PairState::Decided(PairDecision::Same) => true,
            PairState::Decided(_) | PairState::Contradictory => false,
            PairState::Open => continue,
        };
        if let Some(pair) = claim.pair() {
            pairs.entry(pair).or_default().insert(same);
        }
    }
    let mut circles: Vec<BTreeSet<PersonId>> = Vec::new();
    for ([one, other], _) in pairs.into_iter().filter(|(_, words)| *words == BTreeSet::from([true])) {
        let (touching, mut rest): (Vec<_>, Vec<_>) =
            circles.into_iter().partition(|circle| circle.contains(&one) || circle.contains(&other));
        rest.push(touching.into_iter().flatten().chain([one, other]).collect());
        circles = rest;
    }
    circles.sort();
    circles
}
