//! The village's year in a browser: indicators with their charts, monitoring, the plan and the report, each looked at in
//! both languages.

use crate::counter::looks;
use crate::desk::{Desk, alone};

/// Begins a record by its form and gives its path.
async fn begins(desk: &Desk, kind: &str, fields: &[(&str, &str)]) -> String {
    desk.open(&format!("/catatan/{kind}/baru?lang=id")).await;
    for (field, text) in fields {
        desk.browser.write(&format!("#{field}"), text).await;
    }
    desk.save().await;
    desk.path().await
}

/// Looks at a page in both languages.
async fn looks_both(desk: &Desk, path: &str, name: &str) {
    for language in ["en", "id"] {
        desk.open(&format!("{path}?lang={language}")).await;
        looks(desk, &format!("{name}-{language}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_year_of_a_village_is_measured_monitored_planned_and_reported() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    for name in ["Turyati", "Bawon"] {
        desk.register(&[("name", name), ("dusun", "Sigaok"), ("birth", "1986")]).await;
    }
    let period = begins(&desk, "indikator", &[("period", "2026")]).await;
    for (link, value) in [("#baseline", "20"), ("#values", "12,5")] {
        desk.browser.click(link).await;
        desk.browser.until("the form is shown", "return !!document.querySelector('#value-C1');").await;
        desk.browser.write("#method", "survei RT").await;
        desk.browser.write("#source", "pendataan desa").await;
        desk.browser.write("#value-C1", value).await;
        desk.browser.write("#unit-C1", "%").await;
        looks(&desk, "indicator-form").await;
        desk.save().await;
    }
    desk.sees("12,5 %").await;
    looks_both(&desk, &period, "indicators").await;

    let round = begins(&desk, "monitoring", &[("programme", "desmigratif"), ("quarter", "01-2026")]).await;
    desk.open(&format!("{round}/catat/questionnaire")).await;
    desk.browser.write("#title", "Triwulan I").await;
    desk.browser.write("#questions", "Apakah usaha berjalan?\nBerapa omzetnya sebulan?").await;
    looks(&desk, "questionnaire").await;
    desk.save().await;
    desk.browser.click("#say-expected").await;
    desk.browser.until("the form is shown", "return !!document.querySelector('[name=person]');").await;
    desk.browser.script("document.querySelectorAll('[name=person]').forEach(one => one.click()); return 1;").await;
    desk.save().await;
    desk.browser.click("#ask-0-0").await;
    desk.browser.until("the questions are asked", "return !!document.querySelector('#answer-2');").await;
    desk.browser.script("document.querySelector('[name=how][value=answered]').click(); return 1;").await;
    desk.browser.write("#answer-1", "sudah").await;
    looks(&desk, "response").await;
    desk.save().await;
    desk.sees("1 dari 2 orang belum ditanyai").await;
    looks_both(&desk, &round, "monitoring").await;

    let plan = begins(&desk, "rencana-aksi", &[("year", "2026"), ("aims", "Keluarga mandiri")]).await;
    looks_both(&desk, &plan, "plan").await;
    let report = begins(&desk, "laporan", &[("from", "01-2026"), ("summary", "Berjalan baik.")]).await;
    desk.browser.click("#say-submitted").await;
    desk.browser.click("#form .actions button").await;
    desk.sees("Periksa dulu").await;
    looks(&desk, "report-look").await;
    desk.browser.click("#form .actions button").await;
    desk.sees("Naskah final").await;
    looks_both(&desk, &report, "report").await;
    desk.browser.expect_no_complaints().await;
    desk.browser.close().await;
}

/// Clicks one or all of the answers of an input.
async fn answers(desk: &Desk, selector: &str) {
    let shown = format!("return !!document.querySelector({selector:?});");
    desk.browser.until("the form is shown", &shown).await;
    desk.browser
        .script(&format!("document.querySelectorAll({selector:?}).forEach(one => one.click()); return 1;"))
        .await;
}

/// Two people with one NIK, a group, a waiting list and a leaving: what the rules say of each stands where it is needed.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_say_of_people_groups_and_waiting_lists_stands_on_their_pages() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let nik = ("nik", "3307105203860001");
    let turyati = desk.register(&[("name", "Turyati"), ("dusun", "Sigaok"), ("birth", "12-03-1986"), nik]).await;
    desk.open("/peserta/daftar?lang=id").await;
    for (field, text) in [("name", "Turiyati"), nik] {
        desk.browser.write(&format!("#{field}"), text).await;
    }
    desk.browser.click("#form .actions button").await;
    desk.sees("Periksa dahulu").await;
    desk.save().await;
    desk.sees("Ada orang yang mungkin sama").await;
    desk.browser.click("#like").await;
    desk.sees("Mungkin orang yang sama").await;
    looks_both(&desk, "/perlu-dilihat", "look-pairs").await;
    desk.browser.click("#ask-0-0").await;
    desk.browser.until("the form is shown", "return !!document.querySelector('#form');").await;
    looks(&desk, "pair-new").await;
    desk.save().await;
    desk.sees("Turiyati").await;

    let group = begins(&desk, "kelompok", &[("name", "Salak Makmur"), ("line", "salak")]).await;
    desk.browser.click("#say-joined").await;
    answers(&desk, "#person").await;
    desk.browser.write("#person", "KRP-2026-0001").await;
    desk.save().await;
    desk.sees("1 anggota").await;
    looks_both(&desk, &group, "group").await;

    let places = begins(&desk, "tempat", &[("programme", "desmigratif"), ("year", "2026")]).await;
    desk.browser.click("#say-claim").await;
    answers(&desk, "[name=waits][value=yes]").await;
    desk.browser.write("#person", "KRP-2026-0001").await;
    desk.save().await;
    desk.sees("Usulan urutan daftar tunggu").await;
    looks_both(&desk, &places, "places-waiting").await;

    desk.open(&format!("{turyati}/catat/leaving?lang=id")).await;
    desk.sees("masih terbuka menurut catatan").await;
    answers(&desk, "[name=reason][value=withdrew]").await;
    looks(&desk, "leaving").await;
    desk.save().await;
    desk.sees("Yang masih terbuka sesudah keluar").await;
    looks_both(&desk, &turyati, "left").await;
    looks_both(&desk, "/jatuh-tempo", "due-left").await;
    // The form that asked once more.
    let complaints = desk.browser.complaints().await;
    assert!(complaints.iter().all(|said| said.contains("422")), "{complaints:?}");
    desk.browser.close().await;
}
