//! Commitments, calendars, and drafts inside an office.

use super::*;
use crate::{PartialDate, RecordError};

pub(super) fn promise(owner: u8, due: &str) -> Promise {
    Promise {
        owner: party(owner),
        name: "Dinas Koperasi dan UMKM".into(),
        deliverable: "Pelatihan pembukuan bagi tiga kelompok usaha".into(),
        due: day(due),
        grace_days: GRACE_DAYS,
        agreement: None,
        article: None,
        superior: Superior { name: "Bupati Lampung Timur".into(), office: Some(office(DINSOSKERTRANS)) },
    }
}

pub(super) fn progress(date: &str, done: bool) -> Progress {
    Progress { date: date.parse().unwrap(), note: "Pelatihan".into(), done, evidence: None }
}

pub(super) fn commitment(net: &mut Net, number: u8) -> Commitment {
    let Coordination::Commitment(commitment) = net.shown(number) else { panic!("no commitment") };
    commitment
}

pub(super) fn promised(by: u8, owner: u8, due: &str) -> Net {
    let mut net = Net::new(RecordKind::Commitment, "coordination/18.07");
    net.create(by, promise(owner, due).draft_checked().unwrap());
    net
}

#[test]
fn a_commitment_is_kept_late_or_breached_on_a_day() {
    for (done, on, expected) in [
        (None, "2017-03-01", Kept::Running(30)),
        (None, "2017-03-31", Kept::Running(0)),
        (None, "2017-04-01", Kept::Late(1)),
        (None, "2017-04-30", Kept::Late(30)),
        (None, "2017-05-01", Kept::Breached(31)),
        (Some("2017-03-31"), "2017-05-01", Kept::Kept),
        (Some("2017-03"), "2017-05-01", Kept::Kept),
        (Some("2017-04-01"), "2017-05-01", Kept::KeptLate),
        (Some("2017"), "2017-05-01", Kept::Depends),
        (Some("?"), "2017-05-01", Kept::Depends),
    ] {
        let mut net = promised(KOPERASI, KOPERASI, "2017-03-31");
        if let Some(date) = done {
            let draft = commitment(&mut net, KOPERASI).draft_progress(office(KOPERASI), &progress(date, true)).unwrap();
            net.say(KOPERASI, draft);
        }
        assert_eq!(commitment(&mut net, KOPERASI).kept(day(on)), expected, "{done:?} on {on}");
    }
}

#[test]
fn two_nodes_that_date_it_differently_leave_it_open() {
    let mut net = promised(KOPERASI, KOPERASI, "2017-03-31");
    net.take(KOPERASI + SECOND, KOPERASI);
    net.say(KOPERASI, progress("2017-03-30", true).draft().unwrap());
    net.say(KOPERASI + SECOND, progress("2017-04-02", true).draft().unwrap());
    net.meet([KOPERASI, KOPERASI + SECOND]);
    assert_eq!(commitment(&mut net, KOPERASI).kept(day("2017-05-01")), Kept::Depends);
}

#[test]
fn nobody_binds_another_office() {
    let mut net = promised(DINSOSKERTRANS, KOPERASI, "2017-03-31");
    assert_eq!(commitment(&mut net, DINSOSKERTRANS).kept(day("2018-01-01")), Kept::Proposed);
    net.say(DINSOSKERTRANS, Acceptance { date: PartialDate::Unknown }.draft().unwrap());
    assert_eq!(net.notices(DINSOSKERTRANS), ["ignored not_owner acceptance"]);
    net.take(KOPERASI, DINSOSKERTRANS);
    let early = commitment(&mut net, KOPERASI).draft_progress(office(KOPERASI), &progress("2017", false));
    assert!(early.is_err(), "it is not accepted");
    net.say(KOPERASI, Acceptance { date: PartialDate::Unknown }.draft().unwrap());
    assert!(matches!(commitment(&mut net, KOPERASI).kept(day("2018-01-01")), Kept::Breached(_)));
}

