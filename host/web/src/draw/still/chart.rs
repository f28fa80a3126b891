//! Charts with their axes, the last value at each line's end, and a legend below.

use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;
use vitrine_model::view::{Chart, Mark, Stroke, Threshold};

use crate::draw::Surroundings;
use crate::draw::annotation::{Annotation, Annotations};
use crate::draw::chart::axes::{Axes, Axis, levels_of};
use crate::draw::chart::ends::ends_of;
use crate::draw::chart::legend::{head, of};
use crate::draw::chart::series::{between, points};
use crate::draw::path;
use crate::draw::plot::Plot;
use crate::draw::scale::{Scale, time_ticks};
use crate::draw::still::Area;
use crate::draw::still::ink::{Anchor, Ink, Pen};
use crate::draw::still::letters;
use crate::draw::twin;

pub(super) const TICK: f64 = 11.0;
const LEGEND: f64 = 17.0;
/// What the words of the time axis take.
pub(super) const TIMES: f64 = 20.0;

pub(super) fn draw(ink: &mut Ink, chart: &Chart, surroundings: &Surroundings, area: Area) {
    let plot = Plot::new(chart, surroundings.range);
    let layers = plot.stacked();
    let axes = Axes::new(&plot, &layers, ((area.height / 52.0) as usize).clamp(2, 6));
    let legend = Legend::new(&plot, &axes, surroundings, area);
    let below = TIMES + legend.height();
    let mut ends = ends_of(&plot, &layers, &axes, surroundings, area.height - below);
    let beside = ends.iter().map(|end| letters::bold_width(&end.word, TICK)).fold(0.0, f64::max);
    if beside > area.width * 0.3 {
        ends.clear();
    }
    let body = inside(&axes, surroundings, area, (beside, below));
    levels(ink, &plot.thresholds, &axes.left.scale, body);
    left(ink, &axes.left, surroundings, body);
    if let Some(right) = &axes.right {
        let theme = ink.theme;
        for (tick, word) in
            right.scale.ticks.iter().zip(right.scale.labels(&right.unit, &surroundings.zone, surroundings.language))
        {
            let y = body.y + body.height * (1.0 - right.scale.place(*tick));
            ink.text(body.x + body.width + 6.0, y + 4.0, TICK, theme.muted, Anchor::Start, &word);
        }
    }
    times(ink, plot.range, surroundings, body, true);
    annotations(ink, &surroundings.annotations, plot.range, body);
    ink.within(body, 1.0);
    for place in (0..layers.len()).rev() {
        series(ink, &plot, place, &layers, &axes, body);
    }
    ink.outside();
    for end in &ends {
        let (y, colour) = (body.y + body.height * end.place / 100.0, ink.theme.of(end.colour));
        ink.circle((body.x + body.width, y), 3.0, colour, None);
        let text = ink.theme.text;
        ink.text(body.x + body.width + 7.0, y + 4.0, TICK, text, Anchor::Start, &end.word);
    }
    legend.draw(ink, Area { y: body.y + body.height + TIMES + 4.0, ..area });
}

/// What the words of the axes leave.
fn inside(axes: &Axes, surroundings: &Surroundings, area: Area, (ends, below): (f64, f64)) -> Area {
    let room = |axis: &Axis| {
        let labels = axis.scale.labels(&axis.unit, &surroundings.zone, surroundings.language);
        labels.iter().map(|label| letters::width(label, TICK)).fold(0.0, f64::max) + 8.0
    };
    let left = room(&axes.left);
    let right = axes.right.as_ref().map_or(if ends > 0.0 { ends + 10.0 } else { 6.0 }, room);
    let (width, height) = ((area.width - left - right).max(10.0), (area.height - below - 6.0).max(10.0));
    Area { x: area.x + left, y: area.y + 6.0, width, height }
}

/// A faint ground from each threshold to the next, and a line where they meet.
pub(super) fn levels(ink: &mut Ink, list: &[Threshold], scale: &Scale, body: Area) {
    for level in levels_of(list, scale) {
        let (colour, opacity) = ink.theme.tint(level.state);
        let bottom = level.from.max(0.0);
        let y = body.y + body.height * (1.0 - level.to);
        if opacity > 0.0 {
            ink.rect(Area { y, height: body.height * (level.to - bottom), ..body }, colour, opacity, 0.0);
        }
        if let Some(limit) = level.limit {
            let y = body.y + body.height * (1.0 - level.from);
            let pen = Pen::new(ink.theme.class(limit), 1.0).dashed("4 4");
            ink.line((body.x, y), (body.x + body.width, y), pen);
        }
    }
}

