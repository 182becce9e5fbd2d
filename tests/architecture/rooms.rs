//! The picture of the rooms as data. A new room, arrow or owner is drawn here first.

use std::collections::{BTreeMap, BTreeSet};

/// The members that may use everything, and that nothing uses.
pub(crate) const TESTS: [&str; 4] = ["simpul-tests", "bench", "fuzz", "sim"];

/// An arrow reads "uses". What a room reaches through its arrows it may also name itself: the words of the rooms below
/// belong to everyone above.
const ARROWS: &[(&str, &[&str])] = &[
    ("node", &["web", "notices"]),
    ("web", &["service", "print"]),
    ("notices", &["service"]),
    ("print", &[]),
    ("service", &["records", "views", "health", "driver"]),
    ("records", &["documents", "charter"]),
    ("views", &["records"]),
    ("health", &["sync"]),
    ("driver", &["store", "transport", "sync", "documents"]),
    ("store", &["journal"]),
    ("transport", &["identity"]),
    ("sync", &["journal", "charter"]),
    ("documents", &["journal"]),
    ("journal", &["identity"]),
    ("charter", &["identity"]),
    ("identity", &[]),
];

/// Above `service` there is one way in: these rooms name only each other, `service` and the words of `identity`.
const ABOVE_SERVICE: &[&str] = &["node", "web", "notices", "print"];

/// Rooms that open no socket and no file and are handed the time and the randomness.
pub(crate) const PURE: &[&str] = &["identity", "charter", "journal", "sync", "documents", "records", "health", "print"];

/// Libraries that one room names so that all others can forget them (their own tests aside).
pub(crate) const OWNED: &[(&str, &[&str])] = &[
    ("askama", &["web"]),
    ("automerge", &["documents"]),
    ("axum", &["web"]),
    ("calamine", &["records"]),
    ("krilla", &["print"]),
    ("lettre", &["notices"]),
    ("libsqlite3-sys", &["views"]),
    ("quinn", &["transport"]),
    ("quinn-proto", &["transport"]),
    ("quinn-udp", &["transport"]),
    ("reqwest", &["node", "notices"]),
    ("rusqlite", &["views"]),
    ("rustls", &["transport", "web"]),
    ("skrifa", &["print"]),
    ("sled", &["store"]),
    ("tokio-rustls", &["transport", "web"]),
    ("tower-http", &["web"]),
];

/// What a pure room may not list: runtimes, sockets, files, and sources of time and chance.
pub(crate) const PURE_WITHOUT: &[&str] = &[
    "axum",
    "fs4",
    "getrandom",
    "hyper",
    "mio",
    "quinn",
    "rand",
    "reqwest",
    "rusqlite",
    "rustix",
    "rustls",
    "sled",
    "socket2",
    "tempfile",
    "tokio",
    "tokio-rustls",
    "tokio-util",
];

/// What may not come into a pure room through a dependency either.
pub(crate) const PURE_WITHOUT_BELOW: &[&str] = &[
    "async-std",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "quinn",
    "reqwest",
    "rusqlite",
    "sled",
    "smol",
    "socket2",
    "tokio",
];

/// The arrows, and what each room reaches through them.
pub(crate) struct Rooms {
    reach: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

impl Rooms {
    pub(crate) fn drawn() -> Self {
        let arrows: BTreeMap<_, _> = ARROWS.iter().copied().collect();
        let mut reach = BTreeMap::new();
        for (room, _) in ARROWS {
            let (mut seen, mut open) = (BTreeSet::new(), arrows[room].to_vec());
            while let Some(next) = open.pop() {
                if seen.insert(next) {
                    open.extend(arrows[next]);
                }
            }
            assert!(!seen.contains(room), "`{room}` stands on itself");
            reach.insert(*room, seen);
        }
        Self { reach }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        TESTS.contains(&name) || self.reach.contains_key(name)
    }

    pub(crate) fn reaches(&self, from: &str, to: &str) -> bool {
        self.reach.get(from).is_some_and(|below| below.contains(to))
    }

    /// Why `from` may not use `to`, if it may not. A library is nobody's room and is judged elsewhere.
    pub(crate) fn refuses(&self, from: &str, to: &str) -> Option<String> {
        if TESTS.contains(&from) || !self.contains(to) {
            return None;
        }
        if !self.reaches(from, to) {
            return Some(format!("`{from}` uses `{to}`"));
        }
        let past = ABOVE_SERVICE.contains(&from) && !ABOVE_SERVICE.contains(&to) && to != "service" && to != "identity";
        past.then(|| format!("`{from}` uses `{to}` past `service`"))
    }
}
