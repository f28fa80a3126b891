//! What is refused, and in which words.

use std::time::Duration;

use vitrine_model::frame::TimeRange;

use super::memory::Memory;
use crate::{Answer, Cancel, Engine, Expr, Limits, QueryError};

const SERIES: &str = r#"
    a{job="x", code="1"} 1x10
    a{job="x", code="2"} 1x10
    b{job="x", zone="1"} 1x10
    b{job="x", zone="2"} 1x10
    c{job="x"} 1x10
"#;

fn ask(limits: Limits, text: &str) -> Result<Answer, QueryError> {
    Engine::new(Memory::load(60_000, SERIES), limits).instant(&Expr::parse(text)?, 600_000, &Cancel::new())
}

#[track_caller]
fn refused(text: &str, words: &str) {
    let error = ask(Limits::default(), text).unwrap_err().to_string();
    assert!(error.contains(words), "{text}: {error}");
}

#[test]
fn what_is_no_promql() {
    refused("sum(", "the expression is not PromQL");
    refused("", "the expression is not PromQL");
    refused("rate(c)", "not PromQL");
    refused("1 > 2", "not PromQL");
    refused("{job=~'.*'}", "not PromQL");
    refused("nonsense(c)", "not PromQL");
    refused("c{job=~'('}", "not PromQL");
}

#[test]
fn errors_say_where_and_what_was_meant() {
    refused("sum(c) +\n  rat(c[5m])", "2:3: unknown function with name \"rat\": did you mean `rate(range vector)`?");
    refused("rate(c)", "1:6: expected type range vector in call to function \"rate\", got instant vector: add a range");
    refused("sum(c[5m])", "1:5: expected type instant vector in aggregation expression, got range vector");
    refused("round(c, 1, 2)", "1:1: expected at most 2 argument(s) in call to \"round\", got 3");
    refused("c{job='x' job='y'}", "1:11: unexpected \"job\" in label matching");
    refused("c offset 5m offset 1m", "1:13: offset may not be set multiple times");
    refused("(c) @ 5", "1:5: @ modifier must be preceded by");
    refused("c[5m", "1:5: unexpected end of input in range selector");
    refused("c[0s]", "1:3: duration must be greater than 0");
    refused("1 and 2", "1:3: set operator \"and\" not allowed in binary scalar expression");
    refused("c + on(job) group_left(job) c", "label \"job\" must not occur in ON and GROUP clause at once");
    refused("c c", "1:3: unexpected \"c\" after the expression");
    refused("'abc", "1:1: unterminated quoted string");
    refused("c{job=~'('}", "1:8: invalid regular expression `(`");
}

#[test]
fn what_is_not_supported_is_named() {
    refused("histogram_avg(c)", "`histogram_avg` is about native histograms");
    refused("deriv(c[5m] anchored)", "anchored modifier can only be used with: changes, delta, increase, rate, resets");
    refused("c smoothed", "stand after a range");
    refused("a{job='x' or code='1'}", "1:11: PromQL has no `or` between matchers");
}

#[test]
fn patterns_are_bounded() {
    let pattern = |text: &str| format!("c{{job=~{text}}}");
    refused(&pattern(r"'\\w{100}'"), "is too large");
    refused(&pattern(r"'{\\w{100}'"), "is too large");
    refused(&pattern(&format!("# why\n'{}'", "a".repeat(1025))), "a pattern has 1025 bytes, 1024 are allowed");
    refused(&vec![pattern("'x'"); 17].join(" + "), "17 patterns");
    refused(&vec!["label_replace(c, 'a', '', 'b', '.*')"; 17].join(" or "), "17 patterns");
    assert!(ask(Limits::default(), &pattern(&format!("'{}'", "a".repeat(1000)))).is_ok());
    assert!(ask(Limits::default(), &format!("c{{job='{}'}}", "~".repeat(2000))).is_ok());
}

#[test]
fn what_is_ambiguous() {
    refused("a + on(job) b", "found duplicate series for the match group {job=\"x\"} on the right hand-side");
    refused("a + on(job) c", "add `group_left`");
    assert!(ask(Limits::default(), "nothing + on(job) a").is_ok());
    refused("b * on(job) group_left a", "match on more labels, or aggregate that side");
    refused("c * on(job) group_right(code) a", "several results would be");
    refused("label_replace(a, 'code', '', 'code', '.*')", "two series would both become a{job=\"x\"}");
    let twins = "(c or on(__name__) label_replace(c, '__name__', 'd', '', ''))";
    refused(&format!("-{twins}"), "vector cannot contain metrics with the same labelset");
    refused("l and fill(0) r", "filling in missing series not allowed for set operators");
    refused("topk(NaN, a)", "Parameter value is NaN");
    refused("label_replace(a, '', '', 'code', '.*')", "is no text that names a label");
}

