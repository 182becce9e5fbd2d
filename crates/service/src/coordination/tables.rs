//! What the rules say of a document of coordination, as tables: the text, who thinks what, who ratified, what was promised.

use std::collections::BTreeMap;

use identity::OfficeId;
use records::{
    FieldType, Known as Value,
    coordination::{
        Agenda, Agreement, Calendar, CellState, Commitment, Coordination, InternalDraft, Kept, Meet, Party, Reread,
        Shelf, Silence, Stance, Term, TermsArticle, Versions, Vote, Wording, clashes, lifecycle, term_with_others,
    },
};

use super::{
    HeldDocument, article_name,
    choices::{agenda_of, by_day, named_in, state_words, version_name, vote_words},
    day, office_name, party_name,
};
use crate::{
    both::Both,
    panel::{Panel, PanelRow, RowAsk, both, same, shown},
    reading::Known,
    sheet_write::today,
};

/// What the table of parties × versions is called.
pub(super) const RATIFICATION: &str = "Penetapan";

/// What a table is made beside.
pub(super) struct Beside<'a> {
    pub(super) own: OfficeId,
    pub(super) known: &'a Known,
    pub(super) may_say: &'a dyn Fn(&str) -> bool,
    /// Names of the offices that signed that they hold the newest version.
    pub(super) holds_version: &'a [String],
}

impl Beside<'_> {
    fn ask(&self, fact: &str, label: Both, input: &str, value: String) -> Option<RowAsk> {
        let fills = vec![(input.to_owned(), value)];
        (self.may_say)(fact).then(|| RowAsk { fact: fact.to_owned(), label, fills, begins: false })
    }
}

/// The tables of a document.
pub(super) fn panels(held: &HeldDocument, beside: &Beside<'_>) -> Vec<Panel> {
    match &held.document {
        Coordination::Agenda(agenda) => of_agenda(agenda, &held.shelf, beside),
        Coordination::Agreement(agreement) => of_agreement(agreement, &held.shelf, beside),
        Coordination::Commitment(commitment) => vec![of_commitment(commitment, beside.known)],
        Coordination::Calendar(calendar) => of_calendar(calendar, &held.shelf, beside),
        Coordination::InternalDraft(draft) => of_draft(held, draft),
    }
}

