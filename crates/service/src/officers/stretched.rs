//! A secret that a person types, as it is kept: its argon2id hash, from which it cannot be read back.

use serde::{Deserialize, Serialize};

use super::random;
use crate::problem::{Code, Problem};

/// What argon2id takes: 32 MiB and three passes, about 0.1 s on an office laptop.
const MEMORY_KIB: u32 = 32 * 1024;
const PASSES: u32 = 3;

/// The hash, with what it was made with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stretched {
    salt: [u8; 16],
    memory_kib: u32,
    passes: u32,
    hash: [u8; 32],
}

impl std::fmt::Debug for Stretched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(..)")
    }
}

impl Stretched {
    /// Takes 0.1 s of one processor.
    pub(super) fn of(text: &str) -> Result<Self, Problem> {
        let salt = random()?;
        Ok(Self { salt, memory_kib: MEMORY_KIB, passes: PASSES, hash: stretch(text, &salt, MEMORY_KIB, PASSES)? })
    }

    /// Whether it was made of this text. Takes as long as making it; the time says nothing about where the two differ.
    pub(super) fn is_of(&self, text: &str) -> Result<bool, Problem> {
        let hash = stretch(text, &self.salt, self.memory_kib, self.passes)?;
        Ok(blake3::hash(&hash) == blake3::hash(&self.hash))
    }

    /// Takes as long as comparing with one, where there is none to compare with: the time must not say so.
    pub(super) fn of_nobody(text: &str) -> Result<(), Problem> {
        stretch(text, &[0; 16], MEMORY_KIB, PASSES).map(drop)
    }
}

fn stretch(text: &str, salt: &[u8; 16], memory_kib: u32, passes: u32) -> Result<[u8; 32], Problem> {
    let unusable = |error: argon2::Error| Problem::new(Code::Internal, error, "give the officer a new code");
    let params = argon2::Params::new(memory_kib, passes, 1, Some(32)).map_err(unusable)?;
    let mut hash = [0; 32];
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(text.trim().as_bytes(), salt, &mut hash)
        .map_err(unusable)?;
    Ok(hash)
}
