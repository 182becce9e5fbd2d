//! Each rule of the guard, broken by a change that is right but for that.

use journal::{Actor, Change, Form, Payload};

use super::*;
use crate::chunk::{Head, write_head};
use crate::columns::{self, DELETE, Id, Key, MAKE_TEXT, Ops, SET, value};
use crate::leb::{write_signed, write_unsigned};
use crate::{Refusal, Waiting};

type Bytes = &'static [u8];

/// A document with everything that a rule needs: a text with characters, a field written twice, a value beside it.
struct Ground {
    village: Pen,
    regency: Pen,
    entries: Vec<Item>,
    fold: Fold,
}

/// Journal entries: village 1 creates (ops 1..=5: text, "ab", status, gone), village 2 on top (6), regency 1 beside it.
fn ground() -> Ground {
    let (mut village, mut regency) = (pen(1), pen(2));
    let written = create(&village.journal, [("note", "ab")], [("status", text("calon")), ("gone", text("x"))]).unwrap();
    let first = village.say(None, written);
    let mut here = fold([first.clone()]);
    let shown = here.heads();
    let second = village.save(&here, &shown, &[put("status", "aktif"), Edit::Clear { key: "gone".into() }]);
    let beside = regency.save(&here, &shown, &[put("status", "purna"), splice("note", 1, 0, "c")]);
    let entries = vec![first, second, beside];
    take(&mut here, entries.clone());
    all_well(&here);
    Ground { village, regency, entries, fold: here }
}

/// A change of the regency's lane 0, on top of its own entry, as it should be; each case spoils one thing.
struct Draft {
    lane: u8,
    seq: u64,
    start_op: u64,
    others: Vec<Actor>,
    links: Vec<usize>,
    ops: Ops<Bytes>,
    head: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
    tail: Vec<u8>,
}

const ME: u32 = 0;
const VILLAGE: u32 = 1;

fn id(counter: u32, actor: u32) -> Id {
    Id { counter, actor }
}

fn set(ops: &mut Ops<Bytes>, key: Bytes, preds: &[Id]) {
    ops.push(None, Key::Prop(key), false, SET, (value::TEXT, b"v"), preds.iter().copied());
}

impl Draft {
    /// Nothing wrong: replaces the regency's own value of `status` and the village's of `gone`.
    fn good(ground: &Ground) -> Self {
        let mut ops = Ops::new();
        set(&mut ops, b"status", &[id(6, ME)]);
        set(&mut ops, b"gone", &[id(5, VILLAGE)]);
        Draft {
            lane: 0,
            seq: 2,
            start_op: 8,
            others: vec![Actor { journal: ground.village.journal.clone(), lane: 0 }],
            links: vec![2],
            ops,
            head: None,
            body: None,
            tail: Vec::new(),
        }
    }

    fn body(&self) -> Vec<u8> {
        if let Some(body) = &self.body {
            return body.clone();
        }
        let mut body = self.head.clone().unwrap_or_else(|| {
            let mut head = Vec::new();
            write_head(&mut head, self.seq, self.start_op);
            head
        });
        columns::write(&self.ops, &mut body);
        body.extend_from_slice(&self.tail);
        body
    }

    fn written(&self, ground: &Ground) -> Written {
        let links = self.links.iter().map(|link| ground.entries[*link].0.clone()).collect();
        let payload = Payload::Change(Change { lane: self.lane, others: self.others.clone(), body: self.body() });
        Written { form: Form::Change, links, payload, change_hash: identity::ChangeHash([0; 32]) }
    }
}

/// What the guard says of a change, alone, in a batch before everything, and after an unrelated entry; always the same.
fn verdict_of(spoil: impl FnOnce(&mut Draft, &Ground)) -> Verdict {
    let mut ground = ground();
    let mut draft = Draft::good(&ground);
    spoil(&mut draft, &ground);
    let written = draft.written(&ground);
    let item = ground.regency.say(Some(&ground.entries[0].0), written);
    let mut alone = ground.fold.clone();
    take(&mut alone, [item.clone()]);
    let verdict = alone.verdict(&item.0).unwrap().clone();
    if verdict == Verdict::Accepted {
        alone.check_with_automerge().unwrap();
    }
    let mut all = ground.entries.clone();
    for at in 0..=all.len() {
        all.insert(at, item.clone());
        let batch = Fold::build(ground.fold.id().clone(), all.clone(), |_| Standing::Accepted, false, |_| true);
        assert_eq!(batch.verdict(&item.0), Some(&verdict), "in any order");
        batch.check_with_automerge().unwrap();
        all.remove(at);
    }
    verdict
}

