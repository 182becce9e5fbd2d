//! People who may be the same: a hint with its evidence, never a merge and never a wall.
//!
//! Level (a) of `domain/records.md` 4.6: within one village, at once, without a network. Names alone are no evidence:
//! of the 50 participants of Kuripan 48 have a single word, and many differ by one letter.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Coordinate, Region};

use crate::{
    date::PartialDate,
    person::Person,
    value::{Known, PersonId, codes},
};

codes! {
    /// Why two people may be the same, without the values themselves.
    Evidence {
        /// The same NIK.
        SameNik = "nik", "NIK sama", "same NIK", [];
        /// The same row of the same table, imported at two offices.
        SameImport = "import", "baris impor sama", "same imported row", [];
        /// The same family card and name.
        SameCardAndName = "kk_name", "KK dan nama sama", "same family card and name", [];
        /// The same name, day of birth and dusun.
        SameNameBirthDusun = "name_birth_dusun", "nama, tanggal lahir, dan dusun sama", "same name, date of birth and dusun", [];
    }
}

/// What the search reads of a person. Every value counts that a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The person.
    pub person: Option<PersonId>,
    /// The document.
    pub doc: Coordinate,
    /// The village: people of two villages are not compared here.
    pub village: Region,
    nik: Vec<String>,
    kk: Vec<String>,
    name: Vec<String>,
    birth: Vec<String>,
    dusun: Vec<String>,
    source: Vec<String>,
}

impl Candidate {
    /// What the search reads of this person.
    pub fn of(person: &Person) -> Self {
        let fields = &person.fields;
        let texts = |known: &Known<String>, normal: fn(&str) -> String| {
            known.values().iter().map(|text| normal(text)).filter(|text| !text.is_empty()).collect()
        };
        Self {
            person: fields.person.first().copied(),
            doc: person.doc.clone(),
            village: person.village.clone(),
            nik: texts(&fields.nik, digits),
            kk: texts(&fields.kk, digits),
            name: texts(&fields.name, normal_name),
            birth: fields
                .birth
                .values()
                .iter()
                .filter(|date| matches!(date, PartialDate::Day(_)))
                .map(PartialDate::to_string)
                .collect(),
            dusun: texts(&fields.dusun, normal_name),
            source: texts(&fields.source, |text| text.to_owned()),
        }
    }

    /// Every key that a possible duplicate shares, with what it is evidence of.
    fn keys(&self) -> BTreeSet<(Evidence, [&str; 3])> {
        let mut keys = BTreeSet::new();
        keys.extend(self.nik.iter().map(|nik| (Evidence::SameNik, [nik.as_str(), "", ""])));
        keys.extend(self.source.iter().map(|source| (Evidence::SameImport, [source.as_str(), "", ""])));
        for name in &self.name {
            keys.extend(self.kk.iter().map(|kk| (Evidence::SameCardAndName, [kk.as_str(), name, ""])));
            for birth in &self.birth {
                let dusun = self.dusun.iter();
                keys.extend(dusun.map(|dusun| (Evidence::SameNameBirthDusun, [name.as_str(), birth, dusun])));
            }
        }
        keys
    }
}

/// Two people who may be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleDuplicate {
    /// The documents, in order.
    pub pair: [Coordinate; 2],
    /// Why.
    pub evidence: BTreeSet<Evidence>,
}

/// More people than this who share one key are a mistake in the data, not as many pairs to look at.
const SHARED_MAX: usize = 20;

/// Every pair of one village that may be one person, the same on every node.
pub fn possible_duplicates(people: &[Candidate]) -> Vec<PossibleDuplicate> {
    pairs(people, |candidate, _| Some(Some(&candidate.village)), |_, _| true)
}

/// Every pair of two villages that may be one person, for an office that knows the people of both: where no name, birth or
/// hamlet says anything, a number does.
pub fn possible_duplicates_across(people: &[Candidate]) -> Vec<PossibleDuplicate> {
    let strong = |evidence| matches!(evidence, Evidence::SameNik | Evidence::SameCardAndName);
    pairs(people, |_, evidence| strong(evidence).then_some(None), |one, other| one.village != other.village)
}

