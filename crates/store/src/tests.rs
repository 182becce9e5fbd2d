//! The store on a real folder: what it promises to the driver.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use identity::{ChangeHash, EntryHash, Incarnation, JournalId, NodeKey, Point};
use journal::segments::{Identity, Log, MachineKey, SegmentError, Setup, SimDisk, Sizing, Why};

use crate::*;

fn options(folder: &Path) -> Options {
    Options { index_cache_bytes: 1 << 20, reserve_bytes: 0, ..Options::new(folder.join("data")) }
}

fn frame(kind: FrameKind, text: &str) -> Frame {
    Frame { kind, bytes: text.as_bytes().to_vec() }
}

fn note(text: &str) -> Frame {
    frame(FrameKind::Note, text)
}

fn texts(store: &Store, opened: &Opened) -> Vec<String> {
    let read = |found: &Located| String::from_utf8(store.reader.read(found.at).unwrap().bytes).unwrap();
    opened.frames.iter().map(read).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn journal_of(scope: &str, node: u8) -> JournalId {
    JournalId { scope: scope.parse().unwrap(), node: NodeKey([node; 32]), incarnation: Incarnation([0; 8]) }
}

#[test]
fn what_was_appended_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, first) = Store::create(&options(folder.path())).unwrap();
    assert_eq!((first.frames.len(), first.index, first.new_incarnation()), (0, IndexState::Empty, false));
    let at = store.writer.append(&[note("one"), frame(FrameKind::Page, "two")]).unwrap();
    assert_eq!(store.reader.read(at[1]).unwrap(), frame(FrameKind::Page, "two"));
    store.index.apply(&[], Some(store.writer.end())).unwrap();
    let end = store.writer.end();
    drop(store);

    let (mut store, again) = Store::open(&options(folder.path())).unwrap();
    assert_eq!(texts(&store, &again), ["one", "two"]);
    assert_eq!((again.index, again.new_incarnation()), (IndexState::Ready(end), false));
    assert_eq!(again.secret.node_key(), first.secret.node_key());
    let at = store.writer.append(&[note("three")]).unwrap();
    let behind = store.reader.frames(end).unwrap();
    assert_eq!(behind, [(Located { at: at[0], kind: FrameKind::Note }, store.writer.end())]);
    assert_eq!(store.reader.frames(Position::default()).unwrap().len(), 3);
}

#[test]
fn an_index_from_before_a_rewriting_is_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.sizing.segment_bytes = 9 << 10;
    let (mut store, _) = Store::create(&options).unwrap();
    for text in ["one", "two"] {
        store.writer.append(&[frame(FrameKind::Page, &text.repeat(300))]).unwrap();
    }
    let files: Vec<u32> = store.writer.files().iter().map(|(name, _)| name.number).collect();
    assert_eq!(files.len(), 2);
    store.index.apply(&[], Some(store.writer.end())).unwrap();
    drop(store);
    let (index, before) = (options.folder.join("index"), folder.path().join("before"));
    copy_folder(&index, &before);

    // The first file is written anew; the log still ends where the index says.
    let rewrite = |put_back: bool| {
        let (mut store, _) = Store::open(&options).unwrap();
        let first = store.writer.files()[0].0.number;
        store.writer.rewrite(&[first], |_, frame| frame.ok()).unwrap();
        store.index.apply(&[IndexOp::Rewritten], None).unwrap();
        drop(store);
        if put_back {
            fs::remove_dir_all(&index).unwrap();
            copy_folder(&before, &index);
        }
        Store::open(&options).unwrap()
    };
    assert!(matches!(rewrite(false).1.index, IndexState::Ready(_)));
    let (store, opened) = rewrite(true);
    assert_eq!(opened.index, IndexState::Suspect);
    // Built anew it is trusted again.
    store.index.wipe().unwrap();
    store.index.apply(&[], Some(store.writer.end())).unwrap();
    drop(store);
    assert!(matches!(Store::open(&options).unwrap().1.index, IndexState::Ready(_)));
}

