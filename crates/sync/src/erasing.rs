//! What an order erases is taken without its payload, however late it comes, and from whoever had erased it already.

use std::collections::BTreeMap;

use identity::{ChangeHash, Coordinate};
use journal::{Entry, Subject, VerifiedRun};

use crate::Replica;

/// The entries of a run, each with the document that it is about.
fn documents_of(run: &VerifiedRun) -> impl Iterator<Item = (&Entry, Coordinate)> {
    run.entries().iter().map(|entry| {
        let own = Coordinate { journal: run.journal().clone(), seq: entry.header.seq };
        let document = entry.header.subject.document(&own).clone();
        (entry, document)
    })
}

impl Replica {
    /// Whether an order that is held erases a document, or one that it continues.
    fn is_erased(&self, document: &Coordinate) -> bool {
        self.charter.erasure(document).is_some() || self.erased_successors.contains(document)
    }

    /// Remembers documents that are created here as continuing an erased one of their scope: the order is theirs, too.
    pub(crate) fn note_successors(&mut self, run: &VerifiedRun) {
        let scope = &run.journal().scope;
        for entry in run.entries() {
            if let Subject::Creates { predecessor: Some(of) } = &entry.header.subject
                && of.journal.scope == *scope
                && self.is_erased(of)
            {
                let document = Coordinate { journal: run.journal().clone(), seq: entry.header.seq };
                if self.erased_successors.insert(document) {
                    // Others may have offered erased entries of it that were not taken.
                    self.news_of_erasure = true;
                }
            }
        }
    }

    /// Whether every erased entry is erased by an order that is held.
    pub(crate) fn rightly_erased(&self, run: &VerifiedRun) -> bool {
        documents_of(run).filter(|(entry, _)| entry.payload.is_erased()).all(|(_, document)| self.is_erased(&document))
    }

    /// The run without the payloads that an order held here erases: they come late, and are not kept.
    pub(crate) fn without_erased(&mut self, mut run: VerifiedRun) -> VerifiedRun {
        let late =
            documents_of(&run).filter(|(entry, document)| !entry.payload.is_erased() && self.is_erased(document));
        // What a change hashed to is not known here without the changes below it. Nothing rests on it any more.
        let late: BTreeMap<u64, ChangeHash> = late.map(|(entry, _)| (entry.header.seq, ChangeHash([0; 32]))).collect();
        if !late.is_empty() {
            run.erase(&late);
        }
        run
    }

    /// Documents that continue an erased one are known: what was not taken of them may be taken now.
    pub(crate) fn adopt_successors(&mut self, documents: Vec<Coordinate>) {
        self.erased_successors.extend(documents);
        self.take_up_again();
    }
}