/// A stand inside this office: what is drafted, who is to do what, who initialled it.
fn of_draft(held: &HeldDocument, draft: &InternalDraft) -> Vec<Panel> {
    let agenda = agenda_of(held, draft);
    let article = |stand: &records::coordination::Stand| {
        let article = stand.article.and_then(|id| {
            let all = agenda.map(|agenda| agenda.text.articles.as_slice()).unwrap_or_default();
            let place = all.iter().position(|article| article.id == id)?;
            Some(article_name(place + 1, all[place].heading()))
        });
        article.unwrap_or_else(|| both("Seluruh naskah", "The whole text"))
    };
    let columns = [both("Tentang", "About"), both("Tanggapan", "Stand")];
    let mut text = Panel::new(both("Rancangan", "Draft"), columns);
    text.lines.push(match (draft.drafts.len(), draft.is_released()) {
        (0, _) => both(
            "Rancangannya masih kosong. Tulis isinya dengan Isi rancangan.",
            "Nothing is drafted yet. Write it with What is drafted.",
        ),
        (_, true) => {
            both("Sudah dirilis; pihak lain melihatnya di agenda.", "It is released; others see it in the agenda.")
        }
        (1, false) => both(
            "Hanya kantor ini yang melihatnya sampai pejabat yang bermandat merilisnya.",
            "Only this office sees it until an official with a mandate releases it.",
        ),
        (_, false) => both(
            "Dua orang menulis bersamaan. Tulis yang berlaku dengan Isi rancangan.",
            "Two people wrote at the same time. Write which holds with What is drafted.",
        ),
    });
    for said in &draft.drafts {
        let stand = &said.what.stand;
        let cell = Both::of(|lang| {
            let parts = [
                Some(stand.stance.shown(lang)),
                stand.why.clone(),
                stand.proposes.as_ref().map(|text| format!("→ “{text}”")),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
        });
        text.rows.push(PanelRow::new(article(stand), [cell]));
    }
    let columns =
        [both("Kepada", "To"), both("Dari", "From"), both("Isi", "Instruction"), both("Paling lambat", "Due")];
    let mut tasks = Panel::new(both("Disposisi", "Dispositions"), columns);
    for said in &draft.dispositions {
        let due = said.what.due.map(day).unwrap_or_default();
        let late = draft.overdue(today()).any(|late| late.hash == said.hash);
        let due = if late { both(format!("{due}, terlambat"), format!("{due}, late")) } else { same(&due) };
        tasks.rows.push(PanelRow::new(same(&said.what.to), [same(&said.what.from), same(&said.what.instruction), due]));
    }
    let columns = [both("Jabatan", "Position"), both("Tanggal", "Date"), both("Rancangan", "Draft")];
    let mut initials = Panel::new(both("Paraf", "Initials"), columns);
    let now = draft.stand().map(InternalDraft::digest);
    for said in &draft.initials {
        let which = if Some(said.what.draft) == now {
            both("yang sekarang", "as it stands")
        } else {
            both("yang lama, perlu diparaf lagi", "an earlier one, to be initialled again")
        };
        initials.rows.push(PanelRow::new(same(&said.what.level), [shown(&said.what.date), which]));
    }
    [text, tasks, initials].into_iter().filter(|panel| !panel.lines.is_empty() || !panel.rows.is_empty()).collect()
}

fn of_agenda(agenda: &Agenda, shelf: &Shelf, beside: &Beside<'_>) -> Vec<Panel> {
    let mut panels = vec![overview(agenda, shelf, beside.known)];
    panels.extend(ratification(&agenda.versions, beside));
    panels.push(text_panel(agenda, beside.known));
    panels.extend(attached(agenda));
    panels.extend(differences(agenda));
    panels.extend(to_read_again(agenda, beside.known));
    panels.extend(stands(agenda, beside));
    panels.extend(meetings(agenda, beside.known));
    panels.extend(promised(agenda, shelf));
    panels
}

/// Meetings, with who approves their minutes.
fn meetings(agenda: &Agenda, known: &Known) -> Option<Panel> {
    let columns = [both("Rapat", "Meeting"), both("Kesimpulan", "Outcome"), both("Notula", "Minutes")];
    let mut panel = Panel::new(both("Rapat", "Meetings"), columns);
    for said in &agenda.meetings {
        let head = Both::of(|lang| format!("{}, {}", said.what.date.shown(lang), said.what.place));
        let (approve, others) = agenda.approvals(&said.hash);
        let names: Vec<String> = approve.iter().map(|office| office_name(office, known)).collect();
        let mut lines = match names.is_empty() {
            true => both("belum disetujui", "not approved yet"),
            false => both(format!("disetujui {}", names.join(", ")), format!("approved by {}", names.join(", "))),
        };
        for (office, note) in others {
            let name = office_name(&office, known);
            lines.id.push_str(&format!("; {name}: tidak sesuai, {note}"));
            lines.en.push_str(&format!("; {name}: not right, {note}"));
        }
        panel.rows.push(PanelRow::new(head, [same(&said.what.outcome), lines]));
    }
    (!panel.rows.is_empty()).then_some(panel)
}

/// How far it is, and who takes part.
fn overview(agenda: &Agenda, shelf: &Shelf, known: &Known) -> Panel {
    let columns = [both("Pihak", "Party"), both("Wajib menetapkan", "Has to ratify")];
    let mut panel = Panel::new(both("Pihak", "Parties"), columns);
    let stage = lifecycle(agenda, shelf, today());
    panel.lines.push(both(
        format!("Keadaan: {}.", stage.shown(records::Lang::Id)),
        format!("It is: {}.", stage.shown(records::Lang::En)),
    ));
    let convener = office_name(&agenda.convener, known);
    panel.lines.push(both(format!("Penyelenggara: {convener}."), format!("Convened by {convener}.")));
    for due in &agenda.opening.what.steps {
        let (step, by) = (shown(&due.step), by_day(due.by));
        let first = |text: &str| {
            let mut letters = text.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}", letters.as_str())
        };
        panel.lines.push(both(format!("{}: {}.", first(&step.id), by.id), format!("{}: {}.", first(&step.en), by.en)));
    }
    if agenda.opening.what.silence == Silence::NoObjection {
        panel.lines.push(shown(&Silence::NoObjection));
    }
    for (party, seat) in agenda.parties() {
        let required = match &seat.invited {
            Value::One(invited) if invited.required => both("ya", "yes"),
            Value::One(_) | Value::Unknown => both("tidak", "no"),
            Value::Several(_) => both("diundang dengan dua cara", "invited in two ways"),
        };
        let name = party_name(Some(agenda), party, known);
        let head = match party.office() {
            Some(_) => same(&name),
            None => both(format!("{name} (tanpa Simpul)"), format!("{name} (without a node)")),
        };
        panel.rows.push(PanelRow::new(head, [required]));
    }
    panel
}

