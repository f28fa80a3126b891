//! Events become deliveries, in the transaction that marks the events as planned: a crash plans none twice and loses none.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vitrine_model::alert::EventKind;
use vitrine_model::notification::{Notification, NotifiedAlert};
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::{Alerts, StoredEvent};
use vitrine_model::port::deliveries::{Deliveries, NewDelivery};
use vitrine_model::{Clock, Labels, Millis};

/// Events planned in one transaction.
const EVENTS: usize = 1_000;
/// Alerts in one notification.
const ALERTS: usize = 100;
/// How soon planning is tried again after the store said no.
const RETRY: i64 = 5_000;

/// What planning needs.
pub(crate) struct Planner {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) alerts: Arc<dyn Alerts>,
    pub(crate) deliveries: Arc<dyn Deliveries>,
    pub(crate) route: ArcSwap<Route>,
    /// Told when there are events.
    pub(crate) events: Arc<Notify>,
    /// Told when there are deliveries.
    pub(crate) planned: Arc<Notify>,
}

/// Who is told of everything; the routing tree comes later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    /// Names of channels.
    pub channels: Vec<String>,
    /// The host's address, for links.
    pub public_url: String,
    pub time_zone: String,
}

/// Plans until stopped.
pub(crate) async fn plan(planner: Arc<Planner>, stop: CancellationToken) {
    loop {
        let worker = Arc::clone(&planner);
        let more = tokio::task::spawn_blocking(move || worker.plan_once()).await;
        match more {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => tokio::select! {
                () = stop.cancelled() => return,
                () = planner.events.notified() => {}
            },
            failed => {
                let reason = failed.map_or_else(
                    |error| error.to_string(),
                    |outcome| outcome.err().map(|error| error.to_string()).unwrap_or_default(),
                );
                tracing::error!("deliveries could not be planned and are tried again: {reason}");
                let later = planner.clock.now() + RETRY;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = planner.clock.sleep_until(later) => {}
                }
            }
        }
    }
}

impl Planner {
    /// Whether there may be more.
    fn plan_once(&self) -> Result<bool, StoreError> {
        let events = self.alerts.unplanned(EVENTS)?;
        if events.is_empty() {
            return Ok(false);
        }
        let route = self.route.load_full();
        if route.channels.is_empty() {
            tracing::warn!("{} alert events are told to nobody: set `alerts.notify` to a channel", events.len());
        }
        let ids: Vec<i64> = events.iter().map(|event| event.id).collect();
        let now = self.clock.now();
        let notices = group(events, &route);
        let deliveries: Vec<NewDelivery> = notices
            .iter()
            .flat_map(|notice| {
                route.channels.iter().map(move |channel| NewDelivery {
                    key: notice.key(channel),
                    channel: channel.clone(),
                    line: notice.line.clone(),
                    notification: notice.notification.clone(),
                    created_at: now,
                })
            })
            .collect();
        self.deliveries.plan(&ids, &deliveries)?;
        self.planned.notify_one();
        Ok(ids.len() == EVENTS)
    }
}

/// A notification, and the event it begins with.
struct Notice {
    event: i64,
    /// The rule: a group of its alerts, and each alone, are told in order.
    line: String,
    at: Millis,
    notification: Notification,
}

impl Notice {
    /// The same however often it is planned, and no other, not even in a new data folder: far sides tell repeats by it.
    fn key(&self, channel: &str) -> String {
        format!("{:x}-{}-{channel}", self.at, self.event)
    }
}

/// Events of one rule, kind and moment are told together.
fn group(events: Vec<StoredEvent>, route: &Route) -> Vec<Notice> {
    let mut groups: BTreeMap<(i64, String, &'static str), Vec<StoredEvent>> = BTreeMap::new();
    for event in events {
        let key = (event.event.at, event.event.alert.rule.clone(), event.event.kind.word());
        groups.entry(key).or_default().push(event);
    }
    let chunks = groups.into_values().flat_map(|events| events.chunks(ALERTS).map(<[_]>::to_vec).collect::<Vec<_>>());
    let notice = |events: Vec<StoredEvent>| {
        let first = events.first()?;
        let line = first.event.alert.rule.clone();
        Some(Notice { event: first.id, line, at: first.event.at, notification: notification(&events, route)? })
    };
    let mut notices: Vec<Notice> = chunks.filter_map(notice).collect();
    notices.sort_by_key(|notice| notice.event);
    notices
}

fn notification(events: &[StoredEvent], route: &Route) -> Option<Notification> {
    let first = &events.first()?.event;
    let alerts: Vec<NotifiedAlert> = events.iter().map(|event| notified(event, route)).collect();
    let name = first.alert.labels.get("alertname").unwrap_or("alert").to_owned();
    let title = match alerts.as_slice() {
        [only] => title(only, &name),
        many => format!("{name}: {} alerts", many.len()),
    };
    Some(Notification {
        status: first.kind,
        title,
        group: group_key(first.alert.rule.as_str(), events),
        group_labels: Labels::from_pairs([("alertname", name)]),
        alerts,
        host: route.public_url.clone(),
        time_zone: route.time_zone.clone(),
    })
}

/// One alert threads with its own end; several together thread by their rule.
fn group_key(rule: &str, events: &[StoredEvent]) -> String {
    match events {
        [only] => fingerprint(&only.event.alert.labels),
        _ => fingerprint(&Labels::from_pairs([("rule", rule)])),
    }
}

fn title(alert: &NotifiedAlert, name: &str) -> String {
    if let Some(summary) = alert.annotations.get("summary") {
        return summary.to_owned();
    }
    let place = ["instance", "target", "source", "device", "mountpoint"].iter().find_map(|label| alert.labels.get(label));
    place.map_or_else(|| name.to_owned(), |place| format!("{name} on {place}"))
}

fn notified(stored: &StoredEvent, route: &Route) -> NotifiedAlert {
    let event = &stored.event;
    let fingerprint = fingerprint(&event.alert.labels);
    NotifiedAlert {
        status: event.kind,
        labels: event.alert.labels.clone(),
        annotations: event.alert.annotations.clone(),
        starts_at: event.alert.fired_at.unwrap_or(event.alert.active_at),
        ends_at: (event.kind == EventKind::Resolved).then_some(event.at),
        value: event.alert.value,
        link: format!("{}/alerts#{fingerprint}", route.public_url.trim_end_matches('/')),
        fingerprint,
    }
}

/// FNV-1a over the sorted labels, as Alertmanager's fingerprints are made: sixteen hex digits.
pub fn fingerprint(labels: &Labels) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    const SEPARATOR: u8 = 0xff;
    let mut sum = OFFSET;
    let mut add = |byte: u8| sum = (sum ^ u64::from(byte)).wrapping_mul(PRIME);
    for (name, value) in labels.iter() {
        name.bytes().for_each(&mut add);
        add(SEPARATOR);
        value.bytes().for_each(&mut add);
        add(SEPARATOR);
    }
    format!("{sum:016x}")
}
