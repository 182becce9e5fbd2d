//! An office joins a network in which others are writing.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use simpul_tests::harness::Network;

use crate::KURIPAN;

#[test]
fn an_office_that_joins_while_others_write_ends_with_the_same_view() {
    let mut net = Network::of(&["kemnaker", "jateng", "wonosobo", "kuripan"], true);
    net.init("bp3tki");
    for number in 0..20 {
        net["kuripan"].register(&format!("Before {number:02}"), KURIPAN, &[]);
    }
    let joined = AtomicBool::new(false);
    let counts = thread::scope(|scope| {
        let write = |label: &'static str| {
            let (net, joined) = (&net, &joined);
            scope.spawn(move || {
                // Until the agency is in, and five more.
                let (mut count, mut more) = (0, 5);
                while more > 0 {
                    net[label].register(&format!("{label} {count:02}"), KURIPAN, &[]);
                    count += 1;
                    more -= u32::from(joined.load(Ordering::Relaxed));
                }
                count
            })
        };
        let writers = ["kuripan", "wonosobo"].map(write);
        net.admit("bp3tki", "kemnaker");
        net.start("bp3tki");
        net.until("the agency shows what was written before it came", || {
            (net["bp3tki"].names().len() >= 20).then_some(())
        });
        joined.store(true, Ordering::Relaxed);
        writers.map(|writer| writer.join().unwrap())
    });
    net.settle();
    let everybody = 20 + counts.iter().sum::<usize>();
    let all = net
        .until("the village lists everybody", || Some(net["kuripan"].names()).filter(|names| names.len() == everybody));
    for label in ["bp3tki", "kemnaker"] {
        net.until(&format!("{label} lists everybody"), || (net[label].names() == all).then_some(()));
    }
}
