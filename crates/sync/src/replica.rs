//! The replica: one node's state, what it waits for, and the one way in and out.
#![expect(unused, clippy::todo, reason = "the signatures stand before what they do")]

use std::{sync::Arc, time::Instant};

use charter::{Charter, StatementSet};
use identity::{JournalId, Point, ScopeName};
use journal::ForkProof;

use crate::{BeaconBook, Input, Output, PeerStatus, ReceiptBook, Recovered, wire::Fingerprint};

/// One node's replica. See the crate's contract.
#[derive(Debug)]
pub struct Replica {}

impl Replica {
    /// The replica of a node as it was found on disk.
    pub fn new(recovered: Recovered, now: Instant) -> Self {
        todo!()
    }

    /// Takes one input. Afterwards call [`Replica::poll_output`] until it gives a timeout.
    pub fn handle(&mut self, input: Input, now: Instant) {
        todo!()
    }

    /// The next thing to do. [`Output::Timeout`] says that there is nothing more before that moment or the next input.
    pub fn poll_output(&mut self) -> Output {
        todo!()
    }

    /// The charter as folded from the statements that are durable.
    pub fn charter(&self) -> &Arc<Charter> {
        todo!()
    }

    /// The statements that are durable.
    pub fn statements(&self) -> &StatementSet {
        todo!()
    }

    /// The newest receipt of every holder and scope.
    pub fn receipts(&self) -> &ReceiptBook {
        todo!()
    }

    /// The newest beacon of every node.
    pub fn beacons(&self) -> &BeaconBook {
        todo!()
    }

    /// The proofs of forks, one a journal.
    pub fn forks(&self) -> impl Iterator<Item = &ForkProof> {
        std::iter::empty()
    }

    /// Every journal held, with the point up to which it is durable.
    pub fn held(&self) -> impl Iterator<Item = (JournalId, Point)> {
        std::iter::empty()
    }

    /// The journals of one scope, as in [`Replica::held`].
    pub fn held_in(&self, scope: &ScopeName) -> impl Iterator<Item = (JournalId, Point)> {
        std::iter::empty()
    }

    /// Every scope that something is held of.
    pub fn scopes(&self) -> impl Iterator<Item = &ScopeName> {
        std::iter::empty()
    }

    /// The held fingerprint of one scope: equal at two nodes when there is nothing to exchange.
    pub fn held_fingerprint(&mut self, scope: &ScopeName) -> Fingerprint {
        todo!()
    }

    /// The sessions, for status pages.
    pub fn peers(&self) -> Vec<PeerStatus> {
        todo!()
    }
}
