//! Tries deliveries until they are done: claimed, told, recorded; retried with backoff; given up only after days.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vitrine_model::notification::{Failure, Receipt};
use vitrine_model::port::StoreError;
use vitrine_model::port::channel::Channel;
use vitrine_model::port::deliveries::{Deliveries, Delivery, NewDelivery};
use vitrine_model::{Clock, Fault, Millis};

use super::backoff::{self, PATIENCE};
use crate::live::{Change, Live};
use crate::metrics::Metrics;
use crate::status::Status;

/// A claim outlives the longest call of a channel, and no more than a little.
const CLAIM: Millis = 60_000;
/// Deliveries under way at once.
const AT_ONCE: usize = 16;
/// How long until a look at the store, if nobody says anything.
const LOOK: Millis = 30_000;

/// Tries of a channel after which the next one of its receiver is tried.
const TRIES: u32 = 3;

/// The channels by name.
pub(crate) type Channels = BTreeMap<String, Arc<dyn Channel>>;

/// What delivering needs.
pub(crate) struct ChannelBook {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deliveries: Arc<dyn Deliveries>,
    pub(crate) channels: ArcSwap<Channels>,
    pub(crate) planned: Arc<Notify>,
    pub(crate) live: Live,
    pub(crate) status: Arc<Status>,
    pub(crate) metrics: Metrics,
}

/// Delivers until stopped; what is under way then is finished first.
pub(crate) async fn deliver(book: Arc<ChannelBook>, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let under_way = TaskTracker::new();
    let own = Arc::new(Mutex::new(HashSet::new()));
    while !stop.is_cancelled() {
        let claimed = book.claim(slots.available_permits()).await;
        for delivery in claimed {
            // A claim that ran out while the call still goes on is no reason to tell twice.
            let Some(mark) = Mark::set(&own, delivery.id) else { continue };
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let book = Arc::clone(&book);
            under_way.spawn(async move {
                book.tell(delivery).await;
                drop((slot, mark));
                // A free slot may take what was due but not claimed.
                book.planned.notify_one();
            });
        }
        let wake = book.wake_at().await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = book.planned.notified() => {}
            () = book.clock.sleep_until(wake) => {}
        }
    }
    under_way.close();
    under_way.wait().await;
}

/// A delivery that this process is telling right now.
struct Mark(Arc<Mutex<HashSet<i64>>>, i64);

impl Mark {
    /// None where it is set already.
    fn set(own: &Arc<Mutex<HashSet<i64>>>, id: i64) -> Option<Mark> {
        let is_new = own.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        is_new.then(|| Mark(Arc::clone(own), id))
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl ChannelBook {
    async fn stored<R: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&dyn Deliveries) -> Result<R, StoreError> + Send + 'static,
    ) -> Option<R> {
        let deliveries = Arc::clone(&self.deliveries);
        let outcome = tokio::task::spawn_blocking(move || work(deliveries.as_ref())).await;
        match outcome {
            Ok(Ok(value)) => Some(value),
            Ok(Err(error)) => {
                tracing::error!("{what} failed: {error}");
                None
            }
            Err(error) => {
                tracing::error!("{what} failed: {error}");
                None
            }
        }
    }

    async fn claim(&self, limit: usize) -> Vec<Delivery> {
        if limit == 0 {
            return Vec::new();
        }
        let now = self.clock.now();
        self.stored("claiming deliveries", move |store| store.claim(now, now + CLAIM, limit)).await.unwrap_or_default()
    }

    async fn wake_at(&self) -> Millis {
        let now = self.clock.now();
        let due = self.stored("looking for deliveries", |store| store.next_due()).await.flatten();
        // What is due already waits for a slot, whose end wakes us; the pause keeps a failing store from spinning.
        due.map_or(now + LOOK, |due| due.clamp(now + 1_000, now + LOOK))
    }

