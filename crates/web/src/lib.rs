//! Pages of a node, for the people who work at it.
//!
//! A page is HTML that reads without script; style comes from one file under a name that changes with its content. The
//! caller passes the listener, the shutdown and where a page's facts come from ([`App`]); nothing here opens a store or
//! knows about peers.
//!
//! # Invariants
//! - Every answer, errors included, carries the strict content policy and a request id (`security`).
//! - Nothing is bound beyond this machine ([`listen`]), and a page answers only under a name of this machine, so that a
//!   site from outside cannot reach it through the browser of the one who works here.
//! - Every word on a page comes from `words`, in both languages.

#![allow(clippy::disallowed_methods, reason = "an edge: the clock enters here")]

mod assets;
mod facts;
mod language;
mod local;
mod metrics;
mod pages;
mod problem;
mod security;
mod words;

pub use facts::{App, OfficeFacts, PageData};
pub use language::Language;
pub use local::{Line, local_router};
pub use metrics::metrics_router;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Why the pages cannot be served. Nothing is served after one of these.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Pages carry personal data in the clear and may be opened on this machine alone. Nothing was bound.
    #[error("{address} is not an address of this machine alone; use 127.0.0.1 or [::1]")]
    NotLoopback {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The address is taken or not to be had. Nothing was bound.
    #[error("cannot listen on {address}")]
    Bind {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The listener failed while serving. Pages are down; the node goes on.
    #[error("the pages stopped")]
    Serve {
        /// What the system said.
        source: io::Error,
    },
}

/// Binds the pages to an address of this machine; port 0 takes a free one.
///
/// # Errors
/// [`WebError::NotLoopback`] for any other address, [`WebError::Bind`] when the system refuses.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, WebError> {
    if !address.ip().is_loopback() {
        return Err(WebError::NotLoopback { address });
    }
    TcpListener::bind(address).await.map_err(|source| WebError::Bind { address, source })
}

/// All pages. `/api/v1` is kept for the local API: an unknown path below it is answered in JSON.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(pages::hello))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/assets/{name}", get(assets::serve))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn(language::remember))
        .layer(from_fn(security::only_this_machine))
        .layer(from_fn_with_state(security::RequestIds::new(), security::guard))
        .with_state(app)
}

/// Serves until `shutdown` resolves, then finishes the answers that are under way.
///
/// # Errors
/// [`WebError::Serve`] when the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WebError> {
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await.map_err(|source| WebError::Serve { source })
}

#[cfg(test)]
mod tests;
