//! A node: the real replica, writers and documents on a disk that is not.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use documents::{Edit, Fold, Scalar, Written};
use identity::{Class, Coordinate, Incarnation, JournalId, NodeKey, NodeSecret, Officer, Point, ScopeName, broken};
use journal::{Draft, JournalWriter, Subject, VerifiedRun};
use records::{Author, Folded, RecordKind};
use sync::{Config, Durable, LoadedPack, Recovered, Replica, Span, Token};

use crate::{disk::Disk, random::Random};

/// The kind of record that people write in scopes of a class. What lies where such records do not belong is read as well.
pub(crate) fn kind(class: Class) -> RecordKind {
    match class {
        Class::Identity => RecordKind::Person,
        Class::Agenda => RecordKind::Agenda,
        _ => RecordKind::Participation,
    }
}

/// The fields that people fill in there; the first of them begins a document.
pub(crate) fn keys(class: Class) -> [&'static str; 3] {
    match kind(class) {
        RecordKind::Person => ["name", "address", "dusun"],
        _ => ["group", "register", "a field of a newer version"],
    }
}

/// How often quiet nodes compare. So rarely that nothing is in time because of it: what is told once must be heard.
const COMPARE_EVERY: Duration = Duration::from_secs(12 * 3600);

/// What waits for the disk.
pub(crate) enum Writing {
    /// Something that the replica wants durable.
    Asked(Token, Vec<Durable>),
    /// Own entries.
    Own(Vec<VerifiedRun>),
}

/// A document's page as somebody has it open.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) document: Coordinate,
    pub(crate) heads: Vec<Coordinate>,
    /// What the form shows, by field.
    pub(crate) values: BTreeMap<String, Vec<String>>,
}

/// An office's machine.
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) secret: Arc<NodeSecret>,
    pub(crate) disk: Disk,
    /// `None` while the machine is off.
    pub(crate) replica: Option<Replica>,
    /// Counts starts, so that what was meant for a former life is dropped.
    pub(crate) life: u32,
    pub(crate) writers: BTreeMap<ScopeName, JournalWriter>,
    pub(crate) writing: VecDeque<(Duration, Writing)>,
    pub(crate) timer: Option<Instant>,
    /// The lid is closed until then.
    pub(crate) asleep: Option<Duration>,
    /// The disk takes no pages.
    pub(crate) full: bool,
    /// Its disk went back in time or was copied: what it acknowledged before may be gone.
    pub(crate) tampered: bool,
    /// How far its clock is off, in milliseconds.
    pub(crate) clock_off_ms: i64,
    pub(crate) form: Option<Form>,
    /// Whether what a suspect key said last counted here, and how often that changed.
    pub(crate) verdicts: BTreeMap<JournalId, (bool, u32)>,
    /// Whether it has taken anything since it started.
    pub(crate) exchanged: bool,
}

impl Node {
    pub(crate) fn new(name: &str, secret: Arc<NodeSecret>, disk: Disk) -> Self {
        Self {
            name: name.to_owned(),
            secret,
            disk,
            replica: None,
            life: 0,
            writers: BTreeMap::new(),
            writing: VecDeque::new(),
            timer: None,
            asleep: None,
            full: false,
            tampered: false,
            clock_off_ms: 0,
            form: None,
            verdicts: BTreeMap::new(),
            exchanged: false,
        }
    }

    /// Starts from what is on the disk.
    pub(crate) fn start(
        &mut self,
        network: identity::NetworkId,
        folds: &charter::Folds,
        now: Instant,
        clock_ms: i64,
        random: &mut Random,
    ) {
        let disk = &self.disk;
        let recovered = Recovered {
            secret: NodeSecret::clone(&self.secret),
            network,
            statements: disk.statements.clone(),
            journals: disk.journals.keys().map(|journal| (journal.clone(), disk.point(journal))).collect(),
            receipts: disk.receipts.values().cloned().collect(),
            beacons: disk.beacons.values().cloned().collect(),
            forks: disk.forks.values().cloned().collect(),
            freezes: disk.freezes.iter().map(|(journal, at)| (journal.clone(), *at)).collect(),
            seed: random.bytes(),
            clock_ms: clock_ms + self.clock_off_ms,
            config: Config { compare_every: COMPARE_EVERY, ..Config::default() },
            folds: folds.clone(),
        };
        self.replica = Some(Replica::new(recovered, now));
        self.life += 1;
        self.exchanged = false;
        self.timer = None;
        self.writers.clear();
        self.writing.clear();
    }

