#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::{State, render};
use vitrine_sdk::{Column, Values};

use super::*;

fn gauge(values: &[f64], options: &str) -> Result<Stat, Fault> {
    let values = Values::Numbers(values.to_vec());
    let column = Column { name: "used".to_owned(), labels: Vec::new(), unit: None, values };
    let frame = Frame { name: "A".to_owned(), columns: vec![column] };
    match render::<Gauge>(vec![frame], options)? {
        View::Stat(stat) => Ok(stat),
        other => panic!("an arc was expected, not {other:?}"),
    }
}

#[test]
fn the_last_value_is_shown_on_a_scale() {
    let stat = gauge(&[0.2, 0.9], r#"{"unit":"ratio","warn":0.8,"bad":0.95}"#).unwrap();
    let figure = &stat.figures[0];
    assert_eq!(stat.shape, Shape::Arc);
    assert_eq!((figure.name.as_str(), figure.value, figure.state), ("used", 0.9, State::Warning));
    assert_eq!((figure.minimum, figure.maximum, figure.thresholds.len()), (0.0, 1.0, 2));
}

#[test]
fn the_unit_knows_its_scale() {
    assert_eq!(gauge(&[1.0], r#"{"unit":"percent"}"#).unwrap().figures[0].maximum, 100.0);
    assert_eq!(gauge(&[1.0], r#"{"unit":"bytes","max":512,"min":-1}"#).unwrap().figures[0].maximum, 512.0);
}

#[test]
fn a_scale_without_ends_is_the_admins_fault() {
    let reason = |options: &str| gauge(&[1.0], options).unwrap_err().reason().to_owned();
    assert!(reason("{}").starts_with("add `max`"));
    assert!(reason(r#"{"unit":"ratio","min":1}"#).contains("not above"));
}

#[test]
fn without_a_value_it_is_neutral() {
    for values in [&[][..], &[0.9, f64::NAN]] {
        let stat = gauge(values, r#"{"unit":"ratio","bad":0.5}"#).unwrap();
        assert!(stat.figures[0].value.is_nan());
        assert_eq!(stat.figures[0].state, State::Neutral);
    }
}
