//! Dashboard files: the words people write, and what makes no sense in them.

pub mod action;
pub mod alert;
pub mod annotation;
pub mod panel;
pub mod variable;

mod check;
mod columns;
mod link;
mod query;
mod unit;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_config::{Finding, Path};
use vitrine_model::Span;

use crate::dashboard::scope::{self, time};
use crate::dashboard::{Dashboard, Row};
pub use action::ActionFile;
pub use annotation::AnnotationFile;
use check::Check;
pub use panel::{LinkFile, PanelFile};
pub use time::parse_range;
pub use variable::VariableFile;

/// More would not fit any screen, and each one costs.
pub const MOST_PANELS: usize = 200;

/// A dashboard.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardFile {
    /// What it shows, in a few words.
    pub title: String,
    /// How far back to look, until the viewer chooses: `15m`, `6h`, `7d`.
    #[serde(default = "default_range")]
    pub range: String,
    /// How often to look again even if nothing came in.
    #[serde(default = "default_refresh")]
    pub refresh: String,
    /// The zone of times on it, such as `Europe/Lisbon`; the host's where left out.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// What viewers can choose, and titles and queries use as `$name`.
    #[serde(default)]
    pub variables: BTreeMap<String, VariableFile>,
    /// Where it leads.
    #[serde(default)]
    pub links: Vec<LinkFile>,
    /// What is marked on the time axis of all its charts and timelines.
    #[serde(default)]
    pub annotations: Vec<AnnotationFile>,
    /// The panels, from left to right and top to bottom.
    #[serde(default)]
    pub panels: Vec<PanelFile>,
    /// Panels under headings; after `panels` where both are given.
    #[serde(default)]
    pub rows: Vec<RowFile>,
    /// Names of the variables as the file has them; whoever read the file knows.
    #[serde(skip)]
    pub order: Vec<String>,
}

fn default_range() -> String {
    "1h".to_owned()
}

fn default_refresh() -> String {
    "15s".to_owned()
}

/// A heading and the panels under it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowFile {
    #[serde(default)]
    pub title: String,
    /// A file with rows that stand here instead: `_shared/disks.yaml`, from the folder of this file.
    #[serde(default)]
    pub include: Option<String>,
    /// The variable of which each chosen value gets this row once.
    #[serde(default)]
    pub repeat: Option<String>,
    /// Where it leads.
    #[serde(default)]
    pub links: Vec<LinkFile>,
    #[serde(default)]
    pub panels: Vec<PanelFile>,
}

/// What dashboards share: a file whose name, or whose folder's, begins with `_`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PartFile {
    /// Variables that the panels use; a dashboard's own of the same name win.
    pub variables: BTreeMap<String, VariableFile>,
    /// What stands where a list of panels includes this file.
    pub panels: Vec<PanelFile>,
    /// What stands where a list of rows includes this file.
    pub rows: Vec<RowFile>,
}

/// What there is for dashboards to name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The panel plugins.
    pub panels: &'a [String],
    /// Source instances, and their plugins.
    pub sources: &'a [(String, String)],
}

impl Dashboard {
    /// What the file means, or everything that is wrong with it.
    pub fn check(name: &str, file: &DashboardFile, known: &Known<'_>) -> Result<Dashboard, Vec<Finding>> {
        let mut check = Check::new(file, known);
        let range = check.range(&file.range);
        let refresh = check.refresh(&file.refresh);
        let zone = check.zone(file.time_zone.as_deref(), &Path::new());
        if file.title.trim().is_empty() {
            check
                .findings
                .push(Finding::value(Path::new().key("title"), "the title is empty").hint("say what the dashboard shows"));
        }
        check.text(&file.title, &Path::new().key("title"));
        let links = check.links(&file.links, &Path::new());
        check.shared = check.annotations(&file.annotations, &Path::new());
        let mut rows = Vec::new();
        if !file.panels.is_empty() {
            let panels = check.panels(&file.panels, &Path::new().key("panels"));
            rows.push(Row { title: String::new(), repeat: None, links: Vec::new(), panels });
        }
        for (place, row) in file.rows.iter().enumerate() {
            rows.push(check.row(row, &Path::new().key("rows").index(place)));
        }
        check.count();
        if !check.findings.is_empty() {
            return Err(check.findings);
        }
        let variables = check.variables;
        Ok(Dashboard { name: name.to_owned(), title: file.title.clone(), range, refresh, zone, variables, links, rows })
    }
}

impl Check<'_> {
    fn range(&mut self, text: &str) -> Span {
        match parse_range(text) {
            Ok(span) => span,
            Err(reason) => {
                self.findings.push(Finding::value(Path::new().key("range"), reason).hint("write it as `15m`, `6h` or `7d`"));
                Span::from_secs(3600)
            }
        }
    }

    fn refresh(&mut self, text: &str) -> Span {
        let path = Path::new().key("refresh");
        match text.parse::<Span>() {
            Ok(span) if span >= Span::from_secs(1) => return span,
            Ok(_) => self
                .findings
                .push(Finding::value(path, "a page cannot refresh more than once a second").hint("write `1s` or more")),
            Err(error) => self.findings.push(Finding::value(path, error.to_string())),
        }
        Span::from_secs(15)
    }

    pub(in crate::dashboard::file) fn zone(&mut self, text: Option<&str>, path: &Path) -> Option<String> {
        match scope::parse_zone(text?) {
            Ok(zone) => Some(zone),
            Err(reason) => {
                self.findings.push(Finding::value(path.clone().key("time_zone"), reason));
                None
            }
        }
    }

    fn row(&mut self, row: &RowFile, path: &Path) -> Row {
        self.text(&row.title, &path.clone().key("title"));
        let repeat = self.repeat(row.repeat.as_deref(), path);
        let links = self.links(&row.links, path);
        self.repeated.extend(repeat.clone());
        let panels = self.panels(&row.panels, &path.clone().key("panels"));
        self.repeated.clear();
        Row { title: row.title.clone(), repeat, links, panels }
    }
}

/// The schema for editors and for the strict reading of files.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(DashboardFile).to_value()
}
