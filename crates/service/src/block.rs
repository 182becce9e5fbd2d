//! Blocks of places: which computers can be given one, and how many are left to hand on.

use std::collections::BTreeMap;

use identity::{JournalId, NodeKey, OfficeKind, ScopeName};
use records::{Authors, Content, FieldType, Granted, HandedOver, Places, ProgrammeRecord, Typed};

use crate::{
    Service,
    both::Both,
    composed::Composed,
    inputs::InputKind,
    panel::{both, same},
    problem::{Code, Problem},
    reading::Known,
    sheet_kinds::SheetInput,
};

/// The name of the input that asks whether lost blocks are given anew.
const ANEW: &str = "anew";

/// How a computer is called: by its office, and by what tells it from the office's others.
pub(crate) fn writer_name(node: &NodeKey, known: &Known) -> Both {
    same(&format!("{} ({})", known.name(node), node.short()))
}

impl Service {
    /// Whether a journal still writes: not removed, forked or begun anew elsewhere.
    pub(crate) fn goes_on(&self, journal: &JournalId) -> bool {
        self.node().charter().is_none_or(|charter| matches!(charter.standing(journal), charter::Standing::Open))
    }

    /// The journal that this node writes in a scope; none while it may not write at all.
    pub(crate) async fn own_journal(&self, scope: ScopeName) -> Option<JournalId> {
        let incarnation = self.node().incarnation().await?;
        Some(JournalId { scope, node: self.node().key(), incarnation })
    }

    /// The journals of the village's own computers that can be given places: one a computer, the one it wrote in last.
    pub(crate) async fn writers_of(&self, record: &ProgrammeRecord) -> Result<Vec<JournalId>, Problem> {
        let (scope, known) = (record.doc().journal.scope.clone(), self.known());
        let of_village = |node: &NodeKey| {
            let author = known.author(node);
            author.is_some_and(|author| author.kind == OfficeKind::Village && Some(&author.region) == record.place())
        };
        let mut last = BTreeMap::<NodeKey, (i64, JournalId)>::new();
        let held = self.node().held()?.into_iter().filter(|(held, _)| *held == scope);
        for (journal, point) in held.flat_map(|(_, journals)| journals) {
            if !of_village(&journal.node) || !self.goes_on(&journal) {
                continue;
            }
            let time_ms = self.node().entry_header(&journal, point.seq)?.map_or(0, |header| header.time_ms);
            let newer = last.get(&journal.node).is_none_or(|(known, _)| *known <= time_ms);
            if newer {
                last.insert(journal.node, (time_ms, journal));
            }
        }
        if let Some(own) = self.own_journal(scope).await.filter(|own| of_village(&own.node)) {
            last.insert(own.node, (0, own));
        }
        Ok(last.into_values().map(|(_, journal)| journal).collect())
    }

    /// Asked of whoever grants places where some lie with a computer that is no longer used.
    pub(crate) fn given_anew(&self, record: &ProgrammeRecord, fact: &str) -> Option<SheetInput> {
        let ProgrammeRecord::Places(places) = record else { return None };
        let lost: u32 = places.account().to_grant_anew(|journal| self.goes_on(journal)).iter().map(|(_, n)| n).sum();
        (fact == Granted::KEY && lost > 0).then(|| SheetInput {
            field: ANEW.to_owned(),
            label: both(
                format!("Menggantikan {lost} tempat di komputer yang tidak dipakai lagi"),
                format!("Instead of the {lost} places of a computer that is no longer used"),
            ),
            kind: InputKind::YesNo,
            required: false,
        })
    }

    /// A block that is granted, or handed on by whoever has it.
    pub(crate) async fn block(
        &self,
        places: &Places,
        fact: &str,
        typed: &Typed,
        more: &[(String, String)],
    ) -> Result<Composed, Problem> {
        let record = ProgrammeRecord::Places(places.clone());
        let node = typed.get::<NodeKey>("to");
        let to = self.writers_of(&record).await?.into_iter().find(|journal| Some(journal.node) == node);
        let to = to.ok_or_else(|| {
            Problem::said(
                Code::BadInput,
                Some("to"),
                "komputer itu belum menulis apa pun di desa ini: pilih dari daftar",
                "that computer has not written anything in this village yet: choose one from the list",
            )
        })?;
        let count = typed.get::<u32>("places").unwrap_or_default();
        let account = places.account();
        let draft = if fact == Granted::KEY {
            let anew = more.iter().any(|(key, text)| key == ANEW && bool::from_input(text) == Some(true));
            let lost = account.to_grant_anew(|journal| self.goes_on(journal)).into_iter().filter(|_| anew);
            Granted { to, places: count, instead_of: lost.map(|(hash, _)| hash).collect() }.draft()
        } else {
            let own = self.own_journal(places.doc.journal.scope.clone()).await;
            let left = own.map_or(0, |own| account.left(&own));
            if count > left {
                return Err(Problem::said(
                    Code::BadInput,
                    Some("places"),
                    format!("komputer ini hanya memegang {left} tempat: serahkan paling banyak sebanyak itu"),
                    format!("this computer holds only {left} places: hand over at most as many"),
                ));
            }
            HandedOver { to, places: count }.draft()
        };
        let draft = draft.map_err(|error| Problem { field: Some("places".to_owned()), ..error.into() })?;
        Ok(Composed { draft, look: Vec::new() })
    }
}
