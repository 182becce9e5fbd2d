//! The same set gives the same charter, and nobody reaches above their rank, over random and hostile sets.

use std::collections::{BTreeMap, BTreeSet};

use identity::{
    Coordinate, Incarnation, JournalId, NodeKey, OfficeId, ScopeName, SealKey, Signature, Signed, StatementHash,
};
use proptest::{prelude::*, sample::Index, test_runner::Config};

use super::{
    World,
    world::{IDENTITY, MINISTRIES, PARTICIPATION, cut},
};
use crate::{
    Act, Body, Charter, CheckedStatement, NodeState, Policy, Request, Statement, StatementSet, Subject, roster_scope,
};

/// Who may turn up in a random set: the programme, siblings, and offices that somebody may admit.
const OTHERS: [&str; 14] = [
    "jateng",
    "jateng-2",
    "bp3tki",
    "wonosobo",
    "wonosobo-2",
    "kuripan",
    "kuripan-2",
    "kuripan-3",
    "garung",
    "jatim",
    "malang",
    "bp2mi",
    "kemnaker-2",
    "kemenkes-2",
];

fn actors() -> Vec<&'static str> {
    MINISTRIES.into_iter().chain(OTHERS).collect()
}

/// One random thing that is said: by whom, of what sort, about whom, naming what.
#[derive(Debug, Clone)]
struct Move {
    by: Index,
    sort: u8,
    about: Index,
    names: Vec<Index>,
    number: u8,
}

fn moves(count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<Move>> {
    let one = (any::<Index>(), any::<u8>(), any::<Index>(), prop::collection::vec(any::<Index>(), 0..4), any::<u8>());
    let one = one.prop_map(|(by, sort, about, names, number)| Move { by, sort, about, names, number });
    prop::collection::vec(one, count)
}

/// Carries out a move in a world: authority is nobody's concern here, the fold is to sort it out.
fn carry_out(w: &mut World, m: &Move, by: &str) {
    let about = *m.about.get(&actors());
    let known: Vec<StatementHash> = w.set.iter().map(CheckedStatement::hash).collect();
    let some: BTreeSet<StatementHash> = m.names.iter().map(|index| *index.get(&known)).collect();
    let some: Vec<StatementHash> = some.into_iter().collect();
    let scope: ScopeName = if m.number.is_multiple_of(2) { IDENTITY } else { PARTICIPATION }.parse().unwrap();
    let at = vec![cut(m.number % 3, u64::from(m.number % 7) + 1)];
    let own_case = roster_scope(identity::Class::Case, w.key(by), [1; 16]).unwrap();
    let members: Vec<OfficeId> =
        [by, about].iter().map(|name| w.office(name)).collect::<BTreeSet<_>>().into_iter().collect();
    let document = Coordinate {
        journal: JournalId { scope: scope.clone(), node: w.key(about), incarnation: Incarnation([1; 8]) },
        seq: u64::from(m.number % 4) + 1,
    };
    let body = match m.sort % 14 {
        0 | 1 => Body::Admit { request: w.further_request_again(about) },
        2 | 3 => Body::Admit { request: w.request_again(about) },
        4 | 5 => Body::Remove { node: w.key(about), reason: String::new(), keep: some },
        6 | 7 if some.is_empty() => return,
        6 | 7 => Body::Adopt { statements: some },
        8 => Body::CutOff { node: w.key(about), scope, at, cites: some, void: false },
        9 => Body::Rename { office: w.office(about), name: format!("{by} {}", m.number), cites: some },
        10 => Body::Roster {
            scope: own_case,
            opening: some.is_empty().then_some([1; 16]),
            keeper: w.office(by),
            members,
            cites: some,
        },
        11 => Body::Erase { scope, documents: vec![document], ground: "uji".to_owned(), deadline: m.number.into() },
        12 => Body::Suspend { scope, documents: vec![document], ground: "uji".to_owned() },
        _ => {
            // Votes come in numbers, or no act would ever stand; some founders vote twice.
            let act = match m.number % 5 {
                0 => Act::RemoveFounder { office: w.office(about), keep: some },
                1 => Act::SetPolicy(Policy::default_programme(w.office(about))),
                2 => Act::AddFounder { request: w.request_again(about) },
                3 => Act::RemoveNode { node: w.key(about), reason: String::new(), keep: some },
                _ => Act::CutOff { node: w.key(about), scope, at, void: false },
            };
            let first = usize::from(m.number) % 4;
            let version = u32::from(m.number / 5 % 3) + 1;
            let mut voters = MINISTRIES[first..first + 3 + m.names.len().min(2)].to_vec();
            if m.number.is_multiple_of(2) {
                voters[0] = "kemenkes-2";
            }
            w.vote(&voters, version, &act);
            return;
        }
    };
    w.say(by, body);
}

impl World {
    fn home(name: &str) -> (&'static str, &'static str) {
        match name.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit()) {
            "jateng" => ("province", "33"),
            "jatim" => ("province", "35"),
            "wonosobo" => ("regency", "33.07"),
            "malang" => ("regency", "35.07"),
            "bp3tki" => ("agency", "33"),
            "kuripan" => ("village", "33.07.10.2004"),
            "garung" => ("village", "33.07.12.2007"),
            _ => ("ministry", "id"),
        }
    }

    fn request_again(&mut self, name: &str) -> Signed<Request> {
        let (kind, region) = Self::home(name);
        let known = self.office(name);
        let request = self.request(name, kind, region);
        self.rename_office(name, known);
        request
    }

    fn further_request_again(&mut self, name: &str) -> Signed<Request> {
        let first = name.split_once('-').map_or(name, |(first, _)| first).to_owned();
        self.further_request(name, &first)
    }

    fn with_everybody(seed: u8) -> Self {
        let mut world = World::programme(seed);
        for name in ["jatim", "malang", "bp2mi"] {
            let (kind, region) = Self::home(name);
            world.request(name, kind, region);
        }
        for name in ["jateng-2", "wonosobo-2", "kuripan-2", "kuripan-3", "kemnaker-2", "kemenkes-2"] {
            world.further_request_again(name);
        }
        world
    }
}

