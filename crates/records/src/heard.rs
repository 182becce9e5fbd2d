//! Hearing the facts of a document: who said each, whether their office may, what was taken back, and what each author
//! had seen. The programme's kinds read their facts through this one desk,
//! so that the same mistake gives the same notice; coordination, where parties speak for themselves, has its own.

use std::collections::{BTreeMap, BTreeSet};

use documents::{Fact, Snapshot};
use identity::{Coordinate, EntryHash, JournalId, Region};
use serde::{Deserialize, Serialize};

use crate::{
    author::{Author, Authors, By},
    facts::{Content, decode},
    kinds::{ANNULMENT, FactSpec},
    notice::{Notice, Why},
    participation::{Annulment, Said},
};

/// A fact with what its author had seen: where it matters what somebody knew when they said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken<T> {
    /// The fact.
    pub said: Said<T>,
    /// Its place among all facts of the document.
    pub place: usize,
    /// The facts that its author had seen.
    pub seen: BTreeSet<EntryHash>,
}

impl<T> Spoken<T> {
    /// The journal that says it.
    pub fn journal(&self) -> &JournalId {
        &self.said.by.at.journal
    }

    /// Whether its author knew this fact: they had seen it, or it stands earlier in their own journal.
    pub fn knew<U>(&self, other: &Spoken<U>) -> bool {
        self.seen.contains(&other.said.hash)
            || (self.journal() == other.journal() && self.said.by.at.seq > other.said.by.at.seq)
    }
}

/// The facts of one document that an office of the right kind said, and a notice for every other.
pub(crate) struct Heard<'a> {
    all: &'a [Fact],
    facts: Vec<(&'a Fact, Author)>,
    gone: BTreeSet<EntryHash>,
    authors: &'a dyn Authors,
    /// With the place of the fact among all facts, so that they are shown in that order.
    notices: Vec<(usize, Notice)>,
}

