//! The forms of the facts of coordination. What they make is checked against the agenda, the commitment or the calendar
//! that it stands in, so each is made by whoever has that.

use super::{
    FactForm, InputSpec, OfficeId,
    beyond::nothing,
    beyond::{drafted, opening, promise, released, source, terms, word},
    earlier, exact, input, lines, listed, made, scan, several,
    table::{DATE, TAKE_BACK},
};
use crate::{
    PartialDate,
    coordination::{
        Acceptance, Acting, AdReferendum, Answer, Attached, Attendance, CalendarYear, Closing, Coming, Comment,
        Confirmation, Disposition, DraftFor, DraftStand, Event, Feedback, Final, Initials, Invitation, Letter,
        LetterWay, Mandate, Meeting, Minutes, Opening, Paper, Programmed, Progress, Promise, RelationKind, Release,
        Sanction, SanctionKind, Signature, SourceKind, Stance, Stand, WordKind,
    },
};

const ARTICLE: InputSpec = listed("article", "Tentang", "About").optional();
const FOR: InputSpec = listed("party", "Dicatat untuk pihak", "Recorded for the party").optional();
const SOURCE: InputSpec = input::<SourceKind>("source", "Menurut", "According to").optional();
const SOURCE_NUMBER: InputSpec = input::<String>("number", "Nomor surat", "Number of the letter").optional();
const SOURCE_DATE: InputSpec =
    input::<PartialDate>("source_date", "Tanggal surat atau rapat", "Date of the letter or meeting").optional();
const VERSION: InputSpec = listed("version", "Versi", "Version");
const STANCE: InputSpec = input::<Stance>("stance", "Tanggapan", "Stand");
const WHY: InputSpec = lines("why", "Catatan atau alasan", "Note or reason").optional();
const PROPOSES: InputSpec = lines("proposes", "Rumusan yang diusulkan", "Wording that is proposed").optional();
const OFFICIAL: InputSpec = input::<String>("official", "Pejabat", "Official");
const POSITION: InputSpec = input::<String>("position", "Jabatan", "Position");
const ACTING: InputSpec = input::<Acting>("acting", "Bertindak sebagai", "Acting as").optional();
const MANDATED_BY: InputSpec = input::<String>("letter", "Nomor surat", "Number of the letter");
const MANDATED_FROM: InputSpec = exact("from", "Sejak", "From");
const MANDATED_UNTIL: InputSpec = exact("until", "Sampai", "Until").optional();
const BY_MANDATE: InputSpec = listed("mandate", "Berdasarkan mandat", "By the mandate of");

pub(super) const AGENDA: &[FactForm] = &[
    made::<Opening>("opening", &[], opening),
    made::<Stand>("stand", &[ARTICLE, STANCE, WHY, PROPOSES, FOR, SOURCE, SOURCE_NUMBER, SOURCE_DATE], source),
    made::<Comment>("comment", &[ARTICLE, lines("text", "Komentar", "Remark")], nothing),
    made::<Mandate>("mandate", &[OFFICIAL, POSITION, ACTING, MANDATED_BY, MANDATED_FROM, MANDATED_UNTIL], nothing),
    made::<AdReferendum>(
        "ad_referendum",
        &[
            input::<String>("official", "Yang menyetujui", "Who agreed"),
            DATE,
            input::<String>("awaiting", "Menunggu keputusan", "Awaits the word of"),
            exact("until", "Paling lambat", "Until"),
        ],
        nothing,
    ),
    made::<Meeting>(
        "meeting",
        &[
            DATE,
            input::<String>("place", "Tempat", "Place"),
            lines("outcome", "Kesimpulan", "Outcome"),
            scan("minutes", "Pindaian notula", "Scan of the minutes"),
        ],
        nothing,
    ),
    made::<Minutes>(
        "minutes",
        &[
            earlier("meeting", "Rapat", "Meeting", &["meeting"]),
            input::<bool>("approves", "Notula disetujui", "The minutes are approved"),
            lines("note", "Yang tidak sesuai", "What they say wrongly").optional(),
        ],
        nothing,
    ),
    made::<Letter>(
        "letter",
        &[
            input::<LetterWay>("way", "Arah", "Way"),
            input::<String>("number", "Nomor surat", "Number of the letter"),
            DATE,
            input::<String>("from", "Dari", "From"),
            input::<String>("to", "Kepada", "To"),
            input::<String>("subject", "Perihal", "Subject"),
            several::<String>("copies", "Tembusan", "Copies"),
            input::<PartialDate>("received", "Diterima", "Received").optional(),
            scan("scan", "Pindaian surat", "Scan of the letter"),
        ],
        nothing,
    ),
    made::<Invitation>(
        "party",
        &[
            listed("party", "Kantor", "Office").optional(),
            input::<String>("name", "Pihak tanpa Simpul", "Party without a node").optional(),
            input::<bool>("required", "Wajib menetapkan", "Has to ratify").optional(),
            input::<bool>("left", "Tidak lagi menjadi pihak", "No party any more").optional(),
        ],
        nothing,
    ),
    made::<Attached>(
        "attachment",
        &[
            input::<String>("name", "Nama lampiran", "Name of the attachment"),
            scan("scan", "Pindaian atau PDF", "Scan or PDF").required(),
        ],
        nothing,
    ),
    made::<Final>(
        "final",
        &[
            input::<RelationKind>("relation", "Hubungan dengan kesepakatan lain", "What it is to another agreement")
                .optional(),
            listed("to", "Kesepakatan itu", "That agreement").optional(),
        ],
        terms,
    ),
    made::<Paper>(
        "paper",
        &[
            VERSION,
            DATE,
            scan("scan", "Pindaian naskah yang ditandatangani", "Scan of the signed text"),
            scan("certified", "PDF dengan tanda tangan tersertifikasi", "PDF with certified signatures"),
        ],
        nothing,
    ),
    made::<Signature>("ratification", &[VERSION, input::<WordKind>("says", "Pernyataan", "Word"), BY_MANDATE], word),
    made::<Closing>("closing", &[input::<String>("reason", "Alasan", "Reason"), DATE], nothing),
    TAKE_BACK,
];

