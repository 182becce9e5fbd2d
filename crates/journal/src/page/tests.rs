use identity::{ChangeHash, Point};
use proptest::{prelude::*, sample::Index};

use super::*;
use crate::{
    Entry, JournalWriter,
    testing::{any_draft, at, draft, journal_in, run, secret, write, writer},
    wire::Out,
};

#[test]
fn a_pack_gives_back_the_runs_that_went_in() {
    let mut all = writer(2);
    let from_the_middle = [write(&mut all, 2, 5), write(&mut all, 2, 5)].concat().remove(1);
    let mut erased = run(3, 12);
    erased.erase(&[(3, ChangeHash([9; 32])), (4, ChangeHash([9; 32])), (12, ChangeHash([9; 32]))].into());
    let runs = [run(1, 40), from_the_middle, erased];
    let bytes = encode(&runs.each_ref()).unwrap();
    let back = read(&bytes).unwrap();
    assert_eq!(back, runs);
    assert_eq!(encode(&back.iter().collect::<Vec<_>>()).unwrap(), bytes);
}

#[test]
fn a_page_is_a_sealed_run_and_no_other() {
    let mut writer = writer(1);
    let commit = {
        (0..PAGE_ENTRIES_MAX + 1).for_each(|n| drop(writer.append(draft(1, n)).unwrap()));
        writer.commit()
    };
    let [whole] = &commit.sealed[..] else { panic!("one page is full") };
    let page = Page::of(whole).unwrap().unwrap();
    assert_eq!((page.first, page.last.seq), (1, PAGE_ENTRIES_MAX));
    assert_eq!(read(&page.bytes).unwrap(), std::slice::from_ref(whole));
    assert_eq!(Page::of(&whole.suffix(2).unwrap()), Ok(None), "not from its start");
    assert_eq!(Page::of(&commit.runs[1]), Ok(None), "not sealed");
}

#[test]
fn packs_hold_runs_of_one_scope_only() {
    let journal = journal_in("identity/33.07.10.2004", 2);
    let mut elsewhere = JournalWriter::new(journal, secret(2));
    let elsewhere = write(&mut elsewhere, 2, 3).remove(0);
    assert_eq!(encode(&[&run(1, 2), &elsewhere]), Err(PageError::Foreign));
    assert_eq!(decode_refs(&[&run(1, 2), &elsewhere]), Err(PageError::Foreign));
}

