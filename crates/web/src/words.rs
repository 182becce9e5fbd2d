//! Every word on a page, in both languages: plain, as an officer speaks.

use crate::language::Language;
use identity::{OfficeKind, Region};

/// The words of one language. A pair is a message and a hint.
pub(crate) struct Words {
    language: Language,
    pub(crate) skip_to_content: &'static str,
    pub(crate) home: &'static str,
    pub(crate) language_choice: &'static str,
    pub(crate) practice: &'static str,
    pub(crate) office_kind: &'static str,
    pub(crate) region: &'static str,
    pub(crate) this_computer: &'static str,
    pub(crate) unprepared_title: &'static str,
    pub(crate) unprepared_answer: &'static str,
    pub(crate) alone_answer: &'static str,
    pub(crate) joined_answer: &'static str,
    pub(crate) not_found: (&'static str, &'static str),
    pub(crate) method_not_allowed: (&'static str, &'static str),
    pub(crate) foreign_name: (&'static str, &'static str),
    pub(crate) internal: (&'static str, &'static str),
    pub(crate) request_id: &'static str,
}

static INDONESIAN: Words = Words {
    language: Language::Indonesian,
    skip_to_content: "Langsung ke isi halaman",
    home: "Beranda",
    language_choice: "Pilih bahasa",
    practice: "LATIHAN: bukan data sungguhan",
    office_kind: "Jenis kantor",
    region: "Wilayah kerja",
    this_computer: "Tanda komputer ini",
    unprepared_title: "Komputer ini belum disiapkan untuk sebuah kantor",
    unprepared_answer: "Belum ada data yang dapat dicatat di sini. Mintalah administrator kantor Anda menyiapkannya.",
    alone_answer: "Yang Anda catat tersimpan di komputer ini, juga tanpa internet. \
        Kantor ini belum bergabung dengan kantor lain, jadi datanya hanya ada di sini.",
    joined_answer: "Yang Anda catat tersimpan di komputer ini, juga tanpa internet, \
        lalu disamakan dengan kantor lain begitu tersambung.",
    not_found: ("Halaman ini tidak ada", "Periksa alamatnya, atau mulai lagi dari beranda."),
    method_not_allowed: ("Halaman ini tidak menerima kiriman seperti itu", "Mulai lagi dari beranda."),
    foreign_name: ("Alamat ini bukan alamat komputer ini", "Buka http://localhost dengan nomor port yang sama."),
    internal: (
        "Halaman ini gagal dibuat",
        "Data Anda tidak berubah. Coba lagi; bila terulang, sebutkan nomor di bawah.",
    ),
    request_id: "Nomor permintaan",
};

static ENGLISH: Words = Words {
    language: Language::English,
    skip_to_content: "Skip to the content",
    home: "Home",
    language_choice: "Choose a language",
    practice: "PRACTICE (LATIHAN): not real data",
    office_kind: "Kind of office",
    region: "Area of work",
    this_computer: "Mark of this computer",
    unprepared_title: "This computer is not yet prepared for an office",
    unprepared_answer: "Nothing can be recorded here yet. Ask the administrator of your office to prepare it.",
    alone_answer: "What you record is saved on this computer, also without internet. \
        This office has not joined any others yet, so its data is only here.",
    joined_answer: "What you record is saved on this computer, also without internet, \
        and shared with other offices as soon as they are connected.",
    not_found: ("This page does not exist", "Check the address, or start again from the home page."),
    method_not_allowed: ("This page does not take what was sent", "Start again from the home page."),
    foreign_name: ("This address is not an address of this computer", "Open http://localhost with the same port."),
    internal: (
        "This page could not be made",
        "Your data is unchanged. Try again; if it happens again, quote the number below.",
    ),
    request_id: "Request number",
};

impl Words {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Indonesian => &INDONESIAN,
            Language::English => &ENGLISH,
        }
    }

    pub(crate) fn ready_title(&self, office: &str) -> String {
        match self.language {
            Language::Indonesian => format!("{office} siap mencatat"),
            Language::English => format!("{office} is ready to record"),
        }
    }

    pub(crate) fn region_name(&self, region: &Region) -> String {
        if region.level() == 0 { "Indonesia".to_owned() } else { region.as_str().to_owned() }
    }

    pub(crate) fn kind(&self, kind: OfficeKind) -> &'static str {
        let (indonesian, english) = match kind {
            OfficeKind::Ministry => ("Kementerian", "Ministry"),
            OfficeKind::Agency => ("Badan atau balai", "Agency"),
            OfficeKind::Province => ("Provinsi", "Province"),
            OfficeKind::Regency => ("Kabupaten atau kota", "Regency or city"),
            OfficeKind::Unit => ("Dinas", "Unit of a province or regency"),
            OfficeKind::Village => ("Desa", "Village"),
        };
        match self.language {
            Language::Indonesian => indonesian,
            Language::English => english,
        }
    }
}
