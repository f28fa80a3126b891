#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::render;
use vitrine_sdk::{Column, Frame, Label, Values};

use super::*;

fn column(name: &str, values: Values) -> Column {
    Column { name: name.to_owned(), labels: Vec::new(), unit: None, values }
}

fn table() -> Frame {
    let texts = |list: [&str; 3]| Values::Texts(list.map(str::to_owned).to_vec());
    let columns = vec![
        column("since", Values::Times(vec![1_000, 3_000, 2_000])),
        column("alertname", texts(["Slow", "DiskFull", "Late"])),
        column("alertstate", texts(["pending", "firing", "firing"])),
        column("severity", texts(["critical", "critical", "warning"])),
        column("summary", texts(["", "91 % of /var", ""])),
        column("team", texts(["web", "web", "ops"])),
    ];
    Frame { name: "A".to_owned(), columns }
}

fn told(frames: Vec<Frame>, options: &str) -> Vec<(i64, String, String, State)> {
    match render::<AlertList>(frames, options).unwrap() {
        View::Lines(lines) if lines.ages => {
            lines.lines.into_iter().map(|line| (line.time, line.level, line.text, line.state)).collect()
        }
        other => panic!("lines with ages were expected, not {other:?}"),
    }
}

fn line(time: i64, level: &str, text: &str, state: State) -> (i64, String, String, State) {
    (time, level.to_owned(), text.to_owned(), state)
}

#[test]
fn the_worst_come_first() {
    let (full, late) =
        (line(3_000, "firing", "DiskFull · 91 % of /var", State::Bad), line(2_000, "firing", "Late", State::Warning));
    assert_eq!(told(vec![table()], "{}"), [full.clone(), late.clone(), line(1_000, "pending", "Slow", State::Warning)]);
    assert_eq!(told(vec![table()], r#"{"show":"firing","limit":1}"#), [full]);
    assert_eq!(told(vec![table()], r#"{"search":"OPS"}"#), [late]);
    assert!(told(Vec::new(), "{}").is_empty());
}

#[test]
fn series_are_alerts_while_they_last() {
    let series = |name: &str, state: &str, values: [f64; 4]| Column {
        labels: [("__name__", "ALERTS"), ("alertname", name), ("alertstate", state)]
            .map(|(name, value)| Label::new(name, value))
            .to_vec(),
        ..column("ALERTS", Values::Numbers(values.to_vec()))
    };
    let columns = vec![
        column("time", Values::Times(vec![0, 1_000, 2_000, 3_000])),
        series("Over", "firing", [1.0, 1.0, 1.0, f64::NAN]),
        series("Disk", "firing", [1.0, f64::NAN, 1.0, 1.0]),
        series("Slow", "pending", [f64::NAN, f64::NAN, f64::NAN, 1.0]),
    ];
    let alerts = told(vec![Frame { name: "A".to_owned(), columns }], "{}");
    assert_eq!(alerts, [line(2_000, "firing", "Disk", State::Bad), line(3_000, "pending", "Slow", State::Warning)]);
}