    /// Pulls the plug: what was not synced is gone, or some of it is there.
    pub(crate) fn crash(&mut self, random: &mut Random) {
        self.replica = None;
        let unsynced = self.writing.drain(..).map(|(_, writing)| writing).collect();
        let torn = self.disk.power_cut(unsynced, random);
        if broken::is("skip a sync") {
            self.disk.forget_last(self.secret.node_key());
        }
        self.writers.clear();
        self.form = None;
        if torn {
            self.draw_incarnation(random);
        }
    }

    /// Loses a page of the disk, and all that comes after it in its journal; `None` if there is none, else whether it
    /// was of an own journal.
    pub(crate) fn damage(&mut self, random: &mut Random) -> Option<bool> {
        let journals: Vec<&JournalId> = self.disk.journals.keys().collect();
        let journal = JournalId::clone(random.pick(&journals)?);
        let runs = self.disk.journals[&journal].len() as u64;
        self.disk.forget_from(&journal, random.below(runs) as usize);
        self.tampered = true;
        Some(journal.node == self.secret.node_key())
    }

    /// Draws a new incarnation; what is written from now on goes into new journals.
    pub(crate) fn draw_incarnation(&mut self, random: &mut Random) {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&random.bytes()[..8]);
        self.disk.incarnation = Incarnation(bytes);
        self.writers.clear();
    }

    pub(crate) fn own_journal(&self, scope: &ScopeName) -> JournalId {
        JournalId { scope: scope.clone(), node: self.secret.node_key(), incarnation: self.disk.incarnation }
    }

    fn writer(&mut self, scope: &ScopeName) -> &mut JournalWriter {
        let journal = self.own_journal(scope);
        let (secret, disk) = (self.secret.clone(), &self.disk);
        self.writers.entry(scope.clone()).or_insert_with(|| {
            let runs = disk.journals.get(&journal).map_or(&[][..], Vec::as_slice);
            let held = if broken::is("re-issue with a used number") { runs.iter().rev().nth(1) } else { runs.last() };
            match held {
                Some(held) => JournalWriter::resume(journal.clone(), secret, held.clone()).unwrap(),
                None => JournalWriter::new(journal.clone(), secret),
            }
        })
    }

    fn append(&mut self, scope: &ScopeName, written: Written, subject: Subject) -> Coordinate {
        let officer = Officer::new("petugas-1").unwrap();
        let draft: Draft =
            written.draft(1_763_750_000_000 + self.clock_off_ms, officer, subject, kind(scope.class()).number());
        let journal = self.own_journal(scope);
        let (point, _) = self.writer(scope).append(draft).unwrap();
        Coordinate { journal, seq: point.seq }
    }

    /// Signs what was appended; gives the runs that are to be synced.
    pub(crate) fn commit(&mut self, scope: &ScopeName) -> Vec<VerifiedRun> {
        self.writer(scope).commit().runs
    }

    /// Begins a document with one field.
    pub(crate) fn create(&mut self, scope: &ScopeName, predecessor: Option<Coordinate>, value: &str) -> Coordinate {
        let fields = [(keys(scope.class())[0], Scalar::Text(value.to_owned()))];
        let written = documents::create(&self.own_journal(scope), [], fields).unwrap();
        self.append(scope, written, Subject::Creates { predecessor })
    }

    /// Says one fact, having seen all that is here; without a document it begins one.
    pub(crate) fn fact(
        &mut self,
        scope: &ScopeName,
        document: Option<&Coordinate>,
        key: &str,
        bytes: &[u8],
    ) -> Coordinate {
        let links = document.map(|document| self.fold(document).snapshot().tips).unwrap_or_default();
        let written = documents::fact(key, bytes, links).unwrap();
        let subject = document.map_or(Subject::Creates { predecessor: None }, |document| Subject::Of(document.clone()));
        self.append(scope, written, subject)
    }

    /// Edits a document as it stands here; `None` if that changes nothing or has to be shown again.
    pub(crate) fn edit(&mut self, document: &Coordinate, edits: &[Edit]) -> Option<Coordinate> {
        let (fold, scope) = (self.fold(document), document.journal.scope.clone());
        let written = fold.edit(&fold.snapshot().heads, &self.own_journal(&scope), edits).ok()??;
        Some(self.append(&scope, written, Subject::Of(document.clone())))
    }

    /// Says facts about a document, none of which has seen the others.
    pub(crate) fn facts(&mut self, document: &Coordinate, count: u64, random: &mut Random) {
        let scope = document.journal.scope.clone();
        for _ in 0..count {
            let bytes = &random.bytes()[..8 + random.below(24) as usize];
            let written = documents::fact("visit", bytes, vec![document.clone()]).unwrap();
            self.append(&scope, written, Subject::Of(document.clone()));
        }
    }

    /// What this node makes of a document that is on its disk.
    pub(crate) fn fold(&self, document: &Coordinate) -> Fold {
        let charter = self.replica.as_ref().unwrap().charter();
        let standing = |at: &Coordinate| self.disk.standing(charter, self.secret.node_key(), at);
        let erased = charter.erasure(document).is_some();
        Fold::build(document.clone(), self.disk.items(document), standing, erased, |_| true)
    }

    /// What a document means here.
    pub(crate) fn read(&self, fold: &Fold) -> Folded {
        let charter = self.replica.as_ref().unwrap().charter();
        let author = |node: &NodeKey| {
            let office = charter.office(&charter.node(node)?.office)?;
            Some(Author { office: office.id, kind: office.kind, region: office.region.clone() })
        };
        records::fold(&fold.snapshot(), &author)
    }

    /// Opens a document's page; `None` where it shows nothing that can be edited.
    pub(crate) fn open(&self, document: &Coordinate) -> Option<Form> {
        let shown = self.fold(document).snapshot();
        if shown.erased || shown.heads.is_empty() {
            return None;
        }
        let values = shown.fields.iter().map(|(key, values)| (key.clone(), texts(values)));
        Some(Form { document: document.clone(), heads: shown.heads, values: values.collect() })
    }

    /// Saves a form in which one field was filled in; `None` if it has to be shown again.
    pub(crate) fn save(&mut self, form: &Form, key: &str, value: &str) -> Option<Coordinate> {
        let scope = form.document.journal.scope.clone();
        let edit = Edit::Put { key: key.to_owned(), value: Scalar::Text(value.to_owned()) };
        let heads = if broken::is("plain put from an old form") {
            self.fold(&form.document).snapshot().heads
        } else {
            form.heads.clone()
        };
        let written = self.fold(&form.document).edit(&heads, &self.own_journal(&scope), &[edit]).ok()??;
        Some(self.append(&scope, written, Subject::Of(form.document.clone())))
    }

    /// Says again what this node wrote into a document on ground that was cut away; whether there was anything.
    pub(crate) fn reissue(&mut self, document: &Coordinate) -> bool {
        let fold = self.fold(document);
        let own = self.secret.node_key();
        let lost = fold.verdicts().filter(|(at, verdict)| {
            at.journal.node == own && matches!(verdict, documents::Verdict::Waiting(documents::Waiting::Reissue(_)))
        });
        let lost: Vec<Coordinate> = lost.map(|(at, _)| at.clone()).collect();
        let Ok(written) = fold.reissue(&lost, &self.own_journal(&document.journal.scope)) else { return false };
        let scope = document.journal.scope.clone();
        for one in written {
            self.append(&scope, one, Subject::Of(document.clone()));
        }
        true
    }

    /// Erases what orders name: on the disk, and what the writers still hold. Gives the documents that go because of
    /// the one that they continue.
    pub(crate) fn erase(&mut self) -> Vec<Coordinate> {
        let Some(replica) = &self.replica else { return Vec::new() };
        if !self.disk.has_orders || (self.tampered && broken::is("show an erased document after a restore")) {
            return Vec::new();
        }
        let (documents, successors) = self.disk.ordered(replica.charter());
        for (journal, entries) in self.disk.erase(&documents) {
            if let Some(writer) = self.writers.get_mut(&journal.scope).filter(|writer| *writer.journal() == journal) {
                writer.erase(&entries);
            }
        }
        successors
    }
}

fn texts(values: &[documents::FieldValue]) -> Vec<String> {
    let text = |value: &documents::FieldValue| match &value.value {
        Scalar::Text(text) => text.clone(),
        other => panic!("nobody wrote {other:?}"),
    };
    values.iter().map(text).collect()
}

/// The pack to push for an own run.
pub(crate) fn pack(run: &VerifiedRun) -> LoadedPack {
    let after = Point { seq: run.first() - 1, hash: run.previous() };
    let span = Span { journal: run.journal().clone(), after, point: run.last() };
    LoadedPack { bytes: journal::encode(&[run]).unwrap(), spans: vec![span] }
}
