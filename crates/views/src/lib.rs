//! Views: rows to SQL and back; the only room that names SQL.
