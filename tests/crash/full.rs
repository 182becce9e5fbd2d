//! A full disk: a real one, small, in memory, mounted where only this part sees it.

use std::{
    collections::BTreeSet,
    fmt,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use rand::RngExt;
use simpul_tests::harness::{Build, Network, Office, place};

use crate::chance::{self, Chance};

const KURIPAN: &str = "33.07.10.2004";

/// How large the disk is, in MiB: the reserve of 64 and some room.
const DISK_MIB: u64 = 96;

/// What is left free when data is refused and orders are taken, in MiB: less than the reserve.
const NEARLY_FULL_MIB: u64 = 40;

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    acknowledged: usize,
    refused: usize,
    statements: usize,
    kills: usize,
    needed_room: usize,
    lost: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.acknowledged, "writes acknowledged"),
            (self.refused, "writes refused with a clear message while the disk was full"),
            (self.statements, "statements taken while it was full"),
            (self.kills, "kills while it was full"),
            (self.needed_room, "of them after which it started only once there was a little room, and said so"),
            (self.lost, "acknowledged writes lost"),
        ];
        crate::lines(f, &counts)
    }
}

/// What the part inside counted, as it printed it.
pub(crate) struct Printed(String);

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Fills a disk up so often, each in a mount namespace of its own.
pub(crate) fn run(times: usize, seed: u64) -> Result<Printed, String> {
    let exe = std::env::current_exe().map_err(|error| error.to_string())?;
    // The tests lie one folder below the program.
    let program = exe.ancestors().skip(1).take(2).map(|folder| folder.join("crash")).find(|file| file.is_file());
    let program: PathBuf = program.ok_or("there is no `crash`: build it first with `cargo build -p simpul-tests`")?;
    let mut printed = String::new();
    for time in 0..times as u64 {
        let folder = tempfile::Builder::new().prefix("simpul-full-").tempdir().map_err(|error| error.to_string())?;
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount"]).arg(&program).arg("--inside").arg(folder.path());
        let output =
            command.args(["--seed", &(seed + time).to_string()]).output().map_err(|error| error.to_string())?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if !output.status.success() {
            return Err(format!("{}{}", said(&output.stdout), said(&output.stderr)));
        }
        printed = said(&output.stdout).lines().skip(1).map(|line| format!("{line}\n")).collect();
    }
    Ok(Printed(printed))
}

/// The part that has the disk to itself.
pub(crate) fn inside(folder: &Path, seed: u64) -> Result<Counts, String> {
    let disk = folder.join("disk");
    fs::create_dir(&disk).map_err(|error| error.to_string())?;
    let size = format!("size={DISK_MIB}m");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&disk).status();
    if !mounted.is_ok_and(|status| status.success()) {
        return Err("no disk can be mounted".to_owned());
    }
    let mut chance = chance::of(seed, 0);
    let mut net = Network::empty(true);
    // The ministry has the small disk: its receipts count for everybody.
    net.take_up(Office::init(Build::This, &disk, "kemnaker", place("kemnaker"), None, true));
    net.found(&["kemnaker"]);
    net.start("kemnaker");
    net.init("wonosobo");
    net.admit("wonosobo", "kemnaker");
    net.start("wonosobo");
    net.settle();
    Story { net, disk, counts: Counts::default(), names: BTreeSet::new(), held: BTreeSet::new() }.tell(&mut chance)
}

struct Story {
    net: Network,
    disk: PathBuf,
    counts: Counts,
    /// The names of acknowledged registrations.
    names: BTreeSet<String>,
    /// Those that the full node holds.
    held: BTreeSet<String>,
}

