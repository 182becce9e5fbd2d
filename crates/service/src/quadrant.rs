//! The model of quadrants: asked only where the programme switched it on and wrote its questions, and shown as a place in
//! a picture.

use std::collections::BTreeMap;

use records::{Content, Counting, FieldType, Instrument, Item, PartialDate, ProgrammeRecord, Rules, Submitted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    both::Both,
    composed::{ANSWER, Composed},
    inputs::InputKind,
    panel::{Panel, both, shown},
    problem::{Code, Problem},
    sheet_kinds::SheetInput,
};

/// Where somebody stands in the model of quadrants: two where two assessments were adopted at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuadrantView {
    /// The quadrants, from 1 to 4.
    pub quadrants: Vec<u8>,
    /// What is suggested next.
    pub materials: Vec<Both>,
}

pub(crate) fn quadrant(record: &ProgrammeRecord) -> Option<QuadrantView> {
    let ProgrammeRecord::Assessment(assessment) = record else { return None };
    let of = |said: &records::Said<Submitted>| said.what.quadrant.code().parse().unwrap_or_default();
    let quadrants: Vec<u8> = match assessment.counting() {
        Counting::None => return None,
        Counting::One(said) => vec![of(said)],
        Counting::Several(all) => all.into_iter().map(of).collect(),
    };
    Some(QuadrantView { quadrants, materials: assessment.materials().iter().map(shown).collect() })
}

/// The points that the form of an assessment asks for.
pub(crate) fn points_asked(rules: &Rules) -> Vec<SheetInput> {
    let items = instrument(rules).into_iter().flat_map(|instrument| &instrument.items);
    let points = |item: &Item| SheetInput {
        field: format!("{ANSWER}{}", item.code),
        label: Both::of(|lang| format!("{} (0–{})", item.text, item.points_max.shown(lang))),
        kind: InputKind::Number,
        required: true,
    };
    items.map(points).collect()
}

/// The instrument by which people are assessed; none unless the programme switched that on and wrote its questions.
pub(crate) fn instrument(rules: &Rules) -> Option<&Instrument> {
    rules.instrument.as_ref().filter(|_| rules.figures.quadrants.value)
}

pub(crate) fn not_scored() -> Problem {
    Problem::said(
        Code::Conflict,
        None,
        "penilaian kuadran tidak dipakai di program ini: kementerian menyalakannya dan menulis pertanyaannya di Angka program",
        "the programme does not assess people by quadrants: a ministry switches it on and writes its questions in the \
         figures of the programme",
    )
}

/// The points of a filled-in instrument, and what follows.
pub(crate) fn submitted(date: PartialDate, more: &[(String, String)], rules: &Rules) -> Result<Composed, Problem> {
    let instrument = instrument(rules).ok_or_else(not_scored)?;
    let mut answers = BTreeMap::new();
    for (key, text) in more {
        let Some(code) = key.strip_prefix(ANSWER) else { continue };
        let most = instrument.items.iter().find(|item| item.code == code).map_or(0, |item| item.points_max);
        let points = text.trim().parse().ok().filter(|points| *points <= most);
        let points = points.ok_or_else(|| {
            Problem::said(
                Code::BadInput,
                Some(key),
                format!("nilainya bukan angka dari 0 sampai {most}: isi lagi bersama orangnya"),
                format!("that is no number from 0 to {most}: fill it in again together with the person"),
            )
        })?;
        answers.insert(code.to_owned(), points);
    }
    let made = instrument.submit(answers, date)?;
    let mut look = Panel::new(both("Hasil penilaian", "What comes of it"), []);
    look.lines.push(shown(&made.quadrant));
    Ok(Composed { draft: made.draft()?, look: vec![look] })
}
