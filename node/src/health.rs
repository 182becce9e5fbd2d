//! `simpul health`: says how things are, why and what to do, and ends with the code that monitoring tools read.
//!
//! Exit 0: nothing to do; 1: warning; 2: critical; 3: it could not look. What somebody deals with does not count.

use std::{
    process::ExitCode,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, bail};
use service::{
    Ask, Command as Do, Query, Reply,
    reply::{
        Both, HealthView, Level, NotCountingView, OfficeReport, Said, SecurityView, State, StorageView, TrailView,
        Tried,
    },
};

use crate::{
    cli::{Health, HealthOf, Lang},
    commands::{log, put},
    print::{json, line},
};

/// How often `--watch` looks.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The code for a look that failed: none of the three that say how things are.
const COULD_NOT_LOOK: u8 = 3;

pub(crate) fn run(arguments: &Health) -> ExitCode {
    log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start");
    let looked = runtime.and_then(|runtime| match arguments.what {
        Some(what) => runtime.block_on(one(arguments, what)),
        None => runtime.block_on(look(arguments)),
    });
    match looked {
        Ok(level) => ExitCode::from(code(level)),
        Err(error) => {
            crate::tell(&error);
            ExitCode::from(COULD_NOT_LOOK)
        }
    }
}

fn code(level: Level) -> u8 {
    match level {
        Level::Ok => 0,
        Level::Warning => 1,
        Level::Critical => 2,
    }
}

/// Asks one thing, says it, and how urgent it is.
async fn one(arguments: &Health, what: HealthOf) -> anyhow::Result<Level> {
    let of = arguments.of.clone();
    let ask: Ask = match what {
        HealthOf::TestAlert => Do::TryAlerts.into(),
        HealthOf::Refused => Query::NotCounting.into(),
        HealthOf::Security => Query::Security.into(),
        HealthOf::Storage => Query::Storage.into(),
        HealthOf::Trail => Query::Trail { about: of }.into(),
        HealthOf::Office => Query::OfficeHealth { office: of.unwrap_or_default() }.into(),
    };
    let (reply, lang) = (put(&arguments.data, ask).await?, arguments.lang);
    if arguments.print.json {
        json(&reply)?;
    } else if !print_one(&reply, lang) {
        bail!("the node gave another answer than was asked for: {reply:?}");
    }
    Ok(level(&reply))
}

/// Prints what was asked by itself, for people; false where it was not.
pub(crate) fn print_one(reply: &Reply, lang: Lang) -> bool {
    if let Reply::AlertsTried(tried) = reply {
        print_tried(tried);
    } else if let Reply::OfficeHealth(report) = reply {
        print_office(report, lang);
    } else if let Reply::NotCounting(view) = reply {
        print_not_counting(view, lang);
    } else if let Reply::Security(view) = reply {
        print_security(view, lang);
    } else if let Reply::Storage(view) = reply {
        print_storage(view, lang);
    } else if let Reply::Trail(view) = reply {
        print_trail(view, lang);
    } else {
        return false;
    }
    true
}

/// How urgent an answer is: a way that takes no alerts, a computer that waits for a decision, damage, a failed disk and an
/// altered trail are critical; a refused item is a warning; an office is as its most urgent alert that nobody deals with.
fn level(reply: &Reply) -> Level {
    let critical = |is: bool| if is { Level::Critical } else { Level::Ok };
    if let Reply::AlertsTried(tried) = reply {
        critical(tried.iter().any(|way| way.problem.is_some()))
    } else if let Reply::OfficeHealth(report) = reply {
        let awake = report.alerts.iter().filter(|alert| alert.handled.is_none());
        awake.map(|alert| alert.level).max().unwrap_or(Level::Ok)
    } else if let Reply::NotCounting(view) = reply {
        if view.items.iter().any(|item| item.refused) { Level::Warning } else { Level::Ok }
    } else if let Reply::Security(view) = reply {
        critical(view.suspects.iter().any(|suspect| !suspect.forked.is_empty() || !suspect.to_be_cut.is_empty()))
    } else if let Reply::Storage(view) = reply {
        critical(view.failed || !view.damage.is_empty())
    } else if let Reply::Trail(view) = reply {
        critical(view.broken_at.is_some())
    } else {
        Level::Ok
    }
}

