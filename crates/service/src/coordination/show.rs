//! Everything about one document of coordination, in the shape in which a page shows any record.

use std::collections::BTreeSet;

use records::{
    RecordKind, Told,
    coordination::{Agenda, Coordination},
};

use super::{
    HeldDocument, file,
    tables::{self, Beside},
    text,
};
use crate::{
    Service,
    both::Both,
    problem::Problem,
    record::Documents,
    sheet_write::today,
    sheets::{FactAsked, SheetView, event, in_one_line, line},
};

impl Service {
    /// Everything about a document of coordination.
    pub(crate) async fn document(&self, held: HeldDocument) -> Result<SheetView, Problem> {
        let (kind, known) = (held.row.kind, self.known());
        let snapshot = self.snapshot(&held.row.doc).await?;
        let notices = records::fold(&snapshot, &known).notices;
        // What its rules do not let count is no event: the notice says why.
        let ignored: BTreeSet<_> = notices.iter().map(|notice| notice.at.clone()).collect();
        let told: Vec<Told> = records::told(&snapshot, kind, None, &known);
        let told: Vec<Told> = told.into_iter().filter(|told| !ignored.contains(&told.by.at)).collect();
        let mut names = self.names(&snapshot, kind, &told, &known).await?;
        self.name_codes(&held, &known, &mut names);
        // Lines that name other facts are made again, now that the codes in them have names.
        let lines: Vec<(String, Both)> =
            told.iter().map(|told| (told.hash.to_string(), in_one_line(told, &names))).collect();
        for (hash, line) in lines {
            names.entry(hash).and_modify(|known| known.clone_from(&line)).or_insert(line);
        }
        let mut documents = Documents::default();
        let fields = documents.take(snapshot, kind, &known, &names);
        let said: Vec<_> = told.iter().map(|told| (told.by.at.clone(), in_one_line(told, &names))).collect();
        let beside = self.beside(&documents, &said, &known, &names, &held.row.doc.journal.scope).await?;
        let asks = if beside.may_write { self.asked_in(&held, &told, &known, &names) } else { Vec::new() };
        let may_say = |fact: &str| asks.iter().any(|asked: &FactAsked| asked.fact == fact);
        let holds_version = self.holders_of_newest(&held).await?;
        let about =
            Beside { own: self.node().office(), known: &known, may_say: &may_say, holds_version: &holds_version };
        let texts = match &held.document {
            Coordination::Agenda(agenda) if beside.may_write => text::parts(agenda),
            Coordination::Agenda(_)
            | Coordination::Agreement(_)
            | Coordination::Commitment(_)
            | Coordination::Calendar(_)
            | Coordination::InternalDraft(_) => Vec::new(),
        };
        Ok(SheetView {
            panels: tables::panels(&held, &about),
            agendas: super::agendas_from(&held.shelf, &held.row.doc),
            opens_agenda: self.next_round_opens(&held),
            versions: file::views(&held.document),
            attendance: None,
            round_to_open: None,
            indicators: Vec::new(),
            shown: documents.shown.to_string(),
            fields,
            texts,
            events: told.iter().map(|told| event(told, kind, &known, &names)).collect(),
            papers: Vec::new(),
            slip: None,
            asks,
            notices: notices.iter().map(|notice| Both::of(|lang| notice.text(lang).to_owned())).collect(),
            beside,
            line: line(held.row),
        })
    }

    /// Whether this office may open an agenda from a commitment that is broken or gave feedback.
    fn next_round_opens(&self, held: &HeldDocument) -> bool {
        let Coordination::Commitment(commitment) = &held.document else { return false };
        let open = commitment.origin(today()).is_some() && held.shelf.followed_by(&commitment.doc).is_none();
        open && self.may_begin(RecordKind::Agenda)
    }

    /// The offices that signed that they hold the newest version of an agenda, by name.
    async fn holders_of_newest(&self, held: &HeldDocument) -> Result<Vec<String>, Problem> {
        let Coordination::Agenda(Agenda { versions, .. }) = &held.document else { return Ok(Vec::new()) };
        let Some(newest) = versions.versions.last() else { return Ok(Vec::new()) };
        let (holders, _) = self.holders(&BTreeSet::from([newest.by.at.clone()])).await?;
        Ok(holders.into_iter().map(|holder| holder.office).collect())
    }
}
