//! The content of facts: JSON with a version, so that a later version may add to it and an older one still reads it.
//!
//! Unknown members are passed over. A number in `v` above ours says that leaving them out would mislead: the fact then
//! waits for the newer version.

use std::collections::{BTreeMap, BTreeSet};

use documents::{Fact, Snapshot};
use identity::{Coordinate, EntryHash, Region};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    RecordError,
    author::{Author, Authors, By},
    kinds::{self, RecordKind},
    notice::{Notice, Why},
    participation::{Annulment, Decision, Events, Leaving, Said, StepReached},
};

/// The version of every content that this version writes, and the newest that it reads.
const VERSION: u64 = 1;

/// The longest content of one fact.
pub const FACT_BYTES_MAX: usize = 16 * 1024;

/// A fact ready to be written into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactDraft {
    /// Its key.
    pub key: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A fact's content that knows its key.
pub trait Content: Serialize + DeserializeOwned {
    /// The key of the fact.
    const KEY: &'static str;

    /// The longest content.
    const BYTES_MAX: usize = FACT_BYTES_MAX;

    /// The fact, ready to be written.
    fn draft(&self) -> Result<FactDraft, RecordError> {
        #[derive(Serialize)]
        struct Versioned<'a, T> {
            v: u64,
            #[serde(flatten)]
            content: &'a T,
        }
        let too_long = RecordError::FactTooLong { key: Self::KEY, limit: Self::BYTES_MAX };
        // Only a map with keys that are no texts could fail here, and there is none.
        let bytes = serde_json::to_vec(&Versioned { v: VERSION, content: self }).map_err(|_| too_long.clone())?;
        if bytes.len() > Self::BYTES_MAX { Err(too_long) } else { Ok(FactDraft { key: Self::KEY, bytes }) }
    }
}

impl Content for Decision {
    const KEY: &'static str = kinds::DECISION;
}
impl Content for Leaving {
    const KEY: &'static str = kinds::LEAVING;
}
impl Content for StepReached {
    const KEY: &'static str = kinds::STEP;
}
impl Content for Annulment {
    const KEY: &'static str = kinds::ANNULMENT;
}

pub(crate) fn decode<T: Content>(bytes: &[u8]) -> Result<T, Why> {
    #[derive(Deserialize)]
    struct Version {
        v: u64,
    }
    if bytes.len() > T::BYTES_MAX {
        return Err(Why::Malformed);
    }
    match serde_json::from_slice::<Version>(bytes) {
        Ok(Version { v }) if v > VERSION => Err(Why::Newer(v)),
        Ok(_) => serde_json::from_slice(bytes).map_err(|_| Why::Malformed),
        Err(_) => Err(Why::Malformed),
    }
}

/// One fact that counts so far, with the office that said it.
enum Read {
    Decision(Said<Decision>),
    Leaving(Said<Leaving>),
    Step(Said<StepReached>),
    Annulment(Said<Annulment>),
}

/// Reads the facts of a participation: those that count, and a notice for each that does not.
pub(crate) fn read_events(snapshot: &Snapshot, place: &Region, authors: &dyn Authors) -> (Events, Vec<Notice>) {
    let mut notices = Vec::new();
    let mut read: Vec<(&Fact, Author, Read)> = Vec::new();
    for fact in &snapshot.facts {
        match read_fact(fact, place, authors) {
            Ok((author, content)) => read.push((fact, author, content)),
            Err(why) => notices.push(notice(fact, &why, authors)),
        }
    }
    // An annulment counts only against a fact of its own office; one of an annulment would be a riddle.
    let mut gone = Vec::new();
    for (fact, author, content) in &read {
        let Read::Annulment(annulment) = content else { continue };
        let target = read.iter().find(|(other, _, _)| other.hash == annulment.what.of);
        match target {
            Some((_, other, content)) if other.office == author.office && !matches!(content, Read::Annulment(_)) => {
                gone.push(annulment.what.of);
            }
            Some(_) => notices.push(notice(fact, &Why::NotItsOwn, authors)),
            // What it takes back does not count anyway or has not arrived.
            None => {}
        }
    }
    read.retain(|(fact, _, _)| !gone.contains(&fact.hash));
    let replaced = replaced(snapshot, &read);
    let mut events = Events::default();
    for (_, _, content) in read {
        match content {
            Read::Decision(said) if !replaced.contains(&said.hash) => events.decisions.push(said),
            Read::Leaving(said) => events.leavings.push(said),
            Read::Step(said) => events.steps.push(said),
            Read::Decision(_) | Read::Annulment(_) => {}
        }
    }
    (events, notices)
}

