//! Frames on a stream of bytes: a length of four bytes (big-endian), then that many bytes.
//!
//! Pure: whoever has the stream reads into [`Decoder::space`] and says how much came with [`Decoder::filled`].
//!
//! Two lengths are no frames. 0 is the *blank*: the first thing that an initiator sends, so that the other side sees
//! the stream, and the keep-alive on TCP. 0xffff_ffff begins the *farewell* that ends a link on TCP: code (four
//! bytes), length of the reason (one byte), reason. QUIC has its own way to carry a code and knows no farewell.
//!
//! # Invariants
//! - The room for a frame is taken after its length was compared with the limit.
//! - After an error nothing more is decoded.

use std::fmt;

use crate::Closed;

/// What an initiator sends first, and what keeps a TCP link alive.
pub(crate) const BLANK: [u8; PREFIX_BYTES] = [0; PREFIX_BYTES];

/// The length of a length.
pub(crate) const PREFIX_BYTES: usize = 4;

const FAREWELL: u32 = u32::MAX;
const FAREWELL_HEAD_BYTES: usize = 5;

/// A frame with its length in front.
pub(crate) fn encode(frame: &[u8]) -> Vec<u8> {
    let length = u32::try_from(frame.len()).unwrap_or(FAREWELL - 1);
    [&length.to_be_bytes(), frame].concat()
}

/// The last bytes that this node writes on a TCP link.
pub(crate) fn encode_farewell(closed: &Closed) -> Vec<u8> {
    let reason = closed.reason.as_bytes();
    let length = u8::try_from(reason.len()).unwrap_or(u8::MAX);
    let reason = &reason[..usize::from(length)];
    [&FAREWELL.to_be_bytes()[..], &closed.code.code().to_be_bytes(), &[length], reason].concat()
}

/// What came whole out of the stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Item {
    /// What one frame holds.
    Frame(Vec<u8>),
    /// The length 0.
    Blank,
    /// The end of a link on TCP.
    Farewell(Closed),
}

/// The peer announced this many bytes, which is more than the limit.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// How many.
    pub bytes: u32,
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Prefix,
    Frame,
    FarewellHead,
    FarewellReason { code: u32 },
}

/// Cuts a stream into frames.
pub(crate) struct Decoder {
    frame_bytes_max: usize,
    farewells: bool,
    part: Part,
    buffer: Vec<u8>,
    filled: usize,
}

// What was received belongs in no log.
impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("part", &self.part).field("filled", &self.filled).finish_non_exhaustive()
    }
}

impl Decoder {
    /// At the start of a stream. `farewells`: whether the stream carries them (TCP).
    pub(crate) fn new(frame_bytes_max: usize, farewells: bool) -> Self {
        Self { frame_bytes_max, farewells, part: Part::Prefix, buffer: vec![0; PREFIX_BYTES], filled: 0 }
    }

    /// Where the next bytes of the stream belong. Never empty.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }

    /// Whether the stream may end here.
    pub(crate) fn is_between_frames(&self) -> bool {
        matches!(self.part, Part::Prefix) && self.filled == 0
    }

    /// Takes note that `bytes` were written to the front of [`Self::space`].
    pub(crate) fn filled(&mut self, bytes: usize) -> Result<Option<Item>, TooLarge> {
        self.filled = (self.filled + bytes).min(self.buffer.len());
        if self.filled < self.buffer.len() {
            return Ok(None);
        }
        let item = match self.part {
            Part::Prefix => {
                let length = self.number();
                if length == FAREWELL && self.farewells {
                    self.expect(Part::FarewellHead, FAREWELL_HEAD_BYTES);
                    return Ok(None);
                }
                match usize::try_from(length) {
                    Ok(0) => Item::Blank,
                    Ok(bytes) if bytes <= self.frame_bytes_max => {
                        self.expect(Part::Frame, bytes);
                        return Ok(None);
                    }
                    _ => return Err(TooLarge { bytes: length }),
                }
            }
            Part::Frame => Item::Frame(std::mem::take(&mut self.buffer)),
            Part::FarewellHead => {
                let code = self.number();
                let length = usize::from(self.buffer[PREFIX_BYTES]);
                if length > 0 {
                    self.expect(Part::FarewellReason { code }, length);
                    return Ok(None);
                }
                Item::Farewell(Closed::by_peer(code, &[]))
            }
            Part::FarewellReason { code } => Item::Farewell(Closed::by_peer(code, &self.buffer)),
        };
        self.expect(Part::Prefix, PREFIX_BYTES);
        Ok(Some(item))
    }

