//! What a document of coordination gives as files: the *matriks tanggapan* for a meeting, the draft for a word processor,
//! dates for a calendar, versions that anybody can check; and a short text for a message.

use std::io::Cursor;

use docx_rs::{AlignmentType, Docx, PageOrientationType, Paragraph, Run, Table, TableCell, TableRow, WidthType};
use icalendar::{Component, EventLike};
use records::{
    Lang, Said,
    coordination::{Agenda, Article, Calendar, Coordination, Invitee, Meeting, Party, TermsArticle},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{article_name, choices::version_name, file::versions_of, party_name, tables};
use crate::{
    Service, TableFormat,
    both::Both,
    panel::{Panel, PanelRow, both, same},
    problem::Problem,
    reading::Known,
    table::TableView,
};

const MATRIX_TABLE: &str = "matriks-tanggapan.xlsx";
const MATRIX_TEXT: &str = "matriks-tanggapan.docx";
const DRAFT: &str = "naskah.docx";
const DATES: &str = "kalender.ics";

/// How the name of the minutes of a meeting begins and ends; between them stands as much of its hash as tells it apart.
const MINUTES: (&str, &str) = ("notula-", ".docx");

/// How the name of a version's file ends.
const VERSION: &str = ".json";

/// A file that a record gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileView {
    /// Its name, by which it is asked for.
    pub name: String,
    /// What it is.
    pub label: Both,
}

/// The files that a document gives, versions with the newest first.
pub(super) fn files(document: &Coordination) -> Vec<FileView> {
    let file = |name: &str, id: &str, en: &str| FileView { name: name.to_owned(), label: both(id, en) };
    let mut files = Vec::new();
    let all = versions_of(document).into_iter().flat_map(|versions| versions.versions.iter().rev());
    files.extend(all.map(|version| FileView {
        name: format!("{}{VERSION}", version.hash),
        label: version_name(&version.terms.title, version.terms.number, &version.hash.short()),
    }));
    match document {
        Coordination::Agenda(agenda) => {
            files.extend([
                file(MATRIX_TABLE, "Matriks tanggapan (Excel)", "Table of stands (Excel)"),
                file(MATRIX_TEXT, "Matriks tanggapan (Word)", "Table of stands (Word)"),
                file(DRAFT, "Naskah (Word)", "Text (Word)"),
            ]);
            files.extend(agenda.meetings.iter().map(|meeting| {
                let when = |lang| format!("{}, {}", meeting.what.date.shown(lang), meeting.what.place);
                let (id, en) = (when(Lang::Id), when(Lang::En));
                file(&minutes_name(meeting), &format!("Notula {id} (Word)"), &format!("Minutes of {en} (Word)"))
            }));
        }
        Coordination::Calendar(_) => {
            files.push(file(DATES, "Untuk kalender (iCalendar)", "For a calendar (iCalendar)"));
        }
        Coordination::Agreement(_) | Coordination::Commitment(_) | Coordination::InternalDraft(_) => {}
    }
    files
}

/// The text of a message about a document: how it stands, and who has not ratified it yet.
pub(super) fn message(title: &Both, panels: &[Panel]) -> Both {
    Both::of(|lang| {
        let of = |both: &Both| both.in_lang(lang).to_owned();
        let mut lines = vec![format!("*{}*", of(title))];
        for panel in panels {
            lines.extend(panel.lines.iter().map(of));
            if panel.title.id == tables::RATIFICATION {
                let row =
                    |row: &PanelRow| format!("- {}: {}", of(&row.head), row.cells.first().map(of).unwrap_or_default());
                lines.extend(panel.rows.iter().map(row));
            }
        }
        lines.join("\n")
    })
}

impl Service {
    /// A file of a document of coordination, by its name.
    pub(crate) async fn record_file(&self, id: &str, name: &str, english: bool) -> Result<Vec<u8>, Problem> {
        let missing = || Problem::not_found("this record gives no such file", "take one that it lists");
        let held = self.held_document(id).await?.ok_or_else(missing)?;
        let lang = if english { Lang::En } else { Lang::Id };
        if let Some(version) = name.strip_suffix(VERSION) {
            return self.agreement_file(&held.document, version).await;
        }
        match (&held.document, name) {
            (Coordination::Agenda(agenda), MATRIX_TABLE) => {
                matrix(agenda, &self.known()).file(TableFormat::Xlsx, english)
            }
            (Coordination::Agenda(agenda), MATRIX_TEXT) => matrix_text(agenda, &self.known(), lang),
            (Coordination::Agenda(agenda), DRAFT) => draft(agenda, lang),
            (Coordination::Agenda(agenda), name) => {
                let meeting = agenda.meetings.iter().find(|meeting| minutes_name(meeting) == name);
                minutes(agenda, meeting.ok_or_else(missing)?, &self.known(), lang)
            }
            (Coordination::Calendar(calendar), DATES) => Ok(dates(calendar, lang)),
            _ => Err(missing()),
        }
    }
}

