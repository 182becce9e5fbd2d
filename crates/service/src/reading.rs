//! The thread that keeps the views up to date: what a document shows comes in, rows go out.
//!
//! # Invariants
//! - Whoever was answered with `shown = n` finds it in the views once this thread says that it applied n.
//! - A scope's watermark is written with the last of its rows, so that a restart knows whether anything is missing.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use charter::{Charter, Standing};
use driver::{Node, Update};
use identity::{Coordinate, NodeKey, OfficeId, OfficeKind, Region, ScopeName};
use records::{Author, Authors, DocumentRows};
use tokio::sync::{mpsc, watch};
use views::{Reader, Views, ViewsError, Watermark};

use crate::problem::{Code, Problem};

/// The most updates that are applied in one transaction.
const BATCH_MAX: usize = 256;

/// Who stands behind a node: the charter's word, and for this node itself its own until the charter knows it.
#[derive(Clone)]
pub(crate) struct Known {
    charter: Option<Arc<Charter>>,
    own: NodeKey,
    own_author: Option<Author>,
    own_name: String,
}

impl Known {
    pub(crate) fn of(node: &Node) -> Self {
        let (own_author, own_name) = match node.profile().0 {
            charter::Subject::NewOffice { name, kind, region } => {
                (Some(Author { office: node.office(), kind: *kind, region: region.clone() }), name.clone())
            }
            charter::Subject::FurtherNode { .. } => (None, node.key().short()),
        };
        Self { charter: node.charter(), own: node.key(), own_author, own_name }
    }

    /// The name of the office behind a node, or what stands for it.
    pub(crate) fn name(&self, node: &NodeKey) -> String {
        let office = self.author(node).map(|author| author.office);
        let named = office.and_then(|office| self.office(&office)).map(|(name, _, _)| name);
        named.or_else(|| (*node == self.own).then(|| self.own_name.clone())).unwrap_or_else(|| node.short())
    }

    /// Whether this is this very node.
    pub(crate) fn is_own(&self, node: &NodeKey) -> bool {
        *node == self.own
    }

    /// The name, kind and region of an office.
    pub(crate) fn office(&self, id: &OfficeId) -> Option<(String, OfficeKind, Region)> {
        let office = self.charter.as_ref()?.office(id)?;
        Some((office.name.clone(), office.kind, office.region.clone()))
    }
}

impl Authors for Known {
    fn author(&self, node: &NodeKey) -> Option<Author> {
        let admitted = self.charter.as_ref().and_then(|charter| {
            let office = charter.office(&charter.node(node)?.office)?;
            Some(Author { office: office.id, kind: office.kind, region: office.region.clone() })
        });
        admitted.or_else(|| self.own_author.clone().filter(|_| *node == self.own))
    }

    fn carried_on_by(&self, office: &OfficeId) -> Vec<OfficeId> {
        let office = self.charter.as_ref().and_then(|charter| charter.office(office));
        office.map(|office| office.succeeded_by.iter().copied().collect()).unwrap_or_default()
    }

    fn counts(&self, at: &Coordinate) -> bool {
        let standing = self.charter.as_ref().map(|charter| charter.standing(&at.journal));
        match standing {
            Some(Standing::CutOff(point)) => point.is_some_and(|point| at.seq <= point.seq),
            Some(Standing::Unknown) | None => false,
            // Who takes part in an agenda is known to its parties alone, so its scope shows no right to others.
            Some(Standing::NoRight | Standing::Open | Standing::Frozen(_)) => true,
        }
    }
}

