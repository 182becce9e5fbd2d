//! Every word of this room that a person reads, in Indonesian and English, and the spellings that are understood.
//!
//! Plain words, as an officer speaks; the terms of the programme stay Indonesian in both languages where English has
//! none. Words of the machinery (of journals, say) do not appear here; a test holds that.

use documents::{Refusal, Waiting};
use identity::OfficeKind;

use crate::notice::Why;

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
pub(crate) const DECISION: Words = w("Keputusan", "Decision");
pub(crate) const LEAVING: Words = w("Keluar dari program", "Leaving the programme");
pub(crate) const STEP: Words = w("Tahap", "Step");
pub(crate) const ANNULMENT: Words = w("Pembatalan catatan", "Taking back a note");
pub(crate) const CHOOSING: Words = w(
    "Isian yang dipilih berlaku di semua kantor atas nama Anda. Isian lain tetap tersimpan dalam riwayat.",
    "The value chosen holds at every office, under your name. The others stay in the history.",
);

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
