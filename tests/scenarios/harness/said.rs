//! What the commands answer under `--json`, as far as the stories look at it: the contract, read without our own types.

use serde::Deserialize;

/// `status --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Status {
    /// The office.
    pub office: OwnOffice,
    /// The node's key.
    pub node: String,
    /// The network's id.
    pub network: Option<String>,
    /// Where QUIC listens.
    pub listen: Option<String>,
    /// Where TLS over TCP listens.
    pub tcp: Option<String>,
    /// What is held.
    pub scopes: Vec<Scope>,
    /// Who is connected.
    pub peers: Vec<Peer>,
    /// How many own entries no other office is known to hold.
    pub only_here: u64,
}

impl Status {
    /// What is said of one scope.
    pub fn scope(&self, name: &str) -> Option<&Scope> {
        self.scopes.iter().find(|scope| scope.name == name)
    }

    /// The names of the scopes that are held.
    pub fn scope_names(&self) -> Vec<&str> {
        self.scopes.iter().map(|scope| scope.name.as_str()).collect()
    }

    /// Entries that wait, in all scopes.
    pub fn waiting(&self) -> u64 {
        self.scopes.iter().map(|scope| scope.waiting).sum()
    }

    /// Entries that are refused, in all scopes.
    pub fn refused(&self) -> u64 {
        self.scopes.iter().map(|scope| scope.refused).sum()
    }
}

/// The office of a node.
#[derive(Debug, Clone, Deserialize)]
pub struct OwnOffice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is admitted.
    pub admitted: bool,
}

/// One scope.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Scope {
    /// Its name.
    pub name: String,
    /// The fingerprint of what is held.
    pub held: String,
    /// The fingerprint of what is shown.
    pub state: String,
    /// Documents that are shown.
    pub documents: u64,
    /// Entries that are held.
    pub entries: u64,
    /// Entries that wait.
    pub waiting: u64,
    /// Entries that are refused.
    pub refused: u64,
    /// Whether a removed node's journals wait for a cut-off.
    #[serde(default)]
    pub frozen: bool,
}

/// A connected peer.
#[derive(Debug, Clone, Deserialize)]
pub struct Peer {
    /// Its key.
    pub node: String,
    /// Where its session stands.
    pub state: String,
}

/// One line of `participant list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The person's code.
    pub person: String,
    /// The register number.
    pub register: Option<String>,
    /// The name; none where this office may not see it.
    pub name: Option<String>,
    /// Why there is none.
    pub no_name: Option<String>,
    /// The village.
    pub village: String,
    /// The group.
    pub group: Option<String>,
    /// The number in the group.
    pub number: Option<String>,
    /// How far somebody is.
    pub stage: String,
    /// Fields with several values.
    pub contested: Vec<String>,
}

/// A value and who wrote it.
#[derive(Debug, Clone, Deserialize)]
pub struct Value {
    /// The value.
    pub value: String,
    /// The office that wrote it.
    pub office: String,
    /// The officer.
    pub officer: String,
    /// When, by the writer's clock, in Unix milliseconds.
    pub time_ms: i64,
}

/// A field with its values.
#[derive(Debug, Clone, Deserialize)]
pub struct Field {
    /// Its name in commands.
    pub field: String,
    /// Its values.
    pub values: Vec<Value>,
}

impl Field {
    /// Its values in order, without who wrote them.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.values.iter().map(|value| value.value.as_str()).collect();
        texts.sort_unstable();
        texts
    }
}

/// `participant show --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Participant {
    /// As in the list.
    pub row: Row,
    /// The fields.
    pub fields: Vec<Field>,
    /// The derived categories.
    pub categories: Vec<String>,
    /// yes, no or decide.
    pub eligible: String,
    /// What does not count, and why.
    pub notices: Vec<String>,
}

impl Participant {
    /// The values of a field, in order.
    pub fn values(&self, field: &str) -> Vec<&str> {
        self.fields.iter().filter(|one| one.field == field).flat_map(Field::texts).collect()
    }
}

/// One line of `participant conflicts --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Conflict {
    /// The person's code.
    pub person: String,
    /// The name.
    pub name: Option<String>,
    /// The field.
    pub field: Field,
}

/// `verify --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Verified {
    /// Entries that were checked.
    pub entries: u64,
    /// Documents that were folded again.
    pub documents: u64,
    /// What differs.
    pub differences: Vec<String>,
}

/// `charter show --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Charter {
    /// The network's id.
    pub network: Option<String>,
    /// The offices.
    pub offices: Vec<CharterOffice>,
}

/// An office of the charter.
#[derive(Debug, Clone, Deserialize)]
pub struct CharterOffice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Its nodes.
    pub nodes: Vec<CharterNode>,
}

/// A node of the charter.
#[derive(Debug, Clone, Deserialize)]
pub struct CharterNode {
    /// Its key.
    pub key: String,
    /// active, removed or fallen.
    pub state: String,
}
