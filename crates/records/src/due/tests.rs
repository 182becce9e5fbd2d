//! What waits on a day.

use super::*;
use crate::{
    Assigned, Attendance, Content, EntryKind, Expected, FactDraft, Handled, Handling, Leaving, LedgerEntry, Mark,
    MentoringVisit, Motivation, NextStep, Origin, ProgrammeRecord, Purpose, Record, RecordKind, Visit,
    fixtures::{Doc, KURIPAN, VILLAGE, WONOSOBO, at, date, person},
};

fn day(typed: &str) -> Date {
    date(typed).span().first
}

fn taking_part(who: u8, left: Option<LeavingReason>) -> Participation {
    let mut doc = Doc::new(RecordKind::Participation, 1).person("person", who);
    if let Some(reason) = left {
        doc = doc.fact(KURIPAN, 1, Leaving { reason, date: date("2016"), open: Vec::new() }.draft().unwrap());
    }
    let Record::Participation(found) = doc.fold().record else { panic!() };
    found
}

fn bimtek(who: u8) -> Bimtek {
    let mark = Attendance { person: person(who), day: date("26-04-2016"), mark: Mark::Present };
    let doc = Doc::new(RecordKind::Bimtek, 1).field("start", "25-04-2016").field("finish", "30-04-2016").fact(
        KURIPAN,
        1,
        mark.draft().unwrap(),
    );
    let ProgrammeRecord::Bimtek(found) = doc.programme() else { panic!() };
    found
}

fn mentoring(who: u8) -> Mentoring {
    let visit = MentoringVisit {
        date: date("01-05-2016"),
        motivation: Motivation::High,
        problems: Vec::new(),
        next: NextStep::Visit,
        again: Some(date("20-06-2016")),
        turnover: None,
    };
    let doc = Doc::new(RecordKind::Mentoring, 1).person("person", who).field("year", "2016").fact(
        KURIPAN,
        1,
        visit.draft().unwrap(),
    );
    let ProgrammeRecord::Mentoring(found) = doc.programme() else { panic!() };
    found
}

fn round(people: &[u8]) -> MonitoringRound {
    let mut doc =
        Doc::new(RecordKind::MonitoringRound, 1).field("programme", "desmigratif").field("quarter", "04-2016");
    for (number, who) in (1..).zip(people) {
        doc = doc.fact(KURIPAN, number, Expected { person: person(*who) }.draft().unwrap());
    }
    let ProgrammeRecord::MonitoringRound(found) = doc.programme() else { panic!() };
    found
}

fn loan(who: u8) -> (Loan, Ledger) {
    let group = at(identity::Class::Participation, KURIPAN, 1).to_string();
    let doc = Doc::new(RecordKind::Loan, 9)
        .field("group", &group)
        .person("person", who)
        .field("principal", "300")
        .field("applied", "2016");
    let ProgrammeRecord::Loan(loan) = doc.programme() else { panic!() };
    let entry = LedgerEntry {
        kind: EntryKind::PaidOut,
        amount: Rupiah(300),
        date: date("20-05-2016"),
        receipt: None,
        person: None,
        loan: Some(loan.doc.clone()),
        run: None,
    };
    let doc = Doc::new(RecordKind::Ledger, 5).field("group", &group).field("year", "2016").fact(
        KURIPAN,
        1,
        entry.draft().unwrap(),
    );
    let ProgrammeRecord::Ledger(ledger) = doc.programme() else { panic!() };
    (loan, ledger)
}

/// What is due for one participant with a training, a loan, a mentoring and a round, as "day what".
fn of_one(left: Option<LeavingReason>, on: &str) -> Vec<String> {
    let (who, bimtek, mentoring, round, (loan, ledger)) =
        (taking_part(1, left), bimtek(1), mentoring(1), round(&[1]), loan(1));
    let records = Records {
        participations: &[&who],
        bimteks: &[&bimtek],
        rounds: &[&round],
        mentorings: &[&mentoring],
        loans: &[&loan],
        ledgers: &[&ledger],
        ..Records::default()
    };
    let found = due(&records, day(on), &Figures::desmigratif());
    found.iter().map(|due| format!("{} {:?}", due.day, due.what)).collect()
}

