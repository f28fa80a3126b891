//! What a channel is sent: from a group and what is to be told of it to one delivery. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use vitrine_model::alert::{Alert, EventKind, FLAPPING};
use vitrine_model::notification::{Notification, NotifiedAlert};
use vitrine_model::port::deliveries::NewDelivery;
use vitrine_model::silence::Silence;
use vitrine_model::{Labels, Millis};

use super::group::{Group, Telling};
use super::groups::Gathered;
use super::rate::Line;
use super::route::{Route, Target};

/// Kinds of alerts that the title of a digest names.
const KINDS: usize = 4;

/// The delivery of a telling.
/// `at` is a moment that no other look at the group has.
pub(super) fn delivery(group: &Group, telling: &Telling, route: &Route, at: Millis, now: Millis) -> NewDelivery {
    let id = group_id(&group.key);
    let channel = telling.target.channel.clone();
    NewDelivery {
        // The same however often it is tried, and no other, not even in a new data folder: far sides tell repeats by it.
        key: format!("{at:x}-{id}-{channel}"),
        line: group.key.clone(),
        fallbacks: telling.target.fallbacks.clone(),
        notification: notification(group, telling, route, id),
        created_at: now,
        channel,
    }
}

/// The delivery that says that a silence ends soon. It is told as an alert, as that is what channels know to tell.
pub(super) fn reminder(silence: &Silence, hidden: usize, target: &Target, route: &Route, now: Millis) -> NewDelivery {
    let matchers: Vec<String> = silence.conditions.iter().map(ToString::to_string).collect();
    let (matchers, line) = (format!("{{{}}}", matchers.join(", ")), format!("silence:{}", silence.id));
    let end = shown(silence.ends_at, &route.time_zone);
    let alerts = if hidden == 1 { "1 alert".to_owned() } else { format!("{hidden} alerts") };
    let title = format!("Silence ends at {end}: {matchers} hides {alerts} now");
    let labels = Labels::from_pairs([("alertname", "SilenceEnds"), ("silence", silence.id.as_str())]);
    let why = if silence.comment.is_empty() { String::new() } else { format!(" ({})", silence.comment) };
    let description = format!("The silence of {matchers} by {}{why} ends at {end}. It hides {alerts} now.", silence.author);
    let alert = NotifiedAlert {
        status: EventKind::Firing,
        annotations: Labels::from_pairs([("summary", title.as_str()), ("description", description.as_str())]),
        starts_at: silence.starts_at,
        ends_at: None,
        #[expect(clippy::cast_precision_loss, reason = "nobody hides 2^52 alerts")]
        value: hidden as f64,
        fingerprint: fingerprint(&labels),
        link: format!("{}/silences", route.public_url.trim_end_matches('/')),
        labels: labels.clone(),
    };
    NewDelivery {
        // One silence and one end of it: once.
        key: format!("{:x}-{}-{}", silence.ends_at, silence.id, target.channel),
        channel: target.channel.clone(),
        fallbacks: target.fallbacks.clone(),
        notification: Notification {
            status: EventKind::Firing,
            title,
            group: group_id(&line),
            group_labels: labels,
            alerts: vec![alert],
            host: route.public_url.clone(),
            time_zone: route.time_zone.clone(),
        },
        line,
        created_at: now,
    }
}

