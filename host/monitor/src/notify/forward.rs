//! Alerts on their way to outside Alertmanagers: each of these has a queue of its own, which is emptied in order, in batches.
//!
//! Nothing here is a row: what is lost is sent again with the next sending. What fires and what ended lately comes back after a
//! restart from the store. Egress is a channel's, so that addresses, grants and secrets are where they are for all others.

mod resend;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vitrine_model::alert::{Alert, EventKind};
use vitrine_model::notification::{Notification, NotifiedAlert};
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::{Clock, Fault, Labels, Millis};

use self::resend::{ENDED, Resend, Sending};
use super::deliver::ChannelBook;
use super::notice;
use super::plan::Planner;
use crate::metrics::Metrics;

/// Alerts that wait for one Alertmanager; beyond that the oldest give way.
const WAITING: usize = 10_000;
/// Alerts of one request, as Prometheus sends them.
const BATCH: usize = 64;
/// Ends that are read after a restart.
const RESTORED: usize = 10_000;

/// Who is sent all alerts of rules, and how often.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forwarding {
    /// Names of channels.
    pub channels: Vec<String>,
    /// What an alert is sent with besides its own, which win.
    pub labels: Labels,
    /// How long until an alert that goes on is sent again.
    pub delay: Millis,
}

/// The queues.
pub(crate) struct Forward {
    clock: Arc<dyn Clock>,
    terms: ArcSwap<Forwarding>,
    resend: Mutex<Resend>,
    queues: Mutex<Queues>,
    news: Notify,
    batches: AtomicU64,
    metrics: Metrics,
}

#[derive(Default)]
struct Queues {
    waiting: BTreeMap<String, VecDeque<Sending>>,
    under_way: BTreeSet<String>,
}

impl Forward {
    /// Takes back what ended shortly before a restart.
    pub(crate) fn new(clock: Arc<dyn Clock>, alerts: &dyn Alerts, metrics: Metrics) -> Result<Forward, StoreError> {
        let now = clock.now();
        let ended = alerts.resolved(now - ENDED, now, RESTORED)?;
        Ok(Forward {
            clock,
            terms: ArcSwap::default(),
            resend: Mutex::new(Resend::restore(ended)),
            queues: Mutex::default(),
            news: Notify::new(),
            batches: AtomicU64::new(0),
            metrics,
        })
    }

    /// Whoever is new is sent everything with the next evaluations.
    pub(crate) fn set(&self, terms: Forwarding) {
        let before = self.terms.swap(Arc::new(terms.clone()));
        if terms.channels.iter().any(|name| !before.channels.contains(name)) {
            self.resend().begin_anew();
        }
        self.queues().waiting.retain(|name, _| terms.channels.contains(name));
    }

    pub(crate) fn is_needed(&self) -> bool {
        !self.terms.load().channels.is_empty()
    }

    /// A rule was evaluated; `firing` are its alerts that fire.
    pub(crate) fn evaluated(&self, rule: &str, firing: Vec<Alert>, at: Millis, interval: Millis) {
        let delay = self.terms.load().delay;
        let due = self.resend().take(rule, firing, (at, interval, delay));
        self.put(&due);
    }

    /// Rules that are no more have ended their alerts.
    pub(crate) fn retain(&self, is_known: impl Fn(&str) -> bool) {
        let over = self.resend().retain(is_known, self.clock.now());
        self.put(&over);
    }

    /// Whether nothing waits and nothing is under way.
    pub(crate) fn is_settled(&self) -> bool {
        let queues = self.queues();
        queues.under_way.is_empty() && queues.waiting.values().all(VecDeque::is_empty)
    }

