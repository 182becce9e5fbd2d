//! The programme's offices, their keys and what they say.

use std::{collections::BTreeMap, sync::Arc};

use charter::{Act, Body, CheckedStatement, Policy, Request, Statement, StatementSet, Subject, founding, office_id};
use identity::{NetworkId, NodeKey, NodeSecret, OfficeId, Signed};

pub(crate) const MINISTRIES: [&str; 8] =
    ["kemnaker", "kemenpar", "kemenkes", "kemenpora", "kemenbumn", "kemenkopukm", "kemenkominfo", "kemendesa"];

/// Name, kind, region, sponsor.
pub(crate) const OTHERS: [(&str, &str, &str, &str); 14] = [
    ("jateng", "province", "33", "kemnaker"),
    ("diy", "province", "34", "kemnaker"),
    ("bp3tki", "agency", "33", "kemnaker"),
    ("wonosobo", "regency", "33.07", "jateng"),
    ("magelang", "regency", "33.08", "jateng"),
    ("sleman", "regency", "34.04", "diy"),
    ("kuripan", "village", "33.07.10.2004", "wonosobo"),
    ("garung", "village", "33.07.12.2007", "wonosobo"),
    ("watumalang", "village", "33.07.10.2001", "wonosobo"),
    ("kalibawang", "village", "33.07.15.2003", "wonosobo"),
    ("borobudur", "village", "33.08.08.2002", "magelang"),
    ("salaman", "village", "33.08.01.2005", "magelang"),
    ("turi", "village", "34.04.15.2001", "sleman"),
    ("pakem", "village", "34.04.16.2002", "sleman"),
];

/// All of them.
pub(crate) fn everybody() -> Vec<&'static str> {
    MINISTRIES.into_iter().chain(OTHERS.map(|(name, ..)| name)).collect()
}

/// Who knows whom: pairs of nodes with a road between them.
pub(crate) fn roads() -> Vec<(String, String)> {
    let mut roads = Vec::new();
    let mut road = |a: &str, b: &str| roads.push((a.to_owned(), b.to_owned()));
    for (index, a) in MINISTRIES.iter().enumerate() {
        MINISTRIES[index + 1..].iter().for_each(|b| road(a, b));
    }
    for (name, .., sponsor) in OTHERS {
        road(name, sponsor);
    }
    road("jateng", "kemenpar");
    road("diy", "kemendesa");
    road("bp3tki", "jateng");
    // A second way for some.
    road("kuripan", "jateng");
    road("turi", "diy");
    roads
}

/// The offices, and everything that was said at the beginning.
pub(crate) struct World {
    seed: u64,
    pub(crate) network: NetworkId,
    pub(crate) statements: StatementSet,
    offices: BTreeMap<String, OfficeId>,
    nonce: u8,
    /// Rights were taken away in this run: what was on its way may still arrive.
    pub(crate) policy_changed: bool,
}

impl World {
    /// Eight ministries and fourteen others, founded and admitted.
    pub(crate) fn programme(seed: u64) -> Self {
        let mut world = Self {
            seed,
            network: NetworkId([0; 32]),
            statements: StatementSet::new(),
            offices: BTreeMap::new(),
            nonce: 0,
            policy_changed: false,
        };
        let requests: Vec<_> = MINISTRIES.iter().map(|name| world.request(name, "ministry", "id")).collect();
        let policy = Policy::default_programme(world.offices["kemnaker"]);
        let (statement, network) = founding(false, requests, policy, [7; 16]).unwrap();
        world.network = network;
        for name in MINISTRIES {
            world.statements.insert(statement.signed_by(&world.secret(name)).unwrap()).unwrap();
        }
        for (name, kind, region, sponsor) in OTHERS {
            let request = world.request(name, kind, region);
            let said = world.said(sponsor, Body::Admit { request });
            world.statements.insert_checked(said);
        }
        world
    }

    /// What an office knows before it has spoken to anybody: the founding, the way down to it, and whom it admitted.
    pub(crate) fn known_on_the_first_day(&self, name: &str) -> StatementSet {
        let mut way = vec![name];
        while let Some((.., sponsor)) = OTHERS.iter().find(|(of, ..)| way.last() == Some(of)) {
            way.push(sponsor);
        }
        let on_the_way: Vec<NodeKey> = way.iter().map(|office| self.key(office)).collect();
        let mut known = StatementSet::new();
        for said in self.statements.iter() {
            let knows = match &said.statement().body {
                Body::Admit { request } => said.author() == on_the_way[0] || on_the_way.contains(&request.author),
                _ => true,
            };
            if knows {
                known.insert_checked(said.clone());
            }
        }
        known
    }

    pub(crate) fn secret(&self, name: &str) -> Arc<NodeSecret> {
        Arc::new(NodeSecret::from_seed(*blake3::hash(format!("{} {name}", self.seed).as_bytes()).as_bytes()))
    }

    pub(crate) fn key(&self, name: &str) -> NodeKey {
        self.secret(name).node_key()
    }

    pub(crate) fn office(&self, name: &str) -> OfficeId {
        self.offices[name]
    }

    fn signed(&mut self, name: &str, subject: Subject) -> Signed<Request> {
        let secret = self.secret(name);
        let request = Request { seal_key: secret.seal_key(), practice: false, nonce: [1; 16], subject };
        let signed = request.sign(&secret).unwrap();
        self.offices.insert(name.to_owned(), office_id(&signed, &request));
        signed
    }

    /// A new office's request.
    pub(crate) fn request(&mut self, name: &str, kind: &str, region: &str) -> Signed<Request> {
        let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
        self.signed(name, Subject::NewOffice { name: name.to_owned(), kind, region })
    }

    /// What somebody says.
    pub(crate) fn said(&self, name: &str, body: Body) -> CheckedStatement {
        CheckedStatement::check(Statement::sign(&self.secret(name), self.network, body).unwrap()).unwrap()
    }

    /// Five founders set a policy.
    pub(crate) fn votes(&mut self, founder_set_version: u32, act: &Act) -> Vec<(String, CheckedStatement)> {
        self.nonce += 1;
        self.policy_changed = true;
        let body = Body::Majority { founder_set_version, act: act.clone(), nonce: [self.nonce; 16] };
        MINISTRIES[..5].iter().map(|name| ((*name).to_owned(), self.said(name, body.clone()))).collect()
    }
}
