//! Stories about coordination, told by offices that each hold their own copy of one document and meet now and then.
//! Underneath are the real documents, so concurrency is what it is in the field.

mod agendas;
mod agreements;
mod commitments;
mod files;
mod forms;
mod scores;

use std::collections::BTreeMap;

use documents::{Edit, Fold, Item, Standing, Written};
use identity::{
    Coordinate, EntryHash, Incarnation, JournalId, NodeKey, NodeSecret, OfficeId, OfficeKind, Officer, Region,
    ScopeName,
};
use journal::{Header, Kind, Subject};

use super::*;
use crate::{Author, Date, FactDraft, Folded, Record, facts::Content, fold, kinds::ANNULMENT};

/// The eight ministries of the MoU of 30 May 2017, the lead first; node numbers 1 to 8.
pub(crate) const MINISTRIES: [&str; 8] = [
    "Kementerian Ketenagakerjaan",
    "Kementerian Pariwisata",
    "Kementerian Kesehatan",
    "Kementerian Pemuda dan Olahraga",
    "Kementerian Badan Usaha Milik Negara",
    "Kementerian Koperasi dan Usaha Kecil dan Menengah",
    "Kementerian Komunikasi dan Informatika",
    "Kementerian Desa, Pembangunan Daerah Tertinggal, dan Transmigrasi",
];
/// A second node of an office has its number plus this.
pub(crate) const SECOND: u8 = 100;
/// Offices around Lampung Timur.
pub(crate) const LAMPUNG: u8 = 20;
pub(crate) const DINSOSKERTRANS: u8 = 21;
pub(crate) const PERINDAG: u8 = 22;
pub(crate) const KOPERASI: u8 = 23;
pub(crate) const BP3TKI: u8 = 24;
pub(crate) const BNP2TKI: u8 = 25;
/// A node that no statement admits.
pub(crate) const STRANGER: u8 = 99;

pub(crate) const LAMPUNG_TIMUR: &str = "18.07";

pub(crate) fn secret(number: u8) -> NodeSecret {
    NodeSecret::from_seed([number; 32])
}

pub(crate) fn office(number: u8) -> OfficeId {
    OfficeId([number % SECOND; 16])
}

pub(crate) fn party(number: u8) -> Party {
    Party::Office(office(number))
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The nodes that are admitted, by key: making a key from its seed takes time.
fn known() -> &'static BTreeMap<NodeKey, u8> {
    static KNOWN: std::sync::OnceLock<BTreeMap<NodeKey, u8>> = std::sync::OnceLock::new();
    KNOWN.get_or_init(|| {
        let numbers = (1..=8).chain(20..=30).flat_map(|number| [number, number + SECOND]);
        numbers.map(|number| (secret(number).node_key(), number)).collect()
    })
}

/// Which office each node speaks for, who carries on for whom, and which copied signatures no longer count.
#[derive(Clone, Default)]
pub(crate) struct Charter {
    pub(crate) successors: BTreeMap<u8, Vec<u8>>,
    pub(crate) cut: Vec<u8>,
}

impl Authors for Charter {
    fn author(&self, node: &NodeKey) -> Option<Author> {
        let number = *known().get(node)?;
        let (kind, region) = match number % SECOND {
            LAMPUNG => (OfficeKind::Province, "18"),
            DINSOSKERTRANS => (OfficeKind::Regency, LAMPUNG_TIMUR),
            PERINDAG | KOPERASI => (OfficeKind::Unit, LAMPUNG_TIMUR),
            BP3TKI => (OfficeKind::Agency, "18"),
            _ => (OfficeKind::Ministry, "id"),
        };
        Some(Author { office: office(number), kind, region: region.parse().unwrap() })
    }

    fn carried_on_by(&self, of: &OfficeId) -> Vec<OfficeId> {
        self.successors.get(&of.0[0]).into_iter().flatten().map(|number| office(*number)).collect()
    }

    fn counts(&self, at: &Coordinate) -> bool {
        !self.cut.iter().any(|number| secret(*number).node_key() == at.journal.node)
    }
}

/// One node's copy of the document.
#[derive(Clone)]
struct Desk {
    journal: JournalId,
    seq: u64,
    previous: EntryHash,
    items: Vec<Item>,
}

/// Offices that share one document.
#[derive(Clone)]
pub(crate) struct Net {
    kind: RecordKind,
    scope: ScopeName,
    pub(crate) id: Option<Coordinate>,
    desks: BTreeMap<u8, Desk>,
    pub(crate) charter: Charter,
}

impl Net {
    pub(crate) fn new(kind: RecordKind, scope: &str) -> Self {
        let scope = scope.parse().unwrap();
        Self { kind, scope, id: None, desks: BTreeMap::new(), charter: Charter::default() }
    }

