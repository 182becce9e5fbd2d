//! What counts, what does not, and that nothing disappears.

use documents::{Edit, Refusal, Scalar, Waiting};
use identity::EntryHash;

use super::*;
use crate::{
    Annulment, Content, Decision, Known, Lang, Leaving, LeavingReason, Outcome, RecordError, Stage, Standing, Step,
    StepReached, choose, edit_from_input,
    fixtures::{Doc, GARUNG, KEMNAKER, KURIPAN, STRANGER, WONOSOBO, at},
};

fn accepted(date: &str) -> Decision {
    Decision {
        outcome: Outcome::Accepted,
        number: Some("140/05/2017".into()),
        date: date.parse().unwrap(),
        day: None,
        replaces: Vec::new(),
        basis: None,
        scan: None,
    }
}

fn participation() -> Doc {
    Doc::new(RecordKind::Participation, 1).person("person", 1)
}

fn events(doc: &Doc) -> crate::Events {
    let Record::Participation(found) = doc.fold().record else { panic!("not a participation") };
    found.events
}

/// The notices as "state code what".
fn check_notices(doc: &Doc, expected: &[&str]) {
    let found = doc.fold().notices;
    let found: Vec<_> =
        found.iter().map(|n| format!("{} {} {}", n.state.code(), n.code, n.what).trim().to_owned()).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_person_is_read_with_what_is_known() {
    let doc = Doc::new(RecordKind::Person, 1)
        .person("person", 1)
        .field("name", " Sri  Handayani ")
        .field("birth", "03-1985")
        .field("sex", "Perempuan");
    let Record::Person(person) = doc.fold().record else { panic!() };
    assert_eq!(person.fields.name, Known::One("Sri Handayani".into()));
    assert_eq!(person.fields.birth, Known::One(crate::PartialDate::Month(1985, 3)));
    assert_eq!(person.fields.sex, Known::One(crate::Sex::Female));
    assert_eq!(person.fields.nik, Known::Unknown);
    assert_eq!(person.village.as_str(), "33.07.10.2004");
    check_notices(&doc, &[]);
}

#[test]
fn a_value_of_the_wrong_type_is_ignored_and_shown() {
    for (key, value) in [
        ("birth", Scalar::Text("12-03-1985".into())),
        ("birth", Scalar::Int(1985)),
        ("birth", Scalar::Text("1985-02-31".into())),
        ("sex", Scalar::Text("x".into())),
        ("name", Scalar::Bool(true)),
        ("name", Scalar::Text("x".repeat(501))),
        ("name", Scalar::Text("a\nb".into())),
        ("name", Scalar::Other("a counter".into())),
        ("person", Scalar::Text("01".into())),
    ] {
        let doc = Doc::new(RecordKind::Person, 1).field("name", "Turi").raw(WONOSOBO, key, value);
        check_notices(&doc, &[&format!("ignored wrong_type {key}")]);
    }
}

#[test]
fn what_a_newer_version_wrote_waits() {
    let doc = Doc::new(RecordKind::Person, 1).field("name", "Turi").raw(WONOSOBO, "religion", Scalar::Int(1));
    check_notices(&doc, &["waiting version religion"]);
    let doc = doc.raw(KURIPAN, "blood", Scalar::Int(2));
    check_notices(&doc, &["waiting version blood, religion"]);
    let newer = br#"{"v":2,"outcome":"half","date":"2025"}"#;
    let doc = participation().fact_raw(KURIPAN, 1, "decision", newer).fact_raw(KURIPAN, 2, "oath", b"{}");
    check_notices(&doc, &["waiting version decision", "waiting version oath"]);
    let mut doc = Doc::new(RecordKind::Person, 1);
    doc.0.kind = 9999;
    check_notices(&doc, &["waiting version"]);
    assert_eq!(doc.fold().record, Record::Unread);
    // An entry that waits for a version is counted once, not again for its document.
    let at = doc.0.id.clone();
    doc.0.waiting = vec![(at, Waiting::Version)];
    check_notices(&doc, &["waiting version"]);
}

#[test]
fn a_document_of_which_nothing_counts_is_nobody() {
    let mut doc = participation();
    doc.0.refused = vec![(doc.0.id.clone(), Refusal::CutOff)];
    doc.0.tips.clear();
    assert_eq!(doc.fold().record, Record::Unread);
    check_notices(&doc, &["refused cut_off"]);
}

#[test]
fn members_that_this_version_does_not_know_are_passed_over() {
    let bytes = br#"{"v":1,"outcome":"ditetapkan","date":"2025-03-10","weather":"rain"}"#;
    let doc = participation().fact_raw(KURIPAN, 1, "decision", bytes);
    check_notices(&doc, &[]);
    assert_eq!(events(&doc).stage(), Stage::Decided(Outcome::Accepted));
}

/// Golden: content that is already written must be read for ever.
#[test]
fn the_content_of_facts_stays_as_it_is() {
    let text = |draft: crate::FactDraft| format!("{} {}", draft.key, String::from_utf8(draft.bytes).unwrap());
    assert_eq!(
        text(accepted("10-03-2025").draft().unwrap()),
        r#"decision {"v":1,"outcome":"ditetapkan","number":"140/05/2017","date":"2025-03-10"}"#
    );
    let leaving =
        Leaving { reason: LeavingReason::Departed, date: "2025".parse().unwrap(), open: vec![crate::OpenMatter::Loan] };
    assert_eq!(text(leaving.draft().unwrap()), r#"leaving {"v":1,"reason":"departed","date":"2025","open":["loan"]}"#);
    let step = StepReached { step: Step::Selected, date: "?".parse().unwrap() };
    assert_eq!(text(step.draft().unwrap()), r#"step {"v":1,"step":"diseleksi","date":"?"}"#);
    let annulment = Annulment { of: EntryHash([1; 32]) };
    assert_eq!(text(annulment.draft().unwrap()), format!(r#"annulment {{"v":1,"of":"{}"}}"#, "01".repeat(32)));
}

#[test]
fn damaged_content_is_ignored() {
    let long = vec![b' '; crate::FACT_BYTES_MAX + 1];
    let deep = [b"{\"v\":1,\"a\":".to_vec(), vec![b'['; 5000]].concat();
    for bytes in [b"".as_slice(), b"{}", b"[1]", b"{\"v\":1}", b"{\"v\":-1}", b"\xff\xfe", &long, &deep] {
        check_notices(&participation().fact_raw(KURIPAN, 1, "decision", bytes), &["ignored malformed decision"]);
    }
}

#[test]
fn only_the_village_decides() {
    for (node, notice) in [
        (KURIPAN, None),
        (WONOSOBO, Some("ignored may_not_say decision")),
        (KEMNAKER, Some("ignored may_not_say decision")),
        (GARUNG, Some("ignored may_not_say decision")),
        (STRANGER, Some("waiting unknown_author decision")),
    ] {
        let doc = participation().fact(node, 1, accepted("2025").draft().unwrap());
        check_notices(&doc, &notice.into_iter().collect::<Vec<_>>());
        assert_eq!(events(&doc).decisions.len(), usize::from(notice.is_none()));
    }
}

#[test]
fn a_decision_that_saw_another_replaces_it() {
    let (first, second) = (accepted("2025"), Decision { outcome: Outcome::Rejected, ..accepted("2026") });
    let mut doc = participation()
        .fact(KURIPAN, 1, first.draft().unwrap())
        .fact(KURIPAN, 2, StepReached { step: Step::Selected, date: "2025".parse().unwrap() }.draft().unwrap())
        .fact(KURIPAN, 3, second.draft().unwrap());
    assert!(matches!(events(&doc).standing(), Standing::Different(all) if all.len() == 2));
    assert_eq!(events(&doc).stage(), Stage::DecidedDifferently);
    // The second saw a change and the step; the step's author had seen the first decision.
    let places: Vec<_> = doc.0.facts.iter().map(|fact| fact.by.at.clone()).collect();
    doc.0.facts[1].saw = vec![places[0].clone()];
    doc.0.facts[2].saw = vec![places[1].clone(), at(identity::Class::Participation, KURIPAN, 5)];
    assert_eq!(events(&doc).stage(), Stage::Decided(Outcome::Rejected));
}

#[test]
fn the_same_decision_typed_in_twice_is_one() {
    let doc = participation().fact(KURIPAN, 1, accepted("2025").draft().unwrap()).fact(
        KURIPAN,
        2,
        accepted("2025").draft().unwrap(),
    );
    assert!(matches!(events(&doc).standing(), Standing::Decided(_)));
}

#[test]
fn a_slip_is_taken_back_by_the_office_that_made_it() {
    let leaving = Leaving { reason: LeavingReason::Moved, date: "2025".parse().unwrap(), open: Vec::new() };
    let doc =
        participation().fact(KURIPAN, 1, accepted("2025").draft().unwrap()).fact(KURIPAN, 2, leaving.draft().unwrap());
    assert_eq!(events(&doc).stage(), Stage::Left(LeavingReason::Moved));
    let back = Annulment { of: EntryHash([2; 32]) }.draft().unwrap();
    let by_other = doc.clone().fact(WONOSOBO, 3, back.clone());
    assert_eq!(events(&by_other).stage(), Stage::Left(LeavingReason::Moved));
    check_notices(&by_other, &["ignored not_its_own annulment"]);
    let by_own = doc.fact(KURIPAN, 3, back);
    assert_eq!(events(&by_own).stage(), Stage::Decided(Outcome::Accepted));
    check_notices(&by_own, &[]);
}

#[test]
fn the_steps_before_a_decision_go_up() {
    let step = |step| StepReached { step, date: "2025".parse().unwrap() }.draft().unwrap();
    assert_eq!(events(&participation()).stage(), Stage::Before(Step::Listed));
    let doc = participation().fact(WONOSOBO, 1, step(Step::Selected)).fact(KURIPAN, 2, step(Step::Identified));
    assert_eq!(events(&doc).stage(), Stage::Before(Step::Selected));
}

#[test]
fn a_document_in_the_wrong_place_is_not_read() {
    let mut doc = Doc::new(RecordKind::Person, 1).field("name", "Turi");
    doc.0.id = at(identity::Class::Participation, KURIPAN, 1);
    assert_eq!(doc.fold().record, Record::Unread);
    check_notices(&doc, &["ignored misplaced"]);
}

#[test]
fn what_waits_or_was_refused_is_said_unless_it_was_said_again() {
    let mut doc = participation();
    let entry = |seq| at(identity::Class::Participation, WONOSOBO, seq);
    doc.0.waiting = vec![(entry(5), Waiting::Reissue(entry(4))), (entry(6), Waiting::Dependency(entry(5)))];
    doc.0.refused = vec![(entry(4), Refusal::CutOff)];
    doc.0.settled = vec![(entry(5), entry(9))];
    check_notices(&doc, &["waiting dependency", "refused cut_off"]);
}

#[test]
fn an_erased_document_says_nothing() {
    let mut doc = Doc::new(RecordKind::Person, 1).field("name", "Turi");
    doc.0.erased = true;
    let folded = doc.fold();
    assert_eq!((folded.record, folded.conflicts.len()), (Record::Erased, 0));
}

#[test]
fn concurrent_values_stand_side_by_side_until_somebody_chooses() {
    let doc = Doc::new(RecordKind::Person, 1)
        .field("name", "Turi")
        .field("birth", "03-1985")
        .field_by(WONOSOBO, "birth", "12-03-1985")
        .field("phone", "0812")
        .field_by(WONOSOBO, "phone", "0812");
    let folded = doc.fold();
    let [conflict] = folded.conflicts.as_slice() else { panic!("{:?}", folded.conflicts) };
    assert_eq!(conflict.label(RecordKind::Person, Lang::Id), "Tanggal lahir");
    let shown: Vec<_> = conflict.values.iter().map(|v| (v.id.as_str(), v.by.office, v.by.officer.as_str())).collect();
    let office = |n| Some(identity::OfficeId([n; 16]));
    assert_eq!(shown, [("03-1985", office(KURIPAN), "petugas"), ("12-03-1985", office(WONOSOBO), "petugas")]);
    let Record::Person(person) = folded.record else { panic!() };
    assert!(person.fields.birth.is_contested() && !person.fields.phone.is_contested());
    for (chosen, stored) in [("12-03-1985", "1985-03-12"), ("1985-03", "1985-03"), ("13-03-1985", "1985-03-13")] {
        assert_eq!(
            choose(RecordKind::Person, &doc.0, "birth", chosen),
            Ok(Edit::Choose { key: "birth".into(), value: Scalar::Text(stored.into()) })
        );
    }
    assert!(choose(RecordKind::Person, &doc.0, "birth", "kemarin").is_err());
}

#[test]
fn what_an_officer_types_becomes_an_edit() {
    let kind = RecordKind::Participation;
    let put = |key: &str, value| Ok(Edit::Put { key: key.into(), value });
    assert_eq!(edit_from_input(kind, "resident", " Ya "), put("resident", Scalar::Bool(true)));
    assert_eq!(edit_from_input(kind, "group_number", "7"), put("group_number", Scalar::Int(7)));
    assert_eq!(edit_from_input(kind, "group", ""), Ok(Edit::Clear { key: "group".into() }));
    assert!(matches!(edit_from_input(kind, "person", " "), Err(RecordError::Required { field: "person" })));
    assert!(matches!(edit_from_input(kind, "resident", "mungkin"), Err(RecordError::Value { .. })));
    assert!(matches!(edit_from_input(kind, "nama", "x"), Err(RecordError::NoField { .. })));
}
