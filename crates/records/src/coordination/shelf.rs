//! The documents of coordination that an office reads, put together as the read model does.

use identity::{Coordinate, OfficeId};

use super::{Agenda, Agreement, Calendar, Commitment, Coordination, InternalDraft, Party};

/// Documents of coordination, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shelf {
    /// Agendas.
    pub agendas: Vec<Agenda>,
    /// Published agreements.
    pub agreements: Vec<Agreement>,
    /// Commitments.
    pub commitments: Vec<Commitment>,
    /// Calendars.
    pub calendars: Vec<Calendar>,
    /// The office's own drafts.
    pub drafts: Vec<InternalDraft>,
}

impl Extend<Coordination> for Shelf {
    fn extend<I: IntoIterator<Item = Coordination>>(&mut self, documents: I) {
        for document in documents {
            match document {
                Coordination::Agenda(agenda) => self.agendas.push(agenda),
                Coordination::Agreement(agreement) => self.agreements.push(agreement),
                Coordination::Commitment(commitment) => self.commitments.push(commitment),
                Coordination::Calendar(calendar) => self.calendars.push(calendar),
                Coordination::InternalDraft(draft) => self.drafts.push(draft),
            }
        }
    }
}

impl FromIterator<Coordination> for Shelf {
    fn from_iter<I: IntoIterator<Item = Coordination>>(documents: I) -> Self {
        let mut shelf = Self::default();
        shelf.extend(documents);
        shelf
    }
}

impl Shelf {
    /// The commitments that carry out an agreement of this agenda.
    pub fn commitments_of<'a>(&'a self, agenda: &'a Agenda) -> impl Iterator<Item = &'a Commitment> {
        self.commitments.iter().filter(|commitment| {
            commitment.promise.what.agreement.is_some_and(|version| agenda.versions.get(version).is_some())
        })
    }

    /// The agenda that took up what came of a commitment, as far as it is read here.
    pub fn followed_by(&self, commitment: &Coordinate) -> Option<&Agenda> {
        self.agendas.iter().find(|agenda| agenda.opening.what.origin.of.as_ref() == Some(commitment))
    }

    /// Whether a party of a document is this office.
    pub(super) fn is(party: Party, office: OfficeId) -> bool {
        party == Party::Office(office)
    }
}
