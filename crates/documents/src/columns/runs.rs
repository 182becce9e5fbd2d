//! Run-length encoded columns, read strictly: bounded, and only in the one spelling that the encoder gives.

use crate::leb::Reader;

/// A run-length encoded column of optional values. An empty one stands for nothing but nulls.
pub(super) struct Rle<'a, R> {
    pub(super) bytes: &'a [u8],
    pub(super) read: R,
}

impl<'a, R> Rle<'a, R> {
    /// Hands every value to `each` and gives their number. `None` if the column is malformed, is longer than `max`,
    /// is not as the encoder writes it, or `each` refuses.
    pub(super) fn each<T: Copy + PartialEq>(
        mut self,
        max: usize,
        mut each: impl FnMut(usize, Option<T>) -> Option<()>,
    ) -> Option<usize>
    where
        R: FnMut(&mut Reader<'a>) -> Option<T>,
    {
        enum Before<T> {
            Nothing,
            Nulls,
            Run(T),
            Literals(T),
        }
        let mut reader = Reader::new(self.bytes);
        let mut before = Before::Nothing;
        let mut count = 0;
        let mut only_nulls = true;
        let room = |length: u64, count: usize| {
            usize::try_from(length).ok().filter(|length| *length > 0 && *length <= max - count)
        };
        while !reader.is_empty() {
            let length = reader.signed()?;
            if length == 0 {
                let nulls = reader.unsigned()?;
                let nulls = room(nulls, count)?;
                if matches!(before, Before::Nulls) {
                    return None;
                }
                for _ in 0..nulls {
                    each(count, None)?;
                    count += 1;
                }
                before = Before::Nulls;
                continue;
            }
            only_nulls = false;
            if length > 0 {
                let run = room(length.unsigned_abs(), count).filter(|run| *run > 1)?;
                let value = (self.read)(&mut reader)?;
                if matches!(before, Before::Run(last) | Before::Literals(last) if last == value) {
                    return None;
                }
                for _ in 0..run {
                    each(count, Some(value))?;
                    count += 1;
                }
                before = Before::Run(value);
            } else {
                let literals = room(length.unsigned_abs(), count)?;
                if matches!(before, Before::Literals(_)) {
                    return None;
                }
                for _ in 0..literals {
                    let value = (self.read)(&mut reader)?;
                    if matches!(before, Before::Run(last) | Before::Literals(last) if last == value) {
                        return None;
                    }
                    each(count, Some(value))?;
                    count += 1;
                    before = Before::Literals(value);
                }
            }
        }
        (self.bytes.is_empty() || !only_nulls).then_some(count)
    }

    /// The same for a column that must have exactly `count` values, or be empty.
    pub(super) fn exactly<T: Copy + PartialEq>(
        self,
        count: usize,
        each: impl FnMut(usize, Option<T>) -> Option<()>,
    ) -> Option<()>
    where
        R: FnMut(&mut Reader<'a>) -> Option<T>,
    {
        let empty = self.bytes.is_empty();
        let found = self.each(count, each)?;
        (empty || found == count).then_some(())
    }
}

/// A reader of a column of differences; gives the sums.
pub(super) fn read_delta(
    bytes: &[u8],
    count: usize,
    mut each: impl FnMut(usize, Option<u32>) -> Option<()>,
) -> Option<()> {
    let mut sum: i64 = 0;
    Rle { bytes, read: Reader::signed }.exactly(count, |place, difference: Option<i64>| {
        let value = match difference {
            Some(difference) => {
                sum = sum.checked_add(difference)?;
                Some(u32::try_from(sum).ok()?)
            }
            None => None,
        };
        each(place, value)
    })
}