/// The text as it stands.
pub(super) fn text_panel(agenda: &Agenda, known: &Known) -> Panel {
    let columns = [both("Bagian", "Part"), both("Bunyi", "Wording"), both("Penulis", "Written by")];
    let mut panel = Panel::new(both("Naskah", "Text"), columns);
    if agenda.text.articles.is_empty() {
        panel.columns.clear();
        panel.lines.push(both(
            "Naskahnya masih kosong. Pilih Ubah untuk menulis pasal pertama.",
            "There is no text yet. Choose Change to write the first article.",
        ));
    }
    let joined = |wordings: &[Wording]| wordings.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" / ");
    let writers = |wordings: &[Wording]| {
        let mut names: Vec<String> =
            wordings.iter().filter_map(|wording| Some(office_name(&wording.by.office?, known))).collect();
        names.dedup();
        same(&names.join(" / "))
    };
    for (index, article) in agenda.text.articles.iter().enumerate() {
        let heading = joined(&article.headings);
        let cells = [Both::default(), writers(&article.headings)];
        panel.rows.push(PanelRow::new(article_name(index + 1, Some(&heading)), cells));
        for (place, paragraph) in article.paragraphs.iter().enumerate() {
            let head = format!("({})", place + 1);
            let cells = [same(&joined(&paragraph.wordings)), writers(&paragraph.wordings)];
            panel.rows.push(PanelRow::new(same(&head), cells));
        }
    }
    panel
}

/// What the newest version says otherwise than the one before it, and the draft otherwise than the newest version.
fn differences(agenda: &Agenda) -> Vec<Panel> {
    let versions = &agenda.versions.versions;
    let named = |number: u32| both(format!("Versi {number}"), format!("Version {number}"));
    let mut panels = Vec::new();
    if let [.., before, newest] = versions.as_slice() {
        let columns = [named(before.terms.number), named(newest.terms.number)];
        panels.extend(difference(columns, &before.terms.articles, &newest.terms.articles));
    }
    if let (Some(newest), Some(now)) = (versions.last(), agenda.articles_now()) {
        let columns = [named(newest.terms.number), both("Naskah sekarang", "The text now")];
        panels.extend(difference(columns, &newest.terms.articles, &now));
    }
    panels
}

/// The parts of two texts that differ; none where they say the same.
pub(super) fn difference([before, now]: [Both; 2], old: &[TermsArticle], new: &[TermsArticle]) -> Option<Panel> {
    let title = both(format!("Beda: {} → {}", before.id, now.id), format!("Differences: {} → {}", before.en, now.en));
    let mut panel = Panel::new(title, [both("Bagian", "Part"), before, now]);
    let nothing = TermsArticle { heading: String::new(), paragraphs: Vec::new() };
    for index in 0..old.len().max(new.len()) {
        let [was, is] = [old, new].map(|articles| articles.get(index).unwrap_or(&nothing));
        let number = index + 1;
        if was.heading != is.heading {
            panel.rows.push(PanelRow::new(article_name(number, None), [same(&was.heading), same(&is.heading)]));
        }
        for place in 0..was.paragraphs.len().max(is.paragraphs.len()) {
            let [was, is] = [was, is].map(|article| article.paragraphs.get(place).map_or("", String::as_str));
            if was != is {
                let place = place + 1;
                let head =
                    both(format!("Pasal {number} ayat ({place})"), format!("Article {number} paragraph ({place})"));
                panel.rows.push(PanelRow::new(head, [same(was), same(is)]));
            }
        }
    }
    (!panel.rows.is_empty()).then_some(panel)
}

