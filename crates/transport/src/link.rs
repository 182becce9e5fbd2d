//! One link: a peer's proven key and an ordered stream of frames each way.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use identity::NodeKey;
use quinn::{ReadError, WriteError};
use tokio::time::{Instant, timeout};

use crate::{
    CloseCode, Closed, Limits, LinkError,
    budget::Budget,
    frame::{self, Decoder, Item},
    shared::{Guard, Shared, Wire},
    tcp::{Counts, FAREWELL_TIME_MAX, WriteFault},
};

/// What carries a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Over {
    /// QUIC over UDP.
    Quic,
    /// TLS over TCP.
    Tcp,
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Over::Quic => "quic",
            Over::Tcp => "tcp",
        })
    }
}

/// An open link to a peer. Dropping it closes it as `done`.
pub struct Link {
    /// The key that the peer proved to hold. Whether it may speak is for the caller to decide.
    pub peer: NodeKey,
    /// What carries the link.
    pub over: Over,
    /// Where the peer was when the link opened. Over QUIC it may move.
    pub remote: SocketAddr,
    /// Whether this node opened the link.
    pub initiator: bool,
    sender: FrameSender,
    receiver: FrameReceiver,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { peer, over, remote, initiator, .. } = self;
        write!(f, "Link({} over {over} at {remote}, initiator: {initiator})", peer.short())
    }
}

/// What a handshake leaves behind.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) shared: Arc<Shared>,
    pub(crate) streams: Option<(quinn::SendStream, quinn::RecvStream)>,
    pub(crate) remote: SocketAddr,
    pub(crate) initiator: bool,
}

impl Link {
    pub(crate) fn new(opened: Opened, limits: &Limits, budget: Arc<Mutex<Budget>>) -> Self {
        let Opened { shared, streams, remote, initiator } = opened;
        let over = match shared.wire {
            Wire::Quic(_) => Over::Quic,
            Wire::Tcp(_) => Over::Tcp,
        };
        let (send, receive) = streams.unzip();
        let guard = Arc::new(Guard(shared.clone()));
        Self {
            peer: shared.peer,
            over,
            remote: SocketAddr::new(remote.ip().to_canonical(), remote.port()),
            initiator,
            sender: FrameSender {
                guard: guard.clone(),
                stream: send,
                whole: true,
                frame_bytes_max: limits.frame_bytes_max,
            },
            receiver: FrameReceiver {
                guard,
                stream: receive,
                decoder: Decoder::new(limits.frame_bytes_max, over == Over::Tcp),
                frame_bytes_max: limits.frame_bytes_max,
                idle_time_max: limits.idle_time_max,
                budget,
            },
        }
    }

    /// The two directions.
    pub fn split(self) -> (FrameSender, FrameReceiver) {
        (self.sender, self.receiver)
    }

    /// A handle to close the link from elsewhere.
    pub fn closer(&self) -> Closer {
        Closer(self.sender.guard.0.clone())
    }

    /// A handle to read how many bytes the link moved.
    pub fn traffic(&self) -> Traffic {
        Traffic(match &self.sender.guard.0.wire {
            Wire::Quic(connection) => Source::Quic(connection.clone()),
            Wire::Tcp(wire) => Source::Tcp(wire.counts.clone()),
        })
    }
}

/// The way out.
#[derive(Debug)]
pub struct FrameSender {
    guard: Arc<Guard>,
    /// The QUIC stream; on TCP the wire is in the shared part.
    stream: Option<quinn::SendStream>,
    whole: bool,
    frame_bytes_max: usize,
}

