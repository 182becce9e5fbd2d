//! Everything that can be said in a charter, each said by one node under its own signature.
//!
//! An act of several offices is several statements with the identical body, one for each signer.
//!
//! What may be said is here; who may say it is in the fold. A statement that passes [`Statement::check`] is well
//! formed and no more.

use identity::{
    Class, Coordinate, Domain, Incarnation, NetworkId, NodeKey, NodeSecret, OfficeId, Point, ScopeName, Signed,
    StatementHash,
};
use serde::{Deserialize, Serialize};

use crate::{Policy, Request, StatementError, limits};

/// What one node says, in which network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The network in which it is said; `None` for a founding alone, whose hash is the network's id.
    pub network: Option<NetworkId>,
    /// What is said.
    pub body: Body,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// These offices found a network. It stands when the node of every one of them signed this body.
    Found {
        /// A practice network (LATIHAN): every page and print says so.
        practice: bool,
        /// A request for a new office from each founder, in the order in which they are named.
        founders: Vec<Signed<Request>>,
        /// The first sharing policy.
        policy: Policy,
        /// Random, so that the same offices may found two networks.
        nonce: [u8; 16],
    },
    /// This node is admitted, and with it the office that it asks for.
    Admit {
        /// What the node asked for.
        request: Signed<Request>,
    },
    /// I say these as if I had said them first: for what fell when its author was removed.
    Adopt {
        /// What is adopted. Foundings, votes and adoptions cannot be.
        statements: Vec<StatementHash>,
    },
    /// This key speaks for its office no more, from the moment a node learns it.
    Remove {
        /// The key.
        node: NodeKey,
        /// For people; may be empty. Up to 500 bytes.
        reason: String,
        /// Of all that this key ever said in the charter, what still counts.
        keep: Vec<StatementHash>,
    },
    /// Up to here a node's journals in one scope are accepted.
    CutOff {
        /// Whose journals.
        node: NodeKey,
        /// In which scope.
        scope: ScopeName,
        /// The journals and the points.
        at: Vec<Cut>,
        /// The cut-offs of this node and scope that it replaces.
        cites: Vec<StatementHash>,
        /// The speaker saw that others built on what is cut, and cuts it all the same. Changes nothing in the fold.
        void: bool,
    },
    /// From now on this office goes by another name; the documents of old keep the old one.
    Rename {
        /// The office.
        office: OfficeId,
        /// Its new name.
        name: String,
        /// The renamings that it replaces.
        cites: Vec<StatementHash>,
    },
    /// Offices were merged, split or dissolved, and this one carries on. A split is several such statements.
    ///
    /// It tells people and pages who answers for the old office's records. It moves no right and no key.
    Succeed {
        /// The offices of old.
        from: Vec<OfficeId>,
        /// The office that carries on.
        to: OfficeId,
    },
    /// Who takes part in one agenda or case.
    Roster {
        /// The agenda or case.
        scope: ScopeName,
        /// For the first roster alone: what [`roster_scope`] made the scope's name from, which proves who opened it.
        opening: Option<[u8; 16]>,
        /// Who may change the roster; one of the members.
        keeper: OfficeId,
        /// Who reads and writes.
        members: Vec<OfficeId>,
        /// The rosters that it replaces; none for the first.
        cites: Vec<StatementHash>,
    },
    /// These documents are to be destroyed wherever they are held.
    Erase {
        /// The scope that holds them.
        scope: ScopeName,
        /// The documents, by the coordinate of the entry that created each.
        documents: Vec<Coordinate>,
        /// On which legal ground. Up to 500 bytes.
        ground: String,
        /// By when, in seconds since 1970. A claim for the compliance report, ordering nothing.
        deadline: u64,
    },
    /// These documents are to be hidden and not edited, and kept.
    Suspend {
        /// The scope that holds them.
        scope: ScopeName,
        /// The documents, by the coordinate of the entry that created each.
        documents: Vec<Coordinate>,
        /// On which legal ground. Up to 500 bytes.
        ground: String,
    },
    /// These suspensions end. An erasure never does.
    Lift {
        /// The scope that they are about.
        scope: ScopeName,
        /// The suspensions.
        suspensions: Vec<StatementHash>,
        /// On which legal ground. Up to 500 bytes.
        ground: String,
    },
    /// A founder's vote for an act. It stands when most founder offices of that version signed this body.
    Majority {
        /// The version of the founder set that the act changes; the founding makes version 1, each act the next.
        founder_set_version: u32,
        /// What is to be done.
        act: Act,
        /// Random, so that an act that was outvoted can be put again.
        nonce: [u8; 16],
    },
}

