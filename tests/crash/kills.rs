//! kill -9 of real processes, at random moments under load, also while they start.

use std::{
    collections::BTreeSet,
    fmt,
    fs::OpenOptions,
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::Duration,
};

use rand::RngExt;
use service::{Command, Query, Reply};
use simpul_tests::harness::{Network, simpul};

use crate::{
    api::{self, Silence},
    chance::{self, Chance},
};

const KURIPAN: &str = "33.07.10.2004";
const WRITERS: usize = 4;

/// How long a node runs under load before it is killed, at most, in ms: some hundred writes.
const RUNS_MS_MAX: u64 = 120;

/// How far a start gets before it is killed, at most, in ms: about to where the node answers.
const STARTS_MS_MAX: u64 = 400;

/// A start in so many is killed too.
const STARTS_KILLED_ONE_IN: u64 = 4;

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    kills: usize,
    /// Of these, during a start.
    starting: usize,
    acknowledged: usize,
    /// Acknowledged, and found after the last kill at both offices.
    stable: usize,
    /// Acknowledged, and missing in a list that was read later.
    lost: usize,
    /// Acknowledged, and in no list that was read later since none was.
    never_read: usize,
    /// Asked, and not answered since the node was killed.
    unanswered: usize,
    /// Of these, found at the end.
    kept: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.kills, "kills"),
            (self.starting, "of them while the node started"),
            (self.acknowledged, "writes acknowledged"),
            (self.stable, "of them stable: found after the last restart and at the other office"),
            (self.lost, "of them lost"),
            (self.never_read, "of them never read"),
            (self.unanswered, "writes without an answer, cut off by a kill"),
            (self.kept, "of them kept all the same"),
        ];
        crate::lines(f, &counts)
    }
}

/// What the writers know.
#[derive(Default)]
struct Written {
    acknowledged: Mutex<BTreeSet<String>>,
    unanswered: Mutex<BTreeSet<String>>,
    over: AtomicBool,
}

fn held<T: Clone>(names: &Mutex<T>) -> T {
    names.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Kills so often.
pub(crate) fn run(kills: usize, seed: u64) -> Result<Counts, String> {
    let mut chance = chance::of(seed, 0);
    // The regency writes, the ministry that leads receives.
    let mut net = Network::empty(true);
    net.init("kemnaker");
    net.found(&["kemnaker"]);
    net.start("kemnaker");
    net.init("wonosobo");
    net.admit("wonosobo", "kemnaker");
    net.start("wonosobo");
    net.settle();

    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    let written = Arc::new(Written::default());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| runtime.spawn(write(written.clone(), net["wonosobo"].folder.clone(), writer)))
        .collect();
    let mut counts = Counts::default();
    let end = kill_again_and_again(&net, kills, &mut chance, &written, &mut counts, &runtime);
    written.over.store(true, Ordering::Relaxed);
    for writer in writers {
        runtime.block_on(writer).map_err(|error| error.to_string())?;
    }
    end?;

    net.settle();
    let (acknowledged, unanswered) = (held(&written.acknowledged), held(&written.unanswered));
    let [here, there] = ["wonosobo", "kemnaker"].map(|label| net[label].names().into_iter().collect::<BTreeSet<_>>());
    counts.acknowledged = acknowledged.len();
    counts.stable = acknowledged.iter().filter(|name| here.contains(*name) && there.contains(*name)).count();
    counts.lost += acknowledged.difference(&here).count();
    counts.never_read = counts.acknowledged - counts.stable - acknowledged.difference(&here).count();
    counts.unanswered = unanswered.len();
    counts.kept = unanswered.intersection(&here).count();
    for label in ["wonosobo", "kemnaker"] {
        net[label].verify();
        if net[label].status().scopes.iter().any(|scope| scope.frozen) {
            return Err(format!("{label} has seen two histories"));
        }
    }
    if let Some(name) = here.iter().find(|name| !acknowledged.contains(*name) && !unanswered.contains(*name)) {
        return Err(format!("{name} was never written"));
    }
    if counts.lost > 0 || counts.stable < counts.acknowledged || counts.acknowledged < kills {
        return Err(format!("not every acknowledged write is stable, or there was no load:\n{counts}"));
    }
    Ok(counts)
}

/// Registers people until it is over.
async fn write(written: Arc<Written>, folder: std::path::PathBuf, writer: usize) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    for number in 0.. {
        if written.over.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("Penulis {writer} nomor {number:05}");
        let (officer, village) = ("petugas".to_owned(), Some(KURIPAN.to_owned()));
        let add = Command::Add { officer, name: name.clone(), village, fields: Vec::new() };
        let into = match api::ask(&client, &folder, add).await {
            Ok(_) => &written.acknowledged,
            Err(Silence::Unanswered) => &written.unanswered,
            Err(Silence::Refused) => continue,
            Err(Silence::Unasked) => {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
        };
        into.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    }
}

fn kill_again_and_again(
    net: &Network,
    kills: usize,
    chance: &mut Chance,
    written: &Written,
    counts: &mut Counts,
    runtime: &tokio::runtime::Runtime,
) -> Result<(), String> {
    let client = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    while counts.kills < kills {
        let label = if chance.random_range(0..4) == 0 { "kemnaker" } else { "wonosobo" };
        let before = held(&written.acknowledged).len();
        net.until("more is written", || (held(&written.acknowledged).len() > before).then_some(()));
        // The moment itself is what is drawn; no condition is waited for.
        sleep(Duration::from_millis(chance.random_range(0..RUNS_MS_MAX)));
        net[label].kill();
        let acknowledged = held(&written.acknowledged);
        counts.kills += 1;
        while counts.kills < kills && chance.random_range(0..STARTS_KILLED_ONE_IN) == 0 {
            kill_a_start(net, label, chance)?;
            counts.kills += 1;
            counts.starting += 1;
        }
        // The ministry calls too: a caller that is not told of a death waits for the link to be silent too long.
        let calls = if label == "kemnaker" { net.call(label, "wonosobo").into() } else { net.calls(label) };
        net.start_calling(label, &calls);
        if label == "wonosobo" {
            let list = Query::List { village: None, search: None };
            let answer = runtime.block_on(api::ask(&client, &net[label].folder, list));
            let Ok(Reply::Participants(rows)) = answer else {
                return Err(format!("after kill {} there is no list: {answer:?}", counts.kills));
            };
            let names: BTreeSet<String> = rows.into_iter().filter_map(|row| row.name).collect();
            if let Some(name) = acknowledged.difference(&names).next() {
                counts.lost += 1;
                return Err(format!("after kill {} {name} is lost, which was acknowledged", counts.kills));
            }
        }
    }
    Ok(())
}

/// Starts a node and kills it before it is ready, or soon after.
fn kill_a_start(net: &Network, label: &str, chance: &mut Chance) -> Result<(), String> {
    let office = &net[label];
    let log = OpenOptions::new().create(true).append(true).open(office.log()).map_err(|error| error.to_string())?;
    let mut command = simpul(["run", "--listen", "127.0.0.1:0", "--tcp", "127.0.0.1:0", "--advertise", "127.0.0.1:1"]);
    command.arg("--data").arg(&office.folder).args(net.calls(label)).stdout(Stdio::null()).stderr(log);
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    sleep(Duration::from_millis(chance.random_range(0..STARTS_MS_MAX)));
    child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
    Ok(())
}
