//! Tokens with which scripts of the office ask the API: kept in the data folder, never sent anywhere.
//!
//! An administrator makes a token for one script, says what it may do and until when, and is told the secret once.
//!
//! # Invariants
//! - Of a secret only its hash is kept.
//! - A token does no more than its scopes say, and nothing after its last day or once it is withdrawn.
//! - What a script writes stands under its token's name ([`TOKEN_PREFIX`]), which no officer can have.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use identity::Officer;
use jiff::{ToSpan, Zoned};
use records::{Date, FieldType, PartialDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    kept::Kept,
    officers::{now_ms, random},
    problem::{Code, Problem},
};

/// Where they are kept in the data folder.
const FILE: &str = "tokens.json";

/// What the handle begins with under which a token writes: `token.` and its name.
pub const TOKEN_PREFIX: &str = "token.";

/// The longest name of a token, in bytes: with its prefix it fits the handle of an entry.
pub const TOKEN_NAME_BYTES_MAX: usize = Officer::BYTES_MAX - TOKEN_PREFIX.len();

/// The longest time that a token can last, in days: a forgotten one ends by itself.
pub const TOKEN_DAYS_MAX: i64 = 366;

/// More at one node are a fault.
const TOKENS_MAX: usize = 200;

/// The last use is written down at most this often: it is to tell a token in use from a forgotten one.
const USED_EVERY_MS: i64 = 10 * 60_000;

/// A secret begins with this, so that one that lies about is recognised for what it is.
const SECRET_PREFIX: &str = "simpul_";

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenScope {
    /// Reads what the programme did: participations without who the person is, and records that name nobody. Every token
    /// has it.
    Read,
    /// Writes too.
    Write,
    /// Sees who people are, and records about them: names, NIK, addresses, cases, children, money.
    Personal,
}

impl TokenScope {
    /// Every scope, in the order that pages offer them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Personal];

    /// Its name in commands and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Personal => "personal",
        }
    }
}

impl std::str::FromStr for TokenScope {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|scope| scope.name() == name).ok_or_else(|| {
            Problem::bad_input(format!("{name:?} is no scope of a token"), "there are read, write and personal")
        })
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Its name.
    pub name: String,
    /// The handle under which it writes.
    pub officer: String,
    /// What it allows.
    pub scopes: Vec<TokenScope>,
    /// The last day on which it can be used, as 2027-03-31.
    #[schema(format = Date)]
    pub until: String,
    /// That day is over.
    pub ended: bool,
    /// The officer who made it.
    pub by: String,
    /// When it was made, in Unix milliseconds.
    pub made_ms: i64,
    /// When it was last used, in Unix milliseconds and about ten minutes exact; none if never.
    pub used_ms: Option<i64>,
}

