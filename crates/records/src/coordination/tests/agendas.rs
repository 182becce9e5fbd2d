//! Agendas: proposals, text, stands, silence, mandates.

use documents::Scalar;

use super::*;
use crate::PartialDate;

fn stand(article: Option<ItemId>, stance: Stance) -> Stand {
    Stand { article, stance, why: None, proposes: None, wording: None, party: None, according_to: None }
}

fn according(number: &str) -> According {
    According {
        source: SourceKind::Letter,
        number: Some(number.into()),
        date: PartialDate::Day(day("2017-04-03")),
        scan: None,
    }
}

#[test]
fn an_agenda_is_opened_once_and_its_dates_stay() {
    let mut net = mou();
    let mut other = opening_of_ministries();
    other.steps.iter_mut().for_each(|step| step.by = day("2018-01-01"));
    net.say(2, other.draft_checked().unwrap());
    net.meet([1, 2]);
    let agenda = net.agenda(1);
    assert_eq!(agenda.opening.what.due(AgendaStep::Stands), Some(day("2017-04-14")));
    assert_eq!((agenda.convener, agenda.stage()), (office(1), AgendaStage::Proposed));
    assert_eq!(net.notices(1), ["ignored second_opening opening"]);
}

#[test]
fn what_an_opening_must_say() {
    let good = opening_of_ministries();
    assert!(good.draft_checked().is_ok());
    let broken: [fn(&mut Opening); 6] = [
        |opening| opening.parties.truncate(1),
        |opening| opening.parties[1].party = opening.parties[0].party,
        |opening| opening.parties[0].name = "Kementerian\u{202e}".into(),
        |opening| opening.steps.swap(0, 1),
        |opening| opening.steps[1].by = day("2017-04-01"),
        |opening| opening.origin.kind = OriginKind::Case,
    ];
    for breaks in broken {
        let mut opening = good.clone();
        breaks(&mut opening);
        assert!(opening.draft_checked().is_err(), "{opening:?}");
    }
}

#[test]
fn an_opening_that_cannot_be_read_says_so() {
    let mut net = Net::new(RecordKind::Agenda, AGENDA_SCOPE);
    net.create(1, FactDraft { key: Opening::KEY, bytes: b"{\"v\":1}".to_vec() });
    assert_eq!(net.read(1).record, Record::Unread);
    assert_eq!(net.notices(1), ["ignored malformed opening"]);
    let mut net = Net::new(RecordKind::Agenda, "coordination/id");
    net.create(1, opening_of_ministries().draft_checked().unwrap());
    assert_eq!(net.notices(1), ["ignored misplaced"], "an agenda lives in its own scope");
}

#[test]
fn paragraphs_keep_their_order_and_ids_when_others_come_between() {
    let mut net = mou();
    let edits = net.agenda(2).text.add_paragraph(id(1), id(9), "Sisipan.", Some(id(1))).unwrap();
    net.edit(2, &edits);
    let edits = net.agenda(3).text.add_paragraph(id(1), id(8), "Sisipan lain.", Some(id(1))).unwrap();
    net.edit(3, &edits);
    net.meet([1, 2, 3]);
    for node in [1, 2, 3] {
        let text = net.agenda(node).text;
        let ids: Vec<ItemId> = text.articles[0].paragraphs.iter().map(|p| p.id).collect();
        assert_eq!(ids, [id(1), id(8), id(9), id(2), id(3)], "of one spot, by id, at every node");
        assert_eq!(text.reread(), [], "two paragraphs are no contradiction");
    }
}

#[test]
fn a_paragraph_that_two_change_at_once_is_read_again_before_the_text_is_final() {
    let mut net = mou();
    for (node, text) in [(2, "Pertukaran data wisata."), (3, "Pertukaran data kesehatan.")] {
        let edit = net.agenda(node).text.change_paragraph(id(1), id(1), text).unwrap();
        net.edit(node, &[edit]);
    }
    net.meet([1, 2, 3]);
    let agenda = net.agenda(1);
    let reread = agenda.text.reread();
    let sides: Vec<_> = reread[0].wordings.iter().map(|wording| (wording.by.office, wording.text.as_str())).collect();
    assert_eq!(sides.len(), 2);
    assert!(sides.contains(&(Some(office(2)), "Pertukaran data wisata.")));
    assert!(sides.contains(&(Some(office(3)), "Pertukaran data kesehatan.")));
    let key = reread[0].key.clone();
    assert!(agenda.draft_final(office(1), &[], FinalOptions::default()).is_err(), "it blocks the final text");
    assert!(agenda.text.change_paragraph(id(1), id(2), "Lain.").is_ok(), "and no other paragraph");
    assert!(agenda.text.settle(&key, office(1), "Pertukaran data.").is_err(), "of neither side");
    let edit = net.agenda(3).text.settle(&key, office(3), "Pertukaran data wisata dan kesehatan.").unwrap();
    net.edit(3, &[edit]);
    net.meet([1, 2, 3]);
    let agenda = net.agenda(1);
    assert_eq!(agenda.text.reread(), []);
    assert_eq!(agenda.text.articles[0].paragraphs[0].text(), Some("Pertukaran data wisata dan kesehatan."));
    assert!(agenda.draft_final(office(1), &[], FinalOptions::default()).is_ok());
}

