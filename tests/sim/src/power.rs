//! The power goes: what a disk holds is written as the real log would have written it, what was not synced survives or
//! not as a coin falls, and the real recovery reads what is left.

use std::collections::BTreeMap;

use charter::CheckedStatement;
use identity::{Incarnation, JournalId, NodeKey, Point, ScopeName, Signed};
use journal::{
    ForkProof, VerifiedRun,
    segments::{DiskOp, Frame, FrameKind, Identity, Log, Recovered, Setup, SimDisk, Sizing, Why},
};
use sync::{Beacon, Durable, wire::NOTHING};

use crate::{disk::Disk, node::Writing, random::Random};

/// What the disk keeps beside pages, as notes.
#[derive(serde::Serialize, serde::Deserialize)]
enum Note {
    Incarnation(Incarnation),
    Freeze(JournalId, Option<Point>),
    Rewind(JournalId),
    Beacon(Signed<Beacon>),
}

impl Note {
    fn frame(&self) -> Frame {
        Frame { kind: FrameKind::Note, bytes: postcard::to_stdvec(self).unwrap() }
    }
}

fn pages(run: &VerifiedRun) -> Frame {
    Frame { kind: FrameKind::Pack, bytes: journal::encode(&[run]).unwrap() }
}

fn frame(item: &Durable) -> Frame {
    let plain = |kind, bytes| Frame { kind, bytes };
    match item {
        Durable::Run(run) => pages(run),
        Durable::Statement(said) => plain(FrameKind::Statement, postcard::to_stdvec(said.signed()).unwrap()),
        Durable::Receipt(receipt) => plain(FrameKind::Receipt, postcard::to_stdvec(receipt).unwrap()),
        Durable::Beacon(beacon) => Note::Beacon(beacon.clone()).frame(),
        Durable::Fork(proof) => plain(FrameKind::ForkProof, proof.encode().unwrap()),
        Durable::Freeze(journal, at) => Note::Freeze(journal.clone(), *at).frame(),
        Durable::Rewind(journal, _) => Note::Rewind(journal.clone()).frame(),
    }
}

fn recover(disk: &SimDisk, random: &mut Random) -> (Log, Recovered, Vec<DiskOp>) {
    let setup = Setup {
        identity: Identity { folder: [1; 16], machine: [2; 32] },
        machine_key: journal::segments::MachineKey([3; 32]),
        seed: random.bytes(),
        sizing: Sizing { grow_bytes_min: 4 << 10, grow_bytes_max: 64 << 10, segment_bytes: 256 << 10 },
        expected: None,
    };
    Log::recover(&disk.listing(), &mut |file, offset, bytes| Ok(disk.read(file, offset, bytes)), &setup).unwrap()
}

impl Disk {
    /// Everything on it, in the order in which a start would want it.
    fn frames(&self) -> Vec<Frame> {
        let mut frames = vec![Note::Incarnation(self.incarnation).frame()];
        frames.extend(self.journals.values().flatten().map(pages));
        let statements = self.statements.iter().map(|said| Durable::Statement(said.clone()));
        let receipts = self.receipts.values().cloned().map(Durable::Receipt);
        let beacons = self.beacons.values().cloned().map(Durable::Beacon);
        let forks = self.forks.values().cloned().map(|proof| Durable::Fork(Box::new(proof)));
        let freezes = self.freezes.iter().map(|(journal, at)| Durable::Freeze(journal.clone(), Some(*at)));
        frames.extend(statements.chain(receipts).chain(beacons).chain(forks).chain(freezes).map(|item| frame(&item)));
        frames
    }

