//! Each party's word on one version, under a signature of its own, and what the words say together.
//!
//! A word names the words of its party that whoever signed it knew. So what replaces what is part of what is signed, and
//! anybody who holds the words comes to the same answer, in whatever order they came.
//!
//! # Invariants
//! - A version is *ditetapkan* only with a valid signature, under a mandate that holds on that day, of every required
//!   party over its very bytes.
//! - Silence, a letter, a paper, *ad referendum* and a signature on another version never count towards it.
//! - A party of which two officials signed different versions without knowledge of each other has signed neither until
//!   it withdraws one. Signing a new version while knowing the signature on the old one leaves the old one in force.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Coordinate, Domain, NodeKey, NodeSecret, OfficeId, verify};
use serde::{Deserialize, Serialize};

use super::{canon::VersionHash, mandate::Mandate, opening::is_line, party::as_text, why::Unfit};
use crate::{By, Date, Digest, RecordError, content::unfit, facts::Content, value::codes};

/// The version of a word that this version writes, and the newest that it reads.
const WORD_VERSION: u64 = 1;
/// The longest word, in bytes.
const WORD_BYTES_MAX: usize = 8 * 1024;

codes! {
    /// What a party says about a version.
    WordKind {
        /// It ratifies it.
        Ratify = "menetapkan", "menetapkan", "ratifies", [];
        /// It rejects it.
        Reject = "menolak", "menolak", "rejects", [];
        /// It takes back what it said about it.
        Withdraw = "menarik", "menarik penetapan", "withdraws", [];
        /// It signed this very text on paper.
        ConfirmPaper = "tanda_tangan_kertas", "ditandatangani di kertas", "signed on paper", [];
    }
}

/// The name of a word: the hash of its bytes.
pub type WordId = Digest;

/// What a party says about one version: everything that its signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The form of this word.
    pub v: u64,
    /// The agenda.
    #[serde(with = "as_text")]
    pub agenda: Coordinate,
    /// The version.
    #[serde(with = "as_text")]
    pub version: VersionHash,
    /// What is said.
    pub says: WordKind,
    /// The party for which it is said.
    pub party: OfficeId,
    /// The office that says it: the party, or one that carries on for it.
    pub office: OfficeId,
    /// Who signs.
    pub official: String,
    /// What entitles the official.
    pub mandate: Mandate,
    /// The day of the signature.
    #[serde(with = "as_text")]
    pub day: Date,
    /// The node's clock in Unix milliseconds: shown, never compared.
    pub time_ms: i64,
    /// The words of the party about this agenda that stood when it was signed: [`Ratifications::known_to`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub knows: Vec<WordId>,
}

/// A word under its signature, as it stands in a fact and in an exported file. The signed bytes are those of `word`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The node that signed.
    pub node: NodeKey,
    /// The word, as it was signed.
    pub word: String,
    /// The signature of `word` in [`Domain::Ratification`].
    pub signature: identity::Signature,
}

impl Content for Signature {
    const KEY: &'static str = "ratification";
}

impl Signature {
    /// Signs a word with the node's own key.
    ///
    /// # Errors
    /// When the word would not count: no official, another official than the mandate's, or a day outside the mandate.
    pub fn sign(secret: &NodeSecret, word: &Word) -> Result<Self, RecordError> {
        Self::signed(secret.node_key(), word, |bytes| secret.sign(Domain::Ratification, bytes))
    }

    /// Signs a word with a key that somebody else holds.
    ///
    /// # Errors
    /// As [`Signature::sign`].
    pub fn signed(
        node: NodeKey,
        word: &Word,
        sign: impl FnOnce(&[u8]) -> identity::Signature,
    ) -> Result<Self, RecordError> {
        word.check().map_err(|_| {
            unfit(
                ("belum ada mandat untuk hari ini", "a signature without a mandate for its day"),
                ("catat dahulu mandat pejabatnya", "record the official's mandate first"),
            )
        })?;
        // Only a map with keys that are no texts could fail here, and there is none.
        let text = serde_json::to_string(word).map_err(|_| {
            unfit(
                ("isinya tidak dapat ditulis", "the word cannot be written"),
                ("tulis teks biasa", "write plain text"),
            )
        })?;
        let signature = sign(text.as_bytes());
        Ok(Self { node, word: text, signature })
    }