#[test]
fn equal_changes_are_no_contradiction_and_a_change_outlives_a_removal() {
    let mut net = mou();
    for node in [2, 3] {
        let edit = net.agenda(node).text.change_paragraph(id(1), id(1), "Pertukaran data.").unwrap();
        net.edit(node, &[edit]);
    }
    let edits = net.agenda(4).text.remove_paragraph(id(1), id(1)).unwrap();
    net.edit(4, &edits);
    net.meet(1..=4);
    let agenda = net.agenda(1);
    let first = agenda.text.articles[0].paragraphs.iter().find(|paragraph| paragraph.id == id(1)).unwrap();
    assert_eq!((first.text(), first.wordings.len()), (Some("Pertukaran data."), 2));
    assert_eq!(agenda.text.reread(), []);
}

#[test]
fn a_value_that_is_no_paragraph_is_shown_as_a_notice() {
    let mut net = mou();
    net.edit(2, &[put(&format!("p.{}.{}", id(1), id(7)), Scalar::Bool(true)), put("mood", Scalar::Int(1))]);
    net.take(1, 2);
    let key = format!("p.{}.{}", id(1), id(7));
    assert_eq!(net.notices(1), ["waiting version mood".to_owned(), format!("ignored wrong_type {key}")]);
    assert_eq!(net.agenda(1).text.articles[0].paragraphs.len(), 3);
}

#[test]
fn an_objection_gives_a_reason_and_a_wording() {
    let mut net = mou();
    let agenda = net.agenda(2);
    for (stance, why, proposes, fits) in [
        (Stance::Support, None, None, true),
        (Stance::Abstain, None, None, true),
        (Stance::Note, None, None, false),
        (Stance::Note, Some("setelah anggaran ada"), None, true),
        (Stance::Object, Some("terlalu luas"), None, false),
        (Stance::Object, None, Some("Pertukaran data wisata."), false),
        (Stance::Object, Some("terlalu luas"), Some("Pertukaran data wisata."), true),
    ] {
        let stand =
            Stand { why: why.map(str::to_owned), proposes: proposes.map(str::to_owned), ..stand(Some(id(1)), stance) };
        assert_eq!(agenda.draft_stand(office(2), stand).is_ok(), fits, "{stance:?} {why:?} {proposes:?}");
    }
    assert!(agenda.draft_stand(office(LAMPUNG), stand(None, Stance::Support)).is_err(), "no party");
    assert!(agenda.draft_stand(office(2), stand(Some(id(5)), Stance::Support)).is_err(), "no such article");
}

#[test]
fn a_stand_by_letter_waits_for_the_partys_own_word() {
    let mut net = mou();
    let recorded = Stand {
        party: Some(party(3)),
        according_to: Some(according("HK.01/123/2017")),
        ..stand(Some(id(1)), Stance::Support)
    };
    assert!(net.agenda(2).draft_stand(office(2), recorded.clone()).is_err(), "only the convener records");
    let draft = net.agenda(1).draft_stand(office(1), recorded.clone()).unwrap();
    net.say(1, draft);
    let agenda = net.agenda(1);
    let CellState::Recorded(said) = agenda.cell(party(3), Some(id(1)), day("2017-05-01")) else { panic!() };
    assert_eq!((said.what.stance, said.by.office), (Stance::Support, Some(office(1))));
    assert_eq!(agenda.stage(), AgendaStage::Stands);
    // The ministry was cut off meanwhile and says otherwise: its own word replaces the record all the same.
    let own = Stand {
        why: Some("anggaran belum ada".into()),
        proposes: Some("Pertukaran data setelah 2018.".into()),
        ..stand(Some(id(1)), Stance::Object)
    };
    let draft = net.agenda(3).draft_stand(office(3), own).unwrap();
    net.say(3, draft);
    net.meet([1, 3]);
    let agenda = net.agenda(1);
    let CellState::Own(said) = agenda.cell(party(3), Some(id(1)), day("2017-05-01")) else { panic!() };
    assert_eq!(said.what.stance, Stance::Object);
    assert_eq!(agenda.grid[&party(3)][0].earlier.len(), 1, "the record stays in the history");
}

