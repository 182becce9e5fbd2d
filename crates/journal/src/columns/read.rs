//! Reads the inside of a page or pack, bounded, and insists on its one spelling.

use identity::{ChangeHash, Coordinate, EntryHash, Incarnation, JournalId, NodeKey, Officer, ScopeName, Signature};

use super::{COLUMNS, Column, Columns, DICTIONARY_MAX, Last, SCOPE_BYTES_MAX, Shape, body_columns, likely};
use crate::{
    Actor, Change, Cover, Digest, Form, Kind, LANES, LINKS_MAX, Limits, PAGE_ENTRIES_MAX, PAYLOAD_BYTES_MAX, PageError,
    Payload, Subject,
    run::{Line, Run},
    salt::{DEPTH, SubSeed},
    wire::{In, unfold},
};

/// A table that is being read; it insists on the order of first use and on no value twice.
struct Named<T> {
    listed: Vec<T>,
    used: usize,
}

impl<T: Ord> Named<T> {
    fn read(count: usize, mut one: impl FnMut() -> Result<T, PageError>) -> Result<Self, PageError> {
        let listed = (0..count).map(|_| one()).collect::<Result<Vec<_>, _>>()?;
        let mut sorted: Vec<&T> = listed.iter().collect();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(PageError::Spelling("a name stands twice"));
        }
        Ok(Self { listed, used: 0 })
    }

    fn get(&mut self, index: u64) -> Result<&T, PageError> {
        if index == self.used as u64 {
            self.used += 1;
        } else if index > self.used as u64 {
            return Err(PageError::Spelling("names are out of order"));
        }
        self.listed.get(index as usize).ok_or(PageError::Spelling("a name is missing"))
    }

    fn end(&self) -> Result<(), PageError> {
        if self.used == self.listed.len() { Ok(()) } else { Err(PageError::Spelling("a name is not used")) }
    }
}

/// The head of one run, read before its entries.
struct Head {
    own: u64,
    page_first: u64,
    first: u64,
    entries: usize,
    sealed: bool,
    previous: EntryHash,
    digest: Digest,
    signature: Signature,
    cover: Cover,
}

/// Reads the inside of a page or pack. What comes back is not verified.
pub(crate) fn decode(inside: &[u8], limits: &Limits) -> Result<Vec<Run>, PageError> {
    let mut input = In(inside);
    let journals = read_journals(&mut input, limits)?;
    let count = input.count("officers", DICTIONARY_MAX, 2)?;
    let officers = Named::read(count, || read_officer(&mut input))?;
    // Five numbers at least.
    let count = input.count("shapes", DICTIONARY_MAX, 5)?;
    let mut references = limits.references;
    let shapes = Named::read(count, || read_shape(&mut input, &mut references))?;
    let heads = read_heads(&mut input, limits)?;

    let mut lengths = [0; COLUMNS.len()];
    for length in &mut lengths {
        *length = input.number_up_to("a column", limits.inflated_bytes)?;
    }
    let mut columns = Columns([(); COLUMNS.len()].map(|()| In(&[])));
    for (column, length) in columns.0.iter_mut().zip(lengths) {
        column.0 = input.bytes(length)?;
    }
    input.end()?;

    let subjects = Last::default();
    let mut decoder = Decoder {
        journals,
        officers,
        shapes,
        subjects,
        links: Last::default(),
        columns,
        references: limits.references,
    };
    let mut runs = Vec::with_capacity(heads.len());
    for head in heads {
        runs.push(decoder.run(head)?);
    }
    decoder.end()?;
    if runs.windows(2).any(|pair: &[Run]| pair[0].journal.scope != pair[1].journal.scope) {
        return Err(PageError::Foreign);
    }
    Ok(runs)
}

