//! Annotations as people write them: of alerts or of a query.

use schemars::JsonSchema;
use serde::Deserialize;
use vitrine_config::{Finding, Path};

use super::check::Check;
use crate::dashboard::annotation::{AnnotationSource, At, MOST_SOURCES};
use crate::dashboard::file::panel::StateFile;

/// The metric that alerts are asked for by.
const ALERTS: &str = "ALERTS";
const USUAL_ALERT_TITLE: &str = "{{alertname}}";

/// What is marked on the time axis of charts and timelines.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnnotationFile {
    /// The host's alerts, from when they fired until they were over: `{severity="page"}`, or `{}` for all of them.
    pub alerts: Option<String>,
    /// PromQL; marked is each stretch of time in which it has a value: `changes(process_start_time_seconds[2m]) > 0`.
    pub query: Option<String>,
    /// What each is called: `{{alertname}} on {{instance}}`.
    pub title: Option<String>,
    /// Its colour, if not that of the label `severity`.
    pub state: Option<StateFile>,
    /// Whether the whole stretch is marked, or its start alone.
    pub at: AtFile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AtFile {
    #[default]
    Spans,
    Starts,
}

impl Check<'_> {
    /// Those of a list under `annotations`.
    pub(super) fn annotations(&mut self, files: &[AnnotationFile], path: &Path) -> Vec<AnnotationSource> {
        let path = path.clone().key("annotations");
        if files.len() > MOST_SOURCES {
            let reason = format!("{} are more than the {MOST_SOURCES} there may be", files.len());
            self.findings.push(Finding::value(path.clone(), reason));
        }
        files.iter().enumerate().filter_map(|(place, file)| self.annotation(file, &path.clone().index(place))).collect()
    }

    fn annotation(&mut self, file: &AnnotationFile, path: &Path) -> Option<AnnotationSource> {
        if let Some(title) = &file.title {
            self.text(title, &path.clone().key("title"));
        }
        let query = match (&file.alerts, &file.query) {
            (Some(matchers), None) => {
                let title = file.title.clone().unwrap_or_else(|| USUAL_ALERT_TITLE.to_owned());
                self.alerts(matchers, Some(title), &path.clone().key("alerts"))
            }
            (None, Some(query)) => self.query(path.clone().key("query"), query.clone(), file.title.clone()),
            (given, _) => {
                let reason =
                    if given.is_some() { "`alerts` and `query` exclude each other" } else { "it does not say what is marked" };
                self.findings
                    .push(Finding::value(path.clone(), reason).hint("give it `alerts: {…}` or `query: …`, one of the two"));
                None
            }
        }?;
        let at = if file.at == AtFile::Starts { At::Starts } else { At::Spans };
        Some(AnnotationSource { query, state: file.state.map(StateFile::state), at })
    }

    /// Matchers of alerts as a query for them.
    fn alerts(&mut self, matchers: &str, title: Option<String>, path: &Path) -> Option<crate::dashboard::Query> {
        let text = matchers.trim();
        if !text.starts_with('{') || !text.ends_with('}') {
            let finding = Finding::value(path.clone(), "matchers of alerts stand in braces");
            self.findings.push(finding.hint("write `'{severity=\"page\"}'`, or `'{}'` for all alerts"));
            return None;
        }
        let before = self.findings.len();
        let query = self.query(path.clone(), format!("{ALERTS}{text}"), title);
        // What is wrong lies where the file has it.
        for finding in &mut self.findings[before..] {
            if let Some((byte, _)) = &mut finding.within {
                *byte = byte.saturating_sub(ALERTS.len());
            }
        }
        query
    }
}
