//! What is marked on a panel's time axis: alerts from when they fired until they were over, and runs of steps at which a
//! query has a value. Asked for once for all panels that mark the same over the same time.

use std::sync::{Arc, PoisonError};

use futures_util::future::join_all;
use tokio::sync::OnceCell;
use vitrine_model::alert::{Alert, AlertEvent, AlertState};
use vitrine_model::view::{State, View};
use vitrine_model::{Fault, Labels, Matcher, Millis};

use crate::dashboard::annotation::{AnnotationSource, At};
use crate::dashboard::evaluate::frame::{self, Asking};
use crate::dashboard::evaluate::{Evaluator, Sight, alerts};
use crate::dashboard::window::Window;
use crate::dashboard::{Panel, name};
use crate::draw::annotation::{Annotation, Annotations, MOST_ANNOTATIONS};

/// Ends of alerts that are read for one panel.
const MOST_ENDS: usize = 1_000;
const SEVERITY: &str = "severity";

/// What is marked, and over which time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    text: String,
    title: Option<String>,
    state: Option<State>,
    at: At,
    window: Window,
}

/// The newest of one source, and how many there were; or why there are none.
type Found = Result<(Vec<Annotation>, usize), String>;
pub(super) type Cell = Arc<OnceCell<Arc<Found>>>;

impl Evaluator {
    /// Those of a panel, where its view has a time axis to mark them on.
    pub(super) async fn annotations(&self, panel: &Panel, sight: &Sight, view: &View) -> Annotations {
        if panel.annotations.is_empty() || !matches!(view, View::Chart(_) | View::Timeline(_)) {
            return Annotations::default();
        }
        let each = panel.annotations.iter().map(|source| self.marked(panel, source, sight));
        let mut all = Annotations::default();
        for found in join_all(each).await {
            match found.as_ref() {
                Ok((list, count)) => {
                    all.list.extend_from_slice(list);
                    all.found += count;
                }
                Err(reason) => all.problem.clone_from(reason),
            }
        }
        all.list.sort_by_key(|one| std::cmp::Reverse(one.start));
        all.list.truncate(MOST_ANNOTATIONS);
        all
    }

    async fn marked(&self, panel: &Panel, source: &AnnotationSource, sight: &Sight) -> Arc<Found> {
        let asking = match frame::filled(&source.query, panel, sight) {
            Ok(asking) => asking,
            Err(fault) => return Arc::new(Err(fault.reason().to_owned())),
        };
        let (text, title) = (asking.text.clone(), asking.legend.clone());
        let key = Key { text, title, state: source.state, at: source.at, window: sight.window };
        let cell = self.marks.lock().unwrap_or_else(PoisonError::into_inner).get_or(key, Cell::default);
        let found = cell.get_or_init(|| async {
            let found = self.mark(&asking, source, sight).await;
            Arc::new(found.map_err(|fault| fault.reason().to_owned()))
        });
        Arc::clone(found.await)
    }

    async fn mark(&self, asking: &Asking, source: &AnnotationSource, sight: &Sight) -> Result<(Vec<Annotation>, usize), Fault> {
        let Some(expr) = &asking.expr else { return Ok((Vec::new(), 0)) };
        let range = sight.window.shown(sight.range);
        let title = |labels: &Labels| name::one(labels, asking.legend.as_deref(), &asking.text);
        let state = |labels: &Labels, usual: State| source.state.unwrap_or_else(|| severity(labels).unwrap_or(usual));
        let mut list = Vec::new();
        if let Some(matchers) = alerts::asked(expr) {
            let port = Arc::clone(&self.alerts);
            let load = move || Ok((port.load()?, port.resolved(range.start, range.end, MOST_ENDS)?));
            let (firing, over) = alerts::read(load).await?;
            for (labels, start, end) in fired(firing, over, matchers).filter(|(_, start, _)| *start <= range.end) {
                let end = if source.at == At::Starts { Some(start) } else { end };
                if end.is_none_or(|end| end >= range.start) {
                    list.push(Annotation { start: Some(start), end, title: title(&labels), state: state(&labels, State::Bad) });
                }
            }
        } else {
            let (times, series) = self.series(expr, sight.window).await?;
            for (labels, values) in &series {
                let (title, state) = (title(labels), state(labels, State::Neutral));
                let spans = runs(&times, values).filter_map(|run| marked(run, source.at));
                list.extend(spans.map(|(start, end)| Annotation { start, end, title: title.clone(), state }));
            }
        }
        let found = list.len();
        list.sort_by_key(|one| std::cmp::Reverse(one.start));
        list.truncate(MOST_ANNOTATIONS);
        Ok((list, found))
    }
}

