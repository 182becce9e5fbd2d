//! The canonical text of one version: what is signed, as one spelling of bytes.
//!
//! Lines that begin at the margin are structure; everything that people write is behind a label or indented, so no
//! paragraph can pass for a party or an article. Parties, term and attachments are inside, so that nobody can drop a
//! party afterwards. A text counts only if laying out what was read gives the same bytes:
//!
//! ```text
//! SIMPUL KESEPAKATAN 1
//! Agenda: agenda/…:…:…:1
//! Versi: 3
//! Judul: Pertukaran data
//! Berlaku: 2017-05-30 s.d. 2022-05-30
//! Kedudukan: baru
//! Asal naskah: 5f…
//! Pihak wajib: office:0a… Kementerian Ketenagakerjaan
//! Pihak lain: outside:0b… Lembaga Mitra
//! Lampiran: 3c… 18233 Daftar desa.pdf
//! Pasal 1: Ruang lingkup
//! (1)
//!     Para pihak bertukar data.
//! ```

use std::{
    collections::BTreeSet,
    fmt::{self, Write},
    str::FromStr,
};

use identity::{Coordinate, OfficeId};
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{
    opening::{is_hidden, is_line},
    party::{Party, as_text},
    why::Unfit,
};
use crate::{Date, Digest, FactDraft, RecordError, content::refuse, facts::Content, value::codes};

/// The longest canonical text, in bytes. It travels in one fact, where JSON adds a little.
pub const TEXT_BYTES_MAX: usize = 48 * 1024;

const FIRST_LINE: &str = "SIMPUL KESEPAKATAN 1";
const INDENT: &str = "    ";

/// The hash of a canonical text: what a version is called, wherever it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionHash(pub Digest);

impl VersionHash {
    /// The hash of this text.
    pub fn of(text: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("simpul agreement version v1");
        hasher.update(text.as_bytes());
        Self(Digest(*hasher.finalize().as_bytes()))
    }

    /// The first eight digits, beside a version's number.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for VersionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for VersionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VersionHash({})", self.short())
    }
}

impl FromStr for VersionHash {
    type Err = crate::HexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

codes! {
    /// What an agreement is to another one.
    RelationKind {
        /// It lengthens its term.
        Extension = "perpanjangan", "perpanjangan", "extension of", [];
        /// It adds to it.
        Addendum = "addendum", "adendum", "addendum to", [];
        /// It takes its place.
        Successor = "pengganti", "pengganti", "successor of", [];
        /// A PKS beneath a MoU.
        Beneath = "pks", "PKS di bawah", "agreement beneath", [];
    }
}

/// What an agreement is to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// What.
    pub kind: RelationKind,
    /// The other one's version.
    #[serde(with = "as_text")]
    pub to: VersionHash,
}

/// A party in a signed text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsParty {
    /// Who.
    pub party: Party,
    /// Its name when the text was made final.
    pub name: String,
    /// Whether the agreement needs its ratification.
    pub required: bool,
}

/// An attachment, by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The hash of its bytes.
    pub hash: Digest,
}

/// Something that goes with the text from the next version on, until its office takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// What it is called.
    pub name: String,
    /// The hash of its bytes.
    pub scan: Digest,
    /// How many bytes it has.
    pub bytes: u64,
}

impl Content for Attached {
    const KEY: &'static str = "attachment";
}

impl Attached {
    /// The fact.
    ///
    /// # Errors
    /// When its name is no line of text.
    pub fn draft_checked(&self) -> Result<FactDraft, RecordError> {
        if !is_line(&self.name) {
            return refuse(
                ("nama lampirannya tidak cocok", "the name of the attachment does not fit"),
                ("tulis dalam satu baris", "write it on one line"),
            );
        }
        self.draft()
    }

    /// As it stands in a signed text.
    pub fn attachment(&self) -> Attachment {
        Attachment { name: self.name.clone(), bytes: self.bytes, hash: self.scan }
    }
}

/// An article in a signed text; its number is its place, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsArticle {
    /// Its heading; may be empty.
    pub heading: String,
    /// Its paragraphs, of one or several lines each.
    pub paragraphs: Vec<String>,
}

