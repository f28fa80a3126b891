#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::Column;
use vitrine_sdk::fake::frame;
use vitrine_sdk::panel::{ColumnRef, render};

use super::*;

fn told(frames: Vec<Frame>, options: &str) -> Vec<(String, f64)> {
    match render::<Pie>(frames, options).unwrap() {
        View::Slices(slices) => slices.slices.into_iter().map(|slice| (slice.name, slice.value)).collect(),
        other => panic!("slices were expected, not {other:?}"),
    }
}

#[test]
fn series_are_slices_the_largest_first() {
    let frames = || vec![frame("mode", &[("user", &[1.0, 2.0]), ("idle", &[9.0, 7.0])])];
    assert_eq!(told(frames(), "{}"), [("idle".to_owned(), 7.0), ("user".to_owned(), 2.0)]);
    assert_eq!(told(frames(), r#"{"reduce":"sum","sort":"given"}"#), [("user".to_owned(), 3.0), ("idle".to_owned(), 16.0)]);
    let View::Slices(slices) = render::<Pie>(frames(), r#"{"hollow":true}"#).unwrap() else { panic!() };
    assert!(slices.hollow);
    assert_eq!(slices.slices[0].origin, Some(ColumnRef { frame: 0, column: 2 }));
}

#[test]
fn rows_are_slices() {
    let column = |name: &str, values| Column { name: name.to_owned(), labels: Vec::new(), unit: None, values };
    let names = column("country", Values::Texts(vec!["de".to_owned(), "pt".to_owned()]));
    let table = Frame { name: "A".to_owned(), columns: vec![names, column("orders", Values::Numbers(vec![1.0, 5.0]))] };
    assert_eq!(told(vec![table], "{}"), [("pt".to_owned(), 5.0), ("de".to_owned(), 1.0)]);
    assert!(told(Vec::new(), "{}").is_empty());
}
