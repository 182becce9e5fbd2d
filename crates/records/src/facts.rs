//! The content of facts: JSON with a version, so that a later version may add to it and an older one still reads it.
//!
//! Unknown members are passed over. A number in `v` above ours says that leaving them out would mislead: the fact then
//! waits for the newer version.

use std::collections::BTreeSet;

use identity::EntryHash;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    RecordError,
    empowerment::MaterialAssigned,
    heard::Heard,
    kinds,
    notice::Why,
    participation::{Annulment, Decision, Events, Leaving, StepReached},
    sheet::Hear,
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

    /// What must hold of it, for who writes it and for who reads it alike: a content that breaks this is not written
    /// here, and one that was written elsewhere is shown as damaged.
    fn check(&self) -> Result<(), RecordError> {
        Ok(())
    }

    /// The fact, ready to be written.
    fn draft(&self) -> Result<FactDraft, RecordError> {
        #[derive(Serialize)]
        struct Versioned<'a, T> {
            v: u64,
            #[serde(flatten)]
            content: &'a T,
        }
        self.check()?;
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

/// Reads the content of a fact.
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
        Ok(_) => match serde_json::from_slice::<T>(bytes) {
            Ok(content) if content.check().is_ok() => Ok(content),
            Ok(_) | Err(_) => Err(Why::Malformed),
        },
        Err(_) => Err(Why::Malformed),
    }
}

impl Hear for Events {
    fn hear(heard: &mut Heard<'_>) -> Self {
        let mut decisions = heard.take::<Decision>();
        // A later decision replaces those that it names and those that its author had seen.
        let replaced: BTreeSet<EntryHash> = decisions
            .iter()
            .flat_map(|said| {
                let named = said.what.replaces.iter().copied().filter(|hash| *hash != said.hash);
                heard.seen(&said.hash).into_iter().chain(named)
            })
            .collect();
        decisions.retain(|said| !replaced.contains(&said.hash));
        Self {
            decisions,
            leavings: heard.take(),
            steps: heard.take(),
            closed: heard.take(),
            needs: heard.take(),
            started: heard.take(),
            materials: heard.take_latest::<MaterialAssigned, _>(|_| ()),
            partners: heard.take(),
            moving: heard.take(),
            move_accepted: heard.take(),
        }
    }
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
