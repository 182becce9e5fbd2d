//! Facts whose content also holds what their record says or a rule computes: what their forms ask beyond the inputs, and
//! how the whole is made. What will stand for good can be looked at first.

use std::collections::BTreeMap;

use identity::{Coordinate, Region};
use records::{
    ActionPlan, Content, Date, FactDraft, FieldType, Known, Ledger, MonitoringRound, PartialDate, PersonId,
    ProgrammeRecord, Question, Questionnaire, RecordKind, Response, ResponseKind, Rules, ShareProposal, ShareStatement,
    Submitted, Typed, propose_share,
};

use crate::{
    Service,
    both::Both,
    inputs::InputKind,
    panel::{Panel, PanelRow, both, same, shown},
    problem::{Code, Problem},
    sheet_kinds::SheetInput,
};

/// The name of the input that takes questions, one a line.
const QUESTIONS: &str = "questions";

/// What the name of an answer's input begins with; the code of its question follows.
pub(crate) const ANSWER: &str = "answer-";

/// The name of the input for somebody who is not among those to tick.
pub(crate) const OTHER: &str = "other";

/// A fact that is made, and what it will say for good.
pub(crate) struct Composed {
    pub(crate) draft: FactDraft,
    /// To be looked at before it is said; empty where the form shows all of it.
    pub(crate) look: Vec<Panel>,
}

/// What the form of a fact asks in this record beyond the inputs that it always has.
pub(crate) fn beyond(record: &ProgrammeRecord, fact: &str, rules: &Rules) -> Vec<SheetInput> {
    if let (ProgrammeRecord::Assessment(_), Submitted::KEY) = (record, fact) {
        return crate::quadrant::points_asked(rules);
    }
    let ProgrammeRecord::MonitoringRound(round) = record else { return Vec::new() };
    match fact {
        "questionnaire" => vec![SheetInput {
            field: QUESTIONS.to_owned(),
            label: both("Pertanyaan, satu per baris", "Questions, one a line"),
            kind: InputKind::Lines,
            required: true,
        }],
        "response" => {
            let questions = asked(round).into_iter().flat_map(|(_, questionnaire)| &questionnaire.questions);
            let answer = |question: &Question| SheetInput {
                field: format!("{ANSWER}{}", question.code),
                label: same(&question.text),
                kind: InputKind::Text,
                required: false,
            };
            questions.map(answer).collect()
        }
        _ => Vec::new(),
    }
}

/// The input for somebody who is not among those to tick.
pub(crate) fn other() -> SheetInput {
    SheetInput {
        field: OTHER.to_owned(),
        label: both("Orang lain", "Somebody else"),
        kind: InputKind::Person,
        required: false,
    }
}

/// The people from whom a fact of this record picks one; nobody: it may be about anybody.
pub(crate) fn people_to_pick(record: &ProgrammeRecord, fact: &str) -> Vec<PersonId> {
    if let ProgrammeRecord::MonitoringRound(round) = record
        && fact == "response"
    {
        round.people().into_iter().collect()
    } else if let ProgrammeRecord::Places(places) = record
        && fact == "freed"
    {
        places.account().claims.iter().map(|claim| claim.person).collect()
    } else if let ProgrammeRecord::ShareProposal(share) = record
        && fact == "approval"
    {
        share.events.statements.iter().flat_map(|said| &said.what.lines).map(|line| line.person).collect()
    } else {
        Vec::new()
    }
}

/// The questionnaire that is asked now: the last one, with its hash.
pub(crate) fn asked(round: &MonitoringRound) -> Option<(identity::EntryHash, &Questionnaire)> {
    round.events.questionnaires.last().map(|said| (said.hash, &said.what))
}

