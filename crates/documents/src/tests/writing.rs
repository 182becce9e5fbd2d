//! What is written here is what Automerge writes for the same edits.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ObjType, ROOT, TextEncoding};
use journal::{Actor, Payload};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::order::history;
use super::*;
use crate::script::Desk;
use crate::take_apart;

fn random_edits(rng: &mut impl Rng) -> Vec<Edit> {
    let one = |rng: &mut ChaCha8Rng| {
        let key = format!("key{}", rng.random_range(0..4));
        let value = match rng.random_range(0..4) {
            0 => Scalar::Int(rng.random_range(-300..300)),
            1 => Scalar::Bool(rng.random_bool(0.5)),
            2 => text(""),
            _ => text(&rng.random_range(0..20).to_string()),
        };
        match rng.random_range(0..4) {
            0 => Edit::Clear { key },
            1 => Edit::Choose { key, value },
            _ => Edit::Put { key, value },
        }
    };
    let mut own = ChaCha8Rng::seed_from_u64(rng.random());
    (0..rng.random_range(1..8)).map(|_| one(&mut own)).collect()
}

#[test]
fn fields_are_written_as_automerge_writes_them() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let mut written = 0;
    for _ in 0..60 {
        let fold = fold(history(&mut rng, 16));
        for _ in 0..6 {
            // At some heads, shown to one of those who wrote before or to somebody new.
            let shown: Vec<u32> = (0..fold.ground.changes.len() as u32).filter(|_| rng.random_bool(0.2)).collect();
            let closure = fold.ground.closure(if shown.is_empty() { vec![0] } else { shown.clone() });
            let places: Vec<u32> = closure
                .iter()
                .filter(|place| !closure.iter().any(|other| fold.ground.change(other).unwrap().below.contains(*place)))
                .collect();
            let own = pen(rng.random_range(1..=5)).journal;
            let Ok((lane, before)) = fold.free_lane(&own, &closure) else { continue };
            let desk = Desk { own: &own, lane, before, places };
            let edits = random_edits(&mut rng);
            let theirs = fold.write_with_automerge(desk.clone(), &closure, &edits).unwrap();
            assert_eq!(fold.write_fields(desk, &closure, &edits).unwrap(), theirs);
            written += usize::from(theirs.is_some());
        }
    }
    assert!(written > 200, "{written}");
}

#[test]
fn a_first_change_is_written_as_automerge_writes_it() {
    let own = pen(1).journal;
    let texts = [("note", "catatan é 💬"), ("minutes", "")];
    let fields = [("status", text("calon")), ("age", Scalar::Int(-1)), ("willing", Scalar::Bool(true))];
    let ours = create(&own, texts, fields.clone()).unwrap();

    let mut document = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
    document.set_actor(ActorId::from(Actor { journal: own, lane: 0 }.id()));
    let mut transaction = document.transaction();
    for (key, text) in texts {
        let object = transaction.put_object(ROOT, key, ObjType::Text).unwrap();
        transaction.splice_text(&object, 0, 0, text).unwrap();
    }
    transaction.put(ROOT, "status", "calon").unwrap();
    transaction.put(ROOT, "age", -1_i64).unwrap();
    transaction.put(ROOT, "willing", true).unwrap();
    transaction.commit_with(CommitOptions::default());
    let theirs = take_apart(document.get_last_local_change().unwrap().raw_bytes()).unwrap();
    let Payload::Change(change) = ours.payload else { panic!("a change") };
    assert_eq!((change.body, ours.change_hash), (theirs.body, theirs.hash));
}

#[test]
fn a_first_change_says_each_key_once_and_something() {
    let own = pen(1).journal;
    assert_eq!(create(&own, [], []), Err(crate::EditError::Nothing));
    assert!(create(&own, [("note", "")], [("note", text("x"))]).is_err());
    assert!(create(&own, [("note", ""), ("note", "")], []).is_err());
    assert!(create(&own, [], [("status", text("a")), ("status", text("b"))]).is_err());
}

#[test]
fn the_past_says_which_text_was_written_in() {
    let mut village = pen(1);
    let (mut fold, _) = village.begin();
    let shown = [fold.id().clone()];
    let written = village.save(&fold, &shown, &[splice("note", 0, 0, "Sudah dihubungi")]);
    take(&mut fold, [written]);
    let past = fold.history();
    let keys: Vec<Vec<&str>> =
        past.iter().map(|past| past.said.iter().map(|(key, _)| key.as_str()).collect()).collect();
    assert_eq!(keys, [vec!["note", "status"], vec!["note"]]);
    assert_eq!(past[1].said[0].1, crate::Said::Text);
}
