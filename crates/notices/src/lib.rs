//! Notices: alerts leave the house, by e-mail, by webhook and as files.
//!
//! Every message is a file first (the spool), and each way out reads the files in their order. So nothing that was told is
//! lost while a mail server or a line is down, and a node that stops goes on where it stood.
//!
//! # Invariants
//! - A message is sent by a way at least once, in the order in which it was told; it may come twice when the machine dies
//!   between sending it and noting that.
//! - What a receiver refuses for good does not hold up what comes after: it stays in the spool, and the log says so.
//! - A way that is set up later begins with what is told from then on.

mod mail;
mod message;
mod spool;
mod webhook;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use serde::Deserialize;
use service::{Outbox, Outgoing, Told, reply::Tried};
use tokio::sync::{mpsc, watch};

pub use message::Language;
use spool::Spool;

/// How long is waited before a message is sent again, at first and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// How messages leave.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ways {
    /// Where each message lies as a file; else `alerts` in the data folder.
    pub spool: Option<PathBuf>,
    /// An address that each message is posted to, as JSON.
    pub webhook: Option<String>,
    /// To whom they are mailed.
    pub mail: Option<Mail>,
    /// In which language they are written.
    #[serde(default)]
    pub language: Language,
}

impl fmt::Debug for Ways {
    /// The address of a webhook may hold a secret, and what is set stands in the log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Ways");
        shown.field("spool", &self.spool).field("webhook", &self.webhook.is_some()).field("mail", &self.mail);
        shown.field("language", &self.language).finish()
    }
}

/// Messages by e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server: `smtps://HOST:PORT`, `smtp://HOST:PORT?tls=required`, or `smtp://localhost:25` on this machine.
    pub server: String,
    /// Who logs in there.
    pub user: Option<String>,
    /// A file whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// The sender.
    pub from: String,
    /// The receivers.
    pub to: Vec<String>,
}

/// Why messages cannot be sent at all. What a server says later is tried again instead.
#[derive(Debug, thiserror::Error)]
pub enum NoticesError {
    /// The spool cannot be used.
    #[error("cannot use {}", path.display())]
    Spool {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A setting of the mail is wrong.
    #[error("cannot use the setting `{setting}` of the mail: {why}")]
    Mail {
        /// Which.
        setting: &'static str,
        /// Why.
        why: String,
    },
    /// The address of the webhook is wrong.
    #[error("cannot use the webhook: {0}")]
    Webhook(String),
}

/// Why a message was not taken.
#[derive(Debug)]
pub(crate) struct NotTaken {
    why: String,
    /// Whether it would be refused again.
    for_good: bool,
}

/// A way out beside the spool.
#[derive(Debug)]
enum Way {
    Mail(mail::Mailer),
    Webhook(webhook::Webhook),
}

impl Way {
    fn name(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Webhook(_) => "webhook",
        }
    }

    fn to(&self) -> String {
        match self {
            Self::Mail(mailer) => mailer.to(),
            Self::Webhook(webhook) => webhook.to(),
        }
    }

    async fn send(&self, told: &Told) -> Result<(), NotTaken> {
        match self {
            Self::Mail(mailer) => mailer.send(told).await,
            Self::Webhook(webhook) => webhook.send(told).await,
        }
    }
}

/// Starts sending; gives where messages are handed in. It ends when nobody can hand any in any more.
///
/// # Errors
/// When a setting cannot be used. Whether servers answer is seen later.
pub fn start(ways: &Ways, data: &Path) -> Result<Outbox, NoticesError> {
    if let Some(path) = &ways.spool {
        std::fs::create_dir_all(path).map_err(|source| NoticesError::Spool { path: path.clone(), source })?;
    }
    let folder = ways.spool.clone().unwrap_or_else(|| data.join("alerts"));
    let spool = Arc::new(Spool::open(folder)?);
    let mut out = Vec::new();
    if let Some(mail) = &ways.mail {
        out.push(Arc::new(Way::Mail(mail::Mailer::new(mail, ways.language)?)));
    }
    if let Some(address) = &ways.webhook {
        out.push(Arc::new(Way::Webhook(webhook::Webhook::new(address)?)));
    }
    let (newest, told) = watch::channel(spool.newest());
    for way in &out {
        spool.begin(way.name())?;
        tokio::spawn(keep_sending(spool.clone(), way.clone(), told.clone()));
    }
    let (outbox, handed_in) = mpsc::unbounded_channel();
    tokio::spawn(take_in(spool, out, newest, handed_in));
    Ok(outbox)
}

async fn take_in(
    spool: Arc<Spool>,
    ways: Vec<Arc<Way>>,
    newest: watch::Sender<u64>,
    mut handed_in: mpsc::UnboundedReceiver<Outgoing>,
) {
    while let Some(outgoing) = handed_in.recv().await {
        match outgoing {
            Outgoing::Send(told) => match spool.put(&told) {
                Ok(number) => drop(newest.send_replace(number)),
                Err(error) => tracing::error!(%error, alert = told.key, "an alert cannot be written to the spool"),
            },
            Outgoing::Try(told, reply) => {
                let problem = spool.put(&told).err().map(|error| error.to_string());
                let mut tried = vec![Tried { way: "spool".to_owned(), to: spool.shown(), problem }];
                let ways = ways.clone();
                // A server that does not answer holds up no alert.
                tokio::spawn(async move {
                    for way in &ways {
                        let problem = way.send(&told).await.err().map(|not| not.why);
                        tried.push(Tried { way: way.name().to_owned(), to: way.to(), problem });
                    }
                    // Whoever asked may have given up waiting.
                    let _ = reply.send(tried);
                });
            }
        }
    }
}

/// Sends what lies in the spool, in its order, by one way.
async fn keep_sending(spool: Arc<Spool>, way: Arc<Way>, mut newest: watch::Receiver<u64>) {
    loop {
        let upto = *newest.borrow_and_update();
        while let Some((number, told)) = spool.next(way.name(), upto) {
            if let Some(told) = told {
                deliver(&way, &told).await;
            }
            if let Err(error) = spool.sent(way.name(), number) {
                tracing::warn!(%error, way = way.name(), "it is not noted that an alert was sent; it may be sent again");
            }
        }
        if newest.changed().await.is_err() {
            return;
        }
    }
}

/// Sends one message until it is taken, or refused for good.
async fn deliver(way: &Way, told: &Told) {
    let retry = ExponentialBuilder::default()
        .with_min_delay(PATIENCE.0)
        .with_max_delay(PATIENCE.1)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times();
    let sent = (|| way.send(told))
        .retry(retry)
        .when(|not: &NotTaken| !not.for_good)
        .notify(|not: &NotTaken, after| {
            tracing::warn!(way = way.name(), alert = told.key, why = not.why, ?after, "an alert is not sent yet");
        })
        .await;
    match sent {
        Ok(()) => tracing::info!(way = way.name(), alert = told.key, "an alert was sent"),
        Err(not) => tracing::error!(way = way.name(), alert = told.key, why = not.why, "an alert is refused for good"),
    }
}

#[cfg(test)]
mod tests;