    fn desk(&mut self, number: u8) -> &mut Desk {
        let scope = self.scope.clone();
        self.desks.entry(number).or_insert_with(|| Desk {
            // Only here is the key made.
            journal: JournalId { scope, node: secret(number).node_key(), incarnation: Incarnation([number; 8]) },
            seq: 0,
            previous: EntryHash([0; 32]),
            items: Vec::new(),
        })
    }

    fn write(&mut self, number: u8, written: Written) -> EntryHash {
        let id = self.id.clone();
        let kind = self.kind.number();
        let desk = self.desk(number);
        desk.seq += 1;
        let header = Header {
            seq: desk.seq,
            previous: desk.previous,
            time_ms: 1_496_100_000_000,
            officer: Officer::new("petugas").unwrap(),
            subject: id.map_or(Subject::Creates { predecessor: None }, Subject::Of),
            kind: Kind { record: kind, form: written.form },
            links: written.links,
            commitment: written.payload.commitment(Some(&[7; 32])).unwrap(),
        };
        let hash = header.hash(&desk.journal);
        desk.previous = hash;
        let at = Coordinate { journal: desk.journal.clone(), seq: desk.seq };
        desk.items.push((at.clone(), hash, header, written.payload));
        self.id.get_or_insert(at);
        hash
    }

    /// What a node holds, folded.
    fn folded_at(&mut self, number: u8) -> Fold {
        let id = self.id.clone().unwrap();
        let items = self.desk(number).items.clone();
        Fold::build(id, items, |_| Standing::Accepted, false, |_| true)
    }

    /// Creates the document.
    pub(crate) fn create(&mut self, number: u8, draft: FactDraft) -> EntryHash {
        self.write(number, documents::fact(draft.key, &draft.bytes, Vec::new()).unwrap())
    }

    pub(crate) fn say(&mut self, number: u8, draft: FactDraft) -> EntryHash {
        let tips = self.folded_at(number).snapshot().tips;
        self.write(number, documents::fact(draft.key, &draft.bytes, tips).unwrap())
    }

    pub(crate) fn edit(&mut self, number: u8, edits: &[Edit]) {
        let fold = self.folded_at(number);
        let own = self.desk(number).journal.clone();
        let written = fold.edit(&fold.snapshot().heads, &own, edits).unwrap().expect("it changes something");
        self.write(number, written);
    }

    /// One node takes over what another holds.
    pub(crate) fn take(&mut self, to: u8, from: u8) {
        let items = self.desk(from).items.clone();
        let held = &mut self.desk(to).items;
        for item in items {
            if !held.iter().any(|(at, ..)| *at == item.0) {
                held.push(item);
            }
        }
    }

    /// These meet and hold the same afterwards.
    pub(crate) fn meet(&mut self, numbers: impl IntoIterator<Item = u8> + Clone) {
        for _ in 0..2 {
            let mut last = None;
            for number in numbers.clone() {
                if let Some(last) = last {
                    self.take(number, last);
                    self.take(last, number);
                }
                last = Some(number);
            }
            let first = numbers.clone().into_iter().next().unwrap();
            for number in numbers.clone() {
                self.take(number, first);
                self.take(first, number);
            }
        }
    }

    pub(crate) fn read(&mut self, number: u8) -> Folded {
        let snapshot = self.folded_at(number).snapshot();
        fold(&snapshot, &self.charter)
    }

    /// Every entry of a journal beyond `seq` is cut off.
    pub(crate) fn read_cut(&mut self, number: u8, node: u8, seq: u64) -> Folded {
        let id = self.id.clone().unwrap();
        let node = secret(node).node_key();
        let cut = |at: &Coordinate| at.journal.node == node && at.seq > seq;
        let standing = |at: &Coordinate| if cut(at) { Standing::CutOff } else { Standing::Accepted };
        let fold_of = Fold::build(id, self.desk(number).items.clone(), standing, false, |_| true);
        fold(&fold_of.snapshot(), &self.charter)
    }

    /// The same entries in another order of arrival.
    pub(crate) fn shuffled(&mut self, number: u8, rng: &mut impl rand::Rng) -> Folded {
        use rand::seq::SliceRandom;
        let id = self.id.clone().unwrap();
        let mut items = self.desk(number).items.clone();
        items.shuffle(rng);
        let mut fold_of = Fold::build(id, [], |_| Standing::Accepted, false, |_| true);
        for item in items {
            fold_of.add([item], |_| Standing::Accepted, |_| true);
        }
        fold(&fold_of.snapshot(), &self.charter)
    }

    pub(crate) fn seq(&mut self, number: u8) -> u64 {
        self.desk(number).seq
    }

    pub(crate) fn agenda(&mut self, number: u8) -> Agenda {
        agenda_of(self.read(number))
    }

    pub(crate) fn heads(&mut self, number: u8) -> Vec<Coordinate> {
        self.folded_at(number).snapshot().heads
    }

    /// The codes of what does not count at a node.
    pub(crate) fn notices(&mut self, number: u8) -> Vec<String> {
        self.read(number)
            .notices
            .iter()
            .map(|n| format!("{} {} {}", n.state.code(), n.code, n.what).trim().to_owned())
            .collect()
    }
}

