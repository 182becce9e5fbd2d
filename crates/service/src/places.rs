//! Finding one's own office by name: villages, regencies, provinces, ministries, and those that serve a region.

use identity::{OfficeKind, Region};
use serde::{Deserialize, Serialize};

use crate::reference;

/// The most offices that one search shows; more are counted.
pub const PLACES_MAX: usize = 20;

/// An office that there may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceView {
    /// Its kind, as in commands.
    pub kind: String,
    /// The code of its region.
    pub region: String,
    /// What it is usually called.
    pub name: String,
    /// What tells it from others of the name: kecamatan, kabupaten, province.
    pub beside: String,
}

/// How well a place fits; the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is called that.
    Whole,
    /// Its name begins so.
    Begins,
    /// Every word is in its name.
    InName,
    /// Some words are in what stands beside it.
    Beside,
}

/// The offices whose name, or what stands beside it, has every word of a text: the best [`PLACES_MAX`], and how many.
pub fn find_offices(text: &str) -> (Vec<PlaceView>, usize) {
    let wanted = text.to_lowercase();
    let words: Vec<&str> = wanted.split_whitespace().collect();
    if words.is_empty() {
        return (Vec::new(), 0);
    }
    let whole = words.join(" ");
    let mut found: Vec<(Fit, PlaceView)> = Vec::new();
    for place in above_villages() {
        // The proper name behind "Pemerintah Kabupaten" is what people type.
        let name = place.name.to_lowercase();
        let own = own_name(&name);
        if let Some(fit) = fit(&words, &whole, own, &format!("{name} {}", place.beside.to_lowercase())) {
            found.push((fit, place));
        }
    }
    let mut district = ("", String::new(), String::new());
    for (code, name) in reference::all_villages() {
        let within = code.rsplit_once('.').map_or("", |(within, _)| within);
        if district.0 != within {
            let beside = beside(within);
            let lower = beside.to_lowercase();
            district = (within, beside, lower);
        }
        if let Some(fit) = fit(&words, &whole, &name.to_lowercase(), &district.2) {
            found.push((fit, village(code, name, district.1.clone())));
        }
    }
    let total = found.len();
    // Stable: of equals those above villages come first, then by code.
    found.sort_by_key(|(fit, _)| *fit);
    (found.into_iter().take(PLACES_MAX).map(|(_, place)| place).collect(), total)
}

/// The office of a kind for a region, if there may be one.
pub fn office_at(kind: &str, region: &str) -> Option<PlaceView> {
    let kind: OfficeKind = kind.parse().ok()?;
    let region: Region = region.parse().ok()?;
    match kind {
        OfficeKind::Village => {
            let name = reference::village(&region)?;
            let within = region.as_str().rsplit_once('.').map_or("", |(within, _)| within);
            Some(village(region.as_str(), name, beside(within)))
        }
        OfficeKind::Ministry | OfficeKind::Agency | OfficeKind::Province | OfficeKind::Regency | OfficeKind::Unit => {
            above_villages().find(|place| place.kind == kind.as_str() && place.region == region.as_str())
        }
    }
}

fn village(code: &str, name: &str, beside: String) -> PlaceView {
    // Permendagri 72/2019: the last part of a village's code begins with 1 for a kelurahan and with 2 for a desa.
    let sort = if code.rsplit('.').next().is_some_and(|last| last.starts_with('1')) { "Kelurahan" } else { "Desa" };
    PlaceView {
        kind: OfficeKind::Village.as_str().to_owned(),
        region: code.to_owned(),
        name: format!("{sort} {name}"),
        beside,
    }
}

