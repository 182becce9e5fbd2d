//! What happens when: a list of steps drawn from one seed.
//!
//! Each step has a seed of its own, so that leaving one out changes nothing of what the others draw.

use std::time::Duration;

use crate::random::Random;

/// One step: how long nobody does anything before it, and what it draws from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) number: usize,
    pub(crate) after: Duration,
    pub(crate) seed: u64,
}

/// A run to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) nodes: usize,
    pub(crate) days: u64,
    pub(crate) steps: Vec<Step>,
}

/// How many steps happen in a day on average in the programme's own network.
const STEPS_A_DAY: u64 = 3;

/// How many more nodes make one more step a day in a large one.
const NODES_A_STEP: usize = 40;

impl Plan {
    pub(crate) fn draw(seed: u64, nodes: usize, days: u64) -> Self {
        let mut random = Random::new(seed);
        let a_day = STEPS_A_DAY + (nodes.saturating_sub(crate::world::PROGRAMME_NODES) / NODES_A_STEP) as u64;
        let count = days * a_day / 2 + random.below(days * a_day + 1);
        let mut steps: Vec<Step> = Vec::new();
        for number in 0..count as usize {
            let after = match random.below(4) {
                0 => Duration::from_millis(random.below(50)),
                1 | 2 => Duration::from_secs(random.below(40)),
                _ => Duration::from_secs(random.below(2 * 86_400 * 4 / a_day)),
            };
            steps.push(Step { number, after, seed: random.next() });
        }
        Self { seed, nodes, days, steps }
    }

    /// The same without the steps that are not named.
    pub(crate) fn only(mut self, keep: &[usize]) -> Self {
        self.steps.retain(|step| keep.contains(&step.number));
        self
    }

    /// The command that replays it.
    pub(crate) fn command(&self, whole: &Plan) -> String {
        let mut command = format!("scripts/sim {}", self.seed);
        if self.nodes != crate::world::PROGRAMME_NODES {
            command += &format!(" --nodes {}", self.nodes);
        }
        if self.days != crate::DAYS {
            command += &format!(" --days {}", self.days);
        }
        if self.steps != whole.steps {
            let keep: Vec<String> = self.steps.iter().map(|step| step.number.to_string()).collect();
            command += &format!(" --keep {}", if keep.is_empty() { "none".to_owned() } else { keep.join(",") });
        }
        command
    }
}

/// Leaves out what steps it can while `fails` still says that the run fails; at most `tries` runs.
pub(crate) fn shrink(plan: Plan, tries: usize, mut fails: impl FnMut(&Plan) -> bool) -> Plan {
    let mut best = plan;
    let mut left = tries;
    let mut chunk = best.steps.len().div_ceil(2);
    while chunk > 0 {
        let mut at = 0;
        while at < best.steps.len() && left > 0 {
            let mut shorter = best.clone();
            shorter.steps.drain(at..(at + chunk).min(best.steps.len()));
            left -= 1;
            if fails(&shorter) { best = shorter } else { at += chunk }
        }
        chunk = if chunk == 1 || left == 0 { 0 } else { chunk.div_ceil(2) };
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_schedule_shrinks_to_the_steps_that_matter() {
        let plan = Plan::draw(7, 22, 30);
        assert!(plan.steps.len() > 20, "{}", plan.steps.len());
        let needs = |plan: &Plan| [3, 11].iter().all(|number| plan.steps.iter().any(|step| step.number == *number));
        let small = shrink(plan.clone(), 1000, needs);
        assert_eq!(small.steps.iter().map(|step| step.number).collect::<Vec<_>>(), [3, 11]);
        assert_eq!(plan.clone().only(&[3, 11]), small);
        assert_eq!(small.command(&plan), "scripts/sim 7 --keep 3,11");
        assert_eq!(plan.command(&plan), "scripts/sim 7");
    }
}
