//! `simpul desk`: the node of the person who is logged in at this laptop. It starts with the session and opens the pages,
//! so that nobody at the counter needs a terminal.
//!
//! Who asks for it again while it runs is shown the same pages: a lock beside the data folder says that it runs, and dies
//! with it.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use clap::ValueHint;
use etcetera::BaseStrategy;

use crate::{
    Hinted, carry,
    cli::Data,
    config::{Address, Config},
    run,
};

/// How long a desk that has just begun is waited for until its pages have an address.
const BEGIN_TIME_MAX: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Where the pages are opened unless something else is said.
const WEB: &str = "127.0.0.1:8080";

/// What the desktop's menu and its session read; `Exec` names the program by its path where it lies in a home folder.
const MENU: &str = include_str!("../../config/desktop/simpul.desktop");
const AT_LOG_ON: &str = include_str!("../../config/desktop/simpul-at-log-on.desktop");

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  simpul desk --install    # for this user: in the menu, at each log-on\n  simpul desk              # what the menu calls"
)]
pub(crate) struct Arguments {
    /// The node's data folder; else `simpul/node` where this user's programs keep their data.
    #[arg(long = "data", value_name = "DIR", env = "SIMPUL_DATA", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
    /// Where the pages are opened, on this machine: 127.0.0.1:8080, or any other port when that one is taken.
    #[arg(long, value_name = "HOST:PORT")]
    web: Option<Address>,
    /// A config file; else `simpul/simpul.toml` where this user's programs keep their settings, if it is there.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// As the session calls it: does nothing where this user has no data folder.
    #[arg(long)]
    at_log_on: bool,
    /// Put this program into the user's own folders: into the menu, and at each log-on. Needs no administrator.
    #[arg(long, conflicts_with_all = ["at_log_on", "remove"])]
    install: bool,
    /// Take it out again; records stay.
    #[arg(long, conflicts_with = "at_log_on")]
    remove: bool,
}

/// The person at this machine: who is shown the pages.
#[derive(Debug)]
pub(crate) struct Desk {
    /// Where the address of the pages is kept for whoever asks again; with a key in it while nobody can log in.
    pages: PathBuf,
}

