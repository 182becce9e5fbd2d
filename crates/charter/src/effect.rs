//! What a statement does, and if nothing, why: in words for people.

use std::fmt;

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It has its effect.
    Counts,
    /// Not yet: another statement may come that gives it effect.
    Waiting(WaitReason),
    /// It has none.
    Void(VoidReason),
}

/// What a statement waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The founding, or signatures that it lacks.
    Founding,
    /// An admission of its author.
    Author,
    /// An adoption of its author's admission, which fell with the sponsor's key.
    AuthorFell,
    /// A statement about the node or office that it speaks of.
    Subject,
    /// A statement that it names.
    Statement,
    /// More votes.
    Votes {
        /// The founder offices that signed.
        given: usize,
        /// How many are a majority.
        needed: usize,
    },
    /// The acts that come before its founder-set version.
    Version,
}

/// Why a statement has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoidReason {
    /// Said in another network.
    OtherNetwork,
    /// A practice request in a real network, or the reverse.
    OtherSort,
    /// Its author was removed, and the removal does not keep it.
    AuthorRemoved,
    /// Its author's office is not above the one it speaks of, or may not order anything in the scope.
    NoAuthority,
    /// Only a majority of the founders is above a founder.
    MajorityOnly,
    /// The key already speaks for another office.
    OtherOffice,
    /// Another act of the same founder-set version stands.
    OtherAct,
    /// The act changes nothing, or would leave no founder.
    Inapplicable,
    /// It names what such a statement cannot be about.
    NotSuch,
    /// A later statement replaced it, or one of higher rank stands.
    Replaced,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Effect::Counts => f.write_str("counts"),
            Effect::Waiting(reason) => write!(f, "waiting for {reason}"),
            Effect::Void(reason) => write!(f, "void: {reason}"),
        }
    }
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Founding => f.write_str("the founding, signed by every founder"),
            Self::Author => f.write_str("an admission of its author"),
            Self::AuthorFell => f.write_str("somebody to adopt its author's admission, which fell with its sponsor"),
            Self::Subject => f.write_str("a statement about the node or office that it names"),
            Self::Statement => f.write_str("a statement that it names"),
            Self::Votes { given, needed } => write!(f, "more votes: {given} of {needed} are given"),
            Self::Version => f.write_str("the acts before its founder-set version"),
        }
    }
}

impl fmt::Display for VoidReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherNetwork => "said in another network",
            Self::OtherSort => "a practice request in a real network, or the reverse",
            Self::AuthorRemoved => "its author was removed and the removal does not keep it",
            Self::NoAuthority => "its author's office has no say here",
            Self::MajorityOnly => "only a majority of the founders is above a founder",
            Self::OtherOffice => "the key already speaks for another office",
            Self::OtherAct => "another act of the same founder-set version stands",
            Self::Inapplicable => "it changes nothing, or would leave no founder",
            Self::NotSuch => "it names what such a statement cannot be about",
            Self::Replaced => "replaced by another statement",
        })
    }
}
