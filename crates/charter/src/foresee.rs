//! What would follow if somebody said something: asked before it is signed.
//!
//! The answer is exact because it is the fold itself, over the statements held and the one that is thought of.

use std::sync::Arc;

use identity::{NetworkId, NodeKey, Signature, Signed, StatementHash};

use crate::{
    Body, Charter, CheckedStatement, Effect, Statement, StatementError, StatementSet, VoidReason, WaitReason, limits,
};

/// What a removal should keep, and what is left over when that is more than one statement holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// For the removal's own list.
    pub keep: Vec<StatementHash>,
    /// For the remover to say after it; empty but for sponsors of more than a thousand offices.
    pub adoptions: Vec<Body>,
}

impl Charter {
    /// The charter as it would be if this node said this, and what the statement would do.
    ///
    /// # Errors
    /// When the statement would be malformed.
    pub fn foresee(
        set: &StatementSet,
        network: NetworkId,
        speaker: NodeKey,
        body: Body,
    ) -> Result<(Self, Effect), StatementError> {
        let statement = Statement { network: Some(network), body };
        statement.check()?;
        let bytes: Arc<[u8]> = statement.encode().into();
        let thought = CheckedStatement::trust(Signed::from_parts(speaker, bytes, Signature([0; 64])))?;
        let hash = thought.hash();
        let mut set = set.clone();
        set.insert_checked(thought);
        let charter = Self::fold(&set, network);
        let effect = charter.effect(&hash).unwrap_or(Effect::Waiting(WaitReason::Founding));
        Ok((charter, effect))
    }

    /// Everything that this node said and that counts: what its removal keeps, unless some of it was a thief's.
    ///
    /// What was replaced is kept too, for what replaced it may lean on it.
    /// What only its author could say (a case that it opened, an order in its own scope) stands first, since admissions
    /// can be adopted by whoever removes it.
    pub fn keep_all(&self, set: &StatementSet, node: &NodeKey) -> Keep {
        let counts = |checked: &&CheckedStatement| {
            let effect = self.effect(&checked.hash());
            let counts = effect == Some(Effect::Counts) || effect == Some(Effect::Void(VoidReason::Replaced));
            checked.author() == *node && counts
        };
        let (admissions, others): (Vec<_>, Vec<_>) =
            set.iter().filter(counts).partition(|checked| matches!(checked.statement().body, Body::Admit { .. }));
        let mut keep: Vec<StatementHash> = others.iter().chain(&admissions).map(|checked| checked.hash()).collect();
        let rest = keep.split_off(keep.len().min(limits::HASHES_MAX));
        let adoptions =
            rest.chunks(limits::HASHES_MAX).map(|statements| Body::Adopt { statements: statements.to_vec() }).collect();
        Keep { keep, adoptions }
    }
}
