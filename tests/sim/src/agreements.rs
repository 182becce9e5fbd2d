//! Agreements: eight ministries edit a text, make it final, sign, withdraw, lose their lines and their power; and none of
//! them ever shows *ditetapkan* what not everybody signed.
//!
//! What was signed is noted beside the product, as the bytes that the official had in front of them; the product's own
//! hashes, signatures and folds are not asked.

use std::{collections::BTreeMap, time::Duration};

use charter::{Body, roster_scope};
use documents::Edit;
use identity::{Class, Coordinate, EntryHash, ScopeName};
use records::{
    Content, FactDraft, Record, RecordKind,
    coordination::{
        Agenda, AgendaStage, Coordination, FinalOptions, Invitation, ItemId, Mandate, Opening, Origin, OriginKind,
        Party, Signature, Signing, Silence, Version, VersionState, Vote, WordKind,
    },
};

use crate::{net::Net, random::Random, report::Counts, world::MINISTRIES};

/// How much happens in a story.
const STEPS: u64 = 100;

/// The day on which everybody signs.
const DAY: &str = "2026-03-02";

/// A ministry's second machine, in every other story.
const SECOND: &str = "kemenkes 2";

/// A word that somebody signed.
struct Signed {
    /// The ministry, by its place among the eight.
    by: usize,
    /// The machine, and the entry that says it.
    machine: String,
    at: Coordinate,
    hash: EntryHash,
    /// The text that the official had in front of them.
    text: String,
    says: WordKind,
}

struct Story {
    net: Net,
    scope: ScopeName,
    doc: Coordinate,
    machines: Vec<String>,
    signed: Vec<Signed>,
    ids: u8,
}

/// Plays a story; panics where something is shown that was not signed. Gives what it came across.
pub(crate) fn run(seed: u64) -> Counts {
    let mut random = Random::new(seed ^ 0xa6e2_1107);
    let mut story = Story::begin(seed, &mut random);
    for _ in 0..STEPS {
        story.step(&mut random);
        story.expect_signed();
    }
    story.rest();
    story.net.marks
}

impl Story {
    /// The agenda is opened and everybody has a mandate.
    fn begin(seed: u64, random: &mut Random) -> Self {
        let mut net = Net::of(seed, &MINISTRIES);
        let mut machines: Vec<String> = MINISTRIES.iter().map(|name| (*name).to_owned()).collect();
        net.run(Duration::from_secs(10));
        if random.one_in(2) {
            second_machine(&mut net);
            machines.push(SECOND.to_owned());
        }
        let opening = *random.bytes().first_chunk().unwrap();
        let scope = roster_scope(Class::Agenda, net.world.key(MINISTRIES[0]), opening).unwrap();
        assert!(net.rosters(MINISTRIES[0], &scope, Some(opening), &MINISTRIES));
        let invite = |name: &&str| Invitation {
            party: Party::Office(net.world.office(name)),
            name: (*name).to_owned(),
            required: true,
            left: false,
        };
        let opened = Opening {
            origin: Origin { kind: OriginKind::Proposal, of: None },
            region: "id".parse().unwrap(),
            parties: MINISTRIES.iter().map(invite).collect(),
            steps: Vec::new(),
            silence: Silence::NoAnswer,
        };
        let (doc, _) = net.say_fact(MINISTRIES[0], &scope, None, opened.draft_checked().unwrap()).unwrap();
        let mut story = Self { net, scope, doc, machines, signed: Vec::new(), ids: 0 };
        story.net.settle();
        let fields = [("title", "Adendum"), ("begins", "2026-01-01")];
        let fields = fields.map(|(key, text)| records::edit_from_input(RecordKind::Agenda, key, text).unwrap());
        story.edit(MINISTRIES[0], fields.into());
        story.net.settle();
        story.write_text(MINISTRIES[0], random);
        story.net.settle();
        for name in MINISTRIES {
            let mandate = Mandate {
                official: format!("pejabat {name}"),
                position: "Sekretaris Jenderal".to_owned(),
                acting: None,
                letter: "ST-1".to_owned(),
                from: "2020-01-01".parse().unwrap(),
                until: None,
            };
            story.say(name, mandate.draft_checked().unwrap()).expect("nothing is on its way to the disk");
        }
        story.net.settle();
        story
    }

