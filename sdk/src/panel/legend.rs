//! What to call each series.

use crate::{Column, Frame};

/// One name for each column of numbers, over all frames in order.
///
/// A template's `{{label}}` becomes the label's value. Without one a series is called as the host named its column;
/// where those names do not tell the series apart, by the labels in which they differ.
pub fn series_names(frames: &[Frame], template: Option<&str>) -> Vec<String> {
    let columns: Vec<&Column> = frames.iter().flat_map(Frame::series).map(|(_, column, _)| column).collect();
    if let Some(template) = template {
        return columns.iter().map(|column| fill(template, column)).collect();
    }
    if told_apart(&columns) {
        return columns.iter().map(|column| column.name.clone()).collect();
    }
    let labels = distinguishing(&columns);
    let metrics_differ = columns.iter().any(|column| metric(column) != metric(columns[0]));
    columns.iter().map(|column| name(column, &labels, metrics_differ)).collect()
}

/// Whether no two columns have the same name.
fn told_apart(columns: &[&Column]) -> bool {
    let mut names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    names.sort_unstable();
    names.iter().all(|name| !name.is_empty()) && names.windows(2).all(|pair| pair[0] != pair[1])
}

/// The names of the labels that are not the same on all series.
fn distinguishing<'a>(columns: &[&'a Column]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for label in columns.iter().flat_map(|column| &column.labels) {
        let differs = |column: &&Column| column.label(&label.name) != columns[0].label(&label.name);
        if label.name != "__name__" && !names.contains(&&*label.name) && columns.iter().any(differs) {
            names.push(&label.name);
        }
    }
    names.sort_unstable();
    names
}

fn metric(column: &Column) -> &str {
    column.label("__name__").unwrap_or(&column.name)
}

fn name(column: &Column, labels: &[&str], with_metric: bool) -> String {
    let mut parts = Vec::new();
    if with_metric || labels.is_empty() {
        parts.push(metric(column).to_owned());
    }
    match labels {
        [label] => parts.extend(column.label(label).map(str::to_owned)),
        labels => {
            let told = labels.iter().filter_map(|label| Some([label, " ", column.label(label)?].concat()));
            parts.extend(told);
        }
    }
    parts.retain(|part| !part.is_empty());
    match parts.is_empty() {
        true => "value".to_owned(),
        false => parts.join(", "),
    }
}

fn fill(template: &str, column: &Column) -> String {
    let mut name = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((label, after)) = after.split_once("}}") else { break };
        name.push_str(before);
        match label.trim() {
            "__name__" => name.push_str(metric(column)),
            label => name.push_str(column.label(label).unwrap_or_default()),
        }
        rest = after;
    }
    name.push_str(rest);
    name
}