/// The views and the thread that fills them.
pub(crate) struct Reading {
    reader: Arc<Mutex<Reader>>,
    applied: watch::Receiver<u64>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Reading {
    /// Opens the views and starts the thread. Scopes whose rows are not up to date are told again.
    pub(crate) async fn start(path: PathBuf, node: Node, updates: mpsc::Receiver<Update>) -> Result<Self, Problem> {
        let (views, opened) = Views::open(&path).map_err(|error| Problem::internal(&error))?;
        if let views::Opened::SetAside(aside) = opened {
            tracing::warn!(aside = %aside.display(), "the views were damaged or of another version; they are built again");
        }
        let mut behind: Vec<ScopeName> = Vec::new();
        for (scope, mark) in node.watermarks().await {
            let known = views.watermark(&scope).map_err(|error| Problem::internal(&error))?;
            if known.is_none_or(|known| known.points != mark) {
                behind.push(scope);
            }
        }
        let reader = views
            .reader()
            .map_err(|error| Problem::internal(&error))?
            .ok_or_else(|| Problem::new(Code::Internal, "the views have no file", "run `simpul doctor --rebuild`"))?;
        let (say, applied) = watch::channel(0);
        let (settle, mut settled) = watch::channel(behind.iter().cloned().collect::<BTreeSet<_>>());
        if !behind.is_empty() {
            tracing::info!(scopes = behind.len(), "bringing the views up to date");
        }
        node.tell(behind);
        let thread = std::thread::Builder::new()
            .name("views".into())
            .spawn(move || run(views, &node, updates, &say, &settle))
            .map_err(|error| Problem::internal(&error))?;
        // Whoever asks next sees everything that is held. An error means that the thread is gone.
        drop(settled.wait_for(BTreeSet::is_empty).await);
        Ok(Self { reader: Arc::new(Mutex::new(reader)), applied, thread: Mutex::new(Some(thread)) })
    }

    /// Removes the file, so that it is built anew.
    pub(crate) fn throw_away(path: &Path) -> Result<(), Problem> {
        for suffix in ["", "-wal", "-shm"] {
            let mut file = path.as_os_str().to_owned();
            file.push(suffix);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Problem::internal(&error)),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Waits until the views show everything up to an update.
    pub(crate) async fn shows(&self, number: u64) {
        // An error means that the node stops; then nobody looks any more.
        drop(self.applied.clone().wait_for(|applied| *applied >= number).await);
    }

    /// How many changes the views show.
    pub(crate) fn applied(&self) -> u64 {
        *self.applied.borrow()
    }

    /// Tells when the views show something else.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.applied.clone()
    }

    /// Looks something up.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Reader) -> Result<T, ViewsError> + Send + 'static,
    ) -> Result<T, Problem> {
        let reader = self.reader.clone();
        tokio::task::spawn_blocking(move || look(&reader.lock().unwrap_or_else(PoisonError::into_inner)))
            .await
            .map_err(|error| Problem::internal(&error))?
            .map_err(|error| Problem::internal(&error))
    }

    /// Waits for the thread to close the file; call it once the node has stopped.
    pub(crate) async fn stop(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic there was printed there.
            drop(tokio::task::spawn_blocking(move || thread.join()).await);
        }
    }
}

fn run(
    mut views: Views,
    node: &Node,
    mut updates: mpsc::Receiver<Update>,
    say: &watch::Sender<u64>,
    settle: &watch::Sender<BTreeSet<ScopeName>>,
) {
    let mut batch = Vec::new();
    while updates.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        let known = Known::of(node);
        let (mut rows, mut marks, mut number) = (Vec::new(), Vec::new(), 0);
        for update in batch.drain(..) {
            match update {
                Update::Document(changed) => {
                    number = changed.number;
                    rows.push(DocumentRows {
                        rows: changed.snapshot.as_ref().map(|snapshot| records::fold(snapshot, &known)),
                        id: changed.document,
                        state_hash: changed.state_hash,
                    });
                }
                Update::Settled { number: at, scope, watermark } => {
                    number = at;
                    marks.push(Watermark { scope, points: watermark.to_vec(), statements: Vec::new() });
                }
            }
        }
        if let Err(error) = views.apply(&rows, &marks) {
            // The watermarks stay behind, so the next start tells these scopes again.
            tracing::error!(error = crate::problem::chain(&error), "the views cannot be written");
        }
        say.send_replace(number);
        if !marks.is_empty() {
            settle.send_modify(|waiting| waiting.retain(|scope| marks.iter().all(|mark| mark.scope != *scope)));
        }
    }
    if let Err(error) = views.close() {
        tracing::error!(error = crate::problem::chain(&error), "the views cannot be closed");
    }
}
