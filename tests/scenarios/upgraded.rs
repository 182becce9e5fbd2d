//! A newer program is put in place: only a signed one, and the old one comes back when the node does not come up.

use std::{
    fs,
    io::Cursor,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use minisign::KeyPair;
use simpul_tests::harness::{Answer, Build, Network, simpul, simpul_of};

/// Starts a program again whenever it has ended, as a service manager does.
struct Supervisor {
    child: Arc<Mutex<Option<Child>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Keeps `program run` going on a data folder; its process id stands in `pid`.
    fn start(program: PathBuf, data: PathBuf, pid: PathBuf) -> Self {
        let (child, over) = (Arc::new(Mutex::new(None)), Arc::new(AtomicBool::new(false)));
        let (kept, ends) = (child.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                let ended =
                    kept.lock().unwrap().as_mut().is_none_or(|child: &mut Child| child.try_wait().unwrap().is_some());
                if ended {
                    let started = Command::new(&program)
                        .args(["run", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--data"])
                        .arg(&data)
                        .stdout(Stdio::null())
                        .stderr(Stdio::null())
                        .spawn();
                    // While a program is being replaced there may be none for a moment.
                    if let Ok(started) = started {
                        fs::write(&pid, started.id().to_string()).unwrap();
                        *kept.lock().unwrap() = Some(started);
                    }
                }
                // The pause between two starts that a service manager has, too; no test waits for it.
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        });
        Self { child, over, thread: Some(thread) }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.take().map(JoinHandle::join);
        if let Some(mut child) = self.child.lock().unwrap().take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn write_program(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What `simpul upgrade` reads: whose signature counts, and how the node is restarted.
fn settings(by: &KeyPair, pid: &Path) -> String {
    let restart = format!("kill $(cat {}) 2> /dev/null; true", pid.display());
    let key = by.pk.to_base64();
    format!("[upgrade]\nkey = {key:?}\nrestart = [\"sh\", \"-c\", {restart:?}]\nready_seconds = 5\n")
}

fn sign(by: &KeyPair, file: &Path) {
    let bytes = Cursor::new(fs::read(file).unwrap());
    let signature = minisign::sign(Some(&by.pk), &by.sk, bytes, None, None).unwrap();
    fs::write(format!("{}.minisig", file.display()), signature.into_string()).unwrap();
}

#[test]
fn a_signed_newer_program_is_put_in_place_and_the_old_one_comes_back_when_the_node_does_not_come_up() {
    let net = Network::of(&["kemnaker"], true);
    net["kemnaker"].stop();
    let at = |name: &str| net.folder().join(name);
    let (program, data) = (at("simpul"), net["kemnaker"].folder.clone());
    let this = simpul([""]).get_program().to_owned();
    write_program(&program, &fs::read(&this).unwrap());
    let (ours, others) =
        (KeyPair::generate_unencrypted_keypair().unwrap(), KeyPair::generate_unencrypted_keypair().unwrap());
    fs::write(at("upgrade.toml"), settings(&ours, &at("pid"))).unwrap();
    let upgrade = |file: &Path, more: &[&str]| {
        let mut command = simpul(["upgrade", "--program"]);
        command.arg(&program).arg("--data").arg(&data).arg("--config").arg(at("upgrade.toml")).arg(file).args(more);
        Answer::of(&mut command)
    };
    let _supervisor = Supervisor::start(program.clone(), data.clone(), at("pid"));
    // Only a node that runs listens; else its store is opened for the question.
    let runs = |what: &str| net.until(what, || net["kemnaker"].status().listen);
    runs("the node runs");

    // Not signed, signed by somebody else, or changed since: nothing happens.
    let fresh = at("fresh");
    write_program(&fresh, &fs::read(&this).unwrap());
    let none = upgrade(&fresh, &["--older"]).failed();
    assert!(none.contains("minisig"), "{none}");
    sign(&others, &fresh);
    let other = upgrade(&fresh, &["--older"]).failed();
    assert!(other.contains("not signed by the key in the config"), "{other}");
    sign(&ours, &fresh);
    let mut changed = fs::read(&fresh).unwrap();
    changed.push(0);
    write_program(&at("changed"), &changed);
    fs::copy(format!("{}.minisig", fresh.display()), at("changed.minisig")).unwrap();
    let changed = upgrade(&at("changed"), &["--older"]).failed();
    assert!(changed.contains("not signed by the key in the config"), "{changed}");

    // Of the same version: only if that is meant. Then the node runs with it, and the old one lies beside it.
    let same = upgrade(&fresh, &[]).failed();
    assert!(same.contains("is installed"), "{same}");
    let before = fs::read_to_string(at("pid")).unwrap();
    let done = upgrade(&fresh, &["--older"]).done();
    assert!(done.contains("the node runs with it"), "{done}");
    assert_ne!(fs::read_to_string(at("pid")).unwrap(), before, "it was started again");
    assert!(at("simpul.old").exists() && !at("simpul.new").exists());
    runs("the node runs with the new program");

    // A newer one that does not come up: the old one runs again, with everything that it had.
    write_program(&at("broken"), b"#!/bin/sh\n[ \"$1\" = --version ] && echo simpul 99.0.0 && exit 0\nexit 1\n");
    sign(&ours, &at("broken"));
    let broken = upgrade(&at("broken"), &[]).failed();
    assert!(
        broken.contains("did not come up with version 99.0.0")
            && broken.contains(concat!("version ", env!("CARGO_PKG_VERSION"), " runs")),
        "{broken}"
    );
    assert_eq!(fs::read(&program).unwrap(), fs::read(&this).unwrap());
    runs("the node runs with the old program again");
}

#[test]
fn the_version_before_upgrades_itself_to_this_one() {
    if !Build::before_is_there() {
        return;
    }
    let net = Network::built(&["kemnaker"], true, |_| Build::Before);
    let id = net["kemnaker"].status().office.id;
    net["kemnaker"].stop();
    let at = |name: &str| net.folder().join(name);
    let ours = KeyPair::generate_unencrypted_keypair().unwrap();
    fs::write(at("upgrade.toml"), settings(&ours, &at("pid"))).unwrap();
    write_program(&at("simpul"), &fs::read(Build::Before.path()).unwrap());
    write_program(&at("fresh"), &fs::read(Build::This.path()).unwrap());
    sign(&ours, &at("fresh"));
    let _supervisor = Supervisor::start(at("simpul"), net["kemnaker"].folder.clone(), at("pid"));
    net.until("the node runs", || net["kemnaker"].status().listen);

    let mut upgrade = simpul_of(Build::Before, ["upgrade", "--program"]);
    upgrade.arg(at("simpul")).arg("--data").arg(&net["kemnaker"].folder);
    upgrade.arg("--config").arg(at("upgrade.toml")).arg(at("fresh"));
    let done = Answer::of(&mut upgrade).done();
    assert!(done.contains("the node runs with it"), "{done}");
    net["kemnaker"].set_build(Build::This);
    net.until("it answers the newer program", || net["kemnaker"].status().listen);
    assert_eq!(net["kemnaker"].status().office.id, id);
}
