//! One node of an office: its data folder, and its process while it runs.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    sync::{Mutex, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    binary::{Answer, Build, simpul_of, tail},
    network::PATIENCE,
    places::Place,
    said::{Charter, Conflict, Participant, Row, Status, Verified},
};

/// What puts a wall clock of its own between a process and the system (Debian's `faketime`); the loader fills in `$LIB`.
const FAKETIME: &str = "/usr/$LIB/faketime/libfaketimeMT.so.1";

/// How often a file or a process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The wall clock of one or more machines, ahead of the real one by as much as a test says.
pub struct Clock(PathBuf);

impl Clock {
    /// One that is right, kept in this folder.
    pub fn new(folder: &Path) -> Self {
        let clock = Self(folder.join("clock"));
        clock.set_minutes(0);
        clock
    }

    /// Sets it this many minutes ahead of the real one.
    pub fn set_minutes(&self, ahead: u64) {
        let fresh = self.0.with_extension("new");
        std::fs::write(&fresh, format!("+{}\n", ahead * 60)).expect("a clock can be written");
        std::fs::rename(&fresh, &self.0).expect("a clock can be written");
    }
}

/// A running `simpul run`.
pub struct Process {
    child: Child,
    /// Whether the node is a child of that child.
    under: bool,
    listens: Option<(SocketAddr, SocketAddr)>,
    /// Where its pages are.
    pub web: String,
}

impl Process {
    /// Starts a node and waits until it can be asked; `Err` is what it complained of instead.
    pub fn start(build: Build, data: &Path, args: &[String], log: &Path) -> Result<Self, Answer> {
        Self::launch(run(build, data, args), false, data, log)
    }

    /// The same on a machine whose wall clock is that far off, such as `+365d`. Its other clocks run as they do.
    pub fn start_with_clock(
        build: Build,
        offset: &str,
        data: &Path,
        args: &[String],
        log: &Path,
    ) -> Result<Self, Answer> {
        let mut command = run(build, data, args);
        command.env("LD_PRELOAD", FAKETIME).env("FAKETIME", offset).env("DONT_FAKE_MONOTONIC", "1");
        Self::launch(command, false, data, log)
    }

    /// The same on a machine whose wall clock is moved while it runs.
    pub fn start_by_clock(
        build: Build,
        clock: &Clock,
        data: &Path,
        args: &[String],
        log: &Path,
    ) -> Result<Self, Answer> {
        let mut command = run(build, data, args);
        command.env("LD_PRELOAD", FAKETIME).env("FAKETIME_TIMESTAMP_FILE", &clock.0).env("FAKETIME_NO_CACHE", "1");
        command.env("DONT_FAKE_MONOTONIC", "1");
        Self::launch(command, false, data, log)
    }

    /// The same as a child of another program, such as strace, which ends with it.
    pub fn start_under(build: Build, under: &[&str], data: &Path, args: &[String], log: &Path) -> Result<Self, Answer> {
        let [program, options @ ..] = under else { return Self::start(build, data, args, log) };
        let (mut outer, inner) = (Command::new(program), run(build, data, args));
        outer.args(options).arg(inner.get_program()).args(inner.get_args());
        Self::launch(outer, true, data, log)
    }

    fn launch(mut command: Command, under: bool, data: &Path, log: &Path) -> Result<Self, Answer> {
        let out = log.with_extension("out");
        let append = OpenOptions::new().create(true).append(true).open(log).expect("a log can be written");
        command.stdout(File::create(&out).expect("an output can be written")).stderr(append);
        let mut child = command.spawn().expect("`simpul` can be started");
        let began = Instant::now();
        loop {
            let said = std::fs::read_to_string(&out).unwrap_or_default();
            if let Some(web) = said.lines().find_map(|line| line.strip_prefix("web ")).filter(|_| said.ends_with('\n'))
            {
                return Ok(Self { child, under, listens: None, web: web.to_owned() });
            }
            let ended = child.try_wait().expect("a child can be waited for");
            if let Some(status) = ended.filter(|_| !out.metadata().is_ok_and(|out| out.len() > said.len() as u64)) {
                return Err(Answer {
                    asked: format!("run --data {}", data.display()),
                    code: status.code(),
                    out: said,
                    err: tail(log, 20),
                });
            }
            if began.elapsed() > PATIENCE {
                let log = tail(log, 40);
                // It is gone already or goes now.
                let _ = child.kill().and_then(|()| child.wait());
                panic!("a node does not say where its pages are:\n{said}\n{log}");
            }
            sleep(LOOK_EVERY);
        }
    }

