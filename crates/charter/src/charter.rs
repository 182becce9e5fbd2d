//! What follows from the statements: offices, nodes, rights, cut-offs and orders, and why a statement has no effect.

use std::collections::{BTreeMap, BTreeSet};

use identity::{
    Class, Coordinate, Incarnation, JournalId, NetworkId, NodeKey, OfficeId, OfficeKind, Point, Region, ScopeName,
    SealKey, StatementHash,
};

use crate::{Access, Effect, Policy, StatementSet};

/// The charter of one network, as far as the statements that it was folded from say.
///
/// A plain value: put it in an `Arc` and fold anew when statements arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    pub(crate) network: NetworkId,
    pub(crate) practice: bool,
    pub(crate) founder_set_version: u32,
    /// The founding policy and those that acts set after it; the last is in force.
    pub(crate) policies: Vec<Policy>,
    /// The founders' statements and the votes of the acts that stand, with those who gave them.
    pub(crate) founding: Vec<StatementHash>,
    pub(crate) votes: Vec<(StatementHash, NodeKey)>,
    /// While there is a founding that is not complete: whose signatures it lacks.
    pub(crate) missing_founders: Vec<NodeKey>,
    /// The offices that can stand above others, by their region; those above everywhere by the national one.
    pub(crate) uppers: BTreeMap<Region, Vec<OfficeId>>,
    pub(crate) offices: BTreeMap<OfficeId, Office>,
    pub(crate) nodes: BTreeMap<NodeKey, Node>,
    pub(crate) cut_offs: BTreeMap<(NodeKey, ScopeName), CutOffs>,
    pub(crate) rosters: BTreeMap<ScopeName, RosterView>,
    pub(crate) erased: BTreeMap<ScopeName, BTreeMap<Coordinate, Order>>,
    pub(crate) suspended: BTreeMap<ScopeName, BTreeMap<Coordinate, Order>>,
    pub(crate) effects: BTreeMap<StatementHash, Effect>,
}

/// How high an office stands, the highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A founder, whatever its kind: only a majority of the founders is above it.
    Founder,
    /// It was a founder. What it said as one counts as far as the act that removed it keeps it.
    FormerFounder,
    /// A ministry that others admitted; it has no vote.
    Ministry,
    Province,
    Regency,
    /// Agencies, units and villages: above nobody.
    Leaf,
}

impl Rank {
    pub(crate) fn of_kind(kind: OfficeKind) -> Self {
        match kind {
            OfficeKind::Ministry => Self::Ministry,
            OfficeKind::Province => Self::Province,
            OfficeKind::Regency => Self::Regency,
            OfficeKind::Agency | OfficeKind::Unit | OfficeKind::Village => Self::Leaf,
        }
    }
}

/// An office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its id.
    pub id: OfficeId,
    /// Its name now.
    pub name: String,
    /// The names that it had, or that a concurrent renaming gave it, in the order of the alphabet.
    pub former_names: BTreeSet<String>,
    /// What it is.
    pub kind: OfficeKind,
    /// For which region it stands.
    pub region: Region,
    /// Whether an admission of it counts. If not, it is known only from admissions that fell with their sponsor.
    pub admitted: bool,
    /// Its nodes, the removed and the fallen ones too.
    pub nodes: BTreeSet<NodeKey>,
    /// The offices that carry on after it, if it was merged, split or dissolved.
    pub succeeded_by: BTreeSet<OfficeId>,
    pub(crate) rank: Rank,
    /// What let the office in.
    pub(crate) admission: Admission,
    /// For a former founder: what its nodes said as a founder's and still counts.
    pub(crate) kept: BTreeSet<StatementHash>,
}

impl Office {
    /// Whether it has a vote in the acts of the founders.
    pub fn is_founder(&self) -> bool {
        self.rank == Rank::Founder
    }

    /// Whether this office stands above `lower`: a founder above all others, a province and a regency above the
    /// offices of lower rank in their region. Nobody stands above a founder.
    pub fn is_above(&self, lower: &Office) -> bool {
        self.rank != Rank::FormerFounder && self.rank_and_place_above(lower.rank, &lower.region)
    }

    /// As [`Office::is_above`]; a former founder where the statement in question is kept.
    pub(crate) fn was_above(&self, rank: Rank, region: &Region, by: &StatementHash) -> bool {
        (self.rank != Rank::FormerFounder || self.kept.contains(by)) && self.rank_and_place_above(rank, region)
    }

