//! Which links are open, and what each peer may still send.
//!
//! # Invariants
//! - No key has more than `links_per_key_max` links here: the oldest is closed before another is let in.
//! - A peer's budget outlives its links until it is settled, so that reconnecting buys nothing.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use identity::NodeKey;
use tokio::{sync::watch, time::Instant};
use tracing::debug;

use crate::{CloseCode, Closed, Limits, Link, budget::Budget, link::Opened, shared::Shared};

#[derive(Debug)]
pub(crate) struct Registry {
    limits: Limits,
    table: Mutex<Table>,
    /// How many links are not yet gone.
    open: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Table {
    closing: bool,
    next: u64,
    /// How many links others opened.
    inbound: usize,
    peers: BTreeMap<NodeKey, Peer>,
}

#[derive(Debug)]
struct Peer {
    /// Oldest first.
    links: Vec<Entry>,
    budget: Arc<Mutex<Budget>>,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    initiator: bool,
    shared: Arc<Shared>,
}

impl Registry {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, table: Mutex::default(), open: watch::Sender::new(0) })
    }

    /// Lets a new link in and accompanies it to its end; none when there is no room, and then it is closed.
    pub(crate) fn admit(self: &Arc<Self>, peer: NodeKey, opened: Opened) -> Option<Link> {
        let now = Instant::now();
        let mut table = self.table();
        let refusal = if table.closing {
            Some((CloseCode::Shutdown, "the node is going down"))
        } else if !opened.initiator && table.inbound >= self.limits.links_in_max {
            Some((CloseCode::Busy, "too many links"))
        } else {
            None
        };
        let shared = opened.shared.clone();
        let initiator = opened.initiator;
        table.next += 1;
        let number = table.next;
        let link = if let Some((code, reason)) = refusal {
            shared.close(Closed::by_us(code, reason));
            None
        } else {
            table.peers.retain(|_, peer| !peer.links.is_empty() || !peer.is_settled(now));
            let budget = || Arc::new(Mutex::new(Budget::new(self.limits.bytes_per_minute_max, now)));
            let entry = table.peers.entry(peer).or_insert_with(|| Peer { links: Vec::new(), budget: budget() });
            let budget = entry.budget.clone();
            entry.links.push(Entry { number, initiator, shared: shared.clone() });
            let surplus = entry.links.len().saturating_sub(self.limits.links_per_key_max.max(1));
            let replaced: Vec<Entry> = entry.links.drain(..surplus).collect();
            table.inbound += usize::from(!initiator);
            table.inbound -= replaced.iter().filter(|entry| !entry.initiator).count();
            for old in replaced {
                old.shared.close(Closed::by_us(CloseCode::Replaced, "a newer link of the same key"));
            }
            Some(Link::new(opened, &self.limits, budget))
        };
        drop(table);
        if let Some(link) = &link {
            debug!(peer = peer.short(), over = %link.over, remote = %link.remote, initiator, "link open");
        }
        self.open.send_modify(|open| *open += 1);
        let registry = self.clone();
        tokio::spawn(async move {
            shared.tend(registry.limits.keep_alive).await;
            registry.leave(peer, number);
        });
        link
    }

    fn leave(&self, peer: NodeKey, number: u64) {
        let mut table = self.table();
        if let Some(entry) = table.peers.get_mut(&peer)
            && let Some(index) = entry.links.iter().position(|link| link.number == number)
        {
            let gone = entry.links.remove(index);
            table.inbound -= usize::from(!gone.initiator);
        }
        drop(table);
        self.open.send_modify(|open| *open -= 1);
    }

    /// Closes every link to a key.
    pub(crate) fn close_peer(&self, peer: NodeKey, closed: &Closed) {
        for link in self.table().peers.get(&peer).iter().flat_map(|peer| &peer.links) {
            link.shared.close(closed.clone());
        }
    }

    /// Closes every link and lets no other in.
    pub(crate) fn close_all(&self, closed: &Closed) {
        let mut table = self.table();
        table.closing = true;
        for link in table.peers.values().flat_map(|peer| &peer.links) {
            link.shared.close(closed.clone());
        }
    }

    /// Whether any link is not yet gone.
    pub(crate) fn has_links(&self) -> bool {
        *self.open.borrow() > 0
    }

    /// Returns once every link is gone.
    pub(crate) async fn until_empty(&self) {
        let mut open = self.open.subscribe();
        let _ = open.wait_for(|open| *open == 0).await;
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Peer {
    fn is_settled(&self, now: Instant) -> bool {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).is_settled(now)
    }
}
