//! A production run: when, what, how much, who took part. Its costs stand in the ledger, which fewer offices read.

use std::collections::BTreeSet;

use identity::{Class, Coordinate};
use serde::{Deserialize, Serialize};

use crate::{
    author::MaySay,
    date::PartialDate,
    facts::Content,
    fields::{Fields, record_fields},
    heard::Heard,
    kinds::{ANNULMENT, FactSpec, KindSpec},
    participation::Said,
    sheet::{Hear, Sheet},
    value::{PersonId, codes},
    words::{ANNULMENT as ANNULMENT_LABEL, Words},
};

codes! {
    /// What a run is for: production follows stock and orders. (S2)
    RunFor {
        /// An order.
        Order = "order", "pesanan", "order", [];
        /// Stock.
        Stock = "stock", "stok", "stock", ["persediaan"];
    }
}

record_fields! {
    /// What people edit of a run.
    RunFields {
        /// The group, by its document.
        group: Coordinate, "Kelompok", "Group";
        /// When.
        date: PartialDate, "Tanggal produksi", "Date";
        /// What.
        product: String, "Produk", "Product";
        /// How much.
        quantity: u32, "Jumlah", "Quantity";
        /// Of what unit.
        unit: String, "Satuan", "Unit";
        /// What for.
        purpose: RunFor, "Untuk", "For";
    }
}

/// Somebody took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TookPart {
    /// Who.
    pub person: PersonId,
}

impl Content for TookPart {
    const KEY: &'static str = "took_part";
}

/// What happened in a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunEvents {
    /// Who took part.
    #[serde(default)]
    pub took_part: Vec<Said<TookPart>>,
}

impl Hear for RunEvents {
    fn hear(heard: &mut Heard<'_>) -> Self {
        Self { took_part: heard.take() }
    }
}

/// A production run.
pub type ProductionRun = Sheet<RunFields, RunEvents>;

pub(crate) const RUN: KindSpec = KindSpec {
    number: 33,
    class: Class::Participation,
    label: Words { id: "Produksi", en: "Production run" },
    fields: RunFields::SPECS,
    texts: &[],
    facts: &[
        FactSpec::new("took_part", "Ikut produksi", "Took part", MaySay::CLOSE),
        FactSpec { key: ANNULMENT, label: ANNULMENT_LABEL, may_say: MaySay::CLOSE },
    ],
    required: &["group", "date", "product"],
};

impl ProductionRun {
    /// Who took part, each once.
    pub fn people(&self) -> BTreeSet<PersonId> {
        self.events.took_part.iter().map(|said| said.what.person).collect()
    }
}
