//! Inside one office: a stand is a draft with dispositions and initials, until an officer with mandate releases it as
//! *resmi*. Only then does it leave `internal/<office>`.

use documents::Snapshot;
use identity::{Coordinate, OfficeId};
use serde::{Deserialize, Serialize};

use super::{
    agenda::Agenda,
    mandate::Mandate,
    opening::is_line,
    party::{as_text, as_text_opt},
    reading::Reading,
    stand::Stand,
    why::Unfit,
};
use crate::{
    Authors, Date, Digest, FactDraft, PartialDate, RecordError, RecordKind, Said, content::refuse, facts::Content,
    notice::Notice,
};

/// The entry that creates a draft: for which agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftFor {
    /// The agenda.
    #[serde(with = "as_text")]
    pub agenda: Coordinate,
}

/// The stand as it is drafted; a later one takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftStand {
    /// The stand.
    pub stand: Stand,
}

/// An instruction from one desk to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// From which position.
    pub from: String,
    /// To which position.
    pub to: String,
    /// What is to be done.
    pub instruction: String,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_text_opt")]
    pub due: Option<Date>,
}

/// Initials (paraf) of one level on the draft as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initials {
    /// The position.
    pub level: String,
    /// The draft that was initialled ([`InternalDraft::digest`]).
    pub draft: Digest,
    /// When.
    pub date: PartialDate,
}

/// The draft is *resmi*: an official with mandate releases it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The draft that is released.
    pub draft: Digest,
    /// What entitles the official.
    pub mandate: Mandate,
    /// The day.
    #[serde(with = "as_text")]
    pub day: Date,
}

macro_rules! contents {
    ($($name:ident = $key:literal;)*) => { $(impl Content for $name { const KEY: &'static str = $key; })* };
}
contents! {
    DraftFor = "draft_for";
    DraftStand = "draft_stand";
    Disposition = "disposition";
    Initials = "initials";
    Release = "release";
}

/// A stand while it is drafted inside an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InternalDraft {
    /// The document.
    #[serde(with = "as_text")]
    pub doc: Coordinate,
    /// The office.
    pub office: OfficeId,
    /// The agenda.
    pub agenda: Said<DraftFor>,
    /// The drafts that no later one replaces; two officers who wrote at once leave two.
    pub drafts: Vec<Said<DraftStand>>,
    /// Instructions.
    pub dispositions: Vec<Said<Disposition>>,
    /// Initials; those on an earlier draft are shown as such.
    pub initials: Vec<Said<Initials>>,
    /// Releases that count.
    pub releases: Vec<Said<Release>>,
}

impl InternalDraft {
    /// Reads a draft; `None` where its creation cannot be read, or it lies in another office's scope.
    pub(crate) fn read(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> Option<Self> {
        let (mut reading, lines) =
            Reading::new(snapshot, authors, RecordKind::InternalDraft, &[DraftFor::KEY, Release::KEY]);
        let mut found: Option<Self> = None;
        for line in lines.iter().filter(|line| line.fact.key == DraftFor::KEY) {
            let office = snapshot.id.journal.scope.office();
            if line.fact.by.at != snapshot.id {
                reading.unfit(line, Unfit::SecondOpening);
            } else if office != Some(line.author.office) {
                reading.unfit(line, Unfit::NotParty);
            } else if let Some(agenda) = reading.take::<DraftFor>(line) {
                found = Some(Self {
                    doc: snapshot.id.clone(),
                    office: line.author.office,
                    agenda,
                    drafts: Vec::new(),
                    dispositions: Vec::new(),
                    initials: Vec::new(),
                    releases: Vec::new(),
                });
            }
        }
        if let Some(found) = &mut found {
            let mut drafts = Vec::new();
            for line in &lines {
                if line.author.office != found.office {
                    reading.unfit(line, Unfit::NotParty);
                    continue;
                }
                match line.fact.key.as_str() {
                    DraftStand::KEY => drafts.extend(reading.take::<DraftStand>(line)),
                    Disposition::KEY => found.dispositions.extend(reading.take(line)),
                    Initials::KEY => found.initials.extend(reading.take(line)),
                    Release::KEY => {
                        let Some(said) = reading.take::<Release>(line) else { continue };
                        if said.what.mandate.covers(said.what.day) {
                            found.releases.push(said);
                        } else {
                            reading.unfit(line, Unfit::NoMandate);
                        }
                    }
                    _ => {}
                }
            }
            found.drafts = reading.newest(drafts).0;
        }
        notices.append(&mut reading.notices);
        found
    }

    /// A fingerprint of a draft, for initials and releases.
    pub fn digest(stand: &Stand) -> Digest {
        let mut hasher = blake3::Hasher::new_derive_key("simpul draft stand v1");
        // Only a map with keys that are no texts could fail here, and there is none.
        hasher.update(&serde_json::to_vec(stand).unwrap_or_default());
        Digest(*hasher.finalize().as_bytes())
    }

    /// The draft, if nobody has to choose.
    pub fn stand(&self) -> Option<&Stand> {
        match self.drafts.as_slice() {
            [first, rest @ ..] if rest.iter().all(|other| other.what == first.what) => Some(&first.what.stand),
            _ => None,
        }
    }

    /// Whether the draft as it stands was released.
    pub fn is_released(&self) -> bool {
        let now = self.stand().map(Self::digest);
        self.releases.iter().any(|said| Some(said.what.draft) == now)
    }

    /// The dispositions that were due before a day, while the draft is not released.
    pub fn overdue(&self, day: Date) -> impl Iterator<Item = &Said<Disposition>> {
        let open = !self.is_released();
        self.dispositions.iter().filter(move |said| open && said.what.due.is_some_and(|due| due < day))
    }

    /// Releases the draft: the fact for this document, and the stand for the agenda. Nothing else of the draft leaves.
    ///
    /// # Errors
    /// When there is no one draft, the agenda is another one, or the mandate is not recorded there or does not hold.
    pub fn release(
        &self,
        agenda: &Agenda,
        mandate: &Mandate,
        day: Date,
    ) -> Result<(FactDraft, FactDraft), RecordError> {
        let Some(stand) = self.stand() else {
            return refuse(
                ("rancangannya kosong atau ada dua", "a release without one draft"),
                ("tulis rancangannya, atau pilih salah satu", "write the draft, or settle which of the two holds"),
            );
        };
        if self.agenda.what.agenda != agenda.doc {
            return refuse(
                ("rancangan ini untuk agenda lain", "a release into another agenda"),
                ("buka agenda tujuannya", "open the agenda that the draft is for"),
            );
        }
        if !agenda.mandates_of(self.office, day).any(|said| said.what == *mandate) {
            return refuse(
                ("belum ada mandat untuk hari ini", "a release without a mandate"),
                ("catat dahulu mandat pejabatnya di agenda", "record the official's mandate in the agenda first"),
            );
        }
        let release = Release { draft: Self::digest(stand), mandate: mandate.clone(), day };
        Ok((release.draft()?, agenda.draft_stand(self.office, stand.clone())?))
    }
}

impl Disposition {
    /// The fact.
    ///
    /// # Errors
    /// When a desk or the instruction is missing.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if ![&self.from, &self.to, &self.instruction].into_iter().all(|line| is_line(line)) {
            return refuse(
                ("disposisinya belum lengkap", "the disposition is not complete"),
                ("isi dari siapa, kepada siapa dan apa yang dikerjakan", "say from whom, to whom and what to do"),
            );
        }
        self.draft()
    }
}
