//! The panel `stat`: each series becomes one number.

use serde::Deserialize;
use vitrine_sdk::panel::{Figure, Levels, Request, Shape, Stat as StatView, View, current, series_names};
use vitrine_sdk::{Fault, Frame, Panel, export};

/// Nobody reads more numbers in one panel.
const MOST_FIGURES: usize = 100;

/// A small line has no room for more points.
const MOST_POINTS: usize = 120;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    reduce: Reduce,
    trend: Option<bool>,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reduce {
    #[default]
    Last,
    Mean,
    Max,
    Min,
    Sum,
}

#[derive(Debug)]
pub struct Stat;

impl Panel for Stat {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let levels = Levels { warn: options.warn, bad: options.bad };
        let names = series_names(&request.frames, options.legend.as_deref());
        let series = request.frames.iter().flat_map(Frame::series);
        let figures = series.zip(names).take(MOST_FIGURES).map(|((_, _, values), name)| {
            let value = options.reduce.apply(values);
            let trend = if options.trend.unwrap_or(true) { thin(values) } else { Vec::new() };
            Figure {
                name,
                value,
                state: levels.state(value),
                trend,
                minimum: f64::NAN,
                maximum: f64::NAN,
                thresholds: levels.thresholds(),
            }
        });
        let figures = figures.collect();
        Ok(View::Stat(StatView { shape: Shape::Number, unit: options.unit, figures }))
    }
}

impl Reduce {
    /// NaN where there is no value at all.
    fn apply(self, values: &[f64]) -> f64 {
        let present = values.iter().copied().filter(|value| !value.is_nan());
        let count = present.clone().count();
        if count == 0 {
            return f64::NAN;
        }
        match self {
            Reduce::Last => current(values),
            Reduce::Mean => present.sum::<f64>() / count as f64,
            Reduce::Max => present.fold(f64::NEG_INFINITY, f64::max),
            Reduce::Min => present.fold(f64::INFINITY, f64::min),
            Reduce::Sum => present.sum(),
        }
    }
}

/// Evenly spaced values, the last one among them.
fn thin(values: &[f64]) -> Vec<f64> {
    let step = values.len().div_ceil(MOST_POINTS).max(1);
    let mut thinned: Vec<f64> = values.iter().rev().step_by(step).copied().filter(|value| !value.is_nan()).collect();
    thinned.reverse();
    thinned
}

export!(panel: Stat);

#[cfg(test)]
mod tests;
