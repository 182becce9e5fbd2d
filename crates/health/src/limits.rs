//! From when on something is said, in milliseconds where nothing else stands. The figures are those of the alerts that
//! the programme agreed on.

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
/// An hour.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// A day.
pub(crate) const DAY: i64 = 24 * HOUR;

/// How long an only copy may be one, at a ministry and elsewhere.
pub(crate) const ONLY_COPY: (i64, i64) = (HOUR, DAY);

/// How long a change may be on its way to the ministries.
pub(crate) const MINISTRIES: i64 = 72 * HOUR;

/// How long a connected office may owe or be owed without anything moving.
pub(crate) const STUCK: i64 = 15 * MINUTE;

/// How long ago the last word of an office may be while it counts as being in touch: three of the reports that each node
/// makes every five minutes. One may be lost.
pub(crate) const IN_TOUCH: i64 = 15 * MINUTE;

/// How often a node reports on itself, at the rarest.
pub(crate) const REPORT: i64 = 5 * MINUTE;

/// A silence from which on an office is lost, unless it is used to longer ones.
pub(crate) const LOST: i64 = 7 * DAY;

/// How long beyond its habit an office may be silent before somebody is told.
pub(crate) const BEYOND_HABIT: i64 = DAY;

/// The share of a province, in percent, that is one alert when it is silent at once.
pub(crate) const PROVINCE_SILENT_PERCENT: usize = 20;

/// How many offices of a province are silent at least before it is the province that is.
pub(crate) const PROVINCE_SILENT_MIN: usize = 3;

/// How long after the last call of a removed key somebody is told of it.
pub(crate) const REMOVED_CALLED: i64 = DAY;

/// For how long it is told that lines of a trail are gone.
pub(crate) const TRAIL_CUT: i64 = 90 * DAY;

/// How long items may wait.
pub(crate) const WAITING: i64 = DAY;

/// How far a clock may be off.
pub(crate) const CLOCK: i64 = 300 * SECOND;

/// Free room, in thousandths, below which somebody is told, and below which it is urgent.
pub(crate) const ROOM_PERMILLE: (u64, u64) = (150, 50);

/// How old the newest backup may be.
pub(crate) const BACKUP: i64 = 26 * HOUR;
