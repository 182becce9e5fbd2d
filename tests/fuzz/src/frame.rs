//! What comes over a connection: the frames of the transport, and the messages of a session inside them.

use sync::wire::{Assembler, Limits, Message, WireError, encode};
use transport::{Item, TooLarge, decode_stream};

use crate::{Ends, Target, ends::ends};

pub(crate) const FRAME: Target =
    Target { name: "frame", run: frame, ends: &[WIRE_ERRORS, &MESSAGES, &["nothing whole"]], unreached: &[] };

pub(crate) const STREAM: Target = Target {
    name: "stream",
    run: stream,
    ends: &[ITEMS, &["TooLarge", "between frames", "within a frame"]],
    unreached: &[],
};

ends!(wire_error, WIRE_ERRORS: WireError { Kind, Decode, TooLong, TooMany });
ends!(item, ITEMS: Item { Frame, Blank, Farewell });

/// The messages by kind, from 1: the enum may grow, and then this list has to.
const MESSAGES: [&str; 25] = [
    "Hello",
    "Proof",
    "Summary",
    "Buckets",
    "Hashes",
    "Offer",
    "Ask",
    "Statements",
    "StatementsEnd",
    "ScopeBuckets",
    "Scopes",
    "ScopesEnd",
    "Have",
    "Want",
    "Pack",
    "Declined",
    "Credit",
    "Receipts",
    "ReceiptNumbers",
    "Contest",
    "Evidence",
    "Fork",
    "Beacons",
    "Bye",
    "Push",
];

/// Bounds that a small input can reach; the first byte says whether they hold.
pub(crate) const NARROW: Limits = Limits { message_bytes_max: 600, partial_bytes_max: 900, items_max: 3 };

/// The first byte: whether the bounds are narrow, and in what steps the bytes come.
fn frame(bytes: &[u8]) -> Ends {
    let Some((first, bytes)) = bytes.split_first() else { return Ends::new() };
    let limits = if first & 1 == 1 { NARROW } else { Limits::default() };
    messages(bytes, usize::from(first >> 1) * 16 + 1, limits)
}

/// Takes a session's bytes as they come.
pub(crate) fn messages(bytes: &[u8], step: usize, limits: Limits) -> Ends {
    let mut ends = Ends::new();
    let mut assembler = Assembler::new(limits);
    for chunk in bytes.chunks(step) {
        assembler.push(chunk);
        loop {
            match assembler.next() {
                Ok(Some(message)) => {
                    ends.insert(MESSAGES[usize::from(message.kind()) - 1]);
                    comes_back(message);
                }
                Ok(None) => break,
                Err(error) => {
                    ends.insert(wire_error(&error));
                    return ends;
                }
            }
        }
    }
    if ends.is_empty() {
        ends.insert("nothing whole");
    }
    ends
}

fn comes_back(message: Message) {
    let mut assembler = Assembler::new(Limits::default());
    let frames = encode(&message);
    assembler.push(&frames.concat());
    assert_eq!(assembler.next(), Ok(Some(message)));
}

/// The first byte: whether farewells are known, and in what steps the bytes come.
fn stream(bytes: &[u8]) -> Ends {
    let Some((first, bytes)) = bytes.split_first() else { return Ends::new() };
    let (farewells, step) = (first & 1 == 1, usize::from(first >> 1) + 1);
    let (items, end) = decode_stream(bytes, step, 1000, farewells);
    let mut ends: Ends = items.iter().map(item).collect();
    ends.insert(match end {
        Ok(true) => "between frames",
        Ok(false) => "within a frame",
        Err(TooLarge { .. }) => "TooLarge",
    });
    assert_eq!(decode_stream(bytes, bytes.len().max(1), 1000, farewells).0, items, "the steps make no difference");
    ends
}
