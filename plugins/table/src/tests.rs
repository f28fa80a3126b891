#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::{Cell, State, render};
use vitrine_sdk::{Column, Label};

use super::*;

fn column(name: &str, labels: &[(&str, &str)], values: Values) -> Column {
    let labels = labels.iter().map(|(name, value)| Label::new(*name, *value)).collect();
    Column { name: name.to_owned(), labels, unit: None, values }
}

fn series(metric: &str, of: &[(&str, f64)]) -> Frame {
    let times = column("time", &[], Values::Times(vec![0, 1000]));
    let numbers = of
        .iter()
        .map(|(device, value)| column(metric, &[("__name__", metric), ("device", device)], Values::Numbers(vec![0.0, *value])));
    Frame { name: "A".to_owned(), columns: std::iter::once(times).chain(numbers).collect() }
}

/// The table as text: titles, then rows.
fn table(frames: Vec<Frame>, options: &str) -> Vec<String> {
    let View::Table(table) = render::<Table>(frames, options).unwrap() else { panic!("a table was expected") };
    let cell = |column: &TableColumn, row: usize| match &column.values {
        Values::Times(values) => values[row].to_string(),
        Values::Numbers(values) => values[row].to_string(),
        Values::Texts(values) => values[row].clone(),
        Values::Flags(values) => values[row].to_string(),
    };
    let rows = table.columns.first().map_or(0, |column| column.values.len());
    let titles: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
    let row = |row| table.columns.iter().map(|column| cell(column, row)).collect::<Vec<_>>().join(" ");
    std::iter::once(titles.join(" ")).chain((0..rows).map(row)).collect()
}

#[test]
fn series_become_rows() {
    let frame = series("bytes", &[("sdb", 2.0), ("sda", f64::NAN)]);
    assert_eq!(table(vec![frame], "{}"), ["device bytes", "sda NaN", "sdb 2"]);
}

#[test]
fn queries_stand_side_by_side() {
    let frames = vec![series("reads", &[("sda", 1.0), ("sdb", 2.0)]), series("writes", &[("sdb", 3.0)])];
    assert_eq!(table(frames, "{}"), ["device reads writes", "sda 1 NaN", "sdb 2 3"]);
}

#[test]
fn rows_are_sorted_and_limited() {
    let frames = || vec![series("bytes", &[("a", 2.0), ("b", 3.0), ("c", 1.0)])];
    assert_eq!(table(frames(), r#"{"sort":"-value","limit":2}"#), ["device bytes", "b 3", "a 2"]);
    assert_eq!(table(frames(), r#"{"sort":"bytes","limit":1}"#), ["device bytes", "c 1"]);
    assert_eq!(table(frames(), r#"{"sort":"-device","limit":1}"#), ["device bytes", "c 1"]);
    let fault = render::<Table>(frames(), r#"{"sort":"size"}"#).unwrap_err();
    assert_eq!(fault.reason(), "`sort`: there is no column `size`, but device, bytes");
}

#[test]
fn what_has_no_value_comes_last() {
    let frames = || vec![series("reads", &[("a", 1.0), ("b", 2.0)]), series("writes", &[("b", 3.0)])];
    assert_eq!(table(frames(), r#"{"sort":"writes"}"#)[2], "a 1 NaN");
    assert_eq!(table(frames(), r#"{"sort":"-writes"}"#)[2], "a 1 NaN");
}

#[test]
fn a_table_stays_as_it_is() {
    let frame = Frame {
        name: String::new(),
        columns: vec![
            column("who", &[], Values::Texts(vec!["a".to_owned(), "b".to_owned()])),
            column("up", &[], Values::Flags(vec![true, false])),
            column("seconds", &[], Values::Numbers(vec![1.5, 0.5])),
        ],
    };
    assert_eq!(table(vec![frame], r#"{"sort":"seconds"}"#), ["who up seconds", "b false 0.5", "a true 1.5"]);
}

#[test]
fn levels_color_the_cells() {
    let frames = vec![series("used", &[("a", 0.1), ("b", 0.99)])];
    let View::Table(table) = render::<Table>(frames, r#"{"bad":0.9,"unit":"ratio"}"#).unwrap() else { panic!() };
    assert_eq!(table.columns[1].states, [State::Good, State::Bad]);
    assert_eq!((table.columns[1].unit.as_str(), table.columns[0].states.len()), ("ratio", 0));
}

#[test]
fn there_may_be_nothing_to_show() {
    assert_eq!(table(Vec::new(), r#"{"sort":"-value"}"#), [""]);
    assert_eq!(table(vec![series("a", &[])], "{}"), ["value"]);
}

#[test]
fn a_table_is_no_wider_than_the_host_takes() {
    let frames = (0..300).map(|number| series(&format!("metric_{number}"), &[("sda", 1.0)])).collect();
    assert_eq!(table(frames, "{}")[0].split(' ').count(), MOST_COLUMNS);
}

#[test]
fn columns_have_a_look() {
    let options = r#"{"filter": "SD", "columns": [
        {"name": "bytes", "title": "Used", "unit": "ratio", "cell": "gauge", "warn": 0.5, "bad": 0.9},
        {"name": "device", "link": "/d/disk?device={{device}}&used={{ bytes }}{{nothing}}"}
    ]}"#;
    let frames = || vec![series("bytes", &[("sda/1", 0.25), ("sdb", 0.95), ("nvme", 1.0)])];
    assert_eq!(table(frames(), options), ["Used device", "0.25 sda/1", "0.95 sdb"]);
    let View::Table(shown) = render::<Table>(frames(), options).unwrap() else { panic!("a table was expected") };
    assert_eq!((shown.columns[0].cell, shown.columns[0].maximum, shown.columns[0].states[1]), (Cell::Gauge, 1.0, State::Bad));
    assert_eq!(shown.columns[1].links[0], "/d/disk?device=sda%2F1&used=0.25");
    assert_eq!(table(frames(), r#"{"columns":[{"name":"device","hide":true}],"limit":1}"#), ["bytes", "1"]);
    assert_eq!(table(frames(), r#"{"columns":[{"name":"value","title":"Used"}],"limit":1}"#), ["Used device", "1 nvme"]);
    let fault = render::<Table>(frames(), r#"{"columns":[{"name":"size"}]}"#).unwrap_err();
    assert_eq!(fault.reason(), "`columns`: there is no column `size`, but device, bytes");
    assert!(render::<Table>(Vec::new(), options).is_ok());
}
