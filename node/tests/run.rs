//! The binary as a process: what it serves, how it ends, what it tells when it cannot.

#![allow(clippy::unwrap_used, reason = "a test at the edge")]

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

fn simpul(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simpul"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Killed by its handle if the test ends before it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_node_serves_its_page_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("node");
    let config = folder.path().join("simpul.toml");
    std::fs::write(&config, "web = \"127.0.0.1:0\"\nlog = \"warn\"\n").unwrap();
    let (data, config) = (data.to_str().unwrap(), config.to_str().unwrap());
    let office = ["--name", "Desa Kuripan", "--kind", "village", "--region", "33.07.10.2004"];
    let made = simpul(&["init", "--data", data]).args(office).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut node = Running(simpul(&["run", "--data", data, "--config", config]).spawn().unwrap());

    let said = BufReader::new(node.0.stdout.take().unwrap());
    let mut lines = said.lines().map_while(Result::ok);
    let web = lines.find(|line| line.starts_with("web http://")).expect("the node says where its pages are");
    let address = web.trim_start_matches("web http://");

    let mut answer = String::new();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "{answer}");

    kill_process(Pid::from_child(&node.0), Signal::TERM).unwrap();
    assert!(node.0.wait().unwrap().success(), "told to stop, a node ends well");
}

#[test]
fn what_cannot_be_run_is_told_with_a_hint() {
    check(
        &["run", "--data", "d", "--web", "0.0.0.0:0"],
        1,
        &["error: cannot serve the pages: 0.0.0.0:0", "hint: --web 127"],
    );
    check(&["run", "--data", "d", "--config", "/nowhere/simpul.toml"], 1, &["error: cannot read /nowhere/simpul.toml"]);
    check(&["run", "--data", "d", "--web", "8080"], 2, &["`8080` is not HOST:PORT"]);
    check(&["run", "--data", "/nowhere/node"], 1, &["error: /nowhere/node holds no node", "hint: make a node there"]);
    check(&["run"], 2, &["--data <DIR>"]);
    check(&["dance"], 2, &["unrecognized subcommand"]);
}

fn check(arguments: &[&str], code: i32, expected: &[&str]) {
    let Output { status, stderr, .. } = simpul(arguments).output().unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{arguments:?}: {told}");
    for part in expected {
        assert!(told.contains(part), "{arguments:?} tells {part}: {told}");
    }
}