/// What only a majority of the founders can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Another founder, with the node that asks. This also vouches for that node's key.
    AddFounder {
        /// Its request for a new office.
        request: Signed<Request>,
    },
    /// This office is a founder no more: it has no vote and speaks over nobody else. Its nodes stay until removed, which
    /// any founder may then do.
    RemoveFounder {
        /// The office.
        office: OfficeId,
        /// Of all that its nodes said as a founder's, what still counts.
        keep: Vec<StatementHash>,
    },
    /// Another sharing policy.
    SetPolicy(Policy),
    /// A further node for a founder that has none left that could admit it.
    AdmitNode {
        /// Its request for a further node.
        request: Signed<Request>,
    },
    /// This key speaks no more: a founder's, which nobody else is above, or any other. Known or not yet known.
    RemoveNode {
        /// The key.
        node: NodeKey,
        /// For people; may be empty. Up to 500 bytes.
        reason: String,
        /// Of all that this key ever said in the charter, what still counts.
        keep: Vec<StatementHash>,
    },
    /// As [`Body::CutOff`], above all others. The later act replaces the earlier.
    CutOff {
        /// Whose journals.
        node: NodeKey,
        /// In which scope.
        scope: ScopeName,
        /// The journals and the points.
        at: Vec<Cut>,
        /// As in [`Body::CutOff`].
        void: bool,
    },
}

/// Up to where one journal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cut {
    /// Which of the node's journals in the scope.
    pub incarnation: Incarnation,
    /// The last entry that counts; `None`: none does.
    pub at: Option<Point>,
}

/// The hash that names a statement: over its author and the signed bytes, not over the signature.
pub fn statement_hash(signed: &Signed<Statement>) -> StatementHash {
    let mut hasher = blake3::Hasher::new_derive_key("simpul statement hash v1");
    hasher.update(&signed.author.0);
    hasher.update(signed.bytes());
    StatementHash(*hasher.finalize().as_bytes())
}

/// The hash of what was said, whoever said it: equal for the statements of one act, and a founding's network id.
pub(crate) fn body_hash(bytes: &[u8]) -> NetworkId {
    let mut hasher = blake3::Hasher::new_derive_key("simpul statement body v1");
    hasher.update(bytes);
    NetworkId(*hasher.finalize().as_bytes())
}

/// The name of the agenda or case that a node opens: nobody else can open one of that name.
///
/// `None` when the class has no roster.
pub fn roster_scope(class: Class, opener: NodeKey, opening: [u8; 16]) -> Option<ScopeName> {
    let mut hasher = blake3::Hasher::new_derive_key("simpul roster scope v1");
    hasher.update(&opener.0);
    hasher.update(&opening);
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    class.has_roster().then(|| format!("{class}/{}", OfficeId(id)).parse().ok()).flatten()
}

/// The founding of a network by these offices, for each of them to sign, and the id that it gives the network.
///
/// # Errors
/// When there are no founders, two requests name one node, a request is worth nothing or asks for a network of the
/// other sort (`practice`), or the policy is malformed.
pub fn founding(
    practice: bool,
    founders: Vec<Signed<Request>>,
    policy: Policy,
    nonce: [u8; 16],
) -> Result<(Statement, NetworkId), StatementError> {
    let statement = Statement { network: None, body: Body::Found { practice, founders, policy, nonce } };
    statement.check()?;
    crate::set::candidates(&statement, Request::verify)?;
    let bytes = statement.encode();
    limits::size(bytes.len())?;
    Ok((statement, body_hash(&bytes)))
}

impl Statement {
    /// A statement in a network, signed.
    ///
    /// # Errors
    /// When it breaks a rule of [`Statement::check`].
    pub fn sign(secret: &NodeSecret, network: NetworkId, body: Body) -> Result<Signed<Statement>, StatementError> {
        Statement { network: Some(network), body }.signed_by(secret)
    }

    /// This statement, founding or other, signed.
    ///
    /// # Errors
    /// When it breaks a rule of [`Statement::check`].
    pub fn signed_by(&self, secret: &NodeSecret) -> Result<Signed<Statement>, StatementError> {
        self.check()?;
        let signed = Signed::new(secret, Domain::Statement, self);
        limits::size(signed.bytes().len())?;
        Ok(signed)
    }

