//! Who is on call because somebody said so.

use std::sync::Arc;

use rusqlite::params;
use vitrine_model::Millis;
use vitrine_model::oncall::Override;
use vitrine_model::port::StoreError;
use vitrine_model::port::oncall::OnCall;

use super::Database;

#[derive(Debug)]
pub(crate) struct SqliteOnCall(pub(crate) Arc<Database>);

impl OnCall for SqliteOnCall {
    fn overrides(&self) -> Result<Vec<Override>, StoreError> {
        self.0.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, schedule, person, starts_at, ends_at, author, made_at, comment FROM overrides ORDER BY starts_at, id",
            )?;
            let rows = statement.query_map([], |row| {
                let (id, schedule, person) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let (starts_at, ends_at, author) = (row.get(3)?, row.get(4)?, row.get(5)?);
                let (made_at, comment) = (row.get(6)?, row.get(7)?);
                Ok(Override { id, schedule, person, starts_at, ends_at, author, made_at, comment })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn put(&self, given: &Override) -> Result<(), StoreError> {
        self.0.write(|transaction| {
            let Override { id, schedule, person, starts_at, ends_at, author, made_at, comment } = given;
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO overrides (id, schedule, person, starts_at, ends_at, author, made_at, comment)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![id, schedule, person, starts_at, ends_at, author, made_at, comment])?;
            Ok(())
        })
    }

    fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        self.0.write(|transaction| Ok(transaction.execute("DELETE FROM overrides WHERE ends_at < ?1", [before])? as u64))
    }
}
