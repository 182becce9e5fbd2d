//! What a message says, in the words of one language: all that somebody needs who reads it on a telephone at night.

use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use service::{Told, ToldAs, reply::Level, reply::Said};

/// In which language messages are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

impl Language {
    fn of(self, said: &Said) -> &str {
        match self {
            Self::Id => &said.id,
            Self::En => &said.en,
        }
    }

    fn pick(self, id: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Id => id,
            Self::En => en,
        }
    }
}

/// One line: how urgent, and what.
pub(crate) fn subject(told: &Told, language: Language) -> String {
    let mark = match (told.notice, told.level) {
        (ToldAs::Over, _) => language.pick("SELESAI", "OVER"),
        (ToldAs::Trial, _) => language.pick("PERCOBAAN", "TRIAL"),
        (ToldAs::StillThere, _) => language.pick("MASIH ADA", "STILL THERE"),
        (ToldAs::Raised, Level::Critical) => language.pick("MENDESAK", "URGENT"),
        (ToldAs::Raised, Level::Warning | Level::Ok) => language.pick("PERLU DILIHAT", "TO BE LOOKED AT"),
    };
    format!("[Simpul] {mark}: {}", language.of(&told.sentence))
}

/// The whole text.
pub(crate) fn body(told: &Told, language: Language) -> String {
    let mut lines = vec![language.of(&told.sentence).to_owned(), String::new()];
    if told.notice != ToldAs::Over {
        lines.push(language.of(&told.why).to_owned());
        let todo = language.pick("Yang perlu dilakukan", "What to do");
        lines.push(format!("{todo}: {}", language.of(&told.action)));
        if !told.call.is_empty() {
            let call = language.pick("Hubungi", "Call");
            lines.push(format!("{call} {}: {}", told.office, told.call.join("; ")));
        }
        lines.push(String::new());
    }
    let at = Timestamp::from_millisecond(told.at_ms).unwrap_or_default().to_zoned(TimeZone::system());
    let says = language.pick("Dikatakan oleh", "Said by");
    lines.push(format!("{says} {}, {}", told.from, at.strftime("%Y-%m-%d %H:%M %Z")));
    lines.push(format!("{}: {}", language.pick("Kunci", "Key"), told.key));
    lines.join("\n")
}
