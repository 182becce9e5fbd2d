//! kill -9 under load.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use simpul_tests::harness::Network;

use crate::KURIPAN;

const KILLS: usize = 10;

#[test]
fn ten_kills_under_load_lose_no_acknowledged_write() {
    let net = Network::small();
    let acknowledged: Mutex<Vec<String>> = Mutex::default();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        // Also when the story fails in here.
        let _over = Over(&over);
        for writer in 0..2 {
            let (net, acknowledged, over) = (&net, &acknowledged, &over);
            scope.spawn(move || {
                for number in 0.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let name = format!("Writer {writer} number {number:04}");
                    let command = ["participant", "add", "--json", "--name", &name, "--village", KURIPAN];
                    // Unanswered when the node is killed in the middle; then it may be there or not.
                    if net["kuripan"].ask(&command).code == Some(0) {
                        acknowledged.lock().unwrap().push(name);
                    }
                }
            });
        }
        for kill in 0..KILLS {
            let before = acknowledged.lock().unwrap().len();
            // The moment differs each time: after one more write, after two, …
            net.until("more is written", || (acknowledged.lock().unwrap().len() > before + kill).then_some(()));
            net["kuripan"].kill();
            // A command of a writer may hold the store for the moment: that is waited for.
            net.start("kuripan");
        }
    });
    let mut acknowledged = acknowledged.into_inner().unwrap();
    acknowledged.sort_unstable();
    assert!(acknowledged.len() > KILLS * 5, "there was load: {}", acknowledged.len());
    net.settle();
    for label in ["kuripan", "wonosobo", "kemnaker"] {
        net.until(&format!("{label} lists every acknowledged name"), || {
            let names = net[label].names();
            acknowledged.iter().all(|name| names.binary_search(name).is_ok()).then_some(())
        });
    }
    net["kuripan"].verify();
}

/// Tells the writers to stop.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
