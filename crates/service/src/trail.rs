//! The trail: who opened, took away or changed whose record at this node, and when; and when this node first saw what an
//! office said of the network. A file of lines, each with the hash of the line before it: what is altered or taken out of
//! the middle is found, and what is taken off the end where somebody heard of it: each report says how many lines there are
//! and the hash of the last. It stays on this machine, and names people by the codes in addresses only.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use charter::Body;
use serde::{Deserialize, Serialize};

use crate::{
    Service,
    problem::{Code, Problem},
};

const FILE: &str = "trail.jsonl";

/// For how long the same officer doing the same with the same record is one line: pages follow what arrives by themselves.
const AGAIN_MS: i64 = 10 * 60 * 1000;

/// How many lines are shown, the newest.
const SHOWN_MAX: usize = 200;

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Did {
    /// Saw a list.
    Listed,
    /// Saw a record.
    Opened,
    /// Printed or saved it, or a list.
    TookAway,
    /// Changed it, or said something in it.
    Changed,
    /// This node took in what an office said of the network.
    TookIn,
}

impl Did {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Listed, Self::Opened, Self::TookAway, Self::Changed, Self::TookIn];

    /// Its name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Opened => "opened",
            Self::TookAway => "took-away",
            Self::Changed => "changed",
            Self::TookIn => "took-in",
        }
    }
}

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailEntry {
    /// When, in Unix milliseconds by this computer's clock.
    pub at_ms: i64,
    /// The handle of the officer or token; empty for the node itself.
    pub by: String,
    /// What they did.
    pub did: Did,
    /// The record as addresses name it; for what was taken in the hash of the statement.
    pub about: String,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailView {
    /// The newest lines that were asked for, the newest first.
    pub entries: Vec<TrailEntry>,
    /// How many more there are.
    pub more: u64,
    /// The first line that is not as it was written or does not follow from the one before; none while all do.
    pub broken_at: Option<u64>,
    /// How many lines are on the disk: what other offices are told.
    pub lines: u64,
    /// The beginning of the hash of the last of them, which they are told too.
    pub digest: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    /// The hash of the line before; of the first line that of nothing.
    before: String,
    #[serde(flatten)]
    entry: TrailEntry,
}

fn hash(line: &[u8]) -> String {
    blake3::hash(line).to_hex().to_string()
}

struct State {
    file: File,
    last: String,
    /// When who did what with what record, of the last minutes.
    recent: BTreeMap<(String, Did, String), i64>,
    /// When this node took in each statement, by its hash.
    said: BTreeMap<String, i64>,
    /// How many lines there are.
    lines: u64,
    /// How far it is on the disk.
    durable: ::health::Trail,
    /// Whether something was written that may not be on the disk.
    pending: bool,
}

/// What others are told of a trail: how many lines it has, and the beginning of the hash of the last.
fn told(lines: u64, last: &str) -> ::health::Trail {
    let head = last.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    ::health::Trail { lines, head: head.unwrap_or_default().cast_signed() }
}

/// The beginning of the hash of a trail's last line, as it is compared.
pub(crate) fn digest(trail: ::health::Trail) -> String {
    format!("{:016x}", trail.head.cast_unsigned())
}

/// See the module.
pub(crate) struct Trail {
    path: PathBuf,
    state: Mutex<State>,
}

impl Trail {
    /// Opens the file. A last line that a power cut tore is taken off.
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        let path = folder.join(FILE);
        let cannot = |error: io::Error| {
            Problem::new(
                Code::Storage,
                format!("{}: {error}", path.display()),
                "free some space, or run `simpul doctor`",
            )
        };
        if !path.exists() {
            store::write_file(&path, Vec::new()).map_err(|error| Problem::internal(&error))?;
        }
        let bytes = std::fs::read(&path).map_err(cannot)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let file = OpenOptions::new().append(true).open(&path).map_err(cannot)?;
        if whole < bytes.len() {
            file.set_len(whole as u64).map_err(cannot)?;
        }
        file.sync_data().map_err(cannot)?;
        let (mut last, mut said, mut count) = (hash(&[]), BTreeMap::new(), 0);
        for line in lines(&bytes[..whole]) {
            (last, count) = (hash(line), count + 1);
            if let Ok(Line { entry, .. }) = serde_json::from_slice(line)
                && entry.did == Did::TookIn
            {
                said.entry(entry.about).or_insert(entry.at_ms);
            }
        }
        let durable = told(count, &last);
        let state = State { file, last, recent: BTreeMap::new(), said, lines: count, durable, pending: false };
        Ok(Self { path, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes it. Nobody is kept from a record because the disk is full; the log says that the trail has a hole.
    fn note(&self, entry: TrailEntry) {
        let mut state = self.state();
        let (at_ms, key) = (entry.at_ms, (entry.by.clone(), entry.did, entry.about.clone()));
        if entry.did == Did::TookIn {
            if state.said.contains_key(&entry.about) {
                return;
            }
            state.said.insert(entry.about.clone(), at_ms);
        } else {
            state.recent.retain(|_, noted| (0..AGAIN_MS).contains(&at_ms.saturating_sub(*noted)));
            if state.recent.contains_key(&key) {
                return;
            }
            state.recent.insert(key, at_ms);
        }
        let written = serde_json::to_vec(&Line { before: state.last.clone(), entry }).map_err(io::Error::other);
        let written = written.and_then(|mut line| {
            let last = hash(&line);
            line.push(b'\n');
            state.file.write_all(&line).map(|()| last)
        });
        match written {
            Ok(last) => (state.last, state.lines, state.pending) = (last, state.lines + 1, true),
            Err(error) => {
                tracing::error!(%error, file = %self.path.display(), "who opened a record could not be noted")
            }
        }
    }

    /// When this node took in a statement.
    pub(crate) fn took_in(&self, hash: &str) -> Option<i64> {
        self.state().said.get(hash).copied()
    }

    /// Makes what was noted durable.
    pub(crate) fn flush(&self) {
        let (file, written) = {
            let mut state = self.state();
            if !std::mem::take(&mut state.pending) {
                return;
            }
            (state.file.try_clone(), told(state.lines, &state.last))
        };
        match file.and_then(|file| file.sync_data()) {
            Ok(()) => self.state().durable = written,
            Err(error) => tracing::error!(%error, file = %self.path.display(), "the trail is not on the disk"),
        }
    }

    /// How far it is on the disk.
    pub(crate) fn durable(&self) -> ::health::Trail {
        self.state().durable
    }

    fn view(&self, about: Option<&[String]>) -> io::Result<TrailView> {
        let bytes = std::fs::read(&self.path)?;
        let (mut entries, mut broken_at, mut before) = (Vec::new(), None, hash(&[]));
        for (number, line) in (1_u64..).zip(lines(&bytes)) {
            let read = serde_json::from_slice::<Line>(line).ok().filter(|read| read.before == before);
            before = hash(line);
            match read {
                Some(Line { entry, .. }) => entries.extend(Some(entry).filter(|entry| concerns(entry, about))),
                None => broken_at = broken_at.or(Some(number)),
            }
        }
        // Of the last line only the next one would tell.
        if broken_at.is_none() && before != self.state().last {
            broken_at = Some(lines(&bytes).count() as u64);
        }
        let durable = self.durable();
        entries.reverse();
        let more = entries.len().saturating_sub(SHOWN_MAX) as u64;
        entries.truncate(SHOWN_MAX);
        Ok(TrailView { entries, more, broken_at, lines: durable.lines, digest: digest(durable) })
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// Whether it is about one of these: by the whole name of a record, or by its number or code alone.
fn concerns(entry: &TrailEntry, about: Option<&[String]>) -> bool {
    let is = |name: &String| {
        entry.about == *name || entry.about.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('/'))
    };
    about.is_none_or(|names| names.iter().any(is))
}

impl Service {
    /// Notes that somebody did something with a record, or with a list.
    pub fn note_in_trail(&self, by: &str, did: Did, about: String) {
        let at_ms = jiff::Timestamp::now().as_millisecond();
        self.0.trail.note(TrailEntry { at_ms, by: by.to_owned(), did, about });
    }

    /// Notes what offices said of the network and was not seen before, and makes the trail durable.
    pub(crate) async fn keep_trail(&self) {
        let trail = &self.0.trail;
        if self.node().statement_count().await != trail.state().said.len() {
            let statements = self.node().statements().await;
            let is_new = |hash: &str| trail.took_in(hash).is_none();
            let erases = statements.iter().any(|statement| {
                matches!(statement.statement().body, Body::Erase { .. }) && is_new(&statement.hash().to_string())
            });
            // First, so that a power cut in between leaves the order to be seen again.
            if erases && let Err(problem) = self.forget_erased().await {
                tracing::error!(problem = %problem.message, "something of an erased record is still kept");
            }
            for statement in statements.iter() {
                self.note_in_trail("", Did::TookIn, statement.hash().to_string());
            }
        }
        let service = self.clone();
        // A panic there was printed there.
        drop(tokio::task::spawn_blocking(move || service.0.trail.flush()).await);
    }

    /// The newest lines of the trail; with `about` those of one record.
    pub(crate) async fn trail(&self, about: Option<String>) -> Result<TrailView, Problem> {
        self.keep_trail().await;
        let about = match about {
            // Addresses may name a participant by the register number or by the code.
            Some(about) => {
                let known = self.find(&about).await.ok().map(|found| found.circumstances.participation.fields);
                let known = known.into_iter().flat_map(|fields| {
                    let register = fields.register.first().cloned();
                    register.into_iter().chain(fields.person.first().map(ToString::to_string))
                });
                Some(known.chain([about]).filter(|name| !name.is_empty()).collect::<Vec<_>>())
            }
            None => None,
        };
        let service = self.clone();
        let read = tokio::task::spawn_blocking(move || service.0.trail.view(about.as_deref())).await;
        read.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))
    }

    /// When this node took in a statement.
    pub(crate) fn took_in(&self, statement: &str) -> Option<i64> {
        self.0.trail.took_in(statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(at_ms: i64, about: &str) -> TrailEntry {
        TrailEntry { at_ms, by: "siti".to_owned(), did: Did::Opened, about: about.to_owned() }
    }

    fn abouts(trail: &Trail, about: Option<&str>) -> Vec<String> {
        let about = about.map(|about| vec![about.to_owned()]);
        trail.view(about.as_deref()).unwrap().entries.into_iter().map(|entry| entry.about).collect()
    }

    #[test]
    fn what_was_noted_is_there_again_and_a_torn_line_is_taken_off() {
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::open(folder.path()).unwrap();
        for (at_ms, about) in [(0, "peserta/A1"), (1, "peserta/B2"), (2, "peserta/A1"), (AGAIN_MS, "peserta/A1")] {
            trail.note(opened(at_ms, about));
        }
        trail.flush();
        drop(trail);
        let file = folder.path().join(FILE);
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, [&whole[..], b"{\"before\":\"12"].concat()).unwrap();
        let trail = Trail::open(folder.path()).unwrap();
        trail.note(opened(3, "peserta/B2"));
        assert_eq!(trail.view(None).unwrap().broken_at, None);
        assert_eq!(abouts(&trail, None), ["peserta/B2", "peserta/A1", "peserta/B2", "peserta/A1"]);
        assert_eq!(abouts(&trail, Some("A1")), ["peserta/A1", "peserta/A1"]);
        assert_eq!(abouts(&trail, Some("1")), Vec::<String>::new());
    }

    #[test]
    fn what_was_altered_taken_out_or_cut_off_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let trail = Trail::open(folder.path()).unwrap();
        for at in 0..4 {
            trail.note(opened(at, &format!("peserta/A{at}")));
        }
        let file = folder.path().join(FILE);
        let whole = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        let without = |number: usize| {
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != number);
            kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
        };
        for (what, text, broken_at) in [
            ("as it was", whole.clone(), None),
            ("another name in the first line", whole.replace("A0", "B0"), Some(2)),
            ("the second line gone", without(1), Some(2)),
            ("the last line gone while the node runs", without(3), Some(3)),
            ("no line at all", "nothing\n".to_owned(), Some(1)),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(trail.view(None).unwrap().broken_at, broken_at, "{what}");
        }
    }
}
