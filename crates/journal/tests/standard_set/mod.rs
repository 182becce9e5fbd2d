//! The standard set: participation documents as six nodes write them live, six real Automerge changes each.
//!
//! One document: random 16-byte id; name of two or three words out of 30 × 20; 16-digit NIK; village code; status out
//! of 7; country out of 9; dates of return and birth; sex; address; phone; education out of 7; group out of 4,000;
//! quadrant; a note of about 60 characters out of 25 words; an attendance map of 6 dates to yes/no; two visits {date,
//! turnover}. Then five updates by five other nodes, each: a new status, one visit put in front. A random node
//! registers, the others follow in random order. Some 64 documents are in work at any time and each write goes to a
//! random one of them, 0.2 to 1.2 seconds after the write before it.
//!
//! Seeded, so that runs compare.

#![allow(clippy::unwrap_used, reason = "only tests and benchmarks include this")]
#![allow(dead_code, reason = "each test and benchmark that includes this module uses its own part of it")]

use std::{collections::BTreeMap, sync::Arc};

use automerge::{ActorId, AutoCommit, ObjId, ObjType, ROOT, ScalarValue, transaction::Transactable};
use identity::{ChangeHash, Coordinate, Incarnation, JournalId, NodeSecret, Officer};
use journal::{Actor, Change, Commit, Draft, Form, JournalWriter, Kind, Payload, Subject, VerifiedRun};
use rand::{Rng, RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

/// How many nodes write.
pub(crate) const NODES: usize = 6;

/// How many documents are in work at once.
const IN_WORK: usize = 64;

/// A node commits after this many entries: somebody typing, or an import in batches.
const COMMIT_EVERY: usize = 16;

/// What the six nodes wrote.
pub(crate) struct StandardSet {
    /// Each node's journal as its store got it, in order.
    pub(crate) commits: Vec<Commit>,
    /// What each node has left in its unsealed page.
    pub(crate) writers: Vec<JournalWriter>,
    /// The same as JSON lines, registrations and updates, in the order in which they were written.
    pub(crate) json_lines: String,
    /// Automerge's hashes of the changes of each journal, in order.
    pub(crate) change_hashes: BTreeMap<JournalId, Vec<ChangeHash>>,
    /// The bytes of all changes as Automerge writes them.
    pub(crate) raw_bytes: usize,
}

impl StandardSet {
    /// What the stores got, one run after the other.
    pub(crate) fn commits_in_order(&self) -> Vec<VerifiedRun> {
        self.commits.iter().flat_map(|commit| commit.runs.iter().cloned()).collect()
    }
}

struct Document {
    automerge: AutoCommit,
    id: Option<Coordinate>,
    key: String,
    nodes: Vec<usize>,
    written: usize,
    visits: Option<ObjId>,
    changes: BTreeMap<ChangeHash, Coordinate>,
}

/// Writes `documents` documents.
pub(crate) fn write(documents: usize, seed: u64) -> StandardSet {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut writers: Vec<JournalWriter> = (0..NODES).map(|_| writer(&mut random)).collect();
    let actors: Vec<Actor> =
        writers.iter().map(|writer| Actor { journal: writer.journal().clone(), lane: 0 }).collect();
    let by_id: BTreeMap<[u8; 16], Actor> = actors.iter().map(|actor| (actor.id(), actor.clone())).collect();
    let mut set = StandardSet {
        commits: Vec::new(),
        writers: Vec::new(),
        json_lines: String::new(),
        change_hashes: BTreeMap::new(),
        raw_bytes: 0,
    };
    let mut in_work: Vec<Document> = Vec::new();
    let mut begun = 0;
    let mut time_ms: i64 = 1_763_750_000_000;
    while begun < documents || !in_work.is_empty() {
        if begun < documents && in_work.len() < IN_WORK {
            in_work.push(Document::new(&mut random));
            begun += 1;
            continue;
        }
        let index = random.random_range(0..in_work.len());
        time_ms += random.random_range(200..=1200);
        let document = &mut in_work[index];
        let node = document.nodes[document.written];
        document.automerge.set_actor(ActorId::from(&actors[node].id()[..]));
        let line = if document.written == 0 { document.register(&mut random) } else { document.update(&mut random) };
        let change = document.automerge.get_last_local_change().unwrap();
        set.raw_bytes += change.raw_bytes().len();
        let parts = take_apart(change.raw_bytes());
        let subject = match &document.id {
            None => Subject::Creates { predecessor: None },
            Some(id) => Subject::Of(id.clone()),
        };
        let change_hash = ChangeHash(change.hash().0);
        let draft = Draft {
            time_ms,
            officer: Officer::new(&format!("petugas-{node}")).unwrap(),
            subject,
            kind: Kind { record: 2, form: Form::Change },
            links: parts.deps.iter().map(|hash| document.changes[hash].clone()).collect(),
            payload: Payload::Change(Change {
                lane: 0,
                others: parts.others.iter().map(|id| by_id[id].clone()).collect(),
                body: parts.body,
            }),
            change_hash,
        };
        let writer = &mut writers[node];
        let (point, _) = writer.append(draft).unwrap();
        let at = Coordinate { journal: writer.journal().clone(), seq: point.seq };
        set.change_hashes.entry(at.journal.clone()).or_default().push(change_hash);
        if point.seq.is_multiple_of(COMMIT_EVERY as u64) {
            set.commits.push(writer.commit());
        }
        set.json_lines.push_str(&format!(
            "{{\"id\":\"{}\",\"time\":{time_ms},\"officer\":\"petugas-{node}\",{line}}}\n",
            document.key
        ));
        document.id.get_or_insert(at.clone());
        document.changes.insert(change_hash, at);
        document.written += 1;
        if document.written == NODES {
            in_work.swap_remove(index);
        }
    }
    set.commits.extend(writers.iter_mut().map(JournalWriter::commit));
    set.writers = writers;
    set
}

fn writer(random: &mut ChaCha8Rng) -> JournalWriter {
    let secret = Arc::new(NodeSecret::from_seed(random.random()));
    let scope = "participation/33.07.10.2004".parse().unwrap();
    let journal = JournalId { scope, node: secret.node_key(), incarnation: Incarnation(random.random()) };
    JournalWriter::new(journal, secret)
}

impl Document {
    fn new(random: &mut ChaCha8Rng) -> Self {
        let mut nodes: Vec<usize> = (0..NODES).collect();
        rand::seq::SliceRandom::shuffle(&mut nodes[..], random);
        Self {
            automerge: AutoCommit::new(),
            id: None,
            key: String::new(),
            nodes,
            written: 0,
            visits: None,
            changes: BTreeMap::new(),
        }
    }

    fn register(&mut self, random: &mut ChaCha8Rng) -> String {
        let id: [u8; 16] = random.random();
        self.key = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut name = vec![pick(random, &FIRST), pick(random, &LAST)];
        if random.random_bool(0.5) {
            name.insert(1, pick(random, &LAST));
        }
        let mut note = String::new();
        while note.len() < 55 {
            note.push_str(pick(random, &NOTE));
            note.push(' ');
        }
        let number = |random: &mut ChaCha8Rng, digits: usize| -> String {
            (0..digits).map(|_| char::from(b'0' + random.random_range(0..10_u8))).collect()
        };
        let fields: Vec<(&str, String)> = vec![
            ("name", name.join(" ")),
            ("nik", number(random, 16)),
            ("village", format!("33.07.10.20{:02}", random.random_range(1..=16))),
            ("status", pick(random, &STATUS).into()),
            ("country", pick(random, &COUNTRY).into()),
            ("returned", date(random, 2018, 2025)),
            ("born", date(random, 1965, 2004)),
            ("sex", pick(random, &["L", "P"]).into()),
            (
                "address",
                format!(
                    "RT {} RW {} Dusun {}",
                    random.random_range(1..=9),
                    random.random_range(1..=5),
                    pick(random, &LAST)
                ),
            ),
            ("phone", format!("+628{}", number(random, 10))),
            ("education", pick(random, &EDUCATION).into()),
            ("group", format!("KUB-{:04}", random.random_range(0..4000))),
            ("quadrant", pick(random, &["I", "II", "III", "IV"]).into()),
            ("note", note.trim_end().into()),
        ];
        let automerge = &mut self.automerge;
        automerge.put(ROOT, "id", ScalarValue::Bytes(id.to_vec())).unwrap();
        for (field, value) in &fields {
            automerge.put(ROOT, *field, value.as_str()).unwrap();
        }
        let attendance = automerge.put_object(ROOT, "attendance", ObjType::Map).unwrap();
        let mut marks = Vec::new();
        for day in 0..6 {
            let (day, came) = (format!("2025-0{}-15", day + 1), random.random_bool(0.8));
            automerge.put(&attendance, day.as_str(), came).unwrap();
            marks.push(format!("\"{day}\":{came}"));
        }
        let visits = automerge.put_object(ROOT, "visits", ObjType::List).unwrap();
        let both = [visit(automerge, &visits, random), visit(automerge, &visits, random)];
        self.visits = Some(visits);
        automerge.commit();
        let fields: Vec<String> = fields.iter().map(|(field, value)| format!("\"{field}\":\"{value}\"")).collect();
        format!("{},\"attendance\":{{{}}},\"visits\":[{}]", fields.join(","), marks.join(","), both.join(","))
    }

    fn update(&mut self, random: &mut ChaCha8Rng) -> String {
        let status = pick(random, &STATUS);
        self.automerge.put(ROOT, "status", status).unwrap();
        let visit = visit(&mut self.automerge, self.visits.as_ref().unwrap(), random);
        self.automerge.commit();
        format!("\"status\":\"{status}\",\"visit\":{visit}")
    }
}

fn visit(automerge: &mut AutoCommit, visits: &ObjId, random: &mut ChaCha8Rng) -> String {
    let (date, turnover) = (date(random, 2025, 2025), random.random_range(100..5_000) * 1_000_i64);
    let visit = automerge.insert_object(visits, 0, ObjType::Map).unwrap();
    automerge.put(&visit, "date", date.as_str()).unwrap();
    automerge.put(&visit, "turnover", turnover).unwrap();
    format!("{{\"date\":\"{date}\",\"turnover\":{turnover}}}")
}

fn pick<'a>(random: &mut impl Rng, words: &[&'a str]) -> &'a str {
    words.choose(random).unwrap()
}

