//! YAML as a person would write it: what fits a line stands in one.

use serde_json::Value;

/// A line longer than this is broken up.
const LINE: usize = 150;

/// A tree whose maps keep their order.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    pub fn text(text: impl Into<String>) -> Yaml {
        Yaml::Text(text.into())
    }

    pub fn value(&self) -> Value {
        match self {
            Yaml::Flag(flag) => Value::Bool(*flag),
            Yaml::Number(number) => whole(*number).map_or_else(|| Value::from(*number), Value::from),
            Yaml::Text(text) => Value::String(text.clone()),
            Yaml::List(items) => Value::Array(items.iter().map(Yaml::value).collect()),
            Yaml::Map(entries) => Value::Object(entries.iter().map(|(key, value)| (key.clone(), value.value())).collect()),
        }
    }

    /// The whole file.
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.block(&mut out, 0);
        out
    }

    /// Its entries or items, each on lines of its own.
    fn block(&self, out: &mut String, indent: usize) {
        match self {
            Yaml::Map(entries) => {
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        out.push_str(&" ".repeat(indent));
                    }
                    out.push_str(&scalar(key, false));
                    out.push(':');
                    value.after_key(out, indent + 2, key.len());
                }
            }
            Yaml::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push_str(&" ".repeat(indent));
                    }
                    out.push_str("- ");
                    item.after_dash(out, indent + 2);
                }
            }
            other => {
                out.push_str(&other.flow().unwrap_or_default());
                out.push('\n');
            }
        }
    }

    fn after_key(&self, out: &mut String, indent: usize, key: usize) {
        let line = self.flow().filter(|line| self.is_scalar() || (!self.is_large() && line.len() + indent + key < LINE));
        match (line, self) {
            (Some(_), Yaml::Text(text)) => out.push_str(&format!(" {}\n", scalar(text, false))),
            (Some(line), _) => out.push_str(&format!(" {line}\n")),
            (None, Yaml::Text(text)) => literal(text, out, indent),
            (None, _) => {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                self.block(out, indent);
            }
        }
    }

    fn after_dash(&self, out: &mut String, indent: usize) {
        match (self.flow().filter(|line| self.is_scalar() || line.len() + indent < LINE), self) {
            (Some(_), Yaml::Text(text)) => out.push_str(&format!("{}\n", scalar(text, false))),
            (Some(line), _) => out.push_str(&format!("{line}\n")),
            (None, Yaml::Text(text)) => {
                // The literal's sign stands right after the dash.
                literal(text, out, indent);
            }
            (None, _) => self.block(out, indent),
        }
    }

    fn is_scalar(&self) -> bool {
        !matches!(self, Yaml::List(_) | Yaml::Map(_))
    }

    /// Lists of maps, which read better one below the other.
    fn is_large(&self) -> bool {
        match self {
            Yaml::List(items) => items.iter().any(|item| matches!(item, Yaml::Map(_))),
            Yaml::Map(entries) => entries.iter().any(|(_, value)| matches!(value, Yaml::Map(_) | Yaml::List(_))),
            _ => false,
        }
    }

    /// In one line, if it has no text of several.
    fn flow(&self) -> Option<String> {
        match self {
            Yaml::Flag(flag) => Some(flag.to_string()),
            Yaml::Number(number) => Some(whole(*number).map_or_else(|| number.to_string(), |whole| whole.to_string())),
            Yaml::Text(text) if is_literal(text) => None,
            Yaml::Text(text) => Some(scalar(text, true)),
            Yaml::List(items) => {
                let items: Option<Vec<String>> = items.iter().map(Yaml::flow).collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            Yaml::Map(entries) => {
                let one = |(key, value): &(String, Yaml)| Some(format!("{}: {}", scalar(key, true), value.flow()?));
                let entries: Option<Vec<String>> = entries.iter().map(one).collect();
                Some(format!("{{ {} }}", entries?.join(", ")))
            }
        }
    }
}

fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

/// Whether a text reads best as lines of its own; others with odd letters are quoted with escapes.
fn is_literal(text: &str) -> bool {
    let plain = |letter: char| letter == '\n' || !letter.is_control();
    let first = text.chars().next();
    text.trim_end().contains('\n')
        && text.chars().all(plain)
        && first.is_some_and(|first| !first.is_whitespace())
        && !text.contains('\u{feff}')
}

