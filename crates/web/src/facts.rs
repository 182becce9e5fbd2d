//! What a page shows, as plain data, and who is asked for it.

use identity::{NodeKey, OfficeKind, Region};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The office that this node works for.
#[derive(Debug, Clone)]
pub struct OfficeFacts {
    /// As the office writes itself: `Desa Kuripan`.
    pub name: String,
    /// What kind of office it is.
    pub kind: OfficeKind,
    /// Where it works.
    pub region: Region,
}

/// What every page needs to know about its node.
#[derive(Debug, Clone)]
pub struct PageData {
    /// `None` until the node is prepared for an office.
    pub office: Option<OfficeFacts>,
    /// The node's public key; pages show its short form. `None` until the node has one.
    pub node: Option<NodeKey>,
    /// The node keeps records together with other offices: its office is admitted to a network.
    pub joined: bool,
    /// The network is *LATIHAN*: every page says so.
    pub practice: bool,
}

type Answer = Pin<Box<dyn Future<Output = PageData> + Send>>;

/// What the handlers share: where the facts come from.
#[derive(Clone)]
pub struct App {
    ask: Arc<dyn Fn() -> Answer + Send + Sync>,
}

impl App {
    /// `ask` is called once for each page; it should answer from memory.
    pub fn new<F, A>(ask: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = PageData> + Send + 'static,
    {
        Self { ask: Arc::new(move || Box::pin(ask())) }
    }

    pub(crate) async fn page_data(&self) -> PageData {
        (self.ask)().await
    }
}
