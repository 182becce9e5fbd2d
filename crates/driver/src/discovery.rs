//! Calling nodes that are known from their beacons alone, so that a node that knows one peer finds the others.
//!
//! The peers of the config have tasks of their own (`links::keep`) and are not called from here. A node whose right to a
//! scope nobody shares who is connected is called first; beyond that a few links are enough, because whoever holds a page
//! can serve it.
//!
//! # Invariants
//! - Only nodes that the charter holds for active are called, one at a time, each ever more rarely while it is not
//!   reached.
//! - No call is made once [`LINKS_MAX`] nodes are connected.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use identity::{NodeKey, ScopeName};
use sync::Replica;
use tokio::sync::{mpsc, oneshot, watch};
use transport::{Address, Endpoint};

use crate::engine::Told;

/// How long one waits before the next call, at least and at most.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3));

/// How long before the same node is called again, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(3600));

/// How many connected nodes are enough, where each scope has somebody to share it with.
const LINKS_WANTED: usize = 8;

/// How many connected nodes are enough in any case.
const LINKS_MAX: usize = 32;

/// How many nodes, and for how many scopes, are weighed against each other for one call.
const WEIGHED: (usize, usize) = (256, 64);

/// Which nodes were called of late, how often, and until when they are left alone.
#[derive(Debug, Default)]
struct Calls(BTreeMap<NodeKey, (u32, Instant)>);

impl Calls {
    fn is_due(&self, node: &NodeKey, now: Instant) -> bool {
        self.0.get(node).is_none_or(|(_, until)| *until <= now)
    }

    /// `spread` is drawn at random, from 0 up to 1.
    fn called(&mut self, node: NodeKey, now: Instant, spread: f64) {
        let (times, until) = self.0.entry(node).or_insert((0, now));
        let doubled = AGAIN.0.saturating_mul(1 << (*times).min(16)).min(AGAIN.1);
        *times = times.saturating_add(1);
        *until = now + doubled.mul_f64(0.75 + spread / 2.0);
    }

    /// Whoever is still connected when it might be called again was reached, and nothing is held against it.
    fn forget_reached(&mut self, connected: &BTreeSet<NodeKey>, now: Instant) {
        self.0.retain(|node, (_, until)| !(connected.contains(node) && *until <= now));
    }
}

/// Calls one node after the other, until the loop is gone.
pub(crate) async fn discover(
    endpoint: Endpoint,
    configured: BTreeSet<NodeKey>,
    told: mpsc::UnboundedSender<Told>,
    connected: watch::Receiver<BTreeSet<NodeKey>>,
    mut hurry: watch::Receiver<()>,
) {
    let mut calls = Calls::default();
    loop {
        let spread = random();
        let pause = PAUSE.0 + (PAUSE.1 - PAUSE.0).mul_f64(spread);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // Somebody asks for it: whoever could not be reached may be by now.
            Ok(()) = hurry.changed() => calls = Calls::default(),
            () = told.closed() => return,
        }
        let now = Instant::now();
        let up = connected.borrow().clone();
        calls.forget_reached(&up, now);
        let spared: BTreeSet<NodeKey> = calls.0.keys().filter(|node| !calls.is_due(node, now)).copied().collect();
        let (reply, answer) = oneshot::channel();
        let (me, configured) = (endpoint.node_key(), configured.clone());
        let look = Box::new(move |replica: Option<&mut Replica>| {
            let chosen = replica.and_then(|replica| {
                let left_alone = |node: &NodeKey| configured.contains(node) || spared.contains(node);
                choose(replica, me, &up, left_alone, spread)
            });
            drop(reply.send(chosen));
        });
        if told.send(Told::Look(look)).is_err() {
            return;
        }
        let Ok(Some((peer, addresses))) = answer.await else { continue };
        calls.called(peer, now, spread);
        match endpoint.connect(peer, &addresses).await {
            Ok(link) => {
                if told.send(Told::LinkUp { link: Box::new(link), gone: None }).is_err() {
                    return;
                }
            }
            Err(error) => tracing::debug!(peer = %peer.short(), %error, "cannot reach a node that its beacon names"),
        }
    }
}

/// Whom to call: first whoever reads scopes held here that nobody reads who is connected, then whoever shares most.
fn choose(
    replica: &Replica,
    me: NodeKey,
    connected: &BTreeSet<NodeKey>,
    left_alone: impl Fn(&NodeKey) -> bool,
    spread: f64,
) -> Option<(NodeKey, Vec<Address>)> {
    let charter = replica.charter();
    if connected.len() >= LINKS_MAX || !charter.is_active(&me) {
        return None;
    }
    let known = replica.beacons().iter().filter(|(node, beacon)| {
        let fits = *node != me && !beacon.addresses.is_empty() && charter.is_active(node);
        fits && !connected.contains(node) && !left_alone(node)
    });
    let known: Vec<_> = known.collect();
    let scopes: Vec<&ScopeName> = some(&replica.scopes().collect::<Vec<_>>(), WEIGHED.1, spread);
    let lonely = |scope: &&&ScopeName| !connected.iter().any(|peer| charter.may_read(peer, scope));
    let lonely: Vec<&ScopeName> = scopes.iter().filter(lonely).copied().collect();
    let weighed = some(&known, WEIGHED.0, spread).into_iter().map(|(node, beacon)| {
        let reads = |scopes: &[&ScopeName]| scopes.iter().filter(|scope| charter.may_read(&node, scope)).count();
        ((reads(&lonely), reads(&scopes)), node, beacon)
    });
    let ((alone, _), node, beacon) = weighed.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let addresses: Vec<Address> = beacon.addresses.iter().filter_map(|text| text.parse().ok()).collect();
    let wanted = alone > 0 || connected.len() < LINKS_WANTED;
    (wanted && !addresses.is_empty()).then_some((node, addresses))
}

/// Up to so many of the items, from a random one on.
fn some<T: Copy>(items: &[T], most: usize, spread: f64) -> Vec<T> {
    let begin = (items.len() as f64 * spread) as usize;
    items.iter().cycle().skip(begin).take(items.len().min(most)).copied().collect()
}

/// A number from 0 up to 1.
fn random() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness all nodes pause equally long, and no worse.
    let _ = getrandom::fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_reached_is_called_ever_more_rarely_and_who_stays_connected_starts_anew() {
        let (node, start) = (NodeKey([1; 32]), Instant::now());
        let mut calls = Calls::default();
        let mut pauses = Vec::new();
        let mut now = start;
        for _ in 0..12 {
            assert!(calls.is_due(&node, now));
            calls.called(node, now, 0.5);
            let (_, until) = calls.0[&node];
            assert!(!calls.is_due(&node, until - Duration::from_millis(1)));
            pauses.push((until - now).as_secs());
            now = until;
        }
        assert_eq!(pauses[..4], [10, 20, 40, 80]);
        assert_eq!(pauses[11], 3600);
        calls.forget_reached(&BTreeSet::new(), now);
        assert_eq!(calls.0.len(), 1);
        calls.forget_reached(&BTreeSet::from([node]), now);
        assert!(calls.0.is_empty());
    }

    #[test]
    fn some_of_many_are_others_at_another_draw() {
        let items: Vec<u32> = (0..10).collect();
        assert_eq!(some(&items, 3, 0.0), [0, 1, 2]);
        assert_eq!(some(&items, 3, 0.99), [9, 0, 1]);
        assert_eq!(some(&items, 20, 0.5).len(), 10);
        assert_eq!(some::<u32>(&[], 20, 0.5), []);
    }
}
