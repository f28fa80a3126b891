//! The shape of the files under `config/`: the sum of what each crate can be told.

mod databases;
mod store;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_config::Secret;
use vitrine_model::Span;
use vitrine_monitor::notify::file::{
    Escalations, GlobalEntry, HeartbeatEntry, InhibitEntry, IntervalEntry, People, ReceiverEntry, RouteEntry, Schedules,
};
use vitrine_plugin::grant::GrantSettings;
use vitrine_plugin::settings::{InstanceLimits, MailTls, PluginSettings};

pub use databases::DatabaseEntry;
pub use store::StoreSettings;

/// Everything under `config/`, in whatever files.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address and port to listen on. Anything but a loopback address shows the pages to the network.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// The address people reach this host by, such as `https://status.shop.example`: links begin with it.
    pub public_url: Option<String>,
    /// Further host names to answer to; addresses and `localhost` always pass.
    pub allowed_hosts: Vec<String>,
    /// Addresses and networks that may bring samples by remote write, OTLP and import, besides this machine: `10.0.0.0/8`.
    pub write_from: Vec<String>,
    /// Whose pages may show dashboards and shared links in a frame, such as `https://intranet.shop.example`; nobody's where
    /// there are none.
    #[schemars(length(max = 50))]
    pub embed_from: Vec<String>,
    /// How long a body of samples may take to come, and each MiB of an import: `30s`.
    pub write_timeout: String,
    /// The time zone of pages, messages and cron expressions, an IANA name; empty: the machine's own.
    pub time_zone: String,
    /// Where samples, alerts and deliveries are kept.
    pub data_dir: PathBuf,
    /// Where dashboards are.
    pub dashboards_dir: PathBuf,
    /// How long samples are kept: `15d`.
    pub retention: String,
    /// What is logged: `error`, `warn`, `info`, `debug`, or a filter such as `info,vitrine_plugin=debug`.
    pub log: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// How many live pages may be open at once.
    #[schemars(range(min = 1))]
    pub max_viewers: usize,
    /// How many different live streams (a dashboard with a range) may run at once.
    #[schemars(range(min = 1))]
    pub max_streams: usize,
    /// How samples are kept, and how many.
    pub store: StoreSettings,
    /// What one query may cost.
    pub query: QuerySettings,
    /// The sandbox.
    pub plugins: PluginSettings,
    /// The mail relay.
    pub mail: Option<MailSettings>,
    /// Rules, and who is told.
    pub alerts: AlertSettings,
    /// Who is told of which alerts, from the root down; in `routes.yaml`. Without it, `alerts.notify` says.
    pub route: Option<RouteEntry>,
    /// Whom routes name, and over which channels they are told.
    pub receivers: Vec<ReceiverEntry>,
    /// Which alerts are not told while others fire.
    pub inhibit_rules: Vec<InhibitEntry>,
    /// Times that routes name.
    pub time_intervals: Vec<IntervalEntry>,
    /// The former name of `time_intervals`.
    pub mute_time_intervals: Vec<IntervalEntry>,
    /// What holds for all routes.
    pub global: GlobalEntry,
    /// People by name, and how they are reached.
    pub people: People,
    /// Who is on call when, by name.
    pub schedules: Schedules,
    /// Who is told one after the other where nobody takes an alert on, by name.
    pub escalations: Escalations,
    /// Messages to somebody outside who raises the alarm when none comes, by name; in `routes.yaml`.
    #[schemars(length(max = 20))]
    pub heartbeats: BTreeMap<String, HeartbeatEntry>,
    /// Channels, of the plugin `alertmanager`, that are sent every alert of the rules, again and again while it fires.
    #[schemars(length(max = 20))]
    pub alertmanagers: Vec<String>,
    /// Databases that sources may be granted, by name.
    pub databases: BTreeMap<String, DatabaseEntry>,
    /// What is watched.
    pub sources: BTreeMap<String, SourceEntry>,
    /// How people are told.
    pub channels: BTreeMap<String, ChannelEntry>,
    /// Passwords and keys that the host puts into plugins' requests, and the plugins never see.
    pub secrets: BTreeMap<String, SecretEntry>,
}

