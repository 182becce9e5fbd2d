//! A year of Desa Kuripan as the study of 2017 tells of it: groups, training, production, money, the village's plan; and
//! what the other offices see of it.

use serde_json::json;
use simpul_tests::harness::{Network, Script};

use crate::Teller;

const PARTICIPANTS: &str = include_str!("../../config/reference/kuripan_participants_2017.csv");

/// A group, what it makes, and what the ministry gave it to work with.
struct Group {
    line: &'static str,
    products: &'static [&'static str],
    equipment: (&'static str, u32),
}

const GROUPS: [Group; 4] = [
    Group { line: "salak", products: &["dodol salak", "kopi salak", "kripik salak"], equipment: ("vacuum frying", 1) },
    Group { line: "daging", products: &["abon ayam", "daging puyuh"], equipment: ("oven", 1) },
    Group { line: "singkong", products: &["tepung mocaf", "criping", "citos", "kletuk"], equipment: ("blender", 2) },
    Group { line: "batik", products: &["batik tulis", "motif carica"], equipment: ("alat batik", 13) },
];

/// What the village keeps, and how many of each there are at the end.
const KEPT: [(&str, u64); 8] = [
    ("kelompok", 4),
    ("produksi", 6),
    ("bimtek", 1),
    ("pendampingan", 1),
    ("monitoring", 1),
    ("profil-desa", 1),
    ("rencana-aksi", 1),
    ("indikator", 1),
];

/// Who works in a group.
fn members(line: &str) -> Vec<&'static str> {
    let rows = PARTICIPANTS.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
    rows.filter(|cells| cells[1] == line).map(|cells| cells[3]).collect()
}

pub(crate) fn play(teller: &mut Teller, net: &Network) {
    teller.step("A year at Desa Kuripan: four groups, a training, production, money, the village's plan");
    let kuripan = Script::at(&net["kuripan"]);
    let mut salak = String::new();
    for group in &GROUPS {
        let id = found_group(&kuripan, group);
        if group.line == "salak" {
            salak = id;
        }
    }
    teller
        .checked("Bina Karya Mandiri: salak 13, daging 11, singkong 13, batik 13 members, with products and equipment");
    train(&kuripan);
    teller.checked("13 people of the salak group attend a training of six days; one misses a day");
    produce(&kuripan, &salak);
    teller.checked(
        "six runs of kripik salak, a cash book with the village's grant, a loan paid back in three instalments",
    );
    follow_up(&kuripan);
    teller.checked("mentoring, and a round of monitoring in which one answers and one has left again");
    plan(&kuripan);
    teller.checked("profile (170 TKI aktif, 178 TKI purna), action plan of 2017, an indicator with its baseline");
    counter(&kuripan);
    teller.checked("at the counter: a mother whose daughter is silent in Taiwan, and an AK-1 card with its papers");
    let regency = Script::at(&net["wonosobo"]);
    let notice = json!({ "kind": "procedure", "title": "Cara resmi bekerja ke luar negeri", "since": "01-02-2017",
        "contact": "Dinas Tenaga Kerja Kabupaten Wonosobo" });
    regency.begin("pengumuman", notice);

    net.settle();
    let (province, agency) = (Script::at(&net["jateng"]), Script::at(&net["bp3tki"]));
    for (label, script) in [("village", &kuripan), ("regency", &regency), ("province", &province), ("BP3TKI", &agency)]
    {
        for (kind, count) in KEPT {
            net.until(&format!("the {label} lists {count} of {kind}"), || (script.count(kind) == count).then_some(()));
        }
    }
    net.until("the notice is at the village", || (kuripan.count("pengumuman") == 1).then_some(()));
    teller.checked("regency, province and BP3TKI list the same; the regency's notice hangs on the village's board");
    let garung = Script::at(&net["garung"]);
    for (kind, _) in KEPT {
        assert_eq!(garung.count(kind), 0, "{kind}");
    }
    teller.checked("the namesake in Garung has none of it");
}

fn found_group(kuripan: &Script<'_>, group: &Group) -> String {
    let members = members(group.line);
    let name = format!("{} BKM", group.line);
    let fields = json!({ "name": name, "line": group.line, "formed": "03-2017", "leader": members[0] });
    let id = kuripan.begin("kelompok", fields);
    let joined = members.iter().map(|name| ("joined", json!({ "person": name, "date": "02-03-2017" })));
    let products = group.products.iter().map(|name| ("product", json!({ "name": name })));
    let (what, count) = group.equipment;
    let equipment = json!({ "what": what, "count": count.to_string(), "from": "Kemnaker", "date": "04-2017" });
    let channel = json!({ "channel": "whatsapp", "date": "04-2017" });
    kuripan.say_all(&id, joined.chain(products).chain([("equipment", equipment), ("channel", channel)]));
    if group.line == "salak" {
        let permit = json!({ "kind": "pirt", "step": "applied", "date": "05-2017" });
        kuripan.say(&id, "permit", permit);
    }
    id
}

fn train(kuripan: &Script<'_>) {
    let fields = json!({ "title": "Pengolahan salak", "sector": "food", "start": "13-03-2017", "finish": "18-03-2017",
        "venue": "Balai Desa Kuripan" });
    let bimtek = kuripan.begin("bimtek", fields);
    let people = members("salak");
    kuripan.say_all(&bimtek, people.iter().map(|name| ("enrolled", json!({ "person": name }))));
    let marks = (13..=18).flat_map(|day| {
        people.iter().map(move |name| {
            let mark = if day == 15 && *name == "Litik" { "izin" } else { "hadir" };
            ("attendance", json!({ "person": name, "day": format!("{day}-03-2017"), "mark": mark }))
        })
    });
    kuripan.say_all(&bimtek, marks);
}

