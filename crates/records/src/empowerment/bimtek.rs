//! A Bimtek (records no. 6): six days of theory and practice (S0) for a group of about 25 people (S1), in one of four
//! sectors, with seven contents.
//!
//! It lies with the participations of the village that it serves, so that the organiser, the village, its regency and
//! BP3TKI write in it. Where several villages share one, each has a document with the same `event`.

use std::collections::{BTreeMap, BTreeSet};

use identity::Class;
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, unfit},
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec, TextSpec},
    participation::Said,
    rules::Figures,
    sheet::{Hear, Sheet},
    value::{PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

codes! {
    /// The four training sectors. (S0)
    Sector {
        /// Farming, livestock, fishery, plantation.
        Food = "food", "ketahanan pangan", "food security", ["pangan", "pertanian"];
        /// Handicraft, things from waste, processed food.
        Creative = "creative", "industri ekonomi kreatif", "creative industry", ["ekonomi kreatif"];
        /// Tours, spa, guides.
        Tourism = "tourism", "pariwisata", "tourism", [];
        /// Salon, translators, teachers, drivers, shops.
        Services = "services", "jasa", "services", [];
    }
}

codes! {
    /// The seven contents. (S0)
    Subject {
        /// Motivation by a trainer and by somebody who succeeded.
        Motivation = "motivation", "motivasi dari trainer dan inspirator", "motivation", ["motivasi"];
        /// Planning one's own money and that of the business.
        Planning = "planning", "perencanaan keuangan pribadi dan usaha", "financial planning", [];
        /// Managing money.
        Money = "money", "pengelolaan keuangan", "managing money", [];
        /// Managing a business.
        Business = "business", "pengelolaan usaha", "managing a business", [];
        /// Practice.
        Practice = "practice", "praktek/magang", "practice", ["praktek", "magang"];
        /// The action plan of the group.
        ActionPlan = "action_plan", "rencana aksi kelompok", "action plan of the group", [];
        /// The programme for groups of TKI Purna.
        Empowerment = "empowerment", "program pemberdayaan kelompok TKI Purna", "empowerment of TKI Purna groups", [];
    }
}

codes! {
    /// Whether somebody was there.
    Mark {
        /// There.
        Present = "hadir", "hadir", "present", ["h"];
        /// Excused.
        Excused = "izin", "izin", "excused", ["i"];
        /// Absent.
        Absent = "alpa", "alpa", "absent", ["a"];
    }
}

record_fields! {
    /// What people edit of a Bimtek.
    BimtekFields {
        /// A code that every village of one event shares.
        event: String, "Kode kegiatan", "Event code";
        /// What it is called.
        title: String, "Nama kegiatan", "Title";
        /// In which sector.
        sector: Sector, "Bidang", "Sector";
        /// What is learned, e.g. processing salak.
        skill: String, "Keterampilan", "Skill";
        /// The first day.
        start: PartialDate, "Hari pertama", "First day";
        /// The last day.
        finish: PartialDate, "Hari terakhir", "Last day";
        /// Where.
        venue: String, "Tempat", "Venue";
        /// Who teaches.
        resource_persons: String, "Narasumber", "Resource persons";
    }
}

/// Somebody is on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Who.
    pub person: PersonId,
}

impl Content for Enrolled {
    const KEY: &'static str = "enrolled";
}

/// A mark for one person and day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Who.
    pub person: PersonId,
    /// Which day.
    pub day: PartialDate,
    /// What was marked.
    pub mark: Mark,
}

impl Content for Attendance {
    const KEY: &'static str = "attendance";

    fn check(&self) -> Result<(), RecordError> {
        must(matches!(self.day, PartialDate::Day(_)), NO_DAY)
    }
}

/// A mark is taken away, by whichever office: an act of its own, against the marks that its author had seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unticked {
    /// Who.
    pub person: PersonId,
    /// Which day.
    pub day: PartialDate,
}

impl Content for Unticked {
    const KEY: &'static str = "unticked";
}

/// A content was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentGiven {
    /// Which.
    pub subject: Subject,
    /// On which day.
    pub day: PartialDate,
}

impl Content for ContentGiven {
    const KEY: &'static str = "content";
}

codes! {
    /// What a need was found by.
    Need {
        /// The participant says so.
        Stated = "stated", "disampaikan peserta", "stated by the participant", [];
        /// The participant could not say; an interview in depth found it. (S0)
        Interview = "interview", "hasil wawancara mendalam", "found in an interview", ["wawancara"];
        /// The place has what it takes: *kearifan lokal*. (S0)
        LocalWisdom = "local", "kearifan lokal", "local wisdom", ["lokal"];
        /// A check of the area and of skills in the field. (S0)
        FieldCheck = "field", "peninjauan lapangan", "field check", [];
    }
}