fn broken(rule: &str) -> Verdict {
    Verdict::Refused(Refusal::Guard(rule.into()))
}

fn columns_of(mut edit: impl FnMut(&mut Vec<u8>)) -> impl FnMut(&mut Draft, &Ground) {
    move |draft, _| {
        let mut body = draft.body();
        edit(&mut body);
        draft.body = Some(body);
    }
}

#[test]
fn a_change_that_is_right_is_accepted() {
    assert_eq!(verdict_of(|_, _| {}), Verdict::Accepted);
}

#[test]
fn each_rule_broken_gives_its_refusal() {
    type Spoil = Box<dyn FnOnce(&mut Draft, &Ground)>;
    fn ops(write: fn(&mut Ops<Bytes>)) -> Spoil {
        Box::new(move |draft, _| {
            draft.ops = Ops::new();
            write(&mut draft.ops);
            if !draft.ops.ids().any(|id| id.actor == VILLAGE) {
                draft.others.clear();
            }
        })
    }
    let replaces = "it replaces what it does not build on";
    let cases: Vec<(&str, Spoil, &str)> = vec![
        // Dependencies, lane and counters.
        ("no dependency", Box::new(|d, _| d.links.clear()), "it builds on nothing"),
        (
            "a dependency below another",
            Box::new(|d, _| d.links = vec![0, 2]),
            "one of its dependencies lies below another",
        ),
        ("links in another order", Box::new(|d, _| d.links = vec![2, 1]), "its links are not in order"),
        ("a link twice", Box::new(|d, _| d.links = vec![2, 2]), "its links are not in order"),
        (
            "not its lane's last",
            Box::new(|d, _| d.links = vec![1]),
            "it does not build on the change before it on its lane",
        ),
        ("a number too high", Box::new(|d, _| d.seq = 3), "its number does not follow the one before it on its lane"),
        ("a number twice", Box::new(|d, _| d.seq = 1), "its number does not follow the one before it on its lane"),
        ("a new lane at 2", Box::new(|d, _| d.lane = 1), "its number does not follow the one before it on its lane"),
        ("no such lane", Box::new(|d, _| d.lane = 8), "it has no such lane"),
        (
            "ids already used",
            Box::new(|d, _| d.start_op = 7),
            "its operations do not begin just above those that it builds on",
        ),
        (
            "a counter bomb",
            Box::new(|d, _| d.start_op = 7 + 100_001),
            "its operations do not begin just above those that it builds on",
        ),
        (
            "a counter beyond 32 bits",
            Box::new(|d, _| d.start_op = 1 << 33),
            "its operations do not begin just above those that it builds on",
        ),
        ("counter zero", Box::new(|d, _| d.start_op = 0), "its head is malformed"),
        // Head and actors.
        (
            "a time",
            Box::new(|d, _| {
                let mut head = vec![2, 8];
                write_signed(&mut head, 1_763_000_000);
                head.push(0);
                d.head = Some(head);
            }),
            "it carries a time or a message of its own",
        ),
        (
            "a message",
            Box::new(|d, _| d.head = Some(vec![2, 8, 0, 2, b'h', b'i'])),
            "it carries a time or a message of its own",
        ),
        (
            "an actor that nobody is",
            Box::new(|d, _| d.others[0].lane = 5),
            "it names an actor that it does not build on",
        ),
        (
            "an actor twice",
            Box::new(|d, _| d.others.push(d.others[0].clone())),
            "the actors that it names are not in order",
        ),
        (
            "itself as another",
            Box::new(|d, g| d.others = vec![Actor { journal: g.regency.journal.clone(), lane: 0 }]),
            "the actors that it names are not in order",
        ),
        (
            "an actor too many",
            Box::new(|d, _| {
                d.ops = Ops::new();
                set(&mut d.ops, b"status", &[id(6, ME)]);
            }),
            "it names an actor that it does not use",
        ),
        // Registers.
        ("a concurrent value", ops(|o| set(o, b"status", &[id(6, VILLAGE)])), replaces),
        ("a value to come", ops(|o| set(o, b"status", &[id(9, ME)])), replaces),
        ("itself", ops(|o| set(o, b"status", &[id(8, ME)])), replaces),
        (
            "a value of another key",
            ops(|o| set(o, b"status", &[id(5, VILLAGE)])),
            "it replaces something else than a value of its own key",
        ),
        (
            "a deletion",
            ops(|o| {
                o.push(None, Key::Prop(b"gone"), false, DELETE, (value::NULL, b""), [id(5, VILLAGE)]);
                set(o, b"gone", &[id(8, ME)]);
            }),
            "it replaces something else than a value of its own key",
        ),
        (
            "a text",
            ops(|o| set(o, b"note", &[id(1, VILLAGE)])),
            "it replaces something else than a value of its own key",
        ),
        (
            "a character",
            ops(|o| set(o, b"status", &[id(2, VILLAGE)])),
            "it replaces something else than a value of its own key",
        ),
        (
            "predecessors in another order",
            ops(|o| set(o, b"status", &[id(6, ME), id(4, VILLAGE)])),
            "its predecessors are not in order",
        ),
        (
            "a predecessor twice",
            ops(|o| set(o, b"status", &[id(6, ME), id(6, ME)])),
            "its predecessors are not in order",
        ),
        (
            "a deletion of nothing",
            ops(|o| o.push(None, Key::Prop(b"status"), false, DELETE, (value::NULL, b""), [])),
            "it deletes nothing",
        ),
        (
            "a deletion with a value",
            ops(|o| o.push(None, Key::Prop(b"status"), false, DELETE, (value::TEXT, b"x"), [id(6, ME)])),
            "an operation has a value that it cannot have",
        ),
        ("an empty key", ops(|o| set(o, b"", &[])), "a key is empty, too long or inserted"),
        ("a long key", ops(|o| set(o, &[b'k'; 257], &[])), "a key is empty, too long or inserted"),
        (
            "an insertion into the root",
            ops(|o| o.push(None, Key::Prop(b"k"), true, SET, (value::TEXT, b"x"), [])),
            "a key is empty, too long or inserted",
        ),
        (
            "the root as a list",
            ops(|o| o.push(None, Key::Head, true, SET, (value::TEXT, b"x"), [])),
            "it acts on the root as if it were a list",
        ),
        (
            "a map later",
            ops(|o| o.push(None, Key::Prop(b"k"), false, 0, (value::NULL, b""), [])),
            "it creates an object after the document's first change",
        ),
        (
            "a text later",
            ops(|o| o.push(None, Key::Prop(b"k"), false, MAKE_TEXT, (value::NULL, b""), [])),
            "it creates an object after the document's first change",
        ),
        (
            "a list in a text",
            ops(|o| o.push(Some(id(1, VILLAGE)), Key::Head, true, 2, (value::NULL, b""), [])),
            "it creates an object after the document's first change",
        ),
        // Texts.
        (
            "an object not there",
            ops(|o| o.push(Some(id(7, VILLAGE)), Key::Head, true, SET, (value::TEXT, b"x"), [])),
            "it acts on an object that it does not build on",
        ),
        (
            "a value as object",
            ops(|o| o.push(Some(id(4, VILLAGE)), Key::Head, true, SET, (value::TEXT, b"x"), [])),
            "it acts on something that is no text",
        ),
        (
            "a text as a map",
            ops(|o| o.push(Some(id(1, VILLAGE)), Key::Prop(b"k"), false, SET, (value::TEXT, b"x"), [])),
            "it acts on a text as if it were a map",
        ),
        (
            "a character to come",
            ops(|o| o.push(Some(id(1, VILLAGE)), Key::Elem(id(8, ME)), true, SET, (value::TEXT, b"x"), [])),
            "it names a character that it does not build on",
        ),
        (
            "a value as character",
            ops(|o| o.push(Some(id(1, VILLAGE)), Key::Elem(id(4, VILLAGE)), true, SET, (value::TEXT, b"x"), [])),
            "it names a character that is not in its text",
        ),
        (
            "a deletion as character",
            ops(|o| {
                o.push(
                    Some(id(1, VILLAGE)),
                    Key::Elem(id(2, VILLAGE)),
                    false,
                    DELETE,
                    (value::NULL, b""),
                    [id(2, VILLAGE)],
                );
                o.push(Some(id(1, VILLAGE)), Key::Elem(id(8, ME)), true, SET, (value::TEXT, b"x"), []);
            }),
            "it names a character that is not in its text",
        ),
        (
            "an empty character",
            ops(|o| o.push(Some(id(1, VILLAGE)), Key::Head, true, SET, (value::TEXT, b""), [])),
            "it inserts an empty character",
        ),
        (
            "a character put over another",
            ops(|o| {
                o.push(
                    Some(id(1, VILLAGE)),
                    Key::Elem(id(2, VILLAGE)),
                    false,
                    SET,
                    (value::TEXT, b"x"),
                    [id(2, VILLAGE)],
                )
            }),
            "it neither inserts a character nor deletes one",
        ),
        (
            "another character deleted",
            ops(|o| {
                o.push(
                    Some(id(1, VILLAGE)),
                    Key::Elem(id(2, VILLAGE)),
                    false,
                    DELETE,
                    (value::NULL, b""),
                    [id(3, VILLAGE)],
                )
            }),
            "it neither inserts a character nor deletes one",
        ),
        // Values.
        (
            "no UTF-8",
            ops(|o| o.push(None, Key::Prop(b"k"), false, SET, (value::TEXT, &[0xff]), [])),
            "a value is malformed",
        ),
        (
            "a number spelled long",
            ops(|o| o.push(None, Key::Prop(b"k"), false, SET, (value::SIGNED, &[0x80, 0]), [])),
            "a value is malformed",
        ),
        (
            "a number with something behind",
            ops(|o| o.push(None, Key::Prop(b"k"), false, SET, (value::UNSIGNED, &[1, 1]), [])),
            "a value is malformed",
        ),
        (
            "a long yes",
            ops(|o| o.push(None, Key::Prop(b"k"), false, SET, (value::TRUE, b"x"), [])),
            "a value is malformed",
        ),
        (
            "a short float",
            ops(|o| o.push(None, Key::Prop(b"k"), false, SET, (value::FLOAT, b"x"), [])),
            "a value is malformed",
        ),
        // Columns.
        ("no operations", ops(|_| {}), "it has no operations"),
        (
            "something behind the columns",
            Box::new(|d, _| d.tail = vec![0]),
            "its columns are not laid out as Automerge does",
        ),
        (
            "cut short",
            Box::new(columns_of(|body| body.truncate(body.len() - 1))),
            "its columns are not laid out as Automerge does",
        ),
        (
            "an unknown column",
            Box::new(columns_of(|body| {
                let at = body.iter().position(|byte| *byte == 115).unwrap();
                body[at] = 120;
            })),
            "its columns are not laid out as Automerge does",
        ),
        ("too large", Box::new(|d, _| d.body = Some(vec![0; (1 << 20) + 1])), "it is larger than 1 MiB"),
        (
            "a million operations in ten bytes",
            Box::new(|d, _| {
                let mut body = vec![2, 8, 0, 0, 1, 66];
                let mut column = Vec::new();
                write_signed(&mut column, 1 << 40);
                column.push(SET);
                write_unsigned(&mut body, column.len() as u64);
                body.extend(column);
                d.body = Some(body);
            }),
            "its actions are malformed or too many",
        ),
    ];
    for (what, spoil, rule) in cases {
        assert_eq!(verdict_of(spoil), broken(rule), "{what}");
    }
}

