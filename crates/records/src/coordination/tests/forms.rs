//! The stored forms and the words.

use super::{
    commitments::{event, promise},
    *,
};
use crate::{Digest, FieldType, KindSpec, Lang, PartialDate, ValueType, words::Words};

const KINDS: [KindSpec; 5] = [AGENDA, AGREEMENT, COMMITMENT, CALENDAR, INTERNAL_DRAFT];

/// Written facts are never written again: every later version has to read these.
#[test]
fn golden_bytes() {
    let on = day("2017-05-30");
    let date = PartialDate::Day(on);
    let version = VersionHash(Digest([7; 32]));
    let hash = EntryHash([8; 32]);
    let agenda: Coordinate = format!("{AGENDA_SCOPE}:{}:0101010101010101:1", NodeKey([3; 32])).parse().unwrap();
    let according = According {
        source: SourceKind::Letter,
        number: Some("HK.01/1/2017".into()),
        date,
        scan: Some(Digest([1; 32])),
    };
    let stand = Stand {
        article: Some(id(1)),
        stance: Stance::Object,
        why: Some("terlalu luas".into()),
        proposes: Some("Pertukaran data.".into()),
        wording: Some(Digest([2; 32])),
        party: Some(Party::Outside([9; 16])),
        according_to: Some(according.clone()),
    };
    let own = Mandate { acting: Some(Acting::Plh), until: Some(on), ..mandate("Pejabat") };
    let word = Word {
        v: Word::VERSION,
        agenda: agenda.clone(),
        version,
        says: WordKind::ConfirmPaper,
        party: office(1),
        office: office(1),
        official: "Pejabat".into(),
        mandate: own.clone(),
        day: on,
        time_ms: 1_496_100_000_000,
        knows: vec![Digest([4; 32])],
    };
    let signature = Signature::sign(&secret(1), &word).unwrap();
    let mut opening = opening_of_ministries();
    opening.parties.truncate(2);
    opening.origin = Origin { kind: OriginKind::Breach, of: Some(agenda.clone()) };
    let letter = Letter {
        way: LetterWay::Out,
        number: "005/1/2016".into(),
        date,
        from: "Dinsoskertrans".into(),
        to: "BP3TKI".into(),
        subject: "Undangan".into(),
        copies: vec!["Bupati".into()],
        received: Some(date),
        scan: None,
        party: Some(party(1)),
    };
    let mut event = event("2016-08-04");
    event.invitees.truncate(1);
    let promise = Promise { agreement: Some(version), article: Some(1), ..promise(2, "2017-12-31") };
    let sanction = Sanction {
        kind: SanctionKind::Reprimand,
        date,
        text: "Laksanakan.".into(),
        according_to: Some(according.clone()),
    };
    let confirmation =
        Confirmation { event: hash, answer: Coming::Represented, party: Some(party(1)), according_to: Some(according) };
    let attendance = Attendance {
        event: hash,
        party: party(1),
        came: true,
        positions: vec!["Kepala".into()],
        competent: true,
        mandate: Some("090/1".into()),
    };
    let facts = [
        opening.draft(),
        Invitation { left: true, ..invite(1, "Kemnaker", true) }.draft(),
        stand.draft(),
        Comment { article: Some(id(1)), text: "Mohon dibaca.".into() }.draft(),
        Meeting { date, place: "Jakarta".into(), event: Some(hash), outcome: "Sepakat.".into(), minutes: None }.draft(),
        letter.draft(),
        own.draft(),
        AdReferendum { official: "Staf".into(), date, awaiting: "Menteri".into(), until: on }.draft(),
        Final { text: "SIMPUL KESEPAKATAN 1\n".into() }.draft(),
        Paper { version, date, scan: Some(Digest([1; 32])), certified: None }.draft(),
        signature.draft(),
        Closing { reason: "Ditunda.".into(), date }.draft(),
        Published { text: "SIMPUL KESEPAKATAN 1\n".into() }.draft(),
        Copied { at: agenda.clone(), signature }.draft(),
        promise.draft(),
        Acceptance { date }.draft(),
        Programmed { budget_line: "2.17".into(), within: "Renja".into(), date }.draft(),
        Progress { date, note: "Mulai".into(), done: true, evidence: Some(Digest([1; 32])) }.draft(),
        sanction.draft(),
        Answer { text: "Baik.".into() }.draft(),
        Feedback { text: "Anggaran.".into(), date }.draft(),
        TakenUp { feedback: hash, agenda: agenda.clone() }.draft(),
        CalendarYear { year: 2016 }.draft(),
        event.draft(),
        confirmation.draft(),
        attendance.draft(),
        DraftFor { agenda }.draft(),
        DraftStand { stand }.draft(),
        Disposition { from: "A".into(), to: "B".into(), instruction: "Siapkan".into(), due: Some(on) }.draft(),
        Initials { level: "Kasubdit".into(), draft: Digest([5; 32]), date }.draft(),
        Release { draft: Digest([5; 32]), mandate: own, day: on }.draft(),
        Attached { name: "Daftar desa".into(), scan: Digest([1; 32]), bytes: 18_233 }.draft(),
        Minutes { meeting: hash, approves: false, note: Some("Pasal 2".into()) }.draft(),
    ];
    let made: String = facts
        .into_iter()
        .map(|fact| fact.unwrap())
        .map(|fact| format!("{} {}\n", fact.key, String::from_utf8(fact.bytes).unwrap()))
        .collect();
    assert_eq!(made, include_str!("facts.golden.txt"));
    for spec in KINDS.iter().flat_map(|kind| kind.facts).filter(|spec| spec.key != ANNULMENT) {
        assert!(made.lines().any(|line| line.starts_with(&format!("{} ", spec.key))), "{} is among them", spec.key);
    }
}

