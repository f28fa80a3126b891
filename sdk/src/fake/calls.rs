//! The fake host's answers, under the names of the generated imports.

use super::world::with;
use crate::Fault;

/// What the real host answers where a grant is missing.
fn denied(right: &str) -> Fault {
    Fault::Denied(format!("`{right}` is not granted: set it up on the fake host"))
}

pub(crate) mod log {
    use crate::log::Level;

    pub(crate) fn write(level: Level, message: &str) {
        super::with(|world| world.lines.push((level, message.to_owned())));
    }
}

pub(crate) mod clock {
    pub(crate) fn now() -> i64 {
        super::with(|world| world.now)
    }

    pub(crate) fn monotonic() -> u64 {
        super::with(|world| world.monotonic)
    }
}

pub(crate) mod http {
    use crate::http::{Error, Request, Response};

    pub(crate) fn send(request: &Request) -> Result<Response, Error> {
        super::with(|world| {
            world.requests.push(request.clone());
            let Some(answers) = world.answers.get_mut(&request.url) else {
                return Err(Error::Denied(format!("`http` is not granted for {}", request.url)));
            };
            let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
            answer.unwrap_or_else(|| Err(Error::Connect("nothing answers".to_owned())))
        })
    }
}

pub(crate) mod system {
    use crate::Fault;
    use crate::system::{Sections, Snapshot};

    pub(crate) fn read(sections: Sections) -> Result<Snapshot, Fault> {
        let mut snapshot = super::with(|world| world.system.clone()).ok_or_else(|| super::denied("system"))?;
        let wanted = |section| sections.contains(section);
        if !wanted(Sections::CPU) {
            snapshot.cpus.clear();
        }
        snapshot.load = snapshot.load.filter(|_| wanted(Sections::LOAD));
        snapshot.memory = snapshot.memory.filter(|_| wanted(Sections::MEMORY));
        if !wanted(Sections::DISKS) {
            snapshot.disks.clear();
        }
        if !wanted(Sections::DISK_IO) {
            snapshot.disk_io.clear();
        }
        if !wanted(Sections::NETWORK) {
            snapshot.network.clear();
        }
        snapshot.boot_time = snapshot.boot_time.filter(|_| wanted(Sections::UPTIME));
        snapshot.processes = snapshot.processes.filter(|_| wanted(Sections::PROCESSES));
        Ok(snapshot)
    }
}

pub(crate) mod sql {
    use crate::sql::Parameter;
    use crate::{Fault, Frame};

    pub(crate) fn query(database: &str, statement: &str, _parameters: &[Parameter]) -> Result<Frame, Fault> {
        let key = (database.to_owned(), statement.to_owned());
        super::with(|world| world.rows.get(&key).cloned()).ok_or_else(|| super::denied("sql"))
    }
}

pub(crate) mod files {
    use crate::Fault;
    use crate::files::Entry;

    pub(crate) fn read(path: &str, offset: u64, length: u32) -> Result<Vec<u8>, Fault> {
        super::with(|world| {
            let files = world.files.as_ref().ok_or_else(|| super::denied("files"))?;
            let content = files.get(path).ok_or_else(|| Fault::Upstream(format!("there is no file {path}")))?;
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            Ok(content.iter().skip(offset).take(length as usize).copied().collect())
        })
    }

    pub(crate) fn entries(path: &str) -> Result<Vec<Entry>, Fault> {
        super::with(|world| {
            let files = world.files.as_ref().ok_or_else(|| super::denied("files"))?;
            let inside = files.iter().filter_map(|(name, content)| {
                let name = name.strip_prefix(path)?.trim_start_matches('/');
                let direct = !name.is_empty() && !name.contains('/');
                direct.then(|| Entry { name: name.to_owned(), size: content.len() as u64, folder: false, modified: world.now })
            });
            Ok(inside.collect())
        })
    }
}

pub(crate) mod mail {
    use crate::mail::{Error, Message};

    pub(crate) fn send(message: &Message) -> Result<String, Error> {
        super::with(|world| {
            world.mails.push(message.clone());
            world.mail.clone().unwrap_or_else(|| Err(Error::Denied("`mail` is not granted".to_owned())))
        })
    }
}

pub(crate) mod state {
    use std::collections::BTreeMap;

    use crate::Fault;

    fn store<Answer>(act: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> Answer) -> Result<Answer, Fault> {
        super::with(|world| world.state.as_mut().map(act)).ok_or_else(|| super::denied("state"))
    }

    pub(crate) fn get(key: &str) -> Result<Option<Vec<u8>>, Fault> {
        store(|state| state.get(key).cloned())
    }

    pub(crate) fn set(key: &str, value: &[u8]) -> Result<(), Fault> {
        store(|state| drop(state.insert(key.to_owned(), value.to_vec())))
    }

    pub(crate) fn delete(key: &str) -> Result<(), Fault> {
        store(|state| drop(state.remove(key)))
    }

    pub(crate) fn keys(prefix: &str) -> Result<Vec<String>, Fault> {
        store(|state| state.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }
}

pub(crate) mod metrics {
    use crate::{Fault, Label};

    fn add(name: &str, labels: &[Label], value: f64) -> Result<(), Fault> {
        super::with(|world| world.metrics.as_mut().map(|metrics| metrics.push((name.to_owned(), labels.to_vec(), value))))
            .ok_or_else(|| super::denied("metrics"))
    }

    pub(crate) fn count(name: &str, labels: &[Label], by: f64) -> Result<(), Fault> {
        add(name, labels, by)
    }

    pub(crate) fn gauge(name: &str, labels: &[Label], value: f64) -> Result<(), Fault> {
        add(name, labels, value)
    }
}