/// What a version of an agreement says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The agenda that it came from.
    #[serde(with = "as_text")]
    pub agenda: Coordinate,
    /// Its number within the agenda, as whoever made it final counted. Two made final at once may share one; the hash
    /// tells them apart.
    pub number: u32,
    /// What it is called.
    pub title: String,
    /// The first day of its term.
    #[serde(with = "as_text")]
    pub from: Date,
    /// The last day of its term; none: it does not end by itself.
    #[serde(with = "super::party::as_text_opt")]
    pub until: Option<Date>,
    /// What it is to another agreement.
    pub relation: Option<Relation>,
    /// Over the heads of the draft that it was made from.
    pub heads: Digest,
    /// Its parties.
    pub parties: Vec<TermsParty>,
    /// Its attachments.
    pub attachments: Vec<Attachment>,
    /// Its articles.
    pub articles: Vec<TermsArticle>,
}

/// A version is final: the convener says so, and from then on it is its hash that parties sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Final {
    /// The canonical text.
    pub text: String,
}

impl Content for Final {
    const KEY: &'static str = "final";
    const BYTES_MAX: usize = 60 * 1024;
}

impl Terms {
    /// The offices that have to ratify.
    pub fn required(&self) -> impl Iterator<Item = OfficeId> {
        self.parties.iter().filter(|party| party.required).filter_map(|party| party.party.office())
    }

    /// The name of a party.
    pub fn name_of(&self, office: OfficeId) -> Option<&str> {
        let party = self.parties.iter().find(|party| party.party == Party::Office(office));
        party.map(|party| party.name.as_str())
    }

    /// Lays it out and gives the hash. Texts are brought into NFC first.
    ///
    /// # Errors
    /// When it breaks a rule of the layout: an empty or hidden text, no paragraph, a party twice, nobody who has to
    /// ratify, a term that ends before it begins, or more than [`TEXT_BYTES_MAX`].
    pub fn freeze(&self) -> Result<(String, VersionHash), Unfit> {
        let text: String = self.lay_out().nfc().collect();
        let read = Self::read(&text)?;
        let hash = VersionHash::of(&text);
        // What was given and what is read differ in nothing but their form.
        debug_assert_eq!(read.lay_out(), text);
        Ok((text, hash))
    }

    /// Reads a canonical text.
    ///
    /// # Errors
    /// When these are not the very bytes in which this version would lay out what it reads.
    pub fn read(text: &str) -> Result<Self, Unfit> {
        if text.len() > TEXT_BYTES_MAX || !is_nfc(text) {
            return Err(Unfit::Layout);
        }
        let terms = Lines(text.lines().peekable()).terms().ok_or(Unfit::Layout)?;
        if terms.holds() && terms.lay_out() == text { Ok(terms) } else { Err(Unfit::Layout) }
    }

    fn holds(&self) -> bool {
        let mut named = BTreeSet::new();
        let outside_required = self.parties.iter().any(|p| p.required && p.party.office().is_none());
        let prose = |text: &String| {
            !text.is_empty()
                && text.lines().all(|line| !line.trim().is_empty() && line.trim() == line)
                && !text.chars().any(|c| is_hidden(c) || (c.is_control() && c != '\n'))
        };
        is_line(&self.title)
            && self.until.is_none_or(|until| self.from <= until)
            && self.number > 0
            && self.parties.iter().all(|party| is_line(&party.name) && named.insert(party.party))
            // Who has no node has no signature; such a party is named, and its letters stand in the agenda.
            && !outside_required
            && self.required().next().is_some()
            && self.attachments.iter().all(|attachment| is_line(&attachment.name))
            && !self.articles.is_empty()
            && self.articles.iter().all(|article| {
                (article.heading.is_empty() || is_line(&article.heading))
                    && !article.paragraphs.is_empty()
                    && article.paragraphs.iter().all(prose)
            })
    }