/// What training is needed: by one person, or by what the place has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needed {
    /// Who; nobody: the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// How it was found.
    pub by: Need,
    /// In which sector.
    pub sector: Sector,
    /// What, e.g. the processing of salak.
    pub what: String,
    /// When.
    pub date: PartialDate,
}

impl Content for Needed {
    const KEY: &'static str = "need";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.what)?;
        must(self.person.is_some() || matches!(self.by, Need::LocalWisdom | Need::FieldCheck), WHOSE)
    }
}

/// What training the person or village needs in whose record this stands, before there is a Bimtek for it. What an
/// interview in depth found is told so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingNeed {
    /// How it was found.
    pub by: Need,
    /// In which sector.
    pub sector: Sector,
    /// What, e.g. the processing of salak.
    pub what: String,
    /// When.
    pub date: PartialDate,
}

impl Content for TrainingNeed {
    const KEY: &'static str = "need";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.what)
    }
}

const NO_DAY: RecordError = unfit(
    ("hari kehadiran belum tepat", "the day of the attendance is not exact"),
    ("isi tanggal lengkap", "fill in the whole date"),
);
const WHOSE: RecordError = unfit(
    ("kebutuhan ini belum menyebut pesertanya", "the need does not say whose it is"),
    ("pilih pesertanya, atau catat sebagai kearifan lokal", "choose the participant, or note it as local wisdom"),
);

/// What happened with a Bimtek.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BimtekEvents {
    /// Who is on the list.
    #[serde(default)]
    pub enrolled: Vec<Said<Enrolled>>,
    /// The marks that nothing took away: the union of what all offices marked.
    #[serde(default)]
    pub attendance: Vec<Said<Attendance>>,
    /// What was given.
    #[serde(default)]
    pub contents: Vec<Said<ContentGiven>>,
    /// What is needed.
    #[serde(default)]
    pub needs: Vec<Said<Needed>>,
}

impl Hear for BimtekEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        let unticked = heard.take::<Unticked>();
        let gone: Vec<_> = unticked.iter().map(|said| (&said.what, heard.seen(&said.hash))).collect();
        let mut attendance = heard.take_latest::<Attendance, _>(|mark| (mark.person, mark.day));
        attendance.retain(|said| {
            let mark = &said.what;
            !gone.iter().any(|(un, seen)| un.person == mark.person && un.day == mark.day && seen.contains(&said.hash))
        });
        Self { enrolled: heard.take(), attendance, contents: heard.take(), needs: heard.take() }
    }
}

/// A Bimtek for the people of one village.
pub type Bimtek = Sheet<BimtekFields, BimtekEvents>;

pub(crate) const BIMTEK: KindSpec = KindSpec {
    number: 6,
    class: Class::Participation,
    label: Words { id: "Bimtek", en: "Bimtek (training)" },
    fields: BimtekFields::SPECS,
    texts: &[TextSpec::new("plan", "Rencana aksi kelompok", "Action plan of the group")],
    facts: &[
        FactSpec::new("enrolled", "Peserta Bimtek", "Enrolled", MaySay::WRITERS),
        FactSpec::new("attendance", "Kehadiran", "Attendance", MaySay::WRITERS),
        FactSpec::new("unticked", "Kehadiran dihapus", "Mark taken away", MaySay::WRITERS),
        FactSpec::new("content", "Materi", "Content", MaySay::WRITERS),
        FactSpec::new("need", "Kebutuhan pelatihan", "Training need", MaySay::WRITERS),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["title", "sector"],
};

/// What the grid shows for one person and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttendanceCell {
    /// Nobody marked.
    Open,
    /// One mark.
    Marked(Mark),
    /// Marks that contradict each other: the coordinator of the event looks.
    Contradictory,
}

/// How far somebody attended. No source says how many days are enough, so only who was there on each is *whole*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attended {
    /// There on every day.
    Whole,
    /// Marked on every day, and there on so many.
    Part(usize),
    /// A day is not marked yet; there on so many of the others.
    Open(usize),
    /// Two offices say different things of a day; there on so many of the others.
    Unsettled(usize),
}

impl Attended {
    /// On how many days somebody was there without contradiction.
    pub fn days(self, whole: usize) -> usize {
        match self {
            Self::Whole => whole,
            Self::Part(days) | Self::Open(days) | Self::Unsettled(days) => days,
        }
    }

    /// In words.
    pub fn words(self) -> Words {
        match self {
            Self::Whole => Words { id: "mengikuti semua hari", en: "attended every day" },
            Self::Part(_) => Words { id: "tidak semua hari", en: "not every day" },
            Self::Open(_) => Words { id: "belum lengkap dicatat", en: "not marked on every day yet" },
            Self::Unsettled(_) => Words { id: "dua keterangan berbeda", en: "two statements differ" },
        }
    }
}

