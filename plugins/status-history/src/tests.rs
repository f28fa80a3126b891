#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::fake::frame;
use vitrine_sdk::panel::{State, render};

use super::*;

fn spans(values: &[f64], options: &str) -> Vec<(i64, i64, String, State)> {
    let View::Timeline(told) = render::<StatusHistory>(vec![frame("host", &[("a", values)])], options).unwrap() else { panic!() };
    assert!(told.blocks);
    told.lanes[0].spans.iter().map(|span| (span.start / 1_000, span.end / 1_000, span.text.clone(), span.state)).collect()
}

#[test]
fn one_block_for_each_stretch() {
    let values: Vec<f64> = (0..241).map(|place| if place == 70 { 0.0 } else { 1.0 }).collect();
    let options =
        r#"{"blocks":4,"reduce":"min","map":[{"value":1,"text":"up","state":"good"},{"value":0,"text":"down","state":"bad"}]}"#;
    let (up, down) = (|from, to| (from, to, "up".to_owned(), State::Good), |from, to| (from, to, "down".to_owned(), State::Bad));
    assert_eq!(spans(&values, options), [up(0, 900), down(900, 1_800), up(1_800, 2_700), up(2_700, 3_600)]);
}

#[test]
fn what_has_no_value_has_no_block() {
    assert_eq!(
        spans(&[f64::NAN, 0.5], r#"{"blocks":2,"reduce":"mean","warn":0.5}"#),
        [(0, 1_800, "0.5".to_owned(), State::Warning)]
    );
    assert!(spans(&[], "{}").is_empty());
}