#[test]
fn many_tails_make_several_packs_each_within_the_limits() {
    let runs: Vec<VerifiedRun> = (1..=3).map(|node| run(node, 2_000)).collect();
    let packs = packs(&runs.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!(packs.iter().map(|(range, _)| range.clone()).collect::<Vec<_>>(), [0..2, 2..3]);
    assert_eq!(packs.iter().flat_map(|(_, pack)| read(pack).unwrap()).collect::<Vec<_>>(), runs);
    let too_many = encode(&runs.iter().collect::<Vec<_>>());
    assert_eq!(too_many, Err(PageError::TooLarge { what: "entries", given: 6_000, max: PAGE_ENTRIES_MAX }));
    let tails = vec![&runs[0]; Limits::default().runs as usize + 1];
    assert!(matches!(encode(&tails), Err(PageError::TooLarge { what: "runs", .. })));
}

#[test]
fn what_is_no_frame_of_a_known_form_is_refused() {
    let bytes = encode(&[&run(1, 20)]).unwrap();
    let check = |bytes: &[u8], expected| assert_eq!(decode(bytes, &Limits::default()), Err(expected));
    check(&[], PageError::Truncated);
    check(&[FORM], PageError::Frame);
    check(&[&[2], &bytes[1..]].concat(), PageError::Version(2));
    check(&[&bytes[..], &[0]].concat(), PageError::Frame);
    check(&[&bytes[..], &bytes[1..]].concat(), PageError::Frame);
    check(&bytes[..bytes.len() - 1], PageError::Frame);
    let unsized_frame = zstd::stream::encode_all(&[0; 100][..], 3).unwrap();
    check(&[&[FORM], &unsized_frame[..]].concat(), PageError::Frame);
}

#[test]
fn a_bomb_is_refused_by_what_it_announces() {
    let bomb = frame(&vec![0; 9 << 20]);
    assert!(bomb.len() < 2_000);
    let expected = PageError::TooLarge { what: "inflated bytes", given: 9 << 20, max: 8 << 20 };
    assert_eq!(decode(&bomb, &Limits::default()), Err(expected));
}

#[test]
fn each_limit_is_held() {
    let runs = [run(1, 20), run(2, 20)];
    let bytes = encode(&runs.each_ref()).unwrap();
    let within = |limits: Limits| decode(&bytes, &limits).map(|runs| runs.len());
    let all = Limits::default();
    assert_eq!(within(all), Ok(2));
    let refused = |limits, what| {
        let result = within(limits);
        assert!(matches!(result, Err(PageError::TooLarge { what: found, .. }) if found == what), "{result:?}");
    };
    refused(Limits { runs: 1, ..all }, "runs");
    refused(Limits { entries: 39, ..all }, "entries");
    refused(Limits { inflated_bytes: 100, ..all }, "inflated bytes");

    let mut found = std::collections::BTreeSet::new();
    for references in 0..all.references {
        match within(Limits { references, ..all }) {
            Err(PageError::TooLarge { what, .. }) => drop(found.insert(what)),
            result => {
                assert_eq!((result, references), (Ok(2), 70), "as many as these runs have");
                break;
            }
        }
    }
    let expected =
        ["scopes", "journals", "links of an entry", "other actors of a change", "links and other actors"].into();
    assert_eq!(found, expected);
}

#[test]
fn the_inside_has_one_spelling() {
    // Tables with one scope, one journal, one officer and one shape; no run.
    let inside = |change: &dyn Fn(&mut Vec<u64>)| {
        let mut out = Out::default();
        out.number(1);
        out.text("coordination/id");
        out.number(1);
        out.number(0);
        out.bytes(&[7; 40]);
        out.number(1);
        out.text("petugas");
        let mut rest = vec![1, 0, 2, 0, 0, 0, 0, 0, 0];
        rest.extend([0; 10]);
        change(&mut rest);
        rest.into_iter().for_each(|number| out.number(number));
        decode(&frame(&out.0), &Limits::default())
    };
    assert_eq!(inside(&|_| {}), Err(PageError::Spelling("a name is not used")));
    assert_eq!(inside(&|rest| rest.push(0)), Err(PageError::Spelling("something follows the end")));
    let too_large = |what, given, max| Err(PageError::TooLarge { what, given, max });
    assert_eq!(inside(&|rest| rest[2] = 65_536), too_large("a kind of record", 65_536, 65_535));
    assert_eq!(inside(&|rest| rest[3] = 4), too_large("a form", 4, 3));
    assert_eq!(inside(&|rest| rest[6] = 8), too_large("a lane", 8, 7));
    assert_eq!(inside(&|rest| rest[0] = 5_000), too_large("shapes", 5_000, 4_096));
    assert_eq!(inside(&|rest| rest[0] = 4_000), Err(PageError::Truncated));
    assert_eq!(inside(&|rest| rest[9] = 1), Err(PageError::Truncated));
}

#[test]
fn names_stand_once_in_the_order_of_their_use() {
    let whole = inside(&[&run(1, 3)]);
    let spelled = |from: &str, to: &str| {
        let at = whole.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
        let mut renamed = whole.clone();
        renamed.splice(at..at + from.len(), to.bytes());
        decode(&frame(&renamed), &Limits::default())
    };
    assert!(spelled("petugas-1", "petugas-9").is_ok(), "a name, though not what was signed");
    assert_eq!(spelled("petugas-1", "Petugas-1"), Err(PageError::Spelling("an officer")));
    assert_eq!(spelled("participation", "partizipation"), Err(PageError::Spelling("a scope")));
    let two = [run(1, 3), run(2, 3)].map(|run| run.journal().node);
    let mut swapped = inside(&[&run(1, 3), &run(2, 3)]);
    let places = two.map(|key| swapped.windows(32).position(|window| window == key.0).unwrap());
    swapped.copy_within(places[0]..places[0] + 40, places[1]);
    assert_eq!(decode(&frame(&swapped), &Limits::default()), Err(PageError::Spelling("a name stands twice")));
}

#[test]
fn no_flipped_bit_and_no_cut_passes() {
    let runs = [run(1, 12), run(2, 3)];
    let inside = inside(&runs.each_ref());
    for index in 0..inside.len() {
        let cut = read(&frame(&inside[..index]));
        assert!(cut.is_err(), "cut at {index}");
        for bit in 0..8 {
            let mut flipped = inside.clone();
            flipped[index] ^= 1 << bit;
            if let Ok(read) = decode(&frame(&flipped), &Limits::default()) {
                let refs: Vec<_> = read.iter().map(|run| run.as_ref()).collect();
                let again: Vec<u8> = columns::encode(&refs).into_iter().flat_map(|(_, part)| part).collect();
                assert!(again == flipped, "bit {bit} of byte {index} gives a second spelling");
                let verified: Result<Vec<_>, _> = read.into_iter().map(|run| run.verify()).collect();
                assert!(verified.is_err(), "bit {bit} of byte {index} passes");
            }
        }
    }
}

#[test]
fn damaged_bytes_are_refused_or_give_what_was_signed() {
    let runs = vec![run(1, 12)];
    let bytes = encode(&[&runs[0]]).unwrap();
    for index in 0..bytes.len() {
        assert!(read(&bytes[..index]).is_err(), "cut at {index}");
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[index] ^= 1 << bit;
            if let Ok(read) = read(&flipped) {
                assert_eq!(read, runs, "bit {bit} of byte {index}");
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&bytes, &Limits::default());
        let _ = decode(&frame(&bytes), &Limits::default());
    }

    #[test]
    fn whatever_replaces_a_stretch_of_the_inside_does_no_harm(
        at in any::<Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..20),
        len in 0..20_usize,
    ) {
        let mut inside = inside(&[&run(1, 12), &run(2, 5)]);
        let start = at.index(inside.len());
        let end = (start + len).min(inside.len());
        inside.splice(start..end, bytes);
        if let Ok(runs) = decode(&frame(&inside), &Limits::default()) {
            runs.into_iter().for_each(|run| drop(run.verify()));
        }
    }

    #[test]
    fn any_drafts_in_any_split_give_the_same_entries(
        drafts in proptest::collection::vec((1..=3_u8, any_draft(), 0..6_u8), 1..40),
        packs in proptest::collection::vec(1..5_usize, 1..20),
        resumed in any::<bool>(),
    ) {
        let mut writers: Vec<_> = (1..=3).map(writer).collect();
        let mut written: Vec<(Point, Entry)> = Vec::new();
        let mut runs: Vec<VerifiedRun> = Vec::new();
        for (node, draft, commit) in drafts {
            let writer = &mut writers[usize::from(node) - 1];
            written.push(writer.append(draft).unwrap());
            if commit == 0 {
                runs.extend(writer.commit().runs);
                if resumed {
                    let tail = writer.tail().unwrap();
                    *writer = JournalWriter::resume(writer.journal().clone(), secret(node), tail).unwrap();
                }
            }
        }
        writers.iter_mut().for_each(|writer| runs.extend(writer.commit().runs));
        let (mut rest, mut back) = (&runs[..], Vec::new());
        for size in packs.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (pack, others) = rest.split_at(size.min(rest.len()));
            rest = others;
            back.extend(read(&encode(&pack.iter().collect::<Vec<_>>()).unwrap()).unwrap());
        }
        prop_assert_eq!(&back, &runs);
        let mut entries: Vec<_> = back.into_iter().flat_map(VerifiedRun::into_entries).collect();
        let order = |(point, _): &(Point, Entry)| *point;
        entries.sort_by_key(order);
        written.sort_by_key(order);
        prop_assert_eq!(entries, written);
    }
}

