//! Debian's node exporter as a neighbour: what its metrics are called and say is what ours must.

use std::collections::BTreeMap;
use std::process::Stdio;

use tokio::process::{Child, Command};

use crate::client;
use crate::paths;
use crate::wait::{LONG, wait_until};

/// A series: `__name__` and its labels.
pub type Labels = BTreeMap<String, String>;

/// The running exporter; it goes with the value.
pub struct Exporter {
    address: String,
    _child: Child,
}

impl Exporter {
    /// On a free port, and waits until it answers.
    pub async fn start(flags: &[&str]) -> Exporter {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(paths::node_exporter())
            .arg(format!("--web.listen-address={address}"))
            .args(flags)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let exporter = Exporter { address, _child: child };
        let ask = async || client::get(&exporter.address, "/").await.ok();
        wait_until("the node exporter answers", LONG, ask).await;
        exporter
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it says now.
    pub async fn scrape(&self) -> BTreeMap<Labels, f64> {
        let answer = client::get(&self.address, "/metrics").await.unwrap();
        answer.body.lines().filter(|line| !line.starts_with('#')).map(parse).collect()
    }
}

/// A line of the exposition format, of an exporter that writes no time stamps.
fn parse(line: &str) -> (Labels, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no value in {line}"));
    let (name, rest) = series.split_once('{').unwrap_or((series, "}"));
    let mut labels = Labels::from([("__name__".to_owned(), name.to_owned())]);
    let mut rest = rest;
    while let Some((label, quoted)) = rest.split_once("=\"") {
        let mut value = String::new();
        let mut letters = quoted.char_indices();
        let end = loop {
            match letters.next().unwrap_or_else(|| panic!("a quote is open in {line}")) {
                (end, '"') => break end,
                (_, '\\') => match letters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, letter)) => value.push(letter),
                    None => panic!("an escape is open in {line}"),
                },
                (_, letter) => value.push(letter),
            }
        };
        labels.insert(label.trim_start_matches(',').to_owned(), value);
        rest = &quoted[end + 1..];
    }
    (labels, value.parse().unwrap_or_else(|error| panic!("{error} in {line}")))
}