impl<'a> Heard<'a> {
    /// Hears every fact of a document about something in `place`; without a place its scope has a roster.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        specs: &[FactSpec],
        place: Option<&Region>,
        authors: &'a dyn Authors,
    ) -> Self {
        let mut heard =
            Self { all: &snapshot.facts, facts: Vec::new(), gone: BTreeSet::new(), authors, notices: Vec::new() };
        for fact in &snapshot.facts {
            match may_count(fact, specs, place, authors) {
                Ok(author) => heard.facts.push((fact, author)),
                Err(why) => heard.notice(fact, &why),
            }
        }
        heard.take_back();
        heard
    }

    /// An annulment counts only against a fact of its own office; one of an annulment would be a riddle.
    fn take_back(&mut self) {
        for said in self.take::<Annulment>() {
            let office = |hash: &EntryHash| self.author(hash).map(|author| author.office);
            let target = self.facts.iter().find(|(fact, _)| fact.hash == said.what.of);
            match target {
                Some((fact, author)) if Some(author.office) == office(&said.hash) && fact.key != ANNULMENT => {
                    self.gone.insert(fact.hash);
                }
                Some(_) => self.ignore(&said.hash, &Why::NotItsOwn),
                // What it takes back does not count anyway or has not arrived.
                None => {}
            }
        }
    }

    /// Every fact of this content that counts, in one order on every node: after everything that it saw.
    pub(crate) fn take<T: Content>(&mut self) -> Vec<Said<T>> {
        let mut taken = Vec::new();
        let mut bad = Vec::new();
        for (fact, _) in self.facts.iter().filter(|(fact, _)| fact.key == T::KEY) {
            match decode::<T>(&fact.bytes) {
                Ok(_) if self.gone.contains(&fact.hash) => {}
                Ok(what) => taken.push(Said { what, by: By::new(&fact.by, self.authors), hash: fact.hash }),
                Err(why) => bad.push((*fact, why)),
            }
        }
        bad.iter().for_each(|(fact, why)| self.notice(fact, why));
        taken
    }

    /// The facts of this content that count and that no later one about the same thing (`about`) replaces: its author
    /// had seen it. Where more than one stays, they were said without knowledge of each other.
    pub(crate) fn take_latest<T: Content, K: PartialEq>(&mut self, about: impl Fn(&T) -> K) -> Vec<Said<T>> {
        let all = self.take::<T>();
        let replaces = |later: &Said<T>, said: &Said<T>| {
            later.hash != said.hash
                && about(&later.what) == about(&said.what)
                && self.seen(&later.hash).contains(&said.hash)
        };
        let replaced: BTreeSet<EntryHash> =
            all.iter().filter(|said| all.iter().any(|later| replaces(later, said))).map(|said| said.hash).collect();
        all.into_iter().filter(|said| !replaced.contains(&said.hash)).collect()
    }

    /// Every fact that its office may say, in one order, and whether that office took it back.
    pub(crate) fn standing(&self) -> impl Iterator<Item = (&'a Fact, bool)> {
        self.facts.iter().map(|(fact, _)| (*fact, self.gone.contains(&fact.hash)))
    }

    /// Every fact of this content that counts, with what its author had seen.
    pub(crate) fn take_spoken<T: Content>(&mut self) -> Vec<Spoken<T>> {
        let all = self.take::<T>();
        let spoken = |said: Said<T>| Spoken { place: self.place(&said.hash), seen: self.seen(&said.hash), said };
        all.into_iter().map(spoken).collect()
    }

    /// Notes that a fact which was taken does not count after all.
    pub(crate) fn ignore(&mut self, hash: &EntryHash, why: &Why) {
        if let Some(fact) = self.all.iter().find(|fact| fact.hash == *hash) {
            self.notice(fact, why);
        }
    }

    /// The office that said a fact.
    pub(crate) fn author(&self, hash: &EntryHash) -> Option<&Author> {
        self.facts.iter().find(|(fact, _)| fact.hash == *hash).map(|(_, author)| author)
    }

    /// The facts that the author of this one had seen, directly or through other facts.
    pub(crate) fn seen(&self, hash: &EntryHash) -> BTreeSet<EntryHash> {
        let by_place: BTreeMap<&Coordinate, &Fact> = self.all.iter().map(|fact| (&fact.by.at, fact)).collect();
        let mut seen = BTreeSet::new();
        let own = self.all.iter().filter(|fact| fact.hash == *hash);
        let mut next: Vec<&Coordinate> = own.flat_map(|fact| &fact.saw).collect();
        while let Some(at) = next.pop() {
            if let Some(fact) = by_place.get(at)
                && seen.insert(fact.hash)
            {
                next.extend(&fact.saw);
            }
        }
        seen
    }

    /// The place of a fact in the document's one order.
    pub(crate) fn place(&self, hash: &EntryHash) -> usize {
        self.all.iter().position(|fact| fact.hash == *hash).unwrap_or_default()
    }

    /// What does not count, and why.
    pub(crate) fn into_notices(mut self) -> Vec<Notice> {
        self.notices.sort_by_key(|(place, _)| *place);
        // A kind may take the same facts twice, as all of them and as the latest.
        self.notices.dedup();
        self.notices.into_iter().map(|(_, notice)| notice).collect()
    }

    fn notice(&mut self, fact: &Fact, why: &Why) {
        let by = Some(By::new(&fact.by, self.authors));
        let place = self.place(&fact.hash);
        self.notices.push((place, Notice::new(&fact.key, why, fact.by.at.clone(), by)));
    }
}

fn may_count(fact: &Fact, specs: &[FactSpec], place: Option<&Region>, authors: &dyn Authors) -> Result<Author, Why> {
    let spec = specs.iter().find(|spec| spec.key == fact.key).ok_or(Why::Unfamiliar)?;
    let author = authors.author(&fact.by.at.journal.node).ok_or(Why::UnknownAuthor)?;
    if spec.may_say.allows(&author, place) { Ok(author) } else { Err(Why::MayNotSay(author.kind)) }
}
