//! The village as tables.

use std::collections::BTreeMap;

use super::*;
use crate::{
    Content, Date, Digest, FieldType, Figures, Known, Lang, ProgrammeRecord, RecordKind,
    fixtures::{Doc, GARUNG, KEMNAKER, KURIPAN, WONOSOBO, date},
};

fn day(typed: &str) -> Date {
    date(typed).span().first
}

fn texts(mut doc: Doc, kind: RecordKind, text: &str) -> Doc {
    doc.0.texts = kind.spec().texts.iter().map(|spec| (spec.key.to_owned(), text.to_owned())).collect();
    doc
}

fn profile(doc: &Doc) -> VillageProfile {
    let ProgrammeRecord::VillageProfile(found) = doc.programme() else { panic!() };
    found
}

#[test]
fn a_village_is_designated_by_a_ministry_and_not_by_itself() {
    let stage = |stage| VillageStageReached { stage, date: date("2017"), letter: None }.draft().unwrap();
    let doc = Doc::new(RecordKind::VillageProfile, 1).field("baseline", "2016");
    assert_eq!(profile(&doc).stage(), None);
    for (node, what, reached, notices) in [
        (KURIPAN, VillageStage::Proposed, Some(VillageStage::Proposed), 0),
        (WONOSOBO, VillageStage::Verified, Some(VillageStage::Verified), 0),
        (KURIPAN, VillageStage::Designated, None, 1),
        (WONOSOBO, VillageStage::Designated, None, 1),
        (KEMNAKER, VillageStage::Designated, Some(VillageStage::Designated), 0),
        (GARUNG, VillageStage::Proposed, None, 1),
    ] {
        let doc = doc.clone().fact(node, 1, stage(what));
        assert_eq!((profile(&doc).stage(), doc.notices().len()), (reached, notices), "{node} {what:?}");
    }
}

#[test]
fn ten_identifications_are_the_baseline() {
    let mut doc = Doc::new(RecordKind::VillageProfile, 1).field("baseline", "2016").field("tki_purna", "178");
    for (number, what) in (1..).zip(Identification::ALL) {
        assert_eq!(profile(&doc).not_identified().len(), 11 - usize::from(number));
        let identified = Identified { what: *what, date: date("12-2016"), source: Some("perangkat desa".into()) };
        doc = doc.fact(KURIPAN, number, identified.draft().unwrap());
    }
    assert!(profile(&doc).not_identified().is_empty());
    let met = |met| CriterionMet { criterion: Criterion::Problems, met, date: date("2016") }.draft().unwrap();
    let doc = doc.fact(KURIPAN, 20, met(true)).fact(WONOSOBO, 21, met(false));
    assert_eq!(profile(&doc).criterion(Criterion::Problems), Known::Several(vec![true, false]));
    assert_eq!(profile(&doc).criterion(Criterion::Disadvantaged), Known::Unknown);
}

#[test]
fn an_approval_is_of_the_nine_parts_as_they_stood() {
    let plan = |doc: &Doc| {
        let ProgrammeRecord::ActionPlan(found) = doc.programme() else { panic!() };
        found
    };
    let doc = texts(Doc::new(RecordKind::ActionPlan, 1).field("year", "2017"), RecordKind::ActionPlan, "isi");
    let mut half = doc.clone();
    half.0.texts.insert("funding".into(), " ".into());
    assert_eq!(plan(&half).missing_parts().iter().map(|part| part.key).collect::<Vec<_>>(), ["funding"]);
    assert!(plan(&half).approve(date("2017"), None).is_err());
    let approved = plan(&doc).approve(date("2017"), Some("7/2017".into())).unwrap();
    let doc = doc.fact(KURIPAN, 1, approved.draft().unwrap());
    assert!(plan(&doc).is_as_approved(&plan(&doc).events.approved[0].what));
    let mut written_in = doc.clone();
    written_in.0.texts.insert("roles".into(), "lain".into());
    assert!(!plan(&written_in).is_as_approved(&approved));
    let by_regency = doc.fact(WONOSOBO, 2, approved.draft().unwrap());
    assert_eq!(by_regency.notices(), ["may_not_say approved"]);
}

