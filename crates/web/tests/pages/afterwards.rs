//! What the programme does with a participant after the decision, and with a group: how far they are, what a leaving leaves
//! open, who may be the same person, what training is needed, what a group has and owes.

use axum::http::{Request, StatusCode};
use service::Role;

use crate::counter::{at, place};
use crate::{Kuripan, form};

const LETTER: [(&str, &str); 3] = [("outcome", "ditetapkan"), ("number", "141/7"), ("date", "10-03-2016")];

impl Kuripan {
    async fn accepted(&mut self, fields: &[(&str, &str)]) -> String {
        let person = self.register(fields).await;
        place(&self.sends(&format!("{person}/catat/decision"), &LETTER).await);
        person
    }

    /// The names that the list of participants shows for a stage.
    async fn at_stage(&mut self, stage: &str) -> Vec<String> {
        let token = self.token("/peserta").await;
        let list = self.post("/peserta", &token, &[("stage", stage)]).await.body;
        let rows = list.split("<tbody>").nth(1).unwrap_or_default();
        let names = rows.split("<th scope=\"row\">").skip(1).filter_map(|row| row.split('>').nth(1));
        names.map(|text| text.split('<').next().unwrap().to_owned()).collect()
    }
}

/// The address behind a link of this text on a page, as a browser reads it.
fn link(page: &str, text: &str) -> String {
    let before = page.split(text).next().unwrap_or_default();
    let address = before.rsplit("href=\"").next().and_then(|rest| rest.split('"').next()).unwrap();
    address.replace("&#38;", "&").replace("&#61;", "=").replace("&amp;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_page_say_how_far_somebody_is_after_the_decision() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let turyati = kuripan.accepted(&[("name", "Turyati")]).await;
    kuripan.register(&[("name", "Bawon")]).await;
    assert!(kuripan.reads(&turyati).await.contains("Ubah data ditetapkan"));
    let bimtek = [("title", "Olahan salak"), ("sector", "creative"), ("start", "25-04-2016"), ("finish", "30-04-2016")];
    let bimtek = kuripan.begins("bimtek", &bimtek).await;
    let code = turyati.rsplit('/').next().unwrap().to_owned();
    kuripan.says(&bimtek, "enrolled", &[("person", &code)]).await;
    assert!(kuripan.at_stage("trained").await.is_empty(), "on the list is not there yet");
    kuripan.says(&bimtek, "attendance", &[("person", &code), ("day", "26-04-2016"), ("mark", "hadir")]).await;
    assert_eq!(kuripan.at_stage("not-begun").await, ["Turyati"], "the month after the Bimtek is long over");
    assert!(kuripan.at_stage("trained").await.is_empty());
    assert_eq!(kuripan.at_stage("accepted").await, ["Turyati"], "however far since");
    assert!(kuripan.reads(&turyati).await.contains("belum mulai usaha"));
    let due = kuripan.reads("/jatuh-tempo").await;
    assert!(due.contains("Turyati: belum memulai usaha sejak Bimtek"), "{due}");
    place(&kuripan.sends(&format!("{turyati}/catat/started"), &[("date", "07-2016")]).await);
    assert_eq!(kuripan.at_stage("running").await, ["Turyati"]);
    assert!(kuripan.reads(&turyati).await.contains("usaha berjalan"));
    let log = [("person", "Turyati"), ("year", "2017"), ("begun", "01-08-2016")];
    let log = kuripan.begins("pendampingan", &log).await;
    kuripan.says(&log, "independent", &[("date", "01-2018")]).await;
    assert_eq!(kuripan.at_stage("independent").await, ["Turyati"]);
    // What was said by mistake and taken back leads back.
    let back = kuripan.get(&format!("{log}/catat/annulment")).await.body;
    let said = back.split("name=\"of\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    kuripan.says(&log, "annulment", &[("of", &said)]).await;
    assert_eq!(kuripan.at_stage("running").await, ["Turyati"]);
    let left = [("reason", "departed"), ("date", "02-2018")];
    place(&kuripan.sends(&format!("{turyati}/catat/leaving"), &left).await);
    assert_eq!(kuripan.at_stage("left").await, ["Turyati"]);
    let token = kuripan.token("/peserta").await;
    for (fields, there) in [(&[][..], false), (&[("stage", "left")], true)] {
        let (request, body) = form("/peserta/kunjungan", &token, fields);
        let (parts, bytes) = kuripan.answer(request, body).await;
        assert_eq!(parts.status, StatusCode::OK);
        let list = crate::paper::words(&bytes);
        assert_eq!(list.contains("Turyati"), there, "who left is visited only where they are asked for: {list}");
        assert!(there || (list.contains("Bawon") && list.contains("terdata")), "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_leaving_leaves_open_stands_until_it_is_closed() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let turyati = kuripan.accepted(&[("name", "Turyati")]).await;
    let code = turyati.rsplit('/').next().unwrap().to_owned();
    let group = kuripan.begins("kelompok", &[("name", "Salak Makmur")]).await;
    kuripan.says(&group, "joined", &[("person", &code), ("date", "2016")]).await;
    let asked = kuripan.reads(&format!("{turyati}/catat/leaving")).await;
    assert!(asked.contains("keanggotaan kelompok: masih terbuka menurut catatan"), "{asked}");
    assert!(!asked.contains("pinjaman: masih terbuka"), "{asked}");
    let left = [("reason", "withdrew"), ("date", "01-02-2018"), ("open", "equipment")];
    place(&kuripan.sends(&format!("{turyati}/catat/leaving"), &left).await);
    let line = "Turyati: sudah keluar, masih terbuka: peralatan, keanggotaan kelompok";
    let due = kuripan.reads("/jatuh-tempo").await;
    assert!(due.contains(line) && due.contains("Sejak 01-02-2018"), "{due}");
    let page = kuripan.get(&turyati).await.body;
    assert!(page.contains("Yang masih terbuka sesudah keluar"), "{page}");
    let close = link(&page, "Catat selesai");
    let (path, _) = close.split_once('?').unwrap();
    let prefilled = kuripan.get(&close).await.body;
    assert!(prefilled.contains("value=\"equipment\" selected"), "{prefilled}");
    place(&kuripan.sends(path, &[("matter", "equipment"), ("date", "03-02-2018")]).await);
    kuripan.says(&group, "left", &[("person", &code), ("date", "02-2018")]).await;
    let due = kuripan.reads("/jatuh-tempo").await;
    assert!(!due.contains("masih terbuka"), "{due}");
    assert!(!kuripan.reads(&turyati).await.contains("Yang masih terbuka sesudah keluar"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_says_which_village_looks_after_somebody() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let turyati = kuripan.accepted(&[("name", "Turyati")]).await;
    let moving = [("to", "33.07.12.2007"), ("date", "01-02-2018")];
    place(&kuripan.sends(&format!("{turyati}/catat/moving"), &moving).await);
    let page = kuripan.reads(&turyati).await;
    assert!(page.contains("Desa ini tetap menangani sampai desa itu menerima"), "{page}");
    let due = kuripan.reads("/jatuh-tempo").await;
    assert!(due.contains("Turyati: pindah desa, belum diterima desa tujuan"), "{due}");
    let taken = [("by", "33.07.12.2007"), ("date", "03-02-2018")];
    place(&kuripan.sends(&format!("{turyati}/catat/move_accepted"), &taken).await);
    assert!(kuripan.reads(&turyati).await.contains("yang sekarang menangani"));
    assert!(!kuripan.reads("/jatuh-tempo").await.contains("pindah desa"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_may_be_one_are_listed_noted_and_linked() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    assert!(!kuripan.reads("/perlu-dilihat").await.contains("Mungkin orang yang sama"));
    for (name, done) in [("Turyati", "sudah=baru"), ("Turiyati", "sudah=mirip")] {
        let fields = [("name", name), ("nik", "3307105203860001")];
        let asked = kuripan.sends("/peserta/daftar", &fields).await;
        let saved = match crate::hidden(&asked.body, "confirm") {
            Some(sure) => kuripan.sends("/peserta/daftar", &[fields[0], fields[1], ("confirm", &sure)]).await,
            None => asked,
        };
        let there = saved.headers[axum::http::header::LOCATION].to_str().unwrap().to_owned();
        assert!(there.ends_with(done), "{there}");
        let page = kuripan.get(&there).await.body;
        assert_eq!(page.contains("id=\"like\" href=\"/perlu-dilihat\""), name == "Turiyati", "{page}");
    }
    let look = kuripan.get("/perlu-dilihat").await.body;
    assert!(look.contains("Mungkin orang yang sama") && look.contains("NIK sama"), "{look}");
    assert!(!look.contains("3307105203860001"), "the evidence is named, not shown");
    let note = link(&look, ">Catat pasangan<");
    let (path, filled) = note.split_once('?').unwrap();
    assert!(kuripan.get(&note).await.body.contains("nik"), "the form is filled in");
    let fields: Vec<(String, String)> = form_urlencoded::parse(filled.as_bytes()).into_owned().collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
    let pair = at(&kuripan.sends(path, &fields).await);
    assert!(!kuripan.reads("/perlu-dilihat").await.contains("Mungkin orang yang sama"), "it is noted");
    let one = fields.iter().find(|(field, _)| *field == "person").map(|(_, text)| format!("/peserta/{text}")).unwrap();
    let page = kuripan.reads(&one).await;
    assert!(page.contains("Orang yang sama?") && page.contains("belum diputuskan"), "{page}");
    kuripan.says(&pair, "decision", &[("decision", "same"), ("date", "01-02-2018")]).await;
    let page = kuripan.reads(&one).await;
    assert!(page.contains("Tercatat lebih dari sekali") && page.contains("orang yang sama"), "{page}");
    kuripan.says(&pair, "decision", &[("decision", "different"), ("date", "02-02-2018")]).await;
    assert!(!kuripan.reads(&one).await.contains("Orang yang sama?"));
}

/// A village sees its own people alone; the regency knows those of two, and each of them hears of the pair.
#[tokio::test(flavor = "multi_thread")]
async fn a_regency_compares_the_people_of_two_villages() {
    let mut wonosobo = Kuripan::office("Kabupaten Wonosobo", "regency", "33.07", false).await;
    wonosobo.enrol(&[Role::Petugas]).await;
    for village in ["33.07.10.2004", "33.07.12.2007"] {
        let fields = [("village", village), ("name", "Turyati"), ("nik", "3307105203860001"), ("birth", "12-03-1986")];
        let asked = wonosobo.sends("/peserta/daftar", &fields).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "no village compares with another: {}", asked.body);
    }
    for left in [2, 1, 0] {
        let look = wonosobo.get("/perlu-dilihat").await.body;
        assert_eq!(look.matches(">Catat pasangan<").count(), left, "{look}");
        if left > 0 {
            let note = link(&look, ">Catat pasangan<");
            let (path, filled) = note.split_once('?').unwrap();
            let fields: Vec<(String, String)> = form_urlencoded::parse(filled.as_bytes()).into_owned().collect();
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
            at(&wonosobo.sends(path, &fields).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_training_is_needed_is_noted_before_there_is_a_bimtek_and_counted() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    for (name, by) in [("Turyati", "stated"), ("Bawon", "interview")] {
        let person = kuripan.register(&[("name", name)]).await;
        let need = [("by", by), ("sector", "creative"), ("what", "Olahan salak"), ("date", "01-02-2016")];
        place(&kuripan.sends(&format!("{person}/catat/need"), &need).await);
    }
    let profile = kuripan.begins("profil-desa", &[("baseline", "2016")]).await;
    let local = [("by", "local"), ("sector", "food"), ("what", "Salak pondoh"), ("date", "01-02-2016")];
    kuripan.says(&profile, "need", &local).await;
    let bimtek = kuripan.begins("bimtek", &[("title", "Olahan salak"), ("sector", "creative")]).await;
    for page in [profile, bimtek] {
        let said = kuripan.reads(&page).await;
        assert!(said.contains("Kebutuhan pelatihan di desa ini") && said.contains("2 kebutuhan, 2 orang."), "{said}");
        let row = "Olahan salak industri ekonomi kreatif 2 disampaikan peserta, hasil wawancara mendalam";
        assert!(said.contains(row) && said.contains("Salak pondoh ketahanan pangan desa kearifan lokal"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_says_how_far_it_is_who_belongs_to_it_and_which_records_are_about_it() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let turyati = kuripan.accepted(&[("name", "Turyati")]).await;
    let group_page =
        kuripan.begins("kelompok", &[("name", "Salak Makmur"), ("line", "salak"), ("leader", "Turyati")]).await;
    let empty = kuripan.reads(&group_page).await;
    assert!(empty.contains("Dibentuk. Urutannya: dibentuk → bermodal → berproduksi"), "{empty}");
    assert!(empty.contains("Belum ada anggota yang dicatat."), "{empty}");
    let code = turyati.rsplit('/').next().unwrap().to_owned();
    kuripan.says(&group_page, "joined", &[("person", &code), ("date", "04-2016")]).await;
    kuripan.says(&group_page, "product", &[("name", "Manisan")]).await;
    let form = kuripan.get("/catatan/pinjaman/baru").await.body;
    let group = form.split("name=\"group\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let group = group.replace("&#61;", "=").replace("&#58;", ":");
    let ledger = kuripan.begins("buku-kas", &[("group", &*group), ("year", "2016")]).await;
    let capital = [("kind", "capital_ministry"), ("amount", "1.000.000"), ("date", "02-05-2016")];
    kuripan.says(&ledger, "entry", &capital).await;
    assert!(kuripan.reads(&group_page).await.contains("Bermodal. Urutannya"));
    for day in ["03-05-2016", "04-05-2016", "05-05-2016", "06-05-2016"] {
        kuripan.begins("produksi", &[("group", &*group), ("date", day), ("product", "Manisan")]).await;
    }
    let page = kuripan.reads(&group_page).await;
    for said in [
        "Berproduksi. Urutannya",
        "Buku kasnya mencatat modal.",
        "4 kali produksi, terakhir 06-05-2016.",
        "1 anggota.",
        "04-2016 ketua",
        "Manisan produk",
        "Izin yang belum ada: PIRT",
        "Produksi, kas, dan pinjaman",
        "Buku kas kelompok",
        "Sudah waktunya: 4 produksi",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let due = kuripan.reads("/jatuh-tempo").await;
    assert!(due.contains("waktunya bagi hasil kelompok"), "{due}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_waiting_list_has_a_proposed_order_with_reasons() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let places = kuripan.begins("tempat", &[("programme", "desmigratif"), ("year", "2026")]).await;
    for name in ["Turyati", "Bawon"] {
        let person = kuripan.register(&[("name", name)]).await;
        if name == "Bawon" {
            let trip = [("country", "Taiwan"), ("departure", "01-02-2024"), ("returned", "01-02-2026")];
            place(&kuripan.sends(&format!("{person}/tambah/perjalanan"), &trip).await);
            place(&kuripan.sends(&format!("{person}/catat/step"), &[("step", "diseleksi"), ("date", "05-2026")]).await);
        }
        let code = person.rsplit('/').next().unwrap().to_owned();
        kuripan.says(&places, "claim", &[("person", &code), ("waits", "yes"), ("date", "12-03-2026")]).await;
    }
    let look = kuripan.reads("/perlu-dilihat").await;
    assert!(look.contains("Daftar tunggu") && look.contains("2026 2 0"), "{look}");
    let page = kuripan.reads(&places).await;
    let order = page.split("Usulan urutan daftar tunggu").nth(1).unwrap();
    let (bawon, turyati) = (order.find("1. Bawon").unwrap(), order.find("2. Turyati").unwrap());
    assert!(bawon < turyati, "{order}");
    for said in [
        "TKI purna;",
        "diverifikasi 05-2026",
        "kategori belum pasti",
        "belum diverifikasi",
        "Kepala Desa yang memutuskan",
    ] {
        assert!(order.contains(said), "{said}: {order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_is_reminded_of_its_six_monthly_report() {
    let mut posko = Kuripan::office("BP3TKI Semarang", "agency", "33", false).await;
    posko.enrol(&[Role::Petugas]).await;
    assert!(!posko.reads("/jatuh-tempo").await.contains("laporan sampai"), "it has done nothing to report of");
    let report = posko.begins("laporan", &[("from", "01-2016"), ("to", "Kepala BNP2TKI")]).await;
    let due = posko.get("/jatuh-tempo").await.body;
    assert!(due.contains("laporan sampai 30-06-2016 belum dikirim"), "{due}");
    assert!(due.contains(&format!("href=\"{report}\"")), "{due}");
    assert!(due.contains("belum dibuat") && due.contains("href=\"/catatan/laporan/baru\""), "{due}");
    let answer = posko.send(Request::get("/catatan/laporan/baru"), String::new()).await;
    assert_eq!(answer.status, StatusCode::OK);
}
