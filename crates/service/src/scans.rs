//! Scans of letters and signed texts, and drafts from a word processor: the file stays at this office, sealed, and in its
//! backups; its SHA-256 stands in the record, so that whoever is shown the paper can tell whether it is the one that was
//! meant.

use sha2::{Digest as _, Sha256};

use crate::{
    Service,
    problem::{Code, Problem, chain},
};

/// The largest scan that is kept.
pub const SCAN_BYTES_MAX: usize = 10 << 20;

/// What a scan may be, by how the file begins.
const SORTS: [(&[u8], &str); 4] = [
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"PK\x03\x04", DOCX),
];

/// The media type of a DOCX, and the name in its archive that tells it from others.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const DOCX_TEXT: &[u8] = b"word/document.xml";

/// A scan that this office keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Its media type.
    pub media: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

fn media(bytes: &[u8]) -> Option<&'static str> {
    let (_, media) = SORTS.iter().find(|(begins, _)| bytes.starts_with(begins))?;
    let is_text = || bytes.windows(DOCX_TEXT.len()).any(|part| part == DOCX_TEXT);
    (*media != DOCX || is_text()).then_some(media)
}

impl Service {
    /// Keeps a scan and gives its hash, as a record names it. The same file kept twice is one.
    ///
    /// # Errors
    /// When it is no PDF, JPEG, PNG or DOCX, is larger than [`SCAN_BYTES_MAX`], or the disk does not take it.
    pub fn keep_scan(&self, bytes: &[u8]) -> Result<String, Problem> {
        if media(bytes).is_none() {
            return Err(Problem::said(
                Code::BadInput,
                None,
                "berkas ini bukan PDF, JPEG, PNG atau DOCX: pindai lagi, atau pilih berkas lain",
                "this file is no PDF, JPEG, PNG or DOCX: scan it again, or choose another file",
            ));
        }
        if bytes.len() > SCAN_BYTES_MAX {
            return Err(Problem::said(
                Code::BadInput,
                None,
                "berkas ini lebih dari 10 MB: pindai dengan mutu lebih rendah",
                "this file has more than 10 MB: scan it at a lower quality",
            ));
        }
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
        let attachments = self.node().attachments();
        // What was kept before may be named by records of which nothing is known: then it is never removed.
        let is_new = !attachments.holds(&hash);
        attachments.keep(&hash, bytes).map_err(|error| {
            Problem::new(Code::Storage, chain(&error), "free some space on this disk, then try again")
        })?;
        if is_new {
            self.0.named.kept(&hash)?;
        }
        Ok(hash)
    }

    /// A scan by its hash; none where another office keeps it, or where what is kept is not that any more.
    pub fn scan(&self, hash: &str) -> Option<Scan> {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let kept = is_hash.then(|| self.node().attachments().read(hash))?;
        let bytes = kept.unwrap_or_else(|error| {
            tracing::error!(%error, "a scan cannot be read");
            None
        })?;
        let same = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes)) == hash;
        same.then_some(Scan { media: media(&bytes)?, bytes })
    }

    /// A scan that an input names.
    ///
    /// # Errors
    /// When this office does not keep it.
    pub(crate) fn kept_scan(&self, field: &str, hash: &str) -> Result<Scan, Problem> {
        self.scan(hash).ok_or_else(|| {
            Problem::said(
                Code::BadInput,
                Some(field),
                "berkas itu tidak ada di kantor ini: pilih lagi berkasnya",
                "this office does not keep that file: choose the file again",
            )
        })
    }
}
