//! Why something that an agenda, agreement, commitment or calendar holds does not count.

use crate::words::{Lang, Words};

/// A reason of coordination's own; every one means *ignored*, and the words say what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Its office is no party here.
    NotParty,
    /// Only the office that opened the agenda may say it.
    NotConvener,
    /// Only the owner of the commitment may say it.
    NotOwner,
    /// Only the superior's own office may say it; another office names the letter.
    NotSuperior,
    /// An office speaks for another party, and names no letter or meeting or is not the convener.
    ForAnother,
    /// A document is opened once, by the entry that creates it.
    SecondOpening,
    /// It names nothing that is here.
    NoSuch,
    /// The text of a version is not laid out as such a text is.
    Layout,
    /// The signature does not fit what it is said to sign.
    Signature,
    /// The signature is of another node than the one that brings it.
    OtherNode,
    /// The signature is about another agenda.
    OtherAgenda,
    /// Whoever signed had no mandate for it, or not on that day.
    NoMandate,
    /// What is fixed cannot be taken back like this.
    Fixed,
    /// Somebody else already said it.
    Twice,
}

impl Unfit {
    /// The code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotParty => "not_party",
            Self::NotConvener => "not_convener",
            Self::NotOwner => "not_owner",
            Self::NotSuperior => "not_superior",
            Self::ForAnother => "for_another",
            Self::SecondOpening => "second_opening",
            Self::NoSuch => "no_such",
            Self::Layout => "layout",
            Self::Signature => "signature",
            Self::OtherNode => "other_node",
            Self::OtherAgenda => "other_agenda",
            Self::NoMandate => "no_mandate",
            Self::Fixed => "fixed",
            Self::Twice => "twice",
        }
    }

    /// Why, as a person reads it.
    pub fn text(self, lang: Lang) -> &'static str {
        let (id, en) = match self {
            Self::NotParty => ("kantor ini bukan pihak dalam agenda ini", "this office is no party here"),
            Self::NotConvener => {
                ("hanya kantor penyelenggara yang dapat menyatakannya", "only the office that convenes may say this")
            }
            Self::NotOwner => {
                ("hanya pemilik komitmen yang dapat menyatakannya", "only the commitment's owner may say this")
            }
            Self::NotSuperior => (
                "hanya kantor atasan yang dapat menyatakannya; kantor lain menyebut nomor suratnya",
                "only the superior's office may say this; another office names the letter",
            ),
            Self::ForAnother => (
                "menyatakan atas nama pihak lain; hanya penyelenggara, dengan nomor surat atau rapatnya",
                "speaks for another party; only the convener may, with the letter or meeting",
            ),
            Self::SecondOpening => ("sudah dibuka sebelumnya", "it was opened before"),
            Self::NoSuch => ("yang disebut tidak ada di sini", "what it names is not here"),
            Self::Layout => ("susunan naskahnya tidak terbaca", "the layout of its text cannot be read"),
            Self::Signature => ("tanda tangannya tidak cocok", "its signature does not fit"),
            Self::OtherNode => {
                ("tanda tangan dibawa perangkat lain", "the signature was brought by another device than its own")
            }
            Self::OtherAgenda => ("tentang agenda lain", "it is about another agenda"),
            Self::NoMandate => {
                ("penanda tangan tidak punya mandat untuk hari itu", "whoever signed had no mandate for that day")
            }
            Self::Fixed => {
                ("yang sudah tetap tidak dapat dibatalkan begini", "what is fixed is not taken back like this")
            }
            Self::Twice => ("sudah dinyatakan", "it was said already"),
        };
        Words { id, en }.of(lang)
    }
}
