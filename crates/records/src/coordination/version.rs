//! The versions of an agreement that were made final, and how far each is: in an agenda and where it is published.

use std::collections::BTreeMap;

use identity::{Coordinate, OfficeId};
use serde::{Deserialize, Serialize};

use super::{
    canon::{Final, Terms, VersionHash},
    party::as_text,
    ratify::{Given, Ratifications, Signature, Vote, newer_form},
    reading::{Line, Reading, carriers, speaks_for},
    why::Unfit,
};
use crate::{
    By, Date, Digest, FactDraft, PartialDate, RecordError, Said, content::refuse, facts::Content, notice::Why,
};

/// A version as it was made final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its hash.
    #[serde(with = "as_text")]
    pub hash: VersionHash,
    /// Its canonical text.
    pub text: String,
    /// What it says.
    pub terms: Terms,
    /// Who made it final.
    pub by: By,
}

/// This version was signed on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Which version.
    #[serde(with = "as_text")]
    pub version: VersionHash,
    /// The day of the signing.
    pub date: PartialDate,
    /// The hash of the scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Digest>,
    /// The hash of a PDF of exactly this version with certified signatures (BSrE).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified: Option<Digest>,
}

impl Content for Paper {
    const KEY: &'static str = "paper";
}

impl Paper {
    /// The fact.
    ///
    /// # Errors
    /// When neither a scan nor a certified PDF is named.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if self.scan.is_none() && self.certified.is_none() {
            return refuse(
                ("kertasnya belum dilampirkan", "a signing on paper without the paper"),
                (
                    "lampirkan pindaiannya, atau PDF bertanda tangan tersertifikasi",
                    "add the scan, or the PDF with certified signatures",
                ),
            );
        }
        self.draft()
    }
}

/// How far a version is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionState {
    /// Parties ratify; so many of the required ones did.
    Open {
        /// Those that did.
        ratified: Vec<OfficeId>,
        /// How many have to.
        required: usize,
    },
    /// *Ditetapkan*: all of them did.
    Ratified,
    /// *Ditandatangani di kertas (date), dikonfirmasi n dari 8*.
    OnPaper {
        /// The dates that are recorded; more than one until somebody takes one back.
        dates: Vec<PartialDate>,
        /// The required parties that confirmed it by their own signature.
        confirmed: Vec<OfficeId>,
        /// How many required parties it has.
        required: usize,
    },
}

/// How many days before its end a party is reminded.
pub const REMINDER_DAYS: i32 = 90;

/// Versions, papers and words: what ratification is folded from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Versions {
    /// By number, then hash.
    pub versions: Vec<Version>,
    /// Signings on paper.
    pub papers: Vec<Said<Paper>>,
    /// What the parties say.
    pub words: Ratifications,
}

/// A signature brought over from the agenda to where the agreement is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The entry that said it first, for which the node's cut-offs are asked.
    #[serde(with = "as_text")]
    pub at: Coordinate,
    /// The word, as it was signed.
    pub signature: Signature,
}

impl Content for Copied {
    const KEY: &'static str = "copied";
}

impl Versions {
    /// A version.
    pub fn get(&self, hash: VersionHash) -> Option<&Version> {
        self.versions.iter().find(|version| version.hash == hash)
    }

    /// Numbers and hashes, the newest last.
    pub fn numbered(&self) -> Vec<(u32, VersionHash)> {
        self.versions.iter().map(|version| (version.terms.number, version.hash)).collect()
    }

    /// The newest version; none where two share the highest number.
    pub fn newest(&self) -> Option<&Version> {
        let last = self.versions.last()?;
        let alone = self.versions.iter().filter(|version| version.terms.number == last.terms.number).count() == 1;
        alone.then_some(last)
    }

