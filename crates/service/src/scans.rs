//! Scans of letters and signed texts, and drafts from a word processor: the file stays at this office, its SHA-256 stands
//! in the record, so that whoever is shown the paper can tell whether it is the one that was meant.

use std::{fs, path::PathBuf};

use sha2::{Digest as _, Sha256};

use crate::{
    Service,
    problem::{Code, Problem, chain},
};

/// The largest scan that is kept.
pub const SCAN_BYTES_MAX: usize = 10 << 20;

const FOLDER: &str = "scans";

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
        let path = self.scan_path(&hash);
        let stored = |error: &(dyn std::error::Error + 'static)| {
            Problem::new(Code::Storage, chain(error), "free some space on this disk, then try again")
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| stored(&error))?;
        }
        store::write_file(&path, bytes).map_err(|error| stored(&error))?;
        Ok(hash)
    }

    /// A scan by its hash; none where another office keeps it, or where what is kept is not that any more.
    pub fn scan(&self, hash: &str) -> Option<Scan> {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let bytes = is_hash.then(|| fs::read(self.scan_path(hash)).ok()).flatten()?;
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

    fn scan_path(&self, hash: &str) -> PathBuf {
        self.0.folder.join(FOLDER).join(hash)
    }
}
