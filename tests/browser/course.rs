//! What happens to a participant, in a browser: decided by letter, a husband who works abroad, a leaving taken back; and a
//! whole day at the counter without a mouse.

use thirtyfour::Key;

use crate::counter::{looks, picks, saves};
use crate::desk::{Desk, PASSWORD, alone, code};

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_is_decided_on_their_family_known_and_a_leaving_taken_back() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let record = desk.register(&[("name", "Turyati")]).await;
    looks(&desk, "course-empty").await;
    desk.browser.click("#say-decision").await;
    desk.sees("Keputusan Kepala Desa").await;
    looks(&desk, "course-decision").await;
    picks(&desk, "outcome", "ditetapkan").await;
    desk.browser.write("#number", "141/7/2017").await;
    desk.browser.write("#date", "10-03-2017").await;
    saves(&desk).await;
    desk.sees("Sudah dicatat di sini").await;
    desk.sees("141/7/2017").await;
    desk.browser.click("#new-tie").await;
    desk.browser.until("the form is shown", "return !!document.querySelector('#form #since');").await;
    looks(&desk, "course-family").await;
    desk.browser.write("#name", "Bawon").await;
    picks(&desk, "relation", "spouse").await;
    saves(&desk).await;
    desk.sees("Catat perjalanan kerja Bawon").await;
    desk.browser.click("a[href*='untuk=']").await;
    desk.sees("Perjalanan kerja Bawon ke luar negeri").await;
    desk.browser.write("#country", "Malaysia").await;
    desk.browser.write("#departure", "2016").await;
    looks(&desk, "course-journey").await;
    saves(&desk).await;
    desk.sees("keluarga TKI").await;
    desk.browser.click("#say-leaving").await;
    desk.sees("tidak lagi ikut serta").await;
    picks(&desk, "reason", "departed").await;
    picks(&desk, "open", "loan").await;
    looks(&desk, "course-leaving").await;
    saves(&desk).await;
    desk.sees("berangkat lagi").await;
    looks(&desk, "course-full").await;
    desk.browser.click("#say-annulment").await;
    desk.browser.until("the form is shown", "return !!document.querySelector('#form [name=of]');").await;
    let takes_back = "const list = document.querySelector('[name=of]');
        list.value = [...list.options].find(one => one.text.includes('berangkat lagi')).value; return 1;";
    desk.browser.script(takes_back).await;
    saves(&desk).await;
    desk.sees("ditarik kembali").await;
    desk.open(&format!("{record}?lang=en")).await;
    desk.sees("Family").await;
    looks(&desk, "course-full-en").await;
    desk.browser.expect_no_complaints().await;
    desk.browser.close().await;
}

/// Logs in, registers, decides, takes down a visitor and a complaint, finds somebody, and logs out: by keyboard alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_whole_day_needs_no_mouse() {
    let net = alone("kuripan");
    let code = code(&net["kuripan"], "siti", &["petugas"]);
    let desk = Desk::outside(&net["kuripan"]).await;
    let keys = &desk.browser;
    desk.open("/masuk/kode?lang=id").await;
    for (field, text) in [("handle", "siti"), ("code", &code), ("password", PASSWORD), ("again", PASSWORD)] {
        keys.tab_to_field(field).await;
        keys.keys(text).await;
    }
    keys.press(Key::Enter).await;
    keys.until("somebody is logged in", "return !!document.querySelector('#today');").await;
    keys.tab_to("Daftarkan peserta").await;
    keys.press(Key::Enter).await;
    keys.until("the form is shown", "return !!document.querySelector('#form #name');").await;
    keys.tab_to_field("name").await;
    keys.keys("Turyati").await;
    keys.press(Key::Enter).await;
    keys.until("the record is shown", "return !!document.querySelector('#record h1');").await;
    keys.tab_to("Keputusan").await;
    keys.press(Key::Enter).await;
    keys.until("the form is shown", "return !!document.querySelector('#form [name=outcome]');").await;
    keys.tab_to_field("outcome").await;
    keys.press(Key::Space).await;
    keys.tab_to_field("number").await;
    keys.keys("141/7/2017").await;
    keys.tab_to_field("date").await;
    keys.keys("10-03-2017").await;
    keys.press(Key::Enter).await;
    desk.sees("141/7/2017").await;
    keys.tab_to("Hari ini").await;
    keys.press(Key::Enter).await;
    keys.until("the day is shown", "return !!document.querySelector('#today');").await;
    keys.tab_to("Tamu baru").await;
    keys.press(Key::Enter).await;
    keys.until("the form is shown", "return !!document.querySelector('#form [name=purpose]');").await;
    keys.tab_to_field("name").await;
    keys.keys("Ani Lestari").await;
    for field in ["purpose", "origin", "id_checked"] {
        keys.tab_to_field(field).await;
        keys.press(Key::Space).await;
    }
    keys.press(Key::Enter).await;
    desk.sees("Tamu tersimpan di buku tamu bulan ini").await;
    keys.tab_to("Peserta").await;
    keys.press(Key::Enter).await;
    keys.until("the list is shown", "return !!document.querySelector('[name=search]');").await;
    keys.tab_to_field("search").await;
    keys.keys("tury").await;
    keys.press(Key::Enter).await;
    desk.sees("1 dari 1 orang cocok").await;
    keys.tab_to("Keluar").await;
    keys.press(Key::Enter).await;
    keys.until("nobody is logged in", "return !!document.querySelector('#password');").await;
    keys.expect_no_complaints().await;
    desk.browser.close().await;
}
