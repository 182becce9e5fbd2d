//! The charter: a pure fold over signed statements.