#[test]
fn what_waits_is_listed_by_its_day() {
    let coming = ["2016-06-20 Instalment { amount: Rupiah(100), overdue: false }", "2016-06-20 MentoringVisit"];
    assert_eq!(of_one(None, "01-05-2016"), Vec::<String>::new());
    assert_eq!(of_one(None, "20-05-2016"), Vec::<String>::new(), "a month ahead is too early");
    let mut expected = vec!["2016-05-30 LateStart"];
    expected.extend(coming);
    assert_eq!(of_one(None, "15-06-2016"), expected);
    assert_eq!(
        of_one(None, "01-07-2016"),
        [
            "2016-05-30 LateStart",
            "2016-06-20 Instalment { amount: Rupiah(100), overdue: true }",
            "2016-06-20 MentoringVisit",
            "2016-06-30 Monitoring { open: 1 }",
        ]
    );
}

#[test]
fn a_training_is_followed_by_a_round_every_quarter() {
    let (who, bimtek) = (taking_part(1, None), bimtek(1));
    let rounds = |quarter: &str| {
        let doc = Doc::new(RecordKind::MonitoringRound, 2).field("programme", "desmigratif").field("quarter", quarter);
        let doc = doc.fact(KURIPAN, 1, Expected { person: person(1) }.draft().unwrap());
        let ProgrammeRecord::MonitoringRound(found) = doc.programme() else { panic!() };
        found
    };
    for (on, quarter, expected) in [
        ("20-07-2016", None, &[][..]),
        ("24-07-2016", None, &["2016-07-30 RoundToOpen { people: 1 }"]),
        ("24-07-2016", Some("07-2016"), &[]),
        ("24-10-2016", Some("07-2016"), &["2016-10-30 RoundToOpen { people: 1 }"]),
        ("24-10-2016", None, &["2016-10-30 RoundToOpen { people: 1 }"]),
        // After two years mentoring is over.
        ("24-10-2020", None, &["2018-04-30 RoundToOpen { people: 1 }"]),
    ] {
        let round = quarter.map(rounds);
        let rounds: Vec<&MonitoringRound> = round.iter().collect();
        let records = Records { participations: &[&who], bimteks: &[&bimtek], rounds: &rounds, ..Records::default() };
        let found = due(&records, day(on), &Figures::desmigratif());
        let found = found.iter().filter(|due| matches!(due.what, DueWhat::RoundToOpen { .. }));
        let found: Vec<String> = found.map(|due| format!("{} {:?}", due.day, due.what)).collect();
        assert_eq!(found, expected, "{on} {quarter:?}");
    }
}

#[test]
fn death_stops_every_reminder_and_leaving_all_but_what_it_leaves_open() {
    assert_eq!(of_one(Some(LeavingReason::Died), "01-07-2016"), Vec::<String>::new());
    assert_eq!(
        of_one(Some(LeavingReason::Departed), "01-07-2016"),
        [
            "2016-06-20 Instalment { amount: Rupiah(100), overdue: true }",
            "2016-07-01 LeftOpen { matters: [Loan, Mentoring, Monitoring] }",
        ]
    );
}

fn complaint(kind: &str, facts: Vec<FactDraft>) -> Complaint {
    let mut doc = Doc::new(RecordKind::Complaint, 1)
        .field("village", VILLAGE)
        .field("kind", kind)
        .field("received", "01-03-2026");
    for (number, fact) in (1..).zip(facts) {
        doc = doc.fact(WONOSOBO, number, fact);
    }
    let ProgrammeRecord::Complaint(found) = doc.programme() else { panic!() };
    found
}

