//! Every word of this room that a person reads, in Indonesian and English, and the spellings that are understood.
//!
//! Plain words, as an officer speaks; the terms of the programme stay Indonesian in both languages where English has
//! none. Words of the machinery (of journals, say) do not appear here; a test holds that.

use documents::{Refusal, Waiting};
use identity::OfficeKind;

use crate::{
    category::{Clue, Missing},
    date::shown_day,
    eligibility::{Reason, Subject},
    import::{RowError, RowProblem},
    kinds::RecordKind,
    nik::NikWarning,
    notice::Why,
    value::ValueType,
};

/// The language of a page or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

/// One thing said in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// In Indonesian.
    pub id: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Words {
    /// In this language.
    pub const fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Id => self.id,
            Lang::En => self.en,
        }
    }
}

const fn w(id: &'static str, en: &'static str) -> Words {
    Words { id, en }
}

pub(crate) const UNKNOWN_DATE: Words = w("tanggal tidak diketahui", "date not known");
pub(crate) const YES: Words = w("ya", "yes");
pub(crate) const NO: Words = w("tidak", "no");

/// What an officer types for a date that nobody knows.
pub(crate) const UNKNOWN_INPUT: &[&str] = &["tidak tahu", "tidak diketahui", "tanggal tidak diketahui", "unknown"];
/// What an officer types for yes.
pub(crate) const YES_INPUT: &[&str] = &["ya", "y", "yes", "true", "1", "benar"];
/// What an officer types for no.
pub(crate) const NO_INPUT: &[&str] = &["tidak", "t", "no", "n", "false", "0", "bukan"];

/// A month by its name or short name in either language, from 1.
pub(crate) fn month(name: &str) -> Option<i16> {
    const MONTHS: [&[&str]; 12] = [
        &["januari", "january", "jan"],
        &["februari", "february", "feb", "pebruari"],
        &["maret", "march", "mar"],
        &["april", "apr"],
        &["mei", "may"],
        &["juni", "june", "jun"],
        &["juli", "july", "jul"],
        &["agustus", "august", "agt", "agu", "ags", "aug"],
        &["september", "sep", "sept"],
        &["oktober", "october", "okt", "oct"],
        &["november", "nov", "nopember", "nop"],
        &["desember", "december", "des", "dec"],
    ];
    MONTHS.iter().position(|names| names.contains(&name)).and_then(|index| i16::try_from(index + 1).ok())
}

pub(crate) const PERSON: Words = w("Data orang", "Person");
pub(crate) const PARTICIPATION: Words = w("Kepesertaan", "Participation");
pub(crate) const TRIP: Words = w("Riwayat kerja ke luar negeri", "Work abroad");
pub(crate) const TIE: Words = w("Hubungan keluarga", "Family tie");
pub(crate) const VILLAGE_CODE: Words = w("Kode desa", "Village code");
pub(crate) const DECISION_NUMBER: Words = w("Nomor keputusan", "Number of the decision");
pub(crate) const DECISION_DATE: Words = w("Tanggal keputusan", "Date of the decision");
pub(crate) const DECISION_DAY: Words = w("Tanggal penilaian", "Day of the assessment");
pub(crate) const DECISION: Words = w("Keputusan", "Decision");
pub(crate) const LEAVING: Words = w("Keluar dari program", "Leaving the programme");
pub(crate) const AGENDA: Words = w("Agenda", "Agenda");
pub(crate) const AGREEMENT: Words = w("Kesepakatan", "Agreement");
pub(crate) const COMMITMENT: Words = w("Komitmen", "Commitment");
pub(crate) const CALENDAR: Words = w("Kalender koordinasi", "Calendar of coordination");
pub(crate) const INTERNAL_DRAFT: Words = w("Rancangan tanggapan", "Draft of a stand");
pub(crate) const STEP: Words = w("Tahap", "Step");
pub(crate) const ANNULMENT: Words = w("Pembatalan catatan", "Taking back a note");
fn office_kind(kind: OfficeKind, lang: Lang) -> &'static str {
    match kind {
        OfficeKind::Ministry => w("kementerian", "ministry"),
        OfficeKind::Agency => w("BP3TKI", "BP3TKI"),
        OfficeKind::Province => w("provinsi", "province"),
        OfficeKind::Regency => w("kabupaten/kota", "regency"),
        OfficeKind::Unit => w("dinas lain", "other dinas"),
        OfficeKind::Village => w("desa", "village"),
    }
    .of(lang)
}