/// What is marked of a run; one that began before what is looked at has no start to mark.
fn marked((start, end): (Option<Millis>, Option<Millis>), at: At) -> Option<(Option<Millis>, Option<Millis>)> {
    match at {
        At::Spans => Some((start, end)),
        At::Starts => start.map(|start| (Some(start), Some(start))),
    }
}

/// Stretches with values: from the first until the first step without one. An end that is not seen is none.
fn runs(times: &[Millis], values: &[f64]) -> impl Iterator<Item = (Option<Millis>, Option<Millis>)> {
    let mut list = Vec::new();
    let mut since: Option<usize> = None;
    for (place, value) in values.iter().enumerate() {
        match (since, value.is_nan()) {
            (None, false) => since = Some(place),
            (Some(first), true) => {
                list.push((first, Some(times[place])));
                since = None;
            }
            _ => {}
        }
    }
    list.extend(since.map(|first| (first, None)));
    let times = times.to_vec();
    list.into_iter().map(move |(first, end)| ((first > 0).then(|| times[first]), end))
}

/// Alerts that fire or did, with their annotations among the labels for titles to use.
fn fired(
    firing: Vec<Alert>,
    over: Vec<AlertEvent>,
    matchers: &[Matcher],
) -> impl Iterator<Item = (Labels, Millis, Option<Millis>)> {
    let still = firing.into_iter().filter(|alert| alert.state == AlertState::Firing).map(|alert| (alert, None));
    let ended = over.into_iter().map(|event| (event.alert, Some(event.at)));
    let matching = still.chain(ended).filter(|(alert, _)| alerts::matches(alert, AlertState::Firing, matchers));
    matching.map(|(alert, end)| {
        let start = alert.fired_at.unwrap_or(alert.active_at);
        (alert.annotations.with(alert.labels.iter()), start, end)
    })
}

/// What people call how bad something is.
fn severity(labels: &Labels) -> Option<State> {
    match labels.get(SEVERITY)?.to_ascii_lowercase().as_str() {
        "critical" | "page" | "error" | "fatal" | "high" | "bad" => Some(State::Bad),
        "warning" | "warn" | "medium" | "ticket" => Some(State::Warning),
        "info" | "information" | "low" | "none" | "debug" => Some(State::Neutral),
        "good" | "ok" => Some(State::Good),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_begin_and_end_where_values_do() {
        const GAP: f64 = f64::NAN;
        let times = [10, 20, 30, 40, 50];
        let found = |values: [f64; 5]| runs(&times, &values).collect::<Vec<_>>();
        assert_eq!(found([GAP, 1.0, 1.0, GAP, GAP]), [(Some(20), Some(40))]);
        assert_eq!(found([1.0, GAP, 0.0, GAP, 1.0]), [(None, Some(20)), (Some(30), Some(40)), (Some(50), None)]);
        assert_eq!(found([GAP; 5]), []);
        assert_eq!(marked((None, Some(20)), At::Starts), None);
        assert_eq!(marked((Some(20), None), At::Starts), Some((Some(20), Some(20))));
    }

    #[test]
    fn severities_have_states() {
        let of = |word: &str| severity(&Labels::from_pairs([(SEVERITY, word)]));
        assert_eq!([of("Critical"), of("warning"), of("info")], [Some(State::Bad), Some(State::Warning), Some(State::Neutral)]);
        assert_eq!((of("odd"), severity(&Labels::new())), (None, None));
    }
}
