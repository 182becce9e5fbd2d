//! The driver: one tokio loop that feeds the pure rooms and acts for them.
