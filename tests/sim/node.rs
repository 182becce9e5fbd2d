//! A node: the real replica and the real writers on a disk that is not.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use identity::{ChangeHash, Coordinate, Incarnation, JournalId, NodeSecret, Officer, Point, ScopeName};
use journal::{Draft, Form, JournalWriter, Kind, Payload, Subject, VerifiedRun};
use sync::{Config, Durable, LoadedPack, Recovered, Replica, Span, Token};

use crate::{disk::Disk, random::Random};

/// What waits for the disk.
pub(crate) enum Writing {
    /// Something that the replica wants durable.
    Asked(Token, Vec<Durable>),
    /// Own entries.
    Own(Vec<VerifiedRun>),
}

/// An office's machine.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) secret: Arc<NodeSecret>,
    pub(crate) disk: Disk,
    /// `None` while the machine is off.
    pub(crate) replica: Option<Replica>,
    /// Counts starts, so that what was meant for a former life is dropped.
    pub(crate) life: u32,
    pub(crate) writers: BTreeMap<ScopeName, JournalWriter>,
    pub(crate) writing: VecDeque<(Duration, Writing)>,
    pub(crate) timer: Option<Instant>,
    /// The disk takes no pages.
    pub(crate) full: bool,
    /// Its disk went back in time or was copied: what it acknowledged before may be gone.
    pub(crate) tampered: bool,
}

impl Node {
    pub(crate) fn new(name: &str, secret: Arc<NodeSecret>, disk: Disk) -> Self {
        Self {
            name: name.to_owned(),
            secret,
            disk,
            replica: None,
            life: 0,
            writers: BTreeMap::new(),
            writing: VecDeque::new(),
            timer: None,
            full: false,
            tampered: false,
        }
    }

    /// Starts from what is on the disk.
    pub(crate) fn start(&mut self, network: identity::NetworkId, now: Instant, random: &mut Random) {
        let disk = &self.disk;
        let recovered = Recovered {
            secret: NodeSecret::clone(&self.secret),
            network,
            statements: disk.statements.clone(),
            journals: disk.journals.keys().map(|journal| (journal.clone(), disk.point(journal))).collect(),
            receipts: disk.receipts.values().cloned().collect(),
            beacons: disk.beacons.values().cloned().collect(),
            forks: disk.forks.values().cloned().collect(),
            freezes: disk.freezes.iter().map(|(journal, at)| (journal.clone(), *at)).collect(),
            seed: random.bytes(),
            clock_ms: 1_763_750_000_000,
            config: Config { compare_every: Duration::from_secs(600), ..Config::default() },
        };
        self.replica = Some(Replica::new(recovered, now));
        self.life += 1;
        self.timer = None;
        self.writers.clear();
        self.writing.clear();
    }

    /// Pulls the plug: what was not synced is gone.
    pub(crate) fn crash(&mut self) {
        self.replica = None;
        self.writing.clear();
        self.writers.clear();
    }

    /// Draws a new incarnation; what is written from now on goes into new journals.
    pub(crate) fn draw_incarnation(&mut self, random: &mut Random) {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&random.bytes()[..8]);
        self.disk.incarnation = Incarnation(bytes);
        self.writers.clear();
    }

    /// Writes entries and gives the runs that are to be synced.
    pub(crate) fn write(
        &mut self,
        scope: &ScopeName,
        subject: &Subject,
        count: u64,
        random: &mut Random,
    ) -> Vec<VerifiedRun> {
        let journal =
            JournalId { scope: scope.clone(), node: self.secret.node_key(), incarnation: self.disk.incarnation };
        let (secret, disk) = (self.secret.clone(), &self.disk);
        let writer = self.writers.entry(scope.clone()).or_insert_with(|| {
            match disk.journals.get(&journal).and_then(|runs| runs.last()) {
                Some(held) => JournalWriter::resume(journal.clone(), secret, held.clone()).unwrap(),
                None => JournalWriter::new(journal.clone(), secret),
            }
        });
        for _ in 0..count {
            writer.append(draft(subject.clone(), random)).unwrap();
        }
        writer.commit().runs
    }

    /// Erases what orders name: on the disk, and what the writers still hold. Gives the documents that go because of
    /// the one that they continue.
    pub(crate) fn erase(&mut self) -> Vec<Coordinate> {
        let Some(replica) = &self.replica else { return Vec::new() };
        let (documents, successors) = self.disk.ordered(replica.charter());
        for (journal, entries) in self.disk.erase(&documents) {
            if let Some(writer) = self.writers.get_mut(&journal.scope).filter(|writer| *writer.journal() == journal) {
                writer.erase(&entries);
            }
        }
        successors
    }
}

/// The pack to push for own runs.
pub(crate) fn pack(runs: &[VerifiedRun]) -> LoadedPack {
    let refs: Vec<&VerifiedRun> = runs.iter().collect();
    let span = |run: &VerifiedRun| Span {
        journal: run.journal().clone(),
        after: Point { seq: run.first() - 1, hash: run.previous() },
        point: run.last(),
    };
    LoadedPack { bytes: journal::encode(&refs).unwrap(), spans: runs.iter().map(span).collect() }
}

fn draft(subject: Subject, random: &mut Random) -> Draft {
    Draft {
        time_ms: 1_763_750_000_000,
        officer: Officer::new("petugas-1").unwrap(),
        subject,
        kind: Kind { record: 2, form: Form::Fact },
        links: Vec::new(),
        payload: Payload::Fact(random.bytes()[..8 + random.below(24) as usize].to_vec()),
        change_hash: ChangeHash([0; 32]),
    }
}
