//! The functions that every Go template has.

use super::printf::{print, printf, println};
use super::value::Value;

const MANY: usize = usize::MAX;

/// The least and the most arguments of a function of this name.
pub(super) fn takes(name: &str) -> Option<(usize, usize)> {
    Some(match name {
        "and" | "or" | "eq" | "index" | "slice" | "call" | "printf" => (1, MANY),
        "not" | "len" => (1, 1),
        "ne" | "lt" | "le" | "gt" | "ge" => (2, 2),
        "print" | "println" | "html" | "js" | "urlquery" => (0, MANY),
        _ => return None,
    })
}

pub(super) fn call(name: &str, values: &[Value]) -> Result<Value, String> {
    let text = |text: String| Ok(Value::text(text));
    match (name, values) {
        ("not", [value]) => Ok(Value::Bool(!value.is_true())),
        ("len", [value]) => len(value),
        ("eq", [first, others @ ..]) => equal(first, others),
        ("ne", [a, b]) => Ok(Value::Bool(!a.equals(b).map_err(|error| error.replace("eq", "ne"))?)),
        ("lt", [a, b]) => Ok(Value::Bool(a.is_less(b)?)),
        ("le", [a, b]) => Ok(Value::Bool(a.is_less(b)? || a.equals(b)?)),
        ("gt", [a, b]) => greater(a, b, false),
        ("ge", [a, b]) => greater(a, b, true),
        ("index", [value, keys @ ..]) => keys.iter().try_fold(value.clone(), |value, key| index(&value, key)),
        ("slice", [value, ends @ ..]) => slice(value, ends),
        ("print", values) => text(print(values)),
        ("println", values) => text(println(values)),
        ("printf", [format, values @ ..]) => text(printf(&format.plain()?, values)),
        ("html", values) => text(html(&print(values))),
        ("js", values) => text(js(&print(values))),
        ("urlquery", values) => text(query_escaped(&print(values))),
        ("call", _) => Err("error calling call: non-function".to_owned()),
        _ => Err(format!("function \"{name}\" not defined")),
    }
}

/// As Go has it, NaN is not greater than anything that it is not at most: `gt` is "neither less nor equal".
fn greater(a: &Value, b: &Value, or_equal: bool) -> Result<Value, String> {
    let name = if or_equal { "ge" } else { "gt" };
    let less = a.is_less(b).map_err(|error| error.replace("lt", name))?;
    Ok(Value::Bool(if or_equal { !less } else { !less && !a.equals(b)? }))
}

fn equal(first: &Value, others: &[Value]) -> Result<Value, String> {
    if others.is_empty() {
        return Err("error calling eq: missing argument for comparison".to_owned());
    }
    for other in others {
        if first.equals(other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn len(value: &Value) -> Result<Value, String> {
    let count = match value {
        Value::Text(text) => text.len(),
        Value::Map(map) => map.len(),
        Value::List(list) => list.len(),
        _ => return Err(format!("error calling len: len of type {}", value.type_name())),
    };
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

fn index(value: &Value, key: &Value) -> Result<Value, String> {
    let within = |length: usize| {
        let place = key.whole()?;
        let fits = usize::try_from(place).ok().filter(|place| *place < length);
        fits.ok_or_else(|| format!("error calling index: index out of range: {place}"))
    };
    match value {
        // A map of texts gives an empty one for a key that it has not.
        Value::Map(map) => Ok(map.get(&*key.plain()?).cloned().unwrap_or_else(|| Value::text(""))),
        Value::List(list) => Ok(list[within(list.len())?].clone()),
        Value::Text(text) => Ok(Value::Int(i64::from(text.as_bytes()[within(text.len())?]))),
        Value::Nil => Err("error calling index: index of untyped nil".to_owned()),
        _ => Err(format!("error calling index: can't index item of type {}", value.type_name())),
    }
}

fn slice(value: &Value, ends: &[Value]) -> Result<Value, String> {
    let end = |place: usize, default: usize| match ends.get(place) {
        Some(end) => {
            let end = end.whole()?;
            usize::try_from(end).map_err(|_| format!("error calling slice: index out of range: {end}"))
        }
        None => Ok(default),
    };
    match value {
        Value::Text(text) => {
            let (from, to) = (end(0, 0)?, end(1, text.len())?);
            let part = text.as_bytes().get(from..to).ok_or_else(|| format!("error calling slice: index out of range: {to}"))?;
            Ok(Value::text(String::from_utf8_lossy(part).into_owned()))
        }
        Value::List(list) => {
            let (from, to) = (end(0, 0)?, end(1, list.len())?);
            let part = list.get(from..to).ok_or_else(|| format!("error calling slice: index out of range: {to}"))?;
            Ok(Value::List(part.to_vec().into()))
        }
        _ => Err(format!("error calling slice: can't slice item of type {}", value.type_name())),
    }
}

fn html(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => made.push_str("&#34;"),
            '\'' => made.push_str("&#39;"),
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '\0' => made.push('\u{fffd}'),
            _ => made.push(letter),
        }
    }
    made
}

fn js(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '\'' | '"' => made.extend(['\\', letter]),
            '<' | '>' | '&' | '=' => made.push_str(&format!("\\u{:04X}", u32::from(letter))),
            _ if u32::from(letter) < 0x20 => made.push_str(&format!("\\u{:04X}", u32::from(letter))),
            _ => made.push(letter),
        }
    }
    made
}

/// `url.QueryEscape`.
pub(super) fn query_escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => made.push(char::from(byte)),
            b' ' => made.push('+'),
            _ => made.push_str(&format!("%{byte:02X}")),
        }
    }
    made
}
