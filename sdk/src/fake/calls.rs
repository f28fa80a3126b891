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
    use crate::http::{Error, Request, Response, Seal, Sealed};

    pub(crate) fn send_sealed(request: &Request, seals: &[Seal]) -> Result<Response, Error> {
        super::with(|world| world.sealed.push(Sealed { request: request.clone(), seals: seals.to_vec() }));
        send(request)
    }

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
    use crate::fake::Asked;
    use crate::sql::{Database, Parameter};
    use crate::{Fault, Frame};

    pub(crate) fn databases() -> Result<Vec<Database>, Fault> {
        super::with(|world| match world.databases.is_empty() {
            true => Err(super::denied("sql")),
            false => Ok(world.databases.clone()),
        })
    }

    pub(crate) fn query(database: &str, statement: &str, parameters: &[Parameter]) -> Result<Frame, Fault> {
        super::with(|world| {
            if !world.databases.iter().any(|known| known.name == database) {
                return Err(super::denied("sql"));
            }
            let (database, statement) = (database.to_owned(), statement.to_owned());
            world.queries.push(Asked {
                database: database.clone(),
                statement: statement.clone(),
                parameters: parameters.to_vec(),
            });
            let nothing = || Err(Fault::Invalid(format!("no rows are set on the fake host for: {statement}")));
            world.rows.get(&(database, statement.clone())).cloned().unwrap_or_else(nothing)
        })
    }
}

pub(crate) mod files {
    use std::collections::BTreeMap;

    use crate::Fault;
    use crate::fake::world::World;
    use crate::files::Entry;

    const MOST: usize = 1 << 20;

    pub(crate) fn folders() -> Result<Vec<String>, Fault> {
        super::with(|world| granted(world).cloned())
    }

    fn granted(world: &World) -> Result<&Vec<String>, Fault> {
        if world.folders.is_empty() { Err(super::denied("files")) } else { Ok(&world.folders) }
    }

    /// The absolute path, if it lies in a granted folder.
    fn absolute(world: &World, path: &str) -> Result<String, Fault> {
        let folders = granted(world)?;
        let whole = match path.starts_with('/') {
            true => path.to_owned(),
            false => format!("{}/{path}", folders[0]),
        };
        let steps: Vec<&str> = whole.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
        let whole = format!("/{}", steps.join("/"));
        let is_within = folders.iter().any(|folder| whole == *folder || whole.starts_with(&format!("{folder}/")));
        if is_within && !steps.contains(&"..") {
            Ok(whole)
        } else {
            Err(Fault::Denied(format!("`{path}` leads out of what is granted")))
        }
    }

    pub(crate) fn read(path: &str, offset: u64, length: u32) -> Result<Vec<u8>, Fault> {
        super::with(|world| {
            let whole = absolute(world, path)?;
            let content = world.files.get(&whole).ok_or_else(|| Fault::Upstream(format!("`{path}` is not there")))?;
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            Ok(content.iter().skip(offset).take((length as usize).min(MOST)).copied().collect())
        })
    }

    pub(crate) fn entries(path: &str) -> Result<Vec<Entry>, Fault> {
        super::with(|world| {
            let folder = format!("{}/", absolute(world, path)?);
            let mut found = BTreeMap::new();
            for (file, content) in &world.files {
                let Some(rest) = file.strip_prefix(&folder) else { continue };
                let (name, is_folder) = rest.split_once('/').map_or((rest, false), |(name, _)| (name, true));
                let size = if is_folder { 0 } else { content.len() as u64 };
                found.insert(name.to_owned(), Entry { name: name.to_owned(), size, folder: is_folder, modified: world.now });
            }
            Ok(found.into_values().collect())
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
    use crate::Fault;
    use crate::fake::data::State;

    fn store<Answer>(act: impl FnOnce(&mut State) -> Answer) -> Result<Answer, Fault> {
        super::with(|world| world.state.as_mut().map(act)).ok_or_else(|| super::denied("state"))
    }

    pub(crate) fn get(key: &str) -> Result<Option<Vec<u8>>, Fault> {
        store(|state| state.values.get(key).cloned())
    }

    pub(crate) fn set(key: &str, value: &[u8]) -> Result<(), Fault> {
        store(|state| state.set(key, value))?
    }

    pub(crate) fn delete(key: &str) -> Result<(), Fault> {
        store(|state| drop(state.values.remove(key)))
    }

    pub(crate) fn keys(prefix: &str) -> Result<Vec<String>, Fault> {
        store(|state| state.values.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
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

pub(crate) use super::notice::calls as notice;