impl Desk {
    /// Opens the pages, and keeps their address. A machine without a browser is told of in the log: the node goes on.
    pub(crate) fn show(&self, address: &str) {
        if let Err(error) = service::write_file(&self.pages, address) {
            tracing::warn!(%error, "who opens Simpul again will not find the pages");
        }
        if let Err(error) = open::that_detached(address) {
            tracing::warn!(%error, "no browser could be opened");
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let home = etcetera::choose_base_strategy().context("this user has no home folder")?;
    let dir = arguments.dir.clone().unwrap_or_else(|| home.data_dir().join("simpul").join("node"));
    if arguments.install {
        return install(&home);
    }
    if arguments.remove {
        return remove(&home, &dir);
    }
    if arguments.at_log_on && !dir.exists() {
        return Ok(());
    }
    let beside = dir.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(beside).map_err(|error| carry::cannot("make", beside, &error))?;
    let desk = Desk { pages: with_suffix(&dir, ".pages") };
    let lock = with_suffix(&dir, ".desk");
    let lock = File::create(&lock).map_err(|error| carry::cannot("write", &lock, &error))?;
    match lock.try_lock() {
        Ok(()) => {
            forget(&desk.pages)?;
            let settings = settings(arguments, &home)?;
            let done = run::start(&Data { dir, machine_key: None }, settings, Some(&desk));
            forget(&desk.pages)?;
            done
        }
        Err(TryLockError::WouldBlock) => show_running(&desk),
        Err(TryLockError::Error(error)) => Err(error).context("cannot tell whether Simpul runs already"),
    }
}

/// What the settings of this user say, where there are any.
fn settings(arguments: &Arguments, home: &impl BaseStrategy) -> anyhow::Result<Config> {
    let own = home.config_dir().join("simpul").join("simpul.toml");
    let file = arguments.config.clone().or_else(|| own.exists().then_some(own));
    let config = file.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    Ok(Config { web: arguments.web.clone().or(config.web).or(WEB.parse().ok()), ..config })
}

/// Shows the pages of the desk that runs; one that has just begun is waited for.
fn show_running(desk: &Desk) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        match fs::read_to_string(&desk.pages) {
            Ok(address) if !address.is_empty() => {
                return open::that_detached(&address).context("no browser could be opened");
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(carry::cannot("read", &desk.pages, &error)),
        }
        if began.elapsed() > BEGIN_TIME_MAX {
            return Err(Hinted::error("Simpul runs, but its pages have no address", "log out and in again"));
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn forget(pages: &Path) -> anyhow::Result<()> {
    match fs::remove_file(pages) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(carry::cannot("remove", pages, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The files of an installation in a user's own folders.
struct Installed {
    program: PathBuf,
    menu: PathBuf,
    at_log_on: PathBuf,
    icon: PathBuf,
}

impl Installed {
    fn of(home: &impl BaseStrategy) -> Self {
        Self {
            program: home.home_dir().join(".local/bin/simpul"),
            menu: home.data_dir().join("applications/simpul.desktop"),
            at_log_on: home.config_dir().join("autostart/simpul.desktop"),
            icon: home.data_dir().join("icons/hicolor/scalable/apps/simpul.svg"),
        }
    }
}

#[expect(clippy::print_stdout, reason = "what a command line answers")]
fn install(home: &impl BaseStrategy) -> anyhow::Result<()> {
    let Installed { program, menu, at_log_on, icon } = Installed::of(home);
    let own = std::env::current_exe().context("cannot find this program")?;
    if own != program {
        // Beside it and renamed: an older one may be running.
        let fresh = with_suffix(&program, ".new");
        make_folder_of(&fresh)?;
        fs::copy(&own, &fresh).map_err(|error| carry::cannot("write", &fresh, &error))?;
        fs::rename(&fresh, &program).map_err(|error| carry::cannot("write", &program, &error))?;
    }
    let quoted = quoted(&program)?;
    let entry = |text: &str| text.replace("Exec=simpul ", &format!("Exec={quoted} "));
    for (path, content) in [(&menu, entry(MENU)), (&at_log_on, entry(AT_LOG_ON)), (&icon, web::MARK_SVG.to_owned())] {
        make_folder_of(path)?;
        fs::write(path, content).map_err(|error| carry::cannot("write", path, &error))?;
    }
    println!("Simpul is in the menu now, and begins at each log-on of this user once it has made their office's node.");
    println!("program {}", program.display());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what a command line answers")]
fn remove(home: &impl BaseStrategy, dir: &Path) -> anyhow::Result<()> {
    let Installed { program, menu, at_log_on, icon } = Installed::of(home);
    for path in [&menu, &at_log_on, &icon, &program] {
        forget(path)?;
    }
    println!("Simpul is no longer in the menu and does not begin at log-on.");
    if dir.exists() {
        println!("The records are kept: {}", dir.display());
    }
    Ok(())
}

fn make_folder_of(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| carry::cannot("make", folder, &error))
}

/// A path as `Exec` takes it: in quotes, with what is special there behind a backslash (Desktop Entry Specification 1.5,
/// "The Exec key"; a backslash is doubled again as in every string of such a file, and so is a percent sign).
fn quoted(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().with_context(|| format!("{} is not plain text", path.display()))?;
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '`' | '$' => quoted.extend(["\\\\", letter.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    Ok(quoted)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_in_a_menu_as_its_rules_want_it() {
        assert_eq!(quoted(Path::new("/home/siti/.local/bin/simpul")).unwrap(), "\"/home/siti/.local/bin/simpul\"");
        assert_eq!(quoted(Path::new("/home/si ti/100%/$x")).unwrap(), "\"/home/si ti/100%%/\\\\$x\"");
    }

    #[test]
    fn menu_and_log_on_name_the_program_once() {
        for text in [MENU, AT_LOG_ON] {
            assert_eq!(text.matches("Exec=simpul ").count(), 1, "{text}");
        }
    }
}
