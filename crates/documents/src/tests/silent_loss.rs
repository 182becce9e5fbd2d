//! The four ways in which Automerge loses a value without a word, and that none of them is open here.

use super::*;

#[test]
fn a_stale_edit_on_one_node_gives_two_values_at_the_peer() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut here, first) = village.begin();
    let shown = here.heads();
    // While the form is open in the village, the regency's value arrives.
    let theirs = regency.save(&here, &shown, &[put("status", "purna")]);
    take(&mut here, [theirs.clone()]);
    let ours = village.save(&here, &shown, &[put("status", "aktif")]);
    let there = fold([first, theirs, ours]);
    let mut shown = values(&there.snapshot(), "status");
    shown.sort_by_key(|value| format!("{value:?}"));
    assert_eq!(shown, [text("aktif"), text("purna")]);
    all_well(&there);
}

#[test]
fn one_node_that_is_stale_against_itself_keeps_both_values() {
    let mut village = pen(1);
    let (mut here, first) = village.begin();
    let shown = here.heads();
    let mut entries = vec![first];
    for value in ["a", "b", "c"] {
        let entry = village.save(&here, &shown, &[put("status", value)]);
        entries.push(entry.clone());
        take(&mut here, [entry]);
    }
    let there = fold(entries);
    assert_eq!(values(&there.snapshot(), "status").len(), 3);
    all_well(&there);
}

#[test]
fn choosing_the_value_that_is_shown_first_writes_it_anew() {
    for pick in [0, 1] {
        let (mut village, mut regency) = (pen(1), pen(2));
        let (mut fold, first) = village.begin();
        let shown = fold.heads();
        let one = village.save(&fold, &shown, &[put("status", "a")]);
        let two = regency.save(&fold, &shown, &[put("status", "b")]);
        take(&mut fold, [one.clone(), two.clone()]);
        let both = values(&fold.snapshot(), "status");
        let [Scalar::Text(winner), Scalar::Text(loser)] = [&both[pick], &both[1 - pick]] else { panic!("texts") };
        // A third value arrives beside the choice. The choice must still stand as a value of its own.
        let shown = fold.heads();
        let choice = village.save(&fold, &shown, &[choose("status", winner)]);
        let beside = regency.save(&fold, &shown, &[choose("status", loser)]);
        take(&mut fold, [choice, beside]);
        assert_eq!(values(&fold.snapshot(), "status").len(), 2, "both choices stand, as they were made side by side");
        let chosen: Vec<_> = fold.snapshot().fields["status"].iter().map(|field| field.by.at.clone()).collect();
        assert!(!chosen.contains(&one.0) && !chosen.contains(&two.0) && !chosen.contains(&first.0));
        all_well(&fold);
    }
}

#[test]
fn a_plain_put_of_the_winner_over_several_values_is_a_choice_too() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut fold, _) = village.begin();
    let shown = fold.heads();
    let entries =
        [village.save(&fold, &shown, &[put("status", "a")]), regency.save(&fold, &shown, &[put("status", "b")])];
    take(&mut fold, entries);
    let both = values(&fold.snapshot(), "status");
    let Scalar::Text(winner) = &both[1] else { panic!("a text") };
    let entry = village.save(&fold, &fold.heads(), &[put("status", winner)]);
    take(&mut fold, [entry.clone()]);
    let field = &fold.snapshot().fields["status"];
    assert_eq!(field.len(), 1);
    assert_eq!(field[0].by.at, entry.0, "the value is the chooser's, not the one that Automerge deemed the winner");
}

#[test]
fn no_map_is_made_lazily_for_two_to_hide_one_of_them() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut fold, _) = village.begin();
    let shown = fold.heads();
    let entries = [
        village.save(&fold, &shown, &[put("attendance/2025-11-01", "hadir")]),
        regency.save(&fold, &shown, &[put("attendance/2025-11-08", "izin")]),
    ];
    take(&mut fold, entries);
    let snapshot = fold.snapshot();
    assert_eq!(values(&snapshot, "attendance/2025-11-01"), [text("hadir")]);
    assert_eq!(values(&snapshot, "attendance/2025-11-08"), [text("izin")]);
    assert!(matches!(
        fold.edit(&shown, &village.journal, &[splice("minutes", 0, 0, "x")]),
        Err(crate::EditError::NoText(_))
    ));
    all_well(&fold);
}

#[test]
fn a_node_that_forked_from_itself_writes_on_another_lane_until_all_eight_are_taken() {
    let mut village = pen(1);
    let (mut fold, _) = village.begin();
    let shown = fold.heads();
    for lane in 0..8 {
        let entry = village.save(&fold, &shown, &[put("status", &lane.to_string())]);
        let journal::Payload::Change(change) = &entry.3 else { panic!("a change") };
        assert_eq!(change.lane, lane);
        take(&mut fold, [entry]);
    }
    let again = fold.edit(&shown, &village.journal, &[put("status", "one more")]);
    assert_eq!(again, Err(crate::EditError::ShowAgain));
    let entry = village.save(&fold, &fold.heads(), &[put("status", "seen all")]);
    take(&mut fold, [entry]);
    assert_eq!(values(&fold.snapshot(), "status"), [text("seen all")]);
    all_well(&fold);
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let mut village = pen(1);
    let (fold, _) = village.begin();
    assert_eq!(fold.edit(&fold.heads(), &village.journal, &[put("status", "calon")]), Ok(None));
    assert_eq!(fold.edit(&fold.heads(), &village.journal, &[Edit::Clear { key: "address".into() }]), Ok(None));
    assert_eq!(fold.edit(&fold.heads(), &village.journal, &[]), Ok(None));
}

#[test]
fn two_write_into_one_text_and_both_are_read() {
    let (mut village, mut regency) = (pen(1), pen(2));
    let (mut fold, _) = village.begin();
    let start = village.save(&fold, &fold.heads(), &[splice("note", 0, 0, "hadir tanpa surat")]);
    take(&mut fold, [start]);
    let shown = fold.heads();
    let entries = [
        village.save(&fold, &shown, &[splice("note", 5, 0, " tepat waktu")]),
        regency.save(&fold, &shown, &[splice("note", 6, 5, "dengan")]),
    ];
    take(&mut fold, entries);
    assert_eq!(fold.snapshot().texts["note"], "hadir tepat waktu dengan surat");
    all_well(&fold);
}