/// What goes with the next final text.
fn attached(agenda: &Agenda) -> Option<Panel> {
    let columns = [both("Lampiran", "Attachment"), both("Ukuran", "Size"), both("SHA-256", "SHA-256")];
    let mut panel = Panel::new(both("Lampiran naskah", "Attachments of the text"), columns);
    for said in &agenda.attachments {
        let size = format!("{} kB", said.what.bytes.div_ceil(1000));
        panel.rows.push(PanelRow::new(same(&said.what.name), [same(&size), same(&said.what.scan.to_string())]));
    }
    (!panel.rows.is_empty()).then_some(panel)
}

/// What two offices wrote at the same time.
fn to_read_again(agenda: &Agenda, known: &Known) -> Option<Panel> {
    let all = agenda.text.reread();
    let columns = [both("Bagian", "Part"), both("Bunyi dan penulisnya", "Wording and who wrote it")];
    let mut panel = Panel::new(both("Perlu dibaca ulang", "To be read again"), columns);
    panel.lines.push(both(
        "Dua kantor menulis bagian ini bersamaan. Salah satunya memilih yang berlaku lewat Ubah; sampai itu belum ada naskah akhir.",
        "Two offices wrote these parts at the same time. One of them says which holds, by Change; until then nothing is made final.",
    ));
    let wording = |wording: &Wording| {
        let who = wording.by.office.map(|office| office_name(&office, known)).unwrap_or_default();
        format!("\u{201c}{}\u{201d} — {who}", wording.text)
    };
    let row = |part: &Reread<'_>| {
        let all: Vec<String> = part.wordings.iter().map(wording).collect();
        PanelRow::new(part_name(agenda, &part.key), [same(&all.join(" / "))])
    };
    panel.rows = all.iter().map(row).collect();
    (!panel.rows.is_empty()).then_some(panel)
}

/// What a part of the text is called, by its key in the document.
fn part_name(agenda: &Agenda, key: &str) -> Both {
    for (index, article) in agenda.text.articles.iter().enumerate() {
        let id = article.id.to_string();
        if let Some(place) = article.paragraphs.iter().position(|p| key.ends_with(&format!("{id}.{}", p.id))) {
            let (number, place) = (index + 1, place + 1);
            return both(format!("Pasal {number} ayat ({place})"), format!("Article {number} paragraph ({place})"));
        }
        if key.ends_with(&id) {
            return article_name(index + 1, None);
        }
    }
    both("Bagian naskah", "Part of the text")
}

/// Articles × parties.
fn stands(agenda: &Agenda, beside: &Beside<'_>) -> Option<Panel> {
    let parties: Vec<Party> = agenda.parties().map(|(party, _)| *party).collect();
    let mut columns = vec![both("Pasal", "Article")];
    columns.extend(parties.iter().map(|party| same(&party_name(Some(agenda), party, beside.known))));
    let mut panel = Panel::new(both("Tanggapan para pihak", "What the parties think"), columns);
    let whole = std::iter::once((None, both("Seluruh naskah", "The whole text")));
    let articles = agenda.text.articles.iter().enumerate();
    let articles = articles.map(|(index, article)| (Some(article.id), article_name(index + 1, article.heading())));
    for (article, name) in whole.chain(articles) {
        let cells: Vec<Both> = parties.iter().map(|party| cell(agenda, *party, article)).collect();
        // The whole text has a line where somebody spoke of it, or where there is nothing else.
        let said = parties
            .iter()
            .any(|party| agenda.grid.get(party).is_some_and(|row| row.iter().any(|cell| cell.article.is_none())));
        if article.is_none() && !said && !agenda.text.articles.is_empty() {
            continue;
        }
        let mut row = PanelRow::new(name, cells);
        let value = article.map(|id| id.to_string()).unwrap_or_default();
        row.ask = beside.ask("stand", both("Beri tanggapan", "Say what you think"), "article", value);
        panel.rows.push(row);
    }
    (!panel.rows.is_empty()).then_some(panel)
}

