//! Empowerment: the training, the mentoring that follows, and the questions that come back every three months.

mod assessment;
mod bimtek;
mod mentoring;
mod monitoring;
mod start;

pub use assessment::{
    Adopted, Assessment, AssessmentEvents, AssessmentFields, Axis, Counting, FieldTest, Instrument, Item, Material,
    MaterialAssigned, Partnered, Quadrant, Submitted,
};
pub use bimtek::{
    Attendance, AttendanceCell, Attended, Bimtek, BimtekEvents, BimtekFields, ContentGiven, Enrolled, Mark, Need,
    Needed, Sector, Subject as TrainingSubject, TrainingNeed, Unticked,
};
pub use mentoring::{
    Independent, Mentoring, MentoringAge, MentoringEvents, MentoringFields, MentoringVisit, Motivation, NextStep,
    Problem,
};
pub use monitoring::{
    Expected, MonitoringRound, Question, Questionnaire, Response, ResponseKind, ResponseState, RoundEvents,
    RoundFields, monitoring_days, round_to_open,
};
pub use start::{CourseRecords, LateStart, Reached, Started, late_start, reached};

pub(crate) use assessment::ASSESSMENT;
pub(crate) use bimtek::BIMTEK;
pub(crate) use mentoring::MENTORING;
pub(crate) use monitoring::MONITORING;

#[cfg(test)]
mod follow_tests;
#[cfg(test)]
mod tests;
