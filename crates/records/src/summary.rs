//! A record of the programme in one line, for lists: what it is called, how it stands, by which day it is sorted, and whom
//! it is about.

use std::collections::BTreeSet;

use identity::{Coordinate, Region};
use jiff::civil::Date;

use crate::{
    counter::{CandidateFile, CardApplication, CardState, CaseEvents, DocumentState, Handling},
    fields::Fields,
    money::{Ledger, LoanAccount, LoanState},
    people::PairState,
    programme::ProgrammeRecord,
    rules::Figures,
    sheet::Sheet,
    value::{FieldType, Known, PersonId, ValueType},
    words::{Lang, Words},
};

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What it is called, in Indonesian and English; empty where only whom it is about says it.
    pub title: [String; 2],
    /// How it stands, where its kind says so.
    pub state: Option<Words>,
    /// Whether somebody still has to do something about it; kinds that never end are open.
    pub open: bool,
    /// The day by which it is sorted: when it was received or began.
    pub day: Option<Date>,
    /// By when somebody waits for something.
    pub due: Option<Date>,
    /// Whom it is about.
    pub persons: BTreeSet<PersonId>,
}

/// What a line hangs on beside its record.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The figures of the programme as they are set.
    pub figures: &'a Figures,
    /// The cash books of the record's place; a loan is paid out and back there.
    pub ledgers: &'a [&'a Ledger],
}

/// Does the same with the sheet of whatever kind.
macro_rules! on_sheet {
    ($record:expr, $sheet:ident => $do:expr) => {
        match $record {
            ProgrammeRecord::Complaint($sheet) => $do,
            ProgrammeRecord::Consultation($sheet) => $do,
            ProgrammeRecord::CardApplication($sheet) => $do,
            ProgrammeRecord::GuestBook($sheet) => $do,
            ProgrammeRecord::CandidateFile($sheet) => $do,
            ProgrammeRecord::Bimtek($sheet) => $do,
            ProgrammeRecord::Places($sheet) => $do,
            ProgrammeRecord::Group($sheet) => $do,
            ProgrammeRecord::Ledger($sheet) => $do,
            ProgrammeRecord::Loan($sheet) => $do,
            ProgrammeRecord::Run($sheet) => $do,
            ProgrammeRecord::ShareProposal($sheet) => $do,
            ProgrammeRecord::Assessment($sheet) => $do,
            ProgrammeRecord::Mentoring($sheet) => $do,
            ProgrammeRecord::MonitoringRound($sheet) => $do,
            ProgrammeRecord::Report($sheet) => $do,
            ProgrammeRecord::VillageProfile($sheet) => $do,
            ProgrammeRecord::ActionPlan($sheet) => $do,
            ProgrammeRecord::Indicators($sheet) => $do,
            ProgrammeRecord::BoardNotice($sheet) => $do,
            ProgrammeRecord::Child($sheet) => $do,
            ProgrammeRecord::DuplicateClaim($sheet) => $do,
            ProgrammeRecord::Settings($sheet) => $do,
            ProgrammeRecord::Contact($sheet) => $do,
            ProgrammeRecord::Activity($sheet) => $do,
        }
    };
}

/// The fields that make a title, in this order, as far as a kind has them.
const TITLE: [&str; 13] = [
    "kind",
    "topic",
    "title",
    "name",
    "event",
    "product",
    "month",
    "year",
    "quarter",
    "period",
    "programme",
    "number",
    "basis",
];

/// The fields whose date a record is sorted by, the first that it has.
const DAY: [&str; 12] = [
    "received", "applied", "begun", "start", "date", "formed", "since", "month", "year", "quarter", "period",
    "baseline",
];

const NEW: Words = Words { id: "baru", en: "new" };
const REFERRED: Words = Words { id: "rujukan", en: "referral" };
const DIFFERENT: Words = Words { id: "dua keterangan berbeda", en: "two statements differ" };
const COMPLETE: Words = Words { id: "berkas lengkap", en: "papers complete" };
const INCOMPLETE: Words = Words { id: "berkas belum lengkap", en: "papers missing" };
const APPROVED: Words = Words { id: "disetujui", en: "approved" };
const REFUSED: Words = Words { id: "ditolak", en: "refused" };
const PAID_OUT: Words = Words { id: "berjalan", en: "running" };
const REPAID: Words = Words { id: "lunas", en: "paid back" };
const APPLIED: Words = Words { id: "diajukan", en: "applied for" };
const INDEPENDENT: Words = Words { id: "mandiri", en: "independent" };
const SENT: Words = Words { id: "dikirim", en: "sent" };
const DRAFT: Words = Words { id: "belum dikirim", en: "not sent yet" };
const WITHDRAWN: Words = Words { id: "dicabut", en: "taken down" };
const ASKED: Words = Words { id: "semua sudah ditanyai", en: "everybody was asked" };

