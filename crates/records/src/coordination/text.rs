//! The text of an agenda while it is open: articles and paragraphs with ids that stay.
//!
//! Flat keys of the document, so that offices add, change and take away paragraphs without knowledge of each other:
//!
//! | key | holds |
//! |---|---|
//! | `a.<id>` | the heading of an article |
//! | `ao.<id>` | its place: a text between the places of its neighbours |
//! | `p.<article>.<id>` | the wording of a paragraph |
//! | `po.<article>.<id>` | its place |
//!
//! Two offices that change one paragraph at the same time leave two wordings. Both are shown, the paragraph is *perlu
//! dibaca ulang*, and somebody of either side says which holds. That blocks the final text, not the editing. A paragraph
//! that one takes away while another changes it stays.

use std::{collections::BTreeMap, fmt, str::FromStr};

use documents::{Edit, FieldValue, Scalar, Snapshot};
use identity::OfficeId;
use serde::{Deserialize, Serialize};

use super::canon::TermsArticle;
use crate::{
    Authors, By, Digest, RecordError,
    content::{refuse, unfit},
    notice::{Notice, Why},
};

/// The longest paragraph, in characters.
pub const PARAGRAPH_CHARS_MAX: usize = 4_000;
/// The longest heading of an article, in characters.
pub const HEADING_CHARS_MAX: usize = 200;
/// The longest place: each insertion at one spot lengthens it by at most one digit.
const PLACE_BYTES_MAX: usize = 64;

const BAD_HEADING: RecordError = unfit(
    ("judul pasal tidak cocok", "the heading of an article does not fit"),
    ("tulis satu baris, paling banyak 200 huruf", "write one line of at most 200 characters"),
);
const CHANGED_TWICE: RecordError = unfit(
    ("ayat ini diubah dua kantor bersamaan", "a paragraph that two offices changed at the same time"),
    ("baca kedua rumusan dan pilih yang berlaku", "read both wordings and say which holds"),
);
const NOT_THERE: RecordError =
    unfit(("ayatnya tidak ada lagi", "a paragraph that is not there"), ("buka naskahnya lagi", "show the text again"));

/// The id of an article or paragraph: 8 random bytes, drawn when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub [u8; 8]);

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl FromStr for ItemId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or("an article or paragraph has 16 hex digits")
    }
}

impl Serialize for ItemId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// One wording of a paragraph or heading, or one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The words.
    pub text: String,
    /// Who wrote them.
    pub by: By,
}

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Its id.
    pub id: ItemId,
    /// Its wordings: more than one is *perlu dibaca ulang*.
    pub wordings: Vec<Wording>,
    /// Its places; where there are several, it stands at the first of them until somebody settles it.
    pub places: Vec<Wording>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Its id.
    pub id: ItemId,
    /// Its headings: none where it has none, more than one until somebody chooses.
    pub headings: Vec<Wording>,
    /// Its places, as with a paragraph.
    pub places: Vec<Wording>,
    /// Its paragraphs in order.
    pub paragraphs: Vec<Paragraph>,
}

/// The text of an agenda; an article's number is its place in the list, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AgendaText {
    /// The articles in order.
    pub articles: Vec<Article>,
}

/// Something that two offices wrote at the same time, and who may say what holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread<'a> {
    /// The field of the document.
    pub key: String,
    /// The wordings.
    pub wordings: &'a [Wording],
}

impl Paragraph {
    /// The one wording, if nobody has to choose.
    pub fn text(&self) -> Option<&str> {
        one(&self.wordings)
    }
}

impl Article {
    /// The heading; empty where there is none, `None` where somebody has to choose.
    pub fn heading(&self) -> Option<&str> {
        if self.headings.is_empty() { Some("") } else { one(&self.headings) }
    }

    /// A fingerprint of its wording, so that a stand tells to which wording it was given.
    pub fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new_derive_key("simpul article wording v1");
        let mut add = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        self.headings.iter().for_each(|heading| add(&heading.text));
        for paragraph in &self.paragraphs {
            add("paragraph");
            paragraph.wordings.iter().for_each(|wording| add(&wording.text));
        }
        Digest(*hasher.finalize().as_bytes())
    }
}

