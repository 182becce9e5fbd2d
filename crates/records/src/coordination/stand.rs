//! What each party thinks of each article: a party's own word, or what the convener records for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    letter::According,
    opening::{Silence, is_line},
    party::Party,
    text::{AgendaText, ItemId},
};
use crate::{Date, Digest, FactDraft, RecordError, Said, content::refuse, facts::Content, value::codes};

codes! {
    /// What a party thinks of an article.
    Stance {
        /// Agrees.
        Support = "setuju", "setuju", "supports", [];
        /// Agrees, with a note.
        Note = "catatan", "setuju dengan catatan", "supports with a note", [];
        /// Objects, with a reason and the wording that it proposes.
        Object = "keberatan", "keberatan", "objects", [];
        /// Abstains.
        Abstain = "abstain", "abstain", "abstains", [];
    }
}

/// What a party thinks of an article, or of the whole text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// The article; none: the whole text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<ItemId>,
    /// What it thinks.
    pub stance: Stance,
    /// The note of a support, or the reason of an objection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The wording that an objection proposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposes: Option<String>,
    /// The wording of the article that it is about ([`super::Article::digest`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Digest>,
    /// For whom it is recorded; none: for the office's own party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
    /// Where that party said it; the convener's records name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub according_to: Option<According>,
}

impl Content for Stand {
    const KEY: &'static str = "stand";
}

impl Stand {
    /// The fact, if it says what such a stand has to say.
    ///
    /// # Errors
    /// When an objection gives no reason or proposes nothing, or a support with a note has none.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        let says = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        match self.stance {
            Stance::Object if !says(&self.why) || !says(&self.proposes) => refuse(
                ("keberatan tanpa alasan atau usulan", "an objection without a reason or a wording"),
                ("tulis alasan dan rumusan yang diusulkan", "say why, and write the wording that you propose"),
            ),
            Stance::Note if !says(&self.why) => refuse(
                ("catatannya kosong", "a support with an empty note"),
                ("tulis catatannya, atau setuju tanpa catatan", "write the note, or support without one"),
            ),
            Stance::Support | Stance::Note | Stance::Object | Stance::Abstain => {
                if let Some(according) = &self.according_to {
                    according.check()?;
                }
                self.draft()
            }
        }
    }
}

/// Where a cell of the grid (articles × parties) stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cell {
    /// The article; none: the whole text.
    pub article: Option<ItemId>,
    /// The party's own words that no later one replaces. More than one that differ: *dua tanggapan berbeda*.
    pub own: Vec<Said<Stand>>,
    /// What the convener recorded and no own word replaced: *belum dikonfirmasi*.
    pub recorded: Vec<Said<Stand>>,
    /// What was said before.
    pub earlier: Vec<Said<Stand>>,
}

/// What a cell says on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellState<'a> {
    /// The party has time to answer.
    Open,
    /// The party did not answer by its day.
    Silent {
        /// The day by which it should have.
        since: Date,
        /// What that means for the article, as declared at the opening.
        means: Silence,
    },
    /// The party's own word.
    Own(&'a Said<Stand>),
    /// The convener's record: *belum dikonfirmasi*.
    Recorded(&'a Said<Stand>),
    /// Words that differ: the party has to say which holds.
    Different(&'a [Said<Stand>]),
}

impl Cell {
    /// What it says on a day, with the last day for stands and the declared rule of silence.
    pub fn on(&self, day: Date, due: Option<Date>, silence: Silence) -> CellState<'_> {
        let same = |all: &[Said<Stand>]| all.iter().all(|one| one.what == all[0].what);
        match (self.own.as_slice(), self.recorded.as_slice()) {
            ([first, ..], _) if same(&self.own) => CellState::Own(first),
            ([_, ..], _) => CellState::Different(&self.own),
            ([], [first, ..]) if same(&self.recorded) => CellState::Recorded(first),
            ([], [_, ..]) => CellState::Different(&self.recorded),
            ([], []) => match due.filter(|due| *due < day) {
                Some(since) => CellState::Silent { since, means: silence },
                None => CellState::Open,
            },
        }
    }

    /// Whether the article's wording changed after the stand was given.
    pub fn is_outdated(&self, text: &AgendaText) -> bool {
        self.own.iter().chain(&self.recorded).any(|said| {
            let given = said.what.article.zip(said.what.wording);
            given.is_some_and(|(article, wording)| {
                text.article(article).is_none_or(|article| article.digest() != wording)
            })
        })
    }
}

/// The grid, articles × parties: what was said about, by party.
pub type Grid = BTreeMap<Party, Vec<Cell>>;

/// A remark about the agenda or an article, by anybody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The article; none: the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<ItemId>,
    /// The remark.
    pub text: String,
}

impl Content for Comment {
    const KEY: &'static str = "comment";
}

impl Comment {
    /// The fact.
    ///
    /// # Errors
    /// When it says nothing.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if self.text.trim().is_empty() {
            return refuse(("komentarnya kosong", "an empty remark"), ("tulis dahulu", "write it first"));
        }
        self.draft()
    }
}

/// A meeting in which the agenda was discussed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// When.
    pub date: crate::PartialDate,
    /// Where.
    pub place: String,
    /// The event of a calendar that it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<identity::EntryHash>,
    /// What was concluded, in short.
    pub outcome: String,
    /// The hash of the minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Digest>,
}

impl Content for Meeting {
    const KEY: &'static str = "meeting";
}

/// A party's word on the minutes of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    /// The meeting.
    pub meeting: identity::EntryHash,
    /// Whether they say what was concluded.
    pub approves: bool,
    /// What they say wrongly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Content for Minutes {
    const KEY: &'static str = "minutes";
}

impl Minutes {
    /// The fact.
    ///
    /// # Errors
    /// When somebody does not approve and says nothing of why.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        let says = self.note.as_deref().is_some_and(|note| !note.trim().is_empty());
        if !self.approves && !says {
            return refuse(
                ("notula tidak disetujui tanpa keterangan", "minutes that are not approved, without a reason"),
                ("tulis apa yang tidak sesuai", "write what they say wrongly"),
            );
        }
        self.draft()
    }
}

impl Meeting {
    /// The fact.
    ///
    /// # Errors
    /// When place or outcome is missing.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if !is_line(&self.place) || self.outcome.trim().is_empty() {
            return refuse(
                ("rapatnya belum lengkap", "the meeting is not complete"),
                ("isi tempat dan kesimpulannya", "say where it was and what was concluded"),
            );
        }
        self.draft()
    }
}
