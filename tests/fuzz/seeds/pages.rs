//! Pages, the entries inside them, proofs of forks, and changes of a document.

use std::sync::Arc;

use documents::{Edit, Scalar, Written};
use fuzz::{
    change,
    world::{NODES, SCOPES, WORLD, fact, journal, secret},
};
use identity::{ChangeHash, Coordinate};
use journal::{Actor, Change, Draft, Form, Header, JournalWriter, Kind, Payload, Subject, VerifiedRun, encode, parts};

use crate::{Seed, spoiled, wire::proof};

/// A journal with everything in it that an entry may have.
fn rich() -> Vec<VerifiedRun> {
    let own = journal("kuripan", SCOPES[0]);
    let other = Coordinate { journal: journal("kemendesa", SCOPES[0]), seq: 4 };
    let mut writer = JournalWriter::new(own.clone(), Arc::new(secret("kuripan")));
    let actor = Actor { journal: other.journal.clone(), lane: 1 };
    let change = |others: &[Actor], body: &[u8]| {
        Payload::Change(Change { lane: 0, others: others.to_vec(), body: body.to_vec() })
    };
    let first = Coordinate { journal: own, seq: 1 };
    let form = Form::Change;
    let drafts = [
        (Subject::Creates { predecessor: None }, form, vec![], change(&[], b"begins")),
        (Subject::Of(first.clone()), form, vec![first.clone()], change(&[actor], b"goes on")),
        (Subject::Of(other.clone()), Form::Fact, vec![first.clone(), other.clone()], Payload::Fact(b"says".to_vec())),
        (Subject::Creates { predecessor: Some(first) }, form, vec![], change(&[], b"continues")),
        (Subject::Of(other.clone()), form, vec![other], change(&[], b"")),
    ];
    let mut runs = Vec::new();
    for (number, (subject, form, mut links, payload)) in drafts.into_iter().enumerate() {
        links.sort();
        let change_hash = ChangeHash(if form == Form::Change { [number as u8 + 1; 32] } else { [0; 32] });
        let kind = Kind { record: 2 + number as u16 % 2, form };
        let draft = Draft {
            time_ms: 1_763_750_000_000 + number as i64,
            subject,
            kind,
            links,
            payload,
            change_hash,
            ..fact(Vec::new())
        };
        writer.append(draft).unwrap();
        if number == 2 {
            runs.extend(writer.commit().runs);
        }
    }
    runs.extend(writer.commit().runs);
    runs
}

/// Runs that a pack may hold, by name.
fn packed() -> Vec<(&'static str, Vec<VerifiedRun>)> {
    let of = |name: &str| {
        let journal = journal(name, SCOPES[0]);
        WORLD.runs.iter().filter(|run| *run.journal() == journal).take(3).cloned().collect::<Vec<_>>()
    };
    let (village, ministry, rich) = (of(NODES[2]), of(NODES[0]), rich());
    let mut erased = rich[0].clone();
    erased.erase(&[(1, ChangeHash([1; 32])), (3, ChangeHash([0; 32]))].into());
    vec![
        ("facts", vec![village[0].clone()]),
        ("changes", rich.clone()),
        ("erased", vec![erased]),
        ("suffix", vec![village[1].suffix(5).unwrap()]),
        ("after each other", vec![village[0].clone(), village[1].clone()]),
        ("with a gap", vec![village[0].clone(), village[2].clone()]),
        ("of two journals", vec![village[0].clone(), ministry[0].clone()]),
    ]
}

fn refs(runs: &[VerifiedRun]) -> Vec<&VerifiedRun> {
    runs.iter().collect()
}

fn inside(runs: &[VerifiedRun]) -> Vec<u8> {
    parts(&refs(runs)).into_iter().flat_map(|(_, part)| part).collect()
}

pub(crate) fn entries() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = packed().iter().map(|(name, runs)| ((*name).to_owned(), inside(runs))).collect();
    spoiled(fuzz::target("entry").unwrap(), &mut seeds);
    seeds
}

pub(crate) fn pages() -> Vec<Seed> {
    let page = |inside: &[u8]| [&[1], &zstd::bulk::compress(inside, 3).unwrap()[..]].concat();
    let mut seeds: Vec<Seed> =
        packed().iter().map(|(name, runs)| ((*name).to_owned(), encode(&refs(runs)).unwrap())).collect();
    let mut writer = JournalWriter::new(journal("kemnaker", SCOPES[1]), Arc::new(secret("kemnaker")));
    writer.append(fact(vec![0; 1 << 20])).unwrap();
    seeds.push(("sealed".to_owned(), encode(&refs(&writer.commit().sealed)).unwrap()));
    seeds.push(("of a newer form".to_owned(), vec![2]));
    seeds.push(("no frame".to_owned(), vec![1, 2, 3]));
    seeds.push(("too large".to_owned(), page(&vec![0; 9 << 20])));
    // What is wrong inside.
    seeds.extend(
        entries().into_iter().filter(|(name, _)| name.starts_with("page")).map(|(name, bytes)| (name, page(&bytes))),
    );
    seeds
}

