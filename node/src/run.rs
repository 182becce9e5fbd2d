//! `simpul run`: starts what the settings ask for and waits for the signal to stop.

use crate::Hinted;
use crate::config::{Address, Config, Peer};
use anyhow::Context;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use web::{App, PageData, WebError};

#[derive(clap::Args)]
#[command(after_help = "Example:\n  simpul run --data /var/lib/simpul --web 127.0.0.1:8080")]
pub(crate) struct Arguments {
    /// The folder that holds this node.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A config file; flags win over it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where other nodes reach this one over QUIC.
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<Address>,
    /// Where they reach it where UDP is blocked.
    #[arg(long, value_name = "HOST:PORT")]
    tcp: Option<Address>,
    /// Where the pages are opened, on this machine.
    #[arg(long, value_name = "HOST:PORT")]
    web: Option<Address>,
    /// A node to keep in touch with; may be repeated.
    #[arg(long = "peer", value_name = "KEY@HOST:PORT")]
    peers: Vec<Peer>,
}

impl Arguments {
    fn settings(&self) -> anyhow::Result<Config> {
        let config = self.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        Ok(Config {
            listen: self.listen.clone().or(config.listen),
            tcp: self.tcp.clone().or(config.tcp),
            web: self.web.clone().or(config.web),
            peers: self.peers.iter().cloned().chain(config.peers).collect(),
            log: config.log,
        })
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let settings = arguments.settings()?;
    let filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or("info")).context("cannot use `log`")?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    tracing::info!(data = %arguments.data.display(), ?settings, "starting");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(serve(settings))
}

async fn serve(settings: Config) -> anyhow::Result<()> {
    let stopped = stop_signal()?;
    let Some(web) = &settings.web else {
        stopped.await;
        return Ok(());
    };
    let listener = web::listen(web.resolve()?).await.map_err(with_hint)?;
    announce(listener.local_addr().context("the pages have no address")?);
    web::serve(listener, web::router(App::new(unprepared)), stopped).await?;
    tracing::info!("stopped");
    Ok(())
}

/// The node has no office yet, and its pages say so.
async fn unprepared() -> PageData {
    PageData { office: None, node: None, joined: false, practice: false }
}

/// Resolves when the machine or the person at it says stop.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for the signal to stop")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for the signal to stop")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn with_hint(error: WebError) -> anyhow::Error {
    let hint = match &error {
        WebError::NotLoopback { .. } => "--web 127.0.0.1:8080",
        WebError::Bind { .. } | WebError::Serve { .. } => "is another node running? choose another port with --web",
    };
    anyhow::Error::new(error).context(Hinted { problem: "cannot serve the pages".to_owned(), hint })
}

/// The one line on stdout: where the pages are, for whoever started the node on port 0.
#[expect(clippy::print_stdout, reason = "what a command line answers")]
fn announce(address: SocketAddr) {
    println!("web http://{address}");
}
