//! Who says something: the office behind a node, and what it may say.

use documents::Authorship;
use identity::{Coordinate, NodeKey, OfficeId, OfficeKind, Officer, Region};
use serde::{Deserialize, Serialize};

/// The office that a node speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The office.
    pub office: OfficeId,
    /// What it is.
    pub kind: OfficeKind,
    /// Where it serves.
    pub region: Region,
}

/// Says which office a node speaks for; `None` while no statement admits it. The charter answers this.
pub trait Authors {
    /// The office behind this node.
    fn author(&self, node: &NodeKey) -> Option<Author>;

    /// The offices that carry on after one that was merged, split or dissolved; none while it stands.
    fn carried_on_by(&self, _office: &OfficeId) -> Vec<OfficeId> {
        Vec::new()
    }

    /// Whether an entry of a scope that is perhaps not held here still counts: asked for a signature that somebody
    /// carried over from where it was given. The charter's cut-offs answer this.
    fn counts(&self, _at: &Coordinate) -> bool {
        true
    }
}

impl<F: Fn(&NodeKey) -> Option<Author>> Authors for F {
    fn author(&self, node: &NodeKey) -> Option<Author> {
        self(node)
    }
}

/// Who said something, with the office found: what stands beside a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The entry that says it.
    pub at: Coordinate,
    /// The office; `None` while its node is not known here.
    pub office: Option<OfficeId>,
    /// The officer named in the entry.
    pub officer: Officer,
    /// The writer's clock in Unix milliseconds: shown, never compared.
    pub time_ms: i64,
}

impl By {
    pub(crate) fn new(by: &Authorship, authors: &dyn Authors) -> Self {
        Self {
            at: by.at.clone(),
            office: authors.author(&by.at.journal.node).map(|author| author.office),
            officer: by.officer.clone(),
            time_ms: by.time_ms,
        }
    }
}

/// Which offices may say a fact: one of these kinds whose region holds the place that the fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaySay(pub &'static [OfficeKind]);

impl MaySay {
    /// Whoever may write in the scope; the sharing policy or the roster of a case says who that is.
    pub const WRITERS: Self = Self(&OfficeKind::ALL);
    /// The village alone.
    pub const VILLAGE: Self = Self(&[OfficeKind::Village]);
    /// The offices that work with the person.
    pub const CLOSE: Self = Self(&[OfficeKind::Village, OfficeKind::Regency, OfficeKind::Agency]);
    /// A ministry: of those only Kemnaker writes where people are named.
    pub const MINISTRY: Self = Self(&[OfficeKind::Ministry]);

    /// Whether this office may say it about something in `place`. Without a place the scope has a roster, which says
    /// who may speak there at all.
    pub fn allows(&self, author: &Author, place: Option<&Region>) -> bool {
        self.0.contains(&author.kind) && place.is_none_or(|place| author.region.contains(place))
    }
}
