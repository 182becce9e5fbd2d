//! What is due: everything that waits for somebody on a day, the input of the page *Hari ini*.
//!
//! A pure function over records and a day. Nobody who died is asked for anything again, and who left is asked only for
//! what their leaving left open.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Coordinate, OfficeId};
use jiff::{ToSpan, civil::Date};

use crate::{
    coordination::Agenda,
    counter::{CardApplication, CardState, CaseEvents, Complaint, Consultation, GuestBook},
    date::{PartialDate, shown_day},
    empowerment::{Bimtek, LateStart, Mentoring, MentoringAge, MonitoringRound, late_start, round_to_open},
    group::{Group, ProductionRun},
    money::{Ledger, Loan, LoanAccount, LoanState, Rupiah, ShareProposal, ShareTiming, share_timing_of},
    participation::{LeavingReason, OpenMatter, Participation, Stage},
    people::{LeftRecords, Responsible, left_open, responsible},
    places::Places,
    rules::Figures,
    value::{FieldType, Known, PersonId},
    village::{ActionPlan, Report, last_report_period},
    words::Lang,
};

/// What waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueWhat {
    /// Somebody who complained waits for an answer; urgent ones come first.
    Answer {
        /// Whether it cannot wait.
        urgent: bool,
    },
    /// A complaint or consultation without an office in charge.
    NobodyInCharge {
        /// Whether it cannot wait.
        urgent: bool,
    },
    /// The meeting to which a case was taken came to its end, and the case does not say what it decided.
    Decision,
    /// An instalment: so much is missing.
    Instalment {
        /// How much.
        amount: Rupiah,
        /// Whether its day is over.
        overdue: bool,
    },
    /// People of a monitoring round still have to be asked.
    Monitoring {
        /// How many.
        open: usize,
    },
    /// The people of a training are to be asked, and no round of monitoring does so yet.
    RoundToOpen {
        /// How many.
        people: usize,
    },
    /// Somebody has not begun a business since their Bimtek.
    LateStart,
    /// A mentoring visit was promised.
    MentoringVisit,
    /// A mentoring has lasted longer than it usually takes.
    MentoringBeyond,
    /// Somebody moves, and no village has taken them on yet.
    Moving,
    /// Two villages took somebody on who moves.
    MovedTwice,
    /// Somebody left, and this is still open.
    LeftOpen {
        /// What.
        matters: Vec<OpenMatter>,
    },
    /// It is time for a group to share its profit.
    Share,
    /// A step of the action plan is to be done.
    PlanStep {
        /// Which.
        step: String,
    },
    /// A six-monthly report was not sent, or not even begun.
    Report {
        /// The last day that it covers.
        until: Date,
        /// Whether there is a draft.
        begun: bool,
    },
    /// A printed card waits for the stamp of the Disnaker, or its application for its end.
    Card,
    /// A document's retention is over: it is to be erased.
    Retention,
}

