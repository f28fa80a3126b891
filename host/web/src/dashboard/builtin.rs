//! Variables that every dashboard has: what is looked at, as text.

use vitrine_model::Span;

use crate::dashboard::values::{Value, Values};
use crate::dashboard::window::Window;

pub const NAMES: [&str; 10] = [
    "__interval",
    "__interval_ms",
    "__rate_interval",
    "__range",
    "__range_s",
    "__range_ms",
    "__from",
    "__to",
    "__dashboard",
    // In links alone.
    "__scope",
];

/// What they are over a window, where samples come every `least`.
pub fn set(values: &mut Values, window: &Window, range: Span, least: Span) {
    let step = window.grid.step;
    let least = least.millis().max(1_000);
    // Two samples at least, also where one comes late: Grafana's formula.
    let rate = (step + least).max(4 * least);
    let shown = window.shown(range);
    let span = |millis: i64| Span::from_millis(millis).to_string();
    let pairs = [
        ("__interval", span(step)),
        ("__interval_ms", step.to_string()),
        ("__rate_interval", span(rate)),
        ("__range", span(range.millis())),
        ("__range_s", (range.millis() / 1_000).to_string()),
        ("__range_ms", range.millis().to_string()),
        ("__from", shown.start.to_string()),
        ("__to", shown.end.to_string()),
    ];
    for (name, value) in pairs {
        values.set(name, Value::of([value]));
    }
}

/// One that it may have.
pub fn example(name: &str) -> Option<Value> {
    let text = match name {
        "__interval" | "__rate_interval" | "__range" => "1m",
        name if NAMES.contains(&name) => "60",
        _ => return None,
    };
    Some(Value::of([text]))
}
