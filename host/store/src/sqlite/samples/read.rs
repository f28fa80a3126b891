//! The way out: what is sealed and what is hot, as one, a series at a time.

use std::ops::ControlFlow;
use std::sync::{MutexGuard, PoisonError};

use roaring::RoaringBitmap;
use rusqlite::Connection;
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Select, Take};
use vitrine_model::{Labels, Matcher, Millis};

use super::blocks::{self, Damaged, Reader, Table};
use super::codec::chunk::{self, Coder};
use super::index::{Namer, Slot};
use super::order::Sorter;
use super::rollup::rows::{self, Row};
use super::{Engine, SeriesId, heads, pair};
use crate::sqlite::{Second, Trouble};

/// Series read in one transaction, of which all is as of one moment. What of them is hot is copied at its beginning.
const AT_ONCE: usize = 256;

/// Scans whose buffers are kept for the next ones, and how many samples of one series they may hold then.
const BUFFERS: usize = 4;
const LONGEST: usize = 262_144;

/// A series that may have samples, those of them that are hot, and where the others lie: days first.
pub(super) struct Candidate {
    id: SeriesId,
    pub(super) slot: Slot,
    labels: Labels,
    pub(super) hot: heads::Copy,
    pub(super) rows: Vec<Row>,
}

/// Buffers of one scan, used again by the next: fresh memory costs more than what is read into it.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) coder: Coder,
    sorter: Sorter,
    namer: Namer,
    pub(super) times: Vec<Millis>,
    pub(super) values: Vec<f64>,
    /// Places of a rollup's column.
    pub(super) places: Vec<Millis>,
    pub(super) damaged: Vec<Damaged>,
    /// Rollups that were read.
    pub(super) rolled: u64,
}

/// As `Take`, and what is wrong with it.
pub(super) type Taken<'a> = dyn FnMut(&Labels, &[Millis], &[f64]) -> Result<ControlFlow<()>, Trouble> + 'a;

/// What a scan may still cost.
pub(super) struct Left {
    series: usize,
    samples: usize,
}

