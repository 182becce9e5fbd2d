//! Joining by pages: the request of this node with a code to read out, what an answer or another's request is, and whom
//! an invite names to call.

use std::{collections::BTreeMap, path::Path};

use charter::{
    Body, Charter, Effect, Request, Subject,
    file::{self, Content, FileError, Founding, Invite, Kind},
};
use driver::Address;
use identity::{NodeKey, Signed};
use serde::{Deserialize, Serialize};

use crate::{Service, places, problem::Problem};

/// Where the peers that an invite named are kept in the data folder: a key, and where it is reached.
const PEERS_FILE: &str = "peers.json";

/// What follows a carried line in a message is tried as its end, word by word, up to so many: mail breaks a line of a
/// few thousand letters into no more.
const WORDS_MAX: usize = 64;

/// Something to carry to another office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// As a file.
    pub file: Vec<u8>,
    /// As one line of text.
    pub line: String,
    /// Sixteen digits that follow from the request, to be compared by telephone: whoever puts another request in its
    /// place would have to find one with the same, 2^53 tries.
    pub code: String,
}

/// Who asks to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// The office's name.
    pub name: String,
    /// Its kind, as in commands; empty for a further node of an office that is not known here.
    pub kind: String,
    /// The code of its region; empty as above.
    pub region: String,
    /// Where that is, in words.
    pub place: String,
    /// It is a further node of an office that has joined.
    pub further: bool,
    /// The digits to compare.
    pub code: String,
    /// It has been let in already.
    pub member: bool,
    /// The request as one line.
    pub line: String,
}

/// Why what somebody carried here is not taken. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// Nothing of Simpul's is in it.
    Foreign,
    /// A request, where the answer to one belongs.
    IsRequest,
    /// An answer, where a request belongs.
    IsAnswer,
    /// Something else of Simpul's.
    IsOther,
    /// Cut off or changed on the way.
    Damaged,
    /// Written by a newer version.
    Newer,
    /// The answer to another computer's request.
    OtherComputer,
    /// For practice, and this is for real records; or the other way round.
    OtherSort {
        /// Whether what was carried is for practice.
        practice: bool,
    },
    /// This node belongs to another network.
    OtherNetwork,
    /// This office may not let the one that asks in: it does not stand above it.
    NoRight,
    /// This node belongs to no network that it could let anybody into.
    NotJoined,
    /// The node could not do it.
    Problem(Problem),
}

impl From<FileError> for NotTaken {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Kind { found: Kind::Request, .. } => Self::IsRequest,
            FileError::Kind { found: Kind::Invite | Kind::Founding, .. } => Self::IsAnswer,
            FileError::Kind { .. } => Self::IsOther,
            FileError::Version(_) => Self::Newer,
            FileError::Foreign(_) | FileError::TooLarge { .. } => Self::Foreign,
            FileError::Damaged(_)
            | FileError::Content { .. }
            | FileError::Inconsistent { .. }
            | FileError::OtherDraft(_)
            | FileError::Stranger(_)
            | FileError::Signature(_)
            | FileError::Unsigned(_) => Self::Damaged,
        }
    }
}

impl Service {
    /// This node's request, to be carried to its sponsor.
    pub fn own_request(&self) -> Carried {
        let (file, line) = self.request();
        Carried { code: code(&file), file, line }
    }

