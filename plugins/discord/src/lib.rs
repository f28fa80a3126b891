//! The channel `discord`: one message per notification, an embed for each alert:
//! <https://discord.com/developers/docs/resources/webhook#execute-webhook>.

mod message;

use serde::Deserialize;
use vitrine_sdk::channel::story::Story;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, answer};
use vitrine_sdk::http::{self, Request, Response};
use vitrine_sdk::{Fault, clock, export};

use message::Message;

/// The secret's name in `plugin.toml`.
const WEBHOOK: &str = "webhook";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    username: Option<String>,
    thread: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Posted {
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    code: i64,
    message: String,
    /// Seconds, with 429.
    retry_after: Option<f64>,
}

#[derive(Debug)]
pub struct Discord {
    username: Option<String>,
    url: String,
}

impl Channel for Discord {
    type Config = Config;

    fn new(Config { username, thread, url }: Config) -> Result<Self, Fault> {
        let url = http::address("url", url.as_deref().unwrap_or("https://discord.com/api/webhooks"))?;
        let thread = match thread {
            Some(thread) if thread.bytes().all(|byte| byte.is_ascii_digit()) => ["&thread_id=", &thread].concat(),
            Some(thread) => return Err(Fault::Invalid(["`thread`: ", &thread, " is no ID: these are numbers"].concat())),
            None => String::new(),
        };
        // With `wait` it answers the message, or what is wrong with it.
        Ok(Discord { username, url: [&url, "/{webhook}?wait=true", &thread].concat() })
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok("posts by a webhook".to_owned())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        let story = Story::of(notification, clock::now());
        let request = Request::post(&self.url).redirects(0).header("idempotency-key", key);
        let request = request.json(&Message::of(&story, self.username.as_deref()))?;
        let response = request.secret_in_path(WEBHOOK).send().map_err(Fault::from)?;
        if !response.is_success() {
            return Err(refused(&response));
        }
        let Posted { id } = response.json()?;
        Ok(Receipt { answer: ["posted as ", &id].concat(), id: Some(id) })
    }
}

fn refused(response: &Response) -> Failure {
    let Said { code, message, retry_after } = response.json().unwrap_or_default();
    let reason = match (message.is_empty(), code) {
        (true, _) => answer::told(response),
        (false, 0) => message,
        (false, code) => [&message, " (", &code.to_string(), ")"].concat(),
    };
    answer::refused(response, &reason, retry_after)
}

export!(channel: Discord);

#[cfg(test)]
mod tests;