    /// The node's process id.
    pub fn id(&self) -> u32 {
        let id = self.child.id();
        if !self.under {
            return id;
        }
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let first = children.ok().and_then(|ids| ids.split_whitespace().next().and_then(|id| id.parse().ok()));
        first.expect("the outer program runs the node as its child")
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, signal).expect("a child can be signalled");
    }

    /// Asks it to stop and waits for its end.
    pub fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "a node does not stop");
            sleep(LOOK_EVERY);
        }
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().expect("a child can be waited for");
    }
}

/// A node that listens on the loopback.
fn run(build: Build, data: &Path, args: &[String]) -> Command {
    let mut command =
        simpul_of(build, ["run", "--listen", "127.0.0.1:0", "--tcp", "127.0.0.1:0", "--web", "127.0.0.1:0"]);
    // It tells nobody where it listens, as behind a router: others reach it by its roads alone.
    command.args(["--advertise", "127.0.0.1:1"]);
    command.arg("--data").arg(data).args(args);
    command
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// One node of an office.
pub struct Office {
    /// What the story calls this node.
    pub label: String,
    /// The office.
    pub place: Place,
    /// Its data folder.
    pub folder: PathBuf,
    /// Where files lie that are carried to and from it.
    pub desk: PathBuf,
    /// Its key.
    pub key: String,
    build: Mutex<Build>,
    process: Mutex<Option<Process>>,
}

impl Office {
    /// Makes a data folder with `init`, for a new office or as a further node `of` one.
    pub fn init(build: Build, under: &Path, label: &str, place: Place, of: Option<&str>, practice: bool) -> Self {
        let (folder, desk) = (under.join(label), under.join(format!("{label}-desk")));
        std::fs::create_dir_all(&desk).expect("a folder can be made");
        let mut command = simpul_of(build, ["init"]);
        match of {
            Some(id) => command.args(["--of", id]),
            None => {
                let kind = place.kind.to_string();
                command.args(["--name", place.name, "--kind", &kind, "--region", place.region])
            }
        };
        if practice {
            command.arg("--practice");
        }
        let said = Answer::of(command.arg("--data").arg(&folder)).done();
        let key = said.lines().find_map(|line| line.strip_prefix("node ")).expect("`init` says the node's key");
        let (label, key) = (label.to_owned(), key.to_owned());
        Self { label, place, folder, desk, key, build: Mutex::new(build), process: Mutex::new(None) }
    }

    /// A node of the same office whose data folder is not there yet: somebody is about to copy one.
    pub fn copy(&self, label: &str) -> Self {
        let under = self.folder.parent().expect("a data folder lies in a folder");
        let (folder, desk) = (under.join(label), under.join(format!("{label}-desk")));
        std::fs::create_dir_all(&desk).expect("a folder can be made");
        let (label, key) = (label.to_owned(), self.key.clone());
        let build = Mutex::new(self.build());
        Self { label, place: self.place, folder, desk, key, build, process: Mutex::new(None) }
    }

    /// A file of this office's desk.
    pub fn file(&self, name: &str) -> String {
        self.desk.join(name).to_str().expect("folders of tests are plain text").to_owned()
    }

    /// Where its process writes its log.
    pub fn log(&self) -> PathBuf {
        self.desk.join("node.log")
    }

    /// The last lines of its log.
    pub fn log_tail(&self) -> String {
        tail(&self.log(), 15)
    }

    /// Whether its log says this.
    pub fn log_contains(&self, word: &str) -> bool {
        std::fs::read_to_string(self.log()).is_ok_and(|log| log.contains(word))
    }

    /// Runs a command on this node's store.
    pub fn ask(&self, args: &[&str]) -> Answer {
        Answer::of(simpul_of(self.build(), args).arg("--data").arg(&self.folder))
    }

    /// The program that its commands and its process are of, from now on.
    pub fn set_build(&self, build: Build) {
        *self.build.lock().unwrap_or_else(PoisonError::into_inner) = build;
    }

    fn build(&self) -> Build {
        *self.build.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts its process with these further arguments.
    pub fn start(&self, args: &[String]) -> Result<(), Answer> {
        self.started(Process::start(self.build(), &self.folder, args, &self.log())?)
    }

    /// Starts its process on a machine whose wall clock is that far off.
    pub fn start_with_clock(&self, offset: &str, args: &[String]) -> Result<(), Answer> {
        self.started(Process::start_with_clock(self.build(), offset, &self.folder, args, &self.log())?)
    }

    /// Starts its process on a machine with this wall clock.
    pub fn start_by_clock(&self, clock: &Clock, args: &[String]) -> Result<(), Answer> {
        self.started(Process::start_by_clock(self.build(), clock, &self.folder, args, &self.log())?)
    }

    /// Starts its process as a child of another program.
    pub fn start_under(&self, under: &[&str], args: &[String]) -> Result<(), Answer> {
        self.started(Process::start_under(self.build(), under, &self.folder, args, &self.log())?)
    }

    fn started(&self, process: Process) -> Result<(), Answer> {
        let former = self.process().replace(process);
        assert!(former.is_none(), "{} ran already", self.label);
        let status = self.status();
        let at = |address: &Option<String>| {
            let address = address.as_deref().unwrap_or_else(|| panic!("{} listens: {status:?}", self.label));
            address.parse::<SocketAddr>().expect("an address")
        };
        let listens = (at(&status.listen), at(&status.tcp));
        self.process().as_mut().expect("it was started").listens = Some(listens);
        Ok(())
    }

    /// Where it listens while it runs: QUIC, TLS over TCP.
    pub fn listens(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.process().as_ref().and_then(|process| process.listens)
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether its process was started and not ended since.
    pub fn runs(&self) -> bool {
        self.process().is_some()
    }

    /// Its process id, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process().as_ref().map(Process::id)
    }

    /// Where its pages are, while it runs.
    pub fn web(&self) -> Option<String> {
        self.process().as_ref().map(|process| process.web.clone())
    }

    /// Asks its pages as a watching machine does; the answer with its head.
    pub fn get(&self, path: &str) -> String {
        let web = self.web().expect("the node runs");
        let address = web.strip_prefix("http://").expect("pages have an address");
        let mut stream = TcpStream::connect(address).expect("the pages answer");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("they hear");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("they speak");
        answer
    }

    /// Stops its process in good order.
    pub fn stop(&self) {
        let process = self.process().take().expect("the node runs");
        let status = process.stop();
        assert!(status.success(), "{} ended with {status}:\n{}", self.label, self.log_tail());
    }

    /// kill -9.
    pub fn kill(&self) {
        self.process().take().expect("the node runs").kill();
    }

    /// `status`.
    #[track_caller]
    pub fn status(&self) -> Status {
        self.ask(&["status", "--json"]).json()
    }

    /// `charter show`.
    #[track_caller]
    pub fn charter(&self) -> Charter {
        self.ask(&["charter", "show", "--json"]).json()
    }

    /// `participant add`; the fields are `FIELD=VALUE`.
    #[track_caller]
    pub fn register(&self, name: &str, village: &str, fields: &[&str]) -> Row {
        let command = ["participant", "add", "--json", "--name", name, "--village", village];
        self.ask(&[&command, fields].concat()).json()
    }

    /// `participant set`.
    #[track_caller]
    pub fn set(&self, id: &str, fields: &[&str]) {
        self.ask(&[&["participant", "set", id], fields].concat()).done();
    }

    /// `participant list`.
    #[track_caller]
    pub fn list(&self) -> Vec<Row> {
        self.ask(&["participant", "list", "--json"]).json()
    }

    /// The names in the list, in order.
    #[track_caller]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.list().into_iter().filter_map(|row| row.name).collect();
        names.sort_unstable();
        names
    }

    /// `participant show`; none if the office holds no such participant.
    #[track_caller]
    pub fn show(&self, id: &str) -> Participant {
        self.ask(&["participant", "show", "--json", id]).json()
    }

    /// `participant conflicts`.
    #[track_caller]
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.ask(&["participant", "conflicts", "--json"]).json()
    }

    /// `verify`, which must find no difference.
    #[track_caller]
    pub fn verify(&self) -> Verified {
        let found: Verified = self.ask(&["verify", "--json"]).json();
        assert_eq!(found.differences, Vec::<String>::new(), "{}", self.label);
        found
    }
}
