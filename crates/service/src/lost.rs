//! A computer that was lost: what it held at most, as far as this node can tell, for whoever has to give notice of it
//! (UU 27/2022 art. 46).
//!
//! # What it counts
//! - Everything that the computer's office may read and that is held here, whether or not it ever arrived there: what
//!   arrived is not known for certain, and a receipt proves that it did, never that it did not.
//! - Nothing of what this node does not hold, such as the office's own drafts and the cases that this node may not read:
//!   of that the office itself has to say what there was, and the draft tells whoever gives notice so.

use std::collections::BTreeMap;

use charter::NodeState;
use identity::{NodeKey, ScopeName};
use records::RecordKind;
use serde::{Deserialize, Serialize};

use crate::{
    Service,
    both::Both,
    problem::{Code, Problem},
    reference,
};

/// Records of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldKind {
    /// What the kind is called.
    pub label: Both,
    /// How many, at most.
    pub records: u64,
}

/// People of one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPlace {
    /// The code of the place.
    pub place: String,
    /// Its name, where it is known here.
    pub name: Option<String>,
    /// How many people with name and identity, at most.
    pub people: u64,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostReport {
    /// The computer's key.
    pub node: String,
    /// The office that it speaks or spoke for.
    pub office: String,
    /// Its id.
    pub office_id: String,
    /// Whether its rights are taken away.
    pub removed: bool,
    /// When it reported last, by its own clock, in Unix milliseconds.
    pub reported_ms: Option<i64>,
    /// When its office was last heard of here, in Unix milliseconds.
    pub heard_ms: Option<i64>,
    /// How many people with name and identity it held, at most.
    pub people: u64,
    /// Of which places.
    pub places: Vec<HeldPlace>,
    /// How many records of each kind.
    pub kinds: Vec<HeldKind>,
}

impl Service {
    pub(crate) async fn lost_node(&self, node: &str) -> Result<LostReport, Problem> {
        let key: NodeKey = node
            .parse()
            .map_err(|error| Problem::bad_input(error, "`simpul charter show` lists the offices with their keys"))?;
        let charter = self.charter()?;
        let Some(known) = charter.node(&key) else {
            return Err(Problem::said(
                Code::NotFound,
                None,
                "tidak ada komputer dengan kunci itu: lihat daftar komputer di halaman kantornya",
                "no computer has this key: see the computers on its office's page",
            ));
        };
        let office = known.office;
        let scopes: Vec<ScopeName> = (self.node().held()?.into_iter().map(|(scope, _)| scope))
            .filter(|scope| charter.office_may_read(&office, scope))
            .collect();
        let counted = self
            .reading()
            .look(move |views| {
                let counts = |scope: ScopeName| Ok((views.counts(&scope)?.documents, scope));
                scopes.into_iter().map(counts).collect::<Result<Vec<_>, views::ViewsError>>()
            })
            .await?;
        let (mut kinds, mut places) = (BTreeMap::<RecordKind, u64>::new(), BTreeMap::<identity::Region, u64>::new());
        for (documents, scope) in counted {
            for (kind, count) in documents.iter().filter_map(|(kind, n)| Some((RecordKind::from_number(*kind)?, *n))) {
                *kinds.entry(kind).or_default() += count;
                if kind == RecordKind::Person
                    && let Some(place) = scope.region()
                {
                    *places.entry(place).or_default() += count;
                }
            }
        }
        let beacons = self.node().beacons().await;
        let beacon = beacons.iter().find(|(of, _)| *of == key).map(|(_, beacon)| beacon.time_ms);
        Ok(LostReport {
            node: key.to_string(),
            office: charter.office(&office).map_or_else(|| office.short(), |office| office.name.clone()),
            office_id: office.to_string(),
            removed: known.state != NodeState::Active,
            reported_ms: beacon,
            heard_ms: self.looking().in_touch(&office).heard.map(|heard| heard.last_ms),
            people: places.values().sum(),
            places: (places.into_iter())
                .map(|(place, people)| HeldPlace {
                    name: reference::village(&place).map(str::to_owned),
                    place: place.to_string(),
                    people,
                })
                .collect(),
            kinds: kinds.into_iter().map(|(kind, n)| HeldKind { label: kind.label().into(), records: n }).collect(),
        })
    }
}
