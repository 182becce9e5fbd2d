//! The scorecard, what waits for an office, and what changed while it was away.

use super::{
    commitments::{FIVE, calendar, commitment, meeting_of_2016, progress, promised},
    *,
};
use crate::{PartialDate, Span};

fn year(year: i16) -> Span {
    Span { first: Date::new(year, 1, 1).unwrap(), last: Date::new(year, 12, 31).unwrap() }
}

fn lampung_timur() -> Region {
    LAMPUNG_TIMUR.parse().unwrap()
}

/// An agenda of the five parties in Lampung Timur, for 2017.
fn agenda_of_five() -> Net {
    let mut net = Net::new(RecordKind::Agenda, AGENDA_SCOPE);
    let opening = Opening {
        region: lampung_timur(),
        parties: FIVE.iter().map(|(number, name)| invite(*number, name, true)).collect(),
        ..opening_of_ministries()
    };
    net.create(DINSOSKERTRANS, opening.draft_checked().unwrap());
    let text = |value: &str| documents::Scalar::Text(value.into());
    let mut edits =
        vec![put("title", text("Wadah purna TKI")), put("begins", text("2017-05-30")), put("ends", text("2018-05-29"))];
    edits.extend(AgendaText::default().add_article(id(1), "Wadah", None).unwrap());
    edits.extend(AgendaText::default().add_paragraph(id(1), id(1), "Dibentuk wadah bersama.", None).unwrap());
    net.edit(DINSOSKERTRANS, &edits);
    net.meet(FIVE.map(|(number, _)| number));
    net
}

/// An indicator's level, and its measures as "kind count/of".
fn scores(card: &Scorecard) -> Vec<String> {
    let measure = |m: &Measure| match m.of {
        Some(of) => format!("{} {}/{of}", m.kind.code(), m.count),
        None => format!("{} {}", m.kind.code(), m.count),
    };
    let score = |score: &Score| {
        let measures: Vec<_> = score.measures.iter().map(measure).collect();
        format!("{}: {}; {}", score.indicator.code(), score.level.code(), measures.join(", "))
    };
    card.scores.iter().map(score).collect()
}

#[test]
fn without_records_nothing_is_claimed_and_the_baseline_stands_beside_it() {
    let card = scorecard(&Shelf::default(), &lampung_timur(), year(2016), None);
    assert!(card.scores.iter().all(|score| score.level == Level::NoRecord));
    let found: Vec<_> = card.scores.iter().map(|score| score.baseline.unwrap().level).collect();
    use Level::{Absent, Formed, Partly};
    assert_eq!(found, [Partly, Formed, Partly, Absent, Absent, Absent, Absent]);
    assert!(card.scores.iter().all(|score| score.baseline.unwrap().year == 2016));
    let elsewhere = scorecard(&Shelf::default(), &"33.07".parse().unwrap(), year(2016), None);
    assert!(elsewhere.scores.iter().all(|score| score.baseline.is_none()));
}

