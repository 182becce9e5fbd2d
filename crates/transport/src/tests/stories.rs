//! What honest nodes do.

use std::{sync::Arc, time::Duration};

use tokio::{net::UdpSocket, task::JoinSet};

use super::*;
use crate::{Probe, TransportError, tls};

#[tokio::test]
async fn two_nodes_learn_each_others_keys_and_talk_both_ways() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let (dialled, accepted) = link(&village, &regency, over).await;
        assert_eq!((dialled.peer, accepted.peer), (regency.node_key(), village.node_key()));
        assert_eq!((dialled.over, accepted.over), (over, over));
        assert!(dialled.initiator && !accepted.initiator);

        let ((mut out, mut back), (mut answer, mut heard)) = (dialled.split(), accepted.split());
        out.send(b"selamat pagi").await.unwrap();
        assert_eq!(heard.next().await.unwrap().unwrap(), b"selamat pagi");
        answer.send(b"pagi").await.unwrap();
        assert_eq!(back.next().await.unwrap().unwrap(), b"pagi");
    })
    .await;
}

#[tokio::test]
async fn a_probe_says_what_leads_to_a_peer_and_opens_no_link() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let address = address(&regency, over);
        let probes = village.probe(regency.node_key(), &address).await.unwrap();
        assert!(
            matches!(&probes[..], [Probe { outcome: Ok(_), over: Some(tried), .. }] if *tried == over),
            "{probes:?}"
        );
        let stranger = village.probe(village.node_key(), &address).await.unwrap();
        let found = format!("node {} answers there", regency.node_key().short());
        assert!(matches!(&stranger[..], [Probe { outcome: Err(why), .. }] if *why == found), "{stranger:?}");
        // The next link that the other side sees is one that was meant.
        let ((mut out, _back), (_answer, mut heard)) = ends(&village, &regency, over).await;
        out.send(b"selamat pagi").await.unwrap();
        assert_eq!(heard.next().await.unwrap().unwrap(), b"selamat pagi");
    })
    .await;
}

#[tokio::test]
async fn the_dialled_side_may_speak_first() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let ((_out, mut back), (mut answer, _heard)) = ends(&village, &regency, over).await;
        answer.send(b"hello").await.unwrap();
        assert_eq!(back.next().await.unwrap().unwrap(), b"hello");
    })
    .await;
}

#[tokio::test]
async fn the_largest_frame_arrives_and_a_larger_one_is_not_sent() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let ((mut out, _back), (_answer, mut heard)) = ends(&village, &regency, over).await;
        let largest = vec![7; Limits::default().frame_bytes_max];
        let larger = vec![7; largest.len() + 1];
        assert!(matches!(out.send(&larger).await, Err(LinkError::FrameSize { .. })));
        assert!(matches!(out.send(b"").await, Err(LinkError::FrameSize { .. })));
        out.send(&largest).await.unwrap();
        assert_eq!(heard.next().await.unwrap().unwrap(), largest);
    })
    .await;
}

