//! The counter of the service point: who comes, what they ask for, and the papers that they take home.

mod candidate;
mod card;
mod case;
mod checklist;
mod guest_book;

pub use candidate::{CandidateEvents, CandidateFields, CandidateFile};
pub use card::{CardApplication, CardEvents, CardFields, CardState, Closed, End, Printed, Reported, Stamped};
pub use case::{
    Access, AccessCheck, Assigned, CaseEvents, Complaint, ComplaintFields, ComplaintKind, Consultation,
    ConsultationFields, Escalated, Handled, Handling, JointDecision, Referral, Released, Slip, Topic, complaint_access,
};
pub use checklist::{ChecklistLine, DocumentMark, DocumentState};
pub use guest_book::{GuestBook, GuestBookEvents, GuestBookFields, Origin, Purpose, Visit};

pub(crate) use candidate::CANDIDATE_FILE;
pub(crate) use card::CARD_APPLICATION;
pub(crate) use case::{COMPLAINT, CONSULTATION};
pub(crate) use guest_book::GUEST_BOOK;

#[cfg(test)]
mod tests;