#[test]
fn limits_are_kept() {
    let check = |limits: Limits, words: &str| {
        let error = ask(limits, "sum(rate({job='x'}[5m]))").unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    check(Limits { series: 2, ..Limits::default() }, "could not read its samples");
    check(Limits { samples: 10, ..Limits::default() }, "could not read its samples");
    check(Limits { duration: Duration::ZERO, ..Limits::default() }, "took longer than 0ns");

    let engine = Engine::new(Memory::load(60_000, SERIES), Limits { samples: 100, ..Limits::default() });
    let range = |end, step| engine.range(&Expr::parse("c").unwrap(), TimeRange { start: 0, end, step }, &Cancel::new());
    assert!(range(600_000, 60_000).is_ok());
    assert!(range(600_000, 600).unwrap_err().to_string().contains("more than 100 values"));
    assert!(range(11_000, 1).unwrap_err().to_string().contains("11001 steps, 11000 are allowed"));
    assert!(range(i64::MAX, 1).unwrap_err().to_string().contains("steps"));
    assert!(range(-1, 1).is_err() && range(1, 0).is_err());
}

#[test]
fn a_cancelled_query_ends() {
    let engine = Engine::new(Memory::load(60_000, SERIES), Limits::default());
    let cancel = Cancel::new();
    cancel.clone().cancel();
    assert_eq!(engine.instant(&Expr::parse("c").unwrap(), 0, &cancel), Err(QueryError::Cancelled));
}

/// Far moments and spans must not overflow, deep texts must not eat the stack.
#[test]
fn extremes_are_survived() {
    for at in [i64::MIN, -1, i64::MAX] {
        let engine = Engine::new(Memory::load(60_000, SERIES), Limits::default());
        for text in ["c", "rate(c[100y])", "c offset 200y", "c offset -200y", "time()", "deriv(c[5m])"] {
            engine.instant(&Expr::parse(text).unwrap(), at, &Cancel::new()).unwrap();
        }
    }
    for (open, close, count) in
        [("(", ")", 100_000), ("-", "", 30_000), ("abs(", ")", 10_000), ("1+", "", 30_000), ("c or ", "", 10_000)]
    {
        let text = format!("{}c{}", open.repeat(count), close.repeat(count));
        assert!(matches!(Expr::parse(&text), Err(QueryError::Limit(_))), "{open}");
    }
    // As deep as may be, with a quarter less stack than threads usually get.
    for (open, close, count) in [("(", ")", 200), ("-", "", 200), ("abs(", ")", 200), ("c + ", "", 200), ("sum(-", ")", 100)] {
        let text = format!("{}c{}", open.repeat(count), close.repeat(count));
        let asked = std::thread::Builder::new().stack_size(3 << 19).spawn(move || ask(Limits::default(), &text));
        assert!(asked.unwrap().join().unwrap().is_ok(), "{open}");
    }
}

/// Cuts and doubles pieces of real expressions: nothing may panic.
#[test]
fn broken_texts_are_errors() {
    let texts = [
        r#"sum by (job) (rate(http_requests_total{job=~"a|b", code!="500"}[5m] offset -1h30m)) / on(job) group_left(x) up @ end() > bool 1.5e-3"#,
        r#"label_replace(topk(3, {"quoted.name", a="b\n\xff\u1234"}), 'x', "$1", `y`, "(.*)") or absent_over_time(x[1h:5m]) # end"#,
        r#"histogram_quantile(0.9, x{le="+Inf"}) ^ -2 % 0x1F unless ignoring(a) sort(-x) and 'é\'' == {__name__=~".+"}[1y2w3d4h5m6s7ms]"#,
    ];
    for text in texts {
        let places: Vec<usize> = (0..=text.len()).filter(|place| text.is_char_boundary(*place)).collect();
        for start in &places {
            let _ = Expr::parse(&text[*start..]);
            let _ = Expr::parse(&text[..*start]);
            for length in [1, 2, 5, 11] {
                let end = start + length;
                if end < text.len() && text.is_char_boundary(end) {
                    let _ = Expr::parse(&format!("{}{}", &text[..*start], &text[end..]));
                    let _ = Expr::parse(&format!("{}{}", &text[..end], &text[*start..]));
                }
            }
        }
    }
}
