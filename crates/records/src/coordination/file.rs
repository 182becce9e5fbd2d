//! An agreement as a file that anybody can check with nothing else: text, signatures, and the statements of the charter
//! that say which keys speak for which offices.
//!
//! JSON, with one spelling for one content: what is read is written back as the same bytes, or it is refused. Everything
//! in it is either signed or hashed into what is signed, so one changed byte is refused.
//!
//! | member | holds |
//! |---|---|
//! | `simpul_agreement` | 1 |
//! | `version` | the hash of the text |
//! | `text` | the canonical text |
//! | `signatures` | what the parties signed about this agenda: node, word, signature; in the order of the words' names |
//! | `network` | the hash of the founding, to compare with the one that one knows |
//! | `statements` | signed statements of the charter in base64, in the order of their hashes |

use std::collections::BTreeSet;

use charter::{Body, Charter, Effect, NodeState, Statement, StatementSet, statement_hash};
use data_encoding::BASE64;
use identity::{NetworkId, NodeKey, OfficeId, Signed, StatementHash};
use serde::{Deserialize, Serialize};

use super::{
    canon::{Terms, VersionHash},
    party::as_text,
    ratify::{Given, Ratifications, Signature, Vote, Word, WordId, newer_form},
    version::Version,
};
use crate::{Date, RecordError, content::refuse};

/// The newest form of file that this version reads, and the one that it writes.
const FILE_VERSION: u64 = 1;
/// The largest file that is read.
pub const AGREEMENT_FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most signatures of a file.
const SIGNATURES_MAX: usize = 4096;
/// The most statements of a file.
const STATEMENTS_MAX: usize = 4096;

/// An exported agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementFile {
    simpul_agreement: u64,
    #[serde(with = "as_text")]
    version: VersionHash,
    text: String,
    signatures: Vec<Signature>,
    network: Option<NetworkId>,
    statements: Vec<String>,
}

/// Why a file is refused. Nothing of it is to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    /// Larger than such files are.
    #[error("{0} bytes are too many for an agreement")]
    TooLarge(usize),
    /// It is no exported agreement, or was changed.
    #[error("this is no agreement that Simpul exported, or it was changed")]
    Foreign,
    /// It was written by a newer version.
    #[error("this file, or a signature in it, is of version {0}; this version of Simpul reads version {FILE_VERSION}")]
    Newer(u64),
    /// The text is not laid out as such a text is.
    #[error("the text cannot be read or was changed")]
    Text,
    /// A signature does not fit what is signed.
    #[error("the signature of node {} does not fit", .0.short())]
    Signature(NodeKey),
    /// A signature is about another agenda.
    #[error("the signature of node {} is about something else", .0.short())]
    OtherAgenda(NodeKey),
    /// A statement of the charter is worth nothing, or they do not make the network that the file names.
    #[error("the statements about the offices cannot be checked or were changed")]
    Statements,
}

/// Whether a key is shown to speak for its office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProof {
    /// The statements in the file say so.
    Shown,
    /// They say that it did, and was removed. Whether it signed before its cut-off is not in the file.
    Removed,
    /// They do not say so.
    NotShown,
}

/// A signature that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub node: NodeKey,
    /// What it signed.
    pub word: Word,
    /// Whether the key is shown to speak for the office.
    pub key: KeyProof,
    /// What the office is called in the network, where the statements say so.
    pub office_name: Option<String>,
}

/// A required party in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyReport {
    /// The party.
    pub party: OfficeId,
    /// Its name in the signed text.
    pub name: String,
    /// What it says about this version, by signatures of keys that are shown to be its own.
    pub vote: Vote,
    /// Every signature for it, in the order of the file.
    pub signers: Vec<Signer>,
}

/// What a file proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The version.
    pub version: VersionHash,
    /// What it says.
    pub terms: Terms,
    /// The network whose founding the statements show; compare it with the one that you know. `None`: the file shows no
    /// network, and no key.
    pub network: Option<NetworkId>,
    /// Whether that is a practice network (LATIHAN).
    pub practice: bool,
    /// The required parties.
    pub parties: Vec<PartyReport>,
}

impl Report {
    /// Whether the file proves that every required party ratified this version. A node that was removed after the export
    /// is not in the file.
    pub fn is_ratified(&self) -> bool {
        !self.parties.is_empty() && self.parties.iter().all(|party| party.vote == Vote::Ratified)
    }

    /// How many required parties ratified it, and of how many.
    pub fn ratified(&self) -> (usize, usize) {
        (self.parties.iter().filter(|party| party.vote == Vote::Ratified).count(), self.parties.len())
    }