    /// The word, if the node signed it and it is one that counts by itself. Whether the node speaks for the office is
    /// for the charter to say.
    ///
    /// # Errors
    /// [`Unfit::Signature`] when it was not signed by the node or is no word, [`Unfit::NoMandate`] when whoever signed had
    /// no mandate for that day.
    pub fn read(&self) -> Result<(Word, WordId), Unfit> {
        if self.word.len() > WORD_BYTES_MAX
            || !verify(self.node, Domain::Ratification, self.word.as_bytes(), &self.signature)
        {
            return Err(Unfit::Signature);
        }
        let word: Word = serde_json::from_str(&self.word).map_err(|_| Unfit::Signature)?;
        if word.v > WORD_VERSION {
            return Err(Unfit::Signature);
        }
        word.check()?;
        let mut hasher = blake3::Hasher::new_derive_key("simpul ratification word v1");
        hasher.update(&self.node.0);
        hasher.update(self.word.as_bytes());
        Ok((word, Digest(*hasher.finalize().as_bytes())))
    }
}

/// The form of a word that this version does not read yet.
pub(crate) fn newer_form(signature: &Signature) -> Option<u64> {
    #[derive(Deserialize)]
    struct Form {
        v: u64,
    }
    let form: Form = serde_json::from_str(&signature.word).ok()?;
    (form.v > WORD_VERSION).then_some(form.v)
}

impl Word {
    /// The version of a word that is written.
    pub const VERSION: u64 = WORD_VERSION;

    fn check(&self) -> Result<(), Unfit> {
        let fits = is_line(&self.official) && self.official == self.mandate.official && self.mandate.covers(self.day);
        if fits { Ok(()) } else { Err(Unfit::NoMandate) }
    }
}

/// A word that counts, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Its name.
    pub id: WordId,
    /// The word.
    pub word: Word,
    /// As it was signed.
    pub signature: Signature,
    /// The entry that brought it; none in an exported file.
    pub by: Option<By>,
}

/// What a party's words say about one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Vote {
    /// Nothing.
    None,
    /// It ratifies it.
    Ratified,
    /// It rejects it.
    Rejected,
    /// It took back what it had said.
    Withdrawn,
    /// It signed this text on paper.
    OnPaper,
    /// Its officials said different things without knowledge of each other.
    Contradicts,
    /// It signed another version too, without knowledge of this signature: it has to withdraw one.
    SignedTwo,
}

/// Where a party stands, beside the newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyState {
    /// *Belum*.
    NotYet,
    /// *Menetapkan* the newest version.
    Ratified(VersionHash),
    /// *Menolak* the newest version.
    Rejected(VersionHash),
    /// *Menetapkan* an older version: *bukan versi terbaru*.
    RatifiedOlder(VersionHash),
    /// It signed on paper.
    OnPaper(VersionHash),
    /// It took back its signature.
    Withdrawn(VersionHash),
    /// Two officials signed different versions: the party has to withdraw one.
    SignedTwo(Vec<VersionHash>),
    /// Two officials said different things about one version: the party has to say which holds.
    Contradicts(VersionHash),
}

/// The words of all parties. Each counts by itself; what they say together is asked here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ratifications {
    given: BTreeMap<WordId, Given>,
    /// Who carries on for a party that was merged, split or dissolved.
    carriers: BTreeMap<OfficeId, BTreeSet<OfficeId>>,
}

impl Ratifications {
    /// Takes in a word that counts; one that was brought twice stays where it came first.
    pub(crate) fn take(&mut self, given: Given) {
        self.given.entry(given.id).or_insert(given);
    }

    /// Says who carries on for a party.
    pub(crate) fn carry(&mut self, party: OfficeId, carriers: BTreeSet<OfficeId>) {
        if carriers.len() != 1 || !carriers.contains(&party) {
            self.carriers.insert(party, carriers);
        }
    }

    /// Every word that counts, by its name.
    pub fn given(&self) -> impl Iterator<Item = &Given> {
        self.given.values()
    }

    /// The words of a party for the next one to name ([`Word::knows`]): those that no later one about the same version
    /// names. What they name themselves is replaced already.
    pub fn known_to(&self, party: OfficeId) -> Vec<WordId> {
        let own: Vec<&Given> = self.given().filter(|given| given.word.party == party).collect();
        let replaced = |one: &Given| {
            own.iter().any(|other| {
                other.word.office == one.word.office
                    && other.word.version == one.word.version
                    && other.word.knows.contains(&one.id)
            })
        };
        own.iter().filter(|given| !replaced(given)).map(|given| given.id).collect()
    }

    /// The offices that carry on for a party; only itself while it stands.
    pub fn carriers_of(&self, party: OfficeId) -> BTreeSet<OfficeId> {
        self.carriers.get(&party).cloned().unwrap_or_else(|| BTreeSet::from([party]))
    }