fn date(random: &mut impl Rng, from: u32, to: u32) -> String {
    let [year, month, day] = [from..=to, 1..=12, 1..=28].map(|range| random.random_range(range));
    format!("{year}-{month:02}-{day:02}")
}

/// A change chunk without what its reader can put back.
pub(crate) struct Parts {
    /// The hashes of the changes that it builds on.
    pub(crate) deps: Vec<ChangeHash>,
    /// The other actors that its operations name.
    pub(crate) others: Vec<[u8; 16]>,
    /// Everything from its seq on, without the other actors.
    pub(crate) body: Vec<u8>,
}

/// Takes one of our own chunks apart: magic (4), checksum (4), type, length, dependencies, actor, seq, first
/// operation, time, message, other actors, columns.
pub(crate) fn take_apart(chunk: &[u8]) -> Parts {
    let mut at = 9;
    let leb = |at: &mut usize| {
        let (mut value, mut shift) = (0_usize, 0);
        loop {
            let byte = chunk[*at];
            *at += 1;
            value |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    };
    let length = leb(&mut at);
    assert_eq!(chunk.len(), at + length);
    let mut deps = Vec::new();
    for _ in 0..leb(&mut at) {
        deps.push(ChangeHash(chunk[at..at + 32].try_into().unwrap()));
        at += 32;
    }
    at += leb(&mut at);
    let head = at;
    leb(&mut at);
    leb(&mut at);
    leb(&mut at);
    at += leb(&mut at);
    let mut body = chunk[head..at].to_vec();
    let mut others = Vec::new();
    for _ in 0..leb(&mut at) {
        assert_eq!(leb(&mut at), 16);
        others.push(chunk[at..at + 16].try_into().unwrap());
        at += 16;
    }
    body.extend_from_slice(&chunk[at..]);
    Parts { deps, others, body }
}

const FIRST: [&str; 30] = [
    "Siti", "Sri", "Nur", "Dewi", "Turyati", "Wahyuni", "Ani", "Rini", "Yuli", "Endang", "Sumiati", "Kartini",
    "Lestari", "Budi", "Agus", "Slamet", "Bambang", "Eko", "Joko", "Supri", "Hendra", "Rudi", "Andi", "Dedi", "Iwan",
    "Muh", "Ahmad", "Tri", "Dwi", "Catur",
];
const LAST: [&str; 20] = [
    "Handayani",
    "Rahayu",
    "Lestari",
    "Wulandari",
    "Susanti",
    "Hidayat",
    "Santoso",
    "Prasetyo",
    "Wibowo",
    "Nugroho",
    "Setiawan",
    "Kurniawan",
    "Saputra",
    "Utami",
    "Astuti",
    "Purwanti",
    "Mulyani",
    "Haryanto",
    "Sulistyo",
    "Wijaya",
];
const STATUS: [&str; 7] = ["calon", "diverifikasi", "ditetapkan", "aktif", "cuti", "selesai", "keluar"];
const COUNTRY: [&str; 9] = [
    "Malaysia",
    "Taiwan",
    "Hong Kong",
    "Singapura",
    "Arab Saudi",
    "Korea Selatan",
    "Jepang",
    "Brunei",
    "Uni Emirat Arab",
];
const EDUCATION: [&str; 7] = ["SD", "SMP", "SMA", "SMK", "D3", "S1", "tidak sekolah"];
const NOTE: [&str; 25] = [
    "usaha",
    "warung",
    "keripik",
    "jahit",
    "ternak",
    "kambing",
    "ayam",
    "modal",
    "pinjaman",
    "pelatihan",
    "pemasaran",
    "online",
    "kelompok",
    "pasar",
    "kemasan",
    "bahan",
    "baku",
    "laba",
    "catatan",
    "keuangan",
    "rutin",
    "hadir",
    "perlu",
    "pendamping",
    "lanjut",
];
