//! Drafts of agreements that were written in a word processor.

use std::io::{Cursor, Write};

use records::coordination::{DOCX_BYTES_MAX, read_docx};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{Ends, Target};

pub(crate) const DRAFT: Target =
    Target { name: "draft", run: draft, ends: &[&["articles", "refused"]], unreached: &[] };

/// The first byte: whether the rest is a file (0), or the text of one, which is packed first.
fn draft(bytes: &[u8]) -> Ends {
    let Some((first, rest)) = bytes.split_first() else { return Ends::new() };
    let file = if first & 1 == 0 { rest.to_vec() } else { packed(rest) };
    match read_docx(&file) {
        Ok(articles) => {
            assert!(!articles.is_empty() && file.len() <= DOCX_BYTES_MAX);
            let lines = articles.iter().flat_map(|article| article.paragraphs.iter().chain([&article.heading]));
            assert!(lines.into_iter().all(|line| !line.chars().any(|c| c.is_control() && c != '\n')));
            Ends::from(["articles"])
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            Ends::from(["refused"])
        }
    }
}

/// A file with this text.
pub fn packed(text: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    archive.write_all(text).unwrap();
    archive.finish().unwrap().into_inner()
}
