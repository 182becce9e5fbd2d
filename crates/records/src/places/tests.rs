//! Who has a place, as stories.

use identity::{Class, EntryHash, Incarnation, JournalId};

use super::*;
use crate::{
    Category, Content, FactDraft, Figures, Known, Lang, ProgrammeRecord, RecordKind,
    fixtures::{Doc, GARUNG, KEMNAKER, KURIPAN, WONOSOBO, at, date, person},
};

fn journal(node: u8) -> JournalId {
    at(Class::Participation, node, 1).journal
}

fn limit(places: u32) -> FactDraft {
    Limit { places, date: date("2017"), letter: None }.draft().unwrap()
}

fn grant(node: u8, places: u32, instead_of: &[u8]) -> FactDraft {
    let instead_of = instead_of.iter().map(|number| EntryHash([*number; 32])).collect();
    Granted { to: journal(node), places, instead_of }.draft().unwrap()
}

fn hand_over(node: u8, places: u32) -> FactDraft {
    HandedOver { to: journal(node), places }.draft().unwrap()
}

fn claim(who: u8) -> FactDraft {
    Claimed { person: person(who), waits: false, date: date("2017") }.draft().unwrap()
}

fn waits(who: u8) -> FactDraft {
    Claimed { person: person(who), waits: true, date: date("2017") }.draft().unwrap()
}

fn freed(who: u8) -> FactDraft {
    Freed { person: person(who), date: date("2017") }.draft().unwrap()
}

fn year() -> Doc {
    Doc::new(RecordKind::Places, 1).field("programme", "desmigratif").field("year", "2017")
}

fn account(doc: &Doc) -> PlacesAccount {
    let ProgrammeRecord::Places(found) = doc.programme() else { panic!() };
    found.account()
}

/// "sure unsure waiting free frozen over", with every journal going on but those of these nodes.
fn bar(doc: &Doc, ended: &[u8]) -> [usize; 6] {
    let bar = account(doc).bar(|journal| !ended.contains(&journal.node.0[0]));
    [bar.sure, bar.unsure, bar.waiting, bar.free as usize, bar.frozen as usize, bar.over]
}

#[test]
fn the_holder_of_a_block_spends_it_and_no_more() {
    let mut doc = year().fact(KEMNAKER, 1, limit(3)).fact(KEMNAKER, 2, grant(KURIPAN, 2, &[])).saw(&[1]);
    for (number, sure, unsure) in [(10, 1, 0), (11, 2, 0), (12, 2, 1), (13, 2, 2usize)] {
        doc = doc.fact(KURIPAN, number, claim(number)).saw(&[2]);
        assert_eq!(bar(&doc, &[]), [sure, unsure, 0, 2 - sure, 0, usize::saturating_sub(sure + unsure, 3)], "{number}");
    }
    let found = account(&doc);
    assert_eq!(found.limit, Known::One(3));
    assert!(found.claims.iter().all(|claim| claim.limit_seen == Known::One(3)));
}

#[test]
fn nobody_is_turned_away_who_registers_without_a_block() {
    for (node, saw, sure) in [
        (KURIPAN, &[2][..], 1),
        // It had not heard of its block yet.
        (KURIPAN, &[], 0),
        (WONOSOBO, &[2], 0),
    ] {
        let doc = year()
            .fact(KEMNAKER, 1, limit(50))
            .fact(KEMNAKER, 2, grant(KURIPAN, 50, &[]))
            .fact(node, 3, claim(7))
            .saw(saw);
        assert_eq!(bar(&doc, &[]), [sure, 1 - sure, 0, 50 - sure, 0, 0], "{node} {saw:?}");
    }
    // Said again once the block is known, the place is sure; said once more nothing is spent.
    let doc = year().fact(KEMNAKER, 2, grant(KURIPAN, 5, &[])).fact(KURIPAN, 3, claim(7)).fact(KURIPAN, 4, claim(7));
    assert_eq!(bar(&doc.clone().saw(&[2, 3]), &[]), [1, 0, 0, 4, 0, 0]);
    assert_eq!(bar(&doc.saw(&[2, 3]).fact(KURIPAN, 5, claim(7)).saw(&[4]), &[]), [1, 0, 0, 4, 0, 0]);
}

#[test]
fn only_the_owner_sets_the_limit_and_grants() {
    let doc = year().fact(WONOSOBO, 1, limit(50)).fact(KURIPAN, 2, grant(KURIPAN, 50, &[]));
    assert_eq!(doc.notices(), ["may_not_say limit", "may_not_say grant"]);
    assert_eq!(account(&doc).limit, Known::Unknown);
    assert!(Limit { places: 20_000, date: date("2017"), letter: None }.draft().is_err());
}