/// A key that people share, with the region within which it is compared.
type Shared<'a> = (Option<&'a Region>, Evidence, [&'a str; 3]);

/// The pairs that share a key: of those compared within the same region (`None`: in any), if a key is compared at all.
fn pairs<'a>(
    people: &'a [Candidate],
    within: impl Fn(&'a Candidate, Evidence) -> Option<Option<&'a Region>>,
    counts: impl Fn(&Candidate, &Candidate) -> bool,
) -> Vec<PossibleDuplicate> {
    let mut sharing: BTreeMap<Shared<'_>, Vec<&Candidate>> = BTreeMap::new();
    for candidate in people {
        for (evidence, key) in candidate.keys() {
            if let Some(region) = within(candidate, evidence) {
                sharing.entry((region, evidence, key)).or_default().push(candidate);
            }
        }
    }
    let mut pairs: BTreeMap<[&Coordinate; 2], BTreeSet<Evidence>> = BTreeMap::new();
    for ((_, evidence, _), mut group) in sharing {
        group.sort_by(|a, b| a.doc.cmp(&b.doc));
        group.truncate(SHARED_MAX);
        for (index, one) in group.iter().enumerate() {
            // One person in two documents is no question: they already are one.
            let apart =
                |other: &&&Candidate| other.doc != one.doc && (one.person.is_none() || one.person != other.person);
            for other in group[index + 1..].iter().filter(apart).filter(|other| counts(one, other)) {
                pairs.entry([&one.doc, &other.doc]).or_default().insert(evidence);
            }
        }
    }
    let pair = |([a, b], evidence): ([&Coordinate; 2], _)| PossibleDuplicate { pair: [a.clone(), b.clone()], evidence };
    pairs.into_iter().map(pair).collect()
}

/// The people known so far, to be asked about each new one while a table is brought in.
#[derive(Debug, Clone, Default)]
pub struct KnownPeople(BTreeSet<(Region, Evidence, [String; 3])>);

impl KnownPeople {
    /// Takes up somebody.
    pub fn insert(&mut self, person: &Candidate) {
        self.0.extend(Self::keys(person));
    }

    /// Why somebody may be one of those known.
    pub fn evidence(&self, new: &Candidate) -> BTreeSet<Evidence> {
        Self::keys(new).filter(|key| self.0.contains(key)).map(|(_, evidence, _)| evidence).collect()
    }

    fn keys(person: &Candidate) -> impl Iterator<Item = (Region, Evidence, [String; 3])> {
        let village = &person.village;
        person.keys().into_iter().map(|(evidence, key)| (village.clone(), evidence, key.map(str::to_owned)))
    }
}

/// A name as it is compared: small letters, single spaces, nothing but letters and digits.
pub(crate) fn normal_name(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '`');
    let plain =
        |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    words.map(plain).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Record, RecordKind, fixtures::Doc};

    fn candidate(number: u8, fields: &[(&str, &str)]) -> Candidate {
        let mut doc = Doc::new(RecordKind::Person, u64::from(number)).person("person", number);
        for (key, typed) in fields {
            doc = doc.field(key, typed);
        }
        let Record::Person(person) = doc.fold().record else { panic!("not a person") };
        Candidate::of(&person)
    }

    #[test]
    fn what_is_evidence_and_what_is_not() {
        let same = [("name", "Sri Handayani"), ("birth", "12-03-1985"), ("dusun", "Bedali")];
        for (one, other, expected) in [
            (
                &[("name", "Turi"), ("nik", "3307105203850001")][..],
                &[("name", "Yurida"), ("nik", "33.0710 5203850001")][..],
                "nik",
            ),
            (
                &[("name", "Sri  handayani"), ("kk", "3307100101010001")],
                &[("name", "SRI HANDAYANI"), ("kk", "3307100101010001")],
                "kk_name",
            ),
            (&[("name", "Sri"), ("kk", "3307100101010001")], &[("name", "Tri"), ("kk", "3307100101010001")], ""),
            (&same, &same, "name_birth_dusun"),
            (&same, &[("name", "Sri Handayani"), ("birth", "03-1985"), ("dusun", "Bedali")], ""),
            (&same, &[("name", "Sri Handayani"), ("birth", "12-03-1985"), ("dusun", "Sigaok")], ""),
            (&same, &[("name", "Sri Handayani"), ("birth", "12-03-1985")], ""),
            (&[("name", "Turi")], &[("name", "Turi")], ""),
            (&[("name", "Turi"), ("source", "a1")], &[("name", "Turi"), ("source", "a1")], "import"),
        ] {
            check(one, other, expected);
        }
    }

    #[test]
    fn one_of_several_values_is_enough() {
        let doubtful = candidate(1, &[("name", "Turi"), ("nik", "3307105203850001"), ("nik", "3307105203850002")]);
        let other = candidate(2, &[("name", "Turi"), ("nik", "3307105203850002")]);
        assert_eq!(possible_duplicates(&[doubtful, other]).len(), 1);
    }

    #[test]
    fn people_of_two_villages_are_compared_by_numbers_alone_and_apart() {
        let (nik, card) = (("nik", "3307105203850001"), ("kk", "3307100101010001"));
        let same = [("name", "Turi"), ("birth", "12-03-1985"), ("dusun", "Bedali")];
        for (fields, expected) in [
            (&[same[0], nik][..], "nik"),
            (&[same[0], card], "kk_name"),
            (&same[..], ""),
            (&[same[0], ("source", "a1")], ""),
        ] {
            let mut away = candidate(1, fields);
            away.village = "33.07.12.2007".parse().unwrap();
            let here = candidate(2, fields);
            assert_eq!(possible_duplicates(&[away.clone(), here.clone()]), []);
            let found = possible_duplicates_across(&[away, here.clone()]);
            let codes: Vec<_> =
                found.iter().flat_map(|found| &found.evidence).map(|evidence| evidence.code()).collect();
            assert_eq!(codes.join(" "), expected, "{fields:?}");
            assert_eq!(possible_duplicates_across(&[candidate(3, fields), here]), [], "of one village");
        }
    }

    #[test]
    fn a_mistake_shared_by_many_does_not_flood_the_list() {
        let many: Vec<_> = (1..100).map(|n| candidate(n, &[("name", "x"), ("nik", "0000000000000000")])).collect();
        assert_eq!(possible_duplicates(&many).len(), SHARED_MAX * (SHARED_MAX - 1) / 2);
    }

    fn check(one: &[(&str, &str)], other: &[(&str, &str)], expected: &str) {
        let (one, other) = (candidate(1, one), candidate(2, other));
        let found = possible_duplicates(&[other.clone(), one.clone()]);
        let codes: Vec<_> = found.iter().flat_map(|found| &found.evidence).map(|evidence| evidence.code()).collect();
        assert_eq!(codes.join(" "), expected);
        let mut known = KnownPeople::default();
        known.insert(&other);
        let hints: Vec<_> = known.evidence(&one).into_iter().map(|evidence| evidence.code()).collect();
        assert_eq!(hints.join(" "), expected);
    }
}
