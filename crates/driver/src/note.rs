//! What a node notes for itself beside pages and statements: frames that survive a rebuild of the index.

use identity::{EntryHash, Incarnation, JournalId, NetworkId, NodeKey, Point, SealKey, Signed};
use journal::{
    VerifiedRun,
    segments::{Frame, FrameKind},
};
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
    /// A run of an own journal on a branch that was given up, packed: it is to be said again.
    Aside(Vec<u8>),
    /// What is aside of this journal up to here was said again.
    SaidAgain(JournalId),
    /// Every entry of this journal that was said again so far.
    Said(JournalId, Vec<EntryHash>),
}

impl Note {
    /// The frame that keeps it.
    pub(crate) fn frame(&self) -> Frame {
        #[expect(clippy::expect_used, reason = "plain data encodes")]
        let bytes = postcard::to_stdvec(self).expect("plain data encodes");
        Frame { kind: FrameKind::Note, bytes }
    }

    /// The frame that keeps a run aside; `None` if it cannot be packed, which is logged.
    pub(crate) fn aside(run: &VerifiedRun) -> Option<Frame> {
        match journal::encode(&[run]) {
            Ok(bytes) => Some(Note::Aside(bytes).frame()),
            Err(error) => {
                tracing::error!(%error, "own entries cannot be packed");
                None
            }
        }
    }

    /// The note in a frame that this program wrote.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use charter::Subject;
    use identity::{NodeSecret, OfficeId};

    use super::*;

    /// Notes lie in segments for ever: a change here loses what nodes know of themselves. New kinds go to the end.
    #[test]
    fn golden_bytes() {
        let secret = NodeSecret::from_seed([1; 32]);
        let scope = "identity/33.07.10.2004".parse().unwrap();
        let journal = JournalId { scope, node: secret.node_key(), incarnation: Incarnation([2; 8]) };
        let point = Point { seq: 300, hash: EntryHash([3; 32]) };
        let beacon = Beacon {
            number: 1,
            time_ms: 2,
            version: "0.1.0".to_owned(),
            addresses: vec!["kuripan.example:7707".to_owned()],
            figures: [("only_here".to_owned(), 3)].into(),
        };
        let notes = [
            Note::Profile {
                subject: Subject::FurtherNode { office: OfficeId([4; 16]) },
                practice: true,
                nonce: [5; 16],
            },
            Note::Network(NetworkId([6; 32])),
            Note::Incarnation(Incarnation([7; 8])),
            Note::Freeze(journal.clone(), Some(point)),
            Note::Rewind(journal.clone(), point),
            Note::Beacon(Signed::new(&secret, identity::Domain::Beacon, &beacon)),
            Note::Recovery(secret.node_key(), secret.seal_key()),
            Note::Unmet(true),
            Note::Aside(vec![8; 3]),
            Note::SaidAgain(journal.clone()),
            Note::Said(journal, vec![point.hash]),
        ];
        let made = notes.iter().map(|note| format!("{}\n", data_encoding::HEXLOWER.encode(&note.frame().bytes)));
        assert_eq!(made.collect::<String>(), include_str!("note.golden.txt"));
        for note in notes {
            assert_eq!(Note::read(&note.frame().bytes), Some(note));
        }
    }
}
