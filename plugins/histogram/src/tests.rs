#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::fake::frame;
use vitrine_sdk::panel::render;

use super::*;

fn told(frames: Vec<Frame>, options: &str) -> (Vec<String>, Vec<f64>) {
    match render::<Histogram>(frames, options).unwrap() {
        View::Bars(mut bars) => (bars.categories, bars.groups.remove(0).values),
        other => panic!("bars were expected, not {other:?}"),
    }
}

#[test]
fn buckets_are_shown_as_they_are() {
    let series = frame("le", &[("0.005", &[0.0, 2.0]), ("1.5", &[0.0, 7.0]), ("+Inf", &[1.0, 8.0])]);
    let (categories, values) = told(vec![series], r#"{"unit":"seconds"}"#);
    assert_eq!(categories, ["≤\u{202f}5ms", "≤\u{202f}1.5s", "more"]);
    assert_eq!(values, [2.0, 5.0, 1.0]);
}

#[test]
fn values_are_sorted_into_ranges() {
    let series = frame("host", &[("a", &[0.0, 1.0, f64::NAN]), ("b", &[4.0, 10.0, f64::INFINITY])]);
    let (categories, values) = told(vec![series], r#"{"buckets":5}"#);
    assert_eq!(categories.join(" ").replace('\u{202f}', ""), "≤2 ≤4 ≤6 ≤8 ≤10");
    assert_eq!(values, [2.0, 0.0, 1.0, 0.0, 1.0]);
}

#[test]
fn one_value_is_one_range_and_none_is_none() {
    let same = frame("host", &[("a", &[0.25, 0.25])]);
    assert_eq!(told(vec![same], r#"{"unit":"ratio"}"#), (vec!["≤\u{202f}25%".to_owned()], vec![2.0]));
    assert!(told(Vec::new(), "{}").0.is_empty());
    let widest = frame("host", &[("a", &[f64::MIN, f64::MAX])]);
    assert_eq!(told(vec![widest], "{}").1.iter().sum::<f64>(), 2.0);
}
