//! An officer at a browser at an office that runs.

use simpul_tests::harness::{Network, Office};
use tokio::task::block_in_place;

use crate::browser::Browser;

pub(crate) const PASSWORD: &str = "kopi pagi hari";

/// Offices of the programme that run; for practice.
pub(crate) fn network(shorts: &[&str]) -> Network {
    block_in_place(|| Network::of(shorts, true))
}

/// One office that runs alone and belongs to no network.
pub(crate) fn alone(short: &str) -> Network {
    block_in_place(|| {
        let mut net = Network::empty(false);
        net.init(short);
        net.start(short);
        net
    })
}

/// A browser in which somebody is logged in at an office.
pub(crate) struct Desk {
    pub(crate) browser: Browser,
    web: String,
}

impl Desk {
    /// Adds an officer of these roles at the office, opens a browser, and logs in with the one-time code.
    pub(crate) async fn of(office: &Office, handle: &str, roles: &[&str]) -> Self {
        let code = code(office, handle, roles);
        let desk = Self::outside(office).await;
        desk.open("/masuk/kode?lang=id").await;
        desk.browser.write("#handle", handle).await;
        desk.browser.write("#code", &code).await;
        desk.browser.write("#password", PASSWORD).await;
        desk.browser.write("#again", PASSWORD).await;
        desk.browser.click("main form button").await;
        desk.browser.until("somebody is logged in", "return !!document.querySelector('#today');").await;
        desk
    }

    /// A browser in which nobody is logged in.
    pub(crate) async fn outside(office: &Office) -> Self {
        Self::at(office.web().expect("the office runs")).await
    }

    /// A browser for the pages at an address.
    pub(crate) async fn at(web: String) -> Self {
        Self { browser: Browser::start().await, web }
    }

    pub(crate) async fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.web)).await;
    }

    /// Registers somebody by the form; the browser then shows the record, whose path is given back.
    pub(crate) async fn register(&self, fields: &[(&str, &str)]) -> String {
        self.open("/peserta/daftar").await;
        for (field, value) in fields {
            self.browser.write(&format!("#{field}"), value).await;
        }
        self.browser.click("#form .actions button").await;
        self.browser.until("the record is shown", "return !!document.querySelector('#record h1');").await;
        self.path().await
    }

    /// Changes one field by the form.
    pub(crate) async fn change(&self, record: &str, field: &str, value: &str) {
        self.open(&format!("{record}/ubah")).await;
        self.browser.write(&format!("#{field}"), value).await;
        self.save().await;
    }

    pub(crate) async fn save(&self) {
        self.browser.click("#form .actions button").await;
        self.browser.until("the record is shown", "return !!document.querySelector('#record h1');").await;
    }

    /// Where the browser is, without what follows a `?`.
    pub(crate) async fn path(&self) -> String {
        self.browser.script("return location.pathname;").await.as_str().expect("a path").to_owned()
    }

    /// Waits until the page that is open shows a text, without being loaded again by the test.
    pub(crate) async fn sees(&self, text: &str) {
        let looks = format!("return document.body.innerText.includes({});", serde_json::json!(text));
        self.browser.until(&format!("the page shows {text:?}"), &looks).await;
    }

    /// Waits until the page that is open no longer shows a text.
    pub(crate) async fn no_longer_sees(&self, text: &str) {
        let looks = format!("return !document.body.innerText.includes({});", serde_json::json!(text));
        self.browser.until(&format!("the page no longer shows {text:?}"), &looks).await;
    }
}

/// Adds an officer on the command line and gives the one-time code.
pub(crate) fn code(office: &Office, handle: &str, roles: &[&str]) -> String {
    let mut command = vec!["officer", "add", handle, "--name"];
    let name = format!("{}{}", handle[..1].to_uppercase(), &handle[1..]);
    command.push(&name);
    for role in roles {
        command.extend(["--role", role]);
    }
    let said = block_in_place(|| office.ask(&command).done());
    said.lines().find_map(|line| line.strip_prefix("code ")).expect("a code is told").to_owned()
}
