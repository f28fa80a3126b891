//! Timelines and lines: what was the case when, and what happened.

use vitrine_model::Fault;
use vitrine_model::view::{Lane, Line, Lines, Stretch, Timeline};

use super::{state, within};
use crate::bindings::exported::rendering;
use crate::convert::wrong;

const LANES: usize = 500;
const SPANS: usize = 20_000;
const LINES: usize = 10_000;
const FIELDS: usize = 100;

pub(super) fn timeline(timeline: rendering::Timeline) -> Result<Timeline, Fault> {
    within("lanes", timeline.lanes.len(), LANES)?;
    within("spans", timeline.lanes.iter().map(|lane| lane.spans.len()).sum(), SPANS)?;
    Ok(Timeline { lanes: timeline.lanes.into_iter().map(lane).collect::<Result<_, _>>()?, blocks: timeline.blocks })
}

fn lane(lane: rendering::Lane) -> Result<Lane, Fault> {
    let mut spans: Vec<Stretch> = Vec::with_capacity(lane.spans.len());
    for span in lane.spans {
        if span.end < span.start || spans.last().is_some_and(|last| span.start < last.end) {
            return Err(wrong(format!("the spans of lane `{}` of the view overlap, or are not in order", lane.name)));
        }
        spans.push(Stretch { start: span.start, end: span.end, text: span.text, state: state(span.state) });
    }
    Ok(Lane { name: lane.name, spans })
}

pub(super) fn lines(lines: rendering::Lines) -> Result<Lines, Fault> {
    within("lines", lines.lines.len(), LINES)?;
    for line in &lines.lines {
        within("fields on one line", line.fields.len(), FIELDS)?;
    }
    let line = |line: rendering::Line| Line {
        time: line.time,
        state: state(line.state),
        level: line.level,
        text: line.text,
        fields: line.fields.into_iter().map(|field| (field.name, field.value)).collect(),
        link: line.link,
    };
    Ok(Lines { lines: lines.lines.into_iter().map(line).collect(), ages: lines.ages })
}
