//! The template: letterhead, title, the parts, the signature, and what stands around every page.

use crate::face::Faces;
use crate::flow::{
    Across, BODY, Cell, Column, Flow, HEAD, Laid, Look, MM, Mark, Meaning, Node, Piece, Role, Rules, SMALL, TICK,
    height_of,
};
use crate::{Entry, Letterhead, Line, Paper, Part, PrintError, Signing, Table};

/// Rows without rules.
const PLAIN: Look = Look { rules: Rules::None, pad: 0.0, least: 0.0 };

/// A field: ruled beneath, so that the eye stays in its line.
const FIELD: Look = Look { rules: Rules::Beneath, pad: 0.9 * MM, least: 0.0 };

/// A heading, and what has to stand below it on the same page.
const WITH_HEADING: f32 = 22.0 * MM;

/// What is asked takes so much of the width, and the answer the rest.
const FIELD_SHARES: [u16; 2] = [36, 64];

/// What is read from across a room, in points, and what stands out of it.
const LARGE: f32 = 20.0;
const LARGEST: f32 = 34.0;

pub(crate) fn lay_out(paper: &Paper, faces: &Faces) -> Result<Laid, PrintError> {
    let (short, long) = paper.size.millimetres();
    let (width, height) = if paper.landscape { (long, short) } else { (short, long) };
    let mut flow = Flow::new(faces, (width * MM, height * MM));
    letterhead(&mut flow, &paper.letterhead)?;
    title(&mut flow, paper)?;
    for part in &paper.parts {
        lay_part(&mut flow, part)?;
    }
    if flow.replaced {
        flow.space(4.0 * MM);
        paragraph(&mut flow, &paper.words.unprintable, SMALL)?;
    }
    around(&mut flow, paper);
    Ok(flow.laid)
}

fn letterhead(flow: &mut Flow<'_>, head: &Letterhead) -> Result<(), PrintError> {
    let mut lines: Vec<(&str, f32, bool)> = head.above.iter().map(|above| (above.as_str(), 11.0, false)).collect();
    lines.push((head.office.as_str(), 14.0, true));
    lines.push((head.address.as_str(), 9.0, false));
    for (text, size, bold) in lines.into_iter().filter(|(text, ..)| !text.is_empty()) {
        centred(flow, text, size, bold, Role::Paragraph)?;
    }
    flow.space(1.2 * MM);
    flow.rule(1.6);
    flow.space(1.2);
    flow.rule(0.5);
    flow.space(5.0 * MM);
    Ok(())
}

fn title(flow: &mut Flow<'_>, paper: &Paper) -> Result<(), PrintError> {
    flow.outline(&paper.title);
    centred(flow, &paper.title, 13.0, true, Role::Heading(1, paper.title.clone()))?;
    flow.space(1.0 * MM);
    let half = flow.wide / 2.0;
    let column = [Column { x: flow.left + half / 2.0, width: half }];
    for line in &paper.about {
        let (columns, across) = match line {
            Line::Text(_) | Line::Small(_) | Line::Ticks(_) | Line::Gap(_) => (flow.whole(), Across::Middle),
            Line::Dots | Line::Leader(_) | Line::Boxes(_) | Line::Code(_) => (column, Across::Left),
        };
        let cell = pieces(flow, std::slice::from_ref(line), columns[0].width, across);
        spoken(flow, &columns, &[cell])?;
    }
    flow.space(4.0 * MM);
    Ok(())
}

fn centred(flow: &mut Flow<'_>, text: &str, size: f32, bold: bool, role: Role) -> Result<(), PrintError> {
    let cell = flow.text(text, size, bold, flow.wide, Across::Middle);
    let said = flow.row(&flow.whole(), &[cell], PLAIN, None)?;
    flow.laid.tree.push(Node::of(role, said.concat()));
    Ok(())
}

fn paragraph(flow: &mut Flow<'_>, text: &str, size: f32) -> Result<(), PrintError> {
    let cell = flow.text(text, size, false, flow.wide, Across::Left);
    let said = flow.row(&flow.whole(), &[cell], PLAIN, None)?;
    flow.laid.tree.push(Node::of(Role::Paragraph, said.concat()));
    Ok(())
}

/// A row whose cells are paragraphs, one after the other.
fn spoken(flow: &mut Flow<'_>, columns: &[Column], cells: &[Cell]) -> Result<(), PrintError> {
    for said in flow.row(columns, cells, PLAIN, None)?.into_iter().filter(|said| !said.is_empty()) {
        flow.laid.tree.push(Node::of(Role::Paragraph, said));
    }
    Ok(())
}

