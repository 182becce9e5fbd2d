//! The inside of a page or pack: tables, the heads of the runs, then every field as a column over all entries.
//!
//! Left out is what the reader recomputes: numbers, previous hashes, commitments, the checkpoint's point. Journals and
//! officers are named once, in the order of their first use. So is each *shape*: everything of an entry that repeats
//! (officer, kind, lane, and which journals it names in which place), so that an entry costs one number for all of it.
//! Numbers of entries are steps from the last one named of the same journal, times are steps from the entry before.
//! Payloads that create a document stand apart from the others, which are much more alike.
//!
//! # Invariants
//! - There is one spelling: what decodes encodes to the same bytes.
//! - Nothing is allocated for a count that the remaining bytes could not hold, nor beyond [`Limits`].

use std::collections::BTreeMap;

use identity::{ChangeHash, Coordinate, EntryHash, Incarnation, JournalId, NodeKey, Officer, ScopeName, Signature};

use crate::{
    Actor, Change, Cover, Digest, Form, Kind, LANES, LINKS_MAX, Limits, PAGE_ENTRIES_MAX, PAYLOAD_BYTES_MAX, PageError,
    Payload, Subject,
    run::{Line, LineRef, Run, RunRef},
    salt::{DEPTH, SubSeed},
    wire::{In, Out, fold, unfold},
};

/// The longest name of a scope, in bytes, with room for classes to come.
const SCOPE_BYTES_MAX: u64 = 64;

/// How many officers and shapes one pack may name: each entry its own.
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

/// What repeats from entry to entry. Journals stand here as indices into their table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    officer: u64,
    kind: Kind,
    erased: bool,
    /// 0: creates a document; 2j + 1: is about one of journal j; 2j + 2: creates the successor of one of journal j.
    subject: u64,
    /// 0: the entry that created the document it is about; j + 1: an entry of journal j.
    links: Vec<u64>,
    lane: u8,
    /// Lane + 8 × (0: the journal of the document it is about; 1: that of the first link; j + 2: journal j).
    others: Vec<u64>,
}

impl Shape {
    fn creates(&self) -> bool {
        self.subject.is_multiple_of(2)
    }

    /// Whether it has a lane and other actors.
    fn is_change(&self) -> bool {
        self.kind.form == Form::Change && !self.erased
    }
}

/// The journals that other actors are most likely of: that of the document and that of the first link.
fn likely<'a>(subject: &'a Subject, links: &'a [Coordinate]) -> [Option<&'a JournalId>; 2] {
    let document = match subject {
        Subject::Of(document) => Some(&document.journal),
        Subject::Creates { .. } => None,
    };
    [document, links.first().map(|link| &link.journal).filter(|journal| document != Some(journal))]
}

/// The columns, in the order in which they stand.
#[derive(Clone, Copy)]
enum Column {
    Shapes,
    TimesLow,
    TimesHigh,
    SubjectSeqs,
    LinkSeqs,
    Erased,
    CreatingLengths,
    Lengths,
    CreatingBodies,
    Bodies,
}

/// What each column is called where sizes are told apart.
const COLUMNS: [&str; 10] = [
    "shapes",
    "times, low byte",
    "times, rest",
    "subject numbers",
    "link numbers",
    "erased",
    "creating lengths",
    "lengths",
    "creating payloads",
    "payloads",
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
        for shape in &self.shapes.listed {
            out.number(shape.officer);
            out.number(u64::from(shape.kind.record));
            out.number(u64::from(shape.kind.form == Form::Fact) | u64::from(shape.erased) << 1);
            out.number(shape.subject);
            out.number(shape.links.len() as u64);
            shape.links.iter().for_each(|link| out.number(*link));
            if shape.is_change() {
                out.number(u64::from(shape.lane));
                out.number(shape.others.len() as u64);
                shape.others.iter().for_each(|other| out.number(*other));
            }
        }
    }

    fn line(&mut self, own: u64, seq: u64, time_before: i64, line: &LineRef<'_>) {
        let shape = self.shape(line);
        let columns = &mut self.columns;
        let step = fold(line.time_ms.wrapping_sub(time_before));
        columns[Column::TimesLow].bytes(&[step as u8]);
        columns[Column::TimesHigh].number(step >> 8);
        columns[Column::Shapes].number(self.shapes.of(&shape));

        let mut step = |column: Column, last: &mut u64, to: u64| {
            columns[column].number(fold(to.wrapping_sub(*last) as i64));
            *last = to;
        };
        match line.subject {
            Subject::Creates { predecessor: None } => {}
            Subject::Of(at) | Subject::Creates { predecessor: Some(at) } => {
                step(Column::SubjectSeqs, self.subjects.of((shape.subject - 1) / 2), at.seq);
            }
        }
        if shape.creates() {
            *self.subjects.of(own) = seq;
        }
        for (tag, link) in shape.links.iter().zip(line.links).filter(|(tag, _)| **tag > 0) {
            step(Column::LinkSeqs, self.links.of(tag - 1), link.seq);
        }
        if let Payload::Erased { commitment, change_hash } = line.payload {
            columns[Column::Erased].bytes(commitment);
            if line.kind.form == Form::Change {
                columns[Column::Erased].bytes(&change_hash.0);
            }
        } else {
            let [lengths, bodies] = body_columns(shape.creates());
            columns[lengths].number(line.payload.body().len() as u64);
            columns[bodies].bytes(line.payload.body());
        }
    }

    fn shape(&mut self, line: &LineRef<'_>) -> Shape {
        let officer = self.officers.of(line.officer);
        let subject = match line.subject {
            Subject::Creates { predecessor: None } => 0,
            Subject::Of(document) => 2 * self.journals.of(&document.journal) + 1,
            Subject::Creates { predecessor: Some(document) } => 2 * self.journals.of(&document.journal) + 2,
        };
        let link = |link: &Coordinate| match line.subject {
            Subject::Of(document) if document == link => 0,
            Subject::Of(_) | Subject::Creates { .. } => self.journals.of(&link.journal) + 1,
        };
        let links = line.links.iter().map(link).collect();
        let likely = likely(line.subject, line.links);
        let (lane, others) = match line.payload {
            Payload::Change(Change { lane, others, .. }) => (*lane, &others[..]),
            Payload::Fact(_) | Payload::Erased { .. } => (0, &[][..]),
        };
        let other = |other: &Actor| {
            let place = likely.iter().position(|journal| *journal == Some(&other.journal));
            let place = place.map_or_else(|| self.journals.of(&other.journal) + 2, |place| place as u64);
            place * u64::from(LANES) + u64::from(other.lane)
        };
        let others = others.iter().map(other).collect();
        Shape { officer, kind: line.kind, erased: line.is_erased(), subject, links, lane, others }
    }
}

/// Where the length and the bytes of a payload stand.
fn body_columns(creates: bool) -> [Column; 2] {
    if creates { [Column::CreatingLengths, Column::CreatingBodies] } else { [Column::Lengths, Column::Bodies] }
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
