//! Several offices that founded a network together, and the roads between them.

use std::{
    collections::BTreeMap,
    ops::Index,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{
    binary::{Answer, Build, simpul},
    office::{Clock, Office},
    places::{PROGRAMME, SMALL, may_read, names_its_readers, place},
    road::{self, Road, Roads, Weather},
    said::{Scope, Status},
};

/// How long a story waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How many minutes a clock is moved on at a time: who looks more seldom was not watching.
const STEP_MINUTES: u64 = 10;

/// The first pause between two looks; it doubles up to the last.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(25), Duration::from_millis(200));

/// Offices, their roads, and the folder that they lie in.
pub struct Network {
    offices: Vec<Office>,
    roads: Roads,
    folder: TempDir,
    practice: bool,
}

impl Network {
    /// One founder, a province, a regency, two villages, all running. For practice.
    pub fn small() -> Self {
        Self::of(SMALL, true)
    }

    /// The thirteen offices of the programme.
    pub fn programme() -> Self {
        let shorts: Vec<&str> = PROGRAMME.iter().map(|place| place.short).collect();
        Self::of(&shorts, false)
    }

    /// These offices of the programme, founded by the ministries among them, all running.
    pub fn of(shorts: &[&str], practice: bool) -> Self {
        Self::built(shorts, practice, |_| Build::This)
    }

    /// The same, each office with the program that it is given.
    pub fn built(shorts: &[&str], practice: bool, build: impl Fn(&str) -> Build) -> Self {
        let mut net = Self::empty(practice);
        let founders: Vec<&str> = shorts.iter().copied().filter(|short| place(short).sponsor.is_none()).collect();
        for short in shorts {
            net.init_by(build(short), short);
        }
        net.found(&founders);
        for short in shorts {
            if let Some(sponsor) = place(short).sponsor {
                net.admit(short, sponsor);
            }
            net.start(short);
            // The charter comes with the first peer; who has it can sponsor the next.
            net.until(&format!("{short} knows that it is admitted"), || {
                net[short].status().office.admitted.then_some(())
            });
        }
        net
    }

    /// No office yet. With `SIMPUL_KEEP` in the environment the folder stays, for whoever looks for a fault.
    pub fn empty(practice: bool) -> Self {
        let mut folder = tempfile::Builder::new().prefix("simpul-").tempdir().expect("a temporary folder");
        folder.disable_cleanup(std::env::var_os("SIMPUL_KEEP").is_some());
        Self { offices: Vec::new(), roads: Mutex::default(), folder, practice }
    }

    /// Where everything of this network lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes a node for a new office, with `init`.
    pub fn init(&mut self, short: &str) {
        self.init_by(Build::This, short);
    }

    /// The same by another program, which its commands and its process are of.
    pub fn init_by(&mut self, build: Build, short: &str) {
        let office = Office::init(build, self.folder.path(), short, place(short), None, self.practice);
        self.offices.push(office);
    }

    /// Makes a further node of an office, with `init --of`.
    pub fn init_further(&mut self, label: &str, of: &str) {
        let id = self[of].status().office.id;
        let office = Office::init(Build::This, self.folder.path(), label, self[of].place, Some(&id), self.practice);
        self.offices.push(office);
    }

    /// Takes up a node that was made by other means, such as a copied folder.
    pub fn take_up(&mut self, office: Office) {
        self.offices.push(office);
    }

    /// request, draft, sign, found and join, for these offices.
    pub fn found(&self, founders: &[&str]) {
        let file = |name: &str| self.folder().join(name).to_str().expect("plain text").to_owned();
        let run = |args: &[String]| Answer::of(&mut simpul(args)).done();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut draft = words(&["charter", "draft", "--out", &file("draft")]);
        if self.practice {
            draft.push("--practice".to_owned());
        }
        for short in founders {
            let request = self[short].file("request");
            self[short].ask(&["request", "--out", &request]).done();
            draft.push(request);
        }
        run(&draft);
        let mut found = words(&["charter", "found", "--out", &file("founding"), &file("draft")]);
        for short in founders {
            let signature = self[short].file("signature");
            self[short].ask(&["charter", "sign", &file("draft"), "--out", &signature]).done();
            found.push(signature);
        }
        run(&found);
        for short in founders {
            self[short].ask(&["join", &file("founding")]).done();
        }
    }

    /// request, approve and join: `sponsor` admits `label`.
    pub fn admit(&self, label: &str, sponsor: &str) {
        let invite = self.invite(label, sponsor);
        self[label].ask(&["join", &invite]).done();
    }

    /// request and approve: gives back the invite, not yet used.
    pub fn invite(&self, label: &str, sponsor: &str) -> String {
        let (request, invite) = (self[label].file("request"), self[label].file("invite"));
        self[label].ask(&["request", "--out", &request]).done();
        self[sponsor].ask(&["approve", &request, "--out", &invite]).done();
        invite
    }

    /// Every office, in the order in which it came.
    pub fn offices(&self) -> impl Iterator<Item = &Office> {
        self.offices.iter()
    }

    /// The road on which one node calls another; opened when first asked for.
    pub fn road(&self, from: &str, to: &str) -> Arc<Road> {
        let mut roads = self.roads.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || {
            let road = Road::new();
            if let Some((udp, tcp)) = self[to].listens() {
                road.lead_to(udp, tcp);
            }
            Arc::new(road)
        };
        roads.entry((from.to_owned(), to.to_owned())).or_insert_with(open).clone()
    }

    /// Starts a node, which calls whom its office calls, over roads.
    pub fn start(&self, label: &str) {
        self.start_calling(label, &self.calls(label));
    }

    /// Starts a node with these arguments, and makes every road to it lead to where it listens now.
    pub fn start_calling(&self, label: &str, args: &[String]) {
        if let Err(answer) = self[label].start(args) {
            panic!("{label} does not start: {answer}");
        }
        self.lead_roads_to(label);
    }

    /// Starts a node on a machine whose wall clock is that far off, such as `+365d`.
    pub fn start_with_clock(&self, label: &str, offset: &str) {
        if let Err(answer) = self[label].start_with_clock(offset, &self.calls(label)) {
            panic!("{label} does not start: {answer}");
        }
        self.lead_roads_to(label);
    }

    /// Starts a node on a machine with this wall clock.
    pub fn start_by_clock(&self, label: &str, clock: &Clock, further: &[String]) {
        let args: Vec<String> = self.calls(label).into_iter().chain(further.iter().cloned()).collect();
        if let Err(answer) = self[label].start_by_clock(clock, &args) {
            panic!("{label} does not start: {answer}");
        }
        self.lead_roads_to(label);
    }

    /// The arguments that name whom a node calls.
    pub fn calls(&self, label: &str) -> Vec<String> {
        let calls = self[label].place.calls.iter().filter_map(|to| self.offices.iter().find(|o| o.label == **to));
        calls.flat_map(|to| self.call(label, &to.label)).collect()
    }

    /// The arguments by which one node calls another.
    pub fn call(&self, from: &str, to: &str) -> [String; 2] {
        ["--peer".to_owned(), format!("{}@{}", self[to].key, self.road(from, to).address())]
    }

    /// Makes every road to a running node lead to where it listens now.
    pub fn lead_roads_to(&self, label: &str) {
        let Some((udp, tcp)) = self[label].listens() else { panic!("{label} listens") };
        for ((_, to), road) in road::all(&self.roads) {
            if to == label {
                road.lead_to(udp, tcp);
            }
        }
    }

    /// Starts every office that does not run.
    pub fn start_all(&self) {
        for office in self.offices.iter().filter(|office| !office.runs()) {
            self.start(&office.label);
        }
    }

    /// Stops every office that runs.
    pub fn stop_all(&self) {
        for office in self.offices.iter().filter(|office| office.runs()) {
            office.stop();
        }
    }

    /// Sets the weather on every road from and to an office.
    pub fn weather(&self, label: &str, weather: Weather) {
        for ((from, to), road) in road::all(&self.roads) {
            if from == label || to == label {
                road.set(weather, weather);
            }
        }
    }

    /// Pulls the cable of an office: nothing comes or goes, and nobody is told.
    pub fn cut_off(&self, label: &str) {
        self.weather(label, Weather::CUT);
    }

    /// Puts the cable back.
    pub fn reconnect(&self, label: &str) {
        self.weather(label, Weather::FAIR);
    }

    /// Waits until there is what is looked for; when it does not come, the test ends and says what every office said.
    #[track_caller]
    pub fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let began = Instant::now();
        let mut pause = LOOK_AGAIN.0;
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain until {what}\n{}", self.told());
            sleep(pause);
            pause = LOOK_AGAIN.1.min(pause * 2);
        }
    }

    /// Waits until every running office holds and shows the same of each scope that it may read.
    #[track_caller]
    pub fn settle(&self) -> BTreeMap<String, Scope> {
        self.until("offices with equal rights hold and show the same", || self.settled().ok())
    }

    /// The scopes on which all running offices that may read them agree; else who differs.
    pub fn settled(&self) -> Result<BTreeMap<String, Scope>, String> {
        let said: Vec<(&Office, Status)> =
            self.offices.iter().filter(|office| office.runs()).map(|office| (office, office.status())).collect();
        let mut agreed: BTreeMap<String, Scope> = BTreeMap::new();
        for (office, status) in &said {
            for scope in &status.scopes {
                if !names_its_readers(&scope.name) && !may_read(&office.place, &scope.name) {
                    return Err(format!("{} holds {} and may not", office.label, scope.name));
                }
                let first = agreed.entry(scope.name.clone()).or_insert_with(|| scope.clone());
                if (&first.held, &first.state) != (&scope.held, &scope.state) {
                    return Err(format!("{} differs on {}", office.label, scope.name));
                }
            }
        }
        for (office, status) in &said {
            let ought = |name: &&String| !names_its_readers(name) && may_read(&office.place, name);
            let missing = agreed.keys().filter(ought).find(|name| status.scope(name).is_none());
            if let Some(name) = missing {
                return Err(format!("{} lacks {name}", office.label));
            }
        }
        Ok(agreed)
    }

    /// Moves a clock on, this many minutes at most, while these offices look, until what is looked for is there.
    pub fn watch(&self, clock: &Clock, labels: &[&str], what: &str, minutes: u64, found: impl Fn() -> bool) {
        for step in 1..=minutes / STEP_MINUTES {
            clock.set_minutes(step * STEP_MINUTES);
            for label in labels {
                self[label].get("/metrics");
            }
            if found() {
                return;
            }
        }
        panic!("not within {minutes} minutes: {what}\n{}", self.told());
    }

    /// What every office said last, for whoever reads a failure.
    pub fn told(&self) -> String {
        let mut told = String::new();
        if let Err(why) = self.settled() {
            told.push_str(&format!("not settled: {why}\n"));
        }
        for office in &self.offices {
            let runs = if office.runs() { "runs" } else { "does not run" };
            told.push_str(&format!("── {} ({runs}, {})\n", office.label, office.key));
            told.push_str(&format!("{}{}\n", office.ask(&["status"]), office.log_tail()));
        }
        told
    }
}

impl Index<&str> for Network {
    type Output = Office;

    #[track_caller]
    fn index(&self, label: &str) -> &Office {
        let office = self.offices.iter().find(|office| office.label == label);
        office.unwrap_or_else(|| panic!("no office is called {label}"))
    }
}
