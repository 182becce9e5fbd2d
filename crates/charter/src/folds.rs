//! Charters that were folded, by what they were folded from.
//!
//! The fold is pure, so nodes in one process that hold the same statements may share one charter: a simulated network of
//! thousands of nodes does not fit into memory otherwise. A node by itself shares with nobody.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use identity::NetworkId;

use crate::{Charter, StatementSet};

/// How many charters are remembered: all nodes of a quiet network hold one set, and only what is on its way differs.
const KEPT: usize = 64;

type Known = BTreeMap<([u8; 32], NetworkId), Arc<Charter>>;

/// Folds charters, and remembers them where several nodes share this. Clones share.
#[derive(Debug, Clone, Default)]
pub struct Folds(Option<Arc<Mutex<Known>>>);

impl Folds {
    /// For nodes that share.
    pub fn shared() -> Self {
        Self(Some(Arc::default()))
    }

    /// The charter of a set.
    pub fn fold(&self, set: &StatementSet, network: NetworkId) -> Arc<Charter> {
        let Some(known) = &self.0 else { return Arc::new(Charter::fold(set, network)) };
        let key = (set.fingerprint(|_| true), network);
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(charter) = known.get(&key) {
            return charter.clone();
        }
        if known.len() >= KEPT {
            known.clear();
        }
        known.entry(key).or_insert_with(|| Arc::new(Charter::fold(set, network))).clone()
    }
}