/// Why something in a document does not count.
pub(crate) fn why(why: &Why, lang: Lang) -> String {
    match why {
        Why::WrongType => w("isian ini tidak sesuai jenisnya", "this value is of the wrong type"),
        Why::Unfamiliar | Why::Newer(_) => {
            w("ditulis dengan aplikasi versi lebih baru", "written with a newer version of the application")
        }
        Why::UnknownKind(number) => {
            return match lang {
                Lang::Id => format!("jenis data {number} belum dikenal versi aplikasi ini"),
                Lang::En => format!("this version of the application does not know data of kind {number} yet"),
            };
        }
        Why::Malformed => w("catatan ini rusak dan tidak terbaca", "this note is damaged and cannot be read"),
        Why::MayNotSay(kind) => {
            let kind = office_kind(*kind, lang);
            return match lang {
                Lang::Id => format!("kantor {kind} ini tidak berwenang menyatakannya"),
                Lang::En => format!("this {kind} office may not say this"),
            };
        }
        Why::UnknownAuthor => w("kantor penulisnya belum dikenal di sini", "its office is not known here yet"),
        Why::NotItsOwn => {
            w("hanya kantor yang mencatat yang dapat membatalkannya", "only the office that noted it may take it back")
        }
        Why::Misplaced => w("tersimpan di tempat yang salah", "kept in the wrong place"),
        Why::Disallowed(unfit) => return unfit.text(lang).to_owned(),
        Why::CannotShow => w(
            "sebagian data ini tidak dapat ditampilkan di komputer ini; hubungi pengelola aplikasi",
            "part of this cannot be shown on this computer; call whoever looks after the application",
        ),
        Why::Waits(Waiting::Dependency(_)) => {
            w("menunggu catatan sebelumnya yang belum sampai", "waits for an earlier note that has not arrived")
        }
        Why::Waits(Waiting::Reissue(_)) => w(
            "didasarkan pada catatan yang tidak berlaku lagi; menunggu kantornya menulis ulang",
            "builds on a note that no longer counts; waits for its office to write it again",
        ),
        Why::Waits(Waiting::Standing) => w(
            "perangkat penulisnya belum diakui atau sedang ditangguhkan",
            "its author's device is not admitted or is on hold",
        ),
        Why::Waits(Waiting::Version) => w("menunggu pembaruan aplikasi", "waits for an update of the application"),
        Why::Refused(Refusal::NoRight) => {
            w("kantor penulisnya tidak berwenang menulis di sini", "its office may not write here")
        }
        Why::Refused(Refusal::CutOff) => {
            w("ditulis setelah hak perangkatnya dicabut", "written after its device lost the right to write")
        }
        Why::Refused(Refusal::Guard(_)) => w("susunan catatannya tidak sah", "its form is not valid"),
    }
    .of(lang)
    .to_owned()
}

fn missing(missing: Missing, lang: Lang) -> &'static str {
    match missing {
        Missing::Departure => {
            w("tanggal berangkat belum dicatat atau kurang tepat", "the departure is not noted or not exact enough")
        }
        Missing::Return => {
            w("tanggal pulang belum dicatat atau kurang tepat", "the return is not noted or not exact enough")
        }
        Missing::Order => w(
            "tanggal pulang lebih awal dari tanggal berangkat, perlu dibetulkan",
            "the return lies before the departure and has to be corrected",
        ),
        Missing::Trip => w("riwayat kerja ke luar negeri belum dicatat", "the work abroad is not noted"),
        Missing::Tie => w(
            "belum dicatat siapa keluarganya yang bekerja ke luar negeri",
            "it is not noted who of the family works or worked abroad",
        ),
        Missing::TieDates => w(
            "belum jelas sejak dan sampai kapan hubungan keluarganya",
            "it is not clear from when to when the family tie holds",
        ),
        Missing::RelativeTrip => {
            w("riwayat kerja ke luar negeri keluarganya belum dicatat", "the relative's work abroad is not noted")
        }
        Missing::FamilyHidden => {
            w("hubungan keluarga tidak dapat dilihat dari kantor ini", "family ties cannot be seen from this office")
        }
        Missing::Category => w(
            "belum ada catatan rencana berangkat, kepulangan, atau keluarga di luar negeri",
            "no plan to depart, no return and no family abroad is noted",
        ),
        Missing::Answer => w("belum ditanyakan", "not asked yet"),
        Missing::DecisionDay => w("tanggal keputusan kurang tepat", "the date of the decision is not exact enough"),
        Missing::Rules => {
            w("aturan program ini belum dikenal di sini", "the rules of this programme are not known here")
        }
    }
    .of(lang)
}

