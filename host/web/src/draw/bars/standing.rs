//! Bars that stand on an axis, as SVG that stretches with its panel.

use crate::draw::Surroundings;
use crate::draw::chart::axes;
use crate::draw::html::Html;
use crate::draw::scale::{Bounds, Scale};

use super::Drawn;

/// What axis words and the key take from the panel's body, in CSS pixels.
const FURNITURE: u32 = 60;
/// How many letters have room side by side, on a panel of usual width.
const LETTERS: usize = 84;
const MOST_LETTERS: usize = 18;

pub(super) fn draw(html: &mut Html, drawn: &Drawn<'_>, surroundings: &Surroundings) {
    let (low, high) = drawn.ends();
    let height = surroundings.height.saturating_sub(FURNITURE).max(60);
    let bounds = Bounds { low, high, fixed_low: None, fixed_high: None, logarithmic: false };
    let scale = Scale::new(bounds, &drawn.unit, (height / 44).clamp(2, 5) as usize);
    html.raw("<div class=\"chart-box\"><svg class=\"chart standing\" role=\"img\" aria-label=\"");
    html.text(&drawn.summary(surroundings)).raw("\">");
    axes::levels(html, &drawn.bars.thresholds, &scale, surroundings);
    axes::left(html, &scale, &drawn.unit, surroundings);
    for category in 0..drawn.categories {
        bars(html, drawn, category, &scale);
    }
    words(html, drawn);
    html.raw("</svg></div>");
}

fn bars(html: &mut Html, drawn: &Drawn<'_>, category: usize, scale: &Scale) {
    let room = 100.0 / drawn.categories as f64;
    let filled = if drawn.bars.touching { room } else { room * 0.76 };
    let start = category as f64 * room + (room - filled) / 2.0;
    let abreast = if drawn.bars.stacked { 1 } else { drawn.groups.max(1) };
    let width = filled / abreast as f64;
    for (place, piece) in drawn.pieces(category).into_iter().enumerate().filter(|(_, piece)| piece.to.is_finite()) {
        let (from, to) = (scale.place(piece.from), scale.place(piece.to));
        let x = start + if drawn.bars.stacked { 0.0 } else { place as f64 * width };
        html.raw("<rect class=\"bar ").raw(piece.class).raw(if drawn.bars.touching { " touching" } else { "" }).raw("\" x=\"");
        html.number(x).raw("%\" width=\"").number(width).raw("%\" y=\"").number((1.0 - from.max(to)) * 100.0);
        html.raw("%\" height=\"").number((from - to).abs() * 100.0).raw("%\"/>");
    }
}

/// What the categories are, as many as have room.
fn words(html: &mut Html, drawn: &Drawn<'_>) {
    let longest = drawn.bars.categories.iter().take(drawn.categories).map(|name| name.chars().count()).max().unwrap_or(0);
    let letters = (longest + 2).min(MOST_LETTERS);
    let every = (drawn.categories * letters).div_ceil(LETTERS).max(1);
    let room = 100.0 / drawn.categories.max(1) as f64;
    for (order, category) in (0..drawn.categories).step_by(every).enumerate() {
        axes::word(html, (category as f64 + 0.5) * room, order, &cut(&drawn.bars.categories[category]));
    }
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
