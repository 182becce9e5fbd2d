//! The guard: what other nodes write into a document that is held.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use documents::{
    Edit, Fold, Item, Refusal, Scalar, Standing, Verdict, Waiting, Written, create, fact, put_together, take_apart,
};
use identity::{ChangeHash, Coordinate, EntryHash, JournalId, Officer};
use journal::{Actor, Change, Form, Header, Kind, LANES, Payload, Subject};

use crate::{
    Ends, Target,
    ends::ends,
    picks::Picks,
    world::{SCOPES, journal},
};

pub(crate) const CHANGE: Target = Target {
    name: "change",
    run: change,
    ends: &[&["Verdict::Accepted"], WAITINGS, REFUSALS, &["no chunk", "chunk"]],
    unreached: &[],
};

ends!(waiting, WAITINGS: Waiting { Dependency, Reissue, Standing, Version });
ends!(refusal, REFUSALS: Refusal { NoRight, CutOff, Guard });

/// The kind of record of the document, another one, and one that this version does not know.
pub const RECORDS: [u16; 3] = [3, 4, 99];

const STANDINGS: [Standing; 8] = {
    use Standing::{Accepted, CutOff, NoRight, Waiting};
    [Accepted, Accepted, Accepted, Accepted, Accepted, Waiting, NoRight, CutOff]
};

/// More entries than these in one input find nothing that fewer do not.
const ENTRIES_MAX: usize = 6;

/// One node's journal.
#[derive(Debug, Clone)]
pub struct Pen {
    journal: JournalId,
    seq: u64,
    previous: EntryHash,
}

impl Pen {
    fn new(name: &str, scope: &str) -> Self {
        Self { journal: journal(name, scope), seq: 0, previous: EntryHash([0; 32]) }
    }

    fn say(&mut self, subject: Subject, record: u16, written: Written) -> Item {
        self.seq += 1;
        let Written { form, links, payload, .. } = written;
        let header = Header {
            seq: self.seq,
            previous: self.previous,
            time_ms: 1_763_000_000_000,
            officer: Officer::new("petugas").unwrap(),
            subject,
            kind: Kind { record, form },
            links,
            commitment: payload.commitment(Some(&[7; 32])).unwrap(),
        };
        self.previous = header.hash(&self.journal);
        (Coordinate { journal: self.journal.clone(), seq: self.seq }, self.previous, header, payload)
    }
}

/// A document with everything that a rule needs: a text, a field written twice at once, one that was emptied, a fact.
pub struct Ground {
    /// Those who write: two that know the document, a third, and one in another scope.
    pub pens: Vec<Pen>,
    /// The entries.
    pub entries: Vec<Item>,
    /// The document.
    pub fold: Fold,
}

impl Ground {
    /// What one of the pens saves on top of some entries.
    pub fn save(&mut self, pen: usize, shown: &[Coordinate], edits: &[Edit]) -> Written {
        let written = self.fold.edit(shown, &self.pens[pen].journal, edits).unwrap().unwrap();
        self.say(pen, written.clone());
        written
    }

    fn say(&mut self, pen: usize, written: Written) {
        let item = self.pens[pen].say(Subject::Of(self.fold.id().clone()), RECORDS[0], written);
        self.entries.push(item.clone());
        self.fold.add([item], |_| Standing::Accepted, |_| true);
    }

    /// The actors that a change may name: lanes 0 and 1 of each pen.
    fn actors(&self) -> Vec<Actor> {
        let of = |pen: &Pen| [0, 1].map(|lane| Actor { journal: pen.journal.clone(), lane });
        self.pens.iter().flat_map(of).collect()
    }
}

/// The document before an input.
pub fn ground() -> Ground {
    let mut pens = vec![
        Pen::new("kuripan", SCOPES[0]),
        Pen::new("kemendesa", SCOPES[0]),
        Pen::new("kemnaker", SCOPES[0]),
        Pen::new("kuripan", SCOPES[2]),
    ];
    let text = |text: &str| Scalar::Text(text.to_owned());
    let written = create(&pens[0].journal, [("note", "ab")], [("status", text("calon")), ("gone", text("x"))]).unwrap();
    let first = pens[0].say(Subject::Creates { predecessor: None }, RECORDS[0], written);
    let fold = Fold::build(first.0.clone(), [first.clone()], |_| Standing::Accepted, false, |_| true);
    let shown = fold.heads();
    let mut ground = Ground { pens, entries: vec![first], fold };
    let put = |value: &str| Edit::Put { key: "status".to_owned(), value: text(value) };
    let splice = Edit::Splice { key: "note".to_owned(), at: 1, delete: 0, insert: "c".to_owned() };
    ground.save(0, &shown, &[put("aktif"), Edit::Clear { key: "gone".to_owned() }]);
    ground.save(1, &shown, &[put("purna"), splice]);
    let tips = ground.fold.tips();
    ground.say(0, fact("decision", b"ditetapkan", tips).unwrap());
    ground.fold.check_with_automerge().unwrap();
    ground
}

