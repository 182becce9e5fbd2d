//! Commitments on one line of time: a bar for the days in which each is to be kept, and how far beyond them it went. What
//! the picture shows stands in words beside it.

use jiff::civil::Date;
use service::reply::CommitmentLine;

use crate::coordination::{Entry, entry};
use crate::words::Words;

/// How long the line is, in units of its picture.
const WIDTH: i64 = 1000;

/// The shortest bar that is seen, and the line of today.
const SHORTEST: i64 = 6;
const TODAY: i64 = 3;

/// Commitments, each with its place in time.
pub(crate) struct Timeline {
    /// The first and the last day of the line, as people write them.
    pub(crate) first: String,
    pub(crate) last: String,
    /// Where today is.
    pub(crate) today: i64,
    pub(crate) rows: Vec<Row>,
}

/// One commitment.
pub(crate) struct Row {
    pub(crate) entry: Entry,
    /// Colour and shape.
    pub(crate) state: &'static str,
    /// Where its days begin, and how long they are.
    pub(crate) from: i64,
    pub(crate) width: i64,
    /// From its last day to the day on which it was done, or to today.
    pub(crate) over: Option<(i64, i64)>,
}

/// The line of these commitments; none where there are none.
pub(crate) fn timeline(words: Words, lines: &[CommitmentLine], today: Date) -> Option<Timeline> {
    let day = |text: &str| text.parse::<Date>().unwrap_or(today);
    let done = |line: &CommitmentLine| line.done.as_deref().map(day);
    let days = || lines.iter().flat_map(|line| [Some(day(&line.from)), Some(day(&line.due)), done(line)]).flatten();
    let (first, last) = (days().min()?.min(today), days().max()?.max(today));
    let count = |to: Date| first.until(to).map_or(0, |span| i64::from(span.get_days()));
    let whole = count(last).max(1);
    let at = |day: Date| count(day) * WIDTH / whole;
    let row = |line: &CommitmentLine| {
        let (from, due) = (at(day(&line.from)), at(day(&line.due)));
        let end = match done(line) {
            Some(done) => Some(at(done)),
            None => line.line.late.then(|| at(today)),
        };
        Row {
            entry: entry(words, &line.line),
            state: match (line.line.late, line.kept) {
                (true, _) => "alone",
                (false, true) => "well",
                (false, false) => "away",
            },
            from: from.min(WIDTH - SHORTEST),
            width: (due - from).max(SHORTEST),
            over: end.filter(|end| *end > due).map(|end| (due, end - due)),
        }
    };
    let shown = |day: Date| day.strftime("%d-%m-%Y").to_string();
    Some(Timeline {
        first: shown(first),
        last: shown(last),
        today: at(today).min(WIDTH - TODAY),
        rows: lines.iter().map(row).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use jiff::civil::date;
    use service::reply::{Both, CoordinationLine};

    fn line(late: bool, kept: bool, from: &str, due: &str, done: Option<&str>) -> CommitmentLine {
        let line = CoordinationLine {
            kind: "komitmen".to_owned(),
            id: "1".to_owned(),
            title: Both::default(),
            state: Both::default(),
            late,
        };
        CommitmentLine { line, kept, from: from.to_owned(), due: due.to_owned(), done: done.map(str::to_owned) }
    }

    #[test]
    fn each_commitment_has_its_days_on_one_line_and_what_went_beyond_them() {
        let words = Words::of(Language::Indonesian);
        let today = date(2026, 4, 11);
        let kept_late = line(false, true, "2026-01-01", "2026-02-10", Some("2026-03-02"));
        let late = line(true, false, "2026-01-01", "2026-03-22", None);
        let runs = line(false, false, "2026-04-11", "2026-04-11", None);
        let found = timeline(words, &[kept_late, late, runs], today).unwrap();
        assert_eq!((found.first.as_str(), found.last.as_str(), found.today), ("01-01-2026", "11-04-2026", 997));
        let rows: Vec<_> = found.rows.iter().map(|row| (row.state, row.from, row.width, row.over)).collect();
        let (kept_late, late) = (("well", 0, 400, Some((400, 200))), ("alone", 0, 800, Some((800, 200))));
        assert_eq!(rows, [kept_late, late, ("away", 994, 6, None)]);
        assert!(timeline(words, &[], today).is_none());
    }
}
