//! Frames, streams, and rows of things that happen to a replica.

use std::collections::BTreeMap;

use fuzz::{
    Ends,
    world::{NODES, SCOPES, WORLD, secret},
};
use identity::{Domain, Signed};
use journal::ForkProof;
use sync::{
    Beacon, Receipt,
    wire::{Blob, Decline, Fingerprint, Have, Hello, Message, NOTHING, Scopes, Set, Summary, VERSIONS, Want, encode},
};

use crate::{Seed, seed};

/// Wide bounds, and all bytes at once or nearly.
const WIDE: u8 = 0xfe;
const NARROW: u8 = 0xff;

pub(crate) fn frames() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = messages()
        .iter()
        .map(|message| seed(&format!("message {}", message.kind()), WIDE, &encode(message).concat()))
        .collect();
    let all: Vec<u8> = messages().iter().take(4).flat_map(|message| encode(message).concat()).collect();
    seeds.push(seed("several", 0, &all));
    let part = |kind: u8, length: u16| [&[kind], &length.to_le_bytes()[..], &vec![0; usize::from(length)]].concat();
    seeds.push(seed("unknown", WIDE, &part(0x5f, 0)));
    seeds.push(seed("passed over", WIDE, &part(0x60, 4)));
    seeds.push(seed("malformed", WIDE, &part(1, 3)));
    seeds.push(seed("too long", NARROW, &part(15, 700)));
    seeds.push(seed("too long in parts", NARROW, &[part(15 | 0x80, 500), part(21 | 0x80, 500)].concat()));
    seeds.push(seed("in two parts", WIDE, &[part(17 | 0x80, 1), part(17, 0)].concat()));
    seeds.push(seed("an empty part", WIDE, &part(17 | 0x80, 0)));
    seeds.push(seed(
        "too many",
        NARROW,
        &encode(&Message::Offer(WORLD.later.iter().cycle().take(4).map(|one| one.hash()).collect())).concat(),
    ));
    seeds.push(seed("cut short", WIDE, &[1, 9]));
    seeds
}

fn messages() -> Vec<Message> {
    let journal = WORLD.runs[0].journal().clone();
    let scope = journal.scope.clone();
    let (key, point) = (secret("kuripan").node_key(), WORLD.runs[0].last());
    let said = || WORLD.later.iter().map(|one| one.signed().clone()).collect::<Vec<_>>();
    let hashes = || WORLD.later.iter().map(|one| one.hash()).collect::<Vec<_>>();
    let pack = || Blob(journal::encode(&[&WORLD.runs[0]]).unwrap());
    let receipt = Receipt { scope: scope.clone(), number: 1, time_ms: 5, points: vec![((&journal).into(), point)] };
    vec![
        Message::Hello(Hello {
            network: WORLD.network,
            version_min: VERSIONS.0,
            version_max: VERSIONS.1,
            admits_you: true,
            your_beacon: 1,
            summary: Summary::default(),
        }),
        Message::Proof(said()),
        Message::Summary(Summary::default()),
        Message::Buckets(Set::Charter, vec![Fingerprint([1; 16]); 256]),
        Message::Hashes(Set::Orders, [0xff; 32], hashes()),
        Message::Statements(said()),
        Message::Offer(hashes()),
        Message::Ask(hashes()),
        Message::StatementsEnd,
        Message::ScopeBuckets(vec![Fingerprint([0; 16]); 4]),
        Message::Scopes(Scopes {
            buckets: [0xff; 32],
            items: vec![(scope.clone(), Fingerprint([1; 16]), Fingerprint([2; 16]))],
        }),
        Message::ScopesEnd,
        Message::Have(Have { scope: scope.clone(), whole: true, points: vec![((&journal).into(), point)] }),
        Message::Want(vec![Want { journal: journal.clone(), after: NOTHING, until: 3 }]),
        Message::Pack(pack()),
        Message::Push(vec![journal.clone()], pack()),
        Message::Declined(journal.clone(), Decline::Busy),
        Message::Credit(1 << 20),
        Message::Receipts(vec![Signed::new(&secret("kemnaker"), Domain::Receipt, &receipt)]),
        Message::ReceiptNumbers(scope, vec![(key, 1, 2)]),
        Message::Contest(journal, 3),
        Message::Evidence(pack()),
        Message::Fork(Blob(proof().encode().unwrap())),
        Message::Beacons(vec![Signed::new(&secret("kemnaker"), Domain::Beacon, &beacon())]),
        Message::Bye(3, said()),
    ]
}

pub(crate) fn beacon() -> Beacon {
    Beacon {
        number: 7,
        time_ms: 1_763_750_000_000,
        version: "0.1.0".to_owned(),
        addresses: vec!["kemnaker.example:7707".to_owned()],
        figures: BTreeMap::from([("only_here".to_owned(), 3)]),
    }
}

/// Two histories of the village.
pub(crate) fn proof() -> ForkProof {
    let pairs = WORLD.runs.iter().flat_map(|one| WORLD.runs.iter().map(move |other| (one, other)));
    let mut same = pairs.filter(|(one, other)| one.journal() == other.journal());
    same.find_map(|(one, other)| ForkProof::between(one, other)).unwrap()
}

pub(crate) fn streams() -> Vec<Seed> {
    let farewell = [&[255; 4][..], &[0, 0, 0, 3, 2], b"no"].concat();
    vec![
        seed("a frame", WIDE, b"\x00\x00\x00\x02hi"),
        seed("a blank", WIDE, &[0; 4]),
        seed("a farewell", NARROW, &farewell),
        seed("a farewell without words", NARROW, &[255, 255, 255, 255, 0, 0, 0, 3, 0]),
        seed("a farewell to who knows none", WIDE, &farewell),
        seed("too large", WIDE, &[0, 0, 4, 0]),
        seed("cut short", 0, b"\x00\x00\x00\x09hi"),
        seed("byte by byte", 1, &[b"\x00\x00\x00\x02hi\x00\x00\x00\x00\x00\x00\x00\x01a", &farewell[..]].concat()),
    ]
}

/// Rows of bytes that come from a number, as many as bring about something new.
pub(crate) fn rows() -> Vec<Seed> {
    assert_eq!((NODES.len(), SCOPES.len()), (4, 4), "the rows are made of choices among these");
    let target = fuzz::target("replica").unwrap();
    let (mut seeds, mut reached) = (Vec::new(), Ends::new());
    for number in 0..600_u32 {
        let mut out = blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof();
        let mut bytes = vec![0; 900];
        out.fill(&mut bytes);
        let ends = (target.run)(&bytes);
        if !ends.is_subset(&reached) {
            reached.extend(ends);
            seeds.push((format!("row {number}"), bytes));
        }
    }
    seeds
}
