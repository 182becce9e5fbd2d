//! Reading the columns of a body into operations.

use std::ops::Range;

use super::runs::{Rle, read_delta};
use super::*;
use crate::leb::Reader;

/// Reads the operations of `body`, whose columns begin at `from`. `actors` counts the author and the others.
pub(crate) fn read(body: &[u8], from: usize, actors: usize) -> Result<Ops<Span>, Malformed> {
    let columns = locate(body, from).ok_or(Malformed("its columns are not laid out as Automerge does"))?;
    let column = |number: u64| {
        let place = COLUMNS.iter().position(|known| *known == number).unwrap_or_default();
        columns[place].clone()
    };
    let bytes = |number: u64| &body[column(number)];

    let mut ops = Ops::new();
    let actions = Rle { bytes: bytes(ACTION), read: Reader::unsigned }
        .each(CHANGE_OPS_MAX, |_, action| {
            ops.list.push(Op::blank(u8::try_from(action?).ok()?));
            Some(())
        })
        .ok_or(Malformed("its actions are malformed or too many"))?;
    if actions == 0 {
        return Err(Malformed("it has no operations"));
    }

    let list = &mut ops.list;
    read_objects(list, bytes(OBJ_ACTOR), bytes(OBJ_COUNTER), actors).ok_or(Malformed("its objects are malformed"))?;
    let text_at = column(KEY_TEXT).start;
    read_keys(list, bytes(KEY_ACTOR), bytes(KEY_COUNTER), bytes(KEY_TEXT), text_at, actors)
        .ok_or(Malformed("its keys are malformed"))?;
    read_inserts(list, bytes(INSERT)).ok_or(Malformed("its inserts are malformed"))?;
    read_values(list, bytes(VALUE_META), column(VALUE)).ok_or(Malformed("its values are malformed"))?;
    ops.preds = read_preds(list, bytes(PRED_COUNT), bytes(PRED_ACTOR), bytes(PRED_COUNTER), actors)
        .ok_or(Malformed("its predecessors are malformed"))?;
    Ok(ops)
}

/// Finds the columns: known ones only, ascending, none empty, filling the body to its end.
fn locate(body: &[u8], from: usize) -> Option<[Range<usize>; COLUMNS.len()]> {
    let mut reader = Reader::new(body);
    reader.take(from as u64)?;
    let count = reader.unsigned().filter(|count| *count <= COLUMNS.len() as u64)?;
    let mut found: [Range<usize>; COLUMNS.len()] = Default::default();
    let mut lengths = [0; COLUMNS.len()];
    let mut next = 0;
    for _ in 0..count {
        let number = reader.unsigned()?;
        let place = next + COLUMNS[next..].iter().position(|known| *known == number)?;
        lengths[place] = reader.unsigned().filter(|length| *length > 0 && *length <= body.len() as u64)? as usize;
        next = place + 1;
    }
    let mut at = reader.at();
    for (range, length) in found.iter_mut().zip(lengths) {
        *range = at..at + length;
        at += length;
    }
    (at == body.len()).then_some(found)
}

fn read_actor(actors: usize) -> impl Fn(&mut Reader<'_>) -> Option<u32> {
    move |reader| reader.unsigned().filter(|actor| *actor < actors as u64).map(|actor| actor as u32)
}

fn read_u32(reader: &mut Reader<'_>) -> Option<u32> {
    u32::try_from(reader.unsigned()?).ok()
}

/// Marks a counter that is still without its actor, or an actor without its counter.
const UNKNOWN: u32 = u32::MAX;

fn read_objects(list: &mut [Op<Span>], actor: &[u8], counter: &[u8], actors: usize) -> Option<()> {
    Rle { bytes: actor, read: read_actor(actors) }.exactly(list.len(), |place, actor| {
        list[place].obj = actor.map(|actor| Id { counter: UNKNOWN, actor });
        Some(())
    })?;
    let (mut set, mut named) = (0, 0);
    Rle { bytes: counter, read: read_u32 }.exactly(list.len(), |place, counter| {
        if let Some(counter) = counter.filter(|counter| *counter != UNKNOWN) {
            list[place].obj.as_mut()?.counter = counter;
            set += 1;
        }
        Some(())
    })?;
    list.iter().for_each(|op| named += usize::from(op.obj.is_some()));
    (set == named).then_some(())
}