#[test]
fn the_scorecard_of_lampung_timur_changes_with_the_records_and_shows_its_evidence() {
    let (mut dates, set) = meeting_of_2016();
    dates.take(BP3TKI, DINSOSKERTRANS);
    let yes = Confirmation { event: set, answer: Coming::Yes, party: None, according_to: None };
    dates.say(BP3TKI, yes.draft().unwrap());
    let mut shelf = Shelf { calendars: vec![calendar(&mut dates, BP3TKI)], ..Shelf::default() };
    let card = scorecard(&shelf, &lampung_timur(), year(2016), None);
    assert_eq!(
        scores(&card),
        [
            "informasi: tanpa_catatan; menjawab 0/0, surat 0",
            "kesadaran: terbentuk; hadir 5/5, konfirmasi 1/5",
            "kompetensi: sebagian; berwenang 3/5, tanggal 1",
            "komitmen: tanpa_catatan; diprogramkan 0/0, dipenuhi 0/0",
            "penetapan: tanpa_catatan; ditetapkan 0/0, kesepakatan 0/0",
            "insentif: tanpa_catatan; sanksi 0/0, penghargaan 0",
            "feedback: tanpa_catatan; diangkat 0/0",
        ]
    );
    assert_eq!(card.measure(MeasureKind::Competent).unwrap().evidence, [dates.id.clone().unwrap()]);

    let mut agenda = agenda_of_five();
    for number in [BP3TKI, KOPERASI] {
        let stand = Stand {
            article: None,
            stance: Stance::Support,
            why: None,
            proposes: None,
            wording: None,
            party: None,
            according_to: None,
        };
        let draft = agenda.agenda(number).draft_stand(office(number), stand).unwrap();
        agenda.say(number, draft);
    }
    agenda.meet(FIVE.map(|(number, _)| number));
    let version = agenda.freeze(DINSOSKERTRANS);
    agenda.meet(FIVE.map(|(number, _)| number));
    for (number, _) in &FIVE[..4] {
        agenda.sign(*number, version, WordKind::Ratify);
    }
    agenda.meet(FIVE.map(|(number, _)| number));
    let mut kept = promised(PERINDAG, PERINDAG, "2017-06-30");
    let programmed =
        Programmed { budget_line: "2.17".into(), within: "Renja".into(), date: "2017-06".parse().unwrap() };
    kept.say(PERINDAG, programmed.draft_checked().unwrap());
    kept.say(PERINDAG, progress("2017-06-20", true).draft().unwrap());
    let mut broken = promised(KOPERASI, KOPERASI, "2017-07-31");
    let feedback = Feedback { text: "Perlu anggaran.".into(), date: "2017-11".parse().unwrap() };
    broken.say(KOPERASI, feedback.draft().unwrap());
    // Written down for another office, and not accepted: it counts nowhere.
    let mut proposed = promised(DINSOSKERTRANS, BP3TKI, "2017-07-31");
    shelf.agendas = vec![agenda.agenda(BP3TKI)];
    shelf.commitments = vec![
        commitment(&mut kept, PERINDAG),
        commitment(&mut broken, KOPERASI),
        commitment(&mut proposed, DINSOSKERTRANS),
    ];
    let card = scorecard(&shelf, &lampung_timur(), year(2017), None);
    assert_eq!(
        scores(&card),
        [
            "informasi: sebagian; menjawab 2/5, surat 0",
            "kesadaran: tanpa_catatan; hadir 0/0, konfirmasi 0/0",
            "kompetensi: tanpa_catatan; berwenang 0/0, tanggal 0",
            "komitmen: sebagian; diprogramkan 1/2, dipenuhi 1/2",
            "penetapan: sebagian; ditetapkan 4/5, kesepakatan 0/1",
            "insentif: belum; sanksi 0/1, penghargaan 0",
            "feedback: belum; diangkat 0/1",
        ]
    );
    let programmed = card.measure(MeasureKind::Programmed).unwrap();
    assert_eq!(programmed.evidence, [kept.id.clone().unwrap(), broken.id.clone().unwrap()], "what counts comes first");
    let own = scorecard(&shelf, &lampung_timur(), year(2017), Some(office(KOPERASI)));
    assert_eq!(scores(&own)[3], "komitmen: belum; diprogramkan 0/1, dipenuhi 0/1");
    assert_eq!(scores(&own)[4], "penetapan: terbentuk; ditetapkan 1/1, kesepakatan 0/1");

    agenda.sign(DINSOSKERTRANS, version, WordKind::Ratify);
    broken.take(DINSOSKERTRANS, KOPERASI);
    let sanction = Sanction {
        kind: SanctionKind::Reprimand,
        date: "2017-10-01".parse().unwrap(),
        text: "Laksanakan.".into(),
        according_to: None,
    };
    broken.say(DINSOSKERTRANS, sanction.draft().unwrap());
    shelf.agendas = vec![agenda.agenda(DINSOSKERTRANS)];
    shelf.commitments[1] = commitment(&mut broken, DINSOSKERTRANS);
    let later = scorecard(&shelf, &lampung_timur(), year(2017), None);
    assert_eq!(later.scores[4].level, Level::Formed);
    assert_eq!(later.scores[5].level, Level::Formed);
    // What the programme's indicators O6 and C9 count.
    let counted =
        |year| (meetings_held(&shelf, &lampung_timur(), year), agreements_ratified(&shelf, &lampung_timur(), year));
    assert_eq!(counted(year(2017)), (Some(0), Some(1)));
    assert_eq!(counted(year(2015)).1, None, "no final text is not none of them");
    assert_eq!(meetings_held(&Shelf::default(), &lampung_timur(), year(2016)), None);
    // The same agreement, read from the agenda and where it is published, is one.
    let publication = agenda.agenda(DINSOSKERTRANS).publication(version).unwrap();
    let mut region = Net::new(RecordKind::Agreement, "coordination/18.07");
    region.create(DINSOSKERTRANS, publication.create);
    publication.then.into_iter().for_each(|draft| {
        region.say(DINSOSKERTRANS, draft);
    });
    shelf.extend([region.shown(DINSOSKERTRANS)]);
    assert_eq!(scorecard(&shelf, &lampung_timur(), year(2017), None).scores, later.scores);
    shelf.agendas.clear();
    let published = scorecard(&shelf, &lampung_timur(), year(2017), None);
    assert_eq!(published.scores[4].level, Level::Formed, "an office that was no party reads it too");
    assert_eq!(scorecard(&shelf, &"33".parse().unwrap(), year(2017), None).scores[4].level, Level::NoRecord);
}

