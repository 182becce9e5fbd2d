//! Numbers and bytes as pages spell them: each number as the shortest LEB128, signed ones folded (zigzag).

use crate::PageError;

/// A signed number as an unsigned one that is small when the signed one is near zero.
pub(crate) fn fold(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// What [`fold`] folded.
pub(crate) fn unfold(folded: u64) -> i64 {
    (folded >> 1) as i64 ^ -((folded & 1) as i64)
}

/// Writes a column.
#[derive(Debug, Default)]
pub(crate) struct Out(pub(crate) Vec<u8>);

impl Out {
    pub(crate) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }
}

/// Reads what [`Out`] wrote.
#[derive(Debug)]
pub(crate) struct In<'a>(pub(crate) &'a [u8]);

impl<'a> In<'a> {
    pub(crate) fn byte(&mut self) -> Result<u8, PageError> {
        let (first, rest) = self.0.split_first().ok_or(PageError::Truncated)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn number(&mut self) -> Result<u64, PageError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits || (byte == 0 && shift > 0) {
                return Err(PageError::Spelling("a number"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(PageError::Spelling("a number"))
    }

    pub(crate) fn number_up_to(&mut self, what: &'static str, max: u64) -> Result<usize, PageError> {
        let given = self.number()?;
        crate::error::at_most(what, given, max)?;
        Ok(given as usize)
    }

    /// How many of something follow, each of at least `bytes_min`: never more than the rest can hold.
    pub(crate) fn count(&mut self, what: &'static str, max: u64, bytes_min: usize) -> Result<usize, PageError> {
        let count = self.number_up_to(what, max)?;
        if self.0.len() / bytes_min < count { Err(PageError::Truncated) } else { Ok(count) }
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Result<&'a [u8], PageError> {
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(PageError::Truncated)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], PageError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(PageError::Truncated)?;
        self.0 = rest;
        Ok(*bytes)
    }

    pub(crate) fn text(&mut self, what: &'static str, max: u64) -> Result<&'a str, PageError> {
        let len = self.number_up_to(what, max)?;
        std::str::from_utf8(self.bytes(len)?).map_err(|_| PageError::Spelling(what))
    }

    pub(crate) fn end(&self) -> Result<(), PageError> {
        if self.0.is_empty() { Ok(()) } else { Err(PageError::Spelling("something follows the end")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_back_and_has_one_spelling() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut out = Out::default();
            out.number(value);
            assert_eq!(In(&out.0).number(), Ok(value));
        }
        for bad in
            [&[0x80, 0][..], &[0xff, 0x00], &[0xff; 10], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]]
        {
            assert_eq!(In(bad).number(), Err(PageError::Spelling("a number")), "{bad:?}");
        }
        assert_eq!(In(&[0x80]).number(), Err(PageError::Truncated));
    }

    #[test]
    fn a_signed_number_folds_and_unfolds() {
        for value in [0, 1, -1, 5, i64::MAX, i64::MIN] {
            assert_eq!(unfold(fold(value)), value);
        }
        assert_eq!([0, -1, 1, -2].map(fold), [0, 1, 2, 3]);
    }

    #[test]
    fn a_count_is_refused_before_anything_is_allocated_for_it() {
        let mut out = Out::default();
        out.number(1000);
        assert_eq!(In(&out.0).count("things", 2000, 1), Err(PageError::Truncated));
        let too_large = PageError::TooLarge { what: "things", given: 1000, max: 999 };
        assert_eq!(In(&out.0).count("things", 999, 1), Err(too_large));
    }
}
