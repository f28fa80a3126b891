//! The channel `teams`: one Adaptive Card per notification, to a workflow that posts it.

mod card;

use serde::Deserialize;
use vitrine_sdk::channel::story::Story;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, answer};
use vitrine_sdk::http::{self, Placement, Request};
use vitrine_sdk::{Fault, clock, export};

/// The secret's name in `plugin.toml`, and the parameter that it is.
const SIGNATURE: &str = "signature";
const PARAMETER: &str = "sig";

/// How connectors, the workflows' forerunners, say no with 200.
const FAILED: &str = "Webhook message delivery failed";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    url: String,
}

#[derive(Debug)]
pub struct Teams(Config);

impl Channel for Teams {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        http::address("url", &config.url)?;
        match config.url.contains("?sig=") || config.url.contains("&sig=") {
            false => Ok(Teams(config)),
            true => Err(Fault::Invalid(
                "`url`: it holds `sig`, which lets in who has it: make that the secret `signature`".to_owned(),
            )),
        }
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok("posts cards to a workflow".to_owned())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        let message = card::write(&Story::of(notification, clock::now()));
        let request = Request::post(&self.0.url).redirects(0).header("idempotency-key", key).json(&message)?;
        let request = request.secret(SIGNATURE, Placement::Query(PARAMETER.to_owned()));
        let response = request.send().map_err(Fault::from)?;
        answer::accepted(&response)?;
        let told = answer::told(&response);
        if response.text().contains(FAILED) {
            return Err(Failure::Retry(Fault::Upstream(told)));
        }
        Ok(Receipt { answer: told, id: None })
    }
}

export!(channel: Teams);

#[cfg(test)]
mod tests;
