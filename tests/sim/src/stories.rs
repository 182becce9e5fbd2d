//! The promises as stories of a few offices.

use std::{collections::BTreeSet, time::Duration};

use charter::Body;
use identity::{Class, Coordinate};
use journal::Subject;

use crate::net::Net;

const V: &str = "participation/33.07.10.2004";
const NAMES: &str = "identity/33.07.10.2004";

#[test]
fn what_a_village_writes_is_held_by_all_who_may_read_it() {
    let mut net = Net::programme(1);
    net.write("kuripan", V, 3);
    net.write("kuripan", NAMES, 2);
    net.write("kuripan", "care/33.07.10.2004", 1);
    net.settle();
    net.expect_at_rest();
    for reader in ["wonosobo", "jateng", "bp3tki", "kemnaker", "kemendesa"] {
        assert_eq!(net.entries_of(reader, "kuripan", V), 3, "{reader}");
    }
    assert_eq!(net.entries_of("kemnaker", "kuripan", NAMES), 2);
    for other in ["kemendesa", "garung", "sleman"] {
        assert_eq!(net.entries_of(other, "kuripan", NAMES), 0, "{other}");
    }
    assert_eq!(net.entries_of("wonosobo", "kuripan", "care/33.07.10.2004"), 0);
}

#[test]
fn who_is_let_into_a_case_reads_it_at_once() {
    let mut net = Net::programme(8);
    net.run(Duration::from_secs(10));
    let scope = charter::roster_scope(Class::Case, net.world.key("kuripan"), [7; 16]).unwrap();
    assert!(net.rosters("kuripan", &scope, Some([7; 16]), &["kuripan"]));
    net.write("kuripan", scope.as_str(), 3);
    net.run(Duration::from_secs(60));
    assert_eq!(net.entries_of("wonosobo", "kuripan", scope.as_str()), 0);
    assert!(net.rosters("kuripan", &scope, None, &["kuripan", "wonosobo"]));
    net.run(Duration::from_secs(60));
    assert_eq!(net.entries_of("wonosobo", "kuripan", scope.as_str()), 3);
    net.settle();
    net.expect_at_rest();
}

#[test]
fn who_was_away_while_a_case_was_shared_and_its_writer_cut_off_learns_of_both() {
    let mut net = Net::programme(16);
    net.run(Duration::from_secs(10));
    let scope = charter::roster_scope(Class::Case, net.world.key("kuripan"), [7; 16]).unwrap();
    assert!(net.rosters("kuripan", &scope, Some([7; 16]), &["kuripan"]));
    net.write("kuripan", scope.as_str(), 3);
    net.settle();
    net.isolate("jateng");
    assert!(net.rosters("kuripan", &scope, None, &["kuripan", "wonosobo", "jateng"]));
    net.settle();
    net.remove("wonosobo", "kuripan");
    net.settle();
    net.cut_off_all("wonosobo", "kuripan", |seq| seq);
    net.settle();
    // The roster that gives the right to read and the cut-off of what is read come in one message.
    net.heal();
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("jateng", "kuripan", scope.as_str()), 3);
}

#[test]
fn a_village_that_was_away_catches_up() {
    let mut net = Net::programme(2);
    net.run(Duration::from_secs(10));
    net.isolate("kuripan");
    net.write("kuripan", V, 5);
    net.write("wonosobo", V, 7);
    net.run(Duration::from_secs(600));
    assert_eq!(net.entries_of("wonosobo", "kuripan", V), 0);
    net.heal();
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("kuripan", "wonosobo", V), 7);
    assert_eq!(net.entries_of("kemenkes", "kuripan", V), 5);
}

#[test]
fn a_large_journal_arrives_whole_although_the_line_breaks_again_and_again() {
    let mut net = Net::of(3, &["kemnaker", "kemenpar"]);
    net.run(Duration::from_secs(10));
    net.isolate("kemenpar");
    for _ in 0..30 {
        net.write("kemnaker", "coordination/id", 1000);
        net.run(Duration::from_millis(100));
    }
    net.heal();
    for _ in 0..10 {
        net.run(Duration::from_secs(8));
        net.drop_connections("kemenpar");
    }
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("kemenpar", "kemnaker", "coordination/id"), 30_000);
}

