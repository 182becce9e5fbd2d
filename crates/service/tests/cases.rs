//! A case lies in a scope of its own: who is put in charge reads it from then on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

use std::{path::Path, time::Duration};

use service::{
    Ask, Command, FindSheets, NetworkOptions, Options, Problem, Query, Reply, Service, StoreOptions, create, draft,
    found, subject,
};

async fn ask(service: &Service, ask: impl Into<Ask>) -> Result<Reply, Problem> {
    service.ask(ask.into(), |_| ()).await
}

async fn carried(service: &Service, what: impl Into<Ask>) -> Vec<u8> {
    let reply = ask(service, what).await.unwrap();
    if let Reply::Approved(approved) = reply {
        return approved.file;
    }
    let Reply::Carry { file, .. } = reply else { panic!("nothing to carry") };
    file
}

async fn office(folder: &Path, name: &str, kind: &str, region: &str, call: &[&Service]) -> Service {
    let store = StoreOptions::new(folder.join(kind));
    create(&store, subject(Some(name), Some(kind), Some(region), None).unwrap(), true).unwrap();
    let peers = call.iter().map(|peer| (peer.key(), peer.addresses().0.map(Into::into).into_iter().collect()));
    let udp = Some(([127, 0, 0, 1], 0).into());
    let network = Some(NetworkOptions { udp, peers: peers.collect(), ..NetworkOptions::default() });
    Service::start(Options { store, network, rebuild: false }).await.unwrap()
}

async fn complaints(service: &Service) -> Vec<String> {
    let find = FindSheets { kind: Some("pengaduan".to_owned()), limit: 100, ..FindSheets::default() };
    let Reply::Sheets(found) = ask(service, Query::Sheets(find)).await.unwrap() else { panic!("a list") };
    found.rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_put_in_charge_of_a_case_by_one_that_calls_it_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let ministry = office(folder.path(), "Kemnaker", "ministry", "id", &[]).await;
    let village = office(folder.path(), "Desa Kuripan", "village", "33.07.10.2004", &[&ministry]).await;
    puts_in_charge(village, ministry).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_is_put_in_charge_of_a_case_by_one_that_it_calls_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let village = office(folder.path(), "Desa Kuripan", "village", "33.07.10.2004", &[]).await;
    let ministry = office(folder.path(), "Kemnaker", "ministry", "id", &[&village]).await;
    puts_in_charge(village, ministry).await;
}

async fn puts_in_charge(village: Service, ministry: Service) {
    let request = carried(&ministry, Query::Request).await;
    let (draft, _) = draft(&[request], true).unwrap();
    let signature = carried(&ministry, Command::Sign { draft: draft.clone() }).await;
    let (file, _) = found(&draft, &[signature]).unwrap();
    ask(&ministry, Command::Join { file: file.clone() }).await.unwrap();
    let founding = file;
    let request = carried(&village, Query::Request).await;
    let file = carried(&ministry, Command::Approve { request }).await;
    ask(&village, Command::Join { file }).await.unwrap();
    // By hand: nothing has to be waited for.
    ask(&village, Command::Join { file: founding }).await.unwrap();
    let Reply::Charter(charter) = ask(&village, Query::Charter).await.unwrap() else { panic!("a charter") };
    let lead = charter.offices.iter().find(|office| office.name == "Kemnaker").unwrap().id.clone();

    for number in 0..8 {
        let fields =
            [("kind", "abuse"), ("name", "Ani Lestari")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        let begin = Command::BeginSheet {
            officer: "siti".to_owned(),
            kind: "pengaduan".to_owned(),
            place: None,
            fields: fields.to_vec(),
            texts: Vec::new(),
        };
        let Reply::Begun(begun) = ask(&village, begin).await.unwrap() else { panic!("it begins") };
        let inputs = [("office", lead.as_str()), ("answer_by", "2030-12-20")];
        let inputs = inputs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        let (officer, id) = ("siti".to_owned(), begun.clone());
        ask(&village, Command::Say { officer, id: id.clone(), fact: "assigned".to_owned(), inputs }).await.unwrap();
        let reads = async {
            loop {
                let changed = ministry.shows_something_else();
                if complaints(&ministry).await.contains(&id) {
                    break;
                }
                changed.await;
            }
        };
        let read = tokio::time::timeout(Duration::from_secs(20), reads).await;
        assert!(read.is_ok(), "case {number}: {:?}", ask(&village, Query::Status).await.unwrap());
    }
    village.stop().await;
    ministry.stop().await;
}
