//! How things are: gathers what the node knows, lets `health` judge it, keeps what has to be remembered, and says it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use ::health::{
    AlertBook, AlertKey, Health, Known, Level, Memory, Own, Room, State, What,
    words::{self, Said, Speaker},
};
use charter::{Charter, StatementSet};
use identity::{JournalId, NetworkId, OfficeId, Point};
use serde::{Deserialize, Serialize};

use crate::{
    Inner, Service,
    problem::{Problem, chain},
};

/// How often a running node sees whether somebody joined, and after how many of these it looks at how things are.
const TURN: Duration = Duration::from_secs(5);
const LOOK_AT: u64 = 12;

/// What stands in the data folder beside the store. Losing it loses habits, not warnings.
const FILE: &str = "health.json";

/// What is kept from one look to the next.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    memory: Memory,
    book: AlertBook,
    last_backup_ms: Option<i64>,
}

/// Looks, one at a time.
pub(crate) struct Looking {
    file: PathBuf,
    networked: bool,
    kept: Mutex<Kept>,
}

impl Looking {
    pub(crate) fn open(folder: &Path, networked: bool) -> Self {
        let file = folder.join(FILE);
        let kept = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(%error, file = %file.display(), "what was noted of other offices is unreadable; it is learned anew");
                Kept::default()
            }),
            Err(_) => Kept::default(),
        };
        Self { file, networked, kept: Mutex::new(kept) }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a backup was made.
    pub(crate) fn backed_up(&self) {
        self.kept().last_backup_ms = Some(now_ms());
        self.save();
    }

    /// Writes what is kept. It can be learned anew, so a failure is only logged.
    fn save(&self) {
        let bytes = match serde_json::to_vec(&*self.kept()) {
            Ok(bytes) => bytes,
            Err(error) => return tracing::error!(%error, "what was noted of other offices cannot be written"),
        };
        if let Err(error) = store::write_file(&self.file, bytes) {
            tracing::warn!(error = chain(&error), "what was noted of other offices is not saved");
        }
    }
}

/// One alert as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertView {
    /// Its name, stable as long as it holds.
    pub key: String,
    /// ok, warning or critical.
    pub level: Level,
    /// Whom it is about, and whom to call.
    pub office: String,
    /// What is wrong, as of when.
    pub sentence: Said,
    /// Why it matters.
    pub why: Said,
    /// What to do.
    pub action: Said,
    /// Since when it has been told, in Unix milliseconds.
    pub since_ms: i64,
    /// As of when it is known, in Unix milliseconds.
    pub as_of_ms: i64,
    /// Who deals with it until when, in Unix milliseconds.
    pub handled: Option<(String, i64)>,
}

/// One office as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeHealthView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Its region.
    pub region: String,
    /// How it is.
    pub state: State,
    /// As of when, in Unix milliseconds.
    pub as_of_ms: i64,
    /// When it was last heard of, in Unix milliseconds.
    pub heard_ms: Option<i64>,
    /// What was found, the worst first.
    pub sentences: Vec<Said>,
}

/// How things are, as far as this node knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// The most urgent of what nobody deals with.
    pub level: Level,
    /// When it looked, in Unix milliseconds.
    pub now_ms: i64,
    /// What is only here, in one sentence.
    pub headline: Said,
    /// How far own changes have come among the ministries; none where no ministry is to have them.
    pub ministries: Option<Said>,
    /// What somebody should do something about, the most urgent first.
    pub alerts: Vec<AlertView>,
    /// The offices that this node answers for, the worst first.
    pub offices: Vec<OfficeHealthView>,
    /// The figures.
    pub figures: ::health::Figures,
    /// Free room on the disk, in thousandths.
    pub free_permille: Option<u64>,
    /// When the newest backup was made, in Unix milliseconds.
    pub last_backup_ms: Option<i64>,
    /// Items that were refused here.
    pub refused: u64,
    /// Items that wait here.
    pub waiting: u64,
}

