//! Deliberately wrong behaviour, for the simulator to catch: a check that catches nothing proves nothing.
//!
//! Compiled in only with the feature `broken`, which nothing but `scripts/sim --broken` turns on. Without it every
//! question is answered with no, at no cost.

/// Whether this variant is chosen on this thread.
#[cfg(feature = "broken")]
pub fn is(variant: &str) -> bool {
    CHOSEN.get() == Some(variant)
}

/// Whether this variant is chosen: never.
#[cfg(not(feature = "broken"))]
#[inline(always)]
pub const fn is(_variant: &str) -> bool {
    false
}

#[cfg(feature = "broken")]
std::thread_local! {
    static CHOSEN: std::cell::Cell<Option<&'static str>> = const { std::cell::Cell::new(None) };
}

/// Chooses a variant for this thread.
#[cfg(feature = "broken")]
pub fn choose(variant: Option<&'static str>) {
    CHOSEN.set(variant);
}
