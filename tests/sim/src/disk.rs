//! A disk: what is on it is what was synced. It can be copied and set back without anybody noticing.

use std::collections::{BTreeMap, BTreeSet};

use charter::{Audience, Body, Charter, CheckedStatement, StatementSet};
use documents::Standing;
use identity::{ChangeHash, Coordinate, EntryHash, Incarnation, JournalId, NodeKey, Point, ScopeName, Signed};
use journal::{Entry, ForkProof, Subject, VerifiedRun, packs};
use sync::{Beacon, Durable, LoadPart, LoadedPack, Receipt, Span, wire::NOTHING};

/// Everything that is durable.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    pub(crate) incarnation: Incarnation,
    pub(crate) statements: StatementSet,
    /// One run a page.
    pub(crate) journals: BTreeMap<JournalId, Vec<VerifiedRun>>,
    pub(crate) receipts: BTreeMap<(NodeKey, ScopeName), Signed<Receipt>>,
    pub(crate) beacons: BTreeMap<NodeKey, Signed<Beacon>>,
    pub(crate) forks: BTreeMap<JournalId, ForkProof>,
    pub(crate) freezes: BTreeMap<JournalId, Point>,
    /// The entries about each document.
    pub(crate) documents: BTreeMap<Coordinate, BTreeSet<Coordinate>>,
    /// Whether any statement orders something to be erased.
    pub(crate) has_orders: bool,
    /// Whether any cuts a journal off.
    pub(crate) has_cuts: bool,
}

impl Disk {
    pub(crate) fn new(incarnation: Incarnation, known: StatementSet) -> Self {
        let mut disk = Self {
            incarnation,
            statements: StatementSet::new(),
            journals: BTreeMap::new(),
            receipts: BTreeMap::new(),
            beacons: BTreeMap::new(),
            forks: BTreeMap::new(),
            freezes: BTreeMap::new(),
            documents: BTreeMap::new(),
            has_orders: false,
            has_cuts: false,
        };
        if known.iter().any(|said| Audience::of(said.statement()) != Audience::Everyone) {
            known.iter().for_each(|said| disk.take_statement(said.clone()));
        } else {
            disk.statements = known;
        }
        disk
    }

    pub(crate) fn take_statement(&mut self, said: CheckedStatement) {
        self.has_orders |= matches!(said.statement().body, Body::Erase { .. });
        self.has_cuts |= matches!(said.statement().body, Body::CutOff { .. });
        self.statements.insert_checked(said);
    }

    /// Forgets the last run of each of a node's journals, as if it had never been synced.
    pub(crate) fn forget_last(&mut self, node: NodeKey) {
        let own = self.journals.iter().filter(|(journal, _)| journal.node == node);
        let own: Vec<(JournalId, usize)> = own.map(|(journal, runs)| (journal.clone(), runs.len())).collect();
        own.iter().for_each(|(journal, runs)| self.forget_from(journal, runs - 1));
    }

    /// Forgets the pages of a journal from one on.
    pub(crate) fn forget_from(&mut self, journal: &JournalId, page: usize) {
        let Some(runs) = self.journals.get_mut(journal) else { return };
        runs.truncate(page);
        let last = runs.last().map_or(0, |run| run.last().seq);
        self.journals.retain(|_, runs| !runs.is_empty());
        self.documents.values_mut().for_each(|entries| entries.retain(|at| at.journal != *journal || at.seq <= last));
        self.documents.retain(|_, entries| !entries.is_empty());
    }

    fn entry(&self, at: &Coordinate) -> Option<(EntryHash, &Entry)> {
        let runs = self.journals.get(&at.journal)?;
        let run = runs.iter().find(|run| run.first() <= at.seq && at.seq <= run.last().seq)?;
        Some((run.point_at(at.seq)?.hash, run.entry(at.seq)?))
    }

