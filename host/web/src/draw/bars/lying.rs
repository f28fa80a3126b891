//! Bars below each other: a table whose middle column is drawn.

use crate::draw::Surroundings;
use crate::draw::html::Html;

use super::{Drawn, Piece};

pub(super) fn draw(html: &mut Html, drawn: &Drawn<'_>, surroundings: &Surroundings) {
    let (low, high) = drawn.ends();
    let ends = (low, if high > low { high } else { low + 1.0 });
    html.raw("<div class=\"lying-box\" role=\"group\" tabindex=\"0\" aria-label=\"").text(&surroundings.title);
    html.raw("\"><table class=\"lying\"><caption class=\"visually-hidden\">").text(&surroundings.title);
    html.raw("</caption><thead class=\"visually-hidden\"><tr>");
    let says = surroundings.says();
    for head in [says.head_category, says.head_bar, says.head_value] {
        html.raw("<th scope=\"col\">").text(head).raw("</th>");
    }
    html.raw("</tr></thead><tbody>");
    for category in 0..drawn.categories {
        let name = &drawn.bars.categories[category];
        html.raw("<tr><th scope=\"row\" title=\"").text(name).raw("\">").text(name).raw("</th><td class=\"lying-bars\">");
        bars(html, drawn, category, ends);
        html.raw("</td><td class=\"end\">");
        html.text(&drawn.told(category, surroundings));
        html.raw("</td></tr>");
    }
    html.raw("</tbody></table></div>");
}

fn bars(html: &mut Html, drawn: &Drawn<'_>, category: usize, (low, high): (f64, f64)) {
    let abreast = if drawn.bars.stacked { 1 } else { drawn.groups.max(1) };
    let place = |value: f64| (value - low) / (high - low) * 100.0;
    let height = 100.0 / abreast as f64;
    html.raw("<svg class=\"strip\" aria-hidden=\"true\">");
    for (order, Piece { from, to, class }) in drawn.pieces(category).into_iter().enumerate() {
        if !to.is_finite() {
            continue;
        }
        let y = if drawn.bars.stacked { 0.0 } else { order as f64 * height };
        html.raw("<rect class=\"bar ").raw(class).raw("\" x=\"").number(place(from.min(to))).raw("%\" width=\"");
        html.number((place(to) - place(from)).abs()).raw("%\" y=\"").number(y).raw("%\" height=\"").number(height).raw("%\"/>");
    }
    html.raw("</svg>");
}
