//! The channel `ntfy`: one notification per group of alerts, as JSON: <https://docs.ntfy.sh/publish/#publish-as-json>.

use serde::{Deserialize, Serialize};
use vitrine_sdk::channel::story::{Plain, Severity, Story, is_web};
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, Status, answer};
use vitrine_sdk::http::{self, Auth, Request};
use vitrine_sdk::{Fault, clock, export};

/// The secret's name in `plugin.toml`.
const TOKEN: &str = "token";

/// Longer messages become attachments. In bytes, of which a letter has three in most scripts, and four at most.
const LONGEST_MESSAGE: usize = 4_096;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    topic: String,
    url: Option<String>,
    auth: Option<Auth>,
    #[serde(default)]
    priorities: Priorities,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Priorities {
    critical: Option<u8>,
    error: Option<u8>,
    warning: Option<u8>,
    info: Option<u8>,
    resolved: Option<u8>,
}

impl Priorities {
    fn of(&self, story: &Story<'_>) -> u8 {
        let (set, usual) = match (story.status, story.severity) {
            (Status::Resolved, _) => (self.resolved, 2),
            (Status::Firing, Severity::Critical) => (self.critical, 5),
            (Status::Firing, Severity::Error) => (self.error, 4),
            (Status::Firing, Severity::Warning) => (self.warning, 3),
            (Status::Firing, Severity::Info) => (self.info, 2),
        };
        set.unwrap_or(usual)
    }
}

#[derive(Serialize)]
struct Message<'a> {
    topic: &'a str,
    title: String,
    message: String,
    priority: u8,
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<&'a str>,
    actions: Vec<Action<'a>>,
}

/// A button that opens a page.
#[derive(Serialize)]
struct Action<'a> {
    action: &'static str,
    label: &'static str,
    url: &'a str,
}

#[derive(Deserialize)]
struct Published {
    id: String,
}

#[derive(Debug)]
pub struct Ntfy {
    config: Config,
    url: String,
}

impl Channel for Ntfy {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        let url = http::address("url", config.url.as_deref().unwrap_or("https://ntfy.sh"))?;
        Ok(Ntfy { config, url })
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(["publishes to ", &self.url, "/", &self.config.topic].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        let story = Story::of(notification, clock::now());
        let mut request = Request::post(&[&self.url, "/"].concat()).redirects(0).header("idempotency-key", key);
        if let Some(auth) = &self.config.auth {
            request = request.secret(TOKEN, auth.placement());
        }
        let response = request.json(&self.message(&story))?.send().map_err(Fault::from)?;
        answer::accepted(&response)?;
        let Published { id } = response.json()?;
        Ok(Receipt { answer: ["published as ", &id].concat(), id: Some(id) })
    }
}

impl Ntfy {
    fn message<'a>(&'a self, story: &'a Story<'_>) -> Message<'a> {
        let runbook = story.paragraphs.iter().find_map(|paragraph| paragraph.runbook.filter(|address| is_web(address)));
        let first = story.paragraphs.first().map(|paragraph| paragraph.link).filter(|link| is_web(link));
        let click = if story.paragraphs.len() == 1 { first } else { Some(story.link.as_str()).filter(|link| is_web(link)) };
        let open = click.map(|url| Action { action: "view", label: "Open in Vitrine", url });
        let runbook = runbook.map(|url| Action { action: "view", label: "Runbook", url });
        Message {
            topic: &self.config.topic,
            title: story.headline(),
            message: text(story),
            priority: self.config.priorities.of(story),
            tags: std::iter::once(tag(story)).chain(self.config.tags.iter().map(String::as_str)).collect(),
            click,
            actions: open.into_iter().chain(runbook).collect(),
        }
    }
}

/// As many letters as are sure to have no more bytes than there may be.
fn text(story: &Story<'_>) -> String {
    let rooms = [LONGEST_MESSAGE, LONGEST_MESSAGE / 2, LONGEST_MESSAGE / 3];
    let mut texts = rooms.into_iter().map(|letters| story.body(&Plain, letters));
    texts.find(|text| text.len() <= LONGEST_MESSAGE).unwrap_or_default()
}

/// A word that ntfy shows as a sign.
fn tag(story: &Story<'_>) -> &'static str {
    match (story.status, story.severity) {
        (Status::Resolved, _) => "white_check_mark",
        (Status::Firing, Severity::Critical) => "rotating_light",
        (Status::Firing, Severity::Error | Severity::Warning) => "warning",
        (Status::Firing, Severity::Info) => "information_source",
    }
}

export!(channel: Ntfy);

#[cfg(test)]
mod tests;
