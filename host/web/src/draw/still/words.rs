//! Words on a picture, and pictures in it.

use vitrine_model::view::Picture;

use crate::draw::markup::Drawing;
use crate::draw::picture;
use crate::draw::still::Area;
use crate::draw::still::ink::{Anchor, Ink};
use crate::draw::still::letters;

pub(super) const SMALL: f64 = 12.0;
const SIZE: f64 = 13.0;
const LINE: f64 = 18.0;
/// Lines of a text that a picture shows.
const MOST_LINES: usize = 40;

/// Lines as long as the place is wide, as many as it is high.
pub(super) fn paragraph(ink: &mut Ink, text: &str, area: Area, colour: &str) {
    let most = ((area.height / LINE) as usize).clamp(1, MOST_LINES);
    for (place, line) in letters::wrapped(text, SIZE, area.width, most).iter().enumerate() {
        ink.text(area.x, area.y + LINE * (place as f64 + 0.8), SIZE, colour, Anchor::Start, line);
    }
}

/// In the middle, where there is nothing else.
pub(super) fn centred(ink: &mut Ink, text: &str, area: Area, colour: &str) {
    let most = ((area.height / LINE) as usize).clamp(1, MOST_LINES);
    let lines = letters::wrapped(text, SIZE, area.width * 0.9, most);
    let top = area.y + (area.height - lines.len() as f64 * LINE) / 2.0;
    for (place, line) in lines.iter().enumerate() {
        let y = top + LINE * (place as f64 + 0.75);
        ink.text(area.x + area.width / 2.0, y, SIZE, colour, Anchor::Middle, line);
    }
}

/// What was left out, at the bottom.
pub(super) fn more(ink: &mut Ink, area: Area, rest: &str) {
    let colour = ink.theme.muted;
    ink.text(area.x, area.y + area.height - 2.0, SMALL, colour, Anchor::Start, rest);
}

/// One that came with the view. What lies elsewhere is named: making a picture asks nobody for anything.
pub(super) fn picture(ink: &mut Ink, described: &Picture, area: Area) {
    let colour = ink.theme.muted;
    match picture::data(&described.address) {
        Some(_) => ink.picture(described.address.trim(), area),
        None if described.text.is_empty() => centred(ink, &described.address, area, colour),
        None => centred(ink, &format!("{}\n{}", described.text, described.address), area, colour),
    }
}

/// A plugin's own drawing.
pub(super) fn drawing(ink: &mut Ink, text: &str, area: Area) {
    match Drawing::read(text) {
        Some(read) => ink.drawing(&read, area),
        None => {
            let colour = ink.theme.muted;
            centred(ink, "this drawing cannot be part of a picture: give it a viewBox", area, colour);
        }
    }
}