/// Articles × parties, with what was agreed in the last column.
fn matrix(agenda: &Agenda, known: &Known) -> TableView {
    let parties: Vec<Party> = agenda.parties().map(|(party, _)| *party).collect();
    let mut head = vec![both("Pasal", "Article"), both("Bunyi", "Wording")];
    head.extend(parties.iter().map(|party| same(&party_name(Some(agenda), party, known))));
    head.push(both("Kesepakatan", "Agreement"));
    let agreed = agenda.versions.newest().map(|version| version.terms.articles.as_slice()).unwrap_or_default();
    let row = |(index, article): (usize, &Article)| {
        let mut row = vec![article_name(index + 1, article.heading()), same(&wording(article))];
        row.extend(parties.iter().map(|party| tables::cell(agenda, *party, Some(article.id))));
        row.push(same(&agreed.get(index).map(agreed_wording).unwrap_or_default()));
        row
    };
    TableView { head, rows: agenda.text.articles.iter().enumerate().map(row).collect() }
}

fn numbered<'a>(paragraphs: impl Iterator<Item = &'a str>) -> String {
    let line = |(index, text): (usize, &str)| format!("({}) {text}", index + 1);
    paragraphs.enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// The paragraphs of an article as they stand; of one that two offices wrote, both.
fn wording(article: &Article) -> String {
    let joined: Vec<String> = article
        .paragraphs
        .iter()
        .map(|paragraph| paragraph.wordings.iter().map(|one| one.text.as_str()).collect::<Vec<_>>().join(" / "))
        .collect();
    numbered(joined.iter().map(String::as_str))
}

fn agreed_wording(article: &TermsArticle) -> String {
    numbered(article.paragraphs.iter().map(String::as_str))
}

/// A paragraph of a word processor; lines of its text stay lines.
fn paragraph(text: &str, bold: bool) -> Paragraph {
    let mut run = Run::new();
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            run = run.add_break(docx_rs::BreakType::TextWrapping);
        }
        run = run.add_text(line);
    }
    Paragraph::new().add_run(if bold { run.bold() } else { run })
}

fn packed(document: Docx) -> Result<Vec<u8>, Problem> {
    let mut bytes = Cursor::new(Vec::new());
    document.build().pack(&mut bytes).map_err(|error| Problem::internal(&error))?;
    Ok(bytes.into_inner())
}

/// A4 in twentieths of a point, the short side first.
const A4: (u32, u32) = (11_906, 16_838);

/// What the margins leave of the long side.
const MATRIX_WIDTH: usize = 14_000;

/// A third of what they leave of the short side.
const COLUMN: usize = 3_000;

fn matrix_text(agenda: &Agenda, known: &Known, lang: Lang) -> Result<Vec<u8>, Problem> {
    let table = matrix(agenda, known);
    let width = MATRIX_WIDTH / table.head.len().max(1);
    let row = |cells: &[Both], bold: bool| {
        let cell = |text: &Both| {
            TableCell::new().width(width, WidthType::Dxa).add_paragraph(paragraph(text.in_lang(lang), bold))
        };
        TableRow::new(cells.iter().map(cell).collect())
    };
    let mut rows = vec![row(&table.head, true)];
    rows.extend(table.rows.iter().map(|cells| row(cells, false)));
    let [id, en] = agenda.title();
    let title = both(format!("Matriks tanggapan: {id}"), format!("Table of stands: {en}"));
    packed(
        Docx::new()
            .page_size(A4.1, A4.0)
            .page_orient(PageOrientationType::Landscape)
            .add_paragraph(paragraph(title.in_lang(lang), true))
            .add_table(Table::new(rows).set_grid(vec![width; table.head.len()])),
    )
}

