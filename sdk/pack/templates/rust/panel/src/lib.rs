//! The panel `{{name}}`: the largest of all series, as one number.

use serde::Deserialize;
use vitrine_sdk::panel::{Figure, Levels, Panel, Request, Shape, Stat, View, current, series_names};
use vitrine_sdk::{Fault, Frame, export};

/// The panel's own keys in the dashboard.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    #[serde(default)]
    unit: String,
    warn: Option<f64>,
    bad: Option<f64>,
}

#[derive(Debug)]
pub struct {{type}};

impl Panel for {{type}} {
    type Options = Options;

    /// A pure function: the same request gives the same view, which all viewers share.
    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let names = series_names(&request.frames, None);
        let series = request.frames.iter().flat_map(Frame::series);
        let present = series.zip(names).map(|((_, _, values), name)| (current(values), name)).filter(|(value, _)| !value.is_nan());
        // NaN stands for "no value": the page then says so.
        let (value, name) = present.max_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or((f64::NAN, String::new()));
        let levels = Levels { warn: options.warn, bad: options.bad };
        let figure = Figure {
            name,
            value,
            state: levels.state(value),
            trend: Vec::new(),
            minimum: f64::NAN,
            maximum: f64::NAN,
            thresholds: levels.thresholds(),
            delta: f64::NAN,
        };
        Ok(View::Stat(Stat { shape: Shape::Number, unit: options.unit, tinted: false, figures: vec![figure] }))
    }
}

export!(panel: {{type}});

/// Run by `cargo test`, away from WebAssembly.
#[cfg(test)]
mod tests {
    use vitrine_sdk::panel::render;
    use vitrine_sdk::{Column, Values};

    use super::*;

    fn frame(values: Vec<f64>) -> Frame {
        let times = (0..values.len() as i64).collect();
        let column = |name: &str, values: Values| Column { name: name.to_owned(), labels: Vec::new(), unit: None, values };
        Frame { name: String::new(), columns: vec![column("time", Values::Times(times)), column("a", Values::Numbers(values))] }
    }

    fn figure(frames: Vec<Frame>) -> Figure {
        match render::<{{type}}>(frames, "{}").unwrap() {
            View::Stat(mut stat) => stat.figures.remove(0),
            other => panic!("a stat was expected, not {other:?}"),
        }
    }

    #[test]
    fn the_largest_is_shown() {
        assert_eq!(figure(vec![frame(vec![9.0, 1.0]), frame(vec![2.0, 3.0])]).value, 3.0);
    }

    #[test]
    fn nothing_is_no_number() {
        assert!(figure(Vec::new()).value.is_nan());
        assert!(figure(vec![frame(vec![f64::NAN])]).value.is_nan());
    }
}
