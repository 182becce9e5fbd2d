//! The verdict of each entry: by its standing and header, by what it links, and by what the guard says of its content.

use std::collections::{BTreeMap, VecDeque};

use identity::JournalId;
use journal::{Actor, Form, LANES, Payload, Subject};

use crate::fold::{Fold, Node, Standing, Verdict};
use crate::ground::{Ground, LaneName};
use crate::guard::{self, Claim, Unfit};
use crate::{Refusal, Waiting};

impl Fold {
    pub(crate) fn judge_all(&mut self) {
        self.ground = Ground::default();
        self.waiting_for_entries = 0;
        for node in &mut self.nodes {
            node.verdict = None;
            node.place = None;
            node.depth = 0;
            node.linked = false;
        }
        self.judge(0);
    }

    /// Judges the entries from `first` on, each after what it links.
    pub(crate) fn judge(&mut self, first: usize) {
        let mut later = Vec::new();
        for node in first..self.nodes.len() {
            if let Some(verdict) = self.decide_alone(node) {
                self.nodes[node].verdict = Some(verdict);
            } else if self.is_ready(node) {
                self.decide(node);
            } else {
                later.push(node as u32);
            }
        }
        if !later.is_empty() {
            self.judge_in_order(&later);
        }
        // Also one that a refused link keeps back: which link is named depends on all of them.
        let waits = |node: &&Node| {
            matches!(node.verdict, Some(Verdict::Waiting(Waiting::Dependency(_) | Waiting::Reissue(_))))
                && (self.node_index(&self.id).is_none()
                    || node.header.links.iter().any(|link| self.node_index(link).is_none()))
        };
        self.waiting_for_entries += self.nodes[first..].iter().filter(waits).count();
    }

    /// What a verdict waits for, as far as it is held: the links, and the creation for what links nothing.
    fn grounds(&self, node: usize) -> impl Iterator<Item = u32> {
        let Node { header, at, .. } = &self.nodes[node];
        let creation = (header.links.is_empty() && *at != self.id).then_some(&self.id);
        header.links.iter().chain(creation).filter_map(|link| self.node_index(link))
    }

    fn is_ready(&self, node: usize) -> bool {
        self.grounds(node).all(|ground| self.nodes[ground as usize].verdict.is_some())
    }

