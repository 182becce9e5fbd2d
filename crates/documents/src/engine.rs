//! Automerge itself. It sees only what the guard let pass, and whatever it does then, no panic of it leaves this file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ObjType, ROOT, ReadDoc, TextEncoding, Value};
use journal::Payload;

use crate::chunk::put_together;
use crate::fold::Fold;
use crate::ground::Bits;

/// Automerge and our guard disagree about a document: a local alarm, never a verdict. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot show the document: {0}")]
pub struct CannotShow(pub String);

impl CannotShow {
    pub(crate) fn because(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

/// Runs `work`, turning a panic of Automerge into an error.
pub(crate) fn guarded<T, E: From<CannotShow>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(CannotShow::because("Automerge panicked").into()))
}

/// An empty document: texts count in characters.
pub(crate) fn empty() -> Automerge {
    Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint)
}

impl Fold {
    /// The raw chunk of an accepted change.
    fn raw(&self, place: u32) -> Option<Vec<u8>> {
        let change = self.ground.change(place)?;
        let Payload::Change(stored) = &self.nodes.get(change.node as usize)?.payload else { return None };
        let deps: Vec<_> = change.deps.iter().filter_map(|dep| Some(self.ground.change(*dep)?.hash)).collect();
        let mut others = Vec::with_capacity(stored.others.len());
        for other in &stored.others {
            let name = self.actor_name(&other.journal, other.lane)?;
            others.push(self.ground.actor_id(self.ground.actor(name)?));
        }
        let (raw, hash) = put_together(&stored.body, &deps, &self.ground.actor_id(change.actor), &others).ok()?;
        (hash == change.hash).then_some(raw)
    }

    /// Automerge's document of the accepted changes, or of a part of them that holds everything below its members.
    /// Whoever calls is inside [`guarded`].
    pub(crate) fn automerge(&self, part: Option<&Bits>) -> Result<Automerge, CannotShow> {
        let mut changes = Vec::new();
        let mut heads = Vec::new();
        for place in 0..self.ground.changes.len() as u32 {
            if part.is_some_and(|part| !part.contains(place)) {
                continue;
            }
            let raw = self.raw(place).ok_or(CannotShow::because("a chunk cannot be put together"))?;
            let change = Change::from_bytes(raw).map_err(CannotShow::because)?;
            heads.retain(|head| !change.deps().contains(head));
            heads.push(change.hash());
            changes.push(change);
        }
        let mut document = empty();
        document.apply_changes(changes).map_err(CannotShow::because)?;
        heads.sort_unstable();
        if document.get_heads() != heads {
            return Err(CannotShow::because("Automerge did not take in every change"));
        }
        Ok(document)
    }

    /// The second belt: applies every accepted change, saves, loads, and compares heads and values with what this
    /// crate shows. About 200 µs for a small document; for quiet moments and `verify`.
    ///
    /// # Errors
    /// Says where Automerge and the guard disagree. Verdicts stay as they are.
    pub fn check_with_automerge(&self) -> Result<(), CannotShow> {
        if self.ground.changes.is_empty() {
            return Ok(());
        }
        guarded(|| {
            let applied = self.automerge(None)?;
            let loaded = Automerge::load(&applied.save()).map_err(CannotShow::because)?;
            if loaded.get_heads() != applied.get_heads() {
                return Err(CannotShow::because("a saved document loads with other heads"));
            }
            self.compare_values(&loaded)
        })
    }

    fn compare_values(&self, document: &Automerge) -> Result<(), CannotShow> {
        let differ = || CannotShow::because("Automerge shows other values");
        let mut keys = 0;
        for key in document.keys(ROOT) {
            let mut theirs = Vec::new();
            for (value, id) in document.get_all(ROOT, &*key).map_err(CannotShow::because)? {
                match (value, id) {
                    (Value::Object(ObjType::Text), _) if self.ground.texts.contains_key(&*key) => {}
                    (Value::Scalar(_), automerge::ObjId::Id(counter, actor, _)) => {
                        theirs.push((counter, actor.to_bytes().to_vec()));
                    }
                    _ => return Err(differ()),
                }
            }
            let ours = self.ground.registers.get(&*key).into_iter().flatten();
            let mut ours: Vec<(u64, Vec<u8>)> =
                ours.map(|id| (u64::from(id.counter), self.ground.actor_id(id.actor).to_vec())).collect();
            ours.sort();
            theirs.sort();
            if ours != theirs {
                return Err(differ());
            }
            keys += 1;
        }
        let fields = self.ground.registers.iter().filter(|(_, values)| !values.is_empty()).map(|(key, _)| key);
        let ours: std::collections::BTreeSet<&str> = fields.chain(self.ground.texts.keys()).map(|key| &**key).collect();
        if ours.len() == keys { Ok(()) } else { Err(differ()) }
    }
}

/// The text object under a key, among whatever else stands there.
pub(crate) fn text_object(document: &impl ReadDoc, key: &str) -> Option<automerge::ObjId> {
    let values = document.get_all(ROOT, key).ok()?;
    values.into_iter().find(|(value, _)| matches!(value, Value::Object(ObjType::Text))).map(|(_, id)| id)
}
