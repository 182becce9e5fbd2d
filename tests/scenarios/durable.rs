//! Nothing leaves a node, and no write is answered, before its own `fdatasync`: watched from below, with strace.

use std::fs;

use simpul_tests::harness::Network;

use crate::KURIPAN;

/// What is watched: every way to write a file, to sync it, to send, and to be asked.
const WATCHED: &str = "trace=fdatasync,fsync,sync_file_range,write,writev,pwrite64,pwritev,pwritev2,\
                       send,sendto,sendmsg,sendmmsg,read,readv,recv,recvfrom,recvmsg";

/// A datagram with an entry in it carries a checkpoint's signature, and more; acknowledgements of QUIC are shorter.
const ENTRY_BYTES_MIN: u64 = 200;

const WRITES: usize = 5;

#[test]
fn a_sync_of_the_segment_precedes_each_acknowledgement_and_each_send() {
    let net = Network::small();
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    net.settle();
    net.until("every receipt is in", || {
        let quiet = ["kuripan", "wonosobo"].iter().all(|label| net[label].status().only_here == 0);
        quiet.then_some(())
    });
    for label in ["kuripan", "wonosobo"] {
        net[label].stop();
    }
    let trace = |label: &str| net[label].file("trace");
    for label in ["wonosobo", "kuripan"] {
        let file = trace(label);
        let under = ["strace", "-f", "-qq", "-yy", "-s", "4096", "-e", WATCHED, "-o", &file];
        net[label].start_under(&under, &net.calls(label)).unwrap();
        net.lead_roads_to(label);
    }
    net.until("the village is connected again", || {
        let peers = net["kuripan"].status().peers;
        (peers.len() == 2 && peers.iter().all(|peer| peer.state == "equal")).then_some(())
    });
    for number in 0..WRITES {
        let name = name(number);
        net["kuripan"].register(&name, KURIPAN, &[]);
        // The regency holds it, and says so, before the next is written.
        net.until("the village has the regency's receipt", || (net["kuripan"].status().only_here == 0).then_some(()));
        net.until("the regency lists it", || net["wonosobo"].names().contains(&name).then_some(()));
    }
    for label in ["kuripan", "wonosobo"] {
        net[label].stop();
    }
    let look = |label: &str| events(&fs::read_to_string(trace(label)).unwrap());
    let (village, regency) = (look("kuripan"), look("wonosobo"));
    for number in 0..WRITES {
        let name = name(number);
        let place = |of: fn(&Event) -> Option<&String>| {
            let found = village.iter().position(|event| of(event).is_some_and(|text| text.contains(&name)));
            found.unwrap_or_else(|| panic!("{name} is asked for and answered: {village:?}"))
        };
        let asked = place(|event| if let Event::Asked(text) = event { Some(text) } else { None });
        let answered = place(|event| if let Event::Answered(text) = event { Some(text) } else { None });
        let here = &village[asked..answered];
        let durable = first_sync(here).unwrap_or_else(|| panic!("{name} was answered before it was synced: {here:?}"));
        assert_eq!(sent(&here[..durable]), 0, "{name} was sent before it was synced: {here:?}");
    }
    let synced = |events: &[Event]| events.iter().filter(|event| matches!(event, Event::Synced(_))).count();
    assert!(synced(&village) >= WRITES && synced(&regency) >= WRITES);
    assert!(sent(&village) >= WRITES && sent(&regency) >= WRITES, "entries and receipts were sent");
}

/// Where the first write to a segment is synced.
fn first_sync(events: &[Event]) -> Option<usize> {
    let (written, file) = events.iter().enumerate().find_map(|(at, event)| match event {
        Event::Written(file) => Some((at, file)),
        Event::Synced(_) | Event::Asked(_) | Event::Answered(_) | Event::Sent(_) => None,
    })?;
    let synced = |event: &Event| matches!(event, Event::Synced(synced) if synced == file);
    events[written..].iter().position(synced).map(|after| written + after)
}

/// How many datagrams could hold an entry or a receipt.
fn sent(events: &[Event]) -> usize {
    events.iter().filter(|event| matches!(event, Event::Sent(bytes) if *bytes >= ENTRY_BYTES_MIN)).count()
}

fn name(number: usize) -> String {
    format!("Traced person {number}")
}

/// What matters in a trace, in order. A sync counts when it is over, a send when it begins.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    /// To a segment file.
    Written(String),
    /// Of a segment file.
    Synced(String),
    /// By the local API's client.
    Asked(String),
    /// To the local API's client.
    Answered(String),
    /// Over UDP, so many bytes.
    Sent(u64),
}

/// Whether what is sent begins with an Initial packet of QUIC 1 (RFC 9000, 17.2.2), as strace writes its bytes: a node
/// calls those that it has learnt of whenever it likes, and nothing of a record is in there.
fn opens_connection(args: &str) -> bool {
    let Some((_, bytes)) = args.split_once("iov_base=\"\\3") else { return false };
    let bytes =
        bytes.strip_prefix(['0', '1']).and_then(|bytes| bytes.strip_prefix(|octal| ('0'..='7').contains(&octal)));
    bytes.is_some_and(|version| version.starts_with("\\0\\0\\0\\1"))
}

fn events(trace: &str) -> Vec<Event> {
    let mut events = Vec::new();
    // By thread, the file of a sync that has begun.
    let mut syncing: Vec<(String, String)> = Vec::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if call.contains("POST ") && call.contains("/api/v1/ask") || call.contains("{\\\"command\\\"") {
            events.push(Event::Asked(call.to_owned()));
            continue;
        }
        if let Some(rest) = call.strip_prefix("<... ") {
            let begun = syncing.iter().position(|(of, _)| of == thread);
            if let Some(begun) = begun.filter(|_| rest.starts_with("fdatasync") || rest.starts_with("fsync")) {
                assert!(rest.ends_with("= 0"), "{line}");
                events.push(Event::Synced(syncing.remove(begun).1));
            }
            continue;
        }
        let Some((name, args)) = call.split_once('(') else { continue };
        // 12</tmp/x/journal/0001.seg>
        let Some(target) = args.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(target, _)| target)
        else {
            continue;
        };
        let segment = target.contains("/journal/");
        match name {
            "fdatasync" | "fsync" if segment => {
                if call.ends_with("<unfinished ...>") {
                    syncing.push((thread.to_owned(), target.to_owned()));
                } else {
                    assert!(call.ends_with("= 0"), "{line}");
                    events.push(Event::Synced(target.to_owned()));
                }
            }
            "write" | "writev" | "pwrite64" | "pwritev" | "pwritev2" if segment => {
                events.push(Event::Written(target.to_owned()));
            }
            "write" | "writev" | "send" | "sendto" | "sendmsg" if target.starts_with("TCP") => {
                events.push(Event::Answered(args.to_owned()));
            }
            "send" | "sendto" | "sendmsg" | "sendmmsg" if target.starts_with("UDP") && !opens_connection(args) => {
                // iov_len of what is sent; the longest counts.
                let lengths = args.split("iov_len=").skip(1).filter_map(|rest| {
                    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                    digits.parse::<u64>().ok()
                });
                events.push(Event::Sent(lengths.max().unwrap_or(0)));
            }
            _ => {}
        }
    }
    events
}
