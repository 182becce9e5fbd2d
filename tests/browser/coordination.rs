//! Two ministries and a province come to an agreement in their browsers: what one writes appears at the other by itself,
//! and a province that is no party never sees the agenda.

use serde_json::json;
use simpul_tests::harness::Script;
use tokio::task::block_in_place;

use crate::counter::looks;
use crate::desk::{Desk, network};

const AGENDA: &str = "Pertukaran data purna TKI";

/// Looks at a page in both languages.
async fn looks_both(desk: &Desk, path: &str, name: &str) {
    for language in ["en", "id"] {
        desk.open(&format!("{path}?lang={language}")).await;
        looks(desk, &format!("{name}-{language}")).await;
    }
}

/// Fills a form in and sends it.
async fn sends(desk: &Desk, path: &str, fields: &[(&str, &str)]) {
    desk.open(path).await;
    for (field, text) in fields {
        desk.browser.write(&format!("#{field}"), text).await;
    }
    desk.save().await;
}

/// Picks the first answer of each of these inputs.
async fn picks(desk: &Desk, inputs: &[&str]) {
    for input in inputs {
        let pick = "const one = document.querySelector('[name=INPUT]'); \
                    if (one.tagName == 'SELECT') one.value = [...one.options].find(of => of.value).value; \
                    else one.click(); return 1;";
        desk.browser.script(&pick.replace("INPUT", input)).await;
    }
}

/// Invites the office of which the name holds this.
async fn tick(desk: &Desk, office: &str) {
    let tick = "[...document.querySelectorAll('[name=offices]')]\
                .find(one => one.closest('label').innerText.includes('OFFICE')).click(); return 1;";
    desk.browser.script(&tick.replace("OFFICE", office)).await;
}

async fn gives_mandate(desk: &Desk, agenda: &str, official: &str) {
    let mandate =
        [("official", official), ("position", "Sekretaris Jenderal"), ("letter", "ST-12"), ("from", "01-01-2020")];
    sends(desk, &format!("{agenda}/catat/mandate"), &mandate).await;
}

/// Says what is looked at before it stands.
async fn confirms(desk: &Desk) {
    desk.browser.click("#form .actions button").await;
    desk.browser.until("it is to be looked at", "return !!document.querySelector('#look');").await;
    desk.save().await;
}

