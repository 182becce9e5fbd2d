//! The ledger of a group and year (records no. 8), typed from its cash book.
//!
//! A mistake is corrected by a reversal and a new line. Two officers who type the same receipt make two lines, which are
//! flagged as *kemungkinan ganda* and never merged.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Class, Coordinate, EntryHash, OfficeId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Rupiah;
use crate::{
    RecordError,
    author::MaySay,
    content::{must, optional_line, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::{Heard, Spoken},
    kinds::{FactSpec, KindSpec},
    participation::Said,
    sheet::{Hear, Sheet},
    value::{Digest, PersonId, codes},
    words::Words,
};

codes! {
    /// What a line is.
    EntryKind {
        /// Savings of a member.
        Savings = "savings", "simpanan", "savings", [];
        /// Capital from Kemnaker.
        CapitalMinistry = "capital_ministry", "modal Kemnaker", "capital from Kemnaker", [];
        /// Capital from BNI.
        CapitalBank = "capital_bank", "modal BNI", "capital from BNI", [];
        /// The village's grant.
        VillageGrant = "village_grant", "bantuan desa", "village grant", [];
        /// Sales.
        Sale = "sale", "penjualan", "sales", [];
        /// Costs.
        Cost = "cost", "biaya", "costs", [];
        /// A loan is paid out.
        PaidOut = "paid_out", "pencairan pinjaman", "loan paid out", ["pencairan"];
        /// An instalment comes in.
        Instalment = "instalment", "angsuran", "instalment", [];
        /// A share of profit is paid out.
        Share = "share", "bagi hasil", "share of profit", [];
        /// Savings are paid back.
        SavingsBack = "savings_back", "pengembalian simpanan", "savings paid back", [];
    }
}

/// Whether money comes in or goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// In.
    In,
    /// Out.
    Out,
}

impl EntryKind {
    /// Whether money comes in or goes out.
    pub fn direction(self) -> Direction {
        match self {
            Self::Savings
            | Self::CapitalMinistry
            | Self::CapitalBank
            | Self::VillageGrant
            | Self::Sale
            | Self::Instalment => Direction::In,
            Self::Cost | Self::PaidOut | Self::Share | Self::SavingsBack => Direction::Out,
        }
    }
}

record_fields! {
    /// What people edit of a ledger.
    LedgerFields {
        /// The group, by its document.
        group: Coordinate, "Kelompok", "Group";
        /// The year.
        year: PartialDate, "Tahun buku", "Year";
        /// The office that keeps the group's money and alone approves its loans.
        treasurer: OfficeId, "Kantor bendahara", "Treasurer's office";
        /// What was in the cash box when the ledger began.
        opening: Rupiah, "Saldo awal", "Opening balance";
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// What it is.
    pub kind: EntryKind,
    /// How much: always more than nothing, the kind says in which direction.
    pub amount: Rupiah,
    /// The day in the cash book.
    pub date: PartialDate,
    /// The number of the paper receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// Whose savings, share or instalment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The loan that is paid out or back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loan: Option<Coordinate>,
    /// The production run that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Coordinate>,
}

impl LedgerEntry {
    /// The amount with its sign.
    pub fn signed(&self) -> Rupiah {
        match self.kind.direction() {
            Direction::In => self.amount,
            Direction::Out => Rupiah(-self.amount.0),
        }
    }

    fn day(&self) -> Date {
        self.date.span().last
    }
}

impl Content for LedgerEntry {
    const KEY: &'static str = "entry";

    fn check(&self) -> Result<(), RecordError> {
        must(self.amount.fits_line(), NO_AMOUNT)?;
        must(matches!(self.date, PartialDate::Day(_)), NO_DAY)?;
        let of_loan = matches!(self.kind, EntryKind::PaidOut | EntryKind::Instalment);
        must(self.loan.is_some() == of_loan, WHICH_LOAN)?;
        let of_person = matches!(self.kind, EntryKind::Savings | EntryKind::SavingsBack | EntryKind::Share);
        must(self.person.is_some() || !of_person, WHOSE)?;
        optional_line(self.receipt.as_ref())
    }
}

/// A line counts no more; the right one is written anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    /// Which line.
    pub of: EntryHash,
    /// When.
    pub date: PartialDate,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Content for Reversal {
    const KEY: &'static str = "reversal";

    fn check(&self) -> Result<(), RecordError> {
        optional_line(self.why.as_ref())
    }
}

/// A period is closed: its statement stands as it is, and what comes in late falls into the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The last day of the period.
    pub until: PartialDate,
    /// What was in the cash box then.
    pub balance: Rupiah,
    /// How many lines and reversals it rests on.
    pub lines: usize,
    /// The hash over them, so that a reader sees that they are the same.
    pub digest: Digest,
}

