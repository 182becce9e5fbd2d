//! The founding and the acts of the founders: a chain of versions, each decided by the offices of the one before.
//!
//! Votes of a version are judged by what stood at that version and never judged again, so an act cannot take away the
//! ground that it stands on.

use std::collections::{BTreeMap, BTreeSet};

use identity::{NodeKey, OfficeId, ScopeName, StatementHash, broken};

use super::{Effects, Index, tree::Tree};
use crate::{
    Act, Body, CheckedStatement, Cut, Effect, Policy, VoidReason, WaitReason, charter::Admission, set::Candidate,
};

/// A removal, or several of one key: of what the key said, that counts which all of them keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Removal {
    pub(super) by: BTreeSet<StatementHash>,
    pub(super) keep: BTreeSet<StatementHash>,
}

impl Removal {
    pub(super) fn add(&mut self, by: impl IntoIterator<Item = StatementHash>, keep: &[StatementHash]) {
        let keep = keep.iter().copied();
        self.keep =
            if self.by.is_empty() { keep.collect() } else { keep.filter(|hash| self.keep.contains(hash)).collect() };
        self.by.extend(by);
    }
}

/// A cut-off that the founders made.
#[derive(Debug, Clone)]
pub(super) struct ActCutOff<'a> {
    pub(super) at: &'a [Cut],
    /// The first vote, by hash: what a later statement cites.
    pub(super) vote: StatementHash,
}

/// The founder set of one version and what its acts decided so far.
#[derive(Debug, Clone)]
pub(super) struct Founders<'a> {
    pub(super) practice: bool,
    pub(super) version: u32,
    pub(super) seats: BTreeSet<OfficeId>,
    /// Founders that were removed, and what their nodes said as founders and still counts.
    pub(super) former: BTreeMap<OfficeId, BTreeSet<StatementHash>>,
    /// The nodes for which the founding and the acts vouch.
    pub(super) nodes: BTreeMap<OfficeId, Vec<(&'a Candidate, Admission)>>,
    pub(super) removals: BTreeMap<NodeKey, Removal>,
    pub(super) policies: Vec<&'a Policy>,
    pub(super) cut_offs: BTreeMap<(NodeKey, &'a ScopeName), ActCutOff<'a>>,
    pub(super) votes: Vec<(StatementHash, NodeKey)>,
}

impl<'a> Founders<'a> {
    /// The first version, if every founder signed; else `missing` says who has not.
    pub(super) fn found(
        foundings: &[&'a CheckedStatement],
        effects: &mut Effects,
        missing: &mut Vec<NodeKey>,
    ) -> Option<Self> {
        let first = foundings.first()?;
        let Body::Found { practice, policy, .. } = &first.statement().body else { return None };
        let founders = first.candidates();
        let signed: BTreeSet<NodeKey> = foundings.iter().map(|checked| checked.author()).collect();
        *missing = founders.iter().map(|founder| founder.node).filter(|node| !signed.contains(node)).collect();
        for checked in foundings {
            let effect = if !founders.iter().any(|founder| founder.node == checked.author()) {
                Effect::Void(VoidReason::NoAuthority)
            } else if missing.is_empty() {
                Effect::Counts
            } else {
                Effect::Waiting(WaitReason::Founding)
            };
            effects.record(checked.hash(), effect);
        }
        missing.is_empty().then(|| Self {
            practice: *practice,
            version: 1,
            seats: founders.iter().map(|founder| founder.office).collect(),
            former: BTreeMap::new(),
            nodes: founders.iter().map(|founder| (founder.office, vec![(founder, Admission::Founding)])).collect(),
            removals: BTreeMap::new(),
            policies: vec![policy],
            cut_offs: BTreeMap::new(),
            votes: Vec::new(),
        })
    }

    fn majority(&self) -> usize {
        self.seats.len() / 2 + 1
    }

    /// The next version, if the act can be carried out on this one.
    fn after(&self, act: &'a Act, votes: &[&'a CheckedStatement], tree: &Tree) -> Result<Self, Effect> {
        let inapplicable = Effect::Void(VoidReason::Inapplicable);
        let mut next = self.clone();
        next.version = self.version.checked_add(1).ok_or(inapplicable)?;
        let hashes = || votes.iter().map(|vote| vote.hash());
        let (first, candidate) = match votes.first() {
            Some(vote) => (vote.hash(), vote.candidates().first()),
            None => return Err(inapplicable),
        };
        if candidate.is_some_and(|candidate| candidate.request.practice != self.practice) {
            return Err(Effect::Void(VoidReason::OtherSort));
        }
        match act {
            Act::AddFounder { .. } => {
                let candidate = candidate.ok_or(inapplicable)?;
                let elsewhere = tree.nodes.get(&candidate.node).is_some_and(|node| node.office != candidate.office);
                if elsewhere || !next.seats.insert(candidate.office) {
                    return Err(inapplicable);
                }
                next.former.remove(&candidate.office);
                next.nodes.entry(candidate.office).or_insert_with(|| vec![(candidate, Admission::Act)]);
            }
            Act::RemoveFounder { office, keep } => {
                if self.seats.len() < 2 || !next.seats.remove(office) {
                    return Err(inapplicable);
                }
                next.former.insert(*office, keep.iter().copied().collect());
            }
            Act::SetPolicy(policy) => next.policies.push(policy),
            Act::AdmitNode { .. } => {
                let candidate = candidate.ok_or(inapplicable)?;
                let nodes = next.nodes.get_mut(&candidate.office).filter(|_| self.seats.contains(&candidate.office));
                if tree.nodes.contains_key(&candidate.node) {
                    return Err(inapplicable);
                }
                nodes.ok_or(inapplicable)?.push((candidate, Admission::Act));
            }
            Act::RemoveNode { node, keep, .. } => {
                next.removals.entry(*node).or_default().add(hashes(), keep);
            }
            Act::CutOff { node, scope, at, .. } => {
                next.cut_offs.insert((*node, scope), ActCutOff { at, vote: first });
            }
        }
        next.votes.extend(votes.iter().map(|vote| (vote.hash(), vote.author())));
        Ok(next)
    }
}

/// The votes, by version and by what was voted for.
#[derive(Default)]
pub(super) struct Ballots<'a> {
    versions: BTreeMap<u32, BTreeMap<[u8; 32], Vec<&'a CheckedStatement>>>,
}

