//! What the handlers share: the node that is asked, and who is logged in.

use std::sync::Arc;

use service::reply::{OfficerView, TokenView};
use service::{Ask, Problem, Reply, Service};
use tokio::sync::watch;

use crate::session::House;
use crate::sessions::Sessions;
use crate::start::StartKey;

/// The pages of one node. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    service: Service,
    sessions: Sessions,
    stopping: watch::Receiver<bool>,
    cookie: String,
    start: Option<StartKey>,
}

impl App {
    /// `stopping` turns true when the node is to stop: then answers that go on for ever end.
    pub fn new(service: Service, stopping: watch::Receiver<bool>) -> Self {
        Self::with(service, stopping, None)
    }

    /// The same for a node that may have no officers yet: whoever knows the key lets the first one in.
    pub fn beginning(service: Service, stopping: watch::Receiver<bool>, key: StartKey) -> Self {
        Self::with(service, stopping, Some(key))
    }

    fn with(service: Service, stopping: watch::Receiver<bool>, start: Option<StartKey>) -> Self {
        // A browser sends the cookies of a machine to every port: two nodes on one would log each other out.
        let cookie = format!("simpul-{}", service.key().short().replace(|c: char| !c.is_ascii_alphanumeric(), ""));
        Self(Arc::new(Inner { service, sessions: Sessions::new(), stopping, cookie, start }))
    }

    pub(crate) fn service(&self) -> &Service {
        &self.0.service
    }

    /// The key that lets the first officer in; none where the node was started without one.
    pub(crate) fn start_key(&self) -> Option<&StartKey> {
        self.0.start.as_ref()
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.clone()
    }

    pub(crate) async fn ask(&self, ask: impl Into<Ask>) -> Result<Reply, Problem> {
        self.0.service.ask(ask.into(), |_| ()).await
    }
}

impl House for App {
    fn cookie(&self) -> &str {
        &self.0.cookie
    }

    fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    fn officer(&self, handle: &str) -> Option<OfficerView> {
        self.0.service.officer(handle)
    }

    fn token(&self, secret: &str) -> Option<TokenView> {
        self.0.service.token(secret)
    }
}

/// Asks the node, and takes the answer that belongs to the question.
macro_rules! ask {
    ($app:expr, $ask:expr, $reply:ident) => {
        match $app.ask($ask).await {
            Ok(service::Reply::$reply(found)) => Ok(found),
            Ok(_) => {
                Err(service::Problem::new(service::Code::Internal, "the node answered something else", "try again"))
            }
            Err(problem) => Err(problem),
        }
    };
}
pub(crate) use ask;
