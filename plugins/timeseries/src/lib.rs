//! The panel `timeseries`: says which columns to draw, and how. The data stay where they are.

mod style;

use serde::Deserialize;
use vitrine_sdk::panel::{Axis, Chart, Levels, Mark, Points, Request, Series, Statistic, View, series_names, timed_columns};
use vitrine_sdk::{Fault, Panel, export};

use style::Style;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    stack: bool,
    draw: Option<Draw>,
    min: Option<f64>,
    max: Option<f64>,
    log: bool,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
    nulls: Nulls,
    statistics: Vec<Figure>,
    right: Right,
    series: Vec<Style>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Draw {
    Line,
    Area,
    Bars,
    Points,
}

impl Draw {
    fn mark(self) -> Mark {
        match self {
            Draw::Line => Mark::Line,
            Draw::Area => Mark::Area,
            Draw::Bars => Mark::Bars,
            Draw::Points => Mark::Points,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Nulls {
    #[default]
    Gap,
    Connect,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Figure {
    Min,
    Max,
    Mean,
    Total,
}

/// The axis on the right.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Right {
    unit: String,
    min: Option<f64>,
    max: Option<f64>,
    log: bool,
}

#[derive(Debug)]
pub struct TimeSeries;

impl Panel for TimeSeries {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let levels = Levels { warn: options.warn, bad: options.bad };
        let mark = match options.draw {
            Some(draw) => draw.mark(),
            None if options.stack => Mark::Area,
            None => Mark::Line,
        };
        let names = series_names(&request.frames, options.legend.as_deref());
        let drawn = timed_columns(&request.frames).zip(names).filter_map(|(column, name)| {
            let points = Points::Column(column?);
            Some(Series { name, points, mark, stacked: options.stack, ..Series::default() })
        });
        let mut series: Vec<Series> = drawn.collect();
        style::apply(&options.series, &mut series)?;
        Ok(View::Chart(Chart {
            series,
            left: axis(options.unit, options.min, options.max, options.log),
            right: axis(options.right.unit, options.right.min, options.right.max, options.right.log),
            thresholds: levels.thresholds(),
            connect: options.nulls == Nulls::Connect,
            statistics: options.statistics.into_iter().map(statistic).collect(),
        }))
    }
}

fn axis(unit: String, minimum: Option<f64>, maximum: Option<f64>, logarithmic: bool) -> Axis {
    Axis { unit, minimum, maximum, logarithmic }
}

fn statistic(figure: Figure) -> Statistic {
    match figure {
        Figure::Min => Statistic::Minimum,
        Figure::Max => Statistic::Maximum,
        Figure::Mean => Statistic::Mean,
        Figure::Total => Statistic::Total,
    }
}

export!(panel: TimeSeries);

#[cfg(test)]
mod tests;
