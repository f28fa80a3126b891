//! The channel `telegram`: one message per notification, in HTML: <https://core.telegram.org/bots/api#sendmessage>.

use std::fmt;

use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use vitrine_sdk::channel::story::{Html, Story};
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, Status, answer, thread};
use vitrine_sdk::http::{self, Request, Response};
use vitrine_sdk::{Fault, clock, export};

/// The secret's name in `plugin.toml`.
const TOKEN: &str = "token";

/// Telegram counts what is left once the markup is read; ours is never longer than that.
const LONGEST_TEXT: usize = 4_096;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    chat: Chat,
    topic: Option<i64>,
    #[serde(default)]
    silent: Silent,
    url: Option<String>,
}

/// A number or a name. Telegram takes both as texts.
#[derive(Debug, Clone, Serialize)]
struct Chat(String);

impl<'de> Deserialize<'de> for Chat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Chat, D::Error> {
        deserializer.deserialize_any(AnyChat)
    }
}

struct AnyChat;

impl Visitor<'_> for AnyChat {
    type Value = Chat;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a chat's number or name")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Chat, E> {
        Ok(Chat(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Chat, E> {
        Ok(Chat(number.to_string()))
    }

    fn visit_str<E>(self, name: &str) -> Result<Chat, E> {
        Ok(Chat(name.to_owned()))
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Silent {
    Never,
    #[default]
    Resolved,
    Always,
}

#[derive(Serialize)]
struct Message<'a> {
    chat_id: &'a Chat,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_thread_id: Option<i64>,
    text: String,
    parse_mode: &'static str,
    link_preview_options: LinkPreview,
    disable_notification: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_parameters: Option<Reply>,
}

#[derive(Serialize)]
struct LinkPreview {
    is_disabled: bool,
}

#[derive(Serialize)]
struct Reply {
    message_id: i64,
    /// Somebody may have deleted it.
    allow_sending_without_reply: bool,
}

/// What the Bot API answers, whatever the status.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    ok: bool,
    description: String,
    result: Option<Sent>,
    parameters: Parameters,
}

#[derive(Deserialize)]
struct Sent {
    message_id: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parameters {
    retry_after: Option<u32>,
    migrate_to_chat_id: Option<i64>,
}

#[derive(Debug)]
pub struct Telegram {
    config: Config,
    url: String,
}

impl Channel for Telegram {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        let url = http::address("url", config.url.as_deref().unwrap_or("https://api.telegram.org"))?;
        Ok(Telegram { config, url })
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(["sends to the chat ", &self.config.chat.0].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        let first = thread::first(&notification.group).and_then(|id| id.parse().ok());
        let message = self.message(notification, first);
        let request = Request::post(&[&self.url, "/bot{token}/sendMessage"].concat());
        let request = request.redirects(0).header("idempotency-key", key).json(&message)?;
        let response = request.secret_in_path(TOKEN).send().map_err(Fault::from)?;
        let id = said(&response)?.to_string();
        match (notification.status, first) {
            (Status::Resolved, _) => thread::forget(&notification.group),
            (Status::Firing, None) => thread::keep(&notification.group, &id),
            (Status::Firing, Some(_)) => {}
        }
        Ok(Receipt { answer: ["sent as ", &id].concat(), id: Some(id) })
    }
}

impl Telegram {
    fn message(&self, notification: &Notification, first: Option<i64>) -> Message<'_> {
        let is_over = notification.status == Status::Resolved;
        Message {
            chat_id: &self.config.chat,
            message_thread_id: self.config.topic,
            text: Story::of(notification, clock::now()).as_text(&Html { line_break: "\n" }, LONGEST_TEXT),
            parse_mode: "HTML",
            link_preview_options: LinkPreview { is_disabled: true },
            disable_notification: match self.config.silent {
                Silent::Never => false,
                Silent::Resolved => is_over,
                Silent::Always => true,
            },
            reply_parameters: first.map(|message_id| Reply { message_id, allow_sending_without_reply: true }),
        }
    }
}

fn said(response: &Response) -> Result<i64, Failure> {
    // What is between us and Telegram may answer in other words.
    let Said { ok, description, result, parameters } = response.json().unwrap_or_default();
    if let (true, true, Some(sent)) = (response.is_success(), ok, result) {
        return Ok(sent.message_id);
    }
    if let Some(chat) = parameters.migrate_to_chat_id {
        let reason = ["the group has become a supergroup: set `chat` to ", &chat.to_string()].concat();
        return Err(Failure::Permanent(Fault::Invalid(reason)));
    }
    let reason = if description.is_empty() { answer::told(response) } else { description };
    match response.is_success() {
        true => Err(Failure::Retry(Fault::Upstream(["telegram's answer is not as expected: ", &reason].concat()))),
        false => Err(answer::refused(response, &reason, parameters.retry_after.map(f64::from))),
    }
}

export!(channel: Telegram);

#[cfg(test)]
mod tests;
