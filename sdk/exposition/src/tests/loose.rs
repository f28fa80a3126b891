//! Prometheus's format.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::told;
use crate::{Format, Item, Parser};

fn says(text: &str, expected: &[&str]) {
    let told = told(text, Format::Prometheus).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(told.lines().collect::<Vec<_>>(), expected, "{text:?}");
}

fn refused(text: &str, expected: &str) {
    match told(text, Format::Prometheus) {
        Ok(told) => panic!("{text:?} says\n{told}"),
        Err(error) => assert_eq!(error.to_string(), expected, "{text:?}"),
    }
}

#[test]
fn samples_are_read() {
    says("a 1\n", &["a: 1.0"]);
    says("a{} 1", &["a: 1.0"]);
    says("a:b_c{x=\"1\",y=\"2\"} -1.5e3 1700000000000\n", &["a:b_c x=\"1\" y=\"2\": -1500.0 @1700000000000"]);
    says("\t a { x = \"1\" , } \t 1 \t -5 \n", &["a x=\"1\": 1.0 @-5"]);
    says("a{x=\"1\"}1\n", &["a x=\"1\": 1.0"]);
    says(
        "a NaN\nb +Inf\nc -inf\nd 0.30000000000000004\ne 1e-320\n",
        &["a: NaN", "b: inf", "c: -inf", "d: 0.30000000000000004", "e: 1e-320"],
    );
    says("\n\n  \na 1\n\n", &["a: 1.0"]);
    says("", &[]);
}

#[test]
fn escapes_are_undone_and_other_backslashes_stay() {
    says("a{x=\"1\\\"2\\\\3\\n4\\z\"} 1\n", &["a x=\"1\\\"2\\\\3\\n4\\\\z\": 1.0"]);
    says("# HELP a one\\ntwo \\\\ \\\"\n", &["a is a unknown \"one\\ntwo \\\\ \\\\\\\"\" \"\""]);
}

#[test]
fn names_in_quotes_are_taken() {
    says("{\"http.requests\", \"url.path\"=\"/ä\"} 2\n", &["http.requests url.path=\"/ä\": 2.0"]);
    says(
        "# TYPE \"http.requests\" counter\n{\"http.requests\"} 2\n",
        &["http.requests is a counter \"\" \"\"", "http.requests: 2.0"],
    );
    refused("a{\"b\"} 1\n", "line 1, column 3: the metric has a name already");
    refused("{x=\"1\"} 1\n", "line 1, column 1: a metric's name is missing");
}

#[test]
fn families_come_before_their_samples() {
    says(
        "# HELP a help\n# TYPE a counter\na 1\nb 2\n# TYPE c gauge\n",
        &["a is a counter \"help\" \"\"", "a: 1.0", "b: 2.0", "c is a gauge \"\" \"\""],
    );
    // Prometheus lets descriptions follow.
    says("# TYPE a gauge\na 1\n# HELP a help\n", &["a is a gauge \"\" \"\"", "a: 1.0", "a is a gauge \"help\" \"\""]);
    says("# HELP a one\n# HELP b two\nb 1\n", &["a is a unknown \"one\" \"\"", "b is a unknown \"two\" \"\"", "b: 1.0"]);
    says("# TYPE a untyped\n#TYPE b wrong\n# anything\n#\n", &["a is a unknown \"\" \"\""]);
}

#[test]
fn mistakes_have_a_place() {
    refused("a 1\na b\n", "line 2, column 3: `b` is not a number");
    refused("ä 1\n", "line 1, column 1: a metric's name is missing");
    refused("a-b 1\n", "line 1, column 2: a metric's name has letters, digits, `_` and `:` only, unless it is in double quotes");
    refused("a\n", "line 1, column 2: a value is missing");
    refused("a \n", "line 1, column 3: a value is missing");
    refused("a 1 1.5\n", "line 1, column 5: `1.5` is not a time in milliseconds");
    refused("a 1 1 1\n", "line 1, column 7: nothing may follow the time");
    refused("a{x=\"ä\",x=\"1\"} 1\n", "line 1, column 9: the label `x` comes twice");
    refused("a{x=1} 1\n", "line 1, column 5: a label's value must be in double quotes");
    refused("a{x=\"1} 1\n", "line 1, column 5: the quote is not closed");
    refused("a{x} 1\n", "line 1, column 4: a `=` is missing after the label's name");
    refused("a{x=\"1\",,} 1\n", "line 1, column 9: a label's name is missing");
    refused("a{x=\"1\"y=\"2\"} 1\n", "line 1, column 8: a `,` or a `}` is missing");
    refused("a{__name__=\"b\"} 1\n", "line 1, column 3: the label name `__name__` is reserved");
    refused("# TYPE a thing\n", "line 1, column 10: there is no type `thing`");
    for number in ["0x1p-3", "1_0", "-nan", "0b1", "1\r", "--1", ".", "1.2.3", "", "e5"] {
        assert!(told(&format!("a {number}\n"), Format::Prometheus).is_err(), "{number:?}");
    }
}

#[test]
fn nothing_is_copied_where_nothing_is_escaped() {
    let text = "# HELP a some help\na{x=\"1\",\"y.z\"=\"2\"} 1\n";
    let mut parser = Parser::new(text, Format::Prometheus);
    let within = |part: &str| text.as_bytes().as_ptr_range().contains(&part.as_ptr());
    while let Some(item) = parser.next().unwrap() {
        match item {
            Item::Family(family) => assert!(within(&family.name) && within(&family.help)),
            Item::Sample(sample) => {
                assert!(within(sample.name));
                assert!(sample.labels.iter().all(|label| within(&label.name) && within(&label.value)));
            }
        }
    }
}
