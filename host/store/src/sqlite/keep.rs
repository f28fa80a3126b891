//! Small values by owner and key, within each owner's room.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use vitrine_model::Millis;
use vitrine_model::port::StoreError;
use vitrine_model::port::keep::{Keep, Kept, Room};

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

    fn set(&self, owner: &str, key: &str, value: &[u8], most: Room) -> Result<Kept, StoreError> {
        // Looked at and written in one transaction: two calls at once cannot both take the last of the room.
        self.database.write(|transaction| {
            let used = used(transaction, owner, key)?;
            let wanted = Room { keys: used.others.keys + 1, bytes: used.others.bytes + key.len() as u64 + value.len() as u64 };
            if wanted.keys > most.keys || wanted.bytes > most.bytes {
                return Ok(Kept::Full(used.all));
            }
            transaction
                .prepare_cached("INSERT OR REPLACE INTO kept (owner, key, value) VALUES (?1, ?2, ?3)")?
                .execute(params![owner, key, value])?;
            Ok(Kept::Yes(wanted))
        })
    }

    fn delete(&self, owner: &str, key: &str) -> Result<Room, StoreError> {
        self.database.write(|transaction| {
            let used = used(transaction, owner, key)?;
            transaction.prepare_cached("DELETE FROM kept WHERE owner = ?1 AND key = ?2")?.execute([owner, key])?;
            Ok(used.others)
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

    fn used(&self, owner: &str) -> Result<Room, StoreError> {
        self.database.read(|connection| Ok(used(connection, owner, "")?.all))
    }

    fn prune(&self, owners: &[String], now: Millis, unseen: Millis) -> Result<Vec<String>, StoreError> {
        self.database.write(|transaction| {
            let mut see = transaction.prepare_cached("INSERT OR REPLACE INTO owners (owner, seen_at) VALUES (?1, ?2)")?;
            for owner in owners {
                see.execute(params![owner, now])?;
            }
            // Whoever is here for the first time has been seen now.
            transaction
                .prepare_cached("INSERT OR IGNORE INTO owners (owner, seen_at) SELECT DISTINCT owner, ?1 FROM kept")?
                .execute([now])?;
            let mut old = transaction.prepare_cached("SELECT owner FROM owners WHERE seen_at < ?1 ORDER BY owner")?;
            let gone: Vec<String> = old.query_map([now - unseen], |row| row.get(0))?.collect::<Result<_, _>>()?;
            for owner in &gone {
                transaction.prepare_cached("DELETE FROM kept WHERE owner = ?1")?.execute([owner])?;
                transaction.prepare_cached("DELETE FROM owners WHERE owner = ?1")?.execute([owner])?;
            }
            Ok(gone)
        })
    }
}

struct Used {
    all: Room,
    /// Without the key that is about to change.
    others: Room,
}

/// The length of a value is read from its row's head, so this costs a walk over at most as many rows as keys are allowed.
fn used(connection: &Connection, owner: &str, key: &str) -> Result<Used, rusqlite::Error> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*), coalesce(sum(bytes), 0), count(*) FILTER (WHERE key != ?2), \
         coalesce(sum(bytes) FILTER (WHERE key != ?2), 0) \
         FROM (SELECT key, length(CAST(key AS BLOB)) + length(value) AS bytes FROM kept WHERE owner = ?1)",
    )?;
    let room = |row: &rusqlite::Row<'_>, first: usize| -> Result<Room, rusqlite::Error> {
        let number = |place: usize| -> Result<u64, rusqlite::Error> { row.get::<_, i64>(place).map(i64::unsigned_abs) };
        Ok(Room { keys: number(first)?, bytes: number(first + 1)? })
    };
    statement.query_row([owner, key], |row| Ok(Used { all: room(row, 0)?, others: room(row, 2)? }))
}
