//! Stories about offices, each told under several sets of keys, so that nothing hangs on which hash happens to be
//! lower.

mod cutting;
mod founding;
mod orders;
mod properties;
mod tree;
mod world;

use world::{World, each};
