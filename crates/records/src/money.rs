//! Money of a group: ledger, loans, sharing of profit. Facts alone, so no line is edited and no balance is stored.

mod ledger;
mod loan;
mod rupiah;
mod share;

pub use ledger::{
    Closing, Direction, EntryKind, Ledger, LedgerEntry, LedgerEvents, LedgerFields, PossibleDouble, Reversal,
    VillageGrants, has_capital, village_grants,
};
pub use loan::{Approval, Instalment, Loan, LoanAccount, LoanEvents, LoanFields, LoanState, Refused as LoanRefused};
pub use rupiah::Rupiah;
pub use share::{
    ShareApproval, ShareEvents, ShareFields, ShareLine, ShareProposal, ShareState, ShareStatement, ShareTiming,
    propose_share, share_timing, share_timing_of,
};

pub(crate) use ledger::LEDGER;
pub(crate) use loan::LOAN;
pub(crate) use share::SHARE;

#[cfg(test)]
mod tests;
