//! What the ministries that run a programme set otherwise than its sources: one document of the whole country, which every
//! office reads. What is not set is as its source says, and so is what two documents or two values contradict each other
//! about: every node reads the same, in whichever order it heard of them.

use std::collections::BTreeMap;

use documents::Scalar;
use identity::{Class, Region};
use serde::{Deserialize, Serialize};

use super::{Document, Rules, Sourced};
use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, unfit},
    counter::ComplaintKind,
    date::PartialDate,
    empowerment::{Axis, Instrument, Item},
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec, TextSpec},
    participation::{Category, Said},
    sheet::{Hear, Sheet},
    value::{FieldType, Known, ValueType},
    words::{ANNULMENT as ANNULMENT_LABEL, Lang, Words},
};

/// The largest number that is a setting.
const MAX: u32 = 1_200;

/// A number from so many on: of months, days, people, points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count<const FROM: u32>(u32);

impl<const FROM: u32> Count<FROM> {
    fn new(count: u32) -> Option<Self> {
        (FROM..=MAX).contains(&count).then_some(Self(count))
    }
}

impl<const FROM: u32> FieldType for Count<FROM> {
    const TYPE: ValueType = ValueType::Number;

    fn from_text(text: &str) -> Option<Self> {
        Self::new(u32::from_text(text)?)
    }

    fn to_text(&self) -> String {
        self.0.to_text()
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        Self::new(u32::from_scalar(scalar)?)
    }

    fn to_scalar(&self) -> Scalar {
        self.0.to_scalar()
    }
}

impl<const FROM: u32> From<Count<FROM>> for u32 {
    fn from(count: Count<FROM>) -> Self {
        count.0
    }
}

/// A figure that holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetFigure {
    /// What it is called.
    pub label: Words,
    /// Its value, in Indonesian and English.
    pub shown: [String; 2],
    /// Where it is written.
    pub source: String,
    /// Whether a document set it.
    pub set: bool,
}

macro_rules! settings {
    ($($field:ident: $type:ty = $($path:ident).+, $id:literal, $en:literal;)*) => {
        record_fields! {
            /// What people edit. An empty figure is as its source says.
            SettingFields {
                /// What was decided, and where.
                basis: String, "Dasar, misalnya nomor keputusan", "Basis, for example the number of the decision";
                $(#[doc = $en] $field: $type, $id, $en;)*
                /// What the instrument of the quadrants is called, with its version.
                instrument: String, "Nama instrumen kuadran", "Name of the quadrant instrument";
                /// From how many points business ability is high.
                business_high_from: Count<1>, "Kemampuan usaha tinggi mulai nilai", "Business ability is high from so many points";
                /// And religion and social life.
                social_high_from: Count<1>, "Agama dan sosial tinggi mulai nilai", "Religion and social life are high from so many points";
            }
        }

        /// Sets what these documents set.
        fn set(rules: &mut Rules, settings: &[&Settings]) {
            $(if let Some((value, source)) = agreed(settings, |fields| &fields.$field) {
                rules.$($path).+ = Sourced { value: value.into(), source };
            })*
        }

        impl Rules {
            /// The figures that can be set, in the order of the form.
            pub fn listed(&self) -> Vec<SetFigure> {
                let known = Self::desmigratif();
                let mut listed = vec![$({
                    let (now, before) = (&self.$($path).+, &known.$($path).+);
                    SetFigure {
                        label: Words { id: $id, en: $en },
                        shown: [Lang::Id, Lang::En].map(|lang| now.value.shown(lang)),
                        source: now.source.clone(),
                        set: now != before,
                    }
                }),*];
                listed.extend(self.lists(&known));
                listed
            }
        }
    };
}

settings! {
    returned_months_max: Count<1> = returned_months_max, "Bulan sejak pulang yang masih terhitung TKI purna", "Months since the return in which somebody counts as returned";
    bimtek_days: Count<1> = figures.bimtek_days, "Hari satu Bimtek", "Days of a Bimtek";
    bimtek_people: Count<1> = figures.bimtek_people, "Orang satu Bimtek, kira-kira", "People of a Bimtek, about";
    late_start_months: Count<1> = figures.late_start_months, "Bulan sesudah Bimtek sampai terlambat memulai usaha", "Months after a Bimtek until a start is late";
    monitoring_months: Count<1> = figures.monitoring_months, "Bulan antara dua monitoring", "Months between two rounds of monitoring";
    mentoring_months_min: Count<1> = figures.mentoring_months_min, "Bulan pendampingan, sedikitnya", "Months of mentoring, at least";
    mentoring_months_max: Count<1> = figures.mentoring_months_max, "Bulan pendampingan, paling lama", "Months of mentoring, at most";
    loan_months: Count<1> = figures.loan_months, "Angsuran bulanan satu pinjaman", "Monthly instalments of a loan";
    report_months: Count<1> = figures.report_months, "Bulan satu laporan", "Months of a report";
    complaint_answer_days: Count<1> = figures.complaint_answer_days, "Hari sampai pengaduan dijawab", "Days until a complaint is answered";
    urgent_answer_days: Count<1> = figures.urgent_answer_days, "Hari sampai pengaduan mendesak dijawab", "Days until an urgent complaint is answered";
    complaints_of_participants_only: bool = figures.complaints_of_participants_only, "Pengaduan hanya untuk keluarga peserta", "Complaints are for families that take part";
    guest_book_months_kept: Count<1> = figures.guest_book_months_kept, "Bulan buku tamu disimpan", "Months that a guest book is kept";
    outsider_days_kept: Count<0> = figures.outsider_days_kept, "Hari data pemohon dari luar disimpan", "Days that an outsider's data is kept";
    due_days_ahead: Count<0> = figures.due_days_ahead, "Hari ke depan di halaman hari ini", "Days that the page of the day looks ahead";
    quadrants: bool = figures.quadrants, "Penilaian kuadran dipakai", "People are assessed by quadrants";
}

/// When Lebaran begins in a year, as the government set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lebaran {
    /// Its first day.
    pub day: PartialDate,
}

