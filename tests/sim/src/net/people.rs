//! What people do at a node: they write, open pages and save them.

use documents::Edit;
use records::FactDraft;

use super::*;
use crate::node::keys;

/// How many documents are begun by one write; what goes beyond is said about the first of them.
const FEW: u64 = 8;

impl Net {
    /// An officer writes new documents; acknowledged when the disk has them. What goes beyond a few is said about the
    /// first of them.
    pub(crate) fn write(&mut self, name: &str, scope: &str, count: u64) {
        let few = count.min(FEW);
        let about = self.write_about(name, scope, &Subject::Creates { predecessor: None }, few);
        if let Some(document) = about.filter(|_| count > few) {
            self.write_about(name, scope, &Subject::Of(document), count - few);
        }
    }

    /// An officer writes about something; gives the first document.
    pub(crate) fn write_about(&mut self, name: &str, scope: &str, subject: &Subject, count: u64) -> Option<Coordinate> {
        let index = self.index(name);
        let scope: ScopeName = scope.parse().unwrap();
        if !self.is_awake(index) {
            return None;
        }
        let Net { nodes, random, model, .. } = self;
        let node = &mut nodes[index];
        let mut made = Vec::new();
        let first = match subject {
            Subject::Of(document) => {
                node.facts(document, count, random);
                document.clone()
            }
            Subject::Creates { predecessor } => {
                for _ in 0..count {
                    let value = model.next_value(name);
                    made.push((node.create(&scope, predecessor.clone(), &value), value));
                }
                made.first()?.0.clone()
            }
        };
        let runs = node.commit(&scope);
        for (at, value) in made {
            let hash = hash_in(&runs, at.seq);
            model.put(&at.clone(), keys(scope.class())[0], Put { at, hash, value, saw: Vec::new() });
        }
        self.queue(index, Writing::Own(runs));
        Some(first)
    }

    /// An officer says one thing, in a new document where none is named; gives the entry. Not while something earlier is on
    /// its way to the disk, which is all that this node folds from.
    pub(crate) fn say_fact(
        &mut self,
        name: &str,
        scope: &ScopeName,
        document: Option<&Coordinate>,
        draft: FactDraft,
    ) -> Option<(Coordinate, EntryHash)> {
        let index = self.index(name);
        if !self.is_awake(index) || !self.nodes[index].writing.is_empty() {
            return None;
        }
        let node = &mut self.nodes[index];
        let at = node.fact(scope, document, draft.key, &draft.bytes);
        let runs = node.commit(scope);
        let hash = hash_in(&runs, at.seq);
        self.queue(index, Writing::Own(runs));
        Some((at, hash))
    }

    /// An officer edits a document as it stands.
    pub(crate) fn edit_document(&mut self, name: &str, document: &Coordinate, edits: &[Edit]) {
        let index = self.index(name);
        if !self.is_awake(index) || !self.nodes[index].writing.is_empty() {
            return;
        }
        let node = &mut self.nodes[index];
        if node.edit(document, edits).is_some() {
            let runs = node.commit(&document.journal.scope);
            self.queue(index, Writing::Own(runs));
        }
    }

    /// An officer opens the page of some document that the office may edit.
    pub(crate) fn open_form(&mut self, name: &str, random: &mut Random) {
        let index = self.index(name);
        if !self.is_awake(index) {
            return;
        }
        let node = &self.nodes[index];
        let (charter, me) = (node.replica.as_ref().unwrap().charter(), node.secret.node_key());
        let editable = |document: &&Coordinate| charter.may_write(&me, &document.journal.scope);
        let documents: Vec<&Coordinate> = node.disk.documents.keys().filter(editable).collect();
        let form = random.pick(&documents).and_then(|document| node.open(document));
        self.nodes[index].form = form;
    }

    /// Those who may edit a document and have it before them.
    pub(crate) fn editors(&self, document: &Coordinate) -> Vec<String> {
        let edits = |index: &usize| {
            let node = &self.nodes[*index];
            let may =
                |replica: &sync::Replica| replica.charter().may_write(&node.secret.node_key(), &document.journal.scope);
            self.is_awake(*index)
                && node.replica.as_ref().is_some_and(may)
                && node.disk.documents.contains_key(document)
        };
        (0..self.nodes.len()).filter(edits).map(|index| self.nodes[index].name.clone()).collect()
    }

    /// One of them opens its page.
    pub(crate) fn open_document(&mut self, name: &str, document: &Coordinate) {
        let index = self.index(name);
        self.nodes[index].form = self.nodes[index].open(document);
    }

    /// And saves it, however long that page has been open.
    pub(crate) fn save_form(&mut self, name: &str, random: &mut Random) {
        let index = self.index(name);
        let Some(form) = &self.nodes[index].form else { return };
        let key = *random.pick(&keys(form.document.journal.scope.class())).unwrap();
        self.save_field(name, key);
        self.nodes[index].form = None;
    }

    /// Saves a form in which one field was filled in; the form stays open as it was. Nobody saves while an earlier form
    /// is on its way to the disk, which is all that this node folds from.
    pub(crate) fn save_field(&mut self, name: &str, key: &'static str) {
        let index = self.index(name);
        if !self.is_awake(index) || !self.nodes[index].writing.is_empty() {
            return;
        }
        let Net { nodes, model, marks, .. } = self;
        let node = &mut nodes[index];
        let Some(form) = node.form.clone() else { return };
        let value = model.next_value(name);
        let now = node.open(&form.document).map(|now| now.heads);
        let charter = node.replica.as_ref().unwrap().charter();
        let scope = form.document.journal.scope.clone();
        if now.is_none() || !charter.may_write(&node.secret.node_key(), &scope) {
            return;
        }
        let Some(at) = node.save(&form, key, &value) else {
            marks.count("a form had to be shown again");
            return;
        };
        if now != Some(form.heads.clone()) {
            marks.count("a form was saved that others had overtaken");
        }
        let shown = form.values.get(key).cloned().unwrap_or_default();
        if shown.len() > 1 {
            marks.count("one of several values was chosen");
        }
        let runs = node.commit(&scope);
        let hash = hash_in(&runs, at.seq);
        model.put(&form.document, key, Put { at, hash, value, saw: shown });
        self.queue(index, Writing::Own(runs));
    }
}

/// The hash of an entry that has just been written.
fn hash_in(runs: &[VerifiedRun], seq: u64) -> EntryHash {
    runs.iter().find_map(|run| run.point_at(seq).filter(|_| run.entry(seq).is_some())).unwrap().hash
}
