//! Rules in Prometheus's shape: what they say, when they were last evaluated, and the alerts they have.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::alert::{Alert, AlertState};
use vitrine_model::{Labels, Matcher, Millis};
use vitrine_monitor::alert::rule::{AlertRule, RecordRule};
use vitrine_monitor::alert::{Group, Rule};
use vitrine_monitor::fingerprint;
use vitrine_monitor::status::{Evaluated, GroupStatus};

use crate::api::alerts::AlertShape;
use crate::api::envelope::{ApiError, success};
use crate::api::parameters::Parameters;
use crate::web::Web;
use crate::words;

/// Prometheus's word for what has not been yet.
const NEVER: &str = "0001-01-01T00:00:00Z";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    groups: Vec<GroupShape>,
    /// Names the group with which the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    group_next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupShape {
    name: String,
    file: String,
    rules: Vec<RuleShape>,
    interval: f64,
    limit: usize,
    evaluation_time: f64,
    last_evaluation: String,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum RuleShape {
    Alerting(AlertingShape),
    Recording(RecordingShape),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlertingShape {
    state: &'static str,
    name: String,
    query: String,
    duration: f64,
    keep_firing_for: f64,
    labels: Labels,
    annotations: Labels,
    alerts: Vec<AlertShape>,
    #[serde(flatten)]
    evaluated: EvaluatedShape,
}

#[derive(Serialize)]
struct RecordingShape {
    name: String,
    query: String,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    labels: Labels,
    #[serde(flatten)]
    evaluated: EvaluatedShape,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EvaluatedShape {
    health: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    evaluation_time: f64,
    last_evaluation: String,
}

/// Which of them are asked for: empty lists mean all.
struct Wanted {
    kind: Option<String>,
    names: Vec<String>,
    groups: Vec<String>,
    files: Vec<String>,
    selectors: Vec<Vec<Matcher>>,
    without_alerts: bool,
    page: Option<Page>,
}

/// So many groups, from one on.
struct Page {
    groups: usize,
    token: Option<String>,
}

impl Page {
    fn read(asked: &Parameters) -> Result<Option<Page>, ApiError> {
        let given = |name| asked.get(name).filter(|text: &&str| !text.is_empty());
        let wrong = |name: &str, reason: &str| Err(ApiError::bad_data(format!("invalid parameter {name:?}: {reason}")));
        let token = given("group_next_token").map(str::to_owned);
        match given("group_limit").map(str::parse::<i32>) {
            None if token.is_none() => Ok(None),
            None => wrong("group_next_token", "group_limit needs to be present in order to paginate over the groups"),
            Some(Err(error)) => wrong("group_limit", &format!("group_limit needs to be a valid number: {error}")),
            Some(Ok(groups)) => match usize::try_from(groups) {
                Ok(groups) if groups > 0 => Ok(Some(Page { groups, token })),
                _ => wrong("group_limit", "group_limit needs to be greater than 0"),
            },
        }
    }

    /// The groups of this page, and what names the next one's first.
    fn cut(&self, mut groups: Vec<GroupShape>) -> Result<(Vec<GroupShape>, Option<String>), ApiError> {
        if let Some(token) = &self.token {
            let Some(first) = groups.iter().position(|group| group.token() == *token) else {
                let reason = format!("invalid group_next_token '{token}'. were rule groups changed?");
                return Err(ApiError::bad_data(format!("invalid parameter \"group_next_token\": {reason}")));
            };
            groups.drain(..first);
        }
        let next = groups.get(self.groups).map(GroupShape::token);
        groups.truncate(self.groups);
        Ok((groups, next))
    }
}

impl GroupShape {
    fn token(&self) -> String {
        fingerprint(&Labels::from_pairs([("file", self.file.as_str()), ("group", self.name.as_str())]))
    }
}

impl Wanted {
    fn read(asked: &Parameters) -> Result<Wanted, ApiError> {
        let list = |name| asked.all(name).map(str::to_owned).collect();
        let kind = asked.get("type").filter(|kind| !kind.is_empty()).map(str::to_lowercase);
        if let Some(other) = kind.as_deref().filter(|kind| !matches!(*kind, "alert" | "record")) {
            return Err(ApiError::bad_data(format!("invalid parameter \"type\": not supported value {other:?}")));
        }
        let without_alerts = match asked.get("exclude_alerts").unwrap_or_default() {
            "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
            "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
            other => {
                let reason = format!("invalid parameter \"exclude_alerts\": {other:?} is neither true nor false");
                return Err(ApiError::bad_data(reason));
            }
        };
        Ok(Wanted {
            kind,
            names: list("rule_name[]"),
            groups: list("rule_group[]"),
            files: list("file[]"),
            selectors: asked.selectors()?,
            without_alerts,
            page: Page::read(asked)?,
        })
    }

    fn group(&self, group: &Group) -> bool {
        is_among(&self.groups, &group.name) && is_among(&self.files, group.file())
    }

    fn rule(&self, rule: &Rule) -> bool {
        let (kind, name, labels) = match rule {
            Rule::Alert(rule) => ("alert", rule.name.as_str(), written(&rule.labels)),
            Rule::Record(rule) => ("record", rule.labels.name(), rule.labels.without_name()),
        };
        let fits = |matchers: &Vec<Matcher>| matchers.iter().all(|matcher| matcher.matches(&labels));
        self.kind.as_deref().is_none_or(|wanted| wanted == kind)
            && is_among(&self.names, name)
            && (self.selectors.is_empty() || self.selectors.iter().any(fits))
    }
}

fn is_among(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == name)
}

pub(crate) async fn list(State(web): State<Arc<Web>>, asked: Parameters) -> Result<Response, ApiError> {
    let wanted = Wanted::read(&asked)?;
    let mut alerts: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
    for alert in web.load_alerts().await.map_err(ApiError::internal)? {
        alerts.entry(alert.rule.clone()).or_default().push(alert);
    }
    let groups = web.status.groups().into_iter().filter(|status| wanted.group(&status.group));
    let shapes = groups.map(|status| group(&status, &wanted, &mut alerts));
    // Of a group without such a rule, nothing is wanted.
    let all = wanted.kind.is_none() && wanted.names.is_empty() && wanted.selectors.is_empty();
    let groups: Vec<GroupShape> = shapes.filter(|shape| all || !shape.rules.is_empty()).collect();
    let (groups, group_next_token) = match &wanted.page {
        Some(page) => page.cut(groups)?,
        None => (groups, None),
    };
    Ok(success(Body { groups, group_next_token }))
}

fn group(status: &GroupStatus, wanted: &Wanted, alerts: &mut BTreeMap<String, Vec<Alert>>) -> GroupShape {
    let group = &status.group;
    let rules = group.rules.iter().zip(&status.evaluated).filter(|(rule, _)| wanted.rule(rule));
    let rules = rules.map(|(rule, last)| match rule {
        Rule::Alert(rule) => {
            let alerts = alerts.remove(&rule.key).unwrap_or_default();
            RuleShape::Alerting(alerting(rule, alerts, wanted.without_alerts, evaluated(last.as_ref())))
        }
        Rule::Record(rule) => RuleShape::Recording(recording(rule, evaluated(last.as_ref()))),
    });
    let done = || status.evaluated.iter().flatten();
    GroupShape {
        name: group.name.clone(),
        file: group.file().to_owned(),
        rules: rules.collect(),
        interval: seconds(group.interval().millis()),
        limit: group.limit,
        evaluation_time: done().map(|last| last.took).sum::<Duration>().as_secs_f64(),
        last_evaluation: done().map(|last| last.at).max().map_or_else(|| NEVER.to_owned(), words::machine),
    }
}

fn alerting(rule: &AlertRule, alerts: Vec<Alert>, without_alerts: bool, evaluated: EvaluatedShape) -> AlertingShape {
    let worst = if alerts.iter().any(|alert| alert.state == AlertState::Firing) {
        Some(AlertState::Firing)
    } else {
        alerts.first().map(|alert| alert.state)
    };
    AlertingShape {
        state: worst.map_or("inactive", AlertState::word),
        name: rule.name.clone(),
        query: rule.expr.text().trim().to_owned(),
        duration: seconds(rule.hold.millis()),
        keep_firing_for: seconds(rule.keep.millis()),
        labels: written(&rule.labels),
        annotations: written(&rule.annotations),
        alerts: if without_alerts { Vec::new() } else { alerts.into_iter().map(AlertShape::from).collect() },
        evaluated,
    }
}

fn recording(rule: &RecordRule, evaluated: EvaluatedShape) -> RecordingShape {
    let labels = rule.labels.without_name();
    RecordingShape { name: rule.labels.name().to_owned(), query: rule.expr.text().trim().to_owned(), labels, evaluated }
}

fn evaluated(last: Option<&Evaluated>) -> EvaluatedShape {
    let fault = last.and_then(|last| last.fault.clone());
    EvaluatedShape {
        health: match (last, &fault) {
            (None, _) => "unknown",
            (Some(_), Some(_)) => "err",
            (Some(_), None) => "ok",
        },
        last_error: fault,
        evaluation_time: last.map_or(0.0, |last| last.took.as_secs_f64()),
        last_evaluation: last.map_or_else(|| NEVER.to_owned(), |last| words::machine(last.at)),
    }
}

fn written(list: &[(String, vitrine_monitor::alert::Template)]) -> Labels {
    Labels::from_pairs(list.iter().map(|(name, template)| (name.as_str(), template.written())))
}

fn seconds(millis: Millis) -> f64 {
    millis as f64 / 1e3
}
