//! The words of the command line. These names are a contract: scripts and other programs are built on them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

mod charter;

pub(crate) use charter::{Act, CharterCommand, Proposed};

/// Offices that are equals keep one set of records together.
#[derive(Debug, Parser)]
#[command(name = "simpul", version, about, long_about = None, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed (error: and hint: on stderr), 2 the command was not understood.")]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The data folder of one node.
#[derive(Debug, Clone, Args)]
pub(crate) struct Data {
    /// The node's data folder.
    #[arg(long = "data", value_name = "DIR", env = "SIMPUL_DATA", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
    /// Where the key that opens the store lies, if not in the data folder.
    #[arg(long, value_name = "FILE", env = "SIMPUL_MACHINE_KEY", value_hint = ValueHint::FilePath)]
    pub(crate) machine_key: Option<PathBuf>,
}

impl Data {
    /// How the store is opened.
    pub(crate) fn store(&self) -> service::StoreOptions {
        let mut options = service::StoreOptions::new(&self.dir);
        if let Some(file) = &self.machine_key {
            options.machine_key = service::MachineKeySource::File(file.clone());
        }
        options
    }
}

/// How a reading command prints.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Print {
    /// Print JSON for other programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is asked about how things are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum HealthOf {
    /// One office: how it kept in touch, and whom to call there.
    Office,
    /// What does not count here, or not yet: why, and what to do.
    Refused,
    /// Computers that lost their rights or behave as two, and what was said of the network.
    Security,
    /// What the data takes on the disk, how much room is left, and what the last start found damaged.
    Storage,
    /// Who opened, took away or changed which record here.
    Trail,
    /// Nothing: a message is sent by every way that alerts take, and how each went is said.
    TestAlert,
}

/// How things are.
#[derive(Debug, Clone, Args)]
pub(crate) struct Health {
    /// Something else than how everything is.
    #[arg(value_enum, conflicts_with_all = ["watch", "handle"])]
    pub(crate) what: Option<HealthOf>,
    /// For `office`: its id or its name. For `trail`: one record, as addresses name it.
    #[arg(value_name = "OF", required_if_eq("what", "office"))]
    pub(crate) of: Option<String>,
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) print: Print,
    /// Look again and again, and print whenever something changes.
    #[arg(long)]
    pub(crate) watch: bool,
    /// The language of the sentences.
    #[arg(long, value_enum, default_value = "en", env = "SIMPUL_LANG")]
    pub(crate) lang: Lang,
    /// Deal with this alert: it sleeps until the hours given with --hours are over.
    #[arg(long, value_name = "ALERT", requires = "by", conflicts_with = "watch")]
    pub(crate) handle: Option<String>,
    /// Who deals with it.
    #[arg(long, value_name = "NAME", requires = "handle")]
    pub(crate) by: Option<String>,
    /// For how many hours.
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=2160))]
    pub(crate) hours: u16,
}

/// A language of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// Indonesian.
    Id,
    /// English.
    En,
}

/// Who writes.
#[derive(Debug, Clone, Args)]
pub(crate) struct By {
    /// The handle of the officer who writes, as it stands in every entry.
    #[arg(long, value_name = "HANDLE", env = "SIMPUL_OFFICER", default_value = "petugas")]
    pub(crate) officer: String,
}

/// Agreements as files.
#[derive(Debug, Subcommand)]
pub(crate) enum AgreementCommand {
    /// Write a version of an agreement to a file, with the signatures of its parties.
    #[command(
        after_help = "Example:\n  simpul agreement export --data ./kemnaker 5f1c… --agreement-version 9ab3… --out mou.json"
    )]
    Export {
        #[command(flatten)]
        data: Data,
        /// The agenda or published agreement, by its name in addresses.
        id: String,
        /// The version, by its hash.
        #[arg(long, value_name = "HASH")]
        agreement_version: String,
        /// The file to write; - for standard output.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: PathBuf,
    },
    /// Check an exported agreement with nothing but the file: who ratified this very text, and whose keys those are.
    #[command(
        after_help = "Exit codes: 0 every required party ratified it, 1 not, or the file was changed.\n\nExample:\n  simpul agreement verify mou.json"
    )]
    Verify {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        print: Print,
    },
}

