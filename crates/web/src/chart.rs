//! A chart of one indicator: a bar for the state before the programme and for each value since, drawn as SVG without
//! script. Its table stands beside it for who does not see it, and for copying.

use service::reply::CoursePoint;

use crate::words::Words;

/// How wide a chart is, in units of its picture.
const WIDTH: i64 = 480;

/// Room for what a bar is called, on its left.
const LABEL: i64 = 150;

/// Room for its value, on its right.
const VALUE: i64 = 110;

/// How far one bar is below the other.
const STEP: i64 = 32;

/// A chart, drawn by `chart.html`.
pub(crate) struct Chart {
    pub(crate) width: i64,
    pub(crate) height: i64,
    /// Where 0 is.
    pub(crate) zero: i64,
    pub(crate) bars: Vec<Bar>,
}

/// One bar.
pub(crate) struct Bar {
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: i64,
    /// Where its words stand.
    pub(crate) text_y: i64,
    pub(crate) value_x: i64,
    pub(crate) label: String,
    pub(crate) text: String,
    /// It is the state before the programme.
    pub(crate) baseline: bool,
}

/// The chart of these values; none where there is nothing to draw.
pub(crate) fn chart(words: Words, course: &[CoursePoint]) -> Option<Chart> {
    if course.is_empty() {
        return None;
    }
    let values = || course.iter().map(|point| point.thousandths);
    let (lowest, highest) = (values().min().unwrap_or(0).min(0), values().max().unwrap_or(0).max(0));
    // Values have at most 15 digits, so nothing overflows; all 0 is a picture too.
    let range = (highest - lowest).max(1);
    let room = WIDTH - LABEL - VALUE;
    let scale =
        |value: i64| i64::try_from(i128::from(value - lowest) * i128::from(room) / i128::from(range)).unwrap_or(0);
    let zero = LABEL + scale(0);
    let bar = |(at, point): (i64, &CoursePoint)| {
        let end = LABEL + scale(point.thousandths);
        Bar {
            x: zero.min(end),
            y: at * STEP + 4,
            width: (end - zero).abs().max(1),
            text_y: at * STEP + 21,
            value_x: zero.max(end) + 8,
            label: words.of_both(&point.label).to_owned(),
            text: words.of_both(&point.text).to_owned(),
            baseline: point.baseline,
        }
    };
    let bars: Vec<Bar> = (0..).zip(course).map(bar).collect();
    let height = i64::try_from(bars.len()).unwrap_or(i64::MAX).saturating_mul(STEP);
    Some(Chart { width: WIDTH, height, zero, bars })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use service::reply::Both;

    /// Where each bar begins and how long it is, for values in thousandths.
    fn drawn(values: &[i64]) -> Vec<(i64, i64)> {
        let both = |text: &str| Both { id: text.to_owned(), en: text.to_owned() };
        let point =
            |value: &i64| CoursePoint { label: both("2026"), thousandths: *value, text: both("x"), baseline: false };
        let course: Vec<CoursePoint> = values.iter().map(point).collect();
        let chart = chart(Words::of(Language::Indonesian), &course);
        chart.map_or_else(Vec::new, |chart| chart.bars.iter().map(|bar| (bar.x, bar.width)).collect())
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        for (values, bars) in [
            (&[][..], vec![]),
            (&[0], vec![(150, 1)]),
            (&[1000, 2000], vec![(150, 110), (150, 220)]),
            (&[-1000, 1000], vec![(150, 110), (260, 110)]),
            (&[-500], vec![(150, 220)]),
            (&[1_000_000_000_000_000, 0], vec![(150, 220), (150, 1)]),
        ] {
            assert_eq!(drawn(values), bars, "{values:?}");
        }
    }
}
