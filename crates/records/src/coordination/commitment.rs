//! Commitments (records no. 24) with what follows from them (no. 26): who does what by when, whether it was kept, what the
//! superior said when it was not, and what goes into the next round.

use documents::Snapshot;
use identity::{Class, Coordinate, EntryHash, OfficeId, Region};
use serde::{Deserialize, Serialize};

use super::{
    canon::VersionHash,
    letter::According,
    opening::{Origin, OriginKind, is_line},
    party::{Party, as_text, as_text_opt},
    reading::{Line, Reading, speaks_for},
    why::Unfit,
};
use crate::{
    Authors, Date, Digest, FactDraft, PartialDate, RecordError, RecordKind, Said, content::refuse, facts::Content,
    notice::Notice, value::codes,
};

/// Days after the due date in which a commitment is *terlambat*; beyond them it is *ingkar*, unless the parties agreed
/// otherwise when they made it.
pub const GRACE_DAYS: u16 = 30;

/// The superior of an owner, named when the commitment is made: the one from whom a sanction comes. (S1, indicator 6)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superior {
    /// What it is called.
    pub name: String,
    /// Its office, if it has a node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeId>,
}

/// The entry that creates a commitment. Nobody can edit it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Who is to do it.
    pub owner: Party,
    /// What its owner is called.
    pub name: String,
    /// What is to be there.
    pub deliverable: String,
    /// By when.
    #[serde(with = "as_text")]
    pub due: Date,
    /// Days of grace before it counts as broken.
    pub grace_days: u16,
    /// The agreement that it carries out.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_text_opt")]
    pub agreement: Option<VersionHash>,
    /// The article of the agreement, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<u32>,
    /// The owner's superior.
    pub superior: Superior,
}

/// The owner takes the commitment on that another office wrote down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// When.
    pub date: PartialDate,
}

/// The owner put it on its own agenda: budget line and where it is programmed. (S1, indicator 4)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programmed {
    /// The budget line.
    pub budget_line: String,
    /// Where it is programmed, e.g. *Renja 2018*.
    pub within: String,
    /// When.
    pub date: PartialDate,
}

/// What was done so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// When.
    pub date: PartialDate,
    /// What.
    pub note: String,
    /// It is done: the deliverable is there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// The hash of what shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
}

codes! {
    /// What a superior does about a commitment.
    SanctionKind {
        /// A reprimand.
        Reprimand = "teguran", "teguran", "reprimand", [];
        /// A follow-up.
        FollowUp = "tindak_lanjut", "tindak lanjut atasan", "follow-up by the superior", [];
        /// Praise: the other half of the incentive.
        Praise = "penghargaan", "penghargaan", "praise", [];
    }
}

/// What the superior said about a commitment: by its own node, or recorded from its letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanction {
    /// What it does.
    pub kind: SanctionKind,
    /// When.
    pub date: PartialDate,
    /// What it says.
    pub text: String,
    /// Where it is written, when another office records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub according_to: Option<According>,
}

/// What the owner replies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it says.
    pub text: String,
}

/// What the next round is to take up. (S1, indicator 7)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// What.
    pub text: String,
    /// When.
    pub date: PartialDate,
}

/// An agenda took the feedback up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenUp {
    /// The feedback.
    pub feedback: EntryHash,
    /// The agenda.
    #[serde(with = "as_text")]
    pub agenda: Coordinate,
}

