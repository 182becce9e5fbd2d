//! A loan (records no. 9): to a group or to one member, paid back in monthly instalments over three months, at most what
//! the group has in cash. (S2) Beyond the cash it is warned of and never blocked.
//!
//! What was paid out and back stands in the ledger, once; the loan holds who asked and what the treasurer said.

use identity::{Class, Coordinate, OfficeId};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{EntryKind, Ledger, LedgerEntry, Rupiah};
use crate::{
    RecordError,
    author::MaySay,
    content::{must, optional_line, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    participation::Said,
    rules::Figures,
    sheet::{Hear, Sheet},
    value::PersonId,
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

record_fields! {
    /// What people edit of a loan.
    LoanFields {
        /// The group whose cash it comes from.
        group: Coordinate, "Kelompok", "Group";
        /// The member who borrows; empty: the group itself.
        person: PersonId, "Kode peminjam", "Borrower's code";
        /// How much.
        principal: Rupiah, "Pinjaman", "Principal";
        /// When it was asked for.
        applied: PartialDate, "Diajukan", "Applied on";
        /// What for.
        purpose: String, "Untuk", "Purpose";
    }
}

/// The treasurer approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// When.
    pub date: PartialDate,
    /// What was approved: a principal that changes afterwards is not.
    pub principal: Rupiah,
    /// What the group had in cash as far as the treasurer saw.
    pub cash_seen: Rupiah,
}

impl Content for Approval {
    const KEY: &'static str = "approval";

    fn check(&self) -> Result<(), RecordError> {
        must(self.principal.fits_line(), NO_AMOUNT)
    }
}

/// The treasurer refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// When.
    pub date: PartialDate,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Content for Refused {
    const KEY: &'static str = "refused";

    fn check(&self) -> Result<(), RecordError> {
        optional_line(self.why.as_ref())
    }
}

const NO_AMOUNT: RecordError = unfit(
    ("jumlah pinjaman nol atau terlalu besar", "the loan is nothing or too large"),
    ("isi jumlah pinjaman", "fill in the amount"),
);

/// What happened with a loan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LoanEvents {
    /// Approvals.
    #[serde(default)]
    pub approvals: Vec<Said<Approval>>,
    /// Refusals.
    #[serde(default)]
    pub refusals: Vec<Said<Refused>>,
}

impl Hear for LoanEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { approvals: heard.take(), refusals: heard.take() }
    }
}

/// A loan.
pub type Loan = Sheet<LoanFields, LoanEvents>;

pub(crate) const LOAN: KindSpec = KindSpec {
    number: 9,
    class: Class::Money,
    label: Words { id: "Pinjaman", en: "Loan" },
    fields: LoanFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("approval", "Disetujui", "Approved", MaySay::VILLAGE),
        FactSpec::new("refused", "Ditolak", "Refused", MaySay::VILLAGE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::VILLAGE },
    ],
    required: &["group", "principal", "applied"],
};

/// One instalment of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instalment {
    /// When it is due.
    pub due: Date,
    /// How much.
    pub amount: Rupiah,
}

/// How a loan stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoanState {
    /// Nobody has said anything about it.
    Applied,
    /// Approved and refused side by side, two principals, or an approval of another amount: somebody has to look.
    Contested,
    /// The treasurer refused.
    Refused,
    /// Approved, not paid out.
    Approved,
    /// Paid out, nothing overdue.
    Running,
    /// *Menunggak*: so much is overdue, since the day on which the first missing rupiah was due.
    Arrears {
        /// How much.
        amount: Rupiah,
        /// Since when.
        since: Date,
    },
    /// *Lunas*.
    Repaid,
}

/// A loan with the lines of the ledgers that are about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanAccount<'a> {
    loan: &'a Loan,
    treasurer: Option<OfficeId>,
    months: u32,
    lines: Vec<&'a Said<LedgerEntry>>,
}

