//! Parts of a whole, as a disc or a ring, with a table that says the same in numbers.

use std::f64::consts::TAU;
use std::fmt::Write;

use vitrine_model::view::{Slice, Slices};

use crate::draw::Surroundings;
use crate::draw::chart::COLOUR_CLASSES;
use crate::draw::colour;
use crate::draw::html::Html;
use crate::draw::twin;
use crate::draw::unit::Unit;
use crate::page::messages::{Messages, filled};

/// Thinner ones no eye can tell apart: the rest is one slice.
const MOST_SLICES: usize = 11;
const MOST_NAMED: usize = 6;

pub(in crate::draw) struct Part<'a> {
    pub name: &'a str,
    pub value: f64,
    /// Of the whole.
    pub share: f64,
    pub class: &'static str,
}

pub fn draw(html: &mut Html, slices: &Slices, surroundings: &Surroundings) {
    let unit = Unit::parse(&slices.unit);
    let total = whole(slices);
    let parts = parts(slices, total, surroundings.says());
    html.raw("<div class=\"slices\"><svg class=\"disc\" viewBox=\"0 0 200 200\" role=\"img\" aria-label=\"");
    html.text(&summary(&parts, &unit, surroundings)).raw("\">");
    let mut from = 0.0;
    for part in &parts {
        html.raw("<path class=\"slice ").raw(part.class).raw("\" d=\"");
        html.text(&sector(from, from + part.share, if slices.hollow { 58.0 } else { 0.0 })).raw("\"><title>");
        html.text(&format!("{} {}", part.name, surroundings.figure(&unit, part.value).line())).raw("</title></path>");
        from += part.share;
    }
    if slices.hollow {
        let figure = surroundings.figure(&unit, total);
        html.raw("<text class=\"number\" x=\"100\" y=\"104\">").text(&figure.number).raw("</text>");
        html.raw("<text class=\"unit\" x=\"100\" y=\"126\">").text(&figure.suffix).raw("</text>");
    }
    html.raw("</svg>");
    table(html, &parts, &unit, surroundings);
    html.raw("</div>");
}

/// What has a part in the whole at all.
fn drawn(slices: &Slices) -> impl Iterator<Item = &Slice> {
    slices.slices.iter().filter(|slice| slice.value > 0.0 && slice.value.is_finite())
}

pub(in crate::draw) fn whole(slices: &Slices) -> f64 {
    drawn(slices).map(|slice| slice.value).sum()
}

pub(in crate::draw) fn parts<'a>(slices: &'a Slices, total: f64, says: &Messages) -> Vec<Part<'a>> {
    let list: Vec<&Slice> = drawn(slices).collect();
    let shown = if list.len() > MOST_SLICES + 1 { MOST_SLICES } else { list.len() };
    let colours = colour::distinct(list.iter().take(shown).map(|slice| (&slice.labels, slice.name.as_str())));
    let mut parts: Vec<Part<'a>> = list
        .iter()
        .zip(colours)
        .map(|(slice, colour)| Part {
            name: &slice.name,
            value: slice.value,
            share: slice.value / total,
            class: COLOUR_CLASSES[colour % COLOUR_CLASSES.len()],
        })
        .collect();
    if list.len() > shown {
        let value: f64 = list[shown..].iter().map(|slice| slice.value).sum();
        parts.push(Part { name: says.all_others, value, share: value / total, class: "rest" });
    }
    parts
}