impl Story {
    fn tell(mut self, chance: &mut Chance) -> Result<Counts, String> {
        for number in 0..chance.random_range(5..20) {
            self.register(&format!("Sebelum {number}"));
        }
        self.net.settle();
        self.net.until("the ministry's receipts have come", || (self.only_here() == 0).then_some(()));
        self.held = self.names.clone();
        self.fill(NEARLY_FULL_MIB)?;
        self.is_refused()?;

        // What comes from elsewhere is refused too, and no receipt says otherwise; what is ordered is taken.
        self.register("Ditahan");
        self.net.init("bp3tki");
        self.net.invite("bp3tki", "kemnaker");
        self.net.init("kuripan");
        self.net.invite("kuripan", "wonosobo");
        self.counts.statements += 2;
        let knows = |net: &Network, short: &str| {
            net["kemnaker"].charter().offices.iter().any(|office| office.name == place(short).name)
        };
        self.net.until("the full node knows the new village", || knows(&self.net, "kuripan").then_some(()));
        self.kill()?;
        self.net
            .until("the regency is called again", || (!self.net["kemnaker"].status().peers.is_empty()).then_some(()));
        if !knows(&self.net, "kuripan") || !knows(&self.net, "bp3tki") {
            return Err("a statement that was taken while the disk was full is lost".to_owned());
        }
        self.is_refused()?;
        if self.only_here() == 0 {
            return Err("a full node gave a receipt for what it did not store".to_owned());
        }

        // Not one byte is left.
        self.fill(0)?;
        self.is_refused()?;
        self.kill()?;

        self.make_room(DISK_MIB)?;
        let net = &self.net;
        net.until("what was refused has come after all", || (self.only_here() == 0).then_some(()));
        let id = self.someone()?;
        net["kemnaker"].set(&id, &["group=kopi"]);
        net.settle();
        let here = self.listed();
        self.counts.lost += self.names.difference(&here).count();
        net["kemnaker"].verify();
        self.counts.acknowledged = self.names.len();
        if self.counts.lost > 0 { Err(format!("something is lost:\n{}", self.counts)) } else { Ok(self.counts) }
    }

    fn register(&mut self, name: &str) {
        self.net["wonosobo"].register(name, KURIPAN, &[]);
        self.names.insert(name.to_owned());
    }

    /// What the regency knows of no other office to hold.
    fn only_here(&self) -> u64 {
        self.net["wonosobo"].status().only_here
    }

    fn listed(&self) -> BTreeSet<String> {
        self.net["kemnaker"].names().into_iter().collect()
    }

    fn someone(&self) -> Result<String, String> {
        self.net["kemnaker"].list().first().map(|row| row.person.clone()).ok_or_else(|| "nobody is there".to_owned())
    }

    fn is_refused(&mut self) -> Result<(), String> {
        let answer = self.net["kemnaker"].ask(&["participant", "set", &self.someone()?, "group=gula"]);
        self.counts.refused += 1;
        let clear = answer.code == Some(1) && answer.err.contains("the disk is nearly full");
        if clear { Ok(()) } else { Err(format!("on a full disk: {answer}")) }
    }

    /// Kills the node and starts it again; without a byte left it may need some room for that, and says so.
    fn kill(&mut self) -> Result<(), String> {
        self.net["kemnaker"].kill();
        self.counts.kills += 1;
        let calls: Vec<String> = self.net.call("kemnaker", "wonosobo").into();
        if let Err(answer) = self.net["kemnaker"].start(&calls) {
            if !answer.err.contains("error: ") || answer.err.contains("panicked") {
                return Err(format!("it does not start and does not say why: {answer}"));
            }
            self.counts.needed_room += 1;
            self.make_room(1)?;
            self.net["kemnaker"].start(&calls).map_err(|answer| format!("with room it does not start: {answer}"))?;
        }
        self.net.lead_roads_to("kemnaker");
        let here = self.listed();
        if here == self.held { Ok(()) } else { Err(format!("{here:?} and not {:?}", self.held)) }
    }

    fn ballast(&self) -> PathBuf {
        self.disk.join("ballast")
    }

    /// Fills the disk until so much is free.
    fn fill(&self, free_mib: u64) -> Result<(), String> {
        let mut file =
            File::options().create(true).append(true).open(self.ballast()).map_err(|error| error.to_string())?;
        let block = vec![1; 64 << 10];
        while free_bytes(&self.disk)? > free_mib << 20 {
            if file.write_all(&block).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Makes room again, of at least so many MiB where there is ballast.
    fn make_room(&self, mib: u64) -> Result<(), String> {
        let file = File::options().write(true).open(self.ballast()).map_err(|error| error.to_string())?;
        let bytes = file.metadata().map_err(|error| error.to_string())?.len();
        file.set_len(bytes.saturating_sub(mib << 20)).map_err(|error| error.to_string())
    }
}

fn free_bytes(disk: &Path) -> Result<u64, String> {
    let found = rustix::fs::statvfs(disk).map_err(|error| error.to_string())?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}
