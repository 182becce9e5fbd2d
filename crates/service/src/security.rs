//! What concerns the security of the network, as this node knows it: the computers whose rights ended or that behave as
//! two, what is still to be decided about them, and everything that offices said of who belongs and what holds.

use std::collections::{BTreeMap, BTreeSet};

use charter::{Act, Body, Charter, Cut, Effect, FreezeReason, NodeState, Standing, VoidReason, WaitReason};
use identity::{JournalId, NodeKey, OfficeId, ScopeName};
use serde::{Deserialize, Serialize};

use crate::{Service, both::Both, problem::Problem};

/// A computer that somebody has to look at, or once had to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// Its key.
    pub node: String,
    /// The same, shortened for people.
    pub short: String,
    /// The office that it speaks or spoke for.
    pub office: String,
    /// Whether its rights were taken away; else its admission fell, or it still has them.
    pub removed: bool,
    /// Why they were taken away, as each office that did wrote.
    pub why: Vec<String>,
    /// When it called last after that, as far as this node noticed, in Unix milliseconds.
    pub called_ms: Option<i64>,
    /// Scopes held here of which two histories of it were proved and not yet decided.
    pub forked: Vec<String>,
    /// Scopes held here in which nobody said yet up to where what it wrote counts.
    pub to_be_cut: Vec<String>,
}

/// Something that an office said of the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SaidOfNetwork {
    /// Whether it is an everyday statement: an admission, or who takes part in something.
    pub everyday: bool,
    /// What kind of statement it is.
    pub kind: Both,
    /// The office that said it.
    pub by: String,
    /// What it is about.
    pub about: Both,
    /// Whether it holds.
    pub counts: bool,
    /// What it does, and if nothing, why.
    pub effect: Both,
    /// Its hash.
    pub hash: String,
    /// When this node took it in, in Unix milliseconds by its own clock: what was said carries no date.
    pub since_ms: Option<i64>,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityView {
    /// This computer's key.
    pub node: String,
    /// Computers that speak for their offices.
    pub active: u64,
    /// The versions that they reported, and how many do each.
    pub versions: BTreeMap<String, u64>,
    /// Those that somebody has to look at first.
    pub suspects: Vec<Suspect>,
    /// What was said, those that are not everyday first.
    pub said: Vec<SaidOfNetwork>,
}

fn both(id: impl Into<String>, en: impl Into<String>) -> Both {
    Both { id: id.into(), en: en.into() }
}

/// What kind of statement it is, in a word.
pub(crate) fn kind(body: &Body) -> Both {
    match body {
        Body::Found { .. } => both("pendirian", "founding"),
        Body::Admit { .. } => both("penerimaan", "admission"),
        Body::Adopt { .. } => both("pengukuhan", "adoption"),
        Body::Remove { .. } => both("pencabutan", "removal"),
        Body::CutOff { .. } => both("batas", "cut-off"),
        Body::Rename { .. } => both("nama baru", "renaming"),
        Body::Succeed { .. } => both("penerusan", "succession"),
        Body::Roster { .. } => both("daftar peserta", "roster"),
        Body::Erase { .. } => both("perintah hapus", "erasure"),
        Body::Suspend { .. } => both("penangguhan", "suspension"),
        Body::Lift { .. } => both("akhir penangguhan", "lifting"),
        Body::Majority { .. } => both("suara pendiri", "vote"),
    }
}

fn effect(effect: Effect) -> Both {
    let id = match effect {
        Effect::Counts => "berlaku".to_owned(),
        Effect::Waiting(reason) => format!(
            "menunggu {}",
            match reason {
                WaitReason::Founding => "pendirian yang ditandatangani semua pendiri".to_owned(),
                WaitReason::Author => "penerimaan kantor penulisnya".to_owned(),
                WaitReason::AuthorFell => "pengukuhan penerimaan kantor penulisnya".to_owned(),
                WaitReason::Subject => "pernyataan tentang perangkat atau kantor yang dimaksud".to_owned(),
                WaitReason::Statement => "pernyataan yang disebutnya".to_owned(),
                WaitReason::Votes { given, needed } => format!("suara lain: {given} dari {needed} sudah ada"),
                WaitReason::Version => "keputusan pendiri sebelumnya".to_owned(),
            }
        ),
        Effect::Void(reason) => format!(
            "tidak berlaku: {}",
            match reason {
                VoidReason::OtherNetwork => "untuk jaringan lain",
                VoidReason::OtherSort => "latihan di jaringan sungguhan, atau sebaliknya",
                VoidReason::AuthorRemoved => "perangkat penulisnya dicabut",
                VoidReason::NoAuthority => "kantor penulisnya tidak berwenang",
                VoidReason::MajorityOnly => "hanya mayoritas pendiri yang berwenang",
                VoidReason::OtherOffice => "kunci itu sudah milik kantor lain",
                VoidReason::OtherAct => "keputusan lain sudah berlaku",
                VoidReason::Inapplicable => "tidak mengubah apa pun, atau tidak menyisakan pendiri",
                VoidReason::NotSuch => "bukan hal yang dapat dinyatakan",
                VoidReason::Replaced => "diganti pernyataan lain",
            }
        ),
    };
    both(id, effect.to_string())
}