fn above_villages() -> impl Iterator<Item = PlaceView> {
    let place = |kind: OfficeKind, region: &str, name: String, beside: String| PlaceView {
        kind: kind.as_str().to_owned(),
        region: region.to_owned(),
        name,
        beside,
    };
    let ministries = reference::ministries().into_iter();
    let ministries = ministries.map(move |name| place(OfficeKind::Ministry, "id", name, "Jakarta".to_owned()));
    let provinces = reference::provinces().iter().flat_map(move |(code, name)| {
        let (name, beside) = (cased(name), String::new());
        [
            place(OfficeKind::Province, code, format!("Pemerintah Provinsi {name}"), beside.clone()),
            place(OfficeKind::Agency, code, format!("BP3TKI {name}"), beside.clone()),
            place(OfficeKind::Unit, code, format!("Dinas Tenaga Kerja Provinsi {name}"), beside),
        ]
    });
    let regencies = reference::regencies().iter().flat_map(move |(code, name)| {
        let (name, beside) = (cased(name), province(code));
        [
            place(OfficeKind::Regency, code, format!("Pemerintah {name}"), beside.clone()),
            place(OfficeKind::Unit, code, format!("Dinas Tenaga Kerja {name}"), beside),
        ]
    });
    ministries.chain(provinces).chain(regencies)
}

/// A name without the words that say what sort of office it is.
fn own_name(lower: &str) -> &str {
    let sorts = ["pemerintah ", "dinas tenaga kerja ", "bp3tki ", "kementerian ", "provinsi ", "kabupaten ", "kota "];
    sorts.iter().fold(lower, |name, sort| name.strip_prefix(sort).unwrap_or(name))
}

fn fit(words: &[&str], whole: &str, name: &str, beside: &str) -> Option<Fit> {
    if !words.iter().all(|word| name.contains(word) || beside.contains(word)) {
        return None;
    }
    Some(match () {
        () if name == whole => Fit::Whole,
        // "kuripan wonosobo": the name, and where it lies.
        () if words.first() == Some(&name) => Fit::Whole,
        () if name.starts_with(whole) => Fit::Begins,
        () if words.iter().all(|word| name.contains(word)) => Fit::InName,
        () => Fit::Beside,
    })
}

/// Kecamatan, kabupaten and province of a kecamatan's code.
fn beside(district: &str) -> String {
    let regency = district.rsplit_once('.').map_or("", |(regency, _)| regency);
    let mut parts = Vec::new();
    if let Some(name) = reference::districts().get(district) {
        parts.push(format!("Kecamatan {name}"));
    }
    if let Some(name) = reference::regencies().get(regency) {
        parts.push(cased(name));
    }
    parts.push(province(regency));
    parts.join(", ")
}

fn province(code: &str) -> String {
    let code = code.split('.').next().unwrap_or(code);
    reference::provinces().get(code).map(|name| cased(name)).unwrap_or_default()
}

/// Where a region lies, in words; empty for the whole country and for codes that are not known.
pub(crate) fn where_is(region: &Region) -> String {
    match region.level() {
        1 => province(region.as_str()),
        2 => {
            let name = reference::regencies().get(region.as_str()).map(|name| cased(name)).unwrap_or_default();
            format!("{name}, {}", province(region.as_str()))
        }
        4 => beside(region.as_str().rsplit_once('.').map_or("", |(within, _)| within)),
        _ => String::new(),
    }
}

/// What a letterhead says of an office beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letterhead {
    /// The governments that it belongs to, the highest first, in capitals; none for those that belong to none.
    pub above: Vec<String>,
    /// Where its letters are dated; none where the region does not say it.
    pub seat: Option<String>,
}

/// The letterhead of an office of a kind for a region, as far as the table of areas knows it.
pub fn letterhead(kind: &str, region: &str) -> Letterhead {
    let Some((kind, region)) = kind.parse::<OfficeKind>().ok().zip(region.parse::<Region>().ok()) else {
        return Letterhead::default();
    };
    let code = region.as_str();
    // The first two parts of a code are its regency, the first three its kecamatan.
    let within = |parts: usize| code.split('.').take(parts).collect::<Vec<_>>().join(".");
    let regency = reference::regencies().get(within(2).as_str()).map(AsRef::as_ref);
    let government = |name: &str| format!("PEMERINTAH {}", name.to_uppercase());
    let seat =
        |name: &str| ["Kabupaten ", "Kota "].iter().find_map(|sort| cased(name).strip_prefix(sort).map(str::to_owned));
    match kind {
        OfficeKind::Village => {
            let district = reference::districts().get(within(3).as_str());
            let district = district.map(|name| format!("KECAMATAN {}", name.to_uppercase()));
            Letterhead {
                above: regency.map(government).into_iter().chain(district).collect(),
                seat: reference::village(&region).map(str::to_owned),
            }
        }
        OfficeKind::Unit => {
            let province = || reference::provinces().get(code).map(|name| government(&format!("provinsi {name}")));
            Letterhead {
                above: regency.map(government).or_else(province).into_iter().collect(),
                seat: regency.and_then(seat),
            }
        }
        OfficeKind::Regency => Letterhead { above: Vec::new(), seat: regency.and_then(seat) },
        OfficeKind::Ministry | OfficeKind::Agency | OfficeKind::Province => Letterhead::default(),
    }
}