impl DueWhat {
    /// What waits, for a person.
    pub fn text(&self, lang: Lang) -> String {
        let (id, en) = match self {
            Self::Answer { urgent: true } => {
                ("mendesak: menunggu jawaban".into(), "urgent: waits for an answer".into())
            }
            Self::Answer { urgent: false } => ("menunggu jawaban".into(), "waits for an answer".into()),
            Self::NobodyInCharge { urgent: true } => {
                ("mendesak: belum ada kantor yang menangani".into(), "urgent: no office is in charge yet".into())
            }
            Self::NobodyInCharge { urgent: false } => {
                ("belum ada kantor yang menangani".into(), "no office is in charge yet".into())
            }
            Self::Decision => (
                "rapat sudah memutuskan: catat keputusannya di kasus ini".into(),
                "the meeting has decided: note its decision at this case".into(),
            ),
            Self::Instalment { amount, overdue: true } => {
                let amount = amount.shown(lang);
                (format!("angsuran terlambat, kurang {amount}"), format!("instalments overdue, {amount} missing"))
            }
            Self::Instalment { amount, overdue: false } => {
                let amount = amount.shown(lang);
                (format!("angsuran {amount} jatuh tempo"), format!("an instalment of {amount} is due"))
            }
            Self::Monitoring { open } => {
                (format!("{open} orang belum dimonitor"), format!("{open} people are still to be asked"))
            }
            Self::RoundToOpen { people } => (
                format!("monitoring triwulan untuk {people} orang belum dibuka"),
                format!("the quarterly monitoring of {people} people is not opened yet"),
            ),
            Self::LateStart => ("belum memulai usaha sejak Bimtek".into(), "no business begun since the Bimtek".into()),
            Self::MentoringVisit => {
                ("kunjungan pendampingan yang dijanjikan".into(), "a mentoring visit that was promised".into())
            }
            Self::MentoringBeyond => (
                "pendampingan lebih lama dari biasanya: catat mandiri, atau apa yang menghambat".into(),
                "a mentoring longer than usual: note independence, or what stands in the way".into(),
            ),
            Self::Moving => (
                "pindah desa, belum diterima desa tujuan".into(),
                "moves to another village, which has not taken them on yet".into(),
            ),
            Self::MovedTwice => (
                "pindah desa, diterima dua desa: kabupaten menentukan".into(),
                "moved, and two villages took them on: the regency decides".into(),
            ),
            Self::LeftOpen { matters } => {
                let all = matters.iter().map(|matter| matter.shown(lang)).collect::<Vec<_>>().join(", ");
                (format!("sudah keluar, masih terbuka: {all}"), format!("has left, still open: {all}"))
            }
            Self::Share => ("waktunya bagi hasil kelompok".into(), "it is time to share the group's profit".into()),
            Self::PlanStep { step } => {
                (format!("langkah rencana aksi: {step}"), format!("step of the action plan: {step}"))
            }
            Self::Report { until, begun: true } => {
                let until = shown_day(*until);
                (format!("laporan sampai {until} belum dikirim"), format!("the report until {until} is not sent yet"))
            }
            Self::Report { until, begun: false } => {
                let until = shown_day(*until);
                (format!("laporan sampai {until} belum dibuat"), format!("the report until {until} is not begun yet"))
            }
            Self::Card => {
                ("kartu AK-1 sudah dicetak, belum selesai".into(), "an AK-1 card is printed and not done".into())
            }
            Self::Retention => ("masa simpannya habis".into(), "its retention is over".into()),
        };
        match lang {
            Lang::Id => id,
            Lang::En => en,
        }
    }
}

/// One thing that is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Since or by when.
    pub day: Date,
    /// What.
    pub what: DueWhat,
    /// The document; none where there is to be one.
    pub doc: Option<Coordinate>,
    /// About whom, where it is about one person.
    pub person: Option<PersonId>,
}

/// The records of a village that an office reads, as the read model hands them over.
#[derive(Debug, Clone, Copy, Default)]
pub struct Records<'a> {
    /// Participations.
    pub participations: &'a [&'a Participation],
    /// Those of other villages: they say who died, and are followed up there.
    pub elsewhere: &'a [&'a Participation],
    /// Trainings.
    pub bimteks: &'a [&'a Bimtek],
    /// Monitoring rounds.
    pub rounds: &'a [&'a MonitoringRound],
    /// Mentoring logs.
    pub mentorings: &'a [&'a Mentoring],
    /// Loans.
    pub loans: &'a [&'a Loan],
    /// Ledgers.
    pub ledgers: &'a [&'a Ledger],
    /// Complaints.
    pub complaints: &'a [&'a Complaint],
    /// Consultations.
    pub consultations: &'a [&'a Consultation],
    /// Agendas, of which some took a case up.
    pub agendas: &'a [&'a Agenda],
    /// AK-1 applications.
    pub cards: &'a [&'a CardApplication],
    /// Guest books.
    pub guest_books: &'a [&'a GuestBook],
    /// Groups.
    pub groups: &'a [&'a Group],
    /// Production runs.
    pub runs: &'a [&'a ProductionRun],
    /// Proposals to share profit.
    pub shares: &'a [&'a ShareProposal],
    /// Places.
    pub places: &'a [&'a Places],
    /// Action plans.
    pub plans: &'a [&'a ActionPlan],
    /// Six-monthly reports.
    pub reports: &'a [&'a Report],
    /// The office that is reminded of its reports, and whether it has to report without having done so before.
    pub reporter: Option<(OfficeId, bool)>,
}