impl Net {
    /// The document of coordination that a node shows.
    pub(crate) fn shown(&mut self, number: u8) -> Coordination {
        shown_of(self.read(number))
    }
}

fn shown_of(folded: Folded) -> Coordination {
    let Record::Coordination(found) = folded.record else {
        panic!("nothing of coordination: {:?} {:?}", folded.record, folded.notices)
    };
    *found
}

pub(crate) fn agenda_of(folded: Folded) -> Agenda {
    let Coordination::Agenda(agenda) = shown_of(folded) else { panic!("no agenda") };
    agenda
}

pub(crate) const AGENDA_SCOPE: &str = "agenda/0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

pub(crate) fn invite(number: u8, name: &str, required: bool) -> Invitation {
    Invitation { party: party(number), name: name.into(), required, left: false }
}

/// The ministries' addendum, opened by Kemnaker.
pub(crate) fn opening_of_ministries() -> Opening {
    Opening {
        origin: Origin { kind: OriginKind::Proposal, of: None },
        region: Region::national(),
        parties: MINISTRIES.iter().zip(1..).map(|(name, number)| invite(number, name, true)).collect(),
        steps: vec![
            StepDue { step: AgendaStep::Stands, by: day("2017-04-14") },
            StepDue { step: AgendaStep::Ratification, by: day("2017-05-30") },
        ],
        silence: Silence::NoAnswer,
    }
}

pub(crate) fn put(key: &str, value: documents::Scalar) -> Edit {
    Edit::Put { key: key.into(), value }
}

/// The three scope items of the MoU. (S2)
pub(crate) const SCOPE_ITEMS: [&str; 3] = [
    "Pertukaran data dan informasi.",
    "Pembangunan pusat layanan migrasi.",
    "Penumbuhkembangan usaha produktif desa/kawasan perdesaan migran produktif berbasis sumber daya alam dan teknologi \
     tepat guna.",
];

pub(crate) fn id(number: u8) -> ItemId {
    ItemId([number; 8])
}

/// The eight ministries hold one agenda with the text of the MoU.
pub(crate) fn mou() -> Net {
    let mut net = Net::new(RecordKind::Agenda, AGENDA_SCOPE);
    net.create(1, opening_of_ministries().draft_checked().unwrap());
    let text = |value: &str| documents::Scalar::Text(value.into());
    let mut edits = vec![
        put("title", text("Desa Migran Produktif")),
        put("begins", text("2017-05-30")),
        put("ends", text("2022-05-29")),
    ];
    edits.extend(AgendaText::default().add_article(id(1), "Ruang lingkup", None).unwrap());
    net.edit(1, &edits);
    for (number, item) in (1..).zip(SCOPE_ITEMS) {
        let behind = (number > 1).then(|| id(number - 1));
        let edits = net.agenda(1).text.add_paragraph(id(1), id(number), item, behind).unwrap();
        net.edit(1, &edits);
    }
    net.meet(1..=8);
    net
}

pub(crate) fn mandate(official: &str) -> Mandate {
    Mandate {
        official: official.into(),
        position: "Direktur Jenderal".into(),
        acting: None,
        letter: "SK 12/2017".into(),
        from: day("2017-01-01"),
        until: None,
    }
}

/// What node `number` is about to sign on the day of the MoU.
pub(crate) fn signing(number: u8, version: VersionHash, says: WordKind, mandate: &Mandate) -> Signing<'_> {
    let day = day("2017-05-30");
    Signing { office: office(number), party: None, version, says, mandate, day, time_ms: 1_496_100_000_000 }
}

/// The official's name in these stories, by node.
pub(crate) fn official(number: u8) -> String {
    format!("Pejabat {number}")
}

impl Net {
    /// Kemnaker makes the text final.
    pub(crate) fn freeze(&mut self, number: u8) -> VersionHash {
        let heads = self.heads(number);
        let (draft, hash) = self.agenda(number).draft_final(office(number), &heads, FinalOptions::default()).unwrap();
        self.say(number, draft);
        hash
    }

    /// An official with a mandate signs.
    pub(crate) fn sign(&mut self, number: u8, version: VersionHash, says: WordKind) -> EntryHash {
        let own = mandate(&official(number));
        let on = day("2017-05-30");
        if !self.agenda(number).mandates_of(office(number), on).any(|said| said.what == own) {
            self.say(number, own.draft_checked().unwrap());
        }
        let signing = signing(number, version, says, &own);
        let word = self.agenda(number).word(signing).unwrap();
        self.say(number, Signature::sign(&secret(number), &word).unwrap().draft().unwrap())
    }

    pub(crate) fn state(&mut self, number: u8, version: VersionHash) -> VersionState {
        let versions = self.agenda(number).versions;
        let found = versions.get(version).expect("the version is here");
        versions.state(found)
    }
}
