//! What a node answers, as data.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::attendance::{AttendanceMarks, AttendanceRow, AttendanceView, RoundToOpen};
pub use crate::backup_plan::{BackupRun, BackupsView};
pub use crate::both::Both;
pub use crate::changes::{ChangedRecord, Changes, Listed};
pub use crate::check::{CheckView, MaybeSame};
pub use crate::contacts::{AwayView, ContactView, OfficeNote};
pub use crate::coordination::{
    AgreementReport, AwaitingView, BaselineView, BeginView, CommitmentLine, CoordinationColumn, CoordinationLine,
    CoordinationView, FileView, MeasureView, MeetView, NewsView, PartySigned, ScoreView, ScorecardView, SignedBy,
};
pub use crate::course::{PartView, RelativeView};
pub use crate::due::{DueLine, DueView};
pub use crate::find::{Found, FoundRow};
pub use crate::founders::{Enacted, GrantView};
pub use crate::glance::{Addressee, Connected, Glance, Heard, OnlyHere};
pub use crate::health::{AlertView, HealthView, OfficeHealthView};
pub use crate::indicators::{CoursePoint, IndicatorLine, OwnValue, ReportedValue};
pub use crate::lost::{HeldKind, HeldPlace, LostReport};
pub use crate::network::{NetworkView, NoRoad, NodeReach, WayView};
pub use crate::office_health::{FoundView, NodeStanding, OfficeReport};
pub use crate::officers::{OfficerCode, OfficerView, RecoverySheetState};
pub use crate::offices::{Approved, CharterView, CutDone, Joined, NodeView, OfficeView, StatementView};
pub use crate::panel::{Called, Panel, PanelRow, RowAsk};
pub use crate::quadrant::QuadrantView;
pub use crate::record::{Beside, Holder, RecordField, RecordPast, RecordValue, RecordView, Who};
pub use crate::refused::{NotCounting, NotCountingView};
pub use crate::security::{SaidOfNetwork, SecurityView, Suspect};
pub use crate::sheet_kinds::{SheetInput, SheetKind};
pub use crate::sheets::{
    FactAsked, FoundSheets, PaperLine, SheetEvent, SheetLine, SheetPart, SheetText, SheetView, SlipView,
};
pub use crate::storage::{StoragePart, StorageView};
pub use crate::table::TableView;
pub use crate::table_in::{
    Brought, ColumnKind, ImportCounts, ImportLine, ImportPreview, RowGives, TableColumn, TableHead,
};
pub use crate::tokens::{NewToken, TokenView};
pub use crate::told::Tried;
pub use crate::trail::{Did, TrailEntry, TrailView};
pub use ::health::{Figures, Level, Ministries, Need, Since, Span, State, words::Said};