impl FrameSender {
    /// Sends one frame of 1 to `frame_bytes_max` bytes. It returns when the frame is handed to the transport, and waits
    /// while the peer does not read. Not cancel-safe: if this is dropped halfway, the next call closes the link.
    pub async fn send(&mut self, frame: &[u8]) -> Result<(), LinkError> {
        if frame.is_empty() || frame.len() > self.frame_bytes_max {
            return Err(LinkError::FrameSize { bytes: frame.len(), bytes_max: self.frame_bytes_max });
        }
        let shared = &self.guard.0;
        if let Some(error) = shared.is_closed() {
            return Err(error);
        }
        if !std::mem::replace(&mut self.whole, false) {
            return Err(shared.lost(LinkError::Interrupted));
        }
        let bytes = frame::encode(frame);
        match (&shared.wire, &mut self.stream) {
            (Wire::Quic(_), Some(stream)) => {
                stream.write_all(&bytes).await.map_err(|error| match error {
                    WriteError::ConnectionLost(error) => shared.lost(shared.quic_error(error)),
                    WriteError::Stopped(_) | WriteError::ClosedStream | WriteError::ZeroRttRejected => {
                        shared.lost(LinkError::Lost(error.to_string()))
                    }
                })?;
            }
            (Wire::Quic(_), None) => return Err(shared.lost(LinkError::Interrupted)),
            (Wire::Tcp(wire), _) => {
                tokio::select! {
                    biased;
                    error = shared.until_closed() => return Err(error),
                    written = wire.write(&bytes) => written.map_err(|fault| match fault {
                        WriteFault::Interrupted => shared.lost(LinkError::Interrupted),
                        WriteFault::Gone => shared.closed_error(),
                        // Not the end yet: the peer's farewell may still be unread.
                        WriteFault::Io(error) => LinkError::Lost(error.to_string()),
                    })?,
                }
            }
        }
        self.whole = true;
        Ok(())
    }

    /// Closes the link once what was sent has arrived, at the latest after two seconds.
    pub async fn close(mut self, code: CloseCode, reason: &str) {
        let shared = self.guard.0.clone();
        if let Some(stream) = &mut self.stream
            && stream.finish().is_ok()
        {
            // Whatever came of it, the link is closed next.
            let _ = timeout(FAREWELL_TIME_MAX, stream.stopped()).await;
        }
        shared.close(Closed::by_us(code, reason));
        if matches!(shared.wire, Wire::Tcp(_)) {
            let _ = timeout(2 * FAREWELL_TIME_MAX, shared.until_gone()).await;
        }
    }
}

/// The way in.
#[derive(Debug)]
pub struct FrameReceiver {
    guard: Arc<Guard>,
    /// The QUIC stream; on TCP the wire is in the shared part.
    stream: Option<quinn::RecvStream>,
    decoder: Decoder,
    frame_bytes_max: usize,
    idle_time_max: Duration,
    budget: Arc<Mutex<Budget>>,
}

