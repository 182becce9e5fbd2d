//! What this office may say in a document of coordination, and what there is to pick from.

use identity::OfficeId;
use records::{
    Asks, Told, ValueType,
    coordination::{Agenda, Coordination, InternalDraft, Party, Shelf, VersionState, Versions, Vote},
};

use views::sheet_id;

use super::{HeldDocument, article_name, day, event_name, office_name, party_name, takes_part};
use crate::{
    Service,
    both::Both,
    inputs::InputKind,
    panel::{both, same},
    reading::Known,
    record::Names,
    sheet_kinds::{SheetInput, fact_input},
    sheet_write::today,
    sheets::{FactAsked, earlier_facts},
};

/// What publishes a version where all offices of its region read it. It is no fact of the agenda.
pub(super) const PUBLISH: &str = "publish";

/// What replaces the text of an agenda by that of a file. It is no fact either.
pub(super) const REWRITE: &str = "text_from_file";

/// What stays for good: a word is withdrawn by another word, a version stays.
const FIXED: [&str; 5] = ["opening", "final", "ratification", "promise", "calendar"];

/// Inputs by which the convener or host records what another party said.
const FOR_ANOTHER: [&str; 4] = ["party", "source", "number", "source_date"];

pub(super) type Picks = Vec<(String, Both)>;

/// A version, by its number and title.
pub(super) fn version_name(title: &str, number: u32, short: &str) -> Both {
    both(format!("Versi {number} · {title} · {short}"), format!("Version {number} · {title} · {short}"))
}

pub(super) fn versions(versions: &Versions) -> Picks {
    let pick = |version: &records::coordination::Version| {
        let name = version_name(&version.terms.title, version.terms.number, &version.hash.short());
        (version.hash.to_string(), name)
    };
    // The newest first: it is the one that people mean.
    versions.versions.iter().rev().map(pick).collect()
}

/// The agreements that are *ditetapkan* or signed on paper, each once.
pub(super) fn agreements(shelf: &Shelf) -> Picks {
    let all = shelf.agendas.iter().map(|agenda| &agenda.versions);
    let all = all.chain(shelf.agreements.iter().map(|agreement| &agreement.versions));
    let mut picks: Picks = Vec::new();
    for versions in all {
        for version in &versions.versions {
            let stands = !matches!(versions.state(version), VersionState::Open { .. });
            let code = version.hash.to_string();
            if stands && !picks.iter().any(|(known, _)| *known == code) {
                picks.push((code, version_name(&version.terms.title, version.terms.number, &version.hash.short())));
            }
        }
    }
    picks
}

/// The agendas in which this office may say what it thinks.
pub(super) fn open_to(shelf: &Shelf, own: OfficeId) -> impl Iterator<Item = &Agenda> {
    shelf.agendas.iter().filter(move |agenda| agenda.closings.is_empty() && agenda.party_of(own, None).is_some())
}

pub(super) fn agendas_to_answer(shelf: &Shelf, own: OfficeId) -> Picks {
    let pick = |agenda: &Agenda| {
        let [id, en] = agenda.title();
        (sheet_id(&agenda.doc), both(id, en))
    };
    open_to(shelf, own).map(pick).collect()
}

/// The articles of a text, by number and heading.
pub(super) fn articles(agenda: &Agenda) -> Picks {
    let pick = |(index, article): (usize, &records::coordination::Article)| {
        (article.id.to_string(), article_name(index + 1, article.heading()))
    };
    agenda.text.articles.iter().enumerate().map(pick).collect()
}

/// The mandates of an office that hold today, by the fact that gives each.
fn mandates(agenda: &Agenda, office: OfficeId) -> Picks {
    let pick = |said: &records::Said<records::coordination::Mandate>| {
        let text = format!("{}, {} ({})", said.what.official, said.what.title(), said.what.letter);
        (said.hash.to_string(), same(&text))
    };
    agenda.mandates_of(office, today()).map(pick).collect()
}

/// The parties of an agenda.
fn parties(agenda: &Agenda, known: &Known) -> Picks {
    agenda.parties().map(|(party, _)| (party.to_string(), same(&party_name(Some(agenda), party, known)))).collect()
}

