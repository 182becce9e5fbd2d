//! Sealing bytes to a node: HPKE (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305, base mode.
//!
//! Who sealed is not proven by the seal; what is sealed carries its own signatures.

use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use crate::{NodeSecret, SealKey};

/// What a seal adds to the sealed bytes: the encapsulated key and the tag.
const OVERHEAD_BYTES: usize = 32 + 16;

/// Why sealed bytes could not be made or opened. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key to seal to is no X25519 public key.
    #[error("the sealing key is not a usable X25519 key")]
    Key,
    /// Sealed to another key, for another purpose, or damaged: these cannot be told apart.
    #[error("sealed to another node or damaged")]
    Open,
}

pub(crate) fn public_key(seal_seed: &[u8; 32]) -> SealKey {
    let (_, public) = X25519HkdfSha256::derive_keypair(seal_seed);
    SealKey(public.to_bytes().into())
}

/// Seals `plain` to the holder of `to`, for one `purpose` (not secret; the opener names the same). `randomness` must
/// be fresh.
pub fn seal(to: &SealKey, purpose: &[u8], plain: &[u8], randomness: [u8; 32]) -> Result<Vec<u8>, SealError> {
    let key = <X25519HkdfSha256 as hpke::Kem>::PublicKey::from_bytes(&to.0).map_err(|_| SealError::Key)?;
    let mut rng = ChaCha20Rng::from_seed(randomness);
    let (encapsulated, mut context) = hpke::setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &key,
        purpose,
        &mut rng,
    )
    .map_err(|_| SealError::Key)?;
    let sealed = context.seal(plain, b"").map_err(|_| SealError::Key)?;
    Ok([encapsulated.to_bytes().as_slice(), &sealed].concat())
}

/// Opens what was sealed to this node for the same `purpose`.
pub fn open(secret: &NodeSecret, purpose: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    if sealed.len() < OVERHEAD_BYTES {
        return Err(SealError::Open);
    }
    let (encapsulated, sealed) = sealed.split_at(32);
    let encapsulated =
        <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| SealError::Open)?;
    let (private, _) = X25519HkdfSha256::derive_keypair(&secret.seal_seed());
    hpke::setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &private,
        &encapsulated,
        purpose,
    )
    .and_then(|mut context| context.open(sealed, b""))
    .map_err(|_| SealError::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_addressee_opens_and_only_for_the_purpose() {
        let [village, regency] = [1, 2].map(|n| NodeSecret::from_seed([n; 32]));
        let sealed = seal(&regency.seal_key(), b"bundle", b"pages", [7; 32]).unwrap();
        assert_eq!(open(&regency, b"bundle", &sealed).unwrap(), b"pages");
        assert_eq!(open(&village, b"bundle", &sealed), Err(SealError::Open));
        assert_eq!(open(&regency, b"backup", &sealed), Err(SealError::Open));
    }

    #[test]
    fn short_and_damaged_bytes_are_refused() {
        let node = NodeSecret::from_seed([1; 32]);
        let mut sealed = seal(&node.seal_key(), b"", b"", [7; 32]).unwrap();
        assert_eq!(sealed.len(), OVERHEAD_BYTES);
        assert_eq!(open(&node, b"", &sealed[..OVERHEAD_BYTES - 1]), Err(SealError::Open));
        sealed[40] ^= 1;
        assert_eq!(open(&node, b"", &sealed), Err(SealError::Open));
    }
}