pub(super) fn cell(agenda: &Agenda, party: Party, article: Option<records::coordination::ItemId>) -> Both {
    let said = |stand: &records::coordination::Stand| {
        Both::of(|lang| {
            let mut text = stand.stance.shown(lang);
            if let Some(why) = stand.why.as_ref().filter(|_| stand.stance != Stance::Support) {
                text = format!("{text}: {why}");
            }
            if let Some(proposes) = &stand.proposes {
                text = format!("{text} → \u{201c}{proposes}\u{201d}");
            }
            text
        })
    };
    let plus = |text: Both, id: &str, en: &str| both(format!("{} ({id})", text.id), format!("{} ({en})", text.en));
    let row = agenda.grid.get(&party).map(Vec::as_slice).unwrap_or_default();
    let own =
        row.iter().find(|cell| cell.article == article).or_else(|| row.iter().find(|cell| cell.article.is_none()));
    let outdated = own.is_some_and(|cell| cell.is_outdated(&agenda.text));
    let text = match agenda.cell(party, article, today()) {
        CellState::Open => both("belum", "not yet"),
        CellState::Silent { since, means } => {
            let means = shown(&means);
            both(
                format!("diam sejak {}: {}", day(since), means.id),
                format!("silent since {}: {}", day(since), means.en),
            )
        }
        CellState::Own(stand) => said(&stand.what),
        CellState::Recorded(stand) => plus(said(&stand.what), "belum dikonfirmasi", "not confirmed"),
        CellState::Different(all) => {
            let all: Vec<Both> = all.iter().map(|stand| said(&stand.what)).collect();
            let join = |pick: fn(&Both) -> &String| all.iter().map(pick).cloned().collect::<Vec<_>>().join(" / ");
            both(
                format!("dua tanggapan berbeda: {}", join(|both| &both.id)),
                format!("two answers differ: {}", join(|both| &both.en)),
            )
        }
    };
    if outdated { plus(text, "pasalnya berubah sejak itu", "the article changed since") } else { text }
}

/// Parties × versions, the newest first.
fn ratification(versions: &Versions, beside: &Beside<'_>) -> Option<Panel> {
    let newest_first: Vec<_> = versions.versions.iter().rev().collect();
    let newest = newest_first.first()?;
    let mut columns = vec![both("Pihak", "Party")];
    let number = |n: u32| both(format!("Versi {n}"), format!("Version {n}"));
    columns.extend(newest_first.iter().map(|version| number(version.terms.number)));
    let mut panel = Panel::new(both(RATIFICATION, "Ratification"), columns);
    for version in &newest_first {
        let (name, state) = (
            version_name(&version.terms.title, version.terms.number, &version.hash.short()),
            state_words(&versions.state(version)),
        );
        panel.lines.push(both(format!("{}: {}.", name.id, state.id), format!("{}: {}.", name.en, state.en)));
    }
    let mut parties: BTreeMap<OfficeId, String> = BTreeMap::new();
    for version in &newest_first {
        for party in version.terms.required() {
            parties.entry(party).or_insert_with(|| named_in(&version.terms, &party, beside.known));
        }
    }
    for (party, name) in parties {
        let cells: Vec<Both> =
            newest_first.iter().map(|version| vote(versions, party, version, beside, &name)).collect();
        let mut row = PanelRow::new(same(&name), cells);
        let speaks = party == beside.own || versions.words.carriers_of(party).contains(&beside.own);
        if speaks {
            let label = both("Tetapkan atau tolak", "Ratify or reject");
            row.ask = beside.ask("ratification", label, "version", newest.hash.to_string());
        }
        panel.rows.push(row);
    }
    Some(panel)
}

fn vote(
    versions: &Versions,
    party: OfficeId,
    version: &records::coordination::Version,
    beside: &Beside<'_>,
    name: &str,
) -> Both {
    if !version.terms.required().any(|required| required == party) {
        return both("tidak diperlukan", "not needed");
    }
    let vote = versions.words.vote(party, version.hash);
    let words = vote_words(vote);
    if vote == Vote::None {
        // Who has it and says nothing is another matter than who does not have it yet.
        let newest = versions.versions.last().is_some_and(|last| last.hash == version.hash);
        if !newest || party == beside.own {
            return words;
        }
        return if beside.holds_version.iter().any(|office| office == name) {
            both("sudah sampai, belum diputuskan", "arrived, not decided")
        } else {
            both("belum sampai di kantornya", "not at its office yet")
        };
    }
    let given = versions.words.given().filter(|given| given.word.party == party && given.word.version == version.hash);
    match given.max_by_key(|given| given.word.day) {
        Some(last) => {
            let who = format!("{}, {}, {}", last.word.official, last.word.mandate.title(), day(last.word.day));
            both(format!("{} ({who})", words.id), format!("{} ({who})", words.en))
        }
        None => words,
    }
}