    /// The bytes that are signed.
    pub fn encode(&self) -> Vec<u8> {
        #[expect(clippy::expect_used, reason = "plain data encodes; a type that does not is our mistake")]
        postcard::to_stdvec(self).expect("plain data encodes")
    }

    /// The requests inside.
    pub(crate) fn requests(&self) -> &[Signed<Request>] {
        match &self.body {
            Body::Found { founders, .. } => founders,
            Body::Admit { request }
            | Body::Majority { act: Act::AddFounder { request } | Act::AdmitNode { request }, .. } => {
                std::slice::from_ref(request)
            }
            Body::Adopt { .. }
            | Body::Remove { .. }
            | Body::CutOff { .. }
            | Body::Rename { .. }
            | Body::Succeed { .. }
            | Body::Roster { .. }
            | Body::Erase { .. }
            | Body::Suspend { .. }
            | Body::Lift { .. }
            | Body::Majority { .. } => &[],
        }
    }

    /// Whether it is well formed: lists and texts within their bounds, each thing named once, no contradiction.
    ///
    /// Requests inside are not looked into.
    ///
    /// # Errors
    /// Says which rule is broken.
    pub fn check(&self) -> Result<(), StatementError> {
        if self.network.is_none() != matches!(self.body, Body::Found { .. }) {
            return Err(StatementError::Network);
        }
        match &self.body {
            Body::Found { founders, policy, .. } => {
                limits::set_of("founders", founders.iter().map(|f| f.author), limits::FOUNDERS_MAX)?;
                policy.check()
            }
            Body::Admit { .. } => Ok(()),
            Body::Adopt { statements } => limits::set_of("statements to adopt", statements, limits::HASHES_MAX),
            Body::Remove { reason, keep, .. } => {
                limits::note("the reason", reason)?;
                limits::distinct("statements to keep", keep, limits::HASHES_MAX)
            }
            Body::CutOff { at, cites, .. } => {
                limits::cuts(at)?;
                limits::distinct("cited cut-offs", cites, limits::CITES_MAX)
            }
            Body::Rename { name, cites, .. } => {
                limits::text("the office's name", name, limits::NAME_BYTES_MAX)?;
                limits::distinct("cited renamings", cites, limits::CITES_MAX)
            }
            Body::Succeed { from, to } => {
                limits::set_of("offices of old", from, limits::OFFICES_MAX)?;
                contradiction(from.contains(to), "an office cannot succeed itself")
            }
            Body::Roster { scope, opening, keeper, members, cites } => {
                limits::set_of("members", members, limits::OFFICES_MAX)?;
                limits::distinct("cited rosters", cites, limits::CITES_MAX)?;
                contradiction(!scope.class().has_roster(), "only agenda and case scopes have a roster")?;
                contradiction(!members.contains(keeper), "the keeper of a roster is one of its members")?;
                contradiction(opening.is_some() != cites.is_empty(), "the first roster opens, a later one cites")
            }
            Body::Erase { scope, documents, ground, .. } | Body::Suspend { scope, documents, ground } => {
                limits::text("the legal ground", ground, limits::NOTE_BYTES_MAX)?;
                limits::set_of("documents", documents, limits::DOCUMENTS_MAX)?;
                contradiction(
                    documents.iter().any(|d| d.journal.scope != *scope),
                    "a document lies in another scope than its order",
                )
            }
            Body::Lift { suspensions, ground, .. } => {
                limits::text("the legal ground", ground, limits::NOTE_BYTES_MAX)?;
                limits::set_of("suspensions", suspensions, limits::CITES_MAX)
            }
            Body::Majority { founder_set_version, act, .. } => {
                contradiction(*founder_set_version == 0, "founder sets are numbered from 1")?;
                act.check()
            }
        }
    }
}

impl Act {
    fn check(&self) -> Result<(), StatementError> {
        match self {
            Act::AddFounder { .. } | Act::AdmitNode { .. } => Ok(()),
            Act::RemoveFounder { keep, .. } => limits::distinct("statements to keep", keep, limits::HASHES_MAX),
            Act::SetPolicy(policy) => policy.check(),
            Act::RemoveNode { reason, keep, .. } => {
                limits::note("the reason", reason)?;
                limits::distinct("statements to keep", keep, limits::HASHES_MAX)
            }
            Act::CutOff { at, .. } => limits::cuts(at),
        }
    }
}

fn contradiction(is: bool, what: &'static str) -> Result<(), StatementError> {
    if is { Err(StatementError::Contradiction(what)) } else { Ok(()) }
}