#[test]
fn a_stand_for_another_party_counts_for_nothing_without_its_letter_or_by_another_office() {
    let mut net = mou();
    let about = |according_to| Stand { party: Some(party(3)), according_to, ..stand(None, Stance::Support) };
    net.say(1, about(None).draft().unwrap());
    net.say(2, about(Some(according("1"))).draft().unwrap());
    net.say(STRANGER, stand(None, Stance::Support).draft().unwrap());
    net.say(LAMPUNG, stand(None, Stance::Support).draft().unwrap());
    net.meet([1, 2, LAMPUNG]);
    let mut notices = net.notices(1);
    notices.sort();
    assert_eq!(notices, ["ignored for_another stand", "ignored for_another stand", "ignored not_party stand"]);
    assert!(net.agenda(1).grid.is_empty());
}

#[test]
fn an_unknown_node_and_an_unknown_fact_wait() {
    let mut net = mou();
    net.take(STRANGER, 1);
    net.say(STRANGER, stand(None, Stance::Support).draft().unwrap());
    net.say(2, FactDraft { key: "oath", bytes: b"{}".to_vec() });
    net.meet([1, 2, STRANGER]);
    let mut notices = net.notices(1);
    notices.sort();
    assert_eq!(notices, ["waiting unknown_author stand", "waiting version oath"]);
}

#[test]
fn two_officials_who_differ_are_both_shown_until_a_later_word() {
    let mut net = mou();
    net.take(2 + SECOND, 2);
    let draft = net.agenda(2).draft_stand(office(2), stand(Some(id(1)), Stance::Support)).unwrap();
    net.say(2, draft);
    let draft = net.agenda(2 + SECOND).draft_stand(office(2), stand(Some(id(1)), Stance::Abstain)).unwrap();
    net.say(2 + SECOND, draft);
    net.meet([1, 2, 2 + SECOND]);
    let agenda = net.agenda(1);
    let CellState::Different(both) = agenda.cell(party(2), Some(id(1)), day("2017-05-01")) else { panic!() };
    assert_eq!(both.len(), 2);
    let draft = net.agenda(2).draft_stand(office(2), stand(Some(id(1)), Stance::Support)).unwrap();
    net.say(2, draft);
    net.meet([1, 2]);
    assert!(matches!(net.agenda(1).cell(party(2), Some(id(1)), day("2017-05-01")), CellState::Own(_)));
}

#[test]
fn a_stand_on_a_wording_that_changed_says_so() {
    let mut net = mou();
    let draft = net.agenda(2).draft_stand(office(2), stand(Some(id(1)), Stance::Support)).unwrap();
    net.say(2, draft);
    let agenda = net.agenda(2);
    assert!(!agenda.grid[&party(2)][0].is_outdated(&agenda.text));
    let edit = agenda.text.change_paragraph(id(1), id(1), "Pertukaran data saja.").unwrap();
    net.edit(2, &[edit]);
    let agenda = net.agenda(2);
    assert!(agenda.grid[&party(2)][0].is_outdated(&agenda.text));
}

#[test]
fn silence_is_what_the_opening_declared_and_only_after_its_day() {
    for (silence, on, silent) in [
        (Silence::NoAnswer, "2017-04-14", false),
        (Silence::NoAnswer, "2017-04-15", true),
        (Silence::NoObjection, "2017-04-15", true),
    ] {
        let mut net = Net::new(RecordKind::Agenda, AGENDA_SCOPE);
        let opening = Opening { silence, ..opening_of_ministries() };
        net.create(1, opening.draft_checked().unwrap());
        let agenda = net.agenda(1);
        let expected =
            if silent { CellState::Silent { since: day("2017-04-14"), means: silence } } else { CellState::Open };
        assert_eq!(agenda.cell(party(4), Some(id(1)), day(on)), expected, "{silence:?} {on}");
    }
}

