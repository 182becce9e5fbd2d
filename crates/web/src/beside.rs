//! What stands beside every record on its page: who else holds it, and how it came about.

use service::reply::{self, Both, RecordPast};

use crate::person::who;
use crate::words::Words;

/// One line of the history.
pub(crate) struct Past {
    pub(crate) who: String,
    pub(crate) begins: bool,
    pub(crate) said: Vec<(String, Option<String>)>,
}

/// Shown by `beside.html`.
pub(crate) struct Beside {
    pub(crate) history: Vec<Past>,
    /// Other offices that hold all of it, and since when.
    pub(crate) holders: Vec<(String, String)>,
    /// Those that are to hold it.
    pub(crate) awaited: Vec<String>,
    pub(crate) joined: bool,
    pub(crate) may_write: bool,
}

impl Beside {
    pub(crate) fn of(words: Words, beside: &reply::Beside, joined: bool) -> Self {
        let reply::Beside { history: past, holders, awaited, may_write } = beside;
        Self {
            history: history(words, past),
            holders: holders.iter().map(|holder| (holder.office.clone(), words.when(holder.time_ms))).collect(),
            awaited: awaited.clone(),
            joined,
            may_write: *may_write,
        }
    }
}

fn history(words: Words, history: &[RecordPast]) -> Vec<Past> {
    let said = |(label, value): &(Both, Option<Both>)| {
        (words.of_both(label).to_owned(), value.as_ref().map(|value| words.of_both(value).to_owned()))
    };
    history
        .iter()
        .map(|past| Past {
            who: who(words, &past.who),
            begins: past.begins,
            said: past.said.iter().map(said).collect(),
        })
        .collect()
}
