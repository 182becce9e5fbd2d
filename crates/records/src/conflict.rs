//! Fields with several values: side by side, until a person chooses.

use documents::{Edit, FieldValue, Scalar, Snapshot};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::{Authors, By},
    fields::{FieldSpec, raw_text},
    kinds::RecordKind,
    words::Lang,
};

/// One of the values of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictValue {
    /// The stored text; `None` for a value of another type, which counts for nothing and is shown all the same.
    pub stored: Option<String>,
    /// As a person reads it, in Indonesian.
    pub id: String,
    /// As a person reads it, in English.
    pub en: String,
    /// Who wrote it.
    pub by: By,
}

/// A field whose values were written without knowledge of each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The field.
    pub field: String,
    /// The values, in one order on every node.
    pub values: Vec<ConflictValue>,
}

impl Conflict {
    /// What the field is called on a page.
    pub fn label(&self, kind: RecordKind, lang: Lang) -> &str {
        kind.field(&self.field).map_or(self.field.as_str(), |spec| spec.label.of(lang))
    }
}

/// Every field of a document that has several values. Equal values written twice are no conflict.
pub fn conflicts(snapshot: &Snapshot, authors: &dyn Authors) -> Vec<Conflict> {
    let Some(kind) = RecordKind::from_number(snapshot.kind) else { return Vec::new() };
    snapshot
        .fields
        .iter()
        .filter(|(_, values)| values.len() > 1 && values.iter().any(|other| other.value != values[0].value))
        .filter_map(|(key, values)| kind.field(key).map(|spec| conflict(spec, values, authors)))
        .collect()
}

fn conflict(spec: &FieldSpec, values: &[FieldValue], authors: &dyn Authors) -> Conflict {
    let values = values.iter().map(|value| ConflictValue {
        stored: (spec.text)(&value.value),
        id: spec.shown(&value.value, Lang::Id),
        en: spec.shown(&value.value, Lang::En),
        by: By::new(&value.by, authors),
    });
    Conflict { field: spec.key.to_owned(), values: values.collect() }
}

/// The edit that settles a field: everything that stands there goes, what was chosen stays. `chosen` is one of the
/// values as shown or stored, or what an officer typed instead of them. The others remain in the history.
pub fn choose(kind: RecordKind, snapshot: &Snapshot, key: &str, chosen: &str) -> Result<Edit, RecordError> {
    let spec = kind.field(key).ok_or_else(|| RecordError::no_field(kind, key))?;
    let values = snapshot.fields.get(key).map(Vec::as_slice).unwrap_or_default();
    let shown = |value: &Scalar| {
        (spec.text)(value).as_deref() == Some(chosen)
            || [Lang::Id, Lang::En].iter().any(|lang| spec.shown(value, *lang) == chosen)
            || raw_text(value) == chosen
    };
    let value = values
        .iter()
        .map(|value| &value.value)
        .find(|value| (spec.text)(value).is_some() && shown(value))
        .cloned()
        .or_else(|| (spec.parse)(chosen))
        .ok_or_else(|| RecordError::value(spec, chosen))?;
    Ok(Edit::Choose { key: key.to_owned(), value })
}

/// The edit that an officer's text for a field means: an empty text empties the field.
pub fn edit_from_input(kind: RecordKind, key: &str, text: &str) -> Result<Edit, RecordError> {
    let spec = kind.field(key).ok_or_else(|| RecordError::no_field(kind, key))?;
    if text.trim().is_empty() {
        if kind.required().contains(&key) {
            return Err(RecordError::Required { field: spec.key });
        }
        return Ok(Edit::Clear { key: key.to_owned() });
    }
    let value = (spec.parse)(text).ok_or_else(|| RecordError::value(spec, text))?;
    Ok(Edit::Put { key: key.to_owned(), value })
}

/// Whether every field that a new document of this kind needs is among these edits.
pub fn check_required(kind: RecordKind, edits: &[Edit]) -> Result<(), RecordError> {
    let has = |key: &str| edits.iter().any(|edit| matches!(edit, Edit::Put { key: k, .. } if k == key));
    match kind.required().iter().find(|key| !has(key)) {
        Some(field) => Err(RecordError::Required { field }),
        None => Ok(()),
    }
}
