//! Where the bytes of a page go, and where the time goes that a document takes on its way in.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use documents::{Fold, Item, Standing};
use identity::Coordinate;
use journal::{Limits, VerifiedRun};
use records::{Author, DocumentRows};
use store::{Frame, FrameKind, Position, Store};
use views::Views;

use crate::row::Row;

/// As pages are compressed.
const ZSTD_LEVEL: i32 = 7;

/// How many pages are made durable together, and how many documents shown together.
const PAGES_AT_ONCE: usize = 8;
const DOCUMENTS_AT_ONCE: usize = 256;

/// The rows about a folder that holds the set.
pub(crate) fn of(folder: &Path, scratch: &Path, documents: u64) -> anyhow::Result<Vec<Row>> {
    let each = |bytes: usize| bytes as f64 / documents as f64;
    let micros = |time: Duration| time.as_secs_f64() * 1e6 / documents as f64;
    let mut rows = Vec::new();

    let packs = packs(folder)?;
    let began = Instant::now();
    let mut parsed = Vec::new();
    for pack in &packs {
        parsed.extend(journal::decode(pack, &Limits::default())?);
    }
    rows.push(Row::new("ingest: parse pages", micros(began.elapsed()), "µs a document"));
    let began = Instant::now();
    let runs: Vec<VerifiedRun> = parsed.into_iter().map(|run| run.verify()).collect::<Result<_, _>>()?;
    rows.push(Row::new("ingest: verify hashes and signatures", micros(began.elapsed()), "µs a document"));

    // Each part compressed by itself: together they take a little less.
    let mut bytes: BTreeMap<&'static str, usize> = BTreeMap::new();
    for run in &runs {
        for (name, part) in journal::parts(&[run]) {
            *bytes.entry(name).or_default() += zstd::bulk::compress(&part, ZSTD_LEVEL)?.len();
        }
    }
    let whole: usize = packs.iter().map(Vec::len).sum();
    rows.push(Row::new("page: all of it", each(whole), "B a document"));
    let parts = bytes.into_iter().map(|(name, bytes)| Row::new(&format!("page: {name}"), each(bytes), "B a document"));
    rows.extend(parts);

    let began = Instant::now();
    let (mut store, _) = Store::create(&store::Options::new(scratch))?;
    for some in packs.chunks(PAGES_AT_ONCE) {
        let frames: Vec<Frame> = some.iter().map(|pack| Frame { kind: FrameKind::Pack, bytes: pack.clone() }).collect();
        store.writer.append(&frames)?;
    }
    rows.push(Row::new("ingest: disk", micros(began.elapsed()), "µs a document"));

    let mut items: BTreeMap<Coordinate, Vec<Item>> = BTreeMap::new();
    for run in &runs {
        for (seq, entry) in (run.first()..).zip(run.entries()) {
            let at = Coordinate { journal: run.journal().clone(), seq };
            let document = entry.header.subject.document(&at).clone();
            let Some(point) = run.point_at(seq) else { continue };
            items.entry(document).or_default().push((at, point.hash, entry.header.clone(), entry.payload.clone()));
        }
    }
    let began = Instant::now();
    let folds: Vec<Fold> = items
        .into_iter()
        .map(|(document, items)| Fold::build(document, items, |_| Standing::Accepted, false, |_| true))
        .collect();
    rows.push(Row::new("ingest: guard", micros(began.elapsed()), "µs a document"));
    let began = Instant::now();
    let snapshots: Vec<_> = folds.iter().map(Fold::snapshot).collect();
    rows.push(Row::new("ingest: what a document shows", micros(began.elapsed()), "µs a document"));

    let began = Instant::now();
    let mut views = Views::open(&scratch.join("views.sqlite"))?.0;
    let nobody = |_: &identity::NodeKey| None::<Author>;
    for (folds, snapshots) in folds.chunks(DOCUMENTS_AT_ONCE).zip(snapshots.chunks(DOCUMENTS_AT_ONCE)) {
        let rows = folds.iter().zip(snapshots).map(|(fold, snapshot)| DocumentRows {
            id: fold.id().clone(),
            state_hash: fold.state_hash(),
            rows: Some(records::fold(snapshot, &nobody)),
        });
        views.apply(&rows.collect::<Vec<_>>(), &[])?;
    }
    rows.push(Row::new("ingest: views", micros(began.elapsed()), "µs a document"));
    let began = Instant::now();
    for fold in &folds {
        fold.check_with_automerge()?;
    }
    let automerge =
        Row::new("Automerge builds the same (edits of texts, verify)", micros(began.elapsed()), "µs a document");
    rows.push(automerge);
    Ok(rows)
}

/// Every pack and page in the segment files of a folder whose node is off.
fn packs(folder: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let (store, _) = Store::open(&store::Options::new(folder))?;
    let frames = store.reader.frames(Position::default())?.into_iter().map(|(located, _)| located);
    let pages = frames.filter(|located| matches!(located.kind, FrameKind::Page | FrameKind::Pack));
    pages.map(|located| Ok(store.reader.read(located.at)?.bytes)).collect()
}
