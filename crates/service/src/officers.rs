//! The officers who may log in at this node: kept in the data folder, readable by its owner alone, never sent anywhere.
//!
//! Whoever looks after the machine adds an officer and is told a one-time code; with it the officer sets a password of
//! their own, so that nobody else ever knows it.
//!
//! # Invariants
//! - A password, a PIN and a recovery sheet are kept as their argon2id hashes, a code as its hash; none can be read back.
//! - A wrong password slows its officer down and nobody else. It is counted before it is checked, so that many at once
//!   do not get more tries than many in a row.

mod own;
mod pin;
mod stretched;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, MutexGuard},
    time::{SystemTime, UNIX_EPOCH},
};

use identity::Officer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::pin::PIN_DIGITS;
use self::stretched::Stretched;
use crate::{
    kept::Kept,
    problem::{Code, Problem},
    tokens::TOKEN_PREFIX,
};

/// Where they are kept in the data folder.
const FILE: &str = "officers.json";

/// How many wrong passwords cost nothing.
const FREE_TRIES: u32 = 5;

/// The first wait after that; it doubles with each further wrong password, up to the longest.
const WAIT_MS: (i64, i64) = (30_000, 15 * 60_000);

/// How long a one-time code may lie about.
const CODE_MS_MAX: i64 = 7 * 24 * 3_600_000;

/// Without easily mistaken letters, to be read out and typed in.
const CODE_ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Shorter ones are guessed. (NIST SP 800-63B asks for eight, and for no rules beside.)
pub const PASSWORD_CHARS_MIN: usize = 8;

/// What an officer may do here. One person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Registers and edits at the counter.
    Petugas,
    /// Checks and settles what others entered; edits as well.
    Verifikator,
    /// Adds and removes officers.
    Admin,
    /// Reads everything and changes nothing.
    Auditor,
}

impl Role {
    /// Every role, in the order that pages offer them.
    pub const ALL: [Self; 4] = [Self::Petugas, Self::Verifikator, Self::Admin, Self::Auditor];

    /// Its name, the same in both languages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Petugas => "petugas",
            Self::Verifikator => "verifikator",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or_else(|| {
            Problem::bad_input(format!("{name:?} is no role"), "there are petugas, verifikator, admin and auditor")
        })
    }
}

/// An officer, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficerView {
    /// The handle that stands in every entry.
    pub handle: String,
    /// The name on pages of this node.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Whether they have set a password; else their code still lies about.
    pub active: bool,
    /// How long they cannot log in for, in seconds, after too many wrong passwords.
    pub waits_s: u64,
    /// Whether a recovery sheet of theirs can be used.
    #[serde(default)]
    pub sheet: RecoverySheetState,
    /// Whether they have a PIN for coming back to a desk.
    #[serde(default)]
    pub pin: bool,
}

/// What is known of an officer's recovery sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecoverySheetState {
    /// There is none.
    #[default]
    None,
    /// It was shown, and nobody has said that it is on paper.
    Shown,
    /// The officer has it on paper.
    OnPaper,
}

impl OfficerView {
    /// Whether they may write records.
    pub fn writes(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Petugas | Role::Verifikator))
    }

    /// Whether they may see who opened which record.
    pub fn audits(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Admin | Role::Auditor))
    }

    /// Whether they may add and remove officers.
    pub fn administers(&self) -> bool {
        self.roles.contains(&Role::Admin)
    }
}

/// A one-time code, told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficerCode {
    /// Whose it is.
    pub handle: String,
    /// The code.
    pub code: String,
    /// How long it can be used, in days.
    pub days: i64,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotLetIn {
    /// Nobody has this handle, or the password or code is another.
    Wrong,
    /// Too many wrong ones: wait this long.
    Wait {
        /// In seconds.
        seconds: u64,
    },
    /// The password that is to be set is too short, or is the handle.
    Weak,
    /// The file cannot be written, or the like.
    Problem(Problem),
}

