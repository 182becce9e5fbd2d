//! A road: the stable address at which one office reaches another, and what can happen on the way.
//!
//! A relay for UDP and TCP on one port of the loopback. It can be cut in either direction, lose and delay, be narrow, and
//! block UDP alone, and it counts what crosses. A cut is silent, as when a cable is out: nobody is told.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    runtime::Runtime,
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// All roads of a test process share one thread.
static RELAYS: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads can be started")
});

/// What one direction of a road lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// Whether datagrams pass.
    pub udp: bool,
    /// Whether TCP passes.
    pub tcp: bool,
    /// How much later everything arrives.
    pub delay: Duration,
    /// How many of a thousand datagrams are lost.
    pub lost_per_mille: u64,
    /// How many bytes of datagrams cross in a second, as far as it is bounded. What would wait longer than a quarter of a
    /// second is lost, as at any narrow line.
    pub bytes_per_second: Option<NonZeroU32>,
}

/// How long a datagram waits at most for a narrow line.
const QUEUE_MAX: Duration = Duration::from_millis(250);

impl Weather {
    /// Everything passes at once.
    pub const FAIR: Self =
        Self { udp: true, tcp: true, delay: Duration::ZERO, lost_per_mille: 0, bytes_per_second: None };
    /// Nothing passes.
    pub const CUT: Self = Self { udp: false, tcp: false, ..Self::FAIR };
    /// Only TCP passes.
    pub const NO_UDP: Self = Self { udp: false, ..Self::FAIR };
}

/// How many bytes crossed in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Crossed {
    /// In datagrams.
    pub udp: u64,
    /// In TCP streams.
    pub tcp: u64,
}

struct Direction {
    weather: watch::Sender<Weather>,
    udp: AtomicU64,
    tcp: AtomicU64,
    datagrams: AtomicU64,
    /// When the last datagram will have crossed a narrow line.
    free_at: Mutex<Instant>,
}

impl Direction {
    fn new() -> Self {
        Self {
            weather: watch::Sender::new(Weather::FAIR),
            udp: AtomicU64::new(0),
            tcp: AtomicU64::new(0),
            datagrams: AtomicU64::new(0),
            free_at: Mutex::new(Instant::now()),
        }
    }

    /// Whether this datagram passes, and when.
    fn datagram(&self, bytes: usize) -> Option<Duration> {
        let weather = *self.weather.borrow();
        let number = self.datagrams.fetch_add(1, Ordering::Relaxed);
        // Spread evenly and the same in every run (Knuth's multiplier).
        let lost = number.wrapping_mul(2_654_435_761) % 1000 < weather.lost_per_mille;
        if !weather.udp || lost {
            return None;
        }
        let queued = self.queue(bytes, weather.bytes_per_second)?;
        self.udp.fetch_add(bytes as u64, Ordering::Relaxed);
        Some(weather.delay + queued)
    }

    /// How long a datagram waits and crosses where the line is narrow; `None` where too many wait already.
    fn queue(&self, bytes: usize, per_second: Option<NonZeroU32>) -> Option<Duration> {
        let Some(per_second) = per_second else { return Some(Duration::ZERO) };
        let now = Instant::now();
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let crossed_at = now.max(*free_at) + Duration::from_secs_f64(bytes as f64 / f64::from(per_second.get()));
        let queued = crossed_at - now;
        (queued <= QUEUE_MAX).then(|| *free_at = crossed_at)?;
        Some(queued)
    }

    async fn tcp_open(&self) -> Duration {
        let mut weather = self.weather.subscribe();
        let open = weather.wait_for(|weather| weather.tcp).await;
        open.map_or(Duration::ZERO, |weather| weather.delay)
    }
}

struct Shared {
    there: Direction,
    back: Direction,
    /// Where the office listens now: UDP, TCP. Streams to a former place end.
    target: watch::Sender<Option<(SocketAddr, SocketAddr)>>,
}

/// The way from one office to another.
pub struct Road {
    port: u16,
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

impl Road {
    /// Opens a road that leads nowhere yet.
    pub fn new() -> Self {
        let shared =
            Arc::new(Shared { there: Direction::new(), back: Direction::new(), target: watch::Sender::new(None) });
        let (udp, tcp) = RELAYS.block_on(both());
        let port = udp.local_addr().expect("a bound socket has an address").port();
        let tasks =
            vec![RELAYS.spawn(datagrams(Arc::new(udp), shared.clone())), RELAYS.spawn(streams(tcp, shared.clone()))];
        Self { port, shared, tasks }
    }

    /// Where the road begins, as `--peer` takes it.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Leads to this place from now on; streams to the former end.
    pub fn lead_to(&self, udp: SocketAddr, tcp: SocketAddr) {
        self.shared.target.send_replace(Some((udp, tcp)));
    }

    /// Leads nowhere; streams end.
    pub fn lead_nowhere(&self) {
        self.shared.target.send_replace(None);
    }

