//! The offices of the programme, with their real names and codes, and what each may read.

use std::fmt;

/// The kind of an office, as `init` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A ministry of the memorandum.
    Ministry,
    /// A BP3TKI office.
    Agency,
    /// A province.
    Province,
    /// A regency.
    Regency,
    /// A village.
    Village,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ministry => "ministry",
            Self::Agency => "agency",
            Self::Province => "province",
            Self::Regency => "regency",
            Self::Village => "village",
        })
    }
}

/// An office of the story.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// What the stories call it.
    pub short: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// For which region it stands.
    pub region: &'static str,
    /// Who admits it; none for a founder.
    pub sponsor: Option<&'static str>,
    /// Whom its node calls.
    pub calls: &'static [&'static str],
}

const fn ministry(short: &'static str, name: &'static str, calls: &'static [&'static str]) -> Place {
    Place { short, name, kind: Kind::Ministry, region: "id", sponsor: None, calls }
}

/// The thirteen offices of the demo, each before those that it admits or that call it. `config/reference/ministries.csv`
/// has the ministries, which one test compares.
pub const PROGRAMME: &[Place] = &[
    ministry("kemnaker", "Kementerian Ketenagakerjaan", &[]),
    ministry("kemenpar", "Kementerian Pariwisata", &["kemnaker"]),
    ministry("kemenkes", "Kementerian Kesehatan", &["kemnaker", "kemenpar"]),
    ministry("kemenpora", "Kementerian Pemuda dan Olahraga", &["kemnaker", "kemenkes"]),
    ministry("kemenbumn", "Kementerian Badan Usaha Milik Negara", &["kemnaker", "kemenpora"]),
    ministry("kemenkopukm", "Kementerian Koperasi dan Usaha Kecil dan Menengah", &["kemnaker", "kemenbumn"]),
    ministry("kemenkominfo", "Kementerian Komunikasi dan Informatika", &["kemnaker", "kemenkopukm"]),
    ministry(
        "kemendesa",
        "Kementerian Desa, Pembangunan Daerah Tertinggal, dan Transmigrasi",
        &["kemnaker", "kemenkominfo"],
    ),
    Place {
        short: "jateng",
        name: "Pemerintah Provinsi Jawa Tengah",
        kind: Kind::Province,
        region: "33",
        sponsor: Some("kemnaker"),
        calls: &["kemnaker", "kemendesa"],
    },
    Place {
        short: "wonosobo",
        name: "Pemerintah Kabupaten Wonosobo",
        kind: Kind::Regency,
        region: "33.07",
        sponsor: Some("jateng"),
        calls: &["jateng", "kemnaker"],
    },
    Place {
        short: "bp3tki",
        name: "BP3TKI Semarang",
        kind: Kind::Agency,
        region: "33",
        sponsor: Some("kemnaker"),
        calls: &["kemnaker", "jateng"],
    },
    KURIPAN,
    GARUNG,
];

const KURIPAN: Place = Place {
    short: "kuripan",
    name: "Desa Kuripan",
    kind: Kind::Village,
    region: "33.07.10.2004",
    sponsor: Some("wonosobo"),
    calls: &["wonosobo", "jateng"],
};

/// The namesake in the district of Garung.
const GARUNG: Place = Place { short: "garung", region: "33.07.12.2007", ..KURIPAN };

/// Joins on the second day of the demo.
const KUPANG: Place = Place {
    short: "kupang",
    name: "BP3TKI Kupang",
    kind: Kind::Agency,
    region: "53",
    sponsor: Some("kemnaker"),
    calls: &["kemnaker", "kemendesa"],
};

/// One founder and the line down to two villages: enough for most stories.
pub const SMALL: &[&str] = &["kemnaker", "jateng", "wonosobo", "kuripan", "garung"];

/// An office of the programme by what the stories call it.
pub fn place(short: &str) -> Place {
    let mut all = PROGRAMME.iter().chain([&KUPANG]);
    *all.find(|place| place.short == short).unwrap_or_else(|| panic!("no office is called {short}"))
}

/// Whether region `outer` holds region `inner`, itself included.
fn holds(outer: &str, inner: &str) -> bool {
    outer == "id" || outer == inner || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether the readers of a scope are named in it, or are the nodes of one office, so that no policy says them.
pub fn names_its_readers(scope: &str) -> bool {
    ["case/", "agenda/", "internal/"].iter().any(|class| scope.starts_with(class))
}

/// What the default policy says, written down a second time and apart from the code that is tested (`records.md` 5.1).
pub fn may_read(place: &Place, scope: &str) -> bool {
    use Kind::{Agency, Ministry, Province, Regency, Village};
    let (class, region) = scope.split_once('/').expect("a scope is CLASS/REGION");
    let above = holds(place.region, region);
    match class {
        "coordination" => above || holds(region, place.region),
        "participation" => above,
        "identity" => above && (place.kind != Ministry || place.short == "kemnaker"),
        "money" => above && matches!(place.kind, Village | Regency),
        "care" => above && place.kind == Village,
        "board" => true,
        _ => panic!("no rule for scope {scope}: {:?}", [Agency, Province]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ministries_are_those_of_the_reference_data() {
        let csv = include_str!("../../../config/reference/ministries.csv");
        let ours: Vec<String> = PROGRAMME
            .iter()
            .filter(|place| place.kind == Kind::Ministry)
            .map(|place| format!("{},{}", place.short, place.name))
            .collect();
        let theirs: Vec<String> = csv.lines().skip(1).map(|line| line.replace('"', "")).collect();
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert!(theirs.starts_with(ours), "{ours} is not in {theirs}");
        }
    }
}
