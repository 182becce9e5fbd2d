//! Tables of people that were typed elsewhere.

use identity::Region;
use records::{
    ImportColumn, ImportOptions, ImportTable, Lang, PersonId, RecordError, RowProblem, TableFault, read_head,
    read_import, rejected_csv,
};

use crate::{Ends, Target, ends::ends};

pub(crate) const IMPORT: Target = Target {
    name: "import",
    run: import,
    ends: &[RECORD_ERRORS, TABLE_FAULTS, ROW_PROBLEMS, &["ImportDraft", "warned", "chosen"]],
    unreached: &[
        ("TableFault::TooLarge", "an input is smaller"),
        ("TableFault::TooManyRows", "an input is smaller"),
        ("TableFault::Malformed", "rows may have any number of cells, and a quotation mark may stay open"),
        ("RecordError::NoField", "a column that means nothing is passed over"),
        ("RecordError::Value", "a table says this row by row, as a RowProblem"),
        ("RecordError::Required", "a table says this row by row, as a RowProblem"),
        ("RecordError::FactTooLong", "said where a fact is written; a cell is shorter"),
        ("RecordError::Unfit", "said where a fact is written"),
    ],
};

ends!(record_error, RECORD_ERRORS: RecordError { NoField, Value, Required, FactTooLong, Unfit, Table });
ends!(row_problem, ROW_PROBLEMS: RowProblem {
    Empty, Value, WasNumber, Village, HalfDecision, SameAs, TooManyCells,
});

ends!(table_fault, TABLE_FAULTS: TableFault {
    TooLarge, TooManyRows, Workbook, NotText, Malformed, LongLine, Empty, NoHeader, Twice, NoName, NoVillage, NotSoMany,
});

/// The first byte: whether the importing office is a village (1), and whether columns were chosen (2). Then follow the line
/// of the header, how many columns, and each.
fn import(bytes: &[u8]) -> Ends {
    let Some((first, bytes)) = bytes.split_first() else { return Ends::new() };
    let village = (first & 1 == 1).then(|| "33.07.10.2004".parse().unwrap());
    let (header, columns, bytes) = match bytes {
        [line, count, rest @ ..] if first & 2 == 2 => {
            let (chosen, rest) = rest.split_at(rest.len().min(usize::from(count % 16)));
            let column = |byte: &u8| usize::from(*byte).checked_sub(1).and_then(|index| ImportColumn::all().nth(index));
            let columns: Vec<Option<ImportColumn>> = chosen.iter().map(column).collect();
            (Some(u64::from(*line)), Some(columns), rest)
        }
        bytes => (None, None, bytes),
    };
    let read = |bytes: &[u8]| read(bytes, village.clone(), header, columns.as_deref());
    let mut ends = Ends::new();
    if let Ok(head) = read_head(bytes, header) {
        assert!(head.columns.len() == head.header.len() && head.examples.len() == head.header.len());
    }
    match read(bytes) {
        Err(error) => refused(&mut ends, &error),
        Ok(table) => {
            assert!(table.names < table.header.len());
            ends.extend(columns.is_some().then_some("chosen"));
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
                if let Some(Err(error)) = rejected_csv(&table, lang).map(|text| read(text.as_bytes())) {
                    refused(&mut ends, &error);
                }
            }
        }
    }
    ends
}

fn refused(ends: &mut Ends, error: &RecordError) {
    ends.insert(record_error(error));
    if let RecordError::Table(fault) = error {
        ends.insert(table_fault(fault));
        assert!(!fault.text(Lang::Id).is_empty());
    }
}

fn read(
    bytes: &[u8],
    village: Option<Region>,
    header: Option<u64>,
    columns: Option<&[Option<ImportColumn>]>,
) -> Result<ImportTable, RecordError> {
    let serves = |region: &Region| region.as_str().starts_with("33.07");
    let is_area = |code: &str| code == "3307";
    let options = ImportOptions {
        header,
        columns,
        village,
        programme: "desmigratif",
        decision: None,
        serves: &serves,
        is_area: &is_area,
    };
    read_import(bytes, &options)
}
