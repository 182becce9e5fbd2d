//! What only a majority of the founders does, each signing for itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test at the edge")]

use std::path::Path;

use service::{
    Ask, Code, Command, Options, Problem, Proposal, Query, Reply, Service, StoreOptions, create, draft, found,
    reply::{CharterView, Enacted, GrantView},
    subject,
};

async fn ask(service: &Service, ask: impl Into<Ask>) -> Result<Reply, Problem> {
    service.ask(ask.into(), |_| ()).await
}

async fn carried(service: &Service, what: impl Into<Ask>) -> Result<Vec<u8>, Problem> {
    let Reply::Carry { file, .. } = ask(service, what).await? else { panic!("nothing to carry") };
    Ok(file)
}

async fn ministry(folder: &Path, name: &str) -> Service {
    let store = StoreOptions::new(folder.join(name));
    create(&store, subject(Some(name), Some("ministry"), Some("id"), None).unwrap(), true).unwrap();
    Service::start(Options::offline(store)).await.unwrap()
}

/// Three ministries that founded a network.
async fn founders(folder: &Path) -> [Service; 3] {
    let ministries =
        [ministry(folder, "Kemnaker").await, ministry(folder, "Kemensos").await, ministry(folder, "Kemendesa").await];
    let mut requests = Vec::new();
    for ministry in &ministries {
        requests.push(carried(ministry, Query::Request).await.unwrap());
    }
    let (draft, _) = draft(&requests, true).unwrap();
    let signatures = signed(&ministries, &draft).await;
    let (founding, _) = found(&draft, &signatures).unwrap();
    for ministry in &ministries {
        ask(ministry, Command::Join { file: founding.clone() }).await.unwrap();
    }
    ministries
}

async fn signed(by: &[Service], draft: &[u8]) -> Vec<Vec<u8>> {
    let mut signatures = Vec::new();
    for ministry in by {
        signatures.push(carried(ministry, Command::Sign { draft: draft.to_owned() }).await.unwrap());
    }
    signatures
}

async fn enact(service: &Service, draft: &[u8], signatures: &[Vec<u8>]) -> Enacted {
    let enact = Command::Enact { draft: draft.to_owned(), signatures: signatures.to_owned() };
    let Reply::Enacted(vote) = ask(service, enact).await.unwrap() else { panic!("a vote") };
    vote
}

async fn policy(service: &Service) -> Vec<GrantView> {
    let Reply::Policy(grants) = ask(service, Query::Policy).await.unwrap() else { panic!("a policy") };
    grants
}