#[test]
fn the_author_learns_who_holds_its_entries() {
    let mut net = Net::programme(4);
    net.write("kuripan", V, 3);
    net.settle();
    let kuripan = net.node("kuripan").replica.as_ref().unwrap();
    let scope = V.parse().unwrap();
    let holders: Vec<_> = kuripan.receipts().of_scope(&scope).map(|known| known.holder()).collect();
    for name in ["wonosobo", "jateng", "bp3tki", "kemnaker", "kemenbumn"] {
        assert!(holders.contains(&net.world.key(name)), "{name}");
    }
}

#[test]
fn a_crash_loses_nothing_that_was_acknowledged() {
    let mut net = Net::programme(5);
    net.run(Duration::from_secs(10));
    for _ in 0..20 {
        net.write("kuripan", V, 2);
        net.write("wonosobo", V, 1);
        net.run(Duration::from_millis(7));
        net.crash("kuripan");
        net.run(Duration::from_secs(3));
        net.restart("kuripan");
        net.run(Duration::from_secs(3));
    }
    net.settle();
    net.expect_at_rest();
}

#[test]
fn a_disk_that_was_set_back_gets_its_own_entries_back_and_forks_nothing() {
    let mut net = Net::programme(6);
    net.write("kuripan", V, 5);
    net.settle();
    let former = net.node("kuripan").disk.clone();
    net.write("kuripan", V, 5);
    net.settle();
    net.roll_back("kuripan", former);
    net.settle();
    assert_eq!(net.entries_of("kuripan", "kuripan", V), 10);
    net.write("kuripan", V, 3);
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("kemnaker", "kuripan", V), 13);
    assert!(!net.events.iter().any(|(_, event)| matches!(event, sync::Event::Fork { .. })));
}

#[test]
fn a_disk_that_was_set_back_and_writes_at_once_forks_and_both_branches_stay_where_they_are() {
    let mut net = Net::programme(6);
    let former = net.node("kuripan").disk.clone();
    net.write("kuripan", V, 1);
    net.settle();
    net.isolate("kuripan");
    net.roll_back("kuripan", former);
    net.write("kuripan", V, 4);
    net.heal();
    net.settle();
    net.expect_at_rest();
    let forked =
        |name: &str| net.events.iter().any(|(at, event)| at == name && matches!(event, sync::Event::Fork { .. }));
    assert!(forked("kuripan") && forked("wonosobo"));
    assert_eq!(["kuripan", "wonosobo"].map(|name| net.entries_of(name, "kuripan", V)), [4, 1]);
    // What comes next goes into a journal of its own, and to everybody.
    net.write("kuripan", V, 2);
    net.settle();
    net.expect_at_rest();
    assert_eq!(["kuripan", "wonosobo"].map(|name| net.entries_of(name, "kuripan", V)), [6, 3]);
}

#[test]
fn a_copied_machine_forks_and_is_frozen_and_a_cut_off_makes_all_equal_again() {
    let mut net = Net::programme(7);
    net.write("kuripan", V, 5);
    net.settle();
    net.clone_machine("kuripan", "copy", &[]);
    net.isolate("copy");
    net.write("copy", V, 2);
    net.write("kuripan", V, 3);
    net.settle();
    net.heal();
    net.road("copy", "magelang");
    net.road("copy", "jateng");
    // Two machines under one key take the line from each other, so this never comes to rest.
    net.run(Duration::from_secs(600));
    let forked =
        |name: &str| net.events.iter().any(|(at, event)| at == name && matches!(event, sync::Event::Fork { .. }));
    for name in ["kuripan", "copy", "jateng", "wonosobo", "kemenkes"] {
        assert!(forked(name), "{name} knows of no fork");
    }
    net.remove("wonosobo", "kuripan");
    net.settle();
    net.cut_off_all("wonosobo", "kuripan", |seq| seq);
    net.settle();
    net.expect_at_rest();
}

