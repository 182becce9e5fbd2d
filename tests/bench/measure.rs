//! One side of a measurement: a process of its own, so that its memory and its disk are its own.
//!
//! A side prints one line of JSON for each thing that it has to tell, and ends when its input ends.

use std::{
    io::BufRead,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use clap::Subcommand;
use driver::{Address, NetworkOptions, Target, Update, What, Write};
use identity::{NodeKey, Officer, ScopeName};
use serde::{Deserialize, Serialize};
use service::{Query, Reply, Service, StoreOptions};
use tokio::sync::watch;

use crate::{
    set::{Person, puts},
    world::{Running, SCOPE, until_holds},
};

/// How often a side looks whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The sides.
#[derive(Debug, Subcommand)]
pub(crate) enum Side {
    /// Serves a folder; tells how to call it, and at the end how much memory it took.
    Serve { folder: PathBuf },
    /// Joins a node and tells when it holds everything.
    Join { folder: PathBuf, peer: String, entries: u64 },
    /// Joins a node with views and tells when they show everything.
    See { folder: PathBuf, peer: String, state: String },
    /// Opens a folder with views; tells the state that they show, and what the node needs at rest.
    Rest { folder: PathBuf },
    /// Connects to a node that holds the same, again.
    Reconnect { folder: PathBuf, peer: String },
    /// Changes some documents on this side, then connects and tells when both sides' changes are here.
    CatchUp { folder: PathBuf, peer: String, changes: u64, entries: u64 },
    /// Tells of every document that arrives, the moment it may be shown.
    Hear { folder: PathBuf, peer: String },
    /// Writes for a while, this many at a time; tells how many were durable in a second.
    Write { folder: PathBuf, writers: usize, seconds: u64 },
}

/// What a side tells.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// How to call this side: `KEY@ADDRESS`.
    pub(crate) peer: Option<String>,
    pub(crate) ms: Option<f64>,
    pub(crate) peak_rss_bytes: u64,
    pub(crate) rss_bytes: u64,
    /// What the process used of the processors.
    pub(crate) cpu_ms: f64,
    /// How long the first page of a list took.
    pub(crate) page_ms: Option<f64>,
    /// Both ways, as handed to the socket.
    pub(crate) wire_bytes: u64,
    pub(crate) per_second: Option<f64>,
    pub(crate) state: Option<String>,
}

impl Side {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let began = Instant::now();
        match self {
            Side::Serve { folder } => {
                let running = Running::open(&folder, Vec::new()).await?;
                say(Told { peer: Some(called(&running)?), ..Told::default() })?;
                until_told_to_end().await;
                say(Told { wire_bytes: wire_bytes(&running), ..Told::default() })?;
                running.stop().await;
            }
            Side::Join { folder, peer, entries } => {
                let running = Running::open(&folder, vec![parse(&peer)?]).await?;
                until_holds(&running, entries).await;
                say(Told { ms: Some(ms(began)), wire_bytes: wire_bytes(&running), ..Told::default() })?;
                running.stop().await;
            }
            Side::See { folder, peer, state } => {
                let service = service(&folder, vec![parse(&peer)?]).await?;
                while shown(&service).await? != state {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                say(Told { ms: Some(ms(began)), ..Told::default() })?;
                service.stop().await;
            }
            Side::Rest { folder } => {
                let service = service(&folder, Vec::new()).await?;
                // Ready is who answers; it answers once its views show everything that it holds.
                let state = shown(&service).await?;
                let ready = ms(began);
                service.stop().await;
                let views = views::Views::open(&folder.join("views.sqlite"))?.0;
                let reader = views.reader()?.context("the views are a file")?;
                let began = Instant::now();
                reader.list(&views::Filter::default(), views::Page::first(50))?;
                let page_ms = Some(ms(began));
                say(Told { ms: Some(ready), state: Some(state), page_ms, ..Told::default() })?;
            }
            Side::Reconnect { folder, peer } => {
                let running = Running::open(&folder, vec![parse(&peer)?]).await?;
                let mut connected = running.node.connected();
                connected.wait_for(|connected| !connected.is_empty()).await?;
                let linked = Instant::now();
                while !running.node.peers().iter().any(|peer| peer.state == sync::PeerState::Equal) {
                    tokio::task::yield_now().await;
                }
                say(Told { ms: Some(ms(linked)), wire_bytes: wire_bytes(&running), ..Told::default() })?;
                running.stop().await;
            }
            Side::CatchUp { folder, peer, changes, entries } => {
                let running = Running::open(&folder, Vec::new()).await?;
                change(&running, changes).await?;
                running.stop().await;
                let running = Running::open(&folder, vec![parse(&peer)?]).await?;
                running.node.connected().wait_for(|connected| !connected.is_empty()).await?;
                let linked = Instant::now();
                until_holds(&running, entries).await;
                say(Told { ms: Some(ms(linked)), wire_bytes: wire_bytes(&running), ..Told::default() })?;
                running.stop().await;
            }
            Side::Hear { folder, peer } => {
                let (heard, hearing) = watch::channel(0_u64);
                let hear = move |update: &Update| {
                    if matches!(update, Update::Document(_)) {
                        heard.send_modify(|count| *count += 1);
                    }
                };
                let running = Running::open_heard(&folder, vec![parse(&peer)?], hear).await?;
                running.node.connected().wait_for(|connected| !connected.is_empty()).await?;
                say(Told::default())?;
                let mut told = hearing;
                tokio::select! {
                    () = until_told_to_end() => {}
                    ended = async { while told.changed().await.is_ok() { say(Told::default())?; } anyhow::Ok(()) } => ended?,
                }
                running.stop().await;
            }
            Side::Write { folder, writers, seconds } => {
                let running = Running::open(&folder, Vec::new()).await?;
                let written = write_for(&running, writers, Duration::from_secs(seconds)).await?;
                say(Told { per_second: Some(written), ..Told::default() })?;
                running.stop().await;
            }
        }
        Ok(())
    }
}

