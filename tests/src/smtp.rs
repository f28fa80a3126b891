//! The mail server `tests/peers/smtp.mjs`, and what it received.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::paths;
use crate::wait::{LONG, wait_until};

/// How the server treats messages; the words are those of `smtp.mjs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relay {
    Normal,
    /// 554 to every recipient.
    RefuseRecipient,
    /// 554 to every text.
    RefuseData,
    /// 451: try again later.
    Later,
    /// Never answers a sender.
    Hang,
    /// Never answers whoever names a recipient.
    HangRecipient,
    /// Takes the message and never says so.
    Swallow,
    /// Tears the connection of a sender to this recipient.
    Reset,
    /// Lets a recipient's sender wait for a little.
    Slow,
}

impl Relay {
    fn word(self) -> &'static str {
        match self {
            Relay::Normal => "normal",
            Relay::RefuseRecipient => "refuse-rcpt",
            Relay::RefuseData => "refuse-data",
            Relay::Later => "later",
            Relay::Hang => "hang",
            Relay::HangRecipient => "hang-rcpt",
            Relay::Swallow => "swallow",
            Relay::Reset => "reset",
            Relay::Slow => "slow",
        }
    }
}

/// A message as it arrived.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Mail {
    pub envelope_from: String,
    pub envelope_to: Vec<String>,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub message_id: String,
    pub in_reply_to: String,
    pub references: Vec<String>,
    pub headers: BTreeMap<String, String>,
    /// Their content ids, types and bytes; those that the HTML shows stand in it too, as `data:`.
    pub attachments: Vec<(String, String, usize)>,
}

/// The running server; it goes with the value.
pub struct Smtp {
    port: u16,
    input: ChildStdin,
    events: Arc<Mutex<Vec<Value>>>,
    _child: Child,
}

impl Smtp {
    pub async fn start(relay: Relay) -> Smtp {
        let mut child = Command::new("node")
            .arg("smtp.mjs")
            .arg(relay.word())
            .current_dir(paths::peers())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node is missing: install Node.js 20 or later");
        let input = child.stdin.take().unwrap();
        let events: Arc<Mutex<Vec<Value>>> = Arc::default();
        tokio::spawn(read(child.stdout.take().unwrap(), Arc::clone(&events)));
        let port = wait_until("the mail server listens", LONG, async || {
            let events = events.lock().unwrap();
            events.iter().find(|event| event["event"] == "listening").and_then(|event| event["port"].as_u64())
        });
        let port = u16::try_from(port.await).unwrap();
        Smtp { port, input, events, _child: child }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on; returns once the server obeys.
    pub async fn behave(&mut self, relay: Relay) {
        self.say(relay.word().to_owned()).await;
    }

    /// As [`Self::behave`], to this recipient only.
    pub async fn behave_to(&mut self, address: &str, relay: Relay) {
        self.say(format!("{address} {}", relay.word())).await;
    }

    async fn say(&mut self, line: String) {
        let before = self.count("mode");
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        wait_until("the mail server obeys", LONG, async || (self.count("mode") > before).then_some(())).await;
    }

    /// Everything received, in order.
    pub fn mails(&self) -> Vec<Mail> {
        let events = self.events.lock().unwrap();
        let mails = events.iter().filter(|event| event["event"] == "mail");
        mails.map(|event| serde_json::from_value(event["mail"].clone()).unwrap()).collect()
    }

    /// Waits for a message whose subject begins so.
    pub async fn mail(&self, subject: &str) -> Mail {
        let what = format!("a mail arrives whose subject begins with `{subject}`");
        let find = async || self.mails().into_iter().find(|mail| mail.subject.starts_with(subject));
        wait_until(&what, 2 * LONG, find).await
    }

    /// How often something happened: `connected`, `sender`, `recipient`, `hanging`, `put-off`, `refused`, `torn`, `mail`.
    pub fn count(&self, event: &str) -> usize {
        self.events.lock().unwrap().iter().filter(|one| one["event"] == event).count()
    }
}

async fn read(output: ChildStdout, events: Arc<Mutex<Vec<Value>>>) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line}"));
        events.lock().unwrap().push(event);
    }
}
