//! Tries deliveries until they are done: claimed, told, recorded; retried with backoff; given up only after days.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vitrine_model::notification::{Failure, Receipt};
use vitrine_model::port::StoreError;
use vitrine_model::port::channel::Channel;
use vitrine_model::port::deliveries::{Deliveries, Delivery, NewDelivery, Room};
use vitrine_model::{Clock, Fault, Millis};

use super::backoff::{self, PATIENCE};
use super::turns::Turns;
use crate::live::{Change, Live};
use crate::metrics::Metrics;
use crate::status::Status;

/// A claim outlives the longest call of a channel, and no more than a little.
const CLAIM: Millis = 60_000;
/// How long until a look at the store, if nobody says anything.
const LOOK: Millis = 30_000;

/// Tries of a channel after which the next one of its receiver is tried.
const TRIES: u32 = 3;
/// One that wants to be left alone for longer is not waited for either.
const LONG_WAIT: Millis = 60_000;

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
    /// When deliveries were last looked for; 0 before that.
    pub(crate) claimed_at: AtomicI64,
}

/// Delivers until stopped; what is under way then is finished first.
pub(crate) async fn deliver(book: Arc<ChannelBook>, stop: CancellationToken) {
    let turns = Turns::default();
    let under_way = TaskTracker::new();
    while !stop.is_cancelled() {
        for delivery in book.claim(turns.room(book.clock.now())).await {
            let Some(turn) = turns.begin(&delivery) else { continue };
            let (book, turns) = (Arc::clone(&book), turns.clone());
            under_way.spawn(async move {
                book.tell(delivery, &turns).await;
                drop(turn);
                // A free place may take what was due but not claimed.
                book.planned.notify_one();
            });
        }
        let wake = book.wake_at(&turns).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = book.planned.notified() => {}
            () = book.clock.sleep_until(wake) => {}
        }
    }
    under_way.close();
    under_way.wait().await;
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

    /// When deliveries were last looked for.
    pub(super) fn claimed_at(&self) -> Option<Millis> {
        Some(self.claimed_at.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    async fn claim(&self, room: Room) -> Vec<Delivery> {
        if room.all == 0 {
            return Vec::new();
        }
        let now = self.clock.now();
        let claimed = self.stored("claiming deliveries", move |store| store.claim(now, now + CLAIM, &room)).await;
        if claimed.is_some() {
            self.claimed_at.store(now, Ordering::Relaxed);
        }
        claimed.unwrap_or_default()
    }

    async fn wake_at(&self, turns: &Turns) -> Millis {
        let now = self.clock.now();
        let (room, free) = (turns.room(now), turns.next_free());
        let due = self.stored("looking for deliveries", move |store| store.next_due(&room)).await.flatten();
        // What is due already came this moment; the pause keeps a failing store from spinning.
        let due = due.map(|due| due.max(now + 1_000));
        due.into_iter().chain(free).min().map_or(now + LOOK, |moment| moment.clamp(now + 1, now + LOOK))
    }

    async fn tell(&self, delivery: Delivery, turns: &Turns) {
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
            Err(failure) => {
                if let Failure::RetryAfter(_, span) = &failure {
                    let now = self.clock.now();
                    turns.hold(&delivery.channel, now, now + span.millis());
                }
                self.failed(delivery, failure).await;
            }
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
    let is_lost = match failure {
        Failure::Permanent(_) => true,
        Failure::RetryAfter(_, span) if span.millis() > LONG_WAIT => true,
        _ => delivery.attempts >= TRIES,
    };
    if is_lost { next_channel(delivery, now) } else { None }
}

/// The delivery of the same by the next channel, if there is one.
pub fn next_channel(delivery: &Delivery, now: Millis) -> Option<NewDelivery> {
    let (next, others) = delivery.fallbacks.split_first()?;
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
