//! What is done before a node runs, or without one.

use charter::{
    Subject,
    file::{self, FoundingDraft, FoundingSignature},
};
use identity::{NodeKey, OfficeKind, Region};
use records::{Lang, RecordKind, ValueType};

use crate::{
    StoreOptions,
    problem::{Code, Problem, chain},
};

/// The largest file that people carry between offices, bundles aside.
pub const CARRIED_BYTES_MAX: u64 = file::FILE_BYTES_MAX as u64 * 3;

/// For what a new node is to ask: a new office, or a further node of one (by its office id).
pub fn subject(
    name: Option<&str>,
    kind: Option<&str>,
    region: Option<&str>,
    of: Option<&str>,
) -> Result<Subject, Problem> {
    if let Some(of) = of {
        let office = of.parse().map_err(|error: identity::ParseBytesError| {
            Problem::bad_input(error, "`simpul charter show` at another node of the office shows its id")
        })?;
        return Ok(Subject::FurtherNode { office });
    }
    let (Some(name), Some(kind), Some(region)) = (name, kind, region) else {
        return Err(Problem::bad_input("a name, a kind and a region are needed", "see `simpul init --help`"));
    };
    let kind: OfficeKind =
        kind.parse().map_err(|error: identity::NameError| Problem::bad_input(error, "choose one"))?;
    let region: Region = region
        .parse()
        .map_err(|error: identity::NameError| Problem::bad_input(error, "take the Kemendagri code of the place"))?;
    if !kind.fits_level(region.level()) {
        return Err(Problem::bad_input(
            format!("a {kind} does not stand for region {region}"),
            "ministry: id; province, agency: 33; regency: 33.07; unit: 33 or 33.07; village: 33.07.10.2004",
        ));
    }
    let name = name.trim();
    if name.is_empty() || name.len() > charter::limits::NAME_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(Problem::bad_input(
            format!("an office's name has 1 to {} bytes and no control characters", charter::limits::NAME_BYTES_MAX),
            "for example --name \"Desa Kuripan\"",
        ));
    }
    Ok(Subject::NewOffice { name: name.to_owned(), kind, region })
}

/// Whether a folder holds a node, whole or damaged.
pub fn holds_node(store: &StoreOptions) -> bool {
    store::holds_node(&store.folder)
}

/// Makes a data folder with a new node in it.
pub fn create(store: &StoreOptions, subject: Subject, practice: bool) -> Result<NodeKey, Problem> {
    driver::Node::create(store, subject, practice).map_err(|error| problem(&error))
}

/// The founders' draft, from their requests: as a file and as a line.
pub fn draft(requests: &[Vec<u8>], practice: bool) -> Result<(Vec<u8>, String), Problem> {
    let requests = requests.iter().map(|bytes| file::read(bytes)).collect::<Result<Vec<_>, _>>()?;
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| Problem::new(Code::Internal, error, "try again"))?;
    let draft = FoundingDraft::of_programme(requests, nonce)?;
    let charter::Body::Found { practice: founded, .. } = draft.statement.body else {
        return Err(Problem::new(Code::Internal, "a founding was expected", "try again"));
    };
    if practice != founded {
        let (asked, made) =
            if practice { ("for practice", "for real records") } else { ("for real records", "for practice") };
        return Err(Problem::bad_input(
            format!("a network {asked} is asked for, and the requests were made {made}"),
            "give --practice at both `init` and `charter draft`, or at neither",
        ));
    }
    Ok((file::to_bytes(&draft), file::to_line(&draft)))
}

/// The founding, from the draft and every founder's signature: as a file and as a line.
pub fn found(draft: &[u8], signatures: &[Vec<u8>]) -> Result<(Vec<u8>, String), Problem> {
    let draft: FoundingDraft = file::read(draft)?;
    let signatures =
        signatures.iter().map(|bytes| file::read::<FoundingSignature>(bytes)).collect::<Result<Vec<_>, _>>()?;
    let founding = draft.found(&signatures)?;
    Ok((file::to_bytes(&founding), file::to_line(&founding)))
}

/// An empty table with every column that `import` takes.
pub fn template() -> String {
    records::template()
}

/// The fields that `add` and `set` take: name, what it is called, what it takes.
pub fn fields() -> Vec<(String, String, String)> {
    let kinds = [RecordKind::Person, RecordKind::Participation];
    kinds
        .into_iter()
        .flat_map(RecordKind::fields)
        .filter(|spec| !matches!(spec.value, ValueType::Person))
        .map(|spec| (spec.key.to_owned(), spec.label.of(Lang::En).to_owned(), takes(spec.value)))
        .collect()
}

fn takes(value: ValueType) -> String {
    match value {
        ValueType::Text => format!("text of at most {} characters", records::TEXT_CHARS_MAX),
        ValueType::Date => "2022-03-12, 2022-03 or 2022".to_owned(),
        ValueType::YesNo => "ya or tidak".to_owned(),
        ValueType::Number => "a number".to_owned(),
        ValueType::Person => "a person's code".to_owned(),
        ValueType::Place => "the Kemendagri code of a place".to_owned(),
        ValueType::Office => "an office's id".to_owned(),
        ValueType::Document => "the name of a document".to_owned(),
        ValueType::Code(codes) => codes.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", "),
    }
}

/// Why a folder could not be made or opened.
pub(crate) fn problem(error: &driver::DriverError) -> Problem {
    use store::StoreError as S;
    let message = chain(error);
    let (code, hint) = match error {
        driver::DriverError::Store(S::InUse { .. }) => {
            (Code::InUse, "a node runs on this folder, or a command works on it; try again, or stop the node first")
        }
        driver::DriverError::Store(S::NoNode(_)) => {
            (Code::NotFound, "make a node there with `simpul init`, or in a browser: `simpul run --web 127.0.0.1:8080`")
        }
        driver::DriverError::Store(S::NodeExists(_)) => (Code::Conflict, "choose another folder with --data"),
        driver::DriverError::Store(S::KeyFile { .. } | S::Passphrase) => {
            (Code::BadInput, "give the key that the node was made with: --machine-key")
        }
        driver::DriverError::Transport(_) => (Code::Conflict, "choose another port with --listen or --tcp"),
        driver::DriverError::Store(_)
        | driver::DriverError::NoProfile
        | driver::DriverError::Thread(_)
        | driver::DriverError::Randomness => (Code::Storage, "run `simpul doctor`"),
    };
    Problem::new(code, message, hint)
}
