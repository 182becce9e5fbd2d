//! Everything about one document of coordination, in the shape in which a page shows any record.

use std::collections::BTreeSet;

use records::{
    RecordKind, Told,
    coordination::{Agenda, Coordination},
};

use super::{
    BeginView, CoordinationLine, HeldDocument, choices, exports,
    overview::{agenda_line, draft_line},
    tables::{self, Beside},
    text,
};
use crate::{
    Service,
    both::Both,
    panel::both,
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
        let panels = tables::panels(&held, &about);
        let [id, en] = held.document.summary().title;
        Ok(SheetView {
            // A draft is the office's own until it is released.
            message: (kind != RecordKind::InternalDraft).then(|| exports::message(&both(id, en), &panels)),
            panels,
            related: related(&held),
            begins: self.begins(&held),
            files: exports::files(&held.document),
            meets: super::meets(&held.document),
            attendance: None,
            round_to_open: None,
            indicators: Vec::new(),
            shown: documents.shown.to_string(),
            fields,
            texts,
            events: told.iter().map(|told| event(told, kind, &known, &names)).collect(),
            papers: Vec::new(),
            slip: None,
            quadrant: None,
            asks,
            notices: notices.iter().map(|notice| Both::of(|lang| notice.text(lang).to_owned())).collect(),
            beside,
            line: line(held.row),
        })
    }

    /// What this office may begin from a document of coordination.
    fn begins(&self, held: &HeldDocument) -> Vec<BeginView> {
        let own = self.node().office();
        let mut kinds = Vec::new();
        if let Coordination::Commitment(commitment) = &held.document
            && commitment.origin(today()).is_some()
            && held.shelf.followed_by(&commitment.doc).is_none()
        {
            kinds.push(RecordKind::Agenda);
        }
        if choices::open_to(&held.shelf, own).any(|agenda| agenda.doc == held.row.doc) {
            kinds.push(RecordKind::InternalDraft);
        }
        kinds.into_iter().filter(|kind| self.may_begin(*kind)).map(BeginView::of).collect()
    }

    /// The offices that signed that they hold the newest version of an agenda, by name.
    async fn holders_of_newest(&self, held: &HeldDocument) -> Result<Vec<String>, Problem> {
        let Coordination::Agenda(Agenda { versions, .. }) = &held.document else { return Ok(Vec::new()) };
        let Some(newest) = versions.versions.last() else { return Ok(Vec::new()) };
        let (holders, _) = self.holders(&BTreeSet::from([newest.by.at.clone()])).await?;
        Ok(holders.into_iter().map(|holder| holder.office).collect())
    }
}

/// What belongs to a document: agendas that came from it, drafts of this office for it, the agenda of a draft.
fn related(held: &HeldDocument) -> Vec<CoordinationLine> {
    let mut lines = super::agendas_from(&held.shelf, &held.row.doc);
    if let Coordination::InternalDraft(draft) = &held.document {
        lines.extend(choices::agenda_of(held, draft).map(|agenda| agenda_line(agenda, false)));
    }
    let drafts = held.shelf.drafts.iter().filter(|draft| draft.agenda.what.agenda == held.row.doc);
    lines.extend(drafts.map(draft_line));
    lines
}