#[test]
fn who_holds_the_beginning_of_a_branch_that_a_cut_off_gives_up_fetches_the_other_one() {
    let mut net = Net::programme(15);
    net.clone_machine("kuripan", "copy", &["jateng"]);
    net.isolate("jateng");
    net.isolate("copy");
    net.heal_between("jateng", "copy");
    net.write("copy", V, 1);
    net.write("kuripan", V, 2);
    net.settle();
    net.crash("copy");
    assert_eq!(net.entries_of("jateng", "kuripan", V), 1);
    net.remove("wonosobo", "kuripan");
    net.settle();
    net.cut_off_all("wonosobo", "kuripan", |seq| seq);
    net.heal();
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("jateng", "kuripan", V), 2);
}

#[test]
fn a_removed_node_is_heard_no_more() {
    let mut net = Net::programme(8);
    net.write("kuripan", V, 5);
    net.settle();
    net.isolate("kuripan");
    net.write("kuripan", V, 4);
    net.remove("wonosobo", "kuripan");
    net.settle();
    net.heal();
    net.settle();
    assert_eq!(net.entries_of("wonosobo", "kuripan", V), 5);
    net.cut_off_all("wonosobo", "kuripan", |seq| seq);
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("jateng", "kuripan", V), 5);
}

#[test]
fn a_new_office_shows_its_admission_and_what_it_wrote_before_counts() {
    let mut net = Net::programme(9);
    net.settle();
    let request = net.world.request("tieng", "village", "33.07.14.2006");
    let admission = net.world.said("wonosobo", Body::Admit { request });
    // Its own office knows of the admission; those that it calls do not, and wonosobo is away.
    let mut statements = net.world.statements.clone();
    statements.insert_checked(admission.clone());
    net.add("tieng", "tieng", statements);
    net.write("tieng", "participation/33.07.14.2006", 4);
    net.isolate("wonosobo");
    net.say("wonosobo", admission);
    net.road("tieng", "jateng");
    net.run(Duration::from_secs(120));
    assert_eq!(net.entries_of("jateng", "tieng", "participation/33.07.14.2006"), 4);
    net.heal();
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("kemenkes", "tieng", "participation/33.07.14.2006"), 4);
}

#[test]
fn an_invited_office_gets_the_founding_from_the_first_peer_that_knows_it() {
    let mut net = Net::programme(13);
    net.write("kuripan", V, 4);
    net.settle();
    let request = net.world.request("banjarnegara", "regency", "33.04");
    let admission = net.world.said("jateng", Body::Admit { request });
    net.say("jateng", admission.clone());
    net.settle();
    // An invite names the way down from a founder; the founding itself would not fit into a message.
    let mut all = net.world.statements.clone();
    all.insert_checked(admission);
    let charter = charter::Charter::fold(&all, net.world.network);
    let invite = charter::file::Invite::new(&charter, &all, net.world.key("banjarnegara"), Vec::new()).unwrap();
    let mut statements = charter::StatementSet::new();
    for statement in invite.statements {
        statements.insert(statement).unwrap();
    }
    assert!(!charter::Charter::fold(&statements, net.world.network).is_founded());
    net.add("banjarnegara", "banjarnegara", statements);
    net.road("banjarnegara", "jateng");
    net.write("jateng", "board/33", 2);
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("banjarnegara", "jateng", "board/33"), 2);
    assert!(net.holds_nothing_of("banjarnegara", "kuripan"));
}

#[test]
fn who_learns_of_its_own_admission_while_it_greets_another_shares_with_both() {
    for seed in 1..=12 {
        let mut net = Net::programme(seed);
        net.write("kuripan", V, 2);
        net.settle();
        let request = net.world.request("tieng", "village", "33.07.14.2006");
        let admission = net.world.said("wonosobo", Body::Admit { request });
        net.say("wonosobo", admission);
        net.settle();
        let statements = net.world.statements.clone();
        net.add("tieng", "tieng", statements);
        net.call_at_once("tieng", &["wonosobo", "jateng"]);
        net.write("tieng", "participation/33.07.14.2006", 2);
        net.run(Duration::from_secs(60));
        net.isolate("wonosobo");
        net.write("tieng", "participation/33.07.14.2006", 2);
        net.run(Duration::from_secs(60));
        assert_eq!(net.entries_of("jateng", "tieng", "participation/33.07.14.2006"), 4, "seed {seed}");
    }
}

