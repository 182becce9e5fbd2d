use super::*;
use crate::{
    Form, Limits, decode, encode,
    testing::{draft, journal, run, secret, write, writer},
};

#[test]
fn a_run_that_was_altered_anywhere_does_not_verify() {
    let signature = Err(PageError::Signature(journal(1).node));
    check(|_| {}, run(1, 9).last().seq);
    refused(|run| run.journal.incarnation.0[0] ^= 1, signature.clone());
    refused(|run| run.journal.scope = "identity/33.07.10.2004".parse().unwrap(), signature.clone());
    refused(|run| run.digest.0[0] ^= 1, signature.clone());
    refused(|run| run.signature.0[0] ^= 1, signature.clone());
    refused(|run| run.sealed = true, signature.clone());
    refused(|run| drop(run.lines.pop()), signature.clone());
    refused(|run| run.lines.swap(0, 1), signature.clone());
    refused(|run| run.lines[4].time_ms += 1, signature.clone());
    refused(|run| run.lines[4].kind.record += 1, signature.clone());
    refused(|run| run.lines[5].links.clear(), signature.clone());
    refused(|run| run.lines[0].officer = Officer::new("petugas-9").unwrap(), signature.clone());
    refused(|run| run.lines[0].subject = run.lines[1].subject.clone(), signature.clone());
    refused(|run| run.lines[0].payload = run.lines[1].payload.clone(), signature.clone());
    refused(|run| (run.page_first, run.first) = (2, 2), signature.clone());
    refused(|run| run.journal.node = journal(2).node, Err(PageError::Signature(journal(2).node)));
}

#[test]
fn a_run_stands_where_a_run_of_a_page_can_stand() {
    let place = Err(PageError::Place);
    refused(|run| run.lines.clear(), place.clone());
    refused(|run| run.page_first = 0, place.clone());
    refused(|run| run.page_first = 2, place.clone());
    refused(|run| run.first = PAGE_ENTRIES_MAX, place.clone());
    refused(|run| (run.page_first, run.first) = (u64::MAX - 3, u64::MAX - 3), place.clone());
    refused(|run| run.previous.0[0] = 1, place);
}

#[test]
fn the_salts_are_those_of_the_entries_that_are_not_erased() {
    let mut erased = run(1, 9);
    erased.erase(&[(3, ChangeHash([3; 32]))].into());
    let own = reread(&erased);
    for cover in [
        run(1, 9).cover,
        Cover::none(),
        own.cover.without(&[4].into()),
        // A seed above no entry of the run proves nothing and is not taken.
        run(1, 9).cover.without(&[2].into()),
    ] {
        assert_eq!(Run { cover, ..own.clone() }.verify(), Err(PageError::Salts));
    }
    let salts = run(2, 9).cover.without(&[2].into()).within(0..9);
    assert_eq!(Run { cover: salts, ..own }.verify(), Err(PageError::Signature(journal(1).node)), "another page's");
}

#[test]
fn a_run_knows_its_points() {
    let mut writer = writer(1);
    let [first, second] = [write(&mut writer, 1, 4), write(&mut writer, 1, 3)].map(|mut runs| runs.remove(0));
    assert_eq!((second.first(), second.last().seq, second.page_first()), (5, 7, 1));
    assert_eq!(second.point_at(4), Some(first.last()));
    assert_eq!(second.point_at(7), Some(second.last()));
    assert_eq!([3, 8, u64::MAX].map(|seq| second.point_at(seq)), [None; 3]);
    assert_eq!(first.point_at(0), Some(Point { seq: 0, hash: EntryHash([0; 32]) }));
    assert_eq!(second.entry(5).unwrap().header.seq, 5);
    assert!(second.entry(4).is_none() && second.entry(8).is_none());
    assert!(second.continues(&first.last()) && !second.continues(&first.point_at(3).unwrap()));
    assert!(!second.continues(&Point { seq: u64::MAX, ..first.last() }));
    assert!(!second.continues(&Point { hash: EntryHash([1; 32]), ..first.last() }));
    assert!(second.follows(first.checkpoint()) && !first.follows(second.checkpoint()));
}

#[test]
fn a_suffix_carries_what_the_peer_lacks_and_no_more() {
    let whole = run(1, 9);
    for from in 0..=9 {
        let suffix = whole.suffix(from).unwrap();
        assert_eq!(suffix.first(), from.max(1));
        assert_eq!(reread(&suffix).verify(), Ok(suffix.clone()), "verifies alone, from {from}");
        assert!(suffix.continues(&whole.point_at(from.max(1) - 1).unwrap()));
    }
    assert_eq!([10, 11, u64::MAX].map(|from| whole.suffix(from)), [None, None, None]);
    assert_eq!(whole.suffix(4).unwrap().suffix(6), whole.suffix(6));
}

#[test]
fn runs_join_to_what_was_written() {
    let mut writer = writer(1);
    let [first, second, third] = [4, 3, 2].map(|count| write(&mut writer, 1, count).remove(0));
    let tail = writer.tail().unwrap();
    let joined = first.clone().join(second.clone()).unwrap().join(third.clone()).unwrap();
    assert_eq!(joined, tail);
    assert_eq!(first.clone().join(tail.suffix(5).unwrap()), Ok(tail.clone()));
    let gap = |run: &VerifiedRun| Err(PageError::Gap { seq: run.last().seq, hash: run.last().hash });
    assert_eq!(first.clone().join(third.clone()), gap(&first));
    assert_eq!(second.clone().join(first.clone()), gap(&second));
    assert_eq!(first.join(run(2, 3)), Err(PageError::Foreign));
}

