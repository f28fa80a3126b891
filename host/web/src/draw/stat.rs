//! Single numbers: large, tabular, with a word for their state; on an arc where their scale matters.

use std::f64::consts::PI;

use vitrine_model::view::{Figure, Shape, Stat, State};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::path::{self, Point};
use crate::draw::twin;
use crate::draw::unit::Unit;

/// More would be unreadable: a table serves better.
pub(in crate::draw) const MOST_FIGURES: usize = 24;

pub fn draw(html: &mut Html, stat: &Stat, surroundings: &Surroundings) {
    let unit = Unit::parse(&stat.unit);
    let shape = match stat.shape {
        Shape::Number => "numbers",
        Shape::Arc => "arcs",
        Shape::Bar => "bar-gauges",
    };
    html.raw("<div class=\"stats ").raw(shape).raw(if stat.figures.len() == 1 { " alone" } else { "" });
    html.raw(if stat.tinted { " tinted\"" } else { "\"" });
    // Several may need to be scrolled, by the keyboard too.
    if stat.figures.len() > 1 {
        html.raw(" role=\"group\" tabindex=\"0\" aria-label=\"").text(&surroundings.title).raw("\"");
    }
    html.raw(">");
    for figure in stat.figures.iter().take(MOST_FIGURES) {
        // A lone figure is named by the panel's title.
        let name = if stat.figures.len() == 1 { "" } else { figure.name.as_str() };
        match stat.shape {
            Shape::Number => number(html, figure, name, &unit, surroundings),
            Shape::Arc => arc(html, figure, name, &unit, surroundings),
            Shape::Bar => bar(html, figure, name, &unit, surroundings),
        }
    }
    twin::more(html, &twin::left_out(stat.figures.len().saturating_sub(MOST_FIGURES), surroundings.says().rest_figures));
    html.raw("</div>");
}

fn number(html: &mut Html, figure: &Figure, name: &str, unit: &Unit, surroundings: &Surroundings) {
    let shown = surroundings.figure(unit, figure.value);
    html.raw("<div class=\"stat ").raw(figure.state.word()).raw("\">");
    if !name.is_empty() {
        html.raw("<div class=\"stat-name\">").text(name).raw("</div>");
    }
    html.raw("<div class=\"stat-value\"><span class=\"number\">").text(&shown.number).raw("</span>");
    if !shown.suffix.is_empty() {
        html.raw(" <span class=\"unit\">").text(&shown.suffix).raw("</span>");
    }
    html.raw("</div>");
    delta(html, figure.delta, unit, surroundings);
    state_word(html, figure.state, surroundings);
    trend(html, &figure.trend);
    html.raw("</div>");
}

/// Up or down is a fact: whether it is good the state says.
fn delta(html: &mut Html, change: f64, unit: &Unit, surroundings: &Surroundings) {
    if !change.is_finite() {
        return;
    }
    let figure = surroundings.figure(unit, change.abs()).line();
    let says = surroundings.says();
    let (mark, word) = match change {
        _ if change > 0.0 => ("▲ ", says.up_by),
        _ if change < 0.0 => ("▼ ", says.down_by),
        _ => ("", says.unchanged),
    };
    html.raw("<div class=\"stat-delta\"><span aria-hidden=\"true\">").raw(mark).raw("</span><span class=\"visually-hidden\">");
    html.text(word).raw("</span>").text(&figure).raw("</div>");
}

/// The value as a bar on its scale, with the levels as marks above it.
fn bar(html: &mut Html, figure: &Figure, name: &str, unit: &Unit, surroundings: &Surroundings) {
    let (low, high, part) = scale_of(figure);
    let place = |value: f64| part(value) * 100.0;
    html.raw("<div class=\"stat ")
        .raw(figure.state.word())
        .raw("\"><div class=\"bar-head\"><span class=\"stat-name\">")
        .text(name);
    html.raw("</span><span class=\"number\">").text(&surroundings.figure(unit, figure.value).line()).raw("</span></div>");
    html.raw("<svg class=\"bar-gauge\" aria-hidden=\"true\"><rect class=\"track\" width=\"100%\" height=\"100%\" rx=\"3\"/>");
    if !figure.value.is_nan() {
        html.raw("<rect class=\"needle\" height=\"100%\" rx=\"3\" width=\"").number(place(figure.value)).raw("%\"/>");
    }
    for threshold in figure.thresholds.iter().filter(|one| one.value > low && one.value < high) {
        html.raw("<rect class=\"mark ").raw(threshold.state.word()).raw("\" width=\"2\" height=\"100%\" x=\"");
        html.number(place(threshold.value)).raw("%\"/>");
    }
    html.raw("</svg>");
    state_word(html, figure.state, surroundings);
    html.raw("</div>");
}

