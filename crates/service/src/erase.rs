//! Destroying records for good, wherever they are held: an order of this office, with its legal ground. (UU 27/2022 art.
//! 43-44; `domain/records.md` 5.2)
//!
//! Only whole documents are erased. Who a person is lies in documents of its own, so a person is erased by erasing those:
//! the participation stays, without a name.

use std::collections::{BTreeMap, BTreeSet};

use charter::{Body, Charter};
use identity::{Coordinate, ScopeName};

use crate::{
    Service,
    both::Both,
    panel::{Panel, PanelRow, both, same},
    problem::{Code, Problem},
    sheets::{line, title},
};

const HINT: &str = "an office that may write there, or one above it, orders it";

/// Seconds in which the law asks for a notice: 3×24 hours.
const DEADLINE_SECONDS: u64 = 3 * 86_400;

/// What is to be erased.
struct Erased {
    /// What it is called.
    title: Both,
    /// What kind of thing it is.
    kind: Both,
    doc: Coordinate,
}

impl Service {
    async fn to_erase(&self, id: &str) -> Result<Vec<Erased>, Problem> {
        if let Ok(row) = self.sheet_row(id).await {
            if row.kind.is_of_coordination() {
                return Err(Problem::said(
                    Code::Conflict,
                    None,
                    "catatan koordinasi tidak dihapus: pihak lain bersandar padanya",
                    "documents of coordination are not erased: others rely on them",
                ));
            }
            let doc = row.doc.clone();
            let (kind, title) = (row.kind.label().into(), title(&line(row)));
            return Ok(vec![Erased { title, kind, doc }]);
        }
        let held = self.find(id).await?;
        let name = same(held.name.known().unwrap_or(id));
        let one = |kind: records::RecordKind, doc: &Coordinate| Erased {
            title: name.clone(),
            kind: kind.label().into(),
            doc: doc.clone(),
        };
        let person = held.person.iter().map(|person| one(records::RecordKind::Person, &person.doc));
        let trips = held.circumstances.trips.iter().map(|trip| one(records::RecordKind::Trip, &trip.doc));
        let family = held.circumstances.family.iter();
        let ties = family.flat_map(|family| &family.ties).map(|tie| one(records::RecordKind::Tie, &tie.doc));
        let all: Vec<Erased> = person.chain(trips).chain(ties).collect();
        if all.is_empty() {
            return Err(Problem::said(
                Code::NotFound,
                None,
                "kantor ini tidak menyimpan siapa orang ini: tidak ada yang dihapus di sini",
                "this office holds nothing of who this person is: there is nothing to erase here",
            ));
        }
        Ok(all)
    }

    /// What an order would destroy, and at which offices it lies.
    pub(crate) async fn erasure(&self, id: &str) -> Result<Vec<Panel>, Problem> {
        let columns = [both("Catatan", "Record"), both("Jenis", "Kind"), both("Juga disimpan di", "Held at, too")];
        let mut panel = Panel::new(both("Yang dihapus", "What is erased"), columns);
        for one in self.to_erase(id).await? {
            let (holders, _) = self.holders(&BTreeSet::from([one.doc])).await?;
            let names: Vec<String> = holders.into_iter().map(|holder| holder.office).collect();
            panel.rows.push(PanelRow::new(one.title, [one.kind, same(&names.join(", "))]));
        }
        Ok(vec![panel])
    }

