//! An agreement as a file: exported with its signatures, and checked by anybody with nothing but the file.

use records::coordination::{AgreementFile, Coordination, KeyProof, PartyReport, Report, Signer, Versions};
use serde::{Deserialize, Serialize};

use super::{choices::vote_words, day};
use crate::{
    Service,
    both::Both,
    panel::shown,
    problem::{Code, Problem},
};

/// One signature of a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedBy {
    /// The official and the position.
    pub official: String,
    /// What was said.
    pub says: Both,
    /// The day, as 2026-03-12.
    pub day: String,
    /// The key that signed.
    pub node: String,
    /// Whether the file shows that the key speaks for the office.
    pub key: Both,
}

/// A party whose ratification an agreement needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartySigned {
    /// Its name in the signed text.
    pub name: String,
    /// What it says about this version.
    pub vote: Both,
    /// Every signature for it.
    pub signers: Vec<SignedBy>,
}

/// What a file of an agreement proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementReport {
    /// The hash of the version.
    pub version: String,
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// The first day, and the last if there is one.
    pub term: (String, Option<String>),
    /// The network whose founding the file shows; none where it shows none.
    pub network: Option<String>,
    /// Whether that is a practice network.
    pub practice: bool,
    /// Whether every required party ratified it.
    pub ratified: bool,
    /// The required parties.
    pub parties: Vec<PartySigned>,
    /// The text, as it was signed.
    pub text: String,
}

/// The versions of a document, for whoever exports one.
pub(super) fn versions_of(document: &Coordination) -> Option<&Versions> {
    match document {
        Coordination::Agenda(agenda) => Some(&agenda.versions),
        Coordination::Agreement(agreement) => Some(&agreement.versions),
        Coordination::Commitment(_) | Coordination::Calendar(_) | Coordination::InternalDraft(_) => None,
    }
}

impl Service {
    /// The file of a version, with the signatures of its parties and as much of the charter as shows whose they are.
    pub(super) async fn agreement_file(&self, document: &Coordination, version: &str) -> Result<Vec<u8>, Problem> {
        let missing = || Problem::not_found("there is no such version here", "take one that the record lists");
        let versions = versions_of(document).ok_or_else(missing)?;
        let version = versions.versions.iter().find(|known| known.hash.to_string() == version).ok_or_else(missing)?;
        let (charter, set) = (self.charter()?, self.node().statements().await);
        Ok(AgreementFile::export(version, &versions.words, Some((&charter, &set)))?)
    }
}

/// What a file of an agreement proves, with nothing but the file.
///
/// # Errors
/// When anything in it does not fit: one changed byte is enough.
pub fn verify_agreement(bytes: &[u8]) -> Result<AgreementReport, Problem> {
    let report = records::coordination::verify_agreement(bytes).map_err(|refused| {
        Problem::new(Code::BadInput, refused, "have the file sent again by the office that exported it")
    })?;
    Ok(told(&report))
}

fn told(report: &Report) -> AgreementReport {
    AgreementReport {
        version: report.version.to_string(),
        number: report.terms.number,
        title: report.terms.title.clone(),
        term: (day(report.terms.from), report.terms.until.map(day)),
        network: report.network.map(|network| network.to_string()),
        practice: report.practice,
        ratified: report.is_ratified(),
        parties: report.parties.iter().map(party).collect(),
        text: report.terms.freeze().map(|(text, _)| text).unwrap_or_default(),
    }
}

fn party(party: &PartyReport) -> PartySigned {
    let signers = party.signers.iter().map(signer).collect();
    PartySigned { name: party.name.clone(), vote: vote_words(party.vote), signers }
}

fn signer(signer: &Signer) -> SignedBy {
    SignedBy {
        official: format!("{}, {}", signer.word.official, signer.word.mandate.title()),
        says: shown(&signer.word.says),
        day: signer.word.day.to_string(),
        node: signer.node.to_string(),
        key: match signer.key {
            KeyProof::Shown => crate::panel::both("kunci kantor itu", "a key of that office"),
            KeyProof::Removed => crate::panel::both("kunci yang sudah dicabut", "a key that was removed"),
            KeyProof::NotShown => {
                crate::panel::both("berkas ini tidak menunjukkan kunci siapa", "the file does not show whose key it is")
            }
        },
    }
}