#[test]
fn one_list_of_operations_has_one_encoding() {
    // The same operations, spelled in ways that Automerge reads but does not write.
    let action = |column: &[u8]| {
        let mut column = column.to_vec();
        columns_of(move |body| {
            let head = Head::read(body).unwrap().columns_at;
            let at = head + body[head..].iter().position(|byte| *byte == 66).unwrap();
            let old = body[at + 1] as usize;
            let before: usize = {
                let mut sum = 0;
                let mut place = head + 1;
                while place < at {
                    sum += body[place + 1] as usize;
                    place += 2;
                }
                sum
            };
            let columns = head + 1 + 2 * body[head] as usize;
            body[at + 1] = column.len() as u8;
            body.splice(columns + before..columns + before + old, std::mem::take(&mut column));
        })
    };
    for (what, column) in [
        ("two literals", &[0x7e, 1, 1][..]),
        ("two runs of one", &[0x7f, 1, 0x7f, 1]),
        ("a run of one", &[1, 1, 0x7f, 1]),
        ("a long length", &[0x82, 0, 1]),
        ("nothing run in between", &[2, 1, 0, 0]),
    ] {
        assert_eq!(verdict_of(action(column)), broken("its actions are malformed or too many"), "{what}");
    }
    assert_eq!(verdict_of(action(&[2, 1])), Verdict::Accepted, "as it is written");
}