impl ProgrammeRecord {
    /// The document.
    pub fn doc(&self) -> &Coordinate {
        on_sheet!(self, sheet => &sheet.doc)
    }

    /// The village or region that it belongs to; none where two are said.
    pub fn place(&self) -> Option<&Region> {
        on_sheet!(self, sheet => sheet.place.as_ref())
    }

    /// Its line in a list. It holds for any day; of a loan whose `due` is over an instalment is overdue.
    pub fn summary(&self, around: &Around<'_>) -> Summary {
        let (mut title, day, mut persons) = on_sheet!(self, sheet => of_fields(sheet));
        if let Self::Child(child) = self
            && child.shown_name().is_none()
        {
            title = [String::new(), String::new()];
            persons.clear();
        }
        persons.extend(self.persons_of_facts());
        let (state, open) = self.state(around);
        Summary { title, state, open, day, due: self.due(around), persons }
    }

    /// The papers that it asks for, each with its code, its words and how it stands; none for kinds without such a list.
    pub fn papers(&self, figures: &Figures) -> Vec<(String, [String; 2], DocumentState)> {
        let lines = if let Self::CardApplication(card) = self {
            card.checklist(figures)
        } else if let Self::CandidateFile(file) = self {
            file.checklist(figures)
        } else {
            Vec::new()
        };
        let line = |line: crate::counter::ChecklistLine<'_>| {
            (line.document.code.clone(), [line.document.id.clone(), line.document.en.clone()], line.state)
        };
        lines.into_iter().map(line).collect()
    }

    fn due(&self, around: &Around<'_>) -> Option<Date> {
        if let Self::Complaint(case) = self {
            case.events.answer_by()
        } else if let Self::Consultation(case) = self {
            case.events.answer_by()
        } else if let Self::MonitoringRound(round) = self
            && !round.open().is_empty()
        {
            round.fields.due.one().map(|due| due.span().last)
        } else if let Self::BoardNotice(notice) = self {
            notice.last_day()
        } else if let Self::Loan(loan) = self {
            LoanAccount::new(loan, around.ledgers, around.figures).next_due(Date::MAX).map(|next| next.due)
        } else {
            None
        }
    }

    fn state(&self, around: &Around<'_>) -> (Option<Words>, bool) {
        let figures = around.figures;
        match self {
            Self::Complaint(case) if case.is_referral() && case.events.handled.is_empty() => (Some(REFERRED), false),
            Self::Complaint(case) => of_case(&case.events),
            Self::Consultation(case) => of_case(&case.events),
            Self::CardApplication(card) => of_card(card, figures),
            Self::CandidateFile(file) => of_file(file, figures),
            Self::Loan(loan) => of_loan(&LoanAccount::new(loan, around.ledgers, figures)),
            Self::Mentoring(mentoring) => {
                let independent = !mentoring.events.independent.is_empty();
                (independent.then_some(INDEPENDENT), !independent)
            }
            Self::MonitoringRound(round) => {
                let asked = !round.events.expected.is_empty() && round.open().is_empty();
                (asked.then_some(ASKED), !asked)
            }
            Self::Report(report) => match report.events.current.len() {
                0 => (Some(DRAFT), true),
                1 => (Some(SENT), false),
                _ => (Some(DIFFERENT), true),
            },
            Self::VillageProfile(profile) => (profile.events.stages.last().map(|said| said.what.stage.words()), true),
            Self::ActionPlan(plan) => ((!plan.events.approved.is_empty()).then_some(APPROVED), true),
            Self::BoardNotice(notice) => {
                let withdrawn = notice.fields.withdrawn.values().contains(&true);
                (withdrawn.then_some(WITHDRAWN), !withdrawn)
            }
            Self::DuplicateClaim(pair) => match pair.state() {
                PairState::Open => (Some(NEW), true),
                PairState::Decided(decision) => (Some(decision.words()), false),
                PairState::Contradictory => (Some(DIFFERENT), true),
            },
            Self::GuestBook(_)
            | Self::Bimtek(_)
            | Self::Places(_)
            | Self::Group(_)
            | Self::Ledger(_)
            | Self::Run(_)
            | Self::ShareProposal(_)
            | Self::Assessment(_)
            | Self::Indicators(_)
            | Self::Child(_)
            | Self::Settings(_)
            | Self::Contact(_)
            | Self::Activity(_) => (None, true),
        }
    }

    fn persons_of_facts(&self) -> Vec<PersonId> {
        match self {
            Self::GuestBook(book) => book.events.visits.iter().filter_map(|said| said.what.person).collect(),
            Self::Bimtek(bimtek) => bimtek.people().into_iter().collect(),
            Self::Group(group) => group.members().into_iter().map(|member| member.person).collect(),
            Self::Run(run) => run.people().into_iter().collect(),
            Self::Activity(activity) => activity.people().into_iter().collect(),
            Self::MonitoringRound(round) => round.people().into_iter().collect(),
            Self::Ledger(ledger) => ledger.events.entries.iter().filter_map(|said| said.what.person).collect(),
            Self::Places(places) => places.events.claims.iter().map(|claim| claim.said.what.person).collect(),
            Self::Complaint(_)
            | Self::Consultation(_)
            | Self::CardApplication(_)
            | Self::CandidateFile(_)
            | Self::Loan(_)
            | Self::ShareProposal(_)
            | Self::Assessment(_)
            | Self::Mentoring(_)
            | Self::Report(_)
            | Self::VillageProfile(_)
            | Self::ActionPlan(_)
            | Self::Indicators(_)
            | Self::BoardNotice(_)
            | Self::Child(_)
            | Self::DuplicateClaim(_)
            | Self::Settings(_)
            | Self::Contact(_) => Vec::new(),
        }
    }
}

