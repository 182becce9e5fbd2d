//! What happens in a step.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use charter::{Body, Cut};
use documents::{Verdict, Waiting};
use identity::{Class, Coordinate, NodeKey, Point, ScopeName};

use crate::{
    hostile::Trick,
    net::Net,
    node::{Node, keys},
    random::Random,
    schedule::Step,
    world::MINISTRIES,
};

/// What a run remembers from step to step.
#[derive(Default)]
pub(crate) struct Days {
    /// Machines whose keys were removed, and who cuts them off in the end.
    pub(crate) removed: Vec<(String, String)>,
    /// Machines whose keys somebody else uses, and nobody has removed them yet.
    copied: Vec<String>,
    /// A disk as it once was.
    former: Option<(String, crate::disk::Disk)>,
    machines: usize,
}

/// How many of the fourteen offices beside the ministries lose a key in one run; one more where a backup is restored.
const REMOVED_MAX: usize = 3;

impl Days {
    fn may_remove(&self) -> bool {
        self.removed.len() < REMOVED_MAX
    }
}

const YEAR_MS: i64 = 365 * 86_400_000;

impl Net {
    /// One step; `tell` prints what it does.
    pub(crate) fn step(&mut self, step: &Step, days: &mut Days, tell: bool) {
        self.run(step.after);
        let mut random = Random::new(step.seed);
        let names = self.names();
        let name = random.pick(&names).unwrap().clone();
        let off = self.node(&name).replica.is_none();
        let kind = random.below(53);
        if tell {
            eprintln!("{:>4} {:?} kind {kind} at {name}", step.number, self.elapsed());
        }
        match kind {
            0..=7 => {
                let scope = self.a_scope(&name, &mut random);
                let count = if random.one_in(40) { 300 + random.below(5000) } else { 1 + random.below(4) };
                self.write(&name, &scope, count);
            }
            8..=11 => self.open_form(&name, &mut random),
            12..=15 => self.save_form(&name, &mut random),
            16 => self.isolate(&name),
            17 | 18 => {
                let roads = self.roads.clone();
                let (a, b) = *random.pick(&roads).unwrap();
                let [a, b] = [a, b].map(|node| self.nodes[node].name.clone());
                if random.one_in(2) { self.cut_one_way(&a, &b) } else { self.cut(&b, &a) }
            }
            19 | 20 => self.heal(),
            21 => self.drop_connections(&name),
            22 => self.call_again(&mut random),
            23 | 24 if !off => {
                let scope = self.a_scope(&name, &mut random);
                self.write(&name, &scope, 1 + random.below(3));
                // The power goes before, while or after the disk syncs.
                self.run(Duration::from_micros(random.below(20_000)));
                self.crash(&name);
            }
            25 if !off => self.crash(&name),
            23..=27 => self.restart(&name),
            28 => self.fill_disk(&name, random.one_in(2)),
            29 => self.suspend(&name, Duration::from_secs(random.below(3 * 86_400))),
            30 => {
                let off_ms = *random.pick(&[YEAR_MS, -YEAR_MS, 0]).unwrap();
                self.set_clock(&name, off_ms);
            }
            31..=34 if days.former.is_none() => self.back_up(days, name, &mut random),
            31..=34 => self.set_back(days, &mut random),
            35 => self.erase_something(&mut random),
            36 => self.admit_somebody(days, &mut random),
            37 => self.add_a_machine(days, &mut random),
            38 if days.may_remove() => self.lose_a_laptop(days, &mut random),
            39 | 40 if days.may_remove() => self.copy_a_laptop(days, &mut random),
            41 | 42 if days.may_remove() => self.turn_hostile(days, &mut random),
            43..=45 if days.may_remove() => self.back_date(days, &mut random),
            46 => self.some_founders_vote(&mut random),
            47 if !off => self.damage(&name, &mut random),
            48..=51 => self.work_on_one(&mut random),
            52 => self.open_a_case(&self.some_place("village", &mut random), &mut random),
            _ => self.save_form(&name, &mut random),
        }
    }

