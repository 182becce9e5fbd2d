//! Asking a node: the one that runs on this data folder, or, when none runs, its store opened for this one command.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use service::{Ask, Code, Progress, Reply, Service};
use web::Line;

use crate::{Hinted, cli::Data};

/// Where a running node takes questions; stands in its data folder, readable by its owner alone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ApiFile {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) token: String,
}

impl ApiFile {
    pub(crate) fn path(data: &Path) -> PathBuf {
        data.join("api.json")
    }

    /// Writes it so that only the owner of the folder can read it.
    pub(crate) fn write(&self, data: &Path) -> anyhow::Result<()> {
        let path = Self::path(data);
        service::write_file(&path, serde_json::to_vec(self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Removes it: nobody answers there any more.
    pub(crate) fn remove(data: &Path) {
        if let Err(error) = fs::remove_file(Self::path(data)) {
            tracing::warn!(%error, "api.json stays behind; it does no harm");
        }
    }

    fn read(data: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::path(data)).ok()?).ok()
    }
}

/// How long a store that another process has open is waited for, and how often it is looked at.
const IN_USE_TIME_MAX: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Where the node that runs on a data folder takes questions; none when none answers.
pub(crate) async fn running(folder: &Path) -> Option<ApiFile> {
    let api = ApiFile::read(folder)?;
    let there = client().ok()?.get(format!("http://{}/healthz", api.address)).send().await;
    there.is_ok_and(|answer| answer.status().is_success()).then_some(api)
}

fn client() -> anyhow::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build().context("cannot ask the running node")
}

/// A node that can be asked.
pub(crate) enum Node {
    /// It runs, and is asked over its local API.
    Running { client: reqwest::Client, api: ApiFile },
    /// None runs: the store is open in this process.
    Own(Box<Service>),
}

impl Node {
    /// The node of a data folder.
    pub(crate) async fn of(data: &Data) -> anyhow::Result<Self> {
        Self::open(data, &service::Options::offline(data.store())).await
    }

    /// The node that runs on a data folder; when none runs, its store opened here. A command that has the store open is
    /// waited for.
    pub(crate) async fn open(data: &Data, options: &service::Options) -> anyhow::Result<Self> {
        let began = Instant::now();
        loop {
            if let Some(api) = running(&data.dir).await {
                return Ok(Self::Running { client: client()?, api });
            }
            match Service::start(options.clone()).await {
                Ok(service) => return Ok(Self::Own(Box::new(service))),
                Err(problem) if problem.code == Code::InUse && began.elapsed() < IN_USE_TIME_MAX => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                Err(problem) => return Err(hinted(&problem)),
            }
        }
    }

    /// Asks one thing.
    pub(crate) async fn ask(&self, ask: Ask, mut progress: impl FnMut(Progress) + Send) -> anyhow::Result<Reply> {
        match self {
            Self::Own(service) => service.ask(ask, progress).await.map_err(|problem| hinted(&problem)),
            Self::Running { client, api } => {
                let mut answer = client
                    .post(format!("http://{}/api/v1/ask", api.address))
                    .bearer_auth(&api.token)
                    .json(&ask)
                    .send()
                    .await
                    .context("cannot ask the running node")?;
                let mut bytes = Vec::new();
                while let Some(chunk) = answer.chunk().await.context("the running node's answer broke off")? {
                    bytes.extend_from_slice(&chunk);
                    while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
                        let line: Vec<u8> = bytes.drain(..=end).collect();
                        match serde_json::from_slice(&line).context("the running node answers in another language")? {
                            Line::Progress(at) => progress(at),
                            Line::Reply(reply) => return Ok(reply),
                            Line::Problem(problem) => return Err(hinted(&problem)),
                        }
                    }
                }
                // A refusal before the command began is one line without an end.
                if let Ok(Line::Problem(problem)) = serde_json::from_slice(&bytes) {
                    return Err(hinted(&problem));
                }
                bail!("the running node gave no answer")
            }
        }
    }

    /// Closes the store, if this process opened it.
    pub(crate) async fn close(self) {
        if let Self::Own(service) = self {
            service.stop().await;
        }
    }
}

/// A problem as the command line tells it.
pub(crate) fn hinted(problem: &service::Problem) -> anyhow::Error {
    anyhow::Error::new(Hinted { problem: problem.message.clone(), hint: problem.hint.clone() })
}
