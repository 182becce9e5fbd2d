//! The text of an agenda as a form shows and changes it: a field for each heading and paragraph, and empty ones for what
//! is added.

use documents::Edit;
use identity::OfficeId;
use records::coordination::{Agenda, ItemId};

use crate::{
    panel::both,
    problem::{Code, Problem},
    sheet_write::TextChange,
    sheets::SheetText,
};

/// As the fields of the document are called that hold them.
const HEADING: &str = "a.";
const PARAGRAPH: &str = "p.";
const ADDED: &str = "baru.";
const NEW_HEADING: &str = "pasal";
const NEW_PARAGRAPH: &str = "pasal.ayat";

/// Every part of the text, in order, and where more is added.
pub(super) fn parts(agenda: &Agenda) -> Vec<SheetText> {
    let mut parts = Vec::new();
    let mut add = |field: String, id: String, en: String, text: String| {
        parts.push(SheetText { field, label: both(id, en), text });
    };
    let joined = |wordings: &[records::coordination::Wording]| {
        wordings.iter().map(|wording| wording.text.as_str()).collect::<Vec<_>>().join("\n\n")
    };
    for (index, article) in agenda.text.articles.iter().enumerate() {
        let number = index + 1;
        add(
            format!("{HEADING}{}", article.id),
            format!("Judul pasal {number}"),
            format!("Heading of article {number}"),
            joined(&article.headings),
        );
        for (index, paragraph) in article.paragraphs.iter().enumerate() {
            let place = index + 1;
            add(
                format!("{PARAGRAPH}{}.{}", article.id, paragraph.id),
                format!("Pasal {number} ayat ({place})"),
                format!("Article {number} paragraph ({place})"),
                joined(&paragraph.wordings),
            );
        }
        add(
            format!("{ADDED}{}", article.id),
            format!("Ayat baru di pasal {number}"),
            format!("New paragraph of article {number}"),
            String::new(),
        );
    }
    let next = agenda.text.articles.len() + 1;
    add(
        NEW_HEADING.to_owned(),
        format!("Judul pasal {next} (baru)"),
        format!("Heading of article {next} (new)"),
        String::new(),
    );
    add(
        NEW_PARAGRAPH.to_owned(),
        format!("Ayat pertama pasal {next} (baru)"),
        format!("First paragraph of article {next} (new)"),
        String::new(),
    );
    parts
}

/// The edits of what a form changed in the text.
pub(super) fn edits(agenda: &Agenda, office: OfficeId, changes: &[TextChange]) -> Result<Vec<Edit>, Problem> {
    let mut edits = Vec::new();
    for change in changes.iter().filter(|change| plain(&change.was) != plain(&change.now)) {
        let of = |error: records::RecordError| Problem { field: Some(change.field.clone()), ..error.into() };
        let now = plain(&change.now);
        if let Some(settled) = reworded(agenda, office, &change.field, &now) {
            edits.push(settled.map_err(of)?);
        } else if let Some(id) = change.field.strip_prefix(HEADING) {
            edits.push(agenda.text.change_heading(item(id)?, &now).map_err(of)?);
        } else if let Some((article, id)) = change.field.strip_prefix(PARAGRAPH).and_then(|rest| rest.split_once('.')) {
            let (article, id) = (item(article)?, item(id)?);
            if now.is_empty() {
                edits.extend(agenda.text.remove_paragraph(article, id).map_err(of)?);
            } else {
                edits.push(agenda.text.change_paragraph(article, id, &now).map_err(of)?);
            }
        } else if let Some(article) = change.field.strip_prefix(ADDED) {
            let article = item(article)?;
            let last = agenda.text.article(article).and_then(|article| article.paragraphs.last()).map(|last| last.id);
            edits.extend(agenda.text.add_paragraph(article, drawn()?, &now, last).map_err(of)?);
        }
    }
    edits.extend(new_article(agenda, changes)?);
    Ok(edits)
}

/// What replaces the wording of a heading or paragraph; where two offices wrote at once, what holds from now on.
fn reworded(agenda: &Agenda, office: OfficeId, field: &str, now: &str) -> Option<Result<Edit, records::RecordError>> {
    let contested = agenda.text.reread().iter().any(|part| part.key == field);
    contested.then(|| agenda.text.settle(field, office, now))
}

fn new_article(agenda: &Agenda, changes: &[TextChange]) -> Result<Vec<Edit>, Problem> {
    let typed = |field: &str| changes.iter().find(|change| change.field == field).map(|change| plain(&change.now));
    let (heading, first) = (typed(NEW_HEADING).unwrap_or_default(), typed(NEW_PARAGRAPH).unwrap_or_default());
    if heading.is_empty() && first.is_empty() {
        return Ok(Vec::new());
    }
    let of = |field: &str, error: records::RecordError| Problem { field: Some(field.to_owned()), ..error.into() };
    let id = drawn()?;
    let last = agenda.text.articles.last().map(|article| article.id);
    let mut edits = agenda.text.add_article(id, &heading, last).map_err(|error| of(NEW_HEADING, error))?;
    edits.extend(agenda.text.add_paragraph(id, drawn()?, &first, None).map_err(|error| of(NEW_PARAGRAPH, error))?);
    Ok(edits)
}

fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

fn item(text: &str) -> Result<ItemId, Problem> {
    text.parse().map_err(|error| Problem::bad_input(error, "show the text again"))
}

pub(super) fn drawn() -> Result<ItemId, Problem> {
    let mut id = [0; 8];
    getrandom::fill(&mut id).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
    Ok(ItemId(id))
}