/// Everything that is due on a day or within the days that the programme looks ahead, in one order on every node: the
/// earliest first.
pub fn due(records: &Records<'_>, day: Date, figures: &Figures) -> Vec<Due> {
    let ahead = day.checked_add(i64::from(figures.due_days_ahead.value).days()).unwrap_or(Date::MAX);
    let people = People::of(records.participations.iter().chain(records.elsewhere));
    let mut found = Vec::new();
    answers(records, day, ahead, figures, &mut found);
    instalments(records, day, ahead, figures, &people, &mut found);
    follow_up(records, day, ahead, figures, &people, &mut found);
    papers(records, day, figures, &people, &mut found);
    moves(records, &people, day, &mut found);
    left_behind(records, day, figures, &people, &mut found);
    groups_and_plans(records, day, ahead, figures, &mut found);
    reports(records, day, figures, &mut found);
    found.sort();
    found.dedup();
    found
}

/// Who died and who left, in whichever village that is written.
struct People {
    dead: BTreeSet<PersonId>,
    left: BTreeSet<PersonId>,
}

impl People {
    fn of<'a>(participations: impl Iterator<Item = &'a &'a Participation>) -> Self {
        let mut stages: BTreeMap<PersonId, Vec<Stage>> = BTreeMap::new();
        for participation in participations {
            for person in participation.fields.person.values() {
                stages.entry(*person).or_default().push(participation.events.stage());
            }
        }
        let having = |holds: &dyn Fn(&[Stage]) -> bool| {
            stages.iter().filter(|(_, stages)| holds(stages)).map(|(person, _)| *person).collect()
        };
        // A death is written once and holds everywhere; who left one programme may go on in another.
        Self {
            dead: having(&|stages| stages.contains(&Stage::Left(LeavingReason::Died))),
            left: having(&|stages| stages.iter().all(|stage| matches!(stage, Stage::Left(_)))),
        }
    }

    fn is_dead(&self, person: Option<&PersonId>) -> bool {
        person.is_some_and(|person| self.dead.contains(person))
    }

    fn goes_on(&self, person: &PersonId) -> bool {
        !self.dead.contains(person) && !self.left.contains(person)
    }
}

