//! Sealing: what is hot moves into the clustered table, many samples of a series at a time.

use rusqlite::{Transaction, params};
use vitrine_model::port::StoreError;

use super::SqliteSamples;
use super::heads::Heads;
use crate::sqlite::Trouble;
use crate::sqlite::code::bits;

impl SqliteSamples {
    pub(super) fn seal_when_due(&self) -> Result<(), StoreError> {
        // The lock goes back before the next line: sealing takes it anew.
        let due = self.heads().due();
        if due { self.seal() } else { Ok(()) }
    }

    /// Between the commit and the end of this, samples are in both places, never in none.
    pub(super) fn seal(&self) -> Result<(), StoreError> {
        self.database.write_then(|transaction| seal(transaction, &self.heads()), |()| self.heads_mut().clear())
    }
}

/// The heads hold what the log holds, sorted: the log itself need not be read.
fn seal(transaction: &Transaction<'_>, heads: &Heads) -> Result<(), Trouble> {
    if heads.is_empty() {
        return Ok(());
    }
    let mut insert = transaction.prepare_cached("INSERT OR REPLACE INTO samples (series, time, value) VALUES (?1, ?2, ?3)")?;
    for (id, sample) in heads.all() {
        insert.execute(params![id, sample.time, bits(sample.value)])?;
    }
    transaction.execute("DELETE FROM hot", [])?;
    Ok(())
}
