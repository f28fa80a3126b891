//! Expressions in their one form, and as trees.
use serde_json::json;

use crate::Expr;

fn pretty(text: &str) -> String {
    Expr::parse(text).unwrap().pretty()
}

#[test]
fn an_expression_has_one_form() {
    for (text, wanted) in [
        ("sum(rate( a {x='1',y!~\"b.*\"} [300s] )) by(x)", r#"sum by (x) (rate(a{x="1",y!~"b.*"}[5m]))"#),
        ("{__name__='a'}", "a"),
        ("a+on(x)group_left(y)b", "a + on (x) group_left (y) b"),
        ("a==bool 1e3", "a == bool 1000"),
        ("a and ignoring(x) b", "a and ignoring (x) b"),
        ("topk without(x)(5,a)", "topk without (x) (5, a)"),
        ("-(a offset -1m)", "-(a offset -1m)"),
        ("a[1h:5m] @ 10.5 offset 1d", "a[1h:5m] @ 10.500 offset 1d"),
        ("max_over_time(a[1h:])", "max_over_time(a[1h:])"),
        ("a @ end()", "a @ end()"),
        ("label_replace(a,'x','$1','y','(.*)')", r#"label_replace(a, "x", "$1", "y", "(.*)")"#),
        ("'x'", r#""x""#),
    ] {
        assert_eq!(pretty(text), wanted, "{text}");
        assert_eq!(pretty(wanted), wanted);
    }
}

#[test]
fn long_expressions_are_broken_over_lines() {
    let metric = "a_metric_with_a_name_that_goes_on_for_quite_a_while_and_then_some";
    let wanted = format!(
        "sum by (job) (\n  rate(\n    {metric}{{job=\"the-first\",mode=\"the-second\",host=\"the-third\"}}[5m]\n  )\n)\n/\n  {metric}"
    );
    // The right side of an operator is indented as the left one is.
    let given = format!("sum by (job) (rate({metric}{{job='the-first',mode='the-second',host='the-third'}}[5m])) / {metric}");
    let shown = pretty(&given);
    assert_eq!(shown.lines().map(str::trim_start).collect::<Vec<_>>(), wanted.lines().map(str::trim_start).collect::<Vec<_>>());
    assert!(shown.starts_with("  sum by (job) (\n    rate(\n      a_metric") && shown.contains("\n/\n  a_metric"), "{shown}");
    assert_eq!(pretty(&shown), shown);
}

#[test]
fn an_expression_is_a_tree() {
    let tree = Expr::parse("sum by (x) (rate(a{y!='1'}[5m] offset 1m)) / on (x) group_left (z) b @ end()").unwrap().tree();
    let matcher = |name: &str, sign: &str, value: &str| json!({ "name": name, "type": sign, "value": value });
    assert_eq!(
        tree,
        json!({
            "type": "binaryExpr", "op": "/", "bool": false,
            "matching": { "card": "many-to-one", "labels": ["x"], "on": true, "include": ["z"] },
            "lhs": {
                "type": "aggregation", "op": "sum", "param": null, "grouping": ["x"], "without": false,
                "expr": {
                    "type": "call",
                    "func": { "name": "rate", "argTypes": ["matrix"], "variadic": 0, "returnType": "vector" },
                    "args": [{
                        "type": "matrixSelector", "name": "a", "range": 300_000, "offset": 60_000,
                        "timestamp": null, "startOrEnd": null,
                        "matchers": [matcher("y", "!=", "1"), matcher("__name__", "=", "a")],
                    }],
                },
            },
            "rhs": {
                "type": "vectorSelector", "name": "b", "offset": 0, "timestamp": null, "startOrEnd": "end",
                "matchers": [matcher("__name__", "=", "b")],
            },
        })
    );
}
