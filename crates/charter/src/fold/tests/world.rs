//! A programme of offices with names, for stories.

use std::{collections::BTreeMap, sync::LazyLock};

use identity::{
    Incarnation, JournalId, NetworkId, NodeKey, NodeSecret, OfficeId, Point, ScopeName, Signed, StatementHash,
};

use crate::{
    Act, Body, Charter, CheckedStatement, Cut, Effect, Policy, Request, Standing, Statement, StatementSet, Subject,
    VoidReason, founding, office_id,
};

pub(super) const MINISTRIES: [&str; 8] =
    ["kemnaker", "kemenpar", "kemenkes", "kemenpora", "kemenbumn", "kemenkopukm", "kemenkominfo", "kemendesa"];

pub(super) const IDENTITY: &str = "identity/33.07.10.2004";
pub(super) const PARTICIPATION: &str = "participation/33.07.10.2004";

#[derive(Clone)]
pub(super) struct World {
    seed: u8,
    pub(super) set: StatementSet,
    pub(super) network: NetworkId,
    pub(super) practice: bool,
    nonce: u8,
    offices: BTreeMap<String, OfficeId>,
}

/// Tells a story under several sets of keys.
pub(super) fn each(story: impl Fn(World)) {
    static PROGRAMMES: LazyLock<Vec<World>> = LazyLock::new(|| (0..6).map(World::programme).collect());
    for world in PROGRAMMES.iter() {
        story(world.clone());
    }
}

impl World {
    pub(super) fn new(seed: u8) -> Self {
        Self {
            seed,
            set: StatementSet::new(),
            network: NetworkId([0; 32]),
            practice: false,
            nonce: 0,
            offices: BTreeMap::new(),
        }
    }

    /// Eight ministries, Jawa Tengah, Wonosobo, a BP3TKI office, and Desa Kuripan with its namesake.
    pub(super) fn programme(seed: u8) -> Self {
        let mut world = Self::new(seed);
        world.found(&MINISTRIES);
        world.admit("kemnaker", "jateng", "province", "33");
        world.admit("kemnaker", "bp3tki", "agency", "33");
        world.admit("jateng", "wonosobo", "regency", "33.07");
        world.admit("wonosobo", "kuripan", "village", "33.07.10.2004");
        world.admit("wonosobo", "garung", "village", "33.07.12.2007");
        world
    }

    pub(super) fn secret(&self, name: &str) -> NodeSecret {
        NodeSecret::from_seed(*blake3::hash(format!("{} {name}", self.seed).as_bytes()).as_bytes())
    }

    pub(super) fn key(&self, name: &str) -> NodeKey {
        self.secret(name).node_key()
    }

    pub(super) fn office(&self, name: &str) -> OfficeId {
        self.offices[name]
    }

    pub(super) fn rename_office(&mut self, name: &str, office: OfficeId) {
        self.offices.insert(name.to_owned(), office);
    }

    pub(super) fn nonce(&mut self) -> [u8; 16] {
        self.nonce = self.nonce.wrapping_add(1);
        [self.nonce; 16]
    }

    pub(super) fn request(&mut self, name: &str, kind: &str, region: &str) -> Signed<Request> {
        let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
        let subject = Subject::NewOffice { name: name.to_owned(), kind, region };
        let secret = self.secret(name);
        let request = Request { seal_key: secret.seal_key(), practice: self.practice, nonce: [self.seed; 16], subject };
        let signed = request.sign(&secret).unwrap();
        self.offices.insert(name.to_owned(), office_id(&signed, &request));
        signed
    }

    pub(super) fn further_request(&mut self, name: &str, office: &str) -> Signed<Request> {
        let office = self.office(office);
        let secret = self.secret(name);
        let subject = Subject::FurtherNode { office };
        let request = Request { seal_key: secret.seal_key(), practice: self.practice, nonce: [self.seed; 16], subject };
        self.offices.insert(name.to_owned(), office);
        request.sign(&secret).unwrap()
    }