/// The decisions that a later one replaces: it names them, or its author had seen them, directly or through other facts.
fn replaced(snapshot: &Snapshot, read: &[(&Fact, Author, Read)]) -> BTreeSet<EntryHash> {
    let decisions: Vec<(&Fact, &Decision)> = read
        .iter()
        .filter_map(|(fact, _, content)| match content {
            Read::Decision(said) => Some((*fact, &said.what)),
            Read::Leaving(_) | Read::Step(_) | Read::Annulment(_) => None,
        })
        .collect();
    let mut replaced = BTreeSet::new();
    if decisions.len() < 2 {
        return replaced;
    }
    let by_place: BTreeMap<&Coordinate, &Fact> = snapshot.facts.iter().map(|fact| (&fact.by.at, fact)).collect();
    for (own, decision) in decisions {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&Coordinate> = own.saw.iter().collect();
        while let Some(at) = next.pop() {
            if let Some(fact) = by_place.get(at)
                && seen.insert(fact.hash)
            {
                next.extend(&fact.saw);
            }
        }
        replaced.extend(seen.into_iter().chain(decision.replaces.iter().copied()).filter(|hash| *hash != own.hash));
    }
    replaced
}

fn notice(fact: &Fact, why: &Why, authors: &dyn Authors) -> Notice {
    Notice::new(&fact.key, why, fact.by.at.clone(), Some(By::new(&fact.by, authors)))
}

fn read_fact(fact: &Fact, place: &Region, authors: &dyn Authors) -> Result<(Author, Read), Why> {
    let spec = RecordKind::Participation.facts().iter().find(|spec| spec.key == fact.key).ok_or(Why::Unfamiliar)?;
    let author = authors.author(&fact.by.at.journal.node).ok_or(Why::UnknownAuthor)?;
    if !spec.may_say.allows(&author, place) {
        return Err(Why::MayNotSay(author.kind));
    }
    let by = By::new(&fact.by, authors);
    let hash = fact.hash;
    let read = match spec.key {
        kinds::DECISION => Read::Decision(Said { what: decode(&fact.bytes)?, by, hash }),
        kinds::LEAVING => Read::Leaving(Said { what: decode(&fact.bytes)?, by, hash }),
        kinds::STEP => Read::Step(Said { what: decode(&fact.bytes)?, by, hash }),
        _ => Read::Annulment(Said { what: decode(&fact.bytes)?, by, hash }),
    };
    Ok((author, read))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Basis, Digest, LeavingReason, Outcome, PartialDate, Step};

    /// Written facts are never written again: every later version has to read these.
    #[test]
    fn golden_bytes() {
        let day: PartialDate = "2017-03-01".parse().unwrap();
        let decision = Decision {
            outcome: Outcome::Accepted,
            number: Some("141/12/2017".to_owned()),
            date: day,
            day: Some("2017-02".parse().unwrap()),
            replaces: vec![EntryHash([1; 32])],
            basis: Some(Basis { own: Digest([2; 32]), family: None }),
            scan: Some(Digest([3; 32])),
        };
        let leaving = Leaving { reason: LeavingReason::Moved, date: PartialDate::Unknown, open: Vec::new() };
        let step = StepReached { step: Step::ALL[0], date: "2017".parse().unwrap() };
        let facts = [
            decision.draft().unwrap(),
            leaving.draft().unwrap(),
            step.draft().unwrap(),
            Annulment { of: EntryHash([4; 32]) }.draft().unwrap(),
        ];
        let made = facts.map(|fact| format!("{} {}\n", fact.key, String::from_utf8(fact.bytes).unwrap())).concat();
        assert_eq!(made, include_str!("facts.golden.txt"));
        assert_eq!(decode::<Decision>(&decision.draft().unwrap().bytes), Ok(decision));
    }
}
