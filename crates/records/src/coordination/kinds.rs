//! The kinds of documents of coordination: what each is and holds.

use identity::Class;

use super::{
    Acceptance, AdReferendum, AgendaFields, Answer, Attached, Attendance, CalendarYear, Closing, Comment, Confirmation,
    Copied, Disposition, DraftFor, DraftStand, Event, Feedback, Final, Initials, Invitation, Letter, Mandate, Meeting,
    Minutes, Opening, Paper, Programmed, Progress, Promise, Published, Release, Sanction, Signature, Stand, TakenUp,
};
use crate::{
    author::MaySay,
    facts::Content,
    fields::Fields,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    words,
};

/// Whether a fact may be said is judged by what the document says of its parties, so every kind of office may say it.
const fn spec(key: &'static str, id: &'static str, en: &'static str) -> FactSpec {
    FactSpec::new(key, id, en, MaySay::WRITERS)
}

const TAKING_BACK: FactSpec = FactSpec { key: ANNULMENT, label: words::ANNULMENT, may_say: MaySay::WRITERS };

/// An agenda.
pub(crate) const AGENDA: KindSpec = KindSpec {
    number: 21,
    class: Class::Agenda,
    label: words::AGENDA,
    fields: AgendaFields::SPECS,
    texts: &[],
    facts: &[
        spec(Opening::KEY, "Pembukaan agenda", "Opening of the agenda"),
        spec(Invitation::KEY, "Pihak", "Party"),
        spec(Stand::KEY, "Tanggapan", "Stand"),
        spec(Comment::KEY, "Komentar", "Comment"),
        spec(Meeting::KEY, "Rapat", "Meeting"),
        spec(Minutes::KEY, "Persetujuan notula", "Approval of the minutes"),
        spec(Letter::KEY, "Surat", "Letter"),
        spec(Mandate::KEY, "Mandat", "Mandate"),
        spec(AdReferendum::KEY, "Ad referendum", "Ad referendum"),
        spec(Attached::KEY, "Lampiran", "Attachment"),
        spec(Final::KEY, "Naskah akhir", "Final text"),
        spec(Paper::KEY, "Tanda tangan di kertas", "Signed on paper"),
        spec(Signature::KEY, "Penetapan", "Ratification"),
        spec(Closing::KEY, "Penutupan", "Closing"),
        TAKING_BACK,
    ],
    // The fact that opens it is enough; a title is asked for before the text is final.
    required: &[],
};

/// A published agreement.
pub(crate) const AGREEMENT: KindSpec = KindSpec {
    number: 22,
    class: Class::Coordination,
    label: words::AGREEMENT,
    fields: &[],
    texts: &[],
    facts: &[
        spec(Published::KEY, "Kesepakatan", "Agreement"),
        spec(Copied::KEY, "Penetapan", "Ratification"),
        spec(Signature::KEY, "Penetapan", "Ratification"),
        spec(Paper::KEY, "Tanda tangan di kertas", "Signed on paper"),
        TAKING_BACK,
    ],
    required: &[],
};

/// A commitment.
pub(crate) const COMMITMENT: KindSpec = KindSpec {
    number: 24,
    class: Class::Coordination,
    label: words::COMMITMENT,
    fields: &[],
    texts: &[],
    facts: &[
        spec(Promise::KEY, "Komitmen", "Commitment"),
        spec(Acceptance::KEY, "Diterima pemiliknya", "Accepted by its owner"),
        spec(Programmed::KEY, "Diprogramkan", "Programmed"),
        spec(Progress::KEY, "Kemajuan", "Progress"),
        spec(Sanction::KEY, "Teguran atau tindak lanjut atasan", "What the superior says"),
        spec(Answer::KEY, "Jawaban", "Answer"),
        spec(Feedback::KEY, "Umpan balik", "Feedback"),
        spec(TakenUp::KEY, "Diangkat ke agenda", "Taken up by an agenda"),
        TAKING_BACK,
    ],
    required: &[],
};

/// A calendar.
pub(crate) const CALENDAR: KindSpec = KindSpec {
    number: 25,
    class: Class::Coordination,
    label: words::CALENDAR,
    fields: &[],
    texts: &[],
    facts: &[
        spec(CalendarYear::KEY, "Kalender koordinasi", "Calendar of coordination"),
        spec(Event::KEY, "Tanggal", "Date"),
        spec(Confirmation::KEY, "Konfirmasi", "Confirmation"),
        spec(Attendance::KEY, "Kehadiran", "Attendance"),
        TAKING_BACK,
    ],
    required: &[],
};

/// A draft inside an office.
pub(crate) const INTERNAL_DRAFT: KindSpec = KindSpec {
    // The list of the records has no number for it.
    number: 38,
    class: Class::Internal,
    label: words::INTERNAL_DRAFT,
    fields: &[],
    texts: &[],
    facts: &[
        spec(DraftFor::KEY, "Rancangan tanggapan", "Draft of a stand"),
        spec(DraftStand::KEY, "Isi rancangan", "What is drafted"),
        spec(Disposition::KEY, "Disposisi", "Disposition"),
        spec(Initials::KEY, "Paraf", "Initials"),
        spec(Release::KEY, "Dirilis resmi", "Released"),
        TAKING_BACK,
    ],
    required: &[],
};
