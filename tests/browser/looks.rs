//! How every page looks: in both languages, light and dark, on a laptop and at 320 px; axe-core finds nothing, nothing
//! sticks out, and a picture of each is kept.

use crate::browser::Screen;
use crate::desk::{Desk, alone, code, network};

/// The first of Kuripan's groups (`config/reference/kuripan_participants_2017.csv`).
const PEOPLE: [(&str, &str); 6] = [
    ("Bawon", "salak"),
    ("Turyati", "salak"),
    ("Suryati", "salak"),
    ("Rahayu", "daging"),
    ("Sulasmini", "daging"),
    ("Nisem", "daging"),
];

/// Every page of an officer, by the name of its picture.
async fn pages(desk: &Desk) -> Vec<(&'static str, String)> {
    let mut record = String::new();
    for (index, (name, group)) in PEOPLE.iter().enumerate() {
        let rt = format!("{:02}", index % 3 + 1);
        let fields = [("name", *name), ("group", group), ("dusun", "Sigaok"), ("rt", &rt), ("birth", "1986")];
        let path = desk.register(&fields).await;
        if *name == "Turyati" {
            record = path;
        }
    }
    vec![
        ("today", "/".to_owned()),
        ("list", "/peserta".to_owned()),
        ("register", "/peserta/daftar".to_owned()),
        ("import", "/peserta/impor".to_owned()),
        ("record", record.clone()),
        ("change", format!("{record}/ubah")),
        ("look", "/perlu-dilihat".to_owned()),
        ("only-here", "/hanya-di-sini".to_owned()),
        ("officers", "/petugas".to_owned()),
        ("tokens", "/petugas/token".to_owned()),
        ("requests", "/permintaan".to_owned()),
        ("own", "/saya".to_owned()),
        ("switch", "/ganti".to_owned()),
        ("steps", "/mulai".to_owned()),
        ("visit", "/tamu".to_owned()),
        ("records", "/catatan".to_owned()),
        ("groups", "/catatan/kelompok".to_owned()),
        ("complaint-new", "/catatan/pengaduan/baru".to_owned()),
        ("group-new", "/catatan/kelompok/baru".to_owned()),
        ("not-found", "/nothing".to_owned()),
    ]
}

/// Looks at pages on every screen in every language.
async fn look(desk: &Desk, pages: &[(&'static str, String)]) {
    for (screen_name, screen) in
        [("laptop", Screen::LAPTOP), ("laptop-dark", Screen::LAPTOP.dark()), ("narrow", Screen::NARROW)]
    {
        desk.browser.screen(screen).await;
        for language in ["id", "en"] {
            for (name, path) in pages {
                desk.open(&format!("{path}?lang={language}")).await;
                let what = format!("{name} ({screen_name}, {language})");
                desk.browser.expect_nothing_sideways(&what).await;
                desk.browser.expect_accessible(&what).await;
                desk.browser.picture(&format!("{name}-{screen_name}-{language}")).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_on_every_screen_in_both_languages() {
    let net = network(&["kemnaker", "jateng", "wonosobo", "kuripan"]);
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas", "admin"]).await;
    let pages = pages(&desk).await;
    look(&desk, &pages).await;
    desk.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_while_it_is_empty_and_before_the_log_in() {
    let net = alone("kuripan");
    code(&net["kuripan"], "agus", &["auditor"]);
    let outside = Desk::outside(&net["kuripan"]).await;
    look(
        &outside,
        &[("login", "/masuk".to_owned()), ("enrol", "/masuk/kode".to_owned()), ("recover", "/masuk/lembar".to_owned())],
    )
    .await;
    outside.browser.close().await;
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let empty = [
        ("today-empty", "/"),
        ("list-empty", "/peserta"),
        ("only-here-empty", "/hanya-di-sini"),
        ("no-role", "/petugas"),
    ];
    look(&desk, &empty.map(|(name, path)| (name, path.to_owned()))).await;
    desk.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_page_would_be_noticed() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    desk.browser.expect_no_complaints().await;
    desk.browser
        .script(
            "const style = document.createElement('style'); style.textContent = 'h1 { color: red }';
            document.head.append(style);
            document.documentElement.removeAttribute('lang'); return 1;",
        )
        .await;
    let complaints = desk.browser.complaints().await;
    assert!(complaints.iter().any(|said| said.contains("Content Security Policy")), "{complaints:?}");
    let violations = desk.browser.accessibility_violations().await;
    assert!(violations.iter().any(|rule| rule.starts_with("html-has-lang")), "{violations:?}");
    desk.browser.close().await;
}
