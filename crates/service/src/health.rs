//! How things are: gathers what the node knows, lets `health` judge it, keeps what has to be remembered, and says it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use ::health::{
    Alert, AlertBook, AlertKey, Health, InTouch, Known, Level, Memory, Notice, OfficeHealth, Own, QuietHours, Reached,
    Room, Shows, State, What,
    words::{self, Said, Speaker},
};
use charter::Charter;
use identity::{JournalId, OfficeId, Point, ScopeName};
use jiff::tz::TimeZone;
use prometheus_client::metrics::{
    counter::Counter,
    histogram::{Histogram, exponential_buckets},
};
use serde::{Deserialize, Serialize};

use crate::{
    Inner, Service,
    backup_plan::BackupsView,
    contacts::Contacts,
    problem::{Problem, chain},
    shows::Turn,
    told::{Outgoing, Told, ToldAs},
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

/// What the looks of a node that runs noticed: one a minute, or whenever somebody asks.
#[derive(Debug, Clone)]
pub struct Noticed {
    /// How long own changes took until another office held them, in seconds.
    pub lag: Histogram,
    /// Until every office held them that is to have them and was ever seen.
    pub lag_to_all: Histogram,
    /// How often another node was found to show something else of a scope of which both hold the same.
    pub mismatches: Counter,
}

impl Default for Noticed {
    fn default() -> Self {
        // From a second to three days.
        let seconds = || Histogram::new(exponential_buckets(1.0, 4.0, 10));
        Self { lag: seconds(), lag_to_all: seconds(), mismatches: Counter::default() }
    }
}

/// Looks, one at a time.
pub(crate) struct Looking {
    file: PathBuf,
    networked: bool,
    kept: Mutex<Kept>,
    noticed: Noticed,
    pub(crate) turn: Turn,
    /// What the last look found, and how often that was something else than before.
    found: Mutex<(u64, Found)>,
}

/// What somebody who looks at a page of health would see change: alerts, and the states of offices.
type Found = (Vec<(AlertKey, Level)>, Vec<(OfficeId, State)>);

impl Looking {
    pub(crate) fn open(folder: &Path, networked: bool, quiet: Option<QuietHours>) -> Self {
        let file = folder.join(FILE);
        let mut kept = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(%error, file = %file.display(), "what was noted of other offices is unreadable; it is learned anew");
                Kept::default()
            }),
            Err(_) => Kept::default(),
        };
        kept.book.quiet = quiet;
        Self {
            file,
            networked,
            kept: Mutex::new(kept),
            noticed: Noticed::default(),
            turn: Turn::default(),
            found: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How an office kept in touch.
    pub(crate) fn in_touch(&self, office: &OfficeId) -> InTouch {
        self.kept().memory.in_touch(office)
    }

    /// Another number whenever a look finds something else than the one before.
    pub(crate) fn found(&self) -> u64 {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn finds(&self, health: &Health) {
        let alerts = health.alerts.iter().map(|alert| (alert.key.clone(), alert.level)).collect();
        let now = (alerts, health.offices.iter().map(|office| (office.office, office.state)).collect());
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.1 != now {
            *found = (found.0 + 1, now);
        }
    }

    /// Looks at what is remembered of other offices.
    pub(crate) fn remembered<R>(&self, look: impl FnOnce(&Memory) -> R) -> R {
        look(&self.kept().memory)
    }

    /// The removed keys that called within the last day, and when last.
    pub(crate) fn removed_calls(&self) -> BTreeMap<identity::NodeKey, i64> {
        self.kept().memory.removed_calls().clone()
    }

    /// When the newest backup was made.
    pub(crate) fn last_backup_ms(&self) -> Option<i64> {
        self.kept().last_backup_ms
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
    /// Whom to call there, each with a telephone number; empty where nobody wrote that down.
    pub call: Vec<String>,
    /// The id of the office that it is about.
    pub office_id: String,
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
    /// The same, by the code of the reason.
    pub refused_by: BTreeMap<String, u64>,
    /// Fields with several values, which wait for somebody to choose.
    pub conflicts: u64,
    /// How far the clock of this computer is ahead of what most others say, in milliseconds; none while nobody can tell.
    pub clock_ahead_ms: Option<i64>,
    /// Items that wait here.
    pub waiting: u64,
    /// Backups by a schedule, where there is one.
    pub backups: Option<BackupsView>,
}

/// What one look found, and what is needed to say it.
pub(crate) struct Looked {
    pub(crate) health: Health,
    pub(crate) own: Own,
    refused_by: BTreeMap<String, u64>,
    conflicts: u64,
    pub(crate) charter: std::sync::Arc<Charter>,
    pub(crate) contacts: Contacts,
    own_name: String,
}

impl Looked {
    /// What an office is called.
    pub(crate) fn name(&self, id: &OfficeId) -> String {
        match self.charter.office(id) {
            Some(office) => office.name.clone(),
            None if *id == self.health.own && !self.own_name.is_empty() => self.own_name.clone(),
            None => id.short(),
        }
    }

    /// Lets somebody speak about it.
    pub(crate) fn speak<R>(&self, say: impl FnOnce(&Speaker<'_>) -> R) -> R {
        let name = |id: &OfficeId| self.name(id);
        say(&Speaker {
            own: self.health.own,
            now_ms: self.health.now_ms,
            utc_offset_minutes: jiff::Zoned::now().offset().seconds() / 60,
            name: &name,
        })
    }

    fn told(&self, notice: ToldAs, alert: &Alert) -> Told {
        Told {
            notice,
            key: alert.key.to_string(),
            level: alert.level,
            from: self.name(&self.health.own),
            office: self.name(&alert.office),
            sentence: self.speak(|speaker| speaker.sentence(&alert.office, &alert.what, alert.as_of_ms)),
            why: words::why(&alert.what),
            action: words::action(&alert.what, alert.office == self.health.own),
            call: self.contacts.call(&alert.office),
            at_ms: self.health.now_ms,
        }
    }

    pub(crate) fn office(&self, office: &OfficeHealth) -> OfficeHealthView {
        let sentence = |finding: &::health::Finding| {
            self.speak(|speaker| speaker.sentence(&office.office, &finding.what, finding.as_of_ms))
        };
        OfficeHealthView {
            id: office.office.to_string(),
            name: self.name(&office.office),
            kind: office.kind.to_string(),
            region: office.region.to_string(),
            state: office.state,
            as_of_ms: office.as_of_ms,
            heard_ms: office.heard_ms,
            sentences: office.findings.iter().map(sentence).collect(),
        }
    }
}

impl Service {
    /// What this node counts since its start.
    pub fn meters(&self) -> &driver::Meters {
        self.node().meters()
    }

    /// What its links moved since the start: bytes sent and received.
    pub fn moved(&self) -> (u64, u64) {
        self.node().moved()
    }

    /// What its looks noticed since its start.
    pub fn noticed(&self) -> &Noticed {
        &self.looking().noticed
    }

    /// Looks at how things are.
    pub(crate) async fn health(&self) -> Result<HealthView, Problem> {
        let looked = self.look_at_health().await?;
        let (health, own) = (&looked.health, &looked.own);
        let alerts = self.alerts(&looked, |_| true);
        let level = self.looking().kept().book.level(&health.alerts, health.now_ms);
        Ok(HealthView {
            level,
            now_ms: health.now_ms,
            headline: looked.speak(|speaker| speaker.headline(health)),
            ministries: looked.speak(|speaker| speaker.ministries(health)),
            alerts,
            offices: health.offices.iter().map(|office| looked.office(office)).collect(),
            figures: health.figures.clone(),
            free_permille: own.room.map(Room::free_permille),
            last_backup_ms: own.last_backup_ms,
            refused: own.refused,
            refused_by: looked.refused_by.clone(),
            conflicts: looked.conflicts,
            clock_ahead_ms: health.clock_ahead_ms,
            waiting: own.waiting,
            backups: self.backups(),
        })
    }

    /// The alerts that are wanted, as they are shown.
    pub(crate) fn alerts(&self, looked: &Looked, wanted: impl Fn(&Alert) -> bool) -> Vec<AlertView> {
        let (kept, now_ms) = (self.looking().kept(), looked.health.now_ms);
        let alerts = looked.health.alerts.iter().filter(|alert| wanted(alert));
        let view = |alert: &Alert| {
            let Told { key, level, office, sentence, why, action, call, .. } = looked.told(ToldAs::Raised, alert);
            AlertView {
                key,
                level,
                office,
                office_id: alert.office.to_string(),
                sentence,
                why,
                action,
                call,
                since_ms: kept.book.since(&alert.key).unwrap_or(now_ms),
                as_of_ms: alert.as_of_ms,
                handled: kept.book.handled(&alert.key, now_ms).map(|handled| (handled.by.clone(), handled.until_ms)),
            }
        };
        alerts.map(view).collect()
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

    /// Gathers and judges; what is to be told is sent and goes to the log, and what is to be remembered is.
    pub(crate) async fn look_at_health(&self) -> Result<Looked, Problem> {
        let node = self.node().clone();
        let charter = self.charter_or_none();
        let held = node.held()?;
        let scopes: Vec<ScopeName> = held.iter().map(|(scope, _)| scope.clone()).collect();
        let held: Vec<(JournalId, Point)> = held.into_iter().flat_map(|(_, journals)| journals).collect();
        let of_own = held.iter().filter(|(journal, _)| journal.node == node.key()).cloned().collect();
        let to_be_held = node.to_be_held(of_own).await?;
        let (receipts, beacons) = (node.receipts().await, node.beacons().await);
        let (shown, shows) = (self.shown(&beacons, &scopes).await?, self.shows_in_turn(&scopes).await?);
        let (peers, turned_away, forked) = (node.peers(), node.turned_away(), node.forked().await);
        let (not_counting, conflicts) = self.reading().look(views::Reader::not_counting).await?;
        let (own, contacts) = (self.own_counters(&not_counting).await?, self.contacts(&charter).await?);
        let absences = contacts.absences(&charter, &TimeZone::system());
        let service = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let node = service.node();
            let mut kept = service.looking().kept();
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
                turned_away: &turned_away,
                forked: &forked,
                absences: &absences,
                shown: &shown,
                own: &own,
                now_ms: now_ms(),
            };
            let on_chain = |journal: &JournalId, point: Point| service.on_chain(journal, point);
            let written = |journal: &JournalId, seq| Some(node.entry_header(journal, seq).ok()??.time_ms);
            let health = ::health::judge(&known, &mut kept.memory, on_chain, written);
            let mut figures = ::health::report(&known, &health);
            figures.extend(shows.into_iter().flat_map(Shows::figures));
            let notices = if service.looking().networked {
                kept.book.advance(&health.alerts, health.now_ms)
            } else {
                // Whoever opens a store for one command sends nothing: the node tells it when it runs.
                kept.book.note(&health.alerts, health.now_ms);
                Vec::new()
            };
            drop(kept);
            (health, figures, own, charter, notices)
        });
        let (health, figures, own, charter, notices) = work.await.map_err(|error| Problem::internal(&error))?;
        self.report_as(&health, figures, shows.is_some());
        self.looking().finds(&health);
        self.0.clock.compared(health.clock_ahead_ms);
        let noticed = self.noticed();
        noticed.mismatches.inc_by(health.figures.mismatches);
        for (reached, took_ms) in &health.figures.took {
            let lag = if *reached == Reached::One { &noticed.lag } else { &noticed.lag_to_all };
            lag.observe(*took_ms as f64 / 1000.0);
        }
        let refused_by = not_counting.into_iter().filter(|((state, _), _)| state == "refused");
        let refused_by = refused_by.map(|((_, code), count)| (code, count)).collect();
        let own_name = self.office().name;
        let looked = Looked { health, own, refused_by, conflicts, charter, contacts, own_name };
        for notice in &notices {
            self.send_out(&looked, notice);
        }
        Ok(looked)
    }

    /// Says that an alert is new, still there, or over.
    fn send_out(&self, looked: &Looked, notice: &Notice) {
        let (told_as, alert) = match notice {
            Notice::Raised(alert) => (ToldAs::Raised, alert),
            Notice::StillThere(alert) => (ToldAs::StillThere, alert),
            Notice::Cleared(alert) => (ToldAs::Over, alert),
        };
        if told_as == ToldAs::Over {
            tracing::info!(alert = %alert.key, "alert is over");
        } else {
            tracing::warn!(alert = %alert.key, level = ?alert.level, what = kind(&alert.what), "alert");
        }
        if let Some(outbox) = &self.0.upkeep.outbox {
            let told = Box::new(looked.told(told_as, alert));
            if outbox.send(Outgoing::Send(told)).is_err() {
                tracing::error!(alert = %alert.key, "nobody sends alerts any more");
            }
        }
    }

    /// What the next report says. Others hear at once when something else is found about this office, and what it `shows`
    /// as soon as it can tell.
    fn report_as(&self, health: &Health, figures: BTreeMap<String, i64>, shows: bool) {
        let found = health.office(&health.own).map(|office| office.findings.as_slice()).unwrap_or_default();
        // What was written just now is on its way; that is no news.
        let news = |finding: &&::health::Finding| {
            finding.state != State::InSync || !matches!(finding.what, What::OnlyHere { .. } | What::ByRule { .. })
        };
        let found: Vec<_> = found.iter().filter(news).map(|finding| std::mem::discriminant(&finding.what)).collect();
        let mut said = self.0.said.lock().unwrap_or_else(PoisonError::into_inner);
        let now = (found, shows);
        self.node().report_as(figures, *said != now);
        *said = now;
    }

    async fn own_counters(&self, not_counting: &views::NotCounting) -> Result<Own, Problem> {
        let node = self.node();
        let of = |state: &str| not_counting.iter().filter(|((of, _), _)| of == state).map(|(_, n)| n).sum();
        let (refused, waiting) = (of("refused"), of("waiting"));
        let disk = node.disk().await;
        let room = disk.map(|(space, _)| Room {
            free_bytes: space.free_bytes,
            total_bytes: space.total_bytes,
            reserve_bytes: space.reserve_bytes,
        });
        // A write that a power cut tore was never acknowledged: nothing is damaged.
        let failed = self.backups().and_then(|backups| backups.newest).filter(|run| run.problem.is_some());
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
            backup_failed_ms: failed.map(|run| run.at_ms),
            trail: Some(self.0.trail.durable()),
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
            service.keep_trail().await;
            match service.look_at_health().await {
                Ok(_) => service.looking().save(),
                // A node that stops answers no more.
                Err(problem) => tracing::debug!(problem = %problem.message, "cannot look at how things are"),
            }
        }
    }

    pub(crate) fn looking(&self) -> &Looking {
        &self.0.looking
    }
}

/// What an alert is about, without whom: a log names no office's troubles beyond its id.
fn kind(what: &What) -> &'static str {
    what.state().as_str()
}

pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
