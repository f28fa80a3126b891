//! Values in cells: how deep a cell's colour is says how much there is.

use vitrine_model::Millis;
use vitrine_model::frame::{TimeRange, Values};
use vitrine_model::view::Grid;

use crate::draw::Surroundings;
use crate::draw::chart::axes;
use crate::draw::html::{Html, write_short};
use crate::draw::path::BOX;
use crate::draw::twin::{self, Twin};
use crate::draw::unit::{Figure, Unit};
use crate::page::messages::filled;

/// More cells than these no eye can tell apart: neighbours are shown as one, by their mean.
const MOST_COLUMNS: usize = 120;
const MOST_ROWS: usize = 40;
pub(in crate::draw) const DEPTHS: usize = 8;
const DEPTH_CLASSES: [&str; DEPTHS] = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7"];
const TWIN_COLUMNS: usize = 6;
const TWIN_ROWS: usize = 24;
pub(in crate::draw) const MOST_WORDS: usize = 10;

/// The cells as they are drawn.
pub(in crate::draw) struct Cells {
    columns: usize,
    rows: usize,
    /// Column by column, from bottom to top.
    values: Vec<f64>,
}

pub fn draw(html: &mut Html, grid: &Grid, surroundings: &Surroundings) {
    let cells = Cells::new(grid);
    let unit = Unit::parse(&grid.unit);
    let (low, high) = cells.ends();
    let figure = |value: f64| surroundings.figure(&unit, value).line();
    html.raw("<div class=\"chart-box\"><svg class=\"chart cells\" role=\"img\" aria-label=\"").text(&surroundings.title);
    let counts = [grid.columns.len(), grid.rows.len()].map(|count| count.to_string());
    html.text(&filled(surroundings.says().grid_counts, &[&counts[0], &counts[1], &figure(low), &figure(high)]));
    html.raw("\"><svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" width=\"100%\" height=\"100%\">");
    for (depth, class) in DEPTH_CLASSES.into_iter().enumerate() {
        let path = cells.path(depth, low, high);
        if !path.is_empty() {
            html.raw("<path class=\"").raw(class).raw("\" d=\"").text(&path).raw("\"/>");
        }
    }
    html.raw("</svg>");
    row_words(html, grid, surroundings);
    column_words(html, grid, surroundings);
    html.raw("</svg></div><div class=\"legend-box\"><p class=\"depths\">").text(&figure(low));
    html.raw("<svg class=\"depth\" aria-hidden=\"true\">");
    for (place, class) in DEPTH_CLASSES.into_iter().enumerate() {
        html.raw("<rect class=\"")
            .raw(class)
            .raw("\" width=\"12.6%\" height=\"100%\" x=\"")
            .number(place as f64 * 12.5)
            .raw("%\"/>");
    }
    html.raw("</svg>").text(&figure(high)).raw("</p></div>");
    table(html, grid, surroundings);
}

impl Cells {
    pub(in crate::draw) fn new(grid: &Grid) -> Cells {
        let (columns, rows) = (grid.columns.len().min(MOST_COLUMNS), grid.rows.len().min(MOST_ROWS));
        let mut sums = vec![(0.0, 0_u32); columns * rows];
        for (place, value) in grid.values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let (column, row) = (place / grid.rows.len().max(1), place % grid.rows.len().max(1));
            let (column, row) = (column * columns / grid.columns.len().max(1), row * rows / grid.rows.len().max(1));
            let cell = &mut sums[column * rows + row];
            *cell = (cell.0 + value, cell.1 + 1);
        }
        let mean = |(sum, count): (f64, u32)| if count == 0 { f64::NAN } else { sum / f64::from(count) };
        Cells { columns, rows, values: sums.into_iter().map(mean).collect() }
    }

    pub(in crate::draw) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The least and the greatest; zero at the low end where nothing is below it.
    pub(in crate::draw) fn ends(&self) -> (f64, f64) {
        let present = || self.values.iter().copied().filter(|value| value.is_finite());
        let (low, high) = (present().fold(0.0, f64::min), present().fold(f64::NEG_INFINITY, f64::max));
        if high.is_finite() { (low, high) } else { (0.0, 0.0) }
    }

    /// All cells of one depth. Where nothing was counted, nothing is drawn: the eye should see what is there.
    pub(in crate::draw) fn path(&self, depth: usize, low: f64, high: f64) -> String {
        let (width, height) = (BOX / self.columns.max(1) as f64, BOX / self.rows.max(1) as f64);
        let mut path = String::new();
        for (place, value) in self.values.iter().enumerate() {
            if !value.is_finite() || (*value == 0.0 && low == 0.0) || of(*value, low, high) != depth {
                continue;
            }
            let (column, row) = (place / self.rows, place % self.rows);
            let (x, y) = (column as f64 * width, BOX - (row + 1) as f64 * height);
            for (letter, number) in [('M', x), (' ', y), ('h', width), ('v', height), ('h', -width)] {
                path.push(letter);
                write_short(&mut path, number);
            }
            path.push('z');
        }
        path
    }
}

fn of(value: f64, low: f64, high: f64) -> usize {
    let part = if high > low { (value - low) / (high - low) } else { 1.0 };
    ((part * DEPTHS as f64) as usize).min(DEPTHS - 1)
}

