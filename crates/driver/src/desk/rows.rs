//! What the index is told of a run that is durable, and of a journal that goes on along another branch.

use std::{collections::BTreeMap, sync::Arc};

use identity::{JournalId, Point};
use journal::{Subject, VerifiedRun};
use store::{DocumentId, Index, IndexOp, PageRow, Row, StoreError};

use super::Desk;

impl Desk {
    /// Rows for a run that is durable.
    pub(crate) fn index_run(
        &self,
        run: &Arc<VerifiedRun>,
        at: store::Location,
        part: u32,
        ops: &mut Vec<IndexOp>,
    ) -> Result<(), StoreError> {
        index_run(&self.index, run, at, part, ops)?;
        let page = PageRow { first_seq: run.first(), last: run.last(), at, part, sealed: run.is_whole_page() };
        self.shelf.remember(&page, run.clone());
        Ok(())
    }
}

/// Rows for a run that is durable: its page and its documents' entries.
pub(crate) fn index_run(
    index: &Index,
    run: &VerifiedRun,
    at: store::Location,
    part: u32,
    ops: &mut Vec<IndexOp>,
) -> Result<(), StoreError> {
    let journal = index.intern_journal(run.journal())?;
    let scope = index.intern_scope(&run.journal().scope)?;
    if run.is_whole_page() {
        // The pieces that its entries came in before are no longer needed, nor the one that filled it just now.
        let inside = |first: u64, last: u64| first > run.first() && last <= run.last().seq;
        ops.retain(|op| {
            let IndexOp::Page { journal: of, page } = op else { return true };
            *of != journal || !inside(page.first_seq, page.last.seq)
        });
        for piece in index.pages_from(journal, run.first(), usize::MAX)? {
            if inside(piece.first_seq, piece.last.seq) {
                ops.push(IndexOp::DropPage { journal, first_seq: piece.first_seq });
            }
        }
    }
    let page = PageRow { first_seq: run.first(), last: run.last(), at, part, sealed: run.is_whole_page() };
    ops.push(IndexOp::Page { journal, page });
    let mut documents: BTreeMap<DocumentId, Vec<Row>> = BTreeMap::new();
    for (seq, entry) in (run.first()..).zip(run.entries()) {
        let document = match &entry.header.subject {
            Subject::Creates { predecessor } => {
                let document = DocumentId { journal, seq };
                if let Some(of) = predecessor {
                    let of = DocumentId { journal: index.intern_journal(&of.journal)?, seq: of.seq };
                    ops.push(IndexOp::Successor { of, document });
                }
                document
            }
            Subject::Of(document) => {
                DocumentId { journal: index.intern_journal(&document.journal)?, seq: document.seq }
            }
        };
        documents.entry(document).or_default().push(Row { journal, seq, change: None });
    }
    ops.extend(documents.into_iter().map(|(document, rows)| IndexOp::Rows { scope, document, rows }));
    Ok(())
}

/// Rows for a journal that goes on from a point along another branch: the pages above it are no longer of it.
pub(crate) fn rewind_rows(
    index: &Index,
    journal: &JournalId,
    to: Point,
    ops: &mut Vec<IndexOp>,
) -> Result<(), StoreError> {
    let Some(journal) = index.journal_number(journal) else { return Ok(()) };
    for row in index.pages_from(journal, to.seq + 1, usize::MAX)? {
        ops.push(IndexOp::DropPage { journal, first_seq: row.first_seq });
        if row.first_seq <= to.seq {
            ops.push(IndexOp::Page { journal, page: PageRow { last: to, sealed: false, ..row } });
        }
    }
    Ok(())
}