/// Everything that `simpul` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a node: make its keys and its empty store.
    #[command(
        after_help = "Example:\n  simpul init --data ./kuripan --name \"Desa Kuripan\" --kind village --region 33.07.10.2004"
    )]
    Init {
        #[command(flatten)]
        data: Data,
        /// The office's name, as others will read it.
        #[arg(long, required_unless_present = "of", conflicts_with = "of")]
        name: Option<String>,
        /// ministry, agency, province, regency, unit or village.
        #[arg(long, required_unless_present = "of", conflicts_with = "of")]
        kind: Option<String>,
        /// The region's code: id for national offices, else 33, 33.07 or 33.07.10.2004.
        #[arg(long, required_unless_present = "of", conflicts_with = "of")]
        region: Option<String>,
        /// A further node of an office that exists: its office id.
        #[arg(long, value_name = "OFFICE")]
        of: Option<String>,
        /// For a practice network (LATIHAN), never for real records.
        #[arg(long)]
        practice: bool,
    },
    /// Write this node's signed request to join.
    #[command(after_help = "Example:\n  simpul request --data ./kuripan --out kuripan.request")]
    Request {
        #[command(flatten)]
        data: Data,
        /// The file to write; `-` prints one line of text that can be pasted.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Found a network, and look at who belongs to it.
    #[command(subcommand)]
    Charter(CharterCommand),
    /// Admit the office or node that made a request, and write its invite.
    Approve {
        #[command(flatten)]
        data: Data,
        /// The request file, or its line of text.
        request: String,
        /// The invite to write; `-` prints one line of text.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Join a network with its founding file or an invite.
    Join {
        #[command(flatten)]
        data: Data,
        /// The founding or invite file, or its line of text.
        file: String,
    },
    /// Take a node's rights away: what it wrote is frozen until a cut-off.
    Remove {
        #[command(flatten)]
        data: Data,
        /// The key of the node.
        #[arg(long, value_name = "KEY")]
        node: String,
        /// Why, for those who read it later.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Say up to where a removed node's entries count.
    Cutoff {
        #[command(flatten)]
        data: Data,
        /// The key of the node.
        #[arg(long, value_name = "KEY")]
        node: String,
        /// One scope only; else every scope that this office reads.
        #[arg(long, value_name = "SCOPE")]
        scope: Option<String>,
        /// The point, as NUMBER or INCARNATION:NUMBER, or `held` for all that is held here; else the highest that others
        /// built on.
        #[arg(long, value_name = "POINT")]
        at: Option<String>,
        /// Allow a point below what others built on; what hangs on it is re-issued by its authors.
        #[arg(long)]
        void: bool,
    },
    /// Run the node until it is told to stop.
    Run(crate::run::Arguments),
    /// The node of whoever is logged in at this laptop: runs it and opens its pages, without a terminal.
    Desk(crate::desk::Arguments),
    /// The participants of the programme.
    #[command(subcommand)]
    Participant(ParticipantCommand),
    /// Who may log in at the pages of this node.
    #[command(subcommand)]
    Officer(OfficerCommand),
    /// Which scripts may ask the API of this node.
    #[command(subcommand)]
    Token(TokenCommand),
    /// What this node holds, of whom, and what is nowhere else.
    Status {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        print: Print,
    },
    /// Have the running node call now every office that is not connected, however often that failed.
    Call {
        #[command(flatten)]
        data: Data,
    },
    /// How this office and those around it are, what is at risk, why, and what to do.
    #[command(
        after_help = "Exit codes: 0 nothing to do, 1 warning, 2 critical, 3 could not look.\n\nExample:\n  simpul health --data ./kuripan"
    )]
    Health(Health),
    /// Agreements as files that anybody can check.
    #[command(subcommand)]
    Agreement(AgreementCommand),
    /// Carry records by stick.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Write a copy of everything, sealed to the office's nodes and to its recovery key.
    #[command(after_help = "Example:\n  simpul backup --data ./kuripan --out /media/stick/kuripan.backup")]
    Backup {
        #[command(flatten)]
        data: Data,
        /// The file to write. The first backup writes the recovery key beside it.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: PathBuf,
        #[command(flatten)]
        print: Print,
    },
    /// Make a new node of a backup, on this or another machine; it has keys of its own and must be admitted.
    #[command(
        after_help = "Example:\n  simpul restore --data ./kuripan-2 kuripan.backup --key simpul-ab12cd34.recovery-key"
    )]
    Restore {
        #[command(flatten)]
        data: Data,
        /// The backup.
        file: PathBuf,
        /// The recovery key, or the file that holds it; else those that lie beside the backup are tried.
        #[arg(long, value_name = "KEY", conflicts_with = "sibling")]
        key: Option<String>,
        /// The data folder of another node of the office on this machine: its key opens the backup too.
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        sibling: Option<PathBuf>,
        #[command(flatten)]
        print: Print,
    },
    /// Put a signed newer program in place, and the old one back when the node does not come up with it.
    Upgrade(crate::upgrade::Arguments),
    /// Look for what is wrong, and put it right where that loses nothing.
    Doctor {
        #[command(flatten)]
        data: Data,
        /// Throw the index and the views away and build them again from the journals.
        #[arg(long)]
        rebuild: bool,
        /// Whom the running node reaches and who reaches it, over UDP and TCP, and which records have no road to a reader.
        #[arg(long, conflicts_with = "rebuild")]
        network: bool,
        #[command(flatten)]
        print: Print,
    },
    /// Recompute everything from the journals and compare.
    Verify {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        print: Print,
    },
    /// Print the completions of a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// The officers of this machine; no other node learns of them.