fn literal(text: &str, out: &mut String, indent: usize) {
    out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in text.trim_end_matches('\n').split('\n') {
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// A text in one line, bare where nothing in it could mean something else.
fn scalar(text: &str, in_flow: bool) -> String {
    if is_bare(text, in_flow) {
        return text.to_owned();
    }
    if text.chars().any(|letter| letter.is_control() || letter == '\u{feff}' || letter == '\u{2028}' || letter == '\u{2029}') {
        return Value::from(text).to_string();
    }
    if text.contains('\'') && !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    format!("'{}'", text.replace('\'', "''"))
}

fn is_bare(text: &str, in_flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let is_word = first.is_alphabetic() || matches!(first, '_' | '$' | '/' | '(');
    let begins_well =
        is_word || (first.is_ascii_digit() && text.chars().any(|letter| letter.is_ascii_alphabetic()) && !is_number(text));
    let is_keyword =
        matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    let flow_signs = in_flow && text.contains(['{', '}', '[', ']', ',']);
    begins_well
        && !is_keyword
        && !flow_signs
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !text.chars().any(char::is_control)
        && !text.contains(['\u{feff}', '\u{2028}', '\u{2029}'])
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok() || text.starts_with("0x") || text.starts_with("0o")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use std::path::Path;

    use vitrine_config::Document;
    use vitrine_config::typed::read_as;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let texts = [
            "",
            "a",
            "yes",
            "null",
            "1",
            "1e3",
            "0x1f",
            "5m",
            "a: b",
            "a #b",
            "#a",
            "{a}",
            "x{a=\"b\"}",
            "it's",
            "it's \"so\"",
            "a\nb",
            "a\n  b\n\nc\n",
            " a",
            "a ",
            "- a",
            "? a",
            "&a",
            "*a",
            "!a",
            "%a",
            "@a",
            "`a`",
            "|",
            ">",
            "~",
            "a\tb",
            "\u{7}",
            "ä → ß",
            "a,b",
            "[x]",
            "\\d+",
            "$x",
            "${x:csv}",
            "{{job}}",
            "a:",
            "'",
            "\"",
            "-",
            "--- a",
            "\n",
            "a\n\n",
            "a\n b\r\n",
            "\u{85}x",
            "=",
            "<<",
            "12:30",
            ".5",
            "+1",
            "2026-01-01",
            ".inf",
            "(a) / b",
        ];
        let list = |texts: &[&str]| Yaml::List(texts.iter().map(|text| Yaml::text(*text)).collect());
        for text in texts {
            let tree = Yaml::Map(vec![
                ("one".to_owned(), Yaml::text(text)),
                ("list".to_owned(), list(&[text, text])),
                (
                    "maps".to_owned(),
                    Yaml::List(vec![Yaml::Map(vec![("a".to_owned(), Yaml::text(text)), ("b".to_owned(), list(&[text]))])]),
                ),
                ("deep".to_owned(), Yaml::Map(vec![(if text.is_empty() { "k" } else { text }.to_owned(), Yaml::Number(-0.5))])),
            ]);
            let written = tree.write();
            let document =
                Document::parse(Path::new("x.yaml"), written.clone()).unwrap_or_else(|problem| panic!("{problem}\n{written}"));
            let read: Value = read_as(&document).unwrap();
            assert_eq!(read, tree.value(), "{text:?}\n{written}");
        }
    }

    #[test]
    fn it_reads_well() {
        let panel = Yaml::Map(vec![
            ("title".to_owned(), Yaml::text("Requests")),
            ("query".to_owned(), Yaml::text("rate(x{job=\"a\"}[5m])")),
            ("stack".to_owned(), Yaml::Flag(true)),
            ("width".to_owned(), Yaml::Number(6.0)),
        ]);
        let tree = Yaml::Map(vec![("title".to_owned(), Yaml::text("Shop")), ("panels".to_owned(), Yaml::List(vec![panel]))]);
        let expected = "title: Shop\npanels:\n  - { title: Requests, query: 'rate(x{job=\"a\"}[5m])', stack: true, width: 6 }\n";
        assert_eq!(tree.write(), expected);
    }
}
