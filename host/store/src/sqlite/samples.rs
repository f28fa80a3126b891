//! Samples, as a time-series engine in one SQLite database.
//!
//! A push is one row of the hot log, committed before it is acknowledged; its samples also join the heads in memory. Heads
//! are sealed into blocks of two hours on a thread of its own, and blocks are merged into those of a day. Each step is a
//! transaction, and after a crash the next start builds from the database what was in memory.
//!
//! Locks are taken in this order, and none twice: the database's writer, `index`, `live`. What is in memory changes only
//! while the writer is held, after the commit.

pub(crate) mod alone;
mod append;
mod blocks;
mod codec;
mod convert;
mod damage;
mod families;
mod heads;
mod index;
mod load;
mod log;
mod members;
mod merge;
mod order;
mod pair;
mod read;
mod retention;
mod rollup;
mod seal;
mod worker;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::JoinHandle;
use std::time::Instant;

use vitrine_model::matcher::Test;
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, Statistics, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::Family;
use vitrine_model::{Labels, Matcher, Millis};

use self::heads::Heads;
use self::index::{Index, Namer};
use self::log::Log;
use self::members::Members;
use self::seal::Tools;
use self::worker::Errands;
use super::Database;
use crate::metrics::Metrics;
use crate::settings::Settings;

/// The number the database gave a series.
pub(super) type SeriesId = u32;

/// What changes with each append.
#[derive(Debug, Default)]
pub(super) struct Live {
    heads: Heads,
    members: Members,
    log: Log,
    sealed_before: Option<Millis>,
}

#[derive(Debug)]
pub(super) struct Engine {
    database: Database,
    settings: RwLock<Settings>,
    metrics: Metrics,
    index: RwLock<Index>,
    families: RwLock<HashMap<String, Family>>,
    live: RwLock<Live>,
    /// Held by whoever seals or merges.
    tools: Mutex<Tools>,
    settling: Mutex<()>,
    buffers: Mutex<Vec<read::Buffers>>,
    horizon: AtomicI64,
    errands: Errands,
}

impl Engine {
    fn settings(&self) -> Settings {
        *self.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self) -> RwLockReadGuard<'_, Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn live_mut(&self) -> RwLockWriteGuard<'_, Live> {
        self.live.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Memory stays bounded: whoever brings more than can be sealed beside it helps.
    fn make_room(&self) -> Result<(), StoreError> {
        let settings = self.settings();
        let (heads, log) = {
            let live = self.live();
            (live.heads.bytes(), live.log.bytes)
        };
        if heads > settings.head_bytes.saturating_mul(2) || log > settings.log_bytes.saturating_mul(2) {
            self.seal(Millis::MAX)?;
        }
        Ok(())
    }

    fn checkpoint_when_due(&self) -> Result<(), StoreError> {
        if self.database.log_bytes() > CHECKPOINT {
            self.database.checkpoint_beside()?;
        }
        Ok(())
    }
}

/// The write-ahead log is folded in beside appends once it is so long.
const CHECKPOINT: u64 = 8 << 20;

#[derive(Debug)]
pub(crate) struct SqliteSamples {
    engine: Arc<Engine>,
    worker: Mutex<Option<JoinHandle<()>>>,
}

impl SqliteSamples {
    pub(crate) fn open(database: Database, settings: Settings, metrics: Metrics) -> Result<SqliteSamples, StoreError> {
        let engine = Arc::new(load::open(database, settings, metrics)?);
        convert::samples(&engine)?;
        let worker = worker::start(&engine)?;
        engine.errands.look();
        Ok(SqliteSamples { engine, worker: Mutex::new(Some(worker)) })
    }

    /// Those of a database that stays as it is: nothing is sealed or merged.
    pub(crate) fn look(database: Database, settings: Settings) -> Result<SqliteSamples, StoreError> {
        let engine = Arc::new(load::open(database, settings, Metrics::default())?);
        Ok(SqliteSamples { engine, worker: Mutex::default() })
    }

    /// Leaves nothing for the next start to replay.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        self.stop();
        self.engine.seal(Millis::MAX)?;
        self.engine.give_back()?;
        self.engine.database.checkpoint()
    }

