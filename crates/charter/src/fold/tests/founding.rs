//! The founding and the acts of a majority.

use identity::NetworkId;

use super::{
    World, each,
    world::{IDENTITY, MINISTRIES, PARTICIPATION, cut, point},
};
use crate::{
    Access, Act, Body, Charter, Effect, FreezeReason, Grant, Holder, Policy, Reach, Standing, VoidReason, WaitReason,
};

fn removal(w: &World, node: &str) -> Act {
    Act::RemoveNode { node: w.key(node), reason: String::new(), keep: Vec::new() }
}

fn narrow(w: &World) -> Act {
    // The province reads who the people are no more, and writes no participation.
    let mut policy = Policy::default_programme(w.office("kemnaker"));
    policy.grants.retain(|grant| grant.holder != Holder::Kind(identity::OfficeKind::Province));
    Act::SetPolicy(policy)
}

#[test]
fn a_network_stands_when_every_founder_signed() {
    let mut w = World::new(1);
    let statement = w.draft_founding(&MINISTRIES);
    for name in &MINISTRIES[1..] {
        w.set.insert(statement.signed_by(&w.secret(name)).unwrap()).unwrap();
    }
    let charter = w.charter();
    assert!(!charter.is_founded());
    assert_eq!(charter.missing_founders(), [w.key("kemnaker")]);
    assert_eq!(charter.offices().count(), 0);

    let last = statement.signed_by(&w.secret("kemnaker")).unwrap();
    w.set.insert(last).unwrap();
    let charter = w.charter();
    assert!(charter.is_founded());
    assert_eq!((charter.founder_set_version(), charter.offices().count(), charter.majority()), (1, 8, 5));
    assert_eq!(charter.founding().len(), 8);
}

#[test]
fn a_stranger_under_a_founding_adds_nothing() {
    let mut w = World::new(1);
    let statement = w.draft_founding(&["kemnaker"]);
    w.set.insert(statement.signed_by(&w.secret("kemnaker")).unwrap()).unwrap();
    let before = w.charter();
    let stranger = statement.signed_by(&w.secret("stranger")).unwrap();
    let hash = crate::statement_hash(&stranger);
    w.set.insert(stranger).unwrap();
    w.expect_void(hash, VoidReason::NoAuthority);
    assert_eq!(w.charter().founding(), before.founding());
}

#[test]
fn without_a_founding_everything_waits() {
    let mut w = World::new(1);
    w.network = NetworkId([9; 32]);
    let hash = w.admit("kemnaker", "new", "village", "33.07.10.2005");
    w.expect(hash, Effect::Waiting(WaitReason::Founding));
    assert!(!w.charter().is_founded());
}

#[test]
fn five_of_eight_are_a_majority_and_four_are_not() {
    each(|mut w| {
        let act = removal(&w, "kemendesa");
        let votes = w.vote(&MINISTRIES[..4], 1, &act);
        w.expect(votes[0], Effect::Waiting(WaitReason::Votes { given: 4, needed: 5 }));
        assert!(w.is_active("kemendesa"));

        let Body::Majority { nonce, .. } = w.set.get(&votes[0]).unwrap().statement().body.clone() else { panic!() };
        let fifth = w.say(MINISTRIES[4], Body::Majority { founder_set_version: 1, act, nonce });
        w.expect_counts(fifth);
        w.expect_counts(votes[0]);
        assert!(!w.is_active("kemendesa"));
        assert_eq!(w.charter().founder_set_version(), 2);
    });
}

#[test]
fn an_office_has_one_vote_however_many_of_its_nodes_sign() {
    each(|mut w| {
        w.further("kemnaker", "kemnaker-2", "kemnaker");
        let act = removal(&w, "kemendesa");
        let votes = w.vote(&["kemnaker", "kemnaker-2", "kemenpar", "kemenkes", "kemenpora"], 1, &act);
        w.expect(votes[0], Effect::Waiting(WaitReason::Votes { given: 4, needed: 5 }));
    });
}

