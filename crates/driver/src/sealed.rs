//! The outside of a sealed file: who made it, for whom, and a content key that only those open.
//!
//! ```text
//! magic (8)  version (1)  head length (4, little-endian)  head (postcard, signed by its maker)  the rest
//! ```

use std::io::{self, Read};

use identity::{Domain, NodeKey, NodeSecret, SealKey, Signed};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A kind of sealed file.
pub(crate) struct Sort {
    pub(crate) magic: &'static [u8; 8],
    /// The one that is written; each from the first on is read.
    pub(crate) version: u8,
    /// What the maker's signature is for.
    pub(crate) domain: Domain,
    /// What the content key is sealed for.
    pub(crate) purpose: &'static [u8],
    pub(crate) head_bytes_max: usize,
}

/// Why the outside of a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outside {
    /// Some other file.
    Foreign,
    /// Made by a newer version of the program.
    Version(u8),
    /// Cut short or changed on the way.
    Damaged,
}

/// A content key, sealed to each of those who may open it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeyFor(Vec<(NodeKey, Vec<u8>)>);

impl Sort {
    /// Draws a content key and seals it. `randomness` must be fresh. `None` when somebody's sealing key is unusable.
    pub(crate) fn key_for(&self, to: &[(NodeKey, SealKey)], randomness: [u8; 32]) -> Option<([u8; 32], KeyFor)> {
        let key = blake3::derive_key("simpul content key v1", &randomness);
        let mut keys = Vec::new();
        for (index, (node, seal_key)) in to.iter().enumerate() {
            let fresh = *blake3::keyed_hash(&randomness, &index.to_le_bytes()).as_bytes();
            keys.push((*node, identity::seal(seal_key, self.purpose, &key, fresh).ok()?));
        }
        Some((key, KeyFor(keys)))
    }

    /// The content key, for one of those to whom it is sealed.
    pub(crate) fn open_key(&self, secret: &NodeSecret, keys: &KeyFor) -> Option<[u8; 32]> {
        let own = secret.node_key();
        let (_, sealed) = keys.0.iter().find(|(node, _)| *node == own)?;
        identity::open(secret, self.purpose, sealed).ok()?.try_into().ok()
    }

    /// Everything before the rest.
    pub(crate) fn write<H: Serialize + DeserializeOwned>(&self, secret: &NodeSecret, head: &H) -> Vec<u8> {
        #[expect(clippy::expect_used, reason = "plain data encodes")]
        let head = postcard::to_stdvec(&Signed::new(secret, self.domain, head)).expect("plain data encodes");
        let length = (head.len() as u32).to_le_bytes();
        [&self.magic[..], &[self.version], &length, &head].concat()
    }

    /// Reads what [`Sort::write`] wrote, up to where the rest begins: the maker, the head and the version.
    pub(crate) fn read<H: Serialize + DeserializeOwned>(
        &self,
        file: &mut impl Read,
    ) -> Result<(NodeKey, H, u8), Outside> {
        let mut magic = [0; 8];
        exactly(file, &mut magic, Outside::Foreign)?;
        if magic != *self.magic {
            return Err(Outside::Foreign);
        }
        let (mut version, mut length) = ([0], [0; 4]);
        exactly(file, &mut version, Outside::Damaged)?;
        if !(1..=self.version).contains(&version[0]) {
            return Err(Outside::Version(version[0]));
        }
        exactly(file, &mut length, Outside::Damaged)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > self.head_bytes_max {
            return Err(Outside::Damaged);
        }
        let mut head = vec![0; length];
        exactly(file, &mut head, Outside::Damaged)?;
        let signed: Signed<H> = postcard::from_bytes(&head).map_err(|_| Outside::Damaged)?;
        let head = signed.verify(self.domain).map_err(|_| Outside::Damaged)?;
        Ok((signed.author, head, version[0]))
    }
}

fn exactly(file: &mut impl Read, bytes: &mut [u8], short: Outside) -> Result<(), Outside> {
    file.read_exact(bytes).map_err(|error: io::Error| {
        tracing::debug!(%error, "a sealed file ends early");
        short
    })
}