#[test]
fn two_limits_side_by_side_are_both_shown_and_a_later_one_replaces() {
    let doc = year().fact(KEMNAKER, 1, limit(60)).fact(WONOSOBO, 9, claim(1)).saw(&[1]);
    let mut other = doc.clone().fact(KEMNAKER, 2, limit(50));
    // Another incarnation of the ministry's node, which had not seen the first.
    other.0.facts[2].by.at.journal.incarnation = Incarnation([9; 8]);
    assert_eq!(account(&other).limit, Known::Several(vec![60, 50]));
    assert_eq!(account(&other).claims[0].limit_seen, Known::One(60), "what that office had seen");
    assert_eq!(account(&doc.fact(KEMNAKER, 2, limit(50)).saw(&[1])).limit, Known::One(50));
}

#[test]
fn ten_leave_and_two_are_replaced_on_two_laptops_cut_off_from_each_other() {
    let mut doc = year().fact(KEMNAKER, 1, limit(60)).fact(KEMNAKER, 2, grant(KURIPAN, 60, &[])).saw(&[1]);
    for number in 10..70 {
        doc = doc.fact(KURIPAN, number, claim(number)).saw(&[2]);
    }
    for number in 10..20 {
        doc = doc.fact(KURIPAN, number + 100, freed(number)).saw(&[number]);
    }
    assert_eq!(bar(&doc, &[]), [50, 0, 0, 10, 0, 0]);
    doc = doc.fact(KEMNAKER, 3, limit(50)).saw(&[1, 2]);
    // One laptop holds the block and replaces one; the other, of the regency, cannot know and registers another.
    let doc = doc.fact(KURIPAN, 150, claim(201)).saw(&[110]).fact(WONOSOBO, 151, claim(202)).saw(&[110]);
    assert_eq!(bar(&doc, &[]), [51, 1, 0, 9, 0, 2], "two more than the owner set: an agenda item, nobody is removed");
}

#[test]
fn a_place_given_back_by_two_offices_is_one_place() {
    let doc = year()
        .fact(KEMNAKER, 2, grant(KURIPAN, 1, &[]))
        .fact(KURIPAN, 3, claim(1))
        .saw(&[2])
        .fact(KURIPAN, 4, freed(1))
        .saw(&[3])
        .fact(WONOSOBO, 5, freed(1))
        .saw(&[3]);
    assert_eq!(bar(&doc, &[]), [0, 0, 0, 1, 0, 0]);
    let unseen = year().fact(KURIPAN, 3, claim(1)).fact(WONOSOBO, 5, freed(1));
    assert_eq!(bar(&unseen, &[]), [0, 1, 0, 0, 0, 0], "who had not seen the claim cannot give it back");
}

#[test]
fn a_block_is_handed_over_once_its_taker_holds_the_fact() {
    let doc = year().fact(KEMNAKER, 2, grant(KURIPAN, 5, &[])).fact(KURIPAN, 3, hand_over(WONOSOBO, 2)).saw(&[2]);
    let left = |doc: &Doc, node| account(doc).left(&journal(node));
    assert_eq!((left(&doc, KURIPAN), left(&doc, WONOSOBO)), (3, 2));
    let early = doc.clone().fact(WONOSOBO, 4, claim(1)).saw(&[2]);
    assert_eq!(bar(&early, &[]), [0, 1, 0, 5, 0, 0]);
    let late = doc.clone().fact(WONOSOBO, 4, claim(1)).saw(&[3]);
    assert_eq!(bar(&late, &[]), [1, 0, 0, 4, 0, 0]);
    // More than the giver has left hands over nothing.
    let too_many = doc.fact(KURIPAN, 4, hand_over(WONOSOBO, 4)).saw(&[3]);
    assert_eq!((left(&too_many, KURIPAN), account(&too_many).overdrawn.len()), (3, 1));
    let not_his = year().fact(KEMNAKER, 2, grant(KURIPAN, 5, &[])).fact(GARUNG, 3, hand_over(GARUNG, 1)).saw(&[2]);
    assert_eq!(not_his.notices(), ["may_not_say handover"]);
}

