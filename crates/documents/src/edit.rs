//! Writing: edits become the change of one lane.
//!
//! The rules that keep both values (each was tried; a plain `put` loses values silently): a form's edits are written at
//! the heads that the form was shown, on a lane that has nothing beside them; a field that shows several values is
//! deleted and put in one change; objects are made in the first change only.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, PatchLog, ROOT, ReadDoc, ScalarValue};
use identity::{ChangeHash, Coordinate, JournalId, Officer, broken};
use journal::{Actor, Change, Draft, Form, Kind, LANES, Payload, Subject};

use crate::chunk::{Parts, take_apart};
use crate::columns::value;
use crate::engine::{CannotShow, guarded, text_object};
use crate::fold::{Fold, Standing};
use crate::ground::Bits;
use crate::guard::{self, Claim, FACT_BYTES_MAX, FACT_KEY_BYTES_MAX, KEY_BYTES_MAX, LaneBefore, Unfit};
use crate::script::{Coded, Desk, Script, coded};
use crate::{Edit, Scalar};

/// Why an edit cannot be written. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// This node wrote eight times beside what the form was shown.
    #[error("the form is out of date: show it again")]
    ShowAgain,
    /// Every lane of this journal ends in an entry that does not count; a new incarnation has eight more.
    #[error("no lane of this journal can write in this document any more")]
    NoLane,
    /// A head that the form was shown is not accepted here.
    #[error("{0} is no accepted entry of this document")]
    NotShown(Coordinate),
    /// Only what waits for its author is said again.
    #[error("{0} does not wait to be said again")]
    NotWaiting(Coordinate),
    /// The document does not have this text; texts are made when it is created.
    #[error("the document has no text {0:?}")]
    NoText(String),
    /// A text is spliced, not put.
    #[error("{0:?} is a text, not a field")]
    IsText(String),
    /// A place in a text lies beyond its end.
    #[error("the text {0:?} is shorter than that")]
    TextBounds(String),
    /// The document is as large as a document may be: continue it in a new one.
    #[error("the document is full: continue it in a new one")]
    Full,
    /// A key, value or fact is empty or longer than allowed, or a value is not of a type that is written.
    #[error("{0} cannot be written: it is empty, too long or of another type")]
    Unwritable(&'static str),
    /// Nothing to write.
    #[error("there is nothing to write")]
    Nothing,
    /// The document is erased or not accepted.
    #[error("the document cannot be edited: {0}")]
    NotEditable(&'static str),
    /// Automerge or our guard would not do it.
    #[error("cannot write the change: {0}")]
    Refused(String),
}

impl From<CannotShow> for EditError {
    fn from(alarm: CannotShow) -> Self {
        EditError::Refused(alarm.0)
    }
}

/// What is to be written in the journal: a draft without its header's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Change or fact.
    pub form: Form,
    /// What it builds on.
    pub links: Vec<Coordinate>,
    /// The change or fact.
    pub payload: Payload,
    /// Automerge's hash of the change; all zero for a fact.
    pub change_hash: ChangeHash,
}

impl Written {
    /// The draft of the entry.
    pub fn draft(self, time_ms: i64, officer: Officer, subject: Subject, record: u16) -> Draft {
        let Self { form, links, payload, change_hash } = self;
        Draft { time_ms, officer, subject, kind: Kind { record, form }, links, payload, change_hash }
    }
}

/// The first change of a document, with its texts (empty ones included) and fields.
///
/// # Errors
/// When nothing or something unwritable is given.
pub fn create<'a>(
    own: &JournalId,
    texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    fields: impl IntoIterator<Item = (&'a str, Scalar)>,
) -> Result<Written, EditError> {
    let id = Coordinate { journal: own.clone(), seq: 1 };
    let fold = Fold::build(id, [], |_| Standing::Accepted, false, |_| true);
    let desk = Desk { own, lane: 0, before: LaneBefore::None, places: Vec::new() };
    let mut script = Script::new(&fold, &desk);
    let mut keys = std::collections::BTreeSet::new();
    for (key, text) in texts {
        check_key(key)?;
        if !keys.insert(key) {
            return Err(EditError::Unwritable("a key given twice"));
        }
        let object = script.make_text(key.as_bytes());
        let mut behind = None;
        for (at, character) in text.char_indices() {
            let bytes = &text.as_bytes()[at..at + character.len_utf8()];
            behind = Some(script.insert(object, behind, (value::TEXT, bytes)));
        }
    }
    let mut values: Vec<(&str, Coded)> = Vec::new();
    for (key, scalar) in fields {
        check_key(key)?;
        if !keys.insert(key) {
            return Err(EditError::Unwritable("a key given twice"));
        }
        values.push((key, coded(&scalar)?));
    }
    for (key, (value_type, bytes)) in &values {
        script.set(key.as_bytes(), (*value_type, bytes), Vec::new());
    }
    script.finish(&fold, desk)?.ok_or(EditError::Nothing)
}

