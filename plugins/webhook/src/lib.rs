//! The channel `webhook`: one POST per notification.

mod body;

use std::collections::BTreeMap;

use serde::Deserialize;
use vitrine_sdk::channel::{Channel, Failure, Notification, Receipt, answer};
use vitrine_sdk::http::{self, Auth, Request, Sealed, Signature};
use vitrine_sdk::{Fault, clock, export};

use body::Body;

/// The secrets' names in `plugin.toml`.
const TOKEN: &str = "token";
const SIGNING_KEY: &str = "signing-key";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    auth: Option<Auth>,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    sign: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// Alertmanager's, and each alert's value.
    #[default]
    Vitrine,
    /// Exactly Alertmanager's.
    Alertmanager,
}

#[derive(Debug)]
pub struct Webhook(Config);

impl Channel for Webhook {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        http::address("url", &config.url)?;
        Ok(Webhook(config))
    }

    fn check(&mut self) -> Result<String, Fault> {
        Ok(["posts to ", &self.0.url].concat())
    }

    fn deliver(&mut self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        // A redirected POST may arrive as a GET without its body: better to say that the address is wrong.
        let mut request = Request::post(&self.0.url).redirects(0).header("idempotency-key", key);
        for (name, value) in &self.0.headers {
            request = request.header(name, value);
        }
        if let Some(auth) = &self.0.auth {
            request = request.secret(TOKEN, auth.placement());
        }
        let request = request.json(&Body::of(notification, self.0.format == Format::Vitrine))?;
        let sealed = if self.0.sign { signed(request) } else { Sealed::from(request) };
        let response = sealed.send().map_err(Fault::from)?;
        answer::accepted(&response)?;
        Ok(Receipt { answer: answer::told(&response), id: None })
    }
}

/// With the time in the signature, so that nobody can send an old one again.
fn signed(request: Request) -> Sealed {
    let seconds = (clock::now() / 1_000).to_string();
    let signature =
        Signature { header: "x-vitrine-signature".to_owned(), prefix: "v1=".to_owned(), before: [&seconds, "."].concat() };
    request.header("x-vitrine-timestamp", &seconds).signed(SIGNING_KEY, signature)
}

export!(channel: Webhook);

#[cfg(test)]
mod tests;
