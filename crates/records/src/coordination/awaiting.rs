//! *Menunggu Anda*: what waits for one office on a day; and what changed while it was away.

use identity::{Coordinate, OfficeId};

use super::{
    Agenda, AgendaStep, CellState, Commitment, Kept, Party, PartyState, Shelf, Term, VersionHash, VersionState,
    Versions, Vote, term_with_others,
};
use crate::{By, Date, value::codes};

codes! {
    /// What an office is to do.
    Task {
        /// Say what it thinks of an article.
        Stand = "tanggapan", "beri tanggapan", "say what you think", [];
        /// Say which of its officials' words holds.
        Settle = "tanggapan_berbeda", "pilih tanggapan yang berlaku", "say which of your answers holds", [];
        /// Say itself what was recorded for it.
        ConfirmRecorded = "konfirmasi_tanggapan", "konfirmasi tanggapan yang dicatat untuk kantor ini", "confirm what was recorded for you", [];
        /// Read a paragraph again.
        Reread = "baca_ulang", "baca ulang naskah", "read the text again", [];
        /// Ratify the newest version, or reject it.
        Ratify = "tetapkan", "tetapkan atau tolak", "ratify or reject", [];
        /// Withdraw one of two signatures.
        WithdrawOne = "tarik_satu", "tarik salah satu penetapan", "withdraw one of two signatures", [];
        /// Confirm a signing on paper.
        ConfirmPaper = "konfirmasi_kertas", "konfirmasi tanda tangan di kertas", "confirm the signing on paper", [];
        /// Bring the word that an *ad referendum* awaits.
        AdReferendum = "ad_referendum", "pastikan persetujuan ad referendum", "confirm what was agreed ad referendum", [];
        /// Answer an invitation.
        Invitation = "undangan", "jawab undangan", "answer an invitation", [];
        /// Accept a commitment that another office wrote down.
        Accept = "terima_komitmen", "terima komitmen", "accept a commitment", [];
        /// Programme a commitment.
        Programme = "programkan", "programkan komitmen", "programme a commitment", [];
        /// Keep a commitment that is due soon or late.
        Deliver = "penuhi", "penuhi komitmen", "deliver", [];
        /// Act as the superior of whoever broke a commitment.
        ActOnBreach = "tindak_ingkar", "tindak komitmen yang ingkar", "act on a breach", [];
        /// Take feedback up into an agenda.
        TakeUp = "angkat_umpan_balik", "angkat umpan balik ke agenda", "take feedback up", [];
        /// Renew an agreement that ends soon.
        Renew = "perpanjang", "kesepakatan segera berakhir", "an agreement ends soon", [];
        /// Answer a disposition of its own.
        Disposition = "disposisi", "disposisi lewat tenggat", "a disposition is overdue", [];
    }
}

/// A commitment is spoken of this many days before it is due.
const DELIVER_DAYS: i32 = 30;

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Awaiting {
    /// By when; those without a day come last.
    pub due: Due,
    /// What is to be done.
    pub task: Task,
    /// In which document.
    pub doc: Coordinate,
    /// What inside it: an article, a version, an event; may be empty.
    pub about: String,
}

/// By when something waits, ordered as a list shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// By a day; it may have passed.
    By(Date),
    /// Without a day.
    Open,
}

impl Due {
    fn of(day: Option<Date>) -> Self {
        day.map_or(Self::Open, Self::By)
    }

    /// Whether the day has passed.
    pub fn is_over(self, day: Date) -> bool {
        matches!(self, Self::By(due) if due < day)
    }
}

/// What waits for an office on a day, the most urgent first.
pub fn awaiting(shelf: &Shelf, office: OfficeId, day: Date) -> Vec<Awaiting> {
    let mut list = Vec::new();
    for agenda in &shelf.agendas {
        let closed = !agenda.closings.is_empty();
        if let (Some(party), false) = (agenda.party_of(office, None), closed) {
            of_agenda(&mut list, agenda, party, office, day);
        }
    }
    for agreement in &shelf.agreements {
        // Whoever reads the agenda is told there.
        let told = |version: &super::Version| shelf.agendas.iter().any(|a| a.versions.get(version.hash).is_some());
        if !agreement.version().is_some_and(told) {
            of_versions(&mut list, &agreement.doc, &agreement.versions, office, None);
        }
    }
    of_terms(&mut list, shelf, office, day);
    shelf.commitments.iter().for_each(|commitment| of_commitment(&mut list, shelf, commitment, office, day));
    for calendar in &shelf.calendars {
        for meet in calendar.standing().filter(|meet| day <= meet.event.what.day) {
            let unanswered = meet.guests.get(&Party::Office(office)).is_some_and(|guest| guest.answers.is_empty());
            if unanswered {
                let due = Due::By(meet.event.what.day);
                push(&mut list, due, Task::Invitation, &calendar.doc, &meet.event.what.title);
            }
        }
    }
    for draft in shelf.drafts.iter().filter(|draft| draft.office == office) {
        for said in draft.overdue(day) {
            push(&mut list, Due::of(said.what.due), Task::Disposition, &draft.doc, &said.what.to);
        }
    }
    list.sort();
    list.dedup();
    list
}

