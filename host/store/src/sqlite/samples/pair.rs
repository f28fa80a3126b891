//! A long scan is read by two: while one hands its series on, the other decodes the next ones.
//!
//! The series are cut into parts, of which each takes every second one. What the second has read waits until its turn: one
//! part in the channel and one in its hands, no more. Both read the same state of the database, and neither waits for a
//! reader: without an idle one, a scan goes its way alone.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rusqlite::Connection;
use vitrine_model::port::samples::{Select, Take};
use vitrine_model::{Labels, Millis};

use super::Engine;
use super::read::{Buffers, Candidate, Left};
use crate::sqlite::{Second, Trouble};

/// Samples that a part is meant to have, and series that it has at most.
const SAMPLES: i64 = 131_072;
const SERIES: i64 = 8;
/// How often most sources are asked.
const USUAL: Millis = 15_000;
/// Less is read before a thread has begun.
const WORTH: i64 = 50_000;

/// As many threads help as there are processors beside one.
static OTHERS: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get) - 1);
static HELPING: AtomicUsize = AtomicUsize::new(0);

/// The right to use one more thread.
pub(super) struct Turn;

impl Turn {
    fn take() -> Option<Turn> {
        let free = |helping| (helping < *OTHERS).then_some(helping + 1);
        HELPING.fetch_update(Ordering::AcqRel, Ordering::Acquire, free).ok().map(|_| Turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        HELPING.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A second thread for a scan that is worth it.
pub(super) fn turn(series: usize, select: &Select<'_>) -> Option<Turn> {
    let read = select.end.saturating_sub(select.start) / USUAL + 1;
    let worth = series > 2 && (series as i64).saturating_mul(read) >= WORTH;
    worth.then(Turn::take).flatten()
}

/// How many series a part has.
fn part(select: &Select<'_>) -> usize {
    let every = select.moments.map_or(USUAL, |moments| moments.step.max(USUAL));
    let each = select.end.saturating_sub(select.start) / every + 1;
    (SAMPLES / each).clamp(1, SERIES) as usize
}

/// Series of a part, their columns one behind the other.
#[derive(Debug, Default)]
struct Batch {
    /// And where the columns of each end.
    series: Vec<(Labels, usize)>,
    times: Vec<Millis>,
    values: Vec<f64>,
}

impl Batch {
    fn add(&mut self, labels: &Labels, times: &[Millis], values: &[f64]) {
        self.times.extend_from_slice(times);
        self.values.extend_from_slice(values);
        self.series.push((labels.clone(), self.times.len()));
    }

    fn clear(&mut self) {
        self.series.clear();
        self.times.clear();
        self.values.clear();
    }
}

impl Engine {
    /// Reads every second part, and hands on what the helper has read of the others.
    pub(super) fn read_by_two(
        &self,
        connection: &Connection,
        helper: Second<'_>,
        candidates: &[Candidate],
        select: &Select<'_>,
        (left, buffers): (&mut Left, &mut Buffers),
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>, Trouble> {
        let part = part(select);
        let mut taken = |labels: &Labels, times: &[Millis], values: &[f64]| {
            left.spend(times.len(), select)?;
            Ok(take(labels, times, values))
        };
        let (full, filled) = sync_channel(1);
        let (empty, emptied) = sync_channel(2);
        thread::scope(|scope| {
            let work = move || self.help(&helper, candidates.chunks(part).skip(1).step_by(2), select, &full, &emptied);
            let Ok(helping) = thread::Builder::new().name("scan".to_owned()).spawn_scoped(scope, work) else {
                // No thread is left: one will do.
                return self.read_series(connection, candidates, select, buffers, &mut taken);
            };
            let mut flow = Ok(ControlFlow::Continue(()));
            for (number, some) in candidates.chunks(part).enumerate() {
                flow = if number % 2 == 0 {
                    self.read_series(connection, some, select, buffers, &mut taken)
                } else {
                    next(&filled, &empty, &mut taken)
                };
                if !matches!(flow, Ok(ControlFlow::Continue(()))) {
                    break;
                }
            }
            // Whoever still sends gives up.
            drop(filled);
            if let Ok(mut theirs) = helping.join() {
                buffers.damaged.append(&mut theirs.damaged);
                buffers.rolled += std::mem::take(&mut theirs.rolled);
                self.keep_buffers(theirs);
            }
            flow
        })
    }

    fn help<'c>(
        &self,
        helper: &Second<'_>,
        parts: impl Iterator<Item = &'c [Candidate]>,
        select: &Select<'_>,
        full: &SyncSender<Result<Batch, Trouble>>,
        emptied: &Receiver<Batch>,
    ) -> Buffers {
        let mut buffers = self.take_buffers();
        for some in parts {
            let mut batch = emptied.try_recv().unwrap_or_default();
            batch.clear();
            let mut taken = |labels: &Labels, times: &[Millis], values: &[f64]| {
                batch.add(labels, times, values);
                Ok(ControlFlow::Continue(()))
            };
            let read = helper.connection();
            let read = read.and_then(|connection| self.read_series(connection, some, select, &mut buffers, &mut taken));
            if full.send(read.map(|_| batch)).is_err() {
                break;
            }
        }
        buffers
    }
}

/// Hands on a part that the helper has read, and gives back its memory.
fn next(
    filled: &Receiver<Result<Batch, Trouble>>,
    empty: &SyncSender<Batch>,
    taken: &mut super::read::Taken<'_>,
) -> Result<ControlFlow<()>, Trouble> {
    let batch = filled.recv().map_err(|_| Trouble::Refused("reading a part of the series failed".to_owned()))??;
    let mut begin = 0;
    for (labels, end) in &batch.series {
        if taken(labels, &batch.times[begin..*end], &batch.values[begin..*end])?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        begin = *end;
    }
    let _ = empty.try_send(batch);
    Ok(ControlFlow::Continue(()))
}
