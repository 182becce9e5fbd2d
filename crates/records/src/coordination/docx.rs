//! Reads a draft that was written in a word processor: articles and paragraphs from the text of a DOCX, as people type
//! agreements here.
//!
//! ```text
//! Pasal 1
//! RUANG LINGKUP
//! (1) Para pihak bertukar data.
//! (2) Data dikirim setiap bulan.
//! ```
//!
//! What stands before the first *Pasal* is the head of the paper and no part of the draft. Marks, tables and pictures are
//! passed over; what was deleted under *track changes* is not read, what was inserted is.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::{
    canon::TermsArticle,
    text::{HEADING_CHARS_MAX, PARAGRAPH_CHARS_MAX},
};
use crate::{
    RecordError,
    content::{refuse, unfit},
};

/// The largest file that is read, in bytes.
pub const DOCX_BYTES_MAX: usize = 4 << 20;

/// How much its text may inflate to: marks take ten times the room of the words.
const INFLATED_BYTES_MAX: u64 = 16 << 20;

/// The most lines: far more than an agreement has.
const LINES_MAX: usize = 4_000;

/// Where the text of a document lies in its archive.
const TEXT: &str = "word/document.xml";

const NOT_READ: RecordError = unfit(
    ("berkas ini tidak dapat dibaca sebagai DOCX", "a file that is no DOCX"),
    ("simpan lagi sebagai DOCX (Word) tanpa kata sandi", "save it again as DOCX (Word) without a password"),
);

const TOO_LARGE: RecordError = unfit(
    ("berkas ini terlalu besar untuk sebuah naskah", "a file that is too large for a draft"),
    ("hapus gambarnya, atau bagi naskahnya", "take the pictures out, or divide the draft"),
);

/// The articles of a draft.
///
/// # Errors
/// When it is no DOCX, is too large, has no *Pasal*, or a heading or paragraph is longer than a text may be.
pub fn read_docx(bytes: &[u8]) -> Result<Vec<TermsArticle>, RecordError> {
    articles(&lines(bytes)?)
}

/// The paragraphs of a document, each as its lines.
fn lines(bytes: &[u8]) -> Result<Vec<String>, RecordError> {
    if bytes.len() > DOCX_BYTES_MAX {
        return Err(TOO_LARGE);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| NOT_READ)?;
    let part = archive.by_name(TEXT).map_err(|_| NOT_READ)?;
    let mut part = BufReader::new(part.take(INFLATED_BYTES_MAX + 1));
    let lines = text_of(&mut part);
    if part.get_ref().limit() == 0 { Err(TOO_LARGE) } else { lines }
}

fn text_of(part: &mut impl BufRead) -> Result<Vec<String>, RecordError> {
    let mut xml = quick_xml::Reader::from_reader(part);
    let (mut buffer, mut lines) = (Vec::new(), Vec::new());
    let (mut line, mut said) = (String::new(), false);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| NOT_READ)? {
            Event::Start(tag) => said = tag.local_name().as_ref() == "t",
            Event::Text(text) if said => line.push_str(&text),
            Event::CData(text) if said => line.push_str(&text),
            Event::GeneralRef(entity) if said => {
                let known = entity.resolve_char_ref().map_err(|_| NOT_READ)?.map(String::from);
                let named = || quick_xml::escape::resolve_xml_entity(&entity).map(str::to_owned);
                line.push_str(&known.or_else(named).ok_or(NOT_READ)?);
            }
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "tab" => line.push(' '),
                "br" | "cr" => line.push('\n'),
                _ => {}
            },
            Event::End(tag) => {
                said = false;
                if tag.local_name().as_ref() == "p" {
                    lines.push(std::mem::take(&mut line));
                }
            }
            Event::Eof => return Ok(lines),
            Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
        if lines.len() > LINES_MAX {
            return Err(TOO_LARGE);
        }
    }
}

fn articles(lines: &[String]) -> Result<Vec<TermsArticle>, RecordError> {
    let mut articles: Vec<TermsArticle> = Vec::new();
    let mut awaits_heading = false;
    for line in lines.iter().map(|line| tidy(line)).filter(|line| !line.is_empty()) {
        if let Some(heading) = article_heading(&line) {
            awaits_heading = heading.is_empty();
            articles.push(TermsArticle { heading: heading.to_owned(), paragraphs: Vec::new() });
            continue;
        }
        let Some(article) = articles.last_mut() else { continue };
        if std::mem::take(&mut awaits_heading) && is_heading(&line) {
            article.heading = line;
        } else {
            article.paragraphs.push(without_number(&line).to_owned());
        }
    }
    if articles.is_empty() {
        return refuse(
            ("tidak ada \"Pasal\" di berkas ini", "a draft without an article"),
            (
                "awali tiap pasal dengan baris seperti Pasal 1",
                "begin each article with a line of its own, such as Pasal 1",
            ),
        );
    }
    let fits = |article: &TermsArticle| {
        article.heading.chars().count() <= HEADING_CHARS_MAX
            && article.paragraphs.iter().all(|text| text.chars().count() <= PARAGRAPH_CHARS_MAX)
    };
    if !articles.iter().all(fits) {
        return refuse(
            ("ada pasal atau ayat yang terlalu panjang", "a heading or paragraph that is too long"),
            (
                "judul pasal paling banyak 200 huruf, ayat 4000 huruf",
                "a heading has at most 200 characters, a paragraph 4000",
            ),
        );
    }
    Ok(articles)
}