impl AgendaText {
    /// Reads the text; values of another type leave a notice.
    pub(crate) fn read(snapshot: &Snapshot, authors: &dyn Authors, notices: &mut Vec<Notice>) -> Self {
        let mut articles: BTreeMap<ItemId, Article> = BTreeMap::new();
        for (key, values) in &snapshot.fields {
            let Some(item) = Key::read(key) else { continue };
            let wordings = wordings(key, item.fits(), values, authors, notices);
            let blank = |id| Article { id, headings: Vec::new(), places: Vec::new(), paragraphs: Vec::new() };
            let article = articles.entry(item.article).or_insert_with(|| blank(item.article));
            let Some(id) = item.paragraph else {
                *(if item.place { &mut article.places } else { &mut article.headings }) = wordings;
                continue;
            };
            let found = article.paragraphs.iter().position(|paragraph| paragraph.id == id);
            let index = found.unwrap_or_else(|| {
                article.paragraphs.push(Paragraph { id, wordings: Vec::new(), places: Vec::new() });
                article.paragraphs.len() - 1
            });
            let paragraph = &mut article.paragraphs[index];
            *(if item.place { &mut paragraph.places } else { &mut paragraph.wordings }) = wordings;
        }
        let mut articles: Vec<Article> = articles.into_values().collect();
        for article in &mut articles {
            // A place alone is what is left of a paragraph that was taken away.
            article.paragraphs.retain(|paragraph| !paragraph.wordings.is_empty());
            article.paragraphs.sort_by(|a, b| (first(&a.places), a.id).cmp(&(first(&b.places), b.id)));
        }
        articles.retain(|article| !article.paragraphs.is_empty() || !article.headings.is_empty());
        articles.sort_by(|a, b| (first(&a.places), a.id).cmp(&(first(&b.places), b.id)));
        Self { articles }
    }

    /// An article.
    pub fn article(&self, id: ItemId) -> Option<&Article> {
        self.articles.iter().find(|article| article.id == id)
    }

