//! OpenMetrics.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::told;
use crate::Format;

/// The end is added.
fn says(text: &str, expected: &[&str]) {
    let text = format!("{text}# EOF\n");
    let told = told(&text, Format::OpenMetrics).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(told.lines().collect::<Vec<_>>(), expected, "{text}");
}

fn is_refused(text: &str, line: u32, reason: &str) {
    match told(&format!("{text}# EOF\n"), Format::OpenMetrics) {
        Ok(told) => panic!("{text} says\n{told}"),
        Err(error) => assert!(error.line == line && error.reason.contains(reason), "{text}: {error}"),
    }
}

#[test]
fn families_and_samples_are_read() {
    says(
        "# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds so \\\"long\\\"\na_seconds_total 1\n",
        &["a_seconds is a counter \"so \\\"long\\\"\" \"seconds\"", "a_seconds_total: 1.0"],
    );
    says("a 1 1.5\nb{x=\"1\"} 2 -0.001\nc 3 1e3\n", &["a: 1.0 @1500", "b x=\"1\": 2.0 @-1", "c: 3.0 @1000000"]);
    says(
        "# TYPE a info\na_info{v=\"1\"} 1\n# TYPE b stateset\nb{b=\"on\"} 1\nb{b=\"off\"} 0\n",
        &["a is a info \"\" \"\"", "a_info v=\"1\": 1.0", "b is a stateset \"\" \"\"", "b b=\"on\": 1.0", "b b=\"off\": 0.0"],
    );
    // A family without samples is told of all the same, before the one that nobody described.
    says("# TYPE a counter\nb 1\n", &["a is a counter \"\" \"\"", "b: 1.0"]);
    says("# TYPE \"a.b\" gauge\n{\"a.b\",\"x.y\"=\"1\"} 1\n", &["a.b is a gauge \"\" \"\"", "a.b x.y=\"1\": 1.0"]);
    says(
        "# TYPE a counter\na_total{x=\"#\"} 1 1 # {id=\"# }\"} 0.5 1.5\n",
        &["a is a counter \"\" \"\"", "a_total x=\"#\": 1.0 @1000"],
    );
}

#[test]
fn lines_are_written_in_one_way() {
    for text in [
        "\n",
        " a 1\n",
        "a  1\n",
        "a 1 \n",
        "a\t1\n",
        "a {x=\"1\"} 1\n",
        "a{x=\"1\"}1\n",
        "a{ x=\"1\"} 1\n",
        "a{x=\"1\",} 1\n",
        "a{,} 1\n",
        "a{x =\"1\"} 1\n",
        "a 1 1 1\n",
        "a 1 1 \n",
        "a 1 Inf\n",
        "a 1 nan\n",
        "a 1 1_0\n",
        "a 1\r\n",
        "a{x=\"1\"}\n",
        "a",
        "a{__x=\"1\"} 1\n",
        "a{x:y=\"1\"} 1\n",
        "{\"\"} 1\n",
        "{x=\"1\"} 1\n",
        "a{\"a\"} 1\n",
        "\"a\" 1\n",
        "# a\n",
        "#\n",
        "# \n",
        "#TYPE a gauge\n",
        "#  TYPE a gauge\n",
        "# TYPE  a gauge\n",
        "# TYPE a  gauge\n",
        "# TYPE a-b gauge\n",
        "# HELP a\n",
        "# HELP\n",
        "# TYPE a untyped\n",
        "# TYPE a Gauge\n",
        "# UNIT a_s s \n",
        "# type a gauge\n",
        "# EOF \n",
    ] {
        let outcome = told(&format!("{text}# EOF\n"), Format::OpenMetrics);
        assert!(outcome.is_err(), "{text:?} says {outcome:?}");
    }
}

#[test]
fn the_end_is_the_end() {
    let refused = |text: &str| told(text, Format::OpenMetrics).unwrap_err().to_string();
    assert_eq!(refused(""), "line 1, column 1: the text breaks off: `# EOF` is missing");
    assert_eq!(refused("a 1\n"), "line 2, column 1: the text breaks off: `# EOF` is missing");
    assert_eq!(refused("a 1"), "line 1, column 4: the text breaks off: `# EOF` is missing");
    assert_eq!(refused("# EOF\na 1\n"), "line 2, column 1: nothing may follow `# EOF`");
    assert_eq!(refused("# EOF\n\n"), "line 2, column 1: nothing may follow `# EOF`");
    assert_eq!(told("# EOF", Format::OpenMetrics).unwrap(), "");
}

#[test]
fn descriptions_come_once_and_first() {
    is_refused("# TYPE a gauge\na 1\n# HELP a x\n", 3, "before its samples");
    is_refused("a 1\n# TYPE a gauge\n", 2, "before its samples");
    is_refused("# HELP a x\n# HELP a x\n", 2, "HELP comes twice");
    is_refused("# UNIT a_s s\n# UNIT a_s s\n", 2, "UNIT comes twice");
    is_refused("# TYPE a gauge\n# TYPE b gauge\n# TYPE a gauge\n", 3, "another family");
    is_refused("# UNIT a s\n", 1, "must end with");
    is_refused("# UNIT s s\n", 1, "must end with");
    is_refused("# UNIT a_s s\n# TYPE a_s info\n", 2, "has no unit");
    says("# UNIT a \n# TYPE a info\n", &["a is a info \"\" \"\""]);
}