#[test]
fn who_is_no_founder_has_no_vote() {
    each(|mut w| {
        w.admit("kemnaker", "bp2mi", "ministry", "id");
        let act = removal(&w, "kemendesa");
        let votes = w.vote(&["kemnaker", "kemenpar", "kemenkes", "kemenpora", "bp2mi", "jateng"], 1, &act);
        w.expect_void(votes[4], VoidReason::NoAuthority);
        w.expect_void(votes[5], VoidReason::NoAuthority);
        assert!(w.is_active("kemendesa"));
    });
}

#[test]
fn of_two_acts_of_one_version_the_lower_hash_stands() {
    each(|mut w| {
        let (one, two) = (removal(&w, "kemendesa"), removal(&w, "kemenkominfo"));
        let one = w.vote(&MINISTRIES[..5], 1, &one);
        let two = w.vote(&MINISTRIES[..5], 1, &two);
        let body = |hash: &_| w.set.get(hash).unwrap().body_hash();
        let (stands, falls) = if body(&one[0]) < body(&two[0]) { (one, two) } else { (two, one) };
        stands.iter().for_each(|vote| w.expect_counts(*vote));
        falls.iter().for_each(|vote| w.expect_void(*vote, VoidReason::OtherAct));
        assert_eq!(w.charter().founder_set_version(), 2);
    });
}

#[test]
fn an_act_of_a_later_version_waits_for_the_ones_before_it() {
    each(|mut w| {
        let act = removal(&w, "kemendesa");
        let second = w.vote(&MINISTRIES[..5], 2, &act);
        w.expect(second[0], Effect::Waiting(WaitReason::Version));
        let policy = narrow(&w);
        w.vote(&MINISTRIES[2..7], 1, &policy);
        w.expect_counts(second[0]);
        assert_eq!(w.charter().founder_set_version(), 3);
    });
}

#[test]
fn an_act_does_not_take_away_the_ground_that_it_stands_on() {
    each(|mut w| {
        // Kemnaker's own vote helps to remove Kemnaker's key; the act stands all the same.
        let act = removal(&w, "kemnaker");
        let votes = w.vote(&MINISTRIES[..5], 1, &act);
        w.expect_counts(votes[0]);
        assert!(!w.is_active("kemnaker"));
        let act = removal(&w, "kemenpar");
        let votes = w.vote(&["kemnaker", "kemenkes", "kemenpora", "kemenbumn", "kemenkopukm"], 2, &act);
        w.expect_void(votes[0], VoidReason::AuthorRemoved);
        assert!(w.is_active("kemenpar"));
    });
}

#[test]
fn a_founder_that_was_added_votes_and_admits() {
    each(|mut w| {
        let request = w.request("kp2mi", "ministry", "id");
        w.vote(&MINISTRIES[..5], 1, &Act::AddFounder { request });
        assert_eq!(w.charter().majority(), 5);
        assert_eq!(w.charter().founders().count(), 9);
        w.admit("kp2mi", "jatim", "province", "35");
        assert!(w.is_active("jatim"));
        let act = removal(&w, "kemendesa");
        w.vote(&["kp2mi", "kemnaker", "kemenpar", "kemenkes", "kemenpora"], 2, &act);
        assert!(!w.is_active("kemendesa"));
        let proof = w.charter().admission_proof(&w.key("jatim")).unwrap();
        assert_eq!(proof.len(), 11, "the votes of two acts, and the admission");
    });
}

#[test]
fn a_founder_that_was_removed_has_no_vote_and_stands_above_nobody() {
    each(|mut w| {
        let kept = w.admit("kemendesa", "jatim", "province", "35");
        let fell = w.admit("kemendesa", "bali", "province", "51");
        w.vote(&MINISTRIES[..5], 1, &Act::RemoveFounder { office: w.office("kemendesa"), keep: vec![kept] });
        let charter = w.charter();
        assert_eq!(charter.founders().count(), 7);
        assert!(w.is_active("kemendesa"), "its nodes stay until somebody removes them");
        assert!(w.is_active("jatim") && !w.is_active("bali"));
        w.expect_void(fell, VoidReason::NoAuthority);

        let own = w.further("kemendesa", "kemendesa-2", "kemendesa");
        w.expect_counts(own);
        let late = w.admit("kemendesa", "ntb", "province", "52");
        w.expect_void(late, VoidReason::NoAuthority);
        let removal = w.remove("kemenpar", "kemendesa", &[]);
        w.expect_counts(removal);
        assert!(!w.is_active("kemendesa"));
    });
}