    fn expect(&mut self, part: Part, bytes: usize) {
        self.part = part;
        self.buffer.clear();
        self.buffer.resize(bytes, 0);
        self.filled = 0;
    }

    fn number(&self) -> u32 {
        self.buffer.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
    }
}

/// What comes out of a whole stream that arrives in steps of so many bytes, and whether it ends between frames: for
/// tests and fuzzers, which have no socket.
pub fn decode_stream(
    stream: &[u8],
    step: usize,
    frame_bytes_max: usize,
    farewells: bool,
) -> (Vec<Item>, Result<bool, TooLarge>) {
    let mut decoder = Decoder::new(frame_bytes_max, farewells);
    let mut items = Vec::new();
    for mut chunk in stream.chunks(step) {
        while !chunk.is_empty() {
            let space = decoder.space();
            let bytes = space.len().min(chunk.len());
            space[..bytes].copy_from_slice(&chunk[..bytes]);
            chunk = &chunk[bytes..];
            match decoder.filled(bytes) {
                Ok(item) => items.extend(item),
                Err(error) => return (items, Err(error)),
            }
        }
    }
    (items, Ok(decoder.is_between_frames()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CloseCode;

    const MAX: usize = 1000;

    #[test]
    fn frames_come_out_whole_however_the_stream_is_cut() {
        let stream = [encode(b"a"), BLANK.to_vec(), encode(&[7; MAX]), encode(b"bc")].concat();
        let whole = [Item::Frame(b"a".to_vec()), Item::Blank, Item::Frame(vec![7; MAX]), Item::Frame(b"bc".to_vec())];
        for step in [1, 2, 3, 5, 1000, stream.len()] {
            let (items, end) = decode_stream(&stream, step, MAX, true);
            assert_eq!(items, whole, "{step}");
            assert_eq!(end, Ok(true), "{step}");
        }
    }

    #[test]
    fn golden_bytes() {
        assert_eq!(encode(b"hi"), [0, 0, 0, 2, b'h', b'i']);
        let closed = Closed::by_us(CloseCode::Removed, "no");
        assert_eq!(encode_farewell(&closed), [255, 255, 255, 255, 0, 0, 0, 3, 2, b'n', b'o']);
    }

    #[test]
    fn a_farewell_carries_its_code_and_reason() {
        for reason in ["", "the key was removed", &"x".repeat(5000)] {
            let closed = Closed::by_us(CloseCode::Removed, reason);
            let (items, end) = decode_stream(&encode_farewell(&closed), 3, MAX, true);
            assert_eq!(items, [Item::Farewell(Closed { by_peer: true, ..closed })]);
            assert_eq!(end, Ok(true));
        }
    }

    #[test]
    fn a_length_beyond_the_limit_takes_no_room() {
        for (length, farewells) in [(MAX as u32 + 1, true), (1 << 30, true), (FAREWELL - 1, true), (FAREWELL, false)] {
            let mut decoder = Decoder::new(MAX, farewells);
            decoder.space().copy_from_slice(&length.to_be_bytes());
            assert_eq!(decoder.filled(PREFIX_BYTES), Err(TooLarge { bytes: length }));
            assert!(decoder.buffer.capacity() <= MAX, "{length}");
        }
    }

    #[test]
    fn any_bytes_are_decoded_or_refused_within_bounds() {
        let mut state = 1_u32;
        for _ in 0..2000 {
            let mut decoder = Decoder::new(MAX, true);
            for _ in 0..200 {
                let space = decoder.space();
                assert!(!space.is_empty() && space.len() <= MAX);
                for byte in space.iter_mut() {
                    // Numerical Recipes' generator; only its high bits are any good. Many zeros make lengths pass.
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *byte = if state >> 31 == 0 { 0 } else { (state >> 24) as u8 };
                }
                let bytes = space.len().min(1 + (state >> 20) as usize % 600);
                if decoder.filled(bytes).is_err() {
                    break;
                }
            }
        }
    }
}
