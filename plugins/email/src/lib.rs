//! The channel `email`: one message for each person and notification, threaded by group.

mod html;
mod moment;
mod plain;
mod post;
mod story;

use serde::Deserialize;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt};
use vitrine_sdk::{Fault, export};

/// More than a mailbox for each is a list's work.
const MOST_ADDRESSES: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    to: Vec<String>,
    #[serde(default = "yes")]
    pictures: bool,
    #[serde(default = "yes")]
    links: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug)]
pub struct Email(Config);

impl Channel for Email {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        if config.to.is_empty() {
            return Err(Fault::Invalid("`to`: name at least one address".to_owned()));
        }
        if config.to.len() > MOST_ADDRESSES {
            return Err(Fault::Invalid("`to`: name at most 50 addresses, or a mailing list's".to_owned()));
        }
        match config.to.iter().find(|address| !is_address(address)) {
            Some(address) => Err(Fault::Invalid(["`to`: ", address, " is not an address"].concat())),
            None => Ok(Email(config)),
        }
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(["sends to ", &self.0.to.join(", "), " through the host's relay"].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        post::deliver(&self.0, notification, key)
    }
}

/// Only what is plainly wrong: the rest is for the relay to say.
fn is_address(text: &str) -> bool {
    let plain = !text.chars().any(|character| character.is_control() || character.is_whitespace());
    plain && text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

export!(channel: Email);

#[cfg(test)]
mod tests;
