//! Deliberately wrong variants of the product and of its use: each has to be caught, or the checks prove nothing.

/// The variant in which a node that comes back talks first and erases then.
pub(crate) const ERASE_LATE: &str = "erase after the first exchange instead of before";

/// The variants, each by the name that the code asks for.
#[cfg(feature = "broken")]
const VARIANTS: [&str; 16] = [
    "skip a sync",
    "send before the sync",
    "accept beyond a cut-off",
    "reuse an incarnation after a restore",
    "believe a receipt off the chain",
    "understate only-here",
    "compare haves by number",
    "drop one page of a resume",
    "re-issue with a used number",
    "plain put from an old form",
    "show an erased document after a restore",
    ERASE_LATE,
    "charter depends on arrival order",
    "void removals by the removed",
    "count a founder's vote twice",
    "guard judged against the batch",
];

/// Chooses a variant for this thread.
#[cfg(feature = "broken")]
pub(crate) use identity::broken::choose;

/// There are none to choose from in this build.
#[cfg(not(feature = "broken"))]
pub(crate) fn choose(_variant: Option<&'static str>) {}

/// Runs every variant, or the one with this name, until a run catches it.
#[cfg(feature = "broken")]
pub(crate) fn table(only: &str, seeds: u64) -> anyhow::Result<()> {
    let variants: Vec<&'static str> = VARIANTS.into_iter().filter(|name| only.is_empty() || *name == only).collect();
    anyhow::ensure!(!variants.is_empty(), "there is no such variant; they are: {}", VARIANTS.join(", "));
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_header(["variant", "caught by seed", "as"]);
    let mut missed = Vec::new();
    for variant in variants {
        let all: Vec<u64> = (1..=seeds).collect();
        let (_, failed) = crate::runs::all(&all, crate::world::PROGRAMME_NODES, crate::DAYS, Some(variant));
        // One after the other, so that somebody who waits sees how far it is.
        eprintln!(
            "{variant}: {}",
            failed.as_ref().map_or("not caught", |(_, failure)| failure.why.as_str()).lines().next().unwrap_or("")
        );
        match failed {
            Some((plan, failure)) => {
                table.add_row([variant.to_owned(), plan.seed.to_string(), failure.why.chars().take(90).collect()]);
            }
            None => missed.push(variant),
        }
    }
    println!("{table}");
    anyhow::ensure!(missed.is_empty(), "not caught within {seeds} seeds: {missed:?}");
    Ok(())
}

/// There are none to run in this build.
#[cfg(not(feature = "broken"))]
pub(crate) fn table(_only: &str, _seeds: u64) -> anyhow::Result<()> {
    anyhow::bail!("this simulator was built without the broken variants: use scripts/sim --broken")
}
