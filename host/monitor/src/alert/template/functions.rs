//! The functions that Prometheus adds to templates.

use std::net::IpAddr;

use vitrine_model::Span;

use super::builtins::query_escaped;
use super::human;
use super::machine::Machine;
use super::value::Value;

/// Queries that one text may ask, and bytes that one of its patterns may have.
const QUERIES: usize = 20;
const PATTERN: usize = 1_024;

/// The least and the most arguments of a function of this name.
pub(super) fn takes(name: &str) -> Option<(usize, usize)> {
    Some(match name {
        "now" | "pathPrefix" | "externalURL" => (0, 0),
        "args" => (0, usize::MAX),
        "label" | "sortByLabel" | "match" | "tmpl" => (2, 2),
        "reReplaceAll" => (3, 3),
        "query" | "first" | "value" | "strvalue" | "safeHtml" | "title" | "toUpper" | "toLower" | "graphLink" | "tableLink"
        | "stripPort" | "stripDomain" | "humanize" | "humanize1024" | "humanizeDuration" | "humanizePercentage"
        | "humanizeTimestamp" | "toTime" | "toDuration" | "parseDuration" | "urlQueryEscape" => (1, 1),
        _ => return None,
    })
}

pub(super) fn call(machine: &mut Machine<'_>, name: &str, values: &[Value]) -> Result<Value, String> {
    let made = match values {
        [] | [_] if name != "args" => one(machine, name, values.first()),
        _ => several(machine, name, values),
    };
    made.map_err(|error| format!("error calling {name}: {error}"))
}

fn several(machine: &mut Machine<'_>, name: &str, values: &[Value]) -> Result<Value, String> {
    match (name, values) {
        ("args", values) => {
            Ok(Value::map(values.iter().enumerate().map(|(place, value)| (format!("arg{place}"), value.clone()))))
        }
        ("label", [name, series]) => label(series, &name.plain()?),
        ("sortByLabel", [name, list]) => {
            let name = name.plain()?;
            let mut sorted = list_of(list)?.to_vec();
            let text = |value: &Value| label(value, &name).ok().map(|value| value.shown()).unwrap_or_default();
            sorted.sort_by_key(text);
            Ok(Value::List(sorted.into()))
        }
        ("match", [pattern, text]) => Ok(Value::Bool(regex(&pattern.plain()?)?.is_match(&text.plain()?))),
        ("tmpl", [name, data]) => machine.aside(&name.plain()?, data),
        ("reReplaceAll", [pattern, with, text]) => {
            let replaced = regex(&pattern.plain()?)?.replace_all(&text.plain()?, &*with.plain()?).into_owned();
            Ok(Value::text(replaced))
        }
        _ => Err("wrong number of args".to_owned()),
    }
}

fn one(machine: &mut Machine<'_>, name: &str, value: Option<&Value>) -> Result<Value, String> {
    let around = machine.around;
    let nothing = Value::Nil;
    let value = value.unwrap_or(&nothing);
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of our time fit")]
    let text = match name {
        "now" => return Ok(Value::Float(around.at as f64 / 1e3)),
        "query" => return query(machine, &value.plain()?),
        "first" => {
            return list_of(value)?.first().cloned().ok_or_else(|| "first() called on vector with no elements".to_owned());
        }
        "value" => return series(value).map(|series| Value::Float(series.1)),
        "strvalue" => return label(value, "__value__"),
        "toTime" => return human::time(value.number()?).map(Value::Time),
        #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
        "toDuration" => return Ok(Value::Duration((value.number()? * 1e9) as i64)),
        "parseDuration" => {
            let span: Span = value.plain()?.parse().map_err(|_| format!("not a valid duration string: \"{}\"", value.shown()))?;
            return Ok(Value::Float(span.millis() as f64 / 1e3));
        }
        "externalURL" => around.external_url.to_owned(),
        "pathPrefix" => path_of(around.external_url),
        "safeHtml" => value.plain()?.to_string(),
        "title" => title(&value.plain()?),
        "toUpper" => value.plain()?.to_uppercase(),
        "toLower" => value.plain()?.to_lowercase(),
        "graphLink" => format!("/graph?g0.expr={}&g0.tab=0", query_escaped(&value.plain()?)),
        "tableLink" => format!("/graph?g0.expr={}&g0.tab=1", query_escaped(&value.plain()?)),
        "urlQueryEscape" => query_escaped(&value.plain()?),
        "stripPort" => split_host(&value.plain()?).map_or_else(|| value.shown(), |(host, _)| host.to_owned()),
        "stripDomain" => strip_domain(&value.plain()?),
        "humanize" => human::humanize(value.number()?),
        "humanize1024" => human::humanize_1024(value.number()?),
        "humanizeDuration" => human::duration(value.number()?),
        "humanizePercentage" => human::percentage(value.number()?),
        "humanizeTimestamp" => human::timestamp(value.number()?)?,
        _ => return Err("it is not known".to_owned()),
    };
    Ok(Value::text(text))
}

fn query(machine: &mut Machine<'_>, text: &str) -> Result<Value, String> {
    machine.queries += 1;
    if machine.queries > QUERIES {
        return Err(format!("a text may ask {QUERIES} times"));
    }
    let mut found = (machine.around.query)(text)?;
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Value::List(found.into_iter().map(|series| Value::Series(series.into())).collect::<Vec<_>>().into()))
}

fn list_of(value: &Value) -> Result<&[Value], String> {
    match value {
        Value::List(list) => Ok(list),
        _ => Err(format!("wrong type for value; expected template.queryResult; got {}", value.type_name())),
    }
}

fn series(value: &Value) -> Result<&(vitrine_model::Labels, f64), String> {
    match value {
        Value::Series(series) => Ok(series),
        _ => Err(format!("wrong type for value; expected *template.sample; got {}", value.type_name())),
    }
}

fn label(value: &Value, name: &str) -> Result<Value, String> {
    Ok(Value::text(series(value)?.0.get(name).unwrap_or_default()))
}

fn regex(pattern: &str) -> Result<regex::Regex, String> {
    if pattern.len() > PATTERN {
        return Err(format!("a pattern has {} bytes, {PATTERN} are allowed", pattern.len()));
    }
    regex::Regex::new(pattern).map_err(|error| error.to_string().lines().last().unwrap_or("it is no pattern").to_owned())
}

/// The first letter of each word made large, as `strings.Title` does.
fn title(text: &str) -> String {
    let mut before = ' ';
    let mut made = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_inside = before.is_alphanumeric() || before == '_' || (!before.is_ascii() && !before.is_whitespace());
        if is_inside {
            made.push(letter)
        } else {
            made.extend(letter.to_uppercase())
        }
        before = letter;
    }
    made
}

/// `net.SplitHostPort`.
fn split_host(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    if let Some(inside) = host.strip_prefix('[') {
        return Some((inside.strip_suffix(']')?, port));
    }
    (!host.contains([':', '[', ']']) && !port.contains(']')).then_some((host, port))
}

fn strip_domain(text: &str) -> String {
    let (host, port) = split_host(text).unwrap_or((text, ""));
    if host.parse::<IpAddr>().is_ok() {
        return text.to_owned();
    }
    let name = host.split('.').next().unwrap_or_default();
    if port.is_empty() { name.to_owned() } else { format!("{name}:{port}") }
}

/// The path of an address.
fn path_of(address: &str) -> String {
    let after = address.split_once("://").map_or(address, |(_, after)| after);
    after.find('/').map_or_else(String::new, |place| after[place..].split(['?', '#']).next().unwrap_or_default().to_owned())
}
