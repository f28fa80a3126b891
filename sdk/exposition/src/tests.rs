//! What texts say, and which are refused.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod fuzz;
mod loose;
mod strict;

use std::fmt::Write;

use crate::{Error, Format, Item, Parser};

/// All that a text says, a line per piece.
fn told(text: &str, format: Format) -> Result<String, Error> {
    let mut parser = Parser::new(text, format);
    let mut told = String::new();
    while let Some(item) = parser.next()? {
        match item {
            Item::Family(family) => {
                let (name, kind, help) = (&family.name, family.kind.word(), &family.help);
                writeln!(told, "{name} is a {kind} {help:?} {:?}", family.unit).unwrap();
            }
            Item::Sample(sample) => {
                write!(told, "{}", sample.name).unwrap();
                for label in sample.labels {
                    write!(told, " {}={:?}", label.name, label.value).unwrap();
                }
                let time = sample.time.map_or(String::new(), |time| format!(" @{time}"));
                writeln!(told, ": {:?}{time}", sample.value).unwrap();
            }
        }
    }
    assert!(parser.next().unwrap().is_none(), "nothing follows the end");
    Ok(told)
}

#[test]
fn a_content_type_names_the_format() {
    let check = |text: &str, format: Option<Format>| assert_eq!(Format::of_content_type(text), format, "{text}");
    check("text/plain; version=0.0.4; charset=utf-8", Some(Format::Prometheus));
    check("Text/Plain", Some(Format::Prometheus));
    check("application/openmetrics-text; version=1.0.0", Some(Format::OpenMetrics));
    check("application/json", None);
    check("", None);
}

#[test]
fn bytes_that_are_no_text_have_a_place() {
    let error = Parser::of_bytes(b"a 1\nb\xff 1\n", Format::Prometheus).unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 2: the bytes are not UTF-8");
}
