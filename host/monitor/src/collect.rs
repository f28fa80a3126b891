//! Polls one source: due → read → write, without overlap; a tick that cannot be kept is counted, never replayed.

mod living;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vitrine_model::labels::{Labels, NAME};
use vitrine_model::port::StoreError;
use vitrine_model::port::source::Source;
use vitrine_model::sample::{Batch, Sample};
use vitrine_model::{Clock, Fault, Millis};

use crate::collect::living::Living;
use crate::ingest::Ingest;
use crate::live::{Change, Live};
use crate::metrics::Metrics;
use crate::schedule::Schedule;
use crate::status::Status;

/// Series of a source whose names are kept from tick to tick; those beyond are named anew.
const KNOWN: usize = 20_000;

/// A source to poll.
#[derive(Clone)]
pub struct SourceTask {
    pub name: String,
    pub plugin: String,
    pub schedule: Schedule,
    /// Set on all its series.
    pub labels: Labels,
    pub source: Arc<dyn Source>,
}

/// What the loop needs of the rest.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ingest: Ingest,
    pub(crate) live: Live,
    pub(crate) status: Arc<Status>,
    pub(crate) metrics: Metrics,
}

/// Runs until stopped. A run under way when the stop comes is finished first. A task that is sent takes the place of the
/// one before between two runs, on the same beat: the tick that is due meanwhile is kept once, by the new one.
pub(crate) async fn run(mut tasks: watch::Receiver<SourceTask>, around: Surroundings, stop: CancellationToken) {
    let mut task = tasks.borrow_and_update().clone();
    let mut names = Names::new(&task);
    let mut living = Living::default();
    let mut due = task.schedule.first_after(around.clock.now());
    loop {
        around.status.source(&task.name, |status| status.next_run = due);
        tokio::select! {
            () = stop.cancelled() => return,
            sent = tasks.changed() => {
                // Without a sender nothing more can come: the source is gone.
                let Ok(()) = sent else { return end(&task, &around, &living).await };
                let new = tasks.borrow_and_update().clone();
                if new.schedule.to_string() != task.schedule.to_string() {
                    due = new.schedule.first_after(around.clock.now());
                }
                task = new;
                names = Names::new(&task);
            }
            moment = sleep(due, &around) => {
                poll(&task, &around, &mut names, &mut living).await;
                due = next(&task, &around, moment);
            }
        }
    }
}

/// Until it is due; for ever where nothing is due any more.
async fn sleep(due: Option<Millis>, around: &Surroundings) -> Millis {
    let Some(moment) = due else { return std::future::pending().await };
    around.clock.sleep_until(moment).await;
    moment
}

/// The next tick after now; those between the last and now are missed.
fn next(task: &SourceTask, around: &Surroundings, last: Millis) -> Option<Millis> {
    // A clock that was set back must not make a tick come twice.
    let now = around.clock.now().max(last);
    // The first run may come before the beat: the tick that falls into it is not missed.
    let on_beat = task.schedule.next_after(last - 1) == Some(last);
    if !on_beat {
        return task.schedule.next_kept(last, around.clock.now());
    }
    let missed = std::iter::successors(task.schedule.next_after(last), |tick| task.schedule.next_after(*tick))
        .take_while(|tick| *tick <= now)
        .take(100_000)
        .count() as u64;
    if missed > 0 {
        around.metrics.missed(&task.name, missed);
        around.status.source(&task.name, |status| status.missed += missed);
    }
    task.schedule.next_kept(last, around.clock.now())
}