impl Service {
    /// Looks at how things are.
    pub(crate) async fn health(&self) -> Result<HealthView, Problem> {
        let (health, own, charter) = self.look_at_health().await?;
        let node = self.node().clone();
        let known = charter.clone();
        let own_name = self.office().name;
        let name = move |id: &OfficeId| match known.office(id) {
            Some(office) => office.name.clone(),
            None if *id == node.office() && !own_name.is_empty() => own_name.clone(),
            None => id.short(),
        };
        let speaker = Speaker {
            own: health.own,
            now_ms: health.now_ms,
            utc_offset_minutes: jiff::Zoned::now().offset().seconds() / 60,
            name: &name,
        };
        let kept = self.looking().kept();
        let alerts = health.alerts.iter().map(|alert| AlertView {
            key: alert.key.to_string(),
            level: alert.level,
            office: name(&alert.office),
            sentence: speaker.sentence(&alert.office, &alert.what, alert.as_of_ms),
            why: words::why(&alert.what),
            action: words::action(&alert.what, alert.office == health.own),
            since_ms: kept.book.since(&alert.key).unwrap_or(health.now_ms),
            as_of_ms: alert.as_of_ms,
            handled: kept.book.handled(&alert.key, health.now_ms).map(|handled| (handled.by.clone(), handled.until_ms)),
        });
        let offices = health.offices.iter().map(|office| OfficeHealthView {
            id: office.office.to_string(),
            name: name(&office.office),
            kind: office.kind.to_string(),
            region: office.region.to_string(),
            state: office.state,
            as_of_ms: office.as_of_ms,
            heard_ms: office.heard_ms,
            sentences: (office.findings.iter())
                .map(|finding| speaker.sentence(&office.office, &finding.what, finding.as_of_ms))
                .collect(),
        });
        Ok(HealthView {
            level: kept.book.level(&health.alerts, health.now_ms),
            now_ms: health.now_ms,
            headline: speaker.headline(&health),
            ministries: speaker.ministries(&health),
            alerts: alerts.collect(),
            offices: offices.collect(),
            figures: health.figures.clone(),
            free_permille: own.room.map(Room::free_permille),
            last_backup_ms: own.last_backup_ms,
            refused: own.refused,
            waiting: own.waiting,
        })
    }

    /// Somebody deals with an alert until then.
    pub(crate) async fn handle_alert(&self, key: &str, by: &str, until_ms: i64) -> Result<(), Problem> {
        self.look_at_health().await?;
        if !self.looking().kept().book.handle(&AlertKey(key.to_owned()), by, until_ms) {
            return Err(Problem::not_found(
                format!("there is no alert {key}"),
                "`simpul health --json` lists the alerts with their keys",
            ));
        }
        self.looking().save();
        Ok(())
    }

