use vitrine_model::frame::TimeRange;
use vitrine_model::view::Threshold;

use super::*;

fn picture(shape: Shape, figures: Vec<Figure>, unit: &str) -> String {
    let range = TimeRange { start: 0, end: 1, step: 1 };
    let surroundings = Surroundings::tested("Memory", range);
    let mut html = Html::new();
    draw(&mut html, &Stat { shape, unit: unit.to_owned(), tinted: false, figures }, &surroundings);
    html.finish().replace("><", ">\n<")
}

fn figure(name: &str, value: f64, state: State) -> Figure {
    let thresholds = vec![
        Threshold { value: 0.8, state: State::Warning, name: String::new() },
        Threshold { value: 0.95, state: State::Bad, name: String::new() },
    ];
    Figure {
        name: name.to_owned(),
        value,
        delta: f64::NAN,
        state,
        trend: vec![1.0, f64::NAN, 2.0, 3.0],
        minimum: 0.0,
        maximum: 1.0,
        thresholds,
    }
}

#[test]
fn a_number_with_its_trend() {
    insta::assert_snapshot!(picture(Shape::Number, vec![figure("m", 0.62, State::Warning)], "ratio"));
}

#[test]
fn an_arc_with_its_thresholds() {
    insta::assert_snapshot!(picture(
        Shape::Arc,
        vec![figure("a", 0.62, State::Good), figure("b", f64::NAN, State::Neutral)],
        "ratio"
    ));
}

#[test]
fn an_arc_may_begin_with_what_is_bad() {
    let from = |value: f64, state: State| Threshold { value, state, name: String::new() };
    let thresholds = vec![from(f64::MIN, State::Bad), from(0.1, State::Warning), from(0.2, State::Neutral)];
    let drawn = picture(Shape::Arc, vec![Figure { thresholds, ..figure("free", 0.62, State::Good) }], "ratio");
    for (word, from, to) in [("bad", 0.0, 0.1), ("warning", 0.1, 0.2)] {
        assert!(drawn.contains(&format!("<path class=\"ring {word}\" d=\"{}\"/>", sweep(RING, from, to))), "{drawn}");
    }
    assert_eq!(drawn.matches("class=\"ring").count(), 2, "{drawn}");
}

#[test]
fn hostile_names_stay_text() {
    for shape in [Shape::Number, Shape::Arc, Shape::Bar] {
        let figures = vec![figure("<script>", 1.0, State::Good), Figure { delta: 1.0, ..figure("\"><b>", 1.0, State::Bad) }];
        let drawn = picture(shape, figures, "<i>");
        assert!(!drawn.contains("<script>") && !drawn.contains("<b>") && !drawn.contains("<i>"), "{drawn}");
    }
}

#[test]
fn a_number_that_has_changed() {
    let changed = Figure { delta: -0.08, trend: Vec::new(), ..figure("m", 0.62, State::Good) };
    insta::assert_snapshot!(picture(Shape::Number, vec![changed], "ratio"));
}

#[test]
fn bars_with_their_levels() {
    let figures =
        vec![figure("/", 0.62, State::Good), figure("/var", 0.97, State::Bad), figure("/mnt", f64::NAN, State::Neutral)];
    insta::assert_snapshot!(picture(Shape::Bar, figures, "ratio"));
}