macro_rules! contents {
    ($($name:ident = $key:literal;)*) => { $(impl Content for $name { const KEY: &'static str = $key; })* };
}
contents! {
    Promise = "promise";
    Acceptance = "acceptance";
    Programmed = "programmed";
    Progress = "progress";
    Sanction = "sanction";
    Answer = "answer";
    Feedback = "feedback";
    TakenUp = "taken_up";
}

/// A commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// The document.
    #[serde(with = "as_text")]
    pub doc: Coordinate,
    /// The region of its scope.
    pub region: Region,
    /// What was promised.
    pub promise: Said<Promise>,
    /// The office that wrote it down. For an owner without a node it reports what the owner says.
    pub recorder: OfficeId,
    /// Whether its owner wrote or accepted it. Until then it is a proposal and counts nowhere.
    pub accepted: bool,
    /// Where its owner programmed it.
    pub programmed: Vec<Said<Programmed>>,
    /// What was done.
    pub progress: Vec<Said<Progress>>,
    /// What the superior said itself.
    pub sanctions: Vec<Said<Sanction>>,
    /// What others recorded from the superior's letters: *belum dikonfirmasi*.
    pub recorded_sanctions: Vec<Said<Sanction>>,
    /// What the owner replied.
    pub answers: Vec<Said<Answer>>,
    /// What the next round is to take up.
    pub feedback: Vec<Said<Feedback>>,
    /// Which agenda took up which feedback.
    pub taken_up: Vec<Said<TakenUp>>,
}

/// How a commitment stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Its owner has not accepted it.
    Proposed,
    /// It runs; so many days are left, 0 on the last.
    Running(i32),
    /// *Dipenuhi*, in time.
    Kept,
    /// *Dipenuhi*, after its day.
    KeptLate,
    /// *Terlambat*, so many days.
    Late(i32),
    /// *Ingkar*, so many days after it was due.
    Breached(i32),
    /// It is done, and whether in time depends on a date that is not exact enough or is contradicted.
    Depends,
}

impl Commitment {
    /// Reads a commitment; `None` where the promise cannot be read.
    pub(crate) fn read(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> Option<Self> {
        let (mut reading, lines) = Reading::new(snapshot, authors, RecordKind::Commitment, &[Promise::KEY]);
        let region = snapshot.id.journal.scope.region();
        let mut found: Option<Self> = None;
        for line in lines.iter().filter(|line| line.fact.key == Promise::KEY) {
            if line.fact.by.at != snapshot.id {
                reading.unfit(line, Unfit::SecondOpening);
            } else if let (Some(promise), Some(region)) = (reading.take::<Promise>(line), region.clone()) {
                found = Some(Self {
                    doc: snapshot.id.clone(),
                    region,
                    // An owner without a node accepts by letter; whoever wrote it down answers for that.
                    accepted: owns(authors, line.author.office, &promise.what, line.author.office),
                    promise,
                    recorder: line.author.office,
                    programmed: Vec::new(),
                    progress: Vec::new(),
                    sanctions: Vec::new(),
                    recorded_sanctions: Vec::new(),
                    answers: Vec::new(),
                    feedback: Vec::new(),
                    taken_up: Vec::new(),
                });
            }
        }
        if let Some(found) = &mut found {
            lines.iter().for_each(|line| found.take(&mut reading, line));
        }
        notices.append(&mut reading.notices);
        found
    }

    fn take(&mut self, reading: &mut Reading<'_>, line: &Line<'_>) {
        let office = line.author.office;
        let key = line.fact.key.as_str();
        let owners = [Acceptance::KEY, Programmed::KEY, Progress::KEY, Answer::KEY];
        if owners.contains(&key) && !owns(reading.authors, office, &self.promise.what, self.recorder) {
            reading.unfit(line, Unfit::NotOwner);
            return;
        }
        match key {
            Acceptance::KEY => self.accepted |= reading.take::<Acceptance>(line).is_some(),
            Programmed::KEY => self.programmed.extend(reading.take(line)),
            Progress::KEY => self.progress.extend(reading.take(line)),
            Answer::KEY => self.answers.extend(reading.take(line)),
            Feedback::KEY => self.feedback.extend(reading.take(line)),
            TakenUp::KEY => {
                let Some(said) = reading.take::<TakenUp>(line) else { return };
                // Whoever opened the agenda says so: its coordinate names the node that did.
                let opener = reading.authors.author(&said.what.agenda.journal.node).map(|author| author.office);
                let agenda = said.what.agenda.journal.scope.class() == Class::Agenda;
                if !self.feedback.iter().any(|feedback| feedback.hash == said.what.feedback) || !agenda {
                    reading.unfit(line, Unfit::NoSuch);
                } else if opener == Some(office) {
                    self.taken_up.push(said);
                } else {
                    reading.unfit(line, Unfit::NotConvener);
                }
            }
            Sanction::KEY => {
                let Some(said) = reading.take::<Sanction>(line) else { return };
                let superior = self.promise.what.superior.office;
                if superior.is_some_and(|superior| speaks_for(reading.authors, office, superior)) {
                    self.sanctions.push(said);
                } else if said.what.according_to.as_ref().is_some_and(|according| according.check().is_ok()) {
                    self.recorded_sanctions.push(said);
                } else {
                    reading.unfit(line, Unfit::NotSuperior);
                }
            }
            _ => {}
        }
    }

    /// How it stands on a day.
    pub fn kept(&self, day: Date) -> Kept {
        if !self.accepted {
            return Kept::Proposed;
        }
        let due = self.promise.what.due;
        let dones: Vec<_> =
            self.progress.iter().filter(|said| said.what.done).map(|said| said.what.date.span()).collect();
        if let Some(first) = dones.first() {
            let in_time =
                |span: &crate::Span| if span.last <= due { Some(true) } else { (span.first > due).then_some(false) };
            let verdict = in_time(first);
            return match verdict {
                Some(true) if dones.iter().all(|span| in_time(span) == verdict) => Kept::Kept,
                Some(false) if dones.iter().all(|span| in_time(span) == verdict) => Kept::KeptLate,
                Some(_) | None => Kept::Depends,
            };
        }
        // Both lie within the years that a date may name.
        let days = |from: Date, to: Date| from.until(to).map_or(0, |span| span.get_days());
        if day <= due {
            Kept::Running(days(day, due))
        } else if days(due, day) <= i32::from(self.promise.what.grace_days) {
            Kept::Late(days(due, day))
        } else {
            Kept::Breached(days(due, day))
        }
    }

    /// Whether this office owns it, or reports for an owner without a node.
    pub fn is_of(&self, office: OfficeId) -> bool {
        match self.promise.what.owner {
            Party::Office(owner) => owner == office,
            Party::Outside(_) => self.recorder == office,
        }
    }

    /// Feedback that no agenda has taken up.
    pub fn open_feedback(&self) -> impl Iterator<Item = &Said<Feedback>> {
        self.feedback.iter().filter(|said| !self.taken_up.iter().any(|taken| taken.what.feedback == said.hash))
    }

    /// Where an agenda comes from that takes this up: from its feedback, or from its breach on that day.
    pub fn origin(&self, day: Date) -> Option<Origin> {
        let kind = if self.open_feedback().next().is_some() {
            OriginKind::Feedback
        } else if matches!(self.kept(day), Kept::Breached(_)) {
            OriginKind::Breach
        } else {
            return None;
        };
        Some(Origin { kind, of: Some(self.doc.clone()) })
    }

    /// A sanction by this office: the superior's own, or recorded from its letter.
    ///
    /// # Errors
    /// When the office is not the superior's and no letter is named, or the sanction says nothing.
    pub fn draft_sanction(&self, office: OfficeId, sanction: &Sanction) -> Result<FactDraft, RecordError> {
        if sanction.text.trim().is_empty() {
            return refuse(
                ("isinya kosong", "an empty sanction"),
                ("tulis apa kata atasan", "write what the superior says"),
            );
        }
        match &sanction.according_to {
            Some(according) => according.check()?,
            None if self.promise.what.superior.office == Some(office) => {}
            None => {
                return refuse(
                    ("kantor ini bukan atasannya", "a sanction by an office that is not the superior"),
                    ("sebut surat atau rapat atasan itu", "name the superior's letter or meeting"),
                );
            }
        }
        sanction.draft()
    }

    /// Progress by its owner.
    ///
    /// # Errors
    /// When the office is not the owner, the commitment is not accepted, or the note is empty.
    pub fn draft_progress(&self, office: OfficeId, progress: &Progress) -> Result<FactDraft, RecordError> {
        if !self.is_of(office) {
            return refuse(
                ("komitmen ini milik kantor lain", "progress on another office's commitment"),
                ("hanya pemiliknya yang melaporkan", "only its owner reports it"),
            );
        }
        if !self.accepted {
            return refuse(
                ("komitmennya belum diterima pemiliknya", "progress on a commitment that is not accepted"),
                ("terima dahulu", "accept it first"),
            );
        }
        if progress.note.trim().is_empty() {
            return refuse(
                ("kemajuannya kosong", "progress without a word"),
                ("tulis apa yang sudah dikerjakan", "write what was done"),
            );
        }
        progress.draft()
    }
}

fn owns(authors: &dyn Authors, office: OfficeId, promise: &Promise, recorder: OfficeId) -> bool {
    match promise.owner {
        Party::Office(owner) => speaks_for(authors, office, owner),
        Party::Outside(_) => office == recorder,
    }
}

impl Promise {
    /// The fact that creates a commitment.
    ///
    /// # Errors
    /// When owner, deliverable or superior is missing, the owner is its own superior, or an article is named without
    /// its agreement.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if ![&self.name, &self.deliverable].into_iter().all(|line| is_line(line)) {
            return refuse(
                ("nama pemilik atau hasilnya kosong", "a commitment without an owner's name or a deliverable"),
                ("isi keduanya, masing-masing satu baris", "write both, each one line"),
            );
        }
        if !is_line(&self.superior.name) {
            return refuse(
                ("atasannya kosong", "a commitment without a superior"),
                ("sebut kepada siapa pemiliknya bertanggung jawab", "name whom its owner answers to"),
            );
        }
        if self.superior.office.is_some() && self.superior.office == self.owner.office() {
            return refuse(
                ("pemilik menjadi atasannya sendiri", "an owner that is its own superior"),
                ("sebut kantor di atasnya", "name the office above it"),
            );
        }
        if self.article == Some(0) || (self.article.is_some() && self.agreement.is_none()) {
            return refuse(
                ("ada pasal tanpa kesepakatannya", "an article without its agreement"),
                ("pilih kesepakatannya, lalu nomor pasalnya mulai 1", "name the agreement, and the article from 1"),
            );
        }
        self.draft()
    }
}

impl Programmed {
    /// The fact.
    ///
    /// # Errors
    /// When the budget line or the plan is missing.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if !is_line(&self.budget_line) || !is_line(&self.within) {
            return refuse(
                ("mata anggaran atau rencananya kosong", "a commitment that is programmed nowhere"),
                ("sebut mata anggaran dan rencana yang memuatnya", "name the budget line and the plan that holds it"),
            );
        }
        self.draft()
    }
}