impl FrameReceiver {
    /// The next whole frame; none when the peer closed as `done`. Cancel-safe.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        loop {
            self.wait_for_budget().await?;
            let bytes = match self.read().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return self.end().await,
                Err(LinkError::Closed(closed)) if closed.by_peer => return self.closed_by_peer(closed),
                Err(error) => return Err(self.guard.0.lost(error)),
            };
            self.with_budget(|budget, now| budget.take(bytes, now));
            match self.decoder.filled(bytes) {
                Ok(None | Some(Item::Blank)) => {}
                Ok(Some(Item::Frame(frame))) => return Ok(Some(frame)),
                Ok(Some(Item::Farewell(closed))) => return self.closed_by_peer(closed),
                Err(too_large) => {
                    let bytes_max = self.frame_bytes_max as u64;
                    let error = LinkError::TooLarge { bytes: too_large.bytes.into(), bytes_max };
                    return Err(self.guard.0.lost(error));
                }
            }
        }
    }

    /// Some bytes into the decoder; none at the end of the stream.
    async fn read(&mut self) -> Result<Option<usize>, LinkError> {
        let shared = &self.guard.0;
        match (&shared.wire, &mut self.stream) {
            (Wire::Quic(_), Some(stream)) => stream.read(self.decoder.space()).await.map_err(|error| match error {
                ReadError::ConnectionLost(error) => shared.quic_error(error),
                ReadError::Reset(_)
                | ReadError::ClosedStream
                | ReadError::IllegalOrderedRead
                | ReadError::ZeroRttRejected => LinkError::Lost(error.to_string()),
            }),
            (Wire::Quic(_), None) => Ok(None),
            (Wire::Tcp(wire), _) => tokio::select! {
                biased;
                error = shared.until_closed() => Err(error),
                read = timeout(self.idle_time_max, wire.read(self.decoder.space())) => match read {
                    Err(_) => Err(LinkError::Idle),
                    Ok(None) => Err(shared.closed_error()),
                    Ok(Some(Ok(0))) => Ok(None),
                    Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
                    Ok(Some(Err(error))) => Err(LinkError::Lost(error.to_string())),
                },
            },
        }
    }

    /// The stream ended. Over QUIC the code comes behind it; over TCP it should have come before.
    async fn end(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        let shared = &self.guard.0;
        if !self.decoder.is_between_frames() {
            return Err(shared.lost(LinkError::Truncated));
        }
        let error = match &shared.wire {
            Wire::Quic(connection) => match timeout(FAREWELL_TIME_MAX, connection.closed()).await {
                Ok(error) => shared.quic_error(error),
                Err(_) => LinkError::Lost("the stream ended without a code".to_owned()),
            },
            Wire::Tcp(_) => LinkError::Lost("the stream ended without a code".to_owned()),
        };
        if let LinkError::Closed(closed) = &error
            && closed.by_peer
        {
            return self.closed_by_peer(closed.clone());
        }
        Err(shared.lost(error))
    }

    fn closed_by_peer(&self, closed: Closed) -> Result<Option<Vec<u8>>, LinkError> {
        let shared = &self.guard.0;
        let done = closed.code == CloseCode::Done;
        let error = shared.lost(LinkError::Closed(closed));
        match (done, self.decoder.is_between_frames()) {
            (true, true) => Ok(None),
            (true, false) => Err(LinkError::Truncated),
            (false, _) => Err(error),
        }
    }

    async fn wait_for_budget(&self) -> Result<(), LinkError> {
        while let Some(wait) = self.with_budget(|budget, now| budget.wait(now)) {
            tokio::select! {
                biased;
                error = self.guard.0.until_closed() => return Err(error),
                () = tokio::time::sleep(wait) => {}
            }
        }
        Ok(())
    }

    fn with_budget<T>(&self, f: impl FnOnce(&mut Budget, Instant) -> T) -> T {
        f(&mut self.budget.lock().unwrap_or_else(PoisonError::into_inner), Instant::now())
    }
}

/// Closes a link from elsewhere. Cheap to clone; does not keep the link open.
#[derive(Debug, Clone)]
pub struct Closer(pub(crate) Arc<Shared>);

impl Closer {
    /// Closes at once: what is still on its way may be lost, the code is sent. Only the first call counts.
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.0.close(Closed::by_us(code, reason));
    }

    /// Returns once the link is closed, with who closed it and why.
    pub async fn closed(&self) -> LinkError {
        self.0.until_closed().await
    }
}

/// How many bytes a link moved, as handed to the socket: UDP payloads or the TCP stream, encryption and handshake
/// included, IP headers not.
#[derive(Debug, Clone)]
pub struct Traffic(Source);

#[derive(Debug, Clone)]
enum Source {
    Quic(quinn::Connection),
    Tcp(Arc<Counts>),
}

impl Traffic {
    /// Bytes sent.
    pub fn sent(&self) -> u64 {
        match &self.0 {
            Source::Quic(connection) => connection.stats().udp_tx.bytes,
            Source::Tcp(counts) => counts.sent.load(Ordering::Relaxed),
        }
    }

    /// Bytes received.
    pub fn received(&self) -> u64 {
        match &self.0 {
            Source::Quic(connection) => connection.stats().udp_rx.bytes,
            Source::Tcp(counts) => counts.received.load(Ordering::Relaxed),
        }
    }
}