fn clue(found: &Clue, lang: Lang) -> String {
    let pick = |id: String, en: String| match lang {
        Lang::Id => id,
        Lang::En => en,
    };
    match found {
        Clue::Planned(date) => {
            let date = date.shown(lang);
            pick(format!("berencana berangkat {date}"), format!("plans to depart {date}"))
        }
        Clue::Claimed => w("menyatakan akan berangkat", "says that they will depart").of(lang).to_owned(),
        Clue::Abroad(None) => w("sedang di luar negeri", "is abroad").of(lang).to_owned(),
        Clue::Abroad(Some(date)) => {
            let date = date.shown(lang);
            pick(format!("di luar negeri sejak {date}"), format!("abroad since {date}"))
        }
        Clue::Back { on, until } => {
            let (on, until) = (on.shown(lang), shown_day(*until));
            pick(
                format!("pulang {on}, masih dalam batas sampai {until}"),
                format!("returned {on}, within the limit until {until}"),
            )
        }
        Clue::Over { on, until } => {
            let (on, until) = (on.shown(lang), shown_day(*until));
            pick(
                format!("pulang {on}, batasnya {until} sudah lewat"),
                format!("returned {on}, past the limit of {until}"),
            )
        }
        Clue::Relative(relation, inner) => {
            let (relation, inner) = (relation.words().of(lang), clue(inner, lang));
            pick(format!("{relation} dari seseorang yang: {inner}"), format!("{relation} of somebody who: {inner}"))
        }
        Clue::NotCounted(relation) => {
            let relation = relation.words().of(lang);
            pick(
                format!("hubungan {relation} tidak termasuk dalam program ini"),
                format!("the relation {relation} is not part of this programme"),
            )
        }
        Clue::TieEnded(relation) => {
            let relation = relation.words().of(lang);
            pick(
                format!("hubungan {relation} tidak berlaku pada hari itu"),
                format!("the relation {relation} does not hold on that day"),
            )
        }
        Clue::Nothing => w("tidak ada catatan yang menunjukkannya", "nothing on record says so").of(lang).to_owned(),
        Clue::Said(true) => YES.of(lang).to_owned(),
        Clue::Said(false) => NO.of(lang).to_owned(),
        Clue::Missing(fact) => missing(*fact, lang).to_owned(),
        Clue::Contested("decision") => {
            w("ada dua keputusan berbeda", "there are two different decisions").of(lang).to_owned()
        }
        Clue::Contested(field) => {
            let label = RecordKind::ALL.into_iter().find_map(|kind| kind.field(field));
            let label = label.map_or(*field, |spec| spec.label.of(lang));
            pick(
                format!("ada isian berbeda untuk {label}; pilih dulu salah satu"),
                format!("{label} has different values; choose one first"),
            )
        }
    }
}

/// One reason of an answer, with the rule that it rests on.
pub(crate) fn reason(reason: &Reason, lang: Lang) -> String {
    let found = clue(&reason.clue, lang);
    let text = match reason.subject {
        Subject::Category(category) => format!("{}: {found}", category.words().of(lang)),
        Subject::Condition(condition) => format!("{}: {found}", condition.words().of(lang)),
        Subject::Record => found,
    };
    match (reason.rule.as_str(), lang) {
        ("", _) => text,
        (rule, Lang::Id) => format!("{text} (aturan {rule})"),
        (rule, Lang::En) => format!("{text} (rule {rule})"),
    }
}

/// What an officer should look at again in a NIK.
pub(crate) fn nik(warning: NikWarning, lang: Lang) -> &'static str {
    match warning {
        NikWarning::NotSixteenDigits => {
            w("NIK biasanya 16 angka. Benar?", "A NIK usually has 16 digits. Is this right?")
        }
        NikWarning::Area => {
            w("kode wilayah pada NIK tidak dikenal. Benar?", "The area code in the NIK is not known. Is this right?")
        }
        NikWarning::Date => w(
            "tanggal pada NIK tidak ada di kalender. Benar?",
            "The date in the NIK is no day of the calendar. Is this right?",
        ),
        NikWarning::OtherBirth => w(
            "tanggal pada NIK berbeda dari tanggal lahir. Benar?",
            "The date in the NIK differs from the date of birth. Is this right?",
        ),
        NikWarning::OtherSex => w(
            "NIK ini biasanya untuk jenis kelamin yang lain. Benar?",
            "This NIK usually belongs to the other sex. Is this right?",
        ),
        NikWarning::Serial => {
            w("nomor urut 0000 tidak dipakai pada NIK. Benar?", "No NIK ends in 0000. Is this right?")
        }
    }
    .of(lang)
}

