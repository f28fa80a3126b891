//! Parts of a whole, as a disc or a ring, with their numbers beside it.

use vitrine_model::view::Slices;

use crate::draw::Surroundings;
use crate::draw::slices::{parts, sector, whole};
use crate::draw::still::Area;
use crate::draw::still::ink::{Anchor, Ink};
use crate::draw::still::letters;
use crate::draw::still::words::{self, SMALL};
use crate::draw::twin;
use crate::draw::unit::{Unit, fixed, marked};

const LINE: f64 = 22.0;
/// The disc's own box.
const SIDE: f64 = 200.0;

pub(super) fn draw(ink: &mut Ink, slices: &Slices, surroundings: &Surroundings, area: Area) {
    let unit = Unit::parse(&slices.unit);
    let total = whole(slices);
    let parts = parts(slices, total, surroundings.says());
    let theme = ink.theme;
    if parts.is_empty() {
        return words::centred(ink, surroundings.says().no_data, area, theme.muted);
    }
    let side = area.height.min(area.width * 0.45).max(10.0);
    let disc = Area { x: area.x, y: area.y + (area.height - side) / 2.0, width: side, height: side };
    ink.stretched(disc, (SIDE, SIDE));
    let mut from = 0.0;
    for part in &parts {
        ink.slice(&sector(from, from + part.share, if slices.hollow { 58.0 } else { 0.0 }), theme.class(part.class));
        from += part.share;
    }
    if slices.hollow {
        let figure = surroundings.figure(&unit, total);
        let size = (100.0 / letters::width(&figure.number, 1.0).max(1.0)).clamp(12.0, 30.0);
        ink.text(100.0, if figure.suffix.is_empty() { 110.0 } else { 104.0 }, size, theme.text, Anchor::Middle, &figure.number);
        ink.text(100.0, 126.0, 16.0, theme.muted, Anchor::Middle, &figure.suffix);
    }
    ink.end();
    let table = Area { x: area.x + side + 20.0, width: (area.width - side - 20.0).max(10.0), ..area };
    let most = ((area.height / LINE) as usize).max(1);
    let shown = if parts.len() > most { most - 1 } else { parts.len() };
    let top = area.y + (area.height - LINE * shown.max(1) as f64).max(0.0) / 2.0;
    for (place, part) in parts.iter().enumerate().take(shown) {
        let y = top + LINE * place as f64 + 15.0;
        let share =
            format!("{}\u{202f}%", marked(&fixed(part.share * 100.0, usize::from(part.share < 0.1)), surroundings.language));
        let value = surroundings.figure(&unit, part.value).line();
        let right = table.x + table.width;
        ink.text(right, y, SMALL, theme.muted, Anchor::End, &share);
        ink.text(right - 52.0, y, SMALL, theme.text, Anchor::End, &value);
        ink.rect(Area { x: table.x, y: y - 9.0, width: 10.0, height: 10.0 }, theme.class(part.class), 1.0, 2.0);
        let room = table.width - 16.0 - 52.0 - letters::width(&value, SMALL) - 10.0;
        ink.text(table.x + 16.0, y, SMALL, theme.text, Anchor::Start, &letters::fit(part.name, SMALL, room));
    }
    words::more(ink, table, &twin::left_out(parts.len() - shown, surroundings.says().rest_parts));
}
