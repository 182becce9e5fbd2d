//! The PIN with which an officer comes back to a desk where they gave their password the same day.
//!
//! A PIN opens nothing by itself: a desk takes it only from an officer who logged in there, and counts the wrong ones
//! itself. That is why it may be short.

use super::{NotLetIn, OfficerView, Officers, stretched::Stretched, unknown, view};
use crate::problem::Problem;

/// How many digits a PIN has.
pub const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;

/// Refuses what is no PIN, and the ones that are tried first.
fn strong(pin: &str) -> Result<&str, NotLetIn> {
    let digits = pin.as_bytes();
    let steps: std::collections::BTreeSet<i16> =
        digits.windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
    let is_run = steps.len() == 1 && steps.iter().all(|step| (-1..=1).contains(step));
    let fits = PIN_DIGITS.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) && !is_run;
    if fits { Ok(pin) } else { Err(NotLetIn::Weak) }
}

impl Officers {
    /// Sets the PIN, in place of any other. The password is needed, so that nobody sets one at a desk that was left
    /// open.
    pub(crate) fn set_pin(&self, handle: &str, password: &str, pin: &str) -> Result<OfficerView, NotLetIn> {
        let pin = strong(pin.trim())?;
        self.log_in(handle, password)?;
        let pin = Stretched::of(pin)?;
        Ok(self.change(|kept| {
            let officer = kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?;
            officer.pin = Some(pin);
            Ok(view(handle, officer))
        })?)
    }

    /// Whether a PIN is the officer's. Counts nothing: the desk does.
    pub(crate) fn is_pin(&self, handle: &str, pin: &str) -> Result<bool, Problem> {
        let kept = self.kept().officers.get(handle).and_then(|officer| officer.pin.clone());
        kept.map_or(Ok(false), |kept| kept.is_of(pin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "kopi pagi hari";

    #[test]
    fn a_pin_is_set_with_the_password_and_void_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let officers = Officers::open(folder.path()).unwrap();
        assert!(!officers.begin("siti", "Siti", PASSWORD).unwrap().pin);
        assert!(!officers.is_pin("siti", "").unwrap(), "there is none");
        assert_eq!(officers.set_pin("siti", "salah sandi", "2580"), Err(NotLetIn::Wrong));
        assert!(officers.set_pin("siti", PASSWORD, " 2580 ").unwrap().pin);
        let officers = Officers::open(folder.path()).unwrap();
        assert!(officers.is_pin("siti", "2580").unwrap());
        assert!(!officers.is_pin("siti", "2581").unwrap());
        assert!(!officers.is_pin("agus", "2580").unwrap());
        assert_eq!(officers.log_in("siti", "2580"), Err(NotLetIn::Wrong), "a PIN is no password");
        officers.reset("siti").unwrap();
        assert!(!officers.get("siti").unwrap().pin);
    }

    #[test]
    fn what_is_tried_first_is_no_pin() {
        for pin in ["", "123", "1234", "4321", "7777", "123456789", "12a4", "１２３５"] {
            assert_eq!(strong(pin), Err(NotLetIn::Weak), "{pin}");
        }
        for pin in ["2580", "1357", "20170530"] {
            assert_eq!(strong(pin), Ok(pin));
        }
    }
}
