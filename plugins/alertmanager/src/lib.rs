//! The channel `alertmanager`: alerts to an Alertmanager by its API v2.
//!
//! It says what it is told and keeps nothing: the host decides what is sent again, and until when it holds.

mod body;

use serde::Deserialize;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, answer};
use vitrine_sdk::http::{self, Auth, Request};
use vitrine_sdk::{Fault, export};

/// The secret's name in `plugin.toml`.
const TOKEN: &str = "token";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    url: String,
    auth: Option<Auth>,
}

#[derive(Debug)]
pub struct Alertmanager {
    url: String,
    auth: Option<Auth>,
}

impl Channel for Alertmanager {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        http::address("url", &config.url)?;
        let url = [config.url.trim_end_matches('/'), "/api/v2/alerts"].concat();
        Ok(Alertmanager { url, auth: config.auth })
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(["posts to ", &self.url].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        // A redirected POST may arrive as a GET without its body: better to say that the address is wrong.
        let mut request = Request::post(&self.url).redirects(0).header("idempotency-key", key);
        if let Some(auth) = &self.auth {
            request = request.secret(TOKEN, auth.placement());
        }
        let response = request.json(&body::of(notification))?.send().map_err(Fault::from)?;
        answer::accepted(&response)?;
        Ok(Receipt { answer: answer::told(&response), id: None })
    }
}

export!(channel: Alertmanager);

#[cfg(test)]
mod tests;
