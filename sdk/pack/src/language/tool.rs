//! Running other people's tools: found or said how to get, their lines passed on, their failures named.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

/// A tool's version, at least the wanted one; else what to do.
pub(super) fn version(program: &str, wanted: (u32, u32), install: &str) -> Result<String> {
    let answer = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    let Ok(answer) = answer else { bail!("`{program}` is missing: {install}") };
    let text = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let number = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let mut parts = number.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let (major, minor) = wanted;
    ensure!(
        answer.status.success() && found >= wanted,
        "`{program}` is of version {number}, and {major}.{minor} or later is needed: {install}"
    );
    Ok(number.to_owned())
}

/// Runs a command to its end and passes its lines on. `doing` says what has failed, if it does.
pub(super) fn run(command: &mut Command, doing: &str, progress: &mut dyn FnMut(&str)) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    // Read aside: neither pipe may fill up while the other is read.
    let output = child.stdout.take().map(|mut stdout| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stdout.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned())
        })
    });
    for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).split(b'\n')) {
        let line = line.with_context(|| format!("cannot read what {name} says"))?;
        progress(String::from_utf8_lossy(&line).trim_end());
    }
    let status = child.wait().with_context(|| format!("cannot wait for {name}"))?;
    if status.success() {
        return Ok(());
    }
    if let Some(Ok(Ok(text))) = output.map(|reader| reader.join()) {
        text.lines().for_each(&mut *progress);
    }
    bail!("{doing} failed ({status}); what {name} said is above")
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn a_tool_that_is_missing_or_old_is_told_with_the_remedy() {
        let missing = version("no-such-tool-here", (1, 0), "install it").unwrap_err().to_string();
        assert_eq!(missing, "`no-such-tool-here` is missing: install it");
        let old = version("cargo", (1_000, 0), "update it").unwrap_err().to_string();
        assert!(old.starts_with("`cargo` is of version 1.") && old.ends_with("1000.0 or later is needed: update it"), "{old}");
        assert!(version("cargo", (1, 0), "").unwrap().starts_with("1."));
    }

    #[test]
    fn lines_are_passed_on_and_a_failure_is_named() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let error = run(&mut command, "a test", &mut |line: &str| lines.push(line.to_owned())).unwrap_err().to_string();
        assert!(error.contains("a test failed") && error.contains('3'), "{error}");
        assert_eq!(lines, ["err", "out"]);
    }
}
