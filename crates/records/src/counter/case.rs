//! Complaints (records no. 13) and consultation cases (no. 14): each in a scope of its own, read by the village and the
//! offices that were assigned.
//!
//! S2's rule: the complaint facility is for families of the village that take part. Nobody is turned away at the
//! counter: for others the case is a *rujukan*, a note of where to go, and urgent kinds are asked for all the same.

use identity::{Class, EntryHash, OfficeId, Region};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, optional_line, pick, unfit},
    date::{PartialDate, shown_day},
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec, TextSpec},
    participation::{Outcome, Participation, Said, Standing},
    rules::Figures,
    sheet::{Hear, Sheet},
    value::{Known, PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Lang, Words},
};

codes! {
    /// What a complaint is about: the kinds that the sources name (1.12).
    ComplaintKind {
        /// No follow-up after the training. (S0)
        NoFollowUp = "no_follow_up", "tidak ada tindak lanjut setelah pelatihan", "no follow-up after training", [];
        /// The family has lost contact. (S2)
        LostContact = "lost_contact", "putus kontak", "lost contact", ["hilang kontak"];
        /// Wages are not paid. (S2)
        UnpaidWage = "unpaid_wage", "gaji tidak dibayar", "unpaid wages", [];
        /// Stays longer than allowed. (S2)
        Overstay = "overstay", "overstay", "overstay", [];
        /// A crime or a legal case. (S2)
        Crime = "crime", "kasus hukum", "crime or legal case", ["kriminal"];
        /// Forged papers. (S2)
        Forgery = "forgery", "pemalsuan dokumen", "forged papers", [];
        /// Violence or abuse. (S2)
        Abuse = "abuse", "kekerasan", "violence or abuse", ["penganiayaan"];
        /// Somebody died. (S2)
        Death = "death", "kematian", "death", [];
        /// Trafficking. (S2, S4)
        Trafficking = "trafficking", "perdagangan orang", "trafficking", ["tppo"];
        /// Anything else.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

codes! {
    /// What a business consultation is about: the tasks of the consultation laboratory. (S0)
    Topic {
        /// Access to a market.
        Market = "market", "akses pasar", "market access", ["pasar"];
        /// PIRT, halal, health label.
        Permit = "permit", "perizinan", "permits", ["izin"];
        /// Skills.
        Skills = "skills", "keterampilan", "skills", [];
        /// Capital and finance.
        Finance = "finance", "permodalan dan keuangan", "finance", ["modal"];
        /// Science and technology.
        Technology = "technology", "teknologi", "technology", [];
        /// Growing the business.
        Growth = "growth", "pengembangan usaha", "business development", [];
        /// Anything else.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

codes! {
    /// Whether the complaint facility of the village is for this person.
    Access {
        /// A participant of this village, or of their family.
        Participant = "participant", "peserta desa ini", "participant of this village", [];
        /// Not a participant: recorded as *rujukan*.
        Referral = "referral", "rujukan", "referral", [];
    }
}

codes! {
    /// A step of handling.
    Handling {
        /// Passed on.
        Forwarded = "forwarded", "diteruskan", "passed on", [];
        /// Something was done.
        Acted = "acted", "ditindaklanjuti", "acted upon", [];
        /// The person was answered.
        Answered = "answered", "dijawab", "answered", [];
        /// It is settled.
        Settled = "settled", "selesai", "settled", [];
        /// It could not be settled here. (S0)
        Unsettled = "unsettled", "tidak terselesaikan", "could not be settled", [];
        /// Taken up again.
        Reopened = "reopened", "dibuka kembali", "taken up again", [];
    }
}

record_fields! {
    /// What people edit of a complaint.
    ComplaintFields {
        /// The village of the counter, or for whose people a posko took it.
        village: Region, "Desa", "Village";
        /// The number on the slip.
        number: String, "Nomor pengaduan", "Complaint number";
        /// What it is about.
        kind: ComplaintKind, "Jenis pengaduan", "Kind";
        /// Who complains, where the register knows them.
        person: PersonId, "Kode pelapor", "Complainant's code";
        /// Who complains.
        name: String, "Nama pelapor", "Complainant";
        /// How they can be reached.
        phone: String, "Telepon", "Phone";
        /// About whom, where the register knows them.
        about: PersonId, "Kode orang yang dilaporkan", "Code of whom it is about";
        /// When it was received.
        received: PartialDate, "Diterima", "Received";
    }
}

record_fields! {
    /// What people edit of a consultation.
    ConsultationFields {
        /// The village of whom it is for.
        village: Region, "Desa", "Village";
        /// The number on the slip.
        number: String, "Nomor konsultasi", "Consultation number";
        /// What it is about.
        topic: Topic, "Pokok konsultasi", "Topic";
        /// Who asks, where the register knows them.
        person: PersonId, "Kode penanya", "Code of who asks";
        /// Who asks.
        name: String, "Nama penanya", "Who asks";
        /// When it was received.
        received: PartialDate, "Diterima", "Received";
    }
}

/// What was found when the access rule was asked; recorded, because participations change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessCheck {
    /// What it said.
    pub access: Access,
    /// When it was asked.
    pub date: PartialDate,
    /// The rule and its source.
    pub rule: String,
}

impl Content for AccessCheck {
    const KEY: &'static str = "access";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.rule)
    }
}

/// Where somebody was told to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// The office or service.
    pub to: String,
    /// How it is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// When it was said.
    pub date: PartialDate,
}

impl Content for Referral {
    const KEY: &'static str = "referral";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.to)?;
        optional_line(self.contact.as_ref())
    }
}

