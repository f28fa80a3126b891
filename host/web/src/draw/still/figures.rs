//! Single numbers: large, on an arc, or as bars, each with its name, its change and its state.

use vitrine_model::view::{Figure, Shape, Stat, State};

use crate::draw::Surroundings;
use crate::draw::path;
use crate::draw::stat::{MOST_FIGURES, RADIUS, RING, scale_of, sweep, trend_points};
use crate::draw::still::Area;
use crate::draw::still::ink::{Anchor, Ink, Pen};
use crate::draw::still::letters;
use crate::draw::still::words::{self, SMALL};
use crate::draw::twin;
use crate::draw::unit::Unit;

/// The box of an arc.
const ARC: (f64, f64) = (200.0, 126.0);

/// What all figures of a panel share.
struct Kit<'a> {
    unit: Unit,
    surroundings: &'a Surroundings,
    tinted: bool,
    alone: bool,
}

impl Kit<'_> {
    /// A lone figure is named by the panel's title.
    fn name<'f>(&self, figure: &'f Figure) -> &'f str {
        if self.alone { "" } else { &figure.name }
    }

    fn word(&self, value: f64) -> String {
        self.surroundings.figure(&self.unit, value).line()
    }
}

pub(super) fn draw(ink: &mut Ink, stat: &Stat, surroundings: &Surroundings, area: Area) {
    let figures = &stat.figures[..stat.figures.len().min(MOST_FIGURES)];
    if figures.is_empty() {
        let colour = ink.theme.muted;
        return words::centred(ink, surroundings.says().no_data, area, colour);
    }
    let kit = Kit { unit: Unit::parse(&stat.unit), surroundings, tinted: stat.tinted, alone: stat.figures.len() == 1 };
    let rest = twin::left_out(stat.figures.len() - figures.len(), surroundings.says().rest_figures);
    let area = if rest.is_empty() { area } else { Area { height: area.height - 18.0, ..area } };
    let columns = if stat.shape == Shape::Bar { 1 } else { columns(figures.len(), area) };
    let rows = figures.len().div_ceil(columns);
    let (width, height) = (area.width / columns as f64, area.height / rows as f64);
    for (place, figure) in figures.iter().enumerate() {
        let cell = Area {
            x: area.x + (place % columns) as f64 * width,
            y: area.y + (place / columns) as f64 * height,
            width: width - if columns > 1 { 8.0 } else { 0.0 },
            height: height - if rows > 1 { 6.0 } else { 0.0 },
        };
        match stat.shape {
            Shape::Number => number(ink, figure, &kit, cell),
            Shape::Arc => arc(ink, figure, &kit, cell),
            Shape::Bar => bar(ink, figure, &kit, cell),
        }
    }
    words::more(ink, Area { height: area.height + 18.0, ..area }, &rest);
}

/// So many that each is wider than high, but not much.
fn columns(count: usize, area: Area) -> usize {
    let wanted = (count as f64 * area.width / area.height.max(1.0) / 1.8).sqrt().round() as usize;
    wanted.clamp(1, count)
}

fn number(ink: &mut Ink, figure: &Figure, kit: &Kit<'_>, cell: Area) {
    let theme = ink.theme;
    if kit.tinted {
        let (colour, opacity) = theme.tint(figure.state);
        ink.rect(cell, colour, opacity, 4.0);
    }
    let inner = Area { x: cell.x + 4.0, width: cell.width - 8.0, ..cell };
    let shown = kit.surroundings.figure(&kit.unit, figure.value);
    let word = state(ink, figure.state, kit, (inner.x + inner.width, cell.y + 12.0));
    let mut y = cell.y;
    let name = kit.name(figure);
    if !name.is_empty() {
        ink.text(inner.x, y + 12.0, SMALL, theme.muted, Anchor::Start, &letters::fit(name, SMALL, inner.width - word));
        y += 16.0;
    }
    let has_delta = figure.delta.is_finite();
    let room = cell.y + cell.height - y;
    let wide = letters::width(&shown.number, 1.0) + letters::width(&shown.suffix, 0.5) + 0.25;
    let size = ((inner.width - if name.is_empty() { word } else { 0.0 }) / wide).min(room * 0.5).clamp(12.0, 40.0);
    trend(ink, figure, Area { y: y + room * 0.6, height: room * 0.4, ..cell });
    y += size;
    let colour = if kit.tinted { theme.text } else { theme.state(figure.state) };
    ink.text(inner.x, y, size, colour, Anchor::Start, &shown.number);
    let after = inner.x + letters::width(&shown.number, size) + size * 0.15;
    ink.text(after, y, size * 0.5, theme.muted, Anchor::Start, &shown.suffix);
    if has_delta && y + 18.0 < cell.y + cell.height {
        delta(ink, figure.delta, kit, (inner.x, y + 17.0));
    }
}

/// Up or down is a fact: whether it is good the state says.
fn delta(ink: &mut Ink, change: f64, kit: &Kit<'_>, (x, y): (f64, f64)) {
    let mark = match change {
        _ if change > 0.0 => "▲ ",
        _ if change < 0.0 => "▼ ",
        _ => "",
    };
    let muted = ink.theme.muted;
    ink.text(x, y, SMALL, muted, Anchor::Start, &format!("{mark}{}", kit.word(change.abs())));
}

