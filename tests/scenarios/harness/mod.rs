//! A network of offices on one machine: each a data folder and a process of `simpul`, with roads between them that can be
//! cut. Shared by the scenarios and the demo.
//!
//! It knows the command line and nothing below it, as an officer does.
//!
//! # Invariants
//! - Every wait is for a condition and has an end; who waits in vain is told what every office last said.
//! - A process is ended by its handle, at the latest when its office is dropped.
//! - An office is reached by its roads alone, so that cutting them cuts it off.

mod agenda;
mod binary;
mod image;
mod network;
mod office;
mod places;
mod road;
mod said;
mod script;

pub use agenda::MINISTRIES;
pub use binary::{Answer, Build, simpul, simpul_of};
pub use image::Image;
pub use network::{Network, PATIENCE};
pub use office::{Clock, Office, Process};
pub use places::{Kind, PROGRAMME, Place, SMALL, may_read, names_its_readers, place};
pub use road::{Crossed, Road, Weather};
pub use said::{
    Charter, CharterNode, CharterOffice, Conflict, Field, Participant, Peer, Row, Scope, Status, Value, Verified,
};
pub use script::{Script, offered, told};
