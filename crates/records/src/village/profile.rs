//! The profile of a village (records no. 18): ten identifications that are the baseline, the criteria by which villages
//! are chosen, and the stages of the preparation. (S4)

use identity::{Class, OfficeKind};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::optional_line,
    date::PartialDate,
    empowerment::TrainingNeed,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec, TextSpec},
    notice::Why,
    participation::Said,
    sheet::{Hear, Sheet},
    value::{Known, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

codes! {
    /// The ten identifications. (S4)
    Identification {
        /// Sex, education, age of the people.
        People = "people", "karakter masyarakat desa", "the people of the village", [];
        /// Work by sector.
        Work = "work", "ketenagakerjaan menurut sektor", "work by sector", [];
        /// Migrant workers and their families.
        Workers = "workers", "TKI dan keluarga TKI", "TKI and their families", [];
        /// Facilities.
        Facilities = "facilities", "sarana dan prasarana pendukung", "facilities", [];
        /// What the village could do.
        Potential = "potential", "potensi desa", "potential of the village", [];
        /// Its best product (OVOP).
        Product = "products", "produk unggulan", "best products", [];
        /// Who could be involved.
        Stakeholders = "stakeholders", "pemangku kepentingan", "stakeholders", [];
        /// Partners in the place.
        Partners = "partners", "mitra lokal", "local partners", [];
        /// Who runs the service point and the rumah belajar.
        Staff = "staff", "petugas pusat layanan dan rumah belajar", "staff of service point and rumah belajar", [];
        /// Issues and problems.
        Issues = "issues", "isu dan permasalahan", "issues and problems", [];
    }
}

codes! {
    /// The criteria for choosing a village. (S4)
    Criterion {
        /// People of productive age work abroad.
        WorkAbroad = "work_abroad", "warga usia produktif bekerja sebagai TKI", "people of productive age work abroad", [];
        /// There were problems.
        Problems = "problems", "warga pernah bermasalah sebagai TKI", "people had problems as TKI", [];
        /// People went outside the procedure.
        NonProcedural = "non_procedural", "warga bekerja ke luar negeri secara non-prosedural", "people went outside the procedure", [];
        /// Classed as *desa tertinggal*.
        Disadvantaged = "disadvantaged", "desa tertinggal", "disadvantaged village", [];
    }
}

codes! {
    /// The stages of a village. (S4)
    VillageStage {
        /// Identified.
        Identified = "identified", "teridentifikasi", "identified", [];
        /// Proposed.
        Proposed = "proposed", "diusulkan", "proposed", [];
        /// Verified by the team.
        Verified = "verified", "diverifikasi", "verified", [];
        /// Designated.
        Designated = "designated", "ditetapkan", "designated", [];
        /// The action plan is written.
        Planned = "planned", "rencana aksi disusun", "action plan written", [];
        /// Explained to the people.
        Socialised = "socialised", "disosialisasikan", "explained to the people", [];
        /// Running.
        Running = "running", "berjalan", "running", [];
    }
}

record_fields! {
    /// What people edit of a profile: the figures of the baseline.
    ProfileFields {
        /// People in the village.
        people: u32, "Jumlah penduduk", "People";
        /// Of productive age.
        productive: u32, "Penduduk usia produktif", "Of productive age";
        /// Without work.
        unemployed: u32, "Pengangguran", "Unemployed";
        /// Prospective TKI.
        calon_tki: u32, "Calon TKI", "Prospective TKI";
        /// Abroad now.
        tki_aktif: u32, "TKI aktif", "Active TKI";
        /// Back.
        tki_purna: u32, "TKI purna", "Returned TKI";
        /// Families.
        families: u32, "Keluarga TKI", "Families of TKI";
        /// The best product (OVOP).
        ovop: String, "Produk unggulan (OVOP)", "Best product (OVOP)";
        /// When the baseline was taken.
        baseline: PartialDate, "Tanggal keadaan awal", "Baseline of";
    }
}

/// An identification was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identified {
    /// Which.
    pub what: Identification,
    /// When.
    pub date: PartialDate,
    /// From whom or what: officials, people, documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Content for Identified {
    const KEY: &'static str = "identified";

    fn check(&self) -> Result<(), RecordError> {
        optional_line(self.source.as_ref())
    }
}

/// Whether a criterion is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionMet {
    /// Which.
    pub criterion: Criterion,
    /// Whether it is.
    pub met: bool,
    /// When it was looked at.
    pub date: PartialDate,
}