fn push(list: &mut Vec<Awaiting>, due: Due, task: Task, doc: &Coordinate, about: &str) {
    list.push(Awaiting { due, task, doc: doc.clone(), about: about.to_owned() });
}

fn of_agenda(list: &mut Vec<Awaiting>, agenda: &Agenda, party: Party, office: OfficeId, day: Date) {
    let steps = &agenda.opening.what;
    let final_text = !agenda.versions.versions.is_empty();
    // Once there is a final text, it is signed or rejected; stands on its draft are history.
    let articles: Vec<_> = agenda.text.articles.iter().map(|article| article.id).filter(|_| !final_text).collect();
    let due = Due::of(steps.due(AgendaStep::Stands));
    for article in articles {
        let about = article.to_string();
        match agenda.cell(party, Some(article), day) {
            CellState::Open | CellState::Silent { .. } => push(list, due, Task::Stand, &agenda.doc, &about),
            CellState::Recorded(_) => push(list, due, Task::ConfirmRecorded, &agenda.doc, &about),
            CellState::Different(_) => push(list, due, Task::Settle, &agenda.doc, &about),
            CellState::Own(_) => {}
        }
    }
    for reread in agenda.text.reread() {
        if reread.wordings.iter().any(|wording| wording.by.office == Some(office)) {
            push(list, Due::of(steps.due(AgendaStep::Text)), Task::Reread, &agenda.doc, &reread.key);
        }
    }
    of_versions(list, &agenda.doc, &agenda.versions, office, steps.due(AgendaStep::Ratification));
    // An official with mandate has spoken once the office has said anything about a version.
    let spoke = agenda.versions.words.given().any(|given| given.word.office == office);
    for said in agenda.ad_referendum.iter().filter(|said| !spoke && said.by.office == Some(office)) {
        push(list, Due::By(said.what.until), Task::AdReferendum, &agenda.doc, &said.what.awaiting);
    }
}

fn of_versions(list: &mut Vec<Awaiting>, doc: &Coordinate, versions: &Versions, office: OfficeId, due: Option<Date>) {
    let Some(last) = versions.versions.last() else { return };
    let numbered = versions.numbered();
    let newest = versions.versions.iter().filter(|version| version.terms.number == last.terms.number);
    let parties = |version: &super::Version| -> Vec<OfficeId> {
        let speaks = |party: &OfficeId| *party == office || versions.words.carriers_of(*party).contains(&office);
        version.terms.required().filter(speaks).collect()
    };
    for party in parties(last) {
        if let PartyState::SignedTwo(two) = versions.words.party_state(party, &numbered) {
            let about: Vec<String> = two.iter().map(VersionHash::short).collect();
            push(list, Due::of(due), Task::WithdrawOne, doc, &about.join(" "));
        }
    }
    for version in newest {
        for party in parties(version) {
            if versions.words.vote(party, version.hash) != Vote::None {
                continue;
            }
            match versions.state(version) {
                VersionState::Open { .. } => push(list, Due::of(due), Task::Ratify, doc, &version.hash.short()),
                VersionState::OnPaper { .. } => push(list, Due::Open, Task::ConfirmPaper, doc, &version.hash.short()),
                VersionState::Ratified => {}
            }
        }
    }
}

/// Agreements in force that end soon, each once.
fn of_terms(list: &mut Vec<Awaiting>, shelf: &Shelf, office: OfficeId, day: Date) {
    let agendas = shelf.agendas.iter().map(|agenda| (&agenda.doc, &agenda.versions));
    let published = shelf.agreements.iter().map(|agreement| (&agreement.doc, &agreement.versions));
    let mut in_force: Vec<(&Coordinate, &super::Version)> = Vec::new();
    for (doc, versions) in agendas.chain(published) {
        for version in &versions.versions {
            let open = matches!(versions.state(version), VersionState::Open { .. });
            if !open && !in_force.iter().any(|(_, other)| other.hash == version.hash) {
                in_force.push((doc, version));
            }
        }
    }
    let all: Vec<_> = in_force.iter().map(|(_, version)| (version.hash, &version.terms)).collect();
    for (doc, version) in &in_force {
        let party = version.terms.parties.iter().any(|party| party.party == Party::Office(office));
        if let (true, Term::Ending(_)) = (party, term_with_others(&version.terms, version.hash, &all, day)) {
            push(list, Due::of(version.terms.until), Task::Renew, doc, &version.hash.short());
        }
    }
}

