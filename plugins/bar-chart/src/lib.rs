//! The panel `bar-chart`: series by labels, or the rows of a table, as bars.

mod pivot;

use serde::Deserialize;
use vitrine_sdk::panel::{Bars, Levels, Reduce, Request, Sort, View, is_table};
use vitrine_sdk::{Fault, Panel, export};

use pivot::Pivot;

/// The host draws no more.
const MOST_CATEGORIES: usize = 60;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    by: Option<String>,
    group: Option<String>,
    stack: bool,
    horizontal: bool,
    reduce: Reduce,
    sort: Sort,
    limit: Option<usize>,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
}

#[derive(Debug)]
pub struct BarChart;

impl Panel for BarChart {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let mut pivot = match request.frames.iter().find(|frame| is_table(frame)) {
            Some(table) => Pivot::of_table(table),
            None => Pivot::of_series(&request.frames, &options),
        };
        pivot.sort(options.sort);
        pivot.limit(options.limit.unwrap_or(MOST_CATEGORIES).min(MOST_CATEGORIES));
        let levels = Levels { warn: options.warn, bad: options.bad };
        Ok(View::Bars(Bars {
            categories: pivot.categories,
            groups: pivot.groups,
            unit: options.unit,
            stacked: options.stack,
            horizontal: options.horizontal,
            touching: false,
            thresholds: levels.thresholds(),
        }))
    }
}

export!(panel: BarChart);

#[cfg(test)]
mod tests;
