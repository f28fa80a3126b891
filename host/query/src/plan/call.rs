//! Plans function calls.

use promql_parser::parser;
use vitrine_model::labels::{NAME, is_label_name};
use vitrine_model::matcher::{Test, anchored};
use vitrine_model::{Labels, Matcher};

use super::{Call, Node, Range, millis, plan, plan_selector, unsupported};
use crate::QueryError;
use crate::functions::{number, range};

/// Each kind of call is planned by a function of its own, which keeps the frames of nested calls small.
pub(super) fn plan_call(call: &parser::Call) -> Result<Node, QueryError> {
    let name = call.func.name;
    let arguments: Vec<&parser::Expr> = call.args.args.iter().map(|argument| bare(argument)).collect();
    if let Some(function) = range::find(name) {
        return plan_range(name, function, &arguments);
    }
    if let Some(function) = number::find(name) {
        return plan_number(name, function, &arguments);
    }
    match (name, arguments.as_slice()) {
        ("time", []) => Ok(Node::Call(Call::Time)),
        ("pi", []) => Ok(Node::Number(std::f64::consts::PI)),
        ("timestamp", [parser::Expr::VectorSelector(selector)]) => Ok(Node::Call(Call::Timestamp(plan_selector(selector)?))),
        (_, [of]) => plan_simple(name, of),
        ("histogram_quantile", [quantile, of]) => plan_histogram_quantile(quantile, of),
        ("label_replace", [of, rest @ ..]) => plan_label_replace(of, &texts(name, rest)?),
        ("label_join", [of, rest @ ..]) => plan_label_join(of, &texts(name, rest)?),
        _ => Err(unsupported(&format!("the function `{name}`"))),
    }
}

fn plan_number(name: &str, function: number::NumberFunction, arguments: &[&parser::Expr]) -> Result<Node, QueryError> {
    let [of, parameters @ ..] = arguments else { return Err(misses(name, "an argument")) };
    let of = boxed(of)?;
    let parameters = parameters.iter().map(|parameter| plan(parameter)).collect::<Result<Vec<_>, _>>()?;
    Ok(Node::Call(Call::Number { function, of, parameters }))
}

/// The functions of one vector that do not work value by value.
fn plan_simple(name: &str, of: &parser::Expr) -> Result<Node, QueryError> {
    // First, whether there is such a function: what is below may be unsupported as well, but this is what was meant.
    if !matches!(name, "timestamp" | "scalar" | "vector" | "absent" | "sort" | "sort_desc") {
        return Err(unsupported(&format!("the function `{name}`")));
    }
    let planned = boxed(of)?;
    Ok(Node::Call(match name {
        "timestamp" => Call::TimestampOf(planned),
        "scalar" => Call::Scalar(planned),
        "vector" => Call::Vector(planned),
        "absent" => Call::Absent { of: planned, labels: labels_of_absent(of)? },
        _ => Call::Sort { of: planned, descending: name == "sort_desc" },
    }))
}

fn plan_histogram_quantile(quantile: &parser::Expr, of: &parser::Expr) -> Result<Node, QueryError> {
    Ok(Node::Call(Call::HistogramQuantile { quantile: boxed(quantile)?, of: boxed(of)? }))
}

/// What stands inside any parentheses.
fn bare(tree: &parser::Expr) -> &parser::Expr {
    let mut tree = tree;
    while let parser::Expr::Paren(inner) = tree {
        tree = &inner.expr;
    }
    tree
}

fn boxed(tree: &parser::Expr) -> Result<Box<Node>, QueryError> {
    plan(tree).map(Box::new)
}

fn misses(name: &str, what: &str) -> QueryError {
    QueryError::Syntax(format!("`{name}` misses {what}"))
}

fn plan_range(name: &str, function: range::RangeFunction, arguments: &[&parser::Expr]) -> Result<Node, QueryError> {
    let mut found = None;
    let mut parameter = None;
    for argument in arguments {
        match argument {
            parser::Expr::MatrixSelector(selector) => found = Some(selector),
            parser::Expr::Subquery(_) => return Err(unsupported("a subquery such as `metric[1h:5m]`")),
            other => parameter = Some(plan(other)?),
        }
    }
    let Some(found) = found else { return Err(misses(name, "a range such as `metric[5m]`")) };
    let range = Range {
        function,
        selector: plan_selector(&found.vs)?,
        span: millis(&found.range)?,
        parameter,
        keeps_name: name == "last_over_time",
    };
    Ok(Node::Range(Box::new(range)))
}

/// The labels that a missing series would surely have.
fn labels_of_absent(tree: &parser::Expr) -> Result<Labels, QueryError> {
    let parser::Expr::VectorSelector(selector) = tree else { return Ok(Labels::new()) };
    let matchers = plan_selector(selector)?.matchers;
    let once = |matcher: &Matcher| matchers.iter().filter(|other| other.name == matcher.name).count() == 1;
    let equals =
        matchers.iter().filter(|matcher| matcher.name != NAME && once(matcher)).filter_map(|matcher| match &matcher.test {
            Test::Equal(value) => Some((matcher.name.as_str(), value.as_str())),
            _ => None,
        });
    Ok(Labels::from_pairs(equals))
}

fn texts(name: &str, arguments: &[&parser::Expr]) -> Result<Vec<String>, QueryError> {
    let text = |argument: &&parser::Expr| match argument {
        parser::Expr::StringLiteral(text) => Ok(text.val.clone()),
        _ => Err(misses(name, "a string")),
    };
    arguments.iter().map(text).collect()
}

fn check_target(function: &str, target: &str) -> Result<(), QueryError> {
    if is_label_name(target) {
        return Ok(());
    }
    Err(QueryError::Invalid(format!("`{target}` in `{function}` is no label name: use letters, digits and `_`")))
}

fn plan_label_replace(of: &parser::Expr, texts: &[String]) -> Result<Node, QueryError> {
    let [target, replacement, source, pattern] = texts else { return Err(misses("label_replace", "one of its four strings")) };
    check_target("label_replace", target)?;
    let pattern = anchored(pattern)
        .map_err(|error| QueryError::Invalid(format!("`{pattern}` in `label_replace` is no regular expression: {error}")))?;
    let (target, replacement, source) = (target.clone(), replacement.clone(), source.clone());
    Ok(Node::Call(Call::LabelReplace { of: boxed(of)?, target, replacement, source, pattern }))
}

fn plan_label_join(of: &parser::Expr, texts: &[String]) -> Result<Node, QueryError> {
    let [target, separator, sources @ ..] = texts else { return Err(misses("label_join", "a label or a separator")) };
    check_target("label_join", target)?;
    let (target, separator, sources) = (target.clone(), separator.clone(), sources.to_vec());
    Ok(Node::Call(Call::LabelJoin { of: boxed(of)?, target, separator, sources }))
}