pub(in crate::draw) fn row_name(grid: &Grid, row: usize, surroundings: &Surroundings) -> String {
    match &grid.rows {
        Values::Numbers(numbers) => {
            let Figure { number, suffix } = surroundings.figure(&Unit::parse(&grid.row_unit), numbers[row]);
            if suffix.is_empty() { number } else { format!("{number}\u{202f}{suffix}") }
        }
        Values::Texts(texts) => texts[row].clone(),
        _ => String::new(),
    }
}

pub(in crate::draw) fn column_name(grid: &Grid, column: usize, surroundings: &Surroundings) -> String {
    match &grid.columns {
        Values::Times(times) => surroundings.clock(times[column]),
        Values::Texts(texts) => texts[column].clone(),
        _ => String::new(),
    }
}

fn row_words(html: &mut Html, grid: &Grid, surroundings: &Surroundings) {
    let count = grid.rows.len();
    let room = (surroundings.height.saturating_sub(60) / 18).clamp(2, 16) as usize;
    for row in (0..count).step_by(count.div_ceil(room).max(1)) {
        let name = row_name(grid, row, surroundings);
        let short: String = name.chars().take(10).collect();
        html.raw("<text class=\"tick tick-y\" dx=\"-8\" dy=\".32em\" y=\"");
        html.number(100.0 - (row as f64 + 0.5) / count as f64 * 100.0).raw("%\">").text(&short).raw("</text>");
    }
}

fn column_words(html: &mut Html, grid: &Grid, surroundings: &Surroundings) {
    if let Values::Times(times) = &grid.columns {
        axes::time_words(html, span(times), &surroundings.ticks(span(times)));
        return;
    }
    let count = grid.columns.len();
    for (order, column) in (0..count).step_by(count.div_ceil(MOST_WORDS).max(1)).enumerate() {
        let name: String = column_name(grid, column, surroundings).chars().take(12).collect();
        axes::word(html, (column as f64 + 0.5) / count as f64 * 100.0, order, &name);
    }
}

/// Each time begins its column.
pub(in crate::draw) fn span(times: &[Millis]) -> TimeRange {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return TimeRange { start: 0, end: 0, step: 0 } };
    let step = times.get(1).map_or(0, |second| second.saturating_sub(*first));
    TimeRange { start: *first, end: last.saturating_add(step), step }
}

/// The newest columns: as many as have room beside each other.
fn table(html: &mut Html, grid: &Grid, surroundings: &Surroundings) {
    let unit = Unit::parse(&grid.unit);
    let (count, rows) = (grid.columns.len(), grid.rows.len());
    let shown: Vec<usize> = (count.saturating_sub(TWIN_COLUMNS)..count).collect();
    let names: Vec<String> = shown.iter().map(|column| column_name(grid, *column, surroundings)).collect();
    let mut twin =
        Twin::new(html, surroundings, std::iter::once(surroundings.says().head_row).chain(names.iter().map(String::as_str)));
    for row in (0..rows).rev().take(TWIN_ROWS) {
        twin.row(&row_name(grid, row, surroundings));
        for column in &shown {
            twin.cell(&surroundings.figure(&unit, grid.values[column * rows + row]).line());
        }
    }
    twin.finish(&twin::left_out(count - shown.len(), surroundings.says().rest_columns));
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Millis = 1_763_632_800_000;

    fn picture(grid: &Grid) -> String {
        let range = TimeRange { start: START, end: START + 3_600_000, step: 900_000 };
        let surroundings = Surroundings::tested("Latency", range);
        let mut html = Html::new();
        draw(&mut html, grid, &surroundings);
        html.finish().replace("><", ">\n<")
    }

    fn grid() -> Grid {
        Grid {
            columns: Values::Times((0..4).map(|place| START + place * 900_000).collect()),
            rows: Values::Numbers(vec![0.1, 1.0]),
            row_unit: "seconds".to_owned(),
            values: vec![1.0, 0.0, 5.0, 2.0, f64::NAN, 3.0, 8.0, f64::INFINITY],
            unit: String::new(),
        }
    }

    #[test]
    fn cells_over_time() {
        insta::assert_snapshot!(picture(&grid()));
    }

    #[test]
    fn neighbours_share_a_cell_where_there_are_too_many() {
        let columns: Vec<Millis> = (0..600).map(|place| START + place * 1_000).collect();
        let rows: Vec<f64> = (0..80).map(f64::from).collect();
        let values = vec![1.0; columns.len() * rows.len()];
        let cells = Cells::new(&Grid { columns: Values::Times(columns), rows: Values::Numbers(rows), values, ..grid() });
        assert_eq!((cells.columns, cells.rows, cells.values.len()), (MOST_COLUMNS, MOST_ROWS, MOST_COLUMNS * MOST_ROWS));
        assert!(cells.values.iter().all(|value| *value == 1.0));
    }

    #[test]
    fn nothing_is_drawn_without_a_fault() {
        for (columns, rows) in [(vec![], vec![]), (vec!["a".to_owned()], vec![]), (vec![], vec!["a".to_owned()])] {
            picture(&Grid { columns: Values::Texts(columns), rows: Values::Texts(rows), values: Vec::new(), ..grid() });
        }
    }

    #[test]
    fn hostile_names_stay_text() {
        let name = "<script>\"/>]]>".to_owned();
        let texts = || Values::Texts(vec![name.clone()]);
        let drawn = picture(&Grid {
            columns: texts(),
            rows: texts(),
            values: vec![1.0],
            row_unit: "<b>".to_owned(),
            unit: "<i>".to_owned(),
        });
        assert!(!drawn.contains("<script") && !drawn.contains("<b>") && !drawn.contains("<i>"), "{drawn}");
    }
}
