//! LEB128 numbers and slices out of untrusted bytes. Only the shortest spelling of a number is read, so whatever was
//! read can be written back to the same bytes.

/// Walks over bytes; every read says `None` instead of reaching beyond the end.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How far it has come.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(crate) fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let count = usize::try_from(count).ok()?;
        let slice = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(slice)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N as u64)?.try_into().ok()
    }

    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let fits = shift < 63 || byte <= 1;
                let shortest = shift == 0 || byte != 0;
                return (fits && shortest).then_some(value);
            }
        }
        None
    }

    pub(crate) fn signed(&mut self) -> Option<i64> {
        let mut value = 0;
        let mut before = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if shift < 57 && byte & 0x40 != 0 {
                    value |= -1 << (shift + 7);
                }
                let fits = shift < 63 || byte == 0 || byte == 0x7f;
                let filler = if before & 0x40 == 0 { 0 } else { 0x7f };
                let shortest = shift == 0 || byte != filler;
                return (fits && shortest).then_some(value);
            }
            before = byte;
        }
        None
    }
}

pub(crate) fn write_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(crate) fn write_signed(out: &mut Vec<u8>, mut value: i64) {
    loop {
        let byte = value as u8 & 0x7f;
        value >>= 7;
        let done = (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0);
        if done {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_read_back_what_was_written(unsigned: u64, signed: i64, shift in 0..64) {
            let mut out = Vec::new();
            write_unsigned(&mut out, unsigned >> shift);
            write_signed(&mut out, signed >> shift);
            let mut reader = Reader::new(&out);
            prop_assert_eq!(reader.unsigned(), Some(unsigned >> shift));
            prop_assert_eq!(reader.signed(), Some(signed >> shift));
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn a_number_has_one_spelling(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new(&bytes);
            if let Some(value) = reader.unsigned() {
                let mut out = Vec::new();
                write_unsigned(&mut out, value);
                prop_assert_eq!(&out[..], &bytes[..reader.at()]);
            }
            let mut reader = Reader::new(&bytes);
            if let Some(value) = reader.signed() {
                let mut out = Vec::new();
                write_signed(&mut out, value);
                prop_assert_eq!(&out[..], &bytes[..reader.at()]);
            }
        }
    }

    #[test]
    fn the_ends_of_the_range_are_numbers_too() {
        for value in [0, 1, 63, 64, -1, -64, -65, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            write_signed(&mut out, value);
            assert_eq!(Reader::new(&out).signed(), Some(value));
        }
        let mut out = Vec::new();
        write_unsigned(&mut out, u64::MAX);
        assert_eq!(Reader::new(&out).unsigned(), Some(u64::MAX));
        assert_eq!(Reader::new(&[0x80; 20]).unsigned(), None);
        assert_eq!(Reader::new(&[0xff; 20]).signed(), None);
    }
}
