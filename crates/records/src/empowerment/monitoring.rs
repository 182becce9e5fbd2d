//! Monitoring (records no. 11): every three months after the Bimtek, by questionnaire. (S0)
//!
//! A round is one document a village and quarter, dropped whole when its retention ends. Its questionnaire and each
//! answer are facts, so nobody edits them; two answers about one person are both kept and flagged.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Class, EntryHash};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    RecordError,
    author::MaySay,
    content::{line, must, unfit},
    date::PartialDate,
    empowerment::Bimtek,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    participation::Said,
    rules::Figures,
    sheet::{Hear, Sheet},
    value::{PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

codes! {
    /// How a questionnaire closed.
    ResponseKind {
        /// Answered.
        Answered = "answered", "dijawab", "answered", [];
        /// Nobody could reach them.
        NotReachable = "not_reachable", "tidak dapat dihubungi", "not reachable", [];
        /// They went abroad.
        Departed = "departed", "sudah berangkat", "departed", [];
        /// They did not want to answer.
        Refused = "refused", "menolak", "refused", [];
    }
}

record_fields! {
    /// What people edit of a round.
    RoundFields {
        /// Of which programme.
        programme: String, "Program", "Programme";
        /// The first month of the quarter.
        quarter: PartialDate, "Triwulan mulai", "Quarter from";
        /// By when it is to be done.
        due: PartialDate, "Batas waktu", "Due";
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its code in answers.
    pub code: String,
    /// As it is asked.
    pub text: String,
}

/// The questions of a round, as they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questionnaire {
    /// What it is called.
    pub title: String,
    /// The questions in order.
    pub questions: Vec<Question>,
}

impl Content for Questionnaire {
    const KEY: &'static str = "questionnaire";

    fn check(&self) -> Result<(), RecordError> {
        line(&self.title)?;
        let codes: BTreeSet<&String> = self.questions.iter().map(|question| &question.code).collect();
        must(!codes.is_empty() && codes.len() == self.questions.len(), NO_QUESTIONS)?;
        self.questions.iter().try_for_each(|question| line(&question.code).and(line(&question.text)))
    }
}

/// Somebody is to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Who.
    pub person: PersonId,
}

impl Content for Expected {
    const KEY: &'static str = "expected";
}

/// What somebody answered, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Who.
    pub person: PersonId,
    /// How it closed.
    pub how: ResponseKind,
    /// When.
    pub date: PartialDate,
    /// The questionnaire that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<EntryHash>,
    /// The answers by the code of their question.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
}

impl Content for Response {
    const KEY: &'static str = "response";

    fn check(&self) -> Result<(), RecordError> {
        let answered = self.how == ResponseKind::Answered;
        must(answered == (self.asked.is_some() && !self.answers.is_empty()), NO_ANSWERS)?;
        self.answers.values().try_for_each(|answer| line(answer))
    }
}

const NO_QUESTIONS: RecordError = unfit(
    ("kuesioner kosong atau ada kode pertanyaan yang sama", "the questionnaire is empty or has a code twice"),
    ("isi pertanyaannya, masing-masing dengan kode sendiri", "fill in the questions, each with a code of its own"),
);
const NO_ANSWERS: RecordError = unfit(
    ("jawaban dan cara penutupannya tidak cocok", "the answers and how it closed do not fit together"),
    ("isi jawaban, atau pilih alasan tidak dijawab", "fill in answers, or choose why there are none"),
);
const OTHER_QUESTIONS: RecordError = unfit(
    ("ada jawaban untuk pertanyaan yang tidak ditanyakan", "an answer belongs to no question that was asked"),
    ("buka lagi kuesionernya", "open the questionnaire again"),
);

/// What happened in a round.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoundEvents {
    /// Questionnaires; an answer names the one that was asked.
    #[serde(default)]
    pub questionnaires: Vec<Said<Questionnaire>>,
    /// Who is to be asked.
    #[serde(default)]
    pub expected: Vec<Said<Expected>>,
    /// Answers that no later one of who had seen them replaces.
    #[serde(default)]
    pub responses: Vec<Said<Response>>,
}