impl Content for CriterionMet {
    const KEY: &'static str = "criterion";
}

/// A stage was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VillageStageReached {
    /// Which.
    pub stage: VillageStage,
    /// When.
    pub date: PartialDate,
    /// The number of the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
}

impl Content for VillageStageReached {
    const KEY: &'static str = "stage";

    fn check(&self) -> Result<(), RecordError> {
        optional_line(self.letter.as_ref())
    }
}

/// What happened with a village.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProfileEvents {
    /// The latest of each identification.
    #[serde(default)]
    pub identified: Vec<Said<Identified>>,
    /// The latest word on each criterion.
    #[serde(default)]
    pub criteria: Vec<Said<CriterionMet>>,
    /// Stages reached.
    #[serde(default)]
    pub stages: Vec<Said<VillageStageReached>>,
    /// What training the place needs, and what it has for one: *kearifan lokal*.
    #[serde(default)]
    pub needs: Vec<Said<TrainingNeed>>,
}

impl Hear for ProfileEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        let mut stages = heard.take::<VillageStageReached>();
        // The village does not designate itself.
        let kind = |said: &Said<VillageStageReached>| heard.author(&said.hash).map(|author| author.kind);
        let own = |said: &Said<VillageStageReached>| {
            said.what.stage == VillageStage::Designated && kind(said) != Some(OfficeKind::Ministry)
        };
        let bad: Vec<_> =
            stages.iter().filter(|said| own(said)).filter_map(|said| Some((said.hash, kind(said)?))).collect();
        stages.retain(|said| !bad.iter().any(|(hash, _)| *hash == said.hash));
        bad.iter().for_each(|(hash, kind)| heard.ignore(hash, &Why::MayNotSay(*kind)));
        Self {
            identified: heard.take_latest::<Identified, _>(|identified| identified.what),
            criteria: heard.take_latest::<CriterionMet, _>(|met| met.criterion),
            stages,
            needs: heard.take(),
        }
    }
}

/// The profile of a village.
pub type VillageProfile = Sheet<ProfileFields, ProfileEvents>;

pub(crate) const PROFILE: KindSpec = KindSpec {
    number: 18,
    class: Class::Coordination,
    label: Words { id: "Profil desa", en: "Village profile" },
    fields: ProfileFields::SPECS,
    texts: &[
        TextSpec::new("people_text", "Karakter masyarakat desa", "The people of the village"),
        TextSpec::new("work_text", "Ketenagakerjaan", "Work by sector"),
        TextSpec::new("workers_text", "TKI dan keluarga TKI", "TKI and their families"),
        TextSpec::new("facilities_text", "Sarana dan prasarana", "Facilities"),
        TextSpec::new("potential_text", "Potensi desa", "Potential of the village"),
        TextSpec::new("products_text", "Produk unggulan", "Best products"),
        TextSpec::new("stakeholders_text", "Pemangku kepentingan", "Stakeholders"),
        TextSpec::new("partners_text", "Mitra lokal", "Local partners"),
        TextSpec::new("staff_text", "Petugas", "Staff"),
        TextSpec::new("issues_text", "Isu dan permasalahan", "Issues and problems"),
    ],
    facts: &[
        FactSpec::new("identified", "Identifikasi", "Identification", MaySay::WRITERS),
        FactSpec::new("criterion", "Kriteria desa", "Criterion", MaySay::WRITERS),
        FactSpec::new("stage", "Tahap desa", "Stage of the village", MaySay::WRITERS),
        FactSpec::new("need", "Kebutuhan pelatihan", "Training need", MaySay::WRITERS),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["baseline"],
};

impl VillageProfile {
    /// How far the village is; `None` before the first stage.
    pub fn stage(&self) -> Option<VillageStage> {
        self.events.stages.iter().map(|said| said.what.stage).max()
    }

    /// The identifications that nobody has made yet.
    pub fn not_identified(&self) -> Vec<Identification> {
        let made = |what: &Identification| self.events.identified.iter().any(|said| said.what.what == *what);
        Identification::ALL.iter().copied().filter(|what| !made(what)).collect()
    }

    /// Whether a criterion is met; several where two offices say different things.
    pub fn criterion(&self, criterion: Criterion) -> Known<bool> {
        let of = self.events.criteria.iter().filter(|said| said.what.criterion == criterion);
        of.map(|said| said.what.met).collect()
    }
}
