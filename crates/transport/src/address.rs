//! Where a node can be reached: a host, a port, and over what.

use std::{fmt, str::FromStr};

/// Which transports an address is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Either, on the same port.
    Any,
    /// QUIC only.
    Udp,
    /// TLS over TCP only.
    Tcp,
}

/// Where a node says that it can be reached. Written `host:port`, `udp://host:port` or `tcp://host:port`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    host: String,
    port: u16,
    over: Reach,
}

/// A text that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an address is written host:port, udp://host:port or tcp://host:port, not {0:?}")]
pub struct AddressError(String);

impl Address {
    /// The longest host, in bytes: a DNS name (RFC 1035 §2.3.4).
    pub const HOST_BYTES_MAX: usize = 253;

    /// An address. `host` is a DNS name or an IP address without brackets; the port is not 0.
    pub fn new(host: &str, port: u16, over: Reach) -> Result<Self, AddressError> {
        let bad = || AddressError(format!("{host}:{port}").chars().take(80).collect());
        let ip6 = host.parse::<std::net::Ipv6Addr>().is_ok();
        let name = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        let fits = !host.is_empty() && host.len() <= Self::HOST_BYTES_MAX && (ip6 || name) && port != 0;
        if fits { Ok(Self { host: host.to_ascii_lowercase(), port, over }) } else { Err(bad()) }
    }

    /// The DNS name or IP address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Over what.
    pub fn over(&self) -> Reach {
        self.over
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.over {
            Reach::Any => "",
            Reach::Udp => "udp://",
            Reach::Tcp => "tcp://",
        })?;
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bad = || AddressError(text.chars().take(80).collect());
        let (over, rest) = match text.split_once("://") {
            None => (Reach::Any, text),
            Some(("udp", rest)) => (Reach::Udp, rest),
            Some(("tcp", rest)) => (Reach::Tcp, rest),
            Some(_) => return Err(bad()),
        };
        let (host, port) = rest.rsplit_once(':').ok_or_else(bad)?;
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        // Only an IPv6 address has colons, and it wears brackets; else `::1:80` could be read two ways.
        if bracketed.is_some() != bracketed.unwrap_or(host).contains(':') {
            return Err(bad());
        }
        Self::new(bracketed.unwrap_or(host), port.parse().map_err(|_| bad())?, over).map_err(|_| bad())
    }
}

impl From<std::net::SocketAddr> for Address {
    fn from(socket: std::net::SocketAddr) -> Self {
        Self { host: socket.ip().to_canonical().to_string(), port: socket.port(), over: Reach::Any }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_parses_back_from_what_it_prints() {
        for text in ["simpul.example.go.id:4747", "tcp://10.0.0.7:443", "udp://[2001:db8::1]:4747", "localhost:1"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}:1", "a".repeat(254));
        for text in
            ["", "host", ":80", "host:0", "host:70000", "::1:80", "[host]:80", "http://h:80", "h o:1", "a/b:1", &long]
        {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }
}
