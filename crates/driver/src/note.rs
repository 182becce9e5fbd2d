//! What a node notes for itself beside pages and statements: frames that survive a rebuild of the index.

use identity::{Incarnation, JournalId, NetworkId, NodeKey, Point, SealKey, Signed};
use journal::segments::{Frame, FrameKind};
use serde::{Deserialize, Serialize};
use sync::Beacon;

use charter::Subject;

/// One durable local fact. The latest of a kind (and journal, and node) replaces the former.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Note {
    /// For whom this node asks to be admitted, and what makes the request unlike any other.
    Profile {
        /// A new office, or a further node of one.
        subject: Subject,
        /// Whether for practice networks.
        practice: bool,
        /// Drawn when the node was made.
        nonce: [u8; 16],
    },
    /// The network that this node belongs to.
    Network(NetworkId),
    /// Under which incarnation this node writes from here on.
    Incarnation(Incarnation),
    /// Nothing more of this journal is taken beyond the point; `None` takes that back.
    Freeze(JournalId, Option<Point>),
    /// This journal goes on from the point along another branch.
    Rewind(JournalId, Point),
    /// A node's newest report on itself.
    Beacon(Signed<Beacon>),
    /// Whom backups are sealed to beside the office's nodes.
    Recovery(NodeKey, SealKey),
    /// Whether no peer's statements were seen since this folder was restored from a backup.
    Unmet(bool),
}

impl Note {
    /// The frame that keeps it.
    pub(crate) fn frame(&self) -> Frame {
        #[expect(clippy::expect_used, reason = "plain data encodes")]
        let bytes = postcard::to_stdvec(self).expect("plain data encodes");
        Frame { kind: FrameKind::Note, bytes }
    }

    /// The note in a frame that this program wrote.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}
