//! What the programme does with a person (records no. 3): claims, conditions, decisions, stages, leaving (no. 34).
//! No name, no NIK and no free text about the person stand here.

use identity::{Class, Coordinate, EntryHash, Region};
use serde::{Deserialize, Serialize};

use crate::{
    author::{By, MaySay},
    date::PartialDate,
    empowerment::{MaterialAssigned, Partnered, Started, TrainingNeed},
    fields::{Fields, record_fields},
    kinds::{self, FactSpec, KindSpec},
    people::{MatterClosed, MoveAccepted, MoveAnnounced},
    value::{Digest, PersonId, codes},
    words,
};

pub(crate) const PARTICIPATION: KindSpec = KindSpec {
    number: 3,
    class: Class::Participation,
    label: words::PARTICIPATION,
    fields: ParticipationFields::SPECS,
    texts: &[],
    facts: &[
        // The Kepala Desa decides; the petugas of the village types it in. [S2]
        FactSpec { key: kinds::DECISION, label: words::DECISION, may_say: MaySay::VILLAGE },
        FactSpec { key: kinds::LEAVING, label: words::LEAVING, may_say: MaySay::CLOSE },
        FactSpec::new("matter_closed", "Urusan sesudah keluar selesai", "Matter after leaving closed", MaySay::CLOSE),
        FactSpec { key: kinds::STEP, label: words::STEP, may_say: MaySay::CLOSE },
        FactSpec::new("need", "Kebutuhan pelatihan", "Training need", MaySay::CLOSE),
        FactSpec::new("started", "Usaha dimulai", "Business begun", MaySay::CLOSE),
        FactSpec::new("material", "Materi yang diberikan", "Material assigned", MaySay::CLOSE),
        FactSpec::new("partner", "Mitra pendamping", "Mentor partner", MaySay::CLOSE),
        FactSpec::new("moving", "Pindah desa", "Moving", MaySay::CLOSE),
        FactSpec::new("move_accepted", "Pindahan diterima", "Move accepted", MaySay::CLOSE),
        FactSpec { key: kinds::ANNULMENT, label: words::ANNULMENT, may_say: MaySay::CLOSE },
    ],
    required: &["person", "programme"],
};

codes! {
    /// The categories of the programme; several may hold at once.
    Category {
        /// Will depart.
        Prospective = "calon_tki", "calon TKI", "prospective TKI", ["calon", "ctki"];
        /// Works abroad now.
        Active = "tki_aktif", "TKI aktif", "active TKI", ["tki"];
        /// Spouse, child or parent of somebody who works abroad now.
        FamilyOfActive = "keluarga_tki", "keluarga TKI", "family of a TKI", ["keluarga"];
        /// Back from abroad, within the years that the programme allows.
        Returned = "tki_purna", "TKI purna", "returned TKI", ["purna", "purna tki", "eks tki", "mantan tki", "tki pasca migrasi"];
        /// Spouse, child or parent of somebody who is back.
        FamilyOfReturned = "keluarga_tki_purna", "keluarga TKI purna", "family of a returned TKI", ["keluarga purna"];
    }
}

codes! {
    /// What the Kepala Desa decided.
    Outcome {
        /// Takes part.
        Accepted = "ditetapkan", "ditetapkan", "accepted", ["tetap", "diterima"];
        /// On the reserve list.
        Reserve = "cadangan", "cadangan", "reserve", [];
        /// Does not take part.
        Rejected = "ditolak", "ditolak", "rejected", ["tolak"];
    }
}

