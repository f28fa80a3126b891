//! Bars by category, standing on an axis or lying below each other.

use vitrine_model::view::Bars;

use crate::draw::Surroundings;
use crate::draw::bars::{Drawn, Piece};
use crate::draw::chart::axes::Axis;
use crate::draw::scale::{Bounds, Scale};
use crate::draw::still::Area;
use crate::draw::still::chart::{self, TICK, TIMES};
use crate::draw::still::ink::{Anchor, Ink, Pen};
use crate::draw::still::letters;
use crate::draw::still::words::{self, SMALL};
use crate::draw::twin;
use crate::draw::unit::Unit;

const KEY: f64 = 18.0;

pub(super) fn draw(ink: &mut Ink, bars: &Bars, surroundings: &Surroundings, area: Area) {
    let drawn = Drawn::new(bars);
    if drawn.categories == 0 || drawn.groups == 0 {
        let colour = ink.theme.muted;
        return words::centred(ink, surroundings.says().no_data, area, colour);
    }
    let below = if drawn.groups > 1 { KEY } else { 0.0 };
    let body = Area { height: (area.height - below).max(10.0), ..area };
    match bars.horizontal {
        true => lying(ink, &drawn, surroundings, body),
        false => standing(ink, &drawn, surroundings, body),
    }
    if below > 0.0 {
        let names = bars.groups.iter().zip(&drawn.classes).map(|(group, class)| (group.name.as_str(), *class));
        key(ink, names, Area { y: area.y + area.height - 4.0, ..area });
    }
}

/// Names with their colours in one line; what has no room is left out. `area.y` is the words' foot.
pub(super) fn key<'a>(ink: &mut Ink, names: impl Iterator<Item = (&'a str, &'static str)>, area: Area) {
    let (theme, mut x) = (ink.theme, area.x);
    for (name, class) in names {
        let name = letters::fit(name, TICK, 200.0);
        let wide = letters::width(&name, TICK) + 32.0;
        if x + wide > area.x + area.width {
            return ink.text(x, area.y, TICK, theme.muted, Anchor::Start, "…");
        }
        ink.rect(Area { x, y: area.y - 9.0, width: 10.0, height: 10.0 }, theme.class(class), 1.0, 2.0);
        ink.text(x + 16.0, area.y, TICK, theme.muted, Anchor::Start, &name);
        x += wide;
    }
}

fn standing(ink: &mut Ink, drawn: &Drawn<'_>, surroundings: &Surroundings, area: Area) {
    let (low, high) = drawn.ends();
    let bounds = Bounds { low, high, fixed_low: None, fixed_high: None, logarithmic: false };
    let scale = Scale::new(bounds, &drawn.unit, ((area.height / 52.0) as usize).clamp(2, 6));
    let axis = Axis { scale, unit: Unit::parse(&drawn.bars.unit) };
    let labels = axis.scale.labels(&axis.unit, &surroundings.zone, surroundings.language);
    let left = labels.iter().map(|label| letters::width(label, TICK)).fold(0.0, f64::max) + 8.0;
    let body = Area {
        x: area.x + left,
        y: area.y + 6.0,
        width: (area.width - left).max(10.0),
        height: (area.height - TIMES - 6.0).max(10.0),
    };
    chart::levels(ink, &drawn.bars.thresholds, &axis.scale, body);
    chart::left(ink, &axis, surroundings, body);
    let room = body.width / drawn.categories as f64;
    let filled = if drawn.bars.touching { room } else { room * 0.76 };
    let abreast = if drawn.bars.stacked { 1 } else { drawn.groups.max(1) };
    let width = filled / abreast as f64;
    for category in 0..drawn.categories {
        let start = body.x + category as f64 * room + (room - filled) / 2.0;
        for (place, Piece { from, to, class }) in
            drawn.pieces(category).into_iter().enumerate().filter(|(_, piece)| piece.to.is_finite())
        {
            let (from, to) = (axis.scale.place(from), axis.scale.place(to));
            let x = start + if drawn.bars.stacked { 0.0 } else { place as f64 * width };
            let line = if drawn.bars.touching { 1.0 } else { 0.0 };
            let bar = Area {
                x,
                y: body.y + body.height * (1.0 - from.max(to)),
                width: width - line,
                height: body.height * (from - to).abs(),
            };
            let colour = ink.theme.class(class);
            ink.rect(bar, colour, 1.0, 0.0);
        }
    }
    categories(ink, drawn, body);
}