impl<'a> LoanAccount<'a> {
    /// Puts a loan together with those of these ledgers that are of its group. Where they name one treasurer, only that
    /// office's word on the loan counts.
    pub fn new(loan: &'a Loan, ledgers: &[&'a Ledger], figures: &Figures) -> Self {
        let groups = loan.fields.group.values();
        let of_group = |ledger: &&&'a Ledger| {
            let others = ledger.fields.group.values();
            others.iter().any(|group| groups.contains(group)) || (others.is_empty() && groups.is_empty())
        };
        let ledgers = || ledgers.iter().filter(of_group);
        let about = |said: &&Said<LedgerEntry>| said.what.loan.as_ref() == Some(&loan.doc);
        let mut lines: Vec<_> = ledgers().flat_map(|ledger| ledger.standing()).filter(about).collect();
        lines.sort_by_key(|said| (said.what.date, said.hash));
        let mut treasurers: Vec<OfficeId> =
            ledgers().flat_map(|ledger| ledger.fields.treasurer.values()).copied().collect();
        treasurers.sort();
        treasurers.dedup();
        let treasurer = if treasurers.len() == 1 { treasurers.pop() } else { None };
        Self { loan, treasurer, months: figures.loan_months.value.max(1), lines }
    }

    /// Words on the loan by an office that does not keep the group's money: shown, and they count for nothing.
    pub fn not_by_treasurer(&self) -> Vec<&'a Said<Approval>> {
        self.loan.events.approvals.iter().filter(|said| !self.counts(said)).collect()
    }

    fn counts<T>(&self, said: &Said<T>) -> bool {
        self.treasurer.is_none() || said.by.office == self.treasurer
    }

    /// What was paid out, with every line: two payouts of one loan are both shown.
    pub fn paid_out(&self) -> Vec<&'a Said<LedgerEntry>> {
        self.of_kind(EntryKind::PaidOut).collect()
    }

    fn of_kind(&self, kind: EntryKind) -> impl Iterator<Item = &'a Said<LedgerEntry>> {
        self.lines.iter().copied().filter(move |said| said.what.kind == kind)
    }

    /// The instalments: equal, one a month from the first payout on, what does not divide in the last. Where a month has
    /// no such day, its last.
    pub fn schedule(&self) -> Vec<Instalment> {
        let paid = self.paid_out();
        let Some(first) = paid.first() else { return Vec::new() };
        let whole: Rupiah = paid.iter().map(|said| said.what.amount).sum();
        let months = i64::from(self.months);
        let each = whole.0 / months;
        let start = first.what.date.span().last;
        let instalment = |month: i64| {
            let amount = if month == months { Rupiah(whole.0 - each * (months - 1)) } else { Rupiah(each) };
            start.checked_add(month.months()).ok().map(|due| Instalment { due, amount })
        };
        (1..=months).filter_map(instalment).collect()
    }

    /// What was paid back by the end of a day.
    pub fn paid_back(&self, day: Date) -> Rupiah {
        let by_then = |said: &&Said<LedgerEntry>| said.what.date.span().last <= day;
        self.of_kind(EntryKind::Instalment).filter(by_then).map(|said| said.what.amount).sum()
    }

    /// What is still owed at the end of a day.
    pub fn owed(&self, day: Date) -> Rupiah {
        let out = self.paid_out().into_iter().filter(|said| said.what.date.span().last <= day);
        out.map(|said| said.what.amount).sum::<Rupiah>().less(self.paid_back(day))
    }

    /// The next instalment that is not covered by what was paid back until this day.
    pub fn next_due(&self, day: Date) -> Option<Instalment> {
        let mut covered = self.paid_back(day);
        for instalment in self.schedule() {
            if covered < instalment.amount {
                return Some(Instalment { due: instalment.due, amount: instalment.amount.less(covered) });
            }
            covered = covered.less(instalment.amount);
        }
        None
    }

    /// How it stands on a day.
    pub fn state(&self, day: Date) -> LoanState {
        if self.lines.iter().any(|said| said.what.kind == EntryKind::PaidOut) {
            return self.running(day);
        }
        let events = &self.loan.events;
        let approved = events.approvals.iter().filter(|said| self.counts(said)).collect::<Vec<_>>();
        let refused = events.refusals.iter().any(|said| self.counts(said));
        let principal = self.loan.fields.principal.one();
        let same = approved.iter().all(|said| Some(&said.what.principal) == principal);
        match (approved.is_empty(), refused) {
            (true, false) => LoanState::Applied,
            (true, true) => LoanState::Refused,
            (false, false) if same => LoanState::Approved,
            (false, _) => LoanState::Contested,
        }
    }

    fn running(&self, day: Date) -> LoanState {
        let due: Rupiah =
            self.schedule().iter().filter(|instalment| instalment.due < day).map(|instalment| instalment.amount).sum();
        let missing = due.less(self.paid_back(day));
        match self.next_due(day) {
            Some(next) if missing > Rupiah(0) => LoanState::Arrears { amount: missing, since: next.due },
            Some(_) => LoanState::Running,
            None => LoanState::Repaid,
        }
    }

    /// Whether the loan is more than the group has in cash: a warning, the treasurer decides.
    pub fn exceeds(&self, cash: Rupiah) -> bool {
        self.loan.fields.principal.values().iter().any(|principal| *principal > cash)
    }
}
