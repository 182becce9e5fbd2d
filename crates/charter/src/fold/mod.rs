//! The fold: from a set of statements to the charter.
//!
//! In this order, each step standing on what the steps before it found and changing nothing of it:
//! 1. the founding and the acts of the founders, version by version (`founders`);
//! 2. offices and nodes, rank by rank from the top (`tree`);
//! 3. rosters, then cut-offs, names and orders (`orders`).
//!
//! Every step is close to linear in the number of statements: 83,763 villages must fold in well under a second.

mod founders;
mod orders;
mod tree;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use identity::{NetworkId, NodeKey, OfficeId, StatementHash};

use crate::{Body, Charter, CheckedStatement, Effect, StatementSet, Subject, VoidReason, WaitReason, set::Candidate};

/// One content with one of those who say it: its author, or somebody who adopted it.
#[derive(Clone, Copy)]
struct Saying<'a> {
    signer: NodeKey,
    /// The signer's own statement: the content or the adoption.
    by: StatementHash,
    content: &'a CheckedStatement,
}

impl<'a> Saying<'a> {
    fn body(&self) -> &'a Body {
        &self.content.statement().body
    }

    fn candidate(&self) -> Option<&'a Candidate> {
        self.content.candidates().first()
    }

    fn is_own(&self) -> bool {
        self.by == self.content.hash()
    }
}

/// What is said, by what it is about.
#[derive(Default)]
struct Index<'a> {
    practice: bool,
    all: Vec<Saying<'a>>,
    new_offices: BTreeMap<OfficeId, Vec<Saying<'a>>>,
    further_nodes: BTreeMap<OfficeId, Vec<Saying<'a>>>,
    removals: BTreeMap<NodeKey, Vec<Saying<'a>>>,
}

impl<'a> Index<'a> {
    fn add(&mut self, saying: Saying<'a>) {
        self.all.push(saying);
        if let Body::Remove { node, .. } = saying.body() {
            self.removals.entry(*node).or_default().push(saying);
        } else if let (Body::Admit { .. }, Some(candidate)) = (saying.body(), saying.candidate())
            && candidate.request.practice == self.practice
        {
            let about = match candidate.request.subject {
                Subject::NewOffice { .. } => &mut self.new_offices,
                Subject::FurtherNode { .. } => &mut self.further_nodes,
            };
            about.entry(candidate.office).or_default().push(saying);
        }
    }
}

/// What each statement does; something that counts by anybody's word counts.
#[derive(Default)]
struct Effects(BTreeMap<StatementHash, Effect>);

impl Effects {
    fn record(&mut self, hash: StatementHash, effect: Effect) {
        let known = self.0.entry(hash).or_insert(effect);
        if effect == Effect::Counts {
            *known = effect;
        }
    }
}

pub(crate) fn fold(set: &StatementSet, network: NetworkId) -> Charter {
    let mut effects = Effects::default();
    let mut foundings = Vec::new();
    let mut here = Vec::new();
    for checked in set.iter() {
        if checked.statement().network == Some(network) {
            here.push(checked);
        } else if checked.body_hash() == network.0 {
            foundings.push(checked);
        } else {
            effects.record(checked.hash(), Effect::Void(VoidReason::OtherNetwork));
        }
    }

    let mut charter = empty(network);
    let founders = founders::Founders::found(&foundings, &mut effects, &mut charter.missing_founders);
    let Some(mut founders) = founders else {
        for checked in here {
            effects.record(checked.hash(), Effect::Waiting(WaitReason::Founding));
        }
        charter.effects = effects.0;
        return charter;
    };

    let mut index = Index { practice: founders.practice, ..Index::default() };
    let mut ballots = founders::Ballots::default();
    for checked in here {
        match &checked.statement().body {
            Body::Majority { founder_set_version, .. } => ballots.add(*founder_set_version, checked),
            Body::Adopt { statements } => adopt(set, network, checked, statements, &mut index, &mut effects),
            Body::Found { .. } => {}
            Body::Admit { .. }
            | Body::Remove { .. }
            | Body::CutOff { .. }
            | Body::Rename { .. }
            | Body::Succeed { .. }
            | Body::Roster { .. }
            | Body::Erase { .. }
            | Body::Suspend { .. }
            | Body::Lift { .. } => {
                index.add(Saying { signer: checked.author(), by: checked.hash(), content: checked });
            }
        }
    }

    ballots.count(&mut founders, &index, &mut effects);
    let tree = tree::Tree::grow(&founders, &index);
    ballots.explain_strangers(&tree, &mut effects);

    charter.practice = founders.practice;
    charter.founder_set_version = founders.version;
    charter.founding = foundings.iter().map(|checked| checked.hash()).collect();
    charter.founding.retain(|hash| effects.0.get(hash) == Some(&Effect::Counts));
    charter.votes.clone_from(&founders.votes);
    charter.policies = founders.policies.iter().map(|policy| (*policy).clone()).collect();
    (charter.offices, charter.nodes) = (tree.offices, tree.nodes);
    charter.index_uppers();
    orders::judge(&mut charter, &founders, &index, &mut effects);
    charter.effects = effects.0;
    charter
}

/// What an adopter says: each adopted statement, by its own word.
fn adopt<'a>(
    set: &'a StatementSet,
    network: NetworkId,
    adoption: &'a CheckedStatement,
    statements: &[StatementHash],
    index: &mut Index<'a>,
    effects: &mut Effects,
) {
    let mut missing = Effect::Void(VoidReason::NotSuch);
    for hash in statements {
        let Some(content) = set.get(hash) else {
            missing = Effect::Waiting(WaitReason::Statement);
            continue;
        };
        let adoptable =
            !matches!(content.statement().body, Body::Found { .. } | Body::Majority { .. } | Body::Adopt { .. });
        if adoptable && content.statement().network == Some(network) {
            index.add(Saying { signer: adoption.author(), by: adoption.hash(), content });
        }
    }
    // Stands only when nothing of what is adopted is judged below to say more.
    if !statements.iter().any(|hash| set.contains(hash)) {
        effects.record(adoption.hash(), missing);
    }
}

fn empty(network: NetworkId) -> Charter {
    Charter {
        network,
        practice: false,
        founder_set_version: 0,
        policies: Vec::new(),
        founding: Vec::new(),
        missing_founders: Vec::new(),
        votes: Vec::new(),
        offices: BTreeMap::new(),
        nodes: BTreeMap::new(),
        uppers: BTreeMap::new(),
        cut_offs: BTreeMap::new(),
        rosters: BTreeMap::new(),
        erased: BTreeMap::new(),
        suspended: BTreeMap::new(),
        effects: BTreeMap::new(),
    }
}