impl Hear for RoundEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self {
            questionnaires: heard.take(),
            expected: heard.take(),
            responses: heard.take_latest::<Response, _>(|response| response.person),
        }
    }
}

/// The monitoring of a village in a quarter.
pub type MonitoringRound = Sheet<RoundFields, RoundEvents>;

pub(crate) const MONITORING: KindSpec = KindSpec {
    number: 11,
    class: Class::Participation,
    label: Words { id: "Monitoring triwulan", en: "Quarterly monitoring" },
    fields: RoundFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("questionnaire", "Kuesioner", "Questionnaire", MaySay::WRITERS),
        FactSpec::new("expected", "Yang akan ditanyai", "To be asked", MaySay::WRITERS),
        FactSpec::new("response", "Jawaban", "Answers", MaySay::CLOSE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::WRITERS },
    ],
    required: &["programme", "quarter"],
};

/// How the monitoring of one person in a round stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseState<'a> {
    /// Nobody has asked.
    Open,
    /// Closed; twice in the same words is once.
    Closed(&'a Said<Response>),
    /// Two officers each wrote other answers: both are kept, the coordinator looks.
    Different(Vec<&'a Said<Response>>),
}

impl MonitoringRound {
    /// Everybody who is to be asked or answered.
    pub fn people(&self) -> BTreeSet<PersonId> {
        let expected = self.events.expected.iter().map(|said| said.what.person);
        expected.chain(self.events.responses.iter().map(|said| said.what.person)).collect()
    }

    /// How one person's stands.
    pub fn state(&self, person: PersonId) -> ResponseState<'_> {
        let all: Vec<_> = self.events.responses.iter().filter(|said| said.what.person == person).collect();
        match all.as_slice() {
            [] => ResponseState::Open,
            [first, rest @ ..] if rest.iter().all(|other| other.what == first.what) => ResponseState::Closed(first),
            _ => ResponseState::Different(all),
        }
    }

    /// Who still has to be asked.
    pub fn open(&self) -> Vec<PersonId> {
        self.people().into_iter().filter(|person| self.state(*person) == ResponseState::Open).collect()
    }

    /// Whether an answer fits the questionnaire that it names.
    ///
    /// # Errors
    /// When that is not in this round or does not ask one of the answered questions.
    pub fn takes(&self, response: &Response) -> Result<(), RecordError> {
        response.check()?;
        let Some(asked) = response.asked else { return Ok(()) };
        let asked = self.events.questionnaires.iter().find(|said| said.hash == asked);
        let asks =
            |code: &String| asked.is_some_and(|said| said.what.questions.iter().any(|question| question.code == *code));
        must(response.answers.keys().all(asks), OTHER_QUESTIONS)
    }
}

/// The last day up to `until` on which monitoring after a training fell due and no round asks any of its people: a round
/// of the months up to that day would. It goes on as long as mentoring may take. `None` too while the end of the training
/// is not exact.
pub fn round_to_open(bimtek: &Bimtek, rounds: &[&MonitoringRound], until: Date, figures: &Figures) -> Option<Date> {
    let ended = *bimtek.planned_days(figures).last()?;
    let months = |months: u32| i64::from(months).months();
    let over = ended.checked_add(months(figures.mentoring_months_max.value)).unwrap_or(Date::MAX);
    let day = monitoring_days(ended, until.min(over), figures).pop()?;
    let before = day.checked_sub(months(figures.monitoring_months.value)).unwrap_or(Date::MIN);
    let people = bimtek.people();
    let asks = |round: &&&MonitoringRound| {
        let begins = round.fields.quarter.one().map(|quarter| quarter.span().first);
        begins.is_some_and(|begins| before < begins && begins <= day) && !round.people().is_disjoint(&people)
    };
    rounds.iter().find(asks).is_none().then_some(day)
}

/// The days on which monitoring falls due after a training that ended on `ended`, up to `until`.
pub fn monitoring_days(ended: Date, until: Date, figures: &Figures) -> Vec<Date> {
    let every = i64::from(figures.monitoring_months.value.max(1));
    let nth = |n: i64| ended.checked_add((every * n).months()).ok();
    (1..=400).map_while(nth).take_while(|day| *day <= until).collect()
}