    /// Who made a request, and whether this office may let them in.
    pub async fn asking(&self, given: &[u8]) -> Result<Asking, NotTaken> {
        let signed: Signed<Request> = read(given)?;
        let request = Request::verify(&signed).map_err(|_| NotTaken::Damaged)?;
        let charter = self.node().charter().ok_or(NotTaken::NotJoined)?;
        if request.practice != charter.practice() {
            return Err(NotTaken::OtherSort { practice: request.practice });
        }
        let member = charter.is_active(&signed.author);
        if !member {
            let statements = self.node().statements().await;
            let admit = Body::Admit { request: signed.clone() };
            let (_, effect) = Charter::foresee(&statements, charter.network(), self.node().key(), admit)
                .map_err(|_| NotTaken::Damaged)?;
            if effect != Effect::Counts {
                return Err(NotTaken::NoRight);
            }
        }
        let shown = |name: String, kind: String, region: Option<&identity::Region>, further| Asking {
            name,
            kind,
            region: region.map(ToString::to_string).unwrap_or_default(),
            place: region.map(places::where_is).unwrap_or_default(),
            further,
            code: code(&file::to_bytes(&signed)),
            member,
            line: file::to_line(&signed),
        };
        Ok(match &request.subject {
            Subject::NewOffice { name, kind, region } => shown(name.clone(), kind.to_string(), Some(region), false),
            Subject::FurtherNode { office } => match charter.office(office) {
                Some(known) => shown(known.name.clone(), known.kind.to_string(), Some(&known.region), true),
                None => shown(office.to_string(), String::new(), None, true),
            },
        })
    }

    /// Takes in the answer to this node's request, and calls the nodes that it names. Taking it in twice changes nothing.
    pub async fn take_answer(&self, given: &[u8]) -> Result<(), NotTaken> {
        let bytes = match read::<Invite>(given) {
            Ok(invite) => {
                if invite.practice != self.practice() {
                    return Err(NotTaken::OtherSort { practice: invite.practice });
                }
                if invite.node != self.key() {
                    return Err(NotTaken::OtherComputer);
                }
                if self.node().network().is_some_and(|network| network != invite.network) {
                    return Err(NotTaken::OtherNetwork);
                }
                file::to_bytes(&invite)
            }
            Err(NotTaken::IsAnswer) => file::to_bytes(&read::<Founding>(given)?),
            Err(why) => return Err(why),
        };
        self.join(&bytes).await.map(drop).map_err(NotTaken::Problem)
    }

    /// Stays in touch with the nodes that an invite names, from now on and after each start.
    pub(crate) fn meet(&self, peers: &[file::Peer]) {
        let mut met: BTreeMap<NodeKey, Vec<Address>> = known_peers(&self.0.folder).into_iter().collect();
        for peer in peers.iter().filter(|peer| peer.node != self.key()) {
            let Ok(address) = peer.address.parse::<Address>() else { continue };
            let known = met.entry(peer.node).or_default();
            if !known.contains(&address) {
                known.push(address);
            }
        }
        for peer in peers {
            if let Some(addresses) = met.get(&peer.node) {
                self.node().keep_in_touch(peer.node, addresses.clone());
            }
        }
        let texts: BTreeMap<String, Vec<String>> = met
            .iter()
            .map(|(node, addresses)| (node.to_string(), addresses.iter().map(ToString::to_string).collect()))
            .collect();
        let written = serde_json::to_vec_pretty(&texts).map_err(|error| error.to_string()).and_then(|bytes| {
            store::write_file(&self.0.folder.join(PEERS_FILE), bytes).map_err(|error| error.to_string())
        });
        if let Err(error) = written {
            tracing::error!(error, "whom the invite names is not kept: after the next start they are not called");
        }
    }
}

/// Whom the invites of this folder named. What cannot be read names nobody: those who know this node call it all the same.
fn known_peers(folder: &Path) -> Vec<(NodeKey, Vec<Address>)> {
    let Ok(bytes) = std::fs::read(folder.join(PEERS_FILE)) else { return Vec::new() };
    let texts: BTreeMap<String, Vec<String>> = serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::warn!(%error, "{PEERS_FILE} cannot be read; nobody is called for it");
        BTreeMap::new()
    });
    let known = texts.iter().filter_map(|(node, addresses)| {
        let addresses = addresses.iter().filter_map(|address| address.parse().ok()).collect();
        Some((node.parse().ok()?, addresses))
    });
    known.collect()
}

