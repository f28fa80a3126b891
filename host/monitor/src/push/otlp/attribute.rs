//! Attributes: a key, and a value of some type, which becomes a text.

use std::collections::BTreeMap;

use super::name;
use crate::push::protobuf::Message;
use crate::push::{LABELS, Unreadable, check_room};

/// Lists within lists are shown so deep.
const DEPTH: usize = 4;

/// Labels under way, in order of their names.
pub(super) type LabelMap = BTreeMap<String, String>;

/// A key and its value as text.
pub(super) fn read<'a>(mut message: Message<'a>) -> Result<(&'a str, String), Unreadable> {
    let (mut key, mut value) = ("", String::new());
    while let Some((number, field)) = message.field()? {
        match number {
            1 => key = field.text()?,
            2 => value = text(field.message()?, DEPTH)?,
            _ => {}
        }
    }
    Ok((key, value))
}

/// Adds a label. Keys that become one name share it, their values joined as Prometheus joins them.
pub(super) fn add(labels: &mut LabelMap, key: &str, value: String) -> Result<(), Unreadable> {
    check_room(labels.len(), LABELS, "attributes of one series")?;
    let name = name::label(key);
    if name.is_empty() || value.is_empty() {
        return Ok(());
    }
    match labels.get_mut(&name) {
        Some(before) => {
            before.push(';');
            before.push_str(&value);
        }
        None => drop(labels.insert(name, value)),
    }
    Ok(())
}

fn text(mut message: Message<'_>, depth: usize) -> Result<String, Unreadable> {
    let mut shown = String::new();
    while let Some((number, field)) = message.field()? {
        shown = match number {
            1 => field.text()?.to_owned(),
            2 => (field.number()? != 0).to_string(),
            3 => field.number()?.cast_signed().to_string(),
            4 => field.double()?.to_string(),
            5 if depth > 0 => list(field.message()?, depth - 1)?,
            6 if depth > 0 => map(field.message()?, depth - 1)?,
            7 => field.bytes()?.iter().map(|byte| format!("{byte:02x}")).collect(),
            _ => continue,
        };
    }
    Ok(shown)
}

fn list(mut message: Message<'_>, depth: usize) -> Result<String, Unreadable> {
    let mut parts = Vec::new();
    while let Some((_, field)) = message.field()? {
        parts.push(format!("{:?}", text(field.message()?, depth)?));
    }
    Ok(format!("[{}]", parts.join(",")))
}

fn map(mut message: Message<'_>, depth: usize) -> Result<String, Unreadable> {
    let mut parts = Vec::new();
    while let Some((_, field)) = message.field()? {
        let (mut key, mut value, mut pair) = ("", String::new(), field.message()?);
        while let Some((number, field)) = pair.field()? {
            match number {
                1 => key = field.text()?,
                2 => value = text(field.message()?, depth)?,
                _ => {}
            }
        }
        parts.push(format!("{key:?}:{value:?}"));
    }
    Ok(format!("{{{}}}", parts.join(",")))
}
