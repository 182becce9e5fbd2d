//! What a document shows: plain data out of the accepted entries.

use std::collections::{BTreeMap, BTreeSet};

use automerge::ReadDoc;
use identity::{Coordinate, JournalId};
use journal::{Payload, Subject};

use crate::columns::{Id, Op, Span, value};
use crate::engine::{CannotShow, guarded, text_object};
use crate::fold::{Fold, Node, Verdict};
use crate::guard::read_fact;
use crate::leb::Reader;
use crate::{Authorship, Fact, FieldValue, Scalar, Snapshot};

/// The key of a fact that says which waiting entries its author said again: postcard of journals and numbers.
pub(crate) const SETTLED: &str = "~settled";

impl Fold {
    /// What it shows now.
    pub fn snapshot(&self) -> Snapshot {
        let header = self.header(&self.id).or(self.nodes.iter().min_by_key(|node| &node.at).map(|node| &node.header));
        let predecessor = self.header(&self.id).and_then(|header| match &header.subject {
            Subject::Creates { predecessor } => predecessor.clone(),
            Subject::Of(_) => None,
        });
        let mut snapshot = Snapshot {
            id: self.id.clone(),
            kind: header.map_or(0, |header| header.kind.record),
            predecessor: None,
            fields: BTreeMap::new(),
            texts: BTreeMap::new(),
            facts: Vec::new(),
            heads: Vec::new(),
            tips: Vec::new(),
            waiting: Vec::new(),
            refused: Vec::new(),
            settled: Vec::new(),
            cannot_show: false,
            erased: self.is_erased(),
        };
        if snapshot.erased {
            return snapshot;
        }
        snapshot.predecessor = predecessor;
        snapshot.fields = self.fields();
        match self.texts() {
            Ok(texts) => snapshot.texts = texts,
            Err(CannotShow(_)) => snapshot.cannot_show = true,
        }
        snapshot.facts = self.facts();
        snapshot.heads = self.heads();
        snapshot.tips = self.tips();
        snapshot.settled = self.settled();
        let settled: BTreeSet<&Coordinate> = self.settled_by_author(&snapshot.settled).collect();
        for (at, verdict) in self.verdicts() {
            match verdict {
                Verdict::Accepted => {}
                Verdict::Waiting(_) if settled.contains(at) => {}
                Verdict::Waiting(waiting) => snapshot.waiting.push((at.clone(), waiting.clone())),
                Verdict::Refused(refusal) => snapshot.refused.push((at.clone(), refusal.clone())),
            }
        }
        snapshot
    }

    /// The values that stand, in Automerge's order: by counter, then by actor.
    fn fields(&self) -> BTreeMap<String, Vec<FieldValue>> {
        let mut fields = BTreeMap::new();
        for (key, ids) in &self.ground.registers {
            let values: Vec<FieldValue> =
                self.in_order(ids.iter()).into_iter().filter_map(|id| self.value(id)).collect();
            if !values.is_empty() {
                fields.insert(key.to_string(), values);
            }
        }
        fields
    }

    fn value(&self, id: Id) -> Option<FieldValue> {
        let (change, op) = self.ground.find(id, |_| true)?;
        let node = self.nodes.get(change.node as usize)?;
        Some(FieldValue { value: scalar(op, self.body(change.node)), by: authorship(node) })
    }

    fn texts(&self) -> Result<BTreeMap<String, String>, CannotShow> {
        if self.ground.texts.is_empty() {
            return Ok(BTreeMap::new());
        }
        guarded(|| {
            let document = self.automerge(None)?;
            let mut texts = BTreeMap::new();
            for key in self.ground.texts.keys() {
                let object = text_object(&document, key).ok_or(CannotShow::because("a text is missing"))?;
                texts.insert(key.to_string(), document.text(&object).map_err(CannotShow::because)?);
            }
            Ok(texts)
        })
    }

    fn accepted_facts(&self) -> impl Iterator<Item = (&Node, &str, &[u8])> {
        self.nodes.iter().filter(|node| node.is_accepted()).filter_map(|node| match &node.payload {
            Payload::Fact(bytes) => read_fact(bytes).ok().map(|(key, content)| (node, key, content)),
            Payload::Change(_) | Payload::Erased { .. } => None,
        })
    }

    /// The facts, each after everything that it saw, then by hash.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<_> = self.accepted_facts().filter(|(_, key, _)| *key != SETTLED).collect();
        facts.sort_by_key(|(node, _, _)| (node.depth, node.hash));
        let fact = |(node, key, content): (&Node, &str, &[u8])| Fact {
            key: key.into(),
            bytes: content.into(),
            by: authorship(node),
            hash: node.hash,
            saw: node.header.links.clone(),
        };
        facts.into_iter().map(fact).collect()
    }

    /// Which waiting entries were said again, and where that is said.
    pub(crate) fn settled(&self) -> Vec<(Coordinate, Coordinate)> {
        let mut settled = Vec::new();
        for (node, key, content) in self.accepted_facts() {
            if key != SETTLED {
                continue;
            }
            let Ok(said) = postcard::from_bytes::<Vec<(JournalId, Vec<u64>)>>(content) else { continue };
            for (journal, seqs) in said {
                let entries = seqs.into_iter().map(|seq| Coordinate { journal: journal.clone(), seq });
                settled.extend(
                    entries
                        .filter(|at| matches!(self.verdict(at), Some(Verdict::Waiting(_))))
                        .map(|at| (at, node.at.clone())),
                );
            }
        }
        settled.sort();
        settled
    }

    /// Those of `settled` that their own author settled. What another writer adopted stays listed as waiting too:
    /// nobody but its author takes an entry off that list.
    pub(crate) fn settled_by_author<'a>(
        &self,
        settled: &'a [(Coordinate, Coordinate)],
    ) -> impl Iterator<Item = &'a Coordinate> {
        settled.iter().filter(|(at, by)| at.journal.node == by.journal.node).map(|(at, _)| at)
    }
}

pub(crate) fn authorship(node: &Node) -> Authorship {
    Authorship { at: node.at.clone(), officer: node.header.officer.clone(), time_ms: node.header.time_ms }
}

/// The value that an operation sets. The guard has checked its bytes.
pub(crate) fn scalar(op: &Op<Span>, body: &[u8]) -> Scalar {
    let bytes = op.value.of(body);
    let mut reader = Reader::new(bytes);
    match op.value_type {
        value::TEXT => Scalar::Text(String::from_utf8_lossy(bytes).into_owned()),
        value::FALSE => Scalar::Bool(false),
        value::TRUE => Scalar::Bool(true),
        value::SIGNED => Scalar::Int(reader.signed().unwrap_or_default()),
        value::UNSIGNED => {
            let number = reader.unsigned().unwrap_or_default();
            i64::try_from(number).map_or_else(|_| Scalar::Other(number.to_string()), Scalar::Int)
        }
        value::FLOAT => {
            let number = bytes.try_into().map(f64::from_le_bytes).unwrap_or_default();
            Scalar::Other(number.to_string())
        }
        value::TIMESTAMP => Scalar::Other(format!("time {}", reader.signed().unwrap_or_default())),
        value::NULL => Scalar::Other("null".into()),
        _ => Scalar::Other(format!("{} bytes", bytes.len())),
    }
}
