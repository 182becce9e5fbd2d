//! A node's own words: who it is, what it is sealed to, and which office it wants to speak for.
//!
//! A request alone gives no right. It goes into a founding or an admission, which others sign.

use identity::{Domain, NodeSecret, OfficeId, OfficeKind, Region, SealKey, Signed};
use serde::{Deserialize, Serialize};

use crate::{StatementError, limits};

/// What a node signs to be founded or admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What bundles and backups for this node are sealed to.
    pub seal_key: SealKey,
    /// Whether it wants into a practice network (LATIHAN). It can only join one of that sort.
    pub practice: bool,
    /// Random: two offices of one name and place are two offices.
    pub nonce: [u8; 16],
    /// For whom it wants to speak.
    pub subject: Subject,
}

/// For whom a node wants to speak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// For an office that this very request brings into being; the hash of the request is the office's id.
    NewOffice {
        /// Its name, 1 to 200 bytes.
        name: String,
        /// What it is.
        kind: OfficeKind,
        /// For which region it stands.
        region: Region,
    },
    /// For an office that exists, beside its other nodes.
    FurtherNode {
        /// That office.
        office: OfficeId,
    },
}

impl Request {
    /// Signs this request with the node's own key.
    ///
    /// # Errors
    /// When the name is no name, or kind and region do not go together.
    pub fn sign(&self, secret: &NodeSecret) -> Result<Signed<Request>, StatementError> {
        self.check()?;
        Ok(Signed::new(secret, Domain::Request, self))
    }

    /// The request, if its node signed it and it is well formed.
    ///
    /// # Errors
    /// When the signature does not fit, the bytes do not decode, or a rule of [`Request::sign`] is broken.
    pub fn verify(signed: &Signed<Request>) -> Result<Request, StatementError> {
        Self::bounded(signed)?;
        let request = signed.verify(Domain::Request).map_err(StatementError::Request)?;
        request.check()?;
        Ok(request)
    }

    /// As [`Request::verify`], without a look at the signature: for what was checked before it was stored.
    pub(crate) fn trust(signed: &Signed<Request>) -> Result<Request, StatementError> {
        Self::bounded(signed)?;
        let request = signed.decode_unverified().map_err(StatementError::Request)?;
        request.check()?;
        Ok(request)
    }

    fn bounded(signed: &Signed<Request>) -> Result<(), StatementError> {
        let (bytes, bytes_max) = (signed.bytes().len(), limits::REQUEST_BYTES_MAX);
        if bytes > bytes_max { Err(StatementError::TooLarge { bytes, bytes_max }) } else { Ok(()) }
    }

    fn check(&self) -> Result<(), StatementError> {
        match &self.subject {
            Subject::NewOffice { name, kind, region } => {
                limits::text("the office's name", name, limits::NAME_BYTES_MAX)?;
                if kind.fits_level(region.level()) {
                    Ok(())
                } else {
                    Err(StatementError::KindAndRegion { kind: *kind, region: region.clone() })
                }
            }
            Subject::FurtherNode { .. } => Ok(()),
        }
    }
}

/// The office that this request is about: the one that exists, or the one that it brings into being.
///
/// The id of a new office is the hash of its first node's key and request, so an office has its id, and can open
/// `internal/<office>` and write, before anybody admitted it.
pub fn office_id(signed: &Signed<Request>, request: &Request) -> OfficeId {
    match request.subject {
        Subject::FurtherNode { office } => office,
        Subject::NewOffice { .. } => {
            let mut hasher = blake3::Hasher::new_derive_key("simpul office id v1");
            hasher.update(&signed.author.0);
            hasher.update(signed.bytes());
            let mut id = [0; 16];
            hasher.finalize_xof().fill(&mut id);
            OfficeId(id)
        }
    }
}