fn summary(parts: &[Part<'_>], unit: &Unit, surroundings: &Surroundings) -> String {
    let mut text = format!("{}: ", surroundings.title);
    for (place, part) in parts.iter().enumerate().take(MOST_NAMED) {
        let comma = if place == 0 { "" } else { ", " };
        let figure = surroundings.figure(unit, part.value);
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{} {}", part.name, figure.line());
    }
    if parts.len() > MOST_NAMED {
        text.push_str(&filled(surroundings.says().and_more, &[&(parts.len() - MOST_NAMED).to_string()]));
    }
    text
}

const RADIUS: f64 = 96.0;

/// From and to as parts of a turn, clockwise from the top.
pub(in crate::draw) fn sector(from: f64, to: f64, inner: f64) -> String {
    let point = |radius: f64, turn: f64| {
        let angle = turn * TAU;
        format!("{:.1} {:.1}", 100.0 + radius * angle.sin(), 100.0 - radius * angle.cos())
    };
    // A whole turn would end where it begins, and so be nothing.
    let to = to.min(from + 0.99999);
    let large = if to - from > 0.5 { 1 } else { 0 };
    let arc = |radius: f64, sweep: u8, end: f64| format!("A{radius} {radius} 0 {large} {sweep} {}", point(radius, end));
    if inner == 0.0 {
        return format!("M100 100L{}{}z", point(RADIUS, from), arc(RADIUS, 1, to));
    }
    format!("M{}{}L{}{}z", point(RADIUS, from), arc(RADIUS, 1, to), point(inner, to), arc(inner, 0, from))
}

fn table(html: &mut Html, parts: &[Part<'_>], unit: &Unit, surroundings: &Surroundings) {
    let says = surroundings.says();
    html.raw("<div class=\"slices-box\" role=\"group\" tabindex=\"0\" aria-label=\"").text(&surroundings.title);
    html.raw("\"><table class=\"table\"><thead class=\"visually-hidden\"><tr>");
    for head in [says.head_part, says.head_value, says.head_share] {
        html.raw("<th scope=\"col\">").text(head).raw("</th>");
    }
    html.raw("</tr></thead><tbody>");
    let percent = Unit::Ratio;
    for part in parts {
        html.raw("<tr><th scope=\"row\" class=\"name\"><i class=\"key ").raw(part.class).raw("\"></i>").text(part.name);
        html.raw("</th><td class=\"end\">").text(&surroundings.figure(unit, part.value).line());
        html.raw("</td><td class=\"end\">").text(&surroundings.figure(&percent, part.share).line()).raw("</td></tr>");
    }
    html.raw("</tbody></table>");
    if parts.is_empty() {
        twin::more(html, says.none_above_zero);
    }
    html.raw("</div>");
}

#[cfg(test)]
mod tests {
    use vitrine_model::Labels;
    use vitrine_model::frame::TimeRange;

    use super::*;

    fn picture(values: &[(&str, f64)], hollow: bool) -> String {
        let slice = |(name, value): &(&str, f64)| Slice { name: (*name).to_owned(), labels: Labels::new(), value: *value };
        let slices = Slices { slices: values.iter().map(slice).collect(), unit: "bytes".to_owned(), hollow };
        let range = TimeRange { start: 0, end: 1, step: 1 };
        let surroundings = Surroundings::tested("Memory", range);
        let mut html = Html::new();
        draw(&mut html, &slices, &surroundings);
        html.finish().replace("><", ">\n<")
    }

    #[test]
    fn a_disc_and_its_table() {
        insta::assert_snapshot!(picture(&[("in use", 3e9), ("cached", 1e9), ("nothing", 0.0), ("unknown", f64::NAN)], false));
    }

    #[test]
    fn a_ring_of_one_part_is_whole() {
        insta::assert_snapshot!(picture(&[("in use", 3e9)], true));
    }

    #[test]
    fn many_parts_end_in_one_of_all_others() {
        let many: Vec<(&str, f64)> = (0..200).map(|_| ("part", 1.0)).collect();
        let drawn = picture(&many, false);
        assert_eq!(drawn.matches("<path").count(), MOST_SLICES + 1);
        assert!(drawn.contains("all others 189"), "{drawn}");
        assert!(picture(&[], false).contains("nothing is above zero"));
    }

    #[test]
    fn hostile_names_stay_text() {
        let drawn = picture(&[("\"><script>alert(1)</script>", 1.0), ("]]><img src=x onerror=alert(1)>", 1.0)], true);
        assert!(!drawn.contains("<script") && !drawn.contains("<img") && !drawn.contains("\">&gt;<"), "{drawn}");
    }
}
