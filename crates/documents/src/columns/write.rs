//! Writing operations as columns.

use super::*;
use crate::leb::{write_signed, write_unsigned};

/// Writes operations as Automerge does, the number of columns first.
pub(crate) fn write<S: AsRef<[u8]> + Copy + Default>(ops: &Ops<S>, out: &mut Vec<u8>) {
    let list = &ops.list;
    let unsigned = |out: &mut Vec<u8>, value: &u64| write_unsigned(out, *value);
    let text = |out: &mut Vec<u8>, value: &&[u8]| {
        write_unsigned(out, value.len() as u64);
        out.extend_from_slice(value);
    };
    let key_counter = list.iter().map(|op| match &op.key {
        Key::Prop(_) => None,
        Key::Head => Some(0),
        Key::Elem(id) => Some(i64::from(id.counter)),
    });
    let key_actor = list.iter().map(|op| match &op.key {
        Key::Elem(id) => Some(u64::from(id.actor)),
        Key::Prop(_) | Key::Head => None,
    });
    let key_text = list.iter().map(|op| match &op.key {
        Key::Prop(text) => Some(text.as_ref()),
        Key::Elem(_) | Key::Head => None,
    });
    let meta = list.iter().map(|op| Some((op.value.as_ref().len() as u64) << 4 | u64::from(op.value_type)));
    let pred_counts = list.iter().map(|op| Some(u64::from(op.preds_to - op.preds_from)));
    let columns: [Vec<u8>; COLUMNS.len()] = [
        rle(list.iter().map(|op| op.obj.map(|id| u64::from(id.actor))), unsigned),
        rle(list.iter().map(|op| op.obj.map(|id| u64::from(id.counter))), unsigned),
        rle(key_actor, unsigned),
        delta(key_counter),
        rle(key_text, text),
        booleans(list.iter().map(|op| op.insert)),
        rle(list.iter().map(|op| Some(u64::from(op.action))), unsigned),
        rle(meta, unsigned),
        list.iter().flat_map(|op| op.value.as_ref()).copied().collect(),
        rle(pred_counts, unsigned),
        rle(ops.preds.iter().map(|id| Some(u64::from(id.actor))), unsigned),
        delta(ops.preds.iter().map(|id| Some(i64::from(id.counter)))),
    ];
    let filled = || COLUMNS.iter().zip(&columns).filter(|(_, column)| !column.is_empty());
    write_unsigned(out, filled().count() as u64);
    for (number, column) in filled() {
        write_unsigned(out, *number);
        write_unsigned(out, column.len() as u64);
    }
    for (_, column) in filled() {
        out.extend_from_slice(column);
    }
}

/// Runs of two and more as runs, single values as literals, nothing for nothing but nulls.
fn rle<T: PartialEq + Clone>(
    values: impl Iterator<Item = Option<T>>,
    mut write: impl FnMut(&mut Vec<u8>, &T),
) -> Vec<u8> {
    let mut runs: Vec<(Option<T>, i64)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            Some(_) | None => runs.push((value, 1)),
        }
    }
    let mut out = Vec::new();
    if runs.iter().all(|(value, _)| value.is_none()) {
        return out;
    }
    let mut rest = &runs[..];
    while let [(value, count), tail @ ..] = rest {
        rest = tail;
        match value {
            None => {
                write_signed(&mut out, 0);
                write_unsigned(&mut out, count.unsigned_abs());
            }
            Some(value) if *count > 1 => {
                write_signed(&mut out, *count);
                write(&mut out, value);
            }
            Some(value) => {
                let more = tail.iter().take_while(|(value, count)| value.is_some() && *count == 1).count();
                write_signed(&mut out, -(more as i64 + 1));
                write(&mut out, value);
                tail[..more].iter().filter_map(|(value, _)| value.as_ref()).for_each(|value| write(&mut out, value));
                rest = &tail[more..];
            }
        }
    }
    out
}

fn delta(values: impl Iterator<Item = Option<i64>>) -> Vec<u8> {
    let mut before = 0;
    let differences = values.map(|value| {
        let value = value?;
        let difference = value - before;
        before = value;
        Some(difference)
    });
    rle(differences, |out, value| write_signed(out, *value))
}

fn booleans(values: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut last = false;
    let mut count = 0;
    for value in values {
        if value != last {
            write_unsigned(&mut out, count);
            last = value;
            count = 0;
        }
        count += 1;
    }
    if count > 0 {
        write_unsigned(&mut out, count);
    }
    out
}