    /// What is *perlu dibaca ulang*.
    pub fn reread(&self) -> Vec<Reread<'_>> {
        let mut found = Vec::new();
        let mut look = |key: Key, wordings| {
            if differ(wordings) {
                found.push(Reread { key: key.to_string(), wordings });
            }
        };
        for article in &self.articles {
            let key = |paragraph, place| Key { article: article.id, paragraph, place };
            look(key(None, false), article.headings.as_slice());
            look(key(None, true), article.places.as_slice());
            for paragraph in &article.paragraphs {
                look(key(Some(paragraph.id), false), paragraph.wordings.as_slice());
                look(key(Some(paragraph.id), true), paragraph.places.as_slice());
            }
        }
        found
    }

    /// The edits that add an article behind another, or in front of all.
    ///
    /// # Errors
    /// When the heading does not fit, the id is taken or the article before it is not there.
    pub fn add_article(&self, id: ItemId, heading: &str, behind: Option<ItemId>) -> Result<Vec<Edit>, RecordError> {
        let heading = one_line(heading, HEADING_CHARS_MAX).ok_or(BAD_HEADING)?;
        let ids: Vec<(ItemId, &str)> = self.articles.iter().map(|a| (a.id, first(&a.places))).collect();
        let place = place_behind(&ids, id, behind)?;
        let key = |place| Key { article: id, paragraph: None, place };
        Ok(vec![put(key(false), heading), put(key(true), place)])
    }

    /// The edit that changes the heading of an article.
    ///
    /// # Errors
    /// When it is not there, is *perlu dibaca ulang* (then [`AgendaText::settle`]), or the heading does not fit.
    pub fn change_heading(&self, id: ItemId, heading: &str) -> Result<Edit, RecordError> {
        let Some(article) = self.article(id) else { return Err(NOT_THERE) };
        if article.heading().is_none() {
            return Err(CHANGED_TWICE);
        }
        let heading = one_line(heading, HEADING_CHARS_MAX).ok_or(BAD_HEADING)?;
        Ok(put(Key { article: id, paragraph: None, place: false }, heading))
    }

    /// The edits that add a paragraph to an article, behind another or in front of all.
    ///
    /// # Errors
    /// When the text does not fit, the id is taken, or what it is to stand behind is not there.
    pub fn add_paragraph(
        &self,
        article: ItemId,
        id: ItemId,
        text: &str,
        behind: Option<ItemId>,
    ) -> Result<Vec<Edit>, RecordError> {
        let text = paragraph_text(text)?;
        // An article that was added a moment ago may not be shown yet; its paragraphs then begin the list.
        let ids: Vec<(ItemId, &str)> = self
            .article(article)
            .map(|article| article.paragraphs.iter().map(|p| (p.id, first(&p.places))).collect())
            .unwrap_or_default();
        let place = place_behind(&ids, id, behind)?;
        let key = |place| Key { article, paragraph: Some(id), place };
        Ok(vec![put(key(false), text), put(key(true), place)])
    }

    /// The edit that changes a paragraph.
    ///
    /// # Errors
    /// When it is not there, is *perlu dibaca ulang* (then [`AgendaText::settle`]), or the text does not fit.
    pub fn change_paragraph(&self, article: ItemId, id: ItemId, text: &str) -> Result<Edit, RecordError> {
        let paragraph = self.paragraph(article, id)?;
        if differ(&paragraph.wordings) {
            return Err(CHANGED_TWICE);
        }
        Ok(put(Key { article, paragraph: Some(id), place: false }, paragraph_text(text)?))
    }

    /// The edits that take a paragraph away. Where somebody changes it at the same time, it stays.
    ///
    /// # Errors
    /// When it is not there.
    pub fn remove_paragraph(&self, article: ItemId, id: ItemId) -> Result<Vec<Edit>, RecordError> {
        self.paragraph(article, id)?;
        let key = |place| Key { article, paragraph: Some(id), place };
        Ok([false, true].map(|place| Edit::Clear { key: key(place).to_string() }).into())
    }

    /// The edit by which somebody of either side says what holds: one of the wordings, or another that unites them.
    ///
    /// # Errors
    /// When nothing has to be settled there, the office is of neither side, or the text does not fit.
    pub fn settle(&self, key: &str, office: OfficeId, text: &str) -> Result<Edit, RecordError> {
        let all = self.reread();
        let reread = all.iter().find(|reread| reread.key == key).ok_or(unfit(
            ("bagian ini tidak perlu dibaca ulang", "a place of the text that nobody has to read again"),
            ("buka naskahnya lagi: mungkin sudah dipilih", "show the text again: somebody may have settled it"),
        ))?;
        if !reread.wordings.iter().any(|wording| wording.by.office == Some(office)) {
            return refuse(
                ("kantor ini tidak menulis salah satunya", "an office that wrote neither wording"),
                ("salah satu kantor yang menulisnya memilih", "one of the offices that wrote it says which holds"),
            );
        }
        let fits = Key::read(key).map_or(Fits::Paragraph, |key| key.fits());
        let text = match fits {
            Fits::Paragraph => paragraph_text(text)?,
            Fits::Heading | Fits::Place => {
                let text = one_line(text, HEADING_CHARS_MAX).filter(|text| fits.allow(text));
                text.ok_or(unfit(
                    ("judulnya tidak cocok", "the heading does not fit"),
                    ("pilih salah satu yang tampil", "choose one of those shown"),
                ))?
            }
        };
        Ok(Edit::Choose { key: key.to_owned(), value: Scalar::Text(text) })
    }

    /// The edits that make the text say this, part by part in order; `next` gives an id for each new one.
    pub(crate) fn rewritten(
        &self,
        articles: &[TermsArticle],
        next: &mut impl FnMut() -> Result<ItemId, RecordError>,
    ) -> Result<Vec<Edit>, RecordError> {
        if !self.reread().is_empty() {
            return Err(CHANGED_TWICE);
        }
        let mut edits = Vec::new();
        let mut last = self.articles.last().map(|article| last_place(&article.places)).unwrap_or_default();
        for (index, article) in articles.iter().enumerate() {
            let known = self.articles.get(index);
            let id = known.map_or_else(&mut *next, |known| Ok(known.id))?;
            let key = |place| Key { article: id, paragraph: None, place };
            if known.is_none() {
                last = between(&last, "").unwrap_or_default();
                edits.push(put(key(true), last.clone()));
            }
            if known.and_then(Article::heading).unwrap_or_default() != article.heading {
                edits.push(match one_line(&article.heading, HEADING_CHARS_MAX) {
                    Some(heading) => put(key(false), heading),
                    None if article.heading.is_empty() => Edit::Clear { key: key(false).to_string() },
                    None => return Err(BAD_HEADING),
                });
            }
            let paragraphs = known.map_or(&[][..], |known| known.paragraphs.as_slice());
            edits.extend(rewritten_paragraphs(id, paragraphs, &article.paragraphs, next)?);
        }
        for article in self.articles.iter().skip(articles.len()) {
            edits.extend(rewritten_paragraphs(article.id, &article.paragraphs, &[], next)?);
            let key = |place| Key { article: article.id, paragraph: None, place };
            edits.extend([false, true].map(|place| Edit::Clear { key: key(place).to_string() }));
        }
        Ok(edits)
    }

    fn paragraph(&self, article: ItemId, id: ItemId) -> Result<&Paragraph, RecordError> {
        let found = self.article(article).and_then(|article| article.paragraphs.iter().find(|p| p.id == id));
        found.ok_or(NOT_THERE)
    }
}

