#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::render;
use vitrine_sdk::{Column, Frame, Label, Values};

use super::*;

fn series(labels: &[(&str, &str)], value: f64) -> Column {
    let labels = labels.iter().map(|(name, value)| Label::new(*name, *value)).collect();
    Column { name: "bytes".to_owned(), labels, unit: None, values: Values::Numbers(vec![0.0, value]) }
}

fn frames(columns: Vec<Column>) -> Vec<Frame> {
    let times = Column { name: "time".to_owned(), labels: Vec::new(), unit: None, values: Values::Times(vec![0, 1_000]) };
    vec![Frame { name: "A".to_owned(), columns: std::iter::once(times).chain(columns).collect() }]
}

fn bars(frames: Vec<Frame>, options: &str) -> Bars {
    match render::<BarChart>(frames, options).unwrap() {
        View::Bars(bars) => bars,
        other => panic!("bars were expected, not {other:?}"),
    }
}

#[test]
fn each_series_is_a_category() {
    let given = || {
        frames(vec![series(&[("device", "eth0")], 1.0), series(&[("device", "lo")], 3.0), series(&[("device", "wlan0")], 2.0)])
    };
    let told = bars(given(), r#"{"sort":"-value","limit":2,"warn":2}"#);
    assert_eq!(
        (told.categories, told.groups[0].values.clone(), told.thresholds.len()),
        (vec!["lo".to_owned(), "wlan0".to_owned()], vec![3.0, 2.0], 1)
    );
    assert_eq!(bars(given(), r#"{"legend":"on {{device}}"}"#).categories[0], "on eth0");
}

#[test]
fn two_labels_make_groups() {
    let of = |device: &str, way: &str, value| series(&[("device", device), ("way", way)], value);
    let given = frames(vec![of("eth0", "in", 1.0), of("eth0", "out", 2.0), of("lo", "in", 3.0), of("lo", "in", 4.0)]);
    let told = bars(given, r#"{"by":"device","group":"way","stack":true,"horizontal":true}"#);
    assert_eq!(told.categories, ["eth0", "lo"]);
    assert_eq!(told.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["in", "out"]);
    // What falls together is added up.
    assert_eq!(format!("{:?} {:?}", told.groups[0].values, told.groups[1].values), "[1.0, 7.0] [2.0, NaN]");
    assert!(told.stacked && told.horizontal);
}

#[test]
fn rows_of_a_table_are_categories() {
    let column = |name: &str, values| Column { name: name.to_owned(), labels: Vec::new(), unit: None, values };
    let names = column("country", Values::Texts(vec!["pt".to_owned(), "de".to_owned()]));
    let (orders, returns) =
        (column("orders", Values::Numbers(vec![1.0, 5.0])), column("returns", Values::Numbers(vec![0.0, 1.0])));
    let told = bars(vec![Frame { name: "A".to_owned(), columns: vec![names, orders, returns] }], r#"{"sort":"name"}"#);
    assert_eq!((told.categories, told.groups[1].values.clone()), (vec!["de".to_owned(), "pt".to_owned()], vec![1.0, 0.0]));
    assert!(bars(Vec::new(), "{}").categories.is_empty());
}