/// Changes the first documents of the scope, one durable write each batch.
pub(crate) async fn change(running: &Running, changes: u64) -> anyhow::Result<()> {
    let scope: ScopeName = SCOPE.parse()?;
    let officer = Officer::new("petugas")?;
    let found = running.node.recompute().await?;
    let documents = found.states.into_iter().find(|(name, _)| *name == scope).map(|(_, states)| states);
    let mut writes = Vec::new();
    for (number, (document, _)) in (0..changes).zip(documents.context("the folder holds no set")?) {
        let shown = running.node.snapshot(document.clone()).await?.map(|snapshot| snapshot.heads).unwrap_or_default();
        let edits = puts(Person::new(u64::MAX - number).update());
        writes.push(Write {
            target: Target::Document(document),
            officer: officer.clone(),
            what: What::Change { shown, edits },
        });
    }
    while !writes.is_empty() {
        let rest = writes.split_off(writes.len().min(crate::world::BATCH));
        running.node.write(std::mem::replace(&mut writes, rest)).await?;
    }
    Ok(())
}

/// One new document with a few fields.
pub(crate) fn a_write(number: u64) -> anyhow::Result<Write> {
    Ok(Write {
        target: Target::New { scope: SCOPE.parse()?, kind: 3, predecessor: None },
        officer: Officer::new("petugas")?,
        what: What::Change { shown: Vec::new(), edits: puts(Person::new(number).update()) },
    })
}

async fn write_for(running: &Running, writers: usize, time: Duration) -> anyhow::Result<f64> {
    let began = Instant::now();
    let node = Arc::new(running.node.clone());
    let tasks = (0..writers).map(|writer| {
        let node = node.clone();
        tokio::spawn(async move {
            let mut count = 0_u64;
            while began.elapsed() < time {
                node.write(vec![a_write(writer as u64 * 1_000_000 + count)?]).await?;
                count += 1;
            }
            anyhow::Ok(count)
        })
    });
    let mut written = 0;
    for task in tasks.collect::<Vec<_>>() {
        written += task.await??;
    }
    Ok(written as f64 / began.elapsed().as_secs_f64())
}

pub(crate) async fn service(folder: &Path, peers: Vec<(NodeKey, Vec<Address>)>) -> anyhow::Result<Service> {
    let loopback = Some(([127, 0, 0, 1], 0).into());
    let network = NetworkOptions { udp: loopback, tcp: loopback, peers, advertise: Vec::new() };
    let options = service::Options {
        store: StoreOptions::new(folder),
        network: Some(network),
        rebuild: false,
        upkeep: service::Upkeep::default(),
    };
    Ok(Service::start(options).await?)
}

/// The fingerprint of what the views show of the set.
async fn shown(service: &Service) -> anyhow::Result<String> {
    let Reply::Status(status) = service.ask(Query::Status.into(), |_| ()).await? else {
        anyhow::bail!("a status was asked for")
    };
    Ok(status.scopes.into_iter().find(|scope| scope.name == SCOPE).map(|scope| scope.state).unwrap_or_default())
}

fn called(running: &Running) -> anyhow::Result<String> {
    let (key, addresses) = running.peer();
    Ok(format!("{key}@{}", addresses.first().context("the node listens")?))
}

fn parse(peer: &str) -> anyhow::Result<(NodeKey, Vec<Address>)> {
    let (key, address) = peer.split_once('@').context("KEY@ADDRESS")?;
    Ok((key.parse()?, vec![address.parse()?]))
}

fn wire_bytes(running: &Running) -> u64 {
    running.node.links().up.iter().map(|link| link.traffic.sent() + link.traffic.received()).sum()
}

pub(crate) fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

fn say(told: Told) -> anyhow::Result<()> {
    let told = Told { peak_rss_bytes: memory("VmHWM:")?, rss_bytes: memory("VmRSS:")?, cpu_ms: cpu_ms()?, ..told };
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}

/// A line of /proc/self/status, in bytes.
fn memory(name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).context("the kernel tells it")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

/// What this process used of the processors, in and outside the kernel: fields 14 and 15 of /proc/self/stat, in
/// hundredths of a second.
pub(crate) fn cpu_ms() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").context("the kernel tells it")?;
    let ticks: u64 = fields.split(' ').skip(11).take(2).map(str::parse::<u64>).sum::<Result<_, _>>()?;
    Ok(ticks as f64 * 10.0)
}

async fn until_told_to_end() {
    let end = tokio::task::spawn_blocking(|| std::io::stdin().lock().lines().for_each(drop));
    drop(end.await);
}