#[test]
fn what_is_unspent_freezes_with_its_journal_until_the_owner_grants_anew() {
    let doc = year()
        .fact(KEMNAKER, 2, grant(KURIPAN, 5, &[]))
        .fact(KURIPAN, 3, claim(1))
        .saw(&[2])
        .fact(KURIPAN, 4, claim(2))
        .saw(&[3]);
    assert_eq!(bar(&doc, &[KURIPAN]), [2, 0, 0, 0, 3, 0], "what was sure stays sure");
    assert_eq!(account(&doc).to_grant_anew(|_| false), [(EntryHash([2; 32]), 3)]);
    // The restored laptop writes another journal, which holds nothing.
    let mut restored = doc.clone().fact(KURIPAN, 5, claim(3)).saw(&[4]);
    restored.0.facts[3].by.at.journal.incarnation = Incarnation([9; 8]);
    assert_eq!(bar(&restored, &[]), [2, 1, 0, 3, 0, 0]);
    let anew = doc.fact(KEMNAKER, 6, grant(WONOSOBO, 3, &[2])).saw(&[4]);
    assert_eq!(bar(&anew, &[KURIPAN]), [2, 0, 0, 3, 0, 0]);
    // A place that the old journal spends knowing of the new grant is not sure.
    assert_eq!(bar(&anew.clone().fact(KURIPAN, 7, claim(4)).saw(&[6]), &[KURIPAN]), [2, 1, 0, 3, 0, 0]);
    // One that it spent before it could know is: the bar then says that there are too many.
    assert_eq!(bar(&anew.fact(KURIPAN, 7, claim(4)).saw(&[4]), &[KURIPAN]), [3, 0, 0, 3, 0, 0]);
}

#[test]
fn a_place_spent_for_one_person_by_two_holders_is_shown() {
    let doc = year()
        .fact(KEMNAKER, 2, grant(KURIPAN, 5, &[]))
        .fact(KEMNAKER, 3, grant(WONOSOBO, 5, &[]))
        .fact(KURIPAN, 4, claim(1))
        .saw(&[2])
        .fact(WONOSOBO, 5, claim(1))
        .saw(&[3]);
    assert_eq!(bar(&doc, &[]), [1, 0, 0, 8, 0, 0]);
    assert_eq!(account(&doc).twice.into_iter().collect::<Vec<_>>(), [person(1)]);
}

#[test]
fn lowering_the_limit_below_what_is_spent_is_legal_and_removes_nobody() {
    let mut doc = year().fact(KEMNAKER, 1, limit(3)).fact(KEMNAKER, 2, grant(KURIPAN, 3, &[]));
    for number in 10..13 {
        doc = doc.fact(KURIPAN, number, claim(number)).saw(&[2]);
    }
    let doc = doc.fact(KEMNAKER, 3, limit(1)).saw(&[1]).fact(KURIPAN, 20, waits(20));
    assert_eq!(bar(&doc, &[]), [3, 0, 1, 0, 0, 2]);
}

#[test]
fn the_waiting_list_has_one_order_with_reasons() {
    let rank = |who, category, missing, verified: Option<&str>| Rank {
        person: person(who),
        category,
        missing,
        verified: verified.map(date),
    };
    let (purna, calon) = (Some(Category::Returned), Some(Category::Prospective));
    let people = vec![
        rank(9, None, 0, Some("2016")),
        rank(8, purna, 0, Some("05-2017")),
        rank(7, purna, 0, Some("30-05-2017")),
        rank(6, purna, 0, None),
        rank(5, purna, 2, Some("01-01-2017")),
        rank(4, calon, 0, Some("03-2017")),
        rank(3, calon, 0, Some("03-2017")),
    ];
    let figures = Figures::desmigratif();
    let order = |people| waiting_order(people, &figures).iter().map(|rank| rank.person.0[0]).collect::<Vec<_>>();
    let mut reversed = people.clone();
    reversed.reverse();
    assert_eq!(order(people), [3, 4, 7, 8, 6, 5, 9]);
    assert_eq!(order(reversed), [3, 4, 7, 8, 6, 5, 9], "the order of arrival means nothing");
    assert_eq!(
        rank(1, purna, 2, Some("05-2017")).reason(Lang::Id),
        "TKI purna; 2 data belum ada; diverifikasi 05-2017"
    );
}

#[test]
fn what_the_waiting_order_looks_at_follows_from_the_records() {
    use crate::{Content, Step, StepReached, fixtures::circumstances};
    let step = |step, on: &str| StepReached { step, date: date(on) }.draft().unwrap();
    let told = Doc::new(RecordKind::Participation, 1).person("person", 1).field("programme", "desmigratif");
    let claims = told.clone().field("claim_tki_purna", "ya");
    let back =
        Doc::new(RecordKind::Trip, 2).person("person", 1).field("departure", "2014").field("returned", "12-03-2016");
    let checked = claims
        .clone()
        .fact(KURIPAN, 1, step(Step::Identified, "01-2017"))
        .fact(KURIPAN, 2, step(Step::Selected, "05-2017"))
        .fact(KURIPAN, 3, step(Step::Interviewed, "04-2017"));
    let rules = crate::Rules::desmigratif();
    let rank = |docs: &[Doc]| Rank::of(person(1), &circumstances(1, docs, true), date("01-06-2017"), &rules);
    let bare = rank(&[claims]);
    assert_eq!((bare.category, bare.verified), (None, None));
    let whole = rank(&[checked, back]);
    assert_eq!((whole.category, whole.verified), (Some(Category::Returned), Some(date("04-2017"))));
    assert!(whole.missing < bare.missing, "{whole:?} {bare:?}");
}
