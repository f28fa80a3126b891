//! A panel's answer: references resolved against the frames it was given, everything within bounds.

mod chart;
mod graph;
mod parts;
mod times;

use vitrine_model::Fault;
use vitrine_model::frame::Frame;
use vitrine_model::view::{Align, Cell, Figure, Shape, Stat, State, Table, TableColumn, Threshold, View};

use super::{values_in, wrong};
use crate::bindings::exported::rendering;

const FIGURES: usize = 500;
const ROWS: usize = 100_000;
const COLUMNS: usize = 100;

pub(crate) fn view(view: rendering::View, frames: &[Frame]) -> Result<View, Fault> {
    Ok(match view {
        rendering::View::Chart(given) => View::Chart(chart::chart(given, frames)?),
        rendering::View::Table(given) => View::Table(table(given)?),
        rendering::View::Stat(given) => View::Stat(stat(given)?),
        rendering::View::Bars(given) => View::Bars(parts::bars(given, frames)?),
        rendering::View::Slices(given) => View::Slices(parts::slices(given, frames)?),
        rendering::View::Grid(given) => View::Grid(parts::grid(given)?),
        rendering::View::Timeline(given) => View::Timeline(times::timeline(given)?),
        rendering::View::Lines(given) => View::Lines(times::lines(given)?),
        rendering::View::Graph(given) => View::Graph(graph::graph(given)?),
        rendering::View::Picture(given) => View::Picture(graph::picture(given)?),
        rendering::View::Markup(html) => View::Markup(html),
        rendering::View::Svg(svg) => View::Svg(svg),
    })
}

fn within(what: &str, count: usize, limit: usize) -> Result<(), Fault> {
    if count > limit { Err(wrong(format!("the view has {count} {what}, more than {limit}"))) } else { Ok(()) }
}

fn threshold(threshold: rendering::Threshold) -> Threshold {
    Threshold { value: threshold.value, state: state(threshold.state), name: threshold.name }
}

fn state(state: rendering::State) -> State {
    match state {
        rendering::State::Neutral => State::Neutral,
        rendering::State::Good => State::Good,
        rendering::State::Warning => State::Warning,
        rendering::State::Bad => State::Bad,
    }
}

fn stat(stat: rendering::Stat) -> Result<Stat, Fault> {
    within("figures", stat.figures.len(), FIGURES)?;
    let shape = match stat.shape {
        rendering::Shape::Number => Shape::Number,
        rendering::Shape::Arc => Shape::Arc,
        rendering::Shape::Bar => Shape::Bar,
    };
    let figure = |figure: rendering::Figure| Figure {
        name: figure.name,
        value: figure.value,
        delta: figure.delta,
        state: state(figure.state),
        trend: figure.trend,
        minimum: figure.minimum,
        maximum: figure.maximum,
        thresholds: figure.thresholds.into_iter().map(threshold).collect(),
    };
    Ok(Stat { shape, unit: stat.unit, tinted: stat.tinted, figures: stat.figures.into_iter().map(figure).collect() })
}

fn table(table: rendering::Table) -> Result<Table, Fault> {
    within("columns", table.columns.len(), COLUMNS)?;
    let columns: Vec<TableColumn> = table.columns.into_iter().map(table_column).collect();
    let rows = columns.first().map_or(0, |column| column.values.len());
    within("rows", rows, ROWS)?;
    for column in &columns {
        if column.values.len() != rows || !none_or(column.states.len(), rows) || !none_or(column.links.len(), rows) {
            return Err(wrong(format!("column `{}` of the view does not have {rows} rows as the first one", column.title)));
        }
    }
    Ok(Table { columns })
}

/// What may be left out is there for every row, or for none.
fn none_or(count: usize, rows: usize) -> bool {
    count == 0 || count == rows
}

fn table_column(column: rendering::TableColumn) -> TableColumn {
    let align = match column.align {
        rendering::Align::Start => Align::Start,
        rendering::Align::End => Align::End,
    };
    TableColumn {
        title: column.title,
        unit: column.unit,
        align,
        values: values_in(column.values),
        states: column.states.into_iter().map(state).collect(),
        cell: match column.cell {
            rendering::Cell::Plain => Cell::Plain,
            rendering::Cell::Gauge => Cell::Gauge,
            rendering::Cell::Tinted => Cell::Tinted,
        },
        minimum: column.minimum,
        maximum: column.maximum,
        links: column.links,
    }
}

#[cfg(test)]
mod tests;
