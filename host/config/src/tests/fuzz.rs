//! Whatever is written, nothing panics, and what parses means what another reader says it means.

use std::path::Path as FilePath;

use proptest::prelude::*;
use serde_json::Value;

use crate::document::Document;
use crate::environment;
use crate::path::Path;
use crate::problem::{Finding, Part, Problems};
use crate::secret::Secret;
use crate::typed;

/// What YAML is made of.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "\n    ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "'",
    "\"",
    "#",
    "&x ",
    "*x",
    "<<: ",
    "|\n",
    ">-\n",
    "!!str ",
    "!t ",
    "? ",
    "---\n",
    "...\n",
    "\t",
    "~",
    "1",
    "1.5",
    "true",
    "é",
    "💡",
    "%YAML 1.2\n",
    "\\",
    "\r\n",
    "\u{feff}",
    "\0",
];

/// Text that is nearly YAML.
fn nearly_yaml() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

fn try_everything(text: String) {
    let document = match Document::parse(FilePath::new("any.yaml"), text) {
        Ok(document) => document,
        Err(problem) => {
            let _ = (problem.one_line(), Problems::from(problem).render(true));
            return;
        }
    };
    let mut problems = typed::check::<std::collections::BTreeMap<String, Secret>>(&document);
    for (path, _) in environment::leaves(&document.json()) {
        assert!(document.holds(&path));
        problems.push(document.problem(Finding::key(path.clone(), "here")));
        problems.push(document.problem(Finding::value(path.key("below").index(1), "there")));
    }
    assert!(document.place(&Path::new(), Part::Key).line > 0);
    let _ = Problems(problems).render(false);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn near_yaml_never_panics(text in nearly_yaml()) {
        try_everything(text);
    }

    #[test]
    fn any_text_never_panics(text in any::<String>()) {
        try_everything(text);
    }

    #[test]
    fn any_variable_never_panics(name in any::<String>(), text in nearly_yaml()) {
        if let Some(path) = environment::path("", &name) {
            let tree = environment::tree(&path, environment::value(&text));
            let _ = environment::leaves(&tree);
        }
    }

    #[test]
    fn another_reader_agrees(text in nearly_yaml()) {
        let Ok(document) = Document::parse(FilePath::new("any.yaml"), text.clone()) else { return Ok(()) };
        let options = serde_saphyr::options! { strict_booleans: true };
        if let Ok(theirs) = serde_saphyr::from_str_with_options::<Value>(&text, options) {
            prop_assert_eq!(document.json(), theirs);
        }
    }
}