/// Names offices and computers as this node knows them.
struct Names<'a>(&'a Charter);

impl Names<'_> {
    fn office(&self, id: &OfficeId) -> String {
        self.0.office(id).map_or_else(|| id.short(), |office| office.name.clone())
    }

    fn of(&self, node: &NodeKey) -> String {
        self.0.node(node).map_or_else(|| node.short(), |known| self.office(&known.office))
    }

    /// A computer: whose it is, and its key.
    fn node(&self, node: &NodeKey) -> String {
        format!("{} ({})", self.of(node), node.short())
    }

    fn offices<'b>(&self, ids: impl IntoIterator<Item = &'b OfficeId>) -> String {
        ids.into_iter().map(|id| self.office(id)).collect::<Vec<_>>().join(", ")
    }

    fn asks(&self, subject: &charter::Subject) -> String {
        match subject {
            charter::Subject::NewOffice { name, .. } => name.clone(),
            charter::Subject::FurtherNode { office } => self.office(office),
        }
    }

    /// The name that a request asks under, and the key that asks.
    fn request(&self, request: &identity::Signed<charter::Request>) -> String {
        let asks = charter::Request::verify(request).map(|asked| self.asks(&asked.subject)).unwrap_or_default();
        format!("{asks} ({})", request.author.short())
    }

    fn about(&self, body: &Body) -> Both {
        let same = |text: String| both(text.clone(), text);
        let records = |scope: &ScopeName, of: usize, ground: &str| {
            both(format!("{of} catatan di {scope}: {ground}"), format!("{of} records in {scope}: {ground}"))
        };
        match body {
            Body::Found { founders, .. } => {
                same(founders.iter().map(|founder| self.request(founder)).collect::<Vec<_>>().join(", "))
            }
            Body::Admit { request } => same(self.request(request)),
            Body::Adopt { statements } => {
                both(format!("{} pernyataan", statements.len()), format!("{} statements", statements.len()))
            }
            Body::Remove { node, reason, .. } => same(format!("{}: {reason}", self.node(node))),
            Body::CutOff { node, scope, at, .. } => self.cut(node, scope, at),
            Body::Rename { office, name, .. } => same(format!("{} → {name}", self.office(office))),
            Body::Succeed { from, to } => same(format!("{} → {}", self.offices(from), self.office(to))),
            Body::Roster { scope, members, .. } => same(format!("{scope}: {}", self.offices(members))),
            Body::Erase { scope, documents, ground, .. } | Body::Suspend { scope, documents, ground } => {
                records(scope, documents.len(), ground)
            }
            Body::Lift { scope, suspensions, ground } => records(scope, suspensions.len(), ground),
            Body::Majority { act, .. } => self.act(act),
        }
    }

    fn cut(&self, node: &NodeKey, scope: &ScopeName, at: &[Cut]) -> Both {
        let up_to = at.iter().map(|cut| cut.at.map_or(0, |at| at.seq)).max().unwrap_or(0);
        let node = self.node(node);
        both(format!("{node} di {scope} sampai nomor {up_to}"), format!("{node} in {scope}, up to number {up_to}"))
    }

    fn act(&self, act: &Act) -> Both {
        match act {
            Act::AddFounder { request } => {
                let who = self.request(request);
                both(format!("pendiri baru: {who}"), format!("another founder: {who}"))
            }
            Act::RemoveFounder { office, .. } => {
                let who = self.office(office);
                both(format!("bukan pendiri lagi: {who}"), format!("a founder no more: {who}"))
            }
            Act::SetPolicy(_) => both("aturan berbagi yang baru", "another sharing policy"),
            Act::AdmitNode { request } => {
                let who = self.request(request);
                both(format!("perangkat baru: {who}"), format!("a further computer: {who}"))
            }
            Act::RemoveNode { node, reason, .. } => {
                let who = self.node(node);
                both(format!("pencabutan {who}: {reason}"), format!("removal of {who}: {reason}"))
            }
            Act::CutOff { node, scope, at, .. } => self.cut(node, scope, at),
        }
    }
}

