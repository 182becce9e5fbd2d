//! Rosters, names, successions, erasures, suspensions.

use identity::{Class, Coordinate, Incarnation, JournalId, OfficeId, ScopeName, StatementHash};

use super::{World, each, world::IDENTITY};
use crate::{Body, Effect, FreezeReason, Standing, VoidReason, WaitReason, roster_scope};

fn case(w: &World, opener: &str) -> ScopeName {
    roster_scope(Class::Case, w.key(opener), [5; 16]).unwrap()
}

fn open(w: &mut World, scope: &ScopeName, by: &str, members: &[&str]) -> StatementHash {
    let members: Vec<OfficeId> = members.iter().map(|name| w.office(name)).collect();
    w.say(by, Body::Roster { scope: scope.clone(), opening: Some([5; 16]), keeper: members[0], members, cites: vec![] })
}

fn change(w: &mut World, scope: &ScopeName, by: &str, members: &[&str], cites: &[StatementHash]) -> StatementHash {
    let members: Vec<OfficeId> = members.iter().map(|name| w.office(name)).collect();
    let cites = cites.to_vec();
    w.say(by, Body::Roster { scope: scope.clone(), opening: None, keeper: members[0], members, cites })
}

fn readers(w: &World, scope: &ScopeName) -> Vec<String> {
    let charter = w.charter();
    let mut names: Vec<_> = charter.readers(scope).map(|office| office.name.clone()).collect();
    names.sort();
    names
}

#[test]
fn a_case_is_known_to_its_roster_only() {
    each(|mut w| {
        let scope = case(&w, "kuripan");
        open(&mut w, &scope, "kuripan", &["kuripan", "bp3tki"]);
        assert_eq!(readers(&w, &scope), ["bp3tki", "kuripan"]);
        assert!(w.charter().may_write(&w.key("bp3tki"), &scope));
        assert!(!w.charter().may_read(&w.key("kemnaker"), &scope));
        assert_eq!(w.charter().rosters_of(w.office("bp3tki")).count(), 1);
    });
}

/// Who removes a laptop rarely reads the cases that it opened, and so keeps no word of them.
#[test]
fn a_case_that_a_removed_laptop_opened_stays_with_who_reads_it() {
    each(|mut w| {
        let scope = case(&w, "kuripan");
        let opened = open(&mut w, &scope, "kuripan", &["kuripan", "bp3tki"]);
        let changed = change(&mut w, &scope, "kuripan", &["kuripan", "garung"], &[opened]);
        w.remove("wonosobo", "kuripan", &[]);
        w.expect_void(changed, VoidReason::AuthorRemoved);
        assert_eq!(readers(&w, &scope), ["bp3tki", "kuripan"]);
        assert_eq!(w.standing("kuripan", scope.as_str(), 1), Standing::Frozen(FreezeReason::Removed));
    });
}

/// Where somebody who counts kept the opening, another that the lost key signs later takes nobody out.
#[test]
fn a_removed_laptop_shuts_nobody_out_of_a_case_that_others_know() {
    each(|mut w| {
        let scope = case(&w, "kuripan");
        let opened = open(&mut w, &scope, "kuripan", &["kuripan", "wonosobo"]);
        w.remove("wonosobo", "kuripan", &[opened]);
        let forged = open(&mut w, &scope, "kuripan", &["kuripan"]);
        w.expect_void(forged, VoidReason::AuthorRemoved);
        assert_eq!(readers(&w, &scope), ["kuripan", "wonosobo"]);
    });
}

/// What a key says that counts for nothing stands with nobody, and a lost key does not lift it up by adopting it.
#[test]
fn a_removed_laptop_opens_no_case_by_adopting_anothers_word() {
    each(|mut w| {
        let request = w.request("stranger", "village", "33.07.10.2005");
        let admitted = w.say("garung", Body::Admit { request });
        w.expect_void(admitted, VoidReason::NoAuthority);
        let scope = case(&w, "stranger");
        let opened = open(&mut w, &scope, "stranger", &["stranger", "kuripan", "wonosobo"]);
        w.remove("wonosobo", "kuripan", &[]);
        let adopted = w.adopt("kuripan", &[opened]);
        w.expect_void(adopted, VoidReason::AuthorRemoved);
        assert_eq!(readers(&w, &scope), Vec::<String>::new());
        assert_eq!(w.standing("kuripan", scope.as_str(), 1), Standing::NoRight);
    });
}