    /// Kahn's algorithm. Entries that link each other in a circle are never reached: they wait for each other.
    fn judge_in_order(&mut self, later: &[u32]) {
        let mut open: BTreeMap<u32, usize> = BTreeMap::new();
        let mut above: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for node in later {
            let mut count = 0;
            for ground in self.grounds(*node as usize).filter(|ground| self.nodes[*ground as usize].verdict.is_none()) {
                above.entry(ground).or_default().push(*node);
                count += 1;
            }
            open.insert(*node, count);
        }
        let mut ready: VecDeque<u32> = open.iter().filter(|(_, count)| **count == 0).map(|(node, _)| *node).collect();
        while let Some(node) = ready.pop_front() {
            self.decide(node as usize);
            for waiting in above.remove(&node).unwrap_or_default() {
                if let Some(count) = open.get_mut(&waiting) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push_back(waiting);
                    }
                }
            }
        }
        for node in later {
            if self.nodes[*node as usize].verdict.is_none() {
                let unreached = self.nodes[*node as usize]
                    .header
                    .links
                    .iter()
                    .find(|link| self.node_index(link).is_none_or(|link| above.contains_key(&link)));
                let dependency = unreached.unwrap_or(&self.id).clone();
                self.nodes[*node as usize].verdict = Some(Verdict::Waiting(Waiting::Dependency(dependency)));
            }
        }
    }

    /// Gives a node its verdict that has none by itself; everything that it links and that is held has one.
    fn decide(&mut self, node: usize) {
        let verdict = match self.decide_by_links(node) {
            Some(verdict) => verdict,
            None if self.is_erased() => Verdict::Accepted,
            None => match self.decide_by_content(node) {
                Ok(()) => Verdict::Accepted,
                Err(Unfit::Broken(rule)) => Verdict::Refused(Refusal::Guard(rule.into())),
                Err(Unfit::Version) => Verdict::Waiting(Waiting::Version),
            },
        };
        if verdict == Verdict::Accepted {
            let grounds: Vec<u32> = self.grounds(node).collect();
            for ground in grounds {
                let ground = &mut self.nodes[ground as usize];
                ground.linked = true;
                let depth = ground.depth + 1;
                let node = &mut self.nodes[node];
                node.depth = node.depth.max(depth);
            }
        }
        self.nodes[node].verdict = Some(verdict);
    }

    /// What an entry's standing and header say by themselves.
    fn decide_alone(&self, node: usize) -> Option<Verdict> {
        let Node { at, header, payload, standing, known_kind, .. } = &self.nodes[node];
        match standing {
            Standing::Accepted => {}
            Standing::Waiting => return Some(Verdict::Waiting(Waiting::Standing)),
            Standing::NoRight => return Some(Verdict::Refused(Refusal::NoRight)),
            Standing::CutOff => return Some(Verdict::Refused(Refusal::CutOff)),
        }
        if !known_kind {
            return Some(Verdict::Waiting(Waiting::Version));
        }
        let broken = |rule: &str| Some(Verdict::Refused(Refusal::Guard(rule.into())));
        if header.seq != at.seq || header.subject.document(at) != &self.id {
            return broken("it is about another document");
        }
        if at.journal.scope != self.id.journal.scope {
            return broken("its journal is of another scope than its document");
        }
        if !guard::links_in_order(&header.links) {
            return broken("its links are not in order");
        }
        let creates = matches!(header.subject, Subject::Creates { .. });
        if creates && !header.links.is_empty() {
            return broken("it creates the document, yet builds on something");
        }
        match (header.kind.form, payload) {
            (Form::Change, Payload::Change(_)) | (Form::Fact, Payload::Fact(_)) | (_, Payload::Erased { .. }) => None,
            (Form::Change, Payload::Fact(_)) | (Form::Fact, Payload::Change(_)) => {
                broken("its payload is not of the form that its header says")
            }
        }
    }

    /// What the entries say on which an entry builds.
    fn decide_by_links(&self, node: usize) -> Option<Verdict> {
        let Node { at, header, .. } = &self.nodes[node];
        let creation = (header.links.is_empty() && *at != self.id).then_some(&self.id);
        let mut waits = None;
        for link in header.links.iter().chain(creation) {
            match self.verdict(link) {
                Some(Verdict::Accepted) => {}
                // The strongest reason is told: what was cut needs its author, anything else only time.
                Some(Verdict::Refused(_) | Verdict::Waiting(Waiting::Reissue(_))) => {
                    return Some(Verdict::Waiting(Waiting::Reissue(link.clone())));
                }
                Some(Verdict::Waiting(Waiting::Dependency(_) | Waiting::Standing | Waiting::Version)) | None => {
                    waits = waits.or_else(|| Some(Verdict::Waiting(Waiting::Dependency(link.clone()))));
                }
            }
        }
        waits
    }

    /// What the guard says. An accepted change becomes part of the ground.
    fn decide_by_content(&mut self, node: usize) -> Result<(), Unfit> {
        use Unfit::Broken;
        let Node { at, header, payload, journal, .. } = &self.nodes[node];
        let creation = self.node(&self.id).ok_or(Broken("its document is not there"))?;
        if creation.header.kind.record != header.kind.record {
            return Err(Broken("it is of another kind than its document"));
        }
        let change = match payload {
            Payload::Change(change) => change,
            Payload::Fact(bytes) => return guard::read_fact(bytes).map(|_| ()).map_err(Broken),
            Payload::Erased { .. } => return Ok(()),
        };
        if change.lane >= LANES {
            return Err(Broken("it has no such lane"));
        }
        let mut deps = Vec::with_capacity(header.links.len());
        for link in &header.links {
            let place = self.node(link).and_then(|node| node.place);
            deps.push(place.ok_or(Broken("it builds on a fact"))?);
        }
        let name = (*journal, change.lane);
        let actor_id = self.actor_id(&at.journal, name);
        let others: Vec<Option<u32>> =
            change.others.iter().map(|other| self.ground.actor(self.actor_name(&other.journal, other.lane)?)).collect();
        let claim = Claim {
            node: node as u32,
            name,
            actor_id,
            others: &others,
            body: &change.body,
            deps,
            creates: *at == self.id,
            may_stand_alone: creation.header.kind.form == Form::Fact,
            before: self.lane_before(name, at.seq),
        };
        let judged = guard::judge(&self.ground, claim, |node| self.body(node))?;
        // Borrowed apart from the nodes.
        let ground = &mut self.ground;
        let place = ground.accept(judged, &change.body, name, actor_id);
        self.nodes[node].place = Some(place);
        Ok(())
    }

    pub(crate) fn actor_id(&self, journal: &JournalId, name: LaneName) -> [u8; 16] {
        match self.ground.actor(name) {
            Some(actor) => self.ground.actor_id(actor),
            None => Actor { journal: journal.clone(), lane: name.1 }.id(),
        }
    }
}
