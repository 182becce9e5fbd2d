//! Offices: joining, admitting, taking rights away.

use std::collections::BTreeMap;

use charter::{
    Body, Charter, Cut, Effect, Keep, NodeState, WaitReason,
    file::{self, Founding, Invite, Kind},
};
use identity::{Incarnation, JournalId, NodeKey, Point, ScopeName, Signed};
use serde::{Deserialize, Serialize};

use crate::{
    Service,
    problem::{Code, Problem},
};

/// What to do at a node that was invited and has met nobody yet: an invite is small, and the founding is not in it.
const FOUNDING_HINT: &str =
    "it comes with the first connection: `simpul run`; or take in the founding file: `simpul join`";

/// An office, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeView {
    /// Its id.
    pub id: String,
    /// Its name now.
    pub name: String,
    /// Names it had.
    pub former_names: Vec<String>,
    /// ministry, agency, province, regency, unit or village.
    pub kind: String,
    /// For which region it stands.
    pub region: String,
    /// Whether it has a vote in the acts of the founders.
    pub founder: bool,
    /// Its nodes.
    pub nodes: Vec<NodeView>,
}

/// A node of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeView {
    /// Its key.
    pub key: String,
    /// active, removed or fallen.
    pub state: String,
}

/// A statement, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementView {
    /// Its hash.
    pub hash: String,
    /// Which kind of statement.
    pub kind: String,
    /// The key that said it.
    pub author: String,
    /// Whether it counts, waits or is void, and why.
    pub effect: String,
}

/// The charter as it stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharterView {
    /// The network's id; none before this node belongs to one.
    pub network: Option<String>,
    /// Whether it is a practice network (LATIHAN).
    pub practice: bool,
    /// Whether the founding is held here yet.
    pub founded: bool,
    /// The version of the founder set that the next act names.
    pub founder_set_version: u32,
    /// The offices, by name.
    pub offices: Vec<OfficeView>,
    /// The statements, by hash.
    pub statements: Vec<StatementView>,
}

/// What joining did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The network's id.
    pub network: String,
    /// Nodes to call first, as the invite names them: `KEY@HOST:PORT`.
    pub peers: Vec<String>,
}

/// An invite, ready to be carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// Whom it admits.
    pub name: String,
    /// The invite as a file.
    pub file: Vec<u8>,
    /// The same as one line of text.
    pub line: String,
}

/// What a cut-off did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutDone {
    /// The scope.
    pub scope: String,
    /// The journals with the last number that counts.
    pub at: Vec<(String, u64)>,
    /// How many entries of others build on what was cut.
    pub hanging: u64,
}

impl Service {
    /// This node's request, as a file and as a line.
    pub(crate) fn request(&self) -> (Vec<u8>, String) {
        let request = self.node().request();
        (file::to_bytes(request), file::to_line(request))
    }

    pub(crate) async fn join(&self, given: &[u8]) -> Result<Joined, Problem> {
        let (_, own_practice) = self.node().profile();
        let practice_differs = |practice: bool| {
            (practice != own_practice).then(|| {
                let (this, that) =
                    if practice { ("real records", "practice (LATIHAN)") } else { ("practice", "real records") };
                Problem::new(
                    Code::Conflict,
                    format!("this node was made for {this}, and the network is for {that}"),
                    "make a node of the right sort with `simpul init`, with or without --practice",
                )
            })
        };
        let invite: Invite = match file::read::<Founding>(given) {
            Ok(founding) => {
                if let Body::Found { practice, .. } = &founding.statement.body
                    && let Some(problem) = practice_differs(*practice)
                {
                    return Err(problem);
                }
                let network = founding.network();
                self.node().join(network, founding.statements()).await?;
                return Ok(Joined { network: network.to_string(), peers: Vec::new() });
            }
            Err(file::FileError::Kind { found: Kind::Invite, .. }) => file::read(given)?,
            Err(error) => return Err(error.into()),
        };
        if let Some(problem) = practice_differs(invite.practice) {
            return Err(problem);
        }
        if invite.node != self.node().key() {
            return Err(Problem::bad_input(
                format!(
                    "this invite is for node {}, not for this one ({})",
                    invite.node.short(),
                    self.node().key().short()
                ),
                "have this node's own request approved: `simpul request`",
            ));
        }
        self.node().join(invite.network, invite.statements.clone()).await?;
        self.meet(&invite.peers);
        let peers = invite.peers.iter().map(|peer| format!("{}@{}", peer.node, peer.address)).collect();
        Ok(Joined { network: invite.network.to_string(), peers })
    }