fn print_trail(view: &TrailView, lang: Lang) {
    let pick = |id, en| picked(lang, id, en);
    if let Some(at) = view.broken_at {
        line(format!("{} {at}", pick("Diubah atau dibuang di sekitar baris", "Altered or taken out near line")));
    }
    line(format!(
        "{}: {}, {}",
        pick("Baris, dan sidik yang terakhir", "Lines, and the digest of the last"),
        view.lines,
        view.digest
    ));
    for entry in &view.entries {
        let by = if entry.by.is_empty() { "-" } else { &entry.by };
        let at = jiff::Timestamp::from_millisecond(entry.at_ms).unwrap_or_default();
        line(format!("{at} {by} {} {}", entry.did.as_str(), entry.about));
    }
    if view.more > 0 {
        line(format!("+ {}", view.more));
    }
}

fn print_storage(view: &StorageView, lang: Lang) {
    let pick = |id, en| picked(lang, id, en);
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    line(&view.folder);
    if let Some(free) = view.free_bytes {
        line(format!("{}: {}", pick("Ruang kosong", "Free room"), megabytes(free)));
    }
    if view.failed {
        line(pick("Cakram gagal: tidak ada yang disimpan.", "The disk failed: nothing is stored."));
    }
    for part in &view.parts {
        line(format!("{}: {}", both(&part.label, lang), megabytes(part.bytes)));
    }
    for damage in &view.damage {
        line(both(damage, lang));
    }
}

fn print_not_counting(view: &NotCountingView, lang: Lang) {
    let pick = |id, en| picked(lang, id, en);
    if view.items.is_empty() {
        line(pick("Semua yang ada di sini dipakai.", "Everything that is held here counts."));
    }
    for item in &view.items {
        let how = if item.refused { pick("ditolak", "refused") } else { pick("menunggu", "waiting") };
        let name = item.name.as_ref().unwrap_or(&item.kind);
        let by = [&item.office, &item.officer].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        line(format!("{how}: {} ({by}): {}", both(name, lang), both(&item.why, lang)));
        line(format!("   → {}", both(&item.remedy, lang)));
    }
    if view.more > 0 {
        line(format!("+ {}", view.more));
    }
}

fn print_security(view: &SecurityView, lang: Lang) {
    let pick = |id, en| picked(lang, id, en);
    line(format!("{}: {}", pick("Komputer yang berhak", "Computers with rights"), view.active));
    for (version, of) in &view.versions {
        line(format!("   {version}: {of}"));
    }
    for suspect in &view.suspects {
        line(format!("{} ({})", suspect.office, suspect.short));
        for why in &suspect.why {
            line(format!("   {}: {why}", pick("dicabut", "removed")));
        }
        if !suspect.forked.is_empty() {
            let scopes = suspect.forked.join(", ");
            line(format!("   {}: {scopes}", pick("dua riwayat, belum diputuskan", "two histories, not yet decided")));
        }
        if !suspect.to_be_cut.is_empty() {
            let scopes = suspect.to_be_cut.join(", ");
            line(format!("   {}: {scopes}", pick("batasnya belum dinyatakan", "no cut-off yet")));
            line(format!("   → simpul cutoff --node {}", suspect.node));
        }
    }
    for said in &view.said {
        let (kind, about, does) = (both(&said.kind, lang), both(&said.about, lang), both(&said.effect, lang));
        line(format!("{kind}, {}: {about} [{does}]", said.by));
    }
}

fn both(said: &Both, lang: Lang) -> &str {
    match lang {
        Lang::Id => &said.id,
        Lang::En => &said.en,
    }
}

fn picked(lang: Lang, id: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Id => id,
        Lang::En => en,
    }
}

fn print_tried(tried: &[Tried]) {
    for way in tried {
        let how = way.problem.as_deref().map_or("sent".to_owned(), |problem| format!("NOT sent: {problem}"));
        line(format!("{:8} {}: {how}", way.way, way.to));
    }
}

