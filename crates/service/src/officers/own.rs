//! What officers do about their own log-in: the first of a node, another password, and the recovery sheet.
//!
//! A recovery sheet is a code on paper with which a forgotten password is set anew. It lies in a drawer for years, so it
//! has no last day; it is used once, and a new one or a new one-time code makes it void.

use serde::{Deserialize, Serialize};

use super::{
    KeptOfficer, NotLetIn, OfficerView, Officers, Role, named, new_letters, now_ms, plain, stretched::Stretched,
    strong, unknown, view,
};
use crate::problem::{Code, Problem};

/// A recovery sheet, as its argon2id hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RecoverySheet {
    #[serde(flatten)]
    code: Stretched,
    /// When it was made, in Unix milliseconds.
    made_ms: i64,
    /// The officer said that it is on paper.
    pub(super) on_paper: bool,
}

impl RecoverySheet {
    fn new() -> Result<(String, Self), Problem> {
        let code = new_letters()?;
        let sheet = Self { code: Stretched::of(&plain(&code))?, made_ms: now_ms(), on_paper: false };
        Ok((code, sheet))
    }

    fn fits(&self, code: &str) -> Result<bool, Problem> {
        self.code.is_of(&plain(code))
    }
}

impl Officers {
    /// Lets the first officer of the node in, with every role of a desk and a password of their own. Refused once there
    /// is one, however many ask at the same time.
    pub(crate) fn begin(&self, handle: &str, name: &str, password: &str) -> Result<OfficerView, NotLetIn> {
        let (officer, name) = named(handle, name)?;
        let secret = strong(handle, password)?.hashed()?;
        Ok(self.change(|kept| {
            if !kept.officers.is_empty() {
                return Err(Problem::new(
                    Code::Conflict,
                    "there is a first officer already",
                    "log in, or have an administrator of this node give you a code",
                ));
            }
            let roles = vec![Role::Petugas, Role::Verifikator, Role::Admin];
            let first = KeptOfficer::new(name, roles, secret);
            let shown = view(officer.as_str(), &first);
            kept.officers.insert(officer.to_string(), first);
            Ok(shown)
        })?)
    }

    /// Sets another password; the one that was is needed.
    pub(crate) fn change_password(&self, handle: &str, old: &str, new: &str) -> Result<OfficerView, NotLetIn> {
        let new = strong(handle, new)?;
        self.log_in(handle, old)?;
        let secret = new.hashed()?;
        Ok(self.change(|kept| {
            let officer = kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?;
            officer.secret = secret;
            Ok(view(handle, officer))
        })?)
    }

    /// Makes a new recovery sheet, in place of any other, and tells its code once. The password is needed, so that
    /// nobody makes one at a desk that was left open.
    pub(crate) fn new_recovery_sheet(&self, handle: &str, password: &str) -> Result<String, NotLetIn> {
        self.log_in(handle, password)?;
        let (code, sheet) = RecoverySheet::new()?;
        self.change(|kept| {
            kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?.sheet = Some(sheet);
            Ok(())
        })?;
        Ok(code)
    }

    /// The officer has the sheet on paper.
    pub(crate) fn recovery_sheet_on_paper(&self, handle: &str) -> Result<(), Problem> {
        self.change(|kept| {
            let officer = kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?;
            let sheet = officer.sheet.as_mut().ok_or_else(|| {
                Problem::not_found("there is no recovery sheet", "make a new one; the last was used or is void")
            })?;
            sheet.on_paper = true;
            Ok(())
        })
    }

