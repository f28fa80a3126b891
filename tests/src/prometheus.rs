//! Debian's Prometheus and its promtool as neighbours.

use std::path::Path;
use std::process::{Output, Stdio};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::client::{self, Answer};
use crate::paths;
use crate::wait::{LONG, wait_until};

/// A running Prometheus with a folder of its own; both go with the value.
pub struct Prometheus {
    address: String,
    _folder: TempDir,
    _child: Child,
}

impl Prometheus {
    /// On a free port, with these settings, and waits until it serves.
    pub async fn start(settings: &str, flags: &[&str]) -> Prometheus {
        let folder = tempfile::Builder::new().prefix("vitrine-prometheus-").tempdir().unwrap();
        let file = folder.path().join("prometheus.yml");
        std::fs::write(&file, settings).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(paths::prometheus("prometheus"))
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .args(flags)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let prometheus = Prometheus { address, _folder: folder, _child: child };
        let ready = async || prometheus.try_get("/-/ready").await.filter(|answer| answer.status == 200);
        wait_until("Prometheus is ready", LONG, ready).await;
        prometheus
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        &self.address
    }

    async fn try_get(&self, path: &str) -> Option<Answer> {
        client::get(&self.address, path).await.ok()
    }

    pub async fn get(&self, path: &str) -> Answer {
        client::get(&self.address, path).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The sum of one of its own metrics over all its series.
    pub async fn own(&self, metric: &str) -> f64 {
        let page = self.get("/metrics").await.body;
        let lines = page.lines().filter(|line| line.strip_prefix(metric).is_some_and(|rest| rest.starts_with(['{', ' '])));
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
    }
}

/// Runs promtool to its end.
pub async fn promtool(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(paths::prometheus("promtool"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    tokio::time::timeout(LONG, command.output()).await.expect("promtool ends in time").unwrap()
}
