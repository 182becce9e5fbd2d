//! What the tests of this crate share: nodes, journals and drafts that come from a number alone.

use std::sync::Arc;

use identity::{ChangeHash, Coordinate, Incarnation, JournalId, NodeSecret, Officer};

use proptest::prelude::*;

use crate::{Actor, Change, Draft, Form, JournalWriter, Kind, Payload, Subject, VerifiedRun};

pub(crate) fn secret(node: u8) -> Arc<NodeSecret> {
    Arc::new(NodeSecret::from_seed([node; 32]))
}

pub(crate) fn journal_in(scope: &str, node: u8) -> JournalId {
    let incarnation = Incarnation([node; 8]);
    JournalId { scope: scope.parse().unwrap(), node: secret(node).node_key(), incarnation }
}

pub(crate) fn journal(node: u8) -> JournalId {
    journal_in("participation/33.07.10.2004", node)
}

pub(crate) fn writer(node: u8) -> JournalWriter {
    JournalWriter::new(journal(node), secret(node))
}

pub(crate) fn at(node: u8, seq: u64) -> Coordinate {
    Coordinate { journal: journal(node), seq }
}

/// The `n`th draft of a node: changes and facts, own and others' documents, links and other actors.
pub(crate) fn draft(node: u8, n: u64) -> Draft {
    let other = node % 3 + 1;
    let document = at(other, n / 2 + 1);
    let form = if n % 3 == 2 { Form::Fact } else { Form::Change };
    let subject = match n % 4 {
        0 => Subject::Creates { predecessor: (n % 8 == 4).then(|| at(node, n / 4 + 1)) },
        _ => Subject::Of(document.clone()),
    };
    let links = match n % 4 {
        0 => vec![],
        1 => vec![document],
        _ => vec![at(node, n), at(other, n + 5)],
    };
    let body = format!("payload {n} of node {node}").into_bytes();
    let (payload, change_hash) = match form {
        Form::Change => {
            let others = if n.is_multiple_of(4) { vec![] } else { vec![Actor { journal: journal(other), lane: 1 }] };
            (Payload::Change(Change { lane: (n % 2) as u8, others, body }), ChangeHash([n as u8; 32]))
        }
        Form::Fact => (Payload::Fact(body), ChangeHash([0; 32])),
    };
    let time_ms = 1_763_750_000_000 + 1_500 * n as i64;
    let officer = Officer::new(["petugas-1", "petugas-2"][(n / 5 % 2) as usize]).unwrap();
    Draft { time_ms, officer, subject, kind: Kind { record: 2 + (n % 2) as u16, form }, links, payload, change_hash }
}

/// The next `count` drafts of a node, written and committed at once.
pub(crate) fn write(writer: &mut JournalWriter, node: u8, count: u64) -> Vec<VerifiedRun> {
    for n in writer.point().seq..writer.point().seq + count {
        writer.append(draft(node, n)).unwrap();
    }
    writer.commit().runs
}

/// A run of the first `count` entries of a node.
pub(crate) fn run(node: u8, count: u64) -> VerifiedRun {
    write(&mut writer(node), node, count).remove(0)
}

/// Any draft at all, of any of four journals in two scopes.
pub(crate) fn any_draft() -> impl Strategy<Value = Draft> {
    let journals = || {
        (1..=3_u8, any::<bool>()).prop_map(|(node, same)| {
            journal_in(if same { "identity/33.07.10.2004" } else { "money/33.07.10.2004" }, node)
        })
    };
    let at = move || (journals(), any::<u64>()).prop_map(|(journal, seq)| Coordinate { journal, seq });
    let actor = (journals(), 0..8_u8).prop_map(|(journal, lane)| Actor { journal, lane });
    let subject = prop_oneof![
        Just(Subject::Creates { predecessor: None }),
        at().prop_map(|at| Subject::Creates { predecessor: Some(at) }),
        at().prop_map(Subject::Of),
    ];
    let body = proptest::collection::vec(any::<u8>(), 0..60);
    let payload = prop_oneof![
        body.clone().prop_map(Payload::Fact),
        (0..8_u8, proptest::collection::vec(actor, 0..4), body)
            .prop_map(|(lane, others, body)| Payload::Change(Change { lane, others, body })),
    ];
    let links = proptest::collection::vec(at(), 0..4);
    let said = (any::<i64>(), 1..4_u8, any::<u16>(), any::<[u8; 32]>(), any::<bool>());
    (subject, links, payload, said).prop_map(|(subject, mut links, payload, said)| {
        let (time_ms, officer, record, change_hash, on_document) = said;
        if let (true, Subject::Of(document)) = (on_document, &subject) {
            links.push(document.clone());
        }
        let (form, change_hash) = match payload {
            Payload::Fact(_) => (Form::Fact, ChangeHash([0; 32])),
            Payload::Change(_) | Payload::Erased { .. } => (Form::Change, ChangeHash(change_hash)),
        };
        let officer = Officer::new(&format!("petugas-{officer}")).unwrap();
        Draft { time_ms, officer, subject, kind: Kind { record, form }, links, payload, change_hash }
    })
}