pub(crate) fn forks() -> Vec<Seed> {
    let pairs = WORLD.runs.iter().flat_map(|one| WORLD.runs.iter().map(move |other| (one, other)));
    let longer = pairs.filter(|(one, other)| one.journal() == other.journal() && one.last().seq < other.last().seq);
    let longer = longer.clone().find_map(|(one, other)| journal::ForkProof::between(one, other)).unwrap();
    let mut seeds = vec![
        ("of one length".to_owned(), proof().encode().unwrap()),
        ("of two lengths".to_owned(), longer.encode().unwrap()),
        ("nothing".to_owned(), Vec::new()),
    ];
    // The smallest of its parts that are too many.
    let run = &WORLD.runs[0];
    let entry = &run.entries()[0];
    let link = Coordinate { journal: journal("kemnaker", "board/id"), seq: 1 };
    let header = Header { links: vec![link; 1025], ..entry.header.clone() };
    let parts = (run.journal(), run.checkpoint(), run.checkpoint(), vec![header]);
    seeds.push(("too many links".to_owned(), postcard::to_stdvec(&parts).unwrap()));
    spoiled(fuzz::target("fork").unwrap(), &mut seeds);
    seeds
}

/// One entry: how it stands, and what it says. The bytes are those that the target chooses by.
struct Choice<'a> {
    standing: u8,
    pen: u8,
    record: u8,
    subject: u8,
    links: u8,
    payload: u8,
    lane: u8,
    others: u8,
    body: &'a [u8],
}

impl Choice<'_> {
    fn bytes(&self) -> Vec<u8> {
        let Self { standing, pen, record, subject, links, payload, lane, others, body } = *self;
        let head = [standing, pen, record, subject, links, 0, payload];
        let change = [lane, others];
        let length = (body.len() as u16).to_le_bytes();
        [&head[..], if payload < 5 { &change[..] } else { &[] }, &length, body].concat()
    }
}

pub(crate) fn changes() -> Vec<Seed> {
    let mut ground = change::ground();
    let heads = ground.fold.heads();
    let put = |value: &str| Edit::Put { key: "status".to_owned(), value: Scalar::Text(value.to_owned()) };
    let choose = Edit::Choose { key: "status".to_owned(), value: Scalar::Text("purna".to_owned()) };
    let splice = |delete| Edit::Splice { key: "note".to_owned(), at: 0, delete, insert: "d".to_owned() };
    let first = vec![ground.entries[0].0.clone()];
    let saved: Vec<(&str, u8, Written)> = vec![
        (
            "put",
            0b110,
            ground.save(0, &heads, &[put("aktif"), Edit::Put { key: "n".to_owned(), value: Scalar::Int(7) }]),
        ),
        ("choose", 0b110, ground.save(1, &heads, &[choose])),
        ("splice", 0b110, ground.save(2, &heads, &[splice(1), Edit::Clear { key: "status".to_owned() }])),
        ("on the first", 0b001, ground.save(2, &first, &[put("x"), splice(0)])),
    ];
    let pens = [0, 1, 2, 2];
    let actors: Vec<[u8; 16]> =
        (0..4).flat_map(|pen| [0, 1].map(|lane| Actor { journal: ground_journal(pen), lane }.id())).collect();
    let mut seeds = Vec::new();
    for ((name, links, written), pen) in saved.iter().zip(pens) {
        let Payload::Change(change) = &written.payload else { panic!("a save is a change") };
        let bit = |actor: &Actor| actors.iter().position(|id| *id == actor.id()).map_or(0, |at| 1 << at);
        let others = change.others.iter().fold(0, |bits, actor| bits | bit(actor));
        let (lane, links, body) = (change.lane, *links, &change.body[..]);
        let good = Choice { standing: 0, pen, record: 0, subject: 0, links, payload: 0, lane, others, body };
        seeds.push(((*name).to_owned(), good.bytes()));
        for (what, standing) in [("standing", 5), ("no right", 6), ("cut off", 7)] {
            seeds.push((format!("{name} {what}"), Choice { standing, ..good }.bytes()));
        }
        if *name == "put" {
            let fact = Choice { payload: 5, links: 0b1000, body: b"\x01k\x02ab", ..good };
            let refused = Choice { standing: 7, ..good }.bytes();
            seeds.push(("of a newer version".to_owned(), Choice { record: 4, ..good }.bytes()));
            seeds.push(("of another kind".to_owned(), Choice { record: 3, ..good }.bytes()));
            seeds.push(("on what is not held".to_owned(), Choice { links: 0x80, ..good }.bytes()));
            seeds.push(("on what was cut".to_owned(), [refused, Choice { links: 0b1_0000, ..fact }.bytes()].concat()));
            seeds.push(("in another scope".to_owned(), Choice { pen: 3, ..good }.bytes()));
            seeds.push(("another document".to_owned(), Choice { subject: 7, ..good }.bytes()));
            seeds.push(("creates".to_owned(), Choice { subject: 6, ..good }.bytes()));
            seeds.push(("empty".to_owned(), Choice { body: &[], ..good }.bytes()));
            seeds.push(("a fact".to_owned(), fact.bytes()));
            seeds.push(("a fact as a change".to_owned(), Choice { payload: 6, ..good }.bytes()));
            seeds.push(("erased".to_owned(), Choice { payload: 7, ..good }.bytes()));
            seeds.push(("twice".to_owned(), [good.bytes(), good.bytes()].concat()));
        }
    }
    seeds
}

fn ground_journal(pen: usize) -> identity::JournalId {
    [("kuripan", 0), ("kemendesa", 0), ("kemnaker", 0), ("kuripan", 2)]
        .map(|(name, scope)| journal(name, SCOPES[scope]))[pen]
        .clone()
}