    /// Does now what is due, as the thread beside it would soon.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        self.engine.settle()
    }

    pub(crate) fn set_settings(&self, settings: Settings) {
        *self.engine.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    pub(crate) fn series_count(&self) -> usize {
        self.engine.index().len()
    }

    pub(crate) fn head_samples(&self) -> usize {
        self.engine.live().heads.samples()
    }

    /// As if the disk had no more room than that.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: u32) {
        self.engine.database.limit_pages(pages);
    }

    fn stop(&self) {
        self.engine.errands.stop();
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(worker) = worker
            && worker.join().is_err()
        {
            tracing::error!("the thread that seals samples ended in disorder");
        }
    }
}

impl Drop for SqliteSamples {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Samples for SqliteSamples {
    fn push(&self, pushes: &[Push], bounds: Bounds) -> Result<Vec<Appended>, StoreError> {
        let began = Instant::now();
        let engine = &self.engine;
        engine.make_room()?;
        let written = engine
            .database
            .write_then(|transaction| engine.write(transaction, pushes, bounds), |written| engine.adopt(written))?;
        // The row, and the pages that every commit touches.
        engine.database.note(written.bytes + 32_768);
        if engine.seal_due().is_some() || engine.database.log_bytes() > CHECKPOINT {
            engine.errands.look();
        }
        engine.metrics.appended.inc_by(written.answers.iter().map(|answer| answer.samples).sum());
        engine.metrics.append_seconds.observe(began.elapsed().as_secs_f64());
        Ok(written.answers)
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        let began = Instant::now();
        let outcome = self.engine.scan(select, take);
        self.engine.metrics.select_seconds.observe(began.elapsed().as_secs_f64());
        outcome
    }

    fn series(&self, matchers: &[Matcher], start: Millis, end: Millis, limit: usize) -> Result<Vec<Labels>, StoreError> {
        let index = self.engine.index();
        let found = self.engine.present(&index, matchers, start, end);
        let mut namer = Namer::default();
        Ok(index.in_order(&found, limit).into_iter().map(|slot| index.labels(slot, &mut namer)).collect())
    }

    fn label_names(&self, matchers: &[Matcher], start: Millis, end: Millis, limit: usize) -> Result<Vec<String>, StoreError> {
        let index = self.engine.index();
        Ok(index.label_names(&self.engine.present(&index, matchers, start, end), limit))
    }

    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        start: Millis,
        end: Millis,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let index = self.engine.index();
        Ok(index.label_values(name, &self.engine.present(&index, matchers, start, end), limit))
    }

    fn count(&self, matchers: &[Matcher]) -> Option<u64> {
        let compares = |matcher: &Matcher| matches!(&matcher.test, Test::Equal(value) if !value.is_empty());
        let known = !matchers.is_empty() && matchers.iter().all(compares);
        known.then(|| self.engine.index().matching(matchers).len())
    }

    fn statistics(&self, limit: usize) -> Result<Statistics, StoreError> {
        let mut statistics = Statistics { bytes: self.engine.database.bytes()?, ..Statistics::default() };
        self.engine.index().count(&mut statistics, limit);
        let live = self.engine.live();
        statistics.memory += (live.heads.memory() + live.members.memory()) as u64;
        statistics.head_samples = live.heads.samples() as u64;
        statistics.newest = live.heads.newest();
        let horizon = self.engine.horizon.load(Ordering::Relaxed);
        statistics.oldest = live.members.oldest().or(live.heads.newest()).map(|oldest| oldest.max(horizon));
        statistics.blocks = live.members.blocks();
        statistics.rollups = live.members.rollups();
        Ok(statistics)
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        Ok(self.engine.known_families())
    }

    fn forget(&self, before: Millis) -> Result<u64, StoreError> {
        self.engine.forget(before)
    }

    fn forget_rollups(&self, now: Millis) -> Result<u64, StoreError> {
        self.engine.forget_rollups(now)
    }

    fn shrink(&self, bytes: u64) -> Result<u64, StoreError> {
        self.engine.shrink(bytes)
    }
}