fn shown(moment: Millis, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let timestamp = Timestamp::from_millisecond(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    timestamp.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

/// What identifies a group in notifications and acknowledgements.
pub(super) fn group_id(key: &str) -> String {
    fingerprint(&Labels::from_pairs([("group", key)]))
}

fn notification(group: &Group, telling: &Telling, route: &Route, id: String) -> Notification {
    let channel = &telling.target.channel;
    let members = |ids: &[super::group::Id]| ids.iter().filter_map(|id| group.members.get(id)).collect::<Vec<_>>();
    let (mut firing, ended) = (members(&telling.firing), members(&telling.ended));
    // What is new comes first, as only so many are listed.
    firing.sort_by_key(|member| (member.was_told(channel), member.alert.since()));
    let status = if firing.is_empty() { EventKind::Resolved } else { EventKind::Firing };
    let (begun, over) = (firing.len(), ended.len());
    let listed = firing.into_iter().chain(ended).take(telling.target.listed);
    let alerts: Vec<NotifiedAlert> = listed.map(|member| notified(&member.alert, member.ended_at, route)).collect();
    Notification {
        status,
        title: noted(title(&alerts, begun, over, &group.labels), telling.target.note.as_deref()),
        group: id,
        group_labels: group.labels.clone(),
        alerts,
        host: route.public_url.clone(),
        time_zone: route.time_zone.clone(),
    }
}

/// The delivery of a digest. To whoever threads by the group, all digests of a receiver are one, which is over once no
/// alert goes on that they told of.
pub(super) fn digest(
    (receiver, channel): &Line,
    target: &Target,
    gathered: &Gathered,
    route: &Route,
    now: Millis,
) -> NewDelivery {
    let line = format!("digest;{receiver}");
    let id = fingerprint(&Labels::from_pairs([("digest", receiver.as_str())]));
    let goes_on = gathered.go_on + gathered.firing.len() > 0;
    let mut firing: Vec<&Alert> = gathered.firing.iter().collect();
    firing.sort_by_key(|alert| (rank(alert), alert.since()));
    let mut ended: Vec<&(Alert, Millis)> = gathered.ended.iter().collect();
    ended.sort_by_key(|(alert, _)| (rank(alert), alert.since()));
    let firing = firing.into_iter().map(|alert| notified(alert, None, route));
    let ended = ended.into_iter().map(|(alert, at)| notified(alert, Some(*at), route));
    let notification = Notification {
        status: if goes_on { EventKind::Firing } else { EventKind::Resolved },
        title: digest_title(gathered),
        group: id.clone(),
        group_labels: Labels::from_pairs([("digest", receiver.as_str())]),
        alerts: firing.chain(ended).take(target.listed).collect(),
        host: route.public_url.clone(),
        time_zone: route.time_zone.clone(),
    };
    NewDelivery {
        key: format!("{now:x}-{id}-{channel}"),
        line,
        fallbacks: target.fallbacks.clone(),
        notification,
        created_at: now,
        channel: channel.clone(),
    }
}

/// How many of these are digests.
pub(super) fn digests(deliveries: &[NewDelivery]) -> usize {
    deliveries.iter().filter(|delivery| delivery.line.starts_with("digest;")).count()
}

/// `digest of 3 groups: 5 alerts firing, 1 resolved: critical Down × 2, warning Slow × 4`
fn digest_title(gathered: &Gathered) -> String {
    let (begun, over) = (gathered.firing.len(), gathered.ended.len());
    let groups = match gathered.groups {
        1 => "1 group".to_owned(),
        many => format!("{many} groups"),
    };
    let kind = |alert: &Alert| {
        let name = alert.labels.get("alertname").unwrap_or("alert").to_owned();
        (rank(alert), alert.labels.get("severity").unwrap_or_default().to_owned(), name)
    };
    let mut kinds: std::collections::BTreeMap<_, usize> = std::collections::BTreeMap::new();
    for alert in gathered.firing.iter().chain(gathered.ended.iter().map(|(alert, _)| alert)) {
        *kinds.entry(kind(alert)).or_default() += 1;
    }
    let others = kinds.len().saturating_sub(KINDS);
    let named = kinds.into_iter().take(KINDS).map(|((_, severity, name), count)| {
        let name = if severity.is_empty() { name } else { format!("{severity} {name}") };
        if count == 1 { name } else { format!("{name} × {count}") }
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let more = if others == 0 { String::new() } else { format!(", {others} more kinds") };
    format!("digest of {groups}: {}: {named}{more}", counted(begun, over))
}

/// What matters most comes first; a severity that nobody knows comes before what is only said.
fn rank(alert: &Alert) -> u8 {
    match alert.labels.get("severity").unwrap_or_default().to_lowercase().as_str() {
        "critical" | "page" | "emergency" | "disaster" => 0,
        "error" | "high" | "major" => 1,
        "warning" | "warn" | "medium" | "minor" => 2,
        "info" | "information" | "low" | "none" => 4,
        _ => 3,
    }
}

fn counted(begun: usize, over: usize) -> String {
    let alerts = |count| if count == 1 { "1 alert".to_owned() } else { format!("{count} alerts") };
    match (begun, over) {
        (0, many) => format!("{} resolved", alerts(many)),
        (many, 0) => format!("{} firing", alerts(many)),
        (begun, over) => format!("{begun} firing, {over} resolved"),
    }
}

/// Whoever is told though it is not their turn is told why.
fn noted(title: String, note: Option<&str>) -> String {
    note.map_or(title.clone(), |note| format!("{title} ({note})"))
}

fn title(alerts: &[NotifiedAlert], begun: usize, over: usize, labels: &Labels) -> String {
    let name = |alert: &NotifiedAlert| alert.labels.get("alertname").unwrap_or("alert").to_owned();
    if let ([only], 1) = (alerts, begun + over) {
        return title_of_one(only, &name(only));
    }
    let first = alerts.first().map(name).unwrap_or_default();
    let is_one_kind = alerts.iter().all(|alert| name(alert) == first);
    let about = match labels.iter().filter(|(label, _)| *label != "alertname").map(|(_, value)| value).collect::<Vec<_>>() {
        values if is_one_kind && values.is_empty() => first,
        values if is_one_kind => format!("{first} ({})", values.join(", ")),
        values if values.is_empty() => "several alerts".to_owned(),
        values => values.join(", "),
    };
    let count = match (begun, over) {
        (0, 1) | (1, 0) => "1 alert".to_owned(),
        (0, many) | (many, 0) => format!("{many} alerts"),
        (begun, over) => format!("{begun} firing, {over} resolved"),
    };
    let left_out = (begun + over).saturating_sub(alerts.len());
    let note = if left_out == 0 { String::new() } else { format!(", {} listed", alerts.len()) };
    format!("{about}: {count}{note}")
}

fn title_of_one(alert: &NotifiedAlert, name: &str) -> String {
    if alert.annotations.get(FLAPPING).is_some() && alert.status == EventKind::Firing {
        let plain = NotifiedAlert { annotations: alert.annotations.filter(|name| name != FLAPPING), ..alert.clone() };
        return format!("flapping: {}", title_of_one(&plain, name));
    }
    if let Some(summary) = alert.annotations.get("summary") {
        return summary.to_owned();
    }
    let place = ["instance", "target", "source", "device", "mountpoint"].iter().find_map(|label| alert.labels.get(label));
    place.map_or_else(|| name.to_owned(), |place| format!("{name} on {place}"))
}

pub(super) fn notified(alert: &Alert, ended_at: Option<Millis>, route: &Route) -> NotifiedAlert {
    let fingerprint = fingerprint(&alert.labels);
    NotifiedAlert {
        status: if ended_at.is_some() { EventKind::Resolved } else { EventKind::Firing },
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        starts_at: alert.since(),
        ends_at: ended_at,
        value: alert.value,
        link: format!("{}/alerts/{fingerprint}", route.public_url.trim_end_matches('/')),
        fingerprint,
    }
}

/// What names an alert everywhere.
pub fn fingerprint(labels: &Labels) -> String {
    labels.fingerprint()
}
