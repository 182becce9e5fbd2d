//! How far an agenda is once its commitments run: the second half of the states of 1.18.

use super::{Agenda, AgendaStage, Kept, Shelf};
use crate::{Date, value::codes};

codes! {
    /// How far an agenda is, from the proposal to the next round (1.18).
    Lifecycle {
        /// Proposed.
        Proposed = "diusulkan", "diusulkan", "proposed", [];
        /// Parties said what they think.
        Stands = "tanggapan", "tanggapan pihak", "the parties answer", [];
        /// Discussed.
        Discussed = "dibahas", "dibahas", "discussed", [];
        /// There is a final text.
        Final = "kesepakatan", "kesepakatan", "agreed text", [];
        /// Signed on paper, and being confirmed.
        OnPaper = "di_kertas", "ditandatangani di kertas", "signed on paper", [];
        /// Ratified by every party.
        Ratified = "ditetapkan", "ditetapkan", "ratified by all", [];
        /// Every commitment is programmed by its owner.
        Programmed = "diprogramkan", "komitmen diprogramkan", "commitments programmed", [];
        /// Work is under way.
        Running = "dijalankan", "dijalankan", "under way", [];
        /// Every commitment was kept.
        Kept = "dipenuhi", "dipenuhi", "kept", [];
        /// One was broken.
        Breached = "ingkar", "ingkar", "breached", [];
        /// The superior of whoever broke it has spoken.
        Sanctioned = "sanksi", "sanksi atasan", "sanctioned by the superior", [];
        /// There is feedback for the next round.
        Feedback = "umpan_balik", "umpan balik", "feedback", [];
        /// An agenda has taken it up.
        Next = "agenda_berikut", "agenda berikut", "next agenda", [];
        /// Closed without an agreement.
        Closed = "ditutup", "ditutup tanpa kesepakatan", "closed without an agreement", [];
    }
}

/// How far an agenda is on a day, with its commitments as far as they are read here.
pub fn lifecycle(agenda: &Agenda, shelf: &Shelf, day: Date) -> Lifecycle {
    let in_force = match agenda.stage() {
        AgendaStage::Proposed => return Lifecycle::Proposed,
        AgendaStage::Stands => return Lifecycle::Stands,
        AgendaStage::Discussed => return Lifecycle::Discussed,
        AgendaStage::Final => return Lifecycle::Final,
        AgendaStage::Closed => return Lifecycle::Closed,
        AgendaStage::OnPaper => Lifecycle::OnPaper,
        AgendaStage::Ratified => Lifecycle::Ratified,
    };
    let commitments: Vec<_> = shelf.commitments_of(agenda).filter(|commitment| commitment.accepted).collect();
    if commitments.is_empty() {
        return in_force;
    }
    if commitments.iter().any(|commitment| !commitment.feedback.is_empty()) {
        let taken = commitments.iter().all(|commitment| commitment.open_feedback().next().is_none());
        return if taken { Lifecycle::Next } else { Lifecycle::Feedback };
    }
    let kept: Vec<Kept> = commitments.iter().map(|commitment| commitment.kept(day)).collect();
    let broken = |kept: &Kept| matches!(kept, Kept::Breached(_));
    if kept.iter().any(broken) {
        let answered =
            commitments.iter().zip(&kept).filter(|(_, kept)| broken(kept)).all(|(c, _)| !c.sanctions.is_empty());
        return if answered { Lifecycle::Sanctioned } else { Lifecycle::Breached };
    }
    if kept.iter().all(|kept| matches!(kept, Kept::Kept | Kept::KeptLate)) {
        Lifecycle::Kept
    } else if commitments.iter().any(|commitment| !commitment.progress.is_empty()) {
        Lifecycle::Running
    } else if commitments.iter().all(|commitment| !commitment.programmed.is_empty()) {
        Lifecycle::Programmed
    } else {
        in_force
    }
}
