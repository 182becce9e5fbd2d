//! Admission, removal, adoption: who speaks for whom.

use super::{
    World, each,
    world::{MINISTRIES, PARTICIPATION},
};
use crate::{Effect, NodeState, Standing, VoidReason, WaitReason};

#[test]
fn admission_goes_down_the_tree() {
    each(|w| {
        for name in ["jateng", "bp3tki", "wonosobo", "kuripan", "garung"] {
            assert!(w.is_active(name), "{name}");
        }
    });
}

#[test]
fn who_may_admit_whom() {
    let table = [
        ("kemenkes", "village", "33.07.10.2005", true),
        ("kemenkes", "ministry", "id", true),
        ("kemenkes", "agency", "id", true),
        ("jateng", "regency", "33.08", true),
        ("jateng", "unit", "33", true),
        ("jateng", "village", "33.07.10.2005", true),
        ("jateng", "agency", "33", true),
        ("jateng", "agency", "id", false),
        ("jateng", "regency", "35.08", false),
        ("jateng", "province", "33", false),
        ("jateng", "ministry", "id", false),
        ("wonosobo", "village", "33.07.10.2005", true),
        ("wonosobo", "unit", "33.07", true),
        ("wonosobo", "unit", "33", false),
        ("wonosobo", "agency", "33", false),
        ("wonosobo", "regency", "33.07", false),
        ("wonosobo", "village", "33.08.10.2005", false),
        ("bp3tki", "village", "33.07.10.2005", false),
        ("kuripan", "village", "33.07.10.2004", false),
    ];
    for (sponsor, kind, region, expected) in table {
        each(|mut w| {
            let hash = w.admit(sponsor, "new", kind, region);
            assert_eq!(w.is_active("new"), expected, "{sponsor} admits a {kind} of {region}");
            let effect = if expected { Effect::Counts } else { Effect::Void(VoidReason::NoAuthority) };
            w.expect(hash, effect);
        });
    }
}

#[test]
fn an_office_admits_its_own_further_nodes_and_nobody_elses() {
    each(|mut w| {
        w.further("kuripan", "kuripan-2", "kuripan");
        w.further("kuripan-2", "kuripan-3", "kuripan");
        let by_garung = w.further("garung", "kuripan-4", "kuripan");
        assert!(w.is_active("kuripan-2") && w.is_active("kuripan-3"));
        assert!(!w.is_active("kuripan-4"));
        w.expect_void(by_garung, VoidReason::NoAuthority);
    });
}

#[test]
fn an_office_that_lost_its_only_node_gets_another_from_above() {
    each(|mut w| {
        w.remove("wonosobo", "kuripan", &[]);
        w.further("wonosobo", "kuripan-2", "kuripan");
        assert!(!w.is_active("kuripan") && w.is_active("kuripan-2"));
        assert_eq!(w.charter().node(&w.key("kuripan-2")).unwrap().office, w.office("kuripan"));
    });
}

#[test]
fn a_node_that_no_statement_admits_is_unknown() {
    each(|mut w| {
        w.request("stranger", "village", "33.07.10.2005");
        assert!(w.charter().node(&w.key("stranger")).is_none());
        assert_eq!(w.standing("stranger", PARTICIPATION, 1), Standing::Unknown);
        let by_stranger = w.admit("stranger", "other", "village", "33.07.10.2005");
        w.expect(by_stranger, Effect::Waiting(WaitReason::Author));
    });
}

#[test]
fn an_admission_counts_once_the_sponsor_is_admitted_itself() {
    each(|mut w| {
        let early = w.admit("jatim", "malang", "regency", "35.07");
        w.expect(early, Effect::Waiting(WaitReason::Author));
        w.admit("kemendesa", "jatim", "province", "35");
        w.expect_counts(early);
        assert!(w.is_active("malang"));
    });
}

#[test]
fn who_may_remove_whom() {
    let table = [
        ("wonosobo", "kuripan", true),
        ("jateng", "kuripan", true),
        ("kemenkes", "kuripan", true),
        ("kemenkes", "jateng", true),
        ("kemenkes", "bp3tki", true),
        ("jateng", "bp3tki", true),
        ("kuripan-2", "kuripan", false),
        ("kuripan", "kuripan", false),
        ("garung", "kuripan", false),
        ("kuripan", "wonosobo", false),
        ("bp3tki", "kuripan", false),
        ("wonosobo", "bp3tki", false),
    ];
    for (by, node, expected) in table {
        each(|mut w| {
            w.further("kuripan", "kuripan-2", "kuripan");
            let hash = w.remove(by, node, &[]);
            assert_eq!(!w.is_active(node), expected, "{by} removes {node}");
            w.expect(hash, if expected { Effect::Counts } else { Effect::Void(VoidReason::NoAuthority) });
        });
    }
}