    /// Some offices have one document open at once, save it one after the other, and in the end one of them chooses.
    fn work_on_one(&mut self, random: &mut Random) {
        let Some(write) = random.pick(&self.acknowledged) else { return };
        let document = Coordinate { journal: write.journal.clone(), seq: write.point.seq };
        let key = *random.pick(&keys(document.journal.scope.class())).unwrap();
        let editors = self.editors(&document);
        let together: Vec<String> = (0..1 + random.below(3)).filter_map(|_| random.pick(&editors).cloned()).collect();
        together.iter().for_each(|name| self.open_document(name, &document));
        // A page that stays open is saved again and again as it was.
        let times = if random.one_in(4) { 9 } else { 1 };
        for name in &together {
            for _ in 0..times {
                self.save_field(name, key);
                self.run(Duration::from_millis(random.below(200)));
            }
        }
        self.run(Duration::from_secs(random.below(60)));
        if let Some(chooses) = random.pick(&self.editors(&document)).cloned() {
            self.open_document(&chooses, &document);
            self.save_field(&chooses, key);
        }
    }

    /// A page on a disk cannot be read any more: what it held of its journal is gone with all that comes after it.
    fn damage(&mut self, name: &str, random: &mut Random) {
        self.crash(name);
        let index = self.index(name);
        let Net { nodes, random: drawn, .. } = self;
        if let Some(own) = nodes[index].damage(random) {
            self.fired.count("bytes damaged");
            if own {
                nodes[index].draw_incarnation(drawn);
            }
        }
        self.restart(name);
    }

    /// Some founders vote for an act that changes nothing but the version of their set, should they be enough.
    fn some_founders_vote(&mut self, random: &mut Random) {
        let policy = charter::Policy::default_programme(self.world.office("kemnaker"));
        let voters = 1 + random.below(4);
        for _ in 0..voters {
            let name = *random.pick(&MINISTRIES).unwrap();
            let Some(replica) = &self.node(name).replica else { continue };
            let version = replica.charter().founder_set_version();
            let act = charter::Act::SetPolicy(policy.clone());
            let body = Body::Majority { founder_set_version: version, act, nonce: [version as u8; 16] };
            let vote = self.world.said(name, body);
            self.say(name, vote);
            self.marks.count("a founder voted");
        }
    }

    /// The night: every cable is back, every machine on, every removed key cut off. Gives when the last of that was done.
    pub(crate) fn night(&mut self, days: &mut Days) -> Duration {
        for name in self.names() {
            if self.nodes[self.index(&name)].asleep.is_some() {
                self.run(Duration::from_secs(3 * 86_400));
            }
            self.restart(&name);
            self.fill_disk(&name, false);
        }
        self.heal();
        self.settle();
        self.remove_copied(days);
        let healed = self.elapsed();
        // Some cut too low at first, and see what hung on it.
        let first = days.removed.len() / 2;
        for (name, by) in &days.removed[..first] {
            self.cut_off_all(by, name, |seq| seq / 2);
        }
        self.settle();
        if days.removed[..first].iter().any(|(name, by)| self.others_built_beyond(by, name)) {
            self.marks.count("a cut-off below what others built on");
        }
        for (name, by) in &days.removed {
            self.cut_off_all(by, name, |seq| seq);
        }
        self.settle();
        healed
    }

    /// Somebody keeps a copy of a disk; more often of a village's than of a ministry's.
    fn back_up(&self, days: &mut Days, name: String, random: &mut Random) {
        let ministry = MINISTRIES.contains(&&*name) && !random.one_in(4);
        let name = if ministry { self.some_place("village", random) } else { name };
        days.former = Some((name.clone(), self.node(&name).disk.clone()));
    }

    /// A disk goes back to what it once was: in the same machine, or as the backup that a new one starts from.
    fn set_back(&mut self, days: &mut Days, random: &mut Random) {
        let Some((name, disk)) = days.former.take() else { return };
        if days.removed.iter().any(|(removed, _)| *removed == name) {
            return;
        }
        if random.one_in(4)
            || days.removed.len() > REMOVED_MAX
            || self.world.place(&name).is_none_or(|p| p.kind == "ministry")
        {
            return self.roll_back(&name, disk);
        }
        self.fired.count("restore from an old backup");
        self.replace(days, &name, Some(disk));
    }