#[test]
fn a_case_waits_for_somebody_in_charge_and_then_for_an_answer() {
    let office = identity::OfficeId([WONOSOBO; 16]);
    let assigned = || Assigned { office, officer: None, answer_by: date("10-03-2026") }.draft().unwrap();
    let settled = || Handled { step: Handling::Settled, date: date("2026"), note: None }.draft().unwrap();
    let referral = || {
        let access = crate::Access::Referral;
        crate::AccessCheck { access, date: date("2026"), rule: "S2".into() }.draft().unwrap()
    };
    for (kind, facts, waits) in [
        ("overstay", vec![], "2026-03-15 NobodyInCharge { urgent: false }"),
        ("putus kontak", vec![], "2026-03-04 NobodyInCharge { urgent: true }"),
        ("overstay", vec![referral()], ""),
        ("putus kontak", vec![referral()], "2026-03-04 NobodyInCharge { urgent: true }"),
        ("overstay", vec![assigned()], "2026-03-10 Answer { urgent: false }"),
        ("overstay", vec![assigned(), settled()], ""),
        ("overstay", vec![settled()], ""),
    ] {
        let case = complaint(kind, facts);
        let records = Records { complaints: &[&case], ..Records::default() };
        let found = due(&records, day("09-03-2026"), &Figures::desmigratif());
        let found: Vec<_> = found.iter().map(|due| format!("{} {:?}", due.day, due.what)).collect();
        assert_eq!(found.join(", "), waits, "{kind}");
    }
}

#[test]
fn a_guest_book_whose_retention_is_over_is_to_be_erased() {
    let visit = Visit {
        date: date("12-03-2025"),
        purpose: Purpose::Papers,
        origin: Origin::Outside,
        id_checked: true,
        name: Some("Tamu".into()),
        person: None,
    };
    let doc = Doc::new(RecordKind::GuestBook, 1).field("month", "03-2025").fact(KURIPAN, 1, visit.draft().unwrap());
    let ProgrammeRecord::GuestBook(book) = doc.programme() else { panic!() };
    let records = Records { guest_books: &[&book], ..Records::default() };
    for (on, count) in [("31-03-2026", 0), ("01-04-2026", 1)] {
        assert_eq!(due(&records, day(on), &Figures::desmigratif()).len(), count, "{on}");
    }
}

#[test]
fn nobody_hands_a_card_to_somebody_who_died() {
    let printed = crate::Printed { date: date("01-03-2016"), number: "AK1-1".into() }.draft().unwrap();
    let doc = Doc::new(RecordKind::CardApplication, 1).person("person", 1).fact(KURIPAN, 1, printed);
    let ProgrammeRecord::CardApplication(card) = doc.programme() else { panic!() };
    for (left, count) in [(None, 1), (Some(LeavingReason::Departed), 1), (Some(LeavingReason::Died), 0)] {
        // A counter above the village hears of it from the village's participation.
        let who = taking_part(1, left);
        for records in [
            Records { participations: &[&who], cards: &[&card], ..Records::default() },
            Records { elsewhere: &[&who], cards: &[&card], ..Records::default() },
        ] {
            assert_eq!(due(&records, day("20-03-2016"), &Figures::desmigratif()).len(), count, "{left:?}");
        }
    }
}

fn texts(found: &[Due]) -> Vec<String> {
    found.iter().map(|due| format!("{} {:?}", due.day, due.what)).collect()
}

fn sheet<T: crate::Recorded>(doc: &Doc) -> T {
    T::of(doc.programme()).unwrap()
}

