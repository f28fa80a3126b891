//! Debian's `amtool`, the client of Alertmanager.

use std::process::Stdio;

use tokio::process::Command;

use crate::paths;
use crate::wait::LONG;

/// Asks the Alertmanager at an address, and gives what is printed. Panics where amtool says that it failed.
pub async fn amtool(address: &str, arguments: &[&str]) -> String {
    let (is_well, out, err) = try_amtool(address, arguments).await;
    assert!(is_well, "amtool {arguments:?}: {out}{err}");
    out
}

/// Whether it went well, what was printed, and what to standard error.
pub async fn try_amtool(address: &str, arguments: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(paths::amtool());
    // A file of the user's own would say otherwise.
    command.env("HOME", "/nonexistent").arg(format!("--alertmanager.url=http://{address}")).args(arguments);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let ran = tokio::time::timeout(LONG, command.output()).await.expect("amtool ends in time").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (ran.status.success(), text(ran.stdout), text(ran.stderr))
}
