//! The panel `pie`: each series, or each row of a table, as a part of the whole.

use serde::Deserialize;
use vitrine_sdk::panel::{Reduce, Request, Slice, Slices, Sort, View, is_table, numbered, rows, series_names};
use vitrine_sdk::{Fault, Frame, Panel, Values, export};

/// The host takes no more, and draws fewer.
const MOST_SLICES: usize = 500;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    hollow: bool,
    reduce: Reduce,
    sort: Option<Sort>,
    legend: Option<String>,
}

#[derive(Debug)]
pub struct Pie;

impl Panel for Pie {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let mut slices = match request.frames.iter().find(|frame| is_table(frame)) {
            Some(table) => of_rows(table),
            None => of_series(&request.frames, &options),
        };
        // The largest first: that is how a pie is read.
        let sort = options.sort.unwrap_or(Sort::LargestFirst);
        slices.sort_by(|left, right| sort.compare((&left.name, left.value), (&right.name, right.value)));
        slices.truncate(MOST_SLICES);
        Ok(View::Slices(Slices { slices, unit: options.unit, hollow: options.hollow }))
    }
}

fn of_series(frames: &[Frame], options: &Options) -> Vec<Slice> {
    let names = series_names(frames, options.legend.as_deref());
    let slice = |((place, _, values), name): ((_, _, &[f64]), String)| Slice {
        name,
        origin: Some(place),
        value: options.reduce.apply(values),
    };
    numbered(frames).zip(names).map(slice).collect()
}

fn of_rows(table: &Frame) -> Vec<Slice> {
    let number = table.columns.iter().find_map(|column| match &column.values {
        Values::Numbers(numbers) => Some(numbers),
        _ => None,
    });
    let Some((names, numbers)) = rows::first_texts(table).zip(number) else { return Vec::new() };
    let slice = |(row, value): (usize, &f64)| Slice { name: rows::text(names, row), origin: None, value: *value };
    numbers.iter().enumerate().map(slice).collect()
}

export!(panel: Pie);

#[cfg(test)]
mod tests;
