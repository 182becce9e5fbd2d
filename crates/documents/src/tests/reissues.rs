//! What hung on a cut entry is said again on accepted ground.

use super::*;
use crate::{EditError, Waiting, fact};

/// Judges with the regency's journal cut off above `seq`.
fn cut_regency(fold: &mut Fold, seq: u64) {
    let regency = pen(2).journal;
    fold.judge_anew(
        |at| if at.journal == regency && at.seq > seq { Standing::CutOff } else { Standing::Accepted },
        false,
        |_| true,
    );
}

fn waiting_of(fold: &Fold, pen: &Pen) -> Vec<Coordinate> {
    let waits = |verdict: &Verdict| matches!(verdict, Verdict::Waiting(Waiting::Reissue(_)));
    let entries = fold.verdicts().filter(|(at, verdict)| at.journal == pen.journal && waits(verdict));
    entries.map(|(at, _)| at.clone()).collect()
}

/// Writes a re-issue into the fold under the same cut.
fn say_again(fold: &mut Fold, pen: &mut Pen, which: &[Coordinate]) -> Vec<Item> {
    let id = fold.id().clone();
    let written = fold.reissue(which, &pen.journal).unwrap();
    let items: Vec<Item> = written.into_iter().map(|written| pen.say(Some(&id), written)).collect();
    take(fold, items.clone());
    items
}

#[test]
fn an_edit_on_cut_ground_is_said_again_and_nothing_is_lost() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut fold, _) = village.begin();
    let entry = regency.save(&fold, &fold.heads(), &[put("status", "aktif"), put("address", "Dusun 1")]);
    take(&mut fold, [entry]);
    let entry = village.save(&fold, &fold.heads(), &[put("status", "purna"), put("phone", "0812")]);
    take(&mut fold, [entry]);
    let entry = village.save(&fold, &fold.heads(), &[put("status", "keluarga"), Edit::Clear { key: "address".into() }]);
    take(&mut fold, [entry]);
    cut_regency(&mut fold, 0);
    assert_eq!(values(&fold.snapshot(), "status"), [text("calon")], "what hung on the cut entry is not shown");
    let waiting = waiting_of(&fold, &village);
    assert_eq!(waiting.len(), 2);

    say_again(&mut fold, &mut village, &waiting);
    let snapshot = fold.snapshot();
    assert_eq!(values(&snapshot, "status"), [text("keluarga")], "it replaced what its author had replaced");
    assert_eq!(values(&snapshot, "phone"), [text("0812")]);
    assert_eq!(values(&snapshot, "address"), []);
    assert_eq!(snapshot.waiting, [], "its author is done with them");
    assert_eq!(snapshot.settled.len(), 2);
    assert_eq!(fold.reissue(&waiting, &village.journal), Err(EditError::Nothing), "once is enough");
    fold.check_with_automerge().unwrap();
}

#[test]
fn where_a_register_moved_since_both_values_stand() {
    let (mut village, mut regency, mut province) = (pen(1), pen(2), pen(3));
    let (mut fold, _) = village.begin();
    let shown = fold.heads();
    let entry = regency.save(&fold, &shown, &[put("status", "aktif")]);
    take(&mut fold, [entry]);
    let ours = village.save(&fold, &fold.heads(), &[put("status", "purna")]);
    let moved = province.save(&fold, &shown, &[put("status", "keluarga")]);
    take(&mut fold, [ours, moved]);
    cut_regency(&mut fold, 0);
    assert_eq!(values(&fold.snapshot(), "status"), [text("keluarga")]);
    let waiting = waiting_of(&fold, &village);
    say_again(&mut fold, &mut village, &waiting);
    let mut both = values(&fold.snapshot(), "status");
    both.sort_by_key(|value| format!("{value:?}"));
    assert_eq!(both, [text("keluarga"), text("purna")]);
    fold.check_with_automerge().unwrap();
}

