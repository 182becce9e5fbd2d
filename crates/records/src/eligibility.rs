//! Whether somebody may take part, derived for a day and never stored: yes, no, *perlu keputusan* naming the missing
//! fact, or *tergantung* while somebody has to choose between values that lead to different answers.
//!
//! For somebody already *ditetapkan* the day is that decision's, so passing time changes no decision.

use identity::Coordinate;

use crate::{
    category::{Clue, Missing, Tri, judge},
    circumstances::{Circumstances, Contested, World},
    date::PartialDate,
    participation::{Category, Outcome, Standing},
    rules::{Condition, DESMIGRATIF, RuleBook},
    value::codes,
    words::{self, Lang},
};

codes! {
    /// What a rule answers.
    Answer {
        /// Every day that the dates may mean says yes.
        Yes = "yes", "memenuhi syarat", "eligible", [];
        /// Every day says no.
        No = "no", "tidak memenuhi syarat", "not eligible", [];
        /// A fact is missing.
        Undecided = "undecided", "perlu keputusan", "needs a decision", [];
        /// Two values stand that lead to different answers.
        Depends = "depends", "tergantung", "depends", [];
    }
}

/// What a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// One of the categories.
    Category(Category),
    /// Something asked of everybody.
    Condition(Condition),
    /// The record as a whole.
    Record,
}

/// One reason for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub answer: Answer,
    /// What was found.
    pub clue: Clue,
    /// The document that says so or lacks it, where it is another than the participation.
    pub doc: Option<Coordinate>,
    /// The rule and its source, e.g. `Desmigratif v1, Kuripan 2017 (S2)`.
    pub rule: String,
}

impl Reason {
    /// As a person reads it.
    pub fn text(&self, lang: Lang) -> String {
        words::reason(self, lang)
    }
}

/// The answer with everything that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligibility {
    /// The answer.
    pub answer: Answer,
    /// The day that was judged.
    pub day: PartialDate,
    /// Whether that is the day of a decision.
    pub of_decision: bool,
    /// Whether each category holds on that day; several may.
    pub categories: Vec<(Category, Answer)>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// *Fakta berubah sejak keputusan*: what the rules read is no longer what a standing decision saw.
    pub changed_since_decision: bool,
}

/// What one world says.
struct Verdict {
    answer: Tri,
    categories: Vec<(Category, Tri)>,
    reasons: Vec<Reason>,
}

/// Judges a participation on `today`, or on its decision's day.
pub fn eligibility(circumstances: &Circumstances, today: PartialDate, rules: &RuleBook) -> Eligibility {
    let (worlds, contested) = circumstances.worlds(today);
    let standing = circumstances.participation.events.standing();
    let day = match standing {
        Standing::Decided(said) if said.what.outcome == Outcome::Accepted => Some(said.what.judged_day()),
        Standing::Decided(_) | Standing::Undecided | Standing::Different(_) => None,
    };
    let verdicts: Vec<Verdict> = worlds.unwrap_or_default().iter().map(|world| verdict(world, rules)).collect();
    let agreed = |of: &dyn Fn(&Verdict) -> Tri| {
        let mut answers = verdicts.iter().map(of);
        let first = answers.next()?;
        answers.all(|answer| answer == first).then_some(first)
    };
    let categories = Category::ALL.iter().map(|category| {
        let of = |verdict: &Verdict| {
            verdict.categories.iter().find(|(c, _)| c == category).map_or(Tri::Open, |(_, answer)| *answer)
        };
        (*category, agreed(&of).map_or(Answer::Depends, Answer::from))
    });
    let categories = categories.collect();
    let answer = agreed(&|verdict| verdict.answer).map_or(Answer::Depends, Answer::from);
    let reasons = match verdicts.into_iter().next() {
        Some(first) if answer != Answer::Depends => first.reasons,
        _ => contested.into_iter().map(Reason::contested).collect(),
    };
    Eligibility {
        answer,
        day: day.unwrap_or(today),
        of_decision: day.is_some(),
        categories,
        reasons,
        changed_since_decision: changed(circumstances, standing),
    }
}

