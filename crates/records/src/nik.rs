//! What a NIK says about itself: 16 digits, of which 6 are the area where it was given out, 6 the day of birth (a
//! woman's day plus 40) and 4 a serial number. It has no check digit, and people move: everything here warns and
//! nothing blocks.

use jiff::civil::Date;

use crate::{
    date::PartialDate,
    duplicate::digits,
    person::Sex,
    words::{self, Lang},
};

/// Something about a NIK that an officer should look at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NikWarning {
    /// It has not 16 digits, or something else between them.
    NotSixteenDigits,
    /// No regency has this code.
    Area,
    /// Its six digits are no day.
    Date,
    /// Its day is not the day of birth.
    OtherBirth,
    /// Its day says the other sex.
    OtherSex,
    /// No NIK ends in 0000.
    Serial,
}

impl NikWarning {
    /// As a person reads it.
    pub fn text(self, lang: Lang) -> &'static str {
        words::nik(self, lang)
    }
}

/// Checks a NIK against itself and against what else is known. `is_area` says whether a regency has this code, e.g.
/// `33.07`; districts are split and renumbered too often to be told apart from mistakes.
pub fn nik_warnings(
    nik: &str,
    birth: Option<PartialDate>,
    sex: Option<Sex>,
    is_area: &dyn Fn(&str) -> bool,
) -> Vec<NikWarning> {
    let compact: String = nik.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    let numbers: Vec<i16> = digits(&compact).bytes().map(|b| i16::from(b - b'0')).collect();
    if numbers.len() != 16 || compact.len() != 16 {
        return vec![NikWarning::NotSixteenDigits];
    }
    let pair = |at: usize| numbers[at] * 10 + numbers[at + 1];
    let mut warnings = Vec::new();
    if !is_area(&format!("{:02}.{:02}", pair(0), pair(2))) {
        warnings.push(NikWarning::Area);
    }
    let female = pair(6) > 40;
    let day = pair(6) - if female { 40 } else { 0 };
    let dates = [1900, 2000].map(|century| {
        let small = |n: i16| i8::try_from(n).ok();
        Date::new(century + pair(10), small(pair(8))?, small(day)?).ok()
    });
    // A leap day may exist in one of the centuries alone.
    if dates.iter().all(Option::is_none) {
        warnings.push(NikWarning::Date);
    } else {
        let within = |date: &Date| birth.is_none_or(|b| b.span().first <= *date && *date <= b.span().last);
        if !dates.iter().flatten().any(within) {
            warnings.push(NikWarning::OtherBirth);
        }
        if sex.is_some_and(|sex| (sex == Sex::Female) != female) {
            warnings.push(NikWarning::OtherSex);
        }
    }
    if numbers[12..].iter().all(|digit| *digit == 0) {
        warnings.push(NikWarning::Serial);
    }
    warnings
}

/// How a table program left a NIK that it took for a number, if it did: the digits after the fifteenth are lost then.
pub fn nik_was_a_number(text: &str) -> bool {
    let text = text.trim();
    let mantissa = text.to_lowercase().split_once('e').map(|(mantissa, exponent)| {
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
        mantissa.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',') && exponent.parse::<u8>().is_ok()
    });
    // 15 digits: Excel's limit, or a leading zero that fell off. ",00": an amount.
    mantissa.unwrap_or(false)
        || (text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit()))
        || text.strip_suffix(",00").or_else(|| text.strip_suffix(".0")).is_some_and(|whole| digits(whole).len() >= 15)
}

#[cfg(test)]
mod tests {
    use super::NikWarning::*;
    use super::*;

    #[test]
    fn a_nik_is_checked_against_itself_birth_and_sex() {
        let female = Some(Sex::Female);
        let male = Some(Sex::Male);
        for (nik, birth, sex, expected) in [
            ("3307105203850001", "12-03-1985", female, &[][..]),
            ("3307.1052.0385.0001", "03-1985", female, &[]),
            ("3307105203850001", "", None, &[]),
            ("3307105203850001", "?", None, &[]),
            ("3307101203850001", "12-03-1985", male, &[]),
            ("3307105203850001", "12-03-1985", male, &[OtherSex]),
            ("3307105203850001", "13-03-1985", female, &[OtherBirth]),
            ("3307105203850001", "1986", female, &[OtherBirth]),
            ("3307101203050001", "12-03-2005", male, &[]),
            ("3307101203050001", "12-03-1905", male, &[]),
            ("3307102902000001", "29-02-2000", male, &[]),
            ("3307103102850001", "12-03-1985", male, &[Date]),
            ("3307107203850001", "12-03-1985", female, &[Date]),
            ("3307101213850001", "", None, &[Date]),
            ("9907101203850001", "12-03-1985", male, &[Area]),
            ("3307101203850000", "12-03-1985", male, &[Serial]),
            ("330710120385001", "", None, &[NotSixteenDigits]),
            ("33071012038500011", "", None, &[NotSixteenDigits]),
            ("33071O1203850001", "", None, &[NotSixteenDigits]),
            ("３307101203850001", "", None, &[NotSixteenDigits]),
            ("", "", None, &[NotSixteenDigits]),
        ] {
            let birth = birth.parse().ok();
            assert_eq!(nik_warnings(nik, birth, sex, &|code| code == "33.07"), expected, "{nik}");
        }
    }

    #[test]
    fn a_nik_that_was_taken_for_a_number_is_recognised() {
        for text in [
            "3,30710E+15",
            "3.3071052038E+15",
            "3.30711e15",
            "330710520385000",
            "3307105203850000,00",
            "3307105203850001.0",
        ] {
            assert!(nik_was_a_number(text), "{text}");
        }
        for text in ["3307105203850001", "'3307105203850001", "", "E15x", "tidak ada", "33071052038500", "belum e-ktp"]
        {
            assert!(!nik_was_a_number(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ = nik_warnings(&text, None, None, &|_| true);
            let _ = nik_was_a_number(&text);
        }
    }
}