    /// A laptop is lost: its key is removed, and a new one of the same office takes its place.
    fn lose_a_laptop(&mut self, days: &mut Days, random: &mut Random) {
        let kinds = ["village", "regency"];
        let kind = *random.pick(&kinds).unwrap();
        let name = self.some_place(kind, random);
        if days.removed.iter().any(|(removed, _)| *removed == name) {
            return;
        }
        if random.one_in(2) && self.node(&name).replica.is_some() {
            // Others build on what it said last, and who removes it has not seen that.
            let scope = self.a_scope(&name, random);
            let before = self.acknowledged.len();
            self.write(&name, &scope, 1);
            self.run(Duration::from_secs(5));
            let by = self.world.sponsor(&name).to_owned();
            self.isolate(&by);
            if let Some(write) = self.acknowledged.get(before) {
                let document = Coordinate { journal: write.journal.clone(), seq: write.point.seq };
                self.open_document(&name, &document);
                self.save_field(&name, keys(document.journal.scope.class())[1]);
                self.run(Duration::from_secs(5));
                let others: Vec<String> = self.editors(&document).into_iter().filter(|one| *one != name).collect();
                if let Some(editor) = random.pick(&others).cloned() {
                    self.open_document(&editor, &document);
                    self.save_field(&editor, keys(document.journal.scope.class())[0]);
                    self.run(Duration::from_secs(5));
                }
            }
        }
        self.replace(days, &name, None);
    }

