use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;
use vitrine_model::view::{Axis, Chart, ChartSeries, Mark, Side, State, Statistic, Stroke, Threshold};

use super::ends::{End, spread};
use super::*;
use crate::draw::plot::tests::series as make;

const START: Millis = 1_763_632_800_000;

fn picture(series: Vec<ChartSeries>, unit: &str, thresholds: Vec<Threshold>) -> String {
    let left = Axis { unit: unit.to_owned(), ..Axis::default() };
    picture_of(&Chart { series, left, thresholds, ..Chart::default() })
}

fn picture_of(chart: &Chart) -> String {
    let range = TimeRange { start: START, end: START + 3_600_000, step: 900_000 };
    let surroundings = Surroundings { height: 260, ..Surroundings::tested("CPU <by> mode", range) };
    let mut html = Html::new();
    draw(&mut html, &Plot::new(chart, range), &surroundings);
    html.finish().replace("><", ">\n<")
}

#[test]
fn stacked_areas_with_a_gap_and_a_band() {
    let at = |minutes: i64, value: f64| (START + minutes * 60_000, value);
    let user = make("user", &[at(0, 0.2), at(15, 0.3), at(30, f64::NAN), at(45, 0.25), at(60, 0.37)], true, Mark::Area);
    let system = make("system", &[at(0, 0.05), at(15, 0.06), at(30, 0.07), at(45, 0.05), at(60, 0.04)], true, Mark::Area);
    let warn = Threshold { value: 0.4, state: State::Warning, name: "warn".to_owned() };
    insta::assert_snapshot!(picture(vec![user, system], "ratio", vec![warn]));
}

#[test]
fn low_values_may_be_the_bad_ones() {
    let from = |value: f64, state: State| Threshold { value, state, name: String::new() };
    let levels = vec![from(f64::MIN, State::Bad), from(1.0, State::Warning), from(2.0, State::Neutral)];
    let drawn = picture(vec![make("free", &[(START, 0.0), (START + 900_000, 4.0)], false, Mark::Line)], "", levels);
    let lines: Vec<&str> = drawn.lines().filter(|line| line.contains("band") || line.contains("limit")).collect();
    assert_eq!(
        lines,
        [
            "<rect class=\"band bad\" width=\"100%\" y=\"75%\" height=\"25%\">",
            "<rect class=\"band warning\" width=\"100%\" y=\"50%\" height=\"25%\">",
            "<line class=\"limit bad\" x2=\"100%\" y1=\"75%\" y2=\"75%\"/>",
            "<line class=\"limit warning\" x2=\"100%\" y1=\"50%\" y2=\"50%\"/>",
        ]
    );
}

#[test]
fn hostile_names_stay_text() {
    let name = "\"/><script>alert(1)</script><svg onload=alert(1)>";
    let drawn = picture(vec![make(name, &[(START, 1.0)], false, Mark::Line)], "<img src=x onerror=alert(1)>", Vec::new());
    assert!(!drawn.contains("<script") && !drawn.contains("<img") && !drawn.contains("<svg onload"), "{drawn}");
}

#[test]
fn words_at_the_ends_keep_their_distance() {
    let mut list: Vec<End> = [99.0, 98.0, 97.0, 10.0].map(|place| End { place, colour: 0, word: String::new() }).into();
    spread(&mut list, 6.0);
    assert_eq!(list.iter().map(|end| end.place).collect::<Vec<_>>(), [10.0, 88.0, 94.0, 100.0]);
}

#[test]
fn two_axes_a_band_and_what_the_legend_says() {
    let at = |minutes: i64, value: f64| (START + minutes * 60_000, value);
    let upper = make("p99", &[at(0, 0.02), at(30, 3.0), at(60, 0.5)], false, Mark::Line);
    let lower = make("p50", &[at(0, 0.002), at(30, 0.1), at(60, 0.0)], false, Mark::Line);
    let rate = make("requests", &[at(0, 10.0), at(30, f64::NAN), at(60, 30.0)], false, Mark::Line);
    let chart = Chart {
        series: vec![
            ChartSeries { band: Some(1), ..upper },
            ChartSeries { stroke: Stroke::Dashed, ..lower },
            ChartSeries { side: Side::Right, stroke: Stroke::Dotted, ..rate },
        ],
        left: Axis { unit: "seconds".to_owned(), logarithmic: true, ..Axis::default() },
        right: Axis { unit: "/s".to_owned(), minimum: Some(0.0), ..Axis::default() },
        connect: true,
        statistics: vec![Statistic::Minimum, Statistic::Mean],
        ..Chart::default()
    };
    insta::assert_snapshot!(picture_of(&chart));
}
