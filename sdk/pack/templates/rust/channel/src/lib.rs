//! The channel `{{name}}`: one POST per notification.

use serde::Deserialize;
use serde_json::json;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, Status};
use vitrine_sdk::http::Request;
use vitrine_sdk::{Fault, export};

/// What the admin writes under `with:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    url: String,
}

#[derive(Debug)]
pub struct {{type}} {
    config: Config,
}

impl Channel for {{type}} {
    type Config = Config;

    /// What is wrong with the configuration is `Fault::Invalid`: the admin's to mend.
    fn new(config: Config) -> Result<Self, Fault> {
        if !config.url.starts_with("https://") && !config.url.starts_with("http://") {
            return Err(Fault::Invalid(format!("`url`: {} does not start with https:// or http://", config.url)));
        }
        Ok({{type}} { config })
    }

    /// `key` is the same at each try of one delivery: hand it on, so that the far side can tell a repeat.
    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        let state = match notification.status {
            Status::Firing => "firing",
            Status::Resolved => "resolved",
        };
        let body = json!({ "state": state, "title": notification.title, "alerts": notification.alerts.len() });
        let request = Request::post(&self.config.url).redirects(0).header("idempotency-key", key).json(&body)?;
        let answer = request.send().map_err(Fault::from)?;
        let told = Fault::Upstream(format!("the receiver answered {}", answer.status));
        match answer.status {
            200..300 => Ok(Receipt { answer: answer.status.to_string(), id: None }),
            // It may be better later: tried again with growing pauses.
            408 | 429 | 500.. => Err(Failure::Retry(told)),
            // It will not get better by itself.
            _ => Err(Failure::Permanent(told)),
        }
    }
}

export!(channel: {{type}});

/// Run by `cargo test`, away from WebAssembly: a fake host answers, and denies what is not set up.
#[cfg(test)]
mod tests {
    use vitrine_sdk::channel::configure;
    use vitrine_sdk::fake::{self, Host};

    use super::*;

    const URL: &str = "https://hooks.example/in";

    fn deliver(status: u16) -> (Result<Receipt, Failure>, Host) {
        let host = Host::new();
        host.answer(URL, fake::response(status, ""));
        let mut channel: {{type}} = configure(&format!(r#"{{"url":"{URL}"}}"#)).unwrap();
        let notification = Notification {
            status: Status::Firing,
            title: "the disk is full".to_owned(),
            group: "disk".to_owned(),
            group_labels: Vec::new(),
            alerts: Vec::new(),
            host: "http://host.example".to_owned(),
            time_zone: "UTC".to_owned(),
        };
        (channel.deliver(&notification, "key-1"), host)
    }

    #[test]
    fn the_far_side_gets_title_and_key() {
        let (outcome, host) = deliver(200);
        assert_eq!(outcome.unwrap().answer, "200");
        let request = &host.requests()[0];
        assert!(request.headers.iter().any(|header| header.name == "idempotency-key" && header.value == "key-1"));
        assert!(String::from_utf8_lossy(&request.body).contains("the disk is full"));
    }

    #[test]
    fn the_answer_says_whether_to_try_again() {
        assert!(matches!(deliver(503).0, Err(Failure::Retry(_))));
        assert!(matches!(deliver(404).0, Err(Failure::Permanent(_))));
    }
}