impl Service {
    /// Makes a fact of what was typed and what its record says. `more` is what was typed beyond the form's inputs.
    pub(crate) async fn composed(
        &self,
        record: &ProgrammeRecord,
        fact: &str,
        typed: &Typed,
        more: &[(String, String)],
        rules: &Rules,
    ) -> Result<Composed, Problem> {
        if let ProgrammeRecord::Assessment(_) = record {
            crate::quadrant::submitted(date(typed)?, more, rules)
        } else if let ProgrammeRecord::ActionPlan(plan) = record {
            approval(plan, typed)
        } else if let ProgrammeRecord::Ledger(ledger) = record {
            closing(ledger, typed)
        } else if let ProgrammeRecord::ShareProposal(share) = record {
            self.statement(share, typed).await
        } else if let ProgrammeRecord::Report(report) = record {
            self.submission(report, date(typed)?).await
        } else if let ProgrammeRecord::Places(places) = record {
            self.block(places, fact, typed, more).await
        } else if let ProgrammeRecord::MonitoringRound(round) = record {
            match fact {
                "questionnaire" => questionnaire(typed, more),
                _ => response(round, typed, more),
            }
        } else {
            Err(Problem::bad_input(format!("{fact:?} is not said by a form"), "take one that the record asks for"))
        }
    }

    /// The statement of a period, computed from the runs and ledgers of the group.
    async fn statement(&self, share: &ShareProposal, typed: &Typed) -> Result<Composed, Problem> {
        let (from, until) = (exact(typed, "from")?, exact(typed, "until")?);
        let Some(group) = share.fields.group.one().cloned() else {
            return Err(Problem::said(
                Code::BadInput,
                None,
                "kelompoknya belum jelas: pilih satu kelompok di usulan ini",
                "the group is not clear: choose one group in this proposal",
            ));
        };
        let (runs, ledgers) = self.of_group(share.place.clone(), group).await?;
        let (runs, ledgers): (Vec<_>, Vec<_>) = (runs.iter().collect(), ledgers.iter().collect());
        let statement = propose_share(from, until, &runs, &ledgers)?;
        let look = vec![self.shares(&statement).await?];
        Ok(Composed { draft: statement.draft()?, look })
    }

    /// Who gets what by a statement.
    pub(crate) async fn shares(&self, statement: &ShareStatement) -> Result<Panel, Problem> {
        let people = self.people(statement.lines.iter().map(|line| line.person)).await?;
        let columns = [both("Anggota", "Member"), both("Ikut produksi", "Runs"), both("Bagian", "Share")];
        let mut panel = Panel::new(both("Perhitungan", "Statement"), columns);
        panel.lines.push(Both::of(|lang| {
            let (from, until) = (statement.from.shown(lang), statement.until.shown(lang));
            let (profit, rest) = (statement.profit.shown(lang), statement.rest.shown(lang));
            let runs = statement.runs;
            match lang {
                records::Lang::Id => {
                    format!("{from} sampai {until}: laba {profit} dari {runs} produksi, sisa {rest} untuk kelompok.")
                }
                records::Lang::En => {
                    format!("{from} to {until}: a profit of {profit} from {runs} runs, {rest} stay with the group.")
                }
            }
        }));
        for person in people.by_name() {
            for line in statement.lines.iter().filter(|line| line.person == person) {
                let cells = [same(&line.runs.to_string()), shown(&line.amount)];
                panel.rows.push(PanelRow::of(&people.called(&person), cells));
            }
        }
        Ok(panel)
    }

    async fn of_group(
        &self,
        place: Option<Region>,
        group: Coordinate,
    ) -> Result<(Vec<records::ProductionRun>, Vec<records::Ledger>), Problem> {
        let found = self.reading().look(move |views| {
            let of = |known: &Known<Coordinate>| known.one() == Some(&group);
            let mut runs: Vec<records::ProductionRun> = views.all(place.clone())?;
            runs.retain(|run| of(&run.fields.group));
            let mut ledgers: Vec<records::Ledger> = views.all(place)?;
            ledgers.retain(|ledger| of(&ledger.fields.group));
            Ok((runs, ledgers))
        });
        found.await
    }
}

