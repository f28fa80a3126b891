//! What an admin can set about pages and the live stream.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_access::Networks;

use crate::embed::Origin;

/// Pages and the live stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where to listen. Anything but a loopback address shows the pages to the network.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// The address people reach this host by, such as `https://status.shop.example`: used in links, and its name is answered to.
    pub public_url: Option<String>,
    /// Further host names to answer to. Addresses and `localhost` always pass.
    pub allowed_hosts: Vec<String>,
    /// Addresses and networks that may bring samples, besides this machine: `10.0.0.0/8`.
    pub write_from: Vec<String>,
    /// Whose pages may show dashboards in a frame, such as `https://intranet.shop.example`; nobody's where there are none.
    pub embed_from: Vec<String>,
    /// How long a body of samples may take to come, and each MiB of an import.
    pub write_timeout: Duration,
    /// The time zone of pages, an IANA name; empty for the machine's own.
    pub time_zone: String,
    /// How long links in messages hold, by which people acknowledge and silence.
    pub reply_within: Duration,
    /// How many live pages may be open at once.
    pub max_viewers: usize,
    /// How many different live streams (a dashboard with a range) may run at once.
    pub max_streams: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7878)),
            public_url: None,
            allowed_hosts: Vec::new(),
            write_from: Vec::new(),
            embed_from: Vec::new(),
            write_timeout: Duration::from_secs(30),
            time_zone: String::new(),
            reply_within: Duration::from_secs(7 * 86_400),
            max_viewers: 5_000,
            max_streams: 256,
        }
    }
}

impl Settings {
    /// The zone of all times on pages; one that does not exist is told by `problems`, and UTC serves meanwhile.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        if self.time_zone.is_empty() {
            return jiff::tz::TimeZone::system();
        }
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// What makes no sense: the key, the reason and a hint.
    pub fn problems(&self) -> Vec<(&'static str, String, &'static str)> {
        let mut found = Vec::new();
        if !self.time_zone.is_empty() && jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            found.push((
                "time_zone",
                format!("`{}` is not a time zone", self.time_zone),
                "write an IANA name such as `Europe/Berlin`",
            ));
        }
        let public = self.public_url.as_deref().map(url::Url::parse);
        if public.is_some_and(|parsed| !parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())) {
            found.push(("public_url", "not an address of a web page".to_owned(), "write it as `https://status.shop.example`"));
        }
        if let Err(text) = Networks::parse(&self.write_from) {
            found.push((
                "write_from",
                format!("`{text}` is neither an address nor a network"),
                "write `192.168.1.7` or `192.168.1.0/24`",
            ));
        }
        if self.write_timeout.is_zero() {
            found.push(("write_timeout", "no body comes in no time".to_owned(), "write `30s`"));
        }
        found
    }

    /// Who may bring samples; nobody but this machine where `problems` tells of a mistake.
    pub fn writers(&self) -> Networks {
        Networks::parse(&self.write_from).unwrap_or_default()
    }

    /// Whose pages may show ours; nobody's where one of them is wrong.
    pub fn embedders(&self) -> Vec<Origin> {
        self.embed_from.iter().map(|text| Origin::parse(text)).collect::<Result<_, _>>().unwrap_or_default()
    }

    /// The names this host answers to.
    pub fn hosts(&self) -> vitrine_access::AllowedHosts {
        let public = self.public_url.as_deref().and_then(|text| url::Url::parse(text).ok());
        let public_name = public.and_then(|url| url.host_str().map(str::to_owned));
        vitrine_access::AllowedHosts::new(self.allowed_hosts.iter().cloned().chain(public_name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_name_is_answered_to_and_mistakes_are_told() {
        let settings = Settings { public_url: Some("https://status.shop.example/x".into()), ..Settings::default() };
        assert!(settings.hosts().allows("status.shop.example:443"));
        assert!(settings.problems().is_empty());
        let wrong = Settings {
            public_url: Some("shop".into()),
            time_zone: "Mars/Base".into(),
            write_from: vec!["shop".into()],
            write_timeout: Duration::ZERO,
            ..Settings::default()
        };
        assert_eq!(
            wrong.problems().iter().map(|problem| problem.0).collect::<Vec<_>>(),
            ["time_zone", "public_url", "write_from", "write_timeout"]
        );
    }
}
