//! The built `simpul` and what it answers.

use std::{
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

use serde::de::DeserializeOwned;

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let exe = std::env::current_exe().expect("a test knows where it lies");
    let folders = exe.ancestors().skip(1).take(2);
    folders.map(|folder| folder.join("simpul")).find(|file| file.is_file()).unwrap_or_else(|| {
        panic!("there is no `simpul` beside {}: build it first with `cargo build -p node`", exe.display())
    })
});

/// Which program a node runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// That of this tree.
    This,
    /// That of the version before, which `scripts/test` builds from the commit in `tests/version-before`.
    Before,
}

impl Build {
    /// Where the program lies.
    pub fn path(self) -> PathBuf {
        match self {
            Self::This => BINARY.clone(),
            Self::Before => built_before().join("simpul"),
        }
    }

    /// Whether the version before was built. A copy of the tree without its history has none, and `scripts/test` says so.
    pub fn before_is_there() -> bool {
        let folder = built_before();
        let there = folder.join("simpul").is_file();
        assert!(
            there || folder.join("no-history").is_file(),
            "no version before in {}: run scripts/test",
            folder.display()
        );
        there
    }
}

fn built_before() -> PathBuf {
    let exe = std::env::current_exe().expect("a test knows where it lies");
    exe.ancestors().nth(3).expect("tests lie in `target/PROFILE/deps`").join("before")
}

/// A command of the built `simpul`, with nothing of the caller's settings in its environment.
pub fn simpul<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    simpul_of(Build::This, args)
}

/// The same of another build.
pub fn simpul_of<A: AsRef<OsStr>>(build: Build, args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(build.path());
    command.args(args).stdin(Stdio::null());
    for name in ["SIMPUL_DATA", "SIMPUL_OFFICER", "SIMPUL_MACHINE_KEY", "SIMPUL_LOG"] {
        command.env_remove(name);
    }
    command
}

/// What a command answered.
#[derive(Clone)]
pub struct Answer {
    /// The command, for whoever reads a failure.
    pub asked: String,
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it complained of.
    pub err: String,
}

impl Answer {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let asked = command.get_args().map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
        let Output { status, stdout, stderr } = command.output().expect("`simpul` can be started");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { asked, code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// What it printed; the test ends here if the command failed.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{self}");
        self.out
    }

    /// What it printed, read as JSON.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(self) -> T {
        let told = self.to_string();
        serde_json::from_str(&self.done()).unwrap_or_else(|error| panic!("no such JSON: {error}\n{told}"))
    }

    /// The `error:` of a command that must fail with exit code 1, in one line with its `hint:`.
    #[track_caller]
    pub fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "{self}");
        assert!(self.err.lines().any(|line| line.starts_with("error: ")), "an error is told as one: {self}");
        self.err.lines().collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit {code}"));
        write!(f, "simpul {}: {code}\n{}{}", self.asked, self.out, self.err)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The last lines of a file, for whoever reads a failure.
pub(crate) fn tail(file: &Path, lines: usize) -> String {
    let text = std::fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let from = text.lines().count().saturating_sub(lines);
    text.lines().skip(from).collect::<Vec<_>>().join("\n")
}
