//! Sealed files for a stick: what one node would send to an office, for the nodes of that office alone.
//!
//! ```text
//! magic (8)  version (1)  header length (4, little-endian)  header (postcard)  signature (64)  body
//! header     the maker's key, the network, for each addressee the content key sealed to it (HPKE)
//! body       ChaCha20-Poly1305 under the content key, with everything before it as associated data
//! ```
//!
//! The maker's signature covers header and body, so that a bundle that was changed on the way is refused whole.

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use identity::{Domain, NetworkId, NodeKey, NodeSecret, SealKey, Signature, verify};
use serde::{Deserialize, Serialize};

const MAGIC: &[u8; 8] = b"SIMPULBN";
const VERSION: u8 = 1;
const HEADER_BYTES_MAX: usize = 64 * 1024;
const PURPOSE: &[u8] = b"simpul bundle v1";

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

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    from: NodeKey,
    network: NetworkId,
    keys: Vec<(NodeKey, Vec<u8>)>,
    body_hash: [u8; 32],
}

/// Seals `content` to these nodes. `randomness` must be fresh.
pub(crate) fn seal(
    secret: &NodeSecret,
    network: NetworkId,
    to: &[(NodeKey, SealKey)],
    content: &[u8],
    randomness: [u8; 32],
) -> Result<Vec<u8>, BundleError> {
    if to.is_empty() {
        return Err(BundleError::NoAddressee);
    }
    let key = blake3::derive_key("simpul bundle content key v1", &randomness);
    let mut keys = Vec::new();
    for (index, (node, seal_key)) in to.iter().enumerate() {
        let fresh = *blake3::keyed_hash(&randomness, &index.to_le_bytes()).as_bytes();
        keys.push((*node, identity::seal(seal_key, PURPOSE, &key, fresh).map_err(|_| BundleError::Key)?));
    }
    // The key is used once, so its nonce may be fixed.
    let cipher = ChaCha20Poly1305::new(&key.into());
    let aad = [&secret.node_key().0[..], &network.0].concat();
    let body =
        cipher.encrypt(&Nonce::default(), Payload { msg: content, aad: &aad }).map_err(|_| BundleError::Damaged)?;
    let header = Header { from: secret.node_key(), network, keys, body_hash: *blake3::hash(&body).as_bytes() };
    let header = postcard::to_stdvec(&header).map_err(|_| BundleError::Damaged)?;
    let signature = secret.sign(Domain::Bundle, &header);
    let length = (header.len() as u32).to_le_bytes();
    Ok([&MAGIC[..], &[VERSION], &length, &header, &signature.0, &body].concat())
}

/// Opens a bundle: who made it, and its content.
pub(crate) fn open(secret: &NodeSecret, network: NetworkId, bytes: &[u8]) -> Result<(NodeKey, Vec<u8>), BundleError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(BundleError::Foreign)?;
    let (&version, rest) = rest.split_first().ok_or(BundleError::Damaged)?;
    if version != VERSION {
        return Err(BundleError::Version(version));
    }
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(BundleError::Damaged)?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > HEADER_BYTES_MAX {
        return Err(BundleError::Damaged);
    }
    let (encoded, rest) = rest.split_at_checked(length).ok_or(BundleError::Damaged)?;
    let (signature, body) = rest.split_first_chunk::<64>().ok_or(BundleError::Damaged)?;
    let header: Header = postcard::from_bytes(encoded).map_err(|_| BundleError::Damaged)?;
    if !verify(header.from, Domain::Bundle, encoded, &Signature(*signature))
        || *blake3::hash(body).as_bytes() != header.body_hash
    {
        return Err(BundleError::Damaged);
    }
    if header.network != network {
        return Err(BundleError::OtherNetwork(header.network));
    }
    let own = secret.node_key();
    let (_, sealed) = header.keys.iter().find(|(node, _)| *node == own).ok_or(BundleError::NotForUs)?;
    let key: [u8; 32] = identity::open(secret, PURPOSE, sealed)
        .ok()
        .and_then(|key| key.try_into().ok())
        .ok_or(BundleError::NotForUs)?;
    let aad = [&header.from.0[..], &network.0].concat();
    let content = ChaCha20Poly1305::new(&key.into())
        .decrypt(&Nonce::default(), Payload { msg: body, aad: &aad })
        .map_err(|_| BundleError::Damaged)?;
    Ok((header.from, content))
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
}
