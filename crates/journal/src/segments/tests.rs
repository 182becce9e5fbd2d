//! The power-cut harness, and damage: what the log promises, tried on a disk in memory.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::*;

const FOLDER: Identity = Identity { folder: [1; 16], machine: [2; 32] };
/// Small, so that 200 operations roll over many files.
const SIZING: Sizing = Sizing { grow_bytes_min: 2 << 10, grow_bytes_max: 8 << 10, segment_bytes: 48 << 10 };

fn setup(rng: &mut ChaCha20Rng, expected: Option<Position>) -> Setup {
    Setup { identity: FOLDER, machine_key: MachineKey([3; 32]), seed: rng.random(), sizing: SIZING, expected }
}

fn recover(disk: &SimDisk, setup: &Setup) -> Result<(Log, Recovered, Vec<DiskOp>), SegmentError> {
    Log::recover(&disk.listing(), &mut |file, offset, bytes| Ok(disk.read(file, offset, bytes)), setup)
}

fn read(disk: &SimDisk, log: &Log, at: Location) -> Result<Frame, SegmentError> {
    let (name, key) = log.segment(at.file).ok_or(SegmentError::Gone(at.file))?;
    key.open(at, &disk.read(name, at.offset.into(), at.bytes as usize))
}

fn run(disk: &mut SimDisk, ops: &[DiskOp]) {
    ops.iter().for_each(|op| disk.execute(op));
}

fn some_frame(rng: &mut ChaCha20Rng) -> Frame {
    let kinds = [FrameKind::Page, FrameKind::Pack, FrameKind::Statement, FrameKind::Receipt, FrameKind::Note];
    let bytes = match rng.random_range(0..20) {
        0 => 0,
        1..=14 => rng.random_range(1..600),
        15..=18 => rng.random_range(600..6_000),
        _ => rng.random_range(6_000..60_000),
    };
    let mut frame = Frame { kind: kinds[rng.random_range(0..kinds.len())], bytes: vec![0; bytes] };
    // Some hold zeros, which look like nothing was written.
    if rng.random_bool(0.8) {
        rng.fill(&mut frame.bytes[..]);
    }
    frame
}

/// What a caller does, and what the log holds before and after it.
struct Step {
    ops: Vec<DiskOp>,
    before: Vec<Frame>,
    after: Vec<Frame>,
    /// An append may stop at any of its frames; everything else happens or does not.
    append: bool,
}

/// A random life of a log, of at least this many disk operations. It is restarted now and then, without a power cut.
fn life(rng: &mut ChaCha20Rng, ops_min: usize) -> Vec<Step> {
    let mut disk = SimDisk::default();
    let (mut log, _, ops) = recover(&disk, &setup(rng, None)).unwrap();
    assert!(ops.is_empty());
    let mut held: Vec<(u32, Frame)> = Vec::new();
    let mut steps = Vec::new();
    let mut done = 0;
    while done < ops_min {
        let before: Vec<Frame> = held.iter().map(|(_, frame)| frame.clone()).collect();
        let (ops, append) = match rng.random_range(0..20) {
            0..=15 => {
                let frames: Vec<Frame> = (0..rng.random_range(1..6)).map(|_| some_frame(rng)).collect();
                let (ops, locations) = log.append(&frames).unwrap();
                held.extend(locations.iter().map(|at| at.file).zip(frames));
                (ops, true)
            }
            16..=18 => {
                let files: Vec<u32> = log.files().iter().map(|(name, _)| name.number).collect();
                if files.is_empty() {
                    continue;
                }
                let first = rng.random_range(0..files.len());
                let chosen = &files[first..(first + rng.random_range(1..4)).min(files.len())];
                let begin = held.iter().position(|(file, _)| chosen.contains(file)).unwrap_or(0);
                let count = held.iter().filter(|(file, _)| chosen.contains(file)).count();
                let mut frames: Vec<Frame> =
                    held[begin..begin + count].iter().map(|(_, frame)| frame.clone()).collect();
                frames.retain(|_| rng.random_bool(0.6));
                let (ops, locations) = log.rewrite(chosen, &frames).unwrap();
                let number = log.files().iter().map(|(name, _)| name.number).max().unwrap();
                assert!(locations.iter().all(|at| at.file == number));
                // Files that hold nothing any more stand wherever they like in the model.
                held.splice(begin..begin + count, frames.into_iter().map(|frame| (number, frame)));
                (ops, false)
            }
            _ => {
                let (again, found, ops) = recover(&disk, &setup(rng, Some(log.end()))).unwrap();
                assert_eq!(found.cuts, []);
                log = again;
                (ops, false)
            }
        };
        run(&mut disk, &ops);
        done += ops.len();
        let after = held.iter().map(|(_, frame)| frame.clone()).collect();
        steps.push(Step { ops, before, after, append });
    }
    steps
}

