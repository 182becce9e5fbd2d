//! The salts of a page: one secret per entry, all of them from one seed, each of them forgettable.
//!
//! A page's seed is the root of a binary tree of depth 12; the leaf under an entry's place in its page is that
//! entry's salt (Goldreich, Goldwasser, Micali 1986). A page carries a *cover*: the seeds of the largest subtrees
//! that hold no erased entry. Without erasures that is the page's seed alone: 32 bytes for 4,096 salts.
//!
//! # Invariants
//! - From a cover follow the salts of the leaves below its nodes and, short of inverting BLAKE3, no others.
//! - The nodes of a cover are disjoint and stand in order.
//! - Erasing in any order, in any portions, gives the same cover.

use std::{collections::BTreeSet, ops::Range};

use identity::JournalId;

use crate::{PageError, Salt};

/// How deep the tree is.
pub(crate) const DEPTH: u8 = 12;

/// How many entries a page holds at most: one under each leaf.
pub const PAGE_ENTRIES_MAX: u64 = 1 << DEPTH;

/// The seed of one subtree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SubSeed {
    /// 0 for the page's seed, 12 for one salt.
    pub(crate) depth: u8,
    /// Which subtree of this depth, from the left.
    pub(crate) index: u16,
    pub(crate) seed: [u8; 32],
}

impl SubSeed {
    fn leaves(&self) -> Range<u16> {
        let width = 1 << (DEPTH - self.depth);
        self.index * width..(self.index + 1) * width
    }

    fn children(&self) -> [SubSeed; 2] {
        let mut seeds = [0; 64];
        blake3::Hasher::new_keyed(&self.seed).finalize_xof().fill(&mut seeds);
        let [mut left, mut right] = [[0; 32]; 2];
        left.copy_from_slice(&seeds[..32]);
        right.copy_from_slice(&seeds[32..]);
        let depth = self.depth + 1;
        [
            SubSeed { depth, index: 2 * self.index, seed: left },
            SubSeed { depth, index: 2 * self.index + 1, seed: right },
        ]
    }

    fn fill(&self, wanted: &Range<u16>, salts: &mut [Option<Salt>]) {
        let leaves = self.leaves();
        if leaves.end <= wanted.start || wanted.end <= leaves.start {
            return;
        }
        if self.depth == DEPTH {
            salts[usize::from(self.index - wanted.start)] = Some(self.seed);
        } else {
            self.children().iter().for_each(|child| child.fill(wanted, salts));
        }
    }

    fn without(self, erased: &BTreeSet<u16>, kept: &mut Vec<SubSeed>) {
        if erased.range(self.leaves()).next().is_none() {
            kept.push(self);
        } else if self.depth < DEPTH {
            self.children().into_iter().for_each(|child| child.without(erased, kept));
        }
    }
}

/// What a page still says about its salts: the seeds from which those of its non-erased entries follow.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cover(Vec<SubSeed>);

impl std::fmt::Debug for Cover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cover({} seeds, ..)", self.0.len())
    }
}

impl Cover {
    /// The whole tree of the page that starts at `page_first` in `journal`: everything follows from the node's
    /// journal secret, so an author stores no randomness.
    pub(crate) fn of_page(secret: &[u8; 32], journal: &JournalId, page_first: u64) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(secret);
        hasher.update(&journal.hash());
        hasher.update(&page_first.to_le_bytes());
        Self(vec![SubSeed { depth: 0, index: 0, seed: *hasher.finalize().as_bytes() }])
    }

    /// The cover of a page that was erased whole.
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    /// A cover of these nodes, if they can stand in one.
    pub(crate) fn from_nodes(nodes: Vec<SubSeed>) -> Result<Self, PageError> {
        let mut free_from = 0;
        for node in &nodes {
            if node.depth > DEPTH || node.index >> node.depth != 0 || node.leaves().start < free_from {
                return Err(PageError::Salts);
            }
            free_from = node.leaves().end;
        }
        Ok(Self(nodes))
    }

    pub(crate) fn nodes(&self) -> &[SubSeed] {
        &self.0
    }

    /// The salts of these places of the page; `None` where the cover leaves one out.
    pub(crate) fn salts(&self, wanted: Range<u16>) -> Vec<Option<Salt>> {
        let mut salts = vec![None; wanted.len()];
        self.0.iter().for_each(|node| node.fill(&wanted, &mut salts));
        salts
    }

    /// This cover without the salts of `erased`.
    pub(crate) fn without(&self, erased: &BTreeSet<u16>) -> Self {
        let mut kept = Vec::with_capacity(self.0.len());
        self.0.iter().for_each(|node| node.without(erased, &mut kept));
        Self(kept)
    }

    /// The nodes that hold a leaf of `extent`: the only ones that entries there can vouch for.
    pub(crate) fn within(&self, extent: Range<u16>) -> Self {
        let meets = |node: &&SubSeed| node.leaves().start < extent.end && extent.start < node.leaves().end;
        Self(self.0.iter().filter(meets).copied().collect())
    }

    /// Everything that follows from this cover or from `other`, both of the same page.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut nodes: Vec<SubSeed> = self.0.iter().chain(&other.0).copied().collect();
        nodes.sort_by_key(|node| (node.leaves().start, node.depth));
        let mut free_from = 0;
        nodes.retain(|node| {
            let free = node.leaves().start >= free_from;
            if free {
                free_from = node.leaves().end;
            }
            free
        });
        Self(nodes)
    }
}

