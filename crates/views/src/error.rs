//! What can go wrong with the tables.

use std::{io, path::PathBuf};

/// Why the tables did not answer. The records themselves are untouched: they live in the journals.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    /// The file is damaged. Open it again: it will be set aside and has to be filled anew.
    #[error("the tables are damaged")]
    Damaged(#[source] rusqlite::Error),
    /// SQLite refused; the batch or question had no effect.
    #[error("the tables cannot be used")]
    Sql(#[source] rusqlite::Error),
    /// The file could not be opened, or a bad one could not be set aside. Nothing was changed.
    #[error("cannot open the tables at {path}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A row does not read back. The file is of this version and whole, so this is our own mistake or foreign writing.
    #[error("a row of table {table} does not read back")]
    Row {
        /// The table.
        table: &'static str,
    },
}

impl From<rusqlite::Error> for ViewsError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged(error),
            _ => Self::Sql(error),
        }
    }
}
