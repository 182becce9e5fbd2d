//! What is no statement, whoever says it.

use identity::{
    Coordinate, Domain, EntryHash, Incarnation, JournalId, NetworkId, NodeKey, NodeSecret, OfficeId, Point, Signature,
    Signed, SignedError, StatementHash,
};

use super::*;
use crate::{Act, Body, CheckedStatement, Policy, Request, Statement, Subject};

const NODE: NodeKey = NodeKey([1; 32]);
const OFFICE: OfficeId = OfficeId([1; 16]);

fn hashes(count: usize) -> Vec<StatementHash> {
    (0..count).map(|n| StatementHash(*blake3::hash(&n.to_be_bytes()).as_bytes())).collect()
}

fn offices(count: usize) -> Vec<OfficeId> {
    (0..count).map(|n| OfficeId((n as u128 + 1).to_be_bytes())).collect()
}

fn cuts(count: usize) -> Vec<Cut> {
    (0..count).map(|n| Cut { incarnation: Incarnation((n as u64).to_be_bytes()), at: None }).collect()
}

fn documents(count: usize, scope: &str) -> Vec<Coordinate> {
    let journal = JournalId { scope: scope.parse().unwrap(), node: NODE, incarnation: Incarnation([1; 8]) };
    (0..count).map(|n| Coordinate { journal: journal.clone(), seq: n as u64 + 1 }).collect()
}

fn cut_off(at: Vec<Cut>, cites: Vec<StatementHash>) -> Body {
    Body::CutOff { node: NODE, scope: "board/id".parse().unwrap(), at, cites, void: false }
}

fn rename(name: &str, cites: usize) -> Body {
    Body::Rename { office: OFFICE, name: name.to_owned(), cites: hashes(cites) }
}

fn roster(opening: bool, members: Vec<OfficeId>, cites: usize) -> Body {
    let scope = format!("case/{OFFICE}").parse().unwrap();
    let opening = opening.then_some([0; 16]);
    Body::Roster { scope, opening, keeper: OFFICE, members, cites: hashes(cites) }
}

fn erase(documents: Vec<Coordinate>, ground: &str) -> Body {
    Body::Erase { scope: "identity/33.07.10.2004".parse().unwrap(), documents, ground: ground.to_owned(), deadline: 0 }
}

fn majority(version: u32) -> Body {
    let act = Act::SetPolicy(Policy { grants: Vec::new() });
    Body::Majority { founder_set_version: version, act, nonce: [0; 16] }
}

#[test]
fn what_is_in_bounds_is_signed_and_what_is_beyond_is_refused() {
    let here = "identity/33.07.10.2004";
    let keep = |count, reason: &str| Body::Remove { node: NODE, reason: reason.to_owned(), keep: hashes(count) };
    let me = || vec![OFFICE];
    let mut point_zero = cuts(1);
    point_zero[0].at = Some(Point { seq: 0, hash: EntryHash([0; 32]) });
    let both = |cut: Cut| vec![cut, cut];
    let grants = |class, count: usize| {
        let mut grant = Policy::default_programme(OFFICE).grants[0].clone();
        grant.class = class;
        let act = Act::SetPolicy(Policy { grants: vec![grant; count] });
        Body::Majority { founder_set_version: 1, act, nonce: [0; 16] }
    };
    let table = [
        (keep(HASHES_MAX, ""), true),
        (keep(HASHES_MAX + 1, ""), false),
        (keep(0, &"x".repeat(NOTE_BYTES_MAX)), true),
        (keep(0, &"x".repeat(NOTE_BYTES_MAX + 1)), false),
        (keep(0, "a\nb"), false),
        (Body::Remove { node: NODE, reason: String::new(), keep: [hashes(1), hashes(1)].concat() }, false),
        (Body::Adopt { statements: hashes(HASHES_MAX) }, true),
        (Body::Adopt { statements: hashes(0) }, false),
        (Body::Adopt { statements: hashes(HASHES_MAX + 1) }, false),
        (cut_off(cuts(CUTS_MAX), hashes(CITES_MAX)), true),
        (cut_off(cuts(0), hashes(0)), true),
        (cut_off(cuts(CUTS_MAX + 1), hashes(0)), false),
        (cut_off(cuts(1), hashes(CITES_MAX + 1)), false),
        (cut_off(both(cuts(1)[0]), hashes(0)), false),
        (cut_off(point_zero, hashes(0)), false),
        (rename("Desa Kuripan", CITES_MAX), true),
        (rename("", 0), false),
        (rename("   ", 0), false),
        (rename(&"é".repeat(NAME_BYTES_MAX / 2), 0), true),
        (rename(&"é".repeat(NAME_BYTES_MAX / 2 + 1), 0), false),
        (rename("Kuripan", CITES_MAX + 1), false),
        (Body::Succeed { from: offices(OFFICES_MAX), to: OfficeId([9; 16]) }, true),
        (Body::Succeed { from: offices(OFFICES_MAX + 1), to: OfficeId([9; 16]) }, false),
        (Body::Succeed { from: Vec::new(), to: OFFICE }, false),
        (Body::Succeed { from: me(), to: OFFICE }, false),
        (roster(true, me(), 0), true),
        (roster(false, me(), 1), true),
        (roster(true, me(), 1), false),
        (roster(false, me(), 0), false),
        (roster(true, vec![OfficeId([2; 16])], 0), false),
        (roster(true, [me(), me()].concat(), 0), false),
        (roster(true, [me(), offices(OFFICES_MAX)].concat(), 0), false),
        (erase(documents(DOCUMENTS_MAX, here), "ps. 43"), true),
        (erase(documents(DOCUMENTS_MAX + 1, here), "ps. 43"), false),
        (erase(documents(0, here), "ps. 43"), false),
        (erase(documents(1, here), ""), false),
        (erase(documents(1, "identity/33.07.12.2007"), "ps. 43"), false),
        (majority(1), true),
        (majority(0), false),
        (grants(identity::Class::Money, GRANTS_MAX), true),
        (grants(identity::Class::Money, GRANTS_MAX + 1), false),
        (grants(identity::Class::Case, 1), false),
        (grants(identity::Class::Internal, 1), false),
    ];
    let secret = NodeSecret::from_seed([1; 32]);
    for (at, (body, expected)) in table.into_iter().enumerate() {
        let signed = Statement::sign(&secret, NetworkId([0; 32]), body);
        assert_eq!(signed.is_ok(), expected, "line {at}: {signed:?}");
        if let Ok(signed) = signed {
            assert!(signed.bytes().len() <= STATEMENT_BYTES_MAX, "line {at}");
        }
    }
}

