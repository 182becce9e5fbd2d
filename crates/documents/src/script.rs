//! A change while it is written: operations under new ids, which become the body of a chunk.
//!
//! The bytes are those that Automerge writes for the same edits at the same heads (a test holds this), at a tenth of
//! the price: nothing has to be loaded. Only splicing a text needs Automerge, to find what stands at a place.

use std::collections::BTreeMap;

use identity::JournalId;

use crate::chunk::write_head;
use crate::columns::{self, DELETE, Id, Key, MAKE_TEXT, Ops, SET, value};
use crate::edit::{EditError, Written, check_key};
use crate::fold::Fold;
use crate::ground::{Bits, LaneName};
use crate::guard::{BYTES_MAX, LaneBefore};
use crate::leb::write_signed;
use crate::{Edit, Scalar};

/// Where a change is written: on which lane, on top of what.
#[derive(Debug, Clone)]
pub(crate) struct Desk<'a> {
    pub(crate) own: &'a JournalId,
    pub(crate) lane: u8,
    pub(crate) before: LaneBefore,
    /// The accepted changes that it builds on, none below another.
    pub(crate) places: Vec<u32>,
}

/// The operations written so far.
pub(crate) struct Script<'a> {
    name: LaneName,
    me: u32,
    start_op: u32,
    pub(crate) ops: Ops<&'a [u8]>,
}

/// A value as its bytes in a chunk.
pub(crate) type Coded = (u8, Vec<u8>);

/// The same, borrowed.
type Borrowed<'a> = (u8, &'a [u8]);

impl<'a> Script<'a> {
    pub(crate) fn new(fold: &Fold, desk: &Desk<'_>) -> Self {
        let name = fold.actor_name_or_new(desk.own, desk.lane);
        let me = fold.ground.actor(name).unwrap_or(fold.ground.actors.len() as u32);
        let tops = desk.places.iter().filter_map(|place| Some(fold.ground.change(*place)?.max_op()));
        Self { name, me, start_op: tops.max().unwrap_or(0) + 1, ops: Ops::new() }
    }

    /// The id of the operation that is pushed next.
    pub(crate) fn next_id(&self) -> Id {
        Id { counter: self.start_op + self.ops.list.len() as u32, actor: self.me }
    }

    pub(crate) fn set(&mut self, key: &'a [u8], (value_type, bytes): Borrowed<'a>, replaces: Vec<Id>) -> Id {
        let id = self.next_id();
        self.ops.push(None, Key::Prop(key), false, SET, (value_type, bytes), replaces);
        id
    }

    pub(crate) fn delete(&mut self, key: &'a [u8], replaces: Vec<Id>) {
        self.ops.push(None, Key::Prop(key), false, DELETE, (value::NULL, &[]), replaces);
    }

    pub(crate) fn make_text(&mut self, key: &'a [u8]) -> Id {
        let id = self.next_id();
        self.ops.push(None, Key::Prop(key), false, MAKE_TEXT, (value::NULL, &[]), []);
        id
    }

    /// Inserts a character behind another, or at the beginning.
    pub(crate) fn insert(&mut self, text: Id, behind: Option<Id>, (value_type, bytes): Borrowed<'a>) -> Id {
        let id = self.next_id();
        self.ops.push(Some(text), behind.map_or(Key::Head, Key::Elem), true, SET, (value_type, bytes), []);
        id
    }

    pub(crate) fn delete_character(&mut self, text: Id, elem: Id) {
        self.ops.push(Some(text), Key::Elem(elem), false, DELETE, (value::NULL, &[]), [elem]);
    }

    /// The change, once the guard agrees; `None` if nothing was written.
    pub(crate) fn finish(mut self, fold: &Fold, desk: Desk<'_>) -> Result<Option<Written>, EditError> {
        if self.ops.list.is_empty() {
            return Ok(None);
        }
        let (ground, me) = (&fold.ground, self.me);
        let mut others: Vec<u32> = self.ops.ids().map(|id| id.actor).filter(|actor| *actor != me).collect();
        others.sort_unstable();
        others.dedup();
        others.sort_unstable_by_key(|actor| ground.actor_id(*actor));
        let number = |actor: u32| match actor == me {
            true => Some(0),
            false => others.iter().position(|other| *other == actor).map(|place| place as u32 + 1),
        };
        self.ops.rename(number).ok_or_else(|| EditError::Refused("an actor is missing".into()))?;
        let seq = match desk.before {
            LaneBefore::At(place) => ground.change(place).map_or(0, |before| before.seq) + 1,
            LaneBefore::None | LaneBefore::NotAccepted => 1,
        };
        let mut body = Vec::new();
        write_head(&mut body, seq, u64::from(self.start_op));
        columns::write(&self.ops, &mut body);
        debug_assert_eq!(self.name.1, desk.lane);
        fold.checked(desk, body, others).map(Some)
    }
}

