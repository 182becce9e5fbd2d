//! Ndraha's seven indicators of coordination (S1), counted from the records of a region and period, for all parties or for
//! one office, each number with the documents that it was counted from.
//!
//! S1 gives content rules and no formula. What is counted here follows the content rule of each indicator; the first
//! measure of an indicator gives its level.

use std::collections::BTreeSet;

use identity::{Coordinate, OfficeId, Region};

use super::{
    AgendaStep, Commitment, Kept, Meet, Party, SanctionKind, Shelf, Terms, Version, VersionState, Versions, Vote,
    baseline::{Baseline, baseline},
};
use crate::{Date, PartialDate, Span, value::codes};

codes! {
    /// Ndraha's indicators, in his order.
    Indicator {
        /// Information, communication and information technology.
        Information = "informasi", "Informasi, komunikasi, dan teknologi informasi", "Information, communication and IT", [];
        /// Awareness of the importance of coordination.
        Awareness = "kesadaran", "Kesadaran pentingnya koordinasi", "Awareness of coordination", [];
        /// Competence of participants, and the government calendar.
        Competence = "kompetensi", "Kompetensi partisipan dan kalender pemerintahan", "Competent participants and calendar", [];
        /// Agreement and commitment.
        Commitment = "komitmen", "Kesepakatan dan komitmen", "Agreement and commitment", [];
        /// Ratification of the agreement.
        Ratification = "penetapan", "Penetapan kesepakatan", "Ratification of the agreement", [];
        /// Incentive: a sanction from the superior.
        Incentive = "insentif", "Insentif koordinasi", "Incentive of coordination", [];
        /// Feedback into the next round.
        Feedback = "feedback", "Feedback", "Feedback", [];
    }
}

codes! {
    /// How far an indicator is formed.
    Level {
        /// The records hold nothing from which it could be counted.
        NoRecord = "tanpa_catatan", "belum ada catatan", "no record", [];
        /// Not at all.
        Absent = "belum", "belum terbentuk", "not formed", [];
        /// In part.
        Partly = "sebagian", "sebagian", "in part", [];
        /// Wholly.
        Formed = "terbentuk", "terbentuk", "formed", [];
    }
}

codes! {
    /// What is counted.
    MeasureKind {
        /// Parties that answered an agenda by their own word, of those that were asked.
        Answered = "menjawab", "pihak yang menjawab sendiri", "parties that answered themselves", [];
        /// Letters recorded with an agenda.
        Letters = "surat", "surat tercatat", "letters recorded", [];
        /// Parties that came, of those invited of whom it is noted.
        Came = "hadir", "pihak yang hadir", "parties that came", [];
        /// Invited parties that answered the invitation.
        Confirmed = "konfirmasi", "undangan yang dijawab", "invitations answered", [];
        /// Parties that sent somebody competent to decide, of those that came.
        Competent = "berwenang", "hadir dengan wewenang memutuskan", "came with competence to decide", [];
        /// Dates in the calendar.
        Dates = "tanggal", "tanggal dalam kalender", "dates in the calendar", [];
        /// Commitments that their owner programmed, of those accepted.
        Programmed = "diprogramkan", "komitmen yang diprogramkan", "commitments programmed", [];
        /// Commitments kept, of those due.
        Kept = "dipenuhi", "komitmen yang dipenuhi", "commitments kept", [];
        /// Ratifications given, of those that final texts need.
        Ratified = "ditetapkan", "penetapan yang diberikan", "ratifications given", [];
        /// Agreements that every party ratified, of the final texts.
        Agreements = "kesepakatan", "kesepakatan yang ditetapkan semua pihak", "agreements ratified by all", [];
        /// Broken commitments on which the superior spoke, of those broken.
        Sanctioned = "sanksi", "ingkar yang ditindak atasan", "breaches that the superior acted on", [];
        /// Kept commitments that the superior praised.
        Praised = "penghargaan", "penghargaan", "praise", [];
        /// Feedback that an agenda took up, of what was given.
        TakenUp = "diangkat", "umpan balik yang diangkat", "feedback taken up", [];
    }
}

