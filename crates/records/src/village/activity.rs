//! What a village does with its people beside training: explaining the programme, visiting homes, meeting. Who was there
//! stands by name, or as a count where nobody wrote names down. (1.8)

use std::collections::BTreeSet;

use identity::Class;
use serde::{Deserialize, Serialize};

use crate::{
    author::MaySay,
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec, TextSpec},
    participation::Said,
    sheet::{Hear, Sheet},
    value::{Known, PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

codes! {
    /// What kind of activity it is.
    ActivityKind {
        /// The programme is explained to the people.
        Socialisation = "socialisation", "sosialisasi", "explaining the programme", [];
        /// Homes are visited.
        HomeVisit = "home_visit", "kunjungan rumah", "home visit", [];
        /// A meeting.
        Meeting = "meeting", "pertemuan", "meeting", ["rapat", "musyawarah"];
        /// Anything else.
        Other = "other", "lainnya", "other", ["lain"];
    }
}

record_fields! {
    /// What people edit of an activity.
    ActivityFields {
        /// What kind.
        kind: ActivityKind, "Jenis kegiatan", "Kind of activity";
        /// What it was about.
        title: String, "Tentang", "About";
        /// When.
        date: PartialDate, "Tanggal", "Date";
        /// Where.
        venue: String, "Tempat", "Place";
        /// Who led it.
        led_by: String, "Dipimpin", "Led by";
        /// How many people were there, where somebody counted.
        people: u32, "Jumlah yang hadir", "How many were there";
    }
}

/// Somebody was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WasThere {
    /// Who.
    pub person: PersonId,
}

impl Content for WasThere {
    const KEY: &'static str = "was_there";
}

/// What happened at an activity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ActivityEvents {
    /// Who was there.
    #[serde(default)]
    pub there: Vec<Said<WasThere>>,
}

impl Hear for ActivityEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { there: heard.take() }
    }
}

/// An activity.
pub type Activity = Sheet<ActivityFields, ActivityEvents>;

pub(crate) const ACTIVITY: KindSpec = KindSpec {
    number: 41,
    class: Class::Participation,
    label: Words { id: "Kegiatan", en: "Activity" },
    fields: ActivityFields::SPECS,
    texts: &[TextSpec::new("notes", "Catatan dan hasil", "Notes and results")],
    facts: &[
        FactSpec::new("was_there", "Hadir", "Was there", MaySay::CLOSE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::CLOSE },
    ],
    required: &["kind", "date"],
};

impl Activity {
    /// Who was there by name, each once.
    pub fn people(&self) -> BTreeSet<PersonId> {
        self.events.there.iter().map(|said| said.what.person).collect()
    }

    /// How many were there: as counted, and no fewer than stand by name. Several where two offices counted differently.
    pub fn present(&self) -> Known<usize> {
        let named = self.people().len();
        let counted: Known<usize> =
            self.fields.people.values().iter().map(|count| (*count as usize).max(named)).collect();
        if counted.is_unknown() && named > 0 { Known::One(named) } else { counted }
    }

    /// Whether more stand by name than were counted: one of both is a mistake.
    pub fn counted_too_few(&self) -> bool {
        self.fields.people.values().iter().any(|count| (*count as usize) < self.people().len())
    }
}
