//! The forms of facts, by kind.

use super::{
    Coordinate, FactForm, InputSpec, OfficeId, RecordKind, Region,
    beyond::{answers, closed, escalated, figures, nothing, points, questions, shares},
    coordination, earlier, form, input, made, scan, several, writer,
};
use crate::{
    PartialDate,
    contact::Away,
    counter::{
        Assigned, Closed, ComplaintKind, DocumentMark, End, Escalated, Handled, Handling, JointDecision, Origin,
        Printed, Purpose, Referral, Released, Reported, Stamped, Visit,
    },
    empowerment::{
        Adopted, Attendance, ContentGiven, Enrolled, Expected, FieldTest, Independent, Mark, Material,
        MaterialAssigned, MentoringVisit, Motivation, Need, Needed, NextStep, Partnered, Problem as Hindrance,
        Questionnaire, Response, ResponseKind, Sector, Started, Submitted, TrainingNeed, TrainingSubject, Unticked,
    },
    group::{
        Channel, Dropped, Equipment, Joined, LeftGroup, Permit, PermitKind, PermitStep, Product, SoldThrough, TookPart,
    },
    kinds::ANNULMENT,
    money::{Approval, Closing, EntryKind, LedgerEntry, LoanRefused, Reversal, Rupiah, ShareApproval, ShareStatement},
    participation::{Annulment, Category, Decision, Leaving, LeavingReason, OpenMatter, Outcome, Step, StepReached},
    people::{
        CareActivity, ChildAttendance, Consent, MatterClosed, MoveAccepted, MoveAnnounced, PairDecided, PairDecision,
    },
    places::{Claimed, Freed, Granted, HandedOver, Limit},
    rules::{Lebaran, ShareAfter, UrgentKind, WaitingPlace},
    value::PersonId,
    village::{
        Criterion, CriterionMet, Identification, Identified, IndicatorValue, PlanApproved, PlanStep, PlanStepDone,
        ReportSubmitted, Socialised, Thousandths, VillageStage, VillageStageReached, WasThere,
    },
};

pub(super) const DATE: InputSpec = input::<PartialDate>("date", "Tanggal", "Date");
const DAY: InputSpec = input::<PartialDate>("day", "Hari", "Day");
const PERSON: InputSpec = input::<PersonId>("person", "Orang", "Person");
const PLACE_COUNT: InputSpec = input::<u32>("places", "Jumlah tempat", "How many places");
const LETTER: InputSpec = input::<String>("letter", "Nomor surat", "Number of the letter").optional();
pub(super) const TAKE_BACK: FactForm =
    form::<Annulment>(ANNULMENT, &[earlier("of", "Yang ditarik", "What is taken back", &[])]);

const NEED: FactForm = form::<TrainingNeed>(
    "need",
    &[
        input::<Need>("by", "Menurut", "According to"),
        input::<Sector>("sector", "Bidang", "Sector"),
        input::<String>("what", "Kebutuhan", "Need"),
        DATE,
    ],
);

const PARTICIPATION: &[FactForm] = &[
    form::<StepReached>("step", &[input::<Step>("step", "Langkah", "Step"), DATE]),
    // What the rules read when it was made is the office's to add.
    made::<Decision>(
        "decision",
        &[
            input::<Outcome>("outcome", "Keputusan Kepala Desa", "Decision of the Kepala Desa"),
            input::<String>("number", "Nomor surat keputusan", "Number of the letter").optional(),
            input::<PartialDate>("date", "Tanggal surat keputusan", "Date of the letter"),
            input::<PartialDate>("day", "Dinilai menurut keadaan pada", "Judged as of").optional(),
            scan("scan", "Pindaian surat keputusan", "Scan of the letter"),
        ],
        nothing,
    ),
    form::<Leaving>(
        "leaving",
        &[
            input::<LeavingReason>("reason", "Alasan", "Reason"),
            DATE,
            several::<OpenMatter>("open", "Yang masih harus diselesaikan", "What it leaves open"),
        ],
    ),
    form::<MatterClosed>("matter_closed", &[input::<OpenMatter>("matter", "Urusan", "Matter"), DATE]),
    NEED,
    form::<Started>("started", &[DATE, input::<String>("business", "Usaha", "Business").optional()]),
    form::<MaterialAssigned>("material", &[several::<Material>("materials", "Materi", "Materials").required(), DATE]),
    form::<Partnered>(
        "partner",
        &[
            input::<PersonId>("mentor", "Mitra pendamping", "Mentor partner"),
            input::<PartialDate>("since", "Sejak", "Since"),
        ],
    ),
    form::<MoveAnnounced>("moving", &[input::<Region>("to", "Ke desa", "To the village"), DATE]),
    // From where is this participation itself.
    made::<MoveAccepted>(
        "move_accepted",
        &[input::<Region>("by", "Desa yang menerima", "Village that takes them on"), DATE],
        nothing,
    ),
    TAKE_BACK,
];

