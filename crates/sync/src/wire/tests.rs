//! Golden bytes of every message, frames in pieces, and a table of bytes that are no message.

use std::collections::BTreeMap;

use charter::Body;
use identity::{Domain, NodeSecret, OfficeId};
use proptest::prelude::*;

use super::*;
use crate::{Beacon, Receipt};

/// Every message once, under the name of its kind.
fn every_message() -> Vec<(&'static str, Message)> {
    let secret = NodeSecret::from_seed([1; 32]);
    let scope: ScopeName = "participation/33.07.10.2004".parse().unwrap();
    let short = ShortJournal { node: NodeKey([2; 32]), incarnation: Incarnation([3; 8]) };
    let journal = short.in_scope(&scope);
    let point = Point { seq: 300, hash: EntryHash([4; 32]) };
    let body = Body::Succeed { from: vec![OfficeId([5; 16])], to: OfficeId([6; 16]) };
    let statement = Statement::sign(&secret, NetworkId([7; 32]), body).unwrap();
    let receipt = Receipt { scope: scope.clone(), number: 9, time_ms: 1_763_750_000_000, points: vec![(short, point)] };
    let beacon = Beacon {
        number: 10,
        time_ms: 1_763_750_000_000,
        version: "0.1.0".to_owned(),
        addresses: vec!["10.0.0.1:4710".to_owned()],
        figures: BTreeMap::from([("only_here".to_owned(), 214)]),
    };
    let fingerprint = Fingerprint([8; 16]);
    let summary = Summary { charter: fingerprint, orders: fingerprint, held: fingerprint, receipts: fingerprint };
    let hello = Hello {
        network: NetworkId([7; 32]),
        version_min: 1,
        version_max: 2,
        admits_you: true,
        your_beacon: 11,
        summary,
    };
    let buckets = [0x81; 32];
    let hashes = vec![StatementHash([9; 32])];
    let want = Want { journal: journal.clone(), after: NOTHING, until: 300 };
    vec![
        ("hello", Message::Hello(hello)),
        ("proof", Message::Proof(vec![statement.clone()])),
        ("summary", Message::Summary(summary)),
        ("buckets", Message::Buckets(Set::Charter, vec![fingerprint, Fingerprint::default()])),
        ("hashes", Message::Hashes(Set::Orders, buckets, hashes.clone())),
        ("offer", Message::Offer(hashes.clone())),
        ("ask", Message::Ask(hashes)),
        ("statements", Message::Statements(vec![statement.clone()])),
        ("statements end", Message::StatementsEnd),
        ("scope buckets", Message::ScopeBuckets(vec![fingerprint])),
        ("scopes", Message::Scopes(Scopes { buckets, items: vec![(scope.clone(), fingerprint, fingerprint)] })),
        ("scopes end", Message::ScopesEnd),
        ("have", Message::Have(Have { scope: scope.clone(), whole: true, points: vec![(short, point)] })),
        ("want", Message::Want(vec![want])),
        ("pack", Message::Pack(Blob(vec![1, 2, 3]))),
        ("declined", Message::Declined(journal.clone(), Decline::OtherChain)),
        ("credit", Message::Credit(65_536)),
        ("receipts", Message::Receipts(vec![Signed::new(&secret, Domain::Receipt, &receipt)])),
        ("receipt numbers", Message::ReceiptNumbers(scope, vec![(NodeKey([2; 32]), 9, 12)])),
        ("contest", Message::Contest(journal.clone(), 300)),
        ("evidence", Message::Evidence(Blob(vec![4, 5]))),
        ("fork", Message::Fork(Blob(vec![6]))),
        ("beacons", Message::Beacons(vec![Signed::new(&secret, Domain::Beacon, &beacon)])),
        ("bye", Message::Bye(3, vec![statement])),
        ("push", Message::Push(vec![journal], Blob(vec![7, 8]))),
    ]
}

#[test]
fn every_message_has_the_bytes_that_it_always_had() {
    let golden = include_str!("golden.txt");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let now: String = every_message()
        .iter()
        .map(|(name, message)| format!("{} {name}: {}\n", message.kind(), hex(&encode(message).concat())))
        .collect();
    assert_eq!(now, golden);
}