    async fn tell(&self, delivery: Delivery) {
        let channel = self.channels.load().get(&delivery.channel).cloned();
        let outcome = match channel {
            Some(channel) => channel.deliver(&delivery.notification, &delivery.key).await,
            None => {
                let reason = format!("there is no channel `{}` any more", delivery.channel);
                Err(Failure::Retry(Fault::Invalid(reason)))
            }
        };
        match outcome {
            Ok(receipt) => self.delivered(delivery, receipt).await,
            Err(failure) => self.failed(delivery, failure).await,
        }
        self.live.tell(Change::Alerts);
    }

    async fn delivered(&self, delivery: Delivery, receipt: Receipt) {
        let now = self.clock.now();
        self.metrics.delivery(&delivery.channel, "delivered");
        tracing::info!(
            delivery.key = delivery.key,
            delivery.channel = delivery.channel,
            delivery.answer = receipt.answer,
            "delivered"
        );
        self.status.channel(&delivery.channel, |status| {
            status.last_delivered = Some(now);
            status.fault = None;
        });
        let id = delivery.id;
        self.stored("recording a delivery", move |store| store.delivered(id, now, &receipt)).await;
    }

    async fn failed(&self, delivery: Delivery, failure: Failure) {
        let now = self.clock.now();
        let fault = failure.fault().clone();
        self.status.channel(&delivery.channel, |status| {
            let since = status.fault.as_ref().map_or(now, |(_, since)| *since);
            status.fault = Some((fault.clone(), since));
        });
        let (id, reason) = (delivery.id, fault.reason().to_owned());
        let (key, channel, attempts) = (delivery.key.as_str(), delivery.channel.as_str(), delivery.attempts);
        if let Some(other) = other_channel(&delivery, &failure, now) {
            self.metrics.delivery(channel, "fell_back");
            let next = other.channel.as_str();
            tracing::warn!(delivery.key = key, delivery.channel = channel, "not delivered, `{next}` is tried instead: {reason}");
            let reason = format!("{reason}; `{next}` is told instead");
            self.stored("falling back", move |store| store.fall_back(id, now, &reason, &other)).await;
            self.planned.notify_one();
        } else if let Some(due) = next_try(&delivery, &failure, now, rand::random()) {
            self.metrics.delivery(channel, "retried");
            tracing::warn!(
                delivery.key = key,
                delivery.channel = channel,
                delivery.attempts = attempts,
                "not delivered, will be tried again: {reason}"
            );
            self.stored("putting a delivery back", move |store| store.retry(id, due, &reason)).await;
        } else {
            self.metrics.delivery(channel, "dead");
            tracing::error!(delivery.key = key, delivery.channel = channel, delivery.attempts = attempts, "given up: {reason}");
            self.stored("giving a delivery up", move |store| store.bury(id, now, &reason)).await;
        }
    }
}

/// The next channel's delivery, once this one has failed for good or often enough.
fn other_channel(delivery: &Delivery, failure: &Failure, now: Millis) -> Option<NewDelivery> {
    let is_lost = matches!(failure, Failure::Permanent(_)) || delivery.attempts >= TRIES;
    let (next, others) = delivery.fallbacks.split_first().filter(|_| is_lost)?;
    Some(NewDelivery {
        key: format!("{}-{next}", delivery.key),
        channel: next.clone(),
        line: delivery.line.clone(),
        fallbacks: others.to_vec(),
        notification: delivery.notification.clone(),
        created_at: now,
    })
}

/// When to try again, if at all.
fn next_try(delivery: &Delivery, failure: &Failure, now: Millis, jitter: f64) -> Option<Millis> {
    let pause = match failure {
        Failure::Permanent(_) => return None,
        Failure::Retry(_) => backoff::pause(delivery.attempts, jitter),
        Failure::RetryAfter(_, span) => span.millis().max(1_000),
    };
    let due = now + pause;
    (due - delivery.created_at <= PATIENCE.millis()).then_some(due)
}