    pub(crate) async fn approve(&self, given: &[u8]) -> Result<Approved, Problem> {
        let request: Signed<charter::Request> = file::read(given)?;
        let charter = self.charter()?;
        let node = request.author;
        let name = match charter::Request::verify(&request).map(|request| request.subject) {
            Ok(charter::Subject::NewOffice { name, .. }) => name,
            Ok(charter::Subject::FurtherNode { office }) => {
                charter.office(&office).map_or_else(|| office.to_string(), |office| office.name.clone())
            }
            Err(error) => return Err(Problem::bad_input(error, "have the request made again")),
        };
        if !charter.is_active(&node) {
            self.state(Body::Admit { request }, "a sponsor above the office that asks has to approve it").await?;
        }
        let (charter, statements) = (self.charter()?, self.node().statements().await);
        let peers = self.invite_peers();
        let invite = Invite::new(&charter, &statements, node, peers)
            .ok_or_else(|| Problem::new(Code::NoRight, "this admission does not count", "see `simpul charter show`"))?;
        Ok(Approved { name, file: file::to_bytes(&invite), line: file::to_line(&invite) })
    }

    pub(crate) async fn remove(&self, node: &str, reason: &str) -> Result<(), Problem> {
        let key = key(node)?;
        let charter = self.charter()?;
        known(&charter, key)?;
        let statements = self.node().statements().await;
        // Of what the key said, everything that counts here now goes on counting.
        let Keep { keep, adoptions } = charter.keep_all(&statements, &key);
        self.state(
            Body::Remove { node: key, reason: reason.to_owned(), keep },
            "only an office above the node's own may remove it; for a founder's node a majority of the founders",
        )
        .await?;
        for adoption in adoptions {
            self.state(adoption, "another sponsor can adopt what fell with this key").await?;
        }
        Ok(())
    }

    /// Whoever looks for the offices of old is led to the one that carries on, and nobody waits for them any more.
    pub(crate) async fn succeed(&self, from: &[String], to: &str) -> Result<(), Problem> {
        let to = self.office_named(to)?.id;
        let mut old = Vec::new();
        for office in from {
            old.push(self.office_named(office)?.id);
        }
        if old.contains(&to) {
            return Err(Problem::bad_input("an office cannot carry on for itself", "name another one that carries on"));
        }
        old.sort_unstable();
        old.dedup();
        let hint = "an office above the others says it, or an office for itself";
        self.state(Body::Succeed { from: old, to }, hint).await
    }

    pub(crate) async fn cut_off(
        &self,
        node: &str,
        scope: Option<&str>,
        at: Option<&str>,
        void: bool,
    ) -> Result<Vec<CutDone>, Problem> {
        let key = key(node)?;
        let charter = self.charter()?;
        known(&charter, key)?;
        let wanted: Option<ScopeName> = scope
            .map(str::parse)
            .transpose()
            .map_err(|error: identity::NameError| Problem::bad_input(error, "`simpul status` lists the scopes"))?;
        let at = at.map(parse_point).transpose()?;
        let mut journals: BTreeMap<ScopeName, Vec<(JournalId, Point)>> = BTreeMap::new();
        for (scope, held) in self.node().held()? {
            if wanted.as_ref().is_some_and(|wanted| *wanted != scope) || !charter.may_read(&self.node().key(), &scope) {
                continue;
            }
            let own: Vec<_> = held.into_iter().filter(|(journal, _)| journal.node == key).collect();
            if !own.is_empty() || wanted.is_some() {
                journals.insert(scope, own);
            }
        }
        let mut done = Vec::new();
        for (scope, journals) in journals {
            let (cuts, hanging) = self.cuts_of(key, &scope, &journals, at, void).await?;
            let at = cuts.iter().map(|cut| (cut.incarnation.to_string(), cut.at.map_or(0, |at| at.seq))).collect();
            let cites = charter.cut_offs(&key, &scope).map(|cut_offs| cut_offs.heads.clone()).unwrap_or_default();
            self.state(
                Body::CutOff { node: key, scope: scope.clone(), at: cuts, cites, void },
                "only an office above the node's own that reads the scope may give a cut-off",
            )
            .await?;
            done.push(CutDone { scope: scope.to_string(), at, hanging });
        }
        if done.is_empty() {
            return Err(Problem::not_found(
                format!("nothing of node {} is held in a scope that this office reads", key.short()),
                "an office that reads what it wrote has to give the cut-off",
            ));
        }
        Ok(done)
    }

    /// Where a node's journals of a scope would be cut, and how many entries of others build on what is behind.
    pub(crate) async fn cuts(
        &self,
        key: NodeKey,
        scope: &ScopeName,
        at: Option<&str>,
        void: bool,
    ) -> Result<(Vec<Cut>, u64), Problem> {
        let at = at.map(parse_point).transpose()?;
        let held = self.node().held()?.into_iter().find(|(held, _)| held == scope).map(|(_, held)| held);
        let journals: Vec<_> = held.into_iter().flatten().filter(|(journal, _)| journal.node == key).collect();
        self.cuts_of(key, scope, &journals, at, void).await
    }

