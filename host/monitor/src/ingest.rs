//! The one door for samples: bounded, committed in groups, answered only once committed.

mod metrics;
mod rate;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use prometheus_client::registry::Registry;
use tokio::sync::{mpsc, oneshot};
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Reason, Samples};
use vitrine_model::push::Push;
use vitrine_model::sample::Batch;
use vitrine_model::{Clock, Millis};

use self::metrics::Metrics;
use self::rate::Rate;
use crate::live::{Change, Live};

/// Pushes that may wait; whoever brings more waits too.
const WAITING: usize = 1_024;
/// Pushes committed in one transaction.
const GROUP: usize = 64;
/// How long the first of a group waits for others: a commit costs as much as the samples of several sources.
const GATHER: Duration = Duration::from_millis(50);
/// With so many samples, a commit is worth it at once: nobody who pushes in bulk waits for others.
const BULK: usize = 500;
/// A sample may be this far ahead of the clock, as clocks differ; further is a mistake.
const AHEAD: Millis = 10 * 60 * 1_000;

struct Job {
    push: Push,
    bounds: Bounds,
    answer: oneshot::Sender<Result<Appended, StoreError>>,
}

/// Cheap to clone. When the last one goes, what waits is committed and the thread ends.
#[derive(Clone)]
pub struct Ingest {
    jobs: mpsc::Sender<Job>,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
    /// How long samples are kept; 0 as long as nobody has said.
    retention: Arc<AtomicI64>,
    rate: Arc<Rate>,
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
        let metrics = Metrics::default();
        metrics.register(registry);
        let work = move || commit(waiting, samples.as_ref(), &live);
        let thread = std::thread::Builder::new().name("ingest".to_owned()).spawn(work);
        let thread = thread.map_err(|error| format!("the ingest thread cannot be started: {error}"))?;
        Ok((Ingest { jobs, metrics, clock, retention: Arc::default(), rate: Arc::default() }, thread))
    }

    /// Samples older than this are refused from now on.
    pub fn set_retention(&self, retention: Millis) {
        self.retention.store(retention, Ordering::Relaxed);
    }

    /// So many samples a second may come from one source from now on.
    pub fn set_rate(&self, most: Option<u64>) {
        self.rate.set(most);
    }

    /// Returns once what is good of the batch is committed.
    pub async fn take(&self, source: &str, batch: Batch) -> Result<Appended, StoreError> {
        let (push, unfit) = Push::from_batch(source, &batch);
        let mut appended = self.push(push).await?;
        for (labels, fault) in unfit {
            self.metrics.refused(source, Reason::LabelLimit, 1);
            appended.refuse(Reason::LabelLimit, 1, || format!("{labels} was refused: {fault}"));
        }
        Ok(appended)
    }

    /// Returns once what is good of the push is committed; the answer says what was not, and why.
    pub async fn push(&self, push: Push) -> Result<Appended, StoreError> {
        let now = self.clock.now();
        let retention = self.retention.load(Ordering::Relaxed);
        let earliest = if retention == 0 { Millis::MIN } else { now - retention };
        let bounds = Bounds { earliest, latest: now + AHEAD };
        let source = Arc::clone(&push.source);
        if let Err(sentence) = self.rate.admit(&source, push.len() as u64, now) {
            let mut appended = Appended::default();
            appended.refuse(Reason::RateLimit, push.len() as u64, || sentence);
            self.metrics.appended(&source, &appended);
            return Ok(appended);
        }
        let (answer, answered) = oneshot::channel();
        let stopping = || StoreError("the host is stopping".to_owned());
        self.jobs.send(Job { push, bounds, answer }).await.map_err(|_| stopping())?;
        let appended = answered.await.map_err(|_| stopping())??;
        self.metrics.appended(&source, &appended);
        Ok(appended)
    }
}

/// Waits a moment for more, unless the group is full or nobody is left to bring any.
#[expect(clippy::disallowed_methods, reason = "what it waits for is that time passes, on a thread that does nothing else")]
fn gather(waiting: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>) {
    let samples: usize = jobs.iter().map(|job| job.push.len()).sum();
    if jobs.len() >= GROUP || samples >= BULK || waiting.is_closed() {
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
fn append(samples: &dyn Samples, pushes: &[Push], bounds: Bounds) -> Vec<Result<Appended, StoreError>> {
    match samples.push(pushes, bounds) {
        Ok(appended) => appended.into_iter().map(Ok).collect(),
        Err(_) if pushes.len() > 1 => {
            pushes.iter().flat_map(|push| append(samples, std::slice::from_ref(push), bounds)).collect()
        }
        Err(error) => vec![Err(error)],
    }
}

fn commit(mut waiting: mpsc::Receiver<Job>, samples: &dyn Samples, live: &Live) {
    let mut jobs = Vec::with_capacity(GROUP);
    while waiting.blocking_recv_many(&mut jobs, GROUP) > 0 {
        gather(&mut waiting, &mut jobs);
        // Those of a group come within a moment: the last one's clock serves for all.
        let Some(bounds) = jobs.last().map(|job| job.bounds) else { continue };
        let (answers, pushes): (Vec<_>, Vec<_>) = jobs.drain(..).map(|job| (job.answer, job.push)).unzip();
        let outcomes = append(samples, &pushes, bounds);
        for ((answer, push), outcome) in answers.into_iter().zip(&pushes).zip(outcomes) {
            if let (Ok(_), Some(at)) = (&outcome, push.times().first()) {
                live.tell(Change::Samples { source: push.source.to_string(), at: *at });
            }
            // Whoever brought it may have gone; the samples are kept all the same.
            let _ = answer.send(outcome);
        }
    }
}
