//! What follows a training, as tables.

use std::collections::BTreeMap;

use identity::EntryHash;

use super::*;
use crate::{
    Content, Date, FactDraft, ProgrammeRecord, RecordKind, Rupiah,
    fixtures::{Doc, KEMNAKER, KURIPAN, VILLAGE, WONOSOBO, date, person},
    rules::Figures,
};

fn day(typed: &str) -> Date {
    date(typed).span().first
}

fn log(doc: &Doc) -> Mentoring {
    let ProgrammeRecord::Mentoring(found) = doc.programme() else { panic!() };
    found
}

fn visit(on: &str, again: Option<&str>) -> MentoringVisit {
    MentoringVisit {
        date: date(on),
        motivation: Motivation::Low,
        problems: vec![Problem::Permit, Problem::Market],
        next: NextStep::Visit,
        again: again.map(date),
        turnover: Some(Rupiah(300_000)),
    }
}

#[test]
fn mentoring_takes_one_to_two_years() {
    let figures = Figures::desmigratif();
    for (begun, on, age) in [
        ("01-05-2016", "30-04-2017", MentoringAge::Early),
        ("01-05-2016", "01-05-2017", MentoringAge::Usual),
        ("01-05-2016", "30-04-2018", MentoringAge::Usual),
        ("01-05-2016", "01-05-2018", MentoringAge::Beyond),
        ("05-2016", "15-05-2017", MentoringAge::Unknown),
        ("05-2016", "15-06-2017", MentoringAge::Usual),
        ("2016", "15-06-2019", MentoringAge::Beyond),
        ("?", "15-06-2019", MentoringAge::Unknown),
    ] {
        let doc = Doc::new(RecordKind::Mentoring, 1).person("person", 1).field("year", "2017").field("begun", begun);
        assert_eq!(log(&doc).age(day(on), &figures), age, "{begun} {on}");
        let done = doc.fact(KURIPAN, 1, Independent { date: date("2018") }.draft().unwrap());
        assert_eq!(log(&done).age(day(on), &figures), MentoringAge::Independent);
    }
}

#[test]
fn a_visit_that_was_promised_falls_due() {
    let base = || Doc::new(RecordKind::Mentoring, 1).person("person", 1).field("year", "2017");
    for (visits, on, due) in [
        (&[("10-01-2017", Some("10-02-2017"))][..], "09-02-2017", None),
        (&[("10-01-2017", Some("10-02-2017"))], "10-02-2017", Some("2017-02-10")),
        (&[("10-01-2017", Some("02-2017"))], "15-02-2017", None),
        (&[("10-01-2017", Some("02-2017"))], "28-02-2017", Some("2017-02-28")),
        (&[("10-01-2017", Some("10-02-2017")), ("12-02-2017", None)], "01-03-2017", None),
        // Typed in later, an older visit changes nothing.
        (&[("12-02-2017", None), ("10-01-2017", Some("10-02-2017"))], "01-03-2017", None),
    ] {
        let mut doc = base();
        for (number, (when, again)) in (1..).zip(visits) {
            doc = doc.fact(WONOSOBO, number, visit(when, *again).draft().unwrap());
        }
        assert_eq!(log(&doc).visit_due(day(on)).map(|day| day.to_string()).as_deref(), due, "{visits:?} {on}");
        assert_eq!(log(&doc).problems()[&Problem::Market], visits.len());
    }
    assert!(visit("10-01-2017", Some("09-01-2017")).draft().is_err());
    let negative = MentoringVisit { turnover: Some(Rupiah(-1)), ..visit("10-01-2017", None) };
    assert!(negative.draft().is_err());
    let by_ministry = base().fact(KEMNAKER, 1, visit("10-01-2017", None).draft().unwrap());
    assert_eq!(by_ministry.notices(), ["may_not_say mentoring"]);
}

fn round(doc: &Doc) -> MonitoringRound {
    let ProgrammeRecord::MonitoringRound(found) = doc.programme() else { panic!() };
    found
}

fn answer(who: u8, text: &str) -> Response {
    Response {
        person: person(who),
        how: ResponseKind::Answered,
        date: date("07-2017"),
        asked: Some(EntryHash([1; 32])),
        answers: BTreeMap::from([("usaha".to_owned(), text.to_owned())]),
    }
}

fn quarter() -> Doc {
    let questions = vec![Question { code: "usaha".into(), text: "Masih berusaha?".into() }];
    Doc::new(RecordKind::MonitoringRound, 1)
        .field("programme", "desmigratif")
        .field("quarter", "07-2017")
        .fact(KURIPAN, 1, Questionnaire { title: "Monitoring".into(), questions }.draft().unwrap())
        .fact(KURIPAN, 2, Expected { person: person(7) }.draft().unwrap())
}

#[test]
fn two_answers_by_two_officers_are_both_kept_and_flagged() {
    for (responses, saw, open, closed) in [
        (vec![], &[][..], 1, 0),
        (vec![answer(7, "ya")], &[], 0, 1),
        (vec![answer(7, "ya"), answer(7, "ya")], &[], 0, 1),
        (vec![answer(7, "ya"), answer(7, "tidak")], &[], 0, 2),
        (vec![answer(7, "ya"), answer(7, "tidak")], &[10], 0, 1),
        (vec![answer(8, "ya")], &[], 1, 0),
    ] {
        let mut doc = quarter();
        for (number, (node, response)) in (10..).zip([KURIPAN, WONOSOBO].into_iter().zip(&responses)) {
            doc = doc.fact(node, number, response.draft().unwrap());
        }
        if !saw.is_empty() {
            doc = doc.saw(saw);
        }
        let found = round(&doc);
        assert_eq!(found.open().len(), open, "{responses:?}");
        let answers = match found.state(person(7)) {
            ResponseState::Open => 0,
            ResponseState::Closed(_) => 1,
            ResponseState::Different(all) => all.len(),
        };
        assert_eq!(answers, closed, "{responses:?}");
    }
}