/// Where an agreement is published its agenda, with the mandates of the parties, is perhaps not read: the word carries
/// its own.
pub(super) const AGREEMENT: &[FactForm] = &[made::<Signature>(
    "ratification",
    &[
        VERSION,
        input::<WordKind>("says", "Pernyataan", "Word"),
        OFFICIAL,
        POSITION,
        ACTING,
        MANDATED_BY,
        MANDATED_FROM,
        MANDATED_UNTIL,
    ],
    word,
)];

pub(super) const INTERNAL_DRAFT: &[FactForm] = &[
    made::<DraftFor>("draft_for", &[], nothing),
    made::<DraftStand>("draft_stand", &[ARTICLE, STANCE, WHY, PROPOSES], drafted),
    made::<Disposition>(
        "disposition",
        &[
            input::<String>("from", "Dari", "From"),
            input::<String>("to", "Kepada", "To"),
            lines("instruction", "Isi disposisi", "Instruction"),
            exact("due", "Paling lambat", "Due").optional(),
        ],
        nothing,
    ),
    made::<Initials>(
        "initials",
        &[input::<String>("level", "Jabatan yang memaraf", "Position that initials"), DATE],
        nothing,
    ),
    made::<Release>("release", &[BY_MANDATE], released),
    TAKE_BACK,
];

pub(super) const COMMITMENT: &[FactForm] = &[
    made::<Promise>("promise", &[], promise),
    made::<Acceptance>("acceptance", &[DATE], nothing),
    made::<Programmed>(
        "programmed",
        &[
            input::<String>("budget_line", "Mata anggaran", "Budget line"),
            input::<String>("within", "Dimuat dalam", "Within the plan"),
            DATE,
        ],
        nothing,
    ),
    made::<Progress>(
        "progress",
        &[
            DATE,
            input::<String>("note", "Yang sudah dikerjakan", "What was done"),
            input::<bool>("done", "Sudah selesai", "It is done").optional(),
            scan("evidence", "Pindaian bukti", "Scan of what shows it"),
        ],
        nothing,
    ),
    made::<Sanction>(
        "sanction",
        &[
            input::<SanctionKind>("kind", "Jenis", "Kind"),
            DATE,
            lines("text", "Isi", "What it says"),
            SOURCE,
            SOURCE_NUMBER,
            SOURCE_DATE,
        ],
        source,
    ),
    made::<Answer>("answer", &[lines("text", "Jawaban pemilik", "Answer of the owner")], nothing),
    made::<Feedback>("feedback", &[lines("text", "Umpan balik", "Feedback"), DATE], nothing),
    TAKE_BACK,
];

pub(super) const CALENDAR: &[FactForm] = &[
    made::<CalendarYear>("calendar", &[], nothing),
    made::<Event>(
        "event",
        &[
            input::<String>("title", "Acara", "What it is for"),
            exact("day", "Hari", "Day"),
            input::<String>("place", "Tempat", "Place"),
            several::<OfficeId>("offices", "Kantor yang diundang", "Offices that are invited"),
            several::<String>("others", "Undangan tanpa Simpul", "Guests without a node"),
            listed("agenda", "Agenda", "Agenda").optional(),
            earlier("moves", "Mengganti tanggal", "In place of", &["event"]).optional(),
        ],
        nothing,
    ),
    made::<Confirmation>(
        "confirmation",
        &[
            earlier("event", "Acara", "Date", &["event"]),
            input::<Coming>("answer", "Jawaban", "Answer"),
            FOR,
            SOURCE,
            SOURCE_NUMBER,
            SOURCE_DATE,
        ],
        source,
    ),
    made::<Attendance>(
        "attendance",
        &[
            earlier("event", "Acara", "Date", &["event"]),
            listed("party", "Pihak", "Party"),
            input::<bool>("came", "Hadir", "Came"),
            several::<String>("positions", "Jabatan yang hadir", "Positions of those who came"),
            input::<bool>("competent", "Berwenang memutuskan", "Could decide"),
            input::<String>("mandate", "Nomor surat tugas", "Number of the mandate").optional(),
        ],
        nothing,
    ),
    TAKE_BACK,
];