fn lay_part(flow: &mut Flow<'_>, part: &Part) -> Result<(), PrintError> {
    match part {
        Part::Heading(text) => heading(flow, text),
        Part::Text(text) => {
            paragraph(flow, text, BODY)?;
            flow.space(2.0 * MM);
            Ok(())
        }
        Part::Large { text, bold } => {
            let cell = flow.text(text, if *bold { LARGEST } else { LARGE }, *bold, flow.wide, Across::Left);
            let said = flow.row(&flow.whole(), &[cell], PLAIN, None)?;
            flow.laid.tree.push(Node::of(Role::Paragraph, said.concat()));
            flow.space(3.0 * MM);
            Ok(())
        }
        Part::Columns(columns) => side_by_side(flow, columns),
        Part::Fields(fields) => lay_fields(flow, fields),
        Part::Table(table) => lay_table(flow, table),
        Part::Signing(signing) => sign(flow, signing),
    }
}

fn heading(flow: &mut Flow<'_>, text: &str) -> Result<(), PrintError> {
    flow.space(3.0 * MM);
    flow.keep(WITH_HEADING)?;
    flow.outline(text);
    let cell = flow.text(text, 11.0, true, flow.wide, Across::Left);
    let said = flow.row(&flow.whole(), &[cell], PLAIN, None)?;
    flow.laid.tree.push(Node::of(Role::Heading(2, text.to_owned()), said.concat()));
    flow.space(1.0 * MM);
    Ok(())
}

/// The lines of a cell of this width.
fn pieces(flow: &mut Flow<'_>, lines: &[Line], width: f32, across: Across) -> Cell {
    let mut cell = Cell::new();
    for line in lines {
        match line {
            Line::Text(text) => cell.extend(flow.text(text, BODY, false, width, across)),
            Line::Small(text) => cell.extend(flow.text(text, SMALL, false, width, across)),
            Line::Dots => cell.push(Piece::Dots(String::new())),
            Line::Leader(text) => {
                // What leaves no room to write on stands above its line.
                let mut wrapped = flow.text(text, BODY, false, width - 20.0 * MM, across);
                let last = match wrapped.pop() {
                    Some(Piece::Text { text, .. }) => text,
                    Some(Piece::Dots(_) | Piece::Ticks(_) | Piece::Boxes(_) | Piece::Code(_) | Piece::Gap(_))
                    | None => String::new(),
                };
                cell.extend(wrapped);
                cell.push(Piece::Dots(last));
            }
            Line::Ticks(answers) => cell.extend(ticks(flow, answers, width)),
            Line::Boxes(count) => cell.push(Piece::Boxes(*count)),
            Line::Code(rows) => cell.push(Piece::Code(rows.clone())),
            Line::Gap(mm) => cell.push(Piece::Gap(f32::from(*mm) * MM)),
        }
    }
    cell
}

/// Boxes to tick, as many in a line as fit.
fn ticks(flow: &mut Flow<'_>, answers: &[String], width: f32) -> Cell {
    let (mut cell, mut line, mut right) = (Cell::new(), Vec::new(), 0.0);
    let beside = TICK + 1.5 * MM;
    for answer in answers {
        let mut lines = flow.text(answer, BODY, false, width - beside, Across::Left).into_iter();
        let Some(Piece::Text { text: first, .. }) = lines.next() else { continue };
        let wide = beside + flow.faces.regular.width(&first, BODY);
        if right > 0.0 && right + wide > width {
            cell.push(Piece::Ticks(std::mem::take(&mut line)));
            right = 0.0;
        }
        line.push((right, first));
        right += wide + 5.0 * MM;
        let more: Cell = lines.collect();
        if !more.is_empty() {
            cell.push(Piece::Ticks(std::mem::take(&mut line)));
            cell.extend(more);
            right = 0.0;
        }
    }
    if !line.is_empty() {
        cell.push(Piece::Ticks(line));
    }
    cell
}

fn side_by_side(flow: &mut Flow<'_>, columns: &[Vec<Line>]) -> Result<(), PrintError> {
    const BETWEEN: f32 = 8.0 * MM;
    let mut places = flow.columns(vec![1; columns.len()]);
    let last = places.len().saturating_sub(1);
    places.iter_mut().take(last).for_each(|place| place.width -= BETWEEN);
    let cells: Vec<Cell> =
        columns.iter().zip(&places).map(|(lines, place)| pieces(flow, lines, place.width, Across::Left)).collect();
    flow.keep(height_of(&cells, PLAIN))?;
    spoken(flow, &places, &cells)?;
    flow.space(2.0 * MM);
    Ok(())
}

fn lay_fields(flow: &mut Flow<'_>, fields: &[Entry]) -> Result<(), PrintError> {
    let columns = flow.columns(FIELD_SHARES);
    let mut rows = Vec::new();
    for Entry { label, value } in fields {
        let inner = |column: &Column| column.width - 2.0 * FIELD.pad;
        let label = flow.text(label, BODY, false, inner(&columns[0]), Across::Left);
        let mut value = pieces(flow, value, inner(&columns[1]), Across::Left);
        say_something(&mut value);
        let said = flow.row(&columns, &[label, value], FIELD, None)?;
        rows.push(row_of(said, |index| if index == 0 { Role::RowHead } else { Role::Cell }));
    }
    if !rows.is_empty() {
        flow.laid.tree.push(Node::Part(Role::Table, rows));
    }
    flow.space(2.0 * MM);
    Ok(())
}

