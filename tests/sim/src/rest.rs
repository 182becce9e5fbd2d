//! What is checked when the network is at rest: convergence, nothing lost, honest receipts, little said twice.

use std::collections::{BTreeMap, BTreeSet};

use charter::{Audience, Body, Charter, NodeState, Standing};
use identity::{Coordinate, Incarnation, JournalId, NodeKey, Point, ScopeName};
use records::Folded;
use sync::PeerState;

use crate::{
    model::Put,
    net::Net,
    node::{Node, kind},
    report::Figures,
    world::MINISTRIES,
};

impl Net {
    fn live(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|node| self.nodes[*node].replica.is_some()).collect()
    }

    pub(crate) fn charter(&self, node: usize) -> &Charter {
        self.nodes[node].replica.as_ref().unwrap().charter()
    }

    pub(crate) fn key(&self, node: usize) -> NodeKey {
        self.nodes[node].secret.node_key()
    }

    /// The live nodes that the charter admits, as each sees itself.
    pub(crate) fn admitted(&self) -> Vec<usize> {
        self.live().into_iter().filter(|node| self.charter(*node).is_active(&self.key(*node))).collect()
    }

    /// Everything that must hold at rest.
    pub(crate) fn expect_at_rest(&mut self) {
        let nodes = self.admitted();
        self.expect_same_held(&nodes);
        self.expect_same_shown(&nodes);
        self.expect_no_risk_understated(&nodes);
        self.expect_health_true(&nodes);
        self.expect_erased(&nodes);
        self.expect_disks_hold_what_may_be_read(&nodes);
        self.expect_little_said_twice();
    }

    /// What must hold at rest whatever was written: all hold the same, nothing is lost, and nobody waits.
    pub(crate) fn expect_same_held(&mut self, nodes: &[usize]) {
        self.expect_same_statements(nodes);
        self.expect_readers_agree(nodes);
        self.expect_right_charter(nodes);
        self.expect_same_held_everywhere(nodes);
        self.expect_nothing_lost(nodes);
        self.expect_honest_receipts(nodes);
        self.expect_quiet(nodes);
    }

    /// P3 for statements: the same for all, and of each scope the same at all who read it.
    fn expect_same_statements(&self, nodes: &[usize]) {
        let hashes = |node: usize, wanted: &dyn Fn(&Audience) -> bool| -> BTreeSet<_> {
            let statements = self.nodes[node].replica.as_ref().unwrap().statements();
            statements.concerning(wanted).map(|checked| checked.hash()).collect()
        };
        let Some(first) = nodes.first() else { return };
        let all = hashes(*first, &|audience| *audience == Audience::Everyone);
        for node in nodes {
            let theirs = hashes(*node, &|audience| *audience == Audience::Everyone);
            assert!(
                theirs == all,
                "{} and {} differ in {} statements",
                self.nodes[*first].name,
                self.nodes[*node].name,
                theirs.symmetric_difference(&all).count()
            );
        }
    }

    /// P3 for the charter: who was removed is, at all alike, and the founders decided what most of them voted for.
    fn expect_right_charter(&self, nodes: &[usize]) {
        let founders: BTreeSet<NodeKey> = MINISTRIES.iter().map(|name| self.world.key(name)).collect();
        for node in nodes {
            let (name, charter) = (&self.nodes[*node].name, self.charter(*node));
            for (key, by) in &self.removed {
                if self.was_forgotten(key, by) {
                    continue;
                }
                let state = charter.node(key).map(|node| &node.state);
                assert!(matches!(state, Some(NodeState::Removed { .. })), "{name} takes {key:?} for {state:?}");
            }
            for key in self.nodes.iter().map(|node| node.secret.node_key()) {
                let [here, there] = [*node, nodes[0]].map(|node| self.charter(node).is_active(&key));
                assert!(here == there, "{name} and {} differ over {key:?}", self.nodes[nodes[0]].name);
            }
            let mut votes: BTreeMap<u32, BTreeSet<NodeKey>> = BTreeMap::new();
            for said in self.nodes[*node].disk.statements.iter().filter(|said| founders.contains(&said.author())) {
                if let Body::Majority { founder_set_version, .. } = &said.statement().body {
                    votes.entry(*founder_set_version).or_default().insert(said.author());
                }
            }
            let decided = |version: &u32| votes.get(version).is_some_and(|by| by.len() > founders.len() / 2);
            let expected = (1..).find(|version| !decided(version)).unwrap();
            assert!(charter.founder_set_version() == expected, "{name} counts votes that nobody gave");
        }
    }

    /// P3: who may read a scope holds the same of it.
    fn expect_same_held_everywhere(&mut self, nodes: &[usize]) {
        let mut scopes: BTreeSet<ScopeName> = BTreeSet::new();
        for node in nodes {
            scopes.extend(self.nodes[*node].replica.as_ref().unwrap().scopes().cloned());
        }
        for scope in scopes {
            let frozen = self.is_frozen(nodes, &scope);
            let readers: Vec<usize> =
                nodes.iter().copied().filter(|node| self.charter(*node).may_read(&self.key(*node), &scope)).collect();
            let mut seen: BTreeMap<_, Vec<String>> = BTreeMap::new();
            for node in readers {
                let n = &mut self.nodes[node];
                let fingerprint = n.replica.as_mut().unwrap().held_fingerprint(&scope);
                seen.entry(fingerprint).or_default().push(n.name.clone());
            }
            // A frozen journal stands where each node was until its cut-off comes.
            if seen.len() > 1 && !frozen {
                let mut text = format!("{scope} is held differently: {seen:?}\n");
                for name in seen.values().filter_map(|names| names.first()) {
                    let node = self.index(name);
                    let replica = self.nodes[node].replica.as_ref().unwrap();
                    text += &format!("  {name}:\n");
                    for (journal, point) in replica.held_in(&scope) {
                        let standing = replica.charter().standing(&journal);
                        text += &format!("    {:?} {} {standing:?}\n", journal.node, point.seq);
                    }
                }
                panic!("{text}");
            }
        }
    }

    /// P5: what an order erases is on no disk whose node knows the order.
    pub(crate) fn expect_erased(&self, nodes: &[usize]) {
        for node in nodes.iter().filter(|node| self.nodes[**node].disk.has_orders) {
            let disk = &self.nodes[*node].disk;
            let (documents, _) = disk.ordered(self.charter(*node));
            let there = disk.payloads_of(&documents);
            assert!(there.is_empty(), "{} holds erased payloads: {there:?}", self.nodes[*node].name);
        }
    }

    fn is_frozen(&self, nodes: &[usize], scope: &ScopeName) -> bool {
        nodes.iter().any(|node| {
            let replica = self.nodes[*node].replica.as_ref().unwrap();
            let forked = |journal: &JournalId| replica.forks().any(|proof| proof.journal() == journal);
            replica.held_in(scope).any(|(journal, _)| match replica.charter().standing(&journal) {
                Standing::Frozen(_) => true,
                Standing::Open | Standing::NoRight => forked(&journal),
                Standing::Unknown | Standing::CutOff(_) => false,
            })
        })
    }

    /// P4: what was acknowledged is on its author's disk, unless that disk was tampered with; and then wherever it went. A
    /// disk that was set back and written to before anybody told it what it had forgotten holds another branch: what it
    /// wrote before is where it went, until a cut-off says which of the two counts.
    fn expect_nothing_lost(&self, nodes: &[usize]) {
        for write in &self.acknowledged {
            let author = &self.nodes[write.node];
            if self.suspect.contains(&author.secret.node_key()) {
                continue;
            }
            let held =
                |node: usize| self.nodes[node].disk.hash_at(&write.journal, write.point.seq) == Some(write.point.hash);
            let forked = author.disk.forks.values().any(|proof| *proof.journal() == write.journal);
            if author.tampered && (forked || !nodes.iter().any(|node| held(*node))) {
                continue;
            }
            assert!(held(write.node), "{} lost {} of {}", author.name, write.point.seq, write.journal);
        }
    }

    /// P3, P7 and P11: who may read a document shows the same of it, nothing from beyond a cut-off, and every value that
    /// nobody replaced who had seen it.
    fn expect_same_shown(&self, nodes: &[usize]) {
        let cuts = self.cuts_said(nodes);
        let mut documents: BTreeSet<&Coordinate> = self.model.documents();
        documents.extend(nodes.iter().flat_map(|node| self.nodes[*node].disk.documents.keys()));
        for document in documents {
            let scope = &document.journal.scope;
            if self.is_frozen(nodes, scope) {
                continue;
            }
            let may = |node: &&usize| self.charter(**node).may_read(&self.key(**node), scope);
            let readers: Vec<usize> = nodes.iter().filter(may).copied().collect();
            let mut first: Option<(usize, [u8; 32], Folded)> = None;
            for node in &readers {
                let fold = self.nodes[*node].fold(document);
                let (state, means) = (fold.state_hash(), self.nodes[*node].read(&fold));
                let (with, expected, meant) = first.get_or_insert_with(|| (*node, state, means.clone()));
                let [a, b] = [*with, *node].map(|node| &self.nodes[node].name);
                assert!(state == *expected, "{a} and {b} show {document} differently");
                // Notices also tell of what only some hold, beyond a cut-off.
                let same = (&means.record, &means.conflicts) == (&meant.record, &meant.conflicts);
                assert!(same, "{a} and {b} read {document} differently: {meant:?} {means:?}");
                for (at, verdict) in fold.verdicts() {
                    let beyond = cuts
                        .get(&(at.journal.node, scope.clone()))
                        .is_some_and(|cut| cut.get(&at.journal.incarnation).is_none_or(|seq| at.seq > *seq));
                    let shown = *verdict == documents::Verdict::Accepted;
                    assert!(!(shown && beyond), "{b} shows {at}, which lies beyond a cut-off");
                }
            }
            if let Some((node, _, means)) = first {
                self.expect_every_value(node, document, &means);
            }
        }
    }

    /// P11: also to be chosen from, where it is a field of the record. What a suspect key wrote, and what was said again
    /// for it, is not the model's to know.
    fn expect_every_value(&self, node: usize, document: &Coordinate, means: &Folded) {
        let doubtful = |at: &Coordinate| self.suspect.contains(&at.journal.node);
        if doubtful(document) || self.model.puts_of(document).any(|put| doubtful(&put.at)) {
            return;
        }
        let disk = &self.nodes[node].disk;
        let held = |put: &Put| disk.hash_at(&put.at.journal, put.at.seq) == Some(put.hash);
        let shown = self.nodes[node].fold(document).snapshot();
        if shown.erased || !disk.documents.contains_key(document) {
            return;
        }
        let expected = self.model.shown(document, held);
        let values = shown.fields.iter().map(|(key, values)| {
            let text = |value: &documents::FieldValue| match &value.value {
                documents::Scalar::Text(text) => text.clone(),
                other => panic!("nobody wrote {other:?}"),
            };
            (key.clone(), values.iter().map(text).collect::<BTreeSet<String>>())
        });
        let values: BTreeMap<String, BTreeSet<String>> = values.collect();
        let expected: BTreeMap<String, BTreeSet<String>> = expected
            .into_iter()
            .map(|(key, values)| (key.to_owned(), values.into_iter().map(str::to_owned).collect()))
            .collect();
        let name = &self.nodes[node].name;
        assert!(values == expected, "{name} shows {values:?} of {document}, not {expected:?}");
        let kind = kind(document.journal.scope.class());
        if document.journal.scope.class() != kind.class() {
            return;
        }
        let chosen_from = |key: &&String| means.conflicts.iter().any(|conflict| conflict.field == **key);
        let several = expected.iter().filter(|(key, values)| values.len() > 1 && kind.field(key).is_some());
        let silent: Vec<&String> = several.map(|(key, _)| key).filter(|key| !chosen_from(key)).collect();
        assert!(silent.is_empty(), "{name} offers no choice of {silent:?} in {document}");
    }

    /// The lowest point that a cut-off names of each journal, by whom and where; one that another cites is replaced.
    fn cuts_said(&self, nodes: &[usize]) -> BTreeMap<(NodeKey, ScopeName), BTreeMap<Incarnation, u64>> {
        let mut cuts: BTreeMap<(NodeKey, ScopeName), BTreeMap<Incarnation, u64>> = BTreeMap::new();
        let said = || nodes.iter().flat_map(|node| self.nodes[*node].disk.statements.iter());
        let replaced: BTreeSet<_> = said()
            .filter_map(|said| if let Body::CutOff { cites, .. } = &said.statement().body { Some(cites) } else { None })
            .flatten()
            .collect();
        for said in said().filter(|said| !replaced.contains(&said.hash())) {
            if let Body::CutOff { node, scope, at, .. } = &said.statement().body {
                let of = cuts.entry((*node, scope.clone())).or_default();
                for cut in at {
                    let seq = cut.at.map_or(0, |point| point.seq);
                    let lowest = of.entry(cut.incarnation).or_insert(seq);
                    *lowest = seq.min(*lowest);
                }
            }
        }
        cuts
    }

    /// P2 and P10: what a node believes to be held elsewhere is.
    pub(crate) fn expect_no_risk_understated(&self, nodes: &[usize]) {
        for node in nodes {
            let me = self.key(*node);
            if self.suspect.contains(&me) {
                continue;
            }
            let replica = self.nodes[*node].replica.as_ref().unwrap();
            let disk = &self.nodes[*node].disk;
            let own: Vec<(JournalId, Point)> =
                disk.journals.keys().filter(|j| j.node == me).map(|j| (j.clone(), disk.point(j))).collect();
            let receipts = replica.receipts().iter().map(|known| (known.holder(), &known.receipt));
            let on_chain = |journal: &JournalId, point: Point| disk.hash_at(journal, point.seq) == Some(point.hash);
            let Some(office) = self.charter(*node).node(&me).map(|node| node.office) else { continue };
            let believed = health::holders(Some(self.charter(*node)), &own, receipts, |_| Some(office), on_chain);
            for ((journal, _), held) in own.iter().zip(&believed) {
                let Some(seq) = held.values().max().copied() else { continue };
                let hash = disk.hash_at(journal, seq);
                // Off or not, it is on that disk.
                let holds = |other: &Node| other.disk.hash_at(journal, seq) == hash;
                // A disk that was set back, or a machine in wrong hands, breaks its word: if it gave it on this entry.
                let gave_its_word = |key: NodeKey| {
                    replica.receipts().iter().any(|known| {
                        let named = |(of, point): &(_, Point)| {
                            *of == journal.into() && (point.seq, Some(point.hash)) == (seq, hash)
                        };
                        known.holder() == key
                            && known.receipt.scope == journal.scope
                            && known.receipt.points.iter().any(named)
                    })
                };
                let right = self.nodes.iter().any(|other| {
                    let key = other.secret.node_key();
                    let counts = self
                        .charter(*node)
                        .node(&key)
                        .is_some_and(|n| n.state == NodeState::Active && n.office != office);
                    let breaks = other.tampered || self.suspect.contains(&key);
                    counts && (holds(other) || (breaks && gave_its_word(key)))
                });
                assert!(right, "{} believes {seq} of {journal} to be held elsewhere", self.nodes[*node].name);
            }
        }
    }

    /// What became of what was acknowledged.
    pub(crate) fn figures(&self, nodes: &[usize]) -> Figures {
        let mut figures = Figures { nodes: nodes.len() as u64, bytes: self.bytes, ..Figures::default() };
        for node in nodes {
            let counters = self.nodes[*node].replica.as_ref().unwrap().counters();
            figures.entries_taken += counters.entries_taken;
            figures.entries_repeated += counters.entries_repeated;
        }
        for write in &self.acknowledged {
            figures.acknowledged += 1;
            let held =
                |n: &usize| self.nodes[*n].disk.hash_at(&write.journal, write.point.seq) == Some(write.point.hash);
            let author = &self.nodes[write.node];
            if held(&write.node) || nodes.iter().any(held) {
                figures.stable += 1;
            } else if author.tampered || self.suspect.contains(&author.secret.node_key()) {
                figures.never_read += 1;
            }
        }
        figures
    }

    /// P2: a receipt names only points that its holder has on its chain.
    fn expect_honest_receipts(&self, nodes: &[usize]) {
        for node in nodes {
            let replica = self.nodes[*node].replica.as_ref().unwrap();
            for known in replica.receipts().iter() {
                let Some(holder) = nodes.iter().find(|n| self.key(**n) == known.holder()) else { continue };
                if self.suspect.contains(&known.holder()) {
                    continue;
                }
                for (short, point) in &known.receipt.points {
                    let journal = short.in_scope(&known.receipt.scope);
                    let held = self.nodes[*holder].disk.hash_at(&journal, point.seq);
                    assert_eq!(
                        held,
                        Some(point.hash),
                        "{}'s receipt {} at {} names entry {} of {journal}",
                        self.nodes[*holder].name,
                        known.receipt.number,
                        self.nodes[*node].name,
                        point.seq
                    );
                }
            }
        }
    }

    fn expect_disks_hold_what_may_be_read(&self, nodes: &[usize]) {
        if self.world.policy_changed {
            return;
        }
        for node in nodes {
            for journal in self.nodes[*node].disk.journals.keys() {
                let may = self.charter(*node).may_read(&self.key(*node), &journal.scope);
                assert!(may || self.was_let_in(*node, &journal.scope), "{} holds {journal}", self.nodes[*node].name);
            }
        }
    }

    /// Whether a removal is nowhere any more: the disk of who said it was set back before anybody else heard of it.
    fn was_forgotten(&self, key: &NodeKey, by: &NodeKey) -> bool {
        let set_back = self.nodes.iter().any(|node| node.tampered && node.secret.node_key() == *by);
        let said = |node: &Node| {
            node.disk.statements.iter().any(|said| {
                said.author() == *by && matches!(&said.statement().body, Body::Remove { node, .. } if node == key)
            })
        };
        set_back && !self.nodes.iter().any(said)
    }

    /// Whether a key that was removed had let a node into this scope. What came to it before it heard of the removal lies
    /// there, hidden.
    fn was_let_in(&self, node: usize, scope: &ScopeName) -> bool {
        let office = self.charter(node).node(&self.key(node)).map(|node| node.office);
        let lets_in = |body: &Body| match body {
            Body::Roster { scope: of, members, .. } => of == scope && office.is_some_and(|own| members.contains(&own)),
            _ => false,
        };
        let mut removed =
            self.nodes[node].disk.statements.iter().filter(|said| self.removed.contains_key(&said.author()));
        removed.any(|said| lets_in(&said.statement().body))
    }

    /// At rest nobody believes to be behind.
    fn expect_quiet(&self, nodes: &[usize]) {
        for node in nodes {
            for peer in self.nodes[*node].replica.as_ref().unwrap().peers() {
                // Somebody may just have called although a connection stands, or although its key was removed.
                if matches!(peer.state, PeerState::Greeting | PeerState::Proving) {
                    continue;
                }
                assert!(
                    peer.state == PeerState::Equal && peer.behind == 0,
                    "{} is at rest, and {:?} with {} journals behind {:?}",
                    self.nodes[*node].name,
                    peer.state,
                    peer.behind,
                    peer.node
                );
            }
        }
    }

    /// What the peer holds is not sent: of all entries that came, hardly one came twice.
    fn expect_little_said_twice(&self) {
        let (mut taken, mut repeated) = (0, 0);
        for node in self.live() {
            let counters = self.nodes[node].replica.as_ref().unwrap().counters();
            taken += counters.entries_taken;
            repeated += counters.entries_repeated.saturating_sub(self.replayed.get(&node).copied().unwrap_or_default());
        }
        // On a slow line, what was given up waiting for is asked elsewhere and comes twice.
        assert!(repeated * 10 <= taken + 220, "{repeated} entries came twice, {taken} once");
    }

    /// The point at which a node stands in what another wrote in a scope, summed over its journals.
    #[cfg(test)]
    pub(crate) fn entries_of(&self, at: &str, author: &str, scope: &str) -> u64 {
        let key = self.world.key(author);
        let disk = &self.node(at).disk;
        let scope: ScopeName = scope.parse().unwrap();
        let of = |journal: &&JournalId| journal.node == key && journal.scope == scope;
        disk.journals.keys().filter(of).map(|journal| disk.point(journal).seq).sum()
    }

    /// Whether any of a node's journals stands somewhere.
    #[cfg(test)]
    pub(crate) fn holds_nothing_of(&self, at: &str, author: &str) -> bool {
        let key = self.world.key(author);
        let disk = &self.node(at).disk;
        disk.journals
            .keys()
            .filter(|journal| journal.node == key)
            .all(|journal| disk.point(journal) == sync::wire::NOTHING)
    }
}