fn read_journals(input: &mut In<'_>, limits: &Limits) -> Result<Named<JournalId>, PageError> {
    let count = input.count("scopes", limits.references, 2)?;
    let mut scopes = Named::read(count, || {
        let text = input.text("a scope", SCOPE_BYTES_MAX)?;
        text.parse::<ScopeName>().map_err(|_| PageError::Spelling("a scope"))
    })?;
    let count = input.count("journals", limits.references, 41)?;
    let journals = Named::read(count, || {
        let scope = scopes.get(input.number()?)?.clone();
        Ok(JournalId { scope, node: NodeKey(input.array()?), incarnation: Incarnation(input.array()?) })
    })?;
    scopes.end()?;
    Ok(journals)
}

fn read_officer(input: &mut In<'_>) -> Result<Officer, PageError> {
    let handle = input.text("an officer", Officer::BYTES_MAX as u64)?;
    Officer::new(handle).map_err(|_| PageError::Spelling("an officer"))
}

fn read_shape(input: &mut In<'_>, references: &mut u64) -> Result<Shape, PageError> {
    let officer = input.number()?;
    let record = input.number_up_to("a kind of record", u64::from(u16::MAX))? as u16;
    let bits = input.number_up_to("a form", 3)?;
    let form = if bits & 1 == 0 { Form::Change } else { Form::Fact };
    let (kind, erased) = (Kind { record, form }, bits & 2 != 0);
    let mut several = |input: &mut In<'_>, what| {
        let count = input.count(what, LINKS_MAX.min(*references), 1)?;
        *references -= count as u64;
        (0..count).map(|_| input.number()).collect::<Result<Vec<_>, _>>()
    };
    let subject = input.number()?;
    let links = several(input, "links of an entry")?;
    let mut shape = Shape { officer, kind, erased, subject, links, lane: 0, others: Vec::new() };
    if shape.is_change() {
        shape.lane = input.number_up_to("a lane", u64::from(LANES) - 1)? as u8;
        shape.others = several(input, "other actors of a change")?;
    }
    Ok(shape)
}

fn read_heads(input: &mut In<'_>, limits: &Limits) -> Result<Vec<Head>, PageError> {
    // Five numbers, a digest and a signature.
    let count = input.count("runs", limits.runs, 5 + 32 + 64)?;
    let mut entries_left = limits.entries;
    let mut head = |input: &mut In<'_>| {
        let own = input.number()?;
        let page_first = input.number()?;
        let first = page_first.checked_add(input.number()?).ok_or(PageError::Place)?;
        let entries = input.number_up_to("entries", entries_left)?;
        entries_left -= entries as u64;
        let sealed = input.number_up_to("a seal", 1)? == 1;
        let previous = if first > 1 { EntryHash(input.array()?) } else { EntryHash([0; 32]) };
        let digest = Digest(input.array()?);
        let signature = Signature(input.array()?);
        Ok(Head { own, page_first, first, entries, sealed, previous, digest, signature, cover: Cover::none() })
    };
    let mut heads = (0..count).map(|_| head(input)).collect::<Result<Vec<_>, PageError>>()?;
    for head in &mut heads {
        let count = input.count("salts", PAGE_ENTRIES_MAX, 34)?;
        let node = |input: &mut In<'_>| {
            let depth = input.number_up_to("a salt's depth", u64::from(DEPTH))? as u8;
            let index = input.number_up_to("a salt's place", PAGE_ENTRIES_MAX - 1)? as u16;
            Ok(SubSeed { depth, index, seed: input.array()? })
        };
        head.cover = Cover::from_nodes((0..count).map(|_| node(input)).collect::<Result<Vec<_>, PageError>>()?)?;
    }
    Ok(heads)
}

struct Decoder<'a> {
    journals: Named<JournalId>,
    officers: Named<Officer>,
    shapes: Named<Shape>,
    subjects: Last,
    links: Last,
    columns: Columns<In<'a>>,
    /// How many more links and other actors are allowed.
    references: u64,
}