/// An office answers for the case from now on; others may answer for it too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// The office.
    pub office: OfficeId,
    /// The officer in charge there, as the person can ask for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<String>,
    /// By when the person is answered.
    pub answer_by: PartialDate,
}

impl Content for Assigned {
    const KEY: &'static str = "assigned";

    fn check(&self) -> Result<(), RecordError> {
        must(matches!(self.answer_by, PartialDate::Day(_)), NO_ANSWER_DAY)?;
        optional_line(self.officer.as_ref())
    }
}

/// An office no longer answers for the case. It ends the assignments that its author had seen, never one made meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// The office.
    pub office: OfficeId,
}

impl Content for Released {
    const KEY: &'static str = "released";
}

/// A step of handling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// Which.
    pub step: Handling,
    /// When.
    pub date: PartialDate,
    /// What was done or said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Content for Handled {
    const KEY: &'static str = "handling";

    fn check(&self) -> Result<(), RecordError> {
        optional_line(self.note.as_ref())
    }
}

/// The case is discussed in a meeting with the stakeholders: an agenda of theirs. (S0)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalated {
    /// The agenda, by the random id of its scope.
    pub agenda: OfficeId,
    /// When.
    pub date: PartialDate,
}

impl Content for Escalated {
    const KEY: &'static str = "escalated";
}

/// What the stakeholders decided together about a case that was taken to their meeting. (S0)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointDecision {
    /// By which it was taken there.
    pub of: EntryHash,
    /// What was decided, for offices that do not read the agenda.
    pub text: String,
    /// When.
    pub date: PartialDate,
}

impl Content for JointDecision {
    const KEY: &'static str = "joint_decision";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.text)
    }
}

const NO_ANSWER_DAY: RecordError = unfit(
    ("tanggal batas jawaban belum tepat", "the day by which to answer is not exact"),
    ("isi tanggal lengkap", "fill in the whole date"),
);

/// What happened with a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CaseEvents {
    /// Access checks; the last one stands.
    #[serde(default)]
    pub access: Vec<Said<AccessCheck>>,
    /// Where the person was told to go.
    #[serde(default)]
    pub referrals: Vec<Said<Referral>>,
    /// Assignments that no release has ended: a set, not a lock.
    #[serde(default)]
    pub assigned: Vec<Said<Assigned>>,
    /// Everything that was done, in one order on every node.
    #[serde(default)]
    pub handled: Vec<Said<Handled>>,
    /// The steps that no later one follows: more than one were taken without knowledge of each other.
    #[serde(default)]
    pub last: Vec<Said<Handled>>,
    /// Meetings that took it up.
    #[serde(default)]
    pub escalated: Vec<Said<Escalated>>,
    /// What those meetings decided.
    #[serde(default)]
    pub decided: Vec<Said<JointDecision>>,
}