/// The answer to one [`crate::Ask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", content = "value", rename_all = "kebab-case")]
pub enum Reply {
    /// It is done; there is nothing more to say.
    Done,
    /// Bytes to be carried, as a file and as one line of text.
    Carry {
        /// The file's bytes.
        file: Vec<u8>,
        /// The same as text.
        line: String,
    },
    /// A record was begun, or one that was there already took something up: its name in addresses.
    Begun(String),
    /// A part of a list of records.
    Sheets(Box<FoundSheets>),
    /// Everything about one record.
    Sheet(Box<SheetView>),
    /// What would stand for good; empty where the form shows all of it.
    Preview(Vec<Panel>),
    /// What a form asks, with what there is to pick from.
    SheetForm(Vec<SheetInput>),
    /// This node belongs to a network.
    Joined(Joined),
    /// An invite.
    Approved(Approved),
    /// Cut-offs that were given.
    CutOff(Vec<CutDone>),
    /// How a vote of the founders stands.
    Enacted(Enacted),
    /// Who may read and write what.
    Policy(Vec<GrantView>),
    /// Whom this node reaches.
    Network(Box<NetworkView>),
    /// The charter.
    Charter(Box<CharterView>),
    /// What this node holds.
    Status(Box<StatusView>),
    /// How things are.
    Health(Box<HealthView>),
    /// What does not count.
    NotCounting(Box<NotCountingView>),
    /// What the data takes on the disk.
    Storage(Box<StorageView>),
    /// Who did what here.
    Trail(Box<TrailView>),
    /// What concerns the security of the network.
    Security(Box<SecurityView>),
    /// What a computer that was lost held at most.
    LostNode(Box<LostReport>),
    /// How one office is, and how it kept in touch.
    OfficeHealth(Box<OfficeReport>),
    /// How the ways that alerts take went.
    AlertsTried(Vec<Tried>),
    /// A participant was registered.
    Added(ParticipantRow),
    /// A table was brought in.
    Imported(ImportDone),
    /// Participants.
    Participants(Vec<ParticipantRow>),
    /// Everything about one participant.
    Participant(Box<ParticipantView>),
    /// Fields with several values.
    Conflicts(Vec<ConflictRow>),
    /// Coordination at one glance.
    Coordination(Box<CoordinationView>),
    /// The indicators of coordination.
    Scorecard(Box<ScorecardView>),
    /// What stands at the top of every page.
    Glance(Box<Glance>),
    /// A part of a list.
    Found(Box<Found>),
    /// Everything about one participant, as a page shows it.
    Record(Box<RecordView>),
    /// What to look at again.
    Checked(Box<CheckView>),
    /// What is only here.
    OnlyHere(OnlyHere),
    /// The officers who may log in here.
    Officers(Vec<OfficerView>),
    /// A one-time code.
    OfficerCode(OfficerCode),
    /// A list as a table.
    Table(Box<TableView>),
    /// The tokens that scripts have.
    Tokens(Vec<TokenView>),
    /// A token and its secret.
    NewToken(NewToken),
    /// A bundle was written or taken in.
    Bundle(BundleDone),
    /// A backup was written.
    BackedUp(BackupDone),
    /// A node was made of a backup.
    Restored(RestoreDone),
    /// What recomputing found.
    Verified(VerifyView),
}

/// The office of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnOffice {
    /// Its id, which it has before it is admitted.
    pub id: String,
    /// Its name; empty for a further node that has not yet heard of its office.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Its region.
    pub region: String,
    /// Whether the charter held here admits this node.
    pub admitted: bool,
}

/// One scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeView {
    /// Its name.
    pub name: String,
    /// The fingerprint of what is held: equal at two nodes when there is nothing to exchange.
    pub held: String,
    /// The fingerprint of what is shown: equal wherever the held one is.
    pub state: String,
    /// How many documents are shown.
    pub documents: u64,
    /// How many entries are held.
    pub entries: u64,
    /// How many entries wait.
    pub waiting: u64,
    /// How many entries are refused.
    pub refused: u64,
    /// Whether a removed node's journals wait for a cut-off.
    pub frozen: bool,
}

/// One connected peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerView {
    /// Its key.
    pub node: String,
    /// Its office's name, if the charter admits it.
    pub office: Option<String>,
    /// Where the session stands.
    pub state: String,
}

/// What a node holds, of whom, and what is nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusView {
    /// For which office it speaks.
    pub office: OwnOffice,
    /// Its key.
    pub node: String,
    /// The network that it belongs to.
    pub network: Option<String>,
    /// Whether it is for practice.
    pub practice: bool,
    /// Where it listens for QUIC.
    pub listen: Option<String>,
    /// Where it listens for TLS over TCP.
    pub tcp: Option<String>,
    /// What it holds.
    pub scopes: Vec<ScopeView>,
    /// Who is connected and was let in.
    pub peers: Vec<PeerView>,
    /// The keys that call and have not shown yet that the charter admits them.
    #[serde(default)]
    pub knocking: Vec<String>,
    /// How many of its own entries no other office is known to hold.
    pub only_here: u64,
    /// Own changes that live at this office alone by rule.
    pub by_rule: u64,
    /// What the last start found damaged or cut in the node's files; what others hold of it is fetched from them.
    #[serde(default)]
    pub damage: Vec<String>,
}