/// What carries an agreement of this agenda out.
fn promised(agenda: &Agenda, shelf: &Shelf) -> Option<Panel> {
    let columns = [
        both("Hasil", "Deliverable"),
        both("Pemilik", "Owner"),
        both("Paling lambat", "Due"),
        both("Keadaan", "State"),
    ];
    let mut panel = Panel::new(both("Komitmen", "Commitments"), columns);
    for commitment in shelf.commitments_of(agenda) {
        let promise = &commitment.promise.what;
        let cells = [same(&promise.name), same(&day(promise.due)), kept_words(commitment.kept(today()))];
        panel.rows.push(PanelRow::new(same(&promise.deliverable), cells));
    }
    (!panel.rows.is_empty()).then_some(panel)
}

fn of_agreement(agreement: &Agreement, shelf: &Shelf, beside: &Beside<'_>) -> Vec<Panel> {
    let mut panels = Vec::new();
    panels.extend(ratification(&agreement.versions, beside));
    let Some(version) = agreement.version() else { return panels };
    let in_force: Vec<_> = shelf.agreements.iter().filter_map(|known| known.version()).collect();
    let in_force: Vec<_> = in_force.iter().map(|version| (version.hash, &version.terms)).collect();
    let mut panel = Panel::new(both("Naskah", "Text"), []);
    panel.lines.push(match term_with_others(&version.terms, version.hash, &in_force, today()) {
        Term::NotYet => both("Belum berlaku.", "Not in force yet."),
        Term::Running => both("Berlaku.", "In force."),
        Term::Ending(left) => both(format!("Berakhir {left} hari lagi."), format!("Ends in {left} days.")),
        Term::Over => both("Sudah berakhir atau diganti.", "It ended or was succeeded."),
    });
    panel.lines.extend(version.text.lines().filter(|line| !line.trim().is_empty()).map(same));
    panels.push(panel);
    panels
}

/// How a commitment stands, in words.
pub(super) fn kept_words(kept: Kept) -> Both {
    match kept {
        Kept::Proposed => both("belum diterima pemiliknya", "not accepted by its owner"),
        Kept::Running(left) => both(format!("berjalan, {left} hari lagi"), format!("under way, {left} days left")),
        Kept::Kept => both("dipenuhi", "kept"),
        Kept::KeptLate => both("dipenuhi, terlambat", "kept, late"),
        Kept::Late(days) => both(format!("terlambat {days} hari"), format!("{days} days late")),
        Kept::Breached(days) => both(format!("ingkar, {days} hari lewat"), format!("breached, {days} days over")),
        Kept::Depends => {
            both("dipenuhi; tepat waktu atau tidak tergantung tanggalnya", "kept; in time or not depends on its date")
        }
    }
}

fn of_commitment(commitment: &Commitment, known: &Known) -> Panel {
    let promise = &commitment.promise.what;
    let columns = [both("Hal", "What"), both("Isi", "Says")];
    let mut panel = Panel::new(both("Keadaan", "State"), columns);
    let kept = kept_words(commitment.kept(today()));
    panel.lines.push(both(format!("{}.", kept.id), format!("{}.", kept.en)));
    let mut row = |head: Both, text: Both| panel.rows.push(PanelRow::new(head, [text]));
    row(both("Pemilik", "Owner"), same(&promise.name));
    row(both("Hasil", "Deliverable"), same(&promise.deliverable));
    row(both("Paling lambat", "Due"), same(&day(promise.due)));
    row(both("Hari tenggang", "Days of grace"), same(&promise.grace_days.to_string()));
    row(both("Atasan", "Superior"), same(&promise.superior.name));
    row(both("Dicatat oleh", "Written down by"), same(&office_name(&commitment.recorder, known)));
    for said in &commitment.programmed {
        row(both("Diprogramkan", "Programmed"), same(&format!("{} · {}", said.what.budget_line, said.what.within)));
    }
    for said in &commitment.sanctions {
        let kind = shown(&said.what.kind);
        row(kind, same(&said.what.text));
    }
    for said in &commitment.recorded_sanctions {
        let kind = shown(&said.what.kind);
        let head = both(format!("{} (belum dikonfirmasi)", kind.id), format!("{} (not confirmed)", kind.en));
        row(head, same(&said.what.text));
    }
    for said in commitment.open_feedback() {
        row(both("Umpan balik untuk putaran berikut", "Feedback for the next round"), same(&said.what.text));
    }
    panel
}