pub(super) fn left(ink: &mut Ink, axis: &Axis, surroundings: &Surroundings, body: Area) {
    let theme = ink.theme;
    for (tick, word) in axis.scale.ticks.iter().zip(axis.scale.labels(&axis.unit, &surroundings.zone, surroundings.language)) {
        let y = body.y + body.height * (1.0 - axis.scale.place(*tick));
        ink.line((body.x, y), (body.x + body.width, y), Pen::new(theme.grid, 1.0));
        ink.text(body.x - 6.0, y + 4.0, TICK, theme.muted, Anchor::End, &word);
    }
}

/// The words of the time axis below a body, and its lines where they cross nothing.
pub(super) fn times(ink: &mut Ink, range: TimeRange, surroundings: &Surroundings, body: Area, lines: bool) {
    let theme = ink.theme;
    let wanted = ((body.width / 90.0) as usize).clamp(2, 12);
    let span = (range.end - range.start).max(1) as f64;
    for tick in time_ticks(range, &surroundings.zone, surroundings.language, wanted) {
        let x = body.x + (tick.at - range.start) as f64 / span * body.width;
        if lines {
            ink.line((x, body.y), (x, body.y + body.height), Pen::new(theme.grid, 1.0));
        }
        let half = letters::width(&tick.word, TICK) / 2.0;
        let anchor = if x + half > body.x + body.width + 6.0 { Anchor::End } else { Anchor::Middle };
        ink.text(x, body.y + body.height + 15.0, TICK, theme.muted, anchor, &tick.word);
    }
}

/// A faint ground for each stretch, and a line where it begins.
pub(super) fn marks(ink: &mut Ink, annotations: &Annotations, range: TimeRange, body: Area) {
    for one in annotations.list.iter().rev() {
        let (from, to) = ends_on(one, range, body);
        let colour = ink.theme.class(one.state.word());
        if to > from {
            ink.rect(Area { x: body.x + from, width: to - from, ..body }, colour, 0.12, 0.0);
        }
        if one.start.is_some_and(|start| start >= range.start) {
            ink.line((body.x + from, body.y), (body.x + from, body.y + body.height), Pen::new(colour, 1.5));
        }
    }
}

fn ends_on(one: &Annotation, range: TimeRange, body: Area) -> (f64, f64) {
    let across = |time: Millis| {
        (time.clamp(range.start, range.end) - range.start) as f64 / (range.end - range.start).max(1) as f64 * body.width
    };
    (across(one.start.unwrap_or(range.start)), across(one.end.unwrap_or(range.end)))
}

/// What is marked, and its names at the top where there is room.
fn annotations(ink: &mut Ink, annotations: &Annotations, range: TimeRange, body: Area) {
    marks(ink, annotations, range, body);
    let mut taken = f64::INFINITY;
    for one in &annotations.list {
        let (from, _) = ends_on(one, range, body);
        let colour = ink.theme.class(one.state.word());
        // The newest come first: each has the room until the one after it.
        let room = taken.min(body.width) - from - 8.0;
        if room > 40.0 {
            let name = letters::fit(&one.title, TICK, room);
            ink.text(body.x + from + 4.0, body.y + 11.0, TICK, colour, Anchor::Start, &name);
            taken = from;
        }
    }
}

fn series(ink: &mut Ink, plot: &Plot, place: usize, layers: &[Vec<(f64, f64)>], axes: &Axes, body: Area) {
    let one = &plot.series[place];
    let size = (body.width, body.height);
    let points = points(plot, place, &layers[place], axes, size);
    let colour = ink.theme.of(one.colour);
    if let Some(other) = one.band.and_then(|other| layers.get(other)) {
        ink.fill(&path::area(&between(&points, plot, place, other, axes, size)), colour, 0.16);
    }
    let pen = Pen::new(colour, 1.5).dashed(match one.stroke {
        Stroke::Solid => "",
        Stroke::Dashed => "6 4",
        Stroke::Dotted => "1 4",
    });
    let span = (plot.range.end - plot.range.start).max(1) as f64;
    match one.mark {
        Mark::Line => ink.stroke(&path::line(&points), pen),
        Mark::Area => {
            ink.fill(&path::area(&points), colour, if one.stacked { 0.38 } else { 0.14 });
            ink.stroke(&path::line(&points), pen);
        }
        Mark::Bars => ink.fill(&path::bars(&points, plot.range.step.max(1) as f64 / span * body.width * 0.8), colour, 1.0),
        Mark::Points => ink.stroke(&path::dots(&points), Pen::new(colour, 4.0)),
    }
}