const HANDLING: &[FactForm] = &[
    form::<Handled>(
        "handling",
        &[
            input::<Handling>("step", "Langkah", "Step"),
            DATE,
            input::<String>("note", "Catatan singkat", "Short note").optional(),
        ],
    ),
    form::<Assigned>(
        "assigned",
        &[
            input::<OfficeId>("office", "Kantor", "Office"),
            input::<String>("officer", "Petugas di kantor itu", "Officer there").optional(),
            input::<PartialDate>("answer_by", "Dijawab paling lambat", "Answered by"),
        ],
    ),
    form::<Released>("released", &[input::<OfficeId>("office", "Kantor", "Office")]),
    form::<Referral>(
        "referral",
        &[
            input::<String>("to", "Kantor atau layanan", "Office or service"),
            input::<String>("contact", "Cara menghubungi", "How to reach it").optional(),
            DATE,
        ],
    ),
    // Said by opening the agenda.
    made::<Escalated>("escalated", &[], escalated),
    form::<JointDecision>(
        "joint_decision",
        &[
            earlier("of", "Rapat", "Meeting", &["escalated"]),
            input::<String>("text", "Yang diputuskan", "What was decided"),
            DATE,
        ],
    ),
    TAKE_BACK,
];

const PAPER: FactForm = form::<DocumentMark>(
    "document",
    &[input::<String>("document", "Berkas", "Paper").paper(), input::<bool>("there", "Sudah ada", "It is there"), DATE],
);

const VISIT: &[FactForm] = &[
    form::<Visit>(
        "visit",
        &[
            input::<String>("name", "Nama tamu", "Guest's name").optional(),
            input::<PersonId>("person", "Orang di daftar", "Person in the register").optional(),
            input::<Purpose>("purpose", "Keperluan", "Purpose"),
            input::<Origin>("origin", "Asal", "Origin"),
            input::<bool>("id_checked", "KTP dilihat", "Identity card seen"),
            DATE,
        ],
    ),
    TAKE_BACK,
];

const CARD: &[FactForm] = &[
    PAPER,
    form::<Printed>("printed", &[DATE, input::<String>("number", "Nomor kartu", "Number of the card")]),
    form::<Stamped>("stamped", &[DATE]),
    form::<Reported>("reported", &[DATE]),
    form::<End>("end", &[input::<Closed>("how", "Bagaimana", "How"), DATE]),
    TAKE_BACK,
];

const BIMTEK: &[FactForm] = &[
    form::<Enrolled>("enrolled", &[PERSON]),
    form::<Attendance>("attendance", &[PERSON, DAY, input::<Mark>("mark", "Kehadiran", "Attendance")]),
    form::<Unticked>("unticked", &[PERSON, DAY]),
    form::<ContentGiven>("content", &[input::<TrainingSubject>("subject", "Materi", "Subject"), DAY]),
    form::<Needed>(
        "need",
        &[
            PERSON.optional(),
            input::<Need>("by", "Menurut", "According to"),
            input::<Sector>("sector", "Bidang", "Sector"),
            input::<String>("what", "Kebutuhan", "Need"),
            DATE,
        ],
    ),
    TAKE_BACK,
];

const GROUP: &[FactForm] = &[
    form::<Joined>("joined", &[PERSON, DATE]),
    form::<LeftGroup>("left", &[PERSON, DATE]),
    form::<Product>("product", &[input::<String>("name", "Produk", "Product")]),
    form::<Dropped>("product_dropped", &[input::<String>("name", "Produk", "Product")]),
    form::<Permit>(
        "permit",
        &[
            input::<PermitKind>("kind", "Izin", "Permit"),
            input::<String>("product", "Untuk produk", "For the product").optional(),
            input::<PermitStep>("step", "Langkah", "Step"),
            input::<String>("number", "Nomor", "Number").optional(),
            DATE,
        ],
    ),
    form::<Equipment>(
        "equipment",
        &[
            input::<String>("what", "Alat", "Equipment"),
            input::<u32>("count", "Jumlah", "How many"),
            input::<String>("from", "Dari", "From"),
            DATE,
        ],
    ),
    form::<SoldThrough>("channel", &[input::<Channel>("channel", "Pemasaran", "Way to sell"), DATE]),
    TAKE_BACK,
];

