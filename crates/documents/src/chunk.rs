//! Change chunks as Automerge writes them: taken apart for the journal, put together again for Automerge.
//!
//! ```text
//! 85 6f 4a 83 · checksum (4) · type 1 · length │ deps · actor · seq · start op · time · message · other actors · columns
//! ```
//! A journal stores neither checksum nor dependency hashes nor actor ids: its reader has them all.
//!
//! Compressed chunks are none to us: Automerge's `raw_bytes()` never compresses, and what is not written needs no
//! inflating.

use identity::ChangeHash;
use sha2::{Digest, Sha256};

use crate::leb::{Reader, write_signed, write_unsigned};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const TYPE_CHANGE: u8 = 1;
const ACTOR_BYTES: u8 = 16;

/// Why bytes are not a plain change chunk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no plain change chunk: {0}")]
pub struct ChunkError(pub &'static str);

/// A change chunk without what its reader can put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Automerge's hash of the change.
    pub hash: ChangeHash,
    /// The changes that it builds on, in ascending order.
    pub deps: Vec<ChangeHash>,
    /// The actor that wrote it.
    pub actor: [u8; 16],
    /// The other actors that its operations name, in the chunk's own order.
    pub others: Vec<[u8; 16]>,
    /// The rest: seq, first operation, time, message, columns.
    pub body: Vec<u8>,
}

/// The part of a body before the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    /// The change's number among its actor's, from 1.
    pub(crate) seq: u64,
    /// The counter of its first operation, from 1.
    pub(crate) start_op: u64,
    /// Automerge's own clock field.
    pub(crate) time: i64,
    /// Automerge's own message field.
    pub(crate) message: &'a [u8],
    /// Where the columns begin in the body.
    pub(crate) columns_at: usize,
}

impl<'a> Head<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, ChunkError> {
        let mut reader = Reader::new(body);
        Self::read_from(&mut reader).ok_or(ChunkError("its head is malformed"))
    }

    fn read_from(reader: &mut Reader<'a>) -> Option<Self> {
        let seq = reader.unsigned()?;
        let start_op = reader.unsigned().filter(|op| *op > 0)?;
        let time = reader.signed()?;
        let length = reader.unsigned()?;
        let message = reader.take(length)?;
        Some(Self { seq, start_op, time, message, columns_at: reader.at() })
    }
}

/// The head of a body as this version writes it: no time, no message.
pub(crate) fn write_head(out: &mut Vec<u8>, seq: u64, start_op: u64) {
    write_unsigned(out, seq);
    write_unsigned(out, start_op);
    write_signed(out, 0);
    write_unsigned(out, 0);
}

/// Takes a raw chunk apart. Nothing but a plain, whole change chunk with a right checksum passes.
///
/// # Errors
/// Says what is not as it should be; the columns are not looked into.
pub fn take_apart(raw: &[u8]) -> Result<Parts, ChunkError> {
    let mut reader = Reader::new(raw);
    let cut_short = ChunkError("it is cut short");
    if reader.array() != Some(MAGIC) {
        return Err(ChunkError("it does not begin like one"));
    }
    let checksum: [u8; 4] = reader.array().ok_or(cut_short.clone())?;
    if reader.byte() != Some(TYPE_CHANGE) {
        return Err(ChunkError("it is a document, a bundle or compressed"));
    }
    let length = reader.unsigned().ok_or(cut_short.clone())?;
    let data = reader.take(length).ok_or(cut_short)?;
    if !reader.is_empty() {
        return Err(ChunkError("something follows it"));
    }
    let hash = hash_of(&[data]);
    if hash.0[..4] != checksum {
        return Err(ChunkError("its checksum is wrong"));
    }
    let (deps, actor, head, others, columns) = split(data).ok_or(ChunkError("its parts are malformed"))?;
    let mut body = Vec::with_capacity(head.len() + columns.len());
    body.extend_from_slice(head);
    body.extend_from_slice(columns);
    Ok(Parts { hash, deps, actor, others, body })
}

