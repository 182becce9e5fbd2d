//! The counter's rules as tables.

use identity::{EntryHash, OfficeId};

use super::*;
use crate::{
    Annulment, Content, Decision, FactDraft, Figures, Known, Lang, NewRecord, Outcome, Participation, ProgrammeRecord,
    Record, RecordError, RecordKind,
    fixtures::{Doc, GARUNG, KURIPAN, VILLAGE, WONOSOBO, date, person},
};

fn visit(day: &str, origin: Origin, id_checked: bool) -> Visit {
    let name = Some("Tamu".to_owned());
    Visit { date: date(day), purpose: Purpose::Information, origin, id_checked, name, person: None }
}

fn book(doc: &Doc) -> GuestBook {
    let ProgrammeRecord::GuestBook(book) = doc.programme() else { panic!() };
    book
}

fn complaint(doc: &Doc) -> Complaint {
    let ProgrammeRecord::Complaint(case) = doc.programme() else { panic!() };
    case
}

fn card(doc: &Doc) -> CardApplication {
    let ProgrammeRecord::CardApplication(card) = doc.programme() else { panic!() };
    card
}

#[test]
fn who_takes_no_part_and_showed_no_card_is_listed() {
    let mut doc = Doc::new(RecordKind::GuestBook, 1).field("month", "03-2026");
    for (number, origin, checked) in [
        (1, Origin::Participant, false),
        (2, Origin::Resident, true),
        (3, Origin::Resident, false),
        (4, Origin::Outside, false),
    ] {
        doc = doc.fact(KURIPAN, number, visit("12-03-2026", origin, checked).draft().unwrap());
    }
    let found = book(&doc);
    assert_eq!(found.unchecked().map(|said| said.hash.0[0]).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(found.counts().into_iter().collect::<Vec<_>>(), [(Purpose::Information, 4)]);
    // A slip of the pen is taken back; another village may not write in this book at all.
    let doc = doc.fact(KURIPAN, 5, Annulment { of: EntryHash([4; 32]) }.draft().unwrap()).fact(
        GARUNG,
        6,
        visit("12-03-2026", Origin::Outside, true).draft().unwrap(),
    );
    assert_eq!(book(&doc).events.visits.len(), 3);
    assert_eq!(doc.notices(), ["may_not_say visit"]);
}

#[test]
fn a_guest_book_takes_the_visits_of_its_month_and_ends_with_its_retention() {
    let figures = Figures::desmigratif();
    for (month, day, taken, kept) in [
        ("03-2026", "01-03-2026", true, Some("2027-03-31")),
        ("03-2026", "31-03-2026", true, Some("2027-03-31")),
        ("03-2026", "01-04-2026", false, Some("2027-03-31")),
        // One month more than a year would end on 29 February.
        ("02-2023", "28-02-2023", true, Some("2024-02-29")),
        ("2026", "01-04-2026", true, None),
    ] {
        let found = book(&Doc::new(RecordKind::GuestBook, 1).field("month", month));
        assert_eq!(found.takes(&visit(day, Origin::Outside, true)).is_ok(), taken, "{month} {day}");
        assert_eq!(found.kept_until(&figures).map(|day| day.to_string()).as_deref(), kept, "{month}");
    }
    let whole_month = visit("03-2026", Origin::Outside, true);
    assert!(matches!(whole_month.draft(), Err(RecordError::Unfit { .. })));
    let nobody = Visit { name: None, ..visit("01-03-2026", Origin::Outside, true) };
    assert!(nobody.draft().unwrap_err().text(Lang::Id).contains("isi nama tamu"));
}

fn participation(village: &str, outcomes: &[Outcome]) -> Participation {
    let mut doc = Doc::new(RecordKind::Participation, 1).person("person", 1);
    for (number, outcome) in (1..).zip(outcomes) {
        let decision = Decision {
            outcome: *outcome,
            number: None,
            date: date("2017"),
            day: None,
            replaces: Vec::new(),
            basis: None,
            scan: None,
        };
        doc = doc.fact(KURIPAN, number, decision.draft().unwrap());
    }
    let Record::Participation(mut found) = doc.fold().record else { panic!() };
    found.village = village.parse().unwrap();
    found
}

#[test]
fn the_complaint_facility_is_for_participants_of_the_village_and_others_are_told_where_to_go() {
    use Outcome::{Accepted, Rejected, Reserve};
    for (village, outcomes, access) in [
        (VILLAGE, &[Accepted][..], Access::Participant),
        (VILLAGE, &[], Access::Referral),
        (VILLAGE, &[Reserve], Access::Referral),
        (VILLAGE, &[Rejected], Access::Referral),
        // Two decisions that differ turn nobody away.
        (VILLAGE, &[Accepted, Rejected], Access::Participant),
        ("33.07.12.2007", &[Accepted], Access::Referral),
    ] {
        let held = participation(village, outcomes);
        let here = VILLAGE.parse().unwrap();
        let check = complaint_access(&[&held], &here, date("2018"), &Figures::desmigratif());
        assert_eq!((check.access, check.rule.as_str()), (access, "Kuripan 2017 (S2)"), "{village} {outcomes:?}");
    }
    let mut open = Figures::desmigratif();
    open.complaints_of_participants_only.value = false;
    let check = complaint_access(&[], &VILLAGE.parse().unwrap(), date("2018"), &open);
    assert_eq!(check.access, Access::Participant, "a programme may open it to all");
}

#[test]
fn the_mother_of_a_silent_daughter_is_no_participant_and_goes_home_with_a_slip() {
    let check = AccessCheck { access: Access::Referral, date: date("02-03-2026"), rule: "S2".into() };
    let referral =
        Referral { to: "BP3TKI Semarang".into(), contact: Some("024-7654321".into()), date: date("02-03-2026") };
    let doc = Doc::new(RecordKind::Complaint, 1)
        .field("village", VILLAGE)
        .field("kind", "putus kontak")
        .field("number", "KRP-2026-0007")
        .field("received", "02-03-2026")
        .fact(KURIPAN, 1, check.draft().unwrap())
        .fact(KURIPAN, 2, referral.draft().unwrap());
    let case = complaint(&doc);
    let figures = Figures::desmigratif();
    assert!(case.is_referral() && case.is_urgent(&figures));
    assert_eq!(case.usual_answer_by(&figures).unwrap().to_string(), "2026-03-05");
    assert_eq!(case.slip().lines("", Lang::Id), ["Nomor: KRP-2026-0007", "Silakan ke BP3TKI Semarang (024-7654321)"]);
    // It is urgent, so an office takes it up all the same.
    let taken = Assigned { office: office(WONOSOBO), officer: Some("Bu Rini".into()), answer_by: date("05-03-2026") };
    let case = complaint(&doc.fact(WONOSOBO, 3, taken.draft().unwrap()));
    assert!(!case.is_referral());
    assert_eq!(
        case.slip().lines("Disnaker Wonosobo", Lang::En),
        [
            "Number: KRP-2026-0007",
            "In charge: Bu Rini, Disnaker Wonosobo",
            "Answered by 05-03-2026 at the latest",
            "Please go to BP3TKI Semarang (024-7654321)"
        ]
    );
}

fn office(number: u8) -> OfficeId {
    OfficeId([number; 16])
}

fn assigned(number: u8, day: &str) -> FactDraft {
    Assigned { office: office(number), officer: None, answer_by: date(day) }.draft().unwrap()
}

fn handled(step: Handling) -> FactDraft {
    Handled { step, date: date("2026"), note: None }.draft().unwrap()
}

#[test]
fn several_offices_may_be_in_charge_and_a_release_ends_only_what_it_had_seen() {
    let base = Doc::new(RecordKind::Complaint, 1)
        .field("village", VILLAGE)
        .field("kind", "gaji tidak dibayar")
        .fact(KURIPAN, 1, assigned(WONOSOBO, "10-03-2026"))
        .fact(KURIPAN, 2, assigned(KURIPAN, "12-03-2026"));
    let in_charge = |doc: &Doc| {
        let offices = complaint(doc).events.assigned.iter().map(|said| said.what.office.0[0]).collect::<Vec<_>>();
        (offices, complaint(doc).events.answer_by().map(|day| day.to_string()))
    };
    assert_eq!(in_charge(&base), (vec![WONOSOBO, KURIPAN], Some("2026-03-10".into())));
    let release = || Released { office: office(WONOSOBO) }.draft().unwrap();
    assert_eq!(in_charge(&base.clone().fact(WONOSOBO, 3, release())).0, [WONOSOBO, KURIPAN], "it had seen nothing");
    let seen = base.clone().fact(WONOSOBO, 3, release()).saw(&[1, 2]);
    assert_eq!(in_charge(&seen), (vec![KURIPAN], Some("2026-03-12".into())));
    let again = seen.fact(KURIPAN, 4, assigned(WONOSOBO, "20-03-2026")).saw(&[3]);
    assert_eq!(in_charge(&again).0, [KURIPAN, WONOSOBO]);
    let later = base.fact(KURIPAN, 3, assigned(WONOSOBO, "30-03-2026")).saw(&[1]);
    assert_eq!(in_charge(&later), (vec![KURIPAN, WONOSOBO], Some("2026-03-12".into())), "a new day replaces the old");
}

#[test]
fn a_case_is_settled_when_every_last_step_says_so() {
    use Handling::{Acted, Answered, Reopened, Settled, Unsettled};
    for (steps, saw, state, settled, waits) in [
        (&[][..], &[][..], Known::Unknown, false, true),
        (&[Acted], &[], Known::One(Acted), false, true),
        (&[Acted, Answered], &[1], Known::One(Answered), false, false),
        (&[Acted, Settled], &[1], Known::One(Settled), true, false),
        (&[Settled, Unsettled], &[], Known::Several(vec![Settled, Unsettled]), false, true),
        (&[Settled, Settled], &[], Known::One(Settled), true, false),
        (&[Settled, Reopened], &[1], Known::One(Reopened), false, true),
    ] {
        let mut doc = Doc::new(RecordKind::Complaint, 1).field("village", VILLAGE).field("kind", "overstay").fact(
            KURIPAN,
            9,
            assigned(KURIPAN, "10-03-2026"),
        );
        for (number, step) in (1..).zip(steps) {
            doc = doc.fact(KURIPAN, number, handled(*step));
        }
        if !saw.is_empty() {
            doc = doc.saw(saw);
        }
        let events = complaint(&doc).events;
        assert_eq!((events.state(), events.is_settled()), (state, settled), "{steps:?}");
        assert_eq!(events.answer_by().is_some(), waits, "{steps:?}");
    }
}

#[test]
fn what_the_laboratory_cannot_solve_goes_to_a_meeting() {
    let doc = Doc::new(RecordKind::Consultation, 1)
        .field("village", VILLAGE)
        .field("topic", "perizinan")
        .fact(WONOSOBO, 1, handled(Handling::Unsettled))
        .fact(WONOSOBO, 2, Escalated { agenda: office(7), date: date("03-2026") }.draft().unwrap());
    let case = |doc: &Doc| {
        let ProgrammeRecord::Consultation(case) = doc.programme() else { panic!() };
        case
    };
    let open = case(&doc);
    let taken = &open.events.escalated[0];
    assert_eq!(taken.what.agenda, office(7));
    assert_eq!(open.events.undecided().count(), 1);
    assert_eq!(open.place.unwrap().as_str(), VILLAGE);
    let decision = |text: &str| JointDecision { of: taken.hash, text: text.into(), date: date("04-2026") }.draft();
    assert!(decision("  ").unwrap_err().text(Lang::En).contains("text is empty"));
    let decided = case(&doc.fact(KURIPAN, 3, decision("Dinas Kesehatan membantu PIRT.").unwrap()));
    assert_eq!(decided.events.undecided().count(), 0);
    let told: Vec<&str> = decided.events.decisions(&taken.hash).map(|said| said.what.text.as_str()).collect();
    assert_eq!(told, ["Dinas Kesehatan membantu PIRT."]);
}

fn mark(document: &str, there: bool) -> FactDraft {
    DocumentMark { document: document.into(), there, date: date("2026") }.draft().unwrap()
}

fn application() -> Doc {
    Doc::new(RecordKind::CardApplication, 1).field("village", VILLAGE).field("name", "Pemohon")
}

#[test]
fn a_card_is_printed_with_four_papers_and_stamped_at_the_disnaker_alone() {
    let figures = Figures::desmigratif();
    let mut doc = application();
    for (number, document) in (1..).zip(["ktp", "kk", "foto"]) {
        doc = doc.fact(KURIPAN, number, mark(document, true));
    }
    assert_eq!(card(&doc).state(&figures), CardState::Applied);
    assert!(card(&doc).may_print(&figures).unwrap_err().text(Lang::En).contains("papers"));
    let doc = doc.fact(KURIPAN, 4, mark("ijazah", true));
    assert_eq!(card(&doc).state(&figures), CardState::Complete);
    assert_eq!(card(&doc).may_print(&figures), Ok(()));
    let doc = doc.fact(KURIPAN, 5, Printed { date: date("2026"), number: "1/2026".into() }.draft().unwrap());
    assert_eq!(card(&doc).state(&figures), CardState::Printed);
    let stamp = Stamped { date: date("2026") }.draft().unwrap();
    let by_village = doc.clone().fact(KURIPAN, 6, stamp.clone());
    assert_eq!(card(&by_village).state(&figures), CardState::Printed);
    assert_eq!(by_village.notices(), ["may_not_say stamped"]);
    let reported = doc.clone().fact(KURIPAN, 6, Reported { date: date("2026") }.draft().unwrap());
    assert_eq!(card(&reported).state(&figures), CardState::ReportedStamped);
    assert_eq!(card(&doc.fact(WONOSOBO, 6, stamp)).state(&figures), CardState::Stamped);
}

#[test]
fn two_marks_that_contradict_each_other_are_looked_at_again() {
    use DocumentState::{Contested, Missing, There};
    for (marks, saw, state) in [
        (&[][..], &[][..], Missing),
        (&[true], &[], There),
        (&[false], &[], Missing),
        (&[true, false], &[], Contested),
        (&[true, true], &[], There),
        (&[true, false], &[1], Missing),
        (&[false, true], &[1], There),
    ] {
        let mut doc = application();
        for (number, there) in (1..).zip(marks) {
            doc = doc.fact(KURIPAN, number, mark("ktp", *there));
        }
        if !saw.is_empty() {
            doc = doc.saw(saw);
        }
        let figures = Figures::desmigratif();
        assert_eq!(card(&doc).checklist(&figures)[0].state, state, "{marks:?} {saw:?}");
    }
    assert!(DocumentMark { document: "KTP!".into(), there: true, date: date("2026") }.draft().is_err());
}

#[test]
fn the_data_of_an_applicant_from_elsewhere_ends_with_the_application() {
    let figures = Figures::desmigratif();
    let end = End { how: Closed::Done, date: date("05-03-2026") };
    for (home, ended, kept) in [
        (Some("33.07.12.2007"), true, Some("2026-03-05")),
        (Some("33.07.12.2007"), false, None),
        (Some(VILLAGE), true, None),
        (None, true, None),
    ] {
        let mut doc = application();
        if let Some(home) = home {
            doc = doc.field("home", home);
        }
        if ended {
            doc = doc.fact(KURIPAN, 1, end.draft().unwrap());
        }
        assert_eq!(card(&doc).kept_until(&figures).map(|day| day.to_string()).as_deref(), kept, "{home:?} {ended}");
    }
    assert!(End { how: Closed::Done, date: date("2026") }.draft().is_err());
}

#[test]
fn the_file_of_a_candidate_asks_what_the_programme_lists() {
    let doc = Doc::new(RecordKind::CandidateFile, 1).person("person", 1).fact(WONOSOBO, 1, mark("kk", true));
    let ProgrammeRecord::CandidateFile(file) = doc.programme() else { panic!() };
    assert_eq!(file.fields.person, Known::One(person(1)));
    let mut figures = Figures::desmigratif();
    let states = |figures: &Figures| file.checklist(figures).iter().map(|line| line.state).collect::<Vec<_>>();
    assert_eq!(states(&figures), [DocumentState::Missing, DocumentState::There, DocumentState::Missing]);
    figures.candidate_documents.value.truncate(1);
    assert_eq!(states(&figures), [DocumentState::Missing]);
}

#[test]
fn a_document_is_begun_with_what_it_needs() {
    let new = |typed: &[(&str, &str)]| NewRecord::new(RecordKind::Complaint, typed.iter().copied());
    assert_eq!(new(&[("village", VILLAGE)]), Err(RecordError::Required { field: "kind" }));
    assert!(matches!(new(&[("village", "Kuripan"), ("kind", "overstay")]), Err(RecordError::Value { .. })));
    let made = new(&[("village", VILLAGE), ("kind", "Overstay"), ("name", " ")]).unwrap();
    assert_eq!((made.fields.len(), made.texts().collect::<Vec<_>>()), (2, vec!["story", "private"]));
}
