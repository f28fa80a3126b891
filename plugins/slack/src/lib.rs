//! The channel `slack`: an incoming webhook, or an app whose later news answer or alter the first message.

mod message;

use serde::Deserialize;
use vitrine_sdk::channel::story::Story;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, Status, answer, thread};
use vitrine_sdk::http::{self, Placement, Request, Response};
use vitrine_sdk::{Fault, clock, export};

use message::Message;

/// The secrets' names in `plugin.toml`.
const WEBHOOK: &str = "webhook";
const TOKEN: &str = "token";

const POST: &str = "chat.postMessage";

/// What Slack says where trying again may help; all other words mean that it does not.
const PASSING: [&str; 7] = [
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
];

/// What it says where a message cannot be altered any more.
const GONE: [&str; 4] = ["message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    channel: Option<String>,
    #[serde(default)]
    updates: Updates,
    url: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Updates {
    #[default]
    Thread,
    Edit,
    Separate,
}

/// Where a message is: what later calls name it by.
#[derive(Debug, Clone)]
struct Place {
    channel: String,
    ts: String,
}

impl Place {
    /// As it is kept.
    fn text(&self) -> String {
        [&self.channel, " ", &*self.ts].concat()
    }

    fn parse(text: &str) -> Option<Place> {
        let (channel, ts) = text.split_once(' ')?;
        Some(Place { channel: channel.to_owned(), ts: ts.to_owned() })
    }
}

/// What each method of the Web API answers.
#[derive(Debug, Deserialize)]
struct Said {
    ok: bool,
    #[serde(default)]
    error: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    ts: String,
}

#[derive(Debug)]
pub struct Slack {
    url: String,
    channel: Option<String>,
    updates: Updates,
}

impl Channel for Slack {
    type Config = Config;

    fn new(Config { channel, updates, url }: Config) -> Result<Self, Fault> {
        let usual = if channel.is_some() { "https://slack.com/api" } else { "https://hooks.slack.com/services" };
        let url = http::address("url", url.as_deref().unwrap_or(usual))?;
        Ok(Slack { url, channel, updates })
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(match &self.channel {
            Some(channel) => ["posts to ", channel, " as an app"].concat(),
            None => "posts by an incoming webhook".to_owned(),
        })
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        let message = message::write(&Story::of(notification, clock::now()));
        match &self.channel {
            Some(channel) => self.as_app(channel, notification, message, key),
            None => self.by_webhook(&message, key),
        }
    }
}

impl Slack {
    fn by_webhook(&self, message: &Message, key: &str) -> Result<Receipt, Failure> {
        let url = [&self.url, "/{webhook}"].concat();
        let request = Request::post(&url).redirects(0).header("idempotency-key", key).json(message)?;
        let response = request.secret_in_path(WEBHOOK).send().map_err(Fault::from)?;
        answer::accepted(&response)?;
        Ok(Receipt { answer: answer::told(&response), id: None })
    }

    fn as_app(&self, channel: &str, notification: &Notification, message: Message, key: &str) -> Result<Receipt, Failure> {
        let group = &notification.group;
        let kept = if self.updates == Updates::Separate { None } else { thread::first(group) };
        let first = kept.and_then(|text| Place::parse(&text));
        let is_over = notification.status == Status::Resolved;
        let anew = || Message { channel: Some(channel.to_owned()), ..message.clone() };
        let posted = match &first {
            Some(Place { channel, ts }) if self.updates == Updates::Edit => {
                let there = Message { channel: Some(channel.clone()), ts: Some(ts.clone()), ..message.clone() };
                match self.call("chat.update", &there, key) {
                    Err(failure) if is_gone(&failure) => self.call(POST, &anew(), key)?,
                    other => other?,
                }
            }
            // Who only looks at the channel shall see that it is over.
            Some(place) => {
                let answers = Message { thread_ts: Some(place.ts.clone()), reply_broadcast: Some(is_over), ..anew() };
                self.call(POST, &answers, key)?
            }
            None => self.call(POST, &anew(), key)?,
        };
        match (self.updates, &first) {
            (Updates::Separate, _) => {}
            _ if is_over => thread::forget(group),
            (Updates::Thread, Some(_)) => {}
            _ => thread::keep(group, &posted.text()),
        }
        Ok(Receipt { answer: ["posted to ", &posted.channel].concat(), id: Some(posted.ts) })
    }

    fn call(&self, method: &str, message: &Message, key: &str) -> Result<Place, Failure> {
        let url = [&self.url, "/", method].concat();
        let request = Request::post(&url).redirects(0).header("idempotency-key", key).secret(TOKEN, Placement::Bearer);
        let response = request.json(message)?.send().map_err(Fault::from)?;
        answer::accepted(&response)?;
        said(&response)
    }
}

/// Slack says no with 200, too.
fn said(response: &Response) -> Result<Place, Failure> {
    let Said { ok, error, channel, ts } = response.json()?;
    if ok {
        return Ok(Place { channel, ts });
    }
    let fault = Fault::Upstream(["slack answered ", &error].concat());
    Err(if PASSING.contains(&error.as_str()) { Failure::Retry(fault) } else { Failure::Permanent(fault) })
}

fn is_gone(failure: &Failure) -> bool {
    GONE.iter().any(|word| failure.fault().reason().ends_with(word))
}

export!(channel: Slack);

#[cfg(test)]
mod tests;
