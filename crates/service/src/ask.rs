//! Everything that one can ask of a node, as data: the one way in for the command line, the pages and the API.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Find, FindSheets, MarkChange, PersonPart, Proposal, Role, Saying, TableOf, TextChange, TokenScope};

/// A request that changes something or writes a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Sign a draft of a founding, or of an act of the founders, for this office.
    Sign {
        /// The draft, as it was carried here.
        draft: Vec<u8>,
    },
    /// Put an act of the founders into effect.
    Enact {
        /// The draft, as it was carried here.
        draft: Vec<u8>,
        /// The signatures, as they were carried here.
        signatures: Vec<Vec<u8>>,
    },
    /// Belong to a network.
    Join {
        /// A founding or an invite, as it was carried here.
        file: Vec<u8>,
    },
    /// Admit the node that made a request.
    Approve {
        /// The request, as it was carried here.
        request: Vec<u8>,
    },
    /// Take a node's rights away.
    Remove {
        /// Its key.
        node: String,
        /// Why.
        reason: String,
    },
    /// Say that an office carries on for others that were merged, split or dissolved.
    Succeed {
        /// The offices of old, each by its id or its name.
        from: Vec<String>,
        /// The one that carries on, by its id or its name.
        to: String,
    },
    /// Say up to where a node's entries count.
    CutOff {
        /// Its key.
        node: String,
        /// One scope; else every scope that this office reads and the node wrote in.
        scope: Option<String>,
        /// `NUMBER`, `INCARNATION:NUMBER` or `held` (all that is held here); else the highest point that others built on.
        at: Option<String>,
        /// Whether a point below what others built on is meant.
        void: bool,
    },
    /// Register a person and their participation.
    Add {
        /// Who writes.
        officer: String,
        /// The person's name.
        name: String,
        /// The village; the office's own if it is one.
        village: Option<String>,
        /// Further fields, by name.
        fields: Vec<(String, String)>,
    },
    /// Change fields.
    Set {
        /// Who writes.
        officer: String,
        /// Register number or person's code.
        id: String,
        /// The fields that change, by name.
        fields: Vec<(String, String)>,
        /// What the form was shown, as the record gave it: what came since then stands beside what is saved. Else
        /// what stands now.
        #[serde(default)]
        shown: Option<String>,
    },
    /// Settle a field that has several values.
    Choose {
        /// Who writes.
        officer: String,
        /// Register number or person's code.
        id: String,
        /// The field.
        field: String,
        /// The value that stays.
        value: String,
        /// What was shown, as the record gave it: a value that came since then stays too. Else what stands now.
        #[serde(default)]
        shown: Option<String>,
    },
    /// Say something of a participant: a decision of the Kepala Desa, a step, that they left or move.
    Tell {
        /// Who writes.
        officer: String,
        /// Register number or person's code.
        id: String,
        /// What is said.
        said: Saying,
    },
    /// Begin a journey of a participant or of a relative, or say who is of their family.
    BeginPart {
        /// Who writes.
        officer: String,
        /// Register number or person's code.
        id: String,
        /// Which of the two.
        part: PersonPart,
        /// For a journey: the code of the relative who went; else the participant did.
        #[serde(default)]
        of: Option<String>,
        /// Its fields, by name.
        fields: Vec<(String, String)>,
    },
    /// Change a journey or a tie of a participant's page.
    ChangePart {
        /// Who writes.
        officer: String,
        /// Register number or person's code of the participant.
        id: String,
        /// Its name in addresses.
        part: String,
        /// The fields that change, by name.
        fields: Vec<(String, String)>,
        /// What the form was shown, as [`Command::Set`] takes it.
        #[serde(default)]
        shown: Option<String>,
    },
    /// Begin a record beside people and participations: a complaint, a group, a loan.
    BeginSheet {
        /// Who writes.
        officer: String,
        /// Its kind, by its name in addresses.
        kind: String,
        /// The place that it belongs to; the office's own if it has none to name.
        #[serde(default)]
        place: Option<String>,
        /// Its fields, by name. A person is named by register number or name, another record by its name in addresses.
        fields: Vec<(String, String)>,
        /// Its texts, by name.
        #[serde(default)]
        texts: Vec<(String, String)>,
    },
    /// Change a record.
    ChangeSheet {
        /// Who writes.
        officer: String,
        /// Its name in addresses.
        id: String,
        /// The fields that change, by name.
        #[serde(default)]
        fields: Vec<(String, String)>,
        /// The texts that change.
        #[serde(default)]
        texts: Vec<TextChange>,
        /// What the form was shown, as the record gave it. Else what stands now.
        #[serde(default)]
        shown: Option<String>,
    },
    /// Settle a field of a record that has several values.
    ChooseSheet {
        /// Who writes.
        officer: String,
        /// Its name in addresses.
        id: String,
        /// The field.
        field: String,
        /// The value that stays.
        value: String,
        /// What was shown, as the record gave it. Else what stands now.
        #[serde(default)]
        shown: Option<String>,
    },
    /// Say something in a record: that a paper is there, that a step was taken.
    Say {
        /// Who writes.
        officer: String,
        /// Its name in addresses.
        id: String,
        /// What is said, by its name.
        fact: String,
        /// Its inputs, by name.
        inputs: Vec<(String, String)>,
    },
    /// Say several things in a record, as one change.
    SayAll {
        /// Who writes.
        officer: String,
        /// Its name in addresses.
        id: String,
        /// What is said, in this order. A refusal names the place of what it is about, from 0, before the field.
        said: Vec<Saying>,
    },
    /// Mark who was there at a Bimtek, as one change. A mark that another office made since is not written over.
    Attend {
        /// Who writes.
        officer: String,
        /// The name of the Bimtek in addresses.
        id: String,
        /// The cells that change.
        marks: Vec<MarkChange>,
    },
    /// Open the round of monitoring that follows a Bimtek, with everybody who was there and still takes part.
    OpenRound {
        /// Who writes.
        officer: String,
        /// The name of the Bimtek in addresses.
        id: String,
    },
    /// Note that somebody came, in the guest book of the month.
    Visit {
        /// Who writes.
        officer: String,
        /// The inputs of a visit, by name.
        inputs: Vec<(String, String)>,
    },
    /// Bring in a table.
    Import {
        /// Who writes.
        officer: String,
        /// The table; rejected rows go to a file beside it.
        file: PathBuf,
        /// Enter each row as *ditetapkan* by this letter: number and date.
        decided: Option<(String, String)>,
    },
    /// Call now whoever is not connected.
    CallNow,
    /// Write a bundle for a stick.
    ExportBundle {
        /// The receiving office: its id or its name.
        office: String,
        /// The file to write.
        out: PathBuf,
    },
    /// Take in a bundle.
    ImportBundle {
        /// The file.
        file: PathBuf,
    },
    /// Mark what other offices said in coordination as read.
    MarkRead,
    /// Say where this office is, for the letterhead of what it prints.
    SetAddress {
        /// The address, in one line; empty takes it away.
        address: String,
    },
    /// Destroy a record, or who a participant is, wherever it is held.
    Erase {
        /// The record's name in addresses, or a participant's register number or code.
        id: String,
        /// On which legal ground.
        ground: String,
    },
    /// Send a message that says that nothing is wrong, by every way that alerts take.
    TryAlerts,
    /// Note something about an office, for the administrators of this node.
    NoteOffice {
        /// The office: its id or its name.
        office: String,
        /// Who notes it.
        by: String,
        /// What.
        text: String,
        /// Whether somebody there was spoken to.
        spoke: bool,
    },
    /// Somebody deals with an alert (*ditangani*): it sleeps until then.
    HandleAlert {
        /// The alert's key.
        key: String,
        /// Who deals with it.
        by: String,
        /// Until when, in Unix milliseconds.
        until_ms: i64,
    },
    /// Let an officer log in at this node, with a one-time code.
    AddOfficer {
        /// The handle, as it stands in every entry.
        handle: String,
        /// The name on pages of this node.
        name: String,
        /// What they may do.
        roles: Vec<Role>,
    },
    /// Give an officer who forgot the password a new code.
    ResetOfficer {
        /// The handle.
        handle: String,
    },
    /// Let an officer log in no more.
    RemoveOfficer {
        /// The handle.
        handle: String,
    },
    /// Make a token with which a script asks the API.
    AddToken {
        /// The officer who makes it.
        by: String,
        /// Its name.
        name: String,
        /// What it allows; reading in any case.
        scopes: Vec<TokenScope>,
        /// The last day on which it can be used.
        until: String,
    },
    /// Let a token open nothing any more.
    WithdrawToken {
        /// Its name.
        name: String,
    },
    /// Write a backup.
    BackUp {
        /// The file to write.
        out: PathBuf,
    },
}

