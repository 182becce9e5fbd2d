//! Offices and nodes: rank by rank from the top, and inside an office from its first node to the further ones.
//!
//! Who may admit and remove stands strictly above, or (for further nodes) in the same office. So when an office is
//! settled, all whose word on it can count are settled already.
//!
//! # Invariants
//! - A key speaks for one office, however many it asked: that of the highest rank which admitted it, among equals one
//!   that its own request brought into being, then the one of the lowest id.
//! - Admissions that fell with their sponsor's key are looked at last and touch nothing that counts.

use std::collections::{BTreeMap, BTreeSet};

use identity::{NodeKey, OfficeId, OfficeKind, Region, StatementHash, broken};

use super::{
    Index, Saying,
    founders::{Founders, Removal},
};
use crate::{
    Body, Effect, Node, NodeState, Office, Subject, VoidReason, WaitReason,
    charter::{Admission, Rank},
    set::Candidate,
};

#[derive(Default)]
pub(super) struct Tree {
    pub(super) offices: BTreeMap<OfficeId, Office>,
    pub(super) nodes: BTreeMap<NodeKey, Node>,
}

/// Which admissions are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Those that count.
    Counting,
    /// Those that would, had their sponsors not been removed.
    Fallen,
}

/// An office as its first request describes it.
struct Shape<'a> {
    id: OfficeId,
    name: &'a str,
    kind: OfficeKind,
    region: &'a Region,
    rank: Rank,
}

impl Tree {
    /// The founders' offices and those that were founders, for counting votes.
    pub(super) fn of_founders(founders: &Founders, index: &Index) -> Self {
        let mut tree = Self::default();
        tree.pass(founders, index, &order(founders, index, founders.nodes.keys().copied()), Pass::Counting);
        tree
    }

    /// Every office.
    pub(super) fn grow(founders: &Founders, index: &Index) -> Self {
        let mut tree = Self::default();
        let ids: BTreeSet<OfficeId> = founders.nodes.keys().chain(index.new_offices.keys()).copied().collect();
        let order = order(founders, index, ids);
        tree.pass(founders, index, &order, Pass::Counting);
        tree.pass(founders, index, &order, Pass::Fallen);
        tree
    }

    /// The node, if what it said in this statement of its own counts.
    pub(super) fn speaks(&self, signer: &NodeKey, by: &StatementHash) -> Result<&Node, Effect> {
        let node = self.nodes.get(signer).ok_or(Effect::Waiting(WaitReason::Author))?;
        node.speaks(by).map(|()| node)
    }

    fn pass(&mut self, founders: &Founders, index: &Index, order: &[Shape], pass: Pass) {
        for rank in order.chunk_by(|one, two| one.rank == two.rank) {
            rank.iter().for_each(|shape| self.open(founders, index, shape, pass));
            rank.iter().for_each(|shape| self.extend(founders, index, shape, pass));
        }
    }

    /// Takes in the nodes that brought the office into being.
    fn open(&mut self, founders: &Founders, index: &Index, shape: &Shape, pass: Pass) {
        if pass == Pass::Counting {
            for (candidate, admission) in founders.nodes.get(&shape.id).into_iter().flatten() {
                self.enter(founders, index, shape, candidate, *admission, pass);
            }
        }
        for saying in index.new_offices.get(&shape.id).into_iter().flatten() {
            if let Some(candidate) = saying.candidate()
                && self.said_above(saying, shape, pass)
            {
                self.enter(founders, index, shape, candidate, saying.admission(), pass);
            }
        }
    }

    /// Takes in the office's further nodes, by the word of those above it and of its own.
    fn extend(&mut self, founders: &Founders, index: &Index, shape: &Shape, pass: Pass) {
        // No office without somebody above who vouched for it.
        let Some(office) = self.offices.get(&shape.id) else { return };

        let mut queue: Vec<NodeKey> = office.nodes.iter().copied().collect();
        let mut inside: BTreeMap<NodeKey, Vec<&Saying>> = BTreeMap::new();
        for saying in index.further_nodes.get(&shape.id).into_iter().flatten() {
            let Some(candidate) = saying.candidate() else { continue };
            if !self.said_above(saying, shape, pass) {
                inside.entry(saying.signer).or_default().push(saying);
            } else if self.enter(founders, index, shape, candidate, saying.admission(), pass) {
                queue.push(candidate.node);
            }
        }
        while let Some(sponsor) = queue.pop() {
            for saying in inside.remove(&sponsor).into_iter().flatten() {
                let counts = pass == Pass::Fallen || self.speaks(&saying.signer, &saying.by).is_ok();
                if let Some(candidate) = saying.candidate()
                    && counts
                    && self.enter(founders, index, shape, candidate, saying.admission(), pass)
                {
                    queue.push(candidate.node);
                }
            }
        }
    }

