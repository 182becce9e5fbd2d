//! How the sync stands, as an administrator sees it in a browser.

use tokio::task::block_in_place;

use crate::counter::looks;
use crate::desk::{Desk, network};

const KURIPAN: &str = "33.07.10.2004";

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_every_office_and_a_village_what_is_only_there() {
    let net = network(&["kemnaker", "jateng", "wonosobo", "kuripan"]);
    block_in_place(|| {
        net["kuripan"].register("Turyati", KURIPAN, &[]);
        net.settle();
    });
    let ani = Desk::of(&net["kemnaker"], "ani", &["petugas", "admin"]).await;
    let sari = Desk::of(&net["kuripan"], "sari", &["petugas", "admin"]).await;
    ani.open("/kesehatan").await;
    for office in ["Provinsi Jawa Tengah", "Desa Kuripan"] {
        ani.sees(office).await;
    }
    for language in ["en", "id"] {
        ani.open(&format!("/kesehatan?lang={language}")).await;
        looks(&ani, &format!("health-{language}")).await;
    }
    ani.browser.write("#cari", "kuripan").await;
    ani.browser.click("form[action='/kesehatan'] button").await;
    ani.no_longer_sees("Provinsi Jawa Tengah").await;

    block_in_place(|| {
        net.cut_off("kuripan");
        net["kuripan"].register("Bawon", KURIPAN, &[]);
    });
    sari.open("/kesehatan?lang=id").await;
    sari.sees("hanya").await;
    sari.sees("Cadangan terakhir").await;
    looks(&sari, "health-alone").await;
    sari.browser.click("#alerts button").await;
    sari.sees("Ditangani Sari").await;
    sari.browser.click("#offices tbody a").await;
    sari.sees("Yang dihubungi").await;
    sari.browser.write("[name=text]", "Listrik padam sampai Jumat").await;
    sari.browser.click("#note button").await;
    sari.sees("Listrik padam sampai Jumat").await;
    for language in ["en", "id"] {
        let at = sari.path().await;
        sari.open(&format!("{at}?lang={language}")).await;
        looks(&sari, &format!("office-{language}")).await;
    }
    sari.open("/kesehatan").await;
    sari.browser.click("form[action='/kesehatan/coba'] button").await;
    sari.sees("Berkas: terkirim").await;
    // The village's laptop is lost: the ministry drafts the notice and takes its rights away.
    ani.browser.click("#offices tbody a").await;
    ani.browser.click("a[id^='lost-']").await;
    ani.sees("1 orang dengan nama dan identitas").await;
    ani.sees("Haknya belum dicabut.").await;
    for language in ["en", "id"] {
        let at = ani.path().await;
        ani.open(&format!("{at}?lang={language}")).await;
        looks(&ani, &format!("lost-{language}")).await;
    }
    ani.browser.write("[name=reason]", "laptop hilang di bus").await;
    ani.browser.click("#remove button").await;
    ani.sees("Haknya sudah dicabut").await;
    for desk in [ani, sari] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
    block_in_place(|| drop(net));
}
