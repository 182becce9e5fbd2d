//! Flowing: rows of cells, one below the other, over as many pages as it takes.
//!
//! What is laid out is marks with their places, and beside them the tree of what they mean.

use crate::face::Faces;
use crate::{PAGES_MAX, PrintError};

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;

/// Something on a page; y grows downwards, in points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// A text; `x` and `y` are where its base line begins.
    Text { means: Meaning, x: f32, y: f32, size: f32, bold: bool, text: String },
    /// A line between two points.
    Rule { from: (f32, f32), to: (f32, f32), width: f32, dotted: bool },
    /// An empty box.
    Frame { x: f32, y: f32, width: f32, height: f32 },
    /// Full boxes, as one picture.
    Squares { side: f32, at: Vec<(f32, f32)> },
}

/// What a text is to a reader who hears the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It belongs into the tree, under this number.
    Said(usize),
    /// It stands above every page.
    Header,
    /// It stands below every page.
    Footer,
    /// It stands here again.
    Again,
}

/// What a part of the paper is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Role {
    /// A heading of this level, and what it says.
    Heading(u16, String),
    Paragraph,
    Table,
    TableHead,
    TableBody,
    Row,
    /// The head of a column.
    ColumnHead,
    /// The head of a row.
    RowHead,
    Cell,
}

/// The tree of what the marks mean.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Part(Role, Vec<Node>),
    Said(usize),
}

impl Node {
    pub(crate) fn of(role: Role, said: Vec<usize>) -> Self {
        Self::Part(role, said.into_iter().map(Self::Said).collect())
    }
}

/// Where a heading stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) text: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// Everything that is laid out.
#[derive(Debug, Default)]
pub(crate) struct Laid {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) tree: Vec<Node>,
    pub(crate) outline: Vec<Entry>,
    /// How many texts are in the tree.
    pub(crate) said: usize,
}

/// A line of a cell, as wide as its cell at most.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    Text {
        text: String,
        size: f32,
        bold: bool,
        across: Across,
    },
    /// A dotted line, behind a text.
    Dots(String),
    /// Boxes with answers: how far to the right, and what each says.
    Ticks(Vec<(f32, String)>),
    /// Boxes for digits.
    Boxes(u8),
    /// The modules of a picture for a camera.
    Code(Vec<Vec<bool>>),
    Gap(f32),
}

/// Where in its cell a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Across {
    Left,
    Middle,
    Right,
}

/// The size of what is read, in points.
pub(crate) const BODY: f32 = 10.0;

/// The size of hints and of the foot.
pub(crate) const SMALL: f32 = 8.0;

/// The height of a line that is written on by hand.
const HAND: f32 = 7.5 * MM;

/// The side of a box to tick, and of one for a digit.
pub(crate) const TICK: f32 = 3.4 * MM;
pub(crate) const DIGIT: f32 = 5.6 * MM;

/// The side of a module of a picture for a camera.
const MODULE: f32 = 0.7 * MM;

/// How much higher than its letters a line is.
const LEADING: f32 = 1.32;

impl Piece {
    pub(crate) fn height(&self) -> f32 {
        match self {
            Self::Text { size, .. } => size * LEADING,
            Self::Dots(_) => HAND,
            Self::Ticks(_) => TICK + 2.2 * MM,
            Self::Boxes(_) => DIGIT + 2.0 * MM,
            Self::Code(rows) => rows.len() as f32 * MODULE,
            Self::Gap(height) => *height,
        }
    }
}

/// The pieces of one cell, from above.
pub(crate) type Cell = Vec<Piece>;

/// How rows look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    /// Ruled on all sides, or only beneath, or not at all.
    pub(crate) rules: Rules,
    /// Between the rules and what stands there.
    pub(crate) pad: f32,
    /// The least height of a row.
    pub(crate) least: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    None,
    Beneath,
    All,
}

/// A column: where it begins, and how wide it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Column {
    pub(crate) x: f32,
    pub(crate) width: f32,
}

/// The pages as they fill.
pub(crate) struct Flow<'a> {
    pub(crate) faces: &'a Faces,
    pub(crate) laid: Laid,
    pub(crate) left: f32,
    pub(crate) wide: f32,
    top: f32,
    bottom: f32,
    y: f32,
    /// A letter could not be written.
    pub(crate) replaced: bool,
}

impl<'a> Flow<'a> {
    /// Pages of this size, in points, with the first one begun.
    pub(crate) fn new(faces: &'a Faces, (width, height): (f32, f32)) -> Self {
        let (left, right, top, bottom) = (22.0 * MM, 18.0 * MM, 15.0 * MM, 18.0 * MM);
        let laid = Laid { width, height, pages: vec![Vec::new()], ..Laid::default() };
        Self { faces, laid, left, wide: width - left - right, top, bottom: height - bottom, y: top, replaced: false }
    }

