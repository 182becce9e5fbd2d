//! A small network whose keys everybody knows: two ministries, a village that one of them admitted, and a stranger.

use std::sync::{Arc, LazyLock};

use charter::{
    Body, CheckedStatement, Cut, Policy, Request, Statement, StatementSet, Subject, file::FoundingDraft, office_id,
};
use identity::{ChangeHash, Incarnation, JournalId, NetworkId, NodeSecret, OfficeId, Officer, ScopeName, Signed};
use journal::{Draft, Form, JournalWriter, Kind, Payload, Subject as EntrySubject, VerifiedRun};

/// The scopes that something is written in.
pub const SCOPES: [&str; 4] =
    ["participation/33.07.10.2004", "coordination/id", "care/33.07.10.2004", "identity/33.07.10.2004"];

/// The nodes; no statement admits the last one.
pub const NODES: [&str; 4] = ["kemnaker", "kemendesa", "kuripan", "stranger"];

/// What there is.
pub struct World {
    /// The network.
    pub network: NetworkId,
    /// Its founding, as the founders were asked to sign it.
    pub draft: FoundingDraft,
    /// The ministry that leads it.
    pub lead: OfficeId,
    /// What was said.
    pub statements: StatementSet,
    /// What may be said later: a removal, a cut-off, an admission.
    pub later: Vec<CheckedStatement>,
    /// Runs of the nodes in every scope, and of a second history of the village.
    pub runs: Vec<VerifiedRun>,
}

/// The one there is.
pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let ministries = ["kemnaker", "kemendesa"].map(|name| request(name, "ministry", "id"));
    let lead = office_id(&ministries[0], &Request::verify(&ministries[0]).unwrap());
    let draft = FoundingDraft::of_programme(ministries.to_vec(), [7; 16]).unwrap();
    let network = draft.network();
    let mut statements = StatementSet::new();
    for name in ["kemnaker", "kemendesa"] {
        statements.insert(draft.statement.signed_by(&secret(name)).unwrap()).unwrap();
    }
    let say =
        |name: &str, body| CheckedStatement::check(Statement::sign(&secret(name), network, body).unwrap()).unwrap();
    statements.insert_checked(say("kemnaker", Body::Admit { request: request("kuripan", "village", "33.07.10.2004") }));
    let runs = SCOPES.iter().flat_map(|scope| runs_in(scope)).collect::<Vec<_>>();
    let node = secret("kuripan").node_key();
    let scope: ScopeName = SCOPES[0].parse().unwrap();
    let of_village = |run: &&VerifiedRun| run.journal().node == node && run.journal().scope == scope;
    let cut = |run: &VerifiedRun| Cut { incarnation: run.journal().incarnation, at: Some(run.last()) };
    let at: Vec<Cut> = runs.iter().find(of_village).map(cut).into_iter().collect();
    let later = vec![
        say("kemnaker", Body::Remove { node, reason: String::new(), keep: Vec::new() }),
        say("kemendesa", Body::CutOff { node, scope, at, cites: Vec::new(), void: false }),
        say("kemnaker", Body::Admit { request: request("stranger", "village", "33.07.10.2001") }),
    ];
    World { network, draft, lead, statements, later, runs }
});

/// The secret of a node.
pub fn secret(name: &str) -> NodeSecret {
    NodeSecret::from_seed(*blake3::hash(name.as_bytes()).as_bytes())
}

/// What a node asked for to be admitted.
pub fn request(name: &str, kind: &str, region: &str) -> Signed<Request> {
    let (kind, region) = (kind.parse().unwrap(), region.parse().unwrap());
    let subject = Subject::NewOffice { name: name.to_owned(), kind, region };
    let secret = secret(name);
    Request { seal_key: secret.seal_key(), practice: false, nonce: [1; 16], subject }.sign(&secret).unwrap()
}

/// The policy that the programme begins with.
pub fn policy() -> Policy {
    Policy::default_programme(WORLD.lead)
}

/// A node's journal in a scope.
pub fn journal(name: &str, scope: &str) -> JournalId {
    JournalId { scope: scope.parse().unwrap(), node: secret(name).node_key(), incarnation: Incarnation([1; 8]) }
}

/// A fact to be written.
pub fn fact(content: Vec<u8>) -> Draft {
    Draft {
        time_ms: 0,
        officer: Officer::new("petugas").unwrap(),
        subject: EntrySubject::Creates { predecessor: None },
        kind: Kind { record: 2, form: Form::Fact },
        links: Vec::new(),
        payload: Payload::Fact(content),
        change_hash: ChangeHash([0; 32]),
    }
}

/// The runs of each node in one scope, three after each other, and a second history of the village.
fn runs_in(scope: &str) -> Vec<VerifiedRun> {
    let mut runs = Vec::new();
    for (name, salt) in [("kemnaker", 0), ("kemendesa", 0), ("kuripan", 0), ("kuripan", 1), ("stranger", 0)] {
        let mut writer = JournalWriter::new(journal(name, scope), Arc::new(secret(name)));
        for part in 0..3 {
            for entry in 0..3 {
                writer.append(fact(vec![part, entry, salt * part])).unwrap();
            }
            runs.extend(writer.commit().runs);
        }
    }
    runs
}