type Split<'a> = (Vec<ChangeHash>, [u8; 16], &'a [u8], Vec<[u8; 16]>, &'a [u8]);

fn split(data: &[u8]) -> Option<Split<'_>> {
    let mut reader = Reader::new(data);
    // A count is believed as far as the bytes are there.
    let count = reader.unsigned()?;
    let deps = reader.take(count.checked_mul(32)?)?;
    let deps: Vec<ChangeHash> =
        deps.chunks_exact(32).map(|hash| Some(ChangeHash(hash.try_into().ok()?))).collect::<Option<_>>()?;
    if !deps.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let actor = |reader: &mut Reader<'_>| {
        reader.byte().filter(|length| *length == ACTOR_BYTES)?;
        reader.array::<16>()
    };
    let author = actor(&mut reader)?;
    let from = reader.at();
    Head::read_from(&mut reader)?;
    let head = &data[from..reader.at()];
    let count = reader.unsigned()?;
    if count > reader.rest().len() as u64 / 17 {
        return None;
    }
    let others = (0..count).map(|_| actor(&mut reader)).collect::<Option<Vec<_>>>()?;
    Some((deps, author, head, others, reader.rest()))
}

/// Puts a chunk together again: its bytes and its hash. `deps` may come in any order; a chunk has them ascending.
///
/// # Errors
/// When the body's head is malformed; the columns are not looked into.
pub fn put_together(
    body: &[u8],
    deps: &[ChangeHash],
    actor: &[u8; 16],
    others: &[[u8; 16]],
) -> Result<(Vec<u8>, ChangeHash), ChunkError> {
    let columns_at = Head::read(body)?.columns_at;
    let data = data_of(body, columns_at, deps, actor, others.iter());
    let hash = hash_of(&[&data]);
    let mut raw = Vec::with_capacity(data.len() + 19);
    raw.extend_from_slice(&MAGIC);
    raw.extend_from_slice(&hash.0[..4]);
    raw.push(TYPE_CHANGE);
    write_unsigned(&mut raw, data.len() as u64);
    raw.extend_from_slice(&data);
    Ok((raw, hash))
}

/// The hash of the chunk and its length, without building it.
pub(crate) fn hash_and_len<'a>(
    body: &[u8],
    columns_at: usize,
    deps: &[ChangeHash],
    actor: &[u8; 16],
    others: impl ExactSizeIterator<Item = &'a [u8; 16]>,
) -> (ChangeHash, usize) {
    let data = data_of(body, columns_at, deps, actor, others);
    (hash_of(&[&data]), data.len() + 13)
}

fn data_of<'a>(
    body: &[u8],
    columns_at: usize,
    deps: &[ChangeHash],
    actor: &[u8; 16],
    others: impl ExactSizeIterator<Item = &'a [u8; 16]>,
) -> Vec<u8> {
    let mut data = Vec::with_capacity(body.len() + 32 * deps.len() + 17 * others.len() + 40);
    write_unsigned(&mut data, deps.len() as u64);
    let deps_at = data.len();
    for dep in deps {
        data.extend_from_slice(&dep.0);
    }
    if !deps.is_sorted() {
        let mut sorted = deps.to_vec();
        sorted.sort_unstable();
        data.truncate(deps_at);
        sorted.iter().for_each(|dep| data.extend_from_slice(&dep.0));
    }
    data.push(ACTOR_BYTES);
    data.extend_from_slice(actor);
    data.extend_from_slice(&body[..columns_at]);
    write_unsigned(&mut data, others.len() as u64);
    for other in others {
        data.push(ACTOR_BYTES);
        data.extend_from_slice(other);
    }
    data.extend_from_slice(&body[columns_at..]);
    data
}

fn hash_of(data: &[&[u8]]) -> ChangeHash {
    let mut prefix = vec![TYPE_CHANGE];
    write_unsigned(&mut prefix, data.iter().map(|part| part.len() as u64).sum());
    let mut hasher = Sha256::new();
    hasher.update(&prefix);
    for part in data {
        hasher.update(part);
    }
    ChangeHash(hasher.finalize().into())
}