    /// The day of the last ratification, where it is ratified.
    pub fn day(&self) -> Option<Date> {
        let days = self.parties.iter().flat_map(|party| &party.signers).map(|signer| signer.word.day);
        days.max().filter(|_| self.is_ratified())
    }
}

impl AgreementFile {
    /// The file of a version, with everything that its parties signed about the agenda, and as much of the charter as
    /// shows whose keys these are.
    ///
    /// # Errors
    /// When it would be larger than such files are.
    pub fn export(
        version: &Version,
        words: &Ratifications,
        charter: Option<(&Charter, &StatementSet)>,
    ) -> Result<Vec<u8>, RecordError> {
        let signatures: Vec<Signature> = words.given().map(|given| given.signature.clone()).collect();
        let (network, statements) = match charter {
            Some((charter, set)) => {
                let hashes = proof(charter, set, &signatures, &version.terms);
                let signed = hashes.iter().filter_map(|hash| set.get(hash)).map(|checked| encoded(checked.signed()));
                (Some(charter.network()), signed.collect())
            }
            None => (None, Vec::new()),
        };
        let file = Self {
            simpul_agreement: FILE_VERSION,
            version: version.hash,
            text: version.text.clone(),
            signatures,
            network,
            statements,
        };
        let bytes = file.bytes();
        if bytes.len() > AGREEMENT_FILE_BYTES_MAX || file.statements.len() > STATEMENTS_MAX {
            return refuse(
                ("berkasnya terlalu besar", "the file is too large"),
                ("ekspor tanpa pernyataan piagam", "it is too large; export without the statements"),
            );
        }
        Ok(bytes)
    }

