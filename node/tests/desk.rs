//! The desk of a laptop's user: what is opened for them, once or again, at log-on, and what an installation leaves.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test at the edge")]

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

const PATIENCE: Duration = Duration::from_secs(60);

/// A home folder, and a desktop that notes what it is asked to open.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tools = folder.path().join("tools");
        fs::create_dir(&tools).unwrap();
        let opener = tools.join("xdg-open");
        fs::write(&opener, "#!/bin/sh\nprintf '%s\\n' \"$1\" >>\"$HOME/opened\"\n").unwrap();
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn simpul(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:/usr/bin:/bin", self.path("tools").display());
        command.args(arguments).env_clear().env("HOME", self.folder.path()).env("PATH", path);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn desk(&self, arguments: &[&str]) -> Command {
        let mut command = self.simpul(Path::new(env!("CARGO_BIN_EXE_simpul")), &["desk"]);
        command.args(arguments);
        command
    }

    fn opened(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("opened")).unwrap_or_default();
        text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::to_owned).collect()
    }

    fn opened_times(&self, times: usize) -> Vec<String> {
        let began = Instant::now();
        loop {
            let opened = self.opened();
            if opened.len() >= times {
                return opened;
            }
            assert!(began.elapsed() < PATIENCE, "opened {times} times: {opened:?}");
            std::thread::yield_now();
        }
    }
}

/// Killed by its handle if the test ends before it.
struct Running(Child);

impl Running {
    fn stop(mut self) {
        kill_process(Pid::from_child(&self.0), Signal::TERM).unwrap();
        assert!(self.0.wait().unwrap().success(), "told to stop, a desk ends well");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn page(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn whoever_opens_simpul_is_shown_mulai_and_again_while_it_runs() {
    let home = Home::new();
    let desk = Running(home.desk(&[]).spawn().unwrap());
    let first = home.opened_times(1).remove(0);
    assert!(first.contains("/mulai?kunci="), "{first}");
    let answer = page(&first);
    // A key that is right leads on, with a session of its own.
    assert!(answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 303"), "{answer}");

    let again = home.desk(&[]).output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(home.opened_times(2), [first.clone(), first]);

    // Its address has a key in it: for its owner alone, and gone with the desk.
    let kept = home.path(".local/share/simpul/node.pages");
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    desk.stop();
    assert!(!kept.exists());

    // What a desk that was killed leaves behind misleads nobody.
    fs::write(&kept, "http://127.0.0.1:9/").unwrap();
    let desk = Running(home.desk(&[]).spawn().unwrap());
    assert!(home.opened_times(3)[2].contains("/mulai?kunci="));
    desk.stop();
}

#[test]
fn the_settings_of_whoever_opens_simpul_hold_and_a_mistake_in_them_is_named() {
    let home = Home::new();
    let settings = home.path(".config/simpul/simpul.toml");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    fs::write(&settings, "web = \"127.0.0.1:0\"\nlog = \"warn\"\nbackups = 3\n").unwrap();
    let refused = home.desk(&[]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("simpul.toml") && said.contains("backups"), "{said}");
    assert_eq!(home.opened(), Vec::<String>::new());

    fs::write(&settings, "web = \"127.0.0.1:0\"\nlog = \"warn\"\n").unwrap();
    let mut desk = home.desk(&[]).spawn().unwrap();
    let mut log = desk.stderr.take().unwrap();
    let desk = Running(desk);
    let opened = home.opened_times(1).remove(0);
    assert!(!opened.contains(":8080"), "{opened}");
    desk.stop();
    let mut said = String::new();
    log.read_to_string(&mut said).unwrap();
    assert!(!said.contains("INFO"), "{said}");
}

#[test]
fn a_log_on_of_who_never_used_simpul_begins_nothing() {
    let home = Home::new();
    let done = home.desk(&["--at-log-on"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(home.opened(), Vec::<String>::new());
    assert!(!home.path(".local").exists());

    fs::create_dir_all(home.path(".local/share/simpul/node")).unwrap();
    let desk = Running(home.desk(&["--at-log-on"]).spawn().unwrap());
    assert_eq!(home.opened_times(1).len(), 1);
    desk.stop();
}

#[test]
fn an_installation_without_an_administrator_is_complete_and_leaves_the_records_when_it_goes() {
    let home = Home::new();
    let done = home.desk(&["--install"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let program = home.path(".local/bin/simpul");
    for name in [".local/share/applications/simpul.desktop", ".config/autostart/simpul.desktop"] {
        let entry = fs::read_to_string(home.path(name)).unwrap();
        assert!(entry.contains(&format!("Exec=\"{}\" desk", program.display())), "{entry}");
    }
    assert!(home.path(".local/share/icons/hicolor/scalable/apps/simpul.svg").exists());
    // Once more, by the installed program itself and over it.
    for own in [env!("CARGO_BIN_EXE_simpul"), program.to_str().unwrap()] {
        let done = home.simpul(Path::new(own), &["desk", "--install"]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    let records = home.path(".local/share/simpul/node/records");
    fs::create_dir_all(&records).unwrap();
    let done = home.simpul(&program, &["desk", "--remove"]).output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && said.contains("The records are kept: "), "{said}");
    assert!(!program.exists() && records.exists());
    assert!(!home.path(".config/autostart/simpul.desktop").exists());
}
