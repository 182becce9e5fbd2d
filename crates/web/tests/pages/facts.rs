//! What is said in records beyond one flat form: attendance, indicators, monitoring, and what is looked at before it
//! stands.

use axum::http::StatusCode;
use service::Role;

use crate::counter::{at, place};
use crate::{Kuripan, hidden};

impl Kuripan {
    /// Begins a record by its form and gives its address.
    pub(crate) async fn begins(&mut self, kind: &str, fields: &[(&str, &str)]) -> String {
        at(&self.sends(&format!("/catatan/{kind}/baru"), fields).await)
    }

    /// Says something by its form.
    pub(crate) async fn says(&mut self, record: &str, fact: &str, fields: &[(&str, &str)]) {
        place(&self.sends(&format!("{record}/catat/{fact}"), fields).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_months_after_a_bimtek_its_monitoring_is_opened_with_who_still_takes_part() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let mut people = Vec::new();
    for name in ["Turyati", "Bawon", "Ratna"] {
        people.push(kuripan.register(&[("name", name)]).await.rsplit('/').next().unwrap().to_owned());
    }
    let start =
        jiff::Zoned::now().date().checked_sub(jiff::ToSpan::months(4)).unwrap().strftime("%d-%m-%Y").to_string();
    let bimtek = [("title", "Olahan salak"), ("sector", "creative"), ("start", &*start)];
    let bimtek = kuripan.begins("bimtek", &bimtek).await;
    let list: Vec<(&str, &str)> = people.iter().map(|code| ("person", code.as_str())).collect();
    place(&kuripan.sends(&format!("{bimtek}/catat/enrolled"), &list).await);
    let left = [("reason", "moved"), ("date", "2016")];
    place(&kuripan.sends(&format!("/peserta/{}/catat/leaving", people[2]), &left).await);
    assert!(kuripan.get("/jatuh-tempo").await.body.contains("monitoring triwulan untuk 2 orang belum dibuka"));
    let page = kuripan.get(&bimtek).await.body;
    assert!(page.contains("untuk 2 orang</button>"), "{page}");
    let token = hidden(&page, "token").unwrap();
    let round = at(&kuripan.post(&format!("{bimtek}/monitoring"), &token, &[]).await);
    let round = kuripan.get(&round).await.body;
    for (name, asked) in [("Turyati", true), ("Bawon", true), ("Ratna", false)] {
        assert_eq!(round.contains(name), asked, "{name}: {round}");
    }
    assert!(!kuripan.get(&bimtek).await.body.contains("id=\"round\""), "it is open");
    let again = kuripan.post(&format!("{bimtek}/monitoring"), &token, &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);
}

/// The name of the cell of whoever stands in the row of this name.
fn cell(form: &str, name: &str, day: &str) -> String {
    let label = format!("aria-label=\"{name}, {day}\"");
    let before = form.split(&label).next().unwrap_or_else(|| panic!("no {label}: {form}"));
    before.rsplit("name=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

const BIMTEK: [(&str, &str); 3] = [("title", "Olahan salak"), ("sector", "creative"), ("start", "25-04-2016")];

#[tokio::test(flavor = "multi_thread")]
async fn the_attendance_of_a_bimtek_is_marked_in_one_form() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    for name in ["Turyati", "Bawon"] {
        kuripan.register(&[("name", name), ("dusun", "Sigaok")]).await;
    }
    let bimtek = kuripan.begins("bimtek", &BIMTEK).await;
    let empty = kuripan.get(&bimtek).await.body;
    assert!(empty.contains("Belum ada peserta Bimtek ini") && empty.contains("catat/enrolled"), "{empty}");
    assert!(!empty.contains(&format!("{bimtek}/hadir")), "{empty}");
    // Whoever takes part is ticked, anybody else is named; several at once.
    let enrol = format!("{bimtek}/catat/enrolled");
    let form = kuripan.get(&enrol).await.body;
    assert_eq!(form.matches("type=\"checkbox\" name=\"person\"").count(), 2, "{form}");
    let ticked = form.split("name=\"person\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    for (fields, beside) in [(&[("person", ticked), ("other", "Zzz")][..], "#other"), (&[], "#person")] {
        let refused = kuripan.sends(&enrol, fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(&format!("href=\"{beside}\"")), "{beside}: {}", refused.body);
        assert_eq!(refused.body.contains(" checked"), !fields.is_empty(), "{}", refused.body);
    }
    let other = if form.split(ticked).nth(1).unwrap().contains("> Turyati (") { "Turyati" } else { "Bawon" };
    place(&kuripan.sends(&enrol, &[("person", ticked), ("other", other)]).await);
    let grid = format!("{bimtek}/hadir");
    let form = kuripan.get(&grid).await.body;
    assert_eq!(form.matches("<select").count(), 12, "two people and the six days of the programme: {form}");
    let bawon = cell(&form, "Bawon", "25-04-2016");
    let (token, was) = (hidden(&form, "token").unwrap(), format!("was-{bawon}"));
    let turyati: Vec<String> = (25..=30).map(|day| cell(&form, "Turyati", &format!("{day}-04-2016"))).collect();
    let mut marks: Vec<(&str, &str)> = turyati.iter().map(|field| (field.as_str(), "hadir")).collect();
    marks.extend([(bawon.as_str(), "izin"), (was.as_str(), "")]);
    place(&kuripan.post(&grid, &token, &marks).await);
    let page = kuripan.get(&bimtek).await.body;
    for expected in
        ["1 dari 2 peserta mengikuti semua hari", ">izin<", "6<span class=\"quiet block\">mengikuti semua hari"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert_eq!(page.matches("<strong>Kehadiran</strong>").count(), 7, "each mark is one thing that was said: {page}");

    // What stood there when the grid was opened is something else by now: nothing is written over.
    let stale = [(bawon.as_str(), "alpa"), (was.as_str(), ""), ("all-2016-04-26", "yes")];
    let refused = kuripan.post(&grid, &token, &stale).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in [
        "kantor lain baru saja mencatat izin",
        &format!("href=\"#{bawon}\""),
        "value=\"alpa\" selected",
        "name=\"all-2016-04-26\" value=\"yes\" checked",
    ] {
        assert!(refused.body.contains(expected), "{expected}: {}", refused.body);
    }
    let other = cell(&form, "Bawon", "26-04-2016");
    let knowing = [(bawon.as_str(), "alpa"), (was.as_str(), "izin"), (other.as_str(), ""), ("all-2016-04-26", "yes")];
    place(&kuripan.post(&grid, &token, &knowing).await);
    let page = kuripan.get(&bimtek).await.body;
    assert!(page.contains(">alpa<") && !page.contains(">izin<"), "{page}");
    // Taking a mark away is a word of its own.
    let nothing = [(bawon.as_str(), ""), (was.as_str(), "alpa")];
    place(&kuripan.post(&grid, &token, &nothing).await);
    let page = kuripan.get(&format!("{bimtek}?lang=en")).await.body;
    assert!(page.contains("Mark taken away") && page.contains("not marked on every day yet"), "{page}");
    assert_eq!(kuripan.get(&grid.replace("bimtek", "kelompok")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_marks_attendance_and_says_several_things_as_one_change() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let bimtek = kuripan.begins("bimtek", &BIMTEK).await;
    kuripan.says(&bimtek, "enrolled", &[("person", "Turyati")]).await;
    let api = format!("/api/v1/records/{}", bimtek.rsplit('/').next().unwrap());
    let token = kuripan.token("/").await;
    let shown: serde_json::Value = serde_json::from_str(&kuripan.get(&api).await.body).unwrap();
    let person = shown["attendance"]["people"][0]["person"].as_str().unwrap().to_owned();
    let mark = |day: &str, was: &str| {
        format!(r#"{{"marks": [{{"person": "{person}", "day": "{day}", "was": "{was}", "now": "hadir"}}]}}"#)
    };
    let marked = kuripan.api("POST", &format!("{api}/attendance"), &token, &[], &mark("2016-04-25", "")).await;
    let marked: serde_json::Value = serde_json::from_str(&marked.body).unwrap();
    assert_eq!(marked["attendance"]["totals"], serde_json::json!([1, 0, 0, 0, 0, 0]), "{marked}");
    let behind = mark("2016-04-25", "").replace("\"hadir\"", "\"alpa\"");
    let behind = kuripan.api("POST", &format!("{api}/attendance"), &token, &[], &behind).await;
    assert_eq!(behind.status, StatusCode::CONFLICT, "{}", behind.body);
    let elsewhere = kuripan.api("POST", &format!("{api}/attendance"), &token, &[], &mark("2016-05-25", "")).await;
    assert_eq!(elsewhere.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", elsewhere.body);

    let two = |second: &str| {
        let given =
            |day: &str| format!(r#"{{"fact": "content", "inputs": {{"subject": "motivation", "day": "{day}"}}}}"#);
        format!(r#"{{"said": [{}, {}]}}"#, given("25-04-2016"), given(second))
    };
    let wrong = kuripan.api("POST", &format!("{api}/say-all"), &token, &[], &two("besok")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("1-day") || wrong.body.contains("besok"), "{}", wrong.body);
    let nothing: serde_json::Value = serde_json::from_str(&kuripan.get(&api).await.body).unwrap();
    let said = |shown: &serde_json::Value| shown["events"].as_array().unwrap().len();
    let both = kuripan.api("POST", &format!("{api}/say-all"), &token, &[], &two("26-04-2016")).await;
    let both: serde_json::Value = serde_json::from_str(&both.body).unwrap();
    assert_eq!(said(&both), said(&nothing) + 2, "nothing was written with the wrong one: {both}");
}

#[tokio::test(flavor = "multi_thread")]
async fn indicators_are_counted_from_the_records_or_asked_once_and_empty_is_not_measured() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let period = kuripan.begins("indikator", &[("period", "2026")]).await;
    let page = kuripan.get(&period).await.body;
    assert_eq!(page.matches("class=\"indicator\"").count(), 24);
    assert!(page.contains("<strong>0 orang mengikuti Bimtek</strong> dihitung dari catatan"), "{page}");
    assert!(page.contains("5 dari 24 indikator sudah diukur"), "what is read here is counted: {page}");
    assert!(page.matches("belum diukur").count() >= 19, "{page}");
    let form = format!("{period}/nilai");
    let asked = kuripan.get(&form).await.body;
    assert!(!asked.contains("name=\"value-O2\"") && asked.contains("name=\"value-O1\""), "{asked}");
    let typed = [
        ("method", "survei"),
        ("source", "pendataan desa"),
        ("date", "12-03-2026"),
        ("baseline", "no"),
        ("value-C1", "12.5"),
        ("unit-C1", "%"),
        ("value-C7", "8.000.000"),
        ("unit-C7", ""),
    ];
    let wrong = kuripan.sends(&form, &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in
        ["href=\"#value-C1\"", "C1: Tulis angka saja", "href=\"#unit-C7\"", "value=\"8.000.000\"", "value=\"12.5\""]
    {
        assert!(wrong.body.contains(expected), "{expected}: {}", wrong.body);
    }
    let mut right = typed;
    (right[4], right[7]) = (("value-C1", "12,5"), ("unit-C7", "rupiah"));
    place(&kuripan.sends(&form, &right).await);
    let mut before = typed;
    (before[3], before[4], before[6]) = (("baseline", "yes"), ("value-C1", "20"), ("value-C7", ""));
    place(&kuripan.sends(&form, &before[..6]).await);
    let page = kuripan.get(&period).await.body;
    for expected in ["<strong>12,5 %</strong> pada masa ini", "<strong>20 %</strong> keadaan awal", "8.000.000 rupiah"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let chart = page.split("id=\"C1\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
    assert_eq!(chart.matches("<rect").count(), 2, "the baseline and the value: {chart}");
    assert!(
        chart.contains("class=\"before\"") && chart.contains("<th scope=\"row\">Keadaan awal</th><td>20 %</td>"),
        "{chart}"
    );
    let again = kuripan.get(&form).await.body;
    assert!(again.contains("value=\"12,5\"") && again.contains("value=\"survei\""), "{again}");
    let emptied = [("was-value-C1", "12,5"), ("value-C1", ""), ("unit-C1", "%"), ("was-unit-C1", "%")];
    let emptied = kuripan.sends(&form, &emptied).await;
    assert!(emptied.body.contains("C1: nilai yang sudah dicatat tidak dihapus"), "{}", emptied.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitoring_round_asks_its_questions_and_closes_in_every_way() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    for name in ["Turyati", "Bawon"] {
        kuripan.register(&[("name", name)]).await;
    }
    let round = kuripan.begins("monitoring", &[("programme", "desmigratif"), ("quarter", "01-2026")]).await;
    let page = kuripan.get(&round).await.body;
    assert!(page.contains("Belum ada orang dalam putaran ini") && page.contains("Kuesionernya belum ada"), "{page}");
    let none =
        kuripan.sends(&format!("{round}/catat/questionnaire"), &[("title", "Triwulan I"), ("questions", " ")]).await;
    assert!(none.body.contains("href=\"#questions\"") && none.body.contains("value=\"Triwulan I\""), "{}", none.body);
    let questions = [("title", "Triwulan I"), ("questions", "Apakah usaha berjalan?\r\n\r\nBerapa omzetnya?")];
    kuripan.says(&round, "questionnaire", &questions).await;
    for name in ["Turyati", "Bawon"] {
        kuripan.says(&round, "expected", &[("person", name)]).await;
    }
    let page = kuripan.get(&round).await.body;
    assert!(page.contains("2 dari 2 orang belum ditanyai"), "{page}");
    let ask = page.split("id=\"ask-0-0\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let ask = ask.replace("&#61;", "=");
    let form = kuripan.get(&ask).await.body;
    for expected in ["Apakah usaha berjalan?", "Berapa omzetnya?", "checked> Bawon"] {
        assert!(form.contains(expected), "{expected}: {form}");
    }
    let bawon = ask.split("person=").nth(1).unwrap().to_owned();
    let say = format!("{round}/catat/response");
    let answered = |answer: &'static str| vec![("how", "answered"), ("date", "12-03-2026"), ("answer-1", answer)];
    for (fields, expected) in [
        (answered(""), "Jawaban dan cara penutupannya tidak cocok"),
        (answered("NIK 3307105203850001"), "16 angka berurutan"),
        (vec![("how", "refused"), ("date", "12-03-2026"), ("answer-1", "sudah")], "tidak cocok"),
    ] {
        let mut fields = fields;
        fields.push(("person", &bawon));
        let refused = kuripan.sends(&say, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(refused.body.contains(expected), "{expected}: {}", refused.body);
    }
    let mut fields = answered("sudah berjalan");
    fields.push(("person", &bawon));
    kuripan.says(&round, "response", &fields).await;
    let page = kuripan.get(&round).await.body;
    assert!(page.contains("1 dari 2 orang belum ditanyai") && page.contains("sudah berjalan"), "{page}");
    kuripan.says(&round, "response", &[("person", "Turyati"), ("how", "not_reachable"), ("date", "13-03-2026")]).await;
    let page = kuripan.get(&round).await.body;
    for expected in ["Semua 2 orang sudah ditutup", "tidak dapat dihubungi", "semua sudah ditanyai"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_looked_at_before_it_is_approved_and_what_is_written_in_later_is_said() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    let plan = kuripan.begins("rencana-aksi", &[("year", "2026"), ("aims", "Keluarga mandiri")]).await;
    let approve = format!("{plan}/catat/approved");
    let date = [("date", "12-03-2026"), ("letter", "141/3")];
    let early = kuripan.sends(&approve, &date).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        early.body.contains("belum lengkap sembilan bagian") && early.body.contains("value=\"141/3\""),
        "{}",
        early.body
    );
    assert!(kuripan.get(&plan).await.body.contains("Masih kosong: Sasaran,"));
    let parts = ["targets", "criteria", "technical", "funding", "sustainability", "roles", "evaluation", "schedule"];
    let was = parts.map(|part| format!("was-{part}"));
    let mut fields: Vec<(&str, &str)> = parts.iter().map(|part| (*part, "ada")).collect();
    fields.extend(was.iter().map(|part| (part.as_str(), "")));
    place(&kuripan.sends(&format!("{plan}/ubah"), &fields).await);
    let look = kuripan.sends(&approve, &date).await;
    assert_eq!(look.status, StatusCode::OK);
    assert!(look.body.contains("Periksa dulu") && look.body.contains("Keluarga mandiri"), "{}", look.body);
    assert!(kuripan.get(&plan).await.body.contains("Belum disetujui."), "looking writes nothing");
    let confirm = hidden(&look.body, "confirm").unwrap();
    // What was written in between is looked at again.
    let change = [("aims", "Keluarga sangat mandiri"), ("was-aims", "Keluarga mandiri")];
    place(&kuripan.sends(&format!("{plan}/ubah"), &change).await);
    let again = kuripan.sends(&approve, &[date[0], date[1], ("confirm", &confirm)]).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.body.contains("Keluarga sangat mandiri"), "{}", again.body);
    let confirm = hidden(&again.body, "confirm").unwrap();
    place(&kuripan.sends(&approve, &[date[0], date[1], ("confirm", &confirm)]).await);
    let page = kuripan.get(&plan).await.body;
    assert!(page.contains("Disetujui 12-03-2026; isinya masih seperti yang disetujui."), "{page}");
    let change = [("aims", "Lain"), ("was-aims", "Keluarga sangat mandiri")];
    place(&kuripan.sends(&format!("{plan}/ubah"), &change).await);
    assert!(kuripan.get(&plan).await.body.contains("Isinya ditulis lagi setelah disetujui"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_counted_from_the_records_and_stands_once_it_is_sent() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    kuripan.begins("bimtek", &[("title", "Salak"), ("sector", "food"), ("start", "02-03-2026")]).await;
    let report = kuripan.begins("laporan", &[("from", "01-2026"), ("to", "Kepala BNP2TKI")]).await;
    let send = format!("{report}/catat/submitted");
    let empty = kuripan.sends(&send, &[("date", "01-07-2026")]).await;
    assert!(empty.body.contains("Isi laporan masih kosong"), "{}", empty.body);
    place(&kuripan.sends(&format!("{report}/ubah"), &[("summary", "Berjalan baik."), ("was-summary", "")]).await);
    let look = kuripan.sends(&send, &[("date", "01-07-2026")]).await;
    for expected in ["Peserta yang tidak keluar", "data-label=\"Jumlah\">1<", "Simpan seperti ini"] {
        assert!(look.body.contains(expected), "{expected}: {}", look.body);
    }
    let api = format!("/api/v1/records/{}", report.rsplit('/').next().unwrap());
    let token = kuripan.token("/").await;
    let preview = r#"{"fact": "submitted", "inputs": {"date": "01-07-2026"}}"#;
    let preview = kuripan.api("POST", &format!("{api}/preview"), &token, &[], preview).await;
    assert!(preview.body.contains("Participants who have not left"), "{}", preview.body);
    let confirm = hidden(&look.body, "confirm").unwrap();
    place(&kuripan.sends(&send, &[("date", "01-07-2026"), ("confirm", &confirm)]).await);
    let page = kuripan.get(&report).await.body;
    assert!(page.contains("Naskah final") && page.contains("Laporan enam bulanan · dikirim"), "{page}");
    kuripan.register(&[("name", "Bawon")]).await;
    let page = kuripan.get(&report).await.body;
    assert!(page.contains("Data berubah setelah laporan"), "{page}");
    assert!(page.contains("data-label=\"Jumlah\">1<") && !page.contains("data-label=\"Jumlah\">2<"), "as sent: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn profit_is_shared_by_a_statement_that_is_computed_and_looked_at() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    for name in ["Turyati", "Bawon"] {
        kuripan.register(&[("name", name)]).await;
    }
    kuripan.begins("kelompok", &[("name", "Salak Makmur")]).await;
    let form = kuripan.get("/catatan/bagi-hasil/baru").await.body;
    let group = form.split("name=\"group\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let group = group.replace("&#61;", "=").replace("&#58;", ":");
    let group = group.as_str();
    let share = kuripan.begins("bagi-hasil", &[("group", group)]).await;
    assert!(kuripan.get(&share).await.body.contains("Belum dihitung."));
    let compute = format!("{share}/catat/statement");
    let year = [("from", "01-01-2026"), ("until", "31-12-2026")];
    let nothing = kuripan.sends(&compute, &year).await;
    assert!(nothing.body.contains("Tidak ada laba atau peserta produksi"), "{}", nothing.body);
    let vague = kuripan.sends(&compute, &[("from", "2026"), ("until", "31-12-2026")]).await;
    assert!(vague.body.contains("href=\"#from\"") && vague.body.contains("belum tepat"), "{}", vague.body);
    let run = [("group", group), ("date", "12-03-2026"), ("product", "manisan"), ("quantity", "10")];
    let run = kuripan.begins("produksi", &run).await;
    for name in ["Turyati", "Bawon"] {
        kuripan.says(&run, "took_part", &[("person", name)]).await;
    }
    let ledger = kuripan.begins("buku-kas", &[("group", group), ("year", "2026")]).await;
    kuripan.says(&ledger, "entry", &[("kind", "sale"), ("amount", "1.001"), ("date", "13-03-2026")]).await;
    let look = kuripan.sends(&compute, &year).await;
    for expected in ["laba Rp 1.001 dari 1 produksi, sisa Rp 1 untuk kelompok", "Rp 500", "Turyati", "Bawon"] {
        assert!(look.body.contains(expected), "{expected}: {}", look.body);
    }
    let confirm = hidden(&look.body, "confirm").unwrap();
    place(&kuripan.sends(&compute, &[year[0], year[1], ("confirm", &confirm)]).await);
    let page = kuripan.get(&share).await.body;
    assert!(page.contains("Belum menyetujui: Bawon, Turyati."), "{page}");
    let form = kuripan.get(&format!("{share}/catat/approval")).await.body;
    let hash = form.split("<option value=\"").nth(2).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    for name in ["Turyati", "Bawon"] {
        let word = [("of", hash.as_str()), ("person", name), ("agrees", "yes"), ("date", "14-03-2026")];
        kuripan.says(&share, "approval", &word).await;
    }
    assert!(kuripan.get(&share).await.body.contains("Semua anggota setuju."));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_turned_away_without_a_place() {
    let mut kuripan = Kuripan::with(&[Role::Petugas]).await;
    kuripan.register(&[("name", "Turyati")]).await;
    let places = kuripan.begins("tempat", &[("programme", "desmigratif"), ("year", "2026")]).await;
    let claim = [("person", "Turyati"), ("waits", "no"), ("date", "12-03-2026")];
    kuripan.says(&places, "claim", &claim).await;
    let page = kuripan.get(&places).await.body;
    assert!(page.contains("? tempat · 0 pasti · 1 belum pasti · 0 menunggu"), "{page}");
    assert!(
        page.contains("Tempat kembali") && !page.contains("catat/limit"),
        "the limit is the ministry's word: {page}"
    );
    kuripan.says(&places, "freed", &[("person", "Turyati"), ("date", "13-03-2026")]).await;
    let page = kuripan.get(&places).await.body;
    assert!(page.contains("? tempat · 0 pasti · 0 belum pasti · 0 menunggu"), "{page}");
}