fn answers(records: &Records<'_>, day: Date, ahead: Date, figures: &Figures, found: &mut Vec<Due>) {
    let concluded = |events: &CaseEvents| {
        let of = |escalated: &OfficeId| records.agendas.iter().find(|agenda| agenda.is_called(escalated));
        events.undecided().any(|said| of(&said.what.agenda).is_some_and(|agenda| agenda.is_concluded()))
    };
    let complaints = records.complaints.iter().map(|case| (&case.doc, &case.events));
    let consultations = records.consultations.iter().map(|case| (&case.doc, &case.events));
    for (doc, _) in complaints.chain(consultations).filter(|(_, events)| concluded(events)) {
        found.push(Due { day, what: DueWhat::Decision, doc: Some(doc.clone()), person: None });
    }
    // A complaint about somebody who died is still answered: the family waits.
    for case in records.complaints {
        let urgent = case.is_urgent(figures);
        let unassigned = case.events.assigned.is_empty() && !case.events.is_settled();
        if unassigned && (!case.is_referral() || urgent) {
            let by = case.usual_answer_by(figures).unwrap_or(day);
            let what = DueWhat::NobodyInCharge { urgent };
            found.push(Due { day: by, what, doc: Some(case.doc.clone()), person: None });
        }
        let by = case.events.answer_by().filter(|by| *by <= ahead);
        found.extend(by.map(|day| Due {
            day,
            what: DueWhat::Answer { urgent },
            doc: Some(case.doc.clone()),
            person: None,
        }));
    }
    for case in records.consultations {
        if case.events.assigned.is_empty() && !case.events.is_settled() {
            let what = DueWhat::NobodyInCharge { urgent: false };
            let since = case.fields.received.one().map_or(day, |received| received.span().last.min(day));
            found.push(Due { day: since, what, doc: Some(case.doc.clone()), person: None });
        }
        let by = case.events.answer_by().filter(|by| *by <= ahead);
        let what = DueWhat::Answer { urgent: false };
        found.extend(by.map(|day| Due { day, what: what.clone(), doc: Some(case.doc.clone()), person: None }));
    }
}

fn instalments(
    records: &Records<'_>,
    day: Date,
    ahead: Date,
    figures: &Figures,
    people: &People,
    found: &mut Vec<Due>,
) {
    for loan in records.loans {
        // What a dead member owes is a matter for the group, not for a reminder.
        let person = loan.fields.person.one();
        if people.is_dead(person) {
            continue;
        }
        let account = LoanAccount::new(loan, records.ledgers, figures);
        let entry = |day, amount, overdue| Due {
            day,
            what: DueWhat::Instalment { amount, overdue },
            doc: Some(loan.doc.clone()),
            person: person.copied(),
        };
        match account.state(day) {
            LoanState::Arrears { amount, since } => found.push(entry(since, amount, true)),
            LoanState::Running => {
                let next = account.next_due(day).filter(|next| next.due <= ahead);
                found.extend(next.map(|next| entry(next.due, next.amount, false)));
            }
            LoanState::Applied
            | LoanState::Contested
            | LoanState::Refused
            | LoanState::Approved
            | LoanState::Repaid => {}
        }
    }
}

fn follow_up(records: &Records<'_>, day: Date, ahead: Date, figures: &Figures, people: &People, found: &mut Vec<Due>) {
    for round in records.rounds {
        let open = round.open().iter().filter(|person| people.goes_on(person)).count();
        // Without a date of its own a round is due when its quarter ends.
        let quarter_ends = |from: Date| {
            let months = i64::from(figures.monitoring_months.value);
            from.checked_add(months.months()).ok().and_then(|after| after.yesterday().ok())
        };
        let own = round.fields.due.one().map(|due| due.span().last);
        let due = own.or_else(|| round.fields.quarter.one().and_then(|quarter| quarter_ends(quarter.span().first)));
        if let Some(due) = due.filter(|due| open > 0 && *due <= ahead) {
            let what = DueWhat::Monitoring { open };
            found.push(Due { day: due, what, doc: Some(round.doc.clone()), person: None });
        }
    }
    for bimtek in records.bimteks {
        let people = bimtek.people().iter().filter(|person| people.goes_on(person)).count();
        if let Some(day) = round_to_open(bimtek, records.rounds, ahead, figures).filter(|_| people > 0) {
            let what = DueWhat::RoundToOpen { people };
            found.push(Due { day, what, doc: Some(bimtek.doc.clone()), person: None });
        }
    }
    for mentoring in records.mentorings {
        let person = mentoring.fields.person.one();
        if person.is_some_and(|person| !people.goes_on(person)) {
            continue;
        }
        let promised = mentoring.visit_due(ahead);
        found.extend(promised.map(|day| Due {
            day,
            what: DueWhat::MentoringVisit,
            doc: Some(mentoring.doc.clone()),
            person: person.copied(),
        }));
    }
    mentorings_beyond(records, day, figures, people, found);
    for participation in records.participations {
        let Some(person) = participation.fields.person.one().filter(|person| people.goes_on(person)) else { continue };
        let late = late_start(records.bimteks.iter().copied(), &participation.events, *person, day, figures);
        if let LateStart::Since(day) = late {
            let doc = Some(participation.doc.clone());
            found.push(Due { day, what: DueWhat::LateStart, doc, person: Some(*person) });
        }
    }
}

