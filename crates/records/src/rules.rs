//! What a programme asks, as data: every number here has a source and can be set otherwise.
//!
//! Sources by their marks in `domain/programme.md` 1.0: S2 Kuripan, S4 *Meneropong Program Desmigratif*.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod figures;
mod setting;

pub use figures::{Document, Figures};
pub(crate) use setting::SETTINGS;
pub use setting::{
    CANDIDATE_PAPERS, CARD_PAPERS, Count, ITEMS, Lebaran, SetFigure, SettingEvents, SettingFields, Settings,
    ShareAfter, UrgentKind, WaitingPlace,
};

use crate::{empowerment::Instrument, participation::Category, person::Relation, value::codes};

codes! {
    /// What a programme may ask of everybody.
    Condition {
        /// Lives in the village.
        Resident = "resident", "warga desa", "resident of the village", [];
        /// Of productive age and able to work.
        Productive = "productive", "masih produktif", "still productive", [];
        /// Willing to be active in an organisation.
        Willing = "willing", "bersedia aktif berorganisasi", "willing to be active in a group", [];
    }
}

/// A setting and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// The setting.
    pub value: T,
    /// Where it is written.
    pub source: String,
}

impl<T> Sourced<T> {
    fn new(value: T, source: &str) -> Self {
        Self { value, source: source.to_owned() }
    }
}

/// The rules of one programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// What the rules are called in a reason, e.g. `Desmigratif v1`.
    pub name: String,
    /// The categories that may take part; a category that is not listed may not.
    pub accepted: BTreeMap<Category, Sourced<()>>,
    /// How long after a return somebody counts as *TKI purna*, in calendar months. The last day is the same day of the
    /// month; where that month has no such day (29 February), its last.
    pub returned_months_max: Sourced<u32>,
    /// What a relative may be to the TKI.
    pub relations: Sourced<Vec<Relation>>,
    /// What is asked of everybody.
    pub conditions: BTreeMap<Condition, Sourced<()>>,
    /// How many, how often, how long.
    pub figures: Figures,
    /// The instrument of the quadrants; none is shipped.
    #[serde(default)]
    pub instrument: Option<Instrument>,
}

impl Rules {
    /// The rules of Desmigratif as the sources give them. Where they differ (three categories in S4, four in S2; no
    /// window but in S4) the wider reading stands here.
    pub fn desmigratif() -> Self {
        let s4 = "Pedoman Desmigratif 2017 (S4)";
        let s2 = "Kuripan 2017 (S2)";
        Self {
            name: "Desmigratif v1".to_owned(),
            accepted: BTreeMap::from([
                (Category::Prospective, Sourced::new((), s4)),
                (Category::FamilyOfActive, Sourced::new((), s4)),
                (Category::Returned, Sourced::new((), s4)),
                (Category::FamilyOfReturned, Sourced::new((), s2)),
            ]),
            returned_months_max: Sourced::new(36, s4),
            relations: Sourced::new(vec![Relation::Spouse, Relation::Child, Relation::Parent], s4),
            conditions: [Condition::Resident, Condition::Productive, Condition::Willing]
                .into_iter()
                .map(|condition| (condition, Sourced::new((), s2)))
                .collect(),
            figures: Figures::desmigratif(),
            instrument: None,
        }
    }
}

/// The programme that a participation belongs to unless it says otherwise.
pub const DESMIGRATIF: &str = "desmigratif";

/// The rules of every programme that this node knows, by the programme's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBook(pub BTreeMap<String, Rules>);

impl Default for RuleBook {
    fn default() -> Self {
        Rules::desmigratif().into()
    }
}

impl From<Rules> for RuleBook {
    fn from(rules: Rules) -> Self {
        Self(BTreeMap::from([(DESMIGRATIF.to_owned(), rules)]))
    }
}
