//! Short forms: fields as data, with what is wrong beside each, and the bytes of a file or a pasted text.

use service::NotLetIn;

use crate::problem::Problem;
use crate::session::{Posted, Visit};
use crate::words::Words;

/// One field of a short form, as it is shown.
pub(crate) struct Blank {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) value: String,
    /// `text`, `password`, `file` or `area`.
    pub(crate) kind: &'static str,
    /// What a browser may fill in (HTML `autocomplete`).
    pub(crate) autocomplete: &'static str,
}

impl Blank {
    /// A field that is typed into. The label is the word of the key.
    pub(crate) fn text(words: Words, name: &'static str, label: &str, value: &str) -> Self {
        Self {
            name,
            label: words.say(label),
            hint: None,
            error: None,
            value: value.to_owned(),
            kind: "text",
            autocomplete: "off",
        }
    }

    /// A field whose content is not shown and not sent back.
    pub(crate) fn password(words: Words, name: &'static str, label: &str, autocomplete: &'static str) -> Self {
        Self { kind: "password", autocomplete, ..Self::text(words, name, label, "") }
    }

    pub(crate) fn of_kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    pub(crate) fn hint(self, hint: String) -> Self {
        Self { hint: Some(hint), ..self }
    }

    pub(crate) fn filled_in_as(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// With what is wrong with it, if anything is.
    pub(crate) fn wrong(self, faults: &[(&'static str, String)]) -> Self {
        let error = faults.iter().find(|(name, _)| *name == self.name).map(|(_, text)| text.clone());
        Self { error, ..self }
    }

    /// What stands in `aria-describedby`.
    pub(crate) fn described_by(&self) -> String {
        let hint = self.hint.is_some().then(|| format!("{}-hint", self.name));
        let error = self.error.is_some().then(|| format!("{}-error", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

/// The two fields of a new password.
pub(crate) fn new_password(words: Words, faults: &[(&'static str, String)]) -> [Blank; 2] {
    let hint = words.about("enrol-password-hint", "n", service::PASSWORD_CHARS_MIN);
    [
        Blank::password(words, "password", "enrol-password", "new-password").hint(hint).wrong(faults),
        Blank::password(words, "again", "enrol-again", "new-password").wrong(faults),
    ]
}

/// What is wrong with a new password before the node is asked.
pub(crate) fn differs(words: Words, form: &Posted) -> Option<(&'static str, String)> {
    (form.get("password") != form.get("again")).then(|| ("password", words.say("enrol-differs")))
}

/// What the form says of a password or code that was not taken; `field` holds the password or code that was checked. A
/// fault of ours is a page of its own.
pub(crate) fn not_let_in(
    visit: &Visit,
    why: NotLetIn,
    field: &'static str,
    wrong: &str,
) -> Result<(&'static str, String), Problem> {
    let words = Words::of(visit.language);
    Ok(match why {
        NotLetIn::Wrong => (field, words.say(wrong)),
        NotLetIn::Weak => ("password", words.about("enrol-weak", "n", service::PASSWORD_CHARS_MIN)),
        NotLetIn::Wait { seconds } => (field, words.about("login-wait", "minutes", seconds.div_ceil(60))),
        NotLetIn::Problem(problem) => return Err(Problem::of_node(problem, &visit.parts, visit.language)),
    })
}

/// The content of the file that was chosen (the field `file`), else the text that was pasted.
pub(crate) fn carried<'a>(form: &'a Posted, text: &str) -> &'a [u8] {
    form.file("file").unwrap_or_else(|| form.get(text).trim().as_bytes())
}
