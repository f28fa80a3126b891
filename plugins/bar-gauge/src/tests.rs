#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::fake::frame;
use vitrine_sdk::panel::{State, render};

use super::*;

fn bars(options: &str) -> Result<Stat, Fault> {
    match render::<BarGauge>(
        vec![frame("mode", &[("user", &[1.0, 3.0]), ("idle", &[0.0, f64::NAN]), ("system", &[1.0, 9.0])])],
        options,
    )? {
        View::Stat(stat) => Ok(stat),
        other => panic!("bars were expected, not {other:?}"),
    }
}

#[test]
fn the_largest_ends_the_scale() {
    let stat = bars(r#"{"sort":"-value","warn":5}"#).unwrap();
    let told: Vec<(&str, State)> = stat.figures.iter().map(|figure| (figure.name.as_str(), figure.state)).collect();
    assert_eq!(told, [("system", State::Warning), ("user", State::Good), ("idle", State::Neutral)]);
    assert!(stat.shape == Shape::Bar && stat.figures.iter().all(|figure| (figure.minimum, figure.maximum) == (0.0, 9.0)));
}

#[test]
fn the_unit_and_the_options_know_the_scale() {
    let of = |options: &str| bars(options).unwrap().figures[0].maximum;
    assert_eq!(
        [of(r#"{"unit":"ratio"}"#), of(r#"{"unit":"percent"}"#), of(r#"{"max":20}"#), of(r#"{"min":50}"#)],
        [1.0, 100.0, 20.0, 51.0]
    );
    assert!(bars(r#"{"min":5,"max":5}"#).unwrap_err().reason().contains("no room"));
    assert_eq!(bars(r#"{"limit":1}"#).unwrap().figures.len(), 1);
}
