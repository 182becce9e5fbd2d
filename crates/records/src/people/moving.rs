//! Moving to another village: the old one stays responsible until the new one accepts. The new village begins a
//! participation of its own that names the old one; the regency, which reads both, says so in the old one too.

use identity::{Coordinate, Region};
use serde::{Deserialize, Serialize};

use crate::{date::PartialDate, facts::Content, participation::Participation};

/// The old village says where somebody moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveAnnounced {
    /// Where to.
    pub to: Region,
    /// When.
    pub date: PartialDate,
}

impl Content for MoveAnnounced {
    const KEY: &'static str = "moving";
}

/// Somebody who came from another village is taken on: in the new participation by the new village, in the old one by an
/// office that reads both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveAccepted {
    /// The participation in the old village.
    pub from: Coordinate,
    /// The village that takes them on.
    pub by: Region,
    /// When.
    pub date: PartialDate,
}

impl Content for MoveAccepted {
    const KEY: &'static str = "move_accepted";
}

/// Which village looks after somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Responsible {
    /// The village of the participation.
    Own,
    /// Still that village: this one has not accepted yet.
    OwnUntil(Region),
    /// The village that accepted.
    Other(Region),
    /// Two villages accepted without knowledge of each other: the regency looks, and the old one goes on.
    Several(Vec<Region>),
}

/// Which village looks after a participant, given every other participation of the same person that this office reads.
pub fn responsible(participation: &Participation, others: &[&Participation]) -> Responsible {
    let mut accepted: Vec<Region> = Vec::new();
    // What the new village says counts in its own scope only, and only for itself.
    for other in others.iter().filter(|other| other.doc != participation.doc) {
        let names =
            |said: &crate::Said<MoveAccepted>| said.what.from == participation.doc && said.what.by == other.village;
        if other.events.move_accepted.iter().any(names) {
            accepted.push(other.village.clone());
        }
    }
    let own = participation.events.move_accepted.iter().filter(|said| said.what.from == participation.doc);
    accepted.extend(own.map(|said| said.what.by.clone()).filter(|by| *by != participation.village));
    accepted.sort();
    accepted.dedup();
    match (accepted.as_slice(), participation.events.moving.last()) {
        ([], None) => Responsible::Own,
        ([], Some(said)) => Responsible::OwnUntil(said.what.to.clone()),
        ([one], _) => Responsible::Other(one.clone()),
        (_, _) => Responsible::Several(accepted),
    }
}