    /// What a machine makes of the agenda; none while it is off or does not hold it.
    fn agenda(&self, name: &str) -> Option<Agenda> {
        let node = self.net.node(name);
        node.replica.as_ref()?;
        let Record::Coordination(found) = node.read(&node.fold(&self.doc)).record else { return None };
        match *found {
            Coordination::Agenda(agenda) => Some(agenda),
            _ => None,
        }
    }

    fn say(&mut self, name: &str, draft: FactDraft) -> Option<(Coordinate, EntryHash)> {
        self.net.say_fact(name, &self.scope, Some(&self.doc), draft)
    }

    fn edit(&mut self, name: &str, edits: Vec<Edit>) {
        self.net.edit_document(name, &self.doc, &edits);
    }

    fn id(&mut self) -> ItemId {
        self.ids += 1;
        ItemId([self.ids; 8])
    }

    /// Somebody writes a paragraph, or reads one again.
    fn write_text(&mut self, name: &str, random: &mut Random) {
        let Some(agenda) = self.agenda(name) else { return };
        let office = self.net.world.office(first_of(name));
        let words = format!("Rumusan {} dari {name}.", random.below(1_000_000));
        let Some(article) = agenda.text.articles.first() else {
            let (article, paragraph) = (self.id(), self.id());
            let mut edits = agenda.text.add_article(article, "Pertukaran data", None).unwrap();
            edits.extend(agenda.text.add_paragraph(article, paragraph, &words, None).unwrap());
            return self.edit(name, edits);
        };
        if let Some(reread) = agenda.text.reread().first() {
            let text = reread.wordings[0].text.clone();
            if let Ok(edit) = agenda.text.settle(&reread.key, office, &text) {
                self.net.marks.count("two wordings were read again");
                self.edit(name, vec![edit]);
            }
            return;
        }
        let edits = match article.paragraphs.first() {
            Some(paragraph) => vec![agenda.text.change_paragraph(article.id, paragraph.id, &words).unwrap()],
            None => agenda.text.add_paragraph(article.id, self.id(), &words, None).unwrap(),
        };
        self.edit(name, edits);
    }

    fn step(&mut self, random: &mut Random) {
        let name = random.pick(&self.machines).unwrap().clone();
        match random.below(24) {
            0 => self.write_text(&name, random),
            // Once people sign, another text is rare.
            1 if self.signed.is_empty() || random.one_in(3) => self.make_final(),
            1..=15 => self.sign(&name, random),
            16 | 17 => self.net.isolate(&name),
            18..=20 => self.net.heal(),
            21 => self.net.crash(&name),
            22 if self.machines.iter().any(|known| known == SECOND) => self.sign_apart(random),
            // Somebody sees to it that every machine is on.
            _ => self.machines.iter().for_each(|name| self.net.restart(name)),
        }
        let long = random.one_in(4);
        self.net.run(Duration::from_millis(if long { random.below(60_000) } else { random.below(3_000) }));
    }

    fn make_final(&mut self) {
        let name = MINISTRIES[0];
        let Some(agenda) = self.agenda(name) else { return };
        let heads = self.net.node(name).fold(&self.doc).snapshot().heads;
        let office = self.net.world.office(name);
        if let Ok((draft, _)) = agenda.draft_final(office, &heads, FinalOptions::default()) {
            self.say(name, draft);
        }
    }

    fn sign(&mut self, name: &str, random: &mut Random) {
        let Some(agenda) = self.agenda(name) else { return };
        let Some(version) = random.pick(&agenda.versions.versions).cloned() else { return };
        // Mostly what is newest, as people do.
        let version = agenda.versions.newest().filter(|_| !random.one_in(3)).cloned().unwrap_or(version);
        let says = match random.below(30) {
            0 => WordKind::Reject,
            1 => WordKind::Withdraw,
            _ => WordKind::Ratify,
        };
        self.sign_this(name, &agenda, version, says);
    }

    /// Two officials of one ministry sign different versions, each at a machine without a line.
    fn sign_apart(&mut self, random: &mut Random) {
        self.write_text(MINISTRIES[0], random);
        self.net.run(Duration::from_secs(2));
        self.make_final();
        self.net.run(Duration::from_secs(5));
        for (index, name) in [first_of(SECOND), SECOND].into_iter().enumerate() {
            self.net.isolate(name);
            let Some(agenda) = self.agenda(name) else { continue };
            if let Some(version) = agenda.versions.versions.iter().rev().nth(index).cloned() {
                self.sign_this(name, &agenda, version, WordKind::Ratify);
            }
        }
    }

