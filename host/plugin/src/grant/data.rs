//! Databases, folders and room to keep things in: what may be read, and how much may be kept.

use std::path::{Component, Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_model::port::keep::Room;

use super::{DetailedGrant, GrantProblem, Grants, Right};

/// What `state: true` means.
pub const USUAL_ROOM: Room = Room { keys: 1_000, bytes: 1 << 20 };

/// `state:` under `grant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StateGrant {
    /// The usual size, 1 MiB and 1,000 keys; or none.
    Usual(bool),
    Sized(StateRoom),
}

/// How much an instance may keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StateRoom {
    /// Of keys and values together.
    #[schemars(range(min = 1, max = 64))]
    pub mib: u32,
    #[schemars(range(min = 1, max = 100_000))]
    pub keys: u32,
}

impl Default for StateRoom {
    fn default() -> StateRoom {
        StateRoom { mib: 1, keys: 1_000 }
    }
}

impl Default for StateGrant {
    fn default() -> StateGrant {
        StateGrant::Usual(false)
    }
}

impl StateGrant {
    pub(super) fn is_given(self) -> bool {
        self != StateGrant::Usual(false)
    }

    fn room(self) -> Room {
        match self {
            StateGrant::Usual(_) => USUAL_ROOM,
            StateGrant::Sized(room) => Room { keys: room.keys.into(), bytes: u64::from(room.mib) << 20 },
        }
    }
}

impl Grants {
    pub(super) fn read_data(&mut self, details: &DetailedGrant, problems: &mut Vec<GrantProblem>) {
        self.sql.clone_from(&details.sql);
        self.state = details.state.room();
        for (place, folder) in details.files.iter().enumerate() {
            match folder_problem(folder) {
                None => self.files.push(folder.components().collect()),
                Some((reason, hint)) => problems.push(GrantProblem {
                    path: vec!["files".to_owned(), place.to_string()],
                    reason,
                    hint: Some(hint.to_owned()),
                }),
            }
        }
    }

    /// The databases granted, as the admin ordered them.
    pub fn databases(&self) -> &[String] {
        if self.has(Right::Sql) { &self.sql } else { &[] }
    }

    /// The folders granted, as the admin ordered them.
    pub fn folders(&self) -> &[PathBuf] {
        if self.has(Right::Files) { &self.files } else { &[] }
    }

    /// Asks for a database.
    pub fn require_database(&self, name: &str) -> Result<(), String> {
        self.require(Right::Sql)?;
        if self.databases().iter().any(|granted| granted == name) {
            return Ok(());
        }
        Err(format!("the database `{name}` is not granted: add `sql: [{name}]` under `grant`"))
    }

    /// Asks for a file or folder. Answers the granted folder that it lies in, and the way from there, which is still to be
    /// walked with care: links may lead elsewhere.
    pub fn require_file<'a>(&'a self, path: &str) -> Result<(&'a Path, PathBuf), String> {
        self.require(Right::Files)?;
        let wanted = Path::new(path);
        if wanted.components().any(|step| step == Component::ParentDir) {
            return Err(format!("`{path}` is refused: `..` leads out of what is granted"));
        }
        if wanted.is_relative() {
            let first = self.folders().first().ok_or("no folder is granted: add `files` under `grant`")?;
            return Ok((first, wanted.to_owned()));
        }
        let within = self.folders().iter().filter_map(|folder| Some((folder, wanted.strip_prefix(folder).ok()?)));
        let nearest = within.max_by_key(|(folder, _)| folder.components().count());
        let (folder, rest) = nearest.ok_or_else(|| {
            let parent = wanted.parent().unwrap_or(wanted).display();
            format!("`{path}` lies in no granted folder: add `files: [\"{parent}\"]` under `grant`")
        })?;
        Ok((folder, rest.to_owned()))
    }

    /// Asks for room to keep things in.
    pub fn require_state(&self) -> Result<Room, String> {
        self.require(Right::State).map(|()| self.state)
    }
}

