//! Sealed files for a stick: what one node would send to an office, for the nodes of that office alone.
//!
//! The rest of the file (see [`crate::sealed`]) is the content under ChaCha20-Poly1305. Its hash stands in the signed
//! head, so that a bundle that was changed on the way is refused whole.

use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce, aead::Aead};
use identity::{Domain, NetworkId, NodeKey, NodeSecret, SealKey};
use serde::{Deserialize, Serialize};

use crate::sealed::{KeyFor, Outside, Sort};

const VERSION: u8 = 1;

const BUNDLE: Sort = Sort {
    magic: b"SIMPULBN",
    version: VERSION,
    domain: Domain::Bundle,
    purpose: b"simpul bundle v1",
    head_bytes_max: 64 * 1024,
};

/// Why a bundle was not made or taken in. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Some other file.
    #[error("this file is no bundle")]
    Foreign,
    /// Made by a newer version of the program.
    #[error("this bundle has version {0}; this program reads version {VERSION}")]
    Version(u8),
    /// Cut short or changed on the way.
    #[error("this bundle is damaged or not complete")]
    Damaged,
    /// Of another network.
    #[error("this bundle belongs to network {}, not to this node's", .0.short())]
    OtherNetwork(NetworkId),
    /// Sealed to other nodes.
    #[error("this bundle is sealed to another office's nodes")]
    NotForUs,
    /// The office has no node that could open it.
    #[error("that office has no node that could open a bundle")]
    NoAddressee,
    /// The charter here does not admit the node that made it.
    #[error("node {} made this bundle, and no statement held here admits it", .0.short())]
    Stranger(NodeKey),
    /// A sealing key of an addressee is unusable.
    #[error("a sealing key of the receiving office is unusable")]
    Key,
    /// What is inside is no messages, or the node does not take them.
    #[error("the content of this bundle is not accepted")]
    Content,
}

impl From<Outside> for BundleError {
    fn from(outside: Outside) -> Self {
        match outside {
            Outside::Foreign => Self::Foreign,
            Outside::Version(version) => Self::Version(version),
            Outside::Damaged => Self::Damaged,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    network: NetworkId,
    keys: KeyFor,
    body_hash: [u8; 32],
}

/// Seals `content` to these nodes. `randomness` must be fresh.
///
/// # Errors
/// When there is no node to seal to, or one of their keys is unusable.
pub fn seal(
    secret: &NodeSecret,
    network: NetworkId,
    to: &[(NodeKey, SealKey)],
    content: &[u8],
    randomness: [u8; 32],
) -> Result<Vec<u8>, BundleError> {
    if to.is_empty() {
        return Err(BundleError::NoAddressee);
    }
    let (key, keys) = BUNDLE.key_for(to, randomness).ok_or(BundleError::Key)?;
    // The key is used once, so its nonce may be fixed.
    let cipher = ChaCha20Poly1305::new(&key.into());
    let body = cipher.encrypt(&Nonce::default(), content).map_err(|_| BundleError::Damaged)?;
    let head = Head { network, keys, body_hash: *blake3::hash(&body).as_bytes() };
    Ok([BUNDLE.write(secret, &head), body].concat())
}

/// Opens a bundle: who made it, and its content. Whether that node may say anything is not asked here.
///
/// # Errors
/// When it is no bundle for this node in this network, or not as it was made.
pub fn open(secret: &NodeSecret, network: NetworkId, bytes: &[u8]) -> Result<(NodeKey, Vec<u8>), BundleError> {
    let mut rest = bytes;
    let (from, head, _) = BUNDLE.read::<Head>(&mut rest)?;
    if *blake3::hash(rest).as_bytes() != head.body_hash {
        return Err(BundleError::Damaged);
    }
    if head.network != network {
        return Err(BundleError::OtherNetwork(head.network));
    }
    let key = BUNDLE.open_key(secret, &head.keys).ok_or(BundleError::NotForUs)?;
    let content = ChaCha20Poly1305::new(&key.into()).decrypt(&Nonce::default(), rest);
    Ok((from, content.map_err(|_| BundleError::Damaged)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: NetworkId = NetworkId([7; 32]);

    fn node(n: u8) -> NodeSecret {
        NodeSecret::from_seed([n; 32])
    }

    fn made() -> Vec<u8> {
        let regency = node(2);
        seal(&node(1), NETWORK, &[(regency.node_key(), regency.seal_key())], b"pages", [9; 32]).unwrap()
    }

    #[test]
    fn the_addressee_reads_it_and_knows_who_made_it() {
        assert_eq!(open(&node(2), NETWORK, &made()), Ok((node(1).node_key(), b"pages".to_vec())));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let table: [(&str, Vec<u8>, NodeSecret, NetworkId, BundleError); 6] = [
            ("another office", made(), node(3), NETWORK, BundleError::NotForUs),
            ("another network", made(), node(2), NetworkId([8; 32]), BundleError::OtherNetwork(NETWORK)),
            ("another file", b"PK\x03\x04".to_vec(), node(2), NETWORK, BundleError::Foreign),
            ("nothing", Vec::new(), node(2), NETWORK, BundleError::Foreign),
            ("cut short", made()[..made().len() - 1].to_vec(), node(2), NETWORK, BundleError::Damaged),
            (
                "a newer version",
                made().iter().enumerate().map(|(i, b)| if i == 8 { 9 } else { *b }).collect(),
                node(2),
                NETWORK,
                BundleError::Version(9),
            ),
        ];
        for (what, bytes, secret, network, expected) in table {
            assert_eq!(open(&secret, network, &bytes), Err(expected), "{what}");
        }
    }

    #[test]
    fn no_changed_byte_goes_unnoticed() {
        let good = made();
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 0x20;
            assert!(open(&node(2), NETWORK, &bytes).is_err(), "byte {at}");
        }
    }

    #[test]
    fn an_office_without_nodes_gets_none() {
        assert_eq!(seal(&node(1), NETWORK, &[], b"", [9; 32]), Err(BundleError::NoAddressee));
    }

    #[test]
    fn golden_bytes() {
        let made = data_encoding::HEXLOWER.encode(&made());
        assert_eq!(made, include_str!("bundle.golden.txt").trim());
    }
}
