//! How a document came to show what it shows: each accepted change and fact, with who said it.

use std::collections::BTreeMap;

use crate::columns::{DELETE, Id, Key, SET};
use crate::fold::Fold;
use crate::ground::key_text;
use crate::show::{authorship, scalar};
use crate::{Authorship, Scalar};

/// What one accepted entry said about a field or a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// It wrote this value.
    Value(Scalar),
    /// It emptied the field.
    Emptied,
    /// It changed a text that people edit together.
    Text,
    /// It is a fact; the key says which.
    Fact,
}

/// One accepted entry of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// Who said it, and what their clock said.
    pub by: Authorship,
    /// What it said, by key.
    pub said: Vec<(String, Said)>,
}

impl Fold {
    /// Every accepted change, each after everything that it builds on, then the facts, each after everything that it saw.
    pub fn history(&self) -> Vec<Past> {
        if self.is_erased() {
            return Vec::new();
        }
        let mut past: Vec<Past> = Vec::new();
        // The key of each text, by the operation that made it.
        let mut texts: BTreeMap<Id, String> = BTreeMap::new();
        for change in &self.ground.changes {
            let Some(node) = self.nodes.get(change.node as usize) else { continue };
            let body = self.body(change.node);
            let mut said: Vec<(String, Said)> = Vec::new();
            for (id, op) in change.ops() {
                if let (None, Key::Prop(key)) = (&op.obj, &op.key)
                    && ![SET, DELETE].contains(&op.action)
                {
                    texts.insert(id, key_text(key.of(body)).to_owned());
                }
                let (key, what) = match (&op.obj, &op.key) {
                    (None, Key::Prop(key)) if op.action == SET => {
                        (key_text(key.of(body)), Said::Value(scalar(op, body)))
                    }
                    (None, Key::Prop(key)) if op.action == DELETE => (key_text(key.of(body)), Said::Emptied),
                    (None, Key::Prop(key)) => (key_text(key.of(body)), Said::Text),
                    (text, Key::Prop(_) | Key::Head | Key::Elem(_)) => {
                        (text.and_then(|text| texts.get(&text)).map_or("", String::as_str), Said::Text)
                    }
                };
                // To choose is to empty and to write in one change: only what stays was said.
                match said.iter_mut().find(|(known, _)| known == key) {
                    Some(known) => known.1 = if matches!(what, Said::Emptied) { known.1.clone() } else { what },
                    None => said.push((key.to_owned(), what)),
                }
            }
            past.push(Past { by: authorship(node), said });
        }
        let facts = self.facts().into_iter();
        past.extend(facts.map(|fact| Past { by: fact.by, said: vec![(fact.key, Said::Fact)] }));
        past
    }
}