#[test]
fn what_a_leaving_leaves_open_is_due_until_it_is_closed() {
    let left = |reason, open: &[OpenMatter]| {
        Leaving { reason, date: date("01-06-2016"), open: open.to_vec() }.draft().unwrap()
    };
    let closed = |matter| crate::MatterClosed { matter, date: date("07-06-2016") }.draft().unwrap();
    let who = |facts: Vec<FactDraft>| {
        let doc = Doc::new(RecordKind::Participation, 1).person("person", 1);
        let doc = (1..).zip(facts).fold(doc, |doc, (number, fact)| doc.fact(KURIPAN, number, fact));
        let Record::Participation(found) = doc.fold().record else { panic!() };
        found
    };
    let joined = crate::Joined { person: person(1), date: date("2016") }.draft().unwrap();
    let gone = crate::LeftGroup { person: person(1), date: date("06-2016") }.draft().unwrap();
    let group = Doc::new(RecordKind::Group, 1).field("name", "Salak").fact(KURIPAN, 1, joined);
    let (member, former): (Group, Group) = (sheet(&group), sheet(&group.clone().fact(KURIPAN, 2, gone).saw(&[1])));
    let (loan, ledger) = loan(1);
    use OpenMatter::{Equipment, Group as Membership, Loan as Debt};
    for (facts, group, with_loan, open) in [
        (vec![], &member, true, None),
        (vec![left(LeavingReason::Departed, &[])], &member, false, Some(vec![Membership])),
        (vec![left(LeavingReason::Departed, &[])], &member, true, Some(vec![Debt, Membership])),
        (vec![left(LeavingReason::Departed, &[Equipment])], &former, false, Some(vec![Equipment])),
        // What was ticked and the records show as closed is closed.
        (vec![left(LeavingReason::Departed, &[Membership])], &former, false, None),
        (vec![left(LeavingReason::Departed, &[Debt])], &former, false, Some(vec![Debt])),
        (vec![left(LeavingReason::Departed, &[Equipment]), closed(Equipment)], &former, false, None),
        (vec![left(LeavingReason::Departed, &[]), closed(Debt)], &former, true, None),
        (vec![left(LeavingReason::Died, &[Equipment])], &member, false, None),
    ] {
        let who = who(facts);
        let (loans, ledgers) = if with_loan { (vec![&loan], vec![&ledger]) } else { (vec![], vec![]) };
        let records = Records {
            participations: &[&who],
            groups: &[group],
            loans: &loans,
            ledgers: &ledgers,
            ..Records::default()
        };
        let found = due(&records, day("10-06-2016"), &Figures::desmigratif());
        let found: Vec<String> = texts(&found).into_iter().filter(|text| text.contains("LeftOpen")).collect();
        let open = open.map(|matters| format!("2016-06-01 {:?}", DueWhat::LeftOpen { matters }));
        assert_eq!(found, open.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_move_waits_until_one_village_has_taken_somebody_on() {
    let moving = crate::MoveAnnounced { to: "33.07.12.2007".parse().unwrap(), date: date("01-06-2016") };
    let old = Doc::new(RecordKind::Participation, 1).person("person", 1).fact(KURIPAN, 1, moving.draft().unwrap());
    let participation = |doc: &Doc| {
        let Record::Participation(found) = doc.fold().record else { panic!() };
        found
    };
    let accepted = |by: &str| {
        let from = old.0.id.clone();
        crate::MoveAccepted { from, by: by.parse().unwrap(), date: date("07-06-2016") }.draft().unwrap()
    };
    let taken = old.clone().fact(WONOSOBO, 2, accepted("33.07.12.2007"));
    let twice = taken.clone().fact(WONOSOBO, 3, accepted("33.07.10.2003"));
    for (doc, expected) in
        [(&old, vec!["2016-06-01 Moving"]), (&taken, vec![]), (&twice, vec!["2016-06-01 MovedTwice"])]
    {
        let found = participation(doc);
        // Also told at the regency, which reads both villages.
        for records in [
            Records { participations: &[&found], ..Records::default() },
            Records { elsewhere: &[&found], ..Records::default() },
        ] {
            assert_eq!(texts(&due(&records, day("10-06-2016"), &Figures::desmigratif())), expected);
        }
    }
}

#[test]
fn groups_plans_and_long_mentorings_are_due() {
    let group: Group = sheet(&Doc::new(RecordKind::Group, 1).field("name", "Salak").field("line", "salak"));
    let run = |seq: u64| -> ProductionRun {
        let on = format!("0{seq}-05-2016");
        sheet(&Doc::new(RecordKind::Run, seq).field("group", &group.doc.to_string()).field("date", &on))
    };
    let runs: Vec<ProductionRun> = (1..=4).map(run).collect();
    let step = |due: &str| crate::PlanStep { what: "kios".into(), who: "Pemdes".into(), due: date(due) };
    let plan = Doc::new(RecordKind::ActionPlan, 1).field("year", "2016");
    let plan = plan.fact(KURIPAN, 1, step("12-06-2016").draft().unwrap());
    let done = crate::PlanStepDone { of: identity::EntryHash([1; 32]), date: date("2016") }.draft().unwrap();
    let (open, closed): (ActionPlan, ActionPlan) = (sheet(&plan), sheet(&plan.clone().fact(KURIPAN, 2, done)));
    let log = |year: &str, independent: bool| -> Mentoring {
        let mut doc = Doc::new(RecordKind::Mentoring, 7).person("person", 1).field("begun", "01-05-2014");
        doc = doc.field("year", year);
        if independent {
            doc = doc.fact(KURIPAN, 1, crate::Independent { date: date("2015") }.draft().unwrap());
        }
        sheet(&doc)
    };
    let (first, last, ended) = (log("2015", false), log("2016", false), log("2016", true));
    let who = taking_part(1, None);
    let all: Vec<&ProductionRun> = runs.iter().collect();
    let long = "2016-05-01 MentoringBeyond";
    for (runs, plan, logs, expected) in [
        (&all[..3], &closed, vec![], vec![]),
        (&all[..], &closed, vec![], vec!["2016-05-04 Share"]),
        (&[], &open, vec![], vec!["2016-06-12 PlanStep { step: \"kios\" }"]),
        (&[], &closed, vec![&first, &last], vec![long]),
        (&[], &closed, vec![&first, &ended], vec![]),
    ] {
        let records = Records {
            participations: &[&who],
            groups: &[&group],
            runs,
            plans: &[plan],
            mentorings: &logs,
            ..Records::default()
        };
        assert_eq!(texts(&due(&records, day("10-06-2016"), &Figures::desmigratif())), expected);
    }
}

#[test]
fn a_report_is_due_when_its_half_year_is_over() {
    let own = OfficeId([WONOSOBO; 16]);
    let report = |from: &str, sent: bool| -> Report {
        let mut doc = Doc::new(RecordKind::Report, 1).field("office", &own.to_string()).field("from", from);
        if sent {
            doc.0.texts.insert("summary".into(), "isi".into());
            let draft: Report = sheet(&doc);
            let tables = crate::ReportTables { figures: BTreeMap::new(), sources: crate::Digest([0; 32]) };
            doc = doc.fact(WONOSOBO, 1, draft.submit(date("07-2017"), tables).unwrap().draft().unwrap());
        }
        sheet(&doc)
    };
    let case =
        |received: &str| -> Consultation { sheet(&Doc::new(RecordKind::Consultation, 2).field("received", received)) };
    let (draft, sent, before) = (report("01-2017", false), report("01-2017", true), report("07-2016", true));
    let (old, new) = (case("03-2017"), case("08-2017"));
    let (begun, not_begun) = (
        "2017-06-30 Report { until: 2017-06-30, begun: true }",
        "2017-06-30 Report { until: 2017-06-30, begun: false }",
    );
    for (reports, cases, must, expected) in [
        (vec![], vec![&old], true, vec![not_begun]),
        (vec![], vec![&new], true, vec![]),
        (vec![], vec![&old], false, vec![]),
        (vec![&draft], vec![], false, vec![begun]),
        (vec![&sent], vec![&old], true, vec![]),
        (vec![&before], vec![], false, vec![not_begun]),
    ] {
        let records =
            Records { reports: &reports, consultations: &cases, reporter: Some((own, must)), ..Records::default() };
        let found = due(&records, day("10-09-2017"), &Figures::desmigratif());
        let found: Vec<String> = texts(&found).into_iter().filter(|text| text.contains("Report")).collect();
        assert_eq!(found, expected);
    }
    assert_eq!(last_report_period(day("30-06-2017"), &Figures::desmigratif()), Some(day("31-12-2016")));
}