fn of_calendar(calendar: &Calendar, shelf: &Shelf, beside: &Beside<'_>) -> Vec<Panel> {
    let columns = [both("Acara", "Date"), both("Undangan", "Invited"), both("Kehadiran", "Attendance")];
    let mut panel = Panel::new(both("Tanggal koordinasi", "Dates of coordination"), columns);
    if calendar.standing().next().is_none() {
        panel.columns.clear();
        panel.lines.push(both("Belum ada tanggal.", "There is no date yet."));
    }
    for meet in calendar.standing() {
        let event = &meet.event.what;
        let head = format!("{} · {} · {}", day(event.day), event.title, event.place);
        let mut row = PanelRow::new(same(&head), [invited(meet), came(meet)]);
        let own = meet.guests.get(&Party::Office(beside.own)).is_some_and(|guest| guest.answers.is_empty());
        if own && event.day >= today() {
            row.ask =
                beside.ask("confirmation", both("Jawab undangan", "Answer"), "event", meet.event.hash.to_string());
        } else if event.day <= today() {
            row.ask = beside.ask(
                "attendance",
                both("Catat kehadiran", "Note attendance"),
                "event",
                meet.event.hash.to_string(),
            );
        }
        panel.rows.push(row);
    }
    let clashing: Vec<_> = clashes(&shelf.calendars);
    for clash in clashing.iter().filter(|clash| clash.events.iter().any(|meet| calendar.events.contains(meet))) {
        let name = clash.events.iter().find_map(|meet| invitee_name(meet, &clash.party)).unwrap_or_default();
        let titles: Vec<&str> = clash.events.iter().map(|meet| meet.event.what.title.as_str()).collect();
        panel.lines.push(both(
            format!("Bentrok {}: {name} diundang ke {}.", day(clash.day), titles.join(" dan ")),
            format!("Clash on {}: {name} is invited to {}.", day(clash.day), titles.join(" and ")),
        ));
    }
    vec![panel]
}

fn invitee_name(meet: &Meet, party: &Party) -> Option<String> {
    meet.event.what.invitees.iter().find(|invitee| invitee.party == *party).map(|invitee| invitee.name.clone())
}

fn invited(meet: &Meet) -> Both {
    Both::of(|lang| {
        let one = |(party, guest): (&Party, &records::coordination::Guest)| {
            let name = invitee_name(meet, party).unwrap_or_else(|| party.to_string());
            let own: Vec<String> = guest.answers.iter().map(|said| said.what.answer.shown(lang)).collect();
            let noted: Vec<String> = guest.recorded.iter().map(|said| said.what.answer.shown(lang)).collect();
            let answer = match (own.is_empty(), noted.is_empty(), lang) {
                (false, _, _) => own.join(" / "),
                (true, false, records::Lang::Id) => format!("{} (belum dikonfirmasi)", noted.join(" / ")),
                (true, false, records::Lang::En) => format!("{} (not confirmed)", noted.join(" / ")),
                (true, true, records::Lang::Id) => "belum menjawab".to_owned(),
                (true, true, records::Lang::En) => "no answer".to_owned(),
            };
            format!("{name}: {answer}")
        };
        meet.guests.iter().map(one).collect::<Vec<_>>().join("; ")
    })
}

fn came(meet: &Meet) -> Both {
    Both::of(|lang| {
        let noted = meet.guests.iter().filter(|(_, guest)| !guest.came.is_empty());
        let one = |(party, guest): (&Party, &records::coordination::Guest)| {
            let name = invitee_name(meet, party).unwrap_or_else(|| party.to_string());
            let words = match (guest.attended(), guest.decided(), lang) {
                (None, _, records::Lang::Id) => "dua keterangan berbeda",
                (None, _, records::Lang::En) => "two notes differ",
                (Some(false), _, records::Lang::Id) => "tidak hadir",
                (Some(false), _, records::Lang::En) => "did not come",
                (Some(true), Some(true), records::Lang::Id) => "hadir, berwenang",
                (Some(true), Some(true), records::Lang::En) => "came, could decide",
                (Some(true), _, records::Lang::Id) => "hadir tanpa wewenang memutuskan",
                (Some(true), _, records::Lang::En) => "came without competence to decide",
            };
            format!("{name}: {words}")
        };
        noted.map(one).collect::<Vec<_>>().join("; ")
    })
}
