//! Charts: each series finds its column, or brings values for the times of its frame.

use std::sync::Arc;

use vitrine_model::frame::{Frame, Values};
use vitrine_model::view::{Axis, Chart, ChartSeries, Mark, Side, Statistic, Stroke};
use vitrine_model::{Fault, Labels, Millis};

use super::{threshold, within};
use crate::bindings::exported::rendering;
use crate::convert::wrong;

/// More series than these no eye can tell apart, and no browser should draw.
const SERIES: usize = 500;

pub(super) fn chart(chart: rendering::Chart, frames: &[Frame]) -> Result<Chart, Fault> {
    within("series", chart.series.len(), SERIES)?;
    // Series of one frame share its times.
    let times: Vec<Arc<[Millis]>> = frames.iter().map(|frame| frame.times().unwrap_or_default().into()).collect();
    let count = chart.series.len();
    if chart.series.iter().any(|series| series.band.is_some_and(|other| other as usize >= count)) {
        return Err(wrong("a band of the view ends at a series that there is not"));
    }
    let series = chart.series.into_iter().map(|series| chart_series(series, frames, &times)).collect::<Result<_, _>>()?;
    Ok(Chart {
        series,
        left: axis(chart.left),
        right: axis(chart.right),
        thresholds: chart.thresholds.into_iter().map(threshold).collect(),
        connect: chart.connect,
        statistics: statistics(&chart.statistics),
    })
}

fn chart_series(series: rendering::Series, frames: &[Frame], times: &[Arc<[Millis]>]) -> Result<ChartSeries, Fault> {
    let nowhere = || wrong(format!("series `{}` of the view refers to a frame or column that there is not", series.name));
    let (frame, labels, values): (u32, Labels, Arc<[f64]>) = match &series.points {
        rendering::Points::Column(place) => {
            let column = frames
                .get(place.frame as usize)
                .and_then(|frame| frame.columns.get(place.column as usize))
                .ok_or_else(nowhere)?;
            let Values::Numbers(values) = &column.values else { return Err(nowhere()) };
            (place.frame, column.labels.clone(), values.as_slice().into())
        }
        rendering::Points::Computed((frame, values)) => (*frame, Labels::new(), values.as_slice().into()),
    };
    let times = times.get(frame as usize).ok_or_else(nowhere)?;
    if times.len() != values.len() {
        return Err(wrong(format!("series `{}` of the view has {} values for {} times", series.name, values.len(), times.len())));
    }
    let mark = match series.mark {
        rendering::Mark::Line => Mark::Line,
        rendering::Mark::Area => Mark::Area,
        rendering::Mark::Bars => Mark::Bars,
        rendering::Mark::Points => Mark::Points,
    };
    let side = match series.side {
        rendering::Side::Left => Side::Left,
        rendering::Side::Right => Side::Right,
    };
    let stroke = match series.stroke {
        rendering::Stroke::Solid => Stroke::Solid,
        rendering::Stroke::Dashed => Stroke::Dashed,
        rendering::Stroke::Dotted => Stroke::Dotted,
    };
    let (stacked, band) = (series.stacked, series.band.map(|other| other as usize));
    Ok(ChartSeries { name: series.name, labels, times: Arc::clone(times), values, mark, stacked, side, stroke, band })
}

fn axis(axis: rendering::Axis) -> Axis {
    Axis { unit: axis.unit, minimum: axis.minimum, maximum: axis.maximum, logarithmic: axis.logarithmic }
}

/// Each at most once.
fn statistics(list: &[rendering::Statistic]) -> Vec<Statistic> {
    let mut statistics = Vec::new();
    for statistic in list {
        let statistic = match statistic {
            rendering::Statistic::Minimum => Statistic::Minimum,
            rendering::Statistic::Maximum => Statistic::Maximum,
            rendering::Statistic::Mean => Statistic::Mean,
            rendering::Statistic::Total => Statistic::Total,
        };
        if !statistics.contains(&statistic) {
            statistics.push(statistic);
        }
    }
    statistics
}
