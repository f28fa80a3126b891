//! The panel `gauge`: the last value of each series on a scale.

use serde::Deserialize;
use vitrine_sdk::panel::{Figure, Levels, Request, Shape, Stat, View, current, series_names};
use vitrine_sdk::{Fault, Frame, Panel, export};

/// Nobody reads more arcs in one panel.
const MOST_FIGURES: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    min: f64,
    max: Option<f64>,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
}

impl Options {
    fn maximum(&self) -> Result<f64, Fault> {
        let maximum = match (self.max, self.unit.as_str()) {
            (Some(maximum), _) => maximum,
            (None, "ratio") => 1.0,
            (None, "percent") => 100.0,
            (None, _) => {
                return Err(Fault::Invalid("add `max`: only for `unit: ratio` and `unit: percent` it is known".to_owned()));
            }
        };
        match maximum > self.min {
            true => Ok(maximum),
            false => Err(Fault::Invalid("`max` is not above `min`: the scale has no room".to_owned())),
        }
    }
}

#[derive(Debug)]
pub struct Gauge;

impl Panel for Gauge {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let maximum = options.maximum()?;
        let levels = Levels { warn: options.warn, bad: options.bad };
        let names = series_names(&request.frames, options.legend.as_deref());
        let series = request.frames.iter().flat_map(Frame::series);
        let figures = series.zip(names).take(MOST_FIGURES).map(|((_, _, values), name)| {
            let value = current(values);
            Figure {
                name,
                value,
                state: levels.state(value),
                minimum: options.min,
                maximum,
                thresholds: levels.thresholds(),
                ..Figure::default()
            }
        });
        let figures = figures.collect();
        Ok(View::Stat(Stat { shape: Shape::Arc, unit: options.unit, tinted: false, figures }))
    }
}

export!(panel: Gauge);

#[cfg(test)]
mod tests;