/// A count, and what was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// What.
    pub kind: MeasureKind,
    /// How many.
    pub count: usize,
    /// Of how many; `None` where it is no share.
    pub of: Option<usize>,
    /// The documents that show it, those of the count first.
    pub evidence: Vec<Coordinate>,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Which.
    pub indicator: Indicator,
    /// How far it is formed, by its first measure.
    pub level: Level,
    /// What was counted.
    pub measures: Vec<Measure>,
    /// What S1 found in this region in 2016, where it did.
    pub baseline: Option<&'static Baseline>,
}

/// The seven indicators of a region and period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scorecard {
    /// The region; what lies in it counts.
    pub region: Region,
    /// The first and last day.
    pub period: Span,
    /// For one office alone, or for all parties.
    pub office: Option<OfficeId>,
    /// The indicators, in Ndraha's order.
    pub scores: Vec<Score>,
}

/// A count under way.
struct Tally {
    kind: MeasureKind,
    counted: Vec<Coordinate>,
    others: Vec<Coordinate>,
    share: bool,
}

impl Tally {
    fn share(kind: MeasureKind) -> Self {
        Self { kind, counted: Vec::new(), others: Vec::new(), share: true }
    }

    fn number(kind: MeasureKind) -> Self {
        Self { share: false, ..Self::share(kind) }
    }

    fn add(&mut self, doc: &Coordinate, counts: bool) {
        if counts { &mut self.counted } else { &mut self.others }.push(doc.clone());
    }

    fn done(self) -> Measure {
        let (count, all) = (self.counted.len(), self.counted.len() + self.others.len());
        let mut seen = BTreeSet::new();
        let evidence = self.counted.into_iter().chain(self.others).filter(|doc| seen.insert(doc.clone())).collect();
        Measure { kind: self.kind, count, of: self.share.then_some(all), evidence }
    }
}

fn level(measure: &Measure) -> Level {
    match (measure.count, measure.of) {
        (0, Some(0)) | (0, None) => Level::NoRecord,
        (0, Some(_)) => Level::Absent,
        (count, Some(of)) if count < of => Level::Partly,
        (_, Some(_) | None) => Level::Formed,
    }
}

/// Who is looked at.
#[derive(Clone)]
struct Scope<'a> {
    shelf: &'a Shelf,
    region: &'a Region,
    period: Span,
    office: Option<OfficeId>,
}

