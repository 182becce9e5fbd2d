//! What goes over a session: messages, and the frames that carry them.
//!
//! A frame is at most 64 KiB, so that a statement or an order overtakes a page that is on its way. A message that is
//! longer is cut into parts; parts of one kind of message follow each other, frames of other kinds may stand between.
//! The same frames, one after the other, are what a sealed bundle holds.
//!
//! ```text
//! frame  = kind (1 byte; the high bit says that more parts of this message follow) ‖ length (u16, little-endian) ‖ body
//! body   = the postcard encoding of that kind's message, or a part of it
//! ```
//!
//! Kinds below [`OPTIONAL_KIND`] belong to the version that both sides agreed on; an unknown one ends the session.
//! Kinds from there on may be passed over by who does not know them.
//!
//! # Invariants
//! - No length that a peer names is allocated: a frame's length is a `u16`, and the parts of a message are added up
//!   only to [`Limits::message_bytes_max`] and to [`Limits::partial_bytes_max`] over all kinds.
//! - Nothing follows a message in its body.

use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

use charter::Statement;
use identity::{EntryHash, Incarnation, JournalId, NetworkId, NodeKey, Point, ScopeName, Signed, StatementHash};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Beacon, Receipt};

/// The versions of this protocol that this program speaks: from the first to the second, both included.
pub const VERSIONS: (u16, u16) = (1, 1);

/// The longest body of one frame.
pub const FRAME_BODY_BYTES_MAX: usize = 64 * 1024 - FRAME_HEAD_BYTES;

/// Kind and length.
pub const FRAME_HEAD_BYTES: usize = 3;

/// Kinds from here on may be passed over.
pub const OPTIONAL_KIND: u8 = 0x60;

/// The high bit of a kind: more parts of this message follow.
const MORE: u8 = 0x80;

/// How much of a message a session takes before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest message, in bytes: a page of 1 MiB that did not compress, and its head.
    pub message_bytes_max: usize,
    /// The most bytes that unfinished messages of one session may hold, over all kinds.
    pub partial_bytes_max: usize,
    /// The most items that one list in a message may have.
    pub items_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { message_bytes_max: 2 * 1024 * 1024, partial_bytes_max: 4 * 1024 * 1024, items_max: 65_536 }
    }
}

/// Bytes that are no message. The session they came from ends; nothing else changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A kind that neither this version knows nor may be passed over.
    #[error("message kind {0} is unknown")]
    Kind(u8),
    /// The body does not decode as this kind, or more follows.
    #[error("a message of kind {0} does not decode")]
    Decode(u8),
    /// Longer than a message may be, or too much of it is unfinished.
    #[error("a message of kind {kind} is longer than {bytes_max} bytes")]
    TooLong {
        /// The kind.
        kind: u8,
        /// What would have been allowed.
        bytes_max: usize,
    },
    /// A list with more items than allowed.
    #[error("a message of kind {kind} has {items} items in one list")]
    TooMany {
        /// The kind.
        kind: u8,
        /// How many.
        items: usize,
    },
}

/// A 16-byte hash that stands for a set: equal sets have equal fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 16]);

/// The fingerprints of what two nodes share. They only compare between sides whose `charter` is equal, because the
/// charter says what is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Of the statements that are for all.
    pub charter: Fingerprint,
    /// Of the statements of the scopes that both may read.
    pub orders: Fingerprint,
    /// Of what is held durably of those scopes.
    pub held: Fingerprint,
    /// Of the receipts known for those scopes.
    pub receipts: Fingerprint,
}

/// The first message of each side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Which network.
    pub network: NetworkId,
    /// The oldest version that the sender speaks.
    pub version_min: u16,
    /// The newest version that the sender speaks.
    pub version_max: u16,
    /// Whether the sender's charter admits the receiver's key. If not, the receiver shows its proof first and the
    /// summary is empty.
    pub admits_you: bool,
    /// The number of the newest beacon of the receiver that the sender has; 0 for none.
    pub your_beacon: u64,
    /// What the sender has, in four hashes.
    pub summary: Summary,
}

