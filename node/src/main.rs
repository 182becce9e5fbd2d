//! `simpul`: the node's binary.
fn main() {}
