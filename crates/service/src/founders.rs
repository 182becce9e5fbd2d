//! What only a majority of the founders does: drafted by one, signed by each for itself, put into effect by any.

use charter::{
    Access, Act, Charter, Effect, Grant, Holder, Keep, Policy, Reach,
    file::{self, ActDraft, ActSignature, FileError, FoundingDraft, Kind},
};
use identity::{Class, NodeKey, OfficeId, OfficeKind, Region, StatementHash};
use serde::{Deserialize, Serialize};

use crate::{
    Service,
    offices::{key, known},
    problem::{Code, Problem},
};

/// The largest table of grants that is read.
pub const POLICY_BYTES_MAX: u64 = 256 * 1024;

/// What the founders are to decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Proposal {
    /// Another founder.
    AddFounder {
        /// Its request, as it was carried here.
        request: Vec<u8>,
    },
    /// An office that has no vote any more.
    RemoveFounder {
        /// Its id or its name.
        office: String,
    },
    /// Who may read and write what.
    Policy {
        /// Every grant there is to be.
        grants: Vec<GrantView>,
    },
    /// A further node for a founder that has none left.
    AdmitNode {
        /// Its request, as it was carried here.
        request: Vec<u8>,
    },
    /// A node that speaks no more, a founder's or any other.
    RemoveNode {
        /// Its key.
        node: String,
        /// Why.
        reason: String,
    },
    /// Up to where a node's entries count.
    CutOff {
        /// Its key.
        node: String,
        /// The scope.
        scope: String,
        /// As for a cut-off by one office.
        at: Option<String>,
        /// As for a cut-off by one office.
        void: bool,
    },
}

/// One line of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantView {
    /// `everyone`, a kind of office, or `office:` and an id.
    pub holder: String,
    /// The class of records.
    pub class: String,
    /// Only in this region and inside it.
    pub within: String,
    /// How the holder's region lies to the scope's: `own`, `line` or `anywhere`.
    pub reach: String,
    /// `read` or `write`.
    pub access: String,
}

/// How a vote stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enacted {
    /// How many founders' offices have signed, as far as is known here.
    pub votes: usize,
    /// How many it takes.
    pub needed: usize,
    /// Whether it is in effect, or why not.
    pub effect: String,
}

impl Service {
    /// The policy in force, as [`Proposal::Policy`] takes it.
    pub(crate) fn policy(&self) -> Result<Vec<GrantView>, Problem> {
        let charter = self.charter()?;
        Ok(charter.policy().map(|policy| policy.grants.iter().map(shown).collect()).unwrap_or_default())
    }

