//! The panel `status-history`: series as blocks of equal length.

use serde::Deserialize;
use vitrine_sdk::panel::{Lane, Levels, Mapping, Reduce, Request, Span, Timeline, View, meaning, series_names};
use vitrine_sdk::{Fault, Panel, TimeRange, export};

const BLOCKS: usize = 40;
const MOST_BLOCKS: usize = 120;
/// 20,000 stretches are what the host takes.
const MOST_LANES: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    blocks: Option<usize>,
    reduce: Reduce,
    map: Vec<Mapping>,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
}

#[derive(Debug)]
pub struct StatusHistory;

impl Panel for StatusHistory {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let names = series_names(&request.frames, options.legend.as_deref());
        let series = request.frames.iter().flat_map(|frame| frame.series().map(move |(_, _, values)| (frame.times(), values)));
        let lane = |((times, values), name): ((Option<&[i64]>, &[f64]), String)| {
            Some(Lane { name, spans: blocks(times?, values, request.range, &options) })
        };
        let lanes = series.zip(names).take(MOST_LANES).filter_map(lane).collect();
        Ok(View::Timeline(Timeline { lanes, blocks: true }))
    }
}

/// Blocks without a value are left out.
fn blocks(times: &[i64], values: &[f64], range: TimeRange, options: &Options) -> Vec<Span> {
    let count = options.blocks.unwrap_or(BLOCKS).clamp(2, MOST_BLOCKS);
    let length = range.end.saturating_sub(range.start) / i64::try_from(count).unwrap_or(1);
    if length <= 0 {
        return Vec::new();
    }
    let mut held: Vec<Vec<f64>> = vec![Vec::new(); count];
    for (time, value) in
        times.iter().zip(values).filter(|(time, value)| **time >= range.start && **time <= range.end && !value.is_nan())
    {
        let place = usize::try_from((time - range.start) / length).unwrap_or(0);
        held[place.min(count - 1)].push(*value);
    }
    let levels = Levels { warn: options.warn, bad: options.bad };
    let block = |(start, held): (i64, Vec<f64>)| {
        let value = options.reduce.apply(&held);
        let (text, state) = (!value.is_nan()).then(|| meaning(value, &options.map, levels))?;
        Some(Span { start, end: start + length, text, state })
    };
    let starts = (0..).map(|place: i64| range.start + place * length);
    starts.zip(held).filter_map(block).collect()
}

export!(panel: StatusHistory);

#[cfg(test)]
mod tests;
