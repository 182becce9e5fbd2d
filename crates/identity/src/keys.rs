//! A node's secrets, and signatures bound to what they are for.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use zeroize::ZeroizeOnDrop;

use crate::{NodeKey, SealKey, Signature};

/// What a signature is for. It is signed with the message, so that no signature can be shown as another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// A node's request to join.
    Request,
    /// A statement of the charter.
    Statement,
    /// A node's word over a point of its own journal.
    Checkpoint,
    /// A node's word that it holds points of others durably.
    Receipt,
    /// A node's report on itself.
    Beacon,
    /// The head of a sealed bundle.
    Bundle,
    /// The head of a backup.
    Backup,
    /// A party's word on one version of an agreement.
    Ratification,
}

impl Domain {
    fn prefix(self) -> &'static [u8] {
        match self {
            Domain::Request => b"simpul request v1\0",
            Domain::Statement => b"simpul statement v1\0",
            Domain::Checkpoint => b"simpul checkpoint v1\0",
            Domain::Receipt => b"simpul receipt v1\0",
            Domain::Beacon => b"simpul beacon v1\0",
            Domain::Bundle => b"simpul bundle v1\0",
            Domain::Backup => b"simpul backup v1\0",
            Domain::Ratification => b"simpul ratification v1\0",
        }
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        [self.prefix(), bytes].concat()
    }
}

/// The two private keys of one node, both derived from one 32-byte secret. They never leave the machine.
#[derive(Clone, ZeroizeOnDrop)]
pub struct NodeSecret {
    seed: [u8; 32],
    #[zeroize(skip)]
    signing: SigningKey,
}

impl std::fmt::Debug for NodeSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NodeSecret({}, ..)", self.node_key().short())
    }
}

impl NodeSecret {
    /// The keys of this secret. For a new node, `seed` is 32 bytes of the operating system's randomness.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(&blake3::derive_key("simpul node signing key v1", &seed));
        Self { seed, signing }
    }

    /// The secret to write to the key file.
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The public key that names this node.
    pub fn node_key(&self) -> NodeKey {
        NodeKey(self.signing.verifying_key().to_bytes())
    }

    /// The public key that others seal to.
    pub fn seal_key(&self) -> SealKey {
        crate::seal::public_key(&self.seal_seed())
    }

    pub(crate) fn seal_seed(&self) -> [u8; 32] {
        blake3::derive_key("simpul node sealing key v1", &self.seed)
    }

    /// The Ed25519 private key as PKCS#8 DER, for TLS alone.
    pub fn signing_key_pkcs8(&self) -> zeroize::Zeroizing<Vec<u8>> {
        // RFC 8410 §7: a PrivateKeyInfo of version 0 for id-Ed25519 with the 32 bytes as a nested OCTET STRING.
        const PREFIX: [u8; 16] =
            [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        zeroize::Zeroizing::new([&PREFIX[..], &self.signing.to_bytes()].concat())
    }

    /// A secret for one purpose of this node, different for each `context`.
    pub fn derive(&self, context: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("simpul node derived secret v1");
        hasher.update(&self.seed);
        hasher.update(context.as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// Signs `message` for one purpose.
    pub fn sign(&self, domain: Domain, message: &[u8]) -> Signature {
        Signature(self.signing.sign(&domain.message(message)).to_bytes())
    }
}

/// Whether `key` signed `message` for this purpose.
///
/// Strict (RFC 8032 with small-order keys refused), so that every node gives the same answer.
#[must_use]
pub fn verify(key: NodeKey, domain: Domain, message: &[u8], signature: &Signature) -> bool {
    VerifyingKey::from_bytes(&key.0).is_ok_and(|key| {
        key.verify_strict(&domain.message(message), &ed25519_dalek::Signature::from_bytes(&signature.0)).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_counts_for_its_key_its_message_and_its_purpose_only() {
        let [kuripan, wonosobo] = [1, 2].map(|n| NodeSecret::from_seed([n; 32]));
        let signature = kuripan.sign(Domain::Receipt, b"held");
        assert!(verify(kuripan.node_key(), Domain::Receipt, b"held", &signature));
        assert!(!verify(kuripan.node_key(), Domain::Beacon, b"held", &signature));
        assert!(!verify(kuripan.node_key(), Domain::Receipt, b"hold", &signature));
        assert!(!verify(wonosobo.node_key(), Domain::Receipt, b"held", &signature));
    }

    #[test]
    fn a_key_that_is_no_point_verifies_nothing() {
        let signature = NodeSecret::from_seed([1; 32]).sign(Domain::Receipt, b"held");
        assert!(!verify(NodeKey([0; 32]), Domain::Receipt, b"held", &signature));
        assert!(!verify(NodeKey([0xff; 32]), Domain::Receipt, b"held", &signature));
    }

    #[test]
    fn the_same_seed_gives_the_same_node() {
        let secret = NodeSecret::from_seed([9; 32]);
        assert_eq!(secret.node_key().to_string(), NodeSecret::from_seed([9; 32]).node_key().to_string());
        assert_ne!(secret.seal_key().0, secret.node_key().0);
    }

    #[test]
    fn a_secret_does_not_print() {
        let text = format!("{:?}", NodeSecret::from_seed([9; 32]));
        assert!(text.ends_with(", ..)"), "{text}");
    }
}
