//! Asks a running node over its local API, without a process for each question.

use std::{fs, net::SocketAddr, path::Path};

use serde::Deserialize;
use service::{Ask, Reply};
use web::Line;

/// What stands in `api.json`.
#[derive(Deserialize)]
struct ApiFile {
    address: SocketAddr,
    token: String,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Silence {
    /// Nobody was there to be asked.
    Unasked,
    /// It was asked, and nobody knows what became of it.
    Unanswered,
    /// It was refused.
    Refused,
}

/// Asks the node that runs on a data folder.
pub(crate) async fn ask(client: &reqwest::Client, data: &Path, ask: impl Into<Ask>) -> Result<Reply, Silence> {
    let file = fs::read(data.join("api.json")).map_err(|_| Silence::Unasked)?;
    let ApiFile { address, token } = serde_json::from_slice(&file).map_err(|_| Silence::Unasked)?;
    let sent = client.post(format!("http://{address}/api/v1/ask")).bearer_auth(token).json(&ask.into()).send().await;
    let answer = sent.map_err(|error| if error.is_connect() { Silence::Unasked } else { Silence::Unanswered })?;
    let bytes = answer.bytes().await.map_err(|_| Silence::Unanswered)?;
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    for line in lines {
        match serde_json::from_slice(line) {
            Ok(Line::Reply(reply)) => return Ok(reply),
            Ok(Line::Problem(_)) => return Err(Silence::Refused),
            Ok(Line::Progress(_)) => {}
            // Cut off in the middle.
            Err(_) => return Err(Silence::Unanswered),
        }
    }
    Err(Silence::Unanswered)
}
