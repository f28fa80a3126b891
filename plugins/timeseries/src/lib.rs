//! The panel `timeseries`: says which columns to draw, and how. The data stay where they are.

use serde::Deserialize;
use vitrine_sdk::panel::{Chart, ColumnRef, Levels, Mark, Points, Request, Series, View, series_names};
use vitrine_sdk::{Fault, Frame, Panel, export};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    stack: bool,
    draw: Option<Draw>,
    min: Option<f64>,
    max: Option<f64>,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Draw {
    Line,
    Area,
    Bars,
    Points,
}

#[derive(Debug)]
pub struct TimeSeries;

impl Panel for TimeSeries {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let levels = Levels { warn: options.warn, bad: options.bad };
        let mark = match (options.draw, options.stack) {
            (Some(Draw::Line), _) | (None, false) => Mark::Line,
            (Some(Draw::Area), _) | (None, true) => Mark::Area,
            (Some(Draw::Bars), _) => Mark::Bars,
            (Some(Draw::Points), _) => Mark::Points,
        };
        let names = series_names(&request.frames, options.legend.as_deref());
        let drawn = columns(&request.frames).zip(names).filter_map(|(column, name)| {
            let points = Points::Column(column?);
            Some(Series { name, points, mark, stacked: options.stack })
        });
        Ok(View::Chart(Chart {
            series: drawn.collect(),
            unit: options.unit,
            minimum: options.min,
            maximum: options.max,
            thresholds: levels.thresholds(),
        }))
    }
}

/// Every column of numbers, in the order of the names; none where its frame has no times to draw it over.
fn columns(frames: &[Frame]) -> impl Iterator<Item = Option<ColumnRef>> {
    frames.iter().zip(0_u32..).flat_map(|(frame, index)| {
        let timed = frame.times().is_some();
        frame.series().map(move |(column, _, _)| timed.then_some(ColumnRef { frame: index, column }))
    })
}

export!(panel: TimeSeries);

#[cfg(test)]
mod tests;