impl From<Problem> for NotLetIn {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct All {
    officers: BTreeMap<String, KeptOfficer>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeptOfficer {
    name: String,
    roles: Vec<Role>,
    secret: Secret,
    #[serde(default)]
    failures: u32,
    #[serde(default)]
    locked_until_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sheet: Option<own::RecoverySheet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<Stretched>,
}

impl KeptOfficer {
    fn new(name: String, roles: Vec<Role>, secret: Secret) -> Self {
        Self { name, roles, secret, failures: 0, locked_until_ms: 0, sheet: None, pin: None }
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Secret {
    Code { hash: String, until_ms: i64 },
    Password(Stretched),
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(..)")
    }
}

/// The officers of one data folder. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Officers(Arc<Kept<All>>);

impl Officers {
    /// Reads them; a folder without the file has none.
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        let otherwise = "move it aside and add the officers again; no record is in it";
        Ok(Self(Arc::new(Kept::open(folder, FILE, otherwise)?)))
    }

    fn kept(&self) -> MutexGuard<'_, All> {
        self.0.get()
    }

    fn change<T>(&self, change: impl FnOnce(&mut All) -> Result<T, Problem>) -> Result<T, Problem> {
        self.0.change(change)
    }

    pub(crate) fn add(&self, handle: &str, name: &str, roles: &[Role]) -> Result<OfficerCode, Problem> {
        let (officer, name) = named(handle, name)?;
        if roles.is_empty() {
            return Err(Problem::bad_input("an officer has at least one role", "petugas registers people"));
        }
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        let (code, secret) = new_code()?;
        self.change(|kept| {
            if kept.officers.contains_key(officer.as_str()) {
                return Err(Problem::new(
                    Code::Conflict,
                    format!("there is an officer {officer} already"),
                    "choose another short name, or give a new code to the one there is",
                ));
            }
            let new = KeptOfficer::new(name, roles, secret);
            kept.officers.insert(officer.to_string(), new);
            Ok(())
        })?;
        Ok(OfficerCode { handle: handle.to_owned(), code, days: CODE_MS_MAX / 86_400_000 })
    }

    /// Takes the password away and gives a new code. A recovery sheet is void then, and a PIN: they may be why the
    /// password is.
    pub(crate) fn reset(&self, handle: &str) -> Result<OfficerCode, Problem> {
        let (code, secret) = new_code()?;
        self.change(|kept| {
            let officer = kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?;
            (officer.secret, officer.failures, officer.locked_until_ms) = (secret, 0, 0);
            (officer.sheet, officer.pin) = (None, None);
            Ok(())
        })?;
        Ok(OfficerCode { handle: handle.to_owned(), code, days: CODE_MS_MAX / 86_400_000 })
    }

    /// They cannot log in any more; what they wrote stays under their handle.
    pub(crate) fn remove(&self, handle: &str) -> Result<(), Problem> {
        self.change(|kept| kept.officers.remove(handle).map(drop).ok_or_else(|| unknown(handle)))
    }

    pub(crate) fn all(&self) -> Vec<OfficerView> {
        self.kept().officers.iter().map(|(handle, officer)| view(handle, officer)).collect()
    }

    pub(crate) fn get(&self, handle: &str) -> Option<OfficerView> {
        self.kept().officers.get(handle).map(|officer| view(handle, officer))
    }

    /// Checks a password. Takes 0.1 s of one processor: call it where that may block.
    pub(crate) fn log_in(&self, handle: &str, password: &str) -> Result<OfficerView, NotLetIn> {
        let secret = self.count_a_try(handle)?;
        let right = match secret {
            Some(Secret::Password(kept)) => kept.is_of(password)?,
            Some(Secret::Code { .. }) | None => Stretched::of_nobody(password).map(|()| false)?,
        };
        if right { self.let_in(handle) } else { Err(NotLetIn::Wrong) }
    }

