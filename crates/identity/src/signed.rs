//! A value with the signature of the node that says it, kept as the very bytes that were signed.

use std::{marker::PhantomData, sync::Arc};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Domain, NodeKey, NodeSecret, Signature, verify};

/// Bytes that some node is said to have signed: what travels and what is stored. Not yet checked: see [`Signed::verify`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Signed<T> {
    /// The node that is said to have signed.
    pub author: NodeKey,
    bytes: Arc<[u8]>,
    signature: Signature,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

/// Why signed bytes are worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    /// Nobody, or somebody else, signed these bytes.
    #[error("the signature of node {} does not fit", .0.short())]
    Signature(NodeKey),
    /// The signed bytes are not the one spelling of a value of this kind.
    #[error("the signed bytes of node {} do not decode", .0.short())]
    Decode(NodeKey),
}

impl<T: Serialize + DeserializeOwned> Signed<T> {
    /// Signs a value.
    ///
    /// # Panics
    /// When `T` cannot be encoded, which is a mistake in its definition.
    pub fn new(secret: &NodeSecret, domain: Domain, value: &T) -> Self {
        #[expect(clippy::expect_used, reason = "plain data encodes; a type that does not is our mistake")]
        let bytes = postcard::to_stdvec(value).expect("plain data encodes");
        let signature = secret.sign(domain, &bytes);
        Self { author: secret.node_key(), bytes: bytes.into(), signature, of: PhantomData }
    }

    /// The value, if its author signed it for this purpose and it is spelled the one way that we spell it.
    pub fn verify(&self, domain: Domain) -> Result<T, SignedError> {
        if !verify(self.author, domain, &self.bytes, &self.signature) {
            return Err(SignedError::Signature(self.author));
        }
        self.decode_unverified()
    }

    /// The value without a look at the signature: for bytes that this node checked before it stored them.
    pub fn decode_unverified(&self) -> Result<T, SignedError> {
        let value: T = postcard::from_bytes(&self.bytes).map_err(|_| SignedError::Decode(self.author))?;
        match postcard::to_stdvec(&value) {
            Ok(bytes) if bytes[..] == self.bytes[..] => Ok(value),
            _ => Err(SignedError::Decode(self.author)),
        }
    }

    /// Puts together what was carried apart: the bytes once, and the signatures of several nodes over them.
    pub fn from_parts(author: NodeKey, bytes: Arc<[u8]>, signature: Signature) -> Self {
        Self { author, bytes, signature, of: PhantomData }
    }

    /// The signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The signed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<T> std::fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signed<{}>({}, {} bytes)", std::any::type_name::<T>(), self.author.short(), self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_only_under_its_signature() {
        let secret = NodeSecret::from_seed([3; 32]);
        let signed = Signed::new(&secret, Domain::Beacon, &(7_u32, "Kuripan".to_owned()));
        assert_eq!(signed.verify(Domain::Beacon), Ok((7, "Kuripan".to_owned())));
        assert_eq!(signed.verify(Domain::Receipt), Err(SignedError::Signature(secret.node_key())));

        let wire = postcard::to_stdvec(&signed).unwrap();
        let back: Signed<(u32, String)> = postcard::from_bytes(&wire).unwrap();
        assert_eq!(back, signed);
    }

    #[test]
    fn a_second_spelling_is_refused() {
        let secret = NodeSecret::from_seed([3; 32]);
        // 7 as a two-byte varint: decodes to the same number, but is not how we write it.
        let bytes: Arc<[u8]> = vec![0x87, 0x00].into();
        let signature = secret.sign(Domain::Beacon, &bytes);
        let signed: Signed<u32> = Signed { author: secret.node_key(), bytes, signature, of: PhantomData };
        assert_eq!(signed.verify(Domain::Beacon), Err(SignedError::Decode(secret.node_key())));
    }
}
