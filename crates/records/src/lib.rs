//! Records: the programme's kinds of documents, their folds and rules.
//!
//! Pure: what a document shows goes in, what it means comes out, judged by who said it and, where a rule has a date,
//! for a day that the caller names. No clock, file, socket or randomness lives here, and no other room's words for
//! pages.
//!
//! # Invariants
//! - Nothing that a document holds disappears: a value or fact that does not count stands in a [`Notice`] with a reason.
//! - Where values contradict each other, none is picked: a derived answer then depends on somebody's choice.
//! - A rule answers yes or no only if every day that a date may mean gives that answer.
//! - No bytes of a document, however wrong, panic here.

mod ask;
mod author;
mod category;
mod circumstances;
mod conflict;
mod contact;
mod content;
pub mod coordination;
mod counter;
mod date;
mod due;
mod duplicate;
mod eligibility;
mod empowerment;
mod error;
mod facts;
mod fields;
mod fold;
mod group;
mod heard;
mod import;
mod kinds;
mod money;
mod nik;
mod notice;
mod participation;
mod people;
mod person;
mod places;
mod programme;
mod register;
mod rows;
mod rules;
mod sheet;
mod summary;
mod value;
mod village;
mod words;

#[cfg(test)]
mod fixtures;

pub use ask::{Asks, FactForm, InputSpec, Told, ToldPart, Typed, told};
pub use author::{Author, Authors, By, MaySay};
pub use category::{Clue, Missing};
pub use circumstances::{Circumstances, Contested, FamilyCircle};
pub use conflict::{Conflict, ConflictValue, check_required, choose, conflicts, edit_from_input};
pub use contact::{AWAY_DAYS_MAX, Away, ContactEvents, ContactFields, OfficeContact};
pub use content::holds_nik;
pub use counter::*;
pub use date::{DateError, PartialDate, Span, shown_day};
pub use due::{Due, DueWhat, Records, due};
pub use duplicate::{
    Candidate, Evidence, KnownPeople, PossibleDuplicate, possible_duplicates, possible_duplicates_across,
};
pub use eligibility::{Answer, Eligibility, Reason, Subject, eligibility};
pub use empowerment::*;
pub use error::RecordError;
pub use facts::{Content, FACT_BYTES_MAX, FactDraft};
pub use fields::{FieldSpec, Fields};
pub use fold::{Folded, Record, fold};
pub use group::*;
pub use heard::Spoken;
pub use import::{
    IMPORT_BYTES_MAX, IMPORT_ROWS_MAX, ImportColumn, ImportDraft, ImportHead, ImportOptions, ImportRow, ImportTable,
    RowError, RowProblem, TableFault, read_head, read_import, rejected_csv, template,
};
pub use jiff::civil::Date;
pub use kinds::{ANNULMENT, DECISION, FactSpec, KindSpec, LEAVING, RecordKind, STEP, TextSpec};
pub use money::*;
pub use nik::{NikWarning, nik_warnings, nik_was_a_number};
pub use notice::{Ignored, Notice, NoticeState, Why};
pub use participation::{
    Annulment, Basis, Category, Course, Decision, Events, Leaving, LeavingReason, OpenMatter, Outcome, Participation,
    ParticipationFields, Said, Stage, Standing, Step, StepReached,
};
pub use people::*;
pub use person::{Held, Person, PersonFields, Relation, Route, Sex, Tie, TieFields, Trip, TripFields};
pub use places::*;
pub use programme::{ProgrammeRecord, Recorded};
pub use register::{RegisterError, RegisterNumber, next_register, register_prefix};
pub use rows::{DocumentRows, StateSum};
pub use rules::{
    CANDIDATE_PAPERS, CARD_PAPERS, Condition, Count, DESMIGRATIF, Document, Figures, ITEMS, Lebaran, RuleBook, Rules,
    SetFigure, SettingEvents, SettingFields, Settings, ShareAfter, Sourced, UrgentKind, WaitingPlace,
};
pub use sheet::{NewRecord, Sheet};
pub use summary::{Around, Summary};
pub use value::{Digest, FieldType, HexError, Known, PersonId, TEXT_CHARS_MAX, ValueType};
pub use village::*;
pub use words::{Lang, Words};