fn print_office(report: &OfficeReport, lang: Lang) {
    let pick = |id, en| picked(lang, id, en);
    line(format!("{} ({})", report.office.name, report.office.state.as_str()));
    for found in &report.found {
        line(of(&found.sentence, lang));
        line(format!("   → {}", of(&found.action, lang)));
    }
    if !report.own {
        line(format!("{}: {}", pick("Belum sampai di sana", "Not known to be there"), report.lacks));
        line(format!("{}: {}", pick("Belum sampai di sini", "Not here yet"), report.not_here));
    }
    for contact in &report.contacts {
        line(format!("{}: {}", pick("Hubungi", "Call"), contact.people.join("; ")));
    }
    for away in &report.away {
        line(format!("{} {} – {}: {}", pick("Tutup", "Nobody there"), away.since, away.until, away.why));
    }
    for node in &report.nodes {
        let version = node.version.as_deref().unwrap_or("?");
        let state = match (node.removed, node.connected) {
            (true, _) => pick("dicabut", "removed"),
            (false, true) => pick("tersambung", "connected"),
            (false, false) => pick("tidak tersambung", "not connected"),
        };
        line(format!("{} {version} {state}", node.short));
    }
    for note in &report.notes {
        line(format!("{}: {}", note.by, note.text));
    }
}

async fn look(arguments: &Health) -> anyhow::Result<Level> {
    if let (Some(key), Some(by)) = (&arguments.handle, &arguments.by) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
        let until = now + Duration::from_secs(3600 * u64::from(arguments.hours));
        let until_ms = i64::try_from(until.as_millis()).context("too many hours")?;
        put(&arguments.data, Do::HandleAlert { key: key.clone(), by: by.clone(), until_ms }).await?;
    }
    let mut before: Option<HealthView> = None;
    loop {
        let reply = put(&arguments.data, Query::Health).await?;
        let Reply::Health(health) = &reply else { bail!("the node gave another answer than was asked for: {reply:?}") };
        if before.as_ref().is_none_or(|before| changed(before, health)) {
            if arguments.print.json {
                json(&reply)?;
            } else {
                print(health, arguments.lang);
            }
        }
        if !arguments.watch {
            return Ok(health.level);
        }
        before = Some((**health).clone());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Whether there is something to say that was not said: not only that it is later.
fn changed(before: &HealthView, now: &HealthView) -> bool {
    let alerts = |health: &HealthView| -> Vec<_> {
        health.alerts.iter().map(|alert| (alert.key.clone(), alert.level, alert.handled.clone())).collect()
    };
    let offices = |health: &HealthView| -> Vec<_> {
        health.offices.iter().map(|office| (office.id.clone(), office.state)).collect()
    };
    before.figures.only_here != now.figures.only_here
        || alerts(before) != alerts(now)
        || offices(before) != offices(now)
}

fn of(said: &Said, lang: Lang) -> &str {
    match lang {
        Lang::Id => &said.id,
        Lang::En => &said.en,
    }
}

/// Prints how things are, for people.
pub(crate) fn print(health: &HealthView, lang: Lang) {
    line(of(&health.headline, lang));
    if let Some(ministries) = &health.ministries {
        line(of(ministries, lang));
    }
    let handled_by = |by: &str| match lang {
        Lang::Id => format!("   ditangani: {by}"),
        Lang::En => format!("   dealt with by {by}"),
    };
    for alert in &health.alerts {
        let mark = match alert.level {
            Level::Critical => "!!",
            Level::Warning => "! ",
            Level::Ok => "  ",
        };
        line("");
        line(format!("{mark} {}", of(&alert.sentence, lang)));
        line(format!("   {}", of(&alert.why, lang)));
        line(format!("   → {}", of(&alert.action, lang)));
        line(format!("   [{}]", alert.key));
        if let Some((by, _)) = &alert.handled {
            line(handled_by(by));
        }
    }
    line("");
    for office in &health.offices {
        if let Some(first) = office.sentences.first().filter(|_| office.state != State::InSync) {
            line(format!("{}: {}", office.state.as_str(), of(first, lang)));
        }
    }
    let in_sync = health.offices.iter().filter(|office| office.state == State::InSync).count();
    line(match lang {
        Lang::Id => format!("{in_sync} dari {} kantor sudah sama", health.offices.len()),
        Lang::En => format!("{in_sync} of {} offices in sync", health.offices.len()),
    });
}
