//! Children, pairs and moving as tables.

use identity::Region;

use super::*;
use crate::{
    Content, Evidence, FactDraft, Participation, ProgrammeRecord, Record, RecordKind,
    fixtures::{Doc, KEMNAKER, KURIPAN, VILLAGE, WONOSOBO, date, person},
};

fn child(doc: &Doc) -> Child {
    let ProgrammeRecord::Child(found) = doc.programme() else { panic!() };
    found
}

fn consent(given: bool) -> FactDraft {
    let guardian = "nenek".to_owned();
    Consent { guardian, given, text: "v1".into(), date: date("2017"), scan: None }.draft().unwrap()
}

#[test]
fn a_child_is_counted_without_a_name_until_a_guardian_consents() {
    use ConsentState::{Given, NotAsked, NotGiven};
    for (words, saw, state) in [
        (&[][..], &[][..], NotAsked),
        (&[true], &[], Given),
        (&[false], &[], NotGiven),
        (&[true, false], &[1], NotGiven),
        (&[false, true], &[1], Given),
        // Two words side by side: the careful one.
        (&[true, false], &[], NotGiven),
    ] {
        let mut doc = Doc::new(RecordKind::Child, 1).field("care", "rumah edukasi").field("born", "2010");
        for (number, given) in (1..).zip(words) {
            doc = doc.fact(KURIPAN, number, consent(*given));
        }
        if !saw.is_empty() {
            doc = doc.saw(saw);
        }
        let found = child(&doc);
        assert_eq!((found.consent(), found.may_write("name").is_ok()), (state, state == Given), "{words:?}");
        assert!(found.may_write("school").is_ok() && !found.names_without_consent());
        let named = child(&doc.field("name", "Anak"));
        assert_eq!((named.shown_name().is_some(), named.names_without_consent()), (state == Given, state != Given));
    }
}

#[test]
fn a_day_at_the_rumah_belajar_is_counted_once() {
    let there = |day: &str, activity| ChildAttendance { date: date(day), activity }.draft().unwrap();
    let doc = Doc::new(RecordKind::Child, 1)
        .field("care", "paud")
        .fact(KURIPAN, 1, there("01-03-2017", child::CareActivity::Play))
        .fact(KURIPAN, 2, there("01-03-2017", child::CareActivity::Koran))
        .fact(KURIPAN, 3, there("02-03-2017", child::CareActivity::Play))
        .fact(WONOSOBO, 4, there("03-03-2017", child::CareActivity::Play));
    assert_eq!(child(&doc).days(), 2);
    assert_eq!(doc.notices(), ["may_not_say there"]);
}

fn claim(one: u8, other: u8, words: &[(u8, PairDecision)], saw: &[u8]) -> DuplicateClaim {
    let mut doc = Doc::new(RecordKind::DuplicateClaim, 1)
        .person("person", one)
        .person("other", other)
        .field("evidence", Evidence::SameNik.code());
    for (number, (node, decision)) in (1..).zip(words) {
        doc = doc.fact(*node, number, PairDecided { decision: *decision, date: date("2017") }.draft().unwrap());
    }
    if !saw.is_empty() {
        doc = doc.saw(saw);
    }
    let ProgrammeRecord::DuplicateClaim(found) = doc.programme() else { panic!() };
    found
}

#[test]
fn a_link_can_be_undone_and_two_decisions_go_to_the_regency() {
    use PairDecision::{Different, Open, Same};
    for (words, saw, state) in [
        (&[][..], &[][..], PairState::Open),
        (&[(KURIPAN, Same)], &[], PairState::Decided(Same)),
        (&[(KURIPAN, Same), (WONOSOBO, Same)], &[], PairState::Decided(Same)),
        (&[(KURIPAN, Same), (WONOSOBO, Different)], &[], PairState::Contradictory),
        (&[(KURIPAN, Same), (WONOSOBO, Different)], &[1], PairState::Decided(Different)),
        (&[(KURIPAN, Same), (KURIPAN, Open)], &[1], PairState::Open),
        (&[(KEMNAKER, Same)], &[], PairState::Open),
    ] {
        let found = claim(2, 1, words, saw);
        assert_eq!((found.state(), found.pair()), (state, Some([person(1), person(2)])), "{words:?}");
    }
    assert_eq!(claim(1, 1, &[], &[]).pair(), None);
}

#[test]
fn a_damaged_decision_is_said_once() {
    let doc = Doc::new(RecordKind::DuplicateClaim, 1).person("person", 1).person("other", 2);
    assert_eq!(doc.fact_raw(KURIPAN, 1, "decision", b"{}").notices(), ["malformed decision"]);
}

#[test]
fn linked_people_are_shown_as_one_circle() {
    use PairDecision::{Different, Family, Same};
    let circles = |claims: &[(u8, u8, PairDecision)]| {
        let claims: Vec<_> = claims.iter().map(|(a, b, what)| claim(*a, *b, &[(KURIPAN, *what)], &[])).collect();
        let found = linked(&claims.iter().collect::<Vec<_>>());
        found.iter().map(|circle| circle.iter().map(|person| person.0[0]).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    assert_eq!(circles(&[(1, 2, Same), (3, 4, Same), (4, 2, Same), (5, 6, Family)]), [vec![1, 2, 3, 4]]);
    assert_eq!(circles(&[(1, 2, Same), (3, 4, Same)]), [vec![1, 2], vec![3, 4]]);
    assert_eq!(circles(&[(1, 2, Same), (2, 1, Different)]), Vec::<Vec<u8>>::new());
}

const GARUNG_VILLAGE: &str = "33.07.12.2007";

fn participation(seq: u64, facts: Vec<(u8, FactDraft)>) -> Participation {
    let mut doc = Doc::new(RecordKind::Participation, seq).person("person", 1);
    for (number, (node, fact)) in (1..).zip(facts) {
        doc = doc.fact(node, number, fact);
    }
    let Record::Participation(found) = doc.fold().record else { panic!() };
    found
}

#[test]
fn the_old_village_stays_responsible_until_the_new_one_accepts() {
    let to: Region = GARUNG_VILLAGE.parse().unwrap();
    let moving = || MoveAnnounced { to: to.clone(), date: date("2018") }.draft().unwrap();
    let old = participation(1, vec![]);
    let accepted = |by: &str| {
        let from = old.doc.clone();
        MoveAccepted { from, by: by.parse().unwrap(), date: date("2018") }.draft().unwrap()
    };
    let new = |by: &str| {
        let mut found = participation(2, vec![(KURIPAN, accepted(by))]);
        found.village = to.clone();
        found
    };
    let announced = participation(1, vec![(KURIPAN, moving())]);
    assert_eq!(responsible(&old, &[]), Responsible::Own);
    assert_eq!(responsible(&announced, &[]), Responsible::OwnUntil(to.clone()));
    assert_eq!(responsible(&announced, &[&new(GARUNG_VILLAGE)]), Responsible::Other(to.clone()));
    // A village accepts for itself alone.
    assert_eq!(responsible(&announced, &[&new(VILLAGE)]), Responsible::OwnUntil(to.clone()));
    // The regency reads both and says it in the old participation, which the old village reads.
    let told = participation(1, vec![(KURIPAN, moving()), (WONOSOBO, accepted(GARUNG_VILLAGE))]);
    assert_eq!(responsible(&told, &[]), Responsible::Other(to));
    let third = participation(1, vec![(WONOSOBO, accepted(GARUNG_VILLAGE)), (WONOSOBO, accepted("33.07.12.2008"))]);
    assert!(matches!(responsible(&third, &[]), Responsible::Several(all) if all.len() == 2));
}
