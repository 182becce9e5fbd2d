//! The counter in a browser: who comes, what they complain about, the slip they take home; and one case at two offices.

use tokio::task::block_in_place;

use crate::browser::Screen;
use crate::desk::{Desk, alone, network};

const OFFICES: &[&str] = &["kemnaker", "jateng", "wonosobo", "kuripan"];

pub(crate) async fn saves(desk: &Desk) {
    desk.browser.click("#form .actions button").await;
}

/// Picks an answer, wherever it is: the button that stays in sight may lie over it.
pub(crate) async fn picks(desk: &Desk, name: &str, value: &str) {
    let pick = format!("document.querySelector('input[name={name}][value={value}]').click(); return 1;");
    desk.browser.script(&pick).await;
}

/// Looks at the page that is open: axe-core finds nothing, nothing sticks out, and a picture is kept.
pub(crate) async fn looks(desk: &Desk, name: &str) {
    for (screen_name, screen) in [("laptop", Screen::LAPTOP), ("narrow", Screen::NARROW)] {
        desk.browser.screen(screen).await;
        desk.browser.expect_nothing_sideways(name).await;
        desk.browser.expect_accessible(name).await;
        desk.browser.picture(&format!("{name}-{screen_name}")).await;
    }
    desk.browser.screen(Screen::LAPTOP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_complains_and_takes_a_slip_home() {
    let net = network(OFFICES);
    let desk = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    desk.browser.click("#visit").await;
    desk.browser.until("the form is shown", "return !!document.querySelector('#form #name');").await;
    looks(&desk, "visit").await;
    desk.browser.write("#name", "Ani Lestari").await;
    for (name, value) in [("purpose", "complaint"), ("origin", "resident"), ("id_checked", "yes")] {
        picks(&desk, name, value).await;
    }
    saves(&desk).await;
    desk.sees("Pengaduan baru").await;
    let name = desk.browser.script("return document.querySelector('#name').value;").await;
    assert_eq!(name, "Ani Lestari", "who came need not be asked again");
    let address = desk.browser.script("return location.href;").await;
    assert!(!address.as_str().unwrap().contains("Ani"), "no name in an address: {address}");
    looks(&desk, "complaint-new").await;
    desk.browser.script("document.querySelector('#kind').value = 'lost_contact'; return 1;").await;
    desk.browser.write("#story", "Sejak Mei tidak ada kabar dari Taiwan.").await;
    saves(&desk).await;
    desk.sees("Pengaduan ini mendesak").await;
    desk.sees("Nomor: PKRP-").await;
    desk.sees("Petugas: Siti, Desa Kuripan").await;
    desk.sees("Dijawab paling lambat").await;
    looks(&desk, "complaint").await;
    desk.browser.click("#say-handling").await;
    desk.browser.until("the form is shown", "return !!document.querySelector('#form #note');").await;
    looks(&desk, "complaint-handling").await;
    picks(&desk, "step", "acted").await;
    desk.browser.write("#note", "Menelepon PPTKIS").await;
    saves(&desk).await;
    desk.sees("Menelepon PPTKIS").await;
    desk.browser.click("#slip").await;
    desk.sees("Cetak halaman ini").await;
    looks(&desk, "complaint-slip").await;
    for (name, path) in [
        ("complaints", "/catatan/pengaduan"),
        ("guest-books", "/catatan/buku-tamu"),
        ("records", "/catatan"),
        ("records-empty", "/catatan/kelompok"),
        ("card-new", "/catatan/ak1/baru?lang=en"),
    ] {
        desk.open(path).await;
        looks(&desk, name).await;
    }
    desk.browser.expect_no_complaints().await;
    desk.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_two_offices_answer_for_keeps_what_both_wrote_until_one_chooses() {
    let net = network(OFFICES);
    let kuripan = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let wonosobo = Desk::of(&net["wonosobo"], "agus", &["verifikator"]).await;
    kuripan.open("/catatan/pengaduan/baru?lang=id").await;
    kuripan.browser.script("document.querySelector('#kind').value = 'abuse'; return 1;").await;
    kuripan.browser.write("#name", "Ani Lestari").await;
    kuripan.browser.write("#phone", "0811").await;
    saves(&kuripan).await;
    kuripan.sees("Nomor: PKRP-").await;
    let case = kuripan.path().await;
    // A case is read by nobody else until the village puts another office in charge.
    wonosobo.open("/catatan/pengaduan?lang=id").await;
    wonosobo.sees("Belum ada pengaduan").await;
    kuripan.browser.click("#say-assigned").await;
    kuripan.browser.until("the form is shown", "return !!document.querySelector('#answer_by');").await;
    let choose = "const list = [...document.querySelectorAll('[name=office]')];
        const radio = list.find(one => one.type == 'radio' && one.closest('label').innerText.includes('Wonosobo'));
        if (radio) radio.click();
        else list[0].value = [...list[0].options].find(one => one.text.includes('Wonosobo')).value;
        return 1;";
    kuripan.browser.script(choose).await;
    kuripan.browser.write("#answer_by", "20-12-2030").await;
    saves(&kuripan).await;
    kuripan.sees("Sudah dicatat di sini").await;
    wonosobo.sees("Ani Lestari").await;
    wonosobo.open(&case).await;
    wonosobo.sees("0811").await;

    block_in_place(|| net.cut_off("kuripan"));
    kuripan.change(&case, "phone", "0812").await;
    wonosobo.change(&case, "phone", "0813").await;
    block_in_place(|| net.reconnect("kuripan"));
    for desk in [&kuripan, &wonosobo] {
        desk.sees("Satu isian berbeda antara dua kantor").await;
        for expected in ["0812", "siti, Desa Kuripan", "0813", "agus, Pemerintah Kabupaten Wonosobo"] {
            desk.sees(expected).await;
        }
    }
    looks(&wonosobo, "complaint-two-values").await;
    let choose = "return [...document.querySelectorAll('.side')].findIndex(s => s.innerText.includes('0813'));";
    let at = kuripan.browser.script(choose).await.as_u64().expect("the value has a side") + 1;
    kuripan.browser.click(&format!(".side:nth-child({at}) button")).await;
    kuripan.sees("Pilihan Anda tersimpan di sini").await;
    kuripan.no_longer_sees("isian berbeda").await;
    wonosobo.no_longer_sees("isian berbeda").await;
    wonosobo.sees("Telepon\n0813").await;
    for desk in [kuripan, wonosobo] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_whose_clock_fell_back_asks_and_fills_in_no_dates() {
    let net = alone("kuripan");
    let siti = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    siti.open("/tamu?lang=id").await;
    let day = "return document.querySelector('[name=date]').value != '';";
    siti.browser.until("the day is filled in", day).await;
    siti.browser.expect_no_complaints().await;
    siti.browser.close().await;
    // Two days ahead it wrote; now its battery is empty and it is two days earlier.
    block_in_place(|| {
        net["kuripan"].stop();
        net.start_with_clock("kuripan", "+2d");
        net["kuripan"].register("Turyati", "33.07.10.2004", &[]);
        net["kuripan"].stop();
        net.start("kuripan");
    });
    let siti = Desk::of(&net["kuripan"], "sari", &["petugas"]).await;
    siti.sees("padahal catatan terakhir di sini ditulis").await;
    looks(&siti, "today-clock").await;
    siti.open("/tamu?lang=id").await;
    let empty = siti.browser.script("return document.querySelector('[name=date]').value;").await;
    assert_eq!(empty, "", "no date is filled in by itself");
    siti.browser.expect_no_complaints().await;
    siti.browser.close().await;
    block_in_place(|| drop(net));
}