/// One of the two sets of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Set {
    /// Statements for all.
    Charter,
    /// Orders and cut-offs of the scopes that both may read.
    Orders,
}

/// A journal within a scope that the message names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ShortJournal {
    /// Whose.
    pub node: NodeKey,
    /// Which of that node's.
    pub incarnation: Incarnation,
}

impl ShortJournal {
    /// The journal's whole name.
    pub fn in_scope(self, scope: &ScopeName) -> JournalId {
        JournalId { scope: scope.clone(), node: self.node, incarnation: self.incarnation }
    }
}

impl From<&JournalId> for ShortJournal {
    fn from(id: &JournalId) -> Self {
        Self { node: id.node, incarnation: id.incarnation }
    }
}

/// The points up to which the sender holds journals of one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Have {
    /// The scope.
    pub scope: ScopeName,
    /// Whether these are all journals of the scope that the sender holds; otherwise only those that moved.
    pub whole: bool,
    /// Each journal's point.
    pub points: Vec<(ShortJournal, Point)>,
}

/// What the sender asks for: one journal, after a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// The journal.
    pub journal: JournalId,
    /// The sender's own point; seq 0 and a hash of zeros if it has nothing.
    pub after: Point,
    /// Up to which entry, as the receiver announced it.
    pub until: u64,
}

/// Why a want was not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decline {
    /// The sender holds nothing after that point (any more), or may not show it.
    Nothing,
    /// The point asked from is not on the sender's chain.
    OtherChain,
    /// The sender is too busy; ask again later.
    Busy,
}

/// The scopes that the sender holds something of, as far as the receiver may read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scopes {
    /// Which of the 256 buckets (by hash of the scope's name) are listed: one bit each. All bits: the whole list.
    pub buckets: [u8; 32],
    /// Scope, held fingerprint, receipts fingerprint.
    pub items: Vec<(ScopeName, Fingerprint, Fingerprint)>,
}

/// Bytes that are something else inside: a pack, a proof. Spelled as their length and themselves.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Blob(pub Vec<u8>);

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Blob;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

/// Everything that one node says to another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// The first message.
    Hello(Hello),
    /// Statements that show that the sender's key is admitted.
    Proof(Vec<Signed<Statement>>),
    /// The fingerprints again, after statements have changed what is shared, or from time to time.
    Summary(Summary),
    /// A set of statements as 256 bucket hashes.
    Buckets(Set, Vec<Fingerprint>),
    /// The hashes of the statements in some buckets (one bit a bucket).
    Hashes(Set, [u8; 32], Vec<StatementHash>),
    /// Statements that the receiver lacks.
    Statements(Vec<Signed<Statement>>),
    /// Hashes of statements that have just come to the sender.
    Offer(Vec<StatementHash>),
    /// A request for statements.
    Ask(Vec<StatementHash>),
    /// What one [`Message::Ask`] asked for has been sent, as far as it may be.
    StatementsEnd,
    /// The shared scopes as 256 bucket hashes, when there are many.
    ScopeBuckets(Vec<Fingerprint>),
    /// The shared scopes.
    Scopes(Scopes),
    /// Of the scopes in [`Message::Scopes`], those that differ have been told of.
    ScopesEnd,
    /// Points of one scope.
    Have(Have),
    /// Requests for entries.
    Want(Vec<Want>),
    /// Entries that were asked for: one pack (`journal::encode`).
    Pack(Blob),
    /// Entries that their author has just written: their journals, so that they are not asked for elsewhere before the
    /// pack has been opened, and the pack.
    Push(Vec<JournalId>, Blob),
    /// A want that is over without having been met.
    Declined(JournalId, Decline),
    /// The receiver may send this many bytes of packs more.
    Credit(u32),
    /// Receipts newer than those that the receiver has.
    Receipts(Vec<Signed<Receipt>>),
    /// Of one scope, the number and the digest of the newest receipt known of each holder.
    ReceiptNumbers(ScopeName, Vec<(NodeKey, u64, u64)>),
    /// Our point of a journal contradicts yours: send the signed entries from this one on as [`Message::Evidence`].
    Contest(JournalId, u64),
    /// The answer: one pack.
    Evidence(Blob),
    /// Proof that a node wrote two histories under one journal (`journal::ForkProof`).
    Fork(Blob),
    /// Reports of nodes on themselves.
    Beacons(Vec<Signed<Beacon>>),
    /// The last words of a session: a [`crate::CloseCode`], and to a key that was removed the statements that say so.
    Bye(u16, Vec<Signed<Statement>>),
}