    pub(crate) async fn propose(&self, proposal: Proposal) -> Result<(Vec<u8>, String), Problem> {
        let charter = self.charter()?;
        let act = match proposal {
            Proposal::AddFounder { request } => Act::AddFounder { request: file::read(&request)? },
            Proposal::AdmitNode { request } => Act::AdmitNode { request: file::read(&request)? },
            Proposal::RemoveFounder { office } => {
                let office = self.office_named(&office)?;
                let nodes: Vec<NodeKey> =
                    charter.nodes().filter(|node| node.office == office.id).map(|node| node.key).collect();
                let mut keep = Vec::new();
                for node in nodes {
                    keep.extend(self.all_kept(&charter, node).await);
                }
                Act::RemoveFounder { office: office.id, keep }
            }
            Proposal::Policy { grants } => {
                Act::SetPolicy(Policy { grants: grants.iter().map(grant).collect::<Result<_, _>>()? })
            }
            Proposal::RemoveNode { node, reason } => {
                let node = key(&node)?;
                Act::RemoveNode { node, reason, keep: self.all_kept(&charter, node).await }
            }
            Proposal::CutOff { node, scope, at, void } => {
                let node = key(&node)?;
                known(&charter, node)?;
                let scope = scope.parse().map_err(|error: identity::NameError| {
                    Problem::bad_input(error, "`simpul status` lists the scopes")
                })?;
                let (at, _) = self.cuts(node, &scope, at.as_deref(), void).await?;
                Act::CutOff { node, scope, at, void }
            }
        };
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|error| Problem::internal(&error))?;
        let draft = ActDraft::new(&charter, act, nonce)?;
        Ok((file::to_bytes(&draft), file::to_line(&draft)))
    }

    /// Signs a draft of a founding or of an act for this office.
    pub(crate) fn sign(&self, draft: &[u8]) -> Result<(Vec<u8>, String), Problem> {
        match file::read::<FoundingDraft>(draft) {
            Ok(draft) => {
                let signature = self.node().sign_founding(&draft)?;
                Ok((file::to_bytes(&signature), file::to_line(&signature)))
            }
            Err(FileError::Kind { found: Kind::ActDraft, .. }) => {
                let draft: ActDraft = file::read(draft)?;
                let (charter, own) = (self.charter()?, self.node().office());
                if !charter.office(&own).is_some_and(charter::Office::is_founder) {
                    return Err(Problem::new(
                        Code::NoRight,
                        "only the founders sign acts of the founders",
                        "`simpul charter show` lists them",
                    ));
                }
                let signature = self.node().sign_act(&draft)?;
                Ok((file::to_bytes(&signature), file::to_line(&signature)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Says the votes that were carried here. They count from the moment that there are enough.
    pub(crate) async fn enact(&self, draft: &[u8], signatures: &[Vec<u8>]) -> Result<Enacted, Problem> {
        let draft: ActDraft = file::read(draft)?;
        let mut votes = Vec::new();
        for signature in signatures {
            votes.push(draft.vote(&file::read::<ActSignature>(signature)?)?);
        }
        let hashes: Vec<StatementHash> = votes.iter().map(charter::statement_hash).collect();
        // Of the founders who decide, not of those whom the act leaves.
        let needed = self.charter()?.majority();
        self.node().state(votes).await?;
        let charter = self.charter()?;
        let effects: Vec<Effect> = hashes.iter().filter_map(|hash| charter.effect(hash)).collect();
        // One of a founder that is none any more is void; the others say how the act stands.
        let effect = effects.iter().find(|effect| !matches!(effect, Effect::Void(_))).or(effects.first());
        let votes = self.node().statements().await;
        let said = |vote: &&charter::CheckedStatement| vote.statement() == &draft.statement;
        let offices = votes.iter().filter(said).filter_map(|vote| charter.node(&vote.author()).map(|node| node.office));
        Ok(Enacted {
            votes: offices.collect::<std::collections::BTreeSet<OfficeId>>().len(),
            needed,
            effect: effect.map_or_else(|| "unknown".to_owned(), ToString::to_string),
        })
    }

    async fn all_kept(&self, charter: &Charter, node: NodeKey) -> Vec<StatementHash> {
        let Keep { keep, .. } = charter.keep_all(&self.node().statements().await, &node);
        keep
    }
}

fn shown(grant: &Grant) -> GrantView {
    let holder = match grant.holder {
        Holder::Everyone => "everyone".to_owned(),
        Holder::Kind(kind) => kind.to_string(),
        Holder::Office(office) => format!("office:{office}"),
    };
    let reach = match grant.reach {
        Reach::Own => "own",
        Reach::Line => "line",
        Reach::Anywhere => "anywhere",
    };
    let access = match grant.access {
        Access::Read => "read",
        Access::Write => "write",
    };
    GrantView {
        holder,
        class: grant.class.to_string(),
        within: grant.within.to_string(),
        reach: reach.to_owned(),
        access: access.to_owned(),
    }
}

fn grant(view: &GrantView) -> Result<Grant, Problem> {
    let wrong = |what: &str, value: &str, takes: &str| {
        Problem::bad_input(format!("a grant's {what} is {value:?}"), format!("it takes {takes}"))
    };
    let holder = match view.holder.as_str() {
        "everyone" => Some(Holder::Everyone),
        text => match text.strip_prefix("office:") {
            Some(id) => id.parse().ok().map(Holder::Office),
            None => text.parse::<OfficeKind>().ok().map(Holder::Kind),
        },
    };
    let reach = match view.reach.as_str() {
        "own" => Some(Reach::Own),
        "line" => Some(Reach::Line),
        "anywhere" => Some(Reach::Anywhere),
        _ => None,
    };
    let access = match view.access.as_str() {
        "read" => Some(Access::Read),
        "write" => Some(Access::Write),
        _ => None,
    };
    let class = Class::ALL.into_iter().find(|class| class.to_string() == view.class);
    Ok(Grant {
        holder: holder.ok_or_else(|| wrong("holder", &view.holder, "everyone, a kind of office, or office:ID"))?,
        class: class.ok_or_else(|| {
            let all: Vec<String> = Class::ALL.iter().map(ToString::to_string).collect();
            wrong("class", &view.class, &all.join(", "))
        })?,
        within: view.within.parse::<Region>().map_err(|_| wrong("within", &view.within, "id or a region's code"))?,
        reach: reach.ok_or_else(|| wrong("reach", &view.reach, "own, line or anywhere"))?,
        access: access.ok_or_else(|| wrong("access", &view.access, "read or write"))?,
    })
}

/// The grants in a file, spelled as [`crate::Query::Policy`] shows them.
pub fn read_grants(json: &[u8]) -> Result<Vec<GrantView>, Problem> {
    serde_json::from_slice(json).map_err(|error| {
        Problem::bad_input(
            format!("this is no table of grants: {error}"),
            "`simpul charter policy --json` prints the one in force; change a copy of it",
        )
    })
}