#[test]
fn every_message_comes_back_however_the_bytes_are_cut() {
    for (name, message) in every_message() {
        let bytes = encode(&message).concat();
        for piece in [1, 2, 3, 7, bytes.len()] {
            let mut assembler = Assembler::new(Limits::default());
            let mut found = Vec::new();
            for piece in bytes.chunks(piece) {
                assembler.push(piece);
                found.extend(std::iter::from_fn(|| assembler.next().unwrap()));
            }
            assert_eq!(found, std::slice::from_ref(&message), "{name} in pieces of {piece}");
        }
    }
}

#[test]
fn a_statement_overtakes_a_page_that_is_on_its_way() {
    let page = Message::Pack(Blob(vec![7; 3 * FRAME_BODY_BYTES_MAX]));
    let order = Message::Offer(vec![StatementHash([1; 32])]);
    let mut frames = encode(&page);
    assert!(frames.len() > 3 && frames.iter().all(|frame| frame.len() <= 64 * 1024));
    frames.insert(1, encode(&order).remove(0));
    let mut assembler = Assembler::new(Limits::default());
    let mut found = Vec::new();
    for frame in frames {
        assembler.push(&frame);
        found.extend(std::iter::from_fn(|| assembler.next().unwrap()));
    }
    assert_eq!(found, [order, page]);
}

#[test]
fn what_is_no_message_is_said_to_be_none() {
    check(&[0x1f, 0, 0], Err(WireError::Kind(0x1f)));
    check(&[0x00, 0, 0], Err(WireError::Kind(0)));
    check(&[OPTIONAL_KIND, 2, 0, 9, 9], Ok(0));
    check(&[9, 0, 0], Ok(1));
    check(&[9, 1, 0, 0], Err(WireError::Decode(9)));
    check(&[1, 0, 0], Err(WireError::Decode(1)));
    // A list that says it has four thousand million items.
    check(&[6, 5, 0, 0xff, 0xff, 0xff, 0xff, 0x0f], Err(WireError::Decode(6)));
    // A part without bytes.
    check(&[MORE | 15, 0, 0], Err(WireError::Decode(15)));
    // Half a frame.
    check(&[15, 9, 0, 1, 2], Ok(0));
}

#[test]
fn parts_without_an_end_are_not_kept_for_ever() {
    let limits = Limits { message_bytes_max: 100_000, partial_bytes_max: 150_000, items_max: 10 };
    let part = |kind: u8| [&[MORE | kind, 0xff, 0xff][..], &[0; 0xffff]].concat();
    let mut assembler = Assembler::new(limits);
    assembler.push(&part(15));
    assert_eq!(assembler.next(), Ok(None));
    assembler.push(&part(15));
    assert_eq!(assembler.next(), Err(WireError::TooLong { kind: 15, bytes_max: 100_000 }));

    let mut assembler = Assembler::new(limits);
    for kind in [15, 21] {
        assembler.push(&part(kind));
        assert_eq!(assembler.next(), Ok(None));
    }
    assembler.push(&part(22));
    assert_eq!(assembler.next(), Err(WireError::TooLong { kind: 22, bytes_max: 150_000 }));
}

#[test]
fn a_list_longer_than_allowed_is_refused() {
    let limits = Limits { items_max: 3, ..Limits::default() };
    let mut assembler = Assembler::new(limits);
    assembler.push(&encode(&Message::Offer(vec![StatementHash([1; 32]); 4])).concat());
    assert_eq!(assembler.next(), Err(WireError::TooMany { kind: 6, items: 4 }));
}

proptest! {
    #[test]
    fn no_bytes_make_the_assembler_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut assembler = Assembler::new(Limits::default());
        assembler.push(&bytes);
        while let Ok(Some(_)) = assembler.next() {}
    }

    #[test]
    fn a_byte_changed_anywhere_gives_another_message_or_none(which in 0..25_usize, at: usize, bit in 0..8_u8) {
        let (_, message) = every_message().swap_remove(which);
        let mut bytes = encode(&message).concat();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let mut assembler = Assembler::new(Limits::default());
        assembler.push(&bytes);
        prop_assert!(assembler.next() != Ok(Some(message)));
    }
}

fn check(bytes: &[u8], expected: Result<usize, WireError>) {
    let mut assembler = Assembler::new(Limits::default());
    assembler.push(bytes);
    let mut found = 0;
    let result = loop {
        match assembler.next() {
            Ok(Some(_)) => found += 1,
            Ok(None) => break Ok(found),
            Err(error) => break Err(error),
        }
    };
    assert_eq!(result, expected, "{bytes:?}");
}
