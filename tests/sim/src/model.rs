//! What people were told, kept beside the product and sharing no code with it: which value was put where, and which
//! values its writer had in front of them.
//!
//! A value is to be seen until somebody who saw it put another one in its place, and by everybody alike.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Coordinate, EntryHash};

/// A value that somebody saved.
#[derive(Debug, Clone)]
pub(crate) struct Put {
    /// The entry that says it.
    pub(crate) at: Coordinate,
    /// And its hash: a number is used again where the power went over the first that had it.
    pub(crate) hash: EntryHash,
    pub(crate) value: String,
    /// What the form showed in that field.
    pub(crate) saw: Vec<String>,
}

/// Everything that was saved.
#[derive(Debug, Default)]
pub(crate) struct Model {
    puts: BTreeMap<(Coordinate, &'static str), Vec<Put>>,
    values: u64,
}

impl Model {
    /// A value that nobody has written before.
    pub(crate) fn next_value(&mut self, by: &str) -> String {
        self.values += 1;
        format!("{by} {}", self.values)
    }

    pub(crate) fn put(&mut self, document: &Coordinate, key: &'static str, put: Put) {
        self.puts.entry((document.clone(), key)).or_default().push(put);
    }

    /// The fields that somebody wrote, and what each of them shows where the puts that `counts` names have arrived.
    pub(crate) fn shown(
        &self,
        document: &Coordinate,
        counts: impl Fn(&Put) -> bool,
    ) -> BTreeMap<&'static str, BTreeSet<&str>> {
        let of = (document.clone(), "")..;
        let fields = self.puts.range(of).take_while(|((of, _), _)| of == document);
        let mut shown = BTreeMap::new();
        for ((_, key), puts) in fields {
            let there: Vec<&Put> = puts.iter().filter(|put| counts(put)).collect();
            let replaced: BTreeSet<&str> = there.iter().flat_map(|put| put.saw.iter().map(String::as_str)).collect();
            let values = there.iter().map(|put| put.value.as_str()).filter(|value| !replaced.contains(value));
            let values: BTreeSet<&str> = values.collect();
            if !values.is_empty() {
                shown.insert(*key, values);
            }
        }
        shown
    }

    pub(crate) fn documents(&self) -> BTreeSet<&Coordinate> {
        self.puts.keys().map(|(document, _)| document).collect()
    }

    pub(crate) fn puts_of(&self, document: &Coordinate) -> impl Iterator<Item = &Put> {
        let of = (document.clone(), "")..;
        self.puts.range(of).take_while(move |((of, _), _)| of == document).flat_map(|(_, puts)| puts)
    }
}
