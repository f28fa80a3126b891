//! The channel `webhook`: one POST per notification.

mod body;

use std::collections::BTreeMap;

use serde::Deserialize;
use vitrine_sdk::channel::{Channel, Failure, Later, Notification, Receipt};
use vitrine_sdk::http::{Placement, Request, Response};
use vitrine_sdk::{Fault, export};

use body::Body;

/// Nobody may put an alert off for longer than a day.
const LONGEST_WAIT_SECONDS: u32 = 86_400;

/// How much of an answer is worth keeping.
const LONGEST_ANSWER: usize = 200;

/// The secret's name in `plugin.toml`.
const TOKEN: &str = "token";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    auth: Option<Auth>,
}

/// Where the secret goes; the plugin never sees it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Auth {
    Bearer,
    Basic(String),
    Header(Header),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    #[serde(default)]
    prefix: String,
}

impl Auth {
    fn placement(&self) -> Placement {
        match self {
            Auth::Bearer => Placement::Bearer,
            Auth::Basic(user) => Placement::Basic(user.clone()),
            Auth::Header(Header { name, prefix }) => Placement::prefixed(name, prefix),
        }
    }
}

#[derive(Debug)]
pub struct Webhook(Config);

impl Channel for Webhook {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        match config.url.starts_with("https://") || config.url.starts_with("http://") {
            true => Ok(Webhook(config)),
            false => Err(Fault::Invalid(["`url`: ", &config.url, " does not start with https:// or http://"].concat())),
        }
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(["posts to ", &self.0.url].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        // A redirected POST may arrive as a GET without its body: better to say that the address is wrong.
        let mut request = Request::post(&self.0.url).redirects(0).header("idempotency-key", key);
        for (name, value) in &self.0.headers {
            request = request.header(name, value);
        }
        if let Some(auth) = &self.0.auth {
            request = request.secret(TOKEN, auth.placement());
        }
        let response = request.json(&Body::of(notification))?.send().map_err(Fault::from)?;
        match response.is_success() {
            true => Ok(Receipt { answer: told(&response), id: None }),
            false => Err(failure(&response)),
        }
    }
}

fn failure(response: &Response) -> Failure {
    let fault = Fault::Upstream(["the receiver answered ", &told(response)].concat());
    let busy = matches!(response.status, 429 | 503);
    let seconds = response.header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
    match (seconds, response.status) {
        (Some(seconds), _) if busy => Failure::RetryAfter(Later { fault, seconds: LONGEST_WAIT_SECONDS.min(seconds) }),
        (_, 408 | 429 | 500..) => Failure::Retry(fault),
        _ => Failure::Permanent(fault),
    }
}

/// The status and the beginning of the body.
fn told(response: &Response) -> String {
    let status = response.status.to_string();
    let body = response.text();
    let body: String = body.trim().chars().filter(|character| !character.is_control()).take(LONGEST_ANSWER).collect();
    match body.is_empty() {
        true => status,
        false => [&status, ": ", &body].concat(),
    }
}

export!(channel: Webhook);

#[cfg(test)]
mod tests;