#[test]
fn a_key_that_no_statement_admits_gets_nothing() {
    let mut net = Net::programme(10);
    net.write("kuripan", V, 4);
    net.settle();
    let request = net.world.request("liar", "ministry", "id");
    drop(request);
    let statements = net.world.statements.clone();
    net.add("liar", "liar", statements);
    net.road("liar", "jateng");
    net.run(Duration::from_secs(300));
    assert!(net.holds_nothing_of("liar", "kuripan"));
    assert!(net.events.iter().any(|(at, event)| at == "jateng" && matches!(event, sync::Event::TurnedAway { .. })));
}

#[test]
fn a_full_disk_takes_statements_and_catches_up_with_pages_later() {
    let mut net = Net::programme(11);
    net.run(Duration::from_secs(10));
    net.fill_disk("wonosobo", true);
    net.write("kuripan", V, 4);
    let request = net.world.request("tieng", "village", "33.07.14.2006");
    let admission = net.world.said("kemnaker", Body::Admit { request });
    net.say("kemnaker", admission.clone());
    net.run(Duration::from_secs(300));
    assert_eq!(net.entries_of("wonosobo", "kuripan", V), 0);
    assert!(net.node("wonosobo").disk.statements.contains(&admission.hash()));
    net.fill_disk("wonosobo", false);
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("wonosobo", "kuripan", V), 4);
}

#[test]
fn a_narrowed_policy_stops_a_reader_at_once() {
    let mut net = Net::programme(12);
    net.write("kuripan", NAMES, 4);
    net.settle();
    net.narrow_identity();
    net.settle();
    net.write("kuripan", NAMES, 3);
    net.settle();
    assert_eq!(net.entries_of("jateng", "kuripan", NAMES), 4);
    assert_eq!(net.entries_of("wonosobo", "kuripan", NAMES), 7);
}

#[test]
fn a_connection_that_works_one_way_only_is_given_up_and_made_anew() {
    let mut net = Net::programme(13);
    net.run(Duration::from_secs(10));
    net.cut_one_way("wonosobo", "kuripan");
    net.write("kuripan", V, 4);
    net.run(Duration::from_secs(120));
    net.heal();
    net.settle();
    net.expect_at_rest();
    assert_eq!(net.entries_of("wonosobo", "kuripan", V), 4);
}

#[test]
fn what_an_order_erases_is_on_no_disk_whoever_was_away_and_comes_back_to_nobody() {
    let mut net = Net::programme(14);
    net.write("kuripan", V, 3);
    net.settle();
    let first = net.node("wonosobo").disk.clone();
    let journal = net.acknowledged[0].journal.clone();
    let [erased, kept] = [2, 3].map(|seq| Coordinate { journal: journal.clone(), seq });
    net.write_about("wonosobo", V, &Subject::Of(erased.clone()), 2);
    net.write_about("wonosobo", V, &Subject::Creates { predecessor: Some(erased.clone()) }, 1);
    net.write_about("wonosobo", V, &Subject::Of(kept.clone()), 1);
    net.settle();
    let continued = Coordinate { journal: net.acknowledged.last().unwrap().journal.clone(), seq: 3 };
    // One is away, and one writes on about it without knowing.
    net.isolate("jateng");
    net.isolate("bp3tki");
    net.run(Duration::from_secs(60));
    net.write_about("bp3tki", V, &Subject::Of(erased.clone()), 2);
    net.write_about("bp3tki", V, &Subject::Of(continued.clone()), 1);
    net.order_erasure("kemnaker", V.parse().unwrap(), vec![erased.clone()]);
    net.run(Duration::from_secs(600));
    // One forgets all that came after the first three, the order included.
    net.roll_back("wonosobo", first);
    net.heal();
    net.settle();
    net.expect_at_rest();
    let documents = BTreeSet::from([erased, continued]);
    for name in ["kuripan", "wonosobo", "jateng", "bp3tki", "kemnaker", "kemendesa"] {
        assert_eq!(net.node(name).disk.payloads_of(&documents), BTreeSet::new(), "{name}");
        assert_eq!(net.node(name).disk.payloads_of(&BTreeSet::from([kept.clone()])).len(), 2, "{name}");
        assert_eq!(net.entries_of(name, "wonosobo", V), 4, "{name}");
        assert_eq!(net.entries_of(name, "bp3tki", V), 3, "{name}");
    }
}
