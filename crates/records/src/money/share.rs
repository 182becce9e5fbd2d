//! Sharing profit: a statement computed from runs and who took part in them, agreed to by the members as it stands.
//!
//! Net profit is split equally among the members who took part in production, after several runs: salak after at least
//! four, others once a year before Lebaran. (S2)

use std::collections::BTreeSet;

use identity::{Class, Coordinate, EntryHash};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{EntryKind, Ledger, Rupiah};
use crate::{
    RecordError,
    author::MaySay,
    content::{must, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    group::{Group, ProductionRun},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    participation::Said,
    rules::Figures,
    sheet::{Hear, Sheet},
    value::PersonId,
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

record_fields! {
    /// What people edit of a proposal.
    ShareFields {
        /// The group, by its document.
        group: Coordinate, "Kelompok", "Group";
    }
}

/// What one member gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLine {
    /// Who.
    pub person: PersonId,
    /// In how many of the runs they took part.
    pub runs: u32,
    /// How much they get.
    pub amount: Rupiah,
}

/// The statement that the members agree to, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareStatement {
    /// The first day of the period.
    pub from: PartialDate,
    /// Its last day.
    pub until: PartialDate,
    /// How many runs it counts.
    pub runs: u32,
    /// Sales less costs.
    pub profit: Rupiah,
    /// What each gets, in the order of their ids.
    pub lines: Vec<ShareLine>,
    /// What does not divide and stays with the group.
    pub rest: Rupiah,
}

impl Content for ShareStatement {
    const KEY: &'static str = "statement";

    fn check(&self) -> Result<(), RecordError> {
        let shared: Rupiah = self.lines.iter().map(|line| line.amount).chain([self.rest]).sum();
        must(!self.lines.is_empty() && self.profit > Rupiah(0), NOTHING)?;
        must(self.rest >= Rupiah(0) && self.lines.iter().all(|line| line.amount.fits_line()), UNEVEN)?;
        must(shared == self.profit, UNEVEN)
    }
}

/// A member says yes or no to a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareApproval {
    /// Which statement.
    pub of: EntryHash,
    /// Who.
    pub person: PersonId,
    /// Whether they agree.
    pub agrees: bool,
    /// When.
    pub date: PartialDate,
}

impl Content for ShareApproval {
    const KEY: &'static str = "approval";
}

const NOTHING: RecordError = unfit(
    ("tidak ada laba atau peserta produksi untuk dibagi", "there is no profit or nobody who took part"),
    ("periksa penjualan, biaya, dan peserta produksinya", "look at sales, costs and who took part"),
);
const UNEVEN: RecordError = unfit(
    ("bagian anggota dan sisanya tidak sama dengan laba", "the shares and the rest are not the profit"),
    ("hitung ulang usulannya", "compute the proposal anew"),
);

/// What happened with a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShareEvents {
    /// Statements that no later one replaces.
    #[serde(default)]
    pub statements: Vec<Said<ShareStatement>>,
    /// The words of the members that no later word of the same member on the same statement replaces.
    #[serde(default)]
    pub approvals: Vec<Said<ShareApproval>>,
}

impl Hear for ShareEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self {
            statements: heard.take_latest::<ShareStatement, _>(|_| ()),
            approvals: heard.take_latest::<ShareApproval, _>(|approval| (approval.of, approval.person)),
        }
    }
}

/// A proposal to share profit.
pub type ShareProposal = Sheet<ShareFields, ShareEvents>;

pub(crate) const SHARE: KindSpec = KindSpec {
    number: 37,
    class: Class::Money,
    label: Words { id: "Usulan bagi hasil", en: "Proposal to share profit" },
    fields: ShareFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("statement", "Perhitungan", "Statement", MaySay::VILLAGE),
        FactSpec::new("approval", "Persetujuan anggota", "Word of a member", MaySay::VILLAGE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::VILLAGE },
    ],
    required: &["group"],
};

/// How a proposal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShareState {
    /// No statement.
    Empty,
    /// Two statements side by side: one has to be taken back.
    Different,
    /// These members have not said yes to exactly this statement, or said yes and no.
    Waiting(Vec<PersonId>),
    /// A member said no.
    Rejected(Vec<PersonId>),
    /// Everybody who gets something agreed.
    Agreed,
}

impl ShareProposal {
    /// How it stands.
    pub fn state(&self) -> ShareState {
        let statement = match self.events.statements.as_slice() {
            [] => return ShareState::Empty,
            [one] => one,
            _ => return ShareState::Different,
        };
        let words = |person: PersonId| {
            let of_person =
                move |said: &&Said<ShareApproval>| said.what.person == person && said.what.of == statement.hash;
            self.events.approvals.iter().filter(of_person).map(|said| said.what.agrees).collect::<BTreeSet<bool>>()
        };
        let people = || statement.what.lines.iter().map(|line| line.person);
        let rejected: Vec<_> = people().filter(|person| words(*person) == BTreeSet::from([false])).collect();
        let waiting: Vec<_> = people().filter(|person| words(*person) != BTreeSet::from([true])).collect();
        match (rejected.is_empty(), waiting.is_empty()) {
            (true, true) => ShareState::Agreed,
            (true, false) => ShareState::Waiting(waiting),
            (false, _) => ShareState::Rejected(rejected),
        }
    }
}

