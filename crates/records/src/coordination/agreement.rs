//! An agreement where all offices of its region read it (records no. 22): one version that is *ditetapkan* or signed on
//! paper, brought there by one of its parties with the signatures that make it so.
//!
//! It is judged by its own signatures, as the agenda is: whoever publishes a text without them has published a text.

use documents::{Edit, Snapshot};
use identity::{Coordinate, OfficeId};
use serde::{Deserialize, Serialize};

use super::{
    agenda::Agenda,
    canon::VersionHash,
    party::{Party, as_text},
    reading::{Reading, speaks_for},
    version::{Copied, Paper, Version, VersionState, Versions},
    why::Unfit,
};
use crate::{Authors, FactDraft, RecordError, RecordKind, content::unfit, facts::Content, notice::Notice};

/// The entry that creates a published agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The canonical text.
    pub text: String,
}

impl Content for Published {
    const KEY: &'static str = "published";
    const BYTES_MAX: usize = 60 * 1024;
}

/// A published agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The document.
    #[serde(with = "as_text")]
    pub doc: Coordinate,
    /// The version, its papers and words.
    pub versions: Versions,
}

impl Agreement {
    /// Reads an agreement; `None` where its text cannot be read or was brought by somebody who is no party to it.
    pub(crate) fn read(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> Option<Self> {
        let fixed = [Published::KEY, super::ratify::Signature::KEY];
        let (mut reading, lines) = Reading::new(snapshot, authors, RecordKind::Agreement, &fixed);
        let mut versions = Versions::default();
        for line in lines.iter().filter(|line| line.fact.key == Published::KEY) {
            if line.fact.by.at != snapshot.id {
                reading.unfit(line, Unfit::SecondOpening);
                continue;
            }
            let Some(said) = reading.take::<Published>(line) else { continue };
            let publisher = line.author.office;
            versions.take_text(&mut reading, line, said.what.text, said.by, |terms| {
                let mut offices = terms.parties.iter().filter_map(|party| party.party.office());
                if offices.any(|office| speaks_for(authors, publisher, office)) { Ok(()) } else { Err(Unfit::NotParty) }
            });
        }
        let found = !versions.versions.is_empty();
        if found {
            // What the parties signed carries the mandate inside; the agenda that recorded it is perhaps not held here.
            versions.take_words(&mut reading, &lines, |_, _| true);
        }
        notices.append(&mut reading.notices);
        found.then(|| Self { doc: snapshot.id.clone(), versions })
    }

    /// The version.
    pub fn version(&self) -> Option<&Version> {
        self.versions.versions.first()
    }

    /// How far it is.
    pub fn state(&self) -> Option<VersionState> {
        self.version().map(|version| self.versions.state(version))
    }

    /// Whether it is *ditetapkan*.
    pub fn is_ratified(&self) -> bool {
        self.state() == Some(VersionState::Ratified)
    }

    /// Whether this office is a party to it.
    pub fn concerns(&self, office: OfficeId) -> bool {
        let party = |version: &Version| version.terms.parties.iter().any(|p| p.party == Party::Office(office));
        let carries = |version: &Version| {
            version.terms.required().any(|party| self.versions.words.carriers_of(party).contains(&office))
        };
        self.version().is_some_and(|version| party(version) || carries(version))
    }
}

/// What publishes a version in its region: the fact that creates the document, then the facts that follow in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The region to publish in.
    pub region: identity::Region,
    /// Creates the document.
    pub create: FactDraft,
    /// Signatures and papers.
    pub then: Vec<FactDraft>,
}

impl Agenda {
    /// What publishes a version of this agenda.
    ///
    /// # Errors
    /// Before it is *ditetapkan* or signed on paper.
    pub fn publication(&self, version: VersionHash) -> Result<Publication, RecordError> {
        let found = self.publishable(version)?;
        let mut then = Vec::new();
        for given in self.versions.words.given() {
            // What a party said about other versions is not published, unless its signature on this one rests on it.
            if let (true, Some(by)) = (given.word.version == version, &given.by) {
                then.push(Copied { at: by.at.clone(), signature: given.signature.clone() }.draft()?);
            }
        }
        for paper in self.versions.papers.iter().filter(|paper| paper.what.version == version) {
            then.push(Paper::draft(&paper.what)?);
        }
        let create = Published { text: found.text.clone() }.draft()?;
        Ok(Publication { region: self.opening.what.region.clone(), create, then })
    }

    /// Edits that make the draft say this: of an agreement that it begins from, or as it was written elsewhere. What says
    /// the same stays as it is, with whoever wrote it; each new article and paragraph takes an id from `ids`.
    ///
    /// # Errors
    /// When there are fewer ids than new articles and paragraphs, a part does not fit, or a part of the draft is *perlu
    /// dibaca ulang*.
    pub fn edits_from(
        &self,
        articles: &[super::canon::TermsArticle],
        mut ids: impl Iterator<Item = super::text::ItemId>,
    ) -> Result<Vec<Edit>, RecordError> {
        let mut next = || {
            ids.next()
                .ok_or(unfit(("kurang banyak tanda pengenal", "too few ids"), ("coba lagi", "draw one for each part")))
        };
        self.text.rewritten(articles, &mut next)
    }
}
