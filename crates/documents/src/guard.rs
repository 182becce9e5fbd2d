//! The guard: whether a change may be part of a document, judged against its dependencies only.
//!
//! Automerge 0.12 takes changes that make its own saves unloadable, and takes others alone that it refuses in a batch.
//! So this code decides, before Automerge sees a byte, and it decides by nothing but the change, the changes that it
//! builds on, and the change before it on its lane: every node comes to the same verdict, whatever came first.
//!
//! What may be in a change is what this version writes: values put and deleted under flat root keys; texts made in the
//! document's first change, and characters inserted into them and deleted from them. A change with anything else
//! waits for a newer version.
//!
//! # Invariants
//! - Every operation that an accepted change names is one of the changes that it builds on, or earlier in itself.
//! - The accepted changes of one actor are a chain: no two with one number.

use identity::{Coordinate, broken};

use crate::chunk::{Head, hash_and_len};
use crate::columns::{self, CHANGE_OPS_MAX, DELETE, Id, Key, MAKE_TEXT, MAKES, Malformed, Op, Ops, SET, Span, value};
use crate::ground::{Bits, Change, Ground, LaneName, Size};
use crate::leb::Reader;

/// The most bytes that a document's changes may take, over everything that a change builds on.
pub const BYTES_MAX: usize = 1 << 20;
/// The most changes that a change may build on, itself included.
pub const CHANGES_MAX: usize = 10_000;
/// The most operations over everything that a change builds on: each character of a text is one, and in memory takes
/// about 60 bytes.
pub const OPS_MAX: usize = 1 << 18;
/// The longest key of a fact, in bytes.
pub const FACT_KEY_BYTES_MAX: usize = 64;
/// The longest content of a fact, in bytes.
pub const FACT_BYTES_MAX: usize = 64 << 10;
/// The longest key of a field or text, in bytes.
pub const KEY_BYTES_MAX: usize = 256;
/// How far the first operation may lie above everything that it builds on: room for a form that was shown while others
/// wrote on. 10,000 changes at 200,000 each stay within 32 bits.
const COUNTER_JUMP_MAX: u64 = 100_000;

/// Why a change is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It breaks a rule.
    Broken(&'static str),
    /// It uses what this version does not know.
    Version,
}

impl From<Malformed> for Unfit {
    fn from(malformed: Malformed) -> Self {
        Unfit::Broken(malformed.0)
    }
}

/// The change before on the same lane of the same journal, in this document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LaneBefore {
    /// There is none.
    None,
    /// It is not accepted, so nothing accepted builds on it.
    NotAccepted,
    /// It is accepted, at this place.
    At(u32),
}

/// A change as its entry presents it, with what its entry says resolved.
pub(crate) struct Claim<'a> {
    pub(crate) node: u32,
    pub(crate) name: LaneName,
    pub(crate) actor_id: [u8; 16],
    /// The other actors that it names; `None` for one of which nothing was accepted.
    pub(crate) others: &'a [Option<u32>],
    pub(crate) body: &'a [u8],
    /// The accepted changes that it builds on.
    pub(crate) deps: Vec<u32>,
    /// Whether its entry creates the document.
    pub(crate) creates: bool,
    /// Whether it may build on nothing without creating the document: when a fact created it.
    pub(crate) may_stand_alone: bool,
    pub(crate) before: LaneBefore,
}