#[test]
fn the_last_founder_stays() {
    let mut w = World::new(3);
    w.found(&["kemnaker"]);
    let votes = w.vote(&["kemnaker"], 1, &Act::RemoveFounder { office: w.office("kemnaker"), keep: Vec::new() });
    w.expect_void(votes[0], VoidReason::Inapplicable);
    assert_eq!(w.charter().founder_set_version(), 1);
}

#[test]
fn a_founder_without_a_node_gets_one_by_majority() {
    each(|mut w| {
        let act = removal(&w, "kemendesa");
        w.vote(&MINISTRIES[..5], 1, &act);
        let request = w.further_request("kemendesa-2", "kemendesa");
        w.vote(&MINISTRIES[..5], 2, &Act::AdmitNode { request });
        assert!(w.is_active("kemendesa-2"));
        let act = Act::CutOff {
            node: w.key("kemendesa"),
            scope: "coordination/id".parse().unwrap(),
            at: vec![cut(1, 7)],
            void: false,
        };
        assert_eq!(w.standing("kemendesa", "coordination/id", 1), Standing::Frozen(FreezeReason::Removed));
        w.vote(&["kemendesa-2", "kemnaker", "kemenkes", "kemenpora", "kemenbumn"], 3, &act);
        assert_eq!(w.standing("kemendesa", "coordination/id", 1), Standing::CutOff(Some(point(7))));
        assert_eq!(w.standing("kemendesa", "coordination/id", 2), Standing::CutOff(None));
    });
}

#[test]
fn a_narrower_policy_freezes_what_was_written_and_stops_reading() {
    each(|mut w| {
        let scope = |name: &str| name.parse().unwrap();
        assert!(w.charter().may_read(&w.key("jateng"), &scope(IDENTITY)));
        assert_eq!(w.standing("jateng", PARTICIPATION, 1), Standing::Open);
        assert_eq!(w.standing("jateng", IDENTITY, 1), Standing::NoRight);
        let act = narrow(&w);
        w.vote(&MINISTRIES[3..], 1, &act);
        assert!(!w.charter().may_read(&w.key("jateng"), &scope(IDENTITY)));
        assert!(!w.charter().may_write(&w.key("jateng"), &scope(PARTICIPATION)));
        assert_eq!(w.standing("jateng", PARTICIPATION, 1), Standing::Frozen(FreezeReason::Narrowed));
        w.cut_off("kemnaker", "jateng", PARTICIPATION, &[cut(1, 3)], &[]);
        assert_eq!(w.standing("jateng", PARTICIPATION, 1), Standing::CutOff(Some(point(3))));
    });
}

#[test]
fn the_default_policy_reads_as_the_table_in_the_records() {
    let table = [
        ("coordination/id", "kemenkes kemnaker", "jateng bp3tki wonosobo kuripan garung"),
        ("coordination/33.07", "kemenkes kemnaker jateng bp3tki wonosobo", "kuripan garung"),
        ("coordination/33.07.10.2004", "kemenkes kemnaker jateng bp3tki wonosobo kuripan", ""),
        (PARTICIPATION, "kemnaker jateng bp3tki wonosobo kuripan", "kemenkes"),
        (IDENTITY, "bp3tki wonosobo kuripan", "kemnaker jateng"),
        ("money/33.07.10.2004", "kuripan", "wonosobo"),
        ("care/33.07.10.2004", "kuripan", ""),
        ("board/33.07", "kemnaker bp3tki jateng wonosobo", "kemenkes kuripan garung"),
        ("board/35", "kemnaker", "kemenkes bp3tki jateng wonosobo kuripan garung"),
    ];
    let w = World::programme(0);
    let charter = w.charter();
    for (scope, writers, readers) in table {
        for name in ["kemnaker", "kemenkes", "jateng", "bp3tki", "wonosobo", "kuripan", "garung"] {
            let scope = scope.parse().unwrap();
            let writes = writers.split(' ').any(|writer| writer == name);
            let reads = writes || readers.split(' ').any(|reader| reader == name);
            assert_eq!(charter.may_write(&w.key(name), &scope), writes, "{name} writes {scope}");
            assert_eq!(charter.may_read(&w.key(name), &scope), reads, "{name} reads {scope}");
        }
    }
}

