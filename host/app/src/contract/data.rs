//! What a plugin under test may keep and read: a store that is new, an empty database, a folder with one file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vitrine_plugin::Runtime;
use vitrine_store::Store;
use vitrine_store::database::{DatabaseSettings, NamedDatabases, Place};

use super::database::Moody;

/// The database's name; it has no tables, and answers `SELECT 1 AS value`.
pub const DATABASE: &str = "test";

pub struct Data {
    /// What may be read.
    pub folder: PathBuf,
    /// What may be asked.
    pub database: Arc<Moody>,
    _store: Store,
}

impl Data {
    pub fn new(folder: &Path, runtime: &Runtime) -> Result<Data, String> {
        let make = |name: &str| {
            let made = folder.join(name);
            std::fs::create_dir(&made).and_then(|()| made.canonicalize()).map_err(|error| format!("{}: {error}", made.display()))
        };
        let store = Store::open(&make("store")?).map_err(|error| error.to_string())?;
        runtime.set_keep(store.keep());
        let readable = make("files")?;
        std::fs::write(readable.join("sample.txt"), "a line of text\n").map_err(|error| error.to_string())?;
        // An empty file is an empty database.
        let file = folder.join("test.db");
        std::fs::write(&file, b"").map_err(|error| error.to_string())?;
        let databases = NamedDatabases::default();
        let settings = DatabaseSettings::new(Place::Sqlite(file));
        let problems = databases.set(BTreeMap::from([(DATABASE.to_owned(), Some(settings))]));
        if let Some((_, reason)) = problems.into_iter().next() {
            return Err(reason);
        }
        let database = Arc::new(Moody::new(Arc::new(databases)));
        runtime.set_databases(Arc::clone(&database) as _);
        Ok(Data { folder: readable, database, _store: store })
    }
}
