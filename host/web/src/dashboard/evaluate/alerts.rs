//! The host's own alerts, as an answer to a query for `ALERTS`: no sample says since when an alert has been true.

use std::collections::BTreeSet;
use std::sync::Arc;

use vitrine_model::alert::{Alert, AlertState};
use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::labels::NAME;
use vitrine_model::matcher::Test;
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::{Fault, Labels, Matcher};
use vitrine_query::Expr;

use crate::draw::unit::significant;

/// Prometheus's name for what its rules found.
const METRIC: &str = "ALERTS";
const STATE: &str = "alertstate";
/// What a panel may be given; nobody reads more.
const MOST_ALERTS: usize = 1_000;
/// Labels beyond these are left out.
const MOST_LABELS: usize = 30;

/// The alerts that are asked for: none where something else is.
pub(super) async fn frame(port: &Arc<dyn Alerts>, expr: &Expr) -> Result<Option<Frame>, Fault> {
    let Some(matchers) = asked(expr) else { return Ok(None) };
    let port = Arc::clone(port);
    Ok(Some(table(read(move || port.load()).await?, matchers)))
}

/// The matchers, where a query asks for alerts and nothing else.
pub(super) fn asked(expr: &Expr) -> Option<&[Matcher]> {
    expr.selector().filter(|matchers| names_alerts(matchers))
}

/// Calls the port, which blocks.
pub(super) async fn read<T: Send + 'static>(load: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, Fault> {
    let told = |error: &dyn std::fmt::Display| Fault::Internal(format!("the alerts could not be read: {error}"));
    let loaded = tokio::task::spawn_blocking(load).await;
    loaded.map_err(|error| told(&error))?.map_err(|error| told(&error))
}

/// Whether an alert in this state is one of those asked for.
pub(super) fn matches(alert: &Alert, state: AlertState, matchers: &[Matcher]) -> bool {
    let labels = alert.labels.with([(NAME, METRIC), (STATE, state.word())]);
    matchers.iter().all(|matcher| matcher.matches(&labels))
}

fn names_alerts(matchers: &[Matcher]) -> bool {
    matchers.iter().any(|matcher| matcher.name == NAME && matches!(&matcher.test, Test::Equal(name) if name == METRIC))
}

/// A row for each alert, the longest firing first; a column for each label.
fn table(mut alerts: Vec<Alert>, matchers: &[Matcher]) -> Frame {
    alerts.retain(|alert| matches(alert, alert.state, matchers));
    alerts.sort_by_key(|alert| (alert.state != AlertState::Firing, since(alert)));
    alerts.truncate(MOST_ALERTS);
    let texts = |name: &str, text: &dyn Fn(&Alert) -> String| column(name, Values::Texts(alerts.iter().map(text).collect()));
    let mut columns = vec![
        column("since", Values::Times(alerts.iter().map(since).collect())),
        texts("alertname", &|alert| alert.labels.get("alertname").unwrap_or_default().to_owned()),
        texts(STATE, &|alert| alert.state.word().to_owned()),
        texts("summary", &|alert| alert.annotations.get("summary").unwrap_or_default().to_owned()),
        texts("value", &|alert| significant(alert.value)),
    ];
    let names: BTreeSet<&str> = alerts.iter().flat_map(|alert| alert.labels.iter().map(|(name, _)| name)).collect();
    let named = names.into_iter().filter(|name| ![NAME, "alertname", STATE, "summary", "value", "since"].contains(name));
    let of_labels =
        named.take(MOST_LABELS).map(|name| texts(name, &|alert| alert.labels.get(name).unwrap_or_default().to_owned()));
    columns.extend(of_labels);
    Frame { name: METRIC.to_owned(), columns }
}

fn since(alert: &Alert) -> vitrine_model::Millis {
    alert.fired_at.unwrap_or(alert.active_at)
}

fn column(name: &str, values: Values) -> Column {
    Column { name: name.to_owned(), labels: Labels::new(), unit: None, values }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    fn alert(name: &str, state: AlertState, since: i64) -> Alert {
        Alert {
            rule: format!("f;g;{name}"),
            labels: Labels::from_pairs([("alertname", name), ("team", "web")]),
            annotations: Labels::from_pairs([("summary", "91 % of /var")]),
            state,
            active_at: since,
            fired_at: (state == AlertState::Firing).then_some(since),
            value: 0.912_345,
            link: String::new(),
            expires_at: None,
        }
    }

    fn asked(query: &str) -> Vec<String> {
        let expr = Expr::parse(query).unwrap();
        let alerts = vec![alert("Slow", AlertState::Pending, 10), alert("Disk", AlertState::Firing, 30)];
        let frame = table(alerts, expr.selector().unwrap());
        let names: Vec<&str> = frame.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names[..5], ["since", "alertname", "alertstate", "summary", "value"]);
        let Values::Texts(names) = &frame.columns[1].values else { unreachable!() };
        names.clone()
    }

    #[test]
    fn matchers_choose_among_them() {
        assert_eq!(asked("ALERTS"), ["Disk", "Slow"]);
        assert_eq!(asked(r#"ALERTS{alertstate="firing",team=~"w.*"}"#), ["Disk"]);
        assert!(asked(r#"ALERTS{team="ops"}"#).is_empty());
    }

    #[test]
    fn only_a_bare_selector_asks_for_them() {
        for (query, is_asked) in [("ALERTS", true), ("up", false), ("count(ALERTS)", false), (r#"{__name__=~"ALERTS"}"#, false)] {
            let expr = Expr::parse(query).unwrap();
            assert_eq!(expr.selector().is_some_and(names_alerts), is_asked, "{query}");
        }
    }
}