/// Colour alone says nothing to many. Answers how wide the word is.
fn state(ink: &mut Ink, state: State, kit: &Kit<'_>, (x, y): (f64, f64)) -> f64 {
    let word = match state {
        State::Warning => format!("▲ {}", kit.surroundings.says().warning_word),
        State::Bad => format!("■ {}", kit.surroundings.says().bad_word),
        State::Neutral | State::Good => return 0.0,
    };
    let colour = ink.theme.state(state);
    ink.text(x, y, SMALL, colour, Anchor::End, &word);
    letters::width(&word, SMALL) + 8.0
}

fn trend(ink: &mut Ink, figure: &Figure, area: Area) {
    let points = trend_points(&figure.trend, (area.width, area.height));
    if points.is_empty() || area.height < 10.0 {
        return;
    }
    let colour = if figure.state == State::Neutral { ink.theme.muted } else { ink.theme.state(figure.state) };
    ink.within(area, 1.0);
    ink.fill(&path::area(&points), colour, 0.14);
    ink.stroke(&path::line(&points), Pen { opacity: 0.7, ..Pen::new(colour, 1.25) });
    ink.outside();
}

/// What a needle or a bar is drawn with.
fn needle(ink: &Ink, state: State) -> &'static str {
    if state == State::Neutral { ink.theme.of(0) } else { ink.theme.state(state) }
}

fn arc(ink: &mut Ink, figure: &Figure, kit: &Kit<'_>, cell: Area) {
    let name = kit.name(figure);
    let theme = ink.theme;
    let below = if name.is_empty() { 0.0 } else { 16.0 };
    let word = if matches!(figure.state, State::Warning | State::Bad) { 14.0 } else { 0.0 };
    let scale = (cell.width / ARC.0).min((cell.height - below - word) / ARC.1).max(0.1);
    let (width, height) = (ARC.0 * scale, ARC.1 * scale);
    let area = Area {
        x: cell.x + (cell.width - width) / 2.0,
        y: cell.y + word + (cell.height - below - word - height) / 2.0,
        width,
        height,
    };
    state(ink, figure.state, kit, (cell.x + cell.width, cell.y + 11.0));
    let (low, high, place) = scale_of(figure);
    ink.stretched(area, ARC);
    ink.stroke_flat(&sweep(RADIUS, 0.0, 1.0), theme.grid, 14.0);
    if !figure.value.is_nan() {
        let colour = needle(ink, figure.state);
        ink.stroke_flat(&sweep(RADIUS, 0.0, place(figure.value).max(0.004)), colour, 14.0);
    }
    let mut thresholds: Vec<_> = figure.thresholds.iter().filter(|threshold| threshold.value.is_finite()).collect();
    thresholds.sort_by(|a, b| a.value.total_cmp(&b.value));
    for (order, threshold) in thresholds.iter().enumerate() {
        let (from, to) = (place(threshold.value), thresholds.get(order + 1).map_or(1.0, |next| place(next.value)));
        if to > from && threshold.state != State::Neutral {
            ink.stroke_flat(&sweep(RING, from, to), theme.state(threshold.state), 3.0);
        }
    }
    let shown = kit.surroundings.figure(&kit.unit, figure.value);
    let (number, suffix) = (letters::width(&shown.number, 32.0), letters::width(&shown.suffix, 16.0));
    let start = 100.0 - (number + suffix + if suffix > 0.0 { 4.0 } else { 0.0 }) / 2.0;
    ink.text(start, 92.0, 32.0, theme.text, Anchor::Start, &shown.number);
    ink.text(start + number + 4.0, 92.0, 16.0, theme.muted, Anchor::Start, &shown.suffix);
    ink.text(20.0, 119.0, 10.0, theme.muted, Anchor::Middle, &kit.word(low));
    ink.text(180.0, 119.0, 10.0, theme.muted, Anchor::Middle, &kit.word(high));
    ink.end();
    let middle = cell.x + cell.width / 2.0;
    ink.text(middle, cell.y + cell.height - 4.0, SMALL, theme.muted, Anchor::Middle, &letters::fit(name, SMALL, cell.width));
}

/// The value as a bar on its scale, with the levels as marks above it.
fn bar(ink: &mut Ink, figure: &Figure, kit: &Kit<'_>, cell: Area) {
    let theme = ink.theme;
    let (low, high, place) = scale_of(figure);
    let top = cell.y + (cell.height - 34.0).max(0.0) / 2.0;
    let value = kit.word(figure.value);
    let word = match figure.state {
        State::Warning => "▲ ",
        State::Bad => "■ ",
        State::Neutral | State::Good => "",
    };
    let value = format!("{word}{value}");
    let room = cell.width - letters::width(&value, SMALL) - 12.0;
    ink.text(cell.x, top + 12.0, SMALL, theme.text, Anchor::Start, &letters::fit(&figure.name, SMALL, room));
    ink.text(cell.x + cell.width, top + 12.0, SMALL, theme.state(figure.state), Anchor::End, &value);
    let track = Area { y: top + 18.0, height: (cell.y + cell.height - top - 18.0).clamp(2.0, 12.0), ..cell };
    ink.rect(track, theme.grid, 1.0, 3.0);
    if !figure.value.is_nan() {
        let colour = needle(ink, figure.state);
        ink.rect(Area { width: track.width * place(figure.value), ..track }, colour, 1.0, 3.0);
    }
    for threshold in figure.thresholds.iter().filter(|one| one.value > low && one.value < high) {
        let colour = if threshold.state == State::Neutral { theme.muted } else { theme.state(threshold.state) };
        ink.rect(Area { x: track.x + track.width * place(threshold.value), width: 2.0, ..track }, colour, 1.0, 0.0);
    }
}
