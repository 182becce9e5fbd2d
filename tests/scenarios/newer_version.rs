//! Records of a kind that only a newer version knows, and peers that speak only a newer protocol.

use documents::Scalar;
use simpul_tests::harness::Network;
use transport::CloseCode;

use crate::{KURIPAN, PARTICIPATION, files::Folder, newer, tap};

/// Stands nowhere else.
const MARK: &str = "Zzyqmark of tomorrow";

#[test]
fn a_record_of_an_unknown_kind_is_kept_passed_on_and_shown_as_waiting() {
    let net = Network::small();
    net.stop_all();
    let document = newer::write(&net["kuripan"].folder, PARTICIPATION, "weather", MARK);
    // The ministry gets it through the regency alone, and neither knows what it is.
    net.start("wonosobo");
    net.start("kuripan");
    net.settle();
    net.until("the regency says that something waits", || (net["wonosobo"].status().waiting() == 1).then_some(()));
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.settle();
    net["kuripan"].stop();
    net.start("kemnaker");
    net.start("jateng");
    net.settle();
    for label in ["wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} lists Turyati"), || (net[label].names() == ["Turyati"]).then_some(()));
        net.until(&format!("{label} says that something waits"), || {
            let status = net[label].status();
            let scope = status.scope(PARTICIPATION)?;
            ((scope.entries, scope.documents, scope.waiting, scope.refused) == (2, 1, 1, 0)).then_some(())
        });
        net[label].verify();
    }
    net.stop_all();
    let held = Folder::read(&net["kemnaker"].folder);
    assert!(held.find(MARK).contains(&"a payload".to_owned()), "{:?}", held.find(MARK));
    // Whoever is brought up to date shows it.
    let shown = newer::shown(&net["kemnaker"].folder, &document).unwrap();
    assert_eq!(shown.fields["weather"][0].value, Scalar::Text(MARK.to_owned()));
}

#[test]
fn a_peer_that_speaks_only_another_version_is_told_so_and_nothing_else_changes() {
    let net = Network::of(&["kemnaker", "kemenkes", "jateng", "wonosobo", "kuripan"], true);
    net["kemenkes"].stop();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    let before = net.settle();
    for versions in [(sync::wire::VERSIONS.1 + 1, u16::MAX), (0, sync::wire::VERSIONS.0 - 1)] {
        let closed = tap::greet(&net["kemenkes"].folder, &net["kemnaker"].key, &net["kemnaker"].status(), versions);
        assert_eq!((closed.code, closed.reason.as_str()), (CloseCode::Version, "no common version"), "{versions:?}");
        assert!(closed.by_peer);
    }
    assert!(net["kemnaker"].log_contains("Version"), "the ministry's log says why");
    assert_eq!(net.settle(), before);
    assert!(net["kemnaker"].status().peers.iter().all(|peer| peer.node != net["kemenkes"].key));
    // The node goes on, also with that very peer once it speaks our version as well.
    net.start("kemenkes");
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.settle();
    net.until("the ministry lists both", || (net["kemnaker"].names() == ["Bawon", "Turyati"]).then_some(()));
    net.until("the other one too", || (net["kemenkes"].list().len() == 2).then_some(()));
    let newest = (sync::wire::VERSIONS.1, u16::MAX);
    net["kemenkes"].stop();
    let mut tap =
        tap::Tap::open_speaking(&net["kemenkes"].folder, &net["kemnaker"].key, &net["kemnaker"].status(), newest);
    tap.until_heard(PARTICIPATION);
}