/// Colour never stands alone: a shape and a word say the same.
fn state_word(html: &mut Html, state: State, surroundings: &Surroundings) {
    if let State::Warning | State::Bad = state {
        html.raw("<div class=\"state-word\">").text(surroundings.says().state(state)).raw("</div>");
    }
}

/// The ends of a figure's scale, and where between them a value lies.
pub(in crate::draw) fn scale_of(figure: &Figure) -> (f64, f64, impl Fn(f64) -> f64 + use<>) {
    let (low, high) = if figure.maximum > figure.minimum { (figure.minimum, figure.maximum) } else { (0.0, 1.0) };
    (low, high, move |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0))
}

/// The trend in a box of this size; nothing where there are fewer than two values.
pub(in crate::draw) fn trend_points(values: &[f64], (width, height): (f64, f64)) -> Vec<Point> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if finite().count() < 2 {
        return Vec::new();
    }
    let span = if high > low { high - low } else { 1.0 };
    let step = width / (values.len() - 1) as f64;
    let point = |(place, value): (usize, &f64)| {
        let top = if value.is_finite() { height * (0.96 - (value - low) / span * 0.92) } else { f64::NAN };
        Point { x: place as f64 * step, top, floor: height }
    };
    values.iter().enumerate().map(point).collect()
}

fn trend(html: &mut Html, values: &[f64]) {
    let points = trend_points(values, (path::BOX, path::BOX));
    if points.is_empty() {
        return;
    }
    html.raw("<svg class=\"trend\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path class=\"area\" d=\"");
    html.text(&path::area(&points)).raw("\"/><path class=\"line\" vector-effect=\"non-scaling-stroke\" d=\"");
    html.text(&path::line(&points)).raw("\"/></svg>");
}

pub(in crate::draw) const RADIUS: f64 = 80.0;
pub(in crate::draw) const RING: f64 = 93.0;

fn arc(html: &mut Html, figure: &Figure, name: &str, unit: &Unit, surroundings: &Surroundings) {
    let shown = surroundings.figure(unit, figure.value);
    let (low, high, place) = scale_of(figure);
    html.raw("<div class=\"stat ")
        .raw(figure.state.word())
        .raw("\"><svg class=\"gauge\" viewBox=\"0 0 200 126\" role=\"img\" aria-label=\"");
    html.text(&format!(
        "{} {} {}",
        if name.is_empty() { &surroundings.title } else { name },
        shown.line(),
        surroundings.says().state(figure.state)
    ));
    html.raw("\"><path class=\"track\" d=\"").text(&sweep(RADIUS, 0.0, 1.0)).raw("\"/>");
    if !figure.value.is_nan() {
        html.raw("<path class=\"needle\" d=\"").text(&sweep(RADIUS, 0.0, place(figure.value).max(0.004))).raw("\"/>");
    }
    let mut thresholds: Vec<_> = figure.thresholds.iter().filter(|threshold| threshold.value.is_finite()).collect();
    thresholds.sort_by(|a, b| a.value.total_cmp(&b.value));
    for (order, threshold) in thresholds.iter().enumerate() {
        let (from, to) = (place(threshold.value), thresholds.get(order + 1).map_or(1.0, |next| place(next.value)));
        if to > from && threshold.state != State::Neutral {
            html.raw("<path class=\"ring ").raw(threshold.state.word()).raw("\" d=\"").text(&sweep(RING, from, to)).raw("\"/>");
        }
    }
    html.raw("<text class=\"number\" x=\"100\" y=\"92\">").text(&shown.number);
    if !shown.suffix.is_empty() {
        html.raw("<tspan class=\"unit\" dx=\"4\">").text(&shown.suffix).raw("</tspan>");
    }
    html.raw("</text><text class=\"scale\" x=\"20\" y=\"119\">").text(&surroundings.figure(unit, low).line());
    html.raw("</text><text class=\"scale\" x=\"180\" y=\"119\">")
        .text(&surroundings.figure(unit, high).line())
        .raw("</text></svg>");
    if !name.is_empty() {
        html.raw("<div class=\"stat-name\">").text(name).raw("</div>");
    }
    state_word(html, figure.state, surroundings);
    html.raw("</div>");
}

/// A part of the half circle, from left (0) to right (1).
pub(in crate::draw) fn sweep(radius: f64, from: f64, to: f64) -> String {
    let point = |place: f64| {
        let angle = PI * (1.0 - place);
        (100.0 + radius * angle.cos(), 102.0 - radius * angle.sin())
    };
    let ((x1, y1), (x2, y2)) = (point(from), point(to));
    format!("M{x1:.1} {y1:.1}A{radius} {radius} 0 0 1 {x2:.1} {y2:.1}")
}

#[cfg(test)]
mod tests;