#[test]
fn a_folder_is_open_once_and_says_by_whom() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    assert!(matches!(Store::open(&options), Err(StoreError::NoNode(_))));
    let (store, opened) = Store::create(&options).unwrap();
    let error = Store::open(&options).unwrap_err();
    let expected = format!("is in use by process {}", std::process::id());
    assert!(error.to_string().ends_with(&expected), "{error}");
    let Store { writer, reader, index } = store;
    drop((writer, index));
    assert!(matches!(Store::open(&options), Err(StoreError::InUse { .. })), "as long as a part is in use");
    assert!(!opened.released.wait(Duration::ZERO));
    drop(reader);
    assert!(opened.released.wait(Duration::ZERO));
    assert!(matches!(Store::create(&options), Err(StoreError::NodeExists(_))));
    assert!(Store::open(&options).is_ok());
}

#[test]
fn keys_are_for_their_owner_and_a_passphrase_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let with = |phrase: &str| Options {
        machine_key: MachineKeySource::Passphrase(phrase.to_owned().into()),
        ..options(folder.path())
    };
    let (mut store, _) = Store::create(&with("padi menguning")).unwrap();
    store.writer.append(&[note("one")]).unwrap();
    drop(store);
    for key in ["node.key", "machine.key"] {
        let path = folder.path().join("data").join(key);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{key}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    assert!(matches!(Store::open(&with("padi")), Err(StoreError::Passphrase)));
    assert!(matches!(Store::open(&options(folder.path())), Err(StoreError::KeyFile { .. })));
    let (store, opened) = Store::open(&with("padi menguning")).unwrap();
    assert_eq!(texts(&store, &opened), ["one"]);
    let mode = fs::metadata(folder.path().join("data/node.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "closed again");
}

#[test]
fn the_folder_shows_nothing_of_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::create(&options(folder.path())).unwrap();
    store.writer.append(&[note("Turyati, Kuripan")]).unwrap();
    for file in fs::read_dir(folder.path().join("data/journal")).unwrap().flatten() {
        let bytes = fs::read(file.path()).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"Turyati" || window == b"Kuripan"));
    }
}

#[test]
fn after_a_failure_nothing_is_acknowledged_until_a_new_start() {
    // One append: a write, its zeros or not, its sync.
    for failing in 0..2 {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, _) = Store::create(&options(folder.path())).unwrap();
        store.writer.append(&[note("kept")]).unwrap();
        store.writer.disk().fail_in = Some(failing);
        let first = store.writer.append(&[note("lost")]).unwrap_err();
        assert!(matches!(first, StoreError::Failed { .. }), "{first}");
        store.writer.disk().fail_in = None;
        let second = store.writer.append(&[note("lost too")]).unwrap_err();
        assert_eq!(first.to_string(), second.to_string(), "the first failure stays the one that is told");
        assert!(store.writer.rewrite(&[1], |_, frame| frame.ok()).is_err() && store.writer.failed());
        drop(store);
        let (store, opened) = Store::open(&options(folder.path())).unwrap();
        let found = texts(&store, &opened);
        assert!(found == ["kept"] || found == ["kept", "lost"], "{found:?}");
    }
}

#[test]
fn a_full_disk_refuses_data_and_takes_orders() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { reserve_bytes: u64::MAX, ..options(folder.path()) };
    let (mut store, _) = Store::create(&options).unwrap();
    for kind in [FrameKind::Page, FrameKind::Pack, FrameKind::Receipt] {
        let group = [note("with it"), frame(kind, "data")];
        assert!(matches!(store.writer.append(&group), Err(StoreError::Full { .. })), "{kind:?}");
    }
    for kind in [FrameKind::Statement, FrameKind::ForkProof, FrameKind::Note] {
        store.writer.append(&[frame(kind, "order")]).unwrap();
    }
    let bytes = fs::metadata(folder.path().join("data/journal/00000001-00000001-00000001.seg")).unwrap().len();
    assert!(bytes < 10_000, "no zeros ahead on a full disk: {bytes}");
    assert!(store.writer.space().unwrap().total_bytes > 0);
}