const NO_DAY: RecordError = unfit(
    ("hari pertama Lebaran belum tepat", "the first day of Lebaran is not exact"),
    ("isi tanggal lengkap", "fill in the whole date"),
);

impl Content for Lebaran {
    const KEY: &'static str = "lebaran";

    fn check(&self) -> Result<(), RecordError> {
        must(matches!(self.day, PartialDate::Day(_)), NO_DAY)
    }
}

impl Lebaran {
    fn year(&self) -> Option<i16> {
        let PartialDate::Day(day) = self.day else { return None };
        Some(day.year())
    }
}

/// After how many runs a group that works with something shares its profit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareAfter {
    /// With what it works.
    pub works_with: String,
    /// After how many runs.
    pub runs: u32,
}

const NO_RUNS: RecordError = unfit(
    ("jumlah produksinya tidak mungkin", "that is no number of runs"),
    ("isi angka dari 1 sampai 1.200", "write a number from 1 to 1,200"),
);

impl Content for ShareAfter {
    const KEY: &'static str = "share_after";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.works_with)?;
        must((1..=MAX).contains(&self.runs), NO_RUNS)
    }
}

/// Whether a kind of complaint cannot wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrgentKind {
    /// Which kind.
    pub kind: ComplaintKind,
    /// Whether it is urgent.
    pub urgent: bool,
}

impl Content for UrgentKind {
    const KEY: &'static str = "urgent_kind";

    fn check(&self) -> Result<(), RecordError> {
        Ok(())
    }
}

/// Where in the order of the waiting list a category stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingPlace {
    /// Which category.
    pub category: Category,
    /// The how many-th it is; of two with one place the one that the sources list first goes first.
    pub place: u32,
}

const NO_PLACE: RecordError = unfit(
    ("urutan daftar tunggu tidak mungkin", "that is no place in the waiting list"),
    (
        "pilih golongan yang dapat menjadi peserta, dan angka dari 1 sampai 99",
        "choose a category that can take part, and a number from 1 to 99",
    ),
);

