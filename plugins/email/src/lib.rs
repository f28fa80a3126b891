//! The channel `email`: one message per notification, threaded by group.

mod html;
mod plain;
mod story;

use serde::Deserialize;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt};
use vitrine_sdk::mail::{self, Message};
use vitrine_sdk::{Fault, clock, export};

use story::Story;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    to: Vec<String>,
}

#[derive(Debug)]
pub struct Email(Config);

impl Channel for Email {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        if config.to.is_empty() {
            return Err(Fault::Invalid("`to`: name at least one address".to_owned()));
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
        let story = Story::of(notification, clock::now());
        let message = Message {
            to: self.0.to.clone(),
            subject: story.subject.clone(),
            text: plain::write(&story),
            html: Some(html::write(&story)),
            thread: Some(notification.group.clone()),
            key: key.to_owned(),
            attachments: Vec::new(),
        };
        let answer = mail::send(&message).map_err(failure)?;
        Ok(Receipt { answer, id: None })
    }
}

/// A message that the relay refuses is refused again; a missing grant may be given yet.
fn failure(error: mail::Error) -> Failure {
    match error {
        mail::Error::Denied(reason) => Failure::Retry(Fault::Denied(reason)),
        mail::Error::Unavailable(reason) => Failure::Retry(Fault::Upstream(reason)),
        mail::Error::Refused(reason) => Failure::Permanent(Fault::Upstream(reason)),
        mail::Error::Invalid(reason) => Failure::Permanent(Fault::Invalid(reason)),
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