/// A fact; `links` is what its author had seen ([`crate::Snapshot::tips`]), nothing where it creates a document.
///
/// # Errors
/// When key or content are longer than allowed, or the key is empty.
pub fn fact(key: &str, content: &[u8], mut links: Vec<Coordinate>) -> Result<Written, EditError> {
    if key.is_empty() || key.len() > FACT_KEY_BYTES_MAX {
        return Err(EditError::Unwritable("the fact's key"));
    }
    if content.len() > FACT_BYTES_MAX {
        return Err(EditError::Unwritable("the fact"));
    }
    links.sort();
    links.dedup();
    let bytes = postcard::to_stdvec(&(key, content)).map_err(|error| EditError::Refused(error.to_string()))?;
    Ok(Written { form: Form::Fact, links, payload: Payload::Fact(bytes), change_hash: ChangeHash([0; 32]) })
}

impl Fold {
    /// The change that these edits make at the heads that the form was shown ([`crate::Snapshot::heads`]); `None` if
    /// they change nothing.
    ///
    /// # Errors
    /// [`EditError::ShowAgain`] when this node wrote on every lane since; nothing was written.
    pub fn edit(&self, shown: &[Coordinate], own: &JournalId, edits: &[Edit]) -> Result<Option<Written>, EditError> {
        self.check_editable()?;
        let mut places = Vec::new();
        for at in shown {
            let node = self.node(at).filter(|node| node.is_accepted());
            let node = node.ok_or_else(|| EditError::NotShown(at.clone()))?;
            places.extend(node.place);
        }
        let closure = self.ground.closure(places.iter().copied());
        places.sort_unstable();
        places.dedup();
        let shown_places = places.clone();
        let below = |place: u32| {
            shown_places.iter().any(|shown| self.ground.change(*shown).is_some_and(|shown| shown.below.contains(place)))
        };
        places.retain(|place| !below(*place));
        let (lane, before) = self.free_lane(own, &closure)?;
        let desk = Desk { own, lane, before, places };
        let closure = if broken::is("guard judged against the batch") { self.ground.everything() } else { closure };
        if edits.iter().any(|edit| matches!(edit, Edit::Splice { .. })) {
            self.write_with_automerge(desk, &closure, edits)
        } else {
            self.write_fields(desk, &closure, edits)
        }
    }

    /// Writes edits of any kind at `closure`, by Automerge.
    pub(crate) fn write_with_automerge(
        &self,
        desk: Desk<'_>,
        closure: &Bits,
        edits: &[Edit],
    ) -> Result<Option<Written>, EditError> {
        let parts = guarded(|| {
            let mut document = self.automerge(Some(closure))?;
            write(&mut document, desk.own, desk.lane, |document| {
                edits.iter().try_for_each(|edit| apply(document, edit))
            })
        })?;
        parts.map(|parts| self.written(desk, parts)).transpose()
    }

    pub(crate) fn check_editable(&self) -> Result<(), EditError> {
        if self.is_erased() {
            return Err(EditError::NotEditable("it is erased"));
        }
        if !self.node(&self.id).is_some_and(|node| node.is_accepted()) {
            return Err(EditError::NotEditable("its creation is not accepted here"));
        }
        Ok(())
    }

    /// The lowest lane that has nothing beside `closure`.
    pub(crate) fn free_lane(&self, own: &JournalId, closure: &Bits) -> Result<(u8, LaneBefore), EditError> {
        for lane in 0..LANES {
            let before = self.actor_name(own, lane).map_or(LaneBefore::None, |name| self.lane_last(name));
            match before {
                LaneBefore::None => return Ok((lane, before)),
                LaneBefore::At(place) if closure.contains(place) => return Ok((lane, before)),
                LaneBefore::At(_) | LaneBefore::NotAccepted => {}
            }
        }
        let everything = closure.len() == self.ground.changes.len();
        Err(if everything { EditError::NoLane } else { EditError::ShowAgain })
    }

    /// What Automerge wrote, as the journal takes it, once our own guard agrees.
    fn written(&self, desk: Desk<'_>, parts: Parts) -> Result<Written, EditError> {
        let others: Option<Vec<u32>> = parts
            .others
            .iter()
            .map(|id| self.ground.actors.iter().position(|actor| actor.id == *id).map(|actor| actor as u32))
            .collect();
        let others = others.ok_or_else(|| EditError::Refused("it names an actor that nobody is".into()))?;
        let written = self.checked(desk, parts.body, others)?;
        if written.change_hash != parts.hash {
            return Err(EditError::Refused("its chunk does not come out the same".into()));
        }
        Ok(written)
    }