    /// Removes an office's node and puts a new one in its place, with an empty disk or one from a backup.
    fn replace(&mut self, days: &mut Days, name: &str, backup: Option<crate::disk::Disk>) {
        let by = self.world.sponsor(name).to_owned();
        if !self.speaks(days, &by) || self.node(name).replica.is_none() || !self.has_heard_all(&by, name) {
            return;
        }
        self.remove(&by, name);
        self.crash(name);
        days.machines += 1;
        let new = format!("{name} {}", days.machines + 1);
        let request = self.world.further(&new, name);
        let admission = self.world.said(&by, Body::Admit { request });
        self.say(&by, admission);
        let key = self.world.secret(&new);
        let mut disk = backup.unwrap_or_else(|| {
            let statements = self.node(&by).disk.statements.clone();
            crate::disk::Disk::new(identity::Incarnation([0; 8]), statements)
        });
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.random.bytes()[..8]);
        disk.incarnation = identity::Incarnation(bytes);
        disk.freezes.clear();
        let node = Node::new(&new, key, disk);
        self.machine(node);
        self.same_roads(&new, name);
        days.removed.push((name.to_owned(), by));
        self.marks.count("a new machine took a lost one's place");
    }

    /// A machine calls, and is called by, whoever another one of its office is.
    fn same_roads(&mut self, new: &str, name: &str) {
        for road in self.roads.clone() {
            let [a, b] = [road.0, road.1].map(|node| self.nodes[node].name.clone());
            if a == name {
                self.road(new, &b);
            } else if b == name {
                self.road(&a, new);
            }
        }
    }

    /// Whether an office's first machine is on, and nobody has removed it.
    fn speaks(&self, days: &Days, name: &str) -> bool {
        self.node(name).replica.is_some() && !days.removed.iter().any(|(removed, _)| removed == name)
    }

    /// Whether one node knows all that another has said. A removal keeps what its author knows of; whom the removed node
    /// admitted beside that, somebody has to adopt.
    fn has_heard_all(&self, by: &str, name: &str) -> bool {
        let (key, known) = (self.world.key(name), &self.node(by).disk.statements);
        let all = self.nodes.iter().flat_map(|node| node.disk.statements.iter());
        all.filter(|said| said.author() == key).all(|said| known.contains(&said.hash()))
    }

    /// A copy of the disk is switched on elsewhere and writes as if it were the village.
    fn copy_a_laptop(&mut self, days: &mut Days, random: &mut Random) {
        let village = self.some_place("village", random);
        if self.node(&village).replica.is_none() || days.removed.iter().any(|(removed, _)| *removed == village) {
            return;
        }
        let by = self.world.sponsor(&village).to_owned();
        if !self.speaks(days, &by) {
            return;
        }
        let copy = format!("copy of {village}");
        let scope = self.a_scope(&village, random);
        let reads = |index: &usize| {
            let node = &self.nodes[*index];
            let charter = node.replica.as_ref().map(|replica| replica.charter());
            charter.is_some_and(|charter| charter.may_read(&node.secret.node_key(), &scope.parse().unwrap()))
        };
        let readers: Vec<usize> = (0..self.nodes.len()).filter(reads).collect();
        let near = random.pick(&readers).map_or(by.clone(), |reader| self.nodes[*reader].name.clone());
        let near = if near == village { by.clone() } else { near };
        self.clone_machine(&village, &copy, &[&near]);
        self.write(&copy, &scope, 2);
        self.write(&village, &scope, 1);
        self.fired.count("stolen key used beside its owner");
        self.run(Duration::from_secs(60));
        if !self.has_heard_all(&by, &village) {
            days.copied.push(village);
            return;
        }
        self.remove(&by, &village);
        let scope = self.a_scope(&village, random);
        self.write(&copy, &scope, 1);
        self.fired.count("write after removal");
        days.removed.push((village, by));
    }

    /// Keys that two machines use go in the end: neither takes from the other what their key alone reads, so while both
    /// count they hold what each of them wrote.
    fn remove_copied(&mut self, days: &mut Days) {
        for village in std::mem::take(&mut days.copied) {
            let sponsor = self.world.sponsor(&village).to_owned();
            let of_the_sponsor = |name: &String| {
                name.strip_prefix(&sponsor).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            let by = self.admitted().into_iter().map(|node| self.nodes[node].name.clone()).find(of_the_sponsor);
            if let Some(by) = by.filter(|_| days.removed.iter().all(|(removed, _)| *removed != village)) {
                self.remove(&by, &village);
                days.removed.push((village, by));
                self.settle();
            }
        }
    }

    /// A village's machine is in wrong hands; it speaks badly, and is removed.
    fn turn_hostile(&mut self, days: &mut Days, random: &mut Random) {
        let village = self.some_place("village", random);
        let by = self.world.sponsor(&village).to_owned();
        if days.removed.iter().any(|(removed, _)| *removed == village) || !self.speaks(days, &by) {
            return;
        }
        self.suspect.insert(self.world.key(&village));
        for trick in Trick::ALL {
            self.play(&village, trick, random);
            self.run(Duration::from_millis(random.below(3000)));
        }
        self.believe_nobody(&village, random);
        if !self.has_heard_all(&by, &village) {
            return;
        }
        self.remove(&by, &village);
        days.removed.push((village, by));
    }

    /// Somebody who was told lies loses the line and writes on: nobody can hold that.
    fn believe_nobody(&mut self, liar: &str, random: &mut Random) {
        let about: BTreeSet<NodeKey> = self.node(liar).disk.journals.keys().map(|journal| journal.node).collect();
        let told =
            |name: &String| name != liar && about.contains(&self.world.key(name)) && self.is_awake(self.index(name));
        let told: Vec<String> = self.names().into_iter().filter(told).collect();
        let Some(name) = random.pick(&told).cloned() else { return };
        self.isolate(&name);
        let key = self.world.key(&name);
        let journals = self.node(liar).disk.journals.keys().filter(|journal| journal.node == key);
        let scopes: BTreeSet<String> = journals.map(|journal| journal.scope.to_string()).collect();
        scopes.iter().for_each(|scope| self.write(&name, scope, 1));
        self.run(Duration::from_secs(1));
        self.expect_no_risk_understated(&self.admitted());
    }

    /// An office takes a machine into use beside its first, and the line goes down at both.
    fn add_a_machine(&mut self, days: &mut Days, random: &mut Random) {
        let kind = *random.pick(&["village", "village", "regency"]).unwrap();
        let name = self.some_place(kind, random);
        if !self.speaks(days, &name) {
            return;
        }
        days.machines += 1;
        let second = format!("{name} {}", days.machines + 1);
        let request = self.world.further(&second, &name);
        let admission = self.world.said(&name, Body::Admit { request });
        self.say(&name, admission);
        let statements = self.node(&name).disk.statements.clone();
        self.add(&second, &second, statements);
        self.same_roads(&second, &name);
        self.road(&second, &name);
        self.run(Duration::from_secs(random.below(120)));
        for other in self.nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>() {
            if other != name && other != second {
                self.cut(&name, &other);
                self.cut(&second, &other);
            }
        }
        for one in [&name, &second] {
            let scope = self.a_scope(&name, random);
            self.write(one, &scope, 1 + random.below(3));
        }
        self.run(Duration::from_secs(30));
        self.marks.count("an office's second machine wrote");
    }

    /// A regency's key is removed; who has it goes on removing others with it.
    fn back_date(&mut self, days: &mut Days, random: &mut Random) {
        let regency = self.some_place("regency", random);
        if days.removed.iter().any(|(removed, _)| *removed == regency) {
            return;
        }
        let victim = self.world.villages(&self.world.place(&regency).unwrap().region).next().map(|v| v.name.clone());
        self.replace(days, &regency, None);
        let Some(victim) = victim.filter(|_| days.removed.last().is_some_and(|(removed, _)| *removed == regency))
        else {
            return;
        };
        let body = Body::Remove { node: self.world.key(&victim), reason: "dicuri".to_owned(), keep: Vec::new() };
        let said = self.world.said(&regency, body);
        let names = self.names();
        let hears = random.pick(&names).unwrap().clone();
        if self.node(&hears).replica.is_some() {
            self.say(&hears, said);
            self.fired.count("backdated removal");
        }
    }

    /// A new village joins while everything goes on.
    fn admit_somebody(&mut self, days: &mut Days, random: &mut Random) {
        let regency = self.some_place("regency", random);
        if !self.speaks(days, &regency) {
            return;
        }
        days.machines += 1;
        let region = format!("{}.77.{}", self.world.place(&regency).unwrap().region, 2000 + days.machines);
        let name = format!("newcomer {region}");
        let request = self.world.request(&name, "village", &region);
        let admission = self.world.said(&regency, Body::Admit { request });
        // It may have begun to write before anybody knows of it.
        let mut statements = self.node(&regency).disk.statements.clone();
        statements.insert_checked(admission.clone());
        self.add(&name, &name, statements);
        self.write(&name, &format!("participation/{region}"), 1 + random.below(5));
        self.road(&name, &regency);
        self.run(Duration::from_millis(random.below(2000)));
        self.say(&regency, admission);
        self.write(&name, &format!("participation/{region}"), 1);
        self.marks.count("somebody joined and wrote");
    }

    fn some_place(&self, kind: &str, random: &mut Random) -> String {
        let places: Vec<&str> =
            self.world.places.iter().filter(|place| place.kind == kind).map(|place| &*place.name).collect();
        (*random.pick(&places).unwrap()).to_owned()
    }

    /// A scope in which an office writes.
    pub(crate) fn a_scope(&self, name: &str, random: &mut Random) -> String {
        let place = self.world.place(name).unwrap();
        let villages: Vec<&str> = self.world.villages(&place.region).map(|village| &*village.region).collect();
        let Some(village) = random.pick(&villages) else { return format!("coordination/{}", place.region) };
        match (random.below(4), place.kind) {
            (0 | 1, "ministry") if name == "kemnaker" => format!("participation/{village}"),
            (_, "ministry") => "coordination/id".to_owned(),
            (0, _) => format!("coordination/{}", place.region),
            (1, "village") => format!("care/{village}"),
            (1, "regency" | "agency") | (2, "village") => format!("identity/{village}"),
            (2, "regency" | "province" | "agency") => format!("board/{}", place.region),
            _ => format!("participation/{village}"),
        }
    }

    /// An office removes a node.
    pub(crate) fn remove(&mut self, by: &str, name: &str) {
        let node = self.world.key(name);
        self.suspect.insert(node);
        self.removed.insert(node, self.world.key(by));
        self.fired.count("removal");
        let replica = self.node(by).replica.as_ref().unwrap();
        let keep = replica.charter().keep_all(replica.statements(), &node);
        let body = Body::Remove { node, reason: "laptop hilang".to_owned(), keep: keep.keep };
        let said = self.world.said(by, body);
        self.say(by, said);
    }

    /// An office cuts a node's journals off in every scope that it reads: at which entry, of so many that it holds.
    pub(crate) fn cut_off_all(&mut self, by: &str, name: &str, at: impl Fn(u64) -> u64) {
        let node: NodeKey = self.world.key(name);
        let index = self.index(by);
        let Node { disk, replica: Some(replica), .. } = &self.nodes[index] else { return };
        let mut scopes: BTreeMap<ScopeName, Vec<Cut>> = BTreeMap::new();
        for journal in disk.journals.keys().filter(|journal| journal.node == node) {
            let seq = at(disk.point(journal).seq);
            let at = disk.hash_at(journal, seq).map(|hash| Point { seq, hash });
            scopes.entry(journal.scope.clone()).or_default().push(Cut { incarnation: journal.incarnation, at });
        }
        let cites =
            |scope: &ScopeName| replica.charter().cut_offs(&node, scope).map_or(Vec::new(), |cuts| cuts.heads.clone());
        let bodies: Vec<Body> = scopes
            .into_iter()
            .map(|(scope, at)| Body::CutOff { node, cites: cites(&scope), scope, at, void: true })
            .collect();
        for body in bodies {
            let said = self.world.said(by, body);
            self.say(by, said);
            self.fired.count("cut-off");
        }
    }

    /// Whether an office knows of somebody's entry that waits because of what was cut away beneath it.
    fn others_built_beyond(&self, by: &str, name: &str) -> bool {
        let (node, key) = (self.node(by), self.world.key(name));
        let of_the_removed =
            |document: &&Coordinate| node.disk.documents[*document].iter().any(|at| at.journal.node == key);
        node.disk.documents.keys().filter(of_the_removed).any(|document| {
            node.fold(document)
                .verdicts()
                .any(|(at, verdict)| at.journal.node != key && matches!(verdict, Verdict::Waiting(Waiting::Reissue(_))))
        })
    }

    /// The lead ministry orders something that was written to be erased, where it may.
    pub(crate) fn erase_something(&mut self, random: &mut Random) {
        let Some(write) = random.pick(&self.acknowledged) else { return };
        let document = Coordinate { journal: write.journal.clone(), seq: write.point.seq };
        let scope = document.journal.scope.clone();
        let may = matches!(scope.class(), Class::Participation | Class::Identity | Class::Board)
            || scope.as_str() == "coordination/id";
        if may && self.node("kemnaker").replica.is_some() {
            self.order_erasure("kemnaker", scope, vec![document]);
        }
    }

    /// An office orders documents to be erased.
    pub(crate) fn order_erasure(&mut self, by: &str, scope: ScopeName, documents: Vec<Coordinate>) {
        let body = Body::Erase { scope, documents, ground: "UU 27/2022".to_owned(), deadline: 1_800_000_000 };
        let said = self.world.said(by, body);
        self.say(by, said);
        self.fired.count("erasure");
    }

    /// Five founders decide that provinces read who the people are no more.
    #[cfg(test)]
    pub(crate) fn narrow_identity(&mut self) {
        use charter::{Act, Holder, Policy};
        use identity::OfficeKind;
        let mut policy = Policy::default_programme(self.world.office("kemnaker"));
        policy
            .grants
            .retain(|grant| !(grant.class == Class::Identity && grant.holder == Holder::Kind(OfficeKind::Province)));
        let act = Act::SetPolicy(policy);
        for (name, vote) in self.world.votes(1, &act) {
            self.say(&name, vote);
        }
    }
}
