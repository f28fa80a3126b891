//! Dashboard files: the words people write, and what makes no sense in them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_config::{Finding, Path};
use vitrine_model::Span;
use vitrine_query::Expr;

use crate::dashboard::{Dashboard, Panel, Query, Row};

/// More would not fit any screen, and each one costs.
const MOST_PANELS: usize = 200;
const MOST_QUERIES: usize = 26;
const LONGEST_RANGE: Span = Span::from_secs(400 * 86_400);
const SHORTEST_RANGE: Span = Span::from_secs(60);

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
    /// The panels, from left to right and top to bottom.
    #[serde(default)]
    pub panels: Vec<PanelFile>,
    /// Panels under headings; after `panels` where both are given.
    #[serde(default)]
    pub rows: Vec<RowFile>,
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
    pub title: String,
    #[serde(default)]
    pub panels: Vec<PanelFile>,
}

/// A panel. Options that many panels know can stand here; all others go under `options`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PanelFile {
    /// What it shows.
    pub title: String,
    /// The panel plugin: `timeseries`, `stat`, `gauge`, `table`, `text` or one of your own.
    pub show: String,
    /// Names the panel in links; counted from `p0` where left out.
    pub id: Option<String>,
    /// PromQL.
    pub query: Option<String>,
    /// Several of them.
    pub queries: Vec<QueryFile>,
    /// Of twelve columns.
    #[schemars(range(min = 1, max = 12))]
    pub width: Option<u8>,
    /// In grid rows.
    #[schemars(range(min = 1, max = 12))]
    pub height: Option<u8>,
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

/// Collects what is wrong while the checked dashboard is built.
struct Check<'a> {
    plugins: &'a [String],
    findings: Vec<Finding>,
    /// Ids that panels of the file give themselves.
    given: HashSet<&'a str>,
    ids: HashSet<String>,
    panels: usize,
}

