//! The administrative areas that the node knows: regencies and villages with their codes, from `config/reference`.

use std::{collections::BTreeMap, io::Read, sync::OnceLock};

use flate2::read::GzDecoder;
use identity::Region;

static REGENCIES: &[u8] = include_bytes!("../../../config/reference/regions/regencies.csv.gz");
static VILLAGES: &[u8] = include_bytes!("../../../config/reference/regions/villages.csv.gz");

type Names = BTreeMap<Box<str>, Box<str>>;

/// The name of a village, by its code; none if there is no such village.
pub(crate) fn village(code: &Region) -> Option<&'static str> {
    static READ: OnceLock<Names> = OnceLock::new();
    READ.get_or_init(|| read(VILLAGES)).get(code.as_str()).map(AsRef::as_ref)
}

/// Whether a regency has this code.
pub(crate) fn is_regency(code: &str) -> bool {
    static READ: OnceLock<Names> = OnceLock::new();
    READ.get_or_init(|| read(REGENCIES)).contains_key(code)
}

/// Code and name of each row of a table that is built into the program.
fn read(packed: &'static [u8]) -> Names {
    let mut text = String::new();
    if let Err(error) = GzDecoder::new(packed).read_to_string(&mut text) {
        tracing::error!(%error, "the table of areas in this program is damaged");
        return Names::new();
    }
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows = table.records().filter_map(Result::ok);
    rows.filter_map(|row| Some((row.get(0)?.into(), row.get(2)?.into()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_villages_called_kuripan_are_known() {
        for code in ["33.07.10.2004", "33.07.12.2007"] {
            assert_eq!(village(&code.parse().unwrap()), Some("Kuripan"), "{code}");
        }
        assert_eq!(village(&"33.07.10.9999".parse().unwrap()), None);
        assert!(is_regency("33.07") && !is_regency("33.99"));
    }
}
