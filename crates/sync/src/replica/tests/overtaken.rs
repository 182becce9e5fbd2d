//! What a peer says while something else is under way is not forgotten.

use super::*;

const SESSION: SessionId = SessionId(1);

/// A ministry that called another; both hold nothing, and both know it.
struct Caller {
    node: Replica,
    now: Instant,
}

impl Caller {
    fn greeted() -> Self {
        let now = start();
        let mut node = replica("kemendesa", now);
        node.handle(Input::Connected { session: SESSION, peer: secret("kemnaker").node_key(), initiator: true }, now);
        let summary = Summary { charter: node.everyone, ..Summary::default() };
        let (version_min, version_max) = VERSIONS;
        let network = WORLD.network;
        let hello = Hello { network, version_min, version_max, admits_you: true, your_beacon: 0, summary };
        let mut caller = Self { node, now };
        caller.hears(Message::Hello(hello));
        caller
    }

    /// Takes a message, does what is asked for, and gives what is said.
    fn hears(&mut self, message: Message) -> Vec<Message> {
        self.node.handle(Input::Received { session: SESSION, message }, self.now);
        let mut sent = Vec::new();
        loop {
            let input = match self.node.poll_output() {
                Output::Timeout(_) => return messages(&sent),
                Output::Send { frame, .. } => {
                    sent.push(frame);
                    continue;
                }
                Output::Check { request, what: Unchecked::Statements(list) } => {
                    let checked = list.into_iter().map(|one| CheckedStatement::check(one).unwrap()).collect();
                    Input::Checked { request, found: Found::Statements(checked) }
                }
                Output::Persist { token, .. } => Input::Persisted { token },
                output @ (Output::Check { .. }
                | Output::Load { .. }
                | Output::Locate { .. }
                | Output::Prove { .. }
                | Output::Close { .. }) => panic!("{output:?}"),
                Output::Event(_) => continue,
            };
            self.node.handle(input, self.now);
        }
    }
}

#[test]
fn news_that_came_after_fingerprints_outlive_their_comparison() {
    let mut caller = Caller::greeted();
    // The peer learns of a newcomer, says so, and then tells of what the newcomer has written, which it cannot yet judge.
    let admission = WORLD.later[2].clone();
    let mut theirs = WORLD.statements.clone();
    theirs.insert_checked(admission.clone());
    let mut charter = Fingerprint::default();
    charter.0.copy_from_slice(&theirs.fingerprint(|audience| *audience == Audience::Everyone)[..16]);
    let said = caller.hears(Message::Summary(Summary { charter, ..Summary::default() }));
    assert!(matches!(said[..], [Message::Buckets(Set::Charter, _)]), "{said:?}");
    let newcomer = secret("stranger").node_key();
    let run = WORLD.runs.iter().find(|run| run.journal().node == newcomer).unwrap();
    let (scope, points) = (run.journal().scope.clone(), vec![(run.journal().into(), run.last())]);
    assert_eq!(caller.hears(Message::Have(Have { scope, whole: false, points })), []);
    // Then the admission itself comes, and with it the two sets of statements are equal.
    let said = caller.hears(Message::Hashes(Set::Charter, [0xff; 32], hashes_of(&theirs)));
    assert!(matches!(&said[..], [Message::Ask(asked)] if *asked == [admission.hash()]), "{said:?}");
    let said = caller.hears(Message::Statements(vec![admission.signed().clone()]));
    let wanted = |message: &Message| matches!(message, Message::Want(wants) if wants[0].journal == *run.journal());
    assert!(said.iter().any(wanted), "{said:?}");
}

#[test]
fn who_is_equal_to_us_is_asked_for_nothing_that_it_may_not_read() {
    let mut caller = Caller::greeted();
    let (scope, node) = ("care/33.07.10.2004".parse().unwrap(), secret("kemnaker").node_key());
    let journal = JournalId { scope, node, incarnation: Incarnation([7; 8]) };
    // It stood here at 3 when both were found equal, and was wound back since.
    let point = Point { seq: 3, hash: identity::EntryHash([3; 32]) };
    caller.node.sessions.get_mut(&SESSION).unwrap().note(&journal, point);
    caller.node.evaluate(SESSION, &journal);
    let said = caller.hears(Message::Credit(1));
    assert!(!said.iter().any(|message| matches!(message, Message::Want(_))), "{said:?}");
}

