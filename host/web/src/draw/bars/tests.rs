use vitrine_model::Labels;
use vitrine_model::frame::TimeRange;
use vitrine_model::view::{Group, State, Threshold};

use super::*;

fn bars(categories: &[&str], groups: &[(&str, &[f64])]) -> Bars {
    let group =
        |(name, values): &(&str, &[f64])| Group { name: (*name).to_owned(), labels: Labels::new(), values: values.to_vec() };
    Bars {
        categories: categories.iter().map(|name| (*name).to_owned()).collect(),
        groups: groups.iter().map(group).collect(),
        unit: "bytes".to_owned(),
        stacked: false,
        horizontal: false,
        touching: false,
        thresholds: Vec::new(),
    }
}

fn picture(bars: &Bars) -> String {
    let range = TimeRange { start: 0, end: 1, step: 1 };
    let surroundings = Surroundings::tested("Traffic", range);
    let mut html = Html::new();
    draw(&mut html, bars, &surroundings);
    html.finish().replace("><", ">\n<")
}

#[test]
fn standing_side_by_side_with_a_level() {
    let thresholds = vec![Threshold { value: 3072.0, state: State::Bad, name: "bad".to_owned() }];
    let given = bars(&["eth0", "eth1"], &[("in", &[1024.0, 4096.0]), ("out", &[f64::NAN, -2048.0])]);
    insta::assert_snapshot!(picture(&Bars { thresholds, ..given }));
}

#[test]
fn lying_and_stacked() {
    let given = bars(&["eth0", "eth1"], &[("in", &[1024.0, 4096.0]), ("out", &[1024.0, f64::NAN])]);
    insta::assert_snapshot!(picture(&Bars { stacked: true, horizontal: true, ..given }));
}

#[test]
fn what_has_no_room_is_counted() {
    let (names, values) = (vec!["category"; 500], vec![1.0; 500]);
    let drawn = picture(&bars(&names, &[("one", &values)]));
    assert_eq!(drawn.matches("class=\"bar ").count(), MOST_CATEGORIES);
    assert!(drawn.contains("and 440 more categories"), "{drawn}");
    assert!(drawn.matches("tick-x").count() < 10);
    let many: Vec<(&str, &[f64])> = (0..20).map(|_| ("group", &[1.0][..])).collect();
    assert!(picture(&bars(&["a"], &many)).contains("and 12 more groups"));
    // Nothing at all is drawn without a fault.
    for given in [bars(&[], &[]), bars(&["a"], &[]), bars(&["a"], &[("g", &[f64::INFINITY])])] {
        picture(&given);
        picture(&Bars { horizontal: true, ..given });
    }
}

#[test]
fn hostile_names_stay_text() {
    let name = "\"/><script>alert(1)</script>]]><svg onload=alert(1)>";
    for horizontal in [true, false] {
        let given = bars(&[name, "x"], &[(name, &[1.0, 2.0]), ("b", &[1.0, 2.0])]);
        let drawn = picture(&Bars { horizontal, unit: "<img src=x onerror=alert(1)>".to_owned(), ..given });
        assert!(!drawn.contains("<script") && !drawn.contains("<img") && !drawn.contains("<svg onload"), "{drawn}");
    }
}
