//! What happens in the demo, step by step.

use std::fs;

use simpul_tests::harness::{Network, Row, Script, may_read, names_its_readers};

use crate::{Teller, agreement, kupang, year};

const KURIPAN: &str = "33.07.10.2004";
const PARTICIPANTS: &str = include_str!("../../config/reference/kuripan_participants_2017.csv");

/// Who may read who the people of Kuripan are, beside the village itself.
const NAMED: &[&str] = &["wonosobo", "jateng", "bp3tki", "kemnaker"];

/// Plays the story to its end. What does not come ends it with a panic, and with it the processes.
pub(crate) fn play(teller: &mut Teller) -> Network {
    let mut net = found(teller);
    import(teller, &net);
    let id = edit_apart(teller, &net);
    carry(teller, &net, &id);
    meet_again(teller, &net, &id);
    year::play(teller, &net);
    agreement::play(teller, &net);
    lose_a_laptop(teller, &mut net);
    kupang::play(teller, &mut net);
    compare(teller, &net);
    one_village_behind(teller, &net);
    net
}

/// The end: a village works on without a cable, and its administrator and every machine that asks are told the same.
fn one_village_behind(teller: &mut Teller, net: &Network) {
    teller.step(
        "The cable of Desa Kuripan in Garung is out, and somebody is registered there: what its administrator sees",
    );
    let office = &net["garung"];
    net.cut_off("garung");
    office.register("Siti Rahayu", office.place.region, &[]);
    let only_here = office.status().only_here;
    let health = Script::at(office).get("health");
    assert_eq!(health["figures"]["only_here"], only_here, "{health}");
    let headline = health["headline"]["en"].as_str().expect("a headline").to_owned();
    assert!(headline.starts_with(&format!("{only_here} change")), "{headline}");
    let said = office.ask(&["health"]).out;
    let first = said.lines().next().unwrap_or_default();
    // The age in the sentence goes on by the minute.
    assert_eq!(first.split('(').next(), headline.split('(').next(), "{said}");
    teller.checked(format!("`simpul health` says: {first}"));
    let web = office.web().unwrap_or_default();
    teller.checked(format!("the same sentence stands at {web}/kesehatan, above what to do and whom to call"));
}

/// Waits until an office lists as many participants as this.
fn lists(net: &Network, label: &str, count: usize) -> Vec<Row> {
    net.until(&format!("{label} lists {count} participants"), || {
        let rows = net[label].list();
        (rows.len() == count).then_some(rows)
    })
}

fn found(teller: &mut Teller) -> Network {
    teller.step("Eight ministries found the network together; everybody else is admitted down the tree");
    let net = Network::programme();
    let networks: Vec<Option<String>> = net.offices().map(|office| office.status().network).collect();
    let network = networks[0].clone().expect("a founder belongs to its network");
    assert!(networks.iter().all(|other| other.as_ref() == Some(&network)), "{networks:?}");
    teller
        .checked(format!("thirteen processes, each with its own keys and store, belong to network {}", &network[..8]));
    net.until("every office knows the other twelve", || {
        net.offices().all(|office| office.charter().offices.len() == 13).then_some(())
    });
    teller
        .checked("all hold the same charter: 8 kementerian, provinsi, kabupaten, BP3TKI and 2 desa; none is above it");
    net
}

