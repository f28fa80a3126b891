#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::{State, render};
use vitrine_sdk::{Column, Frame, Label, Values};

use super::*;

fn frame(label: &str, series: &[(&str, &[f64])]) -> Frame {
    let points = series.first().map_or(0, |(_, values)| i64::try_from(values.len()).unwrap());
    let times = Values::Times((0..points).map(|place| place * 15_000).collect());
    let time = Column { name: "time".to_owned(), labels: Vec::new(), unit: None, values: times };
    let column = |(value, values): &(&str, &[f64])| Column {
        name: "seconds".to_owned(),
        labels: vec![Label::new(label, *value)],
        unit: None,
        values: Values::Numbers(values.to_vec()),
    };
    Frame { name: "A".to_owned(), columns: std::iter::once(time).chain(series.iter().map(column)).collect() }
}

fn timeline(frames: Vec<Frame>, options: &str) -> Timeline {
    match render::<StateTimeline>(frames, options).unwrap() {
        View::Timeline(timeline) => timeline,
        other => panic!("a timeline was expected, not {other:?}"),
    }
}

#[test]
fn equal_neighbours_are_one_stretch() {
    let options =
        r#"{"map":[{"value":1,"text":"up","state":"good"},{"value":0,"text":"down","state":"bad"}],"legend":"{{host}}"}"#;
    let told = timeline(vec![frame("host", &[("a", &[1.0, 1.0, 0.0, f64::NAN, 1.0])])], options);
    assert_eq!((told.blocks, told.lanes[0].name.as_str()), (false, "a"));
    let spans: Vec<_> =
        told.lanes[0].spans.iter().map(|span| (span.start / 1_000, span.end / 1_000, span.text.as_str(), span.state)).collect();
    assert_eq!(spans, [(0, 30, "up", State::Good), (30, 45, "down", State::Bad), (60, 75, "up", State::Good)]);
}

#[test]
fn the_newest_stretches_stay_where_there_are_too_many() {
    let restless: Vec<f64> = (0..600).map(f64::from).collect();
    let series: Vec<(&str, &[f64])> = (0..200).map(|_| ("a", restless.as_slice())).collect();
    let told = timeline(vec![frame("host", &series)], "{}");
    assert_eq!((told.lanes.len(), told.lanes[0].spans.len()), (200, 100));
    assert_eq!(told.lanes[0].spans[99].text, "599");
    assert!(timeline(Vec::new(), "{}").lanes.is_empty());
}
