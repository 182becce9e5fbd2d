//! Offices of one network, each a node of its own in this process, over real connections.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::{path::Path, time::Duration};

use service::{
    Ask, Command, FindSheets, NetworkOptions, Options, Problem, Query, Reply, Saying, Service, StoreOptions,
    TextChange, create, draft, found,
    reply::{FactAsked, SheetView},
    subject,
};

/// How long anything may take to arrive.
const ARRIVES: Duration = Duration::from_secs(30);

pub(crate) async fn ask(service: &Service, ask: impl Into<Ask>) -> Result<Reply, Problem> {
    service.ask(ask.into(), |_| ()).await
}

pub(crate) async fn carried(service: &Service, what: impl Into<Ask>) -> Vec<u8> {
    let reply = ask(service, what).await.unwrap();
    if let Reply::Approved(approved) = reply {
        return approved.file;
    }
    let Reply::Carry { file, .. } = reply else { panic!("nothing to carry") };
    file
}

/// A new node of a new office, in a folder of its name.
pub(crate) async fn office(folder: &Path, name: &str, kind: &str, region: &str, call: &[&Service]) -> Service {
    let store = StoreOptions::new(folder.join(name));
    create(&store, subject(Some(name), Some(kind), Some(region), None).unwrap(), true).unwrap();
    opened(folder, name, call).await
}

/// A node of [`office`], started again.
pub(crate) async fn opened(folder: &Path, name: &str, call: &[&Service]) -> Service {
    let peers = call.iter().map(|peer| (peer.key(), peer.addresses().0.map(Into::into).into_iter().collect()));
    let udp = Some(([127, 0, 0, 1], 0).into());
    let network = Some(NetworkOptions { udp, peers: peers.collect(), ..NetworkOptions::default() });
    let store = StoreOptions::new(folder.join(name));
    Service::start(Options { store, network, rebuild: false, upkeep: service::Upkeep::default() }).await.unwrap()
}

/// The same without a cable.
pub(crate) async fn cut_off(folder: &Path, name: &str) -> Service {
    Service::start(Options::offline(StoreOptions::new(folder.join(name)))).await.unwrap()
}

/// Founds a network of these offices, and gives the founding.
pub(crate) async fn founded(offices: &[&Service]) -> Vec<u8> {
    let mut requests = Vec::new();
    for office in offices {
        requests.push(carried(office, Query::Request).await);
    }
    let (draft, _) = draft(&requests, true).unwrap();
    let mut signatures = Vec::new();
    for office in offices {
        signatures.push(carried(office, Command::Sign { draft: draft.clone() }).await);
    }
    let (file, _) = found(&draft, &signatures).unwrap();
    for office in offices {
        ask(office, Command::Join { file: file.clone() }).await.unwrap();
    }
    file
}

/// Founds a network of a ministry, and admits a village to it.
pub(crate) async fn joined(ministry: &Service, village: &Service) {
    let founding = founded(&[ministry]).await;
    let request = carried(village, Query::Request).await;
    let file = carried(ministry, Command::Approve { request }).await;
    ask(village, Command::Join { file }).await.unwrap();
    // By hand: nothing has to be waited for.
    ask(village, Command::Join { file: founding }).await.unwrap();
}

/// The ids of offices by their names.
pub(crate) async fn id_of(service: &Service, name: &str) -> String {
    let Reply::Charter(charter) = ask(service, Query::Charter).await.unwrap() else { panic!("a charter") };
    charter.offices.iter().find(|office| office.name == name).unwrap().id.clone()
}