#[cfg(test)]
mod tests {
    use identity::{Incarnation, NodeKey};

    use super::*;

    #[test]
    fn without_erasures_one_seed_gives_every_salt() {
        let cover = page();
        assert_eq!(cover.nodes().len(), 1);
        let salts: BTreeSet<_> = cover.salts(0..4096).into_iter().flatten().collect();
        assert_eq!(salts.len(), 4096, "all there and all different");
    }

    #[test]
    fn what_is_erased_cannot_be_derived_and_the_rest_can() {
        check(&[]);
        check(&[0]);
        check(&[4095]);
        check(&[7, 8, 9]);
        check(&(0..4096).step_by(2).collect::<Vec<_>>());
        check(&(0..4096).collect::<Vec<_>>());
    }

    #[test]
    fn one_erasure_leaves_twelve_seeds() {
        assert_eq!(page().without(&[100].into()).nodes().len(), usize::from(DEPTH));
    }

    #[test]
    fn erasing_in_portions_gives_the_same_cover() {
        let at_once = page().without(&[3, 100, 2000].into());
        let in_portions = page().without(&[2000].into()).without(&[3].into()).without(&[100].into());
        assert_eq!(at_once, in_portions);
    }

    #[test]
    fn the_union_of_what_two_holders_erased_gives_what_either_kept() {
        let [left, right] = [page().without(&[3, 9].into()), page().without(&[9, 2000].into())];
        let both = left.union(&right);
        assert_eq!(both.salts(0..4096), page().without(&[9].into()).salts(0..4096));
        assert_eq!(page().union(&left), page());
    }

    #[test]
    fn another_page_journal_or_secret_has_other_salts() {
        let salt = |secret: [u8; 32], incarnation, first| {
            Cover::of_page(&secret, &journal(incarnation), first).salts(0..1)[0].unwrap()
        };
        let all: BTreeSet<_> =
            [salt([1; 32], 1, 1), salt([2; 32], 1, 1), salt([1; 32], 2, 1), salt([1; 32], 1, 2)].into();
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn nodes_that_overlap_or_stand_nowhere_are_no_cover() {
        let node = |depth, index| SubSeed { depth, index, seed: [0; 32] };
        for bad in [
            vec![node(0, 0), node(0, 0)],
            vec![node(1, 1), node(1, 0)],
            vec![node(1, 0), node(12, 2047)],
            vec![node(13, 0)],
            vec![node(255, 0)],
            vec![node(0, 1)],
            vec![node(12, 4096)],
        ] {
            assert_eq!(Cover::from_nodes(bad), Err(PageError::Salts));
        }
        assert!(Cover::from_nodes(vec![node(1, 0), node(12, 2048)]).is_ok());
    }

    fn journal(incarnation: u8) -> JournalId {
        JournalId {
            scope: "participation/33.07.10.2004".parse().unwrap(),
            node: NodeKey([1; 32]),
            incarnation: Incarnation([incarnation; 8]),
        }
    }

    fn page() -> Cover {
        Cover::of_page(&[1; 32], &journal(1), 1)
    }

    fn check(erased: &[u16]) {
        let erased: BTreeSet<u16> = erased.iter().copied().collect();
        let whole = page().salts(0..4096);
        let rest = Cover::from_nodes(page().without(&erased).nodes().to_vec()).unwrap();
        for (leaf, (salt, before)) in (0..).zip(rest.salts(0..4096).into_iter().zip(whole)) {
            assert_eq!(salt, before.filter(|_| !erased.contains(&leaf)), "leaf {leaf}");
        }
        for node in rest.nodes() {
            assert_eq!(erased.range(node.leaves()).next(), None, "no seed above an erased entry");
        }
    }
}
