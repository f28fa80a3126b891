//! From a panel's query to a frame of its answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use vitrine_model::frame::{Column, Frame, Values as Cells};
use vitrine_model::{Fault, Labels, Millis, Span};
use vitrine_query::{Answer, Expr};

use crate::ask::AskError;
use crate::dashboard::evaluate::Evaluator;
use crate::dashboard::window::Window;
use crate::dashboard::{Panel, Query, builtin, name, promql, template::Template};

/// A query with its variables filled in.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) text: String,
    pub(super) expr: Arc<Expr>,
    pub(super) legend: Option<String>,
}

/// The panel's queries as this window asks them.
pub(super) fn asking(panel: &Panel, window: &Window, range: Span, least: Span) -> Result<Vec<Asking>, Fault> {
    let is_plain = |query: &Query| query.expr.is_some() && query.legend.as_ref().is_none_or(|legend| !legend.contains('$'));
    if panel.queries.iter().all(is_plain) {
        let plain = |query: &Query| {
            let expr = query.expr.clone()?;
            Some(Asking { text: query.template.text().to_owned(), expr, legend: query.legend.clone() })
        };
        return Ok(panel.queries.iter().filter_map(plain).collect());
    }
    let mut values = panel.values.as_ref().clone();
    builtin::set(&mut values, window, range, least);
    let one = |query: &Query| {
        let text = promql::fill(&query.template, &values).map_err(|error| Fault::Invalid(error.to_string()))?;
        let expr = match &query.expr {
            Some(expr) => Arc::clone(expr),
            None => Arc::new(Expr::parse(&text).map_err(|error| Fault::Invalid(format!("{error}: {text}")))?),
        };
        let fill = |legend: &String| Template::parse(legend).map_or_else(|_| legend.clone(), |legend| legend.fill(&values));
        Ok(Asking { text, expr, legend: query.legend.as_ref().map(fill) })
    };
    panel.queries.iter().map(one).collect()
}

impl Evaluator {
    /// A query's answer over the grid, and now: what came in since the grid's last point shows at once.
    pub(super) async fn frame(&self, panel: &Panel, order: usize, query: &Asking, window: Window) -> Result<Frame, Fault> {
        let matrix = self.asker.range(Arc::clone(&query.expr), window.grid).await.map_err(fault)?;
        let mut times = matrix.times;
        let mut series: BTreeMap<Labels, Vec<f64>> = matrix.series.into_iter().collect();
        if window.now > window.grid.end {
            let latest = self.asker.instant(Arc::clone(&query.expr), window.now).await.map_err(fault)?;
            append(&mut series, times.len(), latest);
            times.push(window.now);
        }
        let labels: Vec<&Labels> = series.keys().collect();
        let names = name::names(&labels, query.legend.as_deref(), &alone(panel, query, &labels));
        let mut columns =
            vec![Column { name: "time".to_owned(), labels: Labels::new(), unit: None, values: Cells::Times(times) }];
        let unit = (!panel.unit.is_empty()).then(|| panel.unit.clone());
        for ((labels, values), name) in series.into_iter().zip(names) {
            columns.push(Column { name, labels, unit: unit.clone(), values: Cells::Numbers(values) });
        }
        Ok(Frame { name: frame_name(query, order, panel), columns })
    }
}

/// What a query's only series is called: by the panel, if there is nothing else on it.
fn alone(panel: &Panel, query: &Asking, labels: &[&Labels]) -> String {
    let metric = labels.first().map_or("", |labels| labels.name());
    match metric {
        _ if panel.queries.len() == 1 => panel.title.clone(),
        "" => query.text.clone(),
        metric => metric.to_owned(),
    }
}

fn frame_name(query: &Asking, order: usize, panel: &Panel) -> String {
    match &query.legend {
        Some(legend) if !legend.contains("{{") => legend.clone(),
        _ if panel.queries.len() == 1 => panel.title.clone(),
        _ => char::from(b'A' + u8::try_from(order % 26).unwrap_or(0)).to_string(),
    }
}

/// Adds the value of now to each series; whoever has none gets a gap.
fn append(series: &mut BTreeMap<Labels, Vec<f64>>, points: usize, latest: Answer) {
    let vector = match latest {
        Answer::Vector(vector) => vector,
        Answer::Scalar(value) => vec![(Labels::new(), value)],
        Answer::Text(_) | Answer::Samples(_) => Vec::new(),
    };
    for (labels, value) in vector {
        series.entry(labels).or_insert_with(|| vec![f64::NAN; points]).push(value);
    }
    for values in series.values_mut() {
        values.resize(points + 1, f64::NAN);
    }
}

/// When the newest value of a frame is from.
pub(super) fn newest(frame: &Frame) -> Option<Millis> {
    let times = frame.times()?;
    let mut found = None;
    for column in &frame.columns {
        if let Cells::Numbers(numbers) = &column.values {
            let place = numbers.iter().rposition(|number| !number.is_nan());
            found = found.max(place.and_then(|place| times.get(place).copied()));
        }
    }
    found
}

/// Sorts an error by who can mend it.
pub(super) fn fault(error: AskError) -> Fault {
    match error {
        AskError::Broken(reason) => Fault::Internal(reason),
        other => Fault::Invalid(other.to_string()),
    }
}
