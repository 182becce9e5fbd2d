//! What a document shows is a function of the set of its entries, whatever the order and the batches.

use std::collections::BTreeSet;

use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{Refusal, Waiting, fact};

/// A history by several pens who see more or less of each other, with facts, stale forms and what hangs on both.
pub(crate) fn history(rng: &mut impl Rng, steps: usize) -> Vec<Item> {
    let mut pens: Vec<Pen> = (1..=4).map(pen).collect();
    let (first, item) = pens[0].begin();
    let mut held = vec![item];
    let mut views = vec![first; 4];
    for step in 0..steps {
        let who = rng.random_range(0..4);
        // A node holds its own entries, and of the others' it may lack the newest.
        let known: Vec<Item> = held.iter().filter(|_| rng.random_bool(0.7)).cloned().collect();
        take(&mut views[who], known);
        let view = &views[who];
        let tips = view.tips();
        let heads = view.heads();
        let stale: Vec<_> = heads.iter().filter(|_| rng.random_bool(0.8)).cloned().collect();
        let shown = if stale.is_empty() { heads } else { stale };
        let key = format!("key{}", rng.random_range(0..3));
        let edit = match rng.random_range(0..5) {
            0 => splice("note", 0, 0, "kata "),
            1 => Edit::Clear { key },
            2 => choose(&key, &step.to_string()),
            _ => put(&key, &step.to_string()),
        };
        let written = match rng.random_range(0..4) {
            0 => Ok(Some(fact("visit", format!("{step}").as_bytes(), tips).unwrap())),
            _ => view.edit(&shown, &pens[who].journal, &[edit]),
        };
        if let Ok(Some(written)) = written {
            let item = pens[who].say(Some(view.id()), written);
            take(&mut views[who], [item.clone()]);
            held.push(item);
        }
    }
    held
}

/// A standing that cuts each journal off somewhere, or not.
fn cut<R: Rng>(rng: &mut R) -> impl Fn(&Coordinate) -> Standing + use<R> {
    let cuts: Vec<(u64, Standing)> = (0..5)
        .map(|_| match rng.random_range(0..6) {
            0 => (rng.random_range(1..6), Standing::CutOff),
            1 => (rng.random_range(1..6), Standing::Waiting),
            _ => (u64::MAX, Standing::Accepted),
        })
        .collect();
    move |at| {
        let (from, standing) = cuts[at.journal.node.0[0] as usize];
        if at.seq > from && at.journal.node.0[0] != 1 { standing } else { Standing::Accepted }
    }
}

fn in_batches(id: &Coordinate, items: &[Item], standing: &dyn Fn(&Coordinate) -> Standing, rng: &mut impl Rng) -> Fold {
    let mut fold = Fold::build(id.clone(), [], standing, false, |_| true);
    let mut rest = items;
    while !rest.is_empty() {
        let (batch, tail) = rest.split_at(rng.random_range(1..=rest.len()));
        rest = tail;
        fold.add(batch.to_vec(), standing, |_| true);
    }
    fold
}

#[test]
fn ten_thousand_orders_and_splits_show_the_same() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut kinds = BTreeSet::new();
    let mut orders = 0;
    while orders < 10_000 {
        let mut items = history(&mut rng, 14);
        let standing = cut(&mut rng);
        let id = items[0].0.clone();
        let expected = everything(&Fold::build(id.clone(), items.clone(), &standing, false, |_| true));
        kinds.extend(expected.1.iter().map(|(_, verdict)| match verdict {
            Verdict::Accepted => "accepted",
            Verdict::Waiting(Waiting::Reissue(_)) => "reissue",
            Verdict::Waiting(_) => "waiting",
            Verdict::Refused(Refusal::CutOff) => "cut",
            Verdict::Refused(refusal) => panic!("{refusal}"),
        }));
        for _ in 0..100 {
            items.shuffle(&mut rng);
            let fold = in_batches(&id, &items, &standing, &mut rng);
            let verdicts: Vec<_> = fold.verdicts().map(|(at, verdict)| (at.clone(), verdict.clone())).collect();
            assert_eq!(verdicts, expected.1);
            assert_eq!(fold.state_hash(), expected.2);
            assert_eq!((fold.heads(), fold.tips()), (expected.0.heads.clone(), expected.0.tips.clone()));
            // Texts go through Automerge, which is slow here: not every time.
            if orders % 20 == 0 {
                assert_eq!(fold.snapshot(), expected.0);
                fold.check_with_automerge().unwrap();
            }
            orders += 1;
        }
    }
    assert_eq!(kinds, BTreeSet::from(["accepted", "cut", "reissue", "waiting"]));
}

#[test]
fn a_standing_that_flips_twice_leaves_no_trace() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for _ in 0..30 {
        let items = history(&mut rng, 14);
        let id = items[0].0.clone();
        let (before, after) = (cut(&mut rng), cut(&mut rng));
        let mut fold = Fold::build(id.clone(), items.clone(), &before, false, |_| true);
        let expected = everything(&fold);
        fold.judge_anew(&after, false, |_| true);
        assert_eq!(everything(&fold), everything(&Fold::build(id, items, &after, false, |_| true)));
        fold.judge_anew(&after, true, |_| true);
        assert!(fold.snapshot().erased && fold.snapshot().fields.is_empty());
        fold.judge_anew(&before, false, |_| true);
        assert_eq!(everything(&fold), expected);
    }
}

