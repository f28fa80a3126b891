//! Thresholds: steps with colours become `warn` and `bad`.

use serde_json::Value;

use super::{list, number, word};
use crate::import::draft::Panel;
use crate::import::notes::Notes;
use crate::import::yaml::Yaml;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Of a colour that says neither good nor bad.
    Other,
    Good,
    Warning,
    Bad,
}

/// `thresholds` of `fieldConfig.defaults`; percentages are of the scale from `min` to `max`.
pub fn read(thresholds: &Value, range: (Option<f64>, Option<f64>), place: &str, panel: &mut Panel, notes: &mut Notes) {
    let mut steps = Vec::new();
    for step in list(&thresholds["steps"]) {
        steps.push((number(&step["value"]), word(&step["color"]).and_then(level).unwrap_or(Level::Other)));
    }
    if word(&thresholds["mode"]) == Some("percentage") {
        let (Some(min), Some(max)) = range else {
            return notes.add(place, "thresholds in percent need `min` and `max`");
        };
        steps.iter_mut().for_each(|(value, _)| *value = value.map(|percent| min + (max - min) * percent / 100.0));
    }
    set(&steps, place, panel, notes);
}

/// Levels and the values they begin at, the lowest first.
fn set(steps: &[(Option<f64>, Level)], place: &str, panel: &mut Panel, notes: &mut Notes) {
    let levels: Vec<Level> = steps.iter().map(|(_, level)| *level).collect();
    let value = |at: usize| steps[at].0.map_or(Yaml::Number(0.0), Yaml::Number);
    match levels.as_slice() {
        [] | [_] => {}
        [Level::Good, Level::Warning] => panel.set("warn", value(1)),
        [Level::Good, Level::Bad] => panel.set("bad", value(1)),
        [Level::Good, Level::Warning, Level::Bad] => {
            panel.set("warn", value(1));
            panel.set("bad", value(2));
        }
        [Level::Bad, Level::Warning, Level::Good] => {
            panel.set("warn", value(2));
            panel.set("bad", value(1));
        }
        // Low values are bad where `bad` is below `warn`.
        [Level::Bad, Level::Good] => {
            let border = steps[1].0.unwrap_or(0.0);
            panel.set("warn", Yaml::Number(border));
            panel.set("bad", Yaml::Number(below(border)));
            notes.add(place, "low values are bad here with a warning between: `warn` is where the good ones begin");
        }
        [Level::Good | Level::Other, ..] => panel.thresholds = listed(&steps[1..]),
        _ => {
            panel.thresholds = listed(&steps[1..]);
            notes.add(place, "what lies below the first threshold has no state");
        }
    }
}

fn listed(steps: &[(Option<f64>, Level)]) -> Vec<(f64, &'static str)> {
    let word = |level: &Level| match level {
        Level::Other => "neutral",
        Level::Good => "good",
        Level::Warning => "warning",
        Level::Bad => "bad",
    };
    steps.iter().filter_map(|(value, level)| Some(((*value)?, word(level)))).collect()
}

/// A little less, in numbers that a person would write.
fn below(border: f64) -> f64 {
    if border.abs() < 1.0 { border - 0.001 } else { ((border - border.abs() * 0.001) * 1000.0).round() / 1000.0 }
}

/// Old single figures: `"70,90"` and three colours.
pub fn old(values: &str, colors: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    let values: Vec<f64> = values.split(',').filter_map(|value| value.trim().parse().ok()).collect();
    let [first, second] = values.as_slice() else {
        if !values.is_empty() {
            notes.add(place, "two thresholds were expected");
        }
        return;
    };
    let colors: Vec<Option<Level>> = list(colors).iter().map(|color| color.as_str().and_then(level)).collect();
    let steps = match colors.as_slice() {
        [Some(low), Some(middle), Some(high)] => [(None, *low), (Some(*first), *middle), (Some(*second), *high)],
        _ => [(None, Level::Good), (Some(*first), Level::Warning), (Some(*second), Level::Bad)],
    };
    set(&steps, place, panel, notes);
}

/// Old graphs: lines with `value`, `op` and `colorMode`.
pub fn lines(thresholds: &Value, place: &str, panel: &mut Panel, notes: &mut Notes) {
    for (at, line) in list(thresholds).iter().enumerate() {
        let key = match word(&line["colorMode"]) {
            Some("critical") => "bad",
            Some("warning") => "warn",
            _ => {
                notes.add(format!("{place}[{at}]"), "thresholds are warnings or bad: those of other colours are left out");
                continue;
            }
        };
        let Some(value) = number(&line["value"]) else { continue };
        if panel.option(key).is_some() || word(&line["op"]) == Some("lt") {
            notes.add(format!("{place}[{at}]"), "of thresholds there is one `warn` and one `bad`, and these go another way");
            continue;
        }
        panel.set(key, Yaml::Number(value));
    }
}

fn level(color: &str) -> Option<Level> {
    let color = color.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| color.contains(word));
    if has(&["green", "transparent", "text", "blue", "#299c46", "#73bf69", "rgba(50, 172, 45", "#37872d", "#56a64b"]) {
        return Some(Level::Good);
    }
    if has(&["yellow", "orange", "#eab839", "#fade2a", "#ff9830", "#ef843c", "#e5ac0e", "rgba(237, 129, 40"]) {
        return Some(Level::Warning);
    }
    has(&["red", "#d44a3a", "#f2495c", "#e24d42", "#c4162a", "#bf1b00", "rgba(245, 54, 54"]).then_some(Level::Bad)
}
