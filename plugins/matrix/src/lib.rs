//! The channel `matrix`: one event per notification, under the delivery's key as transaction, so that a repeat is none:
//! <https://spec.matrix.org/v1.11/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid>.

use serde::{Deserialize, Serialize};
use vitrine_sdk::channel::story::{Html, Plain, Story};
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, Status, answer, thread};
use vitrine_sdk::http::{self, Placement, Request, Response};
use vitrine_sdk::{Fault, clock, export};

/// The secret's name in `plugin.toml`.
const TOKEN: &str = "token";

/// An event has at most 65,536 bytes; both texts stay well below, whatever their letters.
const LONGEST_TEXT: usize = 7_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    homeserver: String,
    room: String,
    #[serde(default)]
    kind: Kind,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Text,
    Notice,
}

#[derive(Serialize)]
struct Message {
    msgtype: &'static str,
    body: String,
    format: &'static str,
    formatted_body: String,
    /// Empty: whatever names stand in the texts, nobody is mentioned.
    #[serde(rename = "m.mentions")]
    mentions: Mentions,
    #[serde(rename = "m.relates_to", skip_serializing_if = "Option::is_none")]
    relates_to: Option<Relation>,
}

#[derive(Serialize)]
struct Mentions {}

#[derive(Serialize)]
struct Relation {
    rel_type: &'static str,
    event_id: String,
    /// For programs without threads it is an answer.
    is_falling_back: bool,
    #[serde(rename = "m.in_reply_to")]
    in_reply_to: InReplyTo,
}

#[derive(Serialize)]
struct InReplyTo {
    event_id: String,
}

#[derive(Deserialize)]
struct Sent {
    event_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    errcode: String,
    error: String,
    /// Deprecated by the header, and still what most servers say.
    retry_after_ms: Option<u32>,
}

#[derive(Debug)]
pub struct Matrix {
    homeserver: String,
    room: String,
    kind: Kind,
}

impl Channel for Matrix {
    type Config = Config;

    fn new(Config { homeserver, room, kind }: Config) -> Result<Self, Fault> {
        match room.starts_with('!') {
            true => Ok(Matrix { homeserver: http::address("homeserver", &homeserver)?, room, kind }),
            false => Err(Fault::Invalid(["`room`: ", &room, " is no room's ID: these begin with `!`"].concat())),
        }
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(["writes to ", &self.room].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        let first = thread::first(&notification.group);
        let is_first = first.is_none();
        let room = ["/_matrix/client/v3/rooms/", &step(&self.room), "/send/m.room.message/", &step(key)].concat();
        let request = Request::new("PUT", &[&self.homeserver, &*room].concat()).redirects(0);
        let request = request.secret(TOKEN, Placement::Bearer).json(&self.message(notification, first))?;
        let response = request.send().map_err(Fault::from)?;
        if !response.is_success() {
            return Err(refused(&response));
        }
        let Sent { event_id } = response.json()?;
        match notification.status {
            Status::Resolved => thread::forget(&notification.group),
            Status::Firing if is_first => thread::keep(&notification.group, &event_id),
            Status::Firing => {}
        }
        Ok(Receipt { answer: ["sent as ", &event_id].concat(), id: Some(event_id) })
    }
}

impl Matrix {
    fn message(&self, notification: &Notification, first: Option<String>) -> Message {
        let story = Story::of(notification, clock::now());
        Message {
            msgtype: match self.kind {
                Kind::Text => "m.text",
                Kind::Notice => "m.notice",
            },
            body: story.as_text(&Plain, LONGEST_TEXT),
            format: "org.matrix.custom.html",
            formatted_body: story.as_text(&Html { line_break: "<br>" }, LONGEST_TEXT),
            mentions: Mentions {},
            relates_to: first.map(|event_id| Relation {
                rel_type: "m.thread",
                event_id: event_id.clone(),
                is_falling_back: true,
                in_reply_to: InReplyTo { event_id },
            }),
        }
    }
}

fn refused(response: &Response) -> Failure {
    let Said { errcode, error, retry_after_ms } = response.json().unwrap_or_default();
    let reason = if errcode.is_empty() { answer::told(response) } else { [&errcode, ": ", &error].concat() };
    answer::refused(response, &reason, retry_after_ms.map(|milliseconds| f64::from(milliseconds) / 1e3))
}

/// As one step of a path.
fn step(text: &str) -> String {
    let mut step = String::new();
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => step.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => step.push(char::from(byte)),
            _ => step.extend(['%', hexadecimal(byte >> 4), hexadecimal(byte & 15)]),
        }
    }
    step
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()
}

export!(channel: Matrix);

#[cfg(test)]
mod tests;
