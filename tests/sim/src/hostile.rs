//! A machine in wrong hands: what its key can sign and its connections can carry.

use std::collections::BTreeMap;

use identity::{Domain, EntryHash, JournalId, Point, ScopeName, Signed};
use sync::{
    Beacon, Receipt,
    wire::{self, Message, ShortJournal},
};

use crate::{net::Net, random::Random};

/// One thing that it tries.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trick {
    /// Receipts for entries that it does not hold, on chains that nobody has.
    ForgedReceipt,
    /// The largest numbers there are.
    CounterBomb,
    /// What it was sent before, once more.
    Replay,
    /// More than anybody would ask.
    Flood,
}

/// How many messages make a flood.
const FLOOD: u64 = 400;

impl Trick {
    pub(crate) const ALL: [Self; 4] = [Self::ForgedReceipt, Self::CounterBomb, Self::Replay, Self::Flood];

    fn name(self) -> &'static str {
        match self {
            Self::ForgedReceipt => "forged receipt",
            Self::CounterBomb => "counter bomb",
            Self::Replay => "replay",
            Self::Flood => "flood",
        }
    }
}

impl Net {
    /// Sends what the trick is made of to everybody whom the machine is connected to.
    pub(crate) fn play(&mut self, name: &str, trick: Trick, random: &mut Random) {
        let index = self.index(name);
        if self.nodes[index].replica.is_none() {
            return;
        }
        let secret = self.nodes[index].secret.clone();
        let disk = &self.nodes[index].disk;
        let held: Vec<(JournalId, Point)> =
            disk.journals.keys().map(|journal| (journal.clone(), disk.point(journal))).collect();
        let receipt = |number: u64, scope: &ScopeName, points: Vec<(ShortJournal, Point)>| {
            let receipt = Receipt { scope: scope.clone(), number, time_ms: 0, points };
            Message::Receipts(vec![Signed::new(&secret, Domain::Receipt, &receipt)])
        };
        let mut said_again = 0;
        let messages: Vec<Message> = match trick {
            Trick::ForgedReceipt => {
                // What nobody has written yet, of every journal.
                let hash = EntryHash(random.bytes());
                let mut scopes: BTreeMap<&ScopeName, Vec<(ShortJournal, Point)>> = BTreeMap::new();
                for (journal, point) in &held {
                    let points = scopes.entry(&journal.scope).or_default();
                    points.push((journal.into(), Point { seq: point.seq + 1, hash }));
                }
                scopes.into_iter().map(|(scope, points)| receipt(1 << 40, scope, points)).collect()
            }
            Trick::CounterBomb => {
                let beacon = Beacon {
                    number: u64::MAX,
                    time_ms: i64::MAX,
                    version: String::new(),
                    addresses: Vec::new(),
                    figures: BTreeMap::new(),
                };
                let beacon = Message::Beacons(vec![Signed::new(&secret, Domain::Beacon, &beacon)]);
                let point = Point { seq: u64::MAX, hash: EntryHash([0xff; 32]) };
                let first = held.first();
                let receipt =
                    first.map(|(journal, _)| receipt(u64::MAX, &journal.scope, vec![(journal.into(), point)]));
                receipt.into_iter().chain([beacon]).collect()
            }
            Trick::Replay => {
                let runs = disk.journals.values().flatten().filter(|run| run.entries().len() < 50).take(20);
                let page = |run: &journal::VerifiedRun| {
                    said_again += run.entries().len() as u64;
                    Message::Pack(wire::Blob(journal::encode(&[run]).unwrap()))
                };
                runs.map(page).collect()
            }
            Trick::Flood => {
                let contest = |journal: &JournalId, seq| Message::Contest(journal.clone(), seq);
                let journals = held.iter().map(|(journal, _)| journal).cycle();
                journals.take(if held.is_empty() { 0 } else { FLOOD as usize }).map(|j| contest(j, 1)).collect()
            }
        };
        let told = self.inject(index, &messages);
        if !told.is_empty() {
            self.fired.count(trick.name());
        }
        for peer in told {
            *self.replayed.entry(peer).or_default() += said_again;
        }
    }
}
