//! Rows and panels with their variables filled in, once for each value where they repeat.

use std::sync::Arc;

use crate::dashboard::file::MOST_PANELS;
use crate::dashboard::link::Link;
use crate::dashboard::template::Template;
use crate::dashboard::values::{Value, Values};
use crate::dashboard::{Dashboard, Panel, Row};
use crate::page::messages::{Messages, filled};
use crate::page::reader::Language;

/// More of one panel nobody compares.
const MOST_REPEATS: usize = 50;
/// Letters of a value that go into an id.
const MOST_LETTERS: usize = 40;

/// All rows, and what was left out.
pub(super) fn rows(dashboard: &Dashboard, values: &Values, scope: &str, language: Language) -> (Vec<Row>, Vec<String>) {
    let says = Messages::of(language);
    let mut notices = Vec::new();
    let mut rows = Vec::new();
    let mut panels = 0;
    let shared = Arc::new(values.clone());
    for row in &dashboard.rows {
        for (suffix, values) in repeats(row.repeat.as_deref(), &shared, says, &mut notices) {
            let mut list = Vec::new();
            for panel in &row.panels {
                for (own, values) in repeats(panel.repeat.as_deref(), &values, says, &mut notices) {
                    list.push(one(panel, &format!("{suffix}{own}"), &values, scope));
                }
            }
            let room = MOST_PANELS - panels;
            if list.len() > room {
                list.truncate(room);
                notices.push(filled(says.first_panels, &[&MOST_PANELS.to_string()]));
            }
            panels += list.len();
            let links = row.links.iter().map(|link| link.fill(&values, scope)).collect();
            rows.push(Row { title: text(&row.title, &values), repeat: None, links, panels: list });
        }
    }
    notices.dedup();
    (rows, notices)
}

/// The values with the repeated variable as one of its values, and what tells this one's ids from the others'.
fn repeats(name: Option<&str>, values: &Arc<Values>, says: &Messages, notices: &mut Vec<String>) -> Vec<(String, Arc<Values>)> {
    let Some((name, value)) = name.and_then(|name| Some((name, values.get(name)?))) else {
        return vec![(String::new(), Arc::clone(values))];
    };
    if value.values().len() > MOST_REPEATS {
        let counts = [MOST_REPEATS, value.values().len()].map(|count| count.to_string());
        notices.push(filled(says.first_values, &[&counts[0], &counts[1], name]));
    }
    let one = |text: &String| {
        let mut own = values.as_ref().clone();
        own.set(name, Value::of([text.as_str()]));
        (format!("-{}", slug(text)), Arc::new(own))
    };
    value.values().iter().take(MOST_REPEATS).map(one).collect()
}

fn one(panel: &Panel, suffix: &str, values: &Arc<Values>, scope: &str) -> Panel {
    let part_link = |address: &String| Link { title: String::new(), address: address.clone() }.fill(values, scope).address;
    Panel {
        id: format!("{}{suffix}", panel.id),
        title: text(&panel.title, values),
        options: options(&panel.options, values),
        values: Arc::clone(values),
        links: panel.links.iter().map(|link| link.fill(values, scope)).collect(),
        row_link: panel.row_link.as_ref().map(part_link),
        series_link: panel.series_link.as_ref().map(part_link),
        actions: panel.actions.iter().map(|action| action.fill(values)).collect(),
        row_actions: panel.row_actions.iter().map(|action| action.fill(values)).collect(),
        repeat: None,
        ..panel.clone()
    }
}

/// A text for people with its variables; what is wrong in it was told when the file was read.
pub(super) fn text(text: &str, values: &Values) -> String {
    if !text.contains('$') {
        return text.to_owned();
    }
    Template::parse(text).map_or_else(|_| text.to_owned(), |template| template.fill(values))
}

/// The options with variables in their texts.
fn options(options: &str, values: &Values) -> String {
    if !options.contains('$') {
        return options.to_owned();
    }
    let Ok(mut tree) = serde_json::from_str::<serde_json::Value>(options) else { return options.to_owned() };
    fill(&mut tree, values);
    tree.to_string()
}

fn fill(tree: &mut serde_json::Value, values: &Values) {
    match tree {
        serde_json::Value::String(option) if option.contains('$') => *option = text(option, values),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| fill(item, values)),
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                match value {
                    serde_json::Value::String(option) if key == "text" => *option = markdown(option, values),
                    other => fill(other, values),
                }
            }
        }
        _ => {}
    }
}

/// Markdown with variables, in which a value is never more than words.
fn markdown(text: &str, values: &Values) -> String {
    Template::parse(text).map_or_else(|_| text.to_owned(), |template| template.fill_with(values, &plain))
}

/// What would be markup becomes the characters that it is written with.
fn plain(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        if r#"\`*_{}[]()<>#!|~&"'"#.contains(letter) || letter == '\n' {
            text.push_str(&format!("&#{};", u32::from(letter)));
        } else {
            text.push(letter);
        }
    }
    text
}

/// The value as part of an id: the same value always gets the same one, and no two of them do.
fn slug(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let slug: String = value.chars().take(MOST_LETTERS).map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    // `title` would make the id of a heading.
    if slug == value && slug != "title" && !slug.ends_with("-title") { slug } else { format!("{slug}_{:08x}", hash(value)) }
}

/// FNV-1a over 32 bits: short, and the same on every machine.
fn hash(value: &str) -> u32 {
    value.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_stable_and_apart() {
        assert_eq!(slug("host-a"), "host-a");
        assert!(slug("a:9100").starts_with("a_9100_"));
        assert_ne!(slug("a:1"), slug("a_1"));
        assert_ne!(slug("title"), "title");
        assert!(slug(&"x".repeat(500)).len() < 60);
        assert!(slug("<script>").chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)));
    }

    #[test]
    fn values_in_texts_are_words_only() {
        let mut values = Values::default();
        values.set("host", Value::of(["[x](javascript:y)"]));
        let filled = options(r##"{"text":"# $host","limit":5,"more":["$5"]}"##, &values);
        assert!(!filled.contains("[x]"), "{filled}");
        assert!(filled.contains("# &#91;x&#93;&#40;javascript:y&#41;"), "{filled}");
        assert!(filled.contains("\"$5\""), "{filled}");
    }
}
