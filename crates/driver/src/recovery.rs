//! The recovery key of a node's backups: on paper or a stick, apart from them. No machine keeps it.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use identity::{NodeKey, NodeSecret, SealKey};

const TAG: &str = "simpul-recovery-key-1";
const CHECK_BYTES: usize = 4;
/// How many letters stand together, so that a person can copy them from paper.
const GROUP: usize = 4;

/// Whom backups are sealed to beside the office's nodes: the public half of a [`RecoveryKey`].
pub type RecoveryLock = (NodeKey, SealKey);

/// Opens the backups of a node when all machines of its office are gone.
#[derive(Clone)]
pub struct RecoveryKey(NodeSecret);

/// A text that is no recovery key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryKeyError {
    /// Something else.
    #[error("this is no recovery key")]
    Foreign,
    /// A letter is wrong or missing.
    #[error("a letter of this recovery key is wrong or missing")]
    Damaged,
}

impl RecoveryKey {
    /// A key from fresh randomness.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(NodeSecret::from_seed(seed))
    }

    /// What to seal to.
    pub fn lock(&self) -> RecoveryLock {
        (self.0.node_key(), self.0.seal_key())
    }

    pub(crate) fn secret(&self) -> &NodeSecret {
        &self.0
    }
}

fn check(seed: &[u8]) -> [u8; CHECK_BYTES] {
    let mut check = [0; CHECK_BYTES];
    blake3::Hasher::new_derive_key("simpul recovery key check v1").update(seed).finalize_xof().fill(&mut check);
    check
}

/// One line: a tag, and letters in groups of four. White space, hyphens and case do not matter.
impl fmt::Display for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = BASE32_NOPAD.encode(&[&self.0.seed()[..], &check(self.0.seed())].concat());
        write!(f, "{TAG}:")?;
        for group in letters.as_bytes().chunks(GROUP) {
            write!(f, " {}", String::from_utf8_lossy(group))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(..)")
    }
}

impl FromStr for RecoveryKey {
    type Err = RecoveryKeyError;

    fn from_str(text: &str) -> Result<Self, RecoveryKeyError> {
        let (tag, letters) = text.trim().split_once(':').ok_or(RecoveryKeyError::Foreign)?;
        if !tag.eq_ignore_ascii_case(TAG) {
            return Err(RecoveryKeyError::Foreign);
        }
        let letters: String = letters.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let bytes = BASE32_NOPAD.decode(letters.to_ascii_uppercase().as_bytes());
        let bytes = bytes.map_err(|_| RecoveryKeyError::Damaged)?;
        let (seed, checked) = bytes.split_first_chunk::<32>().ok_or(RecoveryKeyError::Damaged)?;
        if checked == check(seed) { Ok(Self::from_seed(*seed)) } else { Err(RecoveryKeyError::Damaged) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_from_paper() {
        let key = RecoveryKey::from_seed([5; 32]);
        let text = key.to_string();
        let typed = [text.clone(), text.to_lowercase().replace(": ", ":\n"), text.replace(": ", ":").replace(' ', "-")];
        for typed in typed {
            assert_eq!(typed.parse::<RecoveryKey>().map(|key| key.lock()), Ok(key.lock()), "{typed}");
        }
    }

    #[test]
    fn a_wrong_letter_is_noticed() {
        let text = RecoveryKey::from_seed([5; 32]).to_string();
        let letters = text.find(": ").unwrap() + 2;
        for at in letters..text.len() {
            let mut typed = text.clone().into_bytes();
            if typed[at] == b' ' {
                continue;
            }
            typed[at] = if typed[at] == b'A' { b'B' } else { b'A' };
            let typed = String::from_utf8(typed).unwrap();
            assert_eq!(typed.parse::<RecoveryKey>().err(), Some(RecoveryKeyError::Damaged), "{typed}");
        }
        let foreign = ["", "simpul-request:ABC", "hello"].map(|text| text.parse::<RecoveryKey>().err());
        assert_eq!(foreign, [Some(RecoveryKeyError::Foreign); 3]);
    }
}