impl Service {
    pub(crate) async fn security(&self) -> Result<SecurityView, Problem> {
        self.keep_trail().await;
        let (node, charter) = (self.node(), self.charter()?);
        let names = Names(&charter);
        let held: Vec<JournalId> =
            node.held()?.into_iter().flat_map(|(_, journals)| journals).map(|(journal, _)| journal).collect();
        let forked: BTreeSet<JournalId> = node.forked().await.into_iter().collect();
        let statements = node.statements().await;
        let mut why: BTreeMap<NodeKey, Vec<String>> = BTreeMap::new();
        for statement in statements.iter() {
            let (by, body) = (names.of(&statement.author()), &statement.statement().body);
            if let Body::Remove { node, reason, .. } | Body::Majority { act: Act::RemoveNode { node, reason, .. }, .. } =
                body
                && charter.effect(&statement.hash()) == Some(Effect::Counts)
            {
                why.entry(*node).or_default().push(format!("{by}: {reason}"));
            }
        }
        let called = self.looking().removed_calls();
        let suspect = |known: &charter::Node| {
            let standing = |journal: &JournalId| charter.standing(journal);
            let own: Vec<&JournalId> = held.iter().filter(|journal| journal.node == known.key).collect();
            let scopes = |of: &dyn Fn(&JournalId) -> bool| {
                let found = own.iter().filter(|journal| of(journal)).map(|journal| journal.scope.to_string());
                found.collect::<BTreeSet<String>>().into_iter().collect::<Vec<String>>()
            };
            Suspect {
                node: known.key.to_string(),
                short: known.key.short(),
                office: names.office(&known.office),
                removed: matches!(known.state, NodeState::Removed { .. }),
                why: why.get(&known.key).cloned().unwrap_or_default(),
                called_ms: called.get(&known.key).copied(),
                forked: scopes(&|journal| {
                    forked.contains(journal) && !matches!(standing(journal), Standing::CutOff(_))
                }),
                to_be_cut: scopes(&|journal| matches!(standing(journal), Standing::Frozen(FreezeReason::Removed))),
            }
        };
        let two: BTreeSet<NodeKey> = forked.iter().map(|journal| journal.node).collect();
        let may_be =
            |known: &&charter::Node| matches!(known.state, NodeState::Removed { .. }) || two.contains(&known.key);
        let of_note = |suspect: &Suspect| suspect.removed || !suspect.forked.is_empty();
        let mut suspects: Vec<Suspect> = charter.nodes().filter(may_be).map(suspect).filter(of_note).collect();
        let open = |suspect: &Suspect| !suspect.forked.is_empty() || !suspect.to_be_cut.is_empty();
        suspects.sort_by_key(|suspect| (!open(suspect), suspect.called_ms.is_none(), suspect.office.clone()));
        let mut versions = BTreeMap::new();
        for (_, beacon) in node.beacons().await.iter().filter(|(node, _)| charter.is_active(node)) {
            *versions.entry(beacon.version.chars().take(32).collect()).or_default() += 1;
        }
        let mut said: Vec<SaidOfNetwork> = (statements.iter())
            .map(|statement| {
                let body = &statement.statement().body;
                let does = charter.effect(&statement.hash());
                SaidOfNetwork {
                    everyday: matches!(body, Body::Admit { .. } | Body::Roster { .. }),
                    kind: kind(body),
                    by: names.of(&statement.author()),
                    about: names.about(body),
                    counts: does == Some(Effect::Counts),
                    effect: does.map_or_else(|| both("tidak diketahui", "unknown"), effect),
                    since_ms: self.took_in(&statement.hash().to_string()),
                    hash: statement.hash().to_string(),
                }
            })
            .collect();
        said.sort();
        Ok(SecurityView {
            node: node.key().to_string(),
            active: charter.nodes().filter(|known| known.state == NodeState::Active).count() as u64,
            versions,
            suspects,
            said,
        })
    }
}