async fn ratifies(desk: &Desk, agenda: &str) {
    desk.open(&format!("{agenda}/catat/ratification")).await;
    picks(desk, &["version", "says", "mandate"]).await;
    confirms(desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_ministries_ratify_an_agreement_and_a_province_that_is_no_party_sees_the_result_alone() {
    let net = network(&["kemnaker", "kemenkes", "jateng"]);
    let ani = Desk::of(&net["kemnaker"], "ani", &["petugas"]).await;
    let budi = Desk::of(&net["kemenkes"], "budi", &["petugas"]).await;
    let citra = Desk::of(&net["jateng"], "citra", &["petugas"]).await;
    looks_both(&ani, "/koordinasi", "board-empty").await;
    budi.open("/koordinasi").await;
    citra.open("/koordinasi").await;

    ani.open("/catatan/agenda/baru").await;
    ani.browser.write("#title", AGENDA).await;
    ani.browser.write("#outside", "Dewan Perwakilan Rakyat Daerah").await;
    ani.browser.write("#ratification_by", "31-12-2030").await;
    tick(&ani, "Kesehatan").await;
    looks(&ani, "agenda-new").await;
    ani.save().await;
    let agenda = ani.path().await;
    sends(
        &ani,
        &format!("{agenda}/ubah"),
        &[("begins", "01-01-2026"), ("pasal", "Pertukaran data"), ("pasal\\.ayat", "Data dikirim setiap bulan.")],
    )
    .await;
    // Without loading the page again.
    budi.sees(AGENDA).await;
    budi.sees("Beri tanggapan").await;
    budi.open(&agenda).await;
    budi.sees("Data dikirim setiap bulan.").await;
    budi.open(&format!("{agenda}/catat/stand")).await;
    picks(&budi, &["stance"]).await;
    budi.save().await;

    gives_mandate(&ani, &agenda, "Ani").await;
    gives_mandate(&budi, &agenda, "Budi").await;
    ani.open(&agenda).await;
    ani.sees("setuju").await;
    ani.open(&format!("{agenda}/catat/final")).await;
    confirms(&ani).await;
    budi.open("/koordinasi").await;
    budi.sees("Tetapkan atau tolak").await;
    ratifies(&ani, &agenda).await;
    looks_both(&ani, &agenda, "agenda").await;
    looks_both(&budi, "/koordinasi", "board").await;
    ratifies(&budi, &agenda).await;
    ani.open(&agenda).await;
    ani.sees("ditetapkan semua pihak").await;

    ani.open("/catatan/kalender/baru").await;
    ani.browser.write("#year", "2031").await;
    ani.save().await;
    let calendar = ani.path().await;
    let event = [("title", "Rapat koordinasi"), ("day", "04-08-2031"), ("place", "Sukadana"), ("others", "BNP2TKI")];
    sends(&ani, &format!("{calendar}/catat/event"), &event).await;
    looks_both(&ani, &calendar, "calendar").await;
    ani.open(&format!("/catatan/rancangan/baru?dari={}", agenda.rsplit('/').next().unwrap())).await;
    ani.save().await;
    let draft = ani.path().await;
    sends(
        &ani,
        &format!("{draft}/catat/disposition"),
        &[("from", "Sekjen"), ("to", "Karo Hukum"), ("instruction", "Telaah")],
    )
    .await;
    looks_both(&ani, &draft, "draft").await;
    budi.open("/koordinasi").await;
    budi.sees("Tandai sudah dibaca").await;
    looks_both(&budi, "/koordinasi", "news").await;
    budi.browser.click("#mark-read").await;
    budi.no_longer_sees("Tandai sudah dibaca").await;
    sends(
        &ani,
        "/catatan/komitmen/baru",
        &[("deliverable", "Data triwulan pertama"), ("due", "01-02-2026"), ("superior", "Menteri Ketenagakerjaan")],
    )
    .await;
    ani.open("/koordinasi").await;
    ani.browser.script("document.querySelector('.ends').scrollIntoView(); return 1;").await;
    looks(&ani, "timeline").await;
    looks_both(&ani, "/koordinasi/rapor", "scorecard").await;
    citra.open("/koordinasi").await;
    citra.no_longer_sees(AGENDA).await;
    citra.open("/catatan/agenda").await;
    citra.sees("Belum ada catatan").await;
    ani.open(&format!("{agenda}/catat/publish")).await;
    picks(&ani, &["version"]).await;
    ani.save().await;
    citra.open("/catatan/kesepakatan").await;
    citra.sees(AGENDA).await;
    looks(&citra, "agreements").await;
    for desk in [ani, budi, citra] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
    block_in_place(|| drop(net));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_cannot_be_solved_becomes_an_agenda_and_what_that_decides_stands_at_the_case() {
    let net = network(&["kemnaker", "kemenkes"]);
    let ani = Desk::of(&net["kemnaker"], "ani", &["petugas"]).await;
    let budi = Desk::of(&net["kemenkes"], "budi", &["petugas"]).await;
    let case = block_in_place(|| {
        let script = Script::at(&net["kemnaker"]).for_village("33.07.10.2004");
        let asked = json!({ "village": "33.07.10.2004", "topic": "permit", "name": "Bawon", "received": "01-03-2018" });
        let case = script.begin("konsultasi", asked);
        script.say(&case, "handling", json!({ "step": "unsettled", "date": "02-03-2018" }));
        case
    });
    let case = format!("/catatan/konsultasi/{case}");
    ani.open(&case).await;
    ani.browser.click("#open-agenda").await;
    ani.browser.write("#title", "Izin PIRT bagi usaha purna").await;
    tick(&ani, "Kesehatan").await;
    ani.save().await;
    let agenda = ani.path().await;
    sends(
        &ani,
        &format!("{agenda}/ubah"),
        &[("begins", "01-01-2026"), ("pasal", "Izin"), ("pasal\\.ayat", "PIRT diurus bersama.")],
    )
    .await;
    budi.open(&agenda).await;
    budi.sees("PIRT diurus bersama.").await;
    let meeting = [("place", "Aula Kemnaker"), ("outcome", "PIRT diurus bersama.")];
    sends(&ani, &format!("{agenda}/catat/meeting"), &meeting).await;
    ani.open(&agenda).await;
    ani.sees("Aula Kemnaker (Word)").await;
    gives_mandate(&ani, &agenda, "Ani").await;
    gives_mandate(&budi, &agenda, "Budi").await;
    ani.open(&agenda).await;
    ani.open(&format!("{agenda}/catat/final")).await;
    confirms(&ani).await;
    ratifies(&ani, &agenda).await;
    ani.open("/").await;
    ani.no_longer_sees("rapat sudah memutuskan").await;
    budi.open("/koordinasi").await;
    budi.sees("Tetapkan atau tolak").await;
    ratifies(&budi, &agenda).await;
    // Without loading the page again.
    ani.sees("rapat sudah memutuskan").await;
    ani.open(&case).await;
    ani.sees("belum dicatat").await;
    looks_both(&ani, &case, "case-decided").await;
    ani.browser.click("[id^=ask-]").await;
    ani.save().await;
    ani.sees("Izin PIRT bagi usaha purna, versi 1").await;
    ani.open("/").await;
    ani.no_longer_sees("rapat sudah memutuskan").await;
    for desk in [ani, budi] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
    block_in_place(|| drop(net));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ministry_sets_figures_and_an_assessment_is_a_place_in_a_picture() {
    let net = network(&["kemnaker", "jateng", "wonosobo", "kuripan"]);
    let ani = Desk::of(&net["kemnaker"], "ani", &["petugas"]).await;
    let sari = Desk::of(&net["kuripan"], "sari", &["petugas"]).await;
    sari.open("/catatan/angka-program").await;
    sari.sees("Belum ada catatan").await;
    ani.open("/catatan/angka-program/baru").await;
    ani.browser.write("#basis", "Kepmenaker 7/2026").await;
    ani.browser.write("#loan_months", "10").await;
    ani.browser.write("#business_high_from", "4").await;
    ani.browser.write("#social_high_from", "4").await;
    ani.browser.write("#items", "usaha 5 Apakah usahanya berjalan?\nsosial 5 Apakah ikut kegiatan desa?").await;
    picks(&ani, &["quadrants"]).await;
    ani.save().await;
    ani.sees("Instrumen kuadran: 2 pertanyaan").await;
    let figures = ani.path().await;
    looks_both(&ani, &figures, "figures").await;
    // Without loading the page again.
    sari.sees("Kepmenaker 7/2026").await;
    let assessment = block_in_place(|| {
        net["kuripan"].register("Bawon", "33.07.10.2004", &[]);
        let script = Script::at(&net["kuripan"]);
        script.begin("penilaian", json!({ "village": "33.07.10.2004", "person": "Bawon" }))
    });
    let assessment = format!("/catatan/penilaian/{assessment}");
    sari.open(&format!("{assessment}/catat/submitted")).await;
    looks(&sari, "assessment-form").await;
    sari.browser.write("#answer-1", "5").await;
    sari.browser.write("#answer-2", "2").await;
    confirms(&sari).await;
    sari.open(&format!("{assessment}/catat/adopted")).await;
    picks(&sari, &["of"]).await;
    sari.save().await;
    sari.sees("Disarankan").await;
    looks_both(&sari, &assessment, "quadrant").await;
    for desk in [ani, sari] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
    block_in_place(|| drop(net));
}
