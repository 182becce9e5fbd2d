//! The administrative areas that the node knows: regencies and villages with their codes, from `config/reference`.

use std::{collections::BTreeMap, io::Read, sync::OnceLock};

use flate2::read::GzDecoder;
use identity::Region;

static REGENCIES: &[u8] = include_bytes!("../../../config/reference/regions/regencies.csv.gz");
static PROVINCES: &[u8] = include_bytes!("../../../config/reference/regions/provinces.csv.gz");
static DISTRICTS: &[u8] = include_bytes!("../../../config/reference/regions/districts.csv.gz");
static MINISTRIES: &str = include_str!("../../../config/reference/ministries.csv");
static VILLAGES: &[u8] = include_bytes!("../../../config/reference/regions/villages.csv.gz");

/// Names by code.
pub(crate) type Names = BTreeMap<Box<str>, Box<str>>;

static VILLAGE_NAMES: OnceLock<Names> = OnceLock::new();

/// Every village, by code.
pub(crate) fn all_villages() -> &'static Names {
    VILLAGE_NAMES.get_or_init(|| read(VILLAGES))
}

/// The name of a village, by its code; none if there is no such village.
pub(crate) fn village(code: &Region) -> Option<&'static str> {
    all_villages().get(code.as_str()).map(AsRef::as_ref)
}

/// Every kecamatan, by code.
pub(crate) fn districts() -> &'static Names {
    static READ: OnceLock<Names> = OnceLock::new();
    READ.get_or_init(|| read(DISTRICTS))
}

/// Every kabupaten and kota, by code, in capitals as the table has them.
pub(crate) fn regencies() -> &'static Names {
    static READ: OnceLock<Names> = OnceLock::new();
    READ.get_or_init(|| read(REGENCIES))
}

/// Every province, by code, in capitals as the table has them.
pub(crate) fn provinces() -> &'static Names {
    static READ: OnceLock<Names> = OnceLock::new();
    READ.get_or_init(|| read(PROVINCES))
}

/// The ministries of the programme, by their Indonesian names.
pub(crate) fn ministries() -> Vec<String> {
    let mut table = csv::Reader::from_reader(MINISTRIES.as_bytes());
    table.records().filter_map(Result::ok).filter_map(|row| Some(row.get(1)?.to_owned())).collect()
}

/// The villages of a region, by code.
pub(crate) fn villages(region: &Region) -> Vec<(String, String)> {
    let all = all_villages();
    let within = format!("{region}.");
    let begin = all.range::<str, _>((std::ops::Bound::Included(within.as_str()), std::ops::Bound::Unbounded));
    begin
        .take_while(|(code, _)| code.starts_with(&within))
        .map(|(code, name)| (code.to_string(), name.to_string()))
        .collect()
}

/// Some village of a region, or the region itself if it is one.
pub(crate) fn any_village(region: &Region) -> Option<Region> {
    if region.is_village() {
        return Some(region.clone());
    }
    let all = all_villages();
    let within = if region.level() == 0 { String::new() } else { format!("{region}.") };
    let mut begin = all.range::<str, _>((std::ops::Bound::Included(within.as_str()), std::ops::Bound::Unbounded));
    begin.next().filter(|(code, _)| code.starts_with(&within)).and_then(|(code, _)| code.parse().ok())
}

/// Whether a regency has this code.
pub(crate) fn is_regency(code: &str) -> bool {
    regencies().contains_key(code)
}

/// Code, in the first column, and name, in the last, of each row of a table that is built into the program.
fn read(packed: &'static [u8]) -> Names {
    let mut text = String::new();
    if let Err(error) = GzDecoder::new(packed).read_to_string(&mut text) {
        tracing::error!(%error, "the table of areas in this program is damaged");
        return Names::new();
    }
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows = table.records().filter_map(Result::ok);
    rows.filter_map(|row| Some((row.get(0)?.into(), row.iter().next_back()?.into()))).collect()
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