    pub(crate) fn rank_and_place_above(&self, rank: Rank, region: &Region) -> bool {
        let national = matches!(self.rank, Rank::Founder | Rank::FormerFounder);
        self.rank < rank && (national || self.region.contains(region))
    }
}

/// A node's key, and what the charter says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The key.
    pub key: NodeKey,
    /// The office that it speaks for.
    pub office: OfficeId,
    /// What bundles and backups for it are sealed to.
    pub seal_key: SealKey,
    /// Whether it still speaks.
    pub state: NodeState,
    pub(crate) admission: Admission,
    /// Of a removed key, what still counts.
    pub(crate) kept: BTreeSet<StatementHash>,
}

/// Whether a key speaks for its office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeState {
    /// It does.
    Active,
    /// It did. A removed key never comes back.
    Removed {
        /// The removals that count.
        by: BTreeSet<StatementHash>,
    },
    /// Its admission fell with its sponsor's key; another sponsor can adopt the admission.
    Fallen,
}

/// What let a node in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Founding,
    Act,
    Statement {
        /// What was said.
        said: StatementHash,
        /// The adoption through which it counts, or the same statement.
        by: StatementHash,
        sponsor: NodeKey,
    },
}

/// What a journal is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No statement admits the key, not even one that fell. Such journals are not kept.
    Unknown,
    /// The key is known and never had the right to write here, or its admission fell. Entries are kept and not shown:
    /// a statement may still give the right.
    NoRight,
    /// Entries count.
    Open,
    /// What is shown stays, and nothing more is accepted until a cut-off says up to where.
    Frozen(FreezeReason),
    /// Entries count up to this point; `None`: not one does.
    CutOff(Option<Point>),
}

/// Why a journal is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreezeReason {
    /// The node was removed.
    Removed,
    /// The office may no longer write in the scope.
    Narrowed,
}

/// An order about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The statement; of several about one document the one with the earliest deadline.
    pub statement: StatementHash,
    /// The node that said it.
    pub by: NodeKey,
    /// On which legal ground.
    pub ground: String,
    /// By when, in seconds since 1970; for erasures.
    pub deadline: Option<u64>,
}

/// Who takes part in an agenda or case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterView {
    /// The rosters in force; a new one cites them all. More than one were said concurrently.
    pub heads: Vec<StatementHash>,
    /// Who reads and writes: who stands in every roster in force.
    pub members: BTreeSet<OfficeId>,
    /// Who may change the roster: the keepers of those in force.
    pub keepers: BTreeSet<OfficeId>,
    /// Who ever stood in a roster that counted.
    pub ever: BTreeSet<OfficeId>,
}

/// The cut-offs in force for one node in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOffs {
    /// The statements in force; a new one cites them all.
    pub heads: Vec<StatementHash>,
    /// The lowest point named for each journal, and whether every statement in force names the journal.
    pub(crate) at: BTreeMap<Incarnation, (Option<Point>, bool)>,
}

impl Charter {
    /// What follows from these statements in this network. Statements of other networks are looked over.
    pub fn fold(set: &StatementSet, network: NetworkId) -> Self {
        crate::fold::fold(set, network)
    }

    /// The network's id: the hash of its founding.
    pub fn network(&self) -> NetworkId {
        self.network
    }

    /// Whether every founder's signature is held. If not, the charter is empty.
    pub fn is_founded(&self) -> bool {
        self.founder_set_version > 0
    }

    /// The founders whose signatures the founding lacks. Empty too when no founding is held at all.
    pub fn missing_founders(&self) -> &[NodeKey] {
        &self.missing_founders
    }

    /// Whether this is a practice network (LATIHAN).
    pub fn practice(&self) -> bool {
        self.practice
    }

    /// The version of the founder set that the next act names: 1 after the founding, 0 before it.
    pub fn founder_set_version(&self) -> u32 {
        self.founder_set_version
    }

    /// How many founder offices make a majority.
    pub fn majority(&self) -> usize {
        self.founders().count() / 2 + 1
    }

    /// The offices that found the network now.
    pub fn founders(&self) -> impl Iterator<Item = &Office> {
        self.offices().filter(|office| office.is_founder())
    }

    /// The sharing policy in force; none before the founding.
    pub fn policy(&self) -> Option<&Policy> {
        self.policies.last()
    }

    /// An office, also one whose admission fell ([`Office::admitted`]).
    pub fn office(&self, id: &OfficeId) -> Option<&Office> {
        self.offices.get(id)
    }

    /// The admitted offices, by id.
    pub fn offices(&self) -> impl Iterator<Item = &Office> {
        self.offices.values().filter(|office| office.admitted)
    }