async fn charter(service: &Service) -> CharterView {
    let Reply::Charter(charter) = ask(service, Query::Charter).await.unwrap() else { panic!("a charter") };
    *charter
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_three_narrow_the_policy_and_one_alone_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let ministries = founders(folder.path()).await;
    let before = policy(&ministries[0]).await;
    let mut narrowed = before.clone();
    narrowed.retain(|grant| grant.class != "board");
    assert_ne!(narrowed, before);
    // What is printed is what is taken.
    let grants = service::read_grants(&serde_json::to_vec(&narrowed).unwrap()).unwrap();
    let act = carried(&ministries[0], Query::Propose(Proposal::Policy { grants })).await.unwrap();
    let signatures = signed(&ministries, &act).await;

    let one = enact(&ministries[2], &act, &signatures[..1]).await;
    assert_eq!((one.votes, one.needed), (1, 2));
    assert_ne!(one.effect, "counts");
    assert_eq!(policy(&ministries[2]).await, before);
    let two = enact(&ministries[2], &act, &signatures[1..2]).await;
    assert_eq!((two.votes, two.effect.as_str()), (2, "counts"));
    assert_eq!(policy(&ministries[2]).await, narrowed);
    assert_eq!(charter(&ministries[2]).await.founder_set_version, 2);
    // Elsewhere it counts once it is known there.
    assert_eq!(policy(&ministries[1]).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founder_leaves_by_the_word_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let ministries = founders(folder.path()).await;
    let proposal = Proposal::RemoveFounder { office: "Kemendesa".to_owned() };
    let act = carried(&ministries[0], Query::Propose(proposal)).await.unwrap();
    let vote = enact(&ministries[0], &act, &signed(&ministries[..2], &act).await).await;
    assert_eq!(vote.effect, "counts");
    let founders: Vec<(String, bool)> =
        charter(&ministries[0]).await.offices.into_iter().map(|office| (office.name, office.founder)).collect();
    let expected = [("Kemendesa", false), ("Kemensos", true), ("Kemnaker", true)];
    assert_eq!(founders, expected.map(|(name, founder)| (name.to_owned(), founder)));

    // Votes for something else on the former founder set come too late.
    let late = carried(&ministries[1], Query::Propose(Proposal::Policy { grants: Vec::new() })).await.unwrap();
    let vote = enact(&ministries[0], &late, &signed(&ministries[2..], &late).await).await;
    assert_ne!(vote.effect, "counts");
    assert!(!policy(&ministries[0]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn how_many_are_needed_is_said_of_those_who_decide_not_of_those_who_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let ministries = founders(folder.path()).await;
    for (office, left) in [("Kemendesa", 2), ("Kemensos", 1)] {
        let proposal = Proposal::RemoveFounder { office: office.to_owned() };
        let act = carried(&ministries[0], Query::Propose(proposal)).await.unwrap();
        let vote = enact(&ministries[0], &act, &signed(&ministries[..2], &act).await).await;
        assert_eq!((vote.votes, vote.needed, vote.effect.as_str()), (2, 2, "counts"), "{office}");
        let founders = charter(&ministries[0]).await.offices.into_iter().filter(|office| office.founder);
        assert_eq!(founders.count(), left, "{office}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let ministries = founders(folder.path()).await;
    let village = StoreOptions::new(folder.path().join("village"));
    let office = subject(Some("Desa Kuripan"), Some("village"), Some("33.07.10.2004"), None).unwrap();
    create(&village, office, true).unwrap();
    let village = Service::start(Options::offline(village)).await.unwrap();
    let request = carried(&village, Query::Request).await.unwrap();
    let Reply::Approved(invite) = ask(&ministries[0], Command::Approve { request: request.clone() }).await.unwrap()
    else {
        panic!("an invite")
    };
    ask(&village, Command::Join { file: invite.file }).await.unwrap();
    let act = carried(&ministries[0], Query::Propose(Proposal::Policy { grants: Vec::new() })).await.unwrap();
    let other =
        carried(&ministries[0], Query::Propose(Proposal::RemoveFounder { office: "Kemensos".into() })).await.unwrap();
    let signature = carried(&ministries[0], Command::Sign { draft: other }).await.unwrap();

    let grant = |class: &str| GrantView {
        holder: "village".to_owned(),
        class: class.to_owned(),
        within: "id".to_owned(),
        reach: "own".to_owned(),
        access: "read".to_owned(),
    };
    let table: [(&Service, Ask, Code, &str); 6] = [
        (&village, Command::Sign { draft: act.clone() }.into(), Code::NoRight, "only the founders sign"),
        (&ministries[0], Command::Sign { draft: request.clone() }.into(), Code::BadInput, "was expected"),
        (
            &ministries[0],
            Command::Enact { draft: act, signatures: vec![signature] }.into(),
            Code::BadInput,
            "for another draft",
        ),
        (
            &ministries[0],
            Query::Propose(Proposal::Policy { grants: vec![grant("shoes")] }).into(),
            Code::BadInput,
            "a grant's class is \"shoes\"",
        ),
        (
            &ministries[0],
            Query::Propose(Proposal::RemoveFounder { office: "Kemenkeu".into() }).into(),
            Code::NotFound,
            "names no office",
        ),
        (&ministries[0], Query::Network.into(), Code::Conflict, "does not run"),
    ];
    for (service, what, code, message) in table {
        let problem = ask(service, what.clone()).await.unwrap_err();
        assert_eq!(problem.code, code, "{what:?}: {problem}");
        assert!(problem.message.contains(message), "{what:?}: {problem}");
        assert!(!problem.hint.is_empty(), "{what:?}");
    }
    assert!(service::read_grants(b"[{\"holder\":\"village\"}]").is_err());
}
