//! The channel `sms-twilio`: a short message for each person and notification.

mod segments;
mod send;
mod words;

use serde::Deserialize;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt};
use vitrine_sdk::{Fault, export};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    account: String,
    to: Vec<String>,
    from: Option<String>,
    messaging_service: Option<String>,
    #[serde(default = "two")]
    segments: usize,
    #[serde(default = "twilio")]
    api: String,
}

fn two() -> usize {
    2
}

fn twilio() -> String {
    "https://api.twilio.com".to_owned()
}

#[derive(Debug)]
pub struct Sms(Config);

impl Channel for Sms {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        let wrong = |reason: &str| Err(Fault::Invalid(reason.to_owned()));
        match (&config.from, &config.messaging_service) {
            (Some(_), Some(_)) => return wrong("`from` and `messaging_service`: give one of the two"),
            (None, None) => return wrong("`from`: give the number or name that messages come from, or a `messaging_service`"),
            _ => {}
        }
        if config.to.is_empty() {
            return wrong("`to`: name at least one number");
        }
        if !config.api.starts_with("https://") && !config.api.starts_with("http://") {
            return wrong("`api`: it begins with https://");
        }
        Ok(Sms(Config { segments: config.segments.clamp(1, 10), ..config }))
    }

    fn check(&mut self) -> Result<String, Fault> {
        let sender = self.0.from.as_deref().or(self.0.messaging_service.as_deref()).unwrap_or_default();
        Ok(["sends to ", &self.0.to.join(", "), " from ", sender].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        send::deliver(&self.0, notification, key)
    }
}

export!(channel: Sms);

#[cfg(test)]
mod tests;
