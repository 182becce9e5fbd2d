//! The words of founding a network and of what its founders decide together.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Data, Print};

/// Founding a network.
#[derive(Debug, Subcommand)]
pub(crate) enum CharterCommand {
    /// Write the founders' statement from their requests.
    Draft {
        /// The draft to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// A network for practice (LATIHAN).
        #[arg(long)]
        practice: bool,
        /// The requests of all founders.
        #[arg(required = true, value_name = "REQUEST")]
        requests: Vec<PathBuf>,
    },
    /// Sign a draft for one's own office: the founders' statement, or an act of the founders.
    Sign {
        #[command(flatten)]
        data: Data,
        /// The draft.
        draft: PathBuf,
        /// The signature to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Put the signatures together; fails by name if one is missing.
    Found {
        /// The founding file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The draft.
        draft: PathBuf,
        /// The signatures of all founders.
        #[arg(required = true, value_name = "SIGNATURE")]
        signatures: Vec<PathBuf>,
    },
    /// Draft what only a majority of the founders can do; each founder signs it with `charter sign`.
    #[command(
        after_help = "Example:\n  simpul charter propose --data ./kemnaker --out act --remove-founder \"Kementerian X\""
    )]
    Propose {
        #[command(flatten)]
        data: Data,
        /// The draft to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        proposed: Proposed,
    },
    /// Put the founders' signatures of a draft into effect; they may also come one after the other.
    Enact {
        #[command(flatten)]
        data: Data,
        /// The draft.
        draft: PathBuf,
        /// The signatures.
        #[arg(required = true, value_name = "SIGNATURE")]
        signatures: Vec<PathBuf>,
        #[command(flatten)]
        print: Print,
    },
    /// Say that an office carries on for others that were merged, split or dissolved: from then on nobody waits for them.
    #[command(
        after_help = "Example:\n  simpul charter succeed --data ./wonosobo --from \"Desa Garung\" --to \"Desa Kuripan\"\n\nIt moves no right: the computers of the old office go on until they are removed (`simpul remove`)."
    )]
    Succeed {
        #[command(flatten)]
        data: Data,
        /// An office of old, by its id or its name; may be repeated.
        #[arg(long, value_name = "OFFICE", required = true)]
        from: Vec<String>,
        /// The office that carries on.
        #[arg(long, value_name = "OFFICE")]
        to: String,
    },
    /// Who may read and write what; `--json` prints it as `propose --policy` takes it.
    Policy {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        print: Print,
    },
    /// Which offices and nodes belong, and which statements say so.
    Show {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        print: Print,
    },
}

/// What is proposed to the founders, and what belongs to it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Proposed {
    #[command(flatten)]
    pub(crate) act: Act,
    /// With --remove-node: why, for those who read it later.
    #[arg(long, value_name = "TEXT", requires = "remove_node", default_value = "")]
    pub(crate) reason: String,
    /// With --cutoff: the scope.
    #[arg(long, value_name = "SCOPE", requires = "cutoff")]
    pub(crate) scope: Option<String>,
    /// With --cutoff: the point, as for `simpul cutoff`.
    #[arg(long, value_name = "POINT", requires = "cutoff")]
    pub(crate) at: Option<String>,
    /// With --cutoff: as for `simpul cutoff`.
    #[arg(long, requires = "cutoff")]
    pub(crate) void: bool,
}

/// What a majority of the founders is to decide: one of these.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Act {
    /// Another founder, by its request: a file, or its line of text.
    #[arg(long, value_name = "REQUEST")]
    pub(crate) add_founder: Option<String>,
    /// An office that has no vote any more: its id or its name.
    #[arg(long, value_name = "OFFICE")]
    pub(crate) remove_founder: Option<String>,
    /// Another sharing policy: a changed copy of what `charter policy --json` prints.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A further node for a founder that has none left, by its request.
    #[arg(long, value_name = "REQUEST")]
    pub(crate) admit_node: Option<String>,
    /// The key of a node that speaks no more, a founder's or any other.
    #[arg(long, value_name = "KEY")]
    pub(crate) remove_node: Option<String>,
    /// The key of a node whose entries count up to a point in --scope, above every other cut-off.
    #[arg(long, value_name = "KEY", requires = "scope")]
    pub(crate) cutoff: Option<String>,
}
