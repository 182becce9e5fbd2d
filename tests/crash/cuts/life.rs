//! The life that is recorded: a village whose node does everything that a node does to its disk, beside a ministry.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use charter::CheckedStatement;
use driver::{Target, Written};
use identity::{Coordinate, EntryHash, JournalId, Signed, StatementHash};
use rand::{RngExt, seq::IndexedRandom};

use super::tape::{Event, Promise, Tape};
use crate::{
    chance::Chance,
    net::{self, Network, Office, SOON, ministry, put},
};

const VILLAGE: (&str, &str, &str) = ("Kuripan", "village", "33.07.10.2004");

/// A life on tape, and what is true of it.
pub(crate) struct Life {
    /// The data folder. It must stay the same folder, or the node takes itself for moved.
    pub(crate) folder: PathBuf,
    /// Copies of the index, by how many operations were done before.
    pub(crate) copies: BTreeMap<usize, PathBuf>,
    /// The key files.
    pub(crate) keys: Vec<(String, Vec<u8>)>,
    pub(crate) events: Vec<Event>,
    /// Every entry that was ever written, by anybody.
    pub(crate) entries: BTreeMap<(JournalId, u64), EntryHash>,
    /// The name of every document, and the last number that it was asked to show.
    pub(crate) documents: BTreeMap<Coordinate, (String, u64)>,
    /// What was ever ordered to be erased.
    pub(crate) erased: BTreeSet<Coordinate>,
}

struct Living {
    village: Office,
    ministry: Office,
    tape: Tape,
    documents: BTreeMap<Coordinate, (String, u64)>,
    /// Documents of the village that nobody has erased.
    own: Vec<Coordinate>,
    erased: BTreeSet<Coordinate>,
    told: BTreeSet<(JournalId, u64)>,
    named: u64,
}

/// Lives until at least so many operations are done.
pub(crate) async fn live(under: &Path, chance: &mut Chance, ops_min: usize) -> Life {
    let tape = Tape::default();
    let (folder, copies) = (under.join(VILLAGE.0), under.join("copies"));
    let watch = tape.watch(folder.clone(), copies.clone());
    let village = Office::watched(under, VILLAGE, Some(watch));
    tape.promise(Promise::Made);
    let (ministry, mut network) = ministry(under).await;
    let village = network.admit_made(village, &ministry, &[&ministry]).await;
    tape.promise(Promise::Joined);
    let Network { statements, .. } = &network;
    let mut living = Living {
        village,
        ministry,
        tape,
        documents: BTreeMap::new(),
        own: Vec::new(),
        erased: BTreeSet::new(),
        told: BTreeSet::new(),
        named: 0,
    };
    for said in statements {
        living.tape.promise(Promise::Said(hash(said)));
    }
    while living.tape.ops() < ops_min {
        living.something(chance).await;
        living.tell().await;
    }
    living.until_equal().await;
    living.end(folder, &copies).await
}

fn hash(said: &Signed<charter::Statement>) -> StatementHash {
    CheckedStatement::trust(said.clone()).expect("a node said it").hash()
}

impl Living {
    async fn something(&mut self, chance: &mut Chance) {
        match chance.random_range(0..20) {
            0..=4 => {
                let name = self.name();
                let document = self.village.register(&name, None).await;
                self.registered(document, name);
            }
            5..=9 => {
                if let Some(document) = self.own.choose(chance).cloned() {
                    self.edit(&document).await;
                }
            }
            10..=11 => {
                let count = chance.random_range(2..9);
                self.register_at_once(count).await;
            }
            12..=14 => {
                let name = self.name();
                let document = self.ministry.register(&name, None).await;
                self.documents.insert(document.clone(), (name, 0));
                self.village.until_shows(&document, |_| true).await;
            }
            15 => {
                for _ in 0..60 {
                    let name = self.name();
                    let document = self.ministry.register(&name, None).await;
                    self.documents.insert(document, (name, 0));
                }
                self.until_equal().await;
            }
            16 => self.until_equal().await,
            17 => self.village.node().tidy().await,
            18 => self.erase(chance).await,
            _ => {
                self.village.stop().await;
                self.village.start(&[&self.ministry]).await;
                self.village.until_connected(&[self.ministry.key()]).await;
            }
        }
    }

    fn name(&mut self) -> String {
        self.named += 1;
        format!("Orang {}", self.named)
    }