    /// Sets a password with a one-time code, which is used up by it.
    pub(crate) fn enrol(&self, handle: &str, code: &str, password: &str) -> Result<OfficerView, NotLetIn> {
        let new = strong(handle, password)?;
        let given = code_hash(code);
        let fits = |secret: &Secret| matches!(secret, Secret::Code { hash, until_ms } if *hash == given && *until_ms >= now_ms());
        if !self.count_a_try(handle)?.is_some_and(|secret| fits(&secret)) {
            return Err(NotLetIn::Wrong);
        }
        let new = new.hashed()?;
        let set = self.change(|kept| {
            let officer = kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?;
            // Stretching takes time: meanwhile somebody else may have used the code, or given another one.
            let still = fits(&officer.secret);
            if still {
                officer.secret = new;
            }
            Ok(still)
        })?;
        if set { self.let_in(handle) } else { Err(NotLetIn::Wrong) }
    }

    /// What is to be compared with, once the try is counted.
    fn count_a_try(&self, handle: &str) -> Result<Option<Secret>, NotLetIn> {
        let now = now_ms();
        if !self.kept().officers.contains_key(handle) {
            return Ok(None);
        }
        let counted = self.change(|kept| {
            let officer = kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?;
            if officer.locked_until_ms > now {
                return Ok(Err(officer.locked_until_ms - now));
            }
            officer.failures = officer.failures.saturating_add(1);
            if officer.failures > FREE_TRIES {
                let wait = WAIT_MS.0.saturating_mul(1 << (officer.failures - FREE_TRIES - 1).min(16)).min(WAIT_MS.1);
                officer.locked_until_ms = now + wait;
            }
            Ok(Ok(officer.secret.clone()))
        })?;
        counted.map(Some).map_err(|wait_ms| NotLetIn::Wait { seconds: seconds(wait_ms) })
    }

    fn let_in(&self, handle: &str) -> Result<OfficerView, NotLetIn> {
        Ok(self.change(|kept| {
            let officer = kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?;
            (officer.failures, officer.locked_until_ms) = (0, 0);
            Ok(view(handle, officer))
        })?)
    }
}

/// Handle and name of an officer, if they can be that.
fn named(handle: &str, name: &str) -> Result<(Officer, String), Problem> {
    let officer = Officer::new(handle).map_err(|error| Problem::bad_input(error, "for example siti"))?;
    if handle.starts_with(TOKEN_PREFIX) {
        return Err(Problem::bad_input(format!("{handle} is what a token of a script is called"), "for example siti"));
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err(Problem::bad_input("an officer's name has 1 to 80 characters", "for example --name \"Siti\""));
    }
    Ok((officer, name))
}

/// A password that may be set.
struct Strong<'a>(&'a str);

/// Refuses a password that is easily guessed.
fn strong<'a>(handle: &str, password: &'a str) -> Result<Strong<'a>, NotLetIn> {
    let plain = password.trim();
    if plain.chars().count() < PASSWORD_CHARS_MIN || plain.eq_ignore_ascii_case(handle) {
        return Err(NotLetIn::Weak);
    }
    Ok(Strong(password))
}

impl Strong<'_> {
    /// As it is kept. Takes 0.1 s of one processor.
    fn hashed(&self) -> Result<Secret, Problem> {
        Ok(Secret::Password(Stretched::of(self.0)?))
    }
}

fn view(handle: &str, officer: &KeptOfficer) -> OfficerView {
    OfficerView {
        handle: handle.to_owned(),
        name: officer.name.clone(),
        roles: officer.roles.clone(),
        active: matches!(officer.secret, Secret::Password(_)),
        waits_s: seconds(officer.locked_until_ms - now_ms()),
        sheet: match &officer.sheet {
            None => RecoverySheetState::None,
            Some(sheet) if sheet.on_paper => RecoverySheetState::OnPaper,
            Some(_) => RecoverySheetState::Shown,
        },
        pin: officer.pin.is_some(),
    }
}

fn seconds(ms: i64) -> u64 {
    u64::try_from(ms.max(0)).unwrap_or(0).div_ceil(1000)
}

fn unknown(handle: &str) -> Problem {
    Problem::not_found(format!("there is no officer {handle}"), "`simpul officer list` shows them")
}

pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
    Ok(bytes)
}

/// 80 random bits as letters, in groups of four.
fn new_letters() -> Result<String, Problem> {
    let bytes: [u8; 16] = random()?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(CODE_ALPHABET[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

fn new_code() -> Result<(String, Secret), Problem> {
    let code = new_letters()?;
    let secret = Secret::Code { hash: code_hash(&code), until_ms: now_ms() + CODE_MS_MAX };
    Ok((code, secret))
}

/// What was typed, in any case, with or without the dashes.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// A code is too long to be guessed from its hash.
fn code_hash(code: &str) -> String {
    blake3::derive_key("simpul officer code v1", plain(code).as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn with_siti() -> (tempfile::TempDir, Officers) {
        let folder = tempfile::tempdir().unwrap();
        let officers = Officers::open(folder.path()).unwrap();
        let code = officers.add("siti", "Siti", &[Role::Petugas]).unwrap().code;
        assert!(!officers.get("siti").unwrap().active);
        officers.enrol("siti", &code.to_lowercase().replace('-', " "), "kopi pagi hari").unwrap();
        (folder, officers)
    }

    #[test]
    fn a_code_is_used_once_and_the_password_lasts() {
        let (folder, officers) = with_siti();
        assert_eq!(officers.enrol("siti", "any", "kopi sore hari"), Err(NotLetIn::Wrong), "the code is used up");
        assert!(officers.log_in("siti", "kopi pagi hari").unwrap().active);
        assert_eq!(officers.log_in("siti", "kopi pagi"), Err(NotLetIn::Wrong));
        assert_eq!(officers.log_in("nobody", "kopi pagi hari"), Err(NotLetIn::Wrong));
        let again = Officers::open(folder.path()).unwrap();
        assert!(again.log_in("siti", "kopi pagi hari").is_ok());
        let code = again.reset("siti").unwrap().code;
        assert_eq!(again.log_in("siti", "kopi pagi hari"), Err(NotLetIn::Wrong));
        assert_eq!(again.enrol("siti", &code, "siti"), Err(NotLetIn::Weak));
        assert_eq!(again.enrol("siti", &code, "pendek"), Err(NotLetIn::Weak));
        assert!(again.enrol("siti", &code, "teh sore hari").is_ok());
        again.remove("siti").unwrap();
        assert_eq!(again.all(), []);
    }

    #[test]
    fn wrong_passwords_slow_down_one_officer_alone() {
        let (_folder, officers) = with_siti();
        let other = officers.add("agus", "Agus", &[Role::Admin]).unwrap().code;
        for _ in 0..=FREE_TRIES {
            assert_eq!(officers.log_in("siti", "salah"), Err(NotLetIn::Wrong));
        }
        let Err(NotLetIn::Wait { seconds }) = officers.log_in("siti", "kopi pagi hari") else {
            panic!("the right one has to wait too")
        };
        assert!((1..=30).contains(&seconds), "{seconds}");
        assert!(officers.get("siti").unwrap().waits_s > 0);
        assert!(officers.enrol("agus", &other, "kopi malam hari").is_ok(), "the desk is not locked");
    }

    #[test]
    fn nothing_secret_is_readable_by_others_or_in_the_file() {
        let (folder, officers) = with_siti();
        let file = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(!file.contains("kopi"), "{file}");
        assert!(!format!("{officers:?}").contains("hash"), "{officers:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_officer_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let officers = Officers::open(folder.path()).unwrap();
        assert!(officers.add("Siti Aminah", "Siti", &[Role::Petugas]).is_err(), "a handle is short and lower case");
        assert!(officers.add("siti", "  ", &[Role::Petugas]).is_err());
        assert!(officers.add("siti", "Siti", &[]).is_err());
        officers.add("siti", "Siti", &[Role::Petugas]).unwrap();
        assert_eq!(officers.add("siti", "Siti", &[Role::Petugas]).unwrap_err().code, Code::Conflict);
    }
}
