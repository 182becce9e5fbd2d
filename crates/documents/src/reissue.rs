//! Saying again, on accepted ground, what waits because its ground was cut (`design.md` §6).
//!
//! A waiting change is not replayed but read: what it set, what it replaced, which characters it added and took away.
//! That is written at the accepted heads under new ids, replacing only what the old change had replaced already.
//! Where a register moved since, both values stand; where a neighbour in a text was cut, its neighbour takes its place.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Coordinate, JournalId};
use journal::{LANES, Payload};

use crate::chunk::Head;
use crate::columns::{self, Id, Key, Ops, SET, Span};
use crate::edit::{EditError, Written, fact};
use crate::fold::{Fold, Verdict};
use crate::ground::LaneName;
use crate::guard::read_fact;
use crate::script::{Desk, Script};
use crate::show::SETTLED;
use crate::{FACT_BYTES_MAX, Waiting};

/// The most entries that are said again at once, so that what notes them fits into one fact.
const ENTRIES_MAX: usize = 500;

/// An operation's id that also names what is not accepted: journal and lane, counter.
type WideId = (LaneName, u32);

/// A value that a lost change sets: its id, type and bytes.
type Put<'a> = (WideId, u8, &'a [u8]);

/// A change that is not accepted, read without judging it.
struct Lost<'a> {
    node: u32,
    body: &'a [u8],
    author: LaneName,
    others: Vec<LaneName>,
    start_op: u32,
    ops: Ops<Span>,
}

impl Lost<'_> {
    fn wide(&self, id: Id) -> WideId {
        let lane = match id.actor {
            0 => Some(&self.author),
            other => self.others.get(other as usize - 1),
        };
        (lane.copied().unwrap_or((u32::MAX, LANES)), id.counter)
    }
}

impl Fold {
    /// Says again, at the accepted heads, what the waiting entries `which` said: own ones whose ground was cut, or a
    /// gone author's that this journal adopts. The last of the entries returned notes which ones were settled so:
    /// write all of them together. What this node settled already is passed over.
    ///
    /// # Errors
    /// When an entry does not wait for that, or no lane is free.
    pub fn reissue(&self, which: &[Coordinate], own: &JournalId) -> Result<Vec<Written>, EditError> {
        self.check_editable()?;
        let settled = self.settled();
        let settled: BTreeSet<&Coordinate> =
            settled.iter().filter(|(_, by)| by.journal.node == own.node).map(|(at, _)| at).collect();
        let mut wanted = BTreeSet::new();
        for at in which.iter().filter(|at| !settled.contains(at)).take(ENTRIES_MAX) {
            if !matches!(self.verdict(at), Some(Verdict::Waiting(Waiting::Reissue(_)))) {
                return Err(EditError::NotWaiting(at.clone()));
            }
            wanted.extend(self.node_index(at));
        }
        if wanted.is_empty() {
            return Err(EditError::Nothing);
        }
        let lost = self.lost_below(&wanted);
        let mut written: Vec<Written> = self.change_again(&lost, &wanted, own)?.into_iter().collect();
        for node in &wanted {
            if let Payload::Fact(bytes) = &self.nodes[*node as usize].payload {
                let (key, content) = read_fact(bytes).map_err(|rule| EditError::Refused(rule.into()))?;
                written.push(fact(key, content, self.tips())?);
            }
        }
        let mut said: BTreeMap<&JournalId, Vec<u64>> = BTreeMap::new();
        for node in &wanted {
            let at = &self.nodes[*node as usize].at;
            said.entry(&at.journal).or_default().push(at.seq);
        }
        let said: Vec<_> = said.into_iter().collect();
        let note = postcard::to_stdvec(&said).map_err(|error| EditError::Refused(error.to_string()))?;
        if note.len() > FACT_BYTES_MAX {
            return Err(EditError::Full);
        }
        written.push(fact(SETTLED, &note, self.tips())?);
        Ok(written)
    }

    /// The changes below `wanted` that are not accepted, `wanted` included, each after what it builds on.
    fn lost_below(&self, wanted: &BTreeSet<u32>) -> Vec<Lost<'_>> {
        let mut lost = Vec::new();
        let mut seen = BTreeSet::new();
        // A node comes onto the stack twice: to be opened, and to be listed after everything below it.
        let mut stack: Vec<(u32, bool)> = wanted.iter().rev().map(|node| (*node, false)).collect();
        while let Some((index, opened)) = stack.pop() {
            let node = &self.nodes[index as usize];
            if opened {
                lost.extend(self.read_lost(index));
            } else if !node.is_accepted() && seen.insert(index) {
                stack.push((index, true));
                stack.extend(node.header.links.iter().filter_map(|link| Some((self.node_index(link)?, false))));
            }
        }
        lost
    }

    fn read_lost(&self, index: u32) -> Option<Lost<'_>> {
        let node = self.nodes.get(index as usize)?;
        let Payload::Change(change) = &node.payload else { return None };
        let head = Head::read(&change.body).ok()?;
        let others = change.others.iter();
        Some(Lost {
            node: index,
            body: &change.body,
            author: (node.journal, change.lane),
            others: others
                .map(|other| self.actor_name(&other.journal, other.lane).unwrap_or((u32::MAX, LANES)))
                .collect(),
            start_op: u32::try_from(head.start_op).ok()?,
            ops: columns::read(&change.body, head.columns_at, change.others.len() + 1).ok()?,
        })
    }

    fn change_again(
        &self,
        lost: &[Lost<'_>],
        wanted: &BTreeSet<u32>,
        own: &JournalId,
    ) -> Result<Option<Written>, EditError> {
        let places: Vec<u32> = self.ground.heads.iter().collect();
        let closure = self.ground.closure(places.iter().copied());
        let (lane, before) = self.free_lane(own, &closure)?;
        let desk = Desk { own, lane, before, places };
        let mut again = Again { fold: self, lost, script: Script::new(self, &desk), new: BTreeMap::new() };
        again.registers(wanted);
        again.texts(wanted);
        again.script.finish(self, desk)
    }
}

