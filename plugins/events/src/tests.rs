#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::fake::frame;
use vitrine_sdk::panel::{State, render};
use vitrine_sdk::{Column, Values};

use super::*;

fn told(frames: Vec<Frame>, options: &str) -> Vec<(i64, String, State)> {
    match render::<Events>(frames, options).unwrap() {
        View::Lines(lines) => lines.lines.into_iter().map(|line| (line.time / 1_000, line.text, line.state)).collect(),
        other => panic!("lines were expected, not {other:?}"),
    }
}

const MAP: &str = r#""map":[{"value":1,"text":"up","state":"good"},{"value":0,"text":"down","state":"bad"}]"#;

#[test]
fn changes_are_events() {
    let series = frame("host", &[("a", &[1.0, f64::NAN, 1.0, 0.0, 1.0]), ("b", &[f64::NAN, 0.0, 0.0, 0.0, 0.0])]);
    let options = format!(r#"{{"legend":"{{{{host}}}}",{MAP}}}"#);
    let (down, up) = ("a: up → down".to_owned(), "a: down → up".to_owned());
    assert_eq!(told(vec![series.clone()], &options), [(60, up, State::Good), (45, down.clone(), State::Bad)]);
    assert_eq!(
        told(vec![series], &options.replace("{\"legend", "{\"order\":\"oldest\",\"limit\":1,\"legend")),
        [(45, down, State::Bad)]
    );
}

#[test]
fn rows_are_events() {
    let column = |name: &str, values| Column { name: name.to_owned(), labels: Vec::new(), unit: None, values };
    let columns = vec![
        column("at", Values::Times(vec![7_000])),
        column("event", Values::Texts(vec!["deployed".to_owned()])),
        column("state", Values::Texts(vec!["ok".to_owned()])),
    ];
    assert_eq!(told(vec![Frame { name: "A".to_owned(), columns }], "{}"), [(7, "deployed".to_owned(), State::Good)]);
    assert!(told(Vec::new(), "{}").is_empty());
}
