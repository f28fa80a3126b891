//! An expression as text again: in one form, whatever it was written like, and over several lines where it is long.

use std::fmt::Write;

use vitrine_model::labels::{NAME, is_label_name};
use vitrine_model::matcher::Test;
use vitrine_model::{Matcher, Millis, Span};

use super::duration::Duration;
use super::tree::{Aggregate, AggregateKind, At, Binary, Cardinality, Grouping, Kind, Node, Operator, Reach, Selector, Shift};

/// Longer parts are broken over lines.
const LINE: usize = 100;

/// The expression, broken over lines and indented where it is long.
pub(super) fn pretty(node: &Node) -> String {
    pretty_at(node, 0)
}

fn pretty_at(node: &Node, level: usize) -> String {
    let line = line(node);
    let indent = "  ".repeat(level);
    if line.chars().count() <= LINE {
        return format!("{indent}{line}");
    }
    let below = |node: &Node| pretty_at(node, level + 1);
    match &node.kind {
        Kind::Aggregate(aggregate) => {
            let parts: Vec<String> = aggregate.parameter.iter().chain([&aggregate.of]).map(below).collect();
            format!("{indent}{}(\n{}\n{indent})", head(aggregate), parts.join(",\n"))
        }
        Kind::Binary(binary) => {
            format!("{}\n{indent}{}\n{}", below(&binary.left), between(binary), below(&binary.right))
        }
        Kind::Call(call) => {
            let parts: Vec<String> = call.arguments.iter().map(below).collect();
            format!("{indent}{}(\n{}\n{indent})", call.function.name, parts.join(",\n"))
        }
        Kind::Paren(of) => format!("{indent}(\n{}\n{indent})", below(of)),
        Kind::Negate(of) => format!("{indent}-{}", pretty_at(of, level).trim_start()),
        Kind::Plus(of) => format!("{indent}+{}", pretty_at(of, level).trim_start()),
        Kind::Subquery(subquery) => {
            let step = subquery.step.as_ref().map(duration).unwrap_or_default();
            format!("{}[{}:{step}]{}", pretty_at(&subquery.of, level), duration(&subquery.span), shift(&subquery.shift))
        }
        _ => format!("{indent}{line}"),
    }
}

/// The expression in one line.
pub(super) fn line(node: &Node) -> String {
    match &node.kind {
        Kind::Number(value) => number(*value),
        Kind::Text(text) => quoted(text),
        Kind::Select(selector) => format!("{}{}", matchers(selector), shift(&selector.shift)),
        Kind::Window(window) => {
            let reach = match window.reach {
                Reach::Inside => "",
                Reach::Anchored => " anchored",
                Reach::Smoothed => " smoothed",
            };
            let selector = &window.selector;
            format!("{}[{}]{}{reach}", matchers(selector), duration(&window.span), shift(&selector.shift))
        }
        Kind::Subquery(subquery) => {
            let step = subquery.step.as_ref().map(duration).unwrap_or_default();
            format!("{}[{}:{step}]{}", line(&subquery.of), duration(&subquery.span), shift(&subquery.shift))
        }
        Kind::Paren(of) => format!("({})", line(of)),
        Kind::Negate(of) => format!("-{}", line(of)),
        Kind::Plus(of) => format!("+{}", line(of)),
        Kind::Binary(binary) => format!("{} {} {}", line(&binary.left), between(binary), line(&binary.right)),
        Kind::Aggregate(aggregate) => {
            let parts: Vec<String> = aggregate.parameter.iter().chain([&aggregate.of]).map(line).collect();
            format!("{}({})", head(aggregate), parts.join(", "))
        }
        Kind::Call(call) => {
            let parts: Vec<String> = call.arguments.iter().map(line).collect();
            format!("{}({})", call.function.name, parts.join(", "))
        }
    }
}

/// `sum by (job) `
fn head(aggregate: &Aggregate) -> String {
    let name = aggregate_name(aggregate.kind);
    match &aggregate.grouping {
        Grouping::Only(labels) if labels.is_empty() => name.to_owned(),
        Grouping::Only(labels) => format!("{name} by ({}) ", names(labels)),
        Grouping::AllBut(labels) => format!("{name} without ({}) ", names(labels)),
    }
}

/// An operator with all that modifies it.
fn between(binary: &Binary) -> String {
    let mut text = operator_name(binary.operator).to_owned();
    if binary.answers_bool {
        text.push_str(" bool");
    }
    match &binary.matching.labels {
        Grouping::Only(labels) => drop(write!(text, " on ({})", names(labels))),
        Grouping::AllBut(labels) if labels.is_empty() => {}
        Grouping::AllBut(labels) => drop(write!(text, " ignoring ({})", names(labels))),
    }
    match &binary.matching.cardinality {
        Cardinality::OneToOne => {}
        Cardinality::ManyToOne(_) if binary.operator.is_set() => {}
        Cardinality::ManyToOne(labels) => drop(write!(text, " group_left ({})", names(labels))),
        Cardinality::OneToMany(labels) => drop(write!(text, " group_right ({})", names(labels))),
    }
    for (name, fill) in [("fill_left", binary.matching.fill_left), ("fill_right", binary.matching.fill_right)] {
        if let Some(fill) = fill {
            let _ = write!(text, " {name} ({})", number(fill));
        }
    }
    text
}

