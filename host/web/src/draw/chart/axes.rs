//! The two value axes, the time axis, and the levels across them.

use vitrine_model::frame::TimeRange;
use vitrine_model::view::{Mark, Side, State, Threshold};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::plot::Plot;
use crate::draw::scale::{Bounds, Scale, TimeTick};
use crate::draw::unit::Unit;

/// A scale and what its numbers count.
pub(in crate::draw) struct Axis {
    pub scale: Scale,
    pub unit: Unit,
}

impl Axis {
    /// Whether a value has a place: none is a gap, and on a logarithmic axis nothing lies at zero.
    pub(in crate::draw) fn shows(&self, value: f64) -> bool {
        !value.is_nan() && (!self.scale.logarithmic || value > 0.0)
    }
}

pub(in crate::draw) struct Axes {
    pub left: Axis,
    /// Where a series is read on it.
    pub right: Option<Axis>,
}

impl Axes {
    pub(in crate::draw) fn new(plot: &Plot, layers: &[Vec<(f64, f64)>], ticks: usize) -> Axes {
        let axis = |side: Side| {
            let described = plot.axis(side);
            let unit = Unit::parse(&described.unit);
            Axis { scale: Scale::new(bounds(plot, layers, side), &unit, ticks), unit }
        };
        let two = plot.series.iter().any(|series| series.side == Side::Right);
        Axes { left: axis(Side::Left), right: two.then(|| axis(Side::Right)) }
    }

    pub(in crate::draw) fn of(&self, side: Side) -> &Axis {
        match (side, &self.right) {
            (Side::Right, Some(right)) => right,
            _ => &self.left,
        }
    }
}

fn bounds(plot: &Plot, layers: &[Vec<(f64, f64)>], side: Side) -> Bounds {
    let described = plot.axis(side);
    let logarithmic = described.logarithmic;
    let here = || plot.series.iter().zip(layers).filter(|(series, _)| series.side == side);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, top) in here().flat_map(|(_, layer)| layer).filter(|(_, top)| !top.is_nan() && (!logarithmic || *top > 0.0)) {
        low = low.min(*top);
        high = high.max(*top);
    }
    // Bars and areas stand on zero; lines may hover where zero would flatten them.
    let stands = here().any(|(series, _)| series.stacked || matches!(series.mark, Mark::Area | Mark::Bars));
    if !logarithmic && low > 0.0 && (stands || low < high * 0.6) {
        low = 0.0;
    }
    if !logarithmic && stands {
        low = low.min(0.0);
        high = high.max(0.0);
    }
    Bounds { low, high, fixed_low: described.minimum, fixed_high: described.maximum, logarithmic }
}

/// What lies between a threshold and the next, or the end of the axis, in parts of it from below.
pub(in crate::draw) struct Level<'a> {
    pub from: f64,
    pub to: f64,
    pub state: State,
    pub threshold: &'a Threshold,
    /// The class of the line at its foot, where it has one.
    pub limit: Option<&'static str>,
}

/// The levels that can be seen, the lowest first.
pub(in crate::draw) fn levels_of<'a>(list: &'a [Threshold], scale: &Scale) -> Vec<Level<'a>> {
    let mut thresholds: Vec<&Threshold> = list.iter().collect();
    thresholds.sort_by(|a, b| a.value.total_cmp(&b.value));
    let level = |(place, threshold): (usize, &&'a Threshold)| {
        let from = scale.place(threshold.value);
        let to = thresholds.get(place + 1).map_or(1.0, |next| scale.place(next.value)).min(1.0);
        let below = place.checked_sub(1).map_or(State::Neutral, |below| thresholds[below].state);
        let limit = limit(below, threshold.state).filter(|_| from > 0.0);
        Level { from, to, state: threshold.state, threshold, limit }
    };
    let is_seen = |level: &Level<'_>| !(level.from >= 1.0 || level.to <= 0.0 || level.to <= level.from);
    thresholds.iter().enumerate().map(level).filter(is_seen).collect()
}

