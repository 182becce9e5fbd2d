//! What somebody should be told, of everything that was found. A healthy network has nothing to tell.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use identity::{OfficeId, OfficeKind, Region};
use serde::{Deserialize, Serialize};

use crate::{
    figures::Figures,
    judge::OfficeHealth,
    known::Known,
    limits::{BEYOND_HABIT, PROVINCE_SILENT_MIN, PROVINCE_SILENT_PERCENT},
    memory::Memory,
    state::{Finding, State, What},
};

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing needs to be done.
    Ok,
    /// Somebody should look today.
    Warning,
    /// Something may be lost, or is being misused.
    Critical,
}

/// Names an alert from one look to the next: its kind and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlertKey(pub String);

impl fmt::Display for AlertKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that somebody should be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its name.
    pub key: AlertKey,
    /// How urgent it is.
    pub level: Level,
    /// Whom it is about, and whom to call: for a province the office that leads it.
    pub office: OfficeId,
    /// What was found.
    #[serde(flatten)]
    pub what: What,
    /// As of when.
    pub as_of_ms: i64,
}

/// The kind of an alert, in its key.
fn kind(what: &What) -> &'static str {
    match what {
        What::Damage { .. } => "damage",
        What::Full => "full",
        What::LittleRoom { .. } => "room",
        What::ShowsOther { .. } => "shows-other",
        What::TrailCut { .. } => "trail-cut",
        What::Forked { .. } => "fork",
        What::Revoked => "revoked",
        What::RemovedCalls { .. } => "removed-calls",
        What::OnlyHere { .. } => "only-copy",
        What::MaybeLost { .. } => "maybe-lost",
        What::Growing { .. } => "growing",
        What::NotAtMinistries { .. } => "ministries",
        What::ByRule { .. } => "by-rule",
        What::OldBackup { .. } => "backup",
        What::BackupFailed { .. } => "backup-failed",
        What::Stuck { .. } => "stuck",
        What::Refused { .. } => "refused",
        What::Waiting { .. } => "waiting",
        What::Silent { .. } => "silent",
        What::Alone { .. } => "alone",
        What::ProvinceSilent { .. } => "province-silent",
        What::NeverSeen => "never-seen",
        What::CatchingUp { .. } => "catching-up",
        What::OldVersion { .. } => "version",
        What::Clock { .. } => "clock",
        What::NoReport => "no-report",
        What::InSync => "in-sync",
    }
}

/// How urgent a finding is; nobody is told of what is [`Level::Ok`].
fn level(known: &Known<'_>, memory: &Memory, office: &OfficeHealth, finding: &Finding) -> Level {
    match &finding.what {
        What::Damage { .. }
        | What::Full
        | What::ShowsOther { .. }
        | What::Forked { .. }
        | What::RemovedCalls { .. }
        | What::MaybeLost { .. } => Level::Critical,
        What::OnlyHere { .. } if finding.state == State::AtRisk => Level::Critical,
        What::LittleRoom { free_permille } if *free_permille < crate::limits::ROOM_PERMILLE.1 => Level::Critical,
        What::Silent { away_until_ms: Some(_), .. } => Level::Ok,
        // Who was not watching cannot tell that others were silent; who is alone cannot either.
        What::Silent { since_ms, usual_ms, .. } => {
            let watched = known.now_ms.saturating_sub(memory.watching_ms);
            let silent = known.now_ms.saturating_sub(*since_ms);
            let long = silent > usual_ms.saturating_add(BEYOND_HABIT) || finding.state == State::Lost;
            if long && watched > WATCHED_MIN && !alone(known, memory) { Level::Warning } else { Level::Ok }
        }
        What::Alone { since_ms } => {
            let silent = known.now_ms.saturating_sub(since_ms.unwrap_or(memory.watching_ms));
            if silent > BEYOND_HABIT { Level::Warning } else { Level::Ok }
        }
        // What its own node says of it is said there.
        What::Revoked if office.office != known.office => Level::Ok,
        What::LittleRoom { .. }
        | What::TrailCut { .. }
        | What::Revoked
        | What::Growing { .. }
        | What::NotAtMinistries { .. }
        | What::OldBackup { .. }
        | What::BackupFailed { .. }
        | What::Stuck { .. }
        | What::Refused { .. }
        | What::Waiting { .. }
        | What::ProvinceSilent { .. }
        | What::NeverSeen
        | What::OldVersion { .. }
        | What::Clock { .. }
        | What::NoReport => Level::Warning,
        What::OnlyHere { .. } | What::ByRule { .. } | What::CatchingUp { .. } | What::InSync => Level::Ok,
    }
}

