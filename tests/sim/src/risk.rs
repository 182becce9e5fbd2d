//! What health shows of every node's own changes, against all the disks there are: never fewer at risk than are, never
//! more copies than there are.

use std::collections::BTreeMap;

use health::{Known, Memory, Own};
use identity::{JournalId, NodeKey, OfficeId, Point};

use crate::net::Net;

/// The moment of a look. Ages are not checked here, only numbers.
const NOW_MS: i64 = 1_763_750_000_000;

impl Net {
    /// P10: looks at each of these nodes as `simpul health` does.
    pub(crate) fn expect_health_true(&self, nodes: &[usize]) {
        for node in nodes {
            let me = self.key(*node);
            if self.suspect.contains(&me) {
                continue;
            }
            let Some(office) = self.charter(*node).node(&me).map(|node| node.office) else { continue };
            self.expect_figures_true(*node, me, office);
        }
    }

    fn expect_figures_true(&self, node: usize, me: NodeKey, office: OfficeId) {
        let (charter, disk) = (self.charter(node), &self.nodes[node].disk);
        let replica = self.nodes[node].replica.as_ref().unwrap();
        let held: Vec<(JournalId, Point)> =
            disk.journals.keys().map(|journal| (journal.clone(), disk.point(journal))).collect();
        let receipts: Vec<_> = replica.receipts().iter().map(|known| (known.holder(), known.receipt.clone())).collect();
        let beacons: Vec<_> = replica.beacons().iter().map(|(node, beacon)| (node, beacon.clone())).collect();
        let forked: Vec<JournalId> = replica.forks().map(|proof| proof.journal().clone()).collect();
        let own = Own { version: "0.1.0".to_owned(), incarnation: Some(disk.incarnation), ..Own::default() };
        let known = Known {
            charter,
            me,
            office,
            held: &held,
            to_be_held: &[],
            receipts: &receipts,
            beacons: &beacons,
            peers: &replica.peers(),
            turned_away: &BTreeMap::new(),
            forked: &forked,
            absences: &[],
            shown: &[],
            own: &own,
            now_ms: NOW_MS,
        };
        let on_chain = |journal: &JournalId, point: Point| disk.hash_at(journal, point.seq) == Some(point.hash);
        let mut memory = Memory::default();
        let figures = health::judge(&known, &mut memory, on_chain, |_, _| Some(NOW_MS)).figures;
        let listed: u64 = health::only_here(&known, &memory, on_chain).iter().map(|alone| alone.behind.changes()).sum();
        assert_eq!(listed, figures.only_here + figures.by_rule, "what is listed is what is counted");

        let (mut alone, mut copies) = (0, vec![0; figures.copies.len()]);
        for (journal, ours) in held.iter().filter(|(journal, _)| journal.node == me) {
            let mut offices: BTreeMap<NodeKey, u64> = BTreeMap::new();
            for other in 0..self.nodes.len() {
                let key = self.key(other);
                if charter.node(&key).is_some_and(|node| node.office == office) {
                    continue;
                }
                offices.insert(key, self.truly_held(other, journal, ours.seq, node));
            }
            let mut sorted: Vec<u64> = offices.into_values().collect();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            alone += ours.seq - sorted.first().copied().unwrap_or(0);
            for (copy, sum) in copies.iter_mut().enumerate() {
                *sum += sorted.get(copy).copied().unwrap_or(0);
            }
        }
        let name = &self.nodes[node].name;
        let shown = figures.only_here + figures.by_rule;
        assert!(shown >= alone, "{name} shows {shown} of its changes as only here, and {alone} are: {figures:?}");
        for (copy, (shown, real)) in figures.copies.iter().zip(&copies).enumerate() {
            assert!(shown <= real, "{name} shows {shown} changes at {} offices, and {real} are", copy + 1);
        }
    }

    /// How many entries of a journal stand on another disk as they stand on the author's. A disk that was set back, or a
    /// machine in wrong hands, broke its word: then what it signed for counts, because nobody could know better.
    fn truly_held(&self, other: usize, journal: &JournalId, ours: u64, author: usize) -> u64 {
        let (mine, theirs) = (&self.nodes[author].disk, &self.nodes[other].disk);
        let mut seq = ours.min(theirs.point(journal).seq);
        while seq > 0 && theirs.hash_at(journal, seq) != mine.hash_at(journal, seq) {
            seq -= 1;
        }
        if !self.nodes[other].tampered && !self.suspect.contains(&self.key(other)) {
            return seq;
        }
        let replica = self.nodes[author].replica.as_ref().unwrap();
        let signed =
            replica.receipts().get(&journal.scope, self.key(other)).and_then(|known| known.point(journal.into()));
        let signed = signed.filter(|point| mine.hash_at(journal, point.seq) == Some(point.hash));
        seq.max(signed.map_or(0, |point| point.seq.min(ours)))
    }
}
