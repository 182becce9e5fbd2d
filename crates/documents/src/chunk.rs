//! Change chunks as Automerge writes them: taken apart for the journal, put together again for Automerge.
use identity::ChangeHash;

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

/// Takes a raw chunk apart. Nothing but a plain, whole change chunk with a right checksum passes.
pub fn take_apart(_raw: &[u8]) -> Result<Parts, ChunkError> {
    todo!()
}

/// Puts a chunk together again: its bytes and its hash. `deps` may come in any order.
pub fn put_together(
    _body: &[u8],
    _deps: &[ChangeHash],
    _actor: &[u8; 16],
    _others: &[[u8; 16]],
) -> Result<(Vec<u8>, ChangeHash), ChunkError> {
    todo!()
}
