//! What a node says of itself in its beacon: a fixed set of figures, so that a beacon is as small for a ministry with
//! 83,000 villages below it as for a village.

use std::collections::BTreeMap;

use crate::{judge::Health, known::Known};

/// The names of the figures. They travel: a name keeps its meaning for ever.
pub mod figure {
    /// Own changes that no other office is known to hold.
    pub const ONLY_HERE: &str = "only_here";
    /// Those of them that were written under an earlier incarnation.
    pub const ONLY_HERE_EARLIER: &str = "only_here_earlier";
    /// When the oldest of them was written, in Unix milliseconds; left out when nobody can tell.
    pub const ONLY_HERE_SINCE: &str = "only_here_since";
    /// Changes that live at this office by rule and nowhere else.
    pub const BY_RULE: &str = "by_rule";
    /// Under which incarnation it writes: the eight bytes as a number, the first the highest.
    pub const INCARNATION: &str = "incarnation";
    /// Items that it refused.
    pub const REFUSED: &str = "refused";
    /// Items that wait.
    pub const WAITING: &str = "waiting";
    /// Damaged files.
    pub const DAMAGE: &str = "damage";
    /// Free room, in thousandths.
    pub const FREE: &str = "free_permille";
    /// 1 while it takes no records for want of room.
    pub const FULL: &str = "full";
    /// When its newest backup was made, in Unix milliseconds.
    pub const BACKUP: &str = "backup";
    /// How many lines its trail of who opened which record has.
    pub const TRAIL: &str = "trail";
    /// The first eight bytes of the hash of the last of them, as a number.
    pub const TRAIL_HEAD: &str = "trail_head";
}

/// The figures of a node's own report.
pub fn report(known: &Known<'_>, health: &Health) -> BTreeMap<String, i64> {
    let own = known.own;
    let whole = |number: u64| Some(i64::try_from(number).unwrap_or(i64::MAX));
    let some = |number: u64| (number > 0).then(|| whole(number)).flatten();
    let figures = &health.figures;
    let full = own.disk_failed || own.room.is_some_and(|room| room.is_full());
    [
        (figure::ONLY_HERE, whole(figures.only_here)),
        (figure::ONLY_HERE_EARLIER, some(figures.only_here_earlier)),
        (figure::ONLY_HERE_SINCE, figures.only_here_oldest.and_then(|since| since.at())),
        (figure::BY_RULE, some(figures.by_rule)),
        (figure::INCARNATION, own.incarnation.map(|incarnation| i64::from_be_bytes(incarnation.0))),
        (figure::REFUSED, some(own.refused)),
        (figure::WAITING, some(own.waiting)),
        (figure::DAMAGE, some(own.damage)),
        (figure::FREE, own.room.and_then(|room| whole(room.free_permille()))),
        (figure::FULL, full.then_some(1)),
        (figure::BACKUP, own.last_backup_ms),
        (figure::TRAIL, own.trail.and_then(|trail| whole(trail.lines))),
        (figure::TRAIL_HEAD, own.trail.map(|trail| trail.head)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}