    /// What is held of a document, as a fold takes it.
    pub(crate) fn items(&self, document: &Coordinate) -> Vec<documents::Item> {
        let entries = self.documents.get(document).into_iter().flatten();
        let item = |at: &Coordinate| {
            let (hash, entry) = self.entry(at)?;
            Some((at.clone(), hash, entry.header.clone(), entry.payload.clone()))
        };
        entries.filter_map(item).collect()
    }

    /// What an entry is worth at a node.
    pub(crate) fn standing(&self, charter: &Charter, me: NodeKey, at: &Coordinate) -> Standing {
        let frozen = |beyond| match self.freezes.get(&at.journal) {
            Some(freeze) if at.seq > freeze.seq => beyond,
            _ => Standing::Accepted,
        };
        match charter.standing(&at.journal) {
            charter::Standing::Unknown if at.journal.node == me => Standing::Accepted,
            charter::Standing::Unknown => Standing::Waiting,
            charter::Standing::NoRight => Standing::NoRight,
            charter::Standing::Open | charter::Standing::Frozen(_) => frozen(Standing::Waiting),
            charter::Standing::CutOff(Some(cut)) if at.seq <= cut.seq => Standing::Accepted,
            charter::Standing::CutOff(_) => Standing::CutOff,
        }
    }

    pub(crate) fn point(&self, journal: &JournalId) -> Point {
        self.journals.get(journal).and_then(|runs| runs.last()).map_or(NOTHING, VerifiedRun::last)
    }

    pub(crate) fn hash_at(&self, journal: &JournalId, seq: u64) -> Option<EntryHash> {
        let runs = self.journals.get(journal)?;
        runs.iter().find(|run| run.first() <= seq && seq <= run.last().seq)?.point_at(seq).map(|point| point.hash)
    }

    /// What orders erase of what is held: the documents that they name and those that continue them, these also apart.
    pub(crate) fn ordered(&self, charter: &Charter) -> (BTreeSet<Coordinate>, Vec<Coordinate>) {
        let mut continued: BTreeMap<&Coordinate, Vec<Coordinate>> = BTreeMap::new();
        for (own, entry) in self.entries() {
            if let Subject::Creates { predecessor: Some(of) } = &entry.header.subject {
                continued.entry(of).or_default().push(own);
            }
        }
        let scopes: BTreeSet<&ScopeName> = self.journals.keys().map(|journal| &journal.scope).collect();
        let mut next: Vec<Coordinate> =
            scopes.into_iter().flat_map(|scope| charter.erased(scope)).map(|(document, _)| document.clone()).collect();
        let (mut documents, mut successors) = (BTreeSet::new(), Vec::new());
        while let Some(document) = next.pop() {
            for successor in continued.remove(&document).into_iter().flatten() {
                successors.push(successor.clone());
                next.push(successor);
            }
            documents.insert(document);
        }
        (documents, successors)
    }

    fn entries(&self) -> impl Iterator<Item = (Coordinate, &Entry)> {
        self.journals.iter().flat_map(|(journal, runs)| {
            let entries = runs.iter().flat_map(VerifiedRun::entries);
            entries.map(|entry| (Coordinate { journal: journal.clone(), seq: entry.header.seq }, entry))
        })
    }

    /// The entries of documents of which the payload is here.
    pub(crate) fn payloads_of(&self, documents: &BTreeSet<Coordinate>) -> BTreeSet<Coordinate> {
        let there = self.entries().filter(|(own, entry)| {
            !entry.payload.is_erased() && documents.contains(entry.header.subject.document(own))
        });
        there.map(|(own, _)| own).collect()
    }

    /// Erases the payloads of documents; gives what was erased of each journal.
    pub(crate) fn erase(&mut self, documents: &BTreeSet<Coordinate>) -> BTreeMap<JournalId, BTreeMap<u64, ChangeHash>> {
        let mut erased: BTreeMap<JournalId, BTreeMap<u64, ChangeHash>> = BTreeMap::new();
        for Coordinate { journal, seq } in self.payloads_of(documents) {
            erased.entry(journal).or_default().insert(seq, ChangeHash([0; 32]));
        }
        for (journal, entries) in &erased {
            self.journals.get_mut(journal).into_iter().flatten().for_each(|run| run.erase(entries));
        }
        erased
    }