/// Adds whom the invites of this folder named to the peers of the settings.
pub(crate) fn add_known(folder: &Path, peers: &mut Vec<(NodeKey, Vec<Address>)>) {
    for (node, addresses) in known_peers(folder) {
        match peers.iter_mut().find(|(known, _)| *known == node) {
            Some((_, known)) => {
                let new: Vec<Address> = addresses.into_iter().filter(|address| !known.contains(address)).collect();
                known.extend(new);
            }
            None => peers.push((node, addresses)),
        }
    }
}

/// Reads a file, or a line with words of a message around it.
fn read<T: Content>(given: &[u8]) -> Result<T, NotTaken> {
    let whole = match file::read(given) {
        Err(error @ (FileError::Foreign(_) | FileError::Damaged(_))) => error,
        read => return Ok(read?),
    };
    let Ok(text) = std::str::from_utf8(given) else { return Err(whole.into()) };
    let lower = text.to_ascii_lowercase();
    let begins = lower.match_indices("simpul-").map(|(at, _)| &text[at..]);
    let mut last = whole;
    for line in begins.filter(|line| line.split(':').next().is_some_and(|tag| tag.len() < 40 && !tag.contains(' '))) {
        // The longest first: what follows the line may read like a part of it.
        let words: Vec<&str> = line.split_whitespace().take(WORDS_MAX).collect();
        for count in (1..=words.len()).rev() {
            match file::read(words[..count].concat().as_bytes()) {
                Err(error @ (FileError::Foreign(_) | FileError::Damaged(_))) => last = error,
                read => return Ok(read?),
            }
        }
    }
    Err(last.into())
}

/// Sixteen digits that follow from a request.
fn code(request: &[u8]) -> String {
    let hash = blake3::derive_key("simpul request code v1", request);
    let [a, b, c, d, e, f, g, h, ..] = hash;
    let number = u64::from_le_bytes([a, b, c, d, e, f, g, h]) % 10_000_000_000_000_000;
    let digits = format!("{number:016}");
    [&digits[..4], &digits[4..8], &digits[8..12], &digits[12..]].join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, StoreOptions, create, subject};

    async fn kuripan(folder: &Path) -> Service {
        let store = StoreOptions::new(folder.join("node"));
        let office = subject(Some("Desa Kuripan"), Some("village"), Some("33.07.10.2004"), None).unwrap();
        create(&store, office, false).unwrap();
        Service::start(Options::offline(store)).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_is_found_among_the_words_of_a_message() {
        let folder = tempfile::tempdir().unwrap();
        let service = kuripan(folder.path()).await;
        let Carried { file, line, code } = service.own_request();
        let broken: String =
            line.as_bytes().chunks(70).map(|part| format!("{}\n", String::from_utf8_lossy(part))).collect();
        for text in [
            line.clone(),
            line.to_uppercase(),
            broken,
            format!("Mohon disetujui, simpul-nya kami.\n{line}\n\nTerima kasih banyak"),
        ] {
            let read: Signed<Request> = read(text.as_bytes()).unwrap();
            assert_eq!(file::to_bytes(&read), file, "{text}");
        }
        assert_eq!(super::code(&file), code);
        assert_eq!(code.len(), 19);
        service.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_no_answer_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let service = kuripan(folder.path()).await;
        let line = service.own_request().line;
        for (given, expected) in [
            ("".to_owned(), NotTaken::Foreign),
            ("Maaf, belum bisa.".to_owned(), NotTaken::Foreign),
            (line.clone(), NotTaken::IsRequest),
            (line[..line.len() - 8].to_owned(), NotTaken::Damaged),
        ] {
            assert_eq!(service.take_answer(given.as_bytes()).await, Err(expected), "{given}");
        }
        assert_eq!(service.take_answer(b"\xff\xd8\xff\xe0 a picture").await, Err(NotTaken::Foreign));
        assert_eq!(service.asking(line.as_bytes()).await, Err(NotTaken::NotJoined));
        service.stop().await;
    }
}