/// One line a person, at the newest log: a mentoring has one a year.
fn mentorings_beyond(records: &Records<'_>, day: Date, figures: &Figures, people: &People, found: &mut Vec<Due>) {
    let mut newest: BTreeMap<PersonId, &Mentoring> = BTreeMap::new();
    let mut done: BTreeSet<PersonId> = BTreeSet::new();
    for mentoring in records.mentorings {
        let Some(person) = mentoring.fields.person.one().filter(|person| people.goes_on(person)) else { continue };
        if mentoring.age(day, figures) == MentoringAge::Independent {
            done.insert(*person);
        }
        let year = |mentoring: &Mentoring| mentoring.fields.year.first().map(|year| year.span().first);
        let known = newest.entry(*person).or_insert(mentoring);
        if year(mentoring) > year(known) {
            *known = mentoring;
        }
    }
    let beyond = |(person, mentoring): (PersonId, &Mentoring)| {
        let begun = mentoring.fields.begun.one().map(|begun| begun.span().last)?;
        let since = begun.checked_add(i64::from(figures.mentoring_months_max.value).months()).ok()?;
        let is_beyond = !done.contains(&person) && mentoring.age(day, figures) == MentoringAge::Beyond;
        let doc = Some(mentoring.doc.clone());
        is_beyond.then_some(Due { day: since.min(day), what: DueWhat::MentoringBeyond, doc, person: Some(person) })
    };
    found.extend(newest.into_iter().filter_map(beyond));
}

/// The old village goes on until another has taken somebody on: so both hear of it, and the regency above them.
fn moves(records: &Records<'_>, people: &People, day: Date, found: &mut Vec<Due>) {
    let all: Vec<&Participation> = records.participations.iter().chain(records.elsewhere).copied().collect();
    for participation in all.iter().filter(|one| !one.events.moving.is_empty()) {
        let person = participation.fields.person.one();
        let others: Vec<&Participation> =
            all.iter().copied().filter(|other| other.fields.person.one() == person).collect();
        let what = match responsible(participation, &others) {
            Responsible::OwnUntil(_) => DueWhat::Moving,
            Responsible::Several(_) => DueWhat::MovedTwice,
            Responsible::Own | Responsible::Other(_) => continue,
        };
        let since = participation.events.moving.last().map_or(day, |said| said.what.date.span().last.min(day));
        if !people.is_dead(person) {
            found.push(Due { day: since, what, doc: Some(participation.doc.clone()), person: person.copied() });
        }
    }
}

fn left_behind(records: &Records<'_>, day: Date, figures: &Figures, people: &People, found: &mut Vec<Due>) {
    let around = LeftRecords {
        loans: records.loans,
        ledgers: records.ledgers,
        shares: records.shares,
        groups: records.groups,
        rounds: records.rounds,
        mentorings: records.mentorings,
        places: records.places,
    };
    for participation in records.participations {
        let Some(person) = participation.fields.person.one().filter(|person| !people.is_dead(Some(*person))) else {
            continue;
        };
        let matters = left_open(&participation.events, *person, &around, figures);
        if let Some(leaving) = participation.events.leavings.last().filter(|_| !matters.is_empty()) {
            let since = leaving.what.date.span().last.min(day);
            let doc = Some(participation.doc.clone());
            found.push(Due { day: since, what: DueWhat::LeftOpen { matters }, doc, person: Some(*person) });
        }
    }
}