#[tokio::test]
async fn a_slow_reader_slows_the_sender_and_loses_nothing() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let ((mut out, _back), (_answer, mut heard)) = ends(&village, &regency, over).await;
        let sending = tokio::spawn(async move {
            // More than every buffer between the two takes.
            for number in 0..400_u32 {
                out.send(&[&number.to_be_bytes()[..], &[1; 60_000]].concat()).await.unwrap();
            }
            out.close(CloseCode::Done, "").await;
        });
        let mut expected = 0_u32;
        while let Some(frame) = heard.next().await.unwrap() {
            assert_eq!((frame.len(), &frame[..4]), (60_004, &expected.to_be_bytes()[..]));
            expected += 1;
        }
        assert_eq!(expected, 400);
        sending.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn every_code_and_its_reason_reach_the_other_side_after_what_was_sent() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        for code in CloseCode::ALL {
            let ((mut out, mut back), (_answer, mut heard)) = ends(&village, &regency, over).await;
            out.send(b"last words").await.unwrap();
            let ((), end) = tokio::join!(out.close(*code, "because"), async {
                assert_eq!(heard.next().await.unwrap().unwrap(), b"last words", "{code}");
                heard.next().await
            });
            match end {
                Ok(end) => assert_eq!((*code, end), (CloseCode::Done, None)),
                Err(LinkError::Closed(closed)) => {
                    assert_eq!((closed.code, &*closed.reason, closed.by_peer), (*code, "because", true));
                }
                Err(other) => panic!("{code}: {other}"),
            }
            // The one who closed knows it too.
            assert!(matches!(back.next().await, Err(LinkError::Closed(closed)) if closed.code == *code));
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_is_closed_from_elsewhere_while_both_sides_wait() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let (dialled, accepted) = link(&village, &regency, over).await;
        let closer = accepted.closer();
        let ((_out, mut back), (mut answer, mut heard)) = (dialled.split(), accepted.split());
        let (ours, theirs, ()) = tokio::join!(heard.next(), back.next(), async {
            closer.close(CloseCode::Removed, "by order");
            closer.close(CloseCode::Done, "the second call does not count");
        });
        assert_eq!(ours.unwrap_err().code(), CloseCode::Removed);
        let theirs = theirs.unwrap_err();
        assert!(closed_by_peer(&theirs) && theirs.code() == CloseCode::Removed, "{theirs}");
        assert_eq!(answer.send(b"too late").await.unwrap_err().code(), CloseCode::Removed);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_closed_while_its_sender_waits_for_a_peer_that_does_not_read() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let (dialled, accepted) = link(&village, &regency, over).await;
        let closer = dialled.closer();
        let (mut out, _back) = dialled.split();
        let sending = async {
            let mut sent = 0;
            loop {
                match out.send(&[1; 60_000]).await {
                    // Far more than fits on the way: the close comes while a frame waits.
                    Ok(()) => sent += 1,
                    Err(error) => return (sent, error),
                }
                if sent == 10 {
                    closer.close(CloseCode::Shutdown, "");
                }
            }
        };
        let (sent, error) = sending.await;
        assert_eq!((sent, error.code()), (10, CloseCode::Shutdown));
        drop(accepted);
    })
    .await;
}

#[tokio::test]
async fn dropping_a_link_ends_it_as_done() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let (dialled, accepted) = link(&village, &regency, over).await;
        let (out, mut back) = dialled.split();
        drop(out);
        let (mut answer, heard) = accepted.split();
        // One half alone keeps it open.
        answer.send(b"still here").await.unwrap();
        assert_eq!(back.next().await.unwrap().unwrap(), b"still here");
        drop((answer, heard));
        assert_eq!(back.next().await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_third_link_of_one_key_closes_the_oldest() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let ((mut out1, mut back1), (_answer1, mut heard1)) = ends(&village, &regency, over).await;
        let ((mut out2, _back2), (_answer2, mut heard2)) = ends(&village, &regency, over).await;
        let ((mut out3, _back3), (_answer3, mut heard3)) = ends(&village, &regency, over).await;
        assert_eq!(code_at_the_end(&mut heard1).await, CloseCode::Replaced);
        assert_eq!(code_at_the_end(&mut back1).await, CloseCode::Replaced);
        assert!(out1.send(b"x").await.is_err());
        for (out, heard) in [(&mut out2, &mut heard2), (&mut out3, &mut heard3)] {
            out.send(b"here").await.unwrap();
            assert_eq!(heard.next().await.unwrap().unwrap(), b"here");
        }
        // Another key is not touched by that, nor does it touch these.
        let other = node(3).await;
        let _link = link(&other, &regency, over).await;
        out2.send(b"here").await.unwrap();
        assert_eq!(heard2.next().await.unwrap().unwrap(), b"here");
    })
    .await;
}

#[tokio::test]
async fn a_removed_key_loses_all_its_links() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let ((_out1, mut back1), _end1) = ends(&village, &regency, over).await;
        let ((_out2, mut back2), _end2) = ends(&village, &regency, over).await;
        regency.close_peer(village.node_key(), CloseCode::Removed, "");
        assert_eq!(code_at_the_end(&mut back1).await, CloseCode::Removed);
        assert_eq!(code_at_the_end(&mut back2).await, CloseCode::Removed);
    })
    .await;
}

