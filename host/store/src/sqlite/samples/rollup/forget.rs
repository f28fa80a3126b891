//! Rollups outlive samples, and go by a time of their own, or once there is nothing else left to make room.

use std::sync::PoisonError;

use vitrine_model::Millis;
use vitrine_model::port::StoreError;

use super::super::Engine;
use super::super::blocks::{DAY, Table, WINDOW, WINDOWS_A_DAY};
use super::super::index::Slot;
use super::super::seal::Tools;
use crate::settings::Rollups;

impl Engine {
    /// Makes the rollups of days that are about to go and were not merged; before which window all may go then. Windows of a
    /// day that is not over stay for its rollups, out of sight.
    pub(in super::super) fn roll_before(&self, before: Millis, earlier: Millis, tools: &mut Tools) -> i64 {
        if self.settings().rollups == Rollups::NONE {
            return before.div_euclid(WINDOW);
        }
        let end = before.div_euclid(DAY);
        if let Err(error) = self.merge_before(end, earlier, tools) {
            // A full disk must not keep what is to make room.
            tracing::warn!("samples are forgotten without rollups of them: {error}");
        }
        end * WINDOWS_A_DAY
    }

    fn merge_before(&self, end: i64, earlier: Millis, tools: &mut Tools) -> Result<(), StoreError> {
        loop {
            let (day, slots): (i64, Vec<Slot>) = {
                let live = self.live();
                let Some((window, _)) = live.members.of(Table::Windows).iter().next() else { return Ok(()) };
                let day = window.div_euclid(WINDOWS_A_DAY);
                if day >= end {
                    return Ok(());
                }
                (day, live.members.with_windows(day).iter().collect())
            };
            self.merge_day(day, &slots, earlier, tools)?;
        }
    }

    /// How many went.
    pub(in super::super) fn forget_rollups(&self, now: Millis) -> Result<u64, StoreError> {
        let kept = self.settings().rollups;
        // Meanwhile nobody else merges what is about to go.
        let tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner);
        let mut gone = 0;
        for (table, kept) in Table::ROLLUPS.into_iter().zip([kept.fives, kept.hours]) {
            let before = kept.map_or(Millis::MAX, |kept| now.saturating_sub(kept));
            // Beyond that, days have no number.
            let before = before.clamp(super::blocks::EARLIEST, super::blocks::LATEST);
            gone += self.forget_table(table, before.div_euclid(DAY))?;
        }
        if gone > 0 {
            self.forget_series()?;
        }
        drop(tools);
        self.give_back()?;
        Ok(gone)
    }

    /// Forgets the oldest rollups until the database takes no more than so many bytes: first the fine ones.
    pub(in super::super) fn shrink_rollups(&self, most: u64) -> Result<u64, StoreError> {
        let mut gone = 0;
        while self.database.bytes()? > most {
            let tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner);
            let oldest = {
                let live = self.live();
                Table::ROLLUPS.into_iter().find_map(|table| Some((table, *live.members.of(table).keys().next()?)))
            };
            let Some((table, day)) = oldest else { break };
            gone += self.forget_table(table, day + 1)?;
            self.forget_series()?;
            drop(tools);
            self.give_back()?;
        }
        Ok(gone)
    }
}
