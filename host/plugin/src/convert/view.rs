//! A panel's answer: references resolved against the frames it was given, everything within bounds.

use std::sync::Arc;

use vitrine_model::frame::{Frame, Values};
use vitrine_model::view::{Align, Chart, ChartSeries, Figure, Mark, Shape, Stat, State, Table, TableColumn, Threshold, View};
use vitrine_model::{Fault, Labels, Millis};

use super::{values_in, wrong};
use crate::bindings::exported::rendering;

/// More series than these no eye can tell apart, and no browser should draw.
const SERIES: usize = 500;
const FIGURES: usize = 500;
const ROWS: usize = 10_000;
const COLUMNS: usize = 100;

pub(crate) fn view(view: rendering::View, frames: &[Frame]) -> Result<View, Fault> {
    Ok(match view {
        rendering::View::Chart(given) => View::Chart(chart(given, frames)?),
        rendering::View::Table(given) => View::Table(table(given)?),
        rendering::View::Stat(given) => View::Stat(stat(given)?),
        rendering::View::Markup(html) => View::Markup(html),
        rendering::View::Svg(svg) => View::Svg(svg),
    })
}

fn within(what: &str, count: usize, limit: usize) -> Result<(), Fault> {
    if count > limit { Err(wrong(format!("the view has {count} {what}, more than {limit}"))) } else { Ok(()) }
}

fn chart(chart: rendering::Chart, frames: &[Frame]) -> Result<Chart, Fault> {
    within("series", chart.series.len(), SERIES)?;
    // Series of one frame share its times.
    let times: Vec<Arc<[Millis]>> = frames.iter().map(|frame| frame.times().unwrap_or_default().into()).collect();
    let series = chart.series.into_iter().map(|series| chart_series(series, frames, &times)).collect::<Result<_, _>>()?;
    Ok(Chart {
        series,
        unit: chart.unit,
        minimum: chart.minimum,
        maximum: chart.maximum,
        thresholds: chart.thresholds.into_iter().map(threshold).collect(),
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
    Ok(ChartSeries { name: series.name, labels, times: Arc::clone(times), values, mark, stacked: series.stacked })
}

fn threshold(threshold: rendering::Threshold) -> Threshold {
    Threshold { value: threshold.value, state: state(threshold.state), name: threshold.name }
}

fn state(state: rendering::State) -> State {
    match state {
        rendering::State::Neutral => State::Neutral,
        rendering::State::Good => State::Good,
        rendering::State::Warning => State::Warning,
        rendering::State::Bad => State::Bad,
    }
}

fn stat(stat: rendering::Stat) -> Result<Stat, Fault> {
    within("figures", stat.figures.len(), FIGURES)?;
    let shape = match stat.shape {
        rendering::Shape::Number => Shape::Number,
        rendering::Shape::Arc => Shape::Arc,
    };
    let figure = |figure: rendering::Figure| Figure {
        name: figure.name,
        value: figure.value,
        state: state(figure.state),
        trend: figure.trend,
        minimum: figure.minimum,
        maximum: figure.maximum,
        thresholds: figure.thresholds.into_iter().map(threshold).collect(),
    };
    Ok(Stat { shape, unit: stat.unit, figures: stat.figures.into_iter().map(figure).collect() })
}

fn table(table: rendering::Table) -> Result<Table, Fault> {
    within("columns", table.columns.len(), COLUMNS)?;
    let columns: Vec<TableColumn> = table.columns.into_iter().map(table_column).collect();
    let rows = columns.first().map_or(0, |column| column.values.len());
    within("rows", rows, ROWS)?;
    for column in &columns {
        if column.values.len() != rows || !(column.states.is_empty() || column.states.len() == rows) {
            return Err(wrong(format!("column `{}` of the view does not have {rows} rows as the first one", column.title)));
        }
    }
    Ok(Table { columns })
}

fn table_column(column: rendering::TableColumn) -> TableColumn {
    let align = match column.align {
        rendering::Align::Start => Align::Start,
        rendering::Align::End => Align::End,
    };
    TableColumn {
        title: column.title,
        unit: column.unit,
        align,
        values: values_in(column.values),
        states: column.states.into_iter().map(state).collect(),
    }
}
