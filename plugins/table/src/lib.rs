//! The panel `table`: time series become rows of labels and last values; tables stay as they are.

mod look;
mod order;
mod series;

use serde::Deserialize;
use vitrine_sdk::panel::{Align, Levels, Request, Table as TableView, TableColumn, View, is_table};
use vitrine_sdk::{Fault, Frame, Panel, Values, export};

/// The host takes no more.
const MOST_ROWS: usize = 100_000;
const MOST_COLUMNS: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    unit: String,
    sort: Option<String>,
    limit: Option<usize>,
    warn: Option<f64>,
    bad: Option<f64>,
    filter: Option<String>,
    columns: Vec<look::Look>,
}

#[derive(Debug)]
pub struct Table;

impl Panel for Table {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let mut columns = match request.frames.iter().find(|frame| is_table(frame)) {
            Some(table) => as_it_is(table, &options.unit),
            None => series::columns(&request.frames, &options.unit),
        };
        if let Some(text) = &options.filter {
            order::filter(&mut columns, text);
        }
        if let Some(sort) = &options.sort {
            order::sort(&mut columns, sort)?;
        }
        columns.truncate(MOST_COLUMNS);
        order::limit(&mut columns, options.limit.unwrap_or(MOST_ROWS).min(MOST_ROWS));
        let levels = Levels { warn: options.warn, bad: options.bad };
        columns.iter_mut().for_each(|column| color(column, levels));
        look::apply(&options.columns, &mut columns)?;
        Ok(View::Table(TableView { columns }))
    }
}

fn as_it_is(frame: &Frame, unit: &str) -> Vec<TableColumn> {
    let column = |column: &vitrine_sdk::Column| {
        let numbers = matches!(column.values, Values::Numbers(_));
        let own_unit = column.unit.as_deref().unwrap_or(unit);
        TableColumn {
            title: column.name.clone(),
            unit: if numbers { own_unit.to_owned() } else { String::new() },
            align: if numbers { Align::End } else { Align::Start },
            values: column.values.clone(),
            ..TableColumn::default()
        }
    };
    frame.columns.iter().map(column).collect()
}

fn color(column: &mut TableColumn, levels: Levels) {
    if let (Values::Numbers(numbers), true) = (&column.values, levels != Levels::default()) {
        column.states = numbers.iter().map(|number| levels.state(*number)).collect();
    }
}

export!(panel: Table);

#[cfg(test)]
mod tests;
