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

fn file_of(id: &str, name: &str) -> Query {
    Query::RecordFile { id: id.to_owned(), name: name.to_owned(), english: false }
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
    let file = carried(&one, file_of(&id, &shown.files[0].name)).await;
    let report = service::verify_agreement(&file).unwrap();
    assert!(!report.ratified && report.parties.iter().filter(|party| party.vote.en == "ratifies").count() == 2);
    // It comes back, and what waits for it stands on its board.
    let three = opened(folder.path(), NAMES[2], &[&one]).await;
    let Reply::Coordination(board) = ask(&three, Query::Coordination).await.unwrap() else { panic!("a board") };
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
    let file = carried(&one, file_of(&published[0], &format!("{version}.json"))).await;
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
    let waits = |board: &service::reply::CoordinationView, task: &str| {
        board.awaiting.iter().any(|line| line.task.en == task && line.id == id)
    };
    shows(&three, &id, "that it is broken", |sheet| tables(sheet).contains("breached")).await;
    let Reply::Coordination(board) = ask(&three, Query::Coordination).await.unwrap() else { panic!("a board") };
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

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_is_drafted_inside_an_office_and_leaves_it_only_when_it_is_released() {
    let folder = tempfile::tempdir().unwrap();
    let all = ministries(folder.path()).await;
    let id = agenda(&all).await;
    let [one, two, three] = all;
    let offered = sheet(&two, &id).await.begins;
    assert_eq!(offered.iter().map(|begin| begin.kind.as_str()).collect::<Vec<_>>(), ["rancangan"]);
    let wrong = begins(&two, "rancangan", &[("from", "bukan agenda")]).await.unwrap_err();
    assert_eq!(wrong.field.as_deref(), Some("from"));
    let draft = begins(&two, "rancangan", &[("from", id.as_str())]).await.unwrap();
    let empty = sheet(&two, &draft).await;
    assert!(tables(&empty).contains("Nothing is drafted yet"));
    assert!(asked(&empty, "initials").is_none() && asked(&empty, "release").is_none());
    let article = first(asked(&empty, "draft_stand").unwrap(), "article");
    let without_reason = [("article", article.as_str()), ("stance", "keberatan")];
    let refused = says(&two, &draft, "draft_stand", &without_reason).await.unwrap_err();
    assert!(refused.text.unwrap().id.contains("keberatan tanpa alasan"), "what the agenda would refuse is refused now");
    let mut stand = [
        ("article", article.as_str()),
        ("stance", "keberatan"),
        ("why", "Perlu masa peralihan."),
        ("proposes", "Data dikirim mulai 2027."),
    ];
    says(&two, &draft, "draft_stand", &stand).await.unwrap();
    let disposition = [
        ("from", "Sekretaris Jenderal"),
        ("to", "Kepala Biro Hukum"),
        ("instruction", "Telaah dan paraf."),
        ("due", "01-02-2026"),
    ];
    says(&two, &draft, "disposition", &disposition).await.unwrap();
    says(&two, &draft, "initials", &[("level", "Kepala Biro Hukum"), ("date", "02-02-2026")]).await.unwrap();
    let shown = sheet(&two, &draft).await;
    assert!(
        tables(&shown).contains("01-02-2026, late") && tables(&shown).contains("as it stands"),
        "{}",
        tables(&shown)
    );
    assert!(asked(&shown, "release").is_none(), "nobody has a mandate yet");
    let Reply::Coordination(glance) = ask(&two, Query::Coordination).await.unwrap() else { panic!("a glance") };
    assert!(glance.awaiting.iter().any(|line| line.id == draft && line.late), "{glance:?}");
    // Initials are on a draft: who changes it asks for them again.
    stand[2].1 = "Perlu masa peralihan setahun.";
    says(&two, &draft, "draft_stand", &stand).await.unwrap();
    assert!(tables(&sheet(&two, &draft).await).contains("to be initialled again"));
    gives_mandate(&two, &id, "Budi").await;
    shows(&one, &id, "the mandate", |sheet| sheet.events.iter().any(|event| event.fact == "mandate")).await;
    assert!(!tables(&sheet(&one, &id).await).contains("peralihan"), "it is the office's own until then");
    assert_eq!(listed(&one, "rancangan").await, Vec::<String>::new());
    let mandate = first(asked(&sheet(&two, &draft).await, "release").unwrap(), "mandate");
    let Reply::Preview(look) = ask(
        &two,
        Query::Preview { id: draft.clone(), said: offices::saying("release", &[("mandate", mandate.as_str())]) },
    )
    .await
    .unwrap() else {
        panic!("a look")
    };
    assert!(look[0].lines.iter().any(|line| line.en.contains("goes to all parties")), "{look:?}");
    says(&two, &draft, "release", &[("mandate", mandate.as_str())]).await.unwrap();
    shows(&one, &id, "the stand", |sheet| tables(sheet).contains("objects: Perlu masa peralihan setahun.")).await;
    let shown = sheet(&two, &draft).await;
    assert!(tables(&shown).contains("It is released") && asked(&shown, "release").is_none());
    assert!(sheet(&two, &id).await.related.iter().any(|line| line.id == draft));
    one.stop().await;
    two.stop().await;
    three.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agenda_goes_out_as_table_text_and_message_and_its_text_comes_back_from_a_word_processor() {
    let folder = tempfile::tempdir().unwrap();
    let all = ministries(folder.path()).await;
    let id = agenda(&all).await;
    let shown = sheet(&all[1], &id).await;
    let article = first(asked(&shown, "stand").unwrap(), "article");
    says(&all[1], &id, "stand", &[("article", article.as_str()), ("stance", "setuju")]).await.unwrap();
    shows(&all[0], &id, "the stand", |sheet| tables(sheet).contains("supports")).await;
    let shown = sheet(&all[0], &id).await;
    let names: Vec<&str> = shown.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["matriks-tanggapan.xlsx", "matriks-tanggapan.docx", "naskah.docx"]);
    for name in names {
        assert!(carried(&all[0], file_of(&id, name)).await.starts_with(b"PK"), "{name}");
    }
    let refused = ask(&all[0], file_of(&id, "lain.docx")).await.unwrap_err();
    assert_eq!(refused.code, service::Code::NotFound);
    let message = shown.message.clone().unwrap();
    assert!(message.id.starts_with("*Adendum kerja sama*\nKeadaan: "), "{}", message.id);
    // The text goes out and comes back changed.
    let draft = carried(&all[0], file_of(&id, "naskah.docx")).await;
    let hash = all[0].keep_scan(&draft).unwrap();
    let same = says(&all[0], &id, "text_from_file", &[("file", hash.as_str())]).await.unwrap_err();
    assert!(same.text.unwrap().en.contains("says already"));
    let none = says(&all[0], &id, "text_from_file", &[("file", "00")]).await.unwrap_err();
    assert_eq!(none.field.as_deref(), Some("file"));
    changes(&all[1], &id, &[], &[("pasal", "Biaya"), ("pasal.ayat", "Setiap pihak menanggung biayanya.")])
        .await
        .unwrap();
    let longer = carried(&all[1], file_of(&id, "naskah.docx")).await;
    shows(&all[0], &id, "two articles", |sheet| tables(sheet).contains("menanggung biayanya")).await;
    let look = Query::Preview { id: id.clone(), said: offices::saying("text_from_file", &[("file", hash.as_str())]) };
    let Reply::Preview(look) = ask(&all[0], look).await.unwrap() else { panic!("a look") };
    assert_eq!(look[0].rows.len(), 2, "one article with one paragraph: {look:?}");
    assert_eq!(look[1].rows.len(), 2, "the second article goes, with its paragraph: {look:?}");
    says(&all[0], &id, "text_from_file", &[("file", hash.as_str())]).await.unwrap();
    assert!(!tables(&sheet(&all[0], &id).await).contains("menanggung biayanya"));
    let hash = all[0].keep_scan(&longer).unwrap();
    says(&all[0], &id, "text_from_file", &[("file", hash.as_str())]).await.unwrap();
    shows(&all[2], &id, "the text again", |sheet| tables(sheet).contains("menanggung biayanya")).await;
    // An attachment is part of what is signed.
    let attached = [("name", "Daftar desa"), ("scan", hash.as_str())];
    says(&all[0], &id, "attachment", &attached).await.unwrap();
    gives_mandate(&all[0], &id, "Ani").await;
    says(&all[0], &id, "final", &[]).await.unwrap();
    let shown = sheet(&all[0], &id).await;
    let report = service::verify_agreement(&carried(&all[0], file_of(&id, &shown.files[0].name)).await).unwrap();
    assert!(report.text.contains(&format!("Lampiran: {hash} {} Daftar desa", longer.len())), "{}", report.text);
    // Dates for a calendar.
    let calendar = begins(&all[0], "kalender", &[("year", "2031")]).await.unwrap();
    let event =
        [("title", "Rapat koordinasi"), ("day", "04-08-2031"), ("place", "Jakarta"), ("others", "LSM Anak Desa")];
    says(&all[0], &calendar, "event", &event).await.unwrap();
    let dates = String::from_utf8(carried(&all[0], file_of(&calendar, "kalender.ics")).await).unwrap();
    for line in ["BEGIN:VCALENDAR", "DTSTART;VALUE=DATE:20310804", "SUMMARY:Rapat koordinasi", "LOCATION:Jakarta"] {
        assert!(dates.contains(line), "{line}: {dates}");
    }
    for node in all {
        node.stop().await;
    }
}

async fn news(node: &Service) -> service::reply::NewsView {
    let Reply::Coordination(glance) = ask(node, Query::Coordination).await.unwrap() else { panic!("a glance") };
    glance.news
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_comes_back_is_told_what_happened_and_a_paper_is_confirmed_where_it_is_published() {
    let folder = tempfile::tempdir().unwrap();
    let all = ministries(folder.path()).await;
    let id = agenda(&all).await;
    let [one, two, three] = all;
    assert!(news(&three).await.lines.iter().any(|line| line.id == id && line.state.en.contains("new agenda")));
    ask(&three, service::Command::MarkRead).await.unwrap();
    assert_eq!(news(&three).await.lines, []);
    three.stop().await;
    let shown = sheet(&two, &id).await;
    let article = first(asked(&shown, "stand").unwrap(), "article");
    says(&two, &id, "stand", &[("article", article.as_str()), ("stance", "setuju")]).await.unwrap();
    says(&two, &id, "comment", &[("article", article.as_str()), ("text", "Sudah cocok.")]).await.unwrap();
    says(&one, &id, "final", &[]).await.unwrap();
    let version = sheet(&one, &id).await.files[0].name.trim_end_matches(".json").to_owned();
    let scan = one.keep_scan(b"%PDF-1.4 naskah bertanda tangan").unwrap();
    let paper = [("version", version.as_str()), ("date", "30-05-2017"), ("scan", scan.as_str())];
    says(&one, &id, "paper", &paper).await.unwrap();
    says(&one, &id, "publish", &[("version", version.as_str())]).await.unwrap();
    let three = opened(folder.path(), NAMES[2], &[&one]).await;
    shows(&three, &id, "what happened", |sheet| tables(sheet).contains("signed on paper")).await;
    let told = news(&three).await;
    let line = told.lines.iter().find(|line| line.id == id).unwrap();
    for what in ["stand", "remark", "final text", "Kemenkes", "Kemnaker"] {
        assert!(line.state.en.contains(what), "{what}: {line:?}");
    }
    assert!(!line.state.en.contains("new agenda"), "that was read: {line:?}");
    // Where it is published, an official's own mandate goes with the word.
    let published = listed(&three, "kesepakatan").await;
    let form = shows(&three, &published[0], "the form", |sheet| asked(sheet, "ratification").is_some()).await;
    let version = first(asked(&form, "ratification").unwrap(), "version");
    let mut confirms = vec![
        ("version", version.as_str()),
        ("says", "tanda_tangan_kertas"),
        ("official", "Citra"),
        ("position", "Sekretaris Jenderal"),
        ("letter", "ST-3"),
        ("from", "01-01-2099"),
    ];
    let early = says(&three, &published[0], "ratification", &confirms).await.unwrap_err();
    assert!(early.text.unwrap().id.contains("mandatnya tidak berlaku hari ini"));
    confirms[5].1 = "01-01-2020";
    says(&three, &published[0], "ratification", &confirms).await.unwrap();
    for node in [&one, &three] {
        shows(node, &published[0], "the confirmation", |sheet| tables(sheet).contains("confirmed by 1 of 3")).await;
    }
    one.stop().await;
    two.stop().await;
    three.stop().await;
}
