//! What other records say about a participant: which village looks after them, what their leaving left open, and who may be
//! the same person.

use std::collections::BTreeSet;

use identity::{Coordinate, Region};
use records::{
    DuplicateClaim, Figures, LeftRecords, OpenMatter, PairDecision, PairState, Participation, PersonId, Places,
    RecordKind, Responsible, left_open, linked, responsible, shown_open,
};
use views::{Filter, Page, Participant, ParticipantRow, Reader, ViewsError, sheet_id};

use crate::{
    Service,
    both::Both,
    panel::{Panel, PanelRow, RowAsk, both, same, shown},
    problem::Problem,
    reference,
    sheet_kinds::code_of,
};

/// More people than this in one list are not compared with each other at each look: their villages do it.
const COMPARED_MAX: usize = 5_000;

/// The most pairs that are listed.
const PAIRS_MAX: usize = 50;

impl Service {
    /// What stands beside a participant. `may_say` tells which facts this office may say of them.
    pub(crate) async fn person_panels(
        &self,
        held: &Participant,
        figures: &Figures,
        may_say: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Panel>, Problem> {
        let participation = held.circumstances.participation.clone();
        let figures = figures.clone();
        let found = self.reading().look(move |views| {
            let mut others = Vec::new();
            for person in participation.fields.person.values() {
                others.extend(views.participations_of(person)?);
            }
            let open = match participation.fields.person.one() {
                Some(person) => open_of(views, &participation, *person, &figures)?,
                None => Vec::new(),
            };
            Ok((responsible(&participation, &others.iter().collect::<Vec<_>>()), open))
        });
        let (village, open) = found.await?;
        let mut panels: Vec<Panel> = moving_panel(&village).into_iter().collect();
        panels.extend(open_panel(&open, may_say("matter_closed")));
        if let Some(person) = held.circumstances.participation.fields.person.one() {
            panels.extend(self.same_person(*person).await?);
        }
        Ok(panels)
    }

    /// What the records show as open of somebody who has not left, for the form by which they leave.
    pub(crate) async fn open_now(&self, held: &Participant, figures: &Figures) -> Result<Vec<OpenMatter>, Problem> {
        let participation = &held.circumstances.participation;
        let Some(person) = participation.fields.person.one().copied() else { return Ok(Vec::new()) };
        let (village, figures) = (participation.village.clone(), figures.clone());
        self.reading()
            .look(move |views| with_left_records(views, &village, |records| shown_open(person, records, &figures)))
            .await
    }

    /// Who is linked with somebody, and which claims about them are still to be decided.
    async fn same_person(&self, person: PersonId) -> Result<Option<Panel>, Problem> {
        let claims = self.reading().look(move |views| claims_around(views, person)).await?;
        let circles = linked(&claims.iter().collect::<Vec<_>>());
        let others: BTreeSet<PersonId> = circles
            .into_iter()
            .filter(|circle| circle.contains(&person))
            .flatten()
            .filter(|one| *one != person)
            .collect();
        let about = |claim: &&DuplicateClaim| claim.pair().is_some_and(|pair| pair.contains(&person));
        let undecided = |claim: &&DuplicateClaim| !matches!(claim.state(), PairState::Decided(_));
        let open: Vec<&DuplicateClaim> = claims.iter().filter(about).filter(undecided).collect();
        if others.is_empty() && open.is_empty() {
            return Ok(None);
        }
        let columns = [both("Orang", "Person"), both("Keadaan", "State")];
        let mut panel = Panel::new(both("Orang yang sama?", "The same person?"), columns);
        if !others.is_empty() {
            panel.lines.push(both(
                "Tercatat lebih dari sekali. Kedua catatan tetap ada; yang satu dilihat bersama yang lain.",
                "Recorded more than once. Both records stay; each is looked at together with the other.",
            ));
        }
        let pairs =
            open.iter().filter_map(|claim| Some((claim, claim.pair()?.into_iter().find(|one| *one != person)?)));
        let pairs: Vec<(&&DuplicateClaim, PersonId)> = pairs.collect();
        let people = self.people(others.iter().copied().chain(pairs.iter().map(|(_, other)| *other))).await?;
        for other in &others {
            let state = shown(&PairDecision::Same);
            panel.rows.push(PanelRow::of(&people.called(other), [state]).of_person(other));
        }
        for (claim, other) in pairs {
            let state = match claim.state() {
                PairState::Contradictory => both("dua kantor memutuskan berbeda", "two offices decided differently"),
                PairState::Open | PairState::Decided(_) => both("belum diputuskan", "not decided yet"),
            };
            let row = PanelRow::of(&people.called(&other), [state]);
            panel.rows.push(row.of_record(RecordKind::DuplicateClaim, &claim.doc));
        }
        Ok(Some(panel))
    }

    /// What somebody should look at beside fields with several values, at the offices that know the people: who may be one
    /// person, about whom nobody has said anything yet, and who waits for a place.
    pub async fn look(&self) -> Result<Vec<Panel>, Problem> {
        let own = self.office();
        let region: Option<Region> = own.region.parse().ok();
        let Some(region) = region.filter(|_| matches!(own.kind.as_str(), "village" | "regency")) else {
            return Ok(Vec::new());
        };
        let may_begin = self.may_begin(RecordKind::DuplicateClaim);
        let look = move |views: &Reader| Ok((pairs_in(views, &region)?.unwrap_or_default(), views.all(Some(region))?));
        let (pairs, places): (Vec<Pair>, Vec<Places>) = self.reading().look(look).await?;
        let pairs = (!pairs.is_empty()).then(|| pairs_panel(pairs, may_begin, own.kind == "village"));
        Ok(pairs.into_iter().chain(waiting_panel(&places)).collect())
    }
}

/// The claims about a person and about whoever is in one with them, and so on: what one circle is made of.
fn claims_around(views: &Reader, person: PersonId) -> Result<Vec<DuplicateClaim>, ViewsError> {
    let (mut known, mut next) = (BTreeSet::from([person]), vec![person]);
    let mut claims: Vec<DuplicateClaim> = Vec::new();
    while let Some(one) = next.pop() {
        for claim in views.about::<DuplicateClaim>(&one)? {
            next.extend(claim.pair().into_iter().flatten().filter(|other| known.insert(*other)));
            if claims.iter().all(|there| there.doc != claim.doc) {
                claims.push(claim);
            }
        }
    }
    Ok(claims)
}

/// What somebody who left leaves open, by everything that is read here.
fn open_of(
    views: &Reader,
    participation: &Participation,
    person: PersonId,
    figures: &Figures,
) -> Result<Vec<OpenMatter>, ViewsError> {
    if participation.events.leavings.is_empty() {
        return Ok(Vec::new());
    }
    with_left_records(views, &participation.village, |records| {
        left_open(&participation.events, person, records, figures)
    })
}

fn with_left_records<T>(
    views: &Reader,
    village: &Region,
    look: impl FnOnce(&LeftRecords<'_>) -> T,
) -> Result<T, ViewsError> {
    fn all<T>(of: &[T]) -> Vec<&T> {
        of.iter().collect()
    }
    let place = || Some(village.clone());
    let (loans, ledgers, shares) = (views.all(place())?, views.all(place())?, views.all(place())?);
    let (groups, rounds, mentorings) = (views.all(place())?, views.all(place())?, views.all(place())?);
    let places = views.all(place())?;
    Ok(look(&LeftRecords {
        loans: &all(&loans),
        ledgers: &all(&ledgers),
        shares: &all(&shares),
        groups: &all(&groups),
        rounds: &all(&rounds),
        mentorings: &all(&mentorings),
        places: &all(&places),
    }))
}

fn moving_panel(village: &Responsible) -> Option<Panel> {
    let name = |region: &Region| reference::village(region).map_or_else(|| region.to_string(), str::to_owned);
    let line = match village {
        Responsible::Own => return None,
        Responsible::OwnUntil(to) => both(
            format!("Pindah ke {}. Desa ini tetap menangani sampai desa itu menerima.", name(to)),
            format!("Moves to {}. This village goes on until that one has taken them on.", name(to)),
        ),
        Responsible::Other(by) => both(
            format!("Sudah diterima {}, yang sekarang menangani.", name(by)),
            format!("{} has taken them on, and looks after them now.", name(by)),
        ),
        Responsible::Several(all) => {
            let names = all.iter().map(name).collect::<Vec<_>>().join(", ");
            both(
                format!("Diterima lebih dari satu desa: {names}. Kabupaten menentukan; desa ini tetap menangani."),
                format!("More than one village took them on: {names}. The regency decides; this village goes on."),
            )
        }
    };
    Some(Panel {
        lines: vec![line],
        ..Panel::new(both("Desa yang menangani", "The village that looks after them"), [])
    })
}

fn open_panel(open: &[OpenMatter], may_close: bool) -> Option<Panel> {
    if open.is_empty() {
        return None;
    }
    let mut panel =
        Panel::new(both("Yang masih terbuka sesudah keluar", "Still open after leaving"), [both("Urusan", "Matter")]);
    panel.rows.extend(open.iter().map(|matter| {
        let ask = may_close.then(|| RowAsk {
            fact: "matter_closed".to_owned(),
            label: both("Catat selesai", "Note as closed"),
            fills: vec![("matter".to_owned(), records::FieldType::to_text(matter))],
            begins: false,
        });
        PanelRow { ask, ..PanelRow::new(shown(matter), []) }
    }));
    Some(panel)
}

/// Two people who may be one: in which village's records the pair is to be noted, how the first and the other are called and
/// how a form takes them, and why.
struct Pair {
    village: Region,
    people: [(PersonId, Both, String); 2],
    evidence: Vec<(String, Both)>,
}

/// Pairs of which no claim says anything yet; `None` where there are too many people to compare. Two people of two villages
/// are noted in both, so that each village hears of it.
fn pairs_in(views: &Reader, region: &Region) -> Result<Option<Vec<Pair>>, ViewsError> {
    let is_village = region.is_village();
    let people = views.candidates_within(region, COMPARED_MAX)?;
    let Some(people) = people else { return Ok(None) };
    let claims: Vec<DuplicateClaim> = views.all(Some(region.clone()))?;
    let claimed: BTreeSet<(Option<Region>, [PersonId; 2])> =
        claims.iter().filter_map(|claim| Some((claim.place.clone(), claim.pair()?))).collect();
    let within = records::possible_duplicates(&people).into_iter().map(|pair| (pair, false));
    let across = records::possible_duplicates_across(&people).into_iter().map(|pair| (pair, true));
    let mut found = Vec::new();
    for (pair, across) in within.chain(across) {
        let one = |doc: &Coordinate| people.iter().find(|one| one.doc == *doc);
        let [Some(a), Some(b)] = [one(&pair.pair[0]), one(&pair.pair[1])] else { continue };
        let sides = if across { vec![(a, b), (b, a)] } else { vec![(a, b)] };
        for (first, other) in sides {
            let (Some(one), Some(two)) = (first.person, other.person) else { continue };
            let ordered = if one < two { [one, two] } else { [two, one] };
            if found.len() == PAIRS_MAX || claimed.contains(&(Some(first.village.clone()), ordered)) {
                continue;
            }
            let evidence = pair.evidence.iter().map(|one| (records::FieldType::to_text(one), shown(one))).collect();
            let people = [called(views, one, is_village)?, called(views, two, is_village)?];
            found.push(Pair { village: first.village.clone(), people, evidence });
        }
    }
    Ok(Some(found))
}

/// What somebody is called beside others of one name, and how a form takes them.
fn called(views: &Reader, person: PersonId, is_village: bool) -> Result<(PersonId, Both, String), ViewsError> {
    let filter = Filter { person: Some(person), ..Filter::default() };
    let row = views.list(&filter, Page::first(1))?.rows.pop();
    let name = match row.as_ref().and_then(ParticipantRow::called) {
        Some(name) => Some(name),
        None => views.person(&person)?.and_then(|held| held.fields.name.first().cloned()),
    };
    let village = row.as_ref().and_then(|row| reference::village(&row.village)).map(str::to_owned);
    let register = row.and_then(|row| row.register);
    // Two villages may give one number.
    let typed = register.clone().filter(|_| is_village).unwrap_or_else(|| person.to_string());
    let text = [name, register, village].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Ok((person, same(if text.is_empty() { "?" } else { &text }), typed))
}

fn pairs_panel(pairs: Vec<Pair>, may_begin: bool, is_village: bool) -> Panel {
    let columns =
        [both("Orang", "Person"), both("Mungkin sama dengan", "May be the same as"), both("Petunjuk", "Evidence")];
    let mut panel = Panel::new(both("Mungkin orang yang sama", "People who may be one"), columns);
    panel.lines.push(both(
        "Tidak ada yang digabung. Catat pasangan itu, lalu putuskan: orang yang sama, berbeda, atau satu keluarga.",
        "Nothing is merged. Note the pair, then decide: the same person, different people, or of one family.",
    ));
    if is_village {
        panel.lines.push(both(
            "Dibandingkan hanya di dalam desa ini; antardesa dibandingkan kabupaten.",
            "Compared within this village only; the regency compares between villages.",
        ));
    }
    for Pair { village, people: [(a, called, one), (_, other, two)], evidence } in pairs {
        let join = |pick: fn(&Both) -> &str| evidence.iter().map(|(_, text)| pick(text)).collect::<Vec<_>>().join(", ");
        let why = both(join(|text| &text.id), join(|text| &text.en));
        let ask = may_begin.then(|| RowAsk {
            fact: code_of(RecordKind::DuplicateClaim).to_owned(),
            label: both("Catat pasangan", "Note the pair"),
            fills: [("place", village.to_string()), ("person", one), ("other", two)]
                .into_iter()
                .chain(evidence.first().map(|(code, _)| ("evidence", code.clone())))
                .map(|(field, text)| (field.to_owned(), text))
                .collect(),
            begins: true,
        });
        panel.rows.push(PanelRow { ask, ..PanelRow::new(called, [other, why]).of_person(&a) });
    }
    panel
}

/// Who waits for a place, with the way to the proposed order.
fn waiting_panel(places: &[Places]) -> Option<Panel> {
    let columns =
        [both("Tempat", "Places"), both("Menunggu", "Waiting"), both("Lebih dari jumlahnya", "More than there are")];
    let mut panel = Panel::new(both("Daftar tunggu", "Waiting list"), columns);
    for one in places {
        let bar = one.account().bar(|_| true);
        if bar.waiting > 0 || bar.over > 0 {
            let year = one.fields.year.first().map(shown).unwrap_or_default();
            let (waiting, over) = (same(&bar.waiting.to_string()), same(&bar.over.to_string()));
            panel.rows.push(PanelRow::new(year, [waiting, over]).of_record(RecordKind::Places, &one.doc));
        }
    }
    (!panel.rows.is_empty()).then_some(panel)
}

impl PanelRow {
    /// The row leads to the page of this person.
    pub(crate) fn of_person(self, person: &PersonId) -> Self {
        Self { person: Some(person.to_string()), ..self }
    }

    /// The row leads to the page of this record.
    pub(crate) fn of_record(self, kind: RecordKind, doc: &Coordinate) -> Self {
        Self { record: Some((code_of(kind).to_owned(), sheet_id(doc))), ..self }
    }
}
