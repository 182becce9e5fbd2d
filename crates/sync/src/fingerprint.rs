//! Fingerprints: short hashes that stand for sets.

use crate::wire::Fingerprint;

/// A hash in the making, over parts of fixed length or with their length in front.
pub(crate) struct Hash {
    hasher: blake3::Hasher,
    empty: bool,
}

impl Hash {
    /// Starts a hash for one purpose.
    pub(crate) fn new(context: &str) -> Self {
        Self { hasher: blake3::Hasher::new_derive_key(context), empty: true }
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.hasher.update(&(bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
        self.empty = false;
        self
    }

    pub(crate) fn number(mut self, number: u64) -> Self {
        self.hasher.update(&number.to_le_bytes());
        self.empty = false;
        self
    }

    /// The fingerprint.
    pub(crate) fn finish(self) -> Fingerprint {
        let mut bytes = [0; 16];
        self.hasher.finalize_xof().fill(&mut bytes);
        Fingerprint(bytes)
    }

    /// The fingerprint; zero if nothing was hashed, so that what is not there need not be named.
    pub(crate) fn finish_or_zero(self) -> Fingerprint {
        if self.empty { Fingerprint::default() } else { self.finish() }
    }
}

/// Which of 256 buckets a scope belongs to.
pub(crate) fn scope_bucket(scope: &identity::ScopeName) -> u8 {
    Hash::new("simpul scope bucket v1").bytes(scope.as_str().as_bytes()).finish().0[0]
}

/// 256 bits, one a bucket.
pub(crate) fn bits(buckets: impl IntoIterator<Item = u8>) -> [u8; 32] {
    let mut bits = [0; 32];
    for bucket in buckets {
        bits[usize::from(bucket / 8)] |= 1 << (bucket % 8);
    }
    bits
}

/// Whether this bucket's bit is set.
pub(crate) fn has_bit(bits: &[u8; 32], bucket: u8) -> bool {
    bits[usize::from(bucket / 8)] & (1 << (bucket % 8)) != 0
}

/// The buckets in which two lists differ.
pub(crate) fn differing(ours: &[Fingerprint], theirs: &[Fingerprint]) -> [u8; 32] {
    bits((0..=255).zip(ours.iter().zip(theirs)).filter(|(_, (a, b))| a != b).map(|(bucket, _)| bucket))
}