/// A value of a field as its bytes.
pub(crate) fn coded(value: &Scalar) -> Result<Coded, EditError> {
    match value {
        Scalar::Text(text) if text.len() > BYTES_MAX => Err(EditError::Full),
        Scalar::Text(text) => Ok((value::TEXT, text.as_bytes().to_vec())),
        Scalar::Int(number) => {
            let mut bytes = Vec::new();
            write_signed(&mut bytes, *number);
            Ok((value::SIGNED, bytes))
        }
        Scalar::Bool(false) => Ok((value::FALSE, Vec::new())),
        Scalar::Bool(true) => Ok((value::TRUE, Vec::new())),
        Scalar::Other(_) => Err(EditError::Unwritable("the value")),
    }
}

impl Fold {
    /// Writes edits of fields at `closure`.
    pub(crate) fn write_fields(
        &self,
        desk: Desk<'_>,
        closure: &Bits,
        edits: &[Edit],
    ) -> Result<Option<Written>, EditError> {
        let mut values: Vec<Option<Coded>> = Vec::with_capacity(edits.len());
        for edit in edits {
            values.push(match edit {
                Edit::Put { value, .. } | Edit::Choose { value, .. } => Some(coded(value)?),
                Edit::Clear { .. } | Edit::Splice { .. } => None,
            });
        }
        let everything = closure.len() == self.ground.changes.len();
        let shown = (!everything).then(|| self.ground.registers_at(closure, |node| self.body(node)));
        let shown = shown.as_ref().unwrap_or(&self.ground.registers);
        // What this change itself has done to a key: the value that it set, if it set one.
        let mut touched: BTreeMap<&str, Option<(Id, Borrowed<'_>)>> = BTreeMap::new();
        let mut script = Script::new(self, &desk);
        for (edit, value) in edits.iter().zip(&values) {
            let (Edit::Put { key, .. } | Edit::Choose { key, .. } | Edit::Clear { key } | Edit::Splice { key, .. }) =
                edit;
            check_key(key)?;
            if self.ground.texts.contains_key(key.as_str()) {
                return Err(EditError::IsText(key.clone()));
            }
            let (stand, only) = match touched.get(key.as_str()) {
                Some(mine) => (mine.iter().map(|(id, _)| *id).collect(), mine.as_ref().map(|(_, value)| *value)),
                None => {
                    let stand = self.in_order(shown.get(key.as_str()).into_iter().flatten());
                    let only = if let [id] = stand[..] { self.stored_value(id) } else { None };
                    (stand, only)
                }
            };
            match value {
                Some((value_type, bytes)) => {
                    let value = (*value_type, &bytes[..]);
                    if only == Some(value) {
                        continue;
                    }
                    // With several values shown, a plain put of the one that Automerge deems the winner would delete
                    // the others and write nothing.
                    let several = stand.len() > 1;
                    if several {
                        script.delete(key.as_bytes(), stand.clone());
                    }
                    let id = script.set(key.as_bytes(), value, if several { Vec::new() } else { stand });
                    touched.insert(key, Some((id, value)));
                }
                None if stand.is_empty() => {}
                None => {
                    script.delete(key.as_bytes(), stand);
                    touched.insert(key, None);
                }
            }
        }
        script.finish(self, desk)
    }

    /// Ids in Automerge's order: by counter, then by actor.
    pub(crate) fn in_order<'i>(&self, ids: impl Iterator<Item = &'i Id>) -> Vec<Id> {
        let mut ids: Vec<Id> = ids.copied().collect();
        if ids.len() > 1 {
            ids.sort_by_key(|id| (id.counter, self.ground.actor_id(id.actor)));
        }
        ids
    }

    fn stored_value(&self, id: Id) -> Option<Borrowed<'_>> {
        let (change, op) = self.ground.find(id, |_| true)?;
        Some((op.value_type, op.value.of(self.body(change.node))))
    }
}
