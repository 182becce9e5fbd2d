//! `simpul upgrade`: puts a signed newer program in the place of the one that is installed, and the old one back when the
//! node does not come up with it.
//!
//! The signature is minisign's (`minisign -S -m simpul`), by the key whose public half stands in the config.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use minisign_verify::Signature;
use semver::Version;
use tokio::process::Command;

use crate::Hinted;
use crate::ask::running;
use crate::cli::Data;
use crate::config::{Config, Upgrade};
use crate::print::line;
use crate::{carry, commands};

/// The largest program that is put in place.
const PROGRAM_BYTES_MAX: u64 = 1 << 30;

/// The longest signature file.
const SIGNATURE_BYTES_MAX: u64 = 4096;

/// How long a program may take to say which version it is, and a restart to be done.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// How often is looked whether the node is up.
const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  simpul upgrade ./simpul --data /var/lib/simpul/node --config /etc/simpul/simpul.toml\n\nBeside ./simpul lies its signature, ./simpul.minisig. What was installed before stays beside it, as simpul.old."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: Data,
    /// The program to put in place.
    file: PathBuf,
    /// The node's config file; its part `upgrade` says whose signature counts and how the node is restarted.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The signature; FILE.minisig when left out.
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// The program that is replaced; this one when left out.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Also a version that is not newer.
    #[arg(long)]
    older: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    commands::log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(upgrade(arguments))
}

async fn upgrade(arguments: &Arguments) -> anyhow::Result<()> {
    let Some(settings) = Config::read(&arguments.config)?.upgrade else {
        let problem = format!("{} does not say whose signature counts", arguments.config.display());
        return Err(Hinted::error(problem, "add the part `upgrade`; `config/simpul.example.toml` shows it"));
    };
    let bytes = signed(arguments, &settings)?;
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe().context("cannot find this program")?,
    };
    let program = program.canonicalize().map_err(|error| carry::cannot("find", &program, &error))?;
    let before = running(&arguments.data.dir).await;
    if before.is_some() && settings.restart.is_empty() {
        let problem = "a node runs, and the config does not say how it is restarted";
        return Err(Hinted::error(problem, "write `restart` under `upgrade`, or stop the node first"));
    }
    let installed = version_of(&program).await?;
    let fresh = beside(&program, "new");
    write_program(&fresh, &bytes)?;
    let new = match version_of(&fresh).await {
        Ok(new) if new > installed || arguments.older => new,
        found => {
            remove(&fresh)?;
            let new = found?;
            let problem = format!("{} is version {new}, and {installed} is installed", arguments.file.display());
            return Err(Hinted::error(problem, "take a newer one; --older takes this one all the same"));
        }
    };
    put_in_place(&fresh, &program)?;
    let Some(before) = before else {
        line(format!("{} is version {new} now. No node runs there: start it.", program.display()));
        return Ok(());
    };
    let time = Duration::from_secs(u64::from(settings.ready_seconds.get()));
    let restarted = restart(&settings).await;
    if restarted.is_ok() && comes_up(&arguments.data.dir, &before.token, time).await {
        line(format!("{} is version {new} now, and the node runs with it.", program.display()));
        return Ok(());
    }
    let why =
        restarted.err().map_or_else(|| format!("it was not up after {} s", time.as_secs()), |why| why.to_string());
    // The old one goes back; a copy of it stays where it lies.
    let back = beside(&program, "back");
    remove(&back)?;
    fs::hard_link(beside(&program, "old"), &back).map_err(|error| carry::cannot("write", &back, &error))?;
    fs::rename(&back, &program).map_err(|error| carry::cannot("write", &program, &error))?;
    let folder = &arguments.data.dir;
    let again = restart(&settings).await.is_ok() && comes_up(folder, &before.token, time).await;
    // Where nothing could be restarted, the old one may never have stopped.
    let again = again || running(folder).await.is_some();
    let now = if again { "runs" } else { "is back, and the node does NOT run" };
    Err(Hinted::error(
        format!("the node did not come up with version {new} ({why}); version {installed} {now}"),
        if again { "the node's log says why the new one stopped" } else { "start the node, and look into its log" },
    ))
}

/// The bytes of the new program, if the right key signed them.
fn signed(arguments: &Arguments, settings: &Upgrade) -> anyhow::Result<Vec<u8>> {
    let bytes = carry::read_up_to(&arguments.file, PROGRAM_BYTES_MAX)?;
    let beside = || PathBuf::from(format!("{}.minisig", arguments.file.display()));
    let at = arguments.signature.clone().unwrap_or_else(beside);
    let text = String::from_utf8_lossy(&carry::read_up_to(&at, SIGNATURE_BYTES_MAX)?).into_owned();
    let checked = Signature::decode(&text).and_then(|signature| settings.key.0.verify(&bytes, &signature, false));
    checked.map_err(|error| {
        let problem = format!("{} is not signed by the key in the config: {error}", arguments.file.display());
        Hinted::error(problem, "get program and signature again from where they come from; nothing was changed")
    })?;
    Ok(bytes)
}

fn beside(program: &Path, ending: &str) -> PathBuf {
    let mut name = program.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    program.with_file_name(name)
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(carry::cannot("remove", path, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn write_program(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    remove(path)?;
    let written = fs::OpenOptions::new().write(true).create_new(true).mode(0o755).open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| carry::cannot("write", path, &error))
}

/// The old program stays beside it; there is a whole one under its name at every moment.
fn put_in_place(fresh: &Path, program: &Path) -> anyhow::Result<()> {
    let old = beside(program, "old");
    remove(&old)?;
    fs::hard_link(program, &old).map_err(|error| carry::cannot("write", &old, &error))?;
    fs::rename(fresh, program).map_err(|error| carry::cannot("write", program, &error))
}

/// What a program says of itself: `simpul 0.1.0`.
async fn version_of(program: &Path) -> anyhow::Result<Version> {
    let asked = Command::new(program).arg("--version").kill_on_drop(true).output();
    let said = tokio::time::timeout(ANSWER_TIME_MAX, asked).await.ok().and_then(Result::ok);
    let text = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    let version = text.trim().strip_prefix("simpul ").and_then(|version| version.parse().ok());
    version.ok_or_else(|| {
        let problem = format!("{} does not run on this machine, or is not Simpul", program.display());
        Hinted::error(problem, "take the file for this kind of machine; nothing was changed")
    })
}

async fn restart(settings: &Upgrade) -> anyhow::Result<()> {
    let Some((program, words)) = settings.restart.split_first() else { return Ok(()) };
    let done = Command::new(program).args(words).kill_on_drop(true).status();
    let status = tokio::time::timeout(ANSWER_TIME_MAX, done).await.context("the restart took too long")?;
    let status = status.with_context(|| format!("cannot run {program}"))?;
    anyhow::ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}

/// Whether another process than before answers for the node in time. It answers once its store and its views are open.
async fn comes_up(folder: &Path, before: &str, time: Duration) -> bool {
    let began = Instant::now();
    loop {
        if running(folder).await.is_some_and(|now| now.token != before) {
            return true;
        }
        if began.elapsed() >= time {
            return false;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
