//! Values in cells, with what their depths mean below.

use vitrine_model::frame::Values;
use vitrine_model::view::Grid;

use crate::draw::Surroundings;
use crate::draw::grid::{Cells, DEPTHS, MOST_WORDS, column_name, row_name, span};
use crate::draw::path::BOX;
use crate::draw::still::Area;
use crate::draw::still::chart::{self, TICK, TIMES};
use crate::draw::still::ink::{Anchor, Ink};
use crate::draw::still::letters;
use crate::draw::still::words;
use crate::draw::unit::Unit;

/// The share of the colour in each depth, as on the page.
const SHARES: [f64; DEPTHS] = [0.12, 0.24, 0.36, 0.48, 0.6, 0.73, 0.86, 1.0];
const LEGEND: f64 = 20.0;

pub(super) fn draw(ink: &mut Ink, grid: &Grid, surroundings: &Surroundings, area: Area) {
    let cells = Cells::new(grid);
    let theme = ink.theme;
    if cells.is_empty() {
        return words::centred(ink, surroundings.says().no_data, area, theme.muted);
    }
    let (low, high) = cells.ends();
    let names: Vec<String> = (0..grid.rows.len()).map(|row| row_name(grid, row, surroundings)).collect();
    let left = names.iter().map(|name| letters::width(name, TICK)).fold(0.0, f64::max).min(area.width * 0.3) + 10.0;
    let height = (area.height - TIMES - LEGEND).max(10.0);
    let body = Area { x: area.x + left, y: area.y + 2.0, width: (area.width - left).max(10.0), height };
    ink.stretched(body, (BOX, BOX));
    for (depth, share) in SHARES.into_iter().enumerate() {
        ink.fill(&cells.path(depth, low, high), theme.of(0), share);
    }
    ink.end();
    let every = names.len().div_ceil(((body.height / 16.0) as usize).max(1)).max(1);
    for (row, name) in names.iter().enumerate().step_by(every) {
        let y = body.y + body.height * (1.0 - (row as f64 + 0.5) / names.len() as f64) + 4.0;
        ink.text(body.x - 6.0, y, TICK, theme.muted, Anchor::End, &letters::fit(name, TICK, left - 8.0));
    }
    match &grid.columns {
        Values::Times(times) => chart::times(ink, span(times), surroundings, body, false),
        _ => columns(ink, grid, surroundings, body),
    }
    depths(ink, grid, surroundings, Area { y: area.y + area.height - 10.0, ..body }, (low, high));
}

fn columns(ink: &mut Ink, grid: &Grid, surroundings: &Surroundings, body: Area) {
    let count = grid.columns.len();
    let every = count.div_ceil(MOST_WORDS).max(1);
    let muted = ink.theme.muted;
    for column in (0..count).step_by(every) {
        let name = letters::fit(&column_name(grid, column, surroundings), TICK, body.width / count as f64 * every as f64);
        let x = body.x + (column as f64 + 0.5) / count as f64 * body.width;
        ink.text(x, body.y + body.height + 15.0, TICK, muted, Anchor::Middle, &name);
    }
}

fn depths(ink: &mut Ink, grid: &Grid, surroundings: &Surroundings, area: Area, (low, high): (f64, f64)) {
    const WIDE: f64 = 128.0;
    let unit = Unit::parse(&grid.unit);
    let theme = ink.theme;
    let [low, high] = [low, high].map(|value| surroundings.figure(&unit, value).line());
    ink.text(area.x, area.y + 9.0, TICK, theme.muted, Anchor::Start, &low);
    let x = area.x + letters::width(&low, TICK) + 8.0;
    for (place, share) in SHARES.into_iter().enumerate() {
        let step = WIDE / DEPTHS as f64;
        ink.rect(Area { x: x + place as f64 * step, y: area.y + 1.0, width: step, height: 8.0 }, theme.of(0), share, 0.0);
    }
    ink.text(x + WIDE + 8.0, area.y + 9.0, TICK, theme.muted, Anchor::Start, &high);
}
