//! `simpul run`: starts what the settings ask for and waits for the signal to stop.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::Context;
use service::{NetworkOptions, Service, Upkeep};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use web::{App, Start, StartKey, WebError};

use crate::Hinted;
use crate::ask::{ApiFile, Node};
use crate::cli::Data;
use crate::config::{Address, Backup, Config, Peer, Quiet};
use crate::desk::Desk;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  simpul run --data /var/lib/simpul --web 127.0.0.1:8080\n\nA folder that holds no node yet, or one without officers, begins at the address of the line `start`: it has a key and\nis for whoever starts the node."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: Data,
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
    /// Where others can reach this node, for its invites and reports; may be repeated.
    #[arg(long, value_name = "HOST:PORT")]
    advertise: Vec<Address>,
}

impl Arguments {
    fn settings(&self) -> anyhow::Result<Config> {
        let config = self.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        Ok(Config {
            listen: self.listen.clone().or(config.listen),
            tcp: self.tcp.clone().or(config.tcp),
            web: self.web.clone().or(config.web),
            peers: self.peers.iter().cloned().chain(config.peers).collect(),
            advertise: self.advertise.iter().cloned().chain(config.advertise).collect(),
            ..config
        })
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    start(&arguments.data, arguments.settings()?, None)
}

/// Runs a node until it is told to stop; with a desk, its pages are shown to the person at this machine.
pub(crate) fn start(data: &Data, settings: Config, desk: Option<&Desk>) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or("info")).context("cannot use `log`")?;
    // A log that cannot be written, as on a full disk, must not end the node: complaining of it on stderr would.
    let log = tracing_subscriber::fmt().log_internal_errors(false);
    log.with_env_filter(filter).with_writer(std::io::stderr).init();
    tracing::info!(data = %data.dir.display(), ?settings, "starting");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(serve(data, settings, desk))
}

async fn serve(data: &Data, settings: Config, desk: Option<&Desk>) -> anyhow::Result<()> {
    let stopped = stop_signal()?;
    let mut pages = match &settings.web {
        Some(address) => Some(listen(address.resolve()?, desk.is_some()).await.map_err(with_hint)?),
        None => None,
    };
    let network = NetworkOptions {
        udp: settings.listen.as_ref().map(Address::resolve).transpose()?,
        tcp: settings.tcp.as_ref().map(Address::resolve).transpose()?,
        peers: settings.peers.iter().map(Peer::known).collect::<anyhow::Result<_>>()?,
        advertise: settings.advertise.iter().map(ToString::to_string).collect(),
    };
    let outbox = notices::start(&settings.alerts, &data.dir).map_err(|error| {
        let hint = "mend the part `alerts` of the config file; `config/simpul.example.toml` shows it";
        anyhow::Error::new(error).context(Hinted { problem: "cannot send alerts".to_owned(), hint: hint.to_owned() })
    })?;
    let upkeep = Upkeep {
        outbox: Some(outbox),
        quiet: settings.quiet.map(Quiet::hours),
        backups: settings.backup.as_ref().map(Backup::plan),
    };
    let mut store = data.store();
    if let Some(megabytes) = settings.leave_free_mb {
        store.reserve_bytes = u64::from(megabytes) << 20;
    }
    let options = service::Options { store, network: Some(network), rebuild: false, upkeep };
    let (stop, stopping) = watch::channel(false);
    let until_stop = move || {
        let mut stopping = stopping.clone();
        // An error means that the sender is gone, which is a stop too.
        async move { drop(stopping.wait_for(|stop| *stop).await) }
    };
    let mut stopped = std::pin::pin!(stopped);
    let at = pages.as_ref().map(TcpListener::local_addr).transpose().context("the pages have no address")?;
    let key = token()?;
    let (service, pages, told) = if let Some(listener) = pages.take_if(|_| !service::holds_node(&options.store)) {
        announce_pages(at, Some(&key), desk);
        let (start, begun) = Start::new(options, StartKey::new(&key), stop.subscribe());
        let pages = tokio::spawn(web::serve(listener, web::first_router(start), until_stop()));
        tokio::select! {
            service = begun => {
                let service = service.context("the pages ended before there was a node")?;
                (service, Some(pages), None)
            }
            () = &mut stopped => {
                stop.send_replace(true);
                return Ok(pages.await.context("a server ended in a panic")??);
            }
        }
    } else {
        let service = match Node::open(data, &options).await? {
            Node::Own(service) => *service,
            Node::Running { .. } => {
                return Err(Hinted::error(
                    format!("{} is in use: a node runs on it already", data.dir.display()),
                    "ask it with `simpul status`, or stop it first",
                ));
            }
        };
        let pages = pages.map(|listener| {
            let app = App::beginning(service.clone(), stop.subscribe(), StartKey::new(&key));
            tokio::spawn(web::serve(listener, web::router(app), until_stop()))
        });
        (service, pages, at)
    };
    let api = web::listen((Ipv4Addr::LOCALHOST, 0).into()).await.map_err(with_hint)?;
    let token = token()?;
    ApiFile { address: api.local_addr().context("the local API has no address")?, token: token.clone() }
        .write(&data.dir)?;
    announce(&service);
    announce_pages(told, (!service.has_officers()).then_some(key.as_str()), desk);
    ready();
    let local = tokio::spawn(web::serve(api, web::local_router(service.clone(), &token), until_stop()));
    stopped.await;
    tracing::info!("stopping");
    stop.send_replace(true);
    for server in [Some(local), pages].into_iter().flatten() {
        server.await.context("a server ended in a panic")??;
    }
    ApiFile::remove(&data.dir);
    service.stop().await;
    tracing::info!("stopped");
    Ok(())
}