#[test]
fn a_questionnaire_can_close_without_answers_and_takes_no_others() {
    let found = round(&quarter());
    assert_eq!(found.takes(&answer(7, "ya")), Ok(()));
    for how in [ResponseKind::NotReachable, ResponseKind::Departed, ResponseKind::Refused] {
        let closed = Response { how, asked: None, answers: BTreeMap::new(), ..answer(7, "ya") };
        assert_eq!(found.takes(&closed), Ok(()));
        assert!(Response { how, ..answer(7, "ya") }.draft().is_err(), "answers of somebody who gave none");
    }
    let answers = BTreeMap::from([("omzet".to_owned(), "1".to_owned())]);
    assert!(found.takes(&Response { answers, ..answer(7, "ya") }).is_err());
    assert!(found.takes(&Response { asked: Some(EntryHash([9; 32])), ..answer(7, "ya") }).is_err());
    assert!(answer(7, "NIK 3307105203850001").draft().is_err());
    let twice = Question { code: "a".into(), text: "?".into() };
    assert!(Questionnaire { title: "M".into(), questions: vec![twice.clone(), twice] }.draft().is_err());
}

#[test]
fn monitoring_comes_every_three_months_after_the_training() {
    let days = monitoring_days(day("30-11-2016"), day("01-12-2017"), &Figures::desmigratif());
    let days: Vec<_> = days.iter().map(Date::to_string).collect();
    assert_eq!(days, ["2017-02-28", "2017-05-30", "2017-08-30", "2017-11-30"]);
}

fn instrument() -> Instrument {
    let item = |code: &str, axis| Item { code: code.into(), axis, text: "Pertanyaan".into(), points_max: 4 };
    Instrument {
        name: "Instrumen uji".into(),
        items: vec![item("u1", Axis::Business), item("u2", Axis::Business), item("s1", Axis::Social)],
        high_from: BTreeMap::from([(Axis::Business, 5), (Axis::Social, 3)]),
    }
}

fn points(u1: u32, u2: u32, s1: u32) -> BTreeMap<String, u32> {
    BTreeMap::from([("u1".into(), u1), ("u2".into(), u2), ("s1".into(), s1)])
}

#[test]
fn the_two_axes_give_a_quadrant_and_the_quadrant_what_is_learned() {
    use Material::{Entrepreneur, Family, FieldTest};
    for (u1, u2, s1, quadrant, materials) in [
        (4, 0, 2, Quadrant::I, &[Entrepreneur, Family][..]),
        (4, 1, 2, Quadrant::II, &[Family]),
        (0, 4, 3, Quadrant::III, &[Entrepreneur]),
        (4, 4, 4, Quadrant::IV, &[FieldTest]),
    ] {
        let submitted = instrument().submit(points(u1, u2, s1), date("2017")).unwrap();
        assert_eq!((submitted.quadrant, submitted.quadrant.materials(None)), (quadrant, materials));
    }
    assert_eq!(Quadrant::IV.materials(Some(true)), [Material::Mentor]);
    assert!(instrument().submit(points(5, 0, 0), date("2017")).is_err(), "more points than the question gives");
    let mut open = points(1, 1, 1);
    open.remove("s1");
    assert!(instrument().submit(open, date("2017")).is_err());
    let mut unreachable = instrument();
    unreachable.high_from.insert(Axis::Social, 5);
    assert!(unreachable.submit(points(1, 1, 1), date("2017")).is_err());
    assert_ne!(unreachable.digest(), instrument().digest());
}

#[test]
fn the_newest_adopted_assessment_counts_and_two_side_by_side_are_not_averaged() {
    let submitted = |u1| instrument().submit(points(u1, 4, 4), date("2017")).unwrap().draft().unwrap();
    let adopted = |of: u8| Adopted { of: EntryHash([of; 32]), date: date("2017") }.draft().unwrap();
    let test = |of: u8, passed| -> FactDraft {
        FieldTest { of: EntryHash([of; 32]), passed, date: date("2018"), evidence: None }.draft().unwrap()
    };
    let base = Doc::new(RecordKind::Assessment, 1)
        .field("village", VILLAGE)
        .person("person", 1)
        .fact(KURIPAN, 1, submitted(0))
        .fact(WONOSOBO, 2, submitted(4));
    let read = |doc: &Doc| {
        let ProgrammeRecord::Assessment(found) = doc.programme() else { panic!() };
        let counting = match found.counting() {
            Counting::None => vec![],
            Counting::One(one) => vec![one.hash.0[0]],
            Counting::Several(all) => all.iter().map(|said| said.hash.0[0]).collect(),
        };
        (counting, found.materials())
    };
    assert_eq!(read(&base), (vec![], &[][..]));
    let one = base.clone().fact(KURIPAN, 3, adopted(1));
    assert_eq!(read(&one), (vec![1], &[Material::Entrepreneur][..]));
    assert_eq!(read(&one.clone().fact(WONOSOBO, 4, adopted(2))), (vec![1, 2], &[][..]));
    let newer = one.fact(WONOSOBO, 4, adopted(2)).saw(&[3]);
    assert_eq!(read(&newer), (vec![2], &[Material::FieldTest][..]));
    let passed = newer.fact(KURIPAN, 5, test(2, true));
    assert_eq!(read(&passed), (vec![2], &[Material::Mentor][..]));
    assert_eq!(read(&passed.fact(WONOSOBO, 6, test(2, false))).1, [], "two tests contradict each other");
}