impl Content for Closing {
    const KEY: &'static str = "closing";

    fn check(&self) -> Result<(), RecordError> {
        must(matches!(self.until, PartialDate::Day(_)), NO_DAY)
    }
}

const NO_AMOUNT: RecordError = unfit(
    ("jumlah uangnya nol atau terlalu besar", "the amount is nothing or too large"),
    ("isi jumlah seperti di kuitansi", "fill in the amount on the receipt"),
);
const NO_DAY: RecordError = unfit(
    ("tanggalnya belum tepat", "the day is not exact"),
    ("isi tanggal lengkap seperti di buku kas", "fill in the whole date as in the cash book"),
);
const WHICH_LOAN: RecordError = unfit(
    ("baris ini dan pinjamannya tidak cocok", "the line and the loan do not fit together"),
    ("pilih pinjaman untuk pencairan dan angsuran saja", "choose a loan for payouts and instalments only"),
);
const WHOSE: RecordError =
    unfit(("anggotanya belum disebut", "the member is not named"), ("pilih anggotanya", "choose the member"));

/// What stands in a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LedgerEvents {
    /// Every line, reversed or not.
    #[serde(default)]
    pub entries: Vec<Said<LedgerEntry>>,
    /// Every reversal.
    #[serde(default)]
    pub reversals: Vec<Said<Reversal>>,
    /// Every closing, with what its author had seen.
    #[serde(default)]
    pub closings: Vec<Spoken<Closing>>,
}

impl Hear for LedgerEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { entries: heard.take(), reversals: heard.take(), closings: heard.take_spoken() }
    }
}

/// The ledger of a group and year.
pub type Ledger = Sheet<LedgerFields, LedgerEvents>;

pub(crate) const LEDGER: KindSpec = KindSpec {
    number: 8,
    class: Class::Money,
    label: Words { id: "Buku kas kelompok", en: "Group ledger" },
    fields: LedgerFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("entry", "Baris kas", "Line", MaySay::VILLAGE),
        FactSpec::new("reversal", "Pembalik", "Reversal", MaySay::VILLAGE),
        FactSpec::new("closing", "Tutup buku", "Closing", MaySay::VILLAGE),
    ],
    required: &["group", "year"],
};

/// Two lines that may be one receipt typed twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleDouble {
    /// The lines.
    pub pair: [EntryHash; 2],
    /// Whether the receipt number is the same; else day, amount and member are.
    pub same_receipt: bool,
}

impl Ledger {
    /// The lines that no reversal takes out; reversed twice is reversed once.
    pub fn standing(&self) -> impl Iterator<Item = &Said<LedgerEntry>> {
        let reversed: BTreeSet<&EntryHash> = self.events.reversals.iter().map(|said| &said.what.of).collect();
        self.events.entries.iter().filter(move |said| !reversed.contains(&said.hash))
    }

    /// What is in the cash box; `None` while two opening balances stand.
    pub fn balance(&self) -> Option<Rupiah> {
        self.balance_on(Date::MAX)
    }

    /// What was in the cash box at the end of a day.
    pub fn balance_on(&self, day: Date) -> Option<Rupiah> {
        if self.fields.opening.is_contested() {
            return None;
        }
        let opening = self.fields.opening.one().copied().unwrap_or_default();
        let lines = self.standing().filter(|said| said.what.day() <= day).map(|said| said.what.signed());
        Some(std::iter::once(opening).chain(lines).sum())
    }

    /// The sums by kind.
    pub fn totals(&self) -> BTreeMap<EntryKind, Rupiah> {
        let mut totals: BTreeMap<EntryKind, Rupiah> = BTreeMap::new();
        for said in self.standing() {
            let total = totals.entry(said.what.kind).or_default();
            *total = [*total, said.what.amount].into_iter().sum();
        }
        totals
    }

    /// Pairs of lines that may be one receipt typed twice. Looked at and reversed, a pair is gone.
    pub fn possible_doubles(&self) -> Vec<PossibleDouble> {
        let lines: Vec<_> = self.standing().collect();
        let mut found = Vec::new();
        for (at, one) in lines.iter().enumerate() {
            for other in &lines[at + 1..] {
                let (a, b) = (&one.what, &other.what);
                let same_receipt = a.receipt.is_some() && a.receipt == b.receipt;
                let unlike = a.receipt.is_some() && b.receipt.is_some() && !same_receipt;
                let same_line = (a.kind, a.date, a.amount, a.person) == (b.kind, b.date, b.amount, b.person);
                if same_receipt || (same_line && !unlike) {
                    found.push(PossibleDouble { pair: [one.hash, other.hash], same_receipt });
                }
            }
        }
        found
    }