/// Where the pages are served. At a desk the port may be another one: the browser is led there.
async fn listen(address: SocketAddr, any_port: bool) -> Result<TcpListener, WebError> {
    match web::listen(address).await {
        Err(WebError::Bind { .. }) if any_port => web::listen((address.ip(), 0).into()).await,
        listening => listening,
    }
}

/// A word that only the owner of the data folder can know.
fn token() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

/// Resolves when the machine or the person at it says stop.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let registered = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    };
    #[cfg(windows)]
    let registered = (tokio::signal::windows::ctrl_shutdown(), tokio::signal::windows::ctrl_c());
    let mut terminate = registered.0.context("cannot wait for the signal to stop")?;
    let mut interrupt = registered.1.context("cannot wait for the signal to stop")?;
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
    anyhow::Error::new(error).context(Hinted { problem: "cannot serve the pages".to_owned(), hint: hint.to_owned() })
}

/// What stands on stdout: where this node listens, for whoever started it on port 0.
#[expect(clippy::print_stdout, reason = "what a command line answers")]
fn announce(service: &Service) {
    let (udp, tcp) = service.addresses();
    if let Some(address) = udp {
        println!("quic {address}");
    }
    if let Some(address) = tcp {
        println!("tcp {address}");
    }
}

/// Where the pages are, and, while nobody can log in, where *Mulai* is opened: the key in that address is for whoever
/// started the program, and for nobody else on the machine.
#[expect(clippy::print_stdout, reason = "what a command line answers")]
fn announce_pages(at: Option<SocketAddr>, key: Option<&str>, desk: Option<&Desk>) {
    let Some(at) = at else { return };
    let mut first = format!("http://{at}");
    println!("web {first}");
    if let Some(key) = key {
        first = format!("{first}/mulai?kunci={key}");
        println!("start {first}");
    }
    if let Some(desk) = desk {
        desk.show(&first);
    }
}

/// The last line: everything answers from here on.
#[expect(clippy::print_stdout, reason = "what a command line answers")]
fn ready() {
    println!("ready");
}
