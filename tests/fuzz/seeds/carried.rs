//! What is carried: bundles, and the small files of requests, drafts, signatures and invites.

use charter::{
    Act, Body, Charter, Request, Statement, Subject,
    file::{self, ActDraft, FoundingSignature, INVITE_PEERS_MAX, Invite, Kind, Peer},
    founding,
};
use driver::seal_bundle;
use fuzz::world::{WORLD, policy, request, secret};
use identity::{Domain, NetworkId, NodeKey, Signature, Signed};
use sync::wire::{Blob, Message, encode};

use crate::{Seed, seed, signed::bodies};

pub(crate) fn bundles() -> Vec<Seed> {
    let frames =
        |messages: &[Message]| messages.iter().flat_map(|message| encode(message).concat()).collect::<Vec<u8>>();
    let said = WORLD.later.iter().map(|one| one.signed().clone()).collect();
    let content = frames(&[Message::Proof(said), Message::StatementsEnd]);
    let sealed = |network: NetworkId, to: &str, content: &[u8]| {
        let to = secret(to);
        seal_bundle(&secret("kemnaker"), network, &[(to.node_key(), to.seal_key())], content, [9; 32]).unwrap()
    };
    let good = sealed(WORLD.network, "kuripan", &content);
    let mut newer = good.clone();
    newer[8] = 9;
    let mut damaged = good.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let length = u32::from_le_bytes(good[9..13].try_into().unwrap()) as usize;
    let head: Signed<()> = postcard::from_bytes(&good[13..13 + length]).unwrap();
    let length_of_head = (head.bytes().len() as u16).to_le_bytes();
    let apart = [&length_of_head[..], head.bytes(), &good[13 + length..]].concat();
    let hashes = |count: usize| WORLD.later.iter().cycle().take(count).map(|one| one.hash()).collect();
    vec![
        seed("good", 0, &good),
        seed("another file", 0, b"PK\x03\x04 and so on"),
        seed("of a newer version", 0, &newer),
        seed("damaged", 0, &damaged),
        seed("cut short", 0, &good[..40]),
        seed("of another network", 0, &sealed(NetworkId([1; 32]), "kuripan", b"x")),
        seed("for another office", 0, &sealed(WORLD.network, "kemendesa", b"x")),
        seed("head and rest", 1, &apart),
        seed("malformed head", 1, &[3, 0, 0xff, 0xff, 0xff, 1, 2]),
        seed("content", 2, &content),
        seed("empty", 2, &[]),
        seed("unknown message", 2, &[0x5f, 0, 0]),
        seed("malformed message", 2, &[1, 1, 0, 0]),
        seed("message too long", 2, &frames(&[Message::Pack(Blob(vec![0; 700]))])),
        seed("too many items", 2, &frames(&[Message::Offer(hashes(4))])),
        seed("a key that is none", 3, &[0; 32]),
        seed("a key", 3, &secret("kuripan").seal_key().0),
        seed("no key", 3, &[]),
    ]
}

