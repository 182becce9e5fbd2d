//! Production groups (records no. 7) and their runs (no. 33): who works together, on what, with which permits.

mod run;
mod team;

pub use run::{ProductionRun, RunEvents, RunFields, RunFor, TookPart};
pub use team::{
    Channel, Dropped, Equipment, Group, GroupEvents, GroupFields, GroupStage, Joined, LeftGroup, Member, Permit,
    PermitKind, PermitStep, Product, SoldThrough,
};

pub(crate) use run::RUN;
pub(crate) use team::GROUP;
