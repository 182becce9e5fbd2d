//! Cases: a village opens a scope for one, writes there, and lets its regency in.

use std::{collections::BTreeSet, time::Duration};

use charter::{Body, roster_scope};
use identity::{Class, ScopeName};

use crate::{net::Net, random::Random, world::Place};

impl Net {
    /// A village opens a case, and in the end its regency reads it too.
    pub(crate) fn open_a_case(&mut self, village: &str, random: &mut Random) {
        let Some(region) = self.world.place(village).map(|place| place.region.clone()) else { return };
        let above = |office: &&Place| office.kind == "regency" && region.starts_with(&*office.region);
        let Some(regency) = self.world.places.iter().find(above).map(|office| office.name.clone()) else { return };
        let opening = *random.bytes().first_chunk().unwrap();
        let scope = roster_scope(Class::Case, self.world.key(village), opening).unwrap();
        if !self.rosters(village, &scope, Some(opening), &[village]) {
            return;
        }
        self.write(village, scope.as_str(), 1 + random.below(3));
        self.run(Duration::from_millis(random.below(5000)));
        if !self.rosters(village, &scope, None, &[village, &regency]) {
            return;
        }
        self.write(village, scope.as_str(), 1);
        self.marks.count("a case was opened and handed on");
    }

    /// A village says who reads a case; false where it cannot just now.
    pub(crate) fn rosters(
        &mut self,
        village: &str,
        scope: &ScopeName,
        opening: Option<[u8; 16]>,
        members: &[&str],
    ) -> bool {
        let (keeper, key) = (self.world.office(village), self.world.key(village));
        let Some(charter) = self.node(village).replica.as_ref().map(|replica| replica.charter().clone()) else {
            return false;
        };
        if !charter.is_active(&key) {
            return false;
        }
        let cites = charter.roster(scope).map(|roster| roster.heads.clone()).unwrap_or_default();
        let mut members: Vec<_> = members.iter().map(|name| self.world.office(name)).collect();
        members.sort_unstable();
        let said = self.world.said(village, Body::Roster { scope: scope.clone(), opening, keeper, members, cites });
        self.say(village, said);
        true
    }

    /// Whoever reads a scope knows of everybody who does, and they of themselves.
    pub(crate) fn expect_readers_agree(&self, nodes: &[usize]) {
        let held = |node: &usize| self.nodes[*node].disk.journals.keys().map(|journal| journal.scope.clone());
        let cases: BTreeSet<ScopeName> =
            nodes.iter().flat_map(held).filter(|scope| scope.class().has_roster()).collect();
        for scope in &cases {
            for reader in nodes.iter().filter(|node| self.charter(**node).may_read(&self.key(**node), scope)) {
                for other in nodes {
                    let key = self.key(*other);
                    let [says, knows] = [reader, other].map(|node| self.charter(*node).may_read(&key, scope));
                    let names = [reader, other].map(|node| &self.nodes[*node].name);
                    assert!(says == knows, "{names:?} disagree whether the second reads {scope}: {says} {knows}");
                }
            }
        }
    }
}
