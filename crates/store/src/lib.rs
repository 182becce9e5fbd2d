//! The store: executes disk operations; the only room that names sled.