    /// A node, also a removed or fallen one.
    pub fn node(&self, key: &NodeKey) -> Option<&Node> {
        self.nodes.get(key)
    }

    /// Every node that the charter knows, by key.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// Whether this key speaks for its office.
    pub fn is_active(&self, key: &NodeKey) -> bool {
        self.node(key).is_some_and(|node| node.state == NodeState::Active)
    }

    /// The offices above this one, the highest rank first.
    pub fn above(&self, id: &OfficeId) -> Vec<&Office> {
        let Some(lower) = self.office(id) else { return Vec::new() };
        let mut above: Vec<&Office> =
            self.uppers_of(&lower.region).filter(|upper| upper.admitted && upper.is_above(lower)).collect();
        above.sort_by_key(|office| (office.rank, office.id));
        above
    }

    /// The offices that can stand above one of this region.
    pub(crate) fn uppers_of(&self, region: &Region) -> impl Iterator<Item = &Office> {
        std::iter::successors(Some(region.clone()), Region::parent)
            .filter_map(|region| self.uppers.get(&region))
            .flatten()
            .filter_map(|id| self.office(id))
    }

    pub(crate) fn index_uppers(&mut self) {
        self.uppers.clear();
        for office in self.offices.values() {
            let region = match office.rank {
                Rank::Founder | Rank::FormerFounder => Region::national(),
                Rank::Ministry | Rank::Province | Rank::Regency => office.region.clone(),
                Rank::Leaf => continue,
            };
            self.uppers.entry(region).or_default().push(office.id);
        }
    }

    /// Whether this node may hold and be sent this scope. Removed and fallen nodes may not.
    pub fn may_read(&self, key: &NodeKey, scope: &ScopeName) -> bool {
        self.active_office(key).is_some_and(|office| self.allows(office, scope, Access::Read))
    }

    /// Whether this node may write in this scope. Removed and fallen nodes may not.
    pub fn may_write(&self, key: &NodeKey, scope: &ScopeName) -> bool {
        self.active_office(key).is_some_and(|office| self.allows(office, scope, Access::Write))
    }

    /// Whether the nodes of this office may read this scope.
    pub fn office_may_read(&self, id: &OfficeId, scope: &ScopeName) -> bool {
        self.office(id).is_some_and(|office| self.allows(office, scope, Access::Read))
    }

    /// Whether the nodes of this office may write in this scope.
    pub fn office_may_write(&self, id: &OfficeId, scope: &ScopeName) -> bool {
        self.office(id).is_some_and(|office| self.allows(office, scope, Access::Write))
    }

    /// The offices that may read this scope, by id.
    pub fn readers(&self, scope: &ScopeName) -> impl Iterator<Item = &Office> {
        self.offices().filter(move |office| self.allows(office, scope, Access::Read))
    }

    /// What this journal is worth.
    pub fn standing(&self, journal: &JournalId) -> Standing {
        let Some((node, office)) = self.node(&journal.node).and_then(|n| Some((n, self.office(&n.office)?))) else {
            return Standing::Unknown;
        };
        if node.state == NodeState::Fallen || !self.ever_allowed(office, &journal.scope, Access::Write) {
            return Standing::NoRight;
        }
        let removed = node.state != NodeState::Active;
        let closed = removed || !self.allows(office, &journal.scope, Access::Write);
        if let Some(cut_offs) = self.cut_offs(&journal.node, &journal.scope) {
            match cut_offs.at.get(&journal.incarnation) {
                Some((point, by_all)) if *by_all || !closed => return Standing::CutOff(*point),
                // A closed node opens no journal: what a cut-off does not name, it cuts to nothing.
                Some(_) | None if closed => return Standing::CutOff(None),
                Some(_) | None => {}
            }
        }
        if removed {
            Standing::Frozen(FreezeReason::Removed)
        } else if closed {
            Standing::Frozen(FreezeReason::Narrowed)
        } else {
            Standing::Open
        }
    }

    /// The cut-offs in force for this node in this scope.
    pub fn cut_offs(&self, key: &NodeKey, scope: &ScopeName) -> Option<&CutOffs> {
        self.cut_offs.get(&(*key, scope.clone()))
    }

    /// The documents of this scope that are to be erased, with the order for each.
    pub fn erased(&self, scope: &ScopeName) -> impl Iterator<Item = (&Coordinate, &Order)> {
        self.erased.get(scope).into_iter().flatten()
    }

    /// The order to erase this document.
    pub fn erasure(&self, document: &Coordinate) -> Option<&Order> {
        self.erased.get(&document.journal.scope)?.get(document)
    }

