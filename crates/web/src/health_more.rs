//! The further pages of *Kesehatan*, for an administrator: every office as a picture, what was refused or waits, and what
//! concerns the security of the network.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use service::Query as Ask;
use service::reply::{NotCounting, OfficeHealthView, SaidOfNetwork, State as OfficeState, Suspect};

use crate::app::{App, ask};
use crate::frame::{Frame, Place, page, refused as not_answered};
use crate::health::{called, shape};
use crate::office_health::{panel, row};
use crate::panels::{Panel, PanelRow};
use crate::problem::Problem;
use crate::session::Desk;
use crate::words::Words;

/// How many statements stand on the page unless all are asked for.
const SAID: usize = 100;

/// Where all of them stand.
const ALL_SAID: &str = "/kesehatan/keamanan?semua=ya";

#[derive(Template)]
#[template(path = "health_panels.html")]
struct PanelsPage {
    frame: Frame,
    /// Where it is.
    at: &'static str,
    title: String,
    lines: Vec<String>,
    panels: Vec<Panel>,
    /// Where there is more, and what that is called.
    more: Option<(String, String)>,
}

fn item(words: Words, number: usize, item: &NotCounting) -> PanelRow {
    let by = [&item.office, &item.officer].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let href = match (&item.participant, &item.sheet) {
        (Some(person), _) => Some(format!("/peserta/{person}")),
        (None, Some((kind, id))) => Some(format!("/catatan/{kind}/{id}")),
        (None, None) => None,
    };
    PanelRow {
        page: None,
        head: words.of_both(item.name.as_ref().unwrap_or(&item.kind)).to_owned(),
        beside: match (item.what.is_empty(), &item.name) {
            (false, _) => item.what.clone(),
            (true, Some(_)) => words.of_both(&item.kind).to_owned(),
            (true, None) => String::new(),
        },
        cells: vec![
            (words.say("refused-why"), words.of_both(&item.why).to_owned()),
            (words.say("office-todo"), words.of_both(&item.remedy).to_owned()),
            (words.say("office-by"), by),
        ],
        ask: href.map(|href| (href, words.say("office-open"), format!("item-{number}"))),
    }
}

pub(crate) async fn refused(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let (frame, _) = Frame::of(&app, &desk, Place::Health).await?;
    let words = frame.words;
    let view = ask!(app, Ask::NotCounting, NotCounting).map_err(|problem| not_answered(problem, &desk))?;
    let rows = |refused: bool| {
        let of = view.items.iter().enumerate().filter(|(_, item)| item.refused == refused);
        of.map(|(number, one)| item(words, number, one)).collect::<Vec<_>>()
    };
    let names = ["refused-item", "refused-why", "office-todo", "office-by"];
    let lines = (view.more > 0).then(|| words.about("refused-more", "n", view.more));
    let shown = PanelsPage {
        at: "/kesehatan/ditolak",
        title: words.say("refused-title"),
        lines: lines.into_iter().collect(),
        panels: vec![
            panel(words, "health-refused-here", &names, rows(true), "refused-none"),
            panel(words, "health-waiting-here", &names, rows(false), "refused-none-waits"),
        ],
        more: None,
        frame,
    };
    Ok(page(&shown, &desk.visit).into_response())
}

fn suspect(words: Words, suspect: &Suspect) -> PanelRow {
    let mut found = suspect.why.clone();
    if let Some(at) = suspect.called_ms {
        found.push(words.about("security-called", "time", words.when(at)));
    }
    if !suspect.forked.is_empty() {
        found.push(words.about("security-forked", "scopes", suspect.forked.join(", ")));
    }
    let todo = if suspect.to_be_cut.is_empty() {
        words.say(if suspect.forked.is_empty() { "security-done" } else { "security-decide" })
    } else {
        words.about("security-cut", "scopes", suspect.to_be_cut.join(", "))
    };
    PanelRow {
        page: None,
        head: suspect.office.clone(),
        beside: suspect.short.clone(),
        cells: vec![(words.say("health-found"), found.join("; ")), (words.say("office-todo"), todo)],
        ask: Some((
            format!("/kesehatan/komputer/{}", suspect.node),
            words.say("office-open"),
            format!("suspect-{}", suspect.short),
        )),
    }
}

fn said(words: Words, said: &SaidOfNetwork) -> PanelRow {
    PanelRow {
        page: None,
        head: words.of_both(&said.kind).to_owned(),
        beside: said.hash.chars().take(12).collect(),
        cells: vec![
            (words.say("security-by"), said.by.clone()),
            (words.say("security-about"), words.of_both(&said.about).to_owned()),
            (words.say("security-does"), words.of_both(&said.effect).to_owned()),
            (words.say("security-since"), said.since_ms.map_or_else(String::new, |at| words.when(at))),
        ],
        ask: None,
    }
}

/// What the page is to show.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    semua: String,
}