/// A cell of a table is there for a reader who hears the page even where nothing stands in it.
fn say_something(cell: &mut Cell) {
    let silent = |piece: &Piece| match piece {
        Piece::Text { text, .. } | Piece::Dots(text) => text.is_empty(),
        Piece::Ticks(answers) => answers.is_empty(),
        Piece::Boxes(_) | Piece::Code(_) | Piece::Gap(_) => true,
    };
    if cell.iter().all(silent) {
        let nothing = Piece::Text { text: " ".to_owned(), size: 1.0, bold: false, across: Across::Left };
        cell.insert(0, nothing);
    }
}

fn row_of(said: Vec<Vec<usize>>, role: impl Fn(usize) -> Role) -> Node {
    Node::Part(Role::Row, said.into_iter().enumerate().map(|(index, said)| Node::of(role(index), said)).collect())
}

fn lay_table(flow: &mut Flow<'_>, table: &Table) -> Result<(), PrintError> {
    let columns = flow.columns(table.columns.iter().map(|(_, share)| *share));
    let inner = |index: usize| columns[index].width - 2.0 * HEAD.pad;
    let mut head = Vec::new();
    for (index, (title, _)) in table.columns.iter().enumerate() {
        let mut cell = flow.text(title, 9.0, true, inner(index), Across::Left);
        say_something(&mut cell);
        head.push(cell);
    }
    let look = Look { least: f32::from(table.row_mm_min) * MM, ..HEAD };
    // A head never stands alone at the foot of a page.
    flow.keep(height_of(&head, HEAD) + look.least.max(8.0 * MM))?;
    let said = flow.head_row(&columns, &head)?;
    let head_row = Node::Part(Role::TableHead, vec![row_of(said, |_| Role::ColumnHead)]);
    let mut rows = Vec::new();
    for row in &table.rows {
        let mut cells = Vec::new();
        for index in 0..columns.len() {
            let text = row.get(index).map_or("", String::as_str);
            let mut cell = flow.text(text, 9.0, false, inner(index), Across::Left);
            say_something(&mut cell);
            cells.push(cell);
        }
        let said = flow.row(&columns, &cells, look, Some(&head))?;
        rows.push(row_of(said, |_| Role::Cell));
    }
    let mut parts = vec![head_row];
    if !rows.is_empty() {
        parts.push(Node::Part(Role::TableBody, rows));
    }
    flow.laid.tree.push(Node::Part(Role::Table, parts));
    flow.space(3.0 * MM);
    Ok(())
}

fn sign(flow: &mut Flow<'_>, signing: &Signing) -> Result<(), PrintError> {
    let columns = flow.columns([46, 8, 46]);
    let leader = |text: &str| Line::Leader(text.to_owned());
    let copies = [Line::Gap(7), Line::Text(signing.copies.clone()), leader("1."), leader("2."), leader("3.")];
    let copies: &[Line] = if signing.copies.is_empty() { &[] } else { &copies };
    let signed = [
        leader(&signing.place),
        leader(&signing.acting),
        Line::Text(signing.office.clone()),
        Line::Gap(20),
        Line::Dots,
        leader(&signing.nip),
        Line::Small(signing.note.clone()),
    ];
    let left = pieces(flow, copies, columns[0].width, Across::Left);
    let right = pieces(flow, &signed, columns[2].width, Across::Left);
    let cells = [left, Cell::new(), right];
    flow.space(6.0 * MM);
    flow.keep(height_of(&cells, PLAIN))?;
    spoken(flow, &columns, &cells)
}

/// What stands above and below every page.
fn around(flow: &mut Flow<'_>, paper: &Paper) {
    let count = flow.laid.pages.len();
    let (height, left, wide) = (flow.laid.height, flow.left, flow.wide);
    let faces = flow.faces;
    let line = |means, text: &str, y, size, bold, across| {
        let face = faces.of(bold);
        let (text, _) = face.writable(text);
        let spare = wide - face.width(&text, size);
        let x = match across {
            Across::Left => left,
            Across::Middle => left + spare / 2.0,
            Across::Right => left + spare,
        };
        Mark::Text { means, x, y, size, bold, text }
    };
    for (index, page) in flow.laid.pages.iter_mut().enumerate() {
        let number = format!("{} {} {} {count}", paper.words.page, index + 1, paper.words.of);
        let base = height - 10.0 * MM;
        page.push(line(Meaning::Footer, &paper.words.foot, base, SMALL, false, Across::Left));
        page.push(line(Meaning::Footer, &number, base, SMALL, false, Across::Right));
        if let Some(banner) = &paper.banner {
            page.push(line(Meaning::Header, banner, 10.0 * MM, 9.0, true, Across::Middle));
        }
    }
}
