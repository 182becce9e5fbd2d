//! Receipts, beacons and statements.

use charter::{Act, Body, Cut, Request, Statement, Subject, roster_scope};
use fuzz::world::{SCOPES, WORLD, policy, request, secret};
use identity::{Class, Coordinate, Domain, OfficeId, Signed, StatementHash};
use serde::{Serialize, de::DeserializeOwned};
use sync::Receipt;

use crate::{Seed, seed, wire::beacon};

/// As it comes, with a broken signature, and signed by the target.
fn three<T: Serialize + DeserializeOwned>(domain: Domain, value: &T) -> Vec<Seed> {
    let good = postcard::to_stdvec(&Signed::new(&secret("kemendesa"), domain, value)).unwrap();
    let mut broken = good.clone();
    *broken.last_mut().unwrap() ^= 1;
    vec![
        seed("good", 0, &good),
        seed("broken signature", 0, &broken),
        seed("signed here", 1, &postcard::to_stdvec(value).unwrap()),
        seed("malformed", 1, &[0xff; 20]),
        seed("nothing", 0, &[1, 2, 3]),
    ]
}

pub(crate) fn receipts() -> Vec<Seed> {
    let run = &WORLD.runs[0];
    let points = vec![(run.journal().into(), run.last())];
    three(Domain::Receipt, &Receipt { scope: run.journal().scope.clone(), number: 9, time_ms: -1, points })
}

pub(crate) fn beacons() -> Vec<Seed> {
    let mut seeds = three(Domain::Beacon, &beacon());
    let mut long = beacon();
    long.version = "1".repeat(1100);
    seeds.push(seed("too long", 1, &postcard::to_stdvec(&long).unwrap()));
    seeds
}

pub(crate) fn statements() -> Vec<Seed> {
    let said = |body| Statement { network: Some(WORLD.network), body };
    let mut seeds = three(Domain::Statement, &said(Body::Adopt { statements: hashes(1) }));
    seeds.push(seed("found", 1, &WORLD.draft.statement.encode()));
    for (name, body) in bodies() {
        seeds.push(seed(name, 1, &said(body).encode()));
    }
    let wrong = [
        ("too many", Body::Rename { office: WORLD.lead, name: "x".to_owned(), cites: hashes(65) }),
        ("no set", Body::Adopt { statements: Vec::new() }),
        ("twice", Body::Adopt { statements: [hashes(1), hashes(1)].concat() }),
        ("no name", Body::Rename { office: WORLD.lead, name: " ".to_owned(), cites: Vec::new() }),
        ("succeeds itself", Body::Succeed { from: vec![WORLD.lead], to: WORLD.lead }),
    ];
    for (name, body) in wrong {
        seeds.push(seed(name, 1, &said(body).encode()));
    }
    let nowhere = Statement { network: None, body: Body::Adopt { statements: hashes(1) } };
    seeds.push(seed("in no network", 1, &nowhere.encode()));
    let subject = |kind: &str, region: &str| Subject::NewOffice {
        name: "Desa Kuripan".to_owned(),
        kind: kind.parse().unwrap(),
        region: region.parse().unwrap(),
    };
    let asked = |subject| {
        let request = Request { seal_key: secret("kuripan").seal_key(), practice: false, nonce: [2; 16], subject };
        postcard::to_stdvec(&request).unwrap()
    };
    seeds.push(seed("request", 2, &asked(subject("village", "33.07.10.2004"))));
    seeds.push(seed("request of a further node", 2, &asked(Subject::FurtherNode { office: WORLD.lead })));
    seeds.push(seed("request of another region", 2, &asked(subject("village", "id"))));
    seeds.push(seed("request too large", 2, &[1; 600]));
    seeds.push(seed("malformed request", 2, &[0xff; 20]));
    seeds
}

fn hashes(count: u8) -> Vec<StatementHash> {
    (0..count).map(|n| StatementHash([n; 32])).collect()
}

/// One of each, beside the founding.
pub(crate) fn bodies() -> Vec<(&'static str, Body)> {
    let (scope, office) = (SCOPES[3].parse().unwrap(), WORLD.lead);
    let run = WORLD.runs.iter().find(|run| run.journal().scope == scope).unwrap();
    let node = run.journal().node;
    let at = vec![Cut { incarnation: run.journal().incarnation, at: Some(run.last()) }];
    let documents = vec![Coordinate { journal: run.journal().clone(), seq: 1 }];
    let case = roster_scope(Class::Case, secret("kemnaker").node_key(), [5; 16]).unwrap();
    let (ground, reason) = (|| "UU 27/2022".to_owned(), || "hilang".to_owned());
    let act = |act| Body::Majority { founder_set_version: 1, act, nonce: [8; 16] };
    vec![
        ("admit", Body::Admit { request: request("stranger", "village", "33.07.10.2001") }),
        ("remove", Body::Remove { node, reason: reason(), keep: hashes(2) }),
        ("cut-off", Body::CutOff { node, scope: scope.clone(), at: at.clone(), cites: hashes(1), void: true }),
        ("rename", Body::Rename { office, name: "Kemenaker".to_owned(), cites: hashes(1) }),
        ("succeed", Body::Succeed { from: vec![office], to: OfficeId([9; 16]) }),
        (
            "roster",
            Body::Roster {
                scope: case,
                opening: Some([5; 16]),
                keeper: office,
                members: vec![office],
                cites: Vec::new(),
            },
        ),
        ("erase", Body::Erase { scope: scope.clone(), documents: documents.clone(), ground: ground(), deadline: 1 }),
        ("suspend", Body::Suspend { scope: scope.clone(), documents, ground: ground() }),
        ("lift", Body::Lift { scope: scope.clone(), suspensions: hashes(1), ground: ground() }),
        ("act add founder", act(Act::AddFounder { request: request("kuripan", "village", "33.07.10.2004") })),
        ("act remove founder", act(Act::RemoveFounder { office, keep: hashes(1) })),
        ("act policy", act(Act::SetPolicy(policy()))),
        ("act remove node", act(Act::RemoveNode { node, reason: reason(), keep: Vec::new() })),
        ("act cut-off", act(Act::CutOff { node, scope, at, void: false })),
    ]
}
