//! What the contents of many facts share: texts of one line, and refusals that say what to do.

use crate::{
    RecordError,
    value::TEXT_CHARS_MAX,
    words::{Lang, Words},
};

/// What is wrong and what to do, each in both languages.
pub(crate) const fn unfit(what: (&'static str, &'static str), todo: (&'static str, &'static str)) -> RecordError {
    RecordError::Unfit { what: Words { id: what.0, en: what.1 }, todo: Words { id: todo.0, en: todo.1 } }
}

/// Refuses.
pub(crate) fn refuse<T>(
    what: (&'static str, &'static str),
    todo: (&'static str, &'static str),
) -> Result<T, RecordError> {
    Err(unfit(what, todo))
}

/// Refuses where `holds` does not.
pub(crate) fn must(holds: bool, error: RecordError) -> Result<(), RecordError> {
    if holds { Ok(()) } else { Err(error) }
}

const NOT_ONE_LINE: RecordError = unfit(
    ("teks kosong, terlalu panjang, atau lebih dari satu baris", "a text is empty, too long or of more than one line"),
    ("tulis satu baris, paling banyak 500 huruf", "write one line of at most 500 characters"),
);

const HOLDS_NIK: RecordError = unfit(
    ("ada 16 angka berurutan, mungkin NIK", "there are 16 digits in a row, perhaps a NIK"),
    ("hapus angkanya; orangnya sudah dirujuk dengan kodenya", "take them out; the person is referred to by their code"),
);

/// One line of text that names nobody by number.
pub(crate) fn line(text: &str) -> Result<(), RecordError> {
    let one_line =
        !text.trim().is_empty() && text.chars().count() <= TEXT_CHARS_MAX && !text.chars().any(char::is_control);
    must(one_line, NOT_ONE_LINE)?;
    must(!holds_nik(text), HOLDS_NIK)
}

/// A line that may be left out.
pub(crate) fn optional_line(text: Option<&String>) -> Result<(), RecordError> {
    text.map_or(Ok(()), |text| line(text))
}

/// Whether a free text holds a run of 16 digits, however grouped: the leak of which `domain/records.md` 4.1 warns.
pub fn holds_nik(text: &str) -> bool {
    let mut run = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => run += 1,
            ' ' | '.' | '-' => {}
            _ => run = 0,
        }
        if run == 16 {
            return true;
        }
    }
    false
}

/// Words for what an officer should know, in one language.
pub(crate) fn pick(lang: Lang, id: String, en: String) -> String {
    match lang {
        Lang::Id => id,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_digits_are_found_however_they_are_grouped() {
        for (text, found) in [
            ("NIK 3307105203850001", true),
            ("33.07.10 520385-0001 hilang", true),
            ("telepon 0812 3456 7890", false),
            ("kwitansi 123456789 dan 987654321", false),
            ("", false),
        ] {
            assert_eq!(holds_nik(text), found, "{text}");
            assert_eq!(line(text).is_ok(), !found && !text.is_empty(), "{text}");
        }
    }
}