impl Scope<'_> {
    fn holds(&self, day: Date) -> bool {
        self.period.first <= day && day <= self.period.last
    }

    /// A date that may lie outside the period is not counted in it.
    fn surely(&self, date: PartialDate) -> bool {
        let span = date.span();
        self.holds(span.first) && self.holds(span.last)
    }

    fn concerns(&self, party: Party) -> bool {
        self.office.is_none_or(|office| Shelf::is(party, office))
    }

    fn meets(&self) -> impl Iterator<Item = (&Coordinate, &Meet)> {
        let calendars = self.shelf.calendars.iter().filter(|calendar| self.region.contains(&calendar.region));
        calendars
            .flat_map(|calendar| calendar.standing().map(|meet| (&calendar.doc, meet)))
            .filter(|(_, meet)| self.holds(meet.event.what.day))
    }

    fn commitments(&self) -> impl Iterator<Item = &Commitment> {
        self.shelf.commitments.iter().filter(|commitment| {
            commitment.accepted
                && self.region.contains(&commitment.region)
                && self.concerns(commitment.promise.what.owner)
                && self.holds(commitment.promise.what.due)
        })
    }

    /// Every final text once, wherever it is read: the agenda knows as much as what is published of it.
    fn versions(&self) -> Vec<(&Coordinate, &Versions, &Version)> {
        let agendas = self.shelf.agendas.iter().filter(|agenda| self.region.contains(&agenda.opening.what.region));
        let agendas = agendas.map(|agenda| (&agenda.doc, &agenda.versions));
        let published = self.shelf.agreements.iter().filter(|agreement| {
            agreement.doc.journal.scope.region().is_some_and(|region| self.region.contains(&region))
        });
        let published = published.map(|agreement| (&agreement.doc, &agreement.versions));
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (doc, versions) in agendas.chain(published) {
            for version in versions.versions.iter().filter(|version| self.version_in_period(versions, version)) {
                if seen.insert(version.hash) {
                    found.push((doc, versions, version));
                }
            }
        }
        found
    }

    fn version_in_period(&self, versions: &Versions, version: &Version) -> bool {
        let signed =
            versions.words.given().any(|given| given.word.version == version.hash && self.holds(given.word.day));
        signed || self.holds(version.terms.from)
    }

    fn required<'b>(&'b self, terms: &'b Terms) -> impl Iterator<Item = OfficeId> + 'b {
        terms.required().filter(|party| self.concerns(Party::Office(*party)))
    }

    fn information(&self) -> Vec<Measure> {
        let mut answered = Tally::share(MeasureKind::Answered);
        let mut letters = Tally::number(MeasureKind::Letters);
        for agenda in self.shelf.agendas.iter().filter(|agenda| self.region.contains(&agenda.opening.what.region)) {
            for letter in agenda.letters.iter().filter(|letter| self.surely(letter.what.date)) {
                let own = self.office.is_none_or(|office| letter.by.office == Some(office));
                if own {
                    letters.add(&agenda.doc, true);
                }
            }
            if !agenda.opening.what.due(AgendaStep::Stands).is_some_and(|due| self.holds(due)) {
                continue;
            }
            for (party, _) in agenda.parties().filter(|(party, _)| self.concerns(**party)) {
                let own = agenda.grid.get(party).is_some_and(|row| row.iter().any(|cell| !cell.own.is_empty()));
                answered.add(&agenda.doc, own);
            }
        }
        vec![answered.done(), letters.done()]
    }

    fn awareness(&self) -> Vec<Measure> {
        let mut came = Tally::share(MeasureKind::Came);
        let mut confirmed = Tally::share(MeasureKind::Confirmed);
        for (doc, meet) in self.meets() {
            for (_, guest) in meet.guests.iter().filter(|(party, _)| self.concerns(**party)) {
                if let Some(attended) = guest.attended() {
                    came.add(doc, attended);
                }
                confirmed.add(doc, !guest.answers.is_empty());
            }
        }
        vec![came.done(), confirmed.done()]
    }

    fn competence(&self) -> Vec<Measure> {
        let mut competent = Tally::share(MeasureKind::Competent);
        let mut dates = Tally::number(MeasureKind::Dates);
        for (doc, meet) in self.meets() {
            let mut invited = false;
            for (_, guest) in meet.guests.iter().filter(|(party, _)| self.concerns(**party)) {
                invited = true;
                if guest.attended() == Some(true)
                    && let Some(decided) = guest.decided()
                {
                    competent.add(doc, decided);
                }
            }
            if invited {
                dates.add(doc, true);
            }
        }
        vec![competent.done(), dates.done()]
    }

    fn commitment(&self) -> Vec<Measure> {
        let mut programmed = Tally::share(MeasureKind::Programmed);
        let mut kept = Tally::share(MeasureKind::Kept);
        for commitment in self.commitments() {
            programmed.add(&commitment.doc, !commitment.programmed.is_empty());
            match commitment.kept(self.period.last) {
                Kept::Kept | Kept::KeptLate => kept.add(&commitment.doc, true),
                Kept::Late(_) | Kept::Breached(_) => kept.add(&commitment.doc, false),
                // It has time yet, or nobody can say.
                Kept::Proposed | Kept::Running(_) | Kept::Depends => {}
            }
        }
        vec![programmed.done(), kept.done()]
    }

    fn ratification(&self) -> Vec<Measure> {
        let mut ratified = Tally::share(MeasureKind::Ratified);
        let mut agreements = Tally::share(MeasureKind::Agreements);
        for (doc, versions, version) in self.versions() {
            let mut concerned = false;
            for party in self.required(&version.terms) {
                concerned = true;
                ratified.add(doc, versions.words.vote(party, version.hash) == Vote::Ratified);
            }
            if concerned {
                agreements.add(doc, versions.state(version) == super::VersionState::Ratified);
            }
        }
        vec![ratified.done(), agreements.done()]
    }

    fn incentive(&self) -> Vec<Measure> {
        let mut sanctioned = Tally::share(MeasureKind::Sanctioned);
        let mut praised = Tally::number(MeasureKind::Praised);
        for commitment in self.commitments() {
            let praise = |kind: SanctionKind| kind == SanctionKind::Praise;
            // A letter that somebody else recorded is not the superior's own word.
            if matches!(commitment.kept(self.period.last), Kept::Breached(_)) {
                let acted = commitment.sanctions.iter().any(|said| !praise(said.what.kind));
                sanctioned.add(&commitment.doc, acted);
            }
            for _ in commitment.sanctions.iter().filter(|said| praise(said.what.kind)) {
                praised.add(&commitment.doc, true);
            }
        }
        vec![sanctioned.done(), praised.done()]
    }

    fn feedback(&self) -> Vec<Measure> {
        let mut taken = Tally::share(MeasureKind::TakenUp);
        for commitment in self.shelf.commitments.iter().filter(|c| self.region.contains(&c.region)) {
            for said in commitment.feedback.iter().filter(|said| self.surely(said.what.date)) {
                let mine = self.concerns(commitment.promise.what.owner)
                    || self.office.is_some_and(|office| said.by.office == Some(office));
                if mine {
                    let up = !commitment.open_feedback().any(|open| open.hash == said.hash);
                    taken.add(&commitment.doc, up);
                }
            }
        }
        vec![taken.done()]
    }
}

