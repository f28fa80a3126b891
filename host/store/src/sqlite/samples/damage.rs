//! Rows that cannot be trusted: set aside and told of, so that the rest serves.

use rusqlite::Transaction;
use vitrine_model::port::StoreError;

use super::Engine;
use super::blocks::{self, Damaged, Table};
use super::codec::chunk::{self, Coder};
use crate::sqlite::Trouble;

impl Engine {
    /// Hands what a reader found to the thread that may write.
    pub(super) fn report(&self, damaged: &mut Vec<Damaged>) {
        if !damaged.is_empty() {
            self.errands.damaged(damaged);
        }
    }

    pub(super) fn set_aside(&self) -> Result<(), StoreError> {
        for damaged in self.errands.take_damaged() {
            let gone = self.database.write(|transaction| self.set_aside_here(transaction, &damaged))?;
            if gone {
                let number = blocks::number_of(damaged.key);
                let id = blocks::series_of(damaged.key);
                let index = self.index();
                let slot = index.live().iter().find(|slot| index.id(*slot) == id);
                slot.into_iter().for_each(|slot| self.live_mut().members.remove(damaged.table, number, slot));
            }
        }
        Ok(())
    }

    /// Within a transaction; whether nothing of the row was whole.
    pub(super) fn set_aside_here(&self, transaction: &Transaction<'_>, damaged: &Damaged) -> Result<bool, Trouble> {
        // A rollup is whole or of no use.
        let rollup = Table::ROLLUPS.contains(&damaged.table);
        let whole = if rollup { Vec::new() } else { whole_chunks(transaction, damaged) };
        blocks::set_aside(transaction, damaged, &whole)?;
        self.metrics.set_aside.inc();
        tracing::warn!(
            row.id = damaged.key,
            "row {} of `{}` in `samples.db` is damaged ({}): what of it is whole serves, and all of it is kept in `set_aside`",
            damaged.key,
            damaged.table.name(),
            damaged.reason
        );
        Ok(whole.is_empty())
    }
}

/// The chunks of a row that can be read, one after another.
fn whole_chunks(transaction: &Transaction<'_>, damaged: &Damaged) -> Vec<u8> {
    let mut whole = Vec::new();
    let mut coder = Coder::default();
    let gather = |mut bytes: &[u8]| {
        loop {
            let before = bytes;
            match chunk::next(&mut bytes) {
                None => break,
                Some(Ok(chunk)) if coder.decode(chunk, &mut Vec::new(), &mut Vec::new()).is_some() => {
                    whole.extend_from_slice(&before[..before.len() - bytes.len()]);
                }
                Some(_) => {}
            }
        }
    };
    // A page that cannot be read has no whole chunks.
    let _ = blocks::read(transaction, damaged.table, damaged.key, gather);
    whole
}
