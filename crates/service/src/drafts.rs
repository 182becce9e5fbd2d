//! What officers have typed and not sent: kept in the data folder, so that it outlives a power cut.
//!
//! # Invariants
//! - A draft is its officer's alone, readable by the owner of the data folder, and never sent anywhere.
//! - Nothing stays for long: a draft goes when its form is taken, when its officer throws it away or is removed, and after
//!   [`DAYS_MAX`] days. It may say who people are.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    kept::Kept,
    officers::now_ms,
    problem::{Code, Problem},
};

/// Where they are kept in the data folder.
const FILE: &str = "drafts.json";

/// How long one lies about.
const DAYS_MAX: i64 = 14;

/// How many an officer may have; the oldest go.
const DRAFTS_MAX: usize = 20;

/// The largest, in bytes of what was typed.
const BYTES_MAX: usize = 64 << 10;

/// A form that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What the form is called.
    pub title: String,
    /// When it was typed into last, in Unix milliseconds.
    pub at_ms: i64,
    /// What was typed, field by field; a field with several answers stands there several times.
    pub fields: Vec<(String, String)>,
}

impl Draft {
    fn lasts(&self, now_ms: i64) -> bool {
        now_ms - self.at_ms < DAYS_MAX * 86_400_000
    }
}

/// By the address of the form.
type Own = BTreeMap<String, Draft>;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct All {
    officers: BTreeMap<String, Own>,
}

/// The drafts of one data folder. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Drafts(Arc<Kept<All>>);

impl Drafts {
    /// Reads them; a folder without the file has none.
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        let otherwise = "move it aside: forms that were not sent have to be typed again";
        Ok(Self(Arc::new(Kept::open(folder, FILE, otherwise)?)))
    }

    /// Keeps what an officer has typed into the form at an address, in place of what was kept of it.
    pub(crate) fn keep(
        &self,
        officer: &str,
        form: &str,
        title: String,
        fields: Vec<(String, String)>,
    ) -> Result<(), Problem> {
        let typed = fields.iter().map(|(field, text)| field.len() + text.len()).sum::<usize>();
        if typed + form.len() + title.len() > BYTES_MAX {
            let said = format!("what was typed has {typed} bytes; a draft may have {BYTES_MAX}");
            return Err(Problem::new(Code::BadInput, said, "send the form"));
        }
        let now = now_ms();
        self.0.change(|kept| {
            kept.officers.values_mut().for_each(|own| own.retain(|_, draft| draft.lasts(now)));
            let own = kept.officers.entry(officer.to_owned()).or_default();
            own.insert(form.to_owned(), Draft { title, at_ms: now, fields });
            while own.len() > DRAFTS_MAX {
                let oldest = own.iter().min_by_key(|(_, draft)| draft.at_ms).map(|(form, _)| form.clone());
                oldest.and_then(|form| own.remove(&form));
            }
            kept.officers.retain(|_, own| !own.is_empty());
            Ok(())
        })
    }

    /// What an officer typed into the form at an address.
    pub(crate) fn get(&self, officer: &str, form: &str) -> Option<Draft> {
        let now = now_ms();
        self.0.get().officers.get(officer)?.get(form).filter(|draft| draft.lasts(now)).cloned()
    }

    /// The forms that an officer has not sent, with their addresses; the newest first.
    pub(crate) fn of(&self, officer: &str) -> Vec<(String, Draft)> {
        let now = now_ms();
        let own = self.0.get().officers.get(officer).cloned().unwrap_or_default();
        let mut own: Vec<(String, Draft)> = own.into_iter().filter(|(_, draft)| draft.lasts(now)).collect();
        own.sort_by_key(|(_, draft)| std::cmp::Reverse(draft.at_ms));
        own
    }

    /// The form was taken, or what was typed is thrown away.
    pub(crate) fn drop(&self, officer: &str, form: &str) -> Result<(), Problem> {
        // Nothing is written for the many forms that were sent at once.
        if !self.0.get().officers.get(officer).is_some_and(|own| own.contains_key(form)) {
            return Ok(());
        }
        self.0.change(|kept| {
            if let Some(own) = kept.officers.get_mut(officer) {
                own.remove(form);
            }
            kept.officers.retain(|_, own| !own.is_empty());
            Ok(())
        })
    }

    /// The addresses of all forms that are kept.
    pub(crate) fn forms(&self) -> BTreeSet<String> {
        self.0.get().officers.values().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// Throws away what any officer typed of something, by the address of the form and by what was typed.
    pub(crate) fn forget(&self, concerned: impl Fn(&str, &Draft) -> bool) -> Result<(), Problem> {
        if !self.0.get().officers.values().flatten().any(|(form, draft)| concerned(form, draft)) {
            return Ok(());
        }
        self.0.change(|kept| {
            kept.officers.values_mut().for_each(|own| own.retain(|form, draft| !concerned(form, draft)));
            kept.officers.retain(|_, own| !own.is_empty());
            Ok(())
        })
    }

    /// An officer is gone.
    pub(crate) fn drop_all(&self, officer: &str) -> Result<(), Problem> {
        if !self.0.get().officers.contains_key(officer) {
            return Ok(());
        }
        self.0.change(|kept| {
            kept.officers.remove(officer);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Vec<(String, String)> {
        vec![("name".to_owned(), text.to_owned())]
    }

    #[test]
    fn what_was_typed_outlives_the_process_and_goes_when_it_was_sent() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = Drafts::open(folder.path()).unwrap();
        drafts.keep("siti", "/peserta/daftar", "Daftarkan peserta".to_owned(), typed("Tur")).unwrap();
        drafts.keep("siti", "/peserta/daftar", "Daftarkan peserta".to_owned(), typed("Turyati")).unwrap();
        let drafts = Drafts::open(folder.path()).unwrap();
        assert_eq!(drafts.get("siti", "/peserta/daftar").unwrap().fields, typed("Turyati"));
        assert_eq!(drafts.get("agus", "/peserta/daftar"), None, "it is nobody else's");
        assert_eq!(drafts.of("siti").len(), 1);
        drafts.drop("siti", "/peserta/daftar").unwrap();
        drafts.drop("siti", "/peserta/daftar").unwrap();
        assert_eq!(Drafts::open(folder.path()).unwrap().of("siti"), []);
    }

    #[test]
    fn nothing_stays_for_long_and_nobody_keeps_much() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = Drafts::open(folder.path()).unwrap();
        for number in 0..=DRAFTS_MAX {
            drafts.keep("siti", &format!("/catatan/{number}/ubah"), String::new(), typed("a")).unwrap();
        }
        assert_eq!(drafts.of("siti").len(), DRAFTS_MAX);
        let long = typed(&"a".repeat(BYTES_MAX));
        assert!(drafts.keep("siti", "/peserta/daftar", String::new(), long).is_err());
        let old = Draft { title: String::new(), at_ms: 0, fields: Vec::new() };
        assert!(old.lasts(DAYS_MAX * 86_400_000 - 1) && !old.lasts(DAYS_MAX * 86_400_000));
        drafts.drop_all("siti").unwrap();
        assert_eq!(drafts.of("siti"), []);
    }
}