fn read_keys(
    list: &mut [Op<Span>],
    actor: &[u8],
    counter: &[u8],
    text: &[u8],
    text_at: usize,
    actors: usize,
) -> Option<()> {
    let mut open = list.len();
    Rle { bytes: actor, read: read_actor(actors) }.exactly(list.len(), |place, actor| {
        if let Some(actor) = actor {
            list[place].key = Key::Elem(Id { counter: UNKNOWN, actor });
        }
        Some(())
    })?;
    read_delta(counter, list.len(), |place, counter| {
        let Some(counter) = counter.filter(|counter| *counter != UNKNOWN) else { return Some(()) };
        open -= 1;
        match &mut list[place].key {
            Key::Elem(id) if counter > 0 => id.counter = counter,
            Key::Head if counter == 0 => {}
            Key::Elem(_) | Key::Head | Key::Prop(_) => return None,
        }
        // Taken: a text key on top of it is refused below.
        list[place].insert = true;
        Some(())
    })?;
    let mut reader = |reader: &mut Reader<'_>| {
        let length = reader.unsigned()?;
        let start = text_at + reader.at();
        reader.take(length)?;
        Some(Span { start: start as u32, end: (start + length as usize) as u32 })
    };
    read_texts(text, list.len(), &mut reader, text_at, |place, span| {
        let Some(span) = span else { return Some(()) };
        open = open.checked_sub(1)?;
        if list[place].insert || !matches!(list[place].key, Key::Head) {
            return None;
        }
        list[place].key = Key::Prop(span);
        Some(())
    })?;
    list.iter_mut().for_each(|op| op.insert = false);
    (open == 0).then_some(())
}

/// A text of a column that compares by its bytes.
#[derive(Clone, Copy)]
struct Text<'a> {
    bytes: &'a [u8],
    span: Span,
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

fn read_texts(
    column: &[u8],
    count: usize,
    reader: &mut impl FnMut(&mut Reader<'_>) -> Option<Span>,
    column_at: usize,
    mut each: impl FnMut(usize, Option<Span>) -> Option<()>,
) -> Option<()> {
    let read = |bytes: &mut Reader<'_>| {
        let span = reader(bytes)?;
        let bytes = column.get(span.start as usize - column_at..span.end as usize - column_at)?;
        std::str::from_utf8(bytes).ok()?;
        Some(Text { bytes, span })
    };
    Rle { bytes: column, read }.exactly(count, |place, text: Option<Text<'_>>| each(place, text.map(|text| text.span)))
}

fn read_inserts(list: &mut [Op<Span>], bytes: &[u8]) -> Option<()> {
    let mut reader = Reader::new(bytes);
    let mut at = 0;
    let mut value = false;
    while !reader.is_empty() {
        let run = usize::try_from(reader.unsigned()?).ok()?;
        // Only the first run, of `false`, may be empty, and only before another.
        if run > list.len() - at || (run == 0 && (reader.at() > 1 || reader.is_empty())) {
            return None;
        }
        list[at..at + run].iter_mut().for_each(|op| op.insert = value);
        at += run;
        value = !value;
    }
    (at == list.len()).then_some(())
}

fn read_values(list: &mut [Op<Span>], meta: &[u8], raw: Range<usize>) -> Option<()> {
    let mut at = raw.start;
    let count = list.len();
    let found = Rle { bytes: meta, read: Reader::unsigned }.each(count, |place, meta: Option<u64>| {
        let meta = meta?;
        let end = at.checked_add(usize::try_from(meta >> 4).ok()?).filter(|end| *end <= raw.end)?;
        let op = &mut list[place];
        op.value_type = (meta & 0x0f) as u8;
        op.value = Span { start: at as u32, end: end as u32 };
        at = end;
        Some(())
    })?;
    (found == count && at == raw.end).then_some(())
}

fn read_preds(list: &mut [Op<Span>], count: &[u8], actor: &[u8], counter: &[u8], actors: usize) -> Option<Vec<Id>> {
    let mut total: u32 = 0;
    let found = Rle { bytes: count, read: read_u32 }.each(list.len(), |place, count: Option<u32>| {
        let op = &mut list[place];
        op.preds_from = total;
        total = total.checked_add(count?).filter(|total| *total as usize <= CHANGE_OPS_MAX)?;
        op.preds_to = total;
        Some(())
    })?;
    if found != list.len() || (total == 0) != actor.is_empty() || (total == 0) != counter.is_empty() {
        return None;
    }
    let mut preds = Vec::new();
    Rle { bytes: actor, read: read_actor(actors) }.exactly(total as usize, |_, actor| {
        preds.push(Id { counter: 0, actor: actor? });
        Some(())
    })?;
    read_delta(counter, total as usize, |place, counter| {
        preds[place].counter = counter?;
        Some(())
    })?;
    Some(preds)
}