/// What was in the cash box at the end of a period.
fn closing(ledger: &Ledger, typed: &Typed) -> Result<Composed, Problem> {
    let closing = ledger.close(exact(typed, "until")?).map_err(|error| at("until", error))?;
    let (until, balance) = (shown(&closing.until), shown(&closing.balance));
    let mut look = Panel::new(both("Tutup buku", "Closing"), []);
    look.lines.push(both(
        format!("Sampai {}: {} baris, saldo {}.", until.id, closing.lines, balance.id),
        format!("Until {}: {} lines, a balance of {}.", until.en, closing.lines, balance.en),
    ));
    Ok(Composed { draft: closing.draft()?, look: vec![look] })
}

/// The approval of a plan as it stands.
fn approval(plan: &ActionPlan, typed: &Typed) -> Result<Composed, Problem> {
    let approved = plan.approve(date(typed)?, typed.get("letter"))?;
    let mut look =
        Panel::new(both("Yang disetujui", "What is approved"), [both("Bagian", "Part"), both("Isi", "Text")]);
    for part in RecordKind::ActionPlan.spec().texts {
        let text = plan.texts.get(part.key).map(String::as_str).unwrap_or_default();
        look.rows.push(PanelRow::new(part.label.into(), [same(text)]));
    }
    Ok(Composed { draft: approved.draft()?, look: vec![look] })
}

/// A questionnaire of these lines; their place is their code.
fn questionnaire(typed: &Typed, more: &[(String, String)]) -> Result<Composed, Problem> {
    let lines = more.iter().find(|(key, _)| key == QUESTIONS).map_or("", |(_, text)| text);
    let lines = lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let questions = (1..).zip(lines.filter(|line| !line.is_empty()));
    let questions = questions.map(|(code, text): (u32, _)| Question { code: code.to_string(), text }).collect();
    let made = Questionnaire { title: typed.get("title").unwrap_or_default(), questions };
    Ok(Composed { draft: made.draft().map_err(|error| at(QUESTIONS, error))?, look: Vec::new() })
}

/// How the monitoring of somebody closed; only who answered has answers.
fn response(round: &MonitoringRound, typed: &Typed, more: &[(String, String)]) -> Result<Composed, Problem> {
    let lost = || Problem::bad_input("a response names a person and how it went", "fill in both");
    let person: PersonId = typed.get("person").ok_or_else(lost)?;
    let how: ResponseKind = typed.get("how").ok_or_else(lost)?;
    let answers: BTreeMap<String, String> = more
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .filter_map(|(key, text)| Some((key.strip_prefix(ANSWER)?.to_owned(), text.clone())))
        .collect();
    // Answers of somebody who is said not to have answered are refused by the content's own rule.
    let with_answers = how == ResponseKind::Answered || !answers.is_empty();
    let asked = asked(round).map(|(hash, _)| hash).filter(|_| with_answers);
    let made = Response { person, how, date: date(typed)?, asked, answers };
    let wrong = |(code, text): &(&String, &String)| records::holds_nik(text).then(|| format!("{ANSWER}{code}"));
    let field = made.answers.iter().find_map(|answer| wrong(&answer)).unwrap_or_else(|| "how".to_owned());
    round.takes(&made).map_err(|error| at(&field, error))?;
    Ok(Composed { draft: made.draft()?, look: Vec::new() })
}

fn date(typed: &Typed) -> Result<PartialDate, Problem> {
    typed.get("date").ok_or_else(|| at("date", records::RecordError::Required { field: "date" }))
}

fn exact(typed: &Typed, field: &str) -> Result<Date, Problem> {
    match typed.get(field) {
        Some(PartialDate::Day(day)) => Ok(day),
        Some(PartialDate::Month(..) | PartialDate::Year(_) | PartialDate::Unknown) | None => Err(Problem::said(
            Code::BadInput,
            Some(field),
            "masa perhitungan belum tepat: isi tanggal lengkap",
            "the period is not exact: fill in the whole date",
        )),
    }
}

fn at(field: &str, error: records::RecordError) -> Problem {
    Problem { field: Some(field.to_owned()), ..error.into() }
}
