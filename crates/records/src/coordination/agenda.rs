//! An agenda (records no. 21): one document of the parties, from the proposal to the ratification of its text.

use std::collections::BTreeMap;

use documents::Snapshot;
use identity::{Coordinate, EntryHash, OfficeId};
use serde::{Deserialize, Serialize};

use super::{
    canon::{Attached, Final},
    letter::Letter,
    mandate::{AdReferendum, Mandate},
    opening::{AgendaStep, Invitation, Opening},
    party::{Party, as_text},
    ratify::Given,
    reading::{Line, Reading, carriers},
    stand::{Cell, CellState, Comment, Grid, Meeting, Minutes, Stand},
    text::{self, AgendaText, ItemId},
    version::{VersionState, Versions},
    why::Unfit,
};
use crate::{
    Authors, Date, Fields, Known, PartialDate, RecordKind, Said, facts::Content, fields::record_fields,
    fold::read_fields, notice::Notice, value::codes,
};

record_fields! {
    /// What the parties edit together beside the text.
    AgendaFields {
        /// What the agenda is called.
        title: String, "Judul", "Title";
        /// What it is to reach.
        purpose: String, "Tujuan", "Purpose";
        /// The first day of the agreement's term.
        begins: PartialDate, "Berlaku sejak", "In force from";
        /// The last day; empty: it does not end by itself.
        ends: PartialDate, "Berlaku sampai", "In force until";
    }
}

/// Fields by key, each with the stored texts of its values.
mod fields_as_texts {
    use super::{AgendaFields, BTreeMap, Deserialize, Fields, Serialize};

    pub(super) fn serialize<S: serde::Serializer>(fields: &AgendaFields, serializer: S) -> Result<S::Ok, S::Error> {
        fields.texts().into_iter().collect::<BTreeMap<_, _>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<AgendaFields, D::Error> {
        let texts = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
        let mut fields = AgendaFields::default();
        texts.iter().for_each(|(key, texts)| fields.set_texts(key, texts));
        Ok(fields)
    }
}

/// How an agenda came to an end without an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Why.
    pub reason: String,
    /// When.
    pub date: PartialDate,
}

impl Content for Closing {
    const KEY: &'static str = "closing";
}

/// A party of an agenda, and who speaks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// As it was invited last. Two invitations without knowledge of each other: somebody has to say which holds.
    pub invited: Known<Invitation>,
    /// The offices that speak for it: itself, or those that carry on for it.
    pub speakers: Vec<OfficeId>,
}

codes! {
    /// How far an agenda is (1.18). From *komitmen diprogramkan* on, its commitments say it: [`super::lifecycle`].
    AgendaStage {
        /// Proposed.
        Proposed = "diusulkan", "diusulkan", "proposed", [];
        /// Parties said what they think.
        Stands = "tanggapan", "tanggapan pihak", "the parties answer", [];
        /// It was discussed in a meeting.
        Discussed = "dibahas", "dibahas", "discussed", [];
        /// There is a final text, which parties ratify.
        Final = "kesepakatan", "kesepakatan", "agreed text", [];
        /// Signed on paper, and being confirmed.
        OnPaper = "di_kertas", "ditandatangani di kertas", "signed on paper", [];
        /// *Ditetapkan*.
        Ratified = "ditetapkan", "ditetapkan", "ratified by all", [];
        /// Closed without an agreement.
        Closed = "ditutup", "ditutup tanpa kesepakatan", "closed without an agreement", [];
    }
}

/// An agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    /// The document.
    #[serde(with = "as_text")]
    pub doc: Coordinate,
    /// The office that opened it.
    pub convener: OfficeId,
    /// The offices that convene now: it, or those that carry on for it.
    pub conveners: Vec<OfficeId>,
    /// How it began.
    pub opening: Said<Opening>,
    /// What the parties edit beside the text.
    #[serde(with = "fields_as_texts")]
    pub fields: AgendaFields,
    /// Its parties, also those that left.
    pub seats: BTreeMap<Party, Seat>,
    /// Its text.
    pub text: AgendaText,
    /// What the parties think.
    pub grid: Grid,
    /// Remarks.
    pub comments: Vec<Said<Comment>>,
    /// Meetings.
    pub meetings: Vec<Said<Meeting>>,
    /// What the parties say of the minutes; a later word of an office takes the place of those that it had seen.
    pub minutes: Vec<Said<Minutes>>,
    /// Letters in and out.
    pub letters: Vec<Said<Letter>>,
    /// Mandates that stand.
    pub mandates: Vec<Said<Mandate>>,
    /// What somebody without a mandate agreed to.
    pub ad_referendum: Vec<Said<AdReferendum>>,
    /// What goes with the next version.
    pub attachments: Vec<Said<Attached>>,
    /// Final texts, papers and words.
    pub versions: Versions,
    /// How it was closed, if it was.
    pub closings: Vec<Said<Closing>>,
}

