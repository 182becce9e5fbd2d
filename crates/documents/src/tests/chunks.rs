//! Chunks and columns against what Automerge itself writes.

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjType, ROOT, ReadDoc, ScalarValue};
use identity::ChangeHash;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::chunk::Head;
use crate::{columns, put_together, take_apart};

/// Random writing by several actors who merge now and then.
fn scribble(seed: u64, steps: usize) -> AutoCommit {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut first = AutoCommit::new();
    first.set_actor(ActorId::from([1; 16]));
    let note = first.put_object(ROOT, "note", ObjType::Text).unwrap();
    first.commit();
    let mut all: Vec<AutoCommit> =
        (0..4).map(|actor| first.fork().with_actor(ActorId::from([[9, 5, 7, 3][actor]; 16]))).collect();
    for step in 0..steps {
        let who = rng.random_range(0..all.len());
        for _ in 0..rng.random_range(1..6) {
            let document = &mut all[who];
            let key = format!("key{}", rng.random_range(0..5));
            match rng.random_range(0..8) {
                0 => document.put(ROOT, key, ScalarValue::Int(rng.random_range(-5000..5000))).unwrap(),
                1 => document.put(ROOT, key, rng.random_bool(0.5)).unwrap(),
                2 => document.put(ROOT, key, ScalarValue::Uint(rng.random())).unwrap(),
                3 => document.put(ROOT, key, "x".repeat(rng.random_range(0..400))).unwrap(),
                4 => document.put(ROOT, key, ScalarValue::Null).unwrap(),
                5 => document.delete(ROOT, key).unwrap(),
                6 => {
                    let length = document.length(&note);
                    document.splice_text(&note, rng.random_range(0..=length), 0, "kata é 💬 aa").unwrap();
                }
                _ => {
                    let length = document.length(&note);
                    let at = rng.random_range(0..=length);
                    let delete = rng.random_range(0..=(length - at).min(4));
                    document.splice_text(&note, at, delete as isize, "").unwrap();
                }
            }
        }
        all[who].commit();
        if step % 3 == 0 {
            let mut other = all[rng.random_range(0..4)].fork();
            all[who].merge(&mut other).unwrap();
        }
    }
    for mut other in all {
        first.merge(&mut other).unwrap();
    }
    first
}

fn check_every_change(document: &mut AutoCommit) -> usize {
    let changes = document.get_changes(&[]);
    for change in &changes {
        let raw = change.raw_bytes();
        let parts = take_apart(raw).unwrap();
        assert_eq!(parts.hash.0, change.hash().0);
        let mut deps = parts.deps.clone();
        deps.reverse();
        let again = put_together(&parts.body, &deps, &parts.actor, &parts.others).unwrap();
        assert_eq!(again, (raw.to_vec(), ChangeHash(change.hash().0)));

        let from = Head::read(&parts.body).unwrap().columns_at;
        let ops = columns::read(&parts.body, from, parts.others.len() + 1).unwrap();
        assert_eq!(ops.list.len(), change.len());
        let mut columns = Vec::new();
        columns::write(&ops.with_bytes(&parts.body), &mut columns);
        assert_eq!(columns, &parts.body[from..], "writing gives back what was read");
    }
    changes.len()
}

#[test]
fn thousands_of_changes_come_apart_and_together_again() {
    let mut count = 0;
    for seed in 0..6 {
        count += check_every_change(&mut scribble(seed, 600));
    }
    assert!(count > 3_000);
}

#[test]
fn a_long_text_in_one_change_comes_apart_and_together_again() {
    let mut document = AutoCommit::new();
    document.set_actor(ActorId::from([1; 16]));
    let note = document.put_object(ROOT, "note", ObjType::Text).unwrap();
    document.splice_text(&note, 0, 0, &"notulen rapat koordinasi ".repeat(3000)).unwrap();
    document.commit();
    document.splice_text(&note, 100, 40_000, "dipotong").unwrap();
    document.commit();
    assert_eq!(check_every_change(&mut document), 2);
}

#[test]
fn what_a_save_gives_back_is_what_went_in() {
    for seed in 10..14 {
        let mut document = scribble(seed, 100);
        let mut loaded = AutoCommit::load(&document.save()).unwrap();
        check_every_change(&mut loaded);
        assert_eq!(loaded.get_heads(), document.get_heads());
    }
}

#[test]
fn what_is_no_plain_change_chunk_is_refused() {
    let mut document = scribble(3, 40);
    let changes = document.get_changes(&[]);
    let mut long = changes.into_iter().find(|change| change.raw_bytes().len() > 400).unwrap();
    let good = long.raw_bytes().to_vec();
    let edited = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        edit(&mut bytes);
        bytes
    };
    let table = [
        ("compressed", long.bytes().into_owned()),
        ("a saved document", document.save()),
        ("nothing", Vec::new()),
        ("another magic", edited(&|bytes| bytes[0] ^= 1)),
        ("a wrong checksum", edited(&|bytes| bytes[5] ^= 1)),
        ("changed content", edited(&|bytes| *bytes.last_mut().unwrap() ^= 1)),
        ("cut short", edited(&|bytes| bytes.truncate(bytes.len() - 1))),
        ("something behind", edited(&|bytes| bytes.push(0))),
        ("an endless length", edited(&|bytes| drop(bytes.splice(9..11, [0xff; 9])))),
    ];
    for (what, bytes) in table {
        assert!(take_apart(&bytes).is_err(), "{what}");
    }
    assert!(take_apart(&good).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]
    #[test]
    fn no_bytes_make_the_columns_panic_or_read_back_differently(
        seed in 0u64..8, pick: prop::sample::Index, cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)
    ) {
        thread_local! {
            static DOCUMENTS: std::cell::RefCell<std::collections::BTreeMap<u64, Vec<Vec<u8>>>> = Default::default();
        }
        let raw = DOCUMENTS.with_borrow_mut(|documents| {
            let raws = documents.entry(seed).or_insert_with(|| {
                scribble(seed, 30).get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect()
            });
            pick.get(raws).clone()
        });
        let mut parts = take_apart(&raw).unwrap();
        for (at, byte) in cuts {
            let at = at.index(parts.body.len());
            parts.body[at] = byte;
        }
        if let Ok(head) = Head::read(&parts.body)
            && let Ok(ops) = columns::read(&parts.body, head.columns_at, parts.others.len() + 1)
        {
            let mut columns = Vec::new();
            columns::write(&ops.with_bytes(&parts.body), &mut columns);
            prop_assert_eq!(columns, &parts.body[head.columns_at..]);
        }
    }

    #[test]
    fn no_bytes_make_a_chunk_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), actors in 0usize..4) {
        let _ = take_apart(&bytes);
        let _ = put_together(&bytes, &[ChangeHash([1; 32])], &[2; 16], &[[3; 16]]);
        let _ = columns::read(&bytes, 0, actors);
        let mut framed = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1];
        framed.extend_from_slice(&bytes);
        let _ = take_apart(&framed);
    }
}
