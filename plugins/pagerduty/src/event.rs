//! An event. What begins triggers, and repeats update, the incident that the group's name stands for; what is over resolves it.

use std::collections::BTreeMap;

use serde::Serialize;
use vitrine_sdk::channel::story::{Paragraph, Plain, Story, cut, is_web, one_line};
use vitrine_sdk::channel::{Notification, Status};
use vitrine_sdk::clock::Utc;

const LONGEST_SUMMARY: usize = 1_024;
const LONGEST_KEY: usize = 255;
/// PagerDuty takes 512 kB; nobody reads as much.
const LONGEST_DETAILS: usize = 16_000;
const MOST_LINKS: usize = 10;

/// The labels whose values have a place of their own.
#[derive(Debug)]
pub(crate) struct Labels {
    pub(crate) component: String,
    pub(crate) source: String,
}

#[derive(Serialize)]
pub(crate) struct Event<'a> {
    event_action: &'static str,
    dedup_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Payload<'a>>,
    client: &'static str,
    client_url: &'a str,
    links: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct Payload<'a> {
    summary: String,
    source: &'a str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    custom_details: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Link<'a> {
    href: &'a str,
    text: String,
}

impl<'a> Event<'a> {
    pub(crate) fn of(notification: &'a Notification, story: &'a Story<'_>, labels: &Labels) -> Event<'a> {
        let firing = notification.status == Status::Firing;
        Event {
            event_action: if firing { "trigger" } else { "resolve" },
            dedup_key: cut(&["vitrine/", &notification.group].concat(), LONGEST_KEY),
            payload: firing.then(|| payload(notification, story, labels)),
            client: "Vitrine",
            client_url: &story.link,
            links: if firing { links(story) } else { Vec::new() },
        }
    }
}

fn payload<'a>(notification: &'a Notification, story: &'a Story<'_>, labels: &Labels) -> Payload<'a> {
    let label = |name: &str| notification.alerts.iter().find_map(|alert| alert.label(name));
    let group = notification.group_labels.iter().map(|label| [&*label.name, "=", &*label.value].concat());
    let group = group.collect::<Vec<_>>().join(", ");
    let begun = notification.alerts.iter().map(|alert| alert.starts_at).min();
    Payload {
        summary: one_line(&story.title, LONGEST_SUMMARY),
        source: label(&labels.source).unwrap_or(story.host),
        severity: story.severity.word(),
        timestamp: begun.map(|moment| Utc::from_milliseconds(moment).rfc3339()),
        component: label(&labels.component),
        group: (!group.is_empty()).then_some(group),
        class: label("alertname"),
        custom_details: BTreeMap::from([
            ("alerts", story.body(&Plain, LONGEST_DETAILS)),
            ("firing", story.paragraphs.iter().filter(|one| one.status == Status::Firing).count().to_string()),
        ]),
    }
}

/// Each alert, and each runbook once.
fn links<'a>(story: &'a Story<'_>) -> Vec<Link<'a>> {
    let mut links: Vec<Link<'a>> = Vec::new();
    let mut add = |href: &'a str, text: &dyn Fn() -> String| {
        if links.len() < MOST_LINKS && is_web(href) && links.iter().all(|link| link.href != href) {
            links.push(Link { href, text: text() });
        }
    };
    for Paragraph { link, what, runbook, .. } in &story.paragraphs {
        add(link, &|| one_line(what, 100));
        if let Some(runbook) = runbook {
            add(runbook, &|| "Runbook".to_owned());
        }
    }
    links
}