#[test]
fn nobody_opens_a_case_in_anothers_name() {
    each(|mut w| {
        let scope = case(&w, "kuripan");
        open(&mut w, &scope, "kuripan", &["kuripan", "bp3tki"]);
        let forged = open(&mut w, &scope, "garung", &["garung"]);
        w.expect_void(forged, VoidReason::NoAuthority);
        assert_eq!(readers(&w, &scope), ["bp3tki", "kuripan"]);
    });
}

#[test]
fn the_keeper_changes_the_roster_and_may_hand_it_over() {
    each(|mut w| {
        let scope = case(&w, "kuripan");
        let first = open(&mut w, &scope, "kuripan", &["kuripan", "bp3tki"]);
        let by_member = change(&mut w, &scope, "bp3tki", &["bp3tki", "garung"], &[first]);
        w.expect_void(by_member, VoidReason::NoAuthority);
        let second = change(&mut w, &scope, "kuripan", &["bp3tki", "wonosobo"], &[first]);
        assert_eq!(readers(&w, &scope), ["bp3tki", "wonosobo"]);
        assert_eq!(w.standing("kuripan", scope.as_str(), 1), Standing::Frozen(FreezeReason::Narrowed));
        change(&mut w, &scope, "bp3tki", &["bp3tki", "wonosobo", "kemnaker"], &[second]);
        assert_eq!(readers(&w, &scope), ["bp3tki", "kemnaker", "wonosobo"]);
        w.expect_void(first, VoidReason::Replaced);
    });
}

#[test]
fn of_concurrent_rosters_who_stands_in_all_takes_part() {
    each(|mut w| {
        let scope = case(&w, "kuripan");
        let first = open(&mut w, &scope, "kuripan", &["kuripan", "bp3tki", "wonosobo"]);
        let one = change(&mut w, &scope, "kuripan", &["kuripan", "bp3tki", "garung"], &[first]);
        let two = change(&mut w, &scope, "kuripan", &["kuripan", "bp3tki", "wonosobo", "jateng"], &[first]);
        assert_eq!(readers(&w, &scope), ["bp3tki", "kuripan"]);
        change(&mut w, &scope, "kuripan", &["kuripan", "garung", "jateng"], &[one, two]);
        assert_eq!(readers(&w, &scope), ["garung", "jateng", "kuripan"]);
    });
}

#[test]
fn a_roster_waits_for_the_one_that_it_cites() {
    each(|mut w| {
        let scope = case(&w, "kuripan");
        let mut elsewhere = w.clone();
        let first = open(&mut elsewhere, &scope, "kuripan", &["kuripan"]);
        let second = change(&mut w, &scope, "kuripan", &["kuripan", "bp3tki"], &[first]);
        w.expect(second, Effect::Waiting(WaitReason::Statement));
        assert!(readers(&w, &scope).is_empty());
        w.set.union(&elsewhere.set);
        assert_eq!(readers(&w, &scope), ["bp3tki", "kuripan"]);
    });
}

fn rename(w: &mut World, by: &str, office: &str, name: &str, cites: &[StatementHash]) -> StatementHash {
    let office = w.office(office);
    w.say(by, Body::Rename { office, name: name.to_owned(), cites: cites.to_vec() })
}

#[test]
fn an_office_is_renamed_by_itself_or_from_above_and_keeps_its_old_names() {
    each(|mut w| {
        let first = rename(&mut w, "bp3tki", "bp3tki", "BP3MI Jawa Tengah", &[]);
        rename(&mut w, "kemnaker", "bp3tki", "Balai Jawa Tengah", &[first]);
        let by_village = rename(&mut w, "kuripan", "bp3tki", "Calo", &[]);
        w.expect_void(by_village, VoidReason::NoAuthority);
        let charter = w.charter();
        let office = charter.office(&w.office("bp3tki")).unwrap();
        assert_eq!(office.name, "Balai Jawa Tengah");
        assert_eq!(office.former_names.iter().collect::<Vec<_>>(), ["BP3MI Jawa Tengah", "bp3tki"]);
    });
}

#[test]
fn of_concurrent_names_the_higher_office_gives_it() {
    each(|mut w| {
        let low = rename(&mut w, "kuripan", "kuripan", "Desa A", &[]);
        rename(&mut w, "jateng", "kuripan", "Desa B", &[]);
        assert_eq!(w.charter().office(&w.office("kuripan")).unwrap().name, "Desa B");
        w.expect_void(low, VoidReason::Replaced);
    });
}

