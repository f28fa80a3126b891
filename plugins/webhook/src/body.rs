//! Alertmanager's webhook format, version 4: <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>.

use std::collections::BTreeMap;

use serde::Serialize;
use vitrine_sdk::Label;
use vitrine_sdk::channel::{Alert, Notification, Status};
use vitrine_sdk::clock::Utc;

/// Go's zero time: what Alertmanager writes where an alert has not ended.
const NEVER: &str = "0001-01-01T00:00:00Z";

type Pairs<'a> = BTreeMap<&'a str, &'a str>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body<'a> {
    version: &'static str,
    group_key: &'a str,
    truncated_alerts: u64,
    status: &'static str,
    receiver: &'static str,
    group_labels: Pairs<'a>,
    common_labels: Pairs<'a>,
    common_annotations: Pairs<'a>,
    #[serde(rename = "externalURL")]
    external_url: &'a str,
    alerts: Vec<BodyAlert<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BodyAlert<'a> {
    status: &'static str,
    labels: Pairs<'a>,
    annotations: Pairs<'a>,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL")]
    generator_url: &'a str,
    fingerprint: &'a str,
    /// Not in Alertmanager's format: the value that the rule's expression had last; null where it is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
}

impl<'a> Body<'a> {
    pub(crate) fn of(notification: &'a Notification, with_values: bool) -> Body<'a> {
        Body {
            version: "4",
            group_key: &notification.group,
            truncated_alerts: 0,
            status: word(notification.status),
            receiver: "vitrine",
            group_labels: pairs(&notification.group_labels),
            common_labels: common(&notification.alerts, |alert| &alert.labels),
            common_annotations: common(&notification.alerts, |alert| &alert.annotations),
            external_url: &notification.host,
            alerts: notification.alerts.iter().map(|alert| body_alert(alert, with_values)).collect(),
        }
    }
}

fn body_alert(alert: &Alert, with_value: bool) -> BodyAlert<'_> {
    let moment = |time| Utc::from_milliseconds(time).rfc3339();
    BodyAlert {
        status: word(alert.status),
        labels: pairs(&alert.labels),
        annotations: pairs(&alert.annotations),
        starts_at: moment(alert.starts_at),
        ends_at: alert.ends_at.map_or_else(|| NEVER.to_owned(), moment),
        generator_url: &alert.link,
        fingerprint: &alert.fingerprint,
        value: with_value.then_some(alert.value),
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Firing => "firing",
        Status::Resolved => "resolved",
    }
}

fn pairs(labels: &[Label]) -> Pairs<'_> {
    labels.iter().map(|label| (label.name.as_str(), label.value.as_str())).collect()
}

/// What all alerts have alike.
fn common<'a>(alerts: &'a [Alert], of: fn(&Alert) -> &Vec<Label>) -> Pairs<'a> {
    let Some((first, rest)) = alerts.split_first() else { return Pairs::new() };
    let everywhere = |label: &&Label| rest.iter().all(|alert| of(alert).contains(label));
    of(first).iter().filter(everywhere).map(|label| (label.name.as_str(), label.value.as_str())).collect()
}
