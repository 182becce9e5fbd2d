//! Runs the measurements one after the other.

use std::{
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Instant,
};

use anyhow::{Context, bail};

use crate::{
    measure::{Told, a_write, ms},
    row::{Figures, Row},
    set, world,
};

/// A side that runs; it is told to end, and ends, when this is dropped.
struct Process {
    child: Child,
    says: BufReader<ChildStdout>,
}

impl Process {
    fn start(words: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(words)
            // As `simpul run` sets it for itself.
            .env("MALLOC_ARENA_MAX", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("this program starts itself")?;
        let says = BufReader::new(child.stdout.take().context("it was piped")?);
        Ok(Self { child, says })
    }

    fn told(&mut self) -> anyhow::Result<Told> {
        let mut line = String::new();
        if self.says.read_line(&mut line)? == 0 {
            bail!("a side ended early: {}", self.child.wait()?);
        }
        Ok(serde_json::from_str(&line)?)
    }

    /// Lets it end; gives back the last thing that it told.
    fn end(&mut self) -> anyhow::Result<Told> {
        drop(self.child.stdin.take());
        let told = self.told()?;
        self.child.wait()?;
        Ok(told)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends by itself; one that does not is ended.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// A side that does one thing and ends.
fn once(words: &[&str]) -> anyhow::Result<Told> {
    let mut process = Process::start(words)?;
    let told = process.told()?;
    drop(process.child.stdin.take());
    process.child.wait()?;
    Ok(told)
}

/// What the design allows at 10,000 documents and at 100,000; at other sizes nothing is said.
fn budget(documents: u64, at_10_000: &str, at_100_000: &str) -> String {
    match documents {
        10_000 => at_10_000.to_owned(),
        100_000 => at_100_000.to_owned(),
        _ => String::new(),
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Measures with a set of this size, which is made in `keep` unless it is there.
pub(crate) async fn measure(documents: u64, keep: Option<&Path>) -> anyhow::Result<Figures> {
    let temporary = tempfile::tempdir()?;
    let temporary = temporary.path();
    let under = keep.map_or_else(|| temporary.join("set"), |keep| keep.join(documents.to_string()));
    let entries = documents * set::WRITERS as u64;
    if !under.exists() {
        let began = Instant::now();
        // Under its name only once it is whole.
        let making = under.with_extension("making");
        if making.exists() {
            std::fs::remove_dir_all(&making)?;
        }
        std::fs::create_dir_all(&making)?;
        world::generate(&making, documents).await?;
        std::fs::rename(&making, &under)?;
        eprintln!("{documents} documents, {entries} changes: made in {:.0} s", ms(began) / 1000.0);
    }
    let bench = Bench { temporary, under: &under, documents, entries };
    let mut rows = bench.at_rest()?;
    rows.extend(bench.join()?);
    rows.extend(bench.catch_up().await?);
    rows.extend(bench.one_write().await?);
    rows.extend(bench.writes()?);
    rows.extend(crate::anatomy::of(&world::hub(&under), &temporary.join("anatomy"), documents)?);
    Ok(Figures { of: "documents", count: documents, rows })
}

/// One size of the set.
struct Bench<'a> {
    temporary: &'a Path,
    under: &'a Path,
    documents: u64,
    entries: u64,
}

impl Bench<'_> {
    /// Every measurement begins with the same folders.
    fn fresh(&self, folder: &Path, run: &str) -> anyhow::Result<String> {
        let to = self.temporary.join(run);
        copy(folder, &to)?;
        plain(&to)
    }

    fn at(&self, run: &str) -> anyhow::Result<String> {
        plain(&self.temporary.join(run))
    }

    fn each(&self, bytes: u64) -> f64 {
        bytes as f64 / self.documents as f64
    }

    fn budget(&self, at_10_000: &str, at_100_000: &str) -> String {
        budget(self.documents, at_10_000, at_100_000)
    }

    fn at_rest(&self) -> anyhow::Result<Vec<Row>> {
        let rest = self.fresh(&world::hub(self.under), "rest")?;
        // The first start builds the views.
        once(&["rest", &rest])?;
        let again = once(&["rest", &rest])?;
        Ok(at_rest(&again, "64 MB at 3,000", "1,000 ms at 3,000"))
    }

    fn join(&self) -> anyhow::Result<Vec<Row>> {
        let (joined, served) =
            (self.fresh(&world::joiner(self.under, 0), "joined")?, self.fresh(&world::hub(self.under), "served")?);
        let state = once(&["rest", &self.at("rest")?])?.state.unwrap_or_default();
        let mut server = Process::start(&["serve", &served])?;
        let peer = server.told()?.peer.unwrap_or_default();
        let join = once(&["join", &joined, &peer, &self.entries.to_string()])?;
        let serve = server.end()?;
        let (plain, compressed) = set::as_json_lines(self.documents)?;

        let seen = self.fresh(&world::joiner(self.under, 1), "seen")?;
        let mut server = Process::start(&["serve", &served])?;
        let peer = server.told()?.peer.unwrap_or_default();
        let see = once(&["see", &seen, &peer, &state])?;
        // The first time, receipts and beacons still move.
        once(&["reconnect", &joined, &peer])?;
        let reconnect = once(&["reconnect", &joined, &peer])?;
        drop(server);
        let memory = || self.budget("80 MB", "120 MB");
        Ok(vec![
            Row::new("cold join: held durably and verified", join.ms.unwrap_or(0.0), "ms")
                .budget(self.budget("1,000 ms", "6,000 ms"))
                .against(
                    "10,000: iroh-docs 2.3 s, PouchDB 6.5 s, samod 300 s; 100,000: iroh-docs 25.6 s, PouchDB 69 s",
                ),
            Row::new("cold join: visible in the views", see.ms.unwrap_or(0.0), "ms")
                .budget(self.budget("2,500 ms", "20,000 ms")),
            Row::new("cold join: CPU, joining", join.cpu_ms, "ms"),
            Row::new("cold join: CPU, joining with views", see.cpu_ms, "ms"),
            Row::new("cold join: CPU, serving", serve.cpu_ms, "ms"),
            Row::new("cold join: bytes on the wire", self.each(join.wire_bytes), "B a document")
                .budget("about 210 B")
                .against("PouchDB 650, iroh-docs 1,415, samod 1,780"),
            Row::new(
                "cold join: of the same as JSON lines under zstd -3",
                join.wire_bytes as f64 / compressed as f64,
                "x",
            )
            .budget("1.15 x"),
            Row::new("  these JSON lines, not compressed", self.each(plain), "B a document"),
            Row::new("cold join: peak memory, joining", megabytes(join.peak_rss_bytes), "MB")
                .budget(memory())
                .against("iroh-docs 83 / 625, PouchDB 192 / 528, samod 377"),
            Row::new("cold join: peak memory, joining with views", megabytes(see.peak_rss_bytes), "MB")
                .budget(memory()),
            Row::new("cold join: peak memory, serving", megabytes(serve.peak_rss_bytes), "MB").budget(memory()),
            Row::new("disk after the join, all of it", self.each(size(Path::new(&seen))?), "B a document")
                .budget("1,500 B")
                .against("PouchDB 1,000 to 1,500, iroh-docs 2,000, samod 32,000"),
            Row::new("reconnect, nothing changed: after the handshake", reconnect.ms.unwrap_or(0.0), "ms")
                .budget("10 ms with it")
                .against("iroh-docs 33 ms, PouchDB 75 ms, samod 418 s"),
            Row::new("reconnect, nothing changed: with the handshake", reconnect.wire_bytes as f64, "B")
                .budget("8,000 B")
                .against("PouchDB 12 kB, iroh-docs 64 kB, samod 4.4 MB"),
        ])
    }

    async fn catch_up(&self) -> anyhow::Result<Vec<Row>> {
        let changes = (self.documents / 100).max(1);
        let changed = self.fresh(&world::hub(self.under), "changed")?;
        let running = world::Running::open(Path::new(&changed), Vec::new()).await?;
        crate::measure::change(&running, changes).await?;
        running.stop().await;
        let mut server = Process::start(&["serve", &changed])?;
        let peer = server.told()?.peer.unwrap_or_default();
        let all = (self.entries + 2 * changes).to_string();
        let caught = once(&["catch-up", &self.at("joined")?, &peer, &changes.to_string(), &all])?;
        drop(server);
        Ok(vec![
            Row::new("catch-up, 1 % changed on each side", caught.ms.unwrap_or(0.0), "ms")
                .budget(self.budget("100 ms", ""))
                .against(
                    "10,000: PouchDB 240 ms, iroh-docs 280 ms, samod 148 s; 100,000: PouchDB 1.6 s, iroh-docs 2.6 s",
                ),
            Row::new("catch-up, with the handshake", caught.wire_bytes as f64 / (2 * changes) as f64, "B a change")
                .budget(self.budget("100 B", "100 B"))
                .against("PouchDB 1.2 kB, iroh-docs 4 kB"),
        ])
    }

    async fn one_write(&self) -> anyhow::Result<Vec<Row>> {
        let folder = self.fresh(&world::hub(self.under), "writer")?;
        let writer = world::Running::open(Path::new(&folder), Vec::new()).await?;
        let (key, addresses) = writer.peer();
        let peer = format!("{key}@{}", addresses.first().context("the node listens")?);
        let mut hearer = Process::start(&["hear", &self.at("seen")?, &peer])?;
        hearer.told()?;
        let mut times = Vec::new();
        for number in 0..300 {
            let began = Instant::now();
            writer.node.write(vec![a_write(number)?]).await?;
            hearer.told()?;
            times.push(ms(began));
        }
        drop(hearer);
        writer.stop().await;
        times.sort_by(f64::total_cmp);
        let probe = disk_probe(self.temporary)?;
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        let what = |share| format!("one write, durable and to be shown at both: {share}");
        Ok(vec![
            Row::new(&what("p50"), at(0.5), "ms")
                .budget("2 ms")
                .against("iroh-docs 3.0, samod 4.1, PouchDB 11 ms, none of them durable"),
            Row::new(&what("p99"), at(0.99), "ms")
                .budget(format!("{:.1} ms: 4 ms and 2 x the disk probe's p99", 4.0 + 2.0 * probe))
                .against("iroh-docs 5.6, samod 10, PouchDB 29 ms"),
        ])
    }

    fn writes(&self) -> anyhow::Result<Vec<Row>> {
        let mut rows = Vec::new();
        for (writers, budget, alternatives) in [
            ("1", "3,000 a second", "PouchDB 2,700, iroh-docs 1,000, samod 700 to 2,700, none of them durable"),
            ("32", "10,000 a second", "PouchDB 5,000, iroh-docs 2,700, none of them durable"),
        ] {
            let folder = self.fresh(&world::joiner(self.under, 2), &format!("writes-{writers}"))?;
            let told = once(&["write", &folder, writers, "3"])?;
            let what = format!("durable writes at one node, {writers} at a time");
            rows.push(Row::new(&what, told.per_second.unwrap_or(0.0), "a second").budget(budget).against(alternatives));
        }
        Ok(rows)
    }
}

/// What a node that does nothing takes.
fn at_rest(told: &Told, memory: &str, ready: &str) -> Vec<Row> {
    vec![
        Row::new("a node at rest: memory", megabytes(told.rss_bytes), "MB").budget(memory),
        Row::new("a node at rest: ready after", told.ms.unwrap_or(0.0), "ms").budget(ready),
        Row::new("a node at rest: first page of the participants", told.page_ms.unwrap_or(0.0), "ms").budget("100 ms"),
    ]
}

/// A ministry's node that holds many documents, as registered.
pub(crate) async fn ministry(documents: u64, keep: Option<&Path>) -> anyhow::Result<Figures> {
    let temporary = tempfile::tempdir()?;
    let under = keep.map_or_else(|| temporary.path().join("set"), |keep| keep.join(format!("ministry-{documents}")));
    if !under.exists() {
        let making = under.with_extension("making");
        if making.exists() {
            std::fs::remove_dir_all(&making)?;
        }
        std::fs::create_dir_all(&making)?;
        let began = Instant::now();
        world::register(&making, documents).await?;
        eprintln!("{documents} documents registered in {:.0} s", ms(began) / 1000.0);
        let began = Instant::now();
        once(&["rest", &plain(&world::hub(&making))?])?;
        eprintln!("the views of {documents} documents: built in {:.0} s", ms(began) / 1000.0);
        std::fs::rename(&making, &under)?;
    }
    let told = once(&["rest", &plain(&world::hub(&under))?])?;
    Ok(Figures { of: "documents", count: documents, rows: at_rest(&told, "512 MB", "5,000 ms") })
}

fn plain(path: &Path) -> anyhow::Result<String> {
    Ok(path.to_str().context("a folder is named in plain text")?.to_owned())
}

/// The p99 of writing 4 KiB and syncing it, in milliseconds.
fn disk_probe(folder: &Path) -> anyhow::Result<f64> {
    let mut file = std::fs::File::create(folder.join("probe"))?;
    file.write_all(&vec![0; 4 << 20])?;
    file.sync_all()?;
    let mut times = Vec::new();
    for number in 0..200_u64 {
        let began = Instant::now();
        std::os::unix::fs::FileExt::write_at(&file, &[7; 4096], number * 4096)?;
        file.sync_data()?;
        times.push(ms(began));
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() * 99 / 100])
}

/// A copied folder goes on under a new incarnation: one more write at its first start.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn size(folder: &Path) -> anyhow::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        bytes += if found.is_dir() { size(&entry.path())? } else { found.blocks() * 512 };
    }
    Ok(bytes)
}