    /// Whether somebody says this who stands above the office.
    fn said_above(&self, saying: &Saying, shape: &Shape, pass: Pass) -> bool {
        let office = |node: &Node| self.offices.get(&node.office);
        match pass {
            Pass::Counting => self
                .speaks(&saying.signer, &saying.by)
                .ok()
                .and_then(office)
                .is_some_and(|office| office.was_above(shape.rank, shape.region, &saying.by)),
            Pass::Fallen => self
                .nodes
                .get(&saying.signer)
                .and_then(office)
                .is_some_and(|office| office.rank_and_place_above(shape.rank, shape.region)),
        }
    }

    /// Takes a node into an office, with whatever removals there are of it; `false` when the key is taken already.
    fn enter(
        &mut self,
        founders: &Founders,
        index: &Index,
        shape: &Shape,
        candidate: &Candidate,
        admission: Admission,
        pass: Pass,
    ) -> bool {
        let key = candidate.node;
        if self.nodes.contains_key(&key) {
            return false;
        }
        let (state, kept) = match (pass, self.removal(founders, index, shape, key)) {
            (Pass::Fallen, _) => (NodeState::Fallen, BTreeSet::new()),
            (Pass::Counting, None) => (NodeState::Active, BTreeSet::new()),
            (Pass::Counting, Some(removal)) => (NodeState::Removed { by: removal.by }, removal.keep),
        };
        let node = Node { key, office: shape.id, seal_key: candidate.request.seal_key, state, admission, kept };
        self.nodes.insert(key, node);
        let office = self.offices.entry(shape.id).or_insert_with(|| Office {
            id: shape.id,
            name: shape.name.to_owned(),
            former_names: BTreeSet::new(),
            kind: shape.kind,
            region: shape.region.clone(),
            admitted: pass == Pass::Counting,
            nodes: BTreeSet::new(),
            succeeded_by: BTreeSet::new(),
            rank: shape.rank,
            admission,
            kept: founders.former.get(&shape.id).cloned().unwrap_or_default(),
        });
        office.nodes.insert(key);
        true
    }

    fn removal(&self, founders: &Founders, index: &Index, shape: &Shape, key: NodeKey) -> Option<Removal> {
        let mut removal = founders.removals.get(&key).cloned().unwrap_or_default();
        let removed = |key| self.nodes.get(key).is_some_and(|node| matches!(node.state, NodeState::Removed { .. }));
        for saying in index.removals.get(&key).into_iter().flatten() {
            if let Body::Remove { keep, .. } = saying.body()
                && self.said_above(saying, shape, Pass::Counting)
                && !(broken::is("void removals by the removed") && removed(&saying.signer))
            {
                removal.add([saying.content.hash()], keep);
            }
        }
        (!removal.by.is_empty()).then_some(removal)
    }
}

impl Saying<'_> {
    fn admission(&self) -> Admission {
        Admission::Statement { said: self.content.hash(), by: self.by, sponsor: self.signer }
    }
}

impl Node {
    /// Whether what this node said in this statement counts, authority aside.
    pub(super) fn speaks(&self, by: &StatementHash) -> Result<(), Effect> {
        match self.state {
            NodeState::Active => Ok(()),
            NodeState::Removed { .. } if self.kept.contains(by) => Ok(()),
            NodeState::Removed { .. } => Err(Effect::Void(VoidReason::AuthorRemoved)),
            NodeState::Fallen => Err(Effect::Waiting(WaitReason::AuthorFell)),
        }
    }
}

/// These offices, the highest rank first.
fn order<'a>(founders: &Founders<'a>, index: &Index<'a>, ids: impl IntoIterator<Item = OfficeId>) -> Vec<Shape<'a>> {
    let mut shapes: Vec<Shape> = ids
        .into_iter()
        .filter_map(|id| {
            let founder = founders.nodes.get(&id).into_iter().flatten().map(|(candidate, _)| *candidate);
            let admitted = index.new_offices.get(&id).into_iter().flatten().filter_map(Saying::candidate);
            founder.chain(admitted).find_map(|candidate| match &candidate.request.subject {
                Subject::NewOffice { name, kind, region } => {
                    let rank = if founders.seats.contains(&id) {
                        Rank::Founder
                    } else if founders.former.contains_key(&id) {
                        Rank::FormerFounder
                    } else {
                        Rank::of_kind(*kind)
                    };
                    Some(Shape { id, name, kind: *kind, region, rank })
                }
                Subject::FurtherNode { .. } => None,
            })
        })
        .collect();
    shapes.sort_by_key(|shape| (shape.rank, shape.id));
    shapes
}
