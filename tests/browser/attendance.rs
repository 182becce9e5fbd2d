//! A Bimtek of six days, marked from two offices: what each marks the other sees, and where they disagree both stand
//! until somebody settles it.

use tokio::task::block_in_place;

use crate::counter::looks;
use crate::desk::{Desk, network};

const OFFICES: &[&str] = &["kemnaker", "jateng", "wonosobo", "kuripan"];
const DAYS: [&str; 6] = ["25-04-2016", "26-04-2016", "27-04-2016", "28-04-2016", "29-04-2016", "30-04-2016"];

/// Begins the Bimtek with people on its list and gives its path.
async fn bimtek(desk: &Desk, people: &[&str]) -> String {
    desk.open("/catatan/bimtek/baru?lang=id").await;
    desk.browser.write("#title", "Olahan salak").await;
    desk.browser.script("document.querySelector('[name=sector][value=creative]').click(); return 1;").await;
    desk.browser.write("#start", DAYS[0]).await;
    desk.browser.write("#finish", DAYS[5]).await;
    desk.save().await;
    let path = desk.path().await;
    looks(desk, "bimtek-empty").await;
    desk.open(&format!("{path}/catat/enrolled")).await;
    looks(desk, "bimtek-enrol").await;
    for name in people {
        let tick = format!(
            "[...document.querySelectorAll('[name=person]')].find(one => one.closest('label').innerText.includes('{name}')).click();
            return 1;"
        );
        desk.browser.script(&tick).await;
    }
    desk.save().await;
    path
}

/// Chooses marks in the open grid as the keyboard does: the first letter in the list of a person and day.
async fn marks(desk: &Desk, marks: &[(&str, &str, &str)]) {
    for (name, day, letter) in marks {
        let focus = format!("document.querySelector(\"select[aria-label='{name}, {day}']\").focus(); return 1;");
        desk.browser.script(&focus).await;
        desk.browser.keys(letter).await;
    }
}

async fn opens(desk: &Desk, bimtek: &str) {
    desk.open(&format!("{bimtek}/hadir")).await;
    desk.browser.until("the grid is shown", "return !!document.querySelector('#form select');").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bimtek_of_six_days_is_marked_from_two_offices() {
    let net = network(OFFICES);
    let kuripan = Desk::of(&net["kuripan"], "siti", &["petugas"]).await;
    let wonosobo = Desk::of(&net["wonosobo"], "agus", &["verifikator"]).await;
    for name in ["Turyati", "Bawon", "Kinem"] {
        kuripan.register(&[("name", name), ("dusun", "Sigaok")]).await;
    }
    let bimtek = bimtek(&kuripan, &["Turyati", "Bawon", "Kinem"]).await;
    wonosobo.open("/catatan/bimtek?lang=id").await;
    wonosobo.sees("Olahan salak").await;
    wonosobo.open(&bimtek).await;
    for name in ["Turyati", "Bawon", "Kinem"] {
        wonosobo.sees(name).await;
    }

    // Cut off from each other, each marks: other cells, and one cell in two ways.
    block_in_place(|| net.cut_off("kuripan"));
    opens(&kuripan, &bimtek).await;
    looks(&kuripan, "attendance").await;
    let turyati: Vec<_> = DAYS.iter().map(|day| ("Turyati", *day, "h")).collect();
    marks(&kuripan, &turyati).await;
    marks(&kuripan, &[("Kinem", DAYS[0], "h")]).await;
    kuripan.save().await;
    kuripan.sees("1 dari 3 peserta mengikuti semua hari").await;
    opens(&wonosobo, &bimtek).await;
    marks(&wonosobo, &[("Bawon", DAYS[0], "i"), ("Kinem", DAYS[0], "a"), ("Kinem", DAYS[1], "h")]).await;
    wonosobo.save().await;
    wonosobo.sees("0 dari 3 peserta mengikuti semua hari").await;
    block_in_place(|| net.reconnect("kuripan"));

    // Both see all of it without loading the page again, and both values of the one cell.
    for desk in [&kuripan, &wonosobo] {
        desk.sees("1 dari 3 peserta mengikuti semua hari").await;
        desk.sees("izin").await;
        for expected in ["hadir: siti, Desa Kuripan", "alpa: agus, Pemerintah Kabupaten Wonosobo"] {
            desk.sees(expected).await;
        }
    }
    looks(&wonosobo, "bimtek-two-marks").await;
    wonosobo.open(&format!("{bimtek}?lang=en")).await;
    wonosobo.sees("1 of 3 participants attended every day").await;
    looks(&wonosobo, "bimtek-two-marks-en").await;
    opens(&wonosobo, &bimtek).await;
    looks(&wonosobo, "attendance-two-marks-en").await;

    // What arrives while a grid is open is told, and what is marked there stays.
    opens(&kuripan, &bimtek).await;
    marks(&kuripan, &[("Kinem", DAYS[0], "h")]).await;
    marks(&wonosobo, &[("Bawon", DAYS[1], "p")]).await;
    wonosobo.save().await;
    kuripan.sees("Kantor lain baru saja mengubah").await;
    kuripan.save().await;
    for (desk, gone) in [(&kuripan, "dua keterangan berbeda"), (&wonosobo, "two statements differ")] {
        desk.no_longer_sees(gone).await;
    }
    kuripan.sees("izin").await;
    for desk in [kuripan, wonosobo] {
        desk.browser.expect_no_complaints().await;
        desk.browser.close().await;
    }
}