/// Keys of an agenda that its author cannot take back: a word is withdrawn by another word, a version stays.
const FIXED: &[&str] = &[Opening::KEY, Final::KEY, super::ratify::Signature::KEY];

impl Agenda {
    /// Reads an agenda; `None` while its opening cannot be read, with a notice.
    pub(crate) fn read(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> Option<Self> {
        let (mut reading, lines) = Reading::new(snapshot, authors, RecordKind::Agenda, FIXED);
        let mut agenda = None;
        for line in &lines {
            if line.fact.key == Opening::KEY {
                if line.fact.by.at != snapshot.id {
                    reading.unfit(line, Unfit::SecondOpening);
                } else if let Some(said) = reading.take::<Opening>(line) {
                    agenda = Some(Self::new(snapshot, authors, line.author.office, said));
                }
            }
        }
        if let Some(agenda) = &mut agenda {
            agenda.fields = read_fields_without_text(snapshot, authors, &mut reading.notices);
            agenda.text = AgendaText::read(snapshot, authors, &mut reading.notices);
            agenda.seat(&mut reading, &lines);
            agenda.take(&mut reading, &lines);
            agenda.take_versions(&mut reading, &lines);
        }
        notices.append(&mut reading.notices);
        agenda
    }

    fn new(snapshot: &Snapshot, authors: &dyn Authors, convener: OfficeId, opening: Said<Opening>) -> Self {
        Self {
            doc: snapshot.id.clone(),
            convener,
            conveners: carriers(authors, convener).into_iter().collect(),
            opening,
            fields: AgendaFields::default(),
            seats: BTreeMap::new(),
            text: AgendaText::default(),
            grid: Grid::new(),
            comments: Vec::new(),
            meetings: Vec::new(),
            minutes: Vec::new(),
            letters: Vec::new(),
            mandates: Vec::new(),
            ad_referendum: Vec::new(),
            attachments: Vec::new(),
            versions: Versions::default(),
            closings: Vec::new(),
        }
    }

    /// Whether this office convenes: it opened the agenda, or carries on for the office that did.
    pub fn convenes(&self, office: OfficeId) -> bool {
        office == self.convener || self.conveners.contains(&office)
    }

    fn seat(&mut self, reading: &mut Reading<'_>, lines: &[Line<'_>]) {
        let mut invitations: BTreeMap<Party, Vec<Said<Invitation>>> = BTreeMap::new();
        for line in lines.iter().filter(|line| line.fact.key == Invitation::KEY) {
            let Some(said) = reading.take::<Invitation>(line) else { continue };
            if self.convenes(line.author.office) {
                invitations.entry(said.what.party).or_default().push(said);
            } else {
                reading.unfit(line, Unfit::NotConvener);
            }
        }
        for first in &self.opening.what.parties {
            // An invitation that follows always knew the opening, which is the beginning of the document.
            invitations.entry(first.party).or_insert_with(|| {
                vec![Said { what: first.clone(), by: self.opening.by.clone(), hash: self.opening.hash }]
            });
        }
        for (party, said) in invitations {
            let (stand, _) = reading.newest(said);
            let speakers = party
                .office()
                .map(|office| carriers(reading.authors, office).into_iter().collect())
                .unwrap_or_default();
            self.seats.insert(party, Seat { invited: stand.into_iter().map(|said| said.what).collect(), speakers });
        }
    }

    /// The party that an office speaks for; an office that carries on for several names the one it means.
    pub fn party_of(&self, office: OfficeId, named: Option<Party>) -> Option<Party> {
        let speaks =
            |(party, seat): &(&Party, &Seat)| **party == Party::Office(office) || seat.speakers.contains(&office);
        let mut own = self.seats.iter().filter(speaks).map(|(party, _)| *party);
        match named {
            Some(named) => own.find(|party| *party == named),
            None => own.next(),
        }
    }

