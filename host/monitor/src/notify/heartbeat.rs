//! The dead man's switch: a message every so often to somebody outside, who raises the alarm when none comes.
//!
//! It is sent only while rules are evaluated, planning and delivering go on and the store takes what is written; else it says
//! nothing. It goes straight to its channel: one that is late is of no use, and nobody waits for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vitrine_config::{Finding, Path};
use vitrine_model::alert::EventKind;
use vitrine_model::notification::{Notification, NotifiedAlert};
use vitrine_model::port::keep::{Keep, Kept, Room};
use vitrine_model::{Clock, Labels, Millis, Span};

use super::deliver::ChannelBook;
use super::file::HeartbeatEntry;
use super::notice::fingerprint;
use super::plan::Planner;
use crate::metrics::Metrics;
use crate::status::{HeartbeatStatus, Status};

/// The shortest and the longest time from one to the next.
const SHORTEST: Span = Span::from_secs(5);
const LONGEST: Span = Span::from_secs(86_400);
/// How long planning and delivering, which look around every 30 s, may be silent.
const SILENT: Millis = 120_000;
/// How many intervals of a group may pass without an evaluation, and how long that is at least.
const INTERVALS: Millis = 3;
const EVALUATED: Millis = 60_000;
/// How soon one that was held back is looked at again, and one that failed is tried again at first.
const LOOK: Millis = 5_000;
/// What is kept of one: when it was sent.
const ROOM: Room = Room { keys: 1, bytes: 256 };

/// One, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    pub name: String,
    pub channel: String,
    pub every: Span,
}

/// Checks what is written under `heartbeats`.
pub fn check(entries: &BTreeMap<String, HeartbeatEntry>, channels: &BTreeSet<&str>) -> Result<Vec<Heartbeat>, Vec<Finding>> {
    let (mut findings, mut all) = (Vec::new(), Vec::new());
    for (name, entry) in entries {
        let path = Path::new().key("heartbeats").key(name);
        if !channels.contains(entry.channel.as_str()) {
            let known: Vec<&str> = channels.iter().copied().collect();
            let hint =
                if known.is_empty() { "add it to `channels`".to_owned() } else { format!("there are: {}", known.join(", ")) };
            let reason = format!("there is no channel `{}`", entry.channel);
            findings.push(Finding::value(path.clone().key("channel"), reason).hint(hint));
        }
        match entry.every.parse::<Span>() {
            Ok(every) if (SHORTEST..=LONGEST).contains(&every) => {
                all.push(Heartbeat { name: name.clone(), channel: entry.channel.clone(), every });
            }
            Ok(_) => {
                let reason = format!("a heartbeat comes every {SHORTEST} to {LONGEST}");
                findings.push(Finding::value(path.key("every"), reason).hint("write `1m`"));
            }
            Err(error) => findings.push(Finding::value(path.key("every"), error.to_string())),
        }
    }
    if findings.is_empty() { Ok(all) } else { Err(findings) }
}

/// What heartbeats look at.
pub(crate) struct Heart {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) status: Arc<Status>,
    pub(crate) planner: Arc<Planner>,
    pub(crate) book: Arc<ChannelBook>,
    pub(crate) keep: Arc<dyn Keep>,
    pub(crate) metrics: Metrics,
    /// Since when groups wait for their first evaluation.
    pub(crate) waiting: Mutex<HashMap<String, Millis>>,
}

