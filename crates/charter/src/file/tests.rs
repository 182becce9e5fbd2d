//! Files there and back, and what is said of bad ones.

use identity::{NodeSecret, Signed};

use super::*;
use crate::{Act, Body, Charter, CheckedStatement, Policy, Request, Statement, StatementSet, Subject, office_id};

fn secret(n: u8) -> NodeSecret {
    NodeSecret::from_seed([n; 32])
}

fn request(n: u8, name: &str, kind: &str, region: &str) -> Signed<Request> {
    let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
    let subject = Subject::NewOffice { name: name.to_owned(), kind, region };
    let request = Request { seal_key: secret(n).seal_key(), practice: false, nonce: [n; 16], subject };
    request.sign(&secret(n)).unwrap()
}

fn ministry(n: u8) -> Signed<Request> {
    request(n, &format!("Kementerian {n}"), "ministry", "id")
}

fn draft() -> FoundingDraft {
    FoundingDraft::of_programme((1..=3).map(ministry).collect(), [7; 16]).unwrap()
}

fn founding() -> Founding {
    let signatures: Vec<_> = (1..=3).map(|n| draft().sign(&secret(n)).unwrap()).collect();
    draft().found(&signatures).unwrap()
}

/// Three ministries, and a chain of a province, a regency and a village with real names.
fn network() -> (StatementSet, Charter) {
    let mut set = StatementSet::new();
    for statement in founding().statements() {
        set.insert(statement).unwrap();
    }
    let chain = [
        (1, request(11, "Pemerintah Provinsi Jawa Tengah", "province", "33")),
        (11, request(12, "Pemerintah Kabupaten Wonosobo", "regency", "33.07")),
        (12, request(13, "Pemerintah Desa Kuripan", "village", "33.07.10.2004")),
    ];
    for (sponsor, request) in chain {
        set.insert(Statement::sign(&secret(sponsor), founding().network(), Body::Admit { request }).unwrap()).unwrap();
    }
    let charter = Charter::fold(&set, founding().network());
    (set, charter)
}

fn invite() -> Invite {
    let (set, charter) = network();
    let peers = vec![Peer { node: secret(12).node_key(), address: "wonosobo.example:4433".to_owned() }];
    Invite::new(&charter, &set, secret(13).node_key(), peers).unwrap()
}

fn act() -> ActDraft {
    let (_, charter) = network();
    let lead = office_id(&ministry(2), &Request::verify(&ministry(2)).unwrap());
    ActDraft::new(&charter, Act::SetPolicy(Policy::default_programme(lead)), [8; 16]).unwrap()
}

fn there_and_back<T: Content + PartialEq + std::fmt::Debug>(content: &T) {
    let (bytes, line) = (to_bytes(content), to_line(content));
    assert_eq!(read::<T>(&bytes).as_ref(), Ok(content));
    assert_eq!(read::<T>(line.as_bytes()).as_ref(), Ok(content));
    let wrapped: String =
        line.to_uppercase().chars().map(|c| if c == 'A' { "A\n ".to_owned() } else { c.into() }).collect();
    assert_eq!(read::<T>(wrapped.as_bytes()).as_ref(), Ok(content), "wrapped by a messaging app, in capitals");
    for end in 0..bytes.len() {
        assert!(read::<T>(&bytes[..end]).is_err(), "cut off after {end} bytes");
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(read::<T>(&damaged).is_err(), "byte {at} changed");
    }
}

#[test]
fn every_file_is_read_back_whole_or_not_at_all() {
    there_and_back(&request(13, "Pemerintah Desa Kuripan", "village", "33.07.10.2004"));
    there_and_back(&draft());
    there_and_back(&draft().sign(&secret(2)).unwrap());
    there_and_back(&founding());
    there_and_back(&invite());
    there_and_back(&act());
    there_and_back(&act().sign(&secret(2)).unwrap());
}

