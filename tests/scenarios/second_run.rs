//! One folder, one node.

use simpul_tests::harness::{Build, Network, Process};

#[test]
fn a_second_run_on_one_store_is_refused_with_a_clear_message() {
    let net = Network::small();
    let log = net["kuripan"].desk.join("second.log");
    let Err(second) = Process::start(Build::This, &net["kuripan"].folder, &[], &log) else {
        panic!("two nodes run on one store")
    };
    let told = second.failed();
    assert!(told.contains("in use") && told.contains("hint: "), "{told}");
    // The first is none the worse.
    assert_eq!(net["kuripan"].status().node, net["kuripan"].key);
}
