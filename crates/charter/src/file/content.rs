//! What the files hold.

use std::{collections::BTreeSet, sync::Arc};

use identity::{Domain, NetworkId, NodeKey, NodeSecret, Signature, Signed, StatementHash, verify};
use serde::{Deserialize, Serialize};

use super::{Content, FileError, Kind};
use crate::{
    Act, Body, Charter, CheckedStatement, Policy, Request, Statement, StatementError, StatementSet, Subject, founding,
    limits, statement::body_hash,
};

/// The most statements of an invite. Five ranks make four; the rest is room for further nodes and votes of acts.
pub const INVITE_STATEMENTS_MAX: usize = 128;
/// The most addresses of an invite.
pub const INVITE_PEERS_MAX: usize = 8;
/// The longest address, in bytes: the longest host name, a colon and a port.
const ADDRESS_BYTES_MAX: usize = 259;

impl Content for Signed<Request> {
    const KIND: Kind = Kind::Request;

    fn check(&self) -> Result<(), FileError> {
        Request::verify(self).map(drop).map_err(|source| FileError::Content { kind: Self::KIND, source })
    }
}

/// A founding that the founders are to sign, each for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundingDraft {
    /// The founding.
    pub statement: Statement,
}

/// One founder's signature of a [`FoundingDraft`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundingSignature {
    /// The network that the draft makes.
    pub network: NetworkId,
    /// Who signed.
    pub author: NodeKey,
    /// The signature of the draft's statement.
    pub signature: Signature,
}

/// A founding with the signatures of all founders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founding {
    /// The founding.
    pub statement: Statement,
    /// The signatures, by key.
    pub signatures: Vec<(NodeKey, Signature)>,
}

impl FoundingDraft {
    /// The draft that these requests make. The first request is that of the ministry that leads the programme.
    ///
    /// # Errors
    /// When there is no request, one is worth nothing, two are of one node, or some are for practice and some not.
    pub fn of_programme(requests: Vec<Signed<Request>>, nonce: [u8; 16]) -> Result<Self, FileError> {
        let content = |source| FileError::Content { kind: Kind::FoundingDraft, source };
        let lead = requests.first().ok_or(content(StatementError::NotASet("founders")))?;
        let request = Request::verify(lead).map_err(content)?;
        let policy = Policy::default_programme(crate::office_id(lead, &request));
        let (statement, _) = founding(request.practice, requests, policy, nonce).map_err(content)?;
        Ok(Self { statement })
    }

    /// The id of the network that it makes.
    pub fn network(&self) -> NetworkId {
        body_hash(&self.statement.encode())
    }

    /// The founders' nodes with the names of their offices, in the order of the draft.
    pub fn founders(&self) -> Vec<(NodeKey, String)> {
        founders(&self.statement)
    }

    /// Signs it for one of the founders.
    ///
    /// # Errors
    /// When this node is none of the founders, or the draft is malformed.
    pub fn sign(&self, secret: &NodeSecret) -> Result<FoundingSignature, FileError> {
        let author = secret.node_key();
        if !self.founders().iter().any(|(node, _)| *node == author) {
            return Err(FileError::Stranger(author));
        }
        let signature = *signed(&self.statement, secret, Kind::FoundingDraft)?.signature();
        Ok(FoundingSignature { network: self.network(), author, signature })
    }

    /// Puts the signatures together.
    ///
    /// # Errors
    /// When one is for another draft, does not fit, or is missing: then the offices that have not signed are named.
    pub fn found(&self, signatures: &[FoundingSignature]) -> Result<Founding, FileError> {
        let network = self.network();
        if let Some(other) = signatures.iter().find(|signature| signature.network != network) {
            return Err(FileError::OtherDraft(other.author));
        }
        let mut pairs: Vec<_> = signatures.iter().map(|signature| (signature.author, signature.signature)).collect();
        pairs.sort();
        pairs.dedup_by_key(|(author, _)| *author);
        let founding = Founding { statement: self.statement.clone(), signatures: pairs };
        founding.check()?;
        Ok(founding)
    }
}

impl Content for FoundingDraft {
    const KIND: Kind = Kind::FoundingDraft;

