//! The two fonts: which letters they have, and how wide a text is.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};
use unicode_normalization::UnicodeNormalization;

static REGULAR: &[u8] = include_bytes!("../fonts/LiberationSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/LiberationSans-Bold.ttf");

/// Stands for a letter that the font does not have; both fonts have it.
const NO_SUCH_LETTER: char = '□';

/// A font.
pub(crate) struct Face {
    pub(crate) font: Font,
    letters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
}

/// Both fonts.
pub(crate) struct Faces {
    pub(crate) regular: Face,
    pub(crate) bold: Face,
}

impl Faces {
    /// None if a font that is built in cannot be read.
    pub(crate) fn built_in() -> Option<Self> {
        Some(Self { regular: Face::of(REGULAR)?, bold: Face::of(BOLD)? })
    }

    pub(crate) fn of(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }
}

impl Face {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.into(), 0)?;
        let tables = FontRef::new(bytes).ok()?;
        Some(Self {
            letters: tables.charmap(),
            metrics: tables.glyph_metrics(Size::unscaled(), LocationRef::default()),
            units: font.units_per_em(),
            font,
        })
    }

    /// The text as it can be written: composed letters, no control characters but the ends of lines, and whether a letter
    /// had to be replaced.
    pub(crate) fn writable(&self, text: &str) -> (String, bool) {
        let mut replaced = false;
        let letter = |c: char| match c {
            '\n' => Some(c),
            '\r' => None,
            c if c.is_control() || c.is_whitespace() => Some(' '),
            c if is_invisible(c) => None,
            c if self.letters.map(c).is_some_and(|glyph| glyph.to_u32() != 0) => Some(c),
            _ => {
                replaced = true;
                Some(NO_SUCH_LETTER)
            }
        };
        let text = text.nfc().filter_map(letter).collect();
        (text, replaced)
    }

    /// The glyphs of a text that can be written.
    pub(crate) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, c): (usize, char)| {
            let glyph = self.letters.map(c).unwrap_or_default();
            let advance = self.metrics.advance_width(glyph).unwrap_or_default() / self.units;
            KrillaGlyph::new(GlyphId::new(glyph.to_u32()), advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
        };
        text.char_indices().map(glyph).collect()
    }

    /// How wide a text is, in points.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.letter_width(c)).sum::<f32>() * size
    }

    fn letter_width(&self, c: char) -> f32 {
        let glyph = self.letters.map(c).unwrap_or_default();
        self.metrics.advance_width(glyph).unwrap_or_default() / self.units
    }

    /// The lines of a text that can be written, none wider than `width` points: broken at spaces, and within a word only
    /// where the word alone is too wide.
    pub(crate) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let mut line = String::new();
            let mut used = 0.0;
            for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
                let (space, wide) = (self.width(" ", size), self.width(word, size));
                if !line.is_empty() && used + space + wide <= width {
                    line.push(' ');
                    line.push_str(word);
                    used += space + wide;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                used = 0.0;
                for c in word.chars() {
                    let wide = self.letter_width(c) * size;
                    if !line.is_empty() && used + wide > width {
                        lines.push(std::mem::take(&mut line));
                        used = 0.0;
                    }
                    line.push(c);
                    used += wide;
                }
            }
            lines.push(line);
        }
        lines
    }
}

/// What has no shape of its own and only steers how text is shown.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_fonts_have_what_both_languages_write() {
        let faces = Faces::built_in().unwrap();
        for face in [&faces.regular, &faces.bold] {
            for text in ["Desa Kuripan — Rp 8.000.000 · 12–03–2026", "é ü ñ ’ “ ” … × ≥ ±", "□ • №"]
            {
                assert_eq!(face.writable(text), (text.to_owned(), false));
            }
        }
    }

    #[test]
    fn what_cannot_be_written_is_a_box_and_what_is_no_letter_is_gone() {
        let face = Faces::built_in().unwrap().regular;
        for (text, written, replaced) in [
            ("e\u{301}", "é", false),
            ("a\u{200d}b\u{feff}", "ab", false),
            ("a\tb\u{7}c\r\nd", "a b c\nd", false),
            ("satu 壱 🙂", "satu □ □", true),
        ] {
            assert_eq!(face.writable(text), (written.to_owned(), replaced), "{text:?}");
        }
    }

    #[test]
    fn no_line_is_wider_than_its_column_and_no_letter_is_lost() {
        let face = Faces::built_in().unwrap().regular;
        let long = "Gaji tidak dibayar sejak Mei, lihat https://example.org/".to_owned() + &"x".repeat(200);
        for text in ["", "satu", "satu dua\n\ntiga", &long] {
            for width in [1.0, 40.0, 200.0] {
                let lines = face.lines(text, 10.0, width);
                let fits = |line: &&String| line.chars().count() <= 1 || face.width(line, 10.0) <= width + 0.01;
                assert!(lines.iter().all(|line| fits(&line)), "{lines:?}");
                let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                assert_eq!(letters(&lines.concat()), letters(text));
            }
        }
    }
}
