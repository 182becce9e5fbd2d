//! What an officer waits for at a node that holds many people: pages and answers of the API over HTTP, on a release build.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, ensure};
use charter::Subject;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use reqwest::{Method, RequestBuilder, header};
use serde_json::{Value, json};
use service::{Command, Query, Reply, Service};
use tokio::sync::watch;

use crate::{
    measure::{ms, service},
    row::{Figures, Row},
    set,
};

/// How often each is asked for.
const TIMES: usize = 200;

/// Not measured: the first of each opens what the others find open.
const WARM_UP: usize = 5;

const VILLAGE: &str = "33.07.10.2004";
pub(crate) const OFFICER: &str = "petugas";
pub(crate) const PASSWORD: &str = "kopi pagi hari";

/// Measures a node with this many participants.
pub(crate) async fn pages(people: u64, keep: Option<&Path>) -> anyhow::Result<Figures> {
    let temporary = tempfile::tempdir()?;
    let folder = keep.map_or_else(|| temporary.path().join("node"), |keep| keep.join(format!("pages-{people}")));
    if !folder.exists() {
        make(&folder, people).await?;
    }
    let service = service(&folder, Vec::new()).await?;
    // It answers once its views show everything that it holds.
    service.ask(Query::Status.into(), |_| ()).await?;
    let rows = at_a_desk(service, async |desk| desk.rows(people).await).await?;
    Ok(Figures { of: "people", count: people, rows })
}

/// Serves a node's pages, lets the officer in, and stops the node when everything was asked.
pub(crate) async fn at_a_desk<T>(
    service: Service,
    ask: impl AsyncFnOnce(&Desk) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let (stop, stopping) = watch::channel(false);
    let listener = web::listen(([127, 0, 0, 1], 0).into()).await?;
    let desk = Desk { web: format!("http://{}", listener.local_addr()?), ..Desk::default() };
    let mut stopped = stopping.clone();
    let until_stop = async move {
        // A sender that is gone is a stop too.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let served = tokio::spawn(web::serve(listener, web::router(web::App::new(service.clone(), stopping)), until_stop));
    let answered = ask(&desk.log_in().await?).await?;
    stop.send(true)?;
    served.await??;
    service.stop().await;
    Ok(answered)
}

/// Makes a village's node and brings in a table of people, as an officer would.
async fn make(folder: &Path, people: u64) -> anyhow::Result<()> {
    let making: PathBuf = folder.with_extension("making");
    if making.exists() {
        std::fs::remove_dir_all(&making)?;
    }
    let subject =
        Subject::NewOffice { name: "Desa Kuripan".to_owned(), kind: "village".parse()?, region: VILLAGE.parse()? };
    driver::Node::create(&store::Options::new(&making), subject, true)?;
    let mut table = tempfile::NamedTempFile::with_suffix(".csv")?;
    writeln!(table, "village_code,group,number,name")?;
    let mut rng = ChaCha20Rng::seed_from_u64(people);
    for number in 0..people {
        writeln!(table, "{VILLAGE},salak,{number},{}", set::name(&mut rng))?;
    }
    let service = service(&making, Vec::new()).await?;
    let began = Instant::now();
    let import = Command::Import { officer: OFFICER.to_owned(), file: table.path().to_owned(), decided: None };
    let Reply::Imported(done) = service.ask(import.into(), |_| ()).await? else {
        anyhow::bail!("an import was asked for")
    };
    ensure!(done.added == people, "of {people} rows {} were taken", done.added);
    eprintln!("{people} people brought in by a table in {:.0} s", ms(began) / 1000.0);
    service
        .begin(OFFICER.to_owned(), "Petugas".to_owned(), PASSWORD.to_owned())
        .await
        .map_err(|why| anyhow::anyhow!("the first officer is not let in: {why:?}"))?;
    service.stop().await;
    std::fs::rename(&making, folder)?;
    Ok(())
}

/// An officer who is logged in.
#[derive(Default)]
pub(crate) struct Desk {
    client: reqwest::Client,
    web: String,
    cookie: String,
    token: String,
}

impl Desk {
    async fn log_in(mut self) -> anyhow::Result<Self> {
        let given = json!({ "officer": OFFICER, "password": PASSWORD });
        let answer = self.client.post(format!("{}/api/v1/session", self.web)).json(&given).send().await?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("a cookie is given")?.to_str()?;
        self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        self.token = answer.json::<Value>().await?["token"].as_str().context("a token is given")?.to_owned();
        Ok(self)
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.web))
            .header(header::COOKIE, &self.cookie)
            .header("x-csrf-token", &self.token)
    }

    fn search(&self, text: &str) -> RequestBuilder {
        self.ask(Method::POST, "/api/v1/participants/search").json(&json!({ "search": text }))
    }

    async fn rows(&self, people: u64) -> anyhow::Result<Vec<Row>> {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let all = self.ask(Method::POST, "/api/v1/participants/search").json(&json!({}));
        let found: Value = all.send().await?.error_for_status()?.json().await?;
        ensure!(found["total"] == people, "the list says {}", found["total"]);
        let id = found["rows"][0]["person"].as_str().context("the list has rows")?.to_owned();
        let mut rows = Vec::new();
        let mut add = |what: &str, budget: &str, mut times: Vec<f64>| {
            times.sort_by(f64::total_cmp);
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            rows.push(Row::new(&format!("{what}, p50"), at(0.5), "ms"));
            rows.push(Row::new(&format!("{what}, p95"), at(0.95), "ms").budget(budget));
        };
        for (what, path) in [("page: Hari ini", "/"), ("page: the list of participants", "/peserta")] {
            add(what, "100 ms", self.times(|| self.ask(Method::GET, path)).await?);
        }
        let path = format!("/peserta/{id}");
        add("page: one participant", "100 ms", self.times(|| self.ask(Method::GET, &path)).await?);
        add("API: search by the beginning of a name", "50 ms", {
            self.times(|| self.search(&set::name(&mut rng).chars().take(3).collect::<String>())).await?
        });
        add("API: search by a whole name", "50 ms", self.times(|| self.search(&set::name(&mut rng))).await?);
        Ok(rows)
    }

    /// How long each of many answers took, in ms, from the question to its last byte.
    pub(crate) async fn times(&self, mut ask: impl FnMut() -> RequestBuilder) -> anyhow::Result<Vec<f64>> {
        let mut times = Vec::new();
        for time in 0..WARM_UP + TIMES {
            let question = ask();
            let began = Instant::now();
            question.send().await?.error_for_status()?.bytes().await?;
            if time >= WARM_UP {
                times.push(ms(began));
            }
        }
        Ok(times)
    }
}