    /// One column over the whole width.
    pub(crate) fn whole(&self) -> [Column; 1] {
        [Column { x: self.left, width: self.wide }]
    }

    /// Columns with these shares of the width.
    pub(crate) fn columns(&self, shares: impl IntoIterator<Item = u16> + Clone) -> Vec<Column> {
        let all: f32 = shares.clone().into_iter().map(|share| f32::from(share.max(1))).sum();
        let mut x = self.left;
        let column = |share: u16| {
            let width = self.wide * f32::from(share.max(1)) / all;
            x += width;
            Column { x: x - width, width }
        };
        shares.into_iter().map(column).collect()
    }

    /// A text, wrapped to a width.
    pub(crate) fn text(&mut self, text: &str, size: f32, bold: bool, width: f32, across: Across) -> Cell {
        let face = self.faces.of(bold);
        let (text, replaced) = face.writable(text);
        self.replaced |= replaced;
        let lines = face.lines(&text, size, width);
        lines.into_iter().map(|text| Piece::Text { text, size, bold, across }).collect()
    }

    /// Free room, unless a page has just begun.
    pub(crate) fn space(&mut self, height: f32) {
        if self.y > self.top {
            self.y += height;
        }
    }

    /// Begins a page unless so much still fits on this one; what fits on none begins where it is.
    pub(crate) fn keep(&mut self, height: f32) -> Result<(), PrintError> {
        let fits_none = height > self.bottom - self.top;
        if self.y + height <= self.bottom || fits_none || self.y <= self.top { Ok(()) } else { self.turn() }
    }

    fn turn(&mut self) -> Result<(), PrintError> {
        if self.laid.pages.len() >= PAGES_MAX {
            return Err(PrintError::TooLong);
        }
        self.laid.pages.push(Vec::new());
        self.y = self.top;
        Ok(())
    }

    pub(crate) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.laid.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Notes in the outline that a heading begins here.
    pub(crate) fn outline(&mut self, text: &str) {
        let (page, y) = (self.laid.pages.len() - 1, self.y);
        self.laid.outline.push(Entry { text: text.to_owned(), page, y });
    }

    /// A rule over the whole width.
    pub(crate) fn rule(&mut self, width: f32) {
        let (x, y) = (self.left, self.y);
        self.mark(Mark::Rule { from: (x, y), to: (x + self.wide, y), width, dotted: false });
        self.y += width;
    }

    /// A row. Where it does not fit it goes onto the next page, beneath the head of its table; one that is higher than a
    /// page is divided between its lines. Gives what each cell says.
    pub(crate) fn row(
        &mut self,
        columns: &[Column],
        cells: &[Cell],
        look: Look,
        head: Option<&[Cell]>,
    ) -> Result<Vec<Vec<usize>>, PrintError> {
        let mut said = vec![Vec::new(); cells.len()];
        let mut rest: Vec<&[Piece]> = cells.iter().map(Vec::as_slice).collect();
        loop {
            let height = height(&rest, look);
            let mut room = self.bottom - self.y;
            // What would fit onto a page of its own is not divided.
            if height > room && self.y > self.top {
                let whole = self.bottom - self.top - head.map_or(0.0, |head| height_of(head, HEAD));
                if height <= whole || room < 3.0 * BODY * LEADING {
                    self.turn()?;
                    if let Some(head) = head {
                        self.draw_row(columns, &slices(head), HEAD, None);
                    }
                    room = self.bottom - self.y;
                }
            }
            if height <= room {
                self.draw_row(columns, &rest, look, Some(&mut said));
                return Ok(said);
            }
            let (now, later): (Vec<&[Piece]>, Vec<&[Piece]>) =
                rest.iter().map(|cell| cell.split_at(fitting(cell, room - 2.0 * look.pad))).unzip();
            self.draw_row(columns, &now, Look { least: 0.0, ..look }, Some(&mut said));
            rest = later;
            self.y = self.bottom;
        }
    }

    /// The head of a table; it is given to the rows so that it stands on each page.
    pub(crate) fn head_row(&mut self, columns: &[Column], cells: &[Cell]) -> Result<Vec<Vec<usize>>, PrintError> {
        self.row(columns, cells, HEAD, None)
    }