/// A request that changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "query", rename_all = "kebab-case")]
pub enum Query {
    /// This node's request to join.
    Request,
    /// A draft of what a majority of the founders is to decide.
    Propose(Proposal),
    /// Who may read and write what.
    Policy,
    /// Whom this node reaches, and whom its records reach.
    Network,
    /// Offices, nodes, statements.
    Charter,
    /// What this node holds, of whom, and what is nowhere else.
    Status,
    /// How this office and those around it are, what is at risk and what to do.
    Health,
    /// What is held here and does not count, and what to do about it.
    NotCounting,
    /// What the data takes on the disk, how much room is left, and what was found damaged.
    Storage,
    /// Who opened, took away or changed which record here.
    Trail {
        /// Of this record alone, as addresses name it.
        about: Option<String>,
    },
    /// What concerns the security of the network: suspect computers, and everything that was said of who belongs.
    Security,
    /// What a computer that was lost held at most.
    LostNode {
        /// Its key.
        node: String,
    },
    /// How one office is, and how it kept in touch.
    OfficeHealth {
        /// Its id or its name.
        office: String,
    },
    /// The participants that this office may see.
    List {
        /// Only of this village.
        village: Option<String>,
        /// Only where the name contains this.
        search: Option<String>,
    },
    /// Everything about one participant.
    Show {
        /// Register number or person's code.
        id: String,
        /// The day for which category and eligibility are derived.
        on: Option<String>,
    },
    /// Fields with several values.
    Conflicts,
    /// Coordination at one glance: agendas by state, commitments, dates, and what waits for this office.
    Coordination,
    /// Ndraha's seven indicators of a region and year.
    Scorecard {
        /// The code of the region; this office's own if none is given.
        region: Option<String>,
        /// The year; this one if none is given.
        year: Option<i16>,
        /// Whether only what this office did is counted.
        own: bool,
    },
    /// A file that a record gives, such as a version of an agreement that anybody can check.
    RecordFile {
        /// The name of the record in addresses.
        id: String,
        /// The name of the file, as the record lists it.
        name: String,
        /// Whether it is in English; Indonesian otherwise.
        english: bool,
    },
    /// What stands at the top of every page.
    Glance,
    /// A part of the list of participants.
    Find(Find),
    /// Everything about one participant, as a page shows it.
    Record {
        /// Register number or person's code.
        id: String,
    },
    /// What a form asks to begin a journey or a tie of a participant.
    PartForm {
        /// Register number or person's code.
        id: String,
        /// Which of the two.
        part: PersonPart,
    },
    /// A part of the list of records beside people and participations.
    Sheets(FindSheets),
    /// Everything about one of them.
    Sheet {
        /// Its name in addresses.
        id: String,
    },
    /// What would be said in a record and stand for good, to be looked at first. Nothing is written.
    Preview {
        /// Its name in addresses.
        id: String,
        /// What would be said.
        said: Saying,
    },
    /// What [`Command::Erase`] would destroy, and at which offices it lies.
    Erasure {
        /// The record's name in addresses, or a participant's register number or code.
        id: String,
    },
    /// What a form asks for a kind of record, with what there is to pick from: groups and offices.
    SheetForm {
        /// The kind, by its name in addresses.
        kind: String,
    },
    /// What to look at again before a form is saved.
    Check {
        /// The village; the office's own if it is one.
        village: Option<String>,
        /// The person whose form it is.
        except: Option<String>,
        /// The fields, by name.
        fields: Vec<(String, String)>,
    },
    /// Of whom something is only here.
    OnlyHere,
    /// The officers who may log in here.
    Officers,
    /// The tokens that scripts have.
    Tokens,
    /// The participants as a table.
    Export,
    /// A list as a table, with everything that its filter finds.
    Table {
        /// Which.
        of: TableOf,
    },
    /// Recompute everything from the journals and compare.
    Verify,
}

/// One thing to ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ask {
    /// Something that changes.
    Command(Command),
    /// Something that only looks.
    Query(Query),
}

impl From<Command> for Ask {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl From<Query> for Ask {
    fn from(query: Query) -> Self {
        Self::Query(query)
    }
}

/// How far a long command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is done.
    pub done: u64,
    /// What there is to do.
    pub total: u64,
}
