//! A set of checked statements: what the charter is folded from and what two nodes make equal.
//!
//! Whether a statement has any effect is not asked here. What a statement is about decides who is sent it.
//!
//! # Invariants
//! - Everything in the set is well formed and was signed by its author (or came from this node's own store).
//! - The set is named by hashes only: two sets with one fingerprint hold the same statements, however they came.

use std::{collections::BTreeMap, sync::Arc};

use identity::{Domain, NodeKey, OfficeId, ScopeName, Signed, StatementHash};

use crate::{
    Act, Body, Request, Statement, StatementError, Subject, limits, office_id,
    statement::{body_hash, statement_hash},
};

/// How many buckets a set is split into to find a difference: by the first byte of the hash.
pub const BUCKETS: usize = 256;

/// The fingerprint of one bucket.
pub type Bucket = [u8; 16];

/// The bucket that a statement belongs to.
pub fn bucket_of(hash: &StatementHash) -> u8 {
    hash.0[0]
}

/// Whom a statement concerns, and so to whom it is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// The charter itself: every node of the network.
    Everyone,
    /// One scope: the nodes that may read it.
    Scope(ScopeName),
}

impl Audience {
    /// Whom this statement concerns.
    ///
    /// Nothing that concerns one scope has a bearing on what concerns everyone, so nodes with different scopes still
    /// agree on the charter.
    pub fn of(statement: &Statement) -> Self {
        match &statement.body {
            Body::CutOff { scope, .. }
            | Body::Roster { scope, .. }
            | Body::Erase { scope, .. }
            | Body::Suspend { scope, .. }
            | Body::Lift { scope, .. } => Self::Scope(scope.clone()),
            Body::Found { .. }
            | Body::Admit { .. }
            | Body::Adopt { .. }
            | Body::Remove { .. }
            | Body::Rename { .. }
            | Body::Succeed { .. }
            | Body::Majority { .. } => Self::Everyone,
        }
    }
}

/// A request inside a statement, taken apart once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) node: NodeKey,
    pub(crate) office: OfficeId,
    pub(crate) request: Request,
}

/// A statement that was checked: well formed, and signed by its author. Cheap to clone and to share between sets.
#[derive(Clone)]
pub struct CheckedStatement(Arc<Inner>);

struct Inner {
    hash: StatementHash,
    body_hash: [u8; 32],
    signed: Signed<Statement>,
    statement: Statement,
    candidates: Vec<Candidate>,
}

impl CheckedStatement {
    /// Checks signatures and form.
    ///
    /// # Errors
    /// When the statement is worth nothing anywhere.
    pub fn check(signed: Signed<Statement>) -> Result<Self, StatementError> {
        limits::size(signed.bytes().len())?;
        let statement = signed.verify(Domain::Statement)?;
        Self::new(signed, statement, Request::verify)
    }

    /// As [`CheckedStatement::check`], without a look at the signatures: for what this node checked before it stored it.
    ///
    /// # Errors
    /// When the bytes are no well-formed statement.
    pub fn trust(signed: Signed<Statement>) -> Result<Self, StatementError> {
        limits::size(signed.bytes().len())?;
        let statement = signed.decode_unverified()?;
        Self::new(signed, statement, Request::trust)
    }

    fn new(
        signed: Signed<Statement>,
        statement: Statement,
        open: impl Fn(&Signed<Request>) -> Result<Request, StatementError>,
    ) -> Result<Self, StatementError> {
        statement.check()?;
        let candidates = candidates(&statement, open)?;
        let (hash, body_hash) = (statement_hash(&signed), body_hash(signed.bytes()).0);
        Ok(Self(Arc::new(Inner { hash, body_hash, signed, statement, candidates })))
    }

    /// Its name.
    pub fn hash(&self) -> StatementHash {
        self.0.hash
    }

    /// Who said it.
    pub fn author(&self) -> NodeKey {
        self.0.signed.author
    }

    /// What was said.
    pub fn statement(&self) -> &Statement {
        &self.0.statement
    }

    /// As it travels and is stored.
    pub fn signed(&self) -> &Signed<Statement> {
        &self.0.signed
    }

    pub(crate) fn body_hash(&self) -> [u8; 32] {
        self.0.body_hash
    }

    pub(crate) fn candidates(&self) -> &[Candidate] {
        &self.0.candidates
    }
}

/// Whether the requests ask for what the statement gives.
fn check_candidates(statement: &Statement, candidates: &[Candidate]) -> Result<(), StatementError> {
    let all_new = candidates.iter().all(|c| matches!(c.request.subject, Subject::NewOffice { .. }));
    let broken = match &statement.body {
        Body::Found { practice, .. } if candidates.iter().any(|c| c.request.practice != *practice) => {
            "a founder asks for a practice network and the founding is for a real one, or the reverse"
        }
        Body::Found { .. } | Body::Majority { act: Act::AddFounder { .. }, .. } if !all_new => {
            "a founder's request is for a new office"
        }
        Body::Majority { act: Act::AdmitNode { .. }, .. } if all_new => "a further node's request names its office",
        Body::Found { .. }
        | Body::Admit { .. }
        | Body::Adopt { .. }
        | Body::Remove { .. }
        | Body::CutOff { .. }
        | Body::Rename { .. }
        | Body::Succeed { .. }
        | Body::Roster { .. }
        | Body::Erase { .. }
        | Body::Suspend { .. }
        | Body::Lift { .. }
        | Body::Majority { .. } => return Ok(()),
    };
    Err(StatementError::Contradiction(broken))
}