#[test]
fn an_internal_scope_belongs_to_its_office() {
    each(|mut w| {
        w.further("kuripan", "kuripan-2", "kuripan");
        let scope = format!("internal/{}", w.office("kuripan")).parse().unwrap();
        let charter = w.charter();
        assert!(charter.may_write(&w.key("kuripan-2"), &scope));
        for name in ["kemnaker", "wonosobo", "garung"] {
            assert!(!charter.may_read(&w.key(name), &scope), "{name}");
        }
    });
}

#[test]
fn a_grant_can_be_for_one_region() {
    let w = World::programme(0);
    let grant = Grant {
        holder: Holder::Kind(identity::OfficeKind::Unit),
        class: identity::Class::Money,
        within: "33.07".parse().unwrap(),
        reach: Reach::Anywhere,
        access: Access::Read,
    };
    let policy = Policy { grants: vec![grant] };
    let access = |scope: &str| {
        let office = w.office("kuripan");
        let place = "35".parse().unwrap();
        policy.access(office, identity::OfficeKind::Unit, &place, identity::Class::Money, &scope.parse().unwrap())
    };
    assert_eq!(access("33.07.10.2004"), Some(Access::Read));
    assert_eq!(access("33.08.10.2004"), None);
}

#[test]
fn an_incomplete_founding_of_another_network_is_looked_over() {
    let w = World::programme(2);
    let other = Charter::fold(&w.set, NetworkId([5; 32]));
    assert!(!other.is_founded() && other.missing_founders().is_empty());
}

#[test]
fn a_majority_removes_any_key_and_cuts_it_off_above_all_others() {
    each(|mut w| {
        let act = removal(&w, "kuripan");
        w.vote(&MINISTRIES[..5], 1, &act);
        assert!(!w.is_active("kuripan"));
        let (node, scope) = (w.key("kuripan"), IDENTITY.parse().unwrap());
        w.vote(&MINISTRIES[..5], 2, &Act::CutOff { node, scope, at: vec![cut(1, 7)], void: false });
        w.cut_off("kemnaker", "kuripan", IDENTITY, &[cut(1, 3)], &[]);
        assert_eq!(w.standing("kuripan", IDENTITY, 1), Standing::CutOff(Some(point(7))));
    });
}

#[test]
fn an_act_stands_though_the_key_that_it_removes_is_not_known_yet() {
    each(|mut w| {
        let request = w.further_request("kemenkes-2", "kemenkes");
        let act = removal(&w, "kemenkes-2");
        let votes = w.vote(&MINISTRIES[..5], 1, &act);
        w.expect_counts(votes[0]);
        w.say("kemenkes", Body::Admit { request });
        assert!(!w.is_active("kemenkes-2"));
    });
}

#[test]
fn the_proof_of_a_founders_act_leads_to_the_voters() {
    each(|mut w| {
        let further = w.further("kemenkes", "kemenkes-2", "kemenkes");
        let request = w.request("kp2mi", "ministry", "id");
        w.vote(&["kemnaker", "kemenpar", "kemenkes-2", "kemenpora", "kemenbumn"], 1, &Act::AddFounder { request });
        let proof = w.charter().admission_proof(&w.key("kp2mi")).unwrap();
        assert!(proof.contains(&further));
        assert_eq!(proof.len(), 6);
    });
}

#[test]
fn the_proof_of_a_former_founders_node_tells_that_it_is_none_any_more() {
    each(|mut w| {
        w.vote(&MINISTRIES[..5], 1, &Act::RemoveFounder { office: w.office("kemendesa"), keep: Vec::new() });
        w.further("kemenpar", "kemendesa-2", "kemendesa");
        assert!(w.is_active("kemendesa-2"));
        assert_eq!(w.charter().admission_proof(&w.key("kemendesa-2")).unwrap().len(), 6);
    });
}