fn of_fields<F: Fields, E>(sheet: &Sheet<F, E>) -> ([String; 2], Option<Date>, BTreeSet<PersonId>) {
    let has = |key: &&str| F::SPECS.iter().any(|spec| spec.key == *key && !matches!(spec.value, ValueType::Document));
    let title = [Lang::Id, Lang::En].map(|lang| {
        let parts = TITLE.iter().filter(|key| has(key)).filter_map(|key| {
            let shown = sheet.fields.shown(key, lang);
            (!shown.is_empty()).then(|| shown.join(" / "))
        });
        parts.collect::<Vec<_>>().join(" · ")
    });
    let texts = sheet.fields.texts();
    let stored = |key: &str| texts.iter().find(|(known, _)| *known == key).and_then(|(_, values)| values.first());
    let day = DAY.iter().find_map(|key| stored(key)).and_then(|text| crate::PartialDate::from_iso(text));
    let day = day.filter(|day| *day != crate::PartialDate::Unknown).map(|day| day.span().first);
    let of_person = |key: &str| F::SPECS.iter().any(|spec| spec.key == key && spec.value == ValueType::Person);
    let persons = texts.iter().filter(|(key, _)| of_person(key)).flat_map(|(_, values)| values);
    (title, day, persons.filter_map(|text| PersonId::from_text(text)).collect())
}

fn of_case(events: &CaseEvents) -> (Option<Words>, bool) {
    let words = match events.state() {
        Known::Unknown => NEW,
        Known::One(step) => step.words(),
        Known::Several(_) => DIFFERENT,
    };
    let ended = matches!(events.state(), Known::One(Handling::Settled | Handling::Unsettled));
    (Some(words), !ended)
}

fn of_card(card: &CardApplication, figures: &Figures) -> (Option<Words>, bool) {
    let state = card.state(figures);
    let words = match state {
        CardState::Applied => INCOMPLETE,
        CardState::Complete => COMPLETE,
        CardState::Printed => Words { id: "dicetak", en: "printed" },
        CardState::ReportedStamped => Words { id: "dilaporkan sudah dicap", en: "reported as stamped" },
        CardState::Stamped => Words { id: "dicap Disnaker", en: "stamped by the Disnaker" },
        CardState::Ended(how) => how.words(),
    };
    (Some(words), !matches!(state, CardState::Ended(_)))
}

fn of_file(file: &CandidateFile, figures: &Figures) -> (Option<Words>, bool) {
    let complete = file.checklist(figures).iter().all(|line| line.state == DocumentState::There);
    (Some(if complete { COMPLETE } else { INCOMPLETE }), !complete)
}