impl Service {
    /// What this office may say in a document of coordination.
    pub(super) fn asked_in(&self, held: &HeldDocument, told: &[Told], known: &Known, names: &Names) -> Vec<FactAsked> {
        let own = self.node().office();
        let kind = held.row.kind;
        let mut asked = Vec::new();
        for (spec, form) in kind.fact_forms().filter(|(spec, _)| may_say(held, spec.key, own)) {
            let mut inputs: Vec<SheetInput> = Vec::new();
            for input in form.inputs {
                if FOR_ANOTHER.contains(&input.key) && !says_for_another(held, spec.key, own) {
                    continue;
                }
                let mut shown = fact_input(input);
                match input.asks {
                    Asks::Listed => shown.kind = InputKind::Choice(self.listed(held, spec.key, input.key, known)),
                    Asks::Fact(keys) => {
                        let stays = |told: &Told| keys.is_empty() && FIXED.contains(&told.key.as_str());
                        let all: Vec<Told> = told.iter().filter(|told| !stays(told)).cloned().collect();
                        shown.kind = InputKind::Choice(earlier_facts(kind, &all, keys, own, names));
                    }
                    Asks::Several(ValueType::Office) => shown.kind = InputKind::Several(self.offices_to_pick(known)),
                    // Names and positions are typed, with commas between them.
                    Asks::Several(ValueType::Text) => shown.kind = InputKind::Text,
                    Asks::Value(_) | Asks::Several(_) | Asks::Paper | Asks::Node | Asks::Lines | Asks::Scan => {}
                }
                inputs.push(shown);
            }
            // Where there is nothing to pick from there is nothing to say.
            let nothing = |input: &SheetInput| input.required && input.kind == InputKind::Choice(Vec::new());
            if !inputs.iter().any(nothing) {
                asked.push(FactAsked { fact: spec.key.to_owned(), label: spec.label.into(), inputs });
            }
        }
        asked.extend(rewriting(held, own));
        asked.extend(publishing(held, own));
        asked
    }

    fn listed(&self, held: &HeldDocument, fact: &str, key: &str, known: &Known) -> Picks {
        let own = self.node().office();
        if let Coordination::Agenda(agenda) = &held.document {
            return match (fact, key) {
                (_, "article") => articles(agenda),
                ("party", "party") => {
                    let mut all = parties(agenda, known);
                    let seated: Vec<String> = all.iter().map(|(code, _)| code.clone()).collect();
                    let more = self.offices_to_pick(known).into_iter().map(|(id, name)| (format!("office:{id}"), name));
                    all.extend(more.filter(|(code, _)| !seated.contains(code)));
                    all
                }
                (_, "party") => parties(agenda, known),
                (_, "version") => versions(&agenda.versions),
                (_, "mandate") => mandates(agenda, own),
                (_, "to") => agreements(&held.shelf),
                (_, _) => Vec::new(),
            };
        }
        if let Coordination::InternalDraft(draft) = &held.document {
            let Some(agenda) = agenda_of(held, draft) else { return Vec::new() };
            return match key {
                "article" => articles(agenda),
                "mandate" => mandates(agenda, own),
                _ => Vec::new(),
            };
        }
        if let Coordination::Agreement(agreement) = &held.document {
            return if key == "version" { versions(&agreement.versions) } else { Vec::new() };
        }
        if let Coordination::Calendar(calendar) = &held.document {
            return match key {
                "agenda" => {
                    let open = held.shelf.agendas.iter().filter(|agenda| agenda.closings.is_empty());
                    open.map(|agenda| {
                        let [id, en] = agenda.title();
                        (agenda.doc.to_string(), both(id, en))
                    })
                    .collect()
                }
                "party" => {
                    let mut all: Picks = Vec::new();
                    for meet in calendar.standing() {
                        for invitee in &meet.event.what.invitees {
                            let code = invitee.party.to_string();
                            if !all.iter().any(|(known, _)| *known == code) {
                                all.push((code, same(&invitee.name)));
                            }
                        }
                    }
                    all
                }
                _ => Vec::new(),
            };
        }
        Vec::new()
    }

