//! What is held here and does not count, or not yet: why, and what somebody can do about it.

use records::{NoticeState, RecordKind};
use serde::{Deserialize, Serialize};
use views::{HeldNotice, Page, Reader, ViewsError};

use crate::{Service, both::Both, changes::Listed, problem::Problem};

/// How many items are listed; the rest is counted.
const ROWS_MAX: usize = 200;

/// An item that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCounting {
    /// Whether it was refused; else it waits.
    pub refused: bool,
    /// What kind of record it is in.
    pub kind: Both,
    /// What the record is called, where it is shown here.
    pub name: Option<Both>,
    /// The name of a participant in addresses; none for another record.
    pub participant: Option<String>,
    /// The kind of another record in addresses, and its own name there.
    pub sheet: Option<(String, String)>,
    /// The field or fact; empty for a whole entry.
    pub what: String,
    /// Why, for people.
    pub why: Both,
    /// Why, for programs.
    pub code: String,
    /// What to do.
    pub remedy: Both,
    /// The office that wrote it, where that is known.
    pub office: Option<String>,
    /// Who wrote it there.
    pub officer: Option<String>,
}

/// What does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCountingView {
    /// Refused items first.
    pub items: Vec<NotCounting>,
    /// How many more there are.
    pub more: u64,
}

/// What to do about an item that does not count, by the code of the reason.
fn remedy(code: &str) -> Both {
    let (id, en) = match code {
        "no_right" => (
            "Kantor penulisnya tidak berhak menulis di sini. Mintalah kantor yang berhak menulisnya, atau minta haknya \
             diberikan.",
            "The office that wrote it may not write there. Ask one that may to write it, or have the right given.",
        ),
        "cut_off" => (
            "Perangkat penulisnya dicabut haknya sebelum ini ditulis. Bila isinya benar, tulis ulang di sini.",
            "The device that wrote it had lost its rights before. If it is true, write it again here.",
        ),
        "guard" => (
            "Perangkat penulisnya rusak atau aplikasinya diubah. Hubungi kantor itu, lalu tulis ulang isinya.",
            "The device that wrote it is damaged, or its application was changed. Call that office and write it again.",
        ),
        "version" => (
            "Versi aplikasi di komputer ini belum mengenalnya. Perbarui aplikasinya.",
            "This computer's version does not know it. Update the application.",
        ),
        "dependency" => (
            "Catatan yang mendahuluinya belum sampai. Tunggu; bila lama, hubungi kantor penulisnya.",
            "What came before it has not arrived. Wait; if that takes long, call the office that wrote it.",
        ),
        "reissue" => (
            "Kantor penulisnya akan menulisnya ulang dengan sendirinya waktu tersambung. Tunggu.",
            "The office that wrote it says it again by itself once it is connected. Wait.",
        ),
        "standing" | "unknown_author" => (
            "Pernyataan tentang hak kantor penulisnya belum sampai. Tunggu sampai tersambung.",
            "The statement about the rights of the office that wrote it has not arrived. Wait until it is connected.",
        ),
        "cannot_show" => (
            "Periksa penyimpanan di komputer ini (simpul verify) dan perbarui aplikasinya.",
            "Check this computer's storage (simpul verify) and update the application.",
        ),
        _ => ("Buka catatannya dan lihat alasannya di sana.", "Open the record and see the reason there."),
    };
    Both { id: id.to_owned(), en: en.to_owned() }
}

/// What a record is called and where it is shown.
fn place(views: &Reader, held: &HeldNotice, item: &mut NotCounting) -> Result<(), ViewsError> {
    match Listed::of(views, &held.doc)? {
        Some(Listed::Record(line)) => {
            item.name = Some(line.title);
            item.sheet = Some((line.kind, line.id));
        }
        Some(Listed::Participant(row)) => {
            item.name = row.name.map(|name| Both { id: name.clone(), en: name }).or(row.no_name);
            item.participant = Some(row.person);
        }
        None => {}
    }
    Ok(())
}

impl Service {
    pub(crate) async fn not_counting(&self) -> Result<NotCountingView, Problem> {
        let known = self.known();
        self.reading()
            .look(move |views| {
                let (mut items, mut more) = (Vec::new(), 0);
                let (counts, _) = views.not_counting()?;
                for state in [NoticeState::Refused, NoticeState::Waiting] {
                    let of: u64 = counts.iter().filter(|((of, _), _)| of == state.code()).map(|(_, n)| *n).sum();
                    let listed = views.notices(None, Some(state), Page::first(ROWS_MAX))?;
                    more += of.saturating_sub(listed.len() as u64);
                    for held in &listed {
                        let notice = &held.notice;
                        let office = known.name(&notice.at.journal.node);
                        let unnamed = Both { id: format!("jenis {}", held.kind), en: format!("kind {}", held.kind) };
                        let mut item = NotCounting {
                            refused: state == NoticeState::Refused,
                            kind: RecordKind::from_number(held.kind).map_or(unnamed, |kind| kind.label().into()),
                            name: None,
                            participant: None,
                            sheet: None,
                            what: notice.what.clone(),
                            why: Both { id: notice.id.clone(), en: notice.en.clone() },
                            code: notice.code.clone(),
                            remedy: remedy(&notice.code),
                            office: Some(office),
                            officer: notice.by.as_ref().map(|by| by.officer.to_string()),
                        };
                        place(views, held, &mut item)?;
                        items.push(item);
                    }
                }
                Ok(NotCountingView { items, more })
            })
            .await
    }
}