    fn take(&mut self, reading: &mut Reading<'_>, lines: &[Line<'_>]) {
        let mut cells: BTreeMap<(Party, Option<ItemId>), Cell> = BTreeMap::new();
        let mut minutes: BTreeMap<(EntryHash, OfficeId), Vec<Said<Minutes>>> = BTreeMap::new();
        for line in lines {
            let office = line.author.office;
            let is_party = self.party_of(office, None).is_some() || self.convenes(office);
            let key = line.fact.key.as_str();
            if key == Stand::KEY {
                let Some(said) = reading.take::<Stand>(line) else { continue };
                match self.stand_of(office, &said.what) {
                    Ok((party, own)) => {
                        let cell = cells.entry((party, said.what.article)).or_default();
                        (if own { &mut cell.own } else { &mut cell.recorded }).push(said);
                    }
                    Err(unfit) => reading.unfit(line, unfit),
                }
                continue;
            }
            let convener_only = [Closing::KEY, Final::KEY].contains(&key);
            let here = [
                Comment::KEY,
                Meeting::KEY,
                Minutes::KEY,
                Letter::KEY,
                Mandate::KEY,
                AdReferendum::KEY,
                Attached::KEY,
                Closing::KEY,
            ];
            if !here.contains(&key) {
                continue;
            }
            if convener_only && !self.convenes(office) {
                reading.unfit(line, Unfit::NotConvener);
            } else if !is_party {
                reading.unfit(line, Unfit::NotParty);
            } else {
                match key {
                    Comment::KEY => self.comments.extend(reading.take(line)),
                    Meeting::KEY => self.meetings.extend(reading.take(line)),
                    Minutes::KEY => {
                        let Some(said) = reading.take::<Minutes>(line) else { continue };
                        minutes.entry((said.what.meeting, office)).or_default().push(said);
                    }
                    Letter::KEY => self.letters.extend(reading.take(line)),
                    Mandate::KEY => self.mandates.extend(reading.take(line)),
                    AdReferendum::KEY => self.ad_referendum.extend(reading.take(line)),
                    Attached::KEY => self.attachments.extend(reading.take(line)),
                    _ => self.closings.extend(reading.take(line)),
                }
            }
        }
        self.minutes.extend(minutes.into_values().flat_map(|said| reading.newest(said).0));
        for ((party, article), Cell { own, recorded, .. }) in cells {
            let (own, mut earlier) = reading.newest(own);
            let (recorded, older) = reading.newest(recorded);
            earlier.extend(older);
            // The party's own word replaces what was recorded for it, also where the convener had not seen it.
            let recorded = if own.is_empty() {
                recorded
            } else {
                earlier.extend(recorded);
                Vec::new()
            };
            self.grid.entry(party).or_default().push(Cell { article, own, recorded, earlier });
        }
    }

    /// Whose stand it is, and whether it is the party's own word.
    fn stand_of(&self, office: OfficeId, stand: &Stand) -> Result<(Party, bool), Unfit> {
        if let Some(own) = self.party_of(office, stand.party) {
            return Ok((own, true));
        }
        let Some(party) = stand.party else { return Err(Unfit::NotParty) };
        if !self.seats.contains_key(&party) {
            return Err(Unfit::NotParty);
        }
        let named = stand.according_to.as_ref().is_some_and(|according| according.check().is_ok());
        if self.convenes(office) && named { Ok((party, false)) } else { Err(Unfit::ForAnother) }
    }

    fn take_versions(&mut self, reading: &mut Reading<'_>, lines: &[Line<'_>]) {
        let mut versions = Versions::default();
        for line in lines.iter().filter(|line| line.fact.key == Final::KEY) {
            if self.convenes(line.author.office) {
                versions.take_final(reading, line, &self.doc);
            } else {
                reading.unfit(line, Unfit::NotConvener);
            }
        }
        let all = Mandates::read(reading.snapshot, reading.authors);
        versions.take_words(reading, lines, |reading, given| all.stands(reading, given));
        self.versions = versions;
    }

    /// How far it is.
    pub fn stage(&self) -> AgendaStage {
        let state = |wanted: fn(&VersionState) -> bool| {
            self.versions.versions.iter().any(|version| wanted(&self.versions.state(version)))
        };
        if state(|state| *state == VersionState::Ratified) {
            AgendaStage::Ratified
        } else if !self.closings.is_empty() {
            AgendaStage::Closed
        } else if state(|state| matches!(state, VersionState::OnPaper { .. })) {
            AgendaStage::OnPaper
        } else if !self.versions.versions.is_empty() {
            AgendaStage::Final
        } else if !self.meetings.is_empty() {
            AgendaStage::Discussed
        } else if self.grid.values().flatten().any(|cell| !cell.own.is_empty() || !cell.recorded.is_empty()) {
            AgendaStage::Stands
        } else {
            AgendaStage::Proposed
        }
    }

    /// Whether it has come to its end: the parties agreed, or it was closed without an agreement.
    pub fn is_concluded(&self) -> bool {
        matches!(self.stage(), AgendaStage::Ratified | AgendaStage::OnPaper | AgendaStage::Closed)
    }

    /// Whether a record calls it so: by the random id of its scope.
    pub fn is_called(&self, id: &OfficeId) -> bool {
        self.doc.journal.scope.as_str().rsplit('/').next().and_then(|last| last.parse().ok()) == Some(*id)
    }

    /// What a party's cell says on a day. An article without a word of its own takes the word on the whole text.
    pub fn cell(&self, party: Party, article: Option<ItemId>, day: Date) -> CellState<'_> {
        let due = self.opening.what.due(AgendaStep::Stands);
        let silence = self.opening.what.silence;
        let row = self.grid.get(&party).map(Vec::as_slice).unwrap_or_default();
        let of = |wanted| row.iter().find(|cell| cell.article == wanted);
        let said = of(article).or_else(|| of(None));
        match said {
            Some(cell) => cell.on(day, due, silence),
            None => match due.filter(|due| *due < day) {
                Some(since) => CellState::Silent { since, means: silence },
                None => CellState::Open,
            },
        }
    }

    /// The parties that have not left.
    pub fn parties(&self) -> impl Iterator<Item = (&Party, &Seat)> {
        self.seats.iter().filter(|(_, seat)| seat.invited.values().iter().any(|invited| !invited.left))
    }

    /// Who approves the minutes of a meeting, and who does not, with why. An office of which two officials said different
    /// things at once is among both.
    pub fn approvals(&self, meeting: &EntryHash) -> (Vec<OfficeId>, Vec<(OfficeId, &str)>) {
        let (mut approve, mut others) = (Vec::new(), Vec::new());
        for said in self.minutes.iter().filter(|said| said.what.meeting == *meeting) {
            match (said.by.office, said.what.approves) {
                (Some(office), true) => approve.push(office),
                (Some(office), false) => others.push((office, said.what.note.as_deref().unwrap_or_default())),
                (None, _) => {}
            }
        }
        approve.dedup();
        (approve, others)
    }

    /// The mandates that an office has given and that hold on a day.
    pub fn mandates_of(&self, office: OfficeId, day: Date) -> impl Iterator<Item = &Said<Mandate>> {
        self.mandates.iter().filter(move |said| said.by.office == Some(office) && said.what.covers(day))
    }
}