fn of_loan(account: &LoanAccount<'_>) -> (Option<Words>, bool) {
    // Of the last day there is: which instalments are overdue hangs on the day, whether any is left does not.
    match account.state(Date::MAX) {
        LoanState::Applied => (Some(APPLIED), true),
        LoanState::Contested => (Some(DIFFERENT), true),
        LoanState::Refused => (Some(REFUSED), false),
        LoanState::Approved => (Some(APPROVED), true),
        LoanState::Running | LoanState::Arrears { .. } => (Some(PAID_OUT), true),
        LoanState::Repaid => (Some(REPAID), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        RecordKind,
        fixtures::{Doc, KURIPAN, person},
    };

    fn line(doc: &Doc) -> (String, String, bool, Option<String>) {
        let summary = doc.programme().summary(&Around { figures: &Figures::desmigratif(), ledgers: &[] });
        let state = summary.state.map_or("", |words| words.en).to_owned();
        (summary.title[0].clone(), state, summary.open, summary.day.map(|day| day.to_string()))
    }

    #[test]
    fn a_complaint_is_called_by_its_kind_and_who_complains_until_it_is_settled() {
        let form = RecordKind::Complaint.fact_form("handling").unwrap();
        let step = |step| form.draft([("step", step), ("date", "14-03-2026")]).unwrap();
        let complaint = Doc::new(RecordKind::Complaint, 1)
            .field("village", "33.07.10.2004")
            .field("kind", "putus kontak")
            .field("name", "Sulasmini")
            .field("received", "12-03-2026")
            .person("about", 5);
        let told = line(&complaint);
        assert_eq!(told, ("putus kontak · Sulasmini".into(), "new".into(), true, Some("2026-03-12".into())));
        let persons = complaint.programme().summary(&Around { figures: &Figures::desmigratif(), ledgers: &[] }).persons;
        assert_eq!(persons, [person(5)].into());
        let acted = complaint.clone().fact(KURIPAN, 2, step("ditindaklanjuti"));
        assert_eq!((line(&acted).1.as_str(), line(&acted).2), ("acted upon", true));
        let settled = acted.fact(KURIPAN, 3, step("selesai")).saw(&[2]);
        assert_eq!((line(&settled).1.as_str(), line(&settled).2), ("settled", false));
        assert_eq!(settled.programme().place().map(Region::as_str), Some("33.07.10.2004"));
    }

    /// *diajukan → disetujui → dicairkan → angsuran → lunas | ditolak*; whether an instalment is overdue hangs on the day.
    #[test]
    fn a_loan_is_open_until_it_is_paid_back_or_refused() {
        use crate::{
            Approval, Content, EntryKind, FactDraft, LedgerEntry, PartialDate, Rupiah, money::LoanRefused as Refused,
        };
        let loan = |said: Option<FactDraft>| {
            let doc = Doc::new(RecordKind::Loan, 9).field("principal", "300").field("applied", "2016");
            said.into_iter().fold(doc, |doc, said| doc.fact(KURIPAN, 1, said)).programme()
        };
        let date = PartialDate::from_iso("2016-05-20").unwrap();
        let entry = |kind, amount| {
            let loan = Some(loan(None).doc().clone());
            let (amount, receipt, person, run) = (Rupiah(amount), None, None, None);
            LedgerEntry { kind, amount, date, receipt, person, loan, run }.draft().unwrap()
        };
        let approved = || Approval { principal: Rupiah(300), date, cash_seen: Rupiah(0) }.draft().unwrap();
        let refused = || Refused { date, why: None }.draft().unwrap();
        for (said, paid, state, open, due) in [
            (None, &[][..], "applied for", true, None),
            (Some(approved()), &[], "approved", true, None),
            (Some(refused()), &[], "refused", false, None),
            (Some(approved()), &[(EntryKind::PaidOut, 300)], "running", true, Some("2016-06-20")),
            (
                Some(approved()),
                &[(EntryKind::PaidOut, 300), (EntryKind::Instalment, 150)],
                "running",
                true,
                Some("2016-07-20"),
            ),
            (Some(approved()), &[(EntryKind::PaidOut, 300), (EntryKind::Instalment, 300)], "paid back", false, None),
        ] {
            let book = Doc::new(RecordKind::Ledger, 5).field("year", "2016");
            let book =
                (1..).zip(paid).fold(book, |book, (n, (kind, amount))| book.fact(KURIPAN, n, entry(*kind, *amount)));
            let ProgrammeRecord::Ledger(book) = book.programme() else { panic!() };
            let found = loan(said).summary(&Around { figures: &Figures::desmigratif(), ledgers: &[&book] });
            let found = (found.state.unwrap().en, found.open, found.due.map(|day| day.to_string()));
            assert_eq!(found, (state, open, due.map(str::to_owned)), "{paid:?}");
        }
    }

    #[test]
    fn two_values_of_a_title_both_stand_in_it() {
        let book = Doc::new(RecordKind::GuestBook, 1).field("month", "03-2026").field("month", "04-2026");
        assert!(line(&book).0.contains(" / "), "{:?}", line(&book));
        assert_eq!(book.programme().doc(), &book.0.id);
    }

    #[test]
    fn every_kind_has_a_line() {
        for kind in RecordKind::ALL.into_iter().filter(|kind| !kind.is_of_coordination()) {
            if matches!(kind, RecordKind::Person | RecordKind::Participation | RecordKind::Trip | RecordKind::Tie) {
                continue;
            }
            let (title, _, _, day) = line(&Doc::new(kind, 1));
            assert_eq!((title.as_str(), day), ("", None), "{kind:?}");
        }
    }
}
