//! The texts of labels and annotations, with the alert's values filled in.
//!
//! minijinja, bounded in work and size. Prometheus's `$labels` and `$value` are understood; its Go functions are not yet.

use std::sync::{Arc, LazyLock};

use minijinja::{Environment, UndefinedBehavior, Value, context};
use vitrine_model::Labels;

/// Steps that one text may take, and letters that it may come to.
const FUEL: u64 = 10_000;
const LETTERS: usize = 16 << 10;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    // Whole values are written without a fraction, as Prometheus does.
    environment.set_formatter(|out, state, value| match f64::try_from(value.clone()) {
        Ok(number) if value.is_number() => Ok(write!(out, "{number}")?),
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment.add_filter("humanize", |value: f64| humanize(value));
    environment.add_filter("humanizePercentage", |value: f64| format!("{} %", short(value * 100.0)));
    environment.add_filter("humanizeDuration", |value: f64| duration(value));
    environment
});

/// A text that parses.
#[derive(Debug, Clone)]
pub struct Template {
    written: Arc<str>,
    text: Arc<str>,
}

impl Template {
    pub fn parse(text: &str) -> Result<Template, String> {
        let plain = without_dollars(text);
        ENVIRONMENT.template_from_str(&plain).map_err(|error| format!("the template cannot be read: {error}"))?;
        Ok(Template { written: text.into(), text: plain.into() })
    }

    /// As it stands in the file.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// A failing template becomes a text with the error in it: the alert is told all the same.
    pub fn fill(&self, labels: &Labels, value: f64) -> String {
        if !self.text.contains('{') {
            return self.text.to_string();
        }
        let values = context! { labels => Value::from_pairs(labels.iter()), value => value };
        let filled = ENVIRONMENT.template_from_str(&self.text).and_then(|template| template.render(values));
        let mut text = filled.unwrap_or_else(|error| format!("<error in template: {error}>"));
        if text.len() > LETTERS {
            let end = (0..=LETTERS).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0);
            text.truncate(end);
            text.push('…');
        }
        text
    }
}

/// `$labels` and `$value` inside braces, without their dollars.
fn without_dollars(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        made.push_str(before);
        made.push_str("{{");
        let (inside, outside) = after.split_once("}}").map_or((after, None), |(inside, outside)| (inside, Some(outside)));
        made.push_str(&inside.replace("$labels", "labels").replace("$value", "value"));
        let Some(outside) = outside else { return made };
        made.push_str("}}");
        rest = outside;
    }
    made.push_str(rest);
    made
}

/// Three significant digits, without zeros at the end.
fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    #[expect(clippy::cast_possible_truncation, reason = "a magnitude is between -324 and 308")]
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = usize::try_from(2 - magnitude).unwrap_or(0).min(12);
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// With an SI prefix, as Prometheus does.
fn humanize(value: f64) -> String {
    const LARGE: [&str; 8] = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    const SMALL: [&str; 8] = ["m", "u", "n", "p", "f", "a", "z", "y"];
    let mut left = value;
    let mut prefix = "";
    if value.abs() >= 1_000.0 && value.is_finite() {
        for name in LARGE {
            if left.abs() < 1_000.0 {
                break;
            }
            left /= 1_000.0;
            prefix = name;
        }
    } else if value.abs() < 1.0 && value != 0.0 {
        for name in SMALL {
            if left.abs() >= 1.0 {
                break;
            }
            left *= 1_000.0;
            prefix = name;
        }
    }
    format!("{}{prefix}", short(left))
}

fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds.abs() < 1.0 {
        return format!("{}s", humanize(seconds));
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, and the value is positive")]
    let whole = seconds.abs() as u64;
    let (days, hours, minutes, rest) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60, whole % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{sign}{}s", short(seconds.abs())),
        (0, 0, _) => format!("{sign}{minutes}m {rest}s"),
        (0, ..) => format!("{sign}{hours}h {minutes}m {rest}s"),
        _ => format!("{sign}{days}d {hours}h {minutes}m {rest}s"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn fills_in_values_as_prometheus_writes_them() {
        let labels = Labels::from_pairs([("instance", "web-1"), ("mountpoint", "/var")]);
        for (text, wanted) in [
            ("plain", "plain"),
            (
                "disk {{ $labels.mountpoint }} on {{ $labels.instance }}: {{ $value | humanizePercentage }}",
                "disk /var on web-1: 91.2 %",
            ),
            ("{{ labels.nothing }}.", "."),
            ("{{ $value | humanize }}", "912m"),
            ("costs $5", "costs $5"),
            ("{{ $value }}, {{ 2.0 }}", "0.912, 2"),
            ("{{ 93784.0 | humanizeDuration }}", "1d 2h 3m 4s"),
        ] {
            assert_eq!(Template::parse(text).unwrap().fill(&labels, 0.912), wanted, "{text}");
        }
    }

    #[test]
    fn a_failing_template_tells_its_error() {
        let text = Template::parse("{{ nothing.of.this }}").unwrap().fill(&Labels::new(), 1.0);
        assert!(text.contains("error in template"), "{text}");
        let text = Template::parse("{% for i in range(100000) %}x{% endfor %}").unwrap().fill(&Labels::new(), 1.0);
        assert!(text.contains("error in template"), "{text}");
        assert!(Template::parse("{{ printf \"%.2f\" $value }}").is_err());
    }
}