#[test]
fn a_single_ministry_removes_no_ministry() {
    each(|mut w| {
        let hash = w.remove("kemnaker", "kemenkes", &[]);
        assert!(w.is_active("kemenkes"));
        w.expect_void(hash, VoidReason::MajorityOnly);
    });
}

#[test]
fn of_a_removed_key_counts_only_what_the_removal_keeps() {
    each(|mut w| {
        let kept = w.admit("wonosobo", "good", "village", "33.07.10.2005");
        let kuripan = w.set.iter().find(|s| s.candidates().iter().any(|c| c.node == w.key("kuripan"))).unwrap().hash();
        w.remove("jateng", "wonosobo", &[kept, kuripan]);
        let backdated = w.admit("wonosobo", "evil", "village", "33.07.10.2006");
        assert!(w.is_active("good") && w.is_active("kuripan"));
        assert!(!w.is_active("evil") && !w.is_active("garung"));
        w.expect_void(backdated, VoidReason::AuthorRemoved);
    });
}

#[test]
fn a_stolen_key_cannot_void_its_own_removal() {
    each(|mut w| {
        // The thief of Wonosobo's key strikes back at the province, and admits a node of its own to be safe.
        let removal = w.remove("jateng", "wonosobo", &[]);
        let back = w.remove("wonosobo", "jateng", &[]);
        let refuge = w.further("wonosobo", "refuge", "wonosobo");
        assert!(w.is_active("jateng") && !w.is_active("wonosobo") && !w.is_active("refuge"));
        w.expect_counts(removal);
        w.expect_void(back, VoidReason::AuthorRemoved);
        w.expect_void(refuge, VoidReason::AuthorRemoved);
    });
}

#[test]
fn two_removals_of_one_key_keep_what_both_keep() {
    each(|mut w| {
        let one = w.admit("wonosobo", "one", "village", "33.07.10.2005");
        let two = w.admit("wonosobo", "two", "village", "33.07.10.2006");
        let both = w.admit("wonosobo", "both", "village", "33.07.10.2007");
        w.remove("jateng", "wonosobo", &[one, both]);
        w.remove("kemendesa", "wonosobo", &[two, both]);
        assert!(w.is_active("both") && !w.is_active("one") && !w.is_active("two"));
    });
}

#[test]
fn what_fell_with_its_sponsor_can_be_adopted() {
    each(|mut w| {
        let fell = w.admit("wonosobo", "new", "village", "33.07.10.2005");
        w.further("new", "new-2", "new");
        w.remove("jateng", "wonosobo", &[]);
        assert_eq!(w.charter().node(&w.key("new")).unwrap().state, NodeState::Fallen);
        assert_eq!(w.charter().node(&w.key("new-2")).unwrap().state, NodeState::Fallen);
        assert_eq!(w.standing("new", "participation/33.07.10.2005", 1), Standing::NoRight);
        assert!(!w.charter().office(&w.office("new")).unwrap().admitted);

        let adoption = w.adopt("jateng", &[fell]);
        w.expect_counts(adoption);
        w.expect_counts(fell);
        assert!(w.is_active("new") && w.is_active("new-2"));
        assert_eq!(w.standing("new", "participation/33.07.10.2005", 1), Standing::Open);
    });
}

#[test]
fn adopting_takes_the_adopters_own_authority() {
    each(|mut w| {
        let fell = w.admit("wonosobo", "new", "village", "33.07.10.2005");
        w.remove("jateng", "wonosobo", &[]);
        let by_village = w.adopt("kuripan", &[fell]);
        assert!(!w.is_active("new"));
        w.expect(by_village, Effect::Waiting(WaitReason::AuthorFell));
        let by_agency = w.adopt("bp3tki", &[fell]);
        assert!(!w.is_active("new"));
        w.expect_void(by_agency, VoidReason::NoAuthority);
    });
}

#[test]
fn an_adoption_waits_for_what_it_adopts() {
    each(|mut w| {
        let mut elsewhere = w.clone();
        let later = elsewhere.admit("wonosobo", "new", "village", "33.07.10.2005");
        w.request("new", "village", "33.07.10.2005");
        let adoption = w.adopt("jateng", &[later]);
        w.expect(adoption, Effect::Waiting(WaitReason::Statement));
        w.set.union(&elsewhere.set);
        w.expect_counts(adoption);
    });
}