/// Sends one until stopped.
pub(crate) async fn beat(heart: Arc<Heart>, heartbeat: Heartbeat, stop: CancellationToken) {
    let every = heartbeat.every.millis();
    let now = heart.clock.now();
    // A restart is no reason for one more.
    let last = heart.last(&heartbeat).await.filter(|last| *last <= now);
    let mut due = last.map_or(now, |last| (last + every).max(now));
    heart.status.set_heartbeat(HeartbeatStatus::new(&heartbeat));
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = heart.clock.sleep_until(due) => {}
        }
        let now = heart.clock.now();
        let hindrance = heart.hindrance(&heartbeat, now).await;
        let is_held = hindrance.is_some();
        heart.note_held(&heartbeat, hindrance, now);
        if is_held {
            due = now + LOOK.min(every);
            continue;
        }
        let end = now + every;
        tokio::select! {
            () = stop.cancelled() => return,
            // The next one says the same: what is late is left.
            () = heart.clock.sleep_until(end) => heart.failed(&heartbeat, "there was no answer before the next one was due"),
            () = heart.send(&heartbeat, now, end) => {}
        }
        due = end.max(heart.clock.now());
    }
}

impl Heart {
    /// Why nothing may be said, if so.
    async fn hindrance(&self, heartbeat: &Heartbeat, now: Millis) -> Option<String> {
        if let Some(reason) = self.unevaluated(heartbeat, now) {
            return Some(reason);
        }
        let silent = |at: Option<Millis>| at.is_none_or(|at| now - at > SILENT);
        if silent(self.planner.stepped_at()) {
            return Some("nothing is planned".to_owned());
        }
        if silent(self.book.claimed_at()) {
            return Some("nothing is delivered".to_owned());
        }
        let (keep, owner) = (Arc::clone(&self.keep), owner(heartbeat));
        let kept = tokio::task::spawn_blocking(move || keep.set(&owner, "at", &now.to_be_bytes(), ROOM)).await;
        match kept {
            Ok(Ok(Kept::Yes(_))) => None,
            Ok(Ok(Kept::Full(_))) => Some("the store is full".to_owned()),
            Ok(Err(error)) => Some(format!("the store cannot be written: {error}")),
            Err(error) => Some(format!("the store cannot be written: {error}")),
        }
    }

