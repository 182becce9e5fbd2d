//! Runs: one seed after the other, what they showed together, and what is said of one that fails.

use std::{
    any::Any,
    cell::RefCell,
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use anyhow::{Context, ensure};

use crate::{
    day::Days,
    net::Net,
    report::Outcome,
    schedule::{Plan, shrink},
    world::PROGRAMME_NODES,
};

/// How many runs make a set.
pub(crate) const SEEDS: u64 = 200;

/// Seeds that once failed, each with what it showed. They are run in front of every set of usual runs.
///
/// - 1795955494: who learned of its own admission while it greeted a peer shared nothing with it.
/// - 1796015350: a disk that was set back and written to at once was asked to hold both branches.
/// - 1796015717: a greeting was overtaken.
/// - 1796016041: statements came after the rest had been compared.
/// - 1796028316: who removed the author of a case had never heard of the case.
/// - 1796034235: nobody removed a copied key.
/// - 1796042369: of two new machines neither knew the other, and a summary came before the proof was checked.
const FAILED_ONCE: [u64; 10] = [
    1_795_955_494,
    1_796_015_350,
    1_796_015_717,
    1_796_016_041,
    1_796_028_316,
    1_796_034_235,
    1_796_042_369,
    1_796_053_446,
    1_796_054_724,
    1_796_057_865,
];

/// How many shorter runs are tried for a failing one.
const SHRINK_TRIES: usize = 300;

/// Every kind of fault has to take effect in some run of a set.
pub(crate) const FAULTS: &[&str] = &[
    "bytes damaged",
    "drop",
    "duplicate",
    "delay",
    "partition",
    "one-way partition",
    "idle",
    "crash",
    "unsynced writes lost",
    "suspend",
    "clock jump",
    "duplicate connection",
    "calls that cross",
    "disk full",
    "not stored",
    "reorder",
    "rollback",
    "restore from an old backup",
    "clone",
    "stolen key used beside its owner",
    "write after removal",
    "backdated removal",
    "forged receipt",
    "counter bomb",
    "replay",
    "flood",
    "removal",
    "cut-off",
    "erasure",
];

/// What some run of a set has to have come across.
pub(crate) const MARKS: &[&str] = &[
    "a branch was given up",
    "a fork met its proof",
    "a form had to be shown again",
    "a form was saved that others had overtaken",
    "a journal was frozen",
    "a case was opened and handed on",
    "a founder voted",
    "a new machine took a lost one's place",
    "an office's second machine wrote",
    "a cut-off below what others built on",
    "a resume in the middle of a page",
    "a verdict flipped twice",
    "one of several values was chosen",
    "others knew more of a node than its disk",
    "own entries were fetched back",
    "somebody joined and wrote",
    "somebody was turned away",
    "what was built on cut ground was said again",
    "two wordings were read again",
    "a version lacked one signature",
    "an agreement was ditetapkan",
    "a party signed two versions at once",
    "a story ended with an agreement",
];

/// Makes a run; panics where a promise does not hold.
pub(crate) fn run(plan: &Plan, tell: bool) -> Outcome {
    // Every other network has only just been founded, so that statements are on their way beside the entries.
    let first_day = !plan.seed.is_multiple_of(2) && plan.nodes == PROGRAMME_NODES;
    let mut net = if first_day { Net::first_day(plan.seed, plan.nodes) } else { Net::whole(plan.seed, plan.nodes) };
    let mut days = Days::default();
    for (number, step) in plan.steps.iter().enumerate() {
        net.step(step, &mut days, tell);
        let mut some = net.admitted();
        // Of a large network some after each step, in turn; at rest all.
        let first = number * PROGRAMME_NODES % some.len().max(1);
        some.rotate_left(first);
        some.truncate(PROGRAMME_NODES);
        net.expect_no_risk_understated(&some);
        net.expect_health_true(&some);
        net.expect_erased(&some);
    }
    let healed = net.night(&mut days);
    net.expect_at_rest();
    let admitted = net.admitted();
    if plan.nodes == PROGRAMME_NODES {
        net.marks.add(&crate::agreements::run(plan.seed));
    }
    let mut figures = net.figures(&admitted);
    figures.node_days = net.elapsed().as_secs_f64() / 86_400.0 * net.nodes.len() as f64;
    figures.convergence_ms = net.last_news().saturating_sub(healed).as_millis() as u64;
    Outcome { fired: net.fired, marks: net.marks, figures }
}

/// A promise that does not hold.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) why: String,
    /// The check that says so: file, line and column.
    check: String,
}

thread_local! {
    /// Where this thread last panicked.
    static PANICKED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Does something while panics are not printed, only where they are noted: what failed is said once it is as short as
/// it gets.
fn quietly<T>(what: impl FnOnce() -> T) -> T {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|info| PANICKED.set(info.location().map(ToString::to_string).unwrap_or_default())));
    let done = what();
    panic::set_hook(hook);
    done
}