#[test]
fn a_removed_key_never_comes_back() {
    each(|mut w| {
        let again = w.set.iter().find(|s| s.candidates().iter().any(|c| c.node == w.key("kuripan"))).unwrap().hash();
        w.remove("wonosobo", "kuripan", &[]);
        w.adopt("jateng", &[again]);
        w.further("jateng", "kuripan", "kuripan");
        assert!(!w.is_active("kuripan"));
    });
}

#[test]
fn a_removal_waits_for_the_admission_that_it_takes_back() {
    each(|mut w| {
        w.request("new", "village", "33.07.10.2005");
        let removal = w.remove("wonosobo", "new", &[]);
        w.expect(removal, Effect::Waiting(WaitReason::Subject));
        w.admit("wonosobo", "new", "village", "33.07.10.2005");
        w.expect_counts(removal);
        assert!(!w.is_active("new"));
    });
}

#[test]
fn a_key_speaks_for_one_office_the_one_of_higher_rank() {
    each(|mut w| {
        let village = w.admit("jateng", "twice", "village", "33.07.10.2005");
        let regency = w.admit("jateng", "twice", "regency", "33.09");
        let charter = w.charter();
        assert_eq!(charter.node(&w.key("twice")).unwrap().office, w.office("twice"));
        assert_eq!(charter.office(&w.office("twice")).unwrap().kind, identity::OfficeKind::Regency);
        w.expect_void(village, VoidReason::OtherOffice);
        w.expect_counts(regency);
    });
}

#[test]
fn a_practice_request_joins_no_real_network() {
    each(|mut w| {
        w.practice = true;
        let hash = w.admit("kemnaker", "latihan", "village", "33.07.10.2005");
        w.expect_void(hash, VoidReason::OtherSort);
        assert!(!w.is_active("latihan"));
    });
}

#[test]
fn the_proof_of_an_admission_leads_from_the_founders_down() {
    each(|mut w| {
        let further = w.further("kuripan", "kuripan-2", "kuripan");
        let charter = w.charter();
        let proof = charter.admission_proof(&w.key("kuripan-2")).unwrap();
        let authors: Vec<_> = proof.iter().map(|hash| w.set.get(hash).unwrap().author()).collect();
        assert_eq!(authors, ["kemnaker", "jateng", "wonosobo", "kuripan"].map(|name| w.key(name)));
        assert_eq!(proof.last(), Some(&further));
        assert_eq!(charter.admission_proof(&w.key("kemnaker")), Some(vec![]));
        assert_eq!(charter.admission_proof(&w.key("nobody")), None);

        let mut minimal = crate::StatementSet::new();
        for hash in proof.iter().chain(charter.founding()) {
            minimal.insert_checked(w.set.get(hash).unwrap().clone());
        }
        assert!(crate::Charter::fold(&minimal, w.network).is_active(&w.key("kuripan-2")));
    });
}

#[test]
fn the_chain_above_an_office_begins_with_the_ministries() {
    each(|w| {
        let charter = w.charter();
        let above: Vec<_> = charter.above(&w.office("kuripan")).into_iter().map(|office| office.id).collect();
        assert_eq!(above.len(), MINISTRIES.len() + 2);
        assert_eq!(above[8..], [w.office("jateng"), w.office("wonosobo")]);
        assert!(charter.above(&w.office("kemnaker")).is_empty());
    });
}

#[test]
fn another_networks_statement_does_nothing() {
    each(|mut w| {
        let mut other = World::new(77);
        other.found(&["kemnaker"]);
        let request = w.request("new", "village", "33.07.10.2005");
        let network = std::mem::replace(&mut w.network, other.network);
        let hash = w.say("kemnaker", crate::Body::Admit { request });
        w.network = network;
        w.expect_void(hash, VoidReason::OtherNetwork);
        assert!(!w.is_active("new"));
    });
}

#[test]
fn the_proof_of_a_further_node_from_above_admits_its_office_too() {
    each(|mut w| {
        w.further("kemnaker", "kuripan-2", "kuripan");
        let charter = w.charter();
        let proof = charter.admission_proof(&w.key("kuripan-2")).unwrap();
        assert_eq!(proof.len(), 4, "province, regency, village, and the node");
    });
}

#[test]
fn an_equal_takes_no_office_its_first_node_by_an_old_request() {
    each(|mut w| {
        // The key once asked to be a node of Garung, then opened an office of its own.
        let old = w.further_request("new", "garung");
        w.admit("wonosobo", "new", "village", "33.07.10.2005");
        let taken = w.say("garung", crate::Body::Admit { request: old });
        assert_eq!(w.charter().node(&w.key("new")).unwrap().office, w.office("new"));
        w.expect_void(taken, VoidReason::OtherOffice);
    });
}
