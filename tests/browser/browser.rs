//! One headless Chromium for one story: its own driver, port and profile, all gone when the story ends, however it ends.

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// What keeps Chromium quiet, quick and off every network but ours.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// Where files are saved, below the profile.
const DOWNLOADS: &str = "saved";

/// How often a driver may find its port taken.
const DRIVER_STARTS_MAX: usize = 5;
/// A driver that has not said its port by then will not say it.
const DRIVER_START_MAX: Duration = Duration::from_secs(30);

/// How long a page may take to show what it must, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A page on which more is needed to reach something is no page for the keyboard.
const TABS_MAX: usize = 60;

/// A screen, in CSS pixels.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
}

impl Screen {
    /// The officer's laptop.
    pub(crate) const LAPTOP: Self = Self { width: 1366, height: 768, dark: false };
    /// The narrowest page that must read without moving sideways.
    pub(crate) const NARROW: Self = Self { width: 320, height: 640, dark: false };

    pub(crate) fn dark(self) -> Self {
        Self { dark: true, ..self }
    }
}

pub(crate) struct Browser {
    driver: WebDriver,
    axe: String,
    _group: Group,
    profile: TempDir,
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let axe = axe_source();
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let (group, port) = Group::start().await;
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&installed("chromium").to_string_lossy()).expect("a path is a value");
        for flag in FLAGS {
            wanted.add_arg(flag).expect("a flag is a value");
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.path().display())).expect("a flag is a value");
        let saves = json!({"download.default_directory": profile.path().join(DOWNLOADS)});
        wanted.add_experimental_option("prefs", saves).expect("a folder is a value");
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All).expect("a level is a value");
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.expect("Chromium starts");
        let browser = Self { driver, axe, _group: group, profile };
        browser.screen(Screen::LAPTOP).await;
        browser
    }

    pub(crate) async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|error| panic!("{url} opens: {error}"));
    }

    pub(crate) async fn screen(&self, screen: Screen) {
        let Screen { width, height, dark } = screen;
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.tell("Emulation.setEmulatedMedia", features).await;
    }

    /// Pages are to be read without script. Holds for what is opened next; [`Self::text`] still works.
    pub(crate) async fn without_script(&self) {
        self.tell("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    }

    async fn tell(&self, method: &str, parameters: Value) {
        self.driver.cdp().send_raw(method, parameters).await.unwrap_or_else(|error| panic!("{method}: {error}"));
    }

    /// The visible text of the first element that `selector` finds.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let found = self.driver.find(By::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("{selector} is there: {error}")).text().await.expect("an element has text")
    }

    /// What `return …;` gives in the page.
    pub(crate) async fn script(&self, body: &str) -> Value {
        let answer = self.driver.execute(body, vec![]).await;
        answer.unwrap_or_else(|error| panic!("{body}: {error}")).json().clone()
    }

    /// Waits until `return …;` in the page gives true. A page that is being loaded gives nothing yet.
    pub(crate) async fn until(&self, what: &str, looks: &str) {
        let began = std::time::Instant::now();
        loop {
            let answer = self.driver.execute(looks, vec![]).await;
            if answer.is_ok_and(|answer| answer.json() == &Value::Bool(true)) {
                return;
            }
            if began.elapsed() > PATIENCE {
                let page = self.text("body").await;
                panic!("waited in vain until {what}; the page says:\n{page}");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Waits until the first element that `selector` finds shows a text; for pages without script too.
    pub(crate) async fn reads(&self, selector: &str, expected: &str) {
        let began = std::time::Instant::now();
        loop {
            let text = match self.driver.find(By::Css(selector)).await {
                Ok(found) => found.text().await.unwrap_or_default(),
                // The page is being loaded.
                Err(_) => String::new(),
            };
            if text.contains(expected) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain until {selector} reads {expected:?}: {text:?}");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Writes a text into a field, instead of what stands there.
    pub(crate) async fn write(&self, selector: &str, text: &str) {
        let field = self.driver.find(By::Css(selector)).await;
        let field = field.unwrap_or_else(|error| panic!("{selector} is there: {error}"));
        field.clear().await.expect("a field can be emptied");
        field.send_keys(text).await.expect("a field can be written into");
    }

    /// Waits until a file was saved under this name, and gives where it is.
    pub(crate) async fn saved(&self, name: &str) -> PathBuf {
        let file = self.profile.path().join(DOWNLOADS).join(name);
        let began = std::time::Instant::now();
        // Chromium takes the name with an empty file before it puts the whole one there.
        while !std::fs::metadata(&file).is_ok_and(|found| found.len() > 0) {
            assert!(began.elapsed() < PATIENCE, "{name} is saved");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        file
    }

    /// Chooses a file of this machine in a field for one.
    pub(crate) async fn choose_file(&self, selector: &str, path: &Path) {
        let field = self.driver.find(By::Css(selector)).await;
        let field = field.unwrap_or_else(|error| panic!("{selector} is there: {error}"));
        field.send_keys(path.to_string_lossy().as_ref()).await.expect("a file can be chosen");
    }

    /// Clicks; what is not there yet, or was just shown anew because something arrived, is looked up again.
    pub(crate) async fn click(&self, selector: &str) {
        let began = std::time::Instant::now();
        loop {
            let found = match self.driver.find(By::Css(selector)).await {
                Ok(found) => found,
                Err(error) => {
                    assert!(began.elapsed() < PATIENCE, "{selector} is there: {error}");
                    tokio::time::sleep(LOOK_AGAIN).await;
                    continue;
                }
            };
            match found.click().await {
                Ok(()) => return,
                Err(error) => {
                    let stale = error.to_string().contains("stale element") && began.elapsed() < PATIENCE;
                    assert!(stale, "{selector} can be clicked: {error}");
                }
            }
        }
    }

    pub(crate) async fn keys(&self, text: &str) {
        self.driver.action_chain().send_keys(text).perform().await.expect("keys are pressed");
    }

    /// Presses Tab until what has the keyboard begins with this text.
    pub(crate) async fn tab_to(&self, text: &str) {
        let looks = format!("return document.activeElement.textContent.trim().startsWith({});", json!(text));
        self.tab_until(text, &looks).await;
    }

    /// Presses Tab until a field has the keyboard.
    pub(crate) async fn tab_to_field(&self, name: &str) {
        self.tab_until(name, &format!("return document.activeElement.name == {};", json!(name))).await;
    }

    async fn tab_until(&self, what: &str, looks: &str) {
        for _ in 0..TABS_MAX {
            self.press(Key::Tab).await;
            // A body holds every text and is nowhere.
            let there =
                self.script(&looks.replacen("return ", "return document.activeElement != document.body && ", 1)).await;
            if there == true {
                return;
            }
        }
        panic!("{what} is not reached by Tab");
    }

    pub(crate) async fn press(&self, key: Key) {
        self.driver.action_chain().send_keys(key).perform().await.expect("the key is pressed");
    }

    /// What the console said since the last call: refusals of the content policy, failed loads, errors.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.driver.browser_log().await.expect("the browser keeps a log");
        log.into_iter().map(|entry| format!("{:?}: {}", entry.level, entry.message)).collect()
    }

    pub(crate) async fn expect_no_complaints(&self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "the browser complains:\n{}", complaints.join("\n"));
    }

    /// The rules of axe-core that the page breaks, each with where.
    pub(crate) async fn accessibility_violations(&self) -> Vec<String> {
        self.script(&self.axe).await;
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(
                r => done({passes: r.passes.length, violations:
                    r.violations.map(v => v.id + ': ' + v.help + ' at ' + v.nodes.map(n => n.target.join(' ')).join(', '))}),
                e => done({error: String(e)}));";
        let answer = self.driver.execute_async(run, vec![]).await.expect("axe-core runs").json().clone();
        assert!(answer["passes"].as_u64().is_some_and(|passes| passes > 0), "axe-core looked at the page: {answer}");
        let violations = answer["violations"].as_array().expect("axe-core lists violations").iter();
        violations.map(|violation| violation.as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) async fn expect_accessible(&self, what: &str) {
        let violations = self.accessibility_violations().await;
        assert!(violations.is_empty(), "axe-core finds on {what}:\n{}", violations.join("\n"));
    }

    pub(crate) async fn expect_nothing_sideways(&self, what: &str) {
        let wide = self.script("return [document.documentElement.scrollWidth, window.innerWidth];").await;
        assert!(wide[0].as_u64() <= wide[1].as_u64(), "{what} is {} wide on a screen of {}", wide[0], wide[1]);
    }

    /// Keeps a picture in `target/screenshots/NAME.png`.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = target_folder().join("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let picture = self.driver.screenshot_as_png().await.expect("the browser takes a picture");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("the picture is kept");
    }

    /// Ends the story in good order; a story that panics is ended by [`Group`].
    pub(crate) async fn close(self) {
        self.driver.quit().await.expect("Chromium closes");
    }
}

/// The driver and every process below it. They share a process group of their own, which ends with this value.
struct Group {
    driver: Child,
    /// Held open, so that a driver which speaks later does not fail on a closed pipe.
    _said: BufReader<ChildStdout>,
}

impl Group {
    /// Starts a driver; one that finds its port taken in the meantime ends, and the next one takes another.
    async fn start() -> (Self, u16) {
        let mut said = String::new();
        for _ in 0..DRIVER_STARTS_MAX {
            let mut group = Self::spawn();
            let port = tokio::time::timeout(DRIVER_START_MAX, group.port(&mut said)).await;
            if let Some(port) = port.expect("chromedriver says its port in time") {
                return (group, port);
            }
        }
        panic!("chromedriver ends before it says its port:\n{said}");
    }

    fn spawn() -> Self {
        let mut driver = Command::new(installed("chromedriver"))
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver starts");
        let said = BufReader::new(driver.stdout.take().expect("the output is piped"));
        Self { driver, _said: said }
    }

    /// The port that it says, and what it says before; none if it ends without one.
    async fn port(&mut self, said: &mut String) -> Option<u16> {
        loop {
            let begins = said.len();
            if self._said.read_line(said).await.expect("chromedriver can be read") == 0 {
                return None;
            }
            if let Some(rest) = said[begins..].split("started successfully on port ").nth(1) {
                return Some(rest.trim().trim_end_matches('.').parse().expect("a port is a number"));
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let leader = self.driver.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        if let Some(leader) = leader {
            // Fails only when all of them have ended already.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

fn installed(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").expect("there is a PATH");
    let mut found = std::env::split_paths(&path).map(|folder| folder.join(program)).filter(|file| file.is_file());
    found
        .next()
        .unwrap_or_else(|| panic!("no `{program}`: run scripts/test, or apt-get install chromium chromium-driver"))
}

fn target_folder() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder lies in target")
}

/// axe-core, where `scripts/test` keeps it.
fn axe_source() -> String {
    let folder = target_folder().join("axe");
    let mut kept: Vec<_> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "js"))
        .collect();
    kept.sort();
    let newest = kept.pop().unwrap_or_else(|| panic!("no axe-core in {}: run scripts/test", folder.display()));
    std::fs::read_to_string(newest).expect("axe-core can be read")
}
