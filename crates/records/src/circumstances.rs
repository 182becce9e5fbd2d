//! What the rules read about one participant: the participation, the journeys, the family and the family's journeys.
//!
//! A field with several values gives several *worlds*: the rules run in each, and only what all of them say is said.

use identity::Coordinate;

use crate::{
    date::{PartialDate, Span},
    fields::Fields,
    participation::{Basis, Category, Outcome, Participation, Standing},
    person::{Relation, Tie, Trip},
    rules::Condition,
    value::{Digest, Known, PersonId},
};

/// More combinations of contested values than this are not tried: the answer then depends on somebody's choice.
const WORLDS_MAX: usize = 256;

/// Everything that bears on one participation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// The participation.
    pub participation: Participation,
    /// The participant's own journeys.
    pub trips: Vec<Trip>,
    /// The family; `None` where this office cannot see who belongs to whom.
    pub family: Option<FamilyCircle>,
}

/// Family ties and the relatives' journeys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FamilyCircle {
    /// Ties that name the participant on either side.
    pub ties: Vec<Tie>,
    /// Journeys of whoever stands on the other side.
    pub trips: Vec<Trip>,
}

/// A field with several values that a rule read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contested {
    /// The document.
    pub doc: Coordinate,
    /// The field; `decision` where two decisions differ.
    pub field: &'static str,
}

/// One way in which the contested fields may be settled.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) programme: Option<String>,
    pub(crate) day: PartialDate,
    pub(crate) conditions: Vec<(Condition, Option<bool>)>,
    pub(crate) claims: Vec<(Category, Option<bool>)>,
    pub(crate) own: Vec<Journey>,
    pub(crate) family: Option<Vec<Relative>>,
}

impl World {
    pub(crate) fn claims(&self, category: Category) -> Option<bool> {
        self.claims.iter().find(|(c, _)| *c == category).and_then(|(_, claim)| *claim)
    }
}

/// A relative in one world.
#[derive(Debug, Clone)]
pub(crate) struct Relative {
    pub(crate) relation: Relation,
    pub(crate) tie: Coordinate,
    pub(crate) since: Option<PartialDate>,
    pub(crate) until: Option<PartialDate>,
    pub(crate) journeys: Vec<Journey>,
}

/// A journey in one world.
#[derive(Debug, Clone)]
pub(crate) struct Journey {
    pub(crate) trip: Coordinate,
    pub(crate) departure: Option<PartialDate>,
    pub(crate) returned: Option<PartialDate>,
    pub(crate) last_contact: Option<PartialDate>,
}

/// When a journey began and ended, as far as its dates bind each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Nothing is known of it but that it is on record.
    Blank,
    /// The return lies before the departure.
    Impossible,
    /// It began in the first span and ended in the second; no second: no return is recorded.
    Dated(Span, Option<Span>),
}

impl Journey {
    /// A return lies on or after its departure, and who was heard of from abroad had departed by then.
    pub(crate) fn course(&self) -> Course {
        let mut back = self.returned.map(PartialDate::span);
        let heard = self.last_contact.filter(|_| back.is_none()).map(PartialDate::span);
        let mut departed = match (self.departure, back, heard) {
            (None, None, None) => return Course::Blank,
            (departure, _, _) => departure.unwrap_or(PartialDate::Unknown).span(),
        };
        if let Some(latest) = back.or(heard) {
            if departed.first > latest.last {
                return Course::Impossible;
            }
            departed.last = departed.last.min(latest.last);
        }
        if let Some(back) = &mut back {
            back.first = back.first.max(departed.first);
        }
        Course::Dated(departed, back)
    }
}

impl Circumstances {
    /// Every world of these circumstances judged on `today` (or the decision's day), with the fields that make them
    /// differ. `None`: there are too many to try.
    pub(crate) fn worlds(&self, today: PartialDate) -> (Option<Vec<World>>, Vec<Contested>) {
        let mut chooser = Chooser::default();
        let mut worlds = Vec::new();
        loop {
            worlds.push(self.world(today, &mut chooser));
            if !chooser.advance() {
                return (Some(worlds), chooser.contested);
            }
            if worlds.len() == WORLDS_MAX {
                return (None, chooser.contested);
            }
        }
    }

    fn world(&self, today: PartialDate, chooser: &mut Chooser) -> World {
        let doc = &self.participation.doc;
        let fields = &self.participation.fields;
        let person = chooser.pick(doc, "person", &fields.person);
        let day = match self.participation.events.standing() {
            Standing::Undecided => today,
            Standing::Decided(said) if said.what.outcome == Outcome::Accepted => said.what.judged_day(),
            Standing::Decided(_) => today,
            Standing::Different(all) => {
                let days = all.iter().map(|said| match said.what.outcome {
                    Outcome::Accepted => said.what.judged_day(),
                    Outcome::Reserve | Outcome::Rejected => today,
                });
                chooser.pick(doc, "decision", &days.collect()).unwrap_or(today)
            }
        };
        World {
            programme: chooser.pick(doc, "programme", &fields.programme),
            day,
            conditions: vec![
                (Condition::Resident, chooser.pick(doc, "resident", &fields.resident)),
                (Condition::Productive, chooser.pick(doc, "productive", &fields.productive)),
                (Condition::Willing, chooser.pick(doc, "willing", &fields.willing)),
            ],
            claims: vec![
                (Category::Prospective, chooser.pick(doc, "claim_calon_tki", &fields.claim_calon_tki)),
                (Category::Active, chooser.pick(doc, "claim_tki_aktif", &fields.claim_tki_aktif)),
                (Category::FamilyOfActive, chooser.pick(doc, "claim_keluarga_tki", &fields.claim_keluarga_tki)),
                (Category::Returned, chooser.pick(doc, "claim_tki_purna", &fields.claim_tki_purna)),
                (
                    Category::FamilyOfReturned,
                    chooser.pick(doc, "claim_keluarga_tki_purna", &fields.claim_keluarga_tki_purna),
                ),
            ],
            own: journeys(&self.trips, person, chooser),
            family: self.family.as_ref().map(|circle| circle.relatives(person, chooser)),
        }
    }

