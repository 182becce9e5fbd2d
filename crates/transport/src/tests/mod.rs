//! Links between real endpoints on loopback. No time is waited for; a story that hangs fails after a minute.

use std::{net::SocketAddr, time::Duration};

use identity::NodeSecret;

use crate::{Address, CloseCode, Config, Endpoint, FrameReceiver, FrameSender, Limits, Link, LinkError, Over, Reach};

mod hostile;
mod raw;
mod stories;

fn secret(number: u8) -> NodeSecret {
    NodeSecret::from_seed([number; 32])
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn config(number: u8) -> Config {
    Config { udp: Some(loopback()), tcp: Some(loopback()), ..Config::new(secret(number)) }
}

async fn node(number: u8) -> Endpoint {
    node_with(number, Limits::default()).await
}

async fn node_with(number: u8, limits: Limits) -> Endpoint {
    Endpoint::bind(Config { limits, ..config(number) }).await.unwrap()
}

/// Where a node listens, over one transport only.
fn address(node: &Endpoint, over: Over) -> Address {
    let (socket, reach) = match over {
        Over::Quic => (node.udp_addr().unwrap(), Reach::Udp),
        Over::Tcp => (node.tcp_addr().unwrap(), Reach::Tcp),
    };
    Address::new(&socket.ip().to_string(), socket.port(), reach).unwrap()
}

/// A link from `from` to `to`: the end that dialled and the end that was dialled.
async fn link(from: &Endpoint, to: &Endpoint, over: Over) -> (Link, Link) {
    let addresses = [address(to, over)];
    let (dialled, accepted) = tokio::join!(from.connect(to.node_key(), &addresses), to.accept());
    (dialled.unwrap(), accepted.unwrap())
}

type Ends = (FrameSender, FrameReceiver);

/// The same, each end split into its two directions.
async fn ends(from: &Endpoint, to: &Endpoint, over: Over) -> (Ends, Ends) {
    let (dialled, accepted) = link(from, to, over).await;
    (dialled.split(), accepted.split())
}

/// Tells a story over each transport, both at a time.
async fn over_both<F: Future<Output = ()>>(story: impl Fn(Over) -> F) {
    within(async { tokio::join!(story(Over::Quic), story(Over::Tcp)) }).await;
}

async fn within<T>(story: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), story).await.expect("the story hangs")
}

/// Reads to the end of a link and says how it ended.
async fn code_at_the_end(receiver: &mut FrameReceiver) -> CloseCode {
    loop {
        match receiver.next().await {
            Ok(Some(_)) => {}
            Ok(None) => return CloseCode::Done,
            Err(error) => return error.code(),
        }
    }
}

fn closed_by_peer(error: &LinkError) -> bool {
    matches!(error, LinkError::Closed(closed) if closed.by_peer)
}
