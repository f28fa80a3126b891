//! What is said of single columns: their titles, units and levels, how their cells look, and where they lead.

use serde::Deserialize;
use vitrine_sdk::panel::{Cell, Levels, TableColumn, encoded, rows};
use vitrine_sdk::{Fault, Values};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Look {
    /// The column's own title.
    name: String,
    title: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    cell: Kind,
    min: Option<f64>,
    max: Option<f64>,
    warn: Option<f64>,
    bad: Option<f64>,
    /// With `{{column}}` for the row's values.
    link: Option<String>,
    #[serde(default)]
    hide: bool,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Plain,
    Gauge,
    Tinted,
}

/// Columns in the order of their looks, those without one after them as they were.
pub(crate) fn apply(looks: &[Look], columns: &mut Vec<TableColumn>) -> Result<(), Fault> {
    for look in looks {
        if !columns.is_empty() && place(look, columns).is_none() {
            let titles: Vec<&str> = columns.iter().take(20).map(|column| column.title.as_str()).collect();
            let reason = ["`columns`: there is no column `", &look.name, "`, but ", &titles.join(", ")].concat();
            return Err(Fault::Invalid(reason));
        }
    }
    let links: Vec<Vec<String>> = looks.iter().map(|look| addresses(look, columns)).collect();
    let mut rest = std::mem::take(columns);
    for (look, links) in looks.iter().zip(links) {
        let Some(place) = place(look, &rest) else { continue };
        let mut column = rest.remove(place);
        if !look.hide {
            restyle(look, &mut column);
            column.links = links;
            columns.push(column);
        }
    }
    columns.append(&mut rest);
    Ok(())
}

/// As in `sort`, `value` is the first column of numbers.
fn place(look: &Look, columns: &[TableColumn]) -> Option<usize> {
    let named = columns.iter().position(|column| column.title == look.name);
    let first = || columns.iter().position(|column| matches!(column.values, Values::Numbers(_)));
    named.or_else(|| if look.name == "value" { first() } else { None })
}

fn restyle(look: &Look, column: &mut TableColumn) {
    column.cell = match look.cell {
        Kind::Plain => Cell::Plain,
        Kind::Gauge => Cell::Gauge,
        Kind::Tinted => Cell::Tinted,
    };
    if let Some(unit) = &look.unit {
        column.unit.clone_from(unit);
    }
    if let Some(title) = &look.title {
        column.title.clone_from(title);
    }
    column.minimum = look.min.unwrap_or(f64::NAN);
    column.maximum = look.max.unwrap_or_else(|| whole(&column.unit));
    let levels = Levels { warn: look.warn, bad: look.bad };
    if let (Values::Numbers(numbers), true) = (&column.values, levels != Levels::default()) {
        column.states = numbers.iter().map(|number| levels.state(*number)).collect();
    }
}

/// Where the unit knows its scale's end.
fn whole(unit: &str) -> f64 {
    match unit {
        "ratio" => 1.0,
        "percent" => 100.0,
        _ => f64::NAN,
    }
}

/// One for each row of the look's column; none where it leads nowhere.
fn addresses(look: &Look, columns: &[TableColumn]) -> Vec<String> {
    let Some(link) = &look.link else { return Vec::new() };
    let rows = columns.first().map_or(0, |column| column.values.len());
    (0..rows).map(|row| fill(link, columns, row)).collect()
}

fn fill(template: &str, columns: &[TableColumn], row: usize) -> String {
    let mut address = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        address.push_str(before);
        if let Some(column) = columns.iter().find(|column| column.title == name.trim()) {
            address.push_str(&encoded(&rows::told(&column.values, row)));
        }
        rest = after;
    }
    address.push_str(rest);
    address
}