/// Whether `found` is what a caller may find when the power went off somewhere in `step`.
fn judge(step: &Step, finished: bool, found: &[Frame]) -> Result<(), String> {
    let fits = if finished {
        found == step.after
    } else if step.append {
        found.len() >= step.before.len() && step.after.starts_with(found)
    } else {
        found == step.before || found == step.after
    };
    if fits {
        return Ok(());
    }
    let (before, after) = (step.before.len(), step.after.len());
    Err(format!("{} frames found, {before} before and {after} after, finished: {finished}", found.len()))
}

/// Starts from what a power cut left, itself cut short once; then writes on. Returns the frames found at last.
fn start_after(mut disk: SimDisk, rng: &mut ChaCha20Rng) -> Result<Vec<Frame>, String> {
    let first_setup = setup(rng, None);
    let (_, _, ops) = recover(&disk, &first_setup).map_err(|error| error.to_string())?;
    if rng.random_bool(0.5) {
        run(&mut disk, &ops[..rng.random_range(0..=ops.len())]);
        disk = disk.after_power_cut(|| rng.random_bool(0.5));
    }
    let (mut log, recovered, ops) = recover(&disk, &setup(rng, None)).map_err(|error| error.to_string())?;
    run(&mut disk, &ops);
    if let Some(cut) = recovered.cuts.iter().find(|cut| cut.why != Why::TornTail) {
        return Err(format!("a power cut is taken for damage: {cut:?}"));
    }
    let found: Result<Vec<Frame>, _> = recovered.frames.iter().map(|frame| read(&disk, &log, frame.at)).collect();
    let found = found.map_err(|error| error.to_string())?;

    let more = some_frame(rng);
    let (ops, _) = log.append(std::slice::from_ref(&more)).map_err(|error| error.to_string())?;
    run(&mut disk, &ops);
    let disk = disk.after_power_cut(|| false);
    let (log, recovered, _) = recover(&disk, &setup(rng, Some(log.end()))).map_err(|error| error.to_string())?;
    let again: Result<Vec<Frame>, _> = recovered.frames.iter().map(|frame| read(&disk, &log, frame.at)).collect();
    let again = again.map_err(|error| error.to_string())?;
    match again.split_last() {
        Some((last, rest)) if *last == more && rest == found && recovered.cuts.is_empty() => Ok(found),
        _ => Err(format!("{} frames found, {} after writing on", found.len(), again.len())),
    }
}

/// Cuts the power at every prefix of a random life, several ways each. With `sync` false, nothing is ever synced.
fn power_cuts(seed: u64, ops_min: usize, sync: bool) -> Result<usize, String> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let steps = life(&mut rng, ops_min);
    let mut disk = SimDisk::default();
    let mut prefixes = 0;
    for step in &steps {
        for done in 0..=step.ops.len() {
            if done > 0 {
                let op = &step.ops[done - 1];
                if sync || !matches!(op, DiskOp::Sync { .. } | DiskOp::SyncFolder) {
                    disk.execute(op);
                }
            }
            prefixes += 1;
            for chance in [0.0, 0.5, 0.9] {
                let after = disk.after_power_cut(|| rng.random_bool(chance));
                start_after(after, &mut rng)
                    .and_then(|found| judge(step, done == step.ops.len(), &found))
                    .map_err(|why| format!("seed {seed}, prefix {prefixes}, {chance} survive: {why}"))?;
            }
        }
    }
    Ok(prefixes)
}

#[test]
fn no_power_cut_loses_or_invents_a_frame() {
    match power_cuts(0, 200, true) {
        Ok(prefixes) => assert!(prefixes >= 200),
        Err(why) => panic!("{why}"),
    }
}

