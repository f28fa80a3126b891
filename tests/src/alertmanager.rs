//! Debian's Alertmanager as a neighbour.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::client::{self, Answer};
use crate::paths;
use crate::wait::{LONG, wait_until};

/// A running Alertmanager with a folder of its own; both go with the value.
pub struct Alertmanager {
    address: String,
    _folder: TempDir,
    _child: Child,
}

impl Alertmanager {
    /// On a free port, telling nobody, and waits until it serves.
    pub async fn start() -> Alertmanager {
        let folder = tempfile::Builder::new().prefix("vitrine-alertmanager-").tempdir().unwrap();
        let file = folder.path().join("alertmanager.yml");
        std::fs::write(&file, "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n").unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(paths::alertmanager())
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--cluster.listen-address=")
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let alertmanager = Alertmanager { address, _folder: folder, _child: child };
        let ready = async || alertmanager.try_get("/-/ready").await.filter(|answer| answer.status == 200);
        wait_until("the Alertmanager is ready", LONG, ready).await;
        alertmanager
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        &self.address
    }

    async fn try_get(&self, path: &str) -> Option<Answer> {
        client::get(&self.address, path).await.ok()
    }
}