impl Default for Settings {
    fn default() -> Settings {
        let web = vitrine_web::Settings::default();
        Settings {
            listen: web.listen,
            public_url: None,
            allowed_hosts: Vec::new(),
            write_from: Vec::new(),
            embed_from: Vec::new(),
            write_timeout: format!("{}s", web.write_timeout.as_secs()),
            time_zone: String::new(),
            data_dir: "data".into(),
            dashboards_dir: "dashboards".into(),
            retention: "15d".to_owned(),
            log: "info".to_owned(),
            log_format: LogFormat::Auto,
            max_viewers: web.max_viewers,
            max_streams: web.max_streams,
            store: StoreSettings::default(),
            query: QuerySettings::default(),
            plugins: PluginSettings::default(),
            mail: None,
            alerts: AlertSettings::default(),
            route: None,
            receivers: Vec::new(),
            inhibit_rules: Vec::new(),
            time_intervals: Vec::new(),
            mute_time_intervals: Vec::new(),
            global: GlobalEntry::default(),
            people: People::new(),
            schedules: Schedules::new(),
            escalations: Escalations::new(),
            heartbeats: BTreeMap::new(),
            alertmanagers: Vec::new(),
            databases: BTreeMap::new(),
            sources: BTreeMap::new(),
            channels: BTreeMap::new(),
            secrets: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people on a terminal, JSON otherwise.
    #[default]
    Auto,
    Human,
    Json,
}

/// What one query may cost; over it, the query ends with an error that says so.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QuerySettings {
    #[schemars(range(min = 1))]
    pub max_series: usize,
    #[schemars(range(min = 1))]
    pub max_samples: usize,
    /// Memory for intermediate results, in MiB.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub max_memory_mib: usize,
    /// `10s`.
    pub max_time: String,
}

impl Default for QuerySettings {
    fn default() -> QuerySettings {
        let limits = vitrine_query::Limits::default();
        QuerySettings {
            max_series: limits.series,
            max_samples: limits.samples,
            max_memory_mib: limits.memory >> 20,
            max_time: format!("{}s", limits.duration.as_secs()),
        }
    }
}

/// `mail:`
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The relay's host name or address.
    pub host: String,
    /// Without it: 465 for `implicit`, 587 for `starttls`, 25 for `none`.
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
    /// How the connection is secured.
    #[serde(default)]
    pub tls: MailTls,
    /// Whom messages come from: `Vitrine <vitrine@shop.example>`.
    pub from: String,
    /// The login's name.
    pub user: Option<String>,
    /// The login's password, best as `{ env: NAME }`, `{ file: PATH }` or `{ command: [PROGRAM, …] }`.
    pub password: Option<Secret>,
}

/// `alerts:`; the rules themselves are in files under `config/alerts/`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AlertSettings {
    /// The channels that are told of every alert, where there is no `route`.
    pub notify: Vec<String>,
    /// How often rules are evaluated whose group does not say: `15s`.
    pub evaluate_every: String,
    /// What templates of alerts call `$externalLabels`.
    pub labels: BTreeMap<String, String>,
    /// How long until `alertmanagers` are sent an alert again that goes on: `1m`.
    pub resend_delay: String,
    /// How long the links in messages hold by which people acknowledge and silence: `7d`.
    pub reply_within: String,
}

impl Default for AlertSettings {
    fn default() -> AlertSettings {
        let [evaluate_every, resend_delay, reply_within] = ["15s", "1m", "7d"].map(str::to_owned);
        AlertSettings { notify: Vec::new(), evaluate_every, labels: BTreeMap::new(), resend_delay, reply_within }
    }
}

/// One entry of `sources:`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// The plugin's name.
    pub plugin: String,
    /// How often it is polled: `15s`. Without this and `cron`, every 15 s.
    pub every: Option<String>,
    /// When it is polled: seconds, minutes, hours, day of month, month, day of week.
    pub cron: Option<String>,
    /// The zone of `cron`; without it, the host's.
    pub time_zone: Option<String>,
    /// The plugin's own options.
    #[serde(default)]
    pub with: serde_json::Map<String, serde_json::Value>,
    /// What it may do.
    #[serde(default)]
    pub grant: GrantSettings,
    /// Where its limits differ from those that `plugins` sets for all.
    #[serde(default)]
    pub limits: InstanceLimits,
    /// Set on all its series.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// One entry of `channels:`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelEntry {
    /// The plugin's name.
    pub plugin: String,
    /// The plugin's own options.
    #[serde(default)]
    pub with: serde_json::Map<String, serde_json::Value>,
    /// What it may do.
    #[serde(default)]
    pub grant: GrantSettings,
    /// Where its limits differ from those that `plugins` sets for all.
    #[serde(default)]
    pub limits: InstanceLimits,
}

/// One entry of `secrets:`, with one of `env`, `file` and `command`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretEntry {
    /// The environment variable that holds it.
    pub env: Option<String>,
    /// The file that holds it and nothing else.
    pub file: Option<PathBuf>,
    /// The program that prints it, and its arguments; it has 5 s.
    pub command: Option<Vec<String>>,
    /// Where it may be sent, written as in a grant: `https://api.example`.
    #[schemars(length(min = 1))]
    pub hosts: Vec<String>,
}

impl SecretEntry {
    /// Where it is to be found, if the entry says so once.
    pub fn reference(&self) -> Option<Secret> {
        match (&self.env, &self.file, &self.command) {
            (Some(name), None, None) => Some(Secret::Environment(name.clone())),
            (None, Some(path), None) => Some(Secret::File(path.clone())),
            (None, None, Some(words)) => Some(Secret::Command(words.clone())),
            _ => None,
        }
    }
}

impl Settings {
    /// What the web floor is told.
    pub fn web(&self) -> vitrine_web::Settings {
        let usual = vitrine_web::Settings::default();
        vitrine_web::Settings {
            listen: self.listen,
            public_url: self.public_url.clone(),
            allowed_hosts: self.allowed_hosts.clone(),
            write_from: self.write_from.clone(),
            embed_from: self.embed_from.clone(),
            write_timeout: self.write_timeout.parse().map_or(usual.write_timeout, Span::as_duration),
            time_zone: self.time_zone.clone(),
            reply_within: self.alerts.reply_within.parse().map_or(usual.reply_within, Span::as_duration),
            max_viewers: self.max_viewers,
            max_streams: self.max_streams,
        }
    }

    /// What links begin with.
    pub fn address(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// The zone by name, for those who take names.
    pub fn zone_name(&self) -> String {
        if !self.time_zone.is_empty() {
            return self.time_zone.clone();
        }
        jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
    }
}
