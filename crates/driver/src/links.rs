//! One task each way for every link, and one task for every peer that this node calls.

use std::{collections::BTreeSet, time::Duration};

use backon::{BackoffBuilder, ExponentialBuilder};
use identity::NodeKey;
use sync::{SessionId, wire};
use tokio::sync::{mpsc, oneshot, watch};
use transport::{Address, Closer, Endpoint, FrameReceiver, FrameSender, Link};

use crate::engine::{FrameIn, Told};

/// How soon a peer that cannot be reached is tried again, at first and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));

/// The loop's end of a link.
#[derive(Debug)]
pub(crate) struct LinkOut {
    frames: mpsc::UnboundedSender<Vec<u8>>,
    goodbye: Option<oneshot::Sender<(transport::CloseCode, &'static str)>>,
    closer: Closer,
    /// Dropped with the link: whoever keeps the other end calls again.
    _gone: Option<oneshot::Sender<()>>,
}

impl LinkOut {
    /// Sends a frame after those before it. How many may wait is bounded by the replica.
    pub(crate) fn send(&self, frame: Vec<u8>) {
        // A link that is gone says so by itself.
        drop(self.frames.send(frame));
    }

    /// Closes once what was sent before is out.
    pub(crate) fn close(mut self, code: sync::CloseCode) {
        if let Some(goodbye) = self.goodbye.take() {
            // A writer that is gone has closed already.
            let _ = goodbye.send(transport_code(code));
        }
    }

    /// Closes at once.
    pub(crate) fn cut(self, code: transport::CloseCode) {
        self.closer.close(code, "");
    }
}

/// Starts the tasks of a link.
pub(crate) fn open(
    session: SessionId,
    link: Link,
    gone: Option<oneshot::Sender<()>>,
    told: &mpsc::UnboundedSender<Told>,
    incoming: &mpsc::Sender<FrameIn>,
) -> LinkOut {
    let closer = link.closer();
    let (sender, receiver) = link.split();
    let (frames, outgoing) = mpsc::unbounded_channel();
    let (goodbye, leave) = oneshot::channel();
    tokio::spawn(write(session, sender, outgoing, leave, told.clone()));
    tokio::spawn(read(session, receiver, told.clone(), incoming.clone()));
    LinkOut { frames, goodbye: Some(goodbye), closer, _gone: gone }
}

async fn write(
    session: SessionId,
    mut sender: FrameSender,
    mut outgoing: mpsc::UnboundedReceiver<Vec<u8>>,
    leave: oneshot::Receiver<(transport::CloseCode, &'static str)>,
    told: mpsc::UnboundedSender<Told>,
) {
    // The queue closes when the loop lets go of its end; then what is still in it goes out first.
    while let Some(frame) = outgoing.recv().await {
        if let Err(error) = sender.send(&frame).await {
            tracing::debug!(session = session.0, %error, "link lost while sending");
            return;
        }
        drop(told.send(Told::Drained { session, bytes: frame.len() }));
    }
    let (code, reason) = leave.await.unwrap_or((transport::CloseCode::Done, ""));
    sender.close(code, reason).await;
}

async fn read(
    session: SessionId,
    mut receiver: FrameReceiver,
    told: mpsc::UnboundedSender<Told>,
    incoming: mpsc::Sender<FrameIn>,
) {
    let mut assembler = wire::Assembler::new(wire::Limits::default());
    'link: loop {
        match receiver.next().await {
            Ok(Some(bytes)) => assembler.push(&bytes),
            Ok(None) => break,
            Err(error) => {
                tracing::debug!(session = session.0, %error, "link lost");
                break;
            }
        }
        loop {
            match assembler.next() {
                Ok(Some(message)) => {
                    // Waits while the loop is busy: a peer that sends faster than we work is read no faster.
                    if incoming.send(FrameIn { session, message: Ok(message) }).await.is_err() {
                        break 'link;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    drop(incoming.send(FrameIn { session, message: Err(error) }).await);
                    break 'link;
                }
            }
        }
    }
    drop(told.send(Told::LinkDown { session }));
}

/// Keeps a link to one peer, as long as the peer opens none itself. Calls at once whenever somebody is in a `hurry`. Ends
/// when the loop is gone.
pub(crate) async fn keep(
    endpoint: Endpoint,
    peer: NodeKey,
    addresses: Vec<Address>,
    told: mpsc::UnboundedSender<Told>,
    mut connected: watch::Receiver<BTreeSet<NodeKey>>,
    mut hurry: watch::Receiver<()>,
) {
    let pauses = ExponentialBuilder::default()
        .with_min_delay(RETRY.0)
        .with_max_delay(RETRY.1)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times();
    let mut pause = pauses.build();
    loop {
        if connected.wait_for(|connected| !connected.contains(&peer)).await.is_err() {
            return;
        }
        match endpoint.connect(peer, &addresses).await {
            Ok(link) => {
                pause = pauses.build();
                let (gone, is_gone) = oneshot::channel();
                if told.send(Told::LinkUp { link: Box::new(link), gone: Some(gone) }).is_err() {
                    return;
                }
                drop(is_gone.await);
            }
            Err(error) => tracing::debug!(peer = %peer.short(), %error, "cannot reach peer"),
        }
        // Cut short when the peer calls first.
        let wait = pause.next().unwrap_or(RETRY.1);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            Ok(()) = hurry.changed() => pause = pauses.build(),
            () = told.closed() => return,
        }
    }
}

/// Takes the links that others open, until the endpoint closes.
pub(crate) async fn accept(endpoint: Endpoint, told: mpsc::UnboundedSender<Told>) {
    while let Some(link) = endpoint.accept().await {
        if told.send(Told::LinkUp { link: Box::new(link), gone: None }).is_err() {
            return;
        }
    }
}

/// The code that a link is closed with when a session ends.
pub(crate) fn transport_code(code: sync::CloseCode) -> (transport::CloseCode, &'static str) {
    use sync::CloseCode as Session;
    use transport::CloseCode as Link;
    match code {
        Session::Done => (Link::Done, ""),
        Session::OtherNetwork => (Link::WrongNetwork, "another network"),
        Session::Version => (Link::Version, "no common version"),
        Session::NotAdmitted => (Link::UnknownKey, "the charter does not admit this key"),
        Session::Protocol => (Link::BadFrame, "a message out of place"),
        Session::BadContent => (Link::BadFrame, "content that does not verify"),
        Session::TooMuch => (Link::Busy, "more than is allowed"),
        Session::Replaced => (Link::Replaced, "a newer connection took over"),
        Session::Myself => (Link::Done, "the same node"),
        Session::Timeout => (Link::UnknownKey, "no proof of admission in time"),
    }
}