pub(crate) fn drafts() -> Vec<Seed> {
    let text = |paragraphs: &[&str]| {
        let all: String = paragraphs.iter().map(|text| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")).collect();
        format!("<w:document xmlns:w=\"w\"><w:body>{all}</w:body></w:document>")
    };
    let good =
        text(&["Pasal 1", "RUANG LINGKUP", "(1) Para pihak bertukar data.", "(2) A &amp; B &#233;", "PASAL 2. Biaya"]);
    let file = fuzz::draft::packed(good.as_bytes());
    let breaks = "<w:p><w:r><w:t>Pasal 3</w:t><w:tab/><w:br/><w:t>satu</w:t></w:r></w:p>";
    vec![
        seed("good", 0, &file),
        seed("cut short", 0, &file[..file.len() - 9]),
        seed("another archive", 0, b"PK\x03\x04"),
        seed("text", 1, good.as_bytes()),
        seed("breaks", 1, breaks.as_bytes()),
        seed("no article", 1, text(&["Pasal satu", "Pasal 1 ayat (2) berlaku"]).as_bytes()),
        seed("open", 1, b"<w:p><w:t>Pasal 1"),
        seed("an entity that is none", 1, text(&["Pasal 1", "&apa;"]).as_bytes()),
        seed("a document type", 1, b"<!DOCTYPE a [<!ENTITY b 'c'>]><p><t>Pasal 1</t></p>"),
    ]
}

/// Whether the rest is a file, or its content.
const FILE: u8 = 0;
const CONTENT: u8 = 7;
const TOO_LARGE: u8 = 14;

pub(crate) fn files() -> Vec<Seed> {
    let asked = request("kuripan", "village", "33.07.10.2004");
    let draft = &WORLD.draft;
    let signature = draft.sign(&secret("kemnaker")).unwrap();
    let founding = draft.found(&[signature, draft.sign(&secret("kemendesa")).unwrap()]).unwrap();
    let charter = Charter::fold(&WORLD.statements, WORLD.network);
    let peer = || Peer { node: secret("kemnaker").node_key(), address: "kemnaker.example:7707".to_owned() };
    let invite = Invite::new(&charter, &WORLD.statements, secret("kuripan").node_key(), vec![peer()]).unwrap();
    let act = ActDraft::new(&charter, Act::SetPolicy(policy()), [3; 16]).unwrap();
    let vote = act.sign(&secret("kemnaker")).unwrap();
    let good = [
        (Kind::Request, file::to_bytes(&asked), file::to_line(&asked)),
        (Kind::FoundingDraft, file::to_bytes(draft), file::to_line(draft)),
        (Kind::FoundingSignature, file::to_bytes(&signature), file::to_line(&signature)),
        (Kind::Founding, file::to_bytes(&founding), file::to_line(&founding)),
        (Kind::Invite, file::to_bytes(&invite), file::to_line(&invite)),
        (Kind::ActDraft, file::to_bytes(&act), file::to_line(&act)),
        (Kind::ActSignature, file::to_bytes(&vote), file::to_line(&vote)),
    ];
    let mut seeds = Vec::new();
    for (kind, bytes, line) in &good {
        seeds.push(seed(&format!("{kind}"), FILE + number(*kind), bytes));
        seeds.push(seed(&format!("{kind} as content"), CONTENT + number(*kind), &bytes[10..bytes.len() - 4]));
        if bytes.len() < 400 {
            seeds.push(seed(&format!("{kind} as a line"), FILE + number(*kind), line.as_bytes()));
        }
    }
    let (bytes, line) = (&good[0].1, &good[0].2);
    let mut newer = bytes.clone();
    newer[8] = 2;
    seeds.push(seed("another file", FILE, b"PK"));
    seeds.push(seed("another line", FILE, b"simpul-offer:AAAA"));
    seeds.push(seed("another kind", FILE + number(Kind::Invite), bytes));
    seeds.push(seed("of a newer version", FILE, &newer));
    seeds.push(seed("cut short", FILE, &bytes[..bytes.len() - 1]));
    seeds.push(seed("a line cut short", FILE, &line.as_bytes()[..line.len() - 8]));
    seeds.push(seed("too large", TOO_LARGE, &[]));
    seeds.extend(wrong(&invite, signature));
    seeds
}

/// Whole files that say what is worth nothing.
fn wrong(invite: &Invite, signature: FoundingSignature) -> Vec<Seed> {
    let say = |name: &str, kind: Kind, bytes: Vec<u8>| seed(name, CONTENT + number(kind), &bytes);
    let as_request = |kind: &str, region: &str, name: &str| {
        let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
        let subject = Subject::NewOffice { name: name.to_owned(), kind, region };
        let asked = Request { seal_key: secret("kuripan").seal_key(), practice: false, nonce: [1; 16], subject };
        bytes_of(&Signed::new(&secret("kuripan"), Domain::Request, &asked))
    };
    let ministry = || request("kemnaker", "ministry", "id");
    let founded = |founders| {
        let body = Body::Found { practice: false, founders, policy: policy(), nonce: [1; 16] };
        Statement { network: None, body }
    };
    let of_network =
        Statement { network: Some(WORLD.network), ..founding(false, vec![ministry()], policy(), [1; 16]).unwrap().0 };
    let adopt = bodies().into_iter().find(|(name, _)| *name == "succeed").unwrap().1;
    let version_zero = Body::Majority { founder_set_version: 0, act: Act::SetPolicy(policy()), nonce: [1; 16] };
    let peer = |address: &str| Peer { node: secret("kemnaker").node_key(), address: address.to_owned() };
    let stranger = secret("stranger");
    let broken = bytes_of(&Signed::<Request>::from_parts(
        secret("kuripan").node_key(),
        request("kuripan", "village", "33.07.10.2004").bytes().into(),
        *request("kemnaker", "ministry", "id").signature(),
    ));
    let mut unsigned = invite.clone();
    let said = unsigned.statements.pop().unwrap();
    unsigned.statements = vec![Signed::from_parts(stranger.node_key(), said.bytes().into(), *said.signature())];
    let mut signatures: Vec<_> = ["kemnaker", "kemendesa"]
        .map(|name| WORLD.draft.sign(&secret(name)).map(|one| (one.author, one.signature)).unwrap())
        .into();
    signatures.sort();
    signatures.reverse();
    vec![
        say("request without a name", Kind::Request, as_request("village", "33.07.10.2004", "")),
        say("request of another region", Kind::Request, as_request("village", "id", "Kuripan")),
        say("request too large", Kind::Request, as_request("village", "33.07.10.2004", &"x".repeat(600))),
        say("request with a broken signature", Kind::Request, broken),
        say("draft without founders", Kind::FoundingDraft, bytes_of(&founded(Vec::new()))),
        say("draft with one founder twice", Kind::FoundingDraft, bytes_of(&founded(vec![ministry(), ministry()]))),
        say("draft in a network", Kind::FoundingDraft, bytes_of(&of_network)),
        say(
            "draft of something else",
            Kind::FoundingDraft,
            bytes_of(&Statement { network: Some(WORLD.network), body: adopt }),
        ),
        say(
            "act on no founder set",
            Kind::ActDraft,
            bytes_of(&Statement { network: Some(WORLD.network), body: version_zero }),
        ),
        say(
            "signature of another draft",
            Kind::FoundingSignature,
            bytes_of(&FoundingSignature { network: NetworkId([1; 32]), ..signature }),
        ),
        say(
            "signature of a stranger",
            Kind::FoundingSignature,
            bytes_of(&FoundingSignature { author: stranger.node_key(), ..signature }),
        ),
        say(
            "signature that does not fit",
            Kind::FoundingSignature,
            bytes_of(&FoundingSignature { author: secret("kemendesa").node_key(), ..signature }),
        ),
        say(
            "founding signed by nobody",
            Kind::Founding,
            bytes_of(&(&WORLD.draft.statement, Vec::<(NodeKey, Signature)>::new())),
        ),
        say("founding signed out of order", Kind::Founding, bytes_of(&(&WORLD.draft.statement, signatures))),
        say(
            "invite of too many peers",
            Kind::Invite,
            bytes_of(&Invite { peers: vec![peer("a:1"); INVITE_PEERS_MAX + 1], ..invite.clone() }),
        ),
        say("invite without an address", Kind::Invite, bytes_of(&Invite { peers: vec![peer("")], ..invite.clone() })),
        say("invite of somebody else", Kind::Invite, bytes_of(&Invite { node: stranger.node_key(), ..invite.clone() })),
        say(
            "invite into another network",
            Kind::Invite,
            bytes_of(&Invite { network: NetworkId([1; 32]), ..invite.clone() }),
        ),
        say("invite with a broken signature", Kind::Invite, bytes_of(&unsigned)),
    ]
}

fn bytes_of(value: &impl serde::Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap()
}

fn number(kind: Kind) -> u8 {
    Kind::ALL.iter().position(|one| *one == kind).unwrap() as u8
}