#[test]
fn the_harness_catches_a_log_that_does_not_sync() {
    for seed in 0..3 {
        assert!(power_cuts(seed, 200, false).is_err(), "seed {seed}");
    }
}

#[test]
fn the_harness_catches_each_single_kind_of_sync_left_out() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let steps = life(&mut rng, 200);
    let without = |skip: fn(&DiskOp) -> bool| {
        let mut disk = SimDisk::default();
        steps.iter().any(|step| {
            step.ops.iter().filter(|op| !skip(op)).for_each(|op| disk.execute(op));
            let mut rng = ChaCha20Rng::seed_from_u64(9);
            [0.0, 0.5].iter().any(|chance| {
                let after = disk.after_power_cut(|| rng.random_bool(*chance));
                start_after(after, &mut rng).and_then(|found| judge(step, true, &found)).is_err()
            })
        })
    };
    assert!(!without(|_| false));
    assert!(without(|op| matches!(op, DiskOp::Sync { .. })));
    assert!(without(|op| matches!(op, DiskOp::SyncFolder)));
}

/// One damage to one file; returns what was done.
fn damage(disk: &mut SimDisk, old: &[SimDisk], rng: &mut ChaCha20Rng) -> String {
    let listing = disk.listing();
    let (name, _) = &listing[rng.random_range(0..listing.len())];
    let file: FileName = name.parse().unwrap();
    let mut bytes = disk.file(file).unwrap().to_vec();
    let from = rng.random_range(0..bytes.len());
    let to = (from + rng.random_range(1..3_000)).min(bytes.len());
    let what = match rng.random_range(0..6) {
        0 => {
            bytes[from] ^= 1 << rng.random_range(0..8);
            format!("flip at {from}")
        }
        1 => {
            bytes[from..to].fill(0);
            format!("zero {from}..{to}")
        }
        2 => {
            rng.fill(&mut bytes[from..to]);
            format!("garbage {from}..{to}")
        }
        3 => {
            bytes.truncate(from);
            format!("truncate to {from}")
        }
        4 => match old[rng.random_range(0..old.len())].file(file) {
            Some(stale) => {
                bytes = stale.to_vec();
                "stale copy".to_owned()
            }
            None => {
                disk.execute(&DiskOp::Remove { file });
                return format!("{name}: removed");
            }
        },
        _ => {
            let other = rng.random_range(0..bytes.len() - (to - from) + 1);
            bytes.copy_within(from..to, other);
            format!("{from}..{to} misplaced to {other}")
        }
    };
    disk.put(file, bytes);
    format!("{name}: {what}")
}

#[test]
fn damage_loses_what_it_hit_and_says_so() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let mut disk = SimDisk::default();
    let mut old = Vec::new();
    for step in life(&mut rng, 120) {
        run(&mut disk, &step.ops);
        old.push(disk.clone());
    }
    let (mut log, ..) = recover(&disk, &setup(&mut rng, None)).unwrap();
    for _ in 0..40 {
        let frames = [some_frame(&mut rng), some_frame(&mut rng)];
        run(&mut disk, &log.append(&frames).unwrap().0);
        old.push(disk.clone());
    }
    let (log, whole, ops) = recover(&disk, &setup(&mut rng, Some(log.end()))).unwrap();
    run(&mut disk, &ops);
    let held: Vec<(Location, Frame)> =
        whole.frames.iter().map(|frame| (frame.at, read(&disk, &log, frame.at).unwrap())).collect();
    assert!(log.files().len() > 3 && held.len() > 50);

    let mut lost = 0;
    for round in 0..500 {
        let mut damaged = disk.clone();
        let what: Vec<String> = (0..1 + round % 3).map(|_| damage(&mut damaged, &old, &mut rng)).collect();
        let (again, found, ops) = match recover(&damaged, &setup(&mut rng, Some(log.end()))) {
            Ok(recovered) => recovered,
            Err(error) => panic!("{what:?}: {error}"),
        };
        run(&mut damaged, &ops);
        for frame in &found.frames {
            if let Ok(opened) = read(&damaged, &again, frame.at) {
                assert!(held.contains(&(frame.at, opened)), "{what:?}: a wrong frame at {:?}", frame.at);
            }
        }
        for (at, frame) in &held {
            let listed = found.frames.iter().any(|found| found.at == *at);
            let reported = found.cuts.iter().any(|cut| {
                let covers = cut.file.number == at.file && cut.from <= at.offset && at.offset < cut.to;
                covers || cut.why == Why::Missing
            });
            match read(&damaged, &again, *at) {
                Ok(opened) => assert!(opened == *frame && (listed || reported), "{what:?}: {at:?}"),
                Err(_) => {
                    lost += 1;
                    assert!(listed || reported, "{what:?}: {at:?} vanished silently, cuts {:?}", found.cuts);
                }
            }
        }
    }
    assert!(lost > 100, "the damages hit too little: {lost}");
}