/// Names with their last values in a row, or a line for each with what else was asked for.
struct Legend<'a> {
    plot: &'a Plot,
    /// For each series what is told of it.
    figures: Vec<Vec<String>>,
    heads: Vec<&'static str>,
    /// What is said of those that are not shown.
    rest: &'static str,
    columns: usize,
    lines: usize,
    /// How many of the series have room.
    shown: usize,
}

impl<'a> Legend<'a> {
    fn new(plot: &'a Plot, axes: &Axes, surroundings: &Surroundings, area: Area) -> Legend<'a> {
        let told = |place: usize| {
            let unit = &axes.of(plot.series[place].side).unit;
            let asked = plot.statistics.iter().map(|statistic| of(*statistic, &plot.values[place]));
            asked.chain([plot.last(place)]).map(|value| surroundings.figure(unit, value).line()).collect::<Vec<_>>()
        };
        let figures: Vec<Vec<String>> = (0..plot.series.len()).map(told).collect();
        let says = surroundings.says();
        let heads: Vec<&str> = plot.statistics.iter().map(|statistic| head(*statistic, says)).chain([says.head_last]).collect();
        let asks = !plot.statistics.is_empty();
        let widest = plot.series.iter().zip(&figures).map(|(one, told)| {
            letters::width(&one.name, TICK) + told.iter().map(|figure| letters::width(figure, TICK) + 10.0).sum::<f64>() + 34.0
        });
        let widest = widest.fold(90.0, f64::max).min(area.width);
        let columns = if asks { 1 } else { ((area.width / widest) as usize).max(1) };
        let most = ((area.height * 0.3 / LEGEND) as usize).clamp(1, 5);
        let wanted = plot.series.len().div_ceil(columns) + usize::from(asks);
        let lines = wanted.min(most);
        let room = columns * lines - usize::from(asks && lines > 1);
        let shown = if plot.found > room { room.saturating_sub(1) } else { plot.series.len() };
        Legend { plot, figures, heads, rest: says.rest_series, columns, lines, shown }
    }

    fn height(&self) -> f64 {
        self.lines as f64 * LEGEND + 4.0
    }

    fn draw(&self, ink: &mut Ink, area: Area) {
        let asks = !self.plot.statistics.is_empty() && self.lines > 1;
        let top = if asks { area.y + LEGEND } else { area.y };
        let wide = area.width / self.columns as f64;
        let theme = ink.theme;
        if asks {
            for (order, head) in self.heads.iter().rev().enumerate() {
                ink.text(area.x + area.width - order as f64 * 76.0, area.y + 9.0, TICK, theme.muted, Anchor::End, head);
            }
        }
        let at = |place: usize| (area.x + (place % self.columns) as f64 * wide, top + (place / self.columns) as f64 * LEGEND);
        for (place, one) in self.plot.series.iter().enumerate().take(self.shown) {
            let (x, y) = at(place);
            let figures = &self.figures[place];
            ink.rect(Area { x, y: y + 3.5, width: 10.0, height: 3.0 }, theme.of(one.colour), 1.0, 1.5);
            if asks {
                let name = letters::fit(&one.name, TICK, wide - 24.0 - figures.len() as f64 * 76.0);
                ink.text(x + 16.0, y + 9.0, TICK, theme.muted, Anchor::Start, &name);
                for (order, figure) in figures.iter().rev().enumerate() {
                    ink.text(area.x + area.width - order as f64 * 76.0, y + 9.0, TICK, theme.text, Anchor::End, figure);
                }
                continue;
            }
            let value = figures.last().map_or("", String::as_str);
            let name = letters::fit(&one.name, TICK, wide - 34.0 - letters::width(value, TICK));
            ink.text(x + 16.0, y + 9.0, TICK, theme.muted, Anchor::Start, &name);
            ink.text(x + 22.0 + letters::width(&name, TICK), y + 9.0, TICK, theme.text, Anchor::Start, value);
        }
        let more = self.plot.found.saturating_sub(self.shown);
        if more > 0 {
            let (x, y) = at(self.shown);
            ink.text(x, y + 9.0, TICK, theme.muted, Anchor::Start, &twin::left_out(more, self.rest));
        }
    }
}