#[test]
fn golden_bytes() {
    let mut writer = writer(1);
    let fact = draft(1, 2);
    let change = draft(1, 3);
    writer.append(fact).unwrap();
    writer.append(change).unwrap();
    let other = run(2, 1);
    let run = writer.commit().runs.remove(0);
    let hex = |bytes: &[u8]| to_hex(bytes);
    let golden = include_str!("golden.txt");
    let mut erased = run.clone();
    erased.erase(&[(1, ChangeHash([9; 32])), (2, ChangeHash([9; 32]))].into());
    let mut forked = crate::testing::writer(1);
    forked.append(draft(1, 8)).unwrap();
    let forked = forked.commit().runs.remove(0);
    let proof = crate::ForkProof::between(&run, &forked).unwrap();
    let mut heavy = crate::testing::writer(1);
    let body = crate::Payload::Fact(vec![7; 400_000]);
    (0..3).for_each(|_| drop(heavy.append(crate::Draft { payload: body.clone(), ..draft(1, 2) }).unwrap()));
    let page = Page::of(&heavy.commit().sealed[0]).unwrap().unwrap();
    let made = [
        ("entry hash", hex(&run.last().hash.0)),
        ("checkpoint message", hex(&run.checkpoint().message(run.journal()))),
        ("checkpoint signature", hex(&run.checkpoint().signature.0)),
        ("run", hex(&inside(&[&run]))),
        ("erased run", hex(&inside(&[&erased]))),
        ("page", hex(&page.bytes)),
        ("pack", hex(&encode(&[&run, &other]).unwrap())),
        ("fork proof", hex(&proof.encode().unwrap())),
        ("coordinate", at(1, 1).to_string()),
    ];
    let made: String = made.map(|(name, bytes)| format!("{name}\n{bytes}\n")).concat();
    assert_eq!(made, golden, "a stored form changed: that needs a new form number, or every node forgets its journals");
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn inside(runs: &[&VerifiedRun]) -> Vec<u8> {
    parts(runs).into_iter().flat_map(|(_, part)| part).collect()
}

/// A well-formed frame around anything.
fn frame(inside: &[u8]) -> Vec<u8> {
    deflate(&[("", inside.to_vec())], inside.len()).unwrap()
}

fn decode_refs(runs: &[&VerifiedRun]) -> Result<Vec<Run>, PageError> {
    decode(&frame(&inside(runs)), &Limits::default())
}

fn read(bytes: &[u8]) -> Result<Vec<VerifiedRun>, PageError> {
    decode(bytes, &Limits::default())?.into_iter().map(Run::verify).collect()
}