fn groups_and_plans(records: &Records<'_>, day: Date, ahead: Date, figures: &Figures, found: &mut Vec<Due>) {
    for group in records.groups {
        let since = match share_timing_of(group, records.shares, records.runs, day, figures) {
            (ShareTiming::Now, _, newest) => newest.map(|newest| newest.min(day)),
            (ShareTiming::Before(lebaran), runs, _) => (runs > 0 && lebaran <= ahead).then_some(lebaran),
            (ShareTiming::RunsMissing(_) | ShareTiming::DoneFor(_) | ShareTiming::LebaranUnknown(_), ..) => None,
        };
        let doc = Some(group.doc.clone());
        found.extend(since.map(|day| Due { day, what: DueWhat::Share, doc, person: None }));
    }
    for plan in records.plans {
        for said in plan.open_steps() {
            let by = said.what.due.span().last;
            let what = DueWhat::PlanStep { step: said.what.what.clone() };
            let doc = Some(plan.doc.clone());
            found.extend((by <= ahead).then_some(Due { day: by, what, doc, person: None }));
        }
    }
}

/// Every draft of the office whose period is over; and the last whole period, where no report of the office covers its end.
fn reports(records: &Records<'_>, day: Date, figures: &Figures, found: &mut Vec<Due>) {
    let Some((office, must)) = records.reporter else { return };
    let own = || records.reports.iter().filter(move |report| report.fields.office.one() == Some(&office));
    let unsent = own().filter(|report| !report.is_sent());
    for (report, until) in
        unsent.filter_map(|report| Some((report, report.until(figures)?))).filter(|(_, until)| *until < day)
    {
        let what = DueWhat::Report { until, begun: true };
        found.push(Due { day: until, what, doc: Some(report.doc.clone()), person: None });
    }
    let Some(until) = last_report_period(day, figures) else { return };
    let covered = own().any(|report| {
        let from = report.fields.from.one().map(|from| from.span().first);
        // One whose period is not clear is asked about at its own page.
        from.is_none_or(|from| from <= until) && report.until(figures).is_none_or(|last| last >= until)
    });
    let received = |date: &Known<PartialDate>| date.one().is_some_and(|date| date.span().last <= until);
    let worked = records.consultations.iter().any(|case| received(&case.fields.received))
        || records.complaints.iter().any(|case| received(&case.fields.received));
    if !covered && (own().next().is_some() || (must && worked)) {
        let what = DueWhat::Report { until, begun: false };
        found.push(Due { day: until, what, doc: None, person: None });
    }
}

fn papers(records: &Records<'_>, day: Date, figures: &Figures, people: &People, found: &mut Vec<Due>) {
    for card in records.cards {
        let printed = card.events.printed.last().map(|said| said.what.date.span().last);
        let waits = match card.state(figures) {
            CardState::Printed | CardState::ReportedStamped | CardState::Stamped => printed.or(Some(day)),
            CardState::Applied | CardState::Complete | CardState::Ended(_) => None,
        };
        let doc = || Some(card.doc.clone());
        let person = card.fields.person.one().copied();
        // Nobody hands a card to somebody who died; that the data of an outsider goes is still due.
        let waits = waits.filter(|_| !people.is_dead(person.as_ref()));
        found.extend(waits.map(|since| Due { day: since.min(day), what: DueWhat::Card, doc: doc(), person }));
        let over = card.kept_until(figures).filter(|until| *until < day);
        found.extend(over.map(|until| Due { day: until, what: DueWhat::Retention, doc: doc(), person: None }));
    }
    for book in records.guest_books {
        let over = book.kept_until(figures).filter(|until| *until < day);
        let doc = || Some(book.doc.clone());
        found.extend(over.map(|until| Due { day: until, what: DueWhat::Retention, doc: doc(), person: None }));
    }
}

#[cfg(test)]
mod tests;