    pub(super) fn draft_founding(&mut self, founders: &[&str]) -> Statement {
        let requests: Vec<_> = founders.iter().map(|name| self.request(name, "ministry", "id")).collect();
        let policy = Policy::default_programme(self.office(founders[0]));
        let (statement, network) = founding(self.practice, requests, policy, [self.seed; 16]).unwrap();
        self.network = network;
        statement
    }

    pub(super) fn found(&mut self, founders: &[&str]) {
        let statement = self.draft_founding(founders);
        for name in founders {
            self.set.insert(statement.signed_by(&self.secret(name)).unwrap()).unwrap();
        }
    }

    pub(super) fn say(&mut self, name: &str, body: Body) -> StatementHash {
        let signed = Statement::sign(&self.secret(name), self.network, body).unwrap();
        let checked = CheckedStatement::check(signed).unwrap();
        let hash = checked.hash();
        self.set.insert_checked(checked);
        hash
    }

    pub(super) fn admit(&mut self, sponsor: &str, name: &str, kind: &str, region: &str) -> StatementHash {
        let request = self.request(name, kind, region);
        self.say(sponsor, Body::Admit { request })
    }

    pub(super) fn further(&mut self, sponsor: &str, name: &str, office: &str) -> StatementHash {
        let request = self.further_request(name, office);
        self.say(sponsor, Body::Admit { request })
    }

    pub(super) fn remove(&mut self, by: &str, node: &str, keep: &[StatementHash]) -> StatementHash {
        let node = self.key(node);
        self.say(by, Body::Remove { node, reason: "laptop hilang".to_owned(), keep: keep.to_vec() })
    }

    pub(super) fn adopt(&mut self, by: &str, statements: &[StatementHash]) -> StatementHash {
        self.say(by, Body::Adopt { statements: statements.to_vec() })
    }

    pub(super) fn cut_off(
        &mut self,
        by: &str,
        node: &str,
        scope: &str,
        at: &[Cut],
        cites: &[StatementHash],
    ) -> StatementHash {
        let (node, scope) = (self.key(node), scope.parse().unwrap());
        self.say(by, Body::CutOff { node, scope, at: at.to_vec(), cites: cites.to_vec(), void: false })
    }

    pub(super) fn vote(&mut self, founders: &[&str], founder_set_version: u32, act: &Act) -> Vec<StatementHash> {
        let nonce = self.nonce();
        let body = Body::Majority { founder_set_version, act: act.clone(), nonce };
        founders.iter().map(|name| self.say(name, body.clone())).collect()
    }

    pub(super) fn charter(&self) -> Charter {
        Charter::fold(&self.set, self.network)
    }

    pub(super) fn effect(&self, hash: StatementHash) -> Effect {
        self.charter().effect(&hash).unwrap()
    }

    pub(super) fn expect(&self, hash: StatementHash, effect: Effect) {
        assert_eq!(self.effect(hash), effect, "{:?}", self.set.get(&hash).unwrap());
    }

    pub(super) fn expect_counts(&self, hash: StatementHash) {
        self.expect(hash, Effect::Counts);
    }

    pub(super) fn expect_void(&self, hash: StatementHash, reason: VoidReason) {
        self.expect(hash, Effect::Void(reason));
    }

    pub(super) fn is_active(&self, name: &str) -> bool {
        self.charter().is_active(&self.key(name))
    }

    pub(super) fn standing(&self, node: &str, scope: &str, incarnation: u8) -> Standing {
        let scope: ScopeName = scope.parse().unwrap();
        let journal = JournalId { scope, node: self.key(node), incarnation: Incarnation([incarnation; 8]) };
        self.charter().standing(&journal)
    }
}

/// A journal cut at an entry.
pub(super) fn cut(incarnation: u8, seq: u64) -> Cut {
    Cut { incarnation: Incarnation([incarnation; 8]), at: Some(point(seq)) }
}

pub(super) fn point(seq: u64) -> Point {
    Point { seq, hash: identity::EntryHash([seq as u8; 32]) }
}