impl Hear for CaseEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        let released: Vec<(OfficeId, EntryHash)> = heard
            .take::<Released>()
            .iter()
            .flat_map(|said| heard.seen(&said.hash).into_iter().map(|hash| (said.what.office, hash)))
            .collect();
        let mut assigned = heard.take_latest::<Assigned, _>(|assigned| assigned.office);
        assigned.retain(|said| !released.contains(&(said.what.office, said.hash)));
        let handled = heard.take::<Handled>();
        let seen: Vec<EntryHash> = handled.iter().flat_map(|said| heard.seen(&said.hash)).collect();
        let last = handled.iter().filter(|said| !seen.contains(&said.hash)).cloned().collect();
        Self {
            access: heard.take(),
            referrals: heard.take(),
            assigned,
            handled,
            last,
            escalated: heard.take(),
            decided: heard.take(),
        }
    }
}

impl CaseEvents {
    /// How it stands: the last step; several where two were taken without knowledge of each other and differ.
    pub fn state(&self) -> Known<Handling> {
        self.last.iter().map(|said| said.what.step).collect()
    }

    /// Whether nothing is left to do: every last step says that it is settled.
    pub fn is_settled(&self) -> bool {
        self.state() == Known::One(Handling::Settled)
    }

    /// What a meeting decided that took it up.
    pub fn decisions(&self, of: &EntryHash) -> impl Iterator<Item = &Said<JointDecision>> {
        self.decided.iter().filter(move |said| said.what.of == *of)
    }

    /// Meetings that took it up and of which nobody wrote down what they decided.
    pub fn undecided(&self) -> impl Iterator<Item = &Said<Escalated>> {
        self.escalated.iter().filter(|said| self.decisions(&said.hash).next().is_none())
    }

    /// The day by which the person is to be answered: the earliest that an office in charge gave. `None` when they were
    /// answered or nobody is in charge.
    pub fn answer_by(&self) -> Option<Date> {
        let done = |step: &Handling| matches!(step, Handling::Answered | Handling::Settled);
        let last = self.state();
        if !last.is_unknown() && last.values().iter().all(done) {
            return None;
        }
        self.assigned.iter().map(|said| said.what.answer_by.span().last).min()
    }
}

/// A complaint.
pub type Complaint = Sheet<ComplaintFields, CaseEvents>;
/// A business consultation.
pub type Consultation = Sheet<ConsultationFields, CaseEvents>;

const HANDLING: &[FactSpec] = &[
    FactSpec::new("access", "Pemeriksaan hak", "Access check", MaySay::WRITERS),
    FactSpec::new("referral", "Rujukan", "Referral", MaySay::WRITERS),
    FactSpec::new("assigned", "Kantor penanggung jawab", "Office in charge", MaySay::WRITERS),
    FactSpec::new("released", "Tidak lagi bertanggung jawab", "No longer in charge", MaySay::WRITERS),
    FactSpec::new("handling", "Penanganan", "Handling", MaySay::WRITERS),
    FactSpec::new("escalated", "Dibawa ke rapat", "Taken to a meeting", MaySay::WRITERS),
    FactSpec::new("joint_decision", "Keputusan rapat", "Decision of the meeting", MaySay::WRITERS),
    FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
];

pub(crate) const COMPLAINT: KindSpec = KindSpec {
    number: 13,
    class: Class::Case,
    label: Words { id: "Pengaduan", en: "Complaint" },
    fields: ComplaintFields::SPECS,
    texts: &[
        TextSpec::new("story", "Uraian", "What happened"),
        TextSpec::new("private", "Catatan tertutup", "Private notes"),
    ],
    facts: HANDLING,
    required: &["village", "kind"],
};

pub(crate) const CONSULTATION: KindSpec = KindSpec {
    number: 14,
    class: Class::Case,
    label: Words { id: "Konsultasi usaha", en: "Business consultation" },
    fields: ConsultationFields::SPECS,
    texts: &[TextSpec::new("question", "Pertanyaan", "Question")],
    facts: HANDLING,
    required: &["village", "topic"],
};