    /// Sets a password with the recovery sheet, which is used up by it.
    pub(crate) fn recover(&self, handle: &str, code: &str, password: &str) -> Result<OfficerView, NotLetIn> {
        let new = strong(handle, password)?;
        self.count_a_try(handle)?;
        let sheet = self.kept().officers.get(handle).and_then(|officer| officer.sheet.clone());
        let Some(sheet) = sheet else {
            Stretched::of_nobody(code)?;
            return Err(NotLetIn::Wrong);
        };
        if !sheet.fits(code)? {
            return Err(NotLetIn::Wrong);
        }
        let secret = new.hashed()?;
        let set = self.change(|kept| {
            let officer = kept.officers.get_mut(handle).ok_or_else(|| unknown(handle))?;
            // Stretching takes time: meanwhile somebody else may have used the sheet.
            let still = officer.sheet.as_ref().is_some_and(|now| now.code == sheet.code);
            if still {
                (officer.secret, officer.sheet) = (secret, None);
            }
            Ok(still)
        })?;
        if set { self.let_in(handle) } else { Err(NotLetIn::Wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::officers::RecoverySheetState;

    const PASSWORD: &str = "kopi pagi hari";

    fn with_siti() -> (tempfile::TempDir, Officers) {
        let folder = tempfile::tempdir().unwrap();
        let officers = Officers::open(folder.path()).unwrap();
        let siti = officers.begin("siti", " Siti  Aminah ", PASSWORD).unwrap();
        assert!(siti.active && siti.administers() && siti.writes() && siti.name == "Siti Aminah");
        (folder, officers)
    }

    #[test]
    fn there_is_one_first_officer() {
        let (_folder, officers) = with_siti();
        assert!(matches!(officers.begin("agus", "Agus", PASSWORD), Err(NotLetIn::Problem(_))));
        assert!(officers.log_in("siti", PASSWORD).is_ok());
        let empty = tempfile::tempdir().unwrap();
        let officers = Officers::open(empty.path()).unwrap();
        assert_eq!(officers.begin("siti", "Siti", "pendek"), Err(NotLetIn::Weak));
        assert_eq!(officers.all(), []);
    }

    #[test]
    fn another_password_takes_the_one_that_was() {
        let (_folder, officers) = with_siti();
        assert_eq!(officers.change_password("siti", "salah sandi", "teh sore hari"), Err(NotLetIn::Wrong));
        assert_eq!(officers.change_password("siti", PASSWORD, "siti"), Err(NotLetIn::Weak));
        officers.change_password("siti", PASSWORD, "teh sore hari").unwrap();
        assert_eq!(officers.log_in("siti", PASSWORD), Err(NotLetIn::Wrong));
        assert!(officers.log_in("siti", "teh sore hari").is_ok());
    }

    #[test]
    fn a_sheet_is_used_once_and_lasts_until_then() {
        let (folder, officers) = with_siti();
        assert_eq!(officers.recover("siti", "any", "teh sore hari"), Err(NotLetIn::Wrong), "there is none");
        assert_eq!(officers.new_recovery_sheet("siti", "salah sandi"), Err(NotLetIn::Wrong));
        let first = officers.new_recovery_sheet("siti", PASSWORD).unwrap();
        let code = officers.new_recovery_sheet("siti", PASSWORD).unwrap();
        assert_eq!(officers.get("siti").unwrap().sheet, RecoverySheetState::Shown);
        officers.recovery_sheet_on_paper("siti").unwrap();
        let officers = Officers::open(folder.path()).unwrap();
        assert_eq!(officers.get("siti").unwrap().sheet, RecoverySheetState::OnPaper);
        let file = std::fs::read_to_string(folder.path().join("officers.json")).unwrap();
        assert!(!file.contains(&code) && !file.contains(&plain(&code)), "{file}");
        assert_eq!(officers.recover("siti", &first, "teh sore hari"), Err(NotLetIn::Wrong), "a newer one was made");
        assert_eq!(officers.recover("siti", &code, "pendek"), Err(NotLetIn::Weak));
        assert!(officers.recover("siti", &code.to_lowercase().replace('-', " "), "teh sore hari").is_ok());
        assert!(officers.log_in("siti", "teh sore hari").is_ok());
        assert_eq!(officers.recover("siti", &code, "kopi malam hari"), Err(NotLetIn::Wrong), "it is used up");
        assert!(officers.recovery_sheet_on_paper("siti").is_err());
    }

    #[test]
    fn a_code_of_the_administrator_makes_the_sheet_void() {
        let (_folder, officers) = with_siti();
        let sheet = officers.new_recovery_sheet("siti", PASSWORD).unwrap();
        officers.reset("siti").unwrap();
        assert_eq!(officers.recover("siti", &sheet, "teh sore hari"), Err(NotLetIn::Wrong));
    }

    #[test]
    fn wrong_sheets_slow_down_like_wrong_passwords() {
        let (_folder, officers) = with_siti();
        officers.new_recovery_sheet("siti", PASSWORD).unwrap();
        for _ in 0..=super::super::FREE_TRIES {
            assert_eq!(officers.recover("siti", "AAAA", "teh sore hari"), Err(NotLetIn::Wrong));
        }
        assert!(matches!(officers.recover("siti", "AAAA", "teh sore hari"), Err(NotLetIn::Wait { .. })));
    }
}
