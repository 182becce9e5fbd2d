//! Empowerment: the training, the mentoring that follows, and the questions that come back every three months.

mod bimtek;
mod start;

pub use bimtek::{
    Attendance, AttendanceCell, Bimtek, BimtekEvents, BimtekFields, ContentGiven, Enrolled, Mark, Need, Needed, Sector,
    Subject as TrainingSubject, Unticked,
};
pub use start::{LateStart, Started, late_start};

pub(crate) use bimtek::BIMTEK;

#[cfg(test)]
mod tests;
