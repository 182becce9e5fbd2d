//! The kinds of records beside people and participations: their names in addresses, and what a form asks for each.

use identity::Class;
use records::{Asks, FactForm, InputSpec, RecordKind, ValueType};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    both::Both,
    inputs::{Fault, InputKind, input_kind},
};

/// Every kind by its name in addresses and commands, the counter's first.
const KINDS: [(&str, RecordKind); 30] = [
    ("buku-tamu", RecordKind::GuestBook),
    ("pengaduan", RecordKind::Complaint),
    ("ak1", RecordKind::CardApplication),
    ("konsultasi", RecordKind::Consultation),
    ("berkas-calon", RecordKind::CandidateFile),
    ("kelompok", RecordKind::Group),
    ("produksi", RecordKind::Run),
    ("buku-kas", RecordKind::Ledger),
    ("pinjaman", RecordKind::Loan),
    ("bagi-hasil", RecordKind::ShareProposal),
    ("bimtek", RecordKind::Bimtek),
    ("penilaian", RecordKind::Assessment),
    ("pendampingan", RecordKind::Mentoring),
    ("monitoring", RecordKind::MonitoringRound),
    ("anak", RecordKind::Child),
    ("pengumuman", RecordKind::BoardNotice),
    ("profil-desa", RecordKind::VillageProfile),
    ("rencana-aksi", RecordKind::ActionPlan),
    ("kegiatan", RecordKind::Activity),
    ("indikator", RecordKind::Indicators),
    ("laporan", RecordKind::Report),
    ("tempat", RecordKind::Places),
    ("kemungkinan-ganda", RecordKind::DuplicateClaim),
    ("kontak", RecordKind::Contact),
    ("angka-program", RecordKind::Settings),
    ("agenda", RecordKind::Agenda),
    ("kesepakatan", RecordKind::Agreement),
    ("komitmen", RecordKind::Commitment),
    ("kalender", RecordKind::Calendar),
    ("rancangan", RecordKind::InternalDraft),
];

/// A kind of record beside people and participations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetKind {
    /// Its name in addresses and commands.
    pub code: String,
    /// What it is called.
    pub label: Both,
    /// Whether each belongs to one village.
    pub of_village: bool,
    /// Whether it is a document of coordination between offices.
    pub of_coordination: bool,
    /// Whether it is begun by a form of its own; an agreement comes from its agenda.
    pub begun_by_form: bool,
    /// Whether it says who people are, or what only their own offices may know: a token needs `personal` for it.
    pub personal: bool,
}

/// One input of a form of such a record, or of something that is said in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetInput {
    /// Its name in commands.
    pub field: String,
    /// What it is called.
    pub label: Both,
    /// What it takes.
    pub kind: InputKind,
    /// Whether it may not stay empty.
    pub required: bool,
}

/// Every kind, the counter's first.
pub fn sheet_kinds() -> Vec<SheetKind> {
    let of_village = |kind: &RecordKind| {
        !kind.class().has_roster() && !matches!(kind.class(), Class::Coordination | Class::Board | Class::Internal)
    };
    let kind = |(code, kind): &(&str, RecordKind)| SheetKind {
        code: (*code).to_owned(),
        label: kind.label().into(),
        of_village: of_village(kind),
        of_coordination: kind.is_of_coordination(),
        begun_by_form: *kind != RecordKind::Agreement,
        personal: is_personal(*kind),
    };
    KINDS.iter().map(kind).collect()
}

/// What a form asks to begin or change a record of this kind: fields, then texts. What this node gives by itself, such
/// as a number, may stay empty.
pub fn sheet_inputs(code: &str) -> Option<Vec<SheetInput>> {
    let kind = kind_of(code)?;
    let fields = kind.fields().iter().map(|spec| SheetInput {
        field: spec.key.to_owned(),
        label: label(kind, spec.key, spec.label),
        kind: input_kind(spec.value),
        required: kind.required().contains(&spec.key),
    });
    let texts = kind.spec().texts.iter().map(|text| SheetInput {
        field: text.key.to_owned(),
        label: text.label.into(),
        kind: InputKind::Lines,
        required: false,
    });
    Some(fields.chain(texts).collect())
}

/// What a form asks for something that is said in a record of this kind.
pub fn fact_inputs(code: &str, fact: &str) -> Option<Vec<SheetInput>> {
    Some(kind_of(code)?.fact_form(fact)?.inputs.iter().map(fact_input).collect())
}

/// What is wrong with a text for a field of a kind, before anything is resolved or written.
pub fn sheet_fault(code: &str, field: &str, text: &str) -> Option<Fault> {
    let kind = kind_of(code)?;
    let spec = kind.field(field)?;
    if stands_for_another(spec.value) && !text.trim().is_empty() {
        return None;
    }
    fault_of(records::edit_from_input(kind, field, text).err())
}

/// What is wrong with a text for an input of something that is said.
pub fn fact_fault(code: &str, fact: &str, input: &str, text: &str) -> Option<Fault> {
    fault_in(kind_of(code)?, fact, input, text)
}

pub(crate) fn fault_in(kind: RecordKind, fact: &str, input: &str, text: &str) -> Option<Fault> {
    let form: &FactForm = kind.fact_form(fact)?;
    let spec = form.inputs.iter().find(|spec| spec.key == input)?;
    let another = matches!(spec.asks, Asks::Value(value) if stands_for_another(value));
    if another && !text.trim().is_empty() {
        return None;
    }
    fault_of(spec.check(text).err())
}

