//! Whole rupiah.

use std::{fmt, iter::Sum};

use documents::Scalar;
use serde::{Deserialize, Serialize};

use crate::value::{FieldType, ValueType};

/// An amount in whole rupiah. Sums stop at the ends of the number instead of wrapping round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rupiah(pub i64);

impl Rupiah {
    /// The largest amount of one line: a thousand billion. More is a typing mistake.
    pub const LINE_MAX: Self = Self(1_000_000_000_000);

    /// Whether one line may have this amount.
    pub fn fits_line(self) -> bool {
        (1..=Self::LINE_MAX.0).contains(&self.0)
    }

    /// The difference.
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Rupiah {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.fold(0, |sum, next| sum.saturating_add(next.0)))
    }
}

/// As it is written: `Rp 8.000.000`.
impl fmt::Display for Rupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        write!(f, "Rp {}{grouped}", if self.0 < 0 { "-" } else { "" })
    }
}

impl FieldType for Rupiah {
    const TYPE: ValueType = ValueType::Number;

    fn from_text(text: &str) -> Option<Self> {
        let plain = !text.is_empty() && text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten().map(Self)
    }

    fn to_text(&self) -> String {
        self.0.to_string()
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        match scalar {
            Scalar::Int(value) => (*value >= 0).then_some(Self(*value)),
            Scalar::Text(_) | Scalar::Bool(_) | Scalar::Other(_) => None,
        }
    }

    fn to_scalar(&self) -> Scalar {
        Scalar::Int(self.0)
    }

    /// Takes `8000000`, `8.000.000`, `Rp 8.000.000` and `8.000.000,00`; a dot that groups no thousands is refused, since
    /// `8.5` may mean anything.
    fn from_input(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("Rp").or_else(|| text.strip_prefix("rp")).unwrap_or(text).trim_start_matches('.');
        let text = text.trim();
        let text = text.strip_suffix(",00").or_else(|| text.strip_suffix(",-")).unwrap_or(text);
        let mut groups = text.split('.');
        let first = groups.next()?;
        let rest: Vec<&str> = groups.collect();
        let grouped = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
        if grouped { Self::from_text(&format!("{first}{}", rest.concat())) } else { None }
    }

    fn shown(&self, _lang: crate::words::Lang) -> String {
        self.to_string()
    }
}
