//! Training as tables.

use super::*;
use crate::{
    Content, Leaving, LeavingReason, Participation, PersonId, ProgrammeRecord, Record, RecordKind,
    fixtures::{Doc, KURIPAN, WONOSOBO, date, person},
    rules::Figures,
};

fn bimtek(doc: &Doc) -> Bimtek {
    let ProgrammeRecord::Bimtek(found) = doc.programme() else { panic!() };
    found
}

fn event() -> Doc {
    Doc::new(RecordKind::Bimtek, 1)
        .field("title", "Olahan salak")
        .field("sector", "ekonomi kreatif")
        .field("start", "25-04-2016")
        .field("finish", "30-04-2016")
}

fn mark(number: u8, day: &str, mark: Mark) -> crate::FactDraft {
    Attendance { person: person(number), day: date(day), mark }.draft().unwrap()
}

fn day(typed: &str) -> crate::Date {
    date(typed).span().first
}

#[test]
fn the_marks_of_two_offices_are_one_list_and_contradictions_are_shown() {
    use AttendanceCell::{Contradictory, Marked, Open};
    for (marks, saw, cell) in [
        (&[][..], &[][..], Open),
        (&[(KURIPAN, Mark::Present)], &[], Marked(Mark::Present)),
        (&[(KURIPAN, Mark::Present), (WONOSOBO, Mark::Present)], &[], Marked(Mark::Present)),
        (&[(KURIPAN, Mark::Present), (WONOSOBO, Mark::Absent)], &[], Contradictory),
        // Who had seen the first mark corrects it.
        (&[(KURIPAN, Mark::Present), (WONOSOBO, Mark::Excused)], &[1], Marked(Mark::Excused)),
    ] {
        let mut doc = event();
        for (number, (node, what)) in (1..).zip(marks) {
            doc = doc.fact(*node, number, mark(7, "26-04-2016", *what));
        }
        if !saw.is_empty() {
            doc = doc.saw(saw);
        }
        let found = bimtek(&doc);
        assert_eq!(found.cell(person(7), day("26-04-2016")), cell, "{marks:?}");
        assert_eq!(found.contradictions().len(), usize::from(cell == Contradictory));
    }
}

#[test]
fn taking_a_mark_away_is_an_act_of_its_own() {
    let untick = || Unticked { person: person(7), day: date("26-04-2016") }.draft().unwrap();
    let doc = event().fact(KURIPAN, 1, mark(7, "26-04-2016", Mark::Present)).fact(
        KURIPAN,
        2,
        mark(7, "27-04-2016", Mark::Present),
    );
    assert_eq!(
        bimtek(&doc.clone().fact(WONOSOBO, 3, untick())).days_present(person(7), &Figures::desmigratif()),
        2,
        "it had not seen the mark"
    );
    assert_eq!(
        bimtek(&doc.fact(WONOSOBO, 3, untick()).saw(&[1, 2])).days_present(person(7), &Figures::desmigratif()),
        1,
        "one day, not all"
    );
}

#[test]
fn who_attended_every_day_completed_it() {
    let figures = Figures::desmigratif();
    let doc = Doc::new(RecordKind::Bimtek, 1).field("start", "25-04-2016");
    let days = bimtek(&doc).planned_days(&figures);
    assert_eq!(days.len(), 6, "as many as the programme has");
    let there = bimtek(&doc.clone().fact(KURIPAN, 1, mark(7, "26-04-2016", Mark::Present)));
    let outside = bimtek(&doc.clone().fact(KURIPAN, 1, mark(7, "26-05-2016", Mark::Present)));
    let undated = bimtek(&Doc::new(RecordKind::Bimtek, 1).fact(KURIPAN, 1, mark(7, "26-05-2016", Mark::Present)));
    let counted = [&there, &outside, &undated].map(|bimtek| bimtek.days_present(person(7), &figures));
    assert_eq!(counted, [1, 0, 1]);
    let late = |bimtek: &Bimtek| late_start([bimtek], &taking_part(&[]).events, person(7), day("2017"), &figures);
    assert_eq!(
        [&there, &outside, &undated].map(late),
        [LateStart::Since(day("30-05-2016")), LateStart::No, LateStart::Unknown]
    );
    for (marks, expected) in [
        (&[Mark::Present; 6][..], Attended::Whole),
        (&[Mark::Present; 5], Attended::Open(5)),
        (&[Mark::Present, Mark::Excused, Mark::Present, Mark::Present, Mark::Absent, Mark::Present], Attended::Part(4)),
        (&[], Attended::Open(0)),
    ] {
        let mut doc = doc.clone();
        for (number, (day, what)) in (1..).zip(days.iter().zip(marks)) {
            doc = doc.fact(KURIPAN, number, mark(7, &day.to_string(), *what));
        }
        assert_eq!(bimtek(&doc).attended(person(7), &days), expected, "{marks:?}");
        assert_eq!(bimtek(&doc).attended(person(7), &[]), Attended::Open(0), "no day is known");
        let two = doc.fact(WONOSOBO, 90, mark(7, "25-04-2016", Mark::Absent));
        let expected = match marks.first() {
            Some(_) => Attended::Unsettled(expected.days(6) - 1),
            None => Attended::Open(0),
        };
        assert_eq!(bimtek(&two).attended(person(7), &days), expected, "{marks:?} and another");
    }
}