    /// Orders it. Every office that holds it destroys it as soon as it hears of the order.
    pub(crate) async fn erase(&self, id: &str, ground: &str) -> Result<(), Problem> {
        let ground = ground.split_whitespace().collect::<Vec<_>>().join(" ");
        if ground.is_empty() {
            return Err(Problem::said(
                Code::BadInput,
                Some("ground"),
                "dasar penghapusan masih kosong: tulis dasarnya, misalnya permintaan orangnya",
                "the ground is empty: write it, for example that the person asked for it",
            ));
        }
        let mut by_scope: BTreeMap<ScopeName, Vec<Coordinate>> = BTreeMap::new();
        let erased = self.to_erase(id).await?;
        let names = Names::of(&erased);
        for one in erased {
            by_scope.entry(one.doc.journal.scope.clone()).or_default().push(one.doc);
        }
        let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
        for (scope, mut documents) in by_scope {
            documents.sort();
            documents.dedup();
            for documents in documents.chunks(charter::limits::DOCUMENTS_MAX) {
                let order = Body::Erase {
                    scope: scope.clone(),
                    documents: documents.to_vec(),
                    ground: ground.clone(),
                    deadline: now + DEADLINE_SECONDS,
                };
                self.state(order, HINT).await?;
            }
        }
        tracing::info!(record = id, "an erasure was ordered");
        // By the name too: the same person may stand in a form that began without knowing of the record.
        self.0.drafts.forget(|form, draft| {
            of_record(form).is_some_and(|of| of == id) || draft.fields.iter().any(|(_, typed)| names.names(typed))
        })
    }

    /// Throws away the scans that only erased records named, and what was typed of records that are not here any more,
    /// wherever their erasure was ordered.
    pub(crate) async fn forget_erased(&self) -> Result<(), Problem> {
        let (statements, mut erased) = (self.node().statements().await, BTreeSet::new());
        // What was just stated may not be in the charter that the node shows yet.
        let Some(network) = self.node().network() else { return Ok(()) };
        let charter = Charter::fold(&statements, network);
        for statement in statements.iter() {
            if let Body::Erase { documents, .. } = &statement.statement().body
                && charter.effect(&statement.hash()) == Some(charter::Effect::Counts)
            {
                erased.extend(documents.iter().map(ToString::to_string));
            }
        }
        let service = self.clone();
        let removed =
            tokio::task::spawn_blocking(move || service.0.named.erased(&erased, service.node().attachments()));
        removed.await.map_err(|error| Problem::internal(&error))??;
        let mut gone = BTreeSet::new();
        for form in self.0.drafts.forms() {
            let Some(id) = of_record(&form) else { continue };
            let is_here = match form.starts_with(PERSON) {
                true => self.find(id).await.is_ok_and(|held| held.person.is_some()),
                false => self.sheet_row(id).await.is_ok(),
            };
            if !is_here {
                gone.insert(form.clone());
            }
        }
        self.0.drafts.forget(|form, _| gone.contains(form))
    }
}

const PERSON: &str = "/peserta/";

/// The record that a form at this address is about; none for one that begins a record.
fn of_record(form: &str) -> Option<&str> {
    let mut parts = form.trim_start_matches('/').split(['/', '?']);
    let (place, first, second) = (parts.next()?, parts.next()?, parts.next()?);
    match place {
        "peserta" => Some(first).filter(|_| first != "impor"),
        "catatan" => parts.next().map(|_| second),
        _ => None,
    }
}

/// What the erased is called, to find it in what was typed. A field that is the name and nothing else: a name of one
/// word, as in Kuripan, stands in too many texts.
struct Names(BTreeSet<String>);

impl Names {
    fn of(erased: &[Erased]) -> Self {
        Self(erased.iter().map(|one| plain(&one.title.id)).filter(|name| !name.is_empty()).collect())
    }

    fn names(&self, typed: &str) -> bool {
        self.0.contains(&plain(typed))
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_tells_which_record_it_is_about() {
        for (form, id) in [
            ("/peserta/A1/ubah", Some("A1")),
            ("/peserta/A1/catat/left", Some("A1")),
            ("/peserta/daftar", None),
            ("/peserta/impor/kolom", None),
            ("/catatan/pengaduan/B2/ubah", Some("B2")),
            ("/catatan/pengaduan/baru", None),
            ("/tamu", None),
        ] {
            assert_eq!(of_record(form), id, "{form}");
        }
    }
}