    async fn cuts_of(
        &self,
        key: NodeKey,
        scope: &ScopeName,
        journals: &[(JournalId, Point)],
        wanted: Option<(Option<Incarnation>, u64)>,
        void: bool,
    ) -> Result<(Vec<Cut>, u64), Problem> {
        let built_on = self.node().built_on(key, scope.clone()).await?;
        let mut cuts = Vec::new();
        let mut hanging = 0;
        for (journal, held) in journals {
            let links = built_on.get(&journal.incarnation).cloned().unwrap_or_default();
            let highest = links.keys().next_back().copied().unwrap_or(0);
            let seq = match wanted {
                Some((None, seq)) => seq.min(held.seq),
                Some((Some(incarnation), seq)) if incarnation == journal.incarnation => seq.min(held.seq),
                Some((Some(_), _)) | None => highest,
            };
            hanging += links.range(seq + 1..).map(|(_, count)| count).sum::<u64>();
            if seq == 0 {
                cuts.push(Cut { incarnation: journal.incarnation, at: None });
            } else {
                let hash = self.node().entry_hash(journal, seq)?.ok_or_else(|| {
                    Problem::not_found(format!("entry {seq} of {journal} is not held here"), "give a lower number")
                })?;
                cuts.push(Cut { incarnation: journal.incarnation, at: Some(Point { seq, hash }) });
            }
        }
        if hanging > 0 && !void {
            return Err(Problem::new(
                Code::Conflict,
                format!("in {scope}, {hanging} entries of others build on what this would cut"),
                "leave --at out to keep them, or add --void: their authors' nodes then say them again",
            ));
        }
        Ok((cuts, hanging))
    }

    /// Says a statement, if it would count.
    pub(crate) async fn state(&self, body: Body, hint: &str) -> Result<(), Problem> {
        let charter = self.charter()?;
        let statements = self.node().statements().await;
        let (_, effect) = Charter::foresee(&statements, charter.network(), self.node().key(), body.clone())
            .map_err(|error| Problem::bad_input(error, "check what was given"))?;
        if effect != Effect::Counts {
            let hint = match effect {
                Effect::Waiting(WaitReason::Founding) => FOUNDING_HINT,
                Effect::Waiting(_) | Effect::Void(_) | Effect::Counts => hint,
            };
            return Err(Problem::new(Code::NoRight, format!("this statement would be {effect}"), hint));
        }
        Ok(self.node().state(vec![self.node().sign(body)?]).await?)
    }

    pub(crate) async fn charter_view(&self) -> CharterView {
        let (_, practice) = self.node().profile();
        let Some(charter) = self.node().charter() else {
            return CharterView {
                network: None,
                practice,
                founded: false,
                founder_set_version: 0,
                offices: Vec::new(),
                statements: Vec::new(),
            };
        };
        let mut offices: Vec<OfficeView> = charter.offices().map(|office| office_view(&charter, office)).collect();
        offices.sort_by(|one, two| one.region.len().cmp(&two.region.len()).then_with(|| one.name.cmp(&two.name)));
        let statements = self.node().statements().await;
        let statements = statements.iter().map(|statement| StatementView {
            hash: statement.hash().to_string(),
            kind: crate::security::kind(&statement.statement().body).en,
            author: statement.author().to_string(),
            effect: charter.effect(&statement.hash()).map_or_else(|| "unknown".to_owned(), |effect| effect.to_string()),
        });
        CharterView {
            network: Some(charter.network().to_string()),
            practice: charter.practice() || practice,
            founded: charter.is_founded(),
            founder_set_version: charter.founder_set_version(),
            offices,
            statements: statements.collect(),
        }
    }
}

fn office_view(charter: &Charter, office: &charter::Office) -> OfficeView {
    let state = |key: &NodeKey| match charter.node(key).map(|node| &node.state) {
        Some(NodeState::Active) => "active",
        Some(NodeState::Removed { .. }) => "removed",
        Some(NodeState::Fallen) | None => "fallen",
    };
    OfficeView {
        id: office.id.to_string(),
        name: office.name.clone(),
        former_names: office.former_names.iter().cloned().collect(),
        kind: office.kind.to_string(),
        region: office.region.to_string(),
        founder: office.is_founder(),
        nodes: office.nodes.iter().map(|key| NodeView { key: key.to_string(), state: state(key).to_owned() }).collect(),
    }
}

pub(crate) fn key(text: &str) -> Result<NodeKey, Problem> {
    text.parse()
        .map_err(|error: identity::ParseBytesError| Problem::bad_input(error, "`simpul charter show` lists the keys"))
}

pub(crate) fn known(charter: &Charter, key: NodeKey) -> Result<(), Problem> {
    match charter.node(&key) {
        Some(_) => Ok(()),
        None => Err(Problem::not_found(
            format!("no statement held here admits node {}", key.short()),
            "`simpul charter show` lists the nodes",
        )),
    }
}

/// `NUMBER`, `INCARNATION:NUMBER`, or `held` for everything that is held here.
fn parse_point(text: &str) -> Result<(Option<Incarnation>, u64), Problem> {
    let bad = || {
        Problem::bad_input(
            format!("{text:?} is no point"),
            "write the number of the last entry that counts, INCARNATION:NUMBER, or held for all that is held here",
        )
    };
    match text.split_once(':') {
        None if text == "held" => Ok((None, u64::MAX)),
        None => Ok((None, text.parse().map_err(|_| bad())?)),
        Some((incarnation, number)) => {
            Ok((Some(incarnation.parse().map_err(|_| bad())?), number.parse().map_err(|_| bad())?))
        }
    }
}
