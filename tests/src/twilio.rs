//! The server `tests/peers/twilio.mjs`: what it was asked, and what it is told to do.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::paths;
use crate::wait::{LONG, wait_until};

/// A message that it was to send.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Sms {
    pub sid: String,
    pub to: String,
    pub from: String,
    pub body: String,
    pub callback: String,
}

/// What a door answered to it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Answered {
    pub status: u16,
    #[serde(rename = "type")]
    pub content_type: String,
    pub body: String,
}

/// The running server; it goes with the value.
pub struct Twilio {
    port: u16,
    input: ChildStdin,
    events: Arc<Mutex<Vec<Value>>>,
    _child: Child,
}

impl Twilio {
    pub const ACCOUNT: &'static str = "AC0123456789abcdef0123456789abcdef";
    pub const TOKEN: &'static str = "a token of thirty-two characters";

    pub async fn start() -> Twilio {
        let mut child = Command::new("node")
            .args(["twilio.mjs", Twilio::ACCOUNT, Twilio::TOKEN])
            .current_dir(paths::peers())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node is missing: install Node.js 20 or later");
        let input = child.stdin.take().unwrap();
        let events: Arc<Mutex<Vec<Value>>> = Arc::default();
        let (output, heard) = (child.stdout.take().unwrap(), Arc::clone(&events));
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                heard.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        let port = wait_until("Twilio's stand-in listens", LONG, async || {
            events.lock().unwrap().iter().find(|event| event["event"] == "listening").and_then(|event| event["port"].as_u64())
        });
        let port = u16::try_from(port.await).unwrap();
        Twilio { port, input, events, _child: child }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub async fn behave(&mut self, mode: &str) {
        self.order(json!({ "mode": mode }), "mode").await;
    }

    /// Somebody answers by SMS; what the host says to it.
    pub async fn answer(&mut self, url: &str, from: &str, body: &str) -> Answered {
        self.call(json!({ "url": url, "from": from, "body": body })).await
    }

    /// Calls a door.
    pub async fn call(&mut self, order: Value) -> Answered {
        serde_json::from_value(self.order(order, "answered").await).unwrap()
    }

    async fn order(&mut self, order: Value, event: &str) -> Value {
        let before = self.all(event).len();
        self.input.write_all(format!("{order}\n").as_bytes()).await.unwrap();
        wait_until("Twilio's stand-in obeys", LONG, async || self.all(event).get(before).cloned()).await
    }

    fn all(&self, event: &str) -> Vec<Value> {
        self.events.lock().unwrap().iter().filter(|one| one["event"] == event).cloned().collect()
    }

    pub fn messages(&self) -> Vec<Sms> {
        self.all("message").into_iter().map(|event| serde_json::from_value(event["message"].clone()).unwrap()).collect()
    }

    /// Waits for a message to this number that begins so.
    pub async fn message(&self, to: &str, begin: &str) -> Sms {
        let what = format!("a message to {to} begins with `{begin}`");
        let find = async || self.messages().into_iter().find(|message| message.to == to && message.body.starts_with(begin));
        wait_until(&what, 2 * LONG, find).await
    }
}
