//! Notices for people (records no. 35): what comes down from Kemnaker, BP3TKI and the regency and hangs on the board,
//! also where there is no network. A notice ends by itself.

use identity::Class;
use jiff::civil::Date;

use crate::{
    date::PartialDate,
    fields::{Fields, record_fields},
    kinds::{KindSpec, TextSpec},
    money::Rupiah,
    sheet::Sheet,
    value::codes,
    words::Words,
};

codes! {
    /// What a notice is.
    BoardKind {
        /// A vacancy abroad or at home.
        Vacancy = "vacancy", "lowongan kerja", "vacancy", ["lowongan"];
        /// Official placement firms.
        Firms = "firms", "PPTKIS resmi", "official placement firms", [];
        /// How to go by the procedure.
        Procedure = "procedure", "tata cara", "procedure", [];
        /// What it costs.
        Cost = "cost", "biaya", "cost", [];
        /// Whom to call.
        Contact = "contact", "nomor penting", "whom to call", [];
        /// Safe migration and anything else.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

record_fields! {
    /// What people edit of a notice.
    BoardFields {
        /// What it is.
        kind: BoardKind, "Jenis", "Kind";
        /// Its headline.
        title: String, "Judul", "Headline";
        /// From when it hangs; empty: at once.
        since: PartialDate, "Mulai", "From";
        /// Its last day; empty: until somebody takes it down.
        until: PartialDate, "Sampai", "Until";
        /// Where the work is.
        country: String, "Negara", "Country";
        /// The firm.
        firm: String, "Perusahaan", "Firm";
        /// What it costs.
        cost: Rupiah, "Biaya", "Cost";
        /// Whom to call.
        contact: String, "Hubungi", "Call";
        /// Taken down.
        withdrawn: bool, "Dicabut", "Taken down";
    }
}

/// A notice on the board.
pub type BoardNotice = Sheet<BoardFields, ()>;

pub(crate) const BOARD: KindSpec = KindSpec {
    number: 35,
    class: Class::Board,
    label: Words { id: "Pengumuman", en: "Notice" },
    fields: BoardFields::SPECS,
    texts: &[TextSpec::new("body", "Isi", "Text")],
    facts: &[],
    required: &["kind", "title"],
};

impl BoardNotice {
    /// The last day on which it hangs; none where nobody says. A month or year hangs through its last day; of two end dates
    /// the later counts.
    pub fn last_day(&self) -> Option<Date> {
        self.fields.until.values().iter().map(|until| until.span().last).max()
    }
}
