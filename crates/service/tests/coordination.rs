//! Coordination between offices that are equals: from an agenda to an agreement that every party ratified, while some are
//! away.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

mod offices;

use offices::{
    ask, asked, begins, carried, changes, cut_off, first, founded, id_of, listed, office, opened, says, sheet, shows,
    tables,
};
use service::{Query, Reply, Service};

const NAMES: [&str; 3] = ["Kemnaker", "Kemenkes", "Kemendesa"];

/// Three ministries; the second and third call the first.
async fn ministries(folder: &std::path::Path) -> [Service; 3] {
    let first = office(folder, NAMES[0], "ministry", "id", &[]).await;
    let second = office(folder, NAMES[1], "ministry", "id", &[&first]).await;
    let third = office(folder, NAMES[2], "ministry", "id", &[&first]).await;
    founded(&[&first, &second, &third]).await;
    [first, second, third]
}

/// An agenda of all three with one article, seen by all.
async fn agenda(all: &[Service; 3]) -> String {
    let others = [id_of(&all[0], NAMES[1]).await, id_of(&all[0], NAMES[2]).await].join(",");
    let fields = [("title", "Adendum kerja sama"), ("offices", others.as_str()), ("ratification_by", "31-12-2030")];
    let id = begins(&all[0], "agenda", &fields).await.unwrap();
    let article = [("pasal", "Pertukaran data"), ("pasal.ayat", "Para pihak bertukar data peserta.")];
    changes(&all[0], &id, &[("begins", "01-01-2026")], &article).await.unwrap();
    for node in &all[1..] {
        shows(node, &id, "the article", |sheet| tables(sheet).contains("bertukar data peserta")).await;
    }
    id
}

async fn gives_mandate(node: &Service, id: &str, official: &str) {
    let mandate =
        [("official", official), ("position", "Sekretaris Jenderal"), ("letter", "ST-1"), ("from", "01-01-2020")];
    says(node, id, "mandate", &mandate).await.unwrap();
}

