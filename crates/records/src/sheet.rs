//! A sheet: what a document of the programme holds beside people and participations, in one form for every kind.

use std::collections::BTreeMap;

use documents::{Edit, Snapshot};
use identity::{Coordinate, Region};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::Authors,
    conflict::{check_required, edit_from_input},
    fields::Fields,
    fold::read_fields,
    heard::Heard,
    kinds::{KindSpec, RecordKind},
    notice::Notice,
    value::Digest,
};

/// A document read: fields that people edit, texts that they write together, and facts that count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet<F, E> {
    /// The document.
    pub doc: Coordinate,
    /// The region of its scope. A case has none there: its field `village` says it, and two different values are none.
    pub place: Option<Region>,
    /// What people edit.
    pub fields: F,
    /// Texts by key; one that nobody began is not there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
    /// What happened and still counts.
    pub events: E,
}

/// What the facts of one kind of document say together.
pub(crate) trait Hear: Sized {
    /// Takes them up.
    fn hear(heard: &mut Heard<'_>) -> Self;
}

/// For kinds that have no facts.
impl Hear for () {
    fn hear(_: &mut Heard<'_>) -> Self {}
}

/// Reads a sheet. `place` is the region of the scope, where it has one.
pub(crate) fn read_sheet<F: Fields, E: Hear>(
    snapshot: &Snapshot,
    spec: &KindSpec,
    place: Option<Region>,
    authors: &dyn Authors,
    notices: &mut Vec<Notice>,
) -> Sheet<F, E> {
    let fields: F = read_fields(snapshot, spec, authors, notices);
    let place = place.or_else(|| village_of(&fields));
    let mut heard = Heard::new(snapshot, spec.facts, place.as_ref(), authors);
    let events = E::hear(&mut heard);
    notices.extend(heard.into_notices());
    Sheet { doc: snapshot.id.clone(), place, fields, texts: snapshot.texts.clone(), events }
}

/// The hash over texts: a version that was approved or submitted is named by it.
pub(crate) fn texts_digest(texts: &BTreeMap<String, String>) -> Digest {
    let mut hasher = blake3::Hasher::new_derive_key("simpul texts v1");
    for text in texts.iter().flat_map(|(key, text)| [key, text]) {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    Digest(*hasher.finalize().as_bytes())
}

fn village_of<F: Fields>(fields: &F) -> Option<Region> {
    let (_, values) = fields.texts().into_iter().find(|(key, _)| *key == "village")?;
    let [village] = values.as_slice() else { return None };
    village.parse().ok()
}

/// A document ready to be created: its fields are checked, its texts begin empty.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecord {
    /// Its kind.
    pub kind: RecordKind,
    /// Its first fields.
    pub fields: Vec<Edit>,
}

impl NewRecord {
    /// A document of this kind with what an officer typed for its fields; empty texts are left out.
    ///
    /// # Errors
    /// [`RecordError`] says which field is missing or what would fit it. Nothing was written.
    pub fn new<'a>(kind: RecordKind, typed: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, RecordError> {
        let mut fields = Vec::new();
        for (key, text) in typed.into_iter().filter(|(_, text)| !text.trim().is_empty()) {
            fields.push(edit_from_input(kind, key, text)?);
        }
        check_required(kind, &fields)?;
        Ok(Self { kind, fields })
    }

    /// The texts that it begins with; they are made when a document is created or never.
    pub fn texts(&self) -> impl Iterator<Item = &'static str> {
        self.kind.spec().texts.iter().map(|text| text.key)
    }
}