fn tasks(shelf: &Shelf, number: u8, on: &str) -> Vec<String> {
    let list = awaiting(shelf, office(number), day(on));
    let line = |waiting: &Awaiting| {
        let over = if waiting.due.is_over(day(on)) { " lewat" } else { "" };
        format!("{}{over}", waiting.task.code())
    };
    list.iter().map(line).collect()
}

#[test]
fn what_waits_for_an_office_follows_the_agenda() {
    let mut net = agenda_of_five();
    let shelf = |net: &mut Net, number| Shelf { agendas: vec![net.agenda(number)], ..Shelf::default() };
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2017-04-01"), ["tanggapan"]);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2017-04-20"), ["tanggapan lewat"]);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), LAMPUNG, "2017-04-20"), [""; 0], "no party");
    let recorded = Stand {
        article: Some(id(1)),
        stance: Stance::Support,
        why: None,
        proposes: None,
        wording: None,
        party: Some(party(KOPERASI)),
        according_to: Some(According {
            source: SourceKind::Meeting,
            number: None,
            date: "2017-04-03".parse().unwrap(),
            scan: None,
        }),
    };
    let draft = net.agenda(DINSOSKERTRANS).draft_stand(office(DINSOSKERTRANS), recorded.clone()).unwrap();
    net.say(DINSOSKERTRANS, draft);
    net.take(KOPERASI, DINSOSKERTRANS);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2017-04-01"), ["konfirmasi_tanggapan"]);
    let own = Stand { party: None, according_to: None, ..recorded };
    let draft = net.agenda(KOPERASI).draft_stand(office(KOPERASI), own).unwrap();
    net.say(KOPERASI, draft);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2017-04-01"), [""; 0]);
    // Two wordings of one paragraph.
    for number in [KOPERASI, PERINDAG] {
        let text = format!("Dibentuk wadah {number}.");
        let edit = net.agenda(number).text.change_paragraph(id(1), id(1), &text).unwrap();
        net.edit(number, &[edit]);
    }
    net.meet([KOPERASI, PERINDAG, DINSOSKERTRANS]);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2017-04-01"), ["baca_ulang"]);
    let agenda = net.agenda(PERINDAG);
    let edit = agenda.text.settle(&agenda.text.reread()[0].key, office(PERINDAG), "Dibentuk wadah.").unwrap();
    net.edit(PERINDAG, &[edit]);
    let until = AdReferendum {
        official: "Staf".into(),
        date: PartialDate::Unknown,
        awaiting: "Kepala Dinas".into(),
        until: day("2017-05-01"),
    };
    net.say(KOPERASI, until.draft_checked().unwrap());
    net.meet([KOPERASI, PERINDAG, DINSOSKERTRANS]);
    let version = net.freeze(DINSOSKERTRANS);
    net.take(KOPERASI, DINSOSKERTRANS);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2017-05-10"), ["ad_referendum lewat", "tetapkan"]);
    net.sign(KOPERASI, version, WordKind::Ratify);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2017-05-10"), [""; 0]);
    let paper =
        Paper { version, date: "2017-05-30".parse().unwrap(), scan: Some(crate::Digest([1; 32])), certified: None };
    net.say(DINSOSKERTRANS, paper.draft_checked().unwrap());
    net.meet([DINSOSKERTRANS, PERINDAG]);
    assert_eq!(tasks(&shelf(&mut net, PERINDAG), PERINDAG, "2017-05-31"), ["konfirmasi_kertas"]);
    // Ninety days before its end every party is told, also by what is published.
    assert_eq!(
        tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2018-03-01"),
        [""; 0],
        "as far as this office knows, it is open"
    );
    net.take(KOPERASI, DINSOSKERTRANS);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2018-02-27"), [""; 0]);
    assert_eq!(tasks(&shelf(&mut net, KOPERASI), KOPERASI, "2018-02-28"), ["perpanjang"]);
}