/// The requests inside a statement, opened and fitting it.
pub(crate) fn candidates(
    statement: &Statement,
    open: impl Fn(&Signed<Request>) -> Result<Request, StatementError>,
) -> Result<Vec<Candidate>, StatementError> {
    let candidates = statement
        .requests()
        .iter()
        .map(|signed| {
            let request = open(signed)?;
            Ok(Candidate { node: signed.author, office: office_id(signed, &request), request })
        })
        .collect::<Result<Vec<_>, StatementError>>()?;
    check_candidates(statement, &candidates)?;
    Ok(candidates)
}

impl std::fmt::Debug for CheckedStatement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} by {:?}: {:?}", self.hash(), self.author(), self.statement().body)
    }
}

/// Checked statements by hash.
#[derive(Debug, Clone, Default)]
pub struct StatementSet {
    statements: BTreeMap<StatementHash, CheckedStatement>,
}

impl StatementSet {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks a statement and takes it in; `false` when it was there already.
    ///
    /// # Errors
    /// When the statement is worth nothing anywhere. The set is as before.
    pub fn insert(&mut self, signed: Signed<Statement>) -> Result<bool, StatementError> {
        if self.statements.contains_key(&statement_hash(&signed)) {
            return Ok(false);
        }
        CheckedStatement::check(signed).map(|checked| self.insert_checked(checked))
    }

    /// Takes in a statement that was checked before; `false` when it was there already.
    pub fn insert_checked(&mut self, checked: CheckedStatement) -> bool {
        let known = self.statements.contains_key(&checked.hash());
        if !known {
            self.statements.insert(checked.hash(), checked);
        }
        !known
    }

    /// Takes in all of another set.
    pub fn union(&mut self, other: &StatementSet) {
        for checked in other.iter() {
            self.insert_checked(checked.clone());
        }
    }

    /// How many statements.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Whether this statement is held.
    pub fn contains(&self, hash: &StatementHash) -> bool {
        self.statements.contains_key(hash)
    }

    /// This statement, if held.
    pub fn get(&self, hash: &StatementHash) -> Option<&CheckedStatement> {
        self.statements.get(hash)
    }

    /// All statements, by hash.
    pub fn iter(&self) -> impl Iterator<Item = &CheckedStatement> {
        self.statements.values()
    }

    /// The statements that some nodes are to have equal, by hash.
    pub fn concerning(&self, wanted: impl Fn(&Audience) -> bool) -> impl Iterator<Item = &CheckedStatement> {
        self.iter().filter(move |checked| wanted(&Audience::of(checked.statement())))
    }

    /// One hash over the statements of these audiences: equal at two nodes when they hold the same ones.
    pub fn fingerprint(&self, wanted: impl Fn(&Audience) -> bool) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("simpul statement set v1");
        for checked in self.concerning(wanted) {
            hasher.update(&checked.hash().0);
        }
        *hasher.finalize().as_bytes()
    }

    /// The same, for each of the [`BUCKETS`]; an empty bucket is all zeros.
    pub fn buckets(&self, wanted: impl Fn(&Audience) -> bool) -> Vec<Bucket> {
        let mut buckets = vec![[0; 16]; BUCKETS];
        let mut hashes = self.concerning(wanted).map(CheckedStatement::hash).peekable();
        while let Some(first) = hashes.next() {
            let bucket = bucket_of(&first);
            let mut hasher = blake3::Hasher::new_derive_key("simpul statement bucket v1");
            hasher.update(&first.0);
            while let Some(next) = hashes.next_if(|next| bucket_of(next) == bucket) {
                hasher.update(&next.0);
            }
            hasher.finalize_xof().fill(&mut buckets[usize::from(bucket)]);
        }
        buckets
    }

    /// The statements of these audiences in one bucket, by hash.
    pub fn in_bucket(&self, bucket: u8, wanted: impl Fn(&Audience) -> bool) -> impl Iterator<Item = &CheckedStatement> {
        let (mut low, mut high) = (StatementHash([0; 32]), StatementHash([0xff; 32]));
        (low.0[0], high.0[0]) = (bucket, bucket);
        self.statements
            .range(low..=high)
            .map(|(_, checked)| checked)
            .filter(move |checked| wanted(&Audience::of(checked.statement())))
    }
}

/// Two sets are equal when they hold the same statements; a second valid signature makes no second statement.
impl PartialEq for StatementSet {
    fn eq(&self, other: &Self) -> bool {
        self.statements.keys().eq(other.statements.keys())
    }
}

impl Eq for StatementSet {}