/// The dates of a region and period to which somebody came: what the programme's indicator O6 counts. `None` where
/// nothing of the region is read, so that nothing is taken for none.
pub fn meetings_held(shelf: &Shelf, region: &Region, period: Span) -> Option<usize> {
    let scope = Scope { shelf, region, period, office: None };
    let read = shelf.calendars.iter().any(|calendar| region.contains(&calendar.region));
    let held = |(_, meet): &(&Coordinate, &Meet)| meet.guests.values().any(|guest| guest.attended() == Some(true));
    read.then(|| scope.meets().filter(held).count())
}

/// The agreements of a region and period that every party ratified: what C9 counts.
pub fn agreements_ratified(shelf: &Shelf, region: &Region, period: Span) -> Option<usize> {
    let scope = Scope { shelf, region, period, office: None };
    let versions = scope.versions();
    let ratified = |(_, versions, version): &&(&Coordinate, &Versions, &Version)| {
        versions.state(version) == VersionState::Ratified
    };
    (!versions.is_empty()).then(|| versions.iter().filter(ratified).count())
}

/// Counts the seven indicators of a region and period, for all parties or one office.
pub fn scorecard(shelf: &Shelf, region: &Region, period: Span, office: Option<OfficeId>) -> Scorecard {
    let scope = Scope { shelf, region, period, office };
    let score = |indicator: Indicator| {
        let measures = match indicator {
            Indicator::Information => scope.information(),
            Indicator::Awareness => scope.awareness(),
            Indicator::Competence => scope.competence(),
            Indicator::Commitment => scope.commitment(),
            Indicator::Ratification => scope.ratification(),
            Indicator::Incentive => scope.incentive(),
            Indicator::Feedback => scope.feedback(),
        };
        let level = measures.first().map_or(Level::NoRecord, level);
        Score { indicator, level, measures, baseline: baseline(region, indicator) }
    };
    let scores = Indicator::ALL.iter().copied().map(score).collect();
    Scorecard { region: region.clone(), period, office, scores }
}

impl Scorecard {
    /// One of its measures.
    pub fn measure(&self, kind: MeasureKind) -> Option<&Measure> {
        self.scores.iter().flat_map(|score| &score.measures).find(|measure| measure.kind == kind)
    }
}
