//! The course of a rule's expression as far as it is about one alert: the curve that a person compares, and the limit it has.

use std::sync::Arc;

use vitrine_model::view::{Chart, State, Threshold, View};
use vitrine_model::{Labels, Millis, Span};
use vitrine_query::Expr;

use crate::dashboard::curves::curves;
use crate::dashboard::window::Window;
use crate::draw::annotation::{Annotation, Annotations};
use crate::draw::look::Looked;
use crate::draw::{self, Surroundings};
use crate::page::reader::Reader;
use crate::web::Web;

/// The chart's height in CSS pixels, as the style has it.
const HEIGHT: u32 = 240;
/// Curves that can be told apart.
const MOST_SERIES: usize = 20;

/// Drawn; nothing where the expression has no values that belong to these labels.
pub(crate) async fn drawn(
    web: &Web,
    reader: Reader,
    expr: &Expr,
    labels: &Labels,
    span: Span,
    fired: Vec<(Millis, Option<Millis>)>,
) -> Result<Option<String>, String> {
    let compared = expr.compared();
    let curve = compared.as_ref().map_or_else(|| expr.clone(), |compared| compared.of.clone());
    let window = Window::new(span, Span::ZERO, web.clock.now());
    let title = curve.text().to_owned();
    let mut matrix = web.asker.range(Arc::new(curve), window.grid).await.map_err(|error| error.to_string())?;
    matrix.series.retain(|(series, _)| belongs(series, labels));
    matrix.series.truncate(MOST_SERIES);
    if matrix.series.is_empty() {
        return Ok(None);
    }
    let limit = compared.map(|compared| Threshold {
        value: compared.at,
        state: State::Bad,
        name: reader.alerting().threshold.to_owned(),
    });
    let marks = fired.into_iter().map(|(start, end)| Annotation {
        start: Some(start),
        end,
        title: reader.says().firing_word.to_owned(),
        state: State::Bad,
    });
    let surroundings = Surroundings {
        title,
        range: window.shown(span),
        zone: web.zone.clone(),
        height: HEIGHT,
        annotations: Annotations::of(marks.collect()),
        language: reader.language,
        looked: Looked::default(),
        series_links: Vec::new(),
    };
    let work = move || {
        draw::draw(
            &View::Chart(Chart { thresholds: limit.into_iter().collect(), ..curves(matrix, Labels::to_string) }),
            &surroundings,
        )
        .html
    };
    tokio::task::spawn_blocking(work).await.map(Some).map_err(|error| error.to_string())
}

/// Whether all labels of the series are also the alert's: what the rule adds does not count against it.
fn belongs(series: &Labels, alert: &Labels) -> bool {
    series.without_name().iter().all(|(name, value)| alert.get(name).is_none_or(|own| own == value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_belongs_where_nothing_speaks_against_it() {
        let alert = Labels::from_pairs([("alertname", "Full"), ("disk", "/var"), ("severity", "page")]);
        let series = |disk: &str| Labels::from_pairs([("__name__", "used"), ("disk", disk)]);
        assert!(belongs(&series("/var"), &alert) && !belongs(&series("/"), &alert));
        assert!(belongs(&Labels::new(), &alert));
    }
}