static GROUND: LazyLock<Arc<Ground>> = LazyLock::new(|| Arc::new(ground()));

/// Entries on top of a document; see [`one`] for how each is chosen.
fn change(bytes: &[u8]) -> Ends {
    let ground = &**GROUND;
    let mut picks = Picks::new(bytes);
    let mut pens = ground.pens.clone();
    let mut entries = ground.entries.clone();
    let mut standings = BTreeMap::new();
    let mut ends = Ends::new();
    while !picks.is_empty() && standings.len() < ENTRIES_MAX {
        let standing = picks.of(&STANDINGS);
        let item = one(&mut picks, ground, &mut pens, &entries);
        if let Payload::Change(change) = &item.3 {
            ends.insert(apart_and_together(&item, change));
        }
        standings.insert(item.0.clone(), standing);
        entries.push(item);
    }
    let standing = |at: &Coordinate| standings.get(at).copied().unwrap_or(Standing::Accepted);
    let known = |kind: Kind| kind.record != RECORDS[2];

    let mut fold = ground.fold.clone();
    for item in &entries[ground.entries.len()..] {
        fold.add([item.clone()], standing, known);
    }
    let backwards = Fold::build(fold.id().clone(), entries.iter().rev().cloned(), standing, false, known);
    let verdicts = |fold: &Fold| -> BTreeMap<Coordinate, Verdict> {
        fold.verdicts().map(|(at, verdict)| (at.clone(), verdict.clone())).collect()
    };
    assert_eq!(verdicts(&fold), verdicts(&backwards), "the order of arrival makes no difference");
    assert_eq!(fold.state_hash(), backwards.state_hash(), "the order of arrival makes no difference");
    if !fold.is_erased() {
        fold.check_with_automerge().unwrap();
    }
    assert!(!fold.snapshot().cannot_show);

    ends.extend(standings.keys().map(|at| match fold.verdict(at) {
        Some(Verdict::Accepted) | None => "Verdict::Accepted",
        Some(Verdict::Waiting(why)) => waiting(why),
        Some(Verdict::Refused(why)) => refusal(why),
    }));
    ends
}

/// The chunk that Automerge would be given is that which the guard names.
fn apart_and_together(item: &Item, change: &Change) -> &'static str {
    let deps: Vec<ChangeHash> = item.2.links.iter().map(|link| ChangeHash([link.seq as u8; 32])).collect();
    let own = Actor { journal: item.0.journal.clone(), lane: change.lane }.id();
    let others: Vec<[u8; 16]> = change.others.iter().map(Actor::id).collect();
    let Ok((raw, hash)) = put_together(&change.body, &deps, &own, &others) else { return "no chunk" };
    if let Ok(parts) = take_apart(&raw) {
        assert_eq!((parts.hash, parts.actor, &parts.others, &parts.body), (hash, own, &others, &change.body));
    }
    "chunk"
}

/// In this order: who writes, the kind of record, the subject, the links (one bit an entry) and whether they stand in
/// order, then the payload.
fn one(picks: &mut Picks<'_>, ground: &Ground, pens: &mut [Pen], entries: &[Item]) -> Item {
    let pen = picks.below(pens.len());
    let record = picks.of(&[RECORDS[0], RECORDS[0], RECORDS[0], RECORDS[1], RECORDS[2]]);
    let id = ground.fold.id().clone();
    let subject = match picks.below(8) {
        6 => Subject::Creates { predecessor: None },
        7 => Subject::Of(Coordinate { seq: 2, ..id }),
        _ => Subject::Of(id),
    };
    let (chosen, disorder) = (picks.byte(), picks.byte() & 1 == 1);
    let mut links: Vec<Coordinate> = chosen_of(chosen, entries.iter().map(|item| item.0.clone()));
    links.sort();
    // What is not held is a link too.
    if chosen & 0x80 != 0 && entries.len() < 8 {
        links.push(Coordinate { journal: pens[2].journal.clone(), seq: 77 });
        links.sort();
    }
    if disorder {
        links.reverse();
    }
    let (form, payload) = match picks.below(8) {
        5 => (Form::Fact, Payload::Fact(picks.bytes().to_vec())),
        6 => (Form::Change, Payload::Fact(picks.bytes().to_vec())),
        7 => (Form::Change, Payload::Erased { commitment: [1; 32], change_hash: ChangeHash([picks.byte(); 32]) }),
        _ => {
            let lane = picks.byte() % (LANES + 1);
            let mut others = chosen_of(picks.byte(), ground.actors().into_iter());
            others.sort_by_key(Actor::id);
            (Form::Change, Payload::Change(Change { lane, others, body: picks.bytes().to_vec() }))
        }
    };
    pens[pen].say(subject, record, Written { form, links, payload, change_hash: ChangeHash([0; 32]) })
}

fn chosen_of<T>(bits: u8, of: impl Iterator<Item = T>) -> Vec<T> {
    of.take(8).enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, one)| one).collect()
}