/// A faint band from each threshold to the next, or to the end of the axis.
pub(in crate::draw) fn levels(html: &mut Html, list: &[Threshold], scale: &Scale, surroundings: &Surroundings) {
    for level in levels_of(list, scale) {
        if level.state != State::Neutral {
            let bottom = level.from.max(0.0);
            html.raw("<rect class=\"band ")
                .raw(level.state.word())
                .raw("\" width=\"100%\" y=\"")
                .number((1.0 - level.to) * 100.0);
            html.raw("%\" height=\"")
                .number((level.to - bottom) * 100.0)
                .raw("%\"><title>")
                .text(name(level.threshold, surroundings))
                .raw("</title></rect>");
        }
        if let Some(word) = level.limit {
            html.raw("<line class=\"limit ").raw(word).raw("\" x2=\"100%\" y1=\"").number((1.0 - level.from) * 100.0);
            html.raw("%\" y2=\"").number((1.0 - level.from) * 100.0).raw("%\"/>");
        }
    }
}

/// Its own, unless that is but the state's word.
fn name<'a>(threshold: &'a Threshold, surroundings: &Surroundings) -> &'a str {
    if threshold.name == threshold.state.word() { surroundings.says().state(threshold.state) } else { &threshold.name }
}

/// A line between two states has the worse one's colour, whichever side that is on; none where both are well.
fn limit(below: State, above: State) -> Option<&'static str> {
    let worse = [State::Bad, State::Warning, State::Good].into_iter().find(|state| below == *state || above == *state)?;
    Some(worse.word())
}

/// Grid lines, and their words to the left of them.
pub(in crate::draw) fn left(html: &mut Html, scale: &Scale, unit: &Unit, surroundings: &Surroundings) {
    for (tick, word) in scale.ticks.iter().zip(scale.labels(unit, &surroundings.zone, surroundings.language)) {
        let place = (1.0 - scale.place(*tick)) * 100.0;
        html.raw("<line class=\"grid\" x2=\"100%\" y1=\"").number(place).raw("%\" y2=\"").number(place);
        html.raw("%\"/><text class=\"tick tick-y\" dx=\"-8\" dy=\".32em\" y=\"")
            .number(place)
            .raw("%\">")
            .text(&word)
            .raw("</text>");
    }
}

/// Words only: two grids would be none.
pub(super) fn right(html: &mut Html, axis: &Axis, surroundings: &Surroundings) {
    for (tick, word) in axis.scale.ticks.iter().zip(axis.scale.labels(&axis.unit, &surroundings.zone, surroundings.language)) {
        let place = (1.0 - axis.scale.place(*tick)) * 100.0;
        html.raw("<text class=\"tick tick-right\" x=\"100%\" dx=\"8\" dy=\".32em\" y=\"")
            .number(place)
            .raw("%\">")
            .text(&word)
            .raw("</text>");
    }
}

/// From here on, in hundredths of the width, words end where their line is.
const EDGE: f64 = 96.0;

pub(super) fn time(html: &mut Html, range: TimeRange, ticks: &[TimeTick]) {
    for (order, tick) in ticks.iter().enumerate() {
        let place = across(range, tick);
        html.raw("<line class=\"grid grid-x\" y2=\"100%\" x1=\"").number(place).raw("%\" x2=\"").number(place).raw("%\"/>");
        word(html, place, order, &tick.word);
    }
}

/// The times alone: lines would cross what is drawn.
pub(in crate::draw) fn time_words(html: &mut Html, range: TimeRange, ticks: &[TimeTick]) {
    for (order, tick) in ticks.iter().enumerate() {
        word(html, across(range, tick), order, &tick.word);
    }
}

/// Hundredths from the left.
fn across(range: TimeRange, tick: &TimeTick) -> f64 {
    (tick.at - range.start) as f64 / (range.end - range.start).max(1) as f64 * 100.0
}

/// A word below the axis. Where there is little room, the style leaves out every second one.
pub(in crate::draw) fn word(html: &mut Html, place: f64, order: usize, word: &str) {
    // A word in the middle of the last line would stand half outside.
    html.raw("<text class=\"tick tick-x").raw(if place > EDGE { " tick-last" } else { "" });
    html.raw(if order % 2 == 1 { " tick-second" } else { "" })
        .raw("\" dy=\"18\" y=\"100%\" x=\"")
        .number(place)
        .raw("%\">")
        .text(word)
        .raw("</text>");
}