/// A paragraph without what is only layout; its lines stay.
fn tidy(text: &str) -> String {
    let plain = |c: char| if c.is_control() || c.is_whitespace() { ' ' } else { c };
    let line = |line: &str| {
        line.chars()
            .map(plain)
            .collect::<String>()
            .split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    text.lines().map(line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What stands behind *Pasal 3* on its line.
fn article_heading(line: &str) -> Option<&str> {
    let rest = line.get(..5).filter(|word| word.eq_ignore_ascii_case("pasal")).and_then(|_| line.get(5..))?;
    let rest = rest.strip_prefix(' ')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let behind = rest.get(digits..).filter(|_| digits > 0)?;
    // *Pasal 3 ayat (2) berlaku …* is a sentence, no article.
    let heading = behind.trim_start_matches([' ', '.', ':', '-', '–']);
    let sentence = heading.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("ayat"));
    (!sentence && !heading.contains('\n')).then_some(heading)
}

/// Whether a line beneath *Pasal 3* is its heading: short, not numbered, and no sentence.
fn is_heading(line: &str) -> bool {
    line.chars().count() <= HEADING_CHARS_MAX
        && !line.contains('\n')
        && !line.ends_with(['.', ';', ':', ','])
        && without_number(line) == line
}

/// A paragraph without its number, as in *(2) …*.
fn without_number(line: &str) -> &str {
    let behind = |rest: &'_ str| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let end = digits + 1;
        (digits > 0 && rest.as_bytes().get(digits) == Some(&b')')).then_some(end)
    };
    let number = line.strip_prefix('(').and_then(behind);
    number.and_then(|end| line.get(1 + end..)).map_or(line, str::trim_start)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A document of these paragraphs, each as the XML within its `w:p`.
    fn docx(paragraphs: &[&str]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(TEXT, zip::write::SimpleFileOptions::default()).unwrap();
        let body: String = paragraphs.iter().map(|inside| format!("<w:p>{inside}</w:p>")).collect();
        write!(archive, "<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>").unwrap();
        archive.finish().unwrap().into_inner()
    }

    fn run(text: &str) -> String {
        format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
    }

    fn read(lines: &[&str]) -> Result<Vec<TermsArticle>, RecordError> {
        let runs: Vec<String> = lines.iter().map(|line| run(line)).collect();
        read_docx(&docx(&runs.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    #[test]
    fn articles_and_paragraphs_are_found_as_people_type_them() {
        let found = read(&[
            "ADENDUM",
            "antara para pihak",
            "Pasal 1",
            "RUANG LINGKUP",
            "(1) Para pihak bertukar data.",
            "(2)  Data dikirim setiap   bulan.",
            "",
            "PASAL 2. Biaya",
            "Setiap pihak menanggung biayanya sendiri; Pasal 1 tetap berlaku.",
            "Pasal 1 ayat (2) dikecualikan.",
            "Pasal 3",
            "Kesepakatan ini berlaku sejak ditetapkan.",
        ])
        .unwrap();
        let article = |heading: &str, paragraphs: &[&str]| TermsArticle {
            heading: heading.to_owned(),
            paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        };
        assert_eq!(
            found,
            [
                article("RUANG LINGKUP", &["Para pihak bertukar data.", "Data dikirim setiap bulan."]),
                article(
                    "Biaya",
                    &[
                        "Setiap pihak menanggung biayanya sendiri; Pasal 1 tetap berlaku.",
                        "Pasal 1 ayat (2) dikecualikan.",
                    ],
                ),
                article("", &["Kesepakatan ini berlaku sejak ditetapkan."]),
            ]
        );
    }

    #[test]
    fn runs_breaks_entities_and_tracked_changes_are_read_as_they_show() {
        let deleted = "<w:del><w:r><w:delText>sepuluh</w:delText></w:r></w:del>";
        let inserted = "<w:ins><w:r><w:t>lima</w:t></w:r></w:ins>";
        let line = format!(
            "{}{deleted}{inserted}<w:r><w:t> hari</w:t><w:br/><w:t>A &amp; B &#233;</w:t></w:r>",
            run("dalam ")
        );
        let found = read_docx(&docx(&[&run("Pasal 1"), &line])).unwrap();
        assert_eq!(found[0].paragraphs, ["dalam lima hari\nA & B é"]);
    }

    #[test]
    fn what_is_no_draft_is_refused_with_what_to_do() {
        let says = |bytes: &[u8]| read_docx(bytes).unwrap_err().to_string();
        assert!(says(b"Pasal 1").contains("no DOCX"));
        assert!(says(&docx(&[&run("tanpa bagian")])).contains("without an article"));
        assert!(says(&docx(&[&run("Pasal 1"), &run(&"a".repeat(PARAGRAPH_CHARS_MAX + 1))])).contains("too long"));
        assert!(says(&vec![0; DOCX_BYTES_MAX + 1]).contains("too large"));
        // A small file that inflates without end.
        let bomb = docx(&[&run(&" ".repeat(INFLATED_BYTES_MAX as usize + 1))]);
        assert!(bomb.len() < 100_000 && says(&bomb).contains("too large"));
        let cut = docx(&[&run("Pasal 1")]);
        for end in 0..cut.len() {
            assert!(read_docx(&cut[..end]).is_err(), "{end}");
        }
    }
}
