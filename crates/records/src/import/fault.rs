//! Why a table is not read at all.

use super::table::{IMPORT_BYTES_MAX, IMPORT_ROWS_MAX};
use crate::words::{Lang, Words};

/// What is wrong with a table as a whole, or with what its columns are taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableFault {
    /// It has more bytes than [`IMPORT_BYTES_MAX`].
    TooLarge,
    /// It has more rows than [`IMPORT_ROWS_MAX`].
    TooManyRows,
    /// It is a workbook of a kind that is not read: an older one, one of another program, or one with a password.
    Workbook,
    /// It is no text.
    NotText,
    /// It cannot be taken apart into cells; what the reader said.
    Malformed(String),
    /// This line is longer than any of a table of people.
    LongLine(u64),
    /// It has no line with cells.
    Empty,
    /// There is no line with cells from this one on.
    NoHeader(u64),
    /// Two columns are taken for the same.
    Twice {
        /// The second, as it is called in the table.
        column: String,
        /// What both are taken for.
        meaning: Words,
    },
    /// No column holds names.
    NoName {
        /// The header as it stands there.
        header: String,
    },
    /// No column holds the village, and the office is no village.
    NoVillage,
    /// More columns are named than the table has.
    NotSoMany {
        /// How many it has.
        columns: usize,
    },
}

impl TableFault {
    /// What is wrong and what to do, for a person.
    pub fn text(&self, lang: Lang) -> String {
        let megabytes = IMPORT_BYTES_MAX >> 20;
        let (id, en) = match self {
            Self::TooLarge => (
                format!("tabel lebih besar dari {megabytes} MB; bagilah menjadi beberapa tabel"),
                format!("it is larger than {megabytes} MiB; split it"),
            ),
            Self::TooManyRows => (
                format!("tabel lebih dari {IMPORT_ROWS_MAX} baris; bagilah menjadi beberapa tabel"),
                format!("it has more than {IMPORT_ROWS_MAX} rows; split it"),
            ),
            Self::Workbook => (
                "buku kerja ini jenis lama, dari program lain, atau berkata sandi; di program tabel pilih Simpan Sebagai, \
                 lalu \"Excel (.xlsx)\" tanpa kata sandi atau \"CSV UTF-8\""
                    .to_owned(),
                "this workbook is an older one, of another program, or has a password; save it as \"Excel (.xlsx)\" \
                 without one, or as \"CSV UTF-8\""
                    .to_owned(),
            ),
            Self::NotText => (
                "ini bukan teks; di program tabel pilih Simpan Sebagai, lalu \"CSV UTF-8\"".to_owned(),
                "this is no text in UTF-8; save it as \"CSV UTF-8\" first".to_owned(),
            ),
            Self::Malformed(said) => {
                (format!("tabel tidak terbaca ({said}); simpan lagi sebagai \"CSV UTF-8\""),
                 format!("it cannot be read ({said}); save it again as \"CSV UTF-8\""))
            }
            Self::LongLine(line) => (
                format!("baris {line} terlalu panjang; apakah ada tanda petik yang belum ditutup?"),
                format!("line {line} is too long; is a quotation mark missing?"),
            ),
            Self::Empty => ("tabel kosong; pilih berkas yang berisi".to_owned(), "it is empty".to_owned()),
            Self::NoHeader(line) => (
                format!("tidak ada isi mulai baris {line}; tulis nomor baris tempat judul kolom"),
                format!("there is nothing from line {line} on; name the line in which the header stands"),
            ),
            Self::Twice { column, meaning } => (
                format!("dua kolom dipilih sebagai {}, yang kedua {column:?}; pilih satu saja", meaning.id),
                format!("two columns mean the same, {}: the second is {column:?}; choose one", meaning.en),
            ),
            Self::NoName { header } => (
                format!("belum ada kolom nama; pilih kolom tempat nama orang. Judul kolom yang terbaca: {header:?}"),
                format!("no column is called nama or name; choose the one that holds names. The header is {header:?}"),
            ),
            Self::NoVillage => (
                "belum ada kolom kode desa; kantor ini bukan desa, jadi setiap baris perlu kode desanya".to_owned(),
                "no column is called kode_desa or village_code, and no village was named".to_owned(),
            ),
            Self::NotSoMany { columns } => (
                format!("tabel hanya mempunyai {columns} kolom; pilih lagi kolomnya"),
                format!("the table has {columns} columns only; choose them again"),
            ),
        };
        match lang {
            Lang::Id => id,
            Lang::En => en,
        }
    }
}