fn fault_of(error: Option<records::RecordError>) -> Option<Fault> {
    let empty = matches!(error?, records::RecordError::Required { .. });
    Some(if empty { Fault::Empty } else { Fault::Unreadable })
}

/// Whether a person types a name for it that this node looks up.
pub(crate) fn stands_for_another(value: ValueType) -> bool {
    matches!(value, ValueType::Person | ValueType::Document)
}

pub(crate) fn fact_input(spec: &InputSpec) -> SheetInput {
    SheetInput {
        field: spec.key.to_owned(),
        label: spec.label.into(),
        kind: match spec.asks {
            Asks::Value(value) => input_kind(value),
            Asks::Several(value) => {
                let one = input_kind(value);
                if let InputKind::Choice(codes) = one { InputKind::Several(codes) } else { one }
            }
            // Which there are depends on the record.
            Asks::Paper | Asks::Fact(_) | Asks::Node | Asks::Listed => InputKind::Choice(Vec::new()),
            Asks::Lines => InputKind::Lines,
            Asks::Scan => InputKind::Scan,
        },
        required: !spec.optional,
    }
}

/// A person is called by name at a page, never by a code.
fn label(kind: RecordKind, key: &str, label: records::Words) -> Both {
    let is_person = kind.field(key).is_some_and(|spec| spec.value == ValueType::Person);
    if !is_person {
        return label.into();
    }
    let plain = |text: &str, code: &str| {
        let rest = text.replace(code, "").trim().to_owned();
        let mut letters = rest.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}", letters.as_str())
    };
    let en = label.en.replace("'s code", "").replace("Code of ", "");
    Both { id: plain(label.id, "Kode "), en: plain(&en, "") }
}

/// By the class of its scope, and, where that holds no names, by whether its pages call somebody by name.
fn is_personal(kind: RecordKind) -> bool {
    match kind.class() {
        Class::Coordination | Class::Board => false,
        Class::Participation => {
            let is_person = |value: ValueType| value == ValueType::Person;
            let asks_person =
                |asks: Asks| matches!(asks, Asks::Value(value) | Asks::Several(value) if is_person(value));
            let plain = |form: &FactForm| !form.inputs.iter().any(|input| asks_person(input.asks));
            let says_no_name = kind.facts().iter().all(|spec| kind.fact_form(spec.key).is_some_and(plain));
            kind.fields().iter().any(|spec| is_person(spec.value)) || !says_no_name
        }
        Class::Agenda | Class::Internal | Class::Identity | Class::Money | Class::Case | Class::Care => true,
    }
}

pub(crate) fn kind_of(code: &str) -> Option<RecordKind> {
    KINDS.iter().find(|(known, _)| *known == code).map(|(_, kind)| *kind)
}

pub(crate) fn code_of(kind: RecordKind) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_programme_has_a_name_and_a_form() {
        let named: Vec<RecordKind> = KINDS.iter().map(|(_, kind)| *kind).collect();
        let alone = [RecordKind::Person, RecordKind::Participation, RecordKind::Trip, RecordKind::Tie];
        for kind in RecordKind::ALL.into_iter().filter(|kind| !kind.is_of_coordination() && !alone.contains(kind)) {
            assert!(named.contains(&kind), "{kind:?}");
            assert_eq!(kind_of(code_of(kind)), Some(kind));
            assert!(sheet_inputs(code_of(kind)).is_some_and(|inputs| !inputs.is_empty()), "{kind:?}");
        }
    }

    #[test]
    fn kinds_that_name_people_or_are_for_their_offices_alone_are_personal() {
        let personal = |code: &str| sheet_kinds().into_iter().find(|kind| kind.code == code).unwrap().personal;
        for code in ["pengaduan", "konsultasi", "anak", "buku-tamu", "buku-kas", "pinjaman", "kelompok", "penilaian"] {
            assert!(personal(code), "{code}");
        }
        // Their tables have a line for each person.
        for code in ["bimtek", "monitoring", "tempat", "bagi-hasil"] {
            assert!(personal(code), "{code}");
        }
        for code in ["profil-desa", "rencana-aksi", "indikator", "laporan", "pengumuman"] {
            assert!(!personal(code), "{code}");
        }
    }

    #[test]
    fn a_person_is_called_by_name_and_looked_up_later() {
        let inputs = sheet_inputs("pengaduan").unwrap();
        let about = inputs.iter().find(|input| input.field == "about").unwrap();
        assert_eq!(about.label.id, "Orang yang dilaporkan");
        assert_eq!(about.kind, InputKind::Person);
        assert_eq!(sheet_fault("pengaduan", "about", "Turyati"), None);
        assert_eq!(sheet_fault("pengaduan", "received", "kemarin"), Some(Fault::Unreadable));
        assert_eq!(sheet_fault("pengaduan", "kind", ""), Some(Fault::Empty));
        assert_eq!(fact_fault("buku-tamu", "visit", "purpose", ""), Some(Fault::Empty));
        assert_eq!(fact_fault("buku-tamu", "visit", "name", ""), None);
    }
}
