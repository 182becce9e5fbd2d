//! How an office is, and what says so.

use identity::{NodeKey, OfficeId, Region};
use serde::{Deserialize, Serialize};

/// How an office is. The worst comes first, and of several that hold at once the worst is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Its storage is damaged or full (*Rusak*).
    Damaged,
    /// It wrote two histories (*Bercabang*).
    Forked,
    /// No node speaks for it any more (*Dicabut*).
    Revoked,
    /// It holds an only copy that is too old (*Berisiko*).
    AtRisk,
    /// It is connected and nothing moves (*Tertahan*).
    Stuck,
    /// It refused items (*Ditolak*).
    Refused,
    /// It has been silent for longer than ever (*Hilang*).
    Lost,
    /// It is silent, as usual or a little longer (*Luring*).
    Offline,
    /// It is catching up (*Menyusul*).
    CatchingUp,
    /// It runs an old version (*Versi lama*).
    OldVersion,
    /// Nobody has heard of it yet.
    NeverSeen,
    /// It has everything (*Selaras*).
    InSync,
}

impl State {
    /// Every state, the worst first.
    pub const ALL: [Self; 12] = [
        Self::Damaged,
        Self::Forked,
        Self::Revoked,
        Self::AtRisk,
        Self::Stuck,
        Self::Refused,
        Self::Lost,
        Self::Offline,
        Self::CatchingUp,
        Self::OldVersion,
        Self::NeverSeen,
        Self::InSync,
    ];

    /// Its name in commands and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Forked => "forked",
            Self::Revoked => "revoked",
            Self::AtRisk => "at-risk",
            Self::Stuck => "stuck",
            Self::Refused => "refused",
            Self::Lost => "lost",
            Self::Offline => "offline",
            Self::CatchingUp => "catching-up",
            Self::OldVersion => "old-version",
            Self::NeverSeen => "never-seen",
            Self::InSync => "in-sync",
        }
    }
}

/// When the oldest of several changes was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Since {
    /// Nobody can tell: its author's clock was ahead of ours. It is taken for too old.
    Unknown,
    /// Then, in Unix milliseconds, or later.
    At(i64),
}

impl Since {
    /// The moment, if it is known.
    pub fn at(self) -> Option<i64> {
        match self {
            Self::Unknown => None,
            Self::At(at) => Some(at),
        }
    }

    /// Whether it may be longer ago than this.
    pub fn may_exceed(self, age_ms: i64, now_ms: i64) -> bool {
        self.at().is_none_or(|at| now_ms.saturating_sub(at) > age_ms)
    }
}

