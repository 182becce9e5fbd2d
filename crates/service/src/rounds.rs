//! The round of monitoring that follows a Bimtek, opened with everybody who was there and still takes part.

use driver::{Target, What, Write};
use identity::Coordinate;
use jiff::{ToSpan, civil::Date};
use records::{
    Bimtek, Content, DESMIGRATIF, Expected, FieldType, MonitoringRound, PartialDate, PersonId, ProgrammeRecord,
    RecordKind, Stage,
};

use crate::{
    Service,
    attendance::RoundToOpen,
    both::Both,
    import::new_document,
    participants::parse_officer,
    problem::{Code, Problem},
    sheet_write::today,
};

/// The round that is to be opened.
pub(crate) struct NextRound {
    quarter: PartialDate,
    people: Vec<PersonId>,
    /// The one of that quarter that is open already, for others.
    there: Option<Coordinate>,
}

impl NextRound {
    pub(crate) fn view(&self) -> RoundToOpen {
        RoundToOpen { quarter: Both::of(|lang| self.quarter.shown(lang)), people: self.people.len() as u64 }
    }
}

impl Service {
    /// The round that is to be opened after a Bimtek by now or within the days that the programme looks ahead.
    pub(crate) async fn next_round(&self, bimtek: &Bimtek) -> Result<Option<NextRound>, Problem> {
        let Some(village) = bimtek.place.clone() else { return Ok(None) };
        let (bimtek, figures) = (bimtek.clone(), self.rules().await?.figures);
        let ahead = today().checked_add(i64::from(figures.due_days_ahead.value).days()).unwrap_or(Date::MAX);
        let found = self.reading().look(move |views| {
            let rounds: Vec<MonitoringRound> = views.all(Some(village.clone()))?;
            let all: Vec<&MonitoringRound> = rounds.iter().collect();
            let Some(day) = records::round_to_open(&bimtek, &all, ahead, &figures) else { return Ok(None) };
            let quarter = PartialDate::Month(day.year(), day.month());
            let mut people = Vec::new();
            for person in bimtek.people() {
                let takes_part = |stage| !matches!(stage, Stage::Left(_));
                if views.participations_of(&person)?.iter().any(|one| takes_part(one.events.stage())) {
                    people.push(person);
                }
            }
            let there = rounds.into_iter().find(|round| round.fields.quarter.one() == Some(&quarter));
            Ok(Some(NextRound { quarter, people, there: there.map(|round| round.doc) }))
        });
        Ok(found.await?.filter(|next| !next.people.is_empty()))
    }

    /// Opens the round that follows a Bimtek and gives its name in addresses; where one of its quarter is open, its people
    /// join it.
    pub(crate) async fn open_round(&self, officer: &str, id: &str) -> Result<String, Problem> {
        let officer = parse_officer(officer)?;
        let (_, record) = self.held_sheet(id).await?;
        let ProgrammeRecord::Bimtek(bimtek) = &record else { return Err(nothing_to_open()) };
        let next = self.next_round(bimtek).await?.zip(bimtek.place.clone());
        let (next, village) = next.ok_or_else(nothing_to_open)?;
        let (mut writes, target) = match next.there {
            Some(round) => (Vec::new(), Target::Document(round)),
            None => {
                let fields = [("programme", DESMIGRATIF.to_owned()), ("quarter", next.quarter.to_text())];
                let edits = fields.map(|(key, text)| records::edit_from_input(RecordKind::MonitoringRound, key, &text));
                let edits = edits.into_iter().collect::<Result<_, _>>()?;
                (vec![new_document(RecordKind::MonitoringRound, &village, &officer, edits)?], Target::Batch(0))
            }
        };
        for person in next.people {
            let fact = Expected { person }.draft()?;
            let what = What::Fact { key: fact.key.to_owned(), bytes: fact.bytes };
            writes.push(Write { target: target.clone(), officer: officer.clone(), what });
        }
        self.name_of_written(writes).await
    }
}

fn nothing_to_open() -> Problem {
    Problem::said(
        Code::NotFound,
        None,
        "belum ada monitoring yang perlu dibuka untuk Bimtek ini",
        "no monitoring is to be opened for this Bimtek yet",
    )
}
