//! Which records name each scan that is kept here, so that a scan goes when the last record that named it is erased.
//!
//! What this node wrote since it took a scan in is known. A scan that was there before, from an earlier version or from a
//! backup, is never removed: records of which nothing is known may name it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use documents::{Edit, Scalar};
use driver::{Attachments, What, Write};
use identity::Coordinate;

use crate::{kept::Kept, problem::Problem};

const FILE: &str = "scans.json";

/// By the hash of a scan: the documents that name it.
type Records = BTreeMap<String, BTreeSet<String>>;

/// See the module. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Named(Arc<Kept<Records>>);

impl Named {
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        let otherwise = "move it aside: scans of records that are erased have to be removed by hand then";
        Ok(Self(Arc::new(Kept::open(folder, FILE, otherwise)?)))
    }

    /// A scan is kept; no record names it yet.
    pub(crate) fn kept(&self, hash: &str) -> Result<(), Problem> {
        if self.0.get().contains_key(hash) {
            return Ok(());
        }
        self.0.change(|records| {
            records.entry(hash.to_owned()).or_default();
            Ok(())
        })
    }

    /// The scans that a write names.
    pub(crate) fn in_write(&self, write: &Write) -> Vec<String> {
        let records = self.0.get();
        let names = |hash: &&String| match &write.what {
            // Facts are JSON, with hashes as their digits.
            What::Fact { bytes, .. } => bytes.windows(hash.len()).any(|part| part == hash.as_bytes()),
            What::Change { edits, .. } => {
                edits.iter().any(|edit| matches!(edit, Edit::Put { value: Scalar::Text(text), .. } if text == *hash))
            }
        };
        records.keys().filter(names).cloned().collect()
    }

    /// These documents name these scans.
    pub(crate) fn note(&self, named: &[(Vec<String>, Coordinate)]) -> Result<(), Problem> {
        if named.iter().all(|(scans, _)| scans.is_empty()) {
            return Ok(());
        }
        self.0.change(|records| {
            for (scans, document) in named {
                for scan in scans {
                    records.entry(scan.clone()).or_default().insert(document.to_string());
                }
            }
            Ok(())
        })
    }

    /// Removes the scans that no record names any more once these are erased.
    pub(crate) fn erased(&self, documents: &BTreeSet<String>, kept: &Attachments) -> Result<(), Problem> {
        let gone = |of: &BTreeSet<String>| !of.is_empty() && of.is_subset(documents);
        let scans: Vec<String> = self.0.get().iter().filter(|(_, of)| gone(of)).map(|(scan, _)| scan.clone()).collect();
        for scan in &scans {
            kept.remove(scan).map_err(|error| Problem::internal(&error))?;
        }
        self.0.change(|records| {
            records.retain(|scan, _| !scans.contains(scan));
            records.values_mut().for_each(|of| of.retain(|document| !documents.contains(document)));
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use identity::Officer;
    use records::{Consent, Content, Digest, PartialDate};

    use super::*;

    fn document(seq: u64) -> Coordinate {
        let journal = identity::JournalId {
            scope: "participation/33.07.10.2004".parse().unwrap(),
            node: identity::NodeKey([3; 32]),
            incarnation: identity::Incarnation([1; 8]),
        };
        Coordinate { journal, seq }
    }

    fn write(what: What) -> Write {
        let target = driver::Target::Document(document(1));
        Write { target, officer: Officer::new("siti").unwrap(), what }
    }

    #[test]
    fn a_write_tells_which_scans_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let named = Named::open(folder.path()).unwrap();
        let (one, other) = (Digest([7; 32]), Digest([8; 32]));
        for digest in [one, other] {
            named.kept(&digest.to_string()).unwrap();
        }
        let consent = Consent {
            guardian: "Sri".to_owned(),
            given: true,
            text: "Boleh".to_owned(),
            date: PartialDate::Year(2026),
            scan: Some(one),
        };
        let draft = consent.draft().unwrap();
        let fact = What::Fact { key: draft.key.to_owned(), bytes: draft.bytes };
        assert_eq!(named.in_write(&write(fact)), [one.to_string()]);
        let put = Edit::Put { key: "scan".to_owned(), value: Scalar::Text(other.to_string()) };
        assert_eq!(named.in_write(&write(What::Change { shown: Vec::new(), edits: vec![put] })), [other.to_string()]);
    }
}