/// A peer is known to hold a journal of which two branches go beyond the first entry.
fn check_news(known: (u64, u8), ours: (u64, u8), cut_off: bool, expected: bool) {
    let node = secret("kemnaker").node_key();
    let journal = JournalId { scope: "board/id".parse().unwrap(), node, incarnation: Incarnation([1; 8]) };
    let point = |(seq, branch)| Point { seq, hash: identity::EntryHash([branch; 32]) };
    let mut caller = Caller::greeted();
    let session = caller.node.sessions.get_mut(&SESSION).unwrap();
    session.note(&journal, point(known));
    assert_eq!(session.is_news(&journal, point(ours), cut_off), expected, "{known:?} {ours:?} {cut_off}");
}

#[test]
fn who_holds_more_of_a_branch_that_is_given_up_is_told_of_the_other() {
    check_news((2, 1), (3, 1), false, true);
    check_news((2, 1), (2, 1), false, false);
    check_news((3, 1), (2, 1), false, false);
    check_news((2, 1), (1, 2), true, true);
    check_news((1, 1), (1, 2), true, true);
    check_news((1, 2), (1, 2), true, false);
}

fn hashes_of(statements: &StatementSet) -> Vec<StatementHash> {
    statements.iter().map(CheckedStatement::hash).collect()
}

#[test]
fn what_a_file_makes_due_is_done_before_the_next_wait() {
    let now = start();
    let mut node = replica("kemnaker", now);
    let file = SessionId(7);
    let receipt = Receipt { scope: SCOPES[1].parse().unwrap(), number: 5, time_ms: 0, points: Vec::new() };
    let receipt = Signed::new(&secret("kemnaker"), Domain::Receipt, &receipt);
    let hello = Hello {
        network: WORLD.network,
        version_min: VERSIONS.0,
        version_max: VERSIONS.1,
        admits_you: true,
        your_beacon: 0,
        summary: Summary::default(),
    };
    node.handle(Input::Import { session: file, from: secret("kemendesa").node_key() }, now);
    let mut signed_anew = false;
    // Its own receipt, which this store does not know: it signs a newer one, and does not ask to be woken at once for it.
    for message in [Message::Hello(hello), Message::ScopesEnd, Message::Receipts(vec![receipt])] {
        node.handle(Input::Received { session: file, message }, now);
        loop {
            match node.poll_output() {
                Output::Timeout(at) => {
                    assert!(at.is_none_or(|(at, _)| at > now), "{at:?} has come already");
                    break;
                }
                Output::Persist { items, .. } => {
                    signed_anew |= items.iter().any(|item| matches!(item, Durable::Receipt(_)));
                }
                Output::Send { .. }
                | Output::Close { .. }
                | Output::Check { .. }
                | Output::Load { .. }
                | Output::Locate { .. }
                | Output::Prove { .. }
                | Output::Event(_) => {}
            }
        }
    }
    assert!(signed_anew);
}

/// Whoever calls has greeted before it learned what the other holds too. To the other the two differ then, and it waits
/// for the list of who calls.
#[test]
fn who_learns_something_between_the_two_greetings_says_that_both_are_equal() {
    let now = start();
    let [caller_key, other_key] = ["kemendesa", "kemnaker"].map(|name| secret(name).node_key());
    let own = |run: &&VerifiedRun| run.journal().node == caller_key && run.journal().scope.as_str() == SCOPES[1];
    let run = WORLD.runs.iter().find(own).unwrap();
    let mut knows = recovered("kemnaker");
    knows.journals = vec![(run.journal().clone(), run.last())];
    let mut other = Replica::new(knows, now);
    other.handle(Input::Connected { session: SESSION, peer: caller_key, initiator: false }, now);
    let theirs = messages(&frames(&mut other)).remove(0);

    let mut caller = Caller { node: replica("kemendesa", now), now };
    caller.node.handle(Input::Connected { session: SESSION, peer: other_key, initiator: true }, now);
    let greeting = messages(&frames(&mut caller.node)).remove(0);
    let span = Span { journal: run.journal().clone(), after: NOTHING, point: run.last() };
    caller.node.handle(Input::Written { pack: LoadedPack { bytes: Vec::new(), spans: vec![span] } }, now);
    let said = caller.hears(theirs);
    for message in [greeting].into_iter().chain(said) {
        other.handle(Input::Received { session: SESSION, message }, now);
        frames(&mut other);
    }
    let ours = other.holdings.durable(run.journal());
    assert_eq!(other.sessions[&SESSION].known(run.journal(), ours), Some(run.last()), "both hold it, and both know it");
}