impl<'a> Ballots<'a> {
    pub(super) fn add(&mut self, version: u32, vote: &'a CheckedStatement) {
        self.versions.entry(version).or_default().entry(vote.body_hash()).or_default().push(vote);
    }

    /// Carries out act after act, for as long as one has its majority.
    pub(super) fn count(&self, founders: &mut Founders<'a>, index: &Index<'a>, effects: &mut Effects) {
        while let Some(bodies) = self.versions.get(&founders.version) {
            let tree = Tree::of_founders(founders, index);
            let mut next = None;
            let mut losers = Vec::new();
            // By ascending hash: of two acts with a majority the lower one stands.
            for votes in bodies.values() {
                let valid = valid_votes(founders, &tree, votes, effects);
                let (given, needed) = (offices(&tree, &valid), founders.majority());
                let act = votes.first().and_then(|vote| act_of(vote));
                let refusal = match (act, &next) {
                    (Some(_), Some(_)) => Effect::Void(VoidReason::OtherAct),
                    (Some(_), None) if given < needed => Effect::Waiting(WaitReason::Votes { given, needed }),
                    (Some(act), None) => match founders.after(act, &valid, &tree) {
                        Ok(after) => {
                            next = Some(after);
                            valid.iter().for_each(|vote| effects.record(vote.hash(), Effect::Counts));
                            continue;
                        }
                        Err(effect) => effect,
                    },
                    (None, _) => Effect::Void(VoidReason::NotSuch),
                };
                losers.extend(valid.iter().map(|vote| (vote.hash(), refusal)));
            }
            let decided = next.is_some();
            for (hash, effect) in losers {
                let outvoted = decided && matches!(effect, Effect::Waiting(_));
                effects.record(hash, if outvoted { Effect::Void(VoidReason::OtherAct) } else { effect });
            }
            match next {
                Some(next) => *founders = next,
                None => break,
            }
        }
        let later = founders.version.saturating_add(1);
        for vote in self.versions.range(later..).flat_map(|(_, bodies)| bodies.values().flatten()) {
            effects.record(vote.hash(), Effect::Waiting(WaitReason::Version));
        }
    }

    /// Somebody who is no founder has no vote to wait for.
    pub(super) fn explain_strangers(&self, tree: &Tree, effects: &mut Effects) {
        for vote in self.versions.values().flat_map(|bodies| bodies.values().flatten()) {
            let stranger = effects.0.get(&vote.hash()) == Some(&Effect::Waiting(WaitReason::Author));
            if stranger && tree.nodes.contains_key(&vote.author()) {
                effects.0.insert(vote.hash(), Effect::Void(VoidReason::NoAuthority));
            }
        }
    }
}

fn act_of(vote: &CheckedStatement) -> Option<&Act> {
    if let Body::Majority { act, .. } = &vote.statement().body { Some(act) } else { None }
}

/// The votes of nodes that speak for a founder of this version; says of the others why they do not count.
fn valid_votes<'a>(
    founders: &Founders,
    tree: &Tree,
    votes: &[&'a CheckedStatement],
    effects: &mut Effects,
) -> Vec<&'a CheckedStatement> {
    let mut valid = Vec::new();
    for vote in votes {
        match tree.speaks(&vote.author(), &vote.hash()) {
            Ok(node) if founders.seats.contains(&node.office) => valid.push(*vote),
            Ok(_) => effects.record(vote.hash(), Effect::Void(VoidReason::NoAuthority)),
            Err(effect) => effects.record(vote.hash(), effect),
        }
    }
    valid
}

/// One vote per office, however many of its nodes signed.
fn offices(tree: &Tree, votes: &[&CheckedStatement]) -> usize {
    let offices: BTreeSet<OfficeId> =
        votes.iter().filter_map(|vote| tree.nodes.get(&vote.author())).map(|node| node.office).collect();
    if broken::is("count a founder's vote twice") { 2 * offices.len() } else { offices.len() }
}