codes! {
    /// Why somebody left.
    LeavingReason {
        /// Withdrew.
        Withdrew = "withdrew", "mengundurkan diri", "withdrew", ["mundur"];
        /// Went abroad again.
        Departed = "departed", "berangkat lagi", "departed again", ["berangkat"];
        /// Moved to another village.
        Moved = "moved", "pindah", "moved", [];
        /// Died.
        Died = "died", "meninggal", "died", ["wafat"];
        /// Another reason.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

codes! {
    /// What a leaving leaves open.
    OpenMatter {
        /// A loan that is not paid back.
        Loan = "loan", "pinjaman", "loan", [];
        /// Savings in the group.
        Savings = "savings", "simpanan", "savings", [];
        /// A share of profit not yet paid out.
        Share = "share", "bagi hasil", "share of profit", [];
        /// Equipment to hand back.
        Equipment = "equipment", "peralatan", "equipment", [];
        /// A place in a production group.
        Group = "group", "keanggotaan kelompok", "group membership", ["kelompok"];
        /// Mentoring under way.
        Mentoring = "mentoring", "pendampingan", "mentoring", [];
        /// A round of monitoring that still asks them.
        Monitoring = "monitoring", "monitoring", "monitoring", [];
        /// A child in the rumah belajar.
        Child = "child", "anak di rumah belajar", "child in the rumah belajar", ["anak"];
        /// A place of the programme.
        Place = "place", "tempat program", "place of the programme", ["tempat"];
    }
}

codes! {
    /// How far somebody is before the decision.
    Step {
        /// On the list.
        Listed = "terdata", "terdata", "listed", [];
        /// Identified as a candidate.
        Identified = "teridentifikasi", "teridentifikasi", "identified", [];
        /// Interviewed in depth.
        Interviewed = "wawancara", "wawancara mendalam", "interviewed", [];
        /// Selected.
        Selected = "diseleksi", "diseleksi", "selected", ["seleksi"];
    }
}

codes! {
    /// How far somebody is whom the decision accepted: other records say it. (S0, S3)
    Course {
        /// Was there on a day of a Bimtek.
        Trained = "bimtek", "Bimtek", "Bimtek", [];
        /// Took part in production, or in the practice of a Bimtek.
        Practised = "praktek", "praktek", "practice", [];
        /// Has not begun a business more than a month after the Bimtek.
        NotBegun = "belum_mulai", "belum mulai usaha", "business not begun", [];
        /// Has begun a business.
        Running = "usaha", "usaha berjalan", "business running", [];
        /// The mentoring has done its work.
        Independent = "mandiri", "mandiri", "independent", [];
    }
}

record_fields! {
    /// What people edit of a participation.
    ParticipationFields {
        /// Who takes part.
        person: PersonId, "Kode orang", "Person's code";
        /// In which programme.
        programme: String, "Program", "Programme";
        /// The register number, e.g. `KRP-2026-0001`.
        register: String, "Nomor register", "Register number";
        /// The production group.
        group: String, "Kelompok", "Group";
        /// The number in the group's list.
        group_number: u32, "Nomor di kelompok", "Number in the group";
        /// Lives in the village.
        resident: bool, "Warga desa", "Resident of the village";
        /// Of productive age and able to work.
        productive: bool, "Masih produktif", "Still productive";
        /// Willing to be active in an organisation.
        willing: bool, "Bersedia aktif berorganisasi", "Willing to be active in a group";
        /// Says that they will depart.
        claim_calon_tki: bool, "Mengaku calon TKI", "Says: prospective TKI";
        /// Says that they work abroad.
        claim_tki_aktif: bool, "Mengaku TKI aktif", "Says: active TKI";
        /// Says that somebody of the family works abroad.
        claim_keluarga_tki: bool, "Mengaku keluarga TKI", "Says: family of a TKI";
        /// Says that they are back.
        claim_tki_purna: bool, "Mengaku TKI purna", "Says: returned TKI";
        /// Says that somebody of the family is back.
        claim_keluarga_tki_purna: bool, "Mengaku keluarga TKI purna", "Says: family of a returned TKI";
    }
}

/// A fact's content with who said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said<T> {
    /// What was said.
    pub what: T,
    /// Who said it.
    pub by: By,
    /// The hash of its entry, by which a later fact names it.
    pub hash: EntryHash,
}

/// A decision of the Kepala Desa, who decides on paper: number, date, scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was decided.
    pub outcome: Outcome,
    /// The number of the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The date of the letter.
    pub date: PartialDate,
    /// The day for which eligibility is judged; empty: the date of the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<PartialDate>,
    /// The decisions that this one replaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<EntryHash>,
    /// What the rules read when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The hash of the scanned letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Digest>,
}

impl Decision {
    /// The day for which eligibility is judged.
    pub fn judged_day(&self) -> PartialDate {
        self.day.unwrap_or(self.date)
    }
}