impl Dashboard {
    /// What the file means, or everything that is wrong with it. `plugins` are the panel plugins there are.
    pub fn check(name: &str, file: &DashboardFile, plugins: &[String]) -> Result<Dashboard, Vec<Finding>> {
        let all = file.panels.iter().chain(file.rows.iter().flat_map(|row| &row.panels));
        let given = all.filter_map(|panel| panel.id.as_deref()).collect();
        let mut check = Check { plugins, findings: Vec::new(), given, ids: HashSet::new(), panels: 0 };
        let range = check.range(&file.range);
        let refresh = check.refresh(&file.refresh);
        if file.title.trim().is_empty() {
            check
                .findings
                .push(Finding::value(Path::new().key("title"), "the title is empty").hint("say what the dashboard shows"));
        }
        let mut rows = Vec::new();
        if !file.panels.is_empty() {
            let panels = check.panels(&file.panels, &Path::new().key("panels"));
            rows.push(Row { title: String::new(), panels });
        }
        for (place, row) in file.rows.iter().enumerate() {
            let panels = check.panels(&row.panels, &Path::new().key("rows").index(place).key("panels"));
            rows.push(Row { title: row.title.clone(), panels });
        }
        if check.panels > MOST_PANELS {
            let reason = format!("{} panels are more than the {MOST_PANELS} a dashboard may have", check.panels);
            check.findings.push(Finding::value(Path::new(), reason).hint("split it into several files"));
        }
        if !check.findings.is_empty() {
            return Err(check.findings);
        }
        Ok(Dashboard { name: name.to_owned(), title: file.title.clone(), range, refresh, rows })
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

    fn panels(&mut self, files: &[PanelFile], path: &Path) -> Vec<Panel> {
        files.iter().enumerate().map(|(place, file)| self.panel(file, &path.clone().index(place))).collect()
    }

    fn panel(&mut self, file: &PanelFile, path: &Path) -> Panel {
        let id = self.id(file, path);
        self.show(file, path);
        let width = self.side(file.width, default_width(&file.show), path, "width");
        let height = self.side(file.height, default_height(&file.show), path, "height");
        let queries = self.queries(file, path);
        let unit = file.unit.clone().unwrap_or_default();
        Panel {
            id,
            title: file.title.clone(),
            show: file.show.clone(),
            queries,
            width,
            height,
            unit,
            options: self.options(file, path),
        }
    }

    fn id(&mut self, file: &PanelFile, path: &Path) -> String {
        let id = file.id.clone().unwrap_or_else(|| self.free_id());
        self.panels += 1;
        let letters = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if id.is_empty()
            || id.len() > 64
            || !id.starts_with(|first: char| first.is_ascii_alphabetic())
            || !id.chars().all(letters)
        {
            let reason = format!("`{id}` cannot be an id");
            self.findings
                .push(Finding::value(path.clone().key("id"), reason).hint("use letters, digits, `-` and `_`, a letter first"));
        } else if is_reserved(&id) || !self.ids.insert(id.clone()) {
            let reason = format!("the id `{id}` is taken");
            self.findings.push(Finding::value(path.clone().key("id"), reason).hint("give each panel its own"));
        }
        id
    }

    /// `p` and the panel's number, or the next one that is free.
    fn free_id(&self) -> String {
        let mut number = self.panels;
        loop {
            let id = format!("p{number}");
            if !self.given.contains(id.as_str()) && !self.ids.contains(&id) {
                return id;
            }
            number += 1;
        }
    }

    fn show(&mut self, file: &PanelFile, path: &Path) {
        if file.show.is_empty() {
            let known = self.plugins.join("`, `");
            self.findings.push(
                Finding::value(path.clone(), "the panel does not say what shows it")
                    .hint(format!("add `show:` with one of `{known}`")),
            );
        } else if !self.plugins.contains(&file.show) {
            let reason = format!("there is no panel plugin `{}`", file.show);
            let hint = format!("there are `{}`", self.plugins.join("`, `"));
            self.findings.push(Finding::value(path.clone().key("show"), reason).hint(hint));
        }
    }

    fn side(&mut self, given: Option<u8>, usual: u8, path: &Path, key: &str) -> u8 {
        match given {
            None => usual,
            Some(number @ 1..=12) => number,
            Some(number) => {
                let finding =
                    Finding::value(path.clone().key(key), format!("{key} {number} is out of range")).hint("use 1 to 12");
                self.findings.push(finding);
                usual
            }
        }
    }

    fn queries(&mut self, file: &PanelFile, path: &Path) -> Vec<Query> {
        if file.query.is_some() && !file.queries.is_empty() {
            let finding = Finding::key(path.clone().key("query"), "`query` and `queries` exclude each other");
            self.findings.push(finding.hint("keep the one under `queries`"));
        }
        if file.queries.len() > MOST_QUERIES {
            let reason = format!("a panel takes at most {MOST_QUERIES} queries");
            self.findings.push(Finding::value(path.clone().key("queries"), reason));
        }
        let mut list: Vec<(Path, String, Option<String>)> = Vec::new();
        if let Some(text) = &file.query {
            list.push((path.clone().key("query"), text.clone(), file.legend.clone()));
        }
        for (place, query) in file.queries.iter().enumerate() {
            let here = path.clone().key("queries").index(place);
            match query {
                QueryFile::Text(text) => list.push((here, text.clone(), file.legend.clone())),
                QueryFile::Named(named) => {
                    list.push((here.key("query"), named.query.clone(), named.legend.clone().or_else(|| file.legend.clone())));
                }
            }
        }
        list.into_iter().filter_map(|(here, text, legend)| self.query(here, text, legend)).collect()
    }

    fn query(&mut self, path: Path, text: String, legend: Option<String>) -> Option<Query> {
        match Expr::parse(&text) {
            Ok(expr) => Some(Query { text, expr: Arc::new(expr), legend }),
            Err(error) => {
                self.findings.push(Finding::value(path, error.to_string()).within(error.spot()));
                None
            }
        }
    }

    /// The options as the plugin gets them: those of the map, and the common ones where given.
    fn options(&mut self, file: &PanelFile, path: &Path) -> String {
        let mut options: serde_json::Map<String, serde_json::Value> = file.options.clone().into_iter().collect();
        let common: [(&str, Option<serde_json::Value>); 12] = [
            ("unit", file.unit.clone().map(Into::into)),
            ("stack", file.stack.map(Into::into)),
            ("draw", file.draw.clone().map(Into::into)),
            ("min", file.min.map(Into::into)),
            ("max", file.max.map(Into::into)),
            ("warn", file.warn.map(Into::into)),
            ("bad", file.bad.map(Into::into)),
            ("text", file.text.clone().map(Into::into)),
            ("reduce", file.reduce.clone().map(Into::into)),
            ("sort", file.sort.clone().map(Into::into)),
            ("limit", file.limit.map(Into::into)),
            ("trend", file.trend.map(Into::into)),
        ];
        for (name, value) in common.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            if options.insert(name.to_owned(), value).is_some() {
                let finding = Finding::key(path.clone().key("options").key(name), format!("`{name}` is given twice"));
                self.findings.push(finding.hint("keep the one beside `show`"));
            }
        }
        serde_json::Value::Object(options).to_string()
    }
}

/// Ids the page itself uses.
const RESERVED: [&str; 9] = ["dashboard", "range", "live", "theme", "alerts-count", "updated", "health", "menu", "main"];

/// Headings have ids that end in `-title`.
fn is_reserved(id: &str) -> bool {
    RESERVED.contains(&id) || id.ends_with("-title")
}

/// A range a page can show.
pub fn parse_range(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|error: vitrine_model::duration::NotASpan| error.to_string())?;
    if span < SHORTEST_RANGE || span > LONGEST_RANGE {
        return Err(format!("`{text}` is not between {SHORTEST_RANGE} and {LONGEST_RANGE}"));
    }
    Ok(span)
}

fn default_width(show: &str) -> u8 {
    match show {
        "stat" | "gauge" => 3,
        "timeseries" | "table" => 6,
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

/// The schema for editors and for the strict reading of files.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(DashboardFile).to_value()
}
