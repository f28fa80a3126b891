//! The body of `POST /api/v2/alerts`, as Alertmanager's OpenAPI description has it: a list of `postableAlert`.

use std::collections::BTreeMap;

use serde::Serialize;
use vitrine_sdk::Label;
use vitrine_sdk::channel::{Alert, Notification};
use vitrine_sdk::clock::Utc;

type Pairs<'a> = BTreeMap<&'a str, &'a str>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Posted<'a> {
    labels: Pairs<'a>,
    annotations: Pairs<'a>,
    starts_at: String,
    /// When it is over, or until when it holds where nobody speaks of it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<String>,
    #[serde(rename = "generatorURL")]
    generator_url: &'a str,
}

pub(crate) fn of(notification: &Notification) -> Vec<Posted<'_>> {
    notification.alerts.iter().map(posted).collect()
}

fn posted(alert: &Alert) -> Posted<'_> {
    let moment = |time| Utc::from_milliseconds(time).rfc3339();
    Posted {
        labels: pairs(&alert.labels),
        annotations: pairs(&alert.annotations),
        starts_at: moment(alert.starts_at),
        ends_at: alert.ends_at.map(moment),
        generator_url: &alert.link,
    }
}

fn pairs(labels: &[Label]) -> Pairs<'_> {
    labels.iter().map(|label| (label.name.as_str(), label.value.as_str())).collect()
}