/// The new change while it is written.
struct Again<'a> {
    fold: &'a Fold,
    lost: &'a [Lost<'a>],
    script: Script<'a>,
    /// Characters of the waiting changes and what they are in the new one.
    new: BTreeMap<WideId, Id>,
}

impl<'a> Again<'a> {
    /// An id of something accepted, in the fold's numbering.
    fn accepted(&self, (lane, counter): WideId) -> Option<Id> {
        let id = Id { counter, actor: self.fold.ground.actor(lane)? };
        self.fold.ground.find(id, |_| true).map(|_| id)
    }

    fn registers(&mut self, wanted: &BTreeSet<u32>) {
        let mut replaced: BTreeMap<&'a [u8], BTreeSet<WideId>> = BTreeMap::new();
        let mut touched: BTreeMap<&'a [u8], Vec<Put<'a>>> = BTreeMap::new();
        for lost in self.lost {
            for (counter, op) in (lost.start_op..).zip(&lost.ops.list) {
                let (None, Key::Prop(key)) = (op.obj, op.key) else { continue };
                let key = key.of(lost.body);
                replaced.entry(key).or_default().extend(lost.ops.preds(op).iter().map(|id| lost.wide(*id)));
                if wanted.contains(&lost.node) {
                    let puts = touched.entry(key).or_default();
                    if op.action == SET {
                        puts.push(((lost.author, counter), op.value_type, op.value.of(lost.body)));
                    }
                }
            }
        }
        for (key, puts) in touched {
            let replaced = replaced.remove(key).unwrap_or_default();
            let replaces = self.standing(key, &replaced);
            let mut puts = puts.into_iter().filter(|(id, _, _)| !replaced.contains(id)).peekable();
            if puts.peek().is_none() && !replaces.is_empty() {
                self.script.delete(key, replaces);
                continue;
            }
            // Several puts stand only if they stood side by side before: so they do again.
            let mut replaces = Some(replaces);
            for (_, value_type, bytes) in puts {
                self.script.set(key, (value_type, bytes), replaces.take().unwrap_or_default());
            }
        }
    }

    /// The accepted values under a key that were replaced already, in Automerge's order.
    fn standing(&self, key: &[u8], replaced: &BTreeSet<WideId>) -> Vec<Id> {
        let ground = &self.fold.ground;
        let values = ground.registers.get(crate::ground::key_text(key)).into_iter().flatten();
        let wide = |id: &Id| ground.actors.get(id.actor as usize).map(|lane| (lane.name, id.counter));
        self.fold.in_order(values.filter(|id| wide(id).is_some_and(|id| replaced.contains(&id))))
    }

    fn texts(&mut self, wanted: &BTreeSet<u32>) {
        // What each lost character stood behind, to find a neighbour that was not cut.
        let mut behind: BTreeMap<WideId, Option<WideId>> = BTreeMap::new();
        for lost in self.lost {
            for (counter, op) in (lost.start_op..).zip(&lost.ops.list) {
                if op.insert {
                    let neighbour = match op.key {
                        Key::Elem(elem) => Some(lost.wide(elem)),
                        Key::Head | Key::Prop(_) => None,
                    };
                    behind.insert((lost.author, counter), neighbour);
                }
            }
        }
        for lost in self.lost.iter().filter(|lost| wanted.contains(&lost.node)) {
            for (counter, op) in (lost.start_op..).zip(&lost.ops.list) {
                let Some(text) = op.obj.and_then(|text| self.accepted(lost.wide(text))) else { continue };
                let elem = match op.key {
                    Key::Elem(elem) => Some(lost.wide(elem)),
                    Key::Head => None,
                    Key::Prop(_) => continue,
                };
                if op.insert {
                    let behind = self.neighbour(elem, &behind);
                    let id = self.script.insert(text, behind, (op.value_type, op.value.of(lost.body)));
                    self.new.insert((lost.author, counter), id);
                } else if let Some(elem) = elem.and_then(|elem| self.new.get(&elem).copied().or(self.accepted(elem))) {
                    self.script.delete_character(text, elem);
                }
            }
        }
    }

    /// The character to stand behind: the same, or the one that it stood behind itself, until one is there.
    fn neighbour(&self, mut elem: Option<WideId>, behind: &BTreeMap<WideId, Option<WideId>>) -> Option<Id> {
        // Bounded, should hostile characters stand behind each other in a circle.
        for _ in 0..=behind.len() {
            let at = elem?;
            if let Some(id) = self.new.get(&at).copied().or_else(|| self.accepted(at)) {
                return Some(id);
            }
            elem = behind.get(&at).copied().flatten();
        }
        None
    }
}
