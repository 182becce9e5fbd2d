//! Why a link ended: one table of codes, the same over QUIC and TCP.

use std::fmt;

/// The longest reason that is sent or kept, in bytes.
pub(crate) const REASON_BYTES_MAX: usize = 200;

macro_rules! close_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// Why a link was closed. The numbers are the wire format: a code is never given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CloseCode {
            $($(#[$doc])* $name,)*
            /// A code that this version does not know.
            Other(u32),
        }

        impl CloseCode {
            /// Every code that this version knows.
            pub const ALL: &[CloseCode] = &[$(CloseCode::$name),*];

            /// The number on the wire.
            pub fn code(self) -> u32 {
                match self {
                    $(CloseCode::$name => $code,)*
                    CloseCode::Other(code) => code,
                }
            }

            /// The name in logs and metrics.
            pub fn name(self) -> &'static str {
                match self {
                    $(CloseCode::$name => $text,)*
                    CloseCode::Other(_) => "other",
                }
            }
        }

        impl From<u32> for CloseCode {
            fn from(code: u32) -> Self {
                match code {
                    $($code => CloseCode::$name,)*
                    other => CloseCode::Other(other),
                }
            }
        }
    };
}

close_codes! {
    /// All that was to be said was said.
    Done = 0, "done";
    /// The same key opened a newer link.
    Replaced = 1, "replaced";
    /// The charter does not know this key.
    UnknownKey = 2, "unknown-key";
    /// The charter knows this key as removed.
    Removed = 3, "removed";
    /// The other side belongs to another network.
    WrongNetwork = 4, "wrong-network";
    /// No version is spoken by both sides.
    Version = 5, "version";
    /// A frame did not decode, or came where none belongs.
    BadFrame = 6, "bad-frame";
    /// A frame announced more bytes than are allowed.
    TooLarge = 7, "too-large";
    /// No room for another link now; try again later.
    Busy = 8, "busy";
    /// The node is going down.
    Shutdown = 9, "shutdown";
    /// The node failed; the fault is not the peer's.
    Internal = 10, "internal";
    /// Nothing was heard for too long.
    Idle = 11, "idle";
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let CloseCode::Other(code) = self { write!(f, "code {code}") } else { f.write_str(self.name()) }
    }
}

/// How a link was closed, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The code.
    pub code: CloseCode,
    /// A short text for logs, without control characters. A peer's text is a claim.
    pub reason: String,
    /// Whether the other side closed.
    pub by_peer: bool,
}

impl Closed {
    /// From bytes that a peer sent: cut, decoded and cleaned, so that they can be logged.
    pub(crate) fn by_peer(code: u32, reason: &[u8]) -> Self {
        let reason = &reason[..reason.len().min(REASON_BYTES_MAX)];
        let reason = String::from_utf8_lossy(reason).chars().filter(|c| !c.is_control()).collect();
        Self { code: code.into(), reason, by_peer: true }
    }

    /// By this node. A longer reason is cut at a character.
    pub(crate) fn by_us(code: CloseCode, reason: &str) -> Self {
        let mut end = reason.len().min(REASON_BYTES_MAX);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        Self { code, reason: reason[..end].to_owned(), by_peer: false }
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = if self.by_peer { "the peer" } else { "this node" };
        write!(f, "closed by {who} ({})", self.code)?;
        if self.reason.is_empty() { Ok(()) } else { write!(f, ": {}", self.reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_comes_back_from_its_number() {
        for (number, code) in (0..).zip(CloseCode::ALL) {
            assert_eq!(code.code(), number);
            assert_eq!(CloseCode::from(number), *code);
        }
        assert_eq!(CloseCode::from(4711), CloseCode::Other(4711));
        assert_eq!(CloseCode::Other(4711).code(), 4711);
    }

    #[test]
    fn a_peers_reason_is_fit_for_a_log() {
        assert_eq!(Closed::by_peer(0, b"a\x1b[31m\nb\xff").reason, "a[31mb\u{fffd}");
        assert_eq!(Closed::by_peer(0, &[b'x'; 5000]).reason.len(), REASON_BYTES_MAX);
    }

    #[test]
    fn our_own_reason_is_cut_at_a_character() {
        let reason = Closed::by_us(CloseCode::Busy, &"é".repeat(150)).reason;
        assert_eq!(reason.len(), REASON_BYTES_MAX);
        let reason = Closed::by_us(CloseCode::Busy, &format!("x{}", "é".repeat(150))).reason;
        assert_eq!(reason.len(), REASON_BYTES_MAX - 1);
    }
}