#[test]
fn no_run_joins_across_a_seal() {
    let mut writer = writer(1);
    let runs = write(&mut writer, 1, PAGE_ENTRIES_MAX + 1);
    let [page, next] = [runs[0].clone(), runs[1].clone()];
    assert!(next.follows(page.checkpoint()));
    let Point { seq, hash } = page.last();
    assert_eq!(page.clone().join(next), Err(PageError::Gap { seq, hash }));
    let from_the_middle = page.suffix(4000).unwrap();
    assert_eq!(reread(&from_the_middle).verify(), Ok(from_the_middle));
}

#[test]
fn an_erasure_changes_no_hash_and_leaves_nothing_to_guess_with() {
    let whole = run(1, 9);
    let erased = erase(&whole, &[1, 3, 9]);
    assert_eq!((erased.hashes(), erased.checkpoint()), (whole.hashes(), whole.checkpoint()));
    assert_eq!(reread(&erased).verify(), Ok(erased.clone()));
    for (before, after) in whole.entries().iter().zip(erased.entries()) {
        assert_eq!(before.header, after.header);
        let gone = [1, 3, 9].contains(&after.header.seq);
        let expected = match (gone, before.header.kind.form) {
            (false, _) => before.payload.clone(),
            (true, Form::Change) => {
                let change_hash = ChangeHash([after.header.seq as u8; 32]);
                Payload::Erased { commitment: before.header.commitment, change_hash }
            }
            (true, Form::Fact) => {
                Payload::Erased { commitment: before.header.commitment, change_hash: ChangeHash([0; 32]) }
            }
        };
        assert_eq!(after.payload, expected);
    }
    let bytes: Vec<u8> = crate::parts(&[&erased]).into_iter().flat_map(|(_, part)| part).collect();
    for seq in [1, 3, 9] {
        let gone = format!("payload {} of", seq - 1);
        assert!(!bytes.windows(gone.len()).any(|window| window == gone.as_bytes()));
        assert_eq!(erased.cover.salts(seq - 1..seq), [None]);
    }
}

#[test]
fn erasures_in_any_order_and_in_any_part_meet() {
    let whole = run(1, 9);
    let all = erase(&whole, &[2, 5, 8]);
    assert_eq!(erase(&erase(&whole, &[8, 2]), &[5, 2]), all);
    assert_eq!(erase(&whole.suffix(4).unwrap(), &[2, 5, 8]), all.suffix(4).unwrap());
    let mut writer = writer(1);
    let [front, back] = [4, 5].map(|count| write(&mut writer, 1, count).remove(0));
    assert_eq!(erase(&front, &[2, 5, 8]).join(back.clone()).map(|run| erase(&run, &[5, 8])), Ok(all.clone()));
    assert_eq!(erase(&front, &[2, 5, 8]).join(erase(&back, &[2, 5, 8])), Ok(all));
}

#[test]
fn a_run_of_another_part_of_the_page_gives_up_the_salt_too() {
    let back = run(1, 9).suffix(4).unwrap();
    assert!(back.cover.salts(1..2)[0].is_some(), "one seed stands for the whole page");
    let back = erase(&back, &[2]);
    assert_eq!(back.cover.salts(1..2), [None]);
    assert_eq!(reread(&back).verify(), Ok(back));
}

#[test]
fn the_rebuilt_changes_are_held_against_the_signature() {
    let mut writer = writer(1);
    let runs = [4, 3].map(|count| write(&mut writer, 1, count).remove(0));
    let hashes: Vec<_> = (0..7).map(|n| draft(1, n).change_hash).collect();
    assert_eq!(runs[0].check_changes(Digest::START, &hashes[..4]), Ok(()));
    assert_eq!(runs[1].check_changes(runs[0].checkpoint().digest, &hashes[4..]), Ok(()));
    let other = [&hashes[..3], &[ChangeHash([99; 32])]].concat();
    assert_eq!(runs[0].check_changes(Digest::START, &other), Err(PageError::Changes(secret(1).node_key())));
}

fn erase(run: &VerifiedRun, seqs: &[u64]) -> VerifiedRun {
    let mut run = run.clone();
    run.erase(&seqs.iter().map(|seq| (*seq, ChangeHash([*seq as u8; 32]))).collect());
    run
}

/// The run as a peer reads it.
fn reread(run: &VerifiedRun) -> Run {
    decode(&encode(&[run]).unwrap(), &Limits::default()).unwrap().remove(0)
}

fn altered(alter: impl FnOnce(&mut Run)) -> Result<VerifiedRun, PageError> {
    let mut run = reread(&run(1, 9));
    alter(&mut run);
    run.verify()
}

fn check(alter: impl FnOnce(&mut Run), last: u64) {
    assert_eq!(altered(alter).map(|run| run.last().seq), Ok(last));
}

fn refused(alter: impl FnOnce(&mut Run), expected: Result<(), PageError>) {
    assert_eq!(altered(alter).map(drop), expected);
}
