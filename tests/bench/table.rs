//! Runs the measurements one after the other, and prints each figure beside its budget.

use std::{
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Instant,
};

use anyhow::{Context, bail};

use crate::{
    measure::{Told, a_write, ms},
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

fn line(what: &str, figure: String, budget: &str) {
    println!("{what:<58} {figure:>22}   {budget}");
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

pub(crate) async fn print(documents: u64, keep: Option<PathBuf>) -> anyhow::Result<()> {
    let temporary = tempfile::tempdir()?;
    let under = keep.unwrap_or_else(|| temporary.path().join("set"));
    let entries = documents * set::WRITERS as u64;
    if under.exists() {
        println!("the set in {} is used", under.display());
    } else {
        let began = Instant::now();
        std::fs::create_dir_all(&under)?;
        world::generate(&under, documents).await?;
        println!(
            "{documents} documents, {entries} changes by {} nodes: made in {:.0} s",
            set::WRITERS,
            ms(began) / 1000.0
        );
    }
    // Every run begins with the same folders.
    let fresh = |name: &Path, run: &str| -> anyhow::Result<String> {
        let to = temporary.path().join(run);
        copy(name, &to)?;
        Ok(to.to_str().context("a temporary folder is plain text")?.to_owned())
    };
    let hub = world::hub(&under);
    println!();
    line("what", "measured".to_owned(), "budget (at 10,000)");

    let rest = fresh(&hub, "rest")?;
    let built = once(&["rest", &rest])?;
    let state = built.state.clone().unwrap_or_default();
    let again = once(&["rest", &rest])?;
    line("a node at rest: memory", megabytes(again.rss_bytes), "64 MB at 3,000");
    line("a node at rest: ready after", format!("{:.0} ms", again.ms.unwrap_or(0.0)), "1,000 ms at 3,000");

    let joined = fresh(&world::joiner(&under, 0), "joined")?;
    let served = fresh(&hub, "served")?;
    let mut server = Process::start(&["serve", &served])?;
    let peer = server.told()?.peer.unwrap_or_default();
    let join = once(&["join", &joined, &peer, &entries.to_string()])?;
    let serve = server.end()?;
    line("cold join: held durably and verified", format!("{:.0} ms", join.ms.unwrap_or(0.0)), "1,000 ms");
    let (plain, compressed) = set::as_json_lines(documents)?;
    let per_document = |bytes: u64| bytes as f64 / documents as f64;
    line(
        "cold join: bytes on the wire, a document",
        format!("{:.0} B, {:.2} x zstd -3", per_document(join.wire_bytes), join.wire_bytes as f64 / compressed as f64),
        "1.15 x (about 210 B)",
    );
    line("  the same as JSON lines, a document", format!("{:.0} B plain", per_document(plain)), "");
    line("cold join: peak memory, joining", megabytes(join.peak_rss_bytes), "80 MB");
    line("cold join: peak memory, serving", megabytes(serve.peak_rss_bytes), "80 MB");

    let seen = fresh(&world::joiner(&under, 1), "seen")?;
    let mut server = Process::start(&["serve", &served])?;
    let peer = server.told()?.peer.unwrap_or_default();
    let see = once(&["see", &seen, &peer, &state])?;
    drop(server);
    line("cold join: visible in the views", format!("{:.0} ms", see.ms.unwrap_or(0.0)), "2,500 ms");
    line("cold join: peak memory, with views", megabytes(see.peak_rss_bytes), "80 MB");
    let disk = size(Path::new(&seen))?;
    line("disk after the join, all of it, a document", format!("{:.0} B", per_document(disk)), "1,500 B");

    let mut server = Process::start(&["serve", &served])?;
    let peer = server.told()?.peer.unwrap_or_default();
    // The first time, receipts and beacons still move.
    once(&["reconnect", &joined, &peer])?;
    let reconnect = once(&["reconnect", &joined, &peer])?;
    drop(server);
    line(
        "reconnect, nothing changed: after the handshake",
        format!("{:.1} ms", reconnect.ms.unwrap_or(0.0)),
        "10 ms with it",
    );
    line("reconnect, nothing changed: bytes with the handshake", format!("{} B", reconnect.wire_bytes), "8,000 B");

    let changes = (documents / 100).max(1);
    let changed = fresh(&hub, "changed")?;
    let running = world::Running::open(Path::new(&changed), Vec::new()).await?;
    crate::measure::change(&running, changes).await?;
    running.stop().await;
    let mut server = Process::start(&["serve", &changed])?;
    let peer = server.told()?.peer.unwrap_or_default();
    let all = (entries + 2 * changes).to_string();
    let caught = once(&["catch-up", &joined, &peer, &changes.to_string(), &all])?;
    drop(server);
    line("catch-up, 1 % changed on each side", format!("{:.0} ms", caught.ms.unwrap_or(0.0)), "100 ms");
    line(
        "catch-up: bytes a change, with the handshake",
        format!("{:.0} B", caught.wire_bytes as f64 / (2 * changes) as f64),
        "100 B",
    );

    let writer = world::Running::open(Path::new(&fresh(&hub, "writer")?), Vec::new()).await?;
    let (key, addresses) = writer.peer();
    let peer = format!("{key}@{}", addresses.first().context("the node listens")?);
    let mut hearer = Process::start(&["hear", &seen, &peer])?;
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
    let probe = disk_probe(temporary.path())?;
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    line("one write, durable and to be shown at both: p50", format!("{:.1} ms", at(0.5)), "2 ms");
    line(
        "one write, durable and to be shown at both: p99",
        format!("{:.1} ms", at(0.99)),
        &format!("4 ms + 2 x the disk probe's p99 ({probe:.1} ms)"),
    );

    for (writers, budget) in [("1", "3,000 a second"), ("32", "10,000 a second")] {
        let folder = fresh(&world::joiner(&under, 2), &format!("writes-{writers}"))?;
        let told = once(&["write", &folder, writers, "3"])?;
        let what = format!("durable writes at one node, {writers} at a time");
        line(&what, format!("{:.0} a second", told.per_second.unwrap_or(0.0)), budget);
    }
    Ok(())
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