    /// What a party says about a version. Where others carry on for it and it did not speak itself, all of them have to.
    pub fn vote(&self, party: OfficeId, version: VersionHash) -> Vote {
        let own = self.vote_of(party, party, version);
        let carriers = self.carriers_of(party);
        if own != Vote::None || carriers.contains(&party) || carriers.is_empty() {
            return own;
        }
        let votes: BTreeSet<Vote> = carriers.iter().map(|office| self.vote_of(party, *office, version)).collect();
        match votes.iter().copied().collect::<Vec<_>>()[..] {
            [vote] => vote,
            // Some have not spoken, or they disagree.
            _ => [Vote::SignedTwo, Vote::Contradicts, Vote::Rejected, Vote::Withdrawn]
                .into_iter()
                .find(|vote| votes.contains(vote))
                .unwrap_or(Vote::None),
        }
    }

    /// The words of one office for a party about a version that none of its later words about it knows.
    fn heads(&self, party: OfficeId, office: OfficeId, version: VersionHash) -> Vec<&Given> {
        let about =
            |given: &&Given| given.word.party == party && given.word.office == office && given.word.version == version;
        let all: Vec<&Given> = self.given().filter(about).collect();
        all.iter().copied().filter(|one| !all.iter().any(|other| other.word.knows.contains(&one.id))).collect()
    }

    fn vote_of(&self, party: OfficeId, office: OfficeId, version: VersionHash) -> Vote {
        let heads = self.heads(party, office, version);
        let says: BTreeSet<WordKind> = heads.iter().map(|given| given.word.says).collect();
        match says.iter().copied().collect::<Vec<_>>()[..] {
            [] => Vote::None,
            [WordKind::Ratify] if self.signed_two(party, office, version, &heads) => Vote::SignedTwo,
            [WordKind::Ratify] => Vote::Ratified,
            [WordKind::Reject] => Vote::Rejected,
            [WordKind::Withdraw] => Vote::Withdrawn,
            [WordKind::ConfirmPaper] => Vote::OnPaper,
            _ => Vote::Contradicts,
        }
    }

    /// Whether the office signed another version of which neither signature knows the other.
    fn signed_two(&self, party: OfficeId, office: OfficeId, version: VersionHash, heads: &[&Given]) -> bool {
        let knows = |later: &[&Given], earlier: &[&Given]| {
            later.iter().any(|later| earlier.iter().any(|earlier| later.word.knows.contains(&earlier.id)))
        };
        self.versions_of(party, office).into_iter().filter(|other| *other != version).any(|other| {
            let others = self.heads(party, office, other);
            let ratifies = others.iter().any(|given| given.word.says == WordKind::Ratify);
            ratifies && !knows(heads, &others) && !knows(&others, heads)
        })
    }

    fn versions_of(&self, party: OfficeId, office: OfficeId) -> BTreeSet<VersionHash> {
        let own = |given: &&Given| given.word.party == party && given.word.office == office;
        self.given().filter(own).map(|given| given.word.version).collect()
    }

    /// Where a party stands, with the versions of the agenda, the newest last. Two that share the highest number are
    /// both the newest.
    pub fn party_state(&self, party: OfficeId, versions: &[(u32, VersionHash)]) -> PartyState {
        let votes: Vec<(u32, VersionHash, Vote)> =
            versions.iter().map(|(number, hash)| (*number, *hash, self.vote(party, *hash))).collect();
        let with = |wanted: Vote| votes.iter().filter(move |(_, _, vote)| *vote == wanted);
        let two: Vec<VersionHash> = with(Vote::SignedTwo).map(|(_, hash, _)| *hash).collect();
        if !two.is_empty() {
            return PartyState::SignedTwo(two);
        }
        if let Some((_, hash, _)) = with(Vote::Contradicts).next_back() {
            return PartyState::Contradicts(*hash);
        }
        let newest = votes.iter().map(|(number, _, _)| *number).max().unwrap_or(0);
        // About the newest version first, then what stands of older ones.
        for (number, hash, vote) in votes.iter().rev() {
            match vote {
                Vote::Ratified if *number == newest => return PartyState::Ratified(*hash),
                Vote::Ratified => return PartyState::RatifiedOlder(*hash),
                Vote::Rejected if *number == newest => return PartyState::Rejected(*hash),
                Vote::OnPaper => return PartyState::OnPaper(*hash),
                Vote::Withdrawn if *number == newest => return PartyState::Withdrawn(*hash),
                Vote::None | Vote::Rejected | Vote::Withdrawn | Vote::Contradicts | Vote::SignedTwo => {}
            }
        }
        PartyState::NotYet
    }

    /// Of these parties, those whose vote on a version is this one.
    pub fn with_vote(
        &self,
        parties: impl Iterator<Item = OfficeId>,
        version: VersionHash,
        vote: Vote,
    ) -> Vec<OfficeId> {
        parties.filter(|party| self.vote(*party, version) == vote).collect()
    }
}