#[test]
fn an_erasure_moves_what_stays_and_the_index_has_to_follow() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::create(&options(folder.path())).unwrap();
    let at = store.writer.append(&[note("one"), note("two"), note("three")]).unwrap();
    store.index.apply(&[], Some(store.writer.end())).unwrap();
    assert_eq!(store.reader.read(at[1]).unwrap(), note("two"), "the reader has the file open");
    let moved = store
        .writer
        .rewrite(&[at[0].file], |_, frame| match frame.unwrap() {
            erased if erased == note("two") => None,
            other => Some(other),
        })
        .unwrap();
    assert_eq!(moved.iter().map(|(old, _)| *old).collect::<Vec<_>>(), at);
    assert_eq!(store.reader.read(moved[2].1.unwrap()).unwrap(), note("three"));
    assert!(moved[1].1.is_none());
    assert!(matches!(store.reader.read(at[1]), Err(StoreError::Segment(SegmentError::Gone(_)))));
    drop(store);

    let (store, opened) = Store::open(&options(folder.path())).unwrap();
    assert_eq!((texts(&store, &opened), opened.index), (vec!["one".into(), "three".into()], IndexState::Suspect));
    store.index.apply(&[IndexOp::Rewritten], Some(store.writer.end())).unwrap();
    drop(store);
    let (store, opened) = Store::open(&options(folder.path())).unwrap();
    assert_eq!((opened.index, opened.cuts.len()), (IndexState::Ready(store.writer.end()), 0));
}

#[test]
fn a_copied_folder_and_a_log_set_back_ask_for_a_new_incarnation() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::create(&options(folder.path())).unwrap();
    store.writer.append(&[note("one")]).unwrap();
    store.index.apply(&[], Some(store.writer.end())).unwrap();
    drop(store);
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy"));
    copy_folder(&data, &copy);

    let elsewhere = Options { folder: copy.clone(), ..options(folder.path()) };
    let (mut store, opened) = Store::open(&elsewhere).unwrap();
    assert!(opened.moved && opened.new_incarnation() && opened.cuts.is_empty());
    store.writer.append(&[note("here")]).unwrap();
    drop(store);
    let (store, opened) = Store::open(&elsewhere).unwrap();
    assert!(!opened.new_incarnation());
    assert_eq!(texts(&store, &opened), ["one", "here"]);

    // The original goes on, and its segments are put back to what they were.
    let (mut store, _) = Store::open(&options(folder.path())).unwrap();
    copy_folder(&data.join("journal"), &folder.path().join("old"));
    store.writer.append(&[note("two")]).unwrap();
    store.index.apply(&[], Some(store.writer.end())).unwrap();
    drop(store);
    copy_folder(&folder.path().join("old"), &data.join("journal"));
    let (_, opened) = Store::open(&options(folder.path())).unwrap();
    assert!(opened.new_incarnation() && !opened.moved);
    assert_eq!((opened.cuts[0].why, opened.index), (Why::Behind, IndexState::Suspect));
}

#[test]
fn the_real_disk_ends_with_the_same_bytes_as_the_simulated_one() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup {
        identity: Identity { folder: [1; 16], machine: [2; 32] },
        machine_key: MachineKey([3; 32]),
        seed: [4; 32],
        sizing: Sizing { grow_bytes_min: 2 << 10, grow_bytes_max: 8 << 10, segment_bytes: 32 << 10 },
        expected: None,
    };
    let (mut sim, mut real) = (SimDisk::default(), disk::Disk::new(folder.path(), None));
    let from_sim = |sim: &SimDisk| {
        Log::recover(&sim.listing(), &mut |file, offset, bytes| Ok(sim.read(file, offset, bytes)), &setup).unwrap()
    };
    let from_real = |real: &disk::Disk| {
        let mut read = |file, offset, bytes| Ok(disk::read_up_to(&fs::File::open(real.path(file))?, offset, bytes)?);
        Log::recover(&real.listing().unwrap(), &mut read, &setup).unwrap()
    };
    let (mut log, ..) = from_sim(&sim);
    for step in 0..120_usize {
        let group: Vec<Frame> = (0..1 + step % 3).map(|n| note(&"x".repeat(step * 37 % 3_000 + n))).collect();
        let mut ops = log.append(&group).unwrap().0;
        if step % 25 == 24 {
            let oldest = log.files()[0].0.number;
            ops.extend(log.rewrite(&[oldest], &group).unwrap().0);
        }
        ops.iter().for_each(|op| sim.execute(op));
        real.execute(&ops).unwrap();
    }
    // A torn tail on both.
    let (name, end) = *log.files().last().unwrap();
    let torn = journal::segments::DiskOp::Write { file: name, offset: end.into(), bytes: vec![7; 50] };
    sim.execute(&torn);
    real.execute(&[torn]).unwrap();

    let (on_sim, on_real) = (from_sim(&sim), from_real(&real));
    assert_eq!(on_sim.2, on_real.2, "the same to do");
    assert_eq!((on_sim.1.frames, &on_sim.1.cuts), (on_real.1.frames, &on_real.1.cuts));
    assert_eq!(on_real.1.cuts.len(), 1);
    on_sim.2.iter().for_each(|op| sim.execute(op));
    real.execute(&on_real.2).unwrap();
    assert_eq!(sim.listing(), real.listing().unwrap());
    assert!(sim.listing().len() > 5);
    for (name, _) in sim.listing() {
        let bytes = fs::read(folder.path().join(&name)).unwrap();
        assert!(sim.file(name.parse().unwrap()).unwrap() == bytes, "{name}");
    }
}

