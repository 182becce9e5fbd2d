//! Print: what stands on paper. Text and data go in, the bytes of a PDF come out.
//!
//! Pure: no file, socket, clock or randomness; the two fonts are built in. It knows neither records nor words: who calls
//! brings every text in the language of the reader. There is no markup, so a text can be nothing but a text.
//!
//! # Invariants
//! - The same [`Paper`] gives the same bytes.
//! - Every PDF is tagged and says so (PDF/UA-1): a screen reader finds headings, tables with their heads, and paragraphs in
//!   reading order; what only repeats or decorates is marked as such.
//! - A table that goes on has its head again on the next page. No text is cut off: what does not fit a line is wrapped.
//! - What the fonts cannot write is a box, with a note on the last page; nothing is left out silently.
//! - At most [`PAGES_MAX`] pages; beyond them nothing is printed.

mod blocks;
mod face;
mod flow;
mod pdf;

/// The most pages of one print. Whoever asks for more narrows the list.
pub const PAGES_MAX: usize = 150;

/// Why nothing was printed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PrintError {
    /// It comes to more than [`PAGES_MAX`] pages.
    #[error("this comes to more than {PAGES_MAX} pages")]
    TooLong,
    /// A built-in font cannot be read: a fault of this program.
    #[error("a built-in font cannot be read")]
    Font,
    /// The PDF was not written: a fault of this program.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// The paper that lies in the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 215 × 330 mm, *folio* of Indonesian offices.
    F4,
}

impl Size {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A4, Self::F4];

    /// Width and height in millimetres, upright.
    pub fn millimetres(self) -> (f32, f32) {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::F4 => (215.0, 330.0),
        }
    }

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::F4 => "f4",
        }
    }
}

/// Everything that stands on the paper.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paper {
    /// What is in the printer.
    pub size: Size,
    /// The long side lies below.
    pub landscape: bool,
    /// The language of the texts, as a BCP 47 tag.
    pub language: &'static str,
    /// Stands above every page; a network for practice says so there.
    pub banner: Option<String>,
    /// The office whose paper it is.
    pub letterhead: Letterhead,
    /// What this is.
    pub title: String,
    /// Beneath the title: number, place, filter.
    pub about: Vec<Line>,
    /// What it says, in order.
    pub parts: Vec<Part>,
    /// The words that every print needs.
    pub words: Words,
}

/// The head of an office's paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letterhead {
    /// The offices above it, the highest first.
    pub above: Vec<String>,
    /// The office.
    pub office: String,
    /// Where it is; empty if that is not known.
    pub address: String,
}

/// Words that every print needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// At the foot of each page: who printed it, and when.
    pub foot: String,
    /// Before the number of the page.
    pub page: String,
    /// Between the number of the page and how many there are.
    pub of: String,
    /// Said once where a letter could not be printed.
    pub unprintable: String,
}

/// A part of a paper.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// What follows is about this; it never stands last on a page.
    Heading(String),
    /// A text, with the lines that it has.
    Text(String),
    /// A text that is read from across a room.
    Large {
        /// It, with the lines that it has.
        text: String,
        /// Whether it stands out.
        bold: bool,
    },
    /// Columns of one width beside each other, kept on one page.
    Columns(Vec<Vec<Line>>),
    /// What is asked, and what stands there or is to be written there.
    Fields(Vec<Entry>),
    /// A table.
    Table(Table),
    /// Where the paper is signed, kept on one page.
    Signing(Signing),
}

/// One line of a field or column.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A text, wrapped to as many lines as it takes.
    Text(String),
    /// The same in small letters: a hint.
    Small(String),
    /// A dotted line to write on.
    Dots,
    /// A text, and dots behind it to write on.
    Leader(String),
    /// Boxes to tick, each with its answer.
    Ticks(Vec<String>),
    /// A box for each digit of a number.
    Boxes(u8),
    /// A picture for a camera: its rows of modules, dark where true, the white margin included. What it says has to stand
    /// beside it as text.
    Code(Vec<Vec<bool>>),
    /// Nothing, so many millimetres high.
    Gap(u8),
}

/// A field: what is asked, and the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What is asked.
    pub label: String,
    /// The answer, or what it is written on.
    pub value: Vec<Line>,
}

/// A table, ruled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Its columns: what each is called, and its share of the width.
    pub columns: Vec<(String, u16)>,
    /// Its rows; a cell too few is empty.
    pub rows: Vec<Vec<String>>,
    /// The least height of a row, in millimetres: room to write or to sign in.
    pub row_mm_min: u8,
}

/// Who signs, for whom, and who gets a copy. What is empty is a dotted line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signing {
    /// Where: stands before the date.
    pub place: String,
    /// For whom or in whose place somebody signs: *a.n./Plt.*
    pub acting: String,
    /// The office that signs.
    pub office: String,
    /// What the number of a civil servant is called: *NIP*
    pub nip: String,
    /// What the copies are called: *Tembusan*
    pub copies: String,
    /// A note beneath: what to cross out.
    pub note: String,
}

/// The paper as a PDF.
///
/// # Errors
/// [`PrintError::TooLong`] beyond [`PAGES_MAX`] pages; the others are faults of this program. Nothing is half printed.
pub fn print(paper: &Paper) -> Result<Vec<u8>, PrintError> {
    let faces = face::Faces::built_in().ok_or(PrintError::Font)?;
    let laid = blocks::lay_out(paper, &faces)?;
    pdf::written(paper, &faces, &laid)
}