    fn sign_this(&mut self, name: &str, agenda: &Agenda, version: Version, says: WordKind) {
        let office = self.net.world.office(first_of(name));
        let day = DAY.parse().unwrap();
        let Some(mandate) = agenda.mandates_of(office, day).next() else { return };
        let signing =
            Signing { office, party: None, version: version.hash, says, mandate: &mandate.what, day, time_ms: 0 };
        let Ok(word) = agenda.word(signing) else { return };
        let draft = Signature::sign(&self.net.node(name).secret, &word).unwrap();
        let Some((at, hash)) = self.say(name, draft.draft().unwrap()) else { return };
        let by = MINISTRIES.iter().position(|ministry| *ministry == first_of(name)).unwrap();
        self.signed.push(Signed { by, machine: name.to_owned(), at, hash, text: version.text, says });
    }

    /// Whatever is shown as *ditetapkan* was signed by every one of the eight, to the byte.
    fn expect_signed(&mut self) {
        for name in self.machines.clone() {
            let Some(agenda) = self.agenda(&name) else { continue };
            for version in &agenda.versions.versions {
                let state = agenda.versions.state(version);
                let two = |office| agenda.versions.words.vote(office, version.hash) == Vote::SignedTwo;
                if version.terms.required().any(two) {
                    self.net.marks.count("a party signed two versions at once");
                }
                if let VersionState::Open { ratified, .. } = &state
                    && ratified.len() == MINISTRIES.len() - 1
                {
                    self.net.marks.count("a version lacked one signature");
                }
                if state != VersionState::Ratified {
                    continue;
                }
                self.net.marks.count("an agreement was ditetapkan");
                for (by, ministry) in MINISTRIES.iter().enumerate() {
                    let signed =
                        |word: &Signed| word.by == by && word.text == version.text && word.says == WordKind::Ratify;
                    assert!(
                        self.signed.iter().any(signed),
                        "{name} shows version {} as ditetapkan, which {ministry} never signed",
                        version.terms.number
                    );
                }
            }
        }
    }

    /// In the end all show the same, and what all eight signed last of all is *ditetapkan*.
    fn rest(&mut self) {
        for name in self.machines.clone() {
            self.net.restart(&name);
        }
        self.net.heal();
        self.net.settle();
        self.expect_signed();
        let nodes = self.net.admitted();
        self.net.expect_same_held(&nodes);
        let first = self.agenda(MINISTRIES[0]).expect("the convener holds its agenda");
        for name in &self.machines {
            let other = self.agenda(name).unwrap_or_else(|| panic!("{name} does not hold the agenda"));
            assert!(first == other, "{name} shows another agenda than {}", MINISTRIES[0]);
        }
        if first.stage() == AgendaStage::Ratified {
            self.net.marks.count("a story ended with an agreement");
        }
        if self.machines.len() == MINISTRIES.len() {
            self.expect_last_words(&first);
        }
    }

    /// With one machine each, a ministry's last word about a text is its word. What went with the power was never said.
    fn expect_last_words(&self, agenda: &Agenda) {
        let stands = |word: &&Signed| {
            self.net.node(&word.machine).disk.hash_at(&word.at.journal, word.at.seq) == Some(word.hash)
        };
        let mut last: BTreeMap<(usize, &str), WordKind> = BTreeMap::new();
        for word in self.signed.iter().filter(stands) {
            last.insert((word.by, word.text.as_str()), word.says);
        }
        for version in &agenda.versions.versions {
            let signed = |by: usize| last.get(&(by, version.text.as_str())) == Some(&WordKind::Ratify);
            let by_all = (0..MINISTRIES.len()).all(signed);
            let shown = agenda.versions.state(version) == VersionState::Ratified;
            assert!(
                shown == by_all,
                "version {} is {}shown as ditetapkan, and the last words say {by_all}",
                version.terms.number,
                if shown { "" } else { "not " }
            );
        }
    }
}

/// The name under which a machine's office is known.
fn first_of(name: &str) -> &str {
    if name == SECOND { "kemenkes" } else { name }
}

fn second_machine(net: &mut Net) {
    let office = first_of(SECOND);
    let request = net.world.further(SECOND, office);
    let admission = net.world.said(office, Body::Admit { request });
    net.say(office, admission);
    let statements = net.node(office).disk.statements.clone();
    net.add(SECOND, SECOND, statements);
    for other in MINISTRIES.iter().filter(|other| **other != office) {
        net.road(SECOND, other);
    }
}
