//! The config file: the same settings as the flags of `run`, which win over it.
//!
//! Every key may be left out. An unknown key is an error, so that a typing mistake is not a silent default.

use anyhow::Context;
use identity::NodeKey;
use notices::Ways;
use serde::Deserialize;
use service::{BackupPlan, QuietHours};
use std::fs;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

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
    /// When nobody is woken for what is not urgent: `21:00-06:00`.
    pub(crate) quiet: Option<Quiet>,
    /// How alerts leave the house, beside the files in the data folder.
    #[serde(default)]
    pub(crate) alerts: Ways,
    /// How many megabytes of the disk are left free: with less, nothing new is stored but what has to be, such as an
    /// order to erase.
    pub(crate) leave_free_mb: Option<u32>,
    /// Backups by a schedule.
    pub(crate) backup: Option<Backup>,
    /// Whose signature a new program has to have, and how the node is restarted.
    pub(crate) upgrade: Option<Upgrade>,
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

/// `HH:MM-HH:MM`, by the clock on the wall of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Quiet {
    from_minute: u16,
    to_minute: u16,
}

impl Quiet {
    /// As it holds with this machine's time zone.
    pub(crate) fn hours(self) -> QuietHours {
        let ahead = jiff::Zoned::now().offset().seconds() / 60;
        QuietHours {
            from_minute: self.from_minute,
            to_minute: self.to_minute,
            utc_offset_minutes: i16::try_from(ahead).unwrap_or(0),
        }
    }
}

impl TryFrom<String> for Quiet {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Self> {
        let minute = |part: &str| -> anyhow::Result<u16> {
            let time: jiff::civil::Time = part.trim().parse().with_context(|| format!("`{part}` is not HH:MM"))?;
            Ok(u16::try_from(time.hour())? * 60 + u16::try_from(time.minute())?)
        };
        let (from, to) = text.split_once('-').with_context(|| format!("`{text}` is not HH:MM-HH:MM"))?;
        Ok(Self { from_minute: minute(from)?, to_minute: minute(to)? })
    }
}

/// Backups by a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backup {
    /// Where they are written: another disk than that of the data.
    folder: PathBuf,
    /// Every so many hours.
    #[serde(default = "a_day")]
    every_hours: NonZeroU16,
    /// How many are kept.
    #[serde(default = "two_weeks")]
    keep: NonZeroU16,
}

fn a_day() -> NonZeroU16 {
    NonZeroU16::MIN.saturating_add(23)
}

fn two_weeks() -> NonZeroU16 {
    NonZeroU16::MIN.saturating_add(13)
}

impl Backup {
    pub(crate) fn plan(&self) -> BackupPlan {
        BackupPlan {
            folder: self.folder.clone(),
            every: Duration::from_secs(u64::from(self.every_hours.get()) * 3600),
            keep: usize::from(self.keep.get()),
        }
    }
}

/// How the program is replaced by a newer one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Upgrade {
    /// The public key of who signs programs, as minisign prints it.
    pub(crate) key: SigningKey,
    /// The command that restarts the node, with its words.
    #[serde(default)]
    pub(crate) restart: Vec<String>,
    /// Within how many seconds the node has to be up again.
    #[serde(default = "two_minutes")]
    pub(crate) ready_seconds: NonZeroU16,
}

fn two_minutes() -> NonZeroU16 {
    NonZeroU16::MIN.saturating_add(119)
}

/// A public key of minisign.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct SigningKey(pub(crate) minisign_verify::PublicKey);

impl TryFrom<String> for SigningKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let key = minisign_verify::PublicKey::from_base64(&text);
        key.map(Self).map_err(|_| "this is no public key of minisign: it is the line that begins with RW".to_owned())
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
            .filter(|line| {
                let list = line.starts_with("#   \"") || *line == "# ]" || line.ends_with('[');
                line.contains(" = ") || list || line.starts_with("# [")
            })
            .map(|line| format!("{}\n", line.trim_start_matches("# ")))
            .collect();
        let config = Config::parse(&switched_on).unwrap();
        assert!(config.listen.is_some() && config.tcp.is_some() && config.log.is_some());
        assert_eq!(config.peers.len(), 1, "{switched_on}");
        assert!(config.quiet.is_some() && config.alerts.mail.is_some() && config.alerts.webhook.is_some());
        let plan = config.backup.unwrap().plan();
        assert_eq!((plan.every.as_secs(), plan.keep), (86_400, 14));
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
        check("quiet = \"21:00-6\"", "`6` is not HH:MM");
        check("quiet = \"night\"", "is not HH:MM-HH:MM");
        check("[alerts]\nhook = \"x\"", "unknown field `hook`");
        check("[alerts.mail]\nserver = \"smtp://localhost\"", "missing field `from`");
        check("[backup]\nfolder = \"/media/backup\"\nkeep = 0", "expected a nonzero u16");
    }

    fn check(text: &str, expected: &str) {
        let told = format!("{:#}", Config::parse(text).unwrap_err());
        assert!(told.contains(expected), "{text}: {told}");
    }
}