#[test]
fn a_party_without_a_node_is_carried_by_letters() {
    let mut net = mou();
    let bni = Party::Outside([9; 16]);
    let invited = Invitation { party: bni, name: "BNI".into(), required: false, left: false };
    net.say(1, invited.draft().unwrap());
    net.say(2, Invitation { name: "BRI".into(), ..invited }.draft().unwrap());
    let recorded = Stand {
        party: Some(bni),
        according_to: Some(According { source: SourceKind::Meeting, number: None, ..according("") }),
        ..stand(None, Stance::Support)
    };
    let draft = net.agenda(1).draft_stand(office(1), recorded).unwrap();
    net.say(1, draft);
    net.meet([1, 2]);
    assert_eq!(net.notices(1), ["ignored not_convener party"]);
    let agenda = net.agenda(1);
    assert_eq!(agenda.seats[&bni].invited.one().unwrap().name, "BNI");
    assert!(matches!(agenda.cell(bni, Some(id(1)), day("2017-05-01")), CellState::Recorded(_)));
}

#[test]
fn an_office_takes_back_its_own_word_and_no_other() {
    let mut net = mou();
    let draft = net.agenda(2).draft_stand(office(2), stand(None, Stance::Support)).unwrap();
    let said = net.say(2, draft);
    net.meet([2, 3]);
    net.say(3, crate::Annulment { of: said }.draft().unwrap());
    assert_eq!(net.agenda(3).grid.len(), 1);
    assert_eq!(net.notices(3), ["ignored not_its_own annulment"]);
    net.say(2, crate::Annulment { of: said }.draft().unwrap());
    net.take(3, 2);
    assert!(net.agenda(3).grid.is_empty());
}

#[test]
fn letters_meetings_and_mandates_say_what_they_must() {
    let letter = Letter {
        way: LetterWay::In,
        number: "005/321/2016".into(),
        date: "2016-07-28".parse().unwrap(),
        from: "Dinsoskertrans Lampung Timur".into(),
        to: "BP3TKI Lampung".into(),
        subject: "Undangan rapat".into(),
        copies: vec!["Bupati Lampung Timur".into()],
        received: Some("2016-08-01".parse().unwrap()),
        scan: None,
        party: None,
    };
    assert!(letter.draft_checked().is_ok());
    assert!(Letter { number: String::new(), ..letter.clone() }.draft_checked().is_err());
    assert!(Letter { received: Some("2016-07-01".parse().unwrap()), ..letter.clone() }.draft_checked().is_err());
    assert!(Letter { copies: vec!["a\nb".into()], ..letter }.draft_checked().is_err());
    let good = mandate("Pejabat");
    assert!(good.draft_checked().is_ok());
    assert!(Mandate { letter: String::new(), ..good.clone() }.draft_checked().is_err());
    assert!(Mandate { until: Some(day("2016-12-31")), ..good.clone() }.draft_checked().is_err());
    assert_eq!(Mandate { acting: Some(Acting::Plt), ..good.clone() }.title(), "Plt. Direktur Jenderal");
    let ended = Mandate { until: Some(day("2017-06-30")), ..good };
    for (on, covered) in [("2016-12-31", false), ("2017-01-01", true), ("2017-06-30", true), ("2017-07-01", false)] {
        assert_eq!(ended.covers(day(on)), covered, "{on}");
    }
}

#[test]
fn two_officials_who_judge_the_minutes_differently_at_once_are_both_told_until_their_office_settles_it() {
    let mut net = mou();
    let held = Meeting {
        date: PartialDate::Day(day("2017-05-02")),
        place: "Jakarta".into(),
        event: None,
        outcome: "Sepakat.".into(),
        minutes: None,
    };
    let meeting = net.say(1, held.draft_checked().unwrap());
    net.take(2, 1);
    net.take(2 + SECOND, 1);
    let word = |approves: bool| Minutes { meeting, approves, note: (!approves).then(|| "Pasal 2".into()) };
    net.say(2, word(true).draft_checked().unwrap());
    net.say(2 + SECOND, word(false).draft_checked().unwrap());
    net.take(2, 2 + SECOND);
    assert_eq!(net.agenda(2).approvals(&meeting), (vec![office(2)], vec![(office(2), "Pasal 2")]));
    net.say(2, word(true).draft_checked().unwrap());
    assert_eq!(net.agenda(2).approvals(&meeting), (vec![office(2)], Vec::new()));
    assert!(word(false).note.is_some() && Minutes { note: None, ..word(false) }.draft_checked().is_err());
}