#[test]
fn a_bimtek_has_six_days_and_seven_contents() {
    let figures = Figures::desmigratif();
    for (start, finish, days, differs) in [
        ("25-04-2016", "30-04-2016", 6, 0),
        ("18-04-2016", "24-04-2016", 7, 1),
        ("30-04-2016", "25-04-2016", 0, 0),
        ("04-2016", "30-04-2016", 0, 0),
        ("01-01-2016", "31-12-2016", 0, 0),
    ] {
        let doc = Doc::new(RecordKind::Bimtek, 1).field("start", start).field("finish", finish);
        let found = bimtek(&doc);
        assert_eq!((found.days().len(), found.differs_from(&figures).len()), (days, differs), "{start} {finish}");
    }
    let mut doc = event();
    for (number, subject) in (1..).zip(TrainingSubject::ALL) {
        assert_eq!(bimtek(&doc).contents_missing().len(), 8 - usize::from(number));
        doc = doc.fact(KURIPAN, number, ContentGiven { subject: *subject, day: date("26-04-2016") }.draft().unwrap());
    }
    assert!(bimtek(&doc).contents_missing().is_empty());
}

#[test]
fn a_group_of_more_than_twenty_five_is_said_and_not_refused() {
    let mut doc = event();
    for number in 1..=26u8 {
        assert_eq!(bimtek(&doc).differs_from(&Figures::desmigratif()).len(), 0);
        doc = doc.fact(KURIPAN, number, Enrolled { person: person(number) }.draft().unwrap());
    }
    assert_eq!((bimtek(&doc).people().len(), bimtek(&doc).differs_from(&Figures::desmigratif()).len()), (26, 1));
}

#[test]
fn a_need_says_whose_it_is_or_rests_on_the_place() {
    let need = |person: Option<PersonId>, by| Needed {
        person,
        by,
        sector: Sector::Food,
        what: "olahan salak".into(),
        date: date("2016"),
    };
    for (whose, by, taken) in [
        (Some(person(1)), Need::Stated, true),
        (Some(person(1)), Need::Interview, true),
        (None, Need::Interview, false),
        (None, Need::LocalWisdom, true),
        (None, Need::FieldCheck, true),
    ] {
        assert_eq!(need(whose, by).draft().is_ok(), taken, "{by:?}");
    }
}

fn taking_part(facts: &[crate::FactDraft]) -> Participation {
    let mut doc = Doc::new(RecordKind::Participation, 2).person("person", 7);
    for (number, fact) in (1..).zip(facts) {
        doc = doc.fact(KURIPAN, number, fact.clone());
    }
    let Record::Participation(found) = doc.fold().record else { panic!() };
    found
}

#[test]
fn who_has_not_begun_a_month_after_the_bimtek_is_late() {
    let began = |when: &str| Started { date: date(when), business: None }.draft().unwrap();
    let left = Leaving { reason: LeavingReason::Departed, date: date("2016"), open: Vec::new() }.draft().unwrap();
    let limit = LateStart::Since(day("30-05-2016"));
    for (there, facts, on, late) in [
        (true, &[][..], "30-05-2016", LateStart::No),
        (true, &[], "31-05-2016", limit),
        (false, &[], "31-05-2016", LateStart::No),
        (true, &[began("15-05-2016")], "31-05-2016", LateStart::No),
        (true, &[began("04-2016")], "31-05-2016", LateStart::No),
        // A business of last year is none that the training brought; one to come is none yet.
        (true, &[began("2015")], "31-05-2016", limit),
        (true, &[began("01-07-2016")], "31-05-2016", limit),
        (true, &[left], "31-05-2016", LateStart::No),
    ] {
        let what = if there { Mark::Present } else { Mark::Absent };
        let bimtek = bimtek(&event().fact(KURIPAN, 1, mark(7, "26-04-2016", what)));
        let found = late_start([&bimtek], &taking_part(facts).events, person(7), day(on), &Figures::desmigratif());
        assert_eq!(found, late, "{on} {facts:?}");
    }
}

