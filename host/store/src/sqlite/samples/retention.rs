//! What is too old, or too much, goes: whole windows and days at once, oldest first.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use vitrine_model::Millis;
use vitrine_model::port::StoreError;

use super::Engine;
use super::blocks::{self, Table};
use super::index::Slot;

/// Rows deleted in one transaction.
const AT_ONCE: usize = 1_000;

impl Engine {
    /// Nothing older than this is shown, whether or not its block is gone yet.
    pub(super) fn horizon(&self) -> Millis {
        self.horizon.load(Ordering::Relaxed)
    }

    /// How many blocks went.
    pub(super) fn forget(&self, before: Millis) -> Result<u64, StoreError> {
        let before = before.clamp(blocks::EARLIEST, blocks::LATEST);
        let earlier = self.horizon();
        // Kept, as the hot log may hold older ones for a while: its rows go in order.
        self.database.write(|transaction| {
            let sql = "INSERT INTO moments VALUES ('horizon', ?1) ON CONFLICT DO UPDATE SET time = max(time, ?1)";
            Ok(transaction.execute(sql, [before])?)
        })?;
        self.horizon.fetch_max(before, Ordering::Relaxed);
        // Meanwhile nobody else seals or merges what is about to go.
        let mut tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner);
        self.seal_with(before, &mut tools)?;
        let windows = self.roll_before(before, earlier, &mut tools);
        let mut gone = self.forget_table(Table::Days, before.div_euclid(blocks::DAY))?;
        gone += self.forget_table(Table::Windows, windows)?;
        self.forget_series()?;
        drop(tools);
        self.give_back()?;
        Ok(gone)
    }

    pub(super) fn forget_table(&self, table: Table, number: i64) -> Result<u64, StoreError> {
        let first = self.live().members.of(table).keys().next().copied();
        if first.is_none_or(|first| first >= number) {
            return Ok(0);
        }
        // First out of sight, then out of the file.
        self.live_mut().members.remove_before(table, number);
        let mut gone = 0;
        loop {
            let some = self.database.write(|transaction| blocks::delete_before(transaction, table, number, AT_ONCE))?;
            gone += some as u64;
            if some < AT_ONCE {
                return Ok(gone);
            }
            self.yield_to_appends();
        }
    }

    /// Series without any sample left.
    pub(super) fn forget_series(&self) -> Result<(), StoreError> {
        let emptied: Vec<Slot> = {
            let index = self.index();
            let live = self.live();
            let mut empty = index.live().clone();
            empty -= live.heads.filled();
            empty -= live.members.all();
            empty.iter().collect()
        };
        for slots in emptied.chunks(AT_ONCE) {
            self.database.write_then(
                |transaction| {
                    let mut delete = transaction.prepare_cached("DELETE FROM series WHERE id = ?1")?;
                    let (index, live) = (self.index(), self.live());
                    // Samples may have come since; nobody brings more while the writer is ours.
                    let still: Vec<Slot> = slots.iter().copied().filter(|slot| !live.heads.filled().contains(*slot)).collect();
                    for slot in &still {
                        delete.execute([index.id(*slot)])?;
                    }
                    Ok(still)
                },
                |still| {
                    self.index_mut().remove(still);
                },
            )?;
        }
        Ok(())
    }

    /// Forgets the oldest days until the database takes no more than so many bytes, and where no samples are left that may go,
    /// the oldest rollups; how many blocks went.
    pub(super) fn shrink(&self, most: u64) -> Result<u64, StoreError> {
        let mut gone = 0;
        while self.database.bytes()? > most {
            let Some(oldest) = self.live().members.oldest() else { break };
            let next = (oldest.div_euclid(blocks::DAY) + 1) * blocks::DAY;
            // What is being written stays, however much it is.
            if self.live().heads.newest().is_none_or(|newest| next > newest) {
                break;
            }
            gone += self.forget(next)?;
        }
        Ok(gone + self.shrink_rollups(most)?)
    }
}
