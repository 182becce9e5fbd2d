//! Several officers at one laptop: tiles and a PIN, after the password of the day.

use thirtyfour::Key;

use crate::desk::{Desk, PASSWORD, alone, code};

/// Sets the PIN of whoever is logged in.
async fn set_pin(desk: &Desk, pin: &str) {
    desk.open("/saya").await;
    desk.browser.write("#pin_password", PASSWORD).await;
    desk.browser.write("#pin", pin).await;
    desk.browser.click("form[action='/saya/pin'] button").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_take_turns_by_pin_and_neither_writes_in_the_name_of_the_other() {
    let net = alone("kuripan");
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    set_pin(&desk, "1234").await;
    desk.sees("tidak semuanya sama dan tidak berurutan").await;
    desk.browser.picture("pin-weak").await;
    set_pin(&desk, "2580").await;
    desk.sees("PIN sudah disimpan").await;
    desk.open("/ganti").await;
    desk.sees("Belum ada petugas lain").await;
    desk.browser.picture("switch-nobody").await;

    // Another officer logs in at the same laptop, with the code.
    let code = code(&net["kuripan"], "agus", &["petugas"]);
    desk.browser.click("button[value=masuk]").await;
    desk.browser.until("the log-in is shown", "return location.pathname == '/masuk';").await;
    desk.sees("Kembali dengan PIN").await;
    desk.open("/masuk/kode").await;
    for (field, text) in [("handle", "agus"), ("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)] {
        desk.browser.write(&format!("#{field}"), text).await;
    }
    desk.browser.click("main form button").await;
    desk.sees("Belum ada peserta").await;
    set_pin(&desk, "1357").await;
    desk.sees("PIN sudah disimpan").await;

    // A form that Agus left open in another tab.
    desk.open("/peserta/daftar").await;
    let token = desk.browser.script("return document.querySelector('#form [name=token]').value;").await;

    // Siti comes back by keyboard: the first tile is hers, and the PIN has the keyboard.
    desk.open("/ganti").await;
    desk.browser.expect_accessible("the tiles").await;
    desk.browser.picture("switch-tiles").await;
    assert_eq!(desk.browser.script("return document.activeElement.id;").await, "pin");
    desk.browser.keys("1357").await;
    desk.browser.press(Key::Enter).await;
    desk.sees("PIN tidak cocok").await;
    desk.browser.picture("switch-wrong").await;
    desk.browser.write("#pin", "2580").await;
    desk.browser.press(Key::Enter).await;
    desk.sees("Belum ada peserta").await;
    assert_eq!(desk.browser.text(".officer a").await, "Siti");
    desk.browser
        .script(&format!(
            "fetch('/peserta/daftar', {{ method: 'POST', redirect: 'manual', \
             body: new URLSearchParams({{ token: {token}, name: 'Turyati' }}) }})\
             .then(answer => {{ window.refused = answer.status; }}); return 1;"
        ))
        .await;
    desk.browser.until("the form of before is refused", "return window.refused == 403;").await;
    desk.open("/peserta").await;
    desk.sees("0 orang tercatat").await;

    // She locks the desk: pages lead to the tiles, and back to where one was.
    desk.open("/ganti").await;
    desk.browser.click("button[value=ganti]").await;
    // Her own tile is there only once nobody sits here.
    desk.browser.until("the desk is locked", "return !!document.querySelector('input[value=siti]');").await;
    desk.open("/peserta").await;
    let asked = "return location.pathname + location.search == '/ganti?ke=/peserta';";
    desk.browser.until("the tiles are asked first", asked).await;
    desk.browser.click("input[value=agus]").await;
    desk.browser.write("#pin", "1357").await;
    desk.browser.press(Key::Enter).await;
    desk.browser.until("the list is shown", "return location.pathname == '/peserta';").await;
    assert_eq!(desk.browser.text(".officer a").await, "Agus");

    // Five wrong PINs cost Siti the tile, and Agus nothing.
    for _ in 0..5 {
        desk.open("/ganti").await;
        desk.browser.write("#pin", "8642").await;
        desk.browser.press(Key::Enter).await;
        desk.sees("PIN tidak cocok").await;
    }
    desk.open("/ganti").await;
    desk.sees("Belum ada petugas lain").await;
    desk.open("/peserta").await;
    assert_eq!(desk.browser.text(".officer a").await, "Agus");
    desk.browser.close().await;
}