    fn lay_out(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        let until = self.until.map_or("-".to_owned(), |until| until.to_string());
        let relation = self.relation.map_or("baru".to_owned(), |r| format!("{} {}", r.kind.code(), r.to));
        // Writing into a String does not fail.
        let _ = write!(
            text,
            "Agenda: {}\nVersi: {}\nJudul: {}\nBerlaku: {} s.d. {until}\nKedudukan: {relation}\nAsal naskah: {}\n",
            self.agenda, self.number, self.title, self.from, self.heads
        );
        for TermsParty { party, name, required } in &self.parties {
            let _ = writeln!(text, "Pihak {}: {party} {name}", if *required { "wajib" } else { "lain" });
        }
        for Attachment { name, bytes, hash } in &self.attachments {
            let _ = writeln!(text, "Lampiran: {hash} {bytes} {name}");
        }
        for (index, article) in self.articles.iter().enumerate() {
            let _ = write!(text, "Pasal {}:", index + 1);
            if !article.heading.is_empty() {
                let _ = write!(text, " {}", article.heading);
            }
            text.push('\n');
            for (index, paragraph) in article.paragraphs.iter().enumerate() {
                let _ = writeln!(text, "({})", index + 1);
                paragraph.lines().for_each(|line| {
                    let _ = writeln!(text, "{INDENT}{line}");
                });
            }
        }
        text
    }
}

/// The lines of a text while it is read. Whether numbers and order are right shows when it is laid out again.
struct Lines<'a>(std::iter::Peekable<std::str::Lines<'a>>);

impl<'a> Lines<'a> {
    fn label(&mut self, label: &str) -> Option<&'a str> {
        let rest = self.0.peek()?.strip_prefix(label)?;
        self.0.next();
        Some(rest)
    }

    fn terms(mut self) -> Option<Terms> {
        if self.0.next()? != FIRST_LINE {
            return None;
        }
        let agenda = self.label("Agenda: ")?.parse().ok()?;
        let number = self.label("Versi: ")?.parse().ok()?;
        let title = self.label("Judul: ")?.to_owned();
        let (from, until) = self.label("Berlaku: ")?.split_once(" s.d. ")?;
        let until = if until == "-" { None } else { Some(until.parse().ok()?) };
        let relation = match self.label("Kedudukan: ")? {
            "baru" => None,
            relation => {
                let (kind, to) = relation.split_once(' ')?;
                let kind = RelationKind::ALL.iter().copied().find(|known| known.code() == kind)?;
                Some(Relation { kind, to: to.parse().ok()? })
            }
        };
        let heads = self.label("Asal naskah: ")?.parse().ok()?;
        let mut parties = Vec::new();
        loop {
            let (line, required) = match self.label("Pihak wajib: ") {
                Some(line) => (line, true),
                None => match self.label("Pihak lain: ") {
                    Some(line) => (line, false),
                    None => break,
                },
            };
            let (party, name) = line.split_once(' ')?;
            parties.push(TermsParty { party: party.parse().ok()?, name: name.to_owned(), required });
        }
        let mut attachments = Vec::new();
        while let Some(line) = self.label("Lampiran: ") {
            let (hash, rest) = line.split_once(' ')?;
            let (bytes, name) = rest.split_once(' ')?;
            attachments.push(Attachment {
                name: name.to_owned(),
                bytes: bytes.parse().ok()?,
                hash: hash.parse().ok()?,
            });
        }
        let mut articles = Vec::new();
        while let Some(line) = self.label("Pasal ") {
            let (_, heading) = line.split_once(':')?;
            let heading = heading.strip_prefix(' ').unwrap_or(heading).to_owned();
            let mut paragraphs = Vec::new();
            while self.label("(").is_some() {
                let mut lines = Vec::new();
                while let Some(line) = self.label(INDENT) {
                    lines.push(line);
                }
                paragraphs.push(lines.join("\n"));
            }
            articles.push(TermsArticle { heading, paragraphs });
        }
        if self.0.next().is_some() {
            return None;
        }
        let from = from.parse().ok()?;
        Some(Terms { agenda, number, title, from, until, relation, heads, parties, attachments, articles })
    }
}