/// Judges a change. `body` gives the body of another accepted change by its node.
pub(crate) fn judge<'a>(ground: &Ground, claim: Claim<'a>, body_of: impl Fn(u32) -> &'a [u8]) -> Result<Change, Unfit> {
    use Unfit::Broken;
    let Claim { node, name, actor_id, others, body, deps, creates, may_stand_alone, before } = claim;
    if body.len() > BYTES_MAX {
        return Err(Broken("it is larger than 1 MiB"));
    }
    if creates != deps.is_empty() && !(deps.is_empty() && may_stand_alone) {
        return Err(Broken(if creates {
            "it creates the document, yet builds on something"
        } else {
            "it builds on nothing"
        }));
    }

    // What lies below.
    let mut below = Bits::default();
    let mut max_op = 0;
    let mut hashes = Vec::with_capacity(deps.len());
    for dep in &deps {
        let change = ground.change(*dep).ok_or(Broken("it builds on what is not accepted"))?;
        below.join(&change.below);
        max_op = max_op.max(change.max_op());
        hashes.push(change.hash);
    }
    if deps.iter().any(|dep| below.contains(*dep)) {
        return Err(Broken("one of its dependencies lies below another"));
    }
    deps.iter().for_each(|dep| below.insert(*dep));
    hashes.sort_unstable();

    // Its head.
    let head = Head::read(body).map_err(|_| Broken("its head is malformed"))?;
    if head.time != 0 || !head.message.is_empty() {
        return Err(Broken("it carries a time or a message of its own"));
    }
    let seq = match before {
        LaneBefore::None => 1,
        LaneBefore::At(place) if below.contains(place) => ground.change(place).map_or(0, |before| before.seq) + 1,
        LaneBefore::At(_) | LaneBefore::NotAccepted => {
            return Err(Broken("it does not build on the change before it on its lane"));
        }
    };
    if head.seq != seq {
        return Err(Broken("its number does not follow the one before it on its lane"));
    }
    let start_op = u32::try_from(head.start_op)
        .ok()
        .filter(|start| *start > max_op && u64::from(*start - max_op) <= COUNTER_JUMP_MAX)
        .ok_or(Broken("its operations do not begin just above those that it builds on"))?;

    // Its actors.
    let against = if broken::is("guard judged against the batch") { &ground.everything() } else { &below };
    let below_it = |actor: &Option<u32>| actor.filter(|actor| ground.speaks_in(*actor, against));
    let others: Vec<u32> = others
        .iter()
        .map(below_it)
        .collect::<Option<_>>()
        .ok_or(Broken("it names an actor that it does not build on"))?;
    let other_ids: Vec<[u8; 16]> = others.iter().map(|actor| ground.actor_id(*actor)).collect();
    if !other_ids.is_sorted_by(|a, b| a < b) || other_ids.contains(&actor_id) {
        return Err(Broken("the actors that it names are not in order"));
    }
    let me = ground.actor(name).unwrap_or(ground.actors.len() as u32);

    // Its operations.
    let mut ops = columns::read(body, head.columns_at, others.len() + 1)?;
    let mut named = vec![false; others.len() + 1];
    ops.ids().for_each(|id| named[id.actor as usize] = true);
    if named[1..].contains(&false) {
        return Err(Broken("it names an actor that it does not use"));
    }
    ops.rename(|actor| match actor {
        0 => Some(me),
        other => others.get(other as usize - 1).copied(),
    })
    .ok_or(Broken("its columns name an actor that is not there"))?;
    let check = Check { ground, below: against, me, my_id: actor_id, start_op, ops: &ops, body, creates, body_of };
    check.all()?;

    let (hash, bytes) = hash_and_len(body, head.columns_at, &hashes, &actor_id, other_ids.iter());
    let own_size = Size { changes: 1, bytes, ops: ops.list.len() };
    let size_below = match &deps[..] {
        [] => Size::default(),
        [dep] => ground.change(*dep).map(|dep| dep.size).unwrap_or_default(),
        _ => ground.size(&below),
    };
    let size = size_below.plus(own_size);
    if size.changes > CHANGES_MAX || size.bytes > BYTES_MAX || size.ops > OPS_MAX {
        return Err(Broken(FULL));
    }
    Ok(Change { node, hash, actor: me, seq, start_op, ops, deps, below, size, own_size })
}

/// The rule that a writer can meet without any fault.
pub(crate) const FULL: &str = "it makes the document larger than a document may be";

struct Check<'c, 'a, F: Fn(u32) -> &'a [u8]> {
    ground: &'c Ground,
    below: &'c Bits,
    me: u32,
    my_id: [u8; 16],
    start_op: u32,
    ops: &'c Ops<Span>,
    body: &'a [u8],
    creates: bool,
    body_of: F,
}

impl<'a, F: Fn(u32) -> &'a [u8]> Check<'_, 'a, F> {
    fn all(&self) -> Result<(), Unfit> {
        let mut texts = std::collections::BTreeSet::new();
        for (place, op) in self.ops.list.iter().enumerate() {
            let preds = self.ops.preds(op);
            if !preds.is_sorted_by(|a, b| self.lamport(*a) < self.lamport(*b)) {
                return Err(Unfit::Broken("its predecessors are not in order"));
            }
            if MAKES.contains(&op.action) && !self.creates {
                return Err(Unfit::Broken("it creates an object after the document's first change"));
            }
            match op.obj {
                None => self.root(place, op, preds)?,
                Some(text) => self.text(place, op, preds, text)?,
            }
            if let (MAKE_TEXT, Key::Prop(key)) = (op.action, op.key)
                && !texts.insert(key.of(self.body))
            {
                return Err(Unfit::Broken("it creates one text twice"));
            }
        }
        Ok(())
    }

