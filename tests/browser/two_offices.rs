//! Two offices at two browsers: what one writes the other sees, and nothing is overwritten.

use tokio::task::block_in_place;

use crate::desk::{Desk, network};

const OFFICES: &[&str] = &["kemnaker", "jateng", "wonosobo", "kuripan"];

#[tokio::test(flavor = "multi_thread")]
async fn who_is_registered_at_the_village_appears_at_the_regency_by_itself() {
    let net = network(OFFICES);
    let kuripan = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let wonosobo = Desk::of(&net["wonosobo"], "agus", &["verifikator"]).await;
    wonosobo.open("/peserta").await;
    wonosobo.sees("0 orang tercatat").await;
    wonosobo.browser.script("window.notLoadedAgain = true; return 1;").await;

    let record = kuripan.register(&[("name", "Turyati"), ("dusun", "Sigaok")]).await;
    kuripan.sees("Tersimpan di sini").await;
    wonosobo.sees("Turyati").await;
    wonosobo.sees("1 orang tercatat").await;
    assert_eq!(wonosobo.browser.script("return window.notLoadedAgain;").await, true, "the page was not loaded again");
    // And the one who wrote sees that it arrived, on the chip and beside the record.
    kuripan.sees("Sudah sama dengan").await;
    kuripan.sees("Pemerintah Kabupaten Wonosobo\nlengkap sejak").await;
    kuripan.browser.picture("record-held-elsewhere").await;

    // Offline everything goes on; only the chip changes.
    block_in_place(|| net.cut_off("kuripan"));
    kuripan.change(&record, "phone", "0812").await;
    kuripan.sees("1 perubahan hanya di sini").await;
    kuripan.open("/").await;
    kuripan.sees("1 perubahan belum ada di kantor lain").await;
    kuripan.browser.picture("today-offline").await;
    block_in_place(|| net.reconnect("kuripan"));
    kuripan.no_longer_sees("perubahan hanya di sini").await;
    kuripan.sees("Sudah sama dengan").await;
    for desk in [kuripan, wonosobo] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_field_edited_at_both_is_shown_at_both_until_one_chooses() {
    let net = network(OFFICES);
    let kuripan = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let wonosobo = Desk::of(&net["wonosobo"], "agus", &["verifikator"]).await;
    let record = kuripan.register(&[("name", "Turyati"), ("dusun", "Kuripan")]).await;
    wonosobo.open("/peserta").await;
    wonosobo.sees("Turyati").await;

    block_in_place(|| net.cut_off("kuripan"));
    kuripan.change(&record, "dusun", "Sigaok").await;
    wonosobo.change(&record, "dusun", "Krajan").await;
    block_in_place(|| net.reconnect("kuripan"));
    for desk in [&kuripan, &wonosobo] {
        desk.sees("Satu isian berbeda antara dua kantor").await;
        for expected in ["Sigaok", "siti, Desa Kuripan", "Krajan", "agus, Pemerintah Kabupaten Wonosobo"] {
            desk.sees(expected).await;
        }
    }
    wonosobo.browser.picture("record-two-values").await;
    wonosobo.open("/perlu-dilihat").await;
    wonosobo.sees("Turyati").await;

    let choose = "return [...document.querySelectorAll('.side')].findIndex(s => s.innerText.includes('Sigaok'));";
    let at = kuripan.browser.script(choose).await.as_u64().expect("the value has a side") + 1;
    kuripan.browser.click(&format!(".side:nth-child({at}) button")).await;
    kuripan.sees("Pilihan Anda tersimpan di sini").await;
    kuripan.no_longer_sees("isian berbeda").await;
    wonosobo.sees("Tidak ada isian yang berbeda").await;
    wonosobo.open(&record).await;
    wonosobo.sees("Dusun\nSigaok").await;
    wonosobo.sees("Dusun: Krajan").await;
    for desk in [kuripan, wonosobo] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_arrives_while_a_form_is_open_is_not_overwritten() {
    let net = network(OFFICES);
    let kuripan = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let wonosobo = Desk::of(&net["wonosobo"], "agus", &["verifikator"]).await;
    let record = kuripan.register(&[("name", "Turyati"), ("dusun", "Kuripan")]).await;
    wonosobo.open("/peserta").await;
    wonosobo.sees("Turyati").await;

    kuripan.open(&format!("{record}/ubah")).await;
    kuripan.browser.write("#dusun", "Sigaok").await;
    wonosobo.change(&record, "dusun", "Krajan").await;
    kuripan.sees("Kantor lain baru saja mengubah data orang ini").await;
    let typed = kuripan.browser.script("return document.querySelector('#dusun').value;").await;
    assert_eq!(typed, "Sigaok", "what was typed stays");
    kuripan.browser.picture("form-changed-meanwhile").await;
    kuripan.save().await;
    for desk in [&kuripan, &wonosobo] {
        desk.sees("Satu isian berbeda antara dua kantor").await;
        desk.sees("Sigaok").await;
        desk.sees("Krajan").await;
    }
    for desk in [kuripan, wonosobo] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
}