const LEDGER: &[FactForm] = &[
    form::<LedgerEntry>(
        "entry",
        &[
            input::<EntryKind>("kind", "Jenis", "Kind"),
            input::<Rupiah>("amount", "Jumlah", "Amount"),
            DATE,
            input::<String>("receipt", "Nomor bukti", "Number of the receipt").optional(),
            PERSON.optional(),
            input::<Coordinate>("loan", "Pinjaman", "Loan").optional(),
            input::<Coordinate>("run", "Produksi", "Production run").optional(),
        ],
    ),
    form::<Reversal>(
        "reversal",
        &[
            earlier("of", "Baris yang dibalik", "Line that is reversed", &["entry"]),
            DATE,
            input::<String>("why", "Sebab", "Why").optional(),
        ],
    ),
    // What was in the box is the ledger's to add.
    made::<Closing>("closing", &[input::<PartialDate>("until", "Sampai tanggal", "Until")], closed),
];

const LOAN: &[FactForm] = &[
    form::<Approval>(
        "approval",
        &[
            DATE,
            input::<Rupiah>("principal", "Pinjaman yang disetujui", "Principal that is approved"),
            input::<Rupiah>("cash_seen", "Kas saat itu", "Cash at that time"),
        ],
    ),
    form::<LoanRefused>("refused", &[DATE, input::<String>("why", "Sebab", "Why").optional()]),
    TAKE_BACK,
];

const SHARE: &[FactForm] = &[
    made::<ShareStatement>(
        "statement",
        &[
            input::<PartialDate>("from", "Dari tanggal", "From"),
            input::<PartialDate>("until", "Sampai tanggal", "Until"),
        ],
        shares,
    ),
    form::<ShareApproval>(
        "approval",
        &[
            earlier("of", "Perhitungan", "Statement", &["statement"]),
            PERSON,
            input::<bool>("agrees", "Setuju", "Agrees"),
            DATE,
        ],
    ),
    TAKE_BACK,
];

const ASSESSMENT: &[FactForm] = &[
    made::<Submitted>("submitted", &[DATE], points),
    form::<Adopted>("adopted", &[earlier("of", "Penilaian", "Assessment", &["submitted"]), DATE]),
    form::<FieldTest>(
        "field_test",
        &[earlier("of", "Penilaian", "Assessment", &["submitted"]), input::<bool>("passed", "Lulus", "Passed"), DATE],
    ),
];

const MENTORING: &[FactForm] = &[
    form::<MentoringVisit>(
        "mentoring",
        &[
            DATE,
            input::<Motivation>("motivation", "Motivasi", "Motivation"),
            several::<Hindrance>("problems", "Kendala", "What stands in the way"),
            input::<NextStep>("next", "Langkah berikut", "Next step"),
            input::<PartialDate>("again", "Dikunjungi lagi", "Visited again").optional(),
            input::<Rupiah>("turnover", "Omzet sebulan", "Turnover of a month").optional(),
        ],
    ),
    form::<Independent>("independent", &[DATE]),
    TAKE_BACK,
];

const PROFILE: &[FactForm] = &[
    form::<Identified>(
        "identified",
        &[
            input::<Identification>("what", "Hal", "What"),
            DATE,
            input::<String>("source", "Sumber", "Source").optional(),
        ],
    ),
    form::<CriterionMet>(
        "criterion",
        &[input::<Criterion>("criterion", "Kriteria", "Criterion"), input::<bool>("met", "Terpenuhi", "Met"), DATE],
    ),
    form::<VillageStageReached>("stage", &[input::<VillageStage>("stage", "Tahap", "Stage"), DATE, LETTER]),
    NEED,
    TAKE_BACK,
];

const PLAN: &[FactForm] = &[
    form::<PlanStep>(
        "step",
        &[
            input::<String>("what", "Langkah", "Step"),
            input::<String>("who", "Pelaksana", "By whom"),
            input::<PartialDate>("due", "Selesai paling lambat", "Due"),
        ],
    ),
    made::<PlanApproved>("approved", &[DATE, LETTER], nothing),
    form::<PlanStepDone>("done", &[earlier("of", "Langkah", "Step", &["step"]), DATE]),
    form::<Socialised>("socialised", &[DATE, input::<u32>("people", "Jumlah orang", "How many people")]),
    TAKE_BACK,
];

const CHILD: &[FactForm] = &[
    form::<Consent>(
        "consent",
        &[
            input::<String>("guardian", "Wali", "Guardian"),
            input::<bool>("given", "Menyetujui", "Consents"),
            input::<String>("text", "Bunyi persetujuan", "Words of the consent"),
            DATE,
            scan("scan", "Pindaian persetujuan", "Scan of the consent"),
        ],
    ),
    form::<ChildAttendance>("there", &[DATE, input::<CareActivity>("activity", "Kegiatan", "Activity")]),
    TAKE_BACK,
];

const MONITORING: &[FactForm] = &[
    made::<Questionnaire>("questionnaire", &[input::<String>("title", "Judul", "Title")], questions),
    form::<Expected>("expected", &[PERSON]),
    made::<Response>("response", &[PERSON, input::<ResponseKind>("how", "Hasil", "How it went"), DATE], answers),
    TAKE_BACK,
];

