//! The panel `state-timeline`: series as stretches of time.

use serde::Deserialize;
use vitrine_sdk::panel::{Levels, Mapping, Request, Timeline, View, lanes};
use vitrine_sdk::{Fault, Panel, export};

/// The host takes no more.
const MOST_LANES: usize = 500;
const MOST_SPANS: usize = 20_000;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    map: Vec<Mapping>,
    warn: Option<f64>,
    bad: Option<f64>,
    legend: Option<String>,
}

#[derive(Debug)]
pub struct StateTimeline;

impl Panel for StateTimeline {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let levels = Levels { warn: options.warn, bad: options.bad };
        let mut lanes = lanes(&request.frames, options.legend.as_deref(), &options.map, levels, request.range);
        lanes.truncate(MOST_LANES);
        let room = MOST_SPANS / lanes.len().max(1);
        for lane in &mut lanes {
            // The newest matter where there are too many.
            lane.spans.drain(..lane.spans.len().saturating_sub(room));
        }
        Ok(View::Timeline(Timeline { lanes, blocks: false }))
    }
}

export!(panel: StateTimeline);

#[cfg(test)]
mod tests;