#[test]
fn a_bad_frame_between_good_ones_is_damage_and_one_at_the_end_a_torn_tail() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let note = |n: u8| Frame { kind: FrameKind::Note, bytes: vec![n; 100] };
    let mut disk = SimDisk::default();
    let (mut log, ..) = recover(&disk, &setup(&mut rng, None)).unwrap();
    let mut at = Vec::new();
    for group in [&[note(1)][..], &[note(2)], &[note(3), note(4)]] {
        let (ops, locations) = log.append(group).unwrap();
        run(&mut disk, &ops);
        at.extend(locations);
    }
    let name = log.files()[0].0;
    let table = [(0, Why::Damaged, 3), (1, Why::Damaged, 3), (2, Why::TornTail, 2), (3, Why::TornTail, 3)];
    for (hit, why, left) in table {
        let mut bytes = disk.file(name).unwrap().to_vec();
        bytes[at[hit].offset as usize + 40] ^= 1;
        let mut damaged = disk.clone();
        damaged.put(name, bytes);
        for start in 0..3 {
            let (_, found, ops) = recover(&damaged, &setup(&mut rng, None)).unwrap();
            run(&mut damaged, &ops);
            let cuts: Vec<Why> = found.cuts.iter().map(|cut| cut.why).collect();
            // Damage is said at each start; a tail was cut once.
            let expected: &[Why] = if start > 0 && why == Why::TornTail { &[] } else { &[why] };
            assert_eq!((cuts.as_slice(), found.frames.len()), (expected, left), "frame {hit}, start {start}");
        }
    }
}

#[test]
fn a_rewritten_file_takes_its_key_with_it() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut disk = SimDisk::default();
    let (mut log, ..) = recover(&disk, &setup(&mut rng, None)).unwrap();
    let frames = [b"keep".to_vec(), b"erase".to_vec()].map(|bytes| Frame { kind: FrameKind::Page, bytes });
    let (ops, locations) = log.append(&frames).unwrap();
    run(&mut disk, &ops);
    let (name, _) = log.segment(locations[1].file).unwrap();
    let copy = disk.file(name).unwrap().to_vec();

    let (ops, _) = log.rewrite(&[locations[1].file], &frames[..1]).unwrap();
    let zeroed = ops.iter().position(|op| matches!(op, DiskOp::Zero { file, offset: 0, .. } if *file == name)).unwrap();
    assert_eq!(ops[zeroed + 1..zeroed + 3], [DiskOp::Sync { file: name }, DiskOp::Remove { file: name }]);
    run(&mut disk, &ops);
    assert!(disk.file(name).is_none() && log.segment(locations[1].file).is_none());

    // Somebody puts the old file back: it is removed again.
    disk.put(name, copy);
    let (log, found, ops) = recover(&disk, &setup(&mut rng, None)).unwrap();
    run(&mut disk, &ops);
    assert!(disk.file(name).is_none());
    assert_eq!(found.frames.iter().map(|f| read(&disk, &log, f.at).unwrap()).collect::<Vec<_>>(), frames[..1]);
    assert_eq!(found.cuts, []);
}