/// The text as it stands, in the shape in which it is read back.
fn draft(agenda: &Agenda, lang: Lang) -> Result<Vec<u8>, Problem> {
    let [id, en] = agenda.title();
    let centred = |text: &str| paragraph(text, true).align(AlignmentType::Center);
    let mut document = Docx::new().page_size(A4.0, A4.1).add_paragraph(centred(both(id, en).in_lang(lang)));
    for (index, article) in agenda.text.articles.iter().enumerate() {
        document = document.add_paragraph(centred(&format!("Pasal {}", index + 1)));
        let headings: Vec<&str> = article.headings.iter().map(|heading| heading.text.as_str()).collect();
        if !headings.is_empty() {
            document = document.add_paragraph(centred(&headings.join(" / ")));
        }
        for (index, one) in article.paragraphs.iter().enumerate() {
            let wordings: Vec<&str> = one.wordings.iter().map(|wording| wording.text.as_str()).collect();
            let text = format!("({}) {}", index + 1, wordings.join(" / "));
            document = document.add_paragraph(paragraph(&text, false));
        }
    }
    packed(document)
}

fn minutes_name(meeting: &Said<Meeting>) -> String {
    let (begin, end) = MINUTES;
    format!("{begin}{}{end}", meeting.hash.to_string().chars().take(8).collect::<String>())
}

/// What was concluded in a meeting, with who approves that, and room for everybody to sign.
fn minutes(agenda: &Agenda, meeting: &Said<Meeting>, known: &Known, lang: Lang) -> Result<Vec<u8>, Problem> {
    let word = |id: &str, en: &str| both(id, en).in_lang(lang).to_owned();
    let [id, en] = agenda.title();
    let title = both(format!("Notula rapat: {id}"), format!("Minutes: {en}"));
    let (approve, others) = agenda.approvals(&meeting.hash);
    let says = |party: &Party| {
        let Some(office) = party.office() else { return String::new() };
        let note = others.iter().find(|(other, _)| *other == office).map(|(_, note)| *note);
        match (note, approve.contains(&office)) {
            (Some(note), _) => word(&format!("tidak sesuai: {note}"), &format!("not right: {note}")),
            (None, true) => word("disetujui", "approved"),
            (None, false) => word("belum disetujui", "not approved yet"),
        }
    };
    let row = |cells: [&str; 3], bold: bool| {
        let cell = |text: &str| TableCell::new().width(COLUMN, WidthType::Dxa).add_paragraph(paragraph(text, bold));
        TableRow::new(cells.map(cell).to_vec())
    };
    let mut rows =
        vec![row([&word("Pihak", "Party"), &word("Notula", "Minutes"), &word("Tanda tangan", "Signature")], true)];
    for (party, _) in agenda.parties() {
        rows.push(row([&party_name(Some(agenda), party, known), &says(party), ""], false));
    }
    let host = super::office_name(&agenda.convener, known);
    let lines = [
        format!("{}: {}", word("Tanggal", "Date"), meeting.what.date.shown(lang)),
        format!("{}: {}", word("Tempat", "Place"), meeting.what.place),
        format!("{}: {host}", word("Penyelenggara", "Convened by")),
    ];
    let mut document = Docx::new()
        .page_size(A4.0, A4.1)
        .add_paragraph(paragraph(title.in_lang(lang), true).align(AlignmentType::Center));
    for line in &lines {
        document = document.add_paragraph(paragraph(line, false));
    }
    document = document
        .add_paragraph(paragraph(&word("Kesimpulan", "Outcome"), true))
        .add_paragraph(paragraph(&meeting.what.outcome, false));
    packed(document.add_table(Table::new(rows).set_grid(vec![COLUMN; 3])))
}

/// The dates that stand, each as a whole day.
fn dates(calendar: &Calendar, lang: Lang) -> Vec<u8> {
    let mut all = icalendar::Calendar::new();
    let name = match lang {
        Lang::Id => format!("Koordinasi {}", calendar.year),
        Lang::En => format!("Coordination {}", calendar.year),
    };
    all.name(&name);
    for meet in calendar.standing() {
        let event = &meet.event.what;
        let invited: Vec<&str> = event.invitees.iter().map(|Invitee { name, .. }| name.as_str()).collect();
        let begins = icalendar::Property::new("DTSTART", event.day.strftime("%Y%m%d").to_string())
            .add_parameter("VALUE", "DATE")
            .done();
        let one = icalendar::Event::new()
            .uid(&format!("{}@simpul", meet.event.hash))
            .summary(&event.title)
            .location(&event.place)
            .description(&invited.join(", "))
            .append_property(begins)
            .done();
        all.push(one);
    }
    all.done().to_string().into_bytes()
}