/// A point before the first entry.
pub const NOTHING: Point = Point { seq: 0, hash: EntryHash([0; 32]) };

macro_rules! kinds {
    ($($kind:literal $variant:ident ($($field:ident),*) $items:expr;)*) => {
        impl Message {
            /// The number that stands for this kind of message in a frame.
            pub fn kind(&self) -> u8 {
                match self { $(Message::$variant { .. } => $kind,)* }
            }

            fn body(&self) -> Result<Vec<u8>, postcard::Error> {
                match self { $(kinds!(@pattern $variant $($field),*) => postcard::to_stdvec(&($($field,)*)),)* }
            }

            fn items(&self) -> usize {
                match self { $(
                    #[allow(unused_variables, reason = "not every kind has a list")]
                    kinds!(@pattern $variant $($field),*) => $items,
                )* }
            }

            fn from_body(kind: u8, body: &[u8]) -> Result<Option<Self>, WireError> {
                match kind {
                    $($kind => {
                        let ($($field,)*) = strict(kind, body)?;
                        Ok(Some(kinds!(@value $variant $($field),*)))
                    })*
                    OPTIONAL_KIND..MORE => Ok(None),
                    _ => Err(WireError::Kind(kind)),
                }
            }
        }
    };
    (@pattern $variant:ident) => { Message::$variant };
    (@pattern $variant:ident $($field:ident),+) => { Message::$variant($($field),+) };
    (@value $variant:ident) => { Message::$variant };
    (@value $variant:ident $($field:ident),+) => { Message::$variant($($field),+) };
}

kinds! {
    1 Hello(hello) 0;
    2 Proof(list) list.len();
    3 Summary(summary) 0;
    4 Buckets(set, list) list.len();
    5 Hashes(set, buckets, list) list.len();
    6 Offer(list) list.len();
    7 Ask(list) list.len();
    8 Statements(list) list.len();
    9 StatementsEnd() 0;
    10 ScopeBuckets(list) list.len();
    11 Scopes(scopes) scopes.items.len();
    12 ScopesEnd() 0;
    13 Have(have) have.points.len();
    14 Want(list) list.len();
    15 Pack(bytes) 0;
    16 Declined(journal, why) 0;
    17 Credit(bytes) 0;
    18 Receipts(list) list.len();
    19 ReceiptNumbers(scope, list) list.len();
    20 Contest(journal, seq) 0;
    21 Evidence(bytes) 0;
    22 Fork(proof) 0;
    23 Beacons(list) list.len();
    24 Bye(code, list) list.len();
    25 Push(journals, bytes) journals.len();
}

// A number could be padded; hashes of messages are never taken, so only trailing bytes are worth a look.
fn strict<T: Serialize + DeserializeOwned>(kind: u8, body: &[u8]) -> Result<T, WireError> {
    let (value, rest) = postcard::take_from_bytes::<T>(body).map_err(|_| WireError::Decode(kind))?;
    if rest.is_empty() { Ok(value) } else { Err(WireError::Decode(kind)) }
}