    /// The fingerprints that a decision keeps of what it saw.
    pub fn basis(&self) -> Basis {
        let fields = &self.participation.fields;
        let mut own = Fingerprint::new("simpul basis own v1");
        const READ: [&str; 9] = [
            "programme",
            "resident",
            "productive",
            "willing",
            "claim_calon_tki",
            "claim_tki_aktif",
            "claim_keluarga_tki",
            "claim_tki_purna",
            "claim_keluarga_tki_purna",
        ];
        own.fields(fields, &READ);
        own.trips(&self.trips);
        let family = self.family.as_ref().map(|circle| {
            let mut family = Fingerprint::new("simpul basis family v1");
            let mut ties: Vec<&Tie> = circle.ties.iter().collect();
            ties.sort_by(|a, b| a.doc.cmp(&b.doc));
            for tie in ties {
                // The document's coordinate is known to readers of the identity scope alone, so that the fingerprint
                // confirms no guess to anybody else.
                family.text(&tie.doc.to_string());
                family.fields(&tie.fields, &["person", "relation", "other", "since", "until"]);
            }
            family.trips(&circle.trips);
            family.finish()
        });
        Basis { own: own.finish(), family }
    }
}

impl FamilyCircle {
    fn relatives(&self, person: Option<PersonId>, chooser: &mut Chooser) -> Vec<Relative> {
        let mut relatives = Vec::new();
        for tie in &self.ties {
            let one = chooser.pick(&tie.doc, "person", &tie.fields.person);
            let other = chooser.pick(&tie.doc, "other", &tie.fields.other);
            let relation = chooser.pick(&tie.doc, "relation", &tie.fields.relation);
            let since = chooser.pick(&tie.doc, "since", &tie.fields.since);
            let until = chooser.pick(&tie.doc, "until", &tie.fields.until);
            let (Some(relation), Some(person)) = (relation, person) else { continue };
            let (relation, relative) = match (one, other) {
                (Some(one), Some(other)) if one == person && other != person => (relation, other),
                (Some(one), Some(other)) if other == person && one != person => (relation.inverse(), one),
                _ => continue,
            };
            let journeys = journeys(&self.trips, Some(relative), chooser);
            relatives.push(Relative { relation, tie: tie.doc.clone(), since, until, journeys });
        }
        relatives
    }
}

fn journeys(trips: &[Trip], person: Option<PersonId>, chooser: &mut Chooser) -> Vec<Journey> {
    let mut journeys = Vec::new();
    for trip in trips.iter().filter(|trip| person.is_some_and(|p| trip.fields.person.values().contains(&p))) {
        if chooser.pick(&trip.doc, "person", &trip.fields.person) != person {
            continue;
        }
        journeys.push(Journey {
            trip: trip.doc.clone(),
            departure: chooser.pick(&trip.doc, "departure", &trip.fields.departure),
            returned: chooser.pick(&trip.doc, "returned", &trip.fields.returned),
            last_contact: chooser.pick(&trip.doc, "last_contact", &trip.fields.last_contact),
        });
    }
    journeys
}

/// Goes through every combination of contested values, like the wheels of a counter. A field that is read twice in one
/// world has one value there.
#[derive(Default)]
struct Chooser {
    contested: Vec<Contested>,
    wheels: Vec<(usize, usize)>,
}

impl Chooser {
    fn pick<T: Clone>(&mut self, doc: &Coordinate, field: &'static str, known: &Known<T>) -> Option<T> {
        let values = known.values();
        if values.len() < 2 {
            return values.first().cloned();
        }
        let here = Contested { doc: doc.clone(), field };
        let index = self.contested.iter().position(|seen| *seen == here).unwrap_or_else(|| {
            self.contested.push(here);
            self.wheels.push((0, values.len()));
            self.wheels.len() - 1
        });
        values.get(self.wheels[index].0).cloned()
    }

    fn advance(&mut self) -> bool {
        for (at, of) in &mut self.wheels {
            *at += 1;
            if *at < *of {
                return true;
            }
            *at = 0;
        }
        false
    }
}

/// A hash over texts, each with its length, so that no two lists of texts run together.
struct Fingerprint(blake3::Hasher);

impl Fingerprint {
    fn new(context: &str) -> Self {
        Self(blake3::Hasher::new_derive_key(context))
    }

    fn text(&mut self, text: &str) {
        self.0.update(&(text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
    }

    fn fields<F: Fields>(&mut self, fields: &F, read: &[&str]) {
        for (key, mut texts) in fields.texts().into_iter().filter(|(key, _)| read.contains(key)) {
            self.text(key);
            texts.sort();
            self.0.update(&(texts.len() as u64).to_le_bytes());
            texts.iter().for_each(|text| self.text(text));
        }
    }

    fn trips(&mut self, trips: &[Trip]) {
        let mut trips: Vec<&Trip> = trips.iter().collect();
        trips.sort_by(|a, b| a.doc.cmp(&b.doc));
        trips.dedup_by(|a, b| a.doc == b.doc);
        for trip in trips {
            self.text(&trip.doc.to_string());
            self.fields(&trip.fields, &["person", "departure", "returned", "last_contact"]);
        }
    }

    fn finish(self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}
