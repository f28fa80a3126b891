//! A query's answer as it is: a line for each of its series, named by what tells it from the others.

use std::sync::Arc;

use vitrine_model::view::{Chart, ChartSeries, Mark, Side, Stroke};
use vitrine_model::{Labels, Millis};
use vitrine_query::Matrix;

use super::name;

/// `alone` names the only one, which has nobody to be told from.
pub(crate) fn curves(matrix: Matrix, alone: fn(&Labels) -> String) -> Chart {
    let labels: Vec<&Labels> = matrix.series.iter().map(|(labels, _)| labels).collect();
    let names = name::names(&labels, None, &labels.first().map_or_else(String::new, |labels| alone(labels)));
    let times: Arc<[Millis]> = matrix.times.into();
    let series = matrix.series.into_iter().zip(names).map(|((labels, values), name)| ChartSeries {
        name,
        labels,
        times: Arc::clone(&times),
        values: values.into(),
        mark: Mark::Line,
        stacked: false,
        side: Side::Left,
        stroke: Stroke::Solid,
        band: None,
    });
    Chart { series: series.collect(), ..Chart::default() }
}