    /// Gathers and judges; what is to be told goes to the log, and what is to be remembered is.
    async fn look_at_health(&self) -> Result<(Health, Own, std::sync::Arc<Charter>), Problem> {
        let node = self.node().clone();
        let charter = node.charter().unwrap_or_else(|| {
            let nothing = Charter::fold(&StatementSet::new(), node.network().unwrap_or(NetworkId([0; 32])));
            std::sync::Arc::new(nothing)
        });
        let held: Vec<(JournalId, Point)> = node.held()?.into_iter().flat_map(|(_, journals)| journals).collect();
        let of_own = held.iter().filter(|(journal, _)| journal.node == node.key()).cloned().collect();
        let to_be_held = node.to_be_held(of_own).await?;
        let (receipts, beacons) = (node.receipts().await, node.beacons().await);
        let (peers, forked) = (node.peers(), node.forked().await);
        let own = self.own_counters().await?;
        let service = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let node = service.node();
            let mut kept = service.looking().kept();
            let absences = kept.book.absences.clone();
            let own = Own { last_backup_ms: kept.last_backup_ms, ..own };
            let known = Known {
                charter: &charter,
                me: node.key(),
                office: node.office(),
                held: &held,
                to_be_held: &to_be_held,
                receipts: &receipts,
                beacons: &beacons,
                peers: &peers,
                forked: &forked,
                absences: &absences,
                own: &own,
                now_ms: now_ms(),
            };
            // What cannot be read here is not known to be what they hold: then it counts as being only here.
            let on_chain = |journal: &JournalId, point: Point| matches!(node.entry_hash(journal, point.seq), Ok(Some(hash)) if hash == point.hash);
            let written = |journal: &JournalId, seq| Some(node.entry_header(journal, seq).ok()??.time_ms);
            let health = ::health::judge(&known, &mut kept.memory, on_chain, written);
            let figures = ::health::report(&known, &health);
            for notice in kept.book.advance(&health.alerts, health.now_ms) {
                match notice {
                    ::health::Notice::Raised(alert) | ::health::Notice::StillThere(alert) => {
                        tracing::warn!(alert = %alert.key, level = ?alert.level, what = kind(&alert.what), "alert");
                    }
                    ::health::Notice::Cleared { key, .. } => tracing::info!(alert = %key, "alert is over"),
                }
            }
            drop(kept);
            (health, figures, own, charter)
        });
        let (health, figures, own, charter) = work.await.map_err(|error| Problem::internal(&error))?;
        self.report_as(&health, figures);
        Ok((health, own, charter))
    }

    /// What the next report says. Others hear at once when this office gets into another state.
    fn report_as(&self, health: &Health, figures: BTreeMap<String, i64>) {
        let state = health.office(&health.own).map(|office| office.state);
        let before = std::mem::replace(&mut *self.0.said.lock().unwrap_or_else(PoisonError::into_inner), state);
        self.node().report_as(figures, before != state);
    }

    async fn own_counters(&self) -> Result<Own, Problem> {
        let node = self.node();
        let scopes: Vec<_> = node.held()?.into_iter().map(|(scope, _)| scope).collect();
        let (refused, waiting) = self
            .reading()
            .look(move |views| {
                let (mut refused, mut waiting) = (0, 0);
                for scope in &scopes {
                    let counts = views.counts(scope)?;
                    refused += counts.refused;
                    waiting += counts.waiting;
                }
                Ok((refused, waiting))
            })
            .await?;
        let disk = node.disk().await;
        let room = disk.map(|(space, _)| Room {
            free_bytes: space.free_bytes,
            total_bytes: space.total_bytes,
            reserve_bytes: space.reserve_bytes,
        });
        // A write that a power cut tore was never acknowledged: nothing is damaged.
        let cuts = node.cuts().iter().filter(|cut| cut.why != store::Why::TornTail).count();
        Ok(Own {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            incarnation: node.incarnation().await,
            room,
            damage: (cuts + node.unreadable().len()) as u64,
            disk_failed: disk.is_some_and(|(_, failed)| failed),
            refused,
            waiting,
            last_backup_ms: None,
            networked: self.looking().networked,
        })
    }

    /// Looks every minute as long as the node runs, and lets in who joined.
    pub(crate) async fn keep_looking(inner: Weak<Inner>) {
        let mut tick = tokio::time::interval(TURN);
        let mut offices = 0;
        for turn in 0_u64.. {
            tick.tick().await;
            let Some(service) = inner.upgrade().map(Service) else { return };
            let now = service.node().charter().map_or(0, |charter| charter.offices().count());
            if now != offices {
                match service.let_in_who_joined().await {
                    Ok(()) => offices = now,
                    Err(problem) => {
                        tracing::warn!(problem = %problem.message, "cannot let who joined into their cases")
                    }
                }
            }
            if turn % LOOK_AT != 0 {
                continue;
            }
            match service.look_at_health().await {
                Ok(_) => service.looking().save(),
                // A node that stops answers no more.
                Err(problem) => tracing::debug!(problem = %problem.message, "cannot look at how things are"),
            }
        }
    }

    fn looking(&self) -> &Looking {
        &self.0.looking
    }
}

/// What an alert is about, without whom: a log names no office's troubles beyond its id.
fn kind(what: &What) -> &'static str {
    what.state().as_str()
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
