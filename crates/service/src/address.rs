//! Where this office is, as it stands in the letterhead of what it prints.

use std::path::Path;

use crate::{
    Service,
    kept::Kept,
    problem::{Code, Problem},
};

const FILE: &str = "office-address.json";

/// The longest address, in characters: it stands on one line of the letterhead.
const CHARS_MAX: usize = 160;

/// The address of this office; empty where nobody wrote it.
pub(crate) struct PostalAddress(Kept<String>);

impl PostalAddress {
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        Ok(Self(Kept::open(folder, FILE, "move it aside, and write the address again at the officers' page")?))
    }
}

impl Service {
    /// The address in the letterhead; empty where nobody wrote it.
    pub fn address(&self) -> String {
        self.0.address.0.get().clone()
    }

    pub(crate) fn set_address(&self, address: &str) -> Result<(), Problem> {
        let address = address.split_whitespace().collect::<Vec<_>>().join(" ");
        if address.chars().count() > CHARS_MAX || address.chars().any(char::is_control) {
            return Err(Problem::said(
                Code::BadInput,
                Some("address"),
                format!("alamat terlalu panjang: tulis paling banyak {CHARS_MAX} huruf"),
                format!("the address is too long: write at most {CHARS_MAX} characters"),
            ));
        }
        self.0.address.0.change(|kept| {
            *kept = address;
            Ok(())
        })
    }
}