#[test]
fn pages_are_found_by_any_entry_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::create(&options(folder.path())).unwrap();
    let index = &store.index;
    let [kuripan, wonosobo] = [1, 2].map(|node| journal_of("coordination/33.07", node));
    let [a, b] = [&kuripan, &wonosobo].map(|journal| index.intern_journal(journal).unwrap());
    assert_eq!(index.intern_journal(&kuripan).unwrap(), a);
    let page = |first_seq: u64, last: u64, sealed| PageRow {
        first_seq,
        last: Point { seq: last, hash: EntryHash([last as u8; 32]) },
        at: Location { file: 1, offset: last as u32, bytes: 10 },
        part: 0,
        sealed,
    };
    let pages = [page(1, 10, true), page(11, 20, true), page(21, 25, false)];
    let ops = pages.map(|page| IndexOp::Page { journal: a, page });
    index.apply(&ops, None).unwrap();
    index.apply(&[IndexOp::Page { journal: b, page: page(1, 3, false) }], None).unwrap();

    for (seq, found) in [(0, None), (1, Some(0)), (10, Some(0)), (11, Some(1)), (25, Some(2)), (26, None)] {
        assert_eq!(index.page_with(a, seq).unwrap(), found.map(|at| pages[at]), "{seq}");
    }
    assert_eq!(index.pages_from(a, 15, 10).unwrap(), pages[1..]);
    assert_eq!(index.pages_from(a, 0, 2).unwrap(), pages[..2]);
    assert_eq!(index.point(a).unwrap().unwrap().seq, 25);
    let have = index.have(&kuripan.scope).unwrap();
    assert_eq!(
        have.iter().map(|(journal, point)| (journal, point.seq)).collect::<Vec<_>>(),
        [(&kuripan, 25), (&wonosobo, 3)]
    );
    assert_eq!(index.have(&"coordination/33".parse().unwrap()).unwrap(), []);
    index.apply(&[IndexOp::DropPage { journal: a, first_seq: 21 }], None).unwrap();
    assert_eq!(index.point(a).unwrap().unwrap().seq, 20);

    // And by the file that they lie in, however many there are.
    let in_file = |seq: u64| PageRow {
        at: Location { file: 2 + (seq % 2) as u32, ..page(1, 1, true).at },
        ..page(seq, seq, true)
    };
    let many: Vec<IndexOp> = (100..3_100).map(|seq| IndexOp::Page { journal: b, page: in_file(seq) }).collect();
    index.apply(&many, None).unwrap();
    let odd: Vec<_> = (101..3_100).step_by(2).map(|seq| (b, in_file(seq))).collect();
    assert_eq!((index.pages_in(3).unwrap(), index.pages_in(4).unwrap()), (odd, Vec::new()));
    assert_eq!(index.pages_in(1).unwrap(), [(a, pages[0]), (a, pages[1]), (b, page(1, 3, false))]);
}