    pub(super) fn offices_to_pick(&self, known: &Known) -> Picks {
        let charter = self.node().charter();
        let offices = charter.iter().flat_map(|charter| charter.offices()).filter(|office| office.admitted);
        let mut picks: Picks =
            offices.map(|office| (office.id.to_string(), same(&office_name(&office.id, known)))).collect();
        picks.sort_by(|a, b| a.1.cmp(&b.1));
        picks
    }

    /// What the codes in a document of coordination stand for.
    pub(super) fn name_codes(&self, held: &HeldDocument, known: &Known, names: &mut Names) {
        match &held.document {
            Coordination::Agenda(agenda) => {
                names.extend(articles(agenda));
                names.extend(versions(&agenda.versions));
                names.extend(parties(agenda, known));
            }
            Coordination::Agreement(agreement) => names.extend(versions(&agreement.versions)),
            Coordination::Commitment(_) => {}
            Coordination::InternalDraft(draft) => {
                names.extend(agenda_of(held, draft).into_iter().flat_map(articles));
            }
            Coordination::Calendar(calendar) => {
                names.extend(self.listed(held, "attendance", "party", known));
                names.extend(self.listed(held, "event", "agenda", known));
                let events = calendar.events.iter().map(|meet| meet.event.hash);
                names.extend(events.filter_map(|hash| Some((hash.to_string(), same(&event_name(calendar, &hash)?)))));
            }
        }
    }
}

/// Whether this office records what others said: the convener of an agenda, the host of a date, anybody for the superior
/// of a commitment.
fn says_for_another(held: &HeldDocument, fact: &str, own: OfficeId) -> bool {
    match &held.document {
        Coordination::Agenda(agenda) => fact != "stand" || agenda.convenes(own),
        Coordination::Calendar(calendar) => fact != "confirmation" || calendar.standing().any(|meet| meet.host == own),
        Coordination::Commitment(_) | Coordination::Agreement(_) | Coordination::InternalDraft(_) => true,
    }
}

/// The agenda for which a stand is drafted, as far as it is read here.
pub(super) fn agenda_of<'a>(held: &'a HeldDocument, draft: &InternalDraft) -> Option<&'a Agenda> {
    held.shelf.agendas.iter().find(|agenda| agenda.doc == draft.agenda.what.agenda)
}

/// Whether this office may say it there now, by the rules of the document.
pub(super) fn may_say(held: &HeldDocument, fact: &str, own: OfficeId) -> bool {
    match &held.document {
        Coordination::Agenda(agenda) => in_agenda(agenda, fact, own),
        Coordination::Commitment(commitment) => match fact {
            "promise" => false,
            "acceptance" => commitment.is_of(own) && !commitment.accepted,
            "programmed" | "progress" | "answer" => commitment.is_of(own) && commitment.accepted,
            "sanction" => commitment.accepted,
            _ => true,
        },
        Coordination::Calendar(_) => fact != "calendar",
        Coordination::Agreement(agreement) => fact == "ratification" && needed(&agreement.versions, own),
        Coordination::InternalDraft(draft) => match fact {
            "draft_for" => false,
            "initials" => draft.stand().is_some(),
            "release" => {
                let mandated = |agenda: &Agenda| agenda.mandates_of(own, today()).next().is_some();
                draft.stand().is_some() && !draft.is_released() && agenda_of(held, draft).is_some_and(mandated)
            }
            _ => true,
        },
    }
}

fn in_agenda(agenda: &Agenda, fact: &str, own: OfficeId) -> bool {
    let (party, convenes) = (agenda.party_of(own, None).is_some(), agenda.convenes(own));
    let closed = !agenda.closings.is_empty();
    if !takes_part(agenda, own) || fact == "opening" || (closed && fact != records::ANNULMENT) {
        return false;
    }
    let versions = &agenda.versions;
    match fact {
        "mandate" | "ad_referendum" => party,
        "party" | "closing" => convenes,
        "final" => convenes && !agenda.text.articles.is_empty(),
        "paper" => !versions.versions.is_empty(),
        "ratification" => needed(versions, own) && agenda.mandates_of(own, today()).next().is_some(),
        _ => true,
    }
}