#[tokio::test]
async fn a_node_that_goes_down_says_so() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let ((_out, mut back), _end) = ends(&village, &regency, over).await;
        let ((), code) = tokio::join!(regency.close(), code_at_the_end(&mut back));
        assert_eq!(code, CloseCode::Shutdown);
        assert!(regency.accept().await.is_none());
        let address = address(&village, over);
        let error = regency.connect(village.node_key(), &[address]).await.unwrap_err();
        assert!(matches!(error, TransportError::EndpointClosed), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_node_that_is_gone_is_noticed() {
    over_both(|over| async move {
        let limits = Limits {
            idle_time_max: Duration::from_millis(300),
            keep_alive: Duration::from_secs(60),
            ..Limits::default()
        };
        // Neither says a word, so both give up; with keep-alives they do not (below).
        let (village, regency) = (node_with(1, limits.clone()).await, node_with(2, limits).await);
        let ((_out, mut back), _end) = ends(&village, &regency, over).await;
        assert_eq!(code_at_the_end(&mut back).await, CloseCode::Idle);
    })
    .await;
}

#[tokio::test]
async fn keep_alives_keep_a_silent_link() {
    over_both(|over| async move {
        let keep_alive = Duration::from_millis(50);
        let limits = Limits { idle_time_max: Duration::from_millis(1000), keep_alive, ..Limits::default() };
        let (village, regency) = (node_with(1, limits.clone()).await, node_with(2, limits).await);
        let (dialled, accepted) = link(&village, &regency, over).await;
        let traffic = accepted.traffic();
        let ((mut out, mut back), (_answer, mut heard)) = (dialled.split(), accepted.split());
        // Nobody has anything to say for well over the idle time.
        let silence = tokio::time::timeout(Duration::from_millis(2500), async {
            tokio::select! {
                end = back.next() => panic!("{end:?}"),
                end = heard.next() => panic!("{end:?}"),
            }
        });
        let before = traffic.received();
        assert!(silence.await.is_err());
        assert!(traffic.received() > before);
        out.send(b"still here").await.unwrap();
        assert_eq!(heard.next().await.unwrap().unwrap(), b"still here");
    })
    .await;
}

#[tokio::test]
async fn waiting_for_a_frame_may_be_given_up_at_any_moment() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let ((mut out, _back), (_answer, mut heard)) = ends(&village, &regency, over).await;
        let sending = tokio::spawn(async move {
            for number in 0..200_u8 {
                out.send(&vec![number; 1 + 300 * usize::from(number)]).await.unwrap();
            }
            out
        });
        for number in 0..200_u8 {
            let frame = loop {
                tokio::select! {
                    biased;
                    frame = heard.next() => break frame.unwrap().unwrap(),
                    // Gives up whatever did not come at once.
                    () = tokio::task::yield_now() => {}
                }
            };
            assert_eq!(frame, vec![number; 1 + 300 * usize::from(number)]);
        }
        drop(sending.await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_frame_that_was_given_up_halfway_ends_the_link() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let ((mut out, _back), (_answer, mut heard)) = ends(&village, &regency, over).await;
        let frame = [1; 60_000];
        // Send until one has to wait, and give that one up.
        while tokio::time::timeout(Duration::from_millis(200), out.send(&frame)).await.is_ok_and(|sent| sent.is_ok()) {}
        assert!(matches!(out.send(&frame).await, Err(LinkError::Interrupted)));
        assert_ne!(code_at_the_end(&mut heard).await, CloseCode::Done);
    })
    .await;
}

#[tokio::test]
async fn where_udp_leads_nowhere_tcp_is_taken() {
    within(async {
        // A socket that swallows whatever comes.
        let swallow = UdpSocket::bind(loopback()).await.unwrap();
        let port = swallow.local_addr().unwrap().port();
        let tcp = Some(SocketAddr::from(([127, 0, 0, 1], port)));
        let regency = Endpoint::bind(Config { tcp, ..Config::new(secret(2)) }).await.unwrap();
        let limits = Limits { tcp_delay: Duration::from_millis(200), ..Limits::default() };
        let village = node_with(1, limits).await;
        let address = Address::new("127.0.0.1", port, Reach::Any).unwrap();
        let started = tokio::time::Instant::now();
        let link = village.connect(regency.node_key(), &[address]).await.unwrap();
        assert_eq!(link.over, Over::Tcp);
        assert!(started.elapsed() >= Duration::from_millis(200), "TCP waits for QUIC");
        assert!(started.elapsed() < Duration::from_secs(9), "but not for its handshake to time out");
    })
    .await;
}