#[test]
fn commitments_and_invitations_wait_for_whom_they_concern() {
    let mut net = promised(DINSOSKERTRANS, KOPERASI, "2017-03-31");
    let shelf = |net: &mut Net| Shelf { commitments: vec![commitment(net, DINSOSKERTRANS)], ..Shelf::default() };
    assert_eq!(tasks(&shelf(&mut net), KOPERASI, "2017-01-01"), ["terima_komitmen"]);
    assert_eq!(tasks(&shelf(&mut net), DINSOSKERTRANS, "2018-01-01"), [""; 0], "nobody broke what nobody accepted");
    net.take(KOPERASI, DINSOSKERTRANS);
    net.say(KOPERASI, Acceptance { date: PartialDate::Unknown }.draft().unwrap());
    net.take(DINSOSKERTRANS, KOPERASI);
    assert_eq!(tasks(&shelf(&mut net), KOPERASI, "2017-01-01"), ["programkan"]);
    assert_eq!(tasks(&shelf(&mut net), KOPERASI, "2017-03-15"), ["programkan", "penuhi"]);
    assert_eq!(tasks(&shelf(&mut net), KOPERASI, "2017-04-02"), ["programkan lewat", "penuhi lewat"]);
    assert_eq!(tasks(&shelf(&mut net), DINSOSKERTRANS, "2017-04-02"), [""; 0], "late is not yet broken");
    assert_eq!(tasks(&shelf(&mut net), DINSOSKERTRANS, "2017-06-01"), ["tindak_ingkar lewat"]);

    let (mut dates, set) = meeting_of_2016();
    dates.take(BP3TKI, DINSOSKERTRANS);
    let mut shelf = Shelf { calendars: vec![calendar(&mut dates, BP3TKI)], ..Shelf::default() };
    assert_eq!(tasks(&shelf, BP3TKI, "2016-08-04"), ["undangan"]);
    assert_eq!(tasks(&shelf, BP3TKI, "2016-08-05"), [""; 0]);
    let yes = Confirmation { event: set, answer: Coming::Yes, party: None, according_to: None };
    dates.say(BP3TKI, yes.draft().unwrap());
    shelf.calendars = vec![calendar(&mut dates, BP3TKI)];
    assert_eq!(tasks(&shelf, BP3TKI, "2016-08-04"), [""; 0]);
}

#[test]
fn an_office_that_signed_two_versions_is_told_to_withdraw_one() {
    let mut net = mou();
    let first = net.freeze(1);
    let edit = net.agenda(1).text.change_paragraph(id(1), id(1), "Pertukaran data saja.").unwrap();
    net.edit(1, &[edit]);
    let second = net.freeze(1);
    net.meet([1, 2, 2 + SECOND]);
    net.sign(2, first, WordKind::Ratify);
    net.sign(2 + SECOND, second, WordKind::Ratify);
    net.meet([2, 2 + SECOND]);
    let shelf = Shelf { agendas: vec![net.agenda(2)], ..Shelf::default() };
    assert_eq!(tasks(&shelf, 2, "2017-05-30"), ["tarik_satu"]);
    assert_eq!(tasks(&shelf, 3, "2017-05-30"), ["tetapkan"]);
}

#[test]
fn an_office_that_was_away_is_told_what_others_said_and_nothing_twice() {
    let mut net = mou();
    let held: Vec<Coordinate> = net.desk(8).items.iter().map(|(at, ..)| at.clone()).collect();
    let edit = net.agenda(3).text.change_paragraph(id(1), id(1), "Pertukaran data saja.").unwrap();
    net.edit(3, &[edit]);
    net.say(3, Comment { article: None, text: "Mohon dibaca.".into() }.draft_checked().unwrap());
    net.meet([1, 3]);
    let version = net.freeze(1);
    net.meet(1..=8);
    net.sign(2, version, WordKind::Ratify);
    net.sign(8, version, WordKind::Ratify);
    net.meet(1..=8);
    let shelf = Shelf { agendas: vec![net.agenda(8)], ..Shelf::default() };
    let news: Vec<_> = changed(&shelf, office(8), |at| held.contains(at))
        .into_iter()
        .map(|changed| (changed.news.code(), changed.by.office.unwrap().0[0]))
        .collect();
    assert_eq!(news, [("naskah", 3), ("komentar", 3), ("naskah_akhir", 1), ("penetapan", 2)]);
    let now: Vec<Coordinate> = net.desk(8).items.iter().map(|(at, ..)| at.clone()).collect();
    assert_eq!(changed(&shelf, office(8), |at| now.contains(at)), []);
}

/// What is shown is kept as JSON by the read model: nothing of it is lost there.
#[test]
fn what_is_read_goes_through_json_and_back() {
    let mut agenda = agenda_of_five();
    let version = agenda.freeze(DINSOSKERTRANS);
    agenda.sign(DINSOSKERTRANS, version, WordKind::Ratify);
    let stand = Stand {
        article: Some(id(1)),
        stance: Stance::Support,
        why: None,
        proposes: None,
        wording: None,
        party: None,
        according_to: None,
    };
    let draft = agenda.agenda(DINSOSKERTRANS).draft_stand(office(DINSOSKERTRANS), stand).unwrap();
    agenda.say(DINSOSKERTRANS, draft);
    let mut kept = promised(PERINDAG, PERINDAG, "2017-06-30");
    let (mut dates, _) = meeting_of_2016();
    for shown in [agenda.shown(DINSOSKERTRANS), kept.shown(PERINDAG), dates.shown(DINSOSKERTRANS)] {
        let json = serde_json::to_string(&shown).unwrap();
        assert_eq!(serde_json::from_str::<Coordination>(&json).unwrap(), shown);
    }
}
