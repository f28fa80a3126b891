#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::Values;
use vitrine_sdk::panel::{State, render};

use super::*;

fn column(name: &str, values: Values) -> Column {
    Column { name: name.to_owned(), labels: Vec::new(), unit: None, values }
}

fn table() -> Frame {
    let texts = |list: [&str; 3]| Values::Texts(list.map(str::to_owned).to_vec());
    let columns = vec![
        column("time", Values::Times(vec![2_000, 3_000, 1_000])),
        column("level", texts(["error", "info", "debug"])),
        column("message", texts(["no answer", "started", "asked"])),
        column("host", texts(["web-1", "web-2", "web-1"])),
    ];
    Frame { name: "A".to_owned(), columns }
}

fn texts(frames: Vec<Frame>, options: &str) -> Vec<String> {
    match render::<Logs>(frames, options).unwrap() {
        View::Lines(lines) => lines.lines.into_iter().map(|line| line.text).collect(),
        other => panic!("lines were expected, not {other:?}"),
    }
}

#[test]
fn the_newest_comes_first() {
    assert_eq!(texts(vec![table()], "{}"), ["started", "no answer", "asked"]);
    assert_eq!(texts(vec![table()], r#"{"order":"oldest","limit":2}"#), ["asked", "no answer"]);
}

#[test]
fn lines_are_left_out_by_level_and_by_what_they_say() {
    assert_eq!(texts(vec![table()], r#"{"least":"info"}"#), ["started", "no answer"]);
    assert_eq!(texts(vec![table()], r#"{"least":"fatal"}"#), Vec::<String>::new());
    assert_eq!(texts(vec![table()], r#"{"search":"WEB-1"}"#), ["no answer", "asked"]);
    assert_eq!(texts(vec![table()], r#"{"text":"host","search":"STARTED"}"#), ["web-2"]);
}

#[test]
fn series_are_lines_at_their_last_value() {
    let labels = vec![Label::new("message", "disk full"), Label::new("severity", "critical"), Label::new("host", "web-1")];
    let series = Column { labels, ..column("log", Values::Numbers(vec![1.0, f64::NAN])) };
    let frame = Frame { name: "A".to_owned(), columns: vec![column("time", Values::Times(vec![5_000, 6_000])), series] };
    let View::Lines(lines) = render::<Logs>(vec![frame], "{}").unwrap() else { panic!() };
    let line = &lines.lines[0];
    assert_eq!((line.time, line.state, line.text.as_str(), line.fields.len()), (5_000, State::Bad, "disk full", 2));
    assert!(texts(Vec::new(), "{}").is_empty());
}
