#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::Frame;
use vitrine_sdk::fake::frame;
use vitrine_sdk::panel::{State, render};

use super::*;

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