    /// What passes from now on: there, and back.
    pub fn set(&self, there: Weather, back: Weather) {
        self.shared.there.weather.send_replace(there);
        self.shared.back.weather.send_replace(back);
    }

    /// What crossed so far: there, and back.
    pub fn crossed(&self) -> (Crossed, Crossed) {
        let of = |direction: &Direction| Crossed {
            udp: direction.udp.load(Ordering::Relaxed),
            tcp: direction.tcp.load(Ordering::Relaxed),
        };
        (of(&self.shared.there), of(&self.shared.back))
    }
}

impl Default for Road {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.lead_nowhere();
    }
}

/// A UDP and a TCP socket on the same port.
async fn both() -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("the loopback has ports");
        let port = tcp.local_addr().expect("a bound socket has an address").port();
        if let Ok(udp) = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).await {
            return (udp, tcp);
        }
    }
    panic!("no port is free for both UDP and TCP");
}

/// One caller's datagrams, which come back to it.
struct Flow {
    target: SocketAddr,
    socket: Arc<UdpSocket>,
    back: JoinHandle<()>,
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.back.abort();
    }
}

async fn datagrams(front: Arc<UdpSocket>, shared: Arc<Shared>) {
    let mut flows: BTreeMap<SocketAddr, Flow> = BTreeMap::new();
    let mut bytes = vec![0; 65_536];
    loop {
        // An error here is about a datagram sent before; the socket stays usable.
        let Ok((length, caller)) = front.recv_from(&mut bytes).await else { continue };
        let Some(delay) = shared.there.datagram(length) else { continue };
        let Some((target, _)) = *shared.target.borrow() else { continue };
        if flows.get(&caller).is_none_or(|flow| flow.target != target) {
            let Ok(socket) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await else { continue };
            if socket.connect(target).await.is_err() {
                continue;
            }
            let socket = Arc::new(socket);
            let back = tokio::spawn(datagrams_back(socket.clone(), front.clone(), caller, shared.clone()));
            flows.insert(caller, Flow { target, socket, back });
        }
        let Some(flow) = flows.get(&caller) else { continue };
        pass(flow.socket.clone(), bytes[..length].to_vec(), None, delay).await;
    }
}

async fn datagrams_back(socket: Arc<UdpSocket>, front: Arc<UdpSocket>, caller: SocketAddr, shared: Arc<Shared>) {
    let mut bytes = vec![0; 65_536];
    loop {
        let Ok(length) = socket.recv(&mut bytes).await else {
            // Nobody listens there now: a node that is down. Not in a tight loop.
            sleep(Duration::from_millis(5)).await;
            continue;
        };
        let Some(delay) = shared.back.datagram(length) else { continue };
        pass(front.clone(), bytes[..length].to_vec(), Some(caller), delay).await;
    }
}

async fn pass(socket: Arc<UdpSocket>, bytes: Vec<u8>, to: Option<SocketAddr>, delay: Duration) {
    let send = async move {
        // What cannot be sent is lost, as datagrams are.
        let _ = match to {
            Some(to) => socket.send_to(&bytes, to).await,
            None => socket.send(&bytes).await,
        };
    };
    if delay.is_zero() {
        send.await;
    } else {
        tokio::spawn(async move {
            sleep(delay).await;
            send.await;
        });
    }
}

async fn streams(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((caller, _)) = listener.accept().await else { continue };
        let shared = shared.clone();
        tokio::spawn(async move {
            let mut target = shared.target.subscribe();
            let place = *target.borrow_and_update();
            shared.there.tcp_open().await;
            let Some((_, place)) = place else { return };
            let Ok(called) = TcpStream::connect(place).await else { return };
            let nodelay = caller.set_nodelay(true).and_then(|()| called.set_nodelay(true));
            if nodelay.is_err() {
                return;
            }
            let ((caller_in, caller_out), (called_in, called_out)) = (caller.into_split(), called.into_split());
            tokio::select! {
                _ = async { tokio::join!(stream(caller_in, called_out, &shared.there), stream(called_in, caller_out, &shared.back)) } => {}
                // The office moved, or the road is gone.
                _ = target.changed() => {}
            }
        });
    }
}

async fn stream(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, direction: &Direction) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        sleep(direction.tcp_open().await).await;
        direction.tcp.fetch_add(length as u64, Ordering::Relaxed);
        if to.write_all(&bytes[..length]).await.is_err() {
            break;
        }
    }
    // The other side may have ended already.
    let _ = to.shutdown().await;
}

/// The roads of a network by who uses them and whither.
pub(crate) type Roads = Mutex<BTreeMap<(String, String), Arc<Road>>>;

pub(crate) fn all(roads: &Roads) -> Vec<((String, String), Arc<Road>)> {
    roads
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .map(|(ends, road)| (ends.clone(), road.clone()))
        .collect()
}
