//! Tables of people that were typed elsewhere.

use identity::Region;
use records::{ImportOptions, ImportTable, Lang, PersonId, RecordError, RowProblem, read_import, rejected_csv};

use crate::{Ends, Target, ends::ends};

pub(crate) const IMPORT: Target = Target {
    name: "import",
    run: import,
    ends: &[RECORD_ERRORS, ROW_PROBLEMS, &["ImportDraft", "warned"]],
    unreached: &[
        ("RecordError::NoField", "a column that means nothing is passed over"),
        ("RecordError::Value", "a table says this row by row, as a RowProblem"),
        ("RecordError::Required", "a table says this row by row, as a RowProblem"),
        ("RecordError::FactTooLong", "said where a fact is written; a cell is shorter"),
        ("RecordError::Unfit", "said where a fact is written"),
        ("RecordError::Disallowed", "a rule of coordination, said where its facts are drafted"),
    ],
};

ends!(record_error, RECORD_ERRORS: RecordError { NoField, Value, Required, FactTooLong, Unfit, Disallowed, Table });
ends!(row_problem, ROW_PROBLEMS: RowProblem {
    Empty, Value, WasNumber, Village, HalfDecision, SameAs, TooManyCells,
});

/// The first byte: whether the importing office is a village.
fn import(bytes: &[u8]) -> Ends {
    let Some((first, bytes)) = bytes.split_first() else { return Ends::new() };
    let village = (first & 1 == 1).then(|| "33.07.10.2004".parse().unwrap());
    let mut ends = Ends::new();
    match read(bytes, village.clone()) {
        Err(error) => drop(ends.insert(record_error(&error))),
        Ok(table) => {
            for row in &table.rows {
                match &row.outcome {
                    Ok(draft) => {
                        ends.insert("ImportDraft");
                        ends.extend((!draft.warnings.is_empty()).then_some("warned"));
                        let person = PersonId([1; 16]);
                        assert!(!draft.person(person).is_empty() && !draft.participation(person).is_empty());
                        draft.trip(person);
                    }
                    Err(errors) => ends.extend(errors.iter().map(|error| row_problem(&error.problem))),
                }
            }
            for lang in [Lang::Id, Lang::En] {
                // What was rejected is put right and read again.
                if let Some(Err(error)) = rejected_csv(&table, lang).map(|text| read(text.as_bytes(), village.clone()))
                {
                    ends.insert(record_error(&error));
                }
            }
        }
    }
    ends
}

fn read(bytes: &[u8], village: Option<Region>) -> Result<ImportTable, RecordError> {
    let serves = |region: &Region| region.as_str().starts_with("33.07");
    let is_area = |code: &str| code == "3307";
    read_import(
        bytes,
        &ImportOptions { village, programme: "desmigratif", decision: None, serves: &serves, is_area: &is_area },
    )
}