pub(crate) async fn security(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    desk: Desk,
) -> Result<Response, Problem> {
    desk.administers()?;
    let (frame, _) = Frame::of(&app, &desk, Place::Health).await?;
    let words = frame.words;
    let view = ask!(app, Ask::Security, Security).map_err(|problem| not_answered(problem, &desk))?;
    let all = wanted.semua == "ya";
    let count = if all { view.said.len() } else { view.said.iter().filter(|one| !one.everyday).count().min(SAID) };
    let rest = view.said.len() - count;
    let suspects: Vec<PanelRow> = view.suspects.iter().map(|one| suspect(words, one)).collect();
    let versions = view.versions.iter().map(|(version, of)| {
        row(words, version.clone(), &[("office-computers", words.about("health-items", "n", *of))])
    });
    let columns = ["security-kind", "security-by", "security-about", "security-does", "security-since"];
    let statements = view.said.iter().take(count).map(|one| said(words, one)).collect();
    let shown = PanelsPage {
        at: if all { ALL_SAID } else { "/kesehatan/keamanan" },
        title: words.say("security-title"),
        lines: vec![
            words.about("security-active", "n", view.active),
            words.about("security-own", "key", view.node.as_str()),
        ],
        panels: vec![
            panel(
                words,
                "security-suspects",
                &["office-computer", "health-found", "office-todo"],
                suspects,
                "security-no-suspects",
            ),
            panel(
                words,
                "security-versions",
                &["office-version", "office-computers"],
                versions.collect(),
                "office-none",
            ),
            Panel {
                lines: vec![words.say("security-no-dates")],
                ..panel(words, "security-said", &columns, statements, "office-none")
            },
        ],
        more: (rest > 0).then(|| (ALL_SAID.to_owned(), words.about("health-more", "n", rest))),
        frame,
    };
    Ok(page(&shown, &desk.visit).into_response())
}

/// One office of the picture.
struct Spot {
    id: String,
    state: &'static str,
    /// Its name and its state: what a pointer or a screen reader says.
    label: String,
}

/// The offices of a regency.
struct Regency {
    code: String,
    name: String,
    spots: Vec<Spot>,
}

/// The offices of a province.
struct Province {
    code: String,
    name: String,
    /// How many offices need somebody.
    trouble: usize,
    spots: Vec<Spot>,
    regencies: Vec<Regency>,
}

#[derive(Template)]
#[template(path = "health_map.html")]
struct MapPage {
    frame: Frame,
    /// Those that stand for the whole country.
    national: Vec<Spot>,
    provinces: Vec<Province>,
    /// What each colour and shape says.
    legend: Vec<(&'static str, String)>,
}

fn spot(words: Words, view: &OfficeHealthView) -> Spot {
    let label = [("office", view.name.as_str().into()), ("state", called(words, view.state).into())];
    Spot { id: view.id.clone(), state: shape(view.state), label: words.with("map-spot", &label) }
}

/// The offices by province and regency, in the order of their codes.
fn provinces(words: Words, offices: &[OfficeHealthView]) -> (Vec<Spot>, Vec<Province>) {
    let (mut national, mut tree) = (Vec::new(), BTreeMap::<&str, BTreeMap<&str, Vec<&OfficeHealthView>>>::new());
    for office in offices {
        let mut parts = office.region.match_indices('.').map(|(at, _)| at);
        let (province, regency) = (parts.next(), parts.next());
        if !office.region.starts_with(|first: char| first.is_ascii_digit()) {
            national.push(spot(words, office));
            continue;
        }
        let province_code = province.map_or(office.region.as_str(), |at| &office.region[..at]);
        let regency_code = match (province, regency) {
            (None, _) => "",
            (Some(_), None) => office.region.as_str(),
            (Some(_), Some(at)) => &office.region[..at],
        };
        tree.entry(province_code).or_default().entry(regency_code).or_default().push(office);
    }
    let named = |code: &str, kind: &str| {
        let office = offices.iter().find(|office| office.region == code && office.kind == kind);
        office.map_or_else(|| code.to_owned(), |office| office.name.clone())
    };
    let provinces = tree.into_iter().map(|(code, mut regencies)| {
        let needs = |office: &&OfficeHealthView| matches!(shape(office.state), "alone" | "choose");
        let trouble = regencies.values().flatten().copied().filter(needs).count();
        let spots = |offices: Vec<&OfficeHealthView>| offices.into_iter().map(|office| spot(words, office)).collect();
        let own = regencies.remove("").map(spots).unwrap_or_default();
        let regencies = regencies.into_iter().map(|(code, offices)| Regency {
            name: named(code, "regency"),
            code: code.to_owned(),
            spots: spots(offices),
        });
        Province {
            name: named(code, "province"),
            code: code.to_owned(),
            trouble,
            spots: own,
            regencies: regencies.collect(),
        }
    });
    (national, provinces.collect())
}

pub(crate) async fn map(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    desk.administers()?;
    let (frame, _) = Frame::of(&app, &desk, Place::Health).await?;
    let words = frame.words;
    let view = ask!(app, Ask::Health, Health).map_err(|problem| not_answered(problem, &desk))?;
    let (national, provinces) = provinces(words, &view.offices);
    // One line for each colour, with every state that it stands for.
    let mut legend: Vec<(&'static str, String)> = Vec::new();
    for state in OfficeState::ALL {
        let (of, name) = (shape(state), called(words, state));
        match legend.iter_mut().find(|(shape, _)| *shape == of) {
            Some((_, names)) => names.extend([", ", &name]),
            None => legend.push((of, name)),
        }
    }
    Ok(page(&MapPage { frame, national, provinces, legend }, &desk.visit).into_response())
}
