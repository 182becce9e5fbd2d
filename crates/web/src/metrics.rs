//! For machines that watch: `/metrics` in Prometheus' text format, and `/readyz`.
//!
//! Labelled by tier and state, never by office: the numbers tell that somebody should look, `simpul health` says where.
//! Nothing here is about a person.

use std::{fmt, sync::atomic::AtomicU64};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, prometheus_text},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use service::{
    Meters, Noticed, Problem, Query, Reply, Service,
    reply::{HealthView, Level, Since},
};

type Number = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tier {
    tier: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TierAndState {
    tier: String,
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Target {
    target: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Urgency {
    level: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Version {
    version: String,
}

/// What a watching machine asks of a node. It asks for no token: the addresses are of this machine alone.
pub(crate) fn metrics_router<S: Clone + Send + Sync + 'static>(service: Service) -> Router<S> {
    Router::new().route("/metrics", get(metrics)).route("/readyz", get(ready)).with_state(service)
}

async fn look(service: &Service) -> Result<HealthView, Problem> {
    if let Reply::Health(health) = service.ask(Query::Health.into(), |_| ()).await? {
        Ok(*health)
    } else {
        let message = "the node gave another answer than was asked for";
        Err(Problem::new(service::Code::Internal, message, "look into the node's log"))
    }
}

fn unavailable(problem: &Problem) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", problem.message)).into_response()
}

async fn metrics(State(service): State<Service>) -> Response {
    let health = match look(&service).await {
        Ok(health) => health,
        Err(problem) => return unavailable(&problem),
    };
    match text(&health, service.meters(), service.noticed(), service.moved()) {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the figures cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Ready once the node answers from its store and its views.
async fn ready(State(service): State<Service>) -> Response {
    match look(&service).await {
        Ok(_) => "ready\n".into_response(),
        Err(problem) => unavailable(&problem),
    }
}

/// How old the oldest is, in seconds: 0 where there is none, and more than any limit where nobody can tell.
fn age(oldest: Option<Since>, now_ms: i64) -> f64 {
    match oldest {
        None => 0.0,
        Some(Since::Unknown) => f64::INFINITY,
        Some(Since::At(at)) => seconds(now_ms.saturating_sub(at)),
    }
}

fn seconds(ms: i64) -> f64 {
    ms.max(0) as f64 / 1000.0
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Direction {
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Exchange {
    group: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: String,
}

/// What the node counts by itself since its start, beside what it judges.
fn counted(registry: &mut Registry, meters: &Meters, noticed: &Noticed, (sent, received): (u64, u64)) {
    let Meters { sessions, session_seconds, forks, flush_seconds, .. } = meters.clone();
    registry.register("sync_sessions", "Sessions that ended, by how and by what carried them", sessions);
    registry.register("sync_session_seconds", "How long sessions lasted", session_seconds);
    let groups = Family::<Exchange, Counter>::default();
    for (group, agreed) in meters.key_exchanges() {
        groups.get_or_create(&Exchange { group }).inc_by(agreed);
    }
    registry.register("key_exchange", "Keys of links that were agreed, by the group in which they were", groups);
    registry.register("forks_detected", "Journals of which two histories were proved", forks);
    registry.register("durable_flush_seconds", "How long it took to make a group of frames durable", flush_seconds);
    let help = "How long the start took until the journals were read and put right";
    registry.register("recovery_seconds", help, meters.recovery_seconds.clone());
    registry.register("documents_loaded", "Documents that are folded in memory", meters.documents_loaded.clone());
    let bytes = Family::<Direction, Counter>::default();
    bytes.get_or_create(&Direction { direction: "sent" }).inc_by(sent);
    bytes.get_or_create(&Direction { direction: "received" }).inc_by(received);
    registry.register("sync_bytes", "What links moved, as handed to the socket", bytes);
    let help = "Scopes of which another node was found to show something else while it held the same";
    registry.register("fingerprint_mismatch", help, noticed.mismatches.clone());
    let help = "From when an own change was written until another office held it, seen at a look a minute";
    registry.register("sync_lag_seconds", help, noticed.lag.clone());
    let help = "The same until every office held it that is to have it and was ever seen";
    registry.register("sync_lag_to_all_seconds", help, noticed.lag_to_all.clone());
}

/// The figures in Prometheus' text format.
fn text(health: &HealthView, meters: &Meters, noticed: &Noticed, moved: (u64, u64)) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    let mut one = |name: &str, help: &str, value: f64| {
        let gauge = Number::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    let figures = &health.figures;
    one("sync_only_copy_changes", "Own changes that no other office is known to hold", figures.only_here as f64);
    one(
        "sync_only_copy_oldest_seconds",
        "Age of the oldest of them; +Inf where nobody can tell",
        age(figures.only_here_oldest, health.now_ms),
    );
    one("sync_by_rule_changes", "Own changes that live at this office alone by rule", figures.by_rule as f64);
    let oldest = figures.need.values().filter_map(|need| need.oldest).min();
    one("sync_need_oldest_seconds", "Age of the oldest own change that an office lacks", age(oldest, health.now_ms));
    let ministries = figures.ministries.clone().unwrap_or_default();
    one("sync_ministries", "Ministries that are to have own changes", ministries.of as f64);
    one("sync_ministries_holding", "Those of them that are known to hold all", ministries.holding as f64);
    one("refused_items", "Items that were refused here", health.refused as f64);
    one("conflicts_open", "Fields with several values, which wait for somebody to choose", health.conflicts as f64);
    if let Some(ahead) = health.clock_ahead_ms {
        one("clock_skew_seconds", "How far this clock is ahead of what most offices say", ahead as f64 / 1000.0);
    }
    one("quarantine_items", "Items that wait here", health.waiting as f64);
    if let Some(free) = health.free_permille {
        one("disk_free_ratio", "Free room on the disk", free as f64 / 1000.0);
    }
    let backup = health.last_backup_ms.map_or(f64::INFINITY, |at| seconds(health.now_ms.saturating_sub(at)));
    one("last_backup_age_seconds", "Age of the newest backup; +Inf where there is none", backup);

    let below = Family::<Target, Number>::default();
    for (target, changes) in &figures.below_target {
        below.get_or_create(&Target { target: *target }).set(*changes as f64);
    }
    registry.register("sync_below_target_changes", "Own changes not yet at as many offices as are to have them", below);
    let need = Family::<Tier, Number>::default();
    for (kind, lacks) in &figures.need {
        need.get_or_create(&Tier { tier: kind.to_string() }).set(lacks.changes as f64);
    }
    registry.register("sync_need_changes", "Changes that offices lack, once for each office", need);
    let nodes = Family::<TierAndState, Number>::default();
    for (kind, states) in &figures.offices {
        for (state, count) in states {
            let labels = TierAndState { tier: kind.to_string(), state: state.as_str().to_owned() };
            nodes.get_or_create(&labels).set(*count as f64);
        }
    }
    registry.register("sync_nodes", "Offices that this node answers for", nodes);
    let alerts = Family::<Urgency, Number>::default();
    for (level, name) in [(Level::Warning, "warning"), (Level::Critical, "critical")] {
        let awake = health.alerts.iter().filter(|alert| alert.level == level && alert.handled.is_none()).count();
        alerts.get_or_create(&Urgency { level: name.to_owned() }).set(awake as f64);
    }
    registry.register("alerts_open", "Alerts that nobody deals with", alerts);
    let version = Family::<Version, Number>::default();
    version.get_or_create(&Version { version: env!("CARGO_PKG_VERSION").to_owned() }).set(1.0);
    registry.register("version_info", "The version of the program", version);
    let refused = Family::<Reason, Number>::default();
    for (reason, count) in &health.refused_by {
        refused.get_or_create(&Reason { reason: reason.clone() }).set(*count as f64);
    }
    registry.register("changes_refused", "Items that were refused here, by reason", refused);
    counted(&mut registry, meters, noticed, moved);
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use identity::OfficeKind;
    use service::reply::{Figures, Need, Said};

    use super::*;

    const NOW: i64 = 1_763_750_000_000;

    fn health(figures: Figures) -> HealthView {
        HealthView {
            level: Level::Ok,
            now_ms: NOW,
            headline: Said { id: String::new(), en: String::new() },
            ministries: None,
            alerts: Vec::new(),
            offices: Vec::new(),
            figures,
            free_permille: Some(250),
            backups: None,
            last_backup_ms: None,
            refused: 3,
            refused_by: BTreeMap::from([("cut_off".to_owned(), 3)]),
            conflicts: 2,
            clock_ahead_ms: Some(-1500),
            waiting: 0,
        }
    }

    fn figures() -> Figures {
        Figures {
            only_here: 214,
            only_here_oldest: Some(Since::Unknown),
            below_target: BTreeMap::from([(3, 20)]),
            need: BTreeMap::from([
                (OfficeKind::Regency, Need { changes: 7, oldest: Some(Since::At(NOW - 5000)) }),
                (OfficeKind::Ministry, Need { changes: 9, oldest: Some(Since::At(NOW - 90_000)) }),
            ]),
            offices: BTreeMap::from([(
                OfficeKind::Village,
                BTreeMap::from([(service::reply::State::AtRisk, 2), (service::reply::State::InSync, 500)]),
            )]),
            ..Figures::default()
        }
    }

    #[test]
    fn a_figure_is_labelled_by_tier_and_state_and_never_younger_than_it_may_be() {
        let text = text(&health(figures()), &Meters::default(), &Noticed::default(), (5, 6)).unwrap();
        for line in [
            "sync_only_copy_changes 214",
            "sync_only_copy_oldest_seconds +Inf",
            "sync_need_oldest_seconds 90",
            "sync_below_target_changes{target=\"3\"} 20",
            "sync_need_changes{tier=\"regency\"} 7",
            "sync_nodes{tier=\"village\",state=\"at-risk\"} 2",
            "alerts_open{level=\"critical\"} 0",
            "disk_free_ratio 0.25",
            "refused_items 3",
            "changes_refused{reason=\"cut_off\"} 3",
            "conflicts_open 2",
            "clock_skew_seconds -1.5",
            "sync_bytes_total{direction=\"received\"} 6",
            "sync_lag_seconds_count 0",
            "documents_loaded 0",
            "last_backup_age_seconds +Inf",
        ] {
            let there = text.lines().any(|found| found == line || found == format!("{line}.0"));
            assert!(there, "{line} in\n{text}");
        }
    }

    #[test]
    fn every_figure_of_the_alert_rules_and_the_dashboard_is_one_of_ours() {
        let text = text(&health(figures()), &Meters::default(), &Noticed::default(), (5, 6)).unwrap();
        let ours = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
        // There is none before a session ended.
        let ours: Vec<&str> = ours.chain(["sync_sessions_total"]).collect();
        let rules = include_str!("../../../config/monitoring/simpul.rules.yml");
        let dashboard = include_str!("../../../config/monitoring/simpul.dashboard.json");
        let of_rules = rules.lines().filter_map(|line| line.trim().strip_prefix("expr: "));
        let of_dashboard = dashboard.split("\"expr\": \"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut asked = 0;
        for expression in of_rules.chain(of_dashboard) {
            let names = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let functions = |name: &&str| name.ends_with("over_time") || *name == "histogram_quantile";
            for name in names.filter(|name| name.contains('_') && !functions(name)) {
                let name = name.trim_end_matches("_bucket");
                assert!(ours.contains(&name), "{name} of {expression} is not in {ours:?}");
                asked += 1;
            }
        }
        assert!(asked > 20, "the expressions are found: {asked}");
    }
}