impl TokenView {
    /// Whether it allows something.
    pub fn allows(&self, scope: TokenScope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// A token that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// The token.
    pub token: TokenView,
    /// What the script gives in `Authorization: Bearer`. Told this once.
    pub secret: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeptToken {
    hash: String,
    scopes: Vec<TokenScope>,
    /// As 2027-03-31, which sorts as the days do.
    until: String,
    by: String,
    made_ms: i64,
    #[serde(default)]
    used_ms: Option<i64>,
}

/// The tokens of one data folder. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Tokens(Arc<Kept<BTreeMap<String, KeptToken>>>);

impl Tokens {
    /// Reads them; a folder without the file has none.
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        let otherwise = "move it aside and make the tokens again; no record is in it";
        Ok(Self(Arc::new(Kept::open(folder, FILE, otherwise)?)))
    }

    /// Makes a token. Reading is in every one.
    pub(crate) fn add(&self, by: &str, name: &str, scopes: &[TokenScope], until: &str) -> Result<NewToken, Problem> {
        let officer = format!("{TOKEN_PREFIX}{name}");
        if name.is_empty() || Officer::new(&officer).is_err() {
            return Err(Problem::said(
                Code::BadInput,
                Some("name"),
                format!("nama token terdiri dari 1 sampai {TOKEN_NAME_BYTES_MAX} huruf kecil, angka, titik, - atau _"),
                format!("a token's name has 1 to {TOKEN_NAME_BYTES_MAX} lower-case letters, digits, dots, - or _"),
            ));
        }
        let until = last_day(until, Zoned::now().date())?.to_string();
        let mut scopes: Vec<TokenScope> = scopes.iter().copied().chain([TokenScope::Read]).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let secret = format!("{SECRET_PREFIX}{}", data_encoding::BASE32_NOPAD.encode(&random::<32>()?).to_lowercase());
        let new = KeptToken { hash: hash(&secret), scopes, until, by: by.to_owned(), made_ms: now_ms(), used_ms: None };
        self.0.change(|kept| {
            if kept.contains_key(name) {
                return Err(Problem::said(
                    Code::Conflict,
                    Some("name"),
                    format!("sudah ada token {name}: pilih nama lain, atau cabut yang lama dulu"),
                    format!("there is a token {name} already: choose another name, or withdraw the old one first"),
                ));
            }
            if kept.len() >= TOKENS_MAX {
                return Err(Problem::said(
                    Code::Conflict,
                    None,
                    format!("sudah ada {TOKENS_MAX} token: cabut yang tidak dipakai lagi"),
                    format!("there are {TOKENS_MAX} tokens already: withdraw those that nobody uses"),
                ));
            }
            kept.insert(name.to_owned(), new.clone());
            Ok(())
        })?;
        Ok(NewToken { token: view(name, &new), secret })
    }

    /// It opens nothing any more; what was written with it stays under its name.
    pub(crate) fn withdraw(&self, name: &str) -> Result<(), Problem> {
        let unknown = || {
            Problem::said(
                Code::NotFound,
                Some("name"),
                format!("tidak ada token {name}: mungkin sudah dicabut"),
                format!("there is no token {name}: it may be withdrawn already"),
            )
        };
        self.0.change(|kept| kept.remove(name).map(drop).ok_or_else(unknown))
    }

    pub(crate) fn all(&self) -> Vec<TokenView> {
        self.0.get().iter().map(|(name, token)| view(name, token)).collect()
    }

    /// The token of a secret, if it can be used now, and notes that it was used.
    pub(crate) fn used(&self, secret: &str) -> Option<TokenView> {
        let hash = hash(secret);
        let (name, found) = {
            let kept = self.0.get();
            let found = kept.iter().find(|(_, token)| token.hash == hash)?;
            (found.0.clone(), view(found.0, found.1))
        };
        if found.ended {
            return None;
        }
        let now = now_ms();
        if found.used_ms.is_none_or(|used| now - used >= USED_EVERY_MS || now < used) {
            let noted = self.0.change(|kept| {
                kept.get_mut(&name).into_iter().for_each(|token| token.used_ms = Some(now));
                Ok(())
            });
            if let Err(problem) = noted {
                // A full disk does not stop a script from reading.
                tracing::warn!(token = %name, problem = problem.message, "the use of a token is not noted");
            }
        }
        Some(found)
    }
}

/// The last day of a token, as a script or a person writes it.
fn last_day(text: &str, today: Date) -> Result<Date, Problem> {
    let latest = today.saturating_add(TOKEN_DAYS_MAX.days());
    let day = match PartialDate::from_input(text) {
        Some(PartialDate::Day(day)) => Some(day),
        Some(PartialDate::Month(..) | PartialDate::Year(_) | PartialDate::Unknown) | None => None,
    };
    day.filter(|day| (today..=latest).contains(day)).ok_or_else(|| {
        Problem::said(
            Code::BadInput,
            Some("until"),
            format!("tulis tanggal dari hari ini sampai {}, misalnya {today}", latest.strftime("%d-%m-%Y")),
            format!("write a day from today to {latest}: for example {today}"),
        )
    })
}

fn view(name: &str, token: &KeptToken) -> TokenView {
    TokenView {
        name: name.to_owned(),
        officer: format!("{TOKEN_PREFIX}{name}"),
        scopes: token.scopes.clone(),
        until: token.until.clone(),
        ended: token.until < Zoned::now().date().to_string(),
        by: token.by.clone(),
        made_ms: token.made_ms,
        used_ms: token.used_ms,
    }
}

/// A secret has 256 random bits: nobody guesses it from its hash.
fn hash(secret: &str) -> String {
    data_encoding::HEXLOWER.encode(&blake3::derive_key("simpul api token v1", secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_days(days: i64) -> String {
        Zoned::now().date().saturating_add(days.days()).to_string()
    }

    #[test]
    fn a_token_opens_until_it_is_withdrawn_and_only_its_hash_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = Tokens::open(folder.path()).unwrap();
        let made = tokens.add("siti", "rekap", &[TokenScope::Write], &in_days(30)).unwrap();
        assert_eq!((made.token.officer.as_str(), made.token.used_ms), ("token.rekap", None));
        assert_eq!(made.token.scopes, [TokenScope::Read, TokenScope::Write], "reading is in every token");
        let file = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(!file.contains(&made.secret) && !file.contains(&made.secret[SECRET_PREFIX.len()..]), "{file}");
        assert_eq!(tokens.used("simpul_guess"), None);
        assert!(tokens.used(&made.secret).is_some_and(|token| !token.allows(TokenScope::Personal)));
        let again = Tokens::open(folder.path()).unwrap();
        assert!(again.all()[0].used_ms.is_some(), "the use is noted");
        again.withdraw("rekap").unwrap();
        assert_eq!((again.used(&made.secret), again.all().len()), (None, 0));
        assert_eq!(again.withdraw("rekap").unwrap_err().code, Code::NotFound);
    }

    #[test]
    fn nothing_opens_after_the_last_day() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = Tokens::open(folder.path()).unwrap();
        let made = tokens.add("siti", "rekap", &[], &in_days(0)).unwrap();
        assert!(tokens.used(&made.secret).is_some(), "the last day counts");
        tokens
            .0
            .change(|kept| {
                kept.values_mut().for_each(|token| token.until = in_days(-1));
                Ok(())
            })
            .unwrap();
        assert_eq!(tokens.used(&made.secret), None);
        assert!(tokens.all()[0].ended);
    }

    #[test]
    fn what_is_no_token_is_refused_beside_its_field() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = Tokens::open(folder.path()).unwrap();
        let field = |name: &str, until: &str| tokens.add("siti", name, &[], until).unwrap_err().field;
        for name in ["", "Rekap", "a/b", &"x".repeat(TOKEN_NAME_BYTES_MAX + 1)] {
            assert_eq!(field(name, &in_days(1)).as_deref(), Some("name"), "{name:?}");
        }
        for until in ["", "2027", "besok", &in_days(-1), &in_days(TOKEN_DAYS_MAX + 1)] {
            assert_eq!(field("rekap", until).as_deref(), Some("until"), "{until:?}");
        }
        tokens.add("siti", "rekap", &[], &in_days(1)).unwrap();
        assert_eq!(tokens.add("siti", "rekap", &[], &in_days(1)).unwrap_err().code, Code::Conflict);
    }
}
