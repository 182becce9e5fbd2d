//! The config file: the same settings as the flags of `run`, which win over it.
//!
//! Every key may be left out. An unknown key is an error, so that a typing mistake is not a silent default.

use anyhow::Context;
use identity::NodeKey;
use serde::Deserialize;
use std::fs;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::str::FromStr;

use crate::{Hinted, carry};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where other nodes reach this one over QUIC (UDP).
    pub(crate) listen: Option<Address>,
    /// Where they reach it where UDP is blocked.
    pub(crate) tcp: Option<Address>,
    /// Where the officers at this machine open the pages.
    pub(crate) web: Option<Address>,
    /// Nodes to keep in touch with, beside those that are learnt from others.
    #[serde(default)]
    pub(crate) peers: Vec<Peer>,
    /// Where others can reach this node, for its invites and reports.
    #[serde(default)]
    pub(crate) advertise: Vec<Address>,
    /// What is logged: `info`, or by room: `warn,transport=debug`.
    pub(crate) log: Option<String>,
}

impl Config {
    /// # Errors
    /// The file cannot be read, is no TOML, or holds an unknown key or a value that does not parse; it is named.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| carry::cannot("read", path, &error))?;
        Self::parse(&text).map_err(|error| {
            let hint = "`config/simpul.example.toml` shows every setting; leave out what need not differ";
            Hinted::error(format!("cannot use {}: {error}", path.display()), hint)
        })
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

/// `HOST:PORT`, where the host may be a name; port 0 takes a free one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Address(String);

impl Address {
    /// The first address that the name stands for.
    pub(crate) fn resolve(&self) -> anyhow::Result<SocketAddr> {
        let mut found = self.0.to_socket_addrs().map_err(|error| self.unknown(&error))?;
        found.next().ok_or_else(|| self.unknown(&"it stands for no address"))
    }

    fn unknown(&self, why: &dyn std::fmt::Display) -> anyhow::Error {
        Hinted::error(format!("cannot resolve {self}: {why}"), "check the name, or give the address in numbers")
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Address {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (host, port) = text.rsplit_once(':').with_context(|| format!("`{text}` is not HOST:PORT"))?;
        anyhow::ensure!(!host.is_empty() && port.parse::<u16>().is_ok(), "`{text}` is not HOST:PORT");
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Address {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Self> {
        text.parse()
    }
}

/// `KEY@HOST:PORT`: a node, and where it is reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Peer {
    pub(crate) key: NodeKey,
    pub(crate) address: Address,
}

impl Peer {
    /// As the network takes it.
    pub(crate) fn known(&self) -> anyhow::Result<(NodeKey, Vec<service::Address>)> {
        let address = self.address.0.parse().with_context(|| format!("`{}` is no address", self.address))?;
        Ok((self.key, vec![address]))
    }
}

impl FromStr for Peer {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (key, address) = text.split_once('@').with_context(|| format!("`{text}` is not KEY@HOST:PORT"))?;
        Ok(Self { key: key.parse()?, address: address.parse()? })
    }
}

impl TryFrom<String> for Peer {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Self> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../config/simpul.example.toml");

    #[test]
    fn the_example_can_be_used_as_it_is() {
        let config = Config::parse(EXAMPLE).unwrap();
        assert_eq!(config.web, Some(Address("127.0.0.1:8080".into())));
    }

    #[test]
    fn every_line_of_the_example_that_is_commented_out_can_be_switched_on() {
        let switched_on: String = EXAMPLE
            .lines()
            .filter(|line| line.contains(" = ") || line.starts_with("#   \"") || *line == "# ]" || line.ends_with('['))
            .map(|line| format!("{}\n", line.trim_start_matches("# ")))
            .collect();
        let config = Config::parse(&switched_on).unwrap();
        assert!(config.listen.is_some() && config.tcp.is_some() && config.log.is_some());
        assert_eq!(config.peers.len(), 1, "{switched_on}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        check("wbe = \"127.0.0.1:8080\"", "unknown field `wbe`");
        check("web = \"8080\"", "`8080` is not HOST:PORT");
        check("web = \"localhost:99999\"", "is not HOST:PORT");
        check("web = \":80\"", "is not HOST:PORT");
        check("peers = [\"example.org:7707\"]", "is not KEY@HOST:PORT");
        check("peers = [\"zz@example.org:7707\"]", "TOML parse error");
        check("web = ", "TOML parse error");
    }

    fn check(text: &str, expected: &str) {
        let told = format!("{:#}", Config::parse(text).unwrap_err());
        assert!(told.contains(expected), "{text}: {told}");
    }
}
