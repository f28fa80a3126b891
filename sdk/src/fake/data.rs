//! Databases, folders, kept values and own metrics on the fake host.

use std::collections::BTreeMap;

use super::Host;
use super::world::with;
use crate::sql::{Database, Dialect, Parameter};
use crate::{Column, Fault, Frame, Label, Values};

/// The folder that relative paths of files lie in, where a test names no other.
const FOLDER: &str = "/granted";

/// The longest key.
const KEY_BYTES: usize = 256;

/// A query as the plugin asked it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub database: String,
    pub statement: String,
    pub parameters: Vec<Parameter>,
}

/// What the plugin keeps, within its quota.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) values: BTreeMap<String, Vec<u8>>,
    keys: usize,
    bytes: usize,
}

impl State {
    pub(crate) fn set(&mut self, key: &str, value: &[u8]) -> Result<(), Fault> {
        if key.len() > KEY_BYTES {
            return Err(Fault::Internal(format!("a key of {} bytes is longer than the {KEY_BYTES} it may have", key.len())));
        }
        let others = self.values.iter().filter(|(other, _)| *other != key);
        let (keys, bytes) = others
            .fold((1, key.len() + value.len()), |(keys, bytes), (other, value)| (keys + 1, bytes + other.len() + value.len()));
        if keys > self.keys || bytes > self.bytes {
            return Err(Fault::Denied(format!("there is no room for `{key}`")));
        }
        self.values.insert(key.to_owned(), value.to_vec());
        Ok(())
    }
}

/// Rows to answer, column by column.
#[derive(Debug, Clone, Default)]
pub struct Rows(Vec<Column>);

impl Rows {
    pub fn new() -> Self {
        Rows::default()
    }

    /// NaN stands for `NULL`.
    #[must_use]
    pub fn numbers(self, name: &str, values: &[f64]) -> Self {
        self.column(name, Values::Numbers(values.to_vec()))
    }

    /// The empty text stands for `NULL`.
    #[must_use]
    pub fn texts(self, name: &str, values: &[&str]) -> Self {
        self.column(name, Values::Texts(values.iter().map(|text| (*text).to_owned()).collect()))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn times(self, name: &str, values: &[i64]) -> Self {
        self.column(name, Values::Times(values.to_vec()))
    }

    #[must_use]
    pub fn flags(self, name: &str, values: &[bool]) -> Self {
        self.column(name, Values::Flags(values.to_vec()))
    }

    fn column(mut self, name: &str, values: Values) -> Self {
        self.0.push(Column { name: name.to_owned(), labels: Vec::new(), unit: None, values });
        self
    }
}

impl From<Rows> for Frame {
    fn from(rows: Rows) -> Frame {
        Frame { name: String::new(), columns: rows.0 }
    }
}

impl Host {
    /// Grants a database.
    pub fn grant_database(&self, name: &str, dialect: Dialect, writable: bool) {
        with(|world| {
            world.databases.retain(|known| known.name != name);
            world.databases.push(Database { name: name.to_owned(), dialect, writable });
        });
    }

    /// Grants a database, if it is not yet, and sets what this statement answers.
    pub fn set_rows(&self, database: &str, statement: &str, rows: impl Into<Frame>) {
        self.set_answer(database, statement, Ok(rows.into()));
    }

    /// Grants a database, if it is not yet, and fails this statement.
    pub fn fail_rows(&self, database: &str, statement: &str, fault: Fault) {
        self.set_answer(database, statement, Err(fault));
    }

    fn set_answer(&self, database: &str, statement: &str, answer: Result<Frame, Fault>) {
        let is_known = with(|world| world.databases.iter().any(|known| known.name == database));
        if !is_known {
            self.grant_database(database, Dialect::Sqlite, false);
        }
        with(|world| world.rows.insert((database.to_owned(), statement.to_owned()), answer));
    }

    /// The queries so far.
    pub fn queries(&self) -> Vec<Asked> {
        with(|world| world.queries.clone())
    }

    /// Grants a folder, by its absolute path.
    pub fn grant_folder(&self, path: &str) {
        let path = path.trim_end_matches('/').to_owned();
        with(|world| {
            if !world.folders.contains(&path) {
                world.folders.push(path);
            }
        });
    }

    /// Puts a file there. An absolute path grants the folder that it lies in; a relative one lies in the first folder.
    pub fn put_file(&self, path: &str, content: impl Into<Vec<u8>>) {
        let folders = with(|world| world.folders.clone());
        let whole = match path.starts_with('/') {
            true => path.to_owned(),
            false => format!("{}/{path}", folders.first().map_or(FOLDER, String::as_str)),
        };
        if !folders.iter().any(|folder| whole.starts_with(&format!("{folder}/"))) {
            let parent = whole.rsplit_once('/').map_or("", |(parent, _)| parent);
            self.grant_folder(if path.starts_with('/') { parent } else { FOLDER });
        }
        with(|world| world.files.insert(whole, content.into()));
    }

    /// Grants `state`, with an empty store of the usual size: 1,000 keys, 1 MiB.
    pub fn grant_state(&self) {
        self.grant_state_of(1_000, 1 << 20);
    }

    /// Grants `state`, with an empty store of this size; keys and values count in bytes.
    pub fn grant_state_of(&self, keys: usize, bytes: usize) {
        with(|world| world.state = Some(State { values: BTreeMap::new(), keys, bytes }));
    }

    /// Grants `metrics`.
    pub fn grant_metrics(&self) {
        with(|world| world.metrics = Some(Vec::new()));
    }

    /// The plugin's own metrics so far: name, labels, and the value added or set.
    pub fn metrics(&self) -> Vec<(String, Vec<Label>, f64)> {
        with(|world| world.metrics.clone().unwrap_or_default())
    }
}