    fn draw_row(&mut self, columns: &[Column], cells: &[&[Piece]], look: Look, mut said: Option<&mut Vec<Vec<usize>>>) {
        let height = height(cells, look);
        let top = self.y;
        for (index, (column, cell)) in columns.iter().zip(cells).enumerate() {
            let mut y = top + look.pad;
            let inner = Column { x: column.x + look.pad, width: column.width - 2.0 * look.pad };
            for piece in *cell {
                let spoken = self.draw(piece, inner, y, said.is_some());
                if let Some(said) = said.as_deref_mut() {
                    said[index].extend(spoken);
                }
                y += piece.height();
            }
        }
        self.y = top + height;
        let (first, last) = (columns.first(), columns.last());
        let (Some(from), Some(until)) = (first.map(|c| c.x), last.map(|c| c.x + c.width)) else { return };
        let rule = |from, to| Mark::Rule { from, to, width: 0.5, dotted: false };
        match look.rules {
            Rules::None => {}
            Rules::Beneath => self.mark(rule((from, self.y), (until, self.y))),
            Rules::All => {
                self.mark(rule((from, top), (until, top)));
                self.mark(rule((from, self.y), (until, self.y)));
                let edges = columns.iter().map(|column| column.x).chain([until]);
                edges.for_each(|x| self.mark(rule((x, top), (x, top + height))));
            }
        }
    }

    /// Draws a piece whose upper edge is `y`, and gives the numbers of what it says.
    fn draw(&mut self, piece: &Piece, column: Column, y: f32, is_first: bool) -> Vec<usize> {
        let mut said = Vec::new();
        let mut means = |laid: &mut Laid| {
            if !is_first {
                return Meaning::Again;
            }
            said.push(laid.said);
            laid.said += 1;
            Meaning::Said(laid.said - 1)
        };
        match piece {
            Piece::Text { text, size, bold, across } if !text.is_empty() => {
                let spare = column.width - self.faces.of(*bold).width(text, *size);
                let x = match across {
                    Across::Left => column.x,
                    Across::Middle => column.x + spare / 2.0,
                    Across::Right => column.x + spare,
                };
                let means = means(&mut self.laid);
                // A space ends the word for whoever reads the letters one after the other.
                let text = format!("{text} ");
                self.mark(Mark::Text { means, x, y: y + size * 1.05, size: *size, bold: *bold, text });
            }
            Piece::Text { .. } | Piece::Gap(_) => {}
            Piece::Dots(label) => {
                let base = y + HAND - 2.0 * MM;
                let mut from = column.x;
                if !label.is_empty() {
                    let means = means(&mut self.laid);
                    let text = format!("{label} ");
                    from += self.faces.regular.width(&text, BODY);
                    self.mark(Mark::Text { means, x: column.x, y: base, size: BODY, bold: false, text });
                }
                let until = column.x + column.width;
                if from < until {
                    self.mark(Mark::Rule {
                        from: (from, base + 1.5),
                        to: (until, base + 1.5),
                        width: 0.7,
                        dotted: true,
                    });
                }
            }
            Piece::Ticks(answers) => {
                for (right, answer) in answers {
                    let x = column.x + right;
                    self.mark(Mark::Frame { x, y, width: TICK, height: TICK });
                    let means = means(&mut self.laid);
                    let (x, y) = (x + TICK + 1.5 * MM, y + TICK - 0.5 * MM);
                    self.mark(Mark::Text { means, x, y, size: BODY, bold: false, text: format!("{answer} ") });
                }
            }
            Piece::Code(rows) => {
                let row = |(down, row): (usize, &Vec<bool>)| {
                    let y = y + down as f32 * MODULE;
                    let dark = row.iter().enumerate().filter(|(_, dark)| **dark);
                    dark.map(|(right, _)| (column.x + right as f32 * MODULE, y)).collect::<Vec<_>>()
                };
                self.mark(Mark::Squares { side: MODULE, at: rows.iter().enumerate().flat_map(row).collect() });
            }
            Piece::Boxes(count) => {
                for at in 0..*count {
                    let x = column.x + f32::from(at) * DIGIT;
                    self.mark(Mark::Frame { x, y, width: DIGIT, height: DIGIT });
                }
            }
        }
        said
    }
}

/// How the head of a table looks.
pub(crate) const HEAD: Look = Look { rules: Rules::All, pad: 1.2 * MM, least: 0.0 };

fn slices(cells: &[Cell]) -> Vec<&[Piece]> {
    cells.iter().map(Vec::as_slice).collect()
}

pub(crate) fn height_of(cells: &[Cell], look: Look) -> f32 {
    height(&slices(cells), look)
}

fn height(cells: &[&[Piece]], look: Look) -> f32 {
    let highest = cells.iter().map(|cell| cell.iter().map(Piece::height).sum::<f32>()).fold(0.0, f32::max);
    (highest + 2.0 * look.pad).max(look.least)
}

/// How many pieces fit into a height; at least one, so that there is always less left.
fn fitting(cell: &[Piece], room: f32) -> usize {
    let mut used = 0.0;
    let fits = |piece: &&Piece| {
        used += piece.height();
        used <= room
    };
    cell.iter().take_while(fits).count().max(1).min(cell.len())
}
