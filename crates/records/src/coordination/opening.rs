//! How an agenda begins: why, with whom, by when each step is answered, and what silence means.

use identity::{Coordinate, Region};
use serde::{Deserialize, Serialize};

use super::party::{Party, as_text, as_text_opt};
use crate::{
    Date, FactDraft, RecordError,
    content::refuse,
    facts::Content,
    value::{TEXT_CHARS_MAX, codes},
};

codes! {
    /// Why an agenda was proposed.
    OriginKind {
        /// A party proposes it.
        Proposal = "usul", "usul pihak", "proposed by a party", [];
        /// A consultation case that its officer could not solve. (S0)
        Case = "kasus", "kasus yang belum terselesaikan", "an escalated case", [];
        /// More people than places.
        Places = "tempat", "tempat tidak cukup", "too few places", [];
        /// A commitment was not kept.
        Breach = "ingkar", "komitmen tidak dipenuhi", "a breached commitment", [];
        /// What the last round of coordination gave back. (S1, indicator 7)
        Feedback = "umpan_balik", "umpan balik putaran lalu", "feedback of the last round", ["feedback"];
    }
}

codes! {
    /// A step of an agenda that parties answer by a day.
    AgendaStep {
        /// What each party thinks of each article.
        Stands = "tanggapan", "tanggapan para pihak", "what the parties think", [];
        /// The discussion.
        Discussion = "pembahasan", "pembahasan", "discussion", [];
        /// The final text.
        Text = "naskah", "naskah akhir", "final text", [];
        /// Each party's ratification.
        Ratification = "penetapan", "penetapan oleh tiap pihak", "ratification by each party", [];
    }
}

codes! {
    /// What it means that a party does not answer about the text. It never means that a party ratifies.
    Silence {
        /// Nothing.
        NoAnswer = "tidak_menjawab", "diam berarti belum menjawab", "silence is no answer", [];
        /// No objection to the article, as the parties declared at the opening.
        NoObjection = "tidak_keberatan", "diam berarti tidak keberatan", "silence is no objection", [];
    }
}

/// Where an agenda comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Why.
    pub kind: OriginKind,
    /// The case, commitment or other document that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_text_opt")]
    pub of: Option<Coordinate>,
}

/// A party as the convener invites it. Said again, it replaces what was said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who.
    pub party: Party,
    /// Its name, as it is to stand in the text.
    pub name: String,
    /// Whether the agreement needs its ratification.
    pub required: bool,
    /// It is no party any more. A final text that names it stays as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
}

/// By when a step is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDue {
    /// Which.
    pub step: AgendaStep,
    /// The last day.
    #[serde(with = "as_text")]
    pub by: Date,
}

/// The entry that creates an agenda. Nobody can edit it, so dates and the rule of silence stay as they were declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Where it comes from.
    pub origin: Origin,
    /// The region that it concerns; once *ditetapkan*, the agreement is published there.
    pub region: Region,
    /// The first parties; the convener is one of them.
    pub parties: Vec<Invitation>,
    /// By when each step is answered, each step once.
    pub steps: Vec<StepDue>,
    /// What silence means.
    pub silence: Silence,
}

impl Content for Opening {
    const KEY: &'static str = "opening";
}
impl Content for Invitation {
    const KEY: &'static str = "party";
}

impl Opening {
    /// The fact that creates the agenda.
    ///
    /// # Errors
    /// When parties or steps are named twice, a step comes before the one that it follows, a name does not fit, or an
    /// origin other than a proposal names no document.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        let twice = |index: usize, party| self.parties[..index].iter().any(|other: &Invitation| other.party == party);
        if self.parties.len() < 2 {
            return refuse(
                ("agenda ini baru punya satu pihak", "an agenda with fewer than two parties"),
                ("undang pihak yang terkait", "invite the parties that it concerns"),
            );
        }
        for (index, invited) in self.parties.iter().enumerate() {
            invited.check()?;
            if twice(index, invited.party) || invited.left {
                return refuse(
                    ("ada pihak yang disebut dua kali atau sudah keluar", "a party that is named twice or has left"),
                    ("sebut tiap pihak satu kali", "name each party once"),
                );
            }
        }
        // Each step follows the one before it, and so do their dates.
        if !self.steps.windows(2).all(|pair| pair[0].step < pair[1].step && pair[0].by <= pair[1].by) {
            return refuse(
                ("urutan atau tanggal langkahnya tidak cocok", "the steps are not in order"),
                (
                    "isi tiap langkah satu kali, berurutan, dengan tanggal yang tidak mundur",
                    "give each step once, in their order, with dates that do not go back",
                ),
            );
        }
        if self.origin.kind != OriginKind::Proposal && self.origin.of.is_none() {
            return refuse(
                ("asal agenda belum disebut", "an agenda from a case or commitment that is not named"),
                ("pilih catatan asalnya", "name the document it comes from"),
            );
        }
        self.draft()
    }

    /// The last day for a step.
    pub fn due(&self, step: AgendaStep) -> Option<Date> {
        self.steps.iter().find(|due| due.step == step).map(|due| due.by)
    }
}

impl Invitation {
    /// Whether the name fits.
    ///
    /// # Errors
    /// When it is empty, longer than a line, or holds what is not seen.
    pub fn check(&self) -> Result<(), RecordError> {
        if is_line(&self.name) {
            Ok(())
        } else {
            refuse(
                ("nama pihaknya kosong atau terlalu panjang", "the name of a party is empty or too long"),
                ("tulis satu baris, paling banyak 500 huruf", "write one line of at most 500 characters"),
            )
        }
    }
}

/// Whether this is one line that a person can read and a canonical text can hold.
pub(crate) fn is_line(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.chars().count() <= TEXT_CHARS_MAX
        && !text.chars().any(|c| c.is_control() || is_hidden(c))
}

/// Characters that turn or hide what is read: what is signed is what is seen.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
