//! What the accepted changes of a document are to each other: who builds on whom, and which operation has which id.

use std::collections::BTreeMap;

use identity::ChangeHash;

use crate::columns::{Id, Key, MAKE_TEXT, Op, Ops, SET, Span};

/// A set of accepted changes, by their place in [`Ground::changes`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn contains(&self, place: u32) -> bool {
        self.0.get(place as usize / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    pub(crate) fn insert(&mut self, place: u32) {
        let word = place as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (place % 64);
    }

    pub(crate) fn remove(&mut self, place: u32) {
        if let Some(word) = self.0.get_mut(place as usize / 64) {
            *word &= !(1 << (place % 64));
        }
    }

    pub(crate) fn join(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros())?;
                word &= word - 1;
                Some(index as u32 * 64 + bit)
            })
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// A change that the guard let pass, with its operations' ids in the fold's numbering of actors.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Which node of the fold it is.
    pub(crate) node: u32,
    pub(crate) hash: ChangeHash,
    pub(crate) actor: u32,
    pub(crate) seq: u64,
    pub(crate) start_op: u32,
    pub(crate) ops: Ops<Span>,
    /// The changes that it builds on, directly.
    pub(crate) deps: Vec<u32>,
    /// Everything that it builds on, without itself.
    pub(crate) below: Bits,
    /// How many bytes and operations it and everything below take.
    pub(crate) size: Size,
    /// Its own share of that.
    pub(crate) own_size: Size,
}

impl Change {
    /// The counter of its last operation.
    pub(crate) fn max_op(&self) -> u32 {
        self.start_op + self.ops.list.len() as u32 - 1
    }

    /// Its operations with their ids.
    pub(crate) fn ops(&self) -> impl Iterator<Item = (Id, &Op<Span>)> {
        (self.start_op..).zip(&self.ops.list).map(|(counter, op)| (Id { counter, actor: self.actor }, op))
    }
}

/// What some changes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Size {
    pub(crate) changes: usize,
    pub(crate) bytes: usize,
    pub(crate) ops: usize,
}

impl Size {
    pub(crate) fn plus(self, other: Size) -> Size {
        Size { changes: self.changes + other.changes, bytes: self.bytes + other.bytes, ops: self.ops + other.ops }
    }
}

/// A journal, as the fold numbers them, and a lane of it.
pub(crate) type LaneName = (u32, u8);

/// An actor of which a change was accepted.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    pub(crate) name: LaneName,
    pub(crate) id: [u8; 16],
    /// Its accepted changes, in order of seq.
    changes: Vec<u32>,
}

/// The accepted changes; each after everything that it builds on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ground {
    pub(crate) changes: Vec<Change>,
    pub(crate) actors: Vec<Lane>,
    by_name: BTreeMap<LaneName, u32>,
    /// The changes that no other builds on.
    pub(crate) heads: Bits,
    /// The values that stand under each key.
    pub(crate) registers: BTreeMap<Box<str>, Vec<Id>>,
    /// The text objects, by key.
    pub(crate) texts: BTreeMap<Box<str>, Id>,
}

impl Ground {
    pub(crate) fn actor(&self, name: LaneName) -> Option<u32> {
        self.by_name.get(&name).copied()
    }

    pub(crate) fn change(&self, place: u32) -> Option<&Change> {
        self.changes.get(place as usize)
    }

    pub(crate) fn actor_id(&self, actor: u32) -> [u8; 16] {
        self.actors.get(actor as usize).map(|lane| lane.id).unwrap_or_default()
    }

    /// Whether an actor has a change in a part that holds everything below its members.
    pub(crate) fn speaks_in(&self, actor: u32, part: &Bits) -> bool {
        // The first of a lane lies below all that follow on it.
        self.actors.get(actor as usize).and_then(|lane| lane.changes.first()).is_some_and(|first| part.contains(*first))
    }

    /// The change that made the operation `id`, if it is one of `among`, and the operation's place in it.
    pub(crate) fn find(&self, id: Id, among: impl Fn(u32) -> bool) -> Option<(&Change, &Op<Span>)> {
        let places = &self.actors.get(id.actor as usize)?.changes;
        let after = places.partition_point(|place| self.changes[*place as usize].start_op <= id.counter);
        let place = *places.get(after.checked_sub(1)?)?;
        let change = &self.changes[place as usize];
        let op = change.ops.list.get((id.counter - change.start_op) as usize)?;
        among(place).then_some((change, op))
    }

    /// Everything that the changes at `heads` build on, and they themselves.
    pub(crate) fn closure(&self, heads: impl IntoIterator<Item = u32>) -> Bits {
        let mut closure = Bits::default();
        for place in heads {
            if let Some(change) = self.change(place) {
                closure.join(&change.below);
                closure.insert(place);
            }
        }
        closure
    }

    /// Every change.
    pub(crate) fn everything(&self) -> Bits {
        self.closure(0..self.changes.len() as u32)
    }

    /// What the changes in `closure` take.
    pub(crate) fn size(&self, closure: &Bits) -> Size {
        closure.iter().filter_map(|place| self.change(place)).fold(Size::default(), |sum, c| sum.plus(c.own_size))
    }

    /// The values that stand at a part of the changes that holds everything below its members.
    pub(crate) fn registers_at<'a>(&self, part: &Bits, body: impl Fn(u32) -> &'a [u8]) -> BTreeMap<Box<str>, Vec<Id>> {
        let mut registers = BTreeMap::new();
        for change in part.iter().filter_map(|place| self.change(place)) {
            apply(&mut registers, change, body(change.node));
        }
        registers
    }

    /// Takes in a change that the guard let pass. `name` and `id` are its actor's.
    pub(crate) fn accept(&mut self, change: Change, body: &[u8], name: LaneName, id: [u8; 16]) -> u32 {
        let place = self.changes.len() as u32;
        if change.actor as usize == self.actors.len() {
            self.by_name.insert(name, change.actor);
            self.actors.push(Lane { name, id, changes: Vec::new() });
        }
        if let Some(lane) = self.actors.get_mut(change.actor as usize) {
            lane.changes.push(place);
        }
        change.deps.iter().for_each(|dep| self.heads.remove(*dep));
        self.heads.insert(place);
        apply(&mut self.registers, &change, body);
        for (id, op) in change.ops() {
            if let (MAKE_TEXT, Key::Prop(key)) = (op.action, op.key) {
                self.texts.insert(key_text(key.of(body)).into(), id);
            }
        }
        self.changes.push(change);
        place
    }
}

/// Lets a change act on registers: what it replaces goes, what it sets comes.
fn apply(registers: &mut BTreeMap<Box<str>, Vec<Id>>, change: &Change, body: &[u8]) {
    for (id, op) in change.ops() {
        let Key::Prop(key) = op.key else { continue };
        let key = key_text(key.of(body));
        let preds = change.ops.preds(op);
        if !preds.is_empty()
            && let Some(values) = registers.get_mut(key)
        {
            values.retain(|value| !preds.contains(value));
        }
        if op.action == SET {
            match registers.get_mut(key) {
                Some(values) => values.push(id),
                None => {
                    registers.insert(key.into(), vec![id]);
                }
            }
        }
    }
}

/// A key that reading the columns found to be UTF-8.
pub(crate) fn key_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
