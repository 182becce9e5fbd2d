//! Documents: the guard, lanes and loading; the only room that names automerge.
