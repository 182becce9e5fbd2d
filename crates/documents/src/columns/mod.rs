//! The operations of a change: read from the columns of its body and written back.
//!
//! The columns of a chunk are run-length encoded, so a few bytes can claim any number of operations, and one list of
//! operations has many encodings of which Automerge gives back only one when it saves and loads. So reading here is
//! bounded, and passes only the one encoding that writing gives: what was read re-encodes to the same bytes.
//!
//! # Invariants
//! - Nothing is allocated that the operations, counted and bounded first, do not need.
//! - `write(read(columns)) == columns`.

mod read;
mod runs;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

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
