//! Which alerts were told already, who deals with which until when, and when nobody is to be woken.
//!
//! # Invariants
//! - An alert is told once, and again only when it comes back, when it gets more urgent, or when who dealt with it had
//!   the time that they asked for and it is still there.
//! - Nothing urgent waits for the end of the quiet hours, and nothing that waited is left out.
//! - Whoever deals with an alert quiets that one: another kind, another office and a more urgent turn are told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    alert::{Alert, AlertKey, Level},
    limits::DAY,
};

/// Kept by the caller, as data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertBook {
    open: BTreeMap<AlertKey, Open>,
    /// When nobody is to be woken for what is not urgent.
    pub quiet: Option<QuietHours>,
}

/// An alert that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    alert: Alert,
    since_ms: i64,
    told: bool,
    handled: Option<Handled>,
}

/// Somebody deals with an alert (*ditangani*): until then it sleeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// Who.
    pub by: String,
    /// Until when, in Unix milliseconds.
    pub until_ms: i64,
}

/// From one time of day to another, over midnight if the first is the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// From when, in minutes after midnight.
    pub from_minute: u16,
    /// Until when.
    pub to_minute: u16,
    /// How far the clock on the wall is ahead of UTC, in minutes: 420 for WIB.
    pub utc_offset_minutes: i16,
}

impl QuietHours {
    /// Whether this moment is quiet.
    pub fn covers(self, now_ms: i64) -> bool {
        let local = now_ms.saturating_add(i64::from(self.utc_offset_minutes) * 60_000);
        let minute = local.rem_euclid(DAY) / 60_000;
        let (from, to) = (i64::from(self.from_minute), i64::from(self.to_minute));
        if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to }
    }
}

/// What is to be sent out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "lowercase")]
pub enum Notice {
    /// Something is wrong.
    Raised(Alert),
    /// Somebody dealt with it, their time is over, and it is still wrong.
    StillThere(Alert),
    /// It is over: as it was told last.
    Cleared(Alert),
}

impl AlertBook {
    /// Takes in what holds now, without telling anybody: for a look that nobody hears of.
    pub fn note(&mut self, alerts: &[Alert], now_ms: i64) {
        for alert in alerts {
            let new = || Open { alert: alert.clone(), since_ms: now_ms, told: false, handled: None };
            let open = self.open.entry(alert.key.clone()).or_insert_with(new);
            if alert.level > open.alert.level {
                (open.told, open.handled) = (false, None);
            }
            open.alert = alert.clone();
        }
    }

    /// Takes in what holds now; gives back what is to be sent out.
    pub fn advance(&mut self, alerts: &[Alert], now_ms: i64) -> Vec<Notice> {
        let quiet = self.quiet.is_some_and(|quiet| quiet.covers(now_ms));
        self.note(alerts, now_ms);
        let mut notices = Vec::new();
        for alert in alerts {
            let Some(open) = self.open.get_mut(&alert.key) else { continue };
            let over = open.handled.as_ref().map(|handled| handled.until_ms <= now_ms);
            match over {
                Some(false) => {}
                Some(true) | None if quiet && alert.level < Level::Critical => {}
                Some(true) => {
                    (open.told, open.handled) = (true, None);
                    notices.push(Notice::StillThere(alert.clone()));
                }
                None if !open.told => {
                    open.told = true;
                    notices.push(Notice::Raised(alert.clone()));
                }
                None => {}
            }
        }
        let holds = |key: &AlertKey| alerts.iter().any(|alert| alert.key == *key);
        let over: Vec<AlertKey> = self.open.keys().filter(|key| !holds(key)).cloned().collect();
        for key in over {
            // Who was never told of it need not hear that it is over.
            if let Some(open) = self.open.remove(&key)
                && open.told
            {
                notices.push(Notice::Cleared(open.alert));
            }
        }
        notices
    }

    /// Somebody deals with an alert until then; whether there is such an alert.
    pub fn handle(&mut self, key: &AlertKey, by: &str, until_ms: i64) -> bool {
        let Some(open) = self.open.get_mut(key) else { return false };
        open.handled = Some(Handled { by: by.to_owned(), until_ms });
        open.told = true;
        true
    }

    /// Who deals with an alert at this moment.
    pub fn handled(&self, key: &AlertKey, now_ms: i64) -> Option<&Handled> {
        self.open.get(key)?.handled.as_ref().filter(|handled| handled.until_ms > now_ms)
    }

    /// Since when an alert has been there.
    pub fn since(&self, key: &AlertKey) -> Option<i64> {
        self.open.get(key).map(|open| open.since_ms)
    }

    /// The most urgent of these that nobody deals with.
    pub fn level(&self, alerts: &[Alert], now_ms: i64) -> Level {
        let awake = alerts.iter().filter(|alert| self.handled(&alert.key, now_ms).is_none());
        awake.map(|alert| alert.level).max().unwrap_or(Level::Ok)
    }
}

#[cfg(test)]
mod tests;