fn random_world(seed: u8, moves: &[Move]) -> World {
    let mut world = World::with_everybody(seed);
    for m in moves {
        let by = *m.by.get(&actors());
        carry_out(&mut world, m, by);
    }
    world
}

/// What the charter says of rights, without the reasons for what has none and without what fell.
#[derive(Debug, PartialEq)]
struct Rights {
    nodes: BTreeMap<NodeKey, (OfficeId, bool)>,
    offices: BTreeMap<OfficeId, (String, bool)>,
    reads: BTreeSet<(NodeKey, ScopeName)>,
    standings: Vec<String>,
    orders: usize,
    version: u32,
}

fn rights(w: &World, charter: &Charter) -> Rights {
    let scopes: Vec<ScopeName> = [IDENTITY, PARTICIPATION, "coordination/id", "board/33.07"]
        .iter()
        .map(|scope| scope.parse().unwrap())
        .chain(actors().iter().filter_map(|name| roster_scope(identity::Class::Case, w.key(name), [1; 16])))
        .collect();
    let standing = || charter.nodes().filter(|node| node.state != NodeState::Fallen);
    let journals = standing().flat_map(|node| {
        scopes.iter().flat_map(move |scope| {
            (0..3).map(move |n| JournalId { scope: scope.clone(), node: node.key, incarnation: Incarnation([n; 8]) })
        })
    });
    Rights {
        nodes: standing().map(|node| (node.key, (node.office, node.state == NodeState::Active))).collect(),
        offices: charter.offices().map(|office| (office.id, (office.name.clone(), office.is_founder()))).collect(),
        reads: charter
            .nodes()
            .flat_map(|node| scopes.iter().map(move |scope| (node.key, scope.clone())))
            .filter(|(node, scope)| charter.may_read(node, scope))
            .collect(),
        standings: journals.map(|journal| format!("{journal} {:?}", charter.standing(&journal))).collect(),
        orders: charter.erased.values().chain(charter.suspended.values()).map(BTreeMap::len).sum(),
        version: charter.founder_set_version(),
    }
}