    fn bytes(&self) -> Vec<u8> {
        // Only a map with keys that are no texts could fail here, and there is none.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

fn encoded(signed: &Signed<Statement>) -> String {
    #[expect(clippy::expect_used, reason = "plain data encodes; a type that does not is our mistake")]
    BASE64.encode(&postcard::to_stdvec(signed).expect("plain data encodes"))
}

/// The statements that show whose keys these are, and what became of the offices and keys since.
fn proof(charter: &Charter, set: &StatementSet, signatures: &[Signature], terms: &Terms) -> BTreeSet<StatementHash> {
    let mut hashes: BTreeSet<StatementHash> = charter.founding().iter().copied().collect();
    let nodes: BTreeSet<NodeKey> = signatures.iter().map(|signature| signature.node).collect();
    for node in &nodes {
        hashes.extend(charter.admission_proof(node).into_iter().flatten());
    }
    let mut offices: BTreeSet<OfficeId> = nodes.iter().filter_map(|node| Some(charter.node(node)?.office)).collect();
    offices.extend(terms.required());
    for checked in set.iter().filter(|checked| charter.effect(&checked.hash()) == Some(Effect::Counts)) {
        let concerns = match &checked.statement().body {
            Body::Remove { node, .. } => nodes.contains(node),
            Body::Rename { office, .. } => offices.contains(office),
            Body::Succeed { from, .. } => from.iter().any(|office| offices.contains(office)),
            // Each act names the version of the founder set that the one before it made.
            Body::Majority { .. } => true,
            Body::Found { .. }
            | Body::Admit { .. }
            | Body::Adopt { .. }
            | Body::CutOff { .. }
            | Body::Roster { .. }
            | Body::Erase { .. }
            | Body::Suspend { .. }
            | Body::Lift { .. } => false,
        };
        if concerns {
            // What somebody said counts only where its author is known.
            hashes.extend(charter.admission_proof(&checked.author()).into_iter().flatten());
            hashes.insert(checked.hash());
        }
    }
    hashes
}

/// Checks an exported agreement with nothing but its bytes.
///
/// # Errors
/// When anything in it does not fit: one changed byte is enough.
pub fn verify_agreement(bytes: &[u8]) -> Result<Report, FileRefused> {
    verify_agreement_with(bytes, |_, _| false)
}

/// The same by somebody who knows more: `counts` says of a key that was removed whether a word of it still counts, as the
/// charter's cut-offs say for the entry that holds it.
///
/// # Errors
/// As [`verify_agreement`].
pub fn verify_agreement_with(bytes: &[u8], counts: impl Fn(&NodeKey, &WordId) -> bool) -> Result<Report, FileRefused> {
    let file = decode(bytes)?;
    let terms = Terms::read(&file.text).map_err(|_| FileRefused::Text)?;
    if VersionHash::of(&file.text) != file.version {
        return Err(FileRefused::Text);
    }
    // The cheap checks first.
    let signed = read_signatures(&file, &terms)?;
    let charter = read_charter(&file)?;
    let mut words = Ratifications::default();
    for party in terms.required() {
        words.carry(party, carriers(charter.as_ref(), party));
    }
    let mut signers: Vec<Signer> = Vec::new();
    for (signature, (word, id)) in file.signatures.iter().zip(signed) {
        let key = key_proof(charter.as_ref(), signature.node, word.office);
        let carried = words.carriers_of(word.party);
        let entitled = word.office == word.party || carried.contains(&word.office);
        let known = key == KeyProof::Shown || (key == KeyProof::Removed && counts(&signature.node, &id));
        if entitled && known {
            words.take(Given { id, word: word.clone(), signature: signature.clone(), by: None });
        }
        let office_name = charter.as_ref().and_then(|c| c.office(&word.office)).map(|office| office.name.clone());
        signers.push(Signer { node: signature.node, word, key, office_name });
    }
    let report = |party: OfficeId| PartyReport {
        party,
        name: terms.name_of(party).unwrap_or_default().to_owned(),
        vote: words.vote(party, file.version),
        signers: signers.iter().filter(|signer| signer.word.party == party).cloned().collect(),
    };
    let parties = terms.required().map(report).collect();
    let practice = charter.as_ref().is_some_and(Charter::practice);
    Ok(Report { version: file.version, network: file.network, practice, parties, terms })
}

fn read_signatures(file: &AgreementFile, terms: &Terms) -> Result<Vec<(Word, WordId)>, FileRefused> {
    let mut read: Vec<(Word, WordId)> = Vec::with_capacity(file.signatures.len());
    for signature in &file.signatures {
        if let Some(newer) = newer_form(signature) {
            return Err(FileRefused::Newer(newer));
        }
        let (word, id) = signature.read().map_err(|_| FileRefused::Signature(signature.node))?;
        if word.agenda != terms.agenda {
            return Err(FileRefused::OtherAgenda(signature.node));
        }
        if read.last().is_some_and(|(_, last)| *last >= id) {
            return Err(FileRefused::Foreign);
        }
        read.push((word, id));
    }
    Ok(read)
}

fn decode(bytes: &[u8]) -> Result<AgreementFile, FileRefused> {
    #[derive(Deserialize)]
    struct Form {
        simpul_agreement: u64,
    }
    if bytes.len() > AGREEMENT_FILE_BYTES_MAX {
        return Err(FileRefused::TooLarge(bytes.len()));
    }
    let form: Form = serde_json::from_slice(bytes).map_err(|_| FileRefused::Foreign)?;
    if form.simpul_agreement > FILE_VERSION {
        return Err(FileRefused::Newer(form.simpul_agreement));
    }
    let file: AgreementFile = serde_json::from_slice(bytes).map_err(|_| FileRefused::Foreign)?;
    let fits = form.simpul_agreement == FILE_VERSION
        && file.signatures.len() <= SIGNATURES_MAX
        && file.statements.len() <= STATEMENTS_MAX
        && file.bytes() == bytes;
    if fits { Ok(file) } else { Err(FileRefused::Foreign) }
}

/// The charter that the statements make; `None` where the file names no network.
fn read_charter(file: &AgreementFile) -> Result<Option<Charter>, FileRefused> {
    let refused = || FileRefused::Statements;
    let Some(network) = file.network else {
        return if file.statements.is_empty() { Ok(None) } else { Err(refused()) };
    };
    let mut set = StatementSet::new();
    let mut last: Option<StatementHash> = None;
    for text in &file.statements {
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| refused())?;
        let signed: Signed<Statement> = postcard::from_bytes(&bytes).map_err(|_| refused())?;
        let hash = statement_hash(&signed);
        if encoded(&signed) != *text || last.replace(hash).is_some_and(|last| last >= hash) {
            return Err(refused());
        }
        set.insert(signed).map_err(|_| refused())?;
    }
    let charter = Charter::fold(&set, network);
    if charter.is_founded() { Ok(Some(charter)) } else { Err(refused()) }
}

fn key_proof(charter: Option<&Charter>, node: NodeKey, office: OfficeId) -> KeyProof {
    let node = charter.and_then(|charter| charter.node(&node)).filter(|node| node.office == office);
    match node.map(|node| &node.state) {
        Some(NodeState::Active) => KeyProof::Shown,
        Some(NodeState::Removed { .. }) => KeyProof::Removed,
        Some(NodeState::Fallen) | None => KeyProof::NotShown,
    }
}

fn carriers(charter: Option<&Charter>, party: OfficeId) -> BTreeSet<OfficeId> {
    super::reading::carriers_by(party, |office| {
        let office = charter.and_then(|charter| charter.office(office));
        office.map(|office| office.succeeded_by.iter().copied().collect()).unwrap_or_default()
    })
}
