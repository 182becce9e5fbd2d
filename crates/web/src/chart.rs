//! Charts, drawn as SVG without script: of an indicator a bar for the state before the programme and for each value since;
//! of days a column each. Their tables stand beside them for who does not see them, and for copying.

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

/// How high columns are, and how far one stands from the next.
const COLUMN: (i64, i64) = (120, 16);

/// Columns side by side.
pub(crate) struct Columns {
    pub(crate) title: String,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) bars: Vec<Column>,
}

/// One column.
pub(crate) struct Column {
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) label: String,
    pub(crate) value: u64,
}

/// The columns of these values, the highest as high as the picture. What is not 0 is seen.
pub(crate) fn columns(title: String, values: &[(String, u64)]) -> Columns {
    let (height, step) = COLUMN;
    let most = values.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
    let column = |(at, (label, value)): (i64, &(String, u64))| {
        let scaled = i64::try_from(u128::from(*value) * height.unsigned_abs() as u128 / u128::from(most)).unwrap_or(0);
        let tall = if *value == 0 { 0 } else { scaled.max(2) };
        Column { x: at * step, y: height - tall, width: step - 4, height: tall, label: label.clone(), value: *value }
    };
    let bars: Vec<Column> = (0..).zip(values).map(column).collect();
    Columns { title, width: i64::try_from(bars.len()).unwrap_or(0) * step, height, bars }
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
    fn columns_are_as_high_as_their_values_and_what_is_not_nothing_is_seen() {
        for (values, tall) in [
            (&[][..], vec![]),
            (&[0, 0], vec![0, 0]),
            (&[1, 2, 4], vec![30, 60, 120]),
            (&[0, 1, 1_000_000], vec![0, 2, 120]),
            (&[u64::MAX, 1], vec![120, 2]),
        ] {
            let values: Vec<(String, u64)> = values.iter().map(|value| (value.to_string(), *value)).collect();
            let drawn = columns(String::new(), &values);
            assert_eq!(drawn.bars.iter().map(|bar| bar.height).collect::<Vec<_>>(), tall, "{values:?}");
            assert!(drawn.bars.iter().all(|bar| bar.y + bar.height == drawn.height));
        }
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
