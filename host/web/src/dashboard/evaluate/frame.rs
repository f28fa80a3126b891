//! From a panel's query to a frame of its answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use vitrine_model::frame::{Column, Frame, Values as Cells};
use vitrine_model::{Fault, Labels, Millis};
use vitrine_query::{Answer, Expr};

use crate::ask::{AskError, PATIENCE};
use crate::dashboard::evaluate::{Evaluator, Sight, alerts};
use crate::dashboard::template::Template;
use crate::dashboard::values::Values;
use crate::dashboard::window::Window;
use crate::dashboard::{Panel, Query, builtin, foreign, name, promql, transform};

/// A query with its variables filled in.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) text: String,
    /// None in a source's own language.
    pub(super) expr: Option<Arc<Expr>>,
    pub(super) legend: Option<String>,
}

/// The panel's queries as it asks them now, and the source it asks where it is one.
pub(super) fn asking(panel: &Panel, sight: &Sight) -> Result<(Option<String>, Vec<Asking>), Fault> {
    let is_plain = |query: &Query| query.expr.is_some() && query.legend.as_ref().is_none_or(|legend| !legend.contains('$'));
    if panel.source.is_none() && panel.queries.iter().all(is_plain) {
        let plain = |query: &Query| Asking {
            text: query.template.text().to_owned(),
            expr: query.expr.clone(),
            legend: query.legend.clone(),
        };
        return Ok((None, panel.queries.iter().map(plain).collect()));
    }
    let mut values = panel.values.as_ref().clone();
    builtin::set(&mut values, &sight.window, sight.range, sight.least);
    let queries = panel.queries.iter().map(|query| one(query, panel.source.is_some(), &values)).collect::<Result<_, Fault>>()?;
    Ok((panel.source.as_ref().map(|source| source.fill(&values)), queries))
}

/// One query of a panel's surroundings, in PromQL, as it is asked now.
pub(super) fn filled(query: &Query, panel: &Panel, sight: &Sight) -> Result<Asking, Fault> {
    let mut values = panel.values.as_ref().clone();
    builtin::set(&mut values, &sight.window, sight.range, sight.least);
    one(query, false, &values)
}

fn one(query: &Query, is_own: bool, values: &Values) -> Result<Asking, Fault> {
    let fill = |legend: &String| Template::parse(legend).map_or_else(|_| legend.clone(), |legend| legend.fill(values));
    let legend = query.legend.as_ref().map(fill);
    if is_own {
        return Ok(Asking { text: foreign::fill(&query.template, values).map_err(Fault::Invalid)?, expr: None, legend });
    }
    let text = promql::fill(&query.template, values).map_err(|error| Fault::Invalid(error.to_string()))?;
    let expr = match &query.expr {
        Some(expr) => Arc::clone(expr),
        None => Arc::new(Expr::parse(&text).map_err(|error| Fault::Invalid(format!("{error}: {text}")))?),
    };
    Ok(Asking { text, expr: Some(expr), legend })
}

impl Evaluator {
    /// All answers, as the panel wants them.
    pub(super) async fn frames(
        &self,
        panel: &Panel,
        source: Option<&str>,
        queries: &[Asking],
        sight: &Sight,
    ) -> Result<Vec<Frame>, Fault> {
        let frames = match source {
            Some(source) => self.own(source, queries, sight).await?,
            None => {
                let each = queries.iter().enumerate().map(|(order, query)| self.frame(panel, order, query, sight));
                let mut frames = join_all(each).await.into_iter().collect::<Result<Vec<Frame>, Fault>>()?;
                for expr in queries.iter().filter_map(|query| query.expr.as_ref()) {
                    frames.extend(alerts::frame(&self.alerts, expr).await?);
                }
                frames
            }
        };
        if panel.transform.is_empty() {
            return Ok(frames);
        }
        let steps = panel.transform.clone();
        let work = tokio::task::spawn_blocking(move || transform::apply(&steps, frames)).await;
        let done = work.map_err(|error| Fault::Internal(format!("the answers could not be transformed: {error}")))?;
        done.map_err(|error| Fault::Invalid(error.to_string()))
    }

    /// What a source answers in its own language, for as long as anybody waits.
    async fn own(&self, name: &str, queries: &[Asking], sight: &Sight) -> Result<Vec<Frame>, Fault> {
        let source = (self.sources)(name)
            .ok_or_else(|| Fault::Invalid(format!("there is no source `{name}`, or it does not run: see the sources page")))?;
        let texts: Vec<String> = queries.iter().map(|query| query.text.clone()).collect();
        let asked = source.query(&texts, sight.window.shown(sight.range));
        let answers = tokio::time::timeout(PATIENCE, asked)
            .await
            .map_err(|_| Fault::Upstream(format!("the source `{name}` did not answer within {PATIENCE:?}")))??;
        let mut frames = Vec::new();
        for (answer, query) in answers.into_iter().zip(queries) {
            for mut frame in answer? {
                if let Some(legend) = &query.legend {
                    frame.name.clone_from(legend);
                }
                frames.push(frame);
            }
        }
        Ok(frames)
    }

    /// A query's answer over the grid, and now: what came in since the grid's last point shows at once.
    async fn frame(&self, panel: &Panel, order: usize, query: &Asking, sight: &Sight) -> Result<Frame, Fault> {
        let Some(expr) = &query.expr else { return Ok(Frame::default()) };
        let (times, series) = self.series(expr, sight.window).await?;
        let unit = (!panel.unit.is_empty()).then(|| panel.unit.clone());
        let mut columns =
            vec![Column { name: "time".to_owned(), labels: Labels::new(), unit: None, values: Cells::Times(times) }];
        let add = |series: BTreeMap<Labels, Vec<f64>>, before: bool, columns: &mut Vec<Column>| {
            let labels: Vec<&Labels> = series.keys().collect();
            let names = name::names(&labels, query.legend.as_deref(), &alone(panel, query, &labels));
            for ((labels, values), name) in series.into_iter().zip(names) {
                let values = Cells::Numbers(values);
                let (name, labels) = if before { (format!("{name} before"), earlier(&labels)) } else { (name, labels) };
                columns.push(Column { name, labels, unit: unit.clone(), values });
            }
        };
        add(series, false, &mut columns);
        if panel.compares {
            let (_, series) = self.series(expr, sight.before()).await?;
            add(series, true, &mut columns);
        }
        Ok(Frame { name: frame_name(query, order, panel), columns })
    }

    pub(super) async fn series(
        &self,
        expr: &Arc<Expr>,
        window: Window,
    ) -> Result<(Vec<Millis>, BTreeMap<Labels, Vec<f64>>), Fault> {
        let matrix = self.asker.range(Arc::clone(expr), window.grid).await.map_err(fault)?;
        let mut times = matrix.times;
        let mut series: BTreeMap<Labels, Vec<f64>> = matrix.series.into_iter().collect();
        if window.now > window.grid.end {
            let latest = self.asker.instant(Arc::clone(expr), window.now).await.map_err(fault)?;
            append(&mut series, times.len(), latest);
            times.push(window.now);
        }
        Ok((times, series))
    }
}

/// A label of its own, so that what was before has a colour of its own.
fn earlier(labels: &Labels) -> Labels {
    Labels::from_pairs(labels.iter().chain([("compare", "before")]))
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