impl Content for WaitingPlace {
    const KEY: &'static str = "waiting_place";

    fn check(&self) -> Result<(), RecordError> {
        must(self.category != Category::Active && (1..=99).contains(&self.place), NO_PLACE)
    }
}

/// What was said beside the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SettingEvents {
    /// Days of Lebaran, the last of each year.
    #[serde(default)]
    pub lebaran: Vec<Said<Lebaran>>,
    /// Runs, the last by what a group works with.
    #[serde(default)]
    pub share_after: Vec<Said<ShareAfter>>,
    /// Kinds of complaint that are urgent or not, the last of each.
    #[serde(default)]
    pub urgent_kinds: Vec<Said<UrgentKind>>,
    /// Places in the waiting list, the last of each category.
    #[serde(default)]
    pub waiting_places: Vec<Said<WaitingPlace>>,
}

impl Hear for SettingEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self {
            lebaran: heard.take_latest::<Lebaran, _>(Lebaran::year),
            share_after: heard.take_latest::<ShareAfter, _>(|said| said.works_with.to_lowercase()),
            urgent_kinds: heard.take_latest::<UrgentKind, _>(|said| said.kind),
            waiting_places: heard.take_latest::<WaitingPlace, _>(|said| said.category),
        }
    }
}

/// What a programme sets.
pub type Settings = Sheet<SettingFields, SettingEvents>;

/// The key of the text that holds the questions of the quadrants, one a line.
pub const ITEMS: &str = "items";

/// The keys of the texts that hold the papers for an AK-1 card and of somebody who is to depart, one a line.
pub const CARD_PAPERS: &str = "card_papers";
/// See [`CARD_PAPERS`].
pub const CANDIDATE_PAPERS: &str = "candidate_papers";

