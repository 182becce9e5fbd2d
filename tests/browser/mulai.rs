//! The first start without a terminal: from an empty folder to a name that is seen at the regency.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use simpul_tests::harness::{Build, Network, Process};
use tokio::task::block_in_place;

use crate::browser::Screen;
use crate::desk::{Desk, PASSWORD};

/// How long the program may take to say where it begins.
const PATIENCE: Duration = Duration::from_secs(30);

/// Kemnaker, Jawa Tengah and Wonosobo run, and the invites of Wonosobo name a road on which a village reaches it.
fn network() -> Network {
    block_in_place(|| {
        let net = Network::of(&["kemnaker", "jateng", "wonosobo"], false);
        let road = net.road("the village", "wonosobo").address();
        net["wonosobo"].stop();
        let calls = [net.calls("wonosobo"), vec!["--advertise".to_owned(), road]].concat();
        net.start_calling("wonosobo", &calls);
        net
    })
}

/// Starts the program on a folder and gives the address that it tells.
fn start(folder: &Path) -> (Process, String) {
    block_in_place(|| {
        let log = folder.with_extension("log");
        let process =
            Process::start(Build::This, folder, &[], &log).unwrap_or_else(|answer| panic!("it starts: {answer}"));
        let began = Instant::now();
        loop {
            let said = std::fs::read_to_string(log.with_extension("out")).unwrap_or_default();
            let start = said.lines().find_map(|line| line.strip_prefix("start ")).map(str::to_owned);
            if let Some(start) = start.filter(|_| said.ends_with('\n')) {
                return (process, start);
            }
            assert!(began.elapsed() < PATIENCE, "the program says where it begins: {said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    })
}

impl Desk {
    /// Looks at the page that is open, on a laptop and on the narrowest screen, and keeps pictures of it.
    async fn looked_at(&self, name: &str) {
        for (screen_name, screen) in [("narrow", Screen::NARROW), ("laptop", Screen::LAPTOP)] {
            self.browser.screen(screen).await;
            let what = format!("{name} ({screen_name})");
            self.browser.expect_nothing_sideways(&what).await;
            self.browser.expect_accessible(&what).await;
            self.browser.picture(&format!("mulai-{name}-{screen_name}")).await;
        }
    }

    /// Pastes a text into a field, in place of what stands there.
    async fn pastes(&self, selector: &str, text: &str) {
        let paste = format!("document.querySelector({}).value = {}; return 1;", json!(selector), json!(text));
        self.browser.script(&paste).await;
    }

    async fn value(&self, selector: &str) -> String {
        let value = self.browser.script(&format!("return document.querySelector({}).value;", json!(selector))).await;
        value.as_str().expect("a field has a text").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_folder_to_a_name_at_the_regency_without_a_terminal() {
    let net = network();
    let folder = net.folder().join("village-laptop");
    let (process, address) = start(&folder);
    let village = Desk::at(process.web.clone()).await;
    // Whoever does not know the address gets nowhere.
    village.open("/mulai?lang=id").await;
    village.sees("dibuka dari alamat yang ditampilkan aplikasi").await;
    village.browser.complaints().await;
    village.browser.open(&address).await;
    village.sees("Mulai memakai Simpul").await;
    village.looked_at("1-begin").await;
    village.browser.click("button.door.first").await;

    village.sees("Kantor mana ini?").await;
    village.browser.write("#search", "kuripan wonosobo").await;
    village.sees("Kecamatan").await;
    village.looked_at("2-office").await;
    village.browser.click(".choices li:first-child button").await;
    village.sees("Benar ini kantor Anda?").await;
    village.looked_at("3-confirm").await;
    village.browser.click("main form button").await;
    village.sees("Siapa petugas pertama?").await;
    village.looked_at("4-officer").await;

    // The power goes; the program starts again and goes on with the officer, at another address.
    block_in_place(|| process.kill());
    let (process, address) = start(&folder);
    village.browser.close().await;
    let village = Desk::at(process.web.clone()).await;
    village.browser.open(&format!("{address}&lang=id")).await;
    village.sees("Siapa petugas pertama?").await;
    for (field, text) in [("name", "Siti Aminah"), ("handle", "siti"), ("password", PASSWORD), ("again", PASSWORD)] {
        village.browser.write(&format!("#{field}"), text).await;
    }
    village.browser.click("main form button").await;
    village.sees("Kode hanya tampil sekali ini").await;
    village.looked_at("5-sheet").await;
    let sheet = village.browser.text("#code-on-paper").await;
    village.browser.click("input[name=on-paper]").await;
    village.browser.click("main form button").await;
    village.sees("Menunggu jawaban").await;
    village.sees("Lembar pemulihan sudah di kertas").await;
    village.looked_at("6-request").await;
    let request = village.value("#carry-text").await;
    let code = village.browser.text("#code").await;

    // Registering works while the answer is awaited.
    village.register(&[("name", "Turyati"), ("dusun", "Sigaok")]).await;
    village.open("/").await;
    village.sees("Kantor ini belum bergabung").await;
    village.open("/mulai").await;
    village.sees("Nama pertama baru ada di komputer ini").await;
    village.browser.expect_no_complaints().await;
    village.pastes("#answer", &request).await;
    village.browser.click("#take-answer").await;
    village.sees("Ini permintaan, bukan jawaban").await;
    assert!(village.value("#answer").await.contains("simpul-request:"), "what was pasted stays");
    village.looked_at("7-wrong-answer").await;

    // At the regency.
    let regency = Desk::of(&net["wonosobo"], "agus", &["petugas", "admin"]).await;
    regency.open("/petugas").await;
    regency.browser.click("#requests").await;
    regency.sees("Masukkan permintaan").await;
    regency.looked_at("8-requests").await;
    regency.pastes("#request", &request).await;
    regency.browser.click("main form button").await;
    regency.sees("Desa Kuripan ingin bergabung").await;
    assert_eq!(regency.browser.text("#code").await, code, "what is compared by telephone");
    regency.looked_at("9-who-asks").await;
    regency.browser.click("#same").await;
    regency.browser.click("#approve button").await;
    regency.sees("Desa Kuripan sudah disetujui").await;
    regency.looked_at("10-approved").await;
    let answer = regency.value("#carry-text").await;

    village.pastes("#answer", &answer).await;
    village.browser.click("#take-answer").await;
    village.sees("Jawaban sudah diterima").await;
    // The rest appears by itself.
    village.sees("Nama pertama terlihat di").await;
    village.sees("Selesai. Kantor Anda sudah bergabung").await;
    village.looked_at("11-done").await;
    regency.open("/peserta").await;
    regency.sees("Turyati").await;

    // After another power cut it still calls whom the answer named, and the sheet opens what a forgotten password closed.
    block_in_place(|| process.kill());
    let log = folder.with_extension("log");
    let process =
        block_in_place(|| Process::start(Build::This, &folder, &[], &log)).unwrap_or_else(|answer| panic!("{answer}"));
    village.browser.close().await;
    let village = Desk::at(process.web.clone()).await;
    village.open("/masuk/lembar?lang=id").await;
    let new = "teh sore hari";
    for (field, text) in [("handle", "siti"), ("code", sheet.as_str()), ("password", new), ("again", new)] {
        village.browser.write(&format!("#{field}"), text).await;
    }
    village.looked_at("12-recover").await;
    village.browser.click("main form button").await;
    village.sees("Kode hanya tampil sekali ini").await;
    village.open("/").await;
    village.sees("Sudah sama dengan").await;
    village.open("/saya").await;
    village.looked_at("13-own").await;
    village.browser.expect_no_complaints().await;
    for desk in [village, regency] {
        desk.browser.close().await;
    }
    block_in_place(|| process.stop());
}