fn of_commitment(list: &mut Vec<Awaiting>, shelf: &Shelf, commitment: &Commitment, office: OfficeId, day: Date) {
    let promise = &commitment.promise.what;
    let kept = commitment.kept(day);
    let mut add = |task| push(list, Due::By(promise.due), task, &commitment.doc, &promise.deliverable);
    if commitment.is_of(office) {
        match kept {
            Kept::Proposed => add(Task::Accept),
            Kept::Running(left) if left > DELIVER_DAYS => {}
            Kept::Running(_) | Kept::Late(_) | Kept::Breached(_) => add(Task::Deliver),
            Kept::Kept | Kept::KeptLate | Kept::Depends => {}
        }
        if kept != Kept::Proposed && commitment.programmed.is_empty() {
            add(Task::Programme);
        }
    }
    if promise.superior.office == Some(office) && matches!(kept, Kept::Breached(_)) && commitment.sanctions.is_empty() {
        add(Task::ActOnBreach);
    }
    // The convener of the agenda that it came from opens the next round.
    let convenes = promise.agreement.is_some_and(|version| {
        shelf.agendas.iter().any(|agenda| agenda.convenes(office) && agenda.versions.get(version).is_some())
    });
    if convenes && shelf.followed_by(&commitment.doc).is_none() {
        for said in commitment.open_feedback() {
            push(list, Due::Open, Task::TakeUp, &commitment.doc, &said.what.text);
        }
    }
}

codes! {
    /// What is new.
    News {
        /// An agenda was opened.
        Opened = "dibuka", "agenda baru", "new agenda", [];
        /// A part of the text was written.
        Text = "naskah", "naskah diubah", "text changed", [];
        /// A party said what it thinks.
        Stand = "tanggapan", "tanggapan", "stand", [];
        /// A remark.
        Comment = "komentar", "komentar", "remark", [];
        /// A meeting was recorded.
        Meeting = "rapat", "rapat", "meeting", [];
        /// A letter was recorded.
        Letter = "surat", "surat", "letter", [];
        /// A text was made final.
        Final = "naskah_akhir", "naskah akhir", "final text", [];
        /// A party ratified, rejected or withdrew.
        Word = "penetapan", "penetapan", "ratification", [];
        /// An agreement was published.
        Published = "kesepakatan", "kesepakatan terbit", "agreement published", [];
        /// A commitment was written down.
        Commitment = "komitmen", "komitmen baru", "new commitment", [];
        /// Progress.
        Progress = "kemajuan", "kemajuan", "progress", [];
        /// A superior spoke.
        Sanction = "sanksi", "teguran atau tindak lanjut", "the superior spoke", [];
        /// Feedback.
        Feedback = "umpan_balik", "umpan balik", "feedback", [];
        /// A date was set.
        Event = "tanggal", "tanggal baru", "new date", [];
    }
}

/// Something that was said while an office was away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The document.
    pub doc: Coordinate,
    /// What is new.
    pub news: News,
    /// Who said it.
    pub by: By,
}

/// What changed since an office was away: everything whose entry it did not know then, by document. `known` says whether
/// an entry lies within what the office held when it left. The office's own entries are no news.
pub fn changed(shelf: &Shelf, office: OfficeId, known: impl Fn(&Coordinate) -> bool) -> Vec<Changed> {
    let mut list = Vec::new();
    let mut add = |doc: &Coordinate, news: News, by: &By| {
        if by.office != Some(office) && !known(&by.at) {
            list.push(Changed { doc: doc.clone(), news, by: by.clone() });
        }
    };
    for agenda in &shelf.agendas {
        let doc = &agenda.doc;
        add(doc, News::Opened, &agenda.opening.by);
        for article in &agenda.text.articles {
            let paragraphs = article.paragraphs.iter().flat_map(|paragraph| &paragraph.wordings);
            article.headings.iter().chain(paragraphs).for_each(|wording| add(doc, News::Text, &wording.by));
        }
        let cells = agenda.grid.values().flatten();
        cells.flat_map(|cell| cell.own.iter().chain(&cell.recorded)).for_each(|said| add(doc, News::Stand, &said.by));
        agenda.comments.iter().for_each(|said| add(doc, News::Comment, &said.by));
        agenda.meetings.iter().for_each(|said| add(doc, News::Meeting, &said.by));
        agenda.letters.iter().for_each(|said| add(doc, News::Letter, &said.by));
        agenda.versions.versions.iter().for_each(|version| add(doc, News::Final, &version.by));
        agenda.versions.words.given().filter_map(|given| given.by.as_ref()).for_each(|by| add(doc, News::Word, by));
    }
    for agreement in &shelf.agreements {
        agreement.versions.versions.iter().for_each(|version| add(&agreement.doc, News::Published, &version.by));
    }
    for commitment in &shelf.commitments {
        let doc = &commitment.doc;
        add(doc, News::Commitment, &commitment.promise.by);
        commitment.progress.iter().for_each(|said| add(doc, News::Progress, &said.by));
        let sanctions = commitment.sanctions.iter().chain(&commitment.recorded_sanctions);
        sanctions.for_each(|said| add(doc, News::Sanction, &said.by));
        commitment.feedback.iter().for_each(|said| add(doc, News::Feedback, &said.by));
    }
    for calendar in &shelf.calendars {
        calendar.standing().for_each(|meet| add(&calendar.doc, News::Event, &meet.event.by));
    }
    // Many paragraphs of one save are one piece of news.
    list.dedup_by(|a, b| a.doc == b.doc && a.news == b.news && a.by.at == b.by.at);
    list
}
