//! What admins approved, by instance.

use std::sync::Arc;

use vitrine_model::port::StoreError;
use vitrine_model::port::approvals::Approvals;

use super::Database;

#[derive(Debug)]
pub(crate) struct SqliteApprovals {
    database: Arc<Database>,
}

impl SqliteApprovals {
    pub(crate) fn new(database: Arc<Database>) -> SqliteApprovals {
        SqliteApprovals { database }
    }
}

impl Approvals for SqliteApprovals {
    fn load(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.database.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT instance, approval FROM approvals ORDER BY instance")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn set(&self, instance: &str, text: &str) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO approvals (instance, approval) VALUES (?1, ?2)")?
                .execute([instance, text])?;
            Ok(())
        })
    }

    fn forget(&self, instance: &str) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            transaction.prepare_cached("DELETE FROM approvals WHERE instance = ?1")?.execute([instance])?;
            Ok(())
        })
    }
}
