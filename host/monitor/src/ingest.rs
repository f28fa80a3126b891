//! The one door for samples: bounded, committed in groups, answered only once committed.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use tokio::sync::{mpsc, oneshot};
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Samples};
use vitrine_model::sample::Batch;
use vitrine_model::{Clock, Millis};

use crate::live::{Change, Live};

/// Batches that may wait; whoever brings more waits too.
const WAITING: usize = 1_024;
/// Batches committed in one transaction.
const GROUP: usize = 64;
/// How long the first of a group waits for others: a commit costs as much as the samples of several sources.
const GATHER: Duration = Duration::from_millis(50);
/// A sample may be this far ahead of the clock, as clocks differ; further is a mistake.
const AHEAD: Millis = 10 * 60 * 1_000;

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ingested {
    pub samples: u64,
    /// Refused because they lie in the future.
    pub refused: u64,
}

struct Job {
    source: String,
    batch: Batch,
    answer: oneshot::Sender<Result<Ingested, StoreError>>,
}

/// Cheap to clone. When the last one goes, what waits is committed and the thread ends.
#[derive(Clone)]
pub struct Ingest {
    jobs: mpsc::Sender<Job>,
    refused: Counter,
    clock: Arc<dyn Clock>,
}

impl Ingest {
    /// Starts the thread that commits.
    pub fn start(
        samples: Arc<dyn Samples>,
        clock: Arc<dyn Clock>,
        live: Live,
        registry: &mut Registry,
    ) -> Result<(Ingest, std::thread::JoinHandle<()>), String> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let refused = Counter::default();
        registry.register("vitrine_ingest_refused_samples", "Samples refused because they lie in the future", refused.clone());
        let work = move || commit(waiting, samples.as_ref(), &live);
        let thread = std::thread::Builder::new().name("ingest".to_owned()).spawn(work);
        let thread = thread.map_err(|error| format!("the ingest thread cannot be started: {error}"))?;
        Ok((Ingest { jobs, refused, clock }, thread))
    }

    /// Returns once the batch is committed.
    pub async fn take(&self, source: &str, mut batch: Batch) -> Result<Ingested, StoreError> {
        let latest = self.clock.now() + AHEAD;
        let before = batch.samples.len();
        batch.samples.retain(|(_, sample)| sample.time <= latest);
        let refused = (before - batch.samples.len()) as u64;
        self.refused.inc_by(refused);
        let (answer, answered) = oneshot::channel();
        let stopping = || StoreError("the host is stopping".to_owned());
        self.jobs.send(Job { source: source.to_owned(), batch, answer }).await.map_err(|_| stopping())?;
        let ingested = answered.await.map_err(|_| stopping())??;
        Ok(Ingested { refused, ..ingested })
    }
}

/// Waits a moment for more, unless the group is full or nobody is left to bring any.
#[expect(clippy::disallowed_methods, reason = "what it waits for is that time passes, on a thread that does nothing else")]
fn gather(waiting: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>) {
    if jobs.len() >= GROUP || waiting.is_closed() {
        return;
    }
    std::thread::sleep(GATHER);
    while jobs.len() < GROUP
        && let Ok(job) = waiting.try_recv()
    {
        jobs.push(job);
    }
}

/// All at once; if the store refuses that, each alone, so that nobody loses samples for another's mistake.
fn append(samples: &dyn Samples, batches: &[Batch]) -> Vec<Result<Appended, StoreError>> {
    match samples.append(batches) {
        Err(_) if batches.len() > 1 => batches.iter().map(|batch| samples.append(std::slice::from_ref(batch))).collect(),
        outcome => vec![outcome; batches.len()],
    }
}

fn commit(mut waiting: mpsc::Receiver<Job>, samples: &dyn Samples, live: &Live) {
    let mut jobs = Vec::with_capacity(GROUP);
    while waiting.blocking_recv_many(&mut jobs, GROUP) > 0 {
        gather(&mut waiting, &mut jobs);
        let (told, batches): (Vec<_>, Vec<_>) = jobs.drain(..).map(|job| ((job.source, job.answer), job.batch)).unzip();
        for (((source, answer), batch), outcome) in told.into_iter().zip(&batches).zip(append(samples, &batches)) {
            let count = batch.samples.len() as u64;
            // Whoever brought it may have gone; the samples are kept all the same.
            let _ = answer.send(outcome.clone().map(|_| Ingested { samples: count, refused: 0 }));
            if let (Ok(_), Some((_, sample))) = (&outcome, batch.samples.first()) {
                live.tell(Change::Samples { source, at: sample.time });
            }
        }
    }
}
