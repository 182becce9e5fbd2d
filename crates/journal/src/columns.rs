//! The inside of a page or pack: tables, the heads of the runs, then every field as a column over all entries.
//!
//! Left out is what the reader recomputes: numbers, previous hashes, commitments, the checkpoint's point, the form of a
//! payload. Journals, officers and kinds are named once, in the order of their first use; numbers of entries are steps
//! from the last one named of the same journal, times are steps from the entry before.
//!
//! # Invariants
//! - There is one spelling: what decodes encodes to the same bytes.
//! - Nothing is allocated for a count that the remaining bytes could not hold, nor beyond [`Limits`].

use std::collections::BTreeMap;

use identity::{ChangeHash, Coordinate, EntryHash, Incarnation, JournalId, NodeKey, Officer, ScopeName, Signature};

use crate::{
    Actor, Change, Cover, Digest, Form, Kind, LINKS_MAX, Limits, PAGE_ENTRIES_MAX, PAYLOAD_BYTES_MAX, PageError,
    Payload, Subject,
    run::{Line, LineRef, Run, RunRef},
    salt::{DEPTH, SubSeed},
    wire::{In, Out},
};

/// The longest name of a scope, in bytes, with room for classes to come.
const SCOPE_BYTES_MAX: u64 = 64;

/// How many officers and kinds one pack may name: each entry its own.
const DICTIONARY_MAX: u64 = PAGE_ENTRIES_MAX;

/// A table that is being written: each value once, in the order of first use.
struct Names<T> {
    listed: Vec<T>,
    index: BTreeMap<T, u64>,
}

impl<T: Ord + Clone> Names<T> {
    fn new() -> Self {
        Self { listed: Vec::new(), index: BTreeMap::new() }
    }

    fn of(&mut self, value: &T) -> u64 {
        if let Some(index) = self.index.get(value) {
            return *index;
        }
        let index = self.listed.len() as u64;
        self.listed.push(value.clone());
        self.index.insert(value.clone(), index);
        index
    }
}

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

/// The number last named of each journal in the table.
#[derive(Default)]
struct Last(Vec<u64>);

impl Last {
    fn of(&mut self, journal: u64) -> &mut u64 {
        let index = journal as usize;
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        &mut self.0[index]
    }
}

/// A kind and whether the entry is erased: the two say together which columns an entry has.
type Shape = (Kind, bool);

/// The columns, in the order in which they stand. An entry has a value in some of them, by its shape.
#[derive(Clone, Copy)]
enum Column {
    Times,
    Officers,
    Shapes,
    Subjects,
    SubjectSeqs,
    LinkCounts,
    Links,
    LinkSeqs,
    Erased,
    Lanes,
    OtherCounts,
    Others,
    BodyLengths,
    Bodies,
}

/// What each column is called where sizes are told apart.
const COLUMNS: [&str; 14] = [
    "times",
    "officers",
    "kinds",
    "subjects",
    "subject numbers",
    "link counts",
    "links",
    "link numbers",
    "erased",
    "lanes",
    "other actor counts",
    "other actors",
    "body lengths",
    "bodies",
];

/// One value per column, by name.
struct Columns<T>([T; COLUMNS.len()]);

impl<T> std::ops::Index<Column> for Columns<T> {
    type Output = T;
    fn index(&self, column: Column) -> &T {
        &self.0[column as usize]
    }
}

impl<T> std::ops::IndexMut<Column> for Columns<T> {
    fn index_mut(&mut self, column: Column) -> &mut T {
        &mut self.0[column as usize]
    }
}

struct Encoder {
    journals: Names<JournalId>,
    officers: Names<Officer>,
    shapes: Names<Shape>,
    subjects: Last,
    links: Last,
    columns: Columns<Out>,
}