    fn check(&self) -> Result<(), FileError> {
        check_founding(&self.statement, Self::KIND)
    }
}

impl Content for FoundingSignature {
    const KIND: Kind = Kind::FoundingSignature;

    /// The draft is not at hand, so whether the signature fits is seen in [`FoundingDraft::found`].
    fn check(&self) -> Result<(), FileError> {
        Ok(())
    }
}

impl Founding {
    /// The network's id.
    pub fn network(&self) -> NetworkId {
        body_hash(&self.statement.encode())
    }

    /// The founders' statements.
    pub fn statements(&self) -> Vec<Signed<Statement>> {
        let bytes: Arc<[u8]> = self.statement.encode().into();
        let signed =
            |(author, signature): &(NodeKey, Signature)| Signed::from_parts(*author, bytes.clone(), *signature);
        self.signatures.iter().map(signed).collect()
    }
}

impl Content for Founding {
    const KIND: Kind = Kind::Founding;

    fn check(&self) -> Result<(), FileError> {
        check_founding(&self.statement, Self::KIND)?;
        let founders = founders(&self.statement);
        let bytes = self.statement.encode();
        for (author, signature) in &self.signatures {
            if !founders.iter().any(|(node, _)| node == author) {
                return Err(FileError::Stranger(*author));
            }
            if !verify(*author, Domain::Statement, &bytes, signature) {
                return Err(FileError::Signature(*author));
            }
        }
        if !self.signatures.is_sorted_by(|(one, _), (two, _)| one < two) {
            return Err(FileError::Inconsistent { kind: Self::KIND, why: "its signatures are not in order" });
        }
        let signed: BTreeSet<NodeKey> = self.signatures.iter().map(|(author, _)| *author).collect();
        let missing: Vec<String> =
            founders.into_iter().filter(|(node, _)| !signed.contains(node)).map(|(_, name)| name).collect();
        if missing.is_empty() { Ok(()) } else { Err(FileError::Unsigned(missing)) }
    }
}

fn check_founding(statement: &Statement, kind: Kind) -> Result<(), FileError> {
    let Body::Found { practice, founders, policy, nonce } = &statement.body else {
        return Err(FileError::Inconsistent { kind, why: "it holds another statement than a founding" });
    };
    if statement.network.is_some() {
        return Err(FileError::Content { kind, source: StatementError::Network });
    }
    let checked = founding(*practice, founders.clone(), policy.clone(), *nonce);
    checked.map(drop).map_err(|source| FileError::Content { kind, source })
}

fn founders(founding: &Statement) -> Vec<(NodeKey, String)> {
    let named = |signed: &Signed<Request>| match Request::trust(signed).map(|request| request.subject) {
        Ok(Subject::NewOffice { name, .. }) => (signed.author, name),
        Ok(Subject::FurtherNode { .. }) | Err(_) => (signed.author, signed.author.short()),
    };
    founding.requests().iter().map(named).collect()
}

fn signed(statement: &Statement, secret: &NodeSecret, kind: Kind) -> Result<Signed<Statement>, FileError> {
    statement.signed_by(secret).map_err(|source| FileError::Content { kind, source })
}

/// An act that a majority of the founders are to sign, each for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActDraft {
    /// The vote.
    pub statement: Statement,
}

/// One founder's signature of an [`ActDraft`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActSignature {
    /// The hash of the draft's statement.
    pub draft: [u8; 32],
    /// Who signed.
    pub author: NodeKey,
    /// The signature of the draft's statement.
    pub signature: Signature,
}

impl ActDraft {
    /// An act on the founder set as this charter has it.
    ///
    /// # Errors
    /// When the act is malformed.
    pub fn new(charter: &Charter, act: Act, nonce: [u8; 16]) -> Result<Self, FileError> {
        let body = Body::Majority { founder_set_version: charter.founder_set_version(), act, nonce };
        let draft = Self { statement: Statement { network: Some(charter.network()), body } };
        draft.check()?;
        Ok(draft)
    }