    /// Puts a run behind what is held. That it fits is for the replica to have seen to.
    pub(crate) fn append(&mut self, run: VerifiedRun) {
        for (seq, entry) in (run.first()..).zip(run.entries()) {
            let own = Coordinate { journal: run.journal().clone(), seq };
            let document = entry.header.subject.document(&own).clone();
            self.documents.entry(document).or_default().insert(own);
        }
        let at = self.point(run.journal());
        assert!(run.continues(&at), "a run that does not continue {at:?} was asked to be stored: {:?}", run.last());
        let runs = self.journals.entry(run.journal().clone()).or_default();
        match runs.pop() {
            Some(last) if last.sealed() => runs.extend([last, run]),
            Some(last) => runs.push(last.join(run).expect("pages end where their author ended them")),
            None => runs.push(run),
        }
    }

    /// Whether a run is about a document whose beginning has not arrived.
    pub(crate) fn lacks_ground_of(&self, run: &VerifiedRun) -> bool {
        let about: BTreeSet<&Coordinate> = run
            .entries()
            .iter()
            .filter_map(|entry| if let Subject::Of(of) = &entry.header.subject { Some(of) } else { None })
            .collect();
        about.into_iter().any(|of| of.journal != *run.journal() && self.entry(of).is_none())
    }

    pub(crate) fn store(&mut self, item: Durable) {
        match item {
            Durable::Run(run) => self.append(run),
            Durable::Statement(checked) => self.take_statement(checked),
            Durable::Receipt(signed) => {
                let receipt = signed.decode_unverified().unwrap();
                self.receipts.insert((signed.author, receipt.scope), signed);
            }
            Durable::Beacon(signed) => drop(self.beacons.insert(signed.author, signed)),
            Durable::Fork(proof) => drop(self.forks.insert(proof.journal().clone(), *proof)),
            Durable::Freeze(journal, Some(at)) => drop(self.freezes.insert(journal, at)),
            Durable::Freeze(journal, None) => drop(self.freezes.remove(&journal)),
            Durable::Rewind(journal, to) => {
                assert_eq!(to, NOTHING, "this disk sets whole journals aside");
                self.journals.remove(&journal);
                self.documents.values_mut().for_each(|entries| entries.retain(|at| at.journal != journal));
                self.documents.retain(|_, entries| !entries.is_empty());
            }
        }
    }

    pub(crate) fn load(&self, parts: &[LoadPart], bytes_max: usize) -> Vec<LoadedPack> {
        let (mut runs, mut weight) = (Vec::new(), 0);
        'parts: for part in parts {
            let held = self.journals.get(&part.journal).into_iter().flatten();
            for run in held.filter(|run| run.last().seq > part.after) {
                if weight >= bytes_max {
                    break 'parts;
                }
                if run.first() > part.until {
                    break;
                }
                // Resumes behind the page in the middle of which it was broken off.
                let within = part.after >= run.first() && part.until > run.last().seq;
                if within && identity::broken::is("drop one page of a resume") {
                    continue;
                }
                let run = run.suffix(part.after + 1).unwrap();
                weight += run.entries().len() * 200;
                runs.push(run);
            }
        }
        let refs: Vec<&VerifiedRun> = runs.iter().collect();
        let span = |run: &VerifiedRun| Span {
            journal: run.journal().clone(),
            after: run.point_at(run.first() - 1).unwrap(),
            point: run.last(),
        };
        let packed = packs(&refs).unwrap().into_iter();
        packed.map(|(which, bytes)| LoadedPack { bytes, spans: runs[which].iter().map(span).collect() }).collect()
    }

    /// The proof that a run contradicts what is held of its journal.
    pub(crate) fn prove(&self, against: &VerifiedRun) -> Option<ForkProof> {
        self.journals.get(against.journal())?.iter().find_map(|run| ForkProof::between(run, against))
    }
}