#[tokio::test]
async fn where_both_lead_to_the_peer_quic_is_taken_and_the_other_counts_for_nothing() {
    within(async {
        let (village, regency) = (node(1).await, node(2).await);
        let addresses = [address(&regency, Over::Tcp), address(&regency, Over::Quic)];
        let link = village.connect(regency.node_key(), &addresses).await.unwrap();
        assert_eq!(link.over, Over::Quic);
        assert_eq!(regency.accept().await.unwrap().over, Over::Quic);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_key_is_refused_by_name_and_learns_nothing() {
    over_both(|over| async move {
        let (village, regency, ministry) = (node(1).await, node(2).await, node(3).await);
        let error = village.connect(ministry.node_key(), &[address(&regency, over)]).await.unwrap_err();
        let TransportError::OtherKey { expected, found, .. } = error else { panic!("{error}") };
        assert_eq!((expected, found), (ministry.node_key(), regency.node_key()));
        // The next that the regency sees is a good link: the refused one never counted.
        let (_, accepted) = link(&ministry, &regency, over).await;
        assert_eq!(accepted.peer, ministry.node_key());
    })
    .await;
}

#[tokio::test]
async fn an_address_of_another_does_not_hide_the_right_one() {
    over_both(|over| async move {
        let (village, regency, ministry) = (node(1).await, node(2).await, node(3).await);
        let addresses = [address(&regency, over), address(&ministry, over)];
        let link = village.connect(ministry.node_key(), &addresses).await.unwrap();
        assert_eq!(link.peer, ministry.node_key());
    })
    .await;
}

#[tokio::test]
async fn what_was_tried_is_named() {
    within(async {
        let limits = Limits { handshake_time_max: Duration::from_millis(300), ..Limits::default() };
        let village = node_with(1, limits).await;
        let swallow = UdpSocket::bind(loopback()).await.unwrap();
        let free = std::net::TcpListener::bind(loopback()).unwrap().local_addr().unwrap();
        let addresses = [
            format!("udp://{}", swallow.local_addr().unwrap()).parse().unwrap(),
            format!("tcp://{free}").parse().unwrap(),
            "does-not-exist.invalid:1".parse().unwrap(),
        ];
        let error = village.connect(secret(9).node_key(), &addresses).await.unwrap_err().to_string();
        for part in [&secret(9).node_key().short(), "over quic: took too long", "over tcp", "does-not-exist.invalid:1"]
        {
            assert!(error.contains(part), "{part}: {error}");
        }
        let error = village.connect(secret(9).node_key(), &[]).await.unwrap_err();
        assert!(matches!(error, TransportError::NoAddress(_)));
    })
    .await;
}

#[tokio::test]
async fn bytes_are_counted_at_the_socket() {
    over_both(|over| async move {
        let (village, regency) = (node(1).await, node(2).await);
        let (dialled, accepted) = link(&village, &regency, over).await;
        let (ours, theirs) = (dialled.traffic(), accepted.traffic());
        let ((mut out, _back), (_answer, mut heard)) = (dialled.split(), accepted.split());
        let before = theirs.received();
        assert!(before > 1000, "a handshake was received: {before}");
        for _ in 0..10 {
            out.send(&[1; 50_000]).await.unwrap();
            heard.next().await.unwrap().unwrap();
        }
        let received = theirs.received() - before;
        assert!((500_000..600_000).contains(&received), "{received}");
        assert!(ours.sent() >= before + received);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_knows_only_the_hybrid_group_succeeds() {
    over_both(|over| async move {
        let mut provider = tls::provider();
        provider.kx_groups = vec![rustls::crypto::aws_lc_rs::kx_group::X25519MLKEM768];
        let tls = tls::Tls::new(&secret(1), provider).unwrap();
        let village = Endpoint::bind_with(config(1), tls).await.unwrap();
        let regency = node(2).await;
        let (dialled, _) = link(&village, &regency, over).await;
        assert_eq!(dialled.peer, regency.node_key());
        let (dialled, _) = link(&regency, &village, over).await;
        assert_eq!(dialled.peer, village.node_key());
    })
    .await;
}

#[tokio::test]
async fn a_hundred_nodes_call_at_once() {
    over_both(|over| async move {
        let regency = Arc::new(node(200).await);
        let mut calls = JoinSet::new();
        for number in 0..100 {
            let (regency, village) = (regency.clone(), node(number).await);
            calls.spawn(async move {
                let link = village.connect(regency.node_key(), &[address(&regency, over)]).await.unwrap();
                let (mut out, mut back) = link.split();
                out.send(&[number]).await.unwrap();
                assert_eq!(back.next().await.unwrap().unwrap(), [number]);
            });
        }
        for _ in 0..100 {
            let (mut answer, mut heard) = regency.accept().await.unwrap().split();
            calls.spawn(async move {
                let frame = heard.next().await.unwrap().unwrap();
                answer.send(&frame).await.unwrap();
                code_at_the_end(&mut heard).await;
            });
        }
        while let Some(call) = calls.join_next().await {
            call.unwrap();
        }
    })
    .await;
}
