//! The panel `stat`: each series becomes one number.

use serde::Deserialize;
use vitrine_sdk::panel::{Figure, Levels, Reduce, Request, Shape, Stat as StatView, State, View, series_names};
use vitrine_sdk::{Fault, Frame, Panel, export};

/// Nobody reads more numbers in one panel.
const MOST_FIGURES: usize = 100;

/// A small line has no room for more points.
const MOST_POINTS: usize = 120;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    reduce: Reduce,
    trend: Option<bool>,
    delta: bool,
    color: Color,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
}

/// What the state colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Color {
    #[default]
    Value,
    Ground,
    None,
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
            let state = if options.color == Color::None { State::Neutral } else { levels.state(value) };
            let delta = if options.delta { change(values, value) } else { f64::NAN };
            Figure { name, value, delta, state, trend, thresholds: levels.thresholds(), ..Figure::default() }
        });
        let figures = figures.collect();
        Ok(View::Stat(StatView { shape: Shape::Number, unit: options.unit, tinted: options.color == Color::Ground, figures }))
    }
}

/// From the first value of the range to what is shown.
fn change(values: &[f64], value: f64) -> f64 {
    let first = values.iter().copied().find(|value| !value.is_nan());
    first.map_or(f64::NAN, |first| value - first)
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
