//! The programme's offices, their keys and what they say.

use std::{collections::BTreeMap, sync::Arc};

use charter::{Body, CheckedStatement, Policy, Request, Statement, StatementSet, Subject, founding, office_id};
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

/// How many nodes the programme's own network has.
pub(crate) const PROGRAMME_NODES: usize = MINISTRIES.len() + OTHERS.len();

/// Of 641 offices beside the ministries, how many are provinces, agencies and regencies; the rest are villages.
const SHARES: [(&str, usize); 3] = [("province", 12), ("agency", 19), ("regency", 107)];
const SHARES_OF: usize = 641;

/// An office of the network.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) region: String,
    /// Who admitted it; a founder itself.
    pub(crate) sponsor: usize,
}

/// The offices, and everything that was said at the beginning.
pub(crate) struct World {
    seed: u64,
    pub(crate) network: NetworkId,
    pub(crate) statements: StatementSet,
    pub(crate) places: Vec<Place>,
    offices: BTreeMap<String, OfficeId>,
    #[cfg(test)]
    nonce: u8,
    /// Rights were taken away in this run: what was on its way may still arrive.
    pub(crate) policy_changed: bool,
}

/// The ministries and the fourteen offices of the programme's own network.
fn programme() -> Vec<Place> {
    let mut places = ministries();
    for (name, kind, region, sponsor) in OTHERS {
        let sponsor = places.iter().position(|place| place.name == sponsor).unwrap();
        places.push(Place { name: name.to_owned(), kind, region: region.to_owned(), sponsor });
    }
    places
}

fn ministries() -> Vec<Place> {
    let ministry = |(index, name): (usize, &&str)| Place {
        name: (*name).to_owned(),
        kind: "ministry",
        region: "id".to_owned(),
        sponsor: index,
    };
    MINISTRIES.iter().enumerate().map(ministry).collect()
}

/// A tree of this many nodes, in the proportions of the whole programme.
fn tree(nodes: usize) -> Vec<Place> {
    let mut places = ministries();
    let others = nodes.saturating_sub(places.len()).max(4);
    let [provinces, agencies, regencies] = SHARES.map(|(_, share)| (others * share / SHARES_OF).max(1));
    for number in 0..provinces {
        let region = format!("{}", 11 + number);
        places.push(Place { name: format!("province {region}"), kind: "province", region, sponsor: 0 });
    }
    for number in 0..agencies {
        let region = format!("{}", 11 + number % provinces);
        places.push(Place { name: format!("agency {number}"), kind: "agency", region, sponsor: 0 });
    }
    let first = MINISTRIES.len();
    for number in 0..regencies {
        let (province, number) = (number % provinces, number / provinces);
        let region = format!("{}.{:02}", places[first + province].region, 1 + number);
        places.push(Place { name: format!("regency {region}"), kind: "regency", region, sponsor: first + province });
    }
    let first = first + provinces + agencies;
    for number in 0..others.saturating_sub(provinces + agencies + regencies) {
        let (regency, number) = (number % regencies, number / regencies);
        let region = format!("{}.{:02}.{:04}", places[first + regency].region, 1 + number / 20, 2001 + number % 20);
        places.push(Place { name: format!("village {region}"), kind: "village", region, sponsor: first + regency });
    }
    places
}

impl World {
    /// A network of this many nodes: the programme's own, or a tree like the whole programme's.
    pub(crate) fn of(seed: u64, nodes: usize) -> Self {
        let mut world = Self {
            seed,
            network: NetworkId([0; 32]),
            statements: StatementSet::new(),
            places: if nodes == PROGRAMME_NODES { programme() } else { tree(nodes) },
            offices: BTreeMap::new(),
            #[cfg(test)]
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
        for place in world.places.clone().into_iter().skip(MINISTRIES.len()) {
            let request = world.request(&place.name, place.kind, &place.region);
            let sponsor = world.places[place.sponsor].name.clone();
            let said = world.said(&sponsor, Body::Admit { request });
            world.statements.insert_checked(said);
        }
        world
    }

    /// Who calls whom: the ministries all of each other, everybody its sponsor, some a second way.
    pub(crate) fn roads(&self) -> Vec<(usize, usize)> {
        let ministries = MINISTRIES.len();
        let mut roads: Vec<(usize, usize)> =
            (0..ministries).flat_map(|a| (a + 1..ministries).map(move |b| (a, b))).collect();
        let above = |region: &str, kind: &str| {
            self.places.iter().position(|place| place.kind == kind && region.starts_with(&place.region))
        };
        for (index, place) in self.places.iter().enumerate().skip(ministries) {
            roads.push((index, place.sponsor));
            let second = match place.kind {
                "province" => Some(1 + index % (ministries - 1)),
                "agency" => above(&place.region, "province"),
                // Every fourth village.
                "village" if index % 4 == 2 => above(&place.region, "province"),
                _ => None,
            };
            roads.extend(second.map(|second| (index, second)));
        }
        roads
    }

    /// The villages within a region.
    pub(crate) fn villages<'a>(&'a self, within: &'a str) -> impl Iterator<Item = &'a Place> {
        let within = if within == "id" { "" } else { within };
        self.places.iter().filter(move |place| place.kind == "village" && place.region.starts_with(within))
    }

    pub(crate) fn place(&self, name: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.name == name)
    }

    pub(crate) fn sponsor(&self, name: &str) -> &str {
        let place = self.place(name).unwrap();
        &self.places[place.sponsor].name
    }

    /// What an office knows before it has spoken to anybody: the founding, the way down to it, and whom it admitted.
    pub(crate) fn known_on_the_first_day(&self, name: &str) -> StatementSet {
        let mut way = vec![self.place(name).unwrap()];
        while let Some(place) = way.last()
            && place.kind != "ministry"
        {
            way.push(&self.places[place.sponsor]);
        }
        let on_the_way: Vec<NodeKey> = way.iter().map(|place| self.key(&place.name)).collect();
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

    /// A request of a further node of an office.
    pub(crate) fn further(&mut self, name: &str, of: &str) -> Signed<Request> {
        let office = self.offices[of];
        self.signed(name, Subject::FurtherNode { office })
    }

    /// What somebody says.
    pub(crate) fn said(&self, name: &str, body: Body) -> CheckedStatement {
        CheckedStatement::check(Statement::sign(&self.secret(name), self.network, body).unwrap()).unwrap()
    }

    /// Five founders set a policy.
    #[cfg(test)]
    pub(crate) fn votes(&mut self, founder_set_version: u32, act: &charter::Act) -> Vec<(String, CheckedStatement)> {
        self.nonce += 1;
        self.policy_changed = true;
        let body = Body::Majority { founder_set_version, act: act.clone(), nonce: [self.nonce; 16] };
        MINISTRIES[..5].iter().map(|name| ((*name).to_owned(), self.said(name, body.clone()))).collect()
    }
}
