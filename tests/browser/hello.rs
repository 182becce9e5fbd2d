//! The first page that an officer sees.

use crate::browser::{Browser, Screen};
use crate::pages::{Pages, kuripan};
use thirtyfour::Key;
use web::PageData;

#[tokio::test(flavor = "multi_thread")]
async fn it_greets_the_office_in_both_languages() {
    let (pages, browser) = (Pages::of(kuripan()).await, Browser::start().await);
    for (tag, expected) in [("id", "Desa Kuripan siap mencatat"), ("en", "Desa Kuripan is ready to record")] {
        browser.open(&pages.url(&format!("/?lang={tag}"))).await;
        assert_eq!(browser.text("h1").await, expected);
        assert_eq!(browser.script("return document.documentElement.lang;").await, tag);
        browser.expect_no_complaints().await;
        browser.picture(&format!("hello-{tag}")).await;
    }
    browser.open(&pages.url("/")).await;
    assert_eq!(browser.script("return document.documentElement.lang;").await, "en", "the last choice is kept");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_is_reached_by_keyboard() {
    let (pages, browser) = (Pages::of(kuripan()).await, Browser::start().await);
    browser.open(&pages.url("/?lang=id")).await;
    for expected in ["Langsung ke isi halaman", "Simpul: Beranda", "Bahasa Indonesia", "English"] {
        browser.press(Key::Tab).await;
        assert_eq!(browser.focused().await, expected);
        let shown = "const r = document.activeElement.getBoundingClientRect(); return r.top >= 0 && r.height > 0;";
        assert_eq!(browser.script(shown).await, true, "{expected} can be seen when it has the keyboard");
    }
    browser.picture("hello-keyboard").await;
    browser.press(Key::Enter).await;
    assert_eq!(browser.text("h1").await, "Desa Kuripan is ready to record");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_accessible_on_each_screen() {
    let (pages, browser) = (Pages::of(PageData { practice: true, ..kuripan() }).await, Browser::start().await);
    for (name, screen) in [
        ("laptop", Screen::LAPTOP),
        ("laptop-dark", Screen::LAPTOP.dark()),
        ("narrow", Screen::NARROW),
        ("narrow-dark", Screen::NARROW.dark()),
    ] {
        browser.screen(screen).await;
        for path in ["/?lang=id", "/?lang=en", "/nothing"] {
            browser.open(&pages.url(path)).await;
            browser.expect_nothing_sideways().await;
            browser.expect_accessible().await;
        }
        browser.picture(&format!("nothing-{name}")).await;
        browser.open(&pages.url("/?lang=id")).await;
        browser.picture(&format!("hello-{name}")).await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_reads_without_script() {
    let (pages, browser) = (Pages::of(kuripan()).await, Browser::start().await);
    browser.without_script().await;
    browser.open(&pages.url("/?lang=id")).await;
    assert_eq!(browser.text("h1").await, "Desa Kuripan siap mencatat");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_page_would_be_noticed() {
    let (pages, browser) = (Pages::of(kuripan()).await, Browser::start().await);
    browser.open(&pages.url("/?lang=id")).await;
    browser
        .script(
            "const style = document.createElement('style'); style.textContent = 'h1 { color: red }';
            document.head.append(style);
            document.documentElement.removeAttribute('lang');",
        )
        .await;
    let complaints = browser.complaints().await;
    assert!(complaints.iter().any(|said| said.contains("Content Security Policy")), "{complaints:?}");
    let violations = browser.accessibility_violations().await;
    assert!(violations.iter().any(|rule| rule.starts_with("html-has-lang")), "{violations:?}");
    browser.close().await;
}
