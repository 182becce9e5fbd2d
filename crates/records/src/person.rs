//! Who a person is (records no. 2), the journeys abroad (no. 31) and the family (no. 32).

use identity::{Class, Coordinate, Region};

use crate::{
    date::PartialDate,
    fields::{Fields, record_fields},
    kinds::KindSpec,
    value::{PersonId, codes},
    words,
};

codes! {
    /// Sex, as it stands on the identity card.
    Sex {
        /// Female.
        Female = "f", "perempuan", "female", ["p", "pr", "wanita", "w"];
        /// Male.
        Male = "m", "laki-laki", "male", ["l", "lk", "laki", "pria"];
    }
}

codes! {
    /// How somebody went abroad.
    Route {
        /// By the procedure.
        Procedural = "procedural", "prosedural", "procedural", ["resmi", "legal"];
        /// Outside it.
        NonProcedural = "non_procedural", "non-prosedural", "non-procedural", ["nonprosedural", "non prosedural", "ilegal"];
        /// Through a broker.
        Broker = "broker", "lewat calo", "through a broker", ["calo"];
        /// Asked, and not known.
        NotKnown = "not_known", "belum tahu", "not known yet", ["tidak tahu"];
    }
}

codes! {
    /// What the person of a tie is to the other.
    Relation {
        /// Husband or wife of.
        Spouse = "spouse", "suami/istri", "spouse", ["suami", "istri", "pasangan", "husband", "wife"];
        /// Child of.
        Child = "child", "anak", "child", [];
        /// Father or mother of.
        Parent = "parent", "ayah/ibu", "parent", ["ayah", "ibu", "orang tua", "father", "mother"];
        /// Guardian of.
        Guardian = "guardian", "wali", "guardian", [];
        /// Under the guardianship of: what a guardian's tie is, seen from the other side.
        Ward = "ward", "anak asuh", "ward", [];
    }
}

impl Relation {
    /// The same tie seen from the other person.
    pub fn inverse(self) -> Self {
        match self {
            Self::Spouse => Self::Spouse,
            Self::Child => Self::Parent,
            Self::Parent => Self::Child,
            Self::Guardian => Self::Ward,
            Self::Ward => Self::Guardian,
        }
    }
}

record_fields! {
    /// Who a person is. Only the name is required beside the village, which the scope says.
    PersonFields {
        /// The id by which everything else refers to this person.
        person: PersonId, "Kode orang", "Person's code";
        /// The name, often a single word.
        name: String, "Nama", "Name";
        /// 16 digits; what looks wrong is warned of and accepted.
        nik: String, "NIK", "NIK";
        /// The number of the family card.
        kk: String, "Nomor KK", "Family card number";
        /// Birth date.
        birth: PartialDate, "Tanggal lahir", "Date of birth";
        /// Sex.
        sex: Sex, "Jenis kelamin", "Sex";
        /// Street or house.
        address: String, "Alamat", "Address";
        /// The hamlet.
        dusun: String, "Dusun", "Dusun";
        /// Neighbourhood.
        rt: String, "RT", "RT";
        /// Group of neighbourhoods.
        rw: String, "RW", "RW";
        /// As typed.
        phone: String, "Telepon", "Phone";
        /// Of who was typed in from a form on paper: the day that stands there.
        paper_date: PartialDate, "Tanggal di formulir kertas", "Date on the paper form";
        /// Who filled in that form.
        paper_by: String, "Pengisi formulir kertas", "Who filled in the paper form";
        /// Of somebody imported: which row of which table, so that the same row adds nobody twice.
        source: String, "Asal impor", "Imported from";
    }
}

record_fields! {
    /// One journey to work abroad; of each field nothing may be known.
    TripFields {
        /// Who went.
        person: PersonId, "Kode orang", "Person's code";
        /// Where to.
        country: String, "Negara tujuan", "Country";
        /// What work.
        sector: String, "Sektor pekerjaan", "Sector of work";
        /// How.
        route: Route, "Jalur", "Route";
        /// The placement firm (PPTKIS).
        firm: String, "PPTKIS", "Placement firm (PPTKIS)";
        /// The day of departure; one to come is a plan.
        departure: PartialDate, "Tanggal berangkat", "Departure";
        /// The day of return. Empty: no return is recorded; unknown: back, and nobody knows since when.
        returned: PartialDate, "Tanggal pulang", "Return";
        /// When the family last heard from them.
        last_contact: PartialDate, "Kontak terakhir", "Last contact";
    }
}

record_fields! {
    /// What one person is to another, from when to when.
    TieFields {
        /// The one who is something to the other.
        person: PersonId, "Kode orang", "Person's code";
        /// What: `person` is the spouse, child, parent or guardian of `other`.
        relation: Relation, "Hubungan", "Relation";
        /// The other one.
        other: PersonId, "Kode keluarga", "Relative's code";
        /// Since when; empty: as long as anybody remembers.
        since: PartialDate, "Sejak", "Since";
        /// Until when; empty: still.
        until: PartialDate, "Sampai", "Until";
    }
}

/// A record and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held<F> {
    /// The document.
    pub doc: Coordinate,
    /// The village of its scope.
    pub village: Region,
    /// What it says.
    pub fields: F,
}

/// Who a person is.
pub type Person = Held<PersonFields>;
/// A journey abroad.
pub type Trip = Held<TripFields>;
/// A family tie.
pub type Tie = Held<TieFields>;

pub(crate) const PERSON: KindSpec = KindSpec {
    number: 2,
    class: Class::Identity,
    label: words::PERSON,
    fields: PersonFields::SPECS,
    texts: &[],
    facts: &[],
    required: &["person", "name"],
};

pub(crate) const TRIP: KindSpec = KindSpec {
    number: 31,
    class: Class::Participation,
    label: words::TRIP,
    fields: TripFields::SPECS,
    texts: &[],
    facts: &[],
    required: &["person"],
};

pub(crate) const TIE: KindSpec = KindSpec {
    number: 32,
    class: Class::Identity,
    label: words::TIE,
    fields: TieFields::SPECS,
    texts: &[],
    facts: &[],
    required: &["person", "relation", "other"],
};