const SETTINGS: &[FactForm] = &[
    form::<Lebaran>("lebaran", &[input::<PartialDate>("day", "Hari pertama Lebaran", "First day of Lebaran")]),
    form::<ShareAfter>(
        "share_after",
        &[
            input::<String>("works_with", "Kelompok yang mengolah", "Groups that work with"),
            input::<u32>("runs", "Sesudah berapa kali produksi", "After how many runs"),
        ],
    ),
    form::<UrgentKind>(
        "urgent_kind",
        &[
            input::<ComplaintKind>("kind", "Jenis pengaduan", "Kind of complaint"),
            input::<bool>("urgent", "Tidak dapat menunggu", "It cannot wait"),
        ],
    ),
    form::<WaitingPlace>(
        "waiting_place",
        &[
            input::<Category>("category", "Golongan", "Category"),
            input::<u32>("place", "Urutan keberapa, dari 1", "Which place, from 1"),
        ],
    ),
    TAKE_BACK,
];

const CONTACT: &[FactForm] = &[
    form::<Away>(
        "away",
        &[
            input::<PartialDate>("since", "Hari pertama", "First day"),
            input::<PartialDate>("until", "Hari terakhir", "Last day"),
            input::<String>("why", "Alasan", "Why"),
            input::<bool>("whole_region", "Semua kantor di wilayah ini", "Every office of this region"),
        ],
    ),
    TAKE_BACK,
];

const INDICATORS: &[FactForm] = &[
    form::<IndicatorValue>(
        "value",
        &[
            input::<String>("indicator", "Indikator", "Indicator"),
            input::<bool>("baseline", "Keadaan awal", "State before the programme"),
            input::<Thousandths>("value", "Nilai", "Value"),
            input::<String>("unit", "Satuan", "Unit"),
            input::<String>("method", "Cara mengukur", "How it was measured"),
            input::<String>("source", "Sumber data", "Source"),
            DATE,
        ],
    ),
    TAKE_BACK,
];

const PLACES: &[FactForm] = &[
    form::<Limit>("limit", &[PLACE_COUNT, DATE, LETTER]),
    made::<Granted>("grant", &[writer("to", "Untuk komputer", "For the computer"), PLACE_COUNT], nothing),
    made::<HandedOver>("handover", &[writer("to", "Kepada komputer", "To the computer"), PLACE_COUNT], nothing),
    form::<Claimed>("claim", &[PERSON, input::<bool>("waits", "Daftar tunggu", "On the waiting list"), DATE]),
    form::<Freed>("freed", &[PERSON, DATE]),
];

/// The forms of a kind's facts.
pub(super) fn forms(kind: RecordKind) -> &'static [FactForm] {
    match kind {
        RecordKind::Complaint | RecordKind::Consultation => HANDLING,
        RecordKind::CardApplication => CARD,
        RecordKind::GuestBook => VISIT,
        RecordKind::CandidateFile => &const { [PAPER, TAKE_BACK] },
        RecordKind::Bimtek => BIMTEK,
        RecordKind::Group => GROUP,
        RecordKind::Run => &const { [form::<TookPart>("took_part", &[PERSON]), TAKE_BACK] },
        RecordKind::Activity => &const { [form::<WasThere>("was_there", &[PERSON]), TAKE_BACK] },
        RecordKind::Ledger => LEDGER,
        RecordKind::Loan => LOAN,
        RecordKind::ShareProposal => SHARE,
        RecordKind::Assessment => ASSESSMENT,
        RecordKind::Mentoring => MENTORING,
        RecordKind::MonitoringRound => MONITORING,
        RecordKind::VillageProfile => PROFILE,
        RecordKind::Participation => PARTICIPATION,
        RecordKind::ActionPlan => PLAN,
        RecordKind::Child => CHILD,
        RecordKind::Settings => SETTINGS,
        RecordKind::Contact => CONTACT,
        RecordKind::DuplicateClaim => {
            &const {
                let inputs = &const { [input::<PairDecision>("decision", "Keputusan", "Decision"), DATE] };
                [form::<PairDecided>("decision", inputs)]
            }
        }
        RecordKind::Places => PLACES,
        RecordKind::Indicators => INDICATORS,
        RecordKind::Report => &const { [made::<ReportSubmitted>("submitted", &[DATE], figures)] },
        RecordKind::Agenda => coordination::AGENDA,
        RecordKind::Commitment => coordination::COMMITMENT,
        RecordKind::Calendar => coordination::CALENDAR,
        RecordKind::Agreement => coordination::AGREEMENT,
        RecordKind::InternalDraft => coordination::INTERNAL_DRAFT,
        RecordKind::BoardNotice | RecordKind::Person | RecordKind::Trip | RecordKind::Tie => &[],
    }
}
