//! Places (records no. 28, `domain/records.md` 4.4): one document a programme, village and year.
//!
//! A block of places is granted to one *journal*, one node of the village, which spends it by facts of its own. So the
//! holder never overspends, with the cable out too. What cannot be guaranteed is that two nodes cut off from each other do
//! not both take the last place; so nobody is turned away, and whose place is sure is judged when it is read.

mod account;
mod content;
mod order;

pub use account::{Block, Claim, PlaceState, PlacesAccount, PlacesBar};
pub use content::{Claimed, Freed, Granted, HandedOver, Limit, Places, PlacesEvents, PlacesFields};
pub use order::{Rank, waiting_order};

pub(crate) use content::PLACES;

#[cfg(test)]
mod tests;