    fn resend(&self) -> MutexGuard<'_, Resend> {
        self.resend.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, due: &[Sending]) {
        if due.is_empty() {
            return;
        }
        let (terms, mut queues) = (self.terms.load(), self.queues());
        for name in &terms.channels {
            let waiting = queues.waiting.entry(name.clone()).or_default();
            waiting.extend(due.iter().cloned());
            let over = waiting.len().saturating_sub(WAITING);
            waiting.drain(..over);
            self.metrics.forwarded(name, "dropped", over);
        }
        drop(queues);
        self.news.notify_one();
    }

    /// A batch for each that is not busy.
    fn claim(&self) -> Vec<(String, Vec<Sending>)> {
        let mut queues = self.queues();
        let Queues { waiting, under_way } = &mut *queues;
        let mut claimed = Vec::new();
        for (name, waiting) in waiting.iter_mut().filter(|(_, waiting)| !waiting.is_empty()) {
            if under_way.insert(name.clone()) {
                let count = waiting.len().min(BATCH);
                claimed.push((name.clone(), waiting.drain(..count).collect()));
            }
        }
        claimed
    }

    async fn send(self: Arc<Self>, book: Arc<ChannelBook>, planner: Arc<Planner>, name: String, batch: Vec<Sending>) {
        let channel = book.channels.load().get(&name).cloned();
        let notification = notification(&planner, &self.terms.load().labels, &batch);
        let number = self.batches.fetch_add(1, Ordering::Relaxed);
        let key = format!("{:x}-{number:x}-{name}", self.clock.now());
        let outcome = match channel {
            Some(channel) => channel.deliver(&notification, &key).await.map_err(|failure| failure.fault().clone()),
            None => Err(Fault::Invalid(format!("there is no channel `{name}` any more"))),
        };
        let now = self.clock.now();
        match outcome {
            Ok(_) => {
                self.metrics.forwarded(&name, "sent", batch.len());
                book.status.channel(&name, |status| {
                    status.last_delivered = Some(now);
                    status.fault = None;
                });
            }
            Err(fault) => {
                self.metrics.forwarded(&name, "failed", batch.len());
                let count = batch.len();
                tracing::warn!(
                    delivery.channel = name,
                    "{count} alerts were not taken, and go with the next sending: {}",
                    fault.reason()
                );
                book.status.channel(&name, |status| {
                    let since = status.fault.as_ref().map_or(now, |(_, since)| *since);
                    status.fault = Some((fault, since));
                });
            }
        }
        self.queues().under_way.remove(&name);
    }
}

/// Sends until stopped, and then what still waits.
pub(crate) async fn forward(forward: Arc<Forward>, book: Arc<ChannelBook>, planner: Arc<Planner>, stop: CancellationToken) {
    let mut under_way = JoinSet::new();
    loop {
        for (name, batch) in forward.claim() {
            under_way.spawn(Arc::clone(&forward).send(Arc::clone(&book), Arc::clone(&planner), name, batch));
        }
        if under_way.is_empty() && stop.is_cancelled() {
            return;
        }
        tokio::select! {
            () = stop.cancelled(), if !stop.is_cancelled() => {}
            Some(_) = under_way.join_next() => {}
            () = forward.news.notified() => {}
        }
    }
}

/// What one request says. The end of one that fires is the moment until which it holds.
fn notification(planner: &Planner, labels: &Labels, batch: &[Sending]) -> Notification {
    let route = planner.route.load();
    let one = |sending: &Sending| {
        let ended = sending.is_over.then_some(sending.ends_at);
        let labels = labels.with(sending.alert.labels.iter());
        NotifiedAlert { labels, ends_at: Some(sending.ends_at), ..notice::notified(&sending.alert, ended, &route) }
    };
    let is_over = batch.iter().all(|sending| sending.is_over);
    Notification {
        status: if is_over { EventKind::Resolved } else { EventKind::Firing },
        title: format!("{} alerts", batch.len()),
        group: "alertmanagers".to_owned(),
        group_labels: Labels::new(),
        alerts: batch.iter().map(one).collect(),
        host: route.public_url.clone(),
        time_zone: route.time_zone.clone(),
    }
}
