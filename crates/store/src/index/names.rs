//! The numbers that stand for journals and scopes, in memory: they are looked up for every entry.

use std::collections::BTreeMap;

use identity::{JournalId, ScopeName};

use super::{JournalNumber, ScopeNumber, rows};
use crate::StoreError;

/// All names with a number.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Orders by scope first, so the journals of a scope lie together.
    journals: BTreeMap<JournalId, JournalNumber>,
    by_number: BTreeMap<JournalNumber, JournalId>,
    scopes: BTreeMap<ScopeName, ScopeNumber>,
    next_scope: u32,
}

impl Names {
    /// Takes a row that was read; rows of other kinds are a mistake.
    pub(super) fn load(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let number = rows::decode_number(value)?;
        if let Some(scope) = rows::decode_scope_key(key) {
            self.next_scope = self.next_scope.max(number.saturating_add(1));
            self.scopes.insert(scope, ScopeNumber(number));
        } else if let Some(journal) = rows::decode_journal_key(key) {
            self.by_number.insert(JournalNumber(number), journal.clone());
            self.journals.insert(journal, JournalNumber(number));
        } else {
            return Err(StoreError::IndexRow("the name of a journal or scope"));
        }
        Ok(())
    }

    pub(super) fn intern_journal(
        &mut self,
        journal: &JournalId,
        keep: impl FnOnce(Vec<u8>, Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<JournalNumber, StoreError> {
        if let Some(number) = self.journals.get(journal) {
            return Ok(*number);
        }
        let next = self.by_number.last_key_value().map_or(Some(0), |(last, _)| last.0.checked_add(1));
        let number = JournalNumber(next.ok_or(StoreError::IndexRow("no number is left for a journal"))?);
        keep(rows::journal_key(journal), number.0.to_be_bytes().to_vec())?;
        self.by_number.insert(number, journal.clone());
        self.journals.insert(journal.clone(), number);
        Ok(number)
    }

    pub(super) fn intern_scope(
        &mut self,
        scope: &ScopeName,
        keep: impl FnOnce(Vec<u8>, Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<ScopeNumber, StoreError> {
        if let Some(number) = self.scopes.get(scope) {
            return Ok(*number);
        }
        let number = ScopeNumber(self.next_scope);
        keep(rows::scope_key(scope), number.0.to_be_bytes().to_vec())?;
        self.next_scope = self.next_scope.saturating_add(1);
        self.scopes.insert(scope.clone(), number);
        Ok(number)
    }

    pub(super) fn journal_number(&self, journal: &JournalId) -> Option<JournalNumber> {
        self.journals.get(journal).copied()
    }

    pub(super) fn journal(&self, number: JournalNumber) -> Option<JournalId> {
        self.by_number.get(&number).cloned()
    }

    pub(super) fn journals(&self, scope: &ScopeName) -> Vec<(JournalId, JournalNumber)> {
        let first = JournalId {
            scope: scope.clone(),
            node: identity::NodeKey([0; 32]),
            incarnation: identity::Incarnation([0; 8]),
        };
        let of_scope = self.journals.range(first..).take_while(|(journal, _)| journal.scope == *scope);
        of_scope.map(|(journal, number)| (journal.clone(), *number)).collect()
    }

    pub(super) fn scope_number(&self, scope: &ScopeName) -> Option<ScopeNumber> {
        self.scopes.get(scope).copied()
    }

    pub(super) fn scopes(&self) -> Vec<(ScopeName, ScopeNumber)> {
        self.scopes.iter().map(|(scope, number)| (scope.clone(), *number)).collect()
    }
}
