//! Writes the inside of a page or pack.

use std::collections::BTreeMap;

use identity::{Coordinate, JournalId, Officer};

use super::{COLUMNS, Column, Columns, Last, Shape, body_columns, likely};
use crate::{
    Actor, Change, Form, LANES, Payload, Subject,
    run::{LineRef, RunRef},
    wire::{Out, fold},
};

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