/// The same; a promise that does not hold is what comes back.
fn attempt(plan: &Plan) -> Result<Outcome, Failure> {
    catch_unwind(AssertUnwindSafe(|| run(plan, false)))
        .map_err(|panic| Failure { why: said(panic.as_ref()), check: PANICKED.take() })
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// Replays one run and says what it does.
pub(crate) fn replay(seed: u64, nodes: usize, days: u64, keep: Option<&str>) -> anyhow::Result<()> {
    let whole = Plan::draw(seed, nodes, days);
    let plan = match keep {
        None => whole.clone(),
        Some("none") => whole.clone().only(&[]),
        Some(list) => {
            let numbers: Result<Vec<usize>, _> = list.split(',').map(str::parse).collect();
            whole.clone().only(&numbers.context("the steps to keep are numbers, as in 3,11")?)
        }
    };
    let began = Instant::now();
    let outcome = run(&plan, true);
    let took = began.elapsed().as_secs_f64();
    println!("{}\n\n{}\n\n{}", outcome.fired, outcome.marks, outcome.figures);
    println!("{:.0} node-days in {took:.1} s", outcome.figures.node_days);
    Ok(())
}

/// Makes many runs, on as many threads as there are cores, and says what they showed together.
pub(crate) fn many(from: u64, count: u64, nodes: usize, days: u64) -> anyhow::Result<()> {
    let began = Instant::now();
    let usual = nodes == PROGRAMME_NODES && days == crate::DAYS;
    let failed_once = FAILED_ONCE.into_iter().filter(|_| usual);
    let seeds: Vec<u64> = failed_once.chain(from..from + count).collect();
    let (total, failed) = all(&seeds, nodes, days, None);
    let took = began.elapsed().as_secs_f64();
    println!("{} runs of {nodes} nodes and {days} days\n\nfaults that took effect:\n{}", seeds.len(), total.fired);
    println!("\ncame across:\n{}\n\n{}", total.marks, total.figures);
    let days_per_second = total.figures.node_days / took;
    println!("{days_per_second:.0} node-days a second on {} threads", threads());
    if let Some((plan, failure)) = failed {
        report(&plan, &failure);
        anyhow::bail!("a promise does not hold under seed {}", plan.seed);
    }
    if count >= SEEDS && nodes == PROGRAMME_NODES {
        let (faults, marks) = (total.fired.missing(FAULTS), total.marks.missing(MARKS));
        ensure!(faults.is_empty(), "no run had {faults:?}");
        ensure!(marks.is_empty(), "no run came across {marks:?}");
    }
    Ok(())
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Runs all of these, and stops at the first that fails.
pub(crate) fn all(
    seeds: &[u64],
    nodes: usize,
    days: u64,
    variant: Option<&'static str>,
) -> (Outcome, Option<(Plan, Failure)>) {
    let next = AtomicU64::new(0);
    let shared: Mutex<(Outcome, Option<(Plan, Failure)>)> = Mutex::default();
    let work = || {
        crate::broken::choose(variant);
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            let plan = Plan::draw(*seed, nodes, days);
            let done = attempt(&plan);
            let mut shared = shared.lock().unwrap();
            match done {
                Ok(outcome) => {
                    shared.0.fired.add(&outcome.fired);
                    shared.0.marks.add(&outcome.marks);
                    shared.0.figures.add(&outcome.figures);
                }
                Err(failure) => {
                    shared.1.get_or_insert((plan, failure));
                    next.store(u64::MAX / 2, Ordering::Relaxed);
                }
            }
        }
    };
    quietly(|| thread::scope(|scope| (0..threads()).for_each(|_| drop(scope.spawn(work)))));
    shared.into_inner().unwrap()
}

/// Says of a failing run how to replay it, as short as it gets.
fn report(plan: &Plan, failure: &Failure) {
    println!("\nFAILED: {}\nreplay with: {}", failure.why, plan.command(plan));
    // Another promise that a shorter run breaks is another matter.
    let same = |plan: &Plan| attempt(plan).err().filter(|other| other.check == failure.check);
    let short = quietly(|| shrink(plan.clone(), SHRINK_TRIES, |plan| same(plan).is_some()));
    if let Some(still) = quietly(|| same(&short)).filter(|_| short != *plan) {
        println!("shorter: {}\n  {}", short.command(plan), still.why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole set in release, some of it with every test: `SIM_SEEDS` says how many.
    #[test]
    fn days_in_the_programme_keep_every_promise() {
        let count = std::env::var("SIM_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS);
        many(1, count, PROGRAMME_NODES, crate::DAYS).unwrap();
    }

    /// The whole programme of one stage; `scripts/sim --nodes 650` runs it for a month.
    #[test]
    fn days_of_650_offices_keep_every_promise() {
        many(1, 1, 650, 3).unwrap();
    }
}
