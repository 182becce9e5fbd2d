//! What the village does beside the counter, each from its form to what the page says: who is to depart, loans and their
//! instalments, mentoring, children, notices.

use service::Role;

use crate::Kuripan;
use crate::counter::place;

impl Kuripan {
    /// What the main part of a page says, without its marks.
    pub(crate) async fn reads(&mut self, path: &str) -> String {
        let body = self.get(path).await.body;
        let main = body.split("<main").nth(1).unwrap_or(&body).split("</main>").next().unwrap_or_default();
        let mut text = String::new();
        let mut inside = false;
        for c in main.chars() {
            match c {
                '<' => inside = true,
                '>' => (inside, text) = (false, text + " "),
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    async fn group(&mut self) -> String {
        self.begins("kelompok", &[("name", "Salak Makmur")]).await;
        let form = self.get("/catatan/pinjaman/baru").await.body;
        let group = form.split("name=\"group\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        group.replace("&#61;", "=").replace("&#58;", ":")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_who_is_to_depart_is_complete_when_its_papers_are_there() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let file = [("person", "Turyati"), ("country", "Taiwan"), ("begun", "01-02-2026")];
    let file = kuripan.begins("berkas-calon", &file).await;
    let page = kuripan.reads(&file).await;
    for said in ["berkas belum lengkap", "KTP belum ada", "KK belum ada", "surat keterangan desa belum ada"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    for paper in ["ktp", "kk", "surat_keterangan"] {
        kuripan.says(&file, "document", &[("document", paper), ("there", "yes"), ("date", "02-02-2026")]).await;
    }
    let page = kuripan.reads(&file).await;
    assert!(page.contains("KTP sudah ada") && !page.contains("belum lengkap"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loan_is_approved_paid_out_of_the_cash_book_and_late_until_it_is_paid_back() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let group = kuripan.group().await;
    let loan = [("group", group.as_str()), ("person", "Turyati"), ("principal", "300.000"), ("applied", "01-02-2026")];
    let loan = kuripan.begins("pinjaman", &loan).await;
    assert!(kuripan.reads(&loan).await.contains("Pinjaman · diajukan"));
    let approval = [("date", "02-02-2026"), ("principal", "300.000"), ("cash_seen", "600.000")];
    kuripan.says(&loan, "approval", &approval).await;
    assert!(kuripan.reads(&loan).await.contains("Belum dicairkan."));
    let ledger = [("group", group.as_str()), ("year", "2026"), ("opening", "600.000")];
    let ledger = kuripan.begins("buku-kas", &ledger).await;
    let form = kuripan.get(&format!("{ledger}/catat/entry")).await.body;
    let option = form.split("name=\"loan\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let of = option.replace("&#61;", "=").replace("&#58;", ":");
    let entry = |kind, amount, date| [("kind", kind), ("amount", amount), ("date", date), ("loan", of.as_str())];
    kuripan.says(&ledger, "entry", &entry("paid_out", "300.000", "03-02-2026")).await;
    let cash = kuripan.reads(&ledger).await;
    assert!(cash.contains("Saldo Rp 300.000.") && cash.contains("pencairan pinjaman Rp 300.000"), "{cash}");
    let late = kuripan.reads(&loan).await;
    for said in ["Menunggak Rp 300.000 sejak 03-03-2026.", "Sisa Rp 300.000.", "03-04-2026 Rp 100.000 terlambat"] {
        assert!(late.contains(said), "{said}: {late}");
    }
    let due = kuripan.reads("/jatuh-tempo").await;
    assert!(due.contains("Turyati: angsuran terlambat, kurang Rp 300.000"), "{due}");
    assert!(kuripan.reads("/catatan/pinjaman").await.contains("menunggak"));
    kuripan.says(&ledger, "entry", &entry("instalment", "100.000", "03-03-2026")).await;
    let one = kuripan.reads(&loan).await;
    assert!(one.contains("03-03-2026 Rp 100.000 sudah dibayar") && one.contains("Menunggak Rp 200.000"), "{one}");
    for _ in 0..2 {
        kuripan.says(&ledger, "entry", &entry("instalment", "100.000", "03-04-2026")).await;
    }
    let listed = kuripan.reads("/catatan/pinjaman").await;
    assert!(listed.contains("Turyati") && listed.contains("lunas") && !listed.contains("menunggak"), "{listed}");
    let token = kuripan.token("/catatan/pinjaman").await;
    let open = kuripan.post("/catatan/pinjaman", &token, &[("open", "yes")]).await.body;
    assert!(!open.contains("lunas"), "what is paid back is done: {open}");
    let paid = kuripan.reads(&loan).await;
    assert!(paid.contains("Lunas.") && !paid.contains("terlambat"), "{paid}");
    assert!(kuripan.reads("/jatuh-tempo").await.contains("Tidak ada yang jatuh tempo"));
    // The year is closed as it is looked at; what comes in late is said.
    let close = format!("{ledger}/catat/closing");
    let look = kuripan.sends(&close, &[("until", "31-03-2026")]).await.body;
    assert!(look.contains("Sampai 31-03-2026: 2 baris, saldo Rp 400.000."), "{look}");
    let confirm = crate::hidden(&look, "confirm").unwrap();
    place(&kuripan.sends(&close, &[("until", "31-03-2026"), ("confirm", &confirm)]).await);
    let again = kuripan.sends(&close, &[("until", "31-03-2026")]).await.body;
    assert!(again.contains("Masa ini sudah ditutup"), "{again}");
    let late = [("kind", "cost"), ("amount", "10.000"), ("date", "20-03-2026")];
    kuripan.says(&ledger, "entry", &late).await;
    let closed = kuripan.reads(&ledger).await;
    assert!(closed.contains("saldo Rp 400.000; 1 baris masuk sesudahnya"), "{closed}");
    // The same amount on the same day may be one receipt that was typed twice.
    assert!(kuripan.reads(&ledger).await.contains("1 pasang baris mungkin satu bukti"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_of_a_year_says_what_the_village_granted_to_its_groups() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let group = kuripan.group().await;
    let plan = kuripan.begins("rencana-aksi", &[("year", "2017")]).await;
    assert!(!kuripan.reads(&plan).await.contains("Bantuan desa"), "no group has a cash book");
    let ledger = kuripan.begins("buku-kas", &[("group", &*group), ("year", "2017")]).await;
    assert!(kuripan.reads(&plan).await.contains("Tahun 2017: belum ada bantuan desa"));
    for day in ["10-01-2017", "01-03-2017"] {
        let line = [("kind", "village_grant"), ("amount", "2.000.000"), ("date", day)];
        kuripan.says(&ledger, "entry", &line).await;
    }
    let page = kuripan.reads(&plan).await;
    assert!(page.contains("Tahun 2017: Rp 4.000.000 untuk 1 kelompok"), "{page}");
    assert!(page.contains("01-03-2017: satu kelompok menerima lebih dari sekali"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_of_the_mentor_that_was_promised_is_due_until_it_is_made() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let mentoring = [("person", "Turyati"), ("year", "2026"), ("begun", "01-01-2026")];
    let mentoring = kuripan.begins("pendampingan", &mentoring).await;
    assert!(kuripan.reads(&mentoring).await.contains("Belum 12 bulan"));
    let visit = [("motivation", "high"), ("problems", "market"), ("next", "visit")];
    let first = [&visit[..], &[("date", "01-03-2026"), ("again", "01-04-2026"), ("turnover", "450.000")]].concat();
    kuripan.says(&mentoring, "mentoring", &first).await;
    let due = kuripan.reads("/jatuh-tempo").await;
    assert!(due.contains("Turyati: kunjungan pendampingan yang dijanjikan Sejak 01-04-2026"), "{due}");
    let page = kuripan.reads(&mentoring).await;
    for said in
        ["Motivasi: tinggi", "Kendala: pasar", "Langkah berikut: kunjungan berikutnya", "Omzet sebulan: Rp 450.000"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let made = [("motivation", "high"), ("next", "none"), ("date", "02-04-2026")];
    kuripan.says(&mentoring, "mentoring", &made).await;
    assert!(kuripan.reads("/jatuh-tempo").await.contains("Tidak ada yang jatuh tempo"));
}

/// A village without a node has nobody else who is reminded of its people.
#[tokio::test(flavor = "multi_thread")]
async fn an_office_above_is_reminded_of_the_people_of_a_village_that_has_no_node() {
    let mut posko = Kuripan::office("BP3TKI Semarang", "agency", "33", false).await;
    posko.enrol(&[Role::Petugas]).await;
    posko
        .register(&[
            ("village", "33.07.10.2004"),
            ("name", "Turyati"),
            ("dusun", "Sigaok"),
            ("rt", "2"),
            ("birth", "1986"),
        ])
        .await;
    let mentoring = [("place", "33.07.10.2004"), ("person", "Turyati"), ("year", "2026"), ("begun", "01-01-2026")];
    let mentoring = posko.begins("pendampingan", &mentoring).await;
    let visit = [("motivation", "high"), ("next", "visit"), ("date", "01-03-2026"), ("again", "01-04-2026")];
    posko.says(&mentoring, "mentoring", &visit).await;
    let due = posko.reads("/jatuh-tempo").await;
    let line = "Turyati (Sigaok, RT 2, 1986): kunjungan pendampingan yang dijanjikan";
    assert!(due.contains(&format!("{line} Sejak 01-04-2026")), "{due}");
    assert!(due.contains(&format!("- {line}. Sejak 01-04-2026")), "it can be sent as a message: {due}");
    let token = posko.token("/jatuh-tempo").await;
    let table = posko.post("/jatuh-tempo/tabel", &token, &[("as", "csv")]).await.body;
    assert!(
        table.contains("2026-04-01;ya;kunjungan pendampingan yang dijanjikan;Turyati (Sigaok, RT 2, 1986)"),
        "{table}"
    );
    assert!(posko.reads("/catatan/pendampingan").await.contains("Turyati (Sigaok, RT 2, 1986)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_counted_without_a_name_until_a_guardian_consents() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let named = kuripan.sends("/catatan/anak/baru", &[("care", "house"), ("name", "Adi")]).await.body;
    assert!(named.contains("href=\"#name\"") && named.contains("Wali belum menyetujui"), "{named}");
    let child = kuripan.begins("anak", &[("care", "house"), ("born", "2018")]).await;
    kuripan.says(&child, "there", &[("date", "01-03-2026"), ("activity", "homework")]).await;
    let page = kuripan.reads(&child).await;
    assert!(page.contains("Wali belum ditanya") && page.contains("Hadir 1 hari."), "{page}");
    let name = [("care", "house"), ("born", "2018"), ("name", "Adi")];
    let early = kuripan.sends(&format!("{child}/ubah"), &name).await.body;
    assert!(early.contains("Wali belum menyetujui"), "{early}");
    let consent = |given| [("guardian", "Sri"), ("given", given), ("text", "Boleh dicatat"), ("date", "02-03-2026")];
    kuripan.says(&child, "consent", &consent("yes")).await;
    place(&kuripan.sends(&format!("{child}/ubah"), &name).await);
    assert!(kuripan.reads("/catatan/anak").await.contains("Adi"));
    // Taken back: lists name the child no more, and the page says what to do.
    kuripan.says(&child, "consent", &consent("no")).await;
    assert!(!kuripan.reads("/catatan/anak").await.contains("Adi"));
    assert!(kuripan.reads(&child).await.contains("Hapus catatan ini untuk selamanya"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_hangs_until_its_day_is_over_or_it_is_taken_down() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let over = [("kind", "vacancy"), ("title", "Perawat lansia di Taiwan"), ("until", "01-02-2026")];
    kuripan.begins("pengumuman", &over).await;
    let open = [("kind", "vacancy"), ("title", "Operator di Malaysia"), ("until", "01-02-2126"), ("cost", "0")];
    let open = kuripan.begins("pengumuman", &open).await;
    let list = kuripan.reads("/catatan/pengumuman").await;
    assert!(list.contains("Perawat lansia di Taiwan sudah lewat") && list.contains("Operator di Malaysia"), "{list}");
    assert!(kuripan.get(&open).await.body.contains(&format!("{open}/poster?kertas=a4")));
    let poster = kuripan.printed(&format!("{open}/poster")).await;
    assert!(poster.contains("Operator di Malaysia") && poster.contains("01-02-2126"), "{poster}");
    assert!(!poster.contains("NIP"), "nobody signs it: {poster}");
    let token = kuripan.token("/catatan/pengumuman").await;
    let hanging = kuripan.post("/catatan/pengumuman", &token, &[("open", "yes")]).await.body;
    assert!(hanging.contains("Operator di Malaysia") && !hanging.contains("Perawat lansia"), "{hanging}");
    assert!(kuripan.reads("/catatan").await.contains("Pengumuman 2 catatan, 1 belum selesai"));
    let down = [("kind", "vacancy"), ("title", "Operator di Malaysia"), ("until", "01-02-2126"), ("withdrawn", "yes")];
    place(&kuripan.sends(&format!("{open}/ubah"), &down).await);
    assert!(kuripan.reads(&open).await.contains("Pengumuman · dicabut"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bimtek_and_a_village_say_what_is_still_missing() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let bimtek = [("title", "Olahan salak"), ("sector", "creative"), ("start", "25-04-2016")];
    let bimtek = kuripan.begins("bimtek", &bimtek).await;
    assert!(kuripan.reads(&bimtek).await.contains("7 materi belum diberikan."));
    kuripan.says(&bimtek, "content", &[("subject", "motivation"), ("day", "25-04-2016")]).await;
    let page = kuripan.reads(&bimtek).await;
    assert!(page.contains("6 materi belum diberikan.") && page.contains("25-04-2016"), "{page}");

    let profile = kuripan.begins("profil-desa", &[("baseline", "01-01-2016")]).await;
    let page = kuripan.reads(&profile).await;
    assert!(page.contains("10 hal belum diidentifikasi.") && page.contains("belum dinilai"), "{page}");
    let met = [("criterion", "work_abroad"), ("met", "yes"), ("date", "01-02-2016")];
    kuripan.says(&profile, "criterion", &met).await;
    assert!(kuripan.reads(&profile).await.contains("terpenuhi"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_at_an_activity_stands_by_name_or_as_a_count() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    for name in ["Turyati", "Bawon"] {
        kuripan.register(&[("name", name)]).await;
    }
    let visit = [("kind", "home_visit"), ("date", "12-03-2026"), ("title", "Keluarga di Sigaok")];
    let visit = kuripan.begins("kegiatan", &visit).await;
    assert!(kuripan.reads(&visit).await.contains("Belum ada yang dicatat hadir."));
    for name in ["Turyati", "Bawon"] {
        kuripan.says(&visit, "was_there", &[("person", name)]).await;
    }
    assert!(kuripan.reads(&visit).await.contains("2 orang hadir, 2 dengan nama."));
    let counted = [("kind", "meeting"), ("date", "13-03-2026"), ("people", "40")];
    let meeting = kuripan.begins("kegiatan", &counted).await;
    assert!(kuripan.reads(&meeting).await.contains("40 orang hadir, 0 dengan nama."));
    let few = [("kind", "home_visit"), ("date", "12-03-2026"), ("title", "Keluarga di Sigaok"), ("people", "1")];
    place(&kuripan.sends(&format!("{visit}/ubah"), &few).await);
    let page = kuripan.reads(&visit).await;
    assert!(page.contains("Nama yang dicatat lebih banyak") && page.contains("2 orang hadir"), "{page}");
    let list = kuripan.reads("/catatan/kegiatan").await;
    assert!(list.contains("kunjungan rumah · Keluarga di Sigaok") && list.contains("pertemuan"), "{list}");
}
