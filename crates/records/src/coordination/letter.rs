//! Letters about an agenda, in and out, and what a party said by one.

use serde::{Deserialize, Serialize};

use super::{opening::is_line, party::Party};
use crate::{Digest, FactDraft, PartialDate, RecordError, content::refuse, facts::Content, value::codes};

codes! {
    /// Whether a letter came or went.
    LetterWay {
        /// It came in.
        In = "masuk", "surat masuk", "letter in", [];
        /// It went out.
        Out = "keluar", "surat keluar", "letter out", [];
    }
}

codes! {
    /// How a party said something that another office records.
    SourceKind {
        /// By letter.
        Letter = "surat", "surat", "letter", [];
        /// In a meeting.
        Meeting = "rapat", "rapat", "meeting", [];
    }
}

/// Where something is written that another office records: *menurut surat no. …*, *menurut rapat tanggal …*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct According {
    /// Letter or meeting.
    pub source: SourceKind,
    /// The number of the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Of the letter or meeting.
    pub date: PartialDate,
    /// The hash of the scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Digest>,
}

impl According {
    /// Whether somebody could find it: a letter by its number, a meeting by its date.
    ///
    /// # Errors
    /// When not.
    pub fn check(&self) -> Result<(), RecordError> {
        let found = match self.source {
            SourceKind::Letter => self.number.as_deref().is_some_and(is_line),
            SourceKind::Meeting => self.date != PartialDate::Unknown,
        };
        if found {
            Ok(())
        } else {
            refuse(
                ("belum jelas di mana pihak itu mengatakannya", "a word recorded for another party"),
                (
                    "isi nomor suratnya, atau tanggal rapatnya",
                    "give the number of the letter, or the date of the meeting",
                ),
            )
        }
    }
}

/// A letter about the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// In or out, seen from the office that records it.
    pub way: LetterWay,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: PartialDate,
    /// Who wrote it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// Who has a copy (tembusan).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
    /// When it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<PartialDate>,
    /// The hash of its scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Digest>,
    /// The party that it is from or to, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
}

impl Content for Letter {
    const KEY: &'static str = "letter";
}

impl Letter {
    /// The fact that records it.
    ///
    /// # Errors
    /// When number, sender, addressee or subject is empty or no line, or it was received before it was written.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        let lines = [&self.number, &self.from, &self.to, &self.subject].into_iter().chain(&self.copies);
        if !lines.into_iter().all(|line| is_line(line)) {
            return refuse(
                ("suratnya belum lengkap", "the letter is not complete"),
                (
                    "isi nomor, pengirim, tujuan dan perihal, masing-masing satu baris",
                    "give number, sender, addressee and subject, each one line",
                ),
            );
        }
        let early = self.received.is_some_and(|received| received.span().last < self.date.span().first);
        if early {
            return refuse(
                ("suratnya diterima sebelum ditulis", "the letter was received before it was written"),
                ("periksa kedua tanggalnya", "check both dates"),
            );
        }
        self.draft()
    }
}