/// Whether a standing decision saw other facts. A family that one side could not see proves nothing.
fn changed(circumstances: &Circumstances, standing: Standing<'_>) -> bool {
    let decisions = match standing {
        Standing::Undecided => return false,
        Standing::Decided(said) => std::slice::from_ref(said),
        Standing::Different(all) => all,
    };
    let now = circumstances.basis();
    decisions
        .iter()
        .filter_map(|said| said.what.basis.as_ref())
        .any(|saw| saw.own != now.own || saw.family.zip(now.family).is_some_and(|(saw, now)| saw != now))
}

impl Reason {
    fn contested(contested: Contested) -> Self {
        Self {
            subject: Subject::Record,
            answer: Answer::Depends,
            clue: Clue::Contested(contested.field),
            doc: Some(contested.doc),
            rule: String::new(),
        }
    }
}

impl From<Tri> for Answer {
    fn from(tri: Tri) -> Self {
        match tri {
            Tri::Yes => Self::Yes,
            Tri::No => Self::No,
            Tri::Open => Self::Undecided,
        }
    }
}

fn verdict(world: &World, book: &RuleBook) -> Verdict {
    let code = world.programme.as_deref().unwrap_or(DESMIGRATIF);
    let Some(rules) = book.0.get(code) else {
        let reason = Reason {
            subject: Subject::Record,
            answer: Answer::Undecided,
            clue: Clue::Missing(Missing::Rules),
            doc: None,
            rule: code.to_owned(),
        };
        return Verdict { answer: Tri::Open, categories: Vec::new(), reasons: vec![reason] };
    };
    let day = world.day.span();
    let findings: Vec<_> =
        Category::ALL.iter().map(|category| (*category, judge(*category, world, day, rules))).collect();
    let categories = findings.iter().map(|(category, finding)| (*category, finding.answer)).collect();
    let accepted: Vec<_> = findings
        .into_iter()
        .filter_map(|(category, finding)| rules.accepted.get(&category).map(|rule| (category, finding, &rule.source)))
        .collect();
    let mut group = accepted.iter().fold(Tri::No, |all, (_, finding, _)| all.or(finding.answer));
    let mut reasons = Vec::new();
    if nothing_recorded(world) {
        group = Tri::Open;
        reasons.push(Reason {
            subject: Subject::Record,
            answer: Answer::Undecided,
            clue: Clue::Missing(Missing::Category),
            doc: None,
            rule: rules.name.clone(),
        });
    } else {
        for (category, finding, source) in accepted {
            // Of a yes, what says yes; else what leaves it open and what says no.
            if group == Tri::Yes && finding.answer != Tri::Yes {
                continue;
            }
            for (answer, clue, doc) in finding.clues.into_iter().filter(|(answer, _, _)| *answer == finding.answer) {
                reasons.push(Reason {
                    subject: Subject::Category(category),
                    answer: answer.into(),
                    clue,
                    doc,
                    rule: format!("{}, {source}", rules.name),
                });
            }
        }
    }
    // Where something speaks, silence about the other categories says nothing more.
    if reasons.iter().any(|reason| reason.clue != Clue::Nothing) {
        reasons.retain(|reason| reason.clue != Clue::Nothing);
    }
    let mut answer = group;
    for (condition, rule) in &rules.conditions {
        let said = world.conditions.iter().find(|(c, _)| c == condition).and_then(|(_, said)| *said);
        let (holds, clue) = match said {
            Some(true) => (Tri::Yes, Clue::Said(true)),
            Some(false) => (Tri::No, Clue::Said(false)),
            None => (Tri::Open, Clue::Missing(Missing::Answer)),
        };
        answer = answer.and(holds);
        reasons.push(Reason {
            subject: Subject::Condition(*condition),
            answer: holds.into(),
            clue,
            doc: None,
            rule: format!("{}, {}", rules.name, rule.source),
        });
    }
    // What does not bear on the answer is left out: a "no" needs no list of what is missing besides.
    let decisive = Answer::from(answer);
    let decided: Vec<Reason> = reasons.iter().filter(|reason| reason.answer == decisive).cloned().collect();
    Verdict { answer, categories, reasons: if decided.is_empty() { reasons } else { decided } }
}

fn nothing_recorded(world: &World) -> bool {
    world.own.is_empty()
        && world.family.as_ref().is_none_or(Vec::is_empty)
        && world.claims.iter().all(|(_, claim)| claim.is_none())
}

#[cfg(test)]
mod tests;