    /// Signs it.
    ///
    /// # Errors
    /// When the draft is malformed.
    pub fn sign(&self, secret: &NodeSecret) -> Result<ActSignature, FileError> {
        let signed = signed(&self.statement, secret, Kind::ActDraft)?;
        Ok(ActSignature { draft: self.hash(), author: secret.node_key(), signature: *signed.signature() })
    }

    /// The vote that this signature makes.
    ///
    /// # Errors
    /// When it is for another draft or does not fit.
    pub fn vote(&self, signature: &ActSignature) -> Result<Signed<Statement>, FileError> {
        if signature.draft != self.hash() {
            return Err(FileError::OtherDraft(signature.author));
        }
        let vote = Signed::from_parts(signature.author, self.statement.encode().into(), signature.signature);
        vote.verify(Domain::Statement).map_err(|_| FileError::Signature(signature.author))?;
        Ok(vote)
    }

    fn hash(&self) -> [u8; 32] {
        body_hash(&self.statement.encode()).0
    }
}

impl Content for ActDraft {
    const KIND: Kind = Kind::ActDraft;

    fn check(&self) -> Result<(), FileError> {
        if !matches!(self.statement.body, Body::Majority { .. }) {
            return Err(FileError::Inconsistent { kind: Self::KIND, why: "it holds another statement than a vote" });
        }
        let content = |source| FileError::Content { kind: Self::KIND, source };
        self.statement.check().map_err(content)?;
        limits::size(self.statement.encode().len()).map_err(content)?;
        crate::set::candidates(&self.statement, Request::verify).map(drop).map_err(content)
    }
}

impl Content for ActSignature {
    const KIND: Kind = Kind::ActSignature;

    /// The draft is not at hand, so whether the signature fits is seen in [`ActDraft::vote`].
    fn check(&self) -> Result<(), FileError> {
        Ok(())
    }
}

/// A network's word to one node that it is admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// The network.
    pub network: NetworkId,
    /// Whether it is a practice network (LATIHAN).
    pub practice: bool,
    /// Who is invited.
    pub node: NodeKey,
    /// The statements that admit it, from a founder down: see [`Charter::admission_proof`].
    pub statements: Vec<Signed<Statement>>,
    /// Where to begin; may be empty.
    pub peers: Vec<Peer>,
}

/// Where a node may be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// The node.
    pub node: NodeKey,
    /// `host:port`.
    pub address: String,
}

impl Invite {
    /// The invite for a node that this charter admits; `None` when it does not.
    pub fn new(charter: &Charter, set: &StatementSet, node: NodeKey, peers: Vec<Peer>) -> Option<Self> {
        let proof = charter.admission_proof(&node)?;
        let statement = |hash: &StatementHash| set.get(hash).map(|checked| checked.signed().clone());
        let statements = proof.iter().map(statement).collect::<Option<_>>()?;
        Some(Self { network: charter.network(), practice: charter.practice(), node, statements, peers })
    }

    /// Who admitted the node: the peer that certainly has the charter. `None` for a founder's first node.
    pub fn sponsor(&self) -> Option<NodeKey> {
        self.statements.last().map(|signed| signed.author)
    }
}

impl Content for Invite {
    const KIND: Kind = Kind::Invite;

    fn check(&self) -> Result<(), FileError> {
        let kind = Self::KIND;
        let content = |source| FileError::Content { kind, source };
        let inconsistent = |why| Err(FileError::Inconsistent { kind, why });
        limits::count("statements", self.statements.len(), INVITE_STATEMENTS_MAX).map_err(content)?;
        limits::count("peers", self.peers.len(), INVITE_PEERS_MAX).map_err(content)?;
        for peer in &self.peers {
            limits::text("an address", &peer.address, ADDRESS_BYTES_MAX).map_err(content)?;
        }
        let mut names_the_node = self.statements.is_empty();
        for signed in &self.statements {
            let checked = CheckedStatement::check(signed.clone()).map_err(content)?;
            if checked.statement().network != Some(self.network) {
                return inconsistent("a statement is of another network");
            }
            names_the_node |= checked.candidates().iter().any(|candidate| candidate.node == self.node);
        }
        if names_the_node { Ok(()) } else { inconsistent("no statement admits the invited node") }
    }
}
