//! What the columns of a table are called, what a column can be taken for, and the template with all of them.

use crate::{
    kinds::RecordKind::{self, Participation, Person, Trip},
    participation::Outcome,
    value::{FieldType, ValueType},
    words::{self, Words},
};

/// What a column of a table is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImportColumn(Column);

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// The code of the village.
    Village,
    /// A field of one of the documents.
    Field(RecordKind, &'static str),
    /// What was decided.
    Outcome,
    /// The number of the decision.
    Number,
    /// Its date.
    Date,
    /// The day that it judged.
    Day,
}

/// Each column with its name in the template first, then the other names that are understood.
const COLUMNS: &[(Column, &[&str])] = &[
    (Column::Village, &["kode_desa", "village_code", "desa_kode", "kode_wilayah"]),
    (Column::Field(Person, "name"), &["nama", "name", "nama_lengkap", "nama_peserta"]),
    (Column::Field(Person, "nik"), &["nik", "no_nik", "nomor_nik", "no_ktp"]),
    (Column::Field(Person, "kk"), &["kk", "no_kk", "nomor_kk"]),
    (Column::Field(Person, "birth"), &["tanggal_lahir", "tgl_lahir", "birth", "birth_date"]),
    (Column::Field(Person, "sex"), &["jenis_kelamin", "jk", "kelamin", "sex"]),
    (Column::Field(Person, "address"), &["alamat", "address"]),
    (Column::Field(Person, "dusun"), &["dusun"]),
    (Column::Field(Person, "rt"), &["rt"]),
    (Column::Field(Person, "rw"), &["rw"]),
    (Column::Field(Person, "phone"), &["telepon", "no_hp", "hp", "telp", "no_telepon", "phone"]),
    (Column::Field(Participation, "register"), &["nomor_register", "no_register", "register"]),
    (Column::Field(Participation, "group"), &["kelompok", "group", "kelompok_usaha"]),
    (Column::Field(Participation, "group_number"), &["nomor", "no", "number", "nomor_di_kelompok"]),
    (Column::Field(Participation, "resident"), &["warga_desa", "warga", "resident"]),
    (Column::Field(Participation, "productive"), &["masih_produktif", "produktif", "productive"]),
    (Column::Field(Participation, "willing"), &["bersedia_aktif", "bersedia", "willing"]),
    (Column::Field(Participation, "claim_calon_tki"), &["calon_tki", "calon_pmi"]),
    (Column::Field(Participation, "claim_tki_aktif"), &["tki_aktif", "pmi_aktif"]),
    (Column::Field(Participation, "claim_keluarga_tki"), &["keluarga_tki", "keluarga_pmi"]),
    (Column::Field(Participation, "claim_tki_purna"), &["tki_purna", "purna_tki", "pmi_purna", "purna_pmi"]),
    (Column::Field(Participation, "claim_keluarga_tki_purna"), &["keluarga_tki_purna", "keluarga_pmi_purna"]),
    (Column::Field(Trip, "country"), &["negara_tujuan", "negara", "country"]),
    (Column::Field(Trip, "sector"), &["sektor_pekerjaan", "sektor", "pekerjaan", "sector"]),
    (Column::Field(Trip, "route"), &["jalur", "route"]),
    (Column::Field(Trip, "firm"), &["pptkis", "p3mi", "firm"]),
    (Column::Field(Trip, "departure"), &["tanggal_berangkat", "tgl_berangkat", "departure"]),
    (Column::Field(Trip, "returned"), &["tanggal_pulang", "tgl_pulang", "returned"]),
    (Column::Field(Trip, "last_contact"), &["kontak_terakhir", "last_contact"]),
    (Column::Outcome, &["keputusan", "decision"]),
    (Column::Number, &["nomor_keputusan", "no_keputusan", "nomor_sk", "no_sk", "decision_number"]),
    (Column::Date, &["tanggal_keputusan", "tgl_keputusan", "tanggal_sk", "tgl_sk", "decision_date"]),
    (Column::Day, &["tanggal_penilaian", "decision_day"]),
];

impl Column {
    /// The name of a person, without which a row is nobody.
    pub(super) const NAME: Self = Self::Field(Person, "name");

    /// What its cells are to be.
    pub(super) fn value(self) -> ValueType {
        match self {
            Self::Village | Self::Number => ValueType::Text,
            Self::Field(kind, key) => kind.field(key).map_or(ValueType::Text, |spec| spec.value),
            Self::Outcome => Outcome::TYPE,
            Self::Date | Self::Day => ValueType::Date,
        }
    }

    /// What it is called on a page.
    pub(super) fn label(self) -> Words {
        match self {
            Self::Village => words::VILLAGE_CODE,
            Self::Field(kind, key) => kind.field(key).map_or(kind.label(), |spec| spec.label),
            Self::Outcome => words::DECISION,
            Self::Number => words::DECISION_NUMBER,
            Self::Date => words::DECISION_DATE,
            Self::Day => words::DECISION_DAY,
        }
    }
}

impl ImportColumn {
    /// Everything that a column can be taken for, in the order of the template.
    pub fn all() -> impl Iterator<Item = Self> {
        COLUMNS.iter().map(|(column, _)| Self(*column))
    }

    /// The one with this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::all().find(|column| column.code() == code)
    }

    /// What a header cell says by itself; `None` where it means nothing here.
    pub fn of_header(cell: &str) -> Option<Self> {
        column(cell).map(Self)
    }

    /// Its name in the template, and for programs.
    pub fn code(self) -> &'static str {
        COLUMNS.iter().find(|(column, _)| *column == self.0).and_then(|(_, names)| names.first()).unwrap_or(&"")
    }

    /// What it is about: the person, the participation, a journey or a decision.
    pub fn part(self) -> Words {
        match self.0 {
            Column::Village => Participation.label(),
            Column::Field(kind, _) => kind.label(),
            Column::Outcome | Column::Number | Column::Date | Column::Day => words::DECISION,
        }
    }

    /// What it is called on a page.
    pub fn label(self) -> Words {
        self.0.label()
    }

    pub(super) fn column(self) -> Column {
        self.0
    }
}

/// What a column of this name holds.
pub(super) fn column(name: &str) -> Option<Column> {
    let words: Vec<String> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let name = words.join("_");
    COLUMNS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column)
}

/// An empty table with every column, as a table program in Indonesia opens it: semicolons and a mark for UTF-8.
pub fn template() -> String {
    let names: Vec<&str> = COLUMNS.iter().filter_map(|(_, names)| names.first().copied()).collect();
    format!("\u{feff}{}\r\n", names.join(";"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_means_one_column_and_every_column_a_field() {
        let mut names = BTreeSet::new();
        for (column, all) in COLUMNS {
            for name in *all {
                assert!(names.insert(name), "{name}");
                assert_eq!(super::column(name), Some(*column));
            }
            if let Column::Field(kind, key) = column {
                assert!(kind.field(key).is_some(), "{key}");
            }
        }
        for column in ImportColumn::all() {
            assert_eq!(ImportColumn::of_code(column.code()), Some(column));
        }
        assert_eq!(column(" Tanggal  Lahir "), Some(Column::Field(Person, "birth")));
        assert_eq!(column("No. KK"), Some(Column::Field(Person, "kk")));
        assert_eq!(column("agama"), None);
    }
}
