//! One page of a table: the rows that say a text, sorted by a column, and of these as many as fit.

use std::cmp::Ordering;

use vitrine_model::frame::Values;
use vitrine_model::view::{Cell, State, Table, TableColumn};

use crate::draw::look::{Look, Looked, Sort};

/// A part of a table, and of how much.
pub(super) struct Page {
    pub(super) table: Table,
    /// Which page it is; the first is 0.
    pub(super) at: usize,
    pub(super) pages: usize,
    /// Rows before it, rows that were looked for, and all rows.
    pub(super) before: usize,
    pub(super) matching: usize,
    pub(super) all: usize,
}

pub(super) fn cut(table: &Table, looked: &Looked) -> Page {
    let all = table.columns.iter().map(|column| column.values.len()).min().unwrap_or(0);
    let look = &looked.look;
    let mut rows = matching(table, all, look);
    if let Some(sort) = &look.sort {
        order(table, &mut rows, sort);
    }
    let size = looked.rows.max(1);
    let pages = rows.len().div_ceil(size).max(1);
    let at = look.page.min(pages - 1);
    let shown = &rows[(at * size).min(rows.len())..((at + 1) * size).min(rows.len())];
    let columns = table.columns.iter().map(|column| pick(column, shown)).collect();
    Page { table: Table { columns }, at, pages, before: at * size, matching: rows.len(), all }
}

/// The rows of which one cell says the text, whatever its letters' case.
fn matching(table: &Table, all: usize, look: &Look) -> Vec<usize> {
    let wanted = look.filter.trim().to_lowercase();
    if wanted.is_empty() {
        return (0..all).collect();
    }
    let says = |row: usize| {
        table.columns.iter().filter(|column| column.cell != Cell::Action).any(|column| match &column.values {
            Values::Texts(texts) => texts[row].to_lowercase().contains(&wanted),
            Values::Numbers(numbers) => numbers[row].to_string().contains(&wanted),
            Values::Flags(_) | Values::Times(_) => false,
        })
    };
    (0..all).filter(|row| says(*row)).collect()
}

/// Equal ones stay as they were; what is no number comes last, whichever way.
fn order(table: &Table, rows: &mut [usize], sort: &Sort) {
    let Some(column) = table.columns.iter().find(|column| column.title == sort.by) else { return };
    let turned = |ordering: Ordering| if sort.descending { ordering.reverse() } else { ordering };
    match &column.values {
        Values::Numbers(numbers) => rows.sort_by(|a, b| {
            let (a, b) = (numbers[*a], numbers[*b]);
            a.is_nan().cmp(&b.is_nan()).then_with(|| turned(a.total_cmp(&b)))
        }),
        Values::Times(times) => rows.sort_by(|a, b| turned(times[*a].cmp(&times[*b]))),
        Values::Texts(texts) => {
            let keys: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
            rows.sort_by(|a, b| turned(keys[*a].cmp(&keys[*b])));
        }
        Values::Flags(flags) => rows.sort_by(|a, b| turned(flags[*a].cmp(&flags[*b]))),
    }
}

/// A column of these rows alone. Its gauge still reaches to the ends of the whole column.
fn pick(column: &TableColumn, rows: &[usize]) -> TableColumn {
    let values = match &column.values {
        Values::Times(list) => Values::Times(rows.iter().map(|row| list[*row]).collect()),
        Values::Numbers(list) => Values::Numbers(rows.iter().map(|row| list[*row]).collect()),
        Values::Texts(list) => Values::Texts(rows.iter().map(|row| list[*row].clone()).collect()),
        Values::Flags(list) => Values::Flags(rows.iter().map(|row| list[*row]).collect()),
    };
    let (minimum, maximum) = if column.cell == Cell::Gauge { ends(column) } else { (column.minimum, column.maximum) };
    TableColumn {
        title: column.title.clone(),
        unit: column.unit.clone(),
        align: column.align,
        values,
        states: if column.states.is_empty() { Vec::new() } else { rows.iter().map(|row| state(column, *row)).collect() },
        cell: column.cell,
        minimum,
        maximum,
        links: if column.links.is_empty() { Vec::new() } else { rows.iter().map(|row| column.links[*row].clone()).collect() },
    }
}

fn state(column: &TableColumn, row: usize) -> State {
    column.states.get(row).copied().unwrap_or_default()
}

/// Where a gauge begins and ends: what was given, or what there is.
pub(super) fn ends(column: &TableColumn) -> (f64, f64) {
    let Values::Numbers(numbers) = &column.values else { return (column.minimum, column.maximum) };
    let present = || numbers.iter().copied().filter(|number| number.is_finite());
    let low = if column.minimum.is_finite() { column.minimum } else { present().fold(0.0, f64::min) };
    let high = if column.maximum.is_finite() { column.maximum } else { present().fold(0.0, f64::max) };
    (low, high)
}
