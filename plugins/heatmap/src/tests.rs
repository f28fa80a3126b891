#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::fake::frame;
use vitrine_sdk::panel::render;

use super::*;

fn grid_of(frames: Vec<Frame>, options: &str) -> Grid {
    match render::<Heatmap>(frames, options).unwrap() {
        View::Grid(grid) => grid,
        other => panic!("a grid was expected, not {other:?}"),
    }
}

#[test]
fn buckets_are_rows_from_the_smallest_up() {
    let series = frame("le", &[("+Inf", &[8.0, 9.0]), ("0.1", &[1.0, 2.0]), ("1", &[4.0, 2.0])]);
    let grid = grid_of(vec![series], r#"{"row_unit":"seconds","unit":"/s"}"#);
    assert_eq!((grid.columns, grid.rows), (Values::Times(vec![0, 15_000]), Values::Numbers(vec![0.1, 1.0, f64::INFINITY])));
    assert_eq!(grid.values, [1.0, 3.0, 4.0, 2.0, 0.0, 7.0]);
    assert_eq!((grid.row_unit.as_str(), grid.unit.as_str()), ("seconds", "/s"));
}

#[test]
fn series_are_rows_from_the_top_down() {
    let grid = grid_of(
        vec![frame("cpu", &[("0", &[1.0, 2.0]), ("1", &[3.0, f64::NAN])])],
        r#"{"sort":"-value","legend":"core {{cpu}}"}"#,
    );
    assert_eq!(grid.rows, Values::Texts(vec!["core 0".to_owned(), "core 1".to_owned()]));
    assert_eq!(format!("{:?}", grid.values), "[1.0, 3.0, 2.0, NaN]");
}

#[test]
fn many_points_are_thinned() {
    let long: Vec<f64> = (0..1_200).map(f64::from).collect();
    let grid = grid_of(vec![frame("cpu", &[("0", &long)])], "{}");
    assert_eq!((grid.columns.len(), grid.values.len(), grid.values[0]), (400, 400, 2.0));
    assert!(grid_of(Vec::new(), "{}").values.is_empty());
}
