//! What somebody who left leaves open: what was ticked when they left and what the records show, until it is closed.

use serde::{Deserialize, Serialize};

use crate::{
    date::PartialDate,
    empowerment::{Mentoring, MonitoringRound, ResponseState},
    facts::Content,
    group::Group,
    money::{EntryKind, Ledger, Loan, LoanAccount, Rupiah, ShareProposal, ShareState},
    participation::{Events, OpenMatter, Stage},
    places::Places,
    rules::Figures,
    value::PersonId,
};
use jiff::civil::Date;

/// Something that a leaving left open is done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatterClosed {
    /// What.
    pub matter: OpenMatter,
    /// When.
    pub date: PartialDate,
}

impl Content for MatterClosed {
    const KEY: &'static str = "matter_closed";
}

/// The records that show what is open, as far as they are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeftRecords<'a> {
    /// Loans.
    pub loans: &'a [&'a Loan],
    /// Ledgers.
    pub ledgers: &'a [&'a Ledger],
    /// Proposals to share profit.
    pub shares: &'a [&'a ShareProposal],
    /// Groups.
    pub groups: &'a [&'a Group],
    /// Monitoring rounds.
    pub rounds: &'a [&'a MonitoringRound],
    /// Mentoring logs.
    pub mentorings: &'a [&'a Mentoring],
    /// Places.
    pub places: &'a [&'a Places],
}

/// What the records show of a person, in the order of [`OpenMatter`]: everything that is open, whether they have left or not.
pub fn shown_open(person: PersonId, records: &LeftRecords<'_>, figures: &Figures) -> Vec<OpenMatter> {
    let open = |matter: &OpenMatter| records.shows(*matter, person, figures) == Some(true);
    OpenMatter::ALL.iter().copied().filter(open).collect()
}

/// What somebody who left still leaves open; nothing while they have not left. What was ticked stays open until somebody
/// says that it is closed, or records that bear on it show it.
pub fn left_open(events: &Events, person: PersonId, records: &LeftRecords<'_>, figures: &Figures) -> Vec<OpenMatter> {
    if !matches!(events.stage(), Stage::Left(_)) {
        return Vec::new();
    }
    let ticked = |matter: OpenMatter| events.leavings.iter().any(|said| said.what.open.contains(&matter));
    let closed = |matter: OpenMatter| events.closed.iter().any(|said| said.what.matter == matter);
    let open = |matter: &OpenMatter| {
        !closed(*matter) && records.shows(*matter, person, figures).unwrap_or_else(|| ticked(*matter))
    };
    OpenMatter::ALL.iter().copied().filter(open).collect()
}

impl LeftRecords<'_> {
    /// Whether something is open by the records; `None` where none of them bears on it.
    fn shows(&self, matter: OpenMatter, person: PersonId, figures: &Figures) -> Option<bool> {
        match matter {
            OpenMatter::Loan => {
                any(self.loans.iter().filter(|loan| loan.fields.person.one() == Some(&person)), |loan| {
                    LoanAccount::new(loan, self.ledgers, figures).owed(Date::MAX) > Rupiah(0)
                })
            }
            OpenMatter::Savings => {
                let left = self.paid(person, EntryKind::Savings)?;
                Some(left > self.paid(person, EntryKind::SavingsBack).unwrap_or_default())
            }
            OpenMatter::Share => {
                let agreed = self.shares.iter().filter(|share| share.state() == ShareState::Agreed);
                let lines = agreed.flat_map(|share| &share.events.statements).flat_map(|said| &said.what.lines);
                let own: Vec<Rupiah> = lines.filter(|line| line.person == person).map(|line| line.amount).collect();
                let paid = self.paid(person, EntryKind::Share).unwrap_or_default();
                (!own.is_empty()).then(|| own.into_iter().sum::<Rupiah>() > paid)
            }
            OpenMatter::Group => {
                let joined = |group: &&&Group| group.events.joined.iter().any(|said| said.what.person == person);
                any(self.groups.iter().filter(joined), |group| {
                    group.members().iter().any(|member| member.person == person)
                })
            }
            OpenMatter::Mentoring => {
                let mut own = self.mentorings.iter().filter(|log| log.fields.person.one() == Some(&person)).peekable();
                own.peek()?;
                Some(own.all(|log| log.events.independent.is_empty()))
            }
            OpenMatter::Monitoring => {
                any(self.rounds.iter().filter(|round| round.people().contains(&person)), |round| {
                    !matches!(round.state(person), ResponseState::Closed(_))
                })
            }
            OpenMatter::Place => {
                let known =
                    |places: &&&Places| places.events.claims.iter().any(|claim| claim.said.what.person == person);
                any(self.places.iter().filter(known), |places| {
                    places.account().claims.iter().any(|claim| claim.person == person)
                })
            }
            // No record says who holds a tool, or whose child comes to the rumah belajar.
            OpenMatter::Equipment | OpenMatter::Child => None,
        }
    }

    /// What was paid by or to somebody; `None` if nothing was.
    fn paid(&self, person: PersonId, kind: EntryKind) -> Option<Rupiah> {
        let lines = self.ledgers.iter().flat_map(|ledger| ledger.standing());
        let own: Vec<Rupiah> = lines
            .filter(|said| said.what.kind == kind && said.what.person == Some(person))
            .map(|said| said.what.amount)
            .collect();
        (!own.is_empty()).then(|| own.into_iter().sum())
    }
}

/// Whether any of these is open; `None` if there are none.
fn any<'a, T: 'a>(of: impl Iterator<Item = &'a &'a T>, open: impl Fn(&T) -> bool) -> Option<bool> {
    let found: Vec<bool> = of.map(|one| open(one)).collect();
    (!found.is_empty()).then(|| found.contains(&true))
}