pub(crate) const REASON: Words = w("alasan", "reason");

/// What is wrong with a row of a table and what to do.
pub(crate) fn row_problem(error: &RowError, lang: Lang) -> String {
    let (id, en) = match &error.problem {
        RowProblem::Empty => (
            "tidak boleh kosong; isi lalu impor lagi".to_owned(),
            "must not be empty; fill it in and import again".to_owned(),
        ),
        RowProblem::Value { given, fits } => {
            let (id, en) = fitting(*fits);
            (format!("{given:?} tidak dapat dibaca; tulis {id}"), format!("{given:?} cannot be read; write {en}"))
        }
        RowProblem::WasNumber(given) => (
            format!(
                "{given:?} sudah menjadi bilangan, padahal program tabel hanya menyimpan 15 angka; ubah kolom menjadi teks lalu ketik ulang dari kartunya"
            ),
            format!(
                "{given:?} became a number, of which a table program keeps only 15 digits; make the column text and type it again from the card"
            ),
        ),
        RowProblem::Village(given) => (
            format!("{given:?} bukan kode desa yang dilayani kantor ini; tulis seperti 33.07.10.2004"),
            format!("{given:?} is no code of a village that this office serves; write it like 33.07.10.2004"),
        ),
        RowProblem::HalfDecision => (
            "keputusan belum lengkap; isi keputusan, nomor, dan tanggalnya, atau kosongkan semua".to_owned(),
            "the decision is not complete; fill in the decision, its number and date, or leave all of them empty"
                .to_owned(),
        ),
        RowProblem::SameAs(line) => (
            format!(
                "sama dengan baris {line}; hapus salah satu, atau isi NIK atau tanggal lahir bila orangnya berbeda"
            ),
            format!("the same as line {line}; delete one, or fill in NIK or date of birth if they are two people"),
        ),
        RowProblem::TooManyCells => (
            "isinya lebih banyak dari judul kolom; periksa tanda pemisah".to_owned(),
            "it has more cells than the header; check the separators".to_owned(),
        ),
    };
    let text = match lang {
        Lang::Id => id,
        Lang::En => en,
    };
    if error.column.is_empty() { text } else { format!("{}: {text}", error.column) }
}

/// What would fit a column.
fn fitting(value: ValueType) -> (String, String) {
    let both = |text: &str| (text.to_owned(), text.to_owned());
    match value {
        ValueType::Date => (
            "tanggal seperti 12-03-2022, 03-2022, atau 2022".to_owned(),
            "a date like 12-03-2022, 03-2022 or 2022".to_owned(),
        ),
        ValueType::YesNo => ("ya atau tidak".to_owned(), "ya or tidak".to_owned()),
        ValueType::Number => ("angka saja".to_owned(), "a number".to_owned()),
        ValueType::Code(codes) => {
            let list: Vec<&str> = codes.iter().map(|(_, words)| words.id).collect();
            both(&list.join(" / "))
        }
        ValueType::Text | ValueType::Person | ValueType::Place | ValueType::Office | ValueType::Document => {
            ("satu baris teks".to_owned(), "one line of text".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    /// Words that people at a counter do not use (the list of the pages), and the machinery's own.
    const NOT_SAID: [&str; 10] = [
        "luring",
        "selaras",
        "tertahan",
        "bercabang",
        "rekam",
        "posisi",
        "membekukan",
        "journal",
        "scope",
        "incarnation",
    ];

    #[test]
    fn no_word_that_people_do_not_use() {
        let file = include_str!("words.rs");
        let texts: Vec<&str> = file.split("#[cfg(test)]").next().unwrap().split('"').skip(1).step_by(2).collect();
        assert!(texts.len() > 100, "the texts of this file are found");
        for text in texts {
            for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
                assert!(!NOT_SAID.contains(&word), "{text}");
            }
        }
    }

    #[test]
    fn every_label_is_free_of_them_too() {
        for kind in crate::RecordKind::ALL {
            let spec = kind.spec();
            let fields = spec.fields.iter().map(|field| field.label);
            let texts = spec.texts.iter().map(|text| text.label);
            let facts = spec.facts.iter().map(|fact| fact.label);
            for label in fields.chain(texts).chain(facts).chain([spec.label]) {
                for text in [label.id, label.en] {
                    // A disposition is a word of every office, and no position.
                    let said = text.to_lowercase().replace("disposisi", "");
                    assert!(NOT_SAID.iter().all(|word| !said.contains(word)), "{text}");
                }
            }
        }
    }
}
