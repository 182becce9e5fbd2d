//! What the handlers share: the node that is asked, and who is logged in.

use std::sync::Arc;

use service::{Ask, Problem, Reply, Service};
use tokio::sync::watch;

use crate::session::Sessions;

/// The pages of one node. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    service: Service,
    sessions: Sessions,
    stopping: watch::Receiver<bool>,
    cookie: String,
}

impl App {
    /// `stopping` turns true when the node is to stop: then answers that go on for ever end.
    pub fn new(service: Service, stopping: watch::Receiver<bool>) -> Self {
        // A browser sends the cookies of a machine to every port: two nodes on one would log each other out.
        let cookie = format!("simpul-{}", service.key().short().replace(|c: char| !c.is_ascii_alphanumeric(), ""));
        Self(Arc::new(Inner { service, sessions: Sessions::new(), stopping, cookie }))
    }

    pub(crate) fn service(&self) -> &Service {
        &self.0.service
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// The name of the cookie that says who is logged in.
    pub(crate) fn cookie(&self) -> &str {
        &self.0.cookie
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.clone()
    }

    pub(crate) async fn ask(&self, ask: impl Into<Ask>) -> Result<Reply, Problem> {
        self.0.service.ask(ask.into(), |_| ()).await
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