fn names(labels: &[String]) -> String {
    let written = labels.iter().map(|label| if is_label_name(label) { label.clone() } else { quoted(label) });
    written.collect::<Vec<_>>().join(", ")
}

pub(super) fn number(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        _ => value.to_string(),
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// The metric, where it can stand before the braces.
pub(super) fn metric(selector: &Selector) -> Option<&str> {
    let is_metric = |name: &str| name.split(':').all(|part| part.is_empty() || is_label_name(&format!("_{part}")));
    selector.matchers.iter().find_map(|matcher| match &matcher.test {
        Test::Equal(value) if matcher.name == NAME && !value.is_empty() => {
            (is_metric(value) && !value.starts_with(|first: char| first.is_ascii_digit())).then_some(value.as_str())
        }
        _ => None,
    })
}

fn matchers(selector: &Selector) -> String {
    let metric = metric(selector);
    let is_metric =
        |matcher: &Matcher| matcher.name == NAME && matches!(&matcher.test, Test::Equal(value) if Some(value.as_str()) == metric);
    let rest = selector.matchers.iter().filter(|matcher| !is_metric(matcher)).map(|matcher| {
        let (sign, value) = test(&matcher.test);
        let name = if is_label_name(&matcher.name) { matcher.name.clone() } else { quoted(&matcher.name) };
        format!("{name}{sign}{}", quoted(value))
    });
    let rest: Vec<String> = rest.collect();
    match (metric, rest.is_empty()) {
        (Some(metric), true) => metric.to_owned(),
        (metric, _) => format!("{}{{{}}}", metric.unwrap_or_default(), rest.join(",")),
    }
}

/// The sign of a matcher, and the text it compares with; patterns without the anchors that were put around them.
pub(super) fn test(test: &Test) -> (&'static str, &str) {
    match test {
        Test::Equal(value) => ("=", value),
        Test::NotEqual(value) => ("!=", value),
        Test::Match(pattern) => ("=~", inner(pattern.as_str())),
        Test::NotMatch(pattern) => ("!~", inner(pattern.as_str())),
    }
}

fn inner(pattern: &str) -> &str {
    pattern.strip_prefix("^(?s:").and_then(|rest| rest.strip_suffix(")$")).unwrap_or(pattern)
}

fn shift(shift: &Shift) -> String {
    let mut text = String::new();
    match shift.at {
        None => {}
        Some(At::Moment(millis)) => drop(write!(text, " @ {}.{:03}", millis.div_euclid(1_000), millis.rem_euclid(1_000))),
        Some(At::Start) => text.push_str(" @ start()"),
        Some(At::End) => text.push_str(" @ end()"),
    }
    if let Some(offset) = &shift.offset {
        let _ = write!(text, " offset {}", duration(offset));
    }
    text
}

fn duration(duration_: &Duration) -> String {
    let inner = |of: &Duration| duration(of);
    match duration_ {
        Duration::Seconds(seconds) => {
            let millis = (seconds.abs() * 1_000.0).round() as Millis;
            format!("{}{}", if *seconds < 0.0 { "-" } else { "" }, Span::from_millis(millis))
        }
        Duration::Step => "step()".to_owned(),
        Duration::Range => "range()".to_owned(),
        Duration::Negate(of) => format!("-{}", inner(of)),
        Duration::Compute(left, sign, right) => format!("({} {sign} {})", inner(left), inner(right)),
        Duration::Least(one, other) => format!("min_of({}, {})", inner(one), inner(other)),
        Duration::Most(one, other) => format!("max_of({}, {})", inner(one), inner(other)),
    }
}

pub(super) fn operator_name(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        Operator::Modulo => "%",
        Operator::Power => "^",
        Operator::Atan2 => "atan2",
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::And => "and",
        Operator::Or => "or",
        Operator::Unless => "unless",
    }
}

pub(super) fn aggregate_name(kind: AggregateKind) -> &'static str {
    match kind {
        AggregateKind::Sum => "sum",
        AggregateKind::Average => "avg",
        AggregateKind::Minimum => "min",
        AggregateKind::Maximum => "max",
        AggregateKind::Count => "count",
        AggregateKind::Group => "group",
        AggregateKind::Deviation => "stddev",
        AggregateKind::Variance => "stdvar",
        AggregateKind::Quantile => "quantile",
        AggregateKind::Top => "topk",
        AggregateKind::Bottom => "bottomk",
        AggregateKind::CountValues => "count_values",
        AggregateKind::Limit => "limitk",
        AggregateKind::LimitRatio => "limit_ratio",
    }
}