    /// The documents of this scope that are to be hidden and not edited, with the order for each.
    pub fn suspended(&self, scope: &ScopeName) -> impl Iterator<Item = (&Coordinate, &Order)> {
        self.suspended.get(scope).into_iter().flatten()
    }

    /// The order to hide this document.
    pub fn suspension(&self, document: &Coordinate) -> Option<&Order> {
        self.suspended.get(&document.journal.scope)?.get(document)
    }

    /// Who takes part in this agenda or case.
    pub fn roster(&self, scope: &ScopeName) -> Option<&RosterView> {
        self.rosters.get(scope)
    }

    /// The agendas and cases that this office takes part in.
    pub fn rosters_of(&self, id: OfficeId) -> impl Iterator<Item = &ScopeName> {
        self.rosters.iter().filter(move |(_, roster)| roster.members.contains(&id)).map(|(scope, _)| scope)
    }

    /// What a statement does, for those of the folded set.
    pub fn effect(&self, hash: &StatementHash) -> Option<Effect> {
        self.effects.get(hash).copied()
    }

    /// The founders' statements that make the network, by hash.
    pub fn founding(&self) -> &[StatementHash] {
        &self.founding
    }

    /// The statements that admit this node, the highest sponsor's first: what an invite carries and what a node shows
    /// first to a peer that does not know it.
    ///
    /// The statement that names the node is the last but for an adoption of it. The founding is not among them: whoever is in the network has it. So it is empty for a founder's first node. For
    /// a node that stands on an act of the founders, the votes of all acts come first. `None` for unknown and fallen
    /// nodes.
    pub fn admission_proof(&self, key: &NodeKey) -> Option<Vec<StatementHash>> {
        let node = self.node(key).filter(|node| node.state != NodeState::Fallen)?;
        let mut proof = Vec::new();
        let mut seen = BTreeSet::new();
        let mut chains = vec![(node.office, node.admission)];
        while let Some(start) = chains.pop() {
            let mut link = Some(start);
            while let Some((id, admission)) = link.take() {
                let office = self.office(&id)?;
                // What an office is by an act, or is no more, takes the acts to see.
                if admission == Admission::Act || office.rank == Rank::FormerFounder {
                    for (vote, voter) in self.votes.iter().rev().filter(|(vote, _)| seen.insert(*vote)) {
                        proof.push(*vote);
                        let voter = self.node(voter)?;
                        chains.push((voter.office, voter.admission));
                    }
                }
                if let Admission::Statement { said, by, sponsor } = admission {
                    proof.extend([by, said].into_iter().filter(|hash| seen.insert(*hash)));
                    let sponsor = self.node(&sponsor)?;
                    // A further node that somebody above admitted needs its office admitted as well.
                    if sponsor.office != id && office.admission != admission {
                        chains.push((id, office.admission));
                    }
                    link = Some((sponsor.office, sponsor.admission));
                }
            }
        }
        proof.reverse();
        Some(proof)
    }

    fn active_office(&self, key: &NodeKey) -> Option<&Office> {
        self.is_active(key).then(|| self.office(&self.node(key)?.office)).flatten()
    }

    fn allows(&self, office: &Office, scope: &ScopeName, wanted: Access) -> bool {
        match scope.class() {
            Class::Internal => scope.office() == Some(office.id),
            Class::Agenda | Class::Case => self.roster(scope).is_some_and(|roster| roster.members.contains(&office.id)),
            Class::Coordination
            | Class::Participation
            | Class::Identity
            | Class::Money
            | Class::Care
            | Class::Board => self.policy().is_some_and(|policy| policy_allows(policy, office, scope, wanted)),
        }
    }

    /// Whether the office has the right or once had it. What somebody said or wrote under a right is not undone by
    /// taking the right away.
    pub(crate) fn ever_allowed(&self, office: &Office, scope: &ScopeName, wanted: Access) -> bool {
        match scope.class() {
            Class::Internal => scope.office() == Some(office.id),
            Class::Agenda | Class::Case => self.roster(scope).is_some_and(|roster| roster.ever.contains(&office.id)),
            Class::Coordination
            | Class::Participation
            | Class::Identity
            | Class::Money
            | Class::Care
            | Class::Board => self.policies.iter().any(|policy| policy_allows(policy, office, scope, wanted)),
        }
    }
}

fn policy_allows(policy: &Policy, office: &Office, scope: &ScopeName, wanted: Access) -> bool {
    scope.region().is_some_and(|region| {
        policy.access(office.id, office.kind, &office.region, scope.class(), &region) >= Some(wanted)
    })
}