/// The parts of the inside in the order in which they stand there, each under its name.
pub(crate) fn encode(runs: &[RunRef<'_>]) -> Vec<(&'static str, Vec<u8>)> {
    let mut encoder = Encoder {
        journals: Names::new(),
        officers: Names::new(),
        shapes: Names::new(),
        subjects: Last::default(),
        links: Last::default(),
        columns: Columns(Default::default()),
    };
    let (mut heads, mut covers) = (Out::default(), Out::default());
    heads.number(runs.len() as u64);
    for run in runs {
        let own = encoder.journals.of(run.journal);
        encode_head(&mut heads, &mut covers, own, run);
        let mut time = 0;
        for (seq, line) in (run.first..).zip(&run.lines) {
            encoder.line(own, seq, time, line);
            time = line.time_ms;
        }
    }
    let mut tables = Out::default();
    encoder.tables(&mut tables);
    let mut lengths = Out::default();
    encoder.columns.0.iter().for_each(|column| lengths.number(column.0.len() as u64));
    let mut parts = vec![("tables", tables.0), ("heads", heads.0), ("salts", covers.0), ("lengths", lengths.0)];
    parts.extend(COLUMNS.into_iter().zip(encoder.columns.0).map(|(name, column)| (name, column.0)));
    parts
}

fn encode_head(heads: &mut Out, covers: &mut Out, own: u64, run: &RunRef<'_>) {
    heads.number(own);
    heads.number(run.page_first);
    heads.number(run.first - run.page_first);
    heads.number(run.lines.len() as u64);
    heads.number(u64::from(run.sealed));
    if run.first > 1 {
        heads.bytes(&run.previous.0);
    }
    heads.bytes(&run.digest.0);
    heads.bytes(&run.signature.0);
    covers.number(run.cover.nodes().len() as u64);
    for node in run.cover.nodes() {
        covers.number(u64::from(node.depth));
        covers.number(u64::from(node.index));
        covers.bytes(&node.seed);
    }
}

impl Encoder {
    fn tables(&mut self, out: &mut Out) {
        let mut scopes = Names::new();
        let indices: Vec<u64> = self.journals.listed.iter().map(|journal| scopes.of(&journal.scope)).collect();
        out.number(scopes.listed.len() as u64);
        scopes.listed.iter().for_each(|scope| out.text(scope.as_str()));
        out.number(self.journals.listed.len() as u64);
        for (journal, scope) in self.journals.listed.iter().zip(indices) {
            out.number(scope);
            out.bytes(&journal.node.0);
            out.bytes(&journal.incarnation.0);
        }
        out.number(self.officers.listed.len() as u64);
        self.officers.listed.iter().for_each(|officer| out.text(officer.as_str()));
        out.number(self.shapes.listed.len() as u64);
        for (kind, erased) in &self.shapes.listed {
            out.number(u64::from(kind.record));
            out.number(u64::from(kind.form == Form::Fact) | u64::from(*erased) << 1);
        }
    }

    fn line(&mut self, own: u64, seq: u64, time_before: i64, line: &LineRef<'_>) {
        let columns = &mut self.columns;
        columns[Column::Times].step(time_before as u64, line.time_ms as u64);
        columns[Column::Officers].number(self.officers.of(line.officer));
        columns[Column::Shapes].number(self.shapes.of(&(line.kind, line.is_erased())));

        let mut named = |tag: u64, at: &Coordinate| {
            let journal = self.journals.of(&at.journal);
            columns[Column::Subjects].number(2 * journal + tag);
            let last = self.subjects.of(journal);
            columns[Column::SubjectSeqs].step(*last, at.seq);
            *last = at.seq;
        };
        match line.subject {
            Subject::Creates { predecessor: None } => columns[Column::Subjects].number(0),
            Subject::Of(document) => named(1, document),
            Subject::Creates { predecessor: Some(document) } => named(2, document),
        }
        if matches!(line.subject, Subject::Creates { .. }) {
            *self.subjects.of(own) = seq;
        }

        columns[Column::LinkCounts].number(line.links.len() as u64);
        for link in line.links {
            if matches!(line.subject, Subject::Of(document) if document == link) {
                columns[Column::Links].number(0);
                continue;
            }
            let journal = self.journals.of(&link.journal);
            columns[Column::Links].number(1 + journal);
            let last = self.links.of(journal);
            columns[Column::LinkSeqs].step(*last, link.seq);
            *last = link.seq;
        }

        match line.payload {
            Payload::Change(change) => {
                columns[Column::Lanes].number(u64::from(change.lane));
                columns[Column::OtherCounts].number(change.others.len() as u64);
                for other in &change.others {
                    columns[Column::Others].number(self.journals.of(&other.journal));
                    columns[Column::Others].number(u64::from(other.lane));
                }
            }
            Payload::Fact(_) => {}
            Payload::Erased { commitment, change_hash } => {
                columns[Column::Erased].bytes(commitment);
                if line.kind.form == Form::Change {
                    columns[Column::Erased].bytes(&change_hash.0);
                }
                return;
            }
        }
        columns[Column::BodyLengths].number(line.payload.body().len() as u64);
        columns[Column::Bodies].bytes(line.payload.body());
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
    let count = input.count("kinds", DICTIONARY_MAX, 2)?;
    let shapes = Named::read(count, || read_shape(&mut input))?;
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

fn read_shape(input: &mut In<'_>) -> Result<Shape, PageError> {
    let record = input.number_up_to("a kind of record", u64::from(u16::MAX))? as u16;
    let bits = input.number_up_to("a form", 3)?;
    let form = if bits & 1 == 0 { Form::Change } else { Form::Fact };
    Ok((Kind { record, form }, bits & 2 != 0))
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
        if self.columns[Column::Times].0.len() < entries {
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
        let time_ms = columns[Column::Times].step(time_before as u64)? as i64;
        let officer = self.officers.get(columns[Column::Officers].number()?)?.clone();
        let (kind, erased) = *self.shapes.get(columns[Column::Shapes].number()?)?;

        let tag = columns[Column::Subjects].number()?;
        let mut named = |journal: u64| {
            let id = self.journals.get(journal)?.clone();
            let last = self.subjects.of(journal);
            *last = columns[Column::SubjectSeqs].step(*last)?;
            Ok::<_, PageError>(Coordinate { journal: id, seq: *last })
        };
        let subject = match tag {
            0 => Subject::Creates { predecessor: None },
            tag if tag % 2 == 1 => Subject::Of(named((tag - 1) / 2)?),
            tag => Subject::Creates { predecessor: Some(named((tag - 2) / 2)?) },
        };
        if matches!(subject, Subject::Creates { .. }) {
            *self.subjects.of(own) = seq;
        }

        let count = columns[Column::LinkCounts].number_up_to("links of an entry", self.references.min(LINKS_MAX))?;
        self.references -= count as u64;
        if columns[Column::Links].0.len() < count {
            return Err(PageError::Truncated);
        }
        let mut links = Vec::with_capacity(count);
        for _ in 0..count {
            let tag = columns[Column::Links].number()?;
            let link = match (tag, &subject) {
                (0, Subject::Of(document)) => document.clone(),
                (0, Subject::Creates { .. }) => return Err(PageError::Spelling("a link")),
                (tag, _) => {
                    let journal = self.journals.get(tag - 1)?.clone();
                    let last = self.links.of(tag - 1);
                    *last = columns[Column::LinkSeqs].step(*last)?;
                    let link = Coordinate { journal, seq: *last };
                    if matches!(&subject, Subject::Of(document) if *document == link) {
                        return Err(PageError::Spelling("a link"));
                    }
                    link
                }
            };
            links.push(link);
        }
        let payload = if erased { self.erased(kind.form)? } else { self.payload(kind.form)? };
        Ok(Line { time_ms, officer, subject, kind, links, payload })
    }

    fn erased(&mut self, form: Form) -> Result<Payload, PageError> {
        let column = &mut self.columns[Column::Erased];
        let commitment = column.array()?;
        let change_hash = ChangeHash(match form {
            Form::Change => column.array()?,
            Form::Fact => [0; 32],
        });
        Ok(Payload::Erased { commitment, change_hash })
    }

    fn payload(&mut self, form: Form) -> Result<Payload, PageError> {
        let head = match form {
            Form::Change => Some((self.lane()?, self.others()?)),
            Form::Fact => None,
        };
        let length = self.columns[Column::BodyLengths].number_up_to("a payload", PAYLOAD_BYTES_MAX)?;
        let body = self.columns[Column::Bodies].bytes(length)?.to_vec();
        Ok(match head {
            Some((lane, others)) => Payload::Change(Change { lane, others, body }),
            None => Payload::Fact(body),
        })
    }

    fn lane(&mut self) -> Result<u8, PageError> {
        Ok(self.columns[Column::Lanes].number_up_to("a lane", u64::from(u8::MAX))? as u8)
    }

    fn others(&mut self) -> Result<Vec<Actor>, PageError> {
        let max = self.references.min(LINKS_MAX);
        let count = self.columns[Column::OtherCounts].number_up_to("other actors of a change", max)?;
        self.references -= count as u64;
        let column = &mut self.columns[Column::Others];
        if column.0.len() / 2 < count {
            return Err(PageError::Truncated);
        }
        let mut others = Vec::with_capacity(count);
        for _ in 0..count {
            let journal = self.journals.get(column.number()?)?.clone();
            others.push(Actor { journal, lane: column.number_up_to("a lane", u64::from(u8::MAX))? as u8 });
        }
        Ok(others)
    }

    fn end(&self) -> Result<(), PageError> {
        self.journals.end()?;
        self.officers.end()?;
        self.shapes.end()?;
        self.columns.0.iter().try_for_each(In::end)
    }
}