#[test]
fn a_sanction_comes_from_the_superior_or_from_its_letter() {
    let mut net = promised(KOPERASI, KOPERASI, "2017-03-31");
    net.meet([KOPERASI, DINSOSKERTRANS, PERINDAG]);
    let reprimand = Sanction {
        kind: SanctionKind::Reprimand,
        date: "2017-05-10".parse().unwrap(),
        text: "Segera laksanakan.".into(),
        according_to: None,
    };
    let letter = According {
        source: SourceKind::Letter,
        number: Some("700/55/2017".into()),
        date: "2017-05-10".parse().unwrap(),
        scan: None,
    };
    let at = commitment(&mut net, PERINDAG);
    assert!(at.draft_sanction(office(PERINDAG), &reprimand).is_err());
    assert!(at.draft_sanction(office(DINSOSKERTRANS), &reprimand).is_ok());
    net.say(PERINDAG, reprimand.draft().unwrap());
    let recorded = Sanction { according_to: Some(letter), ..reprimand.clone() };
    let draft = at.draft_sanction(office(PERINDAG), &recorded).unwrap();
    net.say(PERINDAG, draft);
    let found = commitment(&mut net, PERINDAG);
    assert_eq!((found.sanctions.len(), found.recorded_sanctions.len()), (0, 1), "recorded is not said");
    assert_eq!(net.notices(PERINDAG), ["ignored not_superior sanction"]);
    net.say(DINSOSKERTRANS, reprimand.draft().unwrap());
    net.meet([PERINDAG, DINSOSKERTRANS]);
    assert_eq!(commitment(&mut net, PERINDAG).sanctions.len(), 1);
}

#[test]
fn what_a_commitment_must_say() {
    let good = promise(KOPERASI, "2017-03-31");
    let broken: [fn(&mut Promise); 5] = [
        |p| p.deliverable = String::new(),
        |p| p.superior.name = " ".into(),
        |p| p.superior.office = p.owner.office(),
        |p| p.article = Some(1),
        |p| p.article = Some(0),
    ];
    for (number, breaks) in broken.into_iter().enumerate() {
        let mut promise = good.clone();
        breaks(&mut promise);
        assert!(matches!(promise.draft_checked(), Err(RecordError::Unfit { .. })), "{number}");
    }
    let programmed = Programmed { budget_line: "1.02.03".into(), within: String::new(), date: PartialDate::Unknown };
    assert!(programmed.draft_checked().is_err());
}

