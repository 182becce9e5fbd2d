//! The names of the ways in which an input may end: the variants of an enum.

/// Names every variant of an enum: `$name` gives the name of a value, `$all` is the list. A variant that is missing
/// here does not compile.
macro_rules! ends {
    ($name:ident, $all:ident: $type:ident { $($variant:ident),* $(,)? }) => {
        pub(crate) fn $name(value: &$type) -> &'static str {
            match value {
                $($type::$variant { .. } => concat!(stringify!($type), "::", stringify!($variant)),)*
            }
        }
        pub(crate) const $all: &[&str] = &[$(concat!(stringify!($type), "::", stringify!($variant))),*];
    };
}

pub(crate) use ends;