    /// Cuts the power while `unsynced` is on its way; whether recovery had to cut a torn tail.
    pub(crate) fn power_cut(&mut self, unsynced: Vec<Writing>, random: &mut Random) -> bool {
        if unsynced.is_empty() {
            return false;
        }
        let mut platter = SimDisk::default();
        let (mut log, ..) = recover(&platter, random);
        for group in self.frames().chunks(64) {
            let (ops, _) = log.append(group).unwrap();
            ops.iter().for_each(|op| platter.execute(op));
        }
        // Jobs that wait together share one sync, or each has its own: the coin decides.
        let mut ops = Vec::new();
        let mut group = Vec::new();
        for writing in &unsynced {
            match writing {
                Writing::Asked(_, items) => group.extend(items.iter().map(frame)),
                Writing::Own(runs) => group.extend(runs.iter().map(pages)),
            }
            if random.one_in(2) {
                ops.extend(log.append(&std::mem::take(&mut group)).unwrap().0);
            }
        }
        ops.extend(log.append(&group).unwrap().0);
        // The first of them is not synced yet; and so on, up to where the power goes.
        let first_sync = ops.iter().position(|op| matches!(op, DiskOp::Sync { .. })).unwrap_or(ops.len());
        let reached = random.below(first_sync as u64 + 1) as usize;
        ops[..reached].iter().for_each(|op| platter.execute(op));
        let mut coin = random.clone();
        let chance = random.below(4);
        let platter = platter.after_power_cut(|| coin.below(4) < chance);
        let (log, found, _) = recover(&platter, random);
        *self = self.read_back(&platter, &log, &found);
        found.cuts.iter().any(|cut| matches!(cut.why, Why::TornTail | Why::Behind))
    }

    /// The disk as its frames say.
    fn read_back(&self, platter: &SimDisk, log: &Log, found: &Recovered) -> Self {
        let mut disk = Disk::new(self.incarnation, charter::StatementSet::new());
        for located in &found.frames {
            let (name, key) = log.segment(located.at.file).unwrap();
            let stored = platter.read(name, located.at.offset.into(), located.at.bytes as usize);
            let bytes = key.open(located.at, &stored).expect("what recovery lists is there").bytes;
            match located.kind {
                FrameKind::Page | FrameKind::Pack => {
                    for run in journal::decode(&bytes, &journal::Limits::default()).unwrap() {
                        let run = run.verify().unwrap();
                        // Rewinds of journals are rare; what a rewound journal held before is in front of its note.
                        if run.continues(&disk.point(run.journal())) {
                            disk.append(run);
                        }
                    }
                }
                FrameKind::Statement => {
                    let signed = postcard::from_bytes(&bytes).unwrap();
                    disk.take_statement(CheckedStatement::trust(signed).unwrap());
                }
                FrameKind::Receipt => disk.store(Durable::Receipt(postcard::from_bytes(&bytes).unwrap())),
                FrameKind::ForkProof => disk.store(Durable::Fork(Box::new(ForkProof::decode(&bytes).unwrap()))),
                FrameKind::Note => match postcard::from_bytes(&bytes).unwrap() {
                    Note::Incarnation(incarnation) => disk.incarnation = incarnation,
                    Note::Freeze(journal, at) => disk.store(Durable::Freeze(journal, at)),
                    Note::Rewind(journal) => disk.store(Durable::Rewind(journal, NOTHING)),
                    Note::Beacon(beacon) => disk.store(Durable::Beacon(beacon)),
                },
            }
        }
        self.expect_within(&disk);
        disk
    }

    /// P1: what had been synced is all there.
    fn expect_within(&self, found: &Disk) {
        let points = |disk: &Disk| -> BTreeMap<JournalId, Point> {
            disk.journals.keys().map(|journal| (journal.clone(), disk.point(journal))).collect()
        };
        for (journal, point) in points(self) {
            // A branch may have been given up by a rewind that was on its way.
            let kept = found.hash_at(&journal, point.seq) == Some(point.hash);
            assert!(kept || !found.journals.contains_key(&journal), "a power cut lost {} of {journal}", point.seq);
        }
        assert!(self.statements.iter().all(|said| found.statements.contains(&said.hash())), "a statement is lost");
        let receipts = |disk: &Disk| -> Vec<(NodeKey, ScopeName)> { disk.receipts.keys().cloned().collect() };
        assert!(receipts(self).iter().all(|key| found.receipts.contains_key(key)), "a receipt is lost");
    }
}
