//! Strangers at the port: another network, garbage, and lengths that nobody can hold.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpStream, UdpSocket},
    time::Duration,
};

use simpul_tests::harness::Network;

use crate::{KURIPAN, tap::Tap};

/// No stranger may make a node grow by more than this.
const GROWTH_KB_MAX: u64 = 32 * 1024;

#[test]
fn offices_of_two_networks_keep_apart() {
    let net = Network::small();
    let other = Network::of(&["kemnaker", "jateng", "wonosobo"], true);
    other["wonosobo"].register("Orang Lain", KURIPAN, &[]);
    other.settle();
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    // The other network's province calls our ministry by its right key.
    let to = net["kemnaker"].status().listen.unwrap();
    let peer = ["--peer".to_owned(), format!("{}@{to}", net["kemnaker"].key)];
    other["jateng"].stop();
    other.start_calling("jateng", &peer);
    net.until("our ministry turned it away", || net["kemnaker"].log_contains("OtherNetwork").then_some(()));
    net.settle();
    assert!(net["kemnaker"].status().peers.iter().all(|peer| peer.node != other["jateng"].key));
    assert_eq!(other["jateng"].names(), ["Orang Lain"]);
    net.until("our ministry lists its own", || (net["kemnaker"].names() == ["Turyati"]).then_some(()));
}

#[test]
fn a_peer_that_answers_with_another_key_is_not_spoken_to() {
    let net = Network::small();
    net["kuripan"].stop();
    // The village takes the ministry for the regency.
    let to = net["kemnaker"].status().listen.unwrap();
    net.start_calling("kuripan", &["--peer".to_owned(), format!("{}@{to}", net["wonosobo"].key)]);
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.until("the village says why", || net["kuripan"].log_contains("answers").then_some(()));
    assert_eq!(net["kemnaker"].status().scope_names(), Vec::<&str>::new());
}

#[test]
fn garbage_at_the_port_changes_nothing() {
    let net = Network::small();
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.settle();
    let before = memory_kb(&net, "wonosobo");
    let status = net["wonosobo"].status();
    let (udp, tcp) = (status.listen.unwrap(), status.tcp.unwrap());
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut noise = Noise(1);
    for length in (0..1500).step_by(7) {
        socket.send_to(&noise.bytes(length), &udp).unwrap();
        // Looks like the first packet of a QUIC connection, and is none.
        let mut long = noise.bytes(1200);
        long[..6].copy_from_slice(&[0xc3, 0, 0, 0, 1, 8]);
        socket.send_to(&long, &udp).unwrap();
    }
    for start in [
        noise.bytes(2000),
        b"GET / HTTP/1.1\r\nHost: simpul\r\n\r\n".to_vec(),
        // A TLS record that says it is as long as one can be, and then nothing.
        vec![0x16, 3, 1, 0xff, 0xff],
        // Four bytes of length in front of 1 GiB that never comes.
        (1_u32 << 30).to_be_bytes().to_vec(),
        Vec::new(),
    ] {
        let mut stream = TcpStream::connect(&tcp).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(&start).unwrap();
        if start.len() > 1000 || start.starts_with(b"GET") {
            // It is no handshake, so the node hangs up.
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            assert!(answer.len() < 1000, "{answer:?}");
        }
    }
    net["kuripan"].register("Suryati", KURIPAN, &[]);
    net.settle();
    net.until("the regency lists both", || (net["wonosobo"].names() == ["Suryati", "Turyati"]).then_some(()));
    let grown = memory_kb(&net, "wonosobo").saturating_sub(before);
    assert!(grown < GROWTH_KB_MAX, "{grown} kB");
}

#[test]
fn a_member_that_sends_a_length_of_one_gibibyte_loses_its_session_and_nothing_else() {
    let net = Network::of(&["kemnaker", "kemenkes", "jateng", "wonosobo", "kuripan"], true);
    net["kemenkes"].stop();
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.settle();
    let before = memory_kb(&net, "kemnaker");
    let status = net["kemnaker"].status();
    // As the number of items of a list or of bytes, and as parts of a message without end.
    for bytes in hostile() {
        let mut tap = Tap::open(&net["kemenkes"].folder, &net["kemnaker"].key, &status);
        tap.send_raw(&bytes);
        tap.until_closed();
    }
    assert!(net["kemnaker"].log_contains("bytes are no message"));
    net["kuripan"].register("Suryati", KURIPAN, &[]);
    net.settle();
    net.until("the ministry lists both", || (net["kemnaker"].names() == ["Suryati", "Turyati"]).then_some(()));
    let grown = memory_kb(&net, "kemnaker").saturating_sub(before);
    assert!(grown < GROWTH_KB_MAX, "{grown} kB");
}

/// Frames that a member should not send.
fn hostile() -> Vec<Vec<Vec<u8>>> {
    // kind, length (u16, little-endian), body: a list of 2^30 items, as postcard writes its length.
    let many = |kind: u8| vec![kind, 5, 0, 0x80, 0x80, 0x80, 0x80, 4];
    // 17 gives credit, and that much is fine.
    let mut cases: Vec<Vec<Vec<u8>>> = (1..32).filter(|kind| *kind != 17).map(|kind| vec![many(kind)]).collect();
    // Parts of one message, each as long as a part can be: 64 MiB in all.
    let mut part = vec![0x81, 0xfc, 0xff];
    part.resize(3 + 0xfffc, 7);
    cases.push(vec![part; 1024]);
    cases
}

/// The most memory that a node had so far.
fn memory_kb(net: &Network, label: &str) -> u64 {
    let id = net[label].process_id().unwrap();
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The same bytes in every run (xorshift).
struct Noise(u64);

impl Noise {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length)
            .map(|_| {
                self.0 ^= self.0 << 13;
                self.0 ^= self.0 >> 7;
                self.0 ^= self.0 << 17;
                self.0.to_le_bytes()[0]
            })
            .collect()
    }
}