fn produce(kuripan: &Script<'_>, salak: &str) {
    for (index, month) in (4..=9).enumerate() {
        let fields = json!({ "group": salak, "date": format!("10-{month:02}-2017"), "product": "kripik salak",
            "quantity": (20 + 5 * index).to_string(), "unit": "bungkus", "purpose": "stock" });
        let run = kuripan.begin("produksi", fields);
        let part = members("salak").into_iter().cycle().skip(index).take(6);
        kuripan.say_all(&run, part.map(|name| ("took_part", json!({ "person": name }))));
    }
    let book = kuripan.begin("buku-kas", json!({ "group": salak, "year": "2017", "opening": "0" }));
    let entry = |kind: &str, amount: u64, date: &str, receipt: &str| {
        let inputs = json!({ "kind": kind, "amount": amount.to_string(), "date": date, "receipt": receipt });
        ("entry", inputs)
    };
    // The grant of 2017 was Rp 8.000.000 for the four groups.
    kuripan.say_all(
        &book,
        [
            entry("village_grant", 2_000_000, "20-03-2017", "BKU-01"),
            entry("cost", 450_000, "08-04-2017", "BKU-02"),
            entry("sale", 700_000, "25-04-2017", "BKU-03"),
        ],
    );
    let asked = json!({ "group": salak, "person": "Turyati", "principal": "600000", "applied": "01-06-2017",
        "purpose": "bahan baku" });
    let loan = kuripan.begin("pinjaman", asked);
    let approval = json!({ "date": "03-06-2017", "principal": "600000", "cash_seen": "2250000" });
    kuripan.say(&loan, "approval", approval);
    let of_loan = |kind: &str, amount: u64, date: &str| {
        let inputs = json!({ "kind": kind, "amount": amount.to_string(), "date": date, "loan": loan,
            "person": "Turyati" });
        ("entry", inputs)
    };
    kuripan.say_all(
        &book,
        [
            of_loan("paid_out", 600_000, "05-06-2017"),
            of_loan("instalment", 200_000, "05-07-2017"),
            of_loan("instalment", 200_000, "05-08-2017"),
            of_loan("instalment", 200_000, "05-09-2017"),
        ],
    );
}

fn follow_up(kuripan: &Script<'_>) {
    let mentoring = kuripan.begin("pendampingan", json!({ "person": "Turyati", "year": "2017", "begun": "04-2017" }));
    let visit = json!({ "date": "10-05-2017", "motivation": "high", "problems": "permit", "next": "visit",
        "turnover": "450000" });
    kuripan.say(&mentoring, "mentoring", visit);
    let round = kuripan.begin("monitoring", json!({ "programme": "desmigratif", "quarter": "06-2017" }));
    let questions = json!({ "title": "Triwulan II 2017", "questions": "Apakah usaha berjalan?\nApa yang menghambat?" });
    kuripan.say(&round, "questionnaire", questions);
    kuripan.say_all(&round, ["Turyati", "Bawon"].map(|name| ("expected", json!({ "person": name }))));
    let answered = json!({ "person": "Turyati", "how": "answered", "date": "30-06-2017", "answer-1": "berjalan",
        "answer-2": "belum ada izin PIRT" });
    kuripan.say(&round, "response", answered);
    kuripan.say(&round, "response", json!({ "person": "Bawon", "how": "departed", "date": "30-06-2017" }));
}

fn plan(kuripan: &Script<'_>) {
    let texts = json!({ "products_text": "salak, daging, singkong, batik", "issues_text": "11 perceraian pada 2016, 8 di antaranya keluarga TKI" });
    kuripan.begin_with("profil-desa", json!({ "baseline": "2016", "tki_aktif": "170", "tki_purna": "178" }), texts);
    let texts = json!({ "aims": "Keluarga TKI mandiri di desa sendiri" });
    let plan = kuripan.begin_with("rencana-aksi", json!({ "year": "2017" }), texts);
    let step = |what: &str, who: &str, due: &str| ("step", json!({ "what": what, "who": who, "due": due }));
    kuripan.say_all(
        &plan,
        [
            step("Bimtek pengolahan salak", "Disnaker Wonosobo", "31-03-2017"),
            step("Izin PIRT untuk kripik salak", "Desa Kuripan", "31-08-2017"),
        ],
    );
    let indicators = kuripan.begin("indikator", json!({ "period": "2017" }));
    let value = |baseline: &str, value: &str, date: &str| {
        let inputs = json!({ "indicator": "C1", "baseline": baseline, "value": value, "unit": "orang",
            "method": "pendataan desa", "source": "buku desa", "date": date });
        ("value", inputs)
    };
    kuripan.say_all(&indicators, [value("yes", "170", "31-12-2016"), value("no", "165", "31-12-2017")]);
}

fn counter(kuripan: &Script<'_>) {
    let complaint = json!({ "village": "33.07.10.2004", "kind": "lost_contact", "name": "ibu dari Dusun Sigaok",
        "received": "12-09-2017" });
    let story = json!({ "story": "Sejak Mei tidak ada kabar dari anaknya di Taiwan." });
    let case = kuripan.begin_with("pengaduan", complaint, story);
    kuripan.say(&case, "handling", json!({ "step": "acted", "note": "Menelepon PPTKIS", "date": "12-09-2017" }));
    let asked = json!({ "village": "33.07.10.2004", "name": "Turyati", "person": "Turyati", "applied": "13-09-2017" });
    let card = kuripan.begin("ak1", asked);
    let papers = ["ktp", "kk", "foto", "ijazah"];
    kuripan.say_all(
        &card,
        papers.map(|paper| ("document", json!({ "document": paper, "there": "yes", "date": "13-09-2017" }))),
    );
}