#[test]
fn a_copied_folder_shows_where_it_was_written() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut disk = SimDisk::default();
    let (mut log, ..) = recover(&disk, &setup(&mut rng, None)).unwrap();
    let note = [Frame { kind: FrameKind::Note, bytes: vec![1] }];
    let (ops, _) = log.append(&note).unwrap();
    run(&mut disk, &ops);

    let elsewhere = Setup { identity: Identity { machine: [9; 32], ..FOLDER }, ..setup(&mut rng, None) };
    let (mut log, found, ops) = recover(&disk, &elsewhere).unwrap();
    run(&mut disk, &ops);
    assert_eq!(found.identity, Some(FOLDER));
    let (ops, _) = log.append(&note).unwrap();
    run(&mut disk, &ops);
    let (_, found, _) = recover(&disk, &elsewhere).unwrap();
    assert_eq!((found.identity, found.frames.len()), (Some(elsewhere.identity), 2));

    let other_key = Setup { machine_key: MachineKey([4; 32]), ..elsewhere.clone() };
    assert!(matches!(recover(&disk, &other_key), Err(SegmentError::WrongKey)));
    let other_folder = Setup { identity: Identity { folder: [7; 16], machine: [9; 32] }, ..elsewhere };
    assert!(matches!(recover(&disk, &other_folder), Err(SegmentError::WrongKey)));
}

#[test]
fn a_fresh_log_is_small_and_a_full_one_rolls() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut disk = SimDisk::default();
    let setup = Setup { sizing: Sizing::default(), ..setup(&mut rng, None) };
    let (mut log, ..) = recover(&disk, &setup).unwrap();
    let frame = [Frame { kind: FrameKind::Page, bytes: vec![5; 300] }];
    let mut sizes = std::collections::BTreeSet::new();
    for _ in 0..9_000 {
        run(&mut disk, &log.append(&frame).unwrap().0);
        sizes.insert(disk.listing()[0].1);
    }
    assert_eq!(*sizes.first().unwrap() / 1024, 72, "8 KiB of header and 64 KiB ahead");
    assert!(sizes.len() < 10, "grown in few steps: {sizes:?}");
    let large = [Frame { kind: FrameKind::Page, bytes: vec![5; FRAME_BYTES_MAX] }];
    for _ in 0..3 {
        run(&mut disk, &log.append(&large).unwrap().0);
    }
    assert_eq!(log.files().len(), 3);
    assert!(log.append(&[Frame { kind: FrameKind::Page, bytes: vec![0; FRAME_BYTES_MAX + 1] }]).is_err());
    let (_, found, _) = recover(&disk, &setup).unwrap();
    assert_eq!((found.frames.len(), found.cuts.len()), (9_003, 0));
}

/// A folder of another version must open: a change here needs a new format number in the header.
#[test]
fn golden_bytes() {
    let setup = Setup {
        identity: FOLDER,
        machine_key: MachineKey([3; 32]),
        seed: [4; 32],
        sizing: Sizing { grow_bytes_min: 0, grow_bytes_max: 0, segment_bytes: 1 << 20 },
        expected: None,
    };
    let mut disk = SimDisk::default();
    let (mut log, _, _) = recover(&disk, &setup).unwrap();
    let frame = |kind, text: &str| Frame { kind, bytes: text.as_bytes().to_vec() };
    let (ops, _) = log.append(&[frame(FrameKind::Page, "page"), frame(FrameKind::Pack, "pack")]).unwrap();
    run(&mut disk, &ops);
    let (ops, _) =
        log.append(&[frame(FrameKind::Statement, "statement"), frame(FrameKind::Receipt, "receipt")]).unwrap();
    run(&mut disk, &ops);
    let (ops, _) = log.append(&[frame(FrameKind::ForkProof, "proof"), frame(FrameKind::Note, "note")]).unwrap();
    run(&mut disk, &ops);
    let open = listed(&disk);
    let files: Vec<u32> = log.files().iter().map(|(name, _)| name.number).collect();
    let (ops, _) = log.rewrite(&files, &[frame(FrameKind::Page, "page")]).unwrap();
    run(&mut disk, &ops);
    assert_eq!(format!("{open}{}", listed(&disk)), include_str!("golden.txt"));
}

/// Every file by its name, in lines of an offset and 32 bytes; lines of zeros are left out.
fn listed(disk: &SimDisk) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut listed = String::new();
    for (name, _) in disk.listing() {
        let bytes = name.parse().ok().and_then(|name| disk.file(name)).unwrap_or_default();
        let lines = (0..).step_by(32).zip(bytes.chunks(32)).filter(|(_, line)| line.iter().any(|byte| *byte != 0));
        let lines = lines.map(|(offset, line)| format!("{offset:06x} {}\n", hex(line)));
        listed.push_str(&format!("{name} {}\n{}", bytes.len(), lines.collect::<String>()));
    }
    listed
}
