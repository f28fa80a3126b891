//! The words for values and for what was expected of them.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{JsonType, JsonTypeSet, ValidationError};
use serde_json::Value;

use crate::guess;
use crate::path::Path;
use crate::problem::Finding;

/// Characters of a value that are enough to recognise it by.
const SHOWN: usize = 40;

pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(truth) => format!("`{truth}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.is_empty() => "empty text".to_owned(),
        Value::String(text) => format!("text `{}`", short(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

pub(super) fn expected(kinds: JsonTypeSet) -> String {
    let mut names: Vec<&str> = Vec::new();
    for kind in kinds.iter() {
        match kind {
            // That a value may be left out is no answer to what it should be.
            JsonType::Null => {}
            JsonType::Boolean => names.push("`true` or `false`"),
            JsonType::Integer if kinds.contains(JsonType::Number) => {}
            JsonType::Integer => names.push("a whole number"),
            JsonType::Number => names.push("a number"),
            JsonType::String => names.push("text"),
            JsonType::Array => names.push("a list"),
            JsonType::Object => names.push("a map"),
        }
    }
    if names.is_empty() { "nothing".to_owned() } else { names.join(" or ") }
}

pub(super) fn either(choices: &[&str]) -> String {
    match choices {
        [] => "something else".to_owned(),
        [one] => format!("`{one}`"),
        _ => format!("one of {}", guess::listed(choices.iter().copied())),
    }
}

/// The remedy for a value of the wrong kind, where there is one.
pub(super) fn type_hint(value: &Value, expected: JsonTypeSet) -> Option<String> {
    match value {
        Value::Null => Some("set it, or leave the key out".to_owned()),
        Value::Bool(_) | Value::Number(_) if expected.contains(JsonType::String) => {
            Some(format!("put it in quotes: \"{value}\""))
        }
        Value::String(text) if expected.contains(JsonType::Boolean) => match text.to_lowercase().as_str() {
            "yes" | "on" | "true" => Some("write `true`".to_owned()),
            "no" | "off" | "false" => Some("write `false`".to_owned()),
            _ => None,
        },
        Value::String(text) if is_number(expected) && text.parse::<f64>().is_ok() => Some("leave out the quotes".to_owned()),
        Value::Number(_) if expected.contains(JsonType::Integer) => Some("leave out the fraction".to_owned()),
        Value::String(text) if expected.contains(JsonType::Array) => Some(format!("write a list: [{}]", short(text))),
        _ => None,
    }
}

fn is_number(kinds: JsonTypeSet) -> bool {
    kinds.contains(JsonType::Number) || kinds.contains(JsonType::Integer)
}

/// The bounds and the rarer keywords.
pub(super) fn finding(path: Path, error: &ValidationError<'_>) -> Finding {
    let value = error.instance().as_ref();
    let what = found(value);
    let plural = |count: &u64, noun: &str| format!("{count} {noun}{}", if *count == 1 { "" } else { "s" });
    let reason = match error.kind() {
        Kind::Minimum { limit } => format!("must be at least {limit}, found {what}"),
        Kind::Maximum { limit } => format!("must be at most {limit}, found {what}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}, found {what}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}, found {what}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}, found {what}"),
        Kind::MinLength { limit } => format!("must have at least {}, found {what}", plural(limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}, found {what}", plural(limit, "character")),
        Kind::MinItems { limit } => format!("the list must have at least {}", plural(limit, "item")),
        Kind::MaxItems { limit } => format!("the list must have at most {}", plural(limit, "item")),
        Kind::MinProperties { limit } => format!("must have at least {limit} {}", if *limit == 1 { "entry" } else { "entries" }),
        Kind::MaxProperties { limit } => format!("must have at most {limit} {}", if *limit == 1 { "entry" } else { "entries" }),
        Kind::UniqueItems => "the list holds the same item twice".to_owned(),
        Kind::FalseSchema => "nothing may be set here".to_owned(),
        Kind::Format { format } => format!("{what} is not a valid {format}"),
        Kind::OneOfMultipleValid { .. } => format!("{what} can be read in more than one way"),
        Kind::Not { .. } => format!("{what} is not allowed here"),
        Kind::Contains => "the list lacks an item that it needs".to_owned(),
        _ => error.masked_with("this").to_string(),
    };
    Finding::value(path, reason)
}

pub(super) fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    // An acronym keeps its capitals.
    if letters.clone().next().is_some_and(char::is_uppercase) {
        return sentence.to_owned();
    }
    first.to_lowercase().chain(letters).collect()
}