/// What a folder is too wide to be granted for, with the remedy.
fn folder_problem(folder: &Path) -> Option<(String, &'static str)> {
    let shown = folder.display();
    if folder.is_relative() {
        return Some((format!("`{shown}` is a relative path"), "write it from the root on, as `/var/log/shop`"));
    }
    if folder.components().any(|step| step == Component::ParentDir) {
        return Some((format!("`{shown}` goes back on its way"), "write it without `..`"));
    }
    if folder.parent().is_none() {
        return Some((format!("`{shown}` is everything there is"), "name the folder that is needed"));
    }
    if folder.starts_with("/proc") {
        let reason = format!("`{shown}` shows the memory and the secrets of processes, this host's too");
        return Some((reason, "grant `system` for figures of this machine"));
    }
    None
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn grants(sql: &[&str], files: &[&str]) -> Grants {
        let details = DetailedGrant {
            sql: sql.iter().map(|name| (*name).to_owned()).collect(),
            files: files.iter().map(PathBuf::from).collect(),
            ..DetailedGrant::default()
        };
        Grants::read_details(&details).unwrap()
    }

    #[test]
    fn a_database_is_granted_by_its_name() {
        let granted = grants(&["shop", "erp"], &[]);
        assert_eq!(granted.require_database("erp"), Ok(()));
        for other in ["", "Shop", "shop ", "other"] {
            let refused = granted.require_database(other).unwrap_err();
            assert!(refused.contains(&format!("add `sql: [{other}]`")), "{refused}");
        }
        assert!(Grants::default().require_database("shop").unwrap_err().contains("from `databases`"));
        assert_eq!(granted.to_string(), "sql shop · sql erp");
    }

    #[test]
    fn a_path_leads_into_a_granted_folder_or_nowhere() {
        let granted = grants(&[], &["/var/log/shop", "/srv//data/", "/srv/data/deep"]);
        let cases = [
            ("app.log", Some(("/var/log/shop", "app.log"))),
            ("", Some(("/var/log/shop", ""))),
            ("./a//b", Some(("/var/log/shop", "./a//b"))),
            ("/var/log/shop/app.log", Some(("/var/log/shop", "app.log"))),
            ("/var/log/shop", Some(("/var/log/shop", ""))),
            ("/srv/data/a", Some(("/srv/data", "a"))),
            ("/srv/data/deep/a", Some(("/srv/data/deep", "a"))),
            ("/var/log/shopping/app.log", None),
            ("/var/log", None),
            ("/", None),
            ("/etc/passwd", None),
            ("..", None),
            ("../shop/app.log", None),
            ("a/../../b", None),
            ("/var/log/shop/../auth.log", None),
        ];
        for (path, wanted) in cases {
            let found = granted.require_file(path);
            let wanted = wanted.map(|(folder, rest)| (Path::new(folder), PathBuf::from(rest)));
            assert_eq!(found.clone().ok(), wanted, "{path}: {found:?}");
        }
        assert!(granted.require_file("/etc/passwd").unwrap_err().contains("add `files: [\"/etc\"]`"));
        assert!(Grants::default().require_file("a").is_err());
    }

    #[test]
    fn folders_that_are_too_wide_are_no_grant() {
        for (folder, wanted) in [
            ("logs", "relative"),
            ("", "relative"),
            ("/", "everything"),
            ("/proc", "secrets"),
            ("/proc/self/fd", "secrets"),
            ("/var/../etc", "goes back"),
        ] {
            let details = DetailedGrant { files: vec![folder.into()], ..DetailedGrant::default() };
            let problems = Grants::read_details(&details).unwrap_err();
            assert_eq!(problems[0].path, ["files", "0"]);
            assert!(problems[0].reason.contains(wanted), "{folder}: {problems:?}");
        }
    }

    #[test]
    fn room_is_usual_or_as_large_as_said() {
        let room = |text: &str| {
            let details: DetailedGrant = serde_json::from_str(text).unwrap();
            Grants::read_details(&details).unwrap().require_state()
        };
        assert_eq!(room(r#"{"state": true}"#), Ok(USUAL_ROOM));
        assert_eq!(room(r#"{"state": {"mib": 4}}"#), Ok(Room { keys: 1_000, bytes: 4 << 20 }));
        assert_eq!(room(r#"{"state": {"keys": 5}}"#), Ok(Room { keys: 5, bytes: 1 << 20 }));
        assert!(room(r#"{"state": false}"#).unwrap_err().contains("add `state`") && room("{}").is_err());
    }
}