impl Bimtek {
    /// The days of the event; empty while they are not exact, in the wrong order, or more than a month.
    pub fn days(&self) -> Vec<Date> {
        let (Some(PartialDate::Day(first)), Some(PartialDate::Day(last))) =
            (self.fields.start.one(), self.fields.finish.one())
        else {
            return Vec::new();
        };
        let days = first.series(1.day()).take_while(|day| day <= last).take(32).collect::<Vec<_>>();
        if days.len() > 31 { Vec::new() } else { days }
    }

    /// The days of the event as they are planned: while only the first is exact, as many as the programme has.
    pub fn planned_days(&self, figures: &Figures) -> Vec<Date> {
        match (self.fields.start.one(), self.fields.finish.is_unknown()) {
            (Some(PartialDate::Day(first)), true) => {
                first.series(1.day()).take(figures.bimtek_days.value.min(31) as usize).collect()
            }
            (Some(_) | None, _) => self.days(),
        }
    }

    /// How far somebody attended these days.
    pub fn attended(&self, person: PersonId, days: &[Date]) -> Attended {
        let cells: Vec<AttendanceCell> = days.iter().map(|day| self.cell(person, *day)).collect();
        let present = cells.iter().filter(|cell| **cell == AttendanceCell::Marked(Mark::Present)).count();
        if cells.contains(&AttendanceCell::Contradictory) {
            Attended::Unsettled(present)
        } else if cells.contains(&AttendanceCell::Open) || days.is_empty() {
            Attended::Open(present)
        } else if present == days.len() {
            Attended::Whole
        } else {
            Attended::Part(present)
        }
    }

    /// Everybody who is on the list or was marked, in the order of their ids.
    pub fn people(&self) -> BTreeSet<PersonId> {
        let enrolled = self.events.enrolled.iter().map(|said| said.what.person);
        enrolled.chain(self.events.attendance.iter().map(|said| said.what.person)).collect()
    }

    /// The mark of one person on one day.
    pub fn cell(&self, person: PersonId, day: Date) -> AttendanceCell {
        let here = |said: &&Said<Attendance>| said.what.person == person && said.what.day == PartialDate::Day(day);
        let mut marks = self.events.attendance.iter().filter(here).map(|said| said.what.mark);
        match marks.next() {
            None => AttendanceCell::Open,
            Some(first) if marks.all(|other| other == first) => AttendanceCell::Marked(first),
            Some(_) => AttendanceCell::Contradictory,
        }
    }

    /// Days and people whose marks contradict each other, with every mark.
    pub fn contradictions(&self) -> BTreeMap<(PartialDate, PersonId), Vec<&Said<Attendance>>> {
        let mut cells: BTreeMap<_, Vec<&Said<Attendance>>> = BTreeMap::new();
        for said in &self.events.attendance {
            cells.entry((said.what.day, said.what.person)).or_default().push(said);
        }
        cells.retain(|_, marks| marks.iter().any(|said| said.what.mark != marks[0].what.mark));
        cells
    }

    /// The days on which somebody was there without contradiction.
    pub fn present_on(&self, person: PersonId) -> BTreeSet<Date> {
        let of_person = self.events.attendance.iter().filter(|said| said.what.person == person);
        let days =
            of_person.filter_map(|said| if let PartialDate::Day(day) = said.what.day { Some(day) } else { None });
        days.filter(|day| self.cell(person, *day) == AttendanceCell::Marked(Mark::Present)).collect()
    }

    /// On how many days of the event somebody was there without contradiction; of all that are marked while it is not known
    /// which days it has.
    pub fn days_present(&self, person: PersonId, figures: &Figures) -> usize {
        let days = self.planned_days(figures);
        self.present_on(person).iter().filter(|day| days.is_empty() || days.contains(day)).count()
    }

    /// The contents that nobody has given yet.
    pub fn contents_missing(&self) -> Vec<Subject> {
        let given = |subject: &Subject| self.events.contents.iter().any(|said| said.what.subject == *subject);
        Subject::ALL.iter().copied().filter(|subject| !given(subject)).collect()
    }

    /// What differs from the programme's figures, said and never refused: the sources themselves differ.
    pub fn differs_from(&self, figures: &Figures) -> Vec<Words> {
        let mut found = Vec::new();
        let days = self.days().len();
        if days != 0 && days != figures.bimtek_days.value as usize {
            found.push(Words {
                id: "lamanya berbeda dari ketentuan program",
                en: "its length differs from the programme's",
            });
        }
        if self.people().len() > figures.bimtek_people.value as usize {
            found.push(Words {
                id: "pesertanya lebih banyak dari ukuran kelompok",
                en: "there are more people than a group has",
            });
        }
        found
    }
}
