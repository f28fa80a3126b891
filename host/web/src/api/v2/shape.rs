//! The shapes of Alertmanager's OpenAPI description.

use serde_json::{Value, json};
use vitrine_model::Millis;
use vitrine_model::silence::Silence;
use vitrine_monitor::Routing;
use vitrine_monitor::notify::route::GroupBy;
use vitrine_monitor::notify::{AlertView, GroupView};

use crate::words;

/// How long an alert without an end of its own is said to hold.
const HOLDS: Millis = 5 * 60_000;

pub(super) fn alert(view: &AlertView, public_url: &str, now: Millis) -> Value {
    let alert = &view.alert;
    let is_suppressed = !view.muted.silenced_by.is_empty() || !view.muted.inhibited_by.is_empty();
    let link = match alert.link.is_empty() {
        true => format!("{}/alerts/{}", public_url.trim_end_matches('/'), view.fingerprint),
        false => alert.link.clone(),
    };
    json!({
        "annotations": alert.annotations,
        "endsAt": words::machine(alert.expires_at.unwrap_or(now + HOLDS)),
        "fingerprint": view.fingerprint,
        "receivers": view.receivers.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "startsAt": words::machine(alert.since()),
        "status": {
            "inhibitedBy": view.muted.inhibited_by,
            "silencedBy": view.muted.silenced_by,
            "state": if is_suppressed { "suppressed" } else { "active" },
        },
        "updatedAt": words::machine(now),
        "generatorURL": link,
        "labels": alert.labels,
    })
}

pub(super) fn group(view: &GroupView, public_url: &str, now: Millis) -> Value {
    json!({
        "alerts": view.alerts.iter().map(|one| alert(one, public_url, now)).collect::<Vec<_>>(),
        "labels": view.labels,
        "receiver": { "name": view.receiver },
    })
}

pub(super) fn silence(silence: &Silence, now: Millis) -> Value {
    json!({
        "id": silence.id,
        "status": { "state": silence.state(now).word() },
        "updatedAt": words::machine(silence.updated_at),
        "comment": silence.comment,
        "createdBy": silence.author,
        "endsAt": words::machine(silence.ends_at),
        "matchers": silence.conditions,
        "startsAt": words::machine(silence.starts_at),
    })
}

/// The routes of now, as Alertmanager would read them: `amtool config routes` draws them.
pub(super) fn routes(routing: &Routing) -> String {
    let mut written = "route:\n".to_owned();
    for node in routing.nodes() {
        let indent = "  ".repeat(2 * node.depth + 1);
        let first = if node.depth == 0 { indent.clone() } else { format!("{}- ", "  ".repeat(2 * node.depth)) };
        let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
        written.push_str(&format!("{first}receiver: {}\n", quoted(&node.receiver)));
        if !node.matchers_text.is_empty() {
            written.push_str(&format!("{indent}matchers: [{}]\n", quoted(&format!("{{{}}}", node.matchers_text))));
        }
        if node.goes_on {
            written.push_str(&format!("{indent}continue: true\n"));
        }
        let labels = match &node.group_by {
            GroupBy::Alert => vec!["...".to_owned()],
            GroupBy::Labels(labels) => labels.clone(),
        };
        let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
        written.push_str(&format!("{indent}group_by: [{}]\n", labels.join(", ")));
        let has_children = routing.nodes().iter().any(|other| other.key.starts_with(&format!("{}/", node.key)));
        if has_children {
            written.push_str(&format!("{indent}routes:\n"));
        }
    }
    written.push_str("receivers:\n");
    for name in routing.receivers.keys() {
        written.push_str(&format!("  - name: {}\n", serde_json::to_string(name).unwrap_or_default()));
    }
    written
}
