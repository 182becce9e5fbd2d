//! The administrative areas that the node knows: regencies and villages with their codes, from `config/reference`.

use std::{collections::BTreeMap, io::Read, sync::OnceLock};

use flate2::read::GzDecoder;
use identity::Region;

static REGENCIES: &[u8] = include_bytes!("../../../config/reference/regions/regencies.csv.gz");
static VILLAGES: &[u8] = include_bytes!("../../../config/reference/regions/villages.csv.gz");

type Names = BTreeMap<Box<str>, Box<str>>;

static VILLAGE_NAMES: OnceLock<Names> = OnceLock::new();

/// The name of a village, by its code; none if there is no such village.
pub(crate) fn village(code: &Region) -> Option<&'static str> {
    VILLAGE_NAMES.get_or_init(|| read(VILLAGES)).get(code.as_str()).map(AsRef::as_ref)
}

/// The villages of a region, by code.
pub(crate) fn villages(region: &Region) -> Vec<(String, String)> {
    let all = VILLAGE_NAMES.get_or_init(|| read(VILLAGES));
    let within = format!("{region}.");
    let begin = all.range::<str, _>((std::ops::Bound::Included(within.as_str()), std::ops::Bound::Unbounded));
    begin
        .take_while(|(code, _)| code.starts_with(&within))
        .map(|(code, name)| (code.to_string(), name.to_string()))
        .collect()
}

/// Some village of a region, or the region itself if it is one.
pub(crate) fn any_village(region: &Region) -> Option<Region> {
    if region.level() == 4 {
        return Some(region.clone());
    }
    let all = VILLAGE_NAMES.get_or_init(|| read(VILLAGES));
    let within = if region.level() == 0 { String::new() } else { format!("{region}.") };
    let mut begin = all.range::<str, _>((std::ops::Bound::Included(within.as_str()), std::ops::Bound::Unbounded));
    begin.next().filter(|(code, _)| code.starts_with(&within)).and_then(|(code, _)| code.parse().ok())
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
        let wonosobo = villages(&"33.07".parse().unwrap());
        assert!(wonosobo.len() > 200 && wonosobo.iter().all(|(code, _)| code.starts_with("33.07.")));
        assert!(is_regency("33.07") && !is_regency("33.99"));
    }
}