    /// A change that the guard accepts, as the journal takes it.
    pub(crate) fn checked(&self, desk: Desk<'_>, body: Vec<u8>, others: Vec<u32>) -> Result<Written, EditError> {
        let Desk { own, lane, before, places } = desk;
        let name = self.actor_name_or_new(own, lane);
        let known: Vec<Option<u32>> = others.iter().copied().map(Some).collect();
        let nodes = places.iter().filter_map(|place| Some(self.ground.change(*place)?.node));
        let mut links: Vec<Coordinate> = nodes.map(|node| self.nodes[node as usize].at.clone()).collect();
        links.sort();
        let claim = Claim {
            node: u32::MAX,
            name,
            actor_id: self.actor_id(own, name),
            others: &known,
            body: &body,
            creates: self.nodes.is_empty(),
            may_stand_alone: self.header(&self.id).is_some_and(|header| header.kind.form == Form::Fact),
            deps: places,
            before,
        };
        let change = guard::judge(&self.ground, claim, |node| self.body(node)).map_err(|unfit| match unfit {
            Unfit::Broken(guard::FULL) => EditError::Full,
            Unfit::Broken(rule) => EditError::Refused(rule.into()),
            Unfit::Version => EditError::Refused("it is of a newer version".into()),
        })?;
        let lanes = others.iter().filter_map(|other| self.ground.actors.get(*other as usize));
        let others: Vec<Actor> = lanes.filter_map(|other| self.actor_of(other.name)).collect();
        let payload = Payload::Change(Change { lane, others, body });
        Ok(Written { form: Form::Change, links, payload, change_hash: change.hash })
    }
}

fn refused(error: impl std::fmt::Display) -> EditError {
    EditError::Refused(error.to_string())
}

/// Writes one change under the lane's actor, at the document's heads.
fn write(
    document: &mut Automerge,
    own: &JournalId,
    lane: u8,
    work: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), EditError>,
) -> Result<Option<Parts>, EditError> {
    document.set_actor(ActorId::from(Actor { journal: own.clone(), lane }.id()));
    let heads = document.get_heads();
    let mut transaction = document.transaction_at(PatchLog::inactive(), &heads).map_err(refused)?;
    work(&mut transaction)?;
    let (hash, _) = transaction.commit_with(CommitOptions::default());
    let Some(hash) = hash else { return Ok(None) };
    let change = document.get_change_by_hash(&hash).ok_or_else(|| refused("the change is not there"))?;
    take_apart(change.raw_bytes()).map(Some).map_err(refused)
}

fn apply(document: &mut automerge::transaction::Transaction<'_>, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::Put { key, value } | Edit::Choose { key, value } => {
            let shown = field(document, key)?;
            let value = scalar_value(value.clone())?;
            if shown.len() == 1 && shown[0] == value {
                return Ok(());
            }
            // With several values shown, a plain put of the one that Automerge deems the winner would delete the
            // others and write nothing.
            if shown.len() > 1 {
                document.delete(ROOT, key.as_str()).map_err(refused)?;
            }
            document.put(ROOT, key.as_str(), value).map_err(refused)
        }
        Edit::Clear { key } => match field(document, key)?.is_empty() {
            true => Ok(()),
            false => document.delete(ROOT, key.as_str()).map_err(refused),
        },
        Edit::Splice { key, at, delete, insert } => {
            let text = text_object(document, key).ok_or_else(|| EditError::NoText(key.clone()))?;
            let length = document.length(&text);
            if at.checked_add(*delete).is_none_or(|end| end > length) {
                return Err(EditError::TextBounds(key.clone()));
            }
            document.splice_text(&text, *at, *delete as isize, insert).map_err(refused)
        }
    }
}

/// The values of a field that may be written.
fn field(document: &impl ReadDoc, key: &str) -> Result<Vec<ScalarValue>, EditError> {
    check_key(key)?;
    let values = document.get_all(ROOT, key).map_err(refused)?;
    let values = values.into_iter().map(|(value, _)| value.as_scalar().cloned());
    values.collect::<Option<_>>().ok_or_else(|| EditError::IsText(key.into()))
}

pub(crate) fn check_key(key: &str) -> Result<(), EditError> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX { Err(EditError::Unwritable("the field's key")) } else { Ok(()) }
}

fn scalar_value(value: Scalar) -> Result<ScalarValue, EditError> {
    match value {
        Scalar::Text(text) if text.len() > guard::BYTES_MAX => Err(EditError::Full),
        Scalar::Text(text) => Ok(ScalarValue::Str(text.into())),
        Scalar::Int(number) => Ok(ScalarValue::Int(number)),
        Scalar::Bool(truth) => Ok(ScalarValue::Boolean(truth)),
        Scalar::Other(_) => Err(EditError::Unwritable("the value")),
    }
}