    /// An operation on a root key.
    fn root(&self, place: usize, op: &Op<Span>, preds: &[Id]) -> Result<(), Unfit> {
        use Unfit::Broken;
        let Key::Prop(key) = op.key else {
            return Err(Broken("it acts on the root as if it were a list"));
        };
        let key = key.of(self.body);
        if op.insert || key.is_empty() || key.len() > KEY_BYTES_MAX {
            return Err(Broken("a key is empty, too long or inserted"));
        }
        for pred in preds {
            let (pred, body) = self.find(*pred, place).ok_or(Broken("it replaces what it does not build on"))?;
            let same_key = pred.obj.is_none() && matches!(pred.key, Key::Prop(other) if other.of(body) == key);
            if !same_key || pred.action != SET {
                return Err(Broken("it replaces something else than a value of its own key"));
            }
        }
        match op.action {
            SET => self.value(op),
            DELETE if preds.is_empty() => Err(Broken("it deletes nothing")),
            DELETE => self.no_value(op),
            MAKE_TEXT if preds.is_empty() => self.no_value(op),
            MAKE_TEXT => Err(Broken("it replaces something by a text")),
            _ => Err(Unfit::Version),
        }
    }

    /// An operation on a text.
    fn text(&self, place: usize, op: &Op<Span>, preds: &[Id], text: Id) -> Result<(), Unfit> {
        use Unfit::Broken;
        let (object, _) = self.find(text, place).ok_or(Broken("it acts on an object that it does not build on"))?;
        if object.action != MAKE_TEXT {
            return Err(Broken("it acts on something that is no text"));
        }
        let elem = match op.key {
            Key::Prop(_) => return Err(Broken("it acts on a text as if it were a map")),
            Key::Head => None,
            Key::Elem(elem) => {
                let (at, _) = self.find(elem, place).ok_or(Broken("it names a character that it does not build on"))?;
                if at.obj != Some(text) || !at.insert {
                    return Err(Broken("it names a character that is not in its text"));
                }
                Some(elem)
            }
        };
        match (op.action, op.insert, elem) {
            (SET, true, _) if preds.is_empty() => match op.value_type {
                value::TEXT if op.value.of(self.body).is_empty() => Err(Broken("it inserts an empty character")),
                value::TEXT => self.value(op),
                _ => Err(Unfit::Version),
            },
            (DELETE, false, Some(elem)) if preds == [elem] => self.no_value(op),
            (SET | DELETE, _, _) => Err(Broken("it neither inserts a character nor deletes one")),
            _ => Err(Unfit::Version),
        }
    }

    /// An operation that it builds on, or one before `place` of its own.
    fn find(&self, id: Id, place: usize) -> Option<(&Op<Span>, &'a [u8])> {
        if id.actor == self.me && id.counter >= self.start_op {
            let own = (id.counter - self.start_op) as usize;
            return (own < place).then(|| self.ops.list.get(own)).flatten().map(|op| (op, self.body));
        }
        let (change, op) = self.ground.find(id, |place| self.below.contains(place))?;
        Some((op, (self.body_of)(change.node)))
    }

    fn lamport(&self, id: Id) -> (u32, [u8; 16]) {
        (id.counter, if id.actor == self.me { self.my_id } else { self.ground.actor_id(id.actor) })
    }

    fn no_value(&self, op: &Op<Span>) -> Result<(), Unfit> {
        let none = op.value_type == value::NULL && op.value.of(self.body).is_empty();
        if none { Ok(()) } else { Err(Unfit::Broken("an operation has a value that it cannot have")) }
    }

    fn value(&self, op: &Op<Span>) -> Result<(), Unfit> {
        let bytes = op.value.of(self.body);
        let mut reader = Reader::new(bytes);
        let fits = match op.value_type {
            value::NULL | value::FALSE | value::TRUE => bytes.is_empty(),
            value::UNSIGNED => reader.unsigned().is_some() && reader.is_empty(),
            value::SIGNED | value::TIMESTAMP => reader.signed().is_some() && reader.is_empty(),
            value::FLOAT => bytes.len() == 8,
            value::TEXT => std::str::from_utf8(bytes).is_ok(),
            value::BYTES => true,
            _ => return Err(Unfit::Version),
        };
        if fits { Ok(()) } else { Err(Unfit::Broken("a value is malformed")) }
    }
}

/// A fact's key and content: postcard of the two, within their bounds, nothing after them.
pub(crate) fn read_fact(bytes: &[u8]) -> Result<(&str, &[u8]), &'static str> {
    if bytes.len() > FACT_KEY_BYTES_MAX + FACT_BYTES_MAX + 8 {
        return Err("the fact is too long");
    }
    let ((key, content), rest): ((&str, &[u8]), &[u8]) =
        postcard::take_from_bytes(bytes).map_err(|_| "the fact is malformed")?;
    if key.is_empty() || key.len() > FACT_KEY_BYTES_MAX || content.len() > FACT_BYTES_MAX || !rest.is_empty() {
        return Err("the fact is malformed");
    }
    Ok((key, content))
}

/// Links of a change: ascending, so that one set of them has one spelling.
pub(crate) fn links_in_order(links: &[Coordinate]) -> bool {
    links.is_sorted_by(|a, b| a < b)
}

const _: () = assert!(CHANGES_MAX as u64 * (COUNTER_JUMP_MAX + CHANGE_OPS_MAX as u64) < u32::MAX as u64);
