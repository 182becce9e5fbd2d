//! Something said in both languages, as an answer carries it: the one who asks picks.

use records::{Lang, Words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing in Indonesian and in English.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema)]
pub struct Both {
    /// In Indonesian.
    pub id: String,
    /// In English.
    pub en: String,
}

impl Both {
    /// What this says in each language.
    pub(crate) fn of(say: impl Fn(Lang) -> String) -> Self {
        Self { id: say(Lang::Id), en: say(Lang::En) }
    }

    /// What this says in one of them.
    pub(crate) fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.id,
            Lang::En => &self.en,
        }
    }
}

impl From<Words> for Both {
    fn from(words: Words) -> Self {
        Self::of(|lang| words.of(lang).to_owned())
    }
}
