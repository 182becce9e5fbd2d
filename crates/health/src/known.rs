//! What a node knows when it is asked how things are: everything that [`crate::judge()`] is handed.

use std::collections::BTreeMap;

use charter::Charter;
use identity::{Incarnation, JournalId, NodeKey, OfficeId, Point, Region};
use serde::{Deserialize, Serialize};
use sync::{Beacon, PeerStatus, Receipt};

use crate::{report::figure, shows::Shows};

/// What is known at one moment. All times are Unix milliseconds by this node's clock.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    /// The charter as it stands here; that of no statements before this node belongs to a network.
    pub charter: &'a Charter,
    /// This node.
    pub me: NodeKey,
    /// The office that it speaks for, admitted or not.
    pub office: OfficeId,
    /// Every journal held here, with the point up to which it is durable.
    pub held: &'a [(JournalId, Point)],
    /// Up to which entry own journals are to be held somewhere, where that is less than what is held here: what stood
    /// above a cut-off and was said again elsewhere.
    pub to_be_held: &'a [(JournalId, u64)],
    /// The newest receipt of each holder and scope.
    pub receipts: &'a [(NodeKey, Receipt)],
    /// The newest report of each node on itself.
    pub beacons: &'a [(NodeKey, Beacon)],
    /// The sessions.
    pub peers: &'a [PeerStatus],
    /// Keys known to the charter that called and were not let in, and when last.
    pub turned_away: &'a BTreeMap<NodeKey, i64>,
    /// Journals of which two histories were proved.
    pub forked: &'a [JournalId],
    /// Offices and regions that said that they would be away.
    pub absences: &'a [Absence],
    /// What this node shows of scopes that others reported of.
    pub shown: &'a [Shows],
    /// What the node counts at itself.
    pub own: &'a Own,
    /// Now.
    pub now_ms: i64,
}

/// What a node counts at itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// The version of the program, `major.minor.patch`.
    pub version: String,
    /// Under which incarnation it writes; none before it is known.
    pub incarnation: Option<Incarnation>,
    /// Room on its disk; none where that cannot be told.
    pub room: Option<Room>,
    /// Files or parts of them that the last start found damaged, other than by a write that a power cut tore.
    pub damage: u64,
    /// Whether the disk failed: then nothing is written until the next start.
    pub disk_failed: bool,
    /// Items that it refused.
    pub refused: u64,
    /// Items that wait for something: a dependency, a version, a re-issue.
    pub waiting: u64,
    /// When its newest backup was made, if it ever made one.
    pub last_backup_ms: Option<i64>,
    /// When a scheduled backup failed, if none succeeded since.
    pub backup_failed_ms: Option<i64>,
    /// How far the trail of who opened which record is durable; none where none is kept.
    pub trail: Option<Trail>,
    /// Whether it runs with a network. A store that is opened for one command does not.
    pub networked: bool,
}

/// How far a trail is written, as others can be told: whoever heard it knows when lines are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// How many lines it has.
    pub lines: u64,
    /// The first eight bytes of the hash of its last line, which covers all before it, the first the highest.
    pub head: i64,
}

impl Trail {
    /// What a report says of it.
    pub fn of(figures: &BTreeMap<String, i64>) -> Option<Self> {
        let lines = u64::try_from(*figures.get(figure::TRAIL)?).ok()?;
        Some(Self { lines, head: *figures.get(figure::TRAIL_HEAD)? })
    }

    /// Whether this one, which was heard of later, cannot have grown from that one.
    pub fn was_cut_since(self, before: Self) -> bool {
        self.lines < before.lines || (self.lines == before.lines && self.head != before.head)
    }
}

/// Room on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes that are free.
    pub free_bytes: u64,
    /// Bytes that there are.
    pub total_bytes: u64,
    /// Free bytes that records may not use.
    pub reserve_bytes: u64,
}

impl Room {
    /// How much is free, in thousandths; 0 of a disk without room.
    pub fn free_permille(self) -> u64 {
        let thousandths = u128::from(self.free_bytes) * 1000 / u128::from(self.total_bytes.max(1));
        u64::try_from(thousandths.min(1000)).unwrap_or(1000)
    }

    /// Whether records are refused for want of room.
    pub fn is_full(self) -> bool {
        self.free_bytes <= self.reserve_bytes
    }
}

/// An office, or every office of a region, said that it would be away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Who.
    pub of: Away,
    /// From when.
    pub from_ms: i64,
    /// Until when; then it counts as silent again.
    pub until_ms: i64,
}

/// Who is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Away {
    /// One office.
    Office(OfficeId),
    /// Every office of the region and inside it.
    Region(Region),
}

impl Known<'_> {
    /// Until when an office said that it would be away, if it is away now.
    pub(crate) fn away_until(&self, office: &charter::Office) -> Option<i64> {
        let is_of = |absence: &&Absence| match &absence.of {
            Away::Office(id) => *id == office.id,
            Away::Region(region) => region.contains(&office.region),
        };
        let now = |absence: &&Absence| absence.from_ms <= self.now_ms && self.now_ms < absence.until_ms;
        self.absences.iter().filter(now).filter(is_of).map(|absence| absence.until_ms).max()
    }

    /// The journals of which two histories were proved and no cut-off says yet which of them counts.
    pub(crate) fn open_forks(&self) -> impl Iterator<Item = &JournalId> {
        let open = |journal: &&JournalId| !matches!(self.charter.standing(journal), charter::Standing::CutOff(_));
        self.forked.iter().filter(open)
    }

    /// The office that a key speaks for, or spoke for.
    pub(crate) fn office_of(&self, key: &NodeKey) -> Option<OfficeId> {
        if *key == self.me { Some(self.office) } else { self.charter.node(key).map(|node| node.office) }
    }
}