#[test]
fn a_document_has_its_entries_once_however_many() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::create(&options(folder.path())).unwrap();
    let index = store.index.clone();
    let scope = index.intern_scope(&"coordination/33.07".parse().unwrap()).unwrap();
    let other = index.intern_scope(&"coordination/33".parse().unwrap()).unwrap();
    let writer = index.intern_journal(&journal_of("coordination/33.07", 1)).unwrap();
    let row = |seq: u64| Row {
        journal: writer,
        seq,
        change: (!seq.is_multiple_of(3)).then_some(ChangeHash([seq as u8; 32])),
    };
    let document = |seq| DocumentId { journal: writer, seq };
    let add = |scope, seq, rows: std::ops::Range<u64>| IndexOp::Rows {
        scope,
        document: document(seq),
        rows: rows.map(row).collect(),
    };
    // Two thousand entries take several rows; half of them come twice, within one group and over two.
    index.apply(&[add(scope, 1, 1..1_000), add(scope, 1, 500..1_500), add(other, 9, 1..2)], None).unwrap();
    index.apply(&[add(scope, 1, 1_000..2_001), add(scope, 2, 1..2), add(scope, 3, 1..2)], None).unwrap();
    assert_eq!(index.rows(scope, document(1)).unwrap(), (1..2_001).map(row).collect::<Vec<_>>());

    assert_eq!(index.documents(scope, None, 2).unwrap(), [document(1), document(2)]);
    assert_eq!(index.documents(scope, Some(document(2)), 2).unwrap(), [document(3)]);
    assert_eq!(index.documents(other, None, 9).unwrap(), [document(9)]);
    index.apply(&[IndexOp::DropDocument { scope, document: document(1) }], None).unwrap();
    assert_eq!(index.documents(scope, None, 9).unwrap(), [document(2), document(3)]);
    assert_eq!(index.rows(scope, document(1)).unwrap(), []);

    let follow = |of, next| IndexOp::Successor { of: document(of), document: document(next) };
    index.apply(&[follow(2, 9), follow(2, 3), follow(3, 4)], None).unwrap();
    assert_eq!(index.successors(document(2)).unwrap(), [document(3), document(9)]);
    assert_eq!(index.successors(document(9)).unwrap(), []);
}

#[test]
fn documents_of_one_drawer_are_added_to_listed_and_forgotten_each_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::create(&options(folder.path())).unwrap();
    let index = store.index.clone();
    let scope = index.intern_scope(&"coordination/33.07".parse().unwrap()).unwrap();
    let journals = [1, 2].map(|node| index.intern_journal(&journal_of("coordination/33.07", node)).unwrap());
    let document = |at: usize, seq| DocumentId { journal: journals[at], seq };
    let row = |at: usize, seq: u64| Row { journal: journals[at], seq, change: Some(ChangeHash([seq as u8; 32])) };
    // Forty documents a journal, each with twenty entries, added round by round: several parts a drawer.
    let all: Vec<DocumentId> = [0, 1].into_iter().flat_map(|at| (0..40).map(move |seq| document(at, seq))).collect();
    for round in 0..20 {
        let rows = |of: &DocumentId| vec![row(0, of.seq * 100 + round), row(1, of.seq * 100 + round)];
        let ops = all.iter().map(|of| IndexOp::Rows { scope, document: *of, rows: rows(of) });
        index.apply(&ops.collect::<Vec<_>>(), None).unwrap();
    }
    let rows = |of: &DocumentId| -> Vec<Row> {
        (0..20).flat_map(|round| [row(0, of.seq * 100 + round), row(1, of.seq * 100 + round)]).collect()
    };
    for limit in [1, 7, 16, 100] {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let next = index.documents(scope, after, limit).unwrap();
            assert!(next.len() <= limit);
            let Some(last) = next.last() else { break };
            after = Some(*last);
            listed.extend(next);
        }
        assert_eq!(listed, all, "{limit} at a time");
    }
    let gone = [document(0, 0), document(0, 5), document(0, 15), document(1, 39)];
    let ops = gone.map(|document| IndexOp::DropDocument { scope, document });
    index.apply(&ops, None).unwrap();
    index.apply(&ops, None).unwrap();
    for of in &all {
        let expected = if gone.contains(of) { Vec::new() } else { rows(of) };
        assert_eq!(index.rows(scope, *of).unwrap(), expected, "{of:?}");
    }
    let left: Vec<DocumentId> = all.iter().copied().filter(|of| !gone.contains(of)).collect();
    assert_eq!(index.documents(scope, None, 100).unwrap(), left);
    // A whole drawer goes, and one of its documents comes back.
    let drawer: Vec<IndexOp> =
        (16..32).map(|seq| IndexOp::DropDocument { scope, document: document(0, seq) }).collect();
    index.apply(&drawer, None).unwrap();
    let back = IndexOp::Rows { scope, document: document(0, 20), rows: vec![row(1, 7)] };
    index.apply(&[back], None).unwrap();
    assert_eq!(index.rows(scope, document(0, 20)).unwrap(), [row(1, 7)]);
    assert_eq!(index.documents(scope, Some(document(0, 14)), 2).unwrap(), [document(0, 20), document(0, 32)]);
}

