//! Charts as SVG that stretches with its panel: positions are percentages, lines keep their width, words their size.

pub(super) mod axes;
pub(super) mod ends;
pub(super) mod legend;
pub(super) mod series;

use std::fmt::Write;

use vitrine_model::Millis;

use crate::draw::Surroundings;
use crate::draw::annotation;
use crate::draw::chart::axes::Axes;
use crate::draw::html::Html;
use crate::draw::plot::Plot;
use crate::draw::twin::{self, Twin};
use crate::page::messages::filled;

/// Up to here each line is told its last value at its end; beyond, the legend says it.
const MOST_ENDS: usize = 6;
/// What axis words and the legend take from the panel's body, in CSS pixels.
const FURNITURE: u32 = 80;
/// What a table of numbers beside a picture may hold; the export has all of them.
const TWIN_SERIES: usize = 8;
const TWIN_TIMES: usize = 12;

/// Class names of the colours, as program text.
pub(crate) const COLOUR_CLASSES: [&str; 8] = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"];

/// The chart, its legend, and its data as a table.
pub fn draw(html: &mut Html, plot: &Plot, surroundings: &Surroundings) {
    let layers = plot.stacked();
    let height = f64::from(surroundings.height.saturating_sub(FURNITURE).max(60));
    let axes = Axes::new(plot, &layers, ((height / 44.0) as usize).clamp(2, 5));
    html.raw("<div class=\"chart-box\"><svg class=\"chart\" role=\"img\" aria-label=\"");
    html.text(&summary(plot, &axes, surroundings)).raw("\">");
    axes::levels(html, &plot.thresholds, &axes.left.scale, surroundings);
    axes::left(html, &axes.left.scale, &axes.left.unit, surroundings);
    if let Some(right) = &axes.right {
        axes::right(html, right, surroundings);
    }
    axes::time(html, plot.range, &surroundings.ticks(plot.range));
    annotation::draw(html, &plot.annotations, plot.range);
    html.raw("<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" width=\"100%\" height=\"100%\">");
    // The last one drawn lies on top: the first series should.
    for place in (0..layers.len()).rev() {
        series::series(html, plot, place, &layers, &axes);
    }
    html.raw("</svg>");
    ends::ends(html, &ends::ends_of(plot, &layers, &axes, surroundings, height));
    html.raw("</svg></div>");
    legend::legend(html, plot, &axes, surroundings);
    table(html, plot, &axes, surroundings);
}

/// One sentence for those who cannot see it.
fn summary(plot: &Plot, axes: &Axes, surroundings: &Surroundings) -> String {
    let says = surroundings.says();
    let mut text = format!("{}: ", surroundings.title);
    let figure = |place: usize, value: f64| surroundings.figure(&axes.of(plot.series[place].side).unit, value).line();
    for (place, series) in plot.series.iter().enumerate().take(MOST_ENDS) {
        let comma = if place == 0 { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{} {}", series.name, figure(place, plot.last(place)));
    }
    if plot.series.len() > MOST_ENDS {
        text.push_str(&filled(says.and_more, &[&(plot.series.len() - MOST_ENDS).to_string()]));
    }
    if let Some((place, time, value)) = highest(plot) {
        text.push_str(&filled(says.highest, &[&figure(place, value), &surroundings.clock(time)]));
    }
    text + &plot.annotations.sentence(surroundings)
}

/// The largest value of all: whose, when and what.
fn highest(plot: &Plot) -> Option<(usize, Millis, f64)> {
    let mut found: Option<(usize, Millis, f64)> = None;
    for (place, values) in plot.values.iter().enumerate() {
        for (time, value) in plot.times.iter().zip(values) {
            if !value.is_nan() && found.is_none_or(|(_, _, highest)| *value > highest) {
                found = Some((place, *time, *value));
            }
        }
    }
    found
}

/// The newest points, as far apart as the range allows.
fn table(html: &mut Html, plot: &Plot, axes: &Axes, surroundings: &Surroundings) {
    let shown = &plot.series[..plot.series.len().min(TWIN_SERIES)];
    let heads = std::iter::once(surroundings.says().head_time).chain(shown.iter().map(|series| series.name.as_str()));
    let mut twin = Twin::new(html, surroundings, heads);
    let step = plot.times.len().div_ceil(TWIN_TIMES).max(1);
    for at in (0..plot.times.len()).rev().step_by(step) {
        twin.row(&surroundings.clock(plot.times[at]));
        for (place, series) in shown.iter().enumerate() {
            twin.cell(&surroundings.figure(&axes.of(series.side).unit, plot.values[place][at]).line());
        }
    }
    let rest = twin::left_out(plot.found.saturating_sub(shown.len()), surroundings.says().rest_series);
    twin.finish_with(&rest, |html| annotation::table(html, &plot.annotations, surroundings));
}

#[cfg(test)]
mod tests;
