//! Cases and agendas: each in a scope of its own that only the offices of its roster read.

use charter::{Body, Charter, RosterView, roster_scope};
use identity::{Class, OfficeId, OfficeKind, Officer, Region, ScopeName};
use records::{
    Access, Assigned, ComplaintFields, ComplaintKind, Content, FactDraft, FieldType, Figures, PartialDate, PersonId,
    RecordKind, complaint_access,
};

use crate::{
    Service,
    participants::parse_region,
    problem::{Code, Problem},
    sheet_write::{called, today},
};

/// What to do when a roster that this node says would not count.
const ROSTER_HINT: &str = "open the case again; if it persists, look at `simpul charter show`";

/// The offices that serve the people of a village in a case of this kind: the village's own, and for a card the Disnaker
/// that stamps it.
fn serving<'a>(charter: &'a Charter, kind: RecordKind, village: &'a Region) -> impl Iterator<Item = OfficeId> + 'a {
    let serves = move |office: &&charter::Office| match office.kind {
        OfficeKind::Village => office.region == *village,
        OfficeKind::Regency => kind == RecordKind::CardApplication && office.region.contains(village),
        OfficeKind::Ministry | OfficeKind::Agency | OfficeKind::Province | OfficeKind::Unit => false,
    };
    charter.offices().filter(|office| office.admitted).filter(serves).map(|office| office.id)
}

impl Service {
    /// Opens a scope for one case, read by this office, by the one of the village that it is for, and for a card by the
    /// Disnaker that stamps it.
    pub(crate) async fn open_case(&self, kind: RecordKind, village: Option<&Region>) -> Result<ScopeName, Problem> {
        let own = self.node().office();
        let mut members = vec![own];
        let charter = self.node().charter().filter(|charter| charter.is_active(&self.node().key()));
        if let (Some(charter), Some(village)) = (charter, village) {
            members.extend(serving(&charter, kind, village).filter(|office| *office != own));
        }
        self.open_roster(kind.class(), members).await
    }

    /// Lets offices that joined after a case was opened here read it, where they serve the people of its village. Who was
    /// let in once is not let in again.
    pub(crate) async fn let_in_who_joined(&self) -> Result<(), Problem> {
        let (node, charter) = (self.node(), self.charter()?);
        let found = self.reading().look(|views| {
            let mut cases = Vec::new();
            for kind in RecordKind::ALL.into_iter().filter(|kind| kind.class() == Class::Case) {
                for record in views.records(kind, None)? {
                    cases.push((kind, record.doc().journal.scope.clone(), record.place().cloned()));
                }
            }
            Ok(cases)
        });
        for (kind, scope, village) in found.await? {
            let (Some(village), Some(roster)) = (village, charter.roster(&scope)) else { continue };
            let new: Vec<OfficeId> =
                serving(&charter, kind, &village).filter(|office| !roster.ever.contains(office)).collect();
            if new.is_empty() || !roster.keepers.contains(&node.office()) {
                continue;
            }
            self.add_to_roster(&scope, roster, new).await?;
        }
        Ok(())
    }

    async fn add_to_roster(&self, scope: &ScopeName, roster: &RosterView, new: Vec<OfficeId>) -> Result<(), Problem> {
        let mut members: Vec<OfficeId> = roster.members.iter().copied().chain(new).collect();
        members.sort_unstable();
        let (keeper, cites) = (self.node().office(), roster.heads.clone());
        let body = Body::Roster { scope: scope.clone(), opening: None, keeper, members, cites };
        self.state(body, ROSTER_HINT).await
    }

    /// Opens a scope of its own that these offices read and write.
    pub(crate) async fn open_roster(&self, class: Class, mut members: Vec<OfficeId>) -> Result<ScopeName, Problem> {
        let node = self.node();
        if !node.charter().is_some_and(|charter| charter.is_active(&node.key())) {
            return Err(Problem::said(
                Code::Conflict,
                None,
                "catatan seperti ini baru dapat dibuka setelah kantor ini bergabung dengan kantor lain: tulis dahulu di kertas, dan catat orangnya di buku tamu",
                "such a record can be opened once this office has joined others: write it on paper meanwhile, and note the person in the guest book",
            ));
        }
        let mut opening = [0; 16];
        getrandom::fill(&mut opening).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
        let scope = roster_scope(class, node.key(), opening)
            .ok_or_else(|| Problem::new(Code::Internal, "this class of records has no roster", "try again"))?;
        members.sort_unstable();
        let keeper = node.office();
        let body = Body::Roster { scope: scope.clone(), opening: Some(opening), keeper, members, cites: Vec::new() };
        self.state(body, ROSTER_HINT).await?;
        Ok(scope)
    }

