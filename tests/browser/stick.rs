//! Without internet: what a village wrote goes to the regency on a stick, what the regency knows comes back, and no page
//! says more than that.

use tokio::task::block_in_place;

use crate::counter::{looks, picks, saves};
use crate::desk::{Desk, network};
use crate::health::until_at;

const OFFICES: &[&str] = &["kemnaker", "jateng", "wonosobo", "kuripan"];
const HERE: &str = "/hanya-di-sini?lang=id";

/// Takes in a file that another office saved.
async fn takes(desk: &Desk, file: &std::path::Path) {
    desk.open(HERE).await;
    desk.browser.choose_file("#file", file).await;
    desk.browser.click("#take button").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_village_without_internet_wrote_goes_to_the_regency_on_a_stick() {
    let net = network(OFFICES);
    let siti = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let agus = Desk::of(&net["wonosobo"], "agus", &["petugas", "admin"]).await;
    // What the regency wrote reaches the village, which says so; then the line is cut.
    block_in_place(|| {
        net["wonosobo"].register("Bawon", "33.07.10.2004", &[]);
        net.settle();
        net.cut_off("kuripan");
    });
    let record = siti.register(&[("name", "Turyati"), ("dusun", "Sigaok")]).await;
    siti.open(HERE).await;
    siti.sees("2 perubahan hanya ada di komputer ini").await;
    siti.sees("Jangan dipasang ulang, ditukar, atau diberikan: 2 perubahan").await;
    siti.sees("Turyati").await;
    looks(&siti, "only-here-id").await;

    let regency = "const office = document.querySelector('#office');
        office.value = [...office.options].find(o => o.text.includes('Wonosobo')).value; return 1;";
    siti.browser.script(regency).await;
    siti.browser.click("#carry button").await;
    let there = siti.browser.saved("simpul.bundle").await;

    // The administrator of the regency sees what the village lacks, takes the file in, and makes one to carry back.
    takes(&agus, &there).await;
    agus.sees("Berkas dari Desa Kuripan sudah diambil: 2 perubahan baru di sini").await;
    looks(&agus, "stick-taken").await;
    agus.change(&record, "phone", "0812").await;
    agus.open("/kesehatan?lang=id").await;
    let village =
        "return [...document.querySelectorAll('#offices tbody a')].find(a => a.text.includes('Kuripan')).pathname;";
    let village = agus.browser.script(village).await.as_str().unwrap().to_owned();
    until_at(&agus, &village, true, "Yang belum diketahui ada di sana").await;
    agus.sees("Turyati").await;
    looks(&agus, "office-lacking").await;
    agus.browser.click("#carry button").await;
    let back = agus.browser.saved("simpul.bundle").await;
    takes(&siti, &back).await;
    siti.sees("Berkas dari Pemerintah Kabupaten Wonosobo sudah diambil").await;
    siti.sees("Semua yang harus ada di kantor lain sudah ada di sana").await;
    siti.open(&record).await;
    siti.sees("0812").await;

    // A guest book stays at its office by rule: no page says that it waits for anybody, and none that it is elsewhere.
    siti.open("/tamu?lang=id").await;
    siti.browser.write("#name", "Ani Lestari").await;
    for (name, value) in [("purpose", "information"), ("origin", "resident"), ("id_checked", "yes")] {
        picks(&siti, name, value).await;
    }
    saves(&siti).await;
    siti.sees("Ani Lestari").await;
    siti.no_longer_sees("perubahan hanya di sini").await;
    siti.open(HERE).await;
    siti.sees("Semua yang harus ada di kantor lain sudah ada di sana").await;
    siti.sees("hanya tinggal di kantor ini, misalnya buku tamu").await;
    siti.sees("Belum ada cadangan").await;
    looks(&siti, "only-here-by-rule").await;

    block_in_place(|| net.reconnect("kuripan"));
    siti.browser.click("#call button").await;
    siti.sees("Semua kantor yang dikenal sedang dihubungi").await;
    siti.sees("sudah sama dengan komputer ini").await;
    for desk in [siti, agus] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
    block_in_place(|| drop(net));
}