#[test]
fn a_lapsed_commitment_leads_over_the_superior_and_feedback_to_the_next_agenda() {
    let mut agenda = mou();
    let version = agenda.freeze(1);
    agenda.meet(1..=8);
    (1..=8).for_each(|node| {
        agenda.sign(node, version, WordKind::Ratify);
    });
    agenda.meet(1..=8);
    let mut net = Net::new(RecordKind::Commitment, "coordination/id");
    let promise = Promise {
        owner: party(2),
        agreement: Some(version),
        article: Some(1),
        superior: Superior { name: "Presiden".into(), office: Some(office(1)) },
        ..promise(2, "2017-12-31")
    };
    net.create(2, promise.draft_checked().unwrap());
    let on = day("2018-03-01");
    let mut shelf = Shelf { agendas: vec![agenda.agenda(1)], ..Shelf::default() };
    assert_eq!(lifecycle(&shelf.agendas[0], &shelf, on), Lifecycle::Ratified);
    let mut stage = |net: &mut Net, on: &str| {
        shelf.commitments = vec![commitment(net, 2)];
        lifecycle(&shelf.agendas[0], &shelf, day(on))
    };
    assert_eq!(stage(&mut net, "2017-07-01"), Lifecycle::Ratified);
    let programmed =
        Programmed { budget_line: "5.01".into(), within: "Renja 2018".into(), date: "2017-08".parse().unwrap() };
    net.say(2, programmed.draft_checked().unwrap());
    assert_eq!(stage(&mut net, "2017-09-01"), Lifecycle::Programmed);
    let draft = commitment(&mut net, 2).draft_progress(office(2), &progress("2017-10-01", false)).unwrap();
    net.say(2, draft);
    assert_eq!(stage(&mut net, "2017-11-01"), Lifecycle::Running);
    assert_eq!(stage(&mut net, "2018-03-01"), Lifecycle::Breached);
    assert_eq!(commitment(&mut net, 2).origin(on).unwrap().kind, OriginKind::Breach);
    net.take(1, 2);
    let sanction = Sanction {
        kind: SanctionKind::FollowUp,
        date: "2018-03-05".parse().unwrap(),
        text: "Dijadwalkan ulang.".into(),
        according_to: None,
    };
    let draft = commitment(&mut net, 1).draft_sanction(office(1), &sanction).unwrap();
    net.say(1, draft);
    net.take(2, 1);
    assert_eq!(stage(&mut net, "2018-03-06"), Lifecycle::Sanctioned);
    let feedback = Feedback { text: "Anggaran harus ada sebelum berjanji.".into(), date: "2018-03".parse().unwrap() };
    let said = net.say(2, feedback.draft().unwrap());
    assert_eq!(stage(&mut net, "2018-03-07"), Lifecycle::Feedback);
    let origin = commitment(&mut net, 2).origin(on).unwrap();
    let next = Opening { origin: origin.clone(), ..opening_of_ministries() };
    assert_eq!(origin.kind, OriginKind::Feedback);
    let mut second = Net::new(RecordKind::Agenda, "agenda/0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    second.create(1, next.draft_checked().unwrap());
    assert_eq!(second.agenda(1).opening.what.origin.of, net.id);
    let taken = TakenUp { feedback: said, agenda: second.id.clone().unwrap() };
    net.say(2, taken.draft().unwrap());
    net.say(2, TakenUp { feedback: EntryHash([9; 32]), ..taken.clone() }.draft().unwrap());
    net.say(2, TakenUp { agenda: net.id.clone().unwrap(), ..taken.clone() }.draft().unwrap());
    assert_eq!(stage(&mut net, "2018-04-01"), Lifecycle::Feedback, "only who opened the agenda says so");
    let notices = net.notices(2);
    assert_eq!(notices, ["ignored not_convener taken_up", "ignored no_such taken_up", "ignored no_such taken_up"]);
    net.take(1, 2);
    net.say(1, taken.draft().unwrap());
    net.take(2, 1);
    assert_eq!(stage(&mut net, "2018-04-01"), Lifecycle::Next);
    check_orders(&mut net, 2);
}

/// Another order of arrival gives the same.
fn check_orders(net: &mut Net, number: u8) {
    use rand::SeedableRng;
    let expected = net.read(number);
    for seed in 0..8 {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        assert_eq!(net.shuffled(number, &mut rng), expected, "seed {seed}");
    }
}

#[test]
fn an_owner_without_a_node_is_reported_by_whoever_wrote_the_commitment_down() {
    let mut net = Net::new(RecordKind::Commitment, "coordination/18.07");
    let promise = Promise { owner: Party::Outside([9; 16]), name: "BNI".into(), ..promise(KOPERASI, "2017-03-31") };
    net.create(PERINDAG, promise.draft_checked().unwrap());
    net.meet([PERINDAG, KOPERASI]);
    net.say(KOPERASI, progress("2017-03-01", true).draft().unwrap());
    assert_eq!(net.notices(KOPERASI), ["ignored not_owner progress"]);
    let found = commitment(&mut net, PERINDAG);
    assert!(found.accepted && found.is_of(office(PERINDAG)) && !found.is_of(office(KOPERASI)));
    let draft = found.draft_progress(office(PERINDAG), &progress("2017-03-01", true)).unwrap();
    net.say(PERINDAG, draft);
    assert_eq!(commitment(&mut net, PERINDAG).kept(day("2017-06-01")), Kept::Kept);
}

/// The meeting of Thursday 4 August 2016 in Lampung Timur with its five parties (S1); that two came without mandate is
/// the story of issue D.
pub(super) const FIVE: [(u8, &str); 5] = [
    (BNP2TKI, "BNP2TKI"),
    (BP3TKI, "BP3TKI"),
    (PERINDAG, "Dinas Perindustrian dan Perdagangan"),
    (KOPERASI, "Dinas Koperasi dan UMKM"),
    (DINSOSKERTRANS, "Dinsoskertrans Lampung Timur"),
];

pub(super) fn calendar(net: &mut Net, number: u8) -> Calendar {
    let Coordination::Calendar(calendar) = net.shown(number) else { panic!("no calendar") };
    calendar
}

pub(super) fn event(on: &str) -> Event {
    let invitees = FIVE.iter().map(|(number, name)| Invitee { party: party(*number), name: (*name).into() });
    Event {
        title: "Pembentukan wadah penyelesaian masalah TKI".into(),
        day: day(on),
        place: "Dinsoskertrans Lampung Timur".into(),
        invitees: invitees.collect(),
        agenda: None,
        moves: None,
    }
}

pub(super) fn meeting_of_2016() -> (Net, EntryHash) {
    let mut net = Net::new(RecordKind::Calendar, "coordination/18.07");
    net.create(DINSOSKERTRANS, CalendarYear { year: 2016 }.draft().unwrap());
    let set = net.say(DINSOSKERTRANS, event("2016-08-04").draft_checked(2016).unwrap());
    for (number, _) in FIVE {
        let competent = ![PERINDAG, KOPERASI].contains(&number);
        let attendance = Attendance {
            event: set,
            party: party(number),
            came: true,
            positions: vec![if competent { "Kepala" } else { "Staf" }.into()],
            competent,
            mandate: None,
        };
        net.say(DINSOSKERTRANS, attendance.draft_checked().unwrap());
    }
    (net, set)
}

#[test]
fn the_meeting_of_4_august_2016_had_three_parties_that_could_decide() {
    assert_eq!(day("2016-08-04").weekday(), jiff::civil::Weekday::Thursday);
    let (mut net, _) = meeting_of_2016();
    let calendar = calendar(&mut net, DINSOSKERTRANS);
    let meet = &calendar.events[0];
    let decided: Vec<_> = meet.guests.values().filter(|guest| guest.decided() == Some(true)).collect();
    assert_eq!((meet.guests.len(), decided.len()), (5, 3));
    assert!(meet.guests.values().all(|guest| guest.attended() == Some(true)));
}

#[test]
fn an_invitation_is_answered_by_the_party_itself() {
    let (mut net, set) = meeting_of_2016();
    net.meet([DINSOSKERTRANS, BP3TKI, LAMPUNG]);
    let answer = |answer| Confirmation { event: set, answer, party: None, according_to: None };
    let letter =
        According { source: SourceKind::Letter, number: Some("7".into()), date: "2016".parse().unwrap(), scan: None };
    let recorded = Confirmation { party: Some(party(BP3TKI)), according_to: Some(letter), ..answer(Coming::Yes) };
    net.say(DINSOSKERTRANS, recorded.draft().unwrap());
    net.say(DINSOSKERTRANS, Confirmation { according_to: None, ..recorded }.draft().unwrap());
    net.say(LAMPUNG, answer(Coming::Yes).draft().unwrap());
    net.say(LAMPUNG, Confirmation { event: EntryHash([1; 32]), ..answer(Coming::Yes) }.draft().unwrap());
    net.meet([DINSOSKERTRANS, LAMPUNG]);
    let guest = calendar(&mut net, DINSOSKERTRANS).events[0].guests[&party(BP3TKI)].clone();
    assert_eq!((guest.answers.len(), guest.recorded.len()), (0, 1));
    let mut notices = net.notices(DINSOSKERTRANS);
    notices.sort();
    assert_eq!(
        notices,
        ["ignored for_another confirmation", "ignored no_such confirmation", "ignored not_party confirmation"]
    );
    net.say(BP3TKI, answer(Coming::Yes).draft().unwrap());
    net.say(BP3TKI, answer(Coming::Represented).draft().unwrap());
    net.meet([DINSOSKERTRANS, BP3TKI]);
    let guest = calendar(&mut net, DINSOSKERTRANS).events[0].guests[&party(BP3TKI)].clone();
    assert_eq!((guest.answers.len(), guest.recorded.len()), (1, 0), "the later word of the party itself");
    assert_eq!(guest.answers[0].what.answer, Coming::Represented);
}

#[test]
fn contradictory_notes_on_who_came_are_shown_and_count_for_neither() {
    let (mut net, set) = meeting_of_2016();
    net.take(KOPERASI, DINSOSKERTRANS);
    let own = Attendance {
        event: set,
        party: party(KOPERASI),
        came: true,
        positions: vec!["Sekretaris".into()],
        competent: true,
        mandate: Some("090/1/2016".into()),
    };
    net.say(KOPERASI, own.draft_checked().unwrap());
    net.say(KOPERASI, Attendance { party: party(PERINDAG), ..own.clone() }.draft().unwrap());
    let guest = calendar(&mut net, KOPERASI).events[0].guests[&party(KOPERASI)].clone();
    assert_eq!((guest.came.len(), guest.decided(), guest.attended()), (2, None, Some(true)));
    assert_eq!(net.notices(KOPERASI), ["ignored for_another attendance"]);
    assert!(Attendance { came: false, ..own }.draft_checked().is_err(), "nobody came and could decide");
    check_orders(&mut net, KOPERASI);
}

#[test]
fn a_party_that_is_invited_twice_on_one_day_is_told() {
    let (mut net, set) = meeting_of_2016();
    let mut other = Net::new(RecordKind::Calendar, "coordination/18");
    other.create(LAMPUNG, CalendarYear { year: 2016 }.draft().unwrap());
    let invitees = vec![Invitee { party: party(BP3TKI), name: "BP3TKI".into() }];
    let second = Event { title: "Rapat provinsi".into(), invitees, ..event("2016-08-04") };
    let second = other.say(LAMPUNG, second.draft_checked(2016).unwrap());
    let both = [calendar(&mut net, DINSOSKERTRANS), calendar(&mut other, LAMPUNG)];
    let found = clashes(&both);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].party, found[0].day, found[0].events.len()), (party(BP3TKI), day("2016-08-04"), 2));
    // Moved by its host, it is no clash any more; a stranger's move changes nothing.
    let moved = |moves| Event { moves: Some(moves), ..event("2016-08-11") };
    net.take(LAMPUNG, DINSOSKERTRANS);
    net.say(LAMPUNG, moved(set).draft().unwrap());
    assert_eq!(clashes(&[calendar(&mut net, LAMPUNG), both[1].clone()]).len(), 1);
    net.say(DINSOSKERTRANS, moved(set).draft().unwrap());
    assert_eq!(clashes(&[calendar(&mut net, DINSOSKERTRANS), both[1].clone()]), []);
    // So is one that the party declined.
    other.take(BP3TKI, LAMPUNG);
    let no = Confirmation { event: second, answer: Coming::No, party: None, according_to: None };
    other.say(BP3TKI, no.draft().unwrap());
    assert_eq!(clashes(&[both[0].clone(), calendar(&mut other, BP3TKI)]), []);
    assert!(event("2016-08-04").draft_checked(2017).is_err(), "another year");
}

