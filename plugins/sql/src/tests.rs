#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use vitrine_sdk::sql::Parameter;
use vitrine_sdk::{Fault, Source, TimeRange, fake, source};

use crate::Sql;

const COUNT: &str = "SELECT state, count(*) AS orders FROM orders GROUP BY state";

fn configured() -> Sql {
    let query =
        format!(r#"{{"name": "shop_orders", "query": "{COUNT}", "value": "orders", "labels": ["state"], "help": "Orders"}}"#);
    let total = r#"{"name": "shop_orders_total", "query": "SELECT n FROM totals", "value": "n", "kind": "counter"}"#;
    source::configure(&format!(r#"{{"database": "shop", "queries": [{query}, {total}]}}"#)).unwrap()
}

fn invalid<T: std::fmt::Debug>(answer: Result<T, Fault>, part: &str) {
    assert!(matches!(&answer, Err(Fault::Invalid(reason)) if reason.contains(part)), "`{part}`: {answer:?}");
}

#[test]
fn rows_become_samples() {
    let host = fake::Host::new();
    host.set_rows("shop", COUNT, fake::Rows::new().texts("state", &["open", "done", ""]).numbers("orders", &[2.0, 7.0, 1.0]));
    host.set_rows("shop", "SELECT n FROM totals", fake::Rows::new().numbers("n", &[10.0]));
    let mut sql = configured();
    let samples = sql.collect().unwrap();
    assert_eq!(
        samples.to_string(),
        "shop_orders{state=\"open\"} 2\nshop_orders{state=\"done\"} 7\nshop_orders 1\nshop_orders_total 10\n"
    );
    assert_eq!(sql.check().unwrap(), "shop answers, with 4 samples");
}

#[test]
fn a_row_without_a_value_makes_no_sample() {
    let host = fake::Host::new();
    host.set_rows("shop", COUNT, fake::Rows::new().texts("state", &["open", "done"]).numbers("orders", &[f64::NAN, 7.0]));
    host.set_rows("shop", "SELECT n FROM totals", fake::Rows::new().numbers("n", &[]));
    let samples = configured().collect().unwrap();
    assert_eq!(samples.to_string(), "shop_orders{state=\"done\"} 7\n");
    // Nor a description of what there is nothing of.
    assert_eq!(samples.families(), 1);
}

#[test]
fn labels_are_shown_as_people_read_them() {
    let host = fake::Host::new();
    let rows = fake::Rows::new().flags("paid", &[true]).numbers("year", &[2026.0]).times("day", &[0]).numbers("v", &[1.0]);
    host.set_rows("shop", "SELECT 1", rows);
    let labels = r#"["paid", "year", "day"]"#;
    let json =
        format!(r#"{{"database": "shop", "queries": [{{"name": "n", "query": "SELECT 1", "value": "v", "labels": {labels}}}]}}"#);
    let mut sql: Sql = source::configure(&json).unwrap();
    assert_eq!(sql.collect().unwrap().to_string(), "n{paid=\"true\",year=\"2026\",day=\"1970-01-01T00:00:00.000Z\"} 1\n");
}

#[test]
fn what_does_not_fit_is_told_with_its_name() {
    let host = fake::Host::new();
    let texts = |names: &[&str]| fake::Rows::new().texts("state", names);
    host.set_rows("shop", COUNT, texts(&["open"]).numbers("count", &[2.0]));
    invalid(configured().collect(), "no column `orders`; it has state, count");
    host.set_rows("shop", COUNT, texts(&["open", "open"]).numbers("orders", &[2.0, 3.0]));
    invalid(configured().collect(), "two rows have the same labels");
    host.fail_rows("shop", COUNT, Fault::Upstream("the database is away".to_owned()));
    assert_eq!(configured().collect().unwrap_err(), Fault::Upstream("the database is away".to_owned()));
    for (query, part) in [
        (r#"{"name": "a-b", "query": "q", "value": "v"}"#, "`queries[0].name`"),
        (r#"{"name": "a", "query": "q", "value": "v", "labels": ["a b"]}"#, "rename the column"),
        (r#"{"name": "a", "query": "q", "value": "v", "labels": ["v"]}"#, "`v` is the value"),
        (r#"{"name": "a", "query": "q"}"#, "value"),
    ] {
        invalid(source::configure::<Sql>(&format!(r#"{{"database": "shop", "queries": [{query}]}}"#)), part);
    }
}

#[test]
fn a_database_that_is_not_granted_is_told() {
    let host = fake::Host::new();
    assert!(matches!(configured().collect(), Err(Fault::Denied(_))));
    host.set_rows("other", "SELECT 1", fake::Rows::new());
    assert!(matches!(configured().check(), Err(Fault::Denied(reason)) if reason.contains("`shop`")));
}

#[test]
fn a_question_is_answered_as_a_frame_over_its_range() {
    let host = fake::Host::new();
    let statement = "SELECT at, sum FROM orders WHERE at BETWEEN to_timestamp($1) AND to_timestamp($2)";
    host.set_rows("shop", statement, fake::Rows::new().times("at", &[1_500]).numbers("sum", &[9.5]));
    let range = TimeRange { start: 1_000, end: 2_500, step: 10 };
    let frames = configured().query(statement, range).unwrap();
    assert_eq!((frames.len(), frames[0].columns.len()), (1, 2));
    assert_eq!(host.queries()[0].parameters, [Parameter::Number(1.0), Parameter::Number(2.5)]);
    host.set_rows("shop", "SELECT 1", fake::Rows::new());
    configured().query("SELECT 1", range).unwrap();
    assert!(host.queries()[1].parameters.is_empty());
}