impl Engine {
    pub(super) fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        // Before the horizon, there are rollups.
        let start = select.start.max(blocks::EARLIEST);
        let select = Select { start, end: select.end.min(blocks::LATEST), ..*select };
        if select.start > select.end {
            return Ok(());
        }
        let wanted: Vec<(Slot, SeriesId)> = {
            let index = self.index();
            let present = self.present(&index, select.matchers, select.start, select.end);
            index.in_order(&present, usize::MAX).into_iter().map(|slot| (slot, index.id(slot))).collect()
        };
        let (mut buffers, mut left) =
            (self.take_buffers(), Left { series: select.limits.series, samples: select.limits.samples });
        let turn = pair::turn(wanted.len(), &select);
        let outcome = wanted.chunks(AT_ONCE).try_for_each(|some| {
            let helper = turn.as_ref().and_then(|_| self.database.second());
            match self.scan_some(some, helper, &select, (&mut left, &mut buffers), take) {
                Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
                Ok(ControlFlow::Break(())) => ControlFlow::Break(Ok(())),
                Err(error) => ControlFlow::Break(Err(error)),
            }
        });
        self.keep_buffers(buffers);
        outcome.break_value().unwrap_or(Ok(()))
    }

    pub(super) fn take_buffers(&self) -> Buffers {
        // Names are those of one scan: a number may stand for another pair later.
        Buffers { namer: Namer::default(), ..self.buffers().pop().unwrap_or_default() }
    }

    pub(super) fn keep_buffers(&self, buffers: Buffers) {
        let mut kept = self.buffers();
        if kept.len() < BUFFERS && buffers.times.capacity() <= LONGEST {
            kept.push(buffers);
        }
    }

    fn buffers(&self) -> MutexGuard<'_, Vec<Buffers>> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads series in one transaction, or two of the same state.
    fn scan_some(
        &self,
        some: &[(Slot, SeriesId)],
        helper: Option<Second<'_>>,
        select: &Select<'_>,
        (left, buffers): (&mut Left, &mut Buffers),
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let flow = self.database.read(|connection| {
            let helping = helper.as_ref().map(Second::begin).transpose()?;
            let candidates = self.candidates(connection, helping, some, select, &mut buffers.namer)?;
            match helper {
                Some(helper) => self.read_by_two(connection, helper, &candidates, select, (left, buffers), take),
                None => {
                    let mut taken = |labels: &Labels, times: &[Millis], values: &[f64]| {
                        left.spend(times.len(), select)?;
                        Ok(take(labels, times, values))
                    };
                    self.read_series(connection, &candidates, select, buffers, &mut taken)
                }
            }
        });
        self.report(&mut buffers.damaged);
        self.metrics.rollups_read.inc_by(std::mem::take(&mut buffers.rolled));
        flow
    }

    /// Series that match and may have samples in a closed span of time.
    pub(super) fn present(&self, index: &super::index::Index, matchers: &[Matcher], start: Millis, end: Millis) -> RoaringBitmap {
        let found = index.matching(matchers);
        if found.is_empty() {
            return found;
        }
        let live = self.live();
        let mut present = live.heads.filled() & &found;
        live.members.present(start.max(blocks::EARLIEST), end.min(blocks::LATEST), &found, &mut present);
        present
    }

    /// Fixes the state of the database and takes what is hot as one step: while memory is held, no commit that changes it
    /// can end, so that a sample is in one of the two at least, and a later word of it in neither.
    fn candidates(
        &self,
        connection: &Connection,
        helping: Option<&Connection>,
        wanted: &[(Slot, SeriesId)],
        select: &Select<'_>,
        namer: &mut Namer,
    ) -> Result<Vec<Candidate>, Trouble> {
        let index = self.index();
        let live = self.live();
        // A transaction sees the state of its first reading.
        for connection in std::iter::once(connection).chain(helping) {
            connection.prepare_cached("SELECT 1 FROM hot LIMIT 1")?.exists([])?;
        }
        let mut candidates: Vec<Candidate> = Vec::with_capacity(wanted.len());
        // A slot that has gone to another series since is none of ours.
        let still = wanted.iter().filter(|(slot, id)| index.live().contains(*slot) && index.id(*slot) == *id);
        let raw = select.start.max(self.horizon());
        for (slot, id) in still {
            candidates.push(Candidate {
                id: *id,
                slot: *slot,
                labels: index.labels(*slot, namer),
                hot: live.heads.copy(*slot, raw, select.end),
                rows: Vec::new(),
            });
        }
        rows::choose(&live.members, select, raw, &mut candidates);
        Ok(candidates)
    }

    pub(super) fn read_series(
        &self,
        connection: &Connection,
        candidates: &[Candidate],
        select: &Select<'_>,
        buffers: &mut Buffers,
        taken: &mut Taken<'_>,
    ) -> Result<ControlFlow<()>, Trouble> {
        let mut reader = Reader::new(connection);
        for candidate in candidates {
            buffers.times.clear();
            buffers.values.clear();
            for row in &candidate.rows {
                buffers.read(&mut reader, row, candidate.id, select)?;
            }
            buffers.read_hot(&candidate.hot, self.horizon(), select);
            buffers.finish(select);
            if !buffers.times.is_empty() && taken(&candidate.labels, &buffers.times, &buffers.values)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Left {
    pub(super) fn spend(&mut self, samples: usize, select: &Select<'_>) -> Result<(), Trouble> {
        self.samples = self.samples.checked_sub(samples).ok_or_else(|| {
            let most = select.limits.samples;
            Trouble::Refused(format!("the selection has more than {most} samples: ask for a shorter time or fewer series"))
        })?;
        self.series = self.series.checked_sub(1).ok_or_else(|| {
            let most = select.limits.series;
            Trouble::Refused(format!("the selection matches more than {most} series: narrow it with more labels"))
        })?;
        Ok(())
    }
}

impl Buffers {
    /// Appends the samples of a row that touch the span. What cannot be read is noted, and the rest serves. Whether
    /// there is such a row.
    pub(super) fn read_row(
        &mut self,
        reader: &mut Reader<'_>,
        table: Table,
        key: i64,
        select: &Select<'_>,
    ) -> Result<bool, Trouble> {
        let (coder, times, values) = (&mut self.coder, &mut self.times, &mut self.values);
        let mut fault = None;
        let read = reader.read(table, key, |mut bytes| {
            while let Some(chunk) = chunk::next(&mut bytes) {
                let decoded = chunk.and_then(|chunk| {
                    if chunk.head.last < select.start || chunk.head.first > select.end {
                        return Ok(());
                    }
                    let decoded = match select.moments {
                        Some(moments) => coder.decode_at(chunk, moments, times, values),
                        None => coder.decode(chunk, times, values),
                    };
                    decoded.ok_or("its columns cannot be read")
                });
                fault = fault.or(decoded.err());
            }
        });
        let there = !matches!(read, Ok(false));
        self.note(read, fault, table, key).map(|_| there)
    }

    /// Whether all of a row could be read.
    pub(super) fn note(
        &mut self,
        read: Result<bool, rusqlite::Error>,
        fault: Option<&'static str>,
        table: Table,
        key: i64,
    ) -> Result<bool, Trouble> {
        let fault = match read {
            Ok(_) => fault,
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
                Some("the database's page is damaged")
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(reason) = fault {
            self.damaged.push(Damaged { table, key, reason: reason.to_owned() });
        }
        Ok(fault.is_none())
    }

    /// Puts all in order and cuts it to the span.
    fn finish(&mut self, select: &Select<'_>) {
        self.sorter.sort(&mut self.times, &mut self.values);
        let end = self.times.partition_point(|time| *time <= select.end);
        self.times.truncate(end);
        self.values.truncate(end);
        let start = self.times.partition_point(|time| *time < select.start);
        if start > 0 {
            self.times.drain(..start);
            self.values.drain(..start);
        }
    }
}
