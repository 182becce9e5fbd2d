//! How the sync stands, as an administrator sees it in a browser.

use simpul_tests::harness::{Clock, Image, Network, PATIENCE};
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

/// Opens the page of all offices until it says this, or says it no more.
async fn until_the_page(desk: &Desk, says: bool, text: &str) {
    until_at(desk, "/kesehatan", says, text).await;
}

/// Opens a page until it says this, or says it no more: a report comes when something else is found at a look.
pub(crate) async fn until_at(desk: &Desk, path: &str, says: bool, text: &str) {
    let began = std::time::Instant::now();
    loop {
        desk.open(&format!("{path}?lang=id")).await;
        if desk.browser.text("main").await.contains(text) == says {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{text} on the page: still not {says}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_each_trouble_what_to_do_and_that_it_is_over() {
    let net = network(&["kemnaker", "jateng", "wonosobo", "kuripan"]);
    let ani = Desk::of(&net["kemnaker"], "ani", &["petugas", "admin"]).await;
    block_in_place(|| {
        net["kuripan"].register("Bawon", KURIPAN, &[]);
        net["kuripan"].register("Palsu", KURIPAN, &[]);
        net.settle();
        // A regency whose disk is full.
        net["wonosobo"].stop();
        let settings = net["wonosobo"].file("full.toml");
        std::fs::write(&settings, "leave_free_mb = 1_000_000_000\n").unwrap();
        let mut args = net.calls("wonosobo");
        args.extend(["--config".to_owned(), settings]);
        net.start_calling("wonosobo", &args);
    });
    until_the_page(&ani, true, "tidak ada yang dapat disimpan").await;
    ani.sees("kosongkan ruang cakram").await;
    block_in_place(|| {
        net["wonosobo"].stop();
        net.start("wonosobo");
        net.settle();
    });
    until_the_page(&ani, false, "tidak ada yang dapat disimpan").await;

    // A village whose clock is wrong, seen where it calls.
    let wati = Desk::of(&net["wonosobo"], "wati", &["petugas", "admin"]).await;
    block_in_place(|| {
        net["kuripan"].stop();
        net.start_with_clock("kuripan", "+2h");
        net.settle();
    });
    wati.open("/kesehatan?lang=id").await;
    block_in_place(|| {
        net["kuripan"].register("Turyati", KURIPAN, &[]);
        net["kuripan"].ask(&["health"]);
    });
    until_the_page(&wati, true, "jamnya terlalu cepat").await;
    wati.sees("setel jam dan zona waktunya").await;
    block_in_place(|| {
        net["kuripan"].stop();
        net.start("kuripan");
        net.settle();
    });
    until_the_page(&wati, false, "jamnya terlalu cepat").await;

    // Its laptop is lost, calls once more, and what it wrote last does not count.
    let key = net["kuripan"].key.clone();
    block_in_place(|| {
        net.cut_off("kuripan");
        net["wonosobo"].ask(&["remove", "--node", &key, "--reason", "laptop hilang di bus"]).done();
    });
    wati.open("/kesehatan/keamanan?lang=id").await;
    wati.sees("laptop hilang di bus").await;
    wati.sees("Nyatakan sampai mana tulisannya berlaku").await;
    block_in_place(|| net.reconnect("kuripan"));
    until_the_page(&wati, true, "Perangkat yang sudah dicabut haknya").await;
    wati.sees("Catat waktunya dan lapor").await;
    block_in_place(|| {
        let cut = ["cutoff", "--node", &key, "--scope", "participation/33.07.10.2004", "--at", "1", "--void"];
        net["wonosobo"].ask(&cut).done();
    });
    until_the_page(&wati, true, "ditolak").await;
    for (page, picture) in
        [("ditolak", "refused"), ("keamanan", "security"), ("peta", "map"), ("penyimpanan", "storage")]
    {
        for language in ["en", "id"] {
            wati.open(&format!("/kesehatan/{page}?lang={language}")).await;
            looks(&wati, &format!("{picture}-{language}")).await;
        }
    }
    wati.open("/kesehatan/ditolak?lang=id").await;
    wati.sees("dicabut haknya sebelum ini ditulis").await;
    wati.open("/kesehatan/peta?lang=id").await;
    wati.browser.click(".regencies a[title^='Desa Kuripan']").await;
    wati.sees("Yang dihubungi").await;
    for desk in [ani, wati] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
    block_in_place(|| drop(net));
}

/// Opens the page until it lists so many offices.
async fn until_there_are(desk: &Desk, offices: u64) {
    let began = std::time::Instant::now();
    loop {
        desk.open("/kesehatan?lang=id").await;
        let listed = desk.browser.script("return document.querySelectorAll('#offices tbody tr').length;").await;
        if listed == offices {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{listed} offices are listed, not {offices}");
    }
}

/// Starts a node on a machine whose disk is full: more room than any disk has is to stay free.
fn on_a_full_disk(net: &Network, label: &str, clock: &Clock) {
    let settings = net[label].file("full.toml");
    std::fs::write(&settings, "leave_free_mb = 1_000_000_000\n").unwrap();
    net[label].stop();
    net.start_by_clock(label, clock, &["--config".to_owned(), settings]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_who_is_stuck_forked_silent_never_started_or_retired() {
    let mut net = network(&["kemnaker", "jateng", "wonosobo", "kuripan", "garung"]);
    let clock = Clock::new(net.folder());
    block_in_place(|| {
        net["kuripan"].register("Bawon", KURIPAN, &[]);
        net.settle();
        net.stop_all();
        for label in ["kemnaker", "jateng", "wonosobo", "kuripan", "garung"] {
            net.start_by_clock(label, &clock, &[]);
        }
        // A BP3TKI that was admitted and never started.
        net.init("kupang");
        net.admit("kupang", "kemnaker");
        net.settle();
    });
    let ani = Desk::of(&net["kemnaker"], "ani", &["petugas", "admin"]).await;
    until_the_page(&ani, true, "belum pernah terdengar").await;
    ani.sees("pasang dan jalankan aplikasinya").await;
    block_in_place(|| net.start_by_clock("kupang", &clock, &[]));
    until_the_page(&ani, false, "belum pernah terdengar").await;

    // A village that another carries on is nobody's trouble, and is not listed any more.
    until_there_are(&ani, 6).await;
    block_in_place(|| {
        let (old, new) = (net["garung"].status().office.id, net["kuripan"].status().office.id);
        net["garung"].stop();
        net["wonosobo"].ask(&["charter", "succeed", "--from", &old, "--to", &new]).done();
        net.settle();
    });
    until_there_are(&ani, 5).await;

    // A village whose only way leads through a regency without room on its disk.
    let sari = Desk::of(&net["kuripan"], "sari", &["petugas", "admin"]).await;
    block_in_place(|| {
        on_a_full_disk(&net, "wonosobo", &clock);
        net["kuripan"].register("Suryati", KURIPAN, &[]);
        let stuck = || net["kuripan"].get("/metrics").contains("sync_nodes{tier=\"regency\",state=\"damaged\"} 1");
        net.watch(&clock, &["kuripan"], "the village hears that the disk is full", 60, stuck);
        let told = || net["kuripan"].ask(&["health"]).out.contains("nothing has moved");
        net.watch(&clock, &["kuripan"], "the village is told of it", 180, told);
    });
    until_the_page(&sari, true, "tersambung tetapi tidak maju").await;
    sari.sees("periksa ruang cakram dan versi aplikasinya").await;
    looks(&sari, "health-stuck").await;
    block_in_place(|| {
        net["wonosobo"].stop();
        net.start_by_clock("wonosobo", &clock, &[]);
        net.settle();
    });
    until_the_page(&sari, false, "tersambung tetapi tidak maju").await;
    sari.browser.expect_no_complaints().await;
    sari.browser.close().await;

    // A laptop that went back in time and wrote on.
    block_in_place(|| {
        net["kuripan"].stop();
        let image = Image::take(&net["kuripan"].folder, net.folder().join("image"));
        net.start_by_clock("kuripan", &clock, &[]);
        net["kuripan"].register("Turyati", KURIPAN, &[]);
        net.settle();
        net["kuripan"].stop();
        image.put_back(&net["kuripan"].folder);
        net.cut_off("kuripan");
        net.start_by_clock("kuripan", &clock, &[]);
        net["kuripan"].register("Palsu", KURIPAN, &[]);
        net.reconnect("kuripan");
    });
    until_the_page(&ani, true, "dua salinan dari satu perangkat").await;
    ani.sees("tanyakan siapa memakai perangkat itu").await;
    ani.open("/kesehatan/keamanan?lang=id").await;
    ani.sees("dua riwayat").await;
    looks(&ani, "security-forked").await;
    block_in_place(|| {
        let key = net["kuripan"].key.clone();
        net["wonosobo"].ask(&["cutoff", "--node", &key, "--at", "held"]).done();
        net.settle();
    });
    until_the_page(&ani, false, "dua salinan dari satu perangkat").await;

    // A province whose line is down is one alert.
    let silent = ["jateng", "wonosobo", "kuripan"];
    block_in_place(|| {
        for label in silent {
            net[label].stop();
        }
        let told = || {
            let quiet = net["kemnaker"].get("/metrics").contains("alerts_open{level=\"warning\"} 0");
            !quiet && net["kemnaker"].ask(&["health"]).out.contains("offices of province 33")
        };
        net.watch(&clock, &["kemnaker", "kupang"], "the ministry is told of it", 110 * 60, told);
    });
    // Whoever was logged in four days ago logs in again.
    let budi = Desk::of(&net["kemnaker"], "budi", &["petugas", "admin"]).await;
    until_the_page(&budi, true, "3 dari 3 kantor di provinsi 33 tidak tersambung").await;
    budi.sees("Hubungi kantor provinsi").await;
    looks(&budi, "health-province").await;
    block_in_place(|| {
        for label in silent {
            net.start_by_clock(label, &clock, &[]);
        }
        net.settle();
    });
    until_the_page(&budi, false, "kantor di provinsi 33").await;
    for desk in [ani, budi] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
    block_in_place(|| drop(net));
}