    /// The closing of a period, ready to be said.
    ///
    /// # Errors
    /// While two opening balances stand, or the period ends before one that is closed already.
    pub fn close(&self, until: Date) -> Result<Closing, RecordError> {
        let balance = self.balance_on(until).ok_or(TWO_OPENINGS)?;
        let closed = self.events.closings.iter().any(|closing| closing.said.what.until.span().last >= until);
        must(!closed, CLOSED)?;
        let (lines, digest) = self.fingerprint(until, |_| true);
        Ok(Closing { until: PartialDate::Day(until), balance, lines, digest })
    }

    /// Whether a closing rests on exactly what its author had seen: otherwise its figures were not computed here.
    pub fn is_sound(&self, closing: &Spoken<Closing>) -> bool {
        let what = &closing.said.what;
        let known = |hash: &EntryHash| closing.seen.contains(hash);
        self.fingerprint(what.until.span().last, known) == (what.lines, what.digest)
    }

    /// Lines of a closed period that came in after it was closed: they count in the next one and are shown there.
    pub fn late(&self, closing: &Spoken<Closing>) -> Vec<&Said<LedgerEntry>> {
        let until = closing.said.what.until.span().last;
        let late = |said: &&Said<LedgerEntry>| said.what.day() <= until && !closing.seen.contains(&said.hash);
        self.standing().filter(late).collect()
    }

    fn fingerprint(&self, until: Date, known: impl Fn(&EntryHash) -> bool) -> (usize, Digest) {
        let entries = self.events.entries.iter().filter(|said| said.what.day() <= until).map(|said| said.hash);
        let entries: BTreeSet<EntryHash> = entries.collect();
        let reversals = self.events.reversals.iter().filter(|said| entries.contains(&said.what.of));
        let all: BTreeSet<EntryHash> =
            entries.iter().copied().chain(reversals.map(|said| said.hash)).filter(|hash| known(hash)).collect();
        let mut hasher = blake3::Hasher::new_derive_key("simpul ledger closing v1");
        for hash in &all {
            hasher.update(&hash.0);
        }
        (all.len(), Digest(*hasher.finalize().as_bytes()))
    }
}

const TWO_OPENINGS: RecordError = unfit(
    ("ada dua saldo awal yang berbeda", "there are two different opening balances"),
    ("pilih dulu salah satu", "choose one first"),
);
const CLOSED: RecordError = unfit(
    ("masa ini sudah ditutup", "this period is closed already"),
    ("tutup buku sampai hari yang lebih kemudian", "close up to a later day"),
);

/// What a village granted to its groups in a year. (S2: once a year; in 2017 Rp 8.000.000 over four groups.)
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VillageGrants {
    /// All of it.
    pub total: Rupiah,
    /// To how many groups.
    pub groups: usize,
    /// The days on which a group was granted more than once: once a year is the rule.
    pub again: BTreeSet<Date>,
}

/// See [`VillageGrants`].
pub fn village_grants(ledgers: &[&Ledger], year: i16) -> VillageGrants {
    let mut grants = VillageGrants::default();
    let mut granted: BTreeMap<Option<&Coordinate>, Date> = BTreeMap::new();
    let mut lines: Vec<_> = ledgers
        .iter()
        .flat_map(|ledger| ledger.standing().map(|said| (ledger.fields.group.one(), &said.what)))
        .filter(|(_, line)| line.kind == EntryKind::VillageGrant && line.day().year() == year)
        .collect();
    lines.sort_by_key(|(_, line)| line.day());
    for (group, line) in lines {
        grants.total = [grants.total, line.amount].into_iter().sum();
        if granted.insert(group, line.day()).is_some() {
            grants.again.insert(line.day());
        }
    }
    grants.groups = granted.len();
    grants
}

/// Whether these ledgers show capital: from Kemnaker, BNI, the village or what the members saved.
pub fn has_capital(ledgers: &[&Ledger]) -> bool {
    let capital = [EntryKind::CapitalMinistry, EntryKind::CapitalBank, EntryKind::VillageGrant, EntryKind::Savings];
    ledgers.iter().flat_map(|ledger| ledger.standing()).any(|said| capital.contains(&said.what.kind))
}