#[test]
fn a_text_finds_its_place_beside_what_was_cut() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut fold, _) = village.begin();
    let entry = village.save(&fold, &fold.heads(), &[splice("note", 0, 0, "satu dua")]);
    take(&mut fold, [entry]);
    let entry = regency.save(&fold, &fold.heads(), &[splice("note", 4, 0, " CUT")]);
    take(&mut fold, [entry]);
    assert_eq!(fold.snapshot().texts["note"], "satu CUT dua");
    let entry = village.save(&fold, &fold.heads(), &[splice("note", 8, 4, " tiga empat")]);
    take(&mut fold, [entry]);
    let entry = village.save(&fold, &fold.heads(), &[splice("note", 13, 0, "!")]);
    take(&mut fold, [entry]);
    assert_eq!(fold.snapshot().texts["note"], "satu CUT tiga! empat");
    cut_regency(&mut fold, 0);
    assert_eq!(fold.snapshot().texts["note"], "satu dua");
    let waiting = waiting_of(&fold, &village);
    say_again(&mut fold, &mut village, &waiting);
    assert_eq!(fold.snapshot().texts["note"], "satu tiga! empat");
    fold.check_with_automerge().unwrap();
}

#[test]
fn a_fact_that_saw_what_was_cut_is_said_again_too() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut fold, _) = village.begin();
    let entry = regency.save(&fold, &fold.heads(), &[put("status", "aktif")]);
    take(&mut fold, [entry]);
    let entry = village.say(Some(&fold.id().clone()), fact("visit", b"2025-11-20", fold.tips()).unwrap());
    take(&mut fold, [entry]);
    cut_regency(&mut fold, 0);
    assert_eq!(fold.snapshot().facts, []);
    let waiting = waiting_of(&fold, &village);
    say_again(&mut fold, &mut village, &waiting);
    let snapshot = fold.snapshot();
    assert_eq!(snapshot.facts.len(), 1);
    assert_eq!((snapshot.facts[0].key.as_str(), &snapshot.facts[0].bytes[..]), ("visit", &b"2025-11-20"[..]));
    assert_eq!(snapshot.waiting, []);
}

#[test]
fn what_another_writer_adopts_is_shown_and_stays_listed_for_its_author() {
    let (mut village, mut regency, mut province) = (pen(1), pen(2), pen(3));
    let (mut fold, _) = village.begin();
    let entry = regency.save(&fold, &fold.heads(), &[put("status", "aktif")]);
    take(&mut fold, [entry]);
    let entry = village.save(&fold, &fold.heads(), &[put("status", "purna")]);
    take(&mut fold, [entry]);
    cut_regency(&mut fold, 0);
    let waiting = waiting_of(&fold, &village);
    say_again(&mut fold, &mut province, &waiting);
    let snapshot = fold.snapshot();
    assert_eq!(snapshot.fields["status"][0].by.at.journal, province.journal);
    assert_eq!((snapshot.waiting.len(), snapshot.settled.len()), (1, 1));
}

#[test]
fn what_does_not_wait_for_its_author_is_not_said_again() {
    let mut village = pen(1);
    let (fold, first) = village.begin();
    assert_eq!(fold.reissue(std::slice::from_ref(&first.0), &village.journal), Err(EditError::NotWaiting(first.0)));
}

#[test]
fn a_journal_whose_lanes_all_end_in_cut_ground_says_so() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut fold, _) = regency.begin();
    let entry = regency.save(&fold, &fold.heads(), &[put("status", "aktif")]);
    take(&mut fold, [entry]);
    let shown = fold.heads();
    for lane in 0..8 {
        let entry = village.save(&fold, &shown, &[put("status", &lane.to_string())]);
        take(&mut fold, [entry]);
    }
    cut_regency(&mut fold, 1);
    assert_eq!(waiting_of(&fold, &village).len(), 8);
    assert_eq!(fold.edit(&fold.heads(), &village.journal, &[put("status", "x")]), Err(EditError::NoLane));
    let renewed = pen(4);
    let written = fold.reissue(&waiting_of(&fold, &village), &renewed.journal).unwrap();
    assert_eq!(written.len(), 2, "a new incarnation says all of it in one change, and notes it");
}

#[test]
fn raising_the_cut_off_again_shows_the_old_beside_the_new() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut fold, _) = village.begin();
    let entry = regency.save(&fold, &fold.heads(), &[put("status", "aktif")]);
    take(&mut fold, [entry]);
    let entry = village.save(&fold, &fold.heads(), &[put("status", "purna")]);
    take(&mut fold, [entry]);
    cut_regency(&mut fold, 0);
    let waiting = waiting_of(&fold, &village);
    say_again(&mut fold, &mut village, &waiting);
    fold.judge_anew(|_| Standing::Accepted, false, |_| true);
    assert_eq!(values(&fold.snapshot(), "status"), [text("purna"), text("purna")]);
    all_well(&fold);
}
