//! Small values by owner and key.

use std::sync::Arc;

use rusqlite::{OptionalExtension, params};
use vitrine_model::port::StoreError;
use vitrine_model::port::keep::Keep;

use super::Database;

#[derive(Debug)]
pub(crate) struct SqliteKeep {
    database: Arc<Database>,
}

impl SqliteKeep {
    pub(crate) fn new(database: Arc<Database>) -> SqliteKeep {
        SqliteKeep { database }
    }
}

impl Keep for SqliteKeep {
    fn get(&self, owner: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.database.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM kept WHERE owner = ?1 AND key = ?2")?;
            Ok(statement.query_row([owner, key], |row| row.get(0)).optional()?)
        })
    }

    fn set(&self, owner: &str, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO kept (owner, key, value) VALUES (?1, ?2, ?3)")?
                .execute(params![owner, key, value])?;
            Ok(())
        })
    }

    fn delete(&self, owner: &str, key: &str) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            transaction.prepare_cached("DELETE FROM kept WHERE owner = ?1 AND key = ?2")?.execute([owner, key])?;
            Ok(())
        })
    }

    fn keys(&self, owner: &str, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.database.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT key FROM kept WHERE owner = ?1 AND key >= ?2 AND substr(key, 1, length(?2)) = ?2 ORDER BY key",
            )?;
            let keys = statement.query_map([owner, prefix], |row| row.get(0))?;
            Ok(keys.collect::<Result<_, _>>()?)
        })
    }
}