pub(crate) const SETTINGS: KindSpec = KindSpec {
    number: 39,
    class: Class::Coordination,
    label: Words { id: "Angka program", en: "Figures of the programme" },
    fields: SettingFields::SPECS,
    texts: &[
        TextSpec::new(
            ITEMS,
            "Pertanyaan kuadran, satu per baris: usaha atau sosial, nilai tertinggi, pertanyaan",
            "Questions of the quadrants, one a line: business or social, the most points, the question",
        ),
        TextSpec::new(
            CARD_PAPERS,
            "Berkas kartu AK-1, satu per baris: nama / nama dalam bahasa Inggris",
            "Papers for an AK-1 card, one a line: Indonesian name / English name",
        ),
        TextSpec::new(
            CANDIDATE_PAPERS,
            "Berkas calon TKI, satu per baris: nama / nama dalam bahasa Inggris",
            "Papers of a calon TKI, one a line: Indonesian name / English name",
        ),
    ],
    facts: &[
        FactSpec::new("lebaran", "Hari Lebaran", "Day of Lebaran", MaySay::WRITERS),
        FactSpec::new("share_after", "Bagi hasil sesudah produksi", "Profit shared after runs", MaySay::WRITERS),
        FactSpec::new("urgent_kind", "Pengaduan yang mendesak", "Complaints that cannot wait", MaySay::WRITERS),
        FactSpec::new("waiting_place", "Urutan daftar tunggu", "Order of the waiting list", MaySay::WRITERS),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &[],
};

/// Whether a document is of the whole country: no other sets anything.
fn counts(settings: &&Settings) -> bool {
    settings.place.as_ref() == Some(&Region::national())
}

/// What these documents say as one, and where; nothing where nobody says anything or values contradict each other.
fn agreed<T: Copy + PartialEq>(
    settings: &[&Settings],
    of: impl Fn(&SettingFields) -> &Known<T>,
) -> Option<(T, String)> {
    let all: Vec<(T, &Settings)> =
        settings.iter().flat_map(|one| of(&one.fields).values().iter().map(|value| (*value, *one))).collect();
    let (value, by) = all.first()?;
    all.iter().all(|(other, _)| other == value).then_some((*value, source(by)))
}

impl Rules {
    /// The lists that can be set, each as one figure.
    fn lists(&self, known: &Self) -> [SetFigure; 4] {
        let (now, before) = (&self.figures, &known.figures);
        let papers = |paper: &Document, lang| match lang {
            Lang::Id => paper.id.clone(),
            Lang::En => paper.en.clone(),
        };
        let label = |id, en| Words { id, en };
        [
            list(
                label("Berkas kartu AK-1", "Papers for an AK-1 card"),
                [&now.card_documents, &before.card_documents],
                papers,
            ),
            list(
                label("Berkas calon TKI", "Papers of a calon TKI"),
                [&now.candidate_documents, &before.candidate_documents],
                papers,
            ),
            list(
                label("Pengaduan yang mendesak", "Complaints that cannot wait"),
                [&now.urgent_complaints, &before.urgent_complaints],
                FieldType::shown,
            ),
            list(
                label("Urutan daftar tunggu", "Order of the waiting list"),
                [&now.waiting_order, &before.waiting_order],
                FieldType::shown,
            ),
        ]
    }
}

/// A list as it holds now, beside the one of the sources.
fn list<T: PartialEq>(
    label: Words,
    [now, before]: [&Sourced<Vec<T>>; 2],
    shown: impl Fn(&T, Lang) -> String,
) -> SetFigure {
    let names = |lang| now.value.iter().map(|one| shown(one, lang)).collect::<Vec<_>>().join(", ");
    SetFigure { label, shown: [Lang::Id, Lang::En].map(names), source: now.source.clone(), set: now != before }
}

/// What is said of each key, where nobody says anything else of it.
fn undisputed<K: Ord, V: PartialEq>(said: impl Iterator<Item = (K, V)>) -> impl Iterator<Item = (K, V)> {
    let mut all: BTreeMap<K, Option<V>> = BTreeMap::new();
    for (key, value) in said {
        let known = all.entry(key);
        known.and_modify(|known| *known = known.take().filter(|known| *known == value)).or_insert(Some(value));
    }
    all.into_iter().filter_map(|(key, value)| Some((key, value?)))
}

impl Rules {
    /// The rules of Desmigratif with what these documents set.
    pub fn set_by(settings: &[Settings]) -> Self {
        let mut settings: Vec<&Settings> = settings.iter().filter(counts).collect();
        settings.sort_by(|one, other| one.doc.cmp(&other.doc));
        let mut rules = Self::desmigratif();
        set(&mut rules, &settings);
        let figures = &mut rules.figures;
        let lebaran = settings.iter().flat_map(|one| &one.events.lebaran);
        figures.lebaran.value.extend(undisputed(lebaran.filter_map(|said| Some((said.what.year()?, said.what.day)))));
        let runs = settings.iter().flat_map(|one| &one.events.share_after);
        let runs = runs.map(|said| (said.what.works_with.to_lowercase(), said.what.runs));
        figures.share_after_runs.value.extend(undisputed(runs));
        set_urgent(&mut figures.urgent_complaints, &settings);
        set_order(&mut figures.waiting_order, &settings);
        set_papers(&mut figures.card_documents, &settings, CARD_PAPERS);
        set_papers(&mut figures.candidate_documents, &settings, CANDIDATE_PAPERS);
        rules.instrument = instrument(&settings);
        rules
    }
}

/// Where something stands that a document set.
fn source(by: &Settings) -> String {
    match by.fields.basis.one() {
        Some(basis) => format!("angka program: {basis}"),
        None => "angka program".to_owned(),
    }
}

fn set_urgent(urgent: &mut Sourced<Vec<ComplaintKind>>, settings: &[&Settings]) {
    let said = settings.iter().flat_map(|one| &one.events.urgent_kinds);
    for (kind, is_urgent) in undisputed(said.map(|said| (said.what.kind, said.what.urgent))) {
        urgent.value.retain(|known| *known != kind);
        urgent.value.extend(is_urgent.then_some(kind));
        urgent.source = settings.first().map(|one| source(one)).unwrap_or_default();
    }
}

fn set_order(order: &mut Sourced<Vec<Category>>, settings: &[&Settings]) {
    let said = settings.iter().flat_map(|one| &one.events.waiting_places);
    let places: BTreeMap<Category, u32> = undisputed(said.map(|said| (said.what.category, said.what.place))).collect();
    if places.is_empty() {
        return;
    }
    let of_sources: BTreeMap<Category, u32> = order.value.iter().copied().zip(1..).collect();
    let place = |category: &Category| places.get(category).or_else(|| of_sources.get(category)).copied();
    order.value.sort_by_key(|category| (place(category), of_sources.get(category).copied()));
    order.source = settings.first().map(|one| source(one)).unwrap_or_default();
}

/// Papers that a document lists. What two documents list, or a line that names none, sets nothing.
fn set_papers(papers: &mut Sourced<Vec<Document>>, settings: &[&Settings], key: &str) {
    let mut with_lines = settings.iter().filter_map(|one| {
        let text = one.texts.get(key).filter(|text| !text.trim().is_empty())?;
        Some((*one, text))
    });
    let (Some((by, text)), None) = (with_lines.next(), with_lines.next()) else { return };
    if let Ok(value) = Document::listed(text, &papers.value) {
        *papers = Sourced { value, source: source(by) };
    }
}

const NO_PAPER: RecordError = unfit(
    ("ada baris berkas yang tidak terbaca atau dua kali", "a line of papers cannot be read, or stands twice"),
    (
        "tulis satu nama di setiap baris, paling banyak 80 huruf, dan setiap nama satu kali",
        "write one name in each line, 80 letters at most, and each name once",
    ),
);

/// The longest code of a paper in marks.
const CODE_MAX: usize = 32;

impl Document {
    /// Reads papers, one a line. A paper that was listed before keeps its code, so that marks of it hold; another one's
    /// code is made of its name.
    ///
    /// # Errors
    /// When a line names nothing, or two lines name one paper.
    pub fn listed(text: &str, known: &[Self]) -> Result<Vec<Self>, RecordError> {
        let mut papers: Vec<Self> = Vec::new();
        for written in text.lines().map(str::trim).filter(|written| !written.is_empty()) {
            line(written)?;
            let (id, en) = written.split_once('/').unwrap_or((written, written));
            let (id, en) = (id.trim().to_owned(), en.trim().to_owned());
            let before = known.iter().find(|paper| paper.id.to_lowercase() == id.to_lowercase());
            let code = before.map_or_else(|| code(&id), |paper| paper.code.clone());
            let is_one = !code.is_empty() && id.chars().count() <= 80 && !en.is_empty();
            must(is_one && papers.iter().all(|paper| paper.code != code), NO_PAPER)?;
            let en = before.filter(|_| en == id).map_or(en, |paper| paper.en.clone());
            papers.push(Self { code, id, en });
        }
        Ok(papers)
    }
}

/// A paper's name with nothing but small letters, digits and lines, as codes in marks are.
fn code(name: &str) -> String {
    let plain = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let mut code = plain.split_whitespace().collect::<Vec<_>>().join("_");
    code.truncate(CODE_MAX);
    code
}

/// The instrument of the quadrants: none where no document or more than one holds questions.
fn instrument(settings: &[&Settings]) -> Option<Instrument> {
    let mut with_items = settings.iter().filter(|one| one.texts.get(ITEMS).is_some_and(|text| !text.trim().is_empty()));
    let (one, None) = (with_items.next()?, with_items.next()) else { return None };
    one.instrument().ok()
}

/// The words by which a line of questions names an axis.
const AXES: [(&str, Axis); 4] =
    [("usaha", Axis::Business), ("business", Axis::Business), ("sosial", Axis::Social), ("social", Axis::Social)];

const UNREADABLE: RecordError = unfit(
    ("ada baris pertanyaan kuadran yang tidak terbaca", "a line of the questions of the quadrants cannot be read"),
    (
        "mulai setiap baris dengan usaha atau sosial, lalu nilai tertinggi, lalu pertanyaannya",
        "begin each line with business or social, then the most points, then the question",
    ),
);

impl Settings {
    /// The instrument that its questions and limits make.
    ///
    /// # Errors
    /// When a line cannot be read, or an axis lacks questions or its limit.
    pub fn instrument(&self) -> Result<Instrument, RecordError> {
        let lines = self.texts.get(ITEMS).map(String::as_str).unwrap_or_default().lines();
        let item = |(code, line): (u32, &str)| {
            let mut words = line.split_whitespace();
            let axis = words.next().map(str::to_lowercase)?;
            let (_, axis) = AXES.iter().find(|(word, _)| *word == axis)?;
            let points_max = words.next()?.parse().ok().filter(|points| (1..=MAX).contains(points))?;
            let text = words.collect::<Vec<_>>().join(" ");
            Some(Item { code: code.to_string(), axis: *axis, text, points_max })
        };
        let lines = (1..).zip(lines.filter(|line| !line.trim().is_empty()));
        let items: Option<Vec<Item>> = lines.map(item).collect();
        let fields = &self.fields;
        let limits = [(Axis::Business, &fields.business_high_from), (Axis::Social, &fields.social_high_from)];
        let high_from: BTreeMap<Axis, u32> =
            limits.iter().filter_map(|(axis, limit)| Some((*axis, (*limit.one()?).into()))).collect();
        let name = fields.instrument.one().cloned().unwrap_or_else(|| SETTINGS.label.id.to_owned());
        let made = Instrument { name, items: items.ok_or(UNREADABLE)?, high_from };
        made.check().map(|()| made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ProgrammeRecord, RecordKind,
        fixtures::{Doc, KEMNAKER, date},
    };

    fn settings(doc: &Doc) -> Settings {
        let ProgrammeRecord::Settings(found) = doc.programme() else { panic!() };
        *found
    }

    fn doc(seq: u64) -> Doc {
        let mut doc = Doc::new(RecordKind::Settings, seq);
        doc.0.id.journal.scope = "coordination/id".parse().unwrap();
        doc
    }

    #[test]
    fn a_figure_that_is_set_takes_the_place_of_its_source_and_says_so() {
        let set = doc(1)
            .field("basis", "Kepmenaker 7/2026")
            .field("loan_months", "10")
            .field("quadrants", "ya")
            .fact(KEMNAKER, 1, Lebaran { day: date("10-03-2027") }.draft().unwrap())
            .fact(KEMNAKER, 2, ShareAfter { works_with: "Batik".into(), runs: 2 }.draft().unwrap());
        let rules = Rules::set_by(&[settings(&set)]);
        assert_eq!(rules.figures.loan_months.value, 10);
        assert_eq!(rules.figures.loan_months.source, "angka program: Kepmenaker 7/2026");
        assert!(rules.figures.quadrants.value);
        assert_eq!(rules.figures.lebaran_of(2027).unwrap().to_string(), "2027-03-10");
        assert_eq!(rules.figures.lebaran_of(2026), Rules::desmigratif().figures.lebaran_of(2026));
        assert_eq!(rules.figures.share_after_runs.value["batik"], 2);
        assert_eq!(rules.figures.share_after_runs.value["salak"], 4);
        let changed: Vec<_> = rules.listed().into_iter().filter(|figure| figure.set).collect();
        let changed: Vec<_> = changed.iter().map(|figure| (figure.label.en, figure.shown[0].as_str())).collect();
        assert_eq!(changed, [("Monthly instalments of a loan", "10"), ("People are assessed by quadrants", "ya")]);
    }

    #[test]
    fn papers_urgent_complaints_and_the_waiting_list_are_lists_that_can_be_set() {
        let mut set = doc(1)
            .fact(KEMNAKER, 1, UrgentKind { kind: ComplaintKind::LostContact, urgent: false }.draft().unwrap())
            .fact(KEMNAKER, 2, UrgentKind { kind: ComplaintKind::UnpaidWage, urgent: true }.draft().unwrap())
            .fact(KEMNAKER, 3, WaitingPlace { category: Category::Returned, place: 1 }.draft().unwrap());
        set.0.texts.insert(CARD_PAPERS.to_owned(), "KTP\n\nSurat sehat / health certificate\n".to_owned());
        let rules = Rules::set_by(&[settings(&set)]);
        let urgent = &rules.figures.urgent_complaints.value;
        assert!(urgent.contains(&ComplaintKind::UnpaidWage) && !urgent.contains(&ComplaintKind::LostContact));
        let order = &rules.figures.waiting_order.value;
        let expected =
            [Category::Prospective, Category::Returned, Category::FamilyOfActive, Category::FamilyOfReturned];
        assert_eq!(order, &expected, "of two with one place the sources say which goes first");
        let papers = &rules.figures.card_documents.value;
        let papers: Vec<_> = papers.iter().map(|one| (one.code.as_str(), one.id.as_str(), one.en.as_str())).collect();
        let known = Rules::desmigratif().figures.card_documents.value[0].en.clone();
        assert_eq!(papers, [("ktp", "KTP", known.as_str()), ("surat_sehat", "Surat sehat", "health certificate")]);
        let set: Vec<_> = rules.listed().into_iter().filter(|one| one.set).map(|one| one.label.en).collect();
        assert_eq!(set, ["Papers for an AK-1 card", "Complaints that cannot wait", "Order of the waiting list"]);

        let before = Rules::desmigratif().figures.card_documents;
        for bad in ["KTP\nktp", "!", "surat / ", &"a".repeat(81)] {
            let mut doc = doc(1);
            doc.0.texts.insert(CARD_PAPERS.to_owned(), bad.to_owned());
            assert_eq!(Rules::set_by(&[settings(&doc)]).figures.card_documents, before, "{bad}");
        }
        for (category, place) in [(Category::Active, 1), (Category::Returned, 0), (Category::Returned, 100)] {
            assert!(WaitingPlace { category, place }.check().is_err());
        }
    }

    #[test]
    fn what_contradicts_itself_or_is_of_one_region_sets_nothing() {
        let (ten, five) = (doc(1).field("loan_months", "10"), doc(2).field("loan_months", "5"));
        let known = Rules::desmigratif().figures.loan_months;
        assert_eq!(Rules::set_by(&[settings(&ten), settings(&five)]).figures.loan_months, known);
        let of = |number, day: &str| doc(number).fact(KEMNAKER, 1, Lebaran { day: date(day) }.draft().unwrap());
        let days = [settings(&of(1, "10-03-2027")), settings(&of(2, "11-03-2027"))];
        assert_eq!(Rules::set_by(&days).figures.lebaran_of(2027), None);
        let both = ten.clone().field("loan_months", "5");
        assert_eq!(Rules::set_by(&[settings(&both)]).figures.loan_months, known);
        let regional = settings(&Doc::new(RecordKind::Settings, 1).field("loan_months", "10"));
        assert_eq!(Rules::set_by(&[regional]).figures.loan_months, known);
        assert!(Count::<1>::from_input("0").is_none() && Count::<1>::from_input("1201").is_none());
        assert!(Count::<0>::from_input("0").is_some());
    }

    #[test]
    fn the_questions_of_the_quadrants_are_the_offices_own() {
        let ready = |items: &str| {
            let mut doc = doc(1).field("business_high_from", "4").field("social_high_from", "3");
            doc.0.texts.insert(ITEMS.to_owned(), items.to_owned());
            settings(&doc)
        };
        let good = ready("usaha 5 Apakah usahanya berjalan?\n\nsosial 5 Apakah ikut kegiatan desa?");
        let made = good.instrument().unwrap();
        assert_eq!((made.items.len(), made.items[1].code.as_str()), (2, "2"));
        assert_eq!(made.items[1].text, "Apakah ikut kegiatan desa?");
        assert_eq!(Rules::set_by(std::slice::from_ref(&good)).instrument, Some(made));
        for bad in ["", "usaha 5 Apakah?", "usaha lima Apakah?\nsosial 5 Apakah?", "lain 5 Apakah?"] {
            let bad = ready(bad);
            assert!(bad.instrument().is_err() && Rules::set_by(&[bad]).instrument.is_none());
        }
    }
}