#[test]
fn names_belong_to_one_family() {
    is_refused("# TYPE a counter\na_total 1\n# TYPE a_total gauge\n", 3, "another family");
    is_refused("# TYPE a_sum gauge\n# TYPE a summary\n", 2, "another family");
    is_refused("# TYPE a histogram\na 1\n", 2, "another family");
    is_refused("# TYPE a counter\na_total 1\nb 1\na_total 1\n", 4, "another family");
    is_refused("a 1\nb 1\na 1\n", 3, "another family");
    says("# TYPE a gauge\na 1\na_total 1\n", &["a is a gauge \"\" \"\"", "a: 1.0", "a_total: 1.0"]);
}

#[test]
fn types_bind_values_and_labels() {
    for (text, reason) in [
        ("# TYPE a counter\na_total -1\n", "not below 0"),
        ("# TYPE a counter\na_total NaN\n", "is a number"),
        ("# TYPE a summary\na_count 0.5\n", "whole number"),
        ("# TYPE a summary\na_sum -1\n", "not below 0"),
        ("# TYPE a summary\na{quantile=\"0.5\"} -1\n", "not below 0"),
        ("# TYPE a summary\na{quantile=\"1.1\"} 1\n", "from 0 to 1"),
        ("# TYPE a summary\na{x=\"1\"} 1\n", "from 0 to 1"),
        ("# TYPE a info\na_info 0\n", "is 1"),
        ("# TYPE a stateset\na{a=\"x\"} 0.5\n", "0 or 1"),
        ("# TYPE a stateset\na{b=\"x\"} 1\n", "label of the family's name"),
        ("# TYPE a histogram\na_bucket{le=\"x\"} 1\n", "`le`"),
        ("# TYPE a histogram\na_bucket{le=\"NaN\"} 1\n", "`le`"),
        ("# TYPE a histogram\na_bucket{le=\"Inf\"} 1\n", "`le`"),
        ("# TYPE a histogram\na_bucket{le=\"+Inf\"} 0.5\n", "whole number"),
        ("# TYPE a gauge\na 1 # {x=\"1\"} 1\n", "exemplars"),
        ("# TYPE a summary\na_count 1 # {x=\"1\"} 1\n", "exemplars"),
    ] {
        is_refused(text, 2, reason);
    }
    let long = "x".repeat(128);
    is_refused(&format!("# TYPE a counter\na_total 1 # {{y=\"{long}\"}} 1\n"), 2, "128 letters");
}

#[test]
fn histograms_add_up() {
    let refused = |lines: &str, line: u32, reason: &str| is_refused(&format!("# TYPE a histogram\n{lines}"), line, reason);
    refused("a_bucket{le=\"1\"} 1\na_count 1\na_sum 1\n", 4, "no bucket `+Inf`");
    refused("a_count 1\na_sum 1\n", 3, "no bucket `+Inf`");
    refused("a_bucket{le=\"1\"} 1\na_bucket{le=\"1.0\"} 1\n", 3, "do not rise");
    refused("a_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\n", 3, "holds less");
    refused("a_bucket{le=\"+Inf\"} 1\na_count 2\na_sum 1\n", 4, "not that of");
    refused("a_bucket{le=\"+Inf\"} 1\na_count 2\na_count 1\na_sum 1\n", 5, "not that of");
    refused("a_bucket{le=\"+Inf\"} 1\na_sum 1\n", 3, "no count");
    refused("a_bucket{le=\"+Inf\"} 1\na_count 1\n", 3, "no sum");
    refused("a_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n", 5, "below 0");
    // The first metric is judged where the second begins.
    refused("a_bucket{x=\"1\",le=\"1\"} 1\na_bucket{x=\"2\",le=\"+Inf\"} 1\n", 2, "no bucket `+Inf`");
    is_refused("# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 1\na_gcount 1\na_gsum -1\n", 4, "below 0");
}

#[test]
fn metrics_stand_together_and_time_goes_on() {
    is_refused("# TYPE a counter\na_total{x=\"1\"} 1\na_total{x=\"2\"} 1\na_created{x=\"1\"} 1\n", 4, "stand apart");
    is_refused("# TYPE a gauge\na 1 2\na 1 1\n", 3, "go back");
    is_refused("# TYPE a gauge\na 1 2\na 1\n", 3, "all have a time");
    says(
        "# TYPE a gauge\na{x=\"1\",y=\"2\"} 1 1\na{y=\"2\",x=\"1\"} 2 1.0000000001\n",
        &["a is a gauge \"\" \"\"", "a x=\"1\" y=\"2\": 1.0 @1000", "a y=\"2\" x=\"1\": 2.0 @1000"],
    );
}