#[test]
fn the_steps_that_are_not_done_come_by_urgency() {
    let step = |what: &str, due: &str| PlanStep { what: what.into(), who: "petugas".into(), due: date(due) };
    let doc = Doc::new(RecordKind::ActionPlan, 1)
        .field("year", "2017")
        .fact(KURIPAN, 1, step("kios", "12-2017").draft().unwrap())
        .fact(KURIPAN, 2, step("PIRT", "03-2017").draft().unwrap())
        .fact(KURIPAN, 3, step("pendataan", "01-2017").draft().unwrap())
        .fact(KURIPAN, 4, PlanStepDone { of: identity::EntryHash([3; 32]), date: date("2017") }.draft().unwrap());
    let ProgrammeRecord::ActionPlan(found) = doc.programme() else { panic!() };
    assert_eq!(found.open_steps().iter().map(|said| said.what.what.as_str()).collect::<Vec<_>>(), ["PIRT", "kios"]);
}

#[test]
fn there_are_twenty_four_indicators() {
    let kinds = IndicatorKind::ALL.iter().map(|kind| INDICATORS.iter().filter(|i| i.kind == *kind).count());
    assert_eq!(kinds.collect::<Vec<_>>(), [9, 11, 4]);
    let codes: Vec<&str> = INDICATORS.iter().map(|indicator| indicator.code.as_str()).collect();
    for computed in computed_indicators(&IndicatorInput::default()) {
        assert!(codes.contains(&computed.indicator));
        assert_eq!(computed.count, None, "empty is not measured, never 0");
    }
}

fn value(indicator: &str, thousandths: i64) -> IndicatorValue {
    IndicatorValue {
        indicator: indicator.into(),
        baseline: false,
        value: Thousandths(thousandths),
        unit: "%".into(),
        method: "survei".into(),
        source: "pendataan".into(),
        date: date("2017"),
    }
}

#[test]
fn two_offices_that_report_one_cell_are_both_shown() {
    for (values, saw, shown) in [
        (vec![], &[][..], vec![]),
        (vec![(KURIPAN, 40)], &[], vec![40]),
        (vec![(KURIPAN, 40), (WONOSOBO, 40)], &[], vec![40]),
        (vec![(KURIPAN, 40), (WONOSOBO, 45)], &[], vec![40, 45]),
        // An office corrects its own value, never another's.
        (vec![(KURIPAN, 40), (KURIPAN, 41)], &[], vec![41]),
        (vec![(KURIPAN, 40), (WONOSOBO, 45)], &[1], vec![40, 45]),
    ] {
        let mut doc = Doc::new(RecordKind::Indicators, 1).field("period", "2017");
        for (number, (node, thousandths)) in (1..).zip(&values) {
            doc = doc.fact(*node, number, value("C1", *thousandths).draft().unwrap());
        }
        if !saw.is_empty() {
            doc = doc.saw(saw);
        }
        let ProgrammeRecord::Indicators(found) = doc.programme() else { panic!() };
        let cell = match found.cell("C1", false) {
            IndicatorCell::NotMeasured => vec![],
            IndicatorCell::Measured(said) => vec![said.what.value.0],
            IndicatorCell::Different(all) => all.iter().map(|said| said.what.value.0).collect(),
        };
        assert_eq!(cell, shown, "{values:?}");
        assert_eq!(found.cell("C1", true), IndicatorCell::NotMeasured);
        assert_eq!(found.cell("C2", false), IndicatorCell::NotMeasured);
    }
    assert!(value("X9", 1).draft().is_err());
    assert!(value("C1", i64::MIN).draft().is_err());
}

