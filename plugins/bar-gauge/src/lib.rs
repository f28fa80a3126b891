//! The panel `bar-gauge`: the last value of each series as a bar on a common scale.

use serde::Deserialize;
use vitrine_sdk::panel::{Figure, Levels, Reduce, Request, Shape, Sort, Stat, View, series_names};
use vitrine_sdk::{Fault, Frame, Panel, export};

/// The host draws no more.
const MOST_FIGURES: usize = 24;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    min: f64,
    max: Option<f64>,
    reduce: Reduce,
    sort: Sort,
    limit: Option<usize>,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
}

#[derive(Debug)]
pub struct BarGauge;

impl Panel for BarGauge {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let levels = Levels { warn: options.warn, bad: options.bad };
        let names = series_names(&request.frames, options.legend.as_deref());
        let series = request.frames.iter().flat_map(Frame::series);
        let values = series.map(|(_, _, values)| options.reduce.apply(values));
        let mut bars: Vec<(String, f64)> = names.into_iter().zip(values).collect();
        bars.sort_by(|left, right| options.sort.compare((&left.0, left.1), (&right.0, right.1)));
        bars.truncate(options.limit.unwrap_or(MOST_FIGURES).min(MOST_FIGURES));
        let maximum = maximum(&options, &bars)?;
        let figure = |(name, value): (String, f64)| Figure {
            name,
            value,
            state: levels.state(value),
            minimum: options.min,
            maximum,
            thresholds: levels.thresholds(),
            ..Figure::default()
        };
        let figures = bars.into_iter().map(figure).collect();
        Ok(View::Stat(Stat { shape: Shape::Bar, unit: options.unit, tinted: false, figures }))
    }
}

/// What the options or the unit say; else the largest value, and something above the start where there is none.
fn maximum(options: &Options, bars: &[(String, f64)]) -> Result<f64, Fault> {
    let maximum = match (options.max, options.unit.as_str()) {
        (Some(maximum), _) => maximum,
        (None, "ratio") => 1.0,
        (None, "percent") => 100.0,
        (None, _) => {
            let largest =
                bars.iter().map(|(_, value)| *value).filter(|value| value.is_finite()).fold(f64::NEG_INFINITY, f64::max);
            return Ok(if largest > options.min { largest } else { options.min + 1.0 });
        }
    };
    match maximum > options.min {
        true => Ok(maximum),
        false => Err(Fault::Invalid("`max` is not above `min`: the scale has no room".to_owned())),
    }
}

export!(panel: BarGauge);

#[cfg(test)]
mod tests;
