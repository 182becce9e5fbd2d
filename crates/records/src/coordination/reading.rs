//! How the facts of coordination are read: who said each, what it had seen, and a notice for each that does not count.
//!
//! It stands beside `heard`, which asks whether the office's kind and region allow a fact. Here that is asked of the
//! parties that the document itself names, some facts can never be taken back, and what was said before stays as history.

use std::collections::{BTreeMap, BTreeSet};

use documents::{Fact, Snapshot};
use identity::{Coordinate, EntryHash, OfficeId};

use super::why::Unfit;
use crate::{
    Annulment, Author, Authors, By, Said,
    facts::{Content, decode},
    kinds::{ANNULMENT, RecordKind},
    notice::{Notice, Why},
};

/// Offices that carry on after others are followed this far: a merger of mergers of mergers.
const SUCCESSIONS_MAX: usize = 16;

/// One fact whose author is known.
#[derive(Clone)]
pub(crate) struct Line<'a> {
    pub(crate) fact: &'a Fact,
    pub(crate) author: Author,
    /// Its place among all facts.
    place: usize,
}

/// The facts of one document while they are read.
pub(crate) struct Reading<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) authors: &'a dyn Authors,
    /// For each fact, which facts before it its author had seen, directly or through others.
    seen: Vec<Vec<u64>>,
    places: BTreeMap<EntryHash, usize>,
    pub(crate) notices: Vec<Notice>,
}

impl<'a> Reading<'a> {
    /// Looks at the facts of a document of this kind. Gives those that are known, whose author is known, and that
    /// their own office did not take back; `fixed` are the keys that cannot be taken back.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        authors: &'a dyn Authors,
        kind: RecordKind,
        fixed: &[&str],
    ) -> (Self, Vec<Line<'a>>) {
        let places = snapshot.facts.iter().enumerate().map(|(place, fact)| (fact.hash, place)).collect();
        let mut reading = Self { snapshot, authors, seen: seen(&snapshot.facts), places, notices: Vec::new() };
        let mut lines = Vec::new();
        for (place, fact) in snapshot.facts.iter().enumerate() {
            if !kind.facts().iter().any(|spec| spec.key == fact.key) {
                reading.refuse(fact, &Why::Unfamiliar);
                continue;
            }
            match authors.author(&fact.by.at.journal.node) {
                Some(author) => lines.push(Line { fact, author, place }),
                None => reading.refuse(fact, &Why::UnknownAuthor),
            }
        }
        let gone = reading.taken_back(&lines, fixed);
        lines.retain(|line| line.fact.key != ANNULMENT && !gone.contains(&line.place));
        (reading, lines)
    }

    /// The facts that their own office took back.
    fn taken_back(&mut self, lines: &[Line<'a>], fixed: &[&str]) -> BTreeSet<usize> {
        let mut gone = BTreeSet::new();
        for line in lines.iter().filter(|line| line.fact.key == ANNULMENT) {
            let Some(annulment) = self.take::<Annulment>(line) else { continue };
            // What it takes back does not count anyway or has not arrived.
            let Some(target) = lines.iter().find(|other| other.fact.hash == annulment.what.of) else { continue };
            if target.author.office != line.author.office {
                self.refuse(line.fact, &Why::NotItsOwn);
            } else if target.fact.key == ANNULMENT || fixed.contains(&target.fact.key.as_str()) {
                self.unfit(line, Unfit::Fixed);
            } else {
                gone.insert(target.place);
            }
        }
        gone
    }

    /// The content of a fact; `None` leaves a notice.
    pub(crate) fn take<T: Content>(&mut self, line: &Line<'_>) -> Option<Said<T>> {
        match decode(&line.fact.bytes) {
            Ok(what) => Some(Said { what, by: By::new(&line.fact.by, self.authors), hash: line.fact.hash }),
            Err(why) => {
                self.refuse(line.fact, &why);
                None
            }
        }
    }

    pub(crate) fn unfit(&mut self, line: &Line<'_>, unfit: Unfit) {
        self.refuse(line.fact, &Why::Disallowed(unfit));
    }

    pub(crate) fn refuse(&mut self, fact: &Fact, why: &Why) {
        let by = By::new(&fact.by, self.authors);
        self.notices.push(Notice::new(&fact.key, why, fact.by.at.clone(), Some(by)));
    }

    /// Whether the author of `later` had seen `earlier`.
    pub(crate) fn saw(&self, later: &EntryHash, earlier: &EntryHash) -> bool {
        match (self.places.get(later), self.places.get(earlier)) {
            (Some(later), Some(earlier)) => has(&self.seen[*later], *earlier),
            _ => false,
        }
    }

    /// Splits what was said about one thing: what no other of them had seen stands, the rest is history.
    pub(crate) fn newest<T>(&self, said: Vec<Said<T>>) -> (Vec<Said<T>>, Vec<Said<T>>) {
        let replaced: Vec<bool> =
            said.iter().map(|one| said.iter().any(|other| self.saw(&other.hash, &one.hash))).collect();
        let (mut stand, mut earlier) = (Vec::new(), Vec::new());
        for (one, replaced) in said.into_iter().zip(replaced) {
            if replaced { earlier.push(one) } else { stand.push(one) }
        }
        (stand, earlier)
    }
}

fn has(bits: &[u64], place: usize) -> bool {
    bits.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
}

/// For each fact the facts that it had seen. They come after everything that they saw, so one walk is enough.
fn seen(facts: &[Fact]) -> Vec<Vec<u64>> {
    let by_coordinate: BTreeMap<&Coordinate, usize> =
        facts.iter().enumerate().map(|(place, fact)| (&fact.by.at, place)).collect();
    let mut all: Vec<Vec<u64>> = Vec::with_capacity(facts.len());
    for (place, fact) in facts.iter().enumerate() {
        let mut bits = vec![0_u64; place.div_ceil(64)];
        for below in fact.saw.iter().filter_map(|at| by_coordinate.get(at)).filter(|below| **below < place) {
            bits[below / 64] |= 1 << (below % 64);
            for (mine, theirs) in bits.iter_mut().zip(&all[*below]) {
                *mine |= theirs;
            }
        }
        all.push(bits);
    }
    all
}

/// The offices that carry on for one that was merged, split or dissolved: itself while nobody does.
pub(crate) fn carriers(authors: &dyn Authors, office: OfficeId) -> BTreeSet<OfficeId> {
    carriers_by(office, |office| authors.carried_on_by(office))
}

/// The same, by whoever knows who carries on after an office.
pub(crate) fn carriers_by(office: OfficeId, after: impl Fn(&OfficeId) -> Vec<OfficeId>) -> BTreeSet<OfficeId> {
    let mut leaves = BTreeSet::new();
    let mut seen = BTreeSet::from([office]);
    let mut level = vec![office];
    for _ in 0..SUCCESSIONS_MAX {
        let mut next = Vec::new();
        for office in level {
            let after = after(&office);
            if after.is_empty() {
                leaves.insert(office);
            }
            next.extend(after.into_iter().filter(|after| seen.insert(*after)));
        }
        level = next;
    }
    leaves
}

/// Whether `author` is this office or carries on for it.
pub(crate) fn speaks_for(authors: &dyn Authors, author: OfficeId, office: OfficeId) -> bool {
    author == office || carriers(authors, office).contains(&author)
}
