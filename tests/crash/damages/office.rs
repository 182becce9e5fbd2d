//! An office that runs in this process, with everything above its node: what is asked of it is what pages and commands ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use service::{
    Address, Ask, Command, NetworkOptions, Options, Problem, Query, Reply, Service, StoreOptions, reply::StatusView,
};

/// What is shown of each participant, by the person's code: register number, name, group, number, stage. A register number
/// may stand twice: a village that has lost its last ones, and has met nobody yet, gives them out again.
pub(crate) type Shown = BTreeMap<String, [String; 5]>;

/// A node that runs.
pub(crate) struct Running {
    pub(crate) service: Service,
}

/// How a folder is opened: files are full soon, and the disk has room.
fn store(folder: &Path) -> StoreOptions {
    let mut store = StoreOptions::new(folder);
    store.reserve_bytes = 0;
    store.index_cache_bytes = 1 << 20;
    store.sizing.grow_bytes_min = 4 << 10;
    store.sizing.segment_bytes = 48 << 10;
    store
}

/// Makes an office.
pub(crate) fn make(folder: &Path, name: &str, kind: &str, region: &str) {
    let subject = service::subject(Some(name), Some(kind), Some(region), None).expect("an office");
    service::create(&store(folder), subject, true).expect("a folder can be made");
}

impl Running {
    /// Starts the node in a folder, to call these.
    pub(crate) async fn start(folder: &Path, call: &[&Running]) -> Result<Self, Problem> {
        let peers = call
            .iter()
            .map(|peer| (peer.service.key(), peer.service.addresses().0.map(Address::from).into_iter().collect()));
        let udp = Some(([127, 0, 0, 1], 0).into());
        let network = NetworkOptions { udp, peers: peers.collect(), ..NetworkOptions::default() };
        let options = Options {
            store: store(folder),
            network: Some(network),
            rebuild: false,
            upkeep: service::Upkeep::default(),
        };
        Ok(Self { service: Service::start(options).await? })
    }

    pub(crate) async fn ask(&self, ask: impl Into<Ask>) -> Result<Reply, Problem> {
        self.service.ask(ask.into(), |_| ()).await
    }

    pub(crate) async fn carried(&self, ask: impl Into<Ask>) -> Vec<u8> {
        match self.ask(ask).await {
            Ok(Reply::Carry { file, .. }) => file,
            Ok(Reply::Approved(approved)) => approved.file,
            other => panic!("nothing to carry: {other:?}"),
        }
    }

    pub(crate) async fn status(&self) -> Result<StatusView, Problem> {
        match self.ask(Query::Status).await? {
            Reply::Status(status) => Ok(*status),
            other => panic!("no status: {other:?}"),
        }
    }

    /// What is held and what is shown of every scope.
    pub(crate) async fn fingerprints(&self) -> Result<BTreeSet<(String, String, String)>, Problem> {
        let scopes = self.status().await?.scopes.into_iter().filter(|scope| scope.entries > 0);
        Ok(scopes.map(|scope| (scope.name, scope.held, scope.state)).collect())
    }

    /// What differs between the journals and what is shown.
    pub(crate) async fn differences(&self) -> Result<Vec<String>, Problem> {
        match self.ask(Query::Verify).await? {
            Reply::Verified(found) => Ok(found.differences),
            other => panic!("no verdict: {other:?}"),
        }
    }

    /// Everybody in the list.
    pub(crate) async fn shown(&self) -> Result<Shown, Problem> {
        let rows = match self.ask(Query::List { village: None, search: None }).await? {
            Reply::Participants(rows) => rows,
            other => panic!("no list: {other:?}"),
        };
        let row = |row: service::reply::ParticipantRow| {
            let cells = [row.register, row.name, row.group, row.number, Some(row.stage)];
            (row.person, cells.map(Option::unwrap_or_default))
        };
        Ok(rows.into_iter().map(row).collect())
    }

    pub(crate) async fn add(&self, name: &str) -> Result<(), Problem> {
        let (officer, name) = ("petugas".to_owned(), name.to_owned());
        self.ask(Command::Add { officer, name, village: None, fields: Vec::new() }).await.map(drop)
    }

    pub(crate) async fn set(&self, id: &str, field: &str, value: &str) {
        let fields = vec![(field.to_owned(), value.to_owned())];
        let set = Command::Set { officer: "petugas".to_owned(), id: id.to_owned(), fields, shown: None };
        self.ask(set).await.expect("it can be set");
    }

    pub(crate) async fn stop(self) {
        self.service.stop().await;
    }
}

/// Makes a folder what another is. It stays the same folder, or its node takes itself for moved.
pub(crate) fn lay(image: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    for name in files(image)? {
        let to = folder.join(&name);
        if let Some(above) = to.parent() {
            fs::create_dir_all(above)?;
        }
        fs::copy(image.join(&name), to)?;
    }
    Ok(())
}

/// The files below a folder, by their names from there, in order.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut open) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let name = below.join(entry.file_name());
            if entry.file_type()?.is_dir() { open.push(name) } else { files.push(name) }
        }
    }
    files.sort();
    Ok(files)
}
