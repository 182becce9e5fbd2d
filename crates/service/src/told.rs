//! What leaves the house about an alert: in the message itself what is wrong, what to do and whom to call. How it leaves
//! is for whoever listens.

use ::health::{Level, words::Said};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::{
    Service,
    problem::{Code, Problem},
};

/// What became of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldAs {
    /// It is new.
    Raised,
    /// Somebody dealt with it, their time is over, and it is still there.
    StillThere,
    /// It is over.
    Over,
    /// Nothing is wrong: somebody tries whether messages arrive.
    Trial,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What became of the alert.
    pub notice: ToldAs,
    /// The alert's name, the same in every message about it.
    pub key: String,
    /// How urgent it is.
    pub level: Level,
    /// The office that says so.
    pub from: String,
    /// The office that it is about.
    pub office: String,
    /// What is wrong, as of when.
    pub sentence: Said,
    /// Why it matters.
    pub why: Said,
    /// What to do.
    pub action: Said,
    /// Whom to call there, each with a telephone number; empty where nobody wrote that down.
    pub call: Vec<String>,
    /// When this was said, in Unix milliseconds.
    pub at_ms: i64,
}

/// What whoever sends messages is handed.
#[derive(Debug)]
pub enum Outgoing {
    /// Send it, and try again until it arrived.
    Send(Box<Told>),
    /// Try each way once and say how that went.
    Try(Box<Told>, oneshot::Sender<Vec<Tried>>),
}

/// How one way out went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Which: `mail`, `webhook` or `spool`.
    pub way: String,
    /// Where to.
    pub to: String,
    /// What is wrong with it; none if the message was taken.
    pub problem: Option<String>,
}

/// Where messages are handed to.
pub type Outbox = mpsc::UnboundedSender<Outgoing>;

impl Service {
    /// Sends a message that says that nothing is wrong, by every way once.
    pub(crate) async fn try_alerts(&self) -> Result<Vec<Tried>, Problem> {
        let Some(outbox) = &self.0.upkeep.outbox else { return Err(nobody_listens()) };
        let from = self.office().name;
        let told = Told {
            notice: ToldAs::Trial,
            key: "trial".to_owned(),
            level: Level::Ok,
            office: from.clone(),
            from,
            sentence: said(
                "Percobaan: peringatan dari kantor ini sampai kepada Anda.",
                "A trial: alerts of this office reach you.",
            ),
            why: said("Tidak ada yang salah.", "Nothing is wrong."),
            action: said("Tidak ada yang perlu dilakukan.", "Nothing needs to be done."),
            call: Vec::new(),
            at_ms: jiff::Timestamp::now().as_millisecond(),
        };
        let (reply, tried) = oneshot::channel();
        outbox.send(Outgoing::Try(Box::new(told), reply)).map_err(|_| nobody_listens())?;
        tried.await.map_err(|_| nobody_listens())
    }
}

fn said(id: &str, en: &str) -> Said {
    Said { id: id.to_owned(), en: en.to_owned() }
}

fn nobody_listens() -> Problem {
    Problem::said(
        Code::Conflict,
        None,
        "peringatan hanya dikirim oleh aplikasi yang sedang berjalan: jalankan `simpul run`",
        "alerts are sent by a running node alone: start it with `simpul run`",
    )
}