#[test]
fn a_stand_leaves_the_office_only_when_it_is_released_with_a_mandate() {
    let mut agenda = mou();
    let scope = format!("internal/{}", office(3));
    let mut net = Net::new(RecordKind::InternalDraft, &scope);
    net.create(3, DraftFor { agenda: agenda.id.clone().unwrap() }.draft().unwrap());
    let inside = |net: &mut Net| {
        let Coordination::InternalDraft(draft) = net.shown(3) else { panic!("no draft") };
        draft
    };
    let disposition = Disposition {
        from: "Direktur".into(),
        to: "Kasubdit".into(),
        instruction: "Siapkan tanggapan".into(),
        due: Some(day("2017-04-10")),
    };
    net.say(3, disposition.draft_checked().unwrap());
    let own = mandate(&official(3));
    let on = day("2017-04-12");
    assert!(inside(&mut net).release(&agenda.agenda(3), &own, on).is_err(), "there is no draft");
    let stand = Stand {
        article: Some(id(1)),
        stance: Stance::Support,
        why: None,
        proposes: None,
        wording: None,
        party: None,
        according_to: None,
    };
    net.say(3, DraftStand { stand: stand.clone() }.draft().unwrap());
    let draft = inside(&mut net);
    assert_eq!(draft.overdue(on).count(), 1);
    let initials =
        Initials { level: "Kasubdit".into(), draft: InternalDraft::digest(&stand), date: PartialDate::Day(on) };
    net.say(3, initials.draft().unwrap());
    assert!(draft.release(&agenda.agenda(3), &own, on).is_err(), "the mandate is not recorded");
    agenda.say(3, own.draft_checked().unwrap());
    let (released, official) = draft.release(&agenda.agenda(3), &own, on).unwrap();
    net.say(3, released);
    agenda.say(3, official);
    let draft = inside(&mut net);
    assert!(draft.is_released() && draft.overdue(on).next().is_none());
    let seen = agenda.agenda(3);
    assert!(
        matches!(seen.cell(party(3), Some(id(1)), on), CellState::Own(said) if said.what.stance == Stance::Support)
    );
    // What is changed after the release is not released.
    net.say(3, DraftStand { stand: Stand { stance: Stance::Abstain, ..stand } }.draft().unwrap());
    assert!(!inside(&mut net).is_released());
    // Another office's hand in it counts for nothing.
    net.take(4, 3);
    net.say(4, disposition.draft().unwrap());
    assert_eq!(net.notices(4), ["ignored not_party disposition"]);
}