async fn poll(task: &SourceTask, around: &Surroundings, names: &mut Names, living: &mut Living) {
    let now = around.clock.now();
    let begin = Instant::now();
    let collected = task.source.collect().await;
    let seconds = begin.elapsed().as_secs_f64();
    around.metrics.collected(&task.name, seconds, collected.as_ref().err());
    let (batch, mut fault) = match collected {
        Ok(batch) => (batch, None),
        Err(fault) => (Batch::default(), Some(fault)),
    };
    let count = batch.samples.len() as u64;
    let batch = names.labelled(batch, now, seconds, fault.is_none());
    if let Err(error) = store(task, around, batch, now, living).await {
        tracing::error!(source.name = task.name, "samples could not be stored: {error}");
        fault = fault.or(Some(Fault::Upstream(format!("its samples could not be stored: {error}"))));
        // That it is down must be seen all the same; if even this fails, the error above has said why.
        let down = names.labelled(Batch::default(), now, seconds, false);
        let _ = store(task, around, down, now, living).await;
    }
    tell(task, around, now, count, fault);
}

/// Stores a batch, and that the series have ended which the one before had and this one has not.
async fn store(
    task: &SourceTask,
    around: &Surroundings,
    mut batch: Batch,
    now: Millis,
    living: &mut Living,
) -> Result<(), StoreError> {
    let after = Living::after(&batch, now);
    living.mark_ended(&mut batch, now);
    around.ingest.take(&task.name, batch).await?;
    *living = after;
    Ok(())
}

/// The source is taken away: nothing of it is now. A host that stops marks nothing, as it will go on.
async fn end(task: &SourceTask, around: &Surroundings, living: &Living) {
    let now = around.clock.now();
    if let Err(error) = around.ingest.take(&task.name, living.end(now)).await {
        tracing::error!(source.name = task.name, "that its series have ended could not be stored: {error}");
    }
}

/// How the source's series are called in the store.
struct Names {
    /// The source and the admin's labels, which win over the plugin's.
    own: Labels,
    /// What Prometheus says of a scrape.
    up: Labels,
    duration: Labels,
    count: Labels,
    /// At each place of the last batch, what the plugin called the series and what it is called here: mostly the next
    /// batch brings the same.
    known: Vec<(Labels, Labels)>,
}

impl Names {
    fn new(task: &SourceTask) -> Names {
        let own = Labels::from_pairs([("source", task.name.as_str())]).with(task.labels.iter());
        let named = |name| own.with([(NAME, name)]);
        let [up, duration, count] = ["up", "scrape_duration_seconds", "scrape_samples_scraped"].map(named);
        Names { own, up, duration, count, known: Vec::new() }
    }

    fn full(&mut self, place: usize, given: &Labels) -> Labels {
        match self.known.get(place) {
            Some((known, full)) if known.is_same(given) => full.clone(),
            _ => {
                let full = given.under(&self.own);
                self.known.truncate(place);
                if place < KNOWN {
                    self.known.push((given.clone(), full.clone()));
                }
                full
            }
        }
    }

    /// The source's samples with its labels, and what Prometheus says of a scrape.
    fn labelled(&mut self, mut batch: Batch, now: Millis, seconds: f64, is_up: bool) -> Batch {
        for (place, (labels, _)) in batch.samples.iter_mut().enumerate() {
            *labels = self.full(place, labels);
        }
        #[expect(clippy::cast_precision_loss, reason = "samples are doubles")]
        let count = batch.samples.len() as f64;
        let told = [(&self.up, f64::from(u8::from(is_up))), (&self.duration, seconds), (&self.count, count)];
        batch.samples.extend(told.map(|(labels, value)| (labels.clone(), Sample { time: now, value })));
        batch
    }
}

fn tell(task: &SourceTask, around: &Surroundings, now: Millis, count: u64, fault: Option<Fault>) {
    let mut changed = false;
    around.status.source(&task.name, |status| {
        status.last_run = Some(now);
        changed = status.fault.is_some() != fault.is_some();
        if fault.is_none() {
            status.last_good = Some(now);
            status.samples = count;
        }
        let since = status.fault.as_ref().map_or(now, |(_, since)| *since);
        status.fault = fault.clone().map(|fault| (fault, since));
    });
    if !changed {
        return;
    }
    match fault {
        Some(fault) => tracing::warn!(source.name = task.name, source.fault = fault.whose(), "source began to fail: {fault}"),
        None => tracing::info!(source.name = task.name, "source works again"),
    }
    around.live.tell(Change::Sources);
}