/// One participant in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantRow {
    /// The person's code.
    pub person: String,
    /// The register number.
    pub register: Option<String>,
    /// The name; none where this office may not see it.
    pub name: Option<String>,
    /// Why there is no name.
    pub no_name: Option<String>,
    /// The village's code.
    pub village: String,
    /// The production group.
    pub group: Option<String>,
    /// The number in the group's list.
    pub number: Option<String>,
    /// How far somebody is, e.g. *ditetapkan*.
    pub stage: String,
    /// Fields with several values, until somebody chooses.
    pub contested: Vec<String>,
}

/// A value of a field, and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueView {
    /// The value.
    pub value: String,
    /// The office that wrote it, by name.
    pub office: String,
    /// The officer.
    pub officer: String,
    /// When, by the writer's clock, in Unix milliseconds.
    pub time_ms: i64,
}

/// A field with its values: several until somebody chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Its name in commands.
    pub field: String,
    /// What it is called.
    pub label: String,
    /// Every value that stands.
    pub values: Vec<ValueView>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// What kind.
    pub what: String,
    /// In words.
    pub text: String,
    /// The office that said it.
    pub office: String,
    /// The officer.
    pub officer: String,
}

/// Everything about one participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantView {
    /// As in a list.
    pub row: ParticipantRow,
    /// Fields of the person and of the participation.
    pub fields: Vec<FieldView>,
    /// Journeys abroad, each as its fields.
    pub trips: Vec<Vec<FieldView>>,
    /// Decisions, steps and leavings.
    pub events: Vec<EventView>,
    /// For which day the following is derived.
    pub on: String,
    /// The categories that hold on that day.
    pub categories: Vec<String>,
    /// yes, no or decide.
    pub eligible: String,
    /// Why, in Indonesian and English.
    pub reasons: Vec<(String, String)>,
    /// What does not count, and why.
    pub notices: Vec<String>,
}

/// A field with several values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictRow {
    /// The person's code.
    pub person: String,
    /// The register number.
    pub register: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The field.
    pub field: FieldView,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDone {
    /// Rows that were taken.
    pub added: u64,
    /// Rows that were there already.
    pub present: u64,
    /// Rows that may be somebody who is registered already.
    pub maybe_double: u64,
    /// Rows that were not taken.
    pub rejected: u64,
    /// Where those are, with reasons.
    pub rejected_file: Option<PathBuf>,
}

/// What a bundle did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleDone {
    /// The other office.
    pub office: String,
    /// How large the file is.
    pub bytes: u64,
    /// How many entries came in by it.
    pub entries: u64,
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupDone {
    /// How large the file is.
    pub bytes: u64,
    /// Other nodes of the office that can open it.
    pub nodes: Vec<String>,
    /// Where the recovery key was written, with the first backup: to be kept apart from it.
    pub key_file: Option<PathBuf>,
    /// Whether the office is admitted; if not, its request is needed beside the backup.
    pub admitted: bool,
    /// How many scans are in it.
    #[serde(default)]
    pub scans: u64,
}

/// A node that was made of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreDone {
    /// Its key.
    pub node: String,
    /// The id of the office for which it will speak once it is admitted.
    pub office: String,
    /// The node that made the backup.
    pub made_by: String,
    /// When, by that node's clock.
    pub made: String,
    /// Frames that could not be read; others still hold what was in them.
    pub damaged: u64,
    /// How many scans came with it.
    #[serde(default)]
    pub scans: u64,
}

/// What recomputing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyView {
    /// Entries whose chain and signature were checked.
    pub entries: u64,
    /// Documents that were folded again.
    pub documents: u64,
    /// What differs from what is shown, in words; nothing when all is well.
    pub differences: Vec<String>,
}