    /// How far a version is.
    pub fn state(&self, version: &Version) -> VersionState {
        let required: Vec<OfficeId> = version.terms.required().collect();
        let with = |vote| self.words.with_vote(required.iter().copied(), version.hash, vote);
        let ratified = with(Vote::Ratified);
        if !required.is_empty() && ratified.len() == required.len() {
            return VersionState::Ratified;
        }
        let papers = self.papers.iter().filter(|paper| paper.what.version == version.hash);
        let mut dates: Vec<PartialDate> = papers.map(|paper| paper.what.date).collect();
        if dates.is_empty() {
            return VersionState::Open { ratified, required: required.len() };
        }
        dates.sort();
        dates.dedup();
        let mut confirmed = with(Vote::OnPaper);
        // Whoever ratified by signature has confirmed more than that.
        confirmed.extend(ratified);
        confirmed.sort();
        VersionState::OnPaper { dates, confirmed, required: required.len() }
    }

    /// The versions that are *ditetapkan*, the newest last.
    pub fn ratified(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(|version| self.state(version) == VersionState::Ratified)
    }

    /// Takes in a version that somebody entitled made final.
    pub(crate) fn take_final(&mut self, reading: &mut Reading<'_>, line: &Line<'_>, agenda: &Coordinate) {
        let Some(said) = reading.take::<Final>(line) else { return };
        self.take_text(reading, line, said.what.text, said.by, |terms| {
            if terms.agenda == *agenda { Ok(()) } else { Err(Unfit::OtherAgenda) }
        });
    }

    /// Takes in a canonical text that `fits`.
    pub(crate) fn take_text(
        &mut self,
        reading: &mut Reading<'_>,
        line: &Line<'_>,
        text: String,
        by: By,
        fits: impl Fn(&Terms) -> Result<(), Unfit>,
    ) {
        match Terms::read(&text).and_then(|terms| fits(&terms).map(|()| terms)) {
            Err(unfit) => reading.unfit(line, unfit),
            Ok(terms) => {
                let hash = VersionHash::of(&text);
                // The same bytes made final twice are one version.
                if self.get(hash).is_none() {
                    self.versions.push(Version { hash, text, terms, by });
                    self.versions.sort_by_key(|version| (version.terms.number, version.hash));
                }
            }
        }
    }

