//! The sharing policy: grants of office kind × class × region to read, or to read and write.
//!
//! Three classes follow no policy: `internal/<office>` belongs to its own nodes, `agenda/` and `case/` to their
//! rosters. Grants only add up; to narrow is to set a policy with fewer grants.

use identity::{Class, OfficeId, OfficeKind, Region};
use serde::{Deserialize, Serialize};

use crate::{StatementError, limits};

/// Who may read and write what. A founding sets one, a majority of the founders may set the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// What is allowed. What no grant allows is not.
    pub grants: Vec<Grant>,
}

/// One line of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// To whom.
    pub holder: Holder,
    /// Over which class of records.
    pub class: Class,
    /// Only over scopes of this region or inside it; `id` for the whole country.
    pub within: Region,
    /// How the holder's own region must lie to the scope's.
    pub reach: Reach,
    /// What is allowed.
    pub access: Access,
}

/// To whom a grant is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// Every office.
    Everyone,
    /// Every office of a kind.
    Kind(OfficeKind),
    /// One office: the ministry that leads the programme, for one.
    Office(OfficeId),
}

/// How the office's region must lie to the scope's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// The office's region is the scope's or lies above it: a village its own, a regency its villages.
    Own,
    /// As `Own`, and the offices inside the scope's region too: a village reads what its regency coordinates.
    Line,
    /// Wherever the office is.
    Anywhere,
}

/// What a grant allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Access {
    /// To hold and show.
    Read,
    /// And to write.
    Write,
}

impl Policy {
    /// The programme's default. `lead` is the ministry that leads it and may read who the people are (Kemnaker).
    ///
    /// `coordination` is read along the line, from the village up to the ministries, so a village sees what its
    /// regency and its province coordinate and all see `coordination/id`; each region's own offices and those above
    /// it write.
    pub fn default_programme(lead: OfficeId) -> Self {
        use Access::{Read, Write};
        use Holder::{Everyone, Kind};
        use OfficeKind::{Agency, Ministry, Province, Regency, Village};
        let lead = Holder::Office(lead);
        let table = [
            (Class::Coordination, Everyone, Reach::Line, Read),
            (Class::Coordination, Everyone, Reach::Own, Write),
            (Class::Participation, Kind(Village), Reach::Own, Write),
            (Class::Participation, Kind(Regency), Reach::Own, Write),
            (Class::Participation, Kind(Province), Reach::Own, Write),
            (Class::Participation, Kind(Agency), Reach::Own, Write),
            (Class::Participation, Kind(Ministry), Reach::Own, Read),
            (Class::Participation, lead, Reach::Own, Write),
            (Class::Identity, Kind(Village), Reach::Own, Write),
            (Class::Identity, Kind(Regency), Reach::Own, Write),
            (Class::Identity, Kind(Agency), Reach::Own, Write),
            (Class::Identity, Kind(Province), Reach::Own, Read),
            (Class::Identity, lead, Reach::Own, Read),
            (Class::Money, Kind(Village), Reach::Own, Write),
            (Class::Money, Kind(Regency), Reach::Own, Read),
            (Class::Care, Kind(Village), Reach::Own, Write),
            (Class::Board, Everyone, Reach::Anywhere, Read),
            (Class::Board, Kind(Agency), Reach::Own, Write),
            (Class::Board, Kind(Province), Reach::Own, Write),
            (Class::Board, Kind(Regency), Reach::Own, Write),
            (Class::Board, lead, Reach::Own, Write),
        ];
        let grants = table.map(|(class, holder, reach, access)| Grant {
            holder,
            class,
            within: Region::national(),
            reach,
            access,
        });
        Self { grants: grants.into() }
    }

    /// What this policy allows an office of this id, kind and region on a scope of this class and region.
    pub fn access(
        &self,
        office: OfficeId,
        kind: OfficeKind,
        region: &Region,
        class: Class,
        scope: &Region,
    ) -> Option<Access> {
        let holds = |holder| match holder {
            Holder::Everyone => true,
            Holder::Kind(wanted) => wanted == kind,
            Holder::Office(wanted) => wanted == office,
        };
        let reaches = |reach| match reach {
            Reach::Own => region.contains(scope),
            Reach::Line => region.contains(scope) || scope.contains(region),
            Reach::Anywhere => true,
        };
        self.grants
            .iter()
            .filter(|g| g.class == class && holds(g.holder) && reaches(g.reach) && g.within.contains(scope))
            .map(|g| g.access)
            .max()
    }

    pub(crate) fn check(&self) -> Result<(), StatementError> {
        limits::count("grants", self.grants.len(), limits::GRANTS_MAX)?;
        if self.grants.iter().any(|g| g.class.has_roster() || g.class == Class::Internal) {
            return Err(StatementError::Contradiction("internal, agenda and case scopes follow no policy"));
        }
        Ok(())
    }
}
