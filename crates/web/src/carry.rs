//! What is carried to another office, in three shapes of which one is enough: a file, a picture for a telephone's camera,
//! a text for a message.

use qrcode::{Color, EcLevel, QrCode};

/// The white margin that cameras need, in modules (ISO/IEC 18004 asks for four).
const MARGIN: usize = 4;

/// Something to carry, as a page shows it.
pub(crate) struct Carry {
    /// Where the file is had: posted to with the line, or, without one, opened.
    pub(crate) file_at: &'static str,
    /// What is posted for the file; empty where the address is enough.
    pub(crate) posted: String,
    /// The text for a message, with the line at its end.
    pub(crate) text: String,
    /// None for what is too long for a picture.
    pub(crate) picture: Option<Picture>,
}

/// A QR code as one path of squares.
pub(crate) struct Picture {
    /// Modules on each side, margin included.
    pub(crate) side: usize,
    pub(crate) path: String,
}

impl Picture {
    /// Of a line whose case does not matter; none for what is too long.
    pub(crate) fn of(line: &str) -> Option<Self> {
        let rows = modules(line)?;
        let mut path = String::new();
        for (y, row) in rows.iter().enumerate() {
            let dark = row.iter().enumerate().filter(|(_, dark)| **dark);
            dark.for_each(|(x, _)| path.push_str(&format!("M{x} {y}h1v1h-1z")));
        }
        Some(Self { side: rows.len(), path })
    }
}

/// The rows of modules of a QR code, dark where true, the margin included; none for what is too long. In capitals, which a
/// QR code holds densely.
pub(crate) fn modules(line: &str) -> Option<Vec<Vec<bool>>> {
    let code = QrCode::with_error_correction_level(line.to_uppercase(), EcLevel::L).ok()?;
    let side = code.width() + 2 * MARGIN;
    let mut rows = vec![vec![false; side]; side];
    for (row, colors) in rows.iter_mut().skip(MARGIN).zip(code.to_colors().chunks(code.width())) {
        row.iter_mut().skip(MARGIN).zip(colors).for_each(|(module, color)| *module = *color == Color::Dark);
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invite_fits_and_what_is_too_long_has_no_picture() {
        let line = |letters: usize| format!("simpul-invite:{}", "A".repeat(letters));
        let small = Picture::of(&line(600)).unwrap();
        assert!(small.side < 100 && small.path.starts_with("M4 4h1v1h-1z"), "{}", small.side);
        assert!(Picture::of(&line(4000)).is_some());
        assert!(Picture::of(&line(5000)).is_none());
    }
}
