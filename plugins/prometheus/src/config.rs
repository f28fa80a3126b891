//! What the admin writes, and the targets that it means.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use vitrine_sdk::Fault;
use vitrine_sdk::http::Placement;

use crate::relabel::{Raw, Rule};
use crate::target::Target;

/// What the store takes of a series, less what the host and the admin add.
const LABELS: usize = 60;
const NAME_BYTES: usize = 1 << 10;
const VALUE_BYTES: usize = 4 << 10;
/// What a guest's memory has room for beside the samples.
const BODY_BYTES: usize = 8 << 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    targets: Vec<Written>,
    #[serde(default = "job")]
    job: String,
    #[serde(default = "scheme")]
    scheme: String,
    #[serde(default = "path")]
    path: String,
    #[serde(default)]
    params: BTreeMap<String, Vec<String>>,
    #[serde(default = "timeout")]
    timeout: f64,
    #[serde(default = "poll_timeout")]
    poll_timeout: f64,
    auth: Option<Auth>,
    #[serde(default = "yes")]
    open_metrics: bool,
    #[serde(default = "yes")]
    follow_redirects: bool,
    #[serde(default)]
    honor_labels: bool,
    #[serde(default = "yes")]
    honor_timestamps: bool,
    #[serde(default)]
    sample_limit: usize,
    #[serde(default)]
    label_limit: usize,
    #[serde(default)]
    label_name_length_limit: usize,
    #[serde(default)]
    label_value_length_limit: usize,
    #[serde(default)]
    body_size_limit: usize,
    #[serde(default)]
    relabel_configs: Vec<Raw>,
    #[serde(default)]
    metric_relabel_configs: Vec<Raw>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "an address, or `{ address: …, labels: … }`")]
enum Written {
    Address(String),
    Labelled(Labelled),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    address: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

/// How the secret goes along; the plugin never sees it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Auth {
    Bearer,
    Basic(String),
}

/// How every target is read.
#[derive(Debug)]
pub(crate) struct Manner {
    pub(crate) timeout: Duration,
    pub(crate) poll: Duration,
    pub(crate) secret: Option<Placement>,
    pub(crate) open_metrics: bool,
    pub(crate) redirects: u8,
    pub(crate) honor_labels: bool,
    pub(crate) honor_timestamps: bool,
    pub(crate) limits: Limits,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Nothing is no limit.
    pub(crate) samples: Option<usize>,
    pub(crate) labels: usize,
    pub(crate) name_bytes: usize,
    pub(crate) value_bytes: usize,
    pub(crate) body_bytes: usize,
}

fn job() -> String {
    "prometheus".to_owned()
}

fn scheme() -> String {
    "http".to_owned()
}

fn path() -> String {
    "/metrics".to_owned()
}

fn timeout() -> f64 {
    8.0
}

/// A poll may take ten seconds; what is left over is for the samples to get home.
fn poll_timeout() -> f64 {
    9.0
}

fn yes() -> bool {
    true
}

impl Config {
    pub(crate) fn manner(&self) -> Result<Manner, Fault> {
        let at_most = |limit: usize, most: usize| if limit == 0 { most } else { limit.min(most) };
        Ok(Manner {
            timeout: seconds("timeout", self.timeout)?,
            poll: seconds("poll_timeout", self.poll_timeout)?,
            secret: self.auth.as_ref().map(Auth::placement),
            open_metrics: self.open_metrics,
            redirects: if self.follow_redirects { 10 } else { 0 },
            honor_labels: self.honor_labels,
            honor_timestamps: self.honor_timestamps,
            limits: Limits {
                samples: (self.sample_limit > 0).then_some(self.sample_limit),
                labels: at_most(self.label_limit, LABELS),
                name_bytes: at_most(self.label_name_length_limit, NAME_BYTES),
                value_bytes: at_most(self.label_value_length_limit, VALUE_BYTES),
                body_bytes: at_most(self.body_size_limit, BODY_BYTES),
            },
            rules: rules("metric_relabel_configs", &self.metric_relabel_configs)?,
        })
    }

    /// The targets that the rules leave.
    pub(crate) fn targets(&self) -> Result<Vec<Target>, Fault> {
        let rules = rules("relabel_configs", &self.relabel_configs)?;
        let mut targets = Vec::new();
        for (place, written) in self.targets.iter().enumerate() {
            let none = BTreeMap::new();
            let (address, own) = match written {
                Written::Address(address) => (address, &none),
                Written::Labelled(Labelled { address, labels }) => (address, labels),
            };
            let invalid = |reason: String| Fault::Invalid(["`targets[", &place.to_string(), "]`: ", &reason].concat());
            let labels = self.labels(address, own).map_err(invalid)?;
            targets.extend(Target::new(labels, &self.params, &rules).map_err(invalid)?);
        }
        Ok(targets)
    }

    /// What rules for targets see.
    fn labels(&self, address: &str, own: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, String> {
        let (scheme, rest) = address.split_once("://").unwrap_or((&self.scheme, address));
        if !matches!(scheme, "http" | "https" | "http+unix") {
            return Err([address, " begins with neither http:// nor https://"].concat());
        }
        let (host, path) = match rest.find('/') {
            Some(slash) => (&rest[..slash], &rest[slash..]),
            None => (rest, self.path.as_str()),
        };
        if host.is_empty() || host.contains(char::is_whitespace) {
            return Err([address, " names no host"].concat());
        }
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut labels =
            vec![pair("__address__", host), pair("__scheme__", scheme), pair("__metrics_path__", path), pair("job", &self.job)];
        let params = self.params.iter().filter_map(|(name, values)| Some((name, values.first()?)));
        labels.extend(params.map(|(name, value)| (["__param_", name].concat(), value.clone())));
        for (name, value) in own {
            if !crate::names::is_label_name(name) {
                return Err(["`", name, "` is not a label name"].concat());
            }
            labels.retain(|(known, _)| known != name);
            labels.push((name.clone(), value.clone()));
        }
        Ok(labels)
    }
}

impl Auth {
    fn placement(&self) -> Placement {
        match self {
            Auth::Bearer => Placement::Bearer,
            Auth::Basic(user) => Placement::Basic(user.clone()),
        }
    }
}

fn rules(option: &str, raw: &[Raw]) -> Result<Vec<Rule>, Fault> {
    let rule = |(place, raw): (usize, &Raw)| {
        let path = [option, "[", &place.to_string(), "]"].concat();
        Rule::new(raw).map_err(|reason| Fault::Invalid(["`", &path, "`: ", &reason].concat()))
    };
    raw.iter().enumerate().map(rule).collect()
}

fn seconds(option: &str, seconds: f64) -> Result<Duration, Fault> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| Fault::Invalid(["`", option, "`: more than 0 seconds are needed"].concat()))
}
