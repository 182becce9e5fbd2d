//! What an office may not read never lies in its files and never crosses its wire.

use simpul_tests::harness::Network;

use crate::{IDENTITY, KURIPAN, PARTICIPATION, files::Folder, tap::Tap};

/// A name that stands nowhere else, whole inside one value, so that packing cannot hide it.
const MARK: &str = "Zzyqmarkname Turyati";

#[test]
fn who_the_people_are_never_lies_in_the_files_of_a_ministry_that_may_not_know() {
    let net = Network::of(&["kemnaker", "kemenkes", "jateng", "wonosobo", "kuripan"], true);
    for number in 0..20 {
        net["kuripan"].register(&format!("{MARK} {number}"), KURIPAN, &["address=Dusun Zzyqmarkplace"]);
    }
    net.settle();
    net.until("kemenkes lists all twenty", || (net["kemenkes"].list().len() == 20).then_some(()));
    net.stop_all();
    // The search finds it where it may be: so it would find it where it may not.
    let lead = Folder::read(&net["kemnaker"].folder);
    assert_eq!(lead.journals_of(IDENTITY, &net["kuripan"].key).len(), 1);
    assert!(lead.payloads.iter().any(|bytes| bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes())));
    assert!(lead.find(MARK).iter().any(|place| place.contains("views.sqlite")), "{:?}", lead.find(MARK));

    let other = Folder::read(&net["kemenkes"].folder);
    assert_eq!(other.journals_of(PARTICIPATION, &net["kuripan"].key).len(), 1);
    for word in [MARK, "Zzyqmark", "identity/"] {
        assert_eq!(other.find(word), Vec::<String>::new(), "{word}");
    }
    // On a disk, nothing of a payload is in the clear but in the tables that pages are made of.
    for (name, bytes) in &lead.files {
        let clear = bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes());
        assert!(!clear || name.contains("views.sqlite"), "{name}");
    }
}

#[test]
fn who_the_people_are_never_crosses_the_wire_to_a_ministry_that_may_not_know() {
    let net = Network::of(&["kemnaker", "kemenkes", "jateng", "wonosobo", "kuripan"], true);
    // The ministry's key in a peer that keeps every message that it is sent, calling an office that holds everything.
    net["kemenkes"].stop();
    net["kuripan"].register(&format!("{MARK} before"), KURIPAN, &[]);
    net.settle();
    let mut tap = Tap::open(&net["kemenkes"].folder, &net["kuripan"].key, &net["kuripan"].status());
    tap.until_heard(PARTICIPATION);
    net["kuripan"].register(&format!("{MARK} while connected"), KURIPAN, &[]);
    tap.until_entries(2);
    assert_eq!(tap.scopes_heard(), [PARTICIPATION]);
    for word in [MARK, "Zzyqmark", "identity/"] {
        assert!(!tap.heard(word), "{word} was sent");
    }
    // The same ear with a key that may read it hears it.
    net["kemnaker"].stop();
    let mut tap = Tap::open(&net["kemnaker"].folder, &net["kuripan"].key, &net["kuripan"].status());
    tap.until_heard(IDENTITY);
    assert!(tap.heard(MARK) && tap.heard("identity/"));
}
