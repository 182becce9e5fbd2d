//! The TCP side of a link: bytes counted at the socket, whole frames out, and a farewell that arrives.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf},
    net::TcpStream,
    sync::Mutex,
    time::{Instant, timeout},
};
use tokio_rustls::TlsStream;

use crate::{Closed, frame};

/// How long a side that closes waits until the other has heard why.
pub(crate) const FAREWELL_TIME_MAX: Duration = Duration::from_secs(2);

/// Bytes that passed a socket.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
}

/// A TCP stream that counts what passes.
#[derive(Debug)]
pub(crate) struct Counted {
    stream: TcpStream,
    counts: Arc<Counts>,
}

impl Counted {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, counts: Arc::default() }
    }

    pub(crate) fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }

    pub(crate) fn counts(&self) -> Arc<Counts> {
        self.counts.clone()
    }
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.counts.received.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        poll
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(bytes)) = poll {
            self.counts.sent.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        poll
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        if let Poll::Ready(Ok(bytes)) = poll {
            self.counts.sent.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        poll
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Both directions of a TLS stream, each taken by whoever uses it at the moment.
#[derive(Debug)]
pub(crate) struct TcpWire {
    pub(crate) counts: Arc<Counts>,
    writer: Mutex<Option<Writer>>,
    reader: Mutex<Option<ReadHalf<TlsStream<Counted>>>>,
}

#[derive(Debug)]
struct Writer {
    half: WriteHalf<TlsStream<Counted>>,
    /// Whether the last frame went out whole.
    whole: bool,
    last_write: Instant,
}

/// Why a frame did not go out.
#[derive(Debug)]
pub(crate) enum WriteFault {
    Interrupted,
    Gone,
    Io(io::Error),
}

impl TcpWire {
    pub(crate) fn new(stream: TlsStream<Counted>) -> Self {
        let counts = stream.get_ref().0.counts();
        let (reader, half) = tokio::io::split(stream);
        let writer = Writer { half, whole: true, last_write: Instant::now() };
        Self { counts, writer: Mutex::new(Some(writer)), reader: Mutex::new(Some(reader)) }
    }

    /// Writes a frame, prefix included. When this is dropped halfway, no later frame can follow.
    pub(crate) async fn write(&self, bytes: &[u8]) -> Result<(), WriteFault> {
        let mut guard = self.writer.lock().await;
        let writer = guard.as_mut().ok_or(WriteFault::Gone)?;
        if !writer.whole {
            return Err(WriteFault::Interrupted);
        }
        writer.whole = false;
        writer.half.write_all(bytes).await.map_err(WriteFault::Io)?;
        writer.half.flush().await.map_err(WriteFault::Io)?;
        writer.whole = true;
        writer.last_write = Instant::now();
        Ok(())
    }

    /// Reads some bytes; 0 at the end of the stream, and none when this side has closed. Cancel-safe.
    pub(crate) async fn read(&self, space: &mut [u8]) -> Option<io::Result<usize>> {
        match self.reader.lock().await.as_mut() {
            Some(reader) => Some(reader.read(space).await),
            None => None,
        }
    }

    /// Sends a blank whenever nothing was sent for `every`. Returns when the stream takes no more.
    pub(crate) async fn keep_alive(&self, every: Duration) {
        loop {
            let last = self.writer.lock().await.as_ref().map(|writer| writer.last_write);
            let Some(last) = last else { return };
            if last.elapsed() < every {
                tokio::time::sleep_until(last + every).await;
            } else if self.write(&frame::BLANK).await.is_err() {
                return;
            }
        }
    }

    /// Says why, waits until the other side has read it or the time is up, and closes the socket. Nobody else may hold
    /// a direction for longer: whoever sends or receives stops once the link is closed.
    pub(crate) async fn say_farewell(&self, closed: &Closed) {
        let farewell = async {
            if let Some(writer) = self.writer.lock().await.as_mut() {
                if writer.whole && !closed.by_peer {
                    writer.half.write_all(&frame::encode_farewell(closed)).await?;
                    writer.half.flush().await?;
                }
                writer.half.shutdown().await?;
            }
            // A socket that is closed with bytes unread resets, and the reset overtakes the farewell. So read on.
            if let Some(reader) = self.reader.lock().await.as_mut() {
                let mut sink = [0; 4096];
                while reader.read(&mut sink).await? > 0 {}
            }
            io::Result::Ok(())
        };
        // Whether it succeeded changes nothing: the socket is closed either way.
        let _ = timeout(FAREWELL_TIME_MAX, farewell).await;
        // Both halves must go for the socket to close. A half that a forgotten future still holds goes with that future.
        if let Ok(mut writer) = self.writer.try_lock() {
            writer.take();
        }
        if let Ok(mut reader) = self.reader.try_lock() {
            reader.take();
        }
    }
}
