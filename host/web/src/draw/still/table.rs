//! Tables: as many rows as there is room for, and how many more there are.

use vitrine_model::frame::Values;
use vitrine_model::view::{Align, Cell, State, Table, TableColumn};

use crate::draw::Surroundings;
use crate::draw::still::Area;
use crate::draw::still::ink::{Anchor, Ink, Pen};
use crate::draw::still::letters;
use crate::draw::still::words::{self as writing, SMALL};
use crate::draw::table::part;
use crate::draw::unit::{Unit, fixed};
use crate::page::messages::filled;

const LINE: f64 = 23.0;
const PAD: f64 = 6.0;
/// The room of a bar in a cell.
const GAUGE: f64 = 60.0;

pub(super) fn draw(ink: &mut Ink, table: &Table, surroundings: &Surroundings, area: Area) {
    let rows = table.columns.iter().map(|column| column.values.len()).min().unwrap_or(0);
    let theme = ink.theme;
    if table.columns.is_empty() {
        return writing::centred(ink, surroundings.says().no_data, area, theme.muted);
    }
    let room = ((area.height / LINE) as usize).max(2);
    let shown = if rows + 1 > room { room - 2 } else { rows };
    let widths = widths(table, shown, surroundings, area.width);
    let mut x = area.x;
    for (column, width) in table.columns.iter().zip(widths) {
        put(ink, column, theme.muted, &column.title, Area { x, y: area.y, width, height: LINE });
        for row in 0..shown {
            let state = column.states.get(row).copied().unwrap_or_default();
            let place = Area { x, y: area.y + LINE * (row + 1) as f64, width, height: LINE };
            cell(ink, column, (row, state), &text(column, row, state, surroundings), place);
        }
        x += width;
    }
    for row in 0..=shown {
        let y = area.y + LINE * (row + 1) as f64;
        if row < shown || rows > shown {
            ink.line((area.x, y), (area.x + area.width, y), Pen::new(theme.grid, 1.0));
        }
    }
    if rows > shown {
        let y = area.y + LINE * (shown + 1) as f64 + 15.0;
        ink.text(
            area.x,
            y,
            SMALL,
            theme.muted,
            Anchor::Start,
            &filled(surroundings.says().rows_counted, &[&shown.to_string(), &rows.to_string()]),
        );
    }
}

fn cell(ink: &mut Ink, column: &TableColumn, (row, state): (usize, State), text: &str, place: Area) {
    let theme = ink.theme;
    let mut place = place;
    match (column.cell, &column.values) {
        (Cell::Tinted, _) => {
            let (colour, opacity) = theme.tint(state);
            ink.rect(Area { y: place.y + 1.0, height: LINE - 2.0, ..place }, colour, opacity, 0.0);
        }
        (Cell::Gauge, _) => {
            let Some(part) = part(column, row) else { return put(ink, column, theme.text, text, place) };
            let track = Area { x: place.x, y: place.y + 8.0, width: GAUGE.min(place.width * 0.45), height: 8.0 };
            let colour = if state == State::Neutral { theme.of(0) } else { theme.state(state) };
            ink.rect(track, theme.grid, 1.0, 2.0);
            ink.rect(Area { width: track.width * part, ..track }, colour, 1.0, 2.0);
            place = Area { x: place.x + track.width + 4.0, width: place.width - track.width - 4.0, ..place };
        }
        _ => {}
    }
    let colour = if column.cell == Cell::Tinted { theme.text } else { theme.state(state) };
    put(ink, column, colour, text, place);
}

fn put(ink: &mut Ink, column: &TableColumn, colour: &str, text: &str, place: Area) {
    let text = letters::fit(text, SMALL, place.width - 2.0 * PAD);
    match column.align {
        Align::Start => ink.text(place.x, place.y + 16.0, SMALL, colour, Anchor::Start, &text),
        Align::End => ink.text(place.x + place.width - 2.0 * PAD, place.y + 16.0, SMALL, colour, Anchor::End, &text),
    }
}

/// What each column wants; cut alike where that is too much, stretched alike where there is more.
fn widths(table: &Table, shown: usize, surroundings: &Surroundings, room: f64) -> Vec<f64> {
    let wish = |column: &TableColumn| {
        let state = |row: usize| column.states.get(row).copied().unwrap_or_default();
        let cells = (0..shown).map(|row| letters::width(&text(column, row, state(row), surroundings), SMALL));
        let gauge = if column.cell == Cell::Gauge { GAUGE + 4.0 } else { 0.0 };
        cells.fold(letters::width(&column.title, SMALL), f64::max).clamp(20.0, 420.0) + 3.0 * PAD + gauge
    };
    let wishes: Vec<f64> = table.columns.iter().map(wish).collect();
    let factor = room / wishes.iter().sum::<f64>().max(1.0);
    wishes.into_iter().map(|wish| wish * factor).collect()
}

fn text(column: &TableColumn, row: usize, state: State, surroundings: &Surroundings) -> String {
    let text = match &column.values {
        Values::Numbers(numbers) if column.unit.is_empty() && numbers[row].fract() == 0.0 && numbers[row].abs() < 1e6 => {
            fixed(numbers[row], 0)
        }
        Values::Numbers(numbers) => surroundings.figure(&Unit::parse(&column.unit), numbers[row]).line(),
        Values::Texts(texts) => texts[row].chars().take(400).collect(),
        Values::Flags(flags) => if flags[row] { surroundings.says().yes } else { surroundings.says().no }.to_owned(),
        Values::Times(times) => surroundings.exact(times[row]),
    };
    match state {
        State::Good => format!("● {text}"),
        State::Warning => format!("▲ {text}"),
        State::Bad => format!("■ {text}"),
        State::Neutral => text,
    }
}
