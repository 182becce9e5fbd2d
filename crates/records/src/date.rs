//! Dates as people know them: a day, a month, a year, or not at all.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::words::{self, Lang};

/// The years that a record may name. Outside them a date is a typing mistake.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// A date of which perhaps only the month or the year is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartialDate {
    /// It happened, nobody knows when. A field that is empty says less: that nothing is recorded.
    Unknown,
    /// Some day of this year.
    Year(i16),
    /// Some day of this month.
    Month(i16, i8),
    /// This day.
    Day(Date),
}

/// A text that is no date. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no date: write 12-03-2022, 03-2022, 2022 or 2022-03-12")]
pub struct DateError(String);

/// The first and the last day that something may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first day that is possible.
    pub first: Date,
    /// The last day that is possible.
    pub last: Date,
}

impl Span {
    /// Exactly one day.
    pub fn day(day: Date) -> Self {
        Self { first: day, last: day }
    }
}

impl PartialDate {
    /// Every day that it may mean.
    pub fn span(self) -> Span {
        let day = |year, month, day| Date::new(year, month, day).unwrap_or(Date::MAX);
        match self {
            Self::Unknown => Span { first: day(*YEARS.start(), 1, 1), last: day(*YEARS.end(), 12, 31) },
            Self::Year(year) => Span { first: day(year, 1, 1), last: day(year, 12, 31) },
            Self::Month(year, month) => {
                let first = day(year, month, 1);
                Span { first, last: first.last_of_month() }
            }
            Self::Day(day) => Span::day(day),
        }
    }

    /// The year, where it is known.
    pub fn year(self) -> Option<i16> {
        match self {
            Self::Unknown => None,
            Self::Year(year) | Self::Month(year, _) => Some(year),
            Self::Day(day) => Some(day.year()),
        }
    }

    /// As an officer writes it: `12-03-2022`, `03-2022`, `2022`, or that it is not known.
    pub fn shown(self, lang: Lang) -> String {
        match self {
            Self::Unknown => words::UNKNOWN_DATE.of(lang).to_owned(),
            Self::Year(year) => format!("{year:04}"),
            Self::Month(year, month) => format!("{month:02}-{year:04}"),
            Self::Day(day) => shown_day(day),
        }
    }

    /// Reads the stored form only: `2022-03-12`, `2022-03`, `2022` or `?`. It has one spelling for each date.
    pub fn from_iso(text: &str) -> Option<Self> {
        if text == "?" {
            return Some(Self::Unknown);
        }
        let digits = |part: &str, count: usize| {
            (part.len() == count && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<i16>().ok())
                .flatten()
        };
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = parts.next().map(|part| digits(part, 2));
        let day = parts.next().map(|part| digits(part, 2));
        if parts.next().is_some() {
            return None;
        }
        Self::of(year, month.map_or(Some(None), |m| m.map(Some))?, day.map_or(Some(None), |d| d.map(Some))?)
    }

    fn of(year: i16, month: Option<i16>, day: Option<i16>) -> Option<Self> {
        if !YEARS.contains(&year) {
            return None;
        }
        let Some(month) = month else { return Some(Self::Year(year)) };
        let month = i8::try_from(month).ok().filter(|m| (1..=12).contains(m))?;
        let Some(day) = day else { return Some(Self::Month(year, month)) };
        Date::new(year, month, i8::try_from(day).ok()?).ok().map(Self::Day)
    }
}

/// A day as an officer writes it: `12-03-2022`.
pub fn shown_day(day: Date) -> String {
    format!("{:02}-{:02}-{:04}", day.day(), day.month(), day.year())
}

/// The stored form: ISO 8601 cut to what is known, `?` where nothing is.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("?"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(day) => write!(f, "{:04}-{:02}-{:02}", day.year(), day.month(), day.day()),
        }
    }
}