#[test]
fn a_word_of_a_newer_form_waits() {
    let mut net = mou();
    let version = net.freeze(1);
    net.sign(1, version, WordKind::Ratify);
    let given = net.agenda(1).versions.words.given().next().unwrap().signature.clone();
    let word = given.word.replacen("\"v\":1", "\"v\":2", 1);
    let signature = secret(1).sign(identity::Domain::Ratification, word.as_bytes());
    net.say(1, Signature { word, signature, ..given }.draft().unwrap());
    assert_eq!(net.notices(1), ["waiting version ratification"]);
}

#[test]
fn no_bytes_of_a_fact_panic_and_each_leaves_a_notice() {
    for key in AGENDA.facts.iter().map(|spec| spec.key) {
        for bytes in [&b""[..], b"{", b"{\"v\":1}", b"{\"v\":9}", b"[]", b"{\"v\":1,\"text\":7}", &[0xff; 40]] {
            let mut net = mou();
            net.say(1, FactDraft { key, bytes: bytes.to_vec() });
            assert_eq!(net.notices(1).len(), 1, "{key} {bytes:?}");
            assert_eq!(net.agenda(1).seats.len(), 8);
        }
    }
}

#[test]
fn no_word_that_people_do_not_use() {
    const NOT_SAID: [&str; 8] = ["luring", "selaras", "bercabang", "rekam", "posisi", "membekukan", "journal", "scope"];
    let mut words: Vec<Words> = KINDS.iter().flat_map(|kind| kind.facts).map(|spec| spec.label).collect();
    for all in [
        OriginKind::TYPE,
        AgendaStep::TYPE,
        Silence::TYPE,
        AgendaStage::TYPE,
        Lifecycle::TYPE,
        Stance::TYPE,
        WordKind::TYPE,
        RelationKind::TYPE,
        SanctionKind::TYPE,
        Coming::TYPE,
        Acting::TYPE,
        LetterWay::TYPE,
        SourceKind::TYPE,
        Indicator::TYPE,
        Level::TYPE,
        MeasureKind::TYPE,
        Task::TYPE,
        News::TYPE,
    ] {
        let ValueType::Code(codes) = all else { panic!("a closed list") };
        words.extend(codes.iter().map(|(_, words)| *words));
    }
    words.extend(LAMPUNG_TIMUR_2016.iter().map(|found| found.finding));
    assert!(words.len() > 120, "{}", words.len());
    for word in words.iter().flat_map(|words| [words.of(Lang::Id), words.of(Lang::En)]) {
        let said = word.to_lowercase();
        assert!(
            !said.is_empty() && said.split(|c: char| !c.is_alphanumeric()).all(|w| !NOT_SAID.contains(&w)),
            "{word}"
        );
    }
}
