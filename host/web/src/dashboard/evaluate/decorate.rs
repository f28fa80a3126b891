//! What a panel's file says of any view, whatever plugin made it: thresholds, where a table's rows lead,
//! and what can be done from them.

use vitrine_config::guess;
use vitrine_model::frame::Values;
use vitrine_model::view::{Align, Cell, State, Table, TableColumn, Threshold, View};

use crate::dashboard::Panel;
use crate::dashboard::action::{ActionLink, Button};
use crate::dashboard::link::escape;

pub(super) fn decorate(panel: &Panel, view: &mut View) {
    if !panel.thresholds.is_empty() {
        levels(&panel.thresholds, view);
    }
    let View::Table(table) = view else { return };
    if let Some(link) = &panel.row_link {
        lead(link, table);
    }
    let columns: Vec<TableColumn> = panel.row_actions.iter().map(|action| buttons(action, table)).collect();
    table.columns.extend(columns);
}

/// Where each series of a chart leads, with `{{label}}` for what it has there.
pub(super) fn series(panel: &Panel, view: &View) -> Vec<String> {
    let (Some(link), View::Chart(chart)) = (&panel.series_link, view) else { return Vec::new() };
    chart.series.iter().map(|series| filled(link, &|label| series.labels.get(label).map(str::to_owned))).collect()
}

/// A column of buttons; where one cannot be filled in, it says so.
fn buttons(action: &ActionLink, table: &Table) -> TableColumn {
    let (mut titles, mut links) = (Vec::new(), Vec::new());
    for row in 0..rows(table) {
        let column = |name: &str| table.columns.iter().find(|column| column.title == name);
        let button = action.button(&|name| column(name).map(|column| cell(&column.values, row)));
        let button = button.unwrap_or_else(|name| {
            let titles: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
            let hint = guess::hint(&name, &titles, "there are").map(|hint| format!(": {hint}")).unwrap_or_default();
            Button { title: format!("there is no column `{name}`{hint}"), address: String::new() }
        });
        titles.push(button.title);
        links.push(button.address);
    }
    TableColumn {
        title: action.action.clone(),
        unit: String::new(),
        align: Align::End,
        values: Values::Texts(titles),
        states: Vec::new(),
        cell: Cell::Action,
        minimum: f64::NAN,
        maximum: f64::NAN,
        links,
    }
}

fn rows(table: &Table) -> usize {
    table.columns.iter().map(|column| column.values.len()).min().unwrap_or(0)
}

/// Each state reaches from its value up to the next one's.
fn levels(thresholds: &[Threshold], view: &mut View) {
    let state = |value: f64| {
        let reached = thresholds.iter().rev().find(|threshold| value >= threshold.value);
        reached.map_or(State::Neutral, |threshold| threshold.state)
    };
    match view {
        View::Chart(chart) => chart.thresholds = thresholds.to_vec(),
        View::Bars(bars) => bars.thresholds = thresholds.to_vec(),
        View::Stat(stat) => {
            for figure in &mut stat.figures {
                figure.state = state(figure.value);
                figure.thresholds = thresholds.to_vec();
            }
        }
        View::Table(table) => {
            for column in &mut table.columns {
                if let Values::Numbers(numbers) = &column.values {
                    column.states = numbers.iter().map(|number| state(*number)).collect();
                }
            }
        }
        _ => {}
    }
}

/// The first text of each row leads to the address, in which `{{column}}` is what the row has there.
fn lead(link: &str, table: &mut Table) {
    let rows = table.columns.first().map_or(0, |column| column.values.len());
    let links: Vec<String> = (0..rows).map(|row| address(link, table, row)).collect();
    let is_text = |column: &&mut TableColumn| matches!(column.values, Values::Texts(_));
    if let Some(first) = table.columns.iter_mut().find(is_text) {
        first.links = links;
    }
}

fn address(link: &str, table: &Table, row: usize) -> String {
    let column = |name: &str| table.columns.iter().find(|column| column.title == name);
    filled(link, &|name| column(name).map(|column| cell(&column.values, row)))
}

/// An address with `{{name}}` filled in; what is not there becomes nothing.
fn filled(link: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut address = String::new();
    let mut rest = link;
    while let Some((before, after)) = rest.split_once("{{") {
        address.push_str(before);
        let Some((name, more)) = after.split_once("}}") else { break };
        address.push_str(&value(name.trim()).map(|value| escape(&value)).unwrap_or_default());
        rest = more;
    }
    address + rest
}

fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::Times(list) => list.get(row).map(ToString::to_string).unwrap_or_default(),
        Values::Numbers(list) => list.get(row).map(ToString::to_string).unwrap_or_default(),
        Values::Texts(list) => list.get(row).cloned().unwrap_or_default(),
        Values::Flags(list) => list.get(row).map(ToString::to_string).unwrap_or_default(),
    }
}
