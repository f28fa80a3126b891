//! What is offered for a selector that finds nothing.

use super::memory::Memory;
use crate::{Engine, Expr, Limits};

const SERIES: &str = r#"
    node_cpu_seconds_total{cpu="0", mode="user", source="this-machine"} 1x10
    node_cpu_seconds_total{cpu="1", mode="user", source="this-machine"} 1x10
    node_cpu_seconds_total{cpu="0", mode="iowait", source="this-machine"} 1x10
    node_load1{source="this-machine"} 1x10
    node_load15{source="this-machine"} 1x10
    up{source="a \"b\""} 1x10
"#;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let engine = Engine::new(Memory::load(60_000, SERIES), Limits::default());
    assert_eq!(engine.nearest([&Expr::parse(text).unwrap()]).unwrap(), expected, "{text}");
}

#[test]
fn a_misspelled_metric_is_found() {
    check("node_laod1", &["node_load1", "node_load15"]);
    check("rate(node_cpu_seconds[5m])", &["node_cpu_seconds_total"]);
    check("node_cpu_seconds_total_sum", &["node_cpu_seconds_total"]);
    check("entirely_else", &[]);
    check("u", &["up"]);
}

#[test]
fn a_label_that_is_otherwise_is_told_as_it_is() {
    check("node_load1{source=\"this-machin\"}", &["node_load1{source=\"this-machine\"}"]);
    check("up{source=\"a\"}", &["up{source=\"a \\\"b\\\"\"}"]);
    check("up{instance=\"a\"}", &["up"]);
    check(
        "node_cpu_seconds_total{mode=\"usr\"}",
        &["node_cpu_seconds_total{mode=\"user\"}", "node_cpu_seconds_total{mode=\"iowait\"}"],
    );
    check(
        "node_cpu_seconds_total{mode=\"iowait\", cpu=\"1\"}",
        &[
            "node_cpu_seconds_total{cpu=\"0\",mode=\"iowait\"}",
            "node_cpu_seconds_total{cpu=\"1\",mode=\"user\"}",
            "node_cpu_seconds_total{cpu=\"0\",mode=\"user\"}",
        ],
    );
}

#[test]
fn series_that_are_there_need_no_other() {
    check("node_cpu_seconds_total{mode=\"user\"}", &[]);
    check("{mode=\"nothing\"}", &[]);
    check("1", &[]);
}
