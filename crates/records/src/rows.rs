//! What the tables of the read model take: a document read, with the hash of what it shows.

use identity::Coordinate;

use crate::fold::Folded;

/// What became of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRows {
    /// The document; its journal names the scope.
    pub id: Coordinate,
    /// The hash of what it shows, as `documents` gives it.
    pub state_hash: [u8; 32],
    /// What it means; `None`: nothing of it is shown any more and its rows go.
    pub rows: Option<Folded>,
}
