//! The second day: BP3TKI Kupang joins, on the other side of the country, and works for people whose villages have no
//! node.

use serde_json::json;
use simpul_tests::harness::{Network, Script, told};

use crate::Teller;

/// Kelurahan Oebobo in Kota Kupang.
const OEBOBO: &str = "53.71.04.1001";

pub(crate) fn play(teller: &mut Teller, net: &mut Network) {
    teller.step("The second day: BP3TKI Kupang joins, and works for people whose villages have no node");
    net.init("kupang");
    net.admit("kupang", "kemnaker");
    net.start("kupang");
    net.until("Kupang knows the others", || (net["kupang"].charter().offices.len() == 14).then_some(()));
    assert_eq!(net["kupang"].list(), []);
    teller.checked("it is admitted by Kemnaker; of the people of Wonosobo it holds nothing");

    let kupang = Script::at(&net["kupang"]).for_village(OEBOBO);
    let complaint = json!({ "village": OEBOBO, "kind": "no_follow_up", "name": "Maria", "received": "05-02-2018" });
    kupang.begin("pengaduan", complaint);
    teller.checked("the posko takes a complaint: no follow-up after the training, the most frequent one");

    net["kupang"].register("Maria", OEBOBO, &[]);
    let fields = json!({ "title": "Pangan olahan", "sector": "food", "start": "19-02-2018", "finish": "24-02-2018",
        "venue": "BP3TKI Kupang" });
    let bimtek = kupang.begin("bimtek", fields);
    kupang.say(&bimtek, "enrolled", json!({ "other": "Maria" }));
    let days = (19..=24)
        .map(|day| ("attendance", json!({ "person": "Maria", "day": format!("{day}-02-2018"), "mark": "hadir" })));
    kupang.say_all(&bimtek, days);
    let question = json!({ "question": "Bagaimana mengurus PIRT dan label halal?" });
    let asked = json!({ "village": OEBOBO, "topic": "permit", "name": "Maria", "received": "26-02-2018" });
    let case = kupang.begin_with("konsultasi", asked, question);
    let answer =
        json!({ "step": "acted", "note": "Rapat dengan Dinas Perindustrian dan Perdagangan", "date": "28-02-2018" });
    kupang.say(&case, "handling", answer);
    teller.checked("she is registered for Kelurahan Oebobo, attends six days, and asks the consultation about permits");

    joint_meeting(teller, net, &kupang, &case);

    net.settle();
    net.until("Kemnaker lists Maria", || net["kemnaker"].names().iter().any(|name| name == "Maria").then_some(()));
    assert!(net["wonosobo"].names().iter().all(|name| name != "Maria"));
    teller.checked("Kemnaker lists her beside the people of Kuripan; Wonosobo does not, and has no reason to");
}

/// What the consultation cannot solve becomes an agenda, and what that decides stands at the case.
fn joint_meeting(teller: &Teller, net: &Network, kupang: &Script<'_>, case: &str) {
    kupang.say(case, "handling", json!({ "step": "unsettled", "date": "01-03-2018" }));
    let kemendesa = Script::at(&net["kemendesa"]);
    let agenda = kupang.opens_agenda(&net.ids(&["kemendesa"]), "Izin PIRT bagi usaha purna", json!({ "from": case }));
    let text = "Para pihak mendampingi pengurusan PIRT usaha purna.";
    kupang.writes_article(&agenda, "01-03-2018", "Pendampingan izin", &[text]);
    net.says(&kemendesa, &agenda, text);
    kemendesa.gives_mandate(&agenda, "Sekretaris Jenderal");
    let mandate = json!({ "official": "Kepala BP3TKI", "position": "Kepala", "letter": "ST-7", "from": "01-03-2018" });
    kupang.say(&agenda, "mandate", mandate);
    net.knows_mandates(kupang, &agenda, 2);
    kupang.say(&agenda, "final", json!({}));
    net.signs(kupang, &agenda, "menetapkan");
    net.signs(&kemendesa, &agenda, "menetapkan");
    net.says(kupang, &agenda, "ratified by all parties");
    let record = net.says(kupang, case, "not noted yet");
    let panels = record["panels"].as_array().cloned().unwrap_or_default();
    let rows = panels.iter().flat_map(|panel| panel["rows"].as_array().cloned().unwrap_or_default());
    let ask = rows.map(|row| row["ask"].clone()).find(|ask| ask["fact"] == "joint_decision");
    let fills = ask.expect("the decision is asked for")["fills"].as_array().cloned().unwrap_or_default();
    let mut inputs = json!({ "date": "12-03-2018" });
    for fill in fills {
        inputs[fill[0].as_str().unwrap_or_default()] = fill[1].clone();
    }
    kupang.say(case, "joint_decision", inputs);
    let text = told(&kupang.record(case).expect("it was begun here"));
    assert!(text.contains("Izin PIRT bagi usaha purna, versi 1"), "{text}");
    teller.checked("nobody there can solve it: it becomes an agenda with Kemendesa, both ratify, and the case says so");
}
