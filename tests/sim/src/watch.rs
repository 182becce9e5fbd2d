//! What is checked all the time: nothing goes to who may not read it, nothing is stored that may not be.

use std::collections::BTreeSet;

use charter::Standing;
use identity::Coordinate;
use journal::{Entry, VerifiedRun};
use sync::{CloseCode, Durable, Found, Unchecked, wire::Message};

use crate::net::Net;

impl Net {
    /// Honest nodes find nothing wrong with each other.
    pub(crate) fn closed(&mut self, node: usize, peer: usize, code: CloseCode) {
        let bad = matches!(
            code,
            CloseCode::Protocol
                | CloseCode::BadContent
                | CloseCode::TooMuch
                | CloseCode::OtherNetwork
                | CloseCode::Version
        );
        let suspect = |node: usize| self.suspect.contains(&self.nodes[node].secret.node_key());
        if bad && (suspect(peer) || suspect(node)) {
            return self.marks.count("a peer that spoke badly was hung up on");
        }
        assert!(!bad, "{} closed a session with {code:?} among honest nodes", self.nodes[node].name);
    }

    /// Nothing goes to who may not read it.
    pub(crate) fn watch(&mut self, from: usize, to: usize, message: &Message) {
        let mut scopes = BTreeSet::new();
        match message {
            Message::Have(have) => drop(scopes.insert(have.scope.clone())),
            Message::Scopes(list) => scopes.extend(list.items.iter().map(|(scope, ..)| scope.clone())),
            Message::Pack(bytes) | Message::Push(_, bytes) | Message::Evidence(bytes) => {
                if let Found::Runs(runs) = self.check(Unchecked::Pack(bytes.0.clone())) {
                    if runs.iter().any(|run| run.first() > run.page_first()) {
                        self.marks.count("a resume in the middle of a page");
                    }
                    scopes.extend(runs.iter().map(|run| run.journal().scope.clone()));
                }
            }
            Message::ReceiptNumbers(scope, _) => drop(scopes.insert(scope.clone())),
            Message::Want(wants) => scopes.extend(wants.iter().map(|want| want.journal.scope.clone())),
            _ => {}
        }
        let key = self.nodes[to].secret.node_key();
        let Some(sender) = &self.nodes[from].replica else { return };
        // A machine in wrong hands sends what it likes; who gets it does not keep it.
        if self.suspect.contains(&self.nodes[from].secret.node_key()) {
            return;
        }
        let policies_changed = self.world.policy_changed;
        for scope in scopes {
            // What was on its way when a right ended is not held against the sender.
            let may = sender.charter().may_read(&key, &scope);
            let ended = policies_changed || !sender.charter().is_active(&key);
            assert!(may || ended, "{} sent {scope} to {}", self.nodes[from].name, self.nodes[to].name);
        }
    }

    /// Nothing is stored that may not be: of a scope, beyond a freeze or a cut-off.
    pub(crate) fn watch_items(&self, node: usize, items: &[Durable]) {
        let n = &self.nodes[node];
        let Some(replica) = &n.replica else { return };
        for item in items {
            if let Durable::Run(run) = item {
                let journal = run.journal();
                let me = n.secret.node_key();
                // P1: what it said last is on its own disk, and on others' only after that.
                assert!(
                    journal.node != me || n.tampered || self.suspect.contains(&me),
                    "{} is told {} of its own {journal}, which it gave away before it was on its disk",
                    n.name,
                    run.last().seq
                );
                for (own, entry) in payloads(run) {
                    let document = entry.header.subject.document(&own);
                    assert!(replica.charter().erasure(document).is_none(), "{} stores the erased {document}", n.name);
                }
                assert!(replica.charter().may_read(&me, &journal.scope), "{} stores {journal}", n.name);
                match replica.charter().standing(journal) {
                    Standing::Open | Standing::NoRight => {}
                    Standing::CutOff(Some(cut)) => {
                        assert!(run.first() <= cut.seq, "{} stores {journal} beyond its cut-off", n.name);
                    }
                    standing @ (Standing::Unknown | Standing::Frozen(_) | Standing::CutOff(None)) => {
                        panic!("{} stores {journal}, which is {standing:?}", n.name)
                    }
                }
            }
        }
    }
}

/// The entries of a run of which the payload is there.
fn payloads(run: &VerifiedRun) -> impl Iterator<Item = (Coordinate, &Entry)> {
    let there = run.entries().iter().filter(|entry| !entry.payload.is_erased());
    there.map(|entry| (Coordinate { journal: run.journal().clone(), seq: entry.header.seq }, entry))
}
