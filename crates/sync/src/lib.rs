//! Sync sessions, sans-IO: decides what each peer still needs.