#[test]
fn a_merger_and_a_split_name_successors() {
    each(|mut w| {
        let succeed = |w: &mut World, by: &str, from: &[&str], to: &str| {
            let (from, to) = (from.iter().map(|name| w.office(name)).collect(), w.office(to));
            w.say(by, Body::Succeed { from, to })
        };
        let merger = succeed(&mut w, "wonosobo", &["kuripan", "garung"], "bp3tki");
        w.expect_counts(merger);
        let split = succeed(&mut w, "kuripan", &["kuripan"], "garung");
        w.expect_counts(split);
        let foreign = succeed(&mut w, "kuripan", &["kuripan", "garung"], "bp3tki");
        w.expect_void(foreign, VoidReason::NoAuthority);
        let charter = w.charter();
        assert_eq!(charter.office(&w.office("kuripan")).unwrap().succeeded_by.len(), 2);
        assert_eq!(charter.office(&w.office("garung")).unwrap().succeeded_by.len(), 1);
    });
}

fn document(w: &World, seq: u64) -> Coordinate {
    let journal =
        JournalId { scope: IDENTITY.parse().unwrap(), node: w.key("kuripan"), incarnation: Incarnation([1; 8]) };
    Coordinate { journal, seq }
}

fn erase(w: &mut World, by: &str, seq: u64, deadline: u64) -> StatementHash {
    let (scope, documents) = (IDENTITY.parse().unwrap(), vec![document(w, seq)]);
    w.say(by, Body::Erase { scope, documents, ground: "UU 27/2022 ps. 43".to_owned(), deadline })
}

fn suspend(w: &mut World, by: &str, seq: u64) -> StatementHash {
    let (scope, documents) = (IDENTITY.parse().unwrap(), vec![document(w, seq)]);
    w.say(by, Body::Suspend { scope, documents, ground: "UU 27/2022 ps. 41".to_owned() })
}

#[test]
fn who_may_order_an_erasure() {
    let table = [
        ("kuripan", true),
        ("wonosobo", true),
        ("bp3tki", true),
        ("kemnaker", true),
        ("jateng", false),
        ("garung", false),
        ("kemenkes", false),
    ];
    for (by, expected) in table {
        each(|mut w| {
            let hash = erase(&mut w, by, 4, 100);
            assert_eq!(w.charter().erasure(&document(&w, 4)).is_some(), expected, "{by}");
            w.expect(hash, if expected { Effect::Counts } else { Effect::Void(VoidReason::NoAuthority) });
        });
    }
}

#[test]
fn of_two_orders_the_earlier_deadline_is_shown() {
    each(|mut w| {
        erase(&mut w, "wonosobo", 4, 300);
        let early = erase(&mut w, "kuripan", 4, 100);
        erase(&mut w, "bp3tki", 5, 50);
        let charter = w.charter();
        assert_eq!(charter.erasure(&document(&w, 4)).unwrap().statement, early);
        assert_eq!(charter.erased(&IDENTITY.parse().unwrap()).count(), 2);
    });
}

#[test]
fn a_suspension_can_be_lifted_and_an_erasure_cannot() {
    each(|mut w| {
        let erasure = erase(&mut w, "kuripan", 4, 100);
        let suspension = suspend(&mut w, "kuripan", 4);
        assert!(w.charter().suspension(&document(&w, 4)).is_some());
        let lift = |w: &mut World, by: &str| {
            let (scope, suspensions) = (IDENTITY.parse().unwrap(), vec![suspension, erasure]);
            w.say(by, Body::Lift { scope, suspensions, ground: "selesai".to_owned() })
        };
        lift(&mut w, "garung");
        assert!(w.charter().suspension(&document(&w, 4)).is_some());
        lift(&mut w, "wonosobo");
        assert!(w.charter().suspension(&document(&w, 4)).is_none());
        assert!(w.charter().erasure(&document(&w, 4)).is_some());
    });
}

#[test]
fn an_order_of_a_removed_key_falls_unless_it_is_kept_or_adopted() {
    each(|mut w| {
        let kept = erase(&mut w, "kuripan", 4, 100);
        let fell = erase(&mut w, "kuripan", 5, 100);
        w.remove("wonosobo", "kuripan", &[kept]);
        assert!(w.charter().erasure(&document(&w, 4)).is_some());
        assert!(w.charter().erasure(&document(&w, 5)).is_none());
        w.adopt("wonosobo", &[fell]);
        assert!(w.charter().erasure(&document(&w, 5)).is_some());
    });
}