/// A name in capitals as it is written in a letter.
fn cased(name: &str) -> String {
    let words = name.split(' ').map(|word| match word {
        "DKI" | "DI" => word.to_owned(),
        _ => {
            let mut letters = word.chars();
            letters.next().into_iter().chain(letters.flat_map(char::to_lowercase)).collect()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> PlaceView {
        find_offices(text).0.into_iter().next().unwrap_or_else(|| panic!("{text} is found"))
    }

    #[test]
    fn villages_of_one_name_are_told_apart() {
        let (found, total) = find_offices("kuripan wonosobo");
        assert!(total >= 2 && found.len() >= 2, "{found:?}");
        let beside: Vec<&str> = found.iter().take(2).map(|place| place.beside.as_str()).collect();
        assert!(beside.iter().all(|beside| beside.ends_with("Kabupaten Wonosobo, Jawa Tengah")), "{beside:?}");
        assert_ne!(beside[0], beside[1]);
        assert_eq!(found[0].name, "Desa Kuripan");
        let (_, everywhere) = find_offices("kuripan");
        assert!(everywhere > total);
    }

    #[test]
    fn offices_above_villages_are_found_by_their_own_names() {
        for (text, kind, region, name) in [
            ("Wonosobo", "regency", "33.07", "Pemerintah Kabupaten Wonosobo"),
            ("dinas tenaga kerja kabupaten wonosobo", "unit", "33.07", "Dinas Tenaga Kerja Kabupaten Wonosobo"),
            ("provinsi jawa tengah", "province", "33", "Pemerintah Provinsi Jawa Tengah"),
            ("bp3tki jawa tengah", "agency", "33", "BP3TKI Jawa Tengah"),
            ("kesehatan", "ministry", "id", "Kementerian Kesehatan"),
        ] {
            let found = first(text);
            assert_eq!(
                (found.kind.as_str(), found.region.as_str(), found.name.as_str()),
                (kind, region, name),
                "{text}"
            );
            assert!(office_at(kind, region).is_some());
        }
    }

    #[test]
    fn a_letterhead_names_the_governments_above_an_office() {
        for (kind, region, above, seat) in [
            (
                "village",
                "33.07.10.2004",
                &["PEMERINTAH KABUPATEN WONOSOBO", "KECAMATAN WATUMALANG"][..],
                Some("Kuripan"),
            ),
            ("unit", "33.07", &["PEMERINTAH KABUPATEN WONOSOBO"], Some("Wonosobo")),
            ("unit", "33", &["PEMERINTAH PROVINSI JAWA TENGAH"], None),
            ("regency", "33.07", &[], Some("Wonosobo")),
            ("ministry", "id", &[], None),
            ("agency", "33", &[], None),
            ("village", "33.07.99.9999", &["PEMERINTAH KABUPATEN WONOSOBO"], None),
            ("palace", "33.07", &[], None),
        ] {
            let head = letterhead(kind, region);
            assert_eq!(
                (head.above, head.seat.as_deref()),
                (above.iter().map(ToString::to_string).collect(), seat),
                "{kind} {region}"
            );
        }
    }

    #[test]
    fn nothing_is_found_for_nothing_and_for_nonsense() {
        for text in ["", "   ", "zzzzqq"] {
            assert_eq!(find_offices(text), (Vec::new(), 0), "{text:?}");
        }
        assert_eq!(office_at("village", "33.07"), None);
        assert_eq!(office_at("village", "33.07.10.9999"), None);
        assert_eq!(office_at("palace", "33.07"), None);
    }
}