#[derive(Debug, Subcommand)]
pub(crate) enum OfficerCommand {
    /// Let somebody log in: prints a one-time code with which they set a password of their own.
    #[command(
        after_help = "Example:\n  simpul officer add --data ./kuripan siti --name \"Siti\" --role petugas --role admin"
    )]
    Add {
        #[command(flatten)]
        data: Data,
        /// A short name in lower case, as it stands beside everything that they write.
        handle: String,
        /// The name on the pages of this machine; else the short one.
        #[arg(long)]
        name: Option<String>,
        /// petugas, verifikator, admin or auditor; may be repeated.
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<String>,
    },
    /// Give somebody who forgot the password a new one-time code.
    Reset {
        #[command(flatten)]
        data: Data,
        /// Who.
        handle: String,
    },
    /// Let somebody log in no more; what they wrote stays.
    Remove {
        #[command(flatten)]
        data: Data,
        /// Who.
        handle: String,
    },
    /// Who may log in.
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        print: Print,
    },
}

/// The tokens of scripts; no other node learns of them.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token for a script: prints its secret, this once.
    #[command(
        after_help = "Example:\n  simpul token add --data ./kuripan rekap-bulanan --scope personal --until 2027-03-31"
    )]
    Add {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        by: By,
        /// What it is for, in lower case; what the script writes stands under `token.NAME`.
        name: String,
        /// write or personal (who people are); may be repeated. Reading what names nobody is in every token.
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// The last day on which it can be used, at most a year from now.
        #[arg(long, value_name = "DAY")]
        until: String,
    },
    /// Withdraw a token; what was written with it stays.
    Withdraw {
        #[command(flatten)]
        data: Data,
        /// Which.
        name: String,
    },
    /// Which tokens there are, without their secrets.
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        print: Print,
    },
}

/// What a participant's record may be given; every field may be left out.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ParticipantFields {
    /// Field and value, e.g. `address="Dusun Sigaok"`; several may be given. `simpul participant fields` lists them.
    #[arg(value_name = "FIELD=VALUE")]
    pub(crate) fields: Vec<String>,
}

/// The participants.
#[derive(Debug, Subcommand)]
pub(crate) enum ParticipantCommand {
    /// Register a person; a name and a village are enough.
    #[command(
        after_help = "Example:\n  simpul participant add --data ./kuripan --name Turyati --village 33.07.10.2004 group=salak"
    )]
    Add {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        by: By,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// The village's code; the office's own when it is a village.
        #[arg(long, value_name = "CODE")]
        village: Option<String>,
        #[command(flatten)]
        fields: ParticipantFields,
        #[command(flatten)]
        print: Print,
    },
    /// Change fields of one participant; only those named are written.
    Set {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        by: By,
        /// Register number or id.
        id: String,
        #[command(flatten)]
        fields: ParticipantFields,
    },
    /// Everything about one participant.
    Show {
        #[command(flatten)]
        data: Data,
        /// Register number or id.
        id: String,
        /// The day for which category and eligibility are derived, as YYYY-MM-DD; today when left out.
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
        #[command(flatten)]
        print: Print,
    },
    /// The participants that this office may see.
    List {
        #[command(flatten)]
        data: Data,
        /// Only of this village.
        #[arg(long, value_name = "CODE")]
        village: Option<String>,
        /// Only names that contain this.
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        #[command(flatten)]
        print: Print,
    },
    /// Bring in a table (.xlsx or CSV); what cannot be taken goes to a file beside it, with reasons.
    Import {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        by: By,
        /// The table.
        #[arg(required_unless_present = "template")]
        file: Option<PathBuf>,
        /// Print an empty table with every column.
        #[arg(long)]
        template: bool,
        /// Enter each row as *ditetapkan* by this decision: NUMBER:DATE.
        #[arg(long, value_name = "NUMBER:DATE")]
        decided: Option<String>,
    },
    /// Write the participants as a table (CSV).
    Export {
        #[command(flatten)]
        data: Data,
        /// The file to write; printed when left out.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Fields that hold several values until somebody chooses.
    Conflicts {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        print: Print,
    },
    /// Choose the value that stays; the others stay in the history.
    Choose {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        by: By,
        /// Register number or id.
        id: String,
        /// The field.
        field: String,
        /// The value that stays.
        value: String,
    },
    /// Record the Kepala Desa's decision.
    Decide {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        by: By,
        /// Register number or id.
        id: String,
        /// ditetapkan, cadangan or ditolak.
        outcome: String,
        /// The number of the decision letter.
        #[arg(long)]
        number: String,
        /// Its date, as YYYY-MM-DD.
        #[arg(long)]
        date: String,
    },
    /// Record that a participant left the programme.
    Leave {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        by: By,
        /// Register number or id.
        id: String,
        /// withdrew, departed, moved, died or other.
        reason: String,
        /// When: YYYY-MM-DD, YYYY-MM or YYYY.
        #[arg(long)]
        date: Option<String>,
    },
    /// The fields that `add` and `set` take.
    Fields,
}

/// Bundles for a stick.
#[derive(Debug, Subcommand)]
pub(crate) enum BundleCommand {
    /// Write what an office may read and is not known to hold, sealed to it.
    Export {
        #[command(flatten)]
        data: Data,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The receiving office: its id or its name.
        #[arg(long = "for", value_name = "OFFICE")]
        office: String,
    },
    /// Take in a bundle that is sealed to this office.
    Import {
        #[command(flatten)]
        data: Data,
        /// The bundle.
        file: PathBuf,
    },
}