#[test]
fn settings_and_names_survive_a_restart_but_not_a_wipe() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::create(&options(folder.path())).unwrap();
    let set = |name: &str, value: &[u8]| IndexOp::Set { name: name.into(), value: Some(value.to_vec()) };
    store.index.apply(&[set("view/persons", b"7"), set("view/groups", b"8"), set("zoom", b"")], None).unwrap();
    let too_large = store.index.apply(&[set("view/x", &[0; VALUE_BYTES_MAX + 1])], None);
    assert!(matches!(too_large, Err(StoreError::ValueTooLarge(_))));
    let scope = "coordination/id".parse().unwrap();
    let number = store.index.intern_journal(&journal_of("coordination/id", 5)).unwrap();
    let scope_number = store.index.intern_scope(&scope).unwrap();
    drop(store);

    let (store, _) = Store::open(&options(folder.path())).unwrap();
    let index = &store.index;
    assert_eq!(index.settings(b"view/").unwrap().len(), 2);
    assert_eq!(index.get(b"zoom").unwrap(), Some(vec![]));
    assert_eq!(index.journal(number), Some(journal_of("coordination/id", 5)));
    assert_eq!(index.scopes(), [(scope.clone(), scope_number)]);
    index.wipe().unwrap();
    assert_eq!((index.get(b"zoom").unwrap(), index.journals(&scope), index.applied().unwrap()), (None, vec![], None));
    index.apply(&[set("zoom", b"1")], Some(Position::default())).unwrap();
    drop(store);
    let (store, opened) = Store::open(&options(folder.path())).unwrap();
    assert_eq!(
        (opened.index, store.index.get(b"zoom").unwrap()),
        (IndexState::Ready(Position::default()), Some(vec![b'1']))
    );
}

/// Rows as a power cut may leave them: sled opens, and what was changed is not what was said to be changed.
fn tamper(folder: &Path, change: impl FnOnce(&sled::Tree)) {
    let db = sled::open(folder.join("data/index")).unwrap();
    change(&db.open_tree("rows").unwrap());
    db.flush().unwrap();
}

#[test]
fn an_index_that_was_open_when_the_power_went_is_taken_at_its_word_only_if_its_rows_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::create(&options(folder.path())).unwrap();
    let journal = store.index.intern_journal(&journal_of("coordination/id", 5)).unwrap();
    let scope = store.index.intern_scope(&"coordination/id".parse().unwrap()).unwrap();
    let document = |seq| DocumentId { journal, seq };
    let rows = |seq| vec![Row { journal, seq, change: None }];
    let add = |seq| IndexOp::Rows { scope, document: document(seq), rows: rows(seq) };
    store.index.apply(&(1..400).map(add).collect::<Vec<_>>(), None).unwrap();
    // Rows that are replaced and rows that go leave nothing behind in the sum.
    let drop_some = (1..200).map(|seq| IndexOp::DropDocument { scope, document: document(seq) });
    store.index.apply(&drop_some.collect::<Vec<_>>(), None).unwrap();
    store.index.apply(&[add(1), add(300)], Some(store.writer.end())).unwrap();
    let stamp = folder.path().join("data/index.open");
    assert!(stamp.exists());
    drop(store);
    assert!(!stamp.exists());
    let start = || Store::open(&options(folder.path())).unwrap();
    for _ in 0..2 {
        fs::write(&stamp, "an earlier boot").unwrap();
        let (store, opened) = start();
        assert_eq!(opened.index, IndexState::Ready(Position::default()));
        assert_eq!(store.index.rows(scope, document(300)).unwrap(), rows(300));
    }

    let row = |tree: &sled::Tree| tree.scan_prefix(b"d").next().unwrap().unwrap();
    type Change = fn(&sled::Tree, (sled::IVec, sled::IVec));
    let tampered: [Change; 4] = [
        |tree, (key, _)| drop(tree.remove(key).unwrap()),
        |tree, (key, value)| drop(tree.insert(key, [value.as_ref(), &[1, 2]].concat()).unwrap()),
        |tree, (_, value)| drop(tree.insert(b"d-from-before", value).unwrap()),
        |tree, _| drop(tree.remove(b"+").unwrap()),
    ];
    for change in tampered {
        tamper(folder.path(), |tree| change(tree, row(tree)));
        fs::write(&stamp, "an earlier boot").unwrap();
        for _ in 0..2 {
            assert_eq!(start().1.index, IndexState::Suspect, "it stays so until it is wiped");
        }
        let (store, _) = start();
        store.index.wipe().unwrap();
        let journal = store.index.intern_journal(&journal_of("coordination/id", 5)).unwrap();
        let scope = store.index.intern_scope(&"coordination/id".parse().unwrap()).unwrap();
        let document = DocumentId { journal, seq: 7 };
        let rows = vec![Row { journal, seq: 7, change: None }];
        store.index.apply(&[IndexOp::Rows { scope, document, rows }], Some(store.writer.end())).unwrap();
        drop(store);
        fs::write(&stamp, "an earlier boot").unwrap();
        assert_eq!(start().1.index, IndexState::Ready(Position::default()));
    }
}

