//! The model of quadrants as a picture: where somebody stands, and what is suggested next.

use service::reply::QuadrantView;

use crate::words::Words;

/// The picture, drawn by `quadrant.html`.
pub(crate) struct Quadrants {
    /// What it shows, in words.
    pub(crate) title: String,
    pub(crate) cells: Vec<Cell>,
    /// What is suggested.
    pub(crate) materials: Vec<String>,
}

/// One quadrant.
pub(crate) struct Cell {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) name: &'static str,
    /// Whether the person stands there.
    pub(crate) here: bool,
}

/// Business ability upwards, religion and social life to the right: I is low in both.
const CELLS: [(u8, &str, i32, i32); 4] = [(1, "I", 2, 122), (2, "II", 2, 2), (3, "III", 122, 122), (4, "IV", 122, 2)];

pub(crate) fn quadrants(words: Words, view: &QuadrantView) -> Quadrants {
    let cell = |(number, name, x, y): (u8, &'static str, i32, i32)| Cell {
        x,
        y,
        name,
        here: view.quadrants.contains(&number),
    };
    let cells: Vec<Cell> = CELLS.map(cell).into();
    let names: Vec<&str> = cells.iter().filter(|cell| cell.here).map(|cell| cell.name).collect();
    Quadrants {
        title: words.about("quadrant-here", "quadrant", names.join(" / ")),
        cells,
        materials: view
            .materials
            .iter()
            .map(|both| words.about("quadrant-next", "what", words.of_both(both)))
            .collect(),
    }
}
