//! Pages served for one story, and what they show.

use identity::{NodeSecret, OfficeKind};
use tokio::task::JoinHandle;
use web::{App, OfficeFacts, PageData};

/// A server of pages on a free port, ended with the story.
pub(crate) struct Pages {
    port: u16,
    server: JoinHandle<()>,
}

impl Pages {
    pub(crate) async fn of(data: PageData) -> Self {
        let listener = web::listen("127.0.0.1:0".parse().unwrap()).await.expect("a free port");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let router = web::router(App::new(move || std::future::ready(data.clone())));
        let server = tokio::spawn(async move {
            web::serve(listener, router, std::future::pending()).await.expect("the pages are served");
        });
        Self { port, server }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub(crate) fn kuripan() -> PageData {
    PageData {
        office: Some(OfficeFacts {
            name: "Desa Kuripan".into(),
            kind: OfficeKind::Village,
            region: "33.07.10.2004".parse().unwrap(),
        }),
        node: Some(NodeSecret::from_seed([7; 32]).node_key()),
        joined: false,
        practice: false,
    }
}
