//! What a form was shown, as a text that it carries and gives back when it is saved.

use std::{fmt, str::FromStr};

use identity::Coordinate;
use records::RecordKind;

use crate::{Service, problem::Problem};

/// The heads of the documents of one page when they were shown. What was written since stands beside what the form saves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown(Vec<(RecordKind, Vec<Coordinate>)>);

impl Shown {
    pub(crate) fn add(&mut self, kind: RecordKind, heads: Vec<Coordinate>) {
        self.0.push((kind, heads));
    }

    /// The heads of one document; none if the form was shown none.
    pub(crate) fn heads(&self, kind: RecordKind) -> Option<Vec<Coordinate>> {
        self.0.iter().find(|(known, _)| *known == kind).map(|(_, heads)| heads.clone())
    }
}

impl Service {
    /// The heads of a document that a form stands on; what stands now where there is no form. A form that was shown
    /// another record says nothing of this one: it changes nothing, so that nothing is overwritten that it has not seen.
    pub(crate) async fn heads_of_form(
        &self,
        form: Option<&Shown>,
        kind: RecordKind,
        document: &Coordinate,
    ) -> Result<Vec<Coordinate>, Problem> {
        let Some(form) = form else { return Ok(self.snapshot(document).await?.heads) };
        form.heads(kind).filter(|heads| !heads.is_empty()).ok_or_else(|| {
            Problem::bad_input(
                "what the form was shown is another record",
                "open this record again, and change it then",
            )
        })
    }
}

/// Fits an ETag: no spaces, no quotes.
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (kind, heads)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ";" };
            let heads: Vec<String> = heads.iter().map(ToString::to_string).collect();
            write!(f, "{separator}{}={}", kind.number(), heads.join(","))?;
        }
        Ok(())
    }
}

/// Many heads of two documents; beyond it is no form of ours.
const SHOWN_BYTES_MAX: usize = 16 << 10;

impl FromStr for Shown {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let bad = || Problem::bad_input("what the form was shown cannot be read", "open the record again");
        if text.len() > SHOWN_BYTES_MAX {
            return Err(bad());
        }
        let mut shown = Self::default();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (number, heads) = part.split_once('=').ok_or_else(bad)?;
            let kind = number.parse().ok().and_then(RecordKind::from_number).ok_or_else(bad)?;
            let heads = heads.split(',').filter(|head| !head.is_empty()).map(str::parse);
            shown.add(kind, heads.collect::<Result<_, _>>().map_err(|_| bad())?);
        }
        Ok(shown)
    }
}

#[cfg(test)]
mod tests {
    use identity::{Incarnation, JournalId, NodeSecret};

    use super::*;

    #[test]
    fn it_comes_back_as_it_was_given() {
        let scope = "identity/33.07.10.2004".parse().unwrap();
        let node = NodeSecret::from_seed([7; 32]).node_key();
        let journal = JournalId { scope, node, incarnation: Incarnation([1; 8]) };
        let head = |seq| Coordinate { journal: journal.clone(), seq };
        let mut shown = Shown::default();
        shown.add(RecordKind::Person, vec![head(1), head(7)]);
        shown.add(RecordKind::Participation, vec![head(2)]);
        let text = shown.to_string();
        assert!(!text.contains(['"', ' ']), "{text}");
        assert_eq!(text.parse::<Shown>().unwrap(), shown);
        assert_eq!(shown.heads(RecordKind::Participation), Some(vec![head(2)]));
        assert_eq!(shown.heads(RecordKind::Trip), None);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["2", "x=1", "2=hello", "999=", &"2=".repeat(20_000)] {
            assert!(text.parse::<Shown>().is_err(), "{:.20}", text);
        }
    }
}
