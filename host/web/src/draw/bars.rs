//! Bars by category: standing on an axis, or lying below each other with their numbers at the end.

mod lying;
mod standing;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use vitrine_model::view::Bars;

use crate::draw::Surroundings;
use crate::draw::chart::COLOUR_CLASSES;
use crate::draw::colour;
use crate::draw::html::Html;
use crate::draw::twin::{self, Twin};
use crate::draw::unit::Unit;
use crate::page::messages::filled;

/// More categories than these would be a comb.
const MOST_CATEGORIES: usize = 60;
const MOST_GROUPS: usize = 8;
const MOST_NAMED: usize = 6;

/// What is drawn of the described.
pub(in crate::draw) struct Drawn<'a> {
    pub bars: &'a Bars,
    pub categories: usize,
    pub groups: usize,
    pub classes: Vec<&'static str>,
    pub unit: Unit,
}

/// A bar's ends; of a stacked one, on those before it.
#[derive(Debug, Clone, Copy)]
pub(in crate::draw) struct Piece {
    pub from: f64,
    pub to: f64,
    pub class: &'static str,
}

pub fn draw(html: &mut Html, bars: &Bars, surroundings: &Surroundings) {
    let drawn = Drawn::new(bars);
    match bars.horizontal {
        true => lying::draw(html, &drawn, surroundings),
        false => standing::draw(html, &drawn, surroundings),
    }
    key(html, &drawn, surroundings);
    table(html, &drawn, surroundings);
}

impl Drawn<'_> {
    pub(in crate::draw) fn new(bars: &Bars) -> Drawn<'_> {
        let (categories, groups) = (bars.categories.len().min(MOST_CATEGORIES), bars.groups.len().min(MOST_GROUPS));
        let colours = colour::distinct(bars.groups.iter().take(groups).map(|group| (&group.labels, group.name.as_str())));
        let classes = colours.into_iter().map(|colour| COLOUR_CLASSES[colour % COLOUR_CLASSES.len()]).collect();
        Drawn { bars, categories, groups, classes, unit: Unit::parse(&bars.unit) }
    }

    /// What all bars of a category come to; empty where they stand side by side, for there a sum says nothing.
    pub(in crate::draw) fn told(&self, category: usize, surroundings: &Surroundings) -> String {
        if !self.bars.stacked && self.groups != 1 {
            return String::new();
        }
        let values = self.bars.groups.iter().take(self.groups).map(|group| group.values[category]);
        let sum = match values.clone().all(f64::is_nan) {
            true => f64::NAN,
            false => values.filter(|value| !value.is_nan()).sum(),
        };
        surroundings.figure(&self.unit, sum).line()
    }

    /// The bars of one category, first group first.
    pub(in crate::draw) fn pieces(&self, category: usize) -> Vec<Piece> {
        let mut floors = [0.0, 0.0];
        let mut pieces = Vec::with_capacity(self.groups);
        for (group, class) in self.bars.groups.iter().zip(&self.classes) {
            let value = group.values[category];
            // Those below zero stack downwards.
            let floor = &mut floors[usize::from(value < 0.0)];
            let from = if self.bars.stacked { *floor } else { 0.0 };
            if value.is_finite() && self.bars.stacked {
                *floor += value;
            }
            pieces.push(Piece { from, to: from + value, class });
        }
        pieces
    }

    /// The ends of the scale that holds them all; zero is always one of those within.
    pub(in crate::draw) fn ends(&self) -> (f64, f64) {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for piece in (0..self.categories).flat_map(|category| self.pieces(category)).filter(|piece| piece.to.is_finite()) {
            (low, high) = (low.min(piece.to), high.max(piece.to));
        }
        (low, high)
    }

    fn summary(&self, surroundings: &Surroundings) -> String {
        let mut text = format!("{}: ", surroundings.title);
        for category in 0..self.categories.min(MOST_NAMED) {
            let comma = if category == 0 { "" } else { ", " };
            let sum: f64 = self.bars.groups.iter().map(|group| group.values[category]).filter(|value| !value.is_nan()).sum();
            let figure = surroundings.figure(&self.unit, sum);
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}{} {}", self.bars.categories[category], figure.line());
        }
        let rest = self.bars.categories.len().saturating_sub(MOST_NAMED);
        if rest > 0 {
            text.push_str(&filled(surroundings.says().and_more, &[&rest.to_string()]));
        }
        text
    }
}

/// Which colour is which group, where there are several.
fn key(html: &mut Html, drawn: &Drawn<'_>, surroundings: &Surroundings) {
    let left_out = drawn.bars.categories.len() - drawn.categories;
    // Standing bars keep the room in any case: their words end above it.
    if drawn.bars.horizontal && drawn.groups < 2 && left_out == 0 {
        return;
    }
    html.raw("<div class=\"legend-box\"><ul class=\"keys\">");
    for (group, class) in drawn.bars.groups.iter().zip(&drawn.classes).filter(|_| drawn.groups > 1) {
        html.raw("<li><i class=\"key ").raw(class).raw("\"></i>").text(&group.name).raw("</li>");
    }
    html.raw("</ul>");
    twin::more(html, &twin::left_out(left_out, surroundings.says().rest_categories));
    twin::more(html, &twin::left_out(drawn.bars.groups.len() - drawn.groups, surroundings.says().rest_groups));
    html.raw("</div>");
}

fn table(html: &mut Html, drawn: &Drawn<'_>, surroundings: &Surroundings) {
    // Lying bars of one group have their numbers beside them.
    if drawn.bars.horizontal && drawn.groups == 1 {
        return;
    }
    let shown = || drawn.bars.groups.iter().take(drawn.groups);
    let heads = std::iter::once(surroundings.says().head_category).chain(shown().map(|group| group.name.as_str()));
    let mut twin = Twin::new(html, surroundings, heads);
    for category in 0..drawn.categories {
        twin.row(&drawn.bars.categories[category]);
        for group in shown() {
            twin.cell(&surroundings.figure(&drawn.unit, group.values[category]).line());
        }
    }
    twin.finish(&twin::left_out(drawn.bars.categories.len() - drawn.categories, surroundings.says().rest_categories));
}
