//! What a panel's file says of any view, whatever plugin made it: thresholds, and where a table's rows lead.

use vitrine_model::frame::Values;
use vitrine_model::view::{State, Table, Threshold, View};

use crate::dashboard::Panel;
use crate::dashboard::link::escape;

pub(super) fn decorate(panel: &Panel, view: &mut View) {
    if !panel.thresholds.is_empty() {
        levels(&panel.thresholds, view);
    }
    if let (Some(link), View::Table(table)) = (&panel.row_link, view) {
        lead(link, table);
    }
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

/// The first column of each row leads to the address, in which `{{column}}` is what the row has there.
fn lead(link: &str, table: &mut Table) {
    let rows = table.columns.first().map_or(0, |column| column.values.len());
    let links: Vec<String> = (0..rows).map(|row| address(link, table, row)).collect();
    if let Some(first) = table.columns.first_mut() {
        first.links = links;
    }
}

fn address(link: &str, table: &Table, row: usize) -> String {
    let mut address = String::new();
    let mut rest = link;
    while let Some((before, after)) = rest.split_once("{{") {
        address.push_str(before);
        let Some((name, more)) = after.split_once("}}") else { break };
        let column = table.columns.iter().find(|column| column.title == name.trim());
        address.push_str(&column.map(|column| escape(&cell(&column.values, row))).unwrap_or_default());
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