/// What the categories are, as many as have room.
fn categories(ink: &mut Ink, drawn: &Drawn<'_>, body: Area) {
    let room = body.width / drawn.categories as f64;
    let names = || drawn.bars.categories.iter().take(drawn.categories);
    let widest = names().map(|name| letters::width(name, TICK)).fold(1.0, f64::max).min(120.0) + 10.0;
    let every = ((widest / room).ceil() as usize).max(1);
    let muted = ink.theme.muted;
    for (place, name) in names().enumerate().step_by(every) {
        let x = body.x + (place as f64 + 0.5) * room;
        let word = letters::fit(name, TICK, (room * every as f64).min(130.0));
        ink.text(x, body.y + body.height + 15.0, TICK, muted, Anchor::Middle, &word);
    }
}

fn lying(ink: &mut Ink, drawn: &Drawn<'_>, surroundings: &Surroundings, area: Area) {
    let theme = ink.theme;
    let (low, high) = drawn.ends();
    let high = if high > low { high } else { low + 1.0 };
    let most = ((area.height / 20.0) as usize).max(1);
    let shown = if drawn.bars.categories.len() > most { most.saturating_sub(1).max(1) } else { drawn.categories };
    let shown = shown.min(drawn.categories);
    let told: Vec<String> = (0..shown).map(|category| drawn.told(category, surroundings)).collect();
    let names = drawn.bars.categories.iter().take(shown).map(|name| letters::width(name, SMALL));
    let before = names.fold(0.0, f64::max).min(area.width * 0.4) + 12.0;
    let after = told.iter().map(|word| letters::width(word, SMALL)).fold(0.0, f64::max) + 10.0;
    let track = (area.width - before - after).max(10.0);
    let rest = twin::left_out(drawn.bars.categories.len() - shown, surroundings.says().rest_categories);
    let height = ((area.height - if rest.is_empty() { 0.0 } else { 18.0 }) / shown as f64).min(30.0);
    let place = |value: f64| (value - low) / (high - low) * track;
    let abreast = if drawn.bars.stacked { 1 } else { drawn.groups.max(1) };
    for (category, told) in told.iter().enumerate() {
        let y = area.y + category as f64 * height;
        let thick = (height * 0.7).min(16.0);
        let name = letters::fit(&drawn.bars.categories[category], SMALL, before - 8.0);
        ink.text(area.x, y + height / 2.0 + 4.0, SMALL, theme.text, Anchor::Start, &name);
        for (order, Piece { from, to, class }) in
            drawn.pieces(category).into_iter().enumerate().filter(|(_, piece)| piece.to.is_finite())
        {
            let each = thick / abreast as f64;
            let top = y + (height - thick) / 2.0 + if drawn.bars.stacked { 0.0 } else { order as f64 * each };
            let bar =
                Area { x: area.x + before + place(from.min(to)), y: top, width: (place(to) - place(from)).abs(), height: each };
            ink.rect(bar, theme.class(class), 1.0, 0.0);
        }
        ink.text(area.x + area.width, y + height / 2.0 + 4.0, SMALL, theme.text, Anchor::End, told);
    }
    if low < 0.0 {
        let x = area.x + before + place(0.0);
        ink.line((x, area.y), (x, area.y + shown as f64 * height), Pen::new(theme.line, 1.0));
    }
    words::more(ink, area, &rest);
}
