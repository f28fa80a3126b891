//! Panels as people write them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use vitrine_model::view::{State, Threshold};

use crate::dashboard::file::action::ActionFile;
use crate::dashboard::file::alert::PanelAlertFile;
use crate::dashboard::file::annotation::AnnotationFile;
use crate::dashboard::transform::StepFile;

/// A panel. Options that many panels know can stand here; all others go under `options`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PanelFile {
    /// What it shows.
    pub title: String,
    /// A file with panels that stand here instead: `_shared/cpu.yaml`, from the folder of this file.
    pub include: Option<String>,
    /// The panel plugin: `timeseries`, `stat`, `gauge`, `table`, `text` or one of your own.
    pub show: String,
    /// Names the panel in links; counted from `p0` where left out.
    pub id: Option<String>,
    /// PromQL; `$host` stands for the value of the variable `host`.
    pub query: Option<String>,
    /// The source whose own language the queries are in; PromQL of all samples where left out.
    pub source: Option<String>,
    /// Several of them.
    pub queries: Vec<QueryFile>,
    /// Of twelve columns.
    #[schemars(range(min = 1, max = 12))]
    pub width: Option<u8>,
    /// In grid rows.
    #[schemars(range(min = 1, max = 12))]
    pub height: Option<u8>,
    /// How far back this panel looks, whatever the viewer chose: `7d`.
    pub range: Option<String>,
    /// How long before the time chosen it ends: `1d` for a day before.
    pub shift: Option<String>,
    /// The zone of its times, whatever the dashboard's: `America/New_York`.
    pub time_zone: Option<String>,
    /// What it is drawn beside.
    pub compare: Option<Compare>,
    /// What is done with the answers before they are shown.
    pub transform: Vec<StepFile>,
    /// From which value on it is in which state, instead of `warn` and `bad`.
    pub thresholds: Vec<ThresholdFile>,
    /// Where it leads.
    pub links: Vec<LinkFile>,
    /// What is marked on its time axis, beside what the dashboard marks on all.
    pub annotations: Vec<AnnotationFile>,
    /// Where each row of a table leads: `/d/host?var-host={{host}}`.
    pub row_link: Option<String>,
    /// Where the name of each series of a chart leads: `/d/host?var-host={{host}}&$__scope`.
    pub series_link: Option<String>,
    /// How many rows a table shows on one page.
    #[schemars(range(min = 5, max = 500))]
    pub page_rows: Option<u16>,
    /// Buttons that have a source do something.
    pub actions: Vec<ActionFile>,
    /// The same in each row of a table, which fills in `{{column}}`.
    pub row_actions: Vec<ActionFile>,
    /// When people are told of what it shows; `/alerts` and rule files know these as rules of a group that is named as the
    /// dashboard.
    #[schemars(length(max = 20))]
    pub alerts: Vec<PanelAlertFile>,
    /// The variable of which each chosen value gets this panel once.
    pub repeat: Option<String>,
    /// What the numbers count: `ratio`, `percent`, `bytes`, `bytes/s`, `bits/s`, `seconds`, `date`, `EUR`, or any word.
    pub unit: Option<String>,
    /// How series are named: `{{mode}} on {{instance}}`.
    pub legend: Option<String>,
    /// Stacks the series.
    pub stack: Option<bool>,
    /// `line`, `area`, `bars` or `points`.
    pub draw: Option<String>,
    /// The lower end of the scale.
    pub min: Option<f64>,
    /// The upper end of the scale.
    pub max: Option<f64>,
    /// From here on it is worth a look.
    pub warn: Option<f64>,
    /// From here on it is bad.
    pub bad: Option<f64>,
    /// Markdown.
    pub text: Option<String>,
    /// What of a series counts: `last`, `mean`, `min`, `max`, `sum`.
    pub reduce: Option<String>,
    /// What a table is sorted by.
    pub sort: Option<String>,
    /// How many rows or series at most.
    pub limit: Option<u32>,
    /// Whether a small line shows the recent past.
    pub trend: Option<bool>,
    /// Everything else the plugin understands.
    pub options: BTreeMap<String, serde_json::Value>,
}

/// From this value up to the next one's.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdFile {
    pub value: f64,
    pub state: StateFile,
    /// What it is called, if not by its state.
    #[serde(default)]
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StateFile {
    Neutral,
    Good,
    Warning,
    Bad,
}

impl StateFile {
    pub(super) fn state(self) -> State {
        match self {
            StateFile::Neutral => State::Neutral,
            StateFile::Good => State::Good,
            StateFile::Warning => State::Warning,
            StateFile::Bad => State::Bad,
        }
    }
}

impl ThresholdFile {
    pub(super) fn threshold(&self) -> Threshold {
        let state = self.state.state();
        let word = if state == State::Neutral { "normal" } else { state.word() };
        Threshold { value: self.value, state, name: self.name.clone().unwrap_or_else(|| word.to_owned()) }
    }
}

/// A link: `$host` stands for a variable's value, `$__scope` for time and variables as they are looked at.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkFile {
    pub title: String,
    /// A page of this host (`/d/disks?$__scope`) or of another (`https://wiki.example/$host`).
    pub to: String,
}

/// What a panel is drawn beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    /// The same one range earlier.
    Previous,
}

/// A query, bare or with a legend of its own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum QueryFile {
    Text(String),
    Named(NamedQuery),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedQuery {
    /// PromQL.
    pub query: String,
    /// How its series are named.
    #[serde(default)]
    pub legend: Option<String>,
}

impl PanelFile {
    /// Of twelve columns, where the file does not say.
    pub fn default_width(&self) -> u8 {
        default_width(&self.show)
    }

    /// In grid rows, where the file does not say.
    pub fn default_height(&self) -> u8 {
        default_height(&self.show)
    }

    /// The options as the plugin gets them: those of the map, and the common ones where given. Also the names of those that
    /// are given twice.
    pub fn plugin_options(&self) -> (Map<String, Value>, Vec<&'static str>) {
        let mut options: Map<String, Value> = self.options.clone().into_iter().collect();
        let mut twice = Vec::new();
        let common: [(&'static str, Option<Value>); 12] = [
            ("unit", self.unit.clone().map(Into::into)),
            ("stack", self.stack.map(Into::into)),
            ("draw", self.draw.clone().map(Into::into)),
            ("min", self.min.map(Into::into)),
            ("max", self.max.map(Into::into)),
            ("warn", self.warn.map(Into::into)),
            ("bad", self.bad.map(Into::into)),
            ("text", self.text.clone().map(Into::into)),
            ("reduce", self.reduce.clone().map(Into::into)),
            ("sort", self.sort.clone().map(Into::into)),
            ("limit", self.limit.map(Into::into)),
            ("trend", self.trend.map(Into::into)),
        ];
        for (name, value) in common.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            if options.insert(name.to_owned(), value).is_some() {
                twice.push(name);
            }
        }
        (options, twice)
    }
}

fn default_width(show: &str) -> u8 {
    match show {
        "stat" | "gauge" => 3,
        "bar-gauge" | "pie" => 4,
        "timeseries" | "table" | "bar-chart" | "histogram" | "heatmap" | "alert-list" | "events" | "image" => 6,
        _ => 12,
    }
}

fn default_height(show: &str) -> u8 {
    match show {
        "stat" | "text" => 2,
        "gauge" => 3,
        _ => 4,
    }
}
