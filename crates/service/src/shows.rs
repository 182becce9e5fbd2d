//! What this node shows of a scope while it holds what it holds: said in its reports, and compared with those of others.

use std::sync::{Mutex, PoisonError};

use ::health::Shows;
use identity::{NodeKey, ScopeName};
use sync::Beacon;

use crate::{Service, problem::Problem};

/// Of how many reports what they say is compared at one look: a ministry hears of thousands of offices, and each says
/// the same again until its next report.
const COMPARED_MAX: usize = 32;

/// For how many looks a scope has its turn.
const LOOKS_MAX: u32 = 5;

/// The scope that is reported on in its turn, and what was compared before.
#[derive(Debug, Default)]
pub(crate) struct Turn(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    turn: usize,
    /// At how many looks it was this scope's turn.
    looks: u32,
    /// What this node showed at the last look, and what it reports: what it showed at two looks running.
    last: Option<Shows>,
    reported: Option<Shows>,
    /// Where among the reports of others the next look goes on.
    next: usize,
}

fn number(hash: &[u8]) -> i64 {
    hash.first_chunk().map_or(0, |first| i64::from_be_bytes(*first))
}

fn scope_number(scope: &ScopeName) -> i64 {
    number(blake3::hash(scope.as_str().as_bytes()).as_bytes())
}

impl Service {
    /// None while the tables are behind what is held.
    async fn shows(&self, scope: ScopeName) -> Result<Option<Shows>, Problem> {
        let name = scope.clone();
        let (mark, state) =
            self.reading().look(move |views| Ok((views.watermark(&name)?, views.fingerprint(&name)?))).await?;
        let held = self.node().held_fingerprint(scope.clone()).await;
        let now = self.node().watermark(scope.clone()).await;
        let up_to_date = mark.zip(now).is_some_and(|(mark, now)| mark.points == now);
        let shows = |held: String| Shows {
            scope: scope_number(&scope),
            held: number(blake3::hash(held.as_bytes()).as_bytes()),
            state: number(&state.0),
        };
        Ok(held.filter(|_| up_to_date).map(shows))
    }

    /// What is shown here of one scope after the other; said only once it was so at two looks running.
    pub(crate) async fn shows_in_turn(&self, scopes: &[ScopeName]) -> Result<Option<Shows>, Problem> {
        let turn = |state: &State| scopes.get(state.turn % scopes.len().max(1)).cloned();
        let Some(scope) = turn(&self.turn()) else { return Ok(None) };
        let shows = self.shows(scope).await?;
        let mut state = self.turn();
        let settled = shows.is_some() && shows == state.last;
        if settled {
            state.reported = shows;
        }
        (state.last, state.looks) = (shows, state.looks + 1);
        // A scope in which somebody always writes does not keep the others from their turn.
        if settled || state.looks >= LOOKS_MAX {
            (state.turn, state.looks) = (state.turn.wrapping_add(1), 0);
        }
        Ok(state.reported)
    }

    /// What is shown here of scopes that others reported of.
    pub(crate) async fn shown(
        &self,
        reports: &[(NodeKey, Beacon)],
        scopes: &[ScopeName],
    ) -> Result<Vec<Shows>, Problem> {
        let others = reports.iter().filter(|(node, _)| *node != self.node().key());
        let said: Vec<i64> = others.filter_map(|(_, report)| Some(Shows::of_report(report)?.scope)).collect();
        let first = std::mem::take(&mut self.turn().next);
        let first = if first < said.len() { first } else { 0 };
        self.turn().next = first + COMPARED_MAX;
        let mut wanted: Vec<i64> = said.into_iter().skip(first).take(COMPARED_MAX).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut shown = Vec::new();
        for scope in scopes.iter().filter(|scope| wanted.binary_search(&scope_number(scope)).is_ok()) {
            shown.extend(self.shows(scope.clone()).await?);
        }
        Ok(shown)
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, State> {
        self.looking().turn.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