/// What an officer may type: day, month, year in this order with `-`, `/`, `.` or spaces, the month also by its name;
/// or ISO. A year has four digits: whether 22 is 1922 or 2022 is not for us to guess.
impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let bad = || DateError(text.chars().take(40).collect());
        let trimmed = text.trim().to_lowercase();
        if let Some(date) = Self::from_iso(&trimmed) {
            return Ok(date);
        }
        if words::UNKNOWN_INPUT.contains(&trimmed.as_str()) {
            return Ok(Self::Unknown);
        }
        let parts: Vec<&str> = trimmed.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
        let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
            (digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<i16>().ok())
                .flatten()
        };
        let month = |part: &str| number(part, 1..=2).or_else(|| words::month(part));
        let date = match *parts.as_slice() {
            [m, y] => number(y, 4..=4).zip(month(m)).and_then(|(y, m)| Self::of(y, Some(m), None)),
            [d, m, y] => match (number(d, 1..=2), month(m), number(y, 4..=4)) {
                (Some(d), Some(m), Some(y)) => Self::of(y, Some(m), Some(d)),
                _ => None,
            },
            _ => None,
        };
        date.ok_or_else(bad)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_iso(&text).ok_or_else(|| serde::de::Error::custom(DateError(text.chars().take(40).collect())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_officer_types_is_stored_in_one_form() {
        for (typed, stored) in [
            ("2022-03-12", "2022-03-12"),
            ("12-03-2022", "2022-03-12"),
            ("12/3/2022", "2022-03-12"),
            (" 12.03.2022 ", "2022-03-12"),
            ("12 Maret 2022", "2022-03-12"),
            ("12 agt 2022", "2022-08-12"),
            ("17 August 1990", "1990-08-17"),
            ("03-2022", "2022-03"),
            ("Maret 2022", "2022-03"),
            ("2022-03", "2022-03"),
            ("2022", "2022"),
            ("29-02-2020", "2020-02-29"),
            ("tidak tahu", "?"),
            ("?", "?"),
        ] {
            check(typed, Some(stored));
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for typed in [
            "",
            "12",
            "12-03-22",
            "31-02-2022",
            "29-02-2021",
            "13-2022",
            "00-2022",
            "0-1-2022",
            "1-0-2022",
            "1899",
            "2200",
            "2022-3-1x",
            "12-03-2022-1",
            "kemarin",
            "2022-13",
            "９-03-2022",
            "99999999999999999999",
        ] {
            check(typed, None);
        }
    }

    #[test]
    fn a_date_spans_every_day_that_it_may_mean() {
        for (stored, first, last) in [
            ("2022-03-12", "2022-03-12", "2022-03-12"),
            ("2020-02", "2020-02-01", "2020-02-29"),
            ("2022", "2022-01-01", "2022-12-31"),
            ("?", "1900-01-01", "2199-12-31"),
        ] {
            let span = PartialDate::from_iso(stored).unwrap().span();
            assert_eq!((span.first.to_string().as_str(), span.last.to_string().as_str()), (first, last), "{stored}");
        }
    }

    #[test]
    fn a_date_is_shown_day_month_year() {
        for (stored, id, en) in [
            ("2022-03-12", "12-03-2022", "12-03-2022"),
            ("2022-03", "03-2022", "03-2022"),
            ("2022", "2022", "2022"),
            ("?", "tanggal tidak diketahui", "date not known"),
        ] {
            let date = PartialDate::from_iso(stored).unwrap();
            assert_eq!((date.shown(Lang::Id), date.shown(Lang::En)), (id.into(), en.into()));
        }
    }

    proptest::proptest! {
        #[test]
        fn the_stored_form_reads_back(year in 1900i16..=2199, month in 1i8..=12, day in 1i8..=28) {
            for date in [
                PartialDate::Year(year),
                PartialDate::Month(year, month),
                PartialDate::Day(Date::new(year, month, day).unwrap()),
            ] {
                assert_eq!(PartialDate::from_iso(&date.to_string()), Some(date));
                assert_eq!(date.shown(Lang::Id).parse(), Ok(date));
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<PartialDate>();
            let _ = PartialDate::from_iso(&text);
        }
    }

    fn check(typed: &str, stored: Option<&str>) {
        assert_eq!(typed.parse::<PartialDate>().ok().map(|d| d.to_string()).as_deref(), stored, "{typed:?}");
    }
}
