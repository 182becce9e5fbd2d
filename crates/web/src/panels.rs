//! What the rules say of a record, as tables: one partial, `panels.html`, for every kind.

use service::reply::{self, Both};

use crate::words::Words;

/// A table with sentences above it.
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) lines: Vec<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<PanelRow>,
}

/// A row of it.
pub(crate) struct PanelRow {
    pub(crate) head: String,
    /// The page of what it is about.
    pub(crate) page: Option<String>,
    /// What tells people of one name apart.
    pub(crate) beside: String,
    /// The column and what stands there.
    pub(crate) cells: Vec<(String, String)>,
    /// Where something about it is said: address, what it is called, and the id of the link.
    pub(crate) ask: Option<(String, String, String)>,
}

impl Panel {
    /// Whether it may be too wide for the page.
    pub(crate) fn is_wide(&self) -> bool {
        self.columns.len() >= WIDE_COLUMNS
    }

    /// Whether its rows have something to do.
    pub(crate) fn asks(&self) -> bool {
        self.rows.iter().any(|row| row.ask.is_some())
    }
}

/// From this many columns on a table is moved sideways instead of squeezed.
const WIDE_COLUMNS: usize = 6;

/// `at` is the address of the record; `writes` whether this officer may say anything there.
pub(crate) fn panels(words: Words, at: &str, panels: &[reply::Panel], writes: bool) -> Vec<Panel> {
    let text = |both: &Both| words.of_both(both).to_owned();
    let panel = |(number, panel): (usize, &reply::Panel)| {
        let columns: Vec<String> = panel.columns.iter().map(text).collect();
        let row = |(index, row): (usize, &reply::PanelRow)| PanelRow {
            head: text(&row.head),
            page: match (&row.record, &row.person) {
                (Some((kind, id)), _) => Some(format!("/catatan/{kind}/{id}")),
                (None, Some(person)) => Some(format!("/peserta/{person}")),
                (None, None) => None,
            },
            beside: row.beside.clone(),
            cells: columns.iter().skip(1).cloned().zip(row.cells.iter().map(text)).collect(),
            ask: row.ask.as_ref().filter(|_| writes).map(|ask| {
                let fills = form_urlencoded::Serializer::new(String::new()).extend_pairs(&ask.fills).finish();
                let href = match ask.begins {
                    true => format!("/catatan/{}/baru?{fills}", ask.fact),
                    false => format!("{at}/catat/{}?{fills}", ask.fact),
                };
                (href, text(&ask.label), format!("ask-{number}-{index}"))
            }),
        };
        Panel {
            title: text(&panel.title),
            lines: panel.lines.iter().map(text).collect(),
            rows: panel.rows.iter().enumerate().map(row).collect(),
            columns,
        }
    };
    panels.iter().enumerate().map(panel).collect()
}

/// Stands for what was looked at: what is saved is that and nothing else.
pub(crate) fn digest(panels: &[reply::Panel]) -> String {
    let json = serde_json::to_vec(panels).unwrap_or_default();
    data_encoding::HEXLOWER.encode(&blake3::hash(&json).as_bytes()[..16])
}