    /// Takes in papers and words, once all versions are there. `mandated` says whether a word's mandate stands.
    pub(crate) fn take_words(
        &mut self,
        reading: &mut Reading<'_>,
        lines: &[Line<'_>],
        mandated: impl Fn(&Reading<'_>, &Given) -> bool,
    ) {
        for party in self.versions.iter().flat_map(|version| version.terms.required()) {
            self.words.carry(party, carriers(reading.authors, party));
        }
        for line in lines {
            match line.fact.key.as_str() {
                Paper::KEY => {
                    let Some(said) = reading.take::<Paper>(line) else { continue };
                    match self.get(said.what.version) {
                        None => reading.unfit(line, Unfit::NoSuch),
                        Some(version) if self.may_record(reading, line, version) => self.papers.push(said),
                        Some(_) => reading.unfit(line, Unfit::NotParty),
                    }
                }
                Signature::KEY => {
                    let Some(said) = reading.take::<Signature>(line) else { continue };
                    if let Some(newer) = newer_form(&said.what) {
                        reading.refuse(line.fact, &Why::Newer(newer));
                        continue;
                    }
                    match self.judge(reading, said, true) {
                        Ok(given) if mandated(reading, &given) => self.words.take(given),
                        Ok(_) => reading.unfit(line, Unfit::NoMandate),
                        Err(unfit) => reading.unfit(line, unfit),
                    }
                }
                Copied::KEY => {
                    let Some(said) = reading.take::<Copied>(line) else { continue };
                    let Copied { at, signature } = said.what;
                    if let Some(newer) = newer_form(&signature) {
                        reading.refuse(line.fact, &Why::Newer(newer));
                        continue;
                    }
                    // It must be where its own node could have said it, and that must count still.
                    let there = at.journal.node == signature.node && reading.authors.counts(&at);
                    let judged = self.judge(reading, Said { what: signature, by: said.by, hash: said.hash }, false);
                    match judged {
                        Ok(given) if there && given.word.agenda.journal.scope == at.journal.scope => {
                            self.words.take(given)
                        }
                        Ok(_) => reading.unfit(line, Unfit::OtherNode),
                        Err(unfit) => reading.unfit(line, unfit),
                    }
                }
                _ => {}
            }
        }
    }

    /// A paper is recorded by a party, or by the office that opened the document.
    fn may_record(&self, reading: &Reading<'_>, line: &Line<'_>, version: &Version) -> bool {
        let opener = reading.authors.author(&reading.snapshot.id.journal.node).map(|author| author.office);
        let mut parties = version.terms.parties.iter().filter_map(|party| party.party.office()).chain(opener);
        parties.any(|office| speaks_for(reading.authors, line.author.office, office))
    }

    fn judge(&self, reading: &Reading<'_>, said: Said<Signature>, own: bool) -> Result<Given, Unfit> {
        let (word, id) = said.what.read()?;
        let version = self.get(word.version).ok_or(Unfit::NoSuch)?;
        if word.agenda != version.terms.agenda {
            return Err(Unfit::OtherAgenda);
        }
        // Then a cut-off of the node holds for its word.
        if own && said.by.at.journal.node != said.what.node {
            return Err(Unfit::OtherNode);
        }
        let author = reading.authors.author(&said.what.node).ok_or(Unfit::Signature)?;
        if author.office != word.office {
            return Err(Unfit::Signature);
        }
        if !version.terms.required().any(|required| required == word.party)
            || !speaks_for(reading.authors, word.office, word.party)
        {
            return Err(Unfit::NotParty);
        }
        Ok(Given { id, word, signature: said.what, by: Some(said.by) })
    }
}

/// How an agreement's term stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// It has not begun.
    NotYet,
    /// It runs.
    Running,
    /// It ends within [`REMINDER_DAYS`]: so many days are left, 0 on its last.
    Ending(i32),
    /// It ended.
    Over,
}

impl Terms {
    /// How its own term stands on a day; extensions are for [`term_with_others`].
    pub fn term(&self, day: Date) -> Term {
        term(self.from, self.until, day)
    }
}

fn term(from: Date, until: Option<Date>, day: Date) -> Term {
    if day < from {
        return Term::NotYet;
    }
    let Some(until) = until else { return Term::Running };
    if day > until {
        return Term::Over;
    }
    // Both lie within the years that a date may name.
    let left = day.until(until).map_or(0, |span| span.get_days());
    if left <= REMINDER_DAYS { Term::Ending(left) } else { Term::Running }
}

/// How an agreement stands on a day, given everything that is *ditetapkan*: it lasts as long as its longest extension,
/// and ends where a successor begins.
pub fn term_with_others(terms: &Terms, hash: VersionHash, in_force: &[(VersionHash, &Terms)], day: Date) -> Term {
    use super::canon::RelationKind::{Extension, Successor};
    let mut until = terms.until;
    // An extension can itself be extended; each is looked at once.
    let mut chain = vec![hash];
    let mut next = 0;
    while let Some(of) = chain.get(next).copied() {
        next += 1;
        for (other, its) in in_force {
            let Some(relation) = its.relation.filter(|relation| relation.to == of) else { continue };
            if relation.kind == Extension && !chain.contains(other) {
                chain.push(*other);
                until = match (until, its.until) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    _ => None,
                };
            }
        }
    }
    let succeeded = |(_, its): &&(VersionHash, &Terms)| {
        its.relation.is_some_and(|relation| relation.kind == Successor && chain.contains(&relation.to))
            && its.from <= day
    };
    if in_force.iter().any(|other| succeeded(&other)) { Term::Over } else { term(terms.from, until, day) }
}

/// Who answers for an agreement's obligations now: each party, and the offices that carry on for it.
pub fn bearers(versions: &Versions, terms: &Terms) -> BTreeMap<OfficeId, Vec<OfficeId>> {
    terms.required().map(|party| (party, versions.words.carriers_of(party).into_iter().collect())).collect()
}