#[test]
fn a_value_is_typed_as_people_write_it() {
    for (typed, thousandths, id, en) in [
        ("12", Some(12_000), "12", "12"),
        ("12,5", Some(12_500), "12,5", "12.5"),
        (" 1.250,75 ", Some(1_250_750), "1.250,75", "1,250.75"),
        ("-3,125", Some(-3_125), "-3,125", "-3.125"),
        ("-0,5", Some(-500), "-0,5", "-0.5"),
        ("0", Some(0), "0", "0"),
        ("12.5", None, "", ""),
        ("1.2500", None, "", ""),
        ("12,5678", None, "", ""),
        ("1234567890123", None, "", ""),
        ("", None, "", ""),
        (",5", None, "", ""),
        ("banyak", None, "", ""),
    ] {
        let found = Thousandths::from_input(typed);
        assert_eq!(found, thousandths.map(Thousandths), "{typed}");
        if let Some(found) = found {
            assert_eq!((found.shown(Lang::Id).as_str(), found.shown(Lang::En).as_str()), (id, en), "{typed}");
            assert_eq!(Thousandths::from_text(&found.to_text()), Some(found), "{typed}");
        }
    }
}

#[test]
fn what_the_records_of_a_period_give_is_counted_once_a_person() {
    use crate::{
        Attendance, EntryKind, Group, Ledger, LedgerEntry, Loan, Mark, ProductionRun, Record, Rupiah, Started,
        fixtures::person,
    };
    let bimtek = |seq| {
        let mark = |who, mark| Attendance { person: person(who), day: date("26-04-2016"), mark }.draft().unwrap();
        let doc = Doc::new(RecordKind::Bimtek, seq)
            .field("start", "25-04-2016")
            .field("finish", "30-04-2016")
            .fact(KURIPAN, 1, mark(1, Mark::Present))
            .fact(KURIPAN, 2, mark(2, Mark::Absent));
        let ProgrammeRecord::Bimtek(found) = doc.programme() else { panic!() };
        found
    };
    let group = |seq, cooperative: Option<&str>| {
        let mut doc = Doc::new(RecordKind::Group, seq).field("name", "Salak");
        if let Some(since) = cooperative {
            doc = doc.field("cooperative", since);
        }
        let ProgrammeRecord::Group(found) = doc.programme() else { panic!() };
        found
    };
    let run = |seq, group: &Group, on: &str| -> ProductionRun {
        let doc = Doc::new(RecordKind::Run, seq).field("group", &group.doc.to_string()).field("date", on);
        let ProgrammeRecord::Run(found) = doc.programme() else { panic!() };
        found
    };
    let began = |seq, when: &str| {
        let began = Started { date: date(when), business: None }.draft().unwrap();
        let doc = Doc::new(RecordKind::Participation, seq).person("person", 3).fact(KURIPAN, 1, began);
        let Record::Participation(found) = doc.fold().record else { panic!() };
        found
    };
    let loan: Loan = {
        let doc = Doc::new(RecordKind::Loan, 9).person("person", 4).field("principal", "300");
        let ProgrammeRecord::Loan(found) = doc.programme() else { panic!() };
        found
    };
    let ledger: Ledger = {
        let line = |kind, who: Option<u8>, on: &str, loan: Option<&Loan>| {
            let (person, loan) = (who.map(person), loan.map(|loan| loan.doc.clone()));
            let (amount, receipt, run) = (Rupiah(100), None, None);
            LedgerEntry { kind, amount, date: date(on), receipt, person, loan, run }.draft().unwrap()
        };
        let lines = [
            line(EntryKind::Savings, Some(1), "01-05-2016", None),
            line(EntryKind::Savings, Some(1), "01-06-2016", None),
            line(EntryKind::Savings, Some(2), "01-05-2017", None),
            line(EntryKind::PaidOut, None, "02-05-2016", Some(&loan)),
            // Whose share or cost it is saves and borrows nothing.
            line(EntryKind::Share, Some(5), "01-05-2016", None),
            line(EntryKind::Cost, Some(6), "01-05-2016", None),
        ];
        let doc = Doc::new(RecordKind::Ledger, 5).field("year", "2016");
        let doc = (1..).zip(lines).fold(doc, |doc, (number, line)| doc.fact(KURIPAN, number, line));
        let ProgrammeRecord::Ledger(found) = doc.programme() else { panic!() };
        found
    };
    let (first, second) = (bimtek(1), bimtek(2));
    let (plain, grown) = (group(1, None), group(2, Some("08-2016")));
    let (run, other) = (run(3, &plain, "01-05-2016"), run(4, &grown, "01-05-2017"));
    let (begun, later) = (began(1, "06-2016"), began(2, "2017"));
    let records = IndicatorRecords {
        bimteks: &[&first, &second],
        participations: &[&begun, &later],
        groups: &[&plain, &grown],
        runs: &[&run, &other],
        money: Some((&[&ledger], &[&loan])),
    };
    let counts = |records: &IndicatorRecords<'_>, period: &str| {
        let input = IndicatorInput::count(records, date(period).span());
        let counts = computed_indicators(&input).map(|c| c.count);
        (counts[0], counts[1], counts[3], counts[4], counts[5], counts[2].or(counts[6]))
    };
    assert_eq!(counts(&records, "2016"), (Some(1), Some(1), Some(1), Some(1), Some(2), None));
    assert_eq!(counts(&records, "2017"), (Some(0), Some(0), Some(1), Some(1), Some(1), None));
    let unread = IndicatorRecords { money: None, ..records };
    assert_eq!(counts(&unread, "2018"), (Some(0), Some(0), Some(0), Some(0), None, None), "not read is not measured");
}