/// Ratifies the newest version as the one official that has a mandate.
async fn ratifies(node: &Service, id: &str) {
    let shown = shows(node, id, "the form to ratify", |sheet| asked(sheet, "ratification").is_some()).await;
    let form = asked(&shown, "ratification").unwrap();
    let (version, mandate) = (first(form, "version"), first(form, "mandate"));
    let word = [("version", version.as_str()), ("says", "menetapkan"), ("mandate", mandate.as_str())];
    says(node, id, "ratification", &word).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn three_ministries_ratify_one_text_while_one_is_away_and_anybody_can_check_it() {
    let folder = tempfile::tempdir().unwrap();
    let [first_office, second, third] = ministries(folder.path()).await;
    let all = [first_office, second, third];
    let id = agenda(&all).await;
    // What each thinks of the article.
    let shown = sheet(&all[1], &id).await;
    let article = first(asked(&shown, "stand").unwrap(), "article");
    let objects = [("article", article.as_str()), ("stance", "keberatan")];
    let refused = says(&all[1], &id, "stand", &objects).await.unwrap_err();
    assert!(refused.text.unwrap().id.contains("keberatan tanpa alasan"));
    says(&all[1], &id, "stand", &[("article", article.as_str()), ("stance", "setuju")]).await.unwrap();
    shows(&all[0], &id, "the stand of the other", |sheet| tables(sheet).contains("supports")).await;
    // Without a mandate nobody ratifies, and only the convener makes a text final.
    assert!(asked(&sheet(&all[1], &id).await, "final").is_none());
    let closes = says(&all[1], &id, "closing", &[("reason", "Batal"), ("date", "2026")]).await.unwrap_err();
    assert_eq!(closes.code, service::Code::NoRight, "only the convener closes it: {closes}");
    for (node, official) in all.iter().zip(["Ani", "Budi", "Citra"]) {
        gives_mandate(node, &id, official).await;
    }
    let Reply::Preview(look) =
        ask(&all[0], Query::Preview { id: id.clone(), said: offices::saying("final", &[]) }).await.unwrap()
    else {
        panic!("a look")
    };
    assert!(look[0].lines.iter().any(|line| line.id.contains("tidak dapat diubah lagi")), "{look:?}");
    says(&all[0], &id, "final", &[]).await.unwrap();
    for node in &all[1..] {
        shows(node, &id, "the final text", |sheet| tables(sheet).contains("0 of 3 ratified")).await;
    }
    // One is away.
    let [one, two, three] = all;
    three.stop().await;
    ratifies(&one, &id).await;
    ratifies(&two, &id).await;
    let shown = shows(&one, &id, "two of three", |sheet| tables(sheet).contains("2 of 3 ratified")).await;
    assert!(tables(&shown).contains("Kemendesa: arrived, not decided"), "{}", tables(&shown));
    assert!(asked(&shown, "publish").is_none(), "it is not ditetapkan");
    // The draft goes on: what was signed stays as it is.
    let paragraph = shown.texts.iter().find(|text| text.field.starts_with("p.")).unwrap().field.clone();
    changes(&one, &id, &[], &[(paragraph.as_str(), "Para pihak bertukar data setiap bulan.")]).await.unwrap();
    assert!(tables(&sheet(&one, &id).await).contains("2 of 3 ratified"));
    let file = carried(&one, Query::AgreementFile { id: id.clone(), version: shown.versions[0].version.clone() }).await;
    let report = service::verify_agreement(&file).unwrap();
    assert!(!report.ratified && report.parties.iter().filter(|party| party.vote.en == "ratifies").count() == 2);
    // It comes back, and what waits for it stands on its board.
    let three = opened(folder.path(), NAMES[2], &[&one]).await;
    let Reply::Board(board) = ask(&three, Query::Board).await.unwrap() else { panic!("a board") };
    assert!(board.awaiting.iter().any(|line| line.task.en == "ratify or reject" && line.id == id), "{board:?}");
    ratifies(&three, &id).await;
    for node in [&one, &two, &three] {
        shows(node, &id, "that all ratified", |sheet| tables(sheet).contains("ratified by all parties")).await;
    }
    let shown = sheet(&two, &id).await;
    let version = first(asked(&shown, "publish").unwrap(), "version");
    says(&two, &id, "publish", &[("version", version.as_str())]).await.unwrap();
    let published = listed(&two, "kesepakatan").await;
    assert_eq!(published.len(), 1);
    let shown = shows(&one, &published[0], "the agreement", |sheet| tables(sheet).contains("ratified by all")).await;
    let file = carried(&one, Query::AgreementFile { id: published[0].clone(), version }).await;
    let report = service::verify_agreement(&file).unwrap();
    assert!(report.ratified && report.practice && report.parties.len() == 3, "{report:?}");
    assert!(report.parties.iter().all(|party| party.signers.iter().all(|s| s.key.en == "a key of that office")));
    for place in [file.len() / 3, file.len() / 2, file.len() - 40] {
        let mut changed = file.clone();
        changed[place] ^= 1;
        assert!(service::verify_agreement(&changed).is_err(), "byte {place}");
    }
    assert_eq!(shown.line.place.as_deref(), Some("id"));
    one.stop().await;
    two.stop().await;
    three.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paragraph_that_two_offices_changed_while_cut_off_is_read_again_before_it_is_final() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two, three] = ministries(folder.path()).await;
    let all = [one, two, three];
    let id = agenda(&all).await;
    let paragraph =
        sheet(&all[1], &id).await.texts.into_iter().find(|text| text.field.starts_with("p.")).unwrap().field;
    let [one, two, three] = all;
    two.stop().await;
    three.stop().await;
    for (name, text) in [(NAMES[1], "Data dikirim setiap bulan."), (NAMES[2], "Data dikirim setiap pekan.")] {
        let alone = cut_off(folder.path(), name).await;
        changes(&alone, &id, &[], &[(paragraph.as_str(), text)]).await.unwrap();
        alone.stop().await;
    }
    let two = opened(folder.path(), NAMES[1], &[&one]).await;
    let three = opened(folder.path(), NAMES[2], &[&one]).await;
    for node in [&one, &two, &three] {
        let both = |text: &str| text.contains("setiap bulan") && text.contains("setiap pekan");
        shows(node, &id, "both wordings", |sheet| tables(sheet).contains("# To be read again") && both(&tables(sheet)))
            .await;
    }
    gives_mandate(&one, &id, "Ani").await;
    let refused = says(&one, &id, "final", &[]).await.unwrap_err();
    assert!(refused.text.as_ref().unwrap().en.contains("have to be read again"), "{refused:?}");
    // Who wrote neither does not choose.
    let neither = changes(&one, &id, &[], &[(paragraph.as_str(), "Data dikirim setiap hari.")]).await.unwrap_err();
    assert!(neither.text.unwrap().id.contains("tidak menulis salah satunya"));
    changes(&two, &id, &[], &[(paragraph.as_str(), "Data dikirim setiap pekan.")]).await.unwrap();
    shows(&one, &id, "one wording", |sheet| !tables(sheet).contains("# To be read again")).await;
    says(&one, &id, "final", &[]).await.unwrap();
    one.stop().await;
    two.stop().await;
    three.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_commitment_goes_to_the_superior_and_into_the_next_agenda() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two, three] = ministries(folder.path()).await;
    let (owner, superior) = (id_of(&one, NAMES[1]).await, id_of(&one, NAMES[2]).await);
    let promise = [
        ("deliverable", "Data peserta triwulan"),
        ("owner", owner.as_str()),
        ("due", "01-03-2026"),
        ("superior", "Menteri"),
        ("superior_office", superior.as_str()),
    ];
    let id = begins(&one, "komitmen", &promise).await.unwrap();
    let proposed = shows(&two, &id, "the commitment", |sheet| asked(sheet, "acceptance").is_some()).await;
    assert!(tables(&proposed).contains("not accepted by its owner"));
    says(&two, &id, "acceptance", &[("date", "02-01-2026")]).await.unwrap();
    let waits = |board: &service::reply::BoardView, task: &str| {
        board.awaiting.iter().any(|line| line.task.en == task && line.id == id)
    };
    shows(&three, &id, "that it is broken", |sheet| tables(sheet).contains("breached")).await;
    let Reply::Board(board) = ask(&three, Query::Board).await.unwrap() else { panic!("a board") };
    assert!(waits(&board, "act on a breach"), "{board:?}");
    says(&three, &id, "sanction", &[("kind", "teguran"), ("date", "02-05-2026"), ("text", "Kirim segera.")])
        .await
        .unwrap();
    shows(&two, &id, "the reprimand", |sheet| tables(sheet).contains("reprimand: Kirim segera.")).await;
    says(&two, &id, "feedback", &[("text", "Perlu tenaga data."), ("date", "03-05-2026")]).await.unwrap();
    let shown = shows(&one, &id, "the feedback", |sheet| tables(sheet).contains("Perlu tenaga data.")).await;
    assert!(shown.asks.iter().all(|asked| asked.fact != "progress"), "only its owner reports it");
    let next = [("title", "Tenaga data"), ("offices", owner.as_str()), ("from", id.as_str())];
    let agenda = begins(&one, "agenda", &next).await.unwrap();
    let events = sheet(&one, &agenda).await.events;
    assert!(events[0].parts.iter().any(|part| part.text.en == "feedback of the last round"), "{events:?}");
    assert!(!tables(&sheet(&one, &id).await).contains("Feedback for the next round"), "it is taken up");
    one.stop().await;
    two.stop().await;
    three.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_says_who_comes_who_could_decide_and_what_clashes() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two, three] = ministries(folder.path()).await;
    let invited = id_of(&one, NAMES[1]).await;
    let calendar = begins(&one, "kalender", &[("year", "2016")]).await.unwrap();
    assert_eq!(begins(&one, "kalender", &[("year", "2016")]).await.unwrap(), calendar, "a year has one");
    let event = |title: &'static str| {
        [("title", title), ("day", "04-08-2016"), ("place", "Sukadana"), ("offices", ""), ("others", "LSM Anak Desa")]
    };
    for title in ["Rapat koordinasi", "Rapat anggaran"] {
        let mut fields = event(title);
        fields[3].1 = invited.as_str();
        says(&one, &calendar, "event", &fields).await.unwrap();
    }
    let wrong = [("title", "Rapat"), ("day", "08-2016"), ("place", "Sukadana"), ("others", "LSM")];
    assert_eq!(says(&one, &calendar, "event", &wrong).await.unwrap_err().field.as_deref(), Some("day"));
    let shown =
        shows(&two, &calendar, "the dates", |sheet| tables(sheet).contains("Clash on 04-08-2016: Kemenkes")).await;
    let form = asked(&shown, "attendance").unwrap();
    let event = first(form, "event");
    let party = format!("office:{invited}");
    let nobody = [("event", event.as_str()), ("party", party.as_str()), ("came", "tidak"), ("competent", "ya")];
    assert!(says(&one, &calendar, "attendance", &nobody).await.unwrap_err().text.unwrap().id.contains("kehadirannya"));
    let came = [
        ("event", event.as_str()),
        ("party", party.as_str()),
        ("came", "ya"),
        ("positions", "Kepala Seksi"),
        ("competent", "tidak"),
    ];
    says(&one, &calendar, "attendance", &came).await.unwrap();
    shows(&two, &calendar, "the attendance", |sheet| {
        tables(sheet).contains("Kemenkes: came without competence to decide")
    })
    .await;
    one.stop().await;
    two.stop().await;
    three.stop().await;
}
