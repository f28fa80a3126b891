#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use vitrine_sdk::panel::{ColumnRef, Side, State, Stroke, render};
use vitrine_sdk::{Column, Frame, Label, Values};

use super::*;

fn frame(series: &[&[(&str, &str)]]) -> Frame {
    let times = Column { name: "time".to_owned(), labels: Vec::new(), unit: None, values: Values::Times(vec![0, 1000]) };
    let numbers = series.iter().map(|labels| Column {
        name: "cpu_seconds".to_owned(),
        labels: labels.iter().map(|(name, value)| Label::new(*name, *value)).collect(),
        unit: None,
        values: Values::Numbers(vec![1.0, f64::NAN]),
    });
    Frame { name: "A".to_owned(), columns: std::iter::once(times).chain(numbers).collect() }
}

fn chart(frames: Vec<Frame>, options: &str) -> Chart {
    match render::<TimeSeries>(frames, options).unwrap() {
        View::Chart(chart) => chart,
        other => panic!("a chart was expected, not {other:?}"),
    }
}

fn names(frames: Vec<Frame>, options: &str) -> Vec<String> {
    chart(frames, options).series.into_iter().map(|series| series.name).collect()
}

#[test]
fn series_refer_to_their_columns() {
    let chart = chart(vec![frame(&[&[("mode", "user")]]), frame(&[&[("mode", "idle")]])], r#"{"stack":true,"unit":"ratio"}"#);
    let points: Vec<&Points> = chart.series.iter().map(|series| &series.points).collect();
    let column = |frame| Points::Column(ColumnRef { frame, column: 1 });
    assert_eq!(points, [&column(0), &column(1)]);
    assert!(chart.series.iter().all(|series| series.stacked && series.mark == Mark::Area));
    assert_eq!(chart.left.unit, "ratio");
}

#[test]
fn series_are_called_by_what_differs() {
    let host: (&str, &str) = ("host", "a");
    assert_eq!(names(vec![frame(&[&[host, ("mode", "user")], &[host, ("mode", "idle")]])], "{}"), ["user", "idle"]);
    assert_eq!(names(vec![frame(&[&[host]])], "{}"), ["cpu_seconds"]);
    let two = frame(&[&[("cpu", "0"), ("mode", "user")], &[("cpu", "1"), ("mode", "idle")]]);
    assert_eq!(names(vec![two], "{}"), ["cpu 0, mode user", "cpu 1, mode idle"]);
}

#[test]
fn a_template_names_them() {
    let frames = vec![frame(&[&[("mode", "user")]])];
    assert_eq!(names(frames.clone(), r#"{"legend":"CPU {{ mode }} of {{__name__}}{{nothing}}"}"#), ["CPU user of cpu_seconds"]);
    assert_eq!(names(frames, r#"{"legend":"{{mode"}"#), ["{{mode"]);
}

#[test]
fn levels_become_thresholds() {
    let chart = chart(vec![frame(&[&[]])], r#"{"warn":0.8,"bad":0.95,"min":0,"max":1,"draw":"bars"}"#);
    let levels: Vec<(f64, State)> = chart.thresholds.iter().map(|level| (level.value, level.state)).collect();
    assert_eq!(levels, [(0.8, State::Warning), (0.95, State::Bad)]);
    assert_eq!((chart.left.minimum, chart.left.maximum, chart.series[0].mark), (Some(0.0), Some(1.0), Mark::Bars));
}

#[test]
fn without_times_or_frames_there_is_nothing_to_draw() {
    let mut timeless = frame(&[&[]]);
    timeless.columns.remove(0);
    assert!(chart(vec![timeless], "{}").series.is_empty());
    assert!(chart(Vec::new(), "{}").series.is_empty());
}

#[test]
fn a_wrong_option_is_the_admins_fault() {
    let fault = render::<TimeSeries>(Vec::new(), r#"{"draw":"lines"}"#).unwrap_err();
    assert!(matches!(&fault, Fault::Invalid(reason) if reason.contains("`draw`")), "{fault:?}");
}

#[test]
fn single_series_have_a_style() {
    let frames = || vec![frame(&[&[("q", "p50")], &[("q", "p99")], &[("q", "rate")]])];
    let options = r#"{
        "log": true, "nulls": "connect", "statistics": ["min", "mean"], "right": {"unit": "/s", "min": 0},
        "series": [
            {"name": "p*", "stroke": "dashed"}, {"name": "p99", "band": "p50"},
            {"name": "rate", "axis": "right", "draw": "bars", "stack": true}
        ]
    }"#;
    let chart = chart(frames(), options);
    let told: Vec<_> = chart.series.iter().map(|one| (one.mark, one.side, one.stroke, one.band, one.stacked)).collect();
    assert_eq!(
        told,
        [
            (Mark::Line, Side::Left, Stroke::Dashed, None, false),
            (Mark::Line, Side::Left, Stroke::Dashed, Some(0), false),
            (Mark::Bars, Side::Right, Stroke::Solid, None, true),
        ]
    );
    assert!(chart.connect && chart.left.logarithmic && !chart.right.logarithmic);
    assert_eq!((chart.right.unit.as_str(), chart.right.minimum, chart.statistics.len()), ("/s", Some(0.0), 2));
    let fault = render::<TimeSeries>(frames(), r#"{"series":[{"name":"p99","band":"p10"}]}"#).unwrap_err();
    assert_eq!(fault.reason(), "`band`: there is no series `p10`, but p50, p99, rate");
}
