//! What a script sees that may not see who people are: what the programme did, by register number.

use service::reply::{Both, FoundRow, RecordView};

use crate::language::Language;
use crate::words::Words;

/// One line of a list.
pub(crate) fn nameless_row(row: &mut FoundRow) {
    let say = |language| Words::of(language).say("token-no-name");
    row.name = None;
    row.no_name = Some(Both { id: say(Language::Indonesian), en: say(Language::English) });
    (row.dusun, row.rt, row.birth_year) = (None, None, None);
}

/// One participant. The history names what was written of the person too, so it is left out whole.
pub(crate) fn nameless(record: &mut RecordView) {
    nameless_row(&mut record.row);
    record.person.clear();
    record.family.clear();
    record.beside.history.clear();
}

/// Whether a field says who somebody is.
pub(crate) fn is_of_person(field: &str) -> bool {
    service::inputs().iter().any(|input| input.of_person && input.field == field)
}
