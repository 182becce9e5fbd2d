//! Randomness that a seed repeats: each case draws from its own, so that one case can be run again alone.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Where all choices come from.
pub(crate) type Chance = ChaCha8Rng;

/// What case `case` of a seed draws from.
pub(crate) fn of(seed: u64, case: u64) -> Chance {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(case);
    chance
}
