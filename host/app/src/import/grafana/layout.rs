//! Rows and places: a grid of 24 columns becomes one of 12 that fills itself from left to right.

use serde_json::Value;

use super::{Inputs, list, number, panel, text, word};
use crate::import::draft::{Draft, Panel, Row};
use crate::import::notes::Notes;

/// Pixels of a row of Grafana's grid, and of ours, each with the gap below.
const THEIR_PIXELS: f64 = 38.0;
const OUR_PIXELS: f64 = 72.0;

pub fn read(dashboard: &Value, inputs: &Inputs, draft: &mut Draft) {
    let mut panels: Vec<(String, &Value)> =
        list(&dashboard["panels"]).iter().enumerate().map(|(at, panel)| (format!("panels[{at}]"), panel)).collect();
    // Rows keep their place among panels of the same height; what has no place stays where it is.
    panels.sort_by(|(_, one), (_, other)| place(one).total_cmp(&place(other)));
    for (origin, source) in panels {
        if word(&source["type"]) == Some("row") {
            let row = heading(&origin, source, inputs, &mut draft.notes);
            draft.rows.push(row);
            continue;
        }
        let Some(read) = panel::read(source, &origin, inputs, &mut draft.notes) else { continue };
        let read = placed(read, source);
        match draft.rows.last_mut() {
            Some(row) => row.panels.push(read),
            None => draft.panels.push(read),
        }
    }
    for (at, row) in list(&dashboard["rows"]).iter().enumerate() {
        let row = old_row(&format!("rows[{at}]"), row, inputs, &mut draft.notes);
        draft.rows.push(row);
    }
}

pub(super) fn place(panel: &Value) -> f64 {
    let at = |key| number(&panel["gridPos"][key]).unwrap_or(0.0);
    at("y") * 100.0 + at("x")
}

fn heading(origin: &str, source: &Value, inputs: &Inputs, notes: &mut Notes) -> Row {
    let mut inner: Vec<(String, &Value)> =
        list(&source["panels"]).iter().enumerate().map(|(at, panel)| (format!("{origin}.panels[{at}]"), panel)).collect();
    inner.sort_by(|(_, one), (_, other)| place(one).total_cmp(&place(other)));
    if source["collapsed"] == true {
        notes.add(origin, "rows are always open");
    }
    let read = |(origin, source): &(String, &Value)| Some(placed(panel::read(source, origin, inputs, notes)?, source));
    let panels = inner.iter().filter_map(read).collect();
    Row { origin: origin.to_owned(), title: title(source), repeat: word(&source["repeat"]).map(str::to_owned), panels }
}

/// Rows of dashboards that began before there was a grid.
fn old_row(origin: &str, source: &Value, inputs: &Inputs, notes: &mut Notes) -> Row {
    if source["collapse"] == true {
        notes.add(origin, "rows are always open");
    }
    let height = pixels(&source["height"]).unwrap_or(250.0);
    let mut panels = Vec::new();
    for (at, panel) in list(&source["panels"]).iter().enumerate() {
        let Some(mut read) = panel::read(panel, &format!("{origin}.panels[{at}]"), inputs, notes) else { continue };
        read.width = number(&panel["span"]).unwrap_or(4.0).round().clamp(1.0, 12.0) as u8;
        read.height = rows_of(pixels(&panel["height"]).unwrap_or(height));
        panels.push(read);
    }
    let shown = if source["showTitle"] == false { String::new() } else { title(source) };
    Row { origin: origin.to_owned(), title: shown, repeat: word(&source["repeat"]).map(str::to_owned), panels }
}

fn title(source: &Value) -> String {
    text::variables(word(&source["title"]).unwrap_or_default())
}

fn pixels(height: &Value) -> Option<f64> {
    number(height).or_else(|| height.as_str()?.trim_end_matches("px").trim().parse().ok())
}

/// Left and right end are rounded each, so that what fills a line fills it still.
pub(super) fn placed(panel: Panel, source: &Value) -> Panel {
    let at = |key, usual| number(&source["gridPos"][key]).unwrap_or(usual).clamp(0.0, 1_000.0);
    let (x, wide) = (at("x", 0.0), at("w", 12.0));
    let width = ((x + wide) / 2.0).round() - (x / 2.0).round();
    Panel { width: width.clamp(1.0, 12.0) as u8, height: rows_of(at("h", 8.0) * THEIR_PIXELS), ..panel }
}

/// How many rows of ours take so many pixels.
pub(super) fn rows_of(pixels: f64) -> u8 {
    (pixels / OUR_PIXELS).round().clamp(1.0, 12.0) as u8
}
