//! A real Prometheus watches real nodes: what they serve can be read, each query of the dashboard has an answer, and the
//! rules are evaluated.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use simpul_tests::harness::Network;
use tokio::runtime::{Builder, Runtime};

use crate::KURIPAN;

/// A programme that `scripts/test` fetched.
fn tool(name: &str) -> PathBuf {
    // This test lies in `target/<profile>/deps`.
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(3).unwrap().join("prometheus/usr/bin").join(name);
    assert!(path.exists(), "{} is not there: `scripts/test` fetches it", path.display());
    path
}

fn monitoring(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/monitoring").join(file).canonicalize().unwrap()
}

/// Runs promtool, which has to be content.
fn promtool(args: &[&str], input: &str) {
    let mut run = Command::new(tool("promtool"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    run.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = run.wait_with_output().unwrap();
    let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(done.status.success(), "promtool {args:?}: {said}");
}

/// A Prometheus that ends with the test.
struct Prometheus {
    child: Child,
    address: String,
    runtime: Runtime,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Prometheus {
    /// Watches these addresses once a second.
    fn start(folder: &Path, watched: &[String]) -> Self {
        let config = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\n\
             rule_files: [{:?}]\n\
             scrape_configs: [{{job_name: simpul, static_configs: [{{targets: {watched:?}}}]}}]\n",
            monitoring("simpul.rules.yml")
        );
        let file = folder.join("prometheus.yml");
        fs::write(&file, config).unwrap();
        // A port that is free now.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let log = fs::File::create(folder.join("prometheus.log")).unwrap();
        let child = Command::new(tool("prometheus"))
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { child, address, runtime: Builder::new_current_thread().enable_all().build().unwrap() }
    }

    /// Asks its API; none while it does not answer.
    fn ask(&self, path: &str, params: &[(&str, &str)]) -> Option<Value> {
        let url = reqwest::Url::parse_with_params(&format!("http://{}/api/v1/{path}", self.address), params).unwrap();
        self.runtime.block_on(async { reqwest::get(url).await.ok()?.json().await.ok() })
    }

    /// What a query finds.
    fn query(&self, query: &str) -> Vec<Value> {
        let answer = self.ask("query", &[("query", query)]).unwrap_or_default();
        answer["data"]["result"].as_array().cloned().unwrap_or_default()
    }
}

#[test]
fn a_real_prometheus_reads_every_node_answers_the_dashboard_and_evaluates_the_rules() {
    let rules = monitoring("simpul.rules.yml");
    promtool(&["check", "rules", rules.to_str().unwrap()], "");
    promtool(&["test", "rules", monitoring("simpul.rules.test.yml").to_str().unwrap()], "");

    let net = Network::small();
    net["kuripan"].register("Bawon", KURIPAN, &[]);
    net.settle();
    // A session that ends.
    net["garung"].stop();
    net.cut_off("kuripan");
    net["kuripan"].register("Turyati", KURIPAN, &[]);
    let answer = net["kuripan"].get("/metrics");
    promtool(&["check", "metrics"], answer.split_once("\r\n\r\n").unwrap().1);

    let web = |label: &str| net[label].web().unwrap().trim_start_matches("http://").to_owned();
    let prometheus = Prometheus::start(net.folder(), &[web("kuripan"), web("wonosobo")]);
    net.until("both nodes are scraped", || (prometheus.query("up == 1").len() == 2).then_some(()));
    let dashboard: Value =
        serde_json::from_str(&fs::read_to_string(monitoring("simpul.dashboard.json")).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default());
    let queries: Vec<String> = targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect();
    assert!(queries.len() > 8, "{queries:?}");
    for query in queries {
        net.until(&format!("{query} has an answer"), || (!prometheus.query(&query).is_empty()).then_some(()));
    }
    let only = net.until("it knows what is at the village alone", || {
        prometheus.query("sum(sync_only_copy_changes)").first().cloned().filter(|found| found["value"][1] != "0")
    });
    let only_here = net["kuripan"].status().only_here;
    assert_eq!(only["value"][1], only_here.to_string(), "{only}");
    net.until("every rule was evaluated without an error", || {
        let rules = prometheus.ask("rules", &[])?;
        let rules = rules["data"]["groups"][0]["rules"].as_array().cloned()?;
        (rules.len() > 5 && rules.iter().all(|rule| rule["health"] == "ok")).then_some(())
    });
}