/// *ditetapkan → Bimtek → praktek → usaha berjalan | belum mulai → mandiri | keluar* (S0, S3): the furthest that is recorded.
#[test]
fn how_far_somebody_is_after_the_decision() {
    let decided = |outcome| {
        let (number, day, replaces, basis, scan) = (None, None, Vec::new(), None, None);
        crate::Decision { outcome, number, date: date("01-04-2016"), day, replaces, basis, scan }.draft().unwrap()
    };
    let accepted = || decided(crate::Outcome::Accepted);
    let began = |when: &str| Started { date: date(when), business: None }.draft().unwrap();
    let left = || Leaving { reason: LeavingReason::Died, date: date("2016"), open: Vec::new() }.draft().unwrap();
    let trained = bimtek(&event().fact(KURIPAN, 1, mark(7, "26-04-2016", Mark::Present)));
    let later =
        bimtek(&Doc::new(RecordKind::Bimtek, 3).field("start", "01-09-2016").field("finish", "06-09-2016").fact(
            KURIPAN,
            1,
            mark(7, "02-09-2016", Mark::Present),
        ));
    let given = |day: &str| {
        let practice = ContentGiven { subject: bimtek::Subject::Practice, day: date(day) };
        let doc =
            event().fact(KURIPAN, 1, mark(7, "26-04-2016", Mark::Present)).fact(KURIPAN, 2, practice.draft().unwrap());
        bimtek(&doc)
    };
    let run = {
        let part = crate::TookPart { person: person(7) }.draft().unwrap();
        let doc = Doc::new(RecordKind::Run, 4).field("date", "01-05-2016").fact(KURIPAN, 1, part);
        let ProgrammeRecord::Run(found) = doc.programme() else { panic!() };
        found
    };
    let log = |who: u8, independent: bool| {
        let mut doc = Doc::new(RecordKind::Mentoring, 5).person("person", who).field("year", "2017");
        if independent {
            doc = doc.fact(KURIPAN, 1, Independent { date: date("2017") }.draft().unwrap());
        }
        let ProgrammeRecord::Mentoring(found) = doc.programme() else { panic!() };
        found
    };
    let on = crate::Stage::On;
    let (day_given, other_day, mine, others) = (given("26-04-2016"), given("27-04-2016"), log(7, true), log(8, true));
    let open = log(7, false);
    let (one, two) = (Some("2016-05-30"), Some("2016-10-06"));
    type Around<'a> = (Vec<&'a Bimtek>, Vec<&'a crate::ProductionRun>, Vec<&'a Mentoring>);
    type Case<'a> = (Vec<crate::FactDraft>, Around<'a>, crate::Stage, Option<&'a str>);
    let cases: Vec<Case<'_>> = vec![
        (vec![], (vec![&trained], vec![], vec![]), crate::Stage::Before(crate::Step::Listed), None),
        (
            vec![decided(crate::Outcome::Reserve)],
            (vec![&trained], vec![], vec![]),
            crate::Stage::Decided(crate::Outcome::Reserve),
            None,
        ),
        (vec![accepted()], (vec![], vec![], vec![]), crate::Stage::Decided(crate::Outcome::Accepted), None),
        (vec![accepted()], (vec![&trained], vec![], vec![]), on(crate::Course::Trained), one),
        (vec![accepted()], (vec![&trained, &later], vec![], vec![]), on(crate::Course::Trained), two),
        (vec![accepted()], (vec![&day_given], vec![], vec![]), on(crate::Course::Practised), one),
        (vec![accepted()], (vec![&other_day], vec![], vec![]), on(crate::Course::Trained), one),
        (vec![accepted()], (vec![], vec![&run], vec![]), on(crate::Course::Practised), None),
        (
            vec![accepted(), began("05-2016")],
            (vec![&trained, &later], vec![], vec![]),
            on(crate::Course::Running),
            None,
        ),
        (vec![accepted(), began("2015")], (vec![], vec![], vec![]), on(crate::Course::Running), None),
        // A business of before the training is none that it brought.
        (vec![accepted(), began("2015")], (vec![&trained], vec![], vec![]), on(crate::Course::Trained), one),
        (vec![accepted()], (vec![&trained], vec![], vec![&mine]), on(crate::Course::Independent), None),
        (vec![accepted()], (vec![&trained], vec![], vec![&open, &others]), on(crate::Course::Trained), one),
        (
            vec![accepted(), began("05-2016"), left()],
            (vec![&trained], vec![], vec![&mine]),
            crate::Stage::Left(LeavingReason::Died),
            None,
        ),
    ];
    for (number, (facts, around, stage, after)) in cases.into_iter().enumerate() {
        let (bimteks, runs, mentorings) = &around;
        let around = CourseRecords { bimteks, runs, mentorings };
        let found = reached(&taking_part(&facts).events, person(7), &around, &Figures::desmigratif());
        let expected = Reached { stage, not_begun_after: after.map(|day| day.parse().unwrap()) };
        assert_eq!(found, expected, "case {number}");
    }
}