    /// The group that was to be evaluated, and was not.
    fn unevaluated(&self, heartbeat: &Heartbeat, now: Millis) -> Option<String> {
        let groups = self.status.groups();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|key, _| groups.iter().any(|status| status.group.key == *key));
        for status in groups {
            let (key, interval) = (&status.group.key, status.group.interval());
            let most = (interval.millis() * INTERVALS).max(EVALUATED);
            let Some(last) = status.evaluated.last() else { continue };
            let since = match last {
                Some(evaluated) => {
                    waiting.remove(key);
                    evaluated.at
                }
                None => {
                    let since = *waiting.entry(key.clone()).or_insert(now);
                    // A host that starts over and over says nothing; only slow groups are waited for.
                    if interval <= heartbeat.every.max(Span::from_millis(EVALUATED)) {
                        return Some(format!("the group `{}` was not evaluated yet", status.group.name));
                    }
                    since
                }
            };
            if now - since > most {
                return Some(format!("the group `{}` is not evaluated", status.group.name));
            }
        }
        None
    }

    async fn last(&self, heartbeat: &Heartbeat) -> Option<Millis> {
        let (keep, owner) = (Arc::clone(&self.keep), owner(heartbeat));
        let kept = tokio::task::spawn_blocking(move || keep.get(&owner, "at")).await.ok()?.ok()??;
        Some(Millis::from_be_bytes(kept.try_into().ok()?))
    }

    fn note_held(&self, heartbeat: &Heartbeat, hindrance: Option<String>, now: Millis) {
        let name = heartbeat.name.as_str();
        self.status.heartbeat(name, |status| {
            if let Some(reason) = &hindrance
                && status.held.is_none()
            {
                self.metrics.heartbeat(name, "held");
                tracing::warn!(heartbeat.name = name, "the heartbeat is held back: {reason}");
            }
            let since = status.held.as_ref().map_or(now, |(_, since)| *since);
            status.held = hindrance.map(|reason| (reason, since));
        });
    }

    /// Sends one, and tries again until the next is due.
    async fn send(&self, heartbeat: &Heartbeat, begun: Millis, end: Millis) {
        let (mut pause, key) = (LOOK, format!("{begun:x}-{}", heartbeat.name));
        loop {
            let channel = self.book.channels.load().get(&heartbeat.channel).cloned();
            let outcome = match channel {
                Some(channel) => channel.deliver(&self.notification(heartbeat, begun), &key).await,
                None => return self.failed(heartbeat, "its channel is not there"),
            };
            match outcome {
                Ok(_) => return self.sent(heartbeat, self.clock.now()),
                Err(failure) => self.failed(heartbeat, failure.fault().reason()),
            }
            let next = self.clock.now() + pause;
            if next >= end {
                return;
            }
            self.clock.sleep_until(next).await;
            pause = pause.saturating_mul(2);
        }
    }

    fn sent(&self, heartbeat: &Heartbeat, now: Millis) {
        self.metrics.heartbeat(&heartbeat.name, "sent");
        self.metrics.heartbeat_sent(&heartbeat.name, Duration::from_millis(now.max(0).unsigned_abs()).as_secs_f64());
        self.status.heartbeat(&heartbeat.name, |status| {
            status.last_sent = Some(now);
            status.fault = None;
        });
    }

    fn failed(&self, heartbeat: &Heartbeat, reason: &str) {
        self.metrics.heartbeat(&heartbeat.name, "failed");
        tracing::warn!(
            heartbeat.name = heartbeat.name,
            channel.name = heartbeat.channel,
            "the heartbeat was not taken: {reason}"
        );
        self.status.heartbeat(&heartbeat.name, |status| status.fault = Some(reason.to_owned()));
    }

    fn notification(&self, heartbeat: &Heartbeat, now: Millis) -> Notification {
        let route = self.planner.route.load();
        let labels =
            Labels::from_pairs([("alertname", "Heartbeat"), ("heartbeat", heartbeat.name.as_str()), ("severity", "none")]);
        let text = format!("this host evaluates, plans and delivers; the next one comes within {}", heartbeat.every);
        let alert = NotifiedAlert {
            status: EventKind::Firing,
            annotations: Labels::from_pairs([("summary", text.as_str())]),
            starts_at: now,
            ends_at: None,
            value: 1.0,
            fingerprint: fingerprint(&labels),
            link: route.public_url.clone(),
            labels,
        };
        let group_labels = Labels::from_pairs([("heartbeat", heartbeat.name.as_str())]);
        Notification {
            status: EventKind::Firing,
            title: format!("heartbeat {}", heartbeat.name),
            group: fingerprint(&group_labels),
            group_labels,
            alerts: vec![alert],
            host: route.public_url.clone(),
            time_zone: route.time_zone.clone(),
        }
    }
}

fn owner(heartbeat: &Heartbeat) -> String {
    format!("heartbeat/{}", heartbeat.name)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn what_is_written_is_checked() {
        let read = |json: serde_json::Value| {
            let entries: BTreeMap<String, HeartbeatEntry> = serde_json::from_value(json).unwrap();
            let said = check(&entries, &BTreeSet::from(["hook"]));
            said.map_err(|findings| {
                findings.into_iter().map(|finding| format!("{}: {}", finding.path, finding.reason)).collect::<Vec<_>>()
            })
        };
        let good =
            read(serde_json::json!({ "outside": { "channel": "hook", "every": "1m" }, "b": { "channel": "hook" } })).unwrap();
        let all: Vec<(&str, i64)> = good.iter().map(|one| (one.name.as_str(), one.every.millis())).collect();
        assert_eq!(all, [("b", 60_000), ("outside", 60_000)]);
        let wrong =
            read(serde_json::json!({ "a": { "channel": "none", "every": "1s" }, "b": { "channel": "hook", "every": "x" } }));
        let reasons = wrong.unwrap_err();
        assert_eq!(reasons[0], "heartbeats.a.channel: there is no channel `none`");
        assert_eq!(reasons[1], "heartbeats.a.every: a heartbeat comes every 5s to 1d");
        assert!(reasons[2].starts_with("heartbeats.b.every: "), "{reasons:?}");
    }
}
