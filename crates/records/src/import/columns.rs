//! What the columns of a table are called, and the template with all of them.

use crate::kinds::RecordKind::{self, Participation, Person, Trip};

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
        assert_eq!(column(" Tanggal  Lahir "), Some(Column::Field(Person, "birth")));
        assert_eq!(column("No. KK"), Some(Column::Field(Person, "kk")));
        assert_eq!(column("agama"), None);
    }
}
