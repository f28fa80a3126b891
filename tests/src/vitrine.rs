//! The real binary as a child process: started, asked, killed, stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::client::{self, Answer};
use crate::files::Files;
use crate::paths;
use crate::wait::{LONG, wait_until};

/// How long a stop may take.
const STOP: Duration = Duration::from_secs(5);
/// How long compiling a guest and all that it needs may take.
const COMPILING: Duration = Duration::from_secs(600);
/// Log lines shown of a failed test.
const SHOWN: usize = 80;

/// Hosts share the machine, but for one whose test is about time.
static MACHINE: RwLock<()> = RwLock::const_new(());

enum Turn {
    Shared(#[expect(dead_code, reason = "held, not read")] RwLockReadGuard<'static, ()>),
    /// A preview beside a host, which has a turn.
    Beside,
    Alone(#[expect(dead_code, reason = "held, not read")] RwLockWriteGuard<'static, ()>),
}

type Lines = Arc<Mutex<Vec<String>>>;

/// How the host is started.
#[derive(Debug, Clone)]
pub struct Start {
    folder: PathBuf,
    /// What of the program stays until it is stopped.
    verb: Vec<String>,
    flags: Vec<String>,
    environment: Vec<(String, String)>,
    alone: bool,
    patience: Duration,
}

impl Start {
    /// With the folder's own `config/`, `dashboards/` and `data/`, on a free port.
    pub fn new(files: &Files) -> Start {
        Start::bare(files).flag("--listen", "127.0.0.1:0")
    }

    /// As a person starts it in that folder: nothing but the files says how.
    pub fn bare(files: &Files) -> Start {
        Start::within(files.path())
    }

    fn within(folder: &Path) -> Start {
        let verb = vec!["serve".to_owned()];
        Start { folder: folder.to_owned(), verb, flags: Vec::new(), environment: Vec::new(), alone: false, patience: LONG }
    }

    /// Shows a file, with the samples of the host at this address.
    pub fn preview(files: &Files, file: &str, address: &str) -> Start {
        let verb = ["preview", file, "--url", address].map(str::to_owned).to_vec();
        Start { verb, ..Start::within(files.path()) }.patient()
    }

    #[must_use]
    pub fn flag(mut self, name: &str, value: &str) -> Start {
        self.flags.extend([name.to_owned(), value.to_owned()]);
        self
    }

    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Start {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// While no other test's host runs: for tests that measure time.
    #[must_use]
    pub fn alone(mut self) -> Start {
        self.alone = true;
        self
    }

    /// Has time to compile something from scratch.
    #[must_use]
    pub fn patient(mut self) -> Start {
        self.patience = COMPILING;
        self
    }

    fn command(&self, verb: &[&str]) -> Command {
        let mut command = Command::new(paths::binary());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VITRINE_")) {
            command.env_remove(name);
        }
        command.args(verb).args(&self.flags).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env("TZ", "UTC").env("COLUMNS", "100").current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Starts `vitrine serve` and waits until it is ready.
    pub async fn serve(self) -> Vitrine {
        let turn = match self.verb[0].as_str() {
            "preview" => Turn::Beside,
            _ if self.alone => Turn::Alone(MACHINE.write().await),
            _ => Turn::Shared(MACHINE.read().await),
        };
        let mut vitrine = Vitrine { start: self, running: None, log: Lines::default(), _turn: turn };
        vitrine.launch().await;
        vitrine
    }

    /// Runs a verb to its end.
    pub async fn run(self, verb: &[&str]) -> Ran {
        let mut command = self.command(verb);
        let output = tokio::time::timeout(self.patience, command.output()).await;
        let output = output.unwrap_or_else(|_| panic!("`vitrine {}` did not end", verb.join(" "))).unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is text");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// What a verb said.
#[derive(Debug)]
pub struct Ran {
    /// None where a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs a verb in a folder.
pub async fn run(folder: &Path, verb: &[&str]) -> Ran {
    Start::within(folder).run(verb).await
}

struct Running {
    child: Child,
    address: String,
}

/// The running host. Ends with `stop`, or the test has failed. A test holds one at a time.
pub struct Vitrine {
    start: Start,
    running: Option<Running>,
    log: Lines,
    _turn: Turn,
}

impl Vitrine {
    pub async fn start(files: &Files) -> Vitrine {
        Start::new(files).serve().await
    }

    async fn launch(&mut self) {
        let verb: Vec<&str> = self.start.verb.iter().map(String::as_str).collect();
        let mut child = self.start.command(&verb).spawn().unwrap();
        let said = Lines::default();
        tokio::spawn(read(child.stdout.take().unwrap(), Arc::clone(&said)));
        tokio::spawn(read(child.stderr.take().unwrap(), Arc::clone(&self.log)));
        let line = wait_until("the host says where it is", self.start.patience, async || {
            let line = said.lock().unwrap().first().cloned();
            let ended = child.try_wait().unwrap();
            assert!(line.is_some() || ended.is_none(), "the host ended with {ended:?}:\n{}", self.log());
            line
        });
        let address = line.await.strip_prefix("Vitrine is at http://").expect("the address comes first").to_owned();
        let address = address.split('/').next().unwrap_or_default().to_owned();
        self.running = Some(Running { child, address });
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        &self.running.as_ref().expect("the host runs").address
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// The log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    pub async fn get(&self, path: &str) -> Answer {
        client::get(self.address(), path).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Sends JSON, with these headers besides.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        client::post(self.address(), path, &headers, body.to_string().into_bytes())
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The `data` of an answer of the API.
    pub async fn data(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()["data"].take()
    }

    /// The value of each series now.
    pub async fn query(&self, promql: &str) -> Vec<(BTreeMap<String, String>, f64)> {
        self.query_with(&[("query", promql)]).await
    }

    /// The value of each series at a moment, in seconds.
    pub async fn query_at(&self, promql: &str, time: f64) -> Vec<(BTreeMap<String, String>, f64)> {
        self.query_with(&[("query", promql), ("time", &time.to_string())]).await
    }

    async fn query_with(&self, form: &[(&str, &str)]) -> Vec<(BTreeMap<String, String>, f64)> {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let data = self.data(&format!("/api/v1/query?{form}")).await;
        let number = |value: &Value| value[1].as_str().unwrap().parse().unwrap();
        if data["resultType"] == "scalar" {
            return vec![(BTreeMap::new(), number(&data["result"]))];
        }
        let series = data["result"].as_array().unwrap();
        let labels = |one: &Value| serde_json::from_value(one["metric"].clone()).unwrap();
        series.iter().map(|one| (labels(one), number(&one["value"]))).collect()
    }

    /// The value of the only series, if there is one.
    pub async fn value(&self, promql: &str) -> Option<f64> {
        let series = self.query(promql).await;
        assert!(series.len() < 2, "{promql} gives {series:?}");
        series.first().map(|(_, value)| *value)
    }

    /// `pending`, `firing`, or nothing.
    pub async fn alert(&self, name: &str) -> Option<String> {
        let data = self.data("/api/v1/alerts").await;
        let alert = data["alerts"].as_array().unwrap().iter().find(|alert| alert["labels"]["alertname"] == name).cloned();
        Some(alert?["state"].as_str().unwrap().to_owned())
    }

    /// What `/api/sources` says of a source.
    pub async fn source(&self, name: &str) -> Option<Value> {
        let data = self.data("/api/sources").await;
        data["sources"].as_array().unwrap().iter().find(|source| source["name"] == name).cloned()
    }

    /// What `/api/sources` says of a channel.
    pub async fn channel(&self, name: &str) -> Option<Value> {
        let data = self.data("/api/sources").await;
        data["channels"].as_array().unwrap().iter().find(|channel| channel["name"] == name).cloned()
    }

    /// Waits until an alert is in a state; an empty one means that it is gone.
    pub async fn alert_is(&self, name: &str, state: &str) {
        let what = format!("alert {name} is `{state}`");
        wait_until(&what, LONG, async || (self.alert(name).await.unwrap_or_default() == state).then_some(())).await;
    }

    /// `kill -HUP`: reads its files again.
    pub fn hang_up(&self) {
        signal(&self.running.as_ref().unwrap().child, "-HUP");
    }

    /// `kill -9`
    pub async fn kill9(&mut self) {
        let mut running = self.running.take().expect("the host runs");
        running.child.kill().await.unwrap();
    }

    /// Starts it again with the same files, on another port.
    pub async fn restart(&mut self) {
        assert!(self.running.is_none(), "the host runs still");
        self.launch().await;
    }

    /// SIGTERM; asserts that it ends well and in time.
    pub async fn stop(mut self) {
        let mut running = self.running.take().expect("the host runs");
        signal(&running.child, "-TERM");
        let begin = Instant::now();
        let ended = tokio::time::timeout(LONG, running.child.wait()).await;
        let took = begin.elapsed();
        let ended = ended.unwrap_or_else(|_| panic!("the host does not stop:\n{}", self.log())).unwrap();
        assert!(ended.success(), "the host ended with {ended}:\n{}", self.log());
        assert!(took < STOP, "the host took {took:?} to stop:\n{}", self.log());
    }
}

fn signal(child: &Child, name: &str) {
    let id = child.id().expect("the host runs").to_string();
    let sent = std::process::Command::new("kill").args([name, &id]).status().unwrap();
    assert!(sent.success(), "kill {name} {id}: {sent}");
}

impl Drop for Vitrine {
    fn drop(&mut self) {
        // The child is killed with its handle.
        let left = self.running.take().is_some();
        if std::thread::panicking() {
            let log = self.log.lock().map(|lines| lines.clone()).unwrap_or_default();
            let from = log.len().saturating_sub(SHOWN);
            eprintln!("the host's last log lines:\n{}", log[from..].join("\n"));
            if let Some(source) = paths::newer_source() {
                eprintln!("{} is newer than the host: `cargo build --package vitrine` builds it", source.display());
            }
        } else {
            assert!(!left, "the host was left running: end the test with `stop()`");
        }
    }
}

async fn read(output: impl AsyncRead + Unpin, lines: Lines) {
    let mut output = BufReader::new(output).lines();
    while let Ok(Some(line)) = output.next_line().await {
        lines.lock().unwrap().push(line);
    }
}
