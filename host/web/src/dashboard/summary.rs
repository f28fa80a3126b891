//! A dashboard in short, as the API tells it and a comparison reads it.

use serde::{Deserialize, Serialize};

use crate::dashboard::{Dashboard, Panel};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub name: String,
    pub title: String,
    pub range: String,
    pub refresh: String,
    pub variables: Vec<String>,
    pub panels: Vec<PanelSummary>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelSummary {
    pub id: String,
    /// The heading above it.
    pub row: String,
    pub title: String,
    pub show: String,
    pub source: Option<String>,
    pub queries: Vec<String>,
    pub legends: Vec<String>,
    pub width: u8,
    pub height: u8,
    /// JSON, as the plugin gets it.
    pub options: String,
    /// Its alerts, each as a rule in JSON.
    #[serde(default)]
    pub alerts: Vec<String>,
    /// What else is done with it, in no form that anybody reads but to compare.
    pub rest: String,
}

impl Dashboard {
    pub fn summary(&self) -> Summary {
        let rows = self.rows.iter().flat_map(|row| row.panels.iter().map(move |panel| panel.summary(&row.title)));
        Summary {
            name: self.name.clone(),
            title: self.title.clone(),
            range: self.range.to_string(),
            refresh: self.refresh.to_string(),
            variables: self.variables.iter().map(|variable| variable.name.clone()).collect(),
            panels: rows.collect(),
        }
    }
}

impl Panel {
    fn summary(&self, row: &str) -> PanelSummary {
        PanelSummary {
            id: self.id.clone(),
            row: row.to_owned(),
            title: self.title.clone(),
            show: self.show.clone(),
            source: self.source.as_ref().map(|source| source.text().to_owned()),
            queries: self.queries.iter().map(|query| query.template.text().to_owned()).collect(),
            legends: self.queries.iter().map(|query| query.legend.clone().unwrap_or_default()).collect(),
            width: self.width,
            height: self.height,
            options: self.options.clone(),
            alerts: self.alerts.iter().map(|rule| serde_json::to_string(rule).unwrap_or_default()).collect(),
            rest: format!(
                "{:?}",
                (
                    (&self.repeat, &self.zone),
                    self.range,
                    self.shift,
                    self.compares,
                    &self.transform,
                    &self.thresholds,
                    &self.links,
                    (&self.row_link, &self.series_link),
                    &self.annotations,
                    (&self.actions, &self.row_actions, self.page_rows)
                )
            ),
        }
    }
}
