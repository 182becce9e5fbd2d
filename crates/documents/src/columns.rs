//! The operations of a change: read from the columns of its body and written back.
//!
//! The columns of a chunk are run-length encoded, so a few bytes can claim any number of operations, and one list of
//! operations has many encodings of which Automerge gives back only one when it saves and loads. So reading here is
//! bounded, and passes only the one encoding that writing gives: what was read re-encodes to the same bytes.
//!
//! # Invariants
//! - Nothing is allocated that the operations, counted and bounded first, do not need.
//! - `write(read(columns)) == columns`.

use std::ops::Range;

use crate::leb::{Reader, write_signed, write_unsigned};

/// The most operations of one change.
pub(crate) const CHANGE_OPS_MAX: usize = 100_000;

/// What is wrong with columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// An operation's id. In a chunk's columns actor 0 is its author and the others follow; in a fold it is the number of
/// the actor there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) counter: u32,
    pub(crate) actor: u32,
}

/// A stretch of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(crate) fn of(self, body: &[u8]) -> &[u8] {
        body.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// Where in its object an operation acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<S> {
    Prop(S),
    Head,
    Elem(Id),
}

pub(crate) const SET: u8 = 1;
pub(crate) const DELETE: u8 = 3;
pub(crate) const MAKE_TEXT: u8 = 4;
/// The actions that make an object: map, list, text, table.
pub(crate) const MAKES: [u8; 4] = [0, 2, MAKE_TEXT, 6];

/// The types of values that this version takes.
pub(crate) mod value {
    pub(crate) const NULL: u8 = 0;
    pub(crate) const FALSE: u8 = 1;
    pub(crate) const TRUE: u8 = 2;
    pub(crate) const UNSIGNED: u8 = 3;
    pub(crate) const SIGNED: u8 = 4;
    pub(crate) const FLOAT: u8 = 5;
    pub(crate) const TEXT: u8 = 6;
    pub(crate) const BYTES: u8 = 7;
    pub(crate) const TIMESTAMP: u8 = 9;
}

/// One operation; its id is the change's first counter plus its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Op<S> {
    /// The object; `None` is the root.
    pub(crate) obj: Option<Id>,
    pub(crate) key: Key<S>,
    pub(crate) insert: bool,
    pub(crate) action: u8,
    pub(crate) value_type: u8,
    pub(crate) value: S,
    preds_from: u32,
    preds_to: u32,
}

impl<S: Default> Op<S> {
    fn blank(action: u8) -> Self {
        Self {
            obj: None,
            key: Key::Head,
            insert: false,
            action,
            value_type: value::NULL,
            value: S::default(),
            preds_from: 0,
            preds_to: 0,
        }
    }
}

/// The operations of a change, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ops<S> {
    pub(crate) list: Vec<Op<S>>,
    preds: Vec<Id>,
}

impl<S: Copy + Default> Ops<S> {
    pub(crate) fn new() -> Self {
        Self { list: Vec::new(), preds: Vec::new() }
    }

    /// The operations that `op` replaces.
    pub(crate) fn preds(&self, op: &Op<S>) -> &[Id] {
        self.preds.get(op.preds_from as usize..op.preds_to as usize).unwrap_or_default()
    }

    /// Adds an operation.
    pub(crate) fn push(
        &mut self,
        obj: Option<Id>,
        key: Key<S>,
        insert: bool,
        action: u8,
        value: (u8, S),
        preds: impl IntoIterator<Item = Id>,
    ) {
        let preds_from = self.preds.len() as u32;
        self.preds.extend(preds);
        let preds_to = self.preds.len() as u32;
        let (value_type, value) = value;
        self.list.push(Op { obj, key, insert, action, value_type, value, preds_from, preds_to });
    }

    /// Renames every actor.
    pub(crate) fn rename(&mut self, name: impl Fn(u32) -> Option<u32>) -> Option<()> {
        let rename = |id: &mut Id| {
            id.actor = name(id.actor)?;
            Some(())
        };
        for op in &mut self.list {
            if let Some(obj) = &mut op.obj {
                rename(obj)?;
            }
            if let Key::Elem(elem) = &mut op.key {
                rename(elem)?;
            }
        }
        self.preds.iter_mut().try_for_each(rename)
    }

    /// Every id that the operations name.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        let keys = self.list.iter().flat_map(|op| {
            let elem = match op.key {
                Key::Elem(elem) => Some(elem),
                Key::Prop(_) | Key::Head => None,
            };
            op.obj.into_iter().chain(elem)
        });
        keys.chain(self.preds.iter().copied())
    }
}

#[cfg(test)]
impl Ops<Span> {
    /// The same operations with the bytes of the body that they were read from.
    pub(crate) fn with_bytes<'a>(&self, body: &'a [u8]) -> Ops<&'a [u8]> {
        let op = |op: &Op<Span>| Op {
            obj: op.obj,
            key: match op.key {
                Key::Prop(key) => Key::Prop(key.of(body)),
                Key::Head => Key::Head,
                Key::Elem(elem) => Key::Elem(elem),
            },
            insert: op.insert,
            action: op.action,
            value_type: op.value_type,
            value: op.value.of(body),
            preds_from: op.preds_from,
            preds_to: op.preds_to,
        };
        Ops { list: self.list.iter().map(op).collect(), preds: self.preds.clone() }
    }
}

/// Column numbers, in the order in which a chunk has them.
const OBJ_ACTOR: u64 = 1;
const OBJ_COUNTER: u64 = 2;
const KEY_ACTOR: u64 = 17;
const KEY_COUNTER: u64 = 19;
const KEY_TEXT: u64 = 21;
const INSERT: u64 = 52;
const ACTION: u64 = 66;
const VALUE_META: u64 = 86;
const VALUE: u64 = 87;
const PRED_COUNT: u64 = 112;
const PRED_ACTOR: u64 = 113;
const PRED_COUNTER: u64 = 115;
const COLUMNS: [u64; 12] = [
    OBJ_ACTOR,
    OBJ_COUNTER,
    KEY_ACTOR,
    KEY_COUNTER,
    KEY_TEXT,
    INSERT,
    ACTION,
    VALUE_META,
    VALUE,
    PRED_COUNT,
    PRED_ACTOR,
    PRED_COUNTER,
];

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

/// A run-length encoded column of optional values. An empty one stands for nothing but nulls.
struct Rle<'a, R> {
    bytes: &'a [u8],
    read: R,
}

impl<'a, R> Rle<'a, R> {
    /// Hands every value to `each` and gives their number. `None` if the column is malformed, is longer than `max`,
    /// is not as the encoder writes it, or `each` refuses.
    fn each<T: Copy + PartialEq>(
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
    fn exactly<T: Copy + PartialEq>(self, count: usize, each: impl FnMut(usize, Option<T>) -> Option<()>) -> Option<()>
    where
        R: FnMut(&mut Reader<'a>) -> Option<T>,
    {
        let empty = self.bytes.is_empty();
        let found = self.each(count, each)?;
        (empty || found == count).then_some(())
    }
}

/// A reader of a column of differences; gives the sums.
fn read_delta(bytes: &[u8], count: usize, mut each: impl FnMut(usize, Option<u32>) -> Option<()>) -> Option<()> {
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
