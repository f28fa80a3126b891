//! Dashboards: the files people write, what they mean, and how they become drawings.

pub mod action;
pub mod annotation;
pub mod builtin;
pub(crate) mod curves;
pub mod evaluate;
pub mod file;
pub mod foreign;
pub mod kept;
pub mod layout;
pub mod link;
pub mod name;
pub mod options;
pub mod promql;
pub mod scope;
pub mod summary;
pub mod template;
pub mod transform;
pub mod values;
pub mod variable;
pub mod window;

use std::sync::Arc;

use vitrine_model::Span;
use vitrine_model::view::Threshold;
use vitrine_monitor::alert::file::{GroupEntry, RuleEntry, RuleFile};
use vitrine_query::Expr;

use action::ActionLink;
use annotation::AnnotationSource;
use link::Link;
use template::Template;
use transform::Step;
use values::Values;
use variable::Variable;

/// One dashboard, checked.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// From the file's path: `machine`, `shop/orders`.
    pub name: String,
    pub title: String,
    pub range: Span,
    pub refresh: Span,
    /// An IANA name; none for the host's zone.
    pub zone: Option<String>,
    /// Those that others use come first.
    pub variables: Vec<Variable>,
    pub links: Vec<Link>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub title: String,
    /// The variable of which each value gets this row.
    pub repeat: Option<String>,
    pub links: Vec<Link>,
    pub panels: Vec<Panel>,
}

/// One panel, checked.
#[derive(Debug, Clone)]
pub struct Panel {
    /// `p0`, `p1`, …, in the order of the file, or the one given.
    pub id: String,
    pub title: String,
    /// The panel plugin.
    pub show: String,
    pub queries: Vec<Query>,
    /// Of twelve columns.
    pub width: u8,
    /// In grid rows.
    pub height: u8,
    pub unit: String,
    /// JSON, as the plugin gets it.
    pub options: String,
    /// The source whose language the queries are in.
    pub source: Option<Template>,
    /// Looked at instead of what the viewer chose.
    pub range: Option<Span>,
    /// How long before that it ends.
    pub shift: Span,
    /// An IANA name; none for the zone that the viewer looks in.
    pub zone: Option<String>,
    /// Whether the same one range earlier is drawn beside it.
    pub compares: bool,
    pub transform: Vec<Step>,
    /// By value, the least first; they take the place of the plugin's.
    pub thresholds: Vec<Threshold>,
    pub links: Vec<Link>,
    /// Its own, and those that the dashboard has for all panels.
    pub annotations: Vec<AnnotationSource>,
    /// Where a table's rows lead, with `{{column}}` for what a row has there.
    pub row_link: Option<String>,
    /// What can be done from it, and from each row of a table, with `{{column}}` for what the row has there.
    pub actions: Vec<ActionLink>,
    pub row_actions: Vec<ActionLink>,
    /// Where a chart's series lead, with `{{label}}` for what a series has there.
    pub series_link: Option<String>,
    /// Rows of a table's page.
    pub page_rows: usize,
    /// The variable of which each value gets this panel.
    pub repeat: Option<String>,
    /// The rules of its alerts, without the dashboard's name.
    pub alerts: Vec<RuleEntry>,
    /// What its variables stand for, once it is laid out.
    pub values: Arc<Values>,
}

#[derive(Debug, Clone)]
pub struct Query {
    pub template: Template,
    /// Parsed already, where it is PromQL without variables.
    pub expr: Option<Arc<Expr>>,
    /// A template such as `{{mode}}`; without one, names are made from what differs.
    pub legend: Option<String>,
}

impl Dashboard {
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }

    /// Whether anything can be done from it.
    pub fn acts(&self) -> bool {
        self.panels().any(|panel| !panel.actions.is_empty() || !panel.row_actions.is_empty())
    }

    /// The rules of its panels' alerts: a group that is named as it is.
    pub fn rules(&self) -> Option<RuleFile> {
        let named = |entry: &RuleEntry| {
            let panel = entry.panel.as_ref().map(|id| format!("{}/{id}", self.name));
            RuleEntry { panel, ..entry.clone() }
        };
        let rules: Vec<RuleEntry> = self.panels().flat_map(|panel| &panel.alerts).map(named).collect();
        let group = GroupEntry { name: self.name.clone(), rules, ..GroupEntry::default() };
        (!group.rules.is_empty()).then(|| RuleFile { groups: vec![group] })
    }

    /// The folder part of the name; empty at the top.
    pub fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

impl Panel {
    /// The body's height at the usual text size, in CSS pixels: what the stylesheet's grid leaves.
    pub fn pixels(&self) -> u32 {
        let rows = u32::from(self.height);
        rows * 60 + (rows - 1) * 12 - 44
    }
}
