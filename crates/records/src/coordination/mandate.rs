//! Who may bind an office, and what somebody without a mandate agreed to.

use serde::{Deserialize, Serialize};

use super::{opening::is_line, party::as_text};
use crate::{Date, FactDraft, PartialDate, RecordError, content::refuse, facts::Content, value::codes};

codes! {
    /// How somebody acts in a position that is not theirs.
    Acting {
        /// Pelaksana tugas: the position is vacant.
        Plt = "plt", "Plt.", "acting (Plt.)", ["plt."];
        /// Pelaksana harian: its holder is away.
        Plh = "plh", "Plh.", "acting for the day (Plh.)", ["plh."];
        /// Atas nama: signs in the name of its holder.
        Behalf = "an", "a.n.", "on behalf (a.n.)", ["a.n."];
    }
}

/// An office's word that an official may bind it in this agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// The official.
    pub official: String,
    /// The position.
    pub position: String,
    /// How the official acts in it; none: it is the official's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting: Option<Acting>,
    /// The number of the letter.
    pub letter: String,
    /// The first day.
    #[serde(with = "as_text")]
    pub from: Date,
    /// The last day; none: until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::party::as_text_opt")]
    pub until: Option<Date>,
}

impl Content for Mandate {
    const KEY: &'static str = "mandate";
}

impl Mandate {
    /// Whether it holds on a day.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// The position as it stands under a signature: *Plt. Kepala Dinas*.
    pub fn title(&self) -> String {
        match self.acting {
            Some(acting) => format!("{} {}", acting.words().id, self.position),
            None => self.position.clone(),
        }
    }

    /// The fact.
    ///
    /// # Errors
    /// When official, position or letter is missing, or it ends before it begins.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if ![&self.official, &self.position, &self.letter].into_iter().all(|line| is_line(line)) {
            return refuse(
                ("mandatnya belum lengkap", "the mandate is not complete"),
                (
                    "isi pejabat, jabatan dan nomor surat",
                    "give the official, the position and the number of the letter",
                ),
            );
        }
        if self.until.is_some_and(|until| until < self.from) {
            return refuse(
                ("mandatnya berakhir sebelum mulai", "the mandate ends before it begins"),
                ("periksa kedua tanggalnya", "check both dates"),
            );
        }
        self.draft()
    }
}

/// Somebody without a mandate agreed, until an official with one says so: *ad referendum*. It never ratifies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdReferendum {
    /// Who agreed.
    pub official: String,
    /// When.
    pub date: PartialDate,
    /// Whose word it awaits.
    pub awaiting: String,
    /// Until when.
    #[serde(with = "as_text")]
    pub until: Date,
}

impl Content for AdReferendum {
    const KEY: &'static str = "ad_referendum";
}

impl AdReferendum {
    /// The fact.
    ///
    /// # Errors
    /// When it does not say who agreed and whom it awaits, or ends before it was given.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if !is_line(&self.official) || !is_line(&self.awaiting) {
            return refuse(
                ("ad referendum belum lengkap", "the ad referendum is not complete"),
                ("isi siapa yang setuju dan keputusan siapa yang ditunggu", "say who agreed and whose word it awaits"),
            );
        }
        if self.until < self.date.span().first {
            return refuse(
                ("ad referendum berakhir sebelum diberikan", "the ad referendum ends before it was given"),
                ("periksa kedua tanggalnya", "check both dates"),
            );
        }
        self.draft()
    }
}