/// The edits that make an article say these paragraphs.
fn rewritten_paragraphs(
    article: ItemId,
    known: &[Paragraph],
    texts: &[String],
    next: &mut impl FnMut() -> Result<ItemId, RecordError>,
) -> Result<Vec<Edit>, RecordError> {
    let mut edits = Vec::new();
    let mut last = known.last().map(|paragraph| last_place(&paragraph.places)).unwrap_or_default();
    for (index, text) in texts.iter().enumerate() {
        let (text, there) = (paragraph_text(text)?, known.get(index));
        let id = there.map_or_else(&mut *next, |there| Ok(there.id))?;
        let key = |place| Key { article, paragraph: Some(id), place };
        if there.and_then(Paragraph::text) != Some(&text) {
            edits.push(put(key(false), text));
        }
        if there.is_none() {
            last = between(&last, "").unwrap_or_default();
            edits.push(put(key(true), last.clone()));
        }
    }
    for paragraph in known.iter().skip(texts.len()) {
        let key = |place| Key { article, paragraph: Some(paragraph.id), place };
        edits.extend([false, true].map(|place| Edit::Clear { key: key(place).to_string() }));
    }
    Ok(edits)
}

/// Whether a field belongs to the text.
pub(crate) fn is_key(key: &str) -> bool {
    Key::read(key).is_some()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    article: ItemId,
    paragraph: Option<ItemId>,
    place: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fits {
    Heading,
    Paragraph,
    Place,
}

impl Fits {
    fn allow(self, text: &str) -> bool {
        let control = |except: char| text.chars().any(|c| c.is_control() && c != except);
        match self {
            Self::Heading => !text.is_empty() && text.chars().count() <= HEADING_CHARS_MAX && !control(' '),
            Self::Paragraph => !text.is_empty() && text.chars().count() <= PARAGRAPH_CHARS_MAX && !control('\n'),
            Self::Place => {
                (1..=PLACE_BYTES_MAX).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_lowercase())
                    // Nothing could come before such a place.
                    && !text.ends_with('a')
            }
        }
    }
}

impl Key {
    fn fits(self) -> Fits {
        match (self.place, self.paragraph) {
            (true, _) => Fits::Place,
            (false, Some(_)) => Fits::Paragraph,
            (false, None) => Fits::Heading,
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (place, nested) = match parts.next()? {
            "a" => (false, false),
            "ao" => (true, false),
            "p" => (false, true),
            "po" => (true, true),
            _ => return None,
        };
        let article = parts.next()?.parse().ok()?;
        let paragraph = if nested { Some(parts.next()?.parse().ok()?) } else { None };
        parts.next().is_none().then_some(Self { article, paragraph, place })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place { "o" } else { "" };
        match &self.paragraph {
            None => write!(f, "a{place}.{}", self.article),
            Some(id) => write!(f, "p{place}.{}.{id}", self.article),
        }
    }
}

fn wordings(
    key: &str,
    fits: Fits,
    values: &[FieldValue],
    authors: &dyn Authors,
    notices: &mut Vec<Notice>,
) -> Vec<Wording> {
    let mut found: Vec<Wording> = Vec::new();
    for value in values {
        let by = By::new(&value.by, authors);
        match &value.value {
            Scalar::Text(text) if fits.allow(text) => found.push(Wording { text: text.clone(), by }),
            Scalar::Text(_) | Scalar::Int(_) | Scalar::Bool(_) | Scalar::Other(_) => {
                notices.push(Notice::new(key, &Why::WrongType, value.by.at.clone(), Some(by)));
            }
        }
    }
    found
}

/// Whether somebody has to choose: two that wrote the same words do not disagree.
fn differ(wordings: &[Wording]) -> bool {
    wordings.iter().any(|wording| wording.text != wordings[0].text)
}

fn one(wordings: &[Wording]) -> Option<&str> {
    wordings.first().filter(|_| !differ(wordings)).map(|wording| wording.text.as_str())
}

/// Where something stands: the first of its places by the alphabet; what has none, at the end.
fn first(places: &[Wording]) -> &str {
    places.iter().map(|place| place.text.as_str()).min().unwrap_or("~")
}

/// The place behind which something is added at the end.
fn last_place(places: &[Wording]) -> String {
    places.iter().map(|place| place.text.clone()).max().unwrap_or_default()
}

fn put(key: Key, text: String) -> Edit {
    Edit::Put { key: key.to_string(), value: Scalar::Text(text) }
}

fn one_line(text: &str, chars_max: usize) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = !text.is_empty() && text.chars().count() <= chars_max && !text.chars().any(char::is_control);
    fits.then_some(text)
}