#[test]
fn a_submitted_report_stands_and_later_data_is_said() {
    let report = |doc: &Doc| {
        let ProgrammeRecord::Report(found) = doc.programme() else { panic!() };
        found
    };
    let office = identity::OfficeId([WONOSOBO; 16]).to_string();
    let draft = Doc::new(RecordKind::Report, 1).field("office", &office).field("from", "01-2017");
    assert_eq!(report(&draft).until(&Figures::desmigratif()), Some(day("30-06-2017")));
    let (then, now) = (Digest([1; 32]), Digest([2; 32]));
    let tables = || ReportTables { figures: BTreeMap::from([("participants".into(), 50)]), sources: then };
    assert!(report(&draft).submit(date("07-2017"), tables()).is_err(), "an empty report");
    let draft = texts(draft, RecordKind::Report, "isi");
    let submitted = report(&draft).submit(date("07-2017"), tables()).unwrap().draft().unwrap();
    let sent = draft.clone().fact(WONOSOBO, 1, submitted.clone());
    assert!(matches!(report(&sent).state(then), ReportState::Submitted(_)));
    let changed = |doc: &Doc, sources| match report(doc).state(sources) {
        ReportState::ChangedSince { texts, data, .. } => (texts, data),
        ReportState::Draft | ReportState::Submitted(_) | ReportState::Different(_) => panic!("not changed"),
    };
    assert_eq!(changed(&sent, now), (false, true));
    let mut written_in = sent.clone();
    written_in.0.texts.insert("summary".into(), "lain".into());
    assert_eq!(changed(&written_in, then), (true, false));
    let by_other = draft.fact(KURIPAN, 1, submitted.clone());
    assert_eq!(report(&by_other).state(then), ReportState::Draft);
    assert_eq!(report(&by_other).not_by_owner().len(), 1);
    assert!(matches!(
        report(&sent.clone().fact(WONOSOBO, 2, submitted.clone())).state(then),
        ReportState::Different(_)
    ));
    assert!(matches!(report(&sent.fact(WONOSOBO, 2, submitted).saw(&[1])).state(then), ReportState::Submitted(_)));
}

#[test]
fn a_notice_comes_down_by_itself() {
    for (until, last) in [
        (&[][..], None),
        (&["10-03-2026"], Some("10-03-2026")),
        (&["03-2026"], Some("31-03-2026")),
        (&["10-03-2026", "12-03-2026"], Some("12-03-2026")),
    ] {
        let doc = Doc::new(RecordKind::BoardNotice, 1).field("kind", "lowongan").field("title", "Perawat");
        let doc = until.iter().fold(doc, |doc, until| doc.field("until", until));
        let ProgrammeRecord::BoardNotice(found) = doc.programme() else { panic!() };
        assert_eq!(found.last_day(), last.map(day), "{until:?}");
        assert_eq!(found.place.map(|place| place.to_string()).as_deref(), Some("33.07.10.2004"));
    }
}
