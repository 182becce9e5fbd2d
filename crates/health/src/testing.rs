//! A small programme for tests: two ministries, a province, a regency, two villages, a second node here and there.

use std::collections::BTreeMap;

use charter::{Body, Charter, CheckedStatement, Policy, Request, Statement, StatementSet, Subject, founding};
use identity::{EntryHash, Incarnation, JournalId, NetworkId, NodeKey, NodeSecret, OfficeId, Point};
use sync::{Beacon, Receipt};

/// Who holds the village's journal, and up to which entry.
pub(crate) type Told = (&'static str, u64);

/// The entry of a number, on the chain that everybody in tests writes.
pub(crate) fn point(seq: u64) -> Point {
    Point { seq, hash: EntryHash([seq as u8; 32]) }
}

pub(crate) struct World {
    pub(crate) charter: Charter,
    offices: BTreeMap<&'static str, OfficeId>,
}

struct Making {
    set: StatementSet,
    network: NetworkId,
    offices: BTreeMap<&'static str, OfficeId>,
}

fn secret(name: &str) -> NodeSecret {
    let mut seed = [0; 32];
    for (at, byte) in name.bytes().enumerate() {
        seed[at % 32] ^= byte;
    }
    NodeSecret::from_seed(seed)
}

fn sign(name: &str, subject: Subject) -> identity::Signed<Request> {
    let secret = secret(name);
    Request { seal_key: secret.seal_key(), practice: false, nonce: [7; 16], subject }.sign(&secret).unwrap()
}

impl Making {
    fn request(&mut self, name: &'static str, kind: &str, region: &str) -> identity::Signed<Request> {
        let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
        let signed = sign(name, Subject::NewOffice { name: name.to_owned(), kind, region });
        self.offices.insert(name, charter::office_id(&signed, &Request::verify(&signed).unwrap()));
        signed
    }

    fn say(&mut self, by: &str, body: Body) {
        let signed = Statement::sign(&secret(by), self.network, body).unwrap();
        self.set.insert_checked(CheckedStatement::check(signed).unwrap());
    }

    fn admit(&mut self, by: &str, name: &'static str, kind: &str, region: &str) {
        let request = self.request(name, kind, region);
        self.say(by, Body::Admit { request });
    }

    fn further(&mut self, by: &str, name: &'static str, office: &str) {
        let request = sign(name, Subject::FurtherNode { office: self.offices[office] });
        self.say(by, Body::Admit { request });
    }
}

impl World {
    pub(crate) fn programme() -> Self {
        Self::with_villages(&[])
    }

    /// The same with more villages in Wonosobo: name and region.
    pub(crate) fn with_villages(more: &[(&'static str, &str)]) -> Self {
        Self::with_villages_of("wonosobo", more)
    }

    /// The same with more villages that an office admitted.
    pub(crate) fn with_villages_of(sponsor: &str, more: &[(&'static str, &str)]) -> Self {
        let mut making = Making { set: StatementSet::new(), network: NetworkId([0; 32]), offices: BTreeMap::new() };
        let founders = ["kemnaker", "kemendesa"];
        let requests = founders.map(|name| making.request(name, "ministry", "id"));
        let policy = Policy::default_programme(making.offices["kemnaker"]);
        let (said, network) = founding(false, requests.to_vec(), policy, [7; 16]).unwrap();
        making.network = network;
        for name in founders {
            making.set.insert_checked(CheckedStatement::check(said.signed_by(&secret(name)).unwrap()).unwrap());
        }
        making.admit("kemnaker", "jateng", "province", "33");
        making.admit("jateng", "wonosobo", "regency", "33.07");
        making.admit("wonosobo", "kuripan", "village", "33.07.10.2004");
        making.admit("wonosobo", "garung", "village", "33.07.12.2007");
        making.admit("wonosobo", "removed", "village", "33.07.13.2001");
        for (name, region) in more {
            making.admit(sponsor, name, "village", region);
        }
        making.further("kuripan", "kuripan again", "kuripan");
        making.further("wonosobo", "wonosobo again", "wonosobo");
        making
            .say("wonosobo", Body::Remove { node: secret("removed").node_key(), reason: String::new(), keep: vec![] });
        let charter = Charter::fold(&making.set, network);
        Self { charter, offices: making.offices }
    }

    pub(crate) fn key(&self, name: &str) -> NodeKey {
        secret(name).node_key()
    }

    pub(crate) fn office(&self, name: &str) -> OfficeId {
        self.offices[name]
    }

    pub(crate) fn journal(&self, author: &str, scope: &str, incarnation: u8) -> JournalId {
        JournalId { scope: scope.parse().unwrap(), node: self.key(author), incarnation: Incarnation([incarnation; 8]) }
    }

    /// What an office signs over one journal.
    pub(crate) fn receipt(&self, journal: &JournalId, (holder, seq): &Told) -> (NodeKey, Receipt) {
        let points = vec![(journal.into(), point(*seq))];
        (self.key(holder), Receipt { scope: journal.scope.clone(), number: 1, time_ms: 0, points })
    }

    /// An office's report on itself.
    pub(crate) fn beacon(&self, of: &str, number: u64, time_ms: i64, figures: &[(&str, i64)]) -> (NodeKey, Beacon) {
        let figures = figures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let version = "0.1.0".to_owned();
        (self.key(of), Beacon { number, time_ms, version, addresses: Vec::new(), figures })
    }
}