/// Whether some version needs the word of this office.
fn needed(versions: &Versions, own: OfficeId) -> bool {
    let speaks = |party: &OfficeId| *party == own || versions.words.carriers_of(*party).contains(&own);
    versions.versions.iter().any(|version| version.terms.required().any(|party| speaks(&party)))
}

/// The text of an agenda from a word processor.
fn rewriting(held: &HeldDocument, own: OfficeId) -> Option<FactAsked> {
    let agenda = matches!(held.document, Coordination::Agenda(_)) && may_say(held, REWRITE, own);
    agenda.then(|| FactAsked {
        fact: REWRITE.to_owned(),
        label: both("Naskah dari berkas Word", "Text from a Word file"),
        inputs: vec![SheetInput {
            field: "file".to_owned(),
            label: both("Berkas DOCX", "DOCX file"),
            kind: InputKind::Scan,
            required: true,
        }],
    })
}

/// Where a version that is in force can be published: by a party, once.
fn publishing(held: &HeldDocument, own: OfficeId) -> Option<FactAsked> {
    let Coordination::Agenda(agenda) = &held.document else { return None };
    if !takes_part(agenda, own) {
        return None;
    }
    let published = |hash| held.shelf.agreements.iter().any(|known| known.version().is_some_and(|v| v.hash == hash));
    let ready = |code: &String| {
        let version = agenda.versions.versions.iter().find(|version| version.hash.to_string() == *code);
        version.is_some_and(|version| {
            !matches!(agenda.versions.state(version), VersionState::Open { .. }) && !published(version.hash)
        })
    };
    let picks: Picks = versions(&agenda.versions).into_iter().filter(|(code, _)| ready(code)).collect();
    (!picks.is_empty()).then(|| FactAsked {
        fact: PUBLISH.to_owned(),
        label: both("Terbitkan di wilayahnya", "Publish in its region"),
        inputs: vec![SheetInput {
            field: "version".to_owned(),
            label: both("Versi", "Version"),
            kind: InputKind::Choice(picks),
            required: true,
        }],
    })
}

/// What a party's words say about a version, in words.
pub(super) fn vote_words(vote: Vote) -> Both {
    match vote {
        Vote::None => both("belum", "not yet"),
        Vote::Ratified => both("menetapkan", "ratifies"),
        Vote::Rejected => both("menolak", "rejects"),
        Vote::Withdrawn => both("menarik penetapan", "withdrew"),
        Vote::OnPaper => both("menandatangani di kertas", "signed on paper"),
        Vote::Contradicts => both("dua pernyataan bertentangan", "two words contradict each other"),
        Vote::SignedTwo => both("menetapkan dua versi: tarik salah satu", "ratified two versions: withdraw one"),
    }
}

/// How far a version is, in words.
pub(super) fn state_words(state: &VersionState) -> Both {
    match state {
        VersionState::Open { ratified, required } => both(
            format!("{} dari {required} menetapkan", ratified.len()),
            format!("{} of {required} ratified", ratified.len()),
        ),
        VersionState::Ratified => both("ditetapkan semua pihak", "ratified by all parties"),
        VersionState::OnPaper { dates, confirmed, required } => Both::of(|lang| {
            let dates: Vec<String> = dates.iter().map(|date| records::FieldType::shown(date, lang)).collect();
            let (dates, n) = (dates.join(" / "), confirmed.len());
            match lang {
                records::Lang::Id => format!("ditandatangani di kertas {dates}, dikonfirmasi {n} dari {required}"),
                records::Lang::En => format!("signed on paper {dates}, confirmed by {n} of {required}"),
            }
        }),
    }
}

/// A party as an agenda or a published agreement calls it.
pub(super) fn named_in(terms: &records::coordination::Terms, office: &OfficeId, known: &Known) -> String {
    let party = terms.parties.iter().find(|party| party.party == Party::Office(*office));
    party.map_or_else(|| office_name(office, known), |party| party.name.clone())
}

/// The last day for something, in words.
pub(super) fn by_day(due: records::Date) -> Both {
    both(format!("paling lambat {}", day(due)), format!("by {}", day(due)))
}