/// The mandates of an agenda, with those that were taken back: taking one back does not undo what was signed before.
struct Mandates(Vec<(OfficeId, Mandate, identity::EntryHash, Vec<identity::EntryHash>)>);

impl Mandates {
    fn read(snapshot: &Snapshot, authors: &dyn Authors) -> Self {
        let annulments: Vec<_> = snapshot
            .facts
            .iter()
            .filter(|fact| fact.key == crate::kinds::ANNULMENT)
            .filter_map(|fact| {
                let office = authors.author(&fact.by.at.journal.node)?.office;
                let annulment: crate::Annulment = crate::facts::decode(&fact.bytes).ok()?;
                Some((office, annulment.of, fact.hash))
            })
            .collect();
        let mandates = snapshot.facts.iter().filter(|fact| fact.key == Mandate::KEY).filter_map(|fact| {
            let office = authors.author(&fact.by.at.journal.node)?.office;
            let mandate = crate::facts::decode(&fact.bytes).ok()?;
            let back = annulments.iter().filter(|(by, of, _)| *by == office && *of == fact.hash);
            Some((office, mandate, fact.hash, back.map(|(_, _, hash)| *hash).collect()))
        });
        Self(mandates.collect())
    }

    /// Whether the office of the word had given this very mandate, and whoever signed knew of nothing that took it back.
    fn stands(&self, reading: &Reading<'_>, given: &Given) -> bool {
        let by = given.by.as_ref();
        let entry = reading.snapshot.facts.iter().find(|fact| by.is_some_and(|by| by.at == fact.by.at));
        let Some(entry) = entry.map(|fact| fact.hash) else { return false };
        self.0.iter().any(|(office, mandate, hash, back)| {
            *office == given.word.office
                && *mandate == given.word.mandate
                && reading.saw(&entry, hash)
                && !back.iter().any(|back| reading.saw(&entry, back))
        })
    }
}

/// The declared fields; the text's keys are read apart.
fn read_fields_without_text<F: Fields>(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> F {
    let fields = snapshot.fields.iter().filter(|(key, _)| !text::is_key(key));
    let rest = Snapshot {
        fields: fields.map(|(key, values)| (key.clone(), values.clone())).collect(),
        id: snapshot.id.clone(),
        predecessor: None,
        texts: snapshot.texts.clone(),
        facts: Vec::new(),
        heads: Vec::new(),
        tips: Vec::new(),
        waiting: Vec::new(),
        refused: Vec::new(),
        settled: Vec::new(),
        ..*snapshot
    };
    read_fields(&rest, RecordKind::Agenda.spec(), authors, notices)
}