proptest! {
    #![proptest_config(Config { cases: 100, failure_persistence: None, ..Config::default() })]

    /// 100 random sets, each folded from 100 random orders, split over a random number of nodes that then unite.
    #[test]
    fn the_same_set_in_any_order_and_by_any_road_gives_the_same_charter(
        seed in 0_u8..4,
        moves in moves(10..60),
        orders in prop::collection::vec((any::<u64>(), 1_usize..6), 100),
    ) {
        let world = random_world(seed, &moves);
        let expected = world.charter();
        let mut statements: Vec<CheckedStatement> = world.set.iter().cloned().collect();
        for (shuffle, parts) in orders {
            let mut state = shuffle;
            for last in (1..statements.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                statements.swap(last, (state >> 33) as usize % (last + 1));
            }
            let mut sets = vec![StatementSet::new(); parts];
            for (at, statement) in statements.iter().enumerate() {
                sets[at % parts].insert_checked(statement.clone());
            }
            let mut whole = StatementSet::new();
            sets.iter().for_each(|set| whole.union(set));
            prop_assert_eq!(whole.fingerprint(|_| true), world.set.fingerprint(|_| true));
            prop_assert!(Charter::fold(&whole, world.network) == expected);
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    /// Whatever a thief says with a key that was removed, and says for any time, changes nobody's rights, save who reads a
    /// scope that the key itself once opened; and nothing of the thief's is taken in there either.
    #[test]
    fn a_removed_key_changes_nothing_any_more(
        seed in 0_u8..4,
        before in moves(0..40),
        thief in prop::sample::select(vec!["jateng", "wonosobo", "kuripan", "bp3tki", "garung"]),
        after in moves(1..30),
    ) {
        let mut world = random_world(seed, &before);
        world.remove("kemenbumn", thief, &[]);
        world.remove("kemenpora", thief, &[]);
        let charter = world.charter();
        prop_assume!(charter.node(&world.key(thief)).is_some_and(|node| matches!(node.state, NodeState::Removed { .. })));
        let own = roster_scope(identity::Class::Case, world.key(thief), [1; 16]).unwrap();
        let elsewhere = |world: &World| {
            let mut rights = rights(world, &world.charter());
            rights.reads.retain(|(_, scope)| *scope != own);
            rights.standings.retain(|standing| !standing.contains(own.as_str()));
            rights
        };
        let expected = elsewhere(&world);
        for m in after.iter().filter(|m| m.sort % 14 != 13) {
            carry_out(&mut world, m, thief);
        }
        prop_assert_eq!(elsewhere(&world), expected);
        let journal = JournalId { scope: own, node: world.key(thief), incarnation: Incarnation([1; 8]) };
        prop_assert_ne!(world.charter().standing(&journal), crate::Standing::Open);
    }

    /// What offices of the lowest rank say moves nobody else.
    #[test]
    fn villages_and_agencies_move_no_other_office(
        seed in 0_u8..4,
        before in moves(0..40),
        who in prop::sample::select(vec!["kuripan", "bp3tki", "garung", "kuripan-2"]),
        after in moves(1..30),
    ) {
        let world = random_world(seed, &before);
        let charter = world.charter();
        let own: Vec<OfficeId> = charter.node(&world.key(who)).map(|node| node.office).into_iter().collect();
        // A founder speaks over others, and so may one that became a founder by an act.
        prop_assume!(own.iter().all(|id| charter.office(id).is_some_and(|office| !office.is_founder())));
        let others = |charter: &Charter| -> BTreeMap<NodeKey, (OfficeId, bool)> {
            let mut nodes = rights(&world, charter).nodes;
            nodes.retain(|_, (office, _)| !own.contains(office));
            nodes
        };
        let expected = others(&charter);
        let mut then = world.clone();
        for m in after.iter().filter(|m| m.sort % 14 != 13) {
            carry_out(&mut then, m, who);
        }
        prop_assert_eq!(others(&then.charter()), expected);
    }

    /// With nothing but the founding, a proof is enough to admit its node.
    #[test]
    fn every_proof_of_an_admission_proves_it(seed in 0_u8..4, moves in moves(0..60)) {
        let world = random_world(seed, &moves);
        let charter = world.charter();
        for node in charter.nodes().filter(|node| node.state != NodeState::Fallen) {
            let proof = charter.admission_proof(&node.key).unwrap();
            let mut set = StatementSet::new();
            for hash in charter.founding().iter().chain(&proof) {
                set.insert_checked(world.set.get(hash).unwrap().clone());
            }
            let alone = Charter::fold(&set, world.network);
            prop_assert_eq!(alone.node(&node.key).map(|node| node.office), Some(node.office));
        }
    }

    #[test]
    fn no_bytes_bring_down_a_decoder(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let signed: Signed<Statement> = Signed::from_parts(NodeKey([1; 32]), bytes.clone().into(), Signature([0; 64]));
        let _ = CheckedStatement::trust(signed.clone());
        prop_assert!(CheckedStatement::check(signed).is_err());
        prop_assert!(crate::file::read::<crate::file::Invite>(&bytes).is_err());
    }
}

/// A set as large as the country: its fold must not grow with the square of the offices.
#[test]
fn every_village_of_the_country_folds() {
    const VILLAGES: u32 = 83_763;
    let mut w = World::new(0);
    w.found(&["kemnaker"]);
    let admit = |sponsor: NodeKey, key: NodeKey, name: &str, kind: &str, region: String| {
        let subject =
            Subject::NewOffice { name: name.to_owned(), kind: kind.parse().unwrap(), region: region.parse().unwrap() };
        let request = Request { seal_key: SealKey(key.0), practice: false, nonce: [0; 16], subject };
        let unsigned = Signature([0; 64]);
        let bytes = identity_bytes(&request);
        let request = Signed::from_parts(key, bytes.into(), unsigned);
        let statement = Statement { network: Some(w.network), body: Body::Admit { request } };
        CheckedStatement::trust(Signed::from_parts(sponsor, statement.encode().into(), unsigned)).unwrap()
    };
    let key = |kind: u8, n: u32| NodeKey(*blake3::hash(&[&[kind][..], &n.to_be_bytes()].concat()).as_bytes());
    let mut set = w.set.clone();
    for province in 0..38 {
        let code = format!("{:02}", province + 11);
        set.insert_checked(admit(w.key("kemnaker"), key(1, province), "Provinsi", "province", code));
    }
    for regency in 0..514 {
        let (province, n) = (regency % 38, regency / 38 + 1);
        let code = format!("{:02}.{n:02}", province + 11);
        set.insert_checked(admit(key(1, province), key(2, regency), "Kabupaten", "regency", code));
    }
    for village in 0..VILLAGES {
        let (regency, n) = (village % 514, village / 514);
        let code = format!("{:02}.{:02}.01.{:04}", regency % 38 + 11, regency / 38 + 1, n + 1000);
        set.insert_checked(admit(key(2, regency), key(3, village), "Desa", "village", code));
    }
    let charter = Charter::fold(&set, w.network);
    assert_eq!(charter.offices().count(), 1 + 38 + 514 + 83_763);
    let village = charter.node(&key(3, 4711)).unwrap();
    assert_eq!(charter.above(&village.office).len(), 3);
    assert_eq!(charter.admission_proof(&village.key).unwrap().len(), 3);
}

fn identity_bytes(request: &Request) -> Vec<u8> {
    postcard::to_stdvec(request).unwrap()
}
