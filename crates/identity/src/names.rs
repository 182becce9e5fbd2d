//! Regions, kinds of office, classes of record and the scopes made of them.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::OfficeId;

/// A name that is not spelled as such a name is. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not `id` and no Kemendagri code.
    #[error("{0:?} is no region: write id, 33, 33.07, 33.07.10 or 33.07.10.2004")]
    Region(String),
    /// Not one of the six kinds of office.
    #[error("{0:?} is no kind of office: ministry, agency, province, regency, unit or village")]
    OfficeKind(String),
    /// Not `class/place`.
    #[error("{0:?} is no scope: write it like participation/33.07.10.2004")]
    Scope(String),
    /// Not an officer's handle.
    #[error("{0:?} is no officer's handle: 1 to 32 lowercase letters, digits, '.', '-' or '_'")]
    Officer(String),
    /// Not `scope:node:incarnation:seq`.
    #[error("{0:?} names no entry: write it as scope:node:incarnation:number")]
    Coordinate(String),
}

/// A place by its Kemendagri code: the country `id`, a province `33`, a regency `33.07`, a district `33.07.10` or a
/// village `33.07.10.2004`. Whether the code is in use is not checked here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(Arc<str>);

impl Region {
    /// The digits of each level.
    const LEVELS: [usize; 4] = [2, 2, 2, 4];

    /// The whole country.
    pub fn national() -> Self {
        Self("id".into())
    }

    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a village: province, regency, district, village.
    pub fn is_village(&self) -> bool {
        self.level() == 4
    }

    /// 0 for the country, 1 a province, 2 a regency, 3 a district, 4 a village.
    pub fn level(&self) -> usize {
        if self.is_national() { 0 } else { self.0.split('.').count() }
    }

    fn is_national(&self) -> bool {
        &*self.0 == "id"
    }

    /// Whether `other` is this region or lies in it.
    pub fn contains(&self, other: &Region) -> bool {
        self.is_national() || self == other || other.0.strip_prefix(&*self.0).is_some_and(|rest| rest.starts_with('.'))
    }

    /// The region one level up; the country has none.
    pub fn parent(&self) -> Option<Region> {
        match self.0.rsplit_once('.') {
            Some((parent, _)) => Some(Self(parent.into())),
            None if self.is_national() => None,
            None => Some(Self::national()),
        }
    }
}

impl FromStr for Region {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let parts: Vec<&str> = text.split('.').collect();
        let fits = text == "id"
            || (parts.len() <= Self::LEVELS.len()
                && parts
                    .iter()
                    .zip(Self::LEVELS)
                    .all(|(part, digits)| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())));
        if fits { Ok(Self(text.into())) } else { Err(NameError::Region(text.chars().take(64).collect())) }
    }
}

/// What an office is; it decides whom it may admit and what it may read and write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OfficeKind {
    /// A national ministry; region `id`.
    Ministry,
    /// A regional migrant-worker agency (BP3TKI); region: the province that it serves.
    Agency,
    /// A province.
    Province,
    /// A kabupaten or kota.
    Regency,
    /// Another dinas of a province or regency.
    Unit,
    /// A desa or kelurahan.
    Village,
}

impl OfficeKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Ministry, Self::Agency, Self::Province, Self::Regency, Self::Unit, Self::Village];

    /// The kind's name in commands and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ministry => "ministry",
            Self::Agency => "agency",
            Self::Province => "province",
            Self::Regency => "regency",
            Self::Unit => "unit",
            Self::Village => "village",
        }
    }

    /// Whether an office of this kind can stand for a region of this [`Region::level`].
    pub fn fits_level(self, level: usize) -> bool {
        match self {
            Self::Ministry => level == 0,
            Self::Agency => level <= 1,
            Self::Province => level == 1,
            Self::Regency => level == 2,
            Self::Unit => level == 1 || level == 2,
            Self::Village => level == 4,
        }
    }
}

impl FromStr for OfficeKind {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| NameError::OfficeKind(text.chars().take(64).collect()))
    }
}

/// A class of records; with a place it makes a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Calendar, agreements that are *ditetapkan*, commitments, indicators, reports.
    Coordination,
    /// One agenda while it is open; its readers are its roster.
    Agenda,
    /// One office's own drafts.
    Internal,
    /// What the programme did with a person, without who the person is.
    Participation,
    /// Who the person is.
    Identity,
    /// Group ledgers and loans.
    Money,
    /// One complaint or consultation case; its readers are its roster.
    Case,
    /// Children, rumah belajar, guest book.
    Care,
    /// Notices for people.
    Board,
}