impl Decoder<'_> {
    fn run(&mut self, head: Head) -> Result<Run, PageError> {
        let Head { own, page_first, first, entries, sealed, previous, digest, signature, cover } = head;
        let journal = self.journals.get(own)?.clone();
        // Each entry has at least one byte in the first column.
        if self.columns[Column::TimesLow].0.len() < entries {
            return Err(PageError::Truncated);
        }
        let mut lines = Vec::with_capacity(entries);
        let mut time = 0;
        for place in 0..entries as u64 {
            let seq = first.checked_add(place).ok_or(PageError::Place)?;
            let line = self.line(own, seq, time)?;
            time = line.time_ms;
            lines.push(line);
        }
        Ok(Run { journal, page_first, first, previous, cover, lines, digest, sealed, signature })
    }

    fn line(&mut self, own: u64, seq: u64, time_before: i64) -> Result<Line, PageError> {
        let columns = &mut self.columns;
        let low = u64::from(columns[Column::TimesLow].byte()?);
        let high = columns[Column::TimesHigh].number_up_to("a time", u64::MAX >> 8)? as u64;
        let time_ms = time_before.wrapping_add(unfold(high << 8 | low));
        let shape = self.shapes.get(columns[Column::Shapes].number()?)?;
        let officer = self.officers.get(shape.officer)?.clone();

        // As many as the shape says, for each entry again.
        let references = (shape.links.len() + shape.others.len()) as u64;
        self.references = self.references.checked_sub(references).ok_or(PageError::TooLarge {
            what: "links and other actors",
            given: references,
            max: self.references,
        })?;

        let mut at = |last: &mut Last, column: Column, journal: u64| {
            let id = self.journals.get(journal)?.clone();
            let last = last.of(journal);
            *last = last.wrapping_add(unfold(columns[column].number()?) as u64);
            Ok::<_, PageError>(Coordinate { journal: id, seq: *last })
        };
        let subject = match shape.subject {
            0 => Subject::Creates { predecessor: None },
            tag => {
                let document = at(&mut self.subjects, Column::SubjectSeqs, (tag - 1) / 2)?;
                if shape.creates() { Subject::Creates { predecessor: Some(document) } } else { Subject::Of(document) }
            }
        };
        if shape.creates() {
            *self.subjects.of(own) = seq;
        }
        let mut links = Vec::with_capacity(shape.links.len());
        for tag in &shape.links {
            links.push(match (*tag, &subject) {
                (0, Subject::Of(document)) => document.clone(),
                (0, Subject::Creates { .. }) => return Err(PageError::Spelling("a link")),
                (tag, _) => {
                    let link = at(&mut self.links, Column::LinkSeqs, tag - 1)?;
                    if matches!(&subject, Subject::Of(document) if *document == link) {
                        return Err(PageError::Spelling("a link"));
                    }
                    link
                }
            });
        }
        let mut others = Vec::with_capacity(shape.others.len());
        for tag in &shape.others {
            let (place, lane) = (tag / u64::from(LANES), (tag % u64::from(LANES)) as u8);
            let likely = likely(&subject, &links);
            let journal = match place {
                0 | 1 => likely[place as usize].ok_or(PageError::Spelling("an actor"))?,
                place => self.journals.get(place - 2)?,
            };
            if place > 1 && likely.contains(&Some(journal)) {
                return Err(PageError::Spelling("an actor"));
            }
            others.push(Actor { journal: journal.clone(), lane });
        }
        let payload = if shape.erased {
            let column = &mut columns[Column::Erased];
            let commitment = column.array()?;
            let change_hash = if shape.kind.form == Form::Change { column.array()? } else { [0; 32] };
            Payload::Erased { commitment, change_hash: ChangeHash(change_hash) }
        } else {
            let [lengths, bodies] = body_columns(shape.creates());
            let length = columns[lengths].number_up_to("a payload", PAYLOAD_BYTES_MAX)?;
            let body = columns[bodies].bytes(length)?.to_vec();
            match shape.kind.form {
                Form::Change => Payload::Change(Change { lane: shape.lane, others, body }),
                Form::Fact => Payload::Fact(body),
            }
        };
        Ok(Line { time_ms, officer, subject, kind: shape.kind, links, payload })
    }

    fn end(&self) -> Result<(), PageError> {
        self.journals.end()?;
        self.officers.end()?;
        self.shapes.end()?;
        self.columns.0.iter().try_for_each(In::end)
    }
}