fn import(teller: &mut Teller, net: &Network) {
    teller.step("Desa Kuripan in Watumalang imports its 50 participants of 2017 as ditetapkan");
    let table = net["kuripan"].file("kuripan_participants_2017.csv");
    fs::write(&table, PARTICIPANTS).expect("the table can be written");
    let command = ["participant", "import", &table, "--decided", "141/12/2017:2017-03-01"];
    net["kuripan"].ask(&command).done();
    let rows = net["kuripan"].list();
    assert_eq!(rows.len(), 50);
    assert!(rows.iter().all(|row| row.stage == "ditetapkan" && row.name.is_some()), "{rows:?}");
    teller.checked("50 rows, all with a name, all ditetapkan; the same file again adds nobody");
    net["kuripan"].ask(&command).done();
    assert_eq!(net["kuripan"].list().len(), 50);

    net.settle();
    for label in NAMED {
        assert_eq!(sorted(lists(net, label, 50)), sorted(rows.clone()), "{label}");
    }
    teller.checked("Wonosobo, Jawa Tengah, BP3TKI Semarang and Kemnaker list the same 50 with their names");
    let others: Vec<&str> =
        net.offices().map(|office| office.label.as_str()).filter(|label| label.starts_with("kemen")).collect();
    assert_eq!(others.len(), 7);
    for label in others {
        let rows = lists(net, label, 50);
        assert!(rows.iter().all(|row| row.name.is_none() && row.no_name.is_some()), "{label}: {rows:?}");
    }
    teller.checked("the other seven ministries list 50 participations without a name, and are told why");
    assert_eq!(net["garung"].list(), []);
    assert!(net["garung"].status().scopes.is_empty());
    teller.checked("Desa Kuripan in Garung, its namesake, holds nothing of them");
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|one, two| one.person.cmp(&two.person));
    rows
}

fn edit_apart(teller: &mut Teller, net: &Network) -> String {
    teller.step("The village's cable is out; village and regency edit the same person");
    net.cut_off("kuripan");
    let turyati = net["kuripan"].list().into_iter().find(|row| row.name.as_deref() == Some("Turyati"));
    let id = turyati.expect("Turyati is in the table").person;
    net["kuripan"].set(&id, &["address=Dusun Sigaok RT 02", "phone=0812-0000-0001"]);
    net["wonosobo"].set(&id, &["address=Dusun Krajan RT 01"]);
    assert_eq!(net["kuripan"].show(&id).values("address"), ["Dusun Sigaok RT 02"]);
    assert_eq!(net["wonosobo"].show(&id).values("address"), ["Dusun Krajan RT 01"]);
    assert!(net["wonosobo"].show(&id).values("phone").is_empty());
    teller.checked("each shows its own address of Turyati; her phone number is known to the village alone");

    net["kuripan"].register("Sri Lestari", KURIPAN, &["group=salak"]);
    assert_eq!(net["kuripan"].list().len(), 51);
    let status = net["kuripan"].status();
    assert!(status.only_here >= 3, "{status:?}");
    for label in NAMED {
        assert_eq!(net[label].list().len(), 50, "{label}");
    }
    teller.checked(format!(
        "Sri Lestari is registered offline; the village says that {} entries are nowhere else yet",
        status.only_here
    ));
    id
}

fn carry(teller: &mut Teller, net: &Network, id: &str) {
    teller.step("A sealed bundle goes from the village to the regency on a stick");
    let regency = net["wonosobo"].status().office.id;
    let stick = net["kuripan"].file("stick.bundle");
    net["kuripan"].ask(&["bundle", "export", "--out", &stick, "--for", &regency]).done();
    let told = net["garung"].ask(&["bundle", "import", &stick]).failed();
    assert!(told.contains("sealed to another office"), "{told}");
    teller.checked("the namesake in Garung finds the stick and cannot open it");
    net["wonosobo"].ask(&["bundle", "import", &stick]).done();
    let names = net.until("the regency lists Sri Lestari", || {
        let names = net["wonosobo"].names();
        names.iter().any(|name| name == "Sri Lestari").then_some(names)
    });
    assert_eq!(names.len(), 51);
    assert_eq!(net["wonosobo"].show(id).values("address"), ["Dusun Krajan RT 01", "Dusun Sigaok RT 02"]);
    assert_eq!(net["wonosobo"].show(id).values("phone"), ["0812-0000-0001"]);
    teller.checked("the regency knows all 51, and shows both addresses of Turyati and the one phone number");
    lists(net, "kemnaker", 51);
    teller.checked("from there Sri Lestari goes on over the network, while the village is still cut off");
}

