//! What others may do to a node, and what it costs them and us.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rustls::{
    ClientConfig, NamedGroup,
    client::{ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue},
    pki_types::{CertificateDer, ServerName},
    sign::{CertifiedKey, SingleCertAndKey},
    version::TLS13,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
};
use tokio_rustls::TlsAcceptor;

use super::{
    raw::{Raw, Shows, X509, client, signing_key},
    *,
};
use crate::{TransportError, frame::encode, quic, tls};

#[tokio::test]
async fn a_client_that_shows_no_raw_key_is_refused() {
    over_both(|over| async move {
        let regency = node(2).await;
        for shows in [Shows::Nothing, Shows::Certificate, Shows::CertificateAsKey] {
            assert_refused(&regency, over, client(shows, &regency)).await;
        }
        // The same client with its raw key is let in, so it was the key.
        let (end, accepted) =
            tokio::join!(Raw::open(over, client(Shows::RawKey, &regency), &regency), regency.accept());
        end.unwrap();
        assert_eq!(accepted.unwrap().peer, secret(1).node_key());
    })
    .await;
}

#[tokio::test]
async fn a_client_of_another_protocol_is_refused() {
    over_both(|over| async move {
        let regency = node(2).await;
        for protocols in [vec![], vec![b"h3".to_vec()]] {
            let mut config = client(Shows::RawKey, &regency);
            config.alpn_protocols = protocols;
            assert_refused(&regency, over, config).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_with_a_certificate_is_refused() {
    within(async {
        let key = CertifiedKey::new(vec![CertificateDer::from(X509)], signing_key());
        let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(tls::provider()))
            .with_protocol_versions(&[&TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        config.alpn_protocols = vec![tls::ALPN.to_vec()];
        let listener = TcpListener::bind(loopback()).await.unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap()).parse().unwrap();
        let village = node(3).await;
        let expected = secret(1).node_key();
        let (error, served) = tokio::join!(village.connect(expected, std::slice::from_ref(&address)), async {
            let (stream, _) = listener.accept().await.unwrap();
            TlsAcceptor::from(Arc::new(config)).accept(stream).await
        });
        assert!(matches!(error.unwrap_err(), TransportError::Unreachable { .. }));
        assert!(served.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_willing_client_gets_no_ticket_and_signs_again_on_its_second_connection() {
    over_both(|over| async move {
        let regency = node(2).await;
        let tickets = Arc::new(Tickets::default());
        let mut config = client(Shows::RawKey, &regency);
        config.resumption = Resumption::store(tickets.clone());
        config.enable_early_data = true;
        for _ in 0..2 {
            let (end, accepted) = tokio::join!(Raw::open(over, config.clone(), &regency), regency.accept());
            let (mut end, (mut answer, mut heard)) = (end.unwrap(), accepted.unwrap().split());
            // Tickets would come behind the handshake, before this answer.
            end.write(&encode(b"hello")).await.unwrap();
            assert_eq!(heard.next().await.unwrap().unwrap(), b"hello");
            answer.send(b"hi").await.unwrap();
            assert_eq!(end.read(6).await.unwrap(), encode(b"hi"));
            assert!(end.was_full_handshake());
        }
        assert_eq!(tickets.asked.load(Ordering::Relaxed), 2, "the client looked for a ticket each time");
        assert_eq!(tickets.given.load(Ordering::Relaxed), 0);
    })
    .await;
}

#[tokio::test]
async fn a_gibibyte_that_is_only_announced_ends_the_link_as_too_large() {
    over_both(|over| async move {
        let regency = node(2).await;
        let (end, accepted) =
            tokio::join!(Raw::open(over, client(Shows::RawKey, &regency), &regency), regency.accept());
        let (mut end, (_answer, mut heard)) = (end.unwrap(), accepted.unwrap().split());
        end.write(&(1_u32 << 30).to_be_bytes()).await.unwrap();
        let error = heard.next().await.unwrap_err();
        assert!(matches!(error, LinkError::TooLarge { bytes: 0x4000_0000, .. }), "{error}");
        assert_eq!(end.code_at_the_end().await, CloseCode::TooLarge);
    })
    .await;
}

#[tokio::test]
async fn garbage_on_an_open_link_ends_that_link_alone() {
    over_both(|over| async move {
        let (village, regency) = (node(3).await, node(2).await);
        let ((mut out, _back), (_answer, mut unharmed)) = ends(&village, &regency, over).await;
        for seed in 1..50_u32 {
            let (end, accepted) =
                tokio::join!(Raw::open(over, client(Shows::RawKey, &regency), &regency), regency.accept());
            let (mut end, (_answer, mut heard)) = (end.unwrap(), accepted.unwrap().split());
            let noise = noise(seed, 5000);
            let writing = async {
                // It may be closed before all is out.
                let _ = end.write(&noise).await;
                end.finish().await;
            };
            let (code, ()) = tokio::join!(code_at_the_end(&mut heard), writing);
            assert!([CloseCode::TooLarge, CloseCode::BadFrame].contains(&code), "{code}");
        }
        out.send(b"still here").await.unwrap();
        assert_eq!(unharmed.next().await.unwrap().unwrap(), b"still here");
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_ends_inside_a_frame_is_no_clean_end() {
    over_both(|over| async move {
        let regency = node(2).await;
        let (end, accepted) =
            tokio::join!(Raw::open(over, client(Shows::RawKey, &regency), &regency), regency.accept());
        let (mut end, (_answer, mut heard)) = (end.unwrap(), accepted.unwrap().split());
        end.write(&encode(&[1; 100])[..50]).await.unwrap();
        end.finish().await;
        assert!(matches!(heard.next().await, Err(LinkError::Truncated)));
    })
    .await;
}

#[tokio::test]
async fn garbage_on_the_sockets_does_not_disturb_a_good_handshake() {
    within(async {
        let (village, regency) = (node(1).await, node(2).await);
        let udp = UdpSocket::bind(loopback()).await.unwrap();
        for seed in 1..200 {
            udp.send_to(&noise(seed, 1200), regency.udp_addr().unwrap()).await.unwrap();
            let mut tcp = TcpStream::connect(regency.tcp_addr().unwrap()).await.unwrap();
            // It may be refused before all is out.
            let _ = tcp.write_all(&noise(seed, 1200)).await;
        }
        for over in [Over::Quic, Over::Tcp] {
            let (_, accepted) = link(&village, &regency, over).await;
            assert_eq!(accepted.peer, village.node_key());
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_opens_nothing_after_its_handshake_is_no_link() {
    over_both(|over| async move {
        let limits = Limits { handshake_time_max: Duration::from_millis(300), ..Limits::default() };
        let regency = node_with(2, limits).await;
        let mut silent = Raw::connect(over, client(Shows::RawKey, &regency), &regency).await.unwrap();
        assert!(silent.ended().await, "it is given up");
        let (_, accepted) = link(&node(3).await, &regency, over).await;
        assert_eq!(accepted.peer, secret(3).node_key());
    })
    .await;
}

#[tokio::test]
async fn a_thousand_half_open_handshakes_over_quic_do_not_block_a_good_one() {
    within(async {
        let (village, regency) = (node(1).await, node(2).await);
        // First flights of real handshakes, caught by a socket that never answers and passed on from there.
        let relay = UdpSocket::bind(loopback()).await.unwrap();
        let relay_addr = relay.local_addr().unwrap();
        let dialler = quic::dial_only(loopback()).unwrap();
        let mut half_open = Vec::new();
        let mut datagram = [0; 2048];
        for _ in 0..1000 {
            let config = quic::client(client(Shows::RawKey, &regency), &Limits::default()).unwrap();
            half_open.push(dialler.connect_with(config, relay_addr, "simpul").unwrap());
            // A first flight is two packets, for the hybrid key share; what the victim answers is dropped here.
            let mut passed = 0;
            while passed < 2 {
                let (bytes, from) = relay.recv_from(&mut datagram).await.unwrap();
                if from == dialler.local_addr().unwrap() {
                    relay.send_to(&datagram[..bytes], regency.udp_addr().unwrap()).await.unwrap();
                    passed += 1;
                }
            }
        }
        let pending = regency.handshakes_pending();
        let bounds = 1..=Limits::default().handshakes_before_retry;
        assert!(bounds.contains(&pending), "some wait, the others must show their address first: {pending}");
        let (dialled, _) = link(&village, &regency, Over::Quic).await;
        assert_eq!(dialled.peer, regency.node_key());
    })
    .await;
}

#[tokio::test]
async fn a_thousand_half_open_handshakes_over_tcp_do_not_block_a_good_one() {
    within(async {
        let (village, regency) = (node(1).await, node(2).await);
        let mut half_open = Vec::new();
        for _ in 0..1000 {
            half_open.push(TcpStream::connect(regency.tcp_addr().unwrap()).await.unwrap());
        }
        let (dialled, _) = link(&village, &regency, Over::Tcp).await;
        assert_eq!(dialled.peer, regency.node_key());
        assert!(regency.handshakes_pending() <= Limits::default().handshakes_max);
        // The oldest gave way long before its time was up.
        assert!(matches!(half_open[0].read(&mut [0]).await, Ok(0) | Err(_)));
    })
    .await;
}

#[tokio::test]
async fn beyond_the_number_of_links_a_stranger_is_told_to_come_later() {
    over_both(|over| async move {
        let regency = node_with(2, Limits { links_in_max: 2, ..Limits::default() }).await;
        let (first, second, third) = (node(3).await, node(4).await, node(5).await);
        let first_link = link(&first, &regency, over).await;
        let _second_link = link(&second, &regency, over).await;
        let (_out, mut back) = third.connect(regency.node_key(), &[address(&regency, over)]).await.unwrap().split();
        assert_eq!(code_at_the_end(&mut back).await, CloseCode::Busy);
        // The node itself may still dial, and a place that is given back is given out again.
        let _dialled = link(&regency, &third, over).await;
        drop(first_link);
        let mut refused = 0;
        loop {
            let link = third.connect(regency.node_key(), &[address(&regency, over)]).await.unwrap();
            let (mut out, mut back) = link.split();
            // Until the first link is gone on the other side too, the answer is still busy.
            let accepted = tokio::select! {
                link = regency.accept() => link.unwrap(),
                code = code_at_the_end(&mut back) => {
                    assert_eq!(code, CloseCode::Busy);
                    refused += 1;
                    assert!(refused < 1000);
                    continue;
                }
            };
            out.send(b"in").await.unwrap();
            assert_eq!(accepted.split().1.next().await.unwrap().unwrap(), b"in");
            return;
        }
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_sends_more_than_its_budget_is_read_no_faster_even_after_it_reconnects() {
    over_both(|over| async move {
        // 100,000 bytes at once, then 100,000 a minute.
        let regency = node_with(2, Limits { bytes_per_minute_max: 100_000, ..Limits::default() }).await;
        let village = node(1).await;
        // Of ten frames of 20,000 five pass; then one may overdraw what trickles in.
        for expected in [4..=6, 0..=1] {
            let ((mut out, _back), (_answer, mut heard)) = ends(&village, &regency, over).await;
            for _ in 0..10 {
                out.send(&[1; 20_000]).await.unwrap();
            }
            let mut frames = 0;
            while let Ok(frame) = tokio::time::timeout(Duration::from_millis(500), heard.next()).await {
                assert_eq!(frame.unwrap().unwrap().len(), 20_000);
                frames += 1;
            }
            assert!(expected.contains(&frames), "{frames}");
            // Who waits for the budget still hears that the link is closed.
            let (closed, ()) = tokio::join!(heard.next(), async {
                regency.close_peer(village.node_key(), CloseCode::Removed, "");
            });
            assert_eq!(closed.unwrap_err().code(), CloseCode::Removed);
        }
    })
    .await;
}

/// A client may think for a moment that it is in; the node must never think so.
async fn assert_refused(regency: &Endpoint, over: Over, config: ClientConfig) {
    let refused = async {
        match Raw::open(over, config, regency).await {
            Ok(mut end) => end.ended().await,
            Err(_) => true,
        }
    };
    tokio::select! {
        biased;
        link = regency.accept() => panic!("let in: {link:?}"),
        refused = refused => assert!(refused),
    }
    // Whoever comes next is seen next: nothing of the refused one is left over.
    let (_, accepted) = link(&node(9).await, regency, over).await;
    assert_eq!(accepted.peer, secret(9).node_key());
}

/// Bytes without a meaning, whose first four are neither a blank nor the start of a farewell.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    };
    let mut bytes: Vec<u8> = std::iter::repeat_with(next).take(length).collect();
    // Half of the time a short first frame passes, and the rest is judged as frames.
    bytes[..4].copy_from_slice(&if seed.is_multiple_of(2) { 17_u32 } else { 0x7fff_0000 | seed }.to_be_bytes());
    bytes
}

/// A client's place for tickets, which counts.
#[derive(Debug, Default)]
struct Tickets {
    asked: AtomicUsize,
    given: AtomicUsize,
}

impl ClientSessionStore for Tickets {
    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        None
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {
        self.given.fetch_add(1, Ordering::Relaxed);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        None
    }
}