#[test]
fn a_damaged_index_is_begun_anew_and_loses_no_frame() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::create(&options(folder.path())).unwrap();
    store.writer.append(&[note("one")]).unwrap();
    let set = |n: u32| IndexOp::Set { name: n.to_be_bytes().to_vec(), value: Some(vec![n as u8; 300]) };
    store.index.apply(&(0..2_000).map(set).collect::<Vec<_>>(), Some(store.writer.end())).unwrap();
    drop(store);
    let (data, whole) = (folder.path().join("data"), folder.path().join("whole"));
    copy_folder(&data.join("index"), &whole);

    let mut states = Vec::new();
    for round in 0..24_usize {
        fs::remove_dir_all(data.join("index")).unwrap();
        copy_folder(&whole, &data.join("index"));
        let mut files: Vec<_> = fs::read_dir(data.join("index")).unwrap().flatten().map(|file| file.path()).collect();
        files.retain(|file| file.is_file());
        files.sort();
        let file = &files[round % files.len()];
        let mut bytes = fs::read(file).unwrap();
        let at = bytes.len() * (round / files.len()) / 12;
        match round % 4 {
            0 => bytes.truncate(at),
            1 => bytes[at..].iter_mut().take(600).for_each(|byte| *byte ^= 0x55),
            2 => bytes[at..].fill(0),
            _ => bytes.iter_mut().skip(at).step_by(97).for_each(|byte| *byte = 0xff),
        }
        fs::write(file, bytes).unwrap();
        fs::write(data.join("index/snap.00000000000FFFFF.generating"), b"half").unwrap();
        let (store, opened) = Store::open(&options(folder.path())).unwrap();
        assert_eq!(texts(&store, &opened), ["one"], "round {round}");
        store.index.wipe().unwrap();
        store.index.apply(&[set(1)], None).unwrap();
        assert_eq!(store.index.get(&1_u32.to_be_bytes()).unwrap(), Some(vec![1; 300]), "round {round}");
        states.push(opened.index);
    }
    assert!(states.contains(&IndexState::Empty), "{states:?}");
}

#[test]
fn an_index_that_outgrew_its_rows_is_built_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::create(&options(folder.path())).unwrap();
    store.writer.append(&[note("one")]).unwrap();
    for n in 0..400_u32 {
        let name = n.to_be_bytes().to_vec();
        let set = |value| IndexOp::Set { name: name.clone(), value };
        store.index.apply(&[set(Some(vec![n as u8; VALUE_BYTES_MAX]))], None).unwrap();
        store.index.apply(&[set(None)], None).unwrap();
    }
    store.index.apply(&[], Some(store.writer.end())).unwrap();
    drop(store);
    let size = |folder: &Path| fs::metadata(folder.join("data/index/db")).unwrap().len();
    let before = size(folder.path());
    assert!(before > 4 << 20, "{before} bytes are not much");
    let (store, opened) = Store::open(&options(folder.path())).unwrap();
    assert_eq!((texts(&store, &opened), opened.index), (vec!["one".into()], IndexState::Empty));
    store.index.apply(&[], Some(store.writer.end())).unwrap();
    drop(store);
    assert!(size(folder.path()) < before);
    let (store, opened) = Store::open(&options(folder.path())).unwrap();
    assert_eq!(opened.index, IndexState::Ready(store.writer.end()));
}
