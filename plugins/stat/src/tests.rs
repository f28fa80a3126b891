#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::fake::frame;
use vitrine_sdk::panel::{State, render};

use super::*;

fn figures(frame: Frame, options: &str) -> Vec<Figure> {
    match render::<Stat>(vec![frame], options).unwrap() {
        View::Stat(stat) if stat.shape == Shape::Number => stat.figures,
        other => panic!("numbers were expected, not {other:?}"),
    }
}

#[test]
fn a_series_is_reduced_to_one_number() {
    let check = |reduce: &str, expected: f64| {
        let frame = frame("device", &[("a", &[f64::NAN, 4.0, 1.0, 3.0, f64::NAN])]);
        assert_eq!(figures(frame, &format!(r#"{{"reduce":"{reduce}"}}"#))[0].value, expected, "{reduce}");
    };
    check("mean", 8.0 / 3.0);
    check("max", 4.0);
    check("min", 1.0);
    check("sum", 8.0);
}

#[test]
fn a_series_that_has_ended_has_no_last_value() {
    let last = |values: &[f64]| figures(frame("device", &[("a", values)]), "{}")[0].value;
    assert_eq!(last(&[4.0, f64::NAN, 3.0]), 3.0);
    assert!(last(&[4.0, 3.0, f64::NAN]).is_nan());
}

#[test]
fn each_series_has_its_name_and_state() {
    let frame = frame("device", &[("sda", &[0.5]), ("sdb", &[0.85]), ("sdc", &[0.99]), ("sdd", &[f64::NAN])]);
    let figures = figures(frame, r#"{"warn":0.8,"bad":0.95}"#);
    let told: Vec<(&str, State)> = figures.iter().map(|figure| (figure.name.as_str(), figure.state)).collect();
    assert_eq!(told, [("sda", State::Good), ("sdb", State::Warning), ("sdc", State::Bad), ("sdd", State::Neutral)]);
    assert!(figures[3].value.is_nan());
}

#[test]
fn low_values_may_be_the_bad_ones() {
    let frame = frame("device", &[("a", &[5.0]), ("b", &[15.0]), ("c", &[50.0])]);
    let states: Vec<State> = figures(frame, r#"{"warn":20,"bad":10}"#).iter().map(|figure| figure.state).collect();
    assert_eq!(states, [State::Bad, State::Warning, State::Good]);
}

#[test]
fn the_trend_is_short_and_ends_with_the_last_value() {
    let values: Vec<f64> = (0..1000).map(f64::from).collect();
    let trend = &figures(frame("device", &[("a", &values)]), "{}")[0].trend;
    assert!(trend.len() <= MOST_POINTS && trend.len() > MOST_POINTS / 2, "{}", trend.len());
    assert_eq!(trend.last(), Some(&999.0));
    assert!(figures(frame("device", &[("a", &values)]), r#"{"trend":false}"#)[0].trend.is_empty());
}

#[test]
fn there_may_be_nothing_to_show() {
    assert!(figures(frame("device", &[]), "{}").is_empty());
    assert!(figures(frame("device", &[("a", &[])]), "{}")[0].value.is_nan());
}

#[test]
fn a_change_is_said_and_the_ground_coloured() {
    let frames = || vec![frame("device", &[("a", &[f64::NAN, 1.0, 4.0])])];
    let View::Stat(stat) = render::<Stat>(frames(), r#"{"delta":true,"color":"ground","warn":3}"#).unwrap() else { panic!() };
    assert_eq!((stat.tinted, stat.figures[0].delta, stat.figures[0].state), (true, 3.0, State::Warning));
    let plain = figures(frames().remove(0), r#"{"color":"none","warn":3}"#);
    assert_eq!(plain[0].state, State::Neutral);
    assert!(plain[0].delta.is_nan());
}
