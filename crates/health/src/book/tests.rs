use identity::OfficeId;

use super::*;
use crate::{limits::HOUR, state::What};

/// 21 November 2025, 18:33:20 UTC: in the middle of the night in Jakarta.
const NOW: i64 = 1_763_750_000_000;

fn alert(name: &str, level: Level) -> Alert {
    Alert { key: AlertKey(name.to_owned()), level, office: OfficeId([1; 16]), what: What::NoReport, as_of_ms: NOW }
}

/// What is sent out, in short.
fn told(book: &mut AlertBook, alerts: &[(&str, Level)], now_ms: i64) -> Vec<String> {
    let alerts: Vec<Alert> = alerts.iter().map(|(name, level)| alert(name, *level)).collect();
    let short = |notice| match notice {
        Notice::Raised(alert) => format!("+{}", alert.key),
        Notice::StillThere(alert) => format!("!{}", alert.key),
        Notice::Cleared(alert) => format!("-{}", alert.key),
    };
    book.advance(&alerts, now_ms).into_iter().map(short).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn an_alert_is_told_once_and_again_when_it_comes_back() {
    let mut book = AlertBook::default();
    assert_eq!(told(&mut book, &[("a", Level::Warning)], NOW), ["+a"]);
    assert_eq!(told(&mut book, &[("a", Level::Warning)], NOW + 1), NOTHING);
    assert_eq!(told(&mut book, &[], NOW + 2), ["-a"]);
    assert_eq!(told(&mut book, &[], NOW + 3), NOTHING);
    assert_eq!(told(&mut book, &[("a", Level::Warning)], NOW + 4), ["+a"]);
}

#[test]
fn who_deals_with_an_alert_has_the_time_that_they_asked_for() {
    let mut book = AlertBook::default();
    let alerts = [("a", Level::Warning)];
    told(&mut book, &alerts, NOW);
    let key = AlertKey("a".to_owned());
    assert!(book.handle(&key, "Sari", NOW + HOUR));
    assert!(!book.handle(&AlertKey("b".to_owned()), "Sari", NOW + HOUR));
    assert_eq!(book.level(&[alert("a", Level::Warning)], NOW), Level::Ok);
    assert_eq!(told(&mut book, &alerts, NOW + HOUR - 1), NOTHING);
    assert_eq!(told(&mut book, &alerts, NOW + HOUR), ["!a"]);
    assert_eq!(book.level(&[alert("a", Level::Warning)], NOW + HOUR), Level::Warning);
    assert_eq!(told(&mut book, &alerts, NOW + HOUR + 1), NOTHING);
}

#[test]
fn an_alert_that_gets_more_urgent_wakes_although_somebody_deals_with_it() {
    let mut book = AlertBook::default();
    told(&mut book, &[("a", Level::Warning)], NOW);
    book.handle(&AlertKey("a".to_owned()), "Sari", NOW + HOUR);
    assert_eq!(told(&mut book, &[("a", Level::Critical)], NOW + 1), ["+a"]);
    assert_eq!(book.level(&[alert("a", Level::Critical)], NOW + 1), Level::Critical);
}

#[test]
fn at_night_only_what_is_urgent_is_told_and_the_rest_in_the_morning() {
    let quiet = QuietHours { from_minute: 21 * 60, to_minute: 6 * 60, utc_offset_minutes: 420 };
    let mut book = AlertBook { quiet: Some(quiet), ..AlertBook::default() };
    let alerts = [("a", Level::Warning), ("b", Level::Critical), ("c", Level::Warning)];
    assert_eq!(told(&mut book, &alerts, NOW), ["+b"]);
    // What came and went in the night needs no word.
    assert_eq!(told(&mut book, &alerts[..2], NOW + HOUR), NOTHING);
    assert_eq!(told(&mut book, &alerts[..2], NOW + 5 * HOUR), ["+a"]);
}

#[test]
fn quiet_hours_reach_over_midnight() {
    let at = |hour: i64| 20_000 * DAY + hour * HOUR;
    let quiet = |from: u16, to: u16| QuietHours { from_minute: from * 60, to_minute: to * 60, utc_offset_minutes: 420 };
    // Hours in UTC; seven later in Jakarta.
    let table = [
        (quiet(21, 6), 13, false),
        (quiet(21, 6), 14, true),
        (quiet(21, 6), 22, true),
        (quiet(21, 6), 23, false),
        (quiet(12, 13), 5, true),
        (quiet(12, 13), 6, false),
        (quiet(0, 0), 5, false),
    ];
    for (quiet, hour, expected) in table {
        assert_eq!(quiet.covers(at(hour)), expected, "{quiet:?} at {hour} UTC");
    }
}

#[test]
fn the_book_comes_back_from_where_it_was_kept() {
    let mut book = AlertBook::default();
    told(&mut book, &[("a", Level::Warning)], NOW);
    book.handle(&AlertKey("a".to_owned()), "Sari", NOW + HOUR);
    let kept = serde_json::to_string(&book).unwrap();
    let mut book: AlertBook = serde_json::from_str(&kept).unwrap();
    assert_eq!(told(&mut book, &[("a", Level::Warning)], NOW + 1), NOTHING);
    assert_eq!(book.handled(&AlertKey("a".to_owned()), NOW + 1).map(|handled| handled.by.as_str()), Some("Sari"));
}
