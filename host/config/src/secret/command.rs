//! Secrets that a program prints, such as a password manager's: within a bounded time and length.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{BYTES_MOST, Revealed, revealed};
use crate::document;

/// How long a program may take. Whoever waits for a person to type is the wrong one.
pub(super) const TIME_MOST: Duration = Duration::from_secs(5);

type Printed = Result<Zeroizing<String>, String>;

/// Runs the program with this process's environment and nothing on its input. What it says beside the secret is thrown
/// away: it could be the secret too.
pub(crate) fn run(words: &[String], time: Duration) -> Result<Revealed, String> {
    let [program, arguments @ ..] = words else {
        return Err("the secret's command is empty: write the program and its arguments".to_owned());
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // Its own group, so that what it starts can be ended with it.
        .process_group(0)
        .spawn();
    let child = child.map_err(|error| {
        format!("secret command `{program}` cannot be started: {}: name a program that vitrine may run", document::plain(&error))
    })?;
    let group = child.id();
    let (send, receive) = mpsc::sync_channel::<Printed>(1);
    let work = {
        let program = program.clone();
        // Nobody listens any more once the time is over.
        move || drop(send.send(printed(child, &program)))
    };
    if let Err(error) = std::thread::Builder::new().name("secret".to_owned()).spawn(work) {
        end(group);
        return Err(format!("secret command `{program}` cannot be waited for: {error}"));
    }
    let Ok(printed) = receive.recv_timeout(time) else {
        end(group);
        return Err(format!("secret command `{program}` did not end within {time:?}: it must not wait for anybody"));
    };
    revealed(&printed?, || format!("secret command `{program}` printed nothing: it must print the secret"))
}

fn printed(mut child: Child, program: &str) -> Printed {
    let mut text = Zeroizing::new(String::new());
    let read = child.stdout.take().map_or(Ok(0), |output| output.take(BYTES_MOST + 1).read_to_string(&mut text));
    if text.len() as u64 > BYTES_MOST {
        end(child.id());
    }
    let status = child.wait().map_err(|error| format!("secret command `{program}` cannot be waited for: {error}"))?;
    if text.len() as u64 > BYTES_MOST {
        return Err(format!("secret command `{program}` printed more than 64 KiB: it must print the secret alone"));
    }
    if !status.success() {
        return Err(format!("secret command `{program}` failed ({status}): run it by hand to see why"));
    }
    read.map_err(|_| format!("secret command `{program}` printed what is no text: it must print the secret alone"))?;
    Ok(text)
}

/// Ends the program and all that it started.
fn end(group: u32) {
    let group = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        // It may have ended by itself meanwhile, which is as good.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}