/// Fingerprints of the facts that the rules read, so that a later reader sees whether they changed. They differ where
/// a fact differs that a rule reads; a new phone number changes neither.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Over the participation and the person's own journeys.
    pub own: Digest,
    /// Over family ties and the journeys of relatives; `None` where the deciding office could not see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Digest>,
}

/// Somebody left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// Why.
    pub reason: LeavingReason,
    /// When.
    pub date: PartialDate,
    /// What it leaves open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<OpenMatter>,
}

/// A step was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReached {
    /// Which.
    pub step: Step,
    /// When.
    pub date: PartialDate,
}

/// A fact was said by mistake and no longer counts; only the office that said it may say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annulment {
    /// The fact that no longer counts.
    pub of: EntryHash,
}

/// What somebody takes part in and how far they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participation {
    /// The document.
    pub doc: Coordinate,
    /// The village of its scope.
    pub village: Region,
    /// What people edit.
    pub fields: ParticipationFields,
    /// What happened and still counts.
    pub events: Events,
}

/// The facts of a participation that still count.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Events {
    /// Decisions that no other replaces. More than one: they were made without knowledge of each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Said<Decision>>,
    /// Leavings, in one order on every node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leavings: Vec<Said<Leaving>>,
    /// Steps reached, in one order on every node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Said<StepReached>>,
    /// What their leaving left open and is done with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Said<MatterClosed>>,
    /// What training they need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Said<TrainingNeed>>,
    /// Businesses begun.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub started: Vec<Said<Started>>,
    /// Materials assigned; the quadrant behind them stands elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<Said<MaterialAssigned>>,
    /// Mentor partners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<Said<Partnered>>,
    /// Where somebody moves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moving: Vec<Said<MoveAnnounced>>,
    /// Who took somebody on who moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub move_accepted: Vec<Said<MoveAccepted>>,
}

/// What the decisions say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'a> {
    /// Nothing is decided.
    Undecided,
    /// One decision stands; made twice in the same words it is one.
    Decided(&'a Said<Decision>),
    /// *Dua keputusan berbeda*: somebody has to decide which stands.
    Different(&'a [Said<Decision>]),
}

/// How far somebody is, derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A step before the decision.
    Before(Step),
    /// Decided.
    Decided(Outcome),
    /// Two decisions that differ.
    DecidedDifferently,
    /// Accepted, and so far since ([`reached`](crate::reached)).
    On(Course),
    /// No longer takes part.
    Left(LeavingReason),
}

impl Stage {
    /// As it stands in tables: `terdata` to `diseleksi`, `ditetapkan`, `cadangan`, `ditolak`, `different`, `bimtek` to
    /// `mandiri`, or `left:` and the reason.
    pub fn code(self) -> String {
        match self {
            Stage::Before(step) => step.code().to_owned(),
            Stage::Decided(outcome) => outcome.code().to_owned(),
            Stage::DecidedDifferently => "different".to_owned(),
            Stage::On(course) => course.code().to_owned(),
            Stage::Left(reason) => format!("left:{}", reason.code()),
        }
    }
}

impl Events {
    /// What the decisions say together.
    pub fn standing(&self) -> Standing<'_> {
        let same = |a: &Decision, b: &Decision| {
            a.outcome == b.outcome && a.number == b.number && a.date == b.date && a.judged_day() == b.judged_day()
        };
        match self.decisions.as_slice() {
            [] => Standing::Undecided,
            [first, rest @ ..] if rest.iter().all(|other| same(&first.what, &other.what)) => Standing::Decided(first),
            all => Standing::Different(all),
        }
    }

    /// How far somebody is by the participation alone: at most decided.
    pub fn stage(&self) -> Stage {
        if let Some(leaving) = self.leavings.last() {
            return Stage::Left(leaving.what.reason);
        }
        match self.standing() {
            Standing::Decided(decision) => Stage::Decided(decision.what.outcome),
            Standing::Different(_) => Stage::DecidedDifferently,
            Standing::Undecided => {
                Stage::Before(self.steps.iter().map(|said| said.what.step).max().unwrap_or(Step::Listed))
            }
        }
    }
}