/// Asks S2's rule: whether one of these participations, of the complainant or of their family, is *ditetapkan* in this
/// village. The caller says whose they are; two decisions that differ do not turn anybody away.
pub fn complaint_access(
    participations: &[&Participation],
    village: &Region,
    day: PartialDate,
    figures: &Figures,
) -> AccessCheck {
    let counts = |participation: &&&Participation| {
        participation.village == *village
            && match participation.events.standing() {
                Standing::Decided(said) => said.what.outcome == Outcome::Accepted,
                Standing::Different(all) => all.iter().any(|said| said.what.outcome == Outcome::Accepted),
                Standing::Undecided => false,
            }
    };
    let rule = &figures.complaints_of_participants_only;
    let open = !rule.value || participations.iter().any(|participation| counts(&participation));
    let access = if open { Access::Participant } else { Access::Referral };
    AccessCheck { access, date: day, rule: rule.source.clone() }
}

/// What the person takes home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The number of the case; `None` while two numbers stand or none.
    pub number: Option<String>,
    /// The officer in charge, where one is named.
    pub officer: Option<String>,
    /// The office in charge.
    pub office: Option<OfficeId>,
    /// By when they are answered.
    pub answer_by: Option<Date>,
    /// Where they were told to go.
    pub referrals: Vec<Referral>,
}

impl Slip {
    /// The lines of the slip. `office` is the name of the office in charge.
    pub fn lines(&self, office: &str, lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(number) = &self.number {
            lines.push(pick(lang, format!("Nomor: {number}"), format!("Number: {number}")));
        }
        let who = self.officer.as_ref().map_or(office.to_owned(), |officer| format!("{officer}, {office}"));
        if self.office.is_some() {
            lines.push(pick(lang, format!("Petugas: {who}"), format!("In charge: {who}")));
        }
        if let Some(day) = self.answer_by.map(shown_day) {
            lines.push(pick(lang, format!("Dijawab paling lambat {day}"), format!("Answered by {day} at the latest")));
        }
        for Referral { to, contact, .. } in &self.referrals {
            let to = contact.as_ref().map_or(to.clone(), |contact| format!("{to} ({contact})"));
            lines.push(pick(lang, format!("Silakan ke {to}"), format!("Please go to {to}")));
        }
        lines
    }
}

impl ComplaintFields {
    /// Whether it is of a kind that cannot wait; of two kinds that contradict each other one is enough.
    pub fn is_urgent(&self, figures: &Figures) -> bool {
        self.kind.values().iter().any(|kind| figures.urgent_complaints.value.contains(kind))
    }

    /// The day by which an answer is promised unless the officer says another; `None` while the day of its arrival is
    /// not exact.
    pub fn usual_answer_by(&self, figures: &Figures) -> Option<Date> {
        let days = if self.is_urgent(figures) { &figures.urgent_answer_days } else { &figures.complaint_answer_days };
        let Some(PartialDate::Day(received)) = self.received.one() else { return None };
        received.checked_add(i64::from(days.value).days()).ok()
    }
}

impl Complaint {
    /// As [`ComplaintFields::is_urgent`].
    pub fn is_urgent(&self, figures: &Figures) -> bool {
        self.fields.is_urgent(figures)
    }

    /// As [`ComplaintFields::usual_answer_by`].
    pub fn usual_answer_by(&self, figures: &Figures) -> Option<Date> {
        self.fields.usual_answer_by(figures)
    }

    /// Whether it is only a note of where to go: the last access check says so and no office took it up.
    pub fn is_referral(&self) -> bool {
        let referred = self.events.access.last().is_some_and(|said| said.what.access == Access::Referral);
        referred && self.events.assigned.is_empty()
    }

    /// What the person takes home.
    pub fn slip(&self) -> Slip {
        self.events.slip(self.fields.number.one())
    }
}

impl Consultation {
    /// What the person takes home.
    pub fn slip(&self) -> Slip {
        self.events.slip(self.fields.number.one())
    }
}

impl CaseEvents {
    fn slip(&self, number: Option<&String>) -> Slip {
        let charge = self.assigned.iter().min_by_key(|said| said.what.answer_by.span().last);
        Slip {
            number: number.cloned(),
            officer: charge.and_then(|said| said.what.officer.clone()),
            office: charge.map(|said| said.what.office),
            answer_by: self.answer_by(),
            referrals: self.referrals.iter().map(|said| said.what.clone()).collect(),
        }
    }
}