fn paragraph_text(text: &str) -> Result<String, RecordError> {
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|l| !l.is_empty())
        .collect();
    let text = lines.join("\n");
    if Fits::Paragraph.allow(&text) {
        Ok(text)
    } else {
        refuse(
            ("ayatnya kosong atau terlalu panjang", "the paragraph is empty or too long"),
            ("tulis 1 sampai 4000 huruf teks biasa", "write 1 to 4000 characters of plain text"),
        )
    }
}

/// A place behind `behind` (in front of all, if none) among places in order.
fn place_behind(items: &[(ItemId, &str)], id: ItemId, behind: Option<ItemId>) -> Result<String, RecordError> {
    if items.iter().any(|(taken, _)| *taken == id) {
        return refuse(("tanda pengenalnya sudah dipakai", "an id that is taken"), ("coba lagi", "draw another one"));
    }
    let index = match behind {
        None => 0,
        Some(behind) => {
            let found = items.iter().position(|(item, _)| *item == behind);
            1 + found.ok_or(unfit(
                ("bagian di sebelahnya tidak ada lagi", "a neighbour that is not there"),
                ("buka naskahnya lagi", "show the text again"),
            ))?
        }
    };
    let low = index.checked_sub(1).and_then(|index| items.get(index)).map_or("", |(_, place)| *place);
    // Two of one place were added at the same time; whatever stands further behind bounds the place.
    let high = items[index..].iter().map(|(_, place)| *place).find(|place| *place > low && *place != "~");
    between(low, high.unwrap_or_default()).filter(|place| Fits::Place.allow(place)).ok_or(unfit(
        ("terlalu banyak disisipkan di tempat ini", "a spot where too much was put in"),
        ("mulai pasal baru", "begin a new article"),
    ))
}

/// A text of `b` to `z` that lies between two others in the order of the alphabet; an empty one is no bound.
fn between(low: &str, high: &str) -> Option<String> {
    let digit = |text: &str, at: usize| text.as_bytes().get(at).map(|b| b.saturating_sub(b'a'));
    let mut place = String::new();
    // Once a digit lies below the upper bound, the bound says nothing any more.
    let mut bounded = !high.is_empty();
    for at in 0..=PLACE_BYTES_MAX {
        let below = digit(low, at).unwrap_or(0);
        let above = if bounded { digit(high, at).unwrap_or(0) } else { 26 };
        if above > below + 1 {
            // Appending at the end is the common case: one step, not half the alphabet.
            let next = if bounded { below + (above - below) / 2 } else { below + 1 };
            place.push(char::from(b'a' + next));
            return Some(place);
        }
        place.push(char::from(b'a' + below));
        bounded &= above == below;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_lies_between_its_neighbours() {
        for (low, high, between_them) in [
            ("", "", "b"),
            ("b", "", "c"),
            ("z", "", "zb"),
            ("b", "c", "bb"),
            ("bb", "c", "bc"),
            ("", "b", "ab"),
            ("", "ab", "aab"),
            ("bz", "c", "bzb"),
            ("b", "bb", "bab"),
            ("c", "m", "h"),
        ] {
            let found = between(low, high).unwrap();
            assert_eq!(found, between_them, "{low} {high}");
            assert!(*found > *low && (high.is_empty() || *found < *high), "{low} < {found} < {high}");
            assert!(Fits::Place.allow(&found), "{found}");
        }
    }

    #[test]
    fn fifty_paragraphs_at_one_spot_still_find_a_place() {
        let mut high = "c".to_owned();
        for _ in 0..50 {
            let found = between("b", &high).unwrap();
            assert!("b" < found.as_str() && found < high && Fits::Place.allow(&found), "{found}");
            high = found;
        }
    }

    #[test]
    fn a_key_reads_back_and_nothing_else_is_one() {
        let (a, p) = ("0102030405060708", "1112131415161718");
        for key in [format!("a.{a}"), format!("ao.{a}"), format!("p.{a}.{p}"), format!("po.{a}.{p}")] {
            assert_eq!(Key::read(&key).map(|key| key.to_string()), Some(key));
        }
        for key in [
            "title",
            "a.",
            "a.01",
            &format!("a.{a}.{p}"),
            &format!("p.{a}"),
            &format!("x.{a}"),
            &format!("p.{a}.{p}.{p}"),
        ] {
            assert_eq!(Key::read(key), None, "{key}");
        }
    }
}
