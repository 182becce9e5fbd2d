//! What a document holds that does not count, and why: ignored, waiting or refused, and always shown.

use documents::{Refusal, Waiting};
use identity::{Coordinate, OfficeKind};
use serde::{Deserialize, Serialize};

use crate::{
    author::By,
    coordination::Unfit,
    value::codes,
    words::{self, Lang},
};

codes! {
    /// How something that does not count stands.
    NoticeState {
        /// It was read and means nothing here.
        Ignored = "ignored", "tidak dipakai", "not used", [];
        /// It may count later.
        Waiting = "waiting", "menunggu", "waiting", [];
        /// It does not count.
        Refused = "refused", "ditolak", "refused", [];
    }
}

/// Why something does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The value is not of the field's type.
    WrongType,
    /// This version knows no such field or fact.
    Unfamiliar,
    /// This version knows no such kind of document.
    UnknownKind(u16),
    /// A newer version said it in a form that this one does not read.
    Newer(u64),
    /// The content does not decode.
    Malformed,
    /// An office of this kind, or of another region, may not say it.
    MayNotSay(OfficeKind),
    /// The office of its author is not known here yet.
    UnknownAuthor,
    /// It takes back a fact of another office.
    NotItsOwn,
    /// The document lies in a scope of another class.
    Misplaced,
    /// A rule of coordination is broken.
    Disallowed(Unfit),
    /// What was accepted cannot be shown on this machine; an alarm of this node alone.
    CannotShow,
    /// It waits for something else.
    Waits(Waiting),
    /// It was refused.
    Refused(Refusal),
}

/// Something that a document holds and that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How it stands.
    pub state: NoticeState,
    /// The field or fact, empty for a whole entry or document.
    pub what: String,
    /// Why, as a code for programs.
    pub code: String,
    /// Why, in Indonesian.
    pub id: String,
    /// Why, in English.
    pub en: String,
    /// The entry that says it.
    pub at: Coordinate,
    /// Who said it, where that is known.
    pub by: Option<By>,
}

/// What is ignored is a notice like any other.
pub type Ignored = Notice;

impl Notice {
    pub(crate) fn new(what: &str, why: &Why, at: Coordinate, by: Option<By>) -> Self {
        Self {
            state: why.state(),
            what: what.chars().take(64).collect(),
            code: why.code().to_owned(),
            id: words::why(why, Lang::Id),
            en: words::why(why, Lang::En),
            at,
            by,
        }
    }

    /// Why, in one language.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.id,
            Lang::En => &self.en,
        }
    }
}

impl Why {
    /// How something with this reason stands.
    pub fn state(&self) -> NoticeState {
        match self {
            Self::Unfamiliar
            | Self::UnknownKind(_)
            | Self::Newer(_)
            | Self::UnknownAuthor
            | Self::CannotShow
            | Self::Waits(_) => NoticeState::Waiting,
            Self::WrongType
            | Self::Malformed
            | Self::MayNotSay(_)
            | Self::NotItsOwn
            | Self::Misplaced
            | Self::Disallowed(_) => NoticeState::Ignored,
            Self::Refused(_) => NoticeState::Refused,
        }
    }

    /// The code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongType => "wrong_type",
            Self::Unfamiliar | Self::UnknownKind(_) | Self::Newer(_) => "version",
            Self::Malformed => "malformed",
            Self::MayNotSay(_) => "may_not_say",
            Self::UnknownAuthor => "unknown_author",
            Self::NotItsOwn => "not_its_own",
            Self::Misplaced => "misplaced",
            Self::Disallowed(unfit) => unfit.code(),
            Self::CannotShow => "cannot_show",
            Self::Waits(Waiting::Dependency(_)) => "dependency",
            Self::Waits(Waiting::Reissue(_)) => "reissue",
            Self::Waits(Waiting::Standing) => "standing",
            Self::Waits(Waiting::Version) => "version",
            Self::Refused(Refusal::NoRight) => "no_right",
            Self::Refused(Refusal::CutOff) => "cut_off",
            Self::Refused(Refusal::Guard(_)) => "guard",
        }
    }
}
