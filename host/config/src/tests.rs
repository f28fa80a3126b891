//! What people write, against what they are told.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod fuzz;
mod layers;
mod secret;
mod settings;
mod watch;
mod yaml;

use std::path::Path;

use crate::document::Document;

fn document(text: &str) -> Document {
    Document::parse(Path::new("config/sources.yaml"), text.to_owned()).unwrap()
}

/// A table of inputs and what was said about them, as one text to look through.
fn table(cases: &[(&str, &str)], answer: impl Fn(&str) -> String) -> String {
    let mut shown = String::new();
    for (name, text) in cases {
        shown.push_str(&format!("=== {name}\n{text}\n---\n{}\n", answer(text)));
    }
    shown
}
