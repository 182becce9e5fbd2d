//! The local API: what the command line and other programs on this machine ask a running node.
//!
//! `POST /api/v1/ask` takes one [`Ask`] in JSON and answers with lines of JSON: any number of `{"progress":…}`, then one
//! `{"reply":…}` or `{"problem":…}`. Every call carries the token that the node wrote into its data folder, readable
//! by its owner alone: whoever can read the folder may ask.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use service::{Ask, Problem, Progress, Reply, Service};
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::UnboundedReceiverStream};

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// How far it is.
    Progress(Progress),
    /// The answer.
    Reply(Reply),
    /// Why there is none.
    Problem(Problem),
}

#[derive(Clone)]
struct Local {
    service: Service,
    token: Arc<str>,
}

/// The largest question: a founding as JSON numbers.
const ASK_BYTES_MAX: usize = 16 << 20;

/// The local API of a node. `token` must be random and is told to nobody but the owner of the data folder.
pub fn local_router(service: Service, token: &str) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/api/v1/ask", post(ask))
        .layer(DefaultBodyLimit::max(ASK_BYTES_MAX))
        .with_state(Local { service: service.clone(), token: token.into() })
        .merge(crate::metrics::metrics_router(service))
}

async fn ask(State(local): State<Local>, headers: HeaderMap, Json(asked): Json<Ask>) -> Response {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    // A hash of each is compared, so that the time it takes says nothing about the token.
    let hash = |text: &str| blake3::hash(text.as_bytes());
    if given.is_none_or(|given| hash(given) != hash(&local.token)) {
        let problem = Problem::new(
            service::Code::NoRight,
            "the token is missing or wrong",
            "the token stands in api.json in the node's data folder",
        );
        return (StatusCode::UNAUTHORIZED, Json(Line::Problem(problem))).into_response();
    }
    let (lines, sent) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let progress = {
            let lines = lines.clone();
            // Whoever asked may have gone; the command goes on all the same.
            move |progress| drop(lines.send(Line::Progress(progress)))
        };
        let last = match local.service.ask(asked, progress).await {
            Ok(reply) => Line::Reply(reply),
            Err(problem) => Line::Problem(problem),
        };
        drop(lines.send(last));
    });
    let body = UnboundedReceiverStream::new(sent).map(|line| {
        let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
        bytes.push(b'\n');
        Ok::<_, Infallible>(Bytes::from(bytes))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(body)).into_response()
}