    /// Lets an office that is to answer for a case read and write it.
    pub(crate) async fn let_into_case(&self, scope: &ScopeName, office: &str) -> Result<(), Problem> {
        let (node, charter) = (self.node(), self.charter()?);
        let Some(roster) = charter.roster(scope) else { return Ok(()) };
        let office: OfficeId =
            office.trim().parse().map_err(|error| Problem::bad_input(error, "take an office's id"))?;
        if roster.members.contains(&office) {
            return Ok(());
        }
        if !roster.keepers.contains(&node.office()) {
            return Err(Problem::said(
                Code::NoRight,
                Some("office"),
                "hanya kantor yang membuka catatan ini dapat menunjuk kantor lain: minta kantor itu menunjuknya",
                "only the office that opened this record can put another in charge: ask it to",
            ));
        }
        self.add_to_roster(scope, roster, vec![office]).await
    }

    /// What is said when a record begins. For a complaint: whether the complaint facility is for this person, and who
    /// answers by when. Nobody is turned away: for others it is a *rujukan*, and an urgent one is taken up all the same.
    pub(crate) async fn first_facts(
        &self,
        kind: RecordKind,
        officer: &Officer,
        named: &impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<FactDraft>, Problem> {
        if !matches!(kind, RecordKind::Complaint | RecordKind::Consultation) {
            return Ok(Vec::new());
        }
        let (figures, mut facts) = (self.rules().await?.figures, Vec::new());
        let (mut taken_up, mut answer_by) = (true, None);
        let received = named("received").and_then(|text| PartialDate::from_input(&text));
        if kind == RecordKind::Complaint {
            let access = self.access(named, received, &figures).await?;
            let complaint = ComplaintFields {
                kind: named("kind").and_then(|text| ComplaintKind::from_input(&text)).into_iter().collect(),
                received: received.into_iter().collect(),
                ..ComplaintFields::default()
            };
            taken_up = access.access == Access::Participant || complaint.is_urgent(&figures);
            answer_by = complaint.usual_answer_by(&figures);
            facts.push(access.draft()?);
        }
        if taken_up {
            let usual = jiff::ToSpan::days(i64::from(figures.complaint_answer_days.value));
            let answer_by = answer_by.or_else(|| today().checked_add(usual).ok()).unwrap_or_else(today);
            let (office, officer) = (self.node().office(), Some(called(self, officer)));
            facts.push(Assigned { office, officer, answer_by: PartialDate::Day(answer_by) }.draft()?);
        }
        Ok(facts)
    }

    async fn access(
        &self,
        named: &impl Fn(&str) -> Option<String>,
        received: Option<PartialDate>,
        figures: &Figures,
    ) -> Result<records::AccessCheck, Problem> {
        let village = match named("village") {
            Some(village) => parse_region(&village)?,
            None => self.village(None)?,
        };
        let persons =
            ["person", "about"].into_iter().filter_map(named).filter_map(|text| text.parse::<PersonId>().ok());
        let persons: Vec<PersonId> = persons.collect();
        let participations = self.reading().look(move |views| {
            let mut circle = persons.clone();
            for person in &persons {
                circle.extend(views.relatives(person)?);
            }
            circle.sort_unstable();
            circle.dedup();
            let mut found = Vec::new();
            for person in &circle {
                found.extend(views.participations_of(person)?);
            }
            Ok(found)
        });
        let participations = participations.await?;
        let all: Vec<&records::Participation> = participations.iter().collect();
        let day = received.unwrap_or(PartialDate::Day(today()));
        Ok(complaint_access(&all, &village, day, figures))
    }
}