/// What follows the class in a scope's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suffix {
    Region,
    Village,
    Office,
    Random,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::Coordination,
        Self::Agenda,
        Self::Internal,
        Self::Participation,
        Self::Identity,
        Self::Money,
        Self::Case,
        Self::Care,
        Self::Board,
    ];

    /// The class's name in scopes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coordination => "coordination",
            Self::Agenda => "agenda",
            Self::Internal => "internal",
            Self::Participation => "participation",
            Self::Identity => "identity",
            Self::Money => "money",
            Self::Case => "case",
            Self::Care => "care",
            Self::Board => "board",
        }
    }

    /// Whether a scope of this class names its own readers (a roster) instead of following the policy.
    pub fn has_roster(self) -> bool {
        self.suffix() == Suffix::Random
    }

    fn suffix(self) -> Suffix {
        match self {
            Self::Coordination | Self::Board => Suffix::Region,
            Self::Participation | Self::Identity | Self::Money | Self::Care => Suffix::Village,
            Self::Internal => Suffix::Office,
            Self::Agenda | Self::Case => Suffix::Random,
        }
    }
}

/// The name of a scope: `class/place`, where the place is a region, an office id or a random id of 32 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeName(Arc<str>);

impl ScopeName {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The class before the slash.
    pub fn class(&self) -> Class {
        let (class, _) = self.split();
        #[expect(clippy::expect_used, reason = "a scope name exists only if its class was found")]
        Class::ALL.into_iter().find(|c| c.as_str() == class).expect("a scope has a class")
    }

    /// The region after the slash; `None` for scopes of an office, an agenda or a case.
    pub fn region(&self) -> Option<Region> {
        self.split().1.parse().ok()
    }

    /// The office after the slash of an `internal/…` scope.
    pub fn office(&self) -> Option<OfficeId> {
        (self.class() == Class::Internal).then(|| self.split().1.parse().ok()).flatten()
    }

    /// A class of records of one region.
    pub fn of_region(class: Class, region: &Region) -> Result<Self, NameError> {
        format!("{}/{}", class.as_str(), region).parse()
    }

    fn split(&self) -> (&str, &str) {
        self.0.split_once('/').unwrap_or((&self.0, ""))
    }
}

impl FromStr for ScopeName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fits = text.split_once('/').is_some_and(|(class, place)| {
            Class::ALL.into_iter().find(|c| c.as_str() == class).is_some_and(|class| match class.suffix() {
                Suffix::Region => place.parse::<Region>().is_ok(),
                Suffix::Village => place.parse::<Region>().is_ok_and(|region| region.is_village()),
                Suffix::Office | Suffix::Random => place.parse::<OfficeId>().is_ok_and(|id| id.to_string() == place),
            })
        });
        if fits { Ok(Self(text.into())) } else { Err(NameError::Scope(text.chars().take(128).collect())) }
    }
}

macro_rules! text_name {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

text_name!(Region);
text_name!(ScopeName);

impl fmt::Display for OfficeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_contains_what_lies_below_it() {
        let table = [
            ("id", "33.07.10.2004", true),
            ("33", "33.07", true),
            ("33.07", "33.07", true),
            ("33.07", "33.07.10.2004", true),
            ("33.07", "33.08", false),
            ("33.07.10.2004", "33.07", false),
            ("33", "id", false),
        ];
        for (outer, inner, expected) in table {
            let [outer, inner]: [Region; 2] = [outer, inner].map(|r| r.parse().unwrap());
            assert_eq!(outer.contains(&inner), expected, "{outer} {inner}");
        }
    }

    #[test]
    fn a_region_has_one_spelling() {
        for bad in ["", "3", "33.", "33.7", "33.07.10.200", "33.07.10.2004.1", "ID", "33,07", " 33"] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
        assert_eq!("33.07".parse::<Region>().unwrap().parent(), "33".parse().ok());
        assert_eq!("33".parse::<Region>().unwrap().parent(), Some(Region::national()));
        assert_eq!(Region::national().parent(), None);
    }

    #[test]
    fn a_scope_fits_its_class() {
        let office = "00112233445566778899aabbccddeeff";
        for good in [
            "coordination/id",
            "coordination/33.07",
            "participation/33.07.10.2004",
            &format!("internal/{office}"),
            &format!("case/{office}"),
        ] {
            assert_eq!(good.parse::<ScopeName>().unwrap().to_string(), good);
        }
        for bad in [
            "participation/33.07",
            "participation",
            "secrets/33",
            "case/33.07.10.2004",
            "internal/00112233445566778899AABBCCDDEEFF",
            "/id",
        ] {
            assert!(bad.parse::<ScopeName>().is_err(), "{bad:?}");
        }
    }
}