#[test]
fn a_file_of_another_kind_is_named() {
    let table = [
        (read::<Signed<Request>>(&to_bytes(&invite())).unwrap_err(), "this is an invite; a request was expected"),
        (read::<Invite>(to_line(&founding()).as_bytes()).unwrap_err(), "this is a founding; an invite was expected"),
        (read::<Founding>(b"%PDF-1.7").unwrap_err(), "this is no file of Simpul's: a founding was expected"),
        (read::<Founding>(b"").unwrap_err(), "this is no file of Simpul's: a founding was expected"),
        (read::<Founding>(b"simpul-letter:AA").unwrap_err(), "this is no file of Simpul's: a founding was expected"),
        (
            read::<Invite>(b"simpul-invite:AE!").unwrap_err(),
            "an invite that is damaged or not complete: have it sent again",
        ),
        (read::<Invite>(&[b' '; 200_000]).unwrap_err(), "200000 bytes are too many for an invite"),
    ];
    for (error, expected) in table {
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_newer_version_is_named() {
    let mut bytes = to_bytes(&invite());
    bytes[8] = 2;
    assert_eq!(read::<Invite>(&bytes), Err(FileError::Version(2)));
}

#[test]
fn a_founding_names_the_offices_that_have_not_signed() {
    let one = draft().sign(&secret(2)).unwrap();
    let error = draft().found(&[one, one]).unwrap_err();
    assert_eq!(error.to_string(), "these founders have not signed: Kementerian 1, Kementerian 3");
}

#[test]
fn a_founding_takes_only_fitting_signatures() {
    let mut signatures: Vec<_> = (1..=3).map(|n| draft().sign(&secret(n)).unwrap()).collect();
    let other = FoundingDraft::of_programme((1..=3).map(ministry).collect(), [9; 16]).unwrap();
    let foreign = other.sign(&secret(1)).unwrap();
    assert_eq!(draft().found(&[foreign]), Err(FileError::OtherDraft(secret(1).node_key())));
    assert_eq!(draft().sign(&secret(9)), Err(FileError::Stranger(secret(9).node_key())));
    signatures[0].signature = signatures[1].signature;
    assert_eq!(draft().found(&signatures), Err(FileError::Signature(secret(1).node_key())));
}

#[test]
fn a_draft_takes_each_founder_once_and_all_of_one_sort() {
    let twice = FoundingDraft::of_programme(vec![ministry(1), ministry(1)], [7; 16]);
    assert!(matches!(twice, Err(FileError::Content { source: crate::StatementError::NotASet(_), .. })), "{twice:?}");
    assert!(FoundingDraft::of_programme(vec![], [7; 16]).is_err());
    let office = office_id(&ministry(1), &Request::verify(&ministry(1)).unwrap());
    let further = Request {
        seal_key: secret(4).seal_key(),
        practice: false,
        nonce: [4; 16],
        subject: Subject::FurtherNode { office },
    };
    let further = further.sign(&secret(4)).unwrap();
    assert!(FoundingDraft::of_programme(vec![ministry(1), further], [7; 16]).is_err());
}

#[test]
fn an_act_drafted_and_signed_apart_counts() {
    let (mut set, charter) = network();
    for n in 1..=2 {
        let signature = act().sign(&secret(n)).unwrap();
        set.insert(act().vote(&signature).unwrap()).unwrap();
    }
    let after = Charter::fold(&set, charter.network());
    assert_eq!((charter.founder_set_version(), after.founder_set_version()), (1, 2));
}

#[test]
fn an_invite_is_small_and_with_the_founding_admits_the_node() {
    let invite = invite();
    let bytes = to_bytes(&invite).len();
    assert!(bytes < 1_200, "{bytes} bytes: a QR code holds 2,900 and a phone reads a third of that well");
    assert_eq!(invite.sponsor(), Some(secret(12).node_key()));
    let mut set = StatementSet::new();
    for statement in founding().statements().into_iter().chain(invite.statements) {
        set.insert(statement).unwrap();
    }
    assert!(Charter::fold(&set, invite.network).is_active(&secret(13).node_key()));
}

#[test]
fn an_invite_for_somebody_else_is_refused() {
    let mut invite = invite();
    invite.node = secret(40).node_key();
    let error = read::<Invite>(&to_bytes(&invite)).unwrap_err();
    assert_eq!(error.to_string(), "an invite that does not hold together: no statement admits the invited node");
}

#[test]
fn what_is_foreseen_is_what_happens() {
    let (mut set, charter) = network();
    let network = charter.network();
    let body = || Body::Admit { request: request(14, "Desa Garung", "village", "33.07.12.2007") };
    for (sponsor, expected) in [(12, true), (13, false), (99, false)] {
        let key = secret(sponsor).node_key();
        let (foreseen, effect) = Charter::foresee(&set, network, key, body()).unwrap();
        let mut then = set.clone();
        let checked = CheckedStatement::check(Statement::sign(&secret(sponsor), network, body()).unwrap()).unwrap();
        then.insert_checked(checked);
        assert_eq!(foreseen, Charter::fold(&then, network));
        assert_eq!(effect == crate::Effect::Counts, expected, "{sponsor}: {effect}");
    }
    let keep = charter.keep_all(&set, &secret(12).node_key()).keep;
    assert_eq!(keep.len(), 1);
    let node = secret(12).node_key();
    let removal = Body::Remove { node, reason: String::new(), keep };
    set.insert(Statement::sign(&secret(11), network, removal).unwrap()).unwrap();
    let after = Charter::fold(&set, network);
    assert!(!after.is_active(&node) && after.is_active(&secret(13).node_key()));
}
