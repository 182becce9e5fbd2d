//! One office and its officers: the first log-in, a day by keyboard, pages without script.

use thirtyfour::Key;

use crate::desk::{Desk, PASSWORD, alone, code};

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_begins_with_a_code_and_comes_back_with_a_password() {
    let net = alone("kuripan");
    let desk = Desk::outside(&net["kuripan"]).await;
    desk.open("/?lang=id").await;
    desk.sees("Belum ada petugas yang dapat masuk").await;
    desk.browser.picture("login-nobody").await;
    let code = code(&net["kuripan"], "siti", &["petugas", "admin"]);
    desk.open("/masuk/kode").await;
    for (field, text) in [("handle", "siti"), ("code", code.as_str()), ("password", PASSWORD), ("again", "lain")] {
        desk.browser.write(&format!("#{field}"), text).await;
    }
    desk.browser.click("main form button").await;
    desk.sees("Dua kata sandi yang diketik tidak sama").await;
    for (field, text) in [("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)] {
        desk.browser.write(&format!("#{field}"), text).await;
    }
    desk.browser.click("main form button").await;
    desk.sees("Belum ada peserta").await;

    // The administrator lets somebody else in.
    desk.open("/petugas").await;
    desk.browser.write("#name", "Agus").await;
    desk.browser.write("#handle", "agus").await;
    desk.browser.click("input[value=auditor]").await;
    desk.browser.click("form[action='/petugas'] button").await;
    desk.sees("Kode untuk agus").await;
    let code = desk.browser.text(".code").await;

    desk.browser.click(".officer button").await;
    desk.browser.until("the log-in is shown", "return location.pathname == '/masuk';").await;
    desk.browser.write("#handle", "siti").await;
    desk.browser.write("#password", "salah sandi").await;
    desk.browser.click("main form button").await;
    desk.sees("Nama singkat atau kata sandi tidak cocok").await;
    desk.browser.write("#password", PASSWORD).await;
    desk.browser.click("main form button").await;
    desk.sees("Belum ada peserta").await;
    desk.browser.click(".officer button").await;

    // An auditor looks and finds no way to write.
    desk.open("/masuk/kode").await;
    for (field, text) in [("handle", "agus"), ("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)] {
        desk.browser.write(&format!("#{field}"), text).await;
    }
    desk.browser.click("main form button").await;
    desk.sees("Belum ada peserta").await;
    assert_eq!(desk.browser.script("return document.querySelectorAll('a[href*=daftar]').length;").await, 0);
    desk.open("/peserta/daftar").await;
    desk.sees("Tugas Anda tidak mencakup ini").await;
    desk.browser.picture("no-permission").await;
    desk.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_and_finding_by_keyboard_alone() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    desk.browser.tab_to("Daftarkan peserta").await;
    desk.browser.press(Key::Enter).await;
    desk.browser.until("the form is shown", "return !!document.querySelector('#form');").await;
    desk.browser.tab_to_field("name").await;
    desk.browser.keys("Turyati").await;
    desk.browser.tab_to_field("sex").await;
    desk.browser.press(Key::Space).await;
    desk.browser.tab_to_field("birth").await;
    desk.browser.keys("kemarin").await;
    desk.browser.press(Key::Enter).await;
    desk.sees("Ada yang perlu diperbaiki").await;
    // The answer to a form with a mistake has the status 422, which the console notes.
    assert!(desk.browser.complaints().await.iter().all(|said| said.contains("status of 422")));
    // The summary has the keyboard; its link leads to the field, and what was typed is still there.
    desk.browser.press(Key::Tab).await;
    desk.browser.press(Key::Enter).await;
    assert_eq!(desk.browser.script("return document.activeElement.id;").await, "birth");
    desk.browser.picture("form-errors").await;
    desk.browser.script("document.activeElement.select(); return 1;").await;
    desk.browser.keys("1986").await;
    desk.browser.press(Key::Enter).await;
    desk.sees("Tersimpan di sini").await;
    desk.sees("lahir 1986").await;

    desk.open("/peserta").await;
    desk.browser.tab_to_field("search").await;
    desk.browser.keys("tur").await;
    desk.browser.press(Key::Enter).await;
    desk.sees("1 dari 1 orang cocok").await;
    let address = desk.browser.script("return location.href;").await;
    assert!(!address.as_str().unwrap().contains("tur"), "no name in an address: {address}");
    desk.browser.tab_to("Turyati").await;
    desk.browser.press(Key::Enter).await;
    desk.browser.until("the record is shown", "return !!document.querySelector('#record h1');").await;
    desk.browser.expect_no_complaints().await;
    desk.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leafing_through_many_pages_never_waits_for_the_news_of_those_that_were_left() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    // A browser opens six connections to a machine; each page listens on one.
    let began = std::time::Instant::now();
    for path in ["/", "/peserta", "/hanya-di-sini", "/perlu-dilihat"].iter().cycle().take(24) {
        desk.open(path).await;
        desk.browser.until("the page listens", "return !!document.body['htmx-internal-data'].sseEventSource;").await;
    }
    assert!(began.elapsed().as_secs() < 40, "24 pages took {} s", began.elapsed().as_secs());
    desk.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_read_and_posted_without_script() {
    let net = alone("kuripan");
    let code = code(&net["kuripan"], "siti", &["petugas"]);
    let desk = Desk::outside(&net["kuripan"]).await;
    desk.browser.without_script().await;
    desk.open("/masuk/kode?lang=id").await;
    for (field, text) in [("handle", "siti"), ("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)] {
        desk.browser.write(&format!("#{field}"), text).await;
    }
    desk.browser.click("main form button").await;
    desk.browser.reads("h1", "Belum ada peserta").await;
    desk.open("/peserta/daftar").await;
    desk.browser.write("#name", "Turyati").await;
    desk.browser.write("#nik", "123").await;
    desk.browser.click("#form .actions button").await;
    desk.browser.reads(".notice h2", "Periksa dahulu").await;
    desk.browser.click("#form .actions button").await;
    desk.browser.reads("h1", "Turyati").await;
    desk.browser.click("#change").await;
    desk.browser.reads("h1", "Ubah data Turyati").await;
    desk.browser.write("#dusun", "Sigaok").await;
    desk.browser.click("#form .actions button").await;
    desk.browser.reads("#record", "Sigaok").await;
    desk.open("/peserta").await;
    desk.browser.write("#search", "tur").await;
    desk.browser.click("#filter button").await;
    desk.browser.reads("#found", "1 dari 1 orang cocok").await;
    desk.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlives_a_power_cut_and_is_offered_again() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    desk.open("/peserta/daftar").await;
    desk.browser.write("#name", "Turyati").await;
    desk.browser.click("[name=sex][value=f]").await;
    desk.browser.write("#dusun", "Sigaok").await;
    let kept = "const ask = new XMLHttpRequest(); ask.open('GET', '/draf?untuk=/peserta/daftar', false); ask.send(); \
                return ask.status == 200 && ask.responseText.includes('Sigaok');";
    desk.browser.until("what was typed is kept", kept).await;
    desk.browser.close().await;
    tokio::task::block_in_place(|| {
        net["kuripan"].kill();
        net.start("kuripan");
    });

    let desk = Desk::outside(&net["kuripan"]).await;
    desk.open("/masuk?lang=id").await;
    desk.browser.write("#handle", "siti").await;
    desk.browser.write("#password", PASSWORD).await;
    desk.browser.click("main form button").await;
    desk.sees("Isian belum disimpan: Daftarkan peserta").await;
    desk.browser.picture("today-draft").await;
    desk.browser.click("#task-choose-1").await;
    desk.sees("dan belum menyimpannya").await;
    desk.browser.expect_accessible("a form with a draft").await;
    desk.browser.picture("register-draft").await;
    desk.browser.click("#draft-take").await;
    let filled = "return document.querySelector('#name').value + document.querySelector('#dusun').value \
                  + document.querySelector('[name=sex]:checked').value;";
    assert_eq!(desk.browser.script(filled).await, "TuryatiSigaokf");
    desk.save().await;
    desk.open("/").await;
    desk.sees("2 perubahan belum ada di kantor lain").await;
    desk.no_longer_sees("Isian belum disimpan").await;

    // What is thrown away is not offered again.
    desk.open("/peserta/daftar").await;
    desk.browser.write("#name", "Bawon").await;
    desk.browser.until("what was typed is kept", &kept.replace("Sigaok", "Bawon")).await;
    desk.open("/peserta/daftar").await;
    desk.sees("dan belum menyimpannya").await;
    desk.browser.click("#draft-throw-away").await;
    let gone = "const ask = new XMLHttpRequest(); ask.open('GET', '/draf?untuk=/peserta/daftar', false); ask.send(); \
                return ask.status == 204;";
    desk.browser.until("it is gone", gone).await;
    desk.browser.expect_no_complaints().await;
    desk.browser.close().await;
}