#[test]
fn what_this_version_does_not_write_waits_for_a_newer_one() {
    type Newer = (&'static str, fn(&mut Ops<Bytes>));
    let newer: [Newer; 4] = [
        ("an increment", |o| o.push(None, Key::Prop(b"k"), false, 5, (value::SIGNED, &[1]), [])),
        ("a mark", |o| o.push(Some(id(1, VILLAGE)), Key::Head, true, 7, (value::NULL, b""), [])),
        ("a counter", |o| o.push(None, Key::Prop(b"k"), false, SET, (8, &[1]), [])),
        ("a number in a text", |o| o.push(Some(id(1, VILLAGE)), Key::Head, true, SET, (value::SIGNED, &[1]), [])),
    ];
    for (what, write) in newer {
        let verdict = verdict_of(|draft, _| {
            draft.ops = Ops::new();
            write(&mut draft.ops);
            if !draft.ops.ids().any(|id| id.actor == VILLAGE) {
                draft.others.clear();
            }
        });
        assert_eq!(verdict, Verdict::Waiting(Waiting::Version), "{what}");
    }
}

#[test]
fn an_entry_about_something_else_is_refused() {
    let ground = ground();
    let mut regency = ground.regency.clone();
    let other = Coordinate { journal: pen(9).journal, seq: 1 };
    let draft = Draft::good(&ground);
    let table = [
        (regency.say_as(Subject::Of(other), RECORD, draft.written(&ground)), "it is about another document"),
        (
            regency.say_as(Subject::Of(ground.entries[0].0.clone()), 99, draft.written(&ground)),
            "it is of another kind than its document",
        ),
        (
            regency.say(Some(&ground.entries[0].0), Written { form: Form::Fact, ..draft.written(&ground) }),
            "its payload is not of the form that its header says",
        ),
        (
            regency.say(
                Some(&ground.entries[0].0),
                Written {
                    form: Form::Fact,
                    links: Vec::new(),
                    payload: Payload::Fact(vec![1, b'k', 1, 2, 3]),
                    change_hash: identity::ChangeHash([0; 32]),
                },
            ),
            "the fact is malformed",
        ),
    ];
    for (item, rule) in table {
        let mut fold = ground.fold.clone();
        take(&mut fold, [item.clone()]);
        assert_eq!(fold.verdict(&item.0), Some(&broken(rule)));
        all_well(&ground.fold);
    }
}

#[test]
fn a_document_is_full_at_its_bounds_and_says_so_to_its_writer() {
    let mut village = pen(1);
    let (mut fold, _) = village.begin();
    let mut writes = 0;
    let error = loop {
        match fold.edit(&fold.heads(), &village.journal, &[put("photo", &format!("{writes}{}", "x".repeat(100_000)))]) {
            Ok(written) => {
                let item = village.say(Some(&fold.id().clone()), written.unwrap());
                take(&mut fold, [item]);
            }
            Err(error) => break error,
        }
        writes += 1;
    };
    assert_eq!((writes, error), (10, crate::EditError::Full));
    let long = "k".repeat(257);
    for edit in [put("", "x"), put(&long, "x"), Edit::Put { key: "k".into(), value: Scalar::Other("x".into()) }] {
        assert!(matches!(fold.edit(&fold.heads(), &village.journal, &[edit]), Err(crate::EditError::Unwritable(_))));
    }
    assert!(crate::fact("", b"", Vec::new()).is_err());
    assert!(crate::fact("k", &vec![0; 65 * 1024], Vec::new()).is_err());
}

#[test]
fn twenty_thousand_damaged_changes_neither_panic_nor_get_past_automerge() {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let ground = ground();
    let good = Draft::good(&ground);
    let body = good.body();
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut draft = Draft::good(&ground);
        let mut bytes = body.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bytes.len());
            match rng.random_range(0..4) {
                0 => bytes[at] ^= 1 << rng.random_range(0..8),
                1 => bytes[at] = rng.random(),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, rng.random()),
            }
        }
        draft.body = Some(bytes);
        let item = ground.regency.clone().say(Some(&ground.entries[0].0), draft.written(&ground));
        let mut fold = ground.fold.clone();
        take(&mut fold, [item.clone()]);
        if fold.verdict(&item.0) == Some(&Verdict::Accepted) {
            accepted += 1;
            fold.check_with_automerge().unwrap();
        }
    }
    assert!(accepted > 100, "some of them are other good changes: {accepted}");
}
