//! The channel `pagerduty`: a group of alerts is one incident, by the Events API v2:
//! <https://developer.pagerduty.com/docs/send-alert-event>.

mod event;

use serde::Deserialize;
use vitrine_sdk::channel::story::Story;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, answer};
use vitrine_sdk::http::{self, Placement, Request, Response};
use vitrine_sdk::{Fault, clock, export};

use event::{Event, Labels};

/// The secret's name in `plugin.toml`, and where it goes.
const ROUTING_KEY: &str = "routing-key";
const MEMBER: &str = "routing_key";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    url: Option<String>,
    component: Option<String>,
    source: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    status: String,
    message: String,
    dedup_key: String,
    errors: Vec<String>,
}

#[derive(Debug)]
pub struct PagerDuty {
    url: String,
    labels: Labels,
}

impl Channel for PagerDuty {
    type Config = Config;

    fn new(Config { url, component, source }: Config) -> Result<Self, Fault> {
        let url = http::address("url", url.as_deref().unwrap_or("https://events.pagerduty.com"))?;
        let word = |set: Option<String>, usual: &str| set.unwrap_or_else(|| usual.to_owned());
        Ok(PagerDuty { url, labels: Labels { component: word(component, "job"), source: word(source, "instance") } })
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(["sends events to ", &self.url].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        let story = Story::of(notification, clock::now());
        let event = Event::of(notification, &story, &self.labels);
        let request = Request::post(&[&self.url, "/v2/enqueue"].concat()).redirects(0).header("idempotency-key", key);
        let request = request.json(&event)?.secret(ROUTING_KEY, Placement::Json(MEMBER.to_owned()));
        let response = request.send().map_err(Fault::from)?;
        let Said { status, message, dedup_key, .. } = said(&response)?;
        Ok(Receipt { answer: [&status, ": ", &message].concat(), id: Some(dedup_key) })
    }
}

fn said(response: &Response) -> Result<Said, Failure> {
    if response.is_success() {
        return Ok(response.json()?);
    }
    let Said { status, message, errors, .. } = response.json().unwrap_or_default();
    let reason = match status.is_empty() {
        true => answer::told(response),
        false => [&status, ": ", &message, " ", &errors.join(", ")].concat(),
    };
    Err(answer::refused(response, &reason, None))
}

export!(channel: PagerDuty);

#[cfg(test)]
mod tests;