#[test]
fn only_a_founding_stands_outside_every_network() {
    let secret = NodeSecret::from_seed([1; 32]);
    assert_eq!(Statement { network: None, body: majority(1) }.signed_by(&secret).unwrap_err(), StatementError::Network);
}

#[test]
fn a_request_names_an_office_whose_kind_and_region_go_together() {
    let secret = NodeSecret::from_seed([1; 32]);
    let table = [
        ("village", "33.07.10.2004", true),
        ("village", "33.07", false),
        ("ministry", "id", true),
        ("ministry", "33", false),
        ("agency", "33", true),
        ("unit", "33.07", true),
        ("unit", "33.07.10", false),
    ];
    for (kind, region, expected) in table {
        let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
        let subject = Subject::NewOffice { name: "Kantor".to_owned(), kind, region };
        let request = Request { seal_key: secret.seal_key(), practice: false, nonce: [0; 16], subject };
        assert_eq!(request.sign(&secret).is_ok(), expected, "{request:?}");
    }
}

#[test]
fn bytes_that_nobody_signed_as_a_statement_are_none() {
    let secret = NodeSecret::from_seed([1; 32]);
    let key = secret.node_key();
    let good = Statement::sign(&secret, NetworkId([7; 32]), rename("Desa Kuripan", 0)).unwrap();
    assert!(CheckedStatement::check(good.clone()).is_ok());
    let bytes = good.bytes();
    let signed_as = |domain, bytes: &[u8]| {
        let bytes: std::sync::Arc<[u8]> = bytes.into();
        let signature = secret.sign(domain, &bytes);
        Signed::from_parts(key, bytes, signature)
    };
    let signed = |bytes: &[u8]| signed_as(Domain::Statement, bytes);
    let other = NodeSecret::from_seed([2; 32]).node_key();
    let bytes_max = STATEMENT_BYTES_MAX;
    let table = [
        (Signed::from_parts(other, bytes.into(), *good.signature()), SignedError::Signature(other).into()),
        (Signed::from_parts(key, bytes.into(), Signature([0; 64])), SignedError::Signature(key).into()),
        (signed_as(Domain::Request, bytes), SignedError::Signature(key).into()),
        (signed(&[]), SignedError::Decode(key).into()),
        (signed(&bytes[..bytes.len() - 1]), SignedError::Decode(key).into()),
        (signed(&[bytes, &[0]].concat()), SignedError::Decode(key).into()),
        // A network, and then a kind of statement that there is not.
        (signed(&[&bytes[..33], &[99]].concat()), SignedError::Decode(key).into()),
        (signed(&vec![0; bytes_max + 1]), StatementError::TooLarge { bytes: bytes_max + 1, bytes_max }),
    ];
    for (number, (statement, expected)) in table.into_iter().enumerate() {
        assert_eq!(CheckedStatement::check(statement).map(|_| ()), Err(expected), "line {number}");
    }
}