#[test]
fn every_history_passes_through_automerge_as_we_show_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..40 {
        let fold = fold(history(&mut rng, 25));
        all_well(&fold);
    }
}

#[test]
fn facts_come_after_what_they_saw() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..20 {
        let snapshot = fold(history(&mut rng, 30)).snapshot();
        let mut seen = BTreeSet::new();
        let facts: BTreeSet<_> = snapshot.facts.iter().map(|fact| fact.by.at.clone()).collect();
        for fact in &snapshot.facts {
            assert!(fact.saw.iter().filter(|at| facts.contains(at)).all(|at| seen.contains(at)));
            seen.insert(&fact.by.at);
        }
    }
}

#[test]
fn an_entry_that_misses_what_it_builds_on_waits_for_it_by_name() {
    let mut village = pen(1);
    let (mut here, first) = village.begin();
    let second = village.save(&here, &here.heads(), &[put("status", "a")]);
    take(&mut here, [second.clone()]);
    let third = village.save(&here, &here.heads(), &[put("status", "b")]);
    let fold = Fold::build(first.0.clone(), [first, third.clone()], |_| Standing::Accepted, false, |_| true);
    assert_eq!(fold.verdict(&third.0), Some(&Verdict::Waiting(Waiting::Dependency(second.0))));
    assert_eq!(fold.snapshot().waiting.len(), 1);
}

#[test]
fn entries_that_link_each_other_in_a_circle_wait_for_each_other() {
    let (mut one, mut two) = (pen(1), pen(2));
    let (_, first) = one.begin();
    let at = |pen: &Pen, seq| Coordinate { journal: pen.journal.clone(), seq };
    let a = one.say(Some(&first.0), fact("a", b"", vec![at(&two, 1)]).unwrap());
    let b = two.say(Some(&first.0), fact("b", b"", vec![at(&one, 2)]).unwrap());
    let c = two.say(Some(&first.0), fact("c", b"", vec![at(&two, 2)]).unwrap());
    for items in [[first.clone(), a.clone(), b.clone(), c.clone()], [c.clone(), b.clone(), a.clone(), first.clone()]] {
        let fold = Fold::build(first.0.clone(), items, |_| Standing::Accepted, false, |_| true);
        assert_eq!(fold.verdict(&a.0), Some(&Verdict::Waiting(Waiting::Dependency(b.0.clone()))));
        assert_eq!(fold.verdict(&b.0), Some(&Verdict::Waiting(Waiting::Dependency(a.0.clone()))));
        assert_eq!(fold.verdict(&c.0), Some(&Verdict::Waiting(Waiting::Dependency(c.0.clone()))));
    }
}

#[test]
fn of_a_fork_the_same_side_stays_whichever_came_first() {
    let mut village = pen(1);
    let (here, first) = village.begin();
    let mut copy = village.clone();
    let one = village.save(&here, &here.heads(), &[put("status", "a")]);
    let two = copy.save(&here, &here.heads(), &[put("status", "b")]);
    let there = fold([first.clone(), one.clone(), two.clone()]);
    let elsewhere = fold([first.clone(), two, one.clone()]);
    assert_eq!(everything(&there), everything(&elsewhere));
}

#[test]
fn a_kind_that_is_not_known_waits_for_a_newer_version() {
    let mut village = pen(1);
    let (_, first) = village.begin();
    let fold = Fold::build(first.0.clone(), [first.clone()], |_| Standing::Accepted, false, |_| false);
    assert_eq!(fold.verdict(&first.0), Some(&Verdict::Waiting(Waiting::Version)));
    assert_eq!(fold.state_hash(), [0; 32]);
}

#[test]
fn an_erased_payload_erases_its_document() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut here, first) = village.begin();
    let second = regency.save(&here, &here.heads(), &[put("status", "a")]);
    take(&mut here, [second.clone()]);
    let change_hash = here.change_hash(&second.0).unwrap();
    let mut erased = second;
    erased.3 = journal::Payload::Erased { commitment: erased.2.commitment, change_hash };
    let there = fold([first, erased]);
    let snapshot = there.snapshot();
    assert!(snapshot.erased && snapshot.fields.is_empty() && snapshot.heads.is_empty());
    assert_eq!(snapshot.kind, RECORD);
    assert!(there.edit(&there.heads(), &village.journal, &[put("status", "b")]).is_err());
    here.judge_anew(|_| Standing::Accepted, true, |_| true);
    assert_eq!(here.state_hash(), there.state_hash());
}

#[test]
fn a_document_that_a_fact_creates_can_be_edited_later() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let first = village.say(None, fact("agreed", b"x", Vec::new()).unwrap());
    let mut here = fold([first]);
    let shown = here.heads();
    let entries =
        [village.save(&here, &shown, &[put("status", "a")]), regency.save(&here, &shown, &[put("status", "b")])];
    take(&mut here, entries);
    assert_eq!(values(&here.snapshot(), "status").len(), 2);
    all_well(&here);
}
