//! Journals: entries, pages, points, forks, segments and recovery as data.