    fn registered(&mut self, document: Coordinate, name: String) {
        self.tape.promise(Promise::Shows(document.clone(), 0));
        self.own.push(document.clone());
        self.documents.insert(document, (name, 0));
    }

    async fn register_at_once(&mut self, count: usize) {
        let names: Vec<String> = (0..count).map(|_| self.name()).collect();
        let writes = names.iter().map(|name| driver::Write {
            target: Target::New { scope: net::PARTICIPATION.parse().expect("a scope"), kind: 3, predecessor: None },
            officer: identity::Officer::new("petugas").expect("an officer"),
            what: put(&[], "name", name),
        });
        let written = self.village.node().write(writes.collect()).await.expect("a village may write");
        for (Written { document, .. }, name) in written.into_iter().zip(names) {
            self.registered(document, name);
        }
    }

    /// Counts one up in a document.
    async fn edit(&mut self, document: &Coordinate) {
        let shown = self.village.node().snapshot(document.clone()).await.expect("it can be read").expect("it is there");
        let number = {
            let (_, asked) = self.documents.get_mut(document).expect("it was registered");
            *asked += 1;
            *asked
        };
        let what = put(&shown.heads, "address", &number.to_string());
        self.village.write(Target::Document(document.clone()), what).await.expect("a village may write");
        self.tape.promise(Promise::Shows(document.clone(), number));
    }

    async fn erase(&mut self, chance: &mut Chance) {
        if self.own.len() < 3 {
            return;
        }
        let document = self.own.swap_remove(chance.random_range(0..self.own.len()));
        let before: BTreeSet<StatementHash> =
            self.ministry.node().statements().await.iter().map(CheckedStatement::hash).collect();
        self.erased.insert(document.clone());
        self.ministry.erase(&[&document]).await;
        let said: Vec<StatementHash> =
            self.ministry.node().statements().await.iter().map(CheckedStatement::hash).collect();
        for said in said.into_iter().filter(|hash| !before.contains(hash)) {
            let village = self.village.node();
            soon("an order arrives", async || village.statements().await.contains(&said)).await;
            self.tape.promise(Promise::Said(said));
        }
        self.village.node().when_erased().await;
        self.tape.promise(Promise::Erased(document));
    }

    async fn until_equal(&self) {
        let (village, ministry) = (self.village.node(), self.ministry.node());
        soon("both hold the same", async || {
            let held = |node: &driver::Node| node.held().expect("it can be read");
            let points = |node: &driver::Node| -> BTreeSet<(JournalId, u64)> {
                held(node).into_iter().flat_map(|(_, journals)| journals).map(|(of, at)| (of, at.seq)).collect()
            };
            points(village) == points(ministry)
        })
        .await;
    }

    /// Promises what others know by now of what this node holds.
    async fn tell(&mut self) {
        let (key, ministry) = (self.village.key(), self.ministry.node());
        let held = ministry.held().expect("it can be read").into_iter().flat_map(|(_, journals)| journals);
        let own = held.filter(|(journal, _)| journal.node == key);
        let receipts = ministry.receipts().await;
        let receipts = receipts.iter().filter(|(holder, _)| *holder == key).flat_map(|(_, receipt)| {
            receipt.points.iter().map(|(journal, point)| (journal.in_scope(&receipt.scope), *point))
        });
        for (journal, point) in own.chain(receipts) {
            if point.seq > 0 && self.told.insert((journal.clone(), point.seq)) {
                self.tape.promise(Promise::Holds(journal, point));
            }
        }
    }

    async fn end(mut self, folder: PathBuf, copies: &Path) -> Life {
        self.village.stop().await;
        self.ministry.stop().await;
        let events = self.tape.take();
        let mut entries = BTreeMap::new();
        for folder in [&folder, &self.ministry.folder] {
            entries.extend(super::judge::entries_of(folder).expect("a node that stopped is whole"));
        }
        let key = |name: &str| (name.to_owned(), fs::read(folder.join(name)).expect("a node has its keys"));
        let keys = vec![key("node.key"), key("machine.key")];
        let found = fs::read_dir(copies).into_iter().flatten().flatten();
        let copies =
            found.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path()))).collect();
        Life { folder, copies, keys, events, entries, documents: self.documents, erased: self.erased }
    }
}

/// Waits until it is so.
async fn soon(what: &str, mut is: impl AsyncFnMut() -> bool) {
    let look = async {
        while !is().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(tokio::time::timeout(SOON, look).await.is_ok(), "{what}: that does not come to pass");
}
