//! Register numbers as people say them: `KRP-2026-0001`, counted by each office within its own block.

use std::{fmt, ops::RangeInclusive, str::FromStr};

/// A register number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegisterNumber {
    /// The office's letters.
    pub prefix: String,
    /// The year.
    pub year: i16,
    /// The number, at least four digits when printed.
    pub number: u32,
}

/// A text that is no register number. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no register number: write it like KRP-2026-0001")]
pub struct RegisterError(String);

impl fmt::Display for RegisterNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}-{:04}", self.prefix, self.year, self.number)
    }
}

impl FromStr for RegisterNumber {
    type Err = RegisterError;

    fn from_str(text: &str) -> Result<Self, RegisterError> {
        let bad = || RegisterError(text.chars().take(40).collect());
        let digits = |part: &str, count: RangeInclusive<usize>| {
            count.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        let upper = text.trim().to_uppercase();
        let [prefix, year, number] = upper.split('-').collect::<Vec<_>>()[..] else { return Err(bad()) };
        let fits = (2..=6).contains(&prefix.len())
            && prefix.bytes().all(|b| b.is_ascii_uppercase())
            && digits(year, 4..=4)
            && digits(number, 4..=9);
        match (year.parse(), number.parse()) {
            (Ok(year), Ok(number)) if fits => Ok(Self { prefix: prefix.to_owned(), year, number }),
            _ => Err(bad()),
        }
    }
}

/// Letters for an office from its name, where nobody chose any: the first three consonants of its last word's place
/// name (*Desa Kuripan* gives `KRP`), filled up with its other letters.
pub fn register_prefix(office_name: &str) -> String {
    const KINDS: [&str; 8] = ["desa", "kelurahan", "kabupaten", "kota", "provinsi", "dinas", "disnaker", "kab"];
    let plain = |word: &str| word.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_uppercase();
    let words: Vec<String> = office_name.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    let named = words.iter().find(|word| !KINDS.contains(&word.to_lowercase().as_str())).or(words.last());
    let Some(name) = named else { return "REG".to_owned() };
    let consonants = name.chars().filter(|c| !"AEIOU".contains(*c));
    let vowels = name.chars().filter(|c| "AEIOU".contains(*c));
    let prefix: String = consonants.chain(vowels).take(3).collect();
    if prefix.len() < 2 { format!("{prefix}X") } else { prefix }
}

/// The next free number of a block, given every number that is known to be taken. `None`: the block is used up.
pub fn next_register<'a>(
    prefix: &str,
    year: i16,
    block: RangeInclusive<u32>,
    taken: impl IntoIterator<Item = &'a str>,
) -> Option<RegisterNumber> {
    let highest = taken
        .into_iter()
        .filter_map(|text| text.parse::<RegisterNumber>().ok())
        .filter(|taken| taken.prefix == prefix && taken.year == year && block.contains(&taken.number))
        .map(|taken| taken.number)
        .max();
    // After the highest, never into a gap: the number of somebody erased is not given to another.
    let number = highest.map_or(Some(*block.start()), |highest| highest.checked_add(1))?;
    block.contains(&number).then(|| RegisterNumber { prefix: prefix.to_owned(), year, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_number_reads_back() {
        for (typed, printed) in [
            ("KRP-2026-0001", Some("KRP-2026-0001")),
            (" krp-2026-0012 ", Some("KRP-2026-0012")),
            ("KRP-2026-12345", Some("KRP-2026-12345")),
            ("KRP-2026-1", None),
            ("K-2026-0001", None),
            ("KRP-26-0001", None),
            ("KRP-2026-0001-1", None),
            ("KRP2026-0001", None),
            ("KRP-2026-9999999999", None),
            ("", None),
        ] {
            assert_eq!(typed.parse::<RegisterNumber>().ok().map(|n| n.to_string()).as_deref(), printed, "{typed:?}");
        }
    }

    #[test]
    fn the_next_number_follows_the_highest_of_the_block() {
        for (taken, expected) in [
            (&[][..], Some("KRP-2026-0001")),
            (&["KRP-2026-0001", "KRP-2026-0003", "KRP-2025-0090", "WNS-2026-0070", "x"], Some("KRP-2026-0004")),
            (&["KRP-2026-0099"], None),
            (&["KRP-2026-0200"], Some("KRP-2026-0001")),
        ] {
            let next = next_register("KRP", 2026, 1..=99, taken.iter().copied());
            assert_eq!(next.map(|n| n.to_string()).as_deref(), expected);
        }
    }

    #[test]
    fn letters_come_from_the_place() {
        for (name, prefix) in [
            ("Desa Kuripan", "KRP"),
            ("Disnaker Kab. Wonosobo", "WNS"),
            ("BP3TKI Semarang", "BPT"),
            ("Desa Aua", "AUA"),
            ("", "REG"),
            ("3", "REG"),
        ] {
            assert_eq!(register_prefix(name), prefix, "{name}");
        }
    }
}
