//! Golden bytes of everything that is signed, sent or carried. Should one change, then nodes of two versions no longer
//! understand each other: that takes a new version, not new gold.

use std::fmt::Write;

use identity::{
    Class, Coordinate, EntryHash, Incarnation, JournalId, NodeKey, NodeSecret, Point, ScopeName, Signed, StatementHash,
};

use crate::{
    Act, Body, Charter, CheckedStatement, Cut, Policy, Request, Statement, StatementSet, Subject,
    file::{self, ActDraft, FoundingDraft, Invite, Peer},
    office_id, roster_scope,
};

const GOLD: &str = include_str!("golden.hex");

fn secret(n: u8) -> NodeSecret {
    NodeSecret::from_seed([n; 32])
}

fn request(n: u8, subject: Subject) -> Signed<Request> {
    let request = Request { seal_key: secret(n).seal_key(), practice: true, nonce: [n; 16], subject };
    request.sign(&secret(n)).unwrap()
}

fn new_office(name: &str, kind: &str, region: &str) -> Subject {
    Subject::NewOffice { name: name.to_owned(), kind: kind.parse().unwrap(), region: region.parse().unwrap() }
}

/// Every form by name, in the order of the file.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let ministry = request(1, new_office("Kemnaker", "ministry", "id"));
    let office = office_id(&ministry, &Request::verify(&ministry).unwrap());
    let village = request(2, new_office("Desa Kuripan", "village", "33.07.10.2004"));
    let further = request(3, Subject::FurtherNode { office });
    let draft = FoundingDraft::of_programme(vec![ministry.clone()], [7; 16]).unwrap();
    let signature = draft.sign(&secret(1)).unwrap();
    let founding = draft.found(&[signature]).unwrap();
    let network = founding.network();

    let scope: ScopeName = "identity/33.07.10.2004".parse().unwrap();
    let node = NodeKey([0xaa; 32]);
    let hashes = vec![StatementHash([0xbb; 32]), StatementHash([0xcc; 32])];
    let point = Point { seq: 300, hash: EntryHash([0xdd; 32]) };
    let at = vec![
        Cut { incarnation: Incarnation([1; 8]), at: Some(point) },
        Cut { incarnation: Incarnation([2; 8]), at: None },
    ];
    let journal = JournalId { scope: scope.clone(), node, incarnation: Incarnation([1; 8]) };
    let documents = vec![Coordinate { journal, seq: 17 }];
    let case = roster_scope(Class::Case, secret(1).node_key(), [5; 16]).unwrap();
    let policy = Policy::default_programme(office);
    let (ground, reason) = ("UU 27/2022".to_owned(), "hilang".to_owned());
    let act = |act| Body::Majority { founder_set_version: 1, act, nonce: [8; 16] };
    let cites = || hashes.clone();
    let bodies = vec![
        ("admit", Body::Admit { request: village.clone() }),
        ("adopt", Body::Adopt { statements: cites() }),
        ("remove", Body::Remove { node, reason: reason.clone(), keep: cites() }),
        ("cut-off", Body::CutOff { node, scope: scope.clone(), at: at.clone(), cites: cites(), void: true }),
        ("rename", Body::Rename { office, name: "Kemenaker".to_owned(), cites: cites() }),
        ("succeed", Body::Succeed { from: vec![office], to: identity::OfficeId([9; 16]) }),
        (
            "roster opening",
            Body::Roster {
                scope: case.clone(),
                opening: Some([5; 16]),
                keeper: office,
                members: vec![office],
                cites: vec![],
            },
        ),
        ("roster", Body::Roster { scope: case, opening: None, keeper: office, members: vec![office], cites: cites() }),
        (
            "erase",
            Body::Erase { scope: scope.clone(), documents: documents.clone(), ground: ground.clone(), deadline: 1 },
        ),
        ("suspend", Body::Suspend { scope: scope.clone(), documents, ground: ground.clone() }),
        ("lift", Body::Lift { scope: scope.clone(), suspensions: cites(), ground }),
        ("add founder", act(Act::AddFounder { request: village.clone() })),
        ("remove founder", act(Act::RemoveFounder { office, keep: cites() })),
        ("set policy", act(Act::SetPolicy(policy))),
        ("admit node", act(Act::AdmitNode { request: further.clone() })),
        ("remove node", act(Act::RemoveNode { node, reason, keep: cites() })),
        ("founders' cut-off", act(Act::CutOff { node, scope, at, void: false })),
    ];

    let mut set = StatementSet::new();
    for statement in founding.statements() {
        set.insert(statement).unwrap();
    }
    let admission = Statement::sign(&secret(1), network, Body::Admit { request: village.clone() }).unwrap();
    let hash = crate::statement_hash(&admission);
    set.insert(admission.clone()).unwrap();
    let charter = Charter::fold(&set, network);
    let peers = vec![Peer { node: secret(1).node_key(), address: "naker.example:4433".to_owned() }];
    let invite = Invite::new(&charter, &set, secret(2).node_key(), peers).unwrap();
    let vote = ActDraft::new(&charter, Act::AdmitNode { request: further.clone() }, [8; 16]).unwrap();

    let mut forms = vec![
        ("office id", office.0.to_vec()),
        ("network id", network.0.to_vec()),
        ("statement hash", hash.0.to_vec()),
        ("set fingerprint", set.fingerprint(|_| true).to_vec()),
        ("bucket", set.buckets(|_| true)[usize::from(hash.0[0])].to_vec()),
        ("request", ministry.bytes().to_vec()),
        ("request further", further.bytes().to_vec()),
        ("found", founding.statement.encode()),
        ("signed statement", postcard::to_stdvec(&admission).unwrap()),
    ];
    for (name, body) in bodies {
        let signed = Statement::sign(&secret(1), network, body).unwrap();
        let checked = CheckedStatement::check(signed).unwrap();
        forms.push((name, checked.signed().bytes().to_vec()));
    }
    forms.extend([
        ("file request", file::to_bytes(&village)),
        ("file founding draft", file::to_bytes(&draft)),
        ("file founding signature", file::to_bytes(&signature)),
        ("file founding", file::to_bytes(&founding)),
        ("file invite", file::to_bytes(&invite)),
        ("file act draft", file::to_bytes(&vote)),
        ("file act signature", file::to_bytes(&vote.sign(&secret(1)).unwrap())),
        ("line founding signature", file::to_line(&signature).into_bytes()),
    ]);
    forms
}

#[test]
fn every_form_is_spelled_as_ever() {
    let mut spelled = String::new();
    for (name, bytes) in forms() {
        writeln!(spelled, "{name}: {}", data_encoding::HEXLOWER.encode(&bytes)).unwrap();
    }
    for (now, gold) in spelled.lines().zip(GOLD.lines()) {
        assert_eq!(now, gold);
    }
    assert_eq!(spelled.lines().count(), GOLD.lines().count(), "all of it:\n{spelled}");
}