/// Something that was found about an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// Files are damaged.
    Damage {
        /// How many files or parts of files.
        parts: u64,
    },
    /// Nothing is stored any more: the disk is full or failed.
    Full,
    /// The disk has little room.
    LittleRoom {
        /// What is free, in thousandths.
        free_permille: u64,
    },
    /// It shows something else than this office of scopes of which both hold the same.
    ShowsOther {
        /// Of how many scopes.
        scopes: u64,
    },
    /// Of the trail of who opened which record at one of its nodes, lines are gone.
    TrailCut {
        /// How many there were.
        had: u64,
        /// How many there were when it reported again.
        has: u64,
    },
    /// One of its nodes wrote two histories.
    Forked {
        /// The node.
        node: NodeKey,
    },
    /// Every node of it was removed.
    Revoked,
    /// A key that was removed called.
    RemovedCalls {
        /// The key.
        node: NodeKey,
        /// When last.
        at_ms: i64,
    },
    /// Changes of it are nowhere else.
    OnlyHere {
        /// How many; of another office: at least.
        changes: u64,
        /// When the oldest was written.
        oldest: Since,
    },
    /// It went back in time, and changes that were nowhere else may be gone.
    MaybeLost {
        /// How many at most.
        changes: u64,
    },
    /// The only copies grew faster than they are used to.
    Growing {
        /// By how many today.
        today: u64,
        /// By how many on a usual day.
        usual: u64,
    },
    /// Changes have not reached every ministry for too long.
    NotAtMinistries {
        /// How many.
        changes: u64,
        /// When the oldest was written.
        oldest: Since,
        /// Which ministries lack some.
        lacking: Vec<OfficeId>,
    },
    /// Changes live at this office alone, by rule.
    ByRule {
        /// How many.
        changes: u64,
        /// When its newest backup was made.
        backup_ms: Option<i64>,
    },
    /// Its newest backup is too old, or there is none.
    OldBackup {
        /// When it was made.
        backup_ms: Option<i64>,
    },
    /// A scheduled backup was not made, or what was made could not be restored.
    BackupFailed {
        /// When it was tried.
        tried_ms: i64,
    },
    /// It is connected, and nothing has moved.
    Stuck {
        /// Since when.
        since_ms: i64,
        /// How many changes it lacks.
        lacks: u64,
    },
    /// Items were refused.
    Refused {
        /// How many.
        items: u64,
    },
    /// Items have been waiting.
    Waiting {
        /// How many.
        items: u64,
        /// Since when.
        since_ms: i64,
    },
    /// It is silent.
    Silent {
        /// Since when.
        since_ms: i64,
        /// How long it is used to be, in milliseconds.
        usual_ms: i64,
        /// Until when it said that it would be away.
        away_until_ms: Option<i64>,
    },
    /// This office itself is connected to nobody.
    Alone {
        /// Since when; none if it never was connected.
        since_ms: Option<i64>,
    },
    /// Many offices of a province are silent at once.
    ProvinceSilent {
        /// The province.
        region: Region,
        /// How many are.
        silent: usize,
        /// Of how many.
        of: usize,
        /// Since when the last of them is.
        since_ms: i64,
    },
    /// It was never heard of.
    NeverSeen,
    /// It lacks changes and gets them.
    CatchingUp {
        /// How many it lacks.
        lacks: u64,
    },
    /// It runs an older version than others.
    OldVersion {
        /// Its version.
        version: String,
        /// The newest that is about.
        newest: String,
    },
    /// Its clock is off.
    Clock {
        /// How far it is ahead, in milliseconds; negative: behind.
        ahead_ms: i64,
    },
    /// This node does not report on itself.
    NoReport,
    /// It has everything that it is to have.
    InSync,
}

impl What {
    /// The state that an office is in of which this holds.
    pub fn state(&self) -> State {
        match self {
            Self::Damage { .. } | Self::Full | Self::ShowsOther { .. } | Self::TrailCut { .. } => State::Damaged,
            Self::Forked { .. } => State::Forked,
            Self::Revoked => State::Revoked,
            Self::OnlyHere { .. } | Self::MaybeLost { .. } => State::AtRisk,
            Self::Stuck { .. } => State::Stuck,
            Self::Refused { .. } => State::Refused,
            Self::Silent { since_ms: _, usual_ms: _, away_until_ms: _ } | Self::Alone { .. } => State::Offline,
            Self::CatchingUp { .. } => State::CatchingUp,
            Self::OldVersion { .. } => State::OldVersion,
            Self::NeverSeen => State::NeverSeen,
            Self::LittleRoom { .. }
            | Self::RemovedCalls { .. }
            | Self::Growing { .. }
            | Self::NotAtMinistries { .. }
            | Self::ByRule { .. }
            | Self::OldBackup { .. }
            | Self::BackupFailed { .. }
            | Self::Waiting { .. }
            | Self::ProvinceSilent { .. }
            | Self::Clock { .. }
            | Self::NoReport
            | Self::InSync => State::InSync,
        }
    }
}

/// Something that was found, and as of when it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    #[serde(flatten)]
    pub what: What,
    /// The state that it puts the office in.
    pub state: State,
    /// As of when: now for what is known of oneself, the last word of others for what is known of them.
    pub as_of_ms: i64,
}

impl Finding {
    pub(crate) fn new(what: What, as_of_ms: i64) -> Self {
        let state = what.state();
        Self { what, state, as_of_ms }
    }

    pub(crate) fn in_state(self, state: State) -> Self {
        Self { state, ..self }
    }
}