pub(crate) fn texts(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

pub(crate) async fn begins(service: &Service, kind: &str, fields: &[(&str, &str)]) -> Result<String, Problem> {
    let (officer, kind) = ("siti".to_owned(), kind.to_owned());
    let begin = Command::BeginSheet { officer, kind, place: None, fields: texts(fields), texts: Vec::new() };
    let Reply::Begun(id) = ask(service, begin).await? else { panic!("it begins") };
    Ok(id)
}

pub(crate) async fn says(service: &Service, id: &str, fact: &str, inputs: &[(&str, &str)]) -> Result<(), Problem> {
    let (officer, id, fact) = ("siti".to_owned(), id.to_owned(), fact.to_owned());
    ask(service, Command::Say { officer, id, fact, inputs: texts(inputs) }).await.map(drop)
}

pub(crate) fn saying(fact: &str, inputs: &[(&str, &str)]) -> Saying {
    Saying { fact: fact.to_owned(), inputs: texts(inputs) }
}

/// Changes fields, and texts from what they say now, as a form that was just opened.
pub(crate) async fn changes(
    service: &Service,
    id: &str,
    fields: &[(&str, &str)],
    now: &[(&str, &str)],
) -> Result<(), Problem> {
    let shown = sheet(service, id).await;
    let was = |field: &str| shown.texts.iter().find(|text| text.field == field).map(|text| text.text.clone());
    let change = |(field, now): &(&str, &str)| TextChange {
        was: was(field).unwrap_or_default(),
        field: (*field).to_owned(),
        now: (*now).to_owned(),
    };
    let change = Command::ChangeSheet {
        officer: "siti".to_owned(),
        id: id.to_owned(),
        fields: texts(fields),
        texts: now.iter().map(change).collect(),
        shown: Some(shown.shown.clone()),
    };
    ask(service, change).await.map(drop)
}

pub(crate) async fn sheet(service: &Service, id: &str) -> SheetView {
    let Reply::Sheet(sheet) = ask(service, Query::Sheet { id: id.to_owned() }).await.unwrap() else {
        panic!("a sheet")
    };
    *sheet
}

pub(crate) async fn listed(service: &Service, kind: &str) -> Vec<String> {
    let find = FindSheets { kind: Some(kind.to_owned()), limit: 100, ..FindSheets::default() };
    let Reply::Sheets(found) = ask(service, Query::Sheets(find)).await.unwrap() else { panic!("a list") };
    found.rows.into_iter().map(|row| row.id).collect()
}

/// Waits until a record shows something at an office.
pub(crate) async fn shows(service: &Service, id: &str, what: &str, holds: impl Fn(&SheetView) -> bool) -> SheetView {
    let look = async {
        loop {
            let changed = service.shows_something_else();
            if let Ok(Reply::Sheet(sheet)) = ask(service, Query::Sheet { id: id.to_owned() }).await
                && holds(&sheet)
            {
                return *sheet;
            }
            changed.await;
        }
    };
    match tokio::time::timeout(ARRIVES, look).await {
        Ok(sheet) => sheet,
        Err(_) => panic!("{what} is not shown: {:?}", ask(service, Query::Sheet { id: id.to_owned() }).await),
    }
}

/// What a record asks to be said by this name.
pub(crate) fn asked<'a>(sheet: &'a SheetView, fact: &str) -> Option<&'a FactAsked> {
    sheet.asks.iter().find(|asked| asked.fact == fact)
}

/// The first answer that an input offers.
pub(crate) fn first(asked: &FactAsked, field: &str) -> String {
    let input = asked.inputs.iter().find(|input| input.field == field).unwrap();
    let service::InputKind::Choice(codes) = &input.kind else { panic!("{field} offers nothing: {input:?}") };
    codes.first().unwrap().0.clone()
}

/// Everything that the tables of a record say, in English.
pub(crate) fn tables(sheet: &SheetView) -> String {
    let mut text = String::new();
    for panel in &sheet.panels {
        text.push_str(&format!("# {}\n", panel.title.en));
        panel.lines.iter().for_each(|line| text.push_str(&format!("{}\n", line.en)));
        for row in &panel.rows {
            let cells: Vec<&str> = row.cells.iter().map(|cell| cell.en.as_str()).collect();
            text.push_str(&format!("{}: {}\n", row.head.en, cells.join(" | ")));
        }
    }
    text
}