/// How long this node has to have been watching before it calls others silent: long enough to connect again to whoever
/// is there.
const WATCHED_MIN: i64 = crate::limits::HOUR;

fn alone(known: &Known<'_>, memory: &Memory) -> bool {
    memory.connected_ms.is_none_or(|at| known.now_ms.saturating_sub(at) > crate::limits::IN_TOUCH)
}

/// Everything that somebody should be told, the most urgent first.
pub(crate) fn alerts(known: &Known<'_>, memory: &Memory, figures: &Figures, offices: &[OfficeHealth]) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let mut silent: BTreeMap<Region, Vec<(&OfficeHealth, &Finding)>> = BTreeMap::new();
    for office in offices {
        for finding in &office.findings {
            let level = level(known, memory, office, finding);
            if level == Level::Ok {
                continue;
            }
            // Whoever has nobody's changes to keep from getting lost has nothing to back up.
            if matches!(finding.what, What::OldBackup { .. }) && figures.changes == 0 {
                continue;
            }
            if matches!(finding.what, What::Silent { .. })
                && let Some(province) = province(&office.region)
            {
                silent.entry(province).or_default().push((office, finding));
                continue;
            }
            alerts.push(alert(level, office.office, finding));
        }
    }
    for (region, silent) in silent {
        let of = offices.iter().filter(|office| region.contains(&office.region)).count();
        if silent.len() >= PROVINCE_SILENT_MIN && silent.len() * 100 > of * PROVINCE_SILENT_PERCENT {
            let since = silent.iter().filter_map(|(_, finding)| {
                if let What::Silent { since_ms, .. } = finding.what { Some(since_ms) } else { None }
            });
            let since_ms = since.max().unwrap_or(known.now_ms);
            let what = What::ProvinceSilent { region: region.clone(), silent: silent.len(), of, since_ms };
            let leads = offices.iter().find(|office| office.kind == OfficeKind::Province && office.region == region);
            let office =
                leads.or(silent.first().map(|(office, _)| *office)).map_or(known.office, |office| office.office);
            let as_of_ms = silent.iter().map(|(_, finding)| finding.as_of_ms).min().unwrap_or(known.now_ms);
            let key = AlertKey(format!("{}:{region}", kind(&what)));
            alerts.push(Alert { key, level: Level::Warning, office, what, as_of_ms });
        } else {
            alerts.extend(silent.into_iter().map(|(office, finding)| alert(Level::Warning, office.office, finding)));
        }
    }
    let mut told = BTreeSet::new();
    alerts.retain(|alert| told.insert(alert.key.clone()));
    alerts.sort_by(|a, b| (b.level, a.what.state(), &a.key).cmp(&(a.level, b.what.state(), &b.key)));
    alerts
}

fn alert(level: Level, office: OfficeId, finding: &Finding) -> Alert {
    let kind = kind(&finding.what);
    // Of these each device is one alert.
    let key = if let What::RemovedCalls { node, .. } | What::Forked { node } = &finding.what {
        format!("{kind}:{node}")
    } else {
        format!("{kind}:{office}")
    };
    Alert { key: AlertKey(key), level, office, what: finding.what.clone(), as_of_ms: finding.as_of_ms }
}

/// The province that a region lies in.
fn province(region: &Region) -> Option<Region> {
    std::iter::successors(Some(region.clone()), Region::parent).find(|region| region.level() == 1)
}