fn meet_again(teller: &mut Teller, net: &Network, id: &str) {
    teller.step("The cable is back");
    net.reconnect("kuripan");
    net.settle();
    let both = ["Dusun Krajan RT 01", "Dusun Sigaok RT 02"];
    for label in NAMED.iter().chain(&["kuripan"]) {
        net.until(&format!("{label} shows both values"), || {
            (net[label].show(id).values("address") == both).then_some(())
        });
        let conflicts = net[label].conflicts();
        assert_eq!(conflicts.len(), 1, "{label}: {conflicts:?}");
        assert!(conflicts[0].field.values.iter().any(|value| value.office == "Pemerintah Kabupaten Wonosobo"));
        assert!(conflicts[0].field.values.iter().any(|value| value.office == "Desa Kuripan"));
    }
    teller.checked("five offices show both addresses, each with the office that wrote it; nobody's word was lost");
    net["kuripan"].ask(&["participant", "choose", id, "address", "Dusun Sigaok RT 02"]).done();
    net.settle();
    for label in NAMED.iter().chain(&["kuripan"]) {
        net.until(&format!("{label} shows the one that was chosen"), || {
            let shown = net[label].show(id);
            (shown.values("address") == ["Dusun Sigaok RT 02"] && net[label].conflicts().is_empty()).then_some(())
        });
        assert_eq!(net[label].show(id).values("phone"), ["0812-0000-0001"], "{label}");
    }
    teller.checked("the village chooses one, and all five show that one and the phone number");
    net.until("nothing is only at the village", || (net["kuripan"].status().only_here == 0).then_some(()));
    teller.checked("nothing is only at the village any more");
}

fn lose_a_laptop(teller: &mut Teller, net: &mut Network) {
    teller.step("The village's laptop is stolen");
    let key = net["kuripan"].key.clone();
    net.cut_off("kuripan");
    net["kuripan"].register("Nama Palsu", KURIPAN, &[]);
    net["wonosobo"].ask(&["remove", "--node", &key, "--reason", "laptop hilang"]).done();
    net["wonosobo"].ask(&["cutoff", "--node", &key, "--at", "held"]).done();
    net.reconnect("kuripan");
    net.until("the stolen laptop is refused", || {
        let peers = net.offices().filter(|office| office.label != "kuripan").flat_map(|office| office.status().peers);
        peers.into_iter().all(|peer| peer.node != key).then_some(())
    });
    net["kuripan"].stop();
    net.settle();
    for label in NAMED {
        assert!(lists(net, label, 51).iter().all(|row| row.name.as_deref() != Some("Nama Palsu")), "{label}");
        let frozen: Vec<_> = net[label].status().scopes.into_iter().filter(|scope| scope.frozen).collect();
        assert!(frozen.is_empty(), "{label}: {frozen:?}");
    }
    teller
        .checked("Wonosobo removes its key and cuts off what comes after; what the thief typed is nowhere to be seen");

    net.init_further("laptop", "kuripan");
    net.admit("laptop", "wonosobo");
    net.start("laptop");
    net.settle();
    let rows = lists(net, "laptop", 51);
    assert_eq!(sorted(rows), sorted(net["kemnaker"].list()));
    teller.checked("a new laptop of Desa Kuripan is admitted with keys of its own, and gets all 51 back");
    net["laptop"].register("Siti Aminah", KURIPAN, &["group=salak"]);
    net.settle();
    lists(net, "kemnaker", 52);
    teller.checked("and the village works on: Siti Aminah is registered there and seen at Kemnaker");
}

fn compare(teller: &mut Teller, net: &Network) {
    teller.step("Every office and what it shows of each scope: equal where rights are equal");
    let agreed = net.settle();
    for office in net.offices().filter(|office| office.runs()) {
        office.verify();
    }
    println!("   {:<32} {:<12} {:<10} {:<10}", "scope", "offices", "held", "shown");
    for (scope, all) in &agreed {
        let mut holders = 0;
        for office in net.offices().filter(|office| office.runs()) {
            match office.status().scope(scope) {
                Some(held) => {
                    assert_eq!((&held.held, &held.state), (&all.held, &all.state), "{} {scope}", office.label);
                    holders += 1;
                }
                None => {
                    let ought = !names_its_readers(scope) && may_read(&office.place, scope);
                    assert!(!ought, "{} lacks {scope}", office.label);
                }
            }
        }
        println!("   {scope:<32} {holders:<12} {:<10} {:<10}", &all.held[..10], &all.state[..10]);
    }
    teller.checked("held and shown fingerprints agree, and every office recomputed its own from its journals");
}