/// The frames of one message, in order. Each is at most 64 KiB.
pub fn encode(message: &Message) -> Vec<Vec<u8>> {
    #[expect(clippy::expect_used, reason = "plain data encodes; a type that does not is our mistake")]
    let body = message.body().expect("plain data encodes");
    let parts = body.len().div_ceil(FRAME_BODY_BYTES_MAX).max(1);
    (0..parts)
        .map(|part| {
            let slice = &body[part * FRAME_BODY_BYTES_MAX..body.len().min((part + 1) * FRAME_BODY_BYTES_MAX)];
            let more = if part + 1 < parts { MORE } else { 0 };
            let mut frame = Vec::with_capacity(FRAME_HEAD_BYTES + slice.len());
            frame.push(message.kind() | more);
            frame.extend_from_slice(&(slice.len() as u16).to_le_bytes());
            frame.extend_from_slice(slice);
            frame
        })
        .collect()
}

/// One message from the body of its frames, put together; `None` for a kind that may be passed over.
///
/// # Errors
/// When the bytes are no message within `limits`.
pub fn decode(kind: u8, body: &[u8], limits: &Limits) -> Result<Option<Message>, WireError> {
    if body.len() > limits.message_bytes_max {
        return Err(WireError::TooLong { kind, bytes_max: limits.message_bytes_max });
    }
    let message = Message::from_body(kind, body)?;
    match message.as_ref().map_or(0, Message::items) {
        items if items > limits.items_max => Err(WireError::TooMany { kind, items }),
        _ => Ok(message),
    }
}

/// Puts a session's bytes together to messages: feed it what came, take what is whole.
#[derive(Debug)]
pub struct Assembler {
    limits: Limits,
    bytes: Vec<u8>,
    /// How much of `bytes` has been taken.
    taken: usize,
    parts: BTreeMap<u8, Vec<u8>>,
    parts_bytes: usize,
}

impl Assembler {
    /// An assembler for one session.
    pub fn new(limits: Limits) -> Self {
        Self { limits, bytes: Vec::new(), taken: 0, parts: BTreeMap::new(), parts_bytes: 0 }
    }

    /// Takes bytes as they came. Call [`Assembler::next`] until it gives `None` before the next push, so that no more
    /// than one frame waits here.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message.
    ///
    /// # Errors
    /// When the bytes are no messages. The session cannot go on.
    #[expect(clippy::should_implement_trait, reason = "it may end with an error, and go on after `None`")]
    pub fn next(&mut self) -> Result<Option<Message>, WireError> {
        loop {
            let rest = &self.bytes[self.taken..];
            let &[head, low, high, ref rest @ ..] = rest else { return Ok(None) };
            let length = usize::from(u16::from_le_bytes([low, high]));
            let Some(body) = rest.get(..length) else { return Ok(None) };
            self.taken += FRAME_HEAD_BYTES + length;
            let kind = head & !MORE;
            let so_far = self.parts.get(&kind).map_or(0, Vec::len);
            let too_long = |bytes_max| WireError::TooLong { kind, bytes_max };
            if so_far + length > self.limits.message_bytes_max {
                return Err(too_long(self.limits.message_bytes_max));
            }
            if head & MORE != 0 {
                if self.parts_bytes + length > self.limits.partial_bytes_max {
                    return Err(too_long(self.limits.partial_bytes_max));
                }
                // A part without bytes would be taken for ever without end.
                if length == 0 {
                    return Err(WireError::Decode(kind));
                }
                self.parts_bytes += length;
                self.parts.entry(kind).or_default().extend_from_slice(body);
                continue;
            }
            let message = match self.parts.remove(&kind) {
                Some(mut whole) => {
                    self.parts_bytes -= whole.len();
                    whole.extend_from_slice(body);
                    decode(kind, &whole, &self.limits)?
                }
                None => decode(kind, body, &self.limits)?,
            };
            if let Some(message) = message {
                return Ok(Some(message));
            }
        }
    }
}