/// Computes the statement of a period: net sales profit in equal parts to everybody who took part in a run of it. Runs
/// whose date may lie outside the period are left out; their number is for the caller to show.
///
/// # Errors
/// When there is no profit or nobody took part.
pub fn propose_share(
    from: Date,
    until: Date,
    runs: &[&ProductionRun],
    ledgers: &[&Ledger],
) -> Result<ShareStatement, RecordError> {
    let inside = |run: &&&ProductionRun| {
        let dates = run.fields.date.values();
        !dates.is_empty() && dates.iter().all(|date| from <= date.span().first && date.span().last <= until)
    };
    let counted: Vec<_> = runs.iter().filter(inside).collect();
    let people: BTreeSet<PersonId> = counted.iter().flat_map(|run| run.people()).collect();
    let in_period = ledgers.iter().flat_map(|ledger| ledger.standing()).filter(|said| {
        let day = said.what.date.span();
        from <= day.first && day.last <= until
    });
    let profit: Rupiah = in_period
        .filter(|said| matches!(said.what.kind, EntryKind::Sale | EntryKind::Cost))
        .map(|said| said.what.signed())
        .sum();
    let count = i64::try_from(people.len()).unwrap_or(i64::MAX);
    must(count > 0 && profit.0 >= count, NOTHING)?;
    let each = Rupiah(profit.0 / count);
    let line = |person: PersonId| {
        let runs = counted.iter().filter(|run| run.people().contains(&person)).count();
        ShareLine { person, runs: u32::try_from(runs).unwrap_or(u32::MAX), amount: each }
    };
    let statement = ShareStatement {
        from: PartialDate::Day(from),
        until: PartialDate::Day(until),
        runs: u32::try_from(counted.len()).unwrap_or(u32::MAX),
        profit,
        lines: people.into_iter().map(line).collect(),
        rest: Rupiah(profit.0 - each.0 * count),
    };
    statement.check()?;
    Ok(statement)
}

/// Whether it is time to share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareTiming {
    /// There were enough runs.
    Now,
    /// So many runs are missing.
    RunsMissing(u32),
    /// Before this Lebaran.
    Before(Date),
    /// Shared already for the coming Lebaran, which is this day.
    DoneFor(Date),
    /// The day of Lebaran is not set for the year: a parameter of the programme.
    LebaranUnknown(i16),
}

/// When a group shares, by what it works with. `last` is the day of its last share, `runs_since` how many runs it has had
/// since.
pub fn share_timing(
    line: Option<&str>,
    runs_since: u32,
    last: Option<Date>,
    day: Date,
    figures: &Figures,
) -> ShareTiming {
    let line = line.map(str::to_lowercase);
    let by_runs = line.as_ref().and_then(|line| figures.share_after_runs.value.get(line));
    if let Some(needed) = by_runs {
        return match needed.saturating_sub(runs_since) {
            0 => ShareTiming::Now,
            missing => ShareTiming::RunsMissing(missing),
        };
    }
    let year = day.year();
    let Some(this_year) = figures.lebaran_of(year) else { return ShareTiming::LebaranUnknown(year) };
    let (previous, coming) = if day < this_year {
        (figures.lebaran_of(year - 1), Some(this_year))
    } else {
        (Some(this_year), figures.lebaran_of(year + 1))
    };
    let Some(coming) = coming else { return ShareTiming::LebaranUnknown(year + 1) };
    match (last, previous) {
        (None, _) => ShareTiming::Before(coming),
        (Some(last), Some(previous)) if last >= previous => ShareTiming::DoneFor(coming),
        (Some(_), Some(_)) => ShareTiming::Before(coming),
        (Some(_), None) => ShareTiming::LebaranUnknown(day.year() - 1),
    }
}

/// When a group shares by what it has shared and made: the timing, how many runs it has had since the last share that every
/// member agreed to, and the day of the last of them.
pub fn share_timing_of(
    group: &Group,
    shares: &[&ShareProposal],
    runs: &[&ProductionRun],
    day: Date,
    figures: &Figures,
) -> (ShareTiming, u32, Option<Date>) {
    let agreed = shares.iter().filter(|share| share.fields.group.one() == Some(&group.doc));
    let agreed = agreed.filter(|share| share.state() == ShareState::Agreed);
    let last = agreed.flat_map(|share| &share.events.statements).map(|said| said.what.until.span().last).max();
    let dates =
        runs.iter().filter(|run| run.fields.group.one() == Some(&group.doc)).filter_map(|run| run.fields.date.one());
    let since: Vec<_> =
        dates.map(|date| date.span()).filter(|span| last.is_none_or(|last| span.first > last)).collect();
    let count = u32::try_from(since.len()).unwrap_or(u32::MAX);
    let line = group.fields.line.one().map(String::as_str);
    let newest = since.iter().map(|span| span.last).max();
    (share_timing(line, count, last, day, figures), count, newest)
}
