//! The panel `heatmap`: a grid of times and buckets, or of times and series.

use serde::Deserialize;
use vitrine_sdk::panel::{Grid, Reduce, Request, Sort, View, buckets, series_names};
use vitrine_sdk::{Fault, Frame, Panel, Values, export};

/// The host takes no more than 50,000 cells.
const MOST_COLUMNS: usize = 500;
const MOST_ROWS: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    row_unit: String,
    sort: Sort,
    legend: Option<String>,
}

#[derive(Debug)]
pub struct Heatmap;

/// A row of the grid: its values, and where they are from.
struct Row<'a> {
    name: String,
    values: &'a [f64],
}

impl Panel for Heatmap {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let timed = || request.frames.iter().filter(|frame| frame.times().is_some());
        // All rows share one axis: that of the first answer.
        let times: Vec<i64> = timed().next().and_then(Frame::times).unwrap_or_default().to_vec();
        let buckets = buckets(&request.frames);
        if !buckets.is_empty() {
            let ends = buckets.iter().take(MOST_ROWS).map(|bucket| bucket.end).collect();
            let rows: Vec<&[f64]> = buckets.iter().take(MOST_ROWS).map(|bucket| bucket.values.as_slice()).collect();
            return Ok(grid(&times, Values::Numbers(ends), &rows, options));
        }
        let mut rows = of_series(&request.frames, &options);
        rows.sort_by(|left, right| {
            let mean = |row: &Row<'_>| Reduce::Mean.apply(row.values);
            options.sort.compare((&left.name, mean(left)), (&right.name, mean(right)))
        });
        rows.truncate(MOST_ROWS);
        // The host counts from the bottom; people read from the top.
        rows.reverse();
        let values: Vec<&[f64]> = rows.iter().map(|row| row.values).collect();
        let names = rows.iter().map(|row| row.name.clone()).collect();
        Ok(grid(&times, Values::Texts(names), &values, options))
    }
}

fn of_series<'a>(frames: &'a [Frame], options: &Options) -> Vec<Row<'a>> {
    let names = series_names(frames, options.legend.as_deref());
    let series = frames.iter().flat_map(Frame::series);
    series.zip(names).map(|((_, _, values), name)| Row { name, values }).collect()
}

/// Where there are too many points, the last of each few stands for them.
fn grid(times: &[i64], rows: Values, values: &[&[f64]], options: Options) -> View {
    let every = times.len().div_ceil(MOST_COLUMNS).max(1);
    let places: Vec<usize> = (0..times.len()).step_by(every).collect();
    let mut cells = Vec::with_capacity(places.len() * values.len());
    for place in &places {
        let last = (place + every).min(times.len());
        cells.extend(values.iter().map(|row| {
            let few = row.get(*place..last.min(row.len())).unwrap_or_default();
            few.iter().rev().copied().find(|value| !value.is_nan()).unwrap_or(f64::NAN)
        }));
    }
    View::Grid(Grid {
        columns: Values::Times(places.iter().map(|place| times[*place]).collect()),
        rows,
        row_unit: options.row_unit,
        values: cells,
        unit: options.unit,
    })
}

export!(panel: Heatmap);

#[cfg(test)]
mod tests;
