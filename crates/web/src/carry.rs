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
    /// In capitals, which a QR code holds densely; case does not matter to who reads it.
    pub(crate) fn of(line: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(line.to_uppercase(), EcLevel::L).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                path.push_str(&format!("M{} {}h1v1h-1z", at % width + MARGIN, at / width + MARGIN));
            }
        }
        Some(Self { side: width + 2 * MARGIN, path })
    }
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
